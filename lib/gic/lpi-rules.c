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

/* --- of two redistributors --- */

#define ATTRIBUTES                                                                             \
    (RDIST_GICR_PENDBASER_OuterCache | RDIST_GICR_PENDBASER_Shareability |                     \
     RDIST_GICR_PENDBASER_InnerCache)

/* CommonLPIAff: how many levels of affinity, from the upper one, a group has in common. */
static bool in_one_group(const struct nap_machine *m, unsigned a, unsigned b)
{
    uint64_t typer = nap_reg_get(m, a, RDIST_SLOT_GICR_TYPER);
    unsigned levels = (unsigned)((typer & RDIST_GICR_TYPER_CommonLPIAff) >>
                                 RDIST_GICR_TYPER_CommonLPIAff_SHIFT);
    uint32_t differ =
        nap_cpu_affinity(m, nap_device_line(m, a)) ^ nap_cpu_affinity(m, nap_device_line(m, b));

    return levels == 0 || differ >> (32 - 8 * levels) == 0;
}

/* A bit for every INTID, from 0 on. */
static bool overlap(const struct nap_machine *m, unsigned a, unsigned b)
{
    nap_addr at_a =
        nap_reg_get(m, a, RDIST_SLOT_GICR_PENDBASER) & RDIST_GICR_PENDBASER_Physical_Address;
    nap_addr at_b =
        nap_reg_get(m, b, RDIST_SLOT_GICR_PENDBASER) & RDIST_GICR_PENDBASER_Physical_Address;

    return at_a < at_b + gic_lpi_end(m, b) / 8 && at_b < at_a + gic_lpi_end(m, a) / 8;
}

static const char *disagree(const struct nap_machine *m, unsigned a, unsigned b)
{
    uint64_t config = nap_reg_get(m, a, RDIST_SLOT_GICR_PROPBASER) ^
                      nap_reg_get(m, b, RDIST_SLOT_GICR_PROPBASER);
    uint64_t pending = nap_reg_get(m, a, RDIST_SLOT_GICR_PENDBASER) ^
                       nap_reg_get(m, b, RDIST_SLOT_GICR_PENDBASER);

    if (config && in_one_group(m, a, b))
        return "GICR_PROPBASER is another, and they share the table: unpredictable";
    if (pending & ATTRIBUTES)
        return "attributes of GICR_PENDBASER are others: unpredictable";
    return overlap(m, a, b) ? "their pending tables are one" : NULL;
}

void gic_lpi_tables_agree(const struct nap_machine *m, const struct nap_event *e,
                          struct nap_report *report)
{
    unsigned gicd = nap_upstream(m, e->device);

    if (!(e->now & ~e->was & RDIST_GICR_CTLR_EnableLPIs))
        return;
    for (int d = -1; (d = nap_device_next_behind(m, gicd, d)) >= 0;) {
        unsigned rd = (unsigned)d;
        const char *what;
        if (rd == e->device || !is_redistributor(m, rd) || !nap_device_on(m, rd) ||
            !lpis_of(m, rd)->enabled)
            continue;
        what = disagree(m, e->device, rd);
        if (what)
            nap_violation(report, e->device, e->slot, UINT32_MAX,
                          "%s: EnableLPIs set while %s has it: %s",
                          nap_device_name(m, e->device), nap_device_name(m, rd), what);
    }
}

/* --- configuration --- */

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
