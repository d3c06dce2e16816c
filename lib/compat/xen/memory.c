/* SPDX-License-Identifier: MIT */
/* xmalloc() and its kin on driver RAM. */
#include "runtime.h"

#include <xen/xmalloc.h>

#define ALIGNED_AT_LEAST 16u /* by nap_alloc() */

/* What a driver finds in memory that it has not written. */
#define UNWRITTEN 0xa5

/* Nothing aligns small objects more strictly; whole pages are aligned to a page. */
static void *take(unsigned long size, unsigned long align)
{
    if (align > PAGE_SIZE) {
        printk(XENLOG_ERR "regnap: memory aligned to %lu bytes, at most %lu expected\n", align,
               PAGE_SIZE);
        return NULL;
    }
    if (align > ALIGNED_AT_LEAST)
        size = PAGE_ALIGN(size);
    return nap_alloc(size);
}

void *_xzalloc(unsigned long size, unsigned long align)
{
    return nap_fails("xzalloc") ? NULL : take(size, align);
}

void *_xmalloc(unsigned long size, unsigned long align)
{
    void *p = nap_fails("xmalloc") ? NULL : take(size, align);

    if (p)
        memset(p, UNWRITTEN, size);
    return p;
}

void *_xrealloc(void *ptr, unsigned long size, unsigned long align)
{
    size_t held = ptr ? nap_alloc_size(ptr) : 0;
    void *p;

    if (ptr && size == 0) {
        nap_free(ptr);
        return NULL;
    }
    p = nap_fails("xrealloc") ? NULL : take(size, align);
    if (!p)
        return NULL;
    memset(p, UNWRITTEN, size);
    if (ptr)
        memcpy(p, ptr, held < size ? held : size);
    nap_free(ptr);
    return p;
}

static bool fits(unsigned long size, unsigned long count)
{
    unsigned long bytes;

    return !__builtin_mul_overflow(size, count, &bytes);
}

void *_xmalloc_array(unsigned long size, unsigned long align, unsigned long count)
{
    return fits(size, count) ? _xmalloc(size * count, align) : NULL;
}

void *_xzalloc_array(unsigned long size, unsigned long align, unsigned long count)
{
    return fits(size, count) ? _xzalloc(size * count, align) : NULL;
}

void *_xmemdup(const void *src, unsigned long size, unsigned long align)
{
    void *p = _xmalloc(size, align);

    return p ? memcpy(p, src, size) : NULL;
}

void xfree(void *ptr)
{
    nap_free(ptr);
}
