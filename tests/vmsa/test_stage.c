/* SPDX-License-Identifier: MIT */
/* Expected values: Arm DDI 0487, "Translation table descriptor formats", "Permissions" and
 * "Hardware management of the Access flag and dirty state". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stage.h"

#define ROOT UINT64_C(0x40000000)
#define T1   UINT64_C(0x50010000)
#define T2   UINT64_C(0x50020000)
#define T3   UINT64_C(0x50030000)

#define TABLE UINT64_C(3)
#define PAGE  UINT64_C(3)
#define BLOCK UINT64_C(1)
#define AF    (UINT64_C(1) << 10)
#define NG    (UINT64_C(1) << 11)
#define DBM   (UINT64_C(1) << 51)
#define PXN   (UINT64_C(1) << 53)
#define UXN   (UINT64_C(1) << 54)
#define AP(n) ((uint64_t)(n) << 6)

#define PR NAP_VMSA_PR
#define PW NAP_VMSA_PW
#define PX NAP_VMSA_PX
#define UR NAP_VMSA_UR
#define UW NAP_VMSA_UW
#define UX NAP_VMSA_UX

struct memory {
    unsigned n;
    struct {
        nap_addr pa;
        uint64_t desc;
    } at[16];
    nap_addr abort_from; /* 0: nowhere */
    nap_addr refuse_from;
    unsigned reads;
};

static nap_addr entry(nap_addr table, unsigned index)
{
    return table + (nap_addr)index * 8;
}

static void put(struct memory *memory, nap_addr pa, uint64_t desc)
{
    memory->at[memory->n].pa = pa;
    memory->at[memory->n].desc = desc;
    memory->n++;
}

static enum nap_vmsa_fetched fetch(void *context, nap_addr pa, uint64_t *desc)
{
    struct memory *memory = context;

    memory->reads++;
    if (memory->abort_from != 0 && pa >= memory->abort_from)
        return NAP_VMSA_FETCH_ABORTED;
    if (memory->refuse_from != 0 && pa >= memory->refuse_from)
        return NAP_VMSA_FETCH_REFUSED;
    *desc = 0;
    for (unsigned i = 0; i < memory->n; i++)
        if (memory->at[i].pa == pa)
            *desc = memory->at[i].desc;
    return NAP_VMSA_FETCHED;
}

static struct nap_vmsa_leaf walk(struct memory *memory, const struct nap_vmsa_stage *stage,
                                 nap_addr input)
{
    struct nap_vmsa_leaf leaf;

    nap_vmsa_stage_walk(stage, input, fetch, memory, &leaf);
    return leaf;
}

/* Stage 1 of @input_bits with pages of 2^@granule bytes, MAIR byte n is 0xf0 + n. */
static struct nap_vmsa_stage s1(unsigned granule, unsigned input_bits)
{
    return (struct nap_vmsa_stage){
        .base = ROOT,
        .mair = UINT64_C(0xf7f6f5f4f3f2f1f0),
        .stage = 1,
        .granule_log2 = (uint8_t)granule,
        .input_bits = (uint8_t)input_bits,
        .start_level = (int8_t)nap_vmsa_start_level(granule, input_bits),
        .address_bits = 48,
        .output_bits = 48,
    };
}

static struct nap_vmsa_stage s2(unsigned granule, unsigned input_bits, int start_level)
{
    struct nap_vmsa_stage stage = s1(granule, input_bits);

    stage.stage = 2;
    stage.start_level = (int8_t)start_level;
    return stage;
}

/* --- geometry --- */

/* Levels by input size, Arm DDI 0487, "VMSAv8-64 stage 1 address translation". */
static void the_start_level_follows_from_granule_and_input_size(void **state)
{
    (void)state;
    assert_int_equal(nap_vmsa_start_level(12, 52), -1);
    assert_int_equal(nap_vmsa_start_level(12, 49), -1);
    assert_int_equal(nap_vmsa_start_level(12, 48), 0);
    assert_int_equal(nap_vmsa_start_level(12, 40), 0);
    assert_int_equal(nap_vmsa_start_level(12, 39), 1);
    assert_int_equal(nap_vmsa_start_level(12, 31), 1);
    assert_int_equal(nap_vmsa_start_level(12, 30), 2);
    assert_int_equal(nap_vmsa_start_level(12, 22), 2);
    assert_int_equal(nap_vmsa_start_level(12, 21), 3);
    assert_int_equal(nap_vmsa_start_level(14, 48), 0);
    assert_int_equal(nap_vmsa_start_level(14, 47), 1);
    assert_int_equal(nap_vmsa_start_level(14, 36), 2);
    assert_int_equal(nap_vmsa_start_level(14, 25), 3);
    assert_int_equal(nap_vmsa_start_level(16, 52), 1);
    assert_int_equal(nap_vmsa_start_level(16, 43), 1);
    assert_int_equal(nap_vmsa_start_level(16, 42), 2);
    assert_int_equal(nap_vmsa_start_level(16, 29), 3);
}

static void four_levels_of_4k_tables_lead_to_a_page(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_stage stage = s1(12, 48);
    struct nap_vmsa_leaf leaf;

    (void)state;
    put(&memory, entry(ROOT, 1), T1 | TABLE); /* 0x8080604abc: 1, 2, 3, 4 */
    put(&memory, entry(T1, 2), T2 | TABLE);
    put(&memory, entry(T2, 3), T3 | TABLE);
    put(&memory, entry(T3, 4), UINT64_C(0x876543210000) | PAGE | AF | NG | 3 << 8 | 5 << 2);
    leaf = walk(&memory, &stage, UINT64_C(0x8080604abc));

    assert_int_equal(leaf.fault, NAP_VMSA_NO_FAULT);
    assert_int_equal(leaf.output, UINT64_C(0x876543210abc));
    assert_int_equal(leaf.level, 3);
    assert_int_equal(leaf.size_log2, 12);
    assert_int_equal(leaf.attributes, 0xf5);
    assert_int_equal(leaf.sh, 3);
    assert_false(leaf.global);
    assert_int_equal(leaf.entry, T3 + 32);
    assert_int_equal(memory.reads, 4);
}

static void tables_of_16k_resolve_eleven_bits(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_stage stage = s1(14, 47);
    struct nap_vmsa_leaf leaf;

    (void)state;
    /* Level 1 entry 5, level 2 entry 2047, level 3 entry 1024. */
    put(&memory, entry(ROOT, 5), T1 | TABLE);
    put(&memory, entry(T1, 2047), T2 | TABLE);
    put(&memory, entry(T2, 1024), UINT64_C(0x12344000) | PAGE | AF);
    leaf = walk(&memory, &stage,
                UINT64_C(5) << 36 | UINT64_C(2047) << 25 | UINT64_C(1024) << 14 | 0x1234);

    assert_int_equal(leaf.fault, NAP_VMSA_NO_FAULT);
    assert_int_equal(leaf.output, 0x12345234);
    assert_int_equal(leaf.size_log2, 14);
}

static void tables_of_64k_resolve_thirteen_bits(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_stage stage = s1(16, 48);
    struct nap_vmsa_leaf leaf;

    (void)state;
    put(&memory, entry(ROOT, 63), T1 | TABLE);
    put(&memory, entry(T1, 8191), T2 | TABLE);
    put(&memory, entry(T2, 1), UINT64_C(0x7fff0000) | PAGE | AF);
    leaf = walk(&memory, &stage,
                UINT64_C(63) << 42 | UINT64_C(8191) << 29 | UINT64_C(1) << 16 | 0xffff);

    assert_int_equal(leaf.fault, NAP_VMSA_NO_FAULT);
    assert_int_equal(leaf.output, UINT64_C(0x7fffffff));
    assert_int_equal(leaf.size_log2, 16);
}

static void blocks_exist_where_the_granule_has_them(void **state)
{
    static const struct {
        unsigned granule, input_bits;
        bool wide;
        unsigned size; /* 0: reserved */
    } cases[] = {
        {12, 48, false, 0}, /* level 0 */
        {12, 48, true, 39}, {12, 39, false, 30}, {12, 30, false, 21},
        {12, 21, false, 0}, {14, 47, false, 0},                      /* level 1 */
        {14, 47, true, 36}, {14, 36, false, 25}, {16, 48, false, 0}, /* level 1 */
        {16, 48, true, 42}, {16, 42, false, 29}, {16, 29, false, 0},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct memory memory = {0};
        struct nap_vmsa_stage stage = s1(cases[i].granule, cases[i].input_bits);
        struct nap_vmsa_leaf leaf;
        stage.wide = cases[i].wide;
        put(&memory, ROOT, BLOCK | AF);
        leaf = walk(&memory, &stage, 0x42);
        assert_int_equal(leaf.fault,
                         cases[i].size ? NAP_VMSA_NO_FAULT : NAP_VMSA_FAULT_RESERVED);
        assert_int_equal(leaf.size_log2, cases[i].size);
    }
}

static void lpa2_starts_at_level_minus_one_and_takes_sh_from_the_context(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_stage stage = s1(12, 52);
    struct nap_vmsa_leaf leaf;

    (void)state;
    stage.wide = true;
    stage.output_bits = 52;
    stage.sh = 2;
    put(&memory, entry(ROOT, 15), T1 | TABLE);
    put(&memory, T1, T2 | TABLE);
    put(&memory, T2, T3 | TABLE);
    put(&memory, T3, UINT64_C(0x50040000) | TABLE);
    /* OA[51:50] stand in bits 9:8, OA[49:48] in place. */
    put(&memory, UINT64_C(0x50040000),
        UINT64_C(0x3000000005000) | UINT64_C(2) << 8 | PAGE | AF);
    leaf = walk(&memory, &stage, UINT64_C(15) << 48 | 0x77);

    assert_int_equal(leaf.fault, NAP_VMSA_NO_FAULT);
    assert_int_equal(leaf.output, UINT64_C(0xb000000005077));
    assert_int_equal(leaf.sh, 2);
    assert_int_equal(memory.reads, 5);
}

static void wide_64k_descriptors_keep_upper_address_bits_in_15_to_12(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_stage stage = s1(16, 52);

    (void)state;
    stage.wide = true;
    stage.output_bits = 52;
    put(&memory, ROOT, UINT64_C(0x50010000) | TABLE);
    put(&memory, T1, T2 | TABLE);
    put(&memory, T2, UINT64_C(0x80000000) | UINT64_C(0xa) << 12 | 3 << 8 | PAGE | AF);
    assert_int_equal(walk(&memory, &stage, 4).output, UINT64_C(0xa000080000004));
    assert_int_equal(walk(&memory, &stage, 4).sh, 3);

    stage.wide = false;
    stage.input_bits = 48;
    assert_int_equal(walk(&memory, &stage, 4).output, UINT64_C(0x80000004));
}

/* Arm DDI 0487, "The Contiguous bit": sets of 64 KiB and 32 MiB with 4 KiB, 2 MiB and 1 GiB
 * with 16 KiB, 2 MiB and 16 GiB with 64 KiB. */
static void the_contiguous_bit_tells_the_size_of_its_set(void **state)
{
    static const struct {
        unsigned granule, block, set, pages;
    } rows[] = {{12, 21, 25, 16}, {14, 25, 30, 21}, {16, 29, 34, 21}};

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        struct memory memory = {0};
        struct nap_vmsa_stage stage = s1(rows[i].granule, rows[i].block + 2);
        put(&memory, ROOT, BLOCK | AF | UINT64_C(1) << 52);
        put(&memory, ROOT + 8, T1 | TABLE);
        put(&memory, T1, PAGE | AF | UINT64_C(1) << 52);
        put(&memory, T1 + 8, PAGE | AF);
        assert_int_equal(walk(&memory, &stage, 0).set_log2, rows[i].set);
        assert_int_equal(walk(&memory, &stage, 1ull << rows[i].block).set_log2, rows[i].pages);
        assert_int_equal(
            walk(&memory, &stage, (1ull << rows[i].block) + (1ull << rows[i].granule)).set_log2,
            rows[i].granule);
    }
}

static void low_bits_of_the_base_below_its_table_are_ignored(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_stage stage = s1(12, 25); /* level 2, 16 entries: 128 bytes */

    (void)state;
    stage.base = ROOT + 0xf0;
    assert_int_equal(walk(&memory, &stage, 0).entry, ROOT + 0x80);
    stage.input_bits = 22; /* 2 entries */
    assert_int_equal(walk(&memory, &stage, 0).entry, ROOT + 0xf0);
    stage.wide = true;
    assert_int_equal(walk(&memory, &stage, 0).entry, ROOT + 0xf0);
    stage.output_bits = 52; /* "when the effective IPS value indicates 52-bit output" */
    assert_int_equal(walk(&memory, &stage, 0).entry, ROOT + 0xc0);
}

static void stage_2_concatenates_up_to_sixteen_tables(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_stage stage = s2(12, 43, 1);

    (void)state;
    put(&memory, entry(ROOT, 8191), UINT64_C(0xc0000000) | BLOCK | AF | AP(3));
    assert_int_equal(walk(&memory, &stage, UINT64_C(8191) << 30 | 0x10).output, 0xc0000010);
    stage.input_bits = 44;
    assert_false(nap_vmsa_stage_fits(&stage));
    stage.stage = 1;
    stage.input_bits = 40;
    assert_false(nap_vmsa_stage_fits(&stage));
    stage.input_bits = 39;
    assert_true(nap_vmsa_stage_fits(&stage));
    stage.input_bits = 30; /* level 1 would resolve nothing */
    assert_false(nap_vmsa_stage_fits(&stage));
}

static void input_beyond_the_range_faults_without_a_fetch(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_stage stage = s2(12, 40, 1);
    struct nap_vmsa_leaf leaf = walk(&memory, &stage, UINT64_C(1) << 40);

    (void)state;
    assert_int_equal(leaf.fault, NAP_VMSA_FAULT_TRANSLATION);
    assert_false(leaf.fetched);
    assert_int_equal(memory.reads, 0);
}

/* --- which table --- */

static void bit_55_chooses_the_table(void **state)
{
    static const bool no_tbi[2] = {false, false}, tbi[2] = {true, true};
    static const uint8_t bits[2] = {39, 48};
    nap_addr input;

    (void)state;
    assert_int_equal(nap_vmsa_pick_64(UINT64_C(0x7fffffffff), no_tbi, bits, &input), 0);
    assert_int_equal(input, UINT64_C(0x7fffffffff));
    assert_int_equal(nap_vmsa_pick_64(UINT64_C(0x8000000000), no_tbi, bits, &input), -1);
    assert_int_equal(nap_vmsa_pick_64(UINT64_C(0xffff000012345678), no_tbi, bits, &input), 1);
    assert_int_equal(input, UINT64_C(0x12345678));
    assert_int_equal(nap_vmsa_pick_64(UINT64_C(0xfffe000000000000), no_tbi, bits, &input), -1);
    assert_int_equal(nap_vmsa_pick_64(UINT64_C(0xab00000000001000), no_tbi, bits, &input), -1);
    assert_int_equal(nap_vmsa_pick_64(UINT64_C(0xab00000000001000), tbi, bits, &input), 0);
    assert_int_equal(input, 0x1000);
    assert_int_equal(nap_vmsa_pick_64(UINT64_C(0x00ff000000001000), tbi, bits, &input), 1);
}

static void vmsav8_32_ranges_may_leave_a_hole(void **state)
{
    nap_addr input;

    (void)state;
    assert_int_equal(nap_vmsa_pick_32(UINT64_C(0xffffffff), 0, 0, &input), 0);
    assert_int_equal(nap_vmsa_pick_32(UINT64_C(0x100000000), 0, 0, &input), -1);
    assert_int_equal(nap_vmsa_pick_32(UINT64_C(0x3fffffff), 2, 0, &input), 0);
    assert_int_equal(nap_vmsa_pick_32(UINT64_C(0x40000000), 2, 0, &input), 1);
    assert_int_equal(input, 0x40000000); /* T1SZ 0: TTBR1 sees all 32 bits */
    assert_int_equal(nap_vmsa_pick_32(UINT64_C(0x40000000), 2, 1, &input), -1);
    assert_int_equal(nap_vmsa_pick_32(UINT64_C(0x80000010), 2, 1, &input), 1);
    assert_int_equal(input, 0x10);
    assert_int_equal(nap_vmsa_pick_32(UINT64_C(0xc0000000), 0, 2, &input), 1);
    assert_int_equal(nap_vmsa_pick_32(UINT64_C(0xbfffffff), 0, 2, &input), 0);
}

/* --- permissions --- */

static uint8_t s1_perms(struct nap_vmsa_stage stage, uint64_t table, uint64_t bits)
{
    struct memory memory = {0};
    struct nap_vmsa_leaf leaf;

    put(&memory, ROOT, T1 | TABLE | table);
    put(&memory, T1, BLOCK | AF | bits);
    leaf = walk(&memory, &stage, 0);
    assert_int_equal(leaf.fault, NAP_VMSA_NO_FAULT);
    return leaf.perms;
}

static void ap_tells_privileged_and_unprivileged_rights(void **state)
{
    struct nap_vmsa_stage stage = s1(12, 39);

    (void)state;
    assert_int_equal(s1_perms(stage, 0, AP(0) | UXN | PXN), PR | PW);
    assert_int_equal(s1_perms(stage, 0, AP(1) | UXN | PXN), PR | PW | UR | UW);
    assert_int_equal(s1_perms(stage, 0, AP(2) | UXN | PXN), PR);
    assert_int_equal(s1_perms(stage, 0, AP(3) | UXN | PXN), PR | UR);
}

static void execution_needs_xn_clear_and_no_unprivileged_writes(void **state)
{
    struct nap_vmsa_stage stage = s1(12, 39);

    (void)state;
    assert_int_equal(s1_perms(stage, 0, AP(0)), PR | PW | PX | UX);
    assert_int_equal(s1_perms(stage, 0, AP(1)), PR | PW | UR | UW | UX);
    assert_int_equal(s1_perms(stage, 0, AP(2) | PXN), PR | UX);
    assert_int_equal(s1_perms(stage, 0, AP(3) | UXN), PR | UR | PX);
    stage.wxn = true;
    assert_int_equal(s1_perms(stage, 0, AP(0)), PR | PW | UX);
    assert_int_equal(s1_perms(stage, 0, AP(1)), PR | PW | UR | UW);
    assert_int_equal(s1_perms(stage, 0, AP(3)), PR | UR | PX | UX);
}

static void table_descriptors_take_rights_away_unless_had(void **state)
{
    struct nap_vmsa_stage stage = s1(12, 39);

    (void)state;
    assert_int_equal(s1_perms(stage, UINT64_C(1) << 61, AP(1)), PR | PW | PX | UX);
    assert_int_equal(s1_perms(stage, UINT64_C(1) << 62, AP(1)), PR | UR | PX | UX);
    assert_int_equal(s1_perms(stage, UINT64_C(1) << 60, AP(3)), PR | UR | PX);
    assert_int_equal(s1_perms(stage, UINT64_C(1) << 59, AP(3)), PR | UR | UX);
    stage.flat = true;
    assert_int_equal(s1_perms(stage, UINT64_C(0x78) << 56, AP(3)), PR | UR | PX | UX);
}

/* A walk that begins below the root is given what the tables above it have taken. */
static void a_walk_may_begin_at_a_table_whose_way_is_known(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_stage stage = s1(12, 39);
    struct nap_vmsa_leaf leaf;

    (void)state;
    put(&memory, ROOT, T1 | TABLE | UINT64_C(1) << 62);
    put(&memory, T1, BLOCK | AF | AP(1) | UXN);
    leaf = walk(&memory, &stage, 0x1234);
    assert_int_equal(leaf.tables, UINT64_C(1) << 62);
    assert_int_equal(leaf.entry, T1);
    stage.base = T1;
    stage.start_level = 2;
    stage.input_bits = 30;
    stage.tables = leaf.tables;
    memory.reads = 0;
    leaf = walk(&memory, &stage, 0x1234);
    assert_int_equal(memory.reads, 1);
    assert_int_equal(leaf.output, 0x1234);
    assert_int_equal(leaf.perms, PR | UR | PX);
    stage.flat = true;
    assert_int_equal(walk(&memory, &stage, 0).perms, PR | PW | UR | UW);
}

static void a_regime_of_one_level_ignores_ap1_and_has_one_xn(void **state)
{
    struct nap_vmsa_stage stage = s1(12, 39);

    (void)state;
    stage.one_level = true;
    assert_int_equal(s1_perms(stage, 0, AP(0) | PXN), NAP_VMSA_ALL);
    assert_int_equal(s1_perms(stage, 0, AP(2) | UXN), PR | UR);
    assert_int_equal(s1_perms(stage, UINT64_C(1) << 61, AP(2)), PR | PX | UR | UX);
}

static void pan_keeps_privileged_accesses_off_unprivileged_pages(void **state)
{
    struct nap_vmsa_stage stage = s1(12, 39);

    (void)state;
    stage.pan = true;
    assert_int_equal(s1_perms(stage, 0, AP(1) | UXN | PXN), UR | UW);
    assert_int_equal(s1_perms(stage, 0, AP(0) | PXN), PR | PW | UX);
    stage.epan = true;
    assert_int_equal(s1_perms(stage, 0, AP(0) | PXN), UX);
}

static void vmsav8_32_executes_only_what_is_readable(void **state)
{
    struct nap_vmsa_stage stage = s1(12, 32);

    (void)state;
    stage.aarch32 = true;
    assert_int_equal(s1_perms(stage, 0, AP(0)), PR | PW | PX);
    assert_int_equal(s1_perms(stage, 0, AP(1)), PR | PW | PX | UR | UW | UX);
    assert_int_equal(s1_perms(stage, 0, AP(1) | UXN), PR | PW | UR | UW); /* XN */
    stage.uwxn = true;
    assert_int_equal(s1_perms(stage, 0, AP(1)), PR | PW | UR | UW | UX);
}

static uint8_t s2_perms(bool xnx, uint64_t bits)
{
    struct memory memory = {0};
    struct nap_vmsa_stage stage = s2(12, 39, 1);
    struct nap_vmsa_leaf leaf;

    stage.xnx = xnx;
    put(&memory, ROOT, BLOCK | AF | bits);
    leaf = walk(&memory, &stage, 0);
    assert_int_equal(leaf.fault, NAP_VMSA_NO_FAULT);
    return leaf.perms;
}

static void s2ap_and_xn_tell_the_rights_of_stage_2(void **state)
{
    (void)state;
    assert_int_equal(s2_perms(false, AP(0)), PX | UX);
    assert_int_equal(s2_perms(false, AP(1) | UXN), PR | UR);
    assert_int_equal(s2_perms(false, AP(2) | UXN | PXN), PW | UW);
    assert_int_equal(s2_perms(false, AP(3) | PXN), NAP_VMSA_ALL); /* bit 53 ignored */
    assert_int_equal(s2_perms(true, AP(1) | PXN), PR | UR | UX);
    assert_int_equal(s2_perms(true, AP(1) | UXN), PR | UR);
    assert_int_equal(s2_perms(true, AP(1) | UXN | PXN), PR | UR | PX);
}

static void one_access_needs_one_bit(void **state)
{
    (void)state;
    assert_int_equal(nap_vmsa_need(NAP_READ, false, false), UR);
    assert_int_equal(nap_vmsa_need(NAP_READ, true, true), PX);
    assert_int_equal(nap_vmsa_need(NAP_WRITE, true, false), PW);
    assert_int_equal(nap_vmsa_need(NAP_WRITE, false, true), UW); /* writes are data */
}

/* --- faults --- */

static void outputs_beyond_the_output_size_are_address_size_faults(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_stage stage = s1(12, 39);

    (void)state;
    stage.output_bits = 36;
    put(&memory, ROOT, UINT64_C(0x1000000000) | TABLE);
    put(&memory, ROOT + 8, T1 | TABLE);
    put(&memory, T1, UINT64_C(0x1000000000) | BLOCK); /* before AF is looked at */
    assert_int_equal(walk(&memory, &stage, 0).fault, NAP_VMSA_FAULT_ADDRESS_SIZE);
    assert_int_equal(walk(&memory, &stage, 0).level, 1);
    assert_int_equal(walk(&memory, &stage, 0x40000000).fault, NAP_VMSA_FAULT_ADDRESS_SIZE);
    assert_int_equal(walk(&memory, &stage, 0x40000000).level, 2);
}

static void af_clear_is_a_fault_unless_ignored_or_kept(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_stage stage = s1(12, 39);
    struct nap_vmsa_leaf leaf;

    (void)state;
    put(&memory, ROOT, BLOCK);
    assert_int_equal(walk(&memory, &stage, 0).fault, NAP_VMSA_FAULT_ACCESS_FLAG);
    stage.af_ignored = true;
    leaf = walk(&memory, &stage, 0);
    assert_int_equal(leaf.fault, NAP_VMSA_NO_FAULT);
    assert_false(leaf.af_update);
    stage.keep_af = true;
    leaf = walk(&memory, &stage, 0);
    assert_true(leaf.af_update);
    assert_int_equal(nap_vmsa_updated(&stage, &leaf, false), BLOCK | AF);
}

static void a_writable_clean_leaf_is_written_after_an_update(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_stage stage = s1(12, 39);
    struct nap_vmsa_leaf leaf;

    (void)state;
    put(&memory, ROOT, BLOCK | AF | AP(3) | DBM | UXN | PXN);
    leaf = walk(&memory, &stage, 0);
    assert_int_equal(leaf.dirty_perms, PR | UR);
    stage.keep_af = stage.keep_dirty = true;
    leaf = walk(&memory, &stage, 0);
    assert_int_equal(leaf.perms, PR | UR);
    assert_int_equal(leaf.dirty_perms, PR | PW | UR | UW);
    assert_int_equal(nap_vmsa_updated(&stage, &leaf, true),
                     BLOCK | AF | AP(1) | DBM | UXN | PXN);
    assert_int_equal(nap_vmsa_updated(&stage, &leaf, false), leaf.descriptor);

    stage = s2(12, 39, 1);
    stage.keep_af = stage.keep_dirty = true;
    memory.n = 0;
    put(&memory, ROOT, BLOCK | AF | AP(1) | DBM | UXN);
    leaf = walk(&memory, &stage, 0);
    assert_int_equal(leaf.perms, PR | UR);
    assert_int_equal(leaf.dirty_perms, PR | PW | UR | UW);
    assert_int_equal(nap_vmsa_updated(&stage, &leaf, true), BLOCK | AF | AP(3) | DBM | UXN);
}

/* "Descriptors marked with DBM set have the effective value of AP[2] cleared"; Arm IHI 0070,
 * "For the purposes of determining execute permission, a writable-clean descriptor is
 * considered to be writable when HTTU is enabled". */
static void a_writable_clean_leaf_is_as_executable_as_a_writable_one(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_stage stage = s1(12, 39);

    (void)state;
    put(&memory, ROOT, BLOCK | AF | AP(3) | DBM);
    assert_int_equal(walk(&memory, &stage, 0).perms, PR | UR | PX | UX);
    stage.keep_af = stage.keep_dirty = true;
    assert_int_equal(walk(&memory, &stage, 0).perms, PR | UR | UX);
    stage.wxn = true;
    assert_int_equal(walk(&memory, &stage, 0).perms, PR | UR);
}

/* A write right that APTable took is not given back by DBM. */
static void dirty_state_does_not_undo_aptable(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_stage stage = s1(12, 39);

    (void)state;
    stage.keep_af = stage.keep_dirty = true;
    put(&memory, ROOT, T1 | TABLE | UINT64_C(1) << 62);
    put(&memory, T1, BLOCK | AF | AP(3) | DBM | UXN | PXN);
    assert_int_equal(walk(&memory, &stage, 0).dirty_perms, PR | UR);
}

static void big_endian_descriptors_are_turned(void **state)
{
    struct memory memory = {0};
    struct nap_vmsa_stage stage = s1(12, 39);

    (void)state;
    stage.big_endian = true;
    put(&memory, ROOT, UINT64_C(0x0104008000000000)); /* 0x0000000080000401 */
    assert_int_equal(walk(&memory, &stage, 5).output, 0x80000005);
}

static void an_aborted_fetch_names_its_address(void **state)
{
    struct memory memory = {.abort_from = T1};
    struct nap_vmsa_stage stage = s1(12, 39);
    struct nap_vmsa_leaf leaf;

    (void)state;
    put(&memory, ROOT + 8, T1 | TABLE);
    leaf = walk(&memory, &stage, 0x40200000);
    assert_int_equal(leaf.fault, NAP_VMSA_FAULT_ABORT);
    assert_int_equal(leaf.entry, T1 + 8);
    assert_int_equal(leaf.level, 2);
}

/* --- nested --- */

struct nested {
    struct memory memory;
    struct nap_vmsa_stage outer;
    struct nap_vmsa_leaf refused;
};

/* Descriptor addresses of stage 1 are translated by stage 2. */
static enum nap_vmsa_fetched fetch_nested(void *context, nap_addr ipa, uint64_t *desc)
{
    struct nested *n = context;
    struct nap_vmsa_leaf leaf;

    nap_vmsa_stage_walk(&n->outer, ipa, fetch, &n->memory, &leaf);
    if (leaf.fault != NAP_VMSA_NO_FAULT) {
        n->refused = leaf;
        return NAP_VMSA_FETCH_REFUSED;
    }
    return fetch(&n->memory, leaf.output, desc);
}

static void a_nested_walk_translates_each_descriptor_address(void **state)
{
    struct nested n = {.outer = s2(12, 32, 1)};
    struct nap_vmsa_stage inner = s1(12, 39);
    struct nap_vmsa_leaf leaf;

    (void)state;
    inner.base = 0x1000;
    n.outer.base = T2;
    put(&n.memory, T2, UINT64_C(0x80000000) | BLOCK | AF | AP(3)); /* IPA 0 is PA 0x80000000 */
    put(&n.memory, UINT64_C(0x80001000), UINT64_C(0x2000) | TABLE);
    put(&n.memory, UINT64_C(0x80002000), UINT64_C(0x600000) | BLOCK | AF);
    put(&n.memory, UINT64_C(0x80001008), UINT64_C(0x40002000) | TABLE);
    nap_vmsa_stage_walk(&inner, 0x123, fetch_nested, &n, &leaf);
    assert_int_equal(leaf.fault, NAP_VMSA_NO_FAULT);
    assert_int_equal(leaf.output, 0x600123);

    nap_vmsa_stage_walk(&inner, 0x40000000, fetch_nested, &n, &leaf);
    assert_int_equal(leaf.fault, NAP_VMSA_FAULT_REFUSED);
    assert_int_equal(leaf.entry, 0x40002000);
    assert_int_equal(n.refused.fault, NAP_VMSA_FAULT_TRANSLATION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_start_level_follows_from_granule_and_input_size),
        cmocka_unit_test(four_levels_of_4k_tables_lead_to_a_page),
        cmocka_unit_test(tables_of_16k_resolve_eleven_bits),
        cmocka_unit_test(tables_of_64k_resolve_thirteen_bits),
        cmocka_unit_test(blocks_exist_where_the_granule_has_them),
        cmocka_unit_test(lpa2_starts_at_level_minus_one_and_takes_sh_from_the_context),
        cmocka_unit_test(wide_64k_descriptors_keep_upper_address_bits_in_15_to_12),
        cmocka_unit_test(the_contiguous_bit_tells_the_size_of_its_set),
        cmocka_unit_test(low_bits_of_the_base_below_its_table_are_ignored),
        cmocka_unit_test(stage_2_concatenates_up_to_sixteen_tables),
        cmocka_unit_test(input_beyond_the_range_faults_without_a_fetch),
        cmocka_unit_test(bit_55_chooses_the_table),
        cmocka_unit_test(vmsav8_32_ranges_may_leave_a_hole),
        cmocka_unit_test(ap_tells_privileged_and_unprivileged_rights),
        cmocka_unit_test(execution_needs_xn_clear_and_no_unprivileged_writes),
        cmocka_unit_test(table_descriptors_take_rights_away_unless_had),
        cmocka_unit_test(a_walk_may_begin_at_a_table_whose_way_is_known),
        cmocka_unit_test(a_regime_of_one_level_ignores_ap1_and_has_one_xn),
        cmocka_unit_test(pan_keeps_privileged_accesses_off_unprivileged_pages),
        cmocka_unit_test(vmsav8_32_executes_only_what_is_readable),
        cmocka_unit_test(s2ap_and_xn_tell_the_rights_of_stage_2),
        cmocka_unit_test(one_access_needs_one_bit),
        cmocka_unit_test(outputs_beyond_the_output_size_are_address_size_faults),
        cmocka_unit_test(af_clear_is_a_fault_unless_ignored_or_kept),
        cmocka_unit_test(a_writable_clean_leaf_is_written_after_an_update),
        cmocka_unit_test(a_writable_clean_leaf_is_as_executable_as_a_writable_one),
        cmocka_unit_test(dirty_state_does_not_undo_aptable),
        cmocka_unit_test(big_endian_descriptors_are_turned),
        cmocka_unit_test(an_aborted_fetch_names_its_address),
        cmocka_unit_test(a_nested_walk_translates_each_descriptor_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
