/* SPDX-License-Identifier: MIT */
/* Variant recommended-hold: recommended that does not rely on others to keep masters quiet. It
 * holds every master that it knows before it saves, and lets them go when all is back; so that
 * one with firmware of its own finds no port open either.
 *
 * Source: docs/ipmmu-facts.md 5.6 and hazard H02. */
#include "../drivers.h"
#include "recommended.h"

static int hold(void)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    for (const struct ipmmu_master *own = driver->masters; own != NULL; own = own->next)
        nap_master_hold(own->master);
    return 0;
}

static int let_go(void)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    for (const struct ipmmu_master *own = driver->masters; own != NULL; own = own->next)
        nap_master_release(own->master);
    return 0;
}

static const struct nap_phase hold_suspend[] = {
    {.name = "hold", .kind = NAP_PHASE_STEP, .step = hold},
    IPMMU_PHASE_SAVE_AND_CLOSE,
};

static const struct nap_phase hold_resume[] = {
    IPMMU_PHASE_QUIESCE,
    IPMMU_PHASE_CONTEXTS,
    IPMMU_PHASE_SYNC,
    IPMMU_PHASE_PORTS,
    IPMMU_PHASE_SETTLE_AND_OPEN,
    {.name = "let go", .kind = NAP_PHASE_STEP, .step = let_go},
};

const struct nap_driver nap_driver_ipmmu_recommended_hold = {
    IPMMU_DRIVER_LANDED,
    .map = ipmmu_map_sync,
    .unmap = ipmmu_unmap_sync,
    .device_off = ipmmu_device_off,
    .device_on = ipmmu_device_on,
    .suspend = hold_suspend,
    .n_suspend = 2,
    .resume = hold_resume,
    .n_resume = 6,
};
