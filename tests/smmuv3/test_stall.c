/* SPDX-License-Identifier: MIT */
/* Expected values: Arm IHI 0070, "Stall model", "Suppression of duplicate Stall event records",
 * "CMD_RESUME", "CMD_STALL_TERM". */
#include "traffic.h"

#define HOLE (VA0 + 0x1000) /* not mapped */

/* CMD_RESUME of the STAG: Ac retries, Ab aborts. */
#define RESUME_DW0(ac, ab)                                                                     \
    (UINT64_C(0x44) | (uint64_t)(ac) << 12 | (uint64_t)(ab) << 13 | (uint64_t)SID << 32)
#define STALL_TERM (UINT64_C(0x45) | (uint64_t)SID << 32)

static void stalling(struct rig *r)
{
    t_stage_1(r);
    t_cd_at(r, CDTAB, CD_DW0 | CD_STALL, ROOT1, 0);
    t_on(r);
}

static unsigned held(struct rig *r)
{
    return smmu_of(r->m, r->smmu)->n_stall;
}

static void a_fault_stalls_and_is_recorded_with_its_stag(void **state)
{
    struct rig *r = *state;
    struct smmu_event e;

    stalling(r);
    assert_int_equal(t_read(r, HOLE).kind, NAP_OUTCOME_STALL);
    e = t_event(r);
    assert_int_equal(e.dw[0], 0x10 | (uint64_t)SID << 32);
    assert_int_equal(e.dw[1], EV_STALL | EV_RNW | EV_IN); /* STAG 0 */
    assert_int_equal(e.dw[2], HOLE);
    assert_int_equal(t_write(r, HOLE).kind, NAP_OUTCOME_STALL); /* another type of access */
    assert_int_equal(t_event(r).dw[1], EV_STALL | EV_IN | 1);
    assert_int_equal(held(r), 2);
}

static void errors_of_configuration_never_stall(void **state)
{
    struct rig *r = *state;

    stalling(r);
    t_put(r, t_entry(ROOT1, 1), NOWHERE | TABLE);
    assert_int_equal(t_read(r, VA0).kind, NAP_OUTCOME_FAULT);
    assert_int_equal(held(r), 0);
    t_event(r);
}

static void s2s_stalls_faults_of_stage_2(void **state)
{
    struct rig *r = *state;

    t_stage_2(r);
    t_ste(r, SID, STE_S2, SHCFG_IN, (S2_DW2 | UINT64_C(1) << 57) & ~(UINT64_C(1) << 58), ROOT2);
    t_on(r);
    assert_int_equal(t_read(r, HOLE).kind, NAP_OUTCOME_STALL);
    assert_int_equal(t_event(r).dw[1], EV_STALL | EV_RNW | EV_S2 | EV_IN); /* whatever S2R */
}

static void retry_succeeds_once_the_page_is_there(void **state)
{
    struct rig *r = *state;

    stalling(r);
    t_read(r, HOLE);
    t_event(r);
    t_map(r, ROOT1, HOLE, PAGES | S1_PAGE);
    assert_int_equal(rig_command(r, RESUME_DW0(1, 0), 0), 0);
    assert_int_equal(held(r), 0);
    t_no_event(r);
    assert_int_equal(t_read(r, HOLE).by, NAP_BY_TLB); /* the retried access has filled it */
}

static void retry_of_what_still_faults_is_recorded_again(void **state)
{
    struct rig *r = *state;

    stalling(r);
    t_read(r, HOLE);
    t_event(r);
    rig_command(r, RESUME_DW0(1, 0), 0);
    assert_int_equal(held(r), 1);
    assert_int_equal(t_event(r).dw[1], EV_STALL | EV_RNW | EV_IN);
}

static void termination_ends_the_named_transaction_alone(void **state)
{
    struct rig *r = *state;

    stalling(r);
    t_read(r, HOLE);
    t_event(r);
    t_read(r, HOLE + 0x1000);
    assert_int_equal(t_event(r).dw[1], EV_STALL | EV_RNW | EV_IN | 1);
    rig_command(r, RESUME_DW0(0, 1), 2);                       /* no such STAG */
    rig_command(r, RESUME_DW0(0, 1) + (UINT64_C(1) << 32), 1); /* another stream's */
    assert_int_equal(held(r), 2);
    rig_command(r, RESUME_DW0(0, 1), 1);
    assert_int_equal(held(r), 1);
    assert_int_equal(smmu_of(r->m, r->smmu)->stall[0].iova, HOLE);
}

static void a_stag_is_free_again_once_acknowledged(void **state)
{
    struct rig *r = *state;

    stalling(r);
    t_read(r, HOLE);
    t_event(r);
    t_read(r, HOLE + 0x1000);
    t_event(r);
    rig_command(r, RESUME_DW0(0, 1), 0);
    t_read(r, HOLE + 0x2000);
    assert_int_equal(t_event(r).dw[1] & 0xffff, 0);
}

static void duplicates_are_suppressed_and_retried_with_the_first(void **state)
{
    struct rig *r = *state;

    stalling(r);
    t_read(r, HOLE);
    t_event(r);
    assert_int_equal(t_read(r, HOLE + 8).kind, NAP_OUTCOME_STALL);
    t_no_event(r);
    assert_int_equal(held(r), 2);
    rig_command(r, RESUME_DW0(0, 1), 0); /* the first ends, the second faults by itself */
    assert_int_equal(held(r), 1);
    assert_int_equal(t_event(r).dw[2], HOLE + 8);
}

static void stall_term_aborts_all_of_a_stream(void **state)
{
    struct rig *r = *state;

    stalling(r);
    t_read(r, HOLE);
    t_event(r);
    t_read(r, HOLE + 0x1000);
    t_event(r);
    rig_command(r, STALL_TERM + (UINT64_C(1) << 32), 0);
    assert_int_equal(held(r), 2);
    rig_command(r, STALL_TERM, 0);
    assert_int_equal(held(r), 0);
}

static void stall_term_of_the_last_streamid_is_of_no_other(void **state)
{
    struct rig *r = *state;

    stalling(r);
    t_read(r, HOLE);
    t_event(r);
    rig_command(r, UINT64_C(0x45) | UINT64_C(0xffffffff) << 32, 0);
    assert_int_equal(held(r), 1);
}

static struct nap_outcome read_of_the_next_stream(struct rig *r, nap_addr va)
{
    struct nap_transaction t = t_access(r, va, NAP_READ);

    t.port = SID + 1;
    return nap_dma_transaction(r->m, &t);
}

static void stall_term_lets_waiting_stalls_of_other_streams_go_on(void **state)
{
    struct rig *r = *state;

    rig_id(r, SMMU_SLOT_IDR5, UINT64_C(0xffff) << 16, 1u << 16); /* STALL_MAX 1 */
    t_ste(r, SID + 1, STE_S1 | CDTAB, SHCFG_IN, 0, 0);
    stalling(r);
    t_read(r, HOLE);
    t_event(r);
    assert_int_equal(read_of_the_next_stream(r, HOLE).kind, NAP_OUTCOME_STALL);
    t_no_event(r);
    rig_command(r, STALL_TERM, 0);
    assert_int_equal(t_event(r).dw[0], 0x10 | (uint64_t)(SID + 1) << 32);
    assert_int_equal(held(r), 1);
}

static void the_end_of_translation_aborts_all(void **state)
{
    struct rig *r = *state;

    stalling(r);
    t_read(r, HOLE);
    t_event(r);
    wr(r, CR0, EVENTQEN | CMDQEN);
    assert_int_equal(held(r), 0);
}

/* "If the Event queue is not writable ... the stalled transaction is retried". */
static void a_record_waits_until_the_queue_can_be_written(void **state)
{
    struct rig *r = *state;

    stalling(r);
    wr(r, CR0, SMMUEN | CMDQEN);
    assert_int_equal(t_read(r, HOLE).kind, NAP_OUTCOME_STALL);
    t_read(r, HOLE + 0x2000);
    t_no_event(r);
    assert_int_equal(held(r), 2);
    t_map(r, ROOT1, HOLE + 0x2000, PAGES | S1_PAGE);
    wr(r, CR0, SMMUEN | CMDQEN | EVENTQEN);
    assert_int_equal(held(r), 1); /* the other went through */
    assert_int_equal(t_event(r).dw[2], HOLE);
}

/* IDR5.STALL_MAX. */
static void no_more_than_stall_max_records_are_outstanding(void **state)
{
    struct rig *r = *state;

    rig_id(r, SMMU_SLOT_IDR5, UINT64_C(0xffff) << 16, 1u << 16);
    stalling(r);
    t_read(r, HOLE);
    t_event(r);
    assert_int_equal(t_read(r, HOLE + 0x1000).kind, NAP_OUTCOME_STALL);
    t_no_event(r);
    rig_command(r, RESUME_DW0(0, 1), 0);
    assert_int_equal(t_event(r).dw[2], HOLE + 0x1000);
}

static void a_probe_foresees_the_stall_and_holds_nothing(void **state)
{
    struct rig *r = *state;
    struct nap_transaction t;
    struct nap_outcomes out;

    stalling(r);
    t = t_access(r, HOLE, NAP_READ);
    t_probe(r, &t, &out);
    assert_int_equal(out.list[0].kind, NAP_OUTCOME_STALL);
    assert_int_equal(out.list[0].event, 0x10);
    assert_int_equal(held(r), 0);
}

static void held_transactions_are_lost_with_the_power(void **state)
{
    struct rig *r = *state;

    stalling(r);
    t_read(r, HOLE);
    nap_power_off(r->m, 1);
    nap_power_on(r->m, 1);
    assert_int_equal(held(r), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(a_fault_stalls_and_is_recorded_with_its_stag),
        rig_test(errors_of_configuration_never_stall),
        rig_test(s2s_stalls_faults_of_stage_2),
        rig_test(retry_succeeds_once_the_page_is_there),
        rig_test(retry_of_what_still_faults_is_recorded_again),
        rig_test(termination_ends_the_named_transaction_alone),
        rig_test(a_stag_is_free_again_once_acknowledged),
        rig_test(duplicates_are_suppressed_and_retried_with_the_first),
        rig_test(stall_term_aborts_all_of_a_stream),
        rig_test(stall_term_of_the_last_streamid_is_of_no_other),
        rig_test(stall_term_lets_waiting_stalls_of_other_streams_go_on),
        rig_test(the_end_of_translation_aborts_all),
        rig_test(a_record_waits_until_the_queue_can_be_written),
        rig_test(no_more_than_stall_max_records_are_outstanding),
        rig_test(a_probe_foresees_the_stall_and_holds_nothing),
        rig_test(held_transactions_are_lost_with_the_power),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
