/* SPDX-License-Identifier: MIT */
/* Second-stage tables of a guest: walked by the CPU and, as they are, by the IOMMU. All guests
 * have the same input address size, which drivers may lower before the first guest appears. */
#ifndef REGNAP_XEN_ASM_P2M_H
#define REGNAP_XEN_ASM_P2M_H

#include <xen/types.h>

struct page_info;

struct p2m_domain {
    struct page_info *root; /* of the start-level table; two pages for 40 bits */
};

extern unsigned int p2m_ipa_bits;

void p2m_restrict_ipa_bits(unsigned int ipa_bits);

#endif
