/* SPDX-License-Identifier: MIT */
/* Run-time power management of one cache, by the order of variant recommended: while the unit
 * is off nobody touches it, and what guests ask for meanwhile stands in the records.
 *
 * Source: docs/ipmmu-facts.md 2.8 and 5.6; hazards H29 and H30. */
#include <errno.h>

#include "recommended.h"

/* The root serves every cache, so it stays. */
int ipmmu_device_off(struct nap_device *device)
{
    if (device->data == NULL) /* without power at boot, left alone */
        return 0;
    if (ipmmu_is_root(device))
        return -EBUSY;
    (void)ipmmu_suspend_one(device); /* its ports */
    ipmmu_of(device)->off = true;
    return 0;
}

static void restore_contexts(const struct ipmmu_device *mmu, const struct ipmmu_driver *driver)
{
    for (uint32_t ctx = 0; ctx < mmu->features.contexts; ctx++) {
        const struct ipmmu_domain *domain = driver->domains[ctx];
        uint32_t imctr;

        if (!ipmmu_has_context(mmu, domain))
            continue;
        imctr = ipmmu_ctx_read_root(domain, IMCTR);
        ipmmu_ctx_write_cache(domain, mmu, imctr | IMCTR_FLUSH);
    }
}

static int wait_contexts(const struct ipmmu_device *mmu, const struct ipmmu_driver *driver)
{
    int ret = 0;

    nap_dsb();
    for (uint32_t ctx = 0; ctx < mmu->features.contexts && ret == 0; ctx++) {
        if (ipmmu_has_context(mmu, driver->domains[ctx]))
            ret = ipmmu_flush_poll(mmu, ctx);
    }
    return ret;
}

int ipmmu_device_on(struct nap_device *device)
{
    const struct ipmmu_driver *driver = nap_driver_data();
    struct ipmmu_device *mmu = ipmmu_of(device);
    int ret;

    if (mmu == NULL)
        return 0;
    mmu->off = false;
    (void)ipmmu_quiesce(device);
    restore_contexts(mmu, driver);
    ret = wait_contexts(mmu, driver);
    if (ret != 0)
        return ret;
    ipmmu_restore_ports_flush(mmu);
    return ipmmu_settle_one(mmu);
}
