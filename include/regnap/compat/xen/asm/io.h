/* SPDX-License-Identifier: MIT */
/* Register accesses with Xen's barriers for 64-bit Arm: a store barrier before each write, a
 * load barrier after each read; none around the relaxed forms. They are macros, so that the
 * line of a verdict is the driver's. */
#ifndef REGNAP_XEN_ASM_IO_H
#define REGNAP_XEN_ASM_IO_H

#include <asm/system.h>
#include <regnap/os.h>
#include <xen/types.h>
#include <xen/vmap.h>

/* Whether a register is one of the few that have no block and whose value is assumed. */
bool nap_xen_assumed(nap_addr address);
uint64_t nap_xen_assumed_value(nap_addr address);

#define NAP_XEN_ADDRESS(p) ((nap_addr)(uintptr_t)(const volatile void *)(p))

#define NAP_XEN_LOAD(type, p)                                                                  \
    ({                                                                                         \
        nap_addr load_at_ = NAP_XEN_ADDRESS(p);                                                \
        (type)(nap_xen_assumed(load_at_) ? nap_xen_assumed_value(load_at_)                     \
                                         : nap_seam_read(load_at_, sizeof(type), NULL, 0));    \
    })
#define NAP_XEN_STORE(type, v, p)                                                              \
    nap_seam_write(NAP_XEN_ADDRESS(p), sizeof(type), (type)(v), NULL, 0)

#define readb_relaxed(c) NAP_XEN_LOAD(uint8_t, c)
#define readw_relaxed(c) NAP_XEN_LOAD(uint16_t, c)
#define readl_relaxed(c) NAP_XEN_LOAD(uint32_t, c)
#define readq_relaxed(c) NAP_XEN_LOAD(uint64_t, c)

#define writeb_relaxed(v, c) NAP_XEN_STORE(uint8_t, v, c)
#define writew_relaxed(v, c) NAP_XEN_STORE(uint16_t, v, c)
#define writel_relaxed(v, c) NAP_XEN_STORE(uint32_t, v, c)
#define writeq_relaxed(v, c) NAP_XEN_STORE(uint64_t, v, c)

#define NAP_XEN_FENCED_LOAD(type, p)                                                           \
    ({                                                                                         \
        type fenced_ = NAP_XEN_LOAD(type, p);                                                  \
        rmb();                                                                                 \
        fenced_;                                                                               \
    })
#define NAP_XEN_FENCED_STORE(type, v, p)                                                       \
    ({                                                                                         \
        wmb();                                                                                 \
        NAP_XEN_STORE(type, v, p);                                                             \
    })

#define readb(c) NAP_XEN_FENCED_LOAD(uint8_t, c)
#define readw(c) NAP_XEN_FENCED_LOAD(uint16_t, c)
#define readl(c) NAP_XEN_FENCED_LOAD(uint32_t, c)
#define readq(c) NAP_XEN_FENCED_LOAD(uint64_t, c)

#define writeb(v, c) NAP_XEN_FENCED_STORE(uint8_t, v, c)
#define writew(v, c) NAP_XEN_FENCED_STORE(uint16_t, v, c)
#define writel(v, c) NAP_XEN_FENCED_STORE(uint32_t, v, c)
#define writeq(v, c) NAP_XEN_FENCED_STORE(uint64_t, v, c)

#endif
