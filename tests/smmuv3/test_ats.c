/* SPDX-License-Identifier: MIT */
/* A function's translation cache and the SMMU in front of it: what fills it, what passes, what
 * drops entries, and what a loss of the SMMU's power leaves. Source: Arm IHI 0070, "ATS
 * Interface", "Handling of ATS Translated transactions", "CMD_ATC_INV", "Command errors". */
#include "behind.h"

#define CERROR(cons)        ((cons) >> 24 & 0x7f)
#define CERROR_ATC_INV_SYNC 3u
#define CMDQ_ERR            1u /* of GERROR */

#define ALL_ADDRESSES 52u /* Size */

/* Op 0x40; SSV 11, Global 9, SubstreamID 31:12, StreamID 63:32; Size 5:0 of the second word. */
#define ATC_INV(sid)      (UINT64_C(0x40) | (uint64_t)(sid) << 32)
#define WITH_PASID(pasid) (UINT64_C(1) << 11 | (uint64_t)(pasid) << 12)

static void on(struct behind *b)
{
    switch_on(b, ALL_ON);
    function_on(b);
    map(b, S1, IOVA, PA | S1_RW);
}

static unsigned cached(const struct behind *b)
{
    return pcie_of(b->m, b->f)->n_entries;
}

static void invalidate(struct behind *b, uint64_t dw0, uint64_t dw1)
{
    command(b, dw0, dw1);
    command(b, SYNC, 0);
}

/* --- what passes --- */

static void a_translation_is_asked_for_once_and_used_again(void **state)
{
    struct behind *b = *state;

    on(b);
    assert_int_equal(dma(b, IOVA + 4, NAP_WRITE).pa, PA + 4);
    assert_int_equal(cached(b), 1);
    assert_int_equal(dma(b, IOVA + 8, NAP_WRITE).by, NAP_BY_TLB);
    assert_int_equal(get32(b, EVENTQ_PROD), 0);
}

static void a_stream_without_ats_is_refused_and_recorded(void **state)
{
    struct behind *b = *state;

    set_ste(b, CONFIG_S1, 0);
    on(b);
    assert_int_equal(dma(b, IOVA, NAP_READ).kind, NAP_OUTCOME_FAULT);
    assert_int_equal(get32(b, EVENTQ_PROD), 1);
    assert_int_equal(word(b, EVENTQ) & 0xff, 0x05); /* F_BAD_ATS_TREQ */
    assert_int_equal(get32(b, PRIQ_PROD), 0);
}

static void translated_traffic_of_a_stream_without_ats_is_forbidden(void **state)
{
    struct behind *b = *state;

    on(b);
    (void)dma(b, IOVA, NAP_READ);
    set_ste(b, CONFIG_S1, 0);
    invalidate(b, UINT64_C(0x03) | (uint64_t)SID << 32, 1); /* CMD_CFGI_STE */
    assert_int_equal(dma(b, IOVA, NAP_READ).kind, NAP_OUTCOME_FAULT);
    assert_int_equal(word(b, EVENTQ) & 0xff, 0x07); /* F_TRANSL_FORBIDDEN */
}

static void unchecked_translated_traffic_passes_whatever_the_ste_says(void **state)
{
    struct behind *b = *state;

    on(b);
    (void)dma(b, IOVA, NAP_READ);
    set_ste(b, CONFIG_S1, 0);
    invalidate(b, UINT64_C(0x03) | (uint64_t)SID << 32, 1);
    set32(b, CR0, ALL_ON & ~ATSCHK);
    assert_int_equal(dma(b, IOVA, NAP_READ).pa, PA);
}

/* --- invalidation --- */

static void the_cache_keeps_what_was_unmapped_until_it_is_invalidated(void **state)
{
    struct behind *b = *state;

    on(b);
    (void)dma(b, IOVA, NAP_READ);
    map(b, S1, IOVA, (PA + 0x1000) | S1_RW);
    invalidate(b, UINT64_C(0x30), 0); /* CMD_TLBI_NSNH_ALL */
    assert_int_equal(dma(b, IOVA, NAP_READ).pa, PA);
    invalidate(b, ATC_INV(SID), IOVA);
    assert_int_equal(cached(b), 0);
    assert_int_equal(dma(b, IOVA, NAP_READ).pa, PA + 0x1000);
}

static void an_invalidation_of_another_page_or_stream_changes_nothing(void **state)
{
    struct behind *b = *state;

    on(b);
    (void)dma(b, IOVA, NAP_READ);
    invalidate(b, ATC_INV(SID), IOVA + 0x1000);
    invalidate(b, ATC_INV(SID + 1), IOVA);
    assert_int_equal(cached(b), 1);
    assert_int_equal(get32(b, GERROR), 0);
    invalidate(b, ATC_INV(SID), (IOVA & ~UINT64_C(0xffff)) | 4); /* 64 KiB around it */
    assert_int_equal(cached(b), 0);
}

static void a_pasid_limits_an_invalidation(void **state)
{
    struct behind *b = *state;

    on(b);
    (void)dma(b, IOVA, NAP_READ);
    invalidate(b, ATC_INV(SID) | WITH_PASID(7), ALL_ADDRESSES);
    assert_int_equal(cached(b), 1);
    invalidate(b, ATC_INV(SID), ALL_ADDRESSES);
    assert_int_equal(cached(b), 0);
}

static void invalidations_are_ignored_while_translation_is_off(void **state)
{
    struct behind *b = *state;

    on(b);
    (void)dma(b, IOVA, NAP_READ);
    set32(b, CR0, ALL_ON & ~SMMUEN);
    invalidate(b, ATC_INV(SID), ALL_ADDRESSES);
    assert_int_equal(cached(b), 1);
    assert_int_equal(get32(b, GERROR), 0);
}

/* --- invalidations that are not complete --- */

static void vary_latency(struct behind *b, struct script *s, unsigned faults)
{
    struct nap_machine_config config = {
        .soc = b->soc, .blocks = nap_builtin_blocks(), .faults = faults};

    nap_machine_destroy(b->m);
    b->m = odd_machine_as(&config);
    behind_tables(b);
    on(b);
    (void)dma(b, IOVA, NAP_READ);
    choose_by(b->m, s, NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY));
}

/* The first choice is when the commands are consumed, the next when the entry goes. */
static void an_entry_may_stay_until_the_sync(void **state)
{
    struct behind *b = *state;
    struct script s = {.answers = {0, 1}};

    vary_latency(b, &s, 0);
    command(b, ATC_INV(SID), ALL_ADDRESSES);
    assert_int_equal(get32(b, CMDQ_CONS), 1);
    assert_int_equal(cached(b), 1);
    command(b, SYNC, 0);
    assert_int_equal(get32(b, CMDQ_CONS), 2);
    assert_int_equal(cached(b), 0);
}

static void assert_sync_failed(struct behind *b, uint32_t at)
{
    uint32_t cons = get32(b, CMDQ_CONS);

    assert_int_equal(CERROR(cons), CERROR_ATC_INV_SYNC);
    assert_int_equal(cons & 0xfffff, at); /* on the CMD_SYNC */
    assert_int_equal(get32(b, GERROR) & CMDQ_ERR, CMDQ_ERR);
}

static void an_invalidation_without_an_answer_fails_the_sync(void **state)
{
    struct behind *b = *state;
    struct script s = {.answers = {0, 0, 1}};

    vary_latency(b, &s, 1);
    command(b, ATC_INV(SID), ALL_ADDRESSES);
    command(b, SYNC, 0);
    assert_sync_failed(b, 1);
    assert_int_equal(cached(b), 1);
}

static void
a_function_without_power_fails_the_sync_until_the_error_is_acknowledged(void **state)
{
    struct behind *b = *state;

    on(b);
    nap_power_off(b->m, D_PCIE);
    command(b, ATC_INV(SID), ALL_ADDRESSES);
    command(b, SYNC, 0);
    assert_sync_failed(b, 1);
    set32(b, GERRORN, CMDQ_ERR);
    assert_int_equal(get32(b, CMDQ_CONS) & 0xfffff, 2); /* the second time it completes */
    assert_int_equal(get32(b, GERROR), CMDQ_ERR);
}

/* --- power --- */

/* The hazard that ATCs are in a suspend: the SMMU forgets, the function does not. */
static void what_the_function_holds_outlives_the_power_of_the_smmu(void **state)
{
    struct behind *b = *state;

    on(b);
    (void)dma(b, IOVA, NAP_READ);
    off_and_on(b->m, D_SMMU);
    map(b, S1, IOVA, 0);
    switch_on(b, ALL_ON & ~ATSCHK);
    assert_int_equal(dma(b, IOVA, NAP_WRITE).kind, NAP_OUTCOME_TRANSLATED);
    assert_int_equal(dma(b, IOVA, NAP_WRITE).pa, PA);
}

static void without_translation_what_the_function_holds_is_forbidden(void **state)
{
    struct behind *b = *state;

    on(b);
    (void)dma(b, IOVA, NAP_READ);
    off_and_on(b->m, D_SMMU);
    assert_int_equal(dma(b, IOVA, NAP_READ).kind, NAP_OUTCOME_FAULT);
}

static void a_probe_sees_the_entry_that_the_function_holds(void **state)
{
    struct behind *b = *state;
    struct nap_outcomes out;

    on(b);
    (void)dma(b, IOVA, NAP_READ);
    map(b, S1, IOVA, (PA + 0x1000) | S1_RW);
    nap_probe(b->m, b->f, 0, IOVA, &out, NULL);
    assert_int_equal(out.n, 1);
    assert_int_equal(out.list[0].pa, PA);
    pcie_atc_drop(b->m, b->f, PCIE_ALL_SUBSTREAMS, 0, UINT64_MAX);
    nap_probe(b->m, b->f, 0, IOVA, &out, NULL); /* the SMMU's TLB may answer, or a walk */
    assert_int_equal(out.n, 2);
    assert_int_equal(out.list[0].pa + out.list[1].pa, 2 * PA + 0x1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        behind_test(a_translation_is_asked_for_once_and_used_again),
        behind_test(a_stream_without_ats_is_refused_and_recorded),
        behind_test(translated_traffic_of_a_stream_without_ats_is_forbidden),
        behind_test(unchecked_translated_traffic_passes_whatever_the_ste_says),
        behind_test(the_cache_keeps_what_was_unmapped_until_it_is_invalidated),
        behind_test(an_invalidation_of_another_page_or_stream_changes_nothing),
        behind_test(a_pasid_limits_an_invalidation),
        behind_test(invalidations_are_ignored_while_translation_is_off),
        behind_test(an_entry_may_stay_until_the_sync),
        behind_test(an_invalidation_without_an_answer_fails_the_sync),
        behind_test(a_function_without_power_fails_the_sync_until_the_error_is_acknowledged),
        behind_test(what_the_function_holds_outlives_the_power_of_the_smmu),
        behind_test(without_translation_what_the_function_holds_is_forbidden),
        behind_test(a_probe_sees_the_entry_that_the_function_holds),
    };

    return cmocka_run_group_tests_name("ats", tests, NULL, NULL);
}
