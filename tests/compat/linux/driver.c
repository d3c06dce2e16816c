/* SPDX-License-Identifier: MIT */
/* A small IPMMU driver as one would write it for Linux: enough for devices behind it to go to
 * sleep and come back, and a few mistakes on demand (parameter driver.mistake). */
#include "checks.h"

#include <linux/bitmap.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/iopoll.h>
#include <linux/module.h>
#include <linux/of_device.h>
#include <linux/of_platform.h>
#include <linux/sizes.h>

#define IMCTR(n)    ((n)*0x40 + 0x00)
#define IMTTBCR(n)  ((n)*0x40 + 0x08)
#define IMTTLBR0(n) ((n)*0x40 + 0x10)
#define IMTTUBR0(n) ((n)*0x40 + 0x14)
#define IMSTR(n)    ((n)*0x40 + 0x20)
#define IMMAIR0(n)  ((n)*0x40 + 0x28)
#define IMELAR(n)   ((n)*0x40 + 0x30)
#define IMUCTR(u)   (0x300 + (u)*16)
#define IMUASID(u)  (0x308 + (u)*16)
#define IMSCTLR     0x500

#define IMCTR_INTEN    BIT(2)
#define IMCTR_FLUSH    BIT(1)
#define IMCTR_MMUEN    BIT(0)
#define IMSCTLR_SECGRP BIT(28)

#define PORTS    48
#define CONTEXTS 2

#define PTE_VALID     BIT(0)
#define PTE_TABLE     BIT(1) /* at the last level: page */
#define PTE_NS        BIT(5)
#define PTE_READ_ONLY BIT(7)
#define PTE_AF        BIT(10)
#define PTE_NSTABLE   BIT_ULL(63)
#define PTE_ADDRESS   GENMASK_ULL(39, 12)

struct unit {
    struct device *dev;
    void __iomem *regs;
    struct iommu_device iommu;
    struct iommu_group *group;
    struct unit *root;
    const char *kind;
    DECLARE_BITMAP(ports, PORTS);
    u8 context_of[PORTS];
};

/* The translation of one domain, in one context of the root. */
struct space {
    struct iommu_domain domain;
    struct unit *unit; /* NULL: nothing was attached yet */
    unsigned int context;
    spinlock_t lock;
    u64 *top;
    dma_addr_t top_dma;
};

static struct space *spaces[CONTEXTS];
static DEFINE_MUTEX(spaces_lock);
static struct unit *main_unit;

static struct space *to_space(struct iommu_domain *domain)
{
    return container_of(domain, struct space, domain);
}

/* --- hardware --- */

static u32 unit_read(struct unit *u, unsigned int reg)
{
    return ioread32(u->regs + reg);
}

static void unit_write(struct unit *u, unsigned int reg, u32 value)
{
    iowrite32(value, u->regs + reg);
}

static void unit_setup(struct unit *u)
{
    unit_write(u, IMSCTLR, unit_read(u, IMSCTLR) & ~(u32)IMSCTLR_SECGRP);
}

static void flush(struct space *s)
{
    struct unit *root = s->unit->root;
    u32 value;

    unit_write(s->unit, IMCTR(s->context), IMCTR_INTEN | IMCTR_FLUSH | IMCTR_MMUEN);
    unit_write(root, IMCTR(s->context), IMCTR_INTEN | IMCTR_FLUSH | IMCTR_MMUEN);
    if (readl_poll_timeout_atomic(root->regs + IMCTR(s->context), value, !(value & IMCTR_FLUSH),
                                  1, 100))
        dev_err_ratelimited(s->unit->dev, "a flush does not end\n");
}

static void context_setup(struct space *s)
{
    struct unit *root = s->unit->root;

    unit_write(root, IMTTLBR0(s->context), lower_32_bits(s->top_dma));
    unit_write(root, IMTTUBR0(s->context), upper_32_bits(s->top_dma));
    unit_write(root, IMTTBCR(s->context), 0x80000080);
    unit_write(root, IMMAIR0(s->context), 0xf404ff44);
    unit_write(root, IMSTR(s->context), unit_read(root, IMSTR(s->context)));
    flush(s);
}

static void port_setup(struct unit *u, unsigned int port)
{
    unit_write(u, IMUASID(port), 0);
    unit_write(u, IMUCTR(port), (u32)u->context_of[port] << 4 | IMCTR_FLUSH | IMCTR_MMUEN);
}

static irqreturn_t fault(int irq, void *data)
{
    struct unit *root = data;
    unsigned int i;
    u32 status, address;

    for (i = 0; i < CONTEXTS; i++) {
        status = unit_read(root, IMSTR(i));
        if (!spaces[i] || !(status & 0xff))
            continue;
        address = unit_read(root, IMELAR(i));
        unit_write(root, IMSTR(i), 0);
        if (report_iommu_fault(&spaces[i]->domain, root->dev, address, 0) == -ENOSYS)
            dev_err(root->dev, "irq %d: fault 0x%x at 0x%08x\n", irq, status & 0xff, address);
        return IRQ_HANDLED;
    }
    return IRQ_NONE;
}

static irqreturn_t wake(int irq, void *data)
{
    struct unit *root = data;

    dev_info(root->dev, "irq %d: for the thread\n", irq);
    if (mistaken("sleep-in-handler"))
        msleep(1);
    return IRQ_WAKE_THREAD;
}

/* --- tables: levels 1 to 3 of long descriptors --- */

static unsigned int shift_of(unsigned int level)
{
    return 12 + (3 - level) * 9;
}

static u64 *table_alloc(struct space *s, gfp_t gfp, dma_addr_t *dma)
{
    u64 *table = (u64 *)get_zeroed_page(gfp);

    if (!table)
        return NULL;
    *dma = dma_map_single(s->unit->dev, table, SZ_4K, DMA_TO_DEVICE);
    if (!dma_mapping_error(s->unit->dev, *dma))
        return table;
    free_page((unsigned long)table);
    return NULL;
}

static void entry_set(struct space *s, u64 *entry, u64 value)
{
    WRITE_ONCE(*entry, value);
    if (!mistaken("no-sync"))
        dma_sync_single_for_device(s->unit->dev, virt_to_phys(entry), sizeof *entry,
                                   DMA_TO_DEVICE);
}

/* The entry for @iova at the level of that page size; NULL where there is no table. */
static u64 *find_entry(struct space *s, unsigned long iova, size_t size, gfp_t gfp)
{
    u64 *table = s->top, *entry, *next;
    unsigned int level;
    dma_addr_t dma;

    for (level = 1;; level++) {
        entry = &table[(iova >> shift_of(level)) & 511];
        if (BIT(shift_of(level)) == size)
            return entry;
        if (!(*entry & PTE_VALID)) {
            next = gfp ? table_alloc(s, gfp, &dma) : NULL;
            if (!next)
                return NULL;
            entry_set(s, entry, dma | PTE_NSTABLE | PTE_TABLE | PTE_VALID);
        }
        table = phys_to_virt(*entry & PTE_ADDRESS);
    }
}

static int map_one(struct space *s, unsigned long iova, phys_addr_t paddr, size_t size,
                   int prot, gfp_t gfp)
{
    u64 *entry = find_entry(s, iova, size, gfp);
    u64 bits = PTE_AF | PTE_NS | 1 << 2 | PTE_VALID;

    if (!entry)
        return -ENOMEM;
    if (*entry & PTE_VALID)
        return -EEXIST;
    if (size == SZ_4K)
        bits |= PTE_TABLE;
    if (!(prot & IOMMU_WRITE))
        bits |= PTE_READ_ONLY;
    entry_set(s, entry, paddr | bits);
    return 0;
}

static int space_map(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr,
                     size_t size, int prot, gfp_t gfp)
{
    struct space *s = to_space(domain);

    return s->unit ? map_one(s, iova, paddr, size, prot, gfp) : -ENODEV;
}

static int space_map_pages(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr,
                           size_t pgsize, size_t pgcount, int prot, gfp_t gfp, size_t *mapped)
{
    int err = 0;

    for (; pgcount && !err; pgcount--) {
        err = space_map(domain, iova + *mapped, paddr + *mapped, pgsize, prot, gfp);
        *mapped += err ? 0 : pgsize;
    }
    return err;
}

static size_t space_unmap(struct iommu_domain *domain, unsigned long iova, size_t size,
                          struct iommu_iotlb_gather *gather)
{
    struct space *s = to_space(domain);
    u64 *entry = find_entry(s, iova, size, 0);

    if (!entry || !(*entry & PTE_VALID))
        return 0;
    entry_set(s, entry, 0);
    iommu_iotlb_gather_add_page(domain, gather, iova, size);
    return size;
}

static void space_flush(struct iommu_domain *domain)
{
    if (to_space(domain)->unit)
        flush(to_space(domain));
}

static void space_sync(struct iommu_domain *domain, struct iommu_iotlb_gather *gather)
{
    (void)gather;
    space_flush(domain);
}

/* --- domains --- */

static struct iommu_domain *space_alloc(unsigned int type)
{
    struct space *s;

    if (type != IOMMU_DOMAIN_UNMANAGED)
        return NULL;
    s = kzalloc(sizeof(*s), GFP_KERNEL);
    if (!s)
        return NULL;
    spin_lock_init(&s->lock);
    return &s->domain;
}

static int space_start(struct space *s, struct unit *u)
{
    unsigned int i = 0;

    while (i < CONTEXTS && spaces[i])
        i++;
    if (i == CONTEXTS)
        return -EBUSY;
    s->unit = u;
    s->context = i;
    s->top = table_alloc(s, GFP_KERNEL, &s->top_dma);
    if (!s->top) {
        s->unit = NULL;
        return -ENOMEM;
    }
    spaces[i] = s;
    context_setup(s);
    return 0;
}

static void misuse_locks(struct space *s)
{
    if (mistaken("lock-twice"))
        spin_lock(&s->lock);
    if (mistaken("unlock-free")) {
        spin_unlock(&s->lock);
        spin_unlock(&s->lock);
    }
    if (mistaken("sleep-locked"))
        kfree(kmalloc(8, GFP_KERNEL));
    if (mistaken("wait-locked"))
        usleep_range(10, 20);
    if (mistaken("bug"))
        BUG_ON(s->unit);
    if (mistaken("warn"))
        WARN_ON(s->context == 0);
}

static int space_attach(struct iommu_domain *domain, struct device *dev)
{
    struct space *s = to_space(domain);
    struct unit *u = dev_iommu_priv_get(dev);
    struct iommu_fwspec *fwspec = dev_iommu_fwspec_get(dev);
    unsigned long flags;
    unsigned int i;
    int err = 0;

    if (!u)
        return -ENXIO;
    mutex_lock(&spaces_lock);
    if (!s->unit)
        err = space_start(s, u);
    else if (s->unit != u)
        err = -EINVAL;
    else if (mistaken("join"))
        err = -EIO;
    if (mistaken("mutex-twice"))
        mutex_lock(&spaces_lock);
    if (!mistaken("mutex-left"))
        mutex_unlock(&spaces_lock);
    if (err)
        return err;
    spin_lock_irqsave(&s->lock, flags);
    misuse_locks(s);
    for (i = 0; i < fwspec->num_ids; i++) {
        set_bit(fwspec->ids[i], u->ports);
        u->context_of[fwspec->ids[i]] = (u8)s->context;
        port_setup(u, fwspec->ids[i]);
    }
    if (mistaken("lock-left"))
        return 0;
    spin_unlock_irqrestore(&s->lock, flags);
    if (mistaken("irq-off"))
        local_irq_save(flags);
    dev_info(dev, "in context %u of %s, first id %u of %u\n", s->context, dev_name(u->dev),
             fwspec->ids[0], fwspec->num_ids);
    return 0;
}

static void space_detach(struct iommu_domain *domain, struct device *dev)
{
    struct unit *u = dev_iommu_priv_get(dev);
    struct iommu_fwspec *fwspec = dev_iommu_fwspec_get(dev);
    unsigned int i;

    (void)domain;
    for (i = 0; i < fwspec->num_ids; i++) {
        clear_bit(fwspec->ids[i], u->ports);
        unit_write(u, IMUCTR(fwspec->ids[i]), 0);
    }
}

static void space_free(struct iommu_domain *domain)
{
    kfree(to_space(domain));
}

/* --- devices behind it --- */

static int unit_xlate(struct device *dev, struct of_phandle_args *spec)
{
    struct platform_device *pdev = of_find_device_by_node(spec->np);

    if (!pdev)
        return -ENODEV;
    if (spec->args_count != 1 || spec->args[0] >= PORTS)
        return -EINVAL;
    dev_iommu_priv_set(dev, platform_get_drvdata(pdev));
    return iommu_fwspec_add_ids(dev, spec->args, 1);
}

static struct iommu_device *unit_probe_device(struct device *dev)
{
    struct unit *u = dev_iommu_priv_get(dev);

    if (mistaken("refuse"))
        return ERR_PTR(-ENODEV);
    return &u->iommu;
}

static void unit_release_device(struct device *dev)
{
    dev_info(dev, "released\n");
}

static struct iommu_group *unit_group(struct device *dev)
{
    struct unit *u = dev_iommu_priv_get(dev);
    struct iommu_group *group;

    if (u->group)
        return iommu_group_ref_get(u->group);
    group = iommu_group_alloc();
    if (!IS_ERR(group))
        u->group = group;
    return group;
}

#define SPACE_OPERATIONS                                                                       \
    .attach_dev = space_attach, .detach_dev = space_detach, .unmap = space_unmap,              \
    .flush_iotlb_all = space_flush, .iotlb_sync = space_sync, .free = space_free
#define UNIT_OPERATIONS                                                                        \
    .domain_alloc = space_alloc, .probe_device = unit_probe_device,                            \
    .release_device = unit_release_device, .device_group = unit_group, .of_xlate = unit_xlate, \
    .pgsize_bitmap = SZ_1G | SZ_2M | SZ_4K

static const struct iommu_domain_ops space_ops = {SPACE_OPERATIONS,
                                                  .map_pages = space_map_pages};
static const struct iommu_domain_ops space_ops_single = {SPACE_OPERATIONS, .map = space_map};
static const struct iommu_ops unit_ops = {UNIT_OPERATIONS, .default_domain_ops = &space_ops};
static const struct iommu_ops unit_ops_single = {UNIT_OPERATIONS,
                                                 .default_domain_ops = &space_ops_single};

/* --- probe --- */

static void say(void *data)
{
    pr_info("given back: %s\n", (const char *)data);
}

static int probe_root(struct platform_device *pdev, struct unit *u)
{
    int irq = platform_get_irq(pdev, 0);
    unsigned int i;
    int err;

    if (irq < 0)
        return irq;
    if (mistaken("threaded") || mistaken("sleep-in-handler"))
        err = devm_request_threaded_irq(&pdev->dev, (unsigned int)irq, wake, fault,
                                        IRQF_ONESHOT, NULL, u);
    else if (mistaken("no-thread"))
        err = devm_request_irq(&pdev->dev, (unsigned int)irq, wake, 0, NULL, u);
    else
        err = devm_request_irq(&pdev->dev, (unsigned int)irq, fault, 0, NULL, u);
    if (err)
        return err;
    if (mistaken("irq-disabled"))
        disable_irq((unsigned int)irq);
    for (i = 0; i < CONTEXTS; i++)
        unit_write(u, IMCTR(i), 0);
    main_unit = u;
    return 0;
}

static int probe_unit(struct platform_device *pdev, struct unit *u)
{
    int err;

    err = devm_add_action_or_reset(&pdev->dev, say, "first");
    if (!err)
        err = devm_add_action_or_reset(&pdev->dev, say, "second");
    if (err)
        return err;
    u->regs = devm_platform_ioremap_resource(pdev, 0);
    if (IS_ERR(u->regs))
        return (int)PTR_ERR(u->regs);
    if (of_property_read_bool(pdev->dev.of_node, "test,main")) {
        if (!main_unit)
            return -EPROBE_DEFER;
        u->root = main_unit;
        return mistaken("probe") ? -EIO : 0;
    }
    u->root = u;
    return probe_root(pdev, u);
}

static int unit_probe(struct platform_device *pdev)
{
    struct unit *u = devm_kzalloc(&pdev->dev, sizeof(*u), GFP_KERNEL);
    const struct iommu_ops *ops = mistaken("map-single") ? &unit_ops_single : &unit_ops;
    int err;

    if (!u)
        return -ENOMEM;
    u->dev = &pdev->dev;
    u->kind = of_device_get_match_data(&pdev->dev);
    dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(mistaken("narrow") ? 24 : 40));
    err = probe_unit(pdev, u);
    if (err)
        return err;
    unit_setup(u);
    if (u->root != u &&
        !(mistaken("unregistered") && strcmp(dev_name(&pdev->dev), "e6570000.iommu") == 0)) {
        err = iommu_device_register(&u->iommu, ops, &pdev->dev);
        if (err)
            return err;
    }
    platform_set_drvdata(pdev, u);
    dev_info(&pdev->dev, "a %s of kind %s\n", u->root == u ? "root" : "cache", u->kind);
    run_checks(pdev);
    return 0;
}

/* --- sleep: everything is known to software, so nothing is saved --- */

static int unit_suspend(struct device *dev)
{
    dev_info(dev, "suspend\n");
    return mistaken("suspend") ? -EBUSY : 0;
}

static int unit_suspend_noirq(struct device *dev)
{
    dev_info(dev, "suspend_noirq\n");
    return 0;
}

static int unit_resume_noirq(struct device *dev)
{
    struct unit *u = dev_get_drvdata(dev);
    unsigned long flags;
    unsigned int i;

    dev_info(dev, "resume_noirq\n");
    unit_setup(u);
    for (i = 0; i < CONTEXTS; i++) {
        if (u->root == u)
            unit_write(u, IMCTR(i), 0);
        if (!spaces[i] || spaces[i]->unit != u)
            continue;
        spin_lock_irqsave(&spaces[i]->lock, flags);
        context_setup(spaces[i]);
        spin_unlock_irqrestore(&spaces[i]->lock, flags);
    }
    for_each_set_bit(i, u->ports, PORTS) port_setup(u, i);
    return 0;
}

static int unit_resume(struct device *dev)
{
    dev_info(dev, "resume\n");
    return 0;
}

static const struct dev_pm_ops unit_pm = {
    SYSTEM_SLEEP_PM_OPS(unit_suspend, unit_resume)
        NOIRQ_SYSTEM_SLEEP_PM_OPS(unit_suspend_noirq, unit_resume_noirq)};

/* The device's first compatible string is the second here. */
static const struct of_device_id unit_matches[] = {
    {.compatible = "test,ipmmu", .data = "any"},
    {.compatible = "test,ipmmu-h3", .data = "h3"},
    {},
};

static struct platform_driver unit_driver = {
    .probe = unit_probe,
    .driver = {.name = "test-ipmmu",
               .of_match_table = unit_matches,
               .pm = pm_sleep_ptr(&unit_pm)},
};
builtin_platform_driver(unit_driver);
