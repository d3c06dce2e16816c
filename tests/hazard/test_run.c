/* SPDX-License-Identifier: MIT */
/* lib/hazard/: when an entry counts as caught, and each way in which it does not. */
#include <regnap/hazard.h>

#include "../core/loader_test.h"

/* What v9 does wrong on ipmmu-resume stands in README.md: three rules at the first write that
 * turns a port on. Fifteen lines. */
#define ENTRY(rule, also, shown, buggy, fixed, more)                                           \
    "hazard: h\nblock: ipmmu\ntitle: t\nsource: s\nmechanism: m\ntrigger: t\n"                 \
    "consequence: c\nclasses: [O13]\nrule: " rule "\nalso: [" also "]\nshown-by: " shown       \
    "\nscenario: ipmmu-resume\nbuggy: {variant: " buggy "}\nfixed: {variant: " fixed           \
    "}\nvary: []\n" more
#define ROOT     "ipmmu-root-before-utlb"
#define CACHE    "ipmmu-cache-context-before-utlb"
#define CONTROLS "ipmmu-controls-before-utlb"

static struct nap_hazard *load(const char *text)
{
    struct nap_error error = {0};
    struct nap_hazard *h;

    if (nap_hazard_load(text, strlen(text), "h.yaml", &h, &error))
        fail_msg("%s", error.text);
    return h;
}

static void run(const char *text, struct nap_hazard_result *r)
{
    struct nap_hazard *h = load(text);
    struct nap_error error = {0};

    if (nap_hazard_run(h, r, &error))
        fail_msg("%s", error.text);
    nap_hazard_free(h);
}

static void assert_ends(const char *text, enum nap_hazard_status status, bool fixed_clean,
                        const char *reason)
{
    struct nap_hazard_result r;

    run(text, &r);
    assert_string_equal(r.reason, reason);
    assert_int_equal(r.status, status);
    assert_int_equal(r.fixed_clean, fixed_clean);
    nap_hazard_result_free(&r);
}

static void a_bug_that_breaks_its_rule_is_caught(void **state)
{
    struct nap_hazard_result r;

    (void)state;
    run(ENTRY(ROOT, CACHE ", " CONTROLS, "probe", "v9", "two-pass", ""), &r);
    assert_int_equal(r.status, NAP_HAZARD_CAUGHT);
    assert_true(r.fixed_clean);
    assert_string_equal(r.reason, "");
    assert_true(r.caught < r.buggy.n_violations);
    assert_string_equal(r.buggy.violations[r.caught].finding.rule->id, ROOT);
    assert_int_equal(r.shown_in, r.caught);
    assert_true(r.fixed_exhausted);
    assert_string_equal(r.form->driver.variant, "v9");
    nap_hazard_result_free(&r);
}

static void a_bug_that_no_rule_sees_is_missed(void **state)
{
    (void)state;
    assert_ends(ENTRY(ROOT, "", "rule", "recommended", "recommended", ""), NAP_HAZARD_MISSED,
                true, "recommended violates " ROOT " in none of all runs");
}

static void a_rule_that_nobody_expects_is_missed(void **state)
{
    (void)state;
    assert_ends(ENTRY(ROOT, CACHE, "probe", "v9", "two-pass", ""), NAP_HAZARD_MISSED, true,
                CONTROLS " is violated too and is not in `also`");
}

static void harm_that_nothing_shows_is_missed(void **state)
{
    (void)state;
    assert_ends(ENTRY(ROOT, CACHE ", " CONTROLS, "ledger", "v9", "two-pass", ""),
                NAP_HAZARD_MISSED, true, "what it leads to is not shown by the ledger");
    assert_ends(ENTRY(ROOT, CACHE ", " CONTROLS, "twin", "v9", "two-pass", ""),
                NAP_HAZARD_MISSED, true, "what it leads to is not shown by the twin");
}

/* A wait whose end nobody hears goes wrong without a stale entry as well; the shortest story
 * has none. */
static void harm_in_another_story_is_shown_in_that_one(void **state)
{
    struct nap_hazard *h;
    struct nap_hazard_result r;

    (void)state;
    assert_int_equal(nap_builtin_hazard("ipmmu-sync-timeout-swallowed", &h, NULL), NAP_OK);
    assert_int_equal(nap_hazard_run(h, &r, NULL), NAP_OK);
    assert_int_equal(r.status, NAP_HAZARD_CAUGHT);
    assert_int_not_equal(r.shown_in, r.caught);
    assert_string_equal(r.buggy.violations[r.shown_in].finding.rule->id, "dma-freshness");
    nap_hazard_result_free(&r);
    nap_hazard_free(h);
}

static void a_search_that_is_cut_off_proves_nothing(void **state)
{
    struct nap_hazard_result r;

    (void)state;
    run("hazard: h\nblock: ipmmu\ntitle: t\nsource: s\nmechanism: m\ntrigger: t\n"
        "consequence: c\nexpect: quiet\nscenario: ipmmu-resume\nfixed: {variant: recommended}\n"
        "vary: [latency]\nbudget: 2\n",
        &r);
    assert_true(r.fixed_clean);
    assert_false(r.fixed_exhausted);
    assert_int_equal(r.fixed_executions, 2);
    nap_hazard_result_free(&r);
}

static void a_repair_that_breaks_a_rule_is_a_false_alarm(void **state)
{
    struct nap_hazard_result r;

    (void)state;
    run(ENTRY(ROOT, CACHE ", " CONTROLS, "probe", "v9", "v9", ""), &r);
    assert_int_equal(r.status, NAP_HAZARD_CAUGHT);
    assert_false(r.fixed_clean);
    assert_non_null(strstr(r.reason, "v9, which is fixed, violates " CACHE));
    assert_non_null(strstr(r.reason, "at drivers/ipmmu/backup.c:"));
    nap_hazard_result_free(&r);
}

static void what_is_not_covered_is_not_run(void **state)
{
    (void)state;
    assert_ends("hazard: h\nblock: ipmmu\ntitle: t\nsource: s\nmechanism: m\ntrigger: t\n"
                "consequence: c\nclasses: [O3]\nnot-covered: it cannot be\n",
                NAP_HAZARD_NOT_COVERED, false, "it cannot be");
}

#define CONTROL(variant)                                                                       \
    "hazard: h\nblock: ipmmu\ntitle: t\nsource: s\nmechanism: m\ntrigger: t\n"                 \
    "consequence: c\nexpect: quiet\nscenario: ipmmu-resume\nfixed: {variant: " variant "}\n"   \
    "vary: []\n"

static void a_control_is_quiet_or_a_false_alarm(void **state)
{
    struct nap_hazard_result r;

    (void)state;
    assert_ends(CONTROL("recommended"), NAP_HAZARD_QUIET, true, "");
    run(CONTROL("v9"), &r);
    assert_int_equal(r.status, NAP_HAZARD_QUIET);
    assert_false(r.fixed_clean);
    assert_non_null(strstr(r.reason, "v9, which is sound, violates"));
    nap_hazard_result_free(&r);
}

/* --- the forms --- */

static void the_fixed_form_gets_one_fault_more_and_all_else_alike(void **state)
{
    struct nap_hazard *h = load(ENTRY(ROOT, "", "probe", "v9", "two-pass",
                                      "faults: 2\nbudget: 5\nmasters: live\n"
                                      "set: {probe-order: any}\nswitches: {P02: stall}\n"));
    struct nap_hazard_form *buggy, *fixed;

    (void)state;
    assert_int_equal(nap_hazard_form(h, false, &buggy, NULL), NAP_OK);
    assert_int_equal(nap_hazard_form(h, true, &fixed, NULL), NAP_OK);
    assert_int_equal(buggy->config.run.faults, 2);
    assert_int_equal(fixed->config.run.faults, 3);
    assert_int_equal(fixed->config.budget, 5);
    assert_true(fixed->config.run.masters_live);
    assert_int_equal(fixed->scenario->probe_order, NAP_PROBE_ORDER_ANY);
    assert_int_equal(fixed->config.run.n_switches, 1);
    assert_string_equal(fixed->config.run.switches[0].id, "P02");
    assert_int_equal(fixed->config.run.switches[0].value, 2); /* bypass, fault, stall */
    assert_string_equal(buggy->driver.variant, "v9");
    assert_string_equal(fixed->driver.variant, "two-pass");
    nap_hazard_form_free(buggy);
    nap_hazard_form_free(fixed);
    nap_hazard_free(h);
}

static void other_forms_that_have_the_bug_must_show_it_too(void **state)
{
    (void)state;
    assert_ends(ENTRY(ROOT, CACHE ", " CONTROLS, "probe", "v9", "two-pass", "seen-in: [v9]\n"),
                NAP_HAZARD_CAUGHT, true, "");
    assert_ends(
        ENTRY(ROOT, CACHE ", " CONTROLS, "probe", "v9", "two-pass", "seen-in: [two-pass]\n"),
        NAP_HAZARD_MISSED, true, "two-pass violates " ROOT " in none of all runs");
}

static void an_entry_may_name_the_machine(void **state)
{
    struct nap_hazard *h = load(ENTRY(ROOT, "", "probe", "v9", "two-pass", "soc: rcar-m3n\n"));
    struct nap_hazard_form *form;

    (void)state;
    assert_int_equal(nap_hazard_form(h, false, &form, NULL), NAP_OK);
    assert_string_equal(form->config.run.soc->name, "rcar-m3n");
    nap_hazard_form_free(form);
    nap_hazard_free(h);
}

static const struct bad_input unknown[] = {
    {ENTRY(ROOT, "", "probe", "v8", "two-pass", ""),
     "h.yaml:13: driver ipmmu has no variant 'v8' (see `regnap list variants`)"},
    {ENTRY(ROOT, "", "probe", "v9", "two-pass", "set: {tea: hot}\n"),
     "h.yaml:16: unknown parameter 'tea', expected one of: probe-order, driver.KEY, "
     "beside.DRIVER"},
    {ENTRY(ROOT, "", "probe", "v9", "two-pass", "switches: {P99: on}\n"),
     "h.yaml:16: machine rcar-h3 has no switch P99 with value 'on' (see `regnap list "
     "switches`)"},
    {ENTRY(ROOT, "", "probe", "v9", "two-pass", "switches: {P02: on}\n"),
     "h.yaml:16: machine rcar-h3 has no switch P02 with value 'on' (see `regnap list "
     "switches`)"},
};

static void names_that_are_none_are_refused_with_their_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        struct nap_hazard *h = load(unknown[i].text);
        struct nap_hazard_form *form = (void *)h;
        struct nap_error error = {0};

        assert_int_not_equal(nap_hazard_form(h, false, &form, &error), NAP_OK);
        assert_null(form);
        assert_string_equal(error.text, unknown[i].message);
        nap_hazard_free(h);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bug_that_breaks_its_rule_is_caught),
        cmocka_unit_test(a_bug_that_no_rule_sees_is_missed),
        cmocka_unit_test(a_rule_that_nobody_expects_is_missed),
        cmocka_unit_test(harm_that_nothing_shows_is_missed),
        cmocka_unit_test(harm_in_another_story_is_shown_in_that_one),
        cmocka_unit_test(a_search_that_is_cut_off_proves_nothing),
        cmocka_unit_test(a_repair_that_breaks_a_rule_is_a_false_alarm),
        cmocka_unit_test(what_is_not_covered_is_not_run),
        cmocka_unit_test(a_control_is_quiet_or_a_false_alarm),
        cmocka_unit_test(the_fixed_form_gets_one_fault_more_and_all_else_alike),
        cmocka_unit_test(other_forms_that_have_the_bug_must_show_it_too),
        cmocka_unit_test(an_entry_may_name_the_machine),
        cmocka_unit_test(names_that_are_none_are_refused_with_their_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
