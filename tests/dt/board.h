/* SPDX-License-Identifier: MIT */
/* A small board with one of each construct, built by libfdt so that no compiler for device
 * trees is needed. Tests take it as it is, or change one property and look at what happens. */
#ifndef TEST_DT_BOARD_H
#define TEST_DT_BOARD_H

#include <regnap/builtin.h>
#include <regnap/dt.h>

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>
#include <libfdt.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define TREE_BYTES      0x4000

/* phandles */
enum { GIC = 1, SYSC, CPG, MM = 0x10, DS0, VP0, SMMU };

struct tree {
    _Alignas(8) char blob[TREE_BYTES];
    bool done;
};

static inline void ok(int err)
{
    if (err)
        fail_msg("libfdt: %s", fdt_strerror(err));
}

/* --- building --- */

static inline void node(struct tree *t, const char *name)
{
    ok(fdt_begin_node(t->blob, name));
}

static inline void end(struct tree *t)
{
    ok(fdt_end_node(t->blob));
}

static inline void text(struct tree *t, const char *property, const char *value)
{
    ok(fdt_property(t->blob, property, value, (int)strlen(value) + 1));
}

static inline void flag(struct tree *t, const char *property)
{
    ok(fdt_property(t->blob, property, NULL, 0));
}

static inline void put_cells(struct tree *t, const char *property, const uint32_t *cells,
                             size_t n)
{
    fdt32_t big[64];

    assert_true(n <= COUNT_OF(big));
    for (size_t i = 0; i < n; i++)
        big[i] = cpu_to_fdt32(cells[i]);
    ok(fdt_property(t->blob, property, big, (int)(n * sizeof(big[0]))));
}

#define CELLS(t, property, ...)                                                                \
    put_cells(t, property, (const uint32_t[]){__VA_ARGS__},                                    \
              sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

/* What every bus and the root say. */
static inline void address_cells(struct tree *t, uint32_t address, uint32_t size)
{
    CELLS(t, "#address-cells", address);
    CELLS(t, "#size-cells", size);
}

static inline void ipmmu(struct tree *t, const char *name, uint32_t base, uint32_t phandle,
                         uint32_t domain)
{
    node(t, name);
    text(t, "compatible", "renesas,ipmmu-r8a7795");
    CELLS(t, "reg", 0, base, 0, 0x1000);
    CELLS(t, "power-domains", SYSC, domain);
    CELLS(t, "#iommu-cells", 1);
    CELLS(t, "phandle", phandle);
}

static inline void master(struct tree *t, const char *name, uint32_t base)
{
    node(t, name);
    text(t, "compatible", "acme,master");
    CELLS(t, "reg", 0, base, 0, 0x1000);
}

static inline void begin_tree(struct tree *t)
{
    memset(t, 0, sizeof(*t));
    ok(fdt_create(t->blob, sizeof(t->blob)));
    ok(fdt_finish_reservemap(t->blob));
    node(t, "");
    address_cells(t, 2, 2);
    CELLS(t, "interrupt-parent", GIC);
}

/* Leaves room for changes. */
static inline void end_tree(struct tree *t)
{
    end(t);
    ok(fdt_finish(t->blob));
    ok(fdt_open_into(t->blob, t->blob, sizeof(t->blob)));
    t->done = true;
}

/* --- the board --- */

static inline void board_root(struct tree *t)
{
    static const char compatible[] = "acme,board-1\0renesas,r8a7795";

    ok(fdt_property(t->blob, "compatible", compatible, sizeof(compatible)));
    text(t, "model", "Acme board");
    node(t, "memory@48000000");
    text(t, "device_type", "memory");
    CELLS(t, "reg", 0, 0x48000000, 0, 0x38000000);
    end(t);
    node(t, "memory@600000000");
    text(t, "device_type", "memory");
    CELLS(t, "reg", 6, 0, 1, 0);
    end(t);
    node(t, "cpus");
    address_cells(t, 1, 0);
    node(t, "cpu@0");
    text(t, "compatible", "arm,cortex-a57");
    text(t, "device_type", "cpu");
    CELLS(t, "reg", 0);
    end(t);
    end(t);
}

static inline void board_controllers(struct tree *t)
{
    node(t, "interrupt-controller@f1010000");
    text(t, "compatible", "arm,gic-400");
    CELLS(t, "reg", 0, 0xf1010000, 0, 0x1000);
    CELLS(t, "#interrupt-cells", 3);
    flag(t, "interrupt-controller");
    CELLS(t, "phandle", GIC);
    end(t);
    node(t, "system-controller@e6180000");
    text(t, "compatible", "renesas,r8a7795-sysc");
    CELLS(t, "reg", 0, 0xe6180000, 0, 0x400);
    CELLS(t, "#power-domain-cells", 1);
    CELLS(t, "phandle", SYSC);
    end(t);
    node(t, "clock-controller@e6150000");
    text(t, "compatible", "acme,cpg");
    CELLS(t, "reg", 0, 0xe6150000, 0, 0x1000);
    CELLS(t, "#power-domain-cells", 2);
    CELLS(t, "phandle", CPG);
    end(t);
}

/* A cache stands before its root, as on real boards. */
static inline void board_ipmmus(struct tree *t)
{
    ipmmu(t, "iommu@e6740000", 0xe6740000, DS0, 32);
    CELLS(t, "renesas,ipmmu-main", MM, 0);
    end(t);
    ipmmu(t, "iommu@e67b0000", 0xe67b0000, MM, 32);
    CELLS(t, "interrupts", 0, 196, 4, 0, 197, 4);
    end(t);
    ipmmu(t, "iommu@fe990000", 0xfe990000, VP0, 9);
    CELLS(t, "renesas,ipmmu-main", MM, 16);
    text(t, "status", "disabled");
    end(t);
    node(t, "iommu@2b400000");
    text(t, "compatible", "arm,smmu-v3");
    CELLS(t, "reg", 0, 0x2b400000, 0, 0x20000);
    CELLS(t, "#iommu-cells", 1);
    CELLS(t, "phandle", SMMU);
    end(t);
}

static inline void board_masters(struct tree *t)
{
    master(t, "dma-controller@e6700000", 0xe6700000);
    CELLS(t, "iommus", DS0, 2, DS0, 1, DS0, 0, DS0, 7, DS0, 1);
    CELLS(t, "power-domains", SYSC, 32);
    end(t);
    master(t, "mmc@ee100000", 0xee100000);
    CELLS(t, "iommus", DS0, 32);
    CELLS(t, "power-domains", CPG, 5, 1);
    end(t);
    master(t, "fcp@fe950000", 0xfe950000);
    CELLS(t, "iommus", VP0, 0);
    CELLS(t, "power-domains", SYSC, 9);
    text(t, "status", "disabled");
    end(t);
    master(t, "pcie@fe000000", 0xfe000000);
    address_cells(t, 3, 2);
    CELLS(t, "iommu-map", 0, DS0, 40, 0x10000);
    CELLS(t, "iommu-map-mask", 0x3);
    end(t);
    master(t, "gpu@2d000000", 0x2d000000);
    CELLS(t, "iommus", SMMU, 5);
    end(t);
    node(t, "bus@d0000000");
    address_cells(t, 1, 1);
    CELLS(t, "ranges", 0, 1, 0xd0000000, 0x100000);
    node(t, "usb@1000");
    CELLS(t, "reg", 0x1000, 0x100);
    CELLS(t, "iommus", DS0, 44);
    end(t);
    end(t);
}

static inline void board(struct tree *t)
{
    begin_tree(t);
    board_root(t);
    node(t, "soc");
    address_cells(t, 2, 2);
    flag(t, "ranges");
    board_controllers(t);
    board_ipmmus(t);
    board_masters(t);
    end(t);
    node(t, "display");
    CELLS(t, "iommus", VP0, 3, DS0, 45);
    end(t);
    node(t, "__symbols__");
    text(t, "ipmmu_mm", "/soc/iommu@e67b0000");
    text(t, "sdhi0", "/soc/mmc@ee100000");
    end(t);
    end_tree(t);
}

/* --- changing --- */

static inline int at(struct tree *t, const char *path)
{
    int offset = fdt_path_offset(t->blob, path);

    if (offset < 0)
        fail_msg("%s: %s", path, fdt_strerror(offset));
    return offset;
}

static inline void set_bytes(struct tree *t, const char *path, const char *property,
                             const void *value, size_t bytes)
{
    ok(fdt_setprop(t->blob, at(t, path), property, value, (int)bytes));
}

static inline void set_text(struct tree *t, const char *path, const char *property,
                            const char *value)
{
    set_bytes(t, path, property, value, strlen(value) + 1);
}

static inline void set_cells(struct tree *t, const char *path, const char *property,
                             const uint32_t *cells, size_t n)
{
    fdt32_t big[64];

    assert_true(n <= COUNT_OF(big));
    for (size_t i = 0; i < n; i++)
        big[i] = cpu_to_fdt32(cells[i]);
    set_bytes(t, path, property, big, n * sizeof(big[0]));
}

#define SET(t, path, property, ...)                                                            \
    set_cells(t, path, property, (const uint32_t[]){__VA_ARGS__},                              \
              sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static inline void drop(struct tree *t, const char *path, const char *property)
{
    ok(fdt_delprop(t->blob, at(t, path), property));
}

/* --- loading --- */

static inline struct nap_soc *load(const struct tree *t)
{
    struct nap_error error = {0};
    struct nap_soc *soc;

    if (nap_soc_load_tree(t->blob, sizeof(t->blob), "b.dtb", nap_builtin_blocks(), &soc,
                          &error))
        fail_msg("%s", error.text);
    return soc;
}

/* The tree is refused with a message that ends in @message. */
static inline void assert_refused(const struct tree *t, enum nap_err code, const char *message)
{
    struct nap_error error = {0};
    struct nap_soc *soc = (struct nap_soc *)&error;
    size_t length = strlen(message);

    assert_int_equal(nap_soc_load_tree(t->blob, sizeof(t->blob), "b.dtb", nap_builtin_blocks(),
                                       &soc, &error),
                     code);
    assert_null(soc);
    assert_int_equal(error.code, code);
    if (strlen(error.text) < length ||
        strcmp(error.text + strlen(error.text) - length, message) != 0)
        assert_string_equal(error.text, message);
    assert_int_equal(strncmp(error.text, "b.dtb: ", 7), 0);
}

#endif
