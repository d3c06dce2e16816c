/* SPDX-License-Identifier: MIT */
/* Searches into driver calls, with the calls parked before accesses and, as where that does not
 * work, run again from their beginning: the same verdicts. */
#include "rig.h"

#include "seam/seam.h"

#define VARY_LOSS  NAP_CHOICE_BIT(NAP_CHOOSE_LOSS)
#define VARY_ABORT NAP_CHOICE_BIT(NAP_CHOOSE_ABORT)

static void open_any_step(struct rig *r, const char *variant, bool rerun)
{
    rig_open(r, variant);
    r->scenario->break_off = NAP_BREAK_OFF_ANY_STEP;
    r->config.rerun_calls = rerun;
}

static void explore(const char *variant, uint32_t vary, bool rerun,
                    struct nap_explore_result *result)
{
    struct rig r;

    open_any_step(&r, variant, rerun);
    r.config.vary = vary;
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, UINT64_MAX, result);
    assert_true(result->exhausted);
    rig_close(&r);
}

static void assert_same_violations(const struct nap_explore_result *a,
                                   const struct nap_explore_result *b)
{
    assert_int_equal(a->n_violations, b->n_violations);
    for (unsigned i = 0; i < a->n_violations; i++) {
        const struct nap_explored_violation *x = &a->violations[i], *y = &b->violations[i];

        assert_true(nap_same_violation(&x->finding, &y->finding));
        assert_int_equal(x->choices.n, y->choices.n);
    }
}

static void assert_agree(const char *variant, uint32_t vary)
{
    struct nap_explore_result parked, rerun;

    explore(variant, vary, false, &parked);
    explore(variant, vary, true, &rerun);
    assert_same_violations(&parked, &rerun);
    assert_true(parked.distinct_states > rerun.distinct_states);
    nap_explore_result_free(&parked);
    nap_explore_result_free(&rerun);
}

/* It saves as it goes, so that much is wrong where its suspend breaks off. */
static void both_ways_find_the_same_where_power_goes(void **state)
{
    (void)state;
    if (!nap_stack_works())
        skip(); /* there is one way only */
    assert_agree("two-pass", VARY_LOSS);
}

static void both_ways_find_the_same_where_hardware_is_late_as_well(void **state)
{
    (void)state;
    if (!nap_stack_works())
        skip(); /* there is one way only */
    assert_agree("two-pass", VARY_LOSS | VARY_LATENCY);
}

/* --- paths that meet again inside a call --- */

#define CONTEXTS 6u
#define FLUSH    0x2u /* IMCTR */

static struct nap_device *mm;

static int d_probe(struct nap_device *device)
{
    if (strcmp(device->name, "mm") == 0)
        mm = device;
    return 0;
}

/* Each flush may be late on its own. */
static int d_down(void)
{
    for (uint32_t i = 0; i < CONTEXTS; i++) {
        nap_addr imctr = mm->regs + UINT64_C(0x40) * i;

        nap_write32(imctr, FLUSH);
        while (nap_read32(imctr) & FLUSH)
            nap_udelay(1);
    }
    return 0;
}

static const struct nap_phase suspend[] = {
    {.name = "down", .kind = NAP_PHASE_STEP, .step = d_down},
};

static const struct nap_driver driver = {
    .abi = NAP_DRIVER_ABI,
    .name = "d",
    .probe = d_probe,
    .suspend = suspend,
    .n_suspend = 1,
};

static void explore_flushes(const struct nap_driver *d, uint32_t vary, uint32_t faults,
                            bool rerun, struct nap_explore_result *result)
{
    static const char text[] =
        "scenario: t\ntitle: t\ndriver: d\nsocs: [rcar-h3]\nvariants: [recommended]\nvary: []\n"
        "domains: []\noperations: [probe, suspend, power-cycle, resume]\n";
    struct nap_error error = {0};
    struct rig r;

    rig_open(&r, "recommended");
    nap_scenario_free(r.scenario);
    if (nap_scenario_load(text, sizeof text - 1, "t.yaml", &r.scenario, &error))
        fail_msg("%s", error.text);
    r.scenario->break_off = NAP_BREAK_OFF_ANY_STEP;
    r.config.scenario = r.scenario;
    r.config.driver = d;
    r.config.rerun_calls = rerun;
    r.config.vary = vary;
    r.config.faults = faults;
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, UINT64_MAX, result);
    assert_true(result->exhausted);
    rig_close(&r);
}

static uint64_t executions(bool rerun)
{
    struct nap_explore_result result;
    uint64_t n;

    explore_flushes(&driver, VARY_LATENCY | VARY_ABORT, 0, rerun, &result);
    n = result.executions;
    nap_explore_result_free(&result);
    return n;
}

/* 2^6 ways through the call; parked, they meet after each flush. */
static void paths_meet_again_inside_a_call(void **state)
{
    (void)state;
    if (!nap_stack_works())
        skip();
    assert_true(executions(false) * 4 < executions(true));
}

/* --- calls that wait for ever --- */

/* The flush may never finish, and nothing bounds the wait for it. */
static int d_spin(void)
{
    nap_write32(mm->regs, FLUSH);
    while (nap_read32(mm->regs) & FLUSH)
        continue;
    return 0;
}

/* No two reads in a row are equal, so that it is the time in which it is seen. */
static int d_alternate(void)
{
    nap_write32(mm->regs, FLUSH);
    while (nap_read32(mm->regs) & FLUSH) {
        (void)nap_read32(mm->regs + 0x40);
        nap_udelay(100000);
    }
    return 0;
}

static void explore_down(int (*down)(void), bool rerun, struct nap_explore_result *result)
{
    const struct nap_phase phase = {.name = "down", .kind = NAP_PHASE_STEP, .step = down};
    struct nap_driver d = driver;

    d.suspend = &phase;
    explore_flushes(&d, VARY_LATENCY | VARY_LOSS, 1, rerun, result);
}

/* Run again for each of the many polls this takes seconds, so that is left to the other. */
static void a_poll_without_an_end_is_found_in_a_parked_call(void **state)
{
    struct nap_explore_result parked;

    (void)state;
    if (!nap_stack_works())
        skip();
    explore_down(d_spin, false, &parked);
    assert_non_null(explored(&parked, "no-progress"));
    nap_explore_result_free(&parked);
}

static void a_wait_of_unequal_reads_is_found_both_ways(void **state)
{
    struct nap_explore_result parked, rerun;

    (void)state;
    if (!nap_stack_works())
        skip(); /* there is one way only */
    explore_down(d_alternate, false, &parked);
    explore_down(d_alternate, true, &rerun);
    assert_non_null(explored(&parked, "driver-panic"));
    assert_same_violations(&parked, &rerun);
    nap_explore_result_free(&parked);
    nap_explore_result_free(&rerun);
}

/* --- the keys of parked states --- */

static void incremental_keys_agree_while_calls_are_parked(void **state)
{
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    if (!nap_stack_works())
        skip();
    open_any_step(&r, "two-pass", false);
    r.config.vary = VARY_LOSS | VARY_ABORT | VARY_LATENCY | VARY_ORDER;
    r.config.check_incremental = true;
    r.config.seed = 1;
    rig_explore(&r, NAP_STRATEGY_RANDOM, 20, &result);
    assert_false(result.incremental_mismatch);
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* A run of the same choices is the same run, step by step. */
static void a_run_is_the_same_both_ways(void **state)
{
    struct nap_run_result a, b;

    (void)state;
    if (!nap_stack_works())
        skip();
    for (uint64_t seed = 1; seed < 20; seed++) {
        struct rig r;

        open_any_step(&r, "two-pass", false);
        r.config.vary = VARY_LOSS | VARY_ABORT | VARY_LATENCY | VARY_ORDER;
        r.config.seed = seed;
        rig_run(&r, NULL, &a);
        r.config.rerun_calls = true;
        rig_run(&r, NULL, &b);
        assert_int_equal(a.digest.low, b.digest.low);
        assert_int_equal(a.digest.high, b.digest.high);
        assert_int_equal(a.choices.n, b.choices.n);
        nap_run_result_free(&a);
        nap_run_result_free(&b);
        rig_close(&r);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_find_the_same_where_power_goes),
        cmocka_unit_test(both_ways_find_the_same_where_hardware_is_late_as_well),
        cmocka_unit_test(paths_meet_again_inside_a_call),
        cmocka_unit_test(a_poll_without_an_end_is_found_in_a_parked_call),
        cmocka_unit_test(a_wait_of_unequal_reads_is_found_both_ways),
        cmocka_unit_test(incremental_keys_agree_while_calls_are_parked),
        cmocka_unit_test(a_run_is_the_same_both_ways),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
