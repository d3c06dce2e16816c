/* SPDX-License-Identifier: MIT */
/* Checks while compiling. */
#ifndef NAP_COMPAT_LINUX_BUILD_BUG_H
#define NAP_COMPAT_LINUX_BUILD_BUG_H

#include <linux/compiler.h>

#define static_assert(condition, ...) _Static_assert(condition, "" #condition)
#define BUILD_BUG_ON(condition)           _Static_assert(!(condition), "BUILD_BUG_ON: " #condition)
#define BUILD_BUG_ON_MSG(condition, text) _Static_assert(!(condition), text)
#define BUILD_BUG_ON_ZERO(condition)      ((int)sizeof(struct { int : -!!(condition); }))

#endif
