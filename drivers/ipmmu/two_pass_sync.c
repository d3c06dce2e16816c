/* SPDX-License-Identifier: MIT */
/* Variant two-pass-sync: two-pass that waits. Between the passes it waits until no unit that
 * was told to flush is still flushing, it flushes each port it turns on, and it ends with a
 * barrier, so that nothing is under way when masters start again. */
#include "../drivers.h"
#include "recommended.h"

static int restore_root(struct nap_device *device)
{
    ipmmu_sleep(false);
    return ipmmu_restore_root(device);
}

static int restore_cache(struct nap_device *device)
{
    const struct ipmmu_device *mmu = ipmmu_of(device);
    uint32_t imsctlr = ipmmu_ctrl_read(mmu, IMSCTLR);

    ipmmu_ctrl_write(mmu, IMSCTLR, imsctlr & ~IMSCTLR_USE_SECGRP);
    ipmmu_restore_ports_flush(mmu);
    return 0;
}

static int save(struct nap_device *device)
{
    ipmmu_sleep(true);
    return ipmmu_suspend_one(device);
}

static int final_barrier(void)
{
    nap_dsb();
    return 0;
}

static const struct nap_phase two_pass_sync_suspend[] = {
    {.name = "save", .kind = NAP_PHASE_WALK, .each = save},
};

static const struct nap_phase two_pass_sync_resume[] = {
    {.name = "roots", .kind = NAP_PHASE_WALK, .filter = ipmmu_is_root, .each = restore_root},
    {.name = "sync", .kind = NAP_PHASE_STEP, .step = ipmmu_wait_contexts},
    {.name = "caches", .kind = NAP_PHASE_WALK, .filter = ipmmu_is_cache, .each = restore_cache},
    {.name = "barrier", .kind = NAP_PHASE_STEP, .step = final_barrier},
};

const struct nap_driver nap_driver_ipmmu_two_pass_sync = {
    IPMMU_DRIVER_COMMON,
    .map = ipmmu_map_sync,
    .unmap = ipmmu_unmap_sync,
    .device_off = ipmmu_device_off,
    .device_on = ipmmu_device_on,
    .suspend = two_pass_sync_suspend,
    .n_suspend = 1,
    .resume = two_pass_sync_resume,
    .n_resume = 4,
};
