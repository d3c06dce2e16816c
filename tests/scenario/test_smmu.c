/* SPDX-License-Identifier: MIT */
/* Scenarios of the SMMUv3 driver in its recommended form: what a search over them must prove. */
#include "rig.h"

#define VARY_FAIL  NAP_CHOICE_BIT(NAP_CHOOSE_FAIL)
#define VARY_POST  NAP_CHOICE_BIT(NAP_CHOOSE_POST)
#define VARY_FILL  NAP_CHOICE_BIT(NAP_CHOOSE_QUEUE_FILL)

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ats_comes_back_or_its_absence_is_told),
        cmocka_unit_test(ats_is_on_when_resume_has_returned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
