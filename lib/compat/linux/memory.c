/* SPDX-License-Identifier: MIT */
/* Memory of drivers: all of it is driver RAM, all of it may fail where that is a choice. */
#include "runtime.h"

#include <linux/bitmap.h>

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

/* --- text and bitmaps --- */

int scnprintf(char *out, size_t bytes, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(out, bytes, format, args);
    va_end(args);
    if (bytes == 0)
        return 0;
    return n < (int)bytes ? n : (int)bytes - 1;
}

ssize_t strscpy(char *dest, const char *src, size_t count)
{
    size_t length = strnlen(src, count);

    if (count == 0)
        return -E2BIG;
    if (length == count)
        length--;
    memcpy(dest, src, length);
    dest[length] = 0;
    return src[length] ? -E2BIG : (ssize_t)length;
}

int match_string(const char *const *array, size_t n, const char *string)
{
    for (size_t i = 0; i < n && array[i]; i++)
        if (strcmp(array[i], string) == 0)
            return (int)i;
    return -EINVAL;
}

static size_t without_newline(const char *text)
{
    size_t length = strlen(text);

    return length && text[length - 1] == '\n' ? length - 1 : length;
}

bool sysfs_streq(const char *a, const char *b)
{
    return without_newline(a) == without_newline(b) && memcmp(a, b, without_newline(a)) == 0;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

int kstrtoull(const char *text, unsigned int base, unsigned long long *out)
{
    unsigned long long value = 0;
    bool any = false;

    text += *text == '+';
    if ((base == 0 || base == 16) && text[0] == '0' && (text[1] | 0x20) == 'x') {
        base = 16;
        text += 2;
    }
    if (base == 0)
        base = text[0] == '0' ? 8 : 10;
    for (; digit(*text) < (int)base; text++, any = true)
        if (check_mul_overflow(value, (unsigned long long)base, &value) ||
            check_add_overflow(value, (unsigned long long)digit(*text), &value))
            return -ERANGE;
    if (!any || (text[0] && !(text[0] == '\n' && !text[1])))
        return -EINVAL;
    *out = value;
    return 0;
}

int kstrtouint(const char *text, unsigned int base, unsigned int *out)
{
    unsigned long long value;
    int err = kstrtoull(text, base, &value);

    if (err)
        return err;
    if (value > UINT_MAX)
        return -ERANGE;
    *out = (unsigned int)value;
    return 0;
}

static unsigned long find_from(const unsigned long *addr, unsigned long size,
                               unsigned long offset, bool wanted)
{
    while (offset < size && test_bit(offset, addr) != wanted)
        offset++;
    return offset < size ? offset : size;
}

unsigned long find_next_bit(const unsigned long *addr, unsigned long size, unsigned long offset)
{
    return find_from(addr, size, offset, true);
}

unsigned long find_next_zero_bit(const unsigned long *addr, unsigned long size,
                                 unsigned long offset)
{
    return find_from(addr, size, offset, false);
}

unsigned long find_last_bit(const unsigned long *addr, unsigned long size)
{
    for (unsigned long bit = size; bit-- > 0;)
        if (test_bit(bit, addr))
            return bit;
    return size;
}

void bitmap_set(unsigned long *map, unsigned int start, unsigned int len)
{
    for (unsigned int i = 0; i < len; i++)
        set_bit(start + i, map);
}

void bitmap_clear(unsigned long *map, unsigned int start, unsigned int len)
{
    for (unsigned int i = 0; i < len; i++)
        clear_bit(start + i, map);
}

unsigned int bitmap_weight(const unsigned long *src, unsigned int nbits)
{
    unsigned int n = 0;

    for (unsigned int i = 0; i < nbits; i++)
        n += test_bit(i, src);
    return n;
}
