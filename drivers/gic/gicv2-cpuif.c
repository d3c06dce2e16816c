/* SPDX-License-Identifier: MIT */
/* The GICv2 CPU interface of the CPU that runs, and what else is banked by it. */
#include <errno.h>

#include "gicv2.h"

/* With zero in its bypass-disable bits, an interface that is off passes the legacy wires. */
void gicv2_interface_off(struct gic_cpu *cpu)
{
    uint32_t off;

    cpu->ctlr = gicc_read(GICC_CTLR);
    off = (cpu->ctlr | GICC_CTLR_BYPASSES) & ~GICC_CTLR_ENABLES;
    gicc_write(GICC_CTLR, gic_form()->bypass_lost ? 0 : off);
    nap_dsb();
}

int gicv2_interface_idle(void)
{
    uint32_t active = 0;

    for (uint32_t i = 0; i < gic()->priority_words; i++) {
        active |= gicc_read(GICC_APR + 4u * i);
        active |= gicc_read(GICC_NSAPR + 4u * i);
    }
    if (active != 0)
        nap_log("priorities %#x are active", active);
    return active == 0 || gic_form()->transient_ignored ? 0 : -EBUSY;
}

int gicv2_interface_save(struct gic_cpu *cpu)
{
    cpu->pmr = gicc_read(GICC_PMR);
    cpu->bpr = gicc_read(GICC_BPR);
    cpu->abpr = gicc_read(GICC_ABPR);
    cpu->saved = true;
    return 0;
}

int gicv2_interface_priorities(struct gic_cpu *cpu)
{
    gicc_write(GICC_PMR, cpu->pmr);
    gicc_write(GICC_BPR, cpu->bpr);
    gicc_write(GICC_ABPR, cpu->abpr);
    return 0;
}

int gicv2_interface_on(struct gic_cpu *cpu)
{
    nap_dsb();
    gicc_write(GICC_CTLR, gic_form()->enables_forced ? cpu->ctlr | 3u : cpu->ctlr);
    return 0;
}

/* An SGI is pending by its source, which ISPENDR does not tell. */
void gicv2_sgis_save(struct gic_cpu *cpu)
{
    for (uint32_t i = 0; i < GICV2_SGI_WORDS; i++)
        cpu->sgis[i] = gicd_read(GICD_SPENDSGIR + 4u * i);
}

int gicv2_sgis_restore(struct gic_cpu *cpu)
{
    for (uint32_t i = 0; i < GICV2_SGI_WORDS && !gic_form()->transient_ignored; i++)
        gicd_write(GICD_SPENDSGIR + 4u * i, cpu->sgis[i]);
    return 0;
}
