/* SPDX-License-Identifier: MIT */
/* Polling with a limit in simulated time. It gives up when more than the limit has passed, and
 * looks once more after that. */
#ifndef NAP_COMPAT_LINUX_IOPOLL_H
#define NAP_COMPAT_LINUX_IOPOLL_H

#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/io.h>

/* @timeout_us 0: no limit (regnap's watchdog ends a loop that nothing can end). */
#define read_poll_timeout(op, value, condition, sleep_us, timeout_us, sleep_before, args...)   \
    ({                                                                                         \
        unsigned long nap_wait = (sleep_us);                                                   \
        if (nap_wait)                                                                          \
            might_sleep();                                                                     \
        read_poll_timeout_atomic(op, value, condition, nap_wait, timeout_us, sleep_before,     \
                                 args);                                                        \
    })
#define read_poll_timeout_atomic(op, value, condition, delay_us, timeout_us, before, args...)  \
    ({                                                                                         \
        u64 nap_limit = (timeout_us), nap_waited = 0;                                          \
        unsigned long nap_delay = (delay_us);                                                  \
        if ((before) && nap_delay) {                                                           \
            udelay(nap_delay);                                                                 \
            nap_waited = nap_delay;                                                            \
        }                                                                                      \
        for (;;) {                                                                             \
            (value) = op(args);                                                                \
            if (condition)                                                                     \
                break;                                                                         \
            if (nap_limit && nap_waited > nap_limit) {                                         \
                (value) = op(args);                                                            \
                break;                                                                         \
            }                                                                                  \
            udelay(nap_delay ? nap_delay : 1);                                                 \
            nap_waited += nap_delay ? nap_delay : 1;                                           \
        }                                                                                      \
        (condition) ? 0 : -ETIMEDOUT;                                                          \
    })
#define readl_poll_timeout(p, value, condition, delay_us, timeout_us)                          \
    read_poll_timeout(readl, value, condition, delay_us, timeout_us, false, p)
#define readl_poll_timeout_atomic(p, value, condition, delay_us, timeout_us)                   \
    read_poll_timeout_atomic(readl, value, condition, delay_us, timeout_us, false, p)
#define readl_relaxed_poll_timeout(p, value, condition, delay_us, timeout_us)                  \
    read_poll_timeout(readl_relaxed, value, condition, delay_us, timeout_us, false, p)
#define readl_relaxed_poll_timeout_atomic(p, value, condition, delay_us, timeout_us)           \
    read_poll_timeout_atomic(readl_relaxed, value, condition, delay_us, timeout_us, false, p)

#endif
