/* SPDX-License-Identifier: MIT */
/* Variant linux: suspend and resume as upstream Linux has them. Nothing is saved; resume writes
 * again what software remembers. Contexts and tables are those of the other variants: what is
 * tried here is this form of resume in a hypervisor, with the controls that it leaves alone.
 * IMMAIR0, which Linux writes between IMTTBCR and IMSTR, is left out: no descriptor of a
 * second stage refers to it.
 *
 * Source: docs/ipmmu-facts.md 5.3; flushes 3.4. */
#include "../drivers.h"
#include "ipmmu-vmsa.h"

static void restore_root(const struct ipmmu_device *mmu)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    for (uint32_t ctx = 0; ctx < mmu->features.contexts; ctx++)
        ipmmu_ctx_write(mmu, ctx, IMCTR, 0);
    for (uint32_t ctx = 0; ctx < mmu->features.contexts; ctx++) {
        if (driver->domains[ctx] != NULL)
            ipmmu_ctx_setup(driver->domains[ctx], true);
    }
}

/* A root has no port of its own. */
static int resume_noirq(struct nap_device *device)
{
    const struct ipmmu_device *mmu = ipmmu_of(device);

    if (ipmmu_is_root(device))
        restore_root(mmu);
    for (uint32_t utlb = 0; utlb < mmu->features.utlbs; utlb++) {
        uint32_t imuctr;

        if (mmu->utlb_users[utlb] == 0)
            continue;
        imuctr = IMUCTR_TTSEL(mmu->utlb_ctx[utlb]) | IMUCTR_FLUSH | IMUCTR_MMUEN;
        ipmmu_utlb_write(mmu, utlb, IMUASID, 0);
        ipmmu_utlb_write(mmu, utlb, IMUCTR, imuctr);
    }
    return 0;
}

/* In the order of the PM core: a cache that waited for its root comes after it, and here the
 * list has the oldest at its tail. */
static const struct nap_phase linux_resume[] = {
    {.name = "resume_noirq",
     .kind = NAP_PHASE_WALK,
     .direction = NAP_BACKWARD,
     .each = resume_noirq},
};

const struct nap_driver nap_driver_ipmmu_linux = {
    IPMMU_DRIVER_COMMON,
    .map = ipmmu_map_relaxed,
    .unmap = ipmmu_unmap_relaxed,
    .resume = linux_resume,
    .n_resume = 1,
};
