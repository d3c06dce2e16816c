/* SPDX-License-Identifier: MIT */
/* lib/core/bus.c and lib/core/ram.c: where an access goes, and what is refused. */
#include "../rig.h"

#define ONES32 UINT64_C(0xffffffff)

static void assert_refused_step(const struct recorder *r, enum nap_step_kind kind,
                                uint32_t device, nap_addr address, unsigned size_bytes,
                                bool is_write)
{
    assert_int_equal(r->n, 1);
    assert_int_equal(r->list[0].kind, kind);
    assert_int_equal(r->list[0].device, device);
    /* Without power, of the register that would have taken it. */
    assert_true((r->list[0].slot != NAP_NO_SLOT) == (kind == NAP_STEP_UNPOWERED));
    assert_int_equal(r->list[0].address, address);
    assert_int_equal(r->list[0].size_bytes, size_bytes);
    assert_int_equal(r->list[0].is_write, is_write);
}

/* --- registers -------------------------------------------------------------------------------
 */

static void registers_of_8_16_32_and_64_bits_are_served_in_their_width(void **state)
{
    struct nap_machine *m = *state;

    nap_bus_write(m, BASE_A + 0x01, 1, 0x1ab, NOWHERE);
    nap_bus_write(m, BASE_A + 0x02, 2, 0x1cdef, NOWHERE);
    nap_bus_write(m, BASE_A + 0x08, 8, UINT64_C(0x0123456789abcdef), NOWHERE);
    assert_int_equal(nap_bus_read(m, BASE_A + 0x01, 1, NOWHERE), 0xab);
    assert_int_equal(nap_bus_read(m, BASE_A + 0x02, 2, NOWHERE), 0xcdef);
    assert_int_equal(rd(m, BASE_A + 0x04), 0x1234);
    assert_int_equal(nap_bus_read(m, BASE_A + 0x08, 8, NOWHERE), UINT64_C(0x0123456789abcdef));
}

static void every_wrong_width_reads_0_and_is_lost(void **state)
{
    static const struct {
        unsigned offset, right;
    } registers[] = {{0x01, 1}, {0x02, 2}, {0x04, 4}, {0x08, 8}};
    static const unsigned sizes[] = {1, 2, 4, 8};
    struct nap_machine *m = *state;
    struct nap_hash128 before = nap_state_key(m);
    struct recorder r;

    for (size_t i = 0; i < COUNT_OF(registers); i++) {
        for (size_t s = 0; s < COUNT_OF(sizes); s++) {
            nap_addr address = BASE_A + registers[i].offset;
            if (sizes[s] == registers[i].right)
                continue;
            record(m, &r);
            assert_int_equal(nap_bus_read(m, address, sizes[s], NOWHERE), 0);
            assert_refused_step(&r, NAP_STEP_BAD_ACCESS, DEV_A, address, sizes[s], false);
            record(m, &r);
            nap_bus_write(m, address, sizes[s], 0x77, NOWHERE);
            assert_refused_step(&r, NAP_STEP_BAD_ACCESS, DEV_A, address, sizes[s], true);
        }
    }
    assert_hash_equal(nap_state_key(m), before);
}

static void misaligned_accesses_are_refused(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;

    for (unsigned offset = 1; offset < 4; offset++) {
        record(m, &r);
        assert_int_equal(rd(m, BASE_A + 0x04 + offset), 0);
        assert_refused_step(&r, NAP_STEP_BAD_ACCESS, DEV_A, BASE_A + 0x04 + offset, 4, false);
    }
    record(m, &r);
    nap_bus_write(m, BASE_A + 0x0c, 8, 1, NOWHERE);
    assert_refused_step(&r, NAP_STEP_BAD_ACCESS, DEV_A, BASE_A + 0x0c, 8, true);
}

/* The IPMMU model has words only, so its offsets are looked up by word. */
static void misaligned_accesses_to_a_device_of_words_are_refused(void **state)
{
    struct nap_soc *soc = h3_soc();
    struct nap_machine *m = h3_machine(soc, 1);
    struct recorder r;

    (void)state;
    record(m, &r);
    assert_int_equal(rd(m, UINT64_C(0xe67b0002)), 0);
    assert_refused_step(&r, NAP_STEP_BAD_ACCESS, 0, UINT64_C(0xe67b0002), 4, false);
    nap_machine_destroy(m);
    nap_soc_free(soc);
}

static void sizes_that_do_not_exist_are_refused_everywhere(void **state)
{
    static const unsigned sizes[] = {0, 3, 5, 16, 64};
    static const nap_addr places[] = {BASE_A + 0x04, RAM_BASE, 0x1000};
    struct nap_machine *m = *state;
    struct nap_hash128 before = nap_state_key(m);
    struct recorder r;

    for (size_t s = 0; s < COUNT_OF(sizes); s++) {
        for (size_t p = 0; p < COUNT_OF(places); p++) {
            record(m, &r);
            (void)nap_bus_read(m, places[p], sizes[s], NOWHERE);
            assert_int_equal(r.list[0].kind, NAP_STEP_BAD_ACCESS);
            record(m, &r);
            nap_bus_write(m, places[p], sizes[s], UINT64_MAX, NOWHERE);
            assert_int_equal(r.list[0].kind, NAP_STEP_BAD_ACCESS);
        }
    }
    assert_hash_equal(nap_state_key(m), before);
}

static void a_hole_in_a_window_reads_0_and_loses_writes(void **state)
{
    static const nap_addr holes[] = {BASE_A + 0x14, BASE_A + 0xfc, BASE_A + 0x100,
                                     BASE_A + 0xffc};
    struct nap_machine *m = *state;
    struct nap_hash128 before = nap_state_key(m);
    struct recorder r;

    for (size_t i = 0; i < COUNT_OF(holes); i++) {
        record(m, &r);
        assert_int_equal(rd(m, holes[i]), 0);
        assert_refused_step(&r, NAP_STEP_BAD_ACCESS, DEV_A, holes[i], 4, false);
        record(m, &r);
        wr(m, holes[i], 1);
        assert_refused_step(&r, NAP_STEP_BAD_ACCESS, DEV_A, holes[i], 4, true);
    }
    assert_hash_equal(nap_state_key(m), before);
}

static void a_register_of_another_variant_is_a_hole(void **state)
{
    struct nap_machine *m = *state;

    wr(m, at(DEV_A, ODD_ARRAY, 0), 9);
    wr(m, at(DEV_C, ODD_ARRAY, 0), 9);
    assert_int_equal(rd(m, at(DEV_A, ODD_ARRAY, 0)), 9);
    assert_int_equal(rd(m, at(DEV_C, ODD_ARRAY, 0)), 0);
}

static void elements_of_an_array_lie_in_both_its_windows(void **state)
{
    struct nap_machine *m = *state;

    wr(m, BASE_A + 0x20, 1);
    wr(m, BASE_A + 0x28, 2);
    wr(m, BASE_A + 0x40, 3);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(nap_reg_get(m, DEV_A, SLOT_ARRAY + i), i + 1);
    assert_int_equal(rd(m, BASE_A + 0x30), 0); /* between the windows */
}

static void every_page_of_a_window_belongs_to_its_device(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;

    record(m, &r);
    (void)rd(m, BASE_C + 0x1ffc);
    assert_refused_step(&r, NAP_STEP_BAD_ACCESS, DEV_C, BASE_C + 0x1ffc, 4, false);
    record(m, &r);
    (void)rd(m, BASE_C + 0x2000);
    assert_refused_step(&r, NAP_STEP_BAD_ACCESS, UINT32_MAX, BASE_C + 0x2000, 4, false);
}

/* Design 4.7: off, reads give ones and writes are lost. */
static void a_device_that_is_off_reads_ones_and_loses_writes(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;

    nap_power_off(m, BIT(DOMAIN_MID));
    record(m, &r);
    assert_int_equal(rd(m, BASE_A + 0x04), ONES32);
    assert_refused_step(&r, NAP_STEP_UNPOWERED, DEV_A, BASE_A + 0x04, 4, false);
    assert_int_equal(nap_bus_read(m, BASE_A + 0x01, 1, NOWHERE), 0xff);
    assert_int_equal(nap_bus_read(m, BASE_A + 0x02, 2, NOWHERE), 0xffff);
    assert_int_equal(nap_bus_read(m, BASE_A + 0x08, 8, NOWHERE), UINT64_MAX);
    record(m, &r);
    wr(m, at(DEV_A, ODD_KEEP, 0), 0x42);
    assert_refused_step(&r, NAP_STEP_UNPOWERED, DEV_A, at(DEV_A, ODD_KEEP, 0), 4, true);
    assert_int_equal(r.list[0].written, 0x42);
    nap_power_on(m, BIT(DOMAIN_MID));
    assert_int_equal(rd(m, at(DEV_A, ODD_KEEP, 0)), 0);
}

static enum nap_unpowered reads_zeros(const struct nap_machine *m, unsigned device)
{
    (void)m;
    (void)device;
    return NAP_UNPOWERED_ZEROS;
}

static enum nap_unpowered aborts(const struct nap_machine *m, unsigned device)
{
    (void)m;
    (void)device;
    return NAP_UNPOWERED_ABORT;
}

static void a_block_may_say_that_it_reads_0_when_off(void **state)
{
    struct nap_block block = odd_block;
    const struct nap_block *const blocks[] = {&block, NULL};
    struct nap_machine *m;
    struct recorder r;

    (void)state;
    block.unpowered = reads_zeros;
    m = odd_machine_as(&(struct nap_machine_config){.blocks = blocks, .slot = 1});
    nap_power_off(m, BIT(DOMAIN_MID));
    record(m, &r);
    assert_int_equal(rd(m, BASE_A + 0x04), 0);
    assert_refused_step(&r, NAP_STEP_UNPOWERED, DEV_A, BASE_A + 0x04, 4, false);
    assert_int_equal(rd(m, BASE_C + 0x04), 0x1234); /* that one is on */
    nap_machine_destroy(m);
}

struct access {
    struct nap_machine *m;
    bool is_write, came_back;
};

static int access_a(void *context)
{
    struct access *a = context;

    if (a->is_write)
        nap_seam_write(BASE_A + 0x04, 4, 1, "driver.c", 3);
    else
        (void)nap_seam_read(BASE_A + 0x04, 4, "driver.c", 3);
    a->came_back = true;
    return 0;
}

/* The step of the access comes first, as everywhere; then the call is over. */
static void an_aborted_access_ends_the_driver_call(void **state)
{
    struct nap_block block = odd_block;
    const struct nap_block *const blocks[] = {&block, NULL};

    (void)state;
    block.unpowered = aborts;
    for (int is_write = 0; is_write < 2; is_write++) {
        struct nap_machine *m =
            odd_machine_as(&(struct nap_machine_config){.blocks = blocks, .slot = 1});
        struct access a = {.m = m, .is_write = is_write};
        struct recorder r;

        nap_power_off(m, BIT(DOMAIN_MID));
        record(m, &r);
        assert_int_equal(nap_seam_call(m, "touch", access_a, &a), NAP_SEAM_STUCK);
        assert_false(a.came_back);
        assert_int_equal(m->st->stuck, 1);
        assert_int_equal(r.list[1].kind, NAP_STEP_UNPOWERED);
        assert_string_equal(r.list[1].label, "aborted");
        assert_int_equal(r.list[2].kind, NAP_STEP_PANIC);
        assert_int_equal(r.list[2].source.line, 3);
        nap_machine_destroy(m);
    }
}

/* Firmware, or a debugger: there is no call that could end. */
static void an_abort_outside_a_driver_call_reads_ones(void **state)
{
    struct nap_block block = odd_block;
    const struct nap_block *const blocks[] = {&block, NULL};
    struct nap_machine *m;

    (void)state;
    block.unpowered = aborts;
    m = odd_machine_as(&(struct nap_machine_config){.blocks = blocks, .slot = 1});
    nap_power_off(m, BIT(DOMAIN_MID));
    assert_int_equal(rd(m, BASE_A + 0x04), ONES32);
    wr(m, BASE_A + 0x04, 1);
    assert_int_equal(m->st->stuck, 0);
    nap_machine_destroy(m);
}

static void an_address_where_nothing_is_reads_ones_and_loses_writes(void **state)
{
    static const nap_addr places[] = {0,
                                      0x1000,
                                      BASE_A - 4,
                                      RAM_BASE - 4,
                                      RAM_BASE + RAM_SIZE,
                                      RAM_HIGH + 0x2000,
                                      UINT64_MAX - 3};
    struct nap_machine *m = *state;
    struct recorder r;

    for (size_t i = 0; i < COUNT_OF(places); i++) {
        record(m, &r);
        assert_int_equal(rd(m, places[i]), ONES32);
        assert_refused_step(&r, NAP_STEP_BAD_ACCESS, UINT32_MAX, places[i], 4, false);
        record(m, &r);
        wr(m, places[i], 1);
        assert_refused_step(&r, NAP_STEP_BAD_ACCESS, UINT32_MAX, places[i], 4, true);
    }
}

static void an_access_carries_its_source_line_into_its_step(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;

    record(m, &r);
    nap_bus_write(m, BASE_A + 0x04, 4, 1, (struct nap_source){"driver.c", 41, NULL});
    nap_bus_barrier(m, "DSB SY", (struct nap_source){"driver.c", 42, NULL});
    assert_string_equal(r.list[0].source.file, "driver.c");
    assert_int_equal(r.list[0].source.line, 41);
    assert_int_equal(r.list[1].kind, NAP_STEP_BARRIER);
    assert_int_equal(r.list[1].source.line, 42);
}

static void what_no_driver_line_causes_carries_no_source(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;

    nap_bus_write(m, BASE_A + 0x04, 4, 1, HERE);
    record(m, &r);
    nap_power_off(m, BIT(DOMAIN_MID));
    nap_bus_write(m, BASE_C + 0x04, 4, 1, HERE);
    nap_masters_set_mode(m, 1, NAP_MASTER_LIVE);
    nap_bus_write(m, BASE_C + 0x04, 4, 1, HERE);
    nap_ledger_attach(m, 0, 0, true);
    nap_bus_write(m, BASE_C + 0x04, 4, 1, HERE);
    (void)nap_dma(m, DEV_C, 0, 0, NAP_READ);
    for (unsigned i = 0; i < r.n; i++)
        assert_true((r.list[i].source.file != NULL) == (r.list[i].kind == NAP_STEP_WRITE));
}

/* --- RAM -------------------------------------------------------------------------------------
 */

static void ram_takes_every_size_in_little_endian_order(void **state)
{
    struct nap_machine *m = *state;

    nap_bus_write(m, RAM_BASE + 8, 8, UINT64_C(0x8877665544332211), NOWHERE);
    assert_int_equal(nap_bus_read(m, RAM_BASE + 8, 1, NOWHERE), 0x11);
    assert_int_equal(nap_bus_read(m, RAM_BASE + 10, 2, NOWHERE), 0x4433);
    assert_int_equal(nap_bus_read(m, RAM_BASE + 11, 4, NOWHERE), 0x77665544);
    nap_bus_write(m, RAM_BASE + 15, 1, 0x199, NOWHERE);
    assert_int_equal(nap_bus_read(m, RAM_BASE + 8, 8, NOWHERE), UINT64_C(0x9977665544332211));
}

static void ram_never_written_reads_0_and_uses_no_page(void **state)
{
    struct nap_machine *m = *state;
    uint8_t bytes[64];

    memset(bytes, 0xaa, sizeof bytes);
    assert_true(nap_mem_read(m, RAM_HIGH + 0xff0, bytes, sizeof bytes));
    for (size_t i = 0; i < sizeof bytes; i++)
        assert_int_equal(bytes[i], 0);
    assert_int_equal(m->ev->n_ram_pages, 0);
}

static void a_write_over_pages_is_read_back_whole(void **state)
{
    struct nap_machine *m = *state;
    uint8_t out[3 * 4096], in[3 * 4096];
    uint64_t seed = 1;

    for (size_t i = 0; i < sizeof out; i++)
        out[i] = (uint8_t)next_random(&seed);
    assert_true(nap_mem_write(m, RAM_BASE + 0x800, out, sizeof out));
    assert_int_equal(m->ev->n_ram_pages, 4);
    assert_true(nap_mem_read(m, RAM_BASE + 0x800, in, sizeof in));
    assert_memory_equal(in, out, sizeof in);
}

static void a_range_that_leaves_its_bank_is_refused_whole(void **state)
{
    struct nap_machine *m = *state;
    uint64_t value = 1;

    assert_false(nap_mem_write(m, RAM_BASE + RAM_SIZE - 4, &value, 8));
    assert_false(nap_mem_read(m, RAM_BASE + RAM_SIZE - 4, &value, 8));
    assert_false(nap_mem_write(m, RAM_HIGH + 0x1ffc, &value, 8));
    assert_false(nap_mem_read(m, UINT64_MAX - 3, &value, 8));
    assert_int_equal(m->ev->n_ram_pages, 0);
    assert_true(nap_mem_write(m, RAM_BASE + RAM_SIZE - 8, &value, 8));
}

static void nothing_can_be_read_and_written_where_ram_is(void **state)
{
    struct nap_machine *m = *state;

    assert_true(nap_mem_write(m, RAM_BASE, "", 0));
    assert_true(nap_mem_read(m, RAM_BASE, NULL, 0));
    assert_false(nap_mem_write(m, 0, "", 0));
    assert_int_equal(m->ev->n_ram_pages, 0);
}

/* 16 MiB of pages in use; the rest stays unwritten, and says so aloud. */
static void writes_beyond_the_capacity_are_refused_whole_and_counted(void **state)
{
    struct nap_machine *m = *state;
    uint8_t two_pages[2 * 4096];
    uint8_t one = 1;

    memset(two_pages, 1, sizeof two_pages);
    for (unsigned i = 0; i < 4095; i++)
        assert_true(nap_mem_write(m, RAM_BASE + i * UINT64_C(4096), &one, 1));
    assert_int_equal(m->n_unmodelled, 0);
    assert_false(
        nap_mem_write(m, RAM_BASE + 5000 * UINT64_C(4096), two_pages, sizeof two_pages));
    assert_int_equal(rd(m, RAM_BASE + 5000 * UINT64_C(4096)), 0);
    assert_int_equal(m->n_unmodelled, 1);
    assert_string_equal(m->unmodelled[0].what, "more RAM in use than a machine holds");
    assert_true(nap_mem_write(m, RAM_BASE, &one, 1)); /* a page in use takes more */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ODD_TEST(registers_of_8_16_32_and_64_bits_are_served_in_their_width),
        ODD_TEST(every_wrong_width_reads_0_and_is_lost),
        ODD_TEST(misaligned_accesses_are_refused),
        cmocka_unit_test(misaligned_accesses_to_a_device_of_words_are_refused),
        ODD_TEST(sizes_that_do_not_exist_are_refused_everywhere),
        ODD_TEST(a_hole_in_a_window_reads_0_and_loses_writes),
        ODD_TEST(a_register_of_another_variant_is_a_hole),
        ODD_TEST(elements_of_an_array_lie_in_both_its_windows),
        ODD_TEST(every_page_of_a_window_belongs_to_its_device),
        ODD_TEST(a_device_that_is_off_reads_ones_and_loses_writes),
        ODD_TEST(a_block_may_say_that_it_reads_0_when_off),
        ODD_TEST(an_aborted_access_ends_the_driver_call),
        ODD_TEST(an_abort_outside_a_driver_call_reads_ones),
        ODD_TEST(an_address_where_nothing_is_reads_ones_and_loses_writes),
        ODD_TEST(an_access_carries_its_source_line_into_its_step),
        ODD_TEST(what_no_driver_line_causes_carries_no_source),
        ODD_TEST(ram_takes_every_size_in_little_endian_order),
        ODD_TEST(ram_never_written_reads_0_and_uses_no_page),
        ODD_TEST(a_write_over_pages_is_read_back_whole),
        ODD_TEST(a_range_that_leaves_its_bank_is_refused_whole),
        ODD_TEST(nothing_can_be_read_and_written_where_ram_is),
        ODD_TEST(writes_beyond_the_capacity_are_refused_whole_and_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
