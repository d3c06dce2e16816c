/* SPDX-License-Identifier: MIT */
/* scenarios/NAME.yaml to struct nap_scenario. Names of machines, masters, power domains and
 * driver variants are resolved by whoever runs it; all else is checked here. */
#include "load.h"

#include <regnap/choose.h>

#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* --- drivers beside the one under test --- */

static enum nap_err read_place(struct nap_loader *l, nap_node map, const char *key,
                               const char *const *names, enum nap_driver_place fallback,
                               enum nap_driver_place *out)
{
    nap_node n = nap_yaml_find(l->y, map, key);
    unsigned place = fallback;
    enum nap_err err = n ? nap_yaml_enum(l->y, n, key, names, &place, l->error) : NAP_OK;

    *out = (enum nap_driver_place)place;
    return err;
}

static enum nap_err read_beside(struct nap_loader *l, nap_node map)
{
    static const char *const keys[] = {"driver", "variant", "suspend", "resume", NULL};
    static const char *const suspends[] = {
        [NAP_DRIVER_FIRST] = "first", [NAP_DRIVER_LAST] = "last", NULL};
    static const char *const resumes[] = {[NAP_DRIVER_FIRST] = "first",
                                          [NAP_DRIVER_LAST] = "last",
                                          [NAP_DRIVER_ANY] = "any",
                                          NULL};
    struct nap_scenario_driver *d = &l->s->beside[l->s->n_beside];
    enum nap_err err = nap_yaml_check_map(l->y, map, "a driver beside", keys, l->error);

    d->line = nap_yaml_line(l->y, map);
    if (!err)
        err = nap_load_word(l, map, "a driver beside", "driver", d->name);
    if (!err)
        err = nap_load_word(l, map, "a driver beside", "variant", d->variant);
    if (!err)
        err = read_place(l, map, "suspend", suspends, NAP_DRIVER_LAST, &d->suspends);
    if (!err)
        err = read_place(l, map, "resume", resumes, NAP_DRIVER_FIRST, &d->resumes);
    l->s->n_beside++;
    return err;
}

/* --- what stands above domains and operations --- */

static const char *const break_off_names[] = {
    [NAP_BREAK_OFF_ANY_STEP] = "any-step",
    [NAP_BREAK_OFF_WHOLE] = "whole",
    NULL,
};

static enum nap_err read_vary(struct nap_loader *l, nap_node list)
{
    const char *kinds[NAP_CHOOSE_KINDS + 1] = {NULL};
    enum nap_err err = nap_load_count(l, list, "vary", 0, NAP_CHOOSE_KINDS);

    for (int k = 0; k < NAP_CHOOSE_KINDS; k++)
        kinds[k] = nap_choice_kind_name((enum nap_choice_kind)k);
    for (unsigned i = 0; i < nap_yaml_count(l->y, list) && !err; i++) {
        nap_node n = nap_yaml_item(l->y, list, i);
        unsigned kind = 0;

        err = nap_yaml_enum(l->y, n, "vary", kinds, &kind, l->error);
        if (!err && (l->s->vary & NAP_CHOICE_BIT(kind)))
            err = nap_yaml_fail(l->y, n, l->error,
                                "found '%s' twice in vary, expected each once", kinds[kind]);
        l->s->vary |= NAP_CHOICE_BIT(kind);
    }
    return err;
}

/* Numbers of commands, each once. */
static enum nap_err read_fills(struct nap_loader *l, nap_node list)
{
    struct nap_scenario *s = l->s;
    enum nap_err err = nap_load_count(l, list, "queue-fill", 1, NAP_SCENARIO_FILLS_MAX);

    for (unsigned i = 0; i < nap_yaml_count(l->y, list) && !err; i++) {
        nap_node n = nap_yaml_item(l->y, list, i);
        uint64_t value = 0;

        err = nap_yaml_u64(l->y, n, "queue-fill", 0, NAP_SCENARIO_FILL_MAX, &value, l->error);
        for (uint32_t k = 0; k < s->n_fills && !err; k++)
            if (s->fills[k] == value)
                err = nap_yaml_fail(l->y, n, l->error,
                                    "found %llu twice in queue-fill, expected each once",
                                    (unsigned long long)value);
        if (!err)
            s->fills[s->n_fills++] = (uint32_t)value;
    }
    return err;
}

/* Where @key is there. */
static enum nap_err maybe_names(struct nap_loader *l, nap_node root, const char *key,
                                unsigned max, nap_name_text *out, uint32_t *n)
{
    nap_node list = nap_yaml_find(l->y, root, key);

    return list ? nap_load_names(l, list, key, max, out, n) : NAP_OK;
}

static enum nap_err read_head(struct nap_loader *l, nap_node root)
{
    struct nap_scenario *s = l->s;
    nap_node vary = 0, parameters = nap_yaml_find(l->y, root, "parameters");
    nap_node fills = nap_yaml_find(l->y, root, "queue-fill");
    nap_node breaks = nap_yaml_find(l->y, root, "break-off");
    unsigned break_off = NAP_BREAK_OFF_ANY_STEP;
    enum nap_err err = nap_load_word(l, root, "a scenario", "scenario", s->name);

    if (!err)
        err = nap_yaml_get_text(l->y, root, "title", s->title, sizeof(s->title), l->error);
    if (!err)
        err = nap_load_word(l, root, "a scenario", "driver", s->driver);
    if (!err)
        err = maybe_names(l, root, "socs", NAP_SCENARIO_SOCS_MAX, s->socs, &s->n_socs);
    if (!err)
        err = maybe_names(l, root, "variants", NAP_SCENARIO_VARIANTS_MAX, s->variants,
                          &s->n_variants);
    if (!err)
        err = maybe_names(l, root, "autonomous", NAP_SCENARIO_MASTERS_MAX, s->autonomous,
                          &s->n_autonomous);
    s->autonomous_line = nap_yaml_line(l->y, nap_yaml_find(l->y, root, "autonomous"));
    if (!err)
        err = maybe_names(l, root, "devices", NAP_SCENARIO_DEVICES_MAX, s->devices,
                          &s->n_devices);
    s->devices_line = nap_yaml_line(l->y, nap_yaml_find(l->y, root, "devices"));
    if (!err)
        err = nap_yaml_need(l->y, root, "a scenario", "vary", &vary, l->error);
    if (!err)
        err = read_vary(l, vary);
    if (!err && parameters)
        err = nap_load_parameters(l, parameters);
    if (!err && breaks)
        err = nap_yaml_enum(l->y, breaks, "break-off", break_off_names, &break_off, l->error);
    s->break_off = (enum nap_break_off)break_off;
    if (!err && fills)
        err = read_fills(l, fills);
    return err;
}

/* --- the scenario --- */

static enum nap_err read_scenario(struct nap_loader *l)
{
    static const char *const keys[] = {
        "scenario",   "title",      "driver",  "socs",      "variants",   "vary",
        "parameters", "autonomous", "domains", "break-off", "queue-fill", "operations",
        "clients",    "interrupts", "beside",  "devices",   "traffic",    NULL};
    nap_node root = nap_yaml_root(l->y);
    nap_node clients = nap_yaml_find(l->y, root, "clients");
    enum nap_err err = nap_yaml_check_map(l->y, root, "a scenario", keys, l->error);

    if (!err)
        err = read_head(l, root);
    if (!err)
        err = nap_load_list(l, "domains", 0, NAP_SCENARIO_DOMAINS_MAX, nap_load_domain);
    if (!err && nap_yaml_find(l->y, root, "beside"))
        err = nap_load_list(l, "beside", 1, NAP_SCENARIO_BESIDE_MAX, read_beside);
    if (!err && nap_yaml_find(l->y, root, "interrupts"))
        err =
            nap_load_list(l, "interrupts", 1, NAP_SCENARIO_INTERRUPTS_MAX, nap_load_interrupt);
    if (!err && nap_yaml_find(l->y, root, "traffic"))
        err = nap_load_list(l, "traffic", 1, NAP_SCENARIO_TRAFFIC_MAX, nap_load_traffic);
    if (!err)
        err = nap_load_list(l, "operations", 1, NAP_SCENARIO_OPS_MAX, nap_load_operation);
    if (!err && l->planned)
        err = nap_yaml_fail(l->y, l->planned, l->error,
                            "found raise-asleep without suspend below it, expected suspend");
    if (!err && clients)
        err = nap_load_clients(l, clients);
    if (!err && l->s->n_fills && !l->fills)
        err = nap_yaml_fail(l->y, nap_yaml_find(l->y, root, "queue-fill"), l->error,
                            "found queue-fill, and no operation that fills, expected "
                            "`fill: DEVICE` among the operations");
    return err;
}

/* A name too long loses its front: the end says more. */
static void keep_file_name(struct nap_scenario *s, const char *file)
{
    size_t length = strlen(file), room = sizeof(s->file) - 1;

    if (length > room)
        file += length - room;
    memcpy(s->file, file, strlen(file) + 1);
}

enum nap_err nap_scenario_load(const char *text, size_t bytes, const char *file,
                               struct nap_scenario **out, struct nap_error *error)
{
    struct nap_loader l = {.s = calloc(1, sizeof(*l.s)), .error = error};
    struct nap_yaml *y = NULL;
    XXH128_hash_t text_digest;
    enum nap_err err;

    *out = NULL;
    if (!l.s)
        return nap_fail(error, NAP_ERR_NOMEM, "no memory for the scenario in %s", file);
    err = nap_yaml_parse(text, bytes, file, &y, error);
    l.y = y;
    if (!err)
        err = read_scenario(&l);
    nap_yaml_free(y);
    keep_file_name(l.s, file);
    text_digest = XXH3_128bits(text, bytes);
    l.s->digest = (struct nap_hash128){text_digest.low64, text_digest.high64};
    if (err)
        nap_scenario_free(l.s);
    else
        *out = l.s;
    return err;
}

void nap_scenario_free(struct nap_scenario *scenario)
{
    free(scenario);
}
