/* SPDX-License-Identifier: MIT */
/* Xen's own IPMMU driver, built by test_source.sh from a source tree of Xen, on the machine of
 * board.h. Usage: test_xen_source OBJECT. */
#include "board.h"
#include "scenario/calls.h"
#include "scenario/events.h"

static const char scenario[] =
    "scenario: xen\ntitle: t\ndriver: xen\nvary: [order]\n"
    "domains:\n"
    "  - name: guest\n"
    "    masters: [sata, sdhi0]\n"
    "    mappings:\n"
    "      - {iova: 0x50000000, pa: 0x48000000, size: 0x200000, access: rw}\n"
    "operations:\n"
    "  - probe\n"
    "  - attach: guest\n"
    "  - dma: guest\n"
    "  - suspend\n"
    "  - power-cycle\n"
    "  - resume\n";

static void open_and_attach(struct bench *b, struct nap_runner **r)
{
    struct nap_error error = {0};

    open_bench(b, scenario, NULL, NULL);
    if (nap_runner_create(&b->config, r, &error))
        fail_msg("%s", error.text);
    while ((*r)->pos->op < 3)
        assert_true(nap_runner_advance(*r));
}

/* The next write in the trace is to that register, and of that value. */
static const char *writes(const struct bench *b, const char *at, const char *reg,
                          const char *value)
{
    const char *end;
    char line[256];

    at = traced(b, at, "write      ");
    end = strchr(at, '\n');
    assert_non_null(end);
    (void)snprintf(line, sizeof line, "%.*s", (int)(end - at), at);
    if (!strstr(line, reg) || !strstr(line, value))
        fail_msg("found '%s', expected a write of %s to %s", line, value, reg);
    return end;
}

/* docs/ipmmu-facts.md 3.2: orders and values of Xen. */
static void first_master_sets_up_root_cache_and_port(void **state)
{
    struct bench b;
    struct nap_runner *r;
    const char *at;

    (void)state;
    open_and_attach(&b, &r);
    at = traced(&b, NULL, "call       attach");
    at = writes(&b, at, "mm.IMTTLBR0[1]", "-> 0x60000000");
    at = writes(&b, at, "mm.IMTTUBR0[1]", "-> 0x0");
    at = writes(&b, at, "mm.IMTTBCR[1]", "-> 0xc0000058");
    at = writes(&b, at, "mm.IMSTR[1]", "-> 0x0");
    at = writes(&b, at, "mm.IMCTR[1]", "-> 0x20000007");
    at = writes(&b, at, "hc.IMCTR[1]", "-> 0x7");
    at = writes(&b, at, "hc.IMUASID[2]", "-> 0x0");
    at = writes(&b, at, "hc.IMUCTR[2]", "-> 0x11");
    at = writes(&b, at, "ds1.IMCTR[1]", "-> 0x7");
    at = writes(&b, at, "ds1.IMUASID[5]", "-> 0x0");
    (void)writes(&b, at, "ds1.IMUCTR[5]", "-> 0x11");
    assert_int_equal(r->findings.n_violations, 0);
    nap_runner_destroy(r);
    close_bench(&b);
}

static void fault_is_reported_for_its_guest(void **state)
{
    struct bench b;
    struct nap_runner *r;

    (void)state;
    open_and_attach(&b, &r);
    nap_dma(r->m, HC, 2, 0x70001000, NAP_READ);
    nap_runner_interrupts(r);
    (void)traced(&b, NULL, "d1: Unhandled fault: status 0x00002001 iova 0x70001000");
    nap_runner_destroy(r);
    close_bench(&b);
}

static void masters_leave_and_come_back(void **state)
{
    struct bench b;
    struct nap_runner *r;
    const char *at;

    (void)state;
    open_and_attach(&b, &r);
    at = b.trace + b.at;
    assert_int_equal(nap_runner_detach(r, r->masters[1]), 0);
    at = writes(&b, at, "hc.IMUCTR[2]", "-> 0x0");
    at = writes(&b, at, "hc.IMCTR[1]", "-> 0x2");
    assert_int_equal(nap_runner_attach(r, 0, r->masters[1]), 0);
    (void)writes(&b, at, "hc.IMCTR[1]", "-> 0x7");
    assert_int_equal(r->findings.n_violations, 0);
    nap_runner_destroy(r);
    close_bench(&b);
}

/* A tree without suspend and resume comes back without translation, and regnap finds it; what a
 * tree that has them does is its owner's to look at. */
static void sleep_without_callbacks_loses_translation(void **state)
{
    struct bench b;
    struct nap_run_result result;

    (void)state;
    open_bench(&b, scenario, NULL, NULL);
    run(&b, &result);
    if (!strstr(b.trace, "the driver's iommu_ops have no resume"))
        skip();
    assert_true(
        has_rule(result.findings.violations, result.findings.n_violations, "dma-isolation"));
    nap_run_result_free(&result);
    close_bench(&b);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_master_sets_up_root_cache_and_port),
        cmocka_unit_test(fault_is_reported_for_its_guest),
        cmocka_unit_test(masters_leave_and_come_back),
        cmocka_unit_test(sleep_without_callbacks_loses_translation),
    };
    struct nap_error error = {0};
    int failed;

    if (argc != 2 || nap_driver_load(argv[1], &object, &error)) {
        (void)fprintf(stderr, "%s\n", argc == 2 ? error.text : "usage: test_xen_source OBJECT");
        return 2;
    }
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    nap_driver_unload(object);
    return failed;
}
