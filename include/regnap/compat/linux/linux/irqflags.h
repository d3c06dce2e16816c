/* SPDX-License-Identifier: MIT */
/* Interrupts come between driver calls only, so there is nothing to hold off. */
#ifndef NAP_COMPAT_LINUX_IRQFLAGS_H
#define NAP_COMPAT_LINUX_IRQFLAGS_H

#define local_irq_save(flags)    ((void)((flags) = 0))
#define local_irq_restore(flags) ((void)(flags))
#define local_irq_disable()      ((void)0)
#define local_irq_enable()       ((void)0)
#define irqs_disabled()          0

#endif
