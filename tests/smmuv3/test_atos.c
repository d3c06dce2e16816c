/* SPDX-License-Identifier: MIT */
/* Address translation operations. Source: Arm IHI 0070, "Address Translation Operations",
 * "SMMU_GATOS_CTRL", "SMMU_GATOS_SID", "SMMU_GATOS_ADDR", "SMMU_GATOS_PAR". */
#include "behind.h"

#define STAGE_1 (UINT64_C(1) << 10) /* TYPE of GATOS_ADDR */
#define STAGE_2 (UINT64_C(2) << 10)
#define BOTH    (UINT64_C(3) << 10)
#define PRIV    (UINT64_C(1) << 9)
#define READ    (UINT64_C(1) << 8)
#define HTTUI   (UINT64_C(1) << 6)

#define SSID_VALID (UINT64_C(1) << 52)

#define IPA UINT64_C(0x0000000000207000)

/* {ATTR, ADDR, SH} of a page in write-back, inner shareable memory. */
#define PAR(address) (UINT64_C(0xff) << 56 | (address) | UINT64_C(3) << 8)
#define FAULT(code, reason, address)                                                           \
    ((address) | (uint64_t)(code) << 4 | (uint64_t)(reason) << 1 | 1)

#define INV_REQ      0xffu
#define INV_STAGE    0xfeu
#define INTERNAL_ERR 0xfdu

static uint64_t operate(struct behind *b, uint64_t sid, uint64_t addr)
{
    set64(b, GATOS_SID, sid);
    set64(b, GATOS_ADDR, addr);
    set32(b, GATOS_CTRL, 1);
    assert_int_equal(get32(b, GATOS_CTRL), 0);
    return get64(b, GATOS_PAR);
}

static void on(struct behind *b, uint64_t config)
{
    set_ste(b, config, 0);
    switch_on(b, ALL_ON);
}

/* The stage 1 tables lie behind stage 2 as they are, 1:1, with what is mapped beside them. */
static void nested(struct behind *b)
{
    on(b, CONFIG_NESTED);
    map(b, S1, IOVA, IPA | S1_RW);
    map(b, S2, IPA, PA | S2_RW);
}

/* Stage 2 of [RAM, RAM + 1 GiB) is one block at level 1, which holds CD and tables. */
static void tables_are_reachable(struct behind *b)
{
    put(b, S2 + 0x1000 + (RAM >> 30 & 511) * 8, (RAM & ~UINT64_C(0x3fffffff)) | BLOCK(S2_RW));
}

static void stage_1_gives_the_address_and_what_kind_of_memory_it_is(void **state)
{
    struct behind *b = *state;

    on(b, CONFIG_S1);
    map(b, S1, IOVA, PA | S1_RW);
    assert_int_equal(operate(b, SID, IOVA | STAGE_1 | READ), PAR(PA));
}

/* Size is 1, and the lowest bit of ADDR that is set is half the size. */
static void a_block_tells_its_size(void **state)
{
    struct behind *b = *state;

    on(b, CONFIG_S1);
    map_block(b, S1, IOVA, UINT64_C(0x88200000) | BLOCK(S1_RW));
    assert_int_equal(operate(b, SID, IOVA | STAGE_1 | READ),
                     PAR(UINT64_C(0x88200000)) | 1u << 20 | 1u << 11);
}

static void device_memory_is_outer_shareable(void **state)
{
    struct behind *b = *state;

    put(b, CD + 24, 0x04); /* Device-nGnRE */
    on(b, CONFIG_S1);
    map(b, S1, IOVA, PA | S1_RW);
    assert_int_equal(operate(b, SID, IOVA | STAGE_1 | READ),
                     UINT64_C(0x04) << 56 | PA | UINT64_C(2) << 8);
}

static void both_stages_give_the_physical_address(void **state)
{
    struct behind *b = *state;

    nested(b);
    tables_are_reachable(b);
    assert_int_equal(operate(b, SID, IOVA | BOTH | READ), PAR(PA));
}

static void stage_1_alone_gives_the_intermediate_address(void **state)
{
    struct behind *b = *state;

    nested(b);
    tables_are_reachable(b);
    assert_int_equal(operate(b, SID, IOVA | STAGE_1 | READ), PAR(IPA));
    map(b, S2, IPA, 0); /* which need not be mapped */
    assert_int_equal(operate(b, SID, IOVA | STAGE_1 | READ), PAR(IPA));
}

static void stage_2_alone_starts_from_the_intermediate_address(void **state)
{
    struct behind *b = *state;

    nested(b);
    assert_int_equal(operate(b, SID, IPA | STAGE_2 | READ), PAR(PA));
}

#define DSS_BYPASS UINT64_C(1) /* STE.S1DSS: without SubstreamID stage 1 is skipped */
#define PAR_ADDR   UINT64_C(0x00fffffffffff000)

/* "behaves according to stage 1-bypass, which returns the address provided ... or returns a
 * stage 1 fault": stage 2, which maps nothing here, has no say. */
static void stage_1_of_a_stream_that_skips_it_gives_the_address_back(void **state)
{
    struct behind *b = *state;

    set_ste(b, CONFIG_NESTED, DSS_BYPASS);
    put(b, STE, word(b, STE) | UINT64_C(4) << 59); /* S1CDMax */
    switch_on(b, ALL_ON);
    assert_int_equal(operate(b, SID, IOVA | STAGE_1 | READ) & (PAR_ADDR | 1), IOVA);
    assert_int_equal(operate(b, SID, UINT64_C(0x00f0000000000000) | STAGE_1 | READ),
                     FAULT(0x11, 0, 0));
    assert_int_equal(operate(b, SID, IOVA | BOTH | READ), FAULT(0x10, 3, IOVA));
    map(b, S2, IOVA, PA | S2_RW);
    assert_int_equal(operate(b, SID, IOVA | BOTH | READ) & (PAR_ADDR | 1), PA);
}

/* --- faults --- */

static void what_is_not_mapped_is_a_translation_fault_and_no_event(void **state)
{
    struct behind *b = *state;

    on(b, CONFIG_S1);
    assert_int_equal(operate(b, SID, IOVA | STAGE_1 | READ), FAULT(0x10, 0, 0));
    assert_int_equal(get32(b, EVENTQ_PROD), 0);
}

static void privilege_is_that_of_the_operation(void **state)
{
    struct behind *b = *state;

    set_ste(b, CONFIG_S1, UINT64_C(3) << 48); /* PRIVCFG: privileged, which has no say */
    switch_on(b, ALL_ON);
    map(b, S1, IOVA, PA | (S1_RW & ~UINT64_C(0x40))); /* AP 0: privileged only */
    assert_int_equal(operate(b, SID, IOVA | STAGE_1 | READ), FAULT(0x13, 0, 0));
    assert_int_equal(operate(b, SID, IOVA | STAGE_1 | READ | PRIV), PAR(PA));
}

static void a_write_needs_a_page_that_can_be_written(void **state)
{
    struct behind *b = *state;

    on(b, CONFIG_S1);
    map(b, S1, IOVA, PA | S1_RO);
    assert_int_equal(operate(b, SID, IOVA | STAGE_1 | READ), PAR(PA));
    assert_int_equal(operate(b, SID, IOVA | STAGE_1), FAULT(0x13, 0, 0));
}

/* REASON: 0b01 CD, 0b10 TT, 0b11 IN, with the address that stage 2 was asked for. */
static void a_fault_of_stage_2_says_of_which_access_it_was(void **state)
{
    struct behind *b = *state;

    on(b, CONFIG_NESTED);
    map(b, S1, IOVA, IPA | S1_RW);
    assert_int_equal(operate(b, SID, IOVA | BOTH | READ), FAULT(0x10, 1, CD));
    map(b, S2, CD, CD | S2_RW);
    command(b, UINT64_C(0x04), 31); /* CMD_CFGI_ALL */
    assert_int_equal(operate(b, SID, IOVA | BOTH | READ), FAULT(0x10, 2, S1));
    tables_are_reachable(b);
    assert_int_equal(operate(b, SID, IOVA | BOTH | READ), FAULT(0x10, 3, IPA));
}

/* For stage 1 alone they are aborts of the fetch. */
static void a_fault_of_stage_2_is_an_abort_where_it_was_not_asked_for(void **state)
{
    struct behind *b = *state;

    on(b, CONFIG_NESTED);
    map(b, S1, IOVA, IPA | S1_RW);
    assert_int_equal(operate(b, SID, IOVA | STAGE_1 | READ), FAULT(0x09, 0, 0));
    map(b, S2, CD, CD | S2_RW);
    assert_int_equal(operate(b, SID, IOVA | STAGE_1 | READ), FAULT(0x0b, 0, 0));
}

static void a_fault_of_an_intermediate_address_has_no_address(void **state)
{
    struct behind *b = *state;

    on(b, CONFIG_S2);
    assert_int_equal(operate(b, SID, IPA | STAGE_2 | READ), FAULT(0x10, 3, 0));
}

static void an_intermediate_address_beyond_its_size_is_a_fault_of_stage_1(void **state)
{
    struct behind *b = *state;

    on(b, CONFIG_S2);
    assert_int_equal(operate(b, SID, UINT64_C(0x00f0000000000000) | STAGE_2 | READ),
                     FAULT(0x11, 0, 0));
}

/* --- what cannot be asked for --- */

static void a_reserved_type_is_an_invalid_request(void **state)
{
    struct behind *b = *state;

    on(b, CONFIG_S1);
    assert_int_equal(operate(b, SID, IOVA | READ), FAULT(INV_REQ, 0, 0));
}

static void stage_2_knows_no_substreams(void **state)
{
    struct behind *b = *state;

    on(b, CONFIG_S2);
    assert_int_equal(operate(b, SID | SSID_VALID, IPA | STAGE_2 | READ), FAULT(INV_REQ, 0, 0));
}

static void a_stage_that_the_smmu_has_not_is_an_invalid_request(void **state)
{
    struct behind *b = *state;

    strcpy(b->soc->devices[b->s].preset, "v3.2");
    identify(b, "IDR0", SMMU_SLOT_IDR0, 0x20201, 0); /* S2P, and Hyp and VMW with it */
    on(b, CONFIG_S1);
    assert_int_equal(operate(b, SID, IPA | STAGE_2 | READ), FAULT(INV_REQ, 0, 0));
    assert_int_equal(operate(b, SID, IPA | BOTH | READ), FAULT(INV_REQ, 0, 0));
}

static void a_stage_that_the_stream_has_not_is_an_invalid_stage(void **state)
{
    struct behind *b = *state;

    on(b, CONFIG_S1);
    assert_int_equal(operate(b, SID, IOVA | STAGE_2 | READ), FAULT(INV_STAGE, 0, 0));
    assert_int_equal(operate(b, SID, IOVA | BOTH | READ), FAULT(INV_STAGE, 0, 0));
}

static void a_stream_without_translation_has_no_stage(void **state)
{
    struct behind *b = *state;

    on(b, CONFIG_BYPASS);
    assert_int_equal(operate(b, SID, IOVA | STAGE_1 | READ), FAULT(INV_STAGE, 0, 0));
}

static void an_illegal_ste_comes_first(void **state)
{
    struct behind *b = *state;

    on(b, CONFIG_BYPASS);
    put(b, STE, 0);
    assert_int_equal(operate(b, SID, IOVA | STAGE_1 | READ), FAULT(0x04, 0, 0));
    assert_int_equal(operate(b, 0x3ff, IOVA | STAGE_1 | READ), FAULT(0x02, 0, 0));
}

/* The document says both: S39. */
static void an_illegal_ste_of_stage_2_alone_has_a_reason_or_none(void **state)
{
    struct behind *b = *state;

    for (uint32_t value = 0; value < 2; value++) {
        const struct nap_switch_setting sw = {"S39", value};

        behind_create(b, &sw, 1, NAP_POLICY_EAGER);
        on(b, CONFIG_S2);
        assert_int_equal(operate(b, SID, UINT64_C(0x00f0000000000000) | STAGE_2 | READ),
                         FAULT(0x11, 0, 0)); /* of stage 1 */
        put(b, STE, 0);
        command(b, UINT64_C(0x04), 31); /* CMD_CFGI_ALL */
        assert_int_equal(operate(b, SID, IPA | STAGE_2 | READ), FAULT(0x04, value ? 0 : 3, 0));
        assert_int_equal(operate(b, SID, IPA | STAGE_1 | READ), FAULT(0x04, 0, 0));
        assert_int_equal(operate(b, SID, IPA | BOTH | READ), FAULT(0x04, 0, 0));
    }
}

/* --- RUN --- */

static void nothing_runs_while_translation_is_off(void **state)
{
    struct behind *b = *state;

    switch_on(b, ALL_ON & ~SMMUEN);
    set64(b, GATOS_PAR, 0);
    set32(b, GATOS_CTRL, 1);
    assert_int_equal(nap_reg_get(b->m, b->s, SMMU_SLOT_GATOS_CTRL), 0);
}

/* S29, before SMMUv3.2: "The value is stored and visible for readback, but no other effect
 * occurs and RUN is not cleared by the SMMU unless SMMUEN is later Updated to 1." */
static void run_that_is_taken_while_translation_is_off_stays(void **state)
{
    struct behind *b = *state;
    const struct nap_switch_setting taken = {"S29", SMMU_S29_TAKEN};

    strcpy(b->soc->devices[b->s].preset, "v3.1");
    behind_create(b, &taken, 1, NAP_POLICY_EAGER);
    on(b, CONFIG_S1);
    (void)operate(b, SID, IOVA | STAGE_1 | READ);
    set32(b, CR0, ALL_ON & ~SMMUEN);
    set32(b, GATOS_CTRL, 1);
    for (unsigned reads = 0; reads < 10; reads++)
        assert_int_equal(get32(b, GATOS_CTRL), 1);
    set64(b, GATOS_ADDR, 0); /* read-only while RUN is 1 */
    assert_int_equal(get64(b, GATOS_ADDR), IOVA | STAGE_1 | READ);
    assert_int_equal(get64(b, GATOS_PAR), FAULT(0x10, 0, 0)); /* of the operation before */
    set32(b, CR0, ALL_ON);
    assert_int_equal(get32(b, CR0ACK), ALL_ON);
    assert_int_equal(get32(b, GATOS_CTRL), 0);
}

static void an_operation_takes_its_time(void **state)
{
    struct behind *b = *state;
    unsigned reads = 0;

    behind_create(b, NULL, 0, NAP_POLICY_LAZY);
    on(b, CONFIG_S1);
    while (get32(b, CR0ACK) != ALL_ON)
        assert_true(reads++ < 10);
    map(b, S1, IOVA, PA | S1_RW);
    set64(b, GATOS_SID, SID);
    set64(b, GATOS_ADDR, IOVA | STAGE_1 | READ);
    set32(b, GATOS_CTRL, 1);
    assert_int_equal(get32(b, GATOS_CTRL), 1);
    for (reads = 0; get32(b, GATOS_CTRL); reads++)
        assert_true(reads < 10);
    assert_int_equal(get64(b, GATOS_PAR), PAR(PA));
}

static void disabling_translation_ends_an_operation(void **state)
{
    struct behind *b = *state;
    unsigned reads = 0;

    behind_create(b, NULL, 0, NAP_POLICY_LAZY);
    on(b, CONFIG_S1);
    while (get32(b, CR0ACK) != ALL_ON)
        assert_true(reads++ < 10);
    set64(b, GATOS_SID, SID);
    set64(b, GATOS_ADDR, IOVA | STAGE_1 | READ);
    set32(b, GATOS_CTRL, 1);
    set32(b, CR0, ALL_ON & ~SMMUEN);
    for (reads = 0; get32(b, CR0ACK) != (ALL_ON & ~SMMUEN); reads++)
        assert_true(reads < 10);
    assert_int_equal(get32(b, GATOS_CTRL), 0);
    assert_int_equal(get64(b, GATOS_PAR), FAULT(INTERNAL_ERR, 0, 0));
}

/* "An internal error. For example, a RAS error that caused the translation to terminate". */
static void in_service_failure_mode_an_operation_fails(void **state)
{
    struct behind *b = *state;

    on(b, CONFIG_S1);
    map(b, S1, IOVA, PA | S1_RW);
    assert_int_equal(operate(b, SID, IOVA | STAGE_1 | READ), PAR(PA));
    nap_device_fail(b->m, b->s);
    assert_int_equal(operate(b, SID, IOVA | STAGE_1 | READ), FAULT(INTERNAL_ERR, 0, 0));
}

static void without_atos_the_registers_are_reserved(void **state)
{
    struct behind *b = *state;

    identify(b, "IDR0", SMMU_SLOT_IDR0, 0x8000, 0);
    on(b, CONFIG_S1);
    set64(b, GATOS_SID, SID);
    set32(b, GATOS_CTRL, 1);
    assert_int_equal(get32(b, GATOS_CTRL), 0);
    assert_int_equal(get64(b, GATOS_SID), 0);
}

/* --- caches and tables --- */

static void the_tlb_is_neither_asked_nor_filled(void **state)
{
    struct behind *b = *state;

    on(b, CONFIG_S1);
    map(b, S1, IOVA, PA | S1_RW);
    (void)operate(b, SID, IOVA | STAGE_1 | READ);
    assert_int_equal(smmu_of(b->m, b->s)->n_tlb, 0);
    (void)nap_dma(b->m, b->s, SID, IOVA, NAP_READ);
    map(b, S1, IOVA, (PA + 0x1000) | S1_RW);
    assert_int_equal(operate(b, SID, IOVA | STAGE_1 | READ), PAR(PA + 0x1000));
}

/* CD.HA; IDR0.HTTU of the model is 2. */
static void the_access_flag_is_set_unless_the_operation_forbids_it(void **state)
{
    struct behind *b = *state;
    nap_addr leaf = S1 + 0x3000 + (IOVA >> 12 & 511) * 8;

    put(b, CD, word(b, CD) | UINT64_C(1) << 43);
    on(b, CONFIG_S1);
    map(b, S1, IOVA, PA | (S1_RW & ~UINT64_C(0x400)));
    assert_int_equal(operate(b, SID, IOVA | STAGE_1 | READ | HTTUI), PAR(PA));
    assert_int_equal(word(b, leaf) & 0x400, 0);
    assert_int_equal(operate(b, SID, IOVA | STAGE_1 | READ), PAR(PA));
    assert_int_equal(word(b, leaf) & 0x400, 0x400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        behind_test(stage_1_gives_the_address_and_what_kind_of_memory_it_is),
        behind_test(a_block_tells_its_size),
        behind_test(device_memory_is_outer_shareable),
        behind_test(both_stages_give_the_physical_address),
        behind_test(stage_1_alone_gives_the_intermediate_address),
        behind_test(stage_2_alone_starts_from_the_intermediate_address),
        behind_test(stage_1_of_a_stream_that_skips_it_gives_the_address_back),
        behind_test(what_is_not_mapped_is_a_translation_fault_and_no_event),
        behind_test(privilege_is_that_of_the_operation),
        behind_test(a_write_needs_a_page_that_can_be_written),
        behind_test(a_fault_of_stage_2_says_of_which_access_it_was),
        behind_test(a_fault_of_stage_2_is_an_abort_where_it_was_not_asked_for),
        behind_test(a_fault_of_an_intermediate_address_has_no_address),
        behind_test(an_intermediate_address_beyond_its_size_is_a_fault_of_stage_1),
        behind_test(a_reserved_type_is_an_invalid_request),
        behind_test(stage_2_knows_no_substreams),
        behind_test(a_stage_that_the_smmu_has_not_is_an_invalid_request),
        behind_test(a_stage_that_the_stream_has_not_is_an_invalid_stage),
        behind_test(a_stream_without_translation_has_no_stage),
        behind_test(an_illegal_ste_comes_first),
        behind_test(an_illegal_ste_of_stage_2_alone_has_a_reason_or_none),
        behind_test(nothing_runs_while_translation_is_off),
        behind_test(run_that_is_taken_while_translation_is_off_stays),
        behind_test(an_operation_takes_its_time),
        behind_test(disabling_translation_ends_an_operation),
        behind_test(in_service_failure_mode_an_operation_fails),
        behind_test(without_atos_the_registers_are_reserved),
        behind_test(the_tlb_is_neither_asked_nor_filled),
        behind_test(the_access_flag_is_set_unless_the_operation_forbids_it),
    };

    return cmocka_run_group_tests_name("atos", tests, NULL, NULL);
}
