/* SPDX-License-Identifier: MIT */
/* Variant two-pass: v9's save and restore, with roots restored in a walk of their own before
 * any cache. Holds for every registration order. Waits for no flush. */
#include "../drivers.h"
#include "ipmmu-vmsa.h"

static const struct nap_phase two_pass_suspend[] = {
    {.name = "save", .kind = NAP_PHASE_WALK, .each = ipmmu_suspend_one},
};

static const struct nap_phase two_pass_resume[] = {
    {.name = "roots",
     .kind = NAP_PHASE_WALK,
     .filter = ipmmu_is_root,
     .each = ipmmu_restore_root},
    {.name = "caches",
     .kind = NAP_PHASE_WALK,
     .filter = ipmmu_is_cache,
     .each = ipmmu_restore_cache},
};

const struct nap_driver nap_driver_ipmmu_two_pass = {
    IPMMU_DRIVER_COMMON,  .map = ipmmu_map,
    .unmap = ipmmu_unmap, .suspend = two_pass_suspend,
    .n_suspend = 1,       .resume = two_pass_resume,
    .n_resume = 2,
};
