/* SPDX-License-Identifier: MIT */
/* regnap run: once through a scenario. */
#include "cli.h"

#include <stdlib.h>

/* Random choices come from a seed, over the kinds that may vary. */
static void random_choices(const struct options *o, struct job *job)
{
    if (!o->seed_given && !o->policy_random)
        return;
    job->config.seed = o->seed;
    if (!o->vary_given)
        job->config.vary = job->scenario->vary;
    if (o->policy_random)
        job->config.vary |= NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY);
}

static void print_result(const char *what, int result)
{
    if (result <= -4096)
        printf("  %s did not come back\n", what); /* a finding tells why */
    else if (result)
        printf("  %s failed with %d\n", what, result);
}

static void print_heading(const struct job *job, const struct nap_run_result *r)
{
    const struct nap_run_config *c = &job->config;
    char vary[128], allowed[400];

    allow_heading(job, &r->findings, allowed, sizeof allowed);
    if (r->findings.n_violations)
        printf("%s: violation, %u distinct%s\n", c->variant, r->findings.n_violations, allowed);
    else
        printf("%s: clean%s%s\n", c->variant, all_rules(c) ? "" : " for some of the rules",
               allowed);
    vary_text(c->vary, vary, sizeof vary);
    printf("  %s on %s, masters %s, %s, profile %s, varied: %s\n", job->scenario->name,
           job->soc->name, c->masters_live ? "live" : "held",
           c->policy == NAP_POLICY_LAZY ? "lazy" : "eager",
           c->profile == NAP_PROFILE_HOSTILE ? "hostile" : "zero", vary);
    text_beside(job->scenario, c->vary);
    text_rules(c);
    print_result("suspend", r->suspend_result);
    print_result("resume", r->resume_result);
}

enum telling { UNTOLD, WITH_ANOTHER, IN_SHORT, IN_FULL };

/* Each rule in full where it first breaks; each place once. */
static enum telling how_to_tell(const struct nap_run_result *r, const enum telling *told,
                                unsigned index)
{
    const struct nap_finding *f = r->findings.violations;
    enum telling how = IN_FULL;

    for (unsigned i = 0; i < index; i++) {
        bool same_rule = text_told(r, i, f[index].rule);
        if (told[i] == WITH_ANOTHER)
            continue;
        if (same_rule && f[i].device == f[index].device && f[i].slot == f[index].slot &&
            f[i].effect == f[index].effect)
            return WITH_ANOTHER;
        if (same_rule && told[i] == IN_FULL)
            how = IN_SHORT;
    }
    return how;
}

static int print_violations(const struct job *job, const struct nap_run_result *r)
{
    unsigned n = r->findings.n_violations;
    enum telling *told = need(n, sizeof *told);
    int status = EXIT_CLEAN;

    for (unsigned i = 0; !status && i < n; i++) {
        told[i] = how_to_tell(r, told, i);
        if (told[i] == WITH_ANOTHER)
            continue;
        printf("\n");
        status = told[i] == IN_FULL ? text_violation(job, r, i, &r->choices)
                                    : text_violation_too(job, r, i, &r->choices);
    }
    free(told);
    return status;
}

static int print_text(const struct job *job, const struct nap_run_result *r,
                      const char *counterexample)
{
    int status = EXIT_CLEAN;

    print_heading(job, r);
    status = print_violations(job, r);
    if (r->choices.n) {
        printf("\nthe story, %u choices of %u:\n", r->choices.n, r->choices_asked);
        text_story(&r->choices);
    }
    if (r->findings.n_obligations || r->findings.n_notes || r->n_unmodelled)
        printf("\n");
    text_obligations(job, &r->findings);
    text_notes(job, &r->findings);
    text_unmodelled(r);
    text_allowed(job, COLUMNS, &r->findings);
    if (counterexample) {
        printf("\n");
        text_replay(job, counterexample);
    }
    return status;
}

static int write_counterexample(const struct options *o, const struct job *job,
                                const struct nap_run_result *r, char *name, size_t bytes)
{
    struct nap_counterexample c;

    if (!o->out || !r->findings.n_violations)
        return EXIT_CLEAN;
    counterexample_fill(job, r, &r->findings.violations[0], &r->choices, &c);
    return counterexample_write(o->out, &c, name, bytes);
}

/* A key that nobody asked for is most likely misspelt. */
static void tell_unasked(const struct nap_run_result *r)
{
    for (unsigned i = 0; i < r->n_unasked; i++)
        complain("the driver never asked for parameter driver.%s", r->unasked[i]);
}

static int report(const struct options *o, const struct job *job,
                  const struct nap_run_result *r)
{
    char name[1400] = "";
    struct json_extra extra = {0};
    int status = write_counterexample(o, job, r, name, sizeof name);

    if (status)
        return status;
    tell_unasked(r);
    extra.counterexample = name[0] ? name : NULL;
    status = o->json   ? json_run("run", job, r, UINT32_MAX, &extra)
             : o->mail ? mail_run(o, job, r)
                       : print_text(job, r, extra.counterexample);
    if (status)
        return status;
    if (r->incremental_mismatch) {
        complain("our own fault: the incremental answers differ from the full ones");
        return EXIT_OURS;
    }
    return r->findings.n_violations ? EXIT_VIOLATION : EXIT_CLEAN;
}

static int run_traced(const struct options *o, struct job *job, struct nap_run_result *r)
{
    struct nap_run_config config = job->config;
    struct nap_error error = {0};
    struct trace trace;
    enum nap_err err;
    int status = trace_open(o, &config, &trace);

    if (!status) {
        err = nap_run(&config, NULL, r, &error);
        status = err ? complain_error(err, &error) : EXIT_CLEAN;
    }
    if (trace_close(&trace, status == EXIT_CLEAN) && !status)
        status = EXIT_INPUT;
    if (status)
        return status;
    err = nap_run_dependence(&job->config, &r->choices, r, &error);
    return err ? complain_error(err, &error) : EXIT_CLEAN;
}

int command_run(const struct options *o)
{
    struct nap_run_result result = {0};
    struct job job;
    int status = job_open(o, o->arg, &job);

    if (!status) {
        random_choices(o, &job);
        status = run_traced(o, &job, &result);
    }
    if (!status)
        status = report(o, &job, &result);
    nap_run_result_free(&result);
    job_close(&job);
    return status;
}
