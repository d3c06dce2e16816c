/* SPDX-License-Identifier: MIT */
/* What each invalidation drops from configuration caches and TLB: what it must, never more, so
 * that an invalidation that is missing shows. Arm IHI 0070, "Commands", "TLB invalidation". */
#include "tbu.h"

#include <string.h>

enum {
    CFGI_STE = 0x03,
    CFGI_STE_RANGE = 0x04,
    CFGI_CD = 0x05,
    CFGI_CD_ALL = 0x06,
    TLBI_NH_ALL = 0x10,
    TLBI_NH_ASID = 0x11,
    TLBI_NH_VA = 0x12,
    TLBI_NH_VAA = 0x13,
    TLBI_EL2_ALL = 0x20,
    TLBI_EL2_ASID = 0x21,
    TLBI_EL2_VA = 0x22,
    TLBI_EL2_VAA = 0x23,
    TLBI_S12_VMALL = 0x28,
    TLBI_S2_IPA = 0x2a,
    TLBI_NSNH_ALL = 0x30,
};

/* --- configuration --- */

/* Whether the STE of @sid is meant, and what was fetched through it. */
static bool drops_stream(const struct smmu_inv *inv, uint32_t sid)
{
    switch (inv->op) {
    case CFGI_STE:
        return sid == inv->sid;
    case CFGI_STE_RANGE:
        return inv->range >= 31 || sid >> (inv->range + 1) == inv->sid >> (inv->range + 1);
    default:
        return false;
    }
}

static bool drops_l1std(const struct smmu_inv *inv, const struct smmu_l1std *e)
{
    uint64_t first = (uint64_t)e->index << e->split,
             last = first + (UINT64_C(1) << e->split) - 1;
    uint64_t span;

    switch (inv->op) {
    case CFGI_STE:
        return !inv->leaf && inv->sid >= first && inv->sid <= last;
    case CFGI_STE_RANGE:
        if (inv->range >= 31)
            return true;
        span = UINT64_C(1) << (inv->range + 1);
        return (inv->sid & ~(span - 1)) <= last && (inv->sid | (span - 1)) >= first;
    default:
        return false;
    }
}

bool smmu_inv_drops_configuration(const struct smmu_inv *inv, uint32_t sid, uint32_t ssid)
{
    if (inv->op == CFGI_CD)
        return sid == inv->sid && ssid == inv->ssid;
    return inv->op == CFGI_CD_ALL ? sid == inv->sid : drops_stream(inv, sid);
}

static bool drops_cd(const struct smmu_inv *inv, const struct smmu_cd *e)
{
    return smmu_inv_drops_configuration(inv, e->sid, e->ssid);
}

/* An L1CD serves 64 or 1024 SubstreamIDs, as its table is of 4 or 64 KiB; which one is not
 * kept, and dropping that of the other reading too is allowed. */
static bool drops_l1cd(const struct smmu_inv *inv, const struct smmu_l1cd *e)
{
    if (inv->op == CFGI_CD)
        return !inv->leaf && e->sid == inv->sid &&
               (e->index == inv->ssid >> 6 || e->index == inv->ssid >> 10);
    return inv->op == CFGI_CD_ALL ? e->sid == inv->sid : drops_stream(inv, e->sid);
}

/* --- translations --- */

/* The VMID bits that CR0.VMW leaves; a command without VMID names none. */
static bool vmid_matches(const struct smmu_inv *inv, const struct smmu_tlb_entry *e)
{
    return ((inv->vmid ^ e->vmid) & inv->vmid_mask) == 0;
}

/* TG names the only granule that need be hit, TTL the level. */
static bool hint_matches(const struct smmu_inv *inv, const struct smmu_tlb_entry *e)
{
    static const uint8_t granules[] = {0, 12, 14, 16};

    if (inv->tg == 0)
        return true;
    return e->granule_log2 == granules[inv->tg & 3] &&
           (inv->ttl == 0 || e->level == (int)inv->ttl);
}

/* An entry of both stages is of all of the leaf of stage 1 that it derives from. */
static bool address_matches(const struct smmu_inv *inv, const struct smmu_tlb_entry *e)
{
    uint64_t span = (UINT64_C(1) << (e->s1_size_log2 ? e->s1_size_log2 : e->size_log2)) - 1;
    uint64_t first = e->address << 12 & ~span, last = first | span;

    return first <= inv->last && last >= inv->first && hint_matches(inv, e);
}

static bool el1_stage_1(const struct smmu_tlb_entry *e)
{
    return e->world == SMMU_WORLD_EL1 && e->stage != 2;
}

/* "TLB invalidation" of EL2: with E2H the entries of that world, which have an ASID. While CR2
 * is not known, those of either may be meant. */
static bool el2_world(const struct nap_machine *m, unsigned device,
                      const struct smmu_tlb_entry *e)
{
    bool e2h = (nap_reg_get(m, device, SMMU_SLOT_CR2) & SMMU_CR2_E2H) != 0;

    if (nap_reg_marks(m, device, SMMU_SLOT_CR2) & NAP_MARK_UNDETERMINED)
        return e->world != SMMU_WORLD_EL1;
    return e->world == (e2h ? SMMU_WORLD_EL2_E2H : SMMU_WORLD_EL2);
}

static bool asid_or_global(const struct smmu_inv *inv, const struct smmu_tlb_entry *e)
{
    return e->global || e->asid == inv->asid;
}

bool smmu_inv_drops_translation(const struct nap_machine *m, unsigned device,
                                const struct smmu_inv *inv, const struct smmu_tlb_entry *e)
{
    switch (inv->op) {
    case TLBI_NH_ALL:
        return el1_stage_1(e) && vmid_matches(inv, e);
    case TLBI_NH_ASID:
        return el1_stage_1(e) && vmid_matches(inv, e) && !e->global && e->asid == inv->asid;
    case TLBI_NH_VA:
        return el1_stage_1(e) && vmid_matches(inv, e) && asid_or_global(inv, e) &&
               address_matches(inv, e);
    case TLBI_NH_VAA:
        return el1_stage_1(e) && vmid_matches(inv, e) && address_matches(inv, e);
    case TLBI_S12_VMALL:
        return e->world == SMMU_WORLD_EL1 && vmid_matches(inv, e);
    case TLBI_S2_IPA:
        return e->stage == 2 && vmid_matches(inv, e) && address_matches(inv, e);
    case TLBI_NSNH_ALL:
        return e->world == SMMU_WORLD_EL1;
    case TLBI_EL2_ALL:
        return e->world != SMMU_WORLD_EL1;
    case TLBI_EL2_ASID:
        return e->world == SMMU_WORLD_EL2_E2H && !e->global && e->asid == inv->asid;
    case TLBI_EL2_VA:
        return el2_world(m, device, e) && address_matches(inv, e) &&
               (e->world == SMMU_WORLD_EL2 || asid_or_global(inv, e));
    case TLBI_EL2_VAA:
        return el2_world(m, device, e) && address_matches(inv, e);
    default:
        return false;
    }
}

/* --- pointers to tables --- */

/* Table descriptors of the address at levels above the one that TTL names. */
static bool table_address_matches(const struct smmu_inv *inv, const struct smmu_table *e)
{
    static const uint8_t granules[] = {0, 12, 14, 16};
    uint64_t first = e->address << 12, last = first + ((UINT64_C(1) << e->size_log2) - 1);

    if (inv->leaf || first > inv->last || last < inv->first)
        return false;
    return inv->tg == 0 || (e->granule_log2 == granules[inv->tg & 3] &&
                            (inv->ttl == 0 || e->level <= (int)inv->ttl));
}

/* The same as an entry of the TLB with its tags, which is never global. */
bool smmu_inv_drops_table(const struct nap_machine *m, unsigned device,
                          const struct smmu_inv *inv, const struct smmu_table *e)
{
    struct smmu_inv by_tag = *inv;
    struct smmu_tlb_entry like = {.vmid = e->vmid,
                                  .asid = e->asid,
                                  .world = e->world,
                                  .stage = e->stage,
                                  .size_log2 = 12};

    by_tag.first = 0;
    by_tag.last = UINT64_MAX;
    by_tag.tg = by_tag.ttl = 0;
    return smmu_inv_drops_translation(m, device, &by_tag, &like) &&
           table_address_matches(inv, e);
}

/* --- both --- */

static bool matters_here(const struct nap_machine *m, unsigned device,
                         const struct smmu_inv *inv)
{
    const struct nap_smmuv3 *s = smmu_of(m, device);

    if (inv->kind == SMMU_INV_TLB) {
        for (unsigned i = 0; i < s->n_tlb; i++)
            if (smmu_inv_drops_translation(m, device, inv, &s->tlb[i]))
                return true;
        for (unsigned i = 0; i < s->n_table; i++)
            if (smmu_inv_drops_table(m, device, inv, &s->table[i]))
                return true;
        return false;
    }
    for (unsigned i = 0; i < s->n_ste; i++)
        if (drops_stream(inv, s->ste[i].sid))
            return true;
    for (unsigned i = 0; i < s->n_cd; i++)
        if (drops_cd(inv, &s->cd[i]))
            return true;
    for (unsigned i = 0; i < s->n_l1std; i++)
        if (drops_l1std(inv, &s->l1std[i]))
            return true;
    for (unsigned i = 0; i < s->n_l1cd; i++)
        if (drops_l1cd(inv, &s->l1cd[i]))
            return true;
    return false;
}

bool smmu_inv_matters(const struct nap_machine *m, unsigned device, const struct smmu_inv *inv)
{
    return matters_here(m, device, inv) || smmu_tbus_matter(m, device, inv);
}

static void drop_tables(const struct nap_machine *m, unsigned device, struct nap_smmuv3 *s,
                        const struct smmu_inv *inv)
{
    uint32_t kept = 0;

    if (s->n_table == 0) /* an empty list stays untouched */
        return;
    for (uint32_t i = 0; i < s->n_table; i++)
        if (!smmu_inv_drops_table(m, device, inv, &s->table[i]))
            s->table[kept++] = s->table[i];
    memset(&s->table[kept], 0, (s->n_table - kept) * sizeof s->table[0]);
    s->n_table = kept;
}

static void drop_translations(const struct nap_machine *m, unsigned device,
                              struct nap_smmuv3 *s, const struct smmu_inv *inv)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < s->n_tlb; i++)
        if (!smmu_inv_drops_translation(m, device, inv, &s->tlb[i]))
            s->tlb[kept++] = s->tlb[i];
    memset(&s->tlb[kept], 0, (s->n_tlb - kept) * sizeof s->tlb[0]);
    s->n_tlb = kept;
    if (kept == 0)
        memset(s->tlb_donor, 0, sizeof s->tlb_donor);
    drop_tables(m, device, s, inv);
    if (s->n_tlb == 0 && s->n_table == 0)
        s->unsettled &= ~SMMU_UNSETTLED_TLB;
}

static void drop_stes(struct nap_smmuv3 *s, const struct smmu_inv *inv)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < s->n_ste; i++)
        if (!drops_stream(inv, s->ste[i].sid))
            s->ste[kept++] = s->ste[i];
    memset(&s->ste[kept], 0, (s->n_ste - kept) * sizeof s->ste[0]);
    s->n_ste = kept;
    if (kept == 0)
        memset(s->ste_donor, 0, sizeof s->ste_donor);
    kept = 0;
    for (uint32_t i = 0; i < s->n_l1std; i++)
        if (!drops_l1std(inv, &s->l1std[i]))
            s->l1std[kept++] = s->l1std[i];
    memset(&s->l1std[kept], 0, (s->n_l1std - kept) * sizeof s->l1std[0]);
    s->n_l1std = kept;
}

static void drop_cds(struct nap_smmuv3 *s, const struct smmu_inv *inv)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < s->n_cd; i++)
        if (!drops_cd(inv, &s->cd[i]))
            s->cd[kept++] = s->cd[i];
    memset(&s->cd[kept], 0, (s->n_cd - kept) * sizeof s->cd[0]);
    s->n_cd = kept;
    kept = 0;
    for (uint32_t i = 0; i < s->n_l1cd; i++)
        if (!drops_l1cd(inv, &s->l1cd[i]))
            s->l1cd[kept++] = s->l1cd[i];
    memset(&s->l1cd[kept], 0, (s->n_l1cd - kept) * sizeof s->l1cd[0]);
    s->n_l1cd = kept;
}

void smmu_inv_apply(struct nap_machine *m, unsigned device, const struct smmu_inv *inv)
{
    struct nap_smmuv3 *s = nap_block_state_mut(m, device);

    if ((inv->op == TLBI_EL2_VA || inv->op == TLBI_EL2_VAA) && smmu_inv_matters(m, device, inv))
        nap_reg_settle(m, device, SMMU_SLOT_CR2);
    smmu_tbus_invalidate(m, device, inv);
    if (!matters_here(m, device, inv))
        return;
    nap_touch(m, s, offsetof(struct nap_smmuv3, ste));
    if (inv->kind == SMMU_INV_TLB) {
        nap_touch(m, s->tlb, s->n_tlb * sizeof s->tlb[0]);
        nap_touch(m, s->table, s->n_table * sizeof s->table[0]);
        drop_translations(m, device, s, inv);
    } else {
        nap_touch(m, s->ste,
                  offsetof(struct nap_smmuv3, tlb) - offsetof(struct nap_smmuv3, ste));
        drop_stes(s, inv);
        drop_cds(s, inv);
        if (!s->n_ste && !s->n_cd && !s->n_l1std && !s->n_l1cd)
            s->unsettled &= ~SMMU_UNSETTLED_CONFIG;
    }
    nap_probe_changed(m, device);
}
