/* SPDX-License-Identifier: MIT */
/* lib/gic/lpi.c: pending and configuration tables, and what a redistributor holds in front of
 * them. Arm IHI 0069, "LPI Configuration tables", "LPI Pending tables", "GICR_PENDBASER". */
#include "its_rig.h"

#include "gicv3-redistributor-model.h"

static void set_in_table(struct rig *r, uint32_t intid)
{
    nap_addr at = PENDING0 + intid / 64 * 8;

    rig_put(r, at, rig_ram(r, at) | UINT64_C(1) << intid % 64);
}

static void enable_lpis_reads_the_pending_table(void **state)
{
    struct rig *r = *state;

    set_in_table(r, 8192);
    set_in_table(r, 65535);
    set_in_table(r, 8191); /* no LPI: the implementation's own */
    rig_lpis(r, 0);
    assert_true(rig_pending(r, 0, 8192));
    assert_true(rig_pending(r, 0, 65535));
    assert_false(rig_pending(r, 0, 8191));
    assert_false(rig_pending(r, 0, 8193));
}

static void with_ptz_the_table_is_not_read(void **state)
{
    struct rig *r = *state;

    set_in_table(r, 8192);
    gicr_wr64(r, 0, GICR_PROPBASER, CONFIG | 15);
    gicr_wr64(r, 0, GICR_PENDBASER, PENDING0 | PTZ);
    gicr_wr(r, 0, GICR_CTLR, ENABLE_LPIS);
    assert_false(rig_pending(r, 0, 8192));
}

static void a_table_that_is_not_enabled_is_nobodys(void **state)
{
    struct rig *r = *state;

    set_in_table(r, 8192);
    gicr_wr64(r, 0, GICR_PROPBASER, CONFIG | 15);
    gicr_wr64(r, 0, GICR_PENDBASER, PENDING0);
    assert_false(rig_pending(r, 0, 8192));
    assert_int_equal(rig_best(r, 0), 0);
}

static void setlpir_and_clrlpir_set_and_clear(void **state)
{
    struct rig *r = *state;

    gicr_wr64(r, 0, GICR_SETLPIR, 8200); /* LPIs are off */
    rig_lpis(r, 0);
    assert_false(rig_pending(r, 0, 8200));
    gicr_wr64(r, 0, GICR_SETLPIR, 8200);
    assert_true(rig_pending(r, 0, 8200));
    gicr_wr64(r, 0, GICR_CLRLPIR, 8200);
    assert_false(rig_pending(r, 0, 8200));
    gicr_wr(r, 0, GICR_SETLPIR, 8201); /* a 32-bit write is zero-extended */
    assert_true(rig_pending(r, 0, 8201));
    gicr_wr64(r, 0, GICR_SETLPIR, 8191);
    assert_false(rig_pending(r, 0, 8191));
}

/* What nobody can read makes no two states. */
static void write_only_registers_hold_nothing(void **state)
{
    static const unsigned slots[] = {RDIST_SLOT_GICR_SETLPIR, RDIST_SLOT_GICR_CLRLPIR,
                                     RDIST_SLOT_GICR_INVLPIR, RDIST_SLOT_GICR_INVALLR};
    static const uint32_t offsets[] = {GICR_SETLPIR, GICR_CLRLPIR, GICR_INVLPIR, GICR_INVALLR};
    struct rig *r = *state;

    for (unsigned on = 0; on < 2; on++) {
        for (unsigned i = 0; i < 4; i++) {
            gicr_wr64(r, 0, offsets[i], 8200);
            assert_int_equal(nap_reg_get(r->m, GICR0, slots[i]), 0);
        }
        rig_lpis(r, 0);
    }
}

/* IR of GICR_CTLR says that they are there, DirectLPI of GICR_TYPER that more is. */
static void ir_alone_is_enough_to_invalidate(void **state)
{
    static const uint64_t ctlr[] = {0x2, 0x6, 0x2}, typer[] = {0x1, 0x1, 0x9};
    static const uint32_t best[] = {8200, 0, 0};
    struct rig *r = *state;

    for (unsigned i = 0; i < 3; i++) {
        rig_again(r, &(struct rig_options){.gicr_ctlr = ctlr[i], .gicr_typer = typer[i]});
        rig_config(r, 8200, 0xa1);
        set_in_table(r, 8200);
        rig_lpis(r, 0);
        assert_int_equal(rig_best(r, 0), 8200);
        rig_config(r, 8200, 0xa0);
        gicr_wr64(r, 0, GICR_INVALLR, 0);
        assert_int_equal(gicr_rd(r, 0, GICR_SYNCR), 0);
        assert_int_equal(rig_best(r, 0), best[i]);
        gicr_wr64(r, 0, GICR_SETLPIR, 8201);
        assert_int_equal(rig_pending(r, 0, 8201), i == 2);
    }
}

/* IDbits of GICR_PROPBASER, capped by that of GICD_TYPER, which is 15. */
static void lpis_are_those_of_the_tables(void **state)
{
    struct rig *r = *state;

    gicr_wr64(r, 0, GICR_PROPBASER, CONFIG | 13);
    gicr_wr64(r, 0, GICR_PENDBASER, PENDING0);
    gicr_wr(r, 0, GICR_CTLR, ENABLE_LPIS);
    gicr_wr64(r, 0, GICR_SETLPIR, 16383);
    gicr_wr64(r, 0, GICR_SETLPIR, 16384);
    assert_true(rig_pending(r, 0, 16383));
    assert_false(rig_pending(r, 0, 16384));
    gicr_wr64(r, 1, GICR_PROPBASER, CONFIG | 31);
    gicr_wr64(r, 1, GICR_PENDBASER, PENDING1);
    gicr_wr(r, 1, GICR_CTLR, ENABLE_LPIS);
    gicr_wr64(r, 1, GICR_SETLPIR, 65535);
    gicr_wr64(r, 1, GICR_SETLPIR, 65536);
    assert_true(rig_pending(r, 1, 65535));
    assert_false(rig_pending(r, 1, 65536));
}

static void fewer_than_14_bits_leave_no_lpi(void **state)
{
    struct rig *r = *state;

    gicr_wr64(r, 0, GICR_PROPBASER, CONFIG | 12);
    gicr_wr64(r, 0, GICR_PENDBASER, PENDING0);
    gicr_wr(r, 0, GICR_CTLR, ENABLE_LPIS);
    gicr_wr64(r, 0, GICR_SETLPIR, 8192);
    assert_false(rig_pending(r, 0, 8192));
}

/* --- selection --- */

static void the_highest_priority_comes_first_then_the_lowest_intid(void **state)
{
    struct rig *r = *state;

    rig_config(r, 8200, 0xa1);
    rig_config(r, 8201, 0x41);
    rig_config(r, 8202, 0x41);
    rig_config(r, 8203, 0x10); /* not enabled */
    rig_lpis(r, 0);
    for (uint32_t i = 8200; i < 8204; i++)
        gicr_wr64(r, 0, GICR_SETLPIR, i);
    assert_int_equal(rig_best(r, 0), 8201);
    gic_lpis_acknowledge(r->m, GICR0, 8201);
    assert_int_equal(rig_best(r, 0), 8202);
    gic_lpis_acknowledge(r->m, GICR0, 8202);
    assert_int_equal(rig_best(r, 0), 8200);
    gic_lpis_acknowledge(r->m, GICR0, 8200);
    assert_int_equal(rig_best(r, 0), 0);
    assert_true(rig_pending(r, 0, 8203));
}

/* Bits 1:0 of the byte are no priority; with one Security state it is as it stands. */
static void priority_is_bits_7_to_2_of_the_configuration(void **state)
{
    struct rig *r = *state;

    rig_config(r, 8200, 0xff);
    rig_lpis(r, 0);
    gicr_wr64(r, 0, GICR_SETLPIR, 8200);
    assert_int_equal(gic_lpis_best(r->m, GICR0).priority, 0xfc);
    assert_int_equal(gic_lpis_best(r->m, GICR0).group, GIC_GROUP_1);
}

/* LPIs are Non-secure: the table has the priority as Non-secure software sees it. */
static void with_two_security_states_priorities_are_in_the_lower_half(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.gicd = "gic-600"});
    rig_config(r, 8200, 0xa1);
    rig_config(r, 8201, 0x01);
    rig_lpis(r, 0);
    gicr_wr64(r, 0, GICR_SETLPIR, 8200);
    assert_int_equal(gic_lpis_best(r->m, GICR0).priority, 0xd0);
    gicr_wr64(r, 0, GICR_SETLPIR, 8201);
    assert_int_equal(gic_lpis_best(r->m, GICR0).priority, 0x80);
}

/* --- configuration --- */

static void a_configuration_is_held_until_it_is_invalidated(void **state)
{
    struct rig *r = *state;

    rig_config(r, 8200, 0xa1);
    rig_lpis(r, 0);
    gicr_wr64(r, 0, GICR_SETLPIR, 8200);
    gic_lpis_acknowledge(r->m, GICR0, 8200);
    rig_config(r, 8200, 0xa0);
    gicr_wr64(r, 0, GICR_SETLPIR, 8200);
    assert_int_equal(rig_best(r, 0), 8200);
    gicr_wr64(r, 0, GICR_INVLPIR, 8201);
    assert_int_equal(rig_best(r, 0), 8200);
    gicr_wr64(r, 0, GICR_INVLPIR, 8200);
    assert_int_equal(gicr_rd(r, 0, GICR_SYNCR), 0);
    assert_int_equal(rig_best(r, 0), 0);
}

static void invallr_drops_all_of_them(void **state)
{
    struct rig *r = *state;

    rig_config(r, 8200, 0xa0);
    rig_config(r, 8201, 0xa0);
    rig_lpis(r, 0);
    gicr_wr64(r, 0, GICR_SETLPIR, 8200);
    gicr_wr64(r, 0, GICR_SETLPIR, 8201);
    rig_config(r, 8201, 0xa1);
    assert_int_equal(rig_best(r, 0), 0);
    gicr_wr64(r, 0, GICR_INVALLR, 0);
    assert_int_equal(rig_best(r, 0), 8201);
}

static void syncr_is_busy_until_the_invalidation_is_done(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    rig_config(r, 8200, 0xa1);
    rig_lpis(r, 0);
    gicr_wr64(r, 0, GICR_SETLPIR, 8200);
    rig_config(r, 8200, 0xa0);
    gicr_wr64(r, 0, GICR_INVLPIR, 8200);
    assert_int_equal(gicr_rd(r, 0, GICR_SYNCR), 1);
    assert_int_equal(rig_best(r, 0), 8200);
    for (unsigned n = 0; n < 3; n++)
        (void)gicr_rd(r, 0, GICR_SYNCR);
    assert_int_equal(gicr_rd(r, 0, GICR_SYNCR), 0);
    assert_int_equal(rig_best(r, 0), 0);
}

static void more_invalidations_than_fit_become_all(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    rig_config(r, 8300, 0xa1);
    rig_lpis(r, 0);
    gicr_wr64(r, 0, GICR_SETLPIR, 8300);
    rig_config(r, 8300, 0xa0);
    for (uint32_t i = 0; i < GIC_LPI_INVS_MAX + 1; i++)
        gicr_wr64(r, 0, GICR_INVLPIR, 8200 + i);
    for (unsigned n = 0; n < 4; n++)
        (void)gicr_rd(r, 0, GICR_SYNCR);
    assert_int_equal(rig_best(r, 0), 0);
}

/* --- the end of LPIs --- */

static void disable(struct rig *r)
{
    gicr_wr(r, 0, GICR_CTLR, 0);
    while (gicr_rd(r, 0, GICR_CTLR) & RWP)
        ;
}

static void lpis_are_taken_until_rwp_is_0(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    rig_config(r, 8200, 0xa1);
    rig_lpis(r, 0);
    gicr_wr(r, 0, GICR_CTLR, 0);
    gicr_wr64(r, 0, GICR_SETLPIR, 8200);
    assert_int_equal(rig_best(r, 0), 8200);
    disable(r);
    assert_int_equal(rig_best(r, 0), 0);
    gicr_wr64(r, 0, GICR_SETLPIR, 8200);
    assert_false(rig_pending(r, 0, 8200));
}

/* R05: whether clearing EnableLPIs writes the pending table. */
static void pending_lpis_may_be_lost_with_enable_lpis(void **state)
{
    struct rig *r = *state;

    for (unsigned run = 0; run < 2; run++) {
        rig_switch(r, "R05", run);
        rig_lpis(r, 0);
        gicr_wr64(r, 0, GICR_SETLPIR, 8200);
        disable(r);
        assert_int_equal(rig_in_table(r, 0, 8200), run);
        gicr_wr(r, 0, GICR_CTLR, ENABLE_LPIS);
        assert_int_equal(rig_pending(r, 0, 8200), run);
    }
}

/* --- power --- */

static void cut(struct rig *r)
{
    nap_power_off(r->m, 1u << GICR0_PD);
    nap_power_on(r->m, 1u << GICR0_PD);
    rig_lpis(r, 0);
}

static void without_a_flush_what_is_pending_is_lost(void **state)
{
    struct rig *r = *state;

    rig_lpis(r, 0);
    gicr_wr64(r, 0, GICR_SETLPIR, 8200);
    assert_false(rig_in_table(r, 0, 8200));
    cut(r);
    assert_false(rig_pending(r, 0, 8200));
}

static void without_a_flush_what_was_taken_comes_back(void **state)
{
    struct rig *r = *state;

    set_in_table(r, 8200);
    rig_lpis(r, 0);
    gic_lpis_acknowledge(r->m, GICR0, 8200);
    cut(r);
    assert_true(rig_pending(r, 0, 8200));
}

static void a_flush_makes_the_table_true(void **state)
{
    struct rig *r = *state;

    set_in_table(r, 8200);
    set_in_table(r, 8191);
    rig_lpis(r, 0);
    gicr_wr64(r, 0, GICR_SETLPIR, 8205);
    gic_lpis_acknowledge(r->m, GICR0, 8200);
    gic_lpis_flush(r->m, GICR0);
    assert_false(rig_in_table(r, 0, 8200));
    assert_true(rig_in_table(r, 0, 8205));
    assert_true(rig_in_table(r, 0, 8191)); /* not the table's */
    cut(r);
    assert_false(rig_pending(r, 0, 8200));
    assert_true(rig_pending(r, 0, 8205));
}

/* PTZ was a promise: the table is written whole. */
static void a_flush_after_ptz_leaves_nothing_else(void **state)
{
    struct rig *r = *state;

    set_in_table(r, 9000);
    gicr_wr64(r, 0, GICR_PROPBASER, CONFIG | 15);
    gicr_wr64(r, 0, GICR_PENDBASER, PENDING0 | PTZ);
    gicr_wr(r, 0, GICR_CTLR, ENABLE_LPIS);
    gicr_wr64(r, 0, GICR_SETLPIR, 8200);
    gic_lpis_flush(r->m, GICR0);
    assert_false(rig_in_table(r, 0, 9000));
    assert_true(rig_in_table(r, 0, 8200));
}

/* Nobody has set one, and the table is put right all the same. */
static void a_flush_after_ptz_empties_a_table_that_was_not_zero(void **state)
{
    struct rig *r = *state;

    set_in_table(r, 9000);
    gicr_wr64(r, 0, GICR_PROPBASER, CONFIG | 15);
    gicr_wr64(r, 0, GICR_PENDBASER, PENDING0 | PTZ);
    gicr_wr(r, 0, GICR_CTLR, ENABLE_LPIS);
    gic_lpis_flush(r->m, GICR0);
    assert_false(rig_in_table(r, 0, 9000));
}

static void a_redistributor_without_power_loses_lpis(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    nap_power_off(r->m, 1u << GICR0_PD);
    message(r, 5, 0);
    nap_power_on(r->m, 1u << GICR0_PD);
    rig_lpis(r, 0);
    assert_false(rig_pending(r, 0, 8192));
}

/* --- more than are held --- */

#define MANY (3 * GIC_LPIS_MAX)

static void more_pending_lpis_than_are_held_stand_in_the_table(void **state)
{
    struct rig *r = *state;
    unsigned n = 0;

    for (uint32_t i = 0; i < MANY; i++)
        rig_config(r, 9000 + i, 0xa1);
    rig_config(r, 9000 + MANY - 1, 0x41);
    rig_lpis(r, 0);
    for (uint32_t i = 0; i < MANY; i++)
        gicr_wr64(r, 0, GICR_SETLPIR, 9000 + i);
    assert_int_equal(rig_best(r, 0), 9000 + MANY - 1);
    for (uint32_t intid; (intid = rig_best(r, 0)) != 0 && n <= MANY; n++)
        gic_lpis_acknowledge(r->m, GICR0, intid);
    assert_int_equal(n, MANY);
    gic_lpis_flush(r->m, GICR0);
    assert_int_equal(gic_lpi_next_in_table(r->m, GICR0, 8192), 0);
}

static void a_full_table_is_read_whole(void **state)
{
    struct rig *r = *state;

    for (uint32_t i = 0; i < MANY; i++)
        set_in_table(r, 9000 + i);
    rig_lpis(r, 0);
    for (uint32_t i = 0; i < MANY; i++)
        assert_true(rig_pending(r, 0, 9000 + i));
}

static void all_of_a_full_table_move(void **state)
{
    struct rig *r = *state;

    for (uint32_t i = 0; i < MANY; i++)
        set_in_table(r, 9000 + i);
    rig_lpis(r, 0);
    rig_lpis(r, 1);
    gic_lpis_move_all(r->m, GICR0, GICR1);
    for (uint32_t i = 0; i < MANY; i++) {
        assert_false(rig_pending(r, 0, 9000 + i));
        assert_true(rig_pending(r, 1, 9000 + i));
    }
}

static void many_configurations_may_be_held_or_not(void **state)
{
    struct rig *r = *state;

    rig_lpis(r, 0);
    for (uint32_t i = 0; i < MANY; i++) {
        rig_config(r, 9000 + i, 0xa1);
        gicr_wr64(r, 0, GICR_SETLPIR, 9000 + i);
        assert_int_equal(rig_best(r, 0), 9000 + i);
        gic_lpis_acknowledge(r->m, GICR0, 9000 + i);
    }
    assert_int_equal(rig_best(r, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(enable_lpis_reads_the_pending_table),
        RIG_TEST(with_ptz_the_table_is_not_read),
        RIG_TEST(a_table_that_is_not_enabled_is_nobodys),
        RIG_TEST(setlpir_and_clrlpir_set_and_clear),
        RIG_TEST(write_only_registers_hold_nothing),
        RIG_TEST(ir_alone_is_enough_to_invalidate),
        RIG_TEST(lpis_are_those_of_the_tables),
        RIG_TEST(fewer_than_14_bits_leave_no_lpi),
        RIG_TEST(the_highest_priority_comes_first_then_the_lowest_intid),
        RIG_TEST(priority_is_bits_7_to_2_of_the_configuration),
        RIG_TEST(with_two_security_states_priorities_are_in_the_lower_half),
        RIG_TEST(a_configuration_is_held_until_it_is_invalidated),
        RIG_TEST(invallr_drops_all_of_them),
        RIG_TEST(syncr_is_busy_until_the_invalidation_is_done),
        RIG_TEST(more_invalidations_than_fit_become_all),
        RIG_TEST(lpis_are_taken_until_rwp_is_0),
        RIG_TEST(pending_lpis_may_be_lost_with_enable_lpis),
        RIG_TEST(without_a_flush_what_is_pending_is_lost),
        RIG_TEST(without_a_flush_what_was_taken_comes_back),
        RIG_TEST(a_flush_makes_the_table_true),
        RIG_TEST(a_flush_after_ptz_leaves_nothing_else),
        RIG_TEST(a_flush_after_ptz_empties_a_table_that_was_not_zero),
        RIG_TEST(a_redistributor_without_power_loses_lpis),
        RIG_TEST(more_pending_lpis_than_are_held_stand_in_the_table),
        RIG_TEST(a_full_table_is_read_whole),
        RIG_TEST(all_of_a_full_table_move),
        RIG_TEST(many_configurations_may_be_held_or_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
