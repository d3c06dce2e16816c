/* SPDX-License-Identifier: MIT */
/* What reviewers proposed in place of one thing or another: right as well, within limits that
 * README.md names. And rfc-v1, the form in which it all began. */
#include "../drivers.h"
#include "arm-smmu-v3.h"

#define ALTERNATIVE(symbol, ...)                                                               \
    static int probe_##symbol(struct nap_device *device)                                       \
    {                                                                                          \
        static const struct smmuv3_form form = {__VA_ARGS__};                                  \
                                                                                               \
        return smmuv3_probe(device, &form);                                                    \
    }                                                                                          \
    const struct nap_driver nap_driver_smmuv3_##symbol = {                                     \
        SMMUV3_COMMON(probe_##symbol),                                                         \
        SMMUV3_PHASES,                                                                         \
    }

ALTERNATIVE(converged, 0);
ALTERNATIVE(no_drain, .no_drain = true);
ALTERNATIVE(no_disable, .no_disable = true);
ALTERNATIVE(msi_saved, .msi_saved = true);
ALTERNATIVE(msi_realloc, .msi_realloc = true);
ALTERNATIVE(gate_at_map, .gate_at_map = true);
ALTERNATIVE(firmware_flag, .firmware_flag = true);
ALTERNATIVE(hold_masters, .hold_masters = true);

/* --- by name --- */

#define VARIANT(variant, symbol, about)                                                        \
    {                                                                                          \
        "smmuv3", variant, about, &nap_driver_smmuv3_##symbol                                  \
    }

const struct nap_builtin_driver nap_smmuv3_drivers[] = {
    VARIANT("converged", converged, "what review converges to: abort, quiet, disable, gate"),
    VARIANT("no-drain", no_drain, "converged that leaves command queues as they are"),
    VARIANT("no-disable", no_disable, "converged that translates until the power goes"),
    VARIANT("msi-saved", msi_saved, "converged that restores the messages suspend has read"),
    VARIANT("msi-realloc", msi_realloc, "converged that allocates its vectors anew"),
    VARIANT("gate-at-map", gate_at_map, "converged that asks before commands are built"),
    VARIANT("firmware-flag", firmware_flag,
            "converged that sleeps only where firmware says that reset aborts"),
    VARIANT("hold-masters", hold_masters, "converged that holds its masters while asleep"),
    VARIANT("rfc-v1", rfc_v1, "the form in which it was first posted"),
    {NULL, NULL, NULL, NULL},
};
