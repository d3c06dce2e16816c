/* SPDX-License-Identifier: MIT */
/* How memory is asked for, and whole pages. */
#ifndef NAP_COMPAT_LINUX_GFP_H
#define NAP_COMPAT_LINUX_GFP_H

#include <linux/types.h>

#define __GFP_DMA     0x01u
#define __GFP_HIGHMEM 0x02u
#define __GFP_DMA32   0x04u
#define __GFP_ZERO    0x100u
#define __GFP_NOWARN  0x2000u
#define __GFP_NORETRY 0x10000u
#define __GFP_COMP    0x40000u

#define GFP_ATOMIC 0xa20u
#define GFP_KERNEL 0xcc0u
#define GFP_NOWAIT 0x800u
#define GFP_NOIO   0xc00u
#define GFP_NOFS   0xc40u
#define GFP_DMA    __GFP_DMA
#define GFP_DMA32  __GFP_DMA32

#define NUMA_NO_NODE (-1)

struct page;

/* 2^@order pages of 4 KiB; NULL or 0 when there are none. */
struct page *alloc_pages(gfp_t flags, unsigned int order);
struct page *alloc_pages_node(int node, gfp_t flags, unsigned int order);
void __free_pages(struct page *page, unsigned int order);
unsigned long __get_free_pages(gfp_t flags, unsigned int order);
void free_pages(unsigned long address, unsigned int order);
void *alloc_pages_exact(size_t size, gfp_t flags);
void free_pages_exact(void *p, size_t size);

#define alloc_page(flags)      alloc_pages(flags, 0)
#define __free_page(page)      __free_pages(page, 0)
#define __get_free_page(flags) __get_free_pages(flags, 0)
#define get_zeroed_page(flags) __get_free_pages((flags) | __GFP_ZERO, 0)
#define free_page(address)     free_pages(address, 0)

#endif
