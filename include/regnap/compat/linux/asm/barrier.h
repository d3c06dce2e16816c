/* SPDX-License-Identifier: MIT */
/* Barriers as arm64 has them. Each is a step of the trace. */
#ifndef NAP_COMPAT_LINUX_ASM_BARRIER_H
#define NAP_COMPAT_LINUX_ASM_BARRIER_H

#include <linux/compiler.h>

#include <regnap/os.h>

#define mb()  nap_seam_barrier(NAP_DSB_SY, NULL, 0)
#define rmb() nap_seam_barrier(NAP_DSB_LD, NULL, 0)
#define wmb() nap_seam_barrier(NAP_DSB_ST, NULL, 0)

#define dma_mb()  nap_seam_barrier(NAP_DMB_OSH, NULL, 0)
#define dma_rmb() nap_seam_barrier(NAP_DMB_OSHLD, NULL, 0)
#define dma_wmb() nap_seam_barrier(NAP_DMB_OSHST, NULL, 0)

#define smp_mb()  nap_seam_barrier(NAP_DMB_ISH, NULL, 0)
#define smp_rmb() nap_seam_barrier(NAP_DMB_ISHLD, NULL, 0)
#define smp_wmb() nap_seam_barrier(NAP_DMB_ISHST, NULL, 0)

#define isb() nap_seam_barrier(NAP_ISB, NULL, 0)
/* dsb(sy), dmb(oshst): the options that nap_barrier has. */
#define dsb(option)          nap_seam_barrier(NAP_DSB_OPTION_##option, NULL, 0)
#define dmb(option)          nap_seam_barrier(NAP_DMB_OPTION_##option, NULL, 0)
#define NAP_DSB_OPTION_sy    NAP_DSB_SY
#define NAP_DSB_OPTION_st    NAP_DSB_ST
#define NAP_DSB_OPTION_ld    NAP_DSB_LD
#define NAP_DSB_OPTION_osh   NAP_DSB_OSH
#define NAP_DSB_OPTION_oshst NAP_DSB_OSHST
#define NAP_DSB_OPTION_oshld NAP_DSB_OSHLD
#define NAP_DSB_OPTION_ish   NAP_DSB_ISH
#define NAP_DSB_OPTION_ishst NAP_DSB_ISHST
#define NAP_DSB_OPTION_ishld NAP_DSB_ISHLD
#define NAP_DSB_OPTION_nsh   NAP_DSB_NSH
#define NAP_DSB_OPTION_nshst NAP_DSB_NSHST
#define NAP_DSB_OPTION_nshld NAP_DSB_NSHLD
#define NAP_DMB_OPTION_sy    NAP_DMB_SY
#define NAP_DMB_OPTION_st    NAP_DMB_ST
#define NAP_DMB_OPTION_ld    NAP_DMB_LD
#define NAP_DMB_OPTION_osh   NAP_DMB_OSH
#define NAP_DMB_OPTION_oshst NAP_DMB_OSHST
#define NAP_DMB_OPTION_oshld NAP_DMB_OSHLD
#define NAP_DMB_OPTION_ish   NAP_DMB_ISH
#define NAP_DMB_OPTION_ishst NAP_DMB_ISHST
#define NAP_DMB_OPTION_ishld NAP_DMB_ISHLD
#define NAP_DMB_OPTION_nsh   NAP_DMB_NSH
#define NAP_DMB_OPTION_nshst NAP_DMB_NSHST
#define NAP_DMB_OPTION_nshld NAP_DMB_NSHLD

#define smp_load_acquire(p)         READ_ONCE(*(p))
#define smp_store_release(p, value) WRITE_ONCE(*(p), (value))

#endif
