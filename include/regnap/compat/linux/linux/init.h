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

/* Kept in link order; levels make no difference between drivers of one object. */
#define NAP_INITCALL(function)                                                                 \
    static const initcall_t __PASTE(nap_initcall_, function)                                   \
    __used __section("nap_initcalls") = (function)
#define early_initcall(function)    NAP_INITCALL(function)
#define core_initcall(function)     NAP_INITCALL(function)
#define postcore_initcall(function) NAP_INITCALL(function)
#define arch_initcall(function)     NAP_INITCALL(function)
#define subsys_initcall(function)   NAP_INITCALL(function)
#define fs_initcall(function)       NAP_INITCALL(function)
#define rootfs_initcall(function)   NAP_INITCALL(function)
#define device_initcall(function)   NAP_INITCALL(function)
#define late_initcall(function)     NAP_INITCALL(function)

#endif
