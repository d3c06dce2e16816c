/* SPDX-License-Identifier: MIT */
/* What a sound tree means. Expected values are typed from the bindings: renesas,ipmmu-vmsa,
 * iommu, pci-iommu, power-domain, arm,gic, and the Devicetree Specification. */
#include "board.h"

#include <regnap/block.h>
#include <regnap/machine.h>

static const struct nap_soc_device *device(const struct nap_soc *soc, const char *name)
{
    for (uint32_t i = 0; i < soc->n_devices; i++)
        if (strcmp(soc->devices[i].name, name) == 0)
            return &soc->devices[i];
    fail_msg("no device %s", name);
    return NULL;
}

static const struct nap_soc_master *master_of(const struct nap_soc *soc, const char *name)
{
    for (uint32_t i = 0; i < soc->n_masters; i++)
        if (strcmp(soc->masters[i].name, name) == 0)
            return &soc->masters[i];
    fail_msg("no master %s", name);
    return NULL;
}

static void assert_ports(const struct nap_soc *soc, const struct nap_soc_master *m,
                         uint32_t index, const char *name, uint32_t first, uint32_t count)
{
    assert_true(index < m->n_ports);
    assert_string_equal(soc->devices[m->ports[index].device].name, name);
    assert_int_equal(m->ports[index].first, first);
    assert_int_equal(m->ports[index].count, count);
}

static void the_machine_is_named_after_the_board(void **state)
{
    struct tree t;
    struct nap_soc *soc;

    (void)state;
    board(&t);
    soc = load(&t);
    assert_string_equal(soc->name, "board-1");
    assert_string_equal(soc->title, "Acme board");
    assert_string_equal(soc->source, "Device tree of acme,board-1");
    nap_soc_free(soc);
}

static void a_board_name_that_is_none_is_passed_over(void **state)
{
    static const char compatible[] = "acme,\0acme,b c\0plain";
    struct tree t;
    struct nap_soc *soc;

    (void)state;
    board(&t);
    set_bytes(&t, "/", "compatible", compatible, sizeof(compatible));
    soc = load(&t);
    assert_string_equal(soc->name, "plain");
    nap_soc_free(soc);
    drop(&t, "/", "compatible");
    drop(&t, "/", "model");
    soc = load(&t);
    assert_string_equal(soc->name, "board");
    assert_string_equal(soc->title, "board");
    nap_soc_free(soc);
}

static void the_tree_is_kept_without_what_follows_it(void **state)
{
    struct tree t;
    struct nap_soc *soc;
    char *shifted;

    (void)state;
    board(&t);
    ok(fdt_pack(t.blob));
    shifted = malloc(TREE_BYTES + 1);
    assert_non_null(shifted);
    memcpy(shifted + 1, t.blob, TREE_BYTES); /* of any alignment */
    assert_true(nap_is_tree(shifted + 1, TREE_BYTES));
    assert_false(nap_is_tree(shifted + 1, 3));
    assert_int_equal(
        nap_soc_load_tree(shifted + 1, TREE_BYTES, "b.dtb", nap_builtin_blocks(), &soc, NULL),
        NAP_OK);
    free(shifted);
    assert_int_equal(soc->tree_bytes, fdt_totalsize(t.blob));
    assert_memory_equal(soc->tree, t.blob, soc->tree_bytes);
    nap_soc_free(soc);
}

static void roots_come_first_and_caches_hang_on_them(void **state)
{
    static const struct {
        const char *name, *variant, *path, *linux_name;
        uint64_t base;
        uint32_t upstream, line, irq;
        bool disabled;
    } table[] = {
        {"e6740000.iommu", "cache", "/soc/iommu@e6740000", "e6740000.iommu", 0xe6740000, 1, 0,
         NAP_SOC_NONE, false},
        {"ipmmu_mm", "root", "/soc/iommu@e67b0000", "e67b0000.iommu", 0xe67b0000, NAP_SOC_NONE,
         NAP_SOC_NONE, 196, false},
        {"fe990000.iommu", "cache", "/soc/iommu@fe990000", "fe990000.iommu", 0xfe990000, 1, 16,
         NAP_SOC_NONE, true},
    };
    struct tree t;
    struct nap_soc *soc;

    (void)state;
    board(&t);
    soc = load(&t);
    assert_int_equal(soc->n_devices, COUNT_OF(table));
    for (uint32_t i = 0; i < soc->n_devices; i++) {
        const struct nap_soc_device *d = &soc->devices[i];

        assert_string_equal(d->name, table[i].name);
        assert_string_equal(d->model, "ipmmu-vmsa");
        assert_string_equal(d->variant, table[i].variant);
        assert_int_equal(d->base, table[i].base);
        assert_int_equal(d->size_bytes, 0x1000);
        assert_int_equal(d->upstream, table[i].upstream);
        assert_int_equal(d->line, table[i].line);
        assert_int_equal(d->irq, table[i].irq);
        assert_string_equal(d->node.path, table[i].path);
        assert_string_equal(d->node.name, table[i].linux_name);
        assert_int_equal(d->node.disabled, table[i].disabled);
    }
    nap_soc_free(soc);
}

static void a_cache_may_have_no_bit(void **state)
{
    struct tree t;
    struct nap_soc *soc;

    (void)state;
    board(&t);
    SET(&t, "/soc/iommu@e6740000", "renesas,ipmmu-main", MM);
    SET(&t, "/soc/iommu@fe990000", "renesas,ipmmu-main", MM);
    soc = load(&t);
    assert_int_equal(soc->devices[0].upstream, 1);
    assert_int_equal(soc->devices[0].line, NAP_SOC_NONE);
    assert_int_equal(soc->devices[2].line, NAP_SOC_NONE);
    nap_soc_free(soc);
}

/* Ports in any order, one of them twice. */
static void neighbouring_ports_are_one_range(void **state)
{
    const struct nap_soc_master *m;
    struct tree t;
    struct nap_soc *soc;

    (void)state;
    board(&t);
    soc = load(&t);
    m = master_of(soc, "e6700000.dma-controller");
    assert_int_equal(m->n_ports, 2);
    assert_ports(soc, m, 0, "e6740000.iommu", 0, 3);
    assert_ports(soc, m, 1, "e6740000.iommu", 7, 1);
    nap_soc_free(soc);
}

/* pci-iommu: a requester is masked before it is looked up; 0x10000 requesters with mask 3 reach
 * four ports. */
static void an_iommu_map_reaches_the_masked_requesters(void **state)
{
    const struct nap_soc_master *m;
    struct tree t;
    struct nap_soc *soc;

    (void)state;
    board(&t);
    soc = load(&t);
    m = master_of(soc, "fe000000.pcie");
    assert_int_equal(m->n_ports, 1);
    assert_ports(soc, m, 0, "e6740000.iommu", 40, 4);
    nap_soc_free(soc);
}

static void an_iommu_map_counts_from_its_first_requester(void **state)
{
    static const char pcie[] = "/soc/pcie@fe000000";
    const struct nap_soc_master *m;
    struct tree t;
    struct nap_soc *soc;

    (void)state;
    board(&t);
    /* Of 0x100 to 0x107 the mask leaves 0x100 and 0x104. */
    SET(&t, pcie, "iommu-map", 0x100, DS0, 36, 8, 0, VP0, 20, 1);
    SET(&t, pcie, "iommu-map-mask", 0xff04);
    soc = load(&t);
    m = master_of(soc, "fe000000.pcie");
    assert_int_equal(m->n_ports, 3);
    assert_ports(soc, m, 0, "e6740000.iommu", 36, 1);
    assert_ports(soc, m, 1, "e6740000.iommu", 40, 1);
    assert_ports(soc, m, 2, "fe990000.iommu", 20, 1);
    nap_soc_free(soc);
    /* Without a mask each requester counts; those that a mask cuts off reach nothing. */
    drop(&t, pcie, "iommu-map-mask");
    SET(&t, pcie, "iommu-map", 0, DS0, 8, 2);
    soc = load(&t);
    assert_ports(soc, master_of(soc, "fe000000.pcie"), 0, "e6740000.iommu", 8, 2);
    nap_soc_free(soc);
    SET(&t, pcie, "iommu-map-mask", 0);
    SET(&t, pcie, "iommu-map", 5, DS0, 0, 9);
    soc = load(&t);
    assert_int_equal(soc->n_masters, 5);
    nap_soc_free(soc);
}

static void a_master_may_reach_memory_through_two_devices(void **state)
{
    const struct nap_soc_master *m;
    struct tree t;
    struct nap_soc *soc;

    (void)state;
    board(&t);
    soc = load(&t);
    m = master_of(soc, "display"); /* no address, so Linux calls it by its node */
    assert_string_equal(m->node.path, "/display");
    assert_int_equal(m->n_ports, 2);
    assert_ports(soc, m, 0, "e6740000.iommu", 45, 1);
    assert_ports(soc, m, 1, "fe990000.iommu", 3, 1);
    nap_soc_free(soc);
}

static void disabled_masters_are_wired_all_the_same(void **state)
{
    struct tree t;
    struct nap_soc *soc;

    (void)state;
    board(&t);
    soc = load(&t);
    assert_int_equal(soc->n_masters, 6);
    assert_true(master_of(soc, "fe950000.fcp")->node.disabled);
    assert_false(master_of(soc, "sdhi0")->node.disabled);
    nap_soc_free(soc);
    /* What a disabled bus holds is disabled with it. */
    set_text(&t, "/soc", "status", "disabled");
    soc = load(&t);
    assert_true(master_of(soc, "sdhi0")->node.disabled);
    assert_true(device(soc, "ipmmu_mm")->node.disabled);
    assert_false(master_of(soc, "display")->node.disabled);
    nap_soc_free(soc);
    set_text(&t, "/soc", "status", "ok");
    soc = load(&t);
    assert_false(master_of(soc, "sdhi0")->node.disabled);
    nap_soc_free(soc);
}

static void names_are_labels_or_those_of_linux(void **state)
{
    struct tree t;
    struct nap_soc *soc;

    (void)state;
    board(&t);
    soc = load(&t);
    assert_string_equal(master_of(soc, "sdhi0")->node.name, "ee100000.mmc");
    /* ranges of the bus: 0x0 there is 0x1d0000000 here */
    assert_string_equal(master_of(soc, "1d0001000.usb")->node.path,
                        "/soc/bus@d0000000/usb@1000");
    nap_soc_free(soc);
    /* A bus without ranges keeps addresses to itself: names count on from the bus above. */
    drop(&t, "/soc/bus@d0000000", "ranges");
    soc = load(&t);
    assert_string_equal(master_of(soc, "soc-bus-d0000000-usb-1000")->node.name,
                        "soc:bus@d0000000:usb@1000");
    nap_soc_free(soc);
    /* A label that is another node's name takes it. */
    set_text(&t, "/__symbols__", "display", "/soc/iommu@e6740000");
    set_text(&t, "/__symbols__", "_usb", "/soc/bus@d0000000/usb@1000");
    soc = load(&t);
    assert_string_equal(device(soc, "display")->node.name, "e6740000.iommu");
    assert_string_equal(master_of(soc, "display")->node.name, "display");
    (void)master_of(soc, "soc-bus-d0000000-usb-1000"); /* no name of ours starts with '_' */
    nap_soc_free(soc);
}

static void names_stay_unique(void **state)
{
    struct tree t;
    struct nap_soc *soc;

    (void)state;
    board(&t);
    set_text(&t, "/__symbols__", "e6740000.iommu", "/soc/iommu@fe990000");
    soc = load(&t);
    assert_string_equal(device(soc, "e6740000.iommu")->node.name, "e6740000.iommu");
    assert_string_equal(device(soc, "e6740000.iommu-2")->node.name, "fe990000.iommu");
    nap_soc_free(soc);
}

static void machines_find_devices_and_masters_by_both_names(void **state)
{
    struct nap_machine_config config = {.blocks = nap_builtin_blocks()};
    struct nap_machine *m;
    struct tree t;
    struct nap_soc *soc;

    (void)state;
    board(&t);
    config.soc = soc = load(&t);
    assert_int_equal(nap_machine_create(&config, &m, NULL), NAP_OK);
    assert_int_equal(nap_device_find(m, "ipmmu_mm"), 1);
    assert_int_equal(nap_device_find(m, "e67b0000.iommu"), 1);
    assert_int_equal(nap_master_find(m, "sdhi0"), nap_master_find(m, "ee100000.mmc"));
    assert_true(nap_master_find(m, "sdhi0") >= 0);
    assert_int_equal(nap_device_find(m, ""), -1);
    assert_int_equal(nap_master_find(m, ""), -1);
    assert_int_equal(nap_master_find(m, "e67b0000.iommu"), -1);
    nap_machine_destroy(m);
    nap_soc_free(soc);
}

static void domains_are_those_of_their_providers(void **state)
{
    static const struct {
        const char *name;
        uint32_t parent;
    } table[] = {
        {"always_on", NAP_SOC_NONE}, {"pd9", 0}, {"e6150000.clock-controller.5", NAP_SOC_NONE}};
    struct tree t;
    struct nap_soc *soc;

    (void)state;
    board(&t);
    soc = load(&t);
    assert_int_equal(soc->n_domains, COUNT_OF(table));
    for (uint32_t i = 0; i < soc->n_domains; i++) {
        assert_string_equal(soc->domains[i].name, table[i].name);
        assert_int_equal(soc->domains[i].parent, table[i].parent);
    }
    assert_int_equal(device(soc, "ipmmu_mm")->domain, 0);
    assert_int_equal(device(soc, "fe990000.iommu")->domain, 1);
    assert_int_equal(master_of(soc, "fe950000.fcp")->domain, 1);
    assert_int_equal(master_of(soc, "sdhi0")->domain, 2);
    assert_int_equal(master_of(soc, "display")->domain, 0); /* names none */
    nap_soc_free(soc);
}

static void a_provider_without_numbers_is_one_domain(void **state)
{
    struct tree t;
    struct nap_soc *soc;

    (void)state;
    board(&t);
    SET(&t, "/soc/clock-controller@e6150000", "#power-domain-cells", 0);
    SET(&t, "/soc/mmc@ee100000", "power-domains", CPG);
    SET(&t, "/display", "power-domains", CPG, SYSC, 9); /* the first counts */
    soc = load(&t);
    assert_string_equal(soc->domains[master_of(soc, "sdhi0")->domain].name,
                        "e6150000.clock-controller");
    assert_int_equal(master_of(soc, "display")->domain, master_of(soc, "sdhi0")->domain);
    nap_soc_free(soc);
}

/* The power headers: always-on is 32 on Gen3 and RZ/G2, 64 on Gen4. */
static void the_always_on_number_depends_on_the_generation(void **state)
{
    static const struct {
        const char *sysc, *of_32, *of_64;
    } table[] = {
        {"renesas,r8a7795-sysc", "always_on", "pd64"},
        {"renesas,r8a774a1-sysc", "always_on", "pd64"},
        {"renesas,r8a77961-sysc", "always_on", "pd64"},
        {"renesas,r8a779a0-sysc", "pd32", "always_on"},
        {"renesas,r8a779f0-sysc", "pd32", "always_on"},
        {"renesas,r8a779g0-sysc", "pd32", "always_on"},
        {"acme,other", "e6180000.system-controller.32", "e6180000.system-controller.64"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct tree t;
        struct nap_soc *soc;

        board(&t);
        set_text(&t, "/soc/system-controller@e6180000", "compatible", table[i].sysc);
        SET(&t, "/soc/iommu@fe990000", "power-domains", SYSC, 64);
        soc = load(&t);
        assert_string_equal(soc->domains[device(soc, "ipmmu_mm")->domain].name, table[i].of_32);
        assert_string_equal(soc->domains[device(soc, "fe990000.iommu")->domain].name,
                            table[i].of_64);
        nap_soc_free(soc);
    }
}

static void ram_is_what_memory_nodes_say(void **state)
{
    static const char low[] = "/memory@48000000";
    struct tree t;
    struct nap_soc *soc;

    (void)state;
    board(&t);
    soc = load(&t);
    assert_int_equal(soc->n_ram, 2);
    assert_int_equal(soc->ram[0].base, 0x48000000);
    assert_int_equal(soc->ram[0].size_bytes, 0x38000000);
    assert_int_equal(soc->ram[1].base, UINT64_C(0x600000000));
    assert_int_equal(soc->ram[1].size_bytes, UINT64_C(0x100000000));
    nap_soc_free(soc);
    /* Entries that meet are one bank, in either order; one of no size is none. */
    SET(&t, low, "reg", 0, 0x48000000, 0, 0x1000, 0, 0x48001000, 0, 0x1000, 0, 0, 0, 0, 0,
        0x47fff000, 0, 0x1000);
    soc = load(&t);
    assert_int_equal(soc->n_ram, 2);
    assert_int_equal(soc->ram[0].base, 0x47fff000);
    assert_int_equal(soc->ram[0].size_bytes, 0x3000);
    nap_soc_free(soc);
    set_text(&t, low, "status", "disabled");
    set_text(&t, "/memory@600000000", "device_type", "none");
    soc = load(&t);
    assert_int_equal(soc->n_ram, 0);
    nap_soc_free(soc);
}

static void interrupts_go_by_all_three_ways(void **state)
{
    static const char mm[] = "/soc/iommu@e67b0000";
    struct tree t;
    struct nap_soc *soc;

    (void)state;
    board(&t); /* inherited from the root: 196, tested above */
    SET(&t, mm, "interrupt-parent", GIC);
    SET(&t, mm, "interrupts", 0, 7, 4);
    soc = load(&t);
    assert_int_equal(soc->devices[1].irq, 7);
    nap_soc_free(soc);
    SET(&t, mm, "interrupts-extended", GIC, 0, 8, 4, GIC, 0, 9, 4);
    soc = load(&t);
    assert_int_equal(soc->devices[1].irq, 8);
    nap_soc_free(soc);
    drop(&t, mm, "interrupts-extended");
    drop(&t, mm, "interrupts");
    soc = load(&t);
    assert_int_equal(soc->devices[1].irq, NAP_SOC_NONE);
    nap_soc_free(soc);
    /* arm,gic-v3 with partitions: four cells. */
    SET(&t, "/soc/interrupt-controller@f1010000", "#interrupt-cells", 4);
    SET(&t, mm, "interrupts", 0, 10, 4, 0, 0, 11, 4, 0);
    soc = load(&t);
    assert_int_equal(soc->devices[1].irq, 10);
    nap_soc_free(soc);
}

static void what_has_no_block_is_listed(void **state)
{
    static const struct {
        const char *path, *compatible, *why;
    } table[] = {
        {"/soc/gpu@2d000000", "acme,master",
         "a bus master behind /soc/iommu@2b400000, which has no block"},
        {"/cpus/cpu@0", "arm,cortex-a57", "the CPU has no block"},
        {"/soc/interrupt-controller@f1010000", "arm,gic-400",
         "the interrupt controller has no block"},
        {"/soc/iommu@2b400000", "arm,smmu-v3", "this IOMMU has no block"},
    };
    struct tree t;
    struct nap_soc *soc;

    (void)state;
    board(&t);
    soc = load(&t);
    assert_int_equal(soc->n_left_out, COUNT_OF(table));
    for (uint32_t i = 0; i < soc->n_left_out; i++) {
        assert_string_equal(soc->left_out[i].path, table[i].path);
        assert_string_equal(soc->left_out[i].compatible, table[i].compatible);
        assert_string_equal(soc->left_out[i].why, table[i].why);
    }
    nap_soc_free(soc);
}

static void more_than_the_list_holds_is_counted(void **state)
{
    char name[32];
    struct tree t;
    struct nap_soc *soc;

    (void)state;
    begin_tree(&t);
    ipmmu(&t, "iommu@e67b0000", 0xe67b0000, MM, 32);
    end(&t);
    for (int i = 0; i < 70; i++) {
        (void)snprintf(name, sizeof(name), "timer@%x", i);
        node(&t, name);
        text(&t, "compatible", "acme,timer");
        end(&t);
    }
    end_tree(&t);
    drop(&t, "/iommu@e67b0000", "power-domains");
    soc = load(&t);
    assert_int_equal(soc->n_left_out, 70);
    assert_string_equal(soc->left_out[63].path, "/timer@3f");
    assert_string_equal(soc->domains[0].name, "always_on");
    nap_soc_free(soc);
}

/* Gen4 and Gen2 of the binding: known, and without a block. */
static void other_generations_have_models_of_their_own(void **state)
{
    static const char gen4[] = "renesas,ipmmu-r8a779f0\0renesas,rcar-gen4-ipmmu-vmsa";
    static const char gen2[] = "renesas,ipmmu-r8a7791\0renesas,ipmmu-vmsa";
    static const char *const paths[] = {"/soc/iommu@e67b0000", "/soc/iommu@e6740000",
                                        "/soc/iommu@fe990000"};
    static const uint32_t bases[] = {0xe67b0000, 0xe6740000, 0xfe990000};
    struct nap_machine_config config = {.blocks = nap_builtin_blocks()};
    struct nap_machine *m;
    struct nap_error error = {0};
    struct tree t;
    struct nap_soc *soc;

    (void)state;
    board(&t);
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        set_bytes(&t, paths[i], "compatible", gen4, sizeof(gen4));
        SET(&t, paths[i], "reg", 0, bases[i], 0, 0x20000);
    }
    SET(&t, "/display", "iommus", DS0, 63); /* 64 ports */
    config.soc = soc = load(&t);
    assert_string_equal(soc->devices[0].model, "ipmmu-vmsa-gen4");
    assert_string_equal(soc->devices[0].variant, "cache");
    if (nap_machine_create(&config, &m, &error))
        fail_msg("%s", error.text);
    nap_machine_destroy(m);
    nap_soc_free(soc);
    board(&t);
    set_bytes(&t, paths[0], "compatible", gen2, sizeof(gen2));
    drop(&t, paths[1], "renesas,ipmmu-main");
    drop(&t, paths[2], "renesas,ipmmu-main");
    soc = load(&t);
    assert_string_equal(device(soc, "ipmmu_mm")->model, "ipmmu-vmsa-gen2");
    assert_string_equal(device(soc, "ipmmu_mm")->variant, "whole");
    assert_int_equal(device(soc, "ipmmu_mm")->upstream, NAP_SOC_NONE);
    nap_soc_free(soc);
}

/* A model of somebody else's block; no rule here knows which of two variants a node is. */
static void models_of_one_variant_need_no_rule(void **state)
{
    static const char *const compatible[] = {"acme,none", "acme,odd"};
    static const struct nap_model one = {.name = "odd",
                                         .n_variants = 1,
                                         .variants = {"only"},
                                         .window_bytes = 0x1000,
                                         .n_compatible = 2,
                                         .compatible = compatible};
    static const struct nap_model two = {.name = "odd",
                                         .n_variants = 2,
                                         .variants = {"first", "second"},
                                         .window_bytes = 0x1000,
                                         .n_compatible = 2,
                                         .compatible = compatible};
    static const struct nap_block with_one = {.model = &one}, with_two = {.model = &two};
    const struct nap_block *blocks[] = {&with_one, NULL};
    struct nap_error error = {0};
    struct tree t;
    struct nap_soc *soc;

    (void)state;
    begin_tree(&t);
    node(&t, "odd@10000000");
    text(&t, "compatible", "acme,odd");
    CELLS(&t, "reg", 0, 0x10000000, 0, 0x1000);
    CELLS(&t, "#iommu-cells", 1);
    CELLS(&t, "phandle", MM);
    end(&t);
    node(&t, "master");
    CELLS(&t, "iommus", MM, 63);
    end(&t);
    end_tree(&t);
    assert_int_equal(nap_soc_load_tree(t.blob, sizeof(t.blob), "b.dtb", blocks, &soc, &error),
                     NAP_OK);
    assert_string_equal(soc->devices[0].model, "odd");
    assert_string_equal(soc->devices[0].variant, "only");
    assert_ports(soc, &soc->masters[0], 0, "10000000.odd", 63, 1);
    nap_soc_free(soc);
    blocks[0] = &with_two;
    assert_int_equal(nap_soc_load_tree(t.blob, sizeof(t.blob), "b.dtb", blocks, &soc, &error),
                     NAP_ERR_UNKNOWN);
    assert_non_null(strstr(error.text, "(in /odd@10000000): found a device of model odd with 2 "
                                       "variants, expected one variant, or a rule here that "
                                       "tells them apart"));
}

/* The front of a path is cut where the list has no room for it. */
static void long_paths_are_cut_where_they_only_inform(void **state)
{
    char name[52];
    struct tree t;
    struct nap_soc *soc;

    (void)state;
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    begin_tree(&t);
    ipmmu(&t, "iommu@e67b0000", 0xe67b0000, MM, 32);
    end(&t);
    for (int i = 0; i < 3; i++)
        node(&t, name);
    node(&t, "psci");
    text(&t, "compatible", "arm,psci-1.0");
    for (int i = 0; i < 4; i++)
        end(&t);
    end_tree(&t);
    drop(&t, "/iommu@e67b0000", "power-domains");
    soc = load(&t);
    assert_int_equal(soc->n_left_out, 1);
    assert_int_equal(strncmp(soc->left_out[0].path, ".../nnn", 7), 0);
    assert_string_equal(soc->left_out[0].path + strlen(soc->left_out[0].path) - 6, "n/psci");
    nap_soc_free(soc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_machine_is_named_after_the_board),
        cmocka_unit_test(a_board_name_that_is_none_is_passed_over),
        cmocka_unit_test(the_tree_is_kept_without_what_follows_it),
        cmocka_unit_test(roots_come_first_and_caches_hang_on_them),
        cmocka_unit_test(a_cache_may_have_no_bit),
        cmocka_unit_test(neighbouring_ports_are_one_range),
        cmocka_unit_test(an_iommu_map_reaches_the_masked_requesters),
        cmocka_unit_test(an_iommu_map_counts_from_its_first_requester),
        cmocka_unit_test(a_master_may_reach_memory_through_two_devices),
        cmocka_unit_test(disabled_masters_are_wired_all_the_same),
        cmocka_unit_test(names_are_labels_or_those_of_linux),
        cmocka_unit_test(names_stay_unique),
        cmocka_unit_test(machines_find_devices_and_masters_by_both_names),
        cmocka_unit_test(domains_are_those_of_their_providers),
        cmocka_unit_test(a_provider_without_numbers_is_one_domain),
        cmocka_unit_test(the_always_on_number_depends_on_the_generation),
        cmocka_unit_test(ram_is_what_memory_nodes_say),
        cmocka_unit_test(interrupts_go_by_all_three_ways),
        cmocka_unit_test(what_has_no_block_is_listed),
        cmocka_unit_test(more_than_the_list_holds_is_counted),
        cmocka_unit_test(other_generations_have_models_of_their_own),
        cmocka_unit_test(models_of_one_variant_need_no_rule),
        cmocka_unit_test(long_paths_are_cut_where_they_only_inform),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
