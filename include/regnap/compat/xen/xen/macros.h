/* SPDX-License-Identifier: MIT */
#ifndef REGNAP_XEN_MACROS_H
#define REGNAP_XEN_MACROS_H

#include <xen/kernel.h>

#define ARRAY_SIZE(array)                                                                      \
    (sizeof(array) / sizeof((array)[0]) +                                                      \
     0 * sizeof(struct {                                                                       \
         _Static_assert(                                                                       \
             !__builtin_types_compatible_p(__typeof__(array), __typeof__(&(array)[0])),        \
             "ARRAY_SIZE() of a pointer");                                                     \
         int unused_;                                                                          \
     }))

#define ROUNDUP(x, align)      (((x) + (align)-1) & ~((align)-1))
#define DIV_ROUND_UP(x, by)    (((x) + (by)-1) / (by))
#define IS_ALIGNED(x, align)   (((x) & ((align)-1)) == 0)
#define MASK_EXTR(value, mask) (((value) & (mask)) / ((mask) & -(mask)))
#define MASK_INSR(value, mask) (((value) * ((mask) & -(mask))) & (mask))

#define BUILD_BUG_ON(condition) _Static_assert(!(condition), "BUILD_BUG_ON(" #condition ")")

#define STR_(...) #__VA_ARGS__
#define STR(...)  STR_(__VA_ARGS__)

#endif
