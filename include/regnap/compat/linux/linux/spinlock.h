/* SPDX-License-Identifier: MIT */
/* Spinlocks on one CPU: taking one that is held never ends, so it ends the driver call, as does
 * giving back one that is not held, and a call that returns with one taken. */
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

/* Nothing may sleep between the two. @misuse is what to say of a lock that is held already, or
 * not at all. */
void regnap_spin_lock(spinlock_t *lock, const char *misuse, const char *file, int line);
void regnap_spin_unlock(spinlock_t *lock, const char *misuse, const char *file, int line);
int regnap_spin_trylock(spinlock_t *lock, const char *file, int line);

static inline void spin_lock_init(spinlock_t *lock)
{
    lock->held = false;
}

static inline int spin_is_locked(const spinlock_t *lock)
{
    return lock->held;
}

#define spin_lock(lock)                                                                        \
    regnap_spin_lock(lock, "spinlock " #lock " is taken twice", __FILE__, __LINE__)
#define spin_unlock(lock)                                                                      \
    regnap_spin_unlock(lock, "spinlock " #lock " is given back unheld", __FILE__, __LINE__)
#define spin_trylock(lock) regnap_spin_trylock(lock, __FILE__, __LINE__)

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
#define spin_lock_irq(lock)                                                                    \
    do {                                                                                       \
        local_irq_disable();                                                                   \
        spin_lock(lock);                                                                       \
    } while (0)
#define spin_unlock_irq(lock)                                                                  \
    do {                                                                                       \
        spin_unlock(lock);                                                                     \
        local_irq_enable();                                                                    \
    } while (0)
#define spin_lock_bh(lock)   spin_lock(lock)
#define spin_unlock_bh(lock) spin_unlock(lock)

#define raw_spin_lock_init(lock)                spin_lock_init(lock)
#define raw_spin_lock(lock)                     spin_lock(lock)
#define raw_spin_unlock(lock)                   spin_unlock(lock)
#define raw_spin_lock_irqsave(lock, flags)      spin_lock_irqsave(lock, flags)
#define raw_spin_unlock_irqrestore(lock, flags) spin_unlock_irqrestore(lock, flags)

#define assert_spin_locked(lock)                                                               \
    do {                                                                                       \
        if (!spin_is_locked(lock))                                                             \
            nap_panic("spinlock " #lock " should be held", __FILE__, __LINE__);                \
    } while (0)
/* Of spinlocks and mutexes, as lockdep does it: a warning. */
#define lockdep_assert_held(lock)                                                              \
    do {                                                                                       \
        if (!(lock)->held)                                                                     \
            nap_warn("lock " #lock " should be held", __FILE__, __LINE__);                     \
    } while (0)

#endif
