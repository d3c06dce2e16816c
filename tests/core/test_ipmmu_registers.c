/* SPDX-License-Identifier: MIT */
/* Every register of the IPMMU model, on a root and on a cache, against what the field table
 * says of it. The masks that the bus uses are not consulted. */
#include "../rig.h"

#include "ipmmu-vmsa-model.h" /* generated */

struct ipmmu_rig {
    struct nap_soc *soc;
    struct nap_machine *m;
};

/* One register element of one device. */
struct element {
    struct nap_machine *m;
    unsigned device, variant, slot;
    const struct nap_reg *reg;
    nap_addr address;
};

typedef void check_element(const struct element *e);

static void each_element(struct nap_machine *m, const char *device, check_element *check)
{
    struct element e = {.m = m};
    const struct nap_model *model = &nap_model_ipmmu_vmsa;

    e.device = (unsigned)nap_device_find(m, device);
    e.variant = nap_device_variant(m, e.device);
    for (uint32_t r = 0; r < model->n_regs; r++) {
        e.reg = &model->regs[r];
        for (uint32_t i = 0; i < e.reg->count; i++) {
            e.slot = e.reg->first_slot + i;
            e.address = nap_machine_soc(m)->devices[e.device].base + nap_reg_offset(e.reg, i);
            check(&e);
        }
    }
}

static bool present(const struct element *e)
{
    return (e->reg->variants & 1u << e->variant) != 0;
}

/* Bits of the fields with that access, or of all fields with @access -1. */
static uint64_t bits(const struct element *e, int access)
{
    uint64_t all = 0;

    for (uint32_t i = 0; i < e->reg->n_fields; i++)
        if ((e->reg->fields[i].variants & 1u << e->variant) &&
            (access < 0 || e->reg->fields[i].access == access))
            all |= e->reg->fields[i].mask;
    return all;
}

static void root_and_cache(void **state, check_element *check)
{
    struct ipmmu_rig *rig = *state;

    each_element(rig->m, "mm", check);
    each_element(rig->m, "ds1", check);
}

/* --- the checks ------------------------------------------------------------------------------
 */

static void check_reset(const struct element *e)
{
    if (present(e))
        assert_int_equal(rd(e->m, e->address), e->reg->reset);
}

static void every_register_reads_its_reset_value_first(void **state)
{
    root_and_cache(state, check_reset);
}

static const uint64_t patterns[] = {0xffffffff, 0,          0x5a5a5a5a,
                                    0xa5a5a5a5, 0x00000001, 0x80000000};

static void check_write_read(const struct element *e)
{
    if (!present(e))
        return;
    for (size_t p = 0; p < COUNT_OF(patterns); p++) {
        wr(e->m, e->address, patterns[p]);
        assert_int_equal(rd(e->m, e->address) & bits(e, NAP_ACCESS_RW),
                         patterns[p] & bits(e, NAP_ACCESS_RW));
    }
    wr(e->m, e->address, 0);
}

static void every_rw_bit_reads_back_what_was_written(void **state)
{
    root_and_cache(state, check_write_read);
}

static void check_reserved(const struct element *e)
{
    if (!present(e))
        return;
    wr(e->m, e->address, UINT32_MAX);
    assert_int_equal(rd(e->m, e->address) & ~bits(e, -1), 0);
    wr(e->m, e->address, 0);
}

static void every_reserved_bit_reads_0(void **state)
{
    root_and_cache(state, check_reserved);
}

static void check_reserved_flag(const struct element *e)
{
    struct recorder r;

    if (!present(e))
        return;
    record(e->m, &r);
    wr(e->m, e->address, bits(e, -1));
    assert_int_equal(r.list[0].kind, NAP_STEP_WRITE);
    assert_int_equal(r.list[0].rules & NAP_PROTOCOL_BROKEN, 0);
    if (bits(e, -1) != UINT32_MAX) {
        record(e->m, &r);
        wr(e->m, e->address, UINT32_MAX);
        assert_int_equal(r.list[0].rules & NAP_PROTOCOL_BROKEN, NAP_PROTOCOL_BROKEN);
    }
    stop_recording(e->m);
    wr(e->m, e->address, 0);
}

static void only_writes_of_ones_to_reserved_bits_are_flagged(void **state)
{
    root_and_cache(state, check_reserved_flag);
}

static void check_ro(const struct element *e)
{
    uint64_t ro = bits(e, NAP_ACCESS_RO);

    if (!present(e) || !ro)
        return;
    nap_reg_set(e->m, e->device, e->slot, ro & 0x12345678);
    wr(e->m, e->address, 0x87654321);
    assert_int_equal(rd(e->m, e->address) & ro, ro & 0x12345678);
    nap_reg_set(e->m, e->device, e->slot, 0);
}

static void every_ro_bit_ignores_writes(void **state)
{
    root_and_cache(state, check_ro);
}

static void check_w0c(const struct element *e)
{
    uint64_t w0c = bits(e, NAP_ACCESS_W0C);

    if (!present(e) || !w0c)
        return;
    wr(e->m, e->address, UINT32_MAX);
    assert_int_equal(rd(e->m, e->address) & w0c, 0);
    nap_reg_set(e->m, e->device, e->slot, w0c);
    wr(e->m, e->address, 0x55555555);
    assert_int_equal(rd(e->m, e->address) & w0c, w0c & 0x55555555);
    wr(e->m, e->address, 0);
    assert_int_equal(rd(e->m, e->address) & w0c, 0);
}

static void every_w0c_bit_is_cleared_by_0_and_kept_by_1(void **state)
{
    root_and_cache(state, check_w0c);
}

/* Facts: FLUSH reads 1 until done; P11: three reads when late. */
static void check_self_clear(const struct element *e)
{
    uint64_t start = bits(e, NAP_ACCESS_SELF_CLEAR);

    if (!present(e) || !start)
        return;
    nap_set_policy(e->m, NAP_POLICY_EAGER);
    wr(e->m, e->address, start);
    assert_int_equal(rd(e->m, e->address) & start, 0);
    nap_set_policy(e->m, NAP_POLICY_LAZY);
    wr(e->m, e->address, start);
    for (int i = 0; i < 3; i++)
        assert_int_equal(rd(e->m, e->address) & start, start);
    assert_int_equal(rd(e->m, e->address) & start, 0);
    nap_set_policy(e->m, NAP_POLICY_EAGER);
}

static void every_self_clearing_bit_shows_its_work(void **state)
{
    root_and_cache(state, check_self_clear);
}

static void check_absent(const struct element *e)
{
    struct recorder r;

    if (present(e))
        return;
    /* A register of the other variant may share the offset (IMPFML3MISS and IMPFMMISS). */
    for (uint32_t i = 0; i < nap_model_ipmmu_vmsa.n_regs; i++) {
        const struct nap_reg *other = &nap_model_ipmmu_vmsa.regs[i];
        if ((other->variants & 1u << e->variant) &&
            other->windows[0].offset == e->reg->windows[0].offset)
            return;
    }
    record(e->m, &r);
    assert_int_equal(rd(e->m, e->address), 0);
    wr(e->m, e->address, UINT32_MAX);
    stop_recording(e->m);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.list[0].kind, NAP_STEP_BAD_ACCESS);
    assert_int_equal(r.list[1].kind, NAP_STEP_BAD_ACCESS);
}

static void every_register_of_the_other_variant_is_a_hole(void **state)
{
    root_and_cache(state, check_absent);
}

static void check_sizes(const struct element *e)
{
    static const unsigned wrong[] = {1, 2, 8};

    if (!present(e))
        return;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct recorder r;
        record(e->m, &r);
        assert_int_equal(nap_bus_read(e->m, e->address, wrong[i], NOWHERE), 0);
        stop_recording(e->m);
        assert_int_equal(r.list[0].kind, NAP_STEP_BAD_ACCESS);
    }
}

static void every_register_takes_words_only(void **state)
{
    root_and_cache(state, check_sizes);
}

static void check_power_cut(const struct element *e)
{
    if (!present(e))
        return;
    wr(e->m, e->address, 0x5a5a5a5a & bits(e, -1));
    off_and_on(e->m, UINT32_MAX);
    if (e->reg->retention != NAP_RETENTION_RETAINED)
        assert_int_equal(rd(e->m, e->address), e->reg->reset);
    assert_int_equal(nap_reg_marks(e->m, e->device, e->slot) & NAP_MARK_WRITTEN, 0);
}

static void no_register_survives_a_power_cut_under_profile_zero(void **state)
{
    root_and_cache(state, check_power_cut);
}

static void check_hostile(const struct element *e)
{
    uint64_t value = rd(e->m, e->address);

    if (!present(e))
        return;
    assert_int_equal(value & ~bits(e, -1), 0);
    if (e->reg->retention == NAP_RETENTION_RESET)
        assert_int_equal(value, e->reg->reset);
    else if (!e->reg->hostile_random)
        assert_int_equal(value, e->reg->hostile & bits(e, -1));
}

static void the_hostile_profile_fills_unknown_registers_only(void **state)
{
    struct ipmmu_rig *rig = *state;

    nap_set_profile(rig->m, NAP_PROFILE_HOSTILE);
    off_and_on(rig->m, UINT32_MAX);
    root_and_cache(state, check_hostile);
}

static void check_undetermined(const struct element *e)
{
    if (present(e))
        assert_int_equal((nap_reg_marks(e->m, e->device, e->slot) & NAP_MARK_UNDETERMINED) != 0,
                         e->reg->retention == NAP_RETENTION_UNKNOWN);
}

static void with_retain_varied_exactly_the_unknown_registers_are_undetermined(void **state)
{
    struct ipmmu_rig *rig = *state;
    struct script s = {.n_asked = 0};

    choose_by(rig->m, &s, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    off_and_on(rig->m, UINT32_MAX);
    root_and_cache(state, check_undetermined);
    assert_int_equal(s.n_asked, 0);
}

static int setup(void **state)
{
    struct ipmmu_rig *rig = calloc(1, sizeof *rig);

    assert_non_null(rig);
    rig->soc = h3_soc();
    rig->m = h3_machine(rig->soc, 0);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct ipmmu_rig *rig = *state;

    nap_machine_destroy(rig->m);
    nap_soc_free(rig->soc);
    free(rig);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_register_reads_its_reset_value_first),
        TEST(every_rw_bit_reads_back_what_was_written),
        TEST(every_reserved_bit_reads_0),
        TEST(only_writes_of_ones_to_reserved_bits_are_flagged),
        TEST(every_ro_bit_ignores_writes),
        TEST(every_w0c_bit_is_cleared_by_0_and_kept_by_1),
        TEST(every_self_clearing_bit_shows_its_work),
        TEST(every_register_of_the_other_variant_is_a_hole),
        TEST(every_register_takes_words_only),
        TEST(no_register_survives_a_power_cut_under_profile_zero),
        TEST(the_hostile_profile_fills_unknown_registers_only),
        TEST(with_retain_varied_exactly_the_unknown_registers_are_undetermined),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
