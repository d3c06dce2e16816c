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

/* --- slab.c --- */

/* @bytes is a power of two, in pages. */
unsigned long regnap_pages(gfp_t flags, size_t bytes);
void regnap_give_pages(unsigned long address, size_t bytes, const char *what);

/* --- context.c --- */

/* A call ends with all locks given back and interrupts on, or the run ends. */
void regnap_check_left(void);
void regnap_enter_handler(void);
void regnap_leave_handler(void);
/* Warns if such an allocation may sleep and nothing may. */
void regnap_may_sleep(gfp_t flags, const char *what, const char *file, int line);

/* --- devres.c --- */

void regnap_devres_release_all(struct device *dev);

/* --- of.c --- */

const void *regnap_tree(void); /* ends the call if the machine has none */
struct device_node *regnap_node(int offset);

/* --- platform.c --- */

/* The platform device of a node, and of a unit of the machine, made when first asked for. */
struct platform_device *regnap_device_at(const struct nap_soc_node *node);
struct platform_device *regnap_platform_device(struct nap_device *unit);
/* Whether a device that was made has registers there. */
bool regnap_is_register(resource_size_t address);
struct platform_driver *regnap_driver_for(struct platform_device *pdev);
int regnap_bind(struct platform_device *pdev, struct platform_driver *driver);

/* --- irq.c --- */

/* Runs the handlers of all interrupts that the device's node names. */
void regnap_deliver_irqs(struct device *dev);

/* --- iommu.c --- */

/* What the core does when a device appears: its place in the tree, its IOMMU, its group. @why:
 * a text that says what went wrong, set with an error. */
int regnap_iommu_add(struct device *dev, const char **why);

#endif
