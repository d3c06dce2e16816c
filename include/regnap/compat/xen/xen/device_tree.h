/* SPDX-License-Identifier: MIT */
/* The machine's device tree. Nodes and properties are made of the flattened tree when somebody
 * asks for them; the links between them are calls, not fields. */
#ifndef REGNAP_XEN_DEVICE_TREE_H
#define REGNAP_XEN_DEVICE_TREE_H

#include <asm/device.h>
#include <public/xen.h>
#include <xen/list.h>
#include <xen/string.h>
#include <xen/types.h>

struct nap_device;

typedef uint32_t dt_phandle;

struct dt_property {
    const char *name;
    uint32_t length;          /* bytes */
    void *value;              /* cells are big-endian; not to be written */
    struct dt_property *next; /* made before it, of the same node */
};

struct dt_device_node {
    const char *name; /* without the unit address */
    const char *type; /* device_type, or "<NULL>" */
    dt_phandle phandle;
    char *full_name; /* its path */
    domid_t used_by;
    bool is_protected;
    struct dt_device_node *parent;
    struct list_head domain_list;
    struct device dev;
    /* regnap's: */
    int nap_offset; /* in the flattened tree */
    struct dt_property *nap_properties;
    struct dt_device_node *nap_next; /* made before it */
    struct nap_device *nap_device;   /* what the node was probed for */
};

/* A node fits an entry where all that the entry names is so. */
struct dt_device_match {
    const char *path;
    const char *type;
    const char *compatible;
    const bool not_available;
    const char *prop; /* a property that is there */
    const void *data;
};

#define DT_MATCH_PATH(p)                                                                       \
    {                                                                                          \
        .path = (p)                                                                            \
    }
#define DT_MATCH_TYPE(t)                                                                       \
    {                                                                                          \
        .type = (t)                                                                            \
    }
#define DT_MATCH_COMPATIBLE(c)                                                                 \
    {                                                                                          \
        .compatible = (c)                                                                      \
    }
#define DT_MATCH_NOT_AVAILABLE()                                                               \
    {                                                                                          \
        .not_available = true                                                                  \
    }
#define DT_MATCH_PROP(p)                                                                       \
    {                                                                                          \
        .prop = (p)                                                                            \
    }

#define MAX_PHANDLE_ARGS 16

struct dt_phandle_args {
    struct dt_device_node *np;
    int args_count;
    uint32_t args[MAX_PHANDLE_ARGS];
};

struct dt_irq {
    unsigned int irq;
    unsigned int type; /* DT_IRQ_TYPE_ */
};

#define dt_to_dev(node) (&(node)->dev)

static inline struct dt_device_node *dev_to_dt(struct device *dev)
{
    return container_of(dev, struct dt_device_node, dev);
}

#define dt_prop_cmp(a, b)   strcmp((a), (b))
#define dt_node_cmp(a, b)   strcasecmp((a), (b))
#define dt_compat_cmp(a, b) strcasecmp((a), (b))

/* --- nodes: NULL where there is none --- */

/* The root of the machine's tree. */
struct dt_device_node *nap_xen_dt_root(void);
#define dt_host nap_xen_dt_root()

struct dt_device_node *dt_find_node_by_path(const char *path);
struct dt_device_node *dt_find_node_by_alias(const char *alias);
struct dt_device_node *dt_find_node_by_phandle(dt_phandle handle);
struct dt_device_node *dt_find_node_by_name(struct dt_device_node *from, const char *name);
struct dt_device_node *dt_find_node_by_type(struct dt_device_node *from, const char *type);
/* The first after @from (NULL: of all), of that type (NULL: any). */
struct dt_device_node *dt_find_compatible_node(struct dt_device_node *from, const char *type,
                                               const char *compatible);
struct dt_device_node *dt_find_matching_node(struct dt_device_node *from,
                                             const struct dt_device_match *matches);
const struct dt_device_node *dt_get_parent(const struct dt_device_node *node);

struct dt_device_node *nap_xen_dt_next(const struct dt_device_node *node);
struct dt_device_node *nap_xen_dt_child(const struct dt_device_node *node);
struct dt_device_node *nap_xen_dt_sibling(const struct dt_device_node *node);

#define dt_for_each_device_node(from, node)                                                    \
    for ((node) = (from); (node) != NULL; (node) = nap_xen_dt_next(node))
#define dt_for_each_child_node(of, node)                                                       \
    for ((node) = nap_xen_dt_child(of); (node) != NULL; (node) = nap_xen_dt_sibling(node))

static inline const char *dt_node_full_name(const struct dt_device_node *node)
{
    return node && node->full_name ? node->full_name : "<no-node>";
}

static inline const char *dt_node_name(const struct dt_device_node *node)
{
    return node && node->name ? node->name : "<no-node>";
}

static inline bool dt_node_name_is_equal(const struct dt_device_node *node, const char *name)
{
    return dt_node_cmp(node->name, name) == 0;
}

static inline bool dt_node_path_is_equal(const struct dt_device_node *node, const char *path)
{
    return dt_node_cmp(node->full_name, path) == 0;
}

static inline bool dt_device_type_is_equal(const struct dt_device_node *node, const char *type)
{
    return dt_node_cmp(node->type, type) == 0;
}

static inline void dt_device_set_used_by(struct dt_device_node *node, domid_t used_by)
{
    node->used_by = used_by;
}

static inline domid_t dt_device_used_by(const struct dt_device_node *node)
{
    return node->used_by;
}

static inline void dt_device_set_protected(struct dt_device_node *node)
{
    node->is_protected = true;
}

static inline bool dt_device_is_protected(const struct dt_device_node *node)
{
    return node->is_protected;
}

/* The first entry of @matches, which ends with an empty one, that fits. */
const struct dt_device_match *dt_match_node(const struct dt_device_match *matches,
                                            const struct dt_device_node *node);
bool dt_device_is_compatible(const struct dt_device_node *node, const char *compatible);
bool dt_machine_is_compatible(const char *compatible);
/* No status, or "okay". */
bool dt_device_is_available(const struct dt_device_node *node);
/* "xen,passthrough": a guest's, so not for a driver of Xen. */
bool dt_device_for_passthrough(const struct dt_device_node *node);

/* --- properties --- */

const struct dt_property *dt_find_property(const struct dt_device_node *node, const char *name,
                                           uint32_t *length);
const void *dt_get_property(const struct dt_device_node *node, const char *name,
                            uint32_t *length);

static inline bool dt_property_read_bool(const struct dt_device_node *node, const char *name)
{
    return dt_find_property(node, name, NULL) != NULL;
}

bool dt_property_read_u32(const struct dt_device_node *node, const char *name, uint32_t *out);
bool dt_property_read_u64(const struct dt_device_node *node, const char *name, uint64_t *out);
/* 0, -EINVAL (absent), -ENODATA (empty), -EOVERFLOW (shorter). */
int dt_property_read_u32_array(const struct dt_device_node *node, const char *name,
                               uint32_t *out, size_t count);
/* 0, -EINVAL (absent), -ENODATA (empty), -EILSEQ (not terminated). */
int dt_property_read_string(const struct dt_device_node *node, const char *name,
                            const char **out);
/* Index of @string in the list, -EINVAL, -ENODATA, -EILSEQ. */
int dt_property_match_string(const struct dt_device_node *node, const char *name,
                             const char *string);

static inline uint64_t dt_read_number(const __be32 *cells, int count)
{
    uint64_t number = 0;

    while (count-- > 0)
        number = number << 32 | __builtin_bswap32(*cells++);
    return number;
}

/* --- references --- */

struct dt_device_node *dt_parse_phandle(const struct dt_device_node *node, const char *name,
                                        int index);
/* The reference of that index, with as many cells as the node it points to says in
 * @cells_name. 0, -ENOENT (no such index), -EINVAL (malformed). */
int dt_parse_phandle_with_args(const struct dt_device_node *node, const char *name,
                               const char *cells_name, int index,
                               struct dt_phandle_args *out_args);
int dt_count_phandle_with_args(const struct dt_device_node *node, const char *name,
                               const char *cells_name);

/* --- addresses and interrupts --- */

int dt_n_addr_cells(const struct dt_device_node *node);
int dt_n_size_cells(const struct dt_device_node *node);
int dt_child_n_addr_cells(const struct dt_device_node *parent);
int dt_child_n_size_cells(const struct dt_device_node *parent);

/* As the CPU sees it. 0, -EINVAL. Either result may be NULL. */
int dt_device_get_address(const struct dt_device_node *node, unsigned int index, uint64_t *addr,
                          uint64_t *size);
int dt_device_get_paddr(const struct dt_device_node *node, unsigned int index, paddr_t *addr,
                        paddr_t *size);
unsigned int dt_number_of_address(const struct dt_device_node *node);

/* 0, -EINVAL. Interrupts of an Arm GIC only; interrupt-map is not followed. */
int dt_device_get_irq(const struct dt_device_node *node, unsigned int index,
                      struct dt_irq *out_irq);

#endif
