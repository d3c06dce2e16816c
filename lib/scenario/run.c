/* SPDX-License-Identifier: MIT */
/* One run, and what its verdict depends on. */
#define _GNU_SOURCE
#include "session.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* --- sessions: a runner that goes back to its start --- */

enum nap_err nap_session_create(const struct nap_run_config *config, struct nap_session **out,
                                struct nap_error *error)
{
    struct nap_session *s = calloc(1, sizeof *s);
    enum nap_err err;

    *out = NULL;
    if (!s)
        return nap_fail(error, NAP_ERR_NOMEM, "no memory for a run");
    s->config = *config;
    s->config.trace = NULL;
    err = nap_runner_create(&s->config, &s->runner, error);
    if (err) {
        free(s);
        return err;
    }
    s->subject = nap_runner_subject(s->runner);
    s->replay.subject = &s->subject;
    s->start = nap_mark(s->runner->m);
    *out = s;
    return NAP_OK;
}

void nap_session_destroy(struct nap_session *s)
{
    if (!s)
        return;
    nap_replay_free(&s->replay);
    nap_runner_destroy(s->runner);
    free(s);
}

/* The trace's digest: every step as a canonical record, names instead of addresses. */
struct digest {
    XXH3_state_t x;
    nap_trace_sink *next;
    void *next_context;
};

static void feed(XXH3_state_t *x, uint64_t value)
{
    uint8_t bytes[8];

    for (unsigned i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
    XXH3_128bits_update(x, bytes, sizeof bytes);
}

static void digest_step(void *context, const struct nap_machine *m, const struct nap_event *e)
{
    struct digest *d = context;
    const char *label = e->label ? e->label : "";
    const char *file = e->source.file ? e->source.file : "";

    feed(&d->x, e->step);
    feed(&d->x, e->kind);
    feed(&d->x, e->device);
    feed(&d->x, e->slot);
    feed(&d->x, e->index);
    feed(&d->x, e->address);
    feed(&d->x, e->was);
    feed(&d->x, e->now);
    feed(&d->x, e->written);
    feed(&d->x, (uint64_t)(int64_t)e->source.line);
    XXH3_128bits_update(&d->x, label, strlen(label) + 1);
    XXH3_128bits_update(&d->x, file, strlen(file) + 1);
    if (d->next)
        d->next(d->next_context, m, e);
}

void nap_session_run(struct nap_session *s, const struct nap_choice_list *choices,
                     uint64_t seed)
{
    struct nap_machine *m = s->runner->m;

    nap_rewind(m, s->start);
    nap_findings_clear(&s->runner->findings);
    m->n_unmodelled = m->unmodelled_unlisted = 0;
    s->runner->failed_line = 0;
    s->runner->failed_device = NULL;
    m->parameters_asked = 0;
    s->runner->n_walks = 0;
    nap_replay_reset(&s->replay, choices);
    s->replay.random = !choices && seed;
    s->replay.seed = seed;
    nap_set_chooser(m, nap_replay_choose, &s->replay, s->config.vary);
    while (nap_runner_advance(s->runner))
        if (s->config.check_incremental) {
            struct nap_hash128 a = nap_state_key(m), b = nap_state_key_full(m);
            s->mismatch |= a.low != b.low || a.high != b.high;
        }
    s->mismatch |= s->runner->judge->mismatch;
}

void nap_session_order(const struct nap_session *s, unsigned walk, unsigned *rank)
{
    const struct nap_walk *w = &s->runner->walks[walk];

    for (unsigned i = 0; i < NAP_SOC_DEVICES_MAX; i++)
        rank[i] = NAP_SOC_DEVICES_MAX + i;
    for (unsigned i = 0; i < w->n; i++)
        rank[w->devices[i]] = w->direction == NAP_FORWARD ? i : w->n - i;
}

/* --- results --- */

static void copy_findings(struct nap_findings *to, const struct nap_findings *from)
{
    for (unsigned i = 0; i < from->n_violations; i++)
        nap_findings_violation(to, &from->violations[i])->count = from->violations[i].count;
    for (unsigned i = 0; i < from->n_notes; i++)
        nap_findings_note(to, &from->notes[i])->count = from->notes[i].count;
    for (unsigned i = 0; i < from->n_allowed; i++)
        nap_findings_allowed(to, from->allowed[i].entry, &from->allowed[i].finding)->count =
            from->allowed[i].finding.count;
    for (unsigned i = 0; i < from->n_obligations; i++)
        nap_findings_obligation(to, &from->obligations[i]);
}

void nap_session_unmodelled(const struct nap_session *s, unsigned i, char *out, size_t bytes)
{
    const struct nap_machine *m = s->runner->m;
    unsigned device = m->unmodelled[i].device;

    snprintf(out, bytes, "%s %s", device == UINT32_MAX ? "machine" : nap_device_name(m, device),
             m->unmodelled[i].what);
}

static void copy_unmodelled(const struct nap_session *s, struct nap_run_result *result)
{
    const struct nap_machine *m = s->runner->m;

    result->unmodelled_unlisted = m->unmodelled_unlisted;
    for (unsigned i = 0; i < m->n_unmodelled; i++) {
        nap_session_unmodelled(s, i, result->unmodelled[i].what,
                               sizeof result->unmodelled[i].what);
        result->unmodelled[i].count = m->unmodelled[i].count;
        result->n_unmodelled = i + 1;
    }
}

static bool has_switch(const struct nap_run_result *result, const char *id)
{
    for (unsigned i = 0; i < result->n_switches; i++)
        if (strcmp(result->switches[i].id, id) == 0)
            return true;
    return false;
}

static void copy_bus_switches(const struct nap_machine *m, struct nap_run_result *result)
{
    for (unsigned i = 0; i < NAP_BUS_SWITCHES && result->n_switches < 64; i++) {
        const struct nap_switch *sw = nap_bus_switch(i);
        if (!(m->bus_switch_read & 1u << i))
            continue;
        result->switches[result->n_switches].id = sw->id;
        result->switches[result->n_switches++].value = sw->values[m->bus_switch[i]];
    }
}

static void copy_switches(const struct nap_machine *m, struct nap_run_result *result)
{
    for (unsigned k = 0; k < m->n_kinds; k++) {
        const struct nap_model *model = m->kinds[k].block->model;
        for (uint32_t s = 0; s < model->n_switches && result->n_switches < 64; s++) {
            if (!(m->switch_read[k] & UINT64_C(1) << s) ||
                nap_switch_is_decided(&m->kinds[k], &model->switches[s]) ||
                has_switch(result, model->switches[s].id))
                continue;
            result->switches[result->n_switches].id = model->switches[s].id;
            result->switches[result->n_switches].value =
                model->switches[s].values[m->switch_value[k][s]];
            result->n_switches++;
        }
    }
    copy_bus_switches(m, result);
}

void nap_session_result(struct nap_session *s, struct nap_run_result *result)
{
    struct nap_machine *m = s->runner->m;

    copy_findings(&result->findings, &s->runner->findings);
    nap_path_keyed(m, &s->replay.path, &result->choices);
    result->choices_asked = s->replay.path.n;
    for (unsigned i = 0; s->replay.list && i < s->replay.list->n; i++)
        result->choices_unplaced += !s->replay.used[i];
    result->counters = nap_counters(m);
    result->suspend_result = s->runner->pos->suspend_result;
    result->resume_result = s->runner->pos->resume_result;
    result->incremental_mismatch = s->mismatch;
    for (unsigned i = 0; i < m->n_parameters; i++)
        if (!(m->parameters_asked & 1u << i))
            result->unasked[result->n_unasked++] = m->parameters[i].key;
    copy_unmodelled(s, result);
    copy_switches(m, result);
}

enum nap_err nap_session_failed(const struct nap_session *s, struct nap_error *error)
{
    const struct nap_runner *r = s->runner;
    const char *name;

    if (!r->failed_line)
        return NAP_OK;
    if (!r->failed_result)
        return nap_fail_at(error, NAP_ERR_STATE, r->config->scenario->file, r->failed_line,
                           "%s", r->failed_log);
    name = strerrorname_np(-r->failed_result);
    return nap_fail_at(error, NAP_ERR_STATE, r->config->scenario->file, r->failed_line,
                       "the driver refused %s%s with %d%s%s%s%s%s, expected 0",
                       r->failed_device ? "probe of " : "this operation",
                       r->failed_device ? r->failed_device : "", r->failed_result,
                       name ? " (" : "", name ? name : "", name ? ")" : "",
                       r->failed_log[0] ? ", saying: " : "", r->failed_log);
}

enum nap_err nap_run(const struct nap_run_config *config, const struct nap_choice_list *choices,
                     struct nap_run_result *result, struct nap_error *error)
{
    struct digest digest = {.next = config->trace, .next_context = config->trace_context};
    struct nap_session *s;
    XXH128_hash_t h;
    enum nap_err err;

    memset(result, 0, sizeof *result);
    err = nap_session_create(config, &s, error);
    if (err)
        return err;
    assert(s);
    XXH3_128bits_reset(&digest.x);
    nap_set_trace(s->runner->m, digest_step, &digest);
    nap_session_run(s, choices, config->seed);
    nap_session_result(s, result);
    feed(&digest.x, nap_digest(s->runner->m).low);
    h = XXH3_128bits_digest(&digest.x);
    result->digest = (struct nap_hash128){h.low64, h.high64};
    err = nap_session_failed(s, error);
    nap_session_destroy(s);
    return err;
}

void nap_run_result_free(struct nap_run_result *result)
{
    nap_findings_free(&result->findings);
    nap_choices_free(&result->choices);
    free(result->dependence);
    memset(result, 0, sizeof *result);
}

bool nap_same_violation(const struct nap_finding *a, const struct nap_finding *b)
{
    if (strcmp(a->rule->id, b->rule->id) != 0 || a->device != b->device ||
        a->source.line != b->source.line)
        return false;
    if (!a->source.file || !b->source.file)
        return a->source.file == b->source.file;
    return strcmp(a->source.file, b->source.file) == 0;
}

/* --- dependence on switches (design 4.16) --- */

static const struct nap_switch *find_switch(const struct nap_machine *m, const char *id)
{
    for (unsigned k = 0; k < m->n_kinds; k++) {
        const struct nap_model *model = m->kinds[k].block->model;
        for (uint32_t s = 0; s < model->n_switches; s++)
            if (strcmp(model->switches[s].id, id) == 0)
                return &model->switches[s];
    }
    for (unsigned i = 0; i < NAP_BUS_SWITCHES; i++)
        if (strcmp(nap_bus_switch(i)->id, id) == 0)
            return nap_bus_switch(i);
    return NULL;
}

static bool still_there(const struct nap_findings *f, const struct nap_finding *v)
{
    for (unsigned i = 0; i < f->n_violations; i++)
        if (nap_same_violation(&f->violations[i], v))
            return true;
    return false;
}

static void note_value(struct nap_dependence *d, const struct nap_switch *sw, unsigned value,
                       bool holds)
{
    if (holds && d->n_holds_under < 64) {
        d->holds_under[d->n_holds_under].id = sw->id;
        d->holds_under[d->n_holds_under++].value = sw->values[value];
        return;
    }
    for (unsigned i = 0; i < d->n_depends_on; i++)
        if (strcmp(d->depends_on[i], sw->id) == 0)
            return;
    if (!holds && d->n_depends_on < 32)
        d->depends_on[d->n_depends_on++] = sw->id;
}

static enum nap_err one_value(const struct nap_run_config *config,
                              const struct nap_choice_list *choices,
                              const struct nap_switch *sw, unsigned value,
                              struct nap_run_result *result, struct nap_error *error)
{
    struct nap_run_config c = *config;
    struct nap_switch_setting settings[65];
    struct nap_session *s;
    enum nap_err err;
    unsigned n = 0;

    for (unsigned i = 0; i < config->n_switches && n < 64; i++)
        if (strcmp(config->switches[i].id, sw->id) != 0)
            settings[n++] = config->switches[i];
    settings[n++] = (struct nap_switch_setting){sw->id, value};
    c.switches = settings;
    c.n_switches = n;
    err = nap_session_create(&c, &s, error);
    if (err)
        return err;
    assert(s);
    nap_session_run(s, choices, 0);
    for (unsigned i = 0; i < result->findings.n_violations; i++)
        note_value(&result->dependence[i], sw, value,
                   still_there(&s->runner->findings, &result->findings.violations[i]));
    nap_session_destroy(s);
    return NAP_OK;
}

enum nap_err nap_run_dependence(const struct nap_run_config *config,
                                const struct nap_choice_list *choices,
                                struct nap_run_result *result, struct nap_error *error)
{
    struct nap_session *s;
    enum nap_err err = nap_session_create(config, &s, error);

    if (err)
        return err;
    assert(s);
    result->dependence = calloc(result->findings.n_violations + 1, sizeof *result->dependence);
    if (!result->dependence)
        abort();
    for (unsigned i = 0; i < result->n_switches && !err; i++) {
        const struct nap_switch *sw = find_switch(s->runner->m, result->switches[i].id);
        struct nap_run_config c = *config;
        c.machine_slot = config->machine_slot + 1;
        for (unsigned v = 0; sw->basis != NAP_BASIS_SOFTWARE && v < sw->n_values && !err; v++)
            err = one_value(&c, choices, sw, v, result, error);
    }
    nap_session_destroy(s);
    return err;
}
