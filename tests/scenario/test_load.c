/* SPDX-License-Identifier: MIT */
/* lib/scenario/load.c with its parts, and scenarios/ipmmu-resume.yaml. */
#include <regnap/choose.h>
#include <regnap/os.h>
#include <regnap/scenario.h>

#include "../core/failing_alloc.h"
#include "../core/loader_test.h"

/* Seven lines. */
#define TOP                                                                                    \
    "scenario: s\ntitle: t\ndriver: d\nsocs: [m]\nvariants: [v, w]\nvary: [order]\n"           \
    "domains:\n"
/* Lines 8 to 10, and 11 to 13. */
#define MAPPING(text) "    mappings:\n      - {" text "}\n"
#define GUEST1        "  - name: g1\n    masters: [a, b]\n"
#define GUEST2        "  - name: g2\n    masters: [c]\n    mappings: []\n"
#define PAGE          "iova: 0x1000, pa: 0x5000, size: 0x1000, access: r"
#define DOMAINS       TOP GUEST1 MAPPING(PAGE) GUEST2   /* 14 lines */
#define OPS           DOMAINS "operations:\n"           /* 15 lines */
#define ATTACHED      OPS "  - probe\n  - attach: g1\n" /* 17 lines */

static struct nap_scenario *load(const char *text)
{
    struct nap_error error = {0};
    struct nap_scenario *s;

    if (nap_scenario_load(text, strlen(text), "s.yaml", &s, &error))
        fail_msg("%s", error.text);
    return s;
}

static struct nap_scenario *load_ipmmu_resume(void)
{
    size_t bytes;
    char *text = source_file("scenarios/ipmmu-resume.yaml", &bytes);
    struct nap_error error = {0};
    struct nap_scenario *s;

    if (nap_scenario_load(text, bytes, "scenarios/ipmmu-resume.yaml", &s, &error))
        fail_msg("%s", error.text);
    free(text);
    return s;
}

static void assert_mapping(const struct nap_scenario_mapping *m, nap_addr iova, nap_addr pa,
                           uint64_t size_bytes, unsigned prot)
{
    assert_int_equal(m->iova, iova);
    assert_int_equal(m->pa, pa);
    assert_int_equal(m->size_bytes, size_bytes);
    assert_int_equal(m->prot, prot);
}

static void ipmmu_resume_starts_with_the_recommended_variant_on_h3(void **state)
{
    static const char *const variants[] = {"recommended",
                                           "recommended-live",
                                           "recommended-hold",
                                           "two-pass-sync",
                                           "two-pass",
                                           "v10",
                                           "v9",
                                           "linux",
                                           "bsp-4.14",
                                           "loader"};
    struct nap_scenario *s = load_ipmmu_resume();

    (void)state;
    assert_string_equal(s->name, "ipmmu-resume");
    assert_string_equal(s->file, "scenarios/ipmmu-resume.yaml");
    assert_string_equal(s->driver, "ipmmu");
    assert_int_equal(s->n_socs, 12);
    assert_string_equal(s->socs[0], "rcar-h3");
    assert_int_equal(s->n_variants, COUNT_OF(variants));
    for (uint32_t i = 0; i < s->n_variants; i++)
        assert_string_equal(s->variants[i], variants[i]);
    assert_int_equal(
        s->vary, NAP_CHOICE_BIT(NAP_CHOOSE_RESET) | NAP_CHOICE_BIT(NAP_CHOOSE_ORDER) |
                     NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY) | NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    assert_int_equal(s->probe_order, NAP_PROBE_ORDER_ROOT_FIRST);
    nap_scenario_free(s);
}

static void ipmmu_resume_has_two_guests_with_a_block_and_a_page_each(void **state)
{
    const unsigned rw = NAP_PROT_READ | NAP_PROT_WRITE;
    struct nap_scenario *s = load_ipmmu_resume();

    (void)state;
    assert_int_equal(s->n_domains, 2);
    assert_string_equal(s->domains[0].name, "guest1");
    assert_int_equal(s->domains[0].ipa_bits, 40);
    assert_int_equal(s->domains[0].n_masters, 4);
    assert_string_equal(s->domains[0].masters[0], "sdhi0");
    assert_string_equal(s->domains[0].masters[3], "dmac1");
    assert_int_equal(s->domains[0].alternatives, 0x6);
    assert_int_equal(s->domains[0].optional, 0);
    assert_int_equal(s->domains[0].n_mappings, 2);
    assert_mapping(&s->domains[0].mappings[0], 0x50000000, 0x58000000, 0x200000, rw);
    assert_mapping(&s->domains[0].mappings[1], 0x50201000, 0x58203000, 0x1000, NAP_PROT_READ);
    assert_string_equal(s->domains[1].name, "guest2");
    assert_int_equal(s->domains[1].n_masters, 8);
    assert_string_equal(s->domains[1].masters[0], "avb");
    assert_string_equal(s->domains[1].masters[3], "sata");
    assert_int_equal(s->domains[1].alternatives, 0xf6);
    assert_int_equal(s->domains[1].optional, 0x8);
    assert_int_equal(s->domains[1].n_mappings, 2);
    assert_mapping(&s->domains[1].mappings[0], 0x50000000, 0x60000000, 0x200000, rw);
    assert_mapping(&s->domains[1].mappings[1], 0x50202000, 0x60205000, 0x1000, NAP_PROT_READ);
    nap_scenario_free(s);
}

static void ipmmu_resume_cuts_all_power_with_warm_tlbs(void **state)
{
    static const struct {
        enum nap_op_kind kind;
        uint32_t domain;
    } table[] = {
        {NAP_OP_PROBE, 0}, {NAP_OP_ATTACH, 0},  {NAP_OP_ATTACH, 1},      {NAP_OP_DMA, 0},
        {NAP_OP_DMA, 1},   {NAP_OP_SUSPEND, 0}, {NAP_OP_POWER_CYCLE, 0}, {NAP_OP_RESUME, 0},
    };
    struct nap_scenario *s = load_ipmmu_resume();

    (void)state;
    assert_int_equal(s->n_ops, COUNT_OF(table));
    for (uint32_t i = 0; i < s->n_ops; i++) {
        assert_int_equal(s->ops[i].kind, table[i].kind);
        assert_int_equal(s->ops[i].domain, table[i].domain);
        assert_int_equal(s->ops[i].n_power, 0);
    }
    nap_scenario_free(s);
}

static void every_operation_keeps_its_argument_and_its_line(void **state)
{
    struct nap_scenario *s =
        load(OPS "  - probe\n  - attach: g2\n"
                 "  - map: {domain: g2, iova: 0x10000, pa: 0x20000, size: 0x3000, access: w}\n"
                 "  - suspend\n  - power-cycle: [p, q]\n"
                 "  - unmap: {domain: g2, iova: 0x11000, size: 0x1000}\n"
                 "  - resume\n  - dma: g2\n  - detach: g2\n");

    (void)state;
    assert_int_equal(s->n_ops, 9);
    for (uint32_t i = 0; i < s->n_ops; i++)
        assert_int_equal(s->ops[i].line, 16 + i);
    assert_int_equal(s->ops[1].kind, NAP_OP_ATTACH);
    assert_int_equal(s->ops[1].domain, 1);
    assert_int_equal(s->ops[2].kind, NAP_OP_MAP);
    assert_mapping(&s->ops[2].mapping, 0x10000, 0x20000, 0x3000, NAP_PROT_WRITE);
    assert_int_equal(s->ops[4].kind, NAP_OP_POWER_CYCLE);
    assert_int_equal(s->ops[4].n_power, 2);
    assert_string_equal(s->ops[4].power[0], "p");
    assert_string_equal(s->ops[4].power[1], "q");
    assert_int_equal(s->ops[5].kind, NAP_OP_UNMAP);
    assert_int_equal(s->ops[5].domain, 1);
    assert_mapping(&s->ops[5].mapping, 0x11000, 0, 0x1000, 0);
    assert_int_equal(s->ops[7].kind, NAP_OP_DMA);
    assert_int_equal(s->ops[8].kind, NAP_OP_DETACH);
    nap_scenario_free(s);
}

static void power_can_go_and_come_in_two_operations(void **state)
{
    struct nap_scenario *s = load(ATTACHED "  - suspend\n  - power-off\n  - power-on: [p, q]\n"
                                           "  - power-off: [q]\n  - power-on\n  - resume\n");

    (void)state;
    assert_int_equal(s->ops[3].kind, NAP_OP_POWER_OFF);
    assert_int_equal(s->ops[3].n_power, 0);
    assert_int_equal(s->ops[4].kind, NAP_OP_POWER_ON);
    assert_int_equal(s->ops[4].n_power, 2);
    assert_string_equal(s->ops[4].power[1], "q");
    assert_int_equal(s->ops[5].kind, NAP_OP_POWER_OFF);
    assert_string_equal(s->ops[5].power[0], "q");
    assert_int_equal(s->ops[6].kind, NAP_OP_POWER_ON);
    assert_int_equal(s->ops[6].n_power, 0);
    nap_scenario_free(s);
}

static void dma_may_be_one_access(void **state)
{
    struct nap_scenario *s =
        load(ATTACHED "  - dma: {domain: g1, iova: 0x123000, access: w}\n  - dma: g1\n");

    (void)state;
    assert_int_equal(s->ops[2].kind, NAP_OP_DMA);
    assert_mapping(&s->ops[2].mapping, 0x123000, 0, 0, NAP_PROT_WRITE);
    assert_mapping(&s->ops[3].mapping, 0, 0, 0, 0);
    nap_scenario_free(s);
}

static void firmware_can_write_registers_before_resume(void **state)
{
    struct nap_scenario *s =
        load(ATTACHED
             "  - suspend\n  - power-cycle\n"
             "  - write: {device: mm, register: IMSCTLR, value: 0xffffffffffffffff}\n"
             "  - write: {device: ds1, register: IMUCTR, index: 47, value: 1}\n  - resume\n");

    (void)state;
    assert_int_equal(s->ops[4].kind, NAP_OP_WRITE);
    assert_string_equal(s->ops[4].device, "mm");
    assert_string_equal(s->ops[4].reg, "IMSCTLR");
    assert_int_equal(s->ops[4].index, 0);
    assert_int_equal(s->ops[4].value, UINT64_MAX);
    assert_int_equal(s->ops[5].index, 47);
    assert_int_equal(s->ops[5].value, 1);
    nap_scenario_free(s);
}

static void what_was_unmapped_can_be_mapped_again(void **state)
{
    nap_scenario_free(
        load(OPS "  - probe\n  - attach: g1\n"
                 "  - map: {domain: g1, iova: 0x10000, pa: 0, size: 0x3000, access: r}\n"
                 "  - unmap: {domain: g1, iova: 0x11000, size: 0x1000}\n"
                 "  - unmap: {domain: g1, iova: 0x10000, size: 0x1000}\n"
                 "  - map: {domain: g1, iova: 0xf000, pa: 0, size: 0x3000, access: r}\n"
                 "  - unmap: {domain: g1, iova: 0x12000, size: 0x1000}\n"));
    (void)state;
}

static void optional_keys_have_defaults(void **state)
{
    struct nap_scenario *s = load(DOMAINS "parameters: {}\noperations: [probe]\n");

    (void)state;
    assert_int_equal(s->probe_order, NAP_PROBE_ORDER_ROOT_FIRST);
    assert_int_equal(s->domains[0].ipa_bits, 40);
    nap_scenario_free(s);
    s = load(TOP GUEST1 "    ipa-bits: 31\n" MAPPING(
        "iova: 0x7ffff000, pa: 0xfffffff000, size: "
        "0x1000, access: rw") "parameters: {probe-order: any}\noperations: [probe]\n");
    assert_int_equal(s->probe_order, NAP_PROBE_ORDER_ANY);
    assert_int_equal(s->domains[0].ipa_bits, 31);
    nap_scenario_free(s);
}

static void machines_and_variants_may_be_left_to_the_command(void **state)
{
    struct nap_scenario *s =
        load("scenario: s\ntitle: t\ndriver: d\nvary: []\ndomains: []\noperations: [probe]\n");

    (void)state;
    assert_int_equal(s->n_socs, 0);
    assert_int_equal(s->n_variants, 0);
    assert_string_equal(s->socs[0], "");
    assert_string_equal(s->variants[0], "");
    nap_scenario_free(s);
}

static void parameters_of_the_driver_are_kept_in_order(void **state)
{
    struct nap_scenario *s =
        load(DOMAINS "parameters:\n  probe-order: any\n  driver: {mode: fast, depth: 3}\n"
                     "operations: [probe]\n");

    (void)state;
    assert_int_equal(s->probe_order, NAP_PROBE_ORDER_ANY);
    assert_int_equal(s->n_parameters, 2);
    assert_string_equal(s->parameters[0].key, "mode");
    assert_string_equal(s->parameters[0].value, "fast");
    assert_string_equal(s->parameters[1].key, "depth");
    assert_string_equal(s->parameters[1].value, "3");
    nap_scenario_free(s);
}

static void a_long_file_name_loses_its_front(void **state)
{
    const char *text = DOMAINS "operations: [probe]\n";
    struct nap_scenario *s;
    char name[301];

    (void)state;
    memset(name, 'x', 300);
    memcpy(name + 290, "there.yaml", 11);
    assert_int_equal(nap_scenario_load(text, strlen(text), name, &s, NULL), NAP_OK);
    assert_string_equal(s->file, name + 300 - 255);
    nap_scenario_free(s);
}

static void a_parameter_is_set_by_name(void **state)
{
    struct nap_scenario s = {0};
    struct nap_error error = {0};

    (void)state;
    assert_int_equal(nap_scenario_set(&s, "probe-order", "any", &error), NAP_OK);
    assert_int_equal(s.probe_order, NAP_PROBE_ORDER_ANY);
    assert_int_equal(nap_scenario_set(&s, "probe-order", "leaf-first", &error),
                     NAP_ERR_UNKNOWN);
    assert_string_equal(error.text, "found 'leaf-first' as probe-order, expected one of: "
                                    "root-first, any");
    assert_int_equal(nap_scenario_set(&s, "order", "any", &error), NAP_ERR_UNKNOWN);
    assert_string_equal(error.text,
                        "unknown parameter 'order', expected one of: probe-order, driver.KEY, "
                        "beside.DRIVER");
    assert_int_equal(s.probe_order, NAP_PROBE_ORDER_ANY);
    assert_int_equal(nap_scenario_set(&s, "probe-order", "root-first", NULL), NAP_OK);
    assert_int_equal(s.probe_order, NAP_PROBE_ORDER_ROOT_FIRST);
}

static void a_parameter_of_the_driver_is_set_over_what_it_was(void **state)
{
    struct nap_scenario s = {0};

    (void)state;
    assert_int_equal(nap_scenario_set(&s, "driver.mode", "fast", NULL), NAP_OK);
    assert_int_equal(nap_scenario_set(&s, "driver.a.b", "any text, of one line", NULL), NAP_OK);
    assert_int_equal(nap_scenario_set(&s, "driver.mode", "slow", NULL), NAP_OK);
    assert_int_equal(s.n_parameters, 2);
    assert_string_equal(s.parameters[0].key, "mode");
    assert_string_equal(s.parameters[0].value, "slow");
    assert_string_equal(s.parameters[1].key, "a.b");
    assert_string_equal(s.parameters[1].value, "any text, of one line");
}

static void assert_not_set(struct nap_scenario *s, const char *key, const char *value,
                           enum nap_err code, const char *message)
{
    struct nap_scenario before = *s;
    struct nap_error error = {0};

    assert_int_equal(nap_scenario_set(s, key, value, &error), code);
    assert_string_equal(error.text, message);
    assert_memory_equal(s, &before, sizeof before);
}

static void a_parameter_of_the_driver_that_does_not_fit_is_refused(void **state)
{
    struct nap_scenario s = {0};
    char key[7 + 65] = "driver.", value[65], message[400];

    (void)state;
    assert_not_set(&s, "driver.", "x", NAP_ERR_RANGE,
                   "found driver.=x, expected key and value of 1 to 63 bytes");
    assert_not_set(&s, "driver.mode", "", NAP_ERR_RANGE,
                   "found driver.mode=, expected key and value of 1 to 63 bytes");
    assert_not_set(&s, "driver.a\nb", "x", NAP_ERR_RANGE,
                   "found driver.a?b=x, expected printable text, so that a counterexample can "
                   "tell it");
    assert_not_set(&s, "driver.mode", "caf\xe9", NAP_ERR_RANGE,
                   "found driver.mode=caf?, expected printable text, so that a counterexample "
                   "can tell it");
    memset(key + 7, 'k', 64);
    key[7 + 64] = 0;
    memset(value, 'v', 64);
    value[64] = 0;
    (void)snprintf(message, sizeof message,
                   "found %s=x, expected key and value of 1 to 63 bytes", key);
    assert_not_set(&s, key, "x", NAP_ERR_RANGE, message);
    (void)snprintf(message, sizeof message,
                   "found driver.mode=%s, expected key and value of 1 to 63 bytes", value);
    assert_not_set(&s, "driver.mode", value, NAP_ERR_RANGE, message);
    key[7 + 63] = value[63] = 0;
    assert_int_equal(nap_scenario_set(&s, key, value, NULL), NAP_OK);
    assert_string_equal(s.parameters[0].key, key + 7);
    assert_string_equal(s.parameters[0].value, value);
}

static void one_parameter_of_the_driver_too_many_is_refused(void **state)
{
    struct nap_scenario s = {0};
    char key[20];

    (void)state;
    for (unsigned i = 0; i < NAP_SCENARIO_PARAMETERS_MAX; i++) {
        (void)snprintf(key, sizeof key, "driver.k%u", i);
        assert_int_equal(nap_scenario_set(&s, key, "x", NULL), NAP_OK);
    }
    assert_not_set(&s, "driver.k16", "x", NAP_ERR_NOSPACE,
                   "found more than 16 driver parameters, expected fewer");
    assert_int_equal(nap_scenario_set(&s, "driver.k15", "y", NULL), NAP_OK);
}

static void assert_all_refused(const struct bad_input *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct nap_error error = {0};
        struct nap_scenario *s = (struct nap_scenario *)(uintptr_t)8;
        enum nap_err err =
            nap_scenario_load(table[i].text, strlen(table[i].text), "s.yaml", &s, &error);

        assert_string_equal(error.text, table[i].message);
        assert_int_equal(err, NAP_ERR_PARSE);
        assert_null(s);
    }
}

static void a_bad_head_is_refused(void **state)
{
#define HEAD "scenario: s\ntitle: t\ndriver: d\n"
    static const struct bad_input table[] = {
        {"", "s.yaml:1: found nothing, expected a YAML document"},
        {"- a\n", "s.yaml:1: found a list as a scenario, expected a map"},
        {"scenario: s\nsoc: x\n",
         "s.yaml:2: unknown key 'soc' in a scenario, expected one of: scenario, title, driver, "
         "socs, variants, vary, parameters, autonomous, domains, break-off, queue-fill, "
         "operations, "
         "clients, interrupts, beside, devices, traffic"},
        {"scenario: a b\n", "s.yaml:1: found 'a b' as scenario, expected a name of letters, "
                            "digits, '_', '-', '.'"},
        {"scenario: s\ntitle: t\n", "s.yaml:1: found no 'driver' in a scenario, expected this "
                                    "key"},
        {HEAD "socs: m\n", "s.yaml:4: found 'm' as socs, expected a list"},
        {HEAD "socs: []\n", "s.yaml:4: found 0 socs, expected 1 to 16"},
        {HEAD "socs: [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]\n",
         "s.yaml:4: found 17 socs, expected 1 to 16"},
        {HEAD "variants: []\n", "s.yaml:4: found 0 variants, expected 1 to 16"},
        {HEAD "socs: [m]\nvariants: [v,\n  v]\n",
         "s.yaml:6: found 'v' twice in variants, expected each once"},
        {HEAD "socs: [m]\nvariants: [v]\nvary: [order, colour]\n",
         "s.yaml:6: found 'colour' as vary, expected one of: reset, order, latency, "
         "retain, fail, abort, loss, handler, post, queue-fill, api, idle, irq, "
         "dma"},
        {HEAD "socs: [m]\nvariants: [v]\nvary: [order, order]\n",
         "s.yaml:6: found 'order' twice in vary, expected each once"},
        {HEAD "socs: [m]\nvariants: [v]\nvary: []\nparameters: {order: any}\n",
         "s.yaml:7: unknown key 'order' in parameters, expected one of: probe-order, "
         "driver"},
        {HEAD "socs: [m]\nvariants: [v]\nvary: []\nparameters: {probe-order: some}\n",
         "s.yaml:7: found 'some' as probe-order, expected one of: root-first, any"},
        {HEAD "vary: []\nparameters: {driver: fast}\n",
         "s.yaml:5: found no map as driver, expected KEY: VALUE"},
        {HEAD "vary: []\nparameters:\n  driver:\n    mode: [a]\n",
         "s.yaml:7: found a list as mode, expected text"},
        {HEAD "vary: []\nparameters:\n  driver:\n    a b: c\n",
         "s.yaml:7: found 'a b' as a driver parameter, expected a name of letters, digits, "
         "'_', "
         "'-', '.'"},
        {HEAD
         "vary: []\nparameters:\n  driver: {a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1, "
         "i: 1, j: 1, k: 1, l: 1, m: 1, n: 1, o: 1, p: 1, q: 1}\n",
         "s.yaml:6: found more than 16 driver parameters, expected fewer"},
        {HEAD "socs: [m]\nvariants: [v]\nvary: []\n",
         "s.yaml:1: found no 'domains' in a scenario, expected this key"},
        {HEAD "socs: [m]\nvariants: [v]\nvary: []\ndomains: []\noperations: []\n",
         "s.yaml:8: found 0 operations, expected 1 to 64"},
    };
#undef HEAD

    (void)state;
    assert_all_refused(table, COUNT_OF(table));
}

static void bad_domains_are_refused(void **state)
{
    static const struct bad_input table[] = {
        {TOP "  - {name: g, master: a}\n",
         "s.yaml:8: unknown key 'master' in domain g, expected "
         "one of: name, ipa-bits, sensitive, masters, mappings"},
        {TOP "  - {masters: [a]}\n",
         "s.yaml:8: found no 'name' in domain ?, expected this key"},
        {TOP "  - {name: g}\n", "s.yaml:8: found no 'masters' in domain g, expected this key"},
        {TOP "  - {name: g, masters: [a], ipa-bits: 41}\n",
         "s.yaml:8: found '41' as ipa-bits, expected 0x1f to 0x28"},
        {TOP "  - {name: g, masters: [a]}\n",
         "s.yaml:8: found no 'mappings' in domain g, expected this key"},
        {TOP GUEST2 GUEST2, "s.yaml:11: found domain g2 twice, expected each once"},
        {TOP "  - {name: g, masters: [a, a]}\n",
         "s.yaml:8: found 'a' twice in masters, expected each once"},
        {TOP GUEST2 "  - name: g\n    masters:\n      - a\n      - c\n",
         "s.yaml:14: found master c in domain g, which domain g2 has, expected each master in "
         "one domain"},
        {TOP "  - {name: g, masters: [a], mappings: [1,2,3,4,5,6,7,8,9]}\n",
         "s.yaml:8: found 9 mappings, expected 0 to 8"},
        {TOP "  - {name: g, masters: [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]}\n",
         "s.yaml:8: found 17 masters, expected 1 to 16"},
        {TOP "  - name: g\n    masters: [[1,2,3,4,5,6,7,8,9],\n"
             "      [10,11,12,13,14,15,16,17]]\n",
         "s.yaml:10: found more than 16 masters, expected 1 to 16"},
        {TOP "  - {name: g, masters: [[a]]}\n",
         "s.yaml:8: found 1 masters to choose from, expected at least 2"},
        {TOP "  - {name: g, masters: [[none]]}\n",
         "s.yaml:8: found 1 masters to choose from, expected at least 2"},
        {TOP "  - {name: g, masters: [[a, b], b]}\n",
         "s.yaml:8: found 'b' twice in masters, expected each once"},
        {TOP "  - {name: g, masters: [[a, [b]]]}\n",
         "s.yaml:8: found a list as masters, expected text"},
        {"scenario: s\ntitle: t\ndriver: d\nsocs: [m]\nvariants: [v]\nvary: []\n"
         "domains: [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]\n",
         "s.yaml:7: found 17 domains, expected 0 to 16"},
    };

    (void)state;
    assert_all_refused(table, COUNT_OF(table));
}

static void bad_mappings_are_refused(void **state)
{
    static const struct bad_input table[] = {
        {TOP GUEST1 MAPPING("iova: 0, pa: 0, bytes: 4"),
         "s.yaml:11: unknown key 'bytes' in a mapping, expected one of: iova, pa, size, "
         "access"},
        {TOP GUEST1 MAPPING("iova: 0x1800, pa: 0, size: 0x1000, access: r"),
         "s.yaml:11: found 0x1800 as iova, expected a multiple of 0x1000"},
        {TOP GUEST1 MAPPING("iova: 0, pa: 0x10, size: 0x1000, access: r"),
         "s.yaml:11: found 0x10 as pa, expected a multiple of 0x1000"},
        {TOP GUEST1 MAPPING("iova: 0, pa: 0, size: 0x1001, access: r"),
         "s.yaml:11: found 0x1001 as size, expected a multiple of 0x1000"},
        {TOP GUEST1 MAPPING("iova: 0, pa: 0, size: 0, access: r"),
         "s.yaml:11: found a mapping of 0 bytes, expected 0x1000 or more"},
        {TOP GUEST1 MAPPING("iova: 0, pa: 0, size: 0x1000, access: x"),
         "s.yaml:11: found 'x' as access, expected one of: r, w, rw"},
        {TOP GUEST1 MAPPING("iova: 0, pa: 0, size: 0x1000"),
         "s.yaml:11: found no 'access' in a mapping, expected this key"},
        {TOP GUEST1 MAPPING("iova: 0x10000000000, pa: 0, size: 0x1000, access: r"),
         "s.yaml:11: found '0x10000000000' as iova, expected 0x0 to 0xffffffffff"},
        {TOP GUEST1 MAPPING("iova: 0xfffffff000, pa: 0, size: 0x2000, access: r"),
         "s.yaml:11: found the end of iova 0xfffffff000 with size 0x2000 beyond 0x10000000000, "
         "expected it within"},
        {TOP GUEST1
         "    ipa-bits: 31\n" MAPPING("iova: 0x7ffff000, pa: 0, size: 0x2000, access: r"),
         "s.yaml:12: found the end of iova 0x7ffff000 with size 0x2000 beyond 0x80000000, "
         "expected it within"},
        {TOP GUEST1 MAPPING("iova: 0, pa: 0xfffffff000, size: 0x2000, access: r"),
         "s.yaml:11: found the end of pa 0xfffffff000 with size 0x2000 beyond 0x10000000000, "
         "expected it within"},
        {TOP GUEST1 MAPPING(PAGE) "      - {iova: 0, pa: 0, size: 0x2000, access: r}\n",
         "s.yaml:12: mapping at iova 0x0 overlaps the one at 0x1000 in domain g1, expected "
         "separate addresses"},
    };

    (void)state;
    assert_all_refused(table, COUNT_OF(table));
}

static void bad_interrupts_are_refused(void **state)
{
#define LIST(entry) HEAD_OF_INTERRUPTS "  - " entry "\noperations: [probe]\n"
#define HEAD_OF_INTERRUPTS                                                                     \
    "scenario: s\ntitle: t\ndriver: d\nvary: []\ndomains: []\ninterrupts:\n"
    static const struct bad_input table[] = {
        {LIST("{intid: 1020}"),
         "s.yaml:7: found interrupt 1020: no input of that INTID, and no message"},
        {LIST("{intid: 8192}"),
         "s.yaml:7: found interrupt 8192: no input of that INTID, and no message"},
        {LIST("{intid: 3}"), "s.yaml:7: found interrupt 3: an SGI without from"},
        {LIST("{intid: 40, from: 0}"), "s.yaml:7: found interrupt 40: from, and no SGI"},
        {LIST("{intid: 3, from: 0, trigger: level}"),
         "s.yaml:7: found interrupt 3: a level that has no line"},
        {LIST("{intid: 3, from: 0, wake: true}"),
         "s.yaml:7: found interrupt 3: wake of what has no line"},
        {LIST("{intid: 40}\n  - {intid: 40, cpu: 1}"),
         "s.yaml:8: found interrupt 40: one that is listed above"},
        {LIST("{intid: 40, times: [any]}"),
         "s.yaml:7: found a list as times, expected a number, decimal or 0x hexadecimal, or "
         "any"},
        {LIST("{intid: 40, times: frog}"),
         "s.yaml:7: found 'frog' as times, expected a number, decimal or 0x hexadecimal, or "
         "any"},
        {LIST("{intid: 40, times: 17}"),
         "s.yaml:7: found '17' as times, expected 0x0 to 0x10, or any"},
        {HEAD_OF_INTERRUPTS "  - {intid: 40}\noperations: [probe, raise: 41]\n",
         "s.yaml:8: found 41, expected the intid of one of the interrupts"},
        {LIST("{intid: 0x1000000, message: {device: d, register: R}}"),
         "s.yaml:7: found '0x1000000' as intid, expected 0x0 to 0xffffff"},
        {LIST("{intid: 27, message: {device: d, register: R}}"),
         "s.yaml:7: found interrupt 27: a message, and neither an SPI nor an LPI"},
        {LIST("{intid: 8191, message: {device: d, register: R}}"),
         "s.yaml:7: found interrupt 8191: a message, and neither an SPI nor an LPI"},
        {LIST("{intid: 8192, message: {device: d, register: R, event: 1}}\n"
              "  - {intid: 8193, message: {device: d, register: R, event: 1}}"),
         "s.yaml:8: found interrupt 8193: a message that is listed above"},
        {LIST("{intid: 1056}\n  - {intid: 1056, cpu: 1}\n  - {intid: 1056}"),
         "s.yaml:9: found interrupt 1056: one that is listed above"},
        {HEAD_OF_INTERRUPTS "  - {intid: 40}\noperations: [probe, raise-asleep: 40]\n",
         "s.yaml:8: found raise-asleep without suspend below it, expected suspend"},
        {HEAD_OF_INTERRUPTS "  - {intid: 3, from: 0}\noperations: [probe, suspend, raise: 3, "
                            "power-cycle, resume]\n",
         "s.yaml:8: found raise of an SGI between suspend and resume, expected raise-asleep "
         "above suspend"},
    };

    (void)state;
    assert_all_refused(table, COUNT_OF(table));
#undef LIST
#undef HEAD_OF_INTERRUPTS
}

static void bad_operations_are_refused(void **state)
{
    static const struct bad_input table[] = {
        {OPS "  - prob\n", "s.yaml:16: found 'prob' as operation, expected one of: probe, "
                           "attach, detach, map, unmap, block, bypass, fill, query, "
                           "page-response, remove, dma, suspend, power-cycle, power-off, "
                           "power-on, runtime-suspend, runtime-resume, msi-move, write, raise, "
                           "raise-asleep, end-interrupt, resume"},
        {OPS "  - fly: g1\n",
         "s.yaml:16: found 'fly' as operation, expected one of: probe, "
         "attach, detach, map, unmap, block, bypass, fill, query, "
         "page-response, remove, dma, suspend, power-cycle, power-off, "
         "power-on, runtime-suspend, runtime-resume, msi-move, write, raise, "
         "raise-asleep, end-interrupt, resume"},
        {OPS "  - [probe]\n",
         "s.yaml:16: found a list as operation, expected one of: probe, "
         "attach, detach, map, unmap, block, bypass, fill, query, "
         "page-response, remove, dma, suspend, power-cycle, power-off, "
         "power-on, runtime-suspend, runtime-resume, msi-move, write, raise, "
         "raise-asleep, end-interrupt, resume"},
        {OPS "  - {probe: 1, dma: g1}\n",
         "s.yaml:16: found 2 keys in an operation, expected one"},
        {OPS "  - {}\n", "s.yaml:16: found 0 keys in an operation, expected one"},
        {OPS "  - probe: all\n",
         "s.yaml:16: found 'probe' with an argument, expected the word alone"},
        {OPS "  - probe\n  - attach\n",
         "s.yaml:17: found 'attach' without an argument, expected 'attach: DOMAIN'"},
        {OPS "  - probe\n  - attach: g3\n",
         "s.yaml:17: found 'g3' as domain, expected one of this scenario's domains"},
        {OPS "  - probe\n  - attach:\n", "s.yaml:17: found nothing as domain, expected text"},
        {ATTACHED "  - map: g1\n", "s.yaml:18: found 'g1' as map, expected a map"},
        {ATTACHED "  - map: {iova: 0, pa: 0, size: 0x1000, access: r}\n",
         "s.yaml:18: found no 'domain' in map, expected this key"},
        {ATTACHED "  - map: {domain: g1, " PAGE "}\n",
         "s.yaml:18: mapping at iova 0x1000 overlaps the one at 0x1000 in domain g1, expected "
         "separate addresses"},
        {ATTACHED "  - unmap: {domain: g1, pa: 0}\n",
         "s.yaml:18: unknown key 'pa' in unmap, expected one of: domain, iova, size"},
        {ATTACHED "  - unmap: {domain: g1, iova: 0, size: 0x2000}\n",
         "s.yaml:18: found unmap of 0x2000 bytes at iova 0x0 in domain g1, expected a part of "
         "one of its mappings"},
        {ATTACHED "  - unmap: {domain: g1, iova: 0, size: 0}\n",
         "s.yaml:18: found unmap of 0 bytes, expected 0x1000 or more"},
        {ATTACHED "  - dma: {domain: g1, iova: 0}\n",
         "s.yaml:18: found no 'access' in dma, expected this key"},
        {ATTACHED "  - dma: {domain: g1, iova: 0x123456, access: r}\n",
         "s.yaml:18: found 0x123456 as iova, expected a multiple of 0x1000"},
        {ATTACHED "  - dma: {domain: g1, iova: 0, access: rw}\n",
         "s.yaml:18: found 'rw' as access, expected one of: r, w"},
        {ATTACHED "  - dma: {domain: g1, iova: 0x10000000000, access: r}\n",
         "s.yaml:18: found '0x10000000000' as iova, expected 0x0 to 0xffffffffff"},
        {ATTACHED "  - suspend\n  - write: mm\n",
         "s.yaml:19: found 'mm' as write, expected a map"},
        {ATTACHED "  - suspend\n  - write: {register: R, value: 0}\n",
         "s.yaml:19: found no 'device' in write, expected this key"},
        {ATTACHED "  - suspend\n  - write: {device: mm, value: 0}\n",
         "s.yaml:19: found no 'register' in write, expected this key"},
        {ATTACHED "  - suspend\n  - write: {device: mm, register: R}\n",
         "s.yaml:19: found no 'value' in write, expected this key"},
        {ATTACHED "  - suspend\n  - write: {device: mm, register: R, value: on}\n",
         "s.yaml:19: found 'on' as value, expected a number, decimal or 0x hexadecimal"},
        {ATTACHED
         "  - suspend\n  - write: {device: mm, register: R, index: 0x10000, value: 0}\n",
         "s.yaml:19: found '0x10000' as index, expected 0x0 to 0xffff"},
        {ATTACHED "  - suspend\n  - power-off: p\n",
         "s.yaml:19: found 'p' as power domains, expected a list"},
        {ATTACHED "  - suspend\n  - power-off: [p, p]\n",
         "s.yaml:19: found 'p' twice in power domains, expected each once"},
        {ATTACHED "  - suspend\n  - power-on: []\n",
         "s.yaml:19: found 0 power domains, expected 1 to 8"},
        {ATTACHED "  - suspend\n  - power-on: [1,2,3,4,5,6,7,8,9]\n",
         "s.yaml:19: found 9 power domains, expected 1 to 8"},
        {ATTACHED "  - suspend\n  - power-cycle: [p, p]\n",
         "s.yaml:19: found 'p' twice in power domains, expected each once"},
        {ATTACHED "  - suspend\n  - power-cycle: []\n",
         "s.yaml:19: found 0 power domains, expected 1 to 8"},
        {ATTACHED "  - suspend\n  - power-cycle: [1,2,3,4,5,6,7,8,9]\n",
         "s.yaml:19: found 9 power domains, expected 1 to 8"},
    };

    (void)state;
    assert_all_refused(table, COUNT_OF(table));
}

static void operations_in_an_order_without_meaning_are_refused(void **state)
{
    static const struct bad_input table[] = {
        {OPS "  - attach: g1\n", "s.yaml:16: found attach before probe, expected probe first"},
        {OPS "  - probe\n  - probe\n", "s.yaml:17: found probe twice, expected once"},
        {OPS "  - probe\n  - dma: g1\n", "s.yaml:17: found dma of domain g1, which is not "
                                         "attached here, expected attach above it"},
        {OPS "  - probe\n  - unmap: {domain: g1, iova: 0x1000, size: 0x1000}\n",
         "s.yaml:17: found unmap of domain g1, which is not attached here, expected attach "
         "above it"},
        {OPS "  - probe\n  - map: {domain: g1, " PAGE "}\n",
         "s.yaml:17: found map of domain g1, which is not attached here, expected attach above "
         "it"},
        {OPS "  - probe\n  - detach: g1\n",
         "s.yaml:17: found detach of domain g1, which is not "
         "attached here, expected attach above it"},
        {ATTACHED "  - attach: g1\n",
         "s.yaml:18: found attach of domain g1, which is attached here, expected it once, or "
         "detach, block or bypass above it"},
        {ATTACHED "  - detach: g1\n  - dma: g1\n",
         "s.yaml:19: found dma of domain g1, which is not attached here, expected attach above "
         "it"},
        {OPS "  - probe\n  - block: a\n",
         "s.yaml:17: found block of master a, whose domain g1 is not attached here, expected "
         "attach above it"},
        {ATTACHED "  - bypass: c\n",
         "s.yaml:18: found bypass of master c, whose domain g2 is not attached here, expected "
         "attach above it"},
        {ATTACHED "  - bypass: nobody\n",
         "s.yaml:18: found 'nobody' as master, expected one of a domain of this scenario"},
        {ATTACHED "  - page-response: {master: a, tag: 1, code: yes}\n",
         "s.yaml:18: found 'yes' as code, expected one of: success, invalid, failure"},
        {ATTACHED "  - page-response: {master: a, code: success}\n",
         "s.yaml:18: found no 'tag' in page-response, expected this key"},
        {ATTACHED "  - query\n",
         "s.yaml:18: found 'query' without an argument, expected 'query: DEVICE'"},
        {ATTACHED "  - fill: mm\n",
         "s.yaml:18: found fill without queue-fill, expected `queue-fill: [N, ...]` above the "
         "operations"},
        {ATTACHED "  - suspend\n  - remove: mm\n",
         "s.yaml:19: found remove between suspend and resume, expected it outside"},
        {ATTACHED "  - resume\n", "s.yaml:18: found resume without suspend above it, expected "
                                  "suspend first"},
        {ATTACHED "  - power-cycle\n",
         "s.yaml:18: found 'power-cycle' of all power domains while the system is awake, "
         "expected 'power-cycle: [DOMAIN]', or suspend above it"},
        {ATTACHED "  - power-off\n",
         "s.yaml:18: found 'power-off' of all power domains while the system is awake, "
         "expected 'power-off: [DOMAIN]', or suspend above it"},
        {ATTACHED "  - suspend\n  - resume\n  - power-on\n",
         "s.yaml:20: found 'power-on' of all power domains while the system is awake, "
         "expected 'power-on: [DOMAIN]', or suspend above it"},
        {ATTACHED "  - runtime-suspend\n",
         "s.yaml:18: found 'runtime-suspend' without an argument, expected 'runtime-suspend: "
         "[DOMAIN]'"},
        {ATTACHED "  - suspend\n  - runtime-suspend: [p]\n",
         "s.yaml:19: found runtime-suspend between suspend and resume, expected it outside"},
        {ATTACHED "  - suspend\n  - runtime-resume: [p]\n",
         "s.yaml:19: found runtime-resume between suspend and resume, expected it outside"},
        {ATTACHED "  - write: {device: mm, register: R, value: 0}\n",
         "s.yaml:18: found write without suspend above it, expected suspend first"},
        {ATTACHED "  - suspend\n  - suspend\n",
         "s.yaml:19: found suspend between suspend and resume, expected it outside"},
        {ATTACHED "  - suspend\n  - dma: g1\n",
         "s.yaml:19: found dma between suspend and resume, expected it outside"},
        {ATTACHED "  - suspend\n  - resume\n  - resume\n",
         "s.yaml:20: found resume without suspend above it, expected suspend first"},
    };

    (void)state;
    assert_all_refused(table, COUNT_OF(table));
}

static void calls_beyond_attach_to_unmap_keep_what_they_name(void **state)
{
    struct nap_scenario *s =
        load("queue-fill: [0, 1, 7]\n" ATTACHED "  - block: a\n  - bypass: b\n"
             "  - attach: g1\n  - fill: mm\n  - query: mm\n"
             "  - page-response: {master: b, tag: 5, code: failure}\n  - remove: mm\n");

    (void)state;
    assert_int_equal(s->n_fills, 3);
    assert_int_equal(s->fills[2], 7);
    assert_int_equal(s->ops[2].kind, NAP_OP_BLOCK);
    assert_string_equal(s->ops[2].master, "a");
    assert_int_equal(s->ops[3].kind, NAP_OP_BYPASS);
    assert_string_equal(s->ops[3].master, "b");
    assert_int_equal(s->ops[4].kind, NAP_OP_ATTACH);
    assert_int_equal(s->ops[5].kind, NAP_OP_FILL);
    assert_string_equal(s->ops[5].device, "mm");
    assert_int_equal(s->ops[7].kind, NAP_OP_PAGE_RESPONSE);
    assert_string_equal(s->ops[7].master, "b");
    assert_int_equal(s->ops[7].tag, 5);
    assert_int_equal(s->ops[7].code, 2);
    assert_int_equal(s->ops[8].kind, NAP_OP_REMOVE);
    nap_scenario_free(s);
}

static void a_domain_says_whether_it_is_sensitive(void **state)
{
    struct nap_scenario *s = load(TOP GUEST1 "    sensitive: true\n    mappings: []\n" GUEST2
                                             "operations: [probe]\n");

    (void)state;
    assert_true(s->domains[0].sensitive);
    assert_false(s->domains[1].sensitive);
    nap_scenario_free(s);
}

static void a_bad_queue_fill_or_break_off_is_refused(void **state)
{
    static const struct bad_input table[] = {
        {"queue-fill: []\n" OPS "  - probe\n", "s.yaml:1: found 0 queue-fill, expected 1 to 8"},
        {"queue-fill: [1, 2, 1]\n" OPS "  - probe\n",
         "s.yaml:1: found 1 twice in queue-fill, expected each once"},
        {"queue-fill: [70000]\n" OPS "  - probe\n",
         "s.yaml:1: found '70000' as queue-fill, expected 0x0 to 0x10000"},
        {"break-off: never\n" OPS "  - probe\n",
         "s.yaml:1: found 'never' as break-off, expected one of: any-step, whole"},
        {"queue-fill: [1]\n" OPS "  - probe\n",
         "s.yaml:1: found queue-fill, and no operation that fills, expected `fill: DEVICE` "
         "among the operations"},
    };

    (void)state;
    assert_all_refused(table, COUNT_OF(table));
}

static void more_operations_than_fit_are_refused(void **state)
{
    char text[2000] = DOMAINS "operations: [probe";
    struct bad_input bad = {text, "s.yaml:15: found 65 operations, expected 1 to 64"};

    (void)state;
    for (int i = 0; i < 64; i++)
        (void)strcat(text, ",suspend");
    (void)strcat(text, "]\n");
    assert_all_refused(&bad, 1);
}

static void every_failing_allocation_is_reported(void **state)
{
    const char *text = OPS "  - probe\n";
    enum nap_err err = NAP_ERR_NOMEM;
    unsigned long n;

    (void)state;
    for (n = 1; err; n++) {
        struct nap_error error = {0};
        struct nap_scenario *s;

        alloc_until_failure = n;
        err = nap_scenario_load(text, strlen(text), "s.yaml", &s, &error);
        alloc_until_failure = 0;
        if (err) {
            assert_int_equal(err, NAP_ERR_NOMEM);
            assert_int_equal(error.code, NAP_ERR_NOMEM);
            assert_null(s);
        }
        nap_scenario_free(s);
    }
    assert_true(n > 8); /* the scenario, and seven of the YAML reader */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ipmmu_resume_starts_with_the_recommended_variant_on_h3),
        cmocka_unit_test(ipmmu_resume_has_two_guests_with_a_block_and_a_page_each),
        cmocka_unit_test(ipmmu_resume_cuts_all_power_with_warm_tlbs),
        cmocka_unit_test(every_operation_keeps_its_argument_and_its_line),
        cmocka_unit_test(power_can_go_and_come_in_two_operations),
        cmocka_unit_test(dma_may_be_one_access),
        cmocka_unit_test(firmware_can_write_registers_before_resume),
        cmocka_unit_test(what_was_unmapped_can_be_mapped_again),
        cmocka_unit_test(optional_keys_have_defaults),
        cmocka_unit_test(machines_and_variants_may_be_left_to_the_command),
        cmocka_unit_test(parameters_of_the_driver_are_kept_in_order),
        cmocka_unit_test(a_long_file_name_loses_its_front),
        cmocka_unit_test(a_parameter_is_set_by_name),
        cmocka_unit_test(a_parameter_of_the_driver_is_set_over_what_it_was),
        cmocka_unit_test(a_parameter_of_the_driver_that_does_not_fit_is_refused),
        cmocka_unit_test(one_parameter_of_the_driver_too_many_is_refused),
        cmocka_unit_test(a_bad_head_is_refused),
        cmocka_unit_test(bad_domains_are_refused),
        cmocka_unit_test(bad_mappings_are_refused),
        cmocka_unit_test(bad_interrupts_are_refused),
        cmocka_unit_test(bad_operations_are_refused),
        cmocka_unit_test(operations_in_an_order_without_meaning_are_refused),
        cmocka_unit_test(calls_beyond_attach_to_unmap_keep_what_they_name),
        cmocka_unit_test(a_domain_says_whether_it_is_sensitive),
        cmocka_unit_test(a_bad_queue_fill_or_break_off_is_refused),
        cmocka_unit_test(more_operations_than_fit_are_refused),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
