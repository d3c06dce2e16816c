/* SPDX-License-Identifier: MIT */
/* Verdicts as JSON: design.md, "Command line". Keys come in the order written here. */
#include "json.h"

#include <regnap/block.h>

/* A file name may be any bytes; JSON is UTF-8. */
static json_t *path(const char *name)
{
    json_t *string = json_string(name);
    struct nap_error clean;

    if (string)
        return string;
    nap_fail(&clean, NAP_OK, "%s", name);
    return json_string(clean.text);
}

static json_t *digest(struct nap_hash128 hash)
{
    char out[33];

    nap_hash_text(hash, out);
    return json_string(out);
}

static json_t *register_json(const struct nap_soc *soc, const struct nap_finding *f)
{
    char name[NAP_NAME_MAX];

    register_text(soc, f->device, f->slot, name, sizeof name);
    return text(name);
}

static json_t *line_json(const struct nap_source *source)
{
    return source->file ? json_integer(source->line) : json_null();
}

/* --- one violation --- */

static json_t *fields_json(const struct nap_soc *soc, const struct nap_finding *f)
{
    json_t *object = json_object();
    unsigned index = 0, variant = variant_of(soc, f->device);
    const struct nap_reg *reg =
        f->slot == NAP_NO_SLOT ? NULL : register_of(model_of(soc, f->device), f->slot, &index);

    for (uint32_t i = 0; reg && i < reg->n_fields; i++)
        if (reg->fields[i].variants & 1u << variant)
            put(object, reg->fields[i].name,
                number((f->value & reg->fields[i].mask) >> reg->fields[i].lsb));
    return object;
}

static bool has_pa(const struct nap_outcome *o)
{
    return o->kind == NAP_OUTCOME_TRANSLATED || o->kind == NAP_OUTCOME_BYPASS;
}

static json_t *probe_json(const struct nap_soc *soc, const struct nap_finding_probe *p)
{
    json_t *o = json_object();

    put(o, "master", json_string(soc->masters[p->master].name));
    put(o, "device", device_json(soc, p->device));
    put(o, "port", json_integer(p->port));
    put(o, "iova", hex(p->iova));
    put(o, "outcome", json_string(nap_outcome_name(p->outcome.kind)));
    put(o, "pa", has_pa(&p->outcome) ? hex(p->outcome.pa) : json_null());
    put(o, "expected", json_string(p->expect_mapped ? "translated" : "no-translation"));
    put(o, "expected_pa", p->expect_mapped ? hex(p->expect_pa) : json_null());
    put(o, "context",
        p->outcome.context == UINT32_MAX ? json_null() : json_integer(p->outcome.context));
    put(o, "why", text(p->outcome.why));
    return o;
}

static json_t *probes_json(const struct nap_soc *soc, const struct nap_finding *f)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < f->n_probes; i++)
        add(list, probe_json(soc, &f->probes[i]));
    return list;
}

static void put_dependence(json_t *o, const struct nap_dependence *d)
{
    json_t *depends = json_array(), *holds = json_array();

    for (unsigned i = 0; d && i < d->n_depends_on; i++)
        add(depends, json_string(d->depends_on[i]));
    for (unsigned i = 0; d && i < d->n_holds_under; i++)
        add(holds, json_sprintf("%s=%s", d->holds_under[i].id, d->holds_under[i].value));
    put(o, "depends_on", depends);
    put(o, "holds_under", holds);
}

static json_t *violation_json(const struct nap_soc *soc, const struct nap_finding *f,
                              const struct nap_dependence *d)
{
    json_t *o = json_object();
    bool has_register = f->device < soc->n_devices && f->slot != NAP_NO_SLOT;

    put(o, "rule", json_string(f->rule->id));
    put(o, "class", classes_json(f->rule->classes));
    put(o, "source", json_string(f->rule->source));
    put(o, "device", device_json(soc, f->device));
    put(o, "register", register_json(soc, f));
    put(o, "value", has_register ? hex(f->value) : json_null());
    put(o, "fields", fields_json(soc, f));
    put(o, "issued_step", number(f->issued));
    put(o, "effect_step", number(f->effect));
    put(o, "task", json_string("cpu0"));
    put(o, "file", text(f->source.file));
    put(o, "line", line_json(&f->source));
    if (f->source.via)
        put(o, "via", json_string(f->source.via));
    put(o, "count", number(f->count));
    put(o, "message", json_string(f->message));
    put(o, "probes", probes_json(soc, f));
    put_dependence(o, d);
    return o;
}

static json_t *violations_json(const struct nap_soc *soc, const struct nap_run_result *r,
                               unsigned only)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < r->findings.n_violations; i++)
        if (only == UINT32_MAX || only == i)
            add(list, violation_json(soc, &r->findings.violations[i],
                                     r->dependence ? &r->dependence[i] : NULL));
    return list;
}

/* --- obligations, notes and the rest --- */

static json_t *obligations_json(const struct nap_soc *soc, const struct nap_findings *f)
{
    json_t *list = json_array();
    char name[512];

    for (unsigned i = 0; i < f->n_obligations; i++) {
        const struct nap_obligation *b = &f->obligations[i];
        json_t *o = json_object();
        put(o, "master", json_string(soc->masters[b->master].name));
        put(o, "port", json_sprintf("%s:%u", device_text(soc, b->device), b->port));
        put(o, "from_step", number(b->from));
        put(o, "to_step", number(b->to));
        put(o, "outcome", json_string(nap_outcome_name(b->outcome)));
        put(o, "cause", json_string(b->power_up ? "power-up" : "write"));
        opened_text(soc, b, name, sizeof name);
        put(o, "opened_by", json_string(name));
        closed_text(soc, b, name, sizeof name);
        put(o, "closed_by", b->open ? json_null() : json_string(name));
        put(o, "open", json_boolean(b->open));
        add(list, o);
    }
    return list;
}

static json_t *notes_json(const struct nap_soc *soc, const struct nap_findings *f)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < f->n_notes; i++) {
        const struct nap_finding *n = &f->notes[i];
        json_t *o = json_object();
        put(o, "rule", json_string(n->rule->id));
        put(o, "device", device_json(soc, n->device));
        put(o, "register", register_json(soc, n));
        put(o, "message", json_string(n->message));
        put(o, "count", number(n->count));
        put(o, "file", text(n->source.file));
        put(o, "line", line_json(&n->source));
        add(list, o);
    }
    return list;
}

static json_t *allowed_place_json(const struct nap_soc *soc, const struct nap_finding *f)
{
    json_t *o = json_object();

    put(o, "device", device_json(soc, f->device));
    put(o, "register", register_json(soc, f));
    put(o, "file", text(f->source.file));
    put(o, "line", line_json(&f->source));
    put(o, "count", number(f->count));
    return o;
}

/* Every entry of the allow list, also those that covered nothing. */
static json_t *allowed_json(const struct job *job, const struct nap_findings *f)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < job->allow->n; i++) {
        const struct nap_allow *a = &job->allow->entries[i];
        json_t *o = json_object(), *places = json_array();
        put(o, "line", json_integer(a->line));
        put(o, "rule", json_string(a->rule->id));
        put(o, "place", json_string(a->place));
        put(o, "reason", json_string(a->reason));
        put(o, "count", number(allow_count(f, i)));
        put(o, "covered", places);
        for (unsigned k = 0; k < f->n_allowed; k++)
            if (f->allowed[k].entry == i)
                add(places, allowed_place_json(job->soc, &f->allowed[k].finding));
        add(list, o);
    }
    return list;
}

static json_t *unmodelled_json(const struct nap_run_result *r)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < r->n_unmodelled; i++) {
        json_t *o = json_object();
        put(o, "what", json_string(r->unmodelled[i].what));
        put(o, "count", number(r->unmodelled[i].count));
        add(list, o);
    }
    return list;
}

/* Those in force that the run asked about, then those set that it did not. */
static json_t *switches_json(const struct job *job, const struct nap_run_result *r)
{
    json_t *o = json_object();

    for (unsigned i = 0; i < r->n_switches; i++)
        put(o, r->switches[i].id, json_string(r->switches[i].value));
    for (unsigned i = 0; i < job->n_switches; i++) {
        const struct nap_switch *sw = switch_of(job->soc, job->switches[i].id);
        if (!json_object_get(o, sw->id))
            put(o, sw->id, json_string(sw->values[job->switches[i].value]));
    }
    return o;
}

static json_t *choices_json(const struct nap_choice_list *choices)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < choices->n; i++) {
        const struct nap_keyed_choice *c = &choices->list[i];
        json_t *o = json_object();
        put(o, "kind", json_string(nap_choice_kind_name(c->kind)));
        put(o, "label", json_string(c->label));
        put(o, "instance", json_string(c->instance));
        put(o, "nth", number(c->nth));
        put(o, "n", number(c->n));
        put(o, "value", number(c->value));
        put(o, "means", json_string(c->means));
        add(list, o);
    }
    return list;
}

/* --- whole objects --- */

static json_t *rules_off_json(const struct nap_run_config *c)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < c->n_rules_off; i++)
        add(list, json_string(c->rules_off[i]));
    return list;
}

/* Drivers beside, by name. */
static json_t *beside_json(const struct nap_scenario *s)
{
    json_t *o = json_object();

    for (uint32_t i = 0; i < s->n_beside; i++)
        put(o, s->beside[i].name, json_string(s->beside[i].variant));
    return o;
}

static json_t *begin(const char *type, const struct job *job)
{
    json_t *o = part(type);

    put(o, "scenario", json_string(job->scenario->name));
    put(o, "variant", json_string(job->config.variant));
    put(o, "soc", json_string(job->soc->name));
    if (job->scenario->n_beside)
        put(o, "beside", beside_json(job->scenario));
    put(o, "version", json_string(REGNAP_VERSION));
    put(o, "model_digest", digest(job->config.model_digest));
    put(o, "driver_digest", digest(job->config.driver_digest));
    if (!all_rules(&job->config))
        put(o, "rules_off", rules_off_json(&job->config));
    return o;
}

static const char *policy_text(const struct nap_run_config *c)
{
    if (c->random_policy)
        return "random";
    return c->policy == NAP_POLICY_LAZY ? "lazy" : "eager";
}

static void put_extra(json_t *o, const struct json_extra *extra)
{
    if (!extra)
        return;
    if (extra->counterexample)
        put(o, "counterexample", path(extra->counterexample));
    if (extra->choices_before) {
        put(o, "choices_before", number(*extra->choices_before));
        put(o, "needs_different_orders", json_boolean(extra->needs_different_orders));
    }
    if (extra->replayed) {
        put(o, "replayed", path(extra->replayed));
        put(o, "same_digests", json_boolean(extra->same_digests));
        put(o, "replay_result", json_string(extra->replay_result));
        put(o, "choices_unplaced", choices_json(extra->unplaced));
        put(o, "choices_changed", choices_json(extra->changed));
    }
}

int json_run(const char *type, const struct job *job, const struct nap_run_result *r,
             unsigned only, const struct json_extra *extra)
{
    const struct nap_run_config *c = &job->config;
    json_t *o = begin(type, job);

    put(o, "verdict", json_string(r->findings.n_violations ? "violation" : "clean"));
    put(o, "violations", violations_json(job->soc, r, only));
    put(o, "obligations", obligations_json(job->soc, &r->findings));
    put(o, "notes", notes_json(job->soc, &r->findings));
    if (job->allow && only == UINT32_MAX)
        put(o, "allowed", allowed_json(job, &r->findings));
    put(o, "unmodelled", unmodelled_json(r));
    if (r->unmodelled_unlisted)
        put(o, "unmodelled_unlisted", number(r->unmodelled_unlisted));
    put(o, "masters", json_string(c->masters_live ? "live" : "held"));
    put(o, "policy", json_string(policy_text(c)));
    put(o, "profile", json_string(c->profile == NAP_PROFILE_HOSTILE ? "hostile" : "zero"));
    put(o, "switches", switches_json(job, r));
    put(o, "steps", number(r->counters.steps));
    put(o, "accesses", number(r->counters.accesses));
    put(o, "polls", number(r->counters.polls));
    put(o, "choices", choices_json(&r->choices));
    put_extra(o, extra);
    return print(o);
}

static json_t *bounds_json(const struct job *job, const struct nap_explore_config *c)
{
    json_t *o = json_object();

    put(o, "strategy", json_string(strategy_text(c->strategy)));
    put(o, "vary", vary_json(c->run.vary));
    put(o, "faults", number(c->run.faults));
    put(o, "budget", c->budget == UINT64_MAX ? json_null() : number(c->budget));
    put(o, "probe_order", json_string(probe_order_text(job->scenario->probe_order)));
    put(o, "seed", c->strategy == NAP_STRATEGY_RANDOM ? number(c->run.seed) : json_null());
    return o;
}

static json_t *distinct_json(const struct job *job, const struct nap_explore_result *r,
                             char *const *counterexamples)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < r->n_violations; i++) {
        const struct nap_finding *f = &r->violations[i].finding;
        json_t *o = json_object();
        put(o, "rule", json_string(f->rule->id));
        put(o, "device", device_json(job->soc, f->device));
        put(o, "register", register_json(job->soc, f));
        put(o, "file", text(f->source.file));
        put(o, "line", line_json(&f->source));
        put(o, "count", number(r->violations[i].count));
        put(o, "counterexample", counterexamples ? path(counterexamples[i]) : json_null());
        add(list, o);
    }
    return list;
}

int json_summary(const struct job *job, const struct nap_explore_config *config,
                 const struct nap_explore_result *r, const char *verdict,
                 char *const *counterexamples)
{
    json_t *o = begin("summary", job), *list = json_array();
    bool random = config->strategy == NAP_STRATEGY_RANDOM;

    put(o, "verdict", json_string(verdict));
    put(o, "bounds", bounds_json(job, config));
    put(o, "executions", number(r->executions));
    put(o, "distinct_states", number(r->distinct_states));
    put(o, "orders_covered", json_string(r->orders_covered));
    put(o, "exhausted", json_boolean(r->exhausted));
    put(o, "violations", distinct_json(job, r, counterexamples));
    put(o, "notes", notes_json(job->soc, &r->notes));
    if (job->allow)
        put(o, "allowed", allowed_json(job, &r->notes));
    put(o, "collision_bound", json_real(r->collision_bound));
    put(o, "distinct_runs", random ? number(r->distinct_runs) : json_null());
    put(o, "accesses_median", number(r->accesses_median));
    put(o, "unmodelled", list);
    for (unsigned i = 0; i < r->n_unmodelled; i++)
        add(list, json_string(r->unmodelled[i]));
    if (r->unmodelled_unlisted)
        put(o, "unmodelled_unlisted", number(r->unmodelled_unlisted));
    return print(o);
}
