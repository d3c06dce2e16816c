/* SPDX-License-Identifier: MIT */
/* The GICv3 distributor: SPIs, and those of the extended range.
 *
 * Source: Arm IHI 0069, "GICD_CTLR", "Register Write Pending", "GICD_IROUTER<n>". */
#include <errno.h>

#include "gicv3.h"

int gicv3_dist_settled(void)
{
    return gic_poll(gic()->dist + GICD_CTLR, GICD_CTLR_RWP, 0);
}

static void save(const struct gic_bank *bank)
{
    gic_save(bank, GIC_GROUP);
    gic_save(bank, GIC_MODIFIER);
    gic_save(bank, GIC_ENABLE);
    gic_save(bank, GIC_TRIGGER);
    gic_save(bank, GIC_PRIORITY);
    gic_save(bank, GIC_ROUTE);
    gic_save(bank, GIC_PENDING);
    gic_save(bank, GIC_ACTIVE);
}

int gicv3_dist_save(void)
{
    int ret = gicv3_dist_settled();

    if (ret != 0)
        return ret;
    gic()->ctlr = gicd_read(GICD_CTLR);
    save(&gic()->shared);
    save(&gic()->extended);
    gic()->kept = true;
    return 0;
}

/* --- up --- */

/* ARE goes to where it must be and never from 1 to 0. */
int gicv3_forward_nothing(void)
{
    gicd_write(GICD_CTLR, gic_form()->order == GICV3_XEN_V9 ? 0 : gic()->ctlr & GICD_CTLR_ARE);
    return gicv3_dist_settled();
}

int gicv3_disable_spis(void)
{
    gic_clear(&gic()->shared, GIC_ENABLE);
    gic_clear(&gic()->extended, GIC_ENABLE);
    return gic_form()->disable_unheard ? 0 : gicv3_dist_settled();
}

int gicv3_spi_groups(void)
{
    gic_restore(&gic()->shared, GIC_GROUP);
    gic_restore(&gic()->shared, GIC_MODIFIER);
    if (gic_form()->extended_group_lost)
        return 0;
    gic_restore(&gic()->extended, GIC_GROUP);
    gic_restore(&gic()->extended, GIC_MODIFIER);
    return 0;
}

int gicv3_spi_triggers(void)
{
    gic_restore(&gic()->shared, GIC_TRIGGER);
    gic_restore(&gic()->extended, GIC_TRIGGER);
    return 0;
}

int gicv3_spi_priorities(void)
{
    gic_restore(&gic()->shared, GIC_PRIORITY);
    gic_restore(&gic()->extended, GIC_PRIORITY);
    return 0;
}

int gicv3_spi_routes(void)
{
    gic_restore(&gic()->shared, GIC_ROUTE);
    gic_restore(&gic()->extended, GIC_ROUTE);
    return 0;
}

int gicv3_spi_active_clear(void)
{
    gic_clear(&gic()->shared, GIC_ACTIVE);
    gic_clear(&gic()->extended, GIC_ACTIVE);
    return 0;
}

int gicv3_spi_active(void)
{
    if (gic_form()->active_lost)
        return 0;
    gic_restore(&gic()->shared, GIC_ACTIVE);
    gic_restore(&gic()->extended, GIC_ACTIVE);
    return 0;
}

/* Nothing is cleared first: an edge that came since suspend has read them is pending now. */
int gicv3_spi_pending(void)
{
    if (gic_form()->pending_lost)
        return 0;
    gic_restore_edges(&gic()->shared);
    gic_restore_edges(&gic()->extended);
    return 0;
}

int gicv3_spi_enables(void)
{
    gic_restore(&gic()->shared, GIC_ENABLE);
    gic_restore(&gic()->extended, GIC_ENABLE);
    return 0;
}

int gicv3_forward(void)
{
    gicd_write(GICD_CTLR, gic()->ctlr & ~GICD_CTLR_RWP);
    return gicv3_dist_settled();
}
