/* SPDX-License-Identifier: MIT */
/* Devices, drivers, and what a device holds until its driver goes. */
#ifndef NAP_COMPAT_LINUX_DEVICE_H
#define NAP_COMPAT_LINUX_DEVICE_H

#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pm.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>

#include <regnap/types.h>

struct bus_type {
    const char *name;
};

struct device_driver {
    const char *name;
    struct bus_type *bus;
    struct module *owner;
    const struct of_device_id *of_match_table;
    const struct dev_pm_ops *pm;
    bool suppress_bind_attrs;
};

struct device_node;
struct dev_iommu;
struct iommu_group;
struct nap_device;

struct device {
    struct device *parent;
    const char *init_name;
    struct bus_type *bus;
    struct device_driver *driver; /* NULL: not bound */
    void *platform_data;
    void *driver_data;
    struct device_node *of_node;
    u64 *dma_mask;
    u64 coherent_dma_mask;
    struct iommu_group *iommu_group;
    struct dev_iommu *iommu;
    struct list_head devres;
    /* regnap's: */
    char name[NAP_NAME_MAX];
    bool bound;
    struct nap_device *unit; /* of the machine; NULL for a bus master */
};

static inline const char *dev_name(const struct device *dev)
{
    return dev->init_name ? dev->init_name : dev->name;
}

static inline void *dev_get_drvdata(const struct device *dev)
{
    return dev->driver_data;
}

static inline void dev_set_drvdata(struct device *dev, void *data)
{
    dev->driver_data = data;
}

static inline int dev_to_node(struct device *dev)
{
    (void)dev;
    return NUMA_NO_NODE;
}

static inline void *dev_get_platdata(const struct device *dev)
{
    return dev->platform_data;
}

/* Devices are never freed, so nothing counts references to them. */
static inline struct device *get_device(struct device *dev)
{
    return dev;
}

static inline void put_device(struct device *dev)
{
    (void)dev;
}

const char *dev_driver_string(const struct device *dev);
/* Calls @fn for every device bound to the driver, from the one behind @start (or the first) on,
 * until it returns something else than 0, which is the result. */
int driver_for_each_device(struct device_driver *driver, struct device *start, void *data,
                           int (*fn)(struct device *dev, void *data));

/* --- managed by the device: given back in reverse order when its driver's probe fails --- */

void *devm_kmalloc(struct device *dev, size_t size, gfp_t flags);
void devm_kfree(struct device *dev, const void *p);
char *devm_kstrdup(struct device *dev, const char *text, gfp_t flags);
__printf(3, 4) char *devm_kasprintf(struct device *dev, gfp_t flags, const char *format, ...);
int devm_add_action(struct device *dev, void (*action)(void *data), void *data);
int devm_add_action_or_reset(struct device *dev, void (*action)(void *data), void *data);

static inline void *devm_kzalloc(struct device *dev, size_t size, gfp_t flags)
{
    return devm_kmalloc(dev, size, flags | __GFP_ZERO);
}

static inline void *devm_kcalloc(struct device *dev, size_t n, size_t size, gfp_t flags)
{
    return devm_kzalloc(dev, array_size(n, size), flags);
}

static inline void *devm_kmalloc_array(struct device *dev, size_t n, size_t size, gfp_t flags)
{
    return devm_kmalloc(dev, array_size(n, size), flags);
}

/* --- log with driver and device in front --- */

__printf(3, 4) void _dev_printk(const char *level, const struct device *dev, const char *format,
                                ...);

#define dev_printk(level, dev, format, args...) _dev_printk(level, dev, format, ##args)
#define dev_emerg(dev, format, args...)         _dev_printk(KERN_EMERG, dev, format, ##args)
#define dev_alert(dev, format, args...)         _dev_printk(KERN_ALERT, dev, format, ##args)
#define dev_crit(dev, format, args...)          _dev_printk(KERN_CRIT, dev, format, ##args)
#define dev_err(dev, format, args...)           _dev_printk(KERN_ERR, dev, format, ##args)
#define dev_warn(dev, format, args...)          _dev_printk(KERN_WARNING, dev, format, ##args)
#define dev_notice(dev, format, args...)        _dev_printk(KERN_NOTICE, dev, format, ##args)
#define dev_info(dev, format, args...)          _dev_printk(KERN_INFO, dev, format, ##args)
#define dev_dbg(dev, format, args...)           NAP_NEVER(_dev_printk(KERN_DEBUG, dev, format, ##args))

#define dev_err_once(dev, format, args...)  NAP_ONCE(dev_err(dev, format, ##args))
#define dev_warn_once(dev, format, args...) NAP_ONCE(dev_warn(dev, format, ##args))
#define dev_info_once(dev, format, args...) NAP_ONCE(dev_info(dev, format, ##args))

#define dev_err_ratelimited(dev, format, args...)  dev_err(dev, format, ##args)
#define dev_warn_ratelimited(dev, format, args...) dev_warn(dev, format, ##args)
#define dev_info_ratelimited(dev, format, args...) dev_info(dev, format, ##args)

#define dev_WARN(dev, format, args...) WARN(1, "%s: " format, dev_name(dev), ##args)

/* Logs unless the probe is only deferred; returns @error. */
__printf(3, 4) int dev_err_probe(const struct device *dev, int error, const char *format, ...);

#endif
