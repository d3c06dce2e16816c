/* SPDX-License-Identifier: MIT */
/* Private to lib/gic: LPIs of one redistributor. Which are pending, and their configuration as
 * the redistributor holds it, in front of the tables in RAM. Calls for the redistributor's own
 * file (registers, power), for its CPU interface (selection, acknowledge) and for the ITS. */
#ifndef NAP_GIC_LPI_H
#define NAP_GIC_LPI_H

#include "gic.h"

#include <regnap/rule.h>

#define GIC_LPIS_MAX     64u /* that one redistributor holds beside its tables */
#define GIC_LPI_INVS_MAX 8u  /* INVLPIR that are under way one by one */
#define GIC_LPI_FIRST    8192u

/* A collection of an ITS, which is a device: what INVALL is about. */
#define GIC_NO_COLLECTION                                                                      \
    0u /* that of an LPI which only its table, or SETLPIR, has told of                         \
        */
#define GIC_COLLECTION(its, icid) ((uint32_t)(its) << 17 | ((uint32_t)(icid) + 1u))

/* What the redistributor knows of one LPI. Entries stand in the order of their INTIDs. */
struct gic_lpi {
    uint32_t intid;
    uint32_t collection; /* GIC_COLLECTION(), GIC_NO_COLLECTION */
    uint8_t config;      /* as fetched, if @configured */
    uint8_t configured;  /* 1: a copy of the configuration table's byte is held */
    uint8_t pending;
    uint8_t reserved;
};

/* First member of the redistributor's hidden state: nap_block_state(m, redistributor). */
struct gic_lpis {
    uint32_t n;
    uint32_t enabled; /* 1: takes LPIs: EnableLPIs, and until RWP shows that it has gone */
    /* 1: LPIs that have no entry are pending where the pending table in RAM says so. 0: they
     * are not, whatever it says: it is read as LPIs are enabled, and not looked at again. */
    uint32_t rest;
    uint32_t dirty; /* 1: the pending table in RAM may say otherwise than is true */
    uint32_t n_inv; /* of @inv; GIC_LPI_INVS_MAX + 1: all */
    uint32_t inv[GIC_LPI_INVS_MAX];
    /* For rules, at the last loss of power: how many pending LPIs RAM did not have, and how
     * many it had that were pending no more; the first of either. */
    uint32_t off_lost, off_stale, off_first;
    struct gic_lpi list[GIC_LPIS_MAX];
};

/* --- for the redistributor: registers and power ---
 *
 * n_work: one more item, of GICR_SYNCR.Busy; work_done() of that slot: gic_lpis_inv_done(). */

/* EnableLPIs goes 0 -> 1: reads the pending table, unless GICR_PENDBASER.PTZ says it is zero.
 * Settles PROPBASER and PENDBASER. */
void gic_lpis_enable(struct nap_machine *m, unsigned rd);
/* The end of EnableLPIs 1 -> 0 (RWP comes back to 0): what is pending goes, by switch R05 to
 * the table or nowhere. Until then LPIs are still taken and shown. */
void gic_lpis_disabled(struct nap_machine *m, unsigned rd);
/* The pending table in RAM is made to say what is pending, and mappings that ITSs behind the
 * same distributor have not written back are written (GIC-600: WAKER.Sleep 0 -> 1, as a part of
 * the work whose end Quiescent shows). */
void gic_lpis_flush(struct nap_machine *m, unsigned rd);
void gic_lpis_power_going(struct nap_machine *m, unsigned rd); /* as in struct nap_block */
void gic_lpis_power_off(struct nap_machine *m, unsigned rd);
void gic_lpis_power_on(struct nap_machine *m, unsigned rd);
/* Effects of registers; they end with gicr_lpis_changed(). */
nap_on_write gic_lpi_setlpir_written, gic_lpi_clrlpir_written, gic_lpi_invlpir_written,
    gic_lpi_invallr_written;
void gic_lpis_inv_done(struct nap_machine *m, unsigned rd);

/* --- for the CPU interface --- */

/* The first LPI that is pending and enabled, by priority and INTID; of group GIC_GROUP_1,
 * .bank UINT_MAX. Not asked: sleep, GICD_CTLR, PMR. */
struct gic_candidate gic_lpis_best(struct nap_machine *m, unsigned rd);
/* By IAR: not pending any more. A step "acknowledged". */
void gic_lpis_acknowledge(struct nap_machine *m, unsigned rd, uint32_t intid);
bool gic_lpi_pending(const struct nap_machine *m, unsigned rd, uint32_t intid);

/* --- for the ITS --- */

/* False: nothing comes of it, as EnableLPIs is 0, it has no power or has no such LPI. A step
 * "latched" or "lost" at the redistributor. */
bool gic_lpi_set(struct nap_machine *m, unsigned rd, uint32_t intid, uint32_t collection);
bool gic_lpi_clear(struct nap_machine *m, unsigned rd, uint32_t intid);
void gic_lpi_move(struct nap_machine *m, unsigned from, unsigned to, uint32_t intid);
void gic_lpis_move_all(struct nap_machine *m, unsigned from, unsigned to);
/* The LPI is of that collection from now on, in whatever redistributor behind @gicd holds it.
 */
void gic_lpi_join(struct nap_machine *m, unsigned gicd, uint32_t intid, uint32_t collection);
void gic_lpi_invalidate(struct nap_machine *m, unsigned rd, uint32_t intid);
void gic_lpis_invalidate(struct nap_machine *m, unsigned rd);
/* Of the collection, in all redistributors behind @gicd; and those whose collection nobody
 * knows. */
void gic_lpis_invalidate_of(struct nap_machine *m, unsigned gicd, uint32_t collection);

/* --- for rules --- */

/* The first INTID beyond those of the tables; 0: they have none. */
uint32_t gic_lpi_end(const struct nap_machine *m, unsigned rd);
/* First LPI from @intid on whose bit in the pending table in RAM is set; 0: none. */
uint32_t gic_lpi_next_in_table(const struct nap_machine *m, unsigned rd, uint32_t intid);
/* The byte of the configuration table in RAM; 0 where there is none. */
uint8_t gic_lpi_config_in_table(const struct nap_machine *m, unsigned rd, uint32_t intid);

/* Rules of the redistributor's block about LPIs, as elements of its table: lpi-rules.c. */
#define GIC_LPI_N_RULES 5
void gic_lpi_flushed(const struct nap_machine *m, const struct nap_event *e,
                     struct nap_report *report);
void gic_lpi_set_up(const struct nap_machine *m, const struct nap_event *e,
                    struct nap_report *report);
void gic_lpi_table_zero(const struct nap_machine *m, const struct nap_event *e,
                        struct nap_report *report);
void gic_lpi_tables_agree(const struct nap_machine *m, const struct nap_event *e,
                          struct nap_report *report);
void gic_lpi_config_known(const struct nap_machine *m, const struct nap_event *e,
                          struct nap_report *report);
#define GIC_LPI_RULES                                                                          \
    {                                                                                          \
        .id = "lpi-flushed-before-off",                                                        \
        .classes = "O9 O15",                                                                   \
        .source = "Arm IHI 0069, \"LPI Pending tables\": only an implementation's own power "  \
                  "sequence writes them; firmware for the GIC-500 and GIC-600",                \
        .about = "When a redistributor loses power, the pending table in RAM says which LPIs " \
                 "are pending",                                                                \
        .family = NAP_RULE_CONDUCT,                                                            \
        .on = NAP_STEP_BIT(NAP_STEP_POWER),                                                    \
        .check = gic_lpi_flushed,                                                              \
    },                                                                                         \
        {                                                                                      \
            .id = "lpi-set-up-before-enable",                                                  \
            .classes = "O4 O8",                                                                \
            .source = "Arm IHI 0069, \"GICR_CTLR\", \"GICR_PROPBASER\", \"GICR_PENDBASER\"",   \
            .about = "EnableLPIs is set with both tables written since power-on, and with "    \
                     "RWP 0",                                                                  \
            .family = NAP_RULE_CONDUCT,                                                        \
            .on = NAP_STEP_BIT(NAP_STEP_WRITE),                                                \
            .reg = "GICR_CTLR",                                                                \
            .check = gic_lpi_set_up,                                                           \
        },                                                                                     \
        {                                                                                      \
            .id = "lpi-pending-table-zero",                                                    \
            .classes = "O9",                                                                   \
            .source = "Arm IHI 0069, \"GICR_PENDBASER\": PTZ",                                 \
            .about = "EnableLPIs is set with PTZ 1 only while the pending table is zero",      \
            .family = NAP_RULE_CONDUCT,                                                        \
            .on = NAP_STEP_BIT(NAP_STEP_WRITE),                                                \
            .reg = "GICR_CTLR",                                                                \
            .check = gic_lpi_table_zero,                                                       \
        },                                                                                     \
        {                                                                                      \
            .id = "lpi-tables-agree",                                                          \
            .classes = "O4",                                                                   \
            .source = "Arm IHI 0069, \"GICR_PROPBASER\", \"GICR_PENDBASER\"",                  \
            .about = "Redistributors with EnableLPIs have one configuration table where they " \
                     "must share it, attributes that agree, and pending tables of their own",  \
            .family = NAP_RULE_CONDUCT,                                                        \
            .on = NAP_STEP_BIT(NAP_STEP_WRITE),                                                \
            .reg = "GICR_CTLR",                                                                \
            .check = gic_lpi_tables_agree,                                                     \
        },                                                                                     \
    {                                                                                          \
        .id = "lpi-config-invalidated", .classes = "O12 O9",                                   \
        .source = "Arm IHI 0069, \"LPI Configuration tables\": a change takes effect by INV "  \
                  "or INVALL",                                                                 \
        .about = "As resume returns no redistributor holds a configuration of an LPI that "    \
                 "memory has otherwise",                                                       \
        .family = NAP_RULE_CONDUCT, .on = NAP_STEP_BIT(NAP_STEP_MASTER),                       \
        .check = gic_lpi_config_known,                                                         \
    }

/* --- what the redistributor's own file provides ---
 *
 * Pending LPIs or their configuration have changed: what its CPU is shown may be another. */
void gicr_lpis_changed(struct nap_machine *m, unsigned rd);

#endif
