/* SPDX-License-Identifier: MIT */
/* A Linux driver as a driver of regnap: what the driver core, the IOMMU core and system sleep
 * do around it. One file, so that the order of things can be read here. */
#include "runtime.h"

#include <regnap/driver.h>

#define NAP_HIDDEN __attribute__((visibility("hidden")))

extern const struct regnap_initcall *const __start_nap_initcalls[] __weak NAP_HIDDEN;
extern const struct regnap_initcall *const __stop_nap_initcalls[] __weak NAP_HIDDEN;

static void run_level(unsigned int level)
{
    for (const struct regnap_initcall *const *at = __start_nap_initcalls;
         at < __stop_nap_initcalls; at++) {
        int err = (*at)->level == level ? (*at)->call() : 0;
        if (err)
            pr_err("an initcall failed with %d\n", err);
    }
}

/* What a call of the driver gave; it must leave nothing behind that holds others up. */
static int returned(int result)
{
    regnap_check_left();
    return result;
}

static void run_initcalls(void)
{
    static bool done;

    if (done)
        return;
    done = true;
    for (unsigned int level = 0; level < NAP_INITCALL_LEVELS; level++)
        run_level(level);
}

/* --- devices --- */

/* A deferred device moves to the end of the list that sleep goes by, so that it stands behind
 * what it waited for. Attaching a power domain switches it on. */
static int probe(struct nap_device *unit)
{
    struct platform_device *pdev;
    struct platform_driver *driver;
    int err;

    if (!nap_device_tree()) {
        nap_log("%s: this driver reads a device tree, and the machine has none: --soc FILE.dtb",
                unit->name);
        return -ENODEV;
    }
    run_initcalls();
    if (unit->data)
        nap_list_remove(unit);
    nap_list_add_tail(unit);
    pdev = regnap_platform_device(unit);
    driver = regnap_driver_for(pdev);
    if (!driver) {
        nap_log("%s: no driver binds to it", unit->name);
        return 0;
    }
    nap_device_set_power(unit, true);
    err = returned(regnap_bind(pdev, driver));
    return err == -EPROBE_DEFER ? NAP_EPROBE_DEFER : err;
}

static void irq(struct nap_device *unit)
{
    if (unit->data)
        regnap_deliver_irqs(&regnap_platform_device(unit)->dev);
    regnap_check_left();
}

/* --- masters and domains --- */

/* A scenario adds a master each time it attaches the master's domain; a device appears once. */
static int add_master(struct nap_master *master)
{
    struct platform_device *pdev = regnap_device_at(&master->node);
    const char *why;
    int err;

    if (pdev->dev.iommu_group)
        return 0;
    master->data = pdev;
    err = returned(regnap_iommu_add(&pdev->dev, &why));
    if (err)
        nap_log("%s: no IOMMU serves it: %s (%d)", master->name, why, err);
    return err;
}

static struct device *device_of(const struct nap_master *master)
{
    return &((struct platform_device *)master->data)->dev;
}

static int domain_init(struct nap_domain *domain)
{
    domain->data = iommu_domain_alloc(&platform_bus_type);
    return returned(domain->data ? 0 : -ENOMEM);
}

static void domain_destroy(struct nap_domain *domain)
{
    iommu_domain_free(domain->data);
    regnap_check_left();
    domain->data = NULL;
}

static int attach(struct nap_domain *domain, struct nap_master *master)
{
    return returned(iommu_attach_device(domain->data, device_of(master)));
}

static int detach(struct nap_domain *domain, struct nap_master *master)
{
    iommu_detach_device(domain->data, device_of(master));
    return returned(0);
}

static int map(struct nap_domain *domain, nap_addr iova, nap_addr pa, uint64_t size_bytes,
               unsigned prot)
{
    return returned(iommu_map(domain->data, iova, pa, size_bytes,
                              (prot & NAP_PROT_READ ? IOMMU_READ : 0) |
                                  (prot & NAP_PROT_WRITE ? IOMMU_WRITE : 0)));
}

static int unmap(struct nap_domain *domain, nap_addr iova, uint64_t size_bytes)
{
    return returned(iommu_unmap(domain->data, iova, size_bytes) == size_bytes ? 0 : -EINVAL);
}

/* --- system sleep --- */

static const struct dev_pm_ops *pm_of(const struct nap_device *unit)
{
    const struct platform_device *pdev = unit->data;

    return pdev && pdev->dev.bound ? pdev->dev.driver->pm : NULL;
}

static struct device *dev_of(struct nap_device *unit)
{
    return &((struct platform_device *)unit->data)->dev;
}

#define NAP_PM_PHASE(callback)                                                                 \
    static bool has_##callback(const struct nap_device *unit)                                  \
    {                                                                                          \
        const struct dev_pm_ops *pm = pm_of(unit);                                             \
        return pm && pm->callback;                                                             \
    }                                                                                          \
    static int do_##callback(struct nap_device *unit)                                          \
    {                                                                                          \
        return returned(pm_of(unit)->callback(dev_of(unit)));                                  \
    }

NAP_PM_PHASE(prepare)
NAP_PM_PHASE(suspend)
NAP_PM_PHASE(suspend_late)
NAP_PM_PHASE(suspend_noirq)
NAP_PM_PHASE(resume_early)
NAP_PM_PHASE(resume)

static bool has_complete(const struct nap_device *unit)
{
    const struct dev_pm_ops *pm = pm_of(unit);

    return pm && pm->complete;
}

static int do_complete(struct nap_device *unit)
{
    pm_of(unit)->complete(dev_of(unit));
    return returned(0);
}

/* Power domains come back in this phase, each with the first of its devices, before the
 * driver's own callback. So every bound device takes part. */
static bool is_bound(const struct nap_device *unit)
{
    const struct platform_device *pdev = unit->data;

    return pdev && pdev->dev.bound;
}

static int do_resume_noirq(struct nap_device *unit)
{
    const struct dev_pm_ops *pm = pm_of(unit);

    nap_device_set_power(unit, true);
    return returned(pm && pm->resume_noirq ? pm->resume_noirq(dev_of(unit)) : 0);
}

#define WALK(callback, order, which, off)                                                      \
    {                                                                                          \
        .name = #callback, .kind = NAP_PHASE_WALK, .direction = (order), .filter = (which),    \
        .each = do_##callback, .irqs_off = (off)                                               \
    }

/* Devices go to sleep from the end of their list and come back from its beginning. */
static const struct nap_phase going[] = {
    WALK(prepare, NAP_FORWARD, has_prepare, false),
    WALK(suspend, NAP_BACKWARD, has_suspend, false),
    WALK(suspend_late, NAP_BACKWARD, has_suspend_late, false),
    WALK(suspend_noirq, NAP_BACKWARD, has_suspend_noirq, true),
};

static const struct nap_phase coming[] = {
    WALK(resume_noirq, NAP_FORWARD, is_bound, true),
    WALK(resume_early, NAP_FORWARD, has_resume_early, false),
    WALK(resume, NAP_FORWARD, has_resume, false),
    WALK(complete, NAP_BACKWARD, has_complete, false),
};

__attribute__((visibility("default"))) const struct nap_driver nap_driver = {
    .abi = NAP_DRIVER_ABI,
    .name = "linux",
    .maps_when_attached = true,
    .unwinds_suspend = true,
    .probe = probe,
    .add_master = add_master,
    .domain_init = domain_init,
    .domain_destroy = domain_destroy,
    .attach = attach,
    .detach = detach,
    .map = map,
    .unmap = unmap,
    .irq = irq,
    .suspend = going,
    .n_suspend = ARRAY_SIZE(going),
    .resume = coming,
    .n_resume = ARRAY_SIZE(coming),
};
