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

static uint64_t executions(bool rerun)
{
    static const char text[] =
        "scenario: t\ntitle: t\ndriver: d\nsocs: [rcar-h3]\nvariants: [recommended]\nvary: []\n"
        "domains: []\noperations: [probe, suspend, power-cycle, resume]\n";
    struct nap_explore_result result;
    struct nap_error error = {0};
    struct rig r;
    uint64_t n;

    open_any_step(&r, "recommended", rerun);
    nap_scenario_free(r.scenario);
    if (nap_scenario_load(text, sizeof text - 1, "t.yaml", &r.scenario, &error))
        fail_msg("%s", error.text);
    r.config.scenario = r.scenario;
    r.config.driver = &driver;
    r.config.vary = VARY_LATENCY | VARY_ABORT;
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, UINT64_MAX, &result);
    assert_true(result.exhausted);
    n = result.executions;
    nap_explore_result_free(&result);
    rig_close(&r);
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

/* --- the keys of parked states --- */

static void incremental_keys_agree_while_calls_are_parked(void **state)
{
    struct nap_explore_result result;
    struct rig r;

    (void)state;
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
        cmocka_unit_test(incremental_keys_agree_while_calls_are_parked),
        cmocka_unit_test(a_run_is_the_same_both_ways),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
