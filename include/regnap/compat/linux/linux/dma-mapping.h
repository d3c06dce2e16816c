/* SPDX-License-Identifier: MIT */
/* DMA by devices that do not see the CPU's caches, at physical addresses: mapping for a device
 * cleans, mapping back invalidates. */
#ifndef NAP_COMPAT_LINUX_DMA_MAPPING_H
#define NAP_COMPAT_LINUX_DMA_MAPPING_H

#include <linux/device.h>
#include <linux/dma-direction.h>
#include <linux/mm.h>

#define DMA_BIT_MASK(n)   ((n) == 0 ? 0 : ~0ULL >> (64 - (n)))
#define DMA_MAPPING_ERROR (~(dma_addr_t)0)

int dma_set_mask(struct device *dev, u64 mask);
int dma_set_coherent_mask(struct device *dev, u64 mask);
int dma_set_mask_and_coherent(struct device *dev, u64 mask);

/* DMA_MAPPING_ERROR where @p is no driver memory or lies above the device's mask. */
dma_addr_t dma_map_single(struct device *dev, void *p, size_t size,
                          enum dma_data_direction direction);
void dma_unmap_single(struct device *dev, dma_addr_t address, size_t size,
                      enum dma_data_direction direction);
void dma_sync_single_for_device(struct device *dev, dma_addr_t address, size_t size,
                                enum dma_data_direction direction);
void dma_sync_single_for_cpu(struct device *dev, dma_addr_t address, size_t size,
                             enum dma_data_direction direction);

static inline int dma_mapping_error(struct device *dev, dma_addr_t address)
{
    (void)dev;
    return address == DMA_MAPPING_ERROR ? -ENOMEM : 0;
}

#endif
