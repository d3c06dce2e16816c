/* SPDX-License-Identifier: MIT */
/* The built-in scenario through nap_run() and nap_explore(): what each variant does right and
 * wrong, within small budgets. The proofs are in test_proofs.c. Expected rules: issue "Slice",
 * design 4.5. */
#include "rig.h"

#include "scenario/session.h"

static const char *const v9_rules[] = {
    "ipmmu-root-before-utlb", "ipmmu-cache-context-before-utlb", "ipmmu-controls-before-utlb"};

/* --- single runs --- */

/* In profile `zero` USE_SECGRP wakes up clear, but the table format is not back either. */
static void v9_breaks_exactly_three_rules_in_both_profiles(void **state)
{
    static const enum nap_profile profiles[] = {NAP_PROFILE_ZERO, NAP_PROFILE_HOSTILE};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    rig_open(&r, "v9");
    for (unsigned i = 0; i < COUNT_OF(profiles); i++) {
        r.config.profile = profiles[i];
        rig_run(&r, NULL, &result);
        assert_violates_exactly(&result.findings, v9_rules, COUNT_OF(v9_rules));
        assert_int_equal(result.suspend_result, 0);
        assert_int_equal(result.resume_result, 0);
        nap_run_result_free(&result);
    }
    rig_close(&r);
}

static void the_other_variants_break_none_in_both_profiles(void **state)
{
    static const char *const variants[] = {"v10", "two-pass", "two-pass-sync", "recommended"};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    for (unsigned i = 0; i < 2 * COUNT_OF(variants); i++) {
        rig_open(&r, variants[i / 2]);
        r.config.profile = i % 2 ? NAP_PROFILE_HOSTILE : NAP_PROFILE_ZERO;
        rig_run(&r, NULL, &result);
        assert_violates_exactly(&result.findings, NULL, 0);
        assert_int_equal(result.resume_result, 0);
        nap_run_result_free(&result);
        rig_close(&r);
    }
}

/* sdhi0 1, dmac1 16, avb 1, sata 1 port: each passes untranslated from power-on until it is
 * written, and only the platform keeps its master quiet. */
static void each_port_leaves_one_power_up_obligation(void **state)
{
    static const char *const variants[] = {"two-pass", "two-pass-sync", "recommended"};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    for (unsigned i = 0; i < COUNT_OF(variants); i++) {
        rig_open(&r, variants[i]);
        rig_run(&r, NULL, &result);
        assert_int_equal(result.findings.n_obligations, 19);
        for (unsigned k = 0; k < 19; k++) {
            const struct nap_obligation *o = &result.findings.obligations[k];
            assert_true(o->power_up);
            assert_false(o->open);
            assert_int_equal(o->outcome, NAP_OUTCOME_BYPASS);
            assert_true(o->from < o->to);
            assert_non_null(o->closed.file);
        }
        nap_run_result_free(&result);
        rig_close(&r);
    }
}

static void recommended_with_live_masters_breaks_only_the_power_up_rule(void **state)
{
    static const char *const rules[] = {"ipmmu-power-up-bypass"};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    rig_open(&r, "recommended");
    r.config.masters_live = true;
    rig_run(&r, NULL, &result);
    assert_violates_exactly(&result.findings, rules, COUNT_OF(rules));
    assert_int_equal(result.findings.n_obligations, 0);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* Text of a line of a file of the source tree. */
static void source_line(const char *path, int line, char *out, size_t bytes)
{
    size_t size;
    char *text = source_file(path, &size), *at = text;

    for (int i = 1; i < line; i++)
        at = strchr(at, '\n') + 1;
    (void)snprintf(out, bytes, "%.*s", (int)(strchr(at, '\n') - at), at);
    free(text);
}

static void the_verdict_on_v9_names_the_write_of_the_port(void **state)
{
    const struct nap_finding *f = NULL;
    struct nap_run_result result;
    char line[200];
    struct rig r;

    (void)state;
    rig_open(&r, "v9");
    rig_run(&r, NULL, &result);
    for (unsigned i = 0; i < result.findings.n_violations && !f; i++)
        if (strcmp(result.findings.violations[i].rule->id, v9_rules[0]) == 0)
            f = &result.findings.violations[i];
    assert_non_null(f);
    assert_string_equal(f->source.file, "drivers/ipmmu/backup.c");
    source_line(f->source.file, f->source.line, line, sizeof line);
    assert_non_null(strstr(line, "ipmmu_utlb_write(own->mmu, master->ids[i], IMUCTR"));
    assert_true(f->issued > 0 && f->issued <= f->effect);
    assert_true(f->value & 1); /* IMUCTR.MMUEN */
    assert_true(f->n_probes > 0);
    nap_run_result_free(&result);
    rig_close(&r);
}

static bool holds_under(const struct nap_dependence *d, const char *id, const char *value)
{
    for (unsigned i = 0; i < d->n_holds_under; i++)
        if (strcmp(d->holds_under[i].id, id) == 0 &&
            strcmp(d->holds_under[i].value, value) == 0)
            return true;
    return false;
}

static void assert_holds_under_every_value(const struct nap_dependence *d, const char *id)
{
    const struct nap_model *model = nap_builtin_blocks()[0]->model;

    for (uint32_t i = 0; i < model->n_switches; i++)
        for (uint32_t v = 0; v < model->switches[i].n_values; v++)
            if (strcmp(model->switches[i].id, id) == 0)
                assert_true(holds_under(d, id, model->switches[i].values[v]));
}

/* What a transaction does where a context is off is not documented; the verdict does not lean
 * on it. */
static void the_verdict_on_v9_holds_under_every_value_of_p02_and_p03(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    rig_open(&r, "v9");
    rig_run(&r, NULL, &result);
    assert_int_equal(nap_run_dependence(&r.config, NULL, &result, NULL), NAP_OK);
    for (unsigned i = 0; i < result.findings.n_violations; i++) {
        assert_holds_under_every_value(&result.dependence[i], "P02");
        assert_holds_under_every_value(&result.dependence[i], "P03");
        assert_int_equal(result.dependence[i].n_depends_on, 0);
    }
    nap_run_result_free(&result);
    rig_close(&r);
}

/* C01 says at which Exception level the driver runs. At the other one it would be another. */
static void no_verdict_depends_on_what_software_is(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    rig_open_on(&r, "gicv3-late", "gicv3-its", "gicv3", "xen");
    rig_run(&r, NULL, &result);
    assert_true(result.findings.n_violations > 0);
    assert_int_equal(nap_run_dependence(&r.config, NULL, &result, NULL), NAP_OK);
    for (unsigned i = 0; i < result.findings.n_violations; i++) {
        assert_int_equal(result.dependence[i].n_depends_on, 0);
        assert_false(holds_under(&result.dependence[i], "C01", "el2"));
        assert_true(holds_under(&result.dependence[i], "D05", "set"));
    }
    nap_run_result_free(&result);
    rig_close(&r);
}

static void a_switch_that_was_set_is_varied_as_well(void **state)
{
    static const struct nap_switch_setting set[] = {{"P02", 1}, {"P03", 1}};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    rig_open(&r, "v9");
    r.config.switches = set;
    r.config.n_switches = COUNT_OF(set);
    rig_run(&r, NULL, &result);
    assert_int_equal(nap_run_dependence(&r.config, NULL, &result, NULL), NAP_OK);
    assert_holds_under_every_value(&result.dependence[0], "P02");
    assert_holds_under_every_value(&result.dependence[0], "P03");
    nap_run_result_free(&result);
    rig_close(&r);
}

static void a_switch_nobody_knows_is_an_error(void **state)
{
    static const struct nap_switch_setting set[] = {{"P99", 0}};
    struct nap_run_result result;
    struct nap_error error = {0};
    struct rig r;

    (void)state;
    rig_open(&r, "v9");
    r.config.switches = set;
    r.config.n_switches = 1;
    assert_int_equal(nap_run(&r.config, NULL, &result, &error), NAP_ERR_UNKNOWN);
    assert_non_null(strstr(error.text, "P99"));
    nap_run_result_free(&result);
    rig_close(&r);
}

static void a_run_from_a_seed_is_the_same_run_again(void **state)
{
    struct nap_run_result a, b, c;
    struct rig r;

    (void)state;
    rig_open(&r, "two-pass");
    r.config.vary = VARY_ALL;
    r.config.seed = 3;
    rig_run(&r, NULL, &a);
    rig_run(&r, NULL, &b);
    r.config.seed = 4;
    rig_run(&r, NULL, &c);
    assert_true(a.digest.low == b.digest.low && a.digest.high == b.digest.high);
    assert_true(a.digest.low != c.digest.low);
    assert_int_equal(a.choices.n, b.choices.n);
    assert_true(a.choices.n >= 20);
    nap_run_result_free(&a);
    nap_run_result_free(&b);
    nap_run_result_free(&c);
    rig_close(&r);
}

static void the_choices_of_a_random_run_replay_it(void **state)
{
    struct nap_run_result a, b;
    struct rig r;

    (void)state;
    rig_open(&r, "two-pass");
    r.config.vary = VARY_ALL;
    r.config.seed = 3;
    rig_run(&r, NULL, &a);
    rig_run(&r, &a.choices, &b);
    assert_true(a.digest.low == b.digest.low && a.digest.high == b.digest.high);
    assert_int_equal(b.choices_unplaced, 0);
    assert_int_equal(a.choices.n, b.choices.n);
    nap_run_result_free(&a);
    nap_run_result_free(&b);
    rig_close(&r);
}

/* --- small searches ------------------------------------------------------------------------
 */

static bool depends_on(const struct nap_dependence *d, const char *id)
{
    for (unsigned i = 0; i < d->n_depends_on; i++)
        if (strcmp(d->depends_on[i], id) == 0)
            return true;
    return false;
}

/* The shrunk run's dependence of its violation of rule @id. */
static const struct nap_dependence *dependence(const struct nap_explored_violation *v)
{
    for (unsigned i = 0; i < v->result.findings.n_violations; i++)
        if (nap_same_violation(&v->result.findings.violations[i], &v->finding))
            return &v->result.dependence[i];
    fail_msg("the shrunk run does not show %s", v->finding.rule->id);
    return NULL;
}

/* The flush is late and the TLB kept a foreign entry: two choices, and the second needs P18. */
static void two_pass_turns_ports_on_during_a_flush_that_matters(void **state)
{
    static const uint32_t kinds[] = {VARY_LATENCY | VARY_RETAIN,
                                     VARY_ORDER | VARY_LATENCY | VARY_RETAIN};
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    rig_open(&r, "two-pass");
    for (unsigned i = 0; i < COUNT_OF(kinds); i++) {
        r.config.vary = kinds[i];
        rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, 3000, &result);
        for (unsigned k = 0; k < result.n_violations; k++) {
            const struct nap_explored_violation *v = &result.violations[k];
            assert_true(v->choices.n <= 2);
            if (strcmp(v->finding.rule->id, "ipmmu-flush-before-utlb") == 0)
                assert_true(depends_on(dependence(v), "P18"));
        }
        assert_int_equal(explored(&result, "ipmmu-flush-before-utlb")->choices.n, 2);
        nap_explore_result_free(&result);
    }
    rig_close(&r);
}

static void without_retain_the_late_flush_of_two_pass_is_a_note(void **state)
{
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    rig_open(&r, "two-pass");
    r.config.vary = VARY_LATENCY;
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, 20000, &result);
    assert_int_equal(result.n_violations, 0);
    assert_true(has_rule(result.notes.notes, result.notes.n_notes, "ipmmu-flush-before-utlb"));
    assert_string_equal(result.orders_covered, "1");
    nap_explore_result_free(&result);
    rig_close(&r);
}

static void the_strict_protocol_makes_that_note_a_violation(void **state)
{
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    rig_open(&r, "two-pass");
    r.config.vary = VARY_LATENCY;
    r.config.strict_protocol = true;
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, 200, &result);
    assert_true(explored(&result, "ipmmu-flush-before-utlb")->choices.n <= 1);
    nap_explore_result_free(&result);
    rig_close(&r);
}

static void v9_needs_no_choice_at_all(void **state)
{
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    rig_open(&r, "v9");
    r.config.vary = VARY_ALL;
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, 100, &result);
    assert_int_equal(explored(&result, v9_rules[0])->choices.n, 0);
    assert_int_equal(explored(&result, v9_rules[1])->choices.n, 0);
    assert_false(explored(&result, v9_rules[0])->needs_different_orders);
    assert_true(result.accesses_median > 0);
    assert_int_equal(result.units, 17);
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* Violations come in the order of rule, device, place, so that reports do not depend on the
 * search. */
static void violations_are_sorted_and_distinct(void **state)
{
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    rig_open(&r, "v9");
    r.config.vary = VARY_RESET;
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, UINT64_MAX, &result);
    assert_true(result.exhausted);
    assert_true(result.n_violations > 3);
    for (unsigned i = 1; i < result.n_violations; i++) {
        const struct nap_finding *a = &result.violations[i - 1].finding;
        const struct nap_finding *b = &result.violations[i].finding;
        assert_true(strcmp(a->rule->id, b->rule->id) <= 0);
        assert_true(strcmp(a->rule->id, b->rule->id) < 0 || a->device <= b->device);
        assert_false(nap_same_violation(a, b));
    }
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* --- random search and shrinking -----------------------------------------------------------
 */

/* Late flush, foreign entry; where two caches share what went wrong, the order that makes this
 * one the first. */
static void a_random_run_of_many_choices_shrinks_to_two(void **state)
{
    struct nap_explore_result result;
    unsigned to_two = 0;
    struct rig r;

    (void)state;
    rig_open(&r, "two-pass");
    r.config.vary = VARY_ALL;
    r.config.seed = 1;
    rig_explore(&r, NAP_STRATEGY_RANDOM, 30, &result);
    assert_int_equal(result.executions, 30);
    assert_int_equal(result.distinct_runs, 30);
    assert_false(result.exhausted);
    assert_string_equal(result.orders_covered, "30");
    assert_true(result.n_violations > 0);
    for (unsigned i = 0; i < result.n_violations; i++) {
        to_two +=
            result.violations[i].choices_before >= 20 && result.violations[i].choices.n <= 2;
        assert_true(result.violations[i].choices.n <= 3);
        assert_true(result.violations[i].choices_asked >= result.violations[i].choices.n);
    }
    assert_true(to_two > 0);
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* One choice of two outcomes is asked: the profile of the power-on. */
static void equal_choice_lists_count_as_one_run(void **state)
{
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    rig_open(&r, "recommended");
    r.config.vary = NAP_CHOICE_BIT(NAP_CHOOSE_RESET);
    rig_explore(&r, NAP_STRATEGY_RANDOM, 40, &result);
    assert_int_equal(result.executions, 40);
    assert_int_equal(result.distinct_runs, 2);
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* --- replay ----------------------------------------------------------------------------------
 */

static void find_counterexample(struct rig *r, struct nap_explore_result *result)
{
    rig_open(r, "two-pass");
    r->config.vary = VARY_LATENCY | VARY_RETAIN;
    rig_explore(r, NAP_STRATEGY_EXHAUSTIVE, 3000, result);
}

static void a_counterexample_replays_to_the_same_verdict_and_digest(void **state)
{
    const struct nap_explored_violation *v;
    struct nap_explore_result result;
    struct nap_run_result again;
    struct rig r;

    (void)state;
    find_counterexample(&r, &result);
    v = explored(&result, "ipmmu-flush-before-utlb");
    r.config.machine_slot = 3;
    rig_run(&r, &v->choices, &again);
    assert_true(has_rule(again.findings.violations, again.findings.n_violations,
                         "ipmmu-flush-before-utlb"));
    assert_true(again.digest.low == v->result.digest.low);
    assert_true(again.digest.high == v->result.digest.high);
    assert_int_equal(again.choices_unplaced, 0);
    assert_int_equal(again.choices_asked, v->choices_asked);
    nap_run_result_free(&again);
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* With the wait for the flush in place, nobody asks what the TLB has kept. */
static void a_counterexample_of_a_fixed_driver_fires_nothing(void **state)
{
    static const char *const fixed[] = {"two-pass-sync", "recommended"};
    const struct nap_explored_violation *v;
    struct nap_explore_result result;
    struct nap_run_result again;
    struct rig r;

    (void)state;
    find_counterexample(&r, &result);
    v = explored(&result, "ipmmu-flush-before-utlb");
    for (unsigned i = 0; i < COUNT_OF(fixed); i++) {
        r.config.driver = rig_driver(fixed[i]);
        rig_run(&r, &v->choices, &again);
        assert_int_equal(again.findings.n_violations, 0);
        assert_true(again.choices_unplaced > 0);
        assert_int_equal(again.choices_unplaced + again.choices.n, v->choices.n);
        nap_run_result_free(&again);
    }
    nap_explore_result_free(&result);
    rig_close(&r);
}

static void violations_are_the_same_by_rule_device_and_line(void **state)
{
    static const struct nap_rule one = {.id = "one"}, two = {.id = "two"};
    static const char file[] = "a.c", other[] = "b.c", same[] = "a.c";
    struct nap_finding a = {.rule = &one, .device = 1, .source = {file, 7, NULL}};
    struct nap_finding b = {.rule = &one, .device = 1, .source = {same, 7, NULL}, .slot = 5};

    (void)state;
    assert_true(nap_same_violation(&a, &b));
    b.source.line = 8;
    assert_false(nap_same_violation(&a, &b));
    b.source = (struct nap_source){other, 7, NULL};
    assert_false(nap_same_violation(&a, &b));
    b.source.file = NULL;
    assert_false(nap_same_violation(&a, &b));
    a.source.file = NULL;
    assert_true(nap_same_violation(&a, &b));
    b.device = 2;
    assert_false(nap_same_violation(&a, &b));
    b = a;
    b.rule = &two;
    assert_false(nap_same_violation(&a, &b));
}

/* --- probes ----------------------------------------------------------------------------------
 */

static void probe_everything(const struct nap_machine *m)
{
    const struct nap_soc *soc = nap_machine_soc(m);
    struct nap_outcomes outcomes;

    for (uint32_t i = 0; i < soc->n_masters; i++)
        for (uint32_t p = 0; p < soc->masters[i].n_ports; p++)
            for (uint32_t k = 0; k < soc->masters[i].ports[p].count; k++)
                for (nap_addr iova = 0x50000000; iova < 0x50300000; iova += 0x101000)
                    nap_probe(m, soc->masters[i].ports[p].device,
                              soc->masters[i].ports[p].first + k, iova, &outcomes, NULL);
}

static void probes_leave_the_state_key_unchanged_at_every_quiet_point(void **state)
{
    struct nap_session *s;
    unsigned points = 0;
    struct rig r;

    (void)state;
    rig_open(&r, "two-pass");
    r.config.vary = VARY_ALL;
    assert_int_equal(nap_session_create(&r.config, &s, NULL), NAP_OK);
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct nap_machine *m = s->runner->m;
        bool more = true;
        nap_rewind(m, s->start);
        nap_replay_reset(&s->replay, NULL);
        s->replay.random = true;
        s->replay.seed = seed;
        nap_set_chooser(m, nap_replay_choose, &s->replay, r.config.vary);
        while (more) {
            struct nap_hash128 before, after, full;
            more = nap_runner_advance(s->runner);
            before = nap_state_key(m);
            probe_everything(m);
            after = nap_state_key(m);
            full = nap_state_key_full(m);
            assert_true(before.low == after.low && before.high == after.high);
            assert_true(before.low == full.low && before.high == full.high);
            points++;
        }
    }
    assert_true(points > 20 * 17);
    nap_session_destroy(s);
    rig_close(&r);
}

/* One more in the program that all builds run; 1 000 of each are in test_proofs.c. */
static void incremental_answers_agree_with_full_ones_in_a_few_random_runs(void **state)
{
    static const char *const variants[] = {"two-pass", "recommended"};
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    for (unsigned i = 0; i < COUNT_OF(variants); i++) {
        rig_open(&r, variants[i]);
        r.config.vary = VARY_ALL;
        r.config.seed = 5;
        r.config.check_incremental = true;
        rig_explore(&r, NAP_STRATEGY_RANDOM, 10, &result);
        assert_false(result.incremental_mismatch);
        nap_explore_result_free(&result);
        rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, 10, &result);
        assert_false(result.incremental_mismatch);
        nap_explore_result_free(&result);
        rig_close(&r);
    }
}

static void change_something(void *context, const struct nap_machine *m,
                             const struct nap_event *e)
{
    (void)context;
    if (e->kind == NAP_STEP_DMA)
        m->devices[5].golden[0] |= 1;
}

/* What check_incremental is for: a change that the arena was not told of. */
static void a_change_behind_the_machines_back_is_a_mismatch(void **state)
{
    struct nap_session *s;
    struct rig r;

    (void)state;
    rig_open(&r, "recommended");
    r.config.check_incremental = true;
    assert_int_equal(nap_session_create(&r.config, &s, NULL), NAP_OK);
    nap_session_run(s, NULL, 0);
    assert_false(s->mismatch);
    nap_set_trace(s->runner->m, change_something, NULL);
    nap_session_run(s, NULL, 0);
    assert_true(s->mismatch);
    nap_session_destroy(s);
    rig_close(&r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(v9_breaks_exactly_three_rules_in_both_profiles),
        cmocka_unit_test(the_other_variants_break_none_in_both_profiles),
        cmocka_unit_test(each_port_leaves_one_power_up_obligation),
        cmocka_unit_test(recommended_with_live_masters_breaks_only_the_power_up_rule),
        cmocka_unit_test(the_verdict_on_v9_names_the_write_of_the_port),
        cmocka_unit_test(the_verdict_on_v9_holds_under_every_value_of_p02_and_p03),
        cmocka_unit_test(no_verdict_depends_on_what_software_is),
        cmocka_unit_test(a_switch_that_was_set_is_varied_as_well),
        cmocka_unit_test(a_switch_nobody_knows_is_an_error),
        cmocka_unit_test(a_run_from_a_seed_is_the_same_run_again),
        cmocka_unit_test(the_choices_of_a_random_run_replay_it),
        cmocka_unit_test(two_pass_turns_ports_on_during_a_flush_that_matters),
        cmocka_unit_test(without_retain_the_late_flush_of_two_pass_is_a_note),
        cmocka_unit_test(the_strict_protocol_makes_that_note_a_violation),
        cmocka_unit_test(v9_needs_no_choice_at_all),
        cmocka_unit_test(violations_are_sorted_and_distinct),
        cmocka_unit_test(a_random_run_of_many_choices_shrinks_to_two),
        cmocka_unit_test(equal_choice_lists_count_as_one_run),
        cmocka_unit_test(a_counterexample_replays_to_the_same_verdict_and_digest),
        cmocka_unit_test(a_counterexample_of_a_fixed_driver_fires_nothing),
        cmocka_unit_test(violations_are_the_same_by_rule_device_and_line),
        cmocka_unit_test(probes_leave_the_state_key_unchanged_at_every_quiet_point),
        cmocka_unit_test(incremental_answers_agree_with_full_ones_in_a_few_random_runs),
        cmocka_unit_test(a_change_behind_the_machines_back_is_a_mismatch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
