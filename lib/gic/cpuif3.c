/* SPDX-License-Identifier: MIT */
/* The CPU interface of a GICv3: priorities, acknowledge and end of interrupts, SGIs, and which
 * Exception level may use it. Arm IHI 0069; register descriptions of the A-profile, issue
 * 2024-12. Registers are models/gicv3-cpu-interface.yaml; ICH_* are ich3.c. */
#include "cpuif3.h"

#include <string.h>

#define SPECIAL_SECURE     1020u /* to EL3: of Secure state, and not acknowledged */
#define SPECIAL_NON_SECURE 1021u /* to EL3: of Non-secure Group 1, and not acknowledged */

static uint64_t get(const struct nap_machine *m, unsigned icc, unsigned slot)
{
    return nap_reg_get(m, icc, slot);
}

/* The access meets the Secure copy of a register that is banked by Security state. */
static bool secure_bank(const struct nap_machine *m, unsigned icc)
{
    return nap_secure(m) && !gic3_one_state(m, nap_upstream(m, icc));
}

static bool restricted(const struct nap_machine *m, unsigned icc)
{
    return gic3_restricted(m, nap_upstream(m, icc));
}

static void update(struct nap_machine *m, unsigned icc)
{
    gic3_update_cpu(m, nap_upstream(m, icc), nap_device_cpu(m, icc));
}

/* --- features --- */

static unsigned priority_bits(const struct nap_machine *m, unsigned icc)
{
    return 1 + (unsigned)((get(m, icc, CPUIF_SLOT_ICC_CTLR_EL3) & CPUIF_ICC_CTLR_EL3_PRIbits) >>
                          CPUIF_ICC_CTLR_EL3_PRIbits_SHIFT);
}

uint8_t gic3_interface_bits(const struct nap_machine *m, unsigned icc)
{
    return (uint8_t)(0xff00u >> priority_bits(m, icc));
}

/* Seven bits of preemption at most. */
unsigned gic3_min_bpr(const struct nap_machine *m, unsigned icc)
{
    unsigned bits = priority_bits(m, icc);

    return 7 - (bits < 7 ? bits : 7);
}

/* Words of active priorities: 32 levels, 64 or 128. */
unsigned gic3_apr_words(const struct nap_machine *m, unsigned icc)
{
    return 1u << (2 - (gic3_min_bpr(m, icc) < 2 ? gic3_min_bpr(m, icc) : 2));
}

/* --- groups and binary points --- */

unsigned gic3_interface_groups(const struct nap_machine *m, unsigned icc)
{
    unsigned groups = 0;

    if (!nap_device_on(m, icc))
        return 0;
    if (get(m, icc, CPUIF_SLOT_ICC_IGRPEN0_EL1) & CPUIF_ICC_IGRPEN0_EL1_Enable)
        groups |= GIC_GROUP_BIT(GIC_GROUP_0);
    if (get(m, icc, CPUIF_SLOT_ICC_IGRPEN1_EL1) & CPUIF_ICC_IGRPEN1_EL1_Enable)
        groups |= GIC_GROUP_BIT(GIC_GROUP_1);
    if (get(m, icc, CPUIF_SLOT_ICC_IGRPEN1_EL1_S) & CPUIF_ICC_IGRPEN1_EL1_S_Enable)
        groups |= GIC_GROUP_BIT(GIC_GROUP_1_SECURE);
    return groups;
}

/* A value below the smallest counts as that. */
static unsigned bpr(struct nap_machine *m, unsigned icc, unsigned slot, unsigned least)
{
    unsigned value;

    nap_reg_settle(m, icc, slot);
    value = (unsigned)get(m, icc, slot) & 7;
    return value > least ? value : least;
}

static bool common(struct nap_machine *m, unsigned icc, enum gic_group group)
{
    unsigned slot =
        group == GIC_GROUP_1_SECURE ? CPUIF_SLOT_ICC_CTLR_EL1_S : CPUIF_SLOT_ICC_CTLR_EL1;

    nap_reg_settle(m, icc, slot);
    return (get(m, icc, slot) & CPUIF_ICC_CTLR_EL1_CBPR) != 0;
}

/* Bits of a priority that decide over preemption. Non-secure Group 1, and that of one Security
 * state, has one more with a binary point of its own. */
static uint8_t group_mask(struct nap_machine *m, unsigned icc, enum gic_group group)
{
    unsigned least = gic3_min_bpr(m, icc);

    if (group == GIC_GROUP_0 || common(m, icc, group))
        return gic_group_mask(bpr(m, icc, CPUIF_SLOT_ICC_BPR0_EL1, least), false);
    if (group == GIC_GROUP_1_SECURE)
        return gic_group_mask(bpr(m, icc, CPUIF_SLOT_ICC_BPR1_EL1_S, least), false);
    return gic_group_mask(bpr(m, icc, CPUIF_SLOT_ICC_BPR1_EL1, least + 1), true);
}

/* --- active priorities --- */

static unsigned apr_slot(enum gic_group group)
{
    static const uint16_t slots[GIC_GROUPS] = {
        [GIC_GROUP_0] = CPUIF_SLOT_ICC_AP0R_EL1,
        [GIC_GROUP_1] = CPUIF_SLOT_ICC_AP1R_EL1,
        [GIC_GROUP_1_SECURE] = CPUIF_SLOT_ICC_AP1R_EL1_S,
    };

    return slots[group];
}

static uint8_t running_of(const struct nap_machine *m, unsigned icc, enum gic_group group)
{
    uint32_t apr[4];

    for (unsigned i = 0; i < 4; i++)
        apr[i] = (uint32_t)get(m, icc, apr_slot(group) + i);
    return gic_running(apr, gic3_apr_words(m, icc), gic3_min_bpr(m, icc));
}

uint8_t gic3_running(const struct nap_machine *m, unsigned icc)
{
    uint8_t running = GIC_IDLE;

    for (unsigned group = 0; group < GIC_GROUPS; group++) {
        uint8_t one = running_of(m, icc, (enum gic_group)group);
        running = one < running ? one : running;
    }
    return running;
}

bool gic3_signalled(struct nap_machine *m, unsigned icc, const struct gic_candidate *c)
{
    uint8_t pmr = (uint8_t)get(m, icc, CPUIF_SLOT_ICC_PMR_EL1);

    return gic_preempts(c, pmr, group_mask(m, icc, c->group), gic3_running(m, icc));
}

static void activate_priority(struct nap_machine *m, unsigned icc,
                              const struct gic_candidate *c)
{
    unsigned least = gic3_min_bpr(m, icc);
    uint8_t priority = c->priority & group_mask(m, icc, c->group);
    unsigned slot = apr_slot(c->group) + gic_apr_word(priority, least);

    nap_reg_set(m, icc, slot, get(m, icc, slot) | gic_apr_bit(priority, least));
}

/* The highest active priority of the group is active no more. */
static void drop_priority(struct nap_machine *m, unsigned icc, enum gic_group group)
{
    unsigned words = gic3_apr_words(m, icc);

    for (unsigned i = 0; i < words; i++) {
        uint64_t apr = get(m, icc, apr_slot(group) + i);
        if (!apr)
            continue;
        nap_reg_set(m, icc, apr_slot(group) + i, apr & (apr - 1));
        return;
    }
}

/* --- what has been acknowledged --- */

static void push_acked(struct nap_machine *m, unsigned icc, uint32_t intid)
{
    struct nap_gic3_cpuif *s = nap_block_state_mut(m, icc);

    nap_touch(m, s, sizeof *s);
    if (s->n_acked == GIC3_ACKED_MAX) {
        memmove(&s->acked[0], &s->acked[1], (GIC3_ACKED_MAX - 1) * sizeof s->acked[0]);
        s->n_acked--;
    }
    s->acked[s->n_acked++] = intid;
}

/* A priority of its group should be active, and the last one be it. What took a priority that
 * software has put there, nobody knows. */
static void pop_acked(struct nap_machine *m, unsigned icc, uint32_t intid, bool active)
{
    struct nap_gic3_cpuif *s = nap_block_state_mut(m, icc);
    uint32_t at = s->n_acked;

    nap_touch(m, s, sizeof *s);
    s->misended = !active || (at && s->acked[at - 1] != intid);
    while (at > 0 && s->acked[at - 1] != intid)
        at--;
    if (at == 0)
        return;
    s->n_acked--;
    memmove(&s->acked[at - 1], &s->acked[at], (s->n_acked - (at - 1)) * sizeof s->acked[0]);
    s->acked[s->n_acked] = 0;
}

/* Software has written what is active: whom that is of, nobody knows. */
static void forget_acked(struct nap_machine *m, unsigned icc)
{
    struct nap_gic3_cpuif *s = nap_block_state_mut(m, icc);

    nap_touch(m, s, sizeof *s);
    memset(s->acked, 0, sizeof s->acked);
    s->n_acked = 0;
}

/* --- IAR and HPPIR --- */

/* RM is reserved where Secure EL1 always uses system registers. */
static bool has_rm(const struct nap_machine *m, unsigned icc)
{
    return !(nap_reg_reset(m, icc, CPUIF_SLOT_ICC_SRE_EL1_S) & CPUIF_ICC_SRE_EL1_S_SRE);
}

static bool modified(struct nap_machine *m, unsigned icc)
{
    if (!has_rm(m, icc))
        return false;
    nap_reg_settle(m, icc, CPUIF_SLOT_ICC_CTLR_EL1_S);
    return (get(m, icc, CPUIF_SLOT_ICC_CTLR_EL1_S) & CPUIF_ICC_CTLR_EL1_S_RM) != 0;
}

/* EL3 of two Security states. A register of Group 0 tells it of interrupts of Group 1 by their
 * special INTID. RM hides Group 0, and Non-secure Group 1, in the same way. */
static uint32_t shown_to_el3(struct nap_machine *m, unsigned icc, const struct gic_candidate *c,
                             bool group0)
{
    bool hides = modified(m, icc);

    if (c->group == GIC_GROUP_0)
        return !group0 ? GIC_SPURIOUS : hides ? SPECIAL_SECURE : c->intid;
    if (c->group == GIC_GROUP_1_SECURE)
        return group0 ? SPECIAL_SECURE : c->intid;
    return group0 || hides ? SPECIAL_NON_SECURE : c->intid;
}

/* What a register of Group 0, or of Group 1, says of the candidate to whoever reads it. */
static uint32_t shown_intid(struct nap_machine *m, unsigned icc, const struct gic_candidate *c,
                            bool group0)
{
    if (!c->found)
        return GIC_SPURIOUS;
    if (secure_bank(m, icc))
        return shown_to_el3(m, icc, c, group0);
    return c->group == (group0 ? GIC_GROUP_0 : GIC_GROUP_1) ? c->intid : GIC_SPURIOUS;
}

static bool is_special(uint32_t intid)
{
    return intid >= SPECIAL_SECURE && intid <= GIC_SPURIOUS;
}

static void make_active(struct nap_machine *m, unsigned icc, const struct gic_candidate *c)
{
    unsigned dist = nap_upstream(m, icc), cpu = nap_device_cpu(m, icc);
    struct gic_bank bank;

    if (gic3_bank_of(m, dist, cpu, c->intid, &bank))
        gic_acknowledge(m, &bank, c->intid - bank.first, cpu);
    else
        gic_lpis_acknowledge(m, (unsigned)gic3_redistributor(m, dist, cpu), c->intid);
    activate_priority(m, icc, c);
    push_acked(m, icc, c->intid);
    gic3_update(m, dist);
}

static uint64_t acknowledge(struct nap_machine *m, unsigned icc, bool group0)
{
    struct gic_candidate c = gic3_highest(m, nap_upstream(m, icc), nap_device_cpu(m, icc));
    uint32_t intid;

    if (!c.found || !gic3_signalled(m, icc, &c))
        return GIC_SPURIOUS;
    intid = shown_intid(m, icc, &c, group0);
    if (!is_special(intid))
        make_active(m, icc, &c);
    return intid;
}

static uint64_t iar0_read(struct nap_machine *m, unsigned icc, unsigned index, uint64_t value)
{
    (void)index;
    (void)value;
    return acknowledge(m, icc, true);
}

static uint64_t iar1_read(struct nap_machine *m, unsigned icc, unsigned index, uint64_t value)
{
    (void)index;
    (void)value;
    return acknowledge(m, icc, false);
}

static uint64_t pending(struct nap_machine *m, unsigned icc, bool group0)
{
    struct gic_candidate c = gic3_highest(m, nap_upstream(m, icc), nap_device_cpu(m, icc));

    return shown_intid(m, icc, &c, group0);
}

static uint64_t hppir0_read(struct nap_machine *m, unsigned icc, unsigned index, uint64_t value)
{
    (void)index;
    (void)value;
    return pending(m, icc, true);
}

static uint64_t hppir1_read(struct nap_machine *m, unsigned icc, unsigned index, uint64_t value)
{
    (void)index;
    (void)value;
    return pending(m, icc, false);
}

/* --- EOIR and DIR --- */

/* EOImode of whoever accesses; EL3 has one of its own. */
static bool splits(struct nap_machine *m, unsigned icc)
{
    if (secure_bank(m, icc)) {
        nap_reg_settle(m, icc, CPUIF_SLOT_ICC_CTLR_EL1_S);
        return (get(m, icc, CPUIF_SLOT_ICC_CTLR_EL1_S) & CPUIF_ICC_CTLR_EL1_S_EOImode_EL3) != 0;
    }
    nap_reg_settle(m, icc, CPUIF_SLOT_ICC_CTLR_EL1);
    return (get(m, icc, CPUIF_SLOT_ICC_CTLR_EL1) & CPUIF_ICC_CTLR_EL1_EOImode) != 0;
}

/* LPIs are never active; Non-secure software does not end Secure interrupts. */
static void deactivate(struct nap_machine *m, unsigned icc, uint32_t intid)
{
    unsigned dist = nap_upstream(m, icc), cpu = nap_device_cpu(m, icc);
    struct gic_bank bank;

    if (!gic3_bank_of(m, dist, cpu, intid, &bank) || !nap_device_on(m, bank.device) ||
        (restricted(m, icc) && gic_group(m, &bank, intid - bank.first) != GIC_GROUP_1))
        return;
    (void)gic_deactivate(m, &bank, intid - bank.first, cpu);
}

/* The group whose priority the register drops. EL3 ends what it may acknowledge: of both
 * Groups 1 the one that runs. */
static enum gic_group ended_group(const struct nap_machine *m, unsigned icc, bool group0)
{
    if (group0)
        return GIC_GROUP_0;
    if (!secure_bank(m, icc) ||
        running_of(m, icc, GIC_GROUP_1) < running_of(m, icc, GIC_GROUP_1_SECURE))
        return GIC_GROUP_1;
    return GIC_GROUP_1_SECURE;
}

static void end(struct nap_machine *m, unsigned icc, uint32_t intid, bool group0)
{
    enum gic_group group = ended_group(m, icc, group0);
    unsigned dist = nap_upstream(m, icc);

    if (is_special(intid))
        return;
    pop_acked(m, icc, intid, running_of(m, icc, group) != GIC_IDLE);
    drop_priority(m, icc, group);
    nap_interrupt_step(m, dist, intid, nap_device_cpu(m, icc), NAP_LABEL_INTERRUPT_DROPPED);
    if (!splits(m, icc))
        deactivate(m, icc, intid);
    gic3_update(m, dist);
}

static void eoir0_written(struct nap_machine *m, unsigned icc, unsigned index, uint64_t was,
                          uint64_t now)
{
    (void)index;
    (void)was;
    nap_reg_set(m, icc, CPUIF_SLOT_ICC_EOIR0_EL1, 0);
    end(m, icc, (uint32_t)now, true);
}

static void eoir1_written(struct nap_machine *m, unsigned icc, unsigned index, uint64_t was,
                          uint64_t now)
{
    (void)index;
    (void)was;
    nap_reg_set(m, icc, CPUIF_SLOT_ICC_EOIR1_EL1, 0);
    end(m, icc, (uint32_t)now, false);
}

static void dir_written(struct nap_machine *m, unsigned icc, unsigned index, uint64_t was,
                        uint64_t now)
{
    (void)index;
    (void)was;
    nap_reg_set(m, icc, CPUIF_SLOT_ICC_DIR_EL1, 0);
    if (!splits(m, icc) && nap_switch(m, icc, CPUIF_SWITCH_C02) == CPUIF_C02_IGNORED)
        return;
    deactivate(m, icc, (uint32_t)now);
    gic3_update(m, nap_upstream(m, icc));
}

/* --- SGIs --- */

/* "ICC_SGI1R_EL1", field RS: reserved where the interface has no ranges. Where the distributor
 * has none, CONSTRAINED UNPREDICTABLE. False: the write is ignored. */
static bool settle_range(const struct nap_machine *m, unsigned icc, uint64_t *value)
{
    bool here = (get(m, icc, CPUIF_SLOT_ICC_CTLR_EL3) & CPUIF_ICC_CTLR_EL3_RSS) != 0;
    bool there =
        (nap_reg_get(m, nap_upstream(m, icc), DIST_SLOT_GICD_TYPER) & DIST_GICD_TYPER_RSS) != 0;

    if (!(*value & CPUIF_ICC_SGI1R_EL1_RS) || (here && there) ||
        (*value & CPUIF_ICC_SGI1R_EL1_IRM))
        return true;
    *value &= ~CPUIF_ICC_SGI1R_EL1_RS;
    return !here || nap_switch(m, icc, CPUIF_SWITCH_C04) == CPUIF_C04_ZERO;
}

static void send(struct nap_machine *m, unsigned icc, unsigned slot, uint64_t value,
                 enum gic_group group)
{
    struct gic3_sgi sgi = {.group = (uint8_t)group, .ns = restricted(m, icc)};

    nap_reg_set(m, icc, slot, 0);
    if (!settle_range(m, icc, &value))
        return;
    sgi.value = value;
    gic3_sgi_send(m, nap_upstream(m, icc), nap_device_cpu(m, icc), sgi);
}

static void sgi0r_written(struct nap_machine *m, unsigned icc, unsigned index, uint64_t was,
                          uint64_t now)
{
    (void)index;
    (void)was;
    send(m, icc, CPUIF_SLOT_ICC_SGI0R_EL1, now, GIC_GROUP_0);
}

static void sgi1r_written(struct nap_machine *m, unsigned icc, unsigned index, uint64_t was,
                          uint64_t now)
{
    (void)index;
    (void)was;
    send(m, icc, CPUIF_SLOT_ICC_SGI1R_EL1, now,
         secure_bank(m, icc) ? GIC_GROUP_1_SECURE : GIC_GROUP_1);
}

static void asgi1r_written(struct nap_machine *m, unsigned icc, unsigned index, uint64_t was,
                           uint64_t now)
{
    (void)index;
    (void)was;
    send(m, icc, CPUIF_SLOT_ICC_ASGI1R_EL1, now,
         nap_secure(m) ? GIC_GROUP_1 : GIC_GROUP_1_SECURE);
}

/* --- priorities --- */

/* Non-secure software sees the lower half, as if it were all. */
static uint64_t pmr_stored(struct nap_machine *m, unsigned icc, unsigned slot, uint64_t written,
                           uint64_t lanes, uint64_t now)
{
    uint64_t was = get(m, icc, slot), priority = now & CPUIF_ICC_PMR_EL1_Priority;

    (void)written;
    (void)lanes;
    if (restricted(m, icc)) {
        if (was < 0x80)
            return was;
        priority = 0x80 | priority >> 1;
    }
    return priority & gic3_interface_bits(m, icc);
}

static uint64_t non_secure_view(uint64_t priority)
{
    if (priority == GIC_IDLE)
        return GIC_IDLE;
    return priority < 0x80 ? 0 : priority << 1 & 0xff;
}

static uint64_t pmr_read(struct nap_machine *m, unsigned icc, unsigned index, uint64_t value)
{
    (void)index;
    if (!restricted(m, icc))
        return value;
    return value < 0x80 ? 0 : value << 1 & gic3_interface_bits(m, icc);
}

static uint64_t rpr_read(struct nap_machine *m, unsigned icc, unsigned index, uint64_t value)
{
    uint64_t running = gic3_running(m, icc);

    (void)index;
    (void)value;
    return restricted(m, icc) ? non_secure_view(running) : running;
}

static uint64_t bpr0_stored(struct nap_machine *m, unsigned icc, unsigned slot,
                            uint64_t written, uint64_t lanes, uint64_t now)
{
    unsigned least = gic3_min_bpr(m, icc);

    (void)slot;
    (void)written;
    (void)lanes;
    return now > least ? now : least;
}

static uint64_t bpr0_read(struct nap_machine *m, unsigned icc, unsigned index, uint64_t value)
{
    (void)index;
    (void)value;
    return bpr(m, icc, CPUIF_SLOT_ICC_BPR0_EL1, gic3_min_bpr(m, icc));
}

static uint64_t at_least(uint64_t value, uint64_t least)
{
    return value > least ? value : least;
}

/* With CBPR the register is ICC_BPR0_EL1, which Non-secure software sees one higher and cannot
 * write. */
static uint64_t bpr1_stored(struct nap_machine *m, unsigned icc, unsigned slot,
                            uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)written;
    (void)lanes;
    return common(m, icc, GIC_GROUP_1) ? get(m, icc, slot)
                                       : at_least(now, gic3_min_bpr(m, icc) + 1);
}

static uint64_t bpr1_read(struct nap_machine *m, unsigned icc, unsigned index, uint64_t value)
{
    unsigned least = gic3_min_bpr(m, icc), bpr0;

    (void)index;
    (void)value;
    bpr0 = bpr(m, icc, CPUIF_SLOT_ICC_BPR0_EL1, least);
    if (common(m, icc, GIC_GROUP_1))
        return bpr0 < 7 ? bpr0 + 1 : 7;
    return bpr(m, icc, CPUIF_SLOT_ICC_BPR1_EL1, least + 1);
}

static uint64_t bpr1_s_stored(struct nap_machine *m, unsigned icc, unsigned slot,
                              uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)written;
    (void)lanes;
    now = at_least(now, gic3_min_bpr(m, icc));
    if (!common(m, icc, GIC_GROUP_1_SECURE))
        return now;
    nap_reg_set(m, icc, CPUIF_SLOT_ICC_BPR0_EL1, now);
    return get(m, icc, slot);
}

static uint64_t bpr1_s_read(struct nap_machine *m, unsigned icc, unsigned index, uint64_t value)
{
    (void)index;
    (void)value;
    return bpr(m, icc,
               common(m, icc, GIC_GROUP_1_SECURE) ? CPUIF_SLOT_ICC_BPR0_EL1
                                                  : CPUIF_SLOT_ICC_BPR1_EL1_S,
               gic3_min_bpr(m, icc));
}

/* --- registers banked by Security state --- */

static unsigned banked(const struct nap_machine *m, unsigned icc, unsigned slot)
{
    if (!secure_bank(m, icc))
        return slot;
    switch (slot) {
    case CPUIF_SLOT_ICC_BPR1_EL1:
        return CPUIF_SLOT_ICC_BPR1_EL1_S;
    case CPUIF_SLOT_ICC_CTLR_EL1:
        return CPUIF_SLOT_ICC_CTLR_EL1_S;
    case CPUIF_SLOT_ICC_SRE_EL1:
        return CPUIF_SLOT_ICC_SRE_EL1_S;
    case CPUIF_SLOT_ICC_IGRPEN1_EL1:
        return CPUIF_SLOT_ICC_IGRPEN1_EL1_S;
    default:
        return slot >= CPUIF_SLOT_ICC_AP1R_EL1 &&
                       slot - CPUIF_SLOT_ICC_AP1R_EL1 < CPUIF_COUNT_ICC_AP1R_EL1
                   ? CPUIF_SLOT_ICC_AP1R_EL1_S + slot - CPUIF_SLOT_ICC_AP1R_EL1
                   : slot;
    }
}

/* Both enables, of EL3. */
static uint64_t igrpen1_el3_read(struct nap_machine *m, unsigned icc, unsigned index,
                                 uint64_t value)
{
    (void)index;
    (void)value;
    return get(m, icc, CPUIF_SLOT_ICC_IGRPEN1_EL1) | get(m, icc, CPUIF_SLOT_ICC_IGRPEN1_EL1_S)
                                                         << 1;
}

static uint64_t igrpen1_el3_stored(struct nap_machine *m, unsigned icc, unsigned slot,
                                   uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)slot;
    (void)written;
    (void)lanes;
    nap_reg_set(m, icc, CPUIF_SLOT_ICC_IGRPEN1_EL1, now & 1);
    nap_reg_set(m, icc, CPUIF_SLOT_ICC_IGRPEN1_EL1_S, now >> 1 & 1);
    return 0;
}

/* Who takes part in 1-of-N is another question for everybody. */
static void enables_written(struct nap_machine *m, unsigned icc, unsigned index, uint64_t was,
                            uint64_t now)
{
    (void)index;
    (void)was;
    (void)now;
    gic3_update(m, nap_upstream(m, icc));
}

static void active_written(struct nap_machine *m, unsigned icc, unsigned index, uint64_t was,
                           uint64_t now)
{
    (void)index;
    (void)was;
    (void)now;
    forget_acked(m, icc);
    update(m, icc);
}

static void priorities_written(struct nap_machine *m, unsigned icc, unsigned index,
                               uint64_t was, uint64_t now)
{
    (void)index;
    (void)was;
    (void)now;
    update(m, icc);
}

/* --- ICC_CTLR_EL1 and _EL3 --- */

#define FEATURES                                                                               \
    (CPUIF_ICC_CTLR_EL3_ExtRange | CPUIF_ICC_CTLR_EL3_RSS | CPUIF_ICC_CTLR_EL3_A3V |           \
     CPUIF_ICC_CTLR_EL3_SEIS | CPUIF_ICC_CTLR_EL3_IDbits | CPUIF_ICC_CTLR_EL3_PRIbits)
#define MODES (CPUIF_ICC_CTLR_EL1_EOImode | CPUIF_ICC_CTLR_EL1_CBPR)

static uint64_t ctlr_read(struct nap_machine *m, unsigned icc, unsigned index, uint64_t value)
{
    uint64_t el3 = get(m, icc, CPUIF_SLOT_ICC_CTLR_EL3);

    (void)index;
    return (value & MODES) | (el3 & (FEATURES | CPUIF_ICC_CTLR_EL3_PMHE));
}

static void set_bits(struct nap_machine *m, unsigned icc, unsigned slot, uint64_t mask,
                     uint64_t value)
{
    nap_reg_settle(m, icc, slot);
    nap_reg_set(m, icc, slot, (get(m, icc, slot) & ~mask) | (value & mask));
}

/* CBPR and PMHE are read-only where there are two Security states. */
static uint64_t ctlr_stored(struct nap_machine *m, unsigned icc, unsigned slot,
                            uint64_t written, uint64_t lanes, uint64_t now)
{
    uint64_t was = get(m, icc, slot);
    bool one_state = gic3_one_state(m, nap_upstream(m, icc));

    (void)written;
    (void)lanes;
    if (one_state)
        set_bits(m, icc, CPUIF_SLOT_ICC_CTLR_EL3, CPUIF_ICC_CTLR_EL3_PMHE, now);
    if (one_state)
        return now & MODES;
    return (was & CPUIF_ICC_CTLR_EL1_CBPR) | (now & CPUIF_ICC_CTLR_EL1_EOImode);
}

static uint64_t ctlr_s_stored(struct nap_machine *m, unsigned icc, unsigned slot,
                              uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)written;
    (void)lanes;
    return (get(m, icc, slot) & ~(uint64_t)CPUIF_ICC_CTLR_EL1_EOImode) |
           (now & CPUIF_ICC_CTLR_EL1_EOImode);
}

static uint64_t ctlr_el3_read(struct nap_machine *m, unsigned icc, unsigned index,
                              uint64_t value)
{
    uint64_t ns, s;

    (void)index;
    nap_reg_settle(m, icc, CPUIF_SLOT_ICC_CTLR_EL1);
    nap_reg_settle(m, icc, CPUIF_SLOT_ICC_CTLR_EL1_S);
    ns = get(m, icc, CPUIF_SLOT_ICC_CTLR_EL1);
    s = get(m, icc, CPUIF_SLOT_ICC_CTLR_EL1_S);
    value |= s & CPUIF_ICC_CTLR_EL3_EOImode_EL3;
    if (has_rm(m, icc))
        value |= s & CPUIF_ICC_CTLR_EL3_RM;
    if (ns & CPUIF_ICC_CTLR_EL1_EOImode)
        value |= CPUIF_ICC_CTLR_EL3_EOImode_EL1NS;
    if (ns & CPUIF_ICC_CTLR_EL1_CBPR)
        value |= CPUIF_ICC_CTLR_EL3_CBPR_EL1NS;
    if (s & CPUIF_ICC_CTLR_EL1_EOImode)
        value |= CPUIF_ICC_CTLR_EL3_EOImode_EL1S;
    if (s & CPUIF_ICC_CTLR_EL1_CBPR)
        value |= CPUIF_ICC_CTLR_EL3_CBPR_EL1S;
    return value;
}

static uint64_t modes_of(uint64_t el3, uint64_t eoimode, uint64_t cbpr)
{
    return (el3 & eoimode ? CPUIF_ICC_CTLR_EL1_EOImode : 0) |
           (el3 & cbpr ? CPUIF_ICC_CTLR_EL1_CBPR : 0);
}

/* RM and EOImode_EL3 stand in the same place of ICC_CTLR_EL1_S. */
#define EL3S (CPUIF_ICC_CTLR_EL3_RM | CPUIF_ICC_CTLR_EL3_EOImode_EL3)
static_assert(CPUIF_ICC_CTLR_EL3_RM == CPUIF_ICC_CTLR_EL1_S_RM &&
                  CPUIF_ICC_CTLR_EL3_EOImode_EL3 == CPUIF_ICC_CTLR_EL1_S_EOImode_EL3,
              "taken over as they are");

/* The bits that EL1 has as well, and those that a reset leaves UNKNOWN, are kept there. */
static uint64_t ctlr_el3_stored(struct nap_machine *m, unsigned icc, unsigned slot,
                                uint64_t written, uint64_t lanes, uint64_t now)
{
    const uint64_t own = FEATURES | CPUIF_ICC_CTLR_EL3_nDS | CPUIF_ICC_CTLR_EL3_PMHE;
    uint64_t el3s = now & (has_rm(m, icc) ? EL3S : CPUIF_ICC_CTLR_EL3_EOImode_EL3);

    (void)slot;
    (void)written;
    (void)lanes;
    set_bits(m, icc, CPUIF_SLOT_ICC_CTLR_EL1, MODES,
             modes_of(now, CPUIF_ICC_CTLR_EL3_EOImode_EL1NS, CPUIF_ICC_CTLR_EL3_CBPR_EL1NS));
    set_bits(m, icc, CPUIF_SLOT_ICC_CTLR_EL1_S, MODES | EL3S,
             el3s |
                 modes_of(now, CPUIF_ICC_CTLR_EL3_EOImode_EL1S, CPUIF_ICC_CTLR_EL3_CBPR_EL1S));
    return now & own;
}

/* --- ICC_SRE_ELx --- */

static bool uses_sre(const struct nap_machine *m, unsigned icc, unsigned slot)
{
    return (get(m, icc, slot) & CPUIF_ICC_SRE_EL3_SRE) != 0;
}

/* A lower level has system registers only where the higher one has; Secure EL1 is next to EL3.
 */
static bool el2_uses_sre(const struct nap_machine *m, unsigned icc)
{
    return uses_sre(m, icc, CPUIF_SLOT_ICC_SRE_EL3) && uses_sre(m, icc, CPUIF_SLOT_ICC_SRE_EL2);
}

static bool el1_uses_sre(const struct nap_machine *m, unsigned icc)
{
    return el2_uses_sre(m, icc) && uses_sre(m, icc, CPUIF_SLOT_ICC_SRE_EL1);
}

bool gic3_uses_sre(const struct nap_machine *m, unsigned icc)
{
    if (nap_secure(m))
        return uses_sre(m, icc, CPUIF_SLOT_ICC_SRE_EL3);
    return nap_switch(m, icc, CPUIF_SWITCH_C01) == CPUIF_C01_EL1 ? el1_uses_sre(m, icc)
                                                                 : el2_uses_sre(m, icc);
}

/* What the reset value has set is RAO/WI; SRE is reserved while the next higher one is 0, and
 * to clear it is UNPREDICTABLE. */
static uint64_t sre_of(const struct nap_machine *m, unsigned icc, unsigned slot, uint64_t now,
                       bool may)
{
    const uint64_t sre = CPUIF_ICC_SRE_EL3_SRE;
    uint64_t was = get(m, icc, slot);

    if (!may)
        now &= ~sre;
    else if ((was & ~now & sre) && nap_switch(m, icc, CPUIF_SWITCH_C03) == CPUIF_C03_IGNORED)
        now |= sre;
    return now | nap_reg_reset(m, icc, slot);
}

static uint64_t sre_el1_stored(struct nap_machine *m, unsigned icc, unsigned slot,
                               uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)written;
    (void)lanes;
    return sre_of(m, icc, slot, now, el2_uses_sre(m, icc));
}

/* Of EL2, and of Secure EL1. */
static uint64_t sre_el2_stored(struct nap_machine *m, unsigned icc, unsigned slot,
                               uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)written;
    (void)lanes;
    return sre_of(m, icc, slot, now, uses_sre(m, icc, CPUIF_SLOT_ICC_SRE_EL3));
}

static uint64_t sre_el3_stored(struct nap_machine *m, unsigned icc, unsigned slot,
                               uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)written;
    (void)lanes;
    return sre_of(m, icc, slot, now, true);
}

/* "This bit becomes UNKNOWN": 0 is what hurts. */
static void forget_below(struct nap_machine *m, unsigned icc, unsigned slot)
{
    nap_reg_set(m, icc, slot,
                (get(m, icc, slot) & ~CPUIF_ICC_SRE_EL3_SRE) | nap_reg_reset(m, icc, slot));
}

static void sre_el2_written(struct nap_machine *m, unsigned icc, unsigned index, uint64_t was,
                            uint64_t now)
{
    (void)index;
    if (now & ~was & CPUIF_ICC_SRE_EL2_SRE)
        forget_below(m, icc, CPUIF_SLOT_ICC_SRE_EL1);
}

static void sre_el3_written(struct nap_machine *m, unsigned icc, unsigned index, uint64_t was,
                            uint64_t now)
{
    (void)index;
    if (!(now & ~was & CPUIF_ICC_SRE_EL3_SRE))
        return;
    forget_below(m, icc, CPUIF_SLOT_ICC_SRE_EL2);
    forget_below(m, icc, CPUIF_SLOT_ICC_SRE_EL1_S);
}

/* --- what traps --- */

static bool is_one_of(unsigned slot, unsigned first, unsigned count)
{
    return slot >= first && slot - first < count;
}

/* Active priorities beyond the levels that there are, list registers beyond their number. */
static bool is_beyond(const struct nap_machine *m, unsigned icc, unsigned slot)
{
    static const uint16_t active[] = {CPUIF_SLOT_ICC_AP0R_EL1, CPUIF_SLOT_ICC_AP1R_EL1,
                                      CPUIF_SLOT_ICH_AP0R_EL2, CPUIF_SLOT_ICH_AP1R_EL2};

    for (unsigned i = 0; i < sizeof active / sizeof active[0]; i++)
        if (is_one_of(slot, active[i], 4))
            return slot - active[i] >= gic3_apr_words(m, icc);
    return is_one_of(slot, CPUIF_SLOT_ICH_LR_EL2, CPUIF_COUNT_ICH_LR_EL2) &&
           slot - CPUIF_SLOT_ICH_LR_EL2 >
               (get(m, icc, CPUIF_SLOT_ICH_VTR_EL2) & CPUIF_ICH_VTR_EL2_ListRegs);
}

static bool is_secure_copy(unsigned slot)
{
    return slot == CPUIF_SLOT_ICC_BPR1_EL1_S || slot == CPUIF_SLOT_ICC_CTLR_EL1_S ||
           slot == CPUIF_SLOT_ICC_SRE_EL1_S || slot == CPUIF_SLOT_ICC_IGRPEN1_EL1_S ||
           is_one_of(slot, CPUIF_SLOT_ICC_AP1R_EL1_S, CPUIF_COUNT_ICC_AP1R_EL1_S);
}

static bool is_el3s(unsigned slot)
{
    return slot == CPUIF_SLOT_ICC_CTLR_EL3 || slot == CPUIF_SLOT_ICC_SRE_EL3 ||
           slot == CPUIF_SLOT_ICC_IGRPEN1_EL3;
}

/* EL3 keeps Group 0 to itself where there are two Security states. */
static bool is_group0s(unsigned slot)
{
    return slot == CPUIF_SLOT_ICC_IAR0_EL1 || slot == CPUIF_SLOT_ICC_EOIR0_EL1 ||
           slot == CPUIF_SLOT_ICC_HPPIR0_EL1 || slot == CPUIF_SLOT_ICC_BPR0_EL1 ||
           slot == CPUIF_SLOT_ICC_IGRPEN0_EL1 ||
           is_one_of(slot, CPUIF_SLOT_ICC_AP0R_EL1, CPUIF_COUNT_ICC_AP0R_EL1);
}

static bool forbids_sre(const struct nap_machine *m, unsigned icc, unsigned slot)
{
    uint64_t sre = get(m, icc, slot);

    return (sre & CPUIF_ICC_SRE_EL3_SRE) && !(sre & CPUIF_ICC_SRE_EL3_Enable);
}

/* Access to ICC_SRE_ELx of a lower level, which the higher one may forbid. */
static bool sre_traps(const struct nap_machine *m, unsigned icc, unsigned slot)
{
    bool el1 = nap_switch(m, icc, CPUIF_SWITCH_C01) == CPUIF_C01_EL1;

    if (nap_secure(m))
        return false;
    if (el1 && (slot == CPUIF_SLOT_ICC_SRE_EL2 || forbids_sre(m, icc, CPUIF_SLOT_ICC_SRE_EL2)))
        return true;
    return forbids_sre(m, icc, CPUIF_SLOT_ICC_SRE_EL3);
}

static bool is_ich(unsigned slot)
{
    return is_one_of(slot, CPUIF_SLOT_ICH_AP0R_EL2,
                     CPUIF_SLOT_ICH_LR_EL2 + CPUIF_COUNT_ICH_LR_EL2 - CPUIF_SLOT_ICH_AP0R_EL2);
}

static bool undefined(const struct nap_machine *m, unsigned icc, unsigned slot, bool is_write)
{
    (void)is_write;
    if (is_secure_copy(slot) || is_beyond(m, icc, slot) || (is_el3s(slot) && !nap_secure(m)) ||
        (is_group0s(slot) && restricted(m, icc)))
        return true;
    if (slot == CPUIF_SLOT_ICC_SRE_EL1 || slot == CPUIF_SLOT_ICC_SRE_EL2)
        return sre_traps(m, icc, slot);
    if (slot == CPUIF_SLOT_ICC_SRE_EL3)
        return false;
    if (is_ich(slot) && !nap_secure(m) && nap_switch(m, icc, CPUIF_SWITCH_C01) == CPUIF_C01_EL1)
        return true;
    return !gic3_uses_sre(m, icc);
}

/* --- power --- */

static void power_going(struct nap_machine *m, unsigned icc)
{
    struct nap_gic3_cpuif *s = nap_block_state_mut(m, icc);

    nap_touch(m, s, sizeof *s);
    s->off_active = gic3_running(m, icc) != GIC_IDLE;
}

static void power_off(struct nap_machine *m, unsigned icc)
{
    struct nap_gic3_cpuif *s = nap_block_state_mut(m, icc);
    struct nap_gic3_cpuif kept = {
        .shown = s->shown, .woken = s->woken, .off_active = s->off_active};

    nap_touch(m, s, sizeof *s);
    *s = kept;
    gic3_update(m, nap_upstream(m, icc));
}

static void power_on(struct nap_machine *m, unsigned icc)
{
    struct nap_gic3_cpuif *s = nap_block_state_mut(m, icc);

    nap_touch(m, s, sizeof *s);
    s->off_active = 0;
    gic3_update(m, nap_upstream(m, icc));
}

/* --- the table --- */

static nap_on_store *const on_store[CPUIF_REG_COUNT] = {
    [CPUIF_REG_ICC_PMR_EL1] = pmr_stored,
    [CPUIF_REG_ICC_BPR0_EL1] = bpr0_stored,
    [CPUIF_REG_ICC_BPR1_EL1] = bpr1_stored,
    [CPUIF_REG_ICC_BPR1_EL1_S] = bpr1_s_stored,
    [CPUIF_REG_ICC_CTLR_EL1] = ctlr_stored,
    [CPUIF_REG_ICC_CTLR_EL1_S] = ctlr_s_stored,
    [CPUIF_REG_ICC_SRE_EL1] = sre_el1_stored,
    [CPUIF_REG_ICC_SRE_EL1_S] = sre_el2_stored,
    [CPUIF_REG_ICC_SRE_EL2] = sre_el2_stored,
    [CPUIF_REG_ICC_SRE_EL3] = sre_el3_stored,
    [CPUIF_REG_ICC_IGRPEN1_EL3] = igrpen1_el3_stored,
    [CPUIF_REG_ICC_CTLR_EL3] = ctlr_el3_stored,
};

static nap_on_read *const on_read[CPUIF_REG_COUNT] = {
    [CPUIF_REG_ICC_PMR_EL1] = pmr_read,        [CPUIF_REG_ICC_RPR_EL1] = rpr_read,
    [CPUIF_REG_ICC_BPR0_EL1] = bpr0_read,      [CPUIF_REG_ICC_BPR1_EL1] = bpr1_read,
    [CPUIF_REG_ICC_BPR1_EL1_S] = bpr1_s_read,  [CPUIF_REG_ICC_IAR0_EL1] = iar0_read,
    [CPUIF_REG_ICC_IAR1_EL1] = iar1_read,      [CPUIF_REG_ICC_HPPIR0_EL1] = hppir0_read,
    [CPUIF_REG_ICC_HPPIR1_EL1] = hppir1_read,  [CPUIF_REG_ICC_CTLR_EL1] = ctlr_read,
    [CPUIF_REG_ICC_CTLR_EL1_S] = ctlr_read,    [CPUIF_REG_ICC_IGRPEN1_EL3] = igrpen1_el3_read,
    [CPUIF_REG_ICC_CTLR_EL3] = ctlr_el3_read,  [CPUIF_REG_ICH_MISR_EL2] = ich3_misr_read,
    [CPUIF_REG_ICH_EISR_EL2] = ich3_eisr_read, [CPUIF_REG_ICH_ELRSR_EL2] = ich3_elrsr_read,
};

static nap_on_write *const on_write[CPUIF_REG_COUNT] = {
    [CPUIF_REG_ICC_PMR_EL1] = priorities_written,
    [CPUIF_REG_ICC_BPR0_EL1] = priorities_written,
    [CPUIF_REG_ICC_BPR1_EL1] = priorities_written,
    [CPUIF_REG_ICC_BPR1_EL1_S] = priorities_written,
    [CPUIF_REG_ICC_AP0R_EL1] = active_written,
    [CPUIF_REG_ICC_AP1R_EL1] = active_written,
    [CPUIF_REG_ICC_AP1R_EL1_S] = active_written,
    [CPUIF_REG_ICC_EOIR0_EL1] = eoir0_written,
    [CPUIF_REG_ICC_EOIR1_EL1] = eoir1_written,
    [CPUIF_REG_ICC_DIR_EL1] = dir_written,
    [CPUIF_REG_ICC_SGI0R_EL1] = sgi0r_written,
    [CPUIF_REG_ICC_SGI1R_EL1] = sgi1r_written,
    [CPUIF_REG_ICC_ASGI1R_EL1] = asgi1r_written,
    [CPUIF_REG_ICC_CTLR_EL1] = priorities_written,
    [CPUIF_REG_ICC_CTLR_EL1_S] = priorities_written,
    [CPUIF_REG_ICC_CTLR_EL3] = priorities_written,
    [CPUIF_REG_ICC_SRE_EL2] = sre_el2_written,
    [CPUIF_REG_ICC_SRE_EL3] = sre_el3_written,
    [CPUIF_REG_ICC_IGRPEN0_EL1] = enables_written,
    [CPUIF_REG_ICC_IGRPEN1_EL1] = enables_written,
    [CPUIF_REG_ICC_IGRPEN1_EL1_S] = enables_written,
    [CPUIF_REG_ICC_IGRPEN1_EL3] = enables_written,
    [CPUIF_REG_ICH_HCR_EL2] = ich3_written,
    [CPUIF_REG_ICH_VMCR_EL2] = ich3_written,
    [CPUIF_REG_ICH_LR_EL2] = ich3_written,
};

const struct nap_block nap_gicv3_cpu_interface_block = {
    .abi = NAP_BLOCK_ABI,
    .model = &nap_model_gicv3_cpu_interface,
    .state_bytes = sizeof(struct nap_gic3_cpuif),
    .on_write = on_write,
    .on_store = on_store,
    .on_read = on_read,
    .power_going = power_going,
    .power_off = power_off,
    .power_on = power_on,
    .undefined = undefined,
    .banked = banked,
    .rules = nap_gic3_cpuif_rules,
    .n_rules = GIC3_CPUIF_N_RULES,
};
