/* SPDX-License-Identifier: MIT */
/* Variant v9: the revision under discussion. One walk from the head of the device list, where
 * the root is last: every cache turns its ports on before the root has a context.
 *
 * Source: docs/ipmmu-facts.md 5.1. */
#include "../drivers.h"
#include "ipmmu-vmsa.h"

static const struct nap_phase v9_suspend[] = {
    {.name = "save", .kind = NAP_PHASE_WALK, .each = ipmmu_suspend_one},
};

static const struct nap_phase v9_resume[] = {
    {.name = "restore", .kind = NAP_PHASE_WALK, .each = ipmmu_resume_one},
};

const struct nap_driver nap_driver_ipmmu_v9 = {
    IPMMU_DRIVER_COMMON, .map = ipmmu_map,    .unmap = ipmmu_unmap, .suspend = v9_suspend,
    .n_suspend = 1,      .resume = v9_resume, .n_resume = 1,
};
