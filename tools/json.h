/* SPDX-License-Identifier: MIT */
/* Private to the command: the parts that JSON objects are made of. Keys come in the order in
 * which they are put. */
#ifndef REGNAP_JSON_H
#define REGNAP_JSON_H

#include "cli.h"

#include <inttypes.h>
#include <string.h>

#include <jansson.h>

#define SAFE_INTEGER (UINT64_C(1) << 53)

static inline void put(json_t *object, const char *key, json_t *value)
{
    json_object_set_new(object, key, value);
}

static inline void add(json_t *array, json_t *value)
{
    json_array_append_new(array, value);
}

static inline json_t *number(uint64_t value)
{
    return value > SAFE_INTEGER ? json_sprintf("%" PRIu64, value)
                                : json_integer((json_int_t)value);
}

static inline json_t *hex(uint64_t value)
{
    return json_sprintf("0x%" PRIx64, value);
}

static inline json_t *text(const char *string)
{
    return string && *string ? json_string(string) : json_null();
}

static inline json_t *device_json(const struct nap_soc *soc, unsigned device)
{
    return device < soc->n_devices ? json_string(soc->devices[device].name) : json_null();
}

static inline json_t *vary_json(uint32_t vary)
{
    json_t *list = json_array();

    for (int k = 0; k < NAP_CHOOSE_KINDS; k++)
        if (vary & NAP_CHOICE_BIT(k))
            add(list, json_string(nap_choice_kind_name((enum nap_choice_kind)k)));
    return list;
}

/* "O1 O13" as a list. */
static inline json_t *classes_json(const char *classes)
{
    json_t *list = json_array();

    while (*classes) {
        size_t length = strcspn(classes, " ");
        if (length)
            add(list, json_stringn(classes, length));
        classes += length + (classes[length] == ' ');
    }
    return list;
}

/* The start of an object that stands alone on its line. */
static inline json_t *part(const char *type)
{
    json_t *o = json_object();

    put(o, "type", json_string(type));
    put(o, "schema", json_string("regnap-1"));
    return o;
}

/* Puts the object on its line and releases it. */
static inline int print(json_t *o)
{
    int failed = json_dumpf(o, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));

    json_decref(o);
    putchar('\n');
    return failed ? complain("no memory, or standard output is closed") : EXIT_CLEAN;
}

#endif
