/* SPDX-License-Identifier: MIT */
/* Expected values: Arm IHI 0070, "Caching", "TLB tagging, VMIDs, ASIDs", "Commands",
 * "Range-based invalidation and level hint". */
#include "smmuv3/translate.h"
#include "traffic.h"

#define EL1 SMMU_WORLD_EL1
#define EL2 SMMU_WORLD_EL2
#define E2H SMMU_WORLD_EL2_E2H

/* One entry of each tag; its output is its number. */
static const struct smmu_tlb_entry entries[] = {
    {.world = EL1, .stage = 1, .vmid = 1, .asid = 3, .address = 1},
    {.world = EL1, .stage = 1, .vmid = 1, .global = 1, .address = 2},
    {.world = EL1, .stage = 1, .vmid = 1, .asid = 4, .address = 1},
    {.world = EL1, .stage = 1, .vmid = 2, .asid = 3, .address = 1},
    {.world = EL1, .stage = 3, .vmid = 1, .asid = 3, .address = 3},
    {.world = EL1, .stage = 2, .vmid = 1, .address = 1},
    {.world = EL1, .stage = 2, .vmid = 2, .address = 1},
    {.world = EL2, .stage = 1, .global = 1, .address = 1},
    {.world = E2H, .stage = 1, .asid = 3, .address = 1},
    {.world = E2H, .stage = 1, .global = 1, .address = 1},
    {.world = E2H, .stage = 1, .asid = 4, .address = 1},
};
#define ALL_ENTRIES 0x7ffu

static void fill(struct rig *r, const struct smmu_tlb_entry *entry, unsigned number)
{
    struct smmu_tlb_entry e = *entry;

    e.output = number;
    e.size_log2 = e.size_log2 ? e.size_log2 : 12;
    e.granule_log2 = e.granule_log2 ? e.granule_log2 : 12;
    if (e.level == 0)
        e.level = 3;
    smmu_fill_tlb(r->m, r->smmu, &e);
}

static unsigned kept(struct rig *r)
{
    const struct nap_smmuv3 *s = smmu_of(r->m, r->smmu);
    unsigned set = 0;

    for (unsigned i = 0; i < s->n_tlb; i++)
        set |= 1u << s->tlb[i].output;
    return set;
}

static void run(struct rig *r, uint64_t low, uint64_t high)
{
    assert_int_equal(rig_command(r, low, high), 0);
    assert_int_equal(rig_command(r, SYNC, 0), 0);
}

/* What the command leaves of the entries. */
static unsigned left_by(struct rig *r, uint64_t low, uint64_t high)
{
    run(r, 0x30, 0); /* NSNH_ALL, EL2_ALL */
    run(r, 0x20, 0);
    assert_int_equal(kept(r), 0);
    for (unsigned i = 0; i < sizeof entries / sizeof entries[0]; i++)
        fill(r, &entries[i], i);
    assert_int_equal(kept(r), ALL_ENTRIES);
    run(r, low, high);
    return kept(r);
}

#define VMID_IS(n) ((uint64_t)(n) << 32)
#define ASID_IS(n) ((uint64_t)(n) << 48)

static void each_tlbi_drops_what_its_row_says(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    /* TLBI_NSNH_ALL, S12_VMALL, S2_IPA */
    assert_int_equal(left_by(r, 0x30, 0), ALL_ENTRIES & ~0x07fu);
    assert_int_equal(left_by(r, 0x28 | VMID_IS(1), 0), ALL_ENTRIES & ~0x037u);
    assert_int_equal(left_by(r, 0x2a | VMID_IS(1), 0x1000), ALL_ENTRIES & ~0x020u);
    /* NH_ALL, NH_ASID, NH_VA, NH_VAA: stage 1 and combined */
    assert_int_equal(left_by(r, 0x10 | VMID_IS(1), 0), ALL_ENTRIES & ~0x017u);
    assert_int_equal(left_by(r, 0x11 | VMID_IS(1) | ASID_IS(3), 0), ALL_ENTRIES & ~0x011u);
    assert_int_equal(left_by(r, 0x12 | VMID_IS(1) | ASID_IS(3), 0x1000), ALL_ENTRIES & ~0x001u);
    assert_int_equal(left_by(r, 0x12 | VMID_IS(1) | ASID_IS(3), 0x2000), ALL_ENTRIES & ~0x002u);
    assert_int_equal(left_by(r, 0x13 | VMID_IS(1), 0x1000), ALL_ENTRIES & ~0x005u);
    assert_int_equal(left_by(r, 0x13 | VMID_IS(1), 0x3000), ALL_ENTRIES & ~0x010u);
    /* EL2_ALL drops both worlds, EL2_ASID those with ASIDs. */
    assert_int_equal(left_by(r, 0x20, 0), ALL_ENTRIES & ~0x780u);
    assert_int_equal(left_by(r, 0x21 | ASID_IS(3), 0), ALL_ENTRIES & ~0x100u);
}

static void tlbi_el2_va_is_of_the_world_that_e2h_selects(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    wr(r, CR2, 0);
    assert_int_equal(left_by(r, 0x22 | ASID_IS(3), 0x1000), ALL_ENTRIES & ~0x080u);
    assert_int_equal(left_by(r, 0x23, 0x1000), ALL_ENTRIES & ~0x080u);
    wr(r, CR2, 1);
    assert_int_equal(left_by(r, 0x22 | ASID_IS(3), 0x1000), ALL_ENTRIES & ~0x300u);
    assert_int_equal(left_by(r, 0x23, 0x1000), ALL_ENTRIES & ~0x700u);
}

/* "TLB invalidation of stage 1": without stage 2 the VMID is reserved, and with another value
 * the SMMU may "not perform an invalidation". */
static void a_vmid_without_stage_2_drops_nothing(void **state)
{
    struct rig *r = *state;

    rig_id(r, SMMU_SLOT_IDR0, SMMU_IDR0_S2P, 0);
    rig_cmdq(r);
    fill(r, &(struct smmu_tlb_entry){.world = EL1, .stage = 1, .asid = 3, .address = 1}, 1);
    run(r, 0x10 | VMID_IS(1), 0);
    run(r, 0x12 | VMID_IS(1) | ASID_IS(3), 0x1000);
    assert_int_equal(kept(r), 2);
    run(r, 0x12 | ASID_IS(3), 0x1000);
    assert_int_equal(kept(r), 0);
}

/* CR0.VMW 1: bit 0 of the VMID is ignored in invalidations, never in lookups. */
static void vmw_widens_the_vmid_of_commands(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    wr(r, CR0, CMDQEN | VMW(1u));
    assert_int_equal(left_by(r, 0x28 | VMID_IS(3), 0), ALL_ENTRIES & ~0x048u);
}

static const struct smmu_tlb_entry page_4k = {.world = EL1, .stage = 1, .address = 0x200};
static const struct smmu_tlb_entry block_4k = {
    .world = EL1, .stage = 1, .address = 0x400, .size_log2 = 21, .level = 2};
static const struct smmu_tlb_entry page_64k = {
    .world = EL1, .stage = 1, .address = 0x800, .size_log2 = 16, .granule_log2 = 16};

static unsigned left_of_sizes(struct rig *r, uint64_t low, uint64_t high)
{
    run(r, 0x30, 0);
    fill(r, &page_4k, 0);
    fill(r, &block_4k, 1);
    fill(r, &page_64k, 2);
    run(r, low, high);
    return kept(r);
}

/* A block of 2 MiB of stage 1 at VA 0x40200000, in pages of stage 2. */
static void nested_block(struct rig *r)
{
    t_nested(r);
    t_put(r, t_entry(ROOT1 + 0x1000, VA0 >> 21 & 511), UINT64_C(0x40200000) | 0xf45);
    t_put(r, t_entry(ROOT2 + 0x2000, 1), PAGES | S2_PAGE);
    t_put(r, t_entry(ROOT2 + 0x2000, 5), (PAGES + 0x9000) | S2_PAGE);
    t_on(r);
    assert_int_equal(t_read(r, VA0).pa, PAGES);
    assert_int_equal(t_read(r, VA0 + 0x4000).pa, PAGES + 0x9000);
}

static unsigned n_combined(struct rig *r)
{
    const struct nap_smmuv3 *s = smmu_of(r->m, r->smmu);
    unsigned n = 0;

    for (unsigned i = 0; i < s->n_tlb; i++)
        n += s->tlb[i].stage == 3;
    return n;
}

/* One operation for any address of the block drops what derives from its descriptor. */
static void an_address_hits_all_entries_of_its_stage_1_block(void **state)
{
    struct rig *r = *state;

    nested_block(r);
    assert_int_equal(n_combined(r), 2);
    run(r, 0x12 | VMID_IS(5) | ASID_IS(3), UINT64_C(0x40400000)); /* the next block */
    assert_int_equal(n_combined(r), 2);
    run(r, 0x12 | VMID_IS(5) | ASID_IS(3), UINT64_C(0x40200000));
    assert_int_equal(n_combined(r), 0);
}

#define NUM(n)   ((uint64_t)(n) << 12)
#define SCALE(n) ((uint64_t)(n) << 20)
#define TG(n)    ((uint64_t)(n) << 10) /* DW1 */
#define TTL(n)   ((uint64_t)(n) << 8)

static void an_address_hits_the_block_that_covers_it(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    assert_int_equal(left_of_sizes(r, 0x12, UINT64_C(0x5ff000)), 5);
    assert_int_equal(left_of_sizes(r, 0x12, UINT64_C(0x600000)), 7);
    assert_int_equal(left_of_sizes(r, 0x12, UINT64_C(0x80f000)), 3);
}

static void a_range_has_num_plus_1_times_2_to_scale_pages(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    /* 3 * 2^8 pages from 0: up to 0x300000. 4 KiB entries only. */
    assert_int_equal(left_of_sizes(r, 0x12 | NUM(2) | SCALE(8), TG(1)), 6);
    assert_int_equal(left_of_sizes(r, 0x12 | NUM(8) | SCALE(8), TG(1)), 4);
    assert_int_equal(left_of_sizes(r, 0x12 | NUM(8) | SCALE(8), TG(1) | TTL(3)), 6);
    assert_int_equal(left_of_sizes(r, 0x12 | NUM(8) | SCALE(8), TG(1) | TTL(2)), 5);
    assert_int_equal(left_of_sizes(r, 0x12 | NUM(8) | SCALE(8), TG(3)), 3);
}

/* Invalidations complete with CMD_SYNC; everything else happens at once. */
static uint32_t with_sync(void *context, const struct nap_choice *choice)
{
    (void)context;
    return strcmp(choice->label, "invalidation completes with CMD_SYNC") == 0;
}

static void what_is_more_than_can_be_kept_completes_at_once_and_aloud(void **state)
{
    struct rig *r = *state;
    struct smmu_tlb_entry e = page_4k;

    rig_cmdq(r);
    for (unsigned i = 0; i < 33; i++) {
        e.address = 0x200 + i;
        fill(r, &e, i);
    }
    nap_set_chooser(r->m, with_sync, NULL, SLEEPY);
    for (unsigned i = 0; i < 32; i++)
        assert_int_equal(rig_command(r, 0x12, (uint64_t)(0x200 + i) << 12), 0);
    assert_int_equal(smmu_of(r->m, r->smmu)->n_tlb, 33);
    assert_int_equal(r->m->n_unmodelled, 0);
    assert_int_equal(rig_command(r, 0x12, (uint64_t)(0x200 + 32) << 12), 0);
    assert_int_equal(smmu_of(r->m, r->smmu)->n_tlb, 32);
    assert_int_equal(r->m->n_unmodelled, 1);
    assert_string_equal(r->m->unmodelled[0].what, "more invalidations under way than are kept");
    assert_int_equal(rig_command(r, SYNC, 0), 0);
    assert_int_equal(smmu_of(r->m, r->smmu)->n_tlb, 0);
}

/* --- tags of lookups --- */

static void entries_of_another_asid_or_vmid_do_not_answer(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    assert_int_equal(t_read(r, VA0).by, NAP_BY_WALK);
    assert_int_equal(t_read(r, VA0).by, NAP_BY_TLB);
    t_cd_at(r, CDTAB, CD_DW0 ^ UINT64_C(1) << 48, ROOT1, 0); /* another ASID */
    run(r, CFGI_ALL, 31);
    assert_int_equal(t_read(r, VA0).by, NAP_BY_WALK);
    t_ste(r, SID, STE_S1 | CDTAB, SHCFG_IN, 9, 0); /* another VMID */
    run(r, CFGI_ALL, 31);
    assert_int_equal(t_read(r, VA0).by, NAP_BY_WALK);
    t_cd_at(r, CDTAB, CD_DW0, ROOT1, 0);
    t_ste(r, SID, STE_S1 | CDTAB, SHCFG_IN, 0, 0);
    run(r, CFGI_ALL, 31);
    assert_int_equal(t_read(r, VA0).by, NAP_BY_TLB); /* the first one is still there */
}

static void global_entries_answer_for_every_asid_of_their_aset(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_map(r, ROOT1, VA0, PAGES | (S1_PAGE & ~DESC_NG));
    t_on(r);
    t_read(r, VA0);
    t_cd_at(r, CDTAB, CD_DW0 ^ UINT64_C(1) << 48, ROOT1, 0);
    run(r, CFGI_ALL, 31);
    assert_int_equal(t_read(r, VA0).by, NAP_BY_TLB);
    t_cd_at(r, CDTAB, CD_DW0 | UINT64_C(1) << 47, ROOT1, 0); /* ASET */
    run(r, CFGI_ALL, 31);
    assert_int_equal(t_read(r, VA0).by, NAP_BY_WALK);
}

/* "For translation lookup of non-global TLB entries ... ASID values with CD.ASET == 0 are
 * considered equivalent to ASID values with CD.ASET == 1". */
static void to_entries_of_an_asid_aset_makes_no_difference(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    t_read(r, VA0);
    t_cd_at(r, CDTAB, CD_DW0 | UINT64_C(1) << 47, ROOT1, 0); /* ASET */
    run(r, CFGI_ALL, 31);
    assert_int_equal(t_read(r, VA0).by, NAP_BY_TLB);
    run(r, NSNH_ALL, 0);
    assert_int_equal(t_read(r, VA0).by, NAP_BY_WALK);
    t_cd_at(r, CDTAB, CD_DW0, ROOT1, 0);
    run(r, CFGI_ALL, 31);
    assert_int_equal(t_read(r, VA0).by, NAP_BY_TLB);
    assert_int_equal(smmu_of(r->m, r->smmu)->n_tlb, 1);
}

static void faulting_translations_are_not_cached(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_map(r, ROOT1, VA0, 0);
    t_on(r);
    t_read(r, VA0);
    assert_int_equal(smmu_of(r->m, r->smmu)->n_tlb, 0);
    t_map(r, ROOT1, VA0, PAGES | S1_PAGE);
    assert_int_equal(t_read(r, VA0).pa, PAGES);
}

/* --- configuration caches --- */

static unsigned n_config(struct rig *r)
{
    const struct nap_smmuv3 *s = smmu_of(r->m, r->smmu);

    return s->n_ste << 12 | s->n_cd << 8 | s->n_l1std << 4 | s->n_l1cd;
}

#define L1TAB (RAM + 0x300000)

/* Streams 8 and 9 with two-level CD tables behind one first-level entry. */
static void two_level_tables(struct rig *r)
{
    nap_addr leaf = RAM + 0x320000;

    t_on(r);
    wr(r, CR0, CMDQEN);
    wr64(r, STRTAB_BASE, L1TAB);
    wr(r, STRTAB_BASE_CFG, UINT32_C(1) << 16 | 6u << 6 | 10);
    t_put(r, L1TAB, STRTAB | 7);
    t_map(r, ROOT1, VA0, PAGES | S1_PAGE);
    for (uint32_t sid = SID; sid < SID + 2; sid++)
        t_ste(r, sid, STE_S1 | CDTAB | S1CDMAX(12) | S1FMT(1), SHCFG_IN | 2, 0, 0);
    t_put(r, CDTAB, leaf | 1);
    t_put(r, CDTAB + 8, (leaf + 0x1000) | 1);
    t_cd_at(r, leaf, CD_DW0, ROOT1, 0);
    t_cd_at(r, leaf + 0x1000, CD_DW0, ROOT1, 0); /* SubstreamID 64 */
    wr(r, CR0, SMMUEN | CMDQEN);
}

static void fill_config(struct rig *r)
{
    run(r, CFGI_ALL, 31);
    for (uint32_t sid = SID; sid < SID + 2; sid++) {
        struct nap_transaction t = {.device = r->smmu, .port = sid, .iova = VA0};
        assert_int_equal(nap_dma_transaction(r->m, &t).pa, PAGES);
        t.has_substream = true;
        t.substream = 64;
        assert_int_equal(nap_dma_transaction(r->m, &t).pa, PAGES);
    }
    assert_int_equal(n_config(r), 0x2414);
}

#define SID_IS(n)  ((uint64_t)(n) << 32)
#define SSID_IS(n) ((uint64_t)(n) << 12)

static unsigned config_left_by(struct rig *r, uint64_t low, uint64_t high)
{
    fill_config(r);
    run(r, low, high);
    return n_config(r);
}

static void each_cfgi_drops_what_its_row_says(void **state)
{
    struct rig *r = *state;

    two_level_tables(r);
    assert_int_equal(config_left_by(r, 0x03 | SID_IS(8), 1), 0x1212); /* Leaf */
    assert_int_equal(config_left_by(r, 0x03 | SID_IS(8), 0), 0x1202);
    assert_int_equal(config_left_by(r, 0x04 | SID_IS(9), 0), 0x0000);  /* 8 and 9 */
    assert_int_equal(config_left_by(r, 0x04 | SID_IS(11), 0), 0x2404); /* the L1STD alone */
    assert_int_equal(config_left_by(r, CFGI_ALL, 31), 0x0000);
    assert_int_equal(config_left_by(r, 0x05 | SID_IS(8) | SSID_IS(64), 1), 0x2314);
    assert_int_equal(config_left_by(r, 0x05 | SID_IS(8) | SSID_IS(64), 0), 0x2312);
    assert_int_equal(config_left_by(r, 0x06 | SID_IS(8), 0), 0x2212);
}

/* "The bottom Range+1 bits of the StreamID parameter are IGNORED", also where with them it
 * would be out of range. */
static void a_range_of_streams_ignores_the_bits_within_it(void **state)
{
    struct rig *r = *state;

    two_level_tables(r);
    assert_int_equal(rd(r, IDR1) & 0x3f, 16); /* SIDSIZE */
    assert_int_equal(config_left_by(r, 0x04 | SID_IS(0x1abcd), 16), 0x0000);
    assert_int_equal(config_left_by(r, 0x04 | SID_IS(0xffffffff), 31), 0x0000); /* CFGI_ALL */
    assert_int_equal(config_left_by(r, 0x04 | SID_IS(0x20000), 16), 0x2414); /* out of range */
}

static void cfgi_leaves_the_tlb_and_tlbi_the_configuration(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    t_read(r, VA0);
    run(r, CFGI_ALL, 31);
    assert_int_equal(smmu_of(r->m, r->smmu)->n_tlb, 1);
    t_read(r, VA0);
    run(r, NSNH_ALL, 0);
    assert_int_equal(n_config(r), 0x1100);
    assert_int_equal(smmu_of(r->m, r->smmu)->n_tlb, 0);
}

static void a_cached_ste_answers_until_it_is_invalidated(void **state)
{
    struct rig *r = *state;
    struct nap_transaction t;
    struct nap_outcomes out;

    t_stage_1(r);
    t_on(r);
    t_read(r, VA0);
    t_ste(r, SID, STE_BYP, SHCFG_IN, 0, 0);
    assert_int_equal(t_read(r, VA0).pa, PAGES);
    t = t_access(r, VA0, NAP_READ);
    t_probe(r, &t, &out); /* the TLB, a walk, or the new STE */
    assert_int_equal(out.n, 3);
    assert_int_equal(out.list[0].by, NAP_BY_TLB);
    assert_int_equal(out.list[1].kind, NAP_OUTCOME_BYPASS);
    assert_int_equal(out.list[2].by, NAP_BY_WALK);
    run(r, 0x03 | SID_IS(SID), 1);
    assert_int_equal(t_read(r, VA0).kind, NAP_OUTCOME_BYPASS);
    t_probe(r, &t, &out);
    assert_int_equal(out.n, 1);
}

#define CONT(n) ((uint64_t)(n) << 13)

/* "a cache of the STE might be matched for any future lookup of StreamID ... within this span.
 * This field does not affect configuration invalidation." */
static void an_ste_answers_for_its_span_until_it_is_invalidated_itself(void **state)
{
    struct rig *r = *state;
    struct nap_transaction t = t_access(r, VA0, NAP_READ);
    struct nap_outcomes out;

    t_on(r);
    t_ste(r, SID, STE_BYP, SHCFG_IN | CONT(1), 0, 0);
    t_ste(r, SID + 1, STE_BYP, SHCFG_IN | CONT(1), 0, 0);
    t_read(r, VA0);
    t.port = SID + 1;
    t_probe(r, &t, &out);
    assert_int_equal(out.n, 1);
    t_ste(r, SID + 1, STE_ABORT, SHCFG_IN, 0, 0);
    run(r, 0x03 | SID_IS(SID + 1), 1);
    t_probe(r, &t, &out);
    assert_int_equal(out.n, 2);
    assert_int_equal(nap_dma_transaction(r->m, &t).kind, NAP_OUTCOME_BYPASS);
    t.port = SID + 2;
    assert_int_equal(nap_dma_transaction(r->m, &t).kind, NAP_OUTCOME_FAULT);
    t.port = SID + 1;
    run(r, 0x03 | SID_IS(SID), 1);
    assert_int_equal(nap_dma_transaction(r->m, &t).kind, NAP_OUTCOME_FAULT);
}

/* "A span greater than the size of the Stream table is capped". */
static void a_span_lets_no_stream_in_that_is_beyond_the_table(void **state)
{
    struct rig *r = *state;
    struct nap_transaction t = t_access(r, VA0, NAP_READ);

    t_on(r);
    t_ste(r, 63, STE_BYP, SHCFG_IN | CONT(7), 0, 0); /* 0 to 127; the table has 64 */
    t.port = 63;
    assert_int_equal(nap_dma_transaction(r->m, &t).kind, NAP_OUTCOME_BYPASS);
    t.port = 62;
    assert_int_equal(nap_dma_transaction(r->m, &t).kind, NAP_OUTCOME_BYPASS);
    t.port = 64;
    assert_int_equal(nap_dma_transaction(r->m, &t).event, 0x02);
}

/* "Any successfully fetched structure, valid or not, may be cached"; a failed fetch is not. */
static void invalid_structures_are_cached_and_failed_fetches_are_not(void **state)
{
    struct rig *r = *state;

    t_on(r);
    t_read(r, VA0);
    assert_int_equal(t_event(r).dw[0], 0x04 | (uint64_t)SID << 32);
    t_stage_1(r);
    t_read(r, VA0);
    assert_int_equal(t_event(r).dw[0], 0x04 | (uint64_t)SID << 32);
    t_ste(r, SID, STE_S1 | NOWHERE, SHCFG_IN, 0, 0);
    run(r, CFGI_ALL, 31);
    t_read(r, VA0);
    assert_int_equal(t_event(r).dw[0], 0x09 | (uint64_t)SID << 32);
    assert_int_equal(n_config(r), 0x1000);
}

/* --- contiguous sets, switch S41 --- */

#define CONTIGUOUS (UINT64_C(1) << 52)

/* VA0 is the second page of 16. The third is not mapped. */
static void a_contiguous_bit_that_is_believed_maps_the_whole_set(void **state)
{
    struct rig *r = *state;
    struct nap_transaction t = t_access(r, VA0 + 0x1000, NAP_READ);
    struct nap_outcomes out;

    rig_switch(r, "S41", 1);
    t_stage_1(r);
    t_map(r, ROOT1, VA0, (PAGES + 0x1000) | S1_PAGE | CONTIGUOUS);
    t_on(r);
    assert_int_equal(t_read(r, VA0).pa, PAGES + 0x1000);
    t_probe(r, &t, &out);
    assert_int_equal(out.n, 2);
    assert_int_equal(t_read(r, VA0 + 0x1000).pa, PAGES + 0x2000);
    assert_int_equal(t_read(r, VA0 + 0xf000).event, 0x10); /* of the next set */
    run(r, 0x12 | ASID_IS(3), VA0 + 0x1000);               /* any address of it */
    assert_int_equal(t_read(r, VA0 + 0x1000).event, 0x10);
}

static void by_default_the_contiguous_bit_is_ignored(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_map(r, ROOT1, VA0, (PAGES + 0x1000) | S1_PAGE | CONTIGUOUS);
    t_on(r);
    t_read(r, VA0);
    assert_int_equal(t_read(r, VA0 + 0x1000).event, 0x10);
}

static void a_set_of_stage_2_maps_as_one_too(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "S41", 1);
    t_stage_2(r);
    t_map(r, ROOT2, VA0, (PAGES + 0x1000) | S2_PAGE | CONTIGUOUS);
    t_on(r);
    t_read(r, VA0);
    assert_int_equal(t_read(r, VA0 + 0x1000).pa, PAGES + 0x2000);
}

/* "In a Level 1 SMMU a change to only the Contiguous bit ... does not lead to a TLB conflict".
 */
static void a_change_of_the_contiguous_bit_is_a_conflict_below_bbml_1_alone(void **state)
{
    struct rig *r = *state;

    for (unsigned bbml = 0; bbml < 2; bbml++) {
        rig_switch(r, "S41", 1);
        rig_id(r, SMMU_SLOT_IDR3, 3u << 11, bbml << 11);
        t_stage_1(r);
        t_map(r, ROOT1, VA0, (PAGES + 0x1000) | S1_PAGE);
        t_map(r, ROOT1, VA0 + 0x1000, (PAGES + 0x2000) | S1_PAGE);
        t_on(r);
        t_read(r, VA0);
        t_map(r, ROOT1, VA0 + 0x1000, (PAGES + 0x2000) | S1_PAGE | CONTIGUOUS);
        t_read(r, VA0 + 0x1000);
        assert_int_equal(t_read(r, VA0).event, bbml == 0 ? 0x20 : 0);
    }
}

/* --- pointers to tables, switch S40 --- */

/* One of each tag, of the 2 MiB that a table of level 3 maps; its table is its number. */
static const struct smmu_table tables[] = {
    {.world = EL1, .stage = 1, .vmid = 1, .asid = 3, .address = 0x200},
    {.world = EL1, .stage = 1, .vmid = 1, .asid = 4, .address = 0x200},
    {.world = EL1, .stage = 3, .vmid = 1, .asid = 3, .address = 0x400},
    {.world = EL1, .stage = 1, .vmid = 2, .asid = 3, .address = 0x200},
    {.world = EL1, .stage = 2, .vmid = 1, .address = 0x200},
    {.world = EL1, .stage = 2, .vmid = 2, .address = 0x200},
    {.world = EL2, .stage = 1, .address = 0x200},
    {.world = E2H, .stage = 1, .asid = 3, .address = 0x200},
    {.world = E2H, .stage = 1, .asid = 4, .address = 0x200},
};
#define ALL_TABLES 0x1ffu

static unsigned tables_left_by(struct rig *r, uint64_t low, uint64_t high)
{
    const struct nap_smmuv3 *s = smmu_of(r->m, r->smmu);
    unsigned set = 0;

    for (unsigned i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        struct smmu_table e = tables[i];
        e.table = i;
        e.size_log2 = 21;
        e.granule_log2 = 12;
        e.level = 3;
        smmu_fill_table(r->m, r->smmu, &e);
    }
    assert_int_equal(s->n_table, 9);
    run(r, low, high);
    for (unsigned i = 0; i < s->n_table; i++)
        set |= 1u << s->table[i].table;
    return set;
}

#define IN_TABLE        UINT64_C(0x212000) /* an address */
#define TG_TTL(tg, ttl) ((uint64_t)(tg) << 10 | (uint64_t)(ttl) << 8)

/* "When Leaf == 1, only cached entries for the last level of translation table walk are
 * required to be invalidated"; "For operations with Leaf=0, invalidation of cached Table
 * descriptors ... at levels between the start of the walk and the level before the last level
 * given by TTL". */
static void each_tlbi_drops_the_tables_that_its_row_says(void **state)
{
    static const struct {
        uint64_t low, high;
        unsigned dropped;
    } rows[] = {
        {0x10 | VMID_IS(1), 0, 0x007}, /* NH_ALL */
        {0x11 | VMID_IS(1) | ASID_IS(3), 0, 0x005},
        {0x12 | VMID_IS(1) | ASID_IS(3), IN_TABLE, 0x001},
        {0x12 | VMID_IS(1) | ASID_IS(3), IN_TABLE | 1, 0x000}, /* Leaf */
        {0x12 | VMID_IS(1) | ASID_IS(3), 0x400000, 0x004},
        {0x13 | VMID_IS(1), IN_TABLE, 0x003},
        {0x13 | VMID_IS(1), IN_TABLE | 1, 0x000},
        {0x13 | VMID_IS(1), 0x600000, 0x000},
        {0x13 | VMID_IS(1), IN_TABLE | TG_TTL(1, 3), 0x003},
        {0x13 | VMID_IS(1), 0x200000 | TG_TTL(1, 2), 0x000}, /* a block: no table below */
        {0x13 | VMID_IS(1) | 1u << 12, 0x200000 | TG_TTL(2, 0), 0x000}, /* 16 KiB */
        {0x13 | VMID_IS(1) | 15u << 20, 0 | TG_TTL(1, 0), 0x007},
        {0x28 | VMID_IS(1), 0, 0x017}, /* S12_VMALL */
        {0x2a | VMID_IS(1), IN_TABLE, 0x010},
        {0x2a | VMID_IS(1), IN_TABLE | 1, 0x000},
        {0x30, 0, 0x03f}, /* NSNH_ALL */
        {0x20, 0, 0x1c0}, /* EL2_ALL */
        {0x21 | ASID_IS(3), 0, 0x080},
        {0x22 | ASID_IS(3), IN_TABLE, 0x040}, /* E2H is 0 */
        {0x23, IN_TABLE, 0x040},
        {0x23, IN_TABLE | 1, 0x000},
    };
    struct rig *r = *state;

    rig_switch(r, "S40", 1);
    wr(r, CR2, 0);
    rig_cmdq(r);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        unsigned left = tables_left_by(r, rows[i].low, rows[i].high);
        if (left != (ALL_TABLES & ~rows[i].dropped))
            fail_msg("row %u: left %#x", i, left);
    }
}

/* One of level 2 was kept for a block beside it. */
static void of_several_kept_tables_the_last_is_walked(void **state)
{
    struct rig *r = *state;
    const nap_addr block = VA0 + 0x400000;

    rig_switch(r, "S40", 1);
    t_stage_1(r);
    t_put(r, t_entry(ROOT1 + 0x1000, block >> 21 & 511), RAM | (S1_PAGE & ~UINT64_C(2)));
    t_on(r);
    t_read(r, VA0);
    t_read(r, block);
    assert_int_equal(smmu_of(r->m, r->smmu)->n_table, 2);
    t_put(r, t_entry(ROOT1 + 0x1000, VA0 >> 21 & 511), 0);
    run(r, 0x12 | ASID_IS(3), VA0 | 1);
    assert_int_equal(t_read(r, VA0).pa, PAGES);
}

/* Another table takes the place of the last one, with another page at VA0. */
static void replace_last_table(struct rig *r, nap_addr root, nap_addr page)
{
    t_put(r, t_entry(root + 0x3000, VA0 >> 12 & 511), page);
    t_put(r, t_entry(root + 0x1000, VA0 >> 21 & 511), (root + 0x3000) | TABLE);
}

static void a_kept_table_is_walked_until_more_than_leaves_are_invalidated(void **state)
{
    struct rig *r = *state;
    struct nap_transaction t = t_access(r, VA0, NAP_READ);
    struct nap_outcomes out;

    rig_switch(r, "S40", 1);
    t_stage_1(r);
    t_on(r);
    t_read(r, VA0);
    replace_last_table(r, ROOT1, (PAGES + 0x5000) | S1_PAGE);
    run(r, 0x12 | ASID_IS(3), VA0 | 1);
    t_probe(r, &t, &out);
    assert_int_equal(out.n, 2);
    assert_int_equal(out.list[0].pa, PAGES);
    assert_int_equal(out.list[1].pa, PAGES + 0x5000);
    assert_int_equal(t_read(r, VA0).pa, PAGES);
    assert_int_equal(t_read(r, VA0 + 0x1000).event, 0x10); /* of the same table */
    run(r, 0x12 | ASID_IS(3), VA0);
    t_probe(r, &t, &out);
    assert_int_equal(out.n, 1);
    assert_int_equal(t_read(r, VA0).pa, PAGES + 0x5000);
}

static void by_default_no_table_is_kept(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    t_read(r, VA0);
    replace_last_table(r, ROOT1, (PAGES + 0x5000) | S1_PAGE);
    run(r, 0x12 | ASID_IS(3), VA0 | 1);
    assert_int_equal(t_read(r, VA0).pa, PAGES + 0x5000);
}

/* CMD_TLBI_S2_IPA for the address that a stage 2 table maps. */
static void tables_of_stage_2_are_kept_by_their_own_address(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "S40", 1);
    t_stage_2(r);
    t_on(r);
    t_read(r, VA0);
    replace_last_table(r, ROOT2, (PAGES + 0x6000) | S2_PAGE);
    run(r, 0x2a | VMID_IS(5), VA0 | 1);
    assert_int_equal(t_read(r, VA0).pa, PAGES + 0x1000);
    run(r, 0x2a | VMID_IS(5), VA0);
    assert_int_equal(t_read(r, VA0).pa, PAGES + 0x6000);
}

/* Of a nested stream the table's address is an intermediate one: stage 2 still counts. */
static void a_kept_table_of_a_nested_stream_goes_through_stage_2(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "S40", 1);
    t_nested(r);
    t_on(r);
    t_read(r, VA0);
    assert_int_equal(smmu_of(r->m, r->smmu)->table[0].stage, 2);
    t_put(r, t_entry(ROOT2, RAM >> 30), 0); /* where the tables of stage 1 lie */
    run(r, 0x2a | VMID_IS(5), ROOT1 + 0x2000);
    run(r, 0x13 | VMID_IS(5), VA0 | 1);
    t_ended_in(r, t_read(r, VA0), 0x10, EV_RNW | EV_S2 | EV_TT, VA0, ROOT1 + 0x2000);
}

static void what_table_descriptors_take_away_is_kept_with_the_table(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "S40", 1);
    t_stage_1(r);
    t_put(r, t_entry(ROOT1, 1), (ROOT1 + 0x1000) | TABLE | UINT64_C(1) << 62); /* APTable */
    t_on(r);
    t_read(r, VA0);
    t_put(r, t_entry(ROOT1, 1), (ROOT1 + 0x1000) | TABLE);
    run(r, 0x12 | ASID_IS(3), VA0 | 1);
    assert_false(t_read(r, VA0).writable);
    run(r, 0x12 | ASID_IS(3), VA0);
    assert_true(t_read(r, VA0).writable);
}

static void prefetch_fills_configuration_and_tlb(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    assert_int_equal(rig_command(r, 0x01 | SID_IS(SID), 0), 0);
    assert_int_equal(n_config(r), 0x1100);
    assert_int_equal(smmu_of(r->m, r->smmu)->n_tlb, 0);
    assert_int_equal(rig_command(r, 0x02 | SID_IS(SID), VA0), 0);
    assert_int_equal(smmu_of(r->m, r->smmu)->n_tlb, 1);
    assert_int_equal(rig_command(r, 0x02 | SID_IS(SID), VA0 + 0x1000), 0); /* not mapped */
    t_no_event(r);
}

/* --- conflicts --- */

static void a_block_beside_its_page_is_a_conflict(void **state)
{
    struct rig *r = *state;
    struct nap_transaction t;
    struct nap_outcomes out;

    t_stage_1(r);
    t_on(r);
    t_read(r, VA0);
    t_put(r, t_entry(ROOT1 + 0x1000, VA0 >> 21 & 511), (PAGES + 0x200000) | 0xf45);
    t_read(r, VA0 + 0x3000); /* a block of 2 MiB, without break before make */
    t = t_access(r, VA0, NAP_READ);
    t_probe(r, &t, &out);
    assert_int_equal(out.n, 4); /* conflict, block, page, walk */
    assert_int_equal(out.list[0].event, 0x20);
    assert_int_equal(out.list[1].pa, PAGES + 0x201000);
    assert_int_equal(out.list[2].pa, PAGES);
    assert_int_equal(out.list[3].by, NAP_BY_WALK);
    t_ended_in(r, t_read(r, VA0), 0x20, EV_RNW, VA0, 0);
}

static void of_conflicting_entries_the_older_may_answer(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "S30", 1);
    t_stage_1(r);
    t_on(r);
    t_read(r, VA0);
    t_put(r, t_entry(ROOT1 + 0x1000, VA0 >> 21 & 511), (PAGES + 0x200000) | 0xf45);
    t_read(r, VA0 + 0x3000);
    assert_int_equal(t_read(r, VA0).pa, PAGES);
}

#define BBML(r, n) rig_id(r, SMMU_SLOT_IDR3, 3u << 11, (n) << 11)
#define BLOCK_2M   UINT64_C(0xf45) /* S1_PAGE as a block of level 2 */
#define NT         (UINT64_C(1) << 16)

/* VA0 as a page of what a block of 2 MiB maps, which then takes the place of its table. */
static void grow(struct rig *r, uint64_t block)
{
    t_stage_1(r);
    t_map(r, ROOT1, VA0, (PAGES + 0x1000) | S1_PAGE);
    t_on(r);
    t_read(r, VA0);
    t_put(r, t_entry(ROOT1 + 0x1000, VA0 >> 21 & 511), PAGES | block);
    assert_int_equal(t_read(r, VA0 + 0x3000).by, NAP_BY_WALK);
}

static void below_bbml_2_a_change_of_size_alone_is_a_conflict(void **state)
{
    struct rig *r = *state;

    BBML(r, 0u);
    grow(r, BLOCK_2M);
    t_ended_in(r, t_read(r, VA0), 0x20, EV_RNW, VA0, 0);
    BBML(r, 1u);
    t_ended_in(r, t_read(r, VA0), 0x20, EV_RNW, VA0, 0);
}

/* "F_TLB_CONFLICT is never reported". */
static void with_bbml_2_a_change_of_size_alone_is_none(void **state)
{
    struct rig *r = *state;
    struct nap_transaction t;
    struct nap_outcomes out;

    BBML(r, 2u);
    grow(r, BLOCK_2M | NT); /* nT is ignored */
    assert_int_equal(t_read(r, VA0 + 0x3000).by, NAP_BY_TLB);
    assert_int_equal(t_read(r, VA0).pa, PAGES + 0x1000);
    t_no_event(r);
    t = t_access(r, VA0, NAP_READ);
    t_probe(r, &t, &out);
    for (unsigned i = 0; i < out.n; i++)
        assert_int_equal(out.list[i].kind, NAP_OUTCOME_TRANSLATED);
}

/* "A Block descriptor having nT == 1 is not cached in a way that will cause a TLB conflict". */
static void with_bbml_1_a_block_with_nt_makes_no_conflict(void **state)
{
    struct rig *r = *state;

    BBML(r, 1u);
    grow(r, BLOCK_2M | NT);
    assert_int_equal(t_read(r, VA0 + 0x3000).by, NAP_BY_WALK);
    assert_int_equal(t_read(r, VA0).by, NAP_BY_TLB);
    assert_int_equal(t_read(r, VA0).pa, PAGES + 0x1000);
    t_no_event(r);
}

static void with_bbml_1_nt_counts_at_either_stage(void **state)
{
    struct rig *r = *state;

    BBML(r, 1u);
    t_nested(r);
    t_put(r, t_entry(ROOT2, VA0 >> 30), (VA0 & ~UINT64_C(0x3fffffff)) | 0x7fd | NT);
    t_on(r);
    assert_int_equal(t_read(r, VA0).pa, VA0 + 0x1000);
    assert_int_equal(n_combined(r), 0);
    t_ste(r, SID, STE_S2, SHCFG_IN, S2_DW2, ROOT2);
    run(r, CFGI_ALL, 31);
    run(r, NSNH_ALL, 0);
    assert_int_equal(t_read(r, VA0).pa, VA0);
    assert_int_equal(smmu_of(r->m, r->smmu)->n_tlb, 0);
}

/* --- SMMUEN and power --- */

/* "A change of SMMUEN does not itself invalidate caches". */
static void entries_survive_smmuen_0_and_another_base(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    t_read(r, VA0);
    wr(r, CR0, CMDQEN);
    assert_int_equal(t_read(r, VA0).kind, NAP_OUTCOME_BYPASS);
    wr64(r, STRTAB_BASE, RAM + 0x900000); /* nothing but zeros */
    wr(r, CR0, SMMUEN | CMDQEN);
    assert_int_equal(t_read(r, VA0).pa, PAGES);
    assert_int_equal(t_read(r, VA0).by, NAP_BY_TLB);
}

#define RETAIN NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN)

static void cycle_power(struct rig *r)
{
    nap_power_off(r->m, 1);
    nap_power_on(r->m, 1);
}

static void program(struct rig *r)
{
    wr(r, CR2, 0);
    wr64(r, STRTAB_BASE, STRTAB);
    wr(r, STRTAB_BASE_CFG, 6);
    rig_cmdq(r);
}

static void without_retain_caches_are_empty_after_a_power_cut(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    t_read(r, VA0);
    cycle_power(r);
    assert_int_equal(n_config(r), 0);
    assert_int_equal(smmu_of(r->m, r->smmu)->n_tlb, 0);
}

/* Configuration is asked for first, then the TLB: 1 is kept. */
static void kept_entries_answer_once_translation_is_on(void **state)
{
    struct rig *r = *state;
    static const uint32_t kept_both[] = {1, 1};

    t_stage_1(r);
    t_on(r);
    t_read(r, VA0);
    rig_vary(r, RETAIN, NULL, 0);
    cycle_power(r);
    program(r);
    rig_vary(r, RETAIN, kept_both, 2);
    t_map(r, ROOT1, VA0, (PAGES + 0x1000) | S1_PAGE);
    wr(r, CR0, SMMUEN | CMDQEN);
    assert_int_equal(r->n_asked, 2);
    assert_int_equal(t_read(r, VA0).pa, PAGES);
}

/* Pointers to tables come and go with the TLB, also where it has nothing else. */
static void kept_tables_may_outlive_a_power_cut(void **state)
{
    static const uint32_t kept_both[] = {1, 1};
    struct rig *r = *state;

    rig_switch(r, "S40", 1);
    t_stage_1(r);
    t_on(r);
    t_read(r, VA0);
    run(r, 0x12 | ASID_IS(3), VA0 | 1);
    rig_vary(r, RETAIN, NULL, 0);
    cycle_power(r);
    program(r);
    rig_vary(r, RETAIN, kept_both, 2);
    replace_last_table(r, ROOT1, (PAGES + 0x5000) | S1_PAGE);
    wr(r, CR0, SMMUEN | CMDQEN);
    assert_int_equal(r->n_asked, 2);
    assert_int_equal(t_read(r, VA0).pa, PAGES);
    rig_vary(r, 0, NULL, 0);
    cycle_power(r);
    assert_int_equal(smmu_of(r->m, r->smmu)->n_table, 0);
}

/* With the last entry goes what might be in its place. */
static void no_entry_is_foreign_where_tables_alone_are_kept(void **state)
{
    static const struct smmu_tlb_donor no_tlb[2];
    static const uint32_t kept_both[] = {1, 1};
    struct rig *r = *state;

    rig_switch(r, "S40", 1);
    t_stage_1(r);
    t_on(r);
    t_read(r, VA0);
    rig_vary(r, RETAIN, NULL, 0);
    cycle_power(r);
    program(r);
    run(r, 0x12 | ASID_IS(3), VA0 | 1);
    assert_int_equal(smmu_of(r->m, r->smmu)->n_table, 1);
    assert_memory_equal(smmu_of(r->m, r->smmu)->tlb_donor, no_tlb, sizeof no_tlb);
    rig_vary(r, RETAIN, kept_both, 2);
    wr(r, CR0, SMMUEN | CMDQEN);
    assert_int_equal(r->n_asked, 2);
}

static void nothing_is_asked_of_caches_that_have_been_invalidated(void **state)
{
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    t_read(r, VA0);
    rig_vary(r, RETAIN, NULL, 0);
    cycle_power(r);
    program(r);
    run(r, CFGI_ALL, 31);
    run(r, NSNH_ALL, 0);
    rig_vary(r, RETAIN, NULL, 0);
    wr(r, CR0, SMMUEN | CMDQEN);
    assert_int_equal(r->n_asked, 0);
    assert_int_equal(t_read(r, VA0).by, NAP_BY_WALK);
}

/* Otherwise states that behave alike would be told apart. */
static void what_foreign_entries_would_have_is_forgotten_with_the_choice(void **state)
{
    static const struct smmu_tlb_donor no_tlb[2];
    static const struct smmu_ste_donor no_ste[2];
    struct rig *r = *state;

    t_stage_1(r);
    t_on(r);
    t_read(r, VA0);
    cycle_power(r); /* empty */
    assert_memory_equal(smmu_of(r->m, r->smmu)->tlb_donor, no_tlb, sizeof no_tlb);
    assert_memory_equal(smmu_of(r->m, r->smmu)->ste_donor, no_ste, sizeof no_ste);
    program(r);
    wr(r, CR0, SMMUEN | CMDQEN);
    t_read(r, VA0);
    rig_vary(r, RETAIN, NULL, 0);
    cycle_power(r);
    assert_memory_not_equal(smmu_of(r->m, r->smmu)->tlb_donor, no_tlb, sizeof no_tlb);
    program(r);
    run(r, CFGI_ALL, 31);
    assert_memory_equal(smmu_of(r->m, r->smmu)->ste_donor, no_ste, sizeof no_ste);
    wr(r, CR0, SMMUEN | CMDQEN);
    assert_memory_equal(smmu_of(r->m, r->smmu)->tlb_donor, no_tlb, sizeof no_tlb);
}

/* TLBI_EL2_VA needs E2H: of what it might drop, and only then, it is asked. */
static void tlbi_el2_va_settles_a_cr2_that_is_not_known(void **state)
{
    struct rig *r = *state;

    rig_vary(r, RETAIN, NULL, 0);
    nap_power_off(r->m, 1);
    nap_power_on(r->m, 1);
    rig_cmdq(r);
    fill(r, &entries[7], 7); /* EL2 */
    fill(r, &entries[8], 8); /* E2H, ASID 3 */
    rig_vary(r, RETAIN, NULL, 0);
    run(r, 0x22 | ASID_IS(3), 0x9000);
    assert_int_equal(r->n_asked, 0);
    assert_int_equal(nap_reg_marks(r->m, r->smmu, SMMU_SLOT_CR2) & NAP_MARK_UNDETERMINED,
                     NAP_MARK_UNDETERMINED);
    run(r, 0x22 | ASID_IS(3), 0x1000);
    assert_int_equal(r->n_asked, 1);
    assert_int_equal(nap_reg_marks(r->m, r->smmu, SMMU_SLOT_CR2) & NAP_MARK_UNDETERMINED, 0);
    assert_int_equal(kept(r), nap_reg_get(r->m, r->smmu, SMMU_SLOT_CR2) & 1 ? 0x080 : 0x100);
}

/* The output of the next domain's first entry, under the tag of the first. */
static void a_foreign_entry_points_into_another_domain(void **state)
{
    struct rig *r = *state;
    static const uint32_t foreign[] = {1, 2};
    struct nap_transaction t;

    t_stage_1(r);
    t_ste(r, SID + 1, STE_S1 | (CDTAB + 64), SHCFG_IN, 0, 0);
    t_cd_at(r, CDTAB + 64, CD_DW0 + (UINT64_C(1) << 48), ROOT2, 0);
    t_map(r, ROOT2, VA0, (PAGES + 0x9000) | S1_PAGE);
    t_on(r);
    t_read(r, VA0);
    t = t_access(r, VA0, NAP_READ);
    t.port = SID + 1;
    nap_dma_transaction(r->m, &t);
    rig_vary(r, RETAIN, NULL, 0);
    cycle_power(r);
    program(r);
    rig_vary(r, RETAIN, foreign, 2);
    wr(r, CR0, SMMUEN | CMDQEN);
    assert_int_equal(t_read(r, VA0).pa, PAGES + 0x9000);
    assert_int_equal(nap_dma_transaction(r->m, &t).pa, PAGES + 0x9000);
}

/* The first stream is configured as another one. */
static void a_foreign_ste_configures_a_stream_as_another(void **state)
{
    struct rig *r = *state;
    static const uint32_t foreign[] = {2, 0};
    struct nap_transaction t;

    t_stage_1(r);
    t_ste(r, SID + 1, STE_BYP, SHCFG_IN, 0, 0);
    t_on(r);
    t_read(r, VA0);
    t = t_access(r, VA0, NAP_READ);
    t.port = SID + 1;
    nap_dma_transaction(r->m, &t);
    rig_vary(r, RETAIN, NULL, 0);
    cycle_power(r);
    program(r);
    rig_vary(r, RETAIN, foreign, 2);
    wr(r, CR0, SMMUEN | CMDQEN);
    assert_int_equal(t_read(r, VA0).kind, NAP_OUTCOME_BYPASS);
}

/* Sets are equal bytes, in whatever order they have been filled. */
static void the_order_of_filling_leaves_no_trace(void **state)
{
    struct rig *r = *state;
    struct smmu_tlb_entry first[sizeof entries / sizeof entries[0]];
    const unsigned n = sizeof entries / sizeof entries[0];

    rig_cmdq(r);
    for (unsigned i = 0; i < n; i++)
        fill(r, &entries[i], i);
    memcpy(first, smmu_of(r->m, r->smmu)->tlb, sizeof first);
    run(r, 0x30, 0);
    run(r, 0x20, 0);
    for (unsigned i = n; i-- > 0;)
        fill(r, &entries[i], i);
    assert_memory_equal(first, smmu_of(r->m, r->smmu)->tlb, sizeof first);
}

/* "Dormant state": "The SMMU guarantees that no translation or configuration structure data is
 * cached". */
static void the_dormant_hint_says_that_nothing_is_cached(void **state)
{
    struct rig *r = *state;

    rig_with(r, "IDR0", UINT64_C(0x08cff79f)); /* DORMHINT */
    t_stage_1(r);
    t_on(r);
    assert_int_equal(rd(r, 0x40), 1);
    t_read(r, VA0);
    assert_int_equal(rd(r, 0x40), 0);
    run(r, 0x30, 0);
    assert_int_equal(rd(r, 0x40), 0); /* the configuration is there */
    run(r, 0x04, 31);
    assert_int_equal(rd(r, 0x40), 1);
}

static void without_the_dormant_hint_its_register_is_reserved(void **state)
{
    struct rig *r = *state;

    assert_int_equal(rd(r, 0x40), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(each_tlbi_drops_what_its_row_says),
        rig_test(tlbi_el2_va_is_of_the_world_that_e2h_selects),
        rig_test(a_vmid_without_stage_2_drops_nothing),
        rig_test(vmw_widens_the_vmid_of_commands),
        rig_test(an_address_hits_the_block_that_covers_it),
        rig_test(an_address_hits_all_entries_of_its_stage_1_block),
        rig_test(a_range_has_num_plus_1_times_2_to_scale_pages),
        rig_test(what_is_more_than_can_be_kept_completes_at_once_and_aloud),
        rig_test(entries_of_another_asid_or_vmid_do_not_answer),
        rig_test(global_entries_answer_for_every_asid_of_their_aset),
        rig_test(to_entries_of_an_asid_aset_makes_no_difference),
        rig_test(faulting_translations_are_not_cached),
        rig_test(each_cfgi_drops_what_its_row_says),
        rig_test(a_range_of_streams_ignores_the_bits_within_it),
        rig_test(cfgi_leaves_the_tlb_and_tlbi_the_configuration),
        rig_test(a_cached_ste_answers_until_it_is_invalidated),
        rig_test(an_ste_answers_for_its_span_until_it_is_invalidated_itself),
        rig_test(a_span_lets_no_stream_in_that_is_beyond_the_table),
        rig_test(invalid_structures_are_cached_and_failed_fetches_are_not),
        rig_test(a_contiguous_bit_that_is_believed_maps_the_whole_set),
        rig_test(by_default_the_contiguous_bit_is_ignored),
        rig_test(a_set_of_stage_2_maps_as_one_too),
        rig_test(a_change_of_the_contiguous_bit_is_a_conflict_below_bbml_1_alone),
        rig_test(each_tlbi_drops_the_tables_that_its_row_says),
        rig_test(a_kept_table_is_walked_until_more_than_leaves_are_invalidated),
        rig_test(of_several_kept_tables_the_last_is_walked),
        rig_test(by_default_no_table_is_kept),
        rig_test(tables_of_stage_2_are_kept_by_their_own_address),
        rig_test(a_kept_table_of_a_nested_stream_goes_through_stage_2),
        rig_test(what_table_descriptors_take_away_is_kept_with_the_table),
        rig_test(prefetch_fills_configuration_and_tlb),
        rig_test(a_block_beside_its_page_is_a_conflict),
        rig_test(of_conflicting_entries_the_older_may_answer),
        rig_test(below_bbml_2_a_change_of_size_alone_is_a_conflict),
        rig_test(with_bbml_2_a_change_of_size_alone_is_none),
        rig_test(with_bbml_1_a_block_with_nt_makes_no_conflict),
        rig_test(with_bbml_1_nt_counts_at_either_stage),
        rig_test(entries_survive_smmuen_0_and_another_base),
        rig_test(without_retain_caches_are_empty_after_a_power_cut),
        rig_test(kept_entries_answer_once_translation_is_on),
        rig_test(kept_tables_may_outlive_a_power_cut),
        rig_test(no_entry_is_foreign_where_tables_alone_are_kept),
        rig_test(nothing_is_asked_of_caches_that_have_been_invalidated),
        rig_test(what_foreign_entries_would_have_is_forgotten_with_the_choice),
        rig_test(tlbi_el2_va_settles_a_cr2_that_is_not_known),
        rig_test(a_foreign_entry_points_into_another_domain),
        rig_test(a_foreign_ste_configures_a_stream_as_another),
        rig_test(the_order_of_filling_leaves_no_trace),
        rig_test(the_dormant_hint_says_that_nothing_is_cached),
        rig_test(without_the_dormant_hint_its_register_is_reserved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
