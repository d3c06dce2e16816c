/* SPDX-License-Identifier: MIT */
/* A driver object whose initcalls are written in another order than they run, as test_core.c
 * expects it. */
#include <linux/device.h>
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
