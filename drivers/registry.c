/* SPDX-License-Identifier: MIT */
#include "drivers.h"

const struct nap_builtin_driver nap_builtin_drivers[] = {
    {"ipmmu", "recommended",
     "all units quiet, contexts, wait for flushes, then ports; controls from the record",
     &nap_driver_ipmmu_recommended},
    {"ipmmu", "two-pass-sync", "two-pass that waits for flushes and flushes each port",
     &nap_driver_ipmmu_two_pass_sync},
    {"ipmmu", "two-pass", "v9's restore, roots in a walk of their own before the caches",
     &nap_driver_ipmmu_two_pass},
    {"ipmmu", "v10", "v9 with the resume walk from the tail of the device list",
     &nap_driver_ipmmu_v10},
    {"ipmmu", "v9", "one walk from the head of the device list, caches before the root",
     &nap_driver_ipmmu_v9},
    {NULL, NULL, NULL, NULL},
};
