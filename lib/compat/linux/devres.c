/* SPDX-License-Identifier: MIT */
/* What a device holds until its driver goes: actions, run in reverse order. */
#include "runtime.h"

#include <stdarg.h>

struct resource_held {
    struct list_head entry;
    void (*release)(void *data);
    void *data;
};

int devm_add_action(struct device *dev, void (*action)(void *data), void *data)
{
    struct resource_held *held = kmalloc(sizeof *held, GFP_KERNEL);

    if (!held)
        return -ENOMEM;
    held->release = action;
    held->data = data;
    list_add_tail(&held->entry, &dev->devres);
    return 0;
}

int devm_add_action_or_reset(struct device *dev, void (*action)(void *data), void *data)
{
    int err = devm_add_action(dev, action, data);

    if (err)
        action(data);
    return err;
}

static void drop(struct resource_held *held)
{
    list_del(&held->entry);
    kfree(held);
}

void regnap_devres_release_all(struct device *dev)
{
    while (!list_empty(&dev->devres)) {
        struct resource_held *held = list_last_entry(&dev->devres, struct resource_held, entry);
        void (*release)(void *) = held->release;
        void *data = held->data;
        drop(held);
        release(data);
    }
}

static void free_memory(void *p)
{
    kfree(p);
}

void *devm_kmalloc(struct device *dev, size_t size, gfp_t flags)
{
    void *p = kmalloc(size, flags);

    if (ZERO_OR_NULL_PTR(p))
        return p;
    return devm_add_action_or_reset(dev, free_memory, p) ? NULL : p;
}

void devm_kfree(struct device *dev, const void *p)
{
    struct resource_held *held;

    if (ZERO_OR_NULL_PTR(p))
        return;
    list_for_each_entry(held, &dev->devres, entry)
    {
        if (held->release != free_memory || held->data != p)
            continue;
        drop(held);
        kfree(p);
        return;
    }
    WARN(1, "devm_kfree() of what %s does not hold", dev_name(dev));
}

char *devm_kstrdup(struct device *dev, const char *text, gfp_t flags)
{
    size_t bytes = text ? strlen(text) + 1 : 0;
    char *copy = bytes ? devm_kmalloc(dev, bytes, flags) : NULL;

    if (copy)
        memcpy(copy, text, bytes);
    return copy;
}

char *devm_kasprintf(struct device *dev, gfp_t flags, const char *format, ...)
{
    va_list args, again;
    char *text;
    int n;

    va_start(args, format);
    va_copy(again, args);
    n = vsnprintf(NULL, 0, format, args);
    text = devm_kmalloc(dev, (size_t)n + 1, flags);
    if (text)
        vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}

void __iomem *devm_ioremap(struct device *dev, resource_size_t offset, resource_size_t size)
{
    (void)dev;
    return nap_fails("ioremap") ? NULL : ioremap(offset, size);
}

/* --- regions of registers, each for one device --- */

struct region {
    struct region *next;
    resource_size_t start, end;
};

static struct region *regions;

static bool is_taken(const struct resource *res)
{
    for (const struct region *r = regions; r; r = r->next)
        if (r->start <= res->end && res->start <= r->end)
            return true;
    return false;
}

static void give_region(void *data)
{
    struct region **at = &regions, *given = data;

    while (*at != given)
        at = &(*at)->next;
    *at = given->next;
    kfree(given);
}

static int take_region(struct device *dev, const struct resource *res)
{
    struct region *region;

    if (is_taken(res)) {
        dev_err(dev, "registers from 0x%llx to 0x%llx are in use already\n", res->start,
                res->end);
        return -EBUSY;
    }
    region = kmalloc(sizeof *region, GFP_KERNEL);
    if (!region)
        return -ENOMEM;
    *region = (struct region){regions, res->start, res->end};
    regions = region;
    return devm_add_action_or_reset(dev, give_region, region);
}

void __iomem *devm_ioremap_resource(struct device *dev, const struct resource *res)
{
    void __iomem *p;
    int err;

    if (!res || !(res->flags & IORESOURCE_MEM)) {
        dev_err(dev, "no registers to map\n");
        return IOMEM(ERR_PTR(-EINVAL));
    }
    err = take_region(dev, res);
    if (err)
        return IOMEM(ERR_PTR(err));
    p = devm_ioremap(dev, res->start, resource_size(res));
    return p ? p : IOMEM(ERR_PTR(-ENOMEM));
}
