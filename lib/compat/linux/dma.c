/* SPDX-License-Identifier: MIT */
/* DMA of devices outside the CPU's coherence: the IOMMU's table walks first of all. */
#include "runtime.h"

int dma_set_mask(struct device *dev, u64 mask)
{
    if (!dev->dma_mask)
        return -EIO;
    *dev->dma_mask = mask;
    return 0;
}

int dma_set_coherent_mask(struct device *dev, u64 mask)
{
    dev->coherent_dma_mask = mask;
    return 0;
}

int dma_set_mask_and_coherent(struct device *dev, u64 mask)
{
    int err = dma_set_mask(dev, mask);

    return err ? err : dma_set_coherent_mask(dev, mask);
}

static void *memory_at(struct device *dev, dma_addr_t address, const char *what)
{
    void *p = phys_to_virt(address);

    WARN(!p, "%s: %s of 0x%llx, which is no memory of the driver", dev_name(dev), what,
         address);
    return p;
}

static bool is_direction(enum dma_data_direction direction)
{
    return direction == DMA_BIDIRECTIONAL || direction == DMA_TO_DEVICE ||
           direction == DMA_FROM_DEVICE;
}

dma_addr_t dma_map_single(struct device *dev, void *p, size_t size,
                          enum dma_data_direction direction)
{
    phys_addr_t address = virt_to_phys(p);

    BUG_ON(!is_direction(direction));
    if (WARN(!dev->dma_mask, "%s has no DMA mask", dev_name(dev)) ||
        WARN(!address, "%s: a mapping of what is no memory of the driver", dev_name(dev)))
        return DMA_MAPPING_ERROR;
    if (nap_fails("dma_map_single") || size == 0)
        return DMA_MAPPING_ERROR;
    if (address + size - 1 > *dev->dma_mask) {
        dev_err(dev, "memory at 0x%llx is beyond the DMA mask 0x%llx\n", address,
                *dev->dma_mask);
        return DMA_MAPPING_ERROR;
    }
    dma_sync_single_for_device(dev, address, size, direction);
    return address;
}

void dma_unmap_single(struct device *dev, dma_addr_t address, size_t size,
                      enum dma_data_direction direction)
{
    dma_sync_single_for_cpu(dev, address, size, direction);
}

/* What the device only writes is cleaned as well, so that no dirty line overwrites it later. */
void dma_sync_single_for_device(struct device *dev, dma_addr_t address, size_t size,
                                enum dma_data_direction direction)
{
    void *p = memory_at(dev, address, "dma_sync_single_for_device()");

    BUG_ON(!is_direction(direction));
    if (p)
        nap_cache_clean(p, size);
}

void dma_sync_single_for_cpu(struct device *dev, dma_addr_t address, size_t size,
                             enum dma_data_direction direction)
{
    void *p = memory_at(dev, address, "dma_sync_single_for_cpu()");

    BUG_ON(!is_direction(direction));
    if (p && direction != DMA_TO_DEVICE)
        nap_cache_invalidate(p, size);
}
