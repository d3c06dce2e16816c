/* SPDX-License-Identifier: MIT */
/* Memory. Every allocation may fail where a run varies choices of kind `fail`. What was not
 * asked for as zero is not zero. */
#ifndef NAP_COMPAT_LINUX_SLAB_H
#define NAP_COMPAT_LINUX_SLAB_H

#include <linux/gfp.h>
#include <linux/overflow.h>
#include <linux/types.h>

#define ARCH_DMA_MINALIGN     128 /* as arm64 has it */
#define ARCH_KMALLOC_MINALIGN ARCH_DMA_MINALIGN
#define KMALLOC_MAX_SIZE      (1UL << 22)
#define ZERO_SIZE_PTR         ((void *)16)
#define ZERO_OR_NULL_PTR(p)   ((unsigned long)(p) <= (unsigned long)ZERO_SIZE_PTR)

/* A warning names the line that may sleep where nothing may. */
void *__must_check regnap_kmalloc(size_t size, gfp_t flags, const char *file, int line);
void *__must_check regnap_krealloc(const void *p, size_t size, gfp_t flags, const char *file,
                                   int line);

#define kmalloc(size, flags)          regnap_kmalloc(size, flags, __FILE__, __LINE__)
#define kzalloc(size, flags)          kmalloc(size, (flags) | __GFP_ZERO)
#define kmalloc_array(n, size, flags) kmalloc(array_size(n, size), flags)
#define kcalloc(n, size, flags)       kzalloc(array_size(n, size), flags)
#define krealloc(p, size, flags)      regnap_krealloc(p, size, flags, __FILE__, __LINE__)

/* Giving back what is not in use ends the run. */
void kfree(const void *p);
void kfree_sensitive(const void *p);
size_t ksize(const void *p);
char *kstrdup(const char *text, gfp_t flags);
char *kstrndup(const char *text, size_t max, gfp_t flags);
void *kmemdup(const void *src, size_t size, gfp_t flags);
__printf(2, 3) char *kasprintf(gfp_t flags, const char *format, ...);

#define kmalloc_node(size, flags, node) ((void)(node), kmalloc(size, flags))
#define kzalloc_node(size, flags, node) ((void)(node), kzalloc(size, flags))
#define kvmalloc(size, flags)           kmalloc(size, flags)
#define kvzalloc(size, flags)           kzalloc(size, flags)
#define kvfree(p)                       kfree(p)

/* Caches of equal objects. */
struct kmem_cache;

#define SLAB_HWCACHE_ALIGN 0x00002000U
#define SLAB_PANIC         0x00040000U

/* NULL for an alignment that is no power of two or above PAGE_SIZE. */
struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
                                     unsigned int flags, void (*constructor)(void *));
/* Warns of objects that are still in use. */
void kmem_cache_destroy(struct kmem_cache *cache);
void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t flags);
void kmem_cache_free(struct kmem_cache *cache, void *object);

static inline void *kmem_cache_zalloc(struct kmem_cache *cache, gfp_t flags)
{
    return kmem_cache_alloc(cache, flags | __GFP_ZERO);
}

#endif
