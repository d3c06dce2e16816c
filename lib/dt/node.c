/* SPDX-License-Identifier: MIT */
/* What one node says: path, properties, references. Everything here reads a tree that check.c
 * has passed, and still takes no length or number for granted. */
#include "dt/dt.h"

#include "core/printable.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_NAME_SHOWN 120 /* bytes of a file name; a longer one loses its front */
#define CELL_BYTES      4u

/* --- where something is wrong --- */

static void fail_text(const struct nap_dt *dt, enum nap_err code, size_t offset, uint32_t node,
                      const char *format, va_list args)
{
    struct nap_error *error = dt->error;
    size_t length = strlen(dt->file), skip = 0, at;
    char path[NAP_SOC_PATH_MAX];

    if (!error)
        return;
    if (length > FILE_NAME_SHOWN)
        skip = length - FILE_NAME_SHOWN;
    error->code = code;
    at = (size_t)snprintf(error->text, sizeof(error->text), "%s%s: offset 0x%zx",
                          skip ? "..." : "", dt->file + skip, offset);
    if (node != NAP_DT_NONE) {
        (void)nap_dt_path(dt, node, path, sizeof(path));
        at += (size_t)snprintf(error->text + at, sizeof(error->text) - at, " (in %s)", path);
    }
    at += (size_t)snprintf(error->text + at, sizeof(error->text) - at, ": ");
    (void)vsnprintf(error->text + at, sizeof(error->text) - at, format, args);
    nap_make_printable(error->text);
}

enum nap_err nap_dt_fail_at(const struct nap_dt *dt, enum nap_err code, size_t offset,
                            uint32_t node, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fail_text(dt, code, offset, node, format, args);
    va_end(args);
    return code;
}

enum nap_err nap_dt_fail(const struct nap_dt *dt, enum nap_err code, uint32_t node,
                         const char *property, const char *format, ...)
{
    size_t offset = fdt_off_dt_struct(dt->fdt) + dt->nodes[node].offset;
    const char *value = property ? nap_dt_property(dt, node, property, NULL) : NULL;
    va_list args;

    if (value)
        offset = (size_t)(value - (const char *)dt->fdt);
    va_start(args, format);
    fail_text(dt, code, offset, node, format, args);
    va_end(args);
    return code;
}

/* --- names --- */

bool nap_dt_path(const struct nap_dt *dt, uint32_t node, char *out, size_t bytes)
{
    size_t at = bytes - 1; /* filled from its end */

    out[at] = '\0';
    if (node == NAP_DT_ROOT)
        out[--at] = '/';
    for (; node != NAP_DT_ROOT; node = dt->nodes[node].parent) {
        const char *name = dt->nodes[node].name;
        size_t length = strlen(name);

        if (length + 1 > at) {
            if (at < 3)
                at = 3;
            memcpy(out + at - 3, "...", 3);
            memmove(out, out + at - 3, bytes - at + 3);
            return false;
        }
        at -= length;
        memcpy(out + at, name, length);
        out[--at] = '/';
    }
    memmove(out, out + at, bytes - at);
    return true;
}

size_t nap_dt_base_name(const struct nap_dt *dt, uint32_t node)
{
    return strcspn(dt->nodes[node].name, "@");
}

bool nap_dt_is_named(const struct nap_dt *dt, uint32_t node, const char *base_name)
{
    size_t length = strlen(base_name);

    return nap_dt_base_name(dt, node) == length &&
           memcmp(dt->nodes[node].name, base_name, length) == 0;
}

/* --- properties --- */

const void *nap_dt_property(const struct nap_dt *dt, uint32_t node, const char *name,
                            uint32_t *bytes)
{
    int length = 0;
    const void *value = fdt_getprop(dt->fdt, (int)dt->nodes[node].offset, name, &length);

    if (bytes)
        *bytes = value ? (uint32_t)length : 0;
    return value;
}

bool nap_dt_has(const struct nap_dt *dt, uint32_t node, const char *name)
{
    return nap_dt_property(dt, node, name, NULL) != NULL;
}

enum nap_err nap_dt_text(const struct nap_dt *dt, uint32_t node, const char *name,
                         const char **out)
{
    uint32_t bytes;
    const char *value = nap_dt_property(dt, node, name, &bytes);

    *out = "";
    if (!value)
        return NAP_OK;
    if (!memchr(value, '\0', bytes))
        return nap_dt_fail(dt, NAP_ERR_PARSE, node, name,
                           "found %u bytes without a NUL as %s, expected text", bytes, name);
    *out = value;
    return NAP_OK;
}

struct nap_dt_strings nap_dt_compatible(const struct nap_dt *dt, uint32_t node)
{
    struct nap_dt_strings strings;

    strings.at = nap_dt_property(dt, node, "compatible", &strings.bytes);
    return strings;
}

/* A list that does not end in NUL loses its last string: nobody could compare it. */
const char *nap_dt_next(struct nap_dt_strings *strings)
{
    const char *string = strings->at;
    const char *end = string ? memchr(string, '\0', strings->bytes) : NULL;

    if (!end)
        return NULL;
    strings->bytes -= (uint32_t)(end + 1 - string);
    strings->at = end + 1;
    return string;
}

enum nap_err nap_dt_cells(const struct nap_dt *dt, uint32_t node, const char *name,
                          struct nap_dt_cells *out)
{
    uint32_t bytes;

    out->at = nap_dt_property(dt, node, name, &bytes);
    out->n = bytes / CELL_BYTES;
    if (bytes % CELL_BYTES != 0)
        return nap_dt_fail(dt, NAP_ERR_PARSE, node, name,
                           "found %u bytes as %s, expected a multiple of %u", bytes, name,
                           CELL_BYTES);
    return NAP_OK;
}

uint32_t nap_dt_cell(struct nap_dt_cells cells, uint32_t index)
{
    return index < cells.n ? fdt32_ld(&cells.at[index]) : 0;
}

uint64_t nap_dt_number(struct nap_dt_cells cells, uint32_t index, uint32_t width)
{
    uint64_t value = nap_dt_cell(cells, index);

    return width == 2 ? value << 32 | nap_dt_cell(cells, index + 1) : value;
}

enum nap_err nap_dt_one_cell(const struct nap_dt *dt, uint32_t node, const char *name,
                             uint32_t fallback, uint32_t *out)
{
    struct nap_dt_cells cells;
    enum nap_err err = nap_dt_cells(dt, node, name, &cells);

    *out = cells.n ? nap_dt_cell(cells, 0) : fallback;
    if (err || !cells.at)
        return err;
    if (cells.n != 1)
        return nap_dt_fail(dt, NAP_ERR_PARSE, node, name, "found %u cells as %s, expected one",
                           cells.n, name);
    return NAP_OK;
}

/* --- references --- */

static int compare_value(const void *key, const void *element)
{
    uint32_t a = *(const uint32_t *)key, b = ((const struct nap_dt_phandle *)element)->value;

    return (a > b) - (a < b);
}

enum nap_err nap_dt_follow(const struct nap_dt *dt, uint32_t node, const char *property,
                           uint32_t phandle, uint32_t *out)
{
    const struct nap_dt_phandle *found = dt->n_phandles
                                             ? bsearch(&phandle, dt->phandles, dt->n_phandles,
                                                       sizeof(*dt->phandles), compare_value)
                                             : NULL;

    if (!found)
        return nap_dt_fail(dt, NAP_ERR_PARSE, node, property,
                           "found phandle 0x%x in %s, which no node has, expected one that a "
                           "node has",
                           phandle, property);
    *out = found->node;
    return NAP_OK;
}

const char *nap_dt_width_name(enum nap_dt_width width)
{
    static const char *const names[] = {
        [NAP_DT_ADDRESS_CELLS] = "#address-cells",
        [NAP_DT_SIZE_CELLS] = "#size-cells",
        [NAP_DT_IOMMU_CELLS] = "#iommu-cells",
        [NAP_DT_INTERRUPT_CELLS] = "#interrupt-cells",
        [NAP_DT_POWER_CELLS] = "#power-domain-cells",
    };

    return names[width];
}

enum nap_err nap_dt_specifier(const struct nap_dt *dt, uint32_t node, const char *property,
                              enum nap_dt_width kind, struct nap_dt_cells list, uint32_t *at,
                              struct nap_dt_specifier *out)
{
    uint32_t width, left = list.n - *at - 1;
    char path[NAP_SOC_PATH_MAX];
    enum nap_err err = nap_dt_follow(dt, node, property, nap_dt_cell(list, *at), &out->target);

    if (err)
        return err;
    width = dt->nodes[out->target].widths[kind];
    if (width <= left) {
        out->args = (struct nap_dt_cells){list.at + *at + 1, width};
        *at += 1 + width;
        return NAP_OK;
    }
    (void)nap_dt_path(dt, out->target, path, sizeof(path));
    if (width == NAP_DT_NONE)
        return nap_dt_fail(dt, NAP_ERR_PARSE, node, property,
                           "found %s in %s, which has no %s, expected one that has", path,
                           property, nap_dt_width_name(kind));
    return nap_dt_fail(dt, NAP_ERR_PARSE, node, property,
                       "found %u cells behind %s in %s, expected %u", left, path, property,
                       width);
}

/* --- status --- */

enum nap_err nap_dt_disabled(const struct nap_dt *dt, uint32_t node, bool *out)
{
    enum nap_err err = NAP_OK;

    for (*out = false; node != NAP_DT_NONE && !err; node = dt->nodes[node].parent) {
        const char *status;

        err = nap_dt_text(dt, node, "status", &status);
        if (!err && nap_dt_has(dt, node, "status") && strcmp(status, "okay") != 0 &&
            strcmp(status, "ok") != 0)
            *out = true;
    }
    return err;
}
