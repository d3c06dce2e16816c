/* SPDX-License-Identifier: MIT */
/* Bits by number, in arrays of words. The plain forms are atomic in Xen; on the one CPU of a
 * driver call the two kinds do the same. */
#ifndef REGNAP_XEN_BITOPS_H
#define REGNAP_XEN_BITOPS_H

#include <strings.h>

#include <xen/const.h>
#include <xen/types.h>

#define NAP_XEN_BIT_WORD(nr) ((unsigned int)(nr) / BITS_PER_LONG)
#define NAP_XEN_BIT_MASK(nr) (1UL << ((unsigned int)(nr) % BITS_PER_LONG))

static inline bool test_bit(int nr, const volatile void *addr)
{
    const volatile unsigned long *words = addr;

    return (words[NAP_XEN_BIT_WORD(nr)] & NAP_XEN_BIT_MASK(nr)) != 0;
}

static inline void set_bit(int nr, volatile void *addr)
{
    volatile unsigned long *words = addr;

    words[NAP_XEN_BIT_WORD(nr)] |= NAP_XEN_BIT_MASK(nr);
}

static inline void clear_bit(int nr, volatile void *addr)
{
    volatile unsigned long *words = addr;

    words[NAP_XEN_BIT_WORD(nr)] &= ~NAP_XEN_BIT_MASK(nr);
}

static inline void change_bit(int nr, volatile void *addr)
{
    volatile unsigned long *words = addr;

    words[NAP_XEN_BIT_WORD(nr)] ^= NAP_XEN_BIT_MASK(nr);
}

static inline bool test_and_set_bit(int nr, volatile void *addr)
{
    bool was = test_bit(nr, addr);

    set_bit(nr, addr);
    return was;
}

static inline bool test_and_clear_bit(int nr, volatile void *addr)
{
    bool was = test_bit(nr, addr);

    clear_bit(nr, addr);
    return was;
}

#define __set_bit(nr, addr)            set_bit(nr, addr)
#define __clear_bit(nr, addr)          clear_bit(nr, addr)
#define __test_and_set_bit(nr, addr)   test_and_set_bit(nr, addr)
#define __test_and_clear_bit(nr, addr) test_and_clear_bit(nr, addr)

/* The first bit at or after @offset that is @set; @size where there is none. */
static inline unsigned int nap_xen_find_bit(const unsigned long *addr, unsigned int size,
                                            unsigned int offset, bool set)
{
    while (offset < size && test_bit((int)offset, addr) != set)
        offset++;
    return offset < size ? offset : size;
}

#define find_first_bit(addr, size)             nap_xen_find_bit(addr, size, 0, true)
#define find_next_bit(addr, size, offset)      nap_xen_find_bit(addr, size, offset, true)
#define find_first_zero_bit(addr, size)        nap_xen_find_bit(addr, size, 0, false)
#define find_next_zero_bit(addr, size, offset) nap_xen_find_bit(addr, size, offset, false)

#define for_each_set_bit(bit, addr, size)                                                      \
    for ((bit) = find_first_bit(addr, size); (bit) < (size);                                   \
         (bit) = find_next_bit(addr, size, (bit) + 1))

/* Numbered from 1; 0 where no bit is set. The C library has functions of the first two names,
 * with another type, so these are macros. */
#define ffs(x)  ((unsigned int)__builtin_ffs((int)(x)))
#define ffsl(x) ((unsigned int)__builtin_ffsl((long)(x)))

static inline unsigned int fls(unsigned int x)
{
    return x ? 32 - (unsigned int)__builtin_clz(x) : 0;
}

static inline unsigned int flsl(unsigned long x)
{
    return x ? 64 - (unsigned int)__builtin_clzl(x) : 0;
}

#define hweight8(x)  ((unsigned int)__builtin_popcount((uint8_t)(x)))
#define hweight16(x) ((unsigned int)__builtin_popcount((uint16_t)(x)))
#define hweight32(x) ((unsigned int)__builtin_popcount((uint32_t)(x)))
#define hweight64(x) ((unsigned int)__builtin_popcountll((uint64_t)(x)))

#endif
