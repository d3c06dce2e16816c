/* SPDX-License-Identifier: MIT */
/* Rounding. */
#ifndef NAP_COMPAT_LINUX_MATH_H
#define NAP_COMPAT_LINUX_MATH_H

#include <linux/types.h>

#define ALIGN(x, a)            ALIGN_DOWN((x) + (__typeof__(x))(a)-1, a)
#define ALIGN_DOWN(x, a)       ((x) & -(__typeof__(x))(a))
#define IS_ALIGNED(x, a)       (((x) & ~-(__typeof__(x))(a)) == 0)
#define PTR_ALIGN(p, a)        ((__typeof__(p))ALIGN((unsigned long)(p), (a)))
#define DIV_ROUND_UP(n, d)     (((n) + (d)-1) / (d))
#define DIV_ROUND_UP_ULL(n, d) DIV_ROUND_UP((unsigned long long)(n), (unsigned long long)(d))
#define roundup(x, y)          (DIV_ROUND_UP(x, y) * (y))
#define rounddown(x, y)        ((x) / (y) * (y))
#define round_up(x, y)         ALIGN(x, y)
#define round_down(x, y)       ALIGN_DOWN(x, y)
#define abs(x)                                                                                 \
    ({                                                                                         \
        __typeof__(x) nap_abs = (x);                                                           \
        nap_abs < 0 ? -nap_abs : nap_abs;                                                      \
    })

#endif
