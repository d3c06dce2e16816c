/* SPDX-License-Identifier: MIT */
/* What an IOMMU driver offers to Xen, and Xen to it. Of the operations regnap calls init,
 * teardown, add_device, dt_xlate, assign_device, reassign_device, iotlb_flush, suspend and
 * resume; others may be set, and are not used. */
#ifndef REGNAP_XEN_IOMMU_H
#define REGNAP_XEN_IOMMU_H

#include <asm/device.h>
#include <asm/iommu.h>
#include <xen/list.h>
#include <xen/mm-frame.h>
#include <xen/types.h>

struct dt_phandle_args;

/* What an access may do (map_page), beside the order of the mapping in the low bits. */
#define IOMMUF_order(n) ((n)&0x3f)
#define IOMMUF_readable (1u << 6)
#define IOMMUF_writable (1u << 7)
#define IOMMUF_preempt  (1u << 8)

/* Why the TLB is flushed. */
#define IOMMU_FLUSHF_added    (1u << 0)
#define IOMMU_FLUSHF_modified (1u << 1)
#define IOMMU_FLUSHF_all      (1u << 2)

struct iommu_ops {
    unsigned long page_sizes;
    int (*init)(struct domain *d);
    void (*hwdom_init)(struct domain *d);
    int (*quarantine_init)(device_t *dev, bool scratch_page);
    int (*add_device)(u8 devfn, device_t *dev);
    int (*enable_device)(device_t *dev);
    int (*remove_device)(u8 devfn, device_t *dev);
    int (*assign_device)(struct domain *d, u8 devfn, device_t *dev, u32 flag);
    int (*reassign_device)(struct domain *s, struct domain *t, u8 devfn, device_t *dev);
    void (*teardown)(struct domain *d);
    int __must_check (*map_page)(struct domain *d, dfn_t dfn, mfn_t mfn, unsigned int flags,
                                 unsigned int *flush_flags);
    int __must_check (*unmap_page)(struct domain *d, dfn_t dfn, unsigned int order,
                                   unsigned int *flush_flags);
    int __must_check (*lookup_page)(struct domain *d, dfn_t dfn, mfn_t *mfn,
                                    unsigned int *flags);
    /* NULL: the driver has no suspend and resume, and regnap says so in the trace. */
    int __must_check (*suspend)(void);
    void (*resume)(void);
    void (*crash_shutdown)(void);
    int __must_check (*iotlb_flush)(struct domain *d, dfn_t dfn, unsigned long page_count,
                                    unsigned int flush_flags);
    void (*dump_page_tables)(struct domain *d);
    int (*dt_xlate)(device_t *dev, const struct dt_phandle_args *args);
};

struct domain_iommu {
    struct arch_iommu arch;
    struct list_head dt_devices; /* nodes assigned to the domain, by their domain_list */
    const struct iommu_ops *platform_ops;
};

extern bool iommu_enabled;
#define iommu_enable iommu_enabled

#endif
