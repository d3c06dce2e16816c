/* SPDX-License-Identifier: MIT */
/* Variant bsp-4.14: suspend and resume as the vendor's 4.14 kernel has them, device by device
 * and with interrupts on. A record holds eight registers of a context, and no control.
 *
 * Source: docs/ipmmu-facts.md 5.4. */
#include "../drivers.h"
#include "ipmmu-vmsa.h"

static void save_context(const struct ipmmu_domain *domain, struct ipmmu_ctx_backup *backup)
{
    backup->imttlbr0 = ipmmu_ctx_read_root(domain, IMTTLBR0);
    backup->imttubr0 = ipmmu_ctx_read_root(domain, IMTTUBR0);
    backup->imttbcr = ipmmu_ctx_read_root(domain, IMTTBCR);
    backup->imttlbr1 = ipmmu_ctx_read_root(domain, IMTTLBR1);
    backup->imttubr1 = ipmmu_ctx_read_root(domain, IMTTUBR1);
    backup->immair0 = ipmmu_ctx_read_root(domain, IMMAIR0);
    backup->immair1 = ipmmu_ctx_read_root(domain, IMMAIR1);
    backup->imctr = ipmmu_ctx_read_root(domain, IMCTR);
}

static void restore_context(const struct ipmmu_domain *domain,
                            const struct ipmmu_ctx_backup *backup)
{
    ipmmu_ctx_write_root(domain, IMTTLBR0, backup->imttlbr0);
    ipmmu_ctx_write_root(domain, IMTTUBR0, backup->imttubr0);
    ipmmu_ctx_write_root(domain, IMTTBCR, backup->imttbcr);
    ipmmu_ctx_write_root(domain, IMTTLBR1, backup->imttlbr1);
    ipmmu_ctx_write_root(domain, IMTTUBR1, backup->imttubr1);
    ipmmu_ctx_write_root(domain, IMMAIR0, backup->immair0);
    ipmmu_ctx_write_root(domain, IMMAIR1, backup->immair1);
    ipmmu_ctx_write_all(domain, backup->imctr | IMCTR_FLUSH);
}

static void save_ports(struct ipmmu_master *own)
{
    for (uint32_t i = 0; i < own->n_backup; i++) {
        own->backup[i].imuctr = ipmmu_utlb_read(own->mmu, own->master->ids[i], IMUCTR);
        own->backup[i].imuasid = ipmmu_utlb_read(own->mmu, own->master->ids[i], IMUASID);
    }
}

static void restore_ports(const struct ipmmu_master *own)
{
    for (uint32_t i = 0; i < own->n_backup; i++) {
        ipmmu_utlb_write(own->mmu, own->master->ids[i], IMUASID, own->backup[i].imuasid);
        ipmmu_utlb_write(own->mmu, own->master->ids[i], IMUCTR, own->backup[i].imuctr);
    }
}

static int suspend_one(struct nap_device *device)
{
    struct ipmmu_driver *driver = nap_driver_data();

    for (uint32_t ctx = 0; ipmmu_is_root(device) && ctx < IPMMU_CTX_MAX; ctx++) {
        if (driver->domains[ctx] != NULL)
            save_context(driver->domains[ctx], &driver->backup[ctx]);
    }
    for (struct ipmmu_master *own = driver->masters; own != NULL; own = own->next) {
        if (own->mmu->device == device)
            save_ports(own);
    }
    return 0;
}

static int resume_one(struct nap_device *device)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    for (uint32_t ctx = 0; ipmmu_is_root(device) && ctx < IPMMU_CTX_MAX; ctx++) {
        if (driver->domains[ctx] != NULL)
            restore_context(driver->domains[ctx], &driver->backup[ctx]);
    }
    for (const struct ipmmu_master *own = driver->masters; own != NULL; own = own->next) {
        if (own->mmu->device == device)
            restore_ports(own);
    }
    return 0;
}

/* The PM core goes to sleep from the end of its list and wakes up from the beginning, where the
 * root is; here the oldest is at the tail. */
static const struct nap_phase bsp_suspend[] = {
    {.name = "suspend", .kind = NAP_PHASE_WALK, .each = suspend_one},
};

static const struct nap_phase bsp_resume[] = {
    {.name = "resume", .kind = NAP_PHASE_WALK, .direction = NAP_BACKWARD, .each = resume_one},
};

const struct nap_driver nap_driver_ipmmu_bsp_4_14 = {
    IPMMU_DRIVER_CALLS,     .map = ipmmu_map_relaxed, .unmap = ipmmu_unmap_relaxed,
    .suspend = bsp_suspend, .n_suspend = 1,           .resume = bsp_resume,
    .n_resume = 1,
};
