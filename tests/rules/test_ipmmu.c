/* SPDX-License-Identifier: MIT */
/* lib/ipmmu/rules.c: for every rule what breaks it and what does not, one condition each. */
#include "judged.h"

#define ROOT_RULE     "ipmmu-root-before-utlb"
#define CACHE_RULE    "ipmmu-cache-context-before-utlb"
#define CONTROLS_RULE "ipmmu-controls-before-utlb"
#define FLUSH_RULE    "ipmmu-flush-before-utlb"

static void assert_fires(struct judged *j, unsigned but, const char *rule, const char *says)
{
    go_to_sleep(j);
    restore(j, but);
    assert_int_equal(broken(j, NULL), 0);
    enable_port(j);
    assert_int_equal(broken(j, rule), 1);
    assert_int_equal(broken(j, NULL), 1);
    assert_non_null(strstr(finding(j, rule)->message, says));
}

static void nothing_fires_when_all_is_back_before_the_port(void **state)
{
    struct judged *j = *state;

    go_to_sleep(j);
    restore(j, NOTHING);
    enable_port(j);
    assert_int_equal(broken(j, NULL), 0);
    assert_int_equal(noted(j, NULL), 0);
    assert_reaches(rig_only(&j->r, j->r.ds1, PORT, IOVA), NAP_BY_WALK, PA);
}

/* --- when a port comes alive --- */

static void a_port_enabled_in_a_second_write_comes_alive(void **state)
{
    struct judged *j = *state;

    go_to_sleep(j);
    restore(j, ROOT_ON);
    rig_write(&j->r, DS1, IMUCTR(PORT), TTSEL(1u));
    assert_int_equal(broken(j, NULL), 0);
    enable_port(j);
    assert_int_equal(broken(j, ROOT_RULE), 1);
}

static void a_port_moved_to_another_context_comes_alive(void **state)
{
    struct judged *j = *state;

    go_to_sleep(j);
    restore(j, NOTHING);
    enable_port(j);
    rig_write(&j->r, DS1, IMCTR(2), MMUEN);
    rig_write(&j->r, DS1, IMUCTR(PORT), TTSEL(2u) | MMUEN);
    assert_int_equal(broken(j, ROOT_RULE), 1);
}

/* No port comes up enabled on hardware we know of; the rule does not lean on that. */
static void a_port_that_came_up_enabled_comes_alive_with_its_first_write(void **state)
{
    struct judged *j = *state;

    go_to_sleep(j);
    restore(j, ROOT_ON);
    nap_reg_set(j->r.m, j->r.ds1, IPMMU_SLOT_IMUCTR + PORT, TTSEL(1u) | MMUEN);
    enable_port(j);
    assert_int_equal(broken(j, ROOT_RULE), 1);
}

static void a_port_written_again_as_it_is_breaks_nothing(void **state)
{
    struct judged *j = *state;

    go_to_sleep(j);
    restore(j, NOTHING);
    enable_port(j);
    rig_write(&j->r, DS1, IMCTR(1), 0);
    rig_write(&j->r, MM, IMCTR(1), 0);
    rig_write(&j->r, MM, IMSCTLR, USE_SECGRP);
    enable_port(j);
    assert_int_equal(broken(j, NULL), 0);
}

static void a_port_that_stays_off_breaks_nothing(void **state)
{
    struct judged *j = *state;

    go_to_sleep(j);
    rig_write(&j->r, DS1, IMUCTR(PORT), TTSEL(1u));
    assert_int_equal(broken(j, NULL), 0);
}

static void a_port_enabled_on_no_context_fires(void **state)
{
    struct judged *j = *state;

    go_to_sleep(j);
    for (unsigned n = 8; n < 16; n++) {
        rig_write(&j->r, DS1, IMUCTR(PORT), TTSEL(n)); /* off: quiet */
        rig_write(&j->r, DS1, IMUCTR(PORT), TTSEL(n) | MMUEN);
    }
    assert_int_equal(broken(j, NULL), 8);
    assert_int_equal(broken(j, ROOT_RULE), 8);
}

static void the_context_that_ttsel_selects_is_the_one_that_counts(void **state)
{
    struct judged *j = *state;

    go_to_sleep(j);
    restore(j, NOTHING);
    rig_write(&j->r, DS1, IMUCTR(PORT), TTSEL(2u) | MMUEN);
    assert_int_equal(broken(j, ROOT_RULE), 1);
    assert_int_equal(broken(j, CACHE_RULE), 1);
    assert_int_equal(broken(j, CONTROLS_RULE), 1);
    assert_non_null(strstr(finding(j, ROOT_RULE)->message, "on context 2"));
}

/* --- ipmmu-root-before-utlb --- */

static void the_root_needs_the_lower_half_of_the_table_base(void **state)
{
    assert_fires(*state, TTLBR, ROOT_RULE, "IMTTLBR0 not written");
}

static void the_root_needs_the_upper_half_of_the_table_base(void **state)
{
    assert_fires(*state, TTUBR, ROOT_RULE, "IMTTUBR0 not written");
}

static void the_root_needs_its_translation_control(void **state)
{
    struct judged *j = *state;

    go_to_sleep(j);
    restore(j, TTBCR);
    nap_reg_set(j->r.m, j->r.mm, IPMMU_SLOT_IMTTBCR + 1, XEN_IMTTBCR); /* right by luck */
    enable_port(j);
    assert_int_equal(broken(j, ROOT_RULE), 1);
    assert_int_equal(broken(j, NULL), 1);
    assert_non_null(strstr(finding(j, ROOT_RULE)->message, "IMTTBCR not written"));
}

static void the_root_needs_its_context_on(void **state)
{
    assert_fires(*state, ROOT_ON, ROOT_RULE, "IMCTR.MMUEN is 0");
}

static void a_write_before_the_power_cut_does_not_count(void **state)
{
    struct judged *j = *state;

    assert_true(nap_reg_marks(j->r.m, j->r.mm, IPMMU_SLOT_IMTTLBR0 + 1) & NAP_MARK_WRITTEN);
    go_to_sleep(j);
    restore(j, TTLBR);
    nap_reg_set(j->r.m, j->r.mm, IPMMU_SLOT_IMTTLBR0 + 1, j->table[1]);
    enable_port(j);
    assert_int_equal(broken(j, ROOT_RULE), 1);
}

static void a_violation_says_where_and_what_traffic_would_have_met(void **state)
{
    struct judged *j = *state;
    const struct nap_finding *f;

    go_to_sleep(j);
    restore(j, ROOT_ON);
    enable_port(j);
    f = finding(j, ROOT_RULE);
    assert_string_equal(f->message,
                        "cache ds1 enabled micro-TLB 32 on context 1 while root mm had not "
                        "restored context 1: IMCTR.MMUEN is 0");
    assert_int_equal(f->device, j->r.ds1);
    assert_int_equal(f->slot, IPMMU_SLOT_IMUCTR + PORT);
    assert_int_equal(f->port, PORT);
    assert_int_equal(f->value, TTSEL(1u) | MMUEN);
    assert_non_null(strstr(f->source.file, "judged.h"));
    assert_int_equal(f->n_probes, 2);
    assert_int_equal(f->probes[0].master, j->sdhi0);
    assert_int_equal(f->probes[0].iova, IOVA);
    assert_end(f->probes[0].outcome, NAP_OUTCOME_BYPASS, NAP_BY_CONTEXT);
    assert_true(f->probes[0].expect_mapped);
    assert_int_equal(f->probes[0].expect_pa, PA);
}

static void a_port_that_belongs_to_nobody_has_no_traffic_to_show(void **state)
{
    struct judged *j = *state;

    go_to_sleep(j);
    restore(j, ROOT_ON);
    rig_write(&j->r, DS1, IMUCTR(40), TTSEL(1u) | MMUEN);
    assert_int_equal(finding(j, ROOT_RULE)->n_probes, 0);
}

/* --- ipmmu-cache-context-before-utlb --- */

static void the_cache_needs_its_context_on(void **state)
{
    assert_fires(*state, CACHE_ON, CACHE_RULE, "its own IMCTR[1].MMUEN was 0");
}

/* --- ipmmu-controls-before-utlb --- */

static void the_cache_needs_its_security_groups_off(void **state)
{
    assert_fires(*state, CACHE_SECGRP, CONTROLS_RULE, "USE_SECGRP of the cache");
}

static void the_root_needs_its_security_groups_off(void **state)
{
    assert_fires(*state, ROOT_SECGRP, CONTROLS_RULE, "USE_SECGRP of the root");
}

/* After a power cut with `retain` varied the content is not known, whatever is behind it. */
static void security_groups_that_nobody_knows_may_be_set(void **state)
{
    struct judged *j = *state;

    rig_vary(&j->r, RETAIN, NULL, 0);
    assert_fires(j, CACHE_SECGRP, CONTROLS_RULE, "USE_SECGRP of the cache");
    assert_fires(j, ROOT_SECGRP, CONTROLS_RULE, "USE_SECGRP of the root");
}

static void the_root_needs_the_stage_2_descriptors_of_before(void **state)
{
    assert_fires(*state, S2, CONTROLS_RULE, "IMSAUXCTLR.S2PTE");
}

static void the_root_needs_the_64_bit_format_of_before(void **state)
{
    assert_fires(*state, V64, CONTROLS_RULE, "IMCTR.VA64");
}

static void the_root_needs_the_pmb_bit_of_before(void **state)
{
    assert_fires(*state, PMB, CONTROLS_RULE, "IMTTBCR.PMB");
}

static void a_pmb_bit_that_nobody_knows_is_not_that_of_before(void **state)
{
    struct judged *j = *state;

    rig_vary(&j->r, RETAIN, NULL, 0);
    go_to_sleep(j);
    restore(j, TTBCR);
    enable_port(j);
    assert_int_equal(broken(j, ROOT_RULE), 1);
    assert_non_null(strstr(finding(j, CONTROLS_RULE)->message, "IMTTBCR.PMB"));
}

static void other_bits_of_the_controls_may_differ(void **state)
{
    struct judged *j = *state;

    go_to_sleep(j);
    restore(j, NOTHING);
    rig_write(&j->r, MM, IMSAUXCTLR, S2PTE | 0x01000000); /* NMERGE40 */
    rig_write(&j->r, MM, IMCTR(1), VA64 | MMUEN);         /* INTEN */
    rig_write(&j->r, MM, IMTTBCR(1), XEN_IMTTBCR | 0x300);
    rig_write(&j->r, DS1, IMSCTLR, DISCACHE);
    enable_port(j);
    assert_int_equal(broken(j, NULL), 0);
}

static void before_the_first_suspend_every_format_is_right(void **state)
{
    struct judged *j = *state;

    rig_write(&j->r, DS1, IMUCTR(PORT), 0);
    rig_write(&j->r, MM, IMSAUXCTLR, 0);
    rig_write(&j->r, MM, IMTTBCR(1), LINUX_IMTTBCR);
    rig_write(&j->r, MM, IMCTR(1), LINUX_IMCTR);
    enable_port(j);
    assert_int_equal(broken(j, CONTROLS_RULE), 0);
}

/* Context 2 is off at suspend entry, as at probe; a guest that comes later gives it a format.
 */
static void a_context_that_was_off_may_come_back_in_64_bit_format(void **state)
{
    struct judged *j = *state;

    rig_write(&j->r, MM, IMCTR(2), 0);
    go_to_sleep(j);
    restore_context(j, 2, NOTHING);
    rig_write(&j->r, DS1, IMUCTR(PORT), TTSEL(2u) | MMUEN);
    assert_int_equal(broken(j, NULL), 0);
}

static void a_context_that_was_off_may_come_back_with_another_pmb_bit(void **state)
{
    struct judged *j = *state;

    rig_write(&j->r, MM, IMCTR(2), VA64);
    go_to_sleep(j);
    restore_context(j, 2, PMB);
    rig_write(&j->r, DS1, IMUCTR(PORT), TTSEL(2u) | MMUEN);
    assert_int_equal(broken(j, NULL), 0);
}

/* --- ipmmu-flush-before-utlb --- */

/* A lazy machine whose TLBs live through a power cut. */
static void lazy(struct judged *j)
{
    judged_again(j, &(struct rig_options){
                        .sw = {{"P18", IPMMU_P18_KEPT}},
                        .n_switches = 1,
                        .policy = NAP_POLICY_LAZY,
                        .profile = NAP_PROFILE_HOSTILE,
                    });
}

static void finish(struct judged *j, nap_addr unit, uint32_t offset)
{
    for (unsigned i = 0; i < 4; i++)
        (void)rig_read(&j->r, unit, offset);
}

static void warm_root_only(struct judged *j)
{
    rig_write(&j->r, DS1, IMSCTLR, DISCACHE);
    rig_dma(&j->r, j->r.ds1, PORT, IOVA);
    rig_write(&j->r, DS1, IMSCTLR, 0);
    assert_int_equal(rig_entries(&j->r, j->r.ds1), 0);
    assert_int_equal(rig_entries(&j->r, j->r.mm), 1);
}

static void warm_cache_only(struct judged *j)
{
    rig_dma(&j->r, j->r.ds1, PORT, IOVA);
    rig_write(&j->r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    finish(j, MM, IMCTR(1));
    assert_int_equal(rig_entries(&j->r, j->r.ds1), 1);
    assert_int_equal(rig_entries(&j->r, j->r.mm), 0);
}

static void flush_root(struct judged *j)
{
    rig_write(&j->r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
}

static void flush_cache(struct judged *j)
{
    rig_write(&j->r, DS1, IMCTR(1), INTEN | MMUEN | FLUSH);
}

/* While asleep the memory behind IOVA became another. */
static void sleep_and_move(struct judged *j)
{
    go_to_sleep(j);
    truth_moves(j, UINT64_C(0x5a000000), RW);
    restore(j, NOTHING);
}

static void an_unfinished_flush_of_the_root_with_a_wrong_entry_fires(void **state)
{
    struct judged *j = *state;

    lazy(j);
    warm_root_only(j);
    sleep_and_move(j);
    flush_root(j);
    enable_port(j);
    assert_int_equal(broken(j, FLUSH_RULE), 1);
    assert_non_null(strstr(finding(j, FLUSH_RULE)->message, "mm.IMCTR[1]"));
}

static void an_unfinished_flush_of_the_cache_context_with_a_wrong_entry_fires(void **state)
{
    struct judged *j = *state;

    lazy(j);
    warm_cache_only(j);
    sleep_and_move(j);
    flush_cache(j);
    enable_port(j);
    assert_int_equal(broken(j, FLUSH_RULE), 1);
    assert_non_null(strstr(finding(j, FLUSH_RULE)->message, "ds1.IMCTR[1]"));
}

/* The entry is of the whole block; its last page is mapped no more. */
static void an_entry_of_a_block_is_wrong_where_its_end_went(void **state)
{
    struct judged *j = *state;

    lazy(j);
    warm_cache_only(j);
    go_to_sleep(j);
    (void)nap_ledger_unmap(j->r.m, GUEST_1, IOVA + 0x1ff000, 0x1000, false);
    (void)nap_ledger_unmap(j->r.m, GUEST_1, IOVA + 0x1ff000, 0x1000, true);
    restore(j, NOTHING);
    flush_cache(j);
    enable_port(j);
    assert_int_equal(broken(j, FLUSH_RULE), 1);
}

static void an_unfinished_flush_of_the_port_with_a_wrong_entry_fires(void **state)
{
    struct judged *j = *state;

    lazy(j);
    warm_cache_only(j);
    sleep_and_move(j);
    rig_write(&j->r, DS1, IMUCTR(PORT), TTSEL(1u) | MMUEN | FLUSH);
    assert_int_equal(broken(j, FLUSH_RULE), 1);
    assert_non_null(strstr(finding(j, FLUSH_RULE)->message, "ds1.IMUCTR[32]"));
}

static void a_finished_flush_is_quiet(void **state)
{
    struct judged *j = *state;

    lazy(j);
    rig_dma(&j->r, j->r.ds1, PORT, IOVA);
    sleep_and_move(j);
    flush_root(j);
    flush_cache(j);
    finish(j, MM, IMCTR(1));
    finish(j, DS1, IMCTR(1));
    enable_port(j);
    assert_int_equal(broken(j, FLUSH_RULE) + noted(j, FLUSH_RULE), 0);
}

/* Stale entries without any flush are the outcome rules' business. */
static void wrong_entries_without_a_flush_are_quiet_here(void **state)
{
    struct judged *j = *state;

    lazy(j);
    rig_dma(&j->r, j->r.ds1, PORT, IOVA);
    sleep_and_move(j);
    enable_port(j);
    assert_int_equal(broken(j, FLUSH_RULE) + noted(j, FLUSH_RULE), 0);
}

static void a_port_that_stays_off_may_flush_wrong_entries(void **state)
{
    struct judged *j = *state;

    lazy(j);
    warm_cache_only(j);
    sleep_and_move(j);
    rig_write(&j->r, DS1, IMUCTR(PORT), TTSEL(1u) | FLUSH);
    assert_int_equal(broken(j, FLUSH_RULE) + noted(j, FLUSH_RULE), 0);
}

/* What is asked for after the flush of a cold unit: unfinished and harmless is a note. */
static void assert_noted(struct judged *j)
{
    enable_port(j);
    assert_int_equal(broken(j, FLUSH_RULE), 0);
    assert_int_equal(noted(j, FLUSH_RULE), 1);
}

static void an_unfinished_flush_of_an_empty_tlb_is_a_note(void **state)
{
    struct judged *j = *state;

    lazy(j);
    sleep_and_move(j);
    flush_root(j);
    assert_noted(j);
}

static void a_flush_that_the_enabling_write_starts_is_no_note(void **state)
{
    struct judged *j = *state;

    lazy(j);
    sleep_and_move(j);
    rig_write(&j->r, DS1, IMUCTR(PORT), TTSEL(1u) | FLUSH | MMUEN);
    assert_int_equal(broken(j, FLUSH_RULE) + noted(j, FLUSH_RULE), 0);
}

static void an_unfinished_flush_of_right_entries_is_a_note(void **state)
{
    struct judged *j = *state;

    lazy(j);
    warm_cache_only(j);
    go_to_sleep(j);
    restore(j, NOTHING);
    flush_cache(j);
    assert_noted(j);
}

static void strict_protocol_makes_a_violation_of_the_note(void **state)
{
    struct judged *j = *state;

    lazy(j);
    j->judge->strict = true;
    sleep_and_move(j);
    flush_root(j);
    enable_port(j);
    assert_int_equal(broken(j, FLUSH_RULE), 1);
    assert_int_equal(noted(j, NULL), 0);
}

static void wrong_entries_of_another_port_do_not_count(void **state)
{
    struct judged *j = *state;

    lazy(j);
    truth_attach(j, j->dmac1, GUEST_1);
    rig_write(&j->r, DS1, IMUCTR(3), TTSEL(1u) | MMUEN);
    rig_dma(&j->r, j->r.ds1, 3, IOVA);
    rig_write(&j->r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    finish(j, MM, IMCTR(1));
    sleep_and_move(j);
    flush_cache(j);
    assert_noted(j);
}

static void wrong_entries_of_another_context_do_not_count(void **state)
{
    struct judged *j = *state;

    lazy(j);
    rig_dma(&j->r, j->r.ds0, 16, IOVA); /* guest 2's, wrong for sdhi0 */
    sleep_and_move(j);
    flush_root(j);
    assert_noted(j);
}

static void wrong_entries_behind_discache_do_not_count(void **state)
{
    struct judged *j = *state;

    lazy(j);
    warm_cache_only(j);
    sleep_and_move(j);
    rig_write(&j->r, DS1, IMSCTLR, DISCACHE);
    flush_cache(j);
    assert_noted(j);
}

static void no_entry_is_wrong_for_a_port_of_nobody(void **state)
{
    struct judged *j = *state;

    lazy(j);
    rig_dma(&j->r, j->r.ds1, PORT, IOVA);
    go_to_sleep(j);
    truth_moves(j, UINT64_C(0x5a000000), RW);
    restore(j, NOTHING);
    flush_root(j);
    rig_write(&j->r, DS1, IMUCTR(33), TTSEL(1u) | MMUEN); /* sdhi1 */
    assert_int_equal(broken(j, FLUSH_RULE), 0);
    assert_int_equal(noted(j, FLUSH_RULE), 1);
}

static void while_a_change_is_open_old_and_new_are_right(void **state)
{
    struct judged *j = *state;

    lazy(j);
    warm_cache_only(j);
    go_to_sleep(j);
    nap_ledger_unmap(j->r.m, GUEST_1, IOVA, 0x200000, false);
    restore(j, NOTHING);
    flush_cache(j);
    assert_noted(j);
}

static void an_entry_of_what_was_unmapped_is_wrong(void **state)
{
    struct judged *j = *state;

    lazy(j);
    warm_cache_only(j);
    go_to_sleep(j);
    nap_ledger_unmap(j->r.m, GUEST_1, IOVA, 0x200000, false);
    nap_ledger_unmap(j->r.m, GUEST_1, IOVA, 0x200000, true);
    restore(j, NOTHING);
    flush_cache(j);
    enable_port(j);
    assert_int_equal(broken(j, FLUSH_RULE), 1);
}

static void an_entry_with_a_permission_too_many_is_wrong(void **state)
{
    static const unsigned prots[] = {NAP_PROT_READ, NAP_PROT_WRITE};
    struct judged *j = *state;

    for (unsigned i = 0; i < 2; i++) {
        lazy(j);
        warm_cache_only(j);
        go_to_sleep(j);
        truth_moves(j, PA, prots[i]);
        restore(j, NOTHING);
        flush_cache(j);
        enable_port(j);
        assert_int_equal(broken(j, FLUSH_RULE), 1);
    }
}

/* --- foreign contexts --- */

#define FOREIGN_RULE "ipmmu-foreign-context"

/* Guest 1 is on context 1 behind ds1, guest 2 on context 2 behind ds0. */
static void attaching(struct judged *j, unsigned master, uint32_t domain)
{
    nap_findings_clear(&j->findings);
    nap_ledger_attach(j->r.m, master, domain, false);
}

static void a_flush_of_another_guests_context_in_attach_fires(void **state)
{
    struct judged *j = *state;

    attaching(j, j->dmac1, GUEST_1);
    rig_write(&j->r, MM, IMCTR(2), XEN_IMCTR | FLUSH);
    assert_int_equal(broken(j, NULL), 1);
    assert_string_equal(finding(j, FOREIGN_RULE)->message,
                        "mm wrote context 2 in a call about another domain than that of ds0 "
                        "port 16, which is on it");
}

static void a_flush_of_its_own_context_in_attach_is_quiet(void **state)
{
    struct judged *j = *state;

    attaching(j, j->dmac1, GUEST_1);
    rig_write(&j->r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    rig_write(&j->r, DS1, IMCTR(1), INTEN | MMUEN | FLUSH);
    assert_int_equal(broken(j, NULL), 0);
}

/* A cache's copy of a context concerns the ports of that cache only. */
static void a_cache_without_ports_of_the_other_guest_is_quiet(void **state)
{
    struct judged *j = *state;

    attaching(j, j->dmac1, GUEST_1);
    rig_write(&j->r, DS1, IMCTR(2), 0);
    assert_int_equal(broken(j, NULL), 0);
    rig_write(&j->r, DS0, IMCTR(2), INTEN | MMUEN | FLUSH);
    assert_int_equal(broken(j, FOREIGN_RULE), 1);
}

static void a_context_that_nobody_is_on_is_foreign_to_nobody(void **state)
{
    struct judged *j = *state;

    attaching(j, j->dmac1, GUEST_1);
    rig_write(&j->r, MM, IMCTR(3), XEN_IMCTR | FLUSH);
    assert_int_equal(broken(j, NULL), 0);
}

static void a_context_of_masters_that_belong_to_nobody_is_foreign_to_nobody(void **state)
{
    struct judged *j = *state;

    truth_attach(j, j->avb, NAP_NO_DOMAIN);
    nap_findings_clear(&j->findings);
    assert_int_equal(nap_ledger_unmap(j->r.m, GUEST_1, IOVA, 0x200000, false), NAP_OK);
    rig_write(&j->r, MM, IMCTR(2), XEN_IMCTR | FLUSH);
    assert_int_equal(broken(j, FOREIGN_RULE), 0);
}

static void a_context_whose_ports_are_off_is_foreign_to_nobody(void **state)
{
    struct judged *j = *state;

    rig_write(&j->r, DS0, IMUCTR(16), TTSEL(2u));
    attaching(j, j->dmac1, GUEST_1);
    rig_write(&j->r, MM, IMCTR(2), XEN_IMCTR | FLUSH);
    assert_int_equal(broken(j, FOREIGN_RULE), 0);
}

/* Both guests are on context 2 while a device moves from one to the other. */
static void a_context_that_the_calls_domain_is_on_too_is_quiet(void **state)
{
    struct judged *j = *state;

    rig_port(&j->r, DS1, PORT, 2);
    attaching(j, j->dmac1, GUEST_1);
    rig_write(&j->r, MM, IMCTR(2), XEN_IMCTR | FLUSH);
    assert_int_equal(broken(j, FOREIGN_RULE), 0);
}

static void an_unmap_of_one_guest_that_flushes_another_fires(void **state)
{
    struct judged *j = *state;

    assert_int_equal(nap_ledger_unmap(j->r.m, GUEST_1, IOVA, 0x200000, false), NAP_OK);
    rig_write(&j->r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    assert_int_equal(broken(j, FOREIGN_RULE), 0);
    rig_write(&j->r, MM, IMCTR(2), XEN_IMCTR | FLUSH);
    assert_int_equal(broken(j, FOREIGN_RULE), 1);
}

static void outside_a_call_every_context_is_the_drivers(void **state)
{
    struct judged *j = *state;

    attaching(j, j->dmac1, GUEST_1);
    nap_ledger_undo(j->r.m);
    rig_write(&j->r, MM, IMCTR(2), XEN_IMCTR | FLUSH);
    truth_attach(j, j->dmac1, GUEST_1);
    rig_write(&j->r, MM, IMCTR(2), XEN_IMCTR | FLUSH);
    assert_int_equal(broken(j, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        judged_test(nothing_fires_when_all_is_back_before_the_port),
        judged_test(a_port_enabled_in_a_second_write_comes_alive),
        judged_test(a_port_moved_to_another_context_comes_alive),
        judged_test(a_port_that_came_up_enabled_comes_alive_with_its_first_write),
        judged_test(a_port_written_again_as_it_is_breaks_nothing),
        judged_test(a_port_that_stays_off_breaks_nothing),
        judged_test(a_port_enabled_on_no_context_fires),
        judged_test(the_context_that_ttsel_selects_is_the_one_that_counts),
        judged_test(the_root_needs_the_lower_half_of_the_table_base),
        judged_test(the_root_needs_the_upper_half_of_the_table_base),
        judged_test(the_root_needs_its_translation_control),
        judged_test(the_root_needs_its_context_on),
        judged_test(a_write_before_the_power_cut_does_not_count),
        judged_test(a_violation_says_where_and_what_traffic_would_have_met),
        judged_test(a_port_that_belongs_to_nobody_has_no_traffic_to_show),
        judged_test(the_cache_needs_its_context_on),
        judged_test(the_cache_needs_its_security_groups_off),
        judged_test(the_root_needs_its_security_groups_off),
        judged_test(security_groups_that_nobody_knows_may_be_set),
        judged_test(the_root_needs_the_stage_2_descriptors_of_before),
        judged_test(the_root_needs_the_64_bit_format_of_before),
        judged_test(the_root_needs_the_pmb_bit_of_before),
        judged_test(a_pmb_bit_that_nobody_knows_is_not_that_of_before),
        judged_test(other_bits_of_the_controls_may_differ),
        judged_test(before_the_first_suspend_every_format_is_right),
        judged_test(a_context_that_was_off_may_come_back_in_64_bit_format),
        judged_test(a_context_that_was_off_may_come_back_with_another_pmb_bit),
        judged_test(an_unfinished_flush_of_the_root_with_a_wrong_entry_fires),
        judged_test(an_unfinished_flush_of_the_cache_context_with_a_wrong_entry_fires),
        judged_test(an_entry_of_a_block_is_wrong_where_its_end_went),
        judged_test(an_unfinished_flush_of_the_port_with_a_wrong_entry_fires),
        judged_test(a_finished_flush_is_quiet),
        judged_test(wrong_entries_without_a_flush_are_quiet_here),
        judged_test(a_port_that_stays_off_may_flush_wrong_entries),
        judged_test(an_unfinished_flush_of_an_empty_tlb_is_a_note),
        judged_test(a_flush_that_the_enabling_write_starts_is_no_note),
        judged_test(an_unfinished_flush_of_right_entries_is_a_note),
        judged_test(strict_protocol_makes_a_violation_of_the_note),
        judged_test(wrong_entries_of_another_port_do_not_count),
        judged_test(wrong_entries_of_another_context_do_not_count),
        judged_test(wrong_entries_behind_discache_do_not_count),
        judged_test(no_entry_is_wrong_for_a_port_of_nobody),
        judged_test(while_a_change_is_open_old_and_new_are_right),
        judged_test(an_entry_of_what_was_unmapped_is_wrong),
        judged_test(an_entry_with_a_permission_too_many_is_wrong),
        judged_test(a_flush_of_another_guests_context_in_attach_fires),
        judged_test(a_flush_of_its_own_context_in_attach_is_quiet),
        judged_test(a_cache_without_ports_of_the_other_guest_is_quiet),
        judged_test(a_context_that_nobody_is_on_is_foreign_to_nobody),
        judged_test(a_context_of_masters_that_belong_to_nobody_is_foreign_to_nobody),
        judged_test(a_context_whose_ports_are_off_is_foreign_to_nobody),
        judged_test(a_context_that_the_calls_domain_is_on_too_is_quiet),
        judged_test(an_unmap_of_one_guest_that_flushes_another_fires),
        judged_test(outside_a_call_every_context_is_the_drivers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
