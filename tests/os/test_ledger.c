/* SPDX-License-Identifier: MIT */
/* lib/os/ledger.c: the ground truth (design 4.3). Between call and return old and new are both
 * right; afterwards only new. */
#include "../rig.h"

#define IOVA UINT64_C(0x40000000)
#define PA   UINT64_C(0x50000000)
#define RW   3u
#define RO   1u

enum { D0, D1 };

/* Truth of port 0 of a, which is m0's. */
static struct nap_truth truth(const struct nap_machine *m, nap_addr iova)
{
    struct nap_truth t;

    nap_truth_of(m, DEV_A, 0, iova, &t);
    return t;
}

static void assert_only(struct nap_truth t, bool mapped, nap_addr pa, unsigned prot)
{
    assert_true(t.judged);
    assert_int_equal(t.n, 1);
    assert_int_equal(t.allowed[0].mapped, mapped);
    assert_int_equal(t.allowed[0].pa, pa);
    assert_int_equal(t.allowed[0].prot, prot);
}

/* Mapped to @pa, or not at all. */
static void assert_either(struct nap_truth t, nap_addr pa, unsigned prot)
{
    assert_true(t.judged);
    assert_int_equal(t.n, 2);
    assert_true(t.allowed[0].mapped);
    assert_int_equal(t.allowed[0].pa, pa);
    assert_int_equal(t.allowed[0].prot, prot);
    assert_false(t.allowed[1].mapped);
}

static int attached(void **state)
{
    struct nap_machine *m = odd_machine();

    nap_ledger_attach(m, 0, D0, true);
    assert_int_equal(nap_ledger_map(m, D0, IOVA, PA, 0x3000, RW, true), NAP_OK);
    *state = m;
    return 0;
}

/* --- ports -----------------------------------------------------------------------------------
 */

static void a_port_belongs_to_the_master_of_its_range(void **state)
{
    struct nap_machine *m = *state;

    assert_int_equal(nap_port_master(m, DEV_A, 0), 0);
    assert_int_equal(nap_port_master(m, DEV_A, 3), 0);
    assert_int_equal(nap_port_master(m, DEV_A, 4), -1);
    assert_int_equal(nap_port_master(m, DEV_A, 7), -1);
    assert_int_equal(nap_port_master(m, DEV_A, 8), 1);
    assert_int_equal(nap_port_master(m, DEV_A, 10), -1);
    assert_int_equal(nap_port_master(m, DEV_B, 0), 1);
    assert_int_equal(nap_port_master(m, DEV_C, 5), 2);
}

static void traffic_of_a_port_without_a_master_is_not_judged(void **state)
{
    struct nap_truth t;

    nap_truth_of(*state, DEV_A, 5, IOVA, &t);
    assert_false(t.judged);
    assert_int_equal(t.n, 0);
}

/* --- mappings --------------------------------------------------------------------------------
 */

static void inside_a_mapping_its_address_and_permission_are_right(void **state)
{
    assert_only(truth(*state, IOVA), true, PA, RW);
    assert_only(truth(*state, IOVA + 0x2fff), true, PA + 0x2fff, RW);
}

static void outside_every_mapping_no_translation_is_right(void **state)
{
    assert_only(truth(*state, IOVA - 1), false, 0, 0);
    assert_only(truth(*state, IOVA + 0x3000), false, 0, 0);
}

static void a_mapping_of_another_domain_does_not_count(void **state)
{
    struct nap_machine *m = *state;

    assert_int_equal(nap_ledger_map(m, D1, IOVA + 0x10000, PA, 0x1000, RW, true), NAP_OK);
    assert_only(truth(m, IOVA + 0x10000), false, 0, 0);
}

static void while_a_map_is_under_way_both_answers_are_right(void **state)
{
    struct nap_machine *m = *state;

    assert_int_equal(nap_ledger_map(m, D0, IOVA + 0x8000, PA, 0x1000, RO, false), NAP_OK);
    assert_either(truth(m, IOVA + 0x8000), PA, RO);
    assert_only(truth(m, IOVA), true, PA, RW); /* the others stand */
    assert_int_equal(nap_ledger_map(m, D0, IOVA + 0x8000, PA, 0x1000, RO, true), NAP_OK);
    assert_only(truth(m, IOVA + 0x8000), true, PA, RO);
}

static void a_failed_map_leaves_nothing(void **state)
{
    struct nap_machine *m = *state;

    (void)nap_ledger_map(m, D0, IOVA + 0x8000, PA, 0x1000, RW, false);
    nap_ledger_undo(m);
    assert_only(truth(m, IOVA + 0x8000), false, 0, 0);
    assert_only(truth(m, IOVA), true, PA, RW);
}

static void while_an_unmap_is_under_way_both_answers_are_right(void **state)
{
    struct nap_machine *m = *state;

    assert_int_equal(nap_ledger_unmap(m, D0, IOVA, 0x3000, false), NAP_OK);
    assert_either(truth(m, IOVA), PA, RW);
    assert_int_equal(nap_ledger_unmap(m, D0, IOVA, 0x3000, true), NAP_OK);
    assert_only(truth(m, IOVA), false, 0, 0);
}

static void a_failed_unmap_changes_nothing(void **state)
{
    struct nap_machine *m = *state;

    (void)nap_ledger_unmap(m, D0, IOVA, 0x3000, false);
    nap_ledger_undo(m);
    assert_only(truth(m, IOVA), true, PA, RW);
}

/* The page in the middle goes; what is left and right of it stays, each with its own end. */
static void part_of_a_mapping_can_be_unmapped(void **state)
{
    struct nap_machine *m = *state;

    assert_int_equal(truth(m, IOVA).allowed[0].extent, 0x3000);
    assert_int_equal(nap_ledger_unmap(m, D0, IOVA + 0x1000, 0x1000, false), NAP_OK);
    assert_either(truth(m, IOVA + 0x1000), PA + 0x1000, RW);
    nap_ledger_undo(m);
    assert_int_equal(truth(m, IOVA).allowed[0].extent, 0x3000);
    assert_int_equal(nap_ledger_unmap(m, D0, IOVA + 0x1000, 0x1000, false), NAP_OK);
    assert_int_equal(nap_ledger_unmap(m, D0, IOVA + 0x1000, 0x1000, true), NAP_OK);
    assert_only(truth(m, IOVA), true, PA, RW);
    assert_int_equal(truth(m, IOVA).allowed[0].extent, 0x1000);
    assert_only(truth(m, IOVA + 0x1000), false, 0, 0);
    assert_only(truth(m, IOVA + 0x2000), true, PA + 0x2000, RW);
}

static void what_is_not_mapped_cannot_be_unmapped(void **state)
{
    struct nap_machine *m = *state;

    assert_int_equal(nap_ledger_unmap(m, D0, IOVA, 0x4000, false), NAP_ERR_UNKNOWN);
    assert_int_equal(nap_ledger_unmap(m, D0, IOVA + 0x1000, 0x3000, false), NAP_ERR_UNKNOWN);
    assert_int_equal(nap_ledger_unmap(m, D1, IOVA, 0x3000, false), NAP_ERR_UNKNOWN);
    assert_int_equal(nap_ledger_unmap(m, D0, IOVA, 0x3000, true), NAP_ERR_UNKNOWN);
    assert_only(truth(m, IOVA), true, PA, RW);
}

static void the_table_takes_128_mappings_and_uses_freed_places_again(void **state)
{
    struct nap_machine *m = *state;

    for (unsigned i = 1; i < 128; i++)
        assert_int_equal(nap_ledger_map(m, D1, i * UINT64_C(0x1000), PA, 0x1000, RW, true),
                         NAP_OK);
    assert_int_equal(nap_ledger_map(m, D1, 0x200000, PA, 0x1000, RW, true), NAP_ERR_NOSPACE);
    (void)nap_ledger_unmap(m, D1, 0x5000, 0x1000, false);
    (void)nap_ledger_unmap(m, D1, 0x5000, 0x1000, true);
    assert_int_equal(nap_ledger_map(m, D1, 0x200000, PA, 0x1000, RW, true), NAP_OK);
    assert_int_equal(nap_ledger_map(m, D1, 0x300000, PA, 0x1000, RW, true), NAP_ERR_NOSPACE);
}

/* --- attachment ------------------------------------------------------------------------------
 */

static void a_master_of_nobody_is_not_judged(void **state)
{
    struct nap_machine *m = *state;

    nap_ledger_attach(m, 0, NAP_NO_DOMAIN, true);
    assert_false(truth(m, IOVA).judged);
}

static void a_master_that_is_joining_its_first_domain_is_not_judged_yet(void **state)
{
    struct nap_machine *m = *state;

    nap_ledger_attach(m, 1, D0, false);
    assert_int_equal(nap_ledger_domain(m, 1), NAP_NO_DOMAIN);
    {
        struct nap_truth t;
        nap_truth_of(m, DEV_B, 0, IOVA, &t);
        assert_false(t.judged);
        nap_ledger_attach(m, 1, D0, true);
        nap_truth_of(m, DEV_B, 0, IOVA, &t);
        assert_only(t, true, PA, RW);
        assert_int_equal(t.master, 1);
        assert_int_equal(t.domain, D0);
    }
}

static void a_master_that_is_leaving_is_no_longer_judged(void **state)
{
    struct nap_machine *m = *state;

    nap_ledger_attach(m, 0, NAP_NO_DOMAIN, false);
    assert_false(truth(m, IOVA).judged);
    nap_ledger_undo(m);
    assert_only(truth(m, IOVA), true, PA, RW);
}

static void between_two_domains_the_answers_of_both_are_right(void **state)
{
    struct nap_machine *m = *state;
    struct nap_truth t;

    (void)nap_ledger_map(m, D1, IOVA, PA + 0x100000, 0x1000, RO, true);
    nap_ledger_attach(m, 0, D1, false);
    t = truth(m, IOVA);
    assert_int_equal(t.domain, D0);
    assert_int_equal(t.n, 2);
    assert_int_equal(t.allowed[0].pa, PA);
    assert_int_equal(t.allowed[1].pa, PA + 0x100000);
    assert_either(truth(m, IOVA + 0x1000), PA + 0x1000, RW); /* D1 maps one page only */
    assert_only(truth(m, 0), false, 0, 0);                   /* neither maps it */
    nap_ledger_attach(m, 0, D1, true);
    assert_only(truth(m, IOVA), true, PA + 0x100000, RO);
    assert_int_equal(nap_ledger_domain(m, 0), D1);
}

static void a_failed_attach_leaves_the_old_domain(void **state)
{
    struct nap_machine *m = *state;

    nap_ledger_attach(m, 0, D1, false);
    nap_ledger_undo(m);
    assert_int_equal(nap_ledger_domain(m, 0), D0);
    assert_only(truth(m, IOVA), true, PA, RW);
}

static void never_more_than_two_answers_are_kept(void **state)
{
    struct nap_machine *m = *state;

    (void)nap_ledger_map(m, D1, IOVA, PA + 0x100000, 0x1000, RW, true);
    (void)nap_ledger_unmap(m, D0, IOVA, 0x3000, false);
    nap_ledger_attach(m, 0, D1, false); /* against the rule: one change at a time */
    assert_int_equal(truth(m, IOVA).n, 2);
}

static void every_change_is_a_step_and_lets_probes_be_judged(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;
    static const char *const labels[] = {
        "ground truth: attaching", "ground truth: attached",
        "ground truth: mapping",   "ground truth: mapped",
        "ground truth: unmapping", "ground truth: unmapped",
        "ground truth: unmapping", "ground truth: call failed, nothing changed",
    };

    record(m, &r);
    nap_ledger_attach(m, 1, D1, false);
    nap_ledger_attach(m, 1, D1, true);
    (void)nap_ledger_map(m, D1, 0, PA, 0x1000, RW, false);
    (void)nap_ledger_map(m, D1, 0, PA, 0x1000, RW, true);
    (void)nap_ledger_unmap(m, D1, 0, 0x1000, false);
    (void)nap_ledger_unmap(m, D1, 0, 0x1000, true);
    (void)nap_ledger_unmap(m, D0, IOVA, 0x3000, false);
    nap_ledger_undo(m);
    assert_int_equal(r.n, COUNT_OF(labels));
    for (size_t i = 0; i < COUNT_OF(labels); i++) {
        assert_int_equal(r.list[i].kind, NAP_STEP_MASTER);
        assert_string_equal(r.list[i].label, labels[i]);
    }
}

static void the_truth_survives_a_power_cut(void **state)
{
    struct nap_machine *m = *state;

    off_and_on(m, 0xf);
    assert_only(truth(m, IOVA), true, PA, RW);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, attached, machine_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_port_belongs_to_the_master_of_its_range),
        TEST(traffic_of_a_port_without_a_master_is_not_judged),
        TEST(inside_a_mapping_its_address_and_permission_are_right),
        TEST(outside_every_mapping_no_translation_is_right),
        TEST(a_mapping_of_another_domain_does_not_count),
        TEST(while_a_map_is_under_way_both_answers_are_right),
        TEST(a_failed_map_leaves_nothing),
        TEST(while_an_unmap_is_under_way_both_answers_are_right),
        TEST(a_failed_unmap_changes_nothing),
        TEST(what_is_not_mapped_cannot_be_unmapped),
        TEST(part_of_a_mapping_can_be_unmapped),
        TEST(the_table_takes_128_mappings_and_uses_freed_places_again),
        TEST(a_master_of_nobody_is_not_judged),
        TEST(a_master_that_is_joining_its_first_domain_is_not_judged_yet),
        TEST(a_master_that_is_leaving_is_no_longer_judged),
        TEST(between_two_domains_the_answers_of_both_are_right),
        TEST(a_failed_attach_leaves_the_old_domain),
        TEST(never_more_than_two_answers_are_kept),
        TEST(every_change_is_a_step_and_lets_probes_be_judged),
        TEST(the_truth_survives_a_power_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
