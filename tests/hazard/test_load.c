/* SPDX-License-Identifier: MIT */
/* lib/hazard/load.c: what an entry of the catalogue holds, and what is refused. */
#include <regnap/hazard.h>

#include "../core/failing_alloc.h"
#include "../core/loader_test.h"

/* Seven lines. */
#define HEAD                                                                                   \
    "hazard: h\nblock: ipmmu\ntitle: t\nsource: s\nmechanism: m\ntrigger: t\nconsequence: c\n"
#define RULE   HEAD "classes: [O1, O13]\nrule: dma-isolation\n"                 /* 9 lines */
#define SHOWN  RULE "also: [dma-freshness]\nshown-by: probe\n"                  /* 11 lines */
#define FORMS  SHOWN "scenario: s\nbuggy: {variant: v9}\nfixed: {variant: w}\n" /* 14 lines */
#define HAZARD FORMS "vary: [order, retain]\n"                                  /* 15 lines */

static struct nap_hazard *load(const char *text)
{
    struct nap_error error = {0};
    struct nap_hazard *h;

    if (nap_hazard_load(text, strlen(text), "h.yaml", &h, &error))
        fail_msg("%s", error.text);
    return h;
}

static void an_entry_says_what_it_is_and_what_catches_it(void **state)
{
    struct nap_hazard *h = load(HAZARD);

    (void)state;
    assert_string_equal(h->id, "h");
    assert_string_equal(h->block, "ipmmu");
    assert_string_equal(h->classes, "O1 O13");
    assert_string_equal(h->rule, "dma-isolation");
    assert_int_equal(h->n_also, 1);
    assert_string_equal(h->also[0], "dma-freshness");
    assert_int_equal(h->shown, NAP_SHOWN_BY_PROBE);
    assert_string_equal(h->scenario, "s");
    assert_string_equal(h->buggy, "v9");
    assert_string_equal(h->fixed, "w");
    assert_int_equal(h->buggy_line, 13);
    assert_int_equal(h->vary,
                     NAP_CHOICE_BIT(NAP_CHOOSE_ORDER) | NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    assert_int_equal(h->faults, 0);
    assert_int_equal(h->budget, 2000);
    assert_false(h->masters_live);
    assert_false(h->quiet);
    assert_string_equal(h->not_covered, "");
    nap_hazard_free(h);
}

static void an_entry_says_how_it_runs(void **state)
{
    struct nap_hazard *h =
        load(HAZARD "faults: 2\nbudget: 7\nmasters: live\npolicy: lazy\nprofile: hostile\n"
                    "set: {probe-order: any}\nswitches: {P02: fault}\nsoc: rcar-m3n\n"
                    "seen-in: [x, y]\n");

    (void)state;
    assert_int_equal(h->faults, 2);
    assert_int_equal(h->budget, 7);
    assert_true(h->masters_live);
    assert_int_equal(h->policy, NAP_POLICY_LAZY);
    assert_int_equal(h->profile, NAP_PROFILE_HOSTILE);
    assert_string_equal(h->soc, "rcar-m3n");
    assert_int_equal(h->n_seen_in, 2);
    assert_string_equal(h->seen_in[1], "y");
    assert_int_equal(h->n_set, 1);
    assert_string_equal(h->set[0].key, "probe-order");
    assert_string_equal(h->set[0].value, "any");
    assert_int_equal(h->n_switches, 1);
    assert_string_equal(h->switches[0].id, "P02");
    assert_string_equal(h->switches[0].value, "fault");
    nap_hazard_free(h);
}

static void what_is_not_covered_has_a_reason_and_no_run(void **state)
{
    struct nap_hazard *h = load(HEAD "classes: [O3]\nnot-covered: it cannot be\n");

    (void)state;
    assert_string_equal(h->not_covered, "it cannot be");
    assert_string_equal(h->rule, "");
    nap_hazard_free(h);
}

static void a_control_has_one_form(void **state)
{
    struct nap_hazard *h =
        load(HEAD "expect: quiet\nscenario: s\nfixed: {variant: recommended}\nvary: []\n");

    (void)state;
    assert_true(h->quiet);
    assert_string_equal(h->fixed, "recommended");
    assert_string_equal(h->buggy, "");
    nap_hazard_free(h);
}

/* How each message begins; lists of keys and kinds may grow. */
static const struct bad_input refused[] = {
    {"hazard: h\n", "h.yaml:1: found no 'block' in a hazard, expected this key"},
    {HAZARD "colour: red\n", "h.yaml:16: unknown key 'colour' in a hazard, expected one of: "},
    {HEAD "classes: [O16]\n", "h.yaml:8: found 'O16' in classes, expected O1 to O15"},
    {HEAD "classes: [1]\n", "h.yaml:8: found '1' in classes, expected O1 to O15"},
    {HEAD "classes: [O1]\nrule: no-rule-at-all\n",
     "h.yaml:9: found 'no-rule-at-all' as rule, expected a rule (see `regnap list rules`)"},
    {RULE "also: [nonsense]\n",
     "h.yaml:10: found 'nonsense' as also, expected a rule (see `regnap list rules`)"},
    {RULE "also: [dma-freshness, dma-freshness]\n",
     "h.yaml:10: found 'dma-freshness' twice in also, expected each once"},
    {RULE "shown-by: magic\n",
     "h.yaml:10: found 'magic' as shown-by, expected one of: rule, probe, twin, ledger"},
    {SHOWN "scenario: s\n", "h.yaml:1: found no 'buggy' in a hazard, expected this key"},
    {SHOWN "scenario: s\nbuggy: v9\n", "h.yaml:13: found 'v9' as buggy, expected a map"},
    {SHOWN "scenario: s\nbuggy: {variant: v9, seed: 1}\n",
     "h.yaml:13: unknown key 'seed' in buggy, expected one of: variant"},
    {FORMS "vary: [colour]\n", "h.yaml:15: found 'colour' as vary, expected one of: reset, "},
    {HAZARD "faults: -1\n", "h.yaml:16: found '-1' as faults, expected a number"},
    {HAZARD "budget: 0\n", "h.yaml:16: found '0' as budget, expected 1 to 4294967295"},
    {HAZARD "set: 3\n", "h.yaml:16: found no map as set, expected KEY: VALUE"},
    {HAZARD "expect: quiet\n",
     "h.yaml:8: unknown key 'classes' in a control, expected one of: "},
    {HEAD "classes: [O3]\nnot-covered: it cannot be\nscenario: s\n",
     "h.yaml:10: unknown key 'scenario' in a hazard that is not covered, expected one of: "},
};

static void bad_entries_are_refused_with_their_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct nap_error error = {0};
        struct nap_hazard *h = (void *)&error;

        assert_int_not_equal(
            nap_hazard_load(refused[i].text, strlen(refused[i].text), "h.yaml", &h, &error),
            NAP_OK);
        assert_null(h);
        assert_memory_equal(error.text, refused[i].message, strlen(refused[i].message));
    }
}

static void every_failed_allocation_is_no_memory(void **state)
{
    (void)state;
    for (unsigned long nth = 1;; nth++) {
        struct nap_error error = {0};
        struct nap_hazard *h;
        enum nap_err err;

        alloc_until_failure = nth;
        err = nap_hazard_load(HAZARD, strlen(HAZARD), "h.yaml", &h, &error);
        if (alloc_until_failure > 0) {
            alloc_until_failure = 0;
            assert_int_equal(err, NAP_OK);
            nap_hazard_free(h);
            return;
        }
        assert_int_equal(err, NAP_ERR_NOMEM);
        assert_null(h);
    }
}

static void every_built_in_entry_loads_and_has_the_name_of_its_file(void **state)
{
    const char *name;

    (void)state;
    for (unsigned i = 0; (name = nap_builtin_hazard_name(i)); i++) {
        struct nap_error error = {0};
        struct nap_hazard *h;

        if (nap_builtin_hazard(name, &h, &error))
            fail_msg("%s", error.text);
        assert_string_equal(h->id, name);
        nap_hazard_free(h);
    }
}

static void a_name_that_is_none_is_refused(void **state)
{
    struct nap_error error = {0};
    struct nap_hazard *h = (void *)&error;

    (void)state;
    assert_int_equal(nap_builtin_hazard("nothing", &h, &error), NAP_ERR_UNKNOWN);
    assert_null(h);
    assert_string_equal(error.text, "unknown hazard 'nothing', see `regnap list hazards`");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_says_what_it_is_and_what_catches_it),
        cmocka_unit_test(an_entry_says_how_it_runs),
        cmocka_unit_test(what_is_not_covered_has_a_reason_and_no_run),
        cmocka_unit_test(a_control_has_one_form),
        cmocka_unit_test(bad_entries_are_refused_with_their_line),
        cmocka_unit_test(every_failed_allocation_is_no_memory),
        cmocka_unit_test(every_built_in_entry_loads_and_has_the_name_of_its_file),
        cmocka_unit_test(a_name_that_is_none_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
