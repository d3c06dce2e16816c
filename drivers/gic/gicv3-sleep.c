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

static struct gic_cpu *boot_cpu(void)
{
    return &gic()->cpu[0];
}

static struct gic_its *its(void)
{
    return &gic()->its;
}

/* --- down --- */

static int signal_nothing(void)
{
    boot_cpu()->saved = false;
    boot_cpu()->kept = false;
    its()->kept = false;
    gic()->kept = false;
    gicv3_interface_off(boot_cpu());
    return 0;
}

static int save_interface(void)
{
    gicv3_interface_save(boot_cpu());
    return 0;
}

static int stop_its(void)
{
    bool there = its()->regs != 0 && !(gic_form()->its_lost && its()->held == 0);
    int ret = there && gic_form()->lpis_masked ? its_mask_all(its(), true) : 0;

    if (ret == 0 && there)
        ret = its_stop(its());
    if (ret == 0 && there)
        its_save(its());
    return ret;
}

static int sleep_redistributor(void)
{
    return gicv3_redist_sleep(boot_cpu());
}

static int save_redistributor(void)
{
    if (gic_form()->record_late && gic_keep_shared() != 0)
        return -ENOMEM;
    return gicv3_redist_save(boot_cpu());
}

static int save_distributor(void)
{
    return gicv3_dist_save();
}

static int flush_lpis(void)
{
    return gic_form()->flush_lost ? 0 : gicv3_redist_flush(boot_cpu());
}

/* --- up ---
 *
 * Where suspend has failed before all was read, there is nothing to restore, and the content of
 * the registers stands. */

static int power_redistributor(void)
{
    int ret = gicv3_redist_power_on(boot_cpu());

    return ret == 0 ? gicv3_redist_unflush(boot_cpu()) : ret;
}

static int disable_private(void)
{
    return boot_cpu()->kept ? gicv3_redist_disable(boot_cpu()) : 0;
}

static int configure_private(void)
{
    if (boot_cpu()->kept)
        gicv3_redist_configure(boot_cpu());
    return 0;
}

static int activate_private(void)
{
    if (boot_cpu()->kept)
        gicv3_redist_activate(boot_cpu());
    return 0;
}

static int enable_private(void)
{
    if (boot_cpu()->kept)
        gicv3_redist_enable(boot_cpu());
    return 0;
}

static int restore_lpi_tables(void)
{
    return boot_cpu()->kept ? gicv3_redist_tables(boot_cpu()) : 0;
}

static int take_lpis(void)
{
    return boot_cpu()->kept ? gicv3_redist_lpis(boot_cpu()) : 0;
}

/* The second time it is as if nothing had become pending since the first. */
static int wake_redistributor(void)
{
    int ret = gicv3_redist_wake(boot_cpu());

    if (gic_form()->twice && boot_cpu()->kept) {
        gic_clear(&boot_cpu()->own, GIC_PENDING);
        gicv3_redist_configure(boot_cpu());
    }
    return ret;
}

static int restore_queue(void)
{
    return its()->kept ? its_queue(its()) : 0;
}

static int restore_tables(void)
{
    if (its()->kept)
        its_tables(its());
    return 0;
}

static int start_its(void)
{
    if (its()->kept)
        its_start(its());
    return 0;
}

static int map_collections(void)
{
    int ret = its()->kept ? its_collections(its(), 0) : 0;

    return ret == 0 && its()->kept && gic_form()->lpis_masked ? its_mask_all(its(), false)
                                                              : ret;
}

static int reach_interface(void)
{
    gicv3_interface_reach();
    return 0;
}

static int restore_interface(void)
{
    if (boot_cpu()->saved)
        gicv3_interface_priorities(boot_cpu());
    return 0;
}

static int signal_all(void)
{
    gicv3_interface_on(boot_cpu());
    return 0;
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
static int xen_private(void)
{
    const struct gic_bank *own = &boot_cpu()->own;

    gic_restore(own, GIC_PRIORITY);
    gic_restore(own, GIC_ACTIVE);
    gic_restore(own, GIC_GROUP);
    gic_restore(own, GIC_TRIGGER);
    return gicv3_redist_settled(boot_cpu());
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

static int firmware_private(void)
{
    const struct gic_bank *own = &boot_cpu()->own;

    gic_restore(own, GIC_PENDING);
    gic_restore(own, GIC_ACTIVE);
    return gic_poll(boot_cpu()->redist + GICR_CTLR, GICR_CTLR_UWP, 0);
}

/* The queue with its old end, and left off for whoever owns it. */
static int firmware_its(void)
{
    if (!its()->kept)
        return 0;
    gits_write64(its(), GITS_CBASER, its()->cbaser);
    gits_write64(its(), GITS_CWRITER, its()->cwriter);
    its_tables(its());
    its_start(its());
    return 0;
}

/* --- tables --- */

static const struct gic_step down[] = {
    {"the interface signals nothing", signal_nothing},
    {"no priority is active", gicv3_interface_idle},
    {"save the interface", save_interface},
    {"the ITS stops", stop_its},
    {"the redistributor sleeps", sleep_redistributor},
    {"save the redistributor", save_redistributor},
    {"save the distributor", save_distributor},
    {"pending LPIs go to memory", flush_lpis},
};

static const struct gic_step up[] = {
    {"the redistributor has power", power_redistributor},
    {"forward nothing", gicv3_forward_nothing},
    {"disable SPIs", gicv3_disable_spis},
    {"restore groups of SPIs", gicv3_spi_groups},
    {"restore triggers of SPIs", gicv3_spi_triggers},
    {"restore priorities of SPIs", gicv3_spi_priorities},
    {"restore routes of SPIs", gicv3_spi_routes},
    {"clear active SPIs", gicv3_spi_active_clear},
    {"restore active SPIs", gicv3_spi_active},
    {"restore pending SPIs", gicv3_spi_pending},
    {"restore enables of SPIs", gicv3_spi_enables},
    {"disable SGIs and PPIs", disable_private},
    {"configure SGIs and PPIs", configure_private},
    {"restore the state of SGIs and PPIs", activate_private},
    {"restore enables of SGIs and PPIs", enable_private},
    {"restore the tables of LPIs", restore_lpi_tables},
    {"take LPIs", take_lpis},
    {"forward", gicv3_forward},
    {"the redistributor wakes", wake_redistributor},
    {"restore the queue of the ITS", restore_queue},
    {"restore the tables of the ITS", restore_tables},
    {"the ITS starts", start_its},
    {"map collections", map_collections},
    {"reach the interface", reach_interface},
    {"restore the interface", restore_interface},
    {"the interface signals", signal_all},
};

static const struct gic_step xen_up[] = {
    {"the redistributor has power", power_redistributor},
    {"forward nothing", gicv3_forward_nothing},
    {"disable SPIs", gicv3_disable_spis},
    {"all SPIs are of Group 1", xen_groups},
    {"restore triggers of SPIs", gicv3_spi_triggers},
    {"restore priorities of SPIs", gicv3_spi_priorities},
    {"restore routes of SPIs", gicv3_spi_routes},
    {"restore enables of SPIs", gicv3_spi_enables},
    {"clear active SPIs", gicv3_spi_active_clear},
    {"restore active SPIs", gicv3_spi_active},
    {"forward", gicv3_forward},
    {"restore the tables of LPIs", restore_lpi_tables},
    {"the redistributor wakes", wake_redistributor},
    {"disable SGIs and PPIs", disable_private},
    {"restore SGIs and PPIs", xen_private},
    {"restore enables of SGIs and PPIs", enable_private},
    {"take LPIs", take_lpis},
    {"restore the queue of the ITS", restore_queue},
    {"restore the tables of the ITS", restore_tables},
    {"the ITS starts", start_its},
    {"map collections", map_collections},
    {"reach the interface", reach_interface},
    {"restore the interface", restore_interface},
    {"the interface signals", signal_all},
};

/* Up to revision 9. */
static const struct gic_step xen_v9_up[] = {
    {"the redistributor has power", power_redistributor},
    {"forward nothing", gicv3_forward_nothing},
    {"restore triggers of SPIs", gicv3_spi_triggers},
    {"restore priorities of SPIs", gicv3_spi_priorities},
    {"restore routes of SPIs", gicv3_spi_routes},
    {"restore enables of SPIs", gicv3_spi_enables},
    {"clear active SPIs", gicv3_spi_active_clear},
    {"restore active SPIs", gicv3_spi_active},
    {"forward", gicv3_forward},
    {"restore the tables of LPIs", restore_lpi_tables},
    {"the redistributor wakes", wake_redistributor},
    {"disable SGIs and PPIs", disable_private},
    {"restore SGIs and PPIs", xen_private},
    {"restore enables of SGIs and PPIs", enable_private},
    {"take LPIs", take_lpis},
    {"restore the queue of the ITS", restore_queue},
    {"restore the tables of the ITS", restore_tables},
    {"the ITS starts", start_its},
    {"map collections", map_collections},
    {"reach the interface", reach_interface},
    {"restore the interface", restore_interface},
    {"the interface signals", signal_all},
};

/* No content of distributor and redistributor: firmware keeps it, or restores it. */
static const struct gic_step linux_down[] = {
    {"the interface signals nothing", signal_nothing},
    {"save the interface", save_interface},
    {"the redistributor sleeps", sleep_redistributor},
    {"the ITS stops", stop_its},
};

static const struct gic_step linux_up[] = {
    {"restore the queue of the ITS", restore_queue},
    {"restore the tables of the ITS", restore_tables},
    {"the ITS starts", start_its},
    {"map collections", map_collections},
    {"the redistributor wakes", wake_redistributor},
    {"reach the interface", reach_interface},
    {"restore the interface", restore_interface},
    {"the interface signals", signal_all},
};

static const struct gic_step firmware_down[] = {
    {"the interface signals nothing", signal_nothing},
    {"save the interface", save_interface},
    {"the redistributor sleeps", sleep_redistributor},
    {"the ITS stops", stop_its},
    {"save the redistributor", save_redistributor},
    {"pending LPIs go to memory", flush_lpis},
    {"save the distributor", save_distributor},
};

static const struct gic_step firmware_up[] = {
    {"forward nothing", gicv3_forward_nothing},
    {"restore groups of SPIs", gicv3_spi_groups},
    {"restore priorities of SPIs", gicv3_spi_priorities},
    {"restore triggers of SPIs", gicv3_spi_triggers},
    {"restore routes of SPIs", gicv3_spi_routes},
    {"restore state of SPIs", firmware_state},
    {"forward", gicv3_forward},
    {"the redistributor has power", power_redistributor},
    {"disable SGIs and PPIs", disable_private},
    {"restore the tables of LPIs", restore_lpi_tables},
    {"configure SGIs and PPIs", configure_private},
    {"restore the state of SGIs and PPIs", firmware_private},
    {"restore enables of SGIs and PPIs", enable_private},
    {"take LPIs", take_lpis},
    {"restore the ITS", firmware_its},
    {"the redistributor wakes", wake_redistributor},
    {"reach the interface", reach_interface},
    {"restore the interface", restore_interface},
    {"the interface signals", signal_all},
};

/* --- tables of mistakes --- */

static const struct gic_step enabled_up[] = {
    {"the redistributor has power", power_redistributor},
    {"forward nothing", gicv3_forward_nothing},
    {"restore groups of SPIs", gicv3_spi_groups},
    {"restore enables of SPIs", gicv3_spi_enables},
    {"restore triggers of SPIs", gicv3_spi_triggers},
    {"restore priorities of SPIs", gicv3_spi_priorities},
    {"restore routes of SPIs", gicv3_spi_routes},
    {"clear active SPIs", gicv3_spi_active_clear},
    {"restore active SPIs", gicv3_spi_active},
    {"restore pending SPIs", gicv3_spi_pending},
    {"disable SGIs and PPIs", disable_private},
    {"configure SGIs and PPIs", configure_private},
    {"restore the state of SGIs and PPIs", activate_private},
    {"restore enables of SGIs and PPIs", enable_private},
    {"restore the tables of LPIs", restore_lpi_tables},
    {"take LPIs", take_lpis},
    {"forward", gicv3_forward},
    {"the redistributor wakes", wake_redistributor},
    {"restore the queue of the ITS", restore_queue},
    {"restore the tables of the ITS", restore_tables},
    {"the ITS starts", start_its},
    {"map collections", map_collections},
    {"reach the interface", reach_interface},
    {"restore the interface", restore_interface},
    {"the interface signals", signal_all},
};

static const struct gic_step its_first_up[] = {
    {"the redistributor has power", power_redistributor},
    {"forward nothing", gicv3_forward_nothing},
    {"disable SPIs", gicv3_disable_spis},
    {"restore groups of SPIs", gicv3_spi_groups},
    {"restore triggers of SPIs", gicv3_spi_triggers},
    {"restore priorities of SPIs", gicv3_spi_priorities},
    {"restore routes of SPIs", gicv3_spi_routes},
    {"clear active SPIs", gicv3_spi_active_clear},
    {"restore active SPIs", gicv3_spi_active},
    {"restore pending SPIs", gicv3_spi_pending},
    {"restore enables of SPIs", gicv3_spi_enables},
    {"disable SGIs and PPIs", disable_private},
    {"configure SGIs and PPIs", configure_private},
    {"restore the state of SGIs and PPIs", activate_private},
    {"restore enables of SGIs and PPIs", enable_private},
    {"restore the tables of LPIs", restore_lpi_tables},
    {"take LPIs", take_lpis},
    {"forward", gicv3_forward},
    {"the redistributor wakes", wake_redistributor},
    {"restore the queue of the ITS", restore_queue},
    {"the ITS starts", start_its},
    {"restore the tables of the ITS", restore_tables},
    {"map collections", map_collections},
    {"reach the interface", reach_interface},
    {"restore the interface", restore_interface},
    {"the interface signals", signal_all},
};

static const struct gic_step interface_first_up[] = {
    {"the redistributor has power", power_redistributor},
    {"forward nothing", gicv3_forward_nothing},
    {"disable SPIs", gicv3_disable_spis},
    {"restore groups of SPIs", gicv3_spi_groups},
    {"restore triggers of SPIs", gicv3_spi_triggers},
    {"restore priorities of SPIs", gicv3_spi_priorities},
    {"restore routes of SPIs", gicv3_spi_routes},
    {"restore enables of SPIs", gicv3_spi_enables},
    {"disable SGIs and PPIs", disable_private},
    {"configure SGIs and PPIs", configure_private},
    {"restore the state of SGIs and PPIs", activate_private},
    {"restore enables of SGIs and PPIs", enable_private},
    {"restore the tables of LPIs", restore_lpi_tables},
    {"take LPIs", take_lpis},
    {"forward", gicv3_forward},
    {"the redistributor wakes", wake_redistributor},
    {"restore the queue of the ITS", restore_queue},
    {"restore the tables of the ITS", restore_tables},
    {"the ITS starts", start_its},
    {"map collections", map_collections},
    {"reach the interface", reach_interface},
    {"restore the interface", restore_interface},
    {"the interface signals", signal_all},
    {"clear active SPIs", gicv3_spi_active_clear},
    {"restore active SPIs", gicv3_spi_active},
    {"restore pending SPIs", gicv3_spi_pending},
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
