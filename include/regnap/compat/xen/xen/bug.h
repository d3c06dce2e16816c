/* SPDX-License-Identifier: MIT */
/* What a driver says of itself. Of a failed check with no way on, regnap makes a verdict that
 * names the line; a warning becomes a note. The checks of a debug build of Xen are on. */
#ifndef REGNAP_XEN_BUG_H
#define REGNAP_XEN_BUG_H

#include <regnap/os.h>
#include <xen/compiler.h>

#define BUG() nap_panic("BUG()", __FILE__, __LINE__)

#define BUG_ON(condition)                                                                      \
    do {                                                                                       \
        if (unlikely(condition))                                                               \
            nap_panic("BUG_ON(" #condition ")", __FILE__, __LINE__);                           \
    } while (0)

#define WARN() nap_warn("WARN()", __FILE__, __LINE__)

#define WARN_ON(condition)                                                                     \
    do {                                                                                       \
        if (unlikely(condition))                                                               \
            nap_warn("WARN_ON(" #condition ")", __FILE__, __LINE__);                           \
    } while (0)

#define ASSERT(condition)                                                                      \
    do {                                                                                       \
        if (unlikely(!(condition)))                                                            \
            nap_panic("ASSERT(" #condition ")", __FILE__, __LINE__);                           \
    } while (0)

#define ASSERT_UNREACHABLE() nap_panic("ASSERT_UNREACHABLE()", __FILE__, __LINE__)

#endif
