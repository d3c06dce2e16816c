/* SPDX-License-Identifier: MIT */
/* Register accesses with the barriers of arm64: a read is followed by DMB OSHLD, a write comes
 * after DMB OSHST; _relaxed forms have none. An __iomem pointer is the physical address. Arm
 * DDI 0487, "Data Memory Barrier"; what each accessor promises is in the kernel's
 * Documentation/driver-api/device-io.rst. */
#ifndef NAP_COMPAT_LINUX_IO_H
#define NAP_COMPAT_LINUX_IO_H

#include <linux/err.h>
#include <linux/ioport.h>
#include <linux/types.h>

#include <asm/barrier.h>

#include <regnap/os.h>

/* The accesses are macros, so that a driver's own helper is their caller. */
#define NAP_RAW_READ(type, p)                                                                  \
    ((type)nap_seam_read((nap_addr)(unsigned long)(const volatile void *)(p), sizeof(type),    \
                         NULL, 0))
#define NAP_RAW_WRITE(type, value, p)                                                          \
    nap_seam_write((nap_addr)(unsigned long)(volatile void *)(p), sizeof(type), (type)(value), \
                   NULL, 0)
#define NAP_ORDERED_READ(type, p)                                                              \
    ({                                                                                         \
        type nap_value = NAP_RAW_READ(type, p);                                                \
        dma_rmb();                                                                             \
        nap_value;                                                                             \
    })
#define NAP_ORDERED_WRITE(type, value, p)                                                      \
    do {                                                                                       \
        type nap_value = (type)(value);                                                        \
        dma_wmb();                                                                             \
        NAP_RAW_WRITE(type, nap_value, p);                                                     \
    } while (0)

#define readb_relaxed(p)         NAP_RAW_READ(u8, p)
#define readw_relaxed(p)         NAP_RAW_READ(u16, p)
#define readl_relaxed(p)         NAP_RAW_READ(u32, p)
#define readq_relaxed(p)         NAP_RAW_READ(u64, p)
#define writeb_relaxed(value, p) NAP_RAW_WRITE(u8, value, p)
#define writew_relaxed(value, p) NAP_RAW_WRITE(u16, value, p)
#define writel_relaxed(value, p) NAP_RAW_WRITE(u32, value, p)
#define writeq_relaxed(value, p) NAP_RAW_WRITE(u64, value, p)

#define __raw_readb(p)         readb_relaxed(p)
#define __raw_readw(p)         readw_relaxed(p)
#define __raw_readl(p)         readl_relaxed(p)
#define __raw_readq(p)         readq_relaxed(p)
#define __raw_writeb(value, p) writeb_relaxed(value, p)
#define __raw_writew(value, p) writew_relaxed(value, p)
#define __raw_writel(value, p) writel_relaxed(value, p)
#define __raw_writeq(value, p) writeq_relaxed(value, p)

#define readb(p)         NAP_ORDERED_READ(u8, p)
#define readw(p)         NAP_ORDERED_READ(u16, p)
#define readl(p)         NAP_ORDERED_READ(u32, p)
#define readq(p)         NAP_ORDERED_READ(u64, p)
#define writeb(value, p) NAP_ORDERED_WRITE(u8, value, p)
#define writew(value, p) NAP_ORDERED_WRITE(u16, value, p)
#define writel(value, p) NAP_ORDERED_WRITE(u32, value, p)
#define writeq(value, p) NAP_ORDERED_WRITE(u64, value, p)

#define ioread8(p)          readb(p)
#define ioread16(p)         readw(p)
#define ioread32(p)         readl(p)
#define ioread64(p)         readq(p)
#define iowrite8(value, p)  writeb(value, p)
#define iowrite16(value, p) writew(value, p)
#define iowrite32(value, p) writel(value, p)
#define iowrite64(value, p) writeq(value, p)

struct device;

#define IOMEM(address) ((void __iomem *)(unsigned long)(address))

static inline void __iomem *ioremap(phys_addr_t address, size_t size)
{
    (void)size;
    return IOMEM(address);
}

/* nGnRnE: a write is acknowledged by the device itself. */
static inline void __iomem *ioremap_np(phys_addr_t address, size_t size)
{
    (void)size;
    nap_map_registers(address, NAP_MAPPING_NGNRNE);
    return IOMEM(address);
}

static inline void iounmap(volatile void __iomem *p)
{
    (void)p;
}

void __iomem *devm_ioremap(struct device *dev, resource_size_t offset, resource_size_t size);
/* ERR_PTR(): -EINVAL without a memory resource, -EBUSY while a device has part of it, -ENOMEM.
 */
void __iomem *devm_ioremap_resource(struct device *dev, const struct resource *res);

#endif
