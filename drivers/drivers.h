/* SPDX-License-Identifier: MIT */
/* The driver logic that comes with regnap. */
#ifndef DRIVERS_H
#define DRIVERS_H

#include <regnap/driver.h>

struct nap_builtin_driver {
    const char *name;    /* of the device family, as ipmmu */
    const char *variant; /* as v9 */
    const char *about;   /* one line */
    const struct nap_driver *driver;
};

extern const struct nap_driver nap_driver_ipmmu_recommended;
extern const struct nap_driver nap_driver_ipmmu_recommended_live;
extern const struct nap_driver nap_driver_ipmmu_recommended_hold;
extern const struct nap_driver nap_driver_ipmmu_two_pass_sync;
extern const struct nap_driver nap_driver_ipmmu_two_pass;
extern const struct nap_driver nap_driver_ipmmu_v10;
extern const struct nap_driver nap_driver_ipmmu_v9;
extern const struct nap_driver nap_driver_ipmmu_linux;
extern const struct nap_driver nap_driver_ipmmu_bsp_4_14;
extern const struct nap_driver nap_driver_ipmmu_loader;
extern const struct nap_driver nap_driver_smmuv3_converged;
extern const struct nap_driver nap_driver_smmuv3_no_drain;
extern const struct nap_driver nap_driver_smmuv3_no_disable;
extern const struct nap_driver nap_driver_smmuv3_msi_saved;
extern const struct nap_driver nap_driver_smmuv3_msi_realloc;
extern const struct nap_driver nap_driver_smmuv3_gate_at_map;
extern const struct nap_driver nap_driver_smmuv3_firmware_flag;
extern const struct nap_driver nap_driver_smmuv3_hold_masters;
extern const struct nap_driver nap_driver_smmuv3_rfc_v1;
extern const struct nap_driver nap_driver_gicv2_corrected;
extern const struct nap_driver nap_driver_gicv2_xen;
extern const struct nap_driver nap_driver_gicv2_xen_v9;
extern const struct nap_driver nap_driver_gicv2_upstream;
extern const struct nap_driver nap_driver_gicv3_corrected;
extern const struct nap_driver nap_driver_gicv3_xen;
extern const struct nap_driver nap_driver_gicv3_xen_v9;
extern const struct nap_driver nap_driver_gicv3_upstream;
extern const struct nap_driver nap_driver_gicv3_firmware;

/* The variants of one family, the recommended one first, and what only the hazard catalogue
 * runs. Each list ends with an entry whose name is NULL. */
extern const struct nap_builtin_driver nap_ipmmu_drivers[];
extern const struct nap_builtin_driver nap_ipmmu_mistakes[];
extern const struct nap_builtin_driver nap_smmuv3_drivers[];
extern const struct nap_builtin_driver nap_smmuv3_mistakes[];
extern const struct nap_builtin_driver nap_gicv2_drivers[];
extern const struct nap_builtin_driver nap_gicv2_mistakes[];
extern const struct nap_builtin_driver nap_gicv3_drivers[];
extern const struct nap_builtin_driver nap_gicv3_mistakes[];

/* All lists of either kind; NULL after the last. */
extern const struct nap_builtin_driver *const nap_builtin_drivers[];
extern const struct nap_builtin_driver *const nap_catalogue_drivers[];

#endif
