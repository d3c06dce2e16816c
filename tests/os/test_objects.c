/* SPDX-License-Identifier: MIT */
/* lib/os/objects.c: device objects and their list, driver data and parameters, power, failures,
 * time and log, the driver's own assertions. */
#include "../rig.h"

struct devices {
    struct nap_machine *m;
    struct nap_device *d[3];
};

static int setup(void **state)
{
    struct devices *s = calloc(1, sizeof *s);

    assert_non_null(s);
    s->m = odd_machine();
    for (unsigned i = 0; i < 3; i++)
        s->d[i] = nap_os_device(s->m, i);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct devices *s = *state;

    nap_machine_destroy(s->m);
    free(s);
    return 0;
}

static void run(struct devices *s, int (*body)(void *context))
{
    assert_int_equal(nap_seam_call(s->m, "test", body, s), 0);
}

/* The list forwards, then backwards, as names. */
static void assert_list(const char *forward, const char *backward)
{
    const struct nap_device *last = NULL;
    char names[16] = "";

    for (const struct nap_device *d = nap_list_first(); d; d = nap_list_next(d)) {
        strcat(names, d->name);
        last = d;
    }
    assert_string_equal(names, forward);
    names[0] = 0;
    for (; last; last = last->prev)
        strcat(names, last->name);
    assert_string_equal(names, backward);
}

static void a_device_object_tells_what_the_description_says(void **state)
{
    struct devices *s = *state;

    assert_string_equal(s->d[1]->name, "b");
    assert_int_equal(s->d[1]->regs, BASE_B);
    assert_int_equal(s->d[1]->index, 1);
    assert_true(s->d[1]->powered_at_boot);
    assert_null(s->d[1]->data);
}

static void a_device_in_a_domain_that_is_off_is_not_powered_at_boot(void **state)
{
    struct devices *s = *state;

    nap_power_off(s->m, BIT(DOMAIN_LEAF));
    assert_false(nap_os_device(s->m, DEV_B)->powered_at_boot);
    assert_true(nap_os_device(s->m, DEV_A)->powered_at_boot);
}

static void a_device_object_needs_driver_memory(void **state)
{
    struct devices *s = *state;

    while (nap_os_alloc(s->m, sizeof(struct nap_device)))
        continue;
    assert_null(nap_os_device(s->m, DEV_A));
}

static int empty(void *context)
{
    (void)context;
    assert_null(nap_list_first());
    assert_null(nap_driver_data());
    return 0;
}

static void at_first_the_list_is_empty_and_driver_data_is_null(void **state)
{
    run(*state, empty);
}

static int add_heads(void *context)
{
    struct devices *s = context;

    for (int i = 0; i < 3; i++)
        nap_list_add_head(s->d[i]);
    assert_list("cba", "abc");
    return 0;
}

static void devices_added_at_the_head_stand_in_reverse(void **state)
{
    run(*state, add_heads);
}

static int add_tails(void *context)
{
    struct devices *s = context;

    for (int i = 0; i < 3; i++)
        nap_list_add_tail(s->d[i]);
    assert_list("abc", "cba");
    return 0;
}

static void devices_added_at_the_tail_stand_in_order(void **state)
{
    run(*state, add_tails);
}

static int add_both(void *context)
{
    struct devices *s = context;

    nap_list_add_tail(s->d[0]);
    nap_list_add_head(s->d[1]);
    nap_list_add_tail(s->d[2]);
    assert_list("bac", "cab");
    return 0;
}

static void head_and_tail_may_be_mixed(void **state)
{
    run(*state, add_both);
}

static int remove_each(void *context)
{
    struct devices *s = context;

    (void)add_tails(s);
    nap_list_remove(s->d[1]); /* between two */
    assert_list("ac", "ca");
    nap_list_remove(s->d[0]); /* the head */
    assert_list("c", "c");
    nap_list_remove(s->d[2]); /* the only one */
    assert_list("", "");
    for (int i = 0; i < 3; i++) {
        assert_null(s->d[i]->next);
        assert_null(s->d[i]->prev);
    }
    return 0;
}

static void devices_leave_the_list_wherever_they_stand(void **state)
{
    run(*state, remove_each);
}

static int remove_and_add(void *context)
{
    struct devices *s = context;

    (void)add_tails(s);
    nap_list_remove(s->d[2]); /* the tail */
    assert_list("ab", "ba");
    nap_list_add_head(s->d[2]);
    assert_list("cab", "bac");
    nap_list_remove(s->d[2]);
    nap_list_add_tail(s->d[2]);
    assert_list("abc", "cba");
    return 0;
}

static void a_device_that_left_can_come_back(void **state)
{
    run(*state, remove_and_add);
}

static int set_data(void *context)
{
    int *value = nap_alloc(sizeof *value);

    (void)context;
    *value = 42;
    nap_set_driver_data(value);
    return 0;
}

static int get_data(void *context)
{
    const int *value = nap_driver_data();

    (void)context;
    assert_non_null(value);
    assert_int_equal(*value, 42);
    return 0;
}

static void driver_data_lasts_from_call_to_call(void **state)
{
    run(*state, set_data);
    run(*state, get_data);
}

static void list_and_driver_data_go_back_with_the_machine(void **state)
{
    struct devices *s = *state;
    unsigned mark = nap_mark(s->m);

    run(s, add_tails);
    run(s, set_data);
    nap_rewind(s->m, mark);
    run(s, empty);
}

/* --- parameters ------------------------------------------------------------------------------
 */

static int ask_parameters(void *context)
{
    (void)context;
    assert_string_equal(nap_parameter("mode"), "fast");
    assert_string_equal(nap_parameter("depth"), "3");
    assert_null(nap_parameter("mod"));
    assert_null(nap_parameter("mode2"));
    assert_null(nap_parameter(""));
    return 0;
}

static void parameters_are_found_by_their_whole_key(void **state)
{
    static const struct nap_parameter list[] = {{"mode", "fast"}, {"depth", "3"}};
    struct nap_machine *m = odd_machine_as(
        &(struct nap_machine_config){.slot = 1, .parameters = list, .n_parameters = 2});

    (void)state;
    assert_int_equal(nap_seam_call(m, "test", ask_parameters, NULL), 0);
    nap_machine_destroy(m);
}

static int ask_none(void *context)
{
    (void)context;
    assert_null(nap_parameter("mode"));
    assert_null(nap_device_tree());
    return 0;
}

static void without_parameters_and_device_tree_there_are_none(void **state)
{
    run(*state, ask_none);
}

/* --- power -----------------------------------------------------------------------------------
 */

static void assert_powered(struct devices *s, bool a, bool b, bool c)
{
    assert_int_equal(nap_device_powered(s->d[0]), a);
    assert_int_equal(nap_device_powered(s->d[1]), b);
    assert_int_equal(nap_device_powered(s->d[2]), c);
}

static int switch_power(void *context)
{
    struct devices *s = context;

    assert_powered(s, true, true, true);
    nap_device_set_power(s->d[0], false); /* b lies below it */
    assert_powered(s, false, false, true);
    nap_device_set_power(s->d[0], true);
    assert_powered(s, true, false, true);
    nap_device_set_power(s->d[1], true);
    assert_powered(s, true, true, true);
    nap_device_set_power(s->d[2], false);
    assert_powered(s, true, true, false);
    return 0;
}

static void power_is_switched_by_device_with_what_lies_below(void **state)
{
    run(*state, switch_power);
}

static int switch_on_below_what_is_off(void *context)
{
    struct devices *s = context;

    nap_device_set_power(s->d[0], false);
    nap_device_set_power(s->d[1], true);
    assert_powered(s, false, false, true);
    return 0;
}

static void under_a_parent_that_is_off_a_device_stays_off(void **state)
{
    run(*state, switch_on_below_what_is_off);
}

static int switch_to_what_it_is(void *context)
{
    struct devices *s = context;

    nap_write32(BASE_C + 0x04, 0x77);
    nap_device_set_power(s->d[2], true);
    assert_int_equal(nap_read32(BASE_C + 0x04), 0x77);
    nap_device_set_power(s->d[2], false);
    nap_device_set_power(s->d[2], false);
    nap_device_set_power(s->d[2], true);
    assert_int_equal(nap_read32(BASE_C + 0x04), 0x1234); /* lost */
    return 0;
}

static void only_an_edge_is_a_step(void **state)
{
    struct devices *s = *state;
    struct recorder r;
    unsigned edges = 0;

    record(s->m, &r);
    run(s, switch_to_what_it_is);
    for (unsigned i = 0; i < r.n; i++)
        edges += r.list[i].kind == NAP_STEP_POWER;
    assert_int_equal(edges, 2);
}

/* --- failures --------------------------------------------------------------------------------
 */

static int fail_thrice(void *context)
{
    (void)context;
    return nap_fails("kmalloc") + 10 * nap_fails("irq") + 100 * nap_fails("kmalloc");
}

static int fails_of(unsigned faults, uint32_t varied, struct script *script)
{
    struct nap_machine *m =
        odd_machine_as(&(struct nap_machine_config){.slot = 1, .faults = faults});
    int result;

    choose_by(m, script, varied);
    result = nap_seam_call(m, "test", fail_thrice, NULL);
    assert_int_equal(m->st->faults_left,
                     faults - (unsigned)(result % 10 + result / 10 % 10 + result / 100));
    nap_machine_destroy(m);
    return result;
}

static void nothing_fails_in_a_run_without_faults(void **state)
{
    struct script script = {.answers = {1, 1, 1}};

    (void)state;
    assert_int_equal(fails_of(0, NAP_CHOICE_BIT(NAP_CHOOSE_FAIL), &script), 0);
    assert_int_equal(script.n_asked, 0);
}

static void nothing_fails_unless_failures_vary(void **state)
{
    struct script script = {.answers = {1, 1, 1}};

    (void)state;
    assert_int_equal(fails_of(2, NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY), &script), 0);
    assert_int_equal(script.n_asked, 0);
}

static void as_much_fails_as_there_are_faults(void **state)
{
    struct script all = {.answers = {1, 1, 1}}, second = {.answers = {0, 1, 0}};

    (void)state;
    assert_int_equal(fails_of(2, NAP_CHOICE_BIT(NAP_CHOOSE_FAIL), &all), 11);
    assert_int_equal(all.n_asked, 2); /* then there is no choice any more */
    assert_int_equal(fails_of(2, NAP_CHOICE_BIT(NAP_CHOOSE_FAIL), &second), 10);
    assert_int_equal(second.n_asked, 3);
}

static void a_failure_is_a_choice_with_its_label(void **state)
{
    struct script script = {.answers = {0, 1}};

    (void)state;
    (void)fails_of(2, NAP_CHOICE_BIT(NAP_CHOOSE_FAIL), &script);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(script.asked[i].kind, NAP_CHOOSE_FAIL);
        assert_string_equal(script.asked[i].label, i == 1 ? "irq" : "kmalloc");
        assert_int_equal(script.asked[i].n, 2);
        assert_int_equal(script.asked[i].fault, 1);
    }
}

/* --- the driver's own assertions -------------------------------------------------------------
 */

static int panic_in_the_middle(void *context)
{
    volatile int *reached = context;

    *reached = 1;
    if (*reached)
        nap_panic("lock taken twice", "toy.c", 12);
    *reached = 2;
    return 0;
}

static void a_panic_ends_the_call_and_the_driver(void **state)
{
    struct devices *s = *state;
    struct recorder r;
    volatile int reached = 0;

    record(s->m, &r);
    assert_int_equal(
        nap_seam_call(s->m, "probe", panic_in_the_middle, (void *)(uintptr_t)&reached),
        NAP_SEAM_STUCK);
    assert_int_equal(reached, 1);
    assert_int_equal(s->m->st->stuck, 1);
    assert_int_equal(r.n, 3); /* call, panic, return */
    assert_int_equal(r.list[1].kind, NAP_STEP_PANIC);
    assert_string_equal(r.list[1].label, "lock taken twice");
    assert_string_equal(r.list[1].source.file, "toy.c");
    assert_int_equal(r.list[1].source.line, 12);
    assert_int_equal((int64_t)r.list[2].now, NAP_SEAM_STUCK);
}

static int panic_inside(void *context)
{
    struct devices *s = context;
    int reached = 0;

    assert_int_equal(nap_seam_call(s->m, "inner", panic_in_the_middle, &reached),
                     NAP_SEAM_STUCK);
    return 7;
}

static void a_panic_leaves_the_innermost_call(void **state)
{
    struct devices *s = *state;

    assert_int_equal(nap_seam_call(s->m, "outer", panic_inside, s), 7);
}

static int warn(void *context)
{
    (void)context;
    nap_warn("odd state", "toy.c", 34);
    return 5;
}

static void a_warning_is_a_step_and_the_call_goes_on(void **state)
{
    struct devices *s = *state;
    struct recorder r;

    record(s->m, &r);
    assert_int_equal(nap_seam_call(s->m, "probe", warn, NULL), 5);
    assert_int_equal(s->m->st->stuck, 0);
    assert_int_equal(r.n, 3);
    assert_int_equal(r.list[1].kind, NAP_STEP_WARNING);
    assert_string_equal(r.list[1].label, "odd state");
    assert_string_equal(r.list[1].source.file, "toy.c");
    assert_int_equal(r.list[1].source.line, 34);
}

/* --- time and log ----------------------------------------------------------------------------
 */

static int wait_twice(void *context)
{
    (void)context;
    nap_udelay(5);
    nap_udelay(1000);
    return 0;
}

static void delays_let_simulated_time_pass_without_a_step(void **state)
{
    struct devices *s = *state;
    uint64_t steps = nap_counters(s->m).steps;

    run(s, wait_twice);
    assert_int_equal(s->m->ev->simulated_us, 1005);
    assert_int_equal(nap_counters(s->m).steps, steps + 2); /* call and return */
}

static int log_long(void *context)
{
    (void)context;
    nap_log("%0400d", 0);
    nap_log("\n");
    nap_log("two\nlines\n\n");
    return 0;
}

static void a_log_line_is_one_line_however_long(void **state)
{
    struct devices *s = *state;
    struct recorder r;

    record(s->m, &r);
    run(s, log_long);
    assert_int_equal(strlen(r.text[1]), 255); /* as long as the recorder's lines */
    assert_string_equal(r.text[2], "    3 log        ");
    assert_string_equal(r.text[3], "    4 log        two?lines");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_device_object_tells_what_the_description_says),
        TEST(a_device_in_a_domain_that_is_off_is_not_powered_at_boot),
        TEST(a_device_object_needs_driver_memory),
        TEST(at_first_the_list_is_empty_and_driver_data_is_null),
        TEST(devices_added_at_the_head_stand_in_reverse),
        TEST(devices_added_at_the_tail_stand_in_order),
        TEST(head_and_tail_may_be_mixed),
        TEST(devices_leave_the_list_wherever_they_stand),
        TEST(a_device_that_left_can_come_back),
        TEST(driver_data_lasts_from_call_to_call),
        TEST(list_and_driver_data_go_back_with_the_machine),
        TEST(parameters_are_found_by_their_whole_key),
        TEST(without_parameters_and_device_tree_there_are_none),
        TEST(power_is_switched_by_device_with_what_lies_below),
        TEST(under_a_parent_that_is_off_a_device_stays_off),
        TEST(only_an_edge_is_a_step),
        TEST(nothing_fails_in_a_run_without_faults),
        TEST(nothing_fails_unless_failures_vary),
        TEST(as_much_fails_as_there_are_faults),
        TEST(a_failure_is_a_choice_with_its_label),
        TEST(a_panic_ends_the_call_and_the_driver),
        TEST(a_panic_leaves_the_innermost_call),
        TEST(a_warning_is_a_step_and_the_call_goes_on),
        TEST(delays_let_simulated_time_pass_without_a_step),
        TEST(a_log_line_is_one_line_however_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
