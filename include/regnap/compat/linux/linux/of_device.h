/* SPDX-License-Identifier: MIT */
#ifndef NAP_COMPAT_LINUX_OF_DEVICE_H
#define NAP_COMPAT_LINUX_OF_DEVICE_H

#include <linux/device.h>
#include <linux/of.h>

const struct of_device_id *of_match_device(const struct of_device_id *matches,
                                           const struct device *dev);
const void *of_device_get_match_data(const struct device *dev);

#endif
