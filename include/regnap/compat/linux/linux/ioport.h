/* SPDX-License-Identifier: MIT */
/* Ranges of addresses that belong to devices. */
#ifndef NAP_COMPAT_LINUX_IOPORT_H
#define NAP_COMPAT_LINUX_IOPORT_H

#include <linux/types.h>

struct resource {
    resource_size_t start, end; /* end is the last address */
    const char *name;
    unsigned long flags;
};

#define IORESOURCE_IO  0x00000100
#define IORESOURCE_MEM 0x00000200
#define IORESOURCE_IRQ 0x00000400

static inline resource_size_t resource_size(const struct resource *res)
{
    return res->end - res->start + 1;
}

#endif
