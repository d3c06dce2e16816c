/* SPDX-License-Identifier: MIT */
/* Devices, and how a driver says which nodes of the device tree are its own. */
#ifndef REGNAP_XEN_ASM_DEVICE_H
#define REGNAP_XEN_ASM_DEVICE_H

#include <xen/init.h>
#include <xen/types.h>

struct dt_device_node;
struct dt_device_match;
struct iommu_fwspec;

enum device_type {
    DEV_DT,
    DEV_PCI,
};

struct dev_archdata {
    void *iommu;
};

struct device {
    enum device_type type; /* always DEV_DT here */
    struct dt_device_node *of_node;
    struct dev_archdata archdata;
    struct iommu_fwspec *iommu_fwspec;
};

typedef struct device device_t;

#define dev_is_pci(dev) ((dev)->type == DEV_PCI)
#define dev_is_dt(dev)  ((dev)->type == DEV_DT)

#include <xen/device_tree.h>

enum device_class {
    DEVICE_SERIAL,
    DEVICE_IOMMU,
    DEVICE_INTERRUPT_CONTROLLER,
    DEVICE_PCI_HOSTBRIDGE,
    DEVICE_UNKNOWN,
};
#define DEVICE_GIC DEVICE_INTERRUPT_CONTROLLER

struct device_desc {
    const char *name;
    enum device_class class;
    const struct dt_device_match *dt_match;
    /* -EAGAIN: not yet, another device has to come first. */
    int (*init)(struct dt_device_node *dev, const void *data);
};

/* A pointer to each driver stands in a section of the object, between whose ends the linker
 * puts symbols. */
#define DT_DEVICE_START(name_, namestr_, class_)                                               \
    static const struct device_desc nap_xen_desc_##name_;                                      \
    static const struct device_desc *const nap_xen_desc_at_##name_ __used __section(           \
        "nap_xen_devices") = &nap_xen_desc_##name_;                                            \
    static const struct device_desc nap_xen_desc_##name_ = {.name = (namestr_),                \
                                                            .class = (class_),

#define DT_DEVICE_END                                                                          \
    }                                                                                          \
    ;

#endif
