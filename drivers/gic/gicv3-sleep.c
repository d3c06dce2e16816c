/* SPDX-License-Identifier: MIT */
/* Suspend and resume of a GICv3 with its ITS, by the CPU that boots, in the form that follows
 * from its rules; and the tables in which other forms take these steps.
 *
 * Down: the interface signals nothing and nothing is half done; the ITS stops; the
 * redistributor sleeps; all is read, from the outside in; what is pending of LPIs goes to
 * memory. Up: registers hold anything. Nothing is forwarded until all is right; enables are off
 * before triggers change; groups, priorities and routes stand before enables; state before
 * enables; LPIs before the ITS that sends them; the interface last.
 *
 * Source: Arm IHI 0069, "Power management"; hazards/README.md for what comes of other orders.
 */
#include <errno.h>

#include "gicv3.h"

/* --- down --- */

static int signal_nothing(struct gic_cpu *cpu)
{
    cpu->saved = false;
    cpu->kept = false;
    gic()->its.kept = false;
    gic()->kept = false;
    gicv3_interface_off(cpu);
    return 0;
}

static int stop_its(struct gic_its *its)
{
    bool there = its->regs != 0 && !(gic_form()->its_lost && its->held == 0);
    int ret = there && gic_form()->lpis_masked ? its_mask_all(its, true) : 0;

    if (ret == 0 && there)
        ret = its_stop(its);
    if (ret == 0 && there)
        its_save(its);
    return ret;
}

static int save_redistributor(struct gic_cpu *cpu)
{
    if (gic_form()->record_late && gic_keep_shared() != 0)
        return -ENOMEM;
    return gicv3_redist_save(cpu);
}

/* --- up --- */

static int power_redistributor(struct gic_cpu *cpu)
{
    int ret = gicv3_redist_power_on(cpu);

    return ret == 0 ? gicv3_redist_unflush(cpu) : ret;
}

/* The second time it is as if nothing had become pending since the first. */
static int wake_redistributor(struct gic_cpu *cpu)
{
    int ret = gicv3_redist_wake(cpu);

    if (gic_form()->twice && cpu->kept) {
        gic_clear(&cpu->own, GIC_PENDING);
        gicv3_redist_configure(cpu);
    }
    return ret;
}

static int map_collections(struct gic_its *its)
{
    int ret = its_collections(its, 0);

    return ret == 0 && gic_form()->lpis_masked ? its_mask_all(its, false) : ret;
}

/* --- as the Xen series does it --- */

/* All Group 1, whatever they were. */
static int xen_groups(void)
{
    gic_fill(&gic()->shared, GIC_GROUP, UINT32_MAX);
    gic_fill(&gic()->extended, GIC_GROUP, UINT32_MAX);
    return 0;
}

/* Active ones are set beside what is there. */
static int xen_private(struct gic_cpu *cpu)
{
    gic_restore(&cpu->own, GIC_PRIORITY);
    gic_restore(&cpu->own, GIC_ACTIVE);
    gic_restore(&cpu->own, GIC_GROUP);
    gic_restore(&cpu->own, GIC_TRIGGER);
    return gicv3_redist_settled(cpu);
}

/* --- as firmware does it --- */

/* What is set is not cleared before, and a level that was pending is latched. */
static int firmware_state(void)
{
    gic_restore(&gic()->shared, GIC_ENABLE);
    gic_restore(&gic()->extended, GIC_ENABLE);
    gic_restore(&gic()->shared, GIC_PENDING);
    gic_restore(&gic()->extended, GIC_PENDING);
    gic_restore(&gic()->shared, GIC_ACTIVE);
    gic_restore(&gic()->extended, GIC_ACTIVE);
    return 0;
}

static int firmware_private(struct gic_cpu *cpu)
{
    gic_restore(&cpu->own, GIC_PENDING);
    gic_restore(&cpu->own, GIC_ACTIVE);
    return gic_poll(cpu->redist + GICR_CTLR, GICR_CTLR_UWP, 0);
}

/* The queue with its old end, and left off for whoever owns it. */
static int firmware_its(struct gic_its *its)
{
    gits_write64(its, GITS_CBASER, its->cbaser);
    gits_write64(its, GITS_CWRITER, its->cwriter);
    its_tables(its);
    return its_start(its);
}

/* --- tables --- */

static const struct gic_step down[] = {
    {"the interface signals nothing", .of_cpu = signal_nothing},
    {"no priority is active", .run = gicv3_interface_idle},
    {"save the interface", .of_cpu = gicv3_interface_save},
    {"the ITS stops", .of_its = stop_its},
    {"the redistributor sleeps", .of_cpu = gicv3_redist_sleep},
    {"save the redistributor", .of_cpu = save_redistributor},
    {"save the distributor", .run = gicv3_dist_save},
    {"pending LPIs go to memory", .of_cpu = gicv3_redist_flush},
};

static const struct gic_step up[] = {
    {"the redistributor has power", .of_cpu = power_redistributor},
    {"forward nothing", .run = gicv3_forward_nothing, .when = GIC_DISTRIBUTOR},
    {"disable SPIs", .run = gicv3_disable_spis, .when = GIC_DISTRIBUTOR},
    {"restore groups of SPIs", .run = gicv3_spi_groups, .when = GIC_DISTRIBUTOR},
    {"restore triggers of SPIs", .run = gicv3_spi_triggers, .when = GIC_DISTRIBUTOR},
    {"restore priorities of SPIs", .run = gicv3_spi_priorities, .when = GIC_DISTRIBUTOR},
    {"restore routes of SPIs", .run = gicv3_spi_routes, .when = GIC_DISTRIBUTOR},
    {"clear active SPIs", .run = gicv3_spi_active_clear, .when = GIC_DISTRIBUTOR},
    {"restore active SPIs", .run = gicv3_spi_active, .when = GIC_DISTRIBUTOR},
    {"restore pending SPIs", .run = gicv3_spi_pending, .when = GIC_DISTRIBUTOR},
    {"restore enables of SPIs", .run = gicv3_spi_enables, .when = GIC_DISTRIBUTOR},
    {"disable SGIs and PPIs", .of_cpu = gicv3_redist_disable, .when = GIC_OWN},
    {"configure SGIs and PPIs", .of_cpu = gicv3_redist_configure, .when = GIC_OWN},
    {"restore the state of SGIs and PPIs", .of_cpu = gicv3_redist_activate, .when = GIC_OWN},
    {"restore enables of SGIs and PPIs", .of_cpu = gicv3_redist_enable, .when = GIC_OWN},
    {"restore the tables of LPIs", .of_cpu = gicv3_redist_tables, .when = GIC_OWN},
    {"take LPIs", .of_cpu = gicv3_redist_lpis, .when = GIC_OWN},
    {"forward", .run = gicv3_forward, .when = GIC_DISTRIBUTOR},
    {"the redistributor wakes", .of_cpu = wake_redistributor},
    {"restore the queue of the ITS", .of_its = its_queue, .when = GIC_ITS},
    {"restore the tables of the ITS", .of_its = its_tables, .when = GIC_ITS},
    {"the ITS starts", .of_its = its_start, .when = GIC_ITS},
    {"map collections", .of_its = map_collections, .when = GIC_ITS},
    {"reach the interface", .run = gicv3_interface_reach},
    {"restore the interface", .of_cpu = gicv3_interface_priorities, .when = GIC_INTERFACE},
    {"the interface signals", .of_cpu = gicv3_interface_on},
};

static const struct gic_step xen_up[] = {
    {"the redistributor has power", .of_cpu = power_redistributor},
    {"forward nothing", .run = gicv3_forward_nothing, .when = GIC_DISTRIBUTOR},
    {"disable SPIs", .run = gicv3_disable_spis, .when = GIC_DISTRIBUTOR},
    {"all SPIs are of Group 1", .run = xen_groups},
    {"restore triggers of SPIs", .run = gicv3_spi_triggers, .when = GIC_DISTRIBUTOR},
    {"restore priorities of SPIs", .run = gicv3_spi_priorities, .when = GIC_DISTRIBUTOR},
    {"restore routes of SPIs", .run = gicv3_spi_routes, .when = GIC_DISTRIBUTOR},
    {"restore enables of SPIs", .run = gicv3_spi_enables, .when = GIC_DISTRIBUTOR},
    {"clear active SPIs", .run = gicv3_spi_active_clear, .when = GIC_DISTRIBUTOR},
    {"restore active SPIs", .run = gicv3_spi_active, .when = GIC_DISTRIBUTOR},
    {"forward", .run = gicv3_forward, .when = GIC_DISTRIBUTOR},
    {"restore the tables of LPIs", .of_cpu = gicv3_redist_tables, .when = GIC_OWN},
    {"the redistributor wakes", .of_cpu = wake_redistributor},
    {"disable SGIs and PPIs", .of_cpu = gicv3_redist_disable, .when = GIC_OWN},
    {"restore SGIs and PPIs", .of_cpu = xen_private},
    {"restore enables of SGIs and PPIs", .of_cpu = gicv3_redist_enable, .when = GIC_OWN},
    {"take LPIs", .of_cpu = gicv3_redist_lpis, .when = GIC_OWN},
    {"restore the queue of the ITS", .of_its = its_queue, .when = GIC_ITS},
    {"restore the tables of the ITS", .of_its = its_tables, .when = GIC_ITS},
    {"the ITS starts", .of_its = its_start, .when = GIC_ITS},
    {"map collections", .of_its = map_collections, .when = GIC_ITS},
    {"reach the interface", .run = gicv3_interface_reach},
    {"restore the interface", .of_cpu = gicv3_interface_priorities, .when = GIC_INTERFACE},
    {"the interface signals", .of_cpu = gicv3_interface_on},
};

/* Up to revision 9. */
static const struct gic_step xen_v9_up[] = {
    {"the redistributor has power", .of_cpu = power_redistributor},
    {"forward nothing", .run = gicv3_forward_nothing, .when = GIC_DISTRIBUTOR},
    {"restore triggers of SPIs", .run = gicv3_spi_triggers, .when = GIC_DISTRIBUTOR},
    {"restore priorities of SPIs", .run = gicv3_spi_priorities, .when = GIC_DISTRIBUTOR},
    {"restore routes of SPIs", .run = gicv3_spi_routes, .when = GIC_DISTRIBUTOR},
    {"restore enables of SPIs", .run = gicv3_spi_enables, .when = GIC_DISTRIBUTOR},
    {"clear active SPIs", .run = gicv3_spi_active_clear, .when = GIC_DISTRIBUTOR},
    {"restore active SPIs", .run = gicv3_spi_active, .when = GIC_DISTRIBUTOR},
    {"forward", .run = gicv3_forward, .when = GIC_DISTRIBUTOR},
    {"restore the tables of LPIs", .of_cpu = gicv3_redist_tables, .when = GIC_OWN},
    {"the redistributor wakes", .of_cpu = wake_redistributor},
    {"disable SGIs and PPIs", .of_cpu = gicv3_redist_disable, .when = GIC_OWN},
    {"restore SGIs and PPIs", .of_cpu = xen_private},
    {"restore enables of SGIs and PPIs", .of_cpu = gicv3_redist_enable, .when = GIC_OWN},
    {"take LPIs", .of_cpu = gicv3_redist_lpis, .when = GIC_OWN},
    {"restore the queue of the ITS", .of_its = its_queue, .when = GIC_ITS},
    {"restore the tables of the ITS", .of_its = its_tables, .when = GIC_ITS},
    {"the ITS starts", .of_its = its_start, .when = GIC_ITS},
    {"map collections", .of_its = map_collections, .when = GIC_ITS},
    {"reach the interface", .run = gicv3_interface_reach},
    {"restore the interface", .of_cpu = gicv3_interface_priorities, .when = GIC_INTERFACE},
    {"the interface signals", .of_cpu = gicv3_interface_on},
};

/* No content of distributor and redistributor: firmware keeps it, or restores it. */
static const struct gic_step linux_down[] = {
    {"the interface signals nothing", .of_cpu = signal_nothing},
    {"save the interface", .of_cpu = gicv3_interface_save},
    {"the redistributor sleeps", .of_cpu = gicv3_redist_sleep},
    {"the ITS stops", .of_its = stop_its},
};

static const struct gic_step linux_up[] = {
    {"restore the queue of the ITS", .of_its = its_queue, .when = GIC_ITS},
    {"restore the tables of the ITS", .of_its = its_tables, .when = GIC_ITS},
    {"the ITS starts", .of_its = its_start, .when = GIC_ITS},
    {"map collections", .of_its = map_collections, .when = GIC_ITS},
    {"the redistributor wakes", .of_cpu = wake_redistributor},
    {"reach the interface", .run = gicv3_interface_reach},
    {"restore the interface", .of_cpu = gicv3_interface_priorities, .when = GIC_INTERFACE},
    {"the interface signals", .of_cpu = gicv3_interface_on},
};

static const struct gic_step firmware_down[] = {
    {"the interface signals nothing", .of_cpu = signal_nothing},
    {"save the interface", .of_cpu = gicv3_interface_save},
    {"the redistributor sleeps", .of_cpu = gicv3_redist_sleep},
    {"the ITS stops", .of_its = stop_its},
    {"save the redistributor", .of_cpu = save_redistributor},
    {"pending LPIs go to memory", .of_cpu = gicv3_redist_flush},
    {"save the distributor", .run = gicv3_dist_save},
};

static const struct gic_step firmware_up[] = {
    {"forward nothing", .run = gicv3_forward_nothing, .when = GIC_DISTRIBUTOR},
    {"restore groups of SPIs", .run = gicv3_spi_groups, .when = GIC_DISTRIBUTOR},
    {"restore priorities of SPIs", .run = gicv3_spi_priorities, .when = GIC_DISTRIBUTOR},
    {"restore triggers of SPIs", .run = gicv3_spi_triggers, .when = GIC_DISTRIBUTOR},
    {"restore routes of SPIs", .run = gicv3_spi_routes, .when = GIC_DISTRIBUTOR},
    {"restore state of SPIs", .run = firmware_state},
    {"forward", .run = gicv3_forward, .when = GIC_DISTRIBUTOR},
    {"the redistributor has power", .of_cpu = power_redistributor},
    {"disable SGIs and PPIs", .of_cpu = gicv3_redist_disable, .when = GIC_OWN},
    {"restore the tables of LPIs", .of_cpu = gicv3_redist_tables, .when = GIC_OWN},
    {"configure SGIs and PPIs", .of_cpu = gicv3_redist_configure, .when = GIC_OWN},
    {"restore the state of SGIs and PPIs", .of_cpu = firmware_private},
    {"restore enables of SGIs and PPIs", .of_cpu = gicv3_redist_enable, .when = GIC_OWN},
    {"take LPIs", .of_cpu = gicv3_redist_lpis, .when = GIC_OWN},
    {"restore the ITS", .of_its = firmware_its, .when = GIC_ITS},
    {"the redistributor wakes", .of_cpu = wake_redistributor},
    {"reach the interface", .run = gicv3_interface_reach},
    {"restore the interface", .of_cpu = gicv3_interface_priorities, .when = GIC_INTERFACE},
    {"the interface signals", .of_cpu = gicv3_interface_on},
};

/* --- tables of mistakes --- */

static const struct gic_step enabled_up[] = {
    {"the redistributor has power", .of_cpu = power_redistributor},
    {"forward nothing", .run = gicv3_forward_nothing, .when = GIC_DISTRIBUTOR},
    {"restore groups of SPIs", .run = gicv3_spi_groups, .when = GIC_DISTRIBUTOR},
    {"restore enables of SPIs", .run = gicv3_spi_enables, .when = GIC_DISTRIBUTOR},
    {"restore triggers of SPIs", .run = gicv3_spi_triggers, .when = GIC_DISTRIBUTOR},
    {"restore priorities of SPIs", .run = gicv3_spi_priorities, .when = GIC_DISTRIBUTOR},
    {"restore routes of SPIs", .run = gicv3_spi_routes, .when = GIC_DISTRIBUTOR},
    {"clear active SPIs", .run = gicv3_spi_active_clear, .when = GIC_DISTRIBUTOR},
    {"restore active SPIs", .run = gicv3_spi_active, .when = GIC_DISTRIBUTOR},
    {"restore pending SPIs", .run = gicv3_spi_pending, .when = GIC_DISTRIBUTOR},
    {"disable SGIs and PPIs", .of_cpu = gicv3_redist_disable, .when = GIC_OWN},
    {"configure SGIs and PPIs", .of_cpu = gicv3_redist_configure, .when = GIC_OWN},
    {"restore the state of SGIs and PPIs", .of_cpu = gicv3_redist_activate, .when = GIC_OWN},
    {"restore enables of SGIs and PPIs", .of_cpu = gicv3_redist_enable, .when = GIC_OWN},
    {"restore the tables of LPIs", .of_cpu = gicv3_redist_tables, .when = GIC_OWN},
    {"take LPIs", .of_cpu = gicv3_redist_lpis, .when = GIC_OWN},
    {"forward", .run = gicv3_forward, .when = GIC_DISTRIBUTOR},
    {"the redistributor wakes", .of_cpu = wake_redistributor},
    {"restore the queue of the ITS", .of_its = its_queue, .when = GIC_ITS},
    {"restore the tables of the ITS", .of_its = its_tables, .when = GIC_ITS},
    {"the ITS starts", .of_its = its_start, .when = GIC_ITS},
    {"map collections", .of_its = map_collections, .when = GIC_ITS},
    {"reach the interface", .run = gicv3_interface_reach},
    {"restore the interface", .of_cpu = gicv3_interface_priorities, .when = GIC_INTERFACE},
    {"the interface signals", .of_cpu = gicv3_interface_on},
};

static const struct gic_step its_first_up[] = {
    {"the redistributor has power", .of_cpu = power_redistributor},
    {"forward nothing", .run = gicv3_forward_nothing, .when = GIC_DISTRIBUTOR},
    {"disable SPIs", .run = gicv3_disable_spis, .when = GIC_DISTRIBUTOR},
    {"restore groups of SPIs", .run = gicv3_spi_groups, .when = GIC_DISTRIBUTOR},
    {"restore triggers of SPIs", .run = gicv3_spi_triggers, .when = GIC_DISTRIBUTOR},
    {"restore priorities of SPIs", .run = gicv3_spi_priorities, .when = GIC_DISTRIBUTOR},
    {"restore routes of SPIs", .run = gicv3_spi_routes, .when = GIC_DISTRIBUTOR},
    {"clear active SPIs", .run = gicv3_spi_active_clear, .when = GIC_DISTRIBUTOR},
    {"restore active SPIs", .run = gicv3_spi_active, .when = GIC_DISTRIBUTOR},
    {"restore pending SPIs", .run = gicv3_spi_pending, .when = GIC_DISTRIBUTOR},
    {"restore enables of SPIs", .run = gicv3_spi_enables, .when = GIC_DISTRIBUTOR},
    {"disable SGIs and PPIs", .of_cpu = gicv3_redist_disable, .when = GIC_OWN},
    {"configure SGIs and PPIs", .of_cpu = gicv3_redist_configure, .when = GIC_OWN},
    {"restore the state of SGIs and PPIs", .of_cpu = gicv3_redist_activate, .when = GIC_OWN},
    {"restore enables of SGIs and PPIs", .of_cpu = gicv3_redist_enable, .when = GIC_OWN},
    {"restore the tables of LPIs", .of_cpu = gicv3_redist_tables, .when = GIC_OWN},
    {"take LPIs", .of_cpu = gicv3_redist_lpis, .when = GIC_OWN},
    {"forward", .run = gicv3_forward, .when = GIC_DISTRIBUTOR},
    {"the redistributor wakes", .of_cpu = wake_redistributor},
    {"restore the queue of the ITS", .of_its = its_queue, .when = GIC_ITS},
    {"the ITS starts", .of_its = its_start, .when = GIC_ITS},
    {"restore the tables of the ITS", .of_its = its_tables, .when = GIC_ITS},
    {"map collections", .of_its = map_collections, .when = GIC_ITS},
    {"reach the interface", .run = gicv3_interface_reach},
    {"restore the interface", .of_cpu = gicv3_interface_priorities, .when = GIC_INTERFACE},
    {"the interface signals", .of_cpu = gicv3_interface_on},
};

static const struct gic_step interface_first_up[] = {
    {"the redistributor has power", .of_cpu = power_redistributor},
    {"forward nothing", .run = gicv3_forward_nothing, .when = GIC_DISTRIBUTOR},
    {"disable SPIs", .run = gicv3_disable_spis, .when = GIC_DISTRIBUTOR},
    {"restore groups of SPIs", .run = gicv3_spi_groups, .when = GIC_DISTRIBUTOR},
    {"restore triggers of SPIs", .run = gicv3_spi_triggers, .when = GIC_DISTRIBUTOR},
    {"restore priorities of SPIs", .run = gicv3_spi_priorities, .when = GIC_DISTRIBUTOR},
    {"restore routes of SPIs", .run = gicv3_spi_routes, .when = GIC_DISTRIBUTOR},
    {"restore enables of SPIs", .run = gicv3_spi_enables, .when = GIC_DISTRIBUTOR},
    {"disable SGIs and PPIs", .of_cpu = gicv3_redist_disable, .when = GIC_OWN},
    {"configure SGIs and PPIs", .of_cpu = gicv3_redist_configure, .when = GIC_OWN},
    {"restore the state of SGIs and PPIs", .of_cpu = gicv3_redist_activate, .when = GIC_OWN},
    {"restore enables of SGIs and PPIs", .of_cpu = gicv3_redist_enable, .when = GIC_OWN},
    {"restore the tables of LPIs", .of_cpu = gicv3_redist_tables, .when = GIC_OWN},
    {"take LPIs", .of_cpu = gicv3_redist_lpis, .when = GIC_OWN},
    {"forward", .run = gicv3_forward, .when = GIC_DISTRIBUTOR},
    {"the redistributor wakes", .of_cpu = wake_redistributor},
    {"restore the queue of the ITS", .of_its = its_queue, .when = GIC_ITS},
    {"restore the tables of the ITS", .of_its = its_tables, .when = GIC_ITS},
    {"the ITS starts", .of_its = its_start, .when = GIC_ITS},
    {"map collections", .of_its = map_collections, .when = GIC_ITS},
    {"reach the interface", .run = gicv3_interface_reach},
    {"restore the interface", .of_cpu = gicv3_interface_priorities, .when = GIC_INTERFACE},
    {"the interface signals", .of_cpu = gicv3_interface_on},
    {"clear active SPIs", .run = gicv3_spi_active_clear, .when = GIC_DISTRIBUTOR},
    {"restore active SPIs", .run = gicv3_spi_active, .when = GIC_DISTRIBUTOR},
    {"restore pending SPIs", .run = gicv3_spi_pending, .when = GIC_DISTRIBUTOR},
};

const struct gic_sequence gicv3_sequences[GIC_ORDERS] = {
    [GICV3_CORRECTED] = {GIC_STEPS(down), GIC_STEPS(up)},
    [GICV3_XEN] = {GIC_STEPS(down), GIC_STEPS(xen_up)},
    [GICV3_XEN_V9] = {GIC_STEPS(down), GIC_STEPS(xen_v9_up)},
    [GICV3_LINUX] = {GIC_STEPS(linux_down), GIC_STEPS(linux_up)},
    [GICV3_FIRMWARE] = {GIC_STEPS(firmware_down), GIC_STEPS(firmware_up)},
    [GICV3_ENABLED] = {GIC_STEPS(down), GIC_STEPS(enabled_up)},
    [GICV3_INTERFACE_FIRST] = {GIC_STEPS(down), GIC_STEPS(interface_first_up)},
    [GICV3_ITS_FIRST] = {GIC_STEPS(down), GIC_STEPS(its_first_up)},
};
