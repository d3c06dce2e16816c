/* SPDX-License-Identifier: MIT */
/* Bits and contiguous masks. */
#ifndef NAP_COMPAT_LINUX_BITS_H
#define NAP_COMPAT_LINUX_BITS_H

#include <linux/build_bug.h>
#include <linux/const.h>
#include <linux/types.h>

#define BIT(n)      (1UL << (n))
#define BIT_ULL(n)  (1ULL << (n))
#define BIT_MASK(n) (1UL << ((n) % BITS_PER_LONG))
#define BIT_WORD(n) ((n) / BITS_PER_LONG)

/* Bits h down to l, both included; the other way round does not compile. */
#define NAP_MASK_ORDER(h, l)                                                                   \
    BUILD_BUG_ON_ZERO(__builtin_choose_expr(__is_constexpr((long)(l) > (long)(h)),             \
                                            (long)(l) > (long)(h), 0))
#define GENMASK(h, l) ((unsigned long)NAP_MASK_ORDER(h, l) + (2UL << (h)) - (1UL << (l)))
#define GENMASK_ULL(h, l)                                                                      \
    ((unsigned long long)NAP_MASK_ORDER(h, l) + (2ULL << (h)) - (1ULL << (l)))
#define BIT_ULL_MASK(n) (1ULL << ((n) % 64))

#endif
