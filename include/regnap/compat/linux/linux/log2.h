/* SPDX-License-Identifier: MIT */
/* Logarithms to base 2; of constants they are constants. */
#ifndef NAP_COMPAT_LINUX_LOG2_H
#define NAP_COMPAT_LINUX_LOG2_H

#include <linux/bitops.h>

/* Constant for a constant; -1 of a variable that is 0. */
#define ilog2(n)                                                                               \
    (__builtin_constant_p(n) ? ((n) < 2 ? 0 : 63 - __builtin_clzll((n) < 2 ? 1ULL : (n)))      \
                             : fls64(n) - 1)

static inline bool is_power_of_2(unsigned long n)
{
    return n != 0 && n == BIT(__ffs(n));
}

static inline unsigned long roundup_pow_of_two(unsigned long n)
{
    return n <= 1 ? 1 : 1UL << fls_long(n - 1);
}

static inline unsigned long rounddown_pow_of_two(unsigned long n)
{
    return 1UL << __fls(n);
}

static inline int order_base_2(unsigned long n)
{
    return n <= 1 ? 0 : fls_long(n - 1);
}

#endif
