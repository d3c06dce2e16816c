/* SPDX-License-Identifier: MIT */
/* What takes seconds to two minutes: proofs over all registration orders and of an SMMUv3 over
 * all that may differ, and 1 000 random runs checked in full. REGNAP_SKIP_LONG, set where
 * everything runs fifty times slower, skips them; they say so. */
#include "rig.h"

#include "seam/seam.h"

static bool skipped(void)
{
    if (!getenv("REGNAP_SKIP_LONG"))
        return false;
    print_message("REGNAP_SKIP_LONG is set: not run\n");
    return true;
}

/* 17! is 355 687 428 096 000. */
static void two_pass_is_right_in_all_orders_of_seventeen_units(void **state)
{
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    if (skipped())
        skip();
    rig_open(&r, "two-pass");
    assert_int_equal(nap_scenario_set(r.scenario, "probe-order", "any", NULL), NAP_OK);
    r.config.vary = VARY_ORDER;
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, UINT64_MAX, &result);
    assert_true(result.exhausted);
    assert_int_equal(result.n_violations, 0);
    assert_string_equal(result.orders_covered, "355687428096000");
    assert_true(result.collision_bound < 1e-20);
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* 16! is 20 922 789 888 000: the root registers first. */
static void with_the_root_first_there_are_sixteen_factorial_orders(void **state)
{
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    if (skipped())
        skip();
    rig_open(&r, "two-pass");
    r.config.vary = VARY_ORDER;
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, UINT64_MAX, &result);
    assert_true(result.exhausted);
    assert_int_equal(result.n_violations, 0);
    assert_string_equal(result.orders_covered, "20922789888000");
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* A suspend that is abandoned, and masters that go on all the while. */
static void recommended_live_opens_nothing_in_any_order_where_nothing_was_lost(void **state)
{
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    if (skipped())
        skip();
    rig_open(&r, "recommended-live");
    nap_scenario_free(r.scenario);
    assert_int_equal(nap_builtin_scenario("ipmmu-abort", &r.scenario, NULL), NAP_OK);
    r.config.scenario = r.scenario;
    r.config.masters_live = true;
    r.config.vary = VARY_ORDER | VARY_LATENCY;
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, UINT64_MAX, &result);
    assert_true(result.exhausted);
    assert_int_equal(result.n_violations, 0);
    assert_string_equal(result.orders_covered, "20922789888000");
    nap_explore_result_free(&result);
    rig_close(&r);
}

static void recommended_is_right_whatever_varies(void **state)
{
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    if (skipped())
        skip();
    rig_open(&r, "recommended");
    r.config.vary = VARY_ALL | NAP_CHOICE_BIT(NAP_CHOOSE_POST);
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, UINT64_MAX, &result);
    assert_true(result.exhausted);
    assert_int_equal(result.n_violations, 0);
    assert_string_equal(result.orders_covered, "20922789888000");
    print_message("%llu states\n", (unsigned long long)result.distinct_states);
    nap_explore_result_free(&result);
    rig_close(&r);
}

static const struct nap_driver *driver_of(const char *name, const char *variant)
{
    struct nap_builtin_variant v;

    for (unsigned i = 0; nap_builtin_driver(i, &v); i++)
        if (strcmp(v.name, name) == 0 && strcmp(v.variant, variant) == 0)
            return v.driver;
    fail_msg("no variant %s of %s", variant, name);
    return NULL;
}

static void open_scenario(struct rig *r, const char *scenario, const char *soc,
                          const char *variant)
{
    assert_int_equal(nap_builtin_scenario(scenario, &r->scenario, NULL), NAP_OK);
    assert_int_equal(nap_builtin_soc(soc, &r->soc, NULL), NAP_OK);
    r->config = (struct nap_run_config){.scenario = r->scenario,
                                        .soc = r->soc,
                                        .driver = driver_of(r->scenario->driver, variant),
                                        .variant = variant,
                                        .blocks = nap_builtin_blocks(),
                                        .vary = r->scenario->vary,
                                        .faults = 1};
}

static void assert_proved(struct rig *r)
{
    struct nap_explore_result result;

    rig_explore(r, NAP_STRATEGY_EXHAUSTIVE, UINT64_MAX, &result);
    assert_true(result.exhausted);
    assert_int_equal(result.n_violations, 0);
    assert_int_equal(result.n_unmodelled, 0);
    assert_true(result.collision_bound < 1e-20);
    print_message("%llu states\n", (unsigned long long)result.distinct_states);
    nap_explore_result_free(&result);
    rig_close(r);
}

/* Where calls are not parked, each way through them is one of its own: too many. */
static void converged_is_right_whatever_varies_and_fails_once(void **state)
{
    struct rig r = {0};

    (void)state;
    if (skipped() || !nap_stack_works())
        skip();
    open_scenario(&r, "smmu-suspend", "generic-smmuv3", "converged");
    assert_int_equal(r.scenario->n_fills, 3);
    assert_int_equal(r.scenario->n_clients, 2);
    assert_proved(&r);
}

/* Four SPIs, an SGI and two LPIs, each as often as it likes. */
static void a_gicv3_is_right_whatever_varies_and_fails_once(void **state)
{
    struct rig r = {0};

    (void)state;
    if (skipped() || !nap_stack_works())
        skip();
    open_scenario(&r, "gicv3-resume", "gicv3-its", "corrected");
    assert_int_equal(r.scenario->n_interrupts, 7);
    r.config.vary = NAP_CHOICE_BIT(NAP_CHOOSE_ORDER) | NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY) |
                    NAP_CHOICE_BIT(NAP_CHOOSE_LOSS) | NAP_CHOICE_BIT(NAP_CHOOSE_ABORT) |
                    NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN) | NAP_CHOICE_BIT(NAP_CHOOSE_IRQ);
    assert_proved(&r);
}

static void assert_agrees(const char *variant)
{
    struct nap_explore_result result;
    struct rig r;

    rig_open(&r, variant);
    r.config.vary = VARY_ALL;
    r.config.seed = 1;
    r.config.check_incremental = true;
    rig_explore(&r, NAP_STRATEGY_RANDOM, 1000, &result);
    assert_int_equal(result.executions, 1000);
    assert_int_equal(result.distinct_runs, 1000);
    assert_false(result.incremental_mismatch);
    nap_explore_result_free(&result);
    rig_close(&r);
}

static void incremental_answers_agree_in_a_thousand_runs_of_two_pass(void **state)
{
    (void)state;
    if (skipped())
        skip();
    assert_agrees("two-pass");
}

static void incremental_answers_agree_in_a_thousand_runs_of_recommended(void **state)
{
    (void)state;
    if (skipped())
        skip();
    assert_agrees("recommended");
}

/* An argument selects tests by name, so that two of the longest run side by side. */
int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_pass_is_right_in_all_orders_of_seventeen_units),
        cmocka_unit_test(with_the_root_first_there_are_sixteen_factorial_orders),
        cmocka_unit_test(recommended_live_opens_nothing_in_any_order_where_nothing_was_lost),
        cmocka_unit_test(recommended_is_right_whatever_varies),
        cmocka_unit_test(converged_is_right_whatever_varies_and_fails_once),
        cmocka_unit_test(a_gicv3_is_right_whatever_varies_and_fails_once),
        cmocka_unit_test(incremental_answers_agree_in_a_thousand_runs_of_two_pass),
        cmocka_unit_test(incremental_answers_agree_in_a_thousand_runs_of_recommended),
    };

    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    else
        cmocka_set_skip_filter("a_gicv3_*");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
