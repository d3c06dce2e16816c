/* SPDX-License-Identifier: MIT */
#ifndef REGNAP_XEN_PCI_H
#define REGNAP_XEN_PCI_H

#include <asm/pci.h>

#endif
