/* SPDX-License-Identifier: MIT */
/* The log, which is part of the trace. */
#ifndef NAP_COMPAT_LINUX_PRINTK_H
#define NAP_COMPAT_LINUX_PRINTK_H

#include <linux/compiler.h>

#define KERN_EMERG   "<0>"
#define KERN_ALERT   "<1>"
#define KERN_CRIT    "<2>"
#define KERN_ERR     "<3>"
#define KERN_WARNING "<4>"
#define KERN_NOTICE  "<5>"
#define KERN_INFO    "<6>"
#define KERN_DEBUG   "<7>"
#define KERN_CONT    ""

#ifndef pr_fmt
#define pr_fmt(format) format
#endif

/* Of the kernel's extensions of %p there are a, ap, ad, R, r, OF, OFn, OFf, e, x; s and S
 * print
 * "(symbol)". A pointer that differs from run to run prints "(pointer)". */
__printf(1, 2) int printk(const char *format, ...);

#define pr_emerg(format, args...)  printk(KERN_EMERG pr_fmt(format), ##args)
#define pr_alert(format, args...)  printk(KERN_ALERT pr_fmt(format), ##args)
#define pr_crit(format, args...)   printk(KERN_CRIT pr_fmt(format), ##args)
#define pr_err(format, args...)    printk(KERN_ERR pr_fmt(format), ##args)
#define pr_warn(format, args...)   printk(KERN_WARNING pr_fmt(format), ##args)
#define pr_notice(format, args...) printk(KERN_NOTICE pr_fmt(format), ##args)
#define pr_info(format, args...)   printk(KERN_INFO pr_fmt(format), ##args)
#define pr_cont(format, args...)   printk(KERN_CONT format, ##args)

/* As in a kernel built without debugging: arguments are checked, nothing is printed. */
#define NAP_NEVER(call)                                                                        \
    do {                                                                                       \
        if (0)                                                                                 \
            call;                                                                              \
    } while (0)
#define pr_debug(format, args...) NAP_NEVER(printk(KERN_DEBUG pr_fmt(format), ##args))
#define pr_devel(format, args...) pr_debug(format, ##args)

#define NAP_ONCE(call)                                                                         \
    do {                                                                                       \
        static _Bool nap_printed;                                                              \
        if (!nap_printed) {                                                                    \
            nap_printed = 1;                                                                   \
            call;                                                                              \
        }                                                                                      \
    } while (0)
#define pr_err_once(format, args...)  NAP_ONCE(pr_err(format, ##args))
#define pr_warn_once(format, args...) NAP_ONCE(pr_warn(format, ##args))
#define pr_info_once(format, args...) NAP_ONCE(pr_info(format, ##args))

/* Simulated time hardly passes, so nothing is held back. */
#define pr_err_ratelimited(format, args...)  pr_err(format, ##args)
#define pr_warn_ratelimited(format, args...) pr_warn(format, ##args)
#define pr_info_ratelimited(format, args...) pr_info(format, ##args)

#endif
