/* SPDX-License-Identifier: MIT */
/* lib/gic/v2_rules.c: for every rule what breaks it and what does not, one condition each. */
#include "../gic/v2_rig.h"

#include "rules/judge.h"

#define ICFGR_RULE  "gicv2-icfgr-while-enabled"
#define DIR_RULE    "gicv2-dir-without-eoimode"
#define SGI_RULE    "gicv2-sgi-by-ispendr"
#define LINES_RULE  "gicv2-beyond-lines"
#define END_RULE    "gicv2-end-as-taken"
#define LIVE_RULE   "gicv2-live-before-restored"
#define LATCH_RULE  "gicv2-level-latched"
#define BYPASS_RULE "gicv2-bypass"
#define POWER_RULE  "gicv2-interface-at-power-off"

#define BOTH_PDS 3u

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

static int judged_setup(void **state)
{
    struct judged *j = calloc(1, sizeof *j);

    if (!j)
        return -1;
    rig_open(&j->r, &(struct rig_options){0});
    judge(j);
    *state = j;
    return 0;
}

static void judged_again(struct judged *j, const struct rig_options *o)
{
    nap_judge_destroy(j->judge);
    nap_findings_clear(&j->findings);
    rig_again(&j->r, o);
    judge(j);
}

static int judged_teardown(void **state)
{
    struct judged *j = *state;

    nap_judge_destroy(j->judge);
    nap_findings_free(&j->findings);
    rig_close(&j->r);
    free(j);
    return 0;
}

static unsigned count_in(const struct nap_finding *list, unsigned n, const char *rule)
{
    unsigned count = 0;

    for (unsigned i = 0; i < n; i++)
        if (!rule || strcmp(list[i].rule->id, rule) == 0)
            count += list[i].count;
    return count;
}

static void assert_quiet(const struct judged *j)
{
    if (j->findings.n_violations)
        fail_msg("%s: %s", j->findings.violations[0].rule->id,
                 j->findings.violations[0].message);
}

/* The only violation there is: of @rule, and it says so. Forgotten after. */
static void assert_broken(struct judged *j, const char *rule, const char *says)
{
    const struct nap_findings *f = &j->findings;

    assert_int_equal(count_in(f->violations, f->n_violations, rule), 1);
    assert_int_equal(count_in(f->violations, f->n_violations, NULL), 1);
    if (!strstr(f->violations[0].message, says))
        fail_msg("'%s' is not in: %s", says, f->violations[0].message);
    nap_findings_clear(&j->findings);
}

/* --- a life without fault --- */

/* What a test restores; the SPI is set up by spi_on(). */
static void configure(const struct rig *r)
{
    set_dist(r, GICD_IGROUPR + 4, 0);
    spi_is_edge(r);
    spi_on(r, 1, 0x80);
    set_cpui(r, GICC_BPR, 4);
}

static void sleep_begins(const struct rig *r)
{
    nap_golden_take(r->m);
    nap_set_asleep(r->m, true);
}

static void sleep_and_wake(const struct rig *r)
{
    sleep_begins(r);
    set_cpui(r, GICC_CTLR, BYPASS);
    set_dist(r, GICD_CTLR, 0);
    nap_power_off(r->m, BOTH_PDS);
    nap_power_on(r->m, BOTH_PDS);
}

static void turn_on(const struct rig *r)
{
    set_cpui(r, GICC_PMR, 0xff);
    set_dist(r, GICD_CTLR, GRP0);
    set_cpui(r, GICC_CTLR, GRP0 | BYPASS);
}

static void an_orderly_life_is_quiet(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    configure(r);
    turn_on(r);
    nap_line_set(r->m, SPI, 0, true);
    assert_int_equal(cpui(r, GICC_IAR), SPI);
    set_cpui(r, GICC_EOIR, SPI);
    set_dist(r, GICD_SGIR, 0x00010002);
    assert_int_equal(cpui(r, GICC_IAR), 2);
    set_cpui(r, GICC_EOIR, 2);
    sleep_and_wake(r);
    configure(r);
    turn_on(r);
    nap_set_asleep(r->m, false);
    assert_quiet(j);
    assert_int_equal(j->findings.n_notes, 0);
}

/* --- gicv2-icfgr-while-enabled --- */

static void a_trigger_changed_while_enabled_fires(void **state)
{
    struct judged *j = *state;

    set_dist(&j->r, GICD_ISENABLER + 4, SPI_BIT);
    spi_is_edge(&j->r);
    assert_broken(j, ICFGR_RULE, "interrupt 40");
}

static void a_trigger_of_a_ppi_changed_while_enabled_fires_on_its_cpu(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    run_on(r, 1);
    set_dist(r, GICD_ISENABLER, PPI_BIT);
    run_on(r, 0);
    set_dist(r, GICD_ICFGR + 4, 0x20000000);
    assert_quiet(j);
    run_on(r, 1);
    set_dist(r, GICD_ICFGR + 4, 0x20000000);
    assert_broken(j, ICFGR_RULE, "interrupt 30");
}

static void a_trigger_written_as_it_is_or_of_another_is_quiet(void **state)
{
    struct judged *j = *state;

    set_dist(&j->r, GICD_ISENABLER + 4, SPI_BIT);
    set_dist(&j->r, GICD_ICFGR + 8, 0x00080000); /* of 41 */
    set_dist(&j->r, GICD_ICFGR + 8, 0x00080000);
    assert_quiet(j);
}

static uint32_t plainest(void *context, const struct nap_choice *choice)
{
    (void)context;
    (void)choice;
    return 0;
}

/* After a loss nobody knows what it was; a disabled interrupt does not mind. */
static void a_trigger_that_nobody_knows_may_change(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    nap_set_chooser(r->m, plainest, NULL, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    nap_power_off(r->m, BOTH_PDS);
    nap_power_on(r->m, BOTH_PDS);
    set_dist(r, GICD_ICFGR, 0); /* of SGIs, which are enabled */
    set_dist(r, GICD_ICFGR + 12, 0);
    assert_quiet(j);
    set_dist(r, GICD_ISENABLER + 4, SPI_BIT);
    set_dist(r, GICD_ICFGR + 8, 0);
    assert_broken(j, ICFGR_RULE, "interrupt 40");
}

/* 4.3.13: a Non-secure write does not reach the field of a Group 0 interrupt. */
static void a_trigger_that_the_write_does_not_reach_is_quiet(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    judged_again(j, &(struct rig_options){.registers = TWO_SECURE});
    nap_set_chooser(r->m, plainest, NULL, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    nap_power_off(r->m, BOTH_PDS);
    nap_power_on(r->m, BOTH_PDS);
    nap_secure_set(r->m, true);
    set_dist(r, GICD_IGROUPR + 4, 0x200); /* 41 alone */
    set_dist(r, GICD_ISENABLER + 4, SPI_BIT);
    nap_secure_set(r->m, false);
    set_dist(r, GICD_ICFGR + 8, 0x20000);
    assert_quiet(j);
    nap_secure_set(r->m, true);
    set_dist(r, GICD_ICFGR + 8, 0x20000);
    assert_broken(j, ICFGR_RULE, "interrupt 40");
}

/* --- gicv2-dir-without-eoimode --- */

static void dir_without_eoimode_fires(void **state)
{
    struct judged *j = *state;

    set_cpui(&j->r, GICC_DIR, SPI);
    assert_broken(j, DIR_RULE, "interrupt 40");
    set_cpui(&j->r, GICC_CTLR, EOIMODE);
    set_cpui(&j->r, GICC_DIR, SPI);
    assert_quiet(j);
}

static void eoimode_is_that_of_the_access(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    judged_again(j, &(struct rig_options){.registers = TWO_SECURE});
    nap_secure_set(r->m, true);
    set_cpui(r, GICC_CTLR, EOIMODE);
    set_cpui(r, GICC_DIR, SPI);
    assert_quiet(j);
    nap_secure_set(r->m, false);
    set_cpui(r, GICC_DIR, SPI);
    assert_broken(j, DIR_RULE, "interrupt 40");
}

/* --- gicv2-sgi-by-ispendr --- */

static void an_sgi_made_pending_by_ispendr_fires(void **state)
{
    struct judged *j = *state;

    set_dist(&j->r, GICD_ISPENDR, 0x00010008);
    assert_broken(j, SGI_RULE, "0x8");
    set_dist(&j->r, GICD_ISPENDR + 4, 0x8);
    set_dist(&j->r, GICD_ICPENDR, 0x8);
    assert_quiet(j);
}

static void an_sgi_that_is_pending_anyway_is_quiet(void **state)
{
    struct judged *j = *state;

    set_dist_byte(&j->r, GICD_SPENDSGIR + 3, 1);
    set_dist(&j->r, GICD_ISPENDR, 0x8);
    assert_quiet(j);
}

/* --- gicv2-beyond-lines --- */

static void a_register_beyond_the_lines_fires(void **state)
{
    static const uint32_t beyond[] = {
        GICD_IGROUPR + 12,   GICD_ISENABLER + 12, GICD_ICENABLER + 12, GICD_ISPENDR + 12,
        GICD_ICPENDR + 12,   GICD_ISACTIVER + 12, GICD_ICACTIVER + 12, GICD_IPRIORITYR + 96,
        GICD_ITARGETSR + 96, GICD_ICFGR + 24};
    struct judged *j = *state;

    for (size_t i = 0; i < sizeof beyond / sizeof beyond[0]; i++) {
        set_dist(&j->r, beyond[i] - 4, 0);
        assert_quiet(j);
        set_dist(&j->r, beyond[i], 0);
        assert_broken(j, LINES_RULE, "interrupts from 96");
    }
}

/* --- gicv2-end-as-taken --- */

static void an_end_of_another_interrupt_fires(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    all_on(r);
    set_dist(r, GICD_IPRIORITYR, 0x4080);
    set_dist(r, GICD_SGIR, 0x00010000);
    (void)cpui(r, GICC_IAR);
    set_dist(r, GICD_SGIR, 0x00010001);
    (void)cpui(r, GICC_IAR);
    set_cpui(r, GICC_EOIR, 0);
    assert_broken(j, END_RULE, "ended 0x0");
}

static void an_end_without_the_cpu_of_an_sgi_fires(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    all_on(r);
    run_on(r, 1);
    set_dist(r, GICD_SGIR, 0x00010003);
    run_on(r, 0);
    (void)cpui(r, GICC_IAR);
    set_cpui(r, GICC_EOIR, 3);
    assert_broken(j, END_RULE, "ended 0x3");
}

static void an_end_of_nothing_fires_and_special_numbers_are_quiet(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    all_on(r);
    set_cpui(r, GICC_EOIR, SPI);
    assert_broken(j, END_RULE, "none of its priorities");
    set_cpui(r, GICC_EOIR, SPURIOUS);
    set_cpui(r, GICC_EOIR, 1022);
    assert_quiet(j);
}

/* By AEOIR too, and of the CPU that writes it; no other write is told of after that. */
static void an_end_of_nothing_by_another_cpu_fires_once(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    all_on(r);
    run_on(r, 1);
    set_cpui(r, GICC_AEOIR, SPI);
    assert_broken(j, END_RULE, "CPU 1 ended 0x28");
    set_cpui(r, GICC_PMR, 0xf0);
    assert_quiet(j);
}

static void nested_ends_in_reverse_order_are_quiet(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    all_on(r);
    set_dist(r, GICD_IPRIORITYR, 0x4080);
    set_dist(r, GICD_SGIR, 0x00010000);
    (void)cpui(r, GICC_IAR);
    set_dist(r, GICD_SGIR, 0x00010001);
    (void)cpui(r, GICC_IAR);
    set_cpui(r, GICC_EOIR, 1);
    set_cpui(r, GICC_EOIR, 0);
    assert_quiet(j);
}

/* Nobody knows what took it. */
static void an_end_of_a_priority_that_software_put_there_is_quiet(void **state)
{
    struct judged *j = *state;

    set_cpui(&j->r, GICC_APR, 0x10000);
    set_cpui(&j->r, GICC_EOIR, SPI);
    assert_quiet(j);
}

/* --- gicv2-live-before-restored --- */

static void asleep(struct judged *j)
{
    configure(&j->r);
    turn_on(&j->r);
    sleep_and_wake(&j->r);
}

static void each_part_of_the_configuration_is_waited_for(void **state)
{
    static const struct {
        uint32_t offset, value;
        const char *says;
    } parts[] = {
        {GICD_ICFGR + 8, 0x20000, "GICD_ICFGR[2]"},
        {GICD_IPRIORITYR + 40, 0x80, "GICD_IPRIORITYR[10]"},
        {GICD_ITARGETSR + 40, 0x1, "GICD_ITARGETSR[10]"},
    };
    struct judged *j = *state;
    const struct rig *r = &j->r;

    for (unsigned missing = 0; missing < 3; missing++) {
        judged_again(j, &(struct rig_options){0});
        asleep(j);
        set_cpui(r, GICC_BPR, 4);
        for (unsigned i = 0; i < 3; i++)
            if (i != missing)
                set_dist(r, parts[i].offset, parts[i].value);
        set_dist(r, GICD_ISENABLER + 4, SPI_BIT);
        set_dist(r, GICD_CTLR, GRP0);
        assert_quiet(j); /* no interface is enabled */
        set_cpui(r, GICC_CTLR, GRP0);
        assert_broken(j, LIVE_RULE, parts[missing].says);
    }
}

static void groups_and_binary_points_are_waited_for(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    set_dist(r, GICD_IGROUPR + 4, 0x200);
    asleep(j);
    spi_is_edge(r);
    spi_on(r, 1, 0x80);
    set_cpui(r, GICC_CTLR, GRP0);
    set_dist(r, GICD_CTLR, GRP0);
    assert_broken(j, LIVE_RULE, "GICC_BPR");
}

/* It was of Group 1, and is of Group 0 until software says so again. */
static void a_group_is_waited_for(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    configure(r);
    set_dist(r, GICD_IGROUPR + 4, SPI_BIT);
    sleep_and_wake(r);
    spi_is_edge(r);
    spi_on(r, 1, 0x80);
    set_cpui(r, GICC_BPR, 4);
    set_dist(r, GICD_CTLR, GRP1);
    set_cpui(r, GICC_CTLR, GRP1 | BYPASS);
    assert_broken(j, LIVE_RULE, "GICD_IGROUPR[1]");
}

static void the_binary_point_of_group_1_is_waited_for(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    set_cpui(r, GICC_ABPR, 5);
    asleep(j);
    configure(r);
    turn_on(r);
    assert_broken(j, LIVE_RULE, "GICC_ABPR");
}

/* Both CPUs are on as forwarding is. */
static void an_spi_is_told_of_once(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    asleep(j);
    set_cpui(r, GICC_BPR, 4);
    set_dist(r, GICD_ISENABLER + 4, SPI_BIT);
    set_cpui(r, GICC_CTLR, GRP0 | BYPASS);
    run_on(r, 1);
    set_cpui(r, GICC_CTLR, GRP0 | BYPASS);
    assert_quiet(j);
    set_dist(r, GICD_CTLR, GRP0);
    assert_broken(j, LIVE_RULE, "interrupt 40");
}

static void an_enable_while_all_is_on_is_looked_at(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    asleep(j);
    set_cpui(r, GICC_BPR, 4);
    turn_on(r);
    assert_quiet(j);
    set_dist(r, GICD_ISENABLER + 4, SPI_BIT);
    assert_broken(j, LIVE_RULE, "interrupt 40");
}

static void ppis_are_looked_at_on_their_cpu(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    run_on(r, 1);
    set_dist_byte(r, GICD_IPRIORITYR + PPI, 0x60);
    set_dist(r, GICD_ISENABLER, PPI_BIT);
    run_on(r, 0);
    asleep(j);
    configure(r);
    turn_on(r);
    assert_quiet(j);
    run_on(r, 1);
    set_dist(r, GICD_ISENABLER, PPI_BIT);
    assert_quiet(j); /* its interface is off */
    set_cpui(r, GICC_CTLR, GRP0);
    assert_broken(j, LIVE_RULE, "GICD_IPRIORITYR[7]@cpu1");
}

/* Group 1 does not get through. */
static void an_spi_of_a_group_that_is_off_need_not_be_restored(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    asleep(j);
    set_cpui(r, GICC_BPR, 4);
    set_dist(r, GICD_IGROUPR + 4, SPI_BIT);
    set_dist(r, GICD_ISENABLER + 4, SPI_BIT);
    turn_on(r);
    assert_quiet(j);
    set_dist(r, GICD_CTLR, GRP0 | GRP1);
    assert_quiet(j);
    set_cpui(r, GICC_CTLR, GRP0 | GRP1 | BYPASS);
    assert_broken(j, LIVE_RULE, "interrupt 40");
}

static void another_value_that_software_writes_is_quiet(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    asleep(j);
    configure(r);
    set_dist(r, GICD_IPRIORITYR + 40, 0xa0a0a0a0);
    turn_on(r);
    assert_quiet(j);
}

static void without_a_sleep_nothing_is_waited_for(void **state)
{
    struct judged *j = *state;

    asleep(j);
    nap_set_asleep(j->r.m, false);
    set_dist(&j->r, GICD_ISENABLER + 4, SPI_BIT);
    turn_on(&j->r);
    assert_quiet(j);
}

/* --- gicv2-level-latched --- */

static void a_level_latched_in_resume_fires(void **state)
{
    struct judged *j = *state;

    sleep_begins(&j->r);
    set_dist(&j->r, GICD_ISPENDR + 4, SPI_BIT);
    assert_broken(j, LATCH_RULE, "interrupt 40");
}

static void a_latch_of_an_edge_or_while_awake_is_quiet(void **state)
{
    struct judged *j = *state;

    set_dist(&j->r, GICD_ISPENDR + 4, 0x200);
    spi_is_edge(&j->r);
    sleep_begins(&j->r);
    set_dist(&j->r, GICD_ISPENDR + 4, SPI_BIT);
    nap_power_off(j->r.m, BOTH_PDS);
    nap_power_on(j->r.m, BOTH_PDS);
    set_dist(&j->r, GICD_ISPENDR + 4, 0x200); /* software's own, from before */
    assert_quiet(j);
}

/* --- gicv2-bypass --- */

static void an_interface_disabled_with_its_bypass_open_is_a_note_or_fires(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    set_cpui(r, GICC_CTLR, GRP0);
    set_cpui(r, GICC_CTLR, 0);
    assert_quiet(j);
    assert_int_equal(count_in(j->findings.notes, j->findings.n_notes, BYPASS_RULE), 1);
    judged_again(j, &(struct rig_options){.switch_id = "G13", .switch_value = 1});
    set_cpui(r, GICC_CTLR, GRP0);
    set_cpui(r, GICC_CTLR, 0x0e0);
    assert_broken(j, BYPASS_RULE, "CPU 0");
    set_cpui(r, GICC_CTLR, 0); /* as open as before */
    assert_quiet(j);
}

static void an_interface_disabled_with_its_bypass_closed_is_quiet(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    judged_again(j, &(struct rig_options){.switch_id = "G13", .switch_value = 1});
    set_cpui(r, GICC_CTLR, 0); /* as after reset */
    set_cpui(r, GICC_CTLR, GRP0);
    set_cpui(r, GICC_CTLR, BYPASS);
    assert_quiet(j);
}

static void nonsecure_software_closes_the_bypass_of_group_1(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    judged_again(j, &(struct rig_options){
                        .registers = TWO_SECURE, .switch_id = "G13", .switch_value = 1});
    set_cpui(r, GICC_CTLR, 1);
    set_cpui(r, GICC_CTLR, 0x60);
    assert_quiet(j);
}

/* --- gicv2-interface-at-power-off --- */

static void a_priority_that_is_active_when_power_goes_fires(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    all_on(r);
    spi_on(r, 1, 0x80);
    nap_line_set(r->m, SPI, 0, true);
    (void)cpui(r, GICC_IAR);
    set_cpui(r, GICC_CTLR, BYPASS);
    nap_power_off(r->m, 2);
    assert_broken(j, POWER_RULE, "priority 0x80 was active on CPU 0");
}

static void power_that_is_lost_or_is_another_s_is_quiet(void **state)
{
    struct judged *j = *state;
    const struct rig *r = &j->r;

    all_on(r);
    spi_on(r, 1, 0x80);
    nap_line_set(r->m, SPI, 0, true);
    (void)cpui(r, GICC_IAR);
    nap_power_off(r->m, 1); /* of the distributor */
    nap_power_lose(r->m, 2);
    assert_quiet(j);
}

static void an_interface_left_enabled_is_a_note(void **state)
{
    struct judged *j = *state;

    all_on(&j->r);
    nap_power_off(j->r.m, BOTH_PDS);
    assert_quiet(j);
    assert_int_equal(count_in(j->findings.notes, j->findings.n_notes, POWER_RULE), 2);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, judged_setup, judged_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(an_orderly_life_is_quiet),
        RULE(a_trigger_changed_while_enabled_fires),
        RULE(a_trigger_of_a_ppi_changed_while_enabled_fires_on_its_cpu),
        RULE(a_trigger_written_as_it_is_or_of_another_is_quiet),
        RULE(a_trigger_that_nobody_knows_may_change),
        RULE(a_trigger_that_the_write_does_not_reach_is_quiet),
        RULE(dir_without_eoimode_fires),
        RULE(eoimode_is_that_of_the_access),
        RULE(an_sgi_made_pending_by_ispendr_fires),
        RULE(an_sgi_that_is_pending_anyway_is_quiet),
        RULE(a_register_beyond_the_lines_fires),
        RULE(an_end_of_another_interrupt_fires),
        RULE(an_end_without_the_cpu_of_an_sgi_fires),
        RULE(an_end_of_nothing_fires_and_special_numbers_are_quiet),
        RULE(an_end_of_nothing_by_another_cpu_fires_once),
        RULE(nested_ends_in_reverse_order_are_quiet),
        RULE(an_end_of_a_priority_that_software_put_there_is_quiet),
        RULE(each_part_of_the_configuration_is_waited_for),
        RULE(groups_and_binary_points_are_waited_for),
        RULE(a_group_is_waited_for),
        RULE(the_binary_point_of_group_1_is_waited_for),
        RULE(an_spi_is_told_of_once),
        RULE(an_enable_while_all_is_on_is_looked_at),
        RULE(ppis_are_looked_at_on_their_cpu),
        RULE(an_spi_of_a_group_that_is_off_need_not_be_restored),
        RULE(another_value_that_software_writes_is_quiet),
        RULE(without_a_sleep_nothing_is_waited_for),
        RULE(a_level_latched_in_resume_fires),
        RULE(a_latch_of_an_edge_or_while_awake_is_quiet),
        RULE(an_interface_disabled_with_its_bypass_open_is_a_note_or_fires),
        RULE(an_interface_disabled_with_its_bypass_closed_is_quiet),
        RULE(nonsecure_software_closes_the_bypass_of_group_1),
        RULE(a_priority_that_is_active_when_power_goes_fires),
        RULE(power_that_is_lost_or_is_another_s_is_quiet),
        RULE(an_interface_left_enabled_is_a_note),
    };

    return cmocka_run_group_tests_name("rules-gicv2", tests, NULL, NULL);
}
