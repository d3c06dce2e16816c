/* SPDX-License-Identifier: MIT */
/* lib/explore/choices.c, shrink.c, visited.c. */
#include <regnap/builtin.h>

#include "../core/loader_test.h"
#include "explore/explore.h"

/* --- visited states -------------------------------------------------------------------------
 */

static struct nap_hash128 key_of(uint64_t i)
{
    return (struct nap_hash128){i * UINT64_C(0x9e3779b97f4a7c15), i << 20};
}

static void a_state_is_new_once(void **state)
{
    struct nap_visited v;

    (void)state;
    nap_visited_init(&v);
    assert_false(nap_visited_has(&v, key_of(1)));
    assert_false(nap_visited_check(&v, key_of(1), 0));
    assert_true(nap_visited_check(&v, key_of(1), 0));
    assert_true(nap_visited_has(&v, key_of(1)));
    assert_int_equal(v.used, 1);
    nap_visited_free(&v);
}

static void a_state_is_worth_another_visit_with_more_deviations_left(void **state)
{
    struct nap_visited v;

    (void)state;
    nap_visited_init(&v);
    assert_false(nap_visited_check(&v, key_of(1), 1));
    assert_true(nap_visited_check(&v, key_of(1), 0));
    assert_true(nap_visited_check(&v, key_of(1), 1));
    assert_false(nap_visited_check(&v, key_of(1), 2));
    assert_true(nap_visited_check(&v, key_of(1), 2));
    assert_false(nap_visited_check(&v, key_of(1), 255));
    assert_int_equal(v.used, 1);
    nap_visited_free(&v);
}

/* Of the upper word all but the lowest 8 bits count. */
static void states_differ_in_either_word_of_the_key(void **state)
{
    struct nap_visited v;

    (void)state;
    nap_visited_init(&v);
    assert_false(nap_visited_check(&v, (struct nap_hash128){5, 0x100}, 0));
    assert_false(nap_visited_check(&v, (struct nap_hash128){5, 0x200}, 0));
    assert_false(nap_visited_check(&v, (struct nap_hash128){6, 0x100}, 0));
    assert_false(nap_visited_check(&v, (struct nap_hash128){0, 0x100}, 0));
    assert_true(nap_visited_check(&v, (struct nap_hash128){0, 0x100}, 0));
    assert_int_equal(v.used, 4);
    nap_visited_free(&v);
}

static void the_set_grows_and_forgets_nothing(void **state)
{
    const uint64_t n = 300000;
    struct nap_visited v;
    size_t size;

    (void)state;
    nap_visited_init(&v);
    size = v.size;
    for (uint64_t i = 0; i < n; i++)
        assert_false(nap_visited_check(&v, key_of(i), (uint8_t)(i % 3)));
    assert_int_equal(v.used, n);
    assert_true(v.size > size);
    assert_true(v.used <= v.size / 2);
    for (uint64_t i = 0; i < n; i++)
        assert_true(nap_visited_check(&v, key_of(i), (uint8_t)(i % 3)));
    for (uint64_t i = 0; i < n; i++)
        assert_false(nap_visited_check(&v, key_of(i), (uint8_t)(i % 3 + 1)));
    assert_int_equal(v.used, n);
    nap_visited_free(&v);
}

/* --- shrinking -------------------------------------------------------------------------------
 */

struct wanted {
    unsigned runs;
    unsigned n;
    struct {
        uint32_t nth, at_least;
    } list[4];
};

/* The bug needs certain choices, each with at least a certain value. */
static bool needs_certain_ones(void *context, const struct nap_choice_list *choices)
{
    struct wanted *w = context;
    unsigned there = 0;

    w->runs++;
    for (unsigned k = 0; k < w->n; k++)
        for (unsigned i = 0; i < choices->n; i++)
            there += choices->list[i].nth == w->list[k].nth &&
                     choices->list[i].value >= w->list[k].at_least;
    return there == w->n;
}

static bool needs_three_of_any(void *context, const struct nap_choice_list *choices)
{
    (void)context;
    return choices->n >= 3;
}

static void add_choices(struct nap_choice_list *list, unsigned n, uint32_t value)
{
    for (uint32_t i = 0; i < n; i++)
        nap_choices_add(list, &(struct nap_keyed_choice){.kind = NAP_CHOOSE_LATENCY,
                                                         .label = "x",
                                                         .nth = i,
                                                         .n = value + 1,
                                                         .value = value});
}

static void shrinking_keeps_what_is_needed_and_no_more(void **state)
{
    struct wanted w = {.n = 2, .list = {{3, 1}, {77, 1}}};
    struct nap_choice_list list = {NULL, 0, 0};

    (void)state;
    add_choices(&list, 100, 1);
    nap_shrink(&list, needs_certain_ones, &w);
    assert_int_equal(list.n, 2);
    assert_int_equal(list.list[0].nth, 3);
    assert_int_equal(list.list[1].nth, 77);
    nap_choices_free(&list);
}

static void shrinking_lowers_values_to_the_lowest_that_fail(void **state)
{
    struct wanted w = {.n = 1, .list = {{4, 3}}};
    struct nap_choice_list list = {NULL, 0, 0};

    (void)state;
    add_choices(&list, 10, 7);
    nap_shrink(&list, needs_certain_ones, &w);
    assert_int_equal(list.n, 1);
    assert_int_equal(list.list[0].value, 3);
    nap_choices_free(&list);
}

static void shrinking_drops_everything_that_is_not_needed(void **state)
{
    struct wanted w = {.n = 0};
    struct nap_choice_list list = {NULL, 0, 0};

    (void)state;
    add_choices(&list, 64, 1);
    nap_shrink(&list, needs_certain_ones, &w);
    assert_int_equal(list.n, 0);
    assert_int_equal(w.runs, 1); /* the first trial drops all of them */
    nap_choices_free(&list);
}

static void a_list_of_which_nothing_can_go_stays(void **state)
{
    struct nap_choice_list list = {NULL, 0, 0};

    (void)state;
    add_choices(&list, 3, 1);
    nap_shrink(&list, needs_three_of_any, NULL);
    assert_int_equal(list.n, 3);
    nap_choices_free(&list);
}

/* --- choices by key --- */

struct rig {
    struct nap_soc *soc;
    struct nap_machine *m;
    struct nap_subject subject;
    struct nap_replay replay;
};

static void say_value(void *context, const struct nap_choice *choice, char *out, size_t bytes)
{
    (void)context;
    (void)snprintf(out, bytes, "value %u", (unsigned)choice->value);
}

static int rig_setup(void **state)
{
    struct rig *r = calloc(1, sizeof *r);
    struct nap_machine_config c = {.blocks = nap_builtin_blocks()};

    assert_non_null(r);
    assert_int_equal(nap_builtin_soc("rcar-h3", &r->soc, NULL), NAP_OK);
    c.soc = r->soc;
    assert_int_equal(nap_machine_create(&c, &r->m, NULL), NAP_OK);
    r->subject = (struct nap_subject){.m = r->m, .context = r, .means = say_value};
    r->replay.subject = &r->subject;
    nap_set_chooser(r->m, nap_replay_choose, &r->replay, UINT32_MAX);
    *state = r;
    return 0;
}

static int rig_teardown(void **state)
{
    struct rig *r = *state;

    nap_replay_free(&r->replay);
    nap_machine_destroy(r->m);
    nap_soc_free(r->soc);
    free(r);
    return 0;
}

static struct nap_keyed_choice keyed(const char *label, const char *instance, uint32_t nth,
                                     uint32_t n, uint32_t value)
{
    struct nap_keyed_choice k = {.kind = NAP_CHOOSE_RETAIN, .nth = nth, .n = n, .value = value};

    (void)strcpy(k.label, label);
    (void)strcpy(k.instance, instance);
    return k;
}

static uint32_t ask(struct rig *r, const char *label, nap_instance instance, uint32_t n)
{
    return nap_choose(r->m, NAP_CHOOSE_RETAIN, label, instance, n);
}

/* ds0 is device 1 of the machine, ds1 device 2. */
static void the_nth_of_a_key_is_counted_from_zero(void **state)
{
    struct rig *r = *state;
    nap_instance ds0 = nap_instance_of(1, NAP_NO_SLOT), ds1 = nap_instance_of(2, NAP_NO_SLOT);
    struct nap_choice_list list = {NULL, 0, 0}, out = {NULL, 0, 0};
    struct nap_keyed_choice k = keyed("tlb", "ds1", 1, 3, 2);

    nap_choices_add(&list, &k);
    nap_replay_reset(&r->replay, &list);
    assert_int_equal(ask(r, "tlb", ds0, 3), 0);
    assert_int_equal(ask(r, "tlb", ds1, 3), 0);
    assert_int_equal(ask(r, "tlb", ds0, 3), 0);
    assert_int_equal(ask(r, "other", ds1, 3), 0);
    assert_int_equal(ask(r, "tlb", ds1, 3), 2); /* the second of ds1 */
    assert_int_equal(ask(r, "tlb", ds1, 3), 0);
    assert_true(r->replay.used[0]);
    assert_int_equal(r->replay.path.n, 6);

    nap_path_keyed(r->m, &r->replay.path, &out);
    assert_int_equal(out.n, 1);
    assert_string_equal(out.list[0].label, "tlb");
    assert_string_equal(out.list[0].instance, "ds1");
    assert_int_equal(out.list[0].nth, 1);
    assert_int_equal(out.list[0].n, 3);
    assert_int_equal(out.list[0].value, 2);
    assert_string_equal(out.list[0].means, "value 2");
    nap_choices_free(&list);
    nap_choices_free(&out);
}

static void a_choice_nobody_asks_for_has_no_place(void **state)
{
    struct rig *r = *state;
    nap_instance ds1 = nap_instance_of(2, NAP_NO_SLOT);
    struct nap_choice_list list = {NULL, 0, 0};
    struct nap_keyed_choice table[] = {
        keyed("gone", "ds1", 0, 2, 1), keyed("tlb", "hc", 0, 2, 1),
        keyed("tlb", "ds1", 5, 2, 1), keyed("tlb", "ds1", 0, 4, 3), /* no outcome any more */
    };

    for (unsigned i = 0; i < COUNT_OF(table); i++)
        nap_choices_add(&list, &table[i]);
    nap_replay_reset(&r->replay, &list);
    assert_int_equal(ask(r, "tlb", ds1, 2), 0);
    assert_int_equal(ask(r, "tlb", ds1, 2), 0);
    for (unsigned i = 0; i < COUNT_OF(table); i++)
        assert_false(r->replay.used[i]);
    nap_choices_free(&list);
}

static void a_kind_apart_is_another_key(void **state)
{
    struct rig *r = *state;
    nap_instance ds1 = nap_instance_of(2, NAP_NO_SLOT);
    struct nap_choice_list list = {NULL, 0, 0};
    struct nap_keyed_choice k = keyed("tlb", "ds1", 0, 2, 1);

    nap_choices_add(&list, &k);
    nap_replay_reset(&r->replay, &list);
    assert_int_equal(nap_choose(r->m, NAP_CHOOSE_LATENCY, "tlb", ds1, 2), 0);
    assert_int_equal(ask(r, "tlb", ds1, 2), 1);
    nap_choices_free(&list);
}

static void starting_over_forgets_the_run_before(void **state)
{
    struct rig *r = *state;
    nap_instance ds1 = nap_instance_of(2, NAP_NO_SLOT);
    struct nap_choice_list list = {NULL, 0, 0};
    struct nap_keyed_choice k = keyed("tlb", "ds1", 0, 2, 1);

    nap_choices_add(&list, &k);
    for (unsigned i = 0; i < 2; i++) {
        nap_replay_reset(&r->replay, &list);
        assert_false(r->replay.used[0]);
        assert_int_equal(ask(r, "tlb", ds1, 2), 1);
        assert_int_equal(r->replay.path.n, 1);
    }
    nap_choices_free(&list);
}

static void random_answers_are_outcomes_and_come_from_the_seed(void **state)
{
    struct rig *r = *state;
    uint32_t answers[2][64];
    unsigned seen = 0;

    r->replay.random = true;
    for (unsigned i = 0; i < 2; i++) {
        nap_replay_reset(&r->replay, NULL);
        r->replay.seed = 42;
        for (unsigned k = 0; k < 64; k++)
            answers[i][k] = ask(r, "tlb", NAP_NO_INSTANCE, 2 + k % 4);
    }
    assert_memory_equal(answers[0], answers[1], sizeof answers[0]);
    for (unsigned k = 0; k < 64; k++) {
        assert_true(answers[0][k] < 2 + k % 4);
        seen |= 1u << answers[0][k];
    }
    assert_int_equal(seen, 0x1f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_state_is_new_once),
        cmocka_unit_test(a_state_is_worth_another_visit_with_more_deviations_left),
        cmocka_unit_test(states_differ_in_either_word_of_the_key),
        cmocka_unit_test(the_set_grows_and_forgets_nothing),
        cmocka_unit_test(shrinking_keeps_what_is_needed_and_no_more),
        cmocka_unit_test(shrinking_lowers_values_to_the_lowest_that_fail),
        cmocka_unit_test(shrinking_drops_everything_that_is_not_needed),
        cmocka_unit_test(a_list_of_which_nothing_can_go_stays),
        cmocka_unit_test_setup_teardown(the_nth_of_a_key_is_counted_from_zero, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(a_choice_nobody_asks_for_has_no_place, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(a_kind_apart_is_another_key, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(starting_over_forgets_the_run_before, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(random_answers_are_outcomes_and_come_from_the_seed,
                                        rig_setup, rig_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
