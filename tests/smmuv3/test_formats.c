/* SPDX-License-Identifier: MIT */
/* Translation table formats as STE and CD select them. Expected values: Arm IHI 0070, "Stream
 * Table Entry", "Context Descriptor"; Arm DDI 0487, "Translation table descriptor formats". */
#include "traffic.h"

#define BIT(n) (UINT64_C(1) << (n))

/* 52-bit outputs and inputs, with DS for 4 and 16 KiB. */
static void with_52_bits(struct rig *r)
{
    rig_id(r, SMMU_SLOT_IDR5, 7, 6 | BIT(10) | BIT(7));
}

/* What a read of @va meets by tables as they are now. */
static struct nap_outcome look(struct rig *r, nap_addr va)
{
    struct nap_transaction t = t_access(r, va, NAP_READ);
    struct nap_outcomes out;

    t_probe(r, &t, &out);
    assert_int_equal(out.n, 1);
    return out.list[0];
}

/* --- stage 1 --- */

/* OA[51:48] stand in bits 15:12. IPS 6 is 52 bits. */
static void pages_of_64k_reach_52_bits(void **state)
{
    struct rig *r = *state;

    with_52_bits(r);
    t_stage_1(r);
    t_on(r);
    t_cd_at(r, CDTAB, (CD_DW0 & ~UINT64_C(0x70000003f)) | 12 | BIT(6) | UINT64_C(6) << 32,
            ROOT1, 0); /* T0SZ 12: starts at level 1 */
    t_put(r, ROOT1, (ROOT1 + 0x10000) | TABLE);
    t_put(r, ROOT1 + 0x10000, (ROOT1 + 0x20000) | TABLE);
    t_put(r, t_entry(ROOT1 + 0x20000, 3), UINT64_C(0x40000) | 0xa000 | S1_PAGE);
    assert_int_equal(look(r, 0x31234).pa, UINT64_C(0xa000000041234));
}

static void a_52_bit_output_needs_ips_of_52_bits(void **state)
{
    struct rig *r = *state;

    with_52_bits(r);
    t_stage_1(r);
    t_on(r);
    t_cd_at(r, CDTAB, CD_DW0 | BIT(6), ROOT1, 0); /* IPS 48 bits, level 2 */
    t_put(r, ROOT1, (ROOT1 + 0x10000) | TABLE);
    t_put(r, ROOT1 + 0x10000, UINT64_C(0x40000) | 0xa000 | S1_PAGE);
    assert_int_equal(look(r, 0x1234).event, 0x11);
}

/* OA[51:50] stand in bits 9:8, shareability in CD.SH0. T0SZ 12 starts at level -1. */
static void lpa2_reaches_52_bits_with_pages_of_4k(void **state)
{
    struct rig *r = *state;
    struct nap_outcome o;

    with_52_bits(r);
    t_stage_1(r);
    t_on(r);
    t_cd_at(r, CDTAB, (CD_DW0 & ~UINT64_C(0x70000003f)) | 12 | UINT64_C(6) << 32 | 2u << 12,
            ROOT1, BIT(58));
    t_put(r, t_entry(ROOT1, 1), (ROOT1 + 0x1000) | TABLE);
    t_put(r, ROOT1 + 0x1000, (ROOT1 + 0x2000) | TABLE);
    t_put(r, ROOT1 + 0x2000, (ROOT1 + 0x3000) | TABLE);
    t_put(r, ROOT1 + 0x3000, (ROOT1 + 0x4000) | TABLE);
    t_put(r, t_entry(ROOT1 + 0x4000, 2),
          UINT64_C(0x1000000005000) | 3u << 8 | (S1_PAGE & ~UINT64_C(0x300)));
    o = look(r, UINT64_C(0x1000000002040));
    assert_int_equal(o.pa, UINT64_C(0xd000000005040));
    assert_int_equal(o.attributes, 0x2ff);
}

/* Without DS the bits are shareability again, and 48 bits the most. */
static void cd_ds_counts_only_where_there_is_lpa2(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    t_cd_at(r, CDTAB, CD_DW0, ROOT1, BIT(58));
    assert_int_equal(look(r, VA0).attributes, 0x3ff);
}

static void big_endian_tables_are_read_as_such(void **state)
{
    struct rig *r = *state;

    rig_id(r, SMMU_SLOT_IDR0, 3u << 21, 0); /* TTENDIAN: both */
    t_stage_1(r);
    t_on(r);
    t_cd_at(r, CDTAB, CD_DW0 | BIT(15), ROOT1, 0);
    assert_int_equal(look(r, VA0).event, 0x10); /* little-endian descriptors */
    t_put(r, t_entry(ROOT1, 1), __builtin_bswap64((ROOT1 + 0x1000) | TABLE));
    t_put(r, t_entry(ROOT1 + 0x1000, 1), __builtin_bswap64((ROOT1 + 0x2000) | TABLE));
    t_put(r, t_entry(ROOT1 + 0x2000, 1), __builtin_bswap64(PAGES | S1_PAGE));
    assert_int_equal(look(r, VA0).pa, PAGES);
}

static void had_ignores_what_tables_take_away(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    t_put(r, t_entry(ROOT1, 1), (ROOT1 + 0x1000) | TABLE | BIT(62)); /* APTable: read only */
    assert_false(look(r, VA0).writable);
    t_cd_at(r, CDTAB, CD_DW0, ROOT1 | 2, 0);
    assert_true(look(r, VA0).writable);
}

/* SMMUv3.0: addresses have 48 bits, codes of IPS above 5 count as 5. */
static void version_3_0_knows_48_bits(void **state)
{
    struct rig *r = *state;

    MINOR(r, 0);
    t_stage_1(r);
    t_on(r);
    t_cd_at(r, CDTAB, CD_DW0 | UINT64_C(7) << 32, ROOT1 | BIT(50), 0);
    assert_int_equal(look(r, VA0).pa, PAGES);
    MINOR(r, 1);
    assert_int_equal(look(r, VA0).event, 0x0a);
}

static void wxn_and_pan_take_rights_away(void **state)
{
    struct rig *r = *state;
    struct nap_transaction t;
    struct nap_outcomes out;

    t_stage_1(r);
    t_on(r);
    assert_true(look(r, VA0).executable);
    t_cd_at(r, CDTAB, CD_DW0 | BIT(36), ROOT1, 0); /* WXN */
    assert_false(look(r, VA0).executable);
    t_cd_at(r, CDTAB, CD_DW0 | BIT(40), ROOT1, 0); /* PAN */
    t = t_access(r, VA0, NAP_READ);
    t.privileged = true;
    t_probe(r, &t, &out);
    assert_int_equal(out.list[0].event, 0x13);
    assert_int_equal(look(r, VA0).kind, NAP_OUTCOME_TRANSLATED);
}

/* AP 00 and PXN: what unprivileged accesses may fetch alone. */
static void epan_has_pan_keep_off_what_unprivileged_code_executes(void **state)
{
    struct rig *r = *state;
    struct nap_transaction t;
    struct nap_outcomes out;

    t_stage_1(r);
    t_on(r);
    t_map(r, ROOT1, VA0, PAGES | (S1_PAGE & ~UINT64_C(0x40)) | BIT(53));
    t_cd_at(r, CDTAB, CD_DW0 | BIT(40), ROOT1 | BIT(59), 0);
    t = t_access(r, VA0, NAP_READ);
    t.privileged = true;
    t_probe(r, &t, &out);
    assert_int_equal(out.list[0].kind, NAP_OUTCOME_TRANSLATED);
    rig_id(r, SMMU_SLOT_IDR3, 0, BIT(17));
    t_probe(r, &t, &out);
    assert_int_equal(out.list[0].event, 0x13);
    t_map(r, ROOT1, VA0, PAGES | (S1_PAGE & ~UINT64_C(0x40)) | BIT(53) | BIT(54)); /* UXN */
    t_probe(r, &t, &out);
    assert_int_equal(out.list[0].kind, NAP_OUTCOME_TRANSLATED);
}

/* --- stage 2 --- */

#define S2(bits, sl0, tg)                                                                      \
    ((S2_DW2 & ~(UINT64_C(0x3f) << 32 | UINT64_C(3) << 38 | UINT64_C(3) << 46)) |              \
     (uint64_t)(64 - (bits)) << 32 | (uint64_t)(sl0) << 38 | (uint64_t)(tg) << 46)

static void stage_2_walks_16k_and_64k_tables(void **state)
{
    struct rig *r = *state;

    t_stage_2(r);
    t_on(r);
    t_ste(r, SID, STE_S2, SHCFG_IN, S2(40, 1, 2),
          ROOT2); /* 16 KiB from level 2, concatenated */
    t_put(r, t_entry(ROOT2, 0x20), (ROOT2 + 0x80000) | TABLE);
    t_put(r, t_entry(ROOT2 + 0x80000, 0x80), (PAGES + 0x4000) | S2_PAGE);
    assert_int_equal(look(r, UINT64_C(0x40201234)).pa, PAGES + 0x5234);

    t_ste(r, SID, STE_S2, SHCFG_IN, S2(42, 1, 1), ROOT2); /* 64 KiB from level 2 */
    t_put(r, t_entry(ROOT2, 2), (ROOT2 + 0x90000) | TABLE);
    t_put(r, t_entry(ROOT2 + 0x90000, 0x20), (PAGES + 0x20000) | S2_PAGE);
    assert_int_equal(look(r, UINT64_C(0x40201234)).pa, PAGES + 0x21234);
}

/* S2SL0_2 with S2SL0 0: level -1. */
static void stage_2_of_52_bits_starts_at_level_minus_1(void **state)
{
    struct rig *r = *state;

    with_52_bits(r);
    t_stage_2(r);
    t_on(r);
    t_ste(r, SID, STE_S2, SHCFG_IN, S2(52, 0, 0) | UINT64_C(6) << 48, ROOT2 | 4 | 8);
    t_put(r, t_entry(ROOT2, 1), (ROOT2 + 0x1000) | TABLE);
    t_put(r, ROOT2 + 0x1000, (ROOT2 + 0x2000) | TABLE);
    t_put(r, ROOT2 + 0x2000, (ROOT2 + 0x3000) | TABLE);
    t_put(r, ROOT2 + 0x3000, (ROOT2 + 0x4000) | TABLE);
    t_put(r, ROOT2 + 0x4000, UINT64_C(0x2000000006000) | BIT(8) | (S2_PAGE & ~UINT64_C(0x300)));
    assert_int_equal(look(r, UINT64_C(0x1000000000008)).pa, UINT64_C(0x6000000006008));
}

/* T0SZ is signed: 8 is -8, 40 bits; SL0 1 starts at level 1 with two tables. */
static void stage_2_of_vmsav8_32_takes_40_bits(void **state)
{
    struct rig *r = *state;
    uint64_t dw2 = (S2_DW2 & ~(UINT64_C(0x3f) << 32 | BIT(51))) | UINT64_C(8) << 32;

    t_stage_2(r);
    t_on(r);
    t_ste(r, SID, STE_S2, SHCFG_IN, dw2, ROOT2);
    t_put(r, t_entry(ROOT2, 1023), (PAGES & ~UINT64_C(0x3fffffff)) | (S2_PAGE & ~UINT64_C(2)));
    assert_int_equal(look(r, UINT64_C(0xffc0000010)).pa,
                     (PAGES & ~UINT64_C(0x3fffffff)) + 0x10);
    assert_int_equal(look(r, BIT(40)).event, 0x10);
    /* Execution needs read permission there. */
    t_put(r, t_entry(ROOT2, 1023), (PAGES & ~UINT64_C(0x3fffffff)) | 0x7bd);
    assert_int_equal(look(r, UINT64_C(0xffc0000010)).event, 0x13);
}

static void both_stages_may_be_vmsav8_32(void **state)
{
    struct rig *r = *state;
    uint64_t dw2 = (S2_DW2 & ~(UINT64_C(0x3f) << 32 | BIT(51))) | UINT64_C(8) << 32;

    t_nested(r);
    t_on(r);
    t_ste(r, SID, STE_NESTED | CDTAB, SHCFG_IN, dw2, ROOT2);
    t_cd_at(r, CDTAB, CD_DW0 & ~BIT(41) & ~UINT64_C(0x3f) & ~BIT(30), ROOT1, 0);
    assert_int_equal(look(r, VA0 + 8).pa, PAGES + 0x2008);
}

/* XNX: XN[1:0] 01 lets unprivileged fetches through alone. */
static void xnx_tells_privileged_from_unprivileged_fetches(void **state)
{
    struct rig *r = *state;
    struct nap_transaction t;
    struct nap_outcomes out;

    t_stage_2(r);
    t_on(r);
    t_map(r, ROOT2, VA0, PAGES | S2_PAGE | BIT(53));
    t = t_access(r, VA0, NAP_READ);
    t.instruction = true;
    t_probe(r, &t, &out);
    assert_int_equal(out.list[0].kind, NAP_OUTCOME_TRANSLATED);
    t.privileged = true;
    t_probe(r, &t, &out);
    assert_int_equal(out.list[0].event, 0x13);
    rig_id(r, SMMU_SLOT_IDR3, 1u << 4, 0); /* without XNX bit 53 means nothing */
    t_probe(r, &t, &out);
    assert_int_equal(out.list[0].kind, NAP_OUTCOME_TRANSLATED);
}

/* --- worlds --- */

static void el2_entries_have_neither_asid_nor_vmid(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_ste(r, SID, STE_S1 | CDTAB, SHCFG_IN | STRW_EL2, 5, 0);
    t_on(r);
    assert_int_equal(t_read(r, VA0).by, NAP_BY_WALK);
    t_cd_at(r, CDTAB, CD_DW0 + BIT(48), ROOT1, 0);
    t_ste(r, SID, STE_S1 | CDTAB, SHCFG_IN | STRW_EL2, 6, 0);
    rig_command(r, CFGI_ALL, 31);
    rig_command(r, SYNC, 0);
    assert_int_equal(t_read(r, VA0).by, NAP_BY_TLB);
}

static void e2h_entries_have_an_asid(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_ste(r, SID, STE_S1 | CDTAB, SHCFG_IN | STRW_EL2, 5, 0);
    t_on(r);
    wr(r, CR0, CMDQEN);
    wr(r, CR2, 3);
    wr(r, CR0, SMMUEN | CMDQEN);
    assert_int_equal(t_read(r, VA0).by, NAP_BY_WALK);
    t_ste(r, SID, STE_S1 | CDTAB, SHCFG_IN | STRW_EL2, 6, 0); /* S2VMID is no tag */
    rig_command(r, CFGI_ALL, 31);
    rig_command(r, SYNC, 0);
    assert_int_equal(t_read(r, VA0).by, NAP_BY_TLB);
    t_cd_at(r, CDTAB, CD_DW0 + BIT(48), ROOT1, 0);
    rig_command(r, CFGI_ALL, 31);
    rig_command(r, SYNC, 0);
    assert_int_equal(t_read(r, VA0).by, NAP_BY_WALK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(pages_of_64k_reach_52_bits),
        rig_test(a_52_bit_output_needs_ips_of_52_bits),
        rig_test(lpa2_reaches_52_bits_with_pages_of_4k),
        rig_test(cd_ds_counts_only_where_there_is_lpa2),
        rig_test(big_endian_tables_are_read_as_such),
        rig_test(had_ignores_what_tables_take_away),
        rig_test(version_3_0_knows_48_bits),
        rig_test(wxn_and_pan_take_rights_away),
        rig_test(epan_has_pan_keep_off_what_unprivileged_code_executes),
        rig_test(stage_2_walks_16k_and_64k_tables),
        rig_test(stage_2_of_52_bits_starts_at_level_minus_1),
        rig_test(stage_2_of_vmsav8_32_takes_40_bits),
        rig_test(both_stages_may_be_vmsav8_32),
        rig_test(xnx_tells_privileged_from_unprivileged_fetches),
        rig_test(el2_entries_have_neither_asid_nor_vmid),
        rig_test(e2h_entries_have_an_asid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
