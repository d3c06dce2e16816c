/* SPDX-License-Identifier: MIT */
/* Save and restore of one instance, as the Xen suspend series writes them. Which instance comes
 * when is the variants' business.
 *
 * Source: docs/ipmmu-facts.md 5.1. */
#include "ipmmu-vmsa.h"

static void save_ports(struct ipmmu_master *own)
{
    const struct nap_master *master = own->master;

    for (uint32_t i = 0; i < own->n_backup; i++) {
        own->backup[i].imuasid = ipmmu_utlb_read(own->mmu, master->ids[i], IMUASID);
        own->backup[i].imuctr = ipmmu_utlb_read(own->mmu, master->ids[i], IMUCTR);
    }
}

static void restore_ports(const struct ipmmu_master *own)
{
    const struct nap_master *master = own->master;

    for (uint32_t i = 0; i < own->n_backup; i++) {
        ipmmu_utlb_write(own->mmu, master->ids[i], IMUASID, own->backup[i].imuasid);
        ipmmu_utlb_write(own->mmu, master->ids[i], IMUCTR, own->backup[i].imuctr);
    }
}

static void save_context(const struct ipmmu_domain *domain, struct ipmmu_ctx_backup *backup)
{
    backup->imttlbr0 = ipmmu_ctx_read_root(domain, IMTTLBR0);
    backup->imttubr0 = ipmmu_ctx_read_root(domain, IMTTUBR0);
    backup->imttbcr = ipmmu_ctx_read_root(domain, IMTTBCR);
    backup->imctr = ipmmu_ctx_read_root(domain, IMCTR);
}

static void restore_context(const struct ipmmu_domain *domain,
                            const struct ipmmu_ctx_backup *backup)
{
    ipmmu_ctx_write_root(domain, IMTTLBR0, backup->imttlbr0);
    ipmmu_ctx_write_root(domain, IMTTUBR0, backup->imttubr0);
    ipmmu_ctx_write_root(domain, IMTTBCR, backup->imttbcr);
    ipmmu_ctx_write_all(domain, backup->imctr | IMCTR_FLUSH);
}

static void clear_secgrp(const struct ipmmu_device *mmu)
{
    uint32_t imsctlr = ipmmu_ctrl_read(mmu, IMSCTLR);

    ipmmu_ctrl_write(mmu, IMSCTLR, imsctlr & ~IMSCTLR_USE_SECGRP);
}

static void select_s2pte(const struct ipmmu_device *mmu)
{
    uint32_t imsauxctlr = ipmmu_ctrl_read(mmu, IMSAUXCTLR);

    ipmmu_ctrl_write(mmu, IMSAUXCTLR, imsauxctlr | IMSAUXCTLR_S2PTE);
}

static void save_cache(const struct ipmmu_device *mmu, const struct ipmmu_driver *driver)
{
    for (struct ipmmu_master *own = driver->masters; own != NULL; own = own->next) {
        if (own->mmu == mmu)
            save_ports(own);
    }
}

static void save_root(struct ipmmu_driver *driver)
{
    for (uint32_t ctx = 0; ctx < IPMMU_CTX_MAX; ctx++) {
        if (driver->domains[ctx] != NULL)
            save_context(driver->domains[ctx], &driver->backup[ctx]);
    }
}

int ipmmu_suspend_one(struct nap_device *device)
{
    if (ipmmu_is_root(device))
        save_root(nap_driver_data());
    else
        save_cache(ipmmu_of(device), nap_driver_data());
    return 0;
}

int ipmmu_restore_root(struct nap_device *device)
{
    const struct ipmmu_driver *driver = nap_driver_data();
    const struct ipmmu_device *mmu = ipmmu_of(device);

    clear_secgrp(mmu);
    select_s2pte(mmu);
    for (uint32_t ctx = 0; ctx < IPMMU_CTX_MAX; ctx++) {
        if (driver->domains[ctx] != NULL)
            restore_context(driver->domains[ctx], &driver->backup[ctx]);
    }
    return 0;
}

int ipmmu_restore_cache(struct nap_device *device)
{
    const struct ipmmu_driver *driver = nap_driver_data();
    const struct ipmmu_device *mmu = ipmmu_of(device);

    clear_secgrp(mmu);
    for (const struct ipmmu_master *own = driver->masters; own != NULL; own = own->next) {
        if (own->mmu == mmu)
            restore_ports(own);
    }
    return 0;
}

int ipmmu_resume_one(struct nap_device *device)
{
    return ipmmu_is_root(device) ? ipmmu_restore_root(device) : ipmmu_restore_cache(device);
}

void ipmmu_restore_ports_flush(const struct ipmmu_device *mmu)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    for (const struct ipmmu_master *own = driver->masters; own != NULL; own = own->next) {
        const struct nap_master *master = own->master;

        if (own->mmu != mmu)
            continue;
        for (uint32_t i = 0; i < own->n_backup; i++) {
            ipmmu_utlb_write(mmu, master->ids[i], IMUASID, own->backup[i].imuasid);
            ipmmu_utlb_write(mmu, master->ids[i], IMUCTR, own->backup[i].imuctr | IMUCTR_FLUSH);
        }
    }
}
