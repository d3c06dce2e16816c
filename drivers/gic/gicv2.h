/* SPDX-License-Identifier: MIT */
/* Private to the GICv2 logic: CPU interface registers, and the steps from which its tables are
 * made.
 *
 * Source: Arm IHI 0048, "CPU interface register descriptions", "Interrupt signal bypass". */
#ifndef GIC_GICV2_H
#define GIC_GICV2_H

#include "gic.h"

#define GICC_CTLR  0x0000u
#define GICC_PMR   0x0004u
#define GICC_BPR   0x0008u
#define GICC_IAR   0x000cu
#define GICC_EOIR  0x0010u
#define GICC_ABPR  0x001cu
#define GICC_APR   0x00d0u
#define GICC_NSAPR 0x00e0u
#define GICC_DIR   0x1000u

#define GICC_CTLR_ENABLES  UINT32_C(0x003)
#define GICC_CTLR_ACKCTL   (UINT32_C(1) << 2) /* IAR shows Group 1 as well */
#define GICC_CTLR_BYPASSES UINT32_C(0x1e0)    /* FIQ and IRQ, of both groups */
#define GICC_CTLR_EOIMODE  (UINT32_C(1) << 9)
#define GICC_PMR_ALL       UINT32_C(0xf0)
#define GICC_IAR_INTID(v)  ((v)&0x3ffu)

#define gicc_read(reg)         gic_readl(gic()->cpuif + (reg))
#define gicc_write(reg, value) gic_writel(gic()->cpuif + (reg), (value))

/* What belongs to the CPU that runs: its bank of the distributor, and its interface. */

/* The interface signals nothing any more, neither from the distributor nor past it. */
void gicv2_interface_off(struct gic_cpu *cpu);
/* 0, or -EBUSY: an interrupt has been acknowledged whose priority is not dropped. */
int gicv2_interface_idle(void);
int gicv2_interface_save(struct gic_cpu *cpu);
int gicv2_interface_priorities(struct gic_cpu *cpu);
int gicv2_interface_on(struct gic_cpu *cpu);
void gicv2_own_save(const struct gic_cpu *cpu);
/* All of it, and nothing reaches the interface meanwhile. */
void gicv2_own_restore(struct gic_cpu *cpu);
void gicv2_sgis_save(struct gic_cpu *cpu);
int gicv2_sgis_restore(struct gic_cpu *cpu);

#endif
