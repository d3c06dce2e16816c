/* SPDX-License-Identifier: MIT */
/* A comparison as JSON: the summary of A, violations and summary of B, then one object `diff`.
 */
#include "diff.h"

#include <string.h>

#include <jansson.h>

static json_t *text(const char *string)
{
    return string && *string ? json_string(string) : json_null();
}

static void put_source(json_t *o, const char *file, const char *line,
                       const struct nap_source *source)
{
    json_object_set_new(o, file, text(source->file));
    json_object_set_new(o, line, source->file ? json_integer(source->line) : json_null());
}

static json_t *side_json(const struct side *s)
{
    char digest[33];

    nap_hash_text(s->job.config.driver_digest, digest);
    return json_pack("{s:s, s:s, s:s, s:b}", "variant", s->name, "driver_digest", digest,
                     "verdict", explore_verdict(&s->config, &s->explored), "exhausted",
                     s->explored.exhausted);
}

/* --- violations --- */

static json_t *violation_json(const struct side *s, unsigned index)
{
    const struct nap_finding *f = &s->explored.violations[index].finding;
    char reg[NAP_NAME_MAX];
    json_t *o;

    register_text(s->job.soc, f->device, f->slot, reg, sizeof reg);
    o = json_pack("{s:s, s:o, s:o, s:s}", "rule", f->rule->id, "device",
                  f->device < s->job.soc->n_devices ? text(device_text(s->job.soc, f->device))
                                                    : json_null(),
                  "register", text(reg), "message", f->message);
    put_source(o, "file", "line", &f->source);
    if (s->names)
        json_object_set_new(o, "counterexample", text(s->names[index]));
    return o;
}

static json_t *add_violations(json_t *list, const struct side *s, enum fate fate)
{
    for (unsigned i = 0; i < s->explored.n_violations; i++)
        if (s->fates[i] == fate)
            json_array_append_new(list, violation_json(s, i));
    return list;
}

/* Violations of B, each with what it was in A. */
static json_t *moved_json(const struct diff *d)
{
    json_t *list = add_violations(json_array(), &d->b, FATE_MOVED);

    for (unsigned k = 0, n = 0; k < d->b.explored.n_violations; k++)
        if (d->b.fates[k] == FATE_MOVED)
            json_object_set_new(json_array_get(list, n++), "from",
                                json_pack("[o]", violation_json(&d->a, d->moved_from[k])));
    return list;
}

/* --- order --- */

static json_t *classes_json(const struct diff *d, enum window window, uint64_t set)
{
    const struct nap_soc *soc = d->a.job.soc;
    json_t *list = json_array();
    char group[NAP_NAME_MAX];

    for (unsigned i = 0; i < d->n_classes[window]; i++) {
        const struct write_class *c = &d->classes[window][i];
        json_t *o;
        if (!(set >> i & 1))
            continue;
        o = json_pack("{s:s, s:s}", "units", group_text(soc, c->group, group), "register",
                      reg_name(soc, c->group, c->reg));
        json_object_set_new(
            o, "zero", c->value == ANY_VALUE ? json_null() : json_boolean(c->value == ZERO));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *orders_json(const struct diff *d)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < d->n_orders; i++) {
        const struct order_change *c = &d->orders[i];
        json_t *o = json_pack("{s:s, s:o, s:o, s:s, s:s}", "when", window_ids[c->window],
                              "writes", classes_json(d, c->window, c->first), "others",
                              classes_json(d, c->window, c->then), "a", order_text(c->a), "b",
                              order_text(c->b));
        put_source(o, "file", "line", &c->first_source);
        put_source(o, "others_file", "others_line", &c->then_source);
        json_array_append_new(list, o);
    }
    return list;
}

/* --- accesses, barriers, obligations --- */

static json_t *accesses_json(const struct diff *d, const struct access_changes *changes)
{
    const struct nap_soc *soc = d->a.job.soc;
    json_t *list = json_array();
    char group[NAP_NAME_MAX], place[NAP_NAME_MAX * 2];

    for (unsigned i = 0; i < changes->n; i++) {
        const struct access_change *c = &changes->list[i];
        json_t *o =
            json_pack("{s:s, s:s, s:s, s:s, s:i}", "when", window_ids[c->window], "change",
                      change_names[c->change], "units", group_text(soc, c->group, group),
                      "register", reg_name(soc, c->group, c->reg), "places", (int)c->places);
        access_place(d, c, place, sizeof place);
        json_object_set_new(o, "first", json_string(place));
        json_object_set_new(o, "a", text(c->a));
        json_object_set_new(o, "b", text(c->b));
        put_source(o, "a_file", "a_line", &c->a_source);
        put_source(o, "b_file", "b_line", &c->b_source);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *barriers_json(const struct diff *d)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < d->n_barriers; i++) {
        const struct barrier_change *c = &d->barriers[i];
        json_t *o = json_pack("{s:s, s:s, s:i, s:i}", "when", window_ids[c->window], "barrier",
                              c->barrier, "a", (int)c->a, "b", (int)c->b);
        put_source(o, "file", "line", &c->source);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *duty_json(const struct duty *duty)
{
    if (!duty->there)
        return json_null();
    return json_pack("{s:s, s:I, s:i, s:s}", "outcome", nap_outcome_name(duty->outcome),
                     "steps", (json_int_t)duty->steps, "accesses", (int)duty->accesses, "until",
                     duty->until);
}

static json_t *duties_json(const struct diff *d)
{
    const struct nap_soc *soc = d->a.job.soc;
    json_t *list = json_array();

    for (unsigned i = 0; i < d->n_duties; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:o}", "master",
                                              soc->masters[d->duties[i].master].name, "device",
                                              device_text(soc, d->duties[i].device), "a",
                                              duty_json(&d->duties[i].a), "b",
                                              duty_json(&d->duties[i].b)));
    return list;
}

/* --- the whole --- */

static int print_diff(const struct diff *d)
{
    const struct job *job = &d->b.job;
    char digest[33];
    json_t *o;
    int failed;

    nap_hash_text(job->config.model_digest, digest);
    o = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "type", "diff", "schema",
                  "regnap-1", "scenario", job->scenario->name, "soc", job->soc->name, "version",
                  REGNAP_VERSION, "model_digest", digest, "a", side_json(&d->a), "b",
                  side_json(&d->b));
    json_object_set_new(o, "new", add_violations(json_array(), &d->b, FATE_ALONE));
    json_object_set_new(o, "gone", add_violations(json_array(), &d->a, FATE_ALONE));
    json_object_set_new(o, "moved", moved_json(d));
    json_object_set_new(
        o, "both",
        add_violations(add_violations(json_array(), &d->b, FATE_BOTH), &d->a, FATE_TRIED));
    json_object_set_new(o, "order", orders_json(d));
    json_object_set_new(o, "order_whole", json_boolean(!d->classes_cut));
    json_object_set_new(o, "writes", accesses_json(d, &d->writes));
    json_object_set_new(o, "waits", accesses_json(d, &d->waits));
    json_object_set_new(o, "reads", accesses_json(d, &d->reads));
    json_object_set_new(o, "barriers", barriers_json(d));
    json_object_set_new(o, "obligations", duties_json(d));
    failed = json_dumpf(o, stdout, JSON_COMPACT);
    json_decref(o);
    putchar('\n');
    return failed ? complain("no memory, or standard output is closed") : EXIT_CLEAN;
}

int diff_json(const struct diff *d)
{
    int status = json_summary(&d->a.job, &d->a.config, &d->a.explored,
                              explore_verdict(&d->a.config, &d->a.explored), NULL);

    if (!status)
        status = explore_json(&d->b.job, &d->b.config, &d->b.explored, d->b.names);
    return status ? status : print_diff(d);
}
