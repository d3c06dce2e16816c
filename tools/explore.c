/* SPDX-License-Identifier: MIT */
/* regnap explore: all runs of a scenario, within bounds that the answer states. */
#include "cli.h"

#include <regnap/rule.h>

#include <stdlib.h>
#include <string.h>

#define DEFAULT_BUDGET UINT64_C(1000000)

int explore_check(const struct options *o)
{
    bool random = o->strategy == NAP_STRATEGY_RANDOM;

    if (random && o->require_proof)
        return complain("--require-proof: found --strategy random, expected exhaustive: random "
                        "runs prove nothing");
    if (random && o->budget_given && o->budget == UINT64_MAX)
        return complain("--budget 0: found --strategy random, expected a number of runs: it "
                        "would never end");
    if (!random && o->policy_random && o->vary_given &&
        !(o->vary & NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY)))
        return complain("--policy random: found --vary without latency, expected latency in "
                        "the list or --strategy random");
    if (!random && o->seed_given)
        return complain("--seed: found --strategy exhaustive, expected random: an exhaustive "
                        "search has no use for it");
    return EXIT_CLEAN;
}

struct nap_explore_config explore_configure(const struct options *o, struct job *job)
{
    struct nap_explore_config config = {.strategy = o->strategy, .budget = o->budget};

    if (!o->vary_given)
        job->config.vary = job->scenario->vary;
    if (o->policy_random)
        job->config.vary |= NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY);
    if (o->strategy == NAP_STRATEGY_RANDOM)
        job->config.seed = o->seed;
    if (!o->budget_given)
        config.budget = o->require_proof ? UINT64_MAX : DEFAULT_BUDGET;
    config.run = job->config;
    return config;
}

/* A counterexample carries the seed of nothing: its choices are all there is. */
int explore_write(const struct options *o, const struct job *job,
                  const struct nap_explore_result *r, char **names)
{
    const char *directory = o->out ? o->out : "regnap-out";
    struct nap_counterexample c;
    char name[1400];

    for (unsigned i = 0; i < r->n_violations; i++) {
        const struct nap_explored_violation *v = &r->violations[i];
        int status;
        counterexample_fill(job, &v->result, &v->finding, &v->choices, &c);
        status = counterexample_write(directory, &c, name, sizeof name);
        if (status)
            return status;
        names[i] = need_text(name);
    }
    return EXIT_CLEAN;
}

/* --- text --- */

unsigned explore_index(const struct nap_explored_violation *v)
{
    for (unsigned i = 0; i < v->result.findings.n_violations; i++)
        if (nap_same_violation(&v->result.findings.violations[i], &v->finding))
            return i;
    return 0;
}

/* " (196 607 states, 1 638 400 executions)" */
static void size_text(const struct nap_explore_config *c, const struct nap_explore_result *r,
                      char *out, size_t bytes, size_t *at)
{
    char x[32], y[32];

    if (c->strategy == NAP_STRATEGY_RANDOM)
        append(out, bytes, at, " (%s execution%s, %s of them distinct)",
               text_number(r->executions, x), text_plural(r->executions),
               text_number(r->distinct_runs, y));
    else if (!c->run
                  .vary) /* how often the search goes through the only run is its own affair */
        append(out, bytes, at, " (%s state%s)", text_number(r->distinct_states, x),
               text_plural(r->distinct_states));
    else
        append(out, bytes, at, " (%s state%s, %s execution%s)",
               text_number(r->distinct_states, x), text_plural(r->distinct_states),
               text_number(r->executions, y), text_plural(r->executions));
}

/* Where it was not for the budget alone. */
static const char *why_not_all(const struct nap_explore_result *r)
{
    if (r->circles)
        return ", as a driver call may go in a circle";
    return r->slow ? ", as a driver call may take more than a minute" : "";
}

static void clean_text(const struct nap_explore_config *c, const struct nap_explore_result *r,
                       char *out, size_t bytes, size_t *at)
{
    bool orders = c->run.vary & NAP_CHOICE_BIT(NAP_CHOOSE_ORDER);
    const char *some = all_rules(&c->run) ? "" : " for some of the rules";
    char number[32];

    if (!r->exhausted) {
        append(out, bytes, at,
               "none found%s, no violation in %s execution%s; not all were run%s", some,
               text_number(r->executions, number), text_plural(r->executions), why_not_all(r));
        return;
    }
    append(out, bytes, at, "proved%s, no violation in ", some);
    if (orders && strcmp(r->orders_covered, "1") == 0)
        append(out, bytes, at, "all runs in the one order there is");
    else if (orders)
        append(out, bytes, at, "all %s orders", r->orders_covered);
    else
        append(out, bytes, at, "%s", c->run.vary ? "all runs" : "the one run there is");
}

void explore_sentence(const struct job *job, const struct nap_explore_config *c,
                      const struct nap_explore_result *r, char *out, size_t bytes)
{
    char allowed[400];
    size_t at = 0;

    if (r->n_violations)
        append(out, bytes, &at, "violation, %u distinct%s%s", r->n_violations,
               r->exhausted ? "" : "; not all executions were run", why_not_all(r));
    else
        clean_text(c, r, out, bytes, &at);
    allow_heading(job, &r->notes, allowed, sizeof allowed);
    append(out, bytes, &at, "%s", allowed);
    size_text(c, r, out, bytes, &at);
}

static void print_heading(const struct job *job, const struct nap_explore_config *c,
                          const struct nap_explore_result *r)
{
    char vary[128], sentence[800];

    explore_sentence(job, c, r, sentence, sizeof sentence);
    vary_text(c->run.vary, vary, sizeof vary);
    printf("%s: %s\n", c->run.variant, sentence);
    printf("  %s on %s, masters %s, probe order %s\n", job->scenario->name, job->soc->name,
           c->run.masters_live ? "live" : "held", probe_order_text(job->scenario->probe_order));
    printf("  varied: %s", vary);
    if (c->run.faults)
        printf("; faults: %u at most", c->run.faults);
    printf("\n");
    text_beside(job->scenario, c->run.vary);
    text_rules(&c->run);
}

bool same_story(const struct nap_choice_list *a, const struct nap_choice_list *b)
{
    bool same = a->n == b->n;

    for (unsigned i = 0; same && i < a->n; i++)
        same = a->list[i].kind == b->list[i].kind && a->list[i].nth == b->list[i].nth &&
               a->list[i].value == b->list[i].value &&
               strcmp(a->list[i].label, b->list[i].label) == 0 &&
               strcmp(a->list[i].instance, b->list[i].instance) == 0;
    return same;
}

static void print_story(const struct nap_explored_violation *v,
                        const struct nap_explored_violation *before)
{
    if (before && same_story(&v->choices, &before->choices)) {
        printf("the shortest story: the one above\n");
        return;
    }
    printf("the shortest story, %u of %u choices (%u when first met):\n", v->choices.n,
           v->choices_asked, v->choices_before);
    text_story(&v->choices);
    if (v->needs_different_orders)
        text_wrapped(2, "it needs walks that go over the list in different orders: with one "
                        "list order in all walks it is gone");
}

/* The order in which to tell: as rules are declared, causes before consequences. */
static unsigned rank(const struct nap_rule *rule)
{
    const struct nap_rule *r;
    unsigned i = 0;

    while ((r = nap_rule_at(all_blocks(), i)) && r != rule)
        i++;
    return i;
}

void explore_order(const struct nap_explore_result *r, unsigned *order)
{
    for (unsigned i = 0; i < r->n_violations; i++) {
        unsigned at = i;
        for (; at > 0 && rank(r->violations[order[at - 1]].finding.rule) >
                             rank(r->violations[i].finding.rule);
             at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

/* One of each rule in full; the others are the same story on another unit. */
static bool in_full(const struct nap_explore_result *r, const unsigned *order, const bool *full,
                    unsigned index)
{
    for (unsigned i = 0; i < index; i++) {
        const struct nap_explored_violation *v = &r->violations[order[i]];
        if (full[i] &&
            text_told(&v->result, explore_index(v), r->violations[order[index]].finding.rule))
            return false;
    }
    return true;
}

static int print_full(const struct job *job, const struct nap_explore_result *r,
                      char *const *names, const unsigned *order, bool *full)
{
    const struct nap_explored_violation *before = NULL;
    int status = EXIT_CLEAN;

    for (unsigned i = 0; i < r->n_violations && !status; i++) {
        const struct nap_explored_violation *v = &r->violations[order[i]];
        full[i] = in_full(r, order, full, i);
        if (!full[i])
            continue;
        printf("\n");
        status = text_violation(job, &v->result, explore_index(v), &v->choices);
        print_story(v, before);
        text_replay(job, names[order[i]]);
        before = v;
    }
    return status;
}

static void print_others(const struct job *job, const struct nap_explore_result *r,
                         char *const *names, const unsigned *order, const bool *full)
{
    bool first = true;

    for (unsigned i = 0; i < r->n_violations; i++) {
        const struct nap_explored_violation *v = &r->violations[order[i]];
        if (full[i])
            continue;
        printf("%s", first ? "\nthe other violations, each with its counterexample:\n" : "");
        first = false;
        text_violation_short(job, &v->finding, v->count);
        printf("      %s\n", names[order[i]]);
    }
}

static int print_text(const struct job *job, const struct nap_explore_config *c,
                      const struct nap_explore_result *r, char *const *names)
{
    bool *full = need(r->n_violations, sizeof *full);
    unsigned *order = need(r->n_violations, sizeof *order);
    int status;

    explore_order(r, order);
    print_heading(job, c, r);
    status = print_full(job, r, names, order, full);
    print_others(job, r, names, order, full);
    if (r->notes.n_notes)
        printf("\n");
    text_notes(job, &r->notes);
    if (r->n_unmodelled)
        printf("\nnot modelled, but used: what follows from it is not judged\n");
    for (unsigned i = 0; i < r->n_unmodelled; i++)
        printf("  %s\n", r->unmodelled[i]);
    if (r->unmodelled_unlisted)
        printf("  and more that is not listed, %u times\n", r->unmodelled_unlisted);
    text_allowed(job, COLUMNS, &r->notes);
    free(full);
    free(order);
    return status;
}

/* --- the command --- */

const char *explore_verdict(const struct nap_explore_config *c,
                            const struct nap_explore_result *r)
{
    if (r->n_violations)
        return "violation";
    return r->exhausted && c->strategy == NAP_STRATEGY_EXHAUSTIVE ? "proved" : "none-found";
}

int explore_json(const struct job *job, const struct nap_explore_config *c,
                 const struct nap_explore_result *r, char *const *names)
{
    int status = EXIT_CLEAN;

    for (unsigned i = 0; i < r->n_violations && !status; i++) {
        const struct nap_explored_violation *v = &r->violations[i];
        struct json_extra extra = {.counterexample = names ? names[i] : NULL,
                                   .choices_before = &v->choices_before,
                                   .needs_different_orders = v->needs_different_orders};
        status = json_run("violation", job, &v->result, explore_index(v), &extra);
    }
    return status ? status : json_summary(job, c, r, explore_verdict(c, r), names);
}

static int finish(const struct options *o, const struct nap_explore_config *c,
                  const struct nap_explore_result *r)
{
    if (r->incremental_mismatch) {
        complain("our own fault: the incremental answers differ from the full ones");
        return EXIT_OURS;
    }
    if (r->n_violations)
        return EXIT_VIOLATION;
    if (!o->require_proof || strcmp(explore_verdict(c, r), "proved") == 0)
        return EXIT_CLEAN;
    complain("--require-proof: not met, the budget of %llu executions ended the search",
             (unsigned long long)c->budget);
    return EXIT_NO_PROOF;
}

static int report(const struct options *o, const struct job *job,
                  const struct nap_explore_config *c, const struct nap_explore_result *r)
{
    char **names = need(r->n_violations, sizeof *names);
    int status = explore_write(o, job, r, names);

    if (!status)
        status = o->json   ? explore_json(job, c, r, names)
                 : o->mail ? mail_explore(o, job, c, r)
                           : print_text(job, c, r, names);
    for (unsigned i = 0; i < r->n_violations; i++)
        free(names[i]);
    free(names);
    return status ? status : finish(o, c, r);
}

int command_explore(const struct options *o)
{
    struct nap_explore_result result = {0};
    struct nap_explore_config config;
    struct nap_error error = {0};
    struct job job;
    enum nap_err err;
    int status = explore_check(o);

    if (status)
        return status;
    status = job_open(o, o->arg, &job);
    if (!status) {
        config = explore_configure(o, &job);
        err = nap_explore(&config, &result, &error);
        status = err ? complain_error(err, &error) : report(o, &job, &config, &result);
    }
    nap_explore_result_free(&result);
    job_close(&job);
    return status;
}
