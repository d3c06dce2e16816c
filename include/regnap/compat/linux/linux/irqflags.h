/* SPDX-License-Identifier: MIT */
/* The interrupt mask of the one CPU. Interrupts come between driver calls only, so it holds off
 * nothing; what sleeps while it is set, or a call that leaves it set, is told of. */
#ifndef NAP_COMPAT_LINUX_IRQFLAGS_H
#define NAP_COMPAT_LINUX_IRQFLAGS_H

#include <linux/types.h>

unsigned long regnap_irq_save(void);
void regnap_irq_restore(unsigned long flags);
bool irqs_disabled(void);

/* @flags is an unsigned long of the caller. */
#define NAP_CHECK_FLAGS(flags)                                                                 \
    _Static_assert(__same_type(flags, unsigned long),                                          \
                   "flags of an interrupt mask are unsigned long")

#define local_irq_save(flags)                                                                  \
    do {                                                                                       \
        NAP_CHECK_FLAGS(flags);                                                                \
        (flags) = regnap_irq_save();                                                           \
    } while (0)
#define local_irq_restore(flags)                                                               \
    do {                                                                                       \
        NAP_CHECK_FLAGS(flags);                                                                \
        regnap_irq_restore(flags);                                                             \
    } while (0)
#define local_irq_disable()     ((void)regnap_irq_save())
#define local_irq_enable()      regnap_irq_restore(0)
#define local_save_flags(flags) ((void)((flags) = irqs_disabled()))

#endif
