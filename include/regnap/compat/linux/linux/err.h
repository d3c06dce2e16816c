/* SPDX-License-Identifier: MIT */
/* Errors in pointers. */
#ifndef NAP_COMPAT_LINUX_ERR_H
#define NAP_COMPAT_LINUX_ERR_H

#include <linux/errno.h>
#include <linux/types.h>

#define MAX_ERRNO 4095

/* -1 down to -MAX_ERRNO: what is 0 up to MAX_ERRNO - 1 with all bits turned. */
#define IS_ERR_VALUE(x) unlikely(~(unsigned long)(x) < MAX_ERRNO)

static inline void *__must_check ERR_PTR(long error)
{
    return (void *)error;
}

static inline long __must_check PTR_ERR(const void *p)
{
    return (long)p;
}

static inline bool __must_check IS_ERR(const void *p)
{
    return IS_ERR_VALUE((unsigned long)p);
}

static inline bool __must_check IS_ERR_OR_NULL(const void *p)
{
    return !p || IS_ERR_VALUE((unsigned long)p);
}

static inline void *__must_check ERR_CAST(const void *p)
{
    return (void *)(unsigned long)p;
}

static inline int __must_check PTR_ERR_OR_ZERO(const void *p)
{
    return IS_ERR(p) ? (int)PTR_ERR(p) : 0;
}

#endif
