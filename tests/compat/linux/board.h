/* SPDX-License-Identifier: MIT */
/* A machine of one root and three caches, whose device tree has caches before the root and all
 * of them behind a bus that shifts addresses; and a run of a driver object on it. */
#ifndef TEST_LINUX_BOARD_H
#define TEST_LINUX_BOARD_H

#include <libfdt.h>

#include "../bench.h"

#define DS1 0u
#define HC  1u
#define MM  2u
#define RT  3u

static const char board_soc[] =
    "soc: board\ntitle: t\nsource: s\n"
    "domains:\n"
    "  - {name: always}\n"
    "  - {name: side, parent: always}\n"
    "devices:\n"
    "  - {name: mm, model: ipmmu-vmsa, variant: root, base: 0xe67b0000, size: 0x1000, domain: "
    "always, irq: 196}\n"
    "  - {name: ds1, model: ipmmu-vmsa, variant: cache, base: 0xe7740000, size: 0x1000, "
    "domain: always, upstream: mm, line: 1}\n"
    "  - {name: hc, model: ipmmu-vmsa, variant: cache, base: 0xe6570000, size: 0x1000, domain: "
    "side, upstream: mm, line: 2}\n"
    "  - {name: rt, model: ipmmu-vmsa, variant: cache, base: 0xe6580000, size: 0x1000, domain: "
    "always, upstream: mm, line: 3}\n"
    "masters:\n"
    "  - {name: sdhi0, domain: always, ports: [{device: ds1, first: 4, count: 2}]}\n"
    "  - {name: sata, domain: always, ports: [{device: hc, first: 2}]}\n"
    "  - {name: pcie, domain: always, ports: [{device: hc, first: 3}]}\n"
    "  - {name: free, domain: always, ports: [{device: hc, first: 6}]}\n"
    "  - {name: wild, domain: always, ports: [{device: hc, first: 7}]}\n"
    "ram:\n"
    "  - {base: 0x40000000, size: 0x40000000}\n";

/* --- the device tree --- */

enum { GIC = 1, GPIO, MAIN, CACHE_DS1, CACHE_HC, CACHE_RT };

static inline void check(int error)
{
    if (error)
        fail_msg("libfdt: %s", fdt_strerror(error));
}

static inline void cells(void *tree, const char *name, unsigned n, const uint32_t *values)
{
    fdt32_t raw[12];

    for (unsigned i = 0; i < n; i++)
        raw[i] = cpu_to_fdt32(values[i]);
    check(fdt_property(tree, name, raw, (int)(n * sizeof *raw)));
}

#define CELLS(tree, name, ...)                                                                 \
    cells(tree, name, sizeof((uint32_t[]){__VA_ARGS__}) / 4, (uint32_t[]){__VA_ARGS__})
#define TEXT(tree, name, text) check(fdt_property(tree, name, text, (int)sizeof(text)))

static inline void begin(void *tree, const char *name)
{
    check(fdt_begin_node(tree, name));
}

static inline void end(void *tree)
{
    check(fdt_end_node(tree));
}

static inline void ipmmu(void *tree, const char *name, uint32_t reg, uint32_t phandle)
{
    begin(tree, name);
    TEXT(tree, "compatible", "test,ipmmu-h3\0test,ipmmu");
    CELLS(tree, "reg", reg, 0x1000);
    CELLS(tree, "#iommu-cells", 1);
    CELLS(tree, "phandle", phandle);
    if (phandle == MAIN)
        CELLS(tree, "interrupts", 0, 196, 4, 0, 197, 4);
    else
        CELLS(tree, "test,main", MAIN);
    end(tree);
}

static inline void controllers(void *tree)
{
    begin(tree, "interrupt-controller@b010000");
    CELLS(tree, "phandle", GIC);
    CELLS(tree, "#interrupt-cells", 3);
    end(tree);
    begin(tree, "gpio@0");
    CELLS(tree, "phandle", GPIO);
    CELLS(tree, "#interrupt-cells", 2);
    begin(tree, "inside");
    TEXT(tree, "compatible", "test,inside");
    CELLS(tree, "interrupts", 7, 1);
    end(tree);
    end(tree);
}

static inline void masters(void *tree)
{
    begin(tree, "mmc@8100000");
    TEXT(tree, "compatible", "test,mmc");
    CELLS(tree, "iommus", CACHE_DS1, 5, CACHE_DS1, 4);
    end(tree);
    begin(tree, "sata@8300000");
    CELLS(tree, "iommus", CACHE_HC, 2);
    end(tree);
    begin(tree, "pcie@8400000");
    CELLS(tree, "iommu-map", 0x100, CACHE_DS1, 9, 1, 0, CACHE_HC, 3, 1);
    end(tree);
    begin(tree, "free@0");
    end(tree);
    begin(tree, "wild@0");
    CELLS(tree, "iommus", CACHE_HC, 99);
    end(tree);
}

/* What checks.c asks for, well-formed and not. */
static inline void odd(void *tree)
{
    begin(tree, "odd");
    TEXT(tree, "compatible", "test,odd");
    TEXT(tree, "device_type", "odd");
    CELLS(tree, "reg", 0, 0, 0, 1, 7, 0x12345000, 0x200, 0);
    CELLS(tree, "interrupts-extended", GIC, 1, 9, 8, GPIO, 3, 1);
    check(fdt_property(tree, "empty", NULL, 0));
    CELLS(tree, "numbers", 0x11, 0x22, 0x33);
    TEXT(tree, "words", "two\0words");
    check(fdt_property(tree, "open", "abc", 3));
    CELLS(tree, "dangling", 0x7777, 1);
    CELLS(tree, "short", CACHE_HC);
    CELLS(tree, "holes", 0, CACHE_HC, 6);
    begin(tree, "child-a");
    end(tree);
    begin(tree, "child-b");
    TEXT(tree, "status", "disabled");
    end(tree);
    begin(tree, "child-c");
    end(tree);
    end(tree);
}

/* The bus has its children at 0 where the CPU has them at 0xe6000000; addresses above have two
 * cells, below one. */
static inline void bus(void *tree)
{
    begin(tree, "bus");
    TEXT(tree, "compatible", "simple-bus");
    CELLS(tree, "#address-cells", 1);
    CELLS(tree, "#size-cells", 1);
    CELLS(tree, "ranges", 0, 0, 0xe6000000, 0x1a000000);
    controllers(tree);
    ipmmu(tree, "iommu@1740000", 0x1740000, CACHE_DS1);
    ipmmu(tree, "iommu@570000", 0x570000, CACHE_HC);
    ipmmu(tree, "iommu@7b0000", 0x7b0000, MAIN);
    begin(tree, "iommu@580000");
    TEXT(tree, "compatible", "test,other");
    CELLS(tree, "reg", 0x580000, 0x1000, 0x1b000000, 0x1000);
    CELLS(tree, "phandle", CACHE_RT);
    end(tree);
    masters(tree);
    end(tree);
}

static inline void *make_tree(void)
{
    size_t room = 8192;
    void *tree = malloc(room);

    assert_non_null(tree);
    check(fdt_create(tree, (int)room));
    check(fdt_finish_reservemap(tree));
    begin(tree, "");
    TEXT(tree, "compatible", "test,board\0renesas,r8a7795");
    TEXT(tree, "model", "A board for tests");
    CELLS(tree, "#address-cells", 2);
    CELLS(tree, "#size-cells", 2);
    CELLS(tree, "interrupt-parent", GIC);
    bus(tree);
    odd(tree);
    end(tree);
    check(fdt_finish(tree));
    return tree;
}

/* As lib/dt names nodes, and as the kernel names devices. */
static inline void name_node(struct nap_soc_node *node, const char *path, const char *name)
{
    (void)snprintf(node->path, sizeof node->path, "%s", path);
    (void)snprintf(node->name, sizeof node->name, "%s", name);
}

/* YAML wants the root first; a device tree has it where it has it. */
static inline void root_third(struct nap_soc *soc)
{
    struct nap_soc_device root = soc->devices[0];

    memmove(&soc->devices[0], &soc->devices[1], 2 * sizeof soc->devices[0]);
    soc->devices[MM] = root;
    soc->devices[DS1].upstream = soc->devices[HC].upstream = soc->devices[RT].upstream = MM;
    for (uint32_t i = 0; i < soc->n_masters; i++)
        soc->masters[i].ports[0].device--;
}

static inline void name_nodes(struct nap_soc *soc)
{
    static const char *const devices[][2] = {
        {"/bus/iommu@1740000", "e7740000.iommu"},
        {"/bus/iommu@570000", "e6570000.iommu"},
        {"/bus/iommu@7b0000", "e67b0000.iommu"},
        {"/bus/iommu@580000", "e6580000.iommu"},
    };
    static const char *const names[][2] = {
        {"/bus/mmc@8100000", "ee100000.mmc"},   {"/bus/sata@8300000", "ee300000.sata"},
        {"/bus/pcie@8400000", "ee400000.pcie"}, {"/bus/free@0", "e6000000.free"},
        {"/bus/wild@0", "e6000000.wild"},
    };

    for (unsigned i = 0; i < 4; i++)
        name_node(&soc->devices[i].node, devices[i][0], devices[i][1]);
    for (unsigned i = 0; i < 5; i++)
        name_node(&soc->masters[i].node, names[i][0], names[i][1]);
}

static inline void open_bench(struct bench *b, const char *scenario)
{
    load_bench(b, board_soc, scenario, "linux");
    root_third(b->soc);
    name_nodes(b->soc);
    b->soc->tree = make_tree();
    b->soc->tree_bytes = fdt_totalsize(b->soc->tree);
}

#endif
