/* SPDX-License-Identifier: MIT */
/* Private to lib/gic: what GICv2 and GICv3 have in common. The state of an interrupt is in the
 * registers (ISENABLER, ISPENDR as the latch, ISACTIVER, ...); this reads and moves it, finds
 * the interrupt that a CPU is to be shown, and does the arithmetic of priorities. Which
 * registers a device has, who is asked for routing and what a CPU interface lets through is the
 * caller's. */
#ifndef NAP_GIC_H
#define NAP_GIC_H

#include <regnap/block.h>

/* --- where interrupts lie ----------------------------------------------------------------- */

#define GIC_NO_SLOT  0xffffu
#define GIC_NO_CPU   0xffffu
#define GIC_SPURIOUS 1023u
#define GIC_N_SGIS   16u

/* A run of interrupts whose registers follow each other in one device. Slots are those of the
 * word, or of the byte's word, of @first: of a banked register the slot of that CPU
 * (nap_bank_slot()). The word of interrupt first + n is slot + n / 32 of a bitmap, + n / 4 of
 * IPRIORITYR, + n / 16 of ICFGR. Made anew at each use, never stored. */
struct gic_bank {
    unsigned device; /* whose registers they are */
    unsigned cpu;    /* whose interrupts they are (SGI, PPI, EPPI); GIC_NO_CPU: SPIs, ESPIs */
    uint32_t first, count; /* INTIDs; multiples of 32, but the last word may end early */
    uint16_t isenabler, ispendr, isactiver, ipriorityr, icfgr, igroupr;
    uint16_t igrpmodr; /* GIC_NO_SLOT: IGROUPR alone says the group */
    uint16_t reserved;
    /* By word; enables that are in force though ISENABLER shows them as 0, since the write that
     * cleared them has not taken effect everywhere (RWP). NULL: none. */
    const uint32_t *enabled_too;
    uint32_t enabled_always; /* of the first word: SGIs that cannot be disabled */
    uint32_t reserved_2;
    /* By word, as gic_ready() has it, of a bank that is searched for one CPU after another.
     * NULL: each search looks anew. */
    const uint32_t *ready;
};

/* SGIs and PPIs; SPIs; EPPIs; ESPIs. */
#define GIC_BANKS_MAX 4

enum gic_group {
    GIC_GROUP_0,
    GIC_GROUP_1,        /* Non-secure Group 1, and that of a single security state */
    GIC_GROUP_1_SECURE, /* IGRPMODR only */
    GIC_GROUPS
};
#define GIC_GROUP_BIT(group) (1u << (group))

/* --- irq.c: the state of interrupts ---------------------------------------------------------
 *
 * @word counts from the bank's first; @n is INTID - first. Nothing here updates what CPUs are
 * shown: the caller does, once, when all is changed. */

/* Where content is undetermined after a loss of power: what hardware needs of this word becomes
 * definite, before the functions that only look are asked. Does nothing unless kind `retain` is
 * varied. */
void gic_settle(struct nap_machine *m, const struct gic_bank *bank, unsigned word);
/* And of group and priority of those of its interrupts whose bit is set. */
void gic_settle_candidates(struct nap_machine *m, const struct gic_bank *bank, unsigned word,
                           uint32_t candidates);

/* Whether all that says which of its interrupts may go is definite. */
bool gic_determined(const struct nap_machine *m, const struct gic_bank *bank);

/* Bits of the word that stand for interrupts of the bank. */
uint32_t gic_word_mask(const struct gic_bank *bank, unsigned word);
uint32_t gic_enabled(const struct nap_machine *m, const struct gic_bank *bank, unsigned word);
/* The latch, or a level-sensitive input that is high: what ISPENDR and ICPENDR show. */
uint32_t gic_pending(const struct nap_machine *m, const struct gic_bank *bank, unsigned word);
uint32_t gic_active(const struct nap_machine *m, const struct gic_bank *bank, unsigned word);
/* Edge-triggered ones: by ICFGR, and SGIs whatever it holds. */
uint32_t gic_edge(const struct nap_machine *m, const struct gic_bank *bank, unsigned word);
/* Inputs that are high; SGIs have none. */
uint32_t gic_lines(const struct nap_machine *m, const struct gic_bank *bank, unsigned word);
/* Interrupts of the word in the groups whose bit is set in @groups. */
uint32_t gic_in_groups(const struct nap_machine *m, const struct gic_bank *bank, unsigned word,
                       unsigned groups);
uint8_t gic_priority(const struct nap_machine *m, const struct gic_bank *bank, unsigned n);
enum gic_group gic_group(const struct nap_machine *m, const struct gic_bank *bank, unsigned n);

/* The pending latch, by an edge, a message, ISPENDR, an SGI, or the other way by ICPENDR. */
void gic_latch(struct nap_machine *m, const struct gic_bank *bank, unsigned n, bool pending);
/* The input has changed: an edge is latched, also of an interrupt that is active or disabled.
 * A level is looked at where it matters. True: the state of the interrupt is another. */
bool gic_input(struct nap_machine *m, const struct gic_bank *bank, unsigned n, bool level);
/* By IAR of @cpu: active, and the latch gone. A level that is still high is pending beside. */
void gic_acknowledge(struct nap_machine *m, const struct gic_bank *bank, unsigned n,
                     unsigned cpu);
/* By EOIR, DIR of @cpu. False, with nothing changed: it was not active. */
bool gic_deactivate(struct nap_machine *m, const struct gic_bank *bank, unsigned n,
                    unsigned cpu);
/* A line has changed of a controller without power, which hears nothing: one that rises is told
 * as that. What was pending before is gic_lost()'s to tell. */
void gic_unheard(struct nap_machine *m, unsigned device, uint32_t intid, unsigned cpu,
                 bool level);
/* Whether the register holds what it held at suspend entry, or what software has put there
 * since power came back. */
bool gic_restored(const struct nap_machine *m, unsigned device, unsigned slot);
/* Power has gone, with interrupts pending that no input holds up: they are lost. */
void gic_lost(struct nap_machine *m, const struct gic_bank *bank);

/* --- select.c: which one a CPU is to be shown ------------------------------------------------
 */

#define GIC_IDLE 0xffu /* running priority while nothing is active */

struct gic_candidate {
    bool found;
    uint8_t priority; /* GIC_IDLE if not found */
    enum gic_group group;
    uint32_t intid;
    unsigned bank; /* index in the list that was searched */
};

/* Who asks. */
struct gic_filter {
    unsigned cpu;
    unsigned
        groups; /* GIC_GROUP_BIT: forwarded by the distributor and enabled at the interface */
    /* Whether the interrupt of a bank without a CPU goes to @cpu. NULL: it does. */
    bool (*routed)(struct nap_machine *m, const struct gic_bank *bank, unsigned n,
                   unsigned cpu);
};

/* Those of a word that could go to some CPU, were it not for groups and routes: enabled,
 * pending and not active. Settles what it looks at. */
uint32_t gic_ready(struct nap_machine *m, const struct gic_bank *bank, unsigned word);

/* Highest priority (lowest value) of those enabled, pending, not active, in those groups, and
 * routed to the CPU; of equal ones the lowest INTID. Says nothing of PMR or running priority.
 * Settles what it has to look at (gic_settle()); @routed settles what it reads itself. */
struct gic_candidate gic_best(struct nap_machine *m, const struct gic_bank *banks,
                              unsigned n_banks, const struct gic_filter *filter);
/* The one of two that comes first: to join what is not in a bank (LPIs). */
struct gic_candidate gic_better(struct gic_candidate a, struct gic_candidate b);

/* Bits of a priority that are group priority: [7:bpr + 1]; with @one_more [7:bpr], as of
 * Non-secure Group 1 with a binary point of its own. */
uint8_t gic_group_mask(unsigned bpr, bool one_more);
/* Active priorities: one bit by preemption level, level = group priority >> (min_bpr + 1), in
 * @n words of 32. @level of the least set bit as a priority; GIC_IDLE: none is set. */
uint8_t gic_running(const uint32_t *apr, unsigned n, unsigned min_bpr);
/* Word and bit of that group priority. */
unsigned gic_apr_word(uint8_t group_priority, unsigned min_bpr);
uint32_t gic_apr_bit(uint8_t group_priority, unsigned min_bpr);
/* Whether a candidate is signalled: priority < PMR and group priority < that of the running
 * priority, both strictly; where nothing runs (GIC_IDLE) PMR alone decides. */
bool gic_preempts(const struct gic_candidate *c, uint8_t pmr, uint8_t group_mask,
                  uint8_t running);

#endif
