/* SPDX-License-Identifier: MIT */
/* Pages and addresses. Driver memory is RAM of the machine with a linear map. */
#ifndef NAP_COMPAT_LINUX_MM_H
#define NAP_COMPAT_LINUX_MM_H

#include <linux/bug.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/log2.h>

#include <regnap/os.h>

#define PAGE_SHIFT        12
#define PAGE_SIZE         (1UL << PAGE_SHIFT)
#define PAGE_MASK         (~(PAGE_SIZE - 1))
#define PAGE_ALIGN(x)     ALIGN(x, PAGE_SIZE)
#define PAGE_ALIGNED(x)   IS_ALIGNED((unsigned long)(x), PAGE_SIZE)
#define offset_in_page(p) ((unsigned long)(p) % PAGE_SIZE)
#define PFN_DOWN(x)       ((x) >> PAGE_SHIFT)
#define PFN_UP(x)         PFN_DOWN((x) + PAGE_SIZE - 1)
#define PFN_PHYS(x)       ((phys_addr_t)(x) << PAGE_SHIFT)

#define VM_BUG_ON(condition)  BUG_ON(condition)
#define VM_WARN_ON(condition) ((void)WARN_ON(condition))

/* The order of the pages that hold @size bytes. No order holds 0 bytes: what comes out is far
 * too large, as in a kernel. */
static inline int get_order(unsigned long size)
{
    return fls64((size - 1) >> PAGE_SHIFT);
}

static inline phys_addr_t virt_to_phys(const volatile void *p)
{
    return nap_virt_to_phys((const void *)(unsigned long)p);
}

static inline void *phys_to_virt(phys_addr_t address)
{
    return nap_phys_to_virt(address);
}

#define __pa(p) virt_to_phys((const void *)(p))
#define __va(x) phys_to_virt((phys_addr_t)(x))

/* A page stands for itself: its structure has no other content here. */
static inline void *page_address(const struct page *page)
{
    return (void *)(unsigned long)page;
}

static inline struct page *virt_to_page(const void *p)
{
    return (struct page *)((unsigned long)p & PAGE_MASK);
}

#define page_to_phys(page) virt_to_phys(page_address(page))
#define page_to_pfn(page)  PFN_DOWN(page_to_phys(page))

#endif
