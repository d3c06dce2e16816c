/* SPDX-License-Identifier: MIT */
/* The console, panics, and what every driver takes for granted. */
#ifndef REGNAP_XEN_LIB_H
#define REGNAP_XEN_LIB_H

#include <xen/bug.h>
#include <xen/errno.h>
#include <xen/kernel.h>
#include <xen/macros.h>
#include <xen/string.h>
#include <xen/types.h>

/* Each starts a line and says how it matters; the trace shows all of them. */
#define XENLOG_ERR     "<0>"
#define XENLOG_WARNING "<1>"
#define XENLOG_INFO    "<2>"
#define XENLOG_DEBUG   "<3>"
#define XENLOG_GUEST   "<G>"

#define XENLOG_G_ERR     XENLOG_GUEST XENLOG_ERR
#define XENLOG_G_WARNING XENLOG_GUEST XENLOG_WARNING
#define XENLOG_G_INFO    XENLOG_GUEST XENLOG_INFO
#define XENLOG_G_DEBUG   XENLOG_GUEST XENLOG_DEBUG

/* One line of the trace, after "(XEN) ". Beside the conversions of C without floating point:
 * %pd prints a domain (d1, d[IO]), %pp a PCI address. Other extensions of %p print as they are
 * written, between angle brackets. */
void printk(const char *format, ...) __attribute__((format(printf, 1, 2)));
void nap_xen_panic(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4), __noreturn__));

#define panic(...) nap_xen_panic(__FILE__, __LINE__, __VA_ARGS__)

/* Nothing is left out of a trace. */
static inline bool printk_ratelimit(void)
{
    return true;
}

#define printk_once(...)                                                                       \
    do {                                                                                       \
        static bool printed_;                                                                  \
        if (!printed_) {                                                                       \
            printed_ = true;                                                                   \
            printk(__VA_ARGS__);                                                               \
        }                                                                                      \
    } while (0)

#define dprintk(level, format, ...)                                                            \
    printk(level "%s:%d: " format, __FILE__, __LINE__, ##__VA_ARGS__)

#endif
