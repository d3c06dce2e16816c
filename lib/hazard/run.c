/* SPDX-License-Identifier: MIT */
/* Whether the rules tell the buggy form of a hazard from the fixed one (design 6). */
#include <regnap/hazard.h>

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const status_names[] = {
    [NAP_HAZARD_NOT_COVERED] = "not-covered",
    [NAP_HAZARD_QUIET] = "quiet",
    [NAP_HAZARD_MISSED] = "missed",
    [NAP_HAZARD_CAUGHT] = "caught",
};

const char *nap_hazard_status_name(enum nap_hazard_status status)
{
    return status_names[status];
}

/* Adds to the reason; "; " between two. */
static void say(struct nap_hazard_result *r, const char *format, ...) NAP_PRINTF(2, 3);

static void say(struct nap_hazard_result *r, const char *format, ...)
{
    size_t at = strlen(r->reason);
    va_list args;

    if (at && at + 2 < sizeof r->reason) {
        memcpy(r->reason + at, "; ", 3);
        at += 2;
    }
    va_start(args, format);
    (void)vsnprintf(r->reason + at, sizeof r->reason - at, format, args);
    va_end(args);
}

/* --- what the search found --- */

static bool expected(const struct nap_hazard *h, const char *rule)
{
    bool found = strcmp(h->rule, rule) == 0;

    for (uint32_t i = 0; i < h->n_also; i++)
        found |= strcmp(h->also[i], rule) == 0;
    return found;
}

static bool told_before(const struct nap_explore_result *r, unsigned index)
{
    for (unsigned i = 0; i < index; i++)
        if (r->violations[i].finding.rule == r->violations[index].finding.rule)
            return true;
    return false;
}

static bool only_expected(const struct nap_hazard *h, struct nap_hazard_result *r)
{
    bool good = true;

    for (unsigned i = 0; i < r->buggy.n_violations; i++) {
        const char *rule = r->buggy.violations[i].finding.rule->id;
        if (expected(h, rule) || told_before(&r->buggy, i))
            continue;
        say(r, "%s is violated too and is not in `also`", rule);
        good = false;
    }
    return good;
}

/* The violation of `rule`, or UINT32_MAX. */
static unsigned find_rule(const struct nap_hazard *h, const char *variant,
                          const struct nap_explore_result *found, struct nap_hazard_result *r)
{
    for (unsigned i = 0; i < found->n_violations; i++)
        if (strcmp(found->violations[i].finding.rule->id, h->rule) == 0)
            return i;
    if (found->exhausted)
        say(r, "%s violates %s in none of all runs", variant, h->rule);
    else
        say(r, "%s violates %s in none of %llu executions", variant, h->rule,
            (unsigned long long)found->executions);
    return UINT32_MAX;
}

/* --- the story again --- */

static bool same_digest(struct nap_hash128 a, struct nap_hash128 b)
{
    return a.low == b.low && a.high == b.high;
}

static bool has_violation(const struct nap_run_result *r, const struct nap_finding *f)
{
    for (unsigned i = 0; i < r->findings.n_violations; i++)
        if (nap_same_violation(&r->findings.violations[i], f))
            return true;
    return false;
}

static bool replays(const struct nap_hazard_form *form, const struct nap_explored_violation *v,
                    struct nap_hazard_result *r)
{
    struct nap_run_result again;
    struct nap_error error;
    bool same = nap_run(&form->config.run, &v->choices, &again, &error) == NAP_OK &&
                has_violation(&again, &v->finding) && again.choices_unplaced == 0 &&
                same_digest(again.digest, v->result.digest);

    nap_run_result_free(&again);
    if (!same)
        say(r, "the story of %s does not replay", v->finding.rule->id);
    return same;
}

/* --- the harm --- */

static bool probe_is_wrong(const struct nap_finding_probe *p)
{
    switch (p->outcome.kind) {
    case NAP_OUTCOME_BYPASS:
    case NAP_OUTCOME_UNDETERMINED:
        return true;
    case NAP_OUTCOME_TRANSLATED:
        return !p->expect_mapped || p->outcome.pa != p->expect_pa;
    case NAP_OUTCOME_FAULT:
    case NAP_OUTCOME_STALL:
    case NAP_OUTCOME_BUS_ERROR:
        break;
    }
    return false;
}

/* Outcome rules that the engine judges are about what probes answer. One with a check of its
 * own looks at traffic that has ended, as by being refused, which opens nothing: there the
 * probes of the finding tell. */
static bool goes_wrong(const struct nap_finding *f)
{
    bool wrong = f->rule->family == NAP_RULE_OUTCOME && !f->rule->check;

    for (unsigned i = 0; i < f->n_probes; i++)
        wrong |= probe_is_wrong(&f->probes[i]);
    return wrong;
}

static bool shows(const struct nap_finding *f, enum nap_hazard_shown shown)
{
    switch (shown) {
    case NAP_SHOWN_BY_RULE:
        return true;
    case NAP_SHOWN_BY_PROBE:
        return goes_wrong(f);
    case NAP_SHOWN_BY_TWIN:
        return f->rule->family == NAP_RULE_STATE;
    case NAP_SHOWN_BY_LEDGER:
        return f->rule->family == NAP_RULE_LEDGER;
    }
    return false;
}

/* In that run, not in any other that the search met. */
static bool story_shows(const struct nap_explored_violation *v, enum nap_hazard_shown shown)
{
    for (unsigned i = 0; i < v->result.findings.n_violations; i++)
        if (shows(&v->result.findings.violations[i], shown))
            return true;
    return false;
}

/* The story that is told, or else the first of the others that shows it. */
static bool harm_is_shown(const struct nap_hazard *h, struct nap_hazard_result *r)
{
    r->shown_in = r->caught;
    if (story_shows(&r->buggy.violations[r->caught], h->shown))
        return true;
    for (r->shown_in = 0; r->shown_in < r->buggy.n_violations; r->shown_in++)
        if (story_shows(&r->buggy.violations[r->shown_in], h->shown))
            return replays(r->form, &r->buggy.violations[r->shown_in], r);
    r->shown_in = UINT32_MAX;
    say(r, "what it leads to is not shown by the %s", nap_hazard_shown_name(h->shown));
    return false;
}

/* --- both forms --- */

static enum nap_err run_buggy(const struct nap_hazard *h, struct nap_hazard_result *r,
                              struct nap_error *error)
{
    enum nap_err err = nap_hazard_form(h, false, &r->form, error);
    bool good;

    if (!err)
        err = nap_explore(&r->form->config, &r->buggy, error);
    if (err)
        return err;
    r->caught = find_rule(h, h->buggy, &r->buggy, r);
    good = r->caught != UINT32_MAX;
    good &= only_expected(h, r);
    if (r->caught != UINT32_MAX)
        good &= replays(r->form, &r->buggy.violations[r->caught], r);
    good = good && harm_is_shown(h, r);
    r->status = good ? NAP_HAZARD_CAUGHT : NAP_HAZARD_MISSED;
    return NAP_OK;
}

/* A variant that does more wrong than this: only the rule is asked for. */
static enum nap_err run_seen(const struct nap_hazard *h, uint32_t index,
                             struct nap_hazard_result *r, struct nap_error *error)
{
    struct nap_hazard_form *form;
    struct nap_explore_result found = {0};
    enum nap_err err = nap_hazard_form_seen(h, index, &form, error);

    if (!err)
        err = nap_explore(&form->config, &found, error);
    if (!err) {
        unsigned at = find_rule(h, h->seen_in[index], &found, r);
        if (at == UINT32_MAX || !replays(form, &found.violations[at], r))
            r->status = NAP_HAZARD_MISSED;
    }
    nap_explore_result_free(&found);
    nap_hazard_form_free(form);
    return err;
}

static void say_fixed(const struct nap_hazard *h, const struct nap_explored_violation *v,
                      struct nap_hazard_result *r)
{
    say(r, "%s, which is %s, violates %s", h->fixed, h->quiet ? "sound" : "fixed",
        v->finding.rule->id);
    if (v->finding.source.file)
        say(r, "at %s:%d", v->finding.source.file, v->finding.source.line);
}

static enum nap_err run_fixed(const struct nap_hazard *h, struct nap_hazard_result *r,
                              struct nap_error *error)
{
    struct nap_hazard_form *form;
    struct nap_explore_result found = {0};
    enum nap_err err = nap_hazard_form(h, true, &form, error);

    if (!err)
        err = nap_explore(&form->config, &found, error);
    r->fixed_clean = !err && found.n_violations == 0;
    r->fixed_executions = found.executions;
    r->fixed_exhausted = found.exhausted;
    if (found.n_violations)
        say_fixed(h, &found.violations[0], r);
    nap_explore_result_free(&found);
    nap_hazard_form_free(form);
    return err;
}

enum nap_err nap_hazard_run(const struct nap_hazard *h, struct nap_hazard_result *r,
                            struct nap_error *error)
{
    enum nap_err err = NAP_OK;

    memset(r, 0, sizeof *r);
    r->caught = UINT32_MAX;
    r->shown_in = UINT32_MAX;
    if (h->not_covered[0]) {
        say(r, "%s", h->not_covered);
        return NAP_OK;
    }
    r->status = NAP_HAZARD_QUIET;
    if (!h->quiet)
        err = run_buggy(h, r, error);
    for (uint32_t i = 0; i < h->n_seen_in && !err; i++)
        err = run_seen(h, i, r, error);
    return err ? err : run_fixed(h, r, error);
}

void nap_hazard_result_free(struct nap_hazard_result *r)
{
    nap_explore_result_free(&r->buggy);
    nap_hazard_form_free(r->form);
    memset(r, 0, sizeof *r);
}
