/* SPDX-License-Identifier: MIT */
/* The configuration that drivers are compiled for, included before anything else: a 64-bit
 * Arm kernel with power management, on one CPU. A symbol that is not here is not set.
 * IS_ENABLED(CONFIG_X): 1 where CONFIG_X or CONFIG_X_MODULE is defined as 1, else 0. */
#ifndef NAP_COMPAT_LINUX_KCONFIG_H
#define NAP_COMPAT_LINUX_KCONFIG_H

#define CONFIG_64BIT                 1
#define CONFIG_ARCH_RENESAS          1
#define CONFIG_ARM64                 1
#define CONFIG_HAS_DMA               1
#define CONFIG_HAS_IOMEM             1
#define CONFIG_IOMMU_API             1
#define CONFIG_IOMMU_IO_PGTABLE      1
#define CONFIG_IOMMU_IO_PGTABLE_LPAE 1
#define CONFIG_IOMMU_SUPPORT         1
#define CONFIG_IPMMU_VMSA            1
#define CONFIG_MMU                   1
#define CONFIG_OF                    1
#define CONFIG_OF_IOMMU              1
#define CONFIG_PM                    1
#define CONFIG_PM_GENERIC_DOMAINS    1
#define CONFIG_PM_SLEEP              1
#define CONFIG_SOC_BUS               1

/* A value of 1 makes the first argument end in a comma, and the 1 behind it the second. */
#define NAP_COMMA_IF_1                       0,
#define NAP_SECOND(first, second, ...)       second
#define NAP_ENABLED_PASTED(comma_or_nothing) NAP_SECOND(comma_or_nothing 1, 0, 0)
#define NAP_ENABLED_VALUE(value)             NAP_ENABLED_PASTED(NAP_COMMA_IF_##value)
#define NAP_ENABLED(option)                  NAP_ENABLED_VALUE(option)
#define IS_BUILTIN(option)                   NAP_ENABLED(option)
#define IS_MODULE(option)                    NAP_ENABLED(option##_MODULE)
#define IS_ENABLED(option)                   (IS_BUILTIN(option) || IS_MODULE(option))
/* Drivers here are built in, so what is a module is out of their reach. */
#define IS_REACHABLE(option) IS_BUILTIN(option)

#endif
