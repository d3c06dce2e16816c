/* SPDX-License-Identifier: MIT */
/* lib/ipmmu/fault.c and the effects of register writes in ipmmu.c. Basis: the handlers of Linux
 * and Xen read IMSTR, then IMELAR and IMEUAR, then write 0 to IMSTR. */
#include "rig.h"

static void a_fault_latches_flag_and_address(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, UINT64_C(0xab12345678));
    assert_int_equal(rig_read(r, MM, IMSTR(1)), TF | LVL(1u));
    assert_int_equal(rig_read(r, MM, IMELAR(1)), 0x12345678);
    assert_int_equal(rig_read(r, MM, IMEUAR(1)), 0xab);
}

static void a_fault_belongs_to_its_context(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_xen(r, 2);
    rig_port(r, DS1, 3, 2);
    rig_dma(r, r->ds1, 3, IOVA);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), 0);
    assert_int_equal(rig_read(r, MM, IMSTR(2)), TF | LVL(1u));
    assert_int_equal(rig_read(r, MM, IMELAR(2)), IOVA);
}

static void a_second_fault_adds_its_flag_and_keeps_the_first_address(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, NOT_HERE);
    nap_dma(r->m, r->ds1, PORT, IOVA_RO, NAP_WRITE);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), TF | PF | LVL(2u));
    assert_int_equal(rig_read(r, MM, IMELAR(1)), NOT_HERE);
}

static void flags_clear_by_writing_0(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, NOT_HERE);
    rig_write(r, MM, IMSTR(1), 0);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), 0);
}

/* Context set-up writes back what it has read; that clears nothing. */
static void flags_stay_when_written_as_read(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, NOT_HERE);
    rig_write(r, MM, IMSTR(1), rig_read(r, MM, IMSTR(1)));
    assert_int_equal(rig_read(r, MM, IMSTR(1)), TF | LVL(2u));
    assert_int_equal(rig_read(r, MM, IMELAR(1)), NOT_HERE);
}

static void a_written_1_sets_no_flag(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_write(r, MM, IMSTR(1), TF | PF | ABORT | MHIT);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), 0);
    assert_false(nap_wire(r->m, r->mm));
}

static void the_address_reads_0_once_no_flag_is_left(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, UINT64_C(0xab12345678));
    nap_dma(r->m, r->ds1, PORT, IOVA_RO, NAP_WRITE);
    rig_write(r, MM, IMSTR(1), ~PF); /* TF stays */
    assert_int_equal(rig_read(r, MM, IMELAR(1)), 0x12345678);
    assert_int_equal(rig_read(r, MM, IMEUAR(1)), 0xab);
    rig_write(r, MM, IMSTR(1), 0);
    assert_int_equal(rig_read(r, MM, IMELAR(1)), 0);
    assert_int_equal(rig_read(r, MM, IMEUAR(1)), 0);
}

static void the_address_registers_cannot_be_written(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, NOT_HERE);
    rig_write(r, MM, IMELAR(1), 0x1234);
    assert_int_equal(rig_read(r, MM, IMELAR(1)), NOT_HERE);
}

static void a_fault_after_the_clear_latches_anew(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, NOT_HERE);
    rig_write(r, MM, IMSTR(1), 0);
    rig_dma(r, r->ds1, PORT, NOT_HERE + 0x2000);
    assert_int_equal(rig_read(r, MM, IMELAR(1)), NOT_HERE + 0x2000);
}

static void the_line_is_high_while_a_flag_is_set(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    assert_false(nap_wire(r->m, r->mm));
    rig_dma(r, r->ds1, PORT, NOT_HERE);
    assert_true(nap_wire(r->m, r->mm));
    rig_write(r, MM, IMSTR(1), 0);
    assert_false(nap_wire(r->m, r->mm));
}

static void every_flag_raises_the_line(void **state)
{
    struct rig *r = *state;
    static const uint32_t flags[] = {TF, PF, ABORT, MHIT};

    rig_simple(r);
    for (unsigned i = 0; i < 4; i++) {
        nap_ipmmu_fault(r->m, r->mm, 1, IOVA, flags[i]);
        assert_true(nap_wire(r->m, r->mm));
        rig_write(r, MM, IMSTR(1), ~flags[i]);
        assert_false(nap_wire(r->m, r->mm));
    }
}

static void the_line_follows_the_interrupt_enable_of_the_root(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_write(r, MM, IMCTR(1), VA64 | MMUEN);
    rig_dma(r, r->ds1, PORT, NOT_HERE);
    assert_false(nap_wire(r->m, r->mm));
    rig_write(r, MM, IMCTR(1), XEN_IMCTR); /* a stale flag interrupts at once */
    assert_true(nap_wire(r->m, r->mm));
    rig_write(r, MM, IMCTR(1), VA64 | MMUEN);
    assert_false(nap_wire(r->m, r->mm));
}

static void the_interrupt_enable_of_a_cache_does_nothing(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_write(r, DS1, IMCTR(1), MMUEN);
    rig_dma(r, r->ds1, PORT, NOT_HERE);
    assert_true(nap_wire(r->m, r->mm));
    assert_false(nap_wire(r->m, r->ds1));
}

static void the_line_is_the_or_of_all_contexts(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_xen(r, 7);
    rig_port(r, DS1, 3, 7);
    rig_dma(r, r->ds1, PORT, NOT_HERE);
    rig_dma(r, r->ds1, 3, NOT_HERE);
    rig_write(r, MM, IMSTR(1), 0);
    assert_true(nap_wire(r->m, r->mm));
    rig_write(r, MM, IMSTR(7), 0);
    assert_false(nap_wire(r->m, r->mm));
}

static void the_line_of_the_root_falls_with_its_power(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, NOT_HERE);
    rig_power_cycle(r);
    assert_false(nap_wire(r->m, r->mm));
    assert_int_equal(rig_read(r, MM, IMSTR(1)), 0);
}

/* --- what is not modelled says so --- */

static void assert_loud(const struct rig *r, unsigned device, const char *what, unsigned count)
{
    assert_int_equal(r->m->n_unmodelled, 1);
    assert_int_equal(r->m->unmodelled[0].device, device);
    assert_string_equal(r->m->unmodelled[0].what, what);
    assert_int_equal(r->m->unmodelled[0].count, count);
}

static void ats_and_substreams_are_unmodelled(void **state)
{
    struct rig *r = *state;
    struct nap_transaction t = {.device = r->ds1, .port = PORT, .iova = IOVA};

    rig_simple(r);
    assert_int_equal(nap_dma_transaction(r->m, &t).pa, PA);
    assert_int_equal(r->m->n_unmodelled, 0);
    t.traffic = NAP_TRANSLATED;
    assert_int_equal(nap_dma_transaction(r->m, &t).pa, PA);
    t.traffic = NAP_UNTRANSLATED;
    t.has_substream = true;
    (void)nap_dma_transaction(r->m, &t);
    assert_int_equal(r->m->n_unmodelled, 2);
    assert_string_equal(r->m->unmodelled[0].what, "ATS at an IPMMU");
    assert_string_equal(r->m->unmodelled[1].what, "a substream at an IPMMU");
}

static void turning_fixadd_on_is_unmodelled_once(void **state)
{
    struct rig *r = *state;

    rig_write(r, DS1, IMUCTR(PORT), FIXADDEN);
    rig_write(r, DS1, IMUCTR(PORT), FIXADDEN | MMUEN);
    rig_write(r, DS1, IMUCTR(PORT), 0);
    assert_loud(r, r->ds1, "IMUCTR.FIXADDEN", 1);
}

static void context_bits_without_a_known_effect_are_unmodelled(void **state)
{
    struct rig *r = *state;
    static const uint32_t bits[] = {1u << 17, 1u << 16, 1u << 6, 1u << 5, 1u << 4, 1u << 3};

    for (unsigned i = 0; i < 6; i++) {
        rig_write(r, MM, IMCTR(1), 0);
        rig_write(r, MM, IMCTR(1), bits[i]);
        assert_loud(r, r->mm, "IMCTR.RTSEL/TREN/TRE/AFE", i + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(a_fault_latches_flag_and_address),
        rig_test(a_fault_belongs_to_its_context),
        rig_test(a_second_fault_adds_its_flag_and_keeps_the_first_address),
        rig_test(flags_clear_by_writing_0),
        rig_test(flags_stay_when_written_as_read),
        rig_test(a_written_1_sets_no_flag),
        rig_test(the_address_reads_0_once_no_flag_is_left),
        rig_test(the_address_registers_cannot_be_written),
        rig_test(a_fault_after_the_clear_latches_anew),
        rig_test(the_line_is_high_while_a_flag_is_set),
        rig_test(every_flag_raises_the_line),
        rig_test(the_line_follows_the_interrupt_enable_of_the_root),
        rig_test(the_interrupt_enable_of_a_cache_does_nothing),
        rig_test(the_line_is_the_or_of_all_contexts),
        rig_test(the_line_of_the_root_falls_with_its_power),
        rig_test(ats_and_substreams_are_unmodelled),
        rig_test(turning_fixadd_on_is_unmodelled_once),
        rig_test(context_bits_without_a_known_effect_are_unmodelled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
