/* SPDX-License-Identifier: MIT */
/* Locks, the interrupt mask, and what may sleep. */
#include "runtime.h"

/* --- locks --- */

static unsigned int spinning; /* spinlocks held */
static unsigned int held;     /* mutexes and spinlocks held */
static const char *held_file; /* where the last one was taken; NULL while none is */
static int held_line;

static void note_taken(const char *file, int line)
{
    held++;
    held_file = file;
    held_line = line;
}

/* What is not held leaves no trace in the state. */
static void note_given(void)
{
    if (held > 0 && --held == 0) {
        held_file = NULL;
        held_line = 0;
    }
}

static void take(bool *lock, const char *misuse, const char *file, int line)
{
    if (*lock)
        nap_panic(misuse, file, line);
    *lock = true;
    note_taken(file, line);
}

static void give(bool *lock, const char *misuse, const char *file, int line)
{
    if (!*lock)
        nap_panic(misuse, file, line);
    *lock = false;
    note_given();
}

void regnap_spin_lock(spinlock_t *lock, const char *misuse, const char *file, int line)
{
    take(&lock->held, misuse, file, line);
    spinning++;
}

void regnap_spin_unlock(spinlock_t *lock, const char *misuse, const char *file, int line)
{
    give(&lock->held, misuse, file, line);
    spinning--;
}

int regnap_spin_trylock(spinlock_t *lock, const char *file, int line)
{
    if (lock->held)
        return 0;
    regnap_spin_lock(lock, "", file, line);
    return 1;
}

void regnap_mutex_lock(struct mutex *lock, const char *misuse, const char *file, int line)
{
    regnap_might_sleep("mutex_lock()", file, line);
    take(&lock->held, misuse, file, line);
}

void regnap_mutex_unlock(struct mutex *lock, const char *misuse, const char *file, int line)
{
    give(&lock->held, misuse, file, line);
}

int regnap_mutex_trylock(struct mutex *lock, const char *file, int line)
{
    if (lock->held)
        return 0;
    take(&lock->held, "", file, line);
    return 1;
}

/* --- interrupts --- */

static unsigned long interrupts_off;
static unsigned int handlers; /* interrupt handlers that are running */

unsigned long regnap_irq_save(void)
{
    unsigned long was = interrupts_off;

    interrupts_off = 1;
    return was;
}

void regnap_irq_restore(unsigned long flags)
{
    interrupts_off = flags;
}

bool irqs_disabled(void)
{
    return interrupts_off || handlers;
}

void regnap_enter_handler(void)
{
    handlers++;
}

void regnap_leave_handler(void)
{
    handlers--;
}

/* --- sleeping --- */

void regnap_might_sleep(const char *what, const char *file, int line)
{
    const char *where = handlers         ? "in an interrupt handler"
                        : spinning       ? "with a spinlock held"
                        : interrupts_off ? "with interrupts off"
                                         : NULL;

    if (where)
        regnap_warn(file, line, "%s, which may sleep, %s", what, where);
}

void regnap_may_sleep(gfp_t flags, const char *what, const char *file, int line)
{
    if (gfpflags_allow_blocking(flags))
        regnap_might_sleep(what, file, line);
}

void regnap_check_left(void)
{
    if (held)
        nap_panic("a driver call returned with a lock held that was taken here", held_file,
                  held_line);
    if (interrupts_off)
        nap_panic("a driver call returned with interrupts off", NULL, 0);
}
