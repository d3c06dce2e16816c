/* SPDX-License-Identifier: MIT */
/* lib/seam/seam.c: driver calls, and how their accesses find their machine. */
#include "../rig.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

struct two {
    struct nap_machine *one, *two;
    uint32_t seen[3];
};

static int return_it(void *context)
{
    return *(int *)context;
}

static void a_call_returns_what_the_driver_returns(void **state)
{
    static const int results[] = {0, -5, 7};

    for (size_t i = 0; i < COUNT_OF(results); i++) {
        int result = results[i];
        assert_int_equal(nap_seam_call(*state, "probe", return_it, &result), results[i]);
    }
}

static void a_call_stands_between_two_steps_with_its_name_and_result(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;
    int result = -22;

    record(m, &r);
    (void)nap_seam_call(m, "attach", return_it, &result);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.list[0].kind, NAP_STEP_CALL);
    assert_string_equal(r.list[0].label, "attach");
    assert_int_equal(r.list[1].kind, NAP_STEP_RETURN);
    assert_string_equal(r.list[1].label, "attach");
    assert_int_equal((int64_t)r.list[1].now, -22);
    assert_null(r.list[1].source.file);
}

static int access_here(void *context)
{
    uint32_t *seen = context;

    nap_write32(BASE_A + 0x04, 0xbeef);
    *seen = nap_read32(BASE_A + 0x04);
    nap_dsb();
    return __LINE__ - 3; /* of the write */
}

static void accesses_reach_the_machine_with_their_source_line(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;
    uint32_t seen = 0;
    int line;

    record(m, &r);
    line = nap_seam_call(m, "probe", access_here, &seen);
    assert_int_equal(seen, 0xbeef);
    assert_int_equal(r.n, 5);
    assert_int_equal(r.list[1].kind, NAP_STEP_WRITE);
    assert_int_equal(r.list[2].kind, NAP_STEP_READ);
    assert_int_equal(r.list[3].kind, NAP_STEP_BARRIER);
    for (unsigned i = 1; i < 4; i++) {
        assert_string_equal(r.list[i].source.file, "tests/seam/test_seam.c");
        assert_int_equal(r.list[i].source.line, line + (int)i - 1);
    }
}

static int write_word(void *context)
{
    nap_write32(BASE_A + 0x04, *(uint32_t *)context);
    return 0;
}

static int nest(void *context)
{
    struct two *t = context;
    uint32_t value = 2;

    nap_write32(BASE_A + 0x04, 1);
    (void)nap_seam_call(t->two, "inner", write_word, &value);
    assert_ptr_equal(nap_seam_machine(), t->one);
    t->seen[0] = nap_read32(BASE_A + 0x04);
    return 0;
}

static void a_call_inside_a_call_goes_to_its_own_machine_and_comes_back(void **state)
{
    struct two t = {.one = *state};

    t.two = odd_machine_as(&(struct nap_machine_config){.slot = 1});
    assert_int_equal(nap_seam_call(t.one, "outer", nest, &t), 0);
    assert_int_equal(t.seen[0], 1);
    assert_int_equal(rd(t.two, BASE_A + 0x04), 2);
    nap_machine_destroy(t.two);
}

static int wait_forever(void *context)
{
    (void)context;
    while (nap_read32(BASE_A + 0x04) != 0)
        continue;
    return 0;
}

static int nest_wait(void *context)
{
    struct two *t = context;

    t->seen[0] = 1;
    t->seen[1] = nap_seam_call(t->two, "inner", wait_forever, NULL) == NAP_SEAM_STUCK;
    t->seen[2] = nap_read32(BASE_A + 0x04);
    return 3;
}

static void a_stuck_inner_call_ends_and_the_outer_one_goes_on(void **state)
{
    struct two t = {.one = *state};

    t.two = odd_machine_as(&(struct nap_machine_config){.slot = 1});
    assert_int_equal(nap_seam_call(t.one, "outer", nest_wait, &t), 3);
    assert_int_equal(t.seen[1], 1);
    assert_int_equal(t.seen[2], 0x1234);
    assert_int_equal(t.two->st->stuck, 1);
    assert_int_equal(t.one->st->stuck, 0);
    nap_machine_destroy(t.two);
}

static void a_stuck_call_within_one_machine_returns_to_the_inner_caller(void **state)
{
    struct two t = {.one = *state, .two = *state};

    assert_int_equal(nap_seam_call(t.one, "outer", nest_wait, &t), 3);
    assert_int_equal(t.seen[1], 1);
}

static void a_stuck_call_ends_after_10000_reads_and_is_counted(void **state)
{
    struct nap_machine *m = *state;

    assert_int_equal(nap_seam_call(m, "wait", wait_forever, NULL), NAP_SEAM_STUCK);
    assert_int_equal(nap_counters(m).polls, 9999);
    assert_int_equal(nap_counters(m).steps, 10003); /* call, 10000 reads, stuck, return */
}

static int read_busy_twice(void *context)
{
    (void)context;
    (void)nap_read32(BASE_A + 0x10);
    (void)nap_read32(BASE_A + 0x10);
    return 0;
}

static void what_was_seen_busy_stands_until_the_next_call(void **state)
{
    struct nap_machine *m = *state;
    int result = 0;

    nap_set_policy(m, NAP_POLICY_LAZY);
    wr(m, BASE_A + 0x10, MIX_A);
    (void)nap_seam_call(m, "flush", read_busy_twice, NULL);
    assert_int_equal(m->st->n_seen_busy, 1);
    (void)nap_seam_call(m, "next", return_it, &result);
    assert_int_equal(m->st->n_seen_busy, 0);
}

/* Whether a pair of reads counts as a wait depends on nothing from before the call: equal keys
 * at a quiet point have equal futures. */
static void reads_before_a_call_do_not_count_as_its_wait(void **state)
{
    struct nap_machine *m = *state;

    nap_set_policy(m, NAP_POLICY_LAZY);
    wr(m, BASE_A + 0x10, MIX_A);
    (void)rd(m, BASE_A + 0x10);
    assert_int_equal(m->ev->poll_count, 1);
    (void)nap_seam_call(m, "look", access_here, &(uint32_t){0});
    (void)rd(m, BASE_A + 0x10);
    assert_int_equal(m->st->n_seen_busy, 0);
}

static void outside_a_call_there_is_no_machine(void **state)
{
    int status;
    pid_t child;

    (void)state;
    fflush(NULL);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)signal(SIGABRT, SIG_DFL);
        (void)freopen("/dev/null", "w", stderr);
        (void)nap_driver_data();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ODD_TEST(a_call_returns_what_the_driver_returns),
        ODD_TEST(a_call_stands_between_two_steps_with_its_name_and_result),
        ODD_TEST(accesses_reach_the_machine_with_their_source_line),
        ODD_TEST(a_call_inside_a_call_goes_to_its_own_machine_and_comes_back),
        ODD_TEST(a_stuck_inner_call_ends_and_the_outer_one_goes_on),
        ODD_TEST(a_stuck_call_within_one_machine_returns_to_the_inner_caller),
        ODD_TEST(a_stuck_call_ends_after_10000_reads_and_is_counted),
        ODD_TEST(what_was_seen_busy_stands_until_the_next_call),
        ODD_TEST(reads_before_a_call_do_not_count_as_its_wait),
        ODD_TEST(outside_a_call_there_is_no_machine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
