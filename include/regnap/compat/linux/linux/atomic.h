/* SPDX-License-Identifier: MIT */
/* Atomic variables. One CPU runs one thing at a time, so plain operations are atomic; the
 * barriers that the fully ordered forms imply are between CPUs and order nothing here. */
#ifndef NAP_COMPAT_LINUX_ATOMIC_H
#define NAP_COMPAT_LINUX_ATOMIC_H

#include <linux/compiler.h>
#include <linux/types.h>

#include <asm/barrier.h>

#define ATOMIC_INIT(n)                                                                         \
    {                                                                                          \
        (n)                                                                                    \
    }
#define ATOMIC64_INIT(n)                                                                       \
    {                                                                                          \
        (n)                                                                                    \
    }

/* --- int --- */

static inline int atomic_read(const atomic_t *v)
{
    return READ_ONCE(v->counter);
}

static inline void atomic_set(atomic_t *v, int n)
{
    WRITE_ONCE(v->counter, n);
}

static inline int atomic_add_return(int n, atomic_t *v)
{
    return v->counter += n;
}

static inline int atomic_fetch_add(int n, atomic_t *v)
{
    int was = v->counter;

    v->counter += n;
    return was;
}

static inline int atomic_xchg(atomic_t *v, int n)
{
    int was = v->counter;

    v->counter = n;
    return was;
}

static inline int atomic_cmpxchg(atomic_t *v, int old, int n)
{
    int was = v->counter;

    if (was == old)
        v->counter = n;
    return was;
}

#define atomic_add(n, v)       ((void)atomic_add_return(n, v))
#define atomic_sub(n, v)       ((void)atomic_add_return(-(n), v))
#define atomic_inc(v)          atomic_add(1, v)
#define atomic_dec(v)          atomic_sub(1, v)
#define atomic_inc_return(v)   atomic_add_return(1, v)
#define atomic_dec_return(v)   atomic_add_return(-1, v)
#define atomic_dec_and_test(v) (atomic_dec_return(v) == 0)

/* --- s64 --- */

static inline s64 atomic64_read(const atomic64_t *v)
{
    return READ_ONCE(v->counter);
}

static inline void atomic64_set(atomic64_t *v, s64 n)
{
    WRITE_ONCE(v->counter, n);
}

static inline s64 atomic64_add_return(s64 n, atomic64_t *v)
{
    return v->counter += n;
}

static inline s64 atomic64_fetch_add(s64 n, atomic64_t *v)
{
    s64 was = v->counter;

    v->counter += n;
    return was;
}

static inline s64 atomic64_xchg(atomic64_t *v, s64 n)
{
    s64 was = v->counter;

    v->counter = n;
    return was;
}

static inline s64 atomic64_cmpxchg(atomic64_t *v, s64 old, s64 n)
{
    s64 was = v->counter;

    if (was == old)
        v->counter = n;
    return was;
}

#define atomic64_inc(v) ((void)atomic64_add_return(1, v))
#define atomic64_dec(v) ((void)atomic64_add_return(-1, v))

/* --- plain variables of 1 to 8 bytes --- */

#define cmpxchg(p, old, new)                                                                   \
    ({                                                                                         \
        __typeof__(p) nap_at = (p);                                                            \
        __typeof__(*(p)) nap_old = (old), nap_new = (new), nap_was = READ_ONCE(*nap_at);       \
        if (nap_was == nap_old)                                                                \
            WRITE_ONCE(*nap_at, nap_new);                                                      \
        nap_was;                                                                               \
    })
#define cmpxchg_relaxed(p, old, new)   cmpxchg(p, old, new)
#define cmpxchg64(p, old, new)         cmpxchg(p, old, new)
#define cmpxchg64_relaxed(p, old, new) cmpxchg(p, old, new)
#define cmpxchg64_release(p, old, new) cmpxchg(p, old, new)
#define xchg(p, new)                                                                           \
    ({                                                                                         \
        __typeof__(p) nap_at = (p);                                                            \
        __typeof__(*(p)) nap_new = (new), nap_was = READ_ONCE(*nap_at);                        \
        WRITE_ONCE(*nap_at, nap_new);                                                          \
        nap_was;                                                                               \
    })

#endif
