/* SPDX-License-Identifier: MIT */
/* Which rules each form of driver logic breaks in each scenario of the IPMMU, in a run without
 * choices. Why: docs/ipmmu-facts.md sections 5 and 6. */
#include "rig.h"

#define RULES_MAX 5

/* Outcome rules. */
#define ISOLATION "dma-isolation"
#define POWER_UP  "ipmmu-power-up-bypass"
#define ALIKE     "state-equivalence"
/* Conduct rules. */
#define ROOT      "ipmmu-root-before-utlb"
#define CACHE     "ipmmu-cache-context-before-utlb"
#define CONTROLS  "ipmmu-controls-before-utlb"
#define UNPOWERED "unpowered-access"

struct verdict {
    const char *variant;
    const char *rules[RULES_MAX]; /* all that are broken */
};

static void open_scenario(struct rig *r, const char *scenario, const char *variant)
{
    rig_open(r, variant);
    nap_scenario_free(r->scenario);
    assert_int_equal(nap_builtin_scenario(scenario, &r->scenario, NULL), NAP_OK);
    assert_int_equal(nap_builtin_beside(r->scenario, r->config.beside, NULL), NAP_OK);
    r->config.n_beside = r->scenario->n_beside;
    r->config.scenario = r->scenario;
}

static void assert_verdict(const char *scenario, bool live, const struct verdict *v)
{
    struct nap_run_result result;
    struct rig r;
    unsigned n = 0;

    while (n < RULES_MAX && v->rules[n])
        n++;
    open_scenario(&r, scenario, v->variant);
    r.config.masters_live = live;
    rig_run(&r, NULL, &result);
    print_message("%s, %s\n", scenario, v->variant);
    assert_violates_exactly(&result.findings, v->rules, n);
    nap_run_result_free(&result);
    rig_close(&r);
}

#define assert_verdicts(scenario, live, ...)                                                   \
    do {                                                                                       \
        const struct verdict table[] = {__VA_ARGS__};                                          \
        for (unsigned i = 0; i < COUNT_OF(table); i++)                                         \
            assert_verdict(scenario, live, &table[i]);                                         \
    } while (0)

/* --- ipmmu-resume --- */

/* What a form leaves of the controls decides: IMSAUXCTLR.S2PTE is gone (H12). */
static void forms_that_leave_the_controls_alone_do_not_translate_after_a_cut(void **state)
{
    (void)state;
    assert_verdicts("ipmmu-resume", false, {"recommended-live", {0}}, {"recommended-hold", {0}},
                    {"loader", {0}}, {"linux", {CONTROLS, ALIKE}},
                    {"bsp-4.14", {CONTROLS, ALIKE}});
}

/* --- ipmmu-abort --- */

static void with_masters_held_every_form_survives_an_abandoned_suspend(void **state)
{
    (void)state;
    assert_verdicts("ipmmu-abort", false, {"recommended-live", {0}}, {"recommended", {0}},
                    {"recommended-hold", {0}}, {"two-pass-sync", {0}}, {"two-pass", {0}},
                    {"v10", {0}}, {"v9", {0}}, {"linux", {0}}, {"bsp-4.14", {0}},
                    {"loader", {0}});
}

/* Whoever turns ports or contexts off on the way opens what a power cut would have opened; and
 * whoever leaves the flush of an unmap to resume leaves stale entries to a master that sends.
 */
static void with_live_masters_nothing_may_go_off(void **state)
{
    (void)state;
    assert_verdicts("ipmmu-abort", true, {"recommended-live", {0}},
                    {"recommended", {ISOLATION}}, {"recommended-hold", {0}},
                    {"two-pass-sync", {0}}, {"v9", {0}}, {"linux", {ISOLATION}},
                    {"loader", {ISOLATION}});
}

/* --- ipmmu-runtime --- */

static void a_driver_that_is_told_takes_a_cache_down_and_up(void **state)
{
    (void)state;
    assert_verdicts("ipmmu-runtime", false, {"recommended", {0}}, {"recommended-live", {0}},
                    {"two-pass-sync", {0}});
}

/* H29, H30: the unmap writes to a cache without power; its port comes back open. */
static void a_driver_without_run_time_power_management_loses_the_cache(void **state)
{
    (void)state;
    assert_verdicts("ipmmu-runtime", false, {"two-pass", {UNPOWERED, ISOLATION, ALIKE}},
                    {"v9", {UNPOWERED, ISOLATION, ALIKE}},
                    {"linux", {UNPOWERED, ISOLATION, ALIKE}},
                    {"bsp-4.14", {UNPOWERED, ISOLATION, ALIKE}});
}

/* Its unmap waits for a cache that reads as ones, and says so: that is no error of the
 * scenario, and the run ends there. */
static void a_wait_for_a_unit_without_power_ends_the_run_with_a_verdict(void **state)
{
    (void)state;
    assert_verdicts("ipmmu-runtime", false, {"loader", {UNPOWERED}});
}

/* --- ipmmu-save-only --- */

static void only_who_holds_its_masters_is_clean_with_one_of_its_own_mind(void **state)
{
    (void)state;
    assert_verdicts(
        "ipmmu-save-only", false, {"recommended-hold", {0}}, {"recommended", {POWER_UP}},
        {"recommended-live", {POWER_UP}}, {"two-pass", {POWER_UP}}, {"loader", {POWER_UP}},
        {"v9", {POWER_UP, ROOT, CACHE, CONTROLS}}, {"linux", {POWER_UP, CONTROLS, ALIKE}});
}

/* --- calls of guests while asleep: H23 to H25 --- */

/* After the driver has saved its state a guest comes, another goes, and one changes its pages.
 */
#define GUESTS                                                                                 \
    "scenario: t\ntitle: t\ndriver: ipmmu\nsocs: [rcar-h3]\nvariants: [recommended]\nvary: "   \
    "[]\n"                                                                                     \
    "domains:\n"                                                                               \
    "  - {name: old, masters: [sdhi0], mappings: ["                                            \
    "{iova: 0x50000000, pa: 0x58000000, size: 0x200000, access: rw}, "                         \
    "{iova: 0x50201000, pa: 0x58203000, size: 0x1000, access: r}]}\n"                          \
    "  - {name: gone, masters: [avb], mappings: ["                                             \
    "{iova: 0x50000000, pa: 0x60000000, size: 0x200000, access: rw}]}\n"                       \
    "  - {name: new, masters: [sata, sdhi1], mappings: ["                                      \
    "{iova: 0x50000000, pa: 0x62000000, size: 0x200000, access: rw}]}\n"                       \
    "operations:\n  - probe\n  - attach: old\n  - attach: gone\n  - dma: old\n  - dma: gone\n" \
    "  - suspend\n"
#define CHANGES                                                                                \
    "  - attach: new\n  - detach: gone\n"                                                      \
    "  - unmap: {domain: old, iova: 0x50201000, size: 0x1000}\n"                               \
    "  - map: {domain: old, iova: 0x50400000, pa: 0x59000000, size: 0x1000, access: rw}\n"
#define BACK "  - resume\n  - dma: old\n  - dma: new\n"

static void open_guests(struct rig *r, const char *variant, const char *text)
{
    rig_open(r, variant);
    nap_scenario_free(r->scenario);
    assert_int_equal(nap_scenario_load(text, strlen(text), "t.yaml", &r->scenario, NULL),
                     NAP_OK);
    r->config.scenario = r->scenario;
}

static const char *const when[] = {
    GUESTS CHANGES BACK,                                    /* and no power is lost */
    GUESTS CHANGES "  - power-cycle\n" BACK,                /* before the cut */
    GUESTS "  - power-off\n" CHANGES "  - power-on\n" BACK, /* without power */
    GUESTS "  - power-cycle\n" CHANGES BACK,                /* before resume */
};

static void recommended_forms_take_what_guests_ask_for_while_asleep(void **state)
{
    static const char *const variants[] = {"recommended", "recommended-live",
                                           "recommended-hold", "two-pass-sync"};
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    for (unsigned i = 0; i < COUNT_OF(variants) * COUNT_OF(when); i++) {
        open_guests(&r, variants[i / COUNT_OF(when)], when[i % COUNT_OF(when)]);
        r.config.vary = VARY_ALL;
        r.config.seed = 1;
        rig_explore(&r, NAP_STRATEGY_RANDOM, 20, &result);
        assert_int_equal(result.n_violations, 0);
        nap_explore_result_free(&result);
        rig_close(&r);
    }
}

static void assert_v10(const char *text, const char *const *rules, unsigned n)
{
    struct nap_run_result result;
    struct rig r;

    open_guests(&r, "v10", text); /* so that the order is not what is wrong */
    rig_run(&r, NULL, &result);
    assert_violates_exactly(&result.findings, rules, n);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* It restores what it saved: nothing of the new guest (its port stays open), and the port of
 * the one that is gone, on a context that is. */
static void xen_s_forms_restore_guests_as_they_were_at_suspend(void **state)
{
    static const char *const stale[] = {CACHE, ISOLATION, ALIKE}, *const off[] = {UNPOWERED};

    (void)state;
    assert_v10(when[0], stale, COUNT_OF(stale)); /* H38 */
    assert_v10(when[1], stale, COUNT_OF(stale));
    assert_v10(when[2], off, 1);
}

/* --- searches --- */

/* A search of all would take minutes; test_proofs.c has some. */
#define SAMPLE 200

static void sample(const char *scenario, const char *variant, bool live, uint32_t vary,
                   struct nap_explore_result *result)
{
    struct rig r;

    open_scenario(&r, scenario, variant);
    r.config.masters_live = live;
    r.config.vary = vary;
    r.config.seed = 1;
    rig_explore(&r, NAP_STRATEGY_RANDOM, SAMPLE, result);
    assert_int_equal(result->executions, SAMPLE);
    rig_close(&r);
}

/* Hardware never fails here. */
#define VARY_WAKE                                                                              \
    (VARY_ALL | NAP_CHOICE_BIT(NAP_CHOOSE_ABORT) | NAP_CHOICE_BIT(NAP_CHOOSE_LOSS) |           \
     NAP_CHOICE_BIT(NAP_CHOOSE_HANDLER))

static void the_forms_we_recommend_are_clean_whether_power_is_lost_or_not(void **state)
{
    static const char *const variants[] = {"recommended", "recommended-live",
                                           "recommended-hold"};
    struct nap_explore_result result;

    (void)state;
    for (unsigned i = 0; i < COUNT_OF(variants); i++) {
        sample("ipmmu-resume", variants[i], false, VARY_WAKE, &result);
        assert_int_equal(result.n_violations, 0);
        nap_explore_result_free(&result);
        sample("ipmmu-abort", variants[i], false, VARY_WAKE, &result);
        assert_int_equal(result.n_violations, 0);
        nap_explore_result_free(&result);
    }
    for (unsigned i = 0; i < 2; i++) {
        sample("ipmmu-runtime", variants[i], false, VARY_WAKE, &result);
        assert_int_equal(result.n_violations, 0);
        nap_explore_result_free(&result);
    }
}

/* The one window that no driver can close, and no other. */
static void recommended_live_with_live_masters_leaves_the_power_up_window_only(void **state)
{
    struct nap_explore_result result;

    (void)state;
    sample("ipmmu-abort", "recommended-live", true, VARY_WAKE, &result);
    assert_int_equal(result.n_violations, 0);
    nap_explore_result_free(&result);
    sample("ipmmu-resume", "recommended-live", true, VARY_WAKE, &result);
    assert_true(result.n_violations > 0);
    for (unsigned i = 0; i < result.n_violations; i++)
        assert_string_equal(result.violations[i].finding.rule->id, POWER_UP);
    nap_explore_result_free(&result);
}

/* A barrier after every stage is no wait: the flush that was begun before the enable goes on.
 */
static void a_loaders_fences_do_not_stand_in_for_a_wait(void **state)
{
    struct nap_explore_result result;

    (void)state;
    sample("ipmmu-resume", "loader", false, VARY_LATENCY | VARY_RETAIN, &result);
    (void)explored(&result, "ipmmu-flush-before-utlb");
    nap_explore_result_free(&result);
}

/* 5.3 and 5.4: neither waits for a flush. With the controls set by firmware their ports
 * translate, and that shows (H03, H06). */
static void forms_without_a_wait_are_stale_where_the_controls_are_set(void **state)
{
    static const char *const variants[] = {"linux", "bsp-4.14"};
    struct nap_explore_result result;

    (void)state;
    for (unsigned i = 0; i < COUNT_OF(variants); i++) {
        sample("ipmmu-controls-set", variants[i], false, VARY_LATENCY | VARY_RETAIN, &result);
        (void)explored(&result, "ipmmu-flush-before-utlb");
        (void)explored(&result, "dma-freshness");
        nap_explore_result_free(&result);
    }
    sample("ipmmu-controls-set", "recommended", false, VARY_LATENCY | VARY_RETAIN, &result);
    assert_int_equal(result.n_violations, 0);
    nap_explore_result_free(&result);
}

/* --- every machine --- */

static void assert_clean_on(const char *scenario, const char *soc)
{
    struct nap_run_result result;
    struct nap_soc *machine;
    struct rig r;

    open_scenario(&r, scenario, "recommended");
    r.config.driver = rig_driver(r.scenario->variants[0]);
    assert_int_equal(nap_builtin_soc(soc, &machine, NULL), NAP_OK);
    r.config.soc = machine;
    rig_run(&r, NULL, &result);
    print_message("%s on %s\n", scenario, soc);
    assert_int_equal(result.findings.n_violations, 0);
    nap_run_result_free(&result);
    nap_soc_free(machine);
    rig_close(&r);
}

/* What a scenario promises by its list of machines. */
static void the_first_form_is_clean_on_every_machine_of_a_scenario(void **state)
{
    const char *name;
    unsigned runs = 0;

    (void)state;
    for (unsigned i = 0; (name = nap_builtin_scenario_name(i)); i++) {
        struct nap_scenario *s;

        assert_int_equal(nap_builtin_scenario(name, &s, NULL), NAP_OK);
        for (uint32_t m = 0; strcmp(s->driver, "ipmmu") == 0 && m < s->n_socs; m++, runs++)
            assert_clean_on(name, s->socs[m]);
        nap_scenario_free(s);
    }
    assert_true(runs >= 4 * 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_that_leave_the_controls_alone_do_not_translate_after_a_cut),
        cmocka_unit_test(with_masters_held_every_form_survives_an_abandoned_suspend),
        cmocka_unit_test(with_live_masters_nothing_may_go_off),
        cmocka_unit_test(a_driver_that_is_told_takes_a_cache_down_and_up),
        cmocka_unit_test(a_driver_without_run_time_power_management_loses_the_cache),
        cmocka_unit_test(a_wait_for_a_unit_without_power_ends_the_run_with_a_verdict),
        cmocka_unit_test(only_who_holds_its_masters_is_clean_with_one_of_its_own_mind),
        cmocka_unit_test(recommended_forms_take_what_guests_ask_for_while_asleep),
        cmocka_unit_test(xen_s_forms_restore_guests_as_they_were_at_suspend),
        cmocka_unit_test(the_forms_we_recommend_are_clean_whether_power_is_lost_or_not),
        cmocka_unit_test(recommended_live_with_live_masters_leaves_the_power_up_window_only),
        cmocka_unit_test(a_loaders_fences_do_not_stand_in_for_a_wait),
        cmocka_unit_test(the_first_form_is_clean_on_every_machine_of_a_scenario),
        cmocka_unit_test(forms_without_a_wait_are_stale_where_the_controls_are_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
