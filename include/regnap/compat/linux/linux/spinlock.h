/* SPDX-License-Identifier: MIT */
/* Spinlocks on one CPU: taking one that is held never ends, so it ends the driver call, as does
 * giving back one that is not held. */
#ifndef NAP_COMPAT_LINUX_SPINLOCK_H
#define NAP_COMPAT_LINUX_SPINLOCK_H

#include <linux/compiler.h>
#include <linux/irqflags.h>
#include <linux/processor.h>
#include <linux/types.h>

#include <regnap/os.h>

typedef struct {
    bool held;
} spinlock_t;
typedef spinlock_t raw_spinlock_t;

#define __SPIN_LOCK_UNLOCKED(name) ((spinlock_t){false})
#define DEFINE_SPINLOCK(name)      spinlock_t name = {false}
#define DEFINE_RAW_SPINLOCK(name)  raw_spinlock_t name = {false}

static inline void nap_lock_take(bool *held, const char *what, const char *file, int line)
{
    if (*held)
        nap_panic(what, file, line);
    *held = true;
}

static inline void nap_lock_give(bool *held, const char *what, const char *file, int line)
{
    if (!*held)
        nap_panic(what, file, line);
    *held = false;
}

#define spin_lock_init(lock) ((void)((lock)->held = false))
#define spin_lock(lock)                                                                        \
    nap_lock_take(&(lock)->held, "spinlock " #lock " is taken twice", __FILE__, __LINE__)
#define spin_unlock(lock)                                                                      \
    nap_lock_give(&(lock)->held, "spinlock " #lock " is given back unheld", __FILE__, __LINE__)
#define spin_trylock(lock)   ((lock)->held ? 0 : ((lock)->held = true, 1))
#define spin_is_locked(lock) ((lock)->held)

#define spin_lock_irqsave(lock, flags)                                                         \
    do {                                                                                       \
        local_irq_save(flags);                                                                 \
        spin_lock(lock);                                                                       \
    } while (0)
#define spin_unlock_irqrestore(lock, flags)                                                    \
    do {                                                                                       \
        spin_unlock(lock);                                                                     \
        local_irq_restore(flags);                                                              \
    } while (0)
#define spin_lock_irq(lock)   spin_lock(lock)
#define spin_unlock_irq(lock) spin_unlock(lock)
#define spin_lock_bh(lock)    spin_lock(lock)
#define spin_unlock_bh(lock)  spin_unlock(lock)

#define raw_spin_lock_init(lock)                spin_lock_init(lock)
#define raw_spin_lock(lock)                     spin_lock(lock)
#define raw_spin_unlock(lock)                   spin_unlock(lock)
#define raw_spin_lock_irqsave(lock, flags)      spin_lock_irqsave(lock, flags)
#define raw_spin_unlock_irqrestore(lock, flags) spin_unlock_irqrestore(lock, flags)

#define lockdep_assert_held(lock) ((void)(lock))

#endif
