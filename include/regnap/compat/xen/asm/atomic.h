/* SPDX-License-Identifier: MIT */
/* Counters and exchanges that are atomic in Xen. A driver call runs on one CPU, undisturbed. */
#ifndef REGNAP_XEN_ASM_ATOMIC_H
#define REGNAP_XEN_ASM_ATOMIC_H

#include <asm/system.h>
#include <xen/types.h>

typedef struct {
    int counter;
} atomic_t;

#define ATOMIC_INIT(i)                                                                         \
    {                                                                                          \
        (i)                                                                                    \
    }

static inline int atomic_read(const atomic_t *v)
{
    return *(const volatile int *)&v->counter;
}

static inline void atomic_set(atomic_t *v, int i)
{
    *(volatile int *)&v->counter = i;
}

/* The counter wraps, so the sum is made without sign. */
static inline int atomic_add_return(int i, atomic_t *v)
{
    v->counter = (int)((unsigned int)v->counter + (unsigned int)i);
    return v->counter;
}

static inline int atomic_sub_return(int i, atomic_t *v)
{
    v->counter = (int)((unsigned int)v->counter - (unsigned int)i);
    return v->counter;
}

#define atomic_add(i, v)          ((void)atomic_add_return((i), (v)))
#define atomic_sub(i, v)          ((void)atomic_sub_return((i), (v)))
#define atomic_inc(v)             atomic_add(1, v)
#define atomic_dec(v)             atomic_sub(1, v)
#define atomic_inc_return(v)      atomic_add_return(1, v)
#define atomic_dec_return(v)      atomic_sub_return(1, v)
#define atomic_inc_and_test(v)    (atomic_inc_return(v) == 0)
#define atomic_dec_and_test(v)    (atomic_dec_return(v) == 0)
#define atomic_sub_and_test(i, v) (atomic_sub_return((i), (v)) == 0)

static inline int atomic_cmpxchg(atomic_t *v, int old, int new)
{
    int was = v->counter;

    if (was == old)
        v->counter = new;
    return was;
}

#define cmpxchg(ptr, old, new)                                                                 \
    ({                                                                                         \
        __typeof__(ptr) cmpxchg_at_ = (ptr);                                                   \
        __typeof__(*(ptr)) cmpxchg_was_ = *cmpxchg_at_;                                        \
        if (cmpxchg_was_ == (__typeof__(*(ptr)))(old))                                         \
            *cmpxchg_at_ = (new);                                                              \
        cmpxchg_was_;                                                                          \
    })

#define xchg(ptr, new)                                                                         \
    ({                                                                                         \
        __typeof__(ptr) xchg_at_ = (ptr);                                                      \
        __typeof__(*(ptr)) xchg_was_ = *xchg_at_;                                              \
        *xchg_at_ = (new);                                                                     \
        xchg_was_;                                                                             \
    })

#define read_atomic(p)     (*(const volatile __typeof__(*(p)) *)(p))
#define write_atomic(p, x) ((void)(*(volatile __typeof__(*(p)) *)(p) = (x)))

#endif
