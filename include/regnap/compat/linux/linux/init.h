/* SPDX-License-Identifier: MIT */
/* Initialisation of built-in code, run once when the first device is probed. */
#ifndef NAP_COMPAT_LINUX_INIT_H
#define NAP_COMPAT_LINUX_INIT_H

#include <linux/compiler.h>

#define __init
#define __exit
#define __initdata
#define __initconst
#define __exitdata

typedef int (*initcall_t)(void);

/* Called level by level, within a level in link order. */
struct regnap_initcall {
    initcall_t call;
    unsigned int level;
};

#define NAP_INITCALL_LEVELS 9
/* gcc would put the calls of one file in another order; clang keeps it. */
#if __has_attribute(no_reorder)
#define NAP_IN_ORDER __attribute__((no_reorder))
#else
#define NAP_IN_ORDER
#endif
#define NAP_INITCALL(level_number, function)                                                   \
    static const struct regnap_initcall __PASTE(nap_initcall_, function) = {                   \
        .call = (function), .level = (level_number)};                                          \
    static const struct regnap_initcall *const __PASTE(nap_initcall_at_, function)             \
        NAP_IN_ORDER __used __section("nap_initcalls") = &__PASTE(nap_initcall_, function)
#define early_initcall(function)    NAP_INITCALL(0, function)
#define core_initcall(function)     NAP_INITCALL(1, function)
#define postcore_initcall(function) NAP_INITCALL(2, function)
#define arch_initcall(function)     NAP_INITCALL(3, function)
#define subsys_initcall(function)   NAP_INITCALL(4, function)
#define fs_initcall(function)       NAP_INITCALL(5, function)
#define rootfs_initcall(function)   NAP_INITCALL(6, function)
#define device_initcall(function)   NAP_INITCALL(7, function)
#define late_initcall(function)     NAP_INITCALL(8, function)

#endif
