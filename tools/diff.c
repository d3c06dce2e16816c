/* SPDX-License-Identifier: MIT */
/* regnap diff: two forms of a driver in one scenario; what one does and shows that the other
 * does not. */
#include "diff.h"

#include <regnap/rule.h>

#include <stdlib.h>
#include <string.h>

/* --- the two sides --- */

static bool is_object(const char *name)
{
    size_t length = strlen(name);

    return strchr(name, '/') || (length > 3 && strcmp(name + length - 3, ".so") == 0);
}

static int side_open(const struct options *o, const char *name, const char *scenario,
                     struct side *side)
{
    struct options mine = *o;

    mine.driver = is_object(name) ? name : NULL;
    mine.variant = is_object(name) ? NULL : name;
    return job_open(&mine, scenario, &side->job);
}

/* Objects of the same name are told apart by their files. */
static void name_sides(struct diff *d, const char *a, const char *b)
{
    bool same = strcmp(d->a.job.config.variant, d->b.job.config.variant) == 0;

    snprintf(d->a.name, sizeof d->a.name, "%s", same ? a : d->a.job.config.variant);
    snprintf(d->b.name, sizeof d->b.name, "%s", same ? b : d->b.job.config.variant);
}

static int side_explore(const struct options *o, struct side *side)
{
    struct nap_error error = {0};
    enum nap_err err;

    side->config = explore_configure(o, &side->job);
    err = nap_explore(&side->config, &side->explored, &error);
    return err ? complain_error(err, &error) : EXIT_CLEAN;
}

static int side_record(struct side *side)
{
    int status = record_collect(&side->job, side->job.config.policy, &side->plain);

    return status ? status : record_collect(&side->job, NAP_POLICY_LAZY, &side->lazy);
}

static void side_close(struct side *side)
{
    for (unsigned i = 0; side->names && i < side->explored.n_violations; i++)
        free(side->names[i]);
    free(side->names);
    free(side->fates);
    record_free(&side->plain);
    record_free(&side->lazy);
    nap_explore_result_free(&side->explored);
    job_close(&side->job);
}

/* --- violations --- */

static const struct nap_reg *reg_of(const struct side *s, const struct nap_finding *f)
{
    unsigned index;

    return f->slot == NAP_NO_SLOT
               ? NULL
               : register_of(model_of(s->job.soc, f->device), f->slot, &index);
}

/* The same wrong at the same unit and register; the line is another in another driver. */
static bool same_wrong(const struct side *s, const struct nap_finding *x,
                       const struct nap_finding *y)
{
    return x->rule == y->rule && x->device == y->device && reg_of(s, x) == reg_of(s, y);
}

/* Two searches that did not end may each have missed what the other met, so what one side has
 * found is tried on the other. */
static int shows(const struct side *s, const struct nap_explored_violation *v, bool *there)
{
    struct nap_run_config config = s->job.config;
    struct nap_run_result result;
    struct nap_error error = {0};
    enum nap_err err;

    *there = false;
    for (unsigned i = 0; i < s->explored.n_violations; i++)
        *there |= same_wrong(s, &s->explored.violations[i].finding, &v->finding);
    if (*there)
        return EXIT_CLEAN;
    config.seed = 0;
    err = nap_run(&config, &v->choices, &result, &error);
    for (unsigned i = 0; !err && i < result.findings.n_violations; i++)
        *there |= same_wrong(s, &result.findings.violations[i], &v->finding);
    nap_run_result_free(&result);
    return err ? complain_error(err, &error) : EXIT_CLEAN;
}

static int compare_violations(struct side *from, const struct side *other)
{
    int status = EXIT_CLEAN;

    from->fates = need(from->explored.n_violations, sizeof *from->fates);
    for (unsigned i = 0; i < from->explored.n_violations && !status; i++) {
        bool there;
        status = shows(other, &from->explored.violations[i], &there);
        from->fates[i] = there ? FATE_BOTH : FATE_ALONE;
    }
    return status;
}

/* What A's search met and B shows as well, although its own search ended before that. */
static void find_tried(struct diff *d)
{
    const struct nap_explore_result *a = &d->a.explored, *b = &d->b.explored;

    for (unsigned i = 0; i < a->n_violations; i++) {
        bool met = d->a.fates[i] != FATE_BOTH;
        for (unsigned k = 0; k < b->n_violations; k++)
            met |= same_wrong(&d->b, &b->violations[k].finding, &a->violations[i].finding);
        if (!met)
            d->a.fates[i] = FATE_TRIED;
    }
}

static uint32_t kinds_of(const struct nap_choice_list *choices)
{
    uint32_t kinds = 0;

    for (unsigned i = 0; i < choices->n; i++)
        kinds |= NAP_CHOICE_BIT(choices->list[i].kind);
    return kinds;
}

/* How the first access that shows it ends. */
static enum nap_outcome_kind ends_in(const struct nap_finding *f)
{
    return f->n_probes ? f->probes[0].outcome.kind : NAP_OUTCOME_UNDETERMINED;
}

/* The same rule about DMA on the same kind of unit, with the same end, in a story of the same
 * kinds, at another register. Where DMA goes wrong the register only says which write let it be
 * seen; of other rules it is what is wrong. */
static bool may_have_moved(const struct diff *d, unsigned of_a, unsigned of_b)
{
    const struct nap_explored_violation *x = &d->a.explored.violations[of_a];
    const struct nap_explored_violation *y = &d->b.explored.violations[of_b];
    const struct nap_soc *soc = d->a.job.soc;

    if (x->finding.rule != y->finding.rule || x->finding.rule->family != NAP_RULE_OUTCOME ||
        x->finding.device >= soc->n_devices || y->finding.device >= soc->n_devices)
        return false;
    return group_of(soc, x->finding.device) == group_of(soc, y->finding.device) &&
           ends_in(&x->finding) == ends_in(&y->finding) &&
           kinds_of(&x->choices) == kinds_of(&y->choices) &&
           reg_of(&d->a, &x->finding) != reg_of(&d->b, &y->finding);
}

static bool pair(struct diff *d, unsigned of_a, unsigned of_b, bool same_device)
{
    const struct nap_finding *x = &d->a.explored.violations[of_a].finding;
    const struct nap_finding *y = &d->b.explored.violations[of_b].finding;

    if (d->a.fates[of_a] != FATE_ALONE || d->b.fates[of_b] != FATE_ALONE ||
        (same_device && x->device != y->device) || !may_have_moved(d, of_a, of_b))
        return false;
    d->a.fates[of_a] = d->b.fates[of_b] = FATE_MOVED;
    d->moved_from[of_b] = of_a;
    return true;
}

static void pair_all(struct diff *d, bool same_device)
{
    for (unsigned k = 0; k < d->b.explored.n_violations; k++)
        for (unsigned i = 0; i < d->a.explored.n_violations; i++)
            if (pair(d, i, k, same_device))
                break;
}

/* One for one, on the same unit where there is one: what B has more of is new. */
static void find_moved(struct diff *d)
{
    d->moved_from = need(d->b.explored.n_violations, sizeof *d->moved_from);
    pair_all(d, true);
    pair_all(d, false);
}

unsigned side_count(const struct side *side, enum fate fate)
{
    unsigned n = 0;

    for (unsigned i = 0; i < side->explored.n_violations; i++)
        n += side->fates[i] == fate;
    return n;
}

/* --- the command --- */

static int compare(const struct options *o, struct diff *d)
{
    int status = side_explore(o, &d->a);

    if (!status)
        status = side_explore(o, &d->b);
    if (!status)
        status = side_record(&d->a);
    if (!status)
        status = side_record(&d->b);
    if (!status)
        status = compare_violations(&d->a, &d->b);
    if (!status)
        status = compare_violations(&d->b, &d->a);
    if (status)
        return status;
    find_tried(d);
    find_moved(d);
    diff_orders(d);
    diff_accesses(d);
    diff_barriers(d);
    diff_duties(d);
    return EXIT_CLEAN;
}

static int finish(const struct options *o, const struct diff *d)
{
    const struct side *b = &d->b;

    if (d->a.explored.incremental_mismatch || b->explored.incremental_mismatch) {
        complain("our own fault: the incremental answers differ from the full ones");
        return EXIT_OURS;
    }
    if (b->explored.n_violations || side_count(&d->a, FATE_TRIED))
        return EXIT_VIOLATION;
    if (!o->require_proof || strcmp(explore_verdict(&b->config, &b->explored), "proved") == 0)
        return EXIT_CLEAN;
    complain("--require-proof: not met, the budget of %llu executions ended the search of %s",
             (unsigned long long)b->config.budget, b->name);
    return EXIT_NO_PROOF;
}

static int report(const struct options *o, struct diff *d)
{
    int status;

    d->b.names = need(d->b.explored.n_violations, sizeof *d->b.names);
    status = explore_write(o, &d->b.job, &d->b.explored, d->b.names);
    if (!status)
        status = o->json ? diff_json(d) : o->mail ? diff_mail(o, d) : diff_text(d);
    return status ? status : finish(o, d);
}

static void diff_free(struct diff *d)
{
    side_close(&d->a);
    side_close(&d->b);
    free(d->moved_from);
    free(d->orders);
    free(d->writes.list);
    free(d->reads.list);
    free(d->waits.list);
    free(d);
}

int command_diff(const struct options *o)
{
    struct diff *d = need(1, sizeof *d);
    int status = explore_check(o);

    if (!status)
        status = side_open(o, o->arg, o->third, &d->a);
    if (!status)
        status = side_open(o, o->extra, o->third, &d->b);
    if (!status) {
        name_sides(d, o->arg, o->extra);
        status = compare(o, d);
    }
    if (!status)
        status = report(o, d);
    diff_free(d);
    return status;
}
