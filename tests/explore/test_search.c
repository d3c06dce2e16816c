/* SPDX-License-Identifier: MIT */
/* lib/explore/search.c on subjects small enough to count by hand, and against plain
 * enumeration. A subject is a counter in the arena of a machine whose devices nobody uses. */
#include <regnap/builtin.h>
#include <regnap/rule.h>

#include "../core/loader_test.h"
#include "explore/explore.h"
#include "rules/findings.h"

#define LEVELS_MAX 16

struct toy_state {
    uint32_t level, sum, marker, faults;
    uint8_t value[LEVELS_MAX]; /* kept only where states must not merge */
};

struct toy {
    struct nap_soc *soc;
    struct nap_machine *m;
    struct toy_state *s;
    struct nap_findings findings;
    struct nap_subject subject;
    struct nap_search search;
    /* The subject: */
    unsigned levels, n, per_edge;
    bool keep_values, mixing, with_faults;
    bool (*bad)(const struct toy_state *s);
    /* What happened: */
    unsigned n_found, first_nonzero, first_length;
    unsigned n_complete;
    struct nap_visited ends;
    bool bad_seen[LEVELS_MAX + 1][8];
};

static const struct nap_rule toy_rule = {.id = "toy"};

static uint32_t mix(uint32_t level, uint32_t marker, uint32_t value)
{
    return (marker * 5 + value * 3 + level * (value + 1)) % 8;
}

static void one_choice(struct toy *t)
{
    uint32_t n = t->with_faults && t->m->st->faults_left ? t->n + 1 : t->n;
    uint32_t value =
        nap_choose_fault(t->m, NAP_CHOOSE_LATENCY, "toy", NAP_NO_INSTANCE, n, t->n);

    nap_touched(t->m, t->s, sizeof *t->s);
    if (t->keep_values)
        t->s->value[t->s->level] = (uint8_t)(value + 1);
    t->s->faults += value == t->n;
    if (t->mixing)
        t->s->marker = mix(t->s->level, t->s->marker, value);
    else
        t->s->sum += value;
    t->s->level++;
}

static bool toy_advance(void *context)
{
    struct toy *t = context;
    struct nap_finding f = {.rule = &toy_rule, .device = UINT32_MAX};

    if (t->s->level == t->levels)
        return false;
    for (unsigned i = 0; i < t->per_edge; i++)
        one_choice(t);
    if (!t->bad || !t->bad(t->s))
        return true;
    t->bad_seen[t->s->level][t->s->marker] = true;
    nap_findings_violation(&t->findings, &f);
    return true;
}

static void toy_found(void *context, const struct nap_path *path)
{
    struct toy *t = context;
    unsigned nonzero = 0;

    for (unsigned i = 0; i < path->n; i++)
        nonzero += path->list[i].choice.value != 0;
    if (t->n_found++ == 0) {
        t->first_nonzero = nonzero;
        t->first_length = path->n;
    }
}

static void toy_complete(void *context, const struct nap_path *path)
{
    struct toy *t = context;

    (void)path;
    t->n_complete++;
    (void)nap_visited_check(&t->ends, nap_state_key(t->m), 0);
}

static int toy_setup(void **state)
{
    struct toy *t = calloc(1, sizeof *t);
    struct nap_machine_config c = {.blocks = nap_builtin_blocks(), .faults = 1};

    assert_non_null(t);
    assert_int_equal(nap_builtin_soc("rcar-h3", &t->soc, NULL), NAP_OK);
    c.soc = t->soc;
    assert_int_equal(nap_machine_create(&c, &t->m, NULL), NAP_OK);
    t->s = nap_arena_alloc(t->m, NAP_REGION_STATE, sizeof *t->s);
    t->subject = (struct nap_subject){
        .m = t->m, .context = t, .advance = toy_advance, .findings = &t->findings};
    t->search = (struct nap_search){.subject = &t->subject,
                                    .varied = NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY),
                                    .budget = UINT64_MAX,
                                    .check_keys = true,
                                    .found = toy_found,
                                    .complete = toy_complete,
                                    .context = t};
    t->n = 2;
    t->per_edge = 1;
    nap_visited_init(&t->ends);
    *state = t;
    return 0;
}

static int toy_teardown(void **state)
{
    struct toy *t = *state;

    nap_visited_free(&t->ends);
    nap_findings_free(&t->findings);
    nap_machine_destroy(t->m);
    nap_soc_free(t->soc);
    free(t);
    return 0;
}

/* --- counted by hand --- */

/* Level 1 has sums 0 and 1, level 2 sums 0, 1, 2: five states. Within one deviation the runs
 * are 00, 01, and 10, which meets 01's state (3); within two 00, 01, 10 met, 11 (4); without
 * bound the same 4. */
static void two_bits_that_are_summed_have_five_states_and_eleven_executions(void **state)
{
    struct toy *t = *state;

    t->levels = 2;
    nap_search_exhaustive(&t->search);
    assert_true(t->search.exhausted);
    assert_int_equal(t->search.distinct_states, 5);
    assert_int_equal(t->search.executions, 11);
    assert_int_equal(t->search.completed, 8);
    assert_int_equal(t->n_complete, 8);
    assert_false(t->search.key_mismatch);
}

/* Levels 1 to 12 have 2 to 13 states. */
static void merging_keeps_a_long_sum_small(void **state)
{
    struct toy *t = *state;

    t->levels = 12;
    nap_search_exhaustive(&t->search);
    assert_true(t->search.exhausted);
    assert_int_equal(t->search.distinct_states, 12 * (2 + 13) / 2);
    assert_int_equal(t->ends.used, 13);
}

/* 3 + 9 + 27 + 81. */
static void without_merging_every_sequence_is_a_state(void **state)
{
    struct toy *t = *state;

    t->levels = 4;
    t->n = 3;
    t->keep_values = true;
    nap_search_exhaustive(&t->search);
    assert_true(t->search.exhausted);
    assert_int_equal(t->search.distinct_states, 120);
    assert_int_equal(t->ends.used, 81);
}

/* Two choices in one edge: 9, then 81 states; nothing is stored between the two. */
static void choices_of_one_edge_are_all_combined(void **state)
{
    struct toy *t = *state;

    t->levels = 4;
    t->n = 3;
    t->per_edge = 2;
    t->keep_values = true;
    nap_search_exhaustive(&t->search);
    assert_int_equal(t->search.distinct_states, 90);
    assert_int_equal(t->ends.used, 81);
}

/* Quiet points on a path are not counted out beforehand. */
static void a_path_may_be_long(void **state)
{
    struct toy *t = *state;

    t->levels = 6000;
    t->search.nonzero_max = 1;
    t->mixing = true;
    nap_search_exhaustive(&t->search);
    assert_true(t->search.exhausted);
    assert_true(t->search.distinct_states >= 6000);
}

static void a_subject_without_choices_is_one_run_per_bound(void **state)
{
    struct toy *t = *state;

    t->levels = 3;
    t->search.varied = 0;
    nap_search_exhaustive(&t->search);
    assert_true(t->search.exhausted);
    assert_int_equal(t->search.executions, 3);
    assert_int_equal(t->search.distinct_states, 3);
}

/* --- budget, faults -------------------------------------------------------------------------
 */

static void the_search_stops_at_its_budget_and_says_so(void **state)
{
    struct toy *t = *state;

    t->levels = 12;
    t->search.budget = 3;
    nap_search_exhaustive(&t->search);
    assert_false(t->search.exhausted);
    assert_int_equal(t->search.executions, 3);
}

static void a_budget_of_exactly_what_is_needed_suffices(void **state)
{
    struct toy *t = *state;

    t->levels = 2;
    t->search.budget = 11;
    nap_search_exhaustive(&t->search);
    assert_true(t->search.exhausted);
}

/* One fault in three places with the two others free, or none: 3 * 4 + 8. */
static void faults_are_offered_while_the_run_has_some_left(void **state)
{
    struct toy *t = *state;

    t->levels = 3;
    t->with_faults = true;
    t->keep_values = true;
    nap_search_exhaustive(&t->search);
    assert_int_equal(t->ends.used, 20);
}

static void the_machine_is_as_before_after_a_search(void **state)
{
    struct toy *t = *state;
    struct nap_hash128 before = nap_state_key(t->m), after;

    t->levels = 3;
    nap_search_exhaustive(&t->search);
    t->search.budget = 10;
    nap_search_random(&t->search, 1);
    after = nap_state_key(t->m);
    assert_true(before.low == after.low && before.high == after.high);
    assert_int_equal(t->m->arena.n_marks, 0);
    assert_false(nap_varied(t->m, NAP_CHOOSE_LATENCY));
}

/* --- planted bugs --- */

static bool sum_is_two(const struct toy_state *s)
{
    return s->sum == 2;
}

static bool all_ones(const struct toy_state *s)
{
    return s->level == 10 && s->sum == 10;
}

static bool one_early_and_one_late(const struct toy_state *s)
{
    return s->level == 10 && s->value[1] == 2 && s->value[8] == 2;
}

/* Depth first without the bounds would meet it last on the all-zero branch. */
static void the_first_story_has_the_fewest_deviations(void **state)
{
    struct toy *t = *state;

    t->levels = 10;
    t->keep_values = true;
    t->bad = one_early_and_one_late;
    nap_search_exhaustive(&t->search);
    assert_int_equal(t->first_nonzero, 2);
    assert_int_equal(t->first_length, 10);
}

static void a_single_choice_of_value_two_is_one_deviation(void **state)
{
    struct toy *t = *state;

    t->levels = 6;
    t->n = 3;
    t->bad = sum_is_two;
    nap_search_exhaustive(&t->search);
    assert_int_equal(t->first_nonzero, 1);
}

static void a_bug_that_needs_every_choice_is_found(void **state)
{
    struct toy *t = *state;

    t->levels = 10;
    t->bad = all_ones;
    nap_search_exhaustive(&t->search);
    assert_int_equal(t->n_found, 1);
    assert_int_equal(t->first_nonzero, 10);
    assert_int_equal(t->first_length, 10);
}

static void findings_are_cleared_once_they_are_shown(void **state)
{
    struct toy *t = *state;

    t->levels = 4;
    t->bad = sum_is_two;
    nap_search_exhaustive(&t->search);
    assert_true(t->n_found > 0);
    assert_int_equal(t->findings.n_violations, 0);
}

/* --- against plain enumeration --- */

static bool odd_marker(const struct toy_state *s)
{
    return s->marker == 3 || s->marker == 7;
}

struct naive {
    bool bad[LEVELS_MAX + 1][8], reached[LEVELS_MAX + 1][8];
};

static void enumerate(struct naive *e, unsigned levels, uint32_t level, uint32_t marker)
{
    if (level == levels)
        return;
    for (uint32_t value = 0; value < 3; value++) {
        uint32_t next = mix(level, marker, value);
        e->reached[level + 1][next] = true;
        e->bad[level + 1][next] |= next == 3 || next == 7;
        enumerate(e, levels, level + 1, next);
    }
}

/* 3^9 sequences by recursion; the search meets the same states and the same bad ones. */
static void the_search_agrees_with_naive_enumeration(void **state)
{
    struct toy *t = *state;

    for (unsigned levels = 1; levels <= 9; levels++) {
        struct naive e = {0};
        unsigned reached = 0;
        enumerate(&e, levels, 0, 0);
        for (unsigned i = 0; i <= levels; i++)
            for (unsigned k = 0; k < 8; k++)
                reached += e.reached[i][k];
        memset(t->bad_seen, 0, sizeof t->bad_seen);
        t->levels = levels;
        t->n = 3;
        t->mixing = true;
        t->bad = odd_marker;
        t->search.executions = t->search.completed = 0;
        nap_search_exhaustive(&t->search);
        assert_true(t->search.exhausted);
        assert_int_equal(t->search.distinct_states, reached);
        assert_memory_equal(t->bad_seen, e.bad, sizeof e.bad);
    }
}

/* --- random ---------------------------------------------------------------------------------
 */

static void random_runs_differ_from_each_other(void **state)
{
    struct toy *t = *state;

    t->levels = 16;
    t->n = 4;
    t->keep_values = true;
    t->search.budget = 200;
    nap_search_random(&t->search, 7);
    assert_int_equal(t->search.executions, 200);
    assert_int_equal(t->search.completed, 200);
    assert_int_equal(t->n_complete, 200);
    assert_int_equal(t->ends.used, 200); /* of 4^16: two equal ones are out of the question */
    assert_false(t->search.exhausted);
    assert_false(t->search.key_mismatch);
}

static void random_runs_come_from_the_seed_alone(void **state)
{
    struct toy *t = *state;

    t->levels = 16;
    t->n = 4;
    t->keep_values = true;
    t->search.budget = 50;
    nap_search_random(&t->search, 7);
    t->search.executions = 0;
    nap_search_random(&t->search, 7);
    assert_int_equal(t->ends.used, 50);
    t->search.executions = 0;
    nap_search_random(&t->search, 8);
    assert_int_equal(t->ends.used, 100);
}

/* 2^8 lists, each drawn 20 times on average: that one is missed has a chance of 1 in 2 million.
 */
static void random_runs_reach_every_list_of_a_small_space(void **state)
{
    struct toy *t = *state;

    t->levels = 8;
    t->keep_values = true;
    t->search.budget = 20 * 256;
    nap_search_random(&t->search, 1);
    assert_int_equal(t->ends.used, 256);
}

/* Seeds next to each other, as people take them, share no run. */
static void random_runs_of_a_hundred_seeds_are_all_different(void **state)
{
    struct toy *t = *state;

    t->levels = 16;
    t->n = 4;
    t->keep_values = true;
    t->search.budget = 20;
    for (uint64_t seed = 0; seed < 100; seed++) {
        t->search.executions = 0;
        nap_search_random(&t->search, seed);
    }
    assert_int_equal(t->ends.used, 100 * 20);
}

static void random_runs_find_what_is_frequent(void **state)
{
    struct toy *t = *state;

    t->levels = 8;
    t->bad = sum_is_two;
    t->search.budget = 50;
    nap_search_random(&t->search, 1);
    assert_true(t->n_found > 0);
}

int main(void)
{
#define toy_test(name) cmocka_unit_test_setup_teardown(name, toy_setup, toy_teardown)
    static const struct CMUnitTest tests[] = {
        toy_test(two_bits_that_are_summed_have_five_states_and_eleven_executions),
        toy_test(merging_keeps_a_long_sum_small),
        toy_test(without_merging_every_sequence_is_a_state),
        toy_test(choices_of_one_edge_are_all_combined),
        toy_test(a_path_may_be_long),
        toy_test(a_subject_without_choices_is_one_run_per_bound),
        toy_test(the_search_stops_at_its_budget_and_says_so),
        toy_test(a_budget_of_exactly_what_is_needed_suffices),
        toy_test(faults_are_offered_while_the_run_has_some_left),
        toy_test(the_machine_is_as_before_after_a_search),
        toy_test(the_first_story_has_the_fewest_deviations),
        toy_test(a_single_choice_of_value_two_is_one_deviation),
        toy_test(a_bug_that_needs_every_choice_is_found),
        toy_test(findings_are_cleared_once_they_are_shown),
        toy_test(the_search_agrees_with_naive_enumeration),
        toy_test(random_runs_differ_from_each_other),
        toy_test(random_runs_come_from_the_seed_alone),
        toy_test(random_runs_reach_every_list_of_a_small_space),
        toy_test(random_runs_of_a_hundred_seeds_are_all_different),
        toy_test(random_runs_find_what_is_frequent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
