/* SPDX-License-Identifier: MIT */
/* Private to lib/gic: a GICv2 as three devices of one model. The distributor is the upstream of
 * the CPU interface and of the virtual interface control, which have one of each register for
 * every CPU. Sections are those of Arm IHI 0048B. */
#ifndef NAP_GIC_V2_H
#define NAP_GIC_V2_H

#include <regnap/rule.h>

#include "gic.h"
#include "gicv2-model.h"

#define V2_CPUS_MAX   8
#define V2_LEVELS_MAX 128u /* preemption levels, with 7 bits of group priority */
#define V2_APRS       4

/* --- hidden state, by variant of the device ------------------------------------------------
 *
 * Of the CPU interface: which interrupt took a preemption level, as IAR showed it, plus 1; 0 if
 * nobody knows. Hardware keeps no such list: it says what EOIR must be written, and is looked
 * at where it is written otherwise (switch G04), and by rules. */
struct v2_interface_state {
    uint16_t taken[V2_CPUS_MAX][V2_LEVELS_MAX];
    /* What rules look at: how the last EOIR of a CPU fitted, and what a loss of power ended. */
    uint8_t ended[V2_CPUS_MAX]; /* enum v2_end */
    uint8_t off_valid;
    uint8_t off_running[V2_CPUS_MAX]; /* running priority, GIC_IDLE if there was none */
    uint8_t off_enabled;              /* bit by CPU: the interface signalled some group */
    uint8_t reserved[6];
};

enum v2_end {
    V2_END_AS_TAKEN,
    V2_END_OTHER,  /* another interrupt, or another source, than the last acknowledged */
    V2_END_OF_NONE /* no priority was active on the CPU */
};

/* --- v2.c: the devices of one GIC --- */

/* The distributor of any of its devices; and its CPU interface, or -1. */
unsigned v2_distributor(const struct nap_machine *m, unsigned device);
int v2_interface(const struct nap_machine *m, unsigned distributor);

/* What CPUs are shown, after something has changed. */
void v2_update(struct nap_machine *m, unsigned distributor);
void v2_update_cpu(struct nap_machine *m, unsigned distributor, unsigned cpu);

/* --- v2_views.c: implementation, and what a Non-secure access meets (4.1.2, 4.1.3) --- */

/* CPU interfaces by TYPER, and those that have a CPU of this machine behind them. */
unsigned v2_interfaces(const struct nap_machine *m, unsigned distributor);
unsigned v2_cpus(const struct nap_machine *m, unsigned distributor);
/* INTIDs from 0 that exist: at most 1020. */
unsigned v2_lines(const struct nap_machine *m, unsigned distributor);
/* The bit of the running CPU among them; 0: it has no interface, as there are eight at most. */
uint32_t v2_self(const struct nap_machine *m, unsigned distributor);
bool v2_has_security(const struct nap_machine *m, unsigned distributor);
/* The access under way is a Non-secure one, where that makes a difference. */
bool v2_nonsecure(const struct nap_machine *m, unsigned distributor);
/* Least BPR of Group 0: its reset value; and the bits of a priority that exist. */
unsigned v2_min_bpr(const struct nap_machine *m, unsigned interface);
uint8_t v2_priority_mask(const struct nap_machine *m, unsigned distributor);

/* Where the word of a banked array is that holds INTID 0, for @cpu; and the element of @reg
 * that has the slot, of whatever CPU. */
unsigned v2_slot(const struct nap_machine *m, unsigned distributor, unsigned reg, unsigned cpu,
                 unsigned index);
unsigned v2_index(const struct nap_machine *m, unsigned distributor, unsigned reg,
                  unsigned slot);
/* SGIs and PPIs of @cpu; and the SPIs. */
struct gic_bank v2_private(const struct nap_machine *m, unsigned distributor, unsigned cpu);
struct gic_bank v2_shared(const struct nap_machine *m, unsigned distributor);

/* NSACR: what it takes for a Non-secure access to meet a Secure interrupt. */
#define V2_SET_PENDING   1u
#define V2_CLEAR_PENDING 2u
#define V2_SEE_ACTIVE    2u
#define V2_TARGETS       3u
#define V2_GROUP_1_ONLY  4u /* no value of NSACR is enough */
/* Bits of bitmap word @index that the access under way meets: interrupts that exist and, for a
 * Non-secure one, those of Group 1 or with NSACR at least @least. */
uint32_t v2_visible(const struct nap_machine *m, unsigned distributor, unsigned index,
                    unsigned least);

/* --- v2_distributor.c --- */

nap_on_store v2_ctlr_stored, v2_igroupr_stored, v2_isenabler_stored, v2_icenabler_stored,
    v2_ispendr_stored, v2_icpendr_stored, v2_isactiver_stored, v2_icactiver_stored,
    v2_ipriorityr_stored, v2_itargetsr_stored, v2_icfgr_stored, v2_nsacr_stored,
    v2_spendsgir_stored, v2_cpendsgir_stored;
nap_on_write v2_ctlr_written, v2_bitmap_written, v2_bytes_written, v2_icfgr_written,
    v2_sgir_written, v2_spendsgir_written, v2_ispendr_written, v2_isactiver_written;
nap_on_read v2_ctlr_read, v2_igroupr_read, v2_enabler_read, v2_pendr_read, v2_activer_read,
    v2_ipriorityr_read, v2_itargetsr_read, v2_icfgr_read, v2_nsacr_read, v2_spendsgir_read;

/* Bits of that ICFGR that the access under way may change. */
uint64_t v2_icfgr_writable(const struct nap_machine *m, unsigned device, unsigned index);
/* Whether the SPI goes to @cpu (struct gic_filter). */
bool v2_routed(struct nap_machine *m, const struct gic_bank *bank, unsigned n, unsigned cpu);
/* The least CPU with the SGI pending at @cpu, as IAR shows it in CPUID; it is pending. */
unsigned v2_sgi_source(const struct nap_machine *m, unsigned distributor, unsigned cpu,
                       unsigned sgi);
/* It has been acknowledged: that source is pending no more, and another one still is. */
void v2_sgi_take(struct nap_machine *m, unsigned distributor, unsigned cpu, unsigned sgi,
                 unsigned source);

/* --- v2_deliver.c, v2_interface.c --- */

/* Groups that the distributor forwards: GIC_GROUP_BIT. */
unsigned v2_forwarded(const struct nap_machine *m, unsigned distributor);
/* What the interface shows its CPU: NAP_SIGNAL_ bits. @shared is the bank of the SPIs. */
unsigned v2_signals(struct nap_machine *m, const struct gic_bank *shared, unsigned cpu);
/* Running priority as hardware has it, GIC_IDLE if there is none. */
uint8_t v2_running(const struct nap_machine *m, unsigned interface, unsigned cpu);

nap_on_store v2_cctlr_stored, v2_pmr_stored, v2_bpr_stored, v2_abpr_stored, v2_apr_stored,
    v2_nsapr_stored;
nap_on_write v2_interface_written, v2_apr_written, v2_eoir_written, v2_aeoir_written,
    v2_dir_written;
nap_on_read v2_cctlr_read, v2_pmr_read, v2_bpr_read, v2_abpr_read, v2_iar_read, v2_aiar_read,
    v2_rpr_read, v2_hppir_read, v2_ahppir_read, v2_apr_read, v2_nsapr_read;

/* --- v2_virtual.c --- */

nap_on_read v2_misr_read, v2_eisr_read, v2_elrsr_read;
nap_on_write v2_hcr_written, v2_lr_written;
nap_on_store v2_lr_stored;

/* --- v2_rules.c --- */

#define V2_N_RULES 9u
extern const struct nap_rule nap_gicv2_rules[V2_N_RULES];

extern const struct nap_block nap_gicv2_block;

#endif
