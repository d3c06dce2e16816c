/* SPDX-License-Identifier: MIT */
/* hazards/ID.yaml to struct nap_hazard. */
#include <regnap/block.h>
#include <regnap/hazard.h>
#include <regnap/rule.h>

#include "core/yaml.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUDGET_DEFAULT UINT64_C(2000)

struct loader {
    struct nap_hazard *h;
    const struct nap_yaml *y;
    nap_node root;
    struct nap_error *error;
};

static const char *const shown_names[] = {
    [NAP_SHOWN_BY_RULE] = "rule",
    [NAP_SHOWN_BY_PROBE] = "probe",
    [NAP_SHOWN_BY_TWIN] = "twin",
    [NAP_SHOWN_BY_LEDGER] = "ledger",
    NULL,
};

const char *nap_hazard_shown_name(enum nap_hazard_shown shown)
{
    return shown_names[shown];
}

static nap_node find(const struct loader *l, const char *key)
{
    return nap_yaml_find(l->y, l->root, key);
}

/* --- texts and names --- */

static enum nap_err read_text(struct loader *l, const char *key, char *out, size_t bytes)
{
    return nap_yaml_get_text(l->y, l->root, key, out, bytes, l->error);
}

static enum nap_err copy_name(struct loader *l, nap_node n, const char *what,
                              char out[NAP_NAME_MAX])
{
    const char *text;
    enum nap_err err = nap_yaml_name(l->y, n, what, &text, l->error);

    assert(out);
    if (!err)
        memcpy(out, text, strlen(text) + 1);
    return err;
}

static enum nap_err need_name(struct loader *l, nap_node map, const char *what, const char *key,
                              char out[NAP_NAME_MAX], unsigned *line)
{
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, map, what, key, &n, l->error);

    if (!err && line)
        *line = nap_yaml_line(l->y, n);
    return err ? err : copy_name(l, n, key, out);
}

static enum nap_err read_enum(struct loader *l, const char *key, const char *const *names,
                              unsigned *out)
{
    nap_node n = find(l, key);

    return n ? nap_yaml_enum(l->y, n, key, names, out, l->error) : NAP_OK;
}

/* --- what it breaks --- */

static bool is_class(const char *text)
{
    unsigned number = 0;

    if (text[0] != 'O' || text[1] < '1' || text[1] > '9' || strlen(text) > 3)
        return false;
    for (const char *at = text + 1; *at; at++) {
        if (*at < '0' || *at > '9')
            return false;
        number = number * 10 + (unsigned)(*at - '0');
    }
    return number <= 15;
}

static enum nap_err read_classes(struct loader *l)
{
    nap_node list;
    enum nap_err err = nap_yaml_need(l->y, l->root, "a hazard", "classes", &list, l->error);

    if (!err)
        err = nap_yaml_check_list(l->y, list, "classes", l->error);
    for (unsigned i = 0; !err && i < nap_yaml_count(l->y, list); i++) {
        const char *text = nap_yaml_text(l->y, nap_yaml_item(l->y, list, i));
        size_t at = strlen(l->h->classes);
        if (!is_class(text) || at + 5 > sizeof l->h->classes)
            return nap_yaml_fail(l->y, nap_yaml_item(l->y, list, i), l->error,
                                 "found '%.16s' in classes, expected O1 to O15", text);
        snprintf(l->h->classes + at, sizeof l->h->classes - at, "%s%s", at ? " " : "", text);
    }
    return err;
}

static enum nap_err read_rule(struct loader *l, nap_node n, const char *what,
                              char out[NAP_NAME_MAX])
{
    enum nap_err err = copy_name(l, n, what, out);

    if (!err && !nap_rule_find(nap_builtin_blocks(), out))
        err = nap_yaml_fail(l->y, n, l->error,
                            "found '%s' as %s, expected a rule (see `regnap list rules`)", out,
                            what);
    return err;
}

static enum nap_err read_also(struct loader *l)
{
    nap_node list = find(l, "also");
    enum nap_err err = list ? nap_yaml_check_list(l->y, list, "also", l->error) : NAP_OK;

    if (!err && nap_yaml_count(l->y, list) > NAP_HAZARD_RULES_MAX)
        return nap_yaml_fail(l->y, list, l->error, "found %u rules in also, expected up to %d",
                             nap_yaml_count(l->y, list), NAP_HAZARD_RULES_MAX);
    for (unsigned i = 0; !err && i < nap_yaml_count(l->y, list); i++) {
        nap_node n = nap_yaml_item(l->y, list, i);
        err = read_rule(l, n, "also", l->h->also[l->h->n_also]);
        for (unsigned k = 0; !err && k < l->h->n_also; k++)
            if (strcmp(l->h->also[k], l->h->also[l->h->n_also]) == 0)
                err = nap_yaml_fail(l->y, n, l->error,
                                    "found '%s' twice in also, expected each once",
                                    l->h->also[k]);
        l->h->n_also++;
    }
    return err;
}

static enum nap_err read_verdict(struct loader *l)
{
    unsigned shown = NAP_SHOWN_BY_RULE;
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, l->root, "a hazard", "rule", &n, l->error);

    if (!err)
        err = read_rule(l, n, "rule", l->h->rule);
    if (!err)
        err = read_also(l);
    if (!err)
        err = nap_yaml_need(l->y, l->root, "a hazard", "shown-by", &n, l->error);
    if (!err)
        err = read_enum(l, "shown-by", shown_names, &shown);
    l->h->shown = (enum nap_hazard_shown)shown;
    return err;
}

/* --- how it runs --- */

static enum nap_err read_vary(struct loader *l)
{
    const char *kinds[NAP_CHOOSE_KINDS + 1] = {NULL};
    nap_node list;
    enum nap_err err = nap_yaml_need(l->y, l->root, "a hazard", "vary", &list, l->error);

    for (int k = 0; k < NAP_CHOOSE_KINDS; k++)
        kinds[k] = nap_choice_kind_name((enum nap_choice_kind)k);
    if (!err)
        err = nap_yaml_check_list(l->y, list, "vary", l->error);
    for (unsigned i = 0; !err && i < nap_yaml_count(l->y, list); i++) {
        unsigned kind = 0;
        err = nap_yaml_enum(l->y, nap_yaml_item(l->y, list, i), "vary", kinds, &kind, l->error);
        l->h->vary |= NAP_CHOICE_BIT(kind);
    }
    return err;
}

static enum nap_err check_settings(struct loader *l, const char *key)
{
    nap_node map = find(l, key);

    if (!map)
        return NAP_OK;
    if (!nap_yaml_is_map(l->y, map))
        return nap_yaml_fail(l->y, map, l->error, "found no map as %s, expected KEY: VALUE",
                             key);
    if (nap_yaml_count(l->y, map) > NAP_HAZARD_SETTINGS_MAX)
        return nap_yaml_fail(l->y, map, l->error, "found %u entries in %s, expected up to %d",
                             nap_yaml_count(l->y, map), key, NAP_HAZARD_SETTINGS_MAX);
    return NAP_OK;
}

static enum nap_err read_set(struct loader *l)
{
    nap_node map = find(l, "set");
    enum nap_err err = check_settings(l, "set");

    for (unsigned i = 0; !err && i < nap_yaml_count(l->y, map); i++) {
        nap_node key = nap_yaml_key(l->y, map, i);
        l->h->set[i].line = nap_yaml_line(l->y, key);
        err = copy_name(l, key, "set", l->h->set[i].key);
        if (!err)
            err = copy_name(l, nap_yaml_value(l->y, map, i), "set", l->h->set[i].value);
        l->h->n_set++;
    }
    return err;
}

static enum nap_err read_switches(struct loader *l)
{
    nap_node map = find(l, "switches");
    enum nap_err err = check_settings(l, "switches");

    for (unsigned i = 0; !err && i < nap_yaml_count(l->y, map); i++) {
        nap_node key = nap_yaml_key(l->y, map, i);
        l->h->switches[i].line = nap_yaml_line(l->y, key);
        err = copy_name(l, key, "a switch", l->h->switches[i].id);
        if (!err)
            err = copy_name(l, nap_yaml_value(l->y, map, i), "its value",
                            l->h->switches[i].value);
        l->h->n_switches++;
    }
    return err;
}

static enum nap_err read_modes(struct loader *l)
{
    static const char *const masters[] = {"held", "live", NULL};
    static const char *const policies[] = {"eager", "lazy", NULL};
    static const char *const profiles[] = {"zero", "hostile", NULL};
    unsigned live = 0, lazy = 0, hostile = 0;
    enum nap_err err = read_enum(l, "masters", masters, &live);

    if (!err)
        err = read_enum(l, "policy", policies, &lazy);
    if (!err)
        err = read_enum(l, "profile", profiles, &hostile);
    l->h->masters_live = live != 0;
    l->h->policy = lazy ? NAP_POLICY_LAZY : NAP_POLICY_EAGER;
    l->h->profile = hostile ? NAP_PROFILE_HOSTILE : NAP_PROFILE_ZERO;
    return err;
}

/* Counts are told in decimal. */
static enum nap_err read_count(struct loader *l, nap_node n, const char *what, uint64_t min,
                               uint64_t max, uint64_t *out)
{
    enum nap_err err = nap_yaml_u64(l->y, n, what, 0, UINT64_MAX, out, l->error);

    if (!err && (*out < min || *out > max))
        err = nap_yaml_fail(l->y, n, l->error, "found '%s' as %s, expected %llu to %llu",
                            nap_yaml_text(l->y, n), what, (unsigned long long)min,
                            (unsigned long long)max);
    return err;
}

static enum nap_err read_limits(struct loader *l)
{
    nap_node faults = find(l, "faults"), budget = find(l, "budget");
    uint64_t number = 0;
    enum nap_err err = NAP_OK;

    l->h->budget = BUDGET_DEFAULT;
    if (faults)
        err = read_count(l, faults, "faults", 0, 100, &number);
    l->h->faults = (unsigned)number;
    if (!err && budget)
        err = read_count(l, budget, "budget", 1, UINT32_MAX, &l->h->budget);
    return err;
}

static enum nap_err read_form(struct loader *l, const char *key, char out[NAP_NAME_MAX],
                              unsigned *line)
{
    static const char *const keys[] = {"variant", NULL};
    nap_node map;
    enum nap_err err = nap_yaml_need(l->y, l->root, "a hazard", key, &map, l->error);

    if (!err)
        err = nap_yaml_check_map(l->y, map, key, keys, l->error);
    return err ? err : need_name(l, map, key, "variant", out, line);
}

static enum nap_err read_seen_in(struct loader *l)
{
    struct nap_hazard *h = l->h;
    nap_node list = find(l, "seen-in");
    enum nap_err err = list ? nap_yaml_check_list(l->y, list, "seen-in", l->error) : NAP_OK;

    if (!list || err)
        return err;
    h->seen_in_line = nap_yaml_line(l->y, list);
    if (nap_yaml_count(l->y, list) > NAP_HAZARD_RULES_MAX)
        return nap_yaml_fail(l->y, list, l->error,
                             "found %u variants in seen-in, expected up to %d",
                             nap_yaml_count(l->y, list), NAP_HAZARD_RULES_MAX);
    for (unsigned i = 0; !err && i < nap_yaml_count(l->y, list); i++)
        err =
            copy_name(l, nap_yaml_item(l->y, list, i), "a variant", h->seen_in[h->n_seen_in++]);
    return err;
}

static enum nap_err read_run(struct loader *l)
{
    struct nap_hazard *h = l->h;
    enum nap_err err =
        need_name(l, l->root, "a hazard", "scenario", h->scenario, &h->scenario_line);

    if (!err && find(l, "soc"))
        err = need_name(l, l->root, "a hazard", "soc", h->soc, &h->soc_line);
    if (!err && !h->quiet)
        err = read_form(l, "buggy", h->buggy, &h->buggy_line);
    if (!err)
        err = read_form(l, "fixed", h->fixed, &h->fixed_line);
    if (!err)
        err = read_seen_in(l);
    if (!err)
        err = read_vary(l);
    if (!err)
        err = read_limits(l);
    if (!err)
        err = read_modes(l);
    if (!err)
        err = read_set(l);
    return err ? err : read_switches(l);
}

/* --- the whole --- */

static enum nap_err read_head(struct loader *l)
{
    static const char *const expects[] = {"quiet", NULL};
    struct nap_hazard *h = l->h;
    unsigned expect = 0;
    enum nap_err err = need_name(l, l->root, "a hazard", "hazard", h->id, NULL);

    if (!err)
        err = need_name(l, l->root, "a hazard", "block", h->block, NULL);
    if (!err)
        err = read_text(l, "title", h->title, sizeof h->title);
    if (!err)
        err = read_text(l, "source", h->source, sizeof h->source);
    if (!err)
        err = read_text(l, "mechanism", h->mechanism, sizeof h->mechanism);
    if (!err)
        err = read_text(l, "trigger", h->trigger, sizeof h->trigger);
    if (!err)
        err = read_text(l, "consequence", h->consequence, sizeof h->consequence);
    if (!err)
        err = read_enum(l, "expect", expects, &expect);
    h->quiet = find(l, "expect") != 0;
    return err;
}

/* Every entry has a head; what stands below it depends on whether it runs. */
#define HEAD_KEYS "hazard", "block", "title", "source", "mechanism", "trigger", "consequence"
#define RUN_KEYS                                                                               \
    "scenario", "soc", "fixed", "vary", "faults", "budget", "masters", "policy", "profile",    \
        "set", "switches"

static enum nap_err check_keys(struct loader *l)
{
    static const char *const hazard[] = {HEAD_KEYS, RUN_KEYS,   "classes", "rule", "also",
                                         "buggy",   "shown-by", "seen-in", NULL};
    static const char *const quiet[] = {HEAD_KEYS, RUN_KEYS, "expect", NULL};
    static const char *const not_covered[] = {HEAD_KEYS, "classes", "not-covered", NULL};
    nap_node n = find(l, "not-covered");

    if (n)
        return nap_yaml_check_map(l->y, l->root, "a hazard that is not covered", not_covered,
                                  l->error);
    return nap_yaml_check_map(l->y, l->root, find(l, "expect") ? "a control" : "a hazard",
                              find(l, "expect") ? quiet : hazard, l->error);
}

static enum nap_err read_hazard(struct loader *l)
{
    struct nap_hazard *h = l->h;
    enum nap_err err = check_keys(l);

    if (!err)
        err = read_head(l);
    if (!err && !h->quiet)
        err = read_classes(l);
    if (!err && find(l, "not-covered"))
        return read_text(l, "not-covered", h->not_covered, sizeof h->not_covered);
    if (!err && !h->quiet)
        err = read_verdict(l);
    return err ? err : read_run(l);
}

enum nap_err nap_hazard_load(const char *text, size_t bytes, const char *file,
                             struct nap_hazard **out, struct nap_error *error)
{
    struct loader l = {.h = calloc(1, sizeof *l.h), .error = error};
    struct nap_yaml *y = NULL;
    size_t length = strlen(file), skip;
    enum nap_err err;

    *out = NULL;
    if (!l.h)
        return nap_fail(error, NAP_ERR_NOMEM, "no memory for the hazard in %s", file);
    skip = length < sizeof l.h->file ? 0 : length - (sizeof l.h->file - 1);
    memcpy(l.h->file, file + skip, length - skip + 1);
    err = nap_yaml_parse(text, bytes, file, &y, error);
    if (!err) {
        l.y = y;
        l.root = nap_yaml_root(y);
        err = read_hazard(&l);
    }
    nap_yaml_free(y);
    if (err)
        nap_hazard_free(l.h);
    else
        *out = l.h;
    return err;
}

void nap_hazard_free(struct nap_hazard *hazard)
{
    free(hazard);
}
