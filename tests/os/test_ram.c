/* SPDX-License-Identifier: MIT */
/* lib/os/ram.c: tables in simulated RAM; driver RAM as devices see it. */
#include "as_driver.h"

#include "os/os.h"

static uint8_t *driver_ram(const struct nap_machine *m)
{
    return m->arena.base + nap_region_start(NAP_REGION_DRIVER);
}

/* --- tables in simulated RAM
 * ---------------------------------------------------------------------------
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

static int in_the_second_bank(void *context)
{
    uint8_t *start = driver_ram(context);

    assert_int_equal(nap_ram_alloc(4096), RAM_HIGH + RAM_SIZE / 2);
    assert_int_equal(nap_virt_to_phys(start), RAM_HIGH + RAM_SIZE / 2 + (16u << 20));
    return 0;
}

static void a_bank_too_small_for_both_is_passed_over(void **state)
{
    struct nap_soc *soc = malloc(sizeof *soc);
    void *m;

    (void)state;
    assert_non_null(soc);
    *soc = odd_soc;
    soc->ram[0].size_bytes = RAM_SIZE - 0x2000;
    soc->ram[1].size_bytes = RAM_SIZE;
    m = odd_machine_as(&(struct nap_machine_config){.soc = soc, .slot = 1});
    as_driver(&m, in_the_second_bank);
    nap_machine_destroy(m);
    free(soc);
}

static void a_machine_without_ram_has_no_tables(void **state)
{
    (void)state;
    with_first_bank(0, 0x4000, none);
}

/* --- tables above 4 GiB --- */

#define TABLES (16u << 20)

static void with_high_banks(uint32_t n_high, const struct nap_soc_ram *high,
                            int (*body)(void *context))
{
    struct nap_soc *soc = malloc(sizeof *soc);
    void *m;

    assert_non_null(soc);
    *soc = odd_soc;
    soc->n_ram = 1 + n_high;
    for (uint32_t i = 0; i < n_high; i++)
        soc->ram[1 + i] = high[i];
    m = odd_machine_as(&(struct nap_machine_config){.soc = soc, .slot = 1});
    as_driver(&m, body);
    nap_machine_destroy(m);
    free(soc);
}

static int none_high(void *context)
{
    (void)context;
    assert_int_equal(nap_ram_alloc_high(4096), 0);
    assert_int_equal(nap_ram_alloc(4096), RAM_BASE + RAM_SIZE / 2);
    return 0;
}

/* Too small; and half of it beyond the 40 bits of a table base. */
static void banks_that_cannot_hold_tables_are_passed_over(void **state)
{
    static const struct nap_soc_ram small = {RAM_HIGH, 0x2000},
                                    far = {UINT64_C(0xffff000000), UINT64_C(0x4000000)};

    (void)state;
    with_high_banks(0, NULL, none_high);
    with_high_banks(1, &small, none_high);
    with_high_banks(1, &far, none_high);
}

static int in_the_topmost(void *context)
{
    (void)context;
    assert_int_equal(nap_ram_alloc_high(4096), UINT64_C(0x740000000));
    assert_int_equal(nap_ram_alloc_high(0x3000), UINT64_C(0x740004000));
    assert_int_equal(nap_ram_alloc(4096), RAM_BASE + RAM_SIZE / 2);
    return 0;
}

static void high_tables_come_from_the_upper_half_of_the_topmost_bank(void **state)
{
    static const struct nap_soc_ram banks[] = {{UINT64_C(0x500000000), UINT64_C(0x80000000)},
                                               {UINT64_C(0x700000000), UINT64_C(0x80000000)},
                                               {UINT64_C(0x600000000), UINT64_C(0x80000000)}};

    (void)state;
    with_high_banks(3, banks, in_the_topmost);
}

static int no_more_than_all(void *context)
{
    (void)context;
    assert_int_not_equal(nap_ram_alloc_high(TABLES / 2), 0);
    assert_int_equal(nap_ram_alloc(TABLES / 2 + 1), 0);
    assert_int_not_equal(nap_ram_alloc(TABLES / 2), 0);
    assert_int_equal(nap_ram_alloc_high(4096), 0);
    assert_int_equal(nap_ram_alloc(4096), 0);
    return 0;
}

/* A machine holds 16 MiB of pages in use, wherever they are. */
static void high_and_low_tables_share_what_a_machine_holds(void **state)
{
    static const struct nap_soc_ram bank = {UINT64_C(0x700000000), UINT64_C(0x80000000)};

    (void)state;
    with_high_banks(1, &bank, no_more_than_all);
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

DRIVER_TEST(a_store_is_a_step_of_the_line_it_stands_in)
{
    struct recorder r;
    int line;

    record(context, &r);
    nap_ram_write64(RAM_BASE + 0x10, UINT64_C(0x1122334455667788)), line = __LINE__;
    nap_ram_write32(RAM_BASE + 0x14, UINT64_C(0xfedcba987));
    (void)nap_ram_read64(RAM_BASE + 0x10);
    stop_recording(context);

    assert_int_equal(r.n, 2);
    assert_int_equal(r.list[0].kind, NAP_STEP_STORE);
    assert_int_equal(r.list[0].address, RAM_BASE + 0x10);
    assert_int_equal(r.list[0].source.line, line);
    assert_non_null(strstr(r.text[0], " store      0x80000010 <- 0x1122334455667788  "));
    assert_int_equal(r.list[1].was, 0x11223344);
    assert_int_equal(r.list[1].now, 0xedcba987);
    assert_int_equal(nap_ram_read64(RAM_BASE + 0x10), UINT64_C(0xedcba98755667788));
    assert_int_equal(nap_ram_read32(RAM_BASE + 0x14), 0xedcba987);
    return 0;
}

DRIVER_TEST(a_load_or_store_where_nothing_is_is_a_bad_access)
{
    struct recorder r;

    record(context, &r);
    nap_ram_write32(RAM_BASE - 8, 1);
    (void)nap_ram_read32(RAM_BASE - 8);
    stop_recording(context);

    assert_int_equal(r.n, 2);
    assert_int_equal(r.list[0].kind, NAP_STEP_BAD_ACCESS);
    assert_true(r.list[0].is_write);
    assert_int_equal(r.list[1].kind, NAP_STEP_BAD_ACCESS);
    assert_false(r.list[1].is_write);
    return 0;
}

static int stores_at_an_odd_address(void *context)
{
    (void)context;
    nap_ram_write64(RAM_BASE + 4, 1);
    return 0;
}

static void a_store_that_is_not_aligned_to_its_size_ends_the_call(void **state)
{
    struct recorder r;

    record(*state, &r);
    assert_int_equal(nap_seam_call(*state, "test", stores_at_an_odd_address, NULL),
                     NAP_SEAM_STUCK);
    stop_recording(*state);
    assert_int_equal(r.list[1].kind, NAP_STEP_PANIC);
}

/* One loop may look at a register and at memory in turn. */
static int waits_for_ever(void *context)
{
    (void)context;
    while (nap_ram_read32(RAM_BASE) != 1)
        (void)nap_read32(at(DEV_A, ODD_WORD, 0));
    return 0;
}

static void a_loop_that_waits_for_memory_that_nothing_changes_is_ended(void **state)
{
    struct recorder r;

    record(*state, &r);
    assert_int_equal(nap_seam_call(*state, "test", waits_for_ever, NULL), NAP_SEAM_STUCK);
    stop_recording(*state);
    assert_int_equal(nap_counters(*state).polls, 2 * 9999 - 1);
}

/* --- driver RAM as RAM of the machine --------------------------------------------------------
 */

#define LINE 64u

/* Behind the tables in the upper half of the first bank. */
#define DRIVER_PA (RAM_BASE + RAM_SIZE / 2 + (16u << 20))

DRIVER_TEST(driver_ram_lies_behind_the_tables)
{
    uint8_t *start = driver_ram(context), *p = nap_alloc(100);

    assert_int_equal(nap_virt_to_phys(start), DRIVER_PA);
    assert_int_equal(nap_virt_to_phys(p), DRIVER_PA + (nap_addr)(p - start));
    assert_int_equal(nap_virt_to_phys(start + NAP_DRIVER_BYTES - 1),
                     DRIVER_PA + NAP_DRIVER_BYTES - 1);
    assert_int_equal(nap_virt_to_phys(nap_alloc(4096)) % 4096, 0);
    return 0;
}

DRIVER_TEST(physical_and_virtual_addresses_are_inverse)
{
    (void)context;
    for (size_t bytes = 1; bytes < 20000; bytes += 777) {
        uint8_t *p = nap_alloc(bytes);
        assert_ptr_equal(nap_phys_to_virt(nap_virt_to_phys(p)), p);
        assert_ptr_equal(nap_phys_to_virt(nap_virt_to_phys(p + bytes - 1)), p + bytes - 1);
    }
    return 0;
}

DRIVER_TEST(outside_driver_ram_there_is_no_other_address)
{
    uint8_t *start = driver_ram(context);
    int local = 0;

    assert_int_equal(nap_virt_to_phys(start - 1), 0);
    assert_int_equal(nap_virt_to_phys(start + NAP_DRIVER_BYTES), 0);
    assert_int_equal(nap_virt_to_phys(&local), 0);
    assert_int_equal(nap_virt_to_phys(NULL), 0);
    assert_null(nap_phys_to_virt(0));
    assert_null(nap_phys_to_virt(DRIVER_PA - 1));
    assert_null(nap_phys_to_virt(DRIVER_PA + NAP_DRIVER_BYTES));
    assert_null(nap_phys_to_virt(UINT64_MAX));
    assert_ptr_equal(nap_phys_to_virt(DRIVER_PA), start);
    return 0;
}

/* Whether devices see @byte everywhere in [@p, @p + @bytes). */
static void assert_devices_see(const struct nap_machine *m, const uint8_t *p, size_t bytes,
                               uint8_t byte)
{
    for (size_t i = 0; i < bytes; i++) {
        uint8_t seen = 0xee;
        assert_true(nap_mem_read(m, nap_virt_to_phys(p + i), &seen, 1));
        assert_int_equal(seen, byte);
    }
}

DRIVER_TEST(devices_see_nothing_before_a_clean)
{
    uint8_t *p = nap_alloc(4096);

    memset(p, 0x5a, 4096);
    assert_devices_see(context, p, 4096, 0);
    return 0;
}

DRIVER_TEST(a_clean_shows_the_lines_it_touches_and_no_more)
{
    static const struct {
        size_t from, bytes, first, last; /* lines */
    } table[] = {{LINE * 4, 1, 4, 4},    {LINE * 5 - 1, 1, 4, 4},    {LINE * 5 - 1, 2, 4, 5},
                 {LINE * 4, LINE, 4, 4}, {LINE * 4, LINE + 1, 4, 5}, {LINE * 3 + 8, 200, 3, 6}};

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        uint8_t *p = nap_alloc(4096);
        size_t first = table[i].first * LINE, end = (table[i].last + 1) * LINE;
        memset(p, 0x5a, 4096);
        nap_cache_clean(p + table[i].from, table[i].bytes);
        assert_devices_see(context, p, first, 0);
        assert_devices_see(context, p + first, end - first, 0x5a);
        assert_devices_see(context, p + end, 4096 - end, 0);
    }
    return 0;
}

DRIVER_TEST(a_clean_leaves_what_the_cpu_sees)
{
    uint8_t *p = nap_alloc(4096);

    (void)context;
    memset(p, 0x5a, 4096);
    nap_cache_clean(p, 4096);
    for (size_t i = 0; i < 4096; i++)
        assert_int_equal(p[i], 0x5a);
    return 0;
}

DRIVER_TEST(an_invalidate_drops_the_lines_it_touches_and_no_more)
{
    uint8_t *p = nap_alloc(4096), device[3 * LINE];

    memset(device, 0xd1, sizeof device);
    memset(p, 0x5a, 4096);
    assert_true(nap_mem_write(context, nap_virt_to_phys(p + LINE), device, sizeof device));
    nap_cache_invalidate(p + 2 * LINE + 5, 1);
    for (size_t i = 0; i < 4096; i++)
        assert_int_equal(p[i], i / LINE == 2 ? 0xd1 : 0x5a);
    assert_devices_see(context, p + LINE, sizeof device, 0xd1);
    return 0;
}

DRIVER_TEST(cleaning_and_invalidating_nothing_does_nothing)
{
    struct recorder r;
    uint8_t *p = nap_alloc(64);

    record(context, &r);
    memset(p, 0x5a, 64);
    nap_cache_clean(p, 0);
    nap_cache_invalidate(p, 0);
    nap_cache_clean(NULL, 0);
    stop_recording(context);
    assert_int_equal(r.n, 0);
    assert_int_equal(p[0], 0x5a);
    assert_devices_see(context, p, 64, 0);
    return 0;
}

static void assert_logged(const struct recorder *r, unsigned i, const char *text)
{
    assert_int_equal(r->list[i].kind, NAP_STEP_LOG);
    if (!strstr(r->text[i], text))
        fail_msg("%s", r->text[i]);
}

DRIVER_TEST(memory_that_is_not_the_drivers_is_left_alone_and_logged)
{
    uint8_t *end = driver_ram(context) + NAP_DRIVER_BYTES, local[LINE];
    struct recorder r;

    memset(local, 0x11, sizeof local);
    end[-1] = 0x22;
    record(context, &r);
    nap_cache_clean(local, sizeof local);
    nap_cache_invalidate(local, sizeof local);
    nap_cache_clean(end - 1, 2);
    nap_cache_invalidate(end - 1, SIZE_MAX);
    stop_recording(context);
    assert_int_equal(r.n, 4);
    assert_logged(&r, 0,
                  "cache clean of 64 bytes that are not memory of the driver: nothing "
                  "done");
    assert_logged(&r, 1, "cache invalidate of 64 bytes that are not memory of the driver");
    assert_logged(&r, 2, "cache clean of 2 bytes");
    assert_logged(&r, 3, "cache invalidate of 18446744073709551615 bytes");
    for (size_t i = 0; i < sizeof local; i++)
        assert_int_equal(local[i], 0x11);
    assert_int_equal(end[-1], 0x22);
    end[-1] = 0;
    return 0;
}

/* Tables may take all the pages that a machine holds. */
DRIVER_TEST(a_clean_without_room_in_simulated_ram_is_logged)
{
    uint8_t *p = nap_alloc(4096);
    struct recorder r;
    nap_addr at;

    while ((at = nap_ram_alloc(4096)) != 0)
        nap_ram_write64(at, 1);
    memset(p, 0x5a, 4096);
    record(context, &r);
    nap_cache_clean(p, 4096);
    stop_recording(context);
    assert_int_equal(r.n, 1);
    assert_logged(&r, 0,
                  "cache clean of 4096 bytes: simulated RAM is used up, devices see the "
                  "old data");
    assert_devices_see(context, p, 4096, 0);
    return 0;
}

static int no_physical_address(void *context)
{
    uint8_t *p = nap_alloc(64);
    struct recorder r;

    assert_non_null(p);
    assert_int_equal(nap_virt_to_phys(p), 0);
    assert_null(nap_phys_to_virt(DRIVER_PA));
    assert_null(nap_phys_to_virt(0));
    record(context, &r);
    memset(p, 0x5a, 64);
    nap_cache_clean(p, 64);
    nap_cache_invalidate(p, 64);
    stop_recording(context);
    assert_int_equal(r.n, 2);
    assert_int_equal(p[0], 0x5a);
    return 0;
}

/* Half of it, 16 MiB for tables, 16 MiB for driver RAM: 64 MiB are just enough. */
static void a_bank_that_is_too_small_holds_no_driver_ram(void **state)
{
    (void)state;
    with_first_bank(2, RAM_SIZE - 0x2000, no_physical_address);
    with_first_bank(0, RAM_SIZE, no_physical_address);
}

static int one_line(void *context)
{
    uint8_t *p = nap_driver_data();

    (void)context;
    if (!p) {
        p = nap_alloc(LINE);
        nap_set_driver_data(p);
    }
    p[0]++;
    nap_cache_clean(p, 1);
    assert_devices_see(nap_seam_machine(), p, 1, p[0]);
    return p[0];
}

static void what_devices_see_goes_back_with_the_machine(void **state)
{
    struct nap_machine *m = *state;
    unsigned mark;

    assert_int_equal(nap_seam_call(m, "test", one_line, NULL), 1);
    mark = nap_mark(m);
    assert_int_equal(nap_seam_call(m, "test", one_line, NULL), 2);
    nap_rewind(m, mark);
    assert_int_equal(nap_seam_call(m, "test", one_line, NULL), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ODD_TEST(tables_come_from_the_upper_half_of_the_first_bank),
        ODD_TEST(tables_are_aligned_to_their_size),
        ODD_TEST(a_table_of_no_size_or_of_too_much_is_refused),
        ODD_TEST(every_page_of_every_table_can_be_written),
        ODD_TEST(ram_outside_any_bank_reads_0_and_loses_writes),
        ODD_TEST(a_store_is_a_step_of_the_line_it_stands_in),
        ODD_TEST(a_load_or_store_where_nothing_is_is_a_bad_access),
        ODD_TEST(a_store_that_is_not_aligned_to_its_size_ends_the_call),
        ODD_TEST(a_loop_that_waits_for_memory_that_nothing_changes_is_ended),
        cmocka_unit_test(tables_end_with_their_bank),
        cmocka_unit_test(a_bank_too_small_for_both_is_passed_over),
        cmocka_unit_test(a_machine_without_ram_has_no_tables),
        cmocka_unit_test(banks_that_cannot_hold_tables_are_passed_over),
        cmocka_unit_test(high_tables_come_from_the_upper_half_of_the_topmost_bank),
        cmocka_unit_test(high_and_low_tables_share_what_a_machine_holds),
        ODD_TEST(driver_ram_lies_behind_the_tables),
        ODD_TEST(physical_and_virtual_addresses_are_inverse),
        ODD_TEST(outside_driver_ram_there_is_no_other_address),
        ODD_TEST(devices_see_nothing_before_a_clean),
        ODD_TEST(a_clean_shows_the_lines_it_touches_and_no_more),
        ODD_TEST(a_clean_leaves_what_the_cpu_sees),
        ODD_TEST(an_invalidate_drops_the_lines_it_touches_and_no_more),
        ODD_TEST(cleaning_and_invalidating_nothing_does_nothing),
        ODD_TEST(memory_that_is_not_the_drivers_is_left_alone_and_logged),
        ODD_TEST(a_clean_without_room_in_simulated_ram_is_logged),
        cmocka_unit_test(a_bank_that_is_too_small_holds_no_driver_ram),
        ODD_TEST(what_devices_see_goes_back_with_the_machine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
