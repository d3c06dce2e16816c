/* SPDX-License-Identifier: MIT */
/* Checks while compiling. */
#ifndef NAP_COMPAT_LINUX_BUILD_BUG_H
#define NAP_COMPAT_LINUX_BUILD_BUG_H

#include <linux/compiler.h>

#define static_assert(condition, ...) _Static_assert(condition, "" #condition)
/* Conditions may be anything that the compiler can work out when it optimises. */
#define BUILD_BUG_ON_MSG(condition, text)                                                      \
    NAP_BUILD_BUG_ON(condition, text, __PASTE(nap_build_bug_, __COUNTER__))
#define NAP_BUILD_BUG_ON(condition, text, name)                                                \
    do {                                                                                       \
        __attribute__((noreturn, error(text))) extern void name(void);                         \
        if (condition)                                                                         \
            name();                                                                            \
    } while (0)
#define BUILD_BUG_ON(condition)        BUILD_BUG_ON_MSG(condition, "BUILD_BUG_ON: " #condition)
#define BUILD_BUG_ON_NOT_POWER_OF_2(n) BUILD_BUG_ON((n) == 0 || ((n) & ((n)-1)) != 0)
#define BUILD_BUG_ON_ZERO(condition)   ((int)sizeof(struct { int : -!!(condition); }))

#endif
