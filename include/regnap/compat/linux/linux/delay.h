/* SPDX-License-Identifier: MIT */
/* Simulated time: it passes only where the driver lets it. */
#ifndef NAP_COMPAT_LINUX_DELAY_H
#define NAP_COMPAT_LINUX_DELAY_H

#include <linux/kernel.h>

#include <regnap/os.h>

#define udelay(us)             nap_udelay((unsigned)(us))
#define mdelay(ms)             nap_udelay((unsigned)(ms)*1000u)
#define ndelay(ns)             nap_udelay(((unsigned)(ns) + 999u) / 1000u)
#define msleep(ms)             (might_sleep(), mdelay(ms))
#define usleep_range(min, max) (might_sleep(), udelay(min))
#define fsleep(us)             ((us) > 10 ? usleep_range(us, 2 * (us)) : udelay(us))

#endif
