/* SPDX-License-Identifier: MIT */
/* Mutexes, as spinlocks; taking one may sleep. */
#ifndef NAP_COMPAT_LINUX_MUTEX_H
#define NAP_COMPAT_LINUX_MUTEX_H

#include <linux/spinlock.h>

struct mutex {
    bool held;
};

#define DEFINE_MUTEX(name) struct mutex name = {false}

void regnap_mutex_lock(struct mutex *lock, const char *misuse, const char *file, int line);
void regnap_mutex_unlock(struct mutex *lock, const char *misuse, const char *file, int line);
int regnap_mutex_trylock(struct mutex *lock, const char *file, int line);

static inline void mutex_init(struct mutex *lock)
{
    lock->held = false;
}

static inline bool mutex_is_locked(const struct mutex *lock)
{
    return lock->held;
}

#define mutex_destroy(lock) ((void)(lock))
#define mutex_lock(lock)                                                                       \
    regnap_mutex_lock(lock, "mutex " #lock " is taken twice", __FILE__, __LINE__)
#define mutex_unlock(lock)                                                                     \
    regnap_mutex_unlock(lock, "mutex " #lock " is given back unheld", __FILE__, __LINE__)
#define mutex_trylock(lock)            regnap_mutex_trylock(lock, __FILE__, __LINE__)
#define mutex_lock_interruptible(lock) (mutex_lock(lock), 0)

#endif
