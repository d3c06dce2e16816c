/* SPDX-License-Identifier: MIT */
/* Drivers are built in. */
#ifndef NAP_COMPAT_LINUX_MODULE_H
#define NAP_COMPAT_LINUX_MODULE_H

#include <linux/export.h>
#include <linux/init.h>
#include <linux/kernel.h>

struct module;

#define MODULE_AUTHOR(text)
#define MODULE_DESCRIPTION(text)
#define MODULE_LICENSE(text)
#define MODULE_ALIAS(text)
#define MODULE_DEVICE_TABLE(type, table)
#define MODULE_PARM_DESC(name, text)
#define MODULE_SOFTDEP(text)

#define module_init(function) device_initcall(function)
/* Nothing removes a driver. */
#define module_exit(function)                                                                  \
    static void (*const __PASTE(nap_exit_, function))(void) __maybe_unused = (function)

#endif
