/* SPDX-License-Identifier: MIT */
/* Pages. The only ones that a driver meets are the start-level tables of guests. */
#ifndef REGNAP_XEN_MM_H
#define REGNAP_XEN_MM_H

#include <asm/page.h>
#include <xen/mm-frame.h>
#include <xen/types.h>
#include <xen/xmalloc.h>

/* Its fields are nobody's business but page_to_maddr()'s. */
struct page_info {
    paddr_t nap_maddr;
};

#define page_to_maddr(page) ((page)->nap_maddr)
#define page_to_mfn(page)   _mfn(page_to_maddr(page) >> PAGE_SHIFT)

#define mfn_to_maddr(mfn)  (mfn_x(mfn) << PAGE_SHIFT)
#define maddr_to_mfn(addr) _mfn((addr) >> PAGE_SHIFT)
#define gfn_to_gaddr(gfn)  (gfn_x(gfn) << PAGE_SHIFT)
#define gaddr_to_gfn(addr) _gfn((addr) >> PAGE_SHIFT)
#define dfn_to_daddr(dfn)  (dfn_x(dfn) << PAGE_SHIFT)
#define daddr_to_dfn(addr) _dfn((addr) >> PAGE_SHIFT)

#include <asm/p2m.h>

#endif
