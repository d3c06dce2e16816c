/* SPDX-License-Identifier: MIT */
/* Trees that are well formed and say something wrong: one property of the board changed, and
 * the message that names node, what was found and what was expected. */
#include "board.h"

#define MM_PATH   "/soc/iommu@e67b0000"
#define DS0_PATH  "/soc/iommu@e6740000"
#define VP0_PATH  "/soc/iommu@fe990000"
#define DMA_PATH  "/soc/dma-controller@e6700000"
#define PCIE_PATH "/soc/pcie@fe000000"
#define GIC_PATH  "/soc/interrupt-controller@f1010000"
#define LOW_PATH  "/memory@48000000"
#define MAIN      "renesas,ipmmu-main"

struct change {
    const char *path, *property;
    uint32_t cells[12];
    size_t n;
    enum nap_err code;
    const char *message; /* behind the offset */
};

#define VALUE(...) {__VA_ARGS__}, sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)

static void assert_all_refused(const struct change *changes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct tree t;

        board(&t);
        set_cells(&t, changes[i].path, changes[i].property, changes[i].cells, changes[i].n);
        assert_refused(&t, changes[i].code, changes[i].message);
    }
}

static void bad_windows_are_refused(void **state)
{
    static const struct change changes[] = {
        {DS0_PATH, "reg", VALUE(0, 0xe6740000, 0), NAP_ERR_PARSE,
         "(in " DS0_PATH "): found 3 cells as reg, expected a multiple of 4"},
        {DS0_PATH,
         "reg",
         {0},
         0,
         NAP_ERR_PARSE,
         "(in " DS0_PATH "): found no reg, expected a window"},
        {DS0_PATH, "reg", VALUE(0, 0xe6740000, 0, 0x800), NAP_ERR_RANGE,
         "(in " DS0_PATH "): found a window of 0x800 bytes, expected 0x1000 to 0x1000000"},
        {DS0_PATH, "reg", VALUE(0, 0xe6740000, 1, 0), NAP_ERR_RANGE,
         "(in " DS0_PATH
         "): found a window of 0x100000000 bytes, expected 0x1000 to 0x1000000"},
        {DS0_PATH, "reg", VALUE(0, 0xe6740004, 0, 0x1000), NAP_ERR_RANGE,
         "(in " DS0_PATH
         "): found a window at 0xe6740004 with 0x1000 bytes, expected multiples of 0x1000"},
        {DS0_PATH, "reg", VALUE(0xffffffff, 0xfffff000, 0, 0x1000), NAP_ERR_RANGE,
         "(in " DS0_PATH "): found a window at 0xfffffffffffff000, expected below "
         "0x10000000000000"},
        {DS0_PATH, "reg", VALUE(0, 0xe67b0000, 0, 0x1000), NAP_ERR_RANGE,
         "(in " MM_PATH "): found a window at 0xe67b0000 over that of " DS0_PATH
         " at 0xe67b0000, expected separate addresses"},
        {"/soc", "ranges", VALUE(0, 0, 0, 0, 0), NAP_ERR_PARSE,
         "(in /soc): found 5 cells as ranges, expected a multiple of 6"},
        {"/soc", "ranges", VALUE(0, 0, 0, 0, 0, 0xe0000000), NAP_ERR_PARSE,
         "(in " DS0_PATH "): found a window without a physical address, expected one"},
        {"/soc", "ranges", VALUE(0, 0, 0xffffffff, 0xffffffff, 1, 0), NAP_ERR_PARSE,
         "(in " DS0_PATH "): found a window without a physical address, expected one"},
        {"/soc", "#address-cells", VALUE(9), NAP_ERR_RANGE,
         "(in /soc): found 9 as #address-cells, expected 0 to 3"},
        {"/soc", "#size-cells", VALUE(3), NAP_ERR_RANGE,
         "(in /soc): found 3 as #size-cells, expected 0 to 2"},
        {"/soc", "#size-cells", VALUE(2, 2), NAP_ERR_PARSE,
         "(in /soc): found a #size-cells of 8 bytes, expected 4"},
        {"/soc", "#address-cells", VALUE(3), NAP_ERR_PARSE,
         "(in " DS0_PATH "): found 4 cells as reg, expected a multiple of 5"},
    };
    struct tree t;

    (void)state;
    assert_all_refused(changes, COUNT_OF(changes));
    board(&t);
    drop(&t, "/soc", "ranges");
    assert_refused(&t, NAP_ERR_PARSE,
                   "(in " DS0_PATH
                   "): found a window without a physical address, expected one");
    board(&t);
    set_bytes(&t, DS0_PATH, "reg", "12345", 5);
    assert_refused(&t, NAP_ERR_PARSE,
                   "(in " DS0_PATH "): found 5 bytes as reg, expected a multiple of 4");
}

static void bad_links_to_a_root_are_refused(void **state)
{
    static const struct change changes[] = {
        {DS0_PATH,
         MAIN,
         {0},
         0,
         NAP_ERR_PARSE,
         "(in " DS0_PATH "): found 0 cells as " MAIN ", expected the root and if needed a bit"},
        {DS0_PATH, MAIN, VALUE(MM, 0, 0), NAP_ERR_PARSE,
         "(in " DS0_PATH "): found 3 cells as " MAIN ", expected the root and if needed a bit"},
        {DS0_PATH, MAIN, VALUE(0x99, 0), NAP_ERR_PARSE,
         "(in " DS0_PATH "): found phandle 0x99 in " MAIN
         ", which no node has, expected one that a node has"},
        {DS0_PATH, MAIN, VALUE(DS0, 0), NAP_ERR_PARSE,
         "(in " DS0_PATH "): found the node itself as " MAIN ", expected the root IPMMU"},
        {DS0_PATH, MAIN, VALUE(VP0, 0), NAP_ERR_PARSE,
         "(in " DS0_PATH "): found " VP0_PATH " as " MAIN
         ", which is a cache itself, expected a root"},
        {DS0_PATH, MAIN, VALUE(GIC, 0), NAP_ERR_PARSE,
         "(in " DS0_PATH "): found " GIC_PATH " as " MAIN
         ", expected a device of model ipmmu-vmsa"},
        {DS0_PATH, MAIN, VALUE(MM, 32), NAP_ERR_RANGE,
         "(in " DS0_PATH "): found bit 32 of IMSSTR, expected 0 to 31"},
        {VP0_PATH, MAIN, VALUE(MM, 0), NAP_ERR_PARSE,
         "(in " VP0_PATH "): found bit 0 of IMSSTR, which " DS0_PATH " has, expected another"},
    };
    struct tree t;

    (void)state;
    assert_all_refused(changes, COUNT_OF(changes));
    board(&t);
    set_text(&t, DS0_PATH, "compatible", "renesas,ipmmu-vmsa");
    assert_refused(&t, NAP_ERR_PARSE,
                   "(in " DS0_PATH "): found " MAIN
                   " at a device of model ipmmu-vmsa-gen2, expected none there");
    board(&t);
    set_text(&t, MM_PATH, "compatible", "renesas,rcar-gen4-ipmmu-vmsa");
    SET(&t, MM_PATH, "reg", 0, 0xe67b0000, 0, 0x20000);
    assert_refused(&t, NAP_ERR_PARSE,
                   "(in " DS0_PATH "): found " MM_PATH " as " MAIN
                   ", expected a device of model ipmmu-vmsa");
}

static void bad_interrupts_are_refused(void **state)
{
    static const struct change changes[] = {
        {MM_PATH, "interrupts", VALUE(0, 196), NAP_ERR_PARSE,
         "(in " MM_PATH "): found 2 cells as interrupts, expected a multiple of the 3 of the "
         "interrupt-parent"},
        {MM_PATH, "interrupts", VALUE(1, 13, 4), NAP_ERR_RANGE,
         "(in " MM_PATH "): found an interrupt of type 1, expected 0 (SPI)"},
        {MM_PATH, "interrupts", VALUE(0, 988, 4), NAP_ERR_RANGE,
         "(in " MM_PATH "): found SPI 988, expected 0 to 987"},
        {MM_PATH, "interrupt-parent", VALUE(0x99), NAP_ERR_PARSE,
         "(in " MM_PATH
         "): found phandle 0x99 in interrupt-parent, which no node has, expected "
         "one that a node has"},
        {MM_PATH, "interrupt-parent", VALUE(MM), NAP_ERR_PARSE,
         "(in " MM_PATH "): found interrupt-parents that lead in a circle, expected one with "
         "#interrupt-cells"},
        {MM_PATH, "interrupt-parent", VALUE(0), NAP_ERR_PARSE,
         "(in " MM_PATH "): found phandle 0x0 in interrupt-parent, which no node has, expected "
         "one that a node has"},
        {GIC_PATH, "#interrupt-cells", VALUE(0), NAP_ERR_PARSE,
         "(in " MM_PATH "): found 6 cells as interrupts, expected a multiple of the 0 of the "
         "interrupt-parent"},
        {GIC_PATH, "#interrupt-cells", VALUE(2), NAP_ERR_PARSE,
         "(in " MM_PATH "): found an interrupt of 2 cells, expected the 3 or 4 of a GIC"},
        {MM_PATH, "interrupts-extended", VALUE(GIC, 0), NAP_ERR_PARSE,
         "(in " MM_PATH "): found 1 cells behind " GIC_PATH
         " in interrupts-extended, expected 3"},
        {MM_PATH, "interrupts-extended", VALUE(SYSC, 0, 1, 4), NAP_ERR_PARSE,
         "(in " MM_PATH
         "): found /soc/system-controller@e6180000 in interrupts-extended, which "
         "has no #interrupt-cells, expected one that has"},
    };
    struct tree t;

    (void)state;
    assert_all_refused(changes, COUNT_OF(changes));
    board(&t);
    drop(&t, "/", "interrupt-parent");
    assert_refused(&t, NAP_ERR_PARSE,
                   "(in " MM_PATH "): found no interrupt-parent here or above, expected one");
}

static void bad_masters_are_refused(void **state)
{
    static const struct change changes[] = {
        {DMA_PATH, "iommus", VALUE(DS0, 48), NAP_ERR_RANGE,
         "(in " DMA_PATH "): found port 48 of " DS0_PATH ", expected 0 to 47"},
        {DMA_PATH, "iommus", VALUE(DS0, 0xffffffff), NAP_ERR_RANGE,
         "(in " DMA_PATH "): found port 4294967295 of " DS0_PATH ", expected 0 to 47"},
        {DMA_PATH, "iommus", VALUE(DS0, 0, DS0), NAP_ERR_PARSE,
         "(in " DMA_PATH "): found 0 cells behind " DS0_PATH " in iommus, expected 1"},
        {DMA_PATH, "iommus", VALUE(0x99, 0), NAP_ERR_PARSE,
         "(in " DMA_PATH
         "): found phandle 0x99 in iommus, which no node has, expected one that "
         "a node has"},
        {DMA_PATH, "iommus", VALUE(GIC, 0), NAP_ERR_PARSE,
         "(in " DMA_PATH "): found " GIC_PATH
         " in iommus, which has no #iommu-cells, expected one that has"},
        {DMA_PATH, "iommus", VALUE(DS0, 33, DS0, 32), NAP_ERR_RANGE,
         "(in /soc/mmc@ee100000): found ports 32 to 32 of " DS0_PATH
         ", expected none of 32 to 33, which " DMA_PATH " has"},
        {DS0_PATH, "#iommu-cells", VALUE(2), NAP_ERR_PARSE,
         "(in " DS0_PATH "): found 2 as #iommu-cells, expected 1"},
        {DS0_PATH, "#iommu-cells", VALUE(64), NAP_ERR_PARSE,
         "(in " DMA_PATH "): found 9 cells behind " DS0_PATH " in iommus, expected 64"},
        {DS0_PATH, "#iommu-cells", VALUE(0x40000000), NAP_ERR_RANGE,
         "(in " DS0_PATH "): found 1073741824 as #iommu-cells, expected at most 64"},
        {PCIE_PATH, "iommu-map", VALUE(0, DS0, 40), NAP_ERR_PARSE,
         "(in " PCIE_PATH "): found 3 cells as iommu-map, expected a multiple of 4"},
        {PCIE_PATH, "iommu-map", VALUE(0, 0x99, 40, 1), NAP_ERR_PARSE,
         "(in " PCIE_PATH "): found phandle 0x99 in iommu-map, which no node has, expected one "
         "that a node has"},
        {PCIE_PATH, "iommu-map", VALUE(0, DS0, 40, 0), NAP_ERR_RANGE,
         "(in " PCIE_PATH "): found 0 requesters from 0x0, expected some within 0x0 to 0xffff"},
        {PCIE_PATH, "iommu-map", VALUE(0xfffffff0, DS0, 40, 0x20), NAP_ERR_RANGE,
         "(in " PCIE_PATH
         "): found 32 requesters from 0xfffffff0, expected some within 0x0 to 0xffff"},
        {PCIE_PATH, "iommu-map", VALUE(0, DS0, 46, 4), NAP_ERR_RANGE,
         "(in " PCIE_PATH "): found port 48 of " DS0_PATH ", expected 0 to 47"},
        {PCIE_PATH, "iommu-map-mask", VALUE(0xffff), NAP_ERR_RANGE,
         "(in " PCIE_PATH "): found port 48 of " DS0_PATH ", expected 0 to 47"},
        {PCIE_PATH, "iommu-map-mask", VALUE(0, 0), NAP_ERR_PARSE,
         "(in " PCIE_PATH "): found 2 cells as iommu-map-mask, expected one"},
    };

    (void)state;
    assert_all_refused(changes, COUNT_OF(changes));
}

static void too_many_separate_ports_are_refused(void **state)
{
    uint32_t cells[18];
    struct tree t;

    (void)state;
    for (uint32_t i = 0; i < 9; i++) {
        cells[2 * i] = DS0;
        cells[2 * i + 1] = 2 * i;
    }
    board(&t);
    set_cells(&t, DMA_PATH, "iommus", cells, COUNT_OF(cells));
    assert_refused(&t, NAP_ERR_NOSPACE,
                   "(in " DMA_PATH
                   "): found more than 8 separate ranges of ports, expected at most that many");
}

static void bad_power_domains_are_refused(void **state)
{
    static const struct change changes[] = {
        {DMA_PATH, "power-domains", VALUE(0x99, 0), NAP_ERR_PARSE,
         "(in " DMA_PATH "): found phandle 0x99 in power-domains, which no node has, expected "
         "one that a node has"},
        {DMA_PATH, "power-domains", VALUE(SYSC), NAP_ERR_PARSE,
         "(in " DMA_PATH "): found 0 cells behind /soc/system-controller@e6180000 in "
         "power-domains, expected 1"},
        {DMA_PATH, "power-domains", VALUE(SYSC, 32, GIC), NAP_ERR_PARSE,
         "(in " DMA_PATH "): found " GIC_PATH
         " in power-domains, which has no #power-domain-cells, expected one that has"},
    };
    char name[32];
    struct tree t;

    (void)state;
    assert_all_refused(changes, COUNT_OF(changes));
    begin_tree(&t);
    ipmmu(&t, "iommu@e67b0000", 0xe67b0000, MM, 32);
    end(&t);
    for (uint32_t i = 0; i < 32; i++) {
        (void)snprintf(name, sizeof(name), "master@%x", i);
        node(&t, name);
        CELLS(&t, "iommus", MM, i);
        CELLS(&t, "power-domains", SYSC, i);
        end(&t);
    }
    node(&t, "sysc");
    text(&t, "compatible", "renesas,r8a7795-sysc");
    CELLS(&t, "#power-domain-cells", 1);
    CELLS(&t, "phandle", SYSC);
    end(&t);
    end_tree(&t);
    assert_refused(&t, NAP_ERR_NOSPACE,
                   "(in /master@1f): found more than 32 power domains, expected at most that "
                   "many");
}

static void bad_ram_is_refused(void **state)
{
    static const struct change changes[] = {
        {LOW_PATH, "reg", VALUE(0, 0x48000000), NAP_ERR_PARSE,
         "(in " LOW_PATH "): found 2 cells as reg, expected a multiple of 4"},
        {LOW_PATH, "reg", VALUE(0, 0x48000100, 0, 0x1000), NAP_ERR_RANGE,
         "(in " LOW_PATH "): found RAM at 0x48000100 with 0x1000 bytes, expected multiples of "
         "0x1000"},
        {LOW_PATH, "reg", VALUE(0, 0x48000000, 0, 0x800), NAP_ERR_RANGE,
         "(in " LOW_PATH "): found RAM at 0x48000000 with 0x800 bytes, expected multiples of "
         "0x1000"},
        {LOW_PATH, "reg", VALUE(0, 0x48000000, 0x100000, 0), NAP_ERR_RANGE,
         "(in " LOW_PATH "): found RAM at 0x48000000 with 0x10000000000000 bytes, expected its "
         "end at most at 0x10000000000000"},
        {LOW_PATH, "reg", VALUE(6, 0x1000, 0, 0x1000), NAP_ERR_RANGE,
         "(in /memory@600000000): found RAM at 0x600000000 over the bank at 0x600001000, "
         "expected separate addresses"},
        {LOW_PATH, "reg", VALUE(0, 0xe0000000, 0, 0x20000000), NAP_ERR_RANGE,
         "(in " LOW_PATH "): found RAM at 0xe0000000 over " DS0_PATH
         " at 0xe6740000, expected separate addresses"},
        {"/", "#size-cells", VALUE(0), NAP_ERR_PARSE,
         "(in " DS0_PATH "): found a window without a physical address, expected one"},
    };
    uint32_t cells[36];
    struct tree t;

    (void)state;
    assert_all_refused(changes, COUNT_OF(changes));
    for (uint32_t i = 0; i < 9; i++) {
        cells[4 * i] = cells[4 * i + 2] = 0;
        cells[4 * i + 1] = 0x10000000 + i * 0x2000;
        cells[4 * i + 3] = 0x1000;
    }
    board(&t);
    set_cells(&t, LOW_PATH, "reg", cells, COUNT_OF(cells));
    assert_refused(&t, NAP_ERR_NOSPACE,
                   "(in " LOW_PATH
                   "): found more than 8 separate RAM banks, expected at most that many");
    board(&t);
    set_bytes(&t, LOW_PATH, "device_type", "memory", 6);
    assert_refused(&t, NAP_ERR_PARSE,
                   "(in " LOW_PATH
                   "): found 6 bytes without a NUL as device_type, expected text");
}

static void bad_phandles_and_status_are_refused(void **state)
{
    static const struct change changes[] = {
        {DS0_PATH, "phandle", VALUE(0), NAP_ERR_PARSE,
         "(in " DS0_PATH "): found phandle 0x0, expected 0x1 to 0xfffffffe"},
        {DS0_PATH, "phandle", VALUE(0xffffffff), NAP_ERR_PARSE,
         "(in " DS0_PATH "): found phandle 0xffffffff, expected 0x1 to 0xfffffffe"},
        {DS0_PATH, "phandle", VALUE(1, 2), NAP_ERR_PARSE,
         "(in " DS0_PATH "): found a phandle of 8 bytes, expected 4"},
        {VP0_PATH, "phandle", VALUE(MM), NAP_ERR_PARSE,
         "(in " VP0_PATH "): found phandle 0x10, which " MM_PATH " has, expected another"},
    };
    struct tree t;

    (void)state;
    assert_all_refused(changes, COUNT_OF(changes));
    board(&t);
    set_bytes(&t, "/soc", "status", "okay", 4);
    assert_refused(&t, NAP_ERR_PARSE,
                   "(in /soc): found 4 bytes without a NUL as status, expected text");
}

static void capacities_are_told(void **state)
{
    char name[80];
    struct tree t;

    (void)state;
    begin_tree(&t);
    for (uint32_t i = 0; i < 65; i++) {
        (void)snprintf(name, sizeof(name), "iommu@%x", 0x10000000 + i * 0x1000);
        node(&t, name);
        text(&t, "compatible", "renesas,ipmmu-r8a7795");
        CELLS(&t, "reg", 0, 0x10000000 + i * 0x1000, 0, 0x1000);
        end(&t);
    }
    end_tree(&t);
    assert_refused(&t, NAP_ERR_NOSPACE,
                   "(in /iommu@10040000): found more than 64 devices, expected at most that "
                   "many");
    begin_tree(&t);
    ipmmu(&t, "iommu@e67b0000", 0xe67b0000, MM, 32);
    end(&t);
    ipmmu(&t, "iommu@e67c0000", 0xe67c0000, DS0, 32);
    end(&t);
    for (uint32_t i = 0; i < 65; i++) {
        (void)snprintf(name, sizeof(name), "master@%x", i);
        node(&t, name);
        CELLS(&t, "iommus", i < 40 ? MM : DS0, i % 40);
        end(&t);
    }
    end_tree(&t);
    drop(&t, "/iommu@e67b0000", "power-domains");
    drop(&t, "/iommu@e67c0000", "power-domains");
    assert_refused(&t, NAP_ERR_NOSPACE,
                   "(in /master@40): found more than 64 bus masters, expected at most that "
                   "many");
}

static void names_that_do_not_fit_are_refused(void **state)
{
    char name[140];
    struct tree t;

    (void)state;
    memset(name, 'n', sizeof(name));
    name[63] = '\0';
    begin_tree(&t);
    ipmmu(&t, "iommu@e67b0000", 0xe67b0000, MM, 32);
    end(&t);
    node(&t, name);
    CELLS(&t, "iommus", MM, 0);
    end(&t);
    end_tree(&t);
    drop(&t, "/iommu@e67b0000", "power-domains");
    nap_soc_free(load(&t));
    name[63] = 'n';
    name[64] = '\0';
    ok(fdt_set_name(t.blob, fdt_next_node(t.blob, at(&t, "/iommu@e67b0000"), NULL), name));
    name[0] = '/';
    memset(name + 1, 'n', 64);
    name[65] = '\0';
    (void)strcat(name, "): found a device name of 64 bytes, expected at most 63");
    assert_refused(&t, NAP_ERR_RANGE, name);
    memset(name, 'n', sizeof(name));
    name[130] = '\0';
    ok(fdt_set_name(t.blob, fdt_next_node(t.blob, at(&t, "/iommu@e67b0000"), NULL), name));
    assert_refused(&t, NAP_ERR_RANGE, "found a longer path, expected at most 127 bytes");
}

/* --- nothing to simulate --- */

static void a_tree_without_a_device_says_what_it_has(void **state)
{
    static const char *const paths[] = {MM_PATH, DS0_PATH, VP0_PATH};
    struct tree t;

    (void)state;
    board(&t);
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        set_text(&t, paths[i], "compatible", "acme,none");
        drop(&t, paths[i], "#iommu-cells");
    }
    drop(&t, DMA_PATH, "iommus");
    drop(&t, "/soc/mmc@ee100000", "iommus");
    drop(&t, "/soc/fcp@fe950000", "iommus");
    drop(&t, PCIE_PATH, "iommu-map");
    drop(&t, "/soc/bus@d0000000/usb@1000", "iommus");
    drop(&t, "/display", "iommus");
    assert_refused(&t, NAP_ERR_UNKNOWN,
                   "b.dtb: found no IOMMU with a block here, but arm,smmu-v3 at "
                   "/soc/iommu@2b400000; 4 nodes sleep and wake and have no block; expected "
                   "one of those that `compatible` of a model names");
    drop(&t, "/soc/iommu@2b400000", "#iommu-cells");
    set_text(&t, "/soc/iommu@2b400000", "compatible", "acme,none");
    drop(&t, "/soc/gpu@2d000000", "iommus");
    assert_refused(&t, NAP_ERR_UNKNOWN,
                   "b.dtb: found no IOMMU; 2 nodes sleep and wake and have no block; expected "
                   "one of those that `compatible` of a model names");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_windows_are_refused),
        cmocka_unit_test(bad_links_to_a_root_are_refused),
        cmocka_unit_test(bad_interrupts_are_refused),
        cmocka_unit_test(bad_masters_are_refused),
        cmocka_unit_test(too_many_separate_ports_are_refused),
        cmocka_unit_test(bad_power_domains_are_refused),
        cmocka_unit_test(bad_ram_is_refused),
        cmocka_unit_test(bad_phandles_and_status_are_refused),
        cmocka_unit_test(capacities_are_told),
        cmocka_unit_test(names_that_do_not_fit_are_refused),
        cmocka_unit_test(a_tree_without_a_device_says_what_it_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
