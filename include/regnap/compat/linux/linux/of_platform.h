/* SPDX-License-Identifier: MIT */
#ifndef NAP_COMPAT_LINUX_OF_PLATFORM_H
#define NAP_COMPAT_LINUX_OF_PLATFORM_H

#include <linux/of_device.h>
#include <linux/platform_device.h>

/* The device of that node, or NULL. */
struct platform_device *of_find_device_by_node(struct device_node *np);

#endif
