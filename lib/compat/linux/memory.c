/* SPDX-License-Identifier: MIT */
/* Memory of drivers beyond kmalloc() itself; all of it may fail where that is a choice. */
#include "runtime.h"

#include <stdarg.h>

void *regnap_alloc(size_t bytes)
{
    void *p = nap_alloc(bytes);

    if (!p)
        nap_panic("driver RAM is used up", NULL, 0);
    return p;
}

/* --- on top of kmalloc() --- */

void kfree_sensitive(const void *p)
{
    kfree(p); /* freed memory is overwritten anyway */
}

void *regnap_krealloc(const void *p, size_t size, gfp_t flags, const char *file, int line)
{
    size_t had = ksize(p);
    void *more;

    if (size == 0) {
        kfree(p);
        return ZERO_SIZE_PTR;
    }
    if (had >= size)
        return (void *)(unsigned long)p;
    more = regnap_kmalloc(size, flags, file, line);
    if (more && had)
        memcpy(more, p, had);
    if (more)
        kfree(p);
    return more;
}

void *kmemdup(const void *src, size_t size, gfp_t flags)
{
    void *copy = kmalloc(size, flags);

    if (!ZERO_OR_NULL_PTR(copy))
        memcpy(copy, src, size);
    return copy;
}

static char *duplicate(const char *text, size_t length, gfp_t flags)
{
    char *copy = kzalloc(length + 1, flags);

    return copy ? memcpy(copy, text, length) : NULL;
}

char *kstrndup(const char *text, size_t max, gfp_t flags)
{
    return text ? duplicate(text, strnlen(text, max), flags) : NULL;
}

char *kstrdup(const char *text, gfp_t flags)
{
    return text ? duplicate(text, strlen(text), flags) : NULL;
}

char *kasprintf(gfp_t flags, const char *format, ...)
{
    va_list args, again;
    char *text;
    int n;

    va_start(args, format);
    va_copy(again, args);
    n = vsnprintf(NULL, 0, format, args);
    text = kmalloc((size_t)n + 1, flags);
    if (text)
        vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}

/* --- caches of equal objects --- */

struct kmem_cache {
    const char *name;
    unsigned int size;
    unsigned int in_use;
    void (*constructor)(void *object);
};

/* An object is as large as its alignment, which kmalloc() then keeps. */
struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
                                     unsigned int flags, void (*constructor)(void *object))
{
    struct kmem_cache *cache;

    if ((align && !is_power_of_2(align)) || align > PAGE_SIZE)
        return NULL;
    cache = kmalloc(sizeof *cache, GFP_KERNEL);
    if (!cache && (flags & SLAB_PANIC))
        nap_panic("no memory for a cache of objects that cannot do without", NULL, 0);
    if (!cache)
        return NULL;
    *cache =
        (struct kmem_cache){.name = name,
                            .size = align > ARCH_KMALLOC_MINALIGN
                                        ? (unsigned int)roundup_pow_of_two(max(size, align))
                                        : size,
                            .constructor = constructor};
    return cache;
}

void kmem_cache_destroy(struct kmem_cache *cache)
{
    if (!cache)
        return;
    WARN(cache->in_use, "cache %s goes with %u objects in use", cache->name, cache->in_use);
    kfree(cache);
}

void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t flags)
{
    void *object = kmalloc(cache->size, flags);

    if (!object)
        return NULL;
    cache->in_use++;
    if (cache->constructor)
        cache->constructor(object);
    return object;
}

void kmem_cache_free(struct kmem_cache *cache, void *object)
{
    if (!object)
        return;
    cache->in_use--;
    kfree(object);
}

/* --- pages --- */

unsigned long __get_free_pages(gfp_t flags, unsigned int order)
{
    regnap_may_sleep(flags, "an allocation of pages", NULL, 0);
    if (order >= MAX_ORDER || nap_fails("alloc_pages"))
        return 0;
    return regnap_pages(flags, PAGE_SIZE << order);
}

void free_pages(unsigned long address, unsigned int order)
{
    if (address)
        regnap_give_pages(address, PAGE_SIZE << order, "free_pages()");
}

struct page *alloc_pages(gfp_t flags, unsigned int order)
{
    return (struct page *)__get_free_pages(flags, order);
}

struct page *alloc_pages_node(int node, gfp_t flags, unsigned int order)
{
    (void)node;
    return alloc_pages(flags, order);
}

void __free_pages(struct page *page, unsigned int order)
{
    regnap_give_pages((unsigned long)page, PAGE_SIZE << order, "__free_pages()");
}

void *alloc_pages_exact(size_t size, gfp_t flags)
{
    return (void *)__get_free_pages(flags, (unsigned int)get_order(size));
}

void free_pages_exact(void *p, size_t size)
{
    regnap_give_pages((unsigned long)p, PAGE_SIZE << get_order(size), "free_pages_exact()");
}
