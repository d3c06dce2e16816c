/* SPDX-License-Identifier: MIT */
/* Device tree nodes and properties, made of the flattened tree when they are asked for. What
 * was made stays and is found again, so that a driver may keep pointers and compare them. */
#include "runtime.h"

#define NO_TYPE "<NULL>"

static struct dt_device_node *nodes; /* made so far, the newest first */

static const void *blob(void)
{
    return nap_device_tree();
}

/* --- strings in properties --- */

/* Lists of strings end each with a terminator; what follows the last one is no string. */
static const char *next_string(const char *s, const char *end)
{
    const char *terminator = s < end ? memchr(s, 0, (size_t)(end - s)) : NULL;

    return terminator ? terminator + 1 : NULL;
}

static bool list_has(const char *list, int length, const char *string)
{
    const char *end = list + length, *after;

    for (; (after = next_string(list, end)) != NULL; list = after)
        if (dt_compat_cmp(list, string) == 0)
            return true;
    return false;
}

static bool is_compatible(int offset, const char *compatible)
{
    int length;
    const char *list = fdt_getprop(blob(), offset, "compatible", &length);

    return list && list_has(list, length, compatible);
}

/* A property that is one string, or NULL. */
static const char *string_at(int offset, const char *name)
{
    int length;
    const char *s = fdt_getprop(blob(), offset, name, &length);

    return s && next_string(s, s + length) ? s : NULL;
}

/* --- nodes --- */

static char *copy(const char *text, size_t length)
{
    char *s = nap_alloc(length + 1);

    if (s)
        memcpy(s, text, length);
    return s;
}

/* The path of a node is its parent's, a slash, and its own name with its unit address. */
static char *path_of(const struct dt_device_node *parent, const char *own, size_t length)
{
    size_t before = parent && parent->parent ? strlen(parent->full_name) : 0;
    char *path = nap_alloc(before + 1 + length + 1);

    if (!path)
        return NULL;
    if (before > 0)
        memcpy(path, parent->full_name, before);
    path[before] = '/';
    memcpy(path + before + 1, own, length);
    return path;
}

static bool fill(struct dt_device_node *node, int offset, struct dt_device_node *parent)
{
    int length = 0;
    const char *own = fdt_get_name(blob(), offset, &length);
    const char *type = string_at(offset, "device_type");

    if (!own)
        return false;
    node->nap_offset = offset;
    node->parent = parent;
    node->name = copy(own, strcspn(own, "@"));
    node->full_name = path_of(parent, own, (size_t)length);
    node->type = type ? type : NO_TYPE;
    node->phandle = fdt_get_phandle(blob(), offset);
    node->dev.type = DEV_DT;
    node->dev.of_node = node;
    INIT_LIST_HEAD(&node->domain_list);
    return node->name && node->full_name;
}

static struct dt_device_node *made(int offset)
{
    struct dt_device_node *node = nodes;

    while (node && node->nap_offset != offset)
        node = node->nap_next;
    return node;
}

static struct dt_device_node *make(int offset, struct dt_device_node *parent)
{
    struct dt_device_node *node = nap_alloc(sizeof *node);

    if (!node || !fill(node, offset, parent))
        return NULL;
    node->nap_next = nodes;
    nodes = node;
    return node;
}

/* A node is made with all that is above it, from the root down. */
struct dt_device_node *nap_xen_node_at(int offset)
{
    struct dt_device_node *node = made(offset), *parent = NULL;
    int depth;

    if (node || offset < 0 || !blob())
        return node;
    depth = fdt_node_depth(blob(), offset);
    for (int level = 0; level <= depth; level++, parent = node) {
        int at = fdt_supernode_atdepth_offset(blob(), offset, level, NULL);

        node = made(at);
        if (!node)
            node = make(at, parent);
        if (!node)
            return NULL;
    }
    return node;
}

struct dt_device_node *nap_xen_dt_root(void)
{
    return nap_xen_node_at(0);
}

struct dt_device_node *nap_xen_dt_next(const struct dt_device_node *node)
{
    return nap_xen_node_at(fdt_next_node(blob(), node->nap_offset, NULL));
}

struct dt_device_node *nap_xen_dt_child(const struct dt_device_node *node)
{
    return nap_xen_node_at(fdt_first_subnode(blob(), node->nap_offset));
}

struct dt_device_node *nap_xen_dt_sibling(const struct dt_device_node *node)
{
    return nap_xen_node_at(fdt_next_subnode(blob(), node->nap_offset));
}

const struct dt_device_node *dt_get_parent(const struct dt_device_node *node)
{
    return node ? node->parent : NULL;
}

/* --- finding them --- */

struct dt_device_node *dt_find_node_by_path(const char *path)
{
    return blob() && path[0] == '/' ? nap_xen_node_at(fdt_path_offset(blob(), path)) : NULL;
}

struct dt_device_node *dt_find_node_by_alias(const char *alias)
{
    const char *path = blob() ? fdt_get_alias(blob(), alias) : NULL;

    return path ? dt_find_node_by_path(path) : NULL;
}

struct dt_device_node *dt_find_node_by_phandle(dt_phandle handle)
{
    struct dt_device_node *node = nodes;

    /* The few that references point to have mostly been made before. */
    while (node && node->phandle != handle)
        node = node->nap_next;
    if (node || !blob())
        return node;
    return nap_xen_node_at(fdt_node_offset_by_phandle(blob(), handle));
}

/* Offset of the node after @from, or of the first one. */
static int after(const struct dt_device_node *from)
{
    if (!blob())
        return -FDT_ERR_NOTFOUND;
    return from ? fdt_next_node(blob(), from->nap_offset, NULL) : 0;
}

static bool is_type(int offset, const char *type)
{
    const char *found = string_at(offset, "device_type");

    return found && dt_node_cmp(found, type) == 0;
}

static bool is_named(int offset, const char *name)
{
    const char *own = fdt_get_name(blob(), offset, NULL);
    size_t length = own ? strcspn(own, "@") : 0;

    return own && strlen(name) == length && strncasecmp(own, name, length) == 0;
}

struct dt_device_node *dt_find_node_by_name(struct dt_device_node *from, const char *name)
{
    int offset = after(from);

    while (offset >= 0 && !is_named(offset, name))
        offset = fdt_next_node(blob(), offset, NULL);
    return nap_xen_node_at(offset);
}

struct dt_device_node *dt_find_node_by_type(struct dt_device_node *from, const char *type)
{
    int offset = after(from);

    while (offset >= 0 && !is_type(offset, type))
        offset = fdt_next_node(blob(), offset, NULL);
    return nap_xen_node_at(offset);
}

struct dt_device_node *dt_find_compatible_node(struct dt_device_node *from, const char *type,
                                               const char *compatible)
{
    int offset = after(from);

    while (offset >= 0 &&
           ((type && !is_type(offset, type)) || !is_compatible(offset, compatible)))
        offset = fdt_next_node(blob(), offset, NULL);
    return nap_xen_node_at(offset);
}

struct dt_device_node *dt_find_matching_node(struct dt_device_node *from,
                                             const struct dt_device_match *matches)
{
    struct dt_device_node *node = nap_xen_node_at(after(from));

    while (node && !dt_match_node(matches, node))
        node = nap_xen_dt_next(node);
    return node;
}

/* --- what they are --- */

bool dt_device_is_compatible(const struct dt_device_node *node, const char *compatible)
{
    return is_compatible(node->nap_offset, compatible);
}

bool dt_machine_is_compatible(const char *compatible)
{
    return blob() && is_compatible(0, compatible);
}

bool dt_device_is_available(const struct dt_device_node *node)
{
    const char *status;

    if (!dt_find_property(node, "status", NULL))
        return true;
    status = string_at(node->nap_offset, "status");
    return status && (strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0);
}

bool dt_device_for_passthrough(const struct dt_device_node *node)
{
    return dt_property_read_bool(node, "xen,passthrough");
}

static bool is_end(const struct dt_device_match *m)
{
    return !m->path && !m->type && !m->compatible && !m->not_available && !m->prop;
}

static bool fits(const struct dt_device_match *m, const struct dt_device_node *node)
{
    return (!m->path || dt_node_path_is_equal(node, m->path)) &&
           (!m->type || dt_device_type_is_equal(node, m->type)) &&
           (!m->compatible || dt_device_is_compatible(node, m->compatible)) &&
           (!m->not_available || !dt_device_is_available(node)) &&
           (!m->prop || dt_find_property(node, m->prop, NULL));
}

const struct dt_device_match *dt_match_node(const struct dt_device_match *matches,
                                            const struct dt_device_node *node)
{
    for (; matches && !is_end(matches); matches++)
        if (fits(matches, node))
            return matches;
    return NULL;
}

/* --- properties --- */

static struct dt_property *make_property(struct dt_device_node *node, const char *name)
{
    int length;
    const struct fdt_property *raw = fdt_get_property(blob(), node->nap_offset, name, &length);
    struct dt_property *p = raw ? nap_alloc(sizeof *p) : NULL;

    if (!p)
        return NULL;
    p->name = fdt_string(blob(), (int)fdt32_ld(&raw->nameoff));
    p->length = (uint32_t)length;
    p->value = (void *)(uintptr_t)raw->data; /* Xen's type; nobody writes it */
    p->next = node->nap_properties;
    node->nap_properties = p;
    return p;
}

/* The node keeps the properties that were made for it, so asking changes it. */
const struct dt_property *dt_find_property(const struct dt_device_node *node, const char *name,
                                           uint32_t *length)
{
    struct dt_device_node *own = nap_xen_node_at(node->nap_offset);
    struct dt_property *p = own->nap_properties;

    while (p && dt_prop_cmp(p->name, name) != 0)
        p = p->next;
    if (!p)
        p = make_property(own, name);
    if (p && length)
        *length = p->length;
    return p;
}

const void *dt_get_property(const struct dt_device_node *node, const char *name,
                            uint32_t *length)
{
    const struct dt_property *p = dt_find_property(node, name, length);

    return p ? p->value : NULL;
}

uint64_t nap_xen_cells(const void *p, int cells)
{
    const uint8_t *at = p;
    uint64_t number = 0;

    for (; cells > 0; cells--, at += sizeof(fdt32_t))
        number = number << 32 | fdt32_ld((const fdt32_t *)(const void *)at);
    return number;
}

bool dt_property_read_u32(const struct dt_device_node *node, const char *name, uint32_t *out)
{
    uint32_t length;
    const void *value = dt_get_property(node, name, &length);

    if (!value || length < sizeof *out)
        return false;
    *out = (uint32_t)nap_xen_cells(value, 1);
    return true;
}

bool dt_property_read_u64(const struct dt_device_node *node, const char *name, uint64_t *out)
{
    uint32_t length;
    const void *value = dt_get_property(node, name, &length);

    if (!value || length < sizeof *out)
        return false;
    *out = nap_xen_cells(value, 2);
    return true;
}

int dt_property_read_u32_array(const struct dt_device_node *node, const char *name,
                               uint32_t *out, size_t count)
{
    uint32_t length;
    const struct dt_property *p = dt_find_property(node, name, &length);

    if (!p)
        return -EINVAL;
    if (length == 0)
        return -ENODATA;
    if (length / sizeof *out < count)
        return -EOVERFLOW;
    for (size_t i = 0; i < count; i++)
        out[i] = (uint32_t)nap_xen_cells((const char *)p->value + i * sizeof *out, 1);
    return 0;
}

int dt_property_read_string(const struct dt_device_node *node, const char *name,
                            const char **out)
{
    const struct dt_property *p = dt_find_property(node, name, NULL);
    const char *s = p ? p->value : NULL;

    if (!p)
        return -EINVAL;
    if (p->length == 0)
        return -ENODATA;
    if (!next_string(s, s + p->length))
        return -EILSEQ;
    *out = s;
    return 0;
}

int dt_property_match_string(const struct dt_device_node *node, const char *name,
                             const char *string)
{
    const char *at, *end, *following;
    int error = dt_property_read_string(node, name, &at);

    if (error)
        return error;
    end = at + dt_find_property(node, name, NULL)->length;
    for (int i = 0; at < end; i++, at = following) {
        following = next_string(at, end);
        if (!following)
            return -EILSEQ;
        if (strcmp(at, string) == 0)
            return i;
    }
    return -ENODATA;
}

/* --- references --- */

/* A reference at a place of a property: the node, and the cells behind it. */
struct reference {
    const char *at, *end;
    struct dt_device_node *node; /* NULL where the handle is 0: an entry left empty */
    uint32_t cells;
};

static int read_reference(struct reference *r, const char *cells_name)
{
    uint32_t handle;

    if (r->end - r->at < (ptrdiff_t)sizeof handle)
        return -EINVAL;
    handle = (uint32_t)nap_xen_cells(r->at, 1);
    r->at += sizeof handle;
    r->node = NULL;
    r->cells = 0;
    if (handle == 0)
        return 0;
    r->node = dt_find_node_by_phandle(handle);
    if (!r->node || (cells_name && !dt_property_read_u32(r->node, cells_name, &r->cells)))
        return -EINVAL;
    return r->cells <= MAX_PHANDLE_ARGS && r->cells <= (size_t)(r->end - r->at) / 4 ? 0
                                                                                    : -EINVAL;
}

static void give(const struct reference *r, struct dt_phandle_args *out)
{
    out->np = r->node;
    out->args_count = (int)r->cells;
    for (uint32_t i = 0; i < r->cells; i++)
        out->args[i] = (uint32_t)nap_xen_cells(r->at + (size_t)i * 4, 1);
}

/* Walks to the reference of @index, or counts all where @index is negative. */
static int walk_references(const struct dt_device_node *node, const char *name,
                           const char *cells_name, int index, struct dt_phandle_args *out)
{
    const struct dt_property *p = dt_find_property(node, name, NULL);
    struct reference r;
    int n = 0;

    if (!p)
        return -ENOENT;
    r.at = p->value;
    r.end = r.at + p->length;
    for (; r.at < r.end; n++, r.at += (size_t)r.cells * 4) {
        int error = read_reference(&r, cells_name);

        if (error)
            return error;
        if (n != index)
            continue;
        if (!r.node)
            return -ENOENT;
        if (out)
            give(&r, out);
        return 0;
    }
    return index < 0 ? n : -ENOENT;
}

int dt_parse_phandle_with_args(const struct dt_device_node *node, const char *name,
                               const char *cells_name, int index,
                               struct dt_phandle_args *out_args)
{
    return index < 0 ? -EINVAL : walk_references(node, name, cells_name, index, out_args);
}

int dt_count_phandle_with_args(const struct dt_device_node *node, const char *name,
                               const char *cells_name)
{
    return walk_references(node, name, cells_name, -1, NULL);
}

struct dt_device_node *dt_parse_phandle(const struct dt_device_node *node, const char *name,
                                        int index)
{
    struct dt_phandle_args args;

    if (index < 0 || walk_references(node, name, NULL, index, &args) != 0)
        return NULL;
    return args.np;
}
