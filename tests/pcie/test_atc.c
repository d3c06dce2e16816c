/* SPDX-License-Identifier: MIT */
/* The address translation cache of a function. Sources: PCI Express Base Specification,
 * "Address Translation Services (ATS)"; Arm IHI 0070, "ATS Interface". */
#include "rig.h"

/* --- what traffic does --- */

static void without_ats_traffic_goes_untranslated_under_its_stream(void **state)
{
    struct function *r = *state;
    struct nap_outcome o = dma(r, IOVA, NAP_WRITE);

    assert_int_equal(o.kind, NAP_OUTCOME_BYPASS);
    assert_int_equal(host_of(r)->n_traffic, 1);
    assert_int_equal(host_of(r)->traffic[0].traffic, NAP_UNTRANSLATED);
    assert_int_equal(host_of(r)->traffic[0].port, STREAM);
    assert_int_equal(host_of(r)->traffic[0].iova, IOVA);
    assert_int_equal(host_of(r)->traffic[0].rw, NAP_WRITE);
}

static void with_ats_the_first_access_asks_and_goes_translated(void **state)
{
    struct function *r = *state;
    struct nap_outcome o;

    ats_on(r);
    o = dma(r, IOVA + 0x24, NAP_WRITE);
    assert_int_equal(o.kind, NAP_OUTCOME_TRANSLATED);
    assert_int_equal(o.by, NAP_BY_WALK);
    assert_int_equal(o.pa, PA + 0x24);
    assert_int_equal(host_of(r)->n_traffic, 2);
    assert_int_equal(host_of(r)->traffic[0].traffic, NAP_ATS_REQUEST);
    assert_int_equal(host_of(r)->traffic[0].rw, NAP_WRITE);
    assert_int_equal(host_of(r)->traffic[1].traffic, NAP_TRANSLATED);
    assert_int_equal(host_of(r)->traffic[1].iova, PA + 0x24);
    assert_int_equal(host_of(r)->traffic[1].port, STREAM);
}

static void later_accesses_of_the_page_do_not_ask(void **state)
{
    struct function *r = *state;
    struct nap_outcome o;

    ats_on(r);
    (void)dma(r, IOVA, NAP_READ);
    forget_traffic(r);
    o = dma(r, IOVA + 0xffc, NAP_READ);
    assert_int_equal(o.by, NAP_BY_TLB);
    assert_int_equal(o.pa, PA + 0xffc);
    assert_int_equal(host_of(r)->n_traffic, 1);
    assert_int_equal(host_of(r)->traffic[0].traffic, NAP_TRANSLATED);
    (void)dma(r, IOVA + 0x1000, NAP_READ);
    assert_int_equal(host_of(r)->n_traffic, 3);
}

static void a_smallest_translation_unit_is_kept_at_once(void **state)
{
    struct function *r = *state;

    set16(r, ATS_CONTROL, ATS_ENABLE | 4); /* 64 KiB */
    host_open(r->m, r->h)->output = PA & ~UINT64_C(0xffff);
    host_open(r->m, r->h)->size_log2 = 16;
    (void)dma(r, IOVA, NAP_READ);
    forget_traffic(r);
    (void)dma(r, IOVA + 0x9000, NAP_READ);
    assert_int_equal(host_of(r)->n_traffic, 1);
    assert_int_equal(host_of(r)->traffic[0].traffic, NAP_TRANSLATED);
}

/* Where the next page of the unit lies is not told. */
static void a_translation_below_the_smallest_unit_is_refused_aloud(void **state)
{
    struct function *r = *state;
    struct nap_outcomes out;

    set16(r, ATS_CONTROL, ATS_ENABLE | 4);
    nap_probe(r->m, r->f, 0, IOVA, &out, NULL);
    assert_int_equal(out.n, 1);
    assert_int_equal(out.list[0].kind, NAP_OUTCOME_FAULT);
    assert_int_equal(r->m->n_unmodelled, 0);
    assert_int_equal(dma(r, IOVA, NAP_READ).kind, NAP_OUTCOME_FAULT);
    assert_int_equal(entries(r), 0);
    assert_int_equal(r->m->n_unmodelled, 1);
    assert_string_equal(r->m->unmodelled[0].what, "a translation smaller than ATS_CONTROL.STU");
    grant(r, false, false); /* of which there is nothing to keep */
    (void)dma(r, IOVA, NAP_READ);
    assert_int_equal(r->m->n_unmodelled, 1);
}

static void a_full_cache_says_that_it_keeps_no_more(void **state)
{
    struct function *r = *state;

    ats_on(r);
    for (unsigned n = 0; n < 33; n++) {
        assert_int_equal(r->m->n_unmodelled, 0);
        (void)dma(r, IOVA + 0x1000 * n, NAP_READ);
        forget_traffic(r);
    }
    assert_int_equal(entries(r), 32);
    assert_int_equal(r->m->n_unmodelled, 1);
    assert_string_equal(r->m->unmodelled[0].what, "ATC replacement");
}

static void a_refused_request_ends_the_access_and_keeps_nothing(void **state)
{
    struct function *r = *state;

    ats_on(r);
    host_open(r->m, r->h)->refuses = 1;
    assert_int_equal(dma(r, IOVA, NAP_READ).kind, NAP_OUTCOME_FAULT);
    assert_int_equal(host_of(r)->n_traffic, 1);
    assert_int_equal(entries(r), 0);
}

static void a_completion_that_grants_nothing_is_not_kept(void **state)
{
    struct function *r = *state;

    ats_on(r);
    grant(r, false, false);
    assert_int_equal(dma(r, IOVA, NAP_READ).kind, NAP_OUTCOME_FAULT);
    assert_int_equal(entries(r), 0);
}

static void a_write_to_what_may_be_read_asks_anew(void **state)
{
    struct function *r = *state;

    ats_on(r);
    grant(r, true, false);
    assert_int_equal(dma(r, IOVA, NAP_READ).kind, NAP_OUTCOME_TRANSLATED);
    assert_int_equal(dma(r, IOVA, NAP_WRITE).kind, NAP_OUTCOME_FAULT);
    grant(r, true, true);
    assert_int_equal(dma(r, IOVA, NAP_WRITE).kind, NAP_OUTCOME_TRANSLATED);
    assert_int_equal(entries(r), 1);
    forget_traffic(r);
    assert_int_equal(dma(r, IOVA, NAP_WRITE).by, NAP_BY_TLB);
    assert_int_equal(host_of(r)->n_traffic, 1);
}

/* Arm IHI 0070: a function may mark what it likes as translated. */
static void a_forged_translated_request_passes_as_it_is(void **state)
{
    struct function *r = *state;
    struct nap_transaction t = {.device = r->f, .iova = PA, .traffic = NAP_TRANSLATED};

    (void)nap_dma_transaction(r->m, &t);
    assert_int_equal(host_of(r)->n_traffic, 1);
    assert_int_equal(host_of(r)->traffic[0].traffic, NAP_TRANSLATED);
    assert_int_equal(host_of(r)->traffic[0].iova, PA);
}

/* --- PASIDs --- */

static void a_pasid_is_sent_only_where_pasids_are_enabled(void **state)
{
    struct function *r = *state;

    assert_int_equal(dma_pasid(r, IOVA, 7).kind, NAP_OUTCOME_FAULT);
    assert_int_equal(host_of(r)->n_traffic, 0);
    set16(r, PASID_CONTROL, PASID_ENABLE);
    assert_int_equal(dma_pasid(r, IOVA, 7).kind, NAP_OUTCOME_BYPASS);
    assert_true(host_of(r)->traffic[0].has_substream);
    assert_int_equal(host_of(r)->traffic[0].substream, 7);
}

static void privilege_and_fetches_are_told_where_the_control_register_lets(void **state)
{
    struct function *r = *state;
    struct nap_transaction t = {.device = r->f,
                                .iova = IOVA,
                                .has_substream = true,
                                .substream = 7,
                                .privileged = true,
                                .instruction = true};

    set16(r, PASID_CONTROL, PASID_ENABLE);
    (void)nap_dma_transaction(r->m, &t);
    assert_false(host_of(r)->traffic[0].privileged);
    assert_false(host_of(r)->traffic[0].instruction);
    set16(r, PASID_CONTROL, PASID_ENABLE | PASID_EXEC | PASID_PRIV);
    (void)nap_dma_transaction(r->m, &t);
    assert_true(host_of(r)->traffic[1].privileged);
    assert_true(host_of(r)->traffic[1].instruction);
}

static void entries_answer_for_their_own_pasid(void **state)
{
    struct function *r = *state;

    set16(r, PASID_CONTROL, PASID_ENABLE);
    ats_on(r);
    (void)dma(r, IOVA, NAP_READ);
    (void)dma_pasid(r, IOVA, 7);
    (void)dma_pasid(r, IOVA, 8);
    assert_int_equal(entries(r), 3);
    assert_int_equal(host_of(r)->n_traffic, 6);
    /* The request has the PASID, the translated access has not. */
    assert_int_equal(host_of(r)->traffic[2].substream, 7);
    assert_false(host_of(r)->traffic[3].has_substream);
}

/* --- invalidation --- */

static void fill_pages(struct function *r)
{
    ats_on(r);
    for (unsigned n = 0; n < 4; n++)
        (void)dma(r, IOVA + 0x1000 * n, NAP_READ);
    assert_int_equal(entries(r), 4);
    forget_traffic(r);
}

static bool asks(struct function *r, nap_addr iova)
{
    forget_traffic(r);
    (void)dma(r, iova, NAP_READ);
    return host_of(r)->traffic[0].traffic == NAP_ATS_REQUEST;
}

static void an_invalidation_drops_its_range_and_is_completed(void **state)
{
    struct function *r = *state;

    fill_pages(r);
    assert_true(invalidate(r, IOVA + 0x1000, 0x2000));
    assert_int_equal(entries(r), 2);
    assert_false(asks(r, IOVA));
    assert_true(asks(r, IOVA + 0x1000));
    assert_true(asks(r, IOVA + 0x2000));
    assert_false(asks(r, IOVA + 0x3000));
}

static void an_invalidation_of_everything_has_size_0(void **state)
{
    struct function *r = *state;

    fill_pages(r);
    assert_true(invalidate(r, 0, 0));
    assert_int_equal(entries(r), 0);
}

static void with_pasids(struct function *r)
{
    set16(r, PASID_CONTROL, PASID_ENABLE);
    ats_on(r);
    (void)dma(r, IOVA, NAP_READ);
    (void)dma_pasid(r, IOVA, 7);
    (void)dma_pasid(r, IOVA, 8);
}

static void invalidate_pasid(struct function *r, bool global)
{
    struct nap_message msg = {.kind = NAP_MSG_ATC_INVALIDATE,
                              .from = r->h,
                              .port = STREAM,
                              .address = IOVA,
                              .size_bytes = 0x1000,
                              .has_substream = true,
                              .substream = 7,
                              .global = global};

    assert_true(nap_message_send(r->m, r->f, &msg));
}

static void an_invalidation_with_a_pasid_is_of_that_one(void **state)
{
    struct function *r = *state;

    with_pasids(r);
    invalidate_pasid(r, false);
    assert_int_equal(entries(r), 2);
    assert_int_equal(pcie_of(r->m, r->f)->atc[0].substream, 8);
    assert_int_equal(pcie_of(r->m, r->f)->atc[1].substream, NAP_SUBSTREAM_NONE);
}

static void a_global_invalidation_is_of_every_pasid(void **state)
{
    struct function *r = *state;

    with_pasids(r);
    invalidate_pasid(r, true);
    assert_int_equal(entries(r), 1);
    assert_int_equal(pcie_of(r->m, r->f)->atc[0].substream, NAP_SUBSTREAM_NONE);
}

static void an_invalidation_without_pasid_is_of_all(void **state)
{
    struct function *r = *state;

    with_pasids(r);
    assert_true(invalidate(r, IOVA, 0x1000));
    assert_int_equal(entries(r), 0);
}

static void an_invalidation_that_is_never_completed_is_a_fault(void **state)
{
    struct function *r = *state;
    struct script s = {.answers = {1}};

    nap_machine_destroy(r->m);
    function_create(r, 1);
    ats_on(r);
    (void)dma(r, IOVA, NAP_READ);
    choose_by(r->m, &s, NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY));
    assert_false(invalidate(r, IOVA, 0x1000));
    assert_int_equal(s.n_asked, 1);
    assert_int_equal(s.asked[0].fault, 1);
    assert_int_equal(entries(r), 1);
    assert_true(invalidate(r, IOVA, 0x1000)); /* the run's one fault is spent */
    assert_int_equal(s.n_asked, 1);
    assert_int_equal(entries(r), 0);
}

/* --- enabling and power --- */

static void a_change_of_enable_empties_the_cache(void **state)
{
    struct function *r = *state;

    fill_pages(r);
    set16(r, ATS_CONTROL, 0);
    ats_on(r);
    assert_int_equal(entries(r), 0);
    assert_true(asks(r, IOVA));
}

static void the_cache_outlives_the_power_of_the_smmu(void **state)
{
    struct function *r = *state;

    ats_on(r);
    (void)dma(r, IOVA, NAP_READ);
    nap_power_off(r->m, D_SMMU);
    assert_int_equal(dma(r, IOVA, NAP_READ).kind, NAP_OUTCOME_BUS_ERROR);
    nap_power_on(r->m, D_SMMU);
    forget_traffic(r);
    assert_int_equal(dma(r, IOVA, NAP_READ).by, NAP_BY_TLB);
    assert_int_equal(host_of(r)->n_traffic, 1);
    assert_int_equal(host_of(r)->traffic[0].traffic, NAP_TRANSLATED);
}

static void its_own_power_loss_empties_the_cache_and_disables_ats(void **state)
{
    struct function *r = *state;

    ats_on(r);
    (void)dma(r, IOVA, NAP_READ);
    nap_power_off(r->m, D_PCIE);
    nap_power_on(r->m, D_PCIE);
    assert_int_equal(entries(r), 0);
    assert_int_equal(get16(r, ATS_CONTROL), 0);
}

static void a_function_without_power_completes_no_invalidation(void **state)
{
    struct function *r = *state;

    nap_power_off(r->m, D_PCIE);
    assert_false(invalidate(r, IOVA, 0x1000));
}

/* --- probes --- */

static void a_probe_says_what_an_access_does_and_changes_nothing(void **state)
{
    struct function *r = *state;
    struct nap_outcomes out;
    struct nap_hash128 before;

    ats_on(r);
    for (unsigned round = 0; round < 2; round++) {
        struct nap_outcome o;
        before = nap_state_key(r->m);
        nap_probe(r->m, r->f, 0, IOVA + 8, &out, NULL);
        assert_hash_equal(nap_state_key(r->m), before);
        o = dma(r, IOVA + 8, NAP_READ);
        assert_int_equal(out.n, 1);
        assert_int_equal(out.list[0].kind, o.kind);
        assert_int_equal(out.list[0].by, o.by);
        assert_int_equal(out.list[0].pa, PA + 8);
    }
}

static bool depends(const struct nap_footprint *fp, unsigned device, unsigned slot)
{
    for (unsigned i = 0; i < fp->n && i < NAP_FOOTPRINT_MAX; i++)
        if (fp->list[i].device == device && fp->list[i].slot == slot)
            return true;
    return false;
}

static void a_probe_depends_on_the_cache_and_on_what_the_smmu_holds(void **state)
{
    struct function *r = *state;
    struct nap_footprint fp = {.n = 0};
    struct nap_outcomes out;

    ats_on(r);
    nap_probe(r->m, r->f, 0, IOVA, &out, &fp);
    assert_true(depends(&fp, r->f, PCIE_SLOT_ATS_CONTROL));
    assert_true(depends(&fp, r->f, NAP_SLOT_HIDDEN));
    assert_true(depends(&fp, r->h, NAP_SLOT_HIDDEN));
}

/* --- registers that a document fixes --- */

static void capabilities_are_chained_and_named(void **state)
{
    struct function *r = *state;

    assert_int_equal(rd(r->m, FUNCTION + 0x100), 0x1101000f); /* ATS, next at 0x110 */
    assert_int_equal(rd(r->m, FUNCTION + 0x110), 0x12010013); /* Page Request, then 0x120 */
    assert_int_equal(rd(r->m, FUNCTION + 0x120), 0x0001001b); /* PASID, the last */
}

static void a_changed_unit_under_way_is_told_aloud(void **state)
{
    struct function *r = *state;

    ats_on(r);
    set16(r, ATS_CONTROL, ATS_ENABLE | 1);
    assert_int_equal(r->m->n_unmodelled, 1);
    assert_int_equal(r->m->unmodelled[0].device, r->f);
    assert_string_equal(r->m->unmodelled[0].what, "ATS_CONTROL.STU changed while ENABLE is 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        function_test(without_ats_traffic_goes_untranslated_under_its_stream),
        function_test(with_ats_the_first_access_asks_and_goes_translated),
        function_test(later_accesses_of_the_page_do_not_ask),
        function_test(a_smallest_translation_unit_is_kept_at_once),
        function_test(a_translation_below_the_smallest_unit_is_refused_aloud),
        function_test(a_full_cache_says_that_it_keeps_no_more),
        function_test(a_refused_request_ends_the_access_and_keeps_nothing),
        function_test(a_completion_that_grants_nothing_is_not_kept),
        function_test(a_write_to_what_may_be_read_asks_anew),
        function_test(a_forged_translated_request_passes_as_it_is),
        function_test(a_pasid_is_sent_only_where_pasids_are_enabled),
        function_test(privilege_and_fetches_are_told_where_the_control_register_lets),
        function_test(entries_answer_for_their_own_pasid),
        function_test(an_invalidation_drops_its_range_and_is_completed),
        function_test(an_invalidation_of_everything_has_size_0),
        function_test(an_invalidation_with_a_pasid_is_of_that_one),
        function_test(a_global_invalidation_is_of_every_pasid),
        function_test(an_invalidation_without_pasid_is_of_all),
        function_test(an_invalidation_that_is_never_completed_is_a_fault),
        function_test(a_change_of_enable_empties_the_cache),
        function_test(the_cache_outlives_the_power_of_the_smmu),
        function_test(its_own_power_loss_empties_the_cache_and_disables_ats),
        function_test(a_function_without_power_completes_no_invalidation),
        function_test(a_probe_says_what_an_access_does_and_changes_nothing),
        function_test(a_probe_depends_on_the_cache_and_on_what_the_smmu_holds),
        function_test(capabilities_are_chained_and_named),
        function_test(a_changed_unit_under_way_is_told_aloud),
    };

    return cmocka_run_group_tests_name("atc", tests, NULL, NULL);
}
