/* SPDX-License-Identifier: MIT */
/* Interrupts: numbered as they are asked for, as the kernel numbers them. */
#include "runtime.h"

#define IRQS_MAX  64u
#define FIRST_IRQ 16u /* lower numbers are left to old hardware */

struct irq_action {
    irq_handler_t handler, thread;
    unsigned long flags;
    const char *name;
    void *data;
    struct irq_action *next;
};

struct irq {
    struct of_phandle_args from; /* controller and specifier */
    struct irq_action *actions;
    unsigned int disabled; /* depth */
};

static struct irq irqs[IRQS_MAX];
static unsigned int n_irqs;

static struct irq *irq_of(unsigned int number)
{
    return number >= FIRST_IRQ && number - FIRST_IRQ < n_irqs ? &irqs[number - FIRST_IRQ]
                                                              : NULL;
}

/* --- numbers --- */

/* The controller that a node names, or what it lies in, until that is one. */
static struct device_node *interrupt_parent(const struct device_node *np)
{
    struct device_node *parent;

    do {
        parent = of_find_property(np, "interrupt-parent", NULL)
                     ? of_parse_phandle(np, "interrupt-parent", 0)
                     : of_get_parent(np);
        np = parent;
    } while (parent && !of_find_property(parent, "#interrupt-cells", NULL));
    return parent;
}

/* Interrupt @index of a node, by either property. */
static int specifier(const struct device_node *np, unsigned int index,
                     struct of_phandle_args *out)
{
    u32 count;

    if (of_parse_phandle_with_args(np, "interrupts-extended", "#interrupt-cells", (int)index,
                                   out) == 0)
        return 0;
    out->np = interrupt_parent(np);
    if (!out->np || of_property_read_u32(out->np, "#interrupt-cells", &count) || count == 0 ||
        count > OF_MAX_PHANDLE_ARGS)
        return -ENXIO;
    out->args_count = (int)count;
    for (u32 i = 0; i < count; i++)
        if (of_property_read_u32_index(np, "interrupts", index * count + i, &out->args[i]))
            return -ENXIO;
    return 0;
}

static bool same(const struct of_phandle_args *a, const struct of_phandle_args *b)
{
    return a->np == b->np && a->args_count == b->args_count &&
           memcmp(a->args, b->args, (size_t)a->args_count * sizeof a->args[0]) == 0;
}

static int number_of(const struct device_node *np, unsigned int index)
{
    struct of_phandle_args from = {0};
    unsigned int i = 0;

    if (specifier(np, index, &from))
        return -ENXIO;
    while (i < n_irqs && !same(&irqs[i].from, &from))
        i++;
    if (i == IRQS_MAX)
        return -ENOSPC;
    if (i == n_irqs)
        irqs[n_irqs++].from = from;
    return (int)(FIRST_IRQ + i);
}

int platform_get_irq_optional(struct platform_device *pdev, unsigned int index)
{
    return number_of(pdev->dev.of_node, index);
}

int platform_get_irq(struct platform_device *pdev, unsigned int index)
{
    int irq = platform_get_irq_optional(pdev, index);

    if (irq < 0)
        dev_err(&pdev->dev, "the device tree gives it no interrupt %u\n", index);
    return irq;
}

int platform_irq_count(struct platform_device *pdev)
{
    struct of_phandle_args from;
    unsigned int n = 0;

    while (specifier(pdev->dev.of_node, n, &from) == 0)
        n++;
    return (int)n;
}

/* --- handlers --- */

static bool can_share(unsigned long old, unsigned long new)
{
    unsigned long trigger = old & IRQF_TRIGGER_MASK;

    return (old & new &IRQF_SHARED) && !((old ^ new) & IRQF_ONESHOT) &&
           trigger == (new &IRQF_TRIGGER_MASK);
}

/* A level-triggered line that only a thread makes quiet has to stay masked until then. */
static bool lacks_oneshot(irq_handler_t handler, unsigned long flags)
{
    if (handler || (flags & IRQF_ONESHOT))
        return false;
    pr_err("an interrupt with only a thread needs IRQF_ONESHOT\n");
    return true;
}

int request_threaded_irq(unsigned int number, irq_handler_t handler, irq_handler_t thread,
                         unsigned long flags, const char *name, void *data)
{
    struct irq *irq = irq_of(number);
    struct irq_action *action, **end;

    if (!irq || (!handler && !thread) || ((flags & IRQF_SHARED) && !data) ||
        lacks_oneshot(handler, flags))
        return -EINVAL;
    if (irq->actions && !can_share(irq->actions->flags, flags))
        return -EBUSY;
    action = kzalloc(sizeof *action, GFP_KERNEL);
    if (!action)
        return -ENOMEM;
    *action = (struct irq_action){handler, thread, flags, name, data, NULL};
    for (end = &irq->actions; *end; end = &(*end)->next)
        ;
    *end = action;
    return 0;
}

int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char *name,
                void *data)
{
    return handler ? request_threaded_irq(irq, handler, NULL, flags, name, data) : -EINVAL;
}

const void *free_irq(unsigned int number, void *data)
{
    struct irq *irq = irq_of(number);
    struct irq_action **at = irq ? &irq->actions : NULL, *action;
    const char *name;

    while (at && *at && (*at)->data != data)
        at = &(*at)->next;
    if (WARN(!at || !*at, "free_irq() of interrupt %u, which is free", number))
        return NULL;
    action = *at;
    name = action->name;
    *at = action->next;
    kfree(action);
    return name;
}

struct irq_held {
    unsigned int irq;
    void *data;
};

static void free_held(void *p)
{
    struct irq_held *held = p;

    free_irq(held->irq, held->data);
    kfree(held);
}

int devm_request_threaded_irq(struct device *dev, unsigned int irq, irq_handler_t handler,
                              irq_handler_t thread, unsigned long flags, const char *name,
                              void *data)
{
    struct irq_held *held = kzalloc(sizeof *held, GFP_KERNEL);
    int err;

    if (!held)
        return -ENOMEM;
    *held = (struct irq_held){irq, data};
    err = request_threaded_irq(irq, handler, thread, flags, name ? name : dev_name(dev), data);
    if (err) {
        kfree(held);
        return err;
    }
    return devm_add_action_or_reset(dev, free_held, held);
}

int devm_request_irq(struct device *dev, unsigned int irq, irq_handler_t handler,
                     unsigned long flags, const char *name, void *data)
{
    return handler ? devm_request_threaded_irq(dev, irq, handler, NULL, flags, name, data)
                   : -EINVAL;
}

void disable_irq_nosync(unsigned int number)
{
    struct irq *irq = irq_of(number);

    if (irq)
        irq->disabled++;
}

/* Handlers run between driver calls, so none is to be waited for. */
void disable_irq(unsigned int number)
{
    might_sleep();
    disable_irq_nosync(number);
}

void enable_irq(unsigned int number)
{
    struct irq *irq = irq_of(number);

    if (!irq || WARN(irq->disabled == 0, "interrupt %u is enabled too often", number))
        return;
    irq->disabled--;
}

/* --- delivery --- */

static irqreturn_t handle(unsigned int number, const struct irq_action *a)
{
    irqreturn_t result = IRQ_WAKE_THREAD;

    if (a->handler) {
        regnap_enter_handler();
        result = a->handler((int)number, a->data);
        regnap_leave_handler();
    }
    if (result != IRQ_WAKE_THREAD)
        return result;
    if (WARN(!a->thread, "interrupt %u (%s): its handler wakes a thread that it does not have",
             number, a->name))
        return IRQ_NONE;
    return a->thread((int)number, a->data);
}

static void deliver(unsigned int number, const struct irq *irq)
{
    bool handled = false;

    for (const struct irq_action *a = irq->actions; a; a = a->next)
        handled |= handle(number, a) != IRQ_NONE;
    if (!handled)
        pr_warn("interrupt %u: no handler took it\n", number);
}

/* A unit has one line, which its first interrupt stands for. */
void regnap_deliver_irqs(struct device *dev)
{
    int number = number_of(dev->of_node, 0);
    const struct irq *irq = number > 0 ? irq_of((unsigned int)number) : NULL;

    if (irq && irq->actions && !irq->disabled)
        deliver((unsigned int)number, irq);
}
