/* SPDX-License-Identifier: MIT */
/* How memory is asked for, and whole pages. */
#ifndef NAP_COMPAT_LINUX_GFP_H
#define NAP_COMPAT_LINUX_GFP_H

#include <linux/types.h>

#define __GFP_DMA     0x01u
#define __GFP_HIGHMEM 0x02u
#define __GFP_DMA32   0x04u
#define __GFP_HIGH    0x20u
#define __GFP_IO      0x40u
#define __GFP_FS      0x80u
#define __GFP_ZERO    0x100u
#define __GFP_ATOMIC  0x200u

#define __GFP_DIRECT_RECLAIM 0x400u /* may sleep */
#define __GFP_KSWAPD_RECLAIM 0x800u
#define __GFP_RECLAIM        (__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM)

#define __GFP_NOWARN  0x2000u
#define __GFP_NORETRY 0x10000u
#define __GFP_COMP    0x40000u

#define GFP_ATOMIC (__GFP_HIGH | __GFP_ATOMIC | __GFP_KSWAPD_RECLAIM)
#define GFP_KERNEL (__GFP_RECLAIM | __GFP_IO | __GFP_FS)
#define GFP_NOWAIT __GFP_KSWAPD_RECLAIM
#define GFP_NOIO   __GFP_RECLAIM
#define GFP_NOFS   (__GFP_RECLAIM | __GFP_IO)
#define GFP_DMA    __GFP_DMA
#define GFP_DMA32  __GFP_DMA32

#define NUMA_NO_NODE (-1)
#define MAX_ORDER    11 /* the largest order is one less */

static inline bool gfpflags_allow_blocking(gfp_t flags)
{
    return (flags & __GFP_DIRECT_RECLAIM) != 0;
}

struct page;

/* 2^@order pages of 4 KiB, aligned to their size; NULL or 0 when there are none. Not zero
 * unless asked for. Giving back what is not in use ends the run. */
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
