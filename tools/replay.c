/* SPDX-License-Identifier: MIT */
/* regnap replay: a counterexample again, in this build, with these drivers. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

enum outcome {
    SAME,    /* the recorded violation again */
    OTHER,   /* another one instead */
    GONE,    /* digests changed, and nothing fires */
    DIFFERS, /* nothing changed, and yet the result did: our own fault */
};

static const char *const outcome_names[] = {"same", "other", "gone", "differs"};

struct replay {
    const char *file;
    const struct options *options;
    struct nap_counterexample *c;
    struct job job;
    struct nap_run_result result;
    struct nap_choice_list unplaced; /* recorded choices that nobody asked for */
    struct nap_choice_list changed;  /* and those whose number now means something else */
    bool same_digests, same_driver;
    enum outcome outcome;
    unsigned index; /* of the violation to show, with SAME and OTHER */
};

/* --- from the file to a job --- */

static int read_counterexample(struct replay *r)
{
    struct nap_error error = {0};
    enum nap_err err;
    size_t bytes;
    char *text;
    int status = file_read(r->file, &text, &bytes);

    if (status)
        return status;
    err = nap_counterexample_load(text, bytes, r->file, &r->c, &error);
    free(text);
    return err ? complain_error(err, &error) : EXIT_CLEAN;
}

/* The file's set-up as if it had been typed. @texts outlives the options. */
static void recorded_options(const struct replay *r, char texts[][160], struct options *o)
{
    const struct nap_counterexample *c = r->c;
    unsigned n = 0;

    *o = *r->options;
    if (!o->soc)
        o->soc = c->soc;
    if (!o->variant && !o->driver)
        o->variant = c->variant;
    o->masters_live = strcmp(c->masters, "live") == 0;
    o->policy = strcmp(c->policy, "lazy") == 0 ? NAP_POLICY_LAZY : NAP_POLICY_EAGER;
    o->profile = strcmp(c->profile, "hostile") == 0 ? NAP_PROFILE_HOSTILE : NAP_PROFILE_ZERO;
    o->vary = c->vary;
    o->faults = c->faults;
    o->strict_protocol = c->strict_protocol;
    for (unsigned i = 0; i < c->n_rules_off && o->n_no_rules < OPTION_RULES_MAX; i++)
        o->no_rules[o->n_no_rules++] = c->rules_off[i];
    snprintf(texts[n], sizeof texts[n], "probe-order=%s", c->probe_order);
    o->set[o->n_set++] = texts[n++];
    for (unsigned i = 0; i < c->n_parameters; i++, n++) {
        snprintf(texts[n], sizeof texts[n], "driver.%s=%s", c->parameters[i].key,
                 c->parameters[i].value);
        o->set[o->n_set++] = texts[n];
    }
    for (unsigned i = 0; i < c->n_beside; i++, n++) {
        snprintf(texts[n], sizeof texts[n], "beside.%s=%s", c->beside[i].key,
                 c->beside[i].value);
        o->set[o->n_set++] = texts[n];
    }
    for (unsigned i = 0; i < c->n_switches; i++, n++) {
        snprintf(texts[n], sizeof texts[n], "%s=%s", c->switches[i].id, c->switches[i].value);
        o->switches[o->n_switches++] = texts[n];
    }
}

static int check_recorded_rules(const struct replay *r)
{
    const struct nap_block *const *blocks = all_blocks();

    if (!nap_rule_find(blocks, r->c->rule))
        return complain("%s: verdict.rule: found '%s', expected a rule of `regnap list rules`",
                        r->file, r->c->rule);
    for (unsigned i = 0; i < r->c->n_rules_off; i++)
        if (!nap_rule_find(blocks, r->c->rules_off[i]))
            return complain("%s: rules_off[%u]: found '%s', expected a rule of `regnap list "
                            "rules`",
                            r->file, i, r->c->rules_off[i]);
    return EXIT_CLEAN;
}

/* A rule that does not judge cannot show its violation again. */
static int check_judging(const struct replay *r)
{
    for (unsigned i = 0; i < r->job.config.n_rules_off; i++)
        if (strcmp(r->job.config.rules_off[i], r->c->rule) == 0)
            return complain("%s: found the recorded rule %s turned off, expected it to judge",
                            r->file, r->c->rule);
    return EXIT_CLEAN;
}

static int open_recorded(struct replay *r)
{
    char texts[1 + NAP_SCENARIO_PARAMETERS_MAX + NAP_SCENARIO_BESIDE_MAX +
               sizeof r->c->switches / sizeof r->c->switches[0]][160];
    struct options o;
    int status = check_recorded_rules(r);

    if (status)
        return status;
    recorded_options(r, texts, &o);
    status = job_open(&o, o.scenario_file ? NULL : r->c->scenario, &r->job);
    if (status && (!r->options->soc || !r->options->driver) && !r->options->scenario_file)
        complain("%s: recorded with scenario %s, machine %s, variant %s (--scenario, --soc, "
                 "--variant and --driver replace them)",
                 r->file, r->c->scenario, r->c->soc, r->c->variant);
    return status ? status : check_judging(r);
}

static bool equal(struct nap_hash128 a, struct nap_hash128 b)
{
    return a.low == b.low && a.high == b.high;
}

static bool same_scenario(const struct replay *r)
{
    static const struct nap_hash128 not_told;

    return equal(r->c->scenario_digest, not_told)
               ? !r->options->scenario_file
               : equal(r->c->scenario_digest, r->job.scenario->digest);
}

static int run(struct replay *r)
{
    const struct nap_run_config *c = &r->job.config;
    struct nap_run_config config = *c;
    struct nap_error error = {0};
    struct trace trace;
    enum nap_err err;
    int status = trace_open(r->options, &config, &trace);

    r->same_driver =
        equal(c->driver_digest, r->c->driver_digest) && strcmp(c->variant, r->c->variant) == 0;
    r->same_digests =
        r->same_driver && equal(c->model_digest, r->c->model_digest) && same_scenario(r);
    if (!status) {
        err = nap_run(&config, &r->c->choices, &r->result, &error);
        status = err ? complain_error(err, &error) : EXIT_CLEAN;
    }
    if (trace_close(&trace, status == EXIT_CLEAN) && !status)
        status = EXIT_INPUT;
    if (status)
        return status;
    err = nap_run_dependence(&r->job.config, &r->c->choices, &r->result, &error);
    return err ? complain_error(err, &error) : EXIT_CLEAN;
}

/* --- comparing --- */

static bool is_recorded(const struct replay *r, const struct nap_finding *f)
{
    const char *device =
        f->device < r->job.soc->n_devices ? device_text(r->job.soc, f->device) : "";

    if (strcmp(f->rule->id, r->c->rule) != 0 || strcmp(device, r->c->device) != 0)
        return false;
    return !r->same_driver || (strcmp(f->source.file ? f->source.file : "", r->c->file) == 0 &&
                               (f->source.file ? f->source.line : 0) == r->c->line);
}

static void compare(struct replay *r)
{
    const struct nap_findings *f = &r->result.findings;

    r->index = UINT32_MAX;
    for (unsigned i = 0; i < f->n_violations && r->index == UINT32_MAX; i++)
        if (is_recorded(r, &f->violations[i]))
            r->index = i;
    r->outcome = r->index != UINT32_MAX ? SAME : f->n_violations ? OTHER : GONE;
    if (r->same_digests && (r->outcome != SAME || !equal(r->result.digest, r->c->run_digest)))
        r->outcome = DIFFERS;
    if (r->index == UINT32_MAX)
        r->index = 0;
}

/* The same choice in this run, or NULL. */
static const struct nap_keyed_choice *place_of(const struct replay *r,
                                               const struct nap_keyed_choice *c)
{
    for (unsigned i = 0; i < r->result.choices.n; i++) {
        const struct nap_keyed_choice *k = &r->result.choices.list[i];
        if (k->kind == c->kind && k->nth == c->nth && strcmp(k->label, c->label) == 0 &&
            strcmp(k->instance, c->instance) == 0)
            return k;
    }
    return NULL;
}

/* Values of these kinds number what could come just then: devices, interrupts, clients,
 * transactions. What they mean is told beside them. */
static bool is_number_of(enum nap_choice_kind kind)
{
    return kind == NAP_CHOOSE_ORDER || kind == NAP_CHOOSE_IRQ || kind == NAP_CHOOSE_API ||
           kind == NAP_CHOOSE_DMA;
}

static void compare_choices(struct replay *r)
{
    r->unplaced.list = need(r->c->choices.n, sizeof *r->unplaced.list);
    r->changed.list = need(r->c->choices.n, sizeof *r->changed.list);
    for (unsigned i = 0; i < r->c->choices.n; i++) {
        const struct nap_keyed_choice *c = &r->c->choices.list[i], *k = place_of(r, c);
        if (!k)
            r->unplaced.list[r->unplaced.n++] = *c;
        else if (is_number_of(c->kind) && c->means[0] && strcmp(c->means, k->means) != 0)
            r->changed.list[r->changed.n++] = *c;
    }
}

/* --- text --- */

static void print_choices(const char *what, const struct nap_choice_list *choices)
{
    if (!choices->n)
        return;
    printf("\nrecorded choices %s in this run:\n", what);
    text_story(choices);
}

static void print_changes(const struct replay *r)
{
    const struct nap_run_config *c = &r->job.config;

    if (r->same_digests)
        return;
    printf("  since it was recorded, something changed:%s%s%s\n",
           equal(c->driver_digest, r->c->driver_digest) ? "" : " driver logic",
           equal(c->model_digest, r->c->model_digest) ? "" : " machine or models",
           strcmp(c->variant, r->c->variant) == 0 && same_scenario(r)
               ? ""
               : " variant or text of the scenario");
}

static void print_verdict(const struct replay *r)
{
    switch (r->outcome) {
    case SAME:
        printf("%s: the recorded violation again\n", r->file);
        break;
    case OTHER:
        printf("%s: another violation instead of %s on %s\n", r->file, r->c->rule,
               r->c->device[0] ? r->c->device : "the machine");
        break;
    case GONE:
        printf("%s: clean, %s on %s is gone\n", r->file, r->c->rule,
               r->c->device[0] ? r->c->device : "the machine");
        break;
    case DIFFERS:
        printf("%s: not reproduced, although nothing changed\n", r->file);
        break;
    }
    printf("  %s on %s, variant %s\n", r->job.scenario->name, r->job.soc->name,
           r->job.config.variant);
    text_beside(r->job.scenario, r->c->vary);
    text_rules(&r->job.config);
    print_changes(r);
}

static int print_story(const struct replay *r)
{
    const struct nap_finding *f = &r->result.findings.violations[r->index];
    struct steps *steps = need(1, sizeof *steps);
    int status;

    printf("\nthe story:\n");
    text_story(&r->result.choices);
    status = steps_collect(&r->job, &r->c->choices, f, steps);
    if (!status) {
        printf("\nthe last steps on %s and its root, up to the violation:\n",
               device_text(r->job.soc, f->device));
        steps_print(steps);
    }
    free(steps);
    return status;
}

static void print_others(const struct replay *r)
{
    const struct nap_findings *f = &r->result.findings;

    if (f->n_violations > 1)
        printf("\nin the same run:\n");
    for (unsigned i = 0; i < f->n_violations; i++)
        if (i != r->index)
            text_violation_short(&r->job, &f->violations[i], f->violations[i].count);
}

static int print_text(const struct replay *r)
{
    int status = EXIT_CLEAN;

    print_verdict(r);
    if (r->result.findings.n_violations) {
        printf("\n");
        status = text_violation(&r->job, &r->result, r->index, &r->c->choices);
        if (!status)
            status = print_story(r);
        print_others(r);
    }
    print_choices("without a place", &r->unplaced);
    print_choices("that mean something else", &r->changed);
    return status;
}

/* --- the command --- */

static int report(const struct replay *r)
{
    struct json_extra extra = {.replayed = r->file,
                               .replay_result = outcome_names[r->outcome],
                               .same_digests = r->same_digests,
                               .unplaced = &r->unplaced,
                               .changed = &r->changed};
    int status = r->options->json ? json_run("run", &r->job, &r->result, UINT32_MAX, &extra)
                                  : print_text(r);

    if (status)
        return status;
    if (r->result.incremental_mismatch) {
        complain("our own fault: the incremental answers differ from the full ones");
        return EXIT_OURS;
    }
    if (r->outcome == DIFFERS) {
        complain("our own fault: %s: same digests, other result; expected %s on %s again",
                 r->file, r->c->rule, r->c->device[0] ? r->c->device : "the machine");
        return EXIT_OURS;
    }
    return r->outcome == GONE ? EXIT_CLEAN : EXIT_VIOLATION;
}

int command_replay(const struct options *o)
{
    struct replay r = {.file = o->arg, .options = o};
    int status = read_counterexample(&r);

    if (!status)
        status = open_recorded(&r);
    if (!status)
        status = run(&r);
    if (!status) {
        compare(&r);
        compare_choices(&r);
        status = report(&r);
    }
    free(r.unplaced.list);
    free(r.changed.list);
    nap_run_result_free(&r.result);
    job_close(&r.job);
    nap_counterexample_free(r.c);
    return status;
}
