/* SPDX-License-Identifier: MIT */
/* A driver object whose initcalls are written in another order than they run, as test_core.c
 * expects it. */
#include <linux/device.h>
#include <linux/mm.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/string.h>

static int __init last_first(void)
{
    pr_info("init: late\n");
    return 0;
}
late_initcall(last_first);

static int __init device_one(void)
{
    pr_info("init: device, first of the file\n");
    return 0;
}
device_initcall(device_one);

static int __init device_two(void)
{
    pr_info("init: device, second\n");
    return -EINVAL;
}
device_initcall(device_two);

static int __init first_last(void)
{
    pr_info("init: early\n");
    return 0;
}
early_initcall(first_last);

/* --- devices --- */

static int tell(struct device *dev, void *data)
{
    pr_info("%s %s\n", (const char *)data, dev_name(dev));
    return 0;
}

static int stop(struct device *dev, void *data)
{
    *(const char **)data = dev_name(dev);
    return 7;
}

/* The first two wait once, so that the last one is bound first. */
static int core_probe(struct platform_device *pdev)
{
    static unsigned int calls;
    static struct device *first;
    const char *stopped = "";

    if (++calls <= 2)
        return -EPROBE_DEFER;
    if (!first)
        first = &pdev->dev;
    if (calls < 5)
        return 0;
    BUG_ON(driver_for_each_device(pdev->dev.driver, NULL, "each", tell) != 0);
    BUG_ON(driver_for_each_device(pdev->dev.driver, first, "behind the first", tell) != 0);
    BUG_ON(driver_for_each_device(pdev->dev.driver, NULL, &stopped, stop) != 7);
    BUG_ON(strcmp(stopped, dev_name(first)) != 0);
    return 0;
}

static const struct of_device_id core_of_ids[] = {
    {.compatible = "renesas,ipmmu-r8a7795"},
    {},
};

static struct platform_driver core_driver = {
    .driver = {.name = "core", .of_match_table = core_of_ids},
    .probe = core_probe,
};
builtin_platform_driver(core_driver);

/* --- memory --- */

static int __init pages_are_aligned_for_devices(void)
{
    for (unsigned int order = 0; order < 6; order++) {
        struct page *page = alloc_pages(GFP_KERNEL, order);

        BUG_ON(!page);
        BUG_ON(!IS_ALIGNED(page_to_phys(page), PAGE_SIZE << order));
        __free_pages(page, order);
    }
    return 0;
}
device_initcall(pages_are_aligned_for_devices);
