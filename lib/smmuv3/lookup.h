/* SPDX-License-Identifier: MIT */
/* Lookup in configuration caches and TLB; inline, as every transaction does it. Nothing answers
 * while they are unsettled: nobody has needed them since power came back. Arm IHI 0070,
 * "Caching", "TLB tagging". */
#ifndef NAP_SMMUV3_LOOKUP_H
#define NAP_SMMUV3_LOOKUP_H

#include "translate.h"

static inline bool smmu_config_usable(const struct nap_smmuv3 *s)
{
    return !(s->unsettled & SMMU_UNSETTLED_CONFIG);
}

static inline const struct smmu_ste *smmu_cached_ste(const struct nap_smmuv3 *s, uint32_t sid)
{
    for (unsigned i = 0; smmu_config_usable(s) && i < s->n_ste; i++)
        if (s->ste[i].sid == sid)
            return &s->ste[i];
    return NULL;
}

/* The first entry of another stream whose span, "CONT", covers @sid. */
static inline const struct smmu_ste *smmu_cached_neighbour(const struct nap_smmuv3 *s,
                                                           uint32_t sid)
{
    for (unsigned i = 0; smmu_config_usable(s) && i < s->n_ste; i++)
        if (!s->ste[i].illegal && (s->ste[i].sid ^ sid) >> STE_CONT(&s->ste[i]) == 0)
            return &s->ste[i];
    return NULL;
}

static inline const struct smmu_cd *smmu_cached_cd(const struct nap_smmuv3 *s, uint32_t sid,
                                                   uint32_t ssid)
{
    for (unsigned i = 0; smmu_config_usable(s) && i < s->n_cd; i++)
        if (s->cd[i].sid == sid && s->cd[i].ssid == ssid)
            return &s->cd[i];
    return NULL;
}

static inline const struct smmu_l1std *smmu_cached_l1std(const struct nap_smmuv3 *s,
                                                         uint32_t sid)
{
    for (unsigned i = 0; smmu_config_usable(s) && i < s->n_l1std; i++)
        if (s->l1std[i].index == sid >> s->l1std[i].split)
            return &s->l1std[i];
    return NULL;
}

static inline const struct smmu_l1cd *smmu_cached_l1cd(const struct nap_smmuv3 *s, uint32_t sid,
                                                       uint32_t index)
{
    for (unsigned i = 0; smmu_config_usable(s) && i < s->n_l1cd; i++)
        if (s->l1cd[i].sid == sid && s->l1cd[i].index == index)
            return &s->l1cd[i];
    return NULL;
}

/* The pointer to the last table that maps @address, of stage 1, 2 or 3 as struct smmu_table has
 * it; NULL if there is none. Of several it is the one that saves most of the walk. */
static inline const struct smmu_table *smmu_cached_table(const struct smmu_path *p,
                                                         uint8_t stage, nap_addr address)
{
    const struct nap_smmuv3 *s = p->s;
    const struct smmu_table *last = NULL;

    for (unsigned i = 0; !(s->unsettled & SMMU_UNSETTLED_TLB) && i < s->n_table; i++) {
        const struct smmu_table *e = &s->table[i];
        if (e->vmid == p->vmid && e->stage == stage &&
            (e->address ^ address >> 12) >> (e->size_log2 - 12u) == 0 &&
            (stage == 2 || (e->world == p->world && e->asid == p->asid)) &&
            (!last || e->size_log2 < last->size_log2))
            last = e;
    }
    return last;
}

/* Beside the VMID. Global entries match any ASID of their world and ASET; to the others ASET is
 * nothing. */
static inline bool smmu_tag_matches(const struct smmu_tlb_entry *e, const struct smmu_path *p)
{
    return e->world == p->world && (e->global ? e->aset == p->aset : e->asid == p->asid);
}

/* Whether the entry answers for (world, vmid, asid, aset, page) of stage 1 or both, or for
 * (vmid, page) of stage 2. */
static inline bool smmu_tlb_answers(const struct smmu_tlb_entry *e, const struct smmu_path *p,
                                    bool stage_2, uint64_t page)
{
    return (e->address ^ page) >> (e->size_log2 - 12u) == 0 && e->vmid == p->vmid &&
           (e->stage == 2) == stage_2 && (stage_2 || smmu_tag_matches(e, p));
}

/* How many entries may answer at all. */
static inline unsigned smmu_tlb_entries(const struct nap_smmuv3 *s)
{
    return s->unsettled & SMMU_UNSETTLED_TLB ? 0 : s->n_tlb;
}

#endif
