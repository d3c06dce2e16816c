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
    atomic_inc(&r->refs);
    return true;
}

static inline void refcount_inc(refcount_t *r)
{
    WARN(!refcount_inc_not_zero(r), "refcount_t: taken of 0");
}

static inline bool __must_check refcount_dec_and_test(refcount_t *r)
{
    if (WARN(atomic_read(&r->refs) <= 0, "refcount_t: given back below 0"))
        return false;
    return atomic_dec_and_test(&r->refs);
}

#endif
