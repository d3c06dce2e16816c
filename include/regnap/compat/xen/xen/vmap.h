/* SPDX-License-Identifier: MIT */
/* Register windows. A mapped window keeps the numbers of its physical addresses, which is what
 * the bus is asked for; no pointer to it can be followed but by the calls of asm/io.h. */
#ifndef REGNAP_XEN_VMAP_H
#define REGNAP_XEN_VMAP_H

#include <xen/types.h>

/* NULL where a search lets it fail. */
void __iomem *ioremap_nocache(paddr_t start, size_t length);
void __iomem *ioremap(paddr_t start, size_t length);
void iounmap(volatile void __iomem *address);

#endif
