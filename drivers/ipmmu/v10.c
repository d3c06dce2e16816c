/* SPDX-License-Identifier: MIT */
/* Variant v10: as v9, with the resume walk from the tail, so the root comes first if it was
 * the first to register.
 *
 * Source: docs/ipmmu-facts.md 5.2. */
#include "../drivers.h"
#include "ipmmu-vmsa.h"

static const struct nap_phase v10_suspend[] = {
    {.name = "save", .kind = NAP_PHASE_WALK, .each = ipmmu_suspend_one},
};

static const struct nap_phase v10_resume[] = {
    {.name = "restore",
     .kind = NAP_PHASE_WALK,
     .direction = NAP_BACKWARD,
     .each = ipmmu_resume_one},
};

const struct nap_driver nap_driver_ipmmu_v10 = {
    IPMMU_DRIVER_COMMON, .map = ipmmu_map,     .unmap = ipmmu_unmap, .suspend = v10_suspend,
    .n_suspend = 1,      .resume = v10_resume, .n_resume = 1,
};
