/* SPDX-License-Identifier: MIT */
/* The device tree, read by libfdt from the flattened tree of the machine. Nodes and properties
 * become objects as they are asked for. */
#include <libfdt.h>

#include "runtime.h" /* after it: names of the kernel are macros */

const void *regnap_tree(void)
{
    const void *tree = nap_device_tree();

    if (!tree)
        nap_panic("the machine has no device tree, expected --soc FILE.dtb", NULL, 0);
    return tree;
}

/* --- nodes --- */

static struct device_node *nodes;

struct device_node *regnap_node(int offset)
{
    struct device_node *np = nodes;
    const char *full_name;
    char *name;
    size_t length;

    if (offset < 0)
        return NULL;
    while (np && np->offset != offset)
        np = np->next;
    if (np)
        return np;
    full_name = fdt_get_name(regnap_tree(), offset, NULL);
    length = strcspn(full_name, "@");
    name = regnap_alloc(length + 1);
    memcpy(name, full_name, length);
    np = regnap_alloc(sizeof *np);
    np->name = name;
    np->full_name = full_name;
    np->phandle = fdt_get_phandle(regnap_tree(), offset);
    np->offset = offset;
    np->next = nodes;
    nodes = np;
    return np;
}

struct device_node *of_find_node_by_path(const char *path)
{
    return regnap_node(fdt_path_offset(regnap_tree(), path));
}

struct device_node *of_find_node_by_phandle(phandle handle)
{
    return regnap_node(fdt_node_offset_by_phandle(regnap_tree(), handle));
}

struct device_node *of_get_parent(const struct device_node *np)
{
    return np ? regnap_node(fdt_parent_offset(regnap_tree(), np->offset)) : NULL;
}

struct device_node *of_get_next_child(const struct device_node *np,
                                      struct device_node *previous)
{
    if (!np)
        return NULL;
    return regnap_node(previous ? fdt_next_subnode(regnap_tree(), previous->offset)
                                : fdt_first_subnode(regnap_tree(), np->offset));
}

struct device_node *of_get_next_available_child(const struct device_node *np,
                                                struct device_node *previous)
{
    do
        previous = of_get_next_child(np, previous);
    while (previous && !of_device_is_available(previous));
    return previous;
}

/* --- properties --- */

const void *of_get_property(const struct device_node *np, const char *name, int *length)
{
    return np ? fdt_getprop(regnap_tree(), np->offset, name, length) : NULL;
}

struct property *of_find_property(const struct device_node *np, const char *name, int *length)
{
    const struct fdt_property *found;
    struct device_node *node = (struct device_node *)(unsigned long)np;
    struct property *p = node ? node->properties : NULL;
    int bytes;

    while (p && strcmp(p->name, name) != 0)
        p = p->next;
    found = node && !p ? fdt_get_property(regnap_tree(), node->offset, name, &bytes) : NULL;
    if (found) {
        p = regnap_alloc(sizeof *p);
        p->name = fdt_string(regnap_tree(), (int)fdt32_ld(&found->nameoff));
        p->length = bytes;
        p->value = found->data;
        p->next = node->properties;
        node->properties = p;
    }
    if (p && length)
        *length = p->length;
    return p;
}

bool of_device_is_available(const struct device_node *np)
{
    const char *status = of_get_property(np, "status", NULL);

    return np && (!status || strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0);
}

int of_device_is_compatible(const struct device_node *np, const char *compatible)
{
    return np && fdt_node_check_compatible(regnap_tree(), np->offset, compatible) == 0;
}

bool of_machine_is_compatible(const char *compatible)
{
    return of_device_is_compatible(regnap_node(0), compatible);
}

/* How well an entry fits, 0: not at all. What it names must all be there; an earlier compatible
 * string counts more than a type and a type more than a name. */
static int fit(const struct device_node *np, const struct of_device_id *id)
{
    const char *type = of_get_property(np, "device_type", NULL);
    int place, score = 0;

    if (id->compatible[0]) {
        place = fdt_stringlist_search(regnap_tree(), np->offset, "compatible", id->compatible);
        if (place < 0)
            return 0;
        score = INT_MAX / 2 - place * 4;
    }
    if (id->type[0] && (!type || strcmp(type, id->type) != 0))
        return 0;
    if (id->name[0] && strcmp(np->name, id->name) != 0)
        return 0;
    return score + (id->type[0] ? 2 : 0) + (id->name[0] ? 1 : 0);
}

const struct of_device_id *of_match_node(const struct of_device_id *matches,
                                         const struct device_node *np)
{
    const struct of_device_id *best = NULL;
    int best_fit = 0;

    for (; np && matches && (matches->name[0] || matches->type[0] || matches->compatible[0]);
         matches++) {
        int this_fit = fit(np, matches);
        if (this_fit <= best_fit)
            continue;
        best = matches;
        best_fit = this_fit;
    }
    return best;
}

const struct of_device_id *of_match_device(const struct of_device_id *matches,
                                           const struct device *dev)
{
    return of_match_node(matches, dev->of_node);
}

const void *of_device_get_match_data(const struct device *dev)
{
    const struct of_device_id *match =
        dev->driver ? of_match_device(dev->driver->of_match_table, dev) : NULL;

    return match ? match->data : NULL;
}

/* The property as cells; how many it has, or an error. */
static int cells(const struct device_node *np, const char *name, const fdt32_t **out)
{
    int length = 0;

    *out = of_get_property(np, name, &length);
    if (!*out)
        return -EINVAL;
    return length == 0 ? -ENODATA : length / (int)sizeof(u32);
}

int of_property_read_u32_array(const struct device_node *np, const char *name, u32 *out,
                               size_t count)
{
    const fdt32_t *list;
    int n = cells(np, name, &list);

    if (n < 0)
        return n;
    if ((size_t)n < count)
        return -EOVERFLOW;
    for (size_t i = 0; i < count; i++)
        out[i] = fdt32_ld(&list[i]);
    return 0;
}

int of_property_read_u32_index(const struct device_node *np, const char *name, u32 index,
                               u32 *out)
{
    const fdt32_t *list;
    int n = cells(np, name, &list);

    if (n < 0)
        return n;
    if (index >= (u32)n)
        return -EOVERFLOW;
    *out = fdt32_ld(&list[index]);
    return 0;
}

int of_property_read_u64(const struct device_node *np, const char *name, u64 *out)
{
    u32 halves[2];
    int err = of_property_read_u32_array(np, name, halves, 2);

    if (!err)
        *out = (u64)halves[0] << 32 | halves[1];
    return err;
}

int of_property_count_elems_of_size(const struct device_node *np, const char *name, int size)
{
    int length = 0;

    if (!of_get_property(np, name, &length) || length % size != 0)
        return -EINVAL;
    return length == 0 ? -ENODATA : length / size;
}

int of_property_read_string(const struct device_node *np, const char *name, const char **out)
{
    int length = 0;
    const char *text = of_get_property(np, name, &length);

    if (!text)
        return -EINVAL;
    if (length == 0)
        return -ENODATA;
    if (strnlen(text, (size_t)length) == (size_t)length)
        return -EILSEQ;
    *out = text;
    return 0;
}

int of_property_match_string(const struct device_node *np, const char *name, const char *string)
{
    int place;

    if (!of_find_property(np, name, NULL))
        return -EINVAL;
    place = fdt_stringlist_search(regnap_tree(), np->offset, name, string);
    if (place == -FDT_ERR_BADVALUE)
        return -EILSEQ;
    return place >= 0 ? place : -ENODATA;
}

/* --- references --- */

/* One entry of a list of references at *@at: the node and its arguments. */
static int read_entry(const fdt32_t *list, int n, int *at, const char *cells_name,
                      struct of_phandle_args *out)
{
    phandle handle = fdt32_ld(&list[(*at)++]);
    u32 count = 0;

    out->np = NULL;
    out->args_count = 0;
    if (handle == 0)
        return 0; /* an empty entry */
    out->np = of_find_node_by_phandle(handle);
    if (!out->np || (cells_name && of_property_read_u32(out->np, cells_name, &count)))
        return -EINVAL;
    if (count > OF_MAX_PHANDLE_ARGS || (int)count > n - *at)
        return -EINVAL;
    out->args_count = (int)count;
    for (u32 i = 0; i < count; i++)
        out->args[i] = fdt32_ld(&list[(*at)++]);
    return 0;
}

int of_parse_phandle_with_args(const struct device_node *np, const char *list_name,
                               const char *cells_name, int index, struct of_phandle_args *out)
{
    const fdt32_t *list;
    int n = cells(np, list_name, &list), at = 0;

    for (int i = 0; at < n; i++) {
        struct of_phandle_args entry = {0};
        int err = read_entry(list, n, &at, cells_name, &entry);
        if (err)
            return err;
        if (i == index && out)
            *out = entry;
        if (i == index)
            return entry.np ? 0 : -ENOENT;
    }
    return -ENOENT;
}

int of_count_phandle_with_args(const struct device_node *np, const char *list_name,
                               const char *cells_name)
{
    const fdt32_t *list;
    int n = cells(np, list_name, &list), at = 0, count = 0;

    if (n < 0)
        return -ENOENT;
    for (; at < n; count++) {
        struct of_phandle_args entry = {0};
        int err = read_entry(list, n, &at, cells_name, &entry);
        if (err)
            return err;
    }
    return count;
}

struct device_node *of_parse_phandle(const struct device_node *np, const char *name, int index)
{
    struct of_phandle_args args = {0};

    return of_parse_phandle_with_args(np, name, NULL, index, &args) ? NULL : args.np;
}
