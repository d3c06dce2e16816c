/* SPDX-License-Identifier: MIT */
/* lib/scenario/power.c and quiet.c: what happens to power domains and masters, asleep and
 * awake, and what may happen between two driver calls. */
#include <regnap/block.h>

#include "rig.h"

#include "scenario/runner.h"
#include "seam/seam.h"

#include <errno.h>

/* fcpf0 sits behind vp0, both in a3vp; sdhi0 behind ds1 and mm, all always on (device tree of
 * r8a77951). Lines 1 to 16 are the head; operations begin in line 17. */
#define HEAD_WITH(extra)                                                                       \
    "scenario: t\ntitle: t\ndriver: ipmmu\nsocs: [rcar-h3]\nvariants: [recommended]\n"         \
    "vary: []\n" extra "\ndomains:\n"                                                          \
    "  - name: video\n    masters: [fcpf0]\n    mappings:\n"                                   \
    "      - {iova: 0x50000000, pa: 0x58000000, size: 0x1000, access: rw}\n"                   \
    "  - {name: disk, masters: [sdhi0], mappings: [{iova: 0x51000000, pa: 0x59000000, "        \
    "size: 0x1000, access: rw}]}\n"                                                            \
    "operations:\n"                                                                            \
    "  - probe\n"
#define HEAD     HEAD_WITH("break-off: whole")
#define ATTACHED "  - attach: video\n  - attach: disk\n"

static struct nap_driver driver;

static void open_text(struct rig *r, const char *text)
{
    struct nap_error error = {0};

    memset(r, 0, sizeof *r);
    if (nap_scenario_load(text, strlen(text), "q.yaml", &r->scenario, &error))
        fail_msg("%s", error.text);
    assert_int_equal(nap_builtin_soc("rcar-h3", &r->soc, NULL), NAP_OK);
    driver = *rig_driver("recommended");
    driver.device_off = driver.device_on = NULL;
    r->config.scenario = r->scenario;
    r->config.soc = r->soc;
    r->config.driver = &driver;
    r->config.variant = "recommended";
    r->config.blocks = nap_builtin_blocks();
}

/* --- what the trace shows --- */

static char steps[4096];
static unsigned sent[64]; /* DMA by device */

static bool is_told(const struct nap_event *e)
{
    static const char *const calls[] = {"irq", "device_off", "device_on", "fault", "after"};

    for (unsigned i = 0; e->kind == NAP_STEP_CALL && i < COUNT_OF(calls); i++)
        if (strcmp(e->label, calls[i]) == 0)
            return true;
    return e->kind == NAP_STEP_POWER ||
           (e->kind == NAP_STEP_MASTER && strncmp(e->label, "ground", 6) != 0);
}

static void note_step(void *context, const struct nap_machine *m, const struct nap_event *e)
{
    size_t at = strlen(steps);

    (void)context;
    (void)m;
    if (e->kind == NAP_STEP_DMA)
        sent[e->device]++;
    if (is_told(e))
        (void)snprintf(steps + at, sizeof steps - at, "%s;", e->label);
}

static void run_noting(struct rig *r, const struct nap_choice_list *choices,
                       struct nap_run_result *result)
{
    steps[0] = 0;
    memset(sent, 0, sizeof sent);
    r->config.trace = note_step;
    rig_run(r, choices, result);
}

static void assert_rules(const struct nap_run_result *result, const char *a, const char *b)
{
    const char *const ids[] = {a, b};

    assert_violates_exactly(&result->findings, ids, a ? b ? 2 : 1 : 0);
}

static unsigned device(const struct rig *r, const char *name)
{
    for (unsigned i = 0; i < r->soc->n_devices; i++)
        if (strcmp(r->soc->devices[i].name, name) == 0)
            return i;
    fail_msg("no device %s", name);
    return 0;
}

static struct nap_soc_master *master(struct rig *r, const char *name)
{
    for (unsigned i = 0; i < r->soc->n_masters; i++)
        if (strcmp(r->soc->masters[i].name, name) == 0)
            return &r->soc->masters[i];
    fail_msg("no master %s", name);
    return NULL;
}

/* The one choice of its kind, taken. */
static struct nap_keyed_choice taken;

static struct nap_choice_list take(struct rig *r, enum nap_choice_kind kind, const char *label,
                                   const char *instance)
{
    taken = (struct nap_keyed_choice){.kind = kind, .n = 2, .value = 1};
    (void)strcpy(taken.label, label);
    (void)strcpy(taken.instance, instance);
    r->config.vary = NAP_CHOICE_BIT(kind);
    return (struct nap_choice_list){.list = &taken, .n = 1};
}

/* --- power awake --- */

static void a_master_without_power_sends_nothing(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_text(&r, HEAD ATTACHED "  - power-off: [a3vp]\n  - dma: video\n  - dma: disk\n");
    run_noting(&r, NULL, &result);
    assert_int_equal(sent[device(&r, "vp0")], 0);
    assert_int_equal(sent[device(&r, "ds1")], 1);
    assert_rules(&result, NULL, NULL);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* The driver is not told; ports of vp0 come back 0 (docs/ipmmu-facts.md, H30). */
static void power_lost_behind_the_drivers_back_lets_traffic_through(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_text(&r, HEAD ATTACHED "  - power-cycle: [a3vp]\n");
    run_noting(&r, NULL, &result);
    assert_string_equal(steps, "released;held;power off;units wake;power on;units are awake;"
                               "released;");
    assert_rules(&result, "dma-isolation", "state-equivalence");
    assert_int_equal(result.findings.n_obligations, 1); /* from power-on until it was let go */
    assert_true(result.findings.obligations[0].power_up);
    nap_run_result_free(&result);
    rig_close(&r);
}

static void power_of_a_domain_that_nobody_uses_may_come_and_go(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_text(&r, HEAD ATTACHED "  - power-off: [a3vc]\n  - dma: disk\n  - power-on: [a3vc]\n");
    run_noting(&r, NULL, &result);
    assert_rules(&result, NULL, NULL);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* A master that has power while the cache that it sits behind has lost its own. */
static void a_live_master_behind_a_unit_without_power_is_let_through_at_power_on(void **state)
{
    const struct nap_finding *f;
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_text(&r, HEAD ATTACHED "  - power-off: [a3vp]\n  - power-on: [a3vp]\n");
    master(&r, "fcpf0")->domain = master(&r, "sdhi0")->domain;
    run_noting(&r, NULL, &result);
    assert_true(
        has_rule(result.findings.violations, result.findings.n_violations, "dma-isolation"));
    f = &result.findings.violations[0]; /* at the step of power-on, no driver can be faster */
    assert_string_equal(f->rule->id, "ipmmu-power-up-bypass");
    assert_int_equal(f->device, device(&r, "vp0"));
    assert_int_equal(result.findings.n_obligations, 0);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* Mapped traffic that a unit without power refuses. */
static void traffic_to_a_unit_without_power_is_no_service(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_text(&r, HEAD ATTACHED "  - power-off: [a3vp]\n  - dma: video\n");
    master(&r, "fcpf0")->domain = master(&r, "sdhi0")->domain;
    run_noting(&r, NULL, &result);
    assert_rules(&result, "dma-service", NULL);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* --- the driver is told --- */

static char told[256];
static int told_result;

static int tell(const char *what, const struct nap_device *d)
{
    size_t at = strlen(told);

    (void)snprintf(told + at, sizeof told - at, "%s:%s%s ", what, d->name,
                   nap_device_powered(d) ? "" : "?");
    return told_result;
}

static int note_off(struct nap_device *d)
{
    return tell("off", d);
}

static int note_on(struct nap_device *d)
{
    return tell("on", d);
}

static void open_told(struct rig *r, const char *text)
{
    open_text(r, text);
    driver.device_off = note_off;
    driver.device_on = note_on;
    told[0] = 0;
    told_result = 0;
}

/* Off from the last, with power still there; on from the first, with power there again. */
static void runtime_operations_tell_the_driver_of_each_device(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_told(&r, HEAD "  - runtime-suspend: [a3vp]\n  - runtime-resume: [a3vp]\n");
    run_noting(&r, NULL, &result);
    assert_string_equal(told, "off:vp1 off:vp0 on:vp0 on:vp1 ");
    assert_string_equal(steps, "released;held;device_off;device_off;power off;units wake;"
                               "power on;device_on;device_on;units are awake;released;");
    nap_run_result_free(&result);
    rig_close(&r);
}

static void power_operations_do_not_tell_the_driver(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_told(&r, HEAD "  - power-off: [a3vp]\n  - power-on: [a3vp]\n");
    run_noting(&r, NULL, &result);
    assert_string_equal(told, "");
    nap_run_result_free(&result);
    rig_close(&r);
}

/* What is off already, or stays on, is nobody's news. */
static void the_driver_is_told_of_edges_only(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_told(&r, HEAD "  - power-off: [a3vp]\n  - runtime-suspend: [a3ir, a3vp]\n"
                       "  - runtime-resume: [a3ir, a3vc]\n");
    run_noting(&r, NULL, &result);
    assert_string_equal(told, "off:ir on:ir ");
    nap_run_result_free(&result);
    rig_close(&r);
}

static void a_driver_may_refuse_to_let_power_go(void **state)
{
    struct nap_run_result result;
    struct nap_error error = {0};
    struct rig r;

    (void)state;
    open_told(&r, HEAD "  - runtime-suspend: [a3vp]\n");
    told_result = -EBUSY;
    assert_int_equal(nap_run(&r.config, NULL, &result, &error), NAP_ERR_STATE);
    assert_string_equal(
        error.text,
        "q.yaml:16: the driver refused this operation with -16 (EBUSY), expected 0");
    assert_string_equal(told, "off:vp1 ");
    nap_run_result_free(&result);
    rig_close(&r);
}

static void a_suspend_with_a_domain_still_down_is_refused(void **state)
{
    struct nap_run_result result;
    struct nap_error error = {0};
    struct rig r;

    (void)state;
    open_text(&r, HEAD "  - power-off: [a3vp]\n  - suspend\n  - resume\n");
    assert_int_equal(nap_run(&r.config, NULL, &result, &error), NAP_ERR_STATE);
    assert_string_equal(error.text, "q.yaml:17: power domain a3vp is off here, expected "
                                    "runtime-resume or power-on of it above");
    nap_run_result_free(&result);
    rig_close(&r);
}

/* --- masters with firmware of their own --- */

#define SLEEP "  - suspend\n  - power-cycle\n  - resume\n"

static void only_an_autonomous_master_sends_while_asleep(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_text(&r, HEAD_WITH("autonomous: [sdhi0]") ATTACHED SLEEP);
    run_noting(&r, NULL, &result);
    assert_rules(&result, "ipmmu-power-up-bypass", NULL);
    assert_int_equal(result.findings.n_violations, 1);
    assert_int_equal(result.findings.violations[0].device, device(&r, "ds1"));
    assert_int_equal(result.findings.n_obligations, 1);
    assert_int_equal(result.findings.obligations[0].device, device(&r, "vp0"));
    nap_run_result_free(&result);
    rig_close(&r);
}

static void an_autonomous_master_that_is_not_there_is_refused(void **state)
{
    struct nap_run_result result;
    struct nap_error error = {0};
    struct rig r;

    (void)state;
    open_text(&r, HEAD_WITH("autonomous: [gpu]") ATTACHED);
    assert_int_equal(nap_run(&r.config, NULL, &result, &error), NAP_ERR_UNKNOWN);
    assert_non_null(strstr(error.text, "q.yaml:7: master 'gpu' is not on machine rcar-h3"));
    nap_run_result_free(&result);
    rig_close(&r);
}

static struct nap_master *known;

static int know(struct nap_master *m)
{
    if (strcmp(m->name, "sdhi0") == 0)
        known = m;
    return rig_driver("recommended")->add_master(m);
}

static int hold(void)
{
    nap_master_hold(known);
    return 0;
}

static int let_go(void)
{
    nap_master_release(known);
    return 0;
}

static void open_holding(struct rig *r, struct nap_phase *suspend, struct nap_phase *resume)
{
    open_text(r, HEAD_WITH("autonomous: [sdhi0]") ATTACHED SLEEP);
    suspend[0] = (struct nap_phase){.name = "hold", .kind = NAP_PHASE_STEP, .step = hold};
    memcpy(suspend + 1, driver.suspend, driver.n_suspend * sizeof *suspend);
    memcpy(resume, driver.resume, driver.n_resume * sizeof *resume);
    resume[driver.n_resume] =
        (struct nap_phase){.name = "let go", .kind = NAP_PHASE_STEP, .step = let_go};
    driver.suspend = suspend;
    driver.n_suspend++;
    driver.resume = resume;
    driver.n_resume++;
    driver.add_master = know;
}

static void a_master_that_the_driver_holds_sends_nothing_while_asleep(void **state)
{
    struct nap_phase suspend[8], resume[8];
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_holding(&r, suspend, resume);
    run_noting(&r, NULL, &result);
    assert_rules(&result, NULL, NULL);
    assert_non_null(strstr(steps, "quiesced;power off;power on;let go;resume has returned;"));
    nap_run_result_free(&result);
    rig_close(&r);
}

static void a_master_that_is_never_let_go_is_no_machine_as_before(void **state)
{
    struct nap_phase suspend[8], resume[8];
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_holding(&r, suspend, resume);
    driver.n_resume--;
    run_noting(&r, NULL, &result);
    assert_rules(&result, "state-equivalence", NULL);
    assert_non_null(strstr(result.findings.violations[0].message, "masters kept from sending"));
    nap_run_result_free(&result);
    rig_close(&r);
}

/* --- a suspend that is abandoned, power that stays --- */

static void an_abandoned_suspend_goes_to_resume_without_a_power_cut(void **state)
{
    struct nap_choice_list list;
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_text(&r, HEAD ATTACHED SLEEP);
    list = take(&r, NAP_CHOOSE_ABORT, "the suspend is abandoned", "");
    run_noting(&r, &list, &result);
    assert_int_equal(result.choices_unplaced, 0);
    assert_string_equal(steps, "released;held;suspend begins;resume has returned;released;");
    assert_rules(&result, NULL, NULL);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* The page is still mapped in the machine and in its twin. */
static void what_an_abandoned_suspend_left_out_is_not_expected(void **state)
{
    struct nap_choice_list list;
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_text(&r, HEAD ATTACHED "  - suspend\n"
                                "  - unmap: {domain: disk, iova: 0x51000000, size: 0x1000}\n"
                                "  - power-cycle\n  - resume\n  - dma: disk\n");
    list = take(&r, NAP_CHOOSE_ABORT, "the suspend is abandoned", "");
    run_noting(&r, &list, &result);
    assert_rules(&result, NULL, NULL);
    assert_int_equal(sent[device(&r, "ds1")], 1);
    taken.nth = 1; /* after the unmap */
    nap_run_result_free(&result);
    run_noting(&r, &list, &result);
    assert_int_equal(result.choices_unplaced, 0);
    assert_rules(&result, NULL, NULL);
    assert_int_equal(sent[device(&r, "ds1")], 0);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* Two questions: after suspend and after the unmap; none once power was cut. */
static void a_suspend_is_abandoned_only_before_power_is_touched(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_text(&r, HEAD ATTACHED "  - suspend\n"
                                "  - unmap: {domain: disk, iova: 0x51000000, size: 0x1000}\n"
                                "  - power-off\n  - power-on\n  - resume\n");
    r.config.vary = NAP_CHOICE_BIT(NAP_CHOOSE_ABORT);
    run_noting(&r, &(struct nap_choice_list){0}, &result);
    assert_int_equal(result.choices_asked, 2);
    nap_run_result_free(&result);
    rig_close(&r);
}

static void power_may_stay_on_where_it_was_to_be_cut(void **state)
{
    struct nap_choice_list list;
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_text(&r, HEAD ATTACHED SLEEP);
    list = take(&r, NAP_CHOOSE_LOSS, "power stays on", "");
    run_noting(&r, &list, &result);
    assert_int_equal(result.choices_unplaced, 0);
    assert_null(strstr(steps, "power"));
    assert_rules(&result, NULL, NULL);
    nap_run_result_free(&result);
    rig_close(&r);
}

static void a_search_over_abort_and_loss_meets_all_three_ways(void **state)
{
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    open_text(&r, HEAD ATTACHED SLEEP);
    r.config.vary = NAP_CHOICE_BIT(NAP_CHOOSE_ABORT) | NAP_CHOICE_BIT(NAP_CHOOSE_LOSS);
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, UINT64_MAX, &result);
    assert_true(result.exhausted);
    assert_int_equal(result.n_violations, 0);
    assert_true(result.executions >= 3);
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* --- interrupts --- */

/* A fault: sdhi0's port reads what nobody maps, so that the line of mm goes high. */
static int fault(void)
{
    struct nap_machine *m = nap_seam_machine();

    (void)nap_dma(m, (unsigned)nap_device_find(m, "ds1"), 32, 0x70000000, NAP_READ);
    return 0;
}

static int nothing(void)
{
    return 0;
}

static struct nap_phase going[2], coming[2];

/* Suspend and resume of two steps each, without registers; faults where asked. */
static void open_phases(struct rig *r, bool irqs_off, bool fault_going, bool fault_coming)
{
    open_text(r, HEAD ATTACHED "  - suspend\n  - resume\n");
    for (unsigned i = 0; i < 2; i++) {
        going[i] = coming[i] = (struct nap_phase){.name = i ? "after" : "fault",
                                                  .kind = NAP_PHASE_STEP,
                                                  .step = nothing,
                                                  .irqs_off = irqs_off};
    }
    driver.irqs_off = false;
    if (fault_going)
        going[0].step = fault;
    if (fault_coming)
        coming[0].step = fault;
    driver.suspend = going;
    driver.resume = coming;
    driver.n_suspend = driver.n_resume = 2;
}

static const char *steps_from_sleep(void)
{
    return strstr(steps, "suspend begins;");
}

static void an_interrupt_is_taken_between_phases_that_let_it_through(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_phases(&r, false, true, true);
    run_noting(&r, NULL, &result);
    assert_string_equal(steps_from_sleep(), "suspend begins;fault;irq;after;fault;irq;after;"
                                            "resume has returned;released;");
    nap_run_result_free(&result);
    rig_close(&r);
}

static void an_interrupt_waits_for_the_return_of_resume_where_they_are_off(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_phases(&r, true, false, true);
    run_noting(&r, NULL, &result);
    assert_string_equal(steps_from_sleep(), "suspend begins;fault;after;fault;after;"
                                            "resume has returned;released;irq;");
    nap_run_result_free(&result);
    rig_close(&r);
}

static void a_driver_may_have_them_off_in_all_its_phases(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_phases(&r, false, false, true);
    driver.irqs_off = true; /* as the variants of the ipmmu logic */
    run_noting(&r, NULL, &result);
    assert_string_equal(steps_from_sleep(), "suspend begins;fault;after;fault;after;"
                                            "resume has returned;released;irq;");
    nap_run_result_free(&result);
    rig_close(&r);
}

/* As Linux has it: the first phase of resume is noirq, the second is not. */
static void an_interrupt_waits_for_the_end_of_the_phase_that_keeps_it_out(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_phases(&r, true, true, false);
    coming[1].irqs_off = false;
    run_noting(&r, NULL, &result);
    assert_string_equal(steps_from_sleep(), "suspend begins;fault;after;fault;irq;after;"
                                            "resume has returned;released;");
    nap_run_result_free(&result);
    rig_close(&r);
}

static void an_interrupt_may_be_taken_later(void **state)
{
    struct nap_choice_list list;
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_phases(&r, false, true, false);
    list = take(&r, NAP_CHOOSE_HANDLER, "an interrupt is taken", "mm");
    run_noting(&r, &list, &result);
    assert_int_equal(result.choices_unplaced, 0);
    assert_string_equal(steps_from_sleep(), "suspend begins;fault;after;irq;fault;after;"
                                            "resume has returned;released;");
    nap_run_result_free(&result);
    rig_close(&r);
}

/* However often it is put off: the handlers of an OS are through before suspend begins. */
static void no_interrupt_waits_beyond_suspend_entry(void **state)
{
    struct nap_choice_list list;
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_phases(&r, true, false, false);
    rig_close(&r);
    open_text(
        &r, HEAD ATTACHED
        "  - dma: {domain: disk, iova: 0x70000000, access: r}\n  - suspend\n  - resume\n");
    list = take(&r, NAP_CHOOSE_HANDLER, "an interrupt is taken", "mm");
    run_noting(&r, &list, &result);
    assert_int_equal(result.choices_unplaced, 0);
    assert_non_null(strstr(steps, "held;irq;suspend begins;"));
    nap_run_result_free(&result);
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_master_without_power_sends_nothing),
        cmocka_unit_test(power_lost_behind_the_drivers_back_lets_traffic_through),
        cmocka_unit_test(power_of_a_domain_that_nobody_uses_may_come_and_go),
        cmocka_unit_test(a_live_master_behind_a_unit_without_power_is_let_through_at_power_on),
        cmocka_unit_test(traffic_to_a_unit_without_power_is_no_service),
        cmocka_unit_test(runtime_operations_tell_the_driver_of_each_device),
        cmocka_unit_test(power_operations_do_not_tell_the_driver),
        cmocka_unit_test(the_driver_is_told_of_edges_only),
        cmocka_unit_test(a_driver_may_refuse_to_let_power_go),
        cmocka_unit_test(a_suspend_with_a_domain_still_down_is_refused),
        cmocka_unit_test(only_an_autonomous_master_sends_while_asleep),
        cmocka_unit_test(an_autonomous_master_that_is_not_there_is_refused),
        cmocka_unit_test(a_master_that_the_driver_holds_sends_nothing_while_asleep),
        cmocka_unit_test(a_master_that_is_never_let_go_is_no_machine_as_before),
        cmocka_unit_test(an_abandoned_suspend_goes_to_resume_without_a_power_cut),
        cmocka_unit_test(what_an_abandoned_suspend_left_out_is_not_expected),
        cmocka_unit_test(a_suspend_is_abandoned_only_before_power_is_touched),
        cmocka_unit_test(power_may_stay_on_where_it_was_to_be_cut),
        cmocka_unit_test(a_search_over_abort_and_loss_meets_all_three_ways),
        cmocka_unit_test(an_interrupt_is_taken_between_phases_that_let_it_through),
        cmocka_unit_test(an_interrupt_waits_for_the_return_of_resume_where_they_are_off),
        cmocka_unit_test(an_interrupt_waits_for_the_end_of_the_phase_that_keeps_it_out),
        cmocka_unit_test(a_driver_may_have_them_off_in_all_its_phases),
        cmocka_unit_test(an_interrupt_may_be_taken_later),
        cmocka_unit_test(no_interrupt_waits_beyond_suspend_entry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
