/* SPDX-License-Identifier: MIT */
/* lib/gic/its-table.c: where mappings stand in memory, and when they get there. Arm IHI 0069,
 * "The ITS tables", "GITS_BASER<n>"; the format of entries is ours (lib/gic/README.md). */
#include "its_rig.h"

static void quiesce(struct rig *r)
{
    wr(r, CTLR, 0);
    assert_int_equal(rd(r, CTLR), QUIESCENT);
}

static void memory_has_mappings_once_the_its_is_quiescent(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    mapc(r, 20, 1, true);
    assert_int_equal(rig_ram(r, DEVICES + 5 * 8), 0);
    assert_int_equal(rig_ram(r, COLLECTIONS + 20 * 8), 0);
    assert_int_equal(rig_ram(r, ITT), 0);
    quiesce(r);
    assert_int_equal(rig_ram(r, DEVICES + 5 * 8), VALID | ITT | 4);
    assert_int_equal(rig_ram(r, COLLECTIONS + 20 * 8), VALID | 1);
    assert_int_equal(rig_ram(r, ITT), VALID | 8192);
    assert_int_equal(rig_ram(r, ITT + 8), VALID | 8193);
    assert_int_equal(rig_ram(r, COLLECTIONS), 0); /* collection 0 is held in the ITS */
}

static void an_unmapped_entry_is_written_as_0(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    quiesce(r);
    wr(r, CTLR, ENABLED);
    on_event(r, DISCARD_OP, 5, 1, 0);
    mapd(r, 9, 2, ITT + 0x1000, true);
    mapd(r, 9, 2, ITT + 0x1000, false);
    assert_int_equal(rig_ram(r, ITT + 8), VALID | 8193);
    quiesce(r);
    assert_int_equal(rig_ram(r, ITT + 8), 0);
    assert_int_equal(rig_ram(r, DEVICES + 9 * 8), 0);
}

static void entries_lie_as_far_apart_as_entry_size_says(void **state)
{
    struct rig *r = *state;

    rig_preset(r, "vectors"); /* ITT entries of 12 bytes, no collections in the ITS */
    rig_up(r);
    quiesce(r);
    assert_int_equal(rig_ram(r, ITT), VALID | 8192);
    assert_int_equal(rig_ram(r, ITT + 12), VALID | 8193);
    assert_int_equal(rig_ram(r, COLLECTIONS), VALID);
    assert_int_equal(rig_ram(r, COLLECTIONS + 8), VALID | 1);
}

static void a_flat_table_is_a_run_of_pages(void **state)
{
    struct rig *r = *state;

    rig_bases(r);
    wr64(r, BASER(0), VALID | DEVICES | 1);
    wr(r, CTLR, ENABLED);
    mapd(r, 0x3ff, 2, ITT, true);
    assert_int_equal(rd64(r, CREADR), r->next);
    quiesce(r);
    assert_int_equal(rig_ram(r, DEVICES + 0x3ff * 8), VALID | ITT | 1);
}

static void an_indirect_table_is_a_list_of_pages(void **state)
{
    struct rig *r = *state;

    rig_bases(r);
    wr64(r, BASER(0), VALID | INDIRECT | DEVICES);
    rig_put(r, DEVICES + 2 * 8, VALID | (ITT + 0x5000)); /* of DeviceIDs from 0x400 on */
    wr(r, CTLR, ENABLED);
    mapd(r, 0x403, 2, ITT, true);
    assert_int_equal(rd64(r, CREADR), r->next);
    mapd(r, 0x3ff, 2, ITT, true); /* its page is not there */
    assert_int_equal(rd64(r, CREADR), 0x20 | STALLED);
    quiesce(r);
    assert_int_equal(rig_ram(r, ITT + 0x5000 + 3 * 8), VALID | ITT | 1);
}

static void pages_may_have_16_kb_and_64_kb(void **state)
{
    static const struct {
        uint64_t size;
        uint32_t last;
    } pages[] = {{1, 0x7ff}, {2, 0x1fff}, {3, 0x1fff}};
    struct rig *r = *state;

    for (unsigned i = 0; i < 3; i++) {
        rig_again(r, &(struct rig_options){.n_switches = 0});
        rig_bases(r);
        wr64(r, BASER(0), VALID | DEVICES | pages[i].size << 8);
        wr(r, CTLR, ENABLED);
        mapd(r, pages[i].last, 2, ITT, true);
        assert_int_equal(rd64(r, CREADR), r->next);
        mapd(r, pages[i].last + 1, 2, ITT, true);
        assert_int_equal(rd64(r, CREADR), 0x20 | STALLED);
    }
}

/* Bits 15:12 of the register are bits 51:48 of the address there. */
static void the_base_of_64_kb_pages_has_52_bits(void **state)
{
    struct rig *r = *state;

    rig_bases(r);
    wr64(r, BASER(0), VALID | DEVICES | 0x1000 | 2u << 8);
    wr(r, CTLR, ENABLED);
    mapd(r, 5, 2, ITT, true);
    quiesce(r);
    assert_int_equal(rig_ram(r, DEVICES + 5 * 8), 0); /* at 1 << 48, where there is no RAM */
}

static void bits_below_a_page_of_16_kb_are_dropped_or_used(void **state)
{
    struct rig *r = *state;

    for (unsigned run = 0; run < 2; run++) {
        rig_switch(r, "I13", run);
        rig_bases(r);
        wr64(r, BASER(0), VALID | (DEVICES + 0x1000) | 1u << 8);
        wr(r, CTLR, ENABLED);
        mapd(r, 5, 2, ITT, true);
        quiesce(r);
        assert_int_equal(rig_ram(r, DEVICES + 0x1000 * run + 5 * 8), VALID | ITT | 1);
    }
}

static void mappings_in_memory_are_found(void **state)
{
    struct rig *r = *state;

    rig_lpis(r, 0);
    rig_put(r, DEVICES + 7 * 8, VALID | ITT | 3);
    rig_put(r, ITT + 2 * 8, VALID | UINT64_C(20) << 32 | 8199);
    rig_put(r, COLLECTIONS + 20 * 8, VALID);
    rig_bases(r);
    wr(r, CTLR, ENABLED);
    message(r, 7, 2);
    assert_true(rig_pending(r, 0, 8199));
}

/* What is cached answers, whatever becomes of memory. */
static void a_cached_mapping_answers_for_memory(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    quiesce(r);
    rig_put(r, ITT, VALID | 8300);
    wr(r, CTLR, ENABLED);
    message(r, 5, 0);
    assert_true(rig_pending(r, 0, 8192));
}

/* GITS_TYPER.INV: nothing of a table stays cached once its Valid is 0. */
static void with_inv_a_table_without_valid_is_forgotten(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    quiesce(r);
    rig_put(r, ITT, VALID | 8300);
    wr64(r, BASER(0), VALID | DEVICES);
    wr(r, CTLR, ENABLED);
    message(r, 5, 0);
    assert_true(rig_pending(r, 0, 8192)); /* Valid has not been 0 */
    quiesce(r);
    wr64(r, BASER(0), DEVICES);
    wr64(r, BASER(0), VALID | DEVICES);
    wr(r, CTLR, ENABLED);
    message(r, 5, 0);
    assert_true(rig_pending(r, 0, 8300));
}

/* I07. */
static void without_inv_what_stays_cached_is_open(void **state)
{
    struct rig *r = *state;

    for (unsigned run = 0; run < 2; run++) {
        rig_again(
            r, &(struct rig_options){.sw = {{"I07", run}}, .n_switches = 1, .preset = "hcc"});
        rig_up(r);
        quiesce(r);
        rig_put(r, ITT, VALID | 8300);
        wr64(r, BASER(0), DEVICES);
        wr64(r, BASER(0), VALID | DEVICES);
        wr(r, CTLR, ENABLED);
        message(r, 5, 0);
        assert_int_equal(rig_pending(r, 0, 8192), run == 0);
        assert_int_equal(rig_pending(r, 0, 8300), run == 1);
    }
}

/* The cache holds 64 of a kind; what has to make room stands in memory then. */
static void more_mappings_than_are_cached_are_kept(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    mapd(r, 6, 8, ITT + 0x1000, true);
    for (uint32_t i = 0; i < 200; i++)
        mapti(r, 6, i, 9000 + i, 1);
    for (uint32_t i = 0; i < 40; i++)
        message(r, 6, i * 5);
    for (uint32_t i = 0; i < 40; i++)
        assert_true(rig_pending(r, 1, 9000 + i * 5));
    quiesce(r);
    for (uint32_t i = 0; i < 200; i++)
        assert_int_equal(rig_ram(r, ITT + 0x1000 + i * 8),
                         VALID | UINT64_C(1) << 32 | (9000 + i));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(memory_has_mappings_once_the_its_is_quiescent),
        RIG_TEST(an_unmapped_entry_is_written_as_0),
        RIG_TEST(entries_lie_as_far_apart_as_entry_size_says),
        RIG_TEST(a_flat_table_is_a_run_of_pages),
        RIG_TEST(an_indirect_table_is_a_list_of_pages),
        RIG_TEST(pages_may_have_16_kb_and_64_kb),
        RIG_TEST(the_base_of_64_kb_pages_has_52_bits),
        RIG_TEST(bits_below_a_page_of_16_kb_are_dropped_or_used),
        RIG_TEST(mappings_in_memory_are_found),
        RIG_TEST(a_cached_mapping_answers_for_memory),
        RIG_TEST(with_inv_a_table_without_valid_is_forgotten),
        RIG_TEST(without_inv_what_stays_cached_is_open),
        RIG_TEST(more_mappings_than_are_cached_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
