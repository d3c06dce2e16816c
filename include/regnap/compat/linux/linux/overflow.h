/* SPDX-License-Identifier: MIT */
/* Sizes that do not wrap around. */
#ifndef NAP_COMPAT_LINUX_OVERFLOW_H
#define NAP_COMPAT_LINUX_OVERFLOW_H

#include <linux/types.h>

#define check_add_overflow(a, b, out) __builtin_add_overflow(a, b, out)
#define check_sub_overflow(a, b, out) __builtin_sub_overflow(a, b, out)
#define check_mul_overflow(a, b, out) __builtin_mul_overflow(a, b, out)

static inline size_t array_size(size_t n, size_t size)
{
    size_t bytes;

    return __builtin_mul_overflow(n, size, &bytes) ? SIZE_MAX : bytes;
}

#define struct_size(p, member, count)                                                          \
    (sizeof(*(p)) + array_size((count), sizeof((p)->member[0])))

#endif
