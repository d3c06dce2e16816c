/* SPDX-License-Identifier: MIT */
/* What the tests of runs share: a built-in scenario on its machine with one of its variants. */
#ifndef TEST_SCENARIO_RIG_H
#define TEST_SCENARIO_RIG_H

#include <regnap/builtin.h>
#include <regnap/run.h>

#include "../core/loader_test.h"

#define VARY_ORDER   NAP_CHOICE_BIT(NAP_CHOOSE_ORDER)
#define VARY_LATENCY NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY)
#define VARY_RETAIN  NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN)
#define VARY_RESET   NAP_CHOICE_BIT(NAP_CHOOSE_RESET)
#define VARY_ALL     (VARY_ORDER | VARY_LATENCY | VARY_RETAIN | VARY_RESET)

struct rig {
    struct nap_scenario *scenario;
    struct nap_soc *soc;
    struct nap_run_config config;
};

static inline const struct nap_driver *rig_driver_of(const char *name, const char *variant)
{
    struct nap_builtin_variant v;

    for (unsigned i = 0; nap_builtin_driver(i, &v); i++)
        if (strcmp(v.name, name) == 0 && strcmp(v.variant, variant) == 0)
            return v.driver;
    fail_msg("no variant %s", variant);
    return NULL;
}

static inline const struct nap_driver *rig_driver(const char *variant)
{
    return rig_driver_of("ipmmu", variant);
}

static inline void rig_open_on(struct rig *r, const char *scenario, const char *soc,
                               const char *driver, const char *variant)
{
    memset(r, 0, sizeof *r);
    assert_int_equal(nap_builtin_scenario(scenario, &r->scenario, NULL), NAP_OK);
    assert_int_equal(nap_builtin_soc(soc, &r->soc, NULL), NAP_OK);
    r->config.scenario = r->scenario;
    r->config.soc = r->soc;
    r->config.driver = rig_driver_of(driver, variant);
    r->config.variant = variant;
    r->config.blocks = nap_builtin_blocks();
}

static inline void rig_open(struct rig *r, const char *variant)
{
    rig_open_on(r, "ipmmu-resume", "rcar-h3", "ipmmu", variant);
}

static inline void rig_close(struct rig *r)
{
    nap_scenario_free(r->scenario);
    nap_soc_free(r->soc);
}

static inline void rig_run(const struct rig *r, const struct nap_choice_list *choices,
                           struct nap_run_result *result)
{
    struct nap_error error = {0};

    if (nap_run(&r->config, choices, result, &error))
        fail_msg("%s", error.text);
}

static inline void rig_explore(const struct rig *r, enum nap_strategy strategy, uint64_t budget,
                               struct nap_explore_result *result)
{
    struct nap_explore_config c = {r->config, strategy, budget};
    struct nap_error error = {0};

    if (nap_explore(&c, result, &error))
        fail_msg("%s", error.text);
}

/* Whether a rule of that id is among the findings. */
static inline bool has_rule(const struct nap_finding *list, unsigned n, const char *id)
{
    for (unsigned i = 0; i < n; i++)
        if (strcmp(list[i].rule->id, id) == 0)
            return true;
    return false;
}

/* Whether every violation is of one of @n rules, and each of them is there. */
static inline void assert_violates_exactly(const struct nap_findings *f, const char *const *ids,
                                           unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (!has_rule(f->violations, f->n_violations, ids[i]))
            fail_msg("%s is not violated", ids[i]);
    for (unsigned i = 0; i < f->n_violations; i++) {
        unsigned k = 0;
        while (k < n && strcmp(ids[k], f->violations[i].rule->id) != 0)
            k++;
        if (k == n)
            fail_msg("%s: %s", f->violations[i].rule->id, f->violations[i].message);
    }
}

static inline const struct nap_explored_violation *
explored(const struct nap_explore_result *result, const char *id)
{
    for (unsigned i = 0; i < result->n_violations; i++)
        if (strcmp(result->violations[i].finding.rule->id, id) == 0)
            return &result->violations[i];
    fail_msg("%s was not found", id);
    return NULL;
}

#endif
