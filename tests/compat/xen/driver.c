/* SPDX-License-Identifier: MIT */
/* A small IPMMU driver as one would write it for Xen: enough for a guest to sleep and wake up,
 * and a few mistakes on demand (parameter driver.mistake). Root first in resume. */
#include "checks.h"

#include <xen/delay.h>
#include <xen/err.h>
#include <xen/iommu.h>
#include <xen/irq.h>
#include <xen/lib.h>
#include <xen/list.h>
#include <xen/mm.h>
#include <xen/sched.h>
#include <xen/vmap.h>

#include <asm/device.h>
#include <asm/io.h>
#include <asm/iommu_fwspec.h>

#define CTX 1 /* one guest only */

#define IMCTR(n)    ((n)*0x40 + 0x00)
#define IMTTBCR(n)  ((n)*0x40 + 0x08)
#define IMTTLBR0(n) ((n)*0x40 + 0x10)
#define IMTTUBR0(n) ((n)*0x40 + 0x14)
#define IMSTR(n)    ((n)*0x40 + 0x20)
#define IMELAR(n)   ((n)*0x40 + 0x30)
#define IMUCTR(u)   (0x300 + (u)*16)
#define IMUASID(u)  (0x308 + (u)*16)
#define IMSCTLR     0x500
#define IMSAUXCTLR  0x504

#define IMCTR_VA64      (1u << 29)
#define IMCTR_INTEN     (1u << 2)
#define IMCTR_FLUSH     (1u << 1)
#define IMCTR_MMUEN     (1u << 0)
#define IMSCTLR_SECGRP  (1u << 28)
#define IMSAUXCTLR_S2PT (1u << 3)

struct unit {
    struct list_head list;
    struct dt_device_node *node;
    void __iomem *regs;
    DECLARE_BITMAP(ports, 48);
    bool root;
};

static LIST_HEAD(units);
static DEFINE_SPINLOCK(units_lock);
static struct domain *guest; /* on CTX */

static bool asked_for(const char *mistake)
{
    const char *asked = nap_parameter("mistake");

    return asked && strcmp(asked, mistake) == 0;
}

static uint32_t unit_read(const struct unit *u, unsigned int reg)
{
    return readl(u->regs + reg);
}

static void unit_write(const struct unit *u, unsigned int reg, uint32_t value)
{
    writel(value, u->regs + reg);
}

static struct unit *find_root(void)
{
    struct unit *u;

    list_for_each_entry(u, &units, list) if (u->root) return u;
    return NULL;
}

/* --- hardware --- */

static void unit_setup(const struct unit *u)
{
    unit_write(u, IMSCTLR, unit_read(u, IMSCTLR) & ~IMSCTLR_SECGRP);
    if (u->root)
        unit_write(u, IMSAUXCTLR, unit_read(u, IMSAUXCTLR) | IMSAUXCTLR_S2PT);
}

static void context_setup(void)
{
    const struct unit *root = find_root();
    paddr_t table = page_to_maddr(guest->arch.p2m.root);

    unit_write(root, IMTTLBR0(CTX), (uint32_t)table);
    unit_write(root, IMTTUBR0(CTX), (uint32_t)(table >> 32));
    unit_write(root, IMTTBCR(CTX), 0xc0000040u | (64 - p2m_ipa_bits));
    unit_write(root, IMSTR(CTX), 0);
}

static void flush(uint32_t enable)
{
    const struct unit *u, *root = find_root();
    int i;

    list_for_each_entry(u, &units, list)
        unit_write(u, IMCTR(CTX), IMCTR_FLUSH | (u->root ? enable : enable & 7));
    dsb(sy);
    list_for_each_entry(u, &units,
                        list) for (i = 0; i < 100 && (unit_read(u, IMCTR(CTX)) & IMCTR_FLUSH);
                                   i++) udelay(1);
    BUG_ON(!root);
}

static void port_setup(const struct unit *u, unsigned int port)
{
    unit_write(u, IMUASID(port), 0);
    unit_write(u, IMUCTR(port), CTX << 4 | IMCTR_FLUSH | IMCTR_MMUEN);
}

/* --- probe --- */

static void fault(int irq, void *data, struct cpu_user_regs *regs)
{
    const struct unit *u = data;
    uint32_t status = unit_read(u, IMSTR(CTX)), address = unit_read(u, IMELAR(CTX));

    ASSERT(!regs && !local_irq_is_enabled());
    unit_write(u, IMSTR(CTX), 0);
    printk(XENLOG_G_WARNING "%pd: interrupt %d, fault 0x%x at 0x%08x\n", guest, irq,
           status & 0xff, address);
}

static int probe_root(struct unit *u)
{
    struct dt_device_node *prr = dt_find_compatible_node(NULL, NULL, "renesas,prr");
    int irq = platform_get_irq(u->node, 0);
    void __iomem *window;
    paddr_t address;
    uint32_t product;

    if (!prr || dt_device_get_paddr(prr, 0, &address, NULL) || irq < 0)
        return -ENODEV;
    window = ioremap_nocache(address, 4);
    if (!window)
        return -ENOMEM;
    product = readl(window);
    iounmap(window);
    if ((product & 0xff) < 0x20) {
        printk(XENLOG_ERR "product 0x%08x is too old\n", product);
        return -ENODEV;
    }
    p2m_restrict_ipa_bits(40);
    return request_irq(irq, 0, fault, dt_node_full_name(u->node), u);
}

static int init(struct dt_device_node *node, const void *data);
static const struct iommu_ops ops, ops_without_sleep;

static const struct dt_device_match matches[] = {
    DT_MATCH_COMPATIBLE("renesas,ipmmu-r8a7795"),
    {},
};

static int probe(struct unit *u)
{
    uint64_t address, size;
    int error = 0;

    if (dt_device_get_address(u->node, 0, &address, &size))
        return -EINVAL;
    u->root = !dt_property_read_bool(u->node, "renesas,ipmmu-main");
    if (!u->root && !find_root())
        return -EAGAIN;
    u->regs = ioremap_nocache(address, size);
    if (!u->regs)
        return -ENOMEM;
    if (u->root)
        error = probe_root(u);
    if (!error)
        unit_setup(u);
    return error;
}

static int init(struct dt_device_node *node, const void *data)
{
    struct unit *u = xzalloc(struct unit);
    int error;

    if (!u)
        return -ENOMEM;
    u->node = node;
    error = probe(u);
    if (error) {
        xfree(u);
        return error;
    }
    spin_lock(&units_lock);
    list_add(&u->list, &units);
    spin_unlock(&units_lock);
    printk(XENLOG_INFO "%s: at 0x%" PRIpaddr "\n", dt_node_name(node),
           (paddr_t)(uintptr_t)u->regs);
    iommu_set_ops(asked_for("no-sleep") ? &ops_without_sleep : &ops);
    return 0;
}

DT_DEVICE_START(ipmmu, "test IPMMU", DEVICE_IOMMU).dt_match = matches, .init = init,
                                     DT_DEVICE_END

    /* --- masters and guests --- */

    static struct unit *unit_of(struct device *dev)
{
    return dev_iommu_fwspec_get(dev)->iommu_priv;
}

static int xlate(struct device *dev, const struct dt_phandle_args *args)
{
    struct unit *u;

    if (args->args_count != 1 || args->args[0] >= 48)
        return -EINVAL;
    list_for_each_entry(u, &units, list)
    {
        if (u->node != args->np)
            continue;
        dev_iommu_fwspec_get(dev)->iommu_priv = u;
        return iommu_fwspec_add_ids(dev, args->args, 1);
    }
    return -ENODEV;
}

static int add_device(u8 devfn, struct device *dev)
{
    if (dt_device_is_protected(dev_to_dt(dev)))
        return -EEXIST;
    dt_device_set_protected(dev_to_dt(dev));
    return 0;
}

static int domain_init(struct domain *d)
{
    dom_iommu(d)->arch.priv = d;
    return 0;
}

static void teardown(struct domain *d)
{
    dom_iommu(d)->arch.priv = NULL;
}

static void print_everything(struct domain *d)
{
    unsigned long long big = 0x123456789abcULL;

    printk(XENLOG_INFO "%d %5u|%-5d|%05d|%+d %#x %X %o %c %s %.3s %%\n", -1, 2u, 3, 4, 5, 0xabu,
           0xcdu, 8u, 'z', "word", "cut here");
    printk("%hhu %hd %lu %llx %zu %*d|%-*d|\n", (unsigned char)200, (short)-3, 7ul, big,
           sizeof(d->domain_id), 4, 1, 4, 2);
    printk("%pd %pd %pd %ps %p\n", d, dom_io, (struct domain *)NULL, (void *)print_everything,
           (void *)print_everything);
    printk(XENLOG_G_ERR "two\nlines\n");
}

static void make_mistake(struct domain *d)
{
    if (asked_for("lock-twice"))
        spin_lock(&units_lock);
    if (asked_for("unlock-free")) {
        spin_unlock(&units_lock);
        spin_unlock(&units_lock);
    }
    if (asked_for("bug"))
        BUG_ON(d->domain_id == 1);
    if (asked_for("assert"))
        ASSERT(d->domain_id != 1);
    if (asked_for("panic"))
        panic("%pd is lost\n", d);
    if (asked_for("print"))
        print_everything(d);
    if (asked_for("nothing, checks"))
        check_headers();
}

static int assign(struct domain *d, u8 devfn, struct device *dev, u32 flag)
{
    struct iommu_fwspec *fwspec = dev_iommu_fwspec_get(dev);
    unsigned long flags;
    unsigned int i;

    if (guest && guest != d)
        return -EBUSY;
    spin_lock_irqsave(&units_lock, flags);
    make_mistake(d);
    if (!guest) {
        guest = d;
        context_setup();
        flush(IMCTR_VA64 | IMCTR_INTEN | IMCTR_MMUEN);
    }
    for (i = 0; i < fwspec->num_ids; i++) {
        set_bit(fwspec->ids[i], unit_of(dev)->ports);
        port_setup(unit_of(dev), fwspec->ids[i]);
    }
    if (asked_for("lock-left"))
        return 0;
    spin_unlock_irqrestore(&units_lock, flags);
    if (asked_for("irq-off"))
        local_irq_disable();
    return 0;
}

static int reassign(struct domain *s, struct domain *t, u8 devfn, struct device *dev)
{
    struct iommu_fwspec *fwspec = dev_iommu_fwspec_get(dev);
    unsigned int i;

    if (t)
        return -EPERM;
    for (i = 0; i < fwspec->num_ids; i++) {
        clear_bit(fwspec->ids[i], unit_of(dev)->ports);
        unit_write(unit_of(dev), IMUCTR(fwspec->ids[i]), 0);
    }
    return 0;
}

static int __must_check iotlb_flush(struct domain *d, dfn_t dfn, unsigned long pages,
                                    unsigned int flags)
{
    ASSERT(flags);
    if (d == guest)
        flush(IMCTR_VA64 | IMCTR_INTEN | IMCTR_MMUEN);
    return 0;
}

/* --- sleep: everything is known to software, so nothing is saved --- */

static int __must_check suspend(void)
{
    return 0;
}

static void resume(void)
{
    const struct unit *u;
    unsigned int port;

    if (!guest)
        return;
    list_for_each_entry_reverse(u, &units, list) unit_setup(u);
    context_setup();
    flush(IMCTR_VA64 | IMCTR_INTEN | IMCTR_MMUEN);
    list_for_each_entry_reverse(u, &units, list) for_each_set_bit(port, u->ports, 48)
        port_setup(u, port);
}

#define OPERATIONS                                                                             \
    .page_sizes = PAGE_SIZE_4K, .init = domain_init, .hwdom_init = arch_iommu_hwdom_init,      \
    .teardown = teardown, .add_device = add_device, .dt_xlate = xlate,                         \
    .assign_device = assign, .reassign_device = reassign, .iotlb_flush = iotlb_flush,          \
    .map_page = arm_iommu_map_page, .unmap_page = arm_iommu_unmap_page

static const struct iommu_ops ops = {OPERATIONS, .suspend = suspend, .resume = resume};
static const struct iommu_ops ops_without_sleep = {OPERATIONS};
