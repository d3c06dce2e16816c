/* SPDX-License-Identifier: MIT */
/* Forms whose table of places is wrong in one entry, as ports to another generation had them.
 *
 * Source: docs/ipmmu-facts.md 6, H32 to H34. */
#include "mistakes.h"

/* Recommended with another table. */
#define IPMMU_OFFSETS(probe_fn)                                                                \
    {                                                                                          \
        .abi = NAP_DRIVER_ABI, .name = "ipmmu", .compatible = ipmmu_compatible,                \
        .probe = (probe_fn), .add_master = ipmmu_add_master, .domain_init = ipmmu_domain_init, \
        .domain_destroy = ipmmu_domain_destroy, .attach = ipmmu_attach,                        \
        .detach = ipmmu_detach, .map = ipmmu_map_sync, .unmap = ipmmu_unmap_sync,              \
        .irq = ipmmu_irq, .device_off = ipmmu_device_off, .device_on = ipmmu_device_on,        \
        .irqs_off = true, IPMMU_RECOMMENDED_PHASES                                             \
    }

static struct ipmmu_features features_of(const struct nap_device *device)
{
    return *ipmmu_features_of(device->model);
}

/* Context 8 follows context 7 without a gap. */
static int probe_context_offset(struct nap_device *device)
{
    struct ipmmu_features features = features_of(device);

    features.ctx_offset_high = 0;
    return ipmmu_probe_with(device, &features);
}
const struct nap_driver nap_driver_ipmmu_context_offset = IPMMU_OFFSETS(probe_context_offset);

/* Port 32 follows port 31 in the same window: 0x300 + 16 * 32. */
static int probe_port_offset(struct nap_device *device)
{
    struct ipmmu_features features = features_of(device);

    features.utlb_offset_high = 0x500;
    return ipmmu_probe_with(device, &features);
}
const struct nap_driver nap_driver_ipmmu_port_offset = IPMMU_OFFSETS(probe_port_offset);

/* The controls are where Gen3 has them. */
static int probe_control_offset(struct nap_device *device)
{
    struct ipmmu_features features = features_of(device);

    features.control_offset_base = 0;
    return ipmmu_probe_with(device, &features);
}
const struct nap_driver nap_driver_ipmmu_control_offset = IPMMU_OFFSETS(probe_control_offset);
