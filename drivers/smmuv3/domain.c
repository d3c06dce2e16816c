/* SPDX-License-Identifier: MIT */
/* Domains: a guest's addresses by own stage-1 tables, by the guest's second-stage tables, or by
 * both, and what has to be invalidated when they change.
 *
 * With both, the tables of stage 1 stand in the guest's memory at their own addresses, and a
 * page at IOVA has the intermediate address IOVA + NESTED_OFFSET: no two of the three agree.
 *
 * Source: docs/smmuv3-facts.md 5.3 (ranges), 5.4, 6.5 (context descriptor), 9.6 (order). */
#include <errno.h>
#include <string.h>

#include "arm-smmu-v3.h"

#define NESTED_OFFSET (UINT64_C(1) << 38)

#define CD_T0SZ(n)  ((uint64_t)(n))
#define CD_WB_ISH   (UINT64_C(1) << 8 | UINT64_C(1) << 10 | UINT64_C(3) << 12)
#define CD_EPD1     (UINT64_C(1) << 30)
#define CD_V        (UINT64_C(1) << 31)
#define CD_IPS(n)   ((uint64_t)(n) << 32)
#define CD_AA64     (UINT64_C(1) << 41)
#define CD_S        (UINT64_C(1) << 44)
#define CD_R        (UINT64_C(1) << 45)
#define CD_A        (UINT64_C(1) << 46)
#define CD_ASET     (UINT64_C(1) << 47)
#define CD_ASID(n)  ((uint64_t)(n) << 48)
#define MAIR_WB     UINT64_C(0xff) /* AttrIndx 0 */
#define IPS_48_BITS 5u

#define TLBI_VMID(n)  ((uint64_t)(n) << 32)
#define TLBI_ASID(n)  ((uint64_t)(n) << 48)
#define TLBI_LEAF     UINT64_C(1)
#define TLBI_TG_4K    (UINT64_C(1) << 10)
#define TLBI_NUM(n)   ((uint64_t)(n) << 12)
#define TLBI_SCALE(n) ((uint64_t)(n) << 20)
#define NUM_MAX       32u
#define SCALE_MAX     31u

/* So many pages are invalidated one by one where there are no ranges; beyond, all of the
 * domain. */
#define SINGLES_MAX 6u

/* --- a domain --- */

static bool is_named(const char *parameter, const struct nap_domain *guest)
{
    const char *name = nap_parameter(parameter);

    return name != NULL && strcmp(name, guest->name) == 0;
}

static enum smmuv3_stage stage_of(const struct nap_domain *guest)
{
    if (is_named("nested", guest))
        return SMMU_NESTED;
    return is_named("stage-2", guest) ? SMMU_S2 : SMMU_S1;
}

/* What all units can do; a domain may be attached behind any of them. */
static bool stalls(void)
{
    const struct smmuv3_driver *driver = smmuv3_driver();
    const char *wanted = nap_parameter("stall");
    bool may = wanted != NULL && strcmp(wanted, "yes") == 0;

    for (uint32_t i = 0; i < driver->n_units; i++) {
        uint32_t model = driver->unit[i] != NULL ? IDR0_STALL_MODEL(driver->unit[i]->idr0) : 0;

        if (model != 0)
            return model == STALL_MODEL_FORCED;
    }
    return may;
}

static uint32_t output_size(void)
{
    const struct smmuv3_driver *driver = smmuv3_driver();
    uint32_t ips = IPS_48_BITS;

    for (uint32_t i = 0; i < driver->n_units; i++) {
        if (driver->unit[i] != NULL && IDR5_OAS(driver->unit[i]->idr5) < ips)
            ips = IDR5_OAS(driver->unit[i]->idr5);
    }
    return ips;
}

static void write_cd(const struct smmuv3_domain *domain)
{
    uint64_t word0 = CD_T0SZ(64 - SMMU_VA_BITS) | CD_WB_ISH | CD_EPD1 | CD_V |
                     CD_IPS(output_size()) | CD_AA64 | CD_R | CD_A | CD_ASET |
                     CD_ASID(domain->asid);

    nap_ram_write64(domain->cd + 8, domain->root);
    nap_ram_write64(domain->cd + 24, MAIR_WB);
    nap_ram_write64(domain->cd, stalls() ? word0 | CD_S : word0);
}

/* A table of stage 1 is read through stage 2. */
static int guest_sees(const struct smmuv3_domain *domain, nap_addr table)
{
    if (domain->stage != SMMU_NESTED)
        return 0;
    return nap_p2m_map(domain->guest, table, table, SMMU_PAGE_BYTES, NAP_PROT_READ);
}

static int stage1_init(struct smmuv3_domain *domain)
{
    int ret;

    domain->cd = smmuv3_ram(SMMU_PAGE_BYTES, "context descriptor");
    domain->root = smmuv3_ram(SMMU_PAGE_BYTES, "table");
    if (domain->cd == 0 || domain->root == 0)
        return -ENOMEM;
    domain->asid = smmuv3_driver()->next_asid++;
    ret = guest_sees(domain, domain->cd);
    if (ret == 0)
        ret = guest_sees(domain, domain->root);
    if (ret == 0)
        write_cd(domain);
    return ret;
}

int smmuv3_domain_init(struct nap_domain *guest)
{
    struct smmuv3_domain *domain = smmuv3_alloc(sizeof(*domain), "domain");
    int ret = 0;

    if (domain == NULL)
        return -ENOMEM;
    domain->guest = guest;
    domain->stage = stage_of(guest);
    if (domain->stage != SMMU_S1) {
        domain->vmid = smmuv3_driver()->next_vmid++;
        if (guest->p2m_root == 0)
            ret = nap_p2m_init(guest);
    }
    if (ret == 0 && domain->stage != SMMU_S2)
        ret = stage1_init(domain);
    if (ret != 0) {
        nap_free(domain);
        return ret;
    }
    guest->data = domain;
    return 0;
}

void smmuv3_domain_destroy(struct nap_domain *guest)
{
    struct smmuv3_domain *domain = guest->data;

    if (domain->cd != 0)
        nap_ram_write64(domain->cd, 0);
    guest->data = NULL;
    nap_free(domain);
}

bool smmuv3_domain_maps(const struct smmuv3_domain *domain, nap_addr iova)
{
    if (domain->stage == SMMU_S2)
        return nap_p2m_mapped(domain->guest, iova, SMMU_PAGE_BYTES);
    return smmuv3_pgtable_maps(domain->root, iova);
}

/* --- invalidation --- */

static uint64_t tlbi_tags(const struct smmuv3_domain *domain)
{
    return TLBI_VMID(domain->vmid) | TLBI_ASID(domain->asid);
}

int smmuv3_flush_domain(struct smmuv3_device *smmu, const struct smmuv3_domain *domain)
{
    struct smmuv3_cmd cmd = {{CMD_TLBI_NH_ASID | tlbi_tags(domain), 0}};

    if (domain->stage != SMMU_S1)
        cmd.dw[0] = CMD_TLBI_S12_VMALL | TLBI_VMID(domain->vmid);
    return smmuv3_invalidate(smmu, domain->guest->index, &cmd, 1);
}

/* One or more pages in one command. Returns the bytes that it covers, from the start of
 * [iova, iova + size) on. */
static uint64_t tlbi_command(const struct smmuv3_device *smmu, uint64_t tags, nap_addr address,
                             uint64_t size_bytes, struct smmuv3_cmd *cmd)
{
    uint64_t pages = size_bytes / SMMU_PAGE_BYTES;
    unsigned scale = 0;

    cmd->dw[0] = tags;
    cmd->dw[1] = address | TLBI_LEAF;
    if ((smmu->idr3 & IDR3_RIL) == 0 || pages < 2)
        return SMMU_PAGE_BYTES;
    while (scale < SCALE_MAX && (pages >> scale) % 2 == 0)
        scale++;
    pages >>= scale;
    if (pages > NUM_MAX)
        pages = NUM_MAX;
    cmd->dw[0] |= TLBI_NUM(pages - 1) | TLBI_SCALE(scale);
    cmd->dw[1] |= TLBI_TG_4K;
    if (pages == 1 && scale == 0)
        cmd->dw[1] &= ~TLBI_TG_4K; /* NUM and SCALE of 0 are for a single address */
    return (pages << scale) * SMMU_PAGE_BYTES;
}

/* A block is one entry: one address of it is enough. */
static unsigned tlbi_commands(const struct smmuv3_device *smmu, uint64_t tags, nap_addr address,
                              uint64_t size_bytes, struct smmuv3_cmd *cmds)
{
    unsigned n = 0;

    while (size_bytes != 0 && n < SINGLES_MAX) {
        uint64_t done = tlbi_command(smmu, tags, address, size_bytes, &cmds[n++]);

        if ((smmu->idr3 & IDR3_RIL) == 0 && address % SMMU_BLOCK_BYTES == 0 &&
            size_bytes >= SMMU_BLOCK_BYTES)
            done = SMMU_BLOCK_BYTES;
        address += done;
        size_bytes -= done;
    }
    return size_bytes == 0 ? n : 0;
}

/* TLBs first, then what may have been filled from them. */
static int flush_range(struct smmuv3_device *smmu, const struct smmuv3_domain *domain,
                       nap_addr iova, uint64_t size_bytes)
{
    struct smmuv3_cmd cmds[2 * SINGLES_MAX];
    unsigned n = 0, more = 1;

    if (domain->stage != SMMU_S2)
        more = n =
            tlbi_commands(smmu, CMD_TLBI_NH_VA | tlbi_tags(domain), iova, size_bytes, cmds);
    if (domain->stage != SMMU_S1 && more != 0) {
        more = tlbi_commands(smmu, CMD_TLBI_S2_IPA | TLBI_VMID(domain->vmid),
                             domain->stage == SMMU_NESTED ? iova + NESTED_OFFSET : iova,
                             size_bytes, cmds + n);
        n += more;
    }
    if (more == 0)
        return smmuv3_flush_domain(smmu, domain);
    return smmuv3_invalidate(smmu, domain->guest->index, cmds, n);
}

static int flush_everywhere(const struct smmuv3_domain *domain, nap_addr iova,
                            uint64_t size_bytes)
{
    const struct smmuv3_driver *driver = smmuv3_driver();
    int ret = 0;

    for (uint32_t i = 0; i < driver->n_units && ret == 0; i++) {
        if (domain->users[i] != 0)
            ret = flush_range(driver->unit[i], domain, iova, size_bytes);
    }
    for (const struct smmuv3_attachment *a = domain->attached; a != NULL && ret == 0;
         a = a->next)
        ret = smmuv3_atc_invalidate(a->own, iova, size_bytes);
    return ret;
}

/* Walks that have been remembered go as well. */
static int flush_walks(const struct smmuv3_domain *domain)
{
    const struct smmuv3_driver *driver = smmuv3_driver();
    int ret = 0;

    for (uint32_t i = 0; i < driver->n_units && ret == 0; i++) {
        if (domain->users[i] != 0)
            ret = smmuv3_flush_domain(driver->unit[i], domain);
    }
    return ret;
}

/* --- map and unmap --- */

static int map_stage1(const struct smmuv3_domain *domain, nap_addr iova, nap_addr pa,
                      uint64_t size_bytes, unsigned prot)
{
    bool broken = false;
    int ret = smmuv3_pgtable_prepare(domain, iova, pa, size_bytes, &broken);

    if (broken) {
        int flush = flush_walks(domain);

        if (ret == 0)
            ret = flush;
    }
    if (ret == 0)
        smmuv3_pgtable_map(domain->root, iova, pa, size_bytes, prot);
    return ret;
}

int smmuv3_map(struct nap_domain *guest, nap_addr iova, nap_addr pa, uint64_t size_bytes,
               unsigned prot)
{
    const struct smmuv3_domain *domain = guest->data;
    int ret;

    if (domain == NULL)
        return -ENODEV;
    if ((prot & NAP_PROT_READ) == 0)
        return -EINVAL; /* stage 1 cannot say so */
    if (domain->stage == SMMU_S1)
        return map_stage1(domain, iova, pa, size_bytes, prot);
    if (domain->stage == SMMU_S2)
        return nap_p2m_mapped(guest, iova, size_bytes)
                   ? -EEXIST
                   : nap_p2m_map(guest, iova, pa, size_bytes, prot);
    ret = map_stage1(domain, iova, iova + NESTED_OFFSET, size_bytes, prot);
    if (ret != 0)
        return ret;
    ret = nap_p2m_map(guest, iova + NESTED_OFFSET, pa, size_bytes, prot);
    if (ret != 0)
        smmuv3_pgtable_unmap(domain->root, iova, size_bytes);
    return ret;
}

/* Hardware that does not answer may go on with what it knows, so it stays mapped. Of the
 * hypervisor's own tables nothing is left to bring back. */
static int unmap(struct smmuv3_domain *domain, nap_addr iova, uint64_t size_bytes)
{
    struct nap_domain *guest = domain->guest;
    int ret = 0;

    if (domain->stage != SMMU_S2) {
        ret = smmuv3_pgtable_check(domain->root, iova, size_bytes);
        if (ret != 0)
            return ret;
        smmuv3_pgtable_unmap(domain->root, iova, size_bytes);
    }
    if (domain->stage != SMMU_S1)
        ret = nap_p2m_unmap(guest, domain->stage == SMMU_NESTED ? iova + NESTED_OFFSET : iova,
                            size_bytes);
    if (ret == 0)
        ret = flush_everywhere(domain, iova, size_bytes);
    if (ret != 0 && domain->stage == SMMU_S1)
        smmuv3_pgtable_remap(domain->root, iova, size_bytes);
    return ret;
}

/* For those who wake hardware for what they will tell it, and have room for that first. */
static int unmap_awake(struct smmuv3_domain *domain, nap_addr iova, uint64_t size_bytes)
{
    struct smmuv3_device *smmu = smmuv3_driver()->unit[0];
    struct smmuv3_cmd *cmds = smmuv3_alloc(2ul * SINGLES_MAX * sizeof(*cmds), "commands");
    int ret;

    if (cmds == NULL)
        return -ENOMEM;
    ret = nap_pm_get(smmu->device);
    if (ret != 0)
        return ret;
    ret = unmap(domain, iova, size_bytes);
    nap_pm_put(smmu->device);
    nap_free(cmds);
    return ret;
}

int smmuv3_unmap(struct nap_domain *guest, nap_addr iova, uint64_t size_bytes)
{
    struct smmuv3_domain *domain = guest->data;

    if (domain == NULL)
        return -ENODEV;
    return smmuv3_form()->commands_kept ? unmap_awake(domain, iova, size_bytes)
                                        : unmap(domain, iova, size_bytes);
}

int smmuv3_domain_sees(const struct smmuv3_domain *domain, nap_addr table)
{
    return guest_sees(domain, table);
}
