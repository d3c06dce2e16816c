/* SPDX-License-Identifier: MIT */
#ifndef REGNAP_XEN_ASM_DOMAIN_H
#define REGNAP_XEN_ASM_DOMAIN_H

#include <asm/p2m.h>

struct arch_domain {
    struct p2m_domain p2m;
};

#endif
