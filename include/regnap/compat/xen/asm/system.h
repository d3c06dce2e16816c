/* SPDX-License-Identifier: MIT */
/* Barriers by their Arm names, as in dsb(sy). A scope that the machine does not know is a
 * name that the compiler does not know. */
#ifndef REGNAP_XEN_ASM_SYSTEM_H
#define REGNAP_XEN_ASM_SYSTEM_H

#include <regnap/os.h>
#include <xen/compiler.h>

#define NAP_XEN_DSB_sy    NAP_DSB_SY
#define NAP_XEN_DSB_st    NAP_DSB_ST
#define NAP_XEN_DSB_ld    NAP_DSB_LD
#define NAP_XEN_DSB_osh   NAP_DSB_OSH
#define NAP_XEN_DSB_oshst NAP_DSB_OSHST
#define NAP_XEN_DSB_oshld NAP_DSB_OSHLD
#define NAP_XEN_DSB_ish   NAP_DSB_ISH
#define NAP_XEN_DSB_ishst NAP_DSB_ISHST
#define NAP_XEN_DSB_ishld NAP_DSB_ISHLD
#define NAP_XEN_DSB_nsh   NAP_DSB_NSH
#define NAP_XEN_DSB_nshst NAP_DSB_NSHST
#define NAP_XEN_DSB_nshld NAP_DSB_NSHLD

#define NAP_XEN_DMB_sy    NAP_DMB_SY
#define NAP_XEN_DMB_st    NAP_DMB_ST
#define NAP_XEN_DMB_ld    NAP_DMB_LD
#define NAP_XEN_DMB_osh   NAP_DMB_OSH
#define NAP_XEN_DMB_oshst NAP_DMB_OSHST
#define NAP_XEN_DMB_oshld NAP_DMB_OSHLD
#define NAP_XEN_DMB_ish   NAP_DMB_ISH
#define NAP_XEN_DMB_ishst NAP_DMB_ISHST
#define NAP_XEN_DMB_ishld NAP_DMB_ISHLD
#define NAP_XEN_DMB_nsh   NAP_DMB_NSH
#define NAP_XEN_DMB_nshst NAP_DMB_NSHST
#define NAP_XEN_DMB_nshld NAP_DMB_NSHLD

#define dsb(scope) nap_seam_barrier(NAP_XEN_DSB_##scope, NULL, 0)
#define dmb(scope) nap_seam_barrier(NAP_XEN_DMB_##scope, NULL, 0)
#define isb()      nap_seam_barrier(NAP_ISB, NULL, 0)

#define mb()  dsb(sy)
#define rmb() dsb(ld)
#define wmb() dsb(st)

#define smp_mb()  dmb(ish)
#define smp_rmb() dmb(ishld)
#define smp_wmb() dmb(ishst)

#endif
