/* SPDX-License-Identifier: MIT */
/* A redistributor of a GICv3: SGIs, PPIs and extended PPIs of one processing element, the sleep
 * handshake with it, SGIs on their way, and the registers of LPIs (lpi.c). Arm IHI 0069;
 * register descriptions of the A-profile, issue 2024-12. Registers are
 * models/gicv3-redistributor.yaml. */
#include "gic3.h"

#include <string.h>

static struct nap_gic3_redist *state_of(struct nap_machine *m, unsigned rd)
{
    struct nap_gic3_redist *s = nap_block_state_mut(m, rd);

    nap_touch(m, s, sizeof *s);
    return s;
}

static uint64_t ctlr_of(const struct nap_machine *m, unsigned rd)
{
    return nap_reg_get(m, rd, RDIST_SLOT_GICR_CTLR);
}

static void update(struct nap_machine *m, unsigned rd)
{
    gic3_update_cpu(m, nap_upstream(m, rd), nap_device_line(m, rd));
}

void gicr_lpis_changed(struct nap_machine *m, unsigned rd)
{
    update(m, rd);
}

/* --- GICR_CTLR: LPIs, 1-of-N, RWP, UWP --- */

#define DPG (RDIST_GICR_CTLR_DPG0 | RDIST_GICR_CTLR_DPG1NS | RDIST_GICR_CTLR_DPG1S)

static void begin(struct nap_machine *m, unsigned rd, uint64_t bit)
{
    nap_reg_set(m, rd, RDIST_SLOT_GICR_CTLR, ctlr_of(m, rd) | bit);
    nap_work_begin(m, rd, RDIST_SLOT_GICR_CTLR, bit);
}

/* Bits of the register that the write reaches. */
static uint64_t ctlr_bits(const struct nap_machine *m, unsigned rd)
{
    unsigned dist = nap_upstream(m, rd);
    uint64_t bits = DPG | RDIST_GICR_CTLR_EnableLPIs;

    if (gic3_one_state(m, dist))
        bits &= ~RDIST_GICR_CTLR_DPG1S;
    if (gic3_restricted(m, dist))
        bits &= ~(RDIST_GICR_CTLR_DPG0 | RDIST_GICR_CTLR_DPG1S);
    return gic3_routes(m, dist) ? bits : bits & ~RDIST_GICR_CTLR_EnableLPIs;
}

static bool stays_enabled(const struct nap_machine *m, unsigned rd, uint64_t was)
{
    return !(was & RDIST_GICR_CTLR_CES) &&
           nap_switch(m, rd, RDIST_SWITCH_R06) == RDIST_R06_STICKY;
}

/* LPIs are enabled again before RWP has shown that they have been disabled: UNPREDICTABLE. */
static bool too_early(struct nap_machine *m, unsigned rd)
{
    const struct nap_gic3_redist *s = nap_block_state(m, rd);

    nap_work_notice(m, rd, RDIST_SLOT_GICR_CTLR, RDIST_GICR_CTLR_RWP);
    return s->lpis.enabled && nap_switch(m, rd, RDIST_SWITCH_R08) == RDIST_R08_IGNORED;
}

static uint64_t ctlr_stored(struct nap_machine *m, unsigned rd, unsigned slot, uint64_t written,
                            uint64_t lanes, uint64_t now)
{
    uint64_t was = nap_reg_get(m, rd, slot), bits = ctlr_bits(m, rd), changes;

    (void)written;
    (void)lanes;
    changes = (was ^ now) & bits & RDIST_GICR_CTLR_EnableLPIs;
    if (changes && (was & changes ? stays_enabled(m, rd, was) : too_early(m, rd)))
        bits &= ~RDIST_GICR_CTLR_EnableLPIs;
    was = nap_reg_get(m, rd, slot); /* RWP may have gone */
    return (was & ~bits) | (now & bits);
}

static void ctlr_written(struct nap_machine *m, unsigned rd, unsigned index, uint64_t was,
                         uint64_t now)
{
    uint64_t off = was & ~now, changed = was ^ now;

    (void)index;
    if ((now & ~was) & RDIST_GICR_CTLR_EnableLPIs)
        gic_lpis_enable(m, rd);
    if (changed & DPG)
        gic3_dpg_changed(m, nap_upstream(m, rd), nap_device_line(m, rd), changed);
    if ((off & RDIST_GICR_CTLR_EnableLPIs) || (changed & DPG))
        begin(m, rd, RDIST_GICR_CTLR_RWP);
    if (changed & DPG)
        gic3_update(m, nap_upstream(m, rd));
}

static uint64_t ctlr_read(struct nap_machine *m, unsigned rd, unsigned index, uint64_t value)
{
    (void)index;
    if (gic3_restricted(m, nap_upstream(m, rd)))
        value &= ~(RDIST_GICR_CTLR_DPG0 | RDIST_GICR_CTLR_DPG1S);
    return value;
}

static void rwp_done(struct nap_machine *m, unsigned rd)
{
    struct nap_gic3_redist *s = state_of(m, rd);

    memset(s->disabled, 0, sizeof s->disabled);
    gic3_dpg_done(m, nap_upstream(m, rd), nap_device_line(m, rd));
    nap_reg_set(m, rd, RDIST_SLOT_GICR_CTLR, ctlr_of(m, rd) & ~RDIST_GICR_CTLR_RWP);
    if (s->lpis.enabled && !(ctlr_of(m, rd) & RDIST_GICR_CTLR_EnableLPIs))
        gic_lpis_disabled(m, rd);
    gic3_update(m, nap_upstream(m, rd));
}

/* --- SGIs on their way: UWP --- */

static unsigned sgi_of(const struct gic3_sgi *sgi)
{
    return (unsigned)((sgi->value & CPUIF_ICC_SGI1R_EL1_INTID) >>
                      CPUIF_ICC_SGI1R_EL1_INTID_SHIFT);
}

/* "GICR_NSACR": which Secure SGIs Non-secure software may generate, by whichever register. That
 * of Group 0 generates no others. */
static bool may_generate(const struct nap_machine *m, unsigned rd, const struct gic3_sgi *sgi,
                         enum gic_group group)
{
    uint64_t level = nap_reg_get(m, rd, RDIST_SLOT_GICR_NSACR) >> 2 * sgi_of(sgi) & 3;

    if (group == GIC_GROUP_1)
        return sgi->group == GIC_GROUP_1;
    if (group == GIC_GROUP_0)
        return level >= 1;
    return level >= 2 && sgi->group != GIC_GROUP_0;
}

/* "ICC_SGI1R_EL1" and its like: what the target makes of it depends on the group that it has
 * there. One of Secure Group 1 is also taken by an SGI of Group 0. */
static bool accepts(const struct nap_machine *m, unsigned rd, const struct gic3_sgi *sgi,
                    enum gic_group group)
{
    if (sgi->ns)
        return may_generate(m, rd, sgi, group);
    if (sgi->group == (unsigned)group)
        return true;
    if (gic3_one_state(m, nap_upstream(m, rd)))
        return group == GIC_GROUP_0 && sgi->group == GIC_GROUP_1 &&
               nap_switch(m, rd, RDIST_SWITCH_R10) == RDIST_R10_TAKEN;
    return sgi->group == GIC_GROUP_1_SECURE && group == GIC_GROUP_0;
}

static void arrive(struct nap_machine *m, unsigned rd, const struct gic3_sgi *sgi)
{
    struct gic_bank bank = gic3_private_bank(m, rd);
    unsigned n = sgi_of(sgi);

    nap_reg_settle(m, rd, bank.igroupr);
    if (bank.igrpmodr != GIC_NO_SLOT)
        nap_reg_settle(m, rd, bank.igrpmodr);
    if (!accepts(m, rd, sgi, gic_group(m, &bank, n))) {
        nap_interrupt_step(m, rd, n, bank.cpu, NAP_LABEL_INTERRUPT_LOST);
        return;
    }
    gic_latch(m, &bank, n, true);
    update(m, rd);
}

/* Whether the SGI goes to that processing element; IRM: to all but the sender. */
static bool is_target(const struct nap_machine *m, uint64_t value, unsigned from, unsigned cpu)
{
    uint32_t affinity = nap_cpu_affinity(m, cpu);
    uint64_t clusters =
        (value >> 48 & 0xff) << 24 | (value >> 32 & 0xff) << 16 | (value >> 16 & 0xff) << 8;
    unsigned first = 16 * (unsigned)(value >> CPUIF_ICC_SGI1R_EL1_RS_SHIFT & 0xf);
    unsigned aff0 = affinity & 0xff;

    if (value & CPUIF_ICC_SGI1R_EL1_IRM)
        return cpu != from;
    return (affinity & 0xffffff00) == clusters && aff0 >= first && aff0 - first < 16 &&
           (value >> (aff0 - first) & 1);
}

static void deliver(struct nap_machine *m, unsigned dist, unsigned from,
                    const struct gic3_sgi *sgi)
{
    unsigned n = nap_cpu_count(m);

    for (unsigned cpu = 0; cpu < n; cpu++) {
        int rd = gic3_redistributor(m, dist, cpu);
        if (rd < 0 || !is_target(m, sgi->value, from, cpu))
            continue;
        if (gic3_redist_on(m, (unsigned)rd))
            arrive(m, (unsigned)rd, sgi);
        else
            nap_interrupt_step(m, dist, sgi_of(sgi), cpu, NAP_LABEL_INTERRUPT_LOST);
    }
}

static void deliver_oldest(struct nap_machine *m, unsigned rd)
{
    struct nap_gic3_redist *s = state_of(m, rd);
    struct gic3_sgi sgi = s->sgis[0];

    s->n_sgis--;
    memmove(&s->sgis[0], &s->sgis[1], s->n_sgis * sizeof s->sgis[0]);
    memset(&s->sgis[s->n_sgis], 0, sizeof s->sgis[0]);
    deliver(m, nap_upstream(m, rd), nap_device_line(m, rd), &sgi);
}

static void uwp_done(struct nap_machine *m, unsigned rd)
{
    const struct nap_gic3_redist *s = nap_block_state(m, rd);

    nap_reg_set(m, rd, RDIST_SLOT_GICR_CTLR, ctlr_of(m, rd) & ~RDIST_GICR_CTLR_UWP);
    while (s->n_sgis)
        deliver_oldest(m, rd);
}

/* An interface that sleeps sends nothing. The targets notice one that arrives, so it is asked
 * at once whether it takes its time. */
void gic3_sgi_send(struct nap_machine *m, unsigned dist, unsigned cpu, struct gic3_sgi sgi)
{
    int rd = gic3_redistributor(m, dist, cpu);
    struct nap_gic3_redist *s;

    if (rd < 0 || !gic3_awake(m, (unsigned)rd)) {
        nap_interrupt_step(m, dist, sgi_of(&sgi), cpu, NAP_LABEL_INTERRUPT_LOST);
        return;
    }
    s = state_of(m, (unsigned)rd);
    if (s->n_sgis == GIC3_SGIS_MAX)
        deliver_oldest(m, (unsigned)rd);
    s->sgis[s->n_sgis++] = sgi;
    begin(m, (unsigned)rd, RDIST_GICR_CTLR_UWP);
    nap_work_notice(m, (unsigned)rd, RDIST_SLOT_GICR_CTLR, RDIST_GICR_CTLR_UWP);
}

/* --- GICR_TYPER --- */

/* Redistributors of a region follow each other; another one begins a region of its own. */
static bool is_last(const struct nap_machine *m, unsigned rd, uint64_t typer)
{
    const struct nap_soc *soc = nap_machine_soc(m);
    uint64_t next =
        soc->devices[rd].base + (typer & RDIST_GICR_TYPER_VLPIS ? 0x40000 : 0x20000);

    for (unsigned d = 0; d < nap_device_count(m); d++)
        if (soc->devices[d].base == next &&
            nap_device_model(m, d) == &nap_model_gicv3_redistributor)
            return false;
    return true;
}

static uint64_t typer_read(struct nap_machine *m, unsigned rd, unsigned index, uint64_t value)
{
    unsigned cpu = nap_device_line(m, rd);

    (void)index;
    value &= ~(RDIST_GICR_TYPER_Affinity_Value | RDIST_GICR_TYPER_Processor_Number |
               RDIST_GICR_TYPER_Last);
    value |= (uint64_t)nap_cpu_affinity(m, cpu) << RDIST_GICR_TYPER_Affinity_Value_SHIFT;
    value |= (uint64_t)cpu << RDIST_GICR_TYPER_Processor_Number_SHIFT;
    return is_last(m, rd, value) ? value | RDIST_GICR_TYPER_Last : value;
}

/* --- GICR_WAKER --- */

#define SLEEP     RDIST_GICR_WAKER_ProcessorSleep
#define ASLEEP    RDIST_GICR_WAKER_ChildrenAsleep
#define ALL_SLEEP RDIST_GICR_WAKER_Sleep
#define QUIESCENT RDIST_GICR_WAKER_Quiescent

bool gic3_waker_unpredictable(const struct nap_machine *m, unsigned rd, uint64_t was,
                              uint64_t now)
{
    int icc = gic3_interface(m, nap_upstream(m, rd), nap_device_line(m, rd));

    if (was & ~now & SLEEP)
        return !(was & ASLEEP);
    return (now & ~was & SLEEP) && icc >= 0 && gic3_interface_groups(m, (unsigned)icc);
}

/* One Sleep and one Quiescent for all redistributors. */
static void set_in_all(struct nap_machine *m, unsigned rd, uint64_t bit, bool value)
{
    unsigned dist = nap_upstream(m, rd);
    int d = -1;

    while ((d = nap_device_next_behind(m, dist, d)) >= 0) {
        uint64_t waker;
        if (nap_device_model(m, (unsigned)d) != &nap_model_gicv3_redistributor ||
            !nap_device_on(m, (unsigned)d))
            continue;
        waker = nap_reg_get(m, (unsigned)d, RDIST_SLOT_GICR_WAKER);
        nap_reg_set(m, (unsigned)d, RDIST_SLOT_GICR_WAKER, value ? waker | bit : waker & ~bit);
    }
}

/* GIC-600: Sleep is taken only while every processing element sleeps. */
static bool all_asleep(const struct nap_machine *m, unsigned dist)
{
    unsigned n = nap_cpu_count(m);

    for (unsigned cpu = 0; cpu < n; cpu++) {
        int rd = gic3_redistributor(m, dist, cpu);
        if (rd >= 0 && gic3_redist_on(m, (unsigned)rd) &&
            !(nap_reg_get(m, (unsigned)rd, RDIST_SLOT_GICR_WAKER) & ASLEEP))
            return false;
    }
    return true;
}

static uint64_t waker_stored(struct nap_machine *m, unsigned rd, unsigned slot,
                             uint64_t written, uint64_t lanes, uint64_t now)
{
    unsigned dist = nap_upstream(m, rd);
    uint64_t was;

    (void)written;
    (void)lanes;
    nap_work_notice(m, rd, slot, ASLEEP);
    was = nap_reg_get(m, rd, slot);
    if (gic3_restricted(m, dist))
        return was;
    now = (was & (ASLEEP | QUIESCENT)) | (now & (SLEEP | ALL_SLEEP));
    if (gic3_waker_unpredictable(m, rd, was, now) &&
        nap_switch(m, rd, RDIST_SWITCH_R01) == RDIST_R01_IGNORED)
        now = (now & ~SLEEP) | (was & SLEEP);
    if ((now & ~was & ALL_SLEEP) && !all_asleep(m, dist))
        now &= ~ALL_SLEEP;
    return now;
}

/* A part without LPIs has nothing to write to memory, and no Quiescent. */
static bool has_lpis(const struct nap_machine *m, unsigned rd)
{
    return (nap_reg_get(m, rd, RDIST_SLOT_GICR_TYPER) & RDIST_GICR_TYPER_PLPIS) != 0;
}

static void waker_written(struct nap_machine *m, unsigned rd, unsigned index, uint64_t was,
                          uint64_t now)
{
    (void)index;
    if ((was ^ now) & SLEEP) {
        nap_work_cancel(m, rd, RDIST_SLOT_GICR_WAKER, ASLEEP);
        nap_work_begin(m, rd, RDIST_SLOT_GICR_WAKER, ASLEEP);
    }
    if ((was ^ now) & ALL_SLEEP)
        set_in_all(m, rd, ALL_SLEEP, (now & ALL_SLEEP) != 0);
    if (((was ^ now) & ALL_SLEEP) && has_lpis(m, rd)) {
        nap_work_cancel(m, rd, RDIST_SLOT_GICR_WAKER, QUIESCENT);
        nap_work_begin(m, rd, RDIST_SLOT_GICR_WAKER, QUIESCENT);
    }
    if ((was ^ now) & SLEEP) /* 1-of-N goes elsewhere, or comes back */
        gic3_update(m, nap_upstream(m, rd));
}

/* Work that shows in all of them has been begun at one. */
static uint64_t waker_read(struct nap_machine *m, unsigned rd, unsigned index, uint64_t value)
{
    unsigned dist = nap_upstream(m, rd);
    int d = -1;

    (void)index;
    if (gic3_restricted(m, dist))
        return 0;
    while ((d = nap_device_next_behind(m, dist, d)) >= 0)
        if ((unsigned)d != rd &&
            nap_device_model(m, (unsigned)d) == &nap_model_gicv3_redistributor)
            nap_work_read(m, (unsigned)d, RDIST_SLOT_GICR_WAKER, QUIESCENT);
    return (value & ~QUIESCENT) | (nap_reg_get(m, rd, RDIST_SLOT_GICR_WAKER) & QUIESCENT);
}

/* Both ends sleep, or are awake. */
static void asleep_done(struct nap_machine *m, unsigned rd)
{
    uint64_t waker = nap_reg_get(m, rd, RDIST_SLOT_GICR_WAKER);

    nap_reg_set(m, rd, RDIST_SLOT_GICR_WAKER, waker & SLEEP ? waker | ASLEEP : waker & ~ASLEEP);
    gic3_update(m, nap_upstream(m, rd));
}

static void quiescent_done(struct nap_machine *m, unsigned rd)
{
    bool sleep = (nap_reg_get(m, rd, RDIST_SLOT_GICR_WAKER) & ALL_SLEEP) != 0;
    unsigned dist = nap_upstream(m, rd);
    int d = -1;

    while (sleep && (d = nap_device_next_behind(m, dist, d)) >= 0)
        if (nap_device_model(m, (unsigned)d) == &nap_model_gicv3_redistributor &&
            nap_device_on(m, (unsigned)d))
            gic_lpis_flush(m, (unsigned)d);
    set_in_all(m, rd, QUIESCENT, sleep);
}

/* --- GICR_PWRR --- */

static uint64_t pwrr_stored(struct nap_machine *m, unsigned rd, unsigned slot, uint64_t written,
                            uint64_t lanes, uint64_t now)
{
    (void)lanes;
    (void)slot;
    if (written & RDIST_GICR_PWRR_RDAG)
        nap_unmodelled(m, rd, "GICR_PWRR.RDAG");
    if (now & RDIST_GICR_PWRR_RDPD)
        return RDIST_GICR_PWRR_RDPD | RDIST_GICR_PWRR_RDGPD | RDIST_GICR_PWRR_RDGPO;
    return 0;
}

static void pwrr_written(struct nap_machine *m, unsigned rd, unsigned index, uint64_t was,
                         uint64_t now)
{
    (void)index;
    if (was != now)
        gic3_update(m, nap_upstream(m, rd));
}

/* --- words of interrupts --- */

static struct gic_bank bank_at(const struct nap_machine *m, unsigned rd, unsigned index)
{
    return index ? gic3_eppi_bank(m, rd) : gic3_private_bank(m, rd);
}

static unsigned word_at(unsigned index)
{
    return index ? index - 1 : 0;
}

/* Registers of SGI_base are reserved without affinity routing, and behind GICR_PWRR. */
static bool there(const struct nap_machine *m, unsigned rd, const struct gic_bank *bank,
                  unsigned index)
{
    return gic3_redist_on(m, rd) && gic3_routes(m, nap_upstream(m, rd)) &&
           32 * word_at(index) < bank->count;
}

/* Bits of word @index that the access sees. */
static uint32_t seen(struct nap_machine *m, unsigned rd, unsigned index)
{
    struct gic_bank bank = bank_at(m, rd, index);

    if (!there(m, rd, &bank, index))
        return 0;
    return gic3_seen(m, nap_upstream(m, rd), &bank, word_at(index), GIC_NO_SLOT, 4);
}

/* The same of a register that is Secure's. */
static uint64_t secures(struct nap_machine *m, unsigned rd, unsigned index)
{
    struct gic_bank bank = bank_at(m, rd, index);

    if (!there(m, rd, &bank, index) || gic3_restricted(m, nap_upstream(m, rd)))
        return 0;
    return gic_word_mask(&bank, word_at(index));
}

/* Words of extended PPIs that there are not read 0, whatever a loss of power has left there. */
static uint64_t filtered(struct nap_machine *m, unsigned rd, unsigned slot, unsigned first,
                         uint64_t now)
{
    struct gic_bank bank = bank_at(m, rd, slot - first);
    uint64_t was = nap_reg_get(m, rd, slot), may = seen(m, rd, slot - first);

    if (32 * word_at(slot - first) >= bank.count)
        return 0;
    return (was & ~may) | (now & may);
}

static uint64_t enable_stored(struct nap_machine *m, unsigned rd, unsigned slot,
                              uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)written;
    (void)lanes;
    return filtered(m, rd, slot, RDIST_SLOT_GICR_ISENABLER, now);
}

static uint64_t pend_stored(struct nap_machine *m, unsigned rd, unsigned slot, uint64_t written,
                            uint64_t lanes, uint64_t now)
{
    (void)written;
    (void)lanes;
    return filtered(m, rd, slot, RDIST_SLOT_GICR_ISPENDR, now);
}

static uint64_t active_stored(struct nap_machine *m, unsigned rd, unsigned slot,
                              uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)written;
    (void)lanes;
    return filtered(m, rd, slot, RDIST_SLOT_GICR_ISACTIVER, now);
}

static uint64_t group_stored(struct nap_machine *m, unsigned rd, unsigned slot,
                             uint64_t written, uint64_t lanes, uint64_t now)
{
    uint64_t may = secures(m, rd, slot - RDIST_SLOT_GICR_IGROUPR);

    (void)written;
    (void)lanes;
    return (nap_reg_get(m, rd, slot) & ~may) | (now & may);
}

static uint64_t modifier_stored(struct nap_machine *m, unsigned rd, unsigned slot,
                                uint64_t written, uint64_t lanes, uint64_t now)
{
    uint64_t may = secures(m, rd, slot - RDIST_SLOT_GICR_IGRPMODR);

    (void)written;
    (void)lanes;
    if (gic3_one_state(m, nap_upstream(m, rd)))
        may = 0;
    return (nap_reg_get(m, rd, slot) & ~may) | (now & may);
}

static uint64_t nsacr_stored(struct nap_machine *m, unsigned rd, unsigned slot,
                             uint64_t written, uint64_t lanes, uint64_t now)
{
    unsigned dist = nap_upstream(m, rd);

    (void)written;
    (void)lanes;
    if (gic3_one_state(m, dist) || !secures(m, rd, 0))
        return nap_reg_get(m, rd, slot);
    return now;
}

/* Of four interrupts: a bit for each. The first eight words are of SGIs and PPIs. */
static unsigned seen_of_four(struct nap_machine *m, unsigned rd, unsigned index)
{
    return seen(m, rd, index / 8) >> 4 * (index % 8) & 0xf;
}

static uint64_t priority_stored(struct nap_machine *m, unsigned rd, unsigned slot,
                                uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)now;
    return gic3_priorities_stored(m, nap_upstream(m, rd), nap_reg_get(m, rd, slot), written,
                                  lanes,
                                  seen_of_four(m, rd, slot - RDIST_SLOT_GICR_IPRIORITYR));
}

/* Halves of words: GICR_ICFGR0, GICR_ICFGR1, and from 2 on those of extended PPIs, which follow
 * each other as slots. */
static uint64_t trigger_stored(struct nap_machine *m, unsigned rd, unsigned slot,
                               uint64_t written, uint64_t lanes, uint64_t now)
{
    unsigned half = slot - RDIST_SLOT_GICR_ICFGR0, rule = nap_switch(m, rd, RDIST_SWITCH_R07);
    struct gic_bank bank = bank_at(m, rd, half / 2);
    unsigned may = seen(m, rd, half / 2) >> 16 * (half % 2) & 0xffff;

    (void)written;
    (void)lanes;
    if (!may)
        return nap_reg_get(m, rd, slot);
    nap_work_notice(m, rd, RDIST_SLOT_GICR_CTLR, RDIST_GICR_CTLR_RWP);
    return gic3_triggers_stored(m, &bank, half >= 2 ? half - 2 : half, now, may,
                                rule == RDIST_R07_SET, rule == RDIST_R07_CLEAR);
}

static uint64_t seen_read(struct nap_machine *m, unsigned rd, unsigned index, uint64_t value)
{
    return value & seen(m, rd, index);
}

static uint64_t pend_read(struct nap_machine *m, unsigned rd, unsigned index, uint64_t value)
{
    struct gic_bank bank = bank_at(m, rd, index);
    uint32_t may = seen(m, rd, index);

    (void)value;
    if (!may)
        return 0;
    gic_settle(m, &bank, word_at(index));
    return gic_pending(m, &bank, word_at(index)) & may;
}

static uint64_t secure_read(struct nap_machine *m, unsigned rd, unsigned index, uint64_t value)
{
    return value & secures(m, rd, index);
}

static uint64_t two_states_read(struct nap_machine *m, unsigned rd, unsigned index,
                                uint64_t value)
{
    (void)index;
    return gic3_one_state(m, nap_upstream(m, rd)) || !secures(m, rd, 0) ? 0 : value;
}

static uint64_t priority_read(struct nap_machine *m, unsigned rd, unsigned index,
                              uint64_t value)
{
    return gic3_priorities_read(m, nap_upstream(m, rd), value, seen_of_four(m, rd, index));
}

static uint64_t fields_seen(struct nap_machine *m, unsigned rd, unsigned half)
{
    uint32_t may = seen(m, rd, half / 2) >> 16 * (half % 2);
    uint64_t fields = 0;

    for (unsigned i = 0; i < 16; i++)
        fields |= (uint64_t)(may >> i & 1) * 2 << 2 * i;
    return fields;
}

static uint64_t trigger_read_0(struct nap_machine *m, unsigned rd, unsigned index,
                               uint64_t value)
{
    return value & fields_seen(m, rd, index);
}

static uint64_t trigger_read_1(struct nap_machine *m, unsigned rd, unsigned index,
                               uint64_t value)
{
    return value & fields_seen(m, rd, index + 1);
}

static uint64_t trigger_read_e(struct nap_machine *m, unsigned rd, unsigned index,
                               uint64_t value)
{
    return value & fields_seen(m, rd, index + 2);
}

static void enable_written(struct nap_machine *m, unsigned rd, unsigned index, uint64_t was,
                           uint64_t now)
{
    struct nap_gic3_redist *s = state_of(m, rd);
    uint32_t left = (uint32_t)(was & ~now), came = (uint32_t)(now & ~was);

    s->disabled[index] = (s->disabled[index] & ~came) | left;
    if (left)
        begin(m, rd, RDIST_GICR_CTLR_RWP);
    update(m, rd);
}

static void note(struct nap_machine *m, unsigned rd, unsigned index, uint64_t was, uint64_t now,
                 const char *up, const char *down)
{
    struct gic_bank bank = bank_at(m, rd, index);

    gic3_note_bits(m, &bank, word_at(index), (uint32_t)(now & ~was), up);
    gic3_note_bits(m, &bank, word_at(index), (uint32_t)(was & ~now), down);
    update(m, rd);
}

static void pend_written(struct nap_machine *m, unsigned rd, unsigned index, uint64_t was,
                         uint64_t now)
{
    note(m, rd, index, was, now, NAP_LABEL_INTERRUPT_LATCHED, NAP_LABEL_INTERRUPT_CLEARED);
}

static void active_written(struct nap_machine *m, unsigned rd, unsigned index, uint64_t was,
                           uint64_t now)
{
    note(m, rd, index, was, now, "made active", NAP_LABEL_INTERRUPT_DEACTIVATED);
}

static void configured(struct nap_machine *m, unsigned rd, unsigned index, uint64_t was,
                       uint64_t now)
{
    (void)index;
    if (was != now)
        update(m, rd);
}

/* --- work and power --- */

static void work_done(struct nap_machine *m, unsigned rd, unsigned slot, uint64_t mask)
{
    if (slot == RDIST_SLOT_GICR_SYNCR)
        gic_lpis_inv_done(m, rd);
    else if (slot == RDIST_SLOT_GICR_WAKER && mask == ASLEEP)
        asleep_done(m, rd);
    else if (slot == RDIST_SLOT_GICR_WAKER)
        quiescent_done(m, rd);
    else if (mask == RDIST_GICR_CTLR_RWP)
        rwp_done(m, rd);
    else
        uwp_done(m, rd);
}

static void lose_sgis(struct nap_machine *m, unsigned rd)
{
    const struct nap_gic3_redist *s = nap_block_state(m, rd);
    unsigned dist = nap_upstream(m, rd);

    for (uint32_t i = 0; i < s->n_sgis; i++)
        nap_interrupt_step(m, dist, sgi_of(&s->sgis[i]), nap_device_line(m, rd),
                           NAP_LABEL_INTERRUPT_LOST);
}

static void power_going(struct nap_machine *m, unsigned rd)
{
    struct gic_bank bank = gic3_private_bank(m, rd);
    struct nap_gic3_redist *s = state_of(m, rd);

    s->at_off = (struct gic3_at_off){
        .valid = 1, .waker = (uint32_t)nap_reg_get(m, rd, RDIST_SLOT_GICR_WAKER)};
    gic_lost(m, &bank);
    bank = gic3_eppi_bank(m, rd);
    gic_lost(m, &bank);
    lose_sgis(m, rd);
    gic_lpis_power_going(m, rd);
}

static void power_off(struct nap_machine *m, unsigned rd)
{
    struct nap_gic3_redist *s = state_of(m, rd);

    memset(s->disabled, 0, sizeof s->disabled);
    s->n_sgis = 0;
    memset(s->sgis, 0, sizeof s->sgis);
    gic_lpis_power_off(m, rd);
    gic3_dpg_done(m, nap_upstream(m, rd), nap_device_line(m, rd));
    gic3_update(m, nap_upstream(m, rd));
}

static void power_on(struct nap_machine *m, unsigned rd)
{
    struct nap_gic3_redist *s = state_of(m, rd);

    memset(&s->at_off, 0, sizeof s->at_off);
    gic_lpis_power_on(m, rd);
    gic3_update(m, nap_upstream(m, rd));
}

static enum nap_unpowered unpowered(const struct nap_machine *m, unsigned rd)
{
    static const enum nap_unpowered meets[] = {
        [RDIST_R02_ONES] = NAP_UNPOWERED_ONES,
        [RDIST_R02_ZEROS] = NAP_UNPOWERED_ZEROS,
        [RDIST_R02_ABORT] = NAP_UNPOWERED_ABORT,
    };

    return meets[nap_switch(m, rd, RDIST_SWITCH_R02)];
}

static bool posted(const struct nap_machine *m, unsigned rd)
{
    return nap_switch(m, rd, RDIST_SWITCH_R03) == RDIST_R03_FIFO;
}

static bool notices_same(const struct nap_machine *m, unsigned rd, unsigned slot,
                         uint64_t value)
{
    (void)m;
    (void)rd;
    (void)value;
    return slot == RDIST_SLOT_GICR_SETLPIR || slot == RDIST_SLOT_GICR_CLRLPIR ||
           slot == RDIST_SLOT_GICR_INVLPIR || slot == RDIST_SLOT_GICR_INVALLR;
}

/* --- the table --- */

static nap_on_store *const on_store[RDIST_REG_COUNT] = {
    [RDIST_REG_GICR_CTLR] = ctlr_stored,         [RDIST_REG_GICR_WAKER] = waker_stored,
    [RDIST_REG_GICR_PWRR] = pwrr_stored,         [RDIST_REG_GICR_IGROUPR] = group_stored,
    [RDIST_REG_GICR_ISENABLER] = enable_stored,  [RDIST_REG_GICR_ISPENDR] = pend_stored,
    [RDIST_REG_GICR_ISACTIVER] = active_stored,  [RDIST_REG_GICR_IPRIORITYR] = priority_stored,
    [RDIST_REG_GICR_ICFGR1] = trigger_stored,    [RDIST_REG_GICR_ICFGRnE] = trigger_stored,
    [RDIST_REG_GICR_IGRPMODR] = modifier_stored, [RDIST_REG_GICR_NSACR] = nsacr_stored,
};

static nap_on_read *const on_read[RDIST_REG_COUNT] = {
    [RDIST_REG_GICR_CTLR] = ctlr_read,           [RDIST_REG_GICR_TYPER] = typer_read,
    [RDIST_REG_GICR_WAKER] = waker_read,         [RDIST_REG_GICR_IGROUPR] = secure_read,
    [RDIST_REG_GICR_ISENABLER] = seen_read,      [RDIST_REG_GICR_ICENABLER] = seen_read,
    [RDIST_REG_GICR_ISPENDR] = pend_read,        [RDIST_REG_GICR_ICPENDR] = pend_read,
    [RDIST_REG_GICR_ISACTIVER] = seen_read,      [RDIST_REG_GICR_ICACTIVER] = seen_read,
    [RDIST_REG_GICR_IPRIORITYR] = priority_read, [RDIST_REG_GICR_ICFGR0] = trigger_read_0,
    [RDIST_REG_GICR_ICFGR1] = trigger_read_1,    [RDIST_REG_GICR_ICFGRnE] = trigger_read_e,
    [RDIST_REG_GICR_IGRPMODR] = two_states_read, [RDIST_REG_GICR_NSACR] = two_states_read,
};

static nap_on_write *const on_write[RDIST_REG_COUNT] = {
    [RDIST_REG_GICR_CTLR] = ctlr_written,
    [RDIST_REG_GICR_WAKER] = waker_written,
    [RDIST_REG_GICR_PWRR] = pwrr_written,
    [RDIST_REG_GICR_SETLPIR] = gic_lpi_setlpir_written,
    [RDIST_REG_GICR_CLRLPIR] = gic_lpi_clrlpir_written,
    [RDIST_REG_GICR_INVLPIR] = gic_lpi_invlpir_written,
    [RDIST_REG_GICR_INVALLR] = gic_lpi_invallr_written,
    [RDIST_REG_GICR_IGROUPR] = configured,
    [RDIST_REG_GICR_ISENABLER] = enable_written,
    [RDIST_REG_GICR_ISPENDR] = pend_written,
    [RDIST_REG_GICR_ISACTIVER] = active_written,
    [RDIST_REG_GICR_IPRIORITYR] = configured,
    [RDIST_REG_GICR_ICFGR1] = configured,
    [RDIST_REG_GICR_ICFGRnE] = configured,
    [RDIST_REG_GICR_IGRPMODR] = configured,
};

const struct nap_block nap_gicv3_redistributor_block = {
    .abi = NAP_BLOCK_ABI,
    .model = &nap_model_gicv3_redistributor,
    .state_bytes = sizeof(struct nap_gic3_redist),
    .on_write = on_write,
    .on_store = on_store,
    .on_read = on_read,
    .power_going = power_going,
    .power_off = power_off,
    .power_on = power_on,
    .unpowered = unpowered,
    .n_work = 5, /* RWP, UWP, ChildrenAsleep, Quiescent, Busy */
    .work_done = work_done,
    .posted = posted,
    .notices_same = notices_same,
    .rules = nap_gic3_redist_rules,
    .n_rules = GIC3_REDIST_N_RULES,
};
