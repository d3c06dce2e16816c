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
        rig_test(contradicting_indexes_take_nothing),
        rig_test(index_bits_above_the_wrap_read_0_in_prod),
        rig_test(records_wait_for_no_acknowledge_that_is_under_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
