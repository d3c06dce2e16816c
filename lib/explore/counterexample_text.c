/* SPDX-License-Identifier: MIT */
/* Counterexample files: struct nap_counterexample to JSON. */
#include "counterexample.h"

#include "json_read.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void nap_hash_text(struct nap_hash128 hash, char out[33])
{
    (void)snprintf(out, 33, "%016" PRIx64 "%016" PRIx64, hash.high, hash.low);
}

/* An object under construction; @failed once memory ran out. */
struct writer {
    json_t *object;
    bool failed;
};

static struct writer begin(void)
{
    json_t *object = json_object();

    return (struct writer){object, !object};
}

/* Takes over @value. */
static void put(struct writer *w, const char *key, json_t *value)
{
    if (json_object_set_new(w->object, key, value) != 0)
        w->failed = true;
}

static void put_text(struct writer *w, const char *key, const char *text)
{
    struct nap_error clean;

    nap_json_printable(text, &clean);
    put(w, key, json_string(clean.text));
}

static void put_number(struct writer *w, const char *key, json_int_t number)
{
    put(w, key, json_integer(number));
}

static void put_digest(struct writer *w, const char *key, struct nap_hash128 digest)
{
    char text[33];

    nap_hash_text(digest, text);
    put_text(w, key, text);
}

/* The object, or NULL; the caller puts it somewhere or releases it. */
static json_t *end(struct writer *w)
{
    if (!w->failed)
        return w->object;
    json_decref(w->object);
    return NULL;
}

/* --- the parts of the file --- */

static json_t *vary_json(uint32_t vary)
{
    json_t *array = json_array();
    bool failed = !array;

    for (int k = 0; k < NAP_CHOOSE_KINDS; k++)
        if ((vary & NAP_CHOICE_BIT(k)) &&
            json_array_append_new(
                array, json_string(nap_choice_kind_name((enum nap_choice_kind)k))) != 0)
            failed = true;
    if (!failed)
        return array;
    json_decref(array);
    return NULL;
}

static json_t *pairs_json(const struct nap_parameter *list, unsigned n)
{
    struct writer w = begin();

    for (unsigned i = 0; i < n; i++)
        put_text(&w, list[i].key, list[i].value);
    return end(&w);
}

static json_t *parameters_json(const struct nap_counterexample *c)
{
    struct writer w = begin();

    put_text(&w, "probe-order", c->probe_order);
    if (c->n_parameters)
        put(&w, "driver", pairs_json(c->parameters, c->n_parameters));
    if (c->n_beside)
        put(&w, "beside", pairs_json(c->beside, c->n_beside));
    return end(&w);
}

static json_t *rules_off_json(const struct nap_counterexample *c)
{
    json_t *array = json_array();
    bool failed = !array;

    for (unsigned i = 0; i < c->n_rules_off; i++)
        if (json_array_append_new(array, json_string(c->rules_off[i])) != 0)
            failed = true;
    if (!failed)
        return array;
    json_decref(array);
    return NULL;
}

static json_t *switches_json(const struct nap_counterexample *c)
{
    struct writer w = begin();

    for (unsigned i = 0; i < c->n_switches; i++)
        put_text(&w, c->switches[i].id, c->switches[i].value);
    return end(&w);
}

static json_t *verdict_json(const struct nap_counterexample *c)
{
    struct writer w = begin();

    put_text(&w, "rule", c->rule);
    put_text(&w, "device", c->device);
    put_text(&w, "register", c->reg);
    put_text(&w, "file", c->file);
    put_number(&w, "line", c->line);
    put_text(&w, "message", c->message);
    return end(&w);
}

static json_t *choice_json(const struct nap_keyed_choice *choice)
{
    struct writer w = begin();

    put_text(&w, "kind", nap_choice_kind_name(choice->kind));
    put_text(&w, "label", choice->label);
    put_text(&w, "instance", choice->instance);
    put_number(&w, "nth", choice->nth);
    put_number(&w, "n", choice->n);
    put_number(&w, "value", choice->value);
    put_text(&w, "means", choice->means);
    return end(&w);
}

static json_t *choices_json(const struct nap_choice_list *choices)
{
    json_t *array = json_array();
    bool failed = !array;

    for (unsigned i = 0; i < choices->n; i++)
        if (json_array_append_new(array, choice_json(&choices->list[i])) != 0)
            failed = true;
    if (!failed)
        return array;
    json_decref(array);
    return NULL;
}

static json_t *to_json(const struct nap_counterexample *c)
{
    struct writer w = begin();

    put_text(&w, "schema", NAP_COUNTEREXAMPLE_SCHEMA);
    put_text(&w, "type", NAP_COUNTEREXAMPLE_TYPE);
    put_text(&w, "scenario", c->scenario);
    put_text(&w, "variant", c->variant);
    put_text(&w, "soc", c->soc);
    put_text(&w, "masters", c->masters);
    put_text(&w, "policy", c->policy);
    put_text(&w, "profile", c->profile);
    put(&w, "parameters", parameters_json(c));
    put(&w, "strict_protocol", json_boolean(c->strict_protocol));
    if (c->n_rules_off)
        put(&w, "rules_off", rules_off_json(c));
    put_number(&w, "faults", c->faults);
    put(&w, "vary", vary_json(c->vary));
    put(&w, "switches", switches_json(c));
    put_digest(&w, "scenario_digest", c->scenario_digest);
    put_digest(&w, "model_digest", c->model_digest);
    put_digest(&w, "driver_digest", c->driver_digest);
    put_digest(&w, "run_digest", c->run_digest);
    put(&w, "verdict", verdict_json(c));
    put(&w, "choices", choices_json(&c->choices));
    return end(&w);
}

/* jansson returns text from its own allocator, which a host program may have replaced, so the
 * text is laid out twice: once to measure, once into memory that free() takes. */
char *nap_counterexample_text(const struct nap_counterexample *c)
{
    json_t *json = to_json(c);
    size_t bytes = json_dumpb(json, NULL, 0, JSON_INDENT(2));
    char *text = bytes > 0 ? malloc(bytes + 2) : NULL;

    if (text && json_dumpb(json, text, bytes, JSON_INDENT(2)) == bytes) {
        text[bytes] = '\n';
        text[bytes + 1] = '\0';
    } else {
        free(text);
        text = NULL;
    }
    json_decref(json);
    return text;
}
