/* SPDX-License-Identifier: MIT */
/* Variant recommended-live: recommended for masters that go on sending. What a unit still holds
 * is told from what it lost by IMCTR and IMUCTR, which come back 0. A context that is as it was
 * is only flushed, a port that is as it was is left alone, so where nothing was lost nothing is
 * ever off. What was lost is built in the order of recommended: controls, contexts on the root,
 * then on caches, a wait for all flushes, ports. Between power-on and its port's write a master
 * that sends still passes; no driver can close that window.
 *
 * Source: docs/ipmmu-facts.md 5.6; hazards H02, H03, H20 and H38. */
#include "../drivers.h"
#include "recommended.h"

/* What is in use nowhere is off; a control that holds its value already is not touched by it.
 */
static int controls(struct nap_device *device)
{
    const struct ipmmu_driver *driver = nap_driver_data();
    const struct ipmmu_device *mmu = ipmmu_of(device);

    ipmmu_sleep(false);
    ipmmu_restore_controls(mmu);
    for (uint32_t ctx = 0; ctx < mmu->features.contexts; ctx++) {
        if (!ipmmu_has_context(mmu, driver->domains[ctx]))
            ipmmu_ctx_write(mmu, ctx, IMCTR, 0);
    }
    for (uint32_t utlb = 0; ipmmu_is_cache(device) && utlb < mmu->features.utlbs; utlb++) {
        if (mmu->utlb_users[utlb] == 0)
            ipmmu_utlb_write(mmu, utlb, IMUCTR, 0);
    }
    return 0;
}

static bool is_on(const struct ipmmu_device *mmu, uint32_t ctx)
{
    return (ipmmu_ctx_read(mmu, ctx, IMCTR) & IMCTR_MMUEN) != 0;
}

static void restore_context(const struct ipmmu_domain *domain,
                            const struct ipmmu_ctx_backup *backup)
{
    uint32_t imctr = backup->imctr | IMCTR_FLUSH;

    if (!is_on(domain->root, domain->ctx)) {
        ipmmu_restore_context(domain, backup);
        return;
    }
    ipmmu_ctx_write_root(domain, IMCTR, imctr);
    for (const struct ipmmu_cache *cache = domain->caches; cache != NULL; cache = cache->next)
        ipmmu_ctx_write_cache(domain, cache->mmu, imctr);
}

static int contexts(void)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    for (uint32_t ctx = 0; ctx < IPMMU_CTX_MAX; ctx++) {
        if (driver->domains[ctx] != NULL)
            restore_context(driver->domains[ctx], &driver->backup[ctx]);
    }
    return 0;
}

static void port(const struct ipmmu_device *mmu, uint32_t utlb,
                 const struct ipmmu_utlb_backup *backup)
{
    if (ipmmu_utlb_read(mmu, utlb, IMUCTR) == backup->imuctr)
        return;
    ipmmu_utlb_write(mmu, utlb, IMUASID, backup->imuasid);
    ipmmu_utlb_write(mmu, utlb, IMUCTR, backup->imuctr | IMUCTR_FLUSH);
}

static int ports(struct nap_device *device)
{
    const struct ipmmu_driver *driver = nap_driver_data();
    const struct ipmmu_device *mmu = ipmmu_of(device);

    for (const struct ipmmu_master *own = driver->masters; own != NULL; own = own->next) {
        for (uint32_t i = 0; own->mmu == mmu && i < own->n_backup; i++)
            port(mmu, own->master->ids[i], &own->backup[i]);
    }
    return 0;
}

static const struct nap_phase live_suspend[] = {IPMMU_PHASE_SAVE_AND_CLOSE};

static const struct nap_phase live_resume[] = {
    {.name = "controls", .kind = NAP_PHASE_WALK, .each = controls},
    {.name = "contexts", .kind = NAP_PHASE_STEP, .step = contexts},
    IPMMU_PHASE_SYNC,
    {.name = "ports", .kind = NAP_PHASE_WALK, .filter = ipmmu_is_cache, .each = ports},
    IPMMU_PHASE_SETTLE_AND_OPEN,
};

const struct nap_driver nap_driver_ipmmu_recommended_live = {
    IPMMU_DRIVER_LANDED,
    .map = ipmmu_map_sync,
    .unmap = ipmmu_unmap_sync,
    .device_off = ipmmu_device_off,
    .device_on = ipmmu_device_on,
    .suspend = live_suspend,
    .n_suspend = 1,
    .resume = live_resume,
    .n_resume = 5,
};
