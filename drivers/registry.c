/* SPDX-License-Identifier: MIT */
#include "drivers.h"

const struct nap_builtin_driver *const nap_builtin_drivers[] = {
    nap_ipmmu_drivers, nap_smmuv3_drivers, nap_gicv2_drivers, nap_gicv3_drivers, NULL,
};

const struct nap_builtin_driver *const nap_catalogue_drivers[] = {
    nap_ipmmu_mistakes, nap_smmuv3_mistakes, nap_gicv2_mistakes, nap_gicv3_mistakes, NULL,
};
