/* SPDX-License-Identifier: MIT */
/* Which SoC this is, by the root of the device tree. */
#ifndef NAP_COMPAT_LINUX_SYS_SOC_H
#define NAP_COMPAT_LINUX_SYS_SOC_H

#include <linux/types.h>

/* Patterns; NULL matches anything. */
struct soc_device_attribute {
    const char *machine;
    const char *family;
    const char *revision;
    const char *serial_number;
    const char *soc_id;
    const void *data;
};

/* The first entry that matches this SoC, or NULL. Parameter driver.soc-bus=absent: none does,
 * as in a kernel without SoC bus. Parameter driver.soc-revision: what the product register
 * would say, which is not modelled. */
const struct soc_device_attribute *soc_device_match(const struct soc_device_attribute *matches);

#endif
