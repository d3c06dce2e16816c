/* SPDX-License-Identifier: MIT */
/* Interrupt handlers. They run between driver calls while the device's line is high. */
#ifndef NAP_COMPAT_LINUX_INTERRUPT_H
#define NAP_COMPAT_LINUX_INTERRUPT_H

#include <linux/device.h>
#include <linux/irqflags.h>

typedef enum {
    IRQ_NONE = 0,
    IRQ_HANDLED = 1,
    IRQ_WAKE_THREAD = 2,
} irqreturn_t;

#define IRQ_RETVAL(x) ((x) ? IRQ_HANDLED : IRQ_NONE)

typedef irqreturn_t (*irq_handler_t)(int irq, void *data);

#define IRQF_TRIGGER_NONE    0x0
#define IRQF_TRIGGER_RISING  0x1
#define IRQF_TRIGGER_FALLING 0x2
#define IRQF_TRIGGER_HIGH    0x4
#define IRQF_TRIGGER_LOW     0x8
#define IRQF_TRIGGER_MASK    0xf
#define IRQF_SHARED          0x80
#define IRQF_ONESHOT         0x2000
#define IRQF_NO_SUSPEND      0x4000
#define IRQF_NO_THREAD       0x10000

/* -EBUSY where somebody has it and not both share it on equal terms (trigger, IRQF_ONESHOT);
 * -EINVAL without a handler, and for a shared one without @data. */
int __must_check request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags,
                             const char *name, void *data);
/* The thread function runs right after a handler that asks for it. Without a handler it takes
 * IRQF_ONESHOT, else -EINVAL. */
int __must_check request_threaded_irq(unsigned int irq, irq_handler_t handler,
                                      irq_handler_t thread, unsigned long flags,
                                      const char *name, void *data);
const void *free_irq(unsigned int irq, void *data);
int __must_check devm_request_irq(struct device *dev, unsigned int irq, irq_handler_t handler,
                                  unsigned long flags, const char *name, void *data);
int __must_check devm_request_threaded_irq(struct device *dev, unsigned int irq,
                                           irq_handler_t handler, irq_handler_t thread,
                                           unsigned long flags, const char *name, void *data);
void disable_irq(unsigned int irq);
void disable_irq_nosync(unsigned int irq);
void enable_irq(unsigned int irq);

#endif
