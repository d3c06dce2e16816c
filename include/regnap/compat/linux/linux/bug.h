/* SPDX-License-Identifier: MIT */
/* Assertions and warnings of the driver. A failed one ends the driver call, and a rule reports
 * it; a warning is a note. */
#ifndef NAP_COMPAT_LINUX_BUG_H
#define NAP_COMPAT_LINUX_BUG_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/types.h>

#include <regnap/os.h>

__printf(3, 4) void regnap_warn(const char *file, int line, const char *format, ...);

#define BUG() nap_panic("BUG()", __FILE__, __LINE__)
#define BUG_ON(condition)                                                                      \
    do {                                                                                       \
        if (unlikely(condition))                                                               \
            nap_panic("BUG_ON(" #condition ")", __FILE__, __LINE__);                           \
    } while (0)

#define WARN(condition, format...)                                                             \
    ({                                                                                         \
        bool nap_warned = !!(condition);                                                       \
        if (unlikely(nap_warned))                                                              \
            regnap_warn(__FILE__, __LINE__, format);                                           \
        unlikely(nap_warned);                                                                  \
    })
#define WARN_ON(condition) WARN(condition, "%s", "WARN_ON(" #condition ")")
#define WARN_ONCE(condition, format...)                                                        \
    ({                                                                                         \
        static bool nap_said;                                                                  \
        bool nap_now = !!(condition);                                                          \
        if (unlikely(nap_now && !nap_said)) {                                                  \
            nap_said = true;                                                                   \
            regnap_warn(__FILE__, __LINE__, format);                                           \
        }                                                                                      \
        unlikely(nap_now);                                                                     \
    })
#define WARN_ON_ONCE(condition) WARN_ONCE(condition, "%s", "WARN_ON_ONCE(" #condition ")")

#endif
