/* SPDX-License-Identifier: MIT */
/* Counterexample files: struct nap_counterexample to JSON and back. A file may come from
 * anybody, so every member is checked: its type, its limits, and that nobody but us put it
 * there. jansson keeps no line numbers of values, so a message finds the line by the path, as
 * `choices[2].kind`. */
#include <regnap/run.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#define FILE_BYTES_MAX (4u << 20)
#define CHOICES_MAX    4096u /* a resume has under 100 */
#define PATH_BYTES     160
#define SHOWN          60 /* bytes of a text of the file that a message repeats */
#define SCHEMA         "regnap-1"
#define TYPE           "counterexample"

static const char *const masters_names[] = {"held", "live", NULL};
static const char *const policy_names[] = {"eager", "lazy", "random", NULL};
static const char *const profile_names[] = {"zero", "hostile", NULL};
static const char *const probe_order_names[] = {"root-first", "any", NULL};

void nap_hash_text(struct nap_hash128 hash, char out[33])
{
    (void)snprintf(out, 33, "%016" PRIx64 "%016" PRIx64, hash.high, hash.low);
}

/* --- from a path to a line --- */

/* A place in JSON text that jansson has accepted. */
struct cursor {
    const char *at, *end;
    unsigned line;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static char peek(const struct cursor *c)
{
    if (c->at < c->end)
        return *c->at;
    return '\0';
}

/* To the next character that means something. */
static char next(struct cursor *c, bool skip_this)
{
    c->at += skip_this && c->at < c->end;
    for (; is_space(peek(c)); c->at++)
        c->line += *c->at == '\n';
    return peek(c);
}

static void skip_string(struct cursor *c)
{
    for (c->at++; c->at < c->end && *c->at != '"'; c->at++)
        c->at += *c->at == '\\' && c->at + 1 < c->end;
    (void)next(c, true);
}

/* To what follows the value: ',', ']', '}' or the end. */
static void skip_value(struct cursor *c)
{
    unsigned depth = 0;

    while (c->at < c->end) {
        char now = *c->at;

        if (depth == 0 && (now == ',' || now == ']' || now == '}'))
            return;
        if (now == '"') {
            skip_string(c);
            continue;
        }
        depth += now == '[' || now == '{';
        depth -= now == ']' || now == '}';
        (void)next(c, true);
    }
}

/* From '{' to the value of the key that @path starts with; a key with escapes is not found. */
static bool enter_member(struct cursor *c, const char *path, size_t length)
{
    for (char now = next(c, true); now == '"'; now = next(c, true)) {
        const char *key = c->at + 1;
        bool found = (size_t)(c->end - key) > length && memcmp(key, path, length) == 0 &&
                     key[length] == '"';

        skip_string(c);
        (void)next(c, true);
        if (found)
            return true;
        skip_value(c);
        if (peek(c) != ',')
            return false;
    }
    return false;
}

/* From '[' to element @index. */
static bool enter_element(struct cursor *c, unsigned long index)
{
    (void)next(c, true);
    for (; index > 0; index--) {
        skip_value(c);
        if (peek(c) != ',')
            return false;
        (void)next(c, true);
    }
    return true;
}

/* One step along @path, which loses it. */
static bool enter(struct cursor *c, const char **path)
{
    size_t length;
    char *after;

    if (**path == '[' && peek(c) == '[') {
        unsigned long index = strtoul(*path + 1, &after, 10);

        *path = after + (*after == ']');
        return enter_element(c, index);
    }
    *path += **path == '.';
    length = strcspn(*path, ".[");
    *path += length;
    return peek(c) == '{' && enter_member(c, *path - length, length);
}

/* Line of the value at @path, or of the last value on the way to it that is there. */
static unsigned line_of(const char *text, size_t bytes, const char *path)
{
    struct cursor c = {text, text + bytes, 1};
    unsigned line;

    (void)next(&c, false);
    line = c.line;
    while (*path != '\0' && enter(&c, &path))
        line = c.line;
    return line;
}

/* --- checked reading --- */

struct loader {
    const char *text;
    size_t bytes;
    const char *file;
    struct nap_error *error;
    struct nap_counterexample *c;
};

/* A value of the file and where it stands, as "choices[2].kind". */
struct value {
    json_t *json;
    char path[PATH_BYTES];
};

static enum nap_err refuse(struct loader *l, const struct value *v, const char *format, ...)
    NAP_PRINTF(3, 4);

static enum nap_err refuse(struct loader *l, const struct value *v, const char *format, ...)
{
    char text[sizeof(l->error->text)];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return nap_fail_at(l->error, NAP_ERR_PARSE, l->file, line_of(l->text, l->bytes, v->path),
                       "%s%s%s", v->path, v->path[0] ? ": " : "", text);
}

static const char *type_name(json_type type)
{
    switch (type) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
        return "an integer";
    case JSON_REAL:
        return "a real number";
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    case JSON_NULL:
        return "null";
    }
    return "nothing";
}

static enum nap_err check_type(struct loader *l, const struct value *v, json_type type)
{
    if (json_typeof(v->json) == type)
        return NAP_OK;
    return refuse(l, v, "found %s, expected %s", type_name(json_typeof(v->json)),
                  type_name(type));
}

static void set_path(struct value *v, const struct value *parent, const char *key)
{
    (void)snprintf(v->path, sizeof(v->path), "%.64s%s%.64s", parent->path,
                   parent->path[0] ? "." : "", key);
}

static struct value element(const struct value *array, size_t index)
{
    struct value v = {.json = json_array_get(array->json, index)};

    (void)snprintf(v.path, sizeof(v.path), "%.64s[%zu]", array->path, index);
    return v;
}

/* Member @key of @object, which must be there; its type is for the caller to check. */
static enum nap_err need_any(struct loader *l, const struct value *object, const char *key,
                             struct value *out)
{
    out->json = json_object_get(object->json, key);
    set_path(out, object, key);
    return out->json ? NAP_OK : refuse(l, object, "found no '%s', expected this key", key);
}

static enum nap_err need(struct loader *l, const struct value *object, const char *key,
                         json_type type, struct value *out)
{
    enum nap_err err = need_any(l, object, key, out);

    return err ? err : check_type(l, out, type);
}

/* "a, b, c" of a NULL-terminated list. */
static void join(const char *const *names, char *out, size_t bytes)
{
    size_t at = 0;

    out[0] = '\0';
    for (; *names && at < bytes; names++) {
        int n = snprintf(out + at, bytes - at, "%s%s", at ? ", " : "", *names);

        at += n > 0 ? (size_t)n : 0;
    }
}

static bool listed(const char *const *names, const char *name)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* Checks that @v is an object whose keys are all in @keys. */
static enum nap_err check_object(struct loader *l, const struct value *v,
                                 const char *const *keys)
{
    enum nap_err err = check_type(l, v, JSON_OBJECT);
    char list[300];
    struct value unknown;
    const char *key;
    json_t *member;

    if (err)
        return err;
    json_object_foreach(v->json, key, member)
    {
        if (listed(keys, key))
            continue;
        unknown.json = member;
        set_path(&unknown, v, key);
        join(keys, list, sizeof(list));
        return refuse(l, &unknown, "found an unknown key, expected one of: %s", list);
    }
    return NAP_OK;
}

/* nap_fail() leaves one line of valid UTF-8 in the error, so it tells what is printable and
 * repairs what is not. Texts of a counterexample are all shorter than an error. */
static void printable(const char *text, struct nap_error *out)
{
    (void)nap_fail(out, NAP_OK, "%s", text);
}

/* A string of @min to @bytes - 1 bytes, without control characters. */
static enum nap_err take_text(struct loader *l, const struct value *v, size_t min, char *out,
                              size_t bytes)
{
    enum nap_err err = check_type(l, v, JSON_STRING);
    const char *text = json_string_value(v->json);
    size_t length = json_string_length(v->json);
    struct nap_error clean;

    if (err)
        return err;
    if (length < min || length >= bytes)
        return refuse(l, v, "found %zu bytes, expected %zu to %zu", length, min, bytes - 1);
    printable(text, &clean);
    if (strcmp(text, clean.text) != 0)
        return refuse(l, v, "found a control character, expected printable text");
    memcpy(out, text, length + 1);
    return NAP_OK;
}

static enum nap_err read_text(struct loader *l, const struct value *object, const char *key,
                              size_t min, char *out, size_t bytes)
{
    struct value v;
    enum nap_err err = need_any(l, object, key, &v);

    return err ? err : take_text(l, &v, min, out, bytes);
}

/* One of @names. */
static enum nap_err take_name(struct loader *l, const struct value *v, const char *const *names)
{
    enum nap_err err = check_type(l, v, JSON_STRING);
    char list[300];

    if (err || listed(names, json_string_value(v->json)))
        return err;
    join(names, list, sizeof(list));
    return refuse(l, v, "found '%.*s', expected one of: %s", SHOWN, json_string_value(v->json),
                  list);
}

static enum nap_err read_name(struct loader *l, const struct value *object, const char *key,
                              const char *const *names, char *out, size_t bytes)
{
    struct value v;
    enum nap_err err = need_any(l, object, key, &v);

    if (!err)
        err = take_name(l, &v, names);
    return err ? err : take_text(l, &v, 1, out, bytes);
}

static enum nap_err read_kind(struct loader *l, const struct value *v,
                              enum nap_choice_kind *out)
{
    const char *names[NAP_CHOOSE_KINDS + 1] = {NULL};
    enum nap_err err;

    for (int k = 0; k < NAP_CHOOSE_KINDS; k++)
        names[k] = nap_choice_kind_name((enum nap_choice_kind)k);
    err = take_name(l, v, names);
    if (!err)
        *out = (enum nap_choice_kind)nap_choice_kind_find(json_string_value(v->json));
    return err;
}

static enum nap_err read_number(struct loader *l, const struct value *object, const char *key,
                                json_int_t min, json_int_t max, uint32_t *out)
{
    struct value v;
    enum nap_err err = need(l, object, key, JSON_INTEGER, &v);
    json_int_t number;

    if (err)
        return err;
    number = json_integer_value(v.json);
    if (number < min || number > max)
        return refuse(l, &v,
                      "found %" JSON_INTEGER_FORMAT ", expected %" JSON_INTEGER_FORMAT
                      " to %" JSON_INTEGER_FORMAT,
                      number, min, max);
    *out = (uint32_t)number;
    return NAP_OK;
}

static enum nap_err read_bool(struct loader *l, const struct value *object, const char *key,
                              bool *out)
{
    struct value v;
    enum nap_err err = need_any(l, object, key, &v);

    if (!err && !json_is_boolean(v.json))
        err = refuse(l, &v, "found %s, expected true or false", type_name(json_typeof(v.json)));
    *out = !err && json_is_true(v.json);
    return err;
}

static enum nap_err read_digest(struct loader *l, const struct value *object, const char *key,
                                struct nap_hash128 *out)
{
    struct value v;
    enum nap_err err = need(l, object, key, JSON_STRING, &v);
    const char *text;
    char high[17];

    if (err)
        return err;
    text = json_string_value(v.json);
    if (strlen(text) != 32 || strspn(text, "0123456789abcdef") != 32)
        return refuse(l, &v, "found '%.*s', expected 32 digits 0-9 and a-f", SHOWN, text);
    memcpy(high, text, 16);
    high[16] = '\0';
    out->high = strtoull(high, NULL, 16);
    out->low = strtoull(text + 16, NULL, 16);
    return NAP_OK;
}

/* Older files have none. */
static enum nap_err read_scenario_digest(struct loader *l, const struct value *root)
{
    if (!json_object_get(root->json, "scenario_digest"))
        return NAP_OK;
    return read_digest(l, root, "scenario_digest", &l->c->scenario_digest);
}

/* --- the parts of the file --- */

static enum nap_err read_vary(struct loader *l, const struct value *root)
{
    struct value list;
    enum nap_err err = need(l, root, "vary", JSON_ARRAY, &list);

    for (size_t i = 0; !err && i < json_array_size(list.json); i++) {
        struct value v = element(&list, i);
        enum nap_choice_kind kind = NAP_CHOOSE_RESET;

        err = read_kind(l, &v, &kind);
        if (!err && (l->c->vary & NAP_CHOICE_BIT(kind)))
            err = refuse(l, &v, "found '%s' twice, expected each once",
                         nap_choice_kind_name(kind));
        l->c->vary |= NAP_CHOICE_BIT(kind);
    }
    return err;
}

static enum nap_err read_switches(struct loader *l, const struct value *root)
{
    const size_t max = sizeof(l->c->switches) / sizeof(l->c->switches[0]);
    struct value object, v;
    enum nap_err err = need(l, root, "switches", JSON_OBJECT, &object);
    const char *key;

    if (!err && json_object_size(object.json) > max)
        err = refuse(l, &object, "found %zu switches, expected at most %zu",
                     json_object_size(object.json), max);
    if (err)
        return err;
    json_object_foreach(object.json, key, v.json)
    {
        set_path(&v, &object, key);
        if (*key == '\0' || strlen(key) >= sizeof(l->c->switches[0].id))
            return refuse(l, &v, "found a key of %zu bytes, expected a switch of 1 to %zu",
                          strlen(key), sizeof(l->c->switches[0].id) - 1);
        memcpy(l->c->switches[l->c->n_switches].id, key, strlen(key) + 1);
        err = take_text(l, &v, 1, l->c->switches[l->c->n_switches].value,
                        sizeof(l->c->switches[0].value));
        if (err)
            return err;
        l->c->n_switches++;
    }
    return NAP_OK;
}

/* Absent where every rule judged. */
static enum nap_err read_rules_off(struct loader *l, const struct value *root)
{
    struct value list = {.json = json_object_get(root->json, "rules_off")};
    enum nap_err err;

    if (!list.json)
        return NAP_OK;
    set_path(&list, root, "rules_off");
    err = check_type(l, &list, JSON_ARRAY);
    if (!err && json_array_size(list.json) > NAP_COUNTEREXAMPLE_RULES_MAX)
        err = refuse(l, &list, "found %zu rules, expected at most %d",
                     json_array_size(list.json), NAP_COUNTEREXAMPLE_RULES_MAX);
    for (size_t i = 0; !err && i < json_array_size(list.json); i++) {
        struct value v = element(&list, i);
        err = take_text(l, &v, 1, l->c->rules_off[i], sizeof(l->c->rules_off[i]));
        l->c->n_rules_off++;
    }
    return err;
}

/* Keys and values of a driver's parameters, or names and variants of drivers beside; absent if
 * there are none. */
static enum nap_err read_pairs(struct loader *l, const struct value *parameters,
                               const char *name, struct nap_parameter *list, size_t max,
                               unsigned *n)
{
    struct value object = {.json = json_object_get(parameters->json, name)}, v;
    enum nap_err err;
    const char *key;

    if (!object.json)
        return NAP_OK;
    set_path(&object, parameters, name);
    err = check_type(l, &object, JSON_OBJECT);
    if (!err && json_object_size(object.json) > max)
        err = refuse(l, &object, "found %zu parameters, expected at most %zu",
                     json_object_size(object.json), max);
    if (err)
        return err;
    json_object_foreach(object.json, key, v.json)
    {
        struct nap_parameter *p = &list[*n];
        set_path(&v, &object, key);
        if (*key == '\0' || strlen(key) >= sizeof(p->key))
            return refuse(l, &v, "found a key of %zu bytes, expected a parameter of 1 to %zu",
                          strlen(key), sizeof(p->key) - 1);
        memcpy(p->key, key, strlen(key) + 1);
        err = take_text(l, &v, 1, p->value, sizeof(p->value));
        if (err)
            return err;
        ++*n;
    }
    return NAP_OK;
}

static enum nap_err read_parameters(struct loader *l, const struct value *root)
{
    static const char *const keys[] = {"probe-order", "driver", "beside", NULL};
    struct value v;
    enum nap_err err = need_any(l, root, "parameters", &v);

    if (!err)
        err = check_object(l, &v, keys);
    if (!err)
        err = read_name(l, &v, "probe-order", probe_order_names, l->c->probe_order,
                        sizeof(l->c->probe_order));
    if (!err)
        err = read_pairs(l, &v, "driver", l->c->parameters, NAP_SCENARIO_PARAMETERS_MAX,
                         &l->c->n_parameters);
    if (!err)
        err =
            read_pairs(l, &v, "beside", l->c->beside, NAP_SCENARIO_BESIDE_MAX, &l->c->n_beside);
    return err;
}

static enum nap_err read_verdict(struct loader *l, const struct value *root)
{
    static const char *const keys[] = {"rule", "device",  "register", "file",
                                       "line", "message", NULL};
    struct nap_counterexample *c = l->c;
    struct value v;
    uint32_t line = 0;
    enum nap_err err = need_any(l, root, "verdict", &v);

    if (!err)
        err = check_object(l, &v, keys);
    if (!err)
        err = read_text(l, &v, "rule", 1, c->rule, sizeof(c->rule));
    if (!err)
        err = read_text(l, &v, "device", 0, c->device, sizeof(c->device));
    if (!err)
        err = read_text(l, &v, "register", 0, c->reg, sizeof(c->reg));
    if (!err)
        err = read_text(l, &v, "file", 0, c->file, sizeof(c->file));
    if (!err)
        err = read_number(l, &v, "line", 0, INT32_MAX, &line);
    if (!err)
        err = read_text(l, &v, "message", 0, c->message, sizeof(c->message));
    c->line = (int)line;
    return err;
}

static bool same_key(const struct nap_keyed_choice *a, const struct nap_keyed_choice *b)
{
    return a->kind == b->kind && a->nth == b->nth && strcmp(a->label, b->label) == 0 &&
           strcmp(a->instance, b->instance) == 0;
}

/* A choice of outcome 0 is the default and is never stored, so a zero here is damage. */
static enum nap_err read_choice(struct loader *l, const struct value *v,
                                struct nap_keyed_choice *out)
{
    static const char *const keys[] = {"kind", "label", "instance", "nth",
                                       "n",    "value", "means",    NULL};
    struct value kind;
    enum nap_err err = check_object(l, v, keys);

    if (!err)
        err = need_any(l, v, "kind", &kind);
    if (!err)
        err = read_kind(l, &kind, &out->kind);
    if (!err)
        err = read_text(l, v, "label", 1, out->label, sizeof(out->label));
    if (!err)
        err = read_text(l, v, "instance", 0, out->instance, sizeof(out->instance));
    if (!err)
        err = read_number(l, v, "nth", 0, UINT32_MAX, &out->nth);
    if (!err)
        err = read_number(l, v, "n", 2, UINT32_MAX, &out->n);
    if (!err)
        err = read_number(l, v, "value", 1, (json_int_t)out->n - 1, &out->value);
    return err ? err : read_text(l, v, "means", 0, out->means, sizeof(out->means));
}

static enum nap_err read_choices(struct loader *l, const struct value *root)
{
    struct nap_choice_list *choices = &l->c->choices;
    struct value list;
    enum nap_err err = need(l, root, "choices", JSON_ARRAY, &list);
    size_t count = err ? 0 : json_array_size(list.json);

    if (count > CHOICES_MAX)
        return refuse(l, &list, "found %zu choices, expected at most %u", count, CHOICES_MAX);
    if (err || count == 0)
        return err;
    choices->list = calloc(count, sizeof(*choices->list));
    if (!choices->list)
        return nap_fail(l->error, NAP_ERR_NOMEM, "no memory for the choices in %s", l->file);
    for (choices->room = (unsigned)count; !err && choices->n < count; choices->n++) {
        struct value v = element(&list, choices->n);

        err = read_choice(l, &v, &choices->list[choices->n]);
        for (unsigned i = 0; !err && i < choices->n; i++)
            if (same_key(&choices->list[i], &choices->list[choices->n]))
                err = refuse(l, &v, "found the choice of choices[%u] again, expected each once",
                             i);
    }
    return err;
}

/* What the file is comes first: what another version means by a key is not ours to judge. */
static enum nap_err read_schema(struct loader *l, const struct value *root)
{
    static const char *const schemas[] = {SCHEMA, NULL};
    static const char *const types[] = {TYPE, NULL};
    char text[16];
    enum nap_err err = check_type(l, root, JSON_OBJECT);

    if (!err)
        err = read_name(l, root, "schema", schemas, text, sizeof(text));
    return err ? err : read_name(l, root, "type", types, text, sizeof(text));
}

static enum nap_err read_setup(struct loader *l, const struct value *root)
{
    struct nap_counterexample *c = l->c;
    enum nap_err err = read_text(l, root, "scenario", 1, c->scenario, sizeof(c->scenario));

    if (!err)
        err = read_text(l, root, "variant", 1, c->variant, sizeof(c->variant));
    if (!err)
        err = read_text(l, root, "soc", 1, c->soc, sizeof(c->soc));
    if (!err)
        err = read_name(l, root, "masters", masters_names, c->masters, sizeof(c->masters));
    if (!err)
        err = read_name(l, root, "policy", policy_names, c->policy, sizeof(c->policy));
    if (!err)
        err = read_name(l, root, "profile", profile_names, c->profile, sizeof(c->profile));
    if (!err)
        err = read_parameters(l, root);
    if (!err)
        err = read_bool(l, root, "strict_protocol", &c->strict_protocol);
    if (!err)
        err = read_rules_off(l, root);
    if (!err)
        err = read_number(l, root, "faults", 0, UINT32_MAX, &c->faults);
    if (!err)
        err = read_vary(l, root);
    return err ? err : read_switches(l, root);
}

static enum nap_err read_root(struct loader *l, const struct value *root)
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
        err = check_object(l, root, keys);
    if (!err)
        err = read_setup(l, root);
    if (!err)
        err = read_scenario_digest(l, root);
    if (!err)
        err = read_digest(l, root, "model_digest", &l->c->model_digest);
    if (!err)
        err = read_digest(l, root, "driver_digest", &l->c->driver_digest);
    if (!err)
        err = read_digest(l, root, "run_digest", &l->c->run_digest);
    if (!err)
        err = read_verdict(l, root);
    return err ? err : read_choices(l, root);
}

/* jansson leaves its text empty for most failed allocations; the few it takes for bad syntax
 * come out as such. */
static enum nap_err syntax_error(struct loader *l, const json_error_t *e)
{
    unsigned line = e->line > 0 ? (unsigned)e->line : 1;
    enum json_error_code code = json_error_code(e);

    if (code == json_error_out_of_memory || e->text[0] == '\0')
        return nap_fail(l->error, NAP_ERR_NOMEM, "no memory to read %s", l->file);
    if (code == json_error_premature_end_of_input)
        return nap_fail_at(l->error, NAP_ERR_PARSE, l->file, line,
                           "found the end of the file, expected more of a counterexample");
    return nap_fail_at(l->error, NAP_ERR_PARSE, l->file, line,
                       "found bad JSON (%s), expected a counterexample", e->text);
}

static enum nap_err read_file(struct loader *l)
{
    struct value root = {0};
    json_error_t json_error = {0}; /* jansson does not always set the code */
    enum nap_err err;

    if (l->bytes > FILE_BYTES_MAX)
        return nap_fail_at(l->error, NAP_ERR_PARSE, l->file, 1,
                           "found %zu bytes, expected at most %u", l->bytes, FILE_BYTES_MAX);
    if (l->bytes == 0)
        return nap_fail_at(l->error, NAP_ERR_PARSE, l->file, 1,
                           "found nothing, expected a counterexample");
    root.json = json_loadb(l->text, l->bytes, JSON_REJECT_DUPLICATES, &json_error);
    if (!root.json)
        return syntax_error(l, &json_error);
    err = read_root(l, &root);
    json_decref(root.json);
    return err;
}

enum nap_err nap_counterexample_load(const char *text, size_t bytes, const char *file,
                                     struct nap_counterexample **out, struct nap_error *error)
{
    struct loader l = {text, bytes, file, error, calloc(1, sizeof(*l.c))};
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

/* --- writing --- */

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

    printable(text, &clean);
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

    put_text(&w, "schema", SCHEMA);
    put_text(&w, "type", TYPE);
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
