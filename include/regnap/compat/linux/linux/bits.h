/* SPDX-License-Identifier: MIT */
/* Bits and contiguous masks. */
#ifndef NAP_COMPAT_LINUX_BITS_H
#define NAP_COMPAT_LINUX_BITS_H

#include <linux/const.h>
#include <linux/types.h>

#define BIT(n)      (1UL << (n))
#define BIT_ULL(n)  (1ULL << (n))
#define BIT_MASK(n) (1UL << ((n) % BITS_PER_LONG))
#define BIT_WORD(n) ((n) / BITS_PER_LONG)

/* Bits h down to l, both included. */
#define GENMASK(h, l)     ((~0UL << (l)) & (~0UL >> (BITS_PER_LONG - 1 - (h))))
#define GENMASK_ULL(h, l) ((~0ULL << (l)) & (~0ULL >> (63 - (h))))

#endif
