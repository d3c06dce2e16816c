/* SPDX-License-Identifier: MIT */
/* One object holds all, so exporting needs nothing. */
#ifndef NAP_COMPAT_LINUX_EXPORT_H
#define NAP_COMPAT_LINUX_EXPORT_H

#define EXPORT_SYMBOL(symbol)
#define EXPORT_SYMBOL_GPL(symbol)
#define EXPORT_SYMBOL_NS_GPL(symbol, ns)

#define THIS_MODULE ((struct module *)0)

#endif
