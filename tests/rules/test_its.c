/* SPDX-License-Identifier: MIT */
/* lib/gic/its-rules.c, lib/gic/lpi-rules.c: for every rule what breaks it and what does not,
 * one condition each. */
#include "../gic/its_rig.h"
#include "rules/judge.h"

#define OFF_RULE      "its-quiescent-before-off"
#define ENABLE_RULE   "its-enable-when-quiescent"
#define RO_RULE       "its-read-only-written"
#define SETUP_RULE    "its-set-up-before-enable"
#define REPLAY_RULE   "its-command-replay"
#define LPIS_RULE     "its-enable-after-lpis"
#define COMMAND_RULE  "its-command-error"
#define COMPLETE_RULE "its-commands-complete"
#define ITT_RULE      "its-itt-zeroed"
#define FLUSH_RULE    "lpi-flushed-before-off"
#define TABLES_RULE   "lpi-set-up-before-enable"
#define ZERO_RULE     "lpi-pending-table-zero"
#define AGREE_RULE    "lpi-tables-agree"
#define CONFIG_RULE   "lpi-config-invalidated"
#define PROTOCOL_RULE "register-protocol"

struct judged {
    struct rig r;
    struct nap_judge *judge;
    struct nap_findings findings;
};

static void judge(struct judged *j)
{
    assert_int_equal(nap_judge_create(j->r.m, NULL, 0, NULL, 0, &j->findings, &j->judge, NULL),
                     NAP_OK);
}

static void judged_again(struct judged *j, const struct rig_options *o)
{
    nap_judge_destroy(j->judge);
    nap_findings_clear(&j->findings);
    rig_again(&j->r, o);
    judge(j);
}

static void judged_lazy(struct judged *j)
{
    judged_again(j, &(struct rig_options){.policy = NAP_POLICY_LAZY});
}

static int judged_setup(void **state)
{
    struct judged *j = calloc(1, sizeof *j);

    assert_non_null(j);
    rig_again(&j->r, &(struct rig_options){.n_switches = 0});
    judge(j);
    *state = j;
    return 0;
}

static int judged_teardown(void **state)
{
    struct judged *j = *state;

    nap_judge_destroy(j->judge);
    nap_findings_free(&j->findings);
    nap_machine_destroy(j->r.m);
    free(j);
    return 0;
}

static unsigned broken(const struct judged *j, const char *rule)
{
    unsigned count = 0;

    for (unsigned i = 0; i < j->findings.n_violations; i++)
        if (!rule || strcmp(j->findings.violations[i].rule->id, rule) == 0)
            count += j->findings.violations[i].count;
    return count;
}

/* The only violation there is: of @rule, and it says so. */
static void assert_broken(const struct judged *j, const char *rule, const char *says)
{
    if (j->findings.n_violations)
        assert_string_equal(j->findings.violations[0].rule->id, rule);
    assert_int_equal(broken(j, rule), 1);
    assert_int_equal(broken(j, NULL), 1);
    assert_non_null(strstr(j->findings.violations[0].message, says));
}

static void assert_quiet(const struct judged *j)
{
    if (j->findings.n_violations)
        fail_msg("%s: %s", j->findings.violations[0].rule->id,
                 j->findings.violations[0].message);
}

static void sleep_begins(struct judged *j)
{
    nap_golden_take(j->r.m);
    nap_set_asleep(j->r.m, true);
    nap_findings_clear(&j->findings);
}

static void cut(struct judged *j, unsigned domain)
{
    nap_power_off(j->r.m, 1u << domain);
    nap_power_on(j->r.m, 1u << domain);
}

static void nothing_fires_where_all_is_in_order(void **state)
{
    struct judged *j = *state;
    struct rig *r = &j->r;

    rig_up(r);
    message(r, 5, 0);
    gic_lpis_acknowledge(r->m, GICR0, 8192);
    sleep_begins(j);
    wr(r, CTLR, 0);
    gic_lpis_flush(r->m, GICR0);
    nap_power_off(r->m, 1u << ITS_PD | 1u << GICR0_PD);
    nap_power_on(r->m, 1u << ITS_PD | 1u << GICR0_PD);
    rig_lpis(r, 0);
    rig_bases(r);
    wr(r, CTLR, ENABLED);
    mapc(r, 0, 0, true);
    sync_to(r, 0);
    nap_set_asleep(r->m, false);
    assert_quiet(j);
}

/* --- its-quiescent-before-off --- */

static void power_off_while_enabled_fires(void **state)
{
    struct judged *j = *state;

    rig_up(&j->r);
    cut(j, ITS_PD);
    assert_broken(j, OFF_RULE, "while Enabled was 1");
}

static void power_off_before_quiescent_fires(void **state)
{
    struct judged *j = *state;

    judged_lazy(j);
    rig_bases(&j->r);
    wr(&j->r, CTLR, ENABLED);
    wr(&j->r, CTLR, 0);
    cut(j, ITS_PD);
    assert_broken(j, OFF_RULE, "while Quiescent was 0");
}

static void power_off_once_quiescent_is_quiet(void **state)
{
    struct judged *j = *state;

    judged_lazy(j);
    rig_bases(&j->r);
    wr(&j->r, CTLR, ENABLED);
    wr(&j->r, CTLR, 0);
    assert_true(rig_poll(&j->r, CTLR, QUIESCENT) < 100);
    cut(j, ITS_PD);
    cut(j, GICD_PD);
    assert_quiet(j);
}

static void power_that_is_lost_is_nobodys_fault(void **state)
{
    struct judged *j = *state;

    rig_up(&j->r);
    nap_power_lose(j->r.m, 1u << ITS_PD);
    assert_quiet(j);
}

static void power_off_without_the_vendors_sequence_fires(void **state)
{
    struct judged *j = *state;

    judged_again(j, &(struct rig_options){.sw = {{"I06", 1}}, .n_switches = 1});
    rig_up(&j->r);
    wr(&j->r, CTLR, 0);
    cut(j, ITS_PD);
    assert_broken(j, OFF_RULE, "3 mappings that memory does not have");
}

static void power_off_after_the_vendors_sequence_is_quiet(void **state)
{
    struct judged *j = *state;

    judged_again(j, &(struct rig_options){.sw = {{"I06", 1}}, .n_switches = 1});
    rig_up(&j->r);
    wr(&j->r, CTLR, 0);
    gic_lpis_flush(j->r.m, GICR0);
    cut(j, ITS_PD);
    assert_quiet(j);
}

/* --- its-enable-when-quiescent --- */

static void enabled_before_quiescent_fires(void **state)
{
    struct judged *j = *state;

    for (uint32_t i04 = 0; i04 < 2; i04++) {
        judged_again(j, &(struct rig_options){
                            .sw = {{"I04", i04}}, .n_switches = 1, .policy = NAP_POLICY_LAZY});
        rig_bases(&j->r);
        wr(&j->r, CTLR, ENABLED);
        wr(&j->r, CTLR, 0);
        wr(&j->r, CTLR, ENABLED);
        assert_broken(j, ENABLE_RULE, "unpredictable");
        wr(&j->r, CTLR, 0); /* another write is not to blame */
        assert_int_equal(broken(j, NULL), 1);
    }
}

static void enabled_once_quiescent_is_quiet(void **state)
{
    struct judged *j = *state;

    judged_lazy(j);
    rig_bases(&j->r);
    wr(&j->r, CTLR, ENABLED);
    wr(&j->r, CTLR, 0);
    assert_true(rig_poll(&j->r, CTLR, QUIESCENT) < 100);
    wr(&j->r, CTLR, ENABLED);
    wr(&j->r, CTLR, ENABLED); /* again: nothing changes */
    assert_quiet(j);
}

/* --- its-read-only-written --- */

static void ctlr_as_it_was_read_fires(void **state)
{
    struct judged *j = *state;

    rig_bases(&j->r);
    wr(&j->r, CTLR, rd(&j->r, CTLR) | ENABLED);
    assert_broken(j, RO_RULE, "read-only");
}

static void ctlr_without_quiescent_is_quiet(void **state)
{
    struct judged *j = *state;

    rig_bases(&j->r);
    wr(&j->r, CTLR, (rd(&j->r, CTLR) & ~QUIESCENT) | ENABLED);
    assert_quiet(j);
}

/* --- its-set-up-before-enable --- */

static void set_up_but(struct judged *j, uint32_t offset, const char *says)
{
    struct rig *r = &j->r;

    if (offset != CBASER)
        wr64(r, CBASER, VALID | QUEUE);
    if (offset != CWRITER)
        wr64(r, CWRITER, 0);
    if (offset != BASER(0))
        wr64(r, BASER(0), VALID | DEVICES);
    wr(r, CTLR, ENABLED);
    assert_broken(j, SETUP_RULE, says);
}

static void enabled_without_cbaser_fires(void **state)
{
    set_up_but(*state, CBASER, "its0.GITS_CBASER has not been written");
}

static void enabled_without_cwriter_fires(void **state)
{
    set_up_but(*state, CWRITER, "its0.GITS_CWRITER has not been written");
}

static void enabled_without_the_device_table_fires(void **state)
{
    set_up_but(*state, BASER(0), "its0.GITS_BASER0 has not been written");
}

static void enabled_with_a_table_that_is_not_valid_fires(void **state)
{
    struct judged *j = *state;

    rig_bases(&j->r);
    wr64(&j->r, BASER(0), DEVICES);
    wr(&j->r, CTLR, ENABLED);
    assert_broken(j, SETUP_RULE, "not Valid");
}

static void without_hcc_the_collection_table_is_needed(void **state)
{
    struct judged *j = *state;

    judged_again(j, &(struct rig_options){.preset = "no-hcc"});
    rig_bases(&j->r);
    wr64(&j->r, BASER(1), 0);
    wr(&j->r, CTLR, ENABLED);
    assert_broken(j, SETUP_RULE, "not Valid");
}

static void with_hcc_the_collection_table_may_be_left_out(void **state)
{
    struct judged *j = *state;

    rig_bases(&j->r);
    wr64(&j->r, BASER(1), 0);
    wr(&j->r, CTLR, ENABLED);
    assert_quiet(j);
}

static void what_was_written_before_a_loss_does_not_count(void **state)
{
    struct judged *j = *state;

    rig_bases(&j->r);
    cut(j, ITS_PD);
    wr(&j->r, CTLR, ENABLED);
    assert_broken(j, SETUP_RULE, "has not been written since power-on");
}

/* --- its-command-replay --- */

static void asleep_with_commands(struct judged *j)
{
    rig_up(&j->r);
    sleep_begins(j);
    wr(&j->r, CTLR, 0);
    cut(j, ITS_PD);
    rig_bases(&j->r);
}

static void the_saved_cwriter_fires(void **state)
{
    struct judged *j = *state;

    asleep_with_commands(j);
    wr64(&j->r, CWRITER, 0xe0);
    wr(&j->r, CTLR, ENABLED);
    assert_broken(j, REPLAY_RULE, "GITS_CREADR 0x0 and GITS_CWRITER 0xe0");
}

/* Power that stayed on: a write of GITS_CBASER alone is enough. */
static void cbaser_of_a_retained_its_fires(void **state)
{
    struct judged *j = *state;

    rig_up(&j->r);
    sleep_begins(j);
    wr(&j->r, CTLR, 0);
    wr64(&j->r, CBASER, VALID | QUEUE);
    wr(&j->r, CTLR, ENABLED);
    assert_broken(j, REPLAY_RULE, "run again");
}

static void cwriter_0_is_quiet(void **state)
{
    struct judged *j = *state;

    asleep_with_commands(j);
    wr(&j->r, CTLR, ENABLED);
    mapc(&j->r, 0, 0, true);
    assert_quiet(j);
}

static void new_commands_before_the_enable_are_quiet(void **state)
{
    struct judged *j = *state;

    asleep_with_commands(j); /* seven ran before */
    mapc(&j->r, 0, 0, true);
    mapc(&j->r, 1, 1, true);
    sync_to(&j->r, 0);
    sync_to(&j->r, 1);
    wr(&j->r, CTLR, ENABLED);
    assert_quiet(j);
}

/* An eighth has not run as the queue stops: the seven run again all the same. */
static void the_saved_cwriter_of_commands_that_have_not_run_fires(void **state)
{
    struct judged *j = *state;

    judged_lazy(j);
    rig_up(&j->r);
    while (rd64(&j->r, CREADR) != 0xe0)
        ;
    sleep_begins(j);
    sync_to(&j->r, 0);
    wr(&j->r, CTLR, 0);
    while (rd(&j->r, CTLR) != QUIESCENT)
        ;
    assert_int_equal(rd64(&j->r, CREADR), 0xe0);
    wr64(&j->r, CBASER, VALID | QUEUE);
    wr64(&j->r, CWRITER, 0x100);
    wr(&j->r, CTLR, ENABLED);
    assert_broken(j, REPLAY_RULE, "run again");
}

/* GITS_CWRITER is 0 as Enabled is set, and goes on from where the driver has been. */
static void a_driver_that_keeps_its_place_in_the_queue_fires(void **state)
{
    struct judged *j = *state;

    asleep_with_commands(j); /* seven ran before */
    wr(&j->r, CTLR, ENABLED);
    j->r.next = 0xe0;
    rig_write(&j->r, SYNC_OP, 0, 0, 0);
    assert_quiet(j);
    rig_kick(&j->r);
    assert_broken(j, REPLAY_RULE, "GITS_CREADR 0x0 and GITS_CWRITER 0x100");
}

static void move_queue(struct judged *j, nap_addr to)
{
    uint8_t commands[0xe0];

    assert_true(nap_mem_read(j->r.m, QUEUE, commands, sizeof commands));
    assert_true(nap_mem_write(j->r.m, to, commands, sizeof commands));
    wr64(&j->r, CBASER, VALID | to);
}

static void a_queue_that_goes_on_is_quiet(void **state)
{
    struct judged *j = *state;

    rig_up(&j->r);
    sleep_begins(j);
    wr(&j->r, CTLR, 0);
    wr(&j->r, CTLR, ENABLED);
    sync_to(&j->r, 0);
    assert_int_equal(rd64(&j->r, CREADR), 0x100);
    assert_quiet(j);
}

static void commands_again_while_awake_are_quiet(void **state)
{
    struct judged *j = *state;

    rig_up(&j->r);
    wr(&j->r, CTLR, 0);
    rig_bases(&j->r);
    wr64(&j->r, CWRITER, 0xe0);
    wr(&j->r, CTLR, ENABLED);
    assert_int_equal(broken(j, REPLAY_RULE), 0);
}

/* Seven others, or the same that software has written into a queue of its own. */
static void as_many_new_commands_are_quiet(void **state)
{
    struct judged *j = *state;

    for (unsigned moved = 0; moved < 2; moved++) {
        asleep_with_commands(j);
        if (moved)
            move_queue(j, QUEUE + 0x100000);
        for (unsigned i = 0; i < 7 && !moved; i++)
            rig_write(&j->r, MAPC_OP, 0, VALID | i, 0);
        wr64(&j->r, CWRITER, 0xe0);
        wr(&j->r, CTLR, ENABLED);
        assert_int_equal(broken(j, REPLAY_RULE), 0);
        judged_again(j, &(struct rig_options){0});
    }
}

static void one_by_one_new_commands_are_quiet(void **state)
{
    struct judged *j = *state;

    asleep_with_commands(j);
    wr(&j->r, CTLR, ENABLED);
    for (unsigned i = 0; i < 8; i++)
        sync_to(&j->r, 0);
    assert_quiet(j);
}

/* While awake what lies in the queue may be new. */
static void commands_before_the_first_enable_are_quiet(void **state)
{
    struct judged *j = *state;

    rig_lpis(&j->r, 0);
    rig_bases(&j->r);
    mapc(&j->r, 0, 0, true);
    wr(&j->r, CTLR, ENABLED);
    assert_quiet(j);
}

/* --- its-enable-after-lpis --- */

static void resume_its(struct judged *j, bool lpis)
{
    rig_up(&j->r);
    sleep_begins(j);
    wr(&j->r, CTLR, 0);
    nap_power_off(j->r.m, 1u << ITS_PD | 1u << GICR0_PD | 1u << GICR1_PD);
    nap_power_on(j->r.m, 1u << ITS_PD | 1u << GICR0_PD | 1u << GICR1_PD);
    if (lpis)
        rig_lpis(&j->r, 0);
    rig_bases(&j->r);
    wr(&j->r, CTLR, ENABLED);
}

static void an_its_enabled_before_lpis_fires(void **state)
{
    struct judged *j = *state;

    judged_again(j, &(struct rig_options){.preset = "no-hcc"});
    resume_its(j, false);
    assert_broken(j, LPIS_RULE, "gicr0, which collection 0 goes to, has EnableLPIs 0");
}

/* Collection 300 goes to CPU 0, which RDbase names by its address. */
static void with_pta_any_collection_that_goes_there_fires(void **state)
{
    struct judged *j = *state;

    judged_again(j, &(struct rig_options){
                        .preset = "no-hcc", .id = "GITS_TYPER", .id_value = 0x0009ef71});
    rig_lpis(&j->r, 0);
    rig_bases(&j->r);
    wr(&j->r, CTLR, ENABLED);
    rig_command(&j->r, MAPC_OP, 0, VALID | GICR_BASE | 300, 0);
    rig_command(&j->r, SYNC_OP, 0, GICR_BASE, 0);
    sleep_begins(j);
    wr(&j->r, CTLR, 0);
    cut(j, ITS_PD);
    cut(j, GICR0_PD);
    rig_bases(&j->r);
    wr(&j->r, CTLR, ENABLED);
    assert_broken(j, LPIS_RULE, "gicr0, which collection 300 goes to, has EnableLPIs 0");
}

/* The redistributor of the other CPU comes up later. */
static void an_its_enabled_after_lpis_of_its_cpu_is_quiet(void **state)
{
    struct judged *j = *state;

    judged_again(j, &(struct rig_options){.preset = "no-hcc"});
    resume_its(j, true);
    assert_quiet(j);
}

static void without_a_collection_there_it_is_quiet(void **state)
{
    struct judged *j = *state;

    resume_its(j, false); /* those held in the ITS are gone */
    assert_quiet(j);
}

/* --- its-command-error --- */

static void a_command_in_error_fires(void **state)
{
    struct judged *j = *state;

    for (uint32_t i01 = 0; i01 < 2; i01++) {
        judged_again(j, &(struct rig_options){.sw = {{"I01", i01}}, .n_switches = 1});
        rig_up(&j->r);
        on_event(&j->r, INT_OP, 9, 0, 0);
        assert_broken(j, COMMAND_RULE,
                      "command 0x03 at offset 0xe0 of the queue: device not mapped");
        on_event(&j->r, INT_OP, 5, 0, 0);
        assert_int_equal(broken(j, NULL), 1);
    }
}

/* --- its-itt-zeroed --- */

static void an_itt_with_entries_fires(void **state)
{
    struct judged *j = *state;

    rig_up(&j->r);
    rig_put(&j->r, ITT + 0x1000 + 8 * 3, VALID | 8200);
    mapd(&j->r, 6, 2, ITT + 0x1000, true);
    assert_broken(j, ITT_RULE, "device 6 mapped to an ITT");
    sync_to(&j->r, 0); /* another command is not to blame */
    assert_int_equal(broken(j, NULL), 1);
}

static void entries_beyond_the_itt_are_not_its_own(void **state)
{
    struct judged *j = *state;

    rig_up(&j->r);
    rig_put(&j->r, ITT + 0x1000 + 8 * 4, VALID | 8200);
    mapd(&j->r, 6, 2, ITT + 0x1000, true);
    assert_quiet(j);
}

/* Mapped again, as by a resume that does not rely on the table. */
static void an_itt_of_its_own_is_quiet(void **state)
{
    struct judged *j = *state;

    rig_up(&j->r);
    wr(&j->r, CTLR, 0);
    wr(&j->r, CTLR, ENABLED);
    mapd(&j->r, 5, 5, ITT, true);
    assert_quiet(j);
}

/* --- its-commands-complete --- */

static void resume_with_commands_left_fires(void **state)
{
    struct judged *j = *state;

    judged_lazy(j);
    rig_up(&j->r);
    assert_true(rig_poll(&j->r, CREADR, j->r.next) < 100);
    sleep_begins(j);
    mapc(&j->r, 0, 0, true);
    nap_set_asleep(j->r.m, false);
    assert_broken(j, COMPLETE_RULE, "commands were left");
}

static void resume_with_commands_done_is_quiet(void **state)
{
    struct judged *j = *state;

    judged_lazy(j);
    rig_up(&j->r);
    assert_true(rig_poll(&j->r, CREADR, j->r.next) < 100);
    sleep_begins(j);
    mapc(&j->r, 0, 0, true);
    assert_true(rig_poll(&j->r, CREADR, j->r.next) < 100);
    nap_set_asleep(j->r.m, false);
    assert_quiet(j);
}

static void commands_that_are_left_as_suspend_begins_are_quiet(void **state)
{
    struct judged *j = *state;

    judged_lazy(j);
    rig_up(&j->r);
    nap_set_asleep(j->r.m, true);
    assert_quiet(j);
}

static void invall_without_sync_fires(void **state)
{
    struct judged *j = *state;

    rig_up(&j->r);
    sleep_begins(j);
    rig_command(&j->r, INVALL_OP, 0, 1, 0);
    sync_to(&j->r, 0);
    nap_set_asleep(j->r.m, false);
    assert_broken(j, COMPLETE_RULE, "no SYNC has followed the commands to gicr1");
}

static void invall_with_sync_is_quiet(void **state)
{
    struct judged *j = *state;

    rig_up(&j->r);
    sleep_begins(j);
    rig_command(&j->r, INVALL_OP, 0, 1, 0);
    sync_to(&j->r, 1);
    nap_set_asleep(j->r.m, false);
    assert_quiet(j);
}

/* --- lpi-flushed-before-off --- */

static void power_off_with_pending_lpis_fires(void **state)
{
    struct judged *j = *state;

    rig_lpis(&j->r, 0);
    gicr_wr64(&j->r, 0, GICR_SETLPIR, 8200);
    cut(j, GICR0_PD);
    assert_broken(j, FLUSH_RULE,
                  "1 pending are lost, 0 that are not pending come back; the first is "
                  "8200");
}

static void power_off_with_taken_lpis_fires(void **state)
{
    struct judged *j = *state;

    rig_put(&j->r, PENDING0 + 8200 / 8, 1);
    rig_lpis(&j->r, 0);
    gic_lpis_acknowledge(j->r.m, GICR0, 8200);
    cut(j, GICR0_PD);
    assert_broken(j, FLUSH_RULE, "0 pending are lost, 1 that are not");
}

/* The entry has gone with its configuration, and the bit in RAM has not. */
static void power_off_with_lpis_taken_and_forgotten_fires(void **state)
{
    struct judged *j = *state;

    rig_put(&j->r, PENDING0 + 8200 / 8, 1);
    rig_lpis(&j->r, 0);
    gic_lpis_acknowledge(j->r.m, GICR0, 8200);
    gicr_wr64(&j->r, 0, GICR_INVALLR, 0);
    cut(j, GICR0_PD);
    assert_broken(j, FLUSH_RULE, "1 that are not pending come back; the first is 8200");
}

static void power_off_after_a_ptz_that_was_not_true_fires(void **state)
{
    struct judged *j = *state;

    rig_put(&j->r, PENDING0 + 8200 / 8, 1);
    gicr_wr64(&j->r, 0, GICR_PROPBASER, CONFIG | 15);
    gicr_wr64(&j->r, 0, GICR_PENDBASER, PENDING0 | PTZ);
    gicr_wr(&j->r, 0, GICR_CTLR, ENABLE_LPIS);
    nap_findings_clear(&j->findings);
    cut(j, GICR0_PD);
    assert_broken(j, FLUSH_RULE, "1 that are not pending come back; the first is 8200");
}

/* More than are held, of which the table says what it should. */
static void power_off_with_all_of_a_full_table_is_quiet(void **state)
{
    struct judged *j = *state;

    for (uint32_t at = 0; at < 4; at++)
        rig_put(&j->r, PENDING0 + 9216 / 8 + 8 * at, UINT64_MAX);
    rig_lpis(&j->r, 0);
    cut(j, GICR0_PD);
    assert_quiet(j);
}

static void power_off_after_a_flush_is_quiet(void **state)
{
    struct judged *j = *state;

    rig_lpis(&j->r, 0);
    gicr_wr64(&j->r, 0, GICR_SETLPIR, 8200);
    gic_lpis_flush(j->r.m, GICR0);
    cut(j, GICR0_PD);
    assert_quiet(j);
}

static void power_off_with_nothing_pending_is_quiet(void **state)
{
    struct judged *j = *state;

    rig_lpis(&j->r, 0);
    gicr_wr64(&j->r, 0, GICR_SETLPIR, 8200);
    gic_lpis_acknowledge(j->r.m, GICR0, 8200);
    cut(j, GICR0_PD);
    assert_quiet(j);
}

/* --- lpi-set-up-before-enable --- */

static void enable_lpis_without_propbaser_fires(void **state)
{
    struct judged *j = *state;

    gicr_wr64(&j->r, 0, GICR_PENDBASER, PENDING0);
    gicr_wr(&j->r, 0, GICR_CTLR, ENABLE_LPIS);
    assert_broken(j, TABLES_RULE, "gicr0.GICR_PROPBASER has not been written");
}

static void enable_lpis_without_pendbaser_fires(void **state)
{
    struct judged *j = *state;

    gicr_wr64(&j->r, 0, GICR_PROPBASER, CONFIG | 15);
    gicr_wr(&j->r, 0, GICR_CTLR, ENABLE_LPIS);
    assert_broken(j, TABLES_RULE, "gicr0.GICR_PENDBASER has not been written");
}

static void enable_lpis_with_both_is_quiet(void **state)
{
    struct judged *j = *state;

    rig_lpis(&j->r, 0);
    gicr_wr(&j->r, 0, GICR_CTLR, ENABLE_LPIS);
    assert_quiet(j);
}

static void lpis_that_stay_off_need_no_tables(void **state)
{
    struct judged *j = *state;

    gicr_wr(&j->r, 0, GICR_CTLR, 0);
    assert_quiet(j);
}

static void enable_lpis_before_rwp_is_0_fires(void **state)
{
    struct judged *j = *state;

    judged_lazy(j);
    rig_lpis(&j->r, 0);
    gicr_wr(&j->r, 0, GICR_CTLR, 0);
    gicr_wr(&j->r, 0, GICR_CTLR, ENABLE_LPIS);
    assert_broken(j, TABLES_RULE, "RWP was 1");
}

static void enable_lpis_once_rwp_is_0_is_quiet(void **state)
{
    struct judged *j = *state;

    judged_lazy(j);
    rig_lpis(&j->r, 0);
    gicr_wr(&j->r, 0, GICR_CTLR, 0);
    while (gicr_rd(&j->r, 0, GICR_CTLR) & RWP)
        ;
    gicr_wr(&j->r, 0, GICR_CTLR, ENABLE_LPIS);
    assert_quiet(j);
}

/* --- the guards of bases --- */

static void a_base_of_an_enabled_its_breaks_its_protocol(void **state)
{
    struct judged *j = *state;

    rig_bases(&j->r);
    wr(&j->r, CTLR, ENABLED);
    wr64(&j->r, CBASER, VALID | QUEUE);
    assert_broken(j, PROTOCOL_RULE, "GITS_CTLR.Enabled");
}

static void a_base_before_quiescent_breaks_its_protocol(void **state)
{
    struct judged *j = *state;

    judged_lazy(j);
    rig_bases(&j->r);
    wr(&j->r, CTLR, ENABLED);
    wr(&j->r, CTLR, 0);
    wr64(&j->r, BASER(1), VALID | COLLECTIONS);
    assert_broken(j, PROTOCOL_RULE, "GITS_CTLR.Quiescent");
}

static void a_base_of_a_quiescent_its_is_quiet(void **state)
{
    struct judged *j = *state;

    rig_bases(&j->r);
    wr(&j->r, CTLR, ENABLED);
    wr(&j->r, CTLR, 0);
    rig_bases(&j->r);
    assert_quiet(j);
}

static void tables_of_lpis_that_are_enabled_break_their_protocol(void **state)
{
    struct judged *j = *state;

    rig_lpis(&j->r, 0);
    gicr_wr64(&j->r, 0, GICR_PROPBASER, CONFIG | 15);
    assert_broken(j, PROTOCOL_RULE, "EnableLPIs");
}

static void tables_before_rwp_is_0_break_their_protocol(void **state)
{
    struct judged *j = *state;

    judged_lazy(j);
    rig_lpis(&j->r, 0);
    gicr_wr(&j->r, 0, GICR_CTLR, 0);
    gicr_wr64(&j->r, 0, GICR_PENDBASER, PENDING0);
    assert_broken(j, PROTOCOL_RULE, "RWP");
}

/* --- lpi-pending-table-zero --- */

static void enable_with_ptz(struct judged *j)
{
    gicr_wr64(&j->r, 0, GICR_PROPBASER, CONFIG | 15);
    gicr_wr64(&j->r, 0, GICR_PENDBASER, PENDING0 | PTZ);
    gicr_wr(&j->r, 0, GICR_CTLR, ENABLE_LPIS);
}

static void ptz_of_a_table_with_a_pending_lpi_fires(void **state)
{
    struct judged *j = *state;

    rig_put(&j->r, PENDING0 + 8200 / 8, 1);
    enable_with_ptz(j);
    assert_broken(j, ZERO_RULE, "LPI 8200, which is lost");
}

static void ptz_of_a_zeroed_table_is_quiet(void **state)
{
    struct judged *j = *state;

    rig_put(&j->r, PENDING0, 1); /* below the first LPI */
    enable_with_ptz(j);
    assert_quiet(j);
}

/* --- lpi-tables-agree: CommonLPIAff is 0, one group --- */

static void enable_second(struct judged *j, uint64_t config, uint64_t pending)
{
    rig_lpis(&j->r, 0);
    gicr_wr64(&j->r, 1, GICR_PROPBASER, config);
    gicr_wr64(&j->r, 1, GICR_PENDBASER, pending);
    gicr_wr(&j->r, 1, GICR_CTLR, ENABLE_LPIS);
}

static void two_configuration_tables_in_one_group_fire(void **state)
{
    struct judged *j = *state;

    enable_second(j, CONFIG | 14, PENDING1);
    assert_broken(j, AGREE_RULE, "GICR_PROPBASER is another, and they share the table");
}

static void pending_tables_of_other_attributes_fire(void **state)
{
    struct judged *j = *state;

    enable_second(j, CONFIG | 15, PENDING1 | 0x400);
    assert_broken(j, AGREE_RULE, "attributes of GICR_PENDBASER are others");
}

static void one_pending_table_for_two_fires(void **state)
{
    struct judged *j = *state;

    enable_second(j, CONFIG | 15, PENDING0);
    assert_broken(j, AGREE_RULE, "their pending tables are one");
}

static void tables_that_agree_are_quiet(void **state)
{
    struct judged *j = *state;

    enable_second(j, CONFIG | 15, PENDING1);
    assert_quiet(j);
}

/* --- lpi-config-invalidated --- */

static void resume_with_an_old_configuration_fires(void **state)
{
    struct judged *j = *state;

    rig_up(&j->r);
    message(&j->r, 5, 0);
    sleep_begins(j);
    rig_config(&j->r, 8192, 0xa2);
    nap_set_asleep(j->r.m, false);
    assert_broken(j, CONFIG_RULE, "holds configuration 0xa3 of LPI 8192, memory has 0xa2");
}

static void an_old_configuration_as_suspend_begins_is_quiet(void **state)
{
    struct judged *j = *state;

    rig_up(&j->r);
    message(&j->r, 5, 0);
    rig_config(&j->r, 8192, 0xa2);
    nap_set_asleep(j->r.m, true);
    assert_quiet(j);
}

static void resume_after_inv_is_quiet(void **state)
{
    struct judged *j = *state;

    rig_up(&j->r);
    message(&j->r, 5, 0);
    sleep_begins(j);
    rig_config(&j->r, 8192, 0xa2);
    on_event(&j->r, INV_OP, 5, 0, 0);
    sync_to(&j->r, 0);
    nap_set_asleep(j->r.m, false);
    assert_quiet(j);
}

#define judged_test(f) cmocka_unit_test_setup_teardown(f, judged_setup, judged_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        judged_test(nothing_fires_where_all_is_in_order),
        judged_test(power_off_while_enabled_fires),
        judged_test(power_off_before_quiescent_fires),
        judged_test(power_off_once_quiescent_is_quiet),
        judged_test(power_that_is_lost_is_nobodys_fault),
        judged_test(power_off_without_the_vendors_sequence_fires),
        judged_test(power_off_after_the_vendors_sequence_is_quiet),
        judged_test(enabled_before_quiescent_fires),
        judged_test(enabled_once_quiescent_is_quiet),
        judged_test(ctlr_as_it_was_read_fires),
        judged_test(ctlr_without_quiescent_is_quiet),
        judged_test(enabled_without_cbaser_fires),
        judged_test(enabled_without_cwriter_fires),
        judged_test(enabled_without_the_device_table_fires),
        judged_test(enabled_with_a_table_that_is_not_valid_fires),
        judged_test(without_hcc_the_collection_table_is_needed),
        judged_test(with_hcc_the_collection_table_may_be_left_out),
        judged_test(what_was_written_before_a_loss_does_not_count),
        judged_test(the_saved_cwriter_fires),
        judged_test(cbaser_of_a_retained_its_fires),
        judged_test(cwriter_0_is_quiet),
        judged_test(a_driver_that_keeps_its_place_in_the_queue_fires),
        judged_test(a_queue_that_goes_on_is_quiet),
        judged_test(commands_again_while_awake_are_quiet),
        judged_test(as_many_new_commands_are_quiet),
        judged_test(one_by_one_new_commands_are_quiet),
        judged_test(new_commands_before_the_enable_are_quiet),
        judged_test(the_saved_cwriter_of_commands_that_have_not_run_fires),
        judged_test(commands_before_the_first_enable_are_quiet),
        judged_test(an_its_enabled_before_lpis_fires),
        judged_test(with_pta_any_collection_that_goes_there_fires),
        judged_test(an_its_enabled_after_lpis_of_its_cpu_is_quiet),
        judged_test(without_a_collection_there_it_is_quiet),
        judged_test(a_command_in_error_fires),
        judged_test(an_itt_with_entries_fires),
        judged_test(entries_beyond_the_itt_are_not_its_own),
        judged_test(an_itt_of_its_own_is_quiet),
        judged_test(resume_with_commands_left_fires),
        judged_test(resume_with_commands_done_is_quiet),
        judged_test(commands_that_are_left_as_suspend_begins_are_quiet),
        judged_test(invall_without_sync_fires),
        judged_test(invall_with_sync_is_quiet),
        judged_test(power_off_with_pending_lpis_fires),
        judged_test(power_off_with_taken_lpis_fires),
        judged_test(power_off_with_lpis_taken_and_forgotten_fires),
        judged_test(power_off_after_a_ptz_that_was_not_true_fires),
        judged_test(power_off_with_all_of_a_full_table_is_quiet),
        judged_test(power_off_after_a_flush_is_quiet),
        judged_test(power_off_with_nothing_pending_is_quiet),
        judged_test(enable_lpis_without_propbaser_fires),
        judged_test(enable_lpis_without_pendbaser_fires),
        judged_test(enable_lpis_with_both_is_quiet),
        judged_test(lpis_that_stay_off_need_no_tables),
        judged_test(enable_lpis_before_rwp_is_0_fires),
        judged_test(enable_lpis_once_rwp_is_0_is_quiet),
        judged_test(a_base_of_an_enabled_its_breaks_its_protocol),
        judged_test(a_base_before_quiescent_breaks_its_protocol),
        judged_test(a_base_of_a_quiescent_its_is_quiet),
        judged_test(tables_of_lpis_that_are_enabled_break_their_protocol),
        judged_test(tables_before_rwp_is_0_break_their_protocol),
        judged_test(ptz_of_a_table_with_a_pending_lpi_fires),
        judged_test(ptz_of_a_zeroed_table_is_quiet),
        judged_test(two_configuration_tables_in_one_group_fire),
        judged_test(pending_tables_of_other_attributes_fire),
        judged_test(one_pending_table_for_two_fires),
        judged_test(tables_that_agree_are_quiet),
        judged_test(resume_with_an_old_configuration_fires),
        judged_test(an_old_configuration_as_suspend_begins_is_quiet),
        judged_test(resume_after_inv_is_quiet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
