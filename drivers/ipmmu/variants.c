/* SPDX-License-Identifier: MIT */
/* The variants by name, the recommended one first. */
#include "../drivers.h"

const struct nap_builtin_driver nap_ipmmu_drivers[] = {
    {"ipmmu", "recommended",
     "all units quiet, contexts, wait for flushes, then ports; controls from the record",
     &nap_driver_ipmmu_recommended},
    {"ipmmu", "recommended-live", "recommended that leaves alone what was not lost",
     &nap_driver_ipmmu_recommended_live},
    {"ipmmu", "recommended-hold", "recommended that holds its masters itself while asleep",
     &nap_driver_ipmmu_recommended_hold},
    {"ipmmu", "two-pass-sync", "two-pass that waits for flushes and flushes each port",
     &nap_driver_ipmmu_two_pass_sync},
    {"ipmmu", "two-pass", "v9's restore, roots in a walk of their own before the caches",
     &nap_driver_ipmmu_two_pass},
    {"ipmmu", "v10", "v9 with the resume walk from the tail of the device list",
     &nap_driver_ipmmu_v10},
    {"ipmmu", "v9", "one walk from the head of the device list, caches before the root",
     &nap_driver_ipmmu_v9},
    {"ipmmu", "linux", "upstream Linux's resume: no suspend, all written again from software",
     &nap_driver_ipmmu_linux},
    {"ipmmu", "bsp-4.14", "the vendor kernel's: device by device, eight registers of a context",
     &nap_driver_ipmmu_bsp_4_14},
    {"ipmmu", "loader", "a boot loader's order: barriers everywhere, flushes not waited for",
     &nap_driver_ipmmu_loader},
    {NULL, NULL, NULL, NULL},
};
