/* SPDX-License-Identifier: MIT */
/* lib/os/alloc.c: driver RAM, and simulated RAM for tables. */
#include "../rig.h"

/* Runs the test's body as driver code of the machine in *state. */
static void as_driver(void **state, int (*body)(void *context))
{
    assert_int_equal(nap_seam_call(*state, "test", body, *state), 0);
}

#define DRIVER_TEST(name)                                                                      \
    static int name##_body(void *context);                                                     \
    static void name(void **state)                                                             \
    {                                                                                          \
        as_driver(state, name##_body);                                                         \
    }                                                                                          \
    static int name##_body(void *context)

static bool in_driver_ram(const struct nap_machine *m, const void *p, size_t bytes)
{
    const uint8_t *start = m->arena.base + nap_region_start(NAP_REGION_DRIVER);

    return (const uint8_t *)p >= start &&
           (const uint8_t *)p + bytes <= start + NAP_DRIVER_BYTES;
}

/* --- driver RAM ------------------------------------------------------------------------------
 */

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

/* --- simulated RAM ---------------------------------------------------------------------------
 */

DRIVER_TEST(tables_come_from_the_upper_half_of_the_first_bank)
{
    (void)context;
    assert_int_equal(nap_ram_alloc(1), RAM_BASE + RAM_SIZE / 2);
    assert_int_equal(nap_ram_alloc(4096), RAM_BASE + RAM_SIZE / 2 + 0x1000);
    assert_int_equal(nap_ram_alloc(4097), RAM_BASE + RAM_SIZE / 2 + 0x2000);
    return 0;
}

DRIVER_TEST(tables_are_aligned_to_their_size)
{
    (void)context;
    (void)nap_ram_alloc(4096);
    assert_int_equal(nap_ram_alloc(0x8000) % 0x8000, 0);
    assert_int_equal(nap_ram_alloc(0x3000) % 0x4000, 0);
    return 0;
}

DRIVER_TEST(a_table_of_no_size_or_of_too_much_is_refused)
{
    (void)context;
    assert_int_equal(nap_ram_alloc(0), 0);
    assert_int_equal(nap_ram_alloc((16u << 20) + 1), 0);
    assert_int_equal(nap_ram_alloc(UINT64_MAX), 0);
    assert_int_equal(nap_ram_alloc(UINT64_MAX - 4094), 0);
    assert_int_not_equal(nap_ram_alloc(16u << 20), 0);
    return 0;
}

/* What is handed out can be written: a machine holds 16 MiB of pages in use. */
DRIVER_TEST(every_page_of_every_table_can_be_written)
{
    nap_addr at;
    unsigned n = 0;

    (void)context;
    while ((at = nap_ram_alloc(4096)) != 0) {
        nap_ram_write64(at, at);
        assert_int_equal(nap_ram_read64(at), at);
        n++;
    }
    assert_int_equal(n, 4096);
    return 0;
}

static int two_pages_then_none(void *context)
{
    (void)context;
    assert_int_equal(nap_ram_alloc(4096), RAM_BASE + 0x2000);
    assert_int_equal(nap_ram_alloc(4096), RAM_BASE + 0x3000);
    assert_int_equal(nap_ram_alloc(4096), 0);
    return 0;
}

static int none(void *context)
{
    (void)context;
    assert_int_equal(nap_ram_alloc(4096), 0);
    return 0;
}

static void with_first_bank(uint32_t n_ram, uint64_t size_bytes, int (*body)(void *context))
{
    struct nap_soc *soc = malloc(sizeof *soc);
    void *m;

    assert_non_null(soc);
    *soc = odd_soc;
    soc->n_ram = n_ram;
    soc->ram[0].size_bytes = size_bytes;
    m = odd_machine_as(&(struct nap_machine_config){.soc = soc, .slot = 1});
    as_driver(&m, body);
    nap_machine_destroy(m);
    free(soc);
}

static void tables_end_with_their_bank(void **state)
{
    (void)state;
    with_first_bank(2, 0x4000, two_pages_then_none);
}

static void a_machine_without_ram_has_no_tables(void **state)
{
    (void)state;
    with_first_bank(0, 0x4000, none);
}

DRIVER_TEST(ram_outside_any_bank_reads_0_and_loses_writes)
{
    (void)context;
    nap_ram_write64(RAM_BASE - 8, 1);
    assert_int_equal(nap_ram_read64(RAM_BASE - 8), 0);
    nap_ram_write64(RAM_BASE + 8, UINT64_C(0x1122334455667788));
    assert_int_equal(nap_ram_read64(RAM_BASE + 8), UINT64_C(0x1122334455667788));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ODD_TEST(memory_is_zeroed_aligned_and_in_the_machine),
        ODD_TEST(pieces_do_not_overlap),
        ODD_TEST(a_freed_piece_is_used_again_and_is_zeroed),
        ODD_TEST(of_freed_pieces_the_one_of_the_right_size_is_taken),
        ODD_TEST(freeing_nothing_is_allowed),
        ODD_TEST(freeing_twice_is_logged_and_does_no_harm),
        ODD_TEST(memory_ends_after_16_mib_and_comes_back_when_freed),
        ODD_TEST(more_than_there_can_be_is_refused),
        ODD_TEST(tables_come_from_the_upper_half_of_the_first_bank),
        ODD_TEST(tables_are_aligned_to_their_size),
        ODD_TEST(a_table_of_no_size_or_of_too_much_is_refused),
        ODD_TEST(every_page_of_every_table_can_be_written),
        cmocka_unit_test(tables_end_with_their_bank),
        cmocka_unit_test(a_machine_without_ram_has_no_tables),
        ODD_TEST(ram_outside_any_bank_reads_0_and_loses_writes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
