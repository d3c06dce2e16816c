/* SPDX-License-Identifier: MIT */
/* Variant recommended: the order to check others against. Suspend only saves. Resume takes
 * nothing for granted that a power cut may have left: it first makes every unit quiet and sets
 * its controls from the record, reading none of them back, then builds contexts while all ports
 * are off, waits until the flushes have ended, and turns ports on last.
 *
 * Source: docs/ipmmu-facts.md 5.6. */
#include "recommended.h"

#include "../drivers.h"

/* FLUSH is a transient bit: whether one was under way is no part of the record. */
int ipmmu_save(struct nap_device *device)
{
    struct ipmmu_driver *driver = nap_driver_data();
    int result = ipmmu_suspend_one(device);

    for (uint32_t ctx = 0; ctx < IPMMU_CTX_MAX; ctx++)
        driver->backup[ctx].imctr &= ~IMCTR_FLUSH;
    return result;
}

void ipmmu_restore_controls(const struct ipmmu_device *mmu)
{
    ipmmu_ctrl_write(mmu, IMSCTLR, mmu->imsctlr);
    if (ipmmu_is_root(mmu->device))
        ipmmu_ctrl_write(mmu, IMSAUXCTLR, mmu->imsauxctlr);
}

void ipmmu_stop(const struct ipmmu_device *mmu)
{
    for (uint32_t ctx = 0; ctx < mmu->features.contexts; ctx++)
        ipmmu_ctx_write(mmu, ctx, IMCTR, 0);
    if (ipmmu_is_root(mmu->device))
        return;
    for (uint32_t utlb = 0; utlb < mmu->features.utlbs; utlb++)
        ipmmu_utlb_write(mmu, utlb, IMUCTR, 0);
}

/* Guests run again only once resume has returned, so the gate can open as it begins: what has
 * no power by now is an error, and not passed over. */
int ipmmu_quiesce(struct nap_device *device)
{
    ipmmu_sleep(false);
    ipmmu_restore_controls(ipmmu_of(device));
    ipmmu_stop(ipmmu_of(device));
    return 0;
}

void ipmmu_restore_context(const struct ipmmu_domain *domain,
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

int ipmmu_restore_contexts(void)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    for (uint32_t ctx = 0; ctx < IPMMU_CTX_MAX; ctx++) {
        if (driver->domains[ctx] != NULL)
            ipmmu_restore_context(driver->domains[ctx], &driver->backup[ctx]);
    }
    return 0;
}

int ipmmu_restore_ports(struct nap_device *device)
{
    ipmmu_restore_ports_flush(ipmmu_of(device));
    return 0;
}

/* A barrier may see the early acknowledgement of a write; a read from the same unit cannot pass
 * it. IMUASID was just written and reading it changes nothing. */
static void read_back(const struct ipmmu_device *mmu)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    for (const struct ipmmu_master *own = driver->masters; own != NULL; own = own->next) {
        if (own->master->n_ids != 0 && (mmu == NULL || own->mmu == mmu))
            (void)ipmmu_utlb_read(own->mmu, own->master->ids[0], IMUASID);
    }
}

int ipmmu_settle_one(const struct ipmmu_device *mmu)
{
    read_back(mmu);
    nap_dsb();
    return 0;
}

int ipmmu_settle(void)
{
    return ipmmu_settle_one(NULL);
}

void ipmmu_sleep(bool asleep)
{
    struct ipmmu_driver *driver = nap_driver_data();

    driver->asleep = asleep;
}

/* A flush that is not begun while asleep is made good by those of resume. */
int ipmmu_save_and_close(struct nap_device *device)
{
    ipmmu_sleep(true);
    return ipmmu_save(device);
}

int ipmmu_settle_and_open(void)
{
    ipmmu_sleep(false);
    return ipmmu_settle();
}

const struct nap_phase ipmmu_recommended_suspend[] = {IPMMU_PHASE_SAVE_AND_CLOSE};

const struct nap_phase ipmmu_recommended_resume[] = {
    IPMMU_PHASE_QUIESCE, IPMMU_PHASE_CONTEXTS,        IPMMU_PHASE_SYNC,
    IPMMU_PHASE_PORTS,   IPMMU_PHASE_SETTLE_AND_OPEN,
};

const struct nap_driver nap_driver_ipmmu_recommended = {
    IPMMU_DRIVER_LANDED,          .map = ipmmu_map_sync,
    .unmap = ipmmu_unmap_sync,    .device_off = ipmmu_device_off,
    .device_on = ipmmu_device_on, IPMMU_RECOMMENDED_PHASES,
};
