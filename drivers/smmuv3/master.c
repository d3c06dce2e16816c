/* SPDX-License-Identifier: MIT */
/* Stream table entries: who is attached to what. Every step of a change leaves an entry that
 * hardware may read, in whatever order it reads the words: the words that count are changed
 * while the entry aborts, and the change to or from abort is one 64-bit store.
 *
 * Source: docs/smmuv3-facts.md 6.1 to 6.3 (layout), 9.4 (order of writes), 10.3 (EATS). */
#include <errno.h>
#include <string.h>

#include "arm-smmu-v3.h"

#define STE_WORDS 8u
#define STE_V     UINT64_C(1)

#define STE_ABORT      STE_V /* Config 000 */
#define STE_CONFIG(n)  ((uint64_t)(n) << 1)
#define STE_BYPASS     4u
#define STE_S1_ONLY    5u
#define STE_S2_ONLY    6u
#define STE_S1_AND_S2  7u
#define STE1_S1_WB_ISH (UINT64_C(1) << 2 | UINT64_C(1) << 4 | UINT64_C(3) << 6)
#define STE1_EATS_FULL (UINT64_C(1) << 28)
#define STE1_SHCFG_IN  (UINT64_C(1) << 44)
#define STE2_T0SZ(n)   ((uint64_t)(n) << 32)
#define STE2_SL0_L1    (UINT64_C(1) << 38)
#define STE2_WB_ISH    (UINT64_C(1) << 40 | UINT64_C(1) << 42 | UINT64_C(3) << 44)
#define STE2_S2PS(n)   ((uint64_t)(n) << 48)
#define STE2_S2AA64    (UINT64_C(1) << 51)
#define STE2_S2S       (UINT64_C(1) << 57)
#define STE2_S2R       (UINT64_C(1) << 58)

#define S2PS_40_BITS 2u

struct ste {
    uint64_t dw[STE_WORDS];
};

bool smmuv3_strtab_is_linear(const struct smmuv3_device *smmu)
{
    return smmu->sid_bits <= SMMU_LINEAR_MAX || IDR0_ST_LEVEL(smmu->idr0) == 0;
}

nap_addr smmuv3_ste_address(const struct smmuv3_device *smmu, uint32_t sid)
{
    uint64_t leaf;

    if (smmuv3_strtab_is_linear(smmu))
        return smmu->strtab + sid * (nap_addr)sizeof(struct ste);
    leaf = nap_ram_read64(smmu->strtab + (sid >> SMMU_SPLIT) * 8ull) & ~UINT64_C(0x3f);
    if (leaf == 0)
        return 0;
    return leaf + (sid & ((1u << SMMU_SPLIT) - 1)) * (nap_addr)sizeof(struct ste);
}

void smmuv3_stes_abort(nap_addr table, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        nap_ram_write64(table + i * (nap_addr)sizeof(struct ste), STE_ABORT);
}

int smmuv3_forget_sid(struct smmuv3_device *smmu, uint32_t sid)
{
    struct smmuv3_cmd cmd = {{CMD_CFGI_STE | (uint64_t)sid << 32, 0}};

    return smmuv3_invalidate(smmu, 0, &cmd, 1);
}

/* --- what an entry says --- */

static void stage2_words(struct ste *ste, const struct smmuv3_device *smmu,
                         const struct smmuv3_domain *domain)
{
    ste->dw[2] = domain->vmid | STE2_T0SZ(64 - domain->guest->ipa_bits) | STE2_SL0_L1 |
                 STE2_WB_ISH | STE2_S2PS(S2PS_40_BITS) | STE2_S2AA64 | STE2_S2R;
    if (IDR0_STALL_MODEL(smmu->idr0) == STALL_MODEL_FORCED)
        ste->dw[2] |= STE2_S2S;
    ste->dw[3] = domain->guest->p2m_root;
}

static void ste_of_domain(struct ste *ste, const struct smmuv3_master *own,
                          const struct smmuv3_domain *domain)
{
    static const unsigned config[] = {
        [SMMU_S1] = STE_S1_ONLY, [SMMU_S2] = STE_S2_ONLY, [SMMU_NESTED] = STE_S1_AND_S2};

    memset(ste, 0, sizeof(*ste));
    ste->dw[0] = STE_V | STE_CONFIG(config[domain->stage]);
    ste->dw[1] = STE1_SHCFG_IN;
    if (domain->stage != SMMU_S2) {
        ste->dw[0] |= domain->cd;
        ste->dw[1] |= STE1_S1_WB_ISH;
    }
    if (domain->stage != SMMU_S1)
        stage2_words(ste, own->smmu, domain);
    if (smmuv3_uses_ats(own))
        ste->dw[1] |= STE1_EATS_FULL;
}

/* --- writing it --- */

static int set_word0(struct smmuv3_device *smmu, uint32_t sid, uint64_t value)
{
    nap_ram_write64(smmuv3_ste_address(smmu, sid), value);
    return smmuv3_forget_sid(smmu, sid);
}

static void write_words(nap_addr at, const struct ste *ste, uint32_t from)
{
    for (uint32_t i = from; i < STE_WORDS; i++)
        nap_ram_write64(at + i * 8ull, ste->dw[i]);
}

static int set_ste(struct smmuv3_device *smmu, uint32_t sid, const struct ste *ste)
{
    nap_addr at = smmuv3_ste_address(smmu, sid);
    int ret = 0;

    if (nap_ram_read64(at) != STE_ABORT)
        ret = set_word0(smmu, sid, STE_ABORT);
    if (ret != 0)
        return ret;
    write_words(at, ste, 1);
    ret = smmuv3_forget_sid(smmu, sid);
    return ret != 0 ? ret : set_word0(smmu, sid, ste->dw[0]);
}

static int set_stes(const struct smmuv3_master *own, const struct ste *ste)
{
    int ret = 0;

    for (uint32_t i = 0; i < own->master->n_ids && ret == 0; i++)
        ret = set_ste(own->smmu, smmuv3_sid(own, i), ste);
    return ret;
}

static int abort_stes(const struct smmuv3_master *own)
{
    int ret = 0;

    for (uint32_t i = 0; i < own->master->n_ids; i++) {
        int one = set_word0(own->smmu, smmuv3_sid(own, i), STE_ABORT);

        if (ret == 0)
            ret = one;
    }
    return ret;
}

/* For those who keep tables and hardware in step: what was asked for while asleep. */
void smmuv3_late_entries(const struct smmuv3_device *smmu)
{
    for (struct smmuv3_master *own = smmuv3_driver()->masters; own != NULL; own = own->next) {
        struct ste ste;

        if (own->smmu != smmu || !own->late)
            continue;
        own->late = false;
        ste_of_domain(&ste, own, own->domain);
        for (uint32_t i = 0; i < own->master->n_ids; i++)
            write_words(smmuv3_ste_address(smmu, smmuv3_sid(own, i)), &ste, 0);
    }
}

/* --- power on behalf of somebody --- */

static bool needs_power(const struct smmuv3_master *own)
{
    return (own->master->sensitive || own->domain->guest->sensitive) &&
           !smmuv3_form()->not_held && !own->held;
}

/* The unit may come on within this, and look for whom it is to be held. */
static int hold_power(struct smmuv3_master *own)
{
    const struct smmuv3_device *smmu = own->smmu;
    int ret;

    if (!needs_power(own) || (smmu->quiet && !smmu->runtime_off))
        return 0;
    own->held = true;
    ret = nap_pm_get(smmu->device);
    own->held = ret == 0;
    return smmuv3_form()->hold_unheard ? 0 : ret;
}

void smmuv3_hold_power_all(struct smmuv3_device *smmu)
{
    for (struct smmuv3_master *own = smmuv3_driver()->masters; own != NULL; own = own->next) {
        if (own->smmu == smmu && own->domain != NULL)
            (void)hold_power(own); /* it is on */
    }
}

static void let_power_go(struct smmuv3_master *own)
{
    if (own->held)
        nap_pm_put(own->smmu->device);
    own->held = false;
}

/* --- attach and its kin --- */

static struct smmuv3_attachment *attachment_new(struct smmuv3_domain *domain,
                                                struct smmuv3_master *own)
{
    struct smmuv3_attachment *a = smmuv3_alloc(sizeof(*a), "attachment");

    if (a == NULL)
        return NULL;
    a->own = own;
    a->next = domain->attached;
    domain->attached = a;
    domain->users[own->smmu->number]++;
    own->domain = domain;
    return a;
}

static void attachment_end(struct smmuv3_master *own)
{
    struct smmuv3_attachment **link = &own->domain->attached, *a;

    while ((*link)->own != own)
        link = &(*link)->next;
    a = *link;
    *link = a->next;
    nap_free(a);
    own->domain->users[own->smmu->number]--;
    own->domain = NULL;
    own->late = false;
    let_power_go(own);
}

static int attach(struct smmuv3_domain *domain, struct smmuv3_master *own)
{
    struct ste ste;
    int ret;

    if (attachment_new(domain, own) == NULL)
        return -ENOMEM;
    ret = hold_power(own);
    ste_of_domain(&ste, own, domain);
    own->late = smmuv3_form()->tables_late && own->smmu->asleep;
    if (ret == 0 && !own->late)
        ret = set_stes(own, &ste);
    if (ret == 0)
        ret = smmuv3_ats_on(own);
    if (ret == 0)
        return 0;
    (void)abort_stes(own);
    attachment_end(own);
    return ret;
}

/* Tables are memory: the unit need not be awake for them. Some forms wake it nevertheless. */
int smmuv3_attach(struct nap_domain *guest, struct nap_master *master)
{
    const struct smmuv3_form *form = smmuv3_form();
    struct smmuv3_domain *domain = guest->data;
    struct smmuv3_master *own = master->data;
    bool wakes = form->attach_wakes || form->reference_kept;
    int ret = 0;

    if (domain == NULL || own == NULL)
        return -ENODEV;
    if (own->domain != NULL)
        return own->domain == domain ? 0 : -EEXIST;
    if (wakes)
        ret = nap_pm_get(own->smmu->device);
    if (ret != 0)
        return ret;
    ret = attach(domain, own);
    if (wakes && (ret == 0 || !form->reference_kept))
        nap_pm_put(own->smmu->device);
    return ret;
}

/* Endpoints first: an ATC would go on with what it holds. The unit forgets a domain that none
 * of its masters is attached to any more. */
static int cut_off(struct smmuv3_master *own)
{
    const struct smmuv3_domain *domain = own->domain;
    int ret = smmuv3_ats_off(own);

    if (ret == 0)
        ret = abort_stes(own);
    if (ret == 0 && domain != NULL && domain->users[own->smmu->number] == 1)
        ret = smmuv3_flush_domain(own->smmu, domain);
    return ret;
}

/* Hardware that does not answer may go on with what it knows: the master stays attached. */
static int leave(struct smmuv3_master *own)
{
    int ret = cut_off(own);
    struct ste ste;

    if (own->domain == NULL)
        return ret;
    if (ret == 0) {
        attachment_end(own);
        return 0;
    }
    ste_of_domain(&ste, own, own->domain);
    for (uint32_t i = 0; i < own->master->n_ids; i++)
        nap_ram_write64(smmuv3_ste_address(own->smmu, smmuv3_sid(own, i)), ste.dw[0]);
    (void)smmuv3_ats_on(own); /* the error is told already */
    return ret;
}

/* Works without memory and without power, as nobody can do anything about a master that is not
 * blocked. */
int smmuv3_block(struct nap_master *master)
{
    struct smmuv3_master *own = master->data;
    bool asks = smmuv3_form()->block_may_fail;
    int ret;

    if (own == NULL)
        return -ENODEV;
    ret = asks ? nap_pm_get(own->smmu->device) : 0;
    if (ret != 0)
        return ret;
    ret = leave(own);
    if (asks)
        nap_pm_put(own->smmu->device);
    return ret;
}

int smmuv3_detach(struct nap_domain *guest, struct nap_master *master)
{
    struct smmuv3_master *own = master->data;

    if (own == NULL || own->domain == NULL || own->domain != guest->data)
        return -ESRCH;
    return smmuv3_block(master);
}

int smmuv3_bypass(struct nap_master *master)
{
    static const struct ste bypass = {{STE_V | STE_CONFIG(STE_BYPASS), STE1_SHCFG_IN}};
    int ret = smmuv3_block(master);

    return ret != 0 ? ret : set_stes(master->data, &bypass);
}
