/* SPDX-License-Identifier: MIT */
/* Private to lib/dt: a checked tree with its nodes in a table, and the calls between the files.
 * Order of reading: load.c, check.c, node.c, then one file per binding. */
#ifndef NAP_DT_DT_H
#define NAP_DT_DT_H

#include <regnap/dt.h>
#include <regnap/model.h>

#include <libfdt.h>

#define NAP_DT_DEPTH_MAX 32u /* levels of nodes; boards have fewer than ten */
#define NAP_DT_ROOT      0u
#define NAP_DT_NONE      UINT32_MAX
#define NAP_DT_PORTS_MAX 64u /* of one device */

/* Properties of one cell that tell how many cells something has. Lists of references ask for
 * them again and again, so they stand in the table. */
enum nap_dt_width {
    NAP_DT_ADDRESS_CELLS,
    NAP_DT_SIZE_CELLS,
    NAP_DT_IOMMU_CELLS,
    NAP_DT_INTERRUPT_CELLS,
    NAP_DT_POWER_CELLS,
    NAP_DT_WIDTHS
};

/* Nodes stand in document order, so a parent has a lower index than its children. */
struct nap_dt_node {
    const char *name;               /* with its unit address; in the blob */
    uint32_t offset;                /* in the structure block */
    uint32_t parent;                /* index; of the root NAP_DT_NONE */
    uint32_t end;                   /* index of the first node that is not below this one */
    uint32_t phandle;               /* 0: has none */
    uint32_t widths[NAP_DT_WIDTHS]; /* NAP_DT_NONE: not said */
};

struct nap_dt_phandle {
    uint32_t value;
    uint32_t node;
};

/* What a tree is read with. Everything hangs on it and goes with it. */
struct nap_dt {
    const void *fdt; /* the machine's own copy */
    const char *file;
    const struct nap_block *const *blocks;
    struct nap_soc *soc;
    struct nap_error *error;

    struct nap_dt_node *nodes;
    uint32_t n_nodes, room;
    struct nap_dt_phandle *phandles; /* by value */
    uint32_t n_phandles;

    /* Node of each device, and what each domain stands for. */
    uint32_t device_nodes[NAP_SOC_DEVICES_MAX];
    struct {
        uint32_t provider; /* node, or NAP_DT_NONE for the domain of those that name none */
        uint32_t number;
    } domains[NAP_SOC_DOMAINS_MAX];
};

/* A property's value as big-endian cells. */
struct nap_dt_cells {
    const fdt32_t *at;
    uint32_t n;
};

/* --- check.c --- */

/* Checks all of the blob and makes the table of nodes. */
enum nap_err nap_dt_check(struct nap_dt *dt, size_t bytes);

/* --- node.c: what one node says --- */

/* "FILE: offset 0x1234 (in /soc/mmc@ee100000): " and the text. The offset counts from the start
 * of the blob; @node may be NAP_DT_NONE. */
enum nap_err nap_dt_fail_at(const struct nap_dt *dt, enum nap_err code, size_t offset,
                            uint32_t node, const char *format, ...) NAP_PRINTF(5, 6);

/* The same at a property of a node, or at the node if @property is NULL or not there. */
enum nap_err nap_dt_fail(const struct nap_dt *dt, enum nap_err code, uint32_t node,
                         const char *property, const char *format, ...) NAP_PRINTF(5, 6);

/* Path of a node with its terminator; false if it was cut at its front. */
bool nap_dt_path(const struct nap_dt *dt, uint32_t node, char *out, size_t bytes);
/* Bytes of the name before its unit address. */
size_t nap_dt_base_name(const struct nap_dt *dt, uint32_t node);
bool nap_dt_is_named(const struct nap_dt *dt, uint32_t node, const char *base_name);

/* The value, or NULL. */
const void *nap_dt_property(const struct nap_dt *dt, uint32_t node, const char *name,
                            uint32_t *bytes);
bool nap_dt_has(const struct nap_dt *dt, uint32_t node, const char *name);
/* Text of a property, "" if there is none; refused without its terminator. */
enum nap_err nap_dt_text(const struct nap_dt *dt, uint32_t node, const char *name,
                         const char **out);
/* The strings of `compatible`: nap_dt_next() gives one after the other, NULL after the last. */
struct nap_dt_strings {
    const char *at;
    uint32_t bytes;
};
struct nap_dt_strings nap_dt_compatible(const struct nap_dt *dt, uint32_t node);
const char *nap_dt_next(struct nap_dt_strings *strings);
/* Zero cells if there is no such property; refused if its length is no multiple of a cell. */
enum nap_err nap_dt_cells(const struct nap_dt *dt, uint32_t node, const char *name,
                          struct nap_dt_cells *out);
uint32_t nap_dt_cell(struct nap_dt_cells cells, uint32_t index);
/* "#address-cells" and so on. */
const char *nap_dt_width_name(enum nap_dt_width width);
/* The next @width cells (1 or 2) as one number. */
uint64_t nap_dt_number(struct nap_dt_cells cells, uint32_t index, uint32_t width);
/* A property of one cell; @fallback if there is none. */
enum nap_err nap_dt_one_cell(const struct nap_dt *dt, uint32_t node, const char *name,
                             uint32_t fallback, uint32_t *out);

/* The node with that phandle; @node and @property hold the reference. */
enum nap_err nap_dt_follow(const struct nap_dt *dt, uint32_t node, const char *property,
                           uint32_t phandle, uint32_t *out);

/* One entry of a list of references: a node and the cells it asks for. */
struct nap_dt_specifier {
    uint32_t target;
    struct nap_dt_cells args;
};
/* Reads the entry at cell *@at and moves *@at behind it; @kind is the property of the target
 * that tells how many cells follow its phandle. */
enum nap_err nap_dt_specifier(const struct nap_dt *dt, uint32_t node, const char *property,
                              enum nap_dt_width kind, struct nap_dt_cells list, uint32_t *at,
                              struct nap_dt_specifier *out);

/* Its own status or that of a node above it says that software leaves it. */
enum nap_err nap_dt_disabled(const struct nap_dt *dt, uint32_t node, bool *out);

/* --- address.c --- */

/* A place in the physical address space; reached is false if a bus on the way has none. */
struct nap_dt_range {
    uint64_t base, bytes;
    bool reached;
};
/* Entries of `reg`; 0 if there is none. */
enum nap_err nap_dt_reg_count(const struct nap_dt *dt, uint32_t node, uint32_t *out);
enum nap_err nap_dt_reg(const struct nap_dt *dt, uint32_t node, uint32_t index,
                        struct nap_dt_range *out);

/* --- interrupt.c --- */

/* SPI number of the first interrupt, or NAP_SOC_NONE. */
enum nap_err nap_dt_irq(const struct nap_dt *dt, uint32_t node, uint32_t *out);

/* --- name.c --- */

/* Path, Linux name and status of a node that becomes a device or a master. */
enum nap_err nap_dt_soc_node(const struct nap_dt *dt, uint32_t node, struct nap_soc_node *out);
/* What the machine calls a node: its label, or its Linux name made fit. */
void nap_dt_name(const struct nap_dt *dt, const struct nap_soc_node *node,
                 char out[NAP_NAME_MAX]);
/* Gives @name a number if one of the @n names at @taken, @stride_bytes apart, is the same. */
void nap_dt_make_unique(char name[NAP_NAME_MAX], const char *taken, size_t stride_bytes,
                        uint32_t n);
/* Name, title and source of the machine. */
void nap_dt_name_machine(struct nap_dt *dt);

/* --- memory.c --- */

enum nap_err nap_dt_memory(struct nap_dt *dt);

/* --- power.c --- */

/* Index of the domain that supplies a node. */
enum nap_err nap_dt_domain(struct nap_dt *dt, uint32_t node, uint32_t *out);

/* --- device.c --- */

enum nap_err nap_dt_devices(struct nap_dt *dt);
/* Index of the device that @node is, or NAP_SOC_NONE. */
uint32_t nap_dt_device_of(const struct nap_dt *dt, uint32_t node);
/* Ports of a device: masters have numbers below. */
uint32_t nap_dt_ports(const struct nap_dt *dt, const struct nap_soc_device *device);

/* --- ipmmu.c: what the renesas,ipmmu-vmsa binding says --- */

bool nap_dt_is_ipmmu(const char *model);
bool nap_dt_ipmmu_is_cache(const struct nap_dt *dt, uint32_t node);
/* Root, cache or both in one: sets variant and irq. */
enum nap_err nap_dt_ipmmu_kind(const struct nap_dt *dt, uint32_t node,
                               const struct nap_model *model, struct nap_soc_device *device);
/* Upstream and line of a cache, once all devices are known. */
enum nap_err nap_dt_ipmmu_link(const struct nap_dt *dt, uint32_t device);

/* --- master.c --- */

enum nap_err nap_dt_masters(struct nap_dt *dt);

/* --- left_out.c --- */

void nap_dt_leave_out(struct nap_dt *dt, uint32_t node, const char *why, ...) NAP_PRINTF(3, 4);
/* Everything that sleeps and wakes and has no block here. */
void nap_dt_list_left_out(struct nap_dt *dt);
/* Refuses a tree without any device, with what it has instead. */
enum nap_err nap_dt_no_device(const struct nap_dt *dt);

#endif
