/* SPDX-License-Identifier: MIT */
/* lib/smmuv3/rules.c: for every rule what breaks it and what does not, one condition each. */
#include "smmu.h"

#define FORCE_RULE    "smmuv3-gbpa-in-force"
#define FLIGHT_RULE   "smmuv3-update-in-flight"
#define ERROR_RULE    "smmuv3-error-acknowledge"
#define SETUP_RULE    "smmuv3-setup-before-enable"
#define INDEX_RULE    "smmuv3-queue-index"
#define DRAIN_RULE    "smmuv3-drained-before-power-off"
#define STRAND_RULE   "smmuv3-stranded-at-power-off"
#define SWEEP_RULE    "smmuv3-invalidate-before-enable"
#define ACK_RULE      "smmuv3-acknowledge"
#define ELIDE_RULE    "smmuv3-elided-invalidation"
#define IRQ_RULE      "smmuv3-interrupts"
#define POWER_UP_RULE "smmuv3-power-up-bypass"

static void nothing_fires_where_all_is_in_order(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    enable(j);
    assert_quiet(j);
    assert_int_equal(noted(j, NULL), 0);
    sleep_begins(j);
    wr(&j->r, GBPA, UPDATE | ABORT);
    wr(&j->r, CR0, CMDQEN | EVENTQEN);
    nap_power_off(j->r.m, 1);
    nap_power_on(j->r.m, 1);
    bring_up(j, ALL);
    enable(j);
    nap_set_asleep(j->r.m, false);
    assert_quiet(j);
    assert_int_equal(noted(j, NULL), 0);
}

/* --- smmuv3-gbpa-in-force --- */

static void smmuen_cleared_before_gbpa_is_in_force_fires(void **state)
{
    struct judged *j = *state;

    judged_again(j, NAP_POLICY_LAZY, 0);
    bring_up(j, ALL);
    enable(j);
    nap_findings_clear(&j->findings);
    wr(&j->r, GBPA, UPDATE | ABORT);
    wr(&j->r, CR0, CMDQEN | EVENTQEN);
    assert_broken(j, FORCE_RULE, "SMMUEN cleared");
}

static void smmuen_cleared_after_gbpa_is_in_force_is_quiet(void **state)
{
    struct judged *j = *state;

    judged_again(j, NAP_POLICY_LAZY, 0);
    bring_up(j, ALL);
    enable(j);
    wr(&j->r, GBPA, UPDATE | ABORT);
    rig_poll(&j->r, GBPA, ABORT);
    wr(&j->r, CR0, CMDQEN | EVENTQEN);
    assert_quiet(j);
}

static void smmuen_that_stays_does_not_wait_for_gbpa(void **state)
{
    struct judged *j = *state;

    judged_again(j, NAP_POLICY_LAZY, 0);
    bring_up(j, ALL);
    enable(j);
    wr(&j->r, GBPA, UPDATE | ABORT);
    wr(&j->r, CR0, CMDQEN | EVENTQEN | SMMUEN | ATSCHK);
    assert_quiet(j);
}

/* --- smmuv3-update-in-flight --- */

static void another_value_in_flight_fires(void **state)
{
    struct judged *j = *state;

    judged_again(j, NAP_POLICY_LAZY, 0);
    bring_up(j, ALL);
    wr(&j->r, CR0, CMDQEN | EVENTQEN | SMMUEN);
    wr(&j->r, CR0, CMDQEN | EVENTQEN);
    assert_broken(j, FLIGHT_RULE, "0x1 given another value");
}

static void another_field_in_flight_is_quiet(void **state)
{
    struct judged *j = *state;

    judged_again(j, NAP_POLICY_LAZY, 0);
    bring_up(j, ALL);
    wr(&j->r, CR0, CMDQEN | EVENTQEN | SMMUEN);
    wr(&j->r, CR0, CMDQEN | EVENTQEN | SMMUEN | ATSCHK);
    assert_quiet(j);
}

static void irq_ctrl_in_flight_fires_too(void **state)
{
    struct judged *j = *state;

    judged_again(j, NAP_POLICY_LAZY, 0);
    wr64(&j->r, GERROR_IRQ_CFG0, 0);
    wr(&j->r, IRQ_CTRL, GERROR_IRQEN);
    wr(&j->r, IRQ_CTRL, 0);
    assert_broken(j, FLIGHT_RULE, "0x1 given another value");
    wr(&j->r, CR1, 0); /* another register is not to blame */
    assert_int_equal(broken(j, NULL), 1);
}

/* --- smmuv3-error-acknowledge --- */

/* As who restores a copy of GERRORN does: power has taken the errors. */
static void an_acknowledgement_of_nothing_fires(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    wr(&j->r, GERRORN, EVENTQ_ABT | CMDQ_ERR);
    assert_broken(j, ERROR_RULE, "bits 0x5 of GERRORN toggled");
    wr(&j->r, CR2, 0); /* neither another register nor the same again is to blame */
    wr(&j->r, GERRORN, EVENTQ_ABT | CMDQ_ERR);
    assert_int_equal(broken(j, ERROR_RULE), 1);
}

/* The command fails again at once, and its error is another one. */
static void an_acknowledgement_of_what_is_active_is_quiet(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    wr(&j->r, CMDQ_PROD, rig_push(&j->r, rd(&j->r, CMDQ_PROD), 0, 0));
    for (unsigned turn = 0; turn < 3; turn++)
        wr(&j->r, GERRORN, rd(&j->r, GERROR));
    assert_quiet(j);
}

/* S18: whether an error becomes active or not. */
static void it_fires_whatever_the_hardware_makes_of_it(void **state)
{
    const struct nap_switch_setting inactive = {"S18", SMMU_S18_INACTIVE};
    struct judged *j = *state;

    judged_again_as(j, NAP_POLICY_EAGER, 0, ALONE, &inactive);
    wr(&j->r, GERRORN, CMDQ_ERR);
    assert_int_equal(rd(&j->r, GERROR), CMDQ_ERR);
    assert_broken(j, ERROR_RULE, "bits 0x1 of GERRORN toggled");
}

/* --- smmuv3-setup-before-enable --- */

static void setup_fires(struct judged *j, unsigned but, const char *says)
{
    bool said = false;

    bring_up(j, but);
    enable(j);
    for (unsigned i = 0; i < j->findings.n_violations; i++)
        said = said || (strcmp(j->findings.violations[i].rule->id, SETUP_RULE) == 0 &&
                        strstr(j->findings.violations[i].message, says));
    assert_true(said);
}

static void the_command_queue_needs_its_base(void **state)
{
    setup_fires(*state, NO_CMDQ_BASE,
                "CMDQEN set although smmu.CMDQ_BASE has not been written");
}

static void the_command_queue_needs_its_prod(void **state)
{
    setup_fires(*state, NO_CMDQ_PROD,
                "CMDQEN set although smmu.CMDQ_PROD has not been written");
}

static void the_command_queue_needs_its_cons(void **state)
{
    setup_fires(*state, NO_CMDQ_CONS,
                "CMDQEN set although smmu.CMDQ_CONS has not been written");
}

static void every_queue_needs_its_attributes(void **state)
{
    setup_fires(*state, NO_CR1, "CMDQEN set although smmu.CR1 has not been written");
}

static void the_event_queue_needs_its_cons(void **state)
{
    setup_fires(*state, NO_EVENTQ_CONS,
                "EVENTQEN set although smmu.EVENTQ_CONS has not been written");
}

static void translation_needs_its_stream_table(void **state)
{
    setup_fires(*state, NO_STRTAB, "SMMUEN set although smmu.STRTAB_BASE has not been written");
}

static void translation_needs_the_shape_of_its_stream_table(void **state)
{
    setup_fires(*state, NO_STRTAB_CFG,
                "SMMUEN set although smmu.STRTAB_BASE_CFG has not been written");
}

static void translation_needs_cr2(void **state)
{
    setup_fires(*state, NO_CR2, "SMMUEN set although smmu.CR2 has not been written");
}

static void what_was_written_before_power_went_does_not_count(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    nap_power_off(j->r.m, 1);
    nap_power_on(j->r.m, 1);
    nap_findings_clear(&j->findings);
    wr(&j->r, CR0, CMDQEN);
    assert_broken(j, SETUP_RULE, "has not been written since power-on");
}

/* As a driver does that restores its copies of the indexes. */
static void restore_indexes(struct judged *j, unsigned prod, unsigned cons)
{
    sleep_begins(j);
    nap_power_off(j->r.m, 1);
    nap_power_on(j->r.m, 1);
    wr(&j->r, CR1, 0xd75);
    wr64(&j->r, CMDQ_BASE, CMDQ | LOG2);
    wr(&j->r, CMDQ_PROD, prod);
    wr(&j->r, CMDQ_CONS, cons);
    wr(&j->r, CR0, CMDQEN);
}

static void entries_left_from_before_a_sleep_fire(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    restore_indexes(j, 4, 2);
    assert_broken(j, SETUP_RULE, "with 2 entries between CONS and PROD");
}

static void indexes_that_agree_after_a_sleep_are_quiet(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    restore_indexes(j, 4, 4);
    assert_quiet(j);
}

static void indexes_that_contradict_each_other_fire(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    restore_indexes(j, 2, 4);
    assert_broken(j, SETUP_RULE, "contradict");
}

static void entries_put_in_before_the_first_enable_are_quiet(void **state)
{
    struct judged *j = *state;

    wr(&j->r, CR1, 0xd75);
    wr64(&j->r, CMDQ_BASE, CMDQ | LOG2);
    rig_put(&j->r, CMDQ, SYNC, 0);
    wr(&j->r, CMDQ_PROD, 1);
    wr(&j->r, CMDQ_CONS, 0);
    wr(&j->r, CR0, CMDQEN);
    assert_int_equal(rd(&j->r, CMDQ_CONS), 1);
    assert_quiet(j);
}

static void an_event_queue_that_begins_in_overflow_fires(void **state)
{
    struct judged *j = *state;

    wr(&j->r, CR1, 0xd75);
    wr64(&j->r, EVENTQ_BASE, EVENTQ | 2);
    wr(&j->r, EVENTQ_PROD, 0);
    wr(&j->r, EVENTQ_CONS, OVFLG);
    wr(&j->r, CR0, EVENTQEN);
    assert_broken(j, SETUP_RULE, "begins in overflow");
}

static void an_ecmdq_needs_its_cons_too(void **state)
{
    struct judged *j = *state;

    wr(&j->r, CR1, 0xd75);
    wr64(&j->r, ECMDQ_BASE(2), ECMDQ0 | LOG2);
    wr(&j->r, ECMDQ_PROD(2), 0);
    wr(&j->r, ECMDQ_PROD(2), EN);
    assert_broken(j, SETUP_RULE, "EN set although smmu.ECMDQ_CONS[2] has not been written");
}

static void an_ecmdq_that_has_all_is_quiet(void **state)
{
    struct judged *j = *state;

    wr(&j->r, CR1, 0xd75);
    wr64(&j->r, ECMDQ_BASE(2), ECMDQ0 | LOG2);
    wr(&j->r, ECMDQ_CONS(2), 0);
    wr(&j->r, ECMDQ_PROD(2), EN);
    wr(&j->r, ECMDQ_PROD(2), 0);
    assert_quiet(j);
}

/* As it was when power went: RD and WR from before; a CMD_SYNC lies between them. */
static void restore_ecmdq(struct judged *j, unsigned prod, unsigned cons)
{
    for (unsigned i = 0; i < SLOTS; i++)
        rig_put(&j->r, ECMDQ0 + i * 16, SYNC, 0);
    sleep_begins(j);
    wr(&j->r, CR1, 0xd75);
    wr64(&j->r, ECMDQ_BASE(2), ECMDQ0 | LOG2);
    wr(&j->r, ECMDQ_CONS(2), cons);
    wr(&j->r, ECMDQ_PROD(2), EN | prod);
}

static void entries_left_in_an_ecmdq_from_before_a_sleep_fire(void **state)
{
    struct judged *j = *state;

    restore_ecmdq(j, 4, 2);
    assert_int_equal(rd(&j->r, ECMDQ_CONS(2)), EN | 4); /* they have been consumed by now */
    assert_broken(j, SETUP_RULE, "EN set after a sleep with 2 entries between CONS and PROD");
}

static void an_ecmdq_with_indexes_that_contradict_each_other_fires(void **state)
{
    struct judged *j = *state;

    restore_ecmdq(j, 2, 4);
    assert_broken(j, SETUP_RULE, "contradict");
}

static void an_ecmdq_is_looked_at_before_its_acknowledge_too(void **state)
{
    struct judged *j = *state;

    judged_again(j, NAP_POLICY_LAZY, 0);
    restore_ecmdq(j, 4, 2);
    assert_broken(j, SETUP_RULE, "EN set after a sleep with 2 entries between CONS and PROD");
}

static void an_ecmdq_with_errack_unlike_err_fires(void **state)
{
    struct judged *j = *state;

    wr(&j->r, CR1, 0xd75);
    wr64(&j->r, ECMDQ_BASE(2), ECMDQ0 | LOG2);
    wr(&j->r, ECMDQ_CONS(2), ERR);
    wr(&j->r, ECMDQ_PROD(2), EN);
    assert_broken(j, SETUP_RULE, "ERRACK unlike ERR");
}

/* Entries without a sleep are new, and an error of theirs is none of the enable. */
static void an_ecmdq_whose_first_command_fails_is_quiet(void **state)
{
    struct judged *j = *state;

    rig_put(&j->r, ECMDQ0, RESERVED, 0);
    wr(&j->r, CR1, 0xd75);
    wr64(&j->r, ECMDQ_BASE(2), ECMDQ0 | LOG2);
    wr(&j->r, ECMDQ_CONS(2), ERR);
    wr(&j->r, ECMDQ_PROD(2), EN | ERR | 1);
    assert_int_equal(rd(&j->r, ECMDQ_CONS(2)) & ERR, 0);
    assert_quiet(j);
}

/* --- smmuv3-queue-index --- */

static void a_flag_in_an_index_fires(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    wr(&j->r, CMDQ_PROD, 0x80000004);
    assert_int_equal(broken(j, INDEX_RULE), 1); /* and register-protocol: no field is there */
    assert_int_equal(broken(j, "register-protocol"), 1);
}

static void a_bit_above_the_wrap_flag_fires(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    wr(&j->r, EVENTQ_CONS, OVFLG | 8); /* a queue of 4 has indexes up to 7 */
    assert_broken(j, INDEX_RULE, "bits 0x8 written");
}

/* IDR1.EVENTQS 2: LOG2SIZE beyond it counts as 2. */
static void a_queue_is_no_longer_than_the_smmu_can_have_it(void **state)
{
    struct judged *j = *state;

    rig_id(&j->r, SMMU_SLOT_IDR1, SMMU_IDR1_EVENTQS, 2u << 16);
    wr64(&j->r, EVENTQ_BASE, EVENTQ | 10);
    wr(&j->r, EVENTQ_CONS, 7);
    assert_quiet(j);
    wr(&j->r, EVENTQ_CONS, 8);
    assert_broken(j, INDEX_RULE,
                  "bits 0x8 written beyond index and wrap flag of a queue of 2^2");
}

static void rd_of_an_ecmdq_is_an_index_too(void **state)
{
    struct judged *j = *state;

    wr64(&j->r, ECMDQ_BASE(4), ECMDQ0 | LOG2);
    wr(&j->r, ECMDQ_CONS(4), ERR | 7u << 24 | 0xf);
    assert_quiet(j);
    wr(&j->r, ECMDQ_CONS(4), 0x10);
    assert_broken(j, INDEX_RULE, "bits 0x10 written");
}

static void flags_that_the_register_has_are_quiet(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    wr(&j->r, EVENTQ_CONS, OVFLG);
    wr64(&j->r, ECMDQ_BASE(0), ECMDQ0 | LOG2);
    wr(&j->r, ECMDQ_CONS(0), 0xf);
    wr(&j->r, ECMDQ_PROD(0), EN | 0xf);
    assert_quiet(j);
}

static void an_index_before_its_base_fires(void **state)
{
    struct judged *j = *state;

    wr(&j->r, CMDQ_PROD, 0);
    assert_broken(j, INDEX_RULE, "before BASE");
    wr64(&j->r, CMDQ_BASE, CMDQ | LOG2);
    wr(&j->r, CMDQ_PROD, 0);
    assert_int_equal(broken(j, NULL), 1);
}

static void prod_that_goes_back_fires(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    wr(&j->r, CMDQ_PROD, 3); /* was 4 */
    assert_broken(j, INDEX_RULE, "moved back");
}

static void indexes_set_while_the_queue_is_off_are_quiet(void **state)
{
    struct judged *j = *state;

    prod_that_goes_back_fires(state);
    wr(&j->r, CR0, EVENTQEN);
    nap_findings_clear(&j->findings);
    wr(&j->r, CMDQ_PROD, 0);
    assert_quiet(j);
}

/* "Queues": "If this rule is broken, for example by writing the CONS index with a smaller value
 * ... the queue contents are UNKNOWN." */
static void cons_of_an_output_queue_that_goes_back_fires(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    (void)rig_event(&j->r, 1);
    (void)rig_event(&j->r, 2);
    wr(&j->r, EVENTQ_CONS, 2);
    assert_quiet(j);
    wr(&j->r, EVENTQ_CONS, 1);
    assert_broken(j, INDEX_RULE, "CONS of a queue that is on moved back");
}

static void cons_beyond_prod_fires(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    (void)rig_event(&j->r, 1);
    wr(&j->r, 0xac, 2); /* as page 0 shows it */
    assert_broken(j, INDEX_RULE, "or beyond PROD");
}

static void cons_of_a_full_queue_may_pass_all_of_it(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    for (unsigned turn = 0; turn < 4; turn++) {
        for (unsigned i = 0; i < EVENTS; i++)
            (void)rig_event(&j->r, 1);
        wr(&j->r, EVENTQ_CONS, rd(&j->r, EVENTQ_PROD));
    }
    assert_quiet(j);
}

static void cons_set_while_the_output_queue_is_off_is_quiet(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    (void)rig_event(&j->r, 1);
    wr(&j->r, EVENTQ_CONS, 1);
    wr(&j->r, CR0, CMDQEN);
    wr(&j->r, EVENTQ_CONS, 0);
    assert_quiet(j);
}

/* --- smmuv3-drained-before-power-off, smmuv3-stranded-at-power-off --- */

/* Something that a cache kept: the machine's own caches come up empty. */
static void remember(struct judged *j, bool tlb, uint8_t world)
{
    struct nap_smmuv3 *s = nap_block_state_mut(j->r.m, j->r.smmu);

    nap_touch(j->r.m, s, sizeof *s);
    if (tlb) {
        s->n_tlb = 1;
        s->tlb[0] = (struct smmu_tlb_entry){.address = IOVA >> 12,
                                            .output = RAM >> 12,
                                            .world = world,
                                            .stage = 1,
                                            .size_log2 = 12,
                                            .granule_log2 = 12,
                                            .level = 3};
    } else {
        s->n_ste = 1;
        s->ste[0] = (struct smmu_ste){.sid = 60};
    }
}

static void commands_that_were_not_consumed_fire(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    nap_set_policy(j->r.m, NAP_POLICY_LAZY);
    wr(&j->r, CMDQ_PROD, rig_push(&j->r, 4, SYNC, 0));
    nap_power_off(j->r.m, 1);
    assert_broken(j, DRAIN_RULE, "while the command queue held commands");
}

static void those_of_any_ecmdq_count(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    wr64(&j->r, ECMDQ_BASE(5), ECMDQ0 | LOG2);
    wr(&j->r, ECMDQ_PROD(5), 0);
    wr(&j->r, ECMDQ_CONS(5), 0);
    wr(&j->r, ECMDQ_PROD(5), EN);
    nap_set_policy(j->r.m, NAP_POLICY_LAZY);
    rig_put(&j->r, ECMDQ0, SYNC, 0);
    wr(&j->r, ECMDQ_PROD(5), EN | 1);
    nap_power_off(j->r.m, 1);
    assert_broken(j, DRAIN_RULE, "while ECMDQ 5 held commands");
}

static void a_queue_that_was_never_on_may_hold_anything(void **state)
{
    struct judged *j = *state;

    wr64(&j->r, CMDQ_BASE, CMDQ | LOG2);
    wr(&j->r, CMDQ_CONS, 0);
    wr(&j->r, CMDQ_PROD, 7);
    nap_power_off(j->r.m, 1);
    assert_quiet(j);
}

static void commands_behind_an_error_fire(void **state)
{
    struct judged *j = *state;
    unsigned prod;

    bring_up(j, ALL);
    prod = rig_push(&j->r, 4, RESERVED, 0);
    wr(&j->r, CMDQ_PROD, rig_push(&j->r, prod, SYNC, 0));
    assert_int_equal(rd(&j->r, GERROR), CMDQ_ERR);
    nap_power_off(j->r.m, 1);
    assert_broken(j, DRAIN_RULE, "while the command queue held commands");
}

static void commands_in_a_queue_that_is_off_by_now_fire(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    wr(&j->r, CR0, EVENTQEN);
    wr(&j->r, CMDQ_PROD, rig_push(&j->r, 4, SYNC, 0));
    nap_power_off(j->r.m, 1);
    assert_broken(j, DRAIN_RULE, "while the command queue held commands");
}

static void commands_of_an_ecmdq_behind_an_error_fire(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    wr64(&j->r, ECMDQ_BASE(5), ECMDQ0 | LOG2);
    wr(&j->r, ECMDQ_CONS(5), 0);
    rig_put(&j->r, ECMDQ0, RESERVED, 0);
    wr(&j->r, ECMDQ_PROD(5), EN | 1);
    assert_int_equal(rd(&j->r, ECMDQ_CONS(5)) & ERR, ERR);
    wr(&j->r, ECMDQ_PROD(5), 1);
    nap_power_off(j->r.m, 1);
    assert_broken(j, DRAIN_RULE, "while ECMDQ 5 held commands");
}

static void power_that_is_lost_is_nobodys_doing(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    nap_set_policy(j->r.m, NAP_POLICY_LAZY);
    wr(&j->r, CMDQ_PROD, rig_push(&j->r, 4, SYNC, 0));
    nap_power_lose(j->r.m, 1);
    assert_quiet(j);
}

static void an_atc_invalidation_without_a_sync_fires(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    enable(j);
    rig_command(&j->r, 0x40, 52);
    nap_power_off(j->r.m, 1);
    assert_broken(j, DRAIN_RULE, "before a CMD_SYNC had completed a CMD_ATC_INV");
}

static void an_atc_invalidation_with_its_sync_is_quiet(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    enable(j);
    rig_command(&j->r, 0x40, 52);
    rig_command(&j->r, SYNC, 0);
    nap_power_off(j->r.m, 1);
    assert_quiet(j);
}

/* Software wants an interrupt for events, without a message, and has it off again. */
static void ask_for_events(struct judged *j)
{
    wr64(&j->r, EVENTQ_IRQ_CFG0, 0);
    wr(&j->r, IRQ_CTRL, EVENTQ_IRQEN);
    wr(&j->r, IRQ_CTRL, 0);
}

static void records_that_nobody_has_seen_fire(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    ask_for_events(j);
    rig_event(&j->r, 1);
    nap_power_off(j->r.m, 1);
    assert_broken(j, DRAIN_RULE, "the event queue held records");
}

static void an_event_queue_that_is_off_by_now_counts(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    ask_for_events(j);
    rig_event(&j->r, 1);
    wr(&j->r, CR0, CMDQEN);
    nap_power_off(j->r.m, 1);
    assert_broken(j, DRAIN_RULE, "the event queue held records");
}

static void records_that_nobody_has_asked_for_are_a_note(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    rig_event(&j->r, 1);
    nap_power_off(j->r.m, 1);
    assert_quiet(j);
    assert_int_equal(noted(j, DRAIN_RULE), 1);
}

/* An invalidation of the TLB that has been consumed, and no CMD_SYNC behind it. */
static void leave_invalidation(struct judged *j, const struct nap_switch_setting *sw)
{
    judged_again_as(j, NAP_POLICY_EAGER, 0, ALONE, sw);
    bring_up(j, ALL);
    remember(j, true, SMMU_WORLD_EL1);
    rig_vary(&j->r, SLEEPY, (uint32_t[]){0, LATE}, 2);
    rig_command(&j->r, NSNH_ALL, 0);
    assert_int_equal(smmu_of(j->r.m, j->r.smmu)->n_pending, 1);
    nap_power_off(j->r.m, 1);
}

static void an_invalidation_that_no_sync_has_completed_fires(void **state)
{
    struct judged *j = *state;

    leave_invalidation(j, NULL);
    assert_broken(j, DRAIN_RULE, "1 invalidations of its own caches");
}

static void it_is_a_note_where_caches_keep_nothing(void **state)
{
    struct judged *j = *state;
    const struct nap_switch_setting empty = {"S12", 1};

    leave_invalidation(j, &empty);
    assert_quiet(j);
    assert_int_equal(noted(j, DRAIN_RULE), 1);
}

static void smmuen_on_its_way_when_power_goes_fires(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    enable(j);
    nap_set_policy(j->r.m, NAP_POLICY_LAZY);
    wr(&j->r, CR0, CMDQEN | EVENTQEN);
    nap_power_off(j->r.m, 1);
    assert_broken(j, DRAIN_RULE, "before CR0ACK had shown SMMUEN");
}

static void a_stalled_transaction_fires(void **state)
{
    struct judged *j = *state;
    struct nap_smmuv3 *s = nap_block_state_mut(j->r.m, j->r.smmu);

    bring_up(j, ALL);
    nap_touch(j->r.m, s, sizeof *s);
    s->n_stall = 1;
    nap_power_off(j->r.m, 1);
    assert_broken(j, STRAND_RULE, "1 stalled transactions");
}

static void a_page_request_without_an_answer_fires(void **state)
{
    struct judged *j = *state;
    struct nap_smmuv3 *s = nap_block_state_mut(j->r.m, j->r.smmu);

    bring_up(j, ALL);
    nap_touch(j->r.m, s, sizeof *s);
    s->n_prg = 1;
    nap_power_off(j->r.m, 1);
    assert_broken(j, STRAND_RULE, "page requests had no answer");
}

/* --- smmuv3-invalidate-before-enable --- */

static void sweep_fires(struct judged *j, unsigned but, bool tlb, uint8_t world,
                        const char *says)
{
    bring_up(j, but);
    remember(j, tlb, world);
    enable(j);
    assert_broken(j, SWEEP_RULE, says);
}

static void configuration_that_was_not_dropped_fires(void **state)
{
    sweep_fires(*state, NO_CFGI, false, 0, "CMD_CFGI_ALL, which has not been issued");
}

static void translations_that_were_not_dropped_fire(void **state)
{
    sweep_fires(*state, NO_TLBI, true, SMMU_WORLD_EL1,
                "CMD_TLBI_NSNH_ALL, which has not been issued");
}

static void translations_of_el2_that_were_not_dropped_fire(void **state)
{
    sweep_fires(*state, NO_EL2, true, SMMU_WORLD_EL2,
                "CMD_TLBI_EL2_ALL, which has not been issued");
}

static void a_sync_has_to_complete_it(void **state)
{
    sweep_fires(*state, NO_SYNC, false, 0, "CMD_CFGI_ALL, and no CMD_SYNC has completed it");
}

/* Issued through two queues, and completed in one. */
static void a_sync_of_either_queue_completes_it(void **state)
{
    struct judged *j = *state;

    bring_up(j, NO_SYNC);
    remember(j, false, 0);
    wr64(&j->r, ECMDQ_BASE(0), ECMDQ0 | LOG2);
    wr(&j->r, ECMDQ_CONS(0), 0);
    rig_put(&j->r, ECMDQ0, CFGI_ALL, 31);
    wr(&j->r, ECMDQ_PROD(0), EN | 1);
    rig_command(&j->r, SYNC, 0);
    enable(j);
    assert_quiet(j);
    assert_int_equal(noted(j, NULL), 0);
}

static void caches_that_hold_nothing_are_a_note(void **state)
{
    struct judged *j = *state;

    bring_up(j, NO_CFGI);
    enable(j);
    assert_quiet(j);
    assert_int_equal(noted(j, SWEEP_RULE), 1);
}

static void translations_of_another_regime_are_a_note(void **state)
{
    struct judged *j = *state;

    bring_up(j, NO_EL2);
    remember(j, true, SMMU_WORLD_EL1);
    enable(j);
    assert_quiet(j);
    assert_int_equal(noted(j, SWEEP_RULE), 1);
}

static void el2_counts_only_where_there_is_el2(void **state)
{
    struct judged *j = *state;

    rig_id(&j->r, SMMU_SLOT_IDR0, SMMU_IDR0_Hyp, 0);
    bring_up(j, NO_EL2);
    enable(j);
    assert_int_equal(noted(j, NULL), 0);
}

/* "CMD_TLBI_NSNH_ALL": "A stage 1-only Non-secure SMMU with Hyp == 0 can also be initialized
 * with CMD_TLBI_NH_ALL." */
static void nh_all_instead_is_noted(struct judged *j, uint64_t absent, unsigned times)
{
    rig_id(&j->r, SMMU_SLOT_IDR0, SMMU_IDR0_Hyp | absent, 0);
    bring_up(j, NO_TLBI | NO_EL2);
    rig_command(&j->r, 0x10, 0);
    rig_command(&j->r, SYNC, 0);
    enable(j);
    assert_int_equal(noted(j, NULL), times);
}

static void nh_all_will_do_without_stage_2(void **state)
{
    nh_all_instead_is_noted(*state, SMMU_IDR0_S2P, 0);
}

static void nh_all_is_of_one_vmid_with_stage_2(void **state)
{
    nh_all_instead_is_noted(*state, 0, 1);
}

static void what_was_dropped_before_power_went_does_not_count(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    nap_power_off(j->r.m, 1);
    nap_power_on(j->r.m, 1);
    nap_findings_clear(&j->findings);
    sweep_fires(j, NO_CFGI, false, 0, "CMD_CFGI_ALL");
}

/* --- smmuv3-acknowledge --- */

static void resume_that_does_not_wait_for_smmuen_fires(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    sleep_begins(j);
    nap_set_policy(j->r.m, NAP_POLICY_LAZY);
    wr(&j->r, CR0, CMDQEN | EVENTQEN | SMMUEN);
    nap_set_asleep(j->r.m, false);
    assert_broken(j, ACK_RULE, "while CR0ACK did not show SMMUEN yet");
}

static void resume_that_waits_is_quiet(void **state)
{
    struct judged *j = *state;

    bring_up(j, ALL);
    sleep_begins(j);
    nap_set_policy(j->r.m, NAP_POLICY_LAZY);
    enable(j);
    nap_set_asleep(j->r.m, false);
    assert_quiet(j);
}

/* --- smmuv3-elided-invalidation --- */

static void attach(struct judged *j)
{
    nap_ledger_attach(j->r.m, 0, 0, false);
    nap_ledger_attach(j->r.m, 0, 0, true);
}

#define PAGE (RAM + 0x1000000)

/* IOVA is mapped to PAGE, in the ledger and in tables: STE with a CD (Config 101), 39-bit
 * addresses, 4 KiB pages, ASID 3. Arm IHI 0070 5.2, 5.4; Arm DDI 0487. */
static void map(struct judged *j)
{
    const uint64_t ste[8] = {0xb | (RAM + 0x200000), UINT64_C(1) << 44};
    const uint64_t cd[8] = {25 | UINT64_C(1) << 30 | UINT64_C(1) << 31 | UINT64_C(5) << 32 |
                                UINT64_C(1) << 41 | UINT64_C(1) << 45 | UINT64_C(1) << 46 |
                                UINT64_C(3) << 48,
                            RAM + 0x400000, 0, 0x44ff04};
    const uint64_t entries[3] = {RAM + 0x401000 + 3, RAM + 0x402000 + 3, PAGE | 0xf47};

    assert_true(nap_mem_write(j->r.m, RAM + 0x100000 + STREAM * 64, ste, sizeof ste));
    assert_true(nap_mem_write(j->r.m, RAM + 0x200000, cd, sizeof cd));
    assert_true(nap_mem_write(j->r.m, RAM + 0x400000 + (IOVA >> 30 & 511) * 8, &entries[0], 8));
    assert_true(nap_mem_write(j->r.m, RAM + 0x401000 + (IOVA >> 21 & 511) * 8, &entries[1], 8));
    assert_true(nap_mem_write(j->r.m, RAM + 0x402000 + (IOVA >> 12 & 511) * 8, &entries[2], 8));
    assert_int_equal(
        nap_ledger_map(j->r.m, 0, IOVA, PAGE, 0x1000, NAP_PROT_READ | NAP_PROT_WRITE, true),
        NAP_OK);
    attach(j);
}

/* Its entry is in the TLB, and the master is held so that only the driver is judged. */
static void translate(struct judged *j)
{
    bring_up(j, ALL);
    map(j);
    enable(j);
    assert_int_equal(nap_dma(j->r.m, 0, STREAM, IOVA, NAP_READ).kind, NAP_OUTCOME_TRANSLATED);
    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_HELD);
    nap_findings_clear(&j->findings);
}

static void unmap(struct judged *j, bool invalidate)
{
    uint64_t none = 0;

    nap_ledger_unmap(j->r.m, 0, IOVA, 0x1000, false);
    assert_true(nap_mem_write(j->r.m, RAM + 0x402000 + (IOVA >> 12 & 511) * 8, &none, 8));
    if (invalidate)
        rig_command(&j->r, 0x12 | UINT64_C(3) << 48, IOVA);
    nap_ledger_unmap(j->r.m, 0, IOVA, 0x1000, true);
}

static void an_invalidation_left_out_while_it_translates_fires(void **state)
{
    struct judged *j = *state;

    translate(j);
    unmap(j, false);
    assert_broken(j, ELIDE_RULE, "still translates 0x40201000 of port 8");
    nap_set_asleep(j->r.m, true); /* told once, when unmap returns */
    assert_int_equal(broken(j, ELIDE_RULE), 1);
}

static void a_master_behind_a_function_counts(void **state)
{
    struct judged *j = *state;

    judged_again_as(j, NAP_POLICY_EAGER, 0, WITH_FUNCTION, NULL);
    translate(j);
    unmap(j, false);
    assert_broken(j, ELIDE_RULE, "still translates 0x40201000 of port 8");
}

static void an_entry_of_a_tbu_alone_counts(void **state)
{
    struct judged *j = *state;
    struct nap_smmuv3 *s;

    judged_again_as(j, NAP_POLICY_EAGER, 0, WITH_TBU, NULL);
    translate(j);
    s = nap_block_state_mut(j->r.m, j->r.smmu);
    nap_touch(j->r.m, s, sizeof *s);
    memset(s->tlb, 0, sizeof s->tlb);
    s->n_tlb = 0;
    unmap(j, false);
    assert_broken(j, ELIDE_RULE, "still translates 0x40201000 of port 8");
}

/* An entry that is right, beside tables that are not: what they say is somebody else's rule. */
static void an_entry_of_what_is_still_mapped_is_quiet(void **state)
{
    struct judged *j = *state;
    const uint64_t elsewhere = (PAGE + 0x5000) | 0xf47;

    translate(j);
    assert_int_equal(
        nap_ledger_map(j->r.m, 0, IOVA + 0x1000, PAGE + 0x1000, 0x1000, NAP_PROT_READ, true),
        NAP_OK);
    assert_true(nap_mem_write(j->r.m, RAM + 0x402000 + (IOVA >> 12 & 511) * 8, &elsewhere, 8));
    nap_ledger_unmap(j->r.m, 0, IOVA + 0x1000, 0x1000, false);
    nap_ledger_unmap(j->r.m, 0, IOVA + 0x1000, 0x1000, true);
    assert_int_equal(broken(j, ELIDE_RULE), 0);
}

static void an_invalidation_that_was_made_is_quiet(void **state)
{
    struct judged *j = *state;

    translate(j);
    unmap(j, true);
    assert_quiet(j);
}

static void an_invalidation_left_out_while_smmuen_is_0_is_quiet(void **state)
{
    struct judged *j = *state;

    translate(j);
    wr(&j->r, GBPA, UPDATE | ABORT);
    wr(&j->r, CR0, CMDQEN | EVENTQEN);
    unmap(j, false);
    assert_quiet(j);
}

static void it_fires_until_the_acknowledge_of_smmuen(void **state)
{
    struct judged *j = *state;

    translate(j);
    wr(&j->r, GBPA, UPDATE | ABORT);
    nap_set_policy(j->r.m, NAP_POLICY_LAZY);
    wr(&j->r, CR0, CMDQEN | EVENTQEN);
    unmap(j, false);
    assert_broken(j, ELIDE_RULE, "SMMUEN of smmu may be 1");
}

/* --- smmuv3-interrupts --- */

static void an_interrupt_without_its_message_fires(void **state)
{
    struct judged *j = *state;

    wr(&j->r, IRQ_CTRL, EVENTQ_IRQEN);
    assert_broken(j, IRQ_RULE, "EVENTQ_IRQEN set although EVENTQ_IRQ_CFG has not been written");
}

static void each_part_of_a_message_counts(void **state)
{
    struct judged *j = *state;

    wr64(&j->r, GERROR_IRQ_CFG0, WORD);
    wr(&j->r, GERROR_IRQ_CFG1, 7);
    wr(&j->r, IRQ_CTRL, GERROR_IRQEN);
    assert_broken(j, IRQ_RULE, "GERROR_IRQ_CFG");
}

static void a_whole_message_is_quiet(void **state)
{
    struct judged *j = *state;

    wr64(&j->r, GERROR_IRQ_CFG0, WORD);
    wr(&j->r, GERROR_IRQ_CFG1, 7);
    wr(&j->r, 0x074, 1);
    wr(&j->r, IRQ_CTRL, GERROR_IRQEN);
    assert_quiet(j);
}

static void no_message_is_quiet(void **state)
{
    struct judged *j = *state;

    wr64(&j->r, GERROR_IRQ_CFG0, 0);
    wr(&j->r, IRQ_CTRL, GERROR_IRQEN);
    assert_quiet(j);
}

static void without_messages_there_is_nothing_to_write(void **state)
{
    struct judged *j = *state;

    rig_id(&j->r, SMMU_SLOT_IDR0, SMMU_IDR0_MSI, 0);
    wr(&j->r, IRQ_CTRL, GERROR_IRQEN);
    assert_quiet(j);
}

static void an_interrupt_on_its_way_when_power_goes_fires(void **state)
{
    struct judged *j = *state;

    nap_judge_turn_off(j->judge, "interrupt-lost"); /* nobody has allocated its vector */
    a_whole_message_is_quiet(state);
    smmu_gerror_raise(j->r.m, j->r.smmu, SFM_ERR);
    nap_power_off(j->r.m, 1);
    assert_broken(j, IRQ_RULE, "GERROR_IRQEN set and its interrupt on the way");
}

static void an_enable_left_on_is_a_note(void **state)
{
    struct judged *j = *state;

    a_whole_message_is_quiet(state);
    nap_power_off(j->r.m, 1);
    assert_quiet(j);
    assert_int_equal(noted(j, IRQ_RULE), 1);
}

/* --- cmdqv-empty-at-power-off --- */

static void cmdqv_write(struct judged *j, uint32_t offset, unsigned size_bytes, uint64_t value)
{
    nap_bus_write(j->r.m, CMDQV_BASE + offset, size_bytes, value,
                  (struct nap_source){__FILE__, __LINE__, NULL});
}

/* Queue 1 is the second of interface 0, which is a guest's; one command is on its way. */
static void guest_queue(struct judged *j, uint64_t command)
{
    judged_again_as(j, NAP_POLICY_EAGER, 0, WITH_CMDQV, NULL);
    bring_up(j, ALL);
    enable(j);
    cmdqv_write(j, 0x000, 4, 1);
    cmdqv_write(j, 0x204, 4, 1u << 1 | 1);
    cmdqv_write(j, 0x1000, 4, 1);
    cmdqv_write(j, 0x20080, 8, (RAM + 0x50000) | LOG2);
    cmdqv_write(j, 0x10084, 4, 0);
    cmdqv_write(j, 0x10080, 4, 0);
    cmdqv_write(j, 0x10088, 4, 1);
    rig_put(&j->r, RAM + 0x50000, command, 0);
}

static void commands_left_in_a_virtual_queue_fire(void **state)
{
    struct judged *j = *state;

    guest_queue(j, SYNC);
    nap_set_policy(j->r.m, NAP_POLICY_LAZY);
    cmdqv_write(j, 0x10084, 4, 1);
    nap_power_off(j->r.m, 2);
    assert_broken(j, "cmdqv-empty-at-power-off", "VCMDQ 1, owned by a guest");
}

static void commands_of_a_virtual_queue_behind_an_error_fire(void **state)
{
    struct judged *j = *state;

    guest_queue(j, RESERVED);
    cmdqv_write(j, 0x10084, 4, 1);
    cmdqv_write(j, 0x10088, 4, 0); /* off by now */
    nap_power_off(j->r.m, 2);
    assert_broken(j, "cmdqv-empty-at-power-off", "VCMDQ 1, owned by a guest");
}

static void a_virtual_queue_that_is_empty_is_quiet(void **state)
{
    struct judged *j = *state;

    guest_queue(j, SYNC);
    cmdqv_write(j, 0x10084, 4, 1);
    nap_power_off(j->r.m, 2);
    assert_quiet(j);
}

static void virtual_queues_that_lose_power_are_nobodys_doing(void **state)
{
    struct judged *j = *state;

    guest_queue(j, SYNC);
    nap_set_policy(j->r.m, NAP_POLICY_LAZY);
    cmdqv_write(j, 0x10084, 4, 1);
    nap_power_lose(j->r.m, 2);
    assert_quiet(j);
}

static void an_atc_invalidation_of_a_virtual_queue_needs_its_sync_too(void **state)
{
    struct judged *j = *state;

    guest_queue(j, 0x40);
    cmdqv_write(j, 0x10084, 4, 1);
    nap_power_off(j->r.m, 1);
    assert_broken(j, DRAIN_RULE, "a CMD_ATC_INV of VCMDQ 1");
}

/* --- smmuv3-power-up-bypass --- */

static void a_live_master_behind_a_reset_that_passes_fires(void **state)
{
    struct judged *j = *state;

    wr(&j->r, GBPA, UPDATE | ABORT);
    nap_masters_set_autonomous(j->r.m, 1);
    attach(j);
    sleep_begins(j);
    nap_power_off(j->r.m, 1);
    nap_power_on(j->r.m, 1);
    assert_broken(j, POWER_UP_RULE, "ends in bypass");
}

static void a_held_master_is_an_obligation(void **state)
{
    struct judged *j = *state;

    wr(&j->r, GBPA, UPDATE | ABORT);
    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_HELD);
    attach(j);
    sleep_begins(j);
    nap_power_off(j->r.m, 1);
    nap_power_on(j->r.m, 1);
    assert_quiet(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        judged_test(nothing_fires_where_all_is_in_order),
        judged_test(smmuen_cleared_before_gbpa_is_in_force_fires),
        judged_test(smmuen_cleared_after_gbpa_is_in_force_is_quiet),
        judged_test(smmuen_that_stays_does_not_wait_for_gbpa),
        judged_test(another_value_in_flight_fires),
        judged_test(another_field_in_flight_is_quiet),
        judged_test(irq_ctrl_in_flight_fires_too),
        judged_test(an_acknowledgement_of_nothing_fires),
        judged_test(an_acknowledgement_of_what_is_active_is_quiet),
        judged_test(it_fires_whatever_the_hardware_makes_of_it),
        judged_test(the_command_queue_needs_its_base),
        judged_test(the_command_queue_needs_its_prod),
        judged_test(the_command_queue_needs_its_cons),
        judged_test(every_queue_needs_its_attributes),
        judged_test(the_event_queue_needs_its_cons),
        judged_test(translation_needs_its_stream_table),
        judged_test(translation_needs_the_shape_of_its_stream_table),
        judged_test(translation_needs_cr2),
        judged_test(what_was_written_before_power_went_does_not_count),
        judged_test(entries_left_from_before_a_sleep_fire),
        judged_test(indexes_that_agree_after_a_sleep_are_quiet),
        judged_test(indexes_that_contradict_each_other_fire),
        judged_test(entries_put_in_before_the_first_enable_are_quiet),
        judged_test(an_event_queue_that_begins_in_overflow_fires),
        judged_test(an_ecmdq_needs_its_cons_too),
        judged_test(an_ecmdq_that_has_all_is_quiet),
        judged_test(entries_left_in_an_ecmdq_from_before_a_sleep_fire),
        judged_test(an_ecmdq_with_indexes_that_contradict_each_other_fires),
        judged_test(an_ecmdq_is_looked_at_before_its_acknowledge_too),
        judged_test(an_ecmdq_with_errack_unlike_err_fires),
        judged_test(an_ecmdq_whose_first_command_fails_is_quiet),
        judged_test(a_flag_in_an_index_fires),
        judged_test(a_bit_above_the_wrap_flag_fires),
        judged_test(a_queue_is_no_longer_than_the_smmu_can_have_it),
        judged_test(rd_of_an_ecmdq_is_an_index_too),
        judged_test(flags_that_the_register_has_are_quiet),
        judged_test(an_index_before_its_base_fires),
        judged_test(prod_that_goes_back_fires),
        judged_test(indexes_set_while_the_queue_is_off_are_quiet),
        judged_test(cons_of_an_output_queue_that_goes_back_fires),
        judged_test(cons_beyond_prod_fires),
        judged_test(cons_of_a_full_queue_may_pass_all_of_it),
        judged_test(cons_set_while_the_output_queue_is_off_is_quiet),
        judged_test(commands_that_were_not_consumed_fire),
        judged_test(those_of_any_ecmdq_count),
        judged_test(a_queue_that_was_never_on_may_hold_anything),
        judged_test(commands_behind_an_error_fire),
        judged_test(commands_in_a_queue_that_is_off_by_now_fire),
        judged_test(commands_of_an_ecmdq_behind_an_error_fire),
        judged_test(power_that_is_lost_is_nobodys_doing),
        judged_test(an_atc_invalidation_without_a_sync_fires),
        judged_test(an_atc_invalidation_with_its_sync_is_quiet),
        judged_test(records_that_nobody_has_seen_fire),
        judged_test(an_event_queue_that_is_off_by_now_counts),
        judged_test(records_that_nobody_has_asked_for_are_a_note),
        judged_test(an_invalidation_that_no_sync_has_completed_fires),
        judged_test(it_is_a_note_where_caches_keep_nothing),
        judged_test(smmuen_on_its_way_when_power_goes_fires),
        judged_test(a_stalled_transaction_fires),
        judged_test(a_page_request_without_an_answer_fires),
        judged_test(configuration_that_was_not_dropped_fires),
        judged_test(translations_that_were_not_dropped_fire),
        judged_test(translations_of_el2_that_were_not_dropped_fire),
        judged_test(a_sync_has_to_complete_it),
        judged_test(a_sync_of_either_queue_completes_it),
        judged_test(caches_that_hold_nothing_are_a_note),
        judged_test(translations_of_another_regime_are_a_note),
        judged_test(el2_counts_only_where_there_is_el2),
        judged_test(nh_all_will_do_without_stage_2),
        judged_test(nh_all_is_of_one_vmid_with_stage_2),
        judged_test(what_was_dropped_before_power_went_does_not_count),
        judged_test(resume_that_does_not_wait_for_smmuen_fires),
        judged_test(resume_that_waits_is_quiet),
        judged_test(an_invalidation_left_out_while_it_translates_fires),
        judged_test(a_master_behind_a_function_counts),
        judged_test(an_entry_of_a_tbu_alone_counts),
        judged_test(an_entry_of_what_is_still_mapped_is_quiet),
        judged_test(an_invalidation_that_was_made_is_quiet),
        judged_test(an_invalidation_left_out_while_smmuen_is_0_is_quiet),
        judged_test(it_fires_until_the_acknowledge_of_smmuen),
        judged_test(an_interrupt_without_its_message_fires),
        judged_test(each_part_of_a_message_counts),
        judged_test(a_whole_message_is_quiet),
        judged_test(no_message_is_quiet),
        judged_test(without_messages_there_is_nothing_to_write),
        judged_test(an_interrupt_on_its_way_when_power_goes_fires),
        judged_test(an_enable_left_on_is_a_note),
        judged_test(commands_left_in_a_virtual_queue_fire),
        judged_test(commands_of_a_virtual_queue_behind_an_error_fire),
        judged_test(a_virtual_queue_that_is_empty_is_quiet),
        judged_test(virtual_queues_that_lose_power_are_nobodys_doing),
        judged_test(an_atc_invalidation_of_a_virtual_queue_needs_its_sync_too),
        judged_test(a_live_master_behind_a_reset_that_passes_fires),
        judged_test(a_held_master_is_an_obligation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
