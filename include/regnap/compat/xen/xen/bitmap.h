/* SPDX-License-Identifier: MIT */
/* Whole bitmaps. Bits beyond the size are never looked at. */
#ifndef REGNAP_XEN_BITMAP_H
#define REGNAP_XEN_BITMAP_H

#include <string.h>

#include <xen/bitops.h>

static inline void bitmap_zero(unsigned long *dst, unsigned int bits)
{
    memset(dst, 0, BITS_TO_LONGS(bits) * sizeof(unsigned long));
}

static inline void bitmap_fill(unsigned long *dst, unsigned int bits)
{
    memset(dst, 0xff, BITS_TO_LONGS(bits) * sizeof(unsigned long));
}

static inline void bitmap_copy(unsigned long *dst, const unsigned long *src, unsigned int bits)
{
    memcpy(dst, src, BITS_TO_LONGS(bits) * sizeof(unsigned long));
}

static inline void bitmap_and(unsigned long *dst, const unsigned long *a,
                              const unsigned long *b, unsigned int bits)
{
    for (unsigned int i = 0; i < BITS_TO_LONGS(bits); i++)
        dst[i] = a[i] & b[i];
}

static inline void bitmap_or(unsigned long *dst, const unsigned long *a, const unsigned long *b,
                             unsigned int bits)
{
    for (unsigned int i = 0; i < BITS_TO_LONGS(bits); i++)
        dst[i] = a[i] | b[i];
}

static inline bool bitmap_empty(const unsigned long *src, unsigned int bits)
{
    return nap_xen_find_bit(src, bits, 0, true) == bits;
}

static inline bool bitmap_full(const unsigned long *src, unsigned int bits)
{
    return nap_xen_find_bit(src, bits, 0, false) == bits;
}

static inline unsigned int bitmap_weight(const unsigned long *src, unsigned int bits)
{
    unsigned int weight = 0;

    for (unsigned int i = 0; i < bits; i++)
        weight += test_bit((int)i, src);
    return weight;
}

#endif
