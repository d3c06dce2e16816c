/* SPDX-License-Identifier: MIT */
#ifndef REGNAP_XEN_ASM_IOMMU_H
#define REGNAP_XEN_ASM_IOMMU_H

#include <xen/mm-frame.h>
#include <xen/types.h>

struct domain;
struct iommu_ops;

struct arch_iommu {
    void *priv; /* the driver's */
};

const struct iommu_ops *iommu_get_ops(void);
/* The first driver to call it is the one. */
void iommu_set_ops(const struct iommu_ops *ops);

void arch_iommu_hwdom_init(struct domain *d);

/* For drivers that walk the guest's own tables: grants to a directly mapped guest. */
int __must_check arm_iommu_map_page(struct domain *d, dfn_t dfn, mfn_t mfn, unsigned int flags,
                                    unsigned int *flush_flags);
int __must_check arm_iommu_unmap_page(struct domain *d, dfn_t dfn, unsigned int order,
                                      unsigned int *flush_flags);

#endif
