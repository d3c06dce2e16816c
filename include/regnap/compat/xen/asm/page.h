/* SPDX-License-Identifier: MIT */
#ifndef REGNAP_XEN_ASM_PAGE_H
#define REGNAP_XEN_ASM_PAGE_H

#define PAGE_SHIFT     12
#define PAGE_SIZE      (1UL << PAGE_SHIFT)
#define PAGE_MASK      (~(PAGE_SIZE - 1))
#define PAGE_OFFSET(p) ((unsigned long)(p) & ~PAGE_MASK)

#define PAGE_SIZE_4K  (1UL << 12)
#define PAGE_SIZE_16K (1UL << 14)
#define PAGE_SIZE_64K (1UL << 16)

#define PAGE_ALIGN(x) (((x) + PAGE_SIZE - 1) & PAGE_MASK)

#define PADDR_BITS 48
#define PADDR_MASK ((1ULL << PADDR_BITS) - 1)

#endif
