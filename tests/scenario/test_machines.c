/* SPDX-License-Identifier: MIT */
/* Every built-in machine with IPMMUs runs ipmmu-resume. What each is made of is compared with
 * its device tree by tests/dt/test_trees.py; counts here are typed from docs/ipmmu-facts.md 2.
 */
#include "rig.h"

static const struct {
    const char *name;
    unsigned caches, gen;
    nap_addr root;
    uint32_t irq;
    const char *masters[4]; /* that the two guests get, in order */
} machines[] = {
    {"rcar-h3", 16, 3, 0xe67b0000, 196, {"sdhi0", "dmac1", "avb", "sata"}},
    {"rcar-m3w", 10, 3, 0xe67b0000, 196, {"sdhi0", "dmac1", "avb", "pciec0"}},
    {"rcar-m3w-plus", 10, 3, 0xe67b0000, 196, {"sdhi0", "dmac1", "avb", "pciec0"}},
    {"rcar-m3n", 9, 3, 0xe67b0000, 196, {"sdhi0", "dmac1", "avb", "sata"}},
    {"rcar-e3", 9, 3, 0xe67b0000, 196, {"sdhi0", "dmac1", "avb", "pciec0"}},
    {"rcar-d3", 9, 3, 0xe67b0000, 196, {"sdhi2", "dmac1", "avb", "fcpvd0"}},
    {"rcar-v3m", 4, 3, 0xe67b0000, 196, {"mmc0", "dmac1", "avb", "fcpvd0"}},
    {"rcar-v3h", 7, 3, 0xe67b0000, 196, {"mmc0", "dmac1", "avb", "pciec"}},
    {"rcar-v3u", 11, 4, 0xeefc0000, 21, {"mmc0", "dmac1", "avb0", "fcpvd0"}},
    {"rcar-s4", 4, 4, 0xeefc0000, 21, {"mmc0", "dmac1", "dmac0", NULL}},
    {"rcar-v4h", 11, 4, 0xeefc0000, 210, {"mmc0", "dmac1", "avb0", "fcpvd0"}},
    {"rcar-v4m", 10, 4, 0xeefc0000, 210, {"mmc0", "dmac1", "avb0", "fcpvx0"}},
};

/* AIDR and GBPA of the first SMMU: its version, and whether reset aborts (bit 20). */
static const struct {
    const char *name;
    unsigned smmus, masters, autonomous;
    uint32_t aidr, gbpa;
    bool ecmdq;
} with_smmu[] = {
    {"generic-smmuv3", 1, 3, 0, 2, 0x1000, false},
    {"generic-smmuv3-abort", 1, 3, 0, 2, 0x101000, false},
    {"qemu-virt", 1, 2, 0, 1, 0x1000, false},
    {"server", 4, 17, 0, 3, 0x1000, true},
    {"server-cmdqv", 1, 3, 0, 3, 0x1000, true},
    {"handheld", 1, 4, 2, 1, 0x101000, false},
};

/* Interrupt controllers, and no unit that translates. */
static const char *const with_gic[] = {
    "gicv2-4cpu",           "rcar-h3-gic", "qemu-virt-gicv2",  "qemu-virt-gicv2-secure",
    "qemu-virt-gicv2-4cpu", "gicv3-8cpu",  "qemu-virt-gicv3",  "qemu-virt-gicv3-secure",
    "qemu-virt-gicv3-4cpu", "gicv3-its",   "gicv3-its-memory", "gicv2-1020",
    "gicv3-extended"};

static void open_machine(struct rig *r, const char *soc, const char *variant)
{
    rig_open(r, variant);
    nap_soc_free(r->soc);
    assert_int_equal(nap_builtin_soc(soc, &r->soc, NULL), NAP_OK);
    r->config.soc = r->soc;
}

static void the_list_is_whole(void **state)
{
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(machines); i++)
        assert_string_equal(nap_builtin_soc_name(i), machines[i].name);
    for (unsigned i = 0; i < COUNT_OF(with_smmu); i++)
        assert_string_equal(nap_builtin_soc_name(COUNT_OF(machines) + i), with_smmu[i].name);
    for (unsigned i = 0; i < COUNT_OF(with_gic); i++)
        assert_string_equal(nap_builtin_soc_name(COUNT_OF(machines) + COUNT_OF(with_smmu) + i),
                            with_gic[i]);
    assert_null(
        nap_builtin_soc_name(COUNT_OF(machines) + COUNT_OF(with_smmu) + COUNT_OF(with_gic)));
}

/* Reset value of the register at @offset, as software reads it. */
static uint32_t reads(struct nap_machine *m, unsigned device, unsigned offset)
{
    return (uint32_t)nap_bus_read(m, nap_machine_soc(m)->devices[device].base + offset, 4,
                                  (struct nap_source){__FILE__, __LINE__, NULL});
}

static void each_of_the_others_has_its_smmus(void **state)
{
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(with_smmu); i++) {
        struct nap_machine_config config = {.blocks = nap_builtin_blocks(), .slot = 2};
        struct nap_error error = {0};
        unsigned n_smmus = 0, n_autonomous = 0;
        struct nap_machine *m;
        struct nap_soc *soc;

        assert_int_equal(nap_builtin_soc(with_smmu[i].name, &soc, NULL), NAP_OK);
        config.soc = soc;
        if (nap_machine_create(&config, &m, &error))
            fail_msg("%s", error.text);
        for (unsigned d = 0; d < soc->n_devices; d++)
            n_smmus += strcmp(soc->devices[d].model, "smmuv3") == 0;
        for (unsigned d = 0; d < soc->n_masters; d++)
            n_autonomous += soc->masters[d].autonomous;
        assert_int_equal(n_smmus, with_smmu[i].smmus);
        assert_int_equal(soc->n_masters, with_smmu[i].masters);
        assert_int_equal(n_autonomous, with_smmu[i].autonomous);
        assert_int_equal(reads(m, 0, 0x1c), with_smmu[i].aidr);
        assert_int_equal(reads(m, 0, 0x44), with_smmu[i].gbpa);
        assert_int_equal(reads(m, 0, 0x4) >> 31, with_smmu[i].ecmdq);
        nap_machine_destroy(m);
        nap_soc_free(soc);
    }
}

static void each_machine_with_a_gic_can_be_made(void **state)
{
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(with_gic); i++) {
        struct nap_machine_config config = {.blocks = nap_builtin_blocks(), .slot = 2};
        struct nap_error error = {0};
        struct nap_machine *m;
        struct nap_soc *soc;

        assert_int_equal(nap_builtin_soc(with_gic[i], &soc, NULL), NAP_OK);
        config.soc = soc;
        if (nap_machine_create(&config, &m, &error))
            fail_msg("%s", error.text);
        assert_int_equal(nap_controller(m), nap_device_find(m, "gicd"));
        nap_machine_destroy(m);
        nap_soc_free(soc);
    }
}

static void each_has_one_root_and_its_caches(void **state)
{
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(machines); i++) {
        const char *model = machines[i].gen == 3 ? "ipmmu-vmsa" : "ipmmu-vmsa-gen4";
        struct nap_soc *soc;

        assert_int_equal(nap_builtin_soc(machines[i].name, &soc, NULL), NAP_OK);
        assert_int_equal(soc->n_devices, machines[i].caches + 1);
        assert_string_equal(soc->devices[0].variant, "root");
        assert_int_equal(soc->devices[0].base, machines[i].root);
        assert_int_equal(soc->devices[0].irq, machines[i].irq);
        for (uint32_t d = 0; d < soc->n_devices; d++) {
            assert_string_equal(soc->devices[d].model, model);
            assert_int_equal(soc->devices[d].upstream, d ? 0 : NAP_SOC_NONE);
        }
        nap_soc_free(soc);
    }
}

static char attached[4][NAP_NAME_MAX];
static unsigned
    n_attached; /* by the scenario first, and then by the comparison with the twin */

static int note_attach(struct nap_domain *domain, struct nap_master *master)
{
    if (n_attached < COUNT_OF(attached))
        (void)strcpy(attached[n_attached++], master->name);
    return rig_driver("recommended")->attach(domain, master);
}

/* The guests of ipmmu-resume get masters that the machine has, and they come back. */
static void recommended_is_clean_on_each(void **state)
{
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(machines); i++) {
        struct nap_driver driver = *rig_driver("recommended");
        struct nap_run_result result;
        struct rig r;

        open_machine(&r, machines[i].name, "recommended");
        driver.attach = note_attach;
        n_attached = 0;
        r.config.driver = &driver;
        rig_run(&r, NULL, &result);
        assert_int_equal(result.findings.n_violations, 0);
        assert_true(result.counters.accesses > 200);
        for (unsigned k = 0; k < 4 && machines[i].masters[k]; k++)
            assert_string_equal(attached[k], machines[i].masters[k]);
        nap_run_result_free(&result);
        rig_close(&r);
    }
}

static void v9_enables_ports_before_the_root_on_each(void **state)
{
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(machines); i++) {
        struct nap_run_result result;
        struct rig r;

        open_machine(&r, machines[i].name, "v9");
        rig_run(&r, NULL, &result);
        assert_true(has_rule(result.findings.violations, result.findings.n_violations,
                             "ipmmu-root-before-utlb"));
        nap_run_result_free(&result);
        rig_close(&r);
    }
}

/* Four caches in any order, late flushes, and whatever registers and TLBs wake up with. */
static void recommended_is_proved_on_the_small_ones(void **state)
{
    static const char *const small[] = {"rcar-v3m", "rcar-s4"};

    (void)state;
    for (unsigned i = 0; i < COUNT_OF(small); i++) {
        struct nap_explore_result result;
        struct rig r;

        open_machine(&r, small[i], "recommended");
        r.config.vary = VARY_ALL;
        rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, 100000, &result);
        assert_true(result.exhausted);
        assert_int_equal(result.n_violations, 0);
        assert_string_equal(result.orders_covered, "24");
        nap_explore_result_free(&result);
        rig_close(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_is_whole),
        cmocka_unit_test(each_of_the_others_has_its_smmus),
        cmocka_unit_test(each_machine_with_a_gic_can_be_made),
        cmocka_unit_test(each_has_one_root_and_its_caches),
        cmocka_unit_test(recommended_is_clean_on_each),
        cmocka_unit_test(v9_enables_ports_before_the_root_on_each),
        cmocka_unit_test(recommended_is_proved_on_the_small_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
