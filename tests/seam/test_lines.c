/* SPDX-License-Identifier: MIT */
/* lib/seam/lines.c: which line of a driver object an access belongs to. */
#include "../rig.h"
#include "seam/object.h"

static void accessors_are_known_by_a_word_of_their_name(void **state)
{
    static const struct {
        const char *name;
        bool accessor;
    } table[] = {
        {"read", true},
        {"write", true},
        {"readl", true},
        {"readq_relaxed", true},
        {"__raw_writel", true},
        {"readsl", true},
        {"ioread32", true},
        {"iowrite32be", true},
        {"iowrite8_rep", true},
        {"ipmmu_read", true},
        {"ipmmu_ctx_write_root", true},
        {"ipmmu_imuctr_write", true},
        {"toy_writereg", true},
        {"readreg32", true},
        {"ipmmu_write.constprop.0", true},
        {"write_isra.part.1", true},
        {"", false},
        {"_", false},
        {"ready", false},
        {"ipmmu_wait_ready", false},
        {"is_readable", false},
        {"writeback_all", false},
        {"spread", false},
        {"thread_fn", false},
        {"overwrite", false},
        {"rewrite_tables", false},
        {"ipmmu_domain_setup_context", false},
        {"probe", false},
        {"Read", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (nap_lines_is_accessor(table[i].name) != table[i].accessor)
            fail_msg("%s", table[i].name);
}

struct lined {
    struct nap_driver_object *object;
    const struct nap_driver *driver;
    struct nap_machine *m;
    struct recorder r;
};

static void open_lined(struct lined *l, const char *file)
{
    struct nap_error error = {0};

    if (nap_driver_load(file, &l->object, &error))
        fail_msg("%s", error.text);
    l->driver = nap_driver_of(l->object);
    l->m = odd_machine();
    assert_int_equal(nap_object_use(l->object, l->m, NULL), NAP_OK);
    record(l->m, &l->r);
}

static void close_lined(struct lined *l)
{
    nap_machine_destroy(l->m);
    nap_driver_unload(l->object);
}

static int call_probe(void *context)
{
    return ((const struct lined *)context)->driver->probe(NULL) + 0;
}

static int call_attach(void *context)
{
    return ((const struct lined *)context)->driver->attach(NULL, NULL) + 0;
}

static int call_detach(void *context)
{
    return ((const struct lined *)context)->driver->detach(NULL, NULL) + 0;
}

static int call_map(void *context)
{
    return ((const struct lined *)context)->driver->map(NULL, 0, 0, 0, 0) + 0;
}

static int call_unmap(void *context)
{
    return ((const struct lined *)context)->driver->unmap(NULL, 0, 0) + 0;
}

static int call_deep(void *context)
{
    return ((const struct lined *)context)->driver->suspend->step() + 0;
}

/* Makes the call; its first access, which is @kind. */
static const struct nap_event *access_of(struct lined *l, int (*call)(void *context),
                                         enum nap_step_kind kind, int *line)
{
    l->r.n = 0;
    *line = nap_seam_call(l->m, "call", call, l);
    assert_true(l->r.n >= 3);
    assert_int_equal(l->r.list[1].kind, kind);
    return &l->r.list[1];
}

static void assert_blamed(struct lined *l, int (*call)(void *context), enum nap_step_kind kind,
                          const char *via)
{
    static const char file[] = "tests/seam/objects/lines.c";
    int line;
    const struct nap_source *s = &access_of(l, call, kind, &line)->source;

    assert_non_null(s->file);
    assert_true(strlen(s->file) >= strlen(file));
    assert_string_equal(s->file + strlen(s->file) - strlen(file), file);
    assert_int_equal(s->line, line);
    assert_string_equal(s->via, via);
}

static int setup(void **state)
{
    struct lined *l = calloc(1, sizeof *l);

    assert_non_null(l);
    open_lined(l, OBJECTS "/lines.so");
    *state = l;
    return 0;
}

static int teardown(void **state)
{
    close_lined(*state);
    free(*state);
    return 0;
}

static void an_access_through_helpers_is_blamed_on_their_caller(void **state)
{
    assert_blamed(*state, call_probe, NAP_STEP_WRITE, "in by_two_helpers");
}

static void an_access_without_helpers_is_blamed_on_its_line(void **state)
{
    assert_blamed(*state, call_attach, NAP_STEP_BARRIER, "in directly");
}

static void a_function_that_says_more_is_blamed_and_its_callers_named(void **state)
{
    assert_blamed(*state, call_detach, NAP_STEP_READ,
                  "in toy_poll, called by begin_poll, called by by_a_function_of_meaning");
}

static void where_all_are_helpers_the_access_is_blamed(void **state)
{
    assert_blamed(*state, call_unmap, NAP_STEP_READ, "in read_it");
}

static void a_chain_that_is_too_long_is_blamed_by_its_inner_end(void **state)
{
    assert_blamed(*state, call_deep, NAP_STEP_WRITE, "in deep, called by deep, called by deep");
}

static void an_access_with_a_line_of_its_own_keeps_it(void **state)
{
    int line;
    const struct nap_source *s = &access_of(*state, call_map, NAP_STEP_WRITE, &line)->source;

    assert_string_equal(s->file, "elsewhere.c");
    assert_int_equal(s->line, 77);
    assert_null(s->via);
}

/* The second time it comes from what was kept. */
static void the_same_access_has_the_same_line_again(void **state)
{
    struct lined *l = *state;
    int line;
    const char *first = access_of(l, call_probe, NAP_STEP_WRITE, &line)->source.file;

    assert_ptr_equal(access_of(l, call_probe, NAP_STEP_WRITE, &line)->source.file, first);
    assert_blamed(l, call_probe, NAP_STEP_WRITE, "in by_two_helpers");
}

static void without_debug_information_there_is_no_line(void **state)
{
    static const struct {
        int (*call)(void *context);
        enum nap_step_kind kind;
    } table[] = {{call_probe, NAP_STEP_WRITE},
                 {call_attach, NAP_STEP_BARRIER},
                 {call_detach, NAP_STEP_READ},
                 {call_unmap, NAP_STEP_READ},
                 {call_deep, NAP_STEP_WRITE}};
    struct lined l;
    int line;

    (void)state;
    open_lined(&l, OBJECTS "/lines-bare.so");
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        const struct nap_source *s =
            &access_of(&l, table[i].call, table[i].kind, &line)->source;
        assert_null(s->file);
        assert_int_equal(s->line, 0);
    }
    close_lined(&l);
}

static int with_a_wild_frame(void *context)
{
    const struct lined *l = context;

    return l->driver->probe(NULL) + l->driver->detach(NULL, NULL);
}

/* Lines may be others than those wished for; nothing worse comes of it. */
static void without_frame_pointers_nothing_is_read_astray(void **state)
{
    struct lined l;

    (void)state;
    open_lined(&l, OBJECTS "/lines-frameless.so");
    (void)nap_seam_call(l.m, "call", with_a_wild_frame, &l);
    (void)nap_seam_call(l.m, "call", call_deep, &l);
    assert_true(l.r.n > 4);
    close_lined(&l);
}

/* What code without frame pointers may leave where a caller's frame is expected. */
static void a_frame_that_is_not_further_out_ends_the_chain(void **state)
{
    struct lined *l = *state;
    uintptr_t stack[8] = {0};
    const uintptr_t wild[] = {0,
                              8,
                              0x1000,
                              (uintptr_t)&stack[0],
                              (uintptr_t)&stack[2] + 4,
                              (uintptr_t)&stack[1],
                              UINTPTR_MAX - 7};

    for (size_t i = 0; i < COUNT_OF(wild); i++) {
        stack[2] = wild[i];
        assert_null(nap_object_caller(l->object, &stack[2], stack + COUNT_OF(stack)).file);
    }
    assert_null(nap_object_caller(l->object, &stack[2], &stack[2]).file);
}

#define LINED_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accessors_are_known_by_a_word_of_their_name),
        LINED_TEST(an_access_through_helpers_is_blamed_on_their_caller),
        LINED_TEST(an_access_without_helpers_is_blamed_on_its_line),
        LINED_TEST(a_function_that_says_more_is_blamed_and_its_callers_named),
        LINED_TEST(where_all_are_helpers_the_access_is_blamed),
        LINED_TEST(a_chain_that_is_too_long_is_blamed_by_its_inner_end),
        LINED_TEST(an_access_with_a_line_of_its_own_keeps_it),
        LINED_TEST(the_same_access_has_the_same_line_again),
        cmocka_unit_test(without_debug_information_there_is_no_line),
        cmocka_unit_test(without_frame_pointers_nothing_is_read_astray),
        LINED_TEST(a_frame_that_is_not_further_out_ends_the_chain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
