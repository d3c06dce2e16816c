/* SPDX-License-Identifier: MIT */
/* Fields given by a constant mask. */
#ifndef NAP_COMPAT_LINUX_BITFIELD_H
#define NAP_COMPAT_LINUX_BITFIELD_H

#include <linux/bits.h>

/* A mask that is no constant, empty or with gaps, a constant value that is too large, and a
 * mask beyond the register's type do not compile. */
#define NAP_FIELD_SHIFT(mask) __builtin_ctzll(mask)
#define NAP_FIELD_HOLDS(mask, value)                                                           \
    ((unsigned long long)(value) <= (unsigned long long)(mask) >> NAP_FIELD_SHIFT(mask))
#define NAP_FIELD_CHECK(mask, value, reg)                                                      \
    do {                                                                                       \
        BUILD_BUG_ON_MSG(!__builtin_constant_p(mask), "the mask is not constant");             \
        BUILD_BUG_ON_MSG((mask) == 0, "the mask is empty");                                    \
        BUILD_BUG_ON_MSG(__builtin_constant_p(value) && !NAP_FIELD_HOLDS(mask, value),         \
                         "the value does not fit its field");                                  \
        BUILD_BUG_ON_MSG((unsigned long long)(mask) >                                          \
                             (unsigned long long)((__typeof__(reg))~0ULL),                     \
                         "the mask is wider than the register");                               \
        BUILD_BUG_ON_MSG((((mask) + (1ULL << NAP_FIELD_SHIFT(mask))) & (mask)) != 0,           \
                         "the mask has gaps");                                                 \
    } while (0)

#define FIELD_MAX(mask)                                                                        \
    ({                                                                                         \
        NAP_FIELD_CHECK(mask, 0ULL, 0ULL);                                                     \
        (__typeof__(mask))((mask) >> NAP_FIELD_SHIFT(mask));                                   \
    })
#define FIELD_FIT(mask, value)                                                                 \
    ({                                                                                         \
        NAP_FIELD_CHECK(mask, 0ULL, 0ULL);                                                     \
        NAP_FIELD_HOLDS(mask, value);                                                          \
    })
#define FIELD_PREP(mask, value)                                                                \
    ({                                                                                         \
        NAP_FIELD_CHECK(mask, value, 0ULL);                                                    \
        ((__typeof__(mask))(value) << NAP_FIELD_SHIFT(mask)) & (mask);                         \
    })
#define FIELD_GET(mask, reg)                                                                   \
    ({                                                                                         \
        NAP_FIELD_CHECK(mask, 0ULL, reg);                                                      \
        (__typeof__(mask))(((reg) & (mask)) >> NAP_FIELD_SHIFT(mask));                         \
    })

#endif
