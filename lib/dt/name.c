/* SPDX-License-Identifier: MIT */
/* What things are called: a node, and the machine. */
#include "dt/dt.h"

#include "core/printable.h"
#include "core/yaml.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- a node, as Linux calls its device --- */

/* Puts the name of @node in front of what is in @out: address first if it has one, which ends
 * the name. Returns the length, which may exceed the room. */
static int prepend(const struct nap_dt *dt, uint32_t node, const struct nap_dt_range *place,
                   char *out, size_t bytes)
{
    char rest[NAP_NAME_MAX + 1];

    (void)snprintf(rest, sizeof(rest), "%s%s", *out ? ":" : "", out);
    if (place->reached)
        return snprintf(out, bytes, "%" PRIx64 ".%.*s%s", place->base,
                        (int)nap_dt_base_name(dt, node), dt->nodes[node].name, rest);
    return snprintf(out, bytes, "%s%s", dt->nodes[node].name, rest);
}

/* The nearest node upwards with a physical address makes the name unique; names of the nodes on
 * the way follow behind colons. */
static enum nap_err linux_name(const struct nap_dt *dt, uint32_t node, char out[NAP_NAME_MAX])
{
    enum nap_err err = NAP_OK;
    struct nap_dt_range place = {0, 0, false};

    out[0] = '\0';
    for (uint32_t at = node; at != NAP_DT_ROOT && !place.reached; at = dt->nodes[at].parent) {
        uint32_t count;
        int length;

        err = nap_dt_reg_count(dt, at, &count);
        if (!err && count)
            err = nap_dt_reg(dt, at, 0, &place);
        if (err)
            return err;
        length = prepend(dt, at, &place, out, NAP_NAME_MAX);
        if (length >= NAP_NAME_MAX)
            return nap_dt_fail(dt, NAP_ERR_RANGE, node, NULL,
                               "found a device name of %d bytes, expected at most %d", length,
                               NAP_NAME_MAX - 1);
    }
    return NAP_OK;
}

enum nap_err nap_dt_soc_node(const struct nap_dt *dt, uint32_t node, struct nap_soc_node *out)
{
    enum nap_err err = nap_dt_disabled(dt, node, &out->disabled);

    if (!err && !nap_dt_path(dt, node, out->path, sizeof(out->path)))
        err =
            nap_dt_fail(dt, NAP_ERR_RANGE, node, NULL,
                        "found a longer path, expected at most %d bytes", NAP_SOC_PATH_MAX - 1);
    return err ? err : linux_name(dt, node, out->name);
}

/* --- a node, as the machine calls it --- */

/* The label that /__symbols__ has for that path, if it is a name of ours. */
static const char *label_of(const struct nap_dt *dt, const char *path)
{
    int symbols = fdt_path_offset(dt->fdt, "/__symbols__"), property;

    if (symbols < 0)
        return NULL;
    fdt_for_each_property_offset(property, dt->fdt, symbols)
    {
        int bytes;
        const char *label;
        const char *value = fdt_getprop_by_offset(dt->fdt, property, &label, &bytes);

        if (value && (size_t)bytes == strlen(path) + 1 &&
            memcmp(value, path, (size_t)bytes) == 0 && nap_is_name(label))
            return label;
    }
    return NULL;
}

static void make_fit(char *name)
{
    char one[2] = "";

    for (char *c = name; *c != '\0'; c++) {
        one[0] = *c;
        if (!nap_is_name(one) && (c == name || !strchr("_-.", *c)))
            *c = c == name ? 'x' : '-';
    }
}

void nap_dt_name(const struct nap_dt *dt, const struct nap_soc_node *node,
                 char out[NAP_NAME_MAX])
{
    const char *label = label_of(dt, node->path);

    if (!label) /* only the root has no name of its own */
        label = node->name[0] ? node->name : "root";
    (void)snprintf(out, NAP_NAME_MAX, "%s", label);
    make_fit(out);
}

static bool is_taken(const char *name, const char *taken, size_t stride_bytes, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(name, taken + i * stride_bytes) == 0)
            return true;
    return false;
}

void nap_dt_make_unique(char name[NAP_NAME_MAX], const char *taken, size_t stride_bytes,
                        uint32_t n)
{
    char numbered[NAP_NAME_MAX];

    (void)snprintf(numbered, sizeof(numbered), "%s", name);
    for (uint32_t i = 2; is_taken(numbered, taken, stride_bytes, n); i++)
        (void)snprintf(numbered, sizeof(numbered), "%.56s-%" PRIu32, name, i);
    memcpy(name, numbered, sizeof(numbered));
}

/* --- the machine --- */

/* What stands behind the vendor's comma. */
static const char *board_name(const struct nap_dt *dt)
{
    struct nap_dt_strings strings = nap_dt_compatible(dt, NAP_DT_ROOT);
    const char *compatible;

    while ((compatible = nap_dt_next(&strings))) {
        const char *comma = strrchr(compatible, ',');
        const char *name = comma ? comma + 1 : compatible;

        if (nap_is_name(name))
            return name;
    }
    return "board";
}

void nap_dt_name_machine(struct nap_dt *dt)
{
    struct nap_soc *soc = dt->soc;
    struct nap_dt_strings strings = nap_dt_compatible(dt, NAP_DT_ROOT);
    const char *board = board_name(dt), *first = nap_dt_next(&strings), *model;
    uint32_t bytes;

    (void)snprintf(soc->name, sizeof(soc->name), "%s", board);
    model = nap_dt_property(dt, NAP_DT_ROOT, "model", &bytes);
    if (model && bytes > 0 && *model != '\0')
        (void)snprintf(soc->title, sizeof(soc->title), "%.*s", (int)bytes, model);
    else
        (void)snprintf(soc->title, sizeof(soc->title), "%s", board);
    (void)snprintf(soc->source, sizeof(soc->source), "Device tree of %s",
                   first && *first ? first : "a board that does not name itself");
    nap_make_printable(soc->title);
    nap_make_printable(soc->source);
}
