/* SPDX-License-Identifier: MIT */
/* The PRI queue, with a function that asks for pages. Source: Arm IHI 0070, "Page request
 * queue", "PRI queue overflow", "Miscellaneous", "PRG Response Message codes". */
#include "behind.h"

static void on(struct behind *b)
{
    switch_on(b, ALL_ON);
    function_on(b);
}

static uint64_t entry(struct behind *b, unsigned n, unsigned dw)
{
    return word(b, PRIQ + 16 * n + 8 * dw);
}

static struct nap_message request(uint32_t group)
{
    return (struct nap_message){.kind = NAP_MSG_PAGE_REQUEST,
                                .from = 1,
                                .port = SID,
                                .address = IOVA,
                                .size_bytes = 0x1000,
                                .tag = group,
                                .read = true,
                                .last = true};
}

static void send(struct behind *b, struct nap_message message)
{
    assert_true(nap_message_send(b->m, b->s, &message));
}

/* Four groups: the queue is full. */
static void fill(struct behind *b)
{
    for (unsigned n = 0; n < 4; n++)
        (void)dma(b, IOVA + 0x1000 * n, NAP_READ);
    assert_int_equal(get32(b, PRIQ_PROD), 4);
    assert_int_equal(outstanding(b), 4);
}

/* --- records --- */

/* 31:0 StreamID, 60 R, 61 W, 62 Last; 72:64 PRGIndex, 127:76 page address. */
static void a_page_that_is_not_there_is_asked_for_in_the_queue(void **state)
{
    struct behind *b = *state;

    on(b);
    assert_int_equal(dma(b, IOVA + 0x18, NAP_WRITE).kind, NAP_OUTCOME_STALL);
    assert_int_equal(get32(b, PRIQ_PROD), 1);
    assert_int_equal(entry(b, 0, 0), UINT64_C(0x7000000000000108));
    assert_int_equal(entry(b, 0, 1), IOVA);
    assert_int_equal(get32(b, EVENTQ_PROD), 0); /* no event beside it */
    (void)dma(b, IOVA + 0x1000, NAP_READ);
    assert_int_equal(entry(b, 1, 0), UINT64_C(0x5000000000000108));
    assert_int_equal(entry(b, 1, 1), (IOVA + 0x1000) | 1);
}

/* 51:32 SubstreamID, 58 Priv, 59 X, 63 SSV. */
static void a_request_with_a_pasid_has_all_its_fields(void **state)
{
    struct behind *b = *state;
    struct nap_message r = request(0x1f3);

    on(b);
    r.has_substream = r.exec = r.priv = true;
    r.substream = 0xabcde;
    r.last = false;
    send(b, r);
    assert_int_equal(entry(b, 0, 0), UINT64_C(0x9c0abcde00000108));
    assert_int_equal(entry(b, 0, 1), IOVA | 0x1f3);
}

static void without_a_pasid_privilege_and_execution_are_0(void **state)
{
    struct behind *b = *state;
    struct nap_message r = request(0);

    on(b);
    r.exec = r.priv = true;
    send(b, r);
    assert_int_equal(entry(b, 0, 0), UINT64_C(0x5000000000000108));
}

static void without_substreams_a_request_has_no_pasid(void **state)
{
    struct behind *b = *state;
    struct nap_message r = request(0);

    identify(b, "IDR1", SMMU_SLOT_IDR1, 0x7c0, 0); /* SSIDSIZE */
    on(b);
    r.has_substream = true;
    r.substream = 5;
    send(b, r);
    assert_int_equal(entry(b, 0, 0), UINT64_C(0x5000000000000108));
}

/* SSV with Last, W, R = 1, 0, 0. */
static void a_stop_marker_is_recorded_and_is_no_group(void **state)
{
    struct behind *b = *state;

    on(b);
    nap_bus_write(b->m, FUNCTION + 0x200, 4, 0x80000007, HERE);
    assert_int_equal(get32(b, PRIQ_PROD), 1);
    assert_int_equal(entry(b, 0, 0), UINT64_C(0xc000000700000108));
    assert_int_equal(smmu_of(b->m, b->s)->n_prg, 0);
}

/* --- answers by software --- */

/* Op 0x41, SID 63:32; PRGIndex 8:0 and Resp 13:12 of the second word. */
static void respond(struct behind *b, unsigned group, unsigned resp)
{
    command(b, UINT64_C(0x41) | (uint64_t)SID << 32, group | resp << 12);
}

static void after_success_the_page_is_found(void **state)
{
    struct behind *b = *state;

    on(b);
    (void)dma(b, IOVA, NAP_WRITE);
    assert_int_equal(smmu_of(b->m, b->s)->n_prg, 1);
    map(b, S1, IOVA, PA | S1_RW);
    respond(b, 0, 2);
    assert_int_equal(outstanding(b), 0);
    assert_int_equal(smmu_of(b->m, b->s)->n_prg, 0);
    assert_int_equal(dma(b, IOVA, NAP_WRITE).pa, PA);
}

static void the_codes_of_a_response_are_those_of_the_bus(void **state)
{
    struct behind *b = *state;

    on(b);
    (void)dma(b, IOVA, NAP_READ);
    respond(b, 0, 1); /* Invalid Request */
    assert_int_equal(outstanding(b), 0);
    assert_int_equal(pri_status(b) & PRI_RF, 0);
    (void)dma(b, IOVA, NAP_READ);
    respond(b, 0, 0); /* Response Failure */
    assert_int_equal(pri_status(b) & PRI_RF, PRI_RF);
}

static void a_response_is_ignored_while_translation_is_off(void **state)
{
    struct behind *b = *state;

    on(b);
    (void)dma(b, IOVA, NAP_READ);
    set32(b, CR0, ALL_ON & ~SMMUEN);
    respond(b, 0, 2);
    assert_int_equal(outstanding(b), 1);
}

/* --- answers by the SMMU --- */

static void without_a_queue_every_request_fails(void **state)
{
    struct behind *b = *state;

    switch_on(b, ALL_ON & ~PRIQEN);
    function_on(b);
    (void)dma(b, IOVA, NAP_READ);
    assert_int_equal(pri_status(b) & PRI_RF, PRI_RF);
    assert_int_equal(get32(b, PRIQ_PROD), 0);
}

static void a_queue_is_none_while_translation_is_off(void **state)
{
    struct behind *b = *state;

    switch_on(b, ALL_ON & ~SMMUEN);
    function_on(b);
    send(b, request(0));
    assert_int_equal(pri_status(b) & PRI_RF, PRI_RF);
    assert_int_equal(get32(b, PRIQ_PROD), 0);
}

static void a_stop_marker_is_never_answered(void **state)
{
    struct behind *b = *state;

    switch_on(b, ALL_ON & ~PRIQEN);
    function_on(b);
    nap_bus_write(b->m, FUNCTION + 0x200, 4, 0x80000007, HERE);
    assert_int_equal(pri_status(b) & (PRI_RF | PRI_UPRGI), 0);
}

static void an_smmu_without_pri_takes_no_requests(void **state)
{
    struct behind *b = *state;
    struct nap_message r = request(0);

    identify(b, "IDR0", SMMU_SLOT_IDR0, 0x10000, 0);
    on(b);
    assert_false(nap_message_send(b->m, b->s, &r));
}

/* --- overflow --- */

static void a_request_that_finds_the_queue_full_is_an_overflow_and_a_success(void **state)
{
    struct behind *b = *state;

    on(b);
    fill(b);
    assert_int_equal(dma(b, IOVA + 0x4000, NAP_READ).kind, NAP_OUTCOME_STALL);
    assert_int_equal(get32(b, PRIQ_PROD), OVFLG | 4);
    assert_int_equal(outstanding(b), 4); /* the fifth has been answered */
    assert_int_equal(pri_status(b) & (PRI_RF | PRI_UPRGI), 0);
    (void)dma(b, IOVA + 0x5000, NAP_READ);
    assert_int_equal(get32(b, PRIQ_PROD), OVFLG | 4); /* toggled once */
}

static void nothing_is_written_before_the_overflow_is_acknowledged(void **state)
{
    struct behind *b = *state;

    on(b);
    fill(b);
    (void)dma(b, IOVA + 0x4000, NAP_READ);
    set32(b, PRIQ_CONS, 4);
    (void)dma(b, IOVA + 0x4000, NAP_READ);
    assert_int_equal(get32(b, PRIQ_PROD), OVFLG | 4);
    set32(b, PRIQ_CONS, OVFLG | 4);
    (void)dma(b, IOVA + 0x4000, NAP_READ);
    assert_int_equal(get32(b, PRIQ_PROD), OVFLG | 5);
}

/* OVACKFLG is UNKNOWN after reset. */
static void flags_that_differ_when_the_queue_comes_up_are_an_overflow(void **state)
{
    struct behind *b = *state;

    on(b);
    set32(b, CR0, ALL_ON & ~PRIQEN);
    set32(b, PRIQ_CONS, OVFLG);
    set32(b, CR0, ALL_ON);
    (void)dma(b, IOVA, NAP_READ);
    assert_int_equal(get32(b, PRIQ_PROD), 0);
    assert_int_equal(outstanding(b), 0);
}

static void requests_that_are_not_the_last_are_dropped_without_an_answer(void **state)
{
    struct behind *b = *state;
    struct nap_message r = request(9);

    on(b);
    fill(b);
    r.last = false;
    send(b, r);
    assert_int_equal(get32(b, PRIQ_PROD), OVFLG | 4);
    assert_int_equal(pri_status(b) & (PRI_RF | PRI_UPRGI), 0);
}

static void ask_with_pasid(struct behind *b)
{
    struct nap_transaction t = {
        .device = b->f, .iova = IOVA + 0x8000, .has_substream = true, .substream = 7};

    /* Substreams: S1CDMax 4, SSID 7 uses CD 7, which is CD 0 again. */
    put(b, CD + 7 * 64, word(b, CD));
    put(b, CD + 7 * 64 + 8, S1);
    put(b, CD + 7 * 64 + 24, MAIR_WB);
    (void)nap_dma_transaction(b->m, &t);
}

#define CDMAX_4 (UINT64_C(4) << 59)
#define DSS_CD0 UINT64_C(2)

static void overflow_with_pasid(struct behind *b, uint64_t ppar)
{
    set_ste(b, CONFIG_S1, EATS_FULL | DSS_CD0 | ppar);
    put(b, STE, word(b, STE) | CDMAX_4);
    on(b);
    fill(b);
    ask_with_pasid(b);
    assert_int_equal(get32(b, PRIQ_PROD), OVFLG | 4);
}

static void with_ppar_the_answer_has_the_pasid(void **state)
{
    struct behind *b = *state;

    overflow_with_pasid(b, PPAR);
    assert_int_equal(outstanding(b), 4);
    assert_int_equal(pri_status(b) & PRI_UPRGI, 0);
}

static void without_ppar_the_answer_has_none(void **state)
{
    struct behind *b = *state;

    overflow_with_pasid(b, 0);
    assert_int_equal(outstanding(b), 5); /* the function waits for one with its PASID */
    assert_int_equal(pri_status(b) & PRI_UPRGI, PRI_UPRGI);
}

static void with_pps_the_answer_has_the_pasid_whatever_the_ste_says(void **state)
{
    struct behind *b = *state;

    identify(b, "IDR3", SMMU_SLOT_IDR3, 0, 0x20);
    overflow_with_pasid(b, 0);
    assert_int_equal(outstanding(b), 4);
}

static void drop_of_a_bad_ste(struct behind *b, uint32_t cr2)
{
    struct nap_message r = request(9);

    set32(b, CR2, cr2);
    on(b);
    fill(b);
    put(b, STE, 0);
    command(b, UINT64_C(0x03) | (uint64_t)SID << 32, 1); /* CMD_CFGI_STE */
    command(b, SYNC, 0);
    r.has_substream = true;
    r.substream = 7;
    send(b, r);
    assert_int_equal(pri_status(b) & PRI_RF, PRI_RF);
}

static void a_pasid_of_a_stream_without_ste_is_a_failure(void **state)
{
    struct behind *b = *state;

    drop_of_a_bad_ste(b, 0);
    assert_int_equal(get32(b, EVENTQ_PROD), 0);
}

static void what_is_wrong_with_the_ste_is_recorded_if_cr2_says_so(void **state)
{
    struct behind *b = *state;

    drop_of_a_bad_ste(b, REC_CFG_ATS);
    assert_int_equal(get32(b, EVENTQ_PROD), 1);
    assert_int_equal(word(b, EVENTQ) & 0xff, 0x04); /* C_BAD_STE */
}

static uint32_t first_of_all(void *context, const struct nap_choice *choice)
{
    (void)context;
    (void)choice;
    return 0;
}

/* After a loss of power nobody knows where the stream table is. */
static void what_cannot_be_known_of_the_ste_is_no_event(void **state)
{
    struct behind *b = *state;
    struct nap_message r = request(9);

    on(b);
    nap_set_chooser(b->m, first_of_all, NULL, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    nap_power_off(b->m, D_SMMU);
    nap_power_on(b->m, D_SMMU);
    set32(b, CR2, REC_CFG_ATS);
    set64(b, EVENTQ_BASE, EVENTQ | 3);
    set32(b, EVENTQ_PROD, 0);
    set32(b, EVENTQ_CONS, 0);
    set64(b, PRIQ_BASE, PRIQ | 2);
    set32(b, PRIQ_PROD, 0);
    set32(b, PRIQ_CONS, OVFLG); /* an overflow: what comes is dropped */
    set32(b, PRIQ_CFG2, 0);
    set32(b, CR0, SMMUEN | PRIQEN | EVENTQEN);
    r.has_substream = true;
    r.substream = 7;
    send(b, r);
    assert_int_equal(pri_status(b) & PRI_RF, PRI_RF);
    assert_int_equal(get32(b, EVENTQ_PROD), 0);
}

/* --- aborted writes --- */

static void queue_without_memory(struct behind *b)
{
    switch_on(b, 0);
    set64(b, PRIQ_BASE, NO_RAM | 2);
    set32(b, CR0, ALL_ON);
    function_on(b);
    (void)dma(b, IOVA, NAP_READ);
    assert_int_equal(get32(b, GERROR) & PRIQ_ABT, PRIQ_ABT);
}

static void an_aborted_write_answers_the_request_and_is_an_error(void **state)
{
    struct behind *b = *state;

    queue_without_memory(b);
    assert_int_equal(get32(b, PRIQ_PROD), 0);
    assert_int_equal(pri_status(b) & PRI_RF, PRI_RF);
}

static void an_abort_that_comes_later_loses_the_request(void **state)
{
    struct behind *b = *state;
    const struct nap_switch_setting async = {"S15", SMMU_S15_ASYNC};

    behind_create(b, &async, 1, NAP_POLICY_EAGER);
    queue_without_memory(b);
    assert_int_equal(get32(b, PRIQ_PROD), 1);
    assert_int_equal(pri_status(b) & PRI_RF, 0);
    assert_int_equal(outstanding(b), 1);
}

/* "SMMU_GERROR": MSI_PRIQ_ABT_ERR; the request is in the queue all the same. */
static void an_aborted_message_of_requests_is_an_error(void **state)
{
    struct behind *b = *state;

    set64(b, 0xd0, NO_RAM); /* PRIQ_IRQ_CFG0 */
    set32(b, IRQ_CTRL, 2);
    on(b);
    (void)dma(b, IOVA, NAP_READ);
    assert_int_equal(get32(b, GERROR), 1u << 6);
    assert_int_equal(get32(b, PRIQ_PROD), 1);
}

/* PROD has moved over an entry, if not one with a request. */
static void an_abort_that_comes_later_interrupts_as_a_request_does(void **state)
{
    struct behind *b = *state;

    for (uint32_t async = 0; async < 2; async++) {
        const struct nap_switch_setting sw = {"S15", async};

        behind_create(b, &sw, 1, NAP_POLICY_EAGER);
        set32(b, IRQ_CTRL, 2); /* PRIQ_IRQEN */
        queue_without_memory(b);
        assert_int_equal(nap_edge_pending(b->m, b->s, SMMU_OUT_PRIQ), async);
    }
}

static void while_the_error_is_active_every_request_fails(void **state)
{
    struct behind *b = *state;

    queue_without_memory(b);
    nap_bus_write(b->m, FUNCTION + PRI_STATUS, 2, PRI_RF, HERE);
    (void)dma(b, IOVA, NAP_READ);
    assert_int_equal(pri_status(b) & PRI_RF, PRI_RF);
    assert_int_equal(get32(b, PRIQ_PROD), 0);
}

/* --- interrupts --- */

static unsigned interrupts(struct behind *b, nap_addr iova)
{
    struct recorder rec;
    unsigned n = 0;

    record(b->m, &rec);
    (void)dma(b, iova, NAP_READ);
    stop_recording(b->m);
    for (unsigned i = 0; i < rec.n && i < STEPS_MAX; i++)
        n += rec.list[i].kind == NAP_STEP_IRQ;
    return n;
}

static void the_queue_interrupts_when_it_is_no_longer_empty(void **state)
{
    struct behind *b = *state;

    on(b);
    set32(b, IRQ_CTRL, 2);
    assert_int_equal(interrupts(b, IOVA), 1);
    assert_int_equal(interrupts(b, IOVA + 0x1000), 0);
}

static void with_lo_every_last_request_interrupts(void **state)
{
    struct behind *b = *state;

    on(b);
    set32(b, PRIQ_CFG2, LO);
    set32(b, IRQ_CTRL, 2);
    for (unsigned n = 0; n < 6; n++) /* the fifth and sixth are dropped */
        assert_int_equal(interrupts(b, IOVA + 0x1000 * n), 1);
}

static void a_loss_of_power_knows_how_many_groups_had_no_answer(void **state)
{
    struct behind *b = *state;

    on(b);
    fill(b);
    nap_power_off(b->m, D_SMMU);
    assert_int_equal(smmu_of(b->m, b->s)->at_off.n_prg, 4);
    assert_int_equal(smmu_of(b->m, b->s)->n_prg, 0);
    assert_int_equal(outstanding(b), 4); /* the function still waits */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        behind_test(a_page_that_is_not_there_is_asked_for_in_the_queue),
        behind_test(a_request_with_a_pasid_has_all_its_fields),
        behind_test(without_a_pasid_privilege_and_execution_are_0),
        behind_test(without_substreams_a_request_has_no_pasid),
        behind_test(a_stop_marker_is_recorded_and_is_no_group),
        behind_test(after_success_the_page_is_found),
        behind_test(the_codes_of_a_response_are_those_of_the_bus),
        behind_test(a_response_is_ignored_while_translation_is_off),
        behind_test(without_a_queue_every_request_fails),
        behind_test(a_queue_is_none_while_translation_is_off),
        behind_test(a_stop_marker_is_never_answered),
        behind_test(an_smmu_without_pri_takes_no_requests),
        behind_test(a_request_that_finds_the_queue_full_is_an_overflow_and_a_success),
        behind_test(nothing_is_written_before_the_overflow_is_acknowledged),
        behind_test(flags_that_differ_when_the_queue_comes_up_are_an_overflow),
        behind_test(requests_that_are_not_the_last_are_dropped_without_an_answer),
        behind_test(with_ppar_the_answer_has_the_pasid),
        behind_test(without_ppar_the_answer_has_none),
        behind_test(with_pps_the_answer_has_the_pasid_whatever_the_ste_says),
        behind_test(a_pasid_of_a_stream_without_ste_is_a_failure),
        behind_test(what_is_wrong_with_the_ste_is_recorded_if_cr2_says_so),
        behind_test(what_cannot_be_known_of_the_ste_is_no_event),
        behind_test(an_aborted_write_answers_the_request_and_is_an_error),
        behind_test(an_abort_that_comes_later_loses_the_request),
        behind_test(an_aborted_message_of_requests_is_an_error),
        behind_test(an_abort_that_comes_later_interrupts_as_a_request_does),
        behind_test(while_the_error_is_active_every_request_fails),
        behind_test(the_queue_interrupts_when_it_is_no_longer_empty),
        behind_test(with_lo_every_last_request_interrupts),
        behind_test(a_loss_of_power_knows_how_many_groups_had_no_answer),
    };

    return cmocka_run_group_tests_name("priq", tests, NULL, NULL);
}
