/* SPDX-License-Identifier: MIT */
/* Interrupts by their number at the interrupt controller: 32 and up for those that a device
 * tree calls SPI. Handlers are called between other driver calls, with interrupts off. */
#ifndef REGNAP_XEN_IRQ_H
#define REGNAP_XEN_IRQ_H

#include <xen/spinlock.h>
#include <xen/types.h>

struct cpu_user_regs; /* of the interrupted code; handlers get NULL */
struct dt_device_node;

#define IRQF_SHARED 1u

#define DT_IRQ_TYPE_NONE         0x00
#define DT_IRQ_TYPE_EDGE_RISING  0x01
#define DT_IRQ_TYPE_EDGE_FALLING 0x02
#define DT_IRQ_TYPE_EDGE_BOTH    0x03
#define DT_IRQ_TYPE_LEVEL_HIGH   0x04
#define DT_IRQ_TYPE_LEVEL_LOW    0x08
#define DT_IRQ_TYPE_LEVEL_MASK   0x0c
#define DT_IRQ_TYPE_SENSE_MASK   0x0f

/* Handlers have two forms: newer trees have dropped the registers. */
struct nap_xen_handler {
    void (*plain)(int irq, void *dev);
    void (*with_regs)(int irq, void *dev, struct cpu_user_regs *regs);
};

static inline struct nap_xen_handler nap_xen_handler_plain(void (*handler)(int irq, void *dev))
{
    return (struct nap_xen_handler){.plain = handler};
}

static inline struct nap_xen_handler
nap_xen_handler_with_regs(void (*handler)(int irq, void *dev, struct cpu_user_regs *regs))
{
    return (struct nap_xen_handler){.with_regs = handler};
}

int nap_xen_request_irq(unsigned int irq, unsigned int flags, struct nap_xen_handler handler,
                        const char *name, void *dev);

/* 0, -EINVAL without a handler, -EBUSY (taken, and not shared by all), -ENOMEM. */
#define request_irq(irq, flags, handler, name, dev)                                            \
    nap_xen_request_irq(                                                                       \
        irq, flags,                                                                            \
        _Generic((handler), void (*)(int, void *)                                              \
                 : nap_xen_handler_plain, void (*)(int, void *, struct cpu_user_regs *)        \
                 : nap_xen_handler_with_regs)(handler),                                        \
        name, dev)

void release_irq(unsigned int irq, const void *dev);

/* The interrupt of a node by index, or -1. */
int platform_get_irq(const struct dt_device_node *device, int index);

#endif
