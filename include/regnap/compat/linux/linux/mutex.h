/* SPDX-License-Identifier: MIT */
/* As spinlocks; a mutex that is held would put the only thread to sleep for ever. */
#ifndef NAP_COMPAT_LINUX_MUTEX_H
#define NAP_COMPAT_LINUX_MUTEX_H

#include <linux/spinlock.h>

struct mutex {
    bool held;
};

#define DEFINE_MUTEX(name) struct mutex name = {false}

#define mutex_init(lock)    ((void)((lock)->held = false))
#define mutex_destroy(lock) ((void)(lock))
#define mutex_lock(lock)                                                                       \
    nap_lock_take(&(lock)->held, "mutex " #lock " is taken twice", __FILE__, __LINE__)
#define mutex_unlock(lock)                                                                     \
    nap_lock_give(&(lock)->held, "mutex " #lock " is given back unheld", __FILE__, __LINE__)
#define mutex_trylock(lock)            ((lock)->held ? 0 : ((lock)->held = true, 1))
#define mutex_is_locked(lock)          ((lock)->held)
#define mutex_lock_interruptible(lock) (mutex_lock(lock), 0)

#endif
