/* SPDX-License-Identifier: MIT */
/* lib/scenario/anywhere.c: power that goes, and a suspend that is given up, at any step. */
#include "rig.h"

#include "seam/seam.h"

#include <regnap/block.h>

#include <errno.h>

#define VARY_LOSS  NAP_CHOICE_BIT(NAP_CHOOSE_LOSS)
#define VARY_ABORT NAP_CHOICE_BIT(NAP_CHOOSE_ABORT)

#define HEAD                                                                                   \
    "scenario: t\ntitle: t\ndriver: d\nsocs: [rcar-h3]\nvariants: [recommended]\nvary: []\n"   \
    "domains: []\noperations:\n  - probe\n  - suspend\n"
#define SLEEP HEAD "  - power-cycle\n  - resume\n"

static struct nap_driver driver;
static const char *const no_twin[] = {"state-equivalence"};

static void open_text(struct rig *r, const char *text)
{
    struct nap_error error = {0};

    memset(r, 0, sizeof *r);
    if (nap_scenario_load(text, strlen(text), "a.yaml", &r->scenario, &error))
        fail_msg("%s", error.text);
    assert_int_equal(nap_builtin_soc("rcar-h3", &r->soc, NULL), NAP_OK);
    r->config.scenario = r->scenario;
    r->config.soc = r->soc;
    r->config.driver = &driver;
    r->config.variant = "recommended";
    r->config.blocks = nap_builtin_blocks();
    /* The twin's suite would write notes, too. */
    r->config.rules_off = no_twin;
    r->config.n_rules_off = 1;
}

/* --- a driver that takes notes between its accesses to mm, the root --- */

#define CONTROL  0x500 /* IMSCTLR */
#define DISCACHE 0x10000000u

static char notes[1024];
static struct nap_device *mm;

/* The driver's own memory has the last note too, so that no two places are the same state. */
static void say(const char *what)
{
    size_t at = strlen(notes);

    (void)snprintf(notes + at, sizeof notes - at, "%s ", what);
    mm->data = (void *)(uintptr_t)what;
}

static int d_probe(struct nap_device *device)
{
    if (strcmp(device->name, "mm") == 0)
        mm = device;
    return 0;
}

static int d_down(void)
{
    say("s1");
    nap_write32(mm->regs + CONTROL, 0);
    say("s2");
    nap_dsb();
    say("s3");
    (void)nap_read32(mm->regs + CONTROL);
    say("s4");
    return 0;
}

static int d_up(void)
{
    say("r1");
    nap_write32(mm->regs + CONTROL, 0);
    say("r2");
    return 0;
}

static int d_last(void)
{
    say("last");
    return 0;
}

static int abandon_answer;

static int d_abandon(void)
{
    say("abandon");
    nap_write32(mm->regs + CONTROL, 0); /* nothing is asked here */
    return abandon_answer;
}

static const struct nap_phase suspend[] = {
    {.name = "down", .kind = NAP_PHASE_STEP, .step = d_down},
};

static const struct nap_phase resume[] = {
    {.name = "up", .kind = NAP_PHASE_STEP, .step = d_up},
    {.name = "last", .kind = NAP_PHASE_STEP, .step = d_last},
};

static const struct nap_driver taking_notes = {
    .abi = NAP_DRIVER_ABI,
    .name = "d",
    .probe = d_probe,
    .suspend = suspend,
    .n_suspend = 1,
    .resume = resume,
    .n_resume = 2,
};

static int set_up(void **state)
{
    (void)state;
    driver = taking_notes;
    abandon_answer = 0;
    return 0;
}

/* --- what the trace shows --- */

static char steps[1024];

static void note_step(void *context, const struct nap_machine *m, const struct nap_event *e)
{
    size_t at = strlen(steps);

    (void)context;
    (void)m;
    if (e->kind == NAP_STEP_POWER)
        (void)snprintf(steps + at, sizeof steps - at, "%s %llx;", e->label,
                       (unsigned long long)e->now);
}

static struct nap_keyed_choice choice;

/* A run in which it happens at the place that @label and @instance name. */
static void run_with(struct rig *r, enum nap_choice_kind kind, const char *label,
                     const char *instance, uint32_t nth, struct nap_run_result *result)
{
    const struct nap_choice_list list = {.list = &choice, .n = 1};

    choice = (struct nap_keyed_choice){.kind = kind, .nth = nth, .n = 2, .value = 1};
    (void)snprintf(choice.label, sizeof choice.label, "%s", label);
    (void)snprintf(choice.instance, sizeof choice.instance, "%s", instance);
    r->config.vary |= NAP_CHOICE_BIT(kind);
    r->config.trace = note_step;
    notes[0] = steps[0] = 0;
    rig_run(r, &list, result);
    assert_int_equal(result->choices_unplaced, 0);
    assert_int_equal(result->choices.n, 1);
}

struct place {
    enum nap_choice_kind kind;
    uint32_t nth;
    const char *label, *instance, *notes;
};

static void assert_places(const char *text, const struct place *table, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        struct nap_run_result result;
        struct rig r;

        open_text(&r, text);
        run_with(&r, table[i].kind, table[i].label, table[i].instance, table[i].nth, &result);
        assert_string_equal(notes, table[i].notes);
        assert_int_equal(result.findings.n_violations, 0);
        nap_run_result_free(&result);
        rig_close(&r);
    }
}

/* --- power --- */

static void
power_can_go_at_every_step_of_suspend_and_resume_begins_anew_at_its_first(void **state)
{
    static const struct place table[] = {
        {NAP_CHOOSE_LOSS, 0, "power gone between calls", "", "r1 r2 last "},
        {NAP_CHOOSE_LOSS, 0, "power gone before write", "mm.IMSCTLR", "s1 r1 r2 last "},
        {NAP_CHOOSE_LOSS, 0, "power gone before a barrier", "", "s1 s2 r1 r2 last "},
        {NAP_CHOOSE_LOSS, 0, "power gone before read", "mm.IMSCTLR", "s1 s2 s3 r1 r2 last "},
    };

    (void)state;
    assert_places(SLEEP, table, COUNT_OF(table));
}

static void power_can_go_at_every_step_of_resume(void **state)
{
    static const struct place table[] = {
        {NAP_CHOOSE_LOSS, 1, "power gone between calls", "", "s1 s2 s3 s4 r1 r2 last "},
        {NAP_CHOOSE_LOSS, 1, "power gone before write", "mm.IMSCTLR",
         "s1 s2 s3 s4 r1 r1 r2 last "},
        {NAP_CHOOSE_LOSS, 2, "power gone between calls", "", "s1 s2 s3 s4 r1 r2 r1 r2 last "},
    };

    (void)state;
    assert_places(SLEEP, table, COUNT_OF(table));
}

static void what_power_does_after_a_loss_is_what_it_does_in_every_wake(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_text(&r, HEAD "  - power-off\n  - power-on: [always_on]\n"
                       "  - write: {device: mm, register: IMSCTLR, value: 0}\n  - resume\n");
    run_with(&r, NAP_CHOOSE_LOSS, "power gone before write", "mm.IMSCTLR", 0, &result);
    assert_string_equal(notes, "s1 r1 r2 last ");
    /* In the plain run, too, only one domain is on in the end. */
    assert_non_null(strstr(steps, "power lost 0;power on 1;"));
    nap_run_result_free(&result);
    rig_close(&r);
}

/* In the order of the plain run: vp0 is written to while it is on. */
static void firmware_writes_in_its_order_after_a_loss_too(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_text(&r, HEAD "  - power-cycle\n  - write: {device: vp0, register: IMCTR, value: 1}\n"
                       "  - power-off: [a3vp]\n  - resume\n");
    run_with(&r, NAP_CHOOSE_LOSS, "power gone before write", "mm.IMSCTLR", 0, &result);
    assert_string_equal(notes, "s1 r1 r2 last ");
    assert_non_null(strstr(steps, "power lost 0;power on "));
    assert_non_null(strstr(steps, ";power off "));
    nap_run_result_free(&result);
    rig_close(&r);
}

static void power_goes_once_in_a_run(void **state)
{
    struct nap_keyed_choice twice[2] = {
        {.kind = NAP_CHOOSE_LOSS, .nth = 0, .n = 2, .value = 1},
        {.kind = NAP_CHOOSE_LOSS, .nth = 1, .n = 2, .value = 1},
    };
    const struct nap_choice_list list = {.list = twice, .n = 2};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_text(&r, SLEEP);
    (void)strcpy(twice[0].label, "power gone before write");
    (void)strcpy(twice[0].instance, "mm.IMSCTLR");
    twice[1] = twice[0];
    twice[1].nth = 1;
    r.config.vary = VARY_LOSS;
    rig_run(&r, &list, &result);
    assert_int_equal(result.choices.n, 1);
    assert_int_equal(result.choices_unplaced, 1);
    assert_string_equal(result.choices.list[0].means, "power gone before write mm.IMSCTLR");
    nap_run_result_free(&result);
    rig_close(&r);
}

/* --- a suspend that is given up --- */

static void
a_suspend_can_be_given_up_at_every_step_and_resume_follows_with_power_on(void **state)
{
    static const struct place table[] = {
        {NAP_CHOOSE_ABORT, 0, "suspend given up between calls", "", "r1 r2 last "},
        {NAP_CHOOSE_ABORT, 0, "suspend given up before write", "mm.IMSCTLR", "s1 r1 r2 last "},
        {NAP_CHOOSE_ABORT, 0, "suspend given up before a barrier", "", "s1 s2 r1 r2 last "},
        {NAP_CHOOSE_ABORT, 0, "suspend given up before read", "mm.IMSCTLR",
         "s1 s2 s3 r1 r2 last "},
        {NAP_CHOOSE_ABORT, 0, "the suspend is abandoned", "", "s1 s2 s3 s4 r1 r2 last "},
    };

    (void)state;
    assert_places(SLEEP, table, COUNT_OF(table));
    assert_string_equal(steps, "");
}

static void a_driver_with_a_call_for_it_is_asked_to_give_up_instead(void **state)
{
    static const struct place table[] = {
        {NAP_CHOOSE_ABORT, 0, "suspend given up before write", "mm.IMSCTLR", "s1 abandon "},
        {NAP_CHOOSE_ABORT, 0, "suspend given up before read", "mm.IMSCTLR",
         "s1 s2 s3 abandon "},
        {NAP_CHOOSE_ABORT, 0, "the suspend is abandoned", "", "s1 s2 s3 s4 r1 r2 last "},
    };

    (void)state;
    driver.abandon = d_abandon;
    assert_places(SLEEP, table, COUNT_OF(table));
}

static void a_driver_that_cannot_give_up_is_a_resume_that_failed(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    driver.abandon = d_abandon;
    abandon_answer = -EIO;
    open_text(&r, SLEEP);
    r.config.n_rules_off = 0;
    run_with(&r, NAP_CHOOSE_ABORT, "suspend given up before write", "mm.IMSCTLR", 0, &result);
    assert_int_equal(result.resume_result, -EIO);
    assert_int_equal(result.findings.n_violations, 1);
    assert_string_equal(result.findings.violations[0].rule->id, "state-equivalence");
    nap_run_result_free(&result);
    rig_close(&r);
}

/* --- where it is not asked --- */

static unsigned asked(const char *text, uint32_t vary)
{
    struct nap_run_result result;
    struct rig r;
    unsigned n;

    open_text(&r, text);
    r.config.vary = vary;
    rig_run(&r, &(struct nap_choice_list){0}, &result);
    n = result.choices_asked;
    nap_run_result_free(&result);
    rig_close(&r);
    return n;
}

static void each_place_is_one_choice(void **state)
{
    (void)state;
    /* Before the call of suspend and in it 4, the cut 1, before the calls of resume and in
     * them 3. */
    assert_int_equal(asked(SLEEP, VARY_LOSS), 8);
    /* And once the suspend is whole. */
    assert_int_equal(asked(SLEEP, VARY_ABORT), 5);
    assert_int_equal(asked(SLEEP, VARY_LOSS | VARY_ABORT), 13);
}

static int d_looks(void)
{
    nap_write32(mm->regs + CONTROL, DISCACHE);
    for (unsigned i = 0; i < 5; i++)
        (void)nap_read32(mm->regs + CONTROL);
    nap_dsb();
    nap_write32(mm->regs + CONTROL, DISCACHE); /* holds that already */
    nap_write32(mm->regs + CONTROL, 0);
    (void)nap_read32(mm->regs + CONTROL);
    return 0;
}

/* To leave the call there is to leave it at the access before. */
static void where_nothing_has_changed_it_is_not_asked_again(void **state)
{
    static const struct nap_phase looks = {
        .name = "looks", .kind = NAP_PHASE_STEP, .step = d_looks};

    (void)state;
    driver.suspend = &looks;
    /* Before the call of suspend, its first write, read and last read, then as above. */
    assert_int_equal(asked(SLEEP, VARY_LOSS), 4 + 1 + 3);
    assert_int_equal(asked(SLEEP, VARY_ABORT), 4 + 1);
    assert_int_equal(asked(SLEEP, VARY_LOSS | VARY_ABORT), 4 + 1 + 3 + 4 + 1);
}

static void a_scenario_may_keep_suspend_and_resume_whole(void **state)
{
    (void)state;
    assert_int_equal(asked("break-off: whole\n" SLEEP, VARY_LOSS | VARY_ABORT), 2);
}

static void a_sleep_without_a_resume_does_not_break_off(void **state)
{
    (void)state;
    assert_int_equal(asked(HEAD, VARY_LOSS | VARY_ABORT), 0);
}

/* --- a search --- */

static uint32_t *left_open; /* in driver RAM */

static int d_opens(void)
{
    *left_open = 1;
    nap_write32(mm->regs + CONTROL, 0);
    *left_open = 0;
    return 0;
}

static int d_minds(void)
{
    if (*left_open)
        nap_panic("it was left open", __FILE__, __LINE__);
    return 0;
}

static int d_probe_allocates(struct nap_device *device)
{
    if (strcmp(device->name, "mm") != 0)
        return 0;
    mm = device;
    left_open = nap_alloc(sizeof *left_open);
    return left_open ? 0 : -ENOMEM;
}

/* Only where the call is left at its one access does the resume find what it cannot bear. */
static void a_search_finds_the_one_step_at_which_it_matters(void **state)
{
    static const struct nap_phase opens[] = {
        {.name = "opens", .kind = NAP_PHASE_STEP, .step = d_opens},
        {.name = "down", .kind = NAP_PHASE_STEP, .step = d_down},
    };
    static const struct nap_phase minds[] = {
        {.name = "minds", .kind = NAP_PHASE_STEP, .step = d_minds},
    };
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    driver.probe = d_probe_allocates;
    driver.suspend = opens;
    driver.n_suspend = 2;
    driver.resume = minds;
    driver.n_resume = 1;
    open_text(&r, SLEEP);
    r.config.vary = VARY_LOSS;
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, UINT64_MAX, &result);
    assert_true(result.exhausted);
    assert_int_equal(result.n_violations, 1);
    assert_string_equal(result.violations[0].finding.rule->id, "driver-panic");
    assert_int_equal(result.violations[0].choices.n, 1);
    assert_string_equal(result.violations[0].choices.list[0].means,
                        "power gone before write mm.IMSCTLR");
    assert_int_equal(result.violations[0].choices.list[0].nth, 0);
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* In one of 64 places: most runs get to the end. */
static void random_runs_get_far(void **state)
{
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    open_text(&r, SLEEP);
    r.config.vary = VARY_LOSS;
    r.config.seed = 1;
    rig_explore(&r, NAP_STRATEGY_RANDOM, 200, &result);
    assert_int_equal(result.executions, 200);
    assert_true(result.distinct_runs > 2);
    notes[0] = 0;
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* --- a handler that a call waits for --- */

static struct nap_device *raiser;

static int h_probe(struct nap_device *d)
{
    if (strcmp(d->name, "mm") != 0)
        return 0;
    raiser = d;
    return nap_irq_request(d, 0, false);
}

static bool h_edge(struct nap_device *d, unsigned output)
{
    (void)output;
    nap_write32(d->regs + 0x40, 2);
    return false;
}

static int h_down(void)
{
    nap_edge(nap_seam_machine(), raiser->index, 0);
    nap_irq_synchronize(raiser);
    return 0;
}

static int h_up(void)
{
    nap_irq_synchronize(raiser);
    return 0;
}

static void a_handler_that_a_call_waits_for_is_not_broken_off(void **state)
{
    static const struct nap_phase down = {
        .name = "down", .kind = NAP_PHASE_STEP, .step = h_down};
    static const struct nap_phase up = {.name = "up", .kind = NAP_PHASE_STEP, .step = h_up};

    (void)state;
    for (int rerun = 0; rerun < 2; rerun++) {
        struct nap_explore_result result;
        struct rig r;

        driver = (struct nap_driver){.abi = NAP_DRIVER_ABI,
                                     .name = "d",
                                     .probe = h_probe,
                                     .irq_edge = h_edge,
                                     .suspend = &down,
                                     .n_suspend = 1,
                                     .resume = &up,
                                     .n_resume = 1};
        open_text(&r, SLEEP);
        r.config.vary = VARY_LOSS | VARY_ABORT;
        r.config.rerun_calls = rerun != 0;
        rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, UINT64_MAX, &result);
        assert_true(result.exhausted);
        for (unsigned i = 0; i < result.n_violations; i++)
            fail_msg("%s", result.violations[i].finding.message);
        nap_explore_result_free(&result);
        rig_close(&r);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(
            power_can_go_at_every_step_of_suspend_and_resume_begins_anew_at_its_first, set_up),
        cmocka_unit_test_setup(power_can_go_at_every_step_of_resume, set_up),
        cmocka_unit_test_setup(what_power_does_after_a_loss_is_what_it_does_in_every_wake,
                               set_up),
        cmocka_unit_test_setup(firmware_writes_in_its_order_after_a_loss_too, set_up),
        cmocka_unit_test_setup(power_goes_once_in_a_run, set_up),
        cmocka_unit_test_setup(
            a_suspend_can_be_given_up_at_every_step_and_resume_follows_with_power_on, set_up),
        cmocka_unit_test_setup(a_driver_with_a_call_for_it_is_asked_to_give_up_instead, set_up),
        cmocka_unit_test_setup(a_driver_that_cannot_give_up_is_a_resume_that_failed, set_up),
        cmocka_unit_test_setup(each_place_is_one_choice, set_up),
        cmocka_unit_test_setup(where_nothing_has_changed_it_is_not_asked_again, set_up),
        cmocka_unit_test_setup(a_scenario_may_keep_suspend_and_resume_whole, set_up),
        cmocka_unit_test_setup(a_sleep_without_a_resume_does_not_break_off, set_up),
        cmocka_unit_test_setup(a_search_finds_the_one_step_at_which_it_matters, set_up),
        cmocka_unit_test_setup(random_runs_get_far, set_up),
        cmocka_unit_test(a_handler_that_a_call_waits_for_is_not_broken_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
