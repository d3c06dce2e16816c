/* SPDX-License-Identifier: MIT */
/* Private to the runtime behind the compat/linux headers. It is linked into each driver object,
 * with its data, so that everything here belongs to the machine that runs the driver. It uses
 * the public os.h, libfdt, and functions of the C library that keep no state. */
#ifndef NAP_COMPAT_LINUX_RUNTIME_H
#define NAP_COMPAT_LINUX_RUNTIME_H

#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/of_platform.h>
#include <linux/string.h>

#include <regnap/os.h>

/* --- memory.c --- */

/* Memory of the runtime itself: does not fail by choice. Ends the call when driver RAM is used
 * up. */
void *regnap_alloc(size_t bytes);

/* --- devres.c --- */

void regnap_devres_release_all(struct device *dev);

/* --- of.c --- */

const void *regnap_tree(void); /* ends the call if the machine has none */
struct device_node *regnap_node(int offset);

/* --- platform.c --- */

/* The platform device of a unit of the machine, made when first asked for. */
struct platform_device *regnap_platform_device(struct nap_device *unit);
struct platform_driver *regnap_driver_for(struct platform_device *pdev);
int regnap_bind(struct platform_device *pdev, struct platform_driver *driver);
void regnap_device_init(struct device *dev, const struct nap_soc_node *node);

/* --- irq.c --- */

/* Runs the handlers of all interrupts that the device's node names. */
void regnap_deliver_irqs(struct device *dev);

/* --- iommu.c --- */

/* What the core does when a device appears: its place in the tree, its IOMMU, its group. */
int regnap_iommu_add(struct device *dev);

#endif
