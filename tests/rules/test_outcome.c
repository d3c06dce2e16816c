/* SPDX-License-Identifier: MIT */
/* lib/rules/outcome.c and the outcome part of judge.c: what is wrong with an outcome, whose
 * fault it is, and what the platform is left to guarantee. */
#include "judged.h"

/* --- one outcome against the ground truth --- */

static const struct nap_truth mapped = {
    .judged = true, .n = 1, .allowed = {{true, PA, NAP_PROT_READ | NAP_PROT_WRITE, 0x1000}}};
static const struct nap_truth unmapped = {
    .judged = true, .n = 1, .allowed = {{false, 0, 0, 0}}};

static struct nap_outcome reaches(nap_addr pa, bool readable, bool writable,
                                  enum nap_outcome_by by)
{
    return (struct nap_outcome){.kind = NAP_OUTCOME_TRANSLATED,
                                .by = by,
                                .pa = pa,
                                .readable = readable,
                                .writable = writable};
}

static enum nap_wrong wrong(struct nap_outcome o, const struct nap_truth *t)
{
    return nap_outcome_wrong(&o, t);
}

static void the_mapping_itself_is_right(void **state)
{
    (void)state;
    assert_int_equal(wrong(reaches(PA, true, true, NAP_BY_WALK), &mapped), NAP_RIGHT);
}

/* Both sets have the same sum of addresses, and of any linear function of them. */
static void sets_of_outcomes_have_different_sums_of_amounts(void **state)
{
    const struct nap_outcome o[] = {reaches(0x58000000, true, true, NAP_BY_WALK),
                                    reaches(0x60000000, true, true, NAP_BY_WALK),
                                    reaches(0x40000000, true, true, NAP_BY_WALK),
                                    reaches(0x78000000, true, true, NAP_BY_WALK)};

    (void)state;
    assert_int_not_equal(nap_outcome_amount(&o[0]) + nap_outcome_amount(&o[1]),
                         nap_outcome_amount(&o[2]) + nap_outcome_amount(&o[3]));
}

static void an_amount_tells_permissions_and_attributes_apart(void **state)
{
    const struct nap_outcome o = reaches(PA, true, false, NAP_BY_WALK);
    struct nap_outcome other[6] = {o, o, o, o, o, o};

    (void)state;
    other[0].executable = true;
    other[1].privileged_only = true;
    other[2].writable = true;
    other[3].attributes = 0x80000000u;
    other[4].context = 1;
    other[5].kind = NAP_OUTCOME_STALL;
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
        assert_int_not_equal(nap_outcome_amount(&other[i]), nap_outcome_amount(&o));
    other[0] = o;
    other[0].by = NAP_BY_TLB;
    assert_int_equal(nap_outcome_amount(&other[0]), nap_outcome_amount(&o));
}

static void another_address_is_wrong(void **state)
{
    (void)state;
    assert_int_equal(wrong(reaches(PA_2, true, true, NAP_BY_WALK), &mapped), NAP_WRONG_WALK);
}

static void another_permission_to_read_is_wrong(void **state)
{
    (void)state;
    assert_int_equal(wrong(reaches(PA, false, true, NAP_BY_WALK), &mapped), NAP_WRONG_WALK);
}

static void another_permission_to_write_is_wrong(void **state)
{
    (void)state;
    assert_int_equal(wrong(reaches(PA, true, false, NAP_BY_WALK), &mapped), NAP_WRONG_WALK);
}

static void any_translation_of_what_is_not_mapped_is_wrong(void **state)
{
    (void)state;
    assert_int_equal(wrong(reaches(0, false, false, NAP_BY_WALK), &unmapped), NAP_WRONG_WALK);
}

static void while_a_change_is_open_both_answers_are_right(void **state)
{
    struct nap_truth t = mapped;

    (void)state;
    t.n = 2;
    t.allowed[1] = t.allowed[0];
    t.allowed[1].pa = PA_2;
    assert_int_equal(wrong(reaches(PA, true, true, NAP_BY_WALK), &t), NAP_RIGHT);
    assert_int_equal(wrong(reaches(PA_2, true, true, NAP_BY_WALK), &t), NAP_RIGHT);
}

static void untranslated_is_wrong_even_where_it_would_fit(void **state)
{
    struct nap_outcome o = {
        .kind = NAP_OUTCOME_BYPASS, .pa = PA, .readable = true, .writable = true};

    (void)state;
    assert_int_equal(wrong(o, &mapped), NAP_WRONG_BYPASS);
}

static void untranslated_is_right_for_who_was_asked_to_bypass(void **state)
{
    struct nap_outcome o = {
        .kind = NAP_OUTCOME_BYPASS, .pa = PA, .readable = true, .writable = true};
    struct nap_truth t = unmapped;

    (void)state;
    t.bypass = true;
    assert_int_equal(wrong(o, &t), NAP_RIGHT);
}

static void what_moves_nothing_is_right(void **state)
{
    (void)state;
    assert_int_equal(wrong((struct nap_outcome){.kind = NAP_OUTCOME_FAULT}, &mapped),
                     NAP_RIGHT);
    assert_int_equal(wrong((struct nap_outcome){.kind = NAP_OUTCOME_STALL}, &mapped),
                     NAP_RIGHT);
    assert_int_equal(wrong((struct nap_outcome){.kind = NAP_OUTCOME_BUS_ERROR}, &mapped),
                     NAP_RIGHT);
}

static void a_wrong_answer_of_either_tlb_is_stale(void **state)
{
    (void)state;
    assert_int_equal(wrong(reaches(PA_2, true, true, NAP_BY_TLB), &mapped), NAP_WRONG_STALE);
    assert_int_equal(wrong(reaches(PA_2, true, true, NAP_BY_SHARED_TLB), &mapped),
                     NAP_WRONG_STALE);
}

static void an_undetermined_outcome_is_wrong(void **state)
{
    (void)state;
    assert_int_equal(wrong((struct nap_outcome){.kind = NAP_OUTCOME_UNDETERMINED}, &mapped),
                     NAP_WRONG_UNWRITTEN);
}

static void an_outcome_from_what_nobody_wrote_is_wrong_even_where_it_fits(void **state)
{
    struct nap_outcome o = reaches(PA, true, true, NAP_BY_WALK);

    (void)state;
    o.unwritten = true;
    assert_int_equal(wrong(o, &mapped), NAP_WRONG_UNWRITTEN);
}

static void traffic_of_nobody_is_right(void **state)
{
    struct nap_truth t = {.judged = false};

    (void)state;
    assert_int_equal(wrong((struct nap_outcome){.kind = NAP_OUTCOME_BYPASS}, &t), NAP_RIGHT);
}

/* --- obligations --- */

static const struct nap_obligation *only_obligation(const struct judged *j)
{
    assert_int_equal(j->findings.n_obligations, 1);
    return &j->findings.obligations[0];
}

/* As go_to_sleep(), with avb's port already back and out of the picture. */
static void sleep_without_avb(struct judged *j)
{
    truth_attach(j, j->avb, NAP_NO_DOMAIN);
    go_to_sleep(j);
    assert_int_equal(j->findings.n_obligations, 0);
}

static void a_held_master_leaves_an_obligation_from_power_on_to_its_port(void **state)
{
    struct judged *j = *state;
    const struct nap_obligation *o;

    sleep_without_avb(j);
    restore(j, NOTHING);
    enable_port(j);
    o = only_obligation(j);
    assert_int_equal(broken(j, NULL), 0);
    assert_int_equal(o->master, j->sdhi0);
    assert_int_equal(o->device, j->r.ds1);
    assert_int_equal(o->port, PORT);
    assert_int_equal(o->outcome, NAP_OUTCOME_BYPASS);
    assert_true(o->power_up);
    assert_int_equal(o->opened_slot, NAP_NO_SLOT);
    assert_int_equal(o->closed_device, j->r.ds1);
    assert_int_equal(o->closed_slot, IPMMU_SLOT_IMUCTR + PORT);
    assert_non_null(o->closed.file);
    assert_true(o->from < o->to);
    assert_false(o->open);
}

static void a_write_that_makes_it_wrong_is_the_cause(void **state)
{
    struct judged *j = *state;
    const struct nap_obligation *o;

    sleep_without_avb(j);
    restore(j, NOTHING);
    enable_port(j);
    nap_findings_clear(&j->findings);
    rig_write(&j->r, DS1, IMCTR(1), 0);
    rig_write(&j->r, DS1, IMCTR(1), MMUEN);
    o = only_obligation(j);
    assert_false(o->power_up);
    assert_int_equal(o->opened_device, j->r.ds1);
    assert_int_equal(o->opened_slot, IPMMU_SLOT_IMCTR + 1);
    assert_non_null(o->opened.file);
}

static void writing_0_to_a_port_that_is_0_is_no_cause(void **state)
{
    struct judged *j = *state;

    sleep_without_avb(j);
    rig_write(&j->r, DS1, IMUCTR(PORT), 0);
    assert_int_equal(j->findings.n_obligations, 0);
    restore(j, NOTHING);
    enable_port(j);
    assert_true(only_obligation(j)->power_up);
    assert_int_equal(only_obligation(j)->opened_slot, NAP_NO_SLOT);
}

/* v9: the port is enabled while the root is off, and passes addresses as before. */
static void the_same_wrong_kind_without_a_break_stays_one_obligation(void **state)
{
    struct judged *j = *state;

    sleep_without_avb(j);
    restore(j, ROOT_ON);
    enable_port(j);
    assert_int_equal(j->findings.n_obligations, 0);
    rig_write(&j->r, MM, IMCTR(1), XEN_IMCTR);
    assert_true(only_obligation(j)->power_up);
    assert_int_equal(only_obligation(j)->closed_slot, IPMMU_SLOT_IMCTR + 1);
}

static void the_same_wrong_kind_after_a_break_has_a_new_cause(void **state)
{
    struct judged *j = *state;

    sleep_without_avb(j);
    restore(j, NOTHING);
    enable_port(j);
    rig_write(&j->r, DS1, IMUCTR(PORT), 0);
    nap_judge_end(j->judge);
    assert_int_equal(j->findings.n_obligations, 2);
    assert_true(j->findings.obligations[0].power_up);
    assert_false(j->findings.obligations[1].power_up);
}

static void another_wrong_kind_is_another_obligation(void **state)
{
    struct judged *j = *state;

    sleep_without_avb(j);
    restore(j, TTLBR);
    nap_reg_set(j->r.m, j->r.mm, IPMMU_SLOT_IMTTLBR0 + 1, j->table[1]);
    enable_port(j); /* walks a base nobody has written: no bypass any more */
    assert_int_equal(j->findings.n_obligations, 1);
    rig_base(&j->r, 1, j->table[1]);
    assert_int_equal(j->findings.n_obligations, 2);
    assert_true(j->findings.obligations[0].power_up);
    assert_false(j->findings.obligations[1].power_up);
    assert_int_equal(j->findings.obligations[1].opened_slot, IPMMU_SLOT_IMUCTR + PORT);
}

static void a_second_power_cut_ends_one_obligation_and_begins_another(void **state)
{
    struct judged *j = *state;

    sleep_without_avb(j);
    rig_power_cycle(&j->r);
    nap_judge_end(j->judge);
    assert_int_equal(j->findings.n_obligations, 2);
    assert_true(j->findings.obligations[1].power_up);
    assert_int_equal(j->findings.obligations[0].closed_slot, NAP_NO_SLOT);
}

static void an_obligation_may_be_open_at_the_end(void **state)
{
    struct judged *j = *state;

    sleep_without_avb(j);
    nap_judge_end(j->judge);
    assert_true(only_obligation(j)->open);
    assert_int_equal(only_obligation(j)->to, nap_counters(j->r.m).steps);
    assert_int_equal(only_obligation(j)->closed_device, UINT32_MAX);
}

static void a_change_of_the_ground_truth_opens_one_too(void **state)
{
    struct judged *j = *state;

    sleep_without_avb(j);
    restore(j, NOTHING);
    enable_port(j);
    nap_findings_clear(&j->findings);
    nap_ledger_unmap(j->r.m, GUEST_1, IOVA, 0x200000, false);
    assert_int_equal(j->findings.n_obligations, 0);
    nap_ledger_unmap(j->r.m, GUEST_1, IOVA, 0x200000, true);
    nap_judge_end(j->judge);
    assert_int_equal(only_obligation(j)->opened_slot, NAP_NO_SLOT);
    assert_false(only_obligation(j)->power_up);
}

/* --- live masters --- */

static void a_live_master_that_is_right_breaks_nothing(void **state)
{
    struct judged *j = *state;

    sleep_without_avb(j);
    restore(j, NOTHING);
    enable_port(j);
    wake_up(j);
    assert_int_equal(broken(j, NULL), 0);
}

static void releasing_a_master_that_is_wrong_is_a_violation(void **state)
{
    struct judged *j = *state;

    sleep_without_avb(j);
    wake_up(j);
    assert_int_equal(broken(j, "dma-isolation"), 1);
    assert_int_equal(broken(j, NULL), 1);
    assert_false(only_obligation(j)->open);
}

static void a_write_that_exposes_a_live_master_is_named(void **state)
{
    struct judged *j = *state;
    const struct nap_finding *f;

    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    rig_write(&j->r, DS1, IMUCTR(PORT), 0);
    f = finding(j, "dma-isolation");
    assert_string_equal(f->message,
                        "live master sdhi0 at ds1 port 32: access to 0x50000000 ends in bypass "
                        "(the micro-TLB is off), expected the domain's mapping");
    assert_int_equal(f->device, j->r.ds1);
    assert_int_equal(f->slot, IPMMU_SLOT_IMUCTR + PORT);
    assert_int_equal(f->port, PORT);
    assert_int_equal(f->value, 0);
    assert_int_equal(f->n_probes, 1);
    assert_non_null(f->source.file);
}

static void one_episode_is_reported_once(void **state)
{
    struct judged *j = *state;

    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    rig_write(&j->r, DS1, IMUCTR(PORT), 0);
    rig_write(&j->r, DS1, IMUASID(PORT), 1);
    rig_write(&j->r, MM, IMCTR(1), 0);
    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_HELD);
    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    assert_int_equal(broken(j, NULL), 1);
}

static void the_next_episode_is_reported_again(void **state)
{
    struct judged *j = *state;

    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    rig_write(&j->r, DS1, IMUCTR(PORT), 0);
    enable_port(j);
    rig_write(&j->r, DS1, IMUCTR(PORT), 0);
    assert_int_equal(broken(j, "dma-isolation"), 2);
}

static void an_autonomous_master_is_live_from_power_on(void **state)
{
    struct judged *j = *state;

    truth_attach(j, j->avb, NAP_NO_DOMAIN);
    nap_masters_set_autonomous(j->r.m, UINT64_C(1) << j->sdhi0);
    go_to_sleep(j);
    assert_int_equal(broken(j, "ipmmu-power-up-bypass"), 1);
    assert_int_equal(broken(j, NULL), 1);
    assert_int_equal(finding(j, "ipmmu-power-up-bypass")->slot, NAP_NO_SLOT);
    restore(j, NOTHING);
    enable_port(j);
    wake_up(j);
    assert_int_equal(broken(j, NULL), 1);
    assert_int_equal(j->findings.n_obligations, 0);
}

/* No driver closes the window before its port is written; one that never writes it is at fault
 * once resume has returned. */
static void a_window_that_outlives_resume_is_no_longer_the_platforms(void **state)
{
    struct judged *j = *state;

    truth_attach(j, j->avb, NAP_NO_DOMAIN);
    nap_masters_set_autonomous(j->r.m, NAP_ALL_MASTERS);
    go_to_sleep(j);
    wake_up(j);
    assert_int_equal(broken(j, "ipmmu-power-up-bypass"), 1);
    assert_int_equal(broken(j, "dma-isolation"), 1);
}

static void an_exposing_write_while_asleep_is_no_power_up_window(void **state)
{
    struct judged *j = *state;

    truth_attach(j, j->avb, NAP_NO_DOMAIN);
    nap_masters_set_autonomous(j->r.m, NAP_ALL_MASTERS);
    go_to_sleep(j);
    restore(j, NOTHING);
    enable_port(j);
    nap_findings_clear(&j->findings);
    rig_write(&j->r, DS1, IMUCTR(PORT), 0);
    assert_int_equal(broken(j, "dma-isolation"), 1);
    assert_int_equal(broken(j, NULL), 1);
}

static void power_lost_while_awake_is_no_power_up_window(void **state)
{
    struct judged *j = *state;

    truth_attach(j, j->avb, NAP_NO_DOMAIN);
    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    rig_power_cycle(&j->r);
    assert_int_equal(broken(j, NULL), 0); /* power-on holds it */
    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    assert_int_equal(broken(j, "dma-isolation"), 1);
    assert_int_equal(broken(j, NULL), 1);
}

static void a_stale_entry_for_a_live_master_breaks_freshness(void **state)
{
    struct judged *j = *state;

    rig_dma(&j->r, j->r.ds1, PORT, IOVA);
    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    rig_map(&j->r, j->table[1], IOVA, UINT64_C(0x5a000000), BLOCK, S2_RW, S2_TABLE);
    truth_moves(j, UINT64_C(0x5a000000), RW);
    assert_int_equal(broken(j, "dma-freshness"), 1);
}

static void a_flush_of_cache_and_root_keeps_freshness(void **state)
{
    struct judged *j = *state;

    rig_dma(&j->r, j->r.ds1, PORT, IOVA);
    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    nap_ledger_unmap(j->r.m, GUEST_1, IOVA, 0x200000, false);
    rig_put(&j->r,
            (rig_get(&j->r, j->table[1] + 8) & UINT64_C(0xfffffff000)) + 8 * (IOVA >> 21 & 511),
            0);
    rig_write(&j->r, DS1, IMCTR(1), INTEN | MMUEN | FLUSH);
    rig_write(&j->r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    nap_ledger_unmap(j->r.m, GUEST_1, IOVA, 0x200000, true);
    assert_int_equal(broken(j, NULL), 0);
}

static void a_flush_of_the_root_alone_leaves_the_caches_entry_stale(void **state)
{
    struct judged *j = *state;

    rig_dma(&j->r, j->r.ds1, PORT, IOVA);
    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    rig_map(&j->r, j->table[1], IOVA, UINT64_C(0x5a000000), BLOCK, S2_RW, S2_TABLE);
    rig_write(&j->r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    truth_moves(j, UINT64_C(0x5a000000), RW);
    assert_int_equal(broken(j, "dma-freshness"), 1);
}

/* The table lost its entry, as where it was never cleaned to memory; the ground truth has it.
 */
static void lose_entry(struct judged *j)
{
    rig_put(&j->r,
            (rig_get(&j->r, j->table[1] + 8) & UINT64_C(0xfffffff000)) + 8 * (IOVA >> 21 & 511),
            0);
}

static void traffic_to_what_is_mapped_is_not_refused(void **state)
{
    struct judged *j = *state;

    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    rig_dma(&j->r, j->r.ds1, PORT, IOVA);
    assert_int_equal(broken(j, NULL), 0);
    lose_entry(j);
    rig_write(&j->r, DS1, IMCTR(1), INTEN | MMUEN | FLUSH);
    rig_write(&j->r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    rig_dma(&j->r, j->r.ds1, PORT, IOVA);
    assert_int_equal(broken(j, "dma-service"), 1);
    assert_int_equal(broken(j, NULL), 1);
}

/* The ground truth says nothing of a process's address space or of translations asked for. */
static void other_traffic_than_plain_accesses_may_be_refused(void **state)
{
    struct judged *j = *state;
    struct nap_transaction t = {.device = j->r.ds1, .port = PORT, .iova = IOVA};
    struct nap_transaction process = t, request = t, translated = t;

    process.has_substream = true;
    request.traffic = NAP_ATS_REQUEST;
    translated.traffic = NAP_TRANSLATED;
    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    lose_entry(j);
    rig_write(&j->r, DS1, IMCTR(1), INTEN | MMUEN | FLUSH);
    rig_write(&j->r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    (void)nap_dma_transaction(j->r.m, &process);
    (void)nap_dma_transaction(j->r.m, &request);
    (void)nap_dma_transaction(j->r.m, &translated);
    assert_int_equal(broken(j, NULL), 0);
    (void)nap_dma_transaction(j->r.m, &t);
    assert_int_equal(broken(j, "dma-service"), 1);
}

static void traffic_of_who_was_asked_to_bypass_is_not_refused(void **state)
{
    struct judged *j = *state;

    truth_attach(j, j->sdhi0, NAP_BYPASS_DOMAIN);
    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    lose_entry(j);
    rig_write(&j->r, DS1, IMCTR(1), INTEN | MMUEN | FLUSH);
    rig_write(&j->r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    nap_findings_clear(&j->findings);
    rig_dma(&j->r, j->r.ds1, PORT, IOVA);
    assert_int_equal(broken(j, "dma-service"), 1);
}

static void traffic_to_what_is_not_mapped_may_be_refused(void **state)
{
    struct judged *j = *state;

    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    lose_entry(j);
    nap_ledger_unmap(j->r.m, GUEST_1, IOVA, 0x200000, false);
    rig_dma(&j->r, j->r.ds1, PORT, IOVA); /* both answers are right meanwhile */
    nap_ledger_unmap(j->r.m, GUEST_1, IOVA, 0x200000, true);
    rig_dma(&j->r, j->r.ds1, PORT, IOVA);
    assert_int_equal(broken(j, NULL), 0);
}

static void traffic_without_permission_may_be_refused(void **state)
{
    struct judged *j = *state;

    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    (void)nap_dma(j->r.m, j->r.ds1, PORT, IOVA_RO, NAP_WRITE);
    assert_int_equal(broken(j, NULL), 0);
}

static void traffic_of_who_sends_asleep_may_be_refused(void **state)
{
    struct judged *j = *state;

    lose_entry(j);
    nap_masters_set_autonomous(j->r.m, NAP_ALL_MASTERS);
    nap_set_asleep(j->r.m, true);
    rig_dma(&j->r, j->r.ds1, PORT, IOVA);
    assert_int_equal(broken(j, NULL), 0);
}

/* Other drivers are still in resume; its own has let it go. */
static void traffic_of_who_was_let_go_is_not_refused(void **state)
{
    struct judged *j = *state;

    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    lose_entry(j);
    nap_set_asleep(j->r.m, true);
    rig_dma(&j->r, j->r.ds1, PORT, IOVA);
    assert_int_equal(broken(j, "dma-service"), 1);
}

static void a_walk_of_what_nobody_wrote_is_named(void **state)
{
    struct judged *j = *state;

    sleep_without_avb(j);
    restore(j, TTLBR);
    enable_port(j);
    nap_findings_clear(&j->findings);
    nap_reg_set(j->r.m, j->r.mm, IPMMU_SLOT_IMTTLBR0 + 1, j->table[1]);
    wake_up(j);
    assert_int_equal(broken(j, "use-of-unwritten"), 1);
    assert_int_equal(broken(j, NULL), 1);
}

static void a_walk_of_what_was_written_is_not(void **state)
{
    struct judged *j = *state;

    sleep_without_avb(j);
    restore(j, NOTHING);
    enable_port(j);
    wake_up(j);
    assert_int_equal(broken(j, "use-of-unwritten"), 0);
}

static void an_undetermined_outcome_is_named_so_too(void **state)
{
    struct judged *j = *state;

    rig_vary(&j->r, RETAIN, NULL, 0);
    sleep_without_avb(j);
    restore(j, CACHE_SECGRP);
    enable_port(j);
    nap_findings_clear(&j->findings);
    wake_up(j);
    assert_int_equal(broken(j, "use-of-unwritten"), 1);
}

static void a_master_without_power_cannot_send(void **state)
{
    struct judged *j = *state;

    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    truth_attach(j, j->avb, NAP_NO_DOMAIN);
    nap_power_off(j->r.m, 15);
    assert_int_equal(broken(j, NULL), 0);
}

/* --- a block without a window of its own --- */

static void without_a_rule_of_the_block_the_window_breaks_isolation(void **state)
{
    struct judged *j = *state;
    struct nap_block block = nap_ipmmu_block;

    block.n_rules = 5; /* all but ipmmu-power-up-bypass */
    for (unsigned k = 0; k < j->r.m->n_kinds; k++)
        j->r.m->kinds[k].block = &block;
    truth_attach(j, j->avb, NAP_NO_DOMAIN);
    nap_masters_set_autonomous(j->r.m, NAP_ALL_MASTERS);
    go_to_sleep(j);
    assert_int_equal(broken(j, "dma-isolation"), 1);
    assert_int_equal(broken(j, NULL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mapping_itself_is_right),
        cmocka_unit_test(sets_of_outcomes_have_different_sums_of_amounts),
        cmocka_unit_test(an_amount_tells_permissions_and_attributes_apart),
        cmocka_unit_test(another_address_is_wrong),
        cmocka_unit_test(another_permission_to_read_is_wrong),
        cmocka_unit_test(another_permission_to_write_is_wrong),
        cmocka_unit_test(any_translation_of_what_is_not_mapped_is_wrong),
        cmocka_unit_test(while_a_change_is_open_both_answers_are_right),
        cmocka_unit_test(untranslated_is_wrong_even_where_it_would_fit),
        cmocka_unit_test(untranslated_is_right_for_who_was_asked_to_bypass),
        cmocka_unit_test(what_moves_nothing_is_right),
        cmocka_unit_test(a_wrong_answer_of_either_tlb_is_stale),
        cmocka_unit_test(an_undetermined_outcome_is_wrong),
        cmocka_unit_test(an_outcome_from_what_nobody_wrote_is_wrong_even_where_it_fits),
        cmocka_unit_test(traffic_of_nobody_is_right),
        judged_test(a_held_master_leaves_an_obligation_from_power_on_to_its_port),
        judged_test(a_write_that_makes_it_wrong_is_the_cause),
        judged_test(writing_0_to_a_port_that_is_0_is_no_cause),
        judged_test(the_same_wrong_kind_without_a_break_stays_one_obligation),
        judged_test(the_same_wrong_kind_after_a_break_has_a_new_cause),
        judged_test(another_wrong_kind_is_another_obligation),
        judged_test(a_second_power_cut_ends_one_obligation_and_begins_another),
        judged_test(an_obligation_may_be_open_at_the_end),
        judged_test(a_change_of_the_ground_truth_opens_one_too),
        judged_test(a_live_master_that_is_right_breaks_nothing),
        judged_test(releasing_a_master_that_is_wrong_is_a_violation),
        judged_test(a_write_that_exposes_a_live_master_is_named),
        judged_test(one_episode_is_reported_once),
        judged_test(the_next_episode_is_reported_again),
        judged_test(an_autonomous_master_is_live_from_power_on),
        judged_test(a_window_that_outlives_resume_is_no_longer_the_platforms),
        judged_test(an_exposing_write_while_asleep_is_no_power_up_window),
        judged_test(power_lost_while_awake_is_no_power_up_window),
        judged_test(a_stale_entry_for_a_live_master_breaks_freshness),
        judged_test(a_flush_of_cache_and_root_keeps_freshness),
        judged_test(a_flush_of_the_root_alone_leaves_the_caches_entry_stale),
        judged_test(traffic_to_what_is_mapped_is_not_refused),
        judged_test(other_traffic_than_plain_accesses_may_be_refused),
        judged_test(traffic_of_who_was_asked_to_bypass_is_not_refused),
        judged_test(traffic_to_what_is_not_mapped_may_be_refused),
        judged_test(traffic_without_permission_may_be_refused),
        judged_test(traffic_of_who_sends_asleep_may_be_refused),
        judged_test(traffic_of_who_was_let_go_is_not_refused),
        judged_test(a_walk_of_what_nobody_wrote_is_named),
        judged_test(a_walk_of_what_was_written_is_not),
        judged_test(an_undetermined_outcome_is_named_so_too),
        judged_test(a_master_without_power_cannot_send),
        judged_test(without_a_rule_of_the_block_the_window_breaks_isolation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
