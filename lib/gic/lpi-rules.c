/* SPDX-License-Identifier: MIT */
/* What must hold of the LPIs of a redistributor. The table they stand in is the redistributor's
 * (GIC_LPI_RULES). */
#include "lpi.h"

#include <inttypes.h>
#include <string.h>

#include "gicv3-redistributor-model.h"

static const struct gic_lpis *lpis_of(const struct nap_machine *m, unsigned rd)
{
    return nap_block_state(m, rd);
}

static bool is_redistributor(const struct nap_machine *m, unsigned device)
{
    return nap_device_model(m, device) == &nap_model_gicv3_redistributor;
}

static void check_off(const struct nap_machine *m, unsigned rd, struct nap_report *report)
{
    const struct gic_lpis *l = lpis_of(m, rd);

    if (l->off_lost || l->off_stale)
        nap_violation(report, rd, RDIST_SLOT_GICR_PENDBASER, UINT32_MAX,
                      "%s lost power with LPIs that the pending table has otherwise: %" PRIu32
                      " pending are lost, %" PRIu32
                      " that are not pending come back; the first is "
                      "%" PRIu32,
                      nap_device_name(m, rd), l->off_lost, l->off_stale, l->off_first);
}

void gic_lpi_flushed(const struct nap_machine *m, const struct nap_event *e,
                     struct nap_report *report)
{
    if (strcmp(e->label, NAP_LABEL_POWER_OFF) != 0)
        return;
    for (unsigned d = 0; d < nap_device_count(m); d++)
        if (is_redistributor(m, d) &&
            ((e->was & ~e->now) >> nap_machine_soc(m)->devices[d].domain & 1))
            check_off(m, d, report);
}

/* The write asks for EnableLPIs, which was 0. */
static bool enables(const struct nap_event *e)
{
    return (e->written & ~e->was & RDIST_GICR_CTLR_EnableLPIs) != 0;
}

void gic_lpi_set_up(const struct nap_machine *m, const struct nap_event *e,
                    struct nap_report *report)
{
    static const uint16_t needed[] = {RDIST_SLOT_GICR_PROPBASER, RDIST_SLOT_GICR_PENDBASER};

    if (!enables(e))
        return;
    if (e->was & RDIST_GICR_CTLR_RWP)
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "%s: EnableLPIs set while RWP was 1: unpredictable",
                      nap_device_name(m, e->device));
    for (unsigned i = 0; i < 2; i++) {
        char name[NAP_NAME_MAX * 2];
        if (nap_reg_marks(m, e->device, needed[i]) & NAP_MARK_WRITTEN)
            continue;
        nap_register_name(m, e->device, needed[i], name, sizeof name);
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "EnableLPIs set although %s has not been written since power-on", name);
        return;
    }
}

void gic_lpi_table_zero(const struct nap_machine *m, const struct nap_event *e,
                        struct nap_report *report)
{
    uint64_t base = nap_reg_get(m, e->device, RDIST_SLOT_GICR_PENDBASER);
    uint32_t intid;

    if (!(e->now & ~e->was & RDIST_GICR_CTLR_EnableLPIs) || !(base & RDIST_GICR_PENDBASER_PTZ))
        return;
    intid = gic_lpi_next_in_table(m, e->device, GIC_LPI_FIRST);
    if (intid)
        nap_violation(report, e->device, RDIST_SLOT_GICR_PENDBASER, UINT32_MAX,
                      "%s: EnableLPIs set with PTZ 1 while the pending table has LPI %" PRIu32
                      ", which is lost",
                      nap_device_name(m, e->device), intid);
}

static void check_config(const struct nap_machine *m, unsigned rd, struct nap_report *report)
{
    const struct gic_lpis *l = lpis_of(m, rd);

    for (uint32_t i = 0; i < l->n; i++) {
        uint8_t is = gic_lpi_config_in_table(m, rd, l->list[i].intid);
        if (!l->list[i].configured || l->list[i].config == is)
            continue;
        nap_violation(report, rd, RDIST_SLOT_GICR_PROPBASER, UINT32_MAX,
                      "%s holds configuration 0x%02x of LPI %" PRIu32
                      ", memory has 0x%02x, and no INV has followed",
                      nap_device_name(m, rd), l->list[i].config, l->list[i].intid, is);
        return;
    }
}

void gic_lpi_config_known(const struct nap_machine *m, const struct nap_event *e,
                          struct nap_report *report)
{
    if (strcmp(e->label, NAP_LABEL_RESUMED) != 0)
        return;
    for (unsigned d = 0; d < nap_device_count(m); d++)
        if (is_redistributor(m, d) && nap_device_on(m, d) && lpis_of(m, d)->enabled)
            check_config(m, d, report);
}
