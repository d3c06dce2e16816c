/* SPDX-License-Identifier: MIT */
/* lib/os/alloc.c: driver RAM. */
#include "as_driver.h"

static bool in_driver_ram(const struct nap_machine *m, const void *p, size_t bytes)
{
    const uint8_t *start = m->arena.base + nap_region_start(NAP_REGION_DRIVER);

    return (const uint8_t *)p >= start &&
           (const uint8_t *)p + bytes <= start + NAP_DRIVER_BYTES;
}

DRIVER_TEST(memory_is_zeroed_aligned_and_in_the_machine)
{
    for (size_t bytes = 0; bytes < 70; bytes++) {
        uint8_t *p = nap_alloc(bytes);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        assert_true(in_driver_ram(context, p, bytes));
        for (size_t i = 0; i < bytes; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xff, bytes);
    }
    return 0;
}

DRIVER_TEST(pieces_do_not_overlap)
{
    uint8_t *p[50];

    (void)context;
    for (uint8_t i = 0; i < COUNT_OF(p); i++) {
        p[i] = nap_alloc(i + 1u);
        memset(p[i], i, i + 1u);
    }
    for (uint8_t i = 0; i < COUNT_OF(p); i++)
        for (size_t k = 0; k < i + 1u; k++)
            assert_int_equal(p[i][k], i);
    return 0;
}

DRIVER_TEST(a_freed_piece_is_used_again_and_is_zeroed)
{
    uint8_t *a = nap_alloc(40), *b = nap_alloc(40), *again;

    (void)context;
    memset(a, 0xff, 40);
    nap_free(a);
    again = nap_alloc(48); /* 40 is rounded up to 48 */
    assert_ptr_equal(again, a);
    for (size_t i = 0; i < 48; i++)
        assert_int_equal(again[i], 0);
    assert_ptr_not_equal(nap_alloc(48), b);
    return 0;
}

DRIVER_TEST(of_freed_pieces_the_one_of_the_right_size_is_taken)
{
    void *small = nap_alloc(16), *large = nap_alloc(64), *middle = nap_alloc(32);

    (void)context;
    nap_free(middle);
    nap_free(small);
    nap_free(large);
    assert_ptr_equal(nap_alloc(64), large);
    assert_ptr_equal(nap_alloc(32), middle);
    assert_ptr_equal(nap_alloc(16), small);
    return 0;
}

DRIVER_TEST(an_allocation_knows_its_size)
{
    static const size_t asked[] = {0, 1, 16, 17, 4095, 4096, 10000};
    static const size_t sizes[] = {16, 16, 16, 32, 4096, 4096, 10000};

    (void)context;
    for (size_t i = 0; i < COUNT_OF(asked); i++)
        assert_int_equal(nap_alloc_size(nap_alloc(asked[i])), sizes[i]);
    return 0;
}

/* Whatever was allocated and freed before. */
DRIVER_TEST(whole_pages_begin_at_a_page)
{
    static const size_t sizes[] = {40, 4096, 4080, 8192, 16, 4096, 12288, 100, 4096};
    void *p[COUNT_OF(sizes)];

    (void)context;
    for (unsigned turn = 0; turn < 3; turn++) {
        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            p[i] = nap_alloc(sizes[i]);
            if (sizes[i] % 4096 == 0)
                assert_int_equal((uintptr_t)p[i] % 4096, 0);
        }
        for (size_t i = turn; i < COUNT_OF(sizes); i += 2)
            nap_free(p[i]);
    }
    assert_int_equal((uintptr_t)nap_alloc(4090) % 4096, 0); /* takes a page, so it is one */
    return 0;
}

DRIVER_TEST(freeing_nothing_is_allowed)
{
    (void)context;
    nap_free(NULL);
    return 0;
}

DRIVER_TEST(freeing_twice_is_logged_and_does_no_harm)
{
    struct nap_machine *m = context;
    void *a = nap_alloc(16), *b = nap_alloc(16);
    struct recorder r;

    nap_free(b);
    nap_free(a);
    record(m, &r);
    nap_free(b);
    stop_recording(m);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.list[0].kind, NAP_STEP_LOG);
    assert_non_null(strstr(r.text[0], "freed twice: 16 bytes of driver memory"));
    assert_ptr_equal(nap_alloc(16), a);
    assert_ptr_equal(nap_alloc(16), b);
    assert_ptr_not_equal(nap_alloc(16), b);
    return 0;
}

static int free_it(void *memory)
{
    nap_free(memory);
    return 0;
}

/* On the stack, inside a piece, between two units of 16 bytes, below and behind all pieces. */
DRIVER_TEST(freeing_what_was_not_allocated_ends_the_call)
{
    struct nap_machine *m = context;
    uint8_t *p = nap_alloc(64);
    uint64_t local[4] = {32, 0, 32, 0};
    void *const wild[] = {&local[2], p + 32, p + 8, p - 16, p + 4096, (void *)(uintptr_t)8};
    struct recorder r;

    for (size_t i = 0; i < COUNT_OF(wild); i++) {
        record(m, &r);
        assert_int_equal(nap_seam_call(m, "free", free_it, wild[i]), NAP_SEAM_STUCK);
        stop_recording(m);
        assert_int_equal(r.n, 3); /* call, panic, return */
        assert_int_equal(r.list[1].kind, NAP_STEP_PANIC);
        assert_non_null(strstr(r.text[1], "free of what was not allocated"));
    }
    assert_int_equal(nap_seam_call(m, "free", free_it, p), 0);
    return 0;
}

DRIVER_TEST(memory_ends_after_16_mib_and_comes_back_when_freed)
{
    void *p, *last = NULL;
    unsigned n = 0;

    (void)context;
    while ((p = nap_alloc((1u << 20) - 16)) != NULL) {
        last = p;
        n++;
    }
    assert_int_equal(n, 16);
    assert_null(nap_alloc(1));
    nap_free(last);
    assert_null(nap_alloc(16)); /* pieces are not cut */
    assert_ptr_equal(nap_alloc((1u << 20) - 16), last);
    return 0;
}

DRIVER_TEST(more_than_there_can_be_is_refused)
{
    (void)context;
    assert_null(nap_alloc((16u << 20) + 1));
    assert_null(nap_alloc(16u << 20));
    assert_null(nap_alloc(SIZE_MAX));
    assert_non_null(nap_alloc((16u << 20) - 16));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ODD_TEST(memory_is_zeroed_aligned_and_in_the_machine),
        ODD_TEST(pieces_do_not_overlap),
        ODD_TEST(a_freed_piece_is_used_again_and_is_zeroed),
        ODD_TEST(of_freed_pieces_the_one_of_the_right_size_is_taken),
        ODD_TEST(an_allocation_knows_its_size),
        ODD_TEST(whole_pages_begin_at_a_page),
        ODD_TEST(freeing_nothing_is_allowed),
        ODD_TEST(freeing_twice_is_logged_and_does_no_harm),
        ODD_TEST(freeing_what_was_not_allocated_ends_the_call),
        ODD_TEST(memory_ends_after_16_mib_and_comes_back_when_freed),
        ODD_TEST(more_than_there_can_be_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
