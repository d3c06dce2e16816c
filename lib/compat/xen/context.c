/* SPDX-License-Identifier: MIT */
/* Locks, the interrupt mask, and time. */
#include "runtime.h"

#include <xen/delay.h>

/* --- locks --- */

static unsigned int held;
static const char *held_file; /* where the last one was taken; NULL while none is */
static int held_line;

static bool is_free(const spinlock_t *lock)
{
    return lock->depth == 0 && lock->readers == 0;
}

static void note_taken(const char *file, int line)
{
    held++;
    held_file = file;
    held_line = line;
}

/* What is not held leaves no trace in the state. */
static void note_released(void)
{
    if (held > 0 && --held == 0) {
        held_file = NULL;
        held_line = 0;
    }
}

void nap_xen_lock(spinlock_t *lock, const char *misuse, const char *file, int line)
{
    if (!is_free(lock))
        nap_panic(misuse, file, line);
    lock->depth = 1;
    note_taken(file, line);
}

void nap_xen_lock_recursive(spinlock_t *lock, const char *misuse, const char *file, int line)
{
    if (lock->readers != 0)
        nap_panic(misuse, file, line);
    lock->depth++;
    note_taken(file, line);
}

bool nap_xen_trylock(spinlock_t *lock, const char *file, int line)
{
    if (!is_free(lock))
        return false;
    lock->depth = 1;
    note_taken(file, line);
    return true;
}

void nap_xen_unlock(spinlock_t *lock, const char *misuse, const char *file, int line)
{
    if (lock->depth == 0)
        nap_panic(misuse, file, line);
    lock->depth--;
    note_released();
}

void nap_xen_read_lock(rwlock_t *lock, const char *misuse, const char *file, int line)
{
    if (lock->depth != 0)
        nap_panic(misuse, file, line);
    lock->readers++;
    note_taken(file, line);
}

void nap_xen_read_unlock(rwlock_t *lock, const char *misuse, const char *file, int line)
{
    if (lock->readers == 0)
        nap_panic(misuse, file, line);
    lock->readers--;
    note_released();
}

/* --- interrupts --- */

static unsigned long interrupts_off;

unsigned long nap_xen_irq_save(void)
{
    unsigned long was = interrupts_off;

    interrupts_off = 1;
    return was;
}

void nap_xen_irq_restore(unsigned long flags)
{
    interrupts_off = flags;
}

bool local_irq_is_enabled(void)
{
    return interrupts_off == 0;
}

void nap_xen_check_left(void)
{
    if (held > 0)
        nap_panic("a driver call returned with a lock held that was taken here", held_file,
                  held_line);
    if (interrupts_off)
        nap_panic("a driver call returned with interrupts off", __FILE__, __LINE__);
}

/* --- time --- */

/* How long it takes to read the clock. */
#define LOOK_US 1

/* Counts from the first look on: before it nobody can tell, and what nobody can tell should not
 * make two states differ. */
static s_time_t now;

void udelay(unsigned long microseconds)
{
    nap_udelay((unsigned int)microseconds);
    if (now != 0)
        now += MICROSECS(microseconds);
}

s_time_t get_s_time(void)
{
    nap_udelay(LOOK_US);
    now += MICROSECS(LOOK_US);
    return now;
}
