/* SPDX-License-Identifier: MIT */
/* lib/core/soc_load.c and models/soc/rcar-h3.yaml. Expected values are typed from the facts
 * sheet, "R-Car H3". */
#include <regnap/soc.h>

#include "failing_alloc.h"
#include "loader_test.h"

/* The first device of HEAD's list is line 8. */
#define HEAD                                                                                   \
    "soc: s\ntitle: t\nsource: u\ndomains:\n  - {name: top}\n  - {name: sub, parent: top}\n"   \
    "devices:\n"
#define BIG(name, base)                                                                        \
    "  - {name: " name ", model: m, variant: v, base: " base ", size: 0x2000, domain: top}\n"
#define DEVICE(name, base, rest)                                                               \
    "  - {name: " name ", model: m, variant: v, base: " base                                   \
    ", size: 0x1000, domain: top" rest "}\n"
#define TWO_DEVICES DEVICE("d0", "0x1000", "") DEVICE("d1", "0x2000", "")

static struct nap_soc *load_h3(void)
{
    size_t bytes;
    char *text = source_file("models/soc/rcar-h3.yaml", &bytes);
    struct nap_error error = {0};
    struct nap_soc *soc;

    if (nap_soc_load(text, bytes, "models/soc/rcar-h3.yaml", &soc, &error))
        fail_msg("%s", error.text);
    free(text);
    return soc;
}

static struct nap_soc *load(const char *text)
{
    struct nap_error error = {0};
    struct nap_soc *soc;

    if (nap_soc_load(text, strlen(text), "s.yaml", &soc, &error))
        fail_msg("%s", error.text);
    return soc;
}

static void h3_has_one_root_and_sixteen_caches(void **state)
{
    static const struct {
        const char *name;
        nap_addr base;
        uint32_t line;
        const char *domain;
    } table[] = {
        {"mm", 0xe67b0000, NAP_SOC_NONE, "always_on"},
        {"ds0", 0xe6740000, 0, "always_on"},
        {"ds1", 0xe7740000, 1, "always_on"},
        {"hc", 0xe6570000, 2, "always_on"},
        {"ir", 0xff8b0000, 3, "a3ir"},
        {"mp0", 0xec670000, 4, "always_on"},
        {"pv0", 0xfd800000, 6, "always_on"},
        {"pv1", 0xfd950000, 7, "always_on"},
        {"pv2", 0xfd960000, 8, "always_on"},
        {"pv3", 0xfd970000, 9, "always_on"},
        {"rt", 0xffc80000, 10, "always_on"},
        {"vc0", 0xfe6b0000, 12, "a3vc"},
        {"vc1", 0xfe6f0000, 13, "a3vc"},
        {"vi0", 0xfebd0000, 14, "always_on"},
        {"vi1", 0xfebe0000, 15, "always_on"},
        {"vp0", 0xfe990000, 16, "a3vp"},
        {"vp1", 0xfe980000, 17, "a3vp"},
    };
    struct nap_soc *soc = load_h3();

    (void)state;
    assert_int_equal(soc->n_devices, 17);
    for (uint32_t i = 0; i < soc->n_devices; i++) {
        const struct nap_soc_device *device = &soc->devices[i];

        assert_string_equal(device->name, table[i].name);
        assert_string_equal(device->model, "ipmmu-vmsa");
        assert_string_equal(device->variant, i == 0 ? "root" : "cache");
        assert_int_equal(device->base, table[i].base);
        assert_int_equal(device->size_bytes, 0x1000);
        assert_int_equal(device->line, table[i].line);
        assert_int_equal(device->upstream, i == 0 ? NAP_SOC_NONE : 0);
        assert_int_equal(device->irq, i == 0 ? 196 : NAP_SOC_NONE);
        assert_string_equal(soc->domains[device->domain].name, table[i].domain);
    }
    nap_soc_free(soc);
}

static void h3_masters_sit_at_their_ports(void **state)
{
    static const struct {
        const char *name, *device, *domain;
        uint32_t first, count;
    } table[] = {
        {"dmac0", "ds0", "always_on", 0, 16},   {"avb", "ds0", "always_on", 16, 1},
        {"dmac1", "ds1", "always_on", 0, 16},   {"dmac2", "ds1", "always_on", 16, 16},
        {"sdhi0", "ds1", "always_on", 32, 1},   {"sdhi1", "ds1", "always_on", 33, 1},
        {"sdhi2", "ds1", "always_on", 34, 1},   {"sdhi3", "ds1", "always_on", 35, 1},
        {"sata", "hc", "always_on", 2, 1},      {"pciec0", "hc", "always_on", 0, 1},
        {"pciec1", "hc", "always_on", 1, 1},    {"audma0", "mp0", "always_on", 0, 16},
        {"audma1", "mp0", "always_on", 16, 16}, {"fcpvd0", "vi0", "always_on", 8, 1},
        {"fcpvd1", "vi0", "always_on", 9, 1},   {"fcpvd2", "vi1", "always_on", 10, 1},
        {"fcpf0", "vp0", "a3vp", 0, 1},         {"fcpvb0", "vp0", "a3vp", 5, 1},
        {"fcpvi0", "vp0", "a3vp", 8, 1},        {"fcpf1", "vp1", "a3vp", 1, 1},
        {"fcpvb1", "vp1", "a3vp", 7, 1},        {"fcpvi1", "vp1", "a3vp", 9, 1},
    };
    struct nap_soc *soc = load_h3();

    (void)state;
    assert_int_equal(soc->n_masters, COUNT_OF(table));
    for (uint32_t i = 0; i < soc->n_masters; i++) {
        const struct nap_soc_master *master = &soc->masters[i];

        assert_string_equal(master->name, table[i].name);
        assert_string_equal(soc->domains[master->domain].name, table[i].domain);
        assert_int_equal(master->n_ports, 1);
        assert_string_equal(soc->devices[master->ports[0].device].name, table[i].device);
        assert_int_equal(master->ports[0].first, table[i].first);
        assert_int_equal(master->ports[0].count, table[i].count);
    }
    nap_soc_free(soc);
}

static void h3_has_four_domains_and_four_ram_banks(void **state)
{
    struct nap_soc *soc = load_h3();

    (void)state;
    assert_string_equal(soc->name, "rcar-h3");
    assert_int_equal(soc->n_domains, 4);
    assert_int_equal(soc->domains[0].parent, NAP_SOC_NONE);
    for (uint32_t i = 1; i < 4; i++)
        assert_int_equal(soc->domains[i].parent, 0);
    assert_int_equal(soc->n_ram, 4);
    assert_int_equal(soc->ram[0].base, 0x48000000);
    assert_int_equal(soc->ram[0].size_bytes, 0x38000000);
    for (uint32_t i = 1; i < 4; i++) {
        assert_int_equal(soc->ram[i].base, UINT64_C(0x400000000) + i * UINT64_C(0x100000000));
        assert_int_equal(soc->ram[i].size_bytes, 0x40000000);
    }
    nap_soc_free(soc);
}

static void digest_changes_with_one_fact(void **state)
{
    struct nap_soc *a = load(HEAD TWO_DEVICES);
    struct nap_soc *b = load(HEAD TWO_DEVICES "# no fact\n");
    struct nap_soc *c = load(HEAD TWO_DEVICES "ram: [{base: 0x10000, size: 0x1000}]\n");
    struct nap_soc *d = load(HEAD TWO_DEVICES "msi: 0x30000040\n");
    struct nap_soc *e = load(HEAD TWO_DEVICES "msi: 0x30000080\n");
    struct nap_soc *h3 = load_h3(), *moved = load_h3();

    (void)state;
    assert_int_equal(nap_soc_digest(h3).high, nap_soc_digest(moved).high);
    moved->masters[4].ports[0].first = 31;
    assert_int_not_equal(nap_soc_digest(h3).high, nap_soc_digest(moved).high);
    nap_soc_free(h3);
    nap_soc_free(moved);
    assert_int_equal(nap_soc_digest(a).low, nap_soc_digest(b).low);
    assert_int_equal(nap_soc_digest(a).high, nap_soc_digest(b).high);
    assert_int_not_equal(nap_soc_digest(a).low, nap_soc_digest(c).low);
    assert_int_equal(a->msi, 0);
    assert_int_equal(d->msi, 0x30000040);
    assert_int_not_equal(nap_soc_digest(a).low, nap_soc_digest(d).low);
    assert_int_not_equal(nap_soc_digest(d).low, nap_soc_digest(e).low);
    nap_soc_free(d);
    nap_soc_free(e);
    nap_soc_free(a);
    nap_soc_free(b);
    nap_soc_free(c);
    nap_soc_free(NULL);
}

static void assert_all_refused(const struct bad_input *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct nap_error error = {0};
        struct nap_soc *soc = (struct nap_soc *)(uintptr_t)8;

        assert_int_equal(
            nap_soc_load(table[i].text, strlen(table[i].text), "s.yaml", &soc, &error),
            NAP_ERR_PARSE);
        assert_string_equal(error.text, table[i].message);
        assert_null(soc);
    }
}

static void bad_devices_are_refused(void **state)
{
    static const struct bad_input table[] = {
        {"", "s.yaml:1: found nothing, expected a YAML document"},
        {"soc: s\nmodel: m\n",
         "s.yaml:2: unknown key 'model' in a machine, expected one of: "
         "soc, title, source, domains, devices, masters, ram, cpus, msi, controller"},
        {"soc: s\n", "s.yaml:1: found no 'title' in this map, expected this key"},
        {"soc: s\ntitle: t\nsource: u\n",
         "s.yaml:1: found no 'domains' in a machine, expected this key"},
        {"soc: s\ntitle: t\nsource: u\ndomains: []\n",
         "s.yaml:4: found 0 domains, expected 1 to 32"},
        {"soc: s\ntitle: t\nsource: u\ndomains:\n  - {name: a}\n  - {name: a}\n",
         "s.yaml:6: found domain a twice, expected each once"},
        {"soc: s\ntitle: t\nsource: u\ndomains:\n  - {name: a, parent: b}\n  - {name: b}\n",
         "s.yaml:5: found 'b' as parent, expected a domain that stands above"},
        {HEAD DEVICE("d0", "0x1000", "") DEVICE("d0", "0x2000", ""),
         "s.yaml:9: found device d0 twice, expected each once"},
        {HEAD DEVICE("d0", "0x2000", "") BIG("d1", "0x1000"),
         "s.yaml:9: device d1 at 0x1000 overlaps device d0 at 0x2000, expected separate "
         "addresses"},
        {HEAD DEVICE("d0", "0x1000", "") DEVICE("d1", "0x2800", ""),
         "s.yaml:9: found base 0x2800 and size 0x1000 of device d1, expected multiples of "
         "0x1000"},
        {HEAD "  - {name: d0, model: m, variant: v, base: 0x1000, size: 0x800, domain: top}\n",
         "s.yaml:8: found base 0x1000 and size 0x800 of device d0, expected multiples of "
         "0x1000"},
        {HEAD BIG("d1", "0xffffffffff000"),
         "s.yaml:8: found the end of device d1 beyond 0x10000000000000, expected it below"},
        {HEAD DEVICE("d0", "0x10000000000000", ""),
         "s.yaml:8: found '0x10000000000000' as base, expected 0x0 to 0xfffffffffffff"},
        {HEAD DEVICE("d0", "0x1000", ", upstream: d0"),
         "s.yaml:8: found 'd0' as upstream, expected a device that stands above"},
        {HEAD DEVICE("d0", "0x1000", "") DEVICE("d1", "0x2000", ", upstream: d0, line: 3")
             DEVICE("d2", "0x3000", ", upstream: d0, line: 3"),
         "s.yaml:10: found line 3 of device d2, which device d1 has, expected another"},
        {HEAD "  - {name: d0, model: m, variant: v, base: 0, size: 0x1000, domain: x}\n",
         "s.yaml:8: found 'x' as domain, expected a domain that stands above"},
        {HEAD "  - {name: d0, model: m, base: 0, size: 0x1000, domain: top}\n",
         "s.yaml:8: found no 'variant' in device d0, expected this key"},
        {HEAD "  - {name: d0, model: m, variant: v, base: 0, size: 0, domain: top}\n",
         "s.yaml:8: found '0' as size, expected 0x1 to 0x1000000"},
    };

    (void)state;
    assert_all_refused(table, COUNT_OF(table));
}

#define CPU_HEAD "soc: s\ntitle: t\nsource: u\ndomains: [{name: top}]\ncpus:\n"

static void cpus_and_a_controller_are_listed(void **state)
{
    struct nap_soc *soc =
        load(CPU_HEAD "  - {name: a, domain: top, affinity: 0x100}\n  - {name: b}\n"
                      "devices:\n" DEVICE("d0", "0x1000", ", irq: 40")
                          DEVICE("gic", "0x2000", "") "  - {name: icc1, model: m, "
                                                      "variant: v, cpu: 1, domain: "
                                                      "top}\ncontroller: gic\n");
    struct nap_soc *other = load(HEAD TWO_DEVICES "cpus: 3\n");

    (void)state;
    assert_int_equal(soc->n_cpus, 2);
    assert_string_equal(soc->cpus[0].name, "a");
    assert_int_equal(soc->cpus[0].domain, 0);
    assert_int_equal(soc->cpus[0].affinity, 0x100);
    assert_int_equal(soc->cpus[1].domain, NAP_SOC_NONE);
    assert_int_equal(soc->cpus[1].affinity, 1);
    assert_int_equal(soc->controller, 2);
    assert_int_equal(soc->devices[2].cpu, 1);
    assert_int_equal(soc->devices[2].size_bytes, 0);
    assert_int_equal(other->n_cpus, 3);
    assert_string_equal(other->cpus[0].name, "");
    assert_int_equal(other->controller, 0);
    nap_soc_free(soc);
    nap_soc_free(other);
}

static void bad_cpus_and_controllers_are_refused(void **state)
{
    static const struct bad_input table[] = {
        {CPU_HEAD "  - {name: a}\n  - {name: a}\n",
         "s.yaml:7: found CPU a twice, expected each once"},
        {CPU_HEAD "  - {name: a, domain: low}\n",
         "s.yaml:6: found 'low' as domain, expected a domain that stands above"},
        {CPU_HEAD "  - {name: a}\n  - {name: b, affinity: 0}\n",
         "s.yaml:7: found affinity 0x0 of CPU b, which CPU a has, expected another"},
        {"soc: s\ntitle: t\nsource: u\ndomains: [{name: top}]\ncpus: []\n",
         "s.yaml:5: found 0 cpus, expected 1 to 64"},
        {HEAD DEVICE("d0", "0x1000", ", cpu: 0"),
         "s.yaml:8: found 'cpu' beside 'base' or 'size' in device d0, expected either: a "
         "device of system registers has no address"},
        {HEAD "  - {name: d0, model: m, variant: v, cpu: 1, domain: top}\n",
         "s.yaml:8: found '1' as cpu, expected 0x0 to 0x0"},
        {HEAD TWO_DEVICES "controller: gic\n",
         "s.yaml:10: found 'gic' as controller, expected a device that stands above"},
        {HEAD DEVICE("d0", "0x1000", ", irq: 1020") "controller: d0\n",
         "s.yaml:9: found irq 1020 of device d0, expected the INTID of a shared input of the "
         "controller: 32 to 1019 or 4096 to 5119"},
    };

    (void)state;
    assert_all_refused(table, COUNT_OF(table));
}

static void bad_masters_and_ram_are_refused(void **state)
{
#define MASTER(name, ports) "  - {name: " name ", domain: sub, ports: [" ports "]}\n"
    static const struct bad_input table[] = {
        {HEAD TWO_DEVICES "masters:\n" MASTER("a", "{device: d0, first: 0, count: 4}")
             MASTER("b", "{device: d1, first: 0}, {device: d0, first: 3}"),
         "s.yaml:12: found ports 3 to 3 of device d0 at master b, expected none of 0 to 3, "
         "which master a has"},
        {HEAD TWO_DEVICES "masters:\n" MASTER(
             "a", "{device: d0, first: 0, count: 4}, {device: d0, first: 2, count: 4}"),
         "s.yaml:11: found ports 2 to 5 of device d0 at master a, expected none of 0 to 3, "
         "which master a has"},
        {HEAD TWO_DEVICES "masters:\n" MASTER("a", "{device: d0, first: 0, count: 0}"),
         "s.yaml:11: found '0' as count, expected 0x1 to 0x10000"},
        {HEAD TWO_DEVICES "masters:\n" MASTER("a", "{device: d0, first: 0xffff, count: 2}"),
         "s.yaml:11: found '2' as count, expected 0x1 to 0x1"},
        {HEAD TWO_DEVICES "masters:\n" MASTER("a", "{device: d9, first: 0}"),
         "s.yaml:11: found 'd9' as device, expected a device that stands above"},
        {HEAD TWO_DEVICES "masters:\n" MASTER("a", ""),
         "s.yaml:11: found 0 port ranges of master a, expected 1 to 8"},
        {HEAD TWO_DEVICES "masters:\n" MASTER("a", "{device: d0, first: 0}")
             MASTER("a", "{device: d0, first: 1}"),
         "s.yaml:12: found master a twice, expected each once"},
        {HEAD TWO_DEVICES "msi: 0x30000042\n",
         "s.yaml:10: found 0x30000042 as msi, expected a multiple of 4"},
        {HEAD TWO_DEVICES "msi: 0\n",
         "s.yaml:10: found '0' as msi, expected 0x4 to 0xffffffffffffc"},
        {HEAD TWO_DEVICES "msi: 0x1040\n",
         "s.yaml:10: msi at 0x1040 overlaps device d0 at 0x1000, expected separate addresses"},
        {HEAD TWO_DEVICES "ram: [{base: 0x10000, size: 0x1000}]\nmsi: 0x10ffc\n",
         "s.yaml:11: msi at 0x10ffc overlaps the RAM bank at 0x10000, expected separate "
         "addresses"},
        {HEAD TWO_DEVICES "ram:\n  - {base: 0x0, size: 0x2000}\n",
         "s.yaml:11: a RAM bank at 0x0 overlaps device d0 at 0x1000, expected separate "
         "addresses"},
        {HEAD TWO_DEVICES "ram:\n  - {base: 0x10000, size: 0x2000}\n"
                          "  - {base: 0x11000, size: 0x1000}\n",
         "s.yaml:12: a RAM bank at 0x11000 overlaps the RAM bank at 0x10000, expected separate "
         "addresses"},
        {HEAD TWO_DEVICES "ram:\n  - {base: 0x10000, size: 0x800}\n",
         "s.yaml:11: found base 0x10000 and size 0x800 of a RAM bank, expected multiples of "
         "0x1000"},
    };
#undef MASTER

    (void)state;
    assert_all_refused(table, COUNT_OF(table));
}

/* Too many of each list; the lists need not be otherwise right. */
static void lists_beyond_their_limit_are_refused(void **state)
{
    char text[2000], *end;
    struct bad_input bad = {text, "s.yaml:4: found 33 domains, expected 1 to 32"};

    (void)state;
    end = text + sprintf(text, "soc: s\ntitle: t\nsource: u\ndomains: [");
    for (int i = 0; i < 33; i++)
        end += sprintf(end, "x,");
    (void)sprintf(end, "]\n");
    assert_all_refused(&bad, 1);
    end = text + sprintf(text, HEAD TWO_DEVICES "ram: [");
    for (int i = 0; i < 9; i++)
        end += sprintf(end, "x,");
    (void)sprintf(end, "]\n");
    bad.message = "s.yaml:10: found 9 ram, expected 0 to 8";
    assert_all_refused(&bad, 1);
}

static void every_failing_allocation_is_reported(void **state)
{
    const char *text = HEAD TWO_DEVICES;
    enum nap_err err = NAP_ERR_NOMEM;
    unsigned long n;

    (void)state;
    for (n = 1; err; n++) {
        struct nap_error error = {0};
        struct nap_soc *soc;

        alloc_until_failure = n;
        err = nap_soc_load(text, strlen(text), "s.yaml", &soc, &error);
        alloc_until_failure = 0;
        if (err) {
            assert_int_equal(err, NAP_ERR_NOMEM);
            assert_int_equal(error.code, NAP_ERR_NOMEM);
            assert_null(soc);
        }
        nap_soc_free(soc);
    }
    assert_true(n > 8); /* the machine, and seven of the YAML reader */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h3_has_one_root_and_sixteen_caches),
        cmocka_unit_test(h3_masters_sit_at_their_ports),
        cmocka_unit_test(h3_has_four_domains_and_four_ram_banks),
        cmocka_unit_test(digest_changes_with_one_fact),
        cmocka_unit_test(bad_devices_are_refused),
        cmocka_unit_test(cpus_and_a_controller_are_listed),
        cmocka_unit_test(bad_cpus_and_controllers_are_refused),
        cmocka_unit_test(bad_masters_and_ram_are_refused),
        cmocka_unit_test(lists_beyond_their_limit_are_refused),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
