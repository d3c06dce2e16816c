/* SPDX-License-Identifier: MIT */
/* The smaller and the larger. Types must agree, as in the kernel. */
#ifndef NAP_COMPAT_LINUX_MINMAX_H
#define NAP_COMPAT_LINUX_MINMAX_H

#include <linux/compiler.h>

#define NAP_PICK(x, op, y)                                                                     \
    ({                                                                                         \
        __typeof__(x) nap_x = (x);                                                             \
        __typeof__(y) nap_y = (y);                                                             \
        (void)(&nap_x == &nap_y); /* warns where the types differ */                           \
        (__typeof__(x))(nap_x op nap_y ? nap_x : nap_y);                                       \
    })

#define min(x, y)         NAP_PICK(x, <, y)
#define max(x, y)         NAP_PICK(x, >, y)
#define min_t(type, x, y) min((type)(x), (type)(y))
#define max_t(type, x, y) max((type)(x), (type)(y))
#define min3(x, y, z)     min(x, min(y, z))
#define max3(x, y, z)     max(x, max(y, z))
/* @high wins where the two cross. */
#define clamp(v, low, high)         min(max(v, low), high)
#define clamp_t(type, v, low, high) min_t(type, max_t(type, v, low), high)
#define swap(a, b)                                                                             \
    do {                                                                                       \
        __typeof__(a) nap_a = (a);                                                             \
        (a) = (b);                                                                             \
        (b) = nap_a;                                                                           \
    } while (0)

#endif
