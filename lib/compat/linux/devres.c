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
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return devm_kstrdup(dev, text, flags);
}

void __iomem *devm_ioremap(struct device *dev, resource_size_t offset, resource_size_t size)
{
    (void)dev;
    return ioremap(offset, size);
}

void __iomem *devm_ioremap_resource(struct device *dev, const struct resource *res)
{
    if (!res || !(res->flags & IORESOURCE_MEM)) {
        dev_err(dev, "invalid resource\n");
        return IOMEM(ERR_PTR(-EINVAL));
    }
    return devm_ioremap(dev, res->start, resource_size(res));
}
