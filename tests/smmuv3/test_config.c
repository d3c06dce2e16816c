/* SPDX-License-Identifier: MIT */
/* Expected values: Arm IHI 0070, "Stream table lookup", "Validity of STE", "Validity of CD",
 * "Substreams", "Event records". */
#include "traffic.h"

#define C_BAD_STREAMID    0x02u
#define F_STE_FETCH       0x03u
#define C_BAD_STE         0x04u
#define F_STREAM_DISABLED 0x06u
#define C_BAD_SUBSTREAMID 0x08u
#define F_CD_FETCH        0x09u
#define C_BAD_CD          0x0au

static struct nap_outcome probe_one(struct rig *r, const struct nap_transaction *t)
{
    struct nap_outcomes out;

    t_probe(r, t, &out);
    assert_int_equal(out.n, 1);
    return out.list[0];
}

/* What a read of the stream would meet, the STE or CD being as it is in memory. */
static struct nap_outcome look(struct rig *r, uint32_t sid, nap_addr va)
{
    struct nap_transaction t = {.device = r->smmu, .port = sid, .iova = va};

    return probe_one(r, &t);
}

static unsigned event_of(struct rig *r)
{
    return look(r, SID, VA0).event;
}

/* --- the stream table --- */

static void a_stream_beyond_the_table_is_c_bad_streamid(void **state)
{
    struct rig *r = *state;
    struct nap_transaction t;

    t_stage_1(r);
    t_on(r);
    t = t_access(r, VA0, NAP_READ);
    t.port = 64;
    assert_int_equal(nap_dma_transaction(r->m, &t).kind, NAP_OUTCOME_FAULT);
    assert_int_equal(t_event(r).dw[0], C_BAD_STREAMID | UINT64_C(64) << 32);
}

static void c_bad_streamid_is_recorded_only_with_recinvsid(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    assert_int_equal(look(r, 64, VA0).event, C_BAD_STREAMID);
    wr(r, CR0, 0);
    wr(r, CR2, 0);
    wr(r, CR0, SMMUEN);
    assert_int_equal(look(r, 64, VA0).kind, NAP_OUTCOME_FAULT);
    assert_int_equal(look(r, 64, VA0).event, 0);
}

/* "The effective value is capped at SIDSIZE". */
static void log2size_counts_up_to_sidsize_only(void **state)
{
    struct rig *r = *state;

    rig_id(r, SMMU_SLOT_IDR1, 0x3f, 4); /* 16 streams */
    t_stage_1(r);
    t_on(r);
    assert_int_equal(look(r, SID, VA0).kind, NAP_OUTCOME_TRANSLATED);
    assert_int_equal(look(r, 16, VA0).event, C_BAD_STREAMID);
}

#define L1TAB (RAM + 0x300000)
#define L2TAB (RAM + 0x310000)

/* SPLIT 6: one first-level entry for 64 streams. */
static void two_levels(struct rig *r, uint64_t l1std)
{
    t_cd_at(r, CDTAB, CD_DW0, ROOT1, 0);
    t_map(r, ROOT1, VA0, PAGES | S1_PAGE);
    t_on(r);
    wr(r, CR0, 0);
    wr64(r, STRTAB_BASE, L1TAB);
    wr(r, STRTAB_BASE_CFG, UINT32_C(1) << 16 | 6u << 6 | 10);
    t_put(r, t_entry(L1TAB, 2), l1std); /* streams 128 to 191 */
    wr(r, CR0, SMMUEN);
    t_ste_at(r, t_struct(L2TAB, 5), STE_S1 | CDTAB, SHCFG_IN, 0, 0); /* stream 133 */
    t_ste_at(r, t_struct(L2TAB, 63), STE_BYP, SHCFG_IN, 0, 0);
}

static void a_two_level_table_is_indexed_by_split(void **state)
{
    struct rig *r = *state;

    two_levels(r, L2TAB | 7); /* Span 7: 64 STEs */
    assert_int_equal(look(r, 133, VA0).pa, PAGES);
    assert_int_equal(look(r, 191, VA0).kind, NAP_OUTCOME_BYPASS);
    assert_int_equal(look(r, 132, VA0).event, C_BAD_STE);     /* V 0 */
    assert_int_equal(look(r, 64, VA0).event, C_BAD_STREAMID); /* Span 0 */
}

static void span_limits_the_second_level(void **state)
{
    struct rig *r = *state;

    two_levels(r, L2TAB | 3); /* 4 STEs */
    assert_int_equal(look(r, 131, VA0).event, C_BAD_STE);
    assert_int_equal(look(r, 132, VA0).event, C_BAD_STREAMID);
    t_put(r, t_entry(L1TAB, 2), L2TAB | 8); /* more than SPLIT has */
    assert_int_equal(look(r, 133, VA0).event, C_BAD_STREAMID);
    t_put(r, t_entry(L1TAB, 2), L2TAB | 12); /* reserved */
    assert_int_equal(look(r, 133, VA0).event, C_BAD_STREAMID);
}

static void a_table_that_is_no_memory_is_f_ste_fetch(void **state)
{
    struct rig *r = *state;
    struct smmu_event e;

    t_stage_1(r);
    t_on(r);
    wr(r, CR0, 0);
    wr64(r, STRTAB_BASE, NOWHERE);
    wr(r, CR0, SMMUEN | EVENTQEN);
    assert_int_equal(t_read_ssid(r, VA0, 7).kind, NAP_OUTCOME_FAULT);
    e = t_event(r);
    assert_int_equal(e.dw[0], F_STE_FETCH | 1u << 11 | 7u << 12 | (uint64_t)SID << 32);
    assert_int_equal(e.dw[3], t_struct(NOWHERE, SID));
}

/* Alignment follows LOG2SIZE as it is written. */
static void low_bits_of_the_base_below_its_size_are_ignored(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    wr(r, CR0, 0);
    wr64(r, STRTAB_BASE, STRTAB + 0xfc0); /* a table of 4 KiB */
    wr(r, CR0, SMMUEN);
    assert_int_equal(look(r, SID, VA0).kind, NAP_OUTCOME_TRANSLATED);
}

/* --- Config --- */

static void config_says_what_translates(void **state)
{
    struct rig *r = *state;
    struct nap_outcome o;

    t_nested(r);
    t_on(r);
    t_ste(r, SID, STE_ABORT, 0, 0, 0);
    o = look(r, SID, VA0);
    assert_int_equal(o.kind, NAP_OUTCOME_FAULT);
    assert_int_equal(o.event, 0);
    t_ste(r, SID, STE_ABORT | 3u << 1, 0, 0, 0); /* 011 is reserved and acts as 000 */
    assert_int_equal(look(r, SID, VA0).event, 0);
    t_ste(r, SID, STE_BYP, SHCFG_IN, 0, 0);
    o = look(r, SID, VA0);
    assert_int_equal(o.kind, NAP_OUTCOME_BYPASS);
    assert_int_equal(o.pa, VA0);
    t_ste(r, SID, STE_S1 | CDTAB, SHCFG_IN, 0, 0);
    assert_int_equal(look(r, SID, VA0).pa, VA0 + 0x1000);
    t_ste(r, SID, STE_S2, SHCFG_IN, S2_DW2, ROOT2);
    assert_int_equal(look(r, SID, VA0 + 0x1000).pa, PAGES + 0x2000);
    t_ste(r, SID, STE_NESTED | CDTAB, SHCFG_IN, S2_DW2, ROOT2);
    assert_int_equal(look(r, SID, VA0).pa, PAGES + 0x2000);
}

static void a_stream_that_bypasses_is_checked_against_the_output_size(void **state)
{
    struct rig *r = *state;
    nap_addr far = UINT64_C(1) << 48;

    t_ste(r, SID, STE_BYP, SHCFG_IN, 0, 0);
    t_on(r);
    assert_int_equal(look(r, SID, far - 1).kind, NAP_OUTCOME_BYPASS);
    t_ended_in(r, t_read(r, far), 0x11, EV_RNW | EV_IN, far, 0);
}

/* --- validity of an STE --- */

struct ste_case {
    const char *what;
    uint64_t dw0, dw1, dw2, dw3; /* exclusive ored into a legal nested STE */
    bool legal;
    unsigned slot; /* an ID register changed first: clear, then set */
    uint64_t clear, set;
};

static void try_stes(struct rig *r, const struct ste_case *cases, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        const struct ste_case *c = &cases[i];
        uint64_t was = nap_reg_get(r->m, r->smmu, c->slot);
        if (c->clear || c->set)
            rig_id(r, c->slot, c->clear, c->set);
        t_ste(r, SID, (STE_NESTED | CDTAB) ^ c->dw0, SHCFG_IN ^ c->dw1, S2_DW2 ^ c->dw2,
              ROOT2 ^ c->dw3);
        if ((event_of(r) == C_BAD_STE) == c->legal)
            fail_msg("%s: %s", c->what, c->legal ? "illegal" : "legal");
        nap_reg_set(r->m, r->smmu, c->slot, was);
    }
}

#define DW2_T0SZ(n) ((uint64_t)((n) ^ 25) << 32) /* in place of 25 */
#define DW2_SL0(n)  ((uint64_t)((n) ^ 1) << 38)
#define DW2_TG(n)   ((uint64_t)(n) << 46)
#define IDR0_STALL(n)                                                                          \
    .slot = SMMU_SLOT_IDR0, .clear = UINT64_C(3) << 24, .set = (uint64_t)(n) << 24
#define IDR0_HTTU(n)                                                                           \
    .slot = SMMU_SLOT_IDR0, .clear = UINT64_C(3) << 6, .set = (uint64_t)(n) << 6

static void illegal_stes_are_c_bad_ste(void **state)
{
    static const struct ste_case cases[] = {
        {"as it is", .legal = true},
        {"V", .dw0 = 1},
        {"stage 1 that is not there", .slot = SMMU_SLOT_IDR0, .clear = 2},
        {"stage 2 that is not there", .slot = SMMU_SLOT_IDR0, .clear = 1},
        {"EATS full", .dw1 = EATS(1), .legal = true},
        {"EATS full with S2S", .dw1 = EATS(1), .dw2 = UINT64_C(1) << 57},
        {"EATS split", .dw1 = EATS(2), .legal = true},
        {"EATS split with S2S", .dw1 = EATS(2), .dw2 = UINT64_C(1) << 57},
        {"EATS split without NS1ATS", .dw1 = EATS(2), .slot = SMMU_SLOT_IDR0, .set = 1u << 11},
        {"EATS where ATS is not there", .dw1 = EATS(2), .dw2 = UINT64_C(1) << 57, .legal = true,
         .slot = SMMU_SLOT_IDR0, .clear = 1u << 10},
        {"EATS with DPT and S2S", .dw1 = EATS(3), .dw2 = UINT64_C(1) << 57,
         .slot = SMMU_SLOT_IDR3, .set = 1u << 15},
        {"EATS with a DPT that is not there", .dw1 = EATS(3), .dw2 = UINT64_C(1) << 57,
         .legal = true},
        {"STRW is not used with stage 2", .dw1 = UINT64_C(1) << 30, .legal = true},
        {"S1STALLD", .dw1 = S1STALLD, .legal = true},
        {"S1STALLD without stalls", .dw1 = S1STALLD, IDR0_STALL(1)},
        {"S1CDMax 20", .dw0 = S1CDMAX(20), .legal = true},
        {"S1CDMax beyond SSIDSIZE", .dw0 = S1CDMAX(21)},
        {"S1CDMax without substreams", .dw0 = S1CDMAX(21), .legal = true,
         .slot = SMMU_SLOT_IDR1, .clear = 0x1f << 6},
        {"two-level CDs", .dw0 = S1CDMAX(8) | S1FMT(1), .legal = true},
        {"two-level CDs that are not there", .dw0 = S1CDMAX(8) | S1FMT(1),
         .slot = SMMU_SLOT_IDR0, .clear = 1u << 19},
        {"one CD needs no levels", .dw0 = S1FMT(1), .legal = true, .slot = SMMU_SLOT_IDR0,
         .clear = 1u << 19},
        {"S1ContextPtr beyond IAS", .dw0 = UINT64_C(1) << 50},
        {"S2S", .dw2 = UINT64_C(1) << 57, .legal = true},
        {"S2S without stalls", .dw2 = UINT64_C(1) << 57, IDR0_STALL(1)},
        {"no S2S where stalls are forced", IDR0_STALL(2)},
        {"S2AA64 that is not there", .slot = SMMU_SLOT_IDR0, .clear = 8},
        {"LPAE that is not there", .dw2 = UINT64_C(1) << 51, .slot = SMMU_SLOT_IDR0,
         .clear = 4},
        {"S2HA", .dw2 = UINT64_C(1) << 56, .legal = true},
        {"S2HA without HTTU", .dw2 = UINT64_C(1) << 56, IDR0_HTTU(0)},
        {"S2HD", .dw2 = UINT64_C(3) << 55, .legal = true},
        {"S2HD with HTTU of the access flag", .dw2 = UINT64_C(3) << 55, IDR0_HTTU(1)},
        {"S2HA with LPAE", .dw2 = UINT64_C(1) << 56 | UINT64_C(1) << 51 | DW2_T0SZ(0)},
        {"S2HAFT without S2HA", .dw2 = UINT64_C(1) << 59, IDR0_HTTU(3)},
        {"reserved S2TG", .dw2 = DW2_TG(3)},
        {"64 KiB", .dw2 = DW2_TG(1), .legal = true},
        {"64 KiB that is not there", .dw2 = DW2_TG(1), .slot = SMMU_SLOT_IDR5, .clear = 0x40},
        {"16 KiB", .dw2 = DW2_TG(2) | DW2_SL0(2), .legal = true},
        {"16 KiB that is not there", .dw2 = DW2_TG(2) | DW2_SL0(2), .slot = SMMU_SLOT_IDR5,
         .clear = 0x20},
        {"S2TTB beyond S2PS", .dw2 = UINT64_C(5) << 48, .dw3 = UINT64_C(1) << 32},
        {"S2TTB beyond OAS", .dw3 = UINT64_C(1) << 48},
        {"S2T0SZ 39", .dw2 = DW2_T0SZ(39) | DW2_SL0(0), .legal = true},
        {"S2T0SZ 40 without STT", .dw2 = DW2_T0SZ(40) | DW2_SL0(0)},
        {"S2T0SZ 40 with STT", .dw2 = DW2_T0SZ(40) | DW2_SL0(0), .legal = true,
         .slot = SMMU_SLOT_IDR3, .set = 1u << 9},
        {"S2T0SZ 16", .dw2 = DW2_T0SZ(16) | DW2_SL0(2), .legal = true},
        {"S2T0SZ 15", .dw2 = DW2_T0SZ(15) | DW2_SL0(2)},
        {"S2T0SZ below IAS", .dw2 = DW2_T0SZ(23), .slot = SMMU_SLOT_IDR5, .clear = 7, .set = 2},
        {"sixteen tables at level 1", .dw2 = DW2_T0SZ(21), .legal = true},
        {"thirty-two tables at level 1", .dw2 = DW2_T0SZ(20)},
        {"too little for level 1", .dw2 = DW2_T0SZ(34)},
        {"level 0 of addresses of 40 bits", .dw2 = DW2_T0SZ(24) | DW2_SL0(2),
         .slot = SMMU_SLOT_IDR5, .clear = 7, .set = 2},
        {"level 0 of addresses of 42 bits", .dw2 = DW2_T0SZ(24) | DW2_SL0(2),
         .slot = SMMU_SLOT_IDR5, .clear = 7, .set = 3},
        {"level 0 of addresses of 44 bits", .dw2 = DW2_T0SZ(24) | DW2_SL0(2), .legal = true,
         .slot = SMMU_SLOT_IDR5, .clear = 7, .set = 4},
        {"two tables of addresses of 40 bits", .dw2 = DW2_T0SZ(24), .legal = true,
         .slot = SMMU_SLOT_IDR5, .clear = 7, .set = 2},
        {"16 KiB, level 1 of 40 bits", .dw2 = DW2_TG(2) | DW2_SL0(2), .slot = SMMU_SLOT_IDR5,
         .clear = 7, .set = 2},
        {"16 KiB, level 1 of 42 bits", .dw2 = DW2_TG(2) | DW2_SL0(2), .legal = true,
         .slot = SMMU_SLOT_IDR5, .clear = 7, .set = 3},
        {"16 KiB, level 0 of 48 bits", .dw2 = DW2_TG(2) | DW2_T0SZ(16) | DW2_SL0(3), .dw3 = 8,
         .slot = SMMU_SLOT_IDR5, .set = 0x80},
        {"16 KiB, level 0 of 52 bits", .dw2 = DW2_TG(2) | DW2_T0SZ(16) | DW2_SL0(3), .dw3 = 8,
         .legal = true, .slot = SMMU_SLOT_IDR5, .clear = 7, .set = 0x86},
        {"S2SL0 3 without STT", .dw2 = DW2_T0SZ(39) | DW2_SL0(3)},
        {"S2ENDI with little endian only", .dw2 = UINT64_C(1) << 52},
        {"S2ENDI with both", .dw2 = UINT64_C(1) << 52, .legal = true, .slot = SMMU_SLOT_IDR0,
         .clear = 3u << 21},
        {"no S2ENDI with big endian only", .slot = SMMU_SLOT_IDR0, .set = 3u << 21},
        {"VMID of 16 bits", .dw2 = 0x100, .legal = true},
        {"VMID of 16 bits that are not there", .dw2 = 0x100, .slot = SMMU_SLOT_IDR0,
         .clear = 1u << 18},
        {"S2FWB", .dw1 = S2FWB, .legal = true},
        {"S2FWB with LPAE", .dw1 = S2FWB, .dw2 = UINT64_C(1) << 51 | DW2_T0SZ(0)},
        {"LPAE", .dw2 = UINT64_C(1) << 51 | DW2_T0SZ(0), .legal = true},
        {"LPAE from level 2 with 32 bits", .dw2 = UINT64_C(1) << 51 | DW2_T0SZ(0) | DW2_SL0(0),
         .legal = true},
        {"LPAE from level 2 with 40 bits", .dw2 = UINT64_C(1) << 51 | DW2_T0SZ(8) | DW2_SL0(0)},
        {"LPAE from level 0", .dw2 = UINT64_C(1) << 51 | DW2_T0SZ(0) | DW2_SL0(2)},
    };

    t_nested(*state);
    t_on(*state);
    try_stes(*state, cases, sizeof cases / sizeof cases[0]);
}

/* Fields that Config makes ignored are never illegal. */
static void ignored_fields_of_an_ste_are_not_checked(void **state)
{
    struct rig *r = *state;
    uint64_t bad_2 = UINT64_C(3) << 46;

    t_stage_1(r);
    t_on(r);
    t_ste(r, SID, STE_S1 | CDTAB, SHCFG_IN, bad_2, 0);
    assert_int_equal(event_of(r), 0);
    t_ste(r, SID, STE_BYP | S1CDMAX(31), SHCFG_IN | EATS(2), bad_2, 0);
    assert_int_equal(event_of(r), 0);
    t_ste(r, SID, STE_S2 | S1CDMAX(31), SHCFG_IN, S2_DW2, ROOT2);
    assert_int_equal(event_of(r), 0x10); /* not mapped */
}

static void strw_is_checked_for_stage_1_where_there_is_an_el2(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    t_ste(r, SID, STE_S1 | CDTAB, SHCFG_IN | UINT64_C(1) << 30, 0, 0);
    assert_int_equal(event_of(r), C_BAD_STE);
    rig_id(r, SMMU_SLOT_IDR0, 1u << 9, 0);
    assert_int_equal(event_of(r), 0);
}

/* "S2T0SZ": in SMMUv3.0 it is open, switch S21. */
static void out_of_range_sizes_are_clamped_in_3_0_if_the_switch_says_so(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "S21", 1);
    MINOR(r, 0);
    t_stage_2(r);
    t_on(r);
    t_ste(r, SID, STE_S2, SHCFG_IN, S2_DW2 ^ DW2_T0SZ(45) ^ DW2_SL0(0), ROOT2);
    assert_int_not_equal(event_of(r), C_BAD_STE);
    MINOR(r, 1);
    assert_int_equal(event_of(r), C_BAD_STE);
}

/* "T0SZ": "the Effective value ... is 16 if the programmed value is less than 16". The entry
 * would be in a table of 52 bits. */
static void a_size_that_is_clamped_in_3_0_counts_as_48_bits(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "S21", 1);
    MINOR(r, 0);
    t_stage_1(r);
    t_cd_at(r, CDTAB, (CD_DW0 & ~UINT64_C(0x3f)) | 12 | 1u << 6, ROOT1, 0); /* 64 KiB */
    t_put(r, t_entry(ROOT1, 64), (ROOT1 + 0x10000) | TABLE);
    t_put(r, ROOT1 + 0x10000, (ROOT1 + 0x20000) | TABLE);
    t_put(r, ROOT1 + 0x20000, PAGES | S1_PAGE);
    t_on(r);
    t_ended_in(r, t_read(r, UINT64_C(1) << 48), 0x10, EV_RNW | EV_IN, UINT64_C(1) << 48, 0);
}

static void a_context_pointer_beyond_ias_may_fault_at_stage_2(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "S23", 1);
    t_nested(r);
    t_on(r);
    t_ste(r, SID, STE_NESTED | CDTAB | UINT64_C(1) << 50, SHCFG_IN, S2_DW2, ROOT2);
    t_ended_in(r, t_read(r, VA0), 0x10, EV_RNW | EV_S2, VA0, CDTAB | UINT64_C(1) << 50);
}

/* --- substreams --- */

static void a_substream_needs_stage_1_and_substreams(void **state)
{
    struct rig *r = *state;

    t_stage_2(r);
    t_on(r);
    t_ended_in(r, t_read_ssid(r, VA0, 5), C_BAD_SUBSTREAMID | 5u << 12, 0, 0, 0);
    t_ste(r, SID, STE_BYP, SHCFG_IN, 0, 0);
    rig_command(r, UINT64_C(4), 31);
    rig_command(r, SYNC, 0);
    t_ended_in(r, t_read_ssid(r, VA0, 5), C_BAD_SUBSTREAMID | 5u << 12, 0, 0, 0);
    t_stage_1(r);
    rig_command(r, UINT64_C(4), 31);
    rig_command(r, SYNC, 0);
    t_ended_in(r, t_read_ssid(r, VA0, 5), C_BAD_SUBSTREAMID | 5u << 12, 0, 0, 0);
}

static struct nap_outcome look_ssid(struct rig *r, uint32_t ssid)
{
    struct nap_transaction t = t_access(r, VA0, NAP_READ);

    t.has_substream = true;
    t.substream = ssid;
    return probe_one(r, &t);
}

static void s1dss_says_what_traffic_without_substream_meets(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    t_ste(r, SID, STE_S1 | CDTAB | S1CDMAX(2), SHCFG_IN, 0, 0); /* terminate */
    assert_int_equal(event_of(r), F_STREAM_DISABLED);
    assert_int_equal(look_ssid(r, 0).pa, PAGES);
    t_ste(r, SID, STE_S1 | CDTAB | S1CDMAX(2), SHCFG_IN | 1, 0, 0); /* bypass stage 1 */
    assert_int_equal(look(r, SID, VA0).kind, NAP_OUTCOME_BYPASS);
    assert_int_equal(look_ssid(r, 0).pa, PAGES);
    t_ste(r, SID, STE_S1 | CDTAB | S1CDMAX(2), SHCFG_IN | 2, 0, 0); /* CD 0 */
    assert_int_equal(look(r, SID, VA0).pa, PAGES);
    assert_int_equal(look_ssid(r, 0).event, F_STREAM_DISABLED);
    t_ste(r, SID, STE_S1 | CDTAB | S1CDMAX(2), SHCFG_IN | 3, 0, 0); /* acts as terminate */
    assert_int_equal(event_of(r), F_STREAM_DISABLED);
    t_ended_in(r, t_read(r, VA0), F_STREAM_DISABLED, 0, 0, 0);
}

static void a_substream_selects_its_cd(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    t_ste(r, SID, STE_S1 | CDTAB | S1CDMAX(2), SHCFG_IN, 0, 0);
    t_cd_at(r, t_struct(CDTAB, 3), CD_DW0, ROOT2, 0);
    t_map(r, ROOT2, VA0, (PAGES + 0x5000) | S1_PAGE);
    assert_int_equal(look_ssid(r, 3).pa, PAGES + 0x5000);
    assert_int_equal(look_ssid(r, 2).event, C_BAD_CD); /* V 0 */
    assert_int_equal(look_ssid(r, 4).event, C_BAD_SUBSTREAMID);
}

static void two_level_cd_tables_have_leaves_of_64_or_1024(void **state)
{
    struct rig *r = *state;
    nap_addr leaf = RAM + 0x320000;

    t_stage_1(r);
    t_on(r);
    t_ste(r, SID, STE_S1 | CDTAB | S1CDMAX(12) | S1FMT(1), SHCFG_IN, 0, 0);
    t_put(r, t_entry(CDTAB, 3), leaf | 1);
    t_cd_at(r, t_struct(leaf, 9), CD_DW0, ROOT1, 0);
    assert_int_equal(look_ssid(r, 3 * 64 + 9).pa, PAGES);
    assert_int_equal(look_ssid(r, 4 * 64).event, C_BAD_SUBSTREAMID); /* L1CD with V 0 */

    t_ste(r, SID, STE_S1 | CDTAB | S1CDMAX(12) | S1FMT(2), SHCFG_IN, 0, 0);
    t_put(r, t_entry(CDTAB, 3), leaf | 1);
    t_cd_at(r, t_struct(leaf, 1000), CD_DW0, ROOT1, 0);
    assert_int_equal(look_ssid(r, 3 * 1024 + 1000).pa, PAGES);
    t_put(r, t_entry(CDTAB, 3), UINT64_C(1) << 50 | 1);
    assert_int_equal(look_ssid(r, 3 * 1024).event, C_BAD_SUBSTREAMID); /* beyond OAS */
}

static void a_cd_that_is_no_memory_is_f_cd_fetch(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    t_ste(r, SID, STE_S1 | NOWHERE, SHCFG_IN, 0, 0);
    t_ended_in(r, t_read(r, VA0), F_CD_FETCH, 0, 0, NOWHERE);
}

/* --- validity of a CD --- */

struct cd_case {
    const char *what;
    uint64_t dw0, dw1, dw2;
    bool legal;
    unsigned slot;
    uint64_t clear, set;
};

#define T0SZ(n) ((uint64_t)((n) ^ 25))
#define BIT(n)  (UINT64_C(1) << (n))

static void illegal_cds_are_c_bad_cd(void **state)
{
    static const struct cd_case cases[] = {
        {"as it is", .legal = true},
        {"V", .dw0 = BIT(31)},
        {"S", .dw0 = BIT(44), .legal = true},
        {"A clear", .dw0 = BIT(46), .legal = true},
        {"A clear where termination is abort", .dw0 = BIT(46), .slot = SMMU_SLOT_IDR0,
         .set = BIT(26)},
        {"S without stalls", .dw0 = BIT(44), IDR0_STALL(1)},
        {"no S where stalls are forced", IDR0_STALL(2)},
        {"ENDI", .dw0 = BIT(15)},
        {"ENDI with both tables off", .dw0 = BIT(15) | BIT(14), .legal = true},
        {"ENDI with both orders", .dw0 = BIT(15), .legal = true, .slot = SMMU_SLOT_IDR0,
         .clear = 3u << 21},
        {"LPAE", .dw0 = BIT(41), .legal = true},
        {"LPAE that is not there", .dw0 = BIT(41), .slot = SMMU_SLOT_IDR0, .clear = 4},
        {"AA64 that is not there", .slot = SMMU_SLOT_IDR0, .clear = 8},
        {"HA", .dw0 = BIT(43), .legal = true},
        {"HA without HTTU", .dw0 = BIT(43), IDR0_HTTU(0)},
        {"HD", .dw0 = BIT(43) | BIT(42), .legal = true},
        {"HD with HTTU of the access flag", .dw0 = BIT(43) | BIT(42), IDR0_HTTU(1)},
        {"HA without HTTU in LPAE", .dw0 = BIT(43) | BIT(41), .legal = true, IDR0_HTTU(0)},
        {"HAFT without HA", .dw1 = BIT(3), IDR0_HTTU(3)},
        {"ASID of 16 bits", .dw0 = BIT(56), .legal = true},
        {"ASID of 16 bits that are not there", .dw0 = BIT(56), .slot = SMMU_SLOT_IDR0,
         .clear = BIT(12)},
        {"T0SZ 39", .dw0 = T0SZ(39), .legal = true},
        {"T0SZ 40 without STT", .dw0 = T0SZ(40)},
        {"T0SZ 48 with STT", .dw0 = T0SZ(48), .legal = true, .slot = SMMU_SLOT_IDR3,
         .set = BIT(9)},
        {"T0SZ 16", .dw0 = T0SZ(16), .legal = true},
        {"T0SZ 15", .dw0 = T0SZ(15)},
        {"T0SZ 15 with the table off", .dw0 = T0SZ(15) | BIT(14), .legal = true},
        {"T0SZ 12 with VAX and 64 KiB", .dw0 = T0SZ(12) | BIT(6), .legal = true,
         .slot = SMMU_SLOT_IDR5, .set = BIT(10)},
        {"T0SZ 12 with VAX and 4 KiB", .dw0 = T0SZ(12), .slot = SMMU_SLOT_IDR5, .set = BIT(10)},
        {"T0SZ 12 with VAX, DS and 4 KiB", .dw0 = T0SZ(12), .dw2 = BIT(58), .legal = true,
         .slot = SMMU_SLOT_IDR5, .set = BIT(10) | BIT(7)},
        {"reserved TG0", .dw0 = BIT(6) | BIT(7)},
        {"reserved TG0 with the table off", .dw0 = BIT(6) | BIT(7) | BIT(14), .legal = true},
        {"16 KiB that is not there", .dw0 = BIT(7), .slot = SMMU_SLOT_IDR5, .clear = 0x20},
        {"TTB1 on with reserved TG1", .dw0 = BIT(30) | 25u << 16},
        {"TTB1 on", .dw0 = BIT(30) | 25u << 16 | BIT(23), .legal = true},
        {"TTB1 on with T1SZ 0", .dw0 = BIT(30) | BIT(23)},
        {"TTB0 beyond IPS", .dw0 = BIT(34) | BIT(32), .dw1 = BIT(32)},
        {"TTB0 beyond OAS", .dw1 = BIT(48)},
    };
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct cd_case *c = &cases[i];
        uint64_t was = nap_reg_get(r->m, r->smmu, c->slot);
        if (c->clear || c->set)
            rig_id(r, c->slot, c->clear, c->set);
        t_cd_at(r, CDTAB, CD_DW0 ^ c->dw0, ROOT1 ^ c->dw1, c->dw2);
        if ((event_of(r) == C_BAD_CD) == c->legal)
            fail_msg("%s: %s", c->what, c->legal ? "illegal" : "legal");
        nap_reg_set(r->m, r->smmu, c->slot, was);
    }
}

static void what_the_ste_says_makes_a_cd_illegal(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    t_cd_at(r, CDTAB, CD_DW0 | CD_STALL, ROOT1, 0);
    t_ste(r, SID, STE_S1 | CDTAB, SHCFG_IN | S1STALLD, 0, 0);
    assert_int_equal(event_of(r), C_BAD_CD);
    t_cd_at(r, CDTAB, CD_DW0 ^ BIT(41), ROOT1, 0); /* LPAE */
    t_ste(r, SID, STE_S1 | CDTAB, SHCFG_IN | STRW_EL2, 0, 0);
    assert_int_not_equal(event_of(r), C_BAD_CD);
    wr(r, CR0, 0);
    wr(r, CR2, 1); /* E2H */
    wr(r, CR0, SMMUEN);
    assert_int_equal(event_of(r), C_BAD_CD);
    t_nested(r);
    t_ste(r, SID, STE_NESTED | CDTAB, SHCFG_IN, S2_DW2 ^ (BIT(51) | DW2_T0SZ(0)), ROOT2);
    assert_int_equal(event_of(r), C_BAD_CD); /* VMSAv8-64 in front of LPAE */
}

static void configuration_errors_name_the_substream(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    t_ste(r, SID, STE_S1 | CDTAB | S1CDMAX(2), SHCFG_IN, 0, 0);
    t_ended_in(r, t_read_ssid(r, VA0, 2), C_BAD_CD | 1u << 11 | 2u << 12, 0, 0, 0);
    t_ste(r, SID, 0, 0, 0, 0);
    rig_command(r, UINT64_C(4), 31);
    rig_command(r, SYNC, 0);
    t_ended_in(r, t_read_ssid(r, VA0, 2), C_BAD_STE | 1u << 11 | 2u << 12, 0, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(a_stream_beyond_the_table_is_c_bad_streamid),
        rig_test(c_bad_streamid_is_recorded_only_with_recinvsid),
        rig_test(log2size_counts_up_to_sidsize_only),
        rig_test(a_two_level_table_is_indexed_by_split),
        rig_test(span_limits_the_second_level),
        rig_test(a_table_that_is_no_memory_is_f_ste_fetch),
        rig_test(low_bits_of_the_base_below_its_size_are_ignored),
        rig_test(config_says_what_translates),
        rig_test(a_stream_that_bypasses_is_checked_against_the_output_size),
        rig_test(illegal_stes_are_c_bad_ste),
        rig_test(ignored_fields_of_an_ste_are_not_checked),
        rig_test(strw_is_checked_for_stage_1_where_there_is_an_el2),
        rig_test(out_of_range_sizes_are_clamped_in_3_0_if_the_switch_says_so),
        rig_test(a_size_that_is_clamped_in_3_0_counts_as_48_bits),
        rig_test(a_context_pointer_beyond_ias_may_fault_at_stage_2),
        rig_test(a_substream_needs_stage_1_and_substreams),
        rig_test(s1dss_says_what_traffic_without_substream_meets),
        rig_test(a_substream_selects_its_cd),
        rig_test(two_level_cd_tables_have_leaves_of_64_or_1024),
        rig_test(a_cd_that_is_no_memory_is_f_cd_fetch),
        rig_test(illegal_cds_are_c_bad_cd),
        rig_test(what_the_ste_says_makes_a_cd_illegal),
        rig_test(configuration_errors_name_the_substream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
