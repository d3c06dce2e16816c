/* SPDX-License-Identifier: MIT */
/* lib/smmuv3/evtq.c: Arm IHI 0070, "Event queue", "Event queue overflow", "Event queue access
 * external abort". */
#include "rig.h"

static void a_record_stands_in_the_queue_before_prod_moves_over_it(void **state)
{
    struct rig *r = *state;

    rig_evtq_at(r, EVENTQ);
    assert_true(rig_event(r, 0x10));
    assert_int_equal(rd(r, EVENTQ_PROD), 1);
    assert_int_equal(rig_ram(r, EVENTQ), 0x10);
    assert_int_equal(rig_ram(r, EVENTQ + 24), 3);
}

static void a_queue_that_is_off_takes_nothing_and_overflows_not(void **state)
{
    struct rig *r = *state;

    assert_false(smmu_evtq_writable(r->m, r->smmu));
    assert_false(rig_event(r, 0x10));
    assert_int_equal(rd(r, EVENTQ_PROD), 0);
}

static void a_record_that_does_not_fit_toggles_ovflg(void **state)
{
    struct rig *r = *state;

    rig_evtq_at(r, EVENTQ);
    for (unsigned i = 0; i < EVENTS; i++)
        assert_true(rig_event(r, i));
    assert_false(smmu_evtq_writable(r->m, r->smmu));
    assert_false(rig_event(r, 9));
    assert_int_equal(rd(r, EVENTQ_PROD), OVFLG | 4);
    assert_int_equal(rig_ram(r, EVENTQ), 0);
    assert_false(rig_event(r, 9)); /* one overflow until it is acknowledged */
    assert_int_equal(rd(r, EVENTQ_PROD), OVFLG | 4);
}

static void an_overflow_does_not_keep_new_events_out(void **state)
{
    struct rig *r = *state;

    a_record_that_does_not_fit_toggles_ovflg(state);
    wr(r, EVENTQ_CONS, 1);
    assert_true(rig_event(r, 0x77));
    assert_int_equal(rd(r, EVENTQ_PROD), OVFLG | 5);
    assert_int_equal(rig_ram(r, EVENTQ), 0x77);
}

static void an_acknowledged_overflow_can_be_one_again(void **state)
{
    struct rig *r = *state;

    a_record_that_does_not_fit_toggles_ovflg(state);
    wr(r, EVENTQ_CONS, OVFLG | 0);
    assert_false(rig_event(r, 9));
    assert_int_equal(rd(r, EVENTQ_PROD), 4);
}

static void indexes_wrap(void **state)
{
    struct rig *r = *state;

    rig_evtq_at(r, EVENTQ);
    for (unsigned i = 0; i < 3 * EVENTS; i++) {
        assert_true(rig_event(r, i));
        assert_int_equal(rd(r, EVENTQ_PROD), (i + 1) % (2 * EVENTS));
        wr(r, EVENTQ_CONS, (i + 1) % (2 * EVENTS));
    }
    assert_int_equal(rig_ram(r, EVENTQ + 3 * 32), 11);
}

static void a_synchronous_abort_leaves_prod(void **state)
{
    struct rig *r = *state;

    rig_evtq_at(r, NOWHERE);
    assert_true(rig_event(r, 1));
    assert_int_equal(rd(r, EVENTQ_PROD), 0);
    assert_int_equal(rd(r, GERROR), EVENTQ_ABT);
    assert_false(smmu_evtq_writable(r->m, r->smmu));
    assert_false(rig_event(r, 1));
    wr(r, GERRORN, EVENTQ_ABT);
    assert_true(smmu_evtq_writable(r->m, r->smmu));
}

static void an_asynchronous_abort_has_moved_prod(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "S15", 1);
    rig_evtq_at(r, NOWHERE);
    assert_true(rig_event(r, 1));
    assert_int_equal(rd(r, EVENTQ_PROD), 1);
    assert_int_equal(rd(r, GERROR), EVENTQ_ABT);
}

/* "Event queue access external abort": the queue goes non-empty as PROD is incremented, and its
 * interrupt comes beside that of the error. */
static void an_asynchronous_abort_interrupts_as_a_record_does(void **state)
{
    struct rig *r = *state;

    for (uint32_t async = 0; async < 2; async++) {
        rig_switch(r, "S15", async);
        wr(r, IRQ_CTRL, EVENTQ_IRQEN);
        rig_evtq_at(r, NOWHERE);
        assert_true(rig_event(r, 1));
        assert_int_equal(nap_edge_pending(r->m, r->smmu, SMMU_OUT_EVENTQ), async);
    }
}

static void contradicting_indexes_take_nothing(void **state)
{
    struct rig *r = *state;

    rig_evtq_at(r, EVENTQ);
    wr(r, EVENTQ_CONS, 3);
    assert_false(rig_event(r, 1));
    assert_int_equal(rd(r, EVENTQ_PROD), 0);
    rig_switch(r, "S17", 1);
    rig_evtq_at(r, EVENTQ);
    wr(r, EVENTQ_CONS, 3);
    assert_false(rig_event(r, 1));
    assert_int_equal(rd(r, EVENTQ_PROD), OVFLG);
}

static void index_bits_above_the_wrap_read_0_in_prod(void **state)
{
    struct rig *r = *state;

    wr64(r, EVENTQ_BASE, EVENTQ | 2);
    wr(r, EVENTQ_PROD, OVFLG | 0xffff7);
    assert_int_equal(rd(r, EVENTQ_PROD), OVFLG | 7);
}

static void records_wait_for_no_acknowledge_that_is_under_way(void **state)
{
    struct rig *r = *state;

    rig_evtq_at(r, EVENTQ);
    nap_set_policy(r->m, NAP_POLICY_LAZY);
    wr(r, CR0, 0);
    assert_true(rig_event(r, 1)); /* the old value is in force until CR0ACK shows the new one */
    rig_poll(r, CR0ACK, 0);
    assert_false(rig_event(r, 1));
}

/* --- "Event record merging", S33 --- */

static bool merges(struct rig *r, uint64_t dw0, uint64_t dw1, uint64_t dw2, bool mev)
{
    struct smmu_event e = {{dw0, dw1, dw2, 0}};

    return smmu_evtq_merges(r->m, r->smmu, &e, mev);
}

static void merging(struct rig *r)
{
    struct smmu_event e = {{0x10 | UINT64_C(8) << 32, UINT64_C(1) << 35, 0x1000, 0}};
    struct smmu_event bad = {{0x04 | UINT64_C(8) << 32, 0, 0, 0}};

    rig_switch(r, "S33", 1);
    rig_evtq_at(r, EVENTQ);
    assert_true(smmu_evtq_put(r->m, r->smmu, &e));
    assert_true(smmu_evtq_put(r->m, r->smmu, &bad));
}

static void a_record_like_one_in_the_queue_merges_where_mev_lets_it(void **state)
{
    struct rig *r = *state;

    merging(r);
    assert_true(merges(r, 0x10 | UINT64_C(8) << 32, UINT64_C(1) << 35, 0x1ff8, true));
    assert_false(merges(r, 0x10 | UINT64_C(8) << 32, UINT64_C(1) << 35, 0x1ff8, false));
    assert_false(merges(r, 0x10 | UINT64_C(8) << 32, UINT64_C(1) << 35, 0x2000, true));
    assert_false(merges(r, 0x10 | UINT64_C(9) << 32, UINT64_C(1) << 35, 0x1000, true));
    assert_false(merges(r, 0x10 | UINT64_C(8) << 32, 0, 0x1000, true));
}

static void records_that_come_before_an_ste_merge_without_mev(void **state)
{
    struct rig *r = *state;

    merging(r);
    assert_true(merges(r, 0x04 | UINT64_C(8) << 32, 0, 0, false));
}

static void a_record_of_a_stall_never_merges(void **state)
{
    struct rig *r = *state;
    struct smmu_event e = {{0x10, UINT64_C(1) << 31, 0, 0}};

    merging(r);
    assert_true(smmu_evtq_put(r->m, r->smmu, &e));
    assert_false(merges(r, 0x10, UINT64_C(1) << 31, 0, true));
}

static void what_software_has_consumed_merges_with_nothing(void **state)
{
    struct rig *r = *state;

    merging(r);
    wr(r, EVENTQ_CONS, 2);
    assert_false(merges(r, 0x04 | UINT64_C(8) << 32, 0, 0, true));
}

static void a_queue_that_is_off_merges_nothing(void **state)
{
    struct rig *r = *state;

    merging(r);
    wr(r, CR0, 0);
    assert_false(merges(r, 0x04 | UINT64_C(8) << 32, 0, 0, true));
}

/* Of a long queue the last eight records. */
static void what_was_recorded_long_ago_merges_with_nothing(void **state)
{
    struct rig *r = *state;
    struct smmu_event e = {{0x10, 0, 0, 0}};

    rig_switch(r, "S33", 1);
    wr64(r, EVENTQ_BASE, EVENTQ | 4);
    wr(r, EVENTQ_PROD, 30); /* goes over the wrap flag */
    wr(r, EVENTQ_CONS, 30);
    wr(r, CR0, EVENTQEN);
    for (unsigned i = 0; i < 9; i++) {
        e.dw[2] = 0x1000 * i;
        assert_true(smmu_evtq_put(r->m, r->smmu, &e));
    }
    assert_false(merges(r, 0x10, 0, 0, true));
    assert_true(merges(r, 0x10, 0, 0x1000, true));
    assert_true(merges(r, 0x10, 0, 0x8000, true));
}

static void plain_hardware_merges_nothing(void **state)
{
    struct rig *r = *state;
    struct smmu_event bad = {{0x04, 0, 0, 0}};

    rig_evtq_at(r, EVENTQ);
    assert_true(smmu_evtq_put(r->m, r->smmu, &bad));
    assert_false(merges(r, 0x04, 0, 0, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(a_record_stands_in_the_queue_before_prod_moves_over_it),
        rig_test(a_queue_that_is_off_takes_nothing_and_overflows_not),
        rig_test(a_record_that_does_not_fit_toggles_ovflg),
        rig_test(an_overflow_does_not_keep_new_events_out),
        rig_test(an_acknowledged_overflow_can_be_one_again),
        rig_test(indexes_wrap),
        rig_test(a_synchronous_abort_leaves_prod),
        rig_test(an_asynchronous_abort_has_moved_prod),
        rig_test(an_asynchronous_abort_interrupts_as_a_record_does),
        rig_test(contradicting_indexes_take_nothing),
        rig_test(index_bits_above_the_wrap_read_0_in_prod),
        rig_test(records_wait_for_no_acknowledge_that_is_under_way),
        rig_test(a_record_like_one_in_the_queue_merges_where_mev_lets_it),
        rig_test(records_that_come_before_an_ste_merge_without_mev),
        rig_test(a_record_of_a_stall_never_merges),
        rig_test(what_software_has_consumed_merges_with_nothing),
        rig_test(a_queue_that_is_off_merges_nothing),
        rig_test(what_was_recorded_long_ago_merges_with_nothing),
        rig_test(plain_hardware_merges_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
