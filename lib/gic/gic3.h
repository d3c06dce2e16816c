/* SPDX-License-Identifier: MIT */
/* Private to lib/gic: what the parts of a GICv3 know of each other. A distributor (gicd), one
 * redistributor and one CPU interface for each processing element stand in a machine as devices
 * of their own, each with its own power; the upstream of all is the distributor. */
#ifndef NAP_GIC3_H
#define NAP_GIC3_H

#include <assert.h>

#include "lpi.h"

#include "gicv3-cpu-interface-model.h"
#include "gicv3-model.h"
#include "gicv3-redistributor-model.h"

extern const struct nap_block nap_gicv3_block, nap_gicv3_redistributor_block,
    nap_gicv3_cpu_interface_block;

/* --- hidden state --- */

#define GIC3_SPI_WORDS 32u /* of SPIs from INTID 32 on, the last unused; as many of ESPIs */

struct nap_gic3_dist {
    /* Enables that have been cleared and are in force until RWP is 0, by word. */
    uint32_t disabled[2 * GIC3_SPI_WORDS];
    uint32_t groups;     /* the same of the group enables, bits of GICD_CTLR */
    uint32_t e1nwf_late; /* 1: E1NWF has changed, and what it was is in force until RWP is 0 */
    /* The same of GICR_CTLR.DPG*: by enum gic_group, a bit for each CPU. */
    uint64_t dpg_late[GIC_GROUPS];
    uint64_t shown; /* bit by CPU: it is shown an interrupt, or woken by one */
};

static_assert(NAP_SOC_CPUS_MAX <= 64, "a bit for each CPU");

#define GIC3_SGIS_MAX 8u /* of one sender, on their way at once */

struct gic3_sgi {
    uint64_t value; /* as written to ICC_SGI1R_EL1 or one of its like */
    uint8_t group;  /* enum gic_group, that it asks for */
    uint8_t ns;     /* 1: by a Non-secure access, of a system with two Security states */
    uint8_t reserved[6];
};

/* What a redistributor was doing when its power went, for rules; 0 while it is on. */
struct gic3_at_off {
    uint32_t valid;
    uint32_t waker;
};

struct nap_gic3_redist {
    struct gic_lpis lpis;
    uint32_t disabled[3]; /* as of the distributor */
    uint32_t n_sgis;
    struct gic3_sgi sgis[GIC3_SGIS_MAX]; /* UWP; the oldest first */
    struct gic3_at_off at_off;
};

#define GIC3_ACKED_MAX 128u /* one of each level of preemption that there can be */

struct nap_gic3_cpuif {
    uint32_t shown;    /* 1 + INTID that the processing element is shown, or 0 */
    uint32_t woken;    /* 1 + INTID that asks for a wake-up, or 0 */
    uint32_t n_acked;  /* of @acked: acknowledged, and the priority not dropped, oldest first */
    uint32_t misended; /* 1: the last write of EOIR was of another than the last of these */
    uint32_t acked[GIC3_ACKED_MAX];
    uint32_t off_active; /* 1: its power went while priorities were active; 0 while it is on */
    uint32_t reserved;
};

/* --- gic3.c: who belongs together, and what processing elements are shown --- */

/* The redistributor or CPU interface of @cpu, powered or not, or -1. */
int gic3_redistributor(const struct nap_machine *m, unsigned dist, unsigned cpu);
int gic3_interface(const struct nap_machine *m, unsigned dist, unsigned cpu);

/* The distributor that the device is, or belongs to. */
unsigned gic3_distributor(const struct nap_machine *m, unsigned device);

/* One Security state, or Security is disabled. */
bool gic3_one_state(const struct nap_machine *m, unsigned dist);
/* The access under way is a Non-secure one and there are two Security states. */
bool gic3_restricted(const struct nap_machine *m, unsigned dist);
/* Affinity routing is enabled, for Secure and for Non-secure state. */
bool gic3_routes(const struct nap_machine *m, unsigned dist);
/* Bits of a priority that the part has. */
uint8_t gic3_priority_bits(const struct nap_machine *m, unsigned dist);

/* Interrupts below 1020 that are SPIs; extended ones; extended PPIs of a redistributor. */
unsigned gic3_spis(const struct nap_machine *m, unsigned dist);
unsigned gic3_espis(const struct nap_machine *m, unsigned dist);
unsigned gic3_eppis(const struct nap_machine *m, unsigned rd);

struct gic_bank gic3_spi_bank(const struct nap_machine *m, unsigned dist);
struct gic_bank gic3_espi_bank(const struct nap_machine *m, unsigned dist);
struct gic_bank gic3_private_bank(const struct nap_machine *m, unsigned rd);
struct gic_bank gic3_eppi_bank(const struct nap_machine *m, unsigned rd);
/* The bank that @intid is of, seen from @cpu. False: none. LPIs are in no bank. */
bool gic3_bank_of(const struct nap_machine *m, unsigned dist, unsigned cpu, uint32_t intid,
                  struct gic_bank *bank);

/* The slot of GICD_IROUTER of that SPI. */
unsigned gic3_router_of(const struct gic_bank *bank, unsigned n);

/* Whether the redistributor has power, its own switch (GICR_PWRR) included. */
bool gic3_redist_on(const struct nap_machine *m, unsigned rd);
/* It and its processing element may talk: neither end sleeps. */
bool gic3_awake(const struct nap_machine *m, unsigned rd);

/* GICR_CTLR of @cpu has changed as the bits of @changed say; RWP is 0 again, or it has lost its
 * power: what it says of 1-of-N is in force. */
void gic3_dpg_changed(struct nap_machine *m, unsigned dist, unsigned cpu, uint64_t changed);
void gic3_dpg_done(struct nap_machine *m, unsigned dist, unsigned cpu);

/* The interrupt at the CPU interface of @cpu: of what the distributor forwards in groups that
 * the interface enables. Nothing while the redistributor sleeps. */
struct gic_candidate gic3_highest(struct nap_machine *m, unsigned dist, unsigned cpu);
/* Something has changed that @cpu, or anybody, may be shown. */
void gic3_update_cpu(struct nap_machine *m, unsigned dist, unsigned cpu);
void gic3_update(struct nap_machine *m, unsigned dist);
/* The same where it is something about SPIs alone. */
void gic3_update_spis(struct nap_machine *m, unsigned dist);

/* The bits of 32 interrupts that the access sees, by groups as they are known. */
uint32_t gic3_visible(const struct nap_machine *m, unsigned dist, const struct gic_bank *bank,
                      unsigned word);
/* The same with groups settled, or those that it may change where NSACR has at least
 * @level for a Secure one; @level 4: never. @nsacr: slot of the first of two words, or
 * GIC_NO_SLOT. */
uint32_t gic3_seen(struct nap_machine *m, unsigned dist, const struct gic_bank *bank,
                   unsigned word, unsigned nsacr, unsigned level);
/* Priorities of four interrupts as stored, for those that the access may write (@seen, a bit
 * for each); and as the access reads them. */
uint64_t gic3_priorities_stored(const struct nap_machine *m, unsigned dist, uint64_t was,
                                uint64_t written, uint64_t lanes, unsigned seen);
uint64_t gic3_priorities_read(const struct nap_machine *m, unsigned dist, uint64_t value,
                              unsigned seen);
/* The register ICFGR of 16 interrupts, by its number from the bank's first, as stored: the
 * upper bit of each that the access may write (@seen, a bit for each). What a change does to
 * the pending state of those that are enabled or pending is @set (they are pending), @clear, or
 * neither. */
uint64_t gic3_triggers_stored(struct nap_machine *m, const struct gic_bank *bank, unsigned half,
                              uint64_t now, unsigned seen, bool set, bool clear);
/* Ledger: bits of the word that have changed, as @label. */
void gic3_note_bits(struct nap_machine *m, const struct gic_bank *bank, unsigned word,
                    uint32_t bits, const char *label);

/* --- dist3.c --- */

/* Group enables in force, as GIC_GROUP_BIT; with @leaving also those that have been cleared and
 * are in force until RWP is 0. */
unsigned gic3_forwarded(const struct nap_machine *m, unsigned dist, bool leaving);
/* What a write asks GICD_CTLR to hold, in the layout of the Secure view; and of a change the
 * bits (DS, ARE_S, ARE_NS) whose result is UNPREDICTABLE. */
uint64_t gic3_ctlr_asked(const struct nap_machine *m, unsigned dist, uint64_t was,
                         uint64_t written);
uint64_t gic3_ctlr_unpredictable(const struct nap_machine *m, unsigned dist, uint64_t was,
                                 uint64_t now);

/* --- redist3.c --- */

/* An SGI is sent by @cpu; it arrives when UWP shows that it has. */
void gic3_sgi_send(struct nap_machine *m, unsigned dist, unsigned cpu, struct gic3_sgi sgi);
/* Whether GICR_WAKER may not go from @was to @now. */
bool gic3_waker_unpredictable(const struct nap_machine *m, unsigned rd, uint64_t was,
                              uint64_t now);

/* --- cpuif3.c --- */

/* Groups that the interface enables, as GIC_GROUP_BIT; 0 without power. */
unsigned gic3_interface_groups(const struct nap_machine *m, unsigned icc);
/* Whether the candidate is signalled: its priority beats PMR and what is active. */
bool gic3_signalled(struct nap_machine *m, unsigned icc, const struct gic_candidate *c);
/* Bits of a priority that the interface compares; the least binary point of Group 0. */
uint8_t gic3_interface_bits(const struct nap_machine *m, unsigned icc);
unsigned gic3_min_bpr(const struct nap_machine *m, unsigned icc);
/* Highest active priority; GIC_IDLE: none. */
uint8_t gic3_running(const struct nap_machine *m, unsigned icc);
/* Whether the software under test may use system registers at its Exception level. */
bool gic3_uses_sre(const struct nap_machine *m, unsigned icc);

/* --- rules3.c --- */

#define GIC3_DIST_N_RULES   6u
#define GIC3_REDIST_N_RULES (6u + GIC_LPI_N_RULES)
#define GIC3_CPUIF_N_RULES  7u
extern const struct nap_rule nap_gic3_dist_rules[], nap_gic3_redist_rules[],
    nap_gic3_cpuif_rules[];

/* --- rules3_resume.c --- */

struct nap_report;
/* Registers of the CPU interface that enable groups. */
bool gic3_enables_groups(unsigned reg);
void gic3_live_when_restored(const struct nap_machine *m, const struct nap_event *e,
                             struct nap_report *report);
void gic3_spi_level_latched(const struct nap_machine *m, const struct nap_event *e,
                            struct nap_report *report);
void gic3_private_level_latched(const struct nap_machine *m, const struct nap_event *e,
                                struct nap_report *report);

#endif
