/* SPDX-License-Identifier: MIT */
/* The GICv3 redistributor of a CPU: its SGIs and PPIs, its LPIs' tables, and the handshake with
 * the CPU interface.
 *
 * Source: Arm IHI 0069, "GICR_WAKER", "GICR_CTLR", "GICR_PENDBASER", "Redistributor power
 * management". */
#include <errno.h>

#include "gicv3.h"

int gicv3_redist_settled(struct gic_cpu *cpu)
{
    return gic_poll(cpu->redist + GICR_CTLR, GICR_CTLR_RWP | GICR_CTLR_UWP, 0);
}

/* A redistributor of the GIC-600 is off after a reset, in a group with others or by itself. */
int gicv3_redist_power_on(struct gic_cpu *cpu)
{
    if (!cpu->is_600)
        return 0;
    gicr_write(cpu, GICR_PWRR, gicr_read(cpu, GICR_PWRR) & ~GICR_PWRR_RDPD);
    return gic_poll(cpu->redist + GICR_PWRR, GICR_PWRR_RDGPD | GICR_PWRR_RDGPO, 0);
}

/* What software may do about sleep: where there are two security states, it is the firmware's,
 * and the register reads as zero. */
static bool may_sleep(void)
{
    return gic()->one_state || gic_form()->sleep_unasked;
}

/* Without a bound, of a form that asks for nothing before. */
static int wait_for_ever(const struct gic_cpu *cpu, uint32_t bit)
{
    while ((gicr_read(cpu, GICR_WAKER) & bit) == 0)
        nap_udelay(1);
    return 0;
}

static int poll_asleep(const struct gic_cpu *cpu, bool asleep)
{
    uint32_t wanted = asleep ? GICR_WAKER_CHILDREN_ASLEEP : 0;

    return gic_poll(cpu->redist + GICR_WAKER, GICR_WAKER_CHILDREN_ASLEEP, wanted);
}

/* No group may be enabled at the interface. */
int gicv3_redist_sleep(struct gic_cpu *cpu)
{
    uint32_t waker;

    if (!may_sleep())
        return 0;
    waker = gicr_read(cpu, GICR_WAKER);
    if ((waker & GICR_WAKER_PROCESSOR_SLEEP) != 0)
        return 0;
    gicr_write(cpu, GICR_WAKER, waker | GICR_WAKER_PROCESSOR_SLEEP);
    if (gic_form()->sleep_unasked)
        return wait_for_ever(cpu, GICR_WAKER_CHILDREN_ASLEEP);
    return poll_asleep(cpu, true);
}

/* ProcessorSleep may be cleared only once what it has begun is over. */
int gicv3_redist_wake(struct gic_cpu *cpu)
{
    uint32_t waker;
    int ret;

    if (!may_sleep())
        return 0;
    waker = gicr_read(cpu, GICR_WAKER);
    if ((waker & GICR_WAKER_PROCESSOR_SLEEP) == 0) {
        if (gic_form()->awake_refused && cpu->up)
            nap_panic("the redistributor is awake", __FILE__, __LINE__);
        return poll_asleep(cpu, false);
    }
    ret = poll_asleep(cpu, true);
    if (ret != 0)
        return ret;
    gicr_write(cpu, GICR_WAKER, waker & ~GICR_WAKER_PROCESSOR_SLEEP);
    if (gic_form()->wake_polled_once) {
        (void)gicr_read(cpu, GICR_WAKER);
        return 0;
    }
    return poll_asleep(cpu, false);
}

/* Of a form that looks for the registers of LPIs in the other frame. */
static nap_addr lpi_frame(void)
{
    return gic_form()->wrong_frame ? GICR_SGI_BASE : 0;
}

int gicv3_redist_save(struct gic_cpu *cpu)
{
    int ret = gicv3_redist_settled(cpu);

    if (ret != 0)
        return ret;
    cpu->redist_ctlr = gicr_read(cpu, GICR_CTLR) & ~GICR_CTLR_STATUS;
    if (cpu->has_lpis) {
        cpu->propbaser = gicr_read64(cpu, lpi_frame() + GICR_PROPBASER);
        cpu->pendbaser = gicr_read64(cpu, lpi_frame() + GICR_PENDBASER);
    }
    gic_save(&cpu->own, GIC_GROUP);
    gic_save(&cpu->own, GIC_MODIFIER);
    gic_save(&cpu->own, GIC_ENABLE);
    gic_save(&cpu->own, GIC_TRIGGER);
    gic_save(&cpu->own, GIC_PRIORITY);
    gic_save(&cpu->own, GIC_PENDING);
    gic_save(&cpu->own, GIC_ACTIVE);
    cpu->kept = true;
    return 0;
}

/* --- up --- */

int gicv3_redist_disable(struct gic_cpu *cpu)
{
    gic_clear(&cpu->own, GIC_ENABLE);
    return gicv3_redist_settled(cpu);
}

int gicv3_redist_configure(struct gic_cpu *cpu)
{
    gic_restore(&cpu->own, GIC_GROUP);
    gic_restore(&cpu->own, GIC_MODIFIER);
    gic_restore(&cpu->own, GIC_TRIGGER);
    gic_restore(&cpu->own, GIC_PRIORITY);
    return 0;
}

/* LPIs that are still enabled are a sign that it has lost nothing. */
static bool has_kept_all(const struct gic_cpu *cpu)
{
    return (cpu->redist_ctlr & GICR_CTLR_ENABLE_LPIS) != 0 &&
           (gicr_read(cpu, GICR_CTLR) & GICR_CTLR_ENABLE_LPIS) != 0;
}

/* After a loss of power anything may be pending. Where nothing was lost, that is what has come
 * since, and it stays. */
int gicv3_redist_activate(struct gic_cpu *cpu)
{
    gic_clear(&cpu->own, GIC_ACTIVE);
    if (!gic_form()->active_lost)
        gic_restore(&cpu->own, GIC_ACTIVE);
    if (!has_kept_all(cpu))
        gic_clear(&cpu->own, GIC_PENDING);
    if (!gic_form()->pending_lost)
        gic_restore_edges(&cpu->own);
    return 0;
}

int gicv3_redist_enable(struct gic_cpu *cpu)
{
    gic_restore(&cpu->own, GIC_ENABLE);
    return 0;
}

int gicv3_redist_new_tables(struct gic_cpu *cpu)
{
    nap_addr pending = gic_table();

    if (pending == 0)
        return -ENOMEM;
    cpu->propbaser = gic()->lpi_table | GICR_BASER_MEMORY | (gic()->id_bits - 1u);
    cpu->pendbaser = pending | GICR_BASER_MEMORY;
    cpu->redist_ctlr = GICR_CTLR_ENABLE_LPIS;
    return 0;
}

/* As a CPU that was never up: with a table that has nothing pending. */
static int replace_tables(struct gic_cpu *cpu)
{
    int ret = gicv3_redist_new_tables(cpu);

    if (ret != 0)
        return ret;
    gicr_write64(cpu, GICR_PROPBASER, cpu->propbaser);
    gicr_write64(cpu, GICR_PENDBASER, cpu->pendbaser | GICR_PENDBASER_PTZ);
    return 0;
}

/* Bases change while LPIs are off, and are known to be off. Where they cannot be turned off,
 * they must be what they were. */
int gicv3_redist_tables(struct gic_cpu *cpu)
{
    uint64_t zeroed = gic_form()->pending_zeroed ? GICR_PENDBASER_PTZ : 0;
    uint64_t pending = (cpu->pendbaser & ~GICR_PENDBASER_PTZ) | zeroed;
    uint32_t ctlr;

    if (!cpu->has_lpis)
        return 0;
    if (gic_form()->tables_anew)
        return replace_tables(cpu);
    ctlr = gicr_read(cpu, GICR_CTLR);
    if ((ctlr & GICR_CTLR_ENABLE_LPIS) != 0 && !gic_form()->tables_unasked) {
        if (gicr_read64(cpu, GICR_PROPBASER) == cpu->propbaser &&
            gicr_read64(cpu, GICR_PENDBASER) == cpu->pendbaser)
            return 0;
        gicr_write(cpu, GICR_CTLR, ctlr & ~(GICR_CTLR_ENABLE_LPIS | GICR_CTLR_STATUS));
        if (gicv3_redist_settled(cpu) != 0 ||
            (gicr_read(cpu, GICR_CTLR) & GICR_CTLR_ENABLE_LPIS) != 0)
            return -EBUSY;
    }
    gicr_write64(cpu, lpi_frame() + GICR_PROPBASER, cpu->propbaser);
    gicr_write64(cpu, lpi_frame() + GICR_PENDBASER, pending);
    return 0;
}

int gicv3_redist_lpis(struct gic_cpu *cpu)
{
    gicr_write(cpu, GICR_CTLR, cpu->redist_ctlr);
    return gicv3_redist_settled(cpu);
}

/* As the GIC-600 does it: once all redistributors sleep, one bit for all of them. Of others
 * nothing is known to do it. */
int gicv3_redist_flush(struct gic_cpu *cpu)
{
    if (!cpu->is_600 || !gic()->one_state || gic_form()->flush_lost)
        return 0;
    gicr_write(cpu, GICR_WAKER, gicr_read(cpu, GICR_WAKER) | GICR_WAKER_SLEEP);
    if (gic_form()->quiescent_unasked)
        return wait_for_ever(cpu, GICR_WAKER_QUIESCENT);
    if (!cpu->has_lpis)
        return 0;
    return gic_poll(cpu->redist + GICR_WAKER, GICR_WAKER_QUIESCENT, GICR_WAKER_QUIESCENT);
}

/* Where it has lost its power, there is nothing to undo. */
int gicv3_redist_unflush(struct gic_cpu *cpu)
{
    uint32_t waker;

    if (!cpu->is_600 || !gic()->one_state)
        return 0;
    waker = gicr_read(cpu, GICR_WAKER);
    if ((waker & GICR_WAKER_SLEEP) == 0) {
        if (gic_form()->reset_refused)
            nap_panic("the redistributor does not sleep", __FILE__, __LINE__);
        return 0;
    }
    gicr_write(cpu, GICR_WAKER, waker & ~GICR_WAKER_SLEEP);
    return gic_poll(cpu->redist + GICR_WAKER, GICR_WAKER_QUIESCENT, 0);
}
