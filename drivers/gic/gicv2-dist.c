/* SPDX-License-Identifier: MIT */
/* Suspend and resume of a GICv2 in the form that follows from its rules, step by step, and the
 * tables in which other forms take these steps.
 *
 * Down: the interface signals nothing; nothing is half done; nothing is forwarded; all of it is
 * read. Up: registers hold anything. Nothing is forwarded until all is right: enables are off
 * before triggers change, groups, priorities and targets stand before enables, sets are cleared
 * before they are set, pending comes back for edges alone. Hardware that has lost nothing goes
 * through the same and is as before.
 *
 * Source: Arm IHI 0048, "Interrupt Configuration Registers", "Interrupt Set-Active Registers",
 * "SGI Set-Pending Registers", "Power management, GIC v2"; hazards/README.md for what comes of
 * other orders. */
#include <errno.h>

#include "gicv2.h"

static struct gic_cpu *boot_cpu(void)
{
    return &gic()->cpu[0];
}

static struct gic_bank *own(void)
{
    return &boot_cpu()->own;
}

static struct gic_bank *shared(void)
{
    return &gic()->shared;
}

/* --- down --- */

static int signal_nothing(void)
{
    boot_cpu()->saved = false;
    gic()->stopped = false;
    gic()->kept = false;
    gicv2_interface_off(boot_cpu());
    return 0;
}

/* Of a form that has read everything before. */
static int signal_late(void)
{
    gicv2_interface_off(boot_cpu());
    return 0;
}

static int forward_nothing(void)
{
    gic()->ctlr = gicd_read(GICD_CTLR);
    if (!gic()->wakes || gic_form()->off_always)
        gicd_write(GICD_CTLR, 0);
    gic()->stopped = true;
    nap_dsb();
    return 0;
}

static void save_configuration(const struct gic_bank *bank)
{
    gic_save(bank, GIC_GROUP);
    gic_save(bank, GIC_ENABLE);
    gic_save(bank, GIC_TRIGGER);
    gic_save(bank, GIC_PRIORITY);
}

static void save(const struct gic_bank *bank)
{
    save_configuration(bank);
    gic_save(bank, GIC_PENDING);
    gic_save(bank, GIC_ACTIVE);
}

void gicv2_own_save(const struct gic_cpu *cpu)
{
    save(&cpu->own);
}

static bool any_active(const struct gic_bank *bank)
{
    uint32_t active = 0;

    for (uint32_t i = 0; i < gic_bank_words(bank, GIC_ACTIVE); i++)
        active |= bank->image[GIC_ACTIVE][i];
    return active != 0;
}

static int save_all(void)
{
    if (gic_form()->record_late && gic_keep_shared() != 0)
        return gic_form()->record_unheard ? 0 : -ENOMEM;
    save(own());
    gicv2_sgis_save(boot_cpu());
    save(shared());
    gic_save(shared(), GIC_TARGET);
    if (gic_form()->active_refused && (any_active(own()) || any_active(shared())))
        nap_panic("an interrupt is active", __FILE__, __LINE__);
    gic()->kept = true;
    return 0;
}

/* Of a CPU that was off. The interface has been off since, and the distributor may be on. */
void gicv2_own_restore(struct gic_cpu *cpu)
{
    const struct gic_bank *bank = &cpu->own;

    gic_clear(bank, GIC_ENABLE);
    gic_restore(bank, GIC_GROUP);
    gic_restore(bank, GIC_TRIGGER);
    gic_restore(bank, GIC_PRIORITY);
    gic_clear(bank, GIC_ACTIVE);
    gic_restore(bank, GIC_ACTIVE);
    gic_restore_edges(bank);
    (void)gicv2_sgis_restore(cpu);
    gic_restore(bank, GIC_ENABLE);
}

/* --- up --- */

static int silence(void)
{
    uint32_t off = GICC_CTLR_BYPASSES;

    gicc_write(GICC_CTLR, gic_form()->bypass_lost ? 0 : off);
    nap_dsb();
    return 0;
}

static int stop_forwarding(void)
{
    gicd_write(GICD_CTLR, 0);
    nap_dsb();
    return 0;
}

static int disable_all(void)
{
    gic_clear(own(), GIC_ENABLE);
    gic_clear(shared(), GIC_ENABLE);
    return 0;
}

static int restore_groups(void)
{
    gic_restore(own(), GIC_GROUP);
    gic_restore(shared(), GIC_GROUP);
    return 0;
}

static int restore_triggers(void)
{
    gic_restore(own(), GIC_TRIGGER);
    if (gic_form()->edges_forced)
        gic_fill(shared(), GIC_TRIGGER, UINT32_C(0xaaaaaaaa));
    else
        gic_restore(shared(), GIC_TRIGGER);
    return 0;
}

static int restore_priorities(void)
{
    gic_restore(own(), GIC_PRIORITY);
    gic_restore(shared(), GIC_PRIORITY);
    return 0;
}

static int restore_targets(void)
{
    gic_restore(shared(), GIC_TARGET);
    return 0;
}

static int clear_active(void)
{
    gic_clear(own(), GIC_ACTIVE);
    gic_clear(shared(), GIC_ACTIVE);
    return 0;
}

static int restore_active(void)
{
    if (gic_form()->active_lost)
        return 0;
    gic_restore(own(), GIC_ACTIVE);
    gic_restore(shared(), GIC_ACTIVE);
    return 0;
}

/* Nothing is cleared first: an edge that came since suspend has read them is pending now. */
static int restore_pending(void)
{
    if (gic_form()->pending_lost)
        return 0;
    gic_restore_edges(own());
    gic_restore_edges(shared());
    return 0;
}

static int restore_enables(void)
{
    gic_restore(own(), GIC_ENABLE);
    if (!gic_form()->spis_off)
        gic_restore(shared(), GIC_ENABLE);
    return 0;
}

static int forward(void)
{
    nap_dsb();
    gicd_write(GICD_CTLR, gic_form()->enables_forced ? gic()->ctlr | 3u : gic()->ctlr);
    return 0;
}

/* --- as Linux does it --- */

static int linux_save(void)
{
    gic_save(own(), GIC_ENABLE);
    gic_save(own(), GIC_ACTIVE);
    gic_save(own(), GIC_TRIGGER);
    gic_save(shared(), GIC_TRIGGER);
    gic_save(shared(), GIC_TARGET);
    gic_save(shared(), GIC_ENABLE);
    gic_save(shared(), GIC_ACTIVE);
    gic()->kept = true;
    return 0;
}

static int linux_triggers(void)
{
    gic_restore(shared(), GIC_TRIGGER);
    return 0;
}

/* Priorities are those that it has for everything. */
static int linux_priorities(void)
{
    gic_fill(shared(), GIC_PRIORITY, GIC_PRIORITY_DEFAULT * UINT32_C(0x01010101));
    return 0;
}

static int linux_enables(void)
{
    gic_clear(shared(), GIC_ENABLE);
    gic_restore(shared(), GIC_ENABLE);
    return 0;
}

static int linux_active(void)
{
    gic_clear(shared(), GIC_ACTIVE);
    gic_restore(shared(), GIC_ACTIVE);
    return 0;
}

static int linux_forward(void)
{
    nap_dsb();
    gicd_write(GICD_CTLR, GICD_CTLR_GROUP0);
    return 0;
}

static int linux_own(void)
{
    gic_clear(own(), GIC_ENABLE);
    gic_restore(own(), GIC_ENABLE);
    gic_clear(own(), GIC_ACTIVE);
    gic_restore(own(), GIC_ACTIVE);
    gic_restore(own(), GIC_TRIGGER);
    gic_fill(own(), GIC_PRIORITY, GIC_PRIORITY_DEFAULT * UINT32_C(0x01010101));
    return 0;
}

static int linux_interface(void)
{
    uint32_t bypasses = gicc_read(GICC_CTLR) & GICC_CTLR_BYPASSES;

    gicc_write(GICC_PMR, GICC_PMR_ALL);
    for (uint32_t i = 0; i < gic()->priority_words; i++)
        gicc_write(GICC_APR + 4u * i, 0);
    gicc_write(GICC_CTLR, bypasses | (gic()->split ? GICC_CTLR_EOIMODE : 0) | 1u);
    return 0;
}

/* --- tables --- */

static const struct gic_step down[] = {
    {"the interface signals nothing", .run = signal_nothing},
    {"no priority is active", .run = gicv2_interface_idle},
    {"save the interface", .of_cpu = gicv2_interface_save},
    {"forward nothing", .run = forward_nothing},
    {"save the distributor", .run = save_all},
};

static const struct gic_step up[] = {
    {"the interface signals nothing", .run = silence},
    {"forward nothing", .run = stop_forwarding, .when = GIC_DISTRIBUTOR},
    {"disable all", .run = disable_all, .when = GIC_DISTRIBUTOR},
    {"restore groups", .run = restore_groups, .when = GIC_DISTRIBUTOR},
    {"restore triggers", .run = restore_triggers, .when = GIC_DISTRIBUTOR},
    {"restore priorities", .run = restore_priorities, .when = GIC_DISTRIBUTOR},
    {"restore targets", .run = restore_targets, .when = GIC_DISTRIBUTOR},
    {"clear active", .run = clear_active, .when = GIC_DISTRIBUTOR},
    {"restore active", .run = restore_active, .when = GIC_DISTRIBUTOR},
    {"restore pending edges", .run = restore_pending, .when = GIC_DISTRIBUTOR},
    {"restore pending SGIs", .of_cpu = gicv2_sgis_restore, .when = GIC_DISTRIBUTOR},
    {"restore enables", .run = restore_enables, .when = GIC_DISTRIBUTOR},
    {"restore the interface", .of_cpu = gicv2_interface_priorities, .when = GIC_INTERFACE},
    {"forward", .run = forward, .when = GIC_FORWARDING},
    {"the interface signals", .of_cpu = gicv2_interface_on},
};

/* The Xen series, up to its revision 9 and after it: neither pending nor groups. */
static const struct gic_step xen_v9_up[] = {
    {"the interface signals nothing", .run = silence},
    {"forward nothing", .run = stop_forwarding, .when = GIC_DISTRIBUTOR},
    {"disable all", .run = disable_all, .when = GIC_DISTRIBUTOR},
    {"restore enables", .run = restore_enables, .when = GIC_DISTRIBUTOR},
    {"clear active", .run = clear_active, .when = GIC_DISTRIBUTOR},
    {"restore active", .run = restore_active, .when = GIC_DISTRIBUTOR},
    {"restore priorities", .run = restore_priorities, .when = GIC_DISTRIBUTOR},
    {"restore targets", .run = restore_targets, .when = GIC_DISTRIBUTOR},
    {"restore triggers", .run = restore_triggers, .when = GIC_DISTRIBUTOR},
    {"forward", .run = forward, .when = GIC_FORWARDING},
    {"restore the interface", .of_cpu = gicv2_interface_priorities, .when = GIC_INTERFACE},
    {"the interface signals", .of_cpu = gicv2_interface_on},
};

static const struct gic_step xen_up[] = {
    {"the interface signals nothing", .run = silence},
    {"forward nothing", .run = stop_forwarding, .when = GIC_DISTRIBUTOR},
    {"disable all", .run = disable_all, .when = GIC_DISTRIBUTOR},
    {"restore triggers", .run = restore_triggers, .when = GIC_DISTRIBUTOR},
    {"restore priorities", .run = restore_priorities, .when = GIC_DISTRIBUTOR},
    {"restore targets", .run = restore_targets, .when = GIC_DISTRIBUTOR},
    {"restore enables", .run = restore_enables, .when = GIC_DISTRIBUTOR},
    {"clear active", .run = clear_active, .when = GIC_DISTRIBUTOR},
    {"restore active", .run = restore_active, .when = GIC_DISTRIBUTOR},
    {"forward", .run = forward, .when = GIC_FORWARDING},
    {"restore the interface", .of_cpu = gicv2_interface_priorities, .when = GIC_INTERFACE},
    {"the interface signals", .of_cpu = gicv2_interface_on},
};

static const struct gic_step linux_down[] = {
    {"save what is banked, then the distributor", .run = linux_save},
};

static const struct gic_step linux_up[] = {
    {"forward nothing", .run = stop_forwarding, .when = GIC_DISTRIBUTOR},
    {"restore triggers", .run = linux_triggers},
    {"set priorities", .run = linux_priorities},
    {"restore targets", .run = restore_targets, .when = GIC_DISTRIBUTOR},
    {"restore enables", .run = linux_enables},
    {"restore active", .run = linux_active},
    {"forward", .run = linux_forward},
    {"restore what is banked", .run = linux_own},
    {"set up the interface", .run = linux_interface},
};

/* --- as somebody does it who has not stopped anything yet --- */

static int live_configuration(void)
{
    save_configuration(own());
    save_configuration(shared());
    gic_save(shared(), GIC_TARGET);
    return 0;
}

static int live_pending(void)
{
    gic_save(own(), GIC_PENDING);
    gic_save(shared(), GIC_PENDING);
    gicv2_sgis_save(boot_cpu());
    return 0;
}

static int live_active(void)
{
    gic_save(own(), GIC_ACTIVE);
    gic_save(shared(), GIC_ACTIVE);
    gic()->kept = true;
    return 0;
}

/* --- tables of mistakes --- */

static const struct gic_step live_down[] = {
    {"save configuration", .run = live_configuration},
    {"save pending", .run = live_pending},
    {"save active", .run = live_active},
    {"save the interface", .of_cpu = gicv2_interface_save},
    {"the interface signals nothing", .run = signal_late},
    {"forward nothing", .run = forward_nothing},
};

static const struct gic_step enable_first_up[] = {
    {"the interface signals nothing", .run = silence},
    {"forward nothing", .run = stop_forwarding, .when = GIC_DISTRIBUTOR},
    {"disable all", .run = disable_all, .when = GIC_DISTRIBUTOR},
    {"restore groups", .run = restore_groups, .when = GIC_DISTRIBUTOR},
    {"restore priorities", .run = restore_priorities, .when = GIC_DISTRIBUTOR},
    {"restore targets", .run = restore_targets, .when = GIC_DISTRIBUTOR},
    {"clear active", .run = clear_active, .when = GIC_DISTRIBUTOR},
    {"restore active", .run = restore_active, .when = GIC_DISTRIBUTOR},
    {"restore enables", .run = restore_enables, .when = GIC_DISTRIBUTOR},
    {"restore triggers", .run = restore_triggers, .when = GIC_DISTRIBUTOR},
    {"restore pending edges", .run = restore_pending, .when = GIC_DISTRIBUTOR},
    {"restore pending SGIs", .of_cpu = gicv2_sgis_restore, .when = GIC_DISTRIBUTOR},
    {"restore the interface", .of_cpu = gicv2_interface_priorities, .when = GIC_INTERFACE},
    {"forward", .run = forward, .when = GIC_FORWARDING},
    {"the interface signals", .of_cpu = gicv2_interface_on},
};

const struct gic_sequence gicv2_sequences[GIC_ORDERS] = {
    [GICV2_CORRECTED] = {GIC_STEPS(down), GIC_STEPS(up)},
    [GICV2_LIVE] = {GIC_STEPS(live_down), GIC_STEPS(up)},
    [GICV2_ENABLE_FIRST] = {GIC_STEPS(down), GIC_STEPS(enable_first_up)},
    [GICV2_XEN_V9] = {GIC_STEPS(down), GIC_STEPS(xen_v9_up)},
    [GICV2_XEN] = {GIC_STEPS(down), GIC_STEPS(xen_up)},
    [GICV2_LINUX] = {GIC_STEPS(linux_down), GIC_STEPS(linux_up)},
    [GICV2_NOBODY] = {GIC_STEPS(down), {.step = NULL, .n = 0}},
};
