/* SPDX-License-Identifier: MIT */
/* Scenarios of the SMMUv3 driver in its recommended form: what a search over them must prove,
 * and a unit that is off at run time when the system goes to sleep. */
#include "rig.h"

#define VARY_FAIL  NAP_CHOICE_BIT(NAP_CHOOSE_FAIL)
#define VARY_POST  NAP_CHOICE_BIT(NAP_CHOOSE_POST)
#define VARY_FILL  NAP_CHOICE_BIT(NAP_CHOOSE_QUEUE_FILL)
#define VARY_LOSS  NAP_CHOICE_BIT(NAP_CHOOSE_LOSS)
#define VARY_ABORT NAP_CHOICE_BIT(NAP_CHOOSE_ABORT)

static const struct nap_driver *form(const char *variant)
{
    struct nap_builtin_variant v;

    for (unsigned i = 0; nap_builtin_driver(i, &v); i++)
        if (strcmp(v.name, "smmuv3") == 0 && strcmp(v.variant, variant) == 0)
            return v.driver;
    fail_msg("no variant %s", variant);
    return NULL;
}

/* @text NULL: the built-in scenario of that name. */
static void open_smmu(struct rig *r, const char *name, const char *text, const char *variant)
{
    struct nap_error error = {0};

    memset(r, 0, sizeof *r);
    if (text ? nap_scenario_load(text, strlen(text), name, &r->scenario, &error)
             : nap_builtin_scenario(name, &r->scenario, &error))
        fail_msg("%s", error.text);
    assert_int_equal(nap_builtin_soc(r->scenario->socs[0], &r->soc, NULL), NAP_OK);
    r->config.scenario = r->scenario;
    r->config.soc = r->soc;
    r->config.driver = form(variant);
    r->config.variant = variant;
    r->config.blocks = nap_builtin_blocks();
}

static void prove(const char *scenario, uint32_t vary, unsigned faults)
{
    struct nap_explore_result result;
    struct rig r;

    open_smmu(&r, scenario, NULL, "converged");
    r.config.vary = vary;
    r.config.faults = faults;
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, UINT64_MAX, &result);
    assert_true(result.exhausted);
    if (result.n_violations)
        fail_msg("%s: %s", scenario, result.violations[0].finding.message);
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* --- an endpoint with ATS --- */

/* A command queue that stops at the very last command of resume is told too. */
static void ats_comes_back_or_its_absence_is_told(void **state)
{
    (void)state;
    prove("smmu-ats", VARY_LATENCY | VARY_RETAIN | VARY_FILL | VARY_FAIL, 1);
}

/* The register that turns ATS on lies in the endpoint, which may take its time. */
static void ats_is_on_when_resume_has_returned(void **state)
{
    (void)state;
    prove("smmu-ats", VARY_LATENCY | VARY_POST, 1);
}

/* --- off at run time at suspend entry --- */

static void a_unit_that_is_off_sleeps_on_through_a_sleep_of_the_system(void **state)
{
    (void)state;
    prove("smmu-nesting", VARY_LATENCY | VARY_RETAIN, 0);
    prove("smmu-nesting", VARY_RETAIN | VARY_RESET | VARY_LOSS | VARY_ABORT, 1);
}

static void who_suspends_it_again_touches_what_has_no_power(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_smmu(&r, "smmu-nesting", NULL, "nesting-unasked");
    rig_run(&r, NULL, &result);
    assert_int_equal(result.findings.n_violations, 1);
    assert_string_equal(result.findings.violations[0].rule->id, "unpowered-access");
    nap_run_result_free(&result);
    rig_close(&r);
}

/* The SMMU of handheld is on one rail with its clients. */
#define NESTING(wake)                                                                          \
    "scenario: t\ntitle: t\ndriver: smmuv3\nsocs: [handheld]\nvariants: [converged]\nvary: "   \
    "[]\ndomains:\n"                                                                           \
    "  - {name: guest, masters: [dma1], mappings: [{iova: 0x50000000, pa: 0x58000000, size: "  \
    "0x1000, access: rw}]}\noperations:\n  - probe\n  - attach: guest\n"                       \
    "  - runtime-suspend: [rail]\n  - suspend\n  - power-off\n  - power-on\n  - resume\n"      \
    "  - dma: guest\n" wake "  - dma: guest\n"
#define ALL_ON "  - runtime-resume: [rail, tbu0-pd, tbu1-pd]\n"

static char sent[256];

static void note_dma(void *context, const struct nap_machine *m, const struct nap_event *e)
{
    size_t at = strlen(sent);

    (void)context;
    (void)m;
    if (e->kind == NAP_STEP_DMA)
        (void)snprintf(sent + at, sizeof sent - at, "%s;", e->label);
}

static void run_nesting(const char *text, const char *expected)
{
    struct nap_run_result result;
    struct rig r;

    open_smmu(&r, "s.yaml", text, "converged");
    r.config.trace = note_dma;
    sent[0] = 0;
    rig_run(&r, NULL, &result);
    if (result.findings.n_violations)
        fail_msg("%s", result.findings.violations[0].message);
    assert_string_equal(sent, expected);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* Firmware has brought the rail on, but nobody has woken the unit. */
static void its_clients_wait_for_it_beyond_resume(void **state)
{
    (void)state;
    run_nesting(NESTING(""), "");
    run_nesting(NESTING(ALL_ON), "translated;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ats_comes_back_or_its_absence_is_told),
        cmocka_unit_test(ats_is_on_when_resume_has_returned),
        cmocka_unit_test(a_unit_that_is_off_sleeps_on_through_a_sleep_of_the_system),
        cmocka_unit_test(who_suspends_it_again_touches_what_has_no_power),
        cmocka_unit_test(its_clients_wait_for_it_beyond_resume),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
