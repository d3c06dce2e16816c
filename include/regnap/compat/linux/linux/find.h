/* SPDX-License-Identifier: MIT */
/* Searches in bitmaps. Each returns @size where nothing is found. */
#ifndef NAP_COMPAT_LINUX_FIND_H
#define NAP_COMPAT_LINUX_FIND_H

#include <linux/bitops.h>

unsigned long find_next_bit(const unsigned long *addr, unsigned long size,
                            unsigned long offset);
unsigned long find_next_zero_bit(const unsigned long *addr, unsigned long size,
                                 unsigned long offset);
unsigned long find_last_bit(const unsigned long *addr, unsigned long size);

static inline unsigned long find_first_bit(const unsigned long *addr, unsigned long size)
{
    return find_next_bit(addr, size, 0);
}

static inline unsigned long find_first_zero_bit(const unsigned long *addr, unsigned long size)
{
    return find_next_zero_bit(addr, size, 0);
}

#define for_each_set_bit(bit, addr, size)                                                      \
    for ((bit) = find_first_bit((addr), (size)); (bit) < (size);                               \
         (bit) = find_next_bit((addr), (size), (bit) + 1))

#define for_each_clear_bit(bit, addr, size)                                                    \
    for ((bit) = find_first_zero_bit((addr), (size)); (bit) < (size);                          \
         (bit) = find_next_zero_bit((addr), (size), (bit) + 1))

#endif
