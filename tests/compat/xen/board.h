/* SPDX-License-Identifier: MIT */
/* A machine of one root and two caches, whose device tree has the caches before the root and
 * all of them behind a bus that shifts addresses; and a run of a driver object on it. */
#ifndef TEST_XEN_BOARD_H
#define TEST_XEN_BOARD_H

#include <libfdt.h>

#include "../bench.h"

#define DS1 0u
#define HC  1u
#define MM  2u

static const char board_soc[] =
    "soc: board\ntitle: t\nsource: s\n"
    "domains:\n"
    "  - {name: always}\n"
    "devices:\n"
    "  - {name: mm, model: ipmmu-vmsa, variant: root, base: 0xe67b0000, size: 0x1000, domain: "
    "always, irq: 196}\n"
    "  - {name: ds1, model: ipmmu-vmsa, variant: cache, base: 0xe7740000, size: 0x1000, "
    "domain: "
    "always, upstream: mm, line: 1}\n"
    "  - {name: hc, model: ipmmu-vmsa, variant: cache, base: 0xe6570000, size: 0x1000, domain: "
    "always, upstream: mm, line: 2}\n"
    "masters:\n"
    "  - {name: sdhi0, domain: always, ports: [{device: ds1, first: 4, count: 2}]}\n"
    "  - {name: sata, domain: always, ports: [{device: hc, first: 2}]}\n"
    "  - {name: free, domain: always, ports: [{device: hc, first: 3}]}\n"
    "ram:\n"
    "  - {base: 0x40000000, size: 0x40000000}\n";

/* --- the device tree --- */

enum { GIC = 1, MAIN, CACHE_DS1, CACHE_HC };

static inline void check(int error)
{
    if (error)
        fail_msg("libfdt: %s", fdt_strerror(error));
}

static inline void cells(void *tree, const char *name, unsigned n, const uint32_t *values)
{
    fdt32_t raw[8];

    for (unsigned i = 0; i < n; i++)
        raw[i] = cpu_to_fdt32(values[i]);
    check(fdt_property(tree, name, raw, (int)(n * sizeof *raw)));
}

#define CELLS(tree, name, ...)                                                                 \
    cells(tree, name, sizeof((uint32_t[]){__VA_ARGS__}) / 4, (uint32_t[]){__VA_ARGS__})

static inline void begin(void *tree, const char *name, const char *compatible)
{
    check(fdt_begin_node(tree, name));
    if (compatible)
        check(fdt_property(tree, "compatible", compatible, (int)strlen(compatible) + 1));
}

static inline void ipmmu(void *tree, const char *name, uint32_t reg, uint32_t phandle)
{
    begin(tree, name, "renesas,ipmmu-r8a7795");
    CELLS(tree, "reg", reg, 0x1000);
    CELLS(tree, "#iommu-cells", 1);
    CELLS(tree, "phandle", phandle);
    if (phandle == MAIN)
        CELLS(tree, "interrupts", 0, 196, 4, 0, 197, 4);
    else
        CELLS(tree, "renesas,ipmmu-main", MAIN, phandle);
    check(fdt_end_node(tree));
}

/* What checks.c asks for, well-formed and not. */
static inline void odd(void *tree)
{
    begin(tree, "odd", NULL);
    check(fdt_property(tree, "device_type", "odd", 4));
    check(fdt_property(tree, "status", "disabled", 9));
    CELLS(tree, "reg", 0, 0, 0, 1, 7, 0x12345000, 0x200, 0);
    CELLS(tree, "interrupts-extended", GIC, 1, 9, 8);
    check(fdt_property(tree, "empty", NULL, 0));
    CELLS(tree, "numbers", 0x11, 0x22, 0x33);
    check(fdt_property(tree, "words", "two\0words", 10));
    check(fdt_property(tree, "open", "abc", 3));
    CELLS(tree, "dangling", 0x7777, 1);
    CELLS(tree, "short", CACHE_HC);
    check(fdt_end_node(tree));
}

/* The bus has its children at 0 where the CPU has them at 0xe6000000; addresses above have two
 * cells, below one. */
static inline void *make_tree(void)
{
    size_t room = 8192;
    void *tree = malloc(room);

    assert_non_null(tree);
    check(fdt_create(tree, (int)room));
    check(fdt_finish_reservemap(tree));
    begin(tree, "", "renesas,r8a7795");
    CELLS(tree, "#address-cells", 2);
    CELLS(tree, "#size-cells", 2);
    CELLS(tree, "interrupt-parent", GIC);
    begin(tree, "bus", "simple-bus");
    CELLS(tree, "#address-cells", 1);
    CELLS(tree, "#size-cells", 1);
    CELLS(tree, "ranges", 0, 0, 0xe6000000, 0x1a000000);
    begin(tree, "interrupt-controller@b010000", "arm,gic-400");
    CELLS(tree, "phandle", GIC);
    CELLS(tree, "#interrupt-cells", 3);
    check(fdt_end_node(tree));
    begin(tree, "chipid@19f00044", "renesas,prr");
    CELLS(tree, "reg", 0x19f00044, 4);
    check(fdt_end_node(tree));
    ipmmu(tree, "iommu@1740000", 0x1740000, CACHE_DS1);
    ipmmu(tree, "iommu@570000", 0x570000, CACHE_HC);
    ipmmu(tree, "iommu@7b0000", 0x7b0000, MAIN);
    begin(tree, "mmc@8100000", NULL);
    CELLS(tree, "iommus", CACHE_DS1, 5, CACHE_DS1, 4);
    check(fdt_end_node(tree));
    begin(tree, "sata@8300000", NULL);
    CELLS(tree, "iommus", CACHE_HC, 2);
    check(fdt_end_node(tree));
    begin(tree, "free@0", NULL);
    check(fdt_end_node(tree));
    begin(tree, "far@1b000000", NULL);
    CELLS(tree, "reg", 0x1b000000, 0x1000);
    check(fdt_end_node(tree));
    check(fdt_end_node(tree));
    odd(tree);
    begin(tree, "aliases", NULL);
    check(fdt_property(tree, "disk", "/bus/sata@8300000", 18));
    check(fdt_end_node(tree));
    check(fdt_end_node(tree));
    check(fdt_finish(tree));
    return tree;
}

static inline void name_node(struct nap_soc_node *node, const char *path)
{
    (void)snprintf(node->path, sizeof node->path, "%s", path);
}

/* YAML wants the root first; a device tree has it where it has it. */
static inline void root_last(struct nap_soc *soc)
{
    struct nap_soc_device root = soc->devices[0];

    memmove(&soc->devices[0], &soc->devices[1], 2 * sizeof soc->devices[0]);
    soc->devices[MM] = root;
    soc->devices[DS1].upstream = soc->devices[HC].upstream = MM;
    for (uint32_t i = 0; i < soc->n_masters; i++)
        soc->masters[i].ports[0].device--;
}

static inline void open_bench(struct bench *b, const char *scenario, const char *key,
                              const char *value)
{
    load_bench(b, board_soc, scenario, "xen");
    if (key)
        set(b, key, value);
    root_last(b->soc);
    b->soc->tree = make_tree();
    b->soc->tree_bytes = fdt_totalsize(b->soc->tree);
    name_node(&b->soc->devices[DS1].node, "/bus/iommu@1740000");
    name_node(&b->soc->devices[HC].node, "/bus/iommu@570000");
    name_node(&b->soc->devices[MM].node, "/bus/iommu@7b0000");
    name_node(&b->soc->masters[0].node, "/bus/mmc@8100000");
    name_node(&b->soc->masters[1].node, "/bus/sata@8300000");
    name_node(&b->soc->masters[2].node, "/bus/free@0");
}

#endif
