/* SPDX-License-Identifier: MIT */
/* Expected values: Arm IHI 0070, "Event records", "Fault models, recording and reporting",
 * "Address sizes", "Translation disabled"; Arm DDI 0487 for descriptors. */
#include "traffic.h"

#define WB_ISH 0x3ffu /* memory type 0xff, inner shareable */

/* --- stage 1 --- */

static void a_stage_1_stream_reaches_its_page(void **state)
{
    struct rig *r = *state;
    struct nap_outcome o;

    t_stage_1(r);
    t_on(r);
    o = t_read(r, VA0 + 0x123);
    assert_int_equal(o.kind, NAP_OUTCOME_TRANSLATED);
    assert_int_equal(o.by, NAP_BY_WALK);
    assert_int_equal(o.pa, PAGES + 0x123);
    assert_true(o.readable && o.writable);
    assert_int_equal(o.attributes, WB_ISH);
    o = t_write(r, VA0 + 0x456);
    assert_int_equal(o.by, NAP_BY_TLB);
    assert_int_equal(o.pa, PAGES + 0x456);
    t_no_event(r);
}

static void an_unmapped_page_is_a_translation_fault_of_stage_1(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    t_ended_in(r, t_read(r, VA0 + 0x1008), 0x10, EV_RNW | EV_IN, VA0 + 0x1008, 0);
    t_ended_in(r, t_write(r, VA0 + 0x1008), 0x10, EV_IN, VA0 + 0x1008, 0);
}

static void a_write_to_a_read_only_page_is_a_permission_fault(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_map(r, ROOT1, VA0, PAGES | S1_RO);
    t_on(r);
    t_ended_in(r, t_write(r, VA0), 0x13, EV_IN, VA0, 0);
    assert_int_equal(t_read(r, VA0).kind, NAP_OUTCOME_TRANSLATED);
    t_ended_in(r, t_write(r, VA0), 0x13, EV_IN, VA0, 0); /* by the TLB now */
}

/* AP[1] clear: privileged accesses only; UXN and PXN set. */
#define S1_PRIVILEGED (S1_PAGE & ~UINT64_C(0x40))
#define XN            (UINT64_C(3) << 53)

static void privilege_and_instruction_are_checked_and_recorded(void **state)
{
    struct rig *r = *state;
    struct nap_transaction t;

    t_stage_1(r);
    t_map(r, ROOT1, VA0, PAGES | S1_PRIVILEGED | XN);
    t_on(r);
    t = t_access(r, VA0, NAP_READ);
    t_ended_in(r, nap_dma_transaction(r->m, &t), 0x13, EV_RNW | EV_IN, VA0, 0);
    t.privileged = true;
    assert_int_equal(nap_dma_transaction(r->m, &t).kind, NAP_OUTCOME_TRANSLATED);
    t.instruction = true;
    t_ended_in(r, nap_dma_transaction(r->m, &t), 0x13, EV_RNW | EV_PNU | EV_IND | EV_IN, VA0,
               0);
    t.rw = NAP_WRITE; /* always data */
    assert_int_equal(nap_dma_transaction(r->m, &t).kind, NAP_OUTCOME_TRANSLATED);
}

/* PRIVCFG 11 privileged, INSTCFG 11 instruction, 10 data. */
static void an_ste_overrides_privilege_and_instruction(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_map(r, ROOT1, VA0, PAGES | S1_PRIVILEGED | XN);
    t_ste(r, SID, STE_S1 | CDTAB, SHCFG_IN | UINT64_C(3) << 48, 0, 0);
    t_on(r);
    assert_int_equal(t_read(r, VA0).kind, NAP_OUTCOME_TRANSLATED);
    t_ste(r, SID, STE_S1 | CDTAB, SHCFG_IN | UINT64_C(3) << 48 | UINT64_C(3) << 50, 0, 0);
    rig_command(r, CFGI_ALL, 31);
    rig_command(r, SYNC, 0);
    t_ended_in(r, t_read(r, VA0), 0x13, EV_RNW | EV_PNU | EV_IND | EV_IN, VA0, 0);
    assert_int_equal(t_write(r, VA0).kind, NAP_OUTCOME_TRANSLATED);
}

static void access_flag_faults_unless_affd(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_map(r, ROOT1, VA0, PAGES | (S1_PAGE & ~DESC_AF));
    t_on(r);
    t_ended_in(r, t_read(r, VA0), 0x12, EV_RNW | EV_IN, VA0, 0);
    t_cd_at(r, CDTAB, CD_DW0 | UINT64_C(1) << 35, ROOT1, 0);
    rig_command(r, CFGI_ALL, 31);
    rig_command(r, SYNC, 0);
    assert_int_equal(t_read(r, VA0).kind, NAP_OUTCOME_TRANSLATED);
}

static void an_output_beyond_ips_is_an_address_size_fault(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_cd_at(r, CDTAB, CD_DW0 & ~(UINT64_C(7) << 32), ROOT1, 0); /* IPS 32 bits */
    t_map(r, ROOT1, VA0, UINT64_C(0x100000000) | S1_PAGE);
    t_on(r);
    t_ended_in(r, t_read(r, VA0), 0x11, EV_RNW | EV_IN, VA0, 0);
}

static void a_table_that_is_no_memory_is_f_walk_eabt(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_put(r, t_entry(ROOT1, 1), NOWHERE | TABLE);
    t_on(r);
    t_ended_in(r, t_read(r, VA0), 0x0b, EV_RNW | EV_TT, VA0, NOWHERE + 8);
}

static void an_address_outside_both_tables_is_a_translation_fault(void **state)
{
    struct rig *r = *state;
    nap_addr high = UINT64_C(0xffffff8000000000), tagged = UINT64_C(0xaa00000040201000);

    t_stage_1(r);
    t_on(r);
    t_ended_in(r, t_read(r, UINT64_C(1) << 39), 0x10, EV_RNW | EV_IN, UINT64_C(1) << 39, 0);
    t_ended_in(r, t_read(r, high), 0x10, EV_RNW | EV_IN, high, 0); /* EPD1 */
    t_ended_in(r, t_read(r, tagged), 0x10, EV_RNW | EV_IN, tagged, 0);
    t_cd_at(r, CDTAB, CD_DW0 | UINT64_C(1) << 38, ROOT1, 0); /* TBI0 */
    rig_command(r, CFGI_ALL, 31);
    rig_command(r, SYNC, 0);
    assert_int_equal(t_read(r, tagged).pa, PAGES);
    assert_int_equal(t_read(r, VA0).by, NAP_BY_TLB); /* the same entry */
}

static void the_upper_half_goes_through_ttb1(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_cd_at(r, CDTAB, (CD_DW0 & ~(UINT64_C(1) << 30)) | 25u << 16 | 2u << 22, ROOT1, ROOT2);
    t_map(r, ROOT2, VA0, (PAGES + 0x7000) | S1_PAGE);
    t_on(r);
    assert_int_equal(t_read(r, VA0).pa, PAGES);
    assert_int_equal(t_read(r, VA0 | UINT64_C(0xffffff8000000000)).pa, PAGES + 0x7000);
}

static void e0pd_keeps_unprivileged_accesses_out(void **state)
{
    struct rig *r = *state;
    struct nap_transaction t;

    t_stage_1(r);
    t_cd_at(r, CDTAB, CD_DW0, ROOT1 | 4, 0);
    t_on(r);
    t = t_access(r, VA0, NAP_READ);
    t.privileged = true;
    assert_int_equal(nap_dma_transaction(r->m, &t).kind, NAP_OUTCOME_TRANSLATED);
    t_ended_in(r, t_read(r, VA0), 0x10, EV_RNW | EV_IN, VA0, 0);
}

/* EL2: AP[1] is taken as 1, so all accesses count as privileged. */
static void el2_streams_know_no_unprivileged_accesses(void **state)
{
    struct rig *r = *state;
    struct nap_outcome o;

    t_stage_1(r);
    t_map(r, ROOT1, VA0, PAGES | S1_PRIVILEGED);
    t_ste(r, SID, STE_S1 | CDTAB, SHCFG_IN | STRW_EL2, 0, 0);
    t_on(r);
    o = t_read(r, VA0);
    assert_int_equal(o.kind, NAP_OUTCOME_TRANSLATED);
    assert_true(o.writable);
}

/* VMSAv8-32: T0SZ 0, level 1 with four entries. */
static void lpae_tables_translate_32_bits(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_cd_at(r, CDTAB, CD_DW0 & ~(UINT64_C(1) << 41) & ~UINT64_C(0x3f) & ~(UINT64_C(1) << 30),
            ROOT1, 0);
    t_on(r);
    assert_int_equal(t_read(r, VA0).pa, PAGES);
    t_ended_in(r, t_read(r, VA0 | UINT64_C(1) << 32), 0x10, EV_RNW | EV_IN,
               VA0 | UINT64_C(1) << 32, 0);
}

static void big_granules_are_walked(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_cd_at(r, CDTAB, CD_DW0 | 1u << 6, ROOT1, 0); /* 64 KiB: 39 bits start at level 2 */
    t_put(r, t_entry(ROOT1, 2), (ROOT1 + 0x10000) | TABLE);
    t_put(r, t_entry(ROOT1 + 0x10000, 0x20), (PAGES + 0x10000) | S1_PAGE);
    t_on(r);
    assert_int_equal(t_read(r, UINT64_C(0x40201234)).pa, PAGES + 0x11234);

    t_cd_at(r, CDTAB, CD_DW0 | 2u << 6, ROOT1, 0); /* 16 KiB: level 1 */
    t_put(r, t_entry(ROOT1, 0), (ROOT1 + 0x20000) | TABLE);
    t_put(r, t_entry(ROOT1 + 0x20000, 0x20), (ROOT1 + 0x30000) | TABLE);
    t_put(r, t_entry(ROOT1 + 0x30000, 0x80), (PAGES + 0x20000) | S1_PAGE);
    rig_command(r, CFGI_ALL, 31);
    rig_command(r, NSNH_ALL, 0);
    rig_command(r, SYNC, 0);
    assert_int_equal(t_read(r, UINT64_C(0x40201234)).pa, PAGES + 0x21234);
}

/* --- A, R and S --- */

static void cd_a_and_r_say_how_a_fault_ends(void **state)
{
    struct rig *r = *state;
    struct nap_outcome o;

    t_stage_1(r);
    t_cd_at(r, CDTAB, CD_DW0 & ~(UINT64_C(1) << 45), ROOT1, 0);
    t_on(r);
    assert_int_equal(t_read(r, VA0 + 0x1000).kind, NAP_OUTCOME_FAULT);
    t_no_event(r);
    t_cd_at(r, CDTAB, CD_DW0 & ~(UINT64_C(1) << 46), ROOT1, 0);
    rig_command(r, CFGI_ALL, 31);
    rig_command(r, SYNC, 0);
    o = t_read(r, VA0 + 0x1000);
    assert_string_equal(o.why, "reads give 0, writes are lost (CD.A)");
    t_event(r);
}

static void errors_of_configuration_are_recorded_whatever_r_says(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_cd_at(r, CDTAB, CD_DW0 & ~(UINT64_C(1) << 45), ROOT1, 0);
    t_put(r, t_entry(ROOT1, 1), NOWHERE | TABLE);
    t_on(r);
    t_ended_in(r, t_read(r, VA0), 0x0b, EV_RNW | EV_TT, VA0, NOWHERE + 8);
}

static void s2r_says_whether_a_fault_of_stage_2_is_recorded(void **state)
{
    struct rig *r = *state;

    t_stage_2(r);
    t_ste(r, SID, STE_S2, SHCFG_IN, S2_DW2 & ~(UINT64_C(1) << 58), ROOT2);
    t_on(r);
    assert_int_equal(t_read(r, VA0 + 0x1000).kind, NAP_OUTCOME_FAULT);
    t_no_event(r);
}

/* --- stage 2 --- */

static void a_stage_2_stream_reaches_its_page(void **state)
{
    struct rig *r = *state;
    struct nap_outcome o;

    t_stage_2(r);
    t_on(r);
    o = t_read(r, VA0 + 0x80);
    assert_int_equal(o.kind, NAP_OUTCOME_TRANSLATED);
    assert_int_equal(o.pa, PAGES + 0x1080);
    assert_int_equal(o.attributes, WB_ISH); /* non-shareable of the client, inner of stage 2 */
    assert_int_equal(t_read(r, VA0).by, NAP_BY_TLB);
}

static void stage_2_faults_name_the_ipa(void **state)
{
    struct rig *r = *state;

    t_stage_2(r);
    t_on(r);
    t_ended_in(r, t_read(r, VA0 + 0x1234), 0x10, EV_RNW | EV_S2 | EV_IN, VA0 + 0x1234,
               VA0 + 0x1000);
    t_map(r, ROOT2, VA0, PAGES | S2_RO);
    t_ended_in(r, t_write(r, VA0 + 0x44), 0x13, EV_S2 | EV_IN, VA0 + 0x44, VA0);
    t_put(r, t_entry(ROOT2, 1), NOWHERE | TABLE);
    t_ended_in(r, t_read(r, VA0), 0x0b, EV_RNW | EV_S2 | EV_IN, VA0, NOWHERE + 8);
    t_ended_in(r, t_read(r, UINT64_C(1) << 39), 0x10, EV_RNW | EV_S2 | EV_IN, UINT64_C(1) << 39,
               UINT64_C(1) << 39);
}

/* "If bypassing stage 1 ... exceeds the size of the IAS": a stage 1 fault, always aborted. */
static void a_skipped_stage_1_checks_the_intermediate_size(void **state)
{
    struct rig *r = *state;

    t_stage_2(r);
    t_on(r);
    t_ended_in(r, t_read(r, UINT64_C(1) << 48), 0x11, EV_RNW | EV_IN, UINT64_C(1) << 48, 0);
}

/* --- both stages --- */

static void a_nested_stream_goes_through_both_stages(void **state)
{
    struct rig *r = *state;
    struct nap_outcome o;

    t_nested(r);
    t_on(r);
    o = t_read(r, VA0 + 0x10);
    assert_int_equal(o.kind, NAP_OUTCOME_TRANSLATED);
    assert_int_equal(o.pa, PAGES + 0x2010);
    assert_int_equal(t_read(r, VA0 + 0x20).by, NAP_BY_TLB);
    assert_int_equal(t_read(r, VA0 + 0x20).pa, PAGES + 0x2020);
}

static void the_output_of_stage_1_faults_at_stage_2_with_class_in(void **state)
{
    struct rig *r = *state;

    t_nested(r);
    t_map(r, ROOT1, VA0, (VA0 + 0x3000) | S1_PAGE);
    t_on(r);
    t_ended_in(r, t_read(r, VA0 + 0x18), 0x10, EV_RNW | EV_S2 | EV_IN, VA0 + 0x18,
               VA0 + 0x3000);
}

static void a_stage_1_table_faults_at_stage_2_with_class_tt(void **state)
{
    struct rig *r = *state;

    t_nested(r);
    t_put(r, t_entry(ROOT1, 1), UINT64_C(0x10000000) | TABLE);
    t_on(r);
    t_ended_in(r, t_read(r, VA0), 0x10, EV_RNW | EV_S2 | EV_TT, VA0,
               UINT64_C(0x10000008) & ~UINT64_C(0xfff));
    t_put(r, t_entry(ROOT1, 1), (NOWHERE + 0x2000) | TABLE); /* IPA that maps to no memory */
    t_map(r, ROOT2, NOWHERE + 0x2000, NOWHERE | S2_PAGE);
    t_ended_in(r, t_read(r, VA0), 0x0b, EV_RNW | EV_TT, VA0, NOWHERE + 8);
}

static void a_cd_faults_at_stage_2_with_class_cd(void **state)
{
    struct rig *r = *state;

    t_nested(r);
    t_ste(r, SID, STE_NESTED | UINT64_C(0x10000040), SHCFG_IN, S2_DW2, ROOT2);
    t_on(r);
    t_ended_in(r, t_read(r, VA0), 0x10, EV_RNW | EV_S2, VA0, UINT64_C(0x10000000));
}

static void permissions_of_both_stages_are_needed(void **state)
{
    struct rig *r = *state;
    struct nap_outcome o;

    t_nested(r);
    t_map(r, ROOT2, VA0 + 0x1000, (PAGES + 0x2000) | S2_RO);
    t_on(r);
    o = t_read(r, VA0);
    assert_true(o.readable);
    assert_false(o.writable);
    t_ended_in(r, t_write(r, VA0), 0x13, EV_S2 | EV_IN, VA0, VA0 + 0x1000); /* by the TLB */
}

/* S2PTW: tables in device memory of stage 2. */
static void protected_walks_keep_off_device_memory(void **state)
{
    struct rig *r = *state;

    t_nested(r);
    t_put(r, t_entry(ROOT2, RAM >> 30), (RAM & ~UINT64_C(0x3fffffff)) | UINT64_C(0x7c1));
    t_ste(r, SID, STE_NESTED | CDTAB, SHCFG_IN, S2_DW2 | UINT64_C(1) << 54, ROOT2);
    t_on(r);
    t_ended_in(r, t_read(r, VA0), 0x13, EV_RNW | EV_S2, VA0, CDTAB);
}

/* --- attributes --- */

static void stage_2_combines_with_what_stage_1_says(void **state)
{
    struct rig *r = *state;

    t_nested(r);
    t_map(r, ROOT1, VA0, (VA0 + 0x1000) | (S1_PAGE & ~UINT64_C(0x1c))); /* AttrIndx 0 */
    t_on(r);
    assert_int_equal(t_read(r, VA0).attributes, 0x204); /* Device-nGnRE, outer shareable */
}

static void fwb_forces_the_type_of_stage_2(void **state)
{
    struct rig *r = *state;

    t_nested(r);
    t_ste(r, SID, STE_NESTED | CDTAB, SHCFG_IN | S2FWB, S2_DW2, ROOT2);
    t_map(r, ROOT1, VA0, (VA0 + 0x1000) | (S1_PAGE & ~UINT64_C(0x1c)));
    t_map(r, ROOT2, VA0 + 0x1000, (PAGES + 0x2000) | (S2_PAGE & ~UINT64_C(0x3c)) | 6u << 2);
    t_put(r, t_entry(ROOT2, RAM >> 30),
          (RAM & ~UINT64_C(0x3fffffff)) | UINT64_C(0x7c1) | 6u << 2);
    t_on(r);
    assert_int_equal(t_read(r, VA0).attributes & 0xff, 0xff);
}

/* MTCFG with MemAttr 0101, SHCFG 10; ALLOCCFG 1100: read allocate only. */
static void an_ste_overrides_attributes_of_a_bypass(void **state)
{
    struct rig *r = *state;

    t_ste(r, SID, STE_BYP, UINT64_C(1) << 36 | UINT64_C(5) << 32 | UINT64_C(3) << 44, 0, 0);
    t_on(r);
    assert_int_equal(t_read(r, VA0).attributes, 0x244);
    t_ste(r, SID, STE_BYP, UINT64_C(3) << 44 | UINT64_C(12) << 37, 0, 0);
    rig_command(r, CFGI_ALL, 31);
    rig_command(r, SYNC, 0);
    assert_int_equal(t_read(r, VA0).attributes, 0x3ee);
    rig_id(r, SMMU_SLOT_IDR1, UINT64_C(1) << 27, 0); /* no ATTR_TYPES_OVR */
    assert_int_equal(t_read(r, VA0).attributes, 0x0ff);
}

/* "Combine": no-allocate and transient are stronger. ALLOCCFG 1RWT. */
static void alloccfg_takes_hints_from_stage_1(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_map(r, ROOT1, VA0 + 0x1000, PAGES | (S1_PAGE ^ UINT64_C(0xc))); /* AttrIndx 2 */
    t_ste(r, SID, STE_S1 | CDTAB, SHCFG_IN | UINT64_C(12) << 37, 0, 0);
    t_on(r);
    assert_int_equal(t_read(r, VA0).attributes, 0x3ee);
    assert_int_equal(t_read(r, VA0).attributes, 0x3ee); /* by the TLB */
    assert_int_equal(t_read(r, VA0 + 0x1000).attributes, 0x244);
    t_ste(r, SID, STE_S1 | CDTAB, SHCFG_IN | UINT64_C(15) << 37, 0, 0);
    rig_command(r, CFGI_ALL, 31);
    rig_command(r, SYNC, 0);
    assert_int_equal(t_read(r, VA0).attributes, 0x377); /* nothing of it is in the TLB */
    t_ste(r, SID, STE_S1 | CDTAB, SHCFG_IN | UINT64_C(12) << 37 | UINT64_C(1) << 36, 0, 0);
    rig_command(r, CFGI_ALL, 31);
    rig_command(r, SYNC, 0);
    assert_int_equal(t_read(r, VA0).attributes, 0x3ff); /* devices have no hints */
}

/* --- hardware updates --- */

static uint64_t leaf_1(struct rig *r)
{
    return rig_ram(r, t_entry(ROOT1 + 0x2000, VA0 >> 12 & 511));
}

#define HA  (UINT64_C(1) << 43)
#define HD  (UINT64_C(1) << 42)
#define DBM (UINT64_C(1) << 51)

static void ha_sets_the_access_flag_on_use(void **state)
{
    struct rig *r = *state;
    uint64_t leaf = PAGES | (S1_PAGE & ~DESC_AF);
    struct nap_transaction t;
    struct nap_outcomes out;

    t_stage_1(r);
    t_cd_at(r, CDTAB, CD_DW0 | HA, ROOT1, 0);
    t_map(r, ROOT1, VA0, leaf);
    t_on(r);
    t = t_access(r, VA0, NAP_READ);
    t_probe(r, &t, &out);
    assert_int_equal(out.list[0].kind, NAP_OUTCOME_TRANSLATED);
    assert_int_equal(leaf_1(r), leaf);
    assert_int_equal(t_read(r, VA0).kind, NAP_OUTCOME_TRANSLATED);
    assert_int_equal(leaf_1(r), leaf | DESC_AF);
}

static void hd_marks_a_page_dirty_at_the_first_write(void **state)
{
    struct rig *r = *state;
    uint64_t leaf = PAGES | S1_RO | DBM;

    t_stage_1(r);
    t_cd_at(r, CDTAB, CD_DW0 | HA | HD, ROOT1, 0);
    t_map(r, ROOT1, VA0, leaf);
    t_on(r);
    assert_true(t_read(r, VA0).writable); /* a write would be let through */
    assert_int_equal(leaf_1(r), leaf);
    assert_int_equal(t_write(r, VA0).kind, NAP_OUTCOME_TRANSLATED);
    assert_int_equal(leaf_1(r), PAGES | S1_PAGE | DBM);
    assert_int_equal(t_write(r, VA0).by, NAP_BY_TLB);
}

/* "a stage 1 descriptor hardware update is a write, the stage 2 mapping must allow writes". */
static void an_update_that_stage_2_forbids_is_a_permission_fault_of_class_tt(void **state)
{
    struct rig *r = *state;

    t_nested(r);
    t_cd_at(r, CDTAB, CD_DW0 | HA, ROOT1, 0);
    t_map(r, ROOT1, VA0, (VA0 + 0x1000) | (S1_PAGE & ~DESC_AF));
    t_put(r, t_entry(ROOT2, RAM >> 30), (RAM & ~UINT64_C(0x3fffffff)) | (S2_RO & ~UINT64_C(2)));
    t_on(r);
    t_ended_in(r, t_read(r, VA0), 0x13, EV_RNW | EV_S2 | EV_TT, VA0, ROOT1 + 0x2000);
}

static void stage_2_updates_its_own_descriptors(void **state)
{
    struct rig *r = *state;
    uint64_t leaf = (PAGES + 0x1000) | (S2_RO & ~DESC_AF) | DBM;
    nap_addr at = t_entry(ROOT2 + 0x2000, VA0 >> 12 & 511);

    t_stage_2(r);
    t_ste(r, SID, STE_S2, SHCFG_IN, S2_DW2 | UINT64_C(3) << 55, ROOT2);
    t_map(r, ROOT2, VA0, leaf);
    t_on(r);
    assert_int_equal(t_read(r, VA0).kind, NAP_OUTCOME_TRANSLATED);
    assert_int_equal(rig_ram(r, at), leaf | DESC_AF);
    assert_int_equal(t_write(r, VA0).kind, NAP_OUTCOME_TRANSLATED);
    assert_int_equal(rig_ram(r, at), leaf | DESC_AF | UINT64_C(0x80));
}

/* --- translation disabled --- */

static void without_smmuen_gbpa_decides(void **state)
{
    struct rig *r = *state;
    struct nap_outcome o;

    t_stage_1(r);
    o = t_read(r, VA0);
    assert_int_equal(o.kind, NAP_OUTCOME_BYPASS);
    assert_int_equal(o.pa, VA0);
    assert_int_equal(o.attributes, 0x0ff);
    assert_int_equal(t_read(r, UINT64_C(1) << 48).kind, NAP_OUTCOME_FAULT);
    wr(r, GBPA, UPDATE | 1u << 4 | 1 | 3u << 12); /* Device-nGnRE */
    assert_int_equal(t_read(r, VA0).attributes, 0x204);
    wr(r, GBPA, UPDATE | ABORT);
    assert_int_equal(t_read(r, VA0).kind, NAP_OUTCOME_FAULT);
    assert_int_equal(smmu_of(r->m, r->smmu)->n_ste, 0);
}

static void both_values_of_gbpa_are_possible_during_its_update(void **state)
{
    struct rig *r = *state;
    struct nap_transaction t;
    struct nap_outcomes out;

    rig_lazy(r);
    t = t_access(r, VA0, NAP_READ);
    wr(r, GBPA, UPDATE | ABORT);
    t_probe(r, &t, &out);
    assert_int_equal(out.n, 2);
    assert_int_equal(out.list[0].kind, NAP_OUTCOME_BYPASS);
    assert_int_equal(out.list[1].kind, NAP_OUTCOME_FAULT);
    assert_int_equal(t_read(r, VA0).kind, NAP_OUTCOME_BYPASS);
    rig_poll(r, GBPA, ABORT);
    t_probe(r, &t, &out);
    assert_int_equal(out.n, 1);
    assert_int_equal(out.list[0].kind, NAP_OUTCOME_FAULT);
}

static void on_and_off_are_possible_while_smmuen_is_updated(void **state)
{
    struct rig *r = *state;
    struct nap_transaction t;
    struct nap_outcomes out;

    rig_lazy(r);
    t_stage_1(r);
    wr64(r, STRTAB_BASE, STRTAB);
    wr(r, STRTAB_BASE_CFG, 6);
    wr(r, CR0, SMMUEN);
    t = t_access(r, VA0, NAP_READ);
    t_probe(r, &t, &out);
    assert_int_equal(out.n, 2);
    assert_int_equal(out.list[0].kind, NAP_OUTCOME_BYPASS);
    assert_int_equal(out.list[1].pa, PAGES);
    assert_int_equal(t_read(r, VA0).kind, NAP_OUTCOME_BYPASS);
    rig_poll(r, CR0ACK, SMMUEN);
    assert_int_equal(t_read(r, VA0).pa, PAGES);
}

/* Switch S13. */
static void hardware_may_fetch_while_it_is_off(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "S13", 1);
    t_stage_1(r);
    wr64(r, STRTAB_BASE, STRTAB);
    wr(r, STRTAB_BASE_CFG, 6);
    assert_int_equal(t_read(r, VA0).kind, NAP_OUTCOME_BYPASS);
    assert_int_equal(smmu_of(r->m, r->smmu)->n_ste, 1);
    assert_int_equal(smmu_of(r->m, r->smmu)->n_tlb, 1);
}

/* --- ATS --- */

static struct nap_outcome ask(struct rig *r, nap_addr va, enum nap_rw rw)
{
    struct nap_transaction t = t_access(r, va, rw);

    t.traffic = NAP_ATS_REQUEST;
    return nap_dma_transaction(r->m, &t);
}

static struct nap_outcome send_translated(struct rig *r, nap_addr address)
{
    struct nap_transaction t = t_access(r, address, NAP_READ);

    t.traffic = NAP_TRANSLATED;
    return nap_dma_transaction(r->m, &t);
}

/* R, W, X and Priv in bits 95 to 92, Span in 67:64. */
static void ats_is_refused_where_it_is_off(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    wr64(r, EVENTQ_BASE, EVENTQ | 2);
    wr(r, EVENTQ_PROD, 0);
    wr(r, EVENTQ_CONS, 0);
    wr(r, CR0, EVENTQEN);
    t_ended_in(r, ask(r, VA0 + 0x10, NAP_WRITE), 0x05, UINT64_C(1) << 31 | 1u << 30 | 1, VA0,
               0);
    t_ended_in(r, send_translated(r, PAGES + 8), 0x07, EV_RNW, PAGES + 8, 0);
    wr(r, CR0, 0);
    t_on(r);
    t_ended_in(r, ask(r, VA0, NAP_READ), 0x05, UINT64_C(1) << 31 | 1, VA0, 0);
    t_ste(r, SID, STE_ABORT, 0, 0, 0);
    rig_command(r, CFGI_ALL, 31);
    rig_command(r, SYNC, 0);
    assert_int_equal(ask(r, VA0, NAP_READ).kind, NAP_OUTCOME_FAULT);
    t_no_event(r);
}

static void an_ats_request_is_granted_what_the_tables_grant(void **state)
{
    struct rig *r = *state;
    struct nap_outcome o;

    t_stage_1(r);
    t_ste(r, SID, STE_S1 | CDTAB, SHCFG_IN | EATS(1), 0, 0);
    t_map(r, ROOT1, VA0, PAGES | S1_RO);
    t_on(r);
    o = ask(r, VA0, NAP_WRITE);
    assert_int_equal(o.kind, NAP_OUTCOME_TRANSLATED);
    assert_int_equal(o.pa, PAGES);
    assert_true(o.readable && !o.writable && !o.executable);
    o = ask(r, VA0 + 0x1000, NAP_READ); /* not mapped: success without rights */
    assert_int_equal(o.kind, NAP_OUTCOME_TRANSLATED);
    assert_true(!o.readable && !o.writable);
    t_no_event(r);
}

static void an_ats_request_marks_dirty_only_if_it_asks_to_write(void **state)
{
    struct rig *r = *state;
    uint64_t leaf = PAGES | S1_RO | DBM;

    t_stage_1(r);
    t_ste(r, SID, STE_S1 | CDTAB, SHCFG_IN | EATS(1), 0, 0);
    t_cd_at(r, CDTAB, CD_DW0 | HA | HD, ROOT1, 0);
    t_map(r, ROOT1, VA0, leaf);
    t_on(r);
    assert_false(ask(r, VA0, NAP_READ).writable);
    assert_int_equal(leaf_1(r), leaf);
    assert_true(ask(r, VA0, NAP_WRITE).writable);
    assert_int_equal(leaf_1(r), PAGES | S1_PAGE | DBM);
}

/* AP 00, UXN clear: unprivileged accesses may fetch alone. "If the final IPA for stage 1 is
 * valid, but does not provide any access permissions ... the IPA is not translated at stage 2".
 */
static void what_may_only_be_fetched_grants_an_ats_request_nothing(void **state)
{
    struct rig *r = *state;
    uint64_t leaf = (VA0 + 0x1000) | (S1_PAGE & ~(UINT64_C(0x40) | DESC_AF));
    struct nap_outcome o;

    t_nested(r);
    t_ste(r, SID, STE_NESTED | CDTAB, SHCFG_IN | EATS(1), S2_DW2, ROOT2);
    t_cd_at(r, CDTAB, CD_DW0 | HA, ROOT1, 0);
    t_map(r, ROOT1, VA0, leaf);
    t_put(r, t_entry(ROOT2, 1), NOWHERE | TABLE);
    t_on(r);
    o = ask(r, VA0, NAP_READ);
    assert_int_equal(o.kind, NAP_OUTCOME_TRANSLATED);
    assert_true(!o.readable && !o.writable && !o.executable);
    assert_int_equal(leaf_1(r), leaf);
    t_ste(r, SID, STE_NESTED | CDTAB, SHCFG_IN | EATS(1) | UINT64_C(3) << 50, S2_DW2, ROOT2);
    rig_command(r, CFGI_ALL, 31);
    rig_command(r, SYNC, 0);
    assert_int_equal(ask(r, VA0, NAP_READ).kind, NAP_OUTCOME_FAULT); /* all reads are fetches */
    assert_int_equal(leaf_1(r), leaf | DESC_AF);
}

#define S2HA_HD (UINT64_C(3) << 55)

/* "If an ATS Translation Request is made for a write ... and the associated stage 1 translation
 * is read-only, the dirty state is not updated in either". */
static void an_ats_request_leaves_stage_2_clean_where_stage_1_is_read_only(void **state)
{
    struct rig *r = *state;
    uint64_t leaf = (PAGES + 0x2000) | S2_RO | DBM;
    nap_addr at = t_entry(ROOT2 + 0x2000, (VA0 + 0x1000) >> 12 & 511);
    struct nap_outcome o;

    t_nested(r);
    t_ste(r, SID, STE_NESTED | CDTAB, SHCFG_IN | EATS(1), S2_DW2 | S2HA_HD, ROOT2);
    t_map(r, ROOT1, VA0, (VA0 + 0x1000) | S1_RO);
    t_map(r, ROOT2, VA0 + 0x1000, leaf);
    t_on(r);
    o = ask(r, VA0, NAP_WRITE);
    assert_true(o.readable && !o.writable);
    assert_int_equal(rig_ram(r, at), leaf);
    t_map(r, ROOT1, VA0, (VA0 + 0x1000) | S1_PAGE);
    rig_command(r, NSNH_ALL, 0);
    rig_command(r, SYNC, 0);
    assert_true(ask(r, VA0, NAP_WRITE).writable);
    assert_int_equal(rig_ram(r, at), leaf | UINT64_C(0x80));
}

/* CR2.REC_CFG_ATS. */
static void an_ats_request_records_bad_configuration_only_if_asked_to(void **state)
{
    struct rig *r = *state;

    t_ste(r, SID, 0, 0, 0, 0);
    t_on(r);
    assert_int_equal(ask(r, VA0, NAP_READ).kind, NAP_OUTCOME_FAULT);
    t_no_event(r);
    wr(r, CR0, CMDQEN);
    wr(r, CR2, 8);
    wr(r, CR0, SMMUEN | EVENTQEN | CMDQEN);
    t_ended_in(r, ask(r, VA0, NAP_READ), 0x04, 0, 0, 0);
}

static void split_stage_ats_gives_the_output_of_stage_1(void **state)
{
    struct rig *r = *state;
    struct nap_outcome o;

    t_nested(r);
    t_ste(r, SID, STE_NESTED | CDTAB, SHCFG_IN | EATS(2), S2_DW2, ROOT2);
    t_on(r);
    t_ended_in(r, ask(r, VA0, NAP_READ), 0x05, UINT64_C(1) << 31 | 1, VA0, 0); /* no ATSCHK */
    wr(r, CR0, SMMUEN | EVENTQEN | CMDQEN | ATSCHK);
    rig_command(r, CFGI_ALL, 31);
    rig_command(r, SYNC, 0);
    assert_int_equal(ask(r, VA0, NAP_READ).pa, VA0 + 0x1000);
    assert_int_equal(ask(r, VA0, NAP_READ).by, NAP_BY_TLB);
    assert_int_equal(ask(r, VA0, NAP_READ).pa, VA0 + 0x1000);
    o = send_translated(r, VA0 + 0x1040);
    assert_int_equal(o.kind, NAP_OUTCOME_TRANSLATED);
    assert_int_equal(o.pa, PAGES + 0x2040);
    t_ended_in(r, send_translated(r, VA0), 0x10, EV_RNW | EV_S2 | EV_IN, VA0, VA0);
}

/* "STE.{NSCFG, MTCFG/MemAttr, SHCFG, ALLOCCFG} overrides": not of a translated transaction. */
static void overrides_do_not_reach_translated_traffic(void **state)
{
    struct rig *r = *state;
    uint64_t device = UINT64_C(1) << 36; /* MTCFG, MemAttr 0 */

    t_nested(r);
    t_ste(r, SID, STE_NESTED | CDTAB, SHCFG_IN | EATS(2) | device, S2_DW2, ROOT2);
    t_on(r);
    wr(r, CR0, SMMUEN | EVENTQEN | CMDQEN | ATSCHK);
    assert_int_equal(send_translated(r, VA0 + 0x1000).attributes, WB_ISH);
    assert_int_equal(send_translated(r, VA0 + 0x1000).by, NAP_BY_TLB);
    assert_int_equal(send_translated(r, VA0 + 0x1000).attributes, WB_ISH);
    t_ste(r, SID, STE_S2, SHCFG_IN | device, S2_DW2, ROOT2);
    rig_command(r, CFGI_ALL, 31);
    rig_command(r, SYNC, 0);
    assert_int_equal(t_read(r, VA0 + 0x1000).attributes, 0x200); /* but ordinary traffic */
}

static void atschk_has_translated_traffic_checked(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    assert_int_equal(send_translated(r, PAGES).pa, PAGES);
    assert_int_equal(send_translated(r, UINT64_C(1) << 48).kind, NAP_OUTCOME_FAULT);
    wr(r, CR0, SMMUEN | EVENTQEN | CMDQEN | ATSCHK);
    t_ended_in(r, send_translated(r, PAGES), 0x07, EV_RNW, PAGES, 0);
    t_ste(r, SID, STE_S1 | CDTAB, SHCFG_IN | EATS(1), 0, 0);
    rig_command(r, CFGI_ALL, 31);
    rig_command(r, SYNC, 0);
    assert_int_equal(send_translated(r, PAGES).kind, NAP_OUTCOME_BYPASS);
    t_no_event(r);
}

/* --- how faults end, "Fault configuration (A, R, S bits)" --- */

#define CD_ABORT (UINT64_C(1) << 46) /* A */

static void without_cd_a_a_fault_ends_as_though_nothing_had_been_wrong(void **state)
{
    struct rig *r = *state;
    struct nap_outcome o;

    t_stage_1(r);
    t_on(r);
    o = t_read(r, VA0 + 0x1000);
    assert_int_equal(o.kind, NAP_OUTCOME_FAULT);
    assert_false(o.silent);
    t_event(r);
    t_cd_at(r, CDTAB, CD_DW0 & ~CD_ABORT, ROOT1, 0);
    rig_command(r, CFGI_ALL, 31);
    rig_command(r, SYNC, 0);
    o = t_read(r, VA0 + 0x1000);
    assert_int_equal(o.kind, NAP_OUTCOME_FAULT);
    assert_true(o.silent);
    assert_int_equal(t_event(r).dw[0] & 0xff, 0x10); /* R has it recorded all the same */
}

static void a_probe_tells_an_abort_from_a_silent_end(void **state)
{
    struct rig *r = *state;
    struct nap_transaction t;
    struct nap_outcomes out;

    t_stage_1(r);
    t_on(r);
    t_read(r, VA0);
    t_cd_at(r, CDTAB, CD_DW0 & ~CD_ABORT, ROOT1, 0); /* and the cached one still has A */
    t = t_access(r, VA0 + 0x1000, NAP_READ);
    t_probe(r, &t, &out);
    assert_int_equal(out.n, 2);
    assert_int_not_equal(out.list[0].silent, out.list[1].silent);
}

/* --- registers nobody has written --- */

static void after_power_loss_the_stream_table_is_undetermined(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    rig_vary(r, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN), NULL, 0);
    nap_power_off(r->m, 1);
    assert_int_equal(t_read(r, VA0).kind, NAP_OUTCOME_BUS_ERROR);
    nap_power_on(r->m, 1);
    wr(r, CR0, SMMUEN);
    assert_int_equal(t_read(r, VA0).kind, NAP_OUTCOME_UNDETERMINED);
    wr(r, CR0, 0);
    wr64(r, STRTAB_BASE, STRTAB);
    wr(r, STRTAB_BASE_CFG, 6);
    wr(r, CR0, SMMUEN);
    assert_int_equal(t_read(r, VA0).pa, PAGES);
}

/* Whether an unknown StreamID is recorded nobody knows before RECINVSID is. */
static void after_power_loss_cr2_is_undetermined_until_traffic_needs_it(void **state)
{
    struct rig *r = *state;
    struct nap_transaction t;
    struct nap_outcomes out;
    struct nap_outcome o;

    t_stage_1(r);
    t_on(r);
    rig_vary(r, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN), NULL, 0);
    nap_power_off(r->m, 1);
    nap_power_on(r->m, 1);
    wr64(r, STRTAB_BASE, STRTAB);
    wr(r, STRTAB_BASE_CFG, 6);
    wr(r, CR0, SMMUEN);
    t = t_access(r, VA0, NAP_READ);
    t_probe(r, &t, &out);
    assert_int_equal(out.list[out.n - 1].pa, PAGES); /* which does not need it */
    t.port = 64;
    t_probe(r, &t, &out);
    assert_int_equal(out.n, 1);
    assert_int_equal(out.list[0].kind, NAP_OUTCOME_UNDETERMINED);
    o = nap_dma_transaction(r->m, &t);
    assert_int_equal(o.kind, NAP_OUTCOME_FAULT);
    assert_int_equal(o.event,
                     nap_reg_get(r->m, r->smmu, SMMU_SLOT_CR2) & 2 ? 0x02 : 0); /* RECINVSID */
    t_probe(r, &t, &out);
    assert_int_equal(out.list[0].kind, NAP_OUTCOME_FAULT);
}

/* "SMMU_IDR5.OAS": an address beyond it is aborted, and has no attributes then. */
static void with_translation_off_an_address_beyond_the_output_size_is_aborted(void **state)
{
    struct rig *r = *state;
    struct nap_outcome o = t_read(r, UINT64_C(1) << 52);

    assert_int_equal(o.kind, NAP_OUTCOME_FAULT);
    assert_int_equal(o.event, 0);
    assert_int_equal(o.attributes, 0);
    assert_string_equal(o.why, "the address is beyond the address size");
}

/* --- probes --- */

static struct nap_hash128 key(const struct rig *r)
{
    return nap_state_key(r->m);
}

static bool in_set(const struct nap_outcomes *set, const struct nap_outcome *o)
{
    for (unsigned i = 0; i < set->n; i++) {
        const struct nap_outcome *e = &set->list[i];
        if (e->kind == o->kind && e->by == o->by && e->pa == o->pa && e->event == o->event &&
            e->readable == o->readable && e->writable == o->writable &&
            e->attributes == o->attributes && e->context == o->context)
            return true;
    }
    return false;
}

static uint32_t next_random(uint32_t *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 17;
    *x ^= *x << 5;
    return *x;
}

static void change_memory(struct rig *r, uint32_t *x, uint32_t what)
{
    static const uint64_t ste[] = {
        STE_S1 | CDTAB, STE_NESTED | CDTAB, STE_S2, STE_BYP, 0, STE_S1 | CDTAB | S1CDMAX(2)};
    static const uint64_t leaf_2[] = {S2_PAGE, S2_RO, S2_PAGE & ~DESC_AF, 0};
    static const uint64_t leaf[] = {S1_PAGE, S1_RO, S1_PAGE & ~DESC_AF, S1_RO | DBM, 0};
    static const uint64_t cd[] = {CD_DW0, CD_DW0 | HA, CD_DW0 | HA | HD,
                                  CD_DW0 ^ UINT64_C(1) << 48, 0};
    nap_addr page = (nap_addr)(next_random(x) % 4) << 12;

    if (what == 0)
        t_ste(r, SID, ste[next_random(x) % 6], SHCFG_IN | EATS(next_random(x) % 2),
              S2_VMID(next_random(x) % 2), ROOT2);
    else if (what == 1)
        t_cd_at(r, CDTAB, cd[next_random(x) % 5], ROOT1, 0);
    else if (what == 2)
        t_map(r, ROOT1, VA0 + page, (VA0 + (page ^ 0x1000)) | leaf[next_random(x) % 5]);
    else if (what == 4) /* the other one is empty */
        t_put(r, t_entry(next_random(x) % 2 ? ROOT1 + 0x1000 : ROOT2 + 0x1000, VA0 >> 21 & 511),
              (ROOT1 + 0x3000) | TABLE);
    else
        t_map(r, ROOT2, VA0 + page, (PAGES + page) | leaf_2[next_random(x) % 4]);
}

static void change_something(struct rig *r, uint32_t *x)
{
    uint32_t what = next_random(x) % 8;

    if (what < 5)
        change_memory(r, x, what);
    else if (what == 5)
        rig_command(r, CFGI_ALL, 31);
    else if (what == 6)
        rig_command(r, NSNH_ALL, 0);
    else
        rig_command(r, UINT64_C(0x2a) | UINT64_C(1) << 32,
                    (VA0 + ((nap_addr)(next_random(x) % 4) << 12)) | (next_random(x) & 1));
}

/* Over many configurations: a probe changes nothing, and what DMA then meets is in its set. */
static void foresee(struct rig *r)
{
    uint32_t x = 0x2545f491;

    t_nested(r);
    t_on(r);
    for (unsigned i = 0; i < 4000; i++) {
        struct nap_outcomes set;
        struct nap_outcome o;
        struct nap_hash128 before, after;
        struct nap_transaction t = t_access(r, VA0 + ((nap_addr)(next_random(&x) % 4) << 12),
                                            next_random(&x) & 1 ? NAP_WRITE : NAP_READ);
        t.traffic = next_random(&x) % 8 == 0 ? NAP_ATS_REQUEST : NAP_UNTRANSLATED;
        if (next_random(&x) % 3 == 0)
            change_something(r, &x);
        before = key(r);
        t_probe(r, &t, &set);
        after = key(r);
        assert_true(before.low == after.low && before.high == after.high);
        o = nap_dma_transaction(r->m, &t);
        if (!in_set(&set, &o))
            fail_msg("step %u: %s, %s", i, nap_outcome_name(o.kind), o.why);
        wr(r, EVENTQ_CONS, rd(r, EVENTQ_PROD));
    }
}

static void what_dma_meets_is_what_a_probe_has_foreseen(void **state)
{
    foresee(*state);
}

static void so_it_is_where_hardware_keeps_pointers_to_tables(void **state)
{
    rig_switch(*state, "S40", 1);
    foresee(*state);
}

/* Pages that change_something() writes. */
static const nap_addr changed_pages[] = {STRTAB,         CDTAB, ROOT1,          ROOT1 + 0x1000,
                                         ROOT1 + 0x2000, ROOT2, ROOT2 + 0x1000, ROOT2 + 0x2000};
#define N_PAGES (sizeof changed_pages / sizeof changed_pages[0])

static bool noted(const struct nap_footprint *f, nap_addr page)
{
    for (unsigned i = 0; i < f->n_pages; i++)
        if (f->pages[i] == page / 4096)
            return true;
    return false;
}

static bool same_set(const struct nap_outcomes *a, const struct nap_outcomes *b)
{
    for (unsigned i = 0; i < a->n; i++)
        if (!in_set(b, &a->list[i]))
            return false;
    return a->n == b->n;
}

/* A change of memory that a probe has not read, while caches stay, changes no answer. */
static void depend(struct rig *r)
{
    static uint8_t before[N_PAGES][4096], after[4096];
    struct nap_outcomes first, second;
    unsigned unnoted = 0;
    uint32_t x = 0x1234567;

    t_nested(r);
    t_on(r);
    for (unsigned i = 0; i < 3000; i++) {
        struct nap_transaction t =
            t_access(r, VA0 + ((nap_addr)(next_random(&x) % 4) << 12), NAP_READ);
        struct nap_footprint footprint = {.n = 0};
        bool depends = false;
        if (next_random(&x) % 4 == 0)
            nap_dma_transaction(r->m, &t);
        nap_probe_transaction(r->m, &t, &first, &footprint);
        for (unsigned p = 0; p < N_PAGES; p++)
            nap_mem_read(r->m, changed_pages[p], before[p], sizeof before[p]);
        change_memory(r, &x, next_random(&x) % 5);
        for (unsigned p = 0; p < N_PAGES; p++) {
            nap_mem_read(r->m, changed_pages[p], after, sizeof after);
            depends |= memcmp(before[p], after, sizeof after) != 0 &&
                       noted(&footprint, changed_pages[p]);
        }
        nap_probe_transaction(r->m, &t, &second, NULL);
        if (!depends && !same_set(&first, &second))
            fail_msg("step %u", i);
        unnoted += !depends;
        wr(r, EVENTQ_CONS, rd(r, EVENTQ_PROD));
    }
    assert_true(unnoted > 300); /* else nothing has been tested */
}

static void an_answer_depends_on_nothing_but_its_footprint(void **state)
{
    depend(*state);
}

static void so_it_does_where_hardware_keeps_pointers_to_tables(void **state)
{
    rig_switch(*state, "S40", 1);
    depend(*state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(a_stage_1_stream_reaches_its_page),
        rig_test(an_unmapped_page_is_a_translation_fault_of_stage_1),
        rig_test(a_write_to_a_read_only_page_is_a_permission_fault),
        rig_test(privilege_and_instruction_are_checked_and_recorded),
        rig_test(an_ste_overrides_privilege_and_instruction),
        rig_test(access_flag_faults_unless_affd),
        rig_test(an_output_beyond_ips_is_an_address_size_fault),
        rig_test(a_table_that_is_no_memory_is_f_walk_eabt),
        rig_test(an_address_outside_both_tables_is_a_translation_fault),
        rig_test(the_upper_half_goes_through_ttb1),
        rig_test(e0pd_keeps_unprivileged_accesses_out),
        rig_test(el2_streams_know_no_unprivileged_accesses),
        rig_test(lpae_tables_translate_32_bits),
        rig_test(big_granules_are_walked),
        rig_test(cd_a_and_r_say_how_a_fault_ends),
        rig_test(errors_of_configuration_are_recorded_whatever_r_says),
        rig_test(s2r_says_whether_a_fault_of_stage_2_is_recorded),
        rig_test(a_stage_2_stream_reaches_its_page),
        rig_test(stage_2_faults_name_the_ipa),
        rig_test(a_skipped_stage_1_checks_the_intermediate_size),
        rig_test(a_nested_stream_goes_through_both_stages),
        rig_test(the_output_of_stage_1_faults_at_stage_2_with_class_in),
        rig_test(a_stage_1_table_faults_at_stage_2_with_class_tt),
        rig_test(a_cd_faults_at_stage_2_with_class_cd),
        rig_test(permissions_of_both_stages_are_needed),
        rig_test(protected_walks_keep_off_device_memory),
        rig_test(stage_2_combines_with_what_stage_1_says),
        rig_test(fwb_forces_the_type_of_stage_2),
        rig_test(an_ste_overrides_attributes_of_a_bypass),
        rig_test(alloccfg_takes_hints_from_stage_1),
        rig_test(ha_sets_the_access_flag_on_use),
        rig_test(hd_marks_a_page_dirty_at_the_first_write),
        rig_test(an_update_that_stage_2_forbids_is_a_permission_fault_of_class_tt),
        rig_test(stage_2_updates_its_own_descriptors),
        rig_test(without_smmuen_gbpa_decides),
        rig_test(both_values_of_gbpa_are_possible_during_its_update),
        rig_test(on_and_off_are_possible_while_smmuen_is_updated),
        rig_test(hardware_may_fetch_while_it_is_off),
        rig_test(ats_is_refused_where_it_is_off),
        rig_test(an_ats_request_is_granted_what_the_tables_grant),
        rig_test(an_ats_request_marks_dirty_only_if_it_asks_to_write),
        rig_test(what_may_only_be_fetched_grants_an_ats_request_nothing),
        rig_test(an_ats_request_leaves_stage_2_clean_where_stage_1_is_read_only),
        rig_test(an_ats_request_records_bad_configuration_only_if_asked_to),
        rig_test(split_stage_ats_gives_the_output_of_stage_1),
        rig_test(overrides_do_not_reach_translated_traffic),
        rig_test(atschk_has_translated_traffic_checked),
        rig_test(without_cd_a_a_fault_ends_as_though_nothing_had_been_wrong),
        rig_test(a_probe_tells_an_abort_from_a_silent_end),
        rig_test(after_power_loss_the_stream_table_is_undetermined),
        rig_test(after_power_loss_cr2_is_undetermined_until_traffic_needs_it),
        rig_test(with_translation_off_an_address_beyond_the_output_size_is_aborted),
        rig_test(what_dma_meets_is_what_a_probe_has_foreseen),
        rig_test(so_it_is_where_hardware_keeps_pointers_to_tables),
        rig_test(an_answer_depends_on_nothing_but_its_footprint),
        rig_test(so_it_does_where_hardware_keeps_pointers_to_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
