/* SPDX-License-Identifier: MIT */
/* lib/compat/linux as a driver object meets it: driver.c on the machine of board.h. */
#include <errno.h>

#include "board.h"

static const char sleep_scenario[] =
    "scenario: sleep\ntitle: t\ndriver: linux\nvary: [order]\n"
    "domains:\n"
    "  - name: sd\n"
    "    ipa-bits: 32\n"
    "    masters: [sdhi0]\n"
    "    mappings:\n"
    "      - {iova: 0x50000000, pa: 0x48000000, size: 0x201000, access: rw}\n"
    "  - name: disk\n"
    "    ipa-bits: 32\n"
    "    masters: [sata, pcie]\n"
    "    mappings:\n"
    "      - {iova: 0x50000000, pa: 0x4c000000, size: 0x200000, access: r}\n"
    "operations:\n"
    "  - probe\n"
    "  - attach: sd\n"
    "  - attach: disk\n"
    "  - dma: sd\n"
    "  - dma: disk\n"
    "  - suspend\n"
    "  - power-cycle\n"
    "  - resume\n";

static void open_runner(struct bench *b, struct nap_runner **r)
{
    struct nap_error error = {0};

    if (nap_runner_create(&b->config, r, &error))
        fail_msg("%s", error.text);
}

static void run_to_operation(struct nap_runner *r, uint32_t op)
{
    while (r->pos->op < op)
        assert_true(nap_runner_advance(r));
}

static void run_to_end(struct nap_runner *r)
{
    while (nap_runner_advance(r))
        continue;
}

static void close_runner(struct bench *b, struct nap_runner *r)
{
    nap_runner_destroy(r);
    close_bench(b);
}

/* --- probing --- */

static void devices_that_wait_are_probed_again_behind_the_others(void **state)
{
    struct bench b;
    struct nap_runner *r;
    const char *at;

    (void)state;
    open_bench(&b, sleep_scenario);
    open_runner(&b, &r);
    run_to_operation(r, 1);
    at = traced(&b, NULL, "return     probe = -517");
    at = traced(&b, at + 1, "return     probe = -517");
    at = traced(&b, at, "test-ipmmu e67b0000.iommu: a root of kind h3");
    at = traced(&b, at, "test-ipmmu e7740000.iommu: a cache of kind h3");
    (void)traced(&b, at, "test-ipmmu e6570000.iommu: a cache of kind h3");
    close_runner(&b, r);
}

static void devices_sleep_and_come_back(void **state)
{
    struct bench b;
    struct nap_runner *r;

    (void)state;
    open_bench(&b, sleep_scenario);
    open_runner(&b, &r);
    run_to_end(r);
    clean(&b, &r->findings);
    assert_int_equal(r->failed_line, 0);
    assert_int_equal(r->pos->suspend_result, 0);
    assert_int_equal(r->pos->resume_result, 0);
    close_runner(&b, r);
}

static int load(void **state)
{
    struct nap_error error = {0};

    (void)state;
    if (nap_driver_load(LINUX_TEST_DRIVER, &object, &error) == NAP_OK)
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
        cmocka_unit_test(devices_that_wait_are_probed_again_behind_the_others),
        cmocka_unit_test(devices_sleep_and_come_back),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
