/* SPDX-License-Identifier: MIT */
/* PCI passthrough has no model: with CONFIG_HAS_PCI a driver does not compile. Without it the
 * names below appear in declarations only. */
#ifndef REGNAP_XEN_ASM_PCI_H
#define REGNAP_XEN_ASM_PCI_H

#ifdef CONFIG_HAS_PCI
#error "regnap's Xen headers have no PCI passthrough; leave CONFIG_HAS_PCI undefined"
#endif

struct pci_dev;
struct pci_host_bridge;

#endif
