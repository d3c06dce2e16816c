/* SPDX-License-Identifier: MIT */
/* What firmware says of a bus master: its IOMMU and its identifiers there. */
#ifndef REGNAP_XEN_ASM_IOMMU_FWSPEC_H
#define REGNAP_XEN_ASM_IOMMU_FWSPEC_H

#include <asm/device.h>

struct iommu_fwspec {
    struct device *iommu_dev;
    void *iommu_priv; /* the driver's */
    unsigned int num_ids;
    uint32_t ids[];
};

/* 0, -EINVAL (another IOMMU before), -ENOMEM. */
int iommu_fwspec_init(struct device *dev, struct device *iommu_dev);
void iommu_fwspec_free(struct device *dev);
/* May move the fwspec. 0, -EINVAL (there is none), -ENOMEM. */
int iommu_fwspec_add_ids(struct device *dev, const uint32_t *ids, unsigned int num_ids);

static inline struct iommu_fwspec *dev_iommu_fwspec_get(struct device *dev)
{
    return dev->iommu_fwspec;
}

static inline void dev_iommu_fwspec_set(struct device *dev, struct iommu_fwspec *fwspec)
{
    dev->iommu_fwspec = fwspec;
}

#endif
