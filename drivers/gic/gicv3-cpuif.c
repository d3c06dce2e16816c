/* SPDX-License-Identifier: MIT */
/* The GICv3 CPU interface of the CPU that runs: system registers.
 *
 * Source: Arm IHI 0069, "AArch64 System register descriptions", "Enabling and disabling of
 * interrupt groups", "ICC_SRE_EL2". */
#include <errno.h>

#include "gicv3.h"

/* Where there are two security states, Group 0 is the firmware's, and its registers trap. */
static bool has_group0(void)
{
    return gic()->one_state;
}

void gicv3_interface_off(struct gic_cpu *cpu)
{
    cpu->group1 = (uint32_t)icc_read(ICC_IGRPEN1_EL1);
    if (has_group0()) {
        cpu->group0 = (uint32_t)icc_read(ICC_IGRPEN0_EL1);
        icc_write(ICC_IGRPEN0_EL1, 0);
    }
    icc_write(ICC_IGRPEN1_EL1, 0);
    nap_isb();
    nap_dsb();
}

/* Of each group as many registers as there are priority bits for; the others are UNDEFINED. */
int gicv3_interface_idle(void)
{
    uint64_t active = 0;

    for (uint32_t i = 0; i < gic()->priority_words; i++) {
        if (has_group0())
            active |= icc_read(ICC_AP0R_EL1(i));
        active |= icc_read(ICC_AP1R_EL1(i));
    }
    if (active != 0)
        nap_log("priorities %#llx are active", (unsigned long long)active);
    return active == 0 || gic_form()->transient_ignored ? 0 : -EBUSY;
}

int gicv3_interface_save(struct gic_cpu *cpu)
{
    cpu->ctlr = (uint32_t)icc_read(ICC_CTLR_EL1);
    cpu->pmr = (uint32_t)icc_read(ICC_PMR_EL1);
    if (has_group0())
        cpu->bpr = (uint32_t)icc_read(ICC_BPR0_EL1);
    cpu->abpr = (uint32_t)icc_read(ICC_BPR1_EL1);
    cpu->saved = true;
    return 0;
}

/* From the highest level down, as a lower one is out of reach before. */
int gicv3_interface_reach(void)
{
    if (gic_form()->sre_lost && gic()->cpu[0].up)
        return 0;
    icc_write(ICC_SRE_EL2, ICC_SRE_ALL);
    nap_isb();
    icc_write(ICC_SRE_EL1, ICC_SRE_ALL & ~UINT64_C(8));
    nap_isb();
    return 0;
}

int gicv3_interface_priorities(struct gic_cpu *cpu)
{
    icc_write(ICC_PMR_EL1, cpu->pmr);
    if (has_group0())
        icc_write(ICC_BPR0_EL1, cpu->bpr);
    icc_write(ICC_BPR1_EL1, cpu->abpr);
    icc_write(ICC_CTLR_EL1, cpu->ctlr & (ICC_CTLR_EOIMODE | ICC_CTLR_CBPR));
    for (uint32_t i = 0; i < gic()->priority_words; i++) {
        if (has_group0())
            icc_write(ICC_AP0R_EL1(i), 0);
        icc_write(ICC_AP1R_EL1(i), 0);
    }
    nap_isb();
    return 0;
}

int gicv3_interface_on(struct gic_cpu *cpu)
{
    if (has_group0())
        icc_write(ICC_IGRPEN0_EL1, cpu->group0);
    icc_write(ICC_IGRPEN1_EL1, cpu->group1);
    nap_isb();
    return 0;
}

void gicv3_interface_set_up(struct gic_cpu *cpu)
{
    gic()->priority_words = 1;
    gicv3_interface_reach();
    if (ICC_CTLR_PRIBITS(icc_read(ICC_CTLR_EL1)) > 5u)
        gic()->priority_words = 1u << (ICC_CTLR_PRIBITS(icc_read(ICC_CTLR_EL1)) - 5u);
    cpu->pmr = ICC_PMR_ALL;
    cpu->bpr = 0;
    cpu->abpr = 0;
    cpu->ctlr = gic()->split ? ICC_CTLR_EOIMODE : 0;
    cpu->group0 = 0;
    cpu->group1 = 1;
    gicv3_interface_priorities(cpu);
    gicv3_interface_on(cpu);
}
