/* SPDX-License-Identifier: MIT */
/* A runner from its configuration: the machine, the drivers bound to it, their objects, and the
 * judge with the addresses that it asks about. All of it is checked before anything runs. */
#include "create.h"

#include "../seam/object.h"
#include "../seam/seam.h"
#include "sleep.h"
#include "twin.h"

#include <assert.h>
#include <stdlib.h>

/* --- what each port is asked about --- */

static void add_address(nap_addr *list, unsigned *n, nap_addr iova)
{
    for (unsigned i = 0; i < *n; i++)
        if (list[i] == iova)
            return;
    list[(*n)++] = iova;
}

static void add_ends(nap_addr *list, unsigned *n, const struct nap_scenario_mapping *mapping)
{
    add_address(list, n, mapping->iova);
    add_address(list, n, mapping->iova + mapping->size_bytes - 0x1000);
}

/* Each port is asked about the first and last page of everything that any domain maps or
 * unmaps: its own must translate, the others' must not. */
static void add_op(nap_addr *list, unsigned *n, const struct nap_scenario_op *op)
{
    if (op->kind == NAP_OP_DMA && op->mapping.prot)
        add_address(list, n, op->mapping.iova);
    else if (op->kind == NAP_OP_MAP || op->kind == NAP_OP_UNMAP)
        add_ends(list, n, &op->mapping);
}

static_assert(2 * (NAP_SCENARIO_DOMAINS_MAX * NAP_SCENARIO_MAPPINGS_MAX + NAP_SCENARIO_OPS_MAX +
                   NAP_SCENARIO_CLIENTS_MAX * NAP_SCENARIO_CALLS_MAX) +
                      NAP_SCENARIO_TRAFFIC_MAX <=
                  NAP_JUDGE_ADDRESSES,
              "room for both ends of all that a scenario can map");

static unsigned addresses(const struct nap_scenario *s, nap_addr *list)
{
    unsigned n = 0;

    for (uint32_t d = 0; d < s->n_domains; d++)
        for (uint32_t i = 0; i < s->domains[d].n_mappings; i++)
            add_ends(list, &n, &s->domains[d].mappings[i]);
    for (uint32_t i = 0; i < s->n_ops; i++)
        add_op(list, &n, &s->ops[i]);
    for (uint32_t c = 0; c < s->n_clients; c++)
        for (uint32_t i = 0; i < s->clients[c].n_ops; i++)
            add_op(list, &n, &s->clients[c].ops[i]);
    for (uint32_t i = 0; i < s->n_traffic; i++)
        add_address(list, &n, s->traffic[i].iova);
    return n;
}

/* --- what can be checked without a machine --- */

/* A misspelt name would leave a rule on that its user thinks is off. */
static enum nap_err check_rules(const struct nap_run_config *c, struct nap_error *error)
{
    enum nap_err err = nap_rules_check(c->blocks, error);

    for (unsigned i = 0; i < c->n_rules_off && !err; i++)
        if (!nap_rule_find(c->blocks, c->rules_off[i]))
            return nap_fail(error, NAP_ERR_UNKNOWN, "there is no rule '%s' to turn off",
                            c->rules_off[i]);
    return err;
}

static enum nap_err check_driver(const struct nap_run_config *c, struct nap_error *error)
{
    if (c->scenario->n_domains == 0 || c->driver->attach)
        return NAP_OK;
    return nap_fail(error, NAP_ERR_ARG,
                    "%s: scenario %s has domains, and driver %s attaches no master, expected "
                    "domains: []",
                    c->scenario->file, c->scenario->name, c->driver->name);
}

/* Where calls are whole, and nothing comes before their accesses, they are run again as fast,
 * and numbers of states are the same in every build. */
static bool needs_stack(const struct nap_run_config *c)
{
    const struct nap_scenario *s = c->scenario;
    uint32_t asked = 0;

    if (s->n_interrupts)
        asked |= NAP_CHOICE_BIT(NAP_CHOOSE_IRQ);
    if (s->n_traffic)
        asked |= NAP_CHOICE_BIT(NAP_CHOOSE_DMA);
    if (s->break_off == NAP_BREAK_OFF_ANY_STEP)
        asked |= NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY) | NAP_CHOICE_BIT(NAP_CHOOSE_LOSS) |
                 NAP_CHOICE_BIT(NAP_CHOOSE_ABORT);
    return !c->rerun_calls && (c->vary & asked) && nap_stack_works();
}

/* --- the parts --- */

static enum nap_err make_machine(struct nap_runner *r, struct nap_error *error)
{
    const struct nap_run_config *c = r->config;
    struct nap_machine_config mc = {
        .soc = c->soc,
        .blocks = c->blocks,
        .slot = c->machine_slot,
        .policy = c->policy,
        .profile = c->profile,
        .faults = c->faults,
        .switches = c->switches,
        .n_switches = c->n_switches,
        .parameters = c->scenario->parameters,
        .n_parameters = c->scenario->n_parameters,
    };
    enum nap_err err = nap_machine_create(&mc, &r->m, error);

    if (!err)
        err = nap_runner_bind_drivers(r, error);
    if (!err && c->object)
        err = nap_object_use(c->object, r->m, error);
    return err;
}

/* What the driver works with; where its calls are made from. */
static enum nap_err make_driver_side(struct nap_runner *r, struct nap_error *error)
{
    enum nap_err err;

    r->all_domains = r->m->st->domains_on;
    r->pos = nap_arena_alloc(r->m, NAP_REGION_STATE, sizeof *r->pos);
    if (!r->pos || !nap_runner_make_objects(r))
        return nap_fail(error, NAP_ERR_NOSPACE, "driver RAM is used up");
    r->m->os_devices = r->devices;
    err = nap_runner_make_parts(r, error);
    if (!err)
        err = nap_runner_list_interrupts(r, error);
    if (!err && needs_stack(r->config) && r->m->n_image == 0)
        err = nap_stack_create(r->m, error);
    return err;
}

static enum nap_err make_judge(struct nap_runner *r, const unsigned *masters, unsigned n,
                               struct nap_error *error)
{
    const struct nap_run_config *c = r->config;
    nap_addr list[NAP_JUDGE_ADDRESSES];
    enum nap_err err = check_rules(c, error);

    if (!err)
        err = nap_judge_create(r->m, masters, n, list, addresses(c->scenario, list),
                               &r->findings, &r->judge, error);
    if (err)
        return err;
    for (unsigned i = 0; i < c->n_rules_off; i++)
        nap_judge_turn_off(r->judge, c->rules_off[i]);
    r->judge->allow = c->allow;
    r->judge->strict = c->strict_protocol;
    r->judge->check_incremental = c->check_incremental;
    if (c->check_incremental)
        r->m->observed = UINT32_MAX;
    return NAP_OK;
}

static enum nap_err build(struct nap_runner *r, struct nap_error *error)
{
    unsigned masters[NAP_SCENARIO_DOMAINS_MAX * NAP_SCENARIO_MASTERS_MAX];
    unsigned n = 0;
    enum nap_err err = check_driver(r->config, error);

    if (!err)
        err = make_machine(r, error);
    if (!err)
        err = make_driver_side(r, error);
    if (!err)
        err = nap_runner_make_masters(r, masters, &n, error);
    if (!err)
        err = nap_runner_find_autonomous(r, error);
    if (!err)
        err = nap_runner_check_traffic(r, error);
    if (!err)
        err = nap_runner_check_operations(r, error);
    if (!err)
        err = make_judge(r, masters, n, error);
    if (!err)
        nap_set_trace(r->m, r->config->trace, r->config->trace_context);
    return err;
}

enum nap_err nap_runner_create(const struct nap_run_config *config, struct nap_runner **out,
                               struct nap_error *error)
{
    struct nap_runner *r = calloc(1, sizeof *r);
    enum nap_err err;

    *out = NULL;
    if (!r)
        return nap_fail(error, NAP_ERR_NOMEM, "no memory for a run");
    r->config = config;
    err = build(r, error);
    if (err) {
        nap_runner_destroy(r);
        return err;
    }
    *out = r;
    return NAP_OK;
}

void nap_runner_destroy(struct nap_runner *r)
{
    if (!r)
        return;
    for (unsigned i = 0; i < NAP_SLEEPS_MAX; i++)
        nap_twin_free(r->twins[i]);
    free(r->undo);
    nap_judge_destroy(r->judge);
    if (r->m)
        nap_stack_destroy(r->m);
    nap_machine_destroy(r->m);
    nap_findings_free(&r->findings);
    free(r);
}
