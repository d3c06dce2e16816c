/* SPDX-License-Identifier: MIT */
/* Checked reading of JSON that may come from anybody: each value's type and limits, and that
 * nobody but us put it there. */
#include "json_read.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 60 /* bytes of a text of the file that a message repeats */

enum nap_err nap_json_refuse(struct nap_json_reader *l, const struct nap_json_value *v,
                             const char *format, ...)
{
    char text[sizeof(l->error->text)];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return nap_fail_at(l->error, NAP_ERR_PARSE, l->file,
                       nap_json_line(l->text, l->bytes, v->path), "%s%s%s", v->path,
                       v->path[0] ? ": " : "", text);
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

enum nap_err nap_json_check_type(struct nap_json_reader *l, const struct nap_json_value *v,
                                 json_type type)
{
    if (json_typeof(v->json) == type)
        return NAP_OK;
    return nap_json_refuse(l, v, "found %s, expected %s", type_name(json_typeof(v->json)),
                           type_name(type));
}

void nap_json_set_path(struct nap_json_value *v, const struct nap_json_value *parent,
                       const char *key)
{
    (void)snprintf(v->path, sizeof(v->path), "%.64s%s%.64s", parent->path,
                   parent->path[0] ? "." : "", key);
}

struct nap_json_value nap_json_element(const struct nap_json_value *array, size_t index)
{
    struct nap_json_value v = {.json = json_array_get(array->json, index)};

    (void)snprintf(v.path, sizeof(v.path), "%.64s[%zu]", array->path, index);
    return v;
}

enum nap_err nap_json_need_any(struct nap_json_reader *l, const struct nap_json_value *object,
                               const char *key, struct nap_json_value *out)
{
    out->json = json_object_get(object->json, key);
    nap_json_set_path(out, object, key);
    return out->json ? NAP_OK
                     : nap_json_refuse(l, object, "found no '%s', expected this key", key);
}

enum nap_err nap_json_need(struct nap_json_reader *l, const struct nap_json_value *object,
                           const char *key, json_type type, struct nap_json_value *out)
{
    enum nap_err err = nap_json_need_any(l, object, key, out);

    return err ? err : nap_json_check_type(l, out, type);
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

enum nap_err nap_json_check_object(struct nap_json_reader *l, const struct nap_json_value *v,
                                   const char *const *keys)
{
    enum nap_err err = nap_json_check_type(l, v, JSON_OBJECT);
    char list[300];
    struct nap_json_value unknown;
    const char *key;
    json_t *member;

    if (err)
        return err;
    json_object_foreach(v->json, key, member)
    {
        if (listed(keys, key))
            continue;
        unknown.json = member;
        nap_json_set_path(&unknown, v, key);
        join(keys, list, sizeof(list));
        return nap_json_refuse(l, &unknown, "found an unknown key, expected one of: %s", list);
    }
    return NAP_OK;
}

/* nap_fail() leaves one line of valid UTF-8 in the error, so it tells what is printable and
 * repairs what is not. Texts of a counterexample are all shorter than an error. */
void nap_json_printable(const char *text, struct nap_error *out)
{
    (void)nap_fail(out, NAP_OK, "%s", text);
}

enum nap_err nap_json_take_text(struct nap_json_reader *l, const struct nap_json_value *v,
                                size_t min, char *out, size_t bytes)
{
    enum nap_err err = nap_json_check_type(l, v, JSON_STRING);
    const char *text = json_string_value(v->json);
    size_t length = json_string_length(v->json);
    struct nap_error clean;

    if (err)
        return err;
    if (length < min || length >= bytes)
        return nap_json_refuse(l, v, "found %zu bytes, expected %zu to %zu", length, min,
                               bytes - 1);
    nap_json_printable(text, &clean);
    if (strcmp(text, clean.text) != 0)
        return nap_json_refuse(l, v, "found a control character, expected printable text");
    memcpy(out, text, length + 1);
    return NAP_OK;
}

enum nap_err nap_json_read_text(struct nap_json_reader *l, const struct nap_json_value *object,
                                const char *key, size_t min, char *out, size_t bytes)
{
    struct nap_json_value v;
    enum nap_err err = nap_json_need_any(l, object, key, &v);

    return err ? err : nap_json_take_text(l, &v, min, out, bytes);
}

enum nap_err nap_json_take_name(struct nap_json_reader *l, const struct nap_json_value *v,
                                const char *const *names)
{
    enum nap_err err = nap_json_check_type(l, v, JSON_STRING);
    char list[300];

    if (err || listed(names, json_string_value(v->json)))
        return err;
    join(names, list, sizeof(list));
    return nap_json_refuse(l, v, "found '%.*s', expected one of: %s", SHOWN,
                           json_string_value(v->json), list);
}

enum nap_err nap_json_read_name(struct nap_json_reader *l, const struct nap_json_value *object,
                                const char *key, const char *const *names, char *out,
                                size_t bytes)
{
    struct nap_json_value v;
    enum nap_err err = nap_json_need_any(l, object, key, &v);

    if (!err)
        err = nap_json_take_name(l, &v, names);
    return err ? err : nap_json_take_text(l, &v, 1, out, bytes);
}

enum nap_err nap_json_read_number(struct nap_json_reader *l,
                                  const struct nap_json_value *object, const char *key,
                                  json_int_t min, json_int_t max, uint32_t *out)
{
    struct nap_json_value v;
    enum nap_err err = nap_json_need(l, object, key, JSON_INTEGER, &v);
    json_int_t number;

    if (err)
        return err;
    number = json_integer_value(v.json);
    if (number < min || number > max)
        return nap_json_refuse(l, &v,
                               "found %" JSON_INTEGER_FORMAT ", expected %" JSON_INTEGER_FORMAT
                               " to %" JSON_INTEGER_FORMAT,
                               number, min, max);
    *out = (uint32_t)number;
    return NAP_OK;
}

enum nap_err nap_json_read_bool(struct nap_json_reader *l, const struct nap_json_value *object,
                                const char *key, bool *out)
{
    struct nap_json_value v;
    enum nap_err err = nap_json_need_any(l, object, key, &v);

    if (!err && !json_is_boolean(v.json))
        err = nap_json_refuse(l, &v, "found %s, expected true or false",
                              type_name(json_typeof(v.json)));
    *out = !err && json_is_true(v.json);
    return err;
}

enum nap_err nap_json_read_digest(struct nap_json_reader *l,
                                  const struct nap_json_value *object, const char *key,
                                  struct nap_hash128 *out)
{
    struct nap_json_value v;
    enum nap_err err = nap_json_need(l, object, key, JSON_STRING, &v);
    const char *text;
    char high[17];

    if (err)
        return err;
    text = json_string_value(v.json);
    if (strlen(text) != 32 || strspn(text, "0123456789abcdef") != 32)
        return nap_json_refuse(l, &v, "found '%.*s', expected 32 digits 0-9 and a-f", SHOWN,
                               text);
    memcpy(high, text, 16);
    high[16] = '\0';
    out->high = strtoull(high, NULL, 16);
    out->low = strtoull(text + 16, NULL, 16);
    return NAP_OK;
}
