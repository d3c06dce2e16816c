/* SPDX-License-Identifier: MIT */
/* Variant loader: the order in which a boot loader of the vendor brings the block up, with the
 * values of a record: root, caches, ports, a barrier after every stage, and each flush in a
 * write of its own before the enable, which is not waited for. The loader runs on registers
 * that it finds as it wants them; a resume does not, so the controls come first, as in
 * recommended. What the loader writes for tables of the other format (IMMAIR0, IMBUSCR) is left
 * out.
 *
 * Source: docs/ipmmu-facts.md 5.5. */
#include "../drivers.h"
#include "recommended.h"

static int controls(struct nap_device *device)
{
    ipmmu_restore_controls(ipmmu_of(device));
    return 0;
}

/* IMCTR of one unit: the flush, and the enable. */
static void enable(const struct ipmmu_device *mmu, uint32_t ctx, uint32_t imctr)
{
    ipmmu_ctx_write(mmu, ctx, IMCTR, (imctr & ~IMCTR_MMUEN) | IMCTR_FLUSH);
    nap_dsb();
    ipmmu_ctx_write(mmu, ctx, IMCTR, imctr & ~IMCTR_FLUSH);
    nap_dsb();
}

static int root_contexts(struct nap_device *device)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    for (uint32_t ctx = 0; ctx < ipmmu_of(device)->features.contexts; ctx++) {
        const struct ipmmu_domain *domain = driver->domains[ctx];

        if (domain == NULL)
            continue;
        ipmmu_ctx_write_root(domain, IMTTLBR0, driver->backup[ctx].imttlbr0);
        ipmmu_ctx_write_root(domain, IMTTUBR0, driver->backup[ctx].imttubr0);
        ipmmu_ctx_write_root(domain, IMTTBCR, driver->backup[ctx].imttbcr);
        ipmmu_ctx_write_root(domain, IMSTR, 0);
        nap_dsb();
        enable(domain->root, ctx, driver->backup[ctx].imctr);
    }
    return 0;
}

static int cache_contexts(struct nap_device *device)
{
    const struct ipmmu_driver *driver = nap_driver_data();
    const struct ipmmu_device *mmu = ipmmu_of(device);

    for (uint32_t ctx = 0; ctx < mmu->features.contexts; ctx++) {
        if (ipmmu_has_context(mmu, driver->domains[ctx]))
            enable(mmu, ctx, driver->backup[ctx].imctr & IMCTR_COMMON);
    }
    return 0;
}

static void port(const struct ipmmu_device *mmu, uint32_t utlb, uint32_t imuctr)
{
    ipmmu_utlb_write(mmu, utlb, IMUASID, 0);
    ipmmu_utlb_write(mmu, utlb, IMUCTR, (imuctr & ~IMUCTR_MMUEN) | IMUCTR_FLUSH);
    nap_dsb();
    ipmmu_utlb_write(mmu, utlb, IMUCTR, imuctr & ~IMUCTR_FLUSH);
    nap_dsb();
}

static int ports(struct nap_device *device)
{
    const struct ipmmu_driver *driver = nap_driver_data();
    const struct ipmmu_device *mmu = ipmmu_of(device);

    for (const struct ipmmu_master *own = driver->masters; own != NULL; own = own->next) {
        for (uint32_t i = 0; own->mmu == mmu && i < own->n_backup; i++) {
            if ((own->backup[i].imuctr & IMUCTR_MMUEN) != 0)
                port(mmu, own->master->ids[i], own->backup[i].imuctr);
        }
    }
    return 0;
}

static const struct nap_phase loader_suspend[] = {IPMMU_PHASE_SAVE};

static const struct nap_phase loader_resume[] = {
    {.name = "controls", .kind = NAP_PHASE_WALK, .each = controls},
    {.name = "root", .kind = NAP_PHASE_WALK, .filter = ipmmu_is_root, .each = root_contexts},
    {.name = "caches",
     .kind = NAP_PHASE_WALK,
     .filter = ipmmu_is_cache,
     .each = cache_contexts},
    {.name = "ports", .kind = NAP_PHASE_WALK, .filter = ipmmu_is_cache, .each = ports},
};

const struct nap_driver nap_driver_ipmmu_loader = {
    IPMMU_DRIVER_COMMON,
    .map = ipmmu_map_sync,
    .unmap = ipmmu_unmap_sync,
    .suspend = loader_suspend,
    .n_suspend = 1,
    .resume = loader_resume,
    .n_resume = 4,
};
