/* SPDX-License-Identifier: MIT */
/* Stage 1 and stage 2 as STE and CD configure them, the walks with what hardware updates in
 * descriptors, and the TLB in front of them. Arm IHI 0070, "Address sizes", "Translation tables
 * and Access flag/Dirty state", "Normal translation flow". */
#include "lookup.h"

/* --- attributes of clients --- */

/* ALLOCCFG 1RWT: read and write allocation and transience of cacheable memory. */
static uint8_t with_hints(uint8_t mair, unsigned alloccfg)
{
    unsigned rw = alloccfg >> 1 & 3, transient = alloccfg & 1;
    uint8_t out = 0;

    if (!(alloccfg & 8) || nap_vmsa_is_device(mair))
        return mair;
    for (unsigned shift = 0; shift < 8; shift += 4) {
        unsigned nibble = (unsigned)mair >> shift & 15u, wb = nibble & 4u;
        /* Read-allocate is bit 1 and write-allocate bit 0; neither is never transient. */
        if (nibble != 4)
            nibble = (transient && rw ? 0u : 8u) | wb | (rw >> 1 << 1) | (rw & 1u);
        out |= (uint8_t)(nibble << shift);
    }
    return out;
}

/* "Replace": what a client says is write-back, allocating and non-shareable if nothing else. */
uint16_t smmu_override(const struct nap_machine *m, unsigned device, bool mtcfg,
                       unsigned memattr, unsigned shcfg, unsigned alloccfg)
{
    uint8_t mair = NAP_VMSA_WB, sh = NAP_VMSA_NSH;

    if (!(nap_reg_get(m, device, SMMU_SLOT_IDR1) & SMMU_IDR1_ATTR_TYPES_OVR))
        return nap_vmsa_attributes(mair, sh);
    if (mtcfg)
        mair = nap_vmsa_memattr((uint8_t)memattr);
    if (shcfg != 1)
        sh = (uint8_t)shcfg;
    return nap_vmsa_attributes(with_hints(mair, alloccfg), sh);
}

uint16_t smmu_incoming(const struct nap_machine *m, unsigned device, const struct smmu_ste *ste)
{
    return smmu_override(
        m, device, smmu_bit(ste->dw[1], 36), (unsigned)smmu_bits(ste->dw[1], 35, 32),
        (unsigned)smmu_bits(ste->dw[1], 45, 44), (unsigned)smmu_bits(ste->dw[1], 40, 37));
}

/* ALLOCCFG of a level of cacheability whose hints are stage 1's. */
static unsigned with_fewer_hints(unsigned nibble, unsigned alloccfg)
{
    unsigned rw = nibble & alloccfg >> 1 & 3u;
    bool transient = !(nibble & 8u) || (alloccfg & 1u);

    return nibble == 4 ? nibble : (transient && rw ? 0u : 8u) | (nibble & 4u) | rw;
}

/* "Stage 1 memory attributes": the client's hints, which are to allocate unless overridden, are
 * combined with those of stage 1 where its memory is cacheable. */
static uint16_t combine_hints(const struct smmu_path *p, uint16_t attributes)
{
    unsigned alloccfg = (unsigned)smmu_bits(p->ste->dw[1], 40, 37), outer, inner;
    uint8_t incoming = (uint8_t)smmu_incoming(p->m, p->device, p->ste);

    if (!(nap_reg_get(p->m, p->device, SMMU_SLOT_IDR1) & SMMU_IDR1_ATTR_TYPES_OVR) ||
        nap_vmsa_is_device(attributes) || nap_vmsa_is_device(incoming) ||
        incoming == NAP_VMSA_NC)
        return attributes;
    outer = with_fewer_hints(attributes >> 4 & 15u, alloccfg);
    inner = with_fewer_hints(attributes & 15u, alloccfg);
    return (uint16_t)((attributes & 0x300u) | outer << 4 | inner);
}

/* --- how a stage is configured --- */

static unsigned httu(const struct nap_machine *m, unsigned device)
{
    return (unsigned)((nap_reg_get(m, device, SMMU_SLOT_IDR0) & SMMU_IDR0_HTTU) >>
                      SMMU_IDR0_HTTU_SHIFT);
}

static bool has_ds(const struct nap_machine *m, unsigned device)
{
    return (nap_reg_get(m, device, SMMU_SLOT_IDR5) & SMMU_IDR5_DS) != 0;
}

static bool has_idr3(const struct nap_machine *m, unsigned device, uint64_t feature)
{
    return (nap_reg_get(m, device, SMMU_SLOT_IDR3) & feature) != 0;
}

/* In SMMUv3.0 with switch S21 `clamp` a size outside its range counts as the nearest legal one;
 * otherwise the structure is illegal. */
static unsigned clamped(unsigned sz, unsigned least, unsigned most)
{
    return sz < least ? least : sz > most ? most : sz;
}

static unsigned most_txsz(const struct nap_machine *m, unsigned device, unsigned granule)
{
    return !has_idr3(m, device, SMMU_IDR3_STT) ? 39 : granule == 16 ? 47 : 48;
}

/* Arm DDI 0487, VTCR_EL2.SL0: a level that concatenated tables of the next one make needless
 * is reserved where physical addresses are that small. */
static unsigned least_oas(unsigned granule, int level)
{
    if (granule == 12)
        return level == -1 ? 52 : level == 0 ? 44 : 0;
    if (granule == 14)
        return level == 0 ? 52 : level == 1 ? 42 : 0;
    return level == 1 ? 44 : 0;
}

/* {SL0_2, SL0} as VTCR_EL2 has them; no level of a table if it is reserved. */
static int start_level_2(const struct nap_machine *m, unsigned device, unsigned granule,
                         unsigned sl, bool ds)
{
    static const int levels_4k[] = {2, 1, 0, 3, -1};
    static const int levels[] = {3, 2, 1, 0};
    int level;

    if (granule == 12) {
        if (sl > 4 || (sl == 4 && !ds) || (sl == 3 && !has_idr3(m, device, SMMU_IDR3_STT)))
            return 4;
        level = levels_4k[sl];
    } else {
        if (sl > 3 || (sl == 3 && (granule == 16 || !ds)))
            return 4;
        level = levels[sl];
    }
    return smmu_oas_bits(m, device) < least_oas(granule, level) ? 4 : level;
}

static void stage_2_lpae(const struct smmu_ste *ste, struct nap_vmsa_stage *out)
{
    unsigned t0sz = (unsigned)smmu_bits(ste->dw[2], 35, 32); /* signed: -8 to 7 */
    unsigned sl0 = (unsigned)smmu_bits(ste->dw[2], 39, 38);

    out->aarch32 = true;
    out->granule_log2 = 12;
    out->input_bits = (uint8_t)(t0sz < 8 ? 32 - t0sz : 48 - t0sz);
    out->start_level = (int8_t)(sl0 > 1 ? 4 : 2 - (int)sl0);
    out->output_bits = 40;
}

static void stage_2_64(const struct nap_machine *m, unsigned device, const struct smmu_ste *ste,
                       struct nap_vmsa_stage *out)
{
    bool ds = has_ds(m, device) && smmu_bit(ste->dw[3], 3);
    unsigned granule = smmu_granule(m, device, (unsigned)smmu_bits(ste->dw[2], 47, 46));
    unsigned sl = (unsigned)smmu_bits(ste->dw[2], 39, 38) |
                  (ds && granule == 12 ? (unsigned)smmu_bit(ste->dw[3], 2) << 2 : 0);

    out->granule_log2 = (uint8_t)granule;
    out->input_bits =
        (uint8_t)(64 - clamped((unsigned)smmu_bits(ste->dw[2], 37, 32),
                               64 - smmu_ias_bits(m, device), most_txsz(m, device, granule)));
    out->start_level = (int8_t)start_level_2(m, device, granule, sl, ds);
    out->output_bits =
        (uint8_t)smmu_output_bits(m, device, (unsigned)smmu_bits(ste->dw[2], 50, 48));
    out->wide = granule == 16 ? smmu_oas_bits(m, device) > 48 : ds;
    out->sh = (uint8_t)smmu_bits(ste->dw[2], 45, 44);
    out->keep_af = httu(m, device) > 0 && smmu_bit(ste->dw[2], 56);
    out->keep_dirty = httu(m, device) > 1 && out->keep_af && smmu_bit(ste->dw[2], 55);
}

void smmu_stage_2(const struct nap_machine *m, unsigned device, const struct smmu_ste *ste,
                  struct nap_vmsa_stage *out)
{
    *out = (struct nap_vmsa_stage){
        .base = ste->dw[3] & smmu_address_mask(m, device) & ~UINT64_C(0xf),
        .stage = 2,
        .address_bits = 48,
        .big_endian = smmu_bit(ste->dw[2], 52),
        .af_ignored = smmu_bit(ste->dw[2], 53),
        .xnx = has_idr3(m, device, SMMU_IDR3_XNX),
    };
    if (smmu_bit(ste->dw[2], 51))
        stage_2_64(m, device, ste, out);
    else
        stage_2_lpae(ste, out);
}

static void stage_1_64(const struct smmu_path *p, unsigned half, unsigned input_bits,
                       struct nap_vmsa_stage *out)
{
    const struct smmu_cd *cd = p->cd;
    unsigned tg = (unsigned)smmu_bits(cd->dw[0], half ? 23 : 7, half ? 22 : 6);
    unsigned granule =
        half ? smmu_granule_1(p->m, p->device, tg) : smmu_granule(p->m, p->device, tg);
    bool ds = has_ds(p->m, p->device) && smmu_bit(cd->dw[2], 58);

    out->granule_log2 = (uint8_t)granule;
    out->input_bits = (uint8_t)input_bits;
    out->output_bits =
        (uint8_t)smmu_output_bits(p->m, p->device, (unsigned)smmu_bits(cd->dw[0], 34, 32));
    out->wide = granule == 16 ? smmu_oas_bits(p->m, p->device) > 48 : ds;
    out->sh = (uint8_t)smmu_bits(cd->dw[0], half ? 29 : 13, half ? 28 : 12);
    out->keep_af = httu(p->m, p->device) > 0 && smmu_bit(cd->dw[0], 43);
    out->keep_dirty = httu(p->m, p->device) > 1 && out->keep_af && smmu_bit(cd->dw[0], 42);
}

static void stage_1(const struct smmu_path *p, unsigned half, unsigned input_bits,
                    struct nap_vmsa_stage *out)
{
    const struct smmu_cd *cd = p->cd;

    *out = (struct nap_vmsa_stage){
        .base = cd->dw[1 + half] & smmu_address_mask(p->m, p->device) & ~UINT64_C(0xf),
        .mair = cd->dw[3],
        .stage = 1,
        .address_bits = 48,
        .big_endian = smmu_bit(cd->dw[0], 15),
        .af_ignored = smmu_bit(cd->dw[0], 35),
        .flat = has_idr3(p->m, p->device, SMMU_IDR3_HAD) && smmu_bit(cd->dw[1 + half], 1),
        .one_level = p->world == SMMU_WORLD_EL2,
        .wxn = smmu_bit(cd->dw[0], 36),
        .uwxn = !CD_AA64(cd) && smmu_bit(cd->dw[0], 37),
        .pan = smmu_bit(cd->dw[0], 40),
    };
    if (CD_AA64(cd)) {
        stage_1_64(p, half, input_bits, out);
        out->epan = has_idr3(p->m, p->device, SMMU_IDR3_EPAN) && smmu_bit(cd->dw[1], 59);
    } else {
        out->aarch32 = true;
        out->granule_log2 = 12;
        out->input_bits = (uint8_t)input_bits;
        out->output_bits = 40;
    }
    out->start_level = (int8_t)nap_vmsa_start_level(out->granule_log2, out->input_bits);
}

/* --- faults --- */

static bool fault_at(struct smmu_path *p, uint8_t event, uint8_t stage, uint8_t class,
                     nap_addr ipa, const char *why)
{
    p->fault.stage = stage;
    p->fault.class = class;
    p->fault.ipa = ipa;
    return smmu_path_fault(p, event, why);
}

static bool walk_fault(struct smmu_path *p, const struct nap_vmsa_leaf *leaf, uint8_t stage,
                       uint8_t class, nap_addr ipa)
{
    switch (leaf->fault) {
    case NAP_VMSA_FAULT_REFUSED: /* p->fault is that of stage 2 */
        return false;
    case NAP_VMSA_FAULT_ABORT:
        p->fault.fetch = stage == 1 ? p->descriptor_pa : leaf->entry;
        return fault_at(p, SMMU_F_WALK_EABT, stage, stage == 1 ? SMMU_CLASS_TT : class, ipa,
                        "the walk left memory");
    case NAP_VMSA_FAULT_ADDRESS_SIZE:
        return fault_at(p, SMMU_F_ADDR_SIZE, stage, class, ipa,
                        "a descriptor holds an address beyond the output size");
    case NAP_VMSA_FAULT_ACCESS_FLAG:
        return fault_at(p, SMMU_F_ACCESS, stage, class, ipa, "the access flag is clear");
    case NAP_VMSA_FAULT_TRANSLATION:
    case NAP_VMSA_FAULT_RESERVED:
    case NAP_VMSA_FAULT_SECURE:
    case NAP_VMSA_NO_FAULT:
        break;
    }
    return fault_at(p, SMMU_F_TRANSLATION, stage, class, ipa, "the walk found no mapping");
}

/* --- updates of descriptors --- */

static uint64_t in_memory(const struct nap_vmsa_stage *stage, uint64_t desc)
{
    return stage->big_endian ? __builtin_bswap64(desc) : desc;
}

/* Whether a use of the leaf marks it dirty: a write that nothing else forbids. A prefetch never
 * does. */
static bool marks_dirty(const struct smmu_path *p, const struct nap_vmsa_leaf *leaf,
                        uint8_t need)
{
    return !p->speculative && !(leaf->perms & need) && (leaf->dirty_perms & need);
}

/* Writes what hardware updates; @pa is where the descriptor lies. */
static bool update(struct smmu_path *p, const struct nap_vmsa_stage *stage,
                   const struct nap_vmsa_leaf *leaf, bool dirty, nap_addr pa)
{
    uint64_t desc = in_memory(stage, nap_vmsa_updated(stage, leaf, dirty));

    if (!p->change || desc == in_memory(stage, leaf->descriptor))
        return true;
    return nap_mem_write(p->change, pa, &desc, sizeof desc);
}

/* --- changes of size, "Translation tables update procedure" --- */

static unsigned bbml(const struct nap_machine *m, unsigned device)
{
    return (unsigned)((nap_reg_get(m, device, SMMU_SLOT_IDR3) & SMMU_IDR3_BBML) >>
                      SMMU_IDR3_BBML_SHIFT);
}

/* With BBML 1 a block with nT is not cached in a way that makes a conflict: here, not at all.
 */
static bool never_cached(const struct smmu_path *p, const struct nap_vmsa_leaf *leaf)
{
    return bbml(p->m, p->device) == 1 && leaf->level < 3 && smmu_bit(leaf->descriptor, 16);
}

/* --- pointers to tables, switch S40 --- */

static nap_addr low_bits(nap_addr address, unsigned bits)
{
    return bits >= 64 ? address : address & ((UINT64_C(1) << bits) - 1);
}

static bool keeps_tables(const struct smmu_path *p)
{
    return !p->walk_only && nap_switch(p->m, p->device, SMMU_SWITCH_S40) == SMMU_S40_KEPT;
}

/* What a walk that began at the root has ended in. @which and @address as struct smmu_table has
 * them. */
static void keep_table(const struct smmu_path *p, const struct nap_vmsa_stage *stage,
                       uint8_t which, nap_addr address, const struct nap_vmsa_leaf *leaf)
{
    unsigned size = leaf->size_log2 + stage->granule_log2 - 3u;
    struct smmu_table e = {
        .address = (address - low_bits(address, size)) >> 12,
        .table = leaf->entry - low_bits(leaf->entry, stage->granule_log2),
        .vmid = p->vmid,
        .asid = which == 2 ? 0 : p->asid,
        .world = which == 2 ? SMMU_WORLD_EL1 : p->world,
        .stage = which,
        .size_log2 = (uint8_t)size,
        .granule_log2 = stage->granule_log2,
        .level = leaf->level,
        .taken = (uint8_t)(leaf->tables >> 59),
    };

    if (p->change && leaf->fault == NAP_VMSA_NO_FAULT && leaf->level > stage->start_level)
        smmu_fill_table(p->change, p->device, &e);
}

static bool same_leaf(const struct nap_vmsa_leaf *a, const struct nap_vmsa_leaf *b)
{
    return a->fault == b->fault && a->level == b->level && a->fetched == b->fetched &&
           a->entry == b->entry && a->descriptor == b->descriptor && a->tables == b->tables;
}

/* A probe finds what difference it makes: none where the tables still lead to the same,
 * whatever other copies say. */
static bool same_from_the_root(const struct smmu_path *p, const struct nap_vmsa_stage *stage,
                               nap_addr input, nap_vmsa_read *read,
                               const struct nap_vmsa_leaf *leaf)
{
    struct smmu_path look = *p;
    struct nap_vmsa_leaf fresh;

    look.cached &= ~SMMU_CACHED_TABLE;
    nap_vmsa_stage_walk(stage, input, read, &look, &fresh);
    return !(look.used & ~p->used) && same_leaf(&fresh, leaf);
}

/* As though the root were the table that @e points at. */
static void walk_from(struct smmu_path *p, const struct nap_vmsa_stage *stage,
                      const struct smmu_table *e, nap_addr input, nap_vmsa_read *read,
                      struct nap_vmsa_leaf *leaf)
{
    struct nap_vmsa_stage from = *stage;

    from.base = e->table;
    from.start_level = e->level;
    from.input_bits = e->size_log2;
    from.tables = (uint64_t)e->taken << 59;
    nap_vmsa_stage_walk(&from, low_bits(input, e->size_log2), read, p, leaf);
    if (p->change || !same_from_the_root(p, stage, input, read, leaf))
        p->used |= SMMU_CACHED_TABLE;
}

static void walk_tables(struct smmu_path *p, const struct nap_vmsa_stage *stage, uint8_t which,
                        nap_addr address, nap_addr input, nap_vmsa_read *read,
                        struct nap_vmsa_leaf *leaf)
{
    bool keeps = keeps_tables(p);
    const struct smmu_table *e =
        keeps && (p->cached & SMMU_CACHED_TABLE) ? smmu_cached_table(p, which, address) : NULL;

    if (e && e->granule_log2 == stage->granule_log2) {
        walk_from(p, stage, e, input, read, leaf);
        return;
    }
    nap_vmsa_stage_walk(stage, input, read, p, leaf);
    if (keeps)
        keep_table(p, stage, which, address, leaf);
}

/* --- contiguous sets, switch S41 --- */

/* Whether the TLB believes the Contiguous bit of the leaf. */
static bool believes(const struct smmu_path *p, const struct nap_vmsa_leaf *leaf)
{
    return leaf->contiguous && !p->walk_only &&
           nap_switch(p->m, p->device, SMMU_SWITCH_S41) == SMMU_S41_BELIEVED;
}

/* Bytes that the TLB takes it to map. */
static uint8_t mapped_size(const struct smmu_path *p, const struct nap_vmsa_leaf *leaf)
{
    return believes(p, leaf) ? leaf->set_log2 : leaf->size_log2;
}

/* --- stage 2 --- */

struct second {
    nap_addr pa;
    uint8_t size_log2, perms, clean_perms;
    uint16_t attributes; /* MemAttr[3:0], SH in 9:8 */
    bool foreign;
    bool uncached;
    bool set;
};

static enum nap_vmsa_fetched read_physical(void *context, nap_addr address, uint64_t *desc)
{
    const struct smmu_path *p = context;

    return nap_probe_mem(p->m, address, desc, sizeof *desc, p->footprint)
               ? NAP_VMSA_FETCHED
               : NAP_VMSA_FETCH_ABORTED;
}

static void second_from_entry(const struct smmu_tlb_entry *e, nap_addr ipa, struct second *out)
{
    *out = (struct second){
        .pa = (e->output << 12) + low_bits(ipa, e->size_log2),
        .size_log2 = e->size_log2,
        .perms = e->perms,
        .clean_perms = e->clean_perms,
        .attributes = e->attributes,
        .foreign = e->foreign != 0,
        .set = e->set != 0,
    };
}

static void fill_second(struct smmu_path *p, const struct nap_vmsa_stage *stage, int level,
                        nap_addr ipa, const struct second *s2)
{
    struct smmu_tlb_entry e = {
        .address = (ipa - low_bits(ipa, s2->size_log2)) >> 12,
        .output = (s2->pa - low_bits(s2->pa, s2->size_log2)) >> 12,
        .vmid = p->vmid,
        .world = SMMU_WORLD_EL1,
        .stage = 2,
        .size_log2 = s2->size_log2,
        .granule_log2 = stage->granule_log2,
        .level = (int8_t)level,
        .perms = s2->perms,
        .clean_perms = s2->clean_perms,
        .attributes = s2->attributes,
        .set = s2->set,
    };

    if (p->for_tbu && !p->stage_1)
        p->entry = e;
    if (p->change && !p->walk_only && !s2->uncached)
        smmu_fill_tlb(p->change, p->device, &e);
}

static bool permission_fault_2(struct smmu_path *p, uint8_t class, nap_addr ipa, uint8_t need)
{
    p->fault.descriptor_write = class == SMMU_CLASS_TT && need == NAP_VMSA_PW;
    return fault_at(p, SMMU_F_PERMISSION, 2, class, ipa, "stage 2 does not permit it");
}

/* A fresh walk. @need is one permission, and may be missing where p->grants and the address is
 * the transaction's own. */
static bool walk_second(struct smmu_path *p, nap_addr ipa, uint8_t class, uint8_t need,
                        struct second *out)
{
    bool asks = p->grants && class == SMMU_CLASS_IN;
    struct nap_vmsa_stage stage;
    struct nap_vmsa_leaf leaf;
    bool dirty;

    smmu_stage_2(p->m, p->device, p->ste, &stage);
    walk_tables(p, &stage, 2, ipa, ipa, read_physical, &leaf);
    if (leaf.fault != NAP_VMSA_NO_FAULT)
        return walk_fault(p, &leaf, 2, class, ipa);
    dirty = marks_dirty(p, &leaf, need);
    if (!asks && !dirty && !(leaf.perms & need))
        return permission_fault_2(p, class, ipa, need);
    if (!update(p, &stage, &leaf, dirty, leaf.entry)) {
        p->fault.fetch = leaf.entry;
        return fault_at(p, SMMU_F_WALK_EABT, 2, class, ipa, "a descriptor cannot be updated");
    }
    *out = (struct second){
        .pa = low_bits(leaf.output, smmu_oas_bits(p->m, p->device)),
        .size_log2 = mapped_size(p, &leaf),
        .perms = dirty ? leaf.dirty_perms : leaf.perms,
        .clean_perms = leaf.dirty_perms,
        .attributes = (uint16_t)(leaf.attributes | leaf.sh << 8),
        .uncached = never_cached(p, &leaf),
        .set = believes(p, &leaf),
    };
    fill_second(p, &stage, leaf.level, ipa, out);
    return true;
}

/* An entry that would have to be marked dirty first is looked up in memory again. */
static bool needs_update(uint8_t perms, uint8_t clean_perms, uint8_t need)
{
    return !(perms & need) && (clean_perms & need);
}

/* The stage 2 entry that answers for the address; NULL if there is none. */
static const struct smmu_tlb_entry *second_entry(const struct smmu_path *p, nap_addr ipa)
{
    unsigned n = (p->cached & SMMU_CACHED_S2) && !p->walk_only ? smmu_tlb_entries(p->s) : 0;

    for (unsigned i = 0; i < n; i++)
        if (smmu_tlb_answers(&p->s->tlb[i], p, true, ipa >> 12))
            return &p->s->tlb[i];
    return NULL;
}

static bool second_stage(struct smmu_path *p, nap_addr ipa, uint8_t class, uint8_t need,
                         struct second *out)
{
    const struct smmu_tlb_entry *e = second_entry(p, ipa);
    bool asks = p->grants && class == SMMU_CLASS_IN;

    if (!e || needs_update(e->perms, e->clean_perms, need))
        return walk_second(p, ipa, class, need, out);
    p->used |= SMMU_CACHED_S2;
    second_from_entry(e, ipa, out);
    return asks || (out->perms & need) ? true : permission_fault_2(p, class, ipa, need);
}

static bool forces(const struct smmu_path *p)
{
    return has_idr3(p->m, p->device, SMMU_IDR3_FWB) && STE_S2FWB(p->ste);
}

/* With S2FWB the types of devices are 00xx as without, and 0 0xx of MemAttr[2:0]. */
static bool second_is_device(const struct smmu_path *p, uint16_t attributes)
{
    return forces(p) ? (attributes & 4) == 0
                     : nap_vmsa_is_device(nap_vmsa_memattr((uint8_t)(attributes & 15)));
}

bool smmu_own_address(struct smmu_path *p, nap_addr ipa, uint8_t class, bool write,
                      nap_addr *pa)
{
    struct second s2 = {0};

    *pa = low_bits(ipa, smmu_oas_bits(p->m, p->device));
    if (!p->stage_2)
        return true;
    if (!second_stage(p, ipa, class, write ? NAP_VMSA_PW : NAP_VMSA_PR, &s2))
        return false;
    *pa = s2.pa;
    if (STE_S2PTW(p->ste) && second_is_device(p, s2.attributes))
        return fault_at(p, SMMU_F_PERMISSION, 2, class, ipa,
                        "a table lies in device memory of stage 2");
    return true;
}

/* --- stage 1 --- */

static enum nap_vmsa_fetched read_descriptor(void *context, nap_addr address, uint64_t *desc)
{
    struct smmu_path *p = context;

    if (!smmu_own_address(p, address, SMMU_CLASS_TT, false, &p->descriptor_pa))
        return NAP_VMSA_FETCH_REFUSED;
    return read_physical(context, p->descriptor_pa, desc);
}

/* Of the half of addresses that p->va is in: the other is not looked at. */
static void input_sizes(const struct smmu_path *p, bool tbi[2], uint8_t bits[2])
{
    bool ds = has_ds(p->m, p->device) && smmu_bit(p->cd->dw[2], 58);
    unsigned half = (unsigned)(p->va >> 55 & 1);
    unsigned sz = (unsigned)smmu_bits(p->cd->dw[0], half ? 21 : 5, half ? 16 : 0);
    unsigned tg = (unsigned)smmu_bits(p->cd->dw[0], half ? 23 : 7, half ? 22 : 6);
    unsigned granule =
        half ? smmu_granule_1(p->m, p->device, tg) : smmu_granule(p->m, p->device, tg);

    /* At EL2 the only TBI there is says whether bit 55 counts as the top. */
    tbi[half] = smmu_bit(p->cd->dw[0], p->world == SMMU_WORLD_EL2 ? 38 : 38 + half);
    bits[half] = (uint8_t)(64 - clamped(sz, smmu_least_txsz(p->m, p->device, granule, ds),
                                        most_txsz(p->m, p->device, granule)));
}

/* Which table translates, by p->va; -1: neither. */
static int pick_half(const struct smmu_path *p, nap_addr *input, unsigned *input_bits)
{
    unsigned t0sz = (unsigned)smmu_bits(p->cd->dw[0], 2, 0);
    unsigned t1sz = (unsigned)smmu_bits(p->cd->dw[0], 18, 16);
    uint8_t bits[2] = {0};
    bool tbi[2] = {false};
    int half;

    if (CD_AA64(p->cd)) {
        input_sizes(p, tbi, bits);
        half = nap_vmsa_pick_64(p->va, tbi, bits, input);
        if (half == 1 && p->world == SMMU_WORLD_EL2)
            half = -1;
        *input_bits = half < 0 ? 0 : bits[half];
        return half;
    }
    if (p->world == SMMU_WORLD_EL2) { /* HTCR: one table */
        *input = p->va;
        *input_bits = 32 - t0sz;
        return p->va >> *input_bits == 0 ? 0 : -1;
    }
    half = nap_vmsa_pick_32(p->va, t0sz, t1sz, input);
    *input_bits = 32 - (half == 1 ? t1sz : t0sz);
    return half;
}

static uint8_t need_of(const struct smmu_path *p)
{
    return nap_vmsa_need(p->rw, p->privileged, p->instruction);
}

/* "Permission attributes granted in ATS Translation Completions": what is executable alone is
 * nothing, unless INSTCFG makes all reads fetches. A request that gets nothing is no use of the
 * page. */
static bool nothing_granted(const struct smmu_path *p, uint8_t perms)
{
    uint8_t read = p->ste->instcfg == 3 ? NAP_VMSA_PX : NAP_VMSA_PR;
    unsigned at_level = p->privileged ? perms : perms >> 3;

    return p->grants && !(at_level & (read | NAP_VMSA_PW));
}

/* "Hardware flag update for ATS & PRI": a request to write what stage 1 has read-only leaves
 * stage 2 clean. */
static uint8_t need_of_second(const struct smmu_path *p, uint8_t first)
{
    return (uint8_t)(p->grants ? need_of(p) & first : need_of(p));
}

/* The descriptor of the leaf, where the access has set its flags. With two stages its address
 * must be writable in stage 2. */
static bool update_first(struct smmu_path *p, const struct nap_vmsa_stage *stage,
                         const struct nap_vmsa_leaf *leaf, bool dirty)
{
    nap_addr pa;

    if ((!leaf->af_update && !dirty) || nothing_granted(p, leaf->dirty_perms))
        return true;
    if (!smmu_own_address(p, leaf->entry, SMMU_CLASS_TT, true, &pa))
        return false;
    if (update(p, stage, leaf, dirty, pa))
        return true;
    p->fault.fetch = pa;
    return fault_at(p, SMMU_F_WALK_EABT, 1, SMMU_CLASS_TT, 0, "a descriptor cannot be updated");
}

/* Bits 63:56 of an address whose top byte is ignored repeat bit 55. */
static nap_addr tlb_address(const struct smmu_path *p)
{
    unsigned half = (unsigned)(p->va >> 55 & 1);

    if (!p->stage_1 || !CD_AA64(p->cd) ||
        !smmu_bit(p->cd->dw[0], 38 + (p->world == SMMU_WORLD_EL2 ? 0 : half)))
        return p->va;
    return half ? p->va | UINT64_C(0xff) << 56 : p->va & ~(UINT64_C(0xff) << 56);
}

/* Stage 1 of a fresh walk. */
static bool walk_first(struct smmu_path *p, struct nap_vmsa_stage *stage,
                       struct nap_vmsa_leaf *leaf, bool *dirty)
{
    unsigned bits = 0;
    nap_addr input = 0;
    int half = pick_half(p, &input, &bits);

    if (half < 0)
        return fault_at(p, SMMU_F_TRANSLATION, 1, SMMU_CLASS_IN, 0,
                        "the address is outside both tables");
    if (smmu_half_off(p->cd, (enum smmu_world)p->world, (unsigned)half))
        return fault_at(p, SMMU_F_TRANSLATION, 1, SMMU_CLASS_IN, 0,
                        "walks of the table are off");
    stage_1(p, (unsigned)half, bits, stage);
    walk_tables(p, stage, p->stage_2 ? 3 : 1, tlb_address(p), input, read_descriptor, leaf);
    if (leaf->fault != NAP_VMSA_NO_FAULT)
        return walk_fault(p, leaf, 1, SMMU_CLASS_IN, 0);
    *dirty = marks_dirty(p, leaf, need_of(p));
    if (!p->grants && !*dirty && !(leaf->perms & need_of(p)))
        return fault_at(p, SMMU_F_PERMISSION, 1, SMMU_CLASS_IN, 0,
                        "stage 1 does not permit it");
    return update_first(p, stage, leaf, *dirty);
}

static uint16_t combined(const struct smmu_path *p, uint16_t first, uint16_t second)
{
    uint8_t memattr = (uint8_t)(second & 15), sh = (uint8_t)(second >> 8);

    return forces(p) ? nap_vmsa_force(first, memattr, sh)
                     : nap_vmsa_combine(first, memattr, sh);
}

static void fill_first(struct smmu_path *p, const struct nap_vmsa_stage *stage,
                       const struct nap_vmsa_leaf *leaf, uint8_t first_perms,
                       const struct second *s2)
{
    bool el2 = p->world == SMMU_WORLD_EL2, global = leaf->global || el2;
    nap_addr va = tlb_address(p);
    struct smmu_tlb_entry e = {
        .address = (va - low_bits(va, p->size_log2)) >> 12,
        .output = (p->pa - low_bits(p->pa, p->size_log2)) >> 12,
        .ipa = s2 ? (p->ipa - low_bits(p->ipa, p->size_log2)) >> 12 : 0,
        .vmid = p->vmid,
        .asid = global ? 0 : p->asid,
        .world = p->world,
        .stage = s2 ? 3 : 1,
        .size_log2 = p->size_log2,
        .granule_log2 = stage->granule_log2,
        .level = leaf->level,
        .global = global,
        .aset = global && p->aset,
        .foreign = p->foreign,
        .perms = first_perms,
        .clean_perms = leaf->dirty_perms,
        .s2_perms = s2 ? s2->perms : 0,
        .s2_clean_perms = s2 ? s2->clean_perms : 0,
        .attributes = p->attributes,
        .s1_size_log2 = s2 ? mapped_size(p, leaf) : 0,
        .set = believes(p, leaf) || (s2 && s2->set),
    };

    p->uncached = never_cached(p, leaf) || (s2 && s2->uncached);
    if (p->for_tbu)
        p->entry = e;
    if (p->change && !p->walk_only && !p->uncached)
        smmu_fill_tlb(p->change, p->device, &e);
}

static bool walk_stage_1(struct smmu_path *p)
{
    struct nap_vmsa_stage stage;
    struct nap_vmsa_leaf leaf;
    struct second s2 = {0};
    uint8_t first;
    bool dirty = false;

    if (!walk_first(p, &stage, &leaf, &dirty))
        return false;
    first = dirty ? leaf.dirty_perms : leaf.perms;
    p->ipa = leaf.output;
    p->pa = low_bits(leaf.output, smmu_oas_bits(p->m, p->device));
    p->size_log2 = mapped_size(p, &leaf);
    p->perms = first;
    p->clean_perms = leaf.dirty_perms;
    p->attributes = nap_vmsa_attributes(leaf.attributes, leaf.sh);
    if (!p->stage_2 || p->first_alone) {
        fill_first(p, &stage, &leaf, first, NULL);
        return true;
    }
    if (nothing_granted(p, first)) /* then stage 2 is not looked at */
        return true;
    if (!second_stage(p, p->ipa, SMMU_CLASS_IN, need_of_second(p, first), &s2))
        return false;
    p->pa = s2.pa;
    if (s2.size_log2 < p->size_log2)
        p->size_log2 = s2.size_log2;
    p->perms &= s2.perms;
    p->clean_perms &= s2.clean_perms;
    p->attributes = combined(p, p->attributes, s2.attributes);
    p->foreign |= s2.foreign;
    fill_first(p, &stage, &leaf, first, &s2);
    return true;
}

/* What stage 2 starts from where it is alone. No override of the STE reaches ATOS and
 * translated traffic; with ATOS that is memory that leaves everything to stage 2. */
static uint16_t input_attributes(const struct smmu_path *p)
{
    return p->walk_only || p->translated ? nap_vmsa_attributes(NAP_VMSA_WB, NAP_VMSA_NSH)
                                         : smmu_incoming(p->m, p->device, p->ste);
}

static bool walk_stage_2(struct smmu_path *p)
{
    struct second s2 = {0};

    if (!walk_second(p, p->va, SMMU_CLASS_IN, need_of(p), &s2))
        return false;
    p->ipa = p->va;
    p->pa = s2.pa;
    p->size_log2 = s2.size_log2;
    p->perms = s2.perms;
    p->clean_perms = s2.clean_perms;
    p->attributes = combined(p, input_attributes(p), s2.attributes);
    p->uncached = s2.uncached;
    return true;
}

/* --- the TLB in front --- */

static void take_entry(struct smmu_path *p, const struct smmu_tlb_entry *e)
{
    nap_addr offset = low_bits(p->va, e->size_log2);

    p->by = NAP_BY_TLB;
    if (p->for_tbu)
        p->entry = *e;
    p->foreign = e->foreign != 0;
    p->pa = (e->output << 12) + offset;
    p->size_log2 = e->size_log2;
    p->perms = e->stage == 3 ? e->perms & e->s2_perms : e->perms;
    p->clean_perms = e->stage == 3 ? e->clean_perms & e->s2_clean_perms : e->clean_perms;
    p->attributes = e->attributes;
    p->ipa = e->stage == 3 ? (e->ipa << 12) + offset : e->stage == 2 ? p->va : p->pa;
    if (e->stage == 2)
        p->attributes = combined(p, input_attributes(p), e->attributes);
}

/* Of both stages of an entry: whether a write would first have to mark something dirty. */
static bool entry_needs_update(const struct smmu_tlb_entry *e, uint8_t need)
{
    if (needs_update(e->perms, e->clean_perms, need))
        return true;
    return e->stage == 3 && (e->perms & need) &&
           needs_update(e->s2_perms, e->s2_clean_perms, need);
}

static bool entry_permits(struct smmu_path *p, const struct smmu_tlb_entry *e, uint8_t need)
{
    if (p->grants)
        return true;
    if (!(e->perms & need))
        return e->stage == 2 ? permission_fault_2(p, SMMU_CLASS_IN, p->va, need)
                             : fault_at(p, SMMU_F_PERMISSION, 1, SMMU_CLASS_IN, 0,
                                        "a TLB entry does not permit it");
    if (e->stage == 3 && !(e->s2_perms & need))
        return permission_fault_2(p, SMMU_CLASS_IN, p->ipa, need);
    return true;
}

/* Below BBML 2 a change of size alone makes one too; with BBML 1 not one of the Contiguous bit.
 */
static bool conflicts(const struct smmu_path *p, const struct smmu_tlb_entry *a,
                      const struct smmu_tlb_entry *b)
{
    unsigned level = bbml(p->m, p->device);

    return a->output - a->address != b->output - b->address ||
           (a->size_log2 != b->size_log2 && level < 2 && !(level == 1 && a->set != b->set));
}

/* Several entries for one address: switch S30. The smaller is the older one: a larger one came
 * for an address that it does not cover. */
static const struct smmu_tlb_entry *choose_entry(struct smmu_path *p, bool *conflict)
{
    const struct smmu_tlb_entry *chosen = NULL, *e = p->s->tlb;
    const struct smmu_tlb_entry *end = e + smmu_tlb_entries(p->s);
    uint64_t page = tlb_address(p) >> 12;

    p->n_hits = 0;
    *conflict = false;
    for (; e < end; e++) {
        if (!smmu_tlb_answers(e, p, !p->stage_1, page))
            continue;
        if (p->pick == SMMU_PICK_ALL) {
            *conflict |= chosen && conflicts(p, e, chosen);
            if (!chosen || e->size_log2 < chosen->size_log2)
                chosen = e;
        } else if (p->pick == p->n_hits) {
            chosen = e;
        }
        p->n_hits++;
    }
    return chosen;
}

static bool walk(struct smmu_path *p)
{
    const struct smmu_tlb_entry *e = NULL;
    uint8_t need = need_of(p);
    bool conflict = false;

    p->by = NAP_BY_WALK;
    if ((p->cached & SMMU_CACHED_TLB) && !p->walk_only)
        e = choose_entry(p, &conflict);
    if (e)
        p->used |= SMMU_CACHED_TLB;
    if (conflict && nap_switch(p->m, p->device, SMMU_SWITCH_S30) == SMMU_S30_FAULT) {
        p->by = NAP_BY_TLB;
        return fault_at(p, SMMU_F_TLB_CONFLICT, p->stage_1 ? 1 : 2, SMMU_CLASS_IN, p->va,
                        "several TLB entries match");
    }
    if (e && !entry_needs_update(e, need)) {
        take_entry(p, e);
        return entry_permits(p, e, need);
    }
    return p->stage_1 ? walk_stage_1(p) : walk_stage_2(p);
}

#define ALLOCCFG_OVERRIDES (UINT64_C(1) << 40)

bool smmu_walk(struct smmu_path *p)
{
    if (!walk(p))
        return false;
    if (p->stage_1 && !p->walk_only && (p->ste->dw[1] & ALLOCCFG_OVERRIDES))
        p->attributes = combine_hints(p, p->attributes);
    return true;
}
