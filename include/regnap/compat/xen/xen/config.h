/* SPDX-License-Identifier: MIT */
/* Comes before everything else, with -include, as Xen's build has it. The configuration is that
 * of Xen for 64-bit Arm with a device tree, IOMMU passthrough, system suspend and debug checks;
 * without ACPI and PCI passthrough, which nothing here stands for. */
#ifndef REGNAP_XEN_CONFIG_H
#define REGNAP_XEN_CONFIG_H

#define CONFIG_ARM             1
#define CONFIG_ARM_64          1
#define CONFIG_HAS_DEVICE_TREE 1
#define CONFIG_HAS_PASSTHROUGH 1
#define CONFIG_IPMMU_VMSA      1
#define CONFIG_SYSTEM_SUSPEND  1
#define CONFIG_DEBUG           1
#define CONFIG_DEBUG_LOCKS     1

/* Newer trees spell it thus. */
#define CONFIG_HAS_DEVICE_TREE_DISCOVERY 1

#include <xen/compiler.h>
#include <xen/kconfig.h>

#endif
