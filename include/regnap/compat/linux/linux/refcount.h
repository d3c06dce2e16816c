/* SPDX-License-Identifier: MIT */
/* Counters that warn where a reference is taken of nothing or given back twice. */
#ifndef NAP_COMPAT_LINUX_REFCOUNT_H
#define NAP_COMPAT_LINUX_REFCOUNT_H

#include <linux/atomic.h>
#include <linux/bug.h>

typedef struct {
    atomic_t refs;
} refcount_t;

#define REFCOUNT_INIT(n)                                                                       \
    {                                                                                          \
        ATOMIC_INIT(n)                                                                         \
    }

static inline void refcount_set(refcount_t *r, int n)
{
    atomic_set(&r->refs, n);
}

static inline unsigned int refcount_read(const refcount_t *r)
{
    return (unsigned int)atomic_read(&r->refs);
}

static inline bool __must_check refcount_inc_not_zero(refcount_t *r)
{
    if (atomic_read(&r->refs) == 0)
        return false;
    if (atomic_read(&r->refs) > 0)
        atomic_inc(&r->refs);
    return true;
}

/* After a misuse the counter stays where it never reaches 0: rather a leak than a use of what
 * is gone. */
#define REFCOUNT_SATURATED (-0x40000000)

static inline bool nap_refcount_misused(refcount_t *r, bool misused, const char *what)
{
    if (atomic_read(&r->refs) < 0)
        return true;
    if (!misused)
        return false;
    WARN(1, "refcount_t: %s", what);
    refcount_set(r, REFCOUNT_SATURATED);
    return true;
}

static inline void refcount_inc(refcount_t *r)
{
    if (!nap_refcount_misused(r, atomic_read(&r->refs) == 0, "taken of 0"))
        atomic_inc(&r->refs);
}

static inline bool __must_check refcount_dec_and_test(refcount_t *r)
{
    if (nap_refcount_misused(r, atomic_read(&r->refs) == 0, "given back below 0"))
        return false;
    return atomic_dec_and_test(&r->refs);
}

static inline void refcount_dec(refcount_t *r)
{
    if (!nap_refcount_misused(r, atomic_read(&r->refs) <= 1,
                              "given back to 0 by refcount_dec()"))
        atomic_dec(&r->refs);
}

#endif
