/* SPDX-License-Identifier: MIT */
/* Guests. Those of a scenario are numbered from 1 in its order; none of them is the hardware
 * domain, and none has guest addresses that equal machine addresses by design. */
#ifndef REGNAP_XEN_SCHED_H
#define REGNAP_XEN_SCHED_H

#include <asm/domain.h>
#include <asm/processor.h>
#include <public/xen.h>
#include <xen/bitmap.h>
#include <xen/iommu.h>
#include <xen/list.h>
#include <xen/mm.h>
#include <xen/spinlock.h>
#include <xen/time.h>
#include <xen/types.h>

struct nap_domain;
struct vcpu;

struct domain {
    domid_t domain_id;
    bool is_dying;
    bool is_shutting_down;
    struct domain_iommu iommu;
    struct arch_domain arch;
    struct nap_domain *nap; /* of the scenario; NULL for dom_io */
};

#define dom_iommu(d) (&(d)->iommu)

/* Owner of devices that nobody may use. */
extern struct domain *dom_io;
/* There is none in a run. */
extern struct domain *hardware_domain;

static inline bool is_hardware_domain(const struct domain *d)
{
    return hardware_domain != NULL && d == hardware_domain;
}

#define is_iommu_enabled(d)        ((d)->iommu.platform_ops != NULL)
#define is_domain_direct_mapped(d) ((void)(d), false)

#endif
