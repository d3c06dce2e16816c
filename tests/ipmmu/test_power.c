/* SPDX-License-Identifier: MIT */
/* lib/ipmmu/tlb.c: what a TLB holds after a power cut. That it holds anything is not public, so
 * switch P18 and, where `retain` is varied, a choice decide; it is asked when the TLB could
 * first be used, and only for what no finished flush has dropped. */
#include "rig.h"

/* Warm: context 1 by port 32 of ds1, context 2 by port 16 of ds0. */
#define PA_2 UINT64_C(0x60000000)

static nap_addr table_2;

static void warm(struct rig *r)
{
    rig_simple(r);
    table_2 = rig_xen(r, 2);
    rig_map(r, table_2, IOVA, PA_2, BLOCK, S2_RW, S2_TABLE);
    rig_port(r, DS0, 16, 2);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_dma(r, r->ds0, 16, IOVA);
}

static void controls(struct rig *r)
{
    rig_write(r, MM, IMSCTLR, 0);
    rig_write(r, DS0, IMSCTLR, 0);
    rig_write(r, DS1, IMSCTLR, 0);
    rig_write(r, MM, IMSAUXCTLR, S2PTE);
}

/* Context @n of the root back, as @imctr. */
static void root_back(struct rig *r, unsigned n, nap_addr table, uint32_t imctr)
{
    rig_base(r, n, table);
    rig_write(r, MM, IMTTBCR(n), XEN_IMTTBCR);
    rig_write(r, MM, IMCTR(n), imctr);
}

static void port_back(struct rig *r)
{
    rig_write(r, DS1, IMCTR(1), INTEN | MMUEN);
    rig_write(r, DS1, IMUASID(PORT), 0);
    rig_write(r, DS1, IMUCTR(PORT), TTSEL(1u) | MMUEN);
}

/* Sleeps with `retain` varied, wakes up with everything back but the port. */
static void sleep_and_wake(struct rig *r, const uint32_t *values, unsigned n)
{
    warm(r);
    rig_vary(r, RETAIN, values, n);
    rig_power_cycle(r);
    controls(r);
    root_back(r, 1, TABLES, XEN_IMCTR);
}

static void tlbs_come_up_empty_where_retain_is_not_varied(void **state)
{
    struct rig *r = *state;

    warm(r);
    rig_power_cycle(r);
    assert_int_equal(rig_entries(r, r->ds1), 0);
    assert_int_equal(rig_entries(r, r->mm), 0);
}

static void tlbs_come_up_empty_under_p18_empty(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "P18", IPMMU_P18_EMPTY);
    sleep_and_wake(r, NULL, 0);
    port_back(r);
    assert_int_equal(rig_entries(r, r->ds1), 0);
    assert_int_equal(r->n_asked, 0);
}

static void tlbs_keep_everything_under_p18_kept(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "P18", IPMMU_P18_KEPT);
    sleep_and_wake(r, NULL, 0);
    port_back(r);
    assert_int_equal(r->n_asked, 0);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_TLB, PA);
}

static void a_power_cut_of_one_domain_leaves_the_others_alone(void **state)
{
    struct rig *r = *state;

    warm(r);
    nap_power_off(r->m, 1u << nap_domain_find(r->m, "a3vp"));
    nap_power_on(r->m, 1u << nap_domain_find(r->m, "a3vp"));
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_TLB, PA);
}

static void nothing_is_settled_before_it_can_be_used(void **state)
{
    struct rig *r = *state;

    sleep_and_wake(r, NULL, 0);
    rig_write(r, DS1, IMCTR(1), INTEN | MMUEN);
    rig_write(r, DS1, IMUASID(PORT), 0);
    rig_write(r, DS1, IMUCTR(PORT), TTSEL(1u));
    assert_int_equal(r->n_asked, 0);
    rig_write(r, DS1, IMUCTR(PORT), TTSEL(1u) | MMUEN);
    assert_int_equal(r->n_asked, 2); /* the TLBs of cache and root */
    assert_int_equal(r->asked[0].kind, NAP_CHOOSE_RETAIN);
    assert_int_equal(r->asked[0].instance, nap_instance_of(r->ds1, NAP_NO_SLOT));
    assert_int_equal(r->asked[1].instance, nap_instance_of(r->mm, NAP_NO_SLOT));
}

static void what_no_port_can_use_is_never_settled(void **state)
{
    struct rig *r = *state;

    sleep_and_wake(r, NULL, 0);
    rig_write(r, DS1, IMCTR(1), INTEN | MMUEN);
    rig_write(r, DS1, IMUCTR(3), TTSEL(1u) | MMUEN); /* the root's entry is for any port */
    assert_int_equal(r->n_asked, 1);
    assert_int_equal(r->asked[0].instance, nap_instance_of(r->mm, NAP_NO_SLOT));
}

static void choice_0_leaves_the_tlb_empty(void **state)
{
    struct rig *r = *state;

    sleep_and_wake(r, NULL, 0);
    port_back(r);
    assert_int_equal(rig_entries(r, r->ds1), 0);
    assert_reaches(rig_only(r, r->ds1, PORT, IOVA), NAP_BY_WALK, PA);
}

static void choice_1_keeps_what_was_there(void **state)
{
    struct rig *r = *state;

    sleep_and_wake(r, (uint32_t[]){1}, 1);
    port_back(r);
    assert_int_equal(rig_entries(r, r->ds1), 1);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_TLB, PA);
}

/* The tag of the first warm entry, the output of the next domain. */
static void choice_2_adds_a_foreign_entry(void **state)
{
    struct rig *r = *state;

    sleep_and_wake(r, (uint32_t[]){2}, 1);
    port_back(r);
    assert_int_equal(r->asked[0].n, 3);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_TLB, PA_2);
}

static void the_next_domain_after_the_last_is_the_first(void **state)
{
    struct rig *r = *state;

    warm(r);
    rig_vary(r, RETAIN, (uint32_t[]){2}, 1);
    rig_power_cycle(r);
    controls(r);
    root_back(r, 2, table_2, XEN_IMCTR);
    rig_write(r, DS0, IMCTR(2), MMUEN);
    rig_write(r, DS0, IMUASID(16), 0);
    rig_write(r, DS0, IMUCTR(16), TTSEL(2u) | MMUEN);
    assert_reaches(rig_dma(r, r->ds0, 16, IOVA), NAP_BY_TLB, PA);
}

static void without_another_domain_there_are_two_outcomes(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_vary(r, RETAIN, NULL, 0);
    rig_power_cycle(r);
    controls(r);
    root_back(r, 1, TABLES, XEN_IMCTR);
    port_back(r);
    assert_int_equal(r->n_asked, 2);
    assert_int_equal(r->asked[0].n, 2);
    assert_int_equal(r->asked[1].n, 2);
}

static void a_tlb_that_was_cold_asks_nothing(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_vary(r, RETAIN, NULL, 0);
    rig_power_cycle(r);
    controls(r);
    root_back(r, 1, TABLES, XEN_IMCTR);
    port_back(r);
    assert_int_equal(r->n_asked, 0);
}

static void a_finished_flush_leaves_nothing_to_settle(void **state)
{
    struct rig *r = *state;

    sleep_and_wake(r, NULL, 0);
    root_back(r, 1, TABLES, XEN_IMCTR | FLUSH);
    root_back(r, 2, table_2, XEN_IMCTR | FLUSH);
    rig_write(r, DS1, IMCTR(1), INTEN | MMUEN | FLUSH);
    port_back(r);
    assert_int_equal(r->n_asked, 0);
}

static void a_finished_flush_of_another_context_leaves_the_rest(void **state)
{
    struct rig *r = *state;

    sleep_and_wake(r, (uint32_t[]){0, 1}, 2);
    root_back(r, 2, table_2, XEN_IMCTR | FLUSH);
    port_back(r);
    assert_int_equal(r->n_asked, 2);
    assert_int_equal(rig_entries(r, r->mm), 1);
    assert_int_equal(ipmmu_of(r->m, r->mm)->tlb[0].context, 1);
}

static void latency_is_asked_before_retain(void **state)
{
    struct rig *r = *state;

    warm(r);
    rig_vary(r, RETAIN | LATENCY, (uint32_t[]){1, 1}, 2);
    rig_power_cycle(r);
    controls(r);
    root_back(r, 1, TABLES, XEN_IMCTR);
    rig_write(r, DS1, IMCTR(1), INTEN | MMUEN | FLUSH);
    port_back(r);
    assert_int_equal(r->n_asked, 3);
    assert_int_equal(r->asked[0].kind, NAP_CHOOSE_LATENCY);
    assert_int_equal(r->asked[0].instance, nap_instance_of(r->ds1, IPMMU_SLOT_IMCTR + 1));
    assert_int_equal(r->asked[1].kind, NAP_CHOOSE_RETAIN);
    assert_int_equal(r->asked[1].instance, nap_instance_of(r->ds1, NAP_NO_SLOT));
    assert_int_equal(rig_entries(r, r->ds1), 1); /* late and kept */
}

static void a_flush_found_finished_leaves_retain_unasked(void **state)
{
    struct rig *r = *state;

    warm(r);
    rig_vary(r, RETAIN | LATENCY, (uint32_t[]){0}, 1);
    rig_power_cycle(r);
    controls(r);
    root_back(r, 1, TABLES, VA64); /* so that only the cache's TLB is asked about */
    rig_write(r, DS1, IMCTR(1), INTEN | MMUEN | FLUSH);
    port_back(r);
    assert_int_equal(r->n_asked, 1);
    assert_int_equal(r->asked[0].kind, NAP_CHOOSE_LATENCY);
}

static void the_root_is_settled_when_its_context_comes_on(void **state)
{
    struct rig *r = *state;

    warm(r);
    rig_vary(r, RETAIN, (uint32_t[]){0, 1}, 2);
    rig_power_cycle(r);
    controls(r);
    port_back(r);
    assert_int_equal(r->n_asked, 1); /* a cache's hit does not consult the root */
    root_back(r, 1, TABLES, XEN_IMCTR);
    assert_int_equal(r->n_asked, 2);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_SHARED_TLB, PA);
}

static void a_cache_is_settled_when_its_security_groups_go(void **state)
{
    struct rig *r = *state;

    sleep_and_wake(r, NULL, 0);
    rig_write(r, DS1, IMSCTLR, USE_SECGRP);
    port_back(r);
    assert_int_equal(r->n_asked, 0);
    rig_write(r, DS1, IMSCTLR, 0);
    assert_int_equal(r->n_asked, 2);
}

static void a_cache_with_discache_is_not_settled(void **state)
{
    struct rig *r = *state;

    sleep_and_wake(r, NULL, 0);
    rig_write(r, DS1, IMSCTLR, DISCACHE);
    port_back(r);
    assert_int_equal(r->n_asked, 1);
    assert_int_equal(r->asked[0].instance, nap_instance_of(r->mm, NAP_NO_SLOT));
}

/* Both domains have the same page there: a foreign entry would be the kept one again. */
static void a_foreign_entry_equal_to_the_kept_one_is_not_offered(void **state)
{
    struct rig *r = *state;
    nap_addr table;

    rig_simple(r);
    table = rig_xen(r, 2);
    rig_map(r, table, IOVA, PA, BLOCK, S2_RW, S2_TABLE);
    rig_port(r, DS0, 16, 2);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_dma(r, r->ds0, 16, IOVA);
    rig_vary(r, RETAIN, NULL, 0);
    rig_power_cycle(r);
    controls(r);
    root_back(r, 1, TABLES, XEN_IMCTR);
    port_back(r);
    assert_int_equal(r->n_asked, 2);
    assert_int_equal(r->asked[0].n, 2);
    assert_int_equal(r->asked[1].n, 2);
}

/* Nobody writes IMSCTLR; reading it settles it, and with the last of them the way is open. */
static void a_read_that_opens_the_way_settles_what_stands_behind_it(void **state)
{
    struct rig *r = *state;

    warm(r);
    rig_vary(r, RETAIN, (uint32_t[]){0, 0, 1}, 3);
    rig_power_cycle(r);
    rig_write(r, MM, IMSAUXCTLR, S2PTE);
    root_back(r, 1, TABLES, XEN_IMCTR);
    port_back(r);
    assert_int_equal(r->n_asked, 0);
    assert_int_equal(rig_read(r, DS1, IMSCTLR), 0);
    assert_int_equal(r->n_asked, 1);
    assert_int_equal(rig_read(r, MM, IMSCTLR), 0);
    assert_int_equal(r->n_asked, 4); /* both registers, both TLBs */
    assert_int_equal(rig_entries(r, r->ds1), 1);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_TLB, PA);
}

/* The cache keeps an entry of port 32 unsettled while port 3 makes a fresh one. */
static void a_fresh_entry_is_not_taken_for_a_kept_one(void **state)
{
    struct rig *r = *state;

    sleep_and_wake(r, (uint32_t[]){0, 2}, 2); /* root empty, cache with a foreign entry */
    rig_write(r, DS1, IMCTR(1), MMUEN);
    rig_write(r, DS1, IMUASID(3), 0);
    rig_write(r, DS1, IMUCTR(3), TTSEL(1u) | MMUEN);
    rig_dma(r, r->ds1, 3, IOVA);
    port_back(r);
    assert_int_equal(r->n_asked, 2);
    assert_reaches(rig_dma(r, r->ds1, 3, IOVA), NAP_BY_TLB, PA);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_TLB, PA_2);
}

/* There is one root, so that what another context had stands in for another unit's: its table.
 * Reset value and zeros are the same. */
static void the_root_may_wake_with_the_table_of_the_next_context(void **state)
{
    static const uint32_t expected[] = {0, 0xfffff000, 0x71000000, 0x72000000};
    struct rig *r = *state;

    for (uint32_t value = 0; value < 4; value++) {
        rig_again(r, &(struct rig_options){.n_switches = 0});
        rig_write(r, MM, IMTTLBR0(1), 0x71000000);
        rig_write(r, MM, IMTTLBR0(2), 0x72000000);
        rig_vary(r, RETAIN, &value, 1);
        rig_power_cycle(r);
        assert_int_equal(rig_read(r, MM, IMTTLBR0(1)), expected[value]);
        assert_int_equal(r->asked[0].n, 4);
    }
}

static void a_second_power_cut_asks_again(void **state)
{
    struct rig *r = *state;

    sleep_and_wake(r, (uint32_t[]){1, 1}, 2);
    port_back(r);
    assert_int_equal(r->n_asked, 2);
    rig_power_cycle(r);
    controls(r);
    root_back(r, 1, TABLES, XEN_IMCTR);
    port_back(r);
    assert_int_equal(r->n_asked, 4);
    assert_int_equal(rig_entries(r, r->ds1), 0);
}

static void a_power_cut_drops_an_unfinished_flush(void **state)
{
    struct rig *r = *state;

    nap_set_policy(r->m, NAP_POLICY_LAZY);
    warm(r);
    rig_write(r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    rig_power_cycle(r);
    assert_int_equal(rig_read(r, MM, IMCTR(1)), 0);
    assert_false(nap_work_pending(r->m, r->mm, IPMMU_SLOT_IMCTR + 1, FLUSH));
}

static void all_domains_off_leaves_every_port_off(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.profile = NAP_PROFILE_HOSTILE});
    warm(r);
    rig_power_cycle(r);
    for (unsigned port = 0; port < 48; port++)
        assert_end(rig_only(r, r->ds1, port, IOVA), NAP_OUTCOME_BYPASS, NAP_BY_PORT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(tlbs_come_up_empty_where_retain_is_not_varied),
        rig_test(tlbs_come_up_empty_under_p18_empty),
        rig_test(tlbs_keep_everything_under_p18_kept),
        rig_test(a_power_cut_of_one_domain_leaves_the_others_alone),
        rig_test(nothing_is_settled_before_it_can_be_used),
        rig_test(what_no_port_can_use_is_never_settled),
        rig_test(choice_0_leaves_the_tlb_empty),
        rig_test(choice_1_keeps_what_was_there),
        rig_test(choice_2_adds_a_foreign_entry),
        rig_test(the_next_domain_after_the_last_is_the_first),
        rig_test(without_another_domain_there_are_two_outcomes),
        rig_test(a_tlb_that_was_cold_asks_nothing),
        rig_test(a_finished_flush_leaves_nothing_to_settle),
        rig_test(a_finished_flush_of_another_context_leaves_the_rest),
        rig_test(latency_is_asked_before_retain),
        rig_test(a_flush_found_finished_leaves_retain_unasked),
        rig_test(the_root_is_settled_when_its_context_comes_on),
        rig_test(a_cache_is_settled_when_its_security_groups_go),
        rig_test(a_cache_with_discache_is_not_settled),
        rig_test(a_foreign_entry_equal_to_the_kept_one_is_not_offered),
        rig_test(a_read_that_opens_the_way_settles_what_stands_behind_it),
        rig_test(a_fresh_entry_is_not_taken_for_a_kept_one),
        rig_test(the_root_may_wake_with_the_table_of_the_next_context),
        rig_test(a_second_power_cut_asks_again),
        rig_test(a_power_cut_drops_an_unfinished_flush),
        rig_test(all_domains_off_leaves_every_port_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
