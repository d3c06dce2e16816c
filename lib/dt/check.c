/* SPDX-License-Identifier: MIT */
/* All of a flattened device tree, before anything of it is believed: header, reservations,
 * every tag. Whatever passes here is safe to hand to libfdt. Layout and tags: Devicetree
 * Specification, "Flattened Devicetree (DTB) Format". */
#include "dt/dt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_BYTES  40u /* of version 17 */
#define VERSION       17u
#define RESERVE_BYTES 16u /* one memory reservation */
#define CELL_BYTES    4u
#define WIDTH_MAX     64u /* cells of one address or specifier; boards have up to 8 */

static uint32_t cell_at(const void *base, size_t offset)
{
    return fdt32_ld((const fdt32_t *)((const char *)base + offset));
}

/* --- header --- */

static enum nap_err fail_header(const struct nap_dt *dt, size_t offset, const char *what,
                                uint32_t found, const char *expected)
{
    return nap_dt_fail_at(dt, NAP_ERR_PARSE, offset, NAP_DT_NONE, "found %s 0x%x, expected %s",
                          what, found, expected);
}

static enum nap_err check_size(const struct nap_dt *dt, size_t bytes)
{
    uint32_t total;
    char expected[64];

    if (bytes < HEADER_BYTES)
        return nap_dt_fail_at(dt, NAP_ERR_PARSE, 0, NAP_DT_NONE,
                              "found %zu bytes, expected a header of %u", bytes, HEADER_BYTES);
    if (fdt_magic(dt->fdt) != FDT_MAGIC)
        return fail_header(dt, 0, "magic", fdt_magic(dt->fdt), "0xd00dfeed");
    total = fdt_totalsize(dt->fdt);
    (void)snprintf(expected, sizeof(expected), "0x%x to 0x%zx, the bytes there are",
                   HEADER_BYTES, bytes);
    if (total > NAP_DT_BYTES_MAX)
        return fail_header(dt, 4, "a total size of", total, "at most 0x200000");
    if (total < HEADER_BYTES || total > bytes)
        return fail_header(dt, 4, "a total size of", total, expected);
    return NAP_OK;
}

/* A version says which older readers understand it; the fields used here came with 17. */
static enum nap_err check_version(const struct nap_dt *dt)
{
    if (fdt_version(dt->fdt) < VERSION)
        return fail_header(dt, 20, "version", fdt_version(dt->fdt), "0x11 (17) or later");
    if (fdt_last_comp_version(dt->fdt) > VERSION)
        return fail_header(dt, 24, "last compatible version", fdt_last_comp_version(dt->fdt),
                           "0x11 (17) or earlier");
    return NAP_OK;
}

/* A block of the blob whose offset stands in the header at @field. */
static enum nap_err check_block(const struct nap_dt *dt, const char *what, size_t field,
                                uint32_t begin, uint32_t bytes, uint32_t grain)
{
    uint32_t total = fdt_totalsize(dt->fdt);

    if (begin < HEADER_BYTES || begin > total || bytes > total - begin)
        return nap_dt_fail_at(dt, NAP_ERR_PARSE, field, NAP_DT_NONE,
                              "found the %s at 0x%x with 0x%x bytes, expected it between the "
                              "header and the end at 0x%x",
                              what, begin, bytes, total);
    if (begin % grain != 0)
        return nap_dt_fail_at(dt, NAP_ERR_PARSE, field, NAP_DT_NONE,
                              "found the %s at 0x%x, expected a multiple of %u", what, begin,
                              grain);
    return NAP_OK;
}

static enum nap_err check_reservations(const struct nap_dt *dt)
{
    uint32_t at = fdt_off_mem_rsvmap(dt->fdt), total = fdt_totalsize(dt->fdt);

    for (; total - at >= RESERVE_BYTES; at += RESERVE_BYTES)
        if (!(cell_at(dt->fdt, at + 8) | cell_at(dt->fdt, at + 12)))
            return NAP_OK;
    return nap_dt_fail_at(dt, NAP_ERR_PARSE, at, NAP_DT_NONE,
                          "found no end of the memory reservations, expected an entry of size "
                          "0 before 0x%x",
                          total);
}

static enum nap_err check_header(const struct nap_dt *dt, size_t bytes)
{
    const void *fdt = dt->fdt;
    enum nap_err err = check_size(dt, bytes);

    if (!err)
        err = check_version(dt);
    if (!err)
        err = check_block(dt, "memory reservations", 16, fdt_off_mem_rsvmap(fdt), RESERVE_BYTES,
                          8);
    if (!err)
        err = check_block(dt, "structure block", 8, fdt_off_dt_struct(fdt),
                          fdt_size_dt_struct(fdt), CELL_BYTES);
    if (!err)
        err = check_block(dt, "strings block", 12, fdt_off_dt_strings(fdt),
                          fdt_size_dt_strings(fdt), 1);
    return err ? err : check_reservations(dt);
}

/* --- tags --- */

struct walk {
    struct nap_dt *dt;
    const char *block; /* the structure block */
    uint32_t bytes;    /* of it */
    uint32_t at;       /* next byte to read */
    uint32_t node;     /* open, or NAP_DT_NONE */
    uint32_t depth;
};

static enum nap_err fail_tag(const struct walk *w, uint32_t at, const char *found,
                             const char *expected)
{
    return nap_dt_fail_at(w->dt, NAP_ERR_PARSE, fdt_off_dt_struct(w->dt->fdt) + at, w->node,
                          "found %s, expected %s", found, expected);
}

/* Reads a cell and moves on. */
static enum nap_err take_cell(struct walk *w, const char *what, uint32_t *out)
{
    if (w->bytes - w->at < CELL_BYTES)
        return fail_tag(w, w->at, "the end of the structure block", what);
    *out = cell_at(w->block, w->at);
    w->at += CELL_BYTES;
    return NAP_OK;
}

/* Moves behind @bytes of content and its padding. */
static enum nap_err take_padded(struct walk *w, uint32_t bytes, const char *what)
{
    uint32_t padded = (bytes + CELL_BYTES - 1) / CELL_BYTES * CELL_BYTES;

    if (bytes > w->bytes - w->at || padded > w->bytes - w->at)
        return nap_dt_fail_at(w->dt, NAP_ERR_PARSE, fdt_off_dt_struct(w->dt->fdt) + w->at,
                              w->node, "found %s of 0x%x bytes, expected at most 0x%x", what,
                              bytes, w->bytes - w->at);
    w->at += padded;
    return NAP_OK;
}

static bool visible(const char *text, size_t length, const char *without)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] <= ' ' || text[i] > '~' || strchr(without, text[i]))
            return false;
    return true;
}

static enum nap_err add_node(struct walk *w, const char *name, uint32_t offset)
{
    struct nap_dt *dt = w->dt;

    if (dt->n_nodes == dt->room) {
        uint32_t room = dt->room ? 2 * dt->room : 256;
        void *grown = realloc(dt->nodes, room * sizeof(*dt->nodes));

        if (!grown)
            return nap_fail(dt->error, NAP_ERR_NOMEM, "no memory for the nodes of %s",
                            dt->file);
        dt->nodes = grown;
        dt->room = room;
    }
    dt->nodes[dt->n_nodes] =
        (struct nap_dt_node){.name = name, .offset = offset, .parent = w->node};
    for (unsigned i = 0; i < NAP_DT_WIDTHS; i++)
        dt->nodes[dt->n_nodes].widths[i] = NAP_DT_NONE;
    w->node = dt->n_nodes++;
    w->depth++;
    return NAP_OK;
}

static enum nap_err begin_node(struct walk *w)
{
    uint32_t offset = w->at - CELL_BYTES;
    const char *name = w->block + w->at, *end = memchr(name, '\0', w->bytes - w->at);
    enum nap_err err;

    if (!end)
        return fail_tag(w, w->at, "a node name without an end", "its NUL in the block");
    if (w->node == NAP_DT_NONE && (w->dt->n_nodes > 0 || *name != '\0'))
        return fail_tag(w, offset, w->dt->n_nodes > 0 ? "a second root" : "a named root",
                        "one root without a name");
    if (w->node != NAP_DT_NONE && (*name == '\0' || !visible(name, (size_t)(end - name), "/")))
        return fail_tag(w, offset, *name ? "a node name with unfit characters" : "no node name",
                        "visible characters other than '/'");
    if (w->depth >= NAP_DT_DEPTH_MAX)
        return fail_tag(w, offset, "33 levels of nodes", "at most 32");
    err = take_padded(w, (uint32_t)(end - name) + 1, "a node name");
    return err ? err : add_node(w, name, offset);
}

static enum nap_err end_node(struct walk *w)
{
    struct nap_dt_node *node;

    if (w->node == NAP_DT_NONE)
        return fail_tag(w, w->at - CELL_BYTES, "the end of a node", "an open node before it");
    node = &w->dt->nodes[w->node];
    node->end = w->dt->n_nodes;
    w->node = node->parent;
    w->depth--;
    return NAP_OK;
}

static enum nap_err check_property_name(const struct walk *w, uint32_t at, uint32_t name_offset)
{
    const void *fdt = w->dt->fdt;
    uint32_t strings = fdt_size_dt_strings(fdt);
    const char *name = (const char *)fdt + fdt_off_dt_strings(fdt) + name_offset, *end;

    if (name_offset >= strings)
        return nap_dt_fail_at(w->dt, NAP_ERR_PARSE, fdt_off_dt_struct(fdt) + at, w->node,
                              "found a property name at 0x%x of the strings block, expected "
                              "below 0x%x",
                              name_offset, strings);
    end = memchr(name, '\0', strings - name_offset);
    if (!end)
        return fail_tag(w, at, "a property name without an end", "its NUL in the block");
    if (end == name || !visible(name, (size_t)(end - name), ""))
        return fail_tag(w, at, "a property name with unfit characters", "visible characters");
    return NAP_OK;
}

/* The older name stands for the same; the binding's own name wins where both are given. */
static enum nap_err note_phandle(struct walk *w, const char *name, uint32_t at, uint32_t bytes)
{
    struct nap_dt_node *node = &w->dt->nodes[w->node];
    bool is_new = strcmp(name, "phandle") == 0;
    uint32_t value;

    if (!is_new && (strcmp(name, "linux,phandle") != 0 || node->phandle))
        return NAP_OK;
    if (bytes != CELL_BYTES)
        return nap_dt_fail_at(w->dt, NAP_ERR_PARSE, fdt_off_dt_struct(w->dt->fdt) + at, w->node,
                              "found a phandle of %u bytes, expected %u", bytes, CELL_BYTES);
    value = cell_at(w->block, at);
    if (value == 0 || value == UINT32_MAX)
        return nap_dt_fail_at(w->dt, NAP_ERR_PARSE, fdt_off_dt_struct(w->dt->fdt) + at, w->node,
                              "found phandle 0x%x, expected 0x1 to 0xfffffffe", value);
    node->phandle = value;
    return NAP_OK;
}

/* No width is near NAP_DT_NONE, so that one stands for what nobody said. */
static enum nap_err note_width(struct walk *w, const char *name, uint32_t at, uint32_t bytes)
{
    uint32_t *widths = w->dt->nodes[w->node].widths;
    unsigned kind = 0;

    while (kind < NAP_DT_WIDTHS &&
           strcmp(name, nap_dt_width_name((enum nap_dt_width)kind)) != 0)
        kind++;
    if (kind == NAP_DT_WIDTHS || widths[kind] != NAP_DT_NONE)
        return NAP_OK;
    if (bytes != CELL_BYTES)
        return nap_dt_fail_at(w->dt, NAP_ERR_PARSE, fdt_off_dt_struct(w->dt->fdt) + at, w->node,
                              "found a %s of %u bytes, expected %u", name, bytes, CELL_BYTES);
    widths[kind] = cell_at(w->block, at);
    if (widths[kind] > WIDTH_MAX)
        return nap_dt_fail_at(w->dt, NAP_ERR_RANGE, fdt_off_dt_struct(w->dt->fdt) + at, w->node,
                              "found %u as %s, expected at most %u", widths[kind], name,
                              WIDTH_MAX);
    return NAP_OK;
}

static enum nap_err note(struct walk *w, const char *name, uint32_t at, uint32_t bytes)
{
    enum nap_err err = note_phandle(w, name, at, bytes);

    if (!err && name[0] == '#')
        err = note_width(w, name, at, bytes);
    return err;
}

static enum nap_err take_property(struct walk *w)
{
    const void *fdt = w->dt->fdt;
    uint32_t tag = w->at - CELL_BYTES, bytes = 0, name_offset = 0, value;
    enum nap_err err;

    if (w->node == NAP_DT_NONE)
        return fail_tag(w, tag, "a property", "a node around it");
    if (w->dt->n_nodes > w->node + 1)
        return fail_tag(w, tag, "a property behind a node", "properties before nodes");
    err = take_cell(w, "the length of a property", &bytes);
    if (!err)
        err = take_cell(w, "the name of a property", &name_offset);
    if (!err)
        err = check_property_name(w, tag, name_offset);
    value = w->at;
    if (!err)
        err = take_padded(w, bytes, "a property");
    if (err)
        return err;
    return note(w, (const char *)fdt + fdt_off_dt_strings(fdt) + name_offset, value, bytes);
}

static enum nap_err take_tag(struct walk *w, bool *end)
{
    uint32_t tag = 0;
    enum nap_err err = take_cell(w, "a tag", &tag);
    char found[32];

    if (err)
        return err;
    switch (tag) {
    case FDT_NOP:
        return NAP_OK;
    case FDT_BEGIN_NODE:
        return begin_node(w);
    case FDT_END_NODE:
        return end_node(w);
    case FDT_PROP:
        return take_property(w);
    case FDT_END:
        *end = true;
        if (w->node != NAP_DT_NONE || w->dt->n_nodes == 0)
            return fail_tag(w, w->at - CELL_BYTES, "the end of the tree",
                            w->dt->n_nodes ? "the end of this node" : "a root");
        return NAP_OK;
    default:
        (void)snprintf(found, sizeof(found), "tag 0x%x", tag);
        return fail_tag(w, w->at - CELL_BYTES, found, "1, 2, 3, 4 or 9");
    }
}

static enum nap_err walk(struct nap_dt *dt)
{
    struct walk w = {.dt = dt,
                     .block = (const char *)dt->fdt + fdt_off_dt_struct(dt->fdt),
                     .bytes = fdt_size_dt_struct(dt->fdt),
                     .node = NAP_DT_NONE};
    enum nap_err err = NAP_OK;
    bool end = false;

    while (!err && !end)
        err = take_tag(&w, &end);
    return err;
}

/* --- names and phandles are unique --- */

struct sibling {
    const struct nap_dt_node *node;
};

static int compare_siblings(const void *a, const void *b)
{
    const struct nap_dt_node *x = ((const struct sibling *)a)->node;
    const struct nap_dt_node *y = ((const struct sibling *)b)->node;
    int order = (x->parent > y->parent) - (x->parent < y->parent);

    if (!order)
        order = strcmp(x->name, y->name);
    return order ? order : (x->offset > y->offset) - (x->offset < y->offset);
}

static enum nap_err check_siblings(const struct nap_dt *dt)
{
    struct sibling *sorted = calloc(dt->n_nodes, sizeof(*sorted));
    enum nap_err err = NAP_OK;

    if (!sorted)
        return nap_fail(dt->error, NAP_ERR_NOMEM, "no memory for the nodes of %s", dt->file);
    for (uint32_t i = 0; i < dt->n_nodes; i++)
        sorted[i].node = &dt->nodes[i];
    qsort(sorted, dt->n_nodes, sizeof(*sorted), compare_siblings);
    for (uint32_t i = 1; i < dt->n_nodes && !err; i++) {
        const struct nap_dt_node *first = sorted[i - 1].node, *second = sorted[i].node;

        if (first->parent == second->parent && strcmp(first->name, second->name) == 0)
            err = nap_dt_fail(dt, NAP_ERR_PARSE, (uint32_t)(second - dt->nodes), NULL,
                              "found a node of this name at 0x%x, expected each once",
                              fdt_off_dt_struct(dt->fdt) + first->offset);
    }
    free(sorted);
    return err;
}

static int compare_phandles(const void *a, const void *b)
{
    const struct nap_dt_phandle *x = a, *y = b;

    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return (x->node > y->node) - (x->node < y->node);
}

static enum nap_err collect_phandles(struct nap_dt *dt)
{
    char path[NAP_SOC_PATH_MAX];

    dt->phandles = calloc(dt->n_nodes, sizeof(*dt->phandles));
    if (!dt->phandles)
        return nap_fail(dt->error, NAP_ERR_NOMEM, "no memory for the nodes of %s", dt->file);
    for (uint32_t i = 0; i < dt->n_nodes; i++)
        if (dt->nodes[i].phandle)
            dt->phandles[dt->n_phandles++] = (struct nap_dt_phandle){dt->nodes[i].phandle, i};
    qsort(dt->phandles, dt->n_phandles, sizeof(*dt->phandles), compare_phandles);
    for (uint32_t i = 1; i < dt->n_phandles; i++) {
        if (dt->phandles[i - 1].value != dt->phandles[i].value)
            continue;
        (void)nap_dt_path(dt, dt->phandles[i - 1].node, path, sizeof(path));
        return nap_dt_fail(dt, NAP_ERR_PARSE, dt->phandles[i].node, "phandle",
                           "found phandle 0x%x, which %s has, expected another",
                           dt->phandles[i].value, path);
    }
    return NAP_OK;
}

enum nap_err nap_dt_check(struct nap_dt *dt, size_t bytes)
{
    enum nap_err err = check_header(dt, bytes);
    int second;

    if (!err)
        err = walk(dt);
    if (!err)
        err = check_siblings(dt);
    if (!err)
        err = collect_phandles(dt);
    if (err)
        return err;
    /* libfdt reads the tree from here on, so what it has to say counts too. */
    second = fdt_check_full(dt->fdt, fdt_totalsize(dt->fdt));
    if (second)
        return nap_dt_fail_at(dt, NAP_ERR_PARSE, 0, NAP_DT_NONE,
                              "found a tree that libfdt refuses (%s), expected a sound one",
                              fdt_strerror(second));
    return NAP_OK;
}
