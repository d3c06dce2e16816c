/* SPDX-License-Identifier: MIT */
/* kmalloc() and pages, on driver RAM: aligned as the kernel promises, and with a record of what
 * is in use, so that giving back what is not ends the run as it would end a kernel's luck.
 * Source: Documentation/core-api/memory-allocation.rst (a size that is a power of two is the
 * alignment) and arm64's ARCH_KMALLOC_MINALIGN, by which no two objects share a cache line. */
#include "runtime.h"

#include <linux/bitmap.h>

#define OBJECTS_MAX (PAGE_SIZE / ARCH_KMALLOC_MINALIGN)

/* What a driver finds in memory that it has not written, and in memory that it gave back. */
#define UNWRITTEN 0xa5
#define GIVEN_UP  0x6b

/* What was taken in one piece: pages, or one page of equal objects. Records lie in the order of
 * their addresses, so that the order of calls is no part of the state. */
struct block {
    struct block *next;
    unsigned long address;
    size_t bytes;
    void *base;         /* from nap_alloc(), which aligns to a page only */
    size_t object_size; /* 0: pages */
    DECLARE_BITMAP(used, OBJECTS_MAX);
};

static struct block *blocks;

static struct block **block_place(unsigned long address)
{
    struct block **at = &blocks;

    while (*at && (*at)->address + (*at)->bytes <= address)
        at = &(*at)->next;
    return at;
}

/* The block that holds @address, or NULL. */
static struct block *block_of(unsigned long address)
{
    struct block *block = *block_place(address);

    return block && block->address <= address ? block : NULL;
}

/* The first place from @base on that is a multiple of @bytes for devices, which meet memory by
 * its physical address; of a bank too small to have one, by the CPU's. */
static unsigned long aligned_from(const void *base, size_t bytes)
{
    phys_addr_t address = virt_to_phys(base);
    unsigned long at = address ? (unsigned long)address : (unsigned long)base;

    return (unsigned long)base + (ALIGN(at, bytes) - at);
}

/* @bytes is a power of two times PAGE_SIZE. */
static struct block *block_take(size_t bytes)
{
    struct block *block, **at;
    void *base = nap_alloc(bytes + (bytes > PAGE_SIZE ? bytes - PAGE_SIZE : 0));

    if (!base)
        return NULL;
    block = nap_alloc(sizeof *block);
    if (!block) {
        nap_free(base);
        return NULL;
    }
    block->base = base;
    block->address = aligned_from(base, bytes);
    block->bytes = bytes;
    at = block_place(block->address);
    block->next = *at;
    *at = block;
    return block;
}

static void block_give(struct block *block)
{
    struct block **at = block_place(block->address);

    *at = block->next;
    nap_free(block->base);
    nap_free(block);
}

/* --- pages --- */

unsigned long regnap_pages(gfp_t flags, size_t bytes)
{
    struct block *block;

    if (bytes > PAGE_SIZE << (MAX_ORDER - 1))
        return 0;
    block = block_take(bytes);
    if (!block)
        return 0;
    if (!(flags & __GFP_ZERO))
        memset((void *)block->address, UNWRITTEN, bytes);
    return block->address;
}

void regnap_give_pages(unsigned long address, size_t bytes, const char *what)
{
    struct block *block = block_of(address);

    if (!block || block->object_size || block->address != address) {
        nap_log("%s of pages that are not in use", what);
        nap_panic("pages are given back that are not in use", NULL, 0);
    }
    WARN(block->bytes != bytes, "%s gives back %zu bytes, taken were %zu", what, bytes,
         block->bytes);
    block_give(block);
}

/* --- objects --- */

static unsigned int objects_in(const struct block *block)
{
    return (unsigned int)(block->bytes / block->object_size);
}

static struct block *block_with_room(size_t object_size)
{
    struct block *block = blocks;

    while (block &&
           (block->object_size != object_size || bitmap_full(block->used, objects_in(block))))
        block = block->next;
    if (block)
        return block;
    block = block_take(object_size < PAGE_SIZE ? PAGE_SIZE : object_size);
    if (block)
        block->object_size = object_size;
    return block;
}

static void *object_take(size_t object_size)
{
    struct block *block = block_with_room(object_size);
    unsigned long i;

    if (!block)
        return NULL;
    i = find_first_zero_bit(block->used, objects_in(block));
    set_bit(i, block->used);
    return (void *)(block->address + i * object_size);
}

/* Whether @p is an object in use; its block and place there. */
static bool object_at(const void *p, struct block **block, unsigned long *i)
{
    *block = block_of((unsigned long)p);
    if (!*block || !(*block)->object_size)
        return false;
    *i = ((unsigned long)p - (*block)->address) / (*block)->object_size;
    return (*block)->address + *i * (*block)->object_size == (unsigned long)p &&
           test_bit(*i, (*block)->used);
}

static void object_give(struct block *block, unsigned long i)
{
    memset((void *)(block->address + i * block->object_size), GIVEN_UP, block->object_size);
    clear_bit(i, block->used);
    if (bitmap_empty(block->used, objects_in(block)))
        block_give(block);
}

static size_t rounded(size_t size)
{
    return roundup_pow_of_two(size < ARCH_KMALLOC_MINALIGN ? ARCH_KMALLOC_MINALIGN : size);
}

void *regnap_kmalloc(size_t size, gfp_t flags, const char *file, int line)
{
    void *p;

    regnap_may_sleep(flags, "an allocation", file, line);
    if (size == 0)
        return ZERO_SIZE_PTR;
    p = size > KMALLOC_MAX_SIZE || nap_fails("kmalloc") ? NULL : object_take(rounded(size));
    if (p)
        memset(p, flags & __GFP_ZERO ? 0 : UNWRITTEN, ksize(p));
    return p;
}

void kfree(const void *p)
{
    struct block *block;
    unsigned long i = 0;

    if (ZERO_OR_NULL_PTR(p))
        return;
    if (!object_at(p, &block, &i))
        nap_panic("kfree() of memory that is not in use", NULL, 0);
    object_give(block, i);
}

size_t ksize(const void *p)
{
    struct block *block;
    unsigned long i = 0;

    if (ZERO_OR_NULL_PTR(p))
        return 0;
    if (!object_at(p, &block, &i))
        nap_panic("ksize() of memory that is not in use", NULL, 0);
    return block->object_size;
}
