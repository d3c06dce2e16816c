/* SPDX-License-Identifier: MIT */
/* lib/ipmmu/tlb.c: what fills the TLBs of caches and root, under which tags, and what drops
 * entries. Basis: drivers flush caches and root both; scope, latency and tags are switches. */
#include "rig.h"

/* --- fills and tags --- */

static void a_translated_access_fills_both_tlbs(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA + 0x1234);
    assert_int_equal(rig_entries(r, r->ds1), 1);
    assert_int_equal(rig_entries(r, r->mm), 1);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA + 0x1ff000), NAP_BY_TLB, PA + 0x1ff000);
}

static void an_entry_covers_its_block_and_no_more(void **state)
{
    struct rig *r = *state;
    nap_addr table = rig_simple(r);

    rig_map(r, table, IOVA + 0x400000, PA + 0x400000, BLOCK, S2_RW, S2_TABLE);
    rig_map(r, table, IOVA - 0x200000, PA - 0x200000, BLOCK, S2_RW, S2_TABLE);
    rig_dma(r, r->ds1, PORT, IOVA);
    assert_end(rig_probe(r, r->ds1, PORT, IOVA + 0x1fffff).list[0], NAP_OUTCOME_TRANSLATED,
               NAP_BY_TLB);
    assert_end(rig_only(r, r->ds1, PORT, IOVA + 0x400000), NAP_OUTCOME_TRANSLATED, NAP_BY_WALK);
    assert_end(rig_only(r, r->ds1, PORT, IOVA - 1), NAP_OUTCOME_TRANSLATED, NAP_BY_WALK);
}

static void the_same_access_twice_makes_one_entry(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    for (int i = 0; i < 2; i++) {
        rig_write(r, DS1, IMUCTR(PORT), TTSEL(1u) | MMUEN | FLUSH);
        rig_dma(r, r->ds1, PORT, IOVA);
    }
    assert_int_equal(rig_entries(r, r->ds1), 1);
    assert_int_equal(rig_entries(r, r->mm), 1);
}

static void another_port_of_the_cache_hits_in_the_root_only(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_port(r, DS1, 3, 1);
    rig_dma(r, r->ds1, PORT, IOVA);
    assert_reaches(rig_dma(r, r->ds1, 3, IOVA), NAP_BY_SHARED_TLB, PA);
    assert_reaches(rig_dma(r, r->ds1, 3, IOVA), NAP_BY_TLB, PA);
}

static void another_cache_hits_in_the_root_only(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_port(r, DS0, 16, 1);
    rig_dma(r, r->ds1, PORT, IOVA);
    assert_reaches(rig_dma(r, r->ds0, 16, IOVA), NAP_BY_SHARED_TLB, PA);
}

static void another_context_does_not_hit(void **state)
{
    struct rig *r = *state;
    nap_addr table;

    rig_simple(r);
    table = rig_xen(r, 2);
    rig_map(r, table, IOVA, PA_RO, PAGE, S2_RW, S2_TABLE);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_port(r, DS1, PORT, 2);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_WALK, PA_RO);
}

static void a_context_that_comes_back_finds_its_entries_again(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_write(r, DS1, IMUCTR(PORT), TTSEL(2u) | MMUEN);
    rig_write(r, DS1, IMUCTR(PORT), TTSEL(1u) | MMUEN);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_TLB, PA);
}

static void without_context_tags_a_port_takes_its_entries_along(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "P15", IPMMU_P15_NO_CONTEXT_TAG);
    rig_simple(r);
    rig_xen(r, 2);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_port(r, DS1, PORT, 2);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_TLB, PA);
    rig_port(r, DS1, 3, 2); /* another port still does not hit */
    assert_end(rig_only(r, r->ds1, 3, IOVA), NAP_OUTCOME_FAULT, NAP_BY_WALK);
}

static void another_asid_does_not_hit(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_write(r, DS1, IMUASID(PORT), 1);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_SHARED_TLB, PA);
    assert_int_equal(rig_entries(r, r->ds1), 2);
    rig_write(r, DS1, IMUASID(PORT), 0);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_TLB, PA);
}

static void both_fields_of_the_asid_are_tag(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_write(r, DS1, IMUASID(PORT), 0x0100);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_write(r, DS1, IMUASID(PORT), 0);
    assert_end(rig_dma(r, r->ds1, PORT, IOVA), NAP_OUTCOME_TRANSLATED, NAP_BY_SHARED_TLB);
}

static void a_full_tlb_takes_no_more_and_says_so(void **state)
{
    struct rig *r = *state;
    nap_addr table = rig_simple(r);

    for (unsigned i = 0; i < 49; i++) {
        rig_map(r, table, NOT_HERE + 0x1000 * i, PA + 0x1000 * i, PAGE, S2_RW, S2_TABLE);
        assert_int_equal(r->m->n_unmodelled, 0);
        assert_reaches(rig_dma(r, r->ds1, PORT, NOT_HERE + 0x1000 * i), NAP_BY_WALK,
                       PA + 0x1000 * i);
    }
    assert_int_equal(rig_entries(r, r->ds1), 48);
    assert_int_equal(r->m->n_unmodelled, 2); /* root and cache */
    assert_string_equal(r->m->unmodelled[0].what, "TLB replacement");
}

static void the_order_of_accesses_does_not_show_in_the_state(void **state)
{
    struct rig *r = *state;
    struct nap_hash128 a, b;
    unsigned mark;

    rig_simple(r);
    rig_port(r, DS1, 3, 1);
    mark = nap_mark(r->m);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_dma(r, r->ds1, 3, IOVA_RO);
    rig_dma(r, r->ds1, 3, IOVA);
    a = nap_state_key(r->m);
    nap_rewind(r->m, mark);
    rig_dma(r, r->ds1, 3, IOVA);
    rig_dma(r, r->ds1, 3, IOVA_RO);
    rig_dma(r, r->ds1, PORT, IOVA);
    b = nap_state_key(r->m);
    nap_unmark(r->m);
    assert_int_equal(a.low, b.low);
    assert_int_equal(a.high, b.high);
}

/* --- controls --- */

static void a_cache_with_discache_keeps_nothing_and_the_root_does(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_write(r, DS1, IMSCTLR, DISCACHE);
    rig_dma(r, r->ds1, PORT, IOVA);
    assert_int_equal(rig_entries(r, r->ds1), 0);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_SHARED_TLB, PA);
}

static void any_bit_of_discache_is_enough(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    for (unsigned bit = 29; bit < 32; bit++) {
        rig_write(r, DS1, IMSCTLR, 1u << bit);
        rig_dma(r, r->ds1, PORT, IOVA);
        assert_int_equal(rig_entries(r, r->ds1), 0);
    }
}

static void discache_hides_the_entries_that_are_there(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_write(r, DS1, IMSCTLR, DISCACHE);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_SHARED_TLB, PA);
    rig_write(r, DS1, IMSCTLR, 0);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_TLB, PA);
}

static void the_enable_pattern_of_the_root_turns_no_tlb_off(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_write(r, MM, IMSCTLR, 0xc0000000); /* TF-A */
    rig_dma(r, r->ds1, PORT, IOVA);
    assert_int_equal(rig_entries(r, r->mm), 1);
}

static void with_a_single_tlb_only_the_root_keeps_entries(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "P09", IPMMU_P09_SINGLE);
    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA);
    assert_int_equal(rig_entries(r, r->ds1), 0);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_SHARED_TLB, PA);
}

/* --- stale entries --- */

static void a_new_table_base_without_a_flush_leaves_the_old_answers(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_base(r, 1, rig_table(r, 2));
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_TLB, PA);
    rig_write(r, DS1, IMCTR(1), MMUEN | FLUSH);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_SHARED_TLB, PA);
    rig_write(r, DS1, IMCTR(1), MMUEN | FLUSH);
    rig_write(r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    assert_end(rig_dma(r, r->ds1, PORT, IOVA), NAP_OUTCOME_FAULT, NAP_BY_WALK);
}

static void a_context_off_and_on_again_leaves_the_old_answers(void **state)
{
    struct rig *r = *state;
    nap_addr table = rig_simple(r);

    rig_dma(r, r->ds1, PORT, IOVA);
    rig_map(r, table, IOVA, PA_RO & ~UINT64_C(0x1fffff), BLOCK, S2_RW, S2_TABLE);
    rig_write(r, MM, IMCTR(1), 0);
    rig_write(r, DS1, IMCTR(1), 0);
    rig_write(r, MM, IMCTR(1), XEN_IMCTR);
    rig_write(r, DS1, IMCTR(1), MMUEN);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_TLB, PA);
}

static void a_probe_lists_the_stale_answers_and_the_fresh_one(void **state)
{
    struct rig *r = *state;
    nap_addr table = rig_simple(r);
    struct nap_outcomes out;

    rig_dma(r, r->ds1, PORT, IOVA);
    rig_map(r, table, IOVA, UINT64_C(0x5a000000), BLOCK, S2_RW, S2_TABLE);
    out = rig_probe(r, r->ds1, PORT, IOVA);
    assert_int_equal(out.n, 3);
    assert_reaches(out.list[0], NAP_BY_TLB, PA);
    assert_reaches(out.list[1], NAP_BY_SHARED_TLB, PA);
    assert_reaches(out.list[2], NAP_BY_WALK, UINT64_C(0x5a000000));
}

/* --- several entries for one address --- */

/* A page was mapped and used; then the block around it was, and was used elsewhere. */
static void page_then_block(struct rig *r, nap_addr page_pa, nap_addr block_pa)
{
    nap_addr table = rig_simple(r);

    rig_map(r, table, NOT_HERE + 0x1000, page_pa, PAGE, S2_RW, S2_TABLE);
    rig_dma(r, r->ds1, PORT, NOT_HERE + 0x1000);
    rig_map(r, table, NOT_HERE, block_pa, BLOCK, S2_RW, S2_TABLE);
    rig_dma(r, r->ds1, PORT, NOT_HERE);
}

static void two_entries_with_different_outputs_are_a_multi_hit(void **state)
{
    struct rig *r = *state;

    page_then_block(r, PA, UINT64_C(0x5a000000));
    assert_end(rig_dma(r, r->ds1, PORT, NOT_HERE + 0x1234), NAP_OUTCOME_FAULT, NAP_BY_TLB);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), MHIT);
    assert_int_equal(rig_read(r, MM, IMELAR(1)), NOT_HERE + 0x1234);
    assert_reaches(rig_dma(r, r->ds1, PORT, NOT_HERE), NAP_BY_TLB, UINT64_C(0x5a000000));
}

static void a_multi_hit_can_happen_in_the_root(void **state)
{
    struct rig *r = *state;

    page_then_block(r, PA, UINT64_C(0x5a000000));
    rig_write(r, DS1, IMCTR(1), MMUEN | FLUSH);
    assert_end(rig_dma(r, r->ds1, PORT, NOT_HERE + 0x1234), NAP_OUTCOME_FAULT,
               NAP_BY_SHARED_TLB);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), MHIT);
}

/* One of two entries may have been evicted when the access comes. */
static void a_probe_lists_each_entry_of_a_multi_hit_alone(void **state)
{
    struct rig *r = *state;
    struct nap_outcomes out;

    page_then_block(r, PA, UINT64_C(0x5a000000));
    rig_write(r, DS1, IMCTR(1), MMUEN | FLUSH);
    out = rig_probe(r, r->ds1, PORT, NOT_HERE + 0x1000);
    assert_int_equal(out.n, 4);
    assert_end(out.list[0], NAP_OUTCOME_FAULT, NAP_BY_SHARED_TLB);
    assert_end(out.list[1], NAP_OUTCOME_TRANSLATED, NAP_BY_SHARED_TLB);
    assert_end(out.list[2], NAP_OUTCOME_TRANSLATED, NAP_BY_SHARED_TLB);
    assert_int_equal(out.list[1].pa + out.list[2].pa, PA + UINT64_C(0x5a001000));
    assert_reaches(out.list[3], NAP_BY_WALK, UINT64_C(0x5a001000));
}

/* Switch P16. The page came first; evicted, it leaves the block to answer. */
static void under_p16_older_the_first_answers_and_a_probe_lists_both(void **state)
{
    struct rig *r = *state;
    struct nap_outcomes out;

    rig_switch(r, "P16", IPMMU_P16_OLDER);
    page_then_block(r, PA, UINT64_C(0x5a000000));
    assert_reaches(rig_dma(r, r->ds1, PORT, NOT_HERE + 0x1234), NAP_BY_TLB, PA + 0x234);
    rig_write(r, DS1, IMCTR(1), MMUEN | FLUSH);
    out = rig_probe(r, r->ds1, PORT, NOT_HERE + 0x1000);
    assert_int_equal(out.n, 3);
    assert_reaches(out.list[0], NAP_BY_SHARED_TLB, PA);
    assert_reaches(out.list[1], NAP_BY_SHARED_TLB, UINT64_C(0x5a001000));
    assert_reaches(out.list[2], NAP_BY_WALK, UINT64_C(0x5a001000));
    assert_reaches(rig_dma(r, r->ds1, PORT, NOT_HERE + 0x1234), NAP_BY_SHARED_TLB, PA + 0x234);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), 0);
}

static void two_entries_with_the_same_output_are_no_multi_hit(void **state)
{
    struct rig *r = *state;

    page_then_block(r, UINT64_C(0x5a001000), UINT64_C(0x5a000000));
    assert_reaches(rig_dma(r, r->ds1, PORT, NOT_HERE + 0x1234), NAP_BY_TLB,
                   UINT64_C(0x5a001234));
    assert_int_equal(rig_read(r, MM, IMSTR(1)), 0);
}

/* The stale page starts where the block starts. */
static void a_block_does_not_overwrite_the_page_at_its_start(void **state)
{
    struct rig *r = *state;
    nap_addr table = rig_simple(r);

    rig_map(r, table, NOT_HERE, PA, PAGE, S2_RW, S2_TABLE);
    rig_dma(r, r->ds1, PORT, NOT_HERE);
    rig_map(r, table, NOT_HERE, UINT64_C(0x5a000000), BLOCK, S2_RW, S2_TABLE);
    rig_dma(r, r->ds1, PORT, NOT_HERE + 0x1000);
    assert_end(rig_dma(r, r->ds1, PORT, NOT_HERE), NAP_OUTCOME_FAULT, NAP_BY_TLB);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), MHIT);
}

/* --- flush scope --- */

/* Contexts 1 and 2, each used by a port of ds1 (32, 3) and by one of ds0 (16, 5). */
static void four_ports(struct rig *r)
{
    nap_addr table;

    rig_simple(r);
    table = rig_xen(r, 2);
    rig_map(r, table, IOVA, PA_RO, PAGE, S2_RW, S2_TABLE);
    rig_port(r, DS1, 3, 2);
    rig_port(r, DS0, 16, 1);
    rig_port(r, DS0, 5, 2);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_dma(r, r->ds1, 3, IOVA);
    rig_dma(r, r->ds0, 16, IOVA);
    rig_dma(r, r->ds0, 5, IOVA);
}

static void a_flush_of_a_cache_context_drops_that_context_in_that_cache(void **state)
{
    struct rig *r = *state;

    four_ports(r);
    rig_write(r, DS1, IMCTR(1), MMUEN | FLUSH);
    assert_end(rig_probe(r, r->ds1, PORT, IOVA).list[0], NAP_OUTCOME_TRANSLATED,
               NAP_BY_SHARED_TLB);
    assert_end(rig_probe(r, r->ds1, 3, IOVA).list[0], NAP_OUTCOME_TRANSLATED, NAP_BY_TLB);
    assert_int_equal(rig_entries(r, r->ds0), 2);
    assert_int_equal(rig_entries(r, r->mm), 2);
}

static void a_flush_of_a_root_context_drops_that_context_in_the_root(void **state)
{
    struct rig *r = *state;

    four_ports(r);
    rig_write(r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    assert_int_equal(rig_entries(r, r->mm), 1);
    assert_int_equal(ipmmu_of(r->m, r->mm)->tlb[0].context, 2);
    assert_int_equal(rig_entries(r, r->ds1), 2);
    assert_int_equal(rig_entries(r, r->ds0), 2);
}

static void a_flush_of_a_root_context_drops_the_caches_too_under_p10(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "P10", IPMMU_P10_ROOT_DROPS_CACHES);
    four_ports(r);
    rig_write(r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    assert_int_equal(rig_entries(r, r->mm), 1);
    assert_int_equal(rig_entries(r, r->ds1), 1);
    assert_int_equal(rig_entries(r, r->ds0), 1);
    assert_int_equal(ipmmu_of(r->m, r->ds1)->tlb[0].context, 2);
}

static void a_flush_of_a_cache_context_stays_there_under_p10(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "P10", IPMMU_P10_ROOT_DROPS_CACHES);
    four_ports(r);
    rig_write(r, DS1, IMCTR(1), MMUEN | FLUSH);
    assert_int_equal(rig_entries(r, r->ds1), 1);
    assert_int_equal(rig_entries(r, r->ds0), 2);
    assert_int_equal(rig_entries(r, r->mm), 2);
}

static void a_flush_of_a_port_drops_that_port_in_every_context(void **state)
{
    struct rig *r = *state;

    four_ports(r);
    rig_write(r, DS1, IMUCTR(PORT), TTSEL(2u) | MMUEN);
    rig_dma(r, r->ds1, PORT, IOVA);
    assert_int_equal(rig_entries(r, r->ds1), 3);
    rig_write(r, DS1, IMUCTR(PORT), TTSEL(2u) | MMUEN | FLUSH);
    assert_int_equal(rig_entries(r, r->ds1), 1);
    assert_int_equal(ipmmu_of(r->m, r->ds1)->tlb[0].port, 3);
    assert_int_equal(rig_entries(r, r->mm), 2);
}

static void a_flush_works_while_the_context_is_off(void **state)
{
    struct rig *r = *state;

    four_ports(r);
    rig_write(r, DS1, IMCTR(1), FLUSH);
    assert_int_equal(rig_entries(r, r->ds1), 1);
    assert_int_equal(rig_read(r, DS1, IMCTR(1)), 0);
}

/* --- flush latency --- */

static void an_eager_flush_is_over_at_the_first_read(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_write(r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    assert_int_equal(rig_read(r, MM, IMCTR(1)), XEN_IMCTR);
}

static void late_for(struct rig *r, unsigned reads)
{
    nap_set_policy(r->m, NAP_POLICY_LAZY);
    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_write(r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    for (unsigned i = 0; i < reads; i++) {
        assert_int_equal(rig_read(r, MM, IMCTR(1)), XEN_IMCTR | FLUSH);
        assert_int_equal(rig_entries(r, r->mm), 1); /* usable until it is over */
    }
    assert_int_equal(rig_read(r, MM, IMCTR(1)), XEN_IMCTR);
    assert_int_equal(rig_entries(r, r->mm), 0);
}

static void a_late_flush_shows_for_three_reads(void **state)
{
    late_for(*state, 3);
}

static void a_late_flush_shows_for_no_read_under_p11_0(void **state)
{
    rig_switch(*state, "P11", IPMMU_P11_0);
    late_for(*state, 0);
}

static void a_late_flush_shows_for_twenty_reads_under_p11_20(void **state)
{
    rig_switch(*state, "P11", IPMMU_P11_20);
    late_for(*state, 20);
}

static void a_late_flush_of_a_port_shows_in_imuctr(void **state)
{
    struct rig *r = *state;

    nap_set_policy(r->m, NAP_POLICY_LAZY);
    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_write(r, DS1, IMUCTR(PORT), TTSEL(1u) | MMUEN | FLUSH);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_TLB, PA);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(rig_read(r, DS1, IMUCTR(PORT)), TTSEL(1u) | MMUEN | FLUSH);
    assert_int_equal(rig_read(r, DS1, IMUCTR(PORT)), TTSEL(1u) | MMUEN);
    assert_int_equal(rig_entries(r, r->ds1), 0);
}

static void writing_flush_as_0_does_not_stop_a_flush(void **state)
{
    struct rig *r = *state;

    nap_set_policy(r->m, NAP_POLICY_LAZY);
    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_write(r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    rig_write(r, MM, IMCTR(1), XEN_IMCTR);
    assert_int_equal(rig_read(r, MM, IMCTR(1)), XEN_IMCTR | FLUSH);
    for (unsigned i = 0; i < 3; i++)
        (void)rig_read(r, MM, IMCTR(1));
    assert_int_equal(rig_entries(r, r->mm), 0);
}

/* Switch P13: whether there is still something to call off is the latency choice. */
static void under_p13_cancelled_writing_flush_as_0_notices_it(void **state)
{
    struct rig *r = *state;

    for (uint32_t late = 0; late < 2; late++) {
        rig_switch(r, "P13", IPMMU_P13_CANCELLED);
        rig_simple(r);
        rig_dma(r, r->ds1, PORT, IOVA);
        rig_vary(r, LATENCY, &late, 1);
        rig_write(r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
        assert_int_equal(r->n_asked, 0);
        rig_write(r, MM, IMCTR(1), XEN_IMCTR);
        assert_int_equal(r->n_asked, 1);
        assert_int_equal(rig_entries(r, r->mm), late);
        assert_int_equal(rig_read(r, MM, IMCTR(1)), XEN_IMCTR);
        assert_false(nap_work_pending(r->m, r->mm, IPMMU_SLOT_IMCTR + 1, FLUSH));
    }
}

/* Nor is it called off by a write that sets FLUSH again. */
static void under_p13_cancelled_flush_written_again_goes_on(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "P13", IPMMU_P13_CANCELLED);
    nap_set_policy(r->m, NAP_POLICY_LAZY);
    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_write(r, DS1, IMUCTR(PORT), TTSEL(1u) | MMUEN | FLUSH);
    rig_write(r, DS1, IMUCTR(PORT), TTSEL(1u) | MMUEN | FLUSH);
    assert_int_equal(rig_read(r, DS1, IMUCTR(PORT)), TTSEL(1u) | MMUEN | FLUSH);
    nap_work_finish_all(r->m);
    assert_int_equal(rig_entries(r, r->ds1), 0);
}

/* Switch P25: entries keep the address as the master sent it. */
static void under_p25_wrap_a_high_address_has_an_entry_of_its_own(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "P25", IPMMU_P25_WRAP);
    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA);
    assert_reaches(rig_dma(r, r->ds1, PORT, UINT64_C(1) << 40 | IOVA), NAP_BY_WALK, PA);
    assert_reaches(rig_dma(r, r->ds1, PORT, UINT64_C(1) << 40 | IOVA), NAP_BY_TLB, PA);
    assert_int_equal(rig_entries(r, r->ds1), 2);
}

/* Nobody can tell a late flush from a finished one by entries that a walk would give again. */
static void a_flush_of_right_entries_asks_for_no_choice(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_vary(r, LATENCY, NULL, 0);
    rig_write(r, DS1, IMCTR(1), MMUEN | FLUSH);
    rig_write(r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    assert_int_equal(r->n_asked, 0);
}

static void a_flush_of_a_wrong_entry_asks_when_it_can_be_used(void **state)
{
    struct rig *r = *state;
    nap_addr table = rig_simple(r);

    rig_dma(r, r->ds1, PORT, IOVA);
    rig_write(r, DS1, IMUCTR(PORT), 0);
    rig_map(r, table, IOVA, UINT64_C(0x5a000000), BLOCK, S2_RW, S2_TABLE);
    rig_vary(r, LATENCY, NULL, 0);
    rig_write(r, DS1, IMCTR(1), MMUEN | FLUSH);
    assert_int_equal(r->n_asked, 0); /* the port is off */
    rig_write(r, DS1, IMUCTR(PORT), TTSEL(1u) | MMUEN);
    assert_int_equal(r->n_asked, 1);
    assert_int_equal(r->asked[0].kind, NAP_CHOOSE_LATENCY);
    assert_int_equal(r->asked[0].instance, nap_instance_of(r->ds1, IPMMU_SLOT_IMCTR + 1));
    assert_int_equal(rig_entries(r, r->ds1), 0); /* outcome 0: done before */
}

/* Only the start of the block still translates as the entry says. */
static void a_flush_of_a_block_that_was_split_asks_too(void **state)
{
    struct rig *r = *state;
    nap_addr table = rig_simple(r);

    rig_dma(r, r->ds1, PORT, IOVA);
    rig_put(r, (rig_get(r, table + 8) & UINT64_C(0xfffffff000)) + 8 * (IOVA >> 21 & 511), 0);
    rig_map(r, table, IOVA, PA, PAGE, S2_RW, S2_TABLE);
    rig_vary(r, LATENCY, NULL, 0);
    rig_write(r, DS1, IMCTR(1), MMUEN | FLUSH);
    assert_int_equal(r->n_asked, 1);
}

/* The flush began while the entry was right; then the table changed, in memory. */
static void an_access_asks_about_a_flush_whose_entry_has_become_wrong(void **state)
{
    struct rig *r = *state;
    nap_addr table = rig_simple(r);

    rig_dma(r, r->ds1, PORT, IOVA);
    rig_vary(r, LATENCY, (uint32_t[]){0}, 1);
    rig_write(r, DS1, IMCTR(1), MMUEN | FLUSH);
    rig_write(r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    rig_map(r, table, IOVA, UINT64_C(0x5a000000), BLOCK, S2_RW, S2_TABLE);
    assert_int_equal(r->n_asked, 0);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_WALK, UINT64_C(0x5a000000));
    assert_int_equal(r->n_asked, 2);
}

static void a_change_of_permission_makes_an_entry_wrong(void **state)
{
    struct rig *r = *state;
    nap_addr table = rig_simple(r);

    rig_dma(r, r->ds1, PORT, IOVA);
    for (unsigned i = 0; i < 2; i++) {
        rig_map(r, table, IOVA, PA, BLOCK, i ? S2_WO : S2_RO, S2_TABLE);
        rig_vary(r, LATENCY, (uint32_t[]){1}, 1);
        rig_write(r, DS1, IMUCTR(PORT), TTSEL(1u) | MMUEN | FLUSH);
        assert_int_equal(r->n_asked, 1);
        for (unsigned k = 0; k < 4; k++)
            (void)rig_read(r, DS1, IMUCTR(PORT));
        rig_map(r, table, IOVA, PA, BLOCK, S2_RW, S2_TABLE);
        rig_dma(r, r->ds1, PORT, IOVA);
    }
}

static void a_cache_with_discache_asks_for_nothing(void **state)
{
    struct rig *r = *state;
    nap_addr table = rig_simple(r);

    rig_dma(r, r->ds1, PORT, IOVA);
    rig_map(r, table, IOVA, UINT64_C(0x5a000000), BLOCK, S2_RW, S2_TABLE);
    rig_write(r, DS1, IMSCTLR, DISCACHE);
    rig_vary(r, LATENCY, NULL, 0);
    rig_write(r, DS1, IMCTR(1), MMUEN | FLUSH);
    assert_int_equal(r->n_asked, 0);
    rig_write(r, DS1, IMSCTLR, 0);
    assert_int_equal(r->n_asked, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(a_translated_access_fills_both_tlbs),
        rig_test(an_entry_covers_its_block_and_no_more),
        rig_test(the_same_access_twice_makes_one_entry),
        rig_test(another_port_of_the_cache_hits_in_the_root_only),
        rig_test(another_cache_hits_in_the_root_only),
        rig_test(another_context_does_not_hit),
        rig_test(a_context_that_comes_back_finds_its_entries_again),
        rig_test(without_context_tags_a_port_takes_its_entries_along),
        rig_test(another_asid_does_not_hit),
        rig_test(both_fields_of_the_asid_are_tag),
        rig_test(a_full_tlb_takes_no_more_and_says_so),
        rig_test(the_order_of_accesses_does_not_show_in_the_state),
        rig_test(a_cache_with_discache_keeps_nothing_and_the_root_does),
        rig_test(any_bit_of_discache_is_enough),
        rig_test(discache_hides_the_entries_that_are_there),
        rig_test(the_enable_pattern_of_the_root_turns_no_tlb_off),
        rig_test(with_a_single_tlb_only_the_root_keeps_entries),
        rig_test(a_new_table_base_without_a_flush_leaves_the_old_answers),
        rig_test(a_context_off_and_on_again_leaves_the_old_answers),
        rig_test(a_probe_lists_the_stale_answers_and_the_fresh_one),
        rig_test(two_entries_with_different_outputs_are_a_multi_hit),
        rig_test(a_multi_hit_can_happen_in_the_root),
        rig_test(a_probe_lists_each_entry_of_a_multi_hit_alone),
        rig_test(two_entries_with_the_same_output_are_no_multi_hit),
        rig_test(a_block_does_not_overwrite_the_page_at_its_start),
        rig_test(a_flush_of_a_cache_context_drops_that_context_in_that_cache),
        rig_test(a_flush_of_a_root_context_drops_that_context_in_the_root),
        rig_test(a_flush_of_a_root_context_drops_the_caches_too_under_p10),
        rig_test(a_flush_of_a_cache_context_stays_there_under_p10),
        rig_test(a_flush_of_a_port_drops_that_port_in_every_context),
        rig_test(a_flush_works_while_the_context_is_off),
        rig_test(an_eager_flush_is_over_at_the_first_read),
        rig_test(a_late_flush_shows_for_three_reads),
        rig_test(a_late_flush_shows_for_no_read_under_p11_0),
        rig_test(a_late_flush_shows_for_twenty_reads_under_p11_20),
        rig_test(a_late_flush_of_a_port_shows_in_imuctr),
        rig_test(writing_flush_as_0_does_not_stop_a_flush),
        rig_test(under_p13_cancelled_writing_flush_as_0_notices_it),
        rig_test(under_p13_cancelled_flush_written_again_goes_on),
        rig_test(under_p16_older_the_first_answers_and_a_probe_lists_both),
        rig_test(under_p25_wrap_a_high_address_has_an_entry_of_its_own),
        rig_test(a_flush_of_right_entries_asks_for_no_choice),
        rig_test(a_flush_of_a_wrong_entry_asks_when_it_can_be_used),
        rig_test(a_flush_of_a_block_that_was_split_asks_too),
        rig_test(an_access_asks_about_a_flush_whose_entry_has_become_wrong),
        rig_test(a_change_of_permission_makes_an_entry_wrong),
        rig_test(a_cache_with_discache_asks_for_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
