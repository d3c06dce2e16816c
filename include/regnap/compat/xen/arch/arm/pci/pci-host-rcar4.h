/* SPDX-License-Identifier: MIT */
/* The PCIe host of R-Car Gen4, by whose registers Xen's IPMMU driver tells PCI functions apart.
 * Only with PCI passthrough, which asm/pci.h refuses. */
#ifndef REGNAP_XEN_PCI_HOST_RCAR4_H
#define REGNAP_XEN_PCI_HOST_RCAR4_H

#include <asm/pci.h>

#endif
