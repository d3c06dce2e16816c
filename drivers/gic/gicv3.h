/* SPDX-License-Identifier: MIT */
/* Private to the GICv3 logic: registers of redistributors, CPU interfaces and the ITS, and the
 * steps from which its tables are made.
 *
 * Source: Arm IHI 0069, "The GIC Redistributor register map", "AArch64 System register
 * descriptions", "The ITS register map", "ITS commands". */
#ifndef GIC_GICV3_H
#define GIC_GICV3_H

#include "gic.h"

/* --- distributor --- */

#define GICD_CTLR_ARE  (UINT32_C(1) << 4)
#define GICD_CTLR_DS   (UINT32_C(1) << 6)
#define GICD_CTLR_RWP  (UINT32_C(1) << 31)
#define GICD_CTLR_GRPS UINT32_C(3)

#define GICD_TYPER_ESPI      (UINT32_C(1) << 8)
#define GICD_TYPER_LPIS      (UINT32_C(1) << 17)
#define GICD_TYPER_IDBITS(v) ((((v) >> 19) & 0x1fu) + 1u)
#define GICD_TYPER_ESPIS(v)  (32u * (((v) >> 27) + 1u))

#define GICD_ISENABLER_E  0x1200u /* of the extended range */
#define GICD_IPRIORITYR_E 0x2000u
#define GICD_ICFGR_E      0x3000u
#define GICD_IROUTER_E    0x8000u

#define GIC_EPPI_FIRST 1056u
#define GIC_EPPI_END   1120u
#define GIC_ESPI_FIRST 4096u
#define GIC_LPI_FIRST  8192u

/* --- redistributor, from RD_base --- */

#define GICR_CTLR      0x0000u
#define GICR_IIDR      0x0004u
#define GICR_TYPER     0x0008u
#define GICR_WAKER     0x0014u
#define GICR_PWRR      0x0024u /* GIC-600 */
#define GICR_PROPBASER 0x0070u
#define GICR_PENDBASER 0x0078u
#define GICR_SYNCR     0x00c0u
#define GICR_SGI_BASE  0x10000u

#define GICR_CTLR_ENABLE_LPIS (UINT32_C(1) << 0)
#define GICR_CTLR_RWP         (UINT32_C(1) << 3)
#define GICR_CTLR_UWP         (UINT32_C(1) << 31)
#define GICR_CTLR_STATUS      (UINT32_C(0x8000000e)) /* what a write cannot change */

#define GICR_TYPER_PLPIS       (UINT64_C(1) << 0)
#define GICR_TYPER_NUMBER(v)   ((uint32_t)((v) >> 8) & 0xffffu)
#define GICR_TYPER_PPINUM(v)   ((uint32_t)((v) >> 27) & 0x1fu)
#define GICR_TYPER_AFFINITY(v) ((uint32_t)((v) >> 32))

#define GICR_IIDR_PRODUCT(v) ((v) >> 24)
#define PRODUCT_GIC_600      2u
#define GICR_PWRR_RDPD       (UINT32_C(1) << 0)
#define GICR_PWRR_RDGPD      (UINT32_C(1) << 2)
#define GICR_PWRR_RDGPO      (UINT32_C(1) << 3)

#define GICR_WAKER_SLEEP           (UINT32_C(1) << 0) /* GIC-600 */
#define GICR_WAKER_PROCESSOR_SLEEP (UINT32_C(1) << 1)
#define GICR_WAKER_CHILDREN_ASLEEP (UINT32_C(1) << 2)
#define GICR_WAKER_QUIESCENT       (UINT32_C(1) << 31) /* GIC-600 */

#define GICR_PENDBASER_PTZ (UINT64_C(1) << 62)
/* Inner shareable, read- and write-allocate write-back. */
#define GICR_BASER_MEMORY (UINT64_C(1) << 10 | UINT64_C(7) << 7)

/* --- CPU interface --- */

#define ICC_PMR_EL1     NAP_SYSREG(3, 0, 4, 6, 0)
#define ICC_BPR0_EL1    NAP_SYSREG(3, 0, 12, 8, 3)
#define ICC_AP0R_EL1(n) NAP_SYSREG(3, 0, 12, 8, 4u + (n))
#define ICC_AP1R_EL1(n) NAP_SYSREG(3, 0, 12, 9, (n))
#define ICC_DIR_EL1     NAP_SYSREG(3, 0, 12, 11, 1)
#define ICC_SGI1R_EL1   NAP_SYSREG(3, 0, 12, 11, 5)
#define ICC_IAR1_EL1    NAP_SYSREG(3, 0, 12, 12, 0)
#define ICC_EOIR1_EL1   NAP_SYSREG(3, 0, 12, 12, 1)
#define ICC_BPR1_EL1    NAP_SYSREG(3, 0, 12, 12, 3)
#define ICC_CTLR_EL1    NAP_SYSREG(3, 0, 12, 12, 4)
#define ICC_SRE_EL1     NAP_SYSREG(3, 0, 12, 12, 5)
#define ICC_IGRPEN0_EL1 NAP_SYSREG(3, 0, 12, 12, 6)
#define ICC_IGRPEN1_EL1 NAP_SYSREG(3, 0, 12, 12, 7)
#define ICC_SRE_EL2     NAP_SYSREG(3, 4, 12, 9, 5)

#define ICC_SRE_SRE         UINT64_C(1)
#define ICC_SRE_ALL         UINT64_C(0xf) /* with both bypasses off, and the lower level let in */
#define ICC_CTLR_EOIMODE    (UINT64_C(1) << 1)
#define ICC_CTLR_CBPR       UINT64_C(1)
#define ICC_CTLR_PRIBITS(v) ((uint32_t)(((v) >> 8) & 0x7u) + 1u)
#define ICC_PMR_ALL         UINT64_C(0xf0)

/* --- ITS --- */

#define GITS_CTLR    0x0000u
#define GITS_TYPER   0x0008u
#define GITS_CBASER  0x0080u
#define GITS_CWRITER 0x0088u
#define GITS_CREADR  0x0090u
#define GITS_BASER   0x0100u

#define GITS_CTLR_ENABLED     (UINT32_C(1) << 0)
#define GITS_CTLR_QUIESCENT   (UINT32_C(1) << 31)
#define GITS_TYPER_ITT(v)     ((uint32_t)(((v) >> 4) & 0xfu) + 1u)
#define GITS_TYPER_PTA        (UINT64_C(1) << 19)
#define GITS_TYPER_HCC(v)     ((uint32_t)(((v) >> 24) & 0xffu))
#define GITS_VALID            (UINT64_C(1) << 63)
#define GITS_BASER_TYPE(v)    ((uint32_t)(((v) >> 56) & 0x7u))
#define GITS_BASER_ENTRY(v)   ((uint32_t)(((v) >> 48) & 0x1fu) + 1u)
#define GITS_TYPE_DEVICES     1u
#define GITS_TYPE_COLLECTIONS 4u
/* Inner shareable, read- and write-allocate write-back. */
#define GITS_MEMORY (UINT64_C(1) << 10 | UINT64_C(7) << 59)

#define gicr_read(cpu, reg)         gic_readl((cpu)->redist + (reg))
#define gicr_write(cpu, reg, value) gic_writel((cpu)->redist + (reg), (value))
#define gicr_read64(cpu, reg)       gic_read_at((cpu)->redist + (reg), 8, __FILE__, __LINE__)
#define gicr_write64(cpu, reg, value)                                                          \
    gic_write_at((cpu)->redist + (reg), 8, (value), __FILE__, __LINE__)
#define gits_read(its, reg)         gic_readl((its)->regs + (reg))
#define gits_write(its, reg, value) gic_writel((its)->regs + (reg), (value))
#define gits_read64(its, reg)       gic_read_at((its)->regs + (reg), 8, __FILE__, __LINE__)
#define gits_write64(its, reg, value)                                                          \
    gic_write_at((its)->regs + (reg), 8, (value), __FILE__, __LINE__)
#define icc_read(reg)         nap_sysreg_read(reg)
#define icc_write(reg, value) nap_sysreg_write((reg), (value))
#define nap_isb()             nap_seam_barrier(NAP_ISB, __FILE__, __LINE__)

/* --- distributor: gicv3-dist.c --- */

/* What has been written is so everywhere: GICD_CTLR.RWP. */
int gicv3_dist_settled(void);
/* Steps. */
int gicv3_dist_save(void);
int gicv3_forward_nothing(void);
int gicv3_disable_spis(void);
int gicv3_spi_groups(void);
int gicv3_spi_triggers(void);
int gicv3_spi_priorities(void);
int gicv3_spi_routes(void);
int gicv3_spi_active_clear(void);
int gicv3_spi_active(void);
int gicv3_spi_pending(void);
int gicv3_spi_enables(void);
int gicv3_forward(void);

/* --- redistributor of a CPU: gicv3-redist.c --- */

int gicv3_redist_settled(struct gic_cpu *cpu);
/* Its power, where software switches that. */
int gicv3_redist_power_on(struct gic_cpu *cpu);
int gicv3_redist_sleep(struct gic_cpu *cpu);
int gicv3_redist_wake(struct gic_cpu *cpu);
int gicv3_redist_save(struct gic_cpu *cpu);
int gicv3_redist_disable(struct gic_cpu *cpu);
int gicv3_redist_configure(struct gic_cpu *cpu);
int gicv3_redist_activate(struct gic_cpu *cpu);
int gicv3_redist_enable(struct gic_cpu *cpu);
int gicv3_redist_tables(struct gic_cpu *cpu);
int gicv3_redist_lpis(struct gic_cpu *cpu);
/* What it holds of pending LPIs goes to their table. */
int gicv3_redist_flush(struct gic_cpu *cpu);
int gicv3_redist_unflush(struct gic_cpu *cpu);
/* Once, in probe: its tables, which are the same as long as the system runs. */
int gicv3_redist_new_tables(struct gic_cpu *cpu);

/* --- CPU interface: gicv3-cpuif.c --- */

void gicv3_interface_off(struct gic_cpu *cpu);
int gicv3_interface_idle(void);
int gicv3_interface_save(struct gic_cpu *cpu);
int gicv3_interface_reach(void);
int gicv3_interface_priorities(struct gic_cpu *cpu);
int gicv3_interface_on(struct gic_cpu *cpu);
/* As probe has it: all priorities, split end of interrupt where the driver has it. */
void gicv3_interface_set_up(struct gic_cpu *cpu);

/* --- LPIs: lpi.c --- */

/* 64 KiB of RAM, zeroed and aligned; 0: there is no more. */
nap_addr gic_table(void);
/* The configuration of an LPI, in the table. Whoever holds a copy of it is to be told. */
void gic_lpi_configure(const struct nap_interrupt *irq);
/* The same, and it is off. */
void gic_lpi_mask(const struct nap_interrupt *irq);

/* --- ITS: its.c --- */

int its_set_up(struct gic_its *its);
/* The collection of a CPU, and all events whose LPIs go there. */
int its_use(struct gic_its *its, uint32_t cpu);
/* All LPIs are masked, or back as they were, for a form that masks them in its sleep. */
int its_mask_all(struct gic_its *its, bool masked);
int its_stop(struct gic_its *its);
void its_save(struct gic_its *its);
int its_queue(struct gic_its *its);
int its_tables(struct gic_its *its);
int its_start(struct gic_its *its);
/* Collections that only the ITS has kept are mapped again. */
int its_collections(struct gic_its *its, uint32_t cpu);

#endif
