/* SPDX-License-Identifier: MIT */
/* Single bits in arrays of longs, and searches in words. The forms with two underscores are
 * not atomic in a kernel; here one CPU runs one thing at a time. */
#ifndef NAP_COMPAT_LINUX_BITOPS_H
#define NAP_COMPAT_LINUX_BITOPS_H

#include <linux/bits.h>
#include <linux/types.h>

static inline void __set_bit(unsigned long nr, volatile unsigned long *addr)
{
    addr[BIT_WORD(nr)] |= BIT_MASK(nr);
}

static inline void __clear_bit(unsigned long nr, volatile unsigned long *addr)
{
    addr[BIT_WORD(nr)] &= ~BIT_MASK(nr);
}

static inline void __change_bit(unsigned long nr, volatile unsigned long *addr)
{
    addr[BIT_WORD(nr)] ^= BIT_MASK(nr);
}

static inline bool test_bit(unsigned long nr, const volatile unsigned long *addr)
{
    return (addr[BIT_WORD(nr)] & BIT_MASK(nr)) != 0;
}

static inline bool __test_and_set_bit(unsigned long nr, volatile unsigned long *addr)
{
    bool was = test_bit(nr, addr);

    __set_bit(nr, addr);
    return was;
}

static inline bool __test_and_clear_bit(unsigned long nr, volatile unsigned long *addr)
{
    bool was = test_bit(nr, addr);

    __clear_bit(nr, addr);
    return was;
}

#define set_bit(nr, addr)            __set_bit(nr, addr)
#define clear_bit(nr, addr)          __clear_bit(nr, addr)
#define change_bit(nr, addr)         __change_bit(nr, addr)
#define test_and_set_bit(nr, addr)   __test_and_set_bit(nr, addr)
#define test_and_clear_bit(nr, addr) __test_and_clear_bit(nr, addr)

/* Number of the lowest or highest bit set; of 0 it is undefined. */
static inline unsigned long __ffs(unsigned long word)
{
    return (unsigned long)__builtin_ctzl(word);
}

static inline unsigned long __fls(unsigned long word)
{
    return BITS_PER_LONG - 1 - (unsigned long)__builtin_clzl(word);
}

static inline unsigned long ffz(unsigned long word)
{
    return __ffs(~word);
}

/* From 1; 0 of 0. */
#define ffs(word) __builtin_ffs(word)

static inline int fls(unsigned int word)
{
    return word ? 32 - __builtin_clz(word) : 0;
}

static inline int fls64(u64 word)
{
    return word ? 64 - __builtin_clzll(word) : 0;
}

static inline int fls_long(unsigned long word)
{
    return fls64(word);
}

static inline unsigned int hweight32(u32 word)
{
    return (unsigned int)__builtin_popcount(word);
}

static inline unsigned int hweight64(u64 word)
{
    return (unsigned int)__builtin_popcountll(word);
}

#define hweight_long(word) hweight64(word)

#endif
