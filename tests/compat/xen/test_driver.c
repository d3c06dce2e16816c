/* SPDX-License-Identifier: MIT */
/* lib/compat/xen as a driver object meets it: driver.c on a machine of one root and two caches,
 * whose device tree has the caches before the root, and behind a bus that shifts addresses. */
#include <libfdt.h>

#include "../../scenario/rig.h"

#include <regnap/dma.h>

#include "scenario/runner.h"

#include <errno.h>

#define DS1 0u
#define HC  1u
#define MM  2u

static const char board[] =
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

static const char sleep_scenario[] =
    "scenario: sleep\ntitle: t\ndriver: xen\nvary: [order]\n"
    "domains:\n"
    "  - name: guest\n"
    "    masters: [sdhi0, sata]\n"
    "    mappings:\n"
    "      - {iova: 0x50000000, pa: 0x48000000, size: 0x200000, access: rw}\n"
    "operations:\n"
    "  - probe\n"
    "  - attach: guest\n"
    "  - dma: guest\n"
    "  - suspend\n"
    "  - power-cycle\n"
    "  - resume\n";

/* --- the device tree --- */

enum { GIC = 1, MAIN, CACHE_DS1, CACHE_HC };

static void check(int error)
{
    if (error)
        fail_msg("libfdt: %s", fdt_strerror(error));
}

static void cells(void *tree, const char *name, unsigned n, const uint32_t *values)
{
    fdt32_t raw[8];

    for (unsigned i = 0; i < n; i++)
        raw[i] = cpu_to_fdt32(values[i]);
    check(fdt_property(tree, name, raw, (int)(n * sizeof *raw)));
}

#define CELLS(tree, name, ...)                                                                 \
    cells(tree, name, sizeof((uint32_t[]){__VA_ARGS__}) / 4, (uint32_t[]){__VA_ARGS__})

static void begin(void *tree, const char *name, const char *compatible)
{
    check(fdt_begin_node(tree, name));
    if (compatible)
        check(fdt_property(tree, "compatible", compatible, (int)strlen(compatible) + 1));
}

static void ipmmu(void *tree, const char *name, uint32_t reg, uint32_t phandle)
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
static void odd(void *tree)
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
static void *make_tree(void)
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

static void name_node(struct nap_soc_node *node, const char *path)
{
    (void)snprintf(node->path, sizeof node->path, "%s", path);
}

/* --- a run and what it leaves in the trace --- */

struct bench {
    struct nap_soc *soc;
    struct nap_scenario *scenario;
    struct nap_run_config config;
    char trace[65536];
    size_t at;
};

static struct nap_driver_object *object;

static void keep(void *context, const struct nap_machine *m, const struct nap_event *e)
{
    struct bench *b = context;
    char line[512];

    nap_event_text(m, e, line, sizeof line);
    assert_true(b->at + strlen(line) + 2 < sizeof b->trace);
    b->at += (size_t)snprintf(b->trace + b->at, sizeof b->trace - b->at, "%s\n", line);
}

/* YAML wants the root first; a device tree has it where it has it. */
static void root_last(struct nap_soc *soc)
{
    struct nap_soc_device root = soc->devices[0];

    memmove(&soc->devices[0], &soc->devices[1], 2 * sizeof soc->devices[0]);
    soc->devices[MM] = root;
    soc->devices[DS1].upstream = soc->devices[HC].upstream = MM;
    for (uint32_t i = 0; i < soc->n_masters; i++)
        soc->masters[i].ports[0].device--;
}

static void open_bench(struct bench *b, const char *scenario, const char *key,
                       const char *value)
{
    struct nap_error error = {0};

    memset(b, 0, sizeof *b);
    if (nap_soc_load(board, strlen(board), "board.yaml", &b->soc, &error) ||
        nap_scenario_load(scenario, strlen(scenario), "s.yaml", &b->scenario, &error) ||
        (key && nap_scenario_set(b->scenario, key, value, &error)))
        fail_msg("%s", error.text);
    root_last(b->soc);
    b->soc->tree = make_tree();
    b->soc->tree_bytes = fdt_totalsize(b->soc->tree);
    name_node(&b->soc->devices[DS1].node, "/bus/iommu@1740000");
    name_node(&b->soc->devices[HC].node, "/bus/iommu@570000");
    name_node(&b->soc->devices[MM].node, "/bus/iommu@7b0000");
    name_node(&b->soc->masters[0].node, "/bus/mmc@8100000");
    name_node(&b->soc->masters[1].node, "/bus/sata@8300000");
    name_node(&b->soc->masters[2].node, "/bus/free@0");
    b->config = (struct nap_run_config){.scenario = b->scenario,
                                        .soc = b->soc,
                                        .driver = nap_driver_of(object),
                                        .object = object,
                                        .variant = "xen",
                                        .blocks = nap_builtin_blocks(),
                                        .trace = keep,
                                        .trace_context = b};
}

static void close_bench(struct bench *b)
{
    nap_scenario_free(b->scenario);
    nap_soc_free(b->soc);
}

static void run(struct bench *b, struct nap_run_result *result)
{
    struct nap_error error = {0};

    if (nap_run(&b->config, NULL, result, &error)) {
        (void)fprintf(stderr, "%s", b->trace);
        fail_msg("%s", error.text);
    }
}

/* What stands in the trace at or behind @from; fails where it does not. */
static const char *traced(const struct bench *b, const char *from, const char *text)
{
    const char *found = strstr(from ? from : b->trace, text);

    if (!found) {
        (void)fprintf(stderr, "%s", b->trace);
        fail_msg("'%s' is not in the trace above", text);
    }
    return found;
}

static void clean(const struct bench *b, const struct nap_run_result *result)
{
    if (result->findings.n_violations) {
        (void)fprintf(stderr, "%s", b->trace);
        fail_msg("%s, %s:%d", result->findings.violations[0].message,
                 result->findings.violations[0].source.file,
                 result->findings.violations[0].source.line);
    }
}

/* --- probing --- */

static void caches_wait_for_their_root(void **state)
{
    struct bench b;
    struct nap_run_result result;
    const char *at;

    (void)state;
    open_bench(&b, sleep_scenario, NULL, NULL);
    run(&b, &result);
    at = traced(&b, NULL, "return     probe = -517");
    at = traced(&b, at + 1, "return     probe = -517");
    at = traced(&b, at, "(XEN) iommu: at 0x00000000e67b0000");
    at = traced(&b, at, "(XEN) iommu: at 0x00000000e7740000");
    (void)traced(&b, at, "(XEN) iommu: at 0x00000000e6570000");
    nap_run_result_free(&result);
    close_bench(&b);
}

static void product_register_is_assumed_and_says_so(void **state)
{
    struct bench b;
    struct nap_run_result result;

    (void)state;
    open_bench(&b, sleep_scenario, NULL, NULL);
    run(&b, &result);
    (void)traced(&b, NULL, "product register reads 0x00004f20, revision ES3.0 is assumed");
    nap_run_result_free(&result);
    close_bench(&b);
}

static void old_silicon_is_refused_by_the_driver(void **state)
{
    struct bench b;
    struct nap_run_result result;
    struct nap_error error = {0};

    (void)state;
    open_bench(&b, sleep_scenario, "driver.soc-revision", "ES1.1");
    assert_int_not_equal(nap_run(&b.config, NULL, &result, &error), NAP_OK);
    (void)traced(&b, NULL, "(XEN) product 0x00004f01 is too old");
    nap_run_result_free(&result);
    close_bench(&b);
}

static void revision_that_is_none_is_named(void **state)
{
    struct bench b;
    struct nap_run_result result;

    (void)state;
    open_bench(&b, sleep_scenario, "driver.soc-revision", "third");
    run(&b, &result);
    (void)traced(&b, NULL, "driver.soc-revision is 'third', expected as ES3.0; ES3.0 is taken");
    nap_run_result_free(&result);
    close_bench(&b);
}

static void machine_without_device_tree_is_refused(void **state)
{
    struct bench b;
    struct nap_run_result result;
    struct nap_error error = {0};

    (void)state;
    open_bench(&b, sleep_scenario, NULL, NULL);
    free(b.soc->tree);
    b.soc->tree = NULL;
    assert_int_not_equal(nap_run(&b.config, NULL, &result, &error), NAP_OK);
    (void)traced(&b, NULL, "looks at the device tree, so the machine has to come from one");
    nap_run_result_free(&result);
    close_bench(&b);
}

/* --- a guest --- */

static void guest_sleeps_and_wakes_up(void **state)
{
    struct bench b;
    struct nap_run_result result;

    (void)state;
    open_bench(&b, sleep_scenario, NULL, NULL);
    run(&b, &result);
    clean(&b, &result);
    assert_int_equal(result.suspend_result, 0);
    assert_int_equal(result.resume_result, 0);
    nap_run_result_free(&result);
    close_bench(&b);
}

/* Arm: DSB ST before the write, DSB LD after the read. Both stand in the driver's line. */
static void accesses_have_the_barriers_of_xen(void **state)
{
    struct bench b;
    struct nap_run_result result;
    const char *at;

    (void)state;
    open_bench(&b, sleep_scenario, NULL, NULL);
    run(&b, &result);
    at = traced(&b, NULL, "read       mm.IMSAUXCTLR");
    at = strchr(at, '\n') + 1;
    assert_ptr_equal(traced(&b, at, "DSB LD"), strstr(at, "DSB"));
    at = traced(&b, at, "DSB ST");
    at = strchr(at, '\n') + 1;
    assert_ptr_equal(traced(&b, at, "write"), strstr(at, "write      mm.IMSAUXCTLR"));
    assert_non_null(strstr(at, "driver.c:"));
    nap_run_result_free(&result);
    close_bench(&b);
}

static void driver_without_suspend_is_told_of(void **state)
{
    struct bench b;
    struct nap_run_result result;

    (void)state;
    open_bench(&b, sleep_scenario, "driver.mistake", "no-sleep");
    run(&b, &result);
    (void)traced(&b, NULL, "the driver's iommu_ops have no suspend");
    (void)traced(&b, NULL, "the driver's iommu_ops have no resume");
    assert_true(
        has_rule(result.findings.violations, result.findings.n_violations, "dma-isolation"));
    nap_run_result_free(&result);
    close_bench(&b);
}

static void run_to_operation(struct nap_runner *r, uint32_t op)
{
    while (r->pos->op < op)
        assert_true(nap_runner_advance(r));
}

static void fault_reaches_the_handler_of_the_interrupt(void **state)
{
    struct bench b;
    struct nap_runner *r;

    (void)state;
    open_bench(&b, sleep_scenario, NULL, NULL);
    assert_int_equal(nap_runner_create(&b.config, &r, NULL), NAP_OK);
    run_to_operation(r, 3);
    nap_dma(r->m, HC, 2, 0x70001000, NAP_READ);
    nap_runner_interrupts(r);
    (void)traced(&b, NULL, "(XEN) d1: interrupt 228, fault 0x1 at 0x70001000");
    nap_runner_destroy(r);
    close_bench(&b);
}

static void detached_master_can_be_attached_again(void **state)
{
    static const char scenario[] = "scenario: again\ntitle: t\ndriver: xen\nvary: [order]\n"
                                   "domains:\n"
                                   "  - name: guest\n"
                                   "    masters: [sata]\n"
                                   "    mappings:\n"
                                   "      - {iova: 0x50000000, pa: 0x48000000, size: 0x1000, "
                                   "access: rw}\n"
                                   "operations: [probe, attach: guest, dma: guest]\n";
    struct bench b;
    struct nap_runner *r;

    (void)state;
    open_bench(&b, scenario, NULL, NULL);
    assert_int_equal(nap_runner_create(&b.config, &r, NULL), NAP_OK);
    run_to_operation(r, 2);
    assert_int_equal(nap_runner_attach(r, 0, r->masters[1]), -EBUSY);
    assert_int_equal(nap_runner_detach(r, r->masters[1]), 0);
    assert_int_equal(nap_runner_attach(r, 0, r->masters[1]), 0);
    nap_runner_destroy(r);
    close_bench(&b);
}

static void master_without_iommus_is_refused(void **state)
{
    static const char scenario[] = "scenario: free\ntitle: t\ndriver: xen\nvary: [order]\n"
                                   "domains: [{name: guest, masters: [free], mappings: []}]\n"
                                   "operations: [probe, attach: guest]\n";
    struct bench b;
    struct nap_run_result result;

    (void)state;
    open_bench(&b, scenario, NULL, NULL);
    assert_int_not_equal(nap_run(&b.config, NULL, &result, NULL), NAP_OK);
    (void)traced(&b, NULL, "/bus/free@0 has no usable \"iommus\"");
    nap_run_result_free(&result);
    close_bench(&b);
}

static void guests_of_different_size_are_refused(void **state)
{
    static const char scenario[] =
        "scenario: sizes\ntitle: t\ndriver: xen\nvary: [order]\n"
        "domains: [{name: small, ipa-bits: 36, masters: [sata], mappings: []}, {name: big, "
        "ipa-bits: 40, masters: [sdhi0], mappings: []}]\n"
        "operations: [probe, attach: small, attach: big]\n";
    struct bench b;
    struct nap_run_result result;

    (void)state;
    open_bench(&b, scenario, NULL, NULL);
    assert_int_not_equal(nap_run(&b.config, NULL, &result, NULL), NAP_OK);
    (void)traced(&b, NULL, "domain big has ipa_bits 40, expected 36");
    nap_run_result_free(&result);
    close_bench(&b);
}

/* --- mistakes of the driver --- */

/* The driver's call is left at the mistake, with one verdict that names its line. */
static void mistake(const char *which, const char *message)
{
    struct bench b;
    struct nap_runner *r;
    const struct nap_finding *f;

    open_bench(&b, sleep_scenario, "driver.mistake", which);
    assert_int_equal(nap_runner_create(&b.config, &r, NULL), NAP_OK);
    while (nap_runner_advance(r))
        continue;
    assert_int_equal(r->findings.n_violations, 1);
    f = &r->findings.violations[0];
    assert_string_equal(f->rule->id, "driver-panic");
    if (!strstr(f->message, message))
        fail_msg("found '%s', expected '%s'", f->message, message);
    assert_non_null(f->source.file);
    nap_runner_destroy(r);
    close_bench(&b);
}

static void misused_locks_end_the_run(void **state)
{
    (void)state;
    mistake("lock-twice", "lock taken that is taken already: &units_lock");
    mistake("unlock-free", "lock released that is not taken: &units_lock");
    mistake("lock-left", "returned with a lock held that was taken here");
    mistake("irq-off", "returned with interrupts off");
}

static void failed_checks_end_the_run(void **state)
{
    (void)state;
    mistake("bug", "BUG_ON(d->domain_id == 1)");
    mistake("assert", "ASSERT(d->domain_id != 1)");
    mistake("panic", "panic()");
}

/* --- printk --- */

static void printk_prints_what_xen_prints(void **state)
{
    struct bench b;
    struct nap_run_result result;

    (void)state;
    open_bench(&b, sleep_scenario, "driver.mistake", "print");
    run(&b, &result);
    (void)traced(&b, NULL, "(XEN) -1     2|3    |00004|+5 0xab CD 10 z word cut %\n");
    (void)traced(&b, NULL, "(XEN) 200 -3 7 123456789abc 2    1|2   |\n");
    (void)traced(&b, NULL, "(XEN) d1 d[IO] NULL <%ps> <pointer>\n");
    (void)traced(&b, traced(&b, NULL, "(XEN) two\n"), "(XEN) lines\n");
    nap_run_result_free(&result);
    close_bench(&b);
}

/* --- the rest of the headers --- */

static void headers_do_what_they_say(void **state)
{
    struct bench b;
    struct nap_run_result result;

    (void)state;
    open_bench(&b, sleep_scenario, "driver.mistake", "nothing, checks");
    run(&b, &result);
    clean(&b, &result);
    (void)traced(&b, NULL, "(XEN) all checks hold");
    nap_run_result_free(&result);
    close_bench(&b);
}

/* --- a search --- */

/* Each allocation, mapping and request may find nothing; the driver says so, and no run ends in
 * a rule's verdict. */
static void failing_calls_are_errors_of_the_driver_only(void **state)
{
    struct bench b;
    struct nap_explore_config c;
    struct nap_explore_result result;
    struct nap_error error = {0};

    (void)state;
    open_bench(&b, sleep_scenario, NULL, NULL);
    b.config.trace = NULL;
    b.config.faults = 1;
    b.config.vary = NAP_CHOICE_BIT(NAP_CHOOSE_FAIL);
    c = (struct nap_explore_config){b.config, NAP_STRATEGY_EXHAUSTIVE, 1000};
    if (nap_explore(&c, &result, &error))
        fail_msg("%s", error.text);
    assert_true(result.exhausted);
    assert_true(result.executions > 10);
    if (result.n_violations)
        fail_msg("%s", result.violations[0].finding.message);
    nap_explore_result_free(&result);
    close_bench(&b);
}

static int load(void **state)
{
    struct nap_error error = {0};

    (void)state;
    if (nap_driver_load(XEN_TEST_DRIVER, &object, &error) == NAP_OK)
        return 0;
    (void)fprintf(stderr, "%s\n", error.text);
    return -1;
}

static int unload(void **state)
{
    (void)state;
    nap_driver_unload(object);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(caches_wait_for_their_root),
        cmocka_unit_test(product_register_is_assumed_and_says_so),
        cmocka_unit_test(old_silicon_is_refused_by_the_driver),
        cmocka_unit_test(revision_that_is_none_is_named),
        cmocka_unit_test(machine_without_device_tree_is_refused),
        cmocka_unit_test(guest_sleeps_and_wakes_up),
        cmocka_unit_test(accesses_have_the_barriers_of_xen),
        cmocka_unit_test(driver_without_suspend_is_told_of),
        cmocka_unit_test(fault_reaches_the_handler_of_the_interrupt),
        cmocka_unit_test(detached_master_can_be_attached_again),
        cmocka_unit_test(master_without_iommus_is_refused),
        cmocka_unit_test(guests_of_different_size_are_refused),
        cmocka_unit_test(misused_locks_end_the_run),
        cmocka_unit_test(failed_checks_end_the_run),
        cmocka_unit_test(printk_prints_what_xen_prints),
        cmocka_unit_test(headers_do_what_they_say),
        cmocka_unit_test(failing_calls_are_errors_of_the_driver_only),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
