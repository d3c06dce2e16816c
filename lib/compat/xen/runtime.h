/* SPDX-License-Identifier: MIT */
/* Private to this folder: what its files ask of each other. All of it is linked into a driver
 * object, whose writable data belongs to the machine that runs it; hence the variables at file
 * scope. */
#ifndef NAP_XEN_RUNTIME_H
#define NAP_XEN_RUNTIME_H

#include <libfdt.h>

#include <asm/io.h>
#include <asm/iommu_fwspec.h>
#include <regnap/driver.h>
#include <xen/err.h>
#include <xen/irq.h>
#include <xen/lib.h>
#include <xen/sched.h>

/* --- context.c: locks and the interrupt mask --- */

/* At the end of a driver call: no lock is held and interrupts are on. */
void nap_xen_check_left(void);

/* --- tree.c --- */

/* The node at an offset of the flattened tree; NULL for a negative offset or without memory. */
struct dt_device_node *nap_xen_node_at(int offset);
/* One big-endian number of @cells cells at @p, which need not be aligned. */
uint64_t nap_xen_cells(const void *p, int cells);

/* --- irq.c --- */

/* Calls the handlers of every interrupt of the node. */
void nap_xen_deliver(const struct dt_device_node *node);

/* --- iommu.c: what the core of Xen does around an IOMMU driver --- */

/* The drivers of the object: probes @node by the one that fits. -EBADF: none does. */
int nap_xen_device_init(struct dt_device_node *node);

int nap_xen_domain_create(struct nap_domain *nap);
void nap_xen_domain_destroy(struct domain *d);

int nap_xen_add_master(struct dt_device_node *node);
int nap_xen_assign(struct domain *d, struct dt_device_node *node);
int nap_xen_deassign(struct domain *d, struct dt_device_node *node);

/* After a change of the guest's tables. */
int nap_xen_flush(struct domain *d, nap_addr ipa, uint64_t bytes, unsigned int flags);

/* The system goes to sleep and comes back. */
int nap_xen_suspend(void);
void nap_xen_resume(void);

#endif
