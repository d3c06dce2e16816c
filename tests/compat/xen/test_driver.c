/* SPDX-License-Identifier: MIT */
/* lib/compat/xen as a driver object meets it: driver.c on the machine of board.h. */
#include <errno.h>

#include "board.h"
#include "scenario/calls.h"
#include "scenario/events.h"

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
    clean(&b, &result.findings);
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
    clean(&b, &result.findings);
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
