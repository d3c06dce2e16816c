/* SPDX-License-Identifier: MIT */
/* The device tree. Nodes are made as they are asked for and stay; properties are read from the
 * flattened tree. Cells in properties are big-endian. */
#ifndef NAP_COMPAT_LINUX_OF_H
#define NAP_COMPAT_LINUX_OF_H

#include <linux/err.h>
#include <linux/mod_devicetable.h>
#include <linux/types.h>

#define OF_MAX_PHANDLE_ARGS 16

struct property {
    const char *name;
    int length;
    const void *value;
    struct property *next; /* regnap's: those of the node that were asked for */
};

struct device_node {
    const char *name;      /* without unit address */
    const char *full_name; /* with it */
    phandle phandle;
    /* regnap's: */
    int offset; /* in the flattened tree */
    struct property *properties;
    struct device_node *next;
};

struct of_phandle_args {
    struct device_node *np;
    int args_count;
    u32 args[OF_MAX_PHANDLE_ARGS];
};

#define of_match_ptr(p) (p)

static inline struct device_node *of_node_get(struct device_node *np)
{
    return np;
}

static inline void of_node_put(struct device_node *np)
{
    (void)np;
}

struct device_node *of_find_node_by_path(const char *path);
struct device_node *of_find_node_by_phandle(phandle handle);
struct device_node *of_get_parent(const struct device_node *np);
/* The child after @previous, or the first; status makes no difference to the first form. */
struct device_node *of_get_next_child(const struct device_node *np,
                                      struct device_node *previous);
struct device_node *of_get_next_available_child(const struct device_node *np,
                                                struct device_node *previous);

#define for_each_child_of_node(parent, child)                                                  \
    for ((child) = of_get_next_child(parent, NULL); (child);                                   \
         (child) = of_get_next_child(parent, child))
#define for_each_available_child_of_node(parent, child)                                        \
    for ((child) = of_get_next_available_child(parent, NULL); (child);                         \
         (child) = of_get_next_available_child(parent, child))

struct property *of_find_property(const struct device_node *np, const char *name, int *length);
const void *of_get_property(const struct device_node *np, const char *name, int *length);
bool of_device_is_available(const struct device_node *np);
int of_device_is_compatible(const struct device_node *np, const char *compatible);
bool of_machine_is_compatible(const char *compatible);
/* The entry that fits best: first the earlier in the node's list of compatible strings, then
 * one that names its type, then one that names the node. */
const struct of_device_id *of_match_node(const struct of_device_id *matches,
                                         const struct device_node *np);

/* 0, -EINVAL (no such property), -ENODATA (it has no value), -EOVERFLOW (it is too short). */
int of_property_read_u32_index(const struct device_node *np, const char *name, u32 index,
                               u32 *out);
int of_property_read_u32_array(const struct device_node *np, const char *name, u32 *out,
                               size_t count);
int of_property_read_u64(const struct device_node *np, const char *name, u64 *out);
int of_property_count_elems_of_size(const struct device_node *np, const char *name, int size);
/* 0, or as above; -EILSEQ where it is no string. */
int of_property_read_string(const struct device_node *np, const char *name, const char **out);
/* Its place, -EINVAL (no such property), -ENODATA (not in it), -EILSEQ. */
int of_property_match_string(const struct device_node *np, const char *name,
                             const char *string);

static inline bool of_property_read_bool(const struct device_node *np, const char *name)
{
    return of_find_property(np, name, NULL) != NULL;
}

static inline int of_property_read_u32(const struct device_node *np, const char *name, u32 *out)
{
    return of_property_read_u32_array(np, name, out, 1);
}

static inline int of_property_count_u32_elems(const struct device_node *np, const char *name)
{
    return of_property_count_elems_of_size(np, name, sizeof(u32));
}

struct device_node *of_parse_phandle(const struct device_node *np, const char *name, int index);
/* 0, -ENOENT (no such entry), -EINVAL (the list is malformed). */
int of_parse_phandle_with_args(const struct device_node *np, const char *list,
                               const char *cells, int index, struct of_phandle_args *out);
int of_count_phandle_with_args(const struct device_node *np, const char *list,
                               const char *cells);

#endif
