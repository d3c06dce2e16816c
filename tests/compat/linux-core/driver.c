/* SPDX-License-Identifier: MIT */
/* A driver object whose initcalls are written in another order than they run, as test_core.c
 * expects it. */
#include <linux/device.h>
#include <linux/mm.h>
#include <linux/module.h>

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
