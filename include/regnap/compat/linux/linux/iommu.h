/* SPDX-License-Identifier: MIT */
/* IOMMU drivers and the domains that they translate for. The core keeps groups as the kernel
 * does; who attaches what is the scenario, so no default domain is made. */
#ifndef NAP_COMPAT_LINUX_IOMMU_H
#define NAP_COMPAT_LINUX_IOMMU_H

#include <linux/device.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/of.h>
#include <linux/types.h>

#define IOMMU_READ   (1 << 0)
#define IOMMU_WRITE  (1 << 1)
#define IOMMU_CACHE  (1 << 2)
#define IOMMU_NOEXEC (1 << 3)
#define IOMMU_MMIO   (1 << 4)
#define IOMMU_PRIV   (1 << 5)

#define __IOMMU_DOMAIN_PAGING  (1U << 0)
#define __IOMMU_DOMAIN_DMA_API (1U << 1)
#define __IOMMU_DOMAIN_PT      (1U << 2)
#define __IOMMU_DOMAIN_DMA_FQ  (1U << 3)

#define IOMMU_DOMAIN_BLOCKED   (0U)
#define IOMMU_DOMAIN_IDENTITY  (__IOMMU_DOMAIN_PT)
#define IOMMU_DOMAIN_UNMANAGED (__IOMMU_DOMAIN_PAGING)
#define IOMMU_DOMAIN_DMA       (__IOMMU_DOMAIN_PAGING | __IOMMU_DOMAIN_DMA_API)

#define IOMMU_FAULT_READ  0x0
#define IOMMU_FAULT_WRITE 0x1

struct iommu_domain;
struct iommu_ops;

typedef int (*iommu_fault_handler_t)(struct iommu_domain *domain, struct device *dev,
                                     unsigned long iova, int flags, void *token);

struct iommu_domain_geometry {
    dma_addr_t aperture_start, aperture_end; /* the last address that can be mapped */
    bool force_aperture;
};

struct iommu_domain {
    unsigned type;
    const struct iommu_domain_ops *ops;
    unsigned long pgsize_bitmap;
    struct iommu_domain_geometry geometry;
    iommu_fault_handler_t handler;
    void *handler_token;
};

/* What an unmap has left for the flush at its end. */
struct iommu_iotlb_gather {
    unsigned long start, end;
    size_t pgsize;
    bool queued;
};

enum iommu_cap { IOMMU_CAP_CACHE_COHERENCY, IOMMU_CAP_INTR_REMAP, IOMMU_CAP_NOEXEC };

struct iommu_domain_ops {
    int (*attach_dev)(struct iommu_domain *domain, struct device *dev);
    void (*detach_dev)(struct iommu_domain *domain, struct device *dev);
    int (*map)(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr, size_t size,
               int prot, gfp_t gfp);
    int (*map_pages)(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr,
                     size_t pgsize, size_t pgcount, int prot, gfp_t gfp, size_t *mapped);
    size_t (*unmap)(struct iommu_domain *domain, unsigned long iova, size_t size,
                    struct iommu_iotlb_gather *gather);
    size_t (*unmap_pages)(struct iommu_domain *domain, unsigned long iova, size_t pgsize,
                          size_t pgcount, struct iommu_iotlb_gather *gather);
    void (*flush_iotlb_all)(struct iommu_domain *domain);
    void (*iotlb_sync_map)(struct iommu_domain *domain, unsigned long iova, size_t size);
    void (*iotlb_sync)(struct iommu_domain *domain, struct iommu_iotlb_gather *gather);
    phys_addr_t (*iova_to_phys)(struct iommu_domain *domain, dma_addr_t iova);
    void (*free)(struct iommu_domain *domain);
};

struct iommu_ops {
    bool (*capable)(struct device *dev, enum iommu_cap cap);
    struct iommu_domain *(*domain_alloc)(unsigned type);
    struct iommu_device *(*probe_device)(struct device *dev);
    void (*release_device)(struct device *dev);
    void (*probe_finalize)(struct device *dev);
    struct iommu_group *(*device_group)(struct device *dev);
    int (*of_xlate)(struct device *dev, struct of_phandle_args *args);
    int (*def_domain_type)(struct device *dev);
    const struct iommu_domain_ops *default_domain_ops;
    unsigned long pgsize_bitmap;
    struct module *owner;
};

struct iommu_device {
    const struct iommu_ops *ops;
    struct device *hwdev;
    struct iommu_device *next;
};

struct iommu_fwspec {
    const struct iommu_ops *ops;
    struct device_node *iommu_node; /* regnap's stand-in for the firmware handle */
    unsigned int num_ids;
    u32 ids[64];
};

struct dev_iommu {
    struct iommu_fwspec *fwspec;
    struct iommu_device *iommu_dev;
    struct iommu_domain *attached; /* regnap's */
    void *priv;
};

static inline struct iommu_fwspec *dev_iommu_fwspec_get(struct device *dev)
{
    return dev->iommu ? dev->iommu->fwspec : NULL;
}

static inline void *dev_iommu_priv_get(struct device *dev)
{
    return dev->iommu ? dev->iommu->priv : NULL;
}

static inline void dev_iommu_priv_set(struct device *dev, void *priv)
{
    dev->iommu->priv = priv;
}

/* --- for IOMMU drivers --- */

int iommu_device_register(struct iommu_device *iommu, const struct iommu_ops *ops,
                          struct device *hwdev);
void iommu_device_unregister(struct iommu_device *iommu);
/* sysfs is not there: nothing to add. */
__printf(4, 5) int iommu_device_sysfs_add(struct iommu_device *iommu, struct device *parent,
                                          const void *groups, const char *format, ...);
void iommu_device_sysfs_remove(struct iommu_device *iommu);
int iommu_fwspec_init(struct device *dev, struct device_node *iommu_node,
                      const struct iommu_ops *ops);
int iommu_fwspec_add_ids(struct device *dev, const u32 *ids, int num_ids);

struct iommu_group *iommu_group_alloc(void);
struct iommu_group *iommu_group_ref_get(struct iommu_group *group);
struct iommu_group *iommu_group_get(struct device *dev);
void iommu_group_put(struct iommu_group *group);
/* A group of its own. */
struct iommu_group *generic_device_group(struct device *dev);

/* -ENOSYS where nobody wants to know. */
int report_iommu_fault(struct iommu_domain *domain, struct device *dev, unsigned long iova,
                       int flags);

/* --- for users of domains --- */

struct iommu_domain *iommu_domain_alloc(struct bus_type *bus);
void iommu_domain_free(struct iommu_domain *domain);
void iommu_set_fault_handler(struct iommu_domain *domain, iommu_fault_handler_t handler,
                             void *token);
/* The device joins the domain of its group: -EBUSY while the group is in another. */
int iommu_attach_device(struct iommu_domain *domain, struct device *dev);
void iommu_detach_device(struct iommu_domain *domain, struct device *dev);
/* In pages as large as the domain has them; what was mapped is undone where one fails. */
int iommu_map(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr, size_t size,
              int prot);
/* Bytes unmapped. */
size_t iommu_unmap(struct iommu_domain *domain, unsigned long iova, size_t size);
phys_addr_t iommu_iova_to_phys(struct iommu_domain *domain, dma_addr_t iova);

/* --- flushing after unmap --- */

static inline void iommu_iotlb_gather_init(struct iommu_iotlb_gather *gather)
{
    *gather = (struct iommu_iotlb_gather){.start = ULONG_MAX};
}

static inline bool iommu_iotlb_gather_queued(const struct iommu_iotlb_gather *gather)
{
    return gather && gather->queued;
}

static inline void iommu_iotlb_sync(struct iommu_domain *domain,
                                    struct iommu_iotlb_gather *gather)
{
    const struct iommu_domain_ops *ops = domain->ops;

    if (ops->iotlb_sync)
        ops->iotlb_sync(domain, gather);
    iommu_iotlb_gather_init(gather);
}

static inline void iommu_flush_iotlb_all(struct iommu_domain *domain)
{
    const struct iommu_domain_ops *ops = domain->ops;

    if (ops->flush_iotlb_all)
        ops->flush_iotlb_all(domain);
}

static inline void iommu_iotlb_gather_add_range(struct iommu_iotlb_gather *gather,
                                                unsigned long iova, size_t size)
{
    gather->start = min(gather->start, iova);
    gather->end = max(gather->end, iova + size - 1);
}

/* Pages of another size, or not next to what is gathered, are flushed apart. */
static inline void iommu_iotlb_gather_add_page(struct iommu_domain *domain,
                                               struct iommu_iotlb_gather *gather,
                                               unsigned long iova, size_t size)
{
    unsigned long first = min(gather->start, iova);
    unsigned long last = max(gather->end, iova + size - 1);
    /* More than the two lies from first to last: a gap. */
    bool apart = gather->end != 0 && last - first > gather->end - gather->start + size;

    if (apart || (gather->pgsize && gather->pgsize != size))
        iommu_iotlb_sync(domain, gather);
    gather->pgsize = size;
    iommu_iotlb_gather_add_range(gather, iova, size);
}

#endif
