/* SPDX-License-Identifier: MIT */
/* Polling with a limit in simulated time: the condition is looked at once more after it. */
#ifndef NAP_COMPAT_LINUX_IOPOLL_H
#define NAP_COMPAT_LINUX_IOPOLL_H

#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/io.h>

/* @timeout_us 0: no limit (regnap's watchdog ends a loop that nothing can end). */
#define read_poll_timeout(op, value, condition, sleep_us, timeout_us, sleep_before, args...)   \
    ({                                                                                         \
        u64 nap_left = (timeout_us);                                                           \
        u64 nap_step = (sleep_us) ? (sleep_us) : 1;                                            \
        if ((sleep_before) && (sleep_us))                                                      \
            udelay(sleep_us);                                                                  \
        for (;;) {                                                                             \
            (value) = op(args);                                                                \
            if (condition)                                                                     \
                break;                                                                         \
            if ((timeout_us) && nap_left < nap_step) {                                         \
                (value) = op(args);                                                            \
                break;                                                                         \
            }                                                                                  \
            nap_left -= (timeout_us) ? nap_step : 0;                                           \
            udelay(nap_step);                                                                  \
        }                                                                                      \
        (condition) ? 0 : -ETIMEDOUT;                                                          \
    })
#define read_poll_timeout_atomic(op, value, condition, delay_us, timeout_us, before, args...)  \
    read_poll_timeout(op, value, condition, delay_us, timeout_us, before, args)
#define readl_poll_timeout(p, value, condition, delay_us, timeout_us)                          \
    read_poll_timeout(readl, value, condition, delay_us, timeout_us, false, p)
#define readl_poll_timeout_atomic(p, value, condition, delay_us, timeout_us)                   \
    read_poll_timeout(readl, value, condition, delay_us, timeout_us, false, p)
#define readl_relaxed_poll_timeout(p, value, condition, delay_us, timeout_us)                  \
    read_poll_timeout(readl_relaxed, value, condition, delay_us, timeout_us, false, p)
#define readl_relaxed_poll_timeout_atomic(p, value, condition, delay_us, timeout_us)           \
    read_poll_timeout(readl_relaxed, value, condition, delay_us, timeout_us, false, p)

#endif
