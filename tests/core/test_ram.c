/* SPDX-License-Identifier: MIT */
/* lib/core/ram.c and lib/core/watch.c: which pages of RAM a probe notes, and which probes a
 * write has judged again. */
#include "../rig.h"

/* --- what a probe notes --- */

static void a_probe_notes_each_page_that_it_reads_once(void **state)
{
    struct nap_machine *m = *state;
    struct nap_footprint f = {.n = 0};
    uint64_t word = 7;

    assert_true(nap_probe_mem(m, RAM_BASE + 0x2000, &word, 8, &f));
    assert_int_equal(word, 0);
    assert_true(nap_probe_mem(m, RAM_BASE + 0x2ff8, &word, 8, &f));
    assert_true(nap_probe_mem(m, RAM_BASE + 0x1000, &word, 8, &f));
    assert_int_equal(f.n_pages, 2);
    assert_int_equal(f.pages[0], 0x80002);
    assert_int_equal(f.pages[1], 0x80001);
    assert_int_equal(f.n, 0);
}

static void a_probe_that_reads_across_pages_notes_them_all(void **state)
{
    struct nap_machine *m = *state;
    struct nap_footprint f = {.n = 0};
    uint8_t bytes[0x2000];

    assert_true(nap_probe_mem(m, RAM_BASE + 0xff8, bytes, 0x1010, &f));
    assert_int_equal(f.n_pages, 3);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(f.pages[i], 0x80000 + i);
}

static void a_probe_notes_nothing_where_there_is_no_ram(void **state)
{
    struct nap_machine *m = *state;
    struct nap_footprint f = {.n = 0};
    uint64_t word;

    assert_false(nap_probe_mem(m, 0x1000, &word, 8, &f));
    assert_false(nap_probe_mem(m, RAM_BASE + RAM_SIZE - 4, &word, 8, &f));
    assert_int_equal(f.n_pages, 0);
}

static void a_probe_without_a_footprint_reads_what_there_is(void **state)
{
    struct nap_machine *m = *state;
    uint64_t word = 0x1122334455667788;

    assert_true(nap_mem_write(m, RAM_BASE, &word, 8));
    word = 0;
    assert_true(nap_probe_mem(m, RAM_BASE, &word, 8, NULL));
    assert_int_equal(word, 0x1122334455667788);
}

static void pages_beyond_the_capacity_are_counted(void **state)
{
    struct nap_machine *m = *state;
    struct nap_footprint f = {.n = 0};
    uint8_t byte;

    for (unsigned i = 0; i < NAP_FOOTPRINT_PAGES_MAX + 3; i++)
        assert_true(nap_probe_mem(m, RAM_BASE + 0x1000 * i, &byte, 1, &f));
    assert_int_equal(f.n_pages, NAP_FOOTPRINT_PAGES_MAX + 3);
    assert_int_equal(f.pages[NAP_FOOTPRINT_PAGES_MAX - 1],
                     0x80000 + NAP_FOOTPRINT_PAGES_MAX - 1);
}

/* --- what a write marks --- */

/* Two words of groups, as the rule engine sets them up. */
static void watch(struct nap_machine *m)
{
    m->watch_words = 2;
    m->marked = calloc(m->watch_words, sizeof *m->marked);
    m->page_tag = calloc(NAP_WATCH_TABLE, sizeof *m->page_tag);
    m->page_watch = calloc((NAP_WATCH_TABLE + 1) * 2, sizeof *m->page_watch);
    assert_true(m->marked && m->page_tag && m->page_watch);
}

static void store(struct nap_machine *m, nap_addr address, uint64_t value)
{
    assert_true(nap_mem_write(m, address, &value, sizeof value));
}

static void assert_marked(struct nap_machine *m, uint64_t low, uint64_t high)
{
    assert_int_equal(m->marked[0], low);
    assert_int_equal(m->marked[1], high);
    assert_int_equal(m->any_marked, low || high);
    nap_watch_none(m);
}

static void a_write_marks_the_groups_of_its_page_and_no_others(void **state)
{
    struct nap_machine *m = *state;

    watch(m);
    nap_watch_page(m, 3, 0x80001);
    nap_watch_page(m, 65, 0x80001);
    nap_watch_page(m, 4, 0x80002);
    store(m, RAM_BASE, 1);
    assert_marked(m, 0, 0);
    store(m, RAM_BASE + 0x1000, 1); /* comes into use by it */
    assert_marked(m, 8, 2);
    store(m, RAM_BASE + 0x1ff8, 1);
    assert_marked(m, 8, 2);
    store(m, RAM_BASE + 0x2ff8, 1);
    assert_marked(m, 16, 0);
    store(m, RAM_BASE + 0x3000, 1);
    assert_marked(m, 0, 0);
}

static void a_write_across_pages_marks_the_groups_of_both(void **state)
{
    struct nap_machine *m = *state;

    watch(m);
    nap_watch_page(m, 0, 0x80001);
    nap_watch_page(m, 127, 0x80002);
    store(m, RAM_BASE + 0x1ffc, UINT64_MAX);
    assert_marked(m, 1, UINT64_C(1) << 63);
    store(m, RAM_BASE + 0x1ffc, 0xffffffff); /* of the second page alone */
    assert_marked(m, 0, UINT64_C(1) << 63);
}

static void a_write_of_what_is_there_marks_nothing(void **state)
{
    struct nap_machine *m = *state;

    watch(m);
    nap_watch_page(m, 3, 0x80001);
    store(m, RAM_BASE + 0x1000, 0);
    assert_marked(m, 0, 0);
    store(m, RAM_BASE + 0x1000, 5);
    assert_marked(m, 8, 0);
    store(m, RAM_BASE + 0x1000, 5);
    assert_marked(m, 0, 0);
}

static void a_group_that_depends_on_any_page_is_marked_by_every_write(void **state)
{
    struct nap_machine *m = *state;

    watch(m);
    nap_watch_any_page(m, 64);
    nap_watch_page(m, 0, 0x80001);
    store(m, RAM_BASE, 1);
    assert_marked(m, 0, 1);
    store(m, RAM_BASE + 0x1000, 1);
    assert_marked(m, 1, 1);
}

/* The table has room for 4096 pages. */
static void a_group_whose_page_finds_no_room_depends_on_any_page(void **state)
{
    struct nap_machine *m = *state;

    watch(m);
    for (uint64_t i = 0; i < 4096; i++)
        nap_watch_page(m, 0, 0x80000 + i);
    nap_watch_page(m, 0, 0x80000);
    assert_int_equal(m->page_watch[0], 0);
    nap_watch_page(m, 1, 0x90000);
    store(m, RAM_BASE + 0xfff000, 1);
    assert_marked(m, 3, 0);
    store(m, RAM_BASE + 0x1000000, 1);
    assert_marked(m, 2, 0);
}

static void a_machine_that_nobody_watches_marks_nothing(void **state)
{
    struct nap_machine *m = *state;

    store(m, RAM_BASE, 1);
    assert_false(m->any_marked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ODD_TEST(a_probe_notes_each_page_that_it_reads_once),
        ODD_TEST(a_probe_that_reads_across_pages_notes_them_all),
        ODD_TEST(a_probe_notes_nothing_where_there_is_no_ram),
        ODD_TEST(a_probe_without_a_footprint_reads_what_there_is),
        ODD_TEST(pages_beyond_the_capacity_are_counted),
        ODD_TEST(a_write_marks_the_groups_of_its_page_and_no_others),
        ODD_TEST(a_write_across_pages_marks_the_groups_of_both),
        ODD_TEST(a_write_of_what_is_there_marks_nothing),
        ODD_TEST(a_group_that_depends_on_any_page_is_marked_by_every_write),
        ODD_TEST(a_group_whose_page_finds_no_room_depends_on_any_page),
        ODD_TEST(a_machine_that_nobody_watches_marks_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
