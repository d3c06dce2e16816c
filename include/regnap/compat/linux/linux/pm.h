/* SPDX-License-Identifier: MIT */
/* Power management callbacks of a driver. */
#ifndef NAP_COMPAT_LINUX_PM_H
#define NAP_COMPAT_LINUX_PM_H

#include <linux/types.h>

struct device;

typedef struct pm_message {
    int event;
} pm_message_t;

struct dev_pm_ops {
    int (*prepare)(struct device *dev);
    void (*complete)(struct device *dev);
    int (*suspend)(struct device *dev);
    int (*resume)(struct device *dev);
    int (*freeze)(struct device *dev);
    int (*thaw)(struct device *dev);
    int (*poweroff)(struct device *dev);
    int (*restore)(struct device *dev);
    int (*suspend_late)(struct device *dev);
    int (*resume_early)(struct device *dev);
    int (*freeze_late)(struct device *dev);
    int (*thaw_early)(struct device *dev);
    int (*poweroff_late)(struct device *dev);
    int (*restore_early)(struct device *dev);
    int (*suspend_noirq)(struct device *dev);
    int (*resume_noirq)(struct device *dev);
    int (*freeze_noirq)(struct device *dev);
    int (*thaw_noirq)(struct device *dev);
    int (*poweroff_noirq)(struct device *dev);
    int (*restore_noirq)(struct device *dev);
    int (*runtime_suspend)(struct device *dev);
    int (*runtime_resume)(struct device *dev);
    int (*runtime_idle)(struct device *dev);
};

#define SYSTEM_SLEEP_PM_OPS(down, up)                                                          \
    .suspend = (down), .resume = (up), .freeze = (down), .thaw = (up), .poweroff = (down),     \
    .restore = (up),
#define LATE_SYSTEM_SLEEP_PM_OPS(down, up)                                                     \
    .suspend_late = (down), .resume_early = (up), .freeze_late = (down), .thaw_early = (up),   \
    .poweroff_late = (down), .restore_early = (up),
#define NOIRQ_SYSTEM_SLEEP_PM_OPS(down, up)                                                    \
    .suspend_noirq = (down), .resume_noirq = (up), .freeze_noirq = (down), .thaw_noirq = (up), \
    .poweroff_noirq = (down), .restore_noirq = (up),
#define RUNTIME_PM_OPS(down, up, idle)                                                         \
    .runtime_suspend = (down), .runtime_resume = (up), .runtime_idle = (idle),

#define SET_SYSTEM_SLEEP_PM_OPS(down, up)       SYSTEM_SLEEP_PM_OPS(down, up)
#define SET_LATE_SYSTEM_SLEEP_PM_OPS(down, up)  LATE_SYSTEM_SLEEP_PM_OPS(down, up)
#define SET_NOIRQ_SYSTEM_SLEEP_PM_OPS(down, up) NOIRQ_SYSTEM_SLEEP_PM_OPS(down, up)
#define SET_RUNTIME_PM_OPS(down, up, idle)      RUNTIME_PM_OPS(down, up, idle)

#define SIMPLE_DEV_PM_OPS(name, down, up)                                                      \
    const struct dev_pm_ops __maybe_unused name = {SYSTEM_SLEEP_PM_OPS(down, up)}
#define DEFINE_SIMPLE_DEV_PM_OPS(name, down, up)                                               \
    const struct dev_pm_ops name = {SYSTEM_SLEEP_PM_OPS(down, up)}

#define pm_ptr(p)       (p)
#define pm_sleep_ptr(p) (p)

#endif
