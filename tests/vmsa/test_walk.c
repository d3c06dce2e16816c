/* SPDX-License-Identifier: MIT */
/* Expected values: Arm DDI 0487, "VMSAv8-64 descriptor formats" and "VMSAv8-32 Long-descriptor
 * format"; docs/ipmmu-facts.md section 4 for what R-Car makes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vmsa.h"

#define ROOT UINT64_C(0x40000000)
#define L2   UINT64_C(0x50001000)
#define L3   UINT64_C(0x50002000)

#define TABLE UINT64_C(3)

/* Stage 2: read and write, MemAttr 0xf, SH inner, AF. Read only; device memory 0x1. */
#define S2_RW_BLOCK  UINT64_C(0x7fd)
#define S2_RW_PAGE   UINT64_C(0x7ff)
#define S2_RO_BLOCK  UINT64_C(0x77d)
#define S2_WO_PAGE   UINT64_C(0x7bf)
#define S2_DEV_BLOCK UINT64_C(0x4c5)

/* Stage 1 as Linux makes it: nG, AF, SH inner, AP[1], NS, AttrIndx 1. */
#define S1_RW_BLOCK   UINT64_C(0xf65)
#define S1_RW_PAGE    UINT64_C(0xf67)
#define S1_RO_PAGE    UINT64_C(0xfe7)
#define S1_NSTABLE    (UINT64_C(1) << 63)
#define S1_APTABLE_RO (UINT64_C(1) << 62)

struct memory {
    unsigned n;
    struct {
        nap_addr pa;
        uint64_t desc;
    } at[16];
    nap_addr limit; /* fetches from here on abort; 0: none do */
};

static void put(struct memory *memory, nap_addr pa, uint64_t desc)
{
    memory->at[memory->n].pa = pa;
    memory->at[memory->n].desc = desc;
    memory->n++;
}

static bool fetch(const void *context, nap_addr pa, uint64_t *desc)
{
    const struct memory *memory = context;

    if (memory->limit != 0 && pa >= memory->limit)
        return false;
    *desc = 0;
    for (unsigned i = 0; i < memory->n; i++) {
        if (memory->at[i].pa == pa)
            *desc = memory->at[i].desc;
    }
    return true;
}

static struct nap_vmsa_result walk(const struct memory *memory, enum nap_vmsa_format format,
                                   unsigned input_bits, unsigned start_level, nap_addr input)
{
    struct nap_vmsa_config config = {
        .format = format, .base = ROOT, .input_bits = input_bits, .start_level = start_level};
    struct nap_vmsa_result result;

    memset(&result, 0xa5, sizeof(result));
    nap_vmsa_walk(&config, input, fetch, memory, &result);
    return result;
}

static struct nap_vmsa_result s2(const struct memory *memory, nap_addr input)
{
    return walk(memory, NAP_VMSA_S2_64, 40, 1, input);
}

static struct nap_vmsa_result s1(const struct memory *memory, nap_addr input)
{
    return walk(memory, NAP_VMSA_S1_LPAE, 32, 1, input);
}

/* --- stage 2 --- */

static void stage2_page_is_reached_over_three_levels(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_result result;

    (void)state;
    put(&memory, ROOT + 1 * 8, L2 | TABLE); /* IPA 0x40201abc: L1 1, L2 1, L3 1 */
    put(&memory, L2 + 1 * 8, L3 | TABLE);
    put(&memory, L3 + 1 * 8, UINT64_C(0x8812345000) | S2_RW_PAGE);
    result = s2(&memory, UINT64_C(0x40201abc));

    assert_int_equal(result.end, NAP_VMSA_OK);
    assert_int_equal(result.level, 3);
    assert_int_equal(result.size_log2, 12);
    assert_int_equal(result.pa, UINT64_C(0x8812345abc));
    assert_int_equal(result.n_fetched, 3);
    assert_int_equal(result.fetched[0], ROOT + 8);
    assert_int_equal(result.fetched[1], L2 + 8);
    assert_int_equal(result.fetched[2], L3 + 8);
}

static void stage2_level_1_block_spans_1_gib(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_result result;

    (void)state;
    put(&memory, ROOT + 2 * 8, UINT64_C(0x100000000) | S2_RW_BLOCK);
    result = s2(&memory, UINT64_C(0x93456789));

    assert_int_equal(result.end, NAP_VMSA_OK);
    assert_int_equal(result.level, 1);
    assert_int_equal(result.size_log2, 30);
    assert_int_equal(result.pa, UINT64_C(0x113456789));
}

static void stage2_level_2_block_spans_2_mib(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_result result;

    (void)state;
    put(&memory, ROOT, L2 | TABLE);
    put(&memory, L2 + 511 * 8, UINT64_C(0x60200000) | S2_RW_BLOCK);
    result = s2(&memory, UINT64_C(0x3ff23456));

    assert_int_equal(result.end, NAP_VMSA_OK);
    assert_int_equal(result.size_log2, 21);
    assert_int_equal(result.pa, UINT64_C(0x60323456));
}

static void output_bits_below_the_block_size_are_ignored(void **state)
{
    struct memory memory = {0};

    (void)state;
    put(&memory, ROOT, UINT64_C(0x0c0f000000) | S2_RW_BLOCK); /* 29:12 not zero */
    assert_int_equal(s2(&memory, 0).pa, UINT64_C(0x0c00000000));
}

static void stage2_root_of_40_bits_has_two_tables_side_by_side(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_result result;

    (void)state;
    put(&memory, ROOT + 1023 * 8, UINT64_C(0x80000000) | S2_RW_BLOCK);
    result = s2(&memory, UINT64_C(0xffc0000010));

    assert_int_equal(result.end, NAP_VMSA_OK);
    assert_int_equal(result.fetched[0], ROOT + UINT64_C(0x1ff8));
    assert_int_equal(result.pa, UINT64_C(0x80000010));
}

static void low_base_bits_under_a_concatenated_root_are_ignored(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_config config = {NAP_VMSA_S2_64, ROOT + 0x1000, 40, 1};
    struct nap_vmsa_result result;

    (void)state;
    nap_vmsa_walk(&config, 0, fetch, &memory, &result);
    assert_int_equal(result.fetched[0], ROOT);

    config.input_bits = 39; /* one table: aligned to 4 KiB */
    nap_vmsa_walk(&config, 0, fetch, &memory, &result);
    assert_int_equal(result.fetched[0], ROOT + 0x1000);
}

static void stage2_may_start_at_level_2_with_16_tables(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_result result;

    (void)state;
    put(&memory, ROOT + 8191 * 8, UINT64_C(0x70000000) | S2_RW_BLOCK);
    result = walk(&memory, NAP_VMSA_S2_64, 34, 2, UINT64_C(0x3ffe00123));

    assert_int_equal(result.end, NAP_VMSA_OK);
    assert_int_equal(result.level, 2);
    assert_int_equal(result.n_fetched, 1);
    assert_int_equal(result.pa, UINT64_C(0x70000123));
}

static void stage2_may_start_at_level_0(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_result result;

    (void)state;
    put(&memory, ROOT + 1 * 8, L2 | TABLE); /* IPA bit 39 */
    put(&memory, L2 + 3 * 8, UINT64_C(0x40000000) | S2_RW_BLOCK);
    result = walk(&memory, NAP_VMSA_S2_64, 40, 0, UINT64_C(0x80c0000000));

    assert_int_equal(result.end, NAP_VMSA_OK);
    assert_int_equal(result.level, 1);
    assert_int_equal(result.n_fetched, 2);
}

static void a_block_at_level_0_is_reserved(void **state)
{
    struct memory memory = {0};

    (void)state;
    put(&memory, ROOT, S2_RW_BLOCK);
    assert_int_equal(walk(&memory, NAP_VMSA_S2_64, 40, 0, 0).end, NAP_VMSA_FORMAT_FAULT);
}

static void four_levels_fill_the_list_of_fetches(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_result result;

    (void)state;
    put(&memory, ROOT, UINT64_C(0x50000000) | TABLE);
    put(&memory, UINT64_C(0x50000000), L2 | TABLE);
    put(&memory, L2, L3 | TABLE);
    put(&memory, L3, UINT64_C(0x9000) | S2_RW_PAGE);
    result = walk(&memory, NAP_VMSA_S2_64, 40, 0, 0x10);

    assert_int_equal(result.end, NAP_VMSA_OK);
    assert_int_equal(result.n_fetched, 4);
    assert_int_equal(result.pa, 0x9010);
}

static void stage2_leaf_reports_s2ap_memattr_sh_and_af(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_result rw, ro, wo, dev;

    (void)state;
    put(&memory, ROOT + 0 * 8, S2_RW_BLOCK);
    put(&memory, ROOT + 1 * 8, S2_RO_BLOCK);
    put(&memory, ROOT + 2 * 8, S2_DEV_BLOCK);
    put(&memory, ROOT + 3 * 8, L2 | TABLE);
    put(&memory, L2, L3 | TABLE);
    put(&memory, L3, S2_WO_PAGE & ~UINT64_C(0x400)); /* AF clear */
    rw = s2(&memory, 0);
    ro = s2(&memory, UINT64_C(0x40000000));
    dev = s2(&memory, UINT64_C(0x80000000));
    wo = s2(&memory, UINT64_C(0xc0000000));

    assert_true(rw.readable && rw.writable && rw.access_flag);
    assert_int_equal(rw.attributes, 0xf);
    assert_int_equal(rw.shareability, 3);
    assert_true(ro.readable && !ro.writable);
    assert_true(dev.readable && dev.writable);
    assert_int_equal(dev.attributes, 0x1);
    assert_int_equal(dev.shareability, 0);
    assert_int_equal(wo.end, NAP_VMSA_OK);
    assert_true(!wo.readable && wo.writable && !wo.access_flag);
}

static void stage2_ignores_the_bits_that_are_ns_and_nstable_in_stage_1(void **state)
{
    struct memory memory = {0};

    (void)state;
    put(&memory, ROOT, S2_DEV_BLOCK); /* bit 5 clear */
    put(&memory, ROOT + 8, L2 | TABLE);
    put(&memory, L2, S2_DEV_BLOCK);
    put(&memory, ROOT + 16, L2 | TABLE | S1_APTABLE_RO);
    assert_int_equal(s2(&memory, 0).end, NAP_VMSA_OK);
    assert_int_equal(s2(&memory, UINT64_C(0x40000000)).end, NAP_VMSA_OK);
    assert_true(s2(&memory, UINT64_C(0x80000000)).writable);
}

/* --- stage 1 --- */

static void stage1_page_is_reached_over_three_levels(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_result result;

    (void)state;
    put(&memory, ROOT + 3 * 8, L2 | TABLE | S1_NSTABLE); /* 0xc0403def: L1 3, L2 2, L3 3 */
    put(&memory, L2 + 2 * 8, L3 | TABLE | S1_NSTABLE);
    put(&memory, L3 + 3 * 8, UINT64_C(0x7654321000) | S1_RW_PAGE);
    result = s1(&memory, UINT64_C(0xc0403def));

    assert_int_equal(result.end, NAP_VMSA_OK);
    assert_int_equal(result.level, 3);
    assert_int_equal(result.size_log2, 12);
    assert_int_equal(result.pa, UINT64_C(0x7654321def));
    assert_int_equal(result.n_fetched, 3);
    assert_true(result.readable && result.writable && result.access_flag);
    assert_int_equal(result.attributes, 1);
    assert_int_equal(result.shareability, 3);
}

static void stage1_blocks_exist_at_levels_1_and_2(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_result result;

    (void)state;
    put(&memory, ROOT, UINT64_C(0x80000000) | S1_RW_BLOCK);
    put(&memory, ROOT + 8, L2 | TABLE | S1_NSTABLE);
    put(&memory, L2, UINT64_C(0x90200000) | S1_RW_BLOCK);

    result = s1(&memory, UINT64_C(0x3fffffff));
    assert_int_equal(result.pa, UINT64_C(0xbfffffff));
    assert_int_equal(result.size_log2, 30);
    result = s1(&memory, UINT64_C(0x401fffff));
    assert_int_equal(result.pa, UINT64_C(0x903fffff));
    assert_int_equal(result.size_log2, 21);
}

static void stage1_ap2_makes_a_leaf_read_only(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_result result;

    (void)state;
    put(&memory, ROOT, S1_RO_PAGE); /* start level 3: one table of pages */
    result = walk(&memory, NAP_VMSA_S1_LPAE, 21, 3, 0x123);

    assert_int_equal(result.end, NAP_VMSA_OK);
    assert_true(result.readable);
    assert_false(result.writable);
}

static void stage1_aptable_takes_write_permission_from_all_below(void **state)
{
    struct memory memory = {0};

    (void)state;
    put(&memory, ROOT, L2 | TABLE | S1_NSTABLE | S1_APTABLE_RO);
    put(&memory, L2, S1_RW_BLOCK);
    assert_int_equal(s1(&memory, 0).end, NAP_VMSA_OK);
    assert_true(s1(&memory, 0).readable);
    assert_false(s1(&memory, 0).writable);
}

static void stage1_table_with_nstable_clear_is_a_secure_fault(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_result result;

    (void)state;
    put(&memory, ROOT, L2 | TABLE);
    put(&memory, L2, S1_RW_BLOCK);
    result = s1(&memory, 0);

    assert_int_equal(result.end, NAP_VMSA_SECURE_FAULT);
    assert_int_equal(result.level, 1);
    assert_int_equal(result.n_fetched, 1);
}

static void stage1_leaf_with_ns_clear_is_a_secure_fault(void **state)
{
    struct memory memory = {0};

    (void)state;
    put(&memory, ROOT, S1_RW_BLOCK & ~UINT64_C(0x20));
    assert_int_equal(s1(&memory, 0).end, NAP_VMSA_SECURE_FAULT);
}

/* --- faults --- */

static void an_invalid_descriptor_faults_at_its_level(void **state)
{
    struct memory memory = {0};

    (void)state;
    put(&memory, ROOT + 8, L2 | TABLE);
    put(&memory, L2 + 8, L3 | TABLE);
    put(&memory, ROOT + 16, UINT64_C(0x2)); /* x0 is invalid whatever x is */
    assert_int_equal(s2(&memory, 0).end, NAP_VMSA_TRANSLATION_FAULT);
    assert_int_equal(s2(&memory, 0).level, 1);
    assert_int_equal(s2(&memory, UINT64_C(0x40000000)).level, 2);
    assert_int_equal(s2(&memory, UINT64_C(0x40200000)).level, 3);
    assert_int_equal(s2(&memory, UINT64_C(0x40200000)).end, NAP_VMSA_TRANSLATION_FAULT);
    assert_int_equal(s2(&memory, UINT64_C(0x80000000)).end, NAP_VMSA_TRANSLATION_FAULT);
}

static void encoding_01_at_level_3_is_a_format_fault(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_result result;

    (void)state;
    put(&memory, ROOT, L2 | TABLE | S1_NSTABLE);
    put(&memory, L2, L3 | TABLE | S1_NSTABLE);
    put(&memory, L3, S2_RW_BLOCK);
    result = s2(&memory, 0);
    assert_int_equal(result.end, NAP_VMSA_FORMAT_FAULT);
    assert_int_equal(result.level, 3);
    assert_int_equal(s1(&memory, 0).end, NAP_VMSA_FORMAT_FAULT);
}

static void input_above_the_range_faults_without_a_fetch(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_result result;

    (void)state;
    put(&memory, ROOT, S2_RW_BLOCK);
    result = s2(&memory, UINT64_C(1) << 40);
    assert_int_equal(result.end, NAP_VMSA_TRANSLATION_FAULT);
    assert_int_equal(result.level, 1);
    assert_int_equal(result.n_fetched, 0);
    assert_int_equal(s1(&memory, UINT64_C(1) << 32).end, NAP_VMSA_TRANSLATION_FAULT);
    assert_int_equal(s1(&memory, UINT64_C(1) << 32).n_fetched, 0);
    assert_int_equal(s2(&memory, UINT64_MAX).end, NAP_VMSA_TRANSLATION_FAULT);
}

static void start_level_that_cannot_cover_the_range_faults_without_a_fetch(void **state)
{
    static const struct {
        enum nap_vmsa_format format;
        unsigned input_bits, start_level;
    } bad[] = {
        {NAP_VMSA_S2_64, 40, 2},   /* 19 bits; 9 + 4 are possible */
        {NAP_VMSA_S2_64, 44, 1},   /* 14 bits */
        {NAP_VMSA_S2_64, 30, 1},   /* none left for level 1 */
        {NAP_VMSA_S2_64, 0, 1},    /* empty range */
        {NAP_VMSA_S2_64, 64, 0},   /* 25 bits */
        {NAP_VMSA_S2_64, 40, 4},   /* no such level */
        {NAP_VMSA_S1_LPAE, 32, 2}, /* 11 bits; stage 1 has no concatenation */
        {NAP_VMSA_S1_LPAE, 32, 3}, /* 20 bits */
    };
    struct memory memory = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct nap_vmsa_result result =
            walk(&memory, bad[i].format, bad[i].input_bits, bad[i].start_level, 0);

        assert_int_equal(result.end, NAP_VMSA_TRANSLATION_FAULT);
        assert_int_equal(result.n_fetched, 0);
    }
}

static void a_fetch_outside_memory_aborts_and_names_its_address(void **state)
{
    struct memory memory = {.limit = L3};
    struct nap_vmsa_result result;

    (void)state;
    put(&memory, ROOT, L2 | TABLE);
    put(&memory, L2, L3 | TABLE);
    result = s2(&memory, 0);

    assert_int_equal(result.end, NAP_VMSA_ABORT);
    assert_int_equal(result.level, 3);
    assert_int_equal(result.n_fetched, 3);
    assert_int_equal(result.fetched[2], L3);
}

/* --- facts 4.4: stage 2 tables read in stage 1 format (S2PTE lost) ---------------------------
 */

static void ram_read_write_of_stage_2_is_read_only_in_stage_1(void **state)
{
    struct memory memory = {0};

    (void)state;
    put(&memory, ROOT, S2_RW_BLOCK);
    assert_int_equal(s1(&memory, 0).end, NAP_VMSA_OK);
    assert_true(s1(&memory, 0).readable);
    assert_false(s1(&memory, 0).writable);
}

static void ram_read_only_of_stage_2_is_writable_in_stage_1(void **state)
{
    struct memory memory = {0};

    (void)state;
    put(&memory, ROOT, S2_RO_BLOCK);
    assert_int_equal(s1(&memory, 0).end, NAP_VMSA_OK);
    assert_true(s1(&memory, 0).readable);
    assert_true(s1(&memory, 0).writable);
}

static void device_memory_of_stage_2_is_a_secure_fault_in_stage_1(void **state)
{
    struct memory memory = {0};

    (void)state;
    put(&memory, ROOT, S2_DEV_BLOCK);
    assert_int_equal(s1(&memory, 0).end, NAP_VMSA_SECURE_FAULT);
}

static void first_table_of_stage_2_is_a_secure_fault_in_stage_1(void **state)
{
    struct memory memory = {0};

    (void)state;
    put(&memory, ROOT, L2 | TABLE);
    assert_int_equal(s1(&memory, 0).end, NAP_VMSA_SECURE_FAULT);
    assert_int_equal(s1(&memory, 0).n_fetched, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stage2_page_is_reached_over_three_levels),
        cmocka_unit_test(stage2_level_1_block_spans_1_gib),
        cmocka_unit_test(stage2_level_2_block_spans_2_mib),
        cmocka_unit_test(output_bits_below_the_block_size_are_ignored),
        cmocka_unit_test(stage2_root_of_40_bits_has_two_tables_side_by_side),
        cmocka_unit_test(low_base_bits_under_a_concatenated_root_are_ignored),
        cmocka_unit_test(stage2_may_start_at_level_2_with_16_tables),
        cmocka_unit_test(stage2_may_start_at_level_0),
        cmocka_unit_test(a_block_at_level_0_is_reserved),
        cmocka_unit_test(four_levels_fill_the_list_of_fetches),
        cmocka_unit_test(stage2_leaf_reports_s2ap_memattr_sh_and_af),
        cmocka_unit_test(stage2_ignores_the_bits_that_are_ns_and_nstable_in_stage_1),
        cmocka_unit_test(stage1_page_is_reached_over_three_levels),
        cmocka_unit_test(stage1_blocks_exist_at_levels_1_and_2),
        cmocka_unit_test(stage1_ap2_makes_a_leaf_read_only),
        cmocka_unit_test(stage1_aptable_takes_write_permission_from_all_below),
        cmocka_unit_test(stage1_table_with_nstable_clear_is_a_secure_fault),
        cmocka_unit_test(stage1_leaf_with_ns_clear_is_a_secure_fault),
        cmocka_unit_test(an_invalid_descriptor_faults_at_its_level),
        cmocka_unit_test(encoding_01_at_level_3_is_a_format_fault),
        cmocka_unit_test(input_above_the_range_faults_without_a_fetch),
        cmocka_unit_test(start_level_that_cannot_cover_the_range_faults_without_a_fetch),
        cmocka_unit_test(a_fetch_outside_memory_aborts_and_names_its_address),
        cmocka_unit_test(ram_read_write_of_stage_2_is_read_only_in_stage_1),
        cmocka_unit_test(ram_read_only_of_stage_2_is_writable_in_stage_1),
        cmocka_unit_test(device_memory_of_stage_2_is_a_secure_fault_in_stage_1),
        cmocka_unit_test(first_table_of_stage_2_is_a_secure_fault_in_stage_1),
    };

    return cmocka_run_group_tests_name("walk", tests, NULL, NULL);
}
