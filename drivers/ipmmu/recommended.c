/* SPDX-License-Identifier: MIT */
/* Variant recommended: the order to check others against. Suspend only saves. Resume takes
 * nothing for granted that a power cut may have left: it first makes every unit quiet and sets
 * its controls from the record, reading none of them back, then builds contexts while all ports
 * are off, waits until the flushes have ended, and turns ports on last.
 *
 * Source: docs/ipmmu-facts.md 5.6. */
#include "../drivers.h"
#include "ipmmu-vmsa.h"

/* FLUSH is a transient bit: whether one was under way is no part of the record. */
static int save(struct nap_device *device)
{
    struct ipmmu_driver *driver = nap_driver_data();
    int result = ipmmu_suspend_one(device);

    for (uint32_t ctx = 0; ctx < IPMMU_CTX_MAX; ctx++)
        driver->backup[ctx].imctr &= ~IMCTR_FLUSH;
    return result;
}

static int quiesce(struct nap_device *device)
{
    const struct ipmmu_device *mmu = ipmmu_of(device);

    ipmmu_write(mmu, IMSCTLR, mmu->imsctlr);
    if (ipmmu_is_root(device))
        ipmmu_write(mmu, IMSAUXCTLR, mmu->imsauxctlr);
    for (uint32_t ctx = 0; ctx < IPMMU_CTX_MAX; ctx++)
        ipmmu_write(mmu, IMCTR(ctx), 0);
    if (ipmmu_is_root(device))
        return 0;
    for (uint32_t utlb = 0; utlb < IPMMU_UTLB_MAX; utlb++)
        ipmmu_write(mmu, IMUCTR(utlb), 0);
    return 0;
}

static void restore_context(const struct ipmmu_domain *domain,
                            const struct ipmmu_ctx_backup *backup)
{
    uint32_t imctr = backup->imctr | IMCTR_FLUSH;

    ipmmu_ctx_write_root(domain, IMTTLBR0, backup->imttlbr0);
    ipmmu_ctx_write_root(domain, IMTTUBR0, backup->imttubr0);
    ipmmu_ctx_write_root(domain, IMTTBCR, backup->imttbcr);
    ipmmu_ctx_write_root(domain, IMSTR, 0);
    ipmmu_ctx_write_root(domain, IMCTR, imctr);
    for (const struct ipmmu_cache *cache = domain->caches; cache != NULL; cache = cache->next)
        ipmmu_ctx_write_cache(domain, cache->mmu, imctr);
}

static int restore_contexts(void)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    for (uint32_t ctx = 0; ctx < IPMMU_CTX_MAX; ctx++) {
        if (driver->domains[ctx] != NULL)
            restore_context(driver->domains[ctx], &driver->backup[ctx]);
    }
    return 0;
}

static int restore_cache(struct nap_device *device)
{
    ipmmu_restore_ports_flush(ipmmu_of(device));
    return 0;
}

/* A barrier may see the early acknowledgement of a write; a read from the same unit cannot pass
 * it. IMUASID was just written and reading it changes nothing. */
static int settle(void)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    for (const struct ipmmu_master *own = driver->masters; own != NULL; own = own->next) {
        if (own->master->n_ids != 0)
            (void)ipmmu_read(own->mmu, IMUASID(own->master->ids[0]));
    }
    nap_dsb();
    return 0;
}

static const struct nap_phase recommended_suspend[] = {
    {.name = "save", .kind = NAP_PHASE_WALK, .each = save},
};

static const struct nap_phase recommended_resume[] = {
    {.name = "quiesce", .kind = NAP_PHASE_WALK, .each = quiesce},
    {.name = "contexts", .kind = NAP_PHASE_STEP, .step = restore_contexts},
    {.name = "sync", .kind = NAP_PHASE_STEP, .step = ipmmu_wait_contexts},
    {.name = "ports", .kind = NAP_PHASE_WALK, .filter = ipmmu_is_cache, .each = restore_cache},
    {.name = "settle", .kind = NAP_PHASE_STEP, .step = settle},
};

const struct nap_driver nap_driver_ipmmu_recommended = {
    IPMMU_DRIVER_COMMON,
    .map = ipmmu_map_sync,
    .unmap = ipmmu_unmap_sync,
    .suspend = recommended_suspend,
    .n_suspend = 1,
    .resume = recommended_resume,
    .n_resume = 5,
};
