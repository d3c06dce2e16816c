/* SPDX-License-Identifier: MIT */
/* Locks. A driver runs on one CPU here, so a lock that is taken twice would never be had, and
 * one that is released without being held belongs to somebody else: both end the run with the
 * line. So does a driver call that returns with a lock held or with interrupts off. */
#ifndef REGNAP_XEN_SPINLOCK_H
#define REGNAP_XEN_SPINLOCK_H

#include <xen/types.h>

typedef struct spinlock {
    unsigned int depth; /* above 1 only by spin_lock_recursive() */
    unsigned int readers;
} spinlock_t, rspinlock_t, rwlock_t;

#define SPIN_LOCK_UNLOCKED ((spinlock_t){0, 0})
#define RW_LOCK_UNLOCKED   ((rwlock_t){0, 0})

#define DEFINE_SPINLOCK(name)  spinlock_t name = {0, 0}
#define DEFINE_RSPINLOCK(name) rspinlock_t name = {0, 0}
#define DEFINE_RWLOCK(name)    rwlock_t name = {0, 0}

#define spin_lock_init(lock)  ((void)(*(lock) = SPIN_LOCK_UNLOCKED))
#define rspin_lock_init(lock) ((void)(*(lock) = SPIN_LOCK_UNLOCKED))
#define rwlock_init(lock)     ((void)(*(lock) = RW_LOCK_UNLOCKED))

void nap_xen_lock(spinlock_t *lock, const char *misuse, const char *file, int line);
void nap_xen_unlock(spinlock_t *lock, const char *misuse, const char *file, int line);
bool nap_xen_trylock(spinlock_t *lock, const char *file, int line);
void nap_xen_lock_recursive(spinlock_t *lock, const char *misuse, const char *file, int line);
void nap_xen_read_lock(rwlock_t *lock, const char *misuse, const char *file, int line);
void nap_xen_read_unlock(rwlock_t *lock, const char *misuse, const char *file, int line);

#define NAP_XEN_LOCK(call, lock)                                                               \
    call((lock), "lock taken that is taken already: " #lock, __FILE__, __LINE__)
#define NAP_XEN_UNLOCK(call, lock)                                                             \
    call((lock), "lock released that is not taken: " #lock, __FILE__, __LINE__)

#define spin_lock(lock)      NAP_XEN_LOCK(nap_xen_lock, lock)
#define spin_unlock(lock)    NAP_XEN_UNLOCK(nap_xen_unlock, lock)
#define spin_trylock(lock)   nap_xen_trylock((lock), __FILE__, __LINE__)
#define spin_is_locked(lock) ((lock)->depth != 0)

#define spin_lock_recursive(lock)   NAP_XEN_LOCK(nap_xen_lock_recursive, lock)
#define spin_unlock_recursive(lock) NAP_XEN_UNLOCK(nap_xen_unlock, lock)
#define rspin_lock(lock)            spin_lock_recursive(lock)
#define rspin_unlock(lock)          spin_unlock_recursive(lock)

#define write_lock(lock)   NAP_XEN_LOCK(nap_xen_lock, lock)
#define write_unlock(lock) NAP_XEN_UNLOCK(nap_xen_unlock, lock)
#define read_lock(lock)    NAP_XEN_LOCK(nap_xen_read_lock, lock)
#define read_unlock(lock)  NAP_XEN_UNLOCK(nap_xen_read_unlock, lock)
#define rw_is_locked(lock) ((lock)->depth != 0 || (lock)->readers != 0)

/* The interrupt mask of the CPU. Interrupts are delivered between driver calls only. */
unsigned long nap_xen_irq_save(void);
void nap_xen_irq_restore(unsigned long flags);

#define local_irq_save(flags)    ((void)((flags) = nap_xen_irq_save()))
#define local_irq_restore(flags) nap_xen_irq_restore(flags)
#define local_irq_disable()      ((void)nap_xen_irq_save())
#define local_irq_enable()       nap_xen_irq_restore(0)
bool local_irq_is_enabled(void);

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

#endif
