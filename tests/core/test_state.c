/* SPDX-License-Identifier: MIT */
/* lib/core/arena.c: marks, snapshots, and the key of a state. */
#include "../rig.h"

#include "failing_alloc.h"

#define MIX (BASE_A + 0x10)

/* --- a copy of everything, made without the code under test --- */

struct copy {
    size_t bytes[NAP_REGIONS];
    uint8_t *data[NAP_REGIONS];
    struct nap_hash128 key;
};

static size_t most_driver, most_ram; /* ever in use: beyond it nothing was written */

static void in_use(const struct nap_machine *m, size_t bytes[NAP_REGIONS])
{
    bytes[NAP_REGION_STATE] = m->arena.used[NAP_REGION_STATE];
    bytes[NAP_REGION_EVIDENCE] = m->arena.used[NAP_REGION_EVIDENCE];
    if (m->st->os.driver_used > most_driver)
        most_driver = m->st->os.driver_used;
    if (m->ev->n_ram_pages * (size_t)NAP_PAGE_BYTES > most_ram)
        most_ram = m->ev->n_ram_pages * (size_t)NAP_PAGE_BYTES;
    bytes[NAP_REGION_DRIVER] = most_driver;
    bytes[NAP_REGION_RAM] = most_ram;
}

static const uint8_t *region(const struct nap_machine *m, int r)
{
    return m->arena.base + nap_region_start((enum nap_region)r);
}

static struct copy copy_of(struct nap_machine *m)
{
    struct copy c;

    in_use(m, c.bytes);
    for (int r = 0; r < NAP_REGIONS; r++) {
        c.data[r] = __real_malloc(c.bytes[r] + 1);
        assert_non_null(c.data[r]);
        memcpy(c.data[r], region(m, r), c.bytes[r]);
    }
    c.key = nap_state_key_full(m);
    return c;
}

static void drop_copy(struct copy *c)
{
    for (int r = 0; r < NAP_REGIONS; r++)
        free(c->data[r]);
}

/* What was not yet in use when the copy was made is zero again. */
static void assert_same(struct nap_machine *m, const struct copy *c)
{
    size_t bytes[NAP_REGIONS];

    in_use(m, bytes);
    for (int r = 0; r < NAP_REGIONS; r++) {
        assert_memory_equal(region(m, r), c->data[r], c->bytes[r]);
        for (size_t i = c->bytes[r]; i < bytes[r]; i++)
            assert_int_equal(region(m, r)[i], 0);
    }
    assert_hash_equal(nap_state_key_full(m), c->key);
    assert_hash_equal(nap_state_key(m), c->key);
}

/* --- a random walk over everything that changes a machine --- */

#define PIECES 8

struct walk {
    struct nap_machine *m;
    uint64_t seed;
    void **pieces; /* in driver RAM, so that it goes back with the rest */
};

static uint32_t random_answer(void *context, const struct nap_choice *choice)
{
    struct walk *w = context;

    return (uint32_t)(next_random(&w->seed) % choice->n);
}

static void random_register(struct walk *w)
{
    uint64_t x = next_random(&w->seed);
    const struct nap_reg *reg = &odd_regs[x % ODD_REGS];
    nap_addr address =
        at((unsigned)(x >> 8) % 3, (unsigned)(x % ODD_REGS), (unsigned)(x >> 16) % reg->count);

    if (x >> 63)
        nap_bus_write(w->m, address, reg->width_bits / 8u, next_random(&w->seed), NOWHERE);
    else
        (void)nap_bus_read(w->m, address, reg->width_bits / 8u, NOWHERE);
}

static void random_ram(struct walk *w)
{
    uint64_t x = next_random(&w->seed);
    uint8_t bytes[600];
    size_t n = x % sizeof bytes;

    memset(bytes, (int)(x >> 60), sizeof bytes); /* zeros now and then */
    assert_true(
        nap_mem_write(w->m, RAM_BASE + (x >> 16) % 7 * 4096 + (x >> 32) % 8192, bytes, n));
}

static int random_memory(void *context)
{
    struct walk *w = context;
    uint64_t x = next_random(&w->seed);
    unsigned i = x % PIECES;
    size_t bytes = (x >> 8) % 700 + 1;

    if (!w->pieces[i])
        w->pieces[i] = nap_alloc(bytes);
    else if (x >> 62 == 0) {
        nap_free(w->pieces[i]);
        w->pieces[i] = NULL;
    } else
        memset(w->pieces[i], (int)(x >> 56), 1); /* as a driver does, unannounced */
    return 0;
}

static void random_power(struct walk *w)
{
    uint64_t x = next_random(&w->seed);

    if (x & 0x100)
        nap_power_off(w->m, x & 0xf);
    else
        nap_power_on(w->m, 0xf);
}

static void random_truth(struct walk *w)
{
    uint32_t x = (uint32_t)next_random(&w->seed);

    if (x & 0x100)
        nap_ledger_attach(w->m, x % 3, (x >> 16) % 3, x & 0x200);
    else if (x & 0x400)
        (void)nap_ledger_map(w->m, x % 3, (nap_addr)x << 12, 0x1000, 0x1000, 3, x & 0x200);
    else
        nap_ledger_undo(w->m);
    nap_masters_set_mode(w->m, x % 8, x & 0x800 ? NAP_MASTER_LIVE : NAP_MASTER_HELD);
}

static void random_rest(struct walk *w)
{
    uint32_t x = (uint32_t)next_random(&w->seed);

    nap_wire_set(w->m, x % 3, x & 0x10);
    nap_set_profile(w->m, x & 0x20 ? NAP_PROFILE_HOSTILE : NAP_PROFILE_ZERO);
    nap_set_asleep(w->m, x & 0x40);
    if (x & 0x80)
        nap_golden_take(w->m);
    else
        nap_golden_drop(w->m);
    if (x >> 28 == 0)
        nap_work_finish_all(w->m);
}

static void random_step(struct walk *w)
{
    switch (next_random(&w->seed) % 16) {
    case 0:
        random_power(w);
        break;
    case 1:
        random_truth(w);
        break;
    case 2:
        random_rest(w);
        break;
    case 3:
    case 4:
        random_ram(w);
        break;
    case 5:
    case 6:
    case 7:
        (void)nap_seam_call(w->m, "memory", random_memory, w);
        break;
    default:
        random_register(w);
        break;
    }
}

static void begin_walk(struct walk *w, struct nap_machine *m, uint64_t seed)
{
    *w = (struct walk){.m = m, .seed = seed};
    nap_set_policy(m, seed & 1 ? NAP_POLICY_LAZY : NAP_POLICY_EAGER);
    nap_set_chooser(
        m, random_answer, w,
        seed & 2 ? NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN) | NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY) : 0);
    w->pieces = nap_os_alloc(m, PIECES * sizeof *w->pieces);
    assert_non_null(w->pieces);
    most_driver = most_ram = 0;
}

static void assert_key_is_true(struct nap_machine *m)
{
    struct nap_hash128 full = nap_state_key_full(m);

    assert_hash_equal(nap_state_key(m), full);
}

static void the_key_kept_up_to_date_is_the_key_from_nothing_after_every_step(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct nap_machine *m = odd_machine();
        struct walk w;
        begin_walk(&w, m, seed);
        for (int i = 0; i < 400; i++) {
            random_step(&w);
            assert_key_is_true(m);
        }
        nap_machine_destroy(m);
    }
}

#define DEPTH 6

/* At random: a step, a mark, back to any mark, or the newest mark dropped. */
static void rewind_restores_every_byte_and_the_key(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 16; seed++) {
        struct nap_machine *m = odd_machine();
        struct copy copies[DEPTH];
        unsigned depth = 0;
        struct walk w;
        begin_walk(&w, m, seed);
        for (int i = 0; i < 400; i++) {
            uint64_t x = next_random(&w.seed);
            if (x % 8 < 5)
                random_step(&w);
            else if (x % 8 == 5 && depth < DEPTH) {
                assert_int_equal(nap_mark(m), depth);
                copies[depth++] = copy_of(m);
            } else if (x % 8 == 6 && depth > 0) {
                unsigned to = (unsigned)(x >> 32) % depth;
                nap_rewind(m, to);
                while (depth > to + 1)
                    drop_copy(&copies[--depth]);
                assert_same(m, &copies[to]);
            } else if (depth > 0) {
                nap_unmark(m);
                drop_copy(&copies[--depth]);
            }
        }
        while (depth > 0)
            drop_copy(&copies[--depth]);
        nap_machine_destroy(m);
    }
}

static void a_snapshot_restores_every_byte_and_the_key(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct nap_machine *m = odd_machine();
        struct nap_snapshot *snapshot;
        struct copy then;
        struct walk w;
        begin_walk(&w, m, seed);
        for (int i = 0; i < 100; i++)
            random_step(&w);
        then = copy_of(m);
        assert_int_equal(nap_snapshot_take(m, &snapshot), NAP_OK);
        assert_same(m, &then);
        for (int again = 0; again < 3; again++) {
            for (int i = 0; i < 150; i++)
                random_step(&w);
            nap_snapshot_restore(m, snapshot);
            assert_same(m, &then);
        }
        drop_copy(&then);
        nap_snapshot_free(snapshot);
        nap_machine_destroy(m);
    }
}

static void a_snapshot_restored_after_a_mark_can_be_rewound(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct nap_machine *m = odd_machine();
        struct nap_snapshot *snapshot;
        struct copy then, later;
        struct walk w;
        begin_walk(&w, m, seed);
        for (int i = 0; i < 50; i++)
            random_step(&w);
        assert_int_equal(nap_snapshot_take(m, &snapshot), NAP_OK);
        then = copy_of(m);
        for (int i = 0; i < 50; i++)
            random_step(&w);
        (void)nap_mark(m);
        later = copy_of(m);
        for (int i = 0; i < 50; i++)
            random_step(&w);
        nap_snapshot_restore(m, snapshot);
        assert_same(m, &then);
        nap_rewind(m, 0);
        assert_same(m, &later);
        drop_copy(&then);
        drop_copy(&later);
        nap_snapshot_free(snapshot);
        nap_machine_destroy(m);
    }
}

static void the_walk_of_h3_goes_back_as_well(void **state)
{
    struct nap_soc *soc = h3_soc();
    struct nap_machine *m = h3_machine(soc, 0);
    uint64_t seed = 5;
    struct copy then;
    uint32_t value = 1;

    (void)state;
    most_driver = most_ram = 0;
    (void)nap_mark(m);
    then = copy_of(m);
    for (int i = 0; i < 2000; i++) {
        uint64_t x = next_random(&seed);
        nap_addr base = soc->devices[x % 17].base;
        wr(m, base + (x >> 16) % 0x400 * 4, next_random(&seed));
    }
    assert_true(nap_mem_write(m, soc->ram[1].base, &value, sizeof value));
    off_and_on(m, 0xf);
    assert_key_is_true(m);
    nap_rewind(m, 0);
    assert_same(m, &then);
    drop_copy(&then);
    nap_machine_destroy(m);
    nap_soc_free(soc);
}

/* --- marks -----------------------------------------------------------------------------------
 */

static void marks_are_numbered_like_a_stack(void **state)
{
    struct nap_machine *m = *state;

    assert_int_equal(nap_mark(m), 0);
    assert_int_equal(nap_mark(m), 1);
    nap_unmark(m);
    assert_int_equal(nap_mark(m), 1);
    nap_rewind(m, 0);
    assert_int_equal(nap_mark(m), 1);
}

static void a_mark_may_be_returned_to_many_times(void **state)
{
    struct nap_machine *m = *state;
    unsigned mark = nap_mark(m);

    for (uint64_t i = 0; i < 5; i++) {
        wr(m, BASE_A + 0x04, i);
        nap_rewind(m, mark);
        assert_int_equal(nap_reg_get(m, DEV_A, SLOT_WORD), 0x1234);
    }
}

static void dropping_a_mark_changes_nothing_else(void **state)
{
    struct nap_machine *m = *state;

    (void)nap_mark(m);
    wr(m, BASE_A + 0x04, 1);
    (void)nap_mark(m);
    wr(m, BASE_A + 0x04, 2);
    nap_unmark(m);
    assert_int_equal(nap_reg_get(m, DEV_A, SLOT_WORD), 2);
    nap_rewind(m, 0);
    assert_int_equal(nap_reg_get(m, DEV_A, SLOT_WORD), 0x1234);
}

static void marks_may_be_4096_deep(void **state)
{
    struct nap_machine *m = *state;

    for (unsigned i = 0; i < 4096; i++) {
        assert_int_equal(nap_mark(m), i);
        wr(m, BASE_A + 0x04, i);
    }
    nap_rewind(m, 100);
    assert_int_equal(nap_reg_get(m, DEV_A, SLOT_WORD), 99);
}

static void going_back_forgets_which_probes_were_to_be_judged(void **state)
{
    struct nap_machine *m = *state;

    (void)nap_mark(m);
    m->watch_words = 1;
    m->marked = calloc(1, sizeof *m->marked); /* the machine's to free */
    assert_non_null(m->marked);
    nap_power_off(m, 1);
    assert_true(m->any_marked);
    nap_rewind(m, 0);
    assert_false(m->any_marked);
    assert_int_equal(m->marked[0], 0);
}

/* --- snapshots -------------------------------------------------------------------------------
 */

static void a_snapshot_without_memory_is_an_error(void **state)
{
    struct nap_snapshot *snapshot = (struct nap_snapshot *)1;
    enum nap_err err;

    alloc_until_failure = 1;
    err = nap_snapshot_take(*state, &snapshot);
    alloc_until_failure = 0;
    assert_int_equal(err, NAP_ERR_NOMEM);
    assert_null(snapshot);
    nap_snapshot_free(NULL);
}

static void restoring_lets_all_probes_be_judged_again(void **state)
{
    struct nap_machine *m = *state;
    struct nap_snapshot *snapshot;

    assert_int_equal(nap_snapshot_take(m, &snapshot), NAP_OK);
    m->watch_words = 1;
    m->marked = calloc(1, sizeof *m->marked); /* the machine's to free */
    assert_non_null(m->marked);
    nap_snapshot_restore(m, snapshot);
    assert_true(m->any_marked);
    nap_snapshot_free(snapshot);
}

/* --- what is part of the key -----------------------------------------------------------------
 */

static void fresh_machines_have_equal_keys(void **state)
{
    struct nap_machine *other = odd_machine_as(&(struct nap_machine_config){.slot = 3});

    assert_hash_equal(nap_state_key(*state), nap_state_key(other));
    nap_machine_destroy(other);
}

static void reads_steps_and_time_are_no_part_of_the_key(void **state)
{
    struct nap_machine *m = *state;
    struct nap_hash128 before = nap_state_key(m);

    (void)rd(m, BASE_A + 0x04);
    nap_bus_barrier(m, "DSB SY", HERE);
    assert_hash_equal(nap_state_key(m), before);
}

static void every_kind_of_state_is_part_of_the_key(void **state)
{
    struct nap_machine *m = *state;
    struct nap_hash128 keys[16];
    unsigned n = 0;
    uint8_t byte = 1;

    nap_set_policy(m, NAP_POLICY_LAZY);
    keys[n++] = nap_state_key(m);
    wr(m, BASE_A + 0x04, 0x1234); /* the same value, but written */
    keys[n++] = nap_state_key(m);
    wr(m, BASE_A + 0x04, 1);
    keys[n++] = nap_state_key(m);
    assert_true(nap_mem_write(m, RAM_BASE, &byte, 1));
    keys[n++] = nap_state_key(m);
    *(uint8_t *)nap_os_alloc(m, 16) = 1;
    keys[n++] = nap_state_key(m);
    wr(m, MIX, MIX_A);
    keys[n++] = nap_state_key(m);
    (void)rd(m, MIX); /* late, reads left */
    keys[n++] = nap_state_key(m);
    (void)rd(m, MIX);
    keys[n++] = nap_state_key(m);
    nap_wire_set(m, DEV_A, true);
    keys[n++] = nap_state_key(m);
    nap_ledger_attach(m, 0, 1, true);
    keys[n++] = nap_state_key(m);
    nap_masters_set_mode(m, 1, NAP_MASTER_LIVE);
    keys[n++] = nap_state_key(m);
    nap_set_profile(m, NAP_PROFILE_HOSTILE);
    keys[n++] = nap_state_key(m);
    nap_power_off(m, BIT(DOMAIN_APART));
    keys[n++] = nap_state_key(m);
    for (unsigned i = 0; i < n; i++)
        for (unsigned k = i + 1; k < n; k++)
            assert_false(hash_equal(keys[i], keys[k]));
}

/* Runs both ways from the same mark and compares. */
static void assert_order_does_not_matter(struct nap_machine *m, void (*a)(struct nap_machine *),
                                         void (*b)(struct nap_machine *))
{
    unsigned mark = nap_mark(m);
    struct nap_hash128 one, digest;

    a(m);
    b(m);
    one = nap_state_key(m);
    digest = nap_digest(m);
    nap_rewind(m, mark);
    b(m);
    a(m);
    assert_hash_equal(nap_state_key(m), one);
    assert_hash_equal(nap_state_key_full(m), one);
    assert_hash_equal(nap_digest(m), digest);
}

static void ram_one(struct nap_machine *m)
{
    assert_true(nap_mem_write(m, RAM_BASE + 0x5000, "one", 3));
}

static void ram_two(struct nap_machine *m)
{
    assert_true(nap_mem_write(m, RAM_HIGH + 0x1ffd, "two", 3));
}

static void the_order_in_which_pages_come_into_use_does_not_matter(void **state)
{
    assert_order_does_not_matter(*state, ram_one, ram_two);
}

static void start_a(struct nap_machine *m)
{
    wr(m, MIX, MIX_A);
}

static void start_elsewhere(struct nap_machine *m)
{
    wr(m, BASE_C + 0x10, MIX_B);
}

static void the_order_in_which_work_starts_does_not_matter(void **state)
{
    nap_set_policy(*state, NAP_POLICY_LAZY);
    assert_order_does_not_matter(*state, start_a, start_elsewhere);
}

static void *piece[3];

static int free_piece(void *context)
{
    nap_free(*(void **)context);
    return 0;
}

static void free_0(struct nap_machine *m)
{
    (void)nap_seam_call(m, "free", free_piece, &piece[0]);
}

static void free_2_and_1(struct nap_machine *m)
{
    (void)nap_seam_call(m, "free", free_piece, &piece[2]);
    (void)nap_seam_call(m, "free", free_piece, &piece[1]);
}

static void the_order_of_frees_does_not_matter(void **state)
{
    for (unsigned i = 0; i < 3; i++)
        piece[i] = nap_os_alloc(*state, 32 * (i + 1));
    assert_order_does_not_matter(*state, free_0, free_2_and_1);
}

static void zeroed_memory_is_as_memory_never_used(void **state)
{
    struct nap_machine *m = *state;
    struct nap_hash128 before = nap_state_key(m), digest = nap_digest(m);
    uint8_t zeros[4096] = {0};

    ram_one(m);
    assert_false(hash_equal(nap_state_key(m), before));
    assert_true(nap_mem_write(m, RAM_BASE + 0x5000, zeros, sizeof zeros));
    assert_hash_equal(nap_state_key(m), before);
    assert_hash_equal(nap_state_key_full(m), before);
    assert_hash_equal(nap_digest(m), digest);
}

static void the_same_bytes_on_another_page_are_another_state(void **state)
{
    struct nap_machine *m = *state;
    unsigned mark = nap_mark(m);
    struct nap_hash128 key, digest;

    assert_true(nap_mem_write(m, RAM_BASE, "x", 1));
    key = nap_state_key(m);
    digest = nap_digest(m);
    nap_rewind(m, mark);
    assert_true(nap_mem_write(m, RAM_BASE + 0x1000, "x", 1));
    assert_false(hash_equal(nap_state_key(m), key));
    assert_false(hash_equal(nap_digest(m), digest));
}

static void what_freed_memory_held_does_not_matter(void **state)
{
    struct nap_machine *m = *state;
    unsigned mark = nap_mark(m);
    struct nap_hash128 keys[2];

    for (int i = 0; i < 2; i++) {
        piece[0] = nap_os_alloc(m, 64);
        memset(piece[0], 0x11 * (i + 1), 64);
        free_0(m);
        keys[i] = nap_state_key(m);
        nap_rewind(m, mark);
    }
    assert_hash_equal(keys[0], keys[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_key_kept_up_to_date_is_the_key_from_nothing_after_every_step),
        cmocka_unit_test(rewind_restores_every_byte_and_the_key),
        cmocka_unit_test(a_snapshot_restores_every_byte_and_the_key),
        cmocka_unit_test(a_snapshot_restored_after_a_mark_can_be_rewound),
        cmocka_unit_test(the_walk_of_h3_goes_back_as_well),
        ODD_TEST(marks_are_numbered_like_a_stack),
        ODD_TEST(a_mark_may_be_returned_to_many_times),
        ODD_TEST(dropping_a_mark_changes_nothing_else),
        ODD_TEST(marks_may_be_4096_deep),
        ODD_TEST(going_back_forgets_which_probes_were_to_be_judged),
        ODD_TEST(a_snapshot_without_memory_is_an_error),
        ODD_TEST(restoring_lets_all_probes_be_judged_again),
        ODD_TEST(fresh_machines_have_equal_keys),
        ODD_TEST(reads_steps_and_time_are_no_part_of_the_key),
        ODD_TEST(every_kind_of_state_is_part_of_the_key),
        ODD_TEST(the_order_in_which_pages_come_into_use_does_not_matter),
        ODD_TEST(the_order_in_which_work_starts_does_not_matter),
        ODD_TEST(the_order_of_frees_does_not_matter),
        ODD_TEST(zeroed_memory_is_as_memory_never_used),
        ODD_TEST(the_same_bytes_on_another_page_are_another_state),
        ODD_TEST(what_freed_memory_held_does_not_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
