/* SPDX-License-Identifier: MIT */
/* Counterexample files: JSON to struct nap_counterexample. A file may come from anybody, so
 * every member is checked before anything is built. counterexample_text.c goes the other way.
 */
#include "counterexample.h"

#include "json_read.h"

#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MAX (4u << 20)
#define CHOICES_MAX    4096u /* a resume has under 100 */

static const char *const masters_names[] = {"held", "live", NULL};
static const char *const policy_names[] = {"eager", "lazy", "random", NULL};
static const char *const profile_names[] = {"zero", "hostile", NULL};
static const char *const probe_order_names[] = {"root-first", "any", NULL};

struct loader {
    struct nap_json_reader reader;
    struct nap_counterexample *c;
};

static enum nap_err read_kind(struct loader *l, const struct nap_json_value *v,
                              enum nap_choice_kind *out)
{
    const char *names[NAP_CHOOSE_KINDS + 1] = {NULL};
    enum nap_err err;

    for (int k = 0; k < NAP_CHOOSE_KINDS; k++)
        names[k] = nap_choice_kind_name((enum nap_choice_kind)k);
    err = nap_json_take_name(&l->reader, v, names);
    if (!err)
        *out = (enum nap_choice_kind)nap_choice_kind_find(json_string_value(v->json));
    return err;
}

/* Older files have none. */
static enum nap_err read_scenario_digest(struct loader *l, const struct nap_json_value *root)
{
    if (!json_object_get(root->json, "scenario_digest"))
        return NAP_OK;
    return nap_json_read_digest(&l->reader, root, "scenario_digest", &l->c->scenario_digest);
}

/* --- the parts of the file --- */

static enum nap_err read_vary(struct loader *l, const struct nap_json_value *root)
{
    struct nap_json_value list;
    enum nap_err err = nap_json_need(&l->reader, root, "vary", JSON_ARRAY, &list);

    for (size_t i = 0; !err && i < json_array_size(list.json); i++) {
        struct nap_json_value v = nap_json_element(&list, i);
        enum nap_choice_kind kind = NAP_CHOOSE_RESET;

        err = read_kind(l, &v, &kind);
        if (!err && (l->c->vary & NAP_CHOICE_BIT(kind)))
            err = nap_json_refuse(&l->reader, &v, "found '%s' twice, expected each once",
                                  nap_choice_kind_name(kind));
        l->c->vary |= NAP_CHOICE_BIT(kind);
    }
    return err;
}

static enum nap_err read_switches(struct loader *l, const struct nap_json_value *root)
{
    const size_t max = sizeof(l->c->switches) / sizeof(l->c->switches[0]);
    struct nap_json_value object, v;
    enum nap_err err = nap_json_need(&l->reader, root, "switches", JSON_OBJECT, &object);
    const char *key;

    if (!err && json_object_size(object.json) > max)
        err = nap_json_refuse(&l->reader, &object, "found %zu switches, expected at most %zu",
                              json_object_size(object.json), max);
    if (err)
        return err;
    json_object_foreach(object.json, key, v.json)
    {
        nap_json_set_path(&v, &object, key);
        if (*key == '\0' || strlen(key) >= sizeof(l->c->switches[0].id))
            return nap_json_refuse(&l->reader, &v,
                                   "found a key of %zu bytes, expected a switch of 1 to %zu",
                                   strlen(key), sizeof(l->c->switches[0].id) - 1);
        memcpy(l->c->switches[l->c->n_switches].id, key, strlen(key) + 1);
        err = nap_json_take_text(&l->reader, &v, 1, l->c->switches[l->c->n_switches].value,
                                 sizeof(l->c->switches[0].value));
        if (err)
            return err;
        l->c->n_switches++;
    }
    return NAP_OK;
}

/* Absent where every rule judged. */
static enum nap_err read_rules_off(struct loader *l, const struct nap_json_value *root)
{
    struct nap_json_value list = {.json = json_object_get(root->json, "rules_off")};
    enum nap_err err;

    if (!list.json)
        return NAP_OK;
    nap_json_set_path(&list, root, "rules_off");
    err = nap_json_check_type(&l->reader, &list, JSON_ARRAY);
    if (!err && json_array_size(list.json) > NAP_COUNTEREXAMPLE_RULES_MAX)
        err = nap_json_refuse(&l->reader, &list, "found %zu rules, expected at most %d",
                              json_array_size(list.json), NAP_COUNTEREXAMPLE_RULES_MAX);
    for (size_t i = 0; !err && i < json_array_size(list.json); i++) {
        struct nap_json_value v = nap_json_element(&list, i);
        err = nap_json_take_text(&l->reader, &v, 1, l->c->rules_off[i],
                                 sizeof(l->c->rules_off[i]));
        l->c->n_rules_off++;
    }
    return err;
}

/* Keys and values of a driver's parameters, or names and variants of drivers beside; absent if
 * there are none. */
static enum nap_err read_pairs(struct loader *l, const struct nap_json_value *parameters,
                               const char *name, struct nap_parameter *list, size_t max,
                               unsigned *n)
{
    struct nap_json_value object = {.json = json_object_get(parameters->json, name)}, v;
    enum nap_err err;
    const char *key;

    if (!object.json)
        return NAP_OK;
    nap_json_set_path(&object, parameters, name);
    err = nap_json_check_type(&l->reader, &object, JSON_OBJECT);
    if (!err && json_object_size(object.json) > max)
        err = nap_json_refuse(&l->reader, &object, "found %zu parameters, expected at most %zu",
                              json_object_size(object.json), max);
    if (err)
        return err;
    json_object_foreach(object.json, key, v.json)
    {
        struct nap_parameter *p = &list[*n];
        nap_json_set_path(&v, &object, key);
        if (*key == '\0' || strlen(key) >= sizeof(p->key))
            return nap_json_refuse(&l->reader, &v,
                                   "found a key of %zu bytes, expected a parameter of 1 to %zu",
                                   strlen(key), sizeof(p->key) - 1);
        memcpy(p->key, key, strlen(key) + 1);
        err = nap_json_take_text(&l->reader, &v, 1, p->value, sizeof(p->value));
        if (err)
            return err;
        ++*n;
    }
    return NAP_OK;
}

static enum nap_err read_parameters(struct loader *l, const struct nap_json_value *root)
{
    static const char *const keys[] = {"probe-order", "driver", "beside", NULL};
    struct nap_json_value v;
    enum nap_err err = nap_json_need_any(&l->reader, root, "parameters", &v);

    if (!err)
        err = nap_json_check_object(&l->reader, &v, keys);
    if (!err)
        err = nap_json_read_name(&l->reader, &v, "probe-order", probe_order_names,
                                 l->c->probe_order, sizeof(l->c->probe_order));
    if (!err)
        err = read_pairs(l, &v, "driver", l->c->parameters, NAP_SCENARIO_PARAMETERS_MAX,
                         &l->c->n_parameters);
    if (!err)
        err =
            read_pairs(l, &v, "beside", l->c->beside, NAP_SCENARIO_BESIDE_MAX, &l->c->n_beside);
    return err;
}

static enum nap_err read_verdict(struct loader *l, const struct nap_json_value *root)
{
    static const char *const keys[] = {"rule", "device",  "register", "file",
                                       "line", "message", NULL};
    struct nap_counterexample *c = l->c;
    struct nap_json_value v;
    uint32_t line = 0;
    enum nap_err err = nap_json_need_any(&l->reader, root, "verdict", &v);

    if (!err)
        err = nap_json_check_object(&l->reader, &v, keys);
    if (!err)
        err = nap_json_read_text(&l->reader, &v, "rule", 1, c->rule, sizeof(c->rule));
    if (!err)
        err = nap_json_read_text(&l->reader, &v, "device", 0, c->device, sizeof(c->device));
    if (!err)
        err = nap_json_read_text(&l->reader, &v, "register", 0, c->reg, sizeof(c->reg));
    if (!err)
        err = nap_json_read_text(&l->reader, &v, "file", 0, c->file, sizeof(c->file));
    if (!err)
        err = nap_json_read_number(&l->reader, &v, "line", 0, INT32_MAX, &line);
    if (!err)
        err = nap_json_read_text(&l->reader, &v, "message", 0, c->message, sizeof(c->message));
    c->line = (int)line;
    return err;
}

static bool same_key(const struct nap_keyed_choice *a, const struct nap_keyed_choice *b)
{
    return a->kind == b->kind && a->nth == b->nth && strcmp(a->label, b->label) == 0 &&
           strcmp(a->instance, b->instance) == 0;
}

/* A choice of outcome 0 is the default and is never stored, so a zero here is damage. */
static enum nap_err read_choice(struct loader *l, const struct nap_json_value *v,
                                struct nap_keyed_choice *out)
{
    static const char *const keys[] = {"kind", "label", "instance", "nth",
                                       "n",    "value", "means",    NULL};
    struct nap_json_value kind;
    enum nap_err err = nap_json_check_object(&l->reader, v, keys);

    if (!err)
        err = nap_json_need_any(&l->reader, v, "kind", &kind);
    if (!err)
        err = read_kind(l, &kind, &out->kind);
    if (!err)
        err = nap_json_read_text(&l->reader, v, "label", 1, out->label, sizeof(out->label));
    if (!err)
        err = nap_json_read_text(&l->reader, v, "instance", 0, out->instance,
                                 sizeof(out->instance));
    if (!err)
        err = nap_json_read_number(&l->reader, v, "nth", 0, UINT32_MAX, &out->nth);
    if (!err)
        err = nap_json_read_number(&l->reader, v, "n", 2, UINT32_MAX, &out->n);
    if (!err)
        err = nap_json_read_number(&l->reader, v, "value", 1, (json_int_t)out->n - 1,
                                   &out->value);
    return err ? err
               : nap_json_read_text(&l->reader, v, "means", 0, out->means, sizeof(out->means));
}

static enum nap_err read_choices(struct loader *l, const struct nap_json_value *root)
{
    struct nap_choice_list *choices = &l->c->choices;
    struct nap_json_value list;
    enum nap_err err = nap_json_need(&l->reader, root, "choices", JSON_ARRAY, &list);
    size_t count = err ? 0 : json_array_size(list.json);

    if (count > CHOICES_MAX)
        return nap_json_refuse(&l->reader, &list, "found %zu choices, expected at most %u",
                               count, CHOICES_MAX);
    if (err || count == 0)
        return err;
    choices->list = calloc(count, sizeof(*choices->list));
    if (!choices->list)
        return nap_fail(l->reader.error, NAP_ERR_NOMEM, "no memory for the choices in %s",
                        l->reader.file);
    for (choices->room = (unsigned)count; !err && choices->n < count; choices->n++) {
        struct nap_json_value v = nap_json_element(&list, choices->n);

        err = read_choice(l, &v, &choices->list[choices->n]);
        for (unsigned i = 0; !err && i < choices->n; i++)
            if (same_key(&choices->list[i], &choices->list[choices->n]))
                err = nap_json_refuse(
                    &l->reader, &v, "found the choice of choices[%u] again, expected each once",
                    i);
    }
    return err;
}

/* What the file is comes first: what another version means by a key is not ours to judge. */
static enum nap_err read_schema(struct loader *l, const struct nap_json_value *root)
{
    static const char *const schemas[] = {NAP_COUNTEREXAMPLE_SCHEMA, NULL};
    static const char *const types[] = {NAP_COUNTEREXAMPLE_TYPE, NULL};
    char text[16];
    enum nap_err err = nap_json_check_type(&l->reader, root, JSON_OBJECT);

    if (!err)
        err = nap_json_read_name(&l->reader, root, "schema", schemas, text, sizeof(text));
    return err ? err : nap_json_read_name(&l->reader, root, "type", types, text, sizeof(text));
}

static enum nap_err read_setup(struct loader *l, const struct nap_json_value *root)
{
    struct nap_counterexample *c = l->c;
    enum nap_err err =
        nap_json_read_text(&l->reader, root, "scenario", 1, c->scenario, sizeof(c->scenario));

    if (!err)
        err =
            nap_json_read_text(&l->reader, root, "variant", 1, c->variant, sizeof(c->variant));
    if (!err)
        err = nap_json_read_text(&l->reader, root, "soc", 1, c->soc, sizeof(c->soc));
    if (!err)
        err = nap_json_read_name(&l->reader, root, "masters", masters_names, c->masters,
                                 sizeof(c->masters));
    if (!err)
        err = nap_json_read_name(&l->reader, root, "policy", policy_names, c->policy,
                                 sizeof(c->policy));
    if (!err)
        err = nap_json_read_name(&l->reader, root, "profile", profile_names, c->profile,
                                 sizeof(c->profile));
    if (!err)
        err = read_parameters(l, root);
    if (!err)
        err = nap_json_read_bool(&l->reader, root, "strict_protocol", &c->strict_protocol);
    if (!err)
        err = read_rules_off(l, root);
    if (!err)
        err = nap_json_read_number(&l->reader, root, "faults", 0, UINT32_MAX, &c->faults);
    if (!err)
        err = read_vary(l, root);
    return err ? err : read_switches(l, root);
}

static enum nap_err read_root(struct loader *l, const struct nap_json_value *root)
{
    static const char *const keys[] = {"schema",
                                       "type",
                                       "scenario",
                                       "variant",
                                       "soc",
                                       "masters",
                                       "policy",
                                       "profile",
                                       "parameters",
                                       "strict_protocol",
                                       "rules_off",
                                       "faults",
                                       "vary",
                                       "switches",
                                       "scenario_digest",
                                       "model_digest",
                                       "driver_digest",
                                       "run_digest",
                                       "verdict",
                                       "choices",
                                       NULL};
    enum nap_err err = read_schema(l, root);

    if (!err)
        err = nap_json_check_object(&l->reader, root, keys);
    if (!err)
        err = read_setup(l, root);
    if (!err)
        err = read_scenario_digest(l, root);
    if (!err)
        err = nap_json_read_digest(&l->reader, root, "model_digest", &l->c->model_digest);
    if (!err)
        err = nap_json_read_digest(&l->reader, root, "driver_digest", &l->c->driver_digest);
    if (!err)
        err = nap_json_read_digest(&l->reader, root, "run_digest", &l->c->run_digest);
    if (!err)
        err = read_verdict(l, root);
    return err ? err : read_choices(l, root);
}

/* --- the file --- */

/* jansson leaves its text empty for most failed allocations; the few it takes for bad syntax
 * come out as such. */
static enum nap_err syntax_error(struct loader *l, const json_error_t *e)
{
    unsigned line = e->line > 0 ? (unsigned)e->line : 1;
    enum json_error_code code = json_error_code(e);

    if (code == json_error_out_of_memory || e->text[0] == '\0')
        return nap_fail(l->reader.error, NAP_ERR_NOMEM, "no memory to read %s", l->reader.file);
    if (code == json_error_premature_end_of_input)
        return nap_fail_at(l->reader.error, NAP_ERR_PARSE, l->reader.file, line,
                           "found the end of the file, expected more of a counterexample");
    return nap_fail_at(l->reader.error, NAP_ERR_PARSE, l->reader.file, line,
                       "found bad JSON (%s), expected a counterexample", e->text);
}

static enum nap_err read_file(struct loader *l)
{
    struct nap_json_value root = {0};
    json_error_t json_error = {0}; /* jansson does not always set the code */
    enum nap_err err;

    if (l->reader.bytes > FILE_BYTES_MAX)
        return nap_fail_at(l->reader.error, NAP_ERR_PARSE, l->reader.file, 1,
                           "found %zu bytes, expected at most %u", l->reader.bytes,
                           FILE_BYTES_MAX);
    if (l->reader.bytes == 0)
        return nap_fail_at(l->reader.error, NAP_ERR_PARSE, l->reader.file, 1,
                           "found nothing, expected a counterexample");
    root.json =
        json_loadb(l->reader.text, l->reader.bytes, JSON_REJECT_DUPLICATES, &json_error);
    if (!root.json)
        return syntax_error(l, &json_error);
    err = read_root(l, &root);
    json_decref(root.json);
    return err;
}

enum nap_err nap_counterexample_load(const char *text, size_t bytes, const char *file,
                                     struct nap_counterexample **out, struct nap_error *error)
{
    struct loader l = {{text, bytes, file, error}, calloc(1, sizeof(*l.c))};
    enum nap_err err;

    *out = NULL;
    if (!l.c)
        return nap_fail(error, NAP_ERR_NOMEM, "no memory for the counterexample in %s", file);
    err = read_file(&l);
    if (err)
        nap_counterexample_free(l.c);
    else
        *out = l.c;
    return err;
}

void nap_counterexample_free(struct nap_counterexample *c)
{
    if (!c)
        return;
    free(c->choices.list);
    free(c);
}
