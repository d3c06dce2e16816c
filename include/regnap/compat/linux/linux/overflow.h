/* SPDX-License-Identifier: MIT */
/* Sizes that do not wrap around. */
#ifndef NAP_COMPAT_LINUX_OVERFLOW_H
#define NAP_COMPAT_LINUX_OVERFLOW_H

#include <linux/types.h>

#define check_add_overflow(a, b, out) __builtin_add_overflow(a, b, out)
#define check_sub_overflow(a, b, out) __builtin_sub_overflow(a, b, out)
#define check_mul_overflow(a, b, out) __builtin_mul_overflow(a, b, out)

/* SIZE_MAX where the result does not fit, which no allocation grants. */
static inline size_t size_add(size_t a, size_t b)
{
    size_t bytes;

    return __builtin_add_overflow(a, b, &bytes) ? SIZE_MAX : bytes;
}

static inline size_t array_size(size_t n, size_t size)
{
    size_t bytes;

    return __builtin_mul_overflow(n, size, &bytes) ? SIZE_MAX : bytes;
}

#define struct_size(p, member, count)                                                          \
    size_add(sizeof(*(p)), array_size((count), sizeof((p)->member[0])))

#endif
