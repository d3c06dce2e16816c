/* SPDX-License-Identifier: MIT */
/* lib/os/objects.c: device objects and their list, driver data, time and log. */
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
        TEST(driver_data_lasts_from_call_to_call),
        TEST(list_and_driver_data_go_back_with_the_machine),
        TEST(delays_let_simulated_time_pass_without_a_step),
        TEST(a_log_line_is_one_line_however_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
