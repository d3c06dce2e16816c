/* SPDX-License-Identifier: MIT */
/* Interrupts: which a node has, who handles them, and their delivery. */
#include "runtime.h"

/* Arm Generic Interrupt Controller binding: kind, number, flags. */
#define GIC_CELLS     3u
#define GIC_SPI       0u
#define GIC_PPI       1u
#define GIC_SPI_FIRST 32u
#define GIC_PPI_FIRST 16u

/* --- the device tree's side --- */

/* The nearest interrupt-parent upwards, the node's own included. */
static struct dt_device_node *interrupt_parent(const struct dt_device_node *node)
{
    for (; node; node = node->parent) {
        struct dt_device_node *parent = dt_parse_phandle(node, "interrupt-parent", 0);

        if (parent)
            return parent;
    }
    return NULL;
}

static int plain_specifier(const struct dt_device_node *node, unsigned int index,
                           struct dt_phandle_args *out)
{
    struct dt_device_node *parent = interrupt_parent(node);
    uint32_t length, cells;
    const char *at = dt_get_property(node, "interrupts", &length);

    if (!at || !parent || !dt_property_read_u32(parent, "#interrupt-cells", &cells))
        return -EINVAL;
    if (cells == 0 || cells > MAX_PHANDLE_ARGS || index >= length / 4 / cells)
        return -EINVAL;
    out->np = parent;
    out->args_count = (int)cells;
    for (uint32_t i = 0; i < cells; i++)
        out->args[i] = (uint32_t)nap_xen_cells(at + ((size_t)index * cells + i) * 4, 1);
    return 0;
}

static int specifier(const struct dt_device_node *node, unsigned int index,
                     struct dt_phandle_args *out)
{
    if (dt_find_property(node, "interrupts-extended", NULL))
        return dt_parse_phandle_with_args(node, "interrupts-extended", "#interrupt-cells",
                                          (int)index, out);
    return plain_specifier(node, index, out);
}

int dt_device_get_irq(const struct dt_device_node *node, unsigned int index,
                      struct dt_irq *out_irq)
{
    struct dt_phandle_args s;

    if (specifier(node, index, &s) != 0 || s.args_count < (int)GIC_CELLS || s.args[0] > GIC_PPI)
        return -EINVAL;
    out_irq->irq = s.args[1] + (s.args[0] == GIC_SPI ? GIC_SPI_FIRST : GIC_PPI_FIRST);
    out_irq->type = s.args[2] & DT_IRQ_TYPE_SENSE_MASK;
    return 0;
}

int platform_get_irq(const struct dt_device_node *device, int index)
{
    struct dt_irq irq;

    if (index < 0 || dt_device_get_irq(device, (unsigned int)index, &irq) != 0)
        return -1;
    return (int)irq.irq;
}

/* --- handlers --- */

struct action {
    struct action *next;
    unsigned int irq, flags;
    struct nap_xen_handler handler;
    const char *name;
    void *dev;
};

static struct action *actions; /* in the order of their requests */

/* An interrupt has one handler, unless all of its handlers share it. */
static bool may_have(unsigned int irq, unsigned int flags, const void *dev)
{
    for (const struct action *a = actions; a; a = a->next)
        if (a->irq == irq && (!(a->flags & flags & IRQF_SHARED) || a->dev == dev))
            return false;
    return true;
}

int nap_xen_request_irq(unsigned int irq, unsigned int flags, struct nap_xen_handler handler,
                        const char *name, void *dev)
{
    struct action **end = &actions, *a;

    if ((!handler.plain && !handler.with_regs) || ((flags & IRQF_SHARED) && !dev))
        return -EINVAL;
    if (!may_have(irq, flags, dev))
        return -EBUSY;
    a = nap_fails("request_irq") ? NULL : nap_alloc(sizeof *a);
    if (!a)
        return -ENOMEM;
    *a = (struct action){NULL, irq, flags, handler, name, dev};
    while (*end)
        end = &(*end)->next;
    *end = a;
    return 0;
}

void release_irq(unsigned int irq, const void *dev)
{
    struct action **link = &actions;

    while (*link && ((*link)->irq != irq || (*link)->dev != dev))
        link = &(*link)->next;
    if (*link) {
        struct action *gone = *link;

        *link = gone->next;
        nap_free(gone);
    }
}

static void handle(unsigned int irq)
{
    struct action *next;

    for (struct action *a = actions; a; a = next) {
        next = a->next;
        if (a->irq != irq)
            continue;
        if (a->handler.plain)
            a->handler.plain((int)irq, a->dev);
        else
            a->handler.with_regs((int)irq, a->dev, NULL);
    }
}

void nap_xen_deliver(const struct dt_device_node *node)
{
    struct dt_irq irq;
    unsigned long flags = nap_xen_irq_save();

    for (unsigned int i = 0; dt_device_get_irq(node, i, &irq) == 0; i++)
        handle(irq.irq);
    nap_xen_irq_restore(flags);
}
