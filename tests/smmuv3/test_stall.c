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

/* "CMD_STALL_TERM", "Notes and usage": STE.Config 0b000, its invalidation, CMD_SYNC. */
static void no_more_traffic(struct rig *r)
{
    t_ste(r, SID, STE_ABORT, 0, 0, 0);
    assert_int_equal(rig_command(r, UINT64_C(0x03) | (uint64_t)SID << 32, 1), 0);
    assert_int_equal(rig_command(r, SYNC, 0), 0);
}

/* "If the CMD_STALL_TERM command is issued when one of these cases apply, it is UNPREDICTABLE":
 * the STE does not terminate new transactions, or a cached copy of it does not (S38). */
static void stall_term_of_a_stream_that_goes_on_may_end_nothing(void **state)
{
    struct rig *r = *state;

    stalling(r);
    t_read(r, HOLE);
    t_event(r);
    rig_command(r, STALL_TERM, 0);
    assert_int_equal(held(r), 1);
    t_ste(r, SID, STE_ABORT, 0, 0, 0);
    rig_command(r, STALL_TERM, 0);
    assert_int_equal(held(r), 1); /* the cached STE goes on */
    no_more_traffic(r);
    rig_command(r, STALL_TERM, 0);
    assert_int_equal(held(r), 0);
}

static void or_it_ends_its_stalls_all_the_same(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "S38", SMMU_S38_ENDED);
    stalling(r);
    t_read(r, HOLE);
    t_event(r);
    rig_command(r, STALL_TERM, 0);
    assert_int_equal(held(r), 0);
}

static void stall_term_aborts_all_of_a_stream(void **state)
{
    struct rig *r = *state;

    stalling(r);
    t_read(r, HOLE);
    t_event(r);
    t_read(r, HOLE + 0x1000);
    t_event(r);
    no_more_traffic(r);
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
    no_more_traffic(r);
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
    no_more_traffic(r);
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

/* --- what the device hears --- */

static const char client_text[] =
    "model: client\ntitle: t\nsource: s\nvariants: [one]\nwindow: 0x1000\nregisters:\n"
    "  - name: NOTHING\n    about: a\n    source: s\n    offset: 0x0\n    retention: reset\n"
    "    fields:\n      - {name: VALUE, bits: \"31:0\"}\n";

/* How its last transaction ended, and 1. */
static bool hear(struct nap_machine *m, unsigned device, const struct nap_message *message)
{
    uint32_t *ended = nap_block_state_mut(m, device);

    nap_touch(m, ended, sizeof *ended);
    *ended = message->code + 1;
    return true;
}

/* The machine of rig.h with a device behind the SMMU, whose stream is SID. */
static void with_client(struct rig *r, const struct nap_block *client)
{
    const struct nap_block *const blocks[] = {&nap_smmuv3_block, client, NULL};
    struct nap_machine_config config = {.soc = &r->soc, .blocks = blocks};
    struct nap_error error = {0};

    rig_describe(&r->soc, &(struct rig_options){.n_switches = 0});
    r->soc.n_devices = 2;
    r->soc.devices[1] = (struct nap_soc_device){.name = "client",
                                                .model = "client",
                                                .variant = "one",
                                                .base = UINT64_C(0x30000000),
                                                .size_bytes = 0x1000,
                                                .upstream = 0,
                                                .line = SID,
                                                .irq = NAP_SOC_NONE};
    nap_machine_destroy(r->m);
    if (nap_machine_create(&config, &r->m, &error))
        fail_msg("%s", error.text);
}

static uint32_t heard(const struct rig *r)
{
    return *(const uint32_t *)nap_block_state(r->m, 1);
}

/* 1: it went through, 2: aborted, 3: reads give 0 and writes are lost. */
static void the_device_hears_how_each_stall_has_ended(void **state)
{
    struct rig *r = *state;
    struct nap_block client = {.abi = NAP_BLOCK_ABI, .state_bytes = 8, .message = hear};
    struct nap_model *model;
    struct nap_error error = {0};

    if (nap_model_load(client_text, sizeof client_text - 1, "client.yaml", &model, &error))
        fail_msg("%s", error.text);
    client.model = model;
    with_client(r, &client);
    stalling(r);
    t_read(r, HOLE);
    rig_command(r, RESUME_DW0(0, 1), 0);
    assert_int_equal(heard(r), 2);
    t_read(r, HOLE);
    rig_command(r, RESUME_DW0(0, 0), 0);
    assert_int_equal(heard(r), 3);
    t_read(r, HOLE);
    t_map(r, ROOT1, HOLE, PAGES | S1_PAGE);
    rig_command(r, RESUME_DW0(1, 0), 0);
    assert_int_equal(heard(r), 1);
    /* A retry that meets a CD without S and A ends silently. */
    t_read(r, HOLE + 0x1000);
    t_cd_at(r, CDTAB, CD_DW0 & ~(UINT64_C(1) << 46), ROOT1, 0);
    rig_command(r, 0x04, 31); /* CMD_CFGI_ALL */
    rig_command(r, SYNC, 0);
    rig_command(r, RESUME_DW0(1, 0), 0);
    assert_int_equal(heard(r), 3);
    nap_machine_destroy(r->m);
    nap_model_free(model);
    r->m = NULL;
    rig_again(r, &(struct rig_options){.n_switches = 0});
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
        rig_test(stall_term_of_a_stream_that_goes_on_may_end_nothing),
        rig_test(or_it_ends_its_stalls_all_the_same),
        rig_test(stall_term_aborts_all_of_a_stream),
        rig_test(stall_term_of_the_last_streamid_is_of_no_other),
        rig_test(stall_term_lets_waiting_stalls_of_other_streams_go_on),
        rig_test(the_end_of_translation_aborts_all),
        rig_test(a_record_waits_until_the_queue_can_be_written),
        rig_test(no_more_than_stall_max_records_are_outstanding),
        rig_test(a_probe_foresees_the_stall_and_holds_nothing),
        rig_test(the_device_hears_how_each_stall_has_ended),
        rig_test(held_transactions_are_lost_with_the_power),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
