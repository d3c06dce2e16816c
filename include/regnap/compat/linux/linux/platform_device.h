/* SPDX-License-Identifier: MIT */
/* Devices with registers and interrupts from the device tree. */
#ifndef NAP_COMPAT_LINUX_PLATFORM_DEVICE_H
#define NAP_COMPAT_LINUX_PLATFORM_DEVICE_H

#include <linux/device.h>
#include <linux/init.h>
#include <linux/ioport.h>

extern struct bus_type platform_bus_type;

struct platform_device {
    const char *name;
    int id;
    struct device dev;
    u32 num_resources;
    struct resource *resource;
    /* regnap's: */
    u64 dma_mask;
    struct platform_device *next;       /* of all */
    struct platform_device *next_bound; /* of those that have a driver, oldest first */
};

struct platform_driver {
    int (*probe)(struct platform_device *pdev);
    int (*remove)(struct platform_device *pdev);
    void (*shutdown)(struct platform_device *pdev);
    struct device_driver driver;
    struct platform_driver *next; /* regnap's */
};

#define to_platform_device(d)   container_of((d), struct platform_device, dev)
#define to_platform_driver(drv) container_of((drv), struct platform_driver, driver)

static inline void *platform_get_drvdata(const struct platform_device *pdev)
{
    return dev_get_drvdata(&pdev->dev);
}

static inline void platform_set_drvdata(struct platform_device *pdev, void *data)
{
    dev_set_drvdata(&pdev->dev, data);
}

int platform_driver_register(struct platform_driver *driver);
void platform_driver_unregister(struct platform_driver *driver);

#define builtin_platform_driver(name)                                                          \
    static int __init __PASTE(name, _init)(void)                                               \
    {                                                                                          \
        return platform_driver_register(&(name));                                              \
    }                                                                                          \
    device_initcall(__PASTE(name, _init))
#define module_platform_driver(name) builtin_platform_driver(name)

struct resource *platform_get_resource(struct platform_device *pdev, unsigned int type,
                                       unsigned int index);
void __iomem *devm_platform_ioremap_resource(struct platform_device *pdev, unsigned int index);
/* Linux's number of the interrupt, above 0; -ENXIO where the tree names none. */
int platform_get_irq(struct platform_device *pdev, unsigned int index);
int platform_get_irq_optional(struct platform_device *pdev, unsigned int index);
int platform_irq_count(struct platform_device *pdev);

#endif
