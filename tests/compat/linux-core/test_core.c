/* SPDX-License-Identifier: MIT */
/* Initcalls of a driver object, and what else only several devices or another board show. */
#include "../xen/board.h"

static const char probe_scenario[] = "scenario: init\ntitle: t\ndriver: linux\nvary: [order]\n"
                                     "domains: [{name: d, masters: [sata], mappings: []}]\n"
                                     "operations: [probe]\n";

static void initcalls_run_by_level_then_in_the_order_of_the_source(void **state)
{
    struct bench b;
    struct nap_run_result result;
    const char *at;

    (void)state;
    open_bench(&b, probe_scenario, NULL, NULL);
    run(&b, &result);
    at = traced(&b, NULL, "init: early\n");
    at = traced(&b, at, "init: device, first of the file\n");
    at = traced(&b, at, "init: device, second\n");
    at = traced(&b, at, "an initcall failed with -22\n");
    (void)traced(&b, at, "init: late\n");
    nap_run_result_free(&result);
    close_bench(&b);
}

/* In the order of binding, which is not that of the tree; and behind the one that is given, not
 * with it. */
static void devices_of_a_driver_are_visited_as_they_were_bound(void **state)
{
    struct bench b;
    struct nap_run_result result;
    const char *at;

    (void)state;
    open_bench(&b, probe_scenario, NULL, NULL);
    run(&b, &result);
    clean(&b, &result.findings);
    at = traced(&b, NULL, "each e67b0000.iommu\n");
    at = traced(&b, at, "each e7740000.iommu\n");
    assert_null(strstr(b.trace, "behind the first e67b0000.iommu"));
    (void)traced(&b, at, "behind the first e7740000.iommu\n");
    nap_run_result_free(&result);
    close_bench(&b);
}

/* Driver memory starts in the middle of the bank, which here lies at an odd page. */
static void pages_are_aligned_where_devices_see_them(void **state)
{
    struct bench b;
    struct nap_run_result result;

    (void)state;
    open_bench(&b, probe_scenario, NULL, NULL);
    b.soc->ram[0].size_bytes += 0x2000;
    run(&b, &result);
    clean(&b, &result.findings);
    nap_run_result_free(&result);
    close_bench(&b);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(initcalls_run_by_level_then_in_the_order_of_the_source),
        cmocka_unit_test(devices_of_a_driver_are_visited_as_they_were_bound),
        cmocka_unit_test(pages_are_aligned_where_devices_see_them),
    };
    struct nap_error error = {0};
    int failed;

    if (nap_driver_load(LINUX_CORE_DRIVER, &object, &error)) {
        (void)fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    nap_driver_unload(object);
    return failed;
}
