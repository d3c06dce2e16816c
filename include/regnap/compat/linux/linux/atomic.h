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

#define NAP_ATOMIC(prefix, type, value)                                                        \
    static inline value prefix##_read(const type *v)                                           \
    {                                                                                          \
        return READ_ONCE(v->counter);                                                          \
    }                                                                                          \
    static inline void prefix##_set(type *v, value n)                                          \
    {                                                                                          \
        WRITE_ONCE(v->counter, n);                                                             \
    }                                                                                          \
    static inline value prefix##_add_return(value n, type *v)                                  \
    {                                                                                          \
        return v->counter += n;                                                                \
    }                                                                                          \
    static inline value prefix##_fetch_add(value n, type *v)                                   \
    {                                                                                          \
        value was = v->counter;                                                                \
        v->counter += n;                                                                       \
        return was;                                                                            \
    }                                                                                          \
    static inline value prefix##_xchg(type *v, value n)                                        \
    {                                                                                          \
        value was = v->counter;                                                                \
        v->counter = n;                                                                        \
        return was;                                                                            \
    }                                                                                          \
    static inline value prefix##_cmpxchg(type *v, value old, value n)                          \
    {                                                                                          \
        value was = v->counter;                                                                \
        if (was == old)                                                                        \
            v->counter = n;                                                                    \
        return was;                                                                            \
    }

NAP_ATOMIC(atomic, atomic_t, int)
NAP_ATOMIC(atomic64, atomic64_t, s64)

#define atomic_add(n, v)       ((void)atomic_add_return(n, v))
#define atomic_sub(n, v)       ((void)atomic_add_return(-(n), v))
#define atomic_inc(v)          atomic_add(1, v)
#define atomic_dec(v)          atomic_sub(1, v)
#define atomic_inc_return(v)   atomic_add_return(1, v)
#define atomic_dec_return(v)   atomic_add_return(-1, v)
#define atomic_dec_and_test(v) (atomic_dec_return(v) == 0)
#define atomic64_inc(v)        ((void)atomic64_add_return(1, v))
#define atomic64_dec(v)        ((void)atomic64_add_return(-1, v))

/* On plain variables of 1 to 8 bytes. */
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
