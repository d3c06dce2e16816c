/* SPDX-License-Identifier: MIT */
#ifndef NAP_COMPAT_LINUX_RATELIMIT_H
#define NAP_COMPAT_LINUX_RATELIMIT_H

#include <linux/printk.h>

#endif
