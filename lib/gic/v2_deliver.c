/* SPDX-License-Identifier: MIT */
/* How a GICv2 delivers, Arm IHI 0048B, chapter 3: what the CPU interface signals, what IAR
 * takes, and how EOIR and DIR end it. */
#include "v2_interface.h"

/* --- what is pending --- */

/* "Interrupt grouping and preemption": ABPR is the binary point of Group 1 unless CBPR. */
static uint8_t group_mask(const struct nap_machine *m, unsigned device, unsigned cpu,
                          enum gic_group group)
{
    uint32_t ctlr = v2_of_cpu(m, device, V2_SLOT_GICC_CTLR, cpu);

    if (group == GIC_GROUP_0 || (ctlr & V2_GICC_CTLR_CBPR))
        return gic_group_mask(v2_of_cpu(m, device, V2_SLOT_GICC_BPR, cpu), false);
    return gic_group_mask(v2_of_cpu(m, device, V2_SLOT_GICC_ABPR, cpu), true);
}

/* Content that hardware goes by becomes definite. */
static void settle(struct nap_machine *m, unsigned distributor, unsigned interface,
                   unsigned cpu)
{
    static const unsigned looked_at[] = {V2_SLOT_GICC_CTLR, V2_SLOT_GICC_PMR, V2_SLOT_GICC_BPR,
                                         V2_SLOT_GICC_ABPR};

    if (!nap_varied(m, NAP_CHOOSE_RETAIN))
        return;
    nap_reg_settle(m, distributor, V2_SLOT_GICD_CTLR);
    for (unsigned i = 0; i < sizeof looked_at / sizeof looked_at[0]; i++)
        nap_reg_settle(m, interface, v2_slot_of(m, interface, looked_at[i], cpu));
}

/* Groups that the distributor forwards. */
unsigned v2_forwarded(const struct nap_machine *m, unsigned distributor)
{
    uint64_t ctlr = nap_reg_get(m, distributor, V2_SLOT_GICD_CTLR);

    return (ctlr & V2_GICD_CTLR_EnableGrp0 ? GIC_GROUP_BIT(GIC_GROUP_0) : 0) |
           (ctlr & V2_GICD_CTLR_EnableGrp1 ? GIC_GROUP_BIT(GIC_GROUP_1) : 0);
}

/* Groups that the interface signals. */
static unsigned signalled(const struct nap_machine *m, unsigned interface, unsigned cpu)
{
    uint32_t ctlr = v2_of_cpu(m, interface, V2_SLOT_GICC_CTLR, cpu);

    return (ctlr & V2_GICC_CTLR_EnableGrp0 ? GIC_GROUP_BIT(GIC_GROUP_0) : 0) |
           (ctlr & V2_GICC_CTLR_EnableGrp1 ? GIC_GROUP_BIT(GIC_GROUP_1) : 0);
}

/* The best of those groups for the CPU. @shared is the bank of the SPIs. */
static struct gic_candidate pending_for(struct nap_machine *m, const struct gic_bank *shared,
                                        unsigned cpu, unsigned groups)
{
    struct gic_filter filter = {.cpu = cpu, .groups = groups, .routed = v2_routed};
    struct gic_bank banks[2];

    if (!groups)
        return (struct gic_candidate){.priority = GIC_IDLE};
    banks[0] = v2_private(m, shared->device, cpu);
    banks[1] = *shared;
    return gic_best(m, banks, 2, &filter);
}

static bool sufficient(const struct nap_machine *m, unsigned interface, unsigned cpu,
                       const struct gic_candidate *c)
{
    return gic_preempts(c, (uint8_t)v2_of_cpu(m, interface, V2_SLOT_GICC_PMR, cpu),
                        group_mask(m, interface, cpu, c->group), v2_running(m, interface, cpu));
}

/* --- signals --- */

/* "Interrupt signal bypass": a disabled interface passes the CPU's own wires on, unless told
 * not to for both groups. Switch G13 says what these are. */
static bool bypasses(const struct nap_machine *m, unsigned interface, uint32_t ctlr,
                     uint32_t disabled)
{
    return !(ctlr & (V2_GICC_CTLR_EnableGrp0 | V2_GICC_CTLR_EnableGrp1)) &&
           (ctlr & disabled) != disabled &&
           nap_switch(m, interface, V2_SWITCH_G13) == V2_G13_HIGH;
}

static unsigned bypassed(const struct nap_machine *m, unsigned interface, unsigned cpu)
{
    uint32_t ctlr = v2_of_cpu(m, interface, V2_SLOT_GICC_CTLR, cpu);
    unsigned signals = 0;

    if (bypasses(m, interface, ctlr, V2_GICC_CTLR_IRQBypDisGrp0 | V2_GICC_CTLR_IRQBypDisGrp1))
        signals |= NAP_SIGNAL_IRQ;
    if (bypasses(m, interface, ctlr, V2_GICC_CTLR_FIQBypDisGrp0 | V2_GICC_CTLR_FIQBypDisGrp1))
        signals |= NAP_SIGNAL_FIQ;
    return signals;
}

static unsigned signal_of(const struct nap_machine *m, unsigned interface, unsigned cpu,
                          const struct gic_candidate *c)
{
    bool fiq = c->group == GIC_GROUP_0 &&
               (v2_of_cpu(m, interface, V2_SLOT_GICC_CTLR, cpu) & V2_GICC_CTLR_FIQEn);

    return fiq ? NAP_SIGNAL_FIQ : NAP_SIGNAL_IRQ;
}

/* What the distributor forwards and the interface does not signal goes to the wake logic, as by
 * nIRQOUT and nFIQOUT of a GIC-400. */
unsigned v2_signals(struct nap_machine *m, const struct gic_bank *shared, unsigned cpu)
{
    unsigned distributor = shared->device;
    int interface = v2_interface(m, distributor);
    unsigned groups = v2_forwarded(m, distributor), enabled = 0, signals = 0;
    struct gic_candidate c;

    if (interface >= 0 && nap_device_on(m, (unsigned)interface)) {
        settle(m, distributor, (unsigned)interface, cpu);
        groups = v2_forwarded(m, distributor);
        enabled = signalled(m, (unsigned)interface, cpu);
        signals = bypassed(m, (unsigned)interface, cpu);
        c = pending_for(m, shared, cpu, groups & enabled);
        if (c.found && sufficient(m, (unsigned)interface, cpu, &c))
            return signals | signal_of(m, (unsigned)interface, cpu, &c);
    }
    c = pending_for(m, shared, cpu, groups & ~enabled);
    return c.found ? signals | NAP_SIGNAL_WAKE : signals;
}

/* --- "GICC_IAR", "GICC_HPPIR" and their aliases --- */

enum view { VIEW_OWN, VIEW_GROUP_1 };

#define NOT_THIS_GROUP 1022u /* Group 1, and AckCtl is 0 */

/* INTID with the source of an SGI, as software reads it. */
static uint32_t identify(const struct nap_machine *m, unsigned distributor, unsigned cpu,
                         uint32_t intid)
{
    return intid < GIC_N_SGIS ? intid | v2_sgi_source(m, distributor, cpu, intid) << 10 : intid;
}

/* What a read of that view shows of the candidate, before it is identified. */
static uint32_t shown(const struct nap_machine *m, unsigned device, enum view view,
                      const struct gic_candidate *c)
{
    bool ackctl = (v2_own(m, device, V2_SLOT_GICC_CTLR) & V2_GICC_CTLR_AckCtl) != 0;

    if (!c->found)
        return GIC_SPURIOUS;
    if (view == VIEW_GROUP_1 || v2_is_nonsecure(m, device))
        return c->group == GIC_GROUP_1 ? c->intid : GIC_SPURIOUS;
    return c->group == GIC_GROUP_0 || ackctl ? c->intid : NOT_THIS_GROUP;
}

/* The aliases are there for Secure software, and without Security Extensions. */
static bool absent(const struct nap_machine *m, unsigned device, enum view view)
{
    return view == VIEW_GROUP_1 && v2_is_nonsecure(m, device);
}

static struct gic_candidate at_interface(struct nap_machine *m, unsigned device)
{
    unsigned distributor = v2_distributor(m, device), cpu = nap_cpu(m);
    struct gic_bank shared = v2_shared(m, distributor);

    if (!nap_device_on(m, distributor) || !v2_self(m, distributor))
        return (struct gic_candidate){.priority = GIC_IDLE};
    settle(m, distributor, device, cpu);
    return pending_for(m, &shared, cpu,
                       v2_forwarded(m, distributor) & signalled(m, device, cpu));
}

static void set_active_priority(struct nap_machine *m, unsigned device, unsigned cpu,
                                const struct gic_candidate *c, uint32_t shown_as)
{
    struct v2_interface_state *s = nap_block_state_mut(m, device);
    unsigned first = c->group == GIC_GROUP_0 ? V2_SLOT_GICC_APR : V2_SLOT_GICC_NSAPR;
    uint8_t priority = c->priority & group_mask(m, device, cpu, c->group);
    unsigned min = v2_min_bpr(m, device), word = gic_apr_word(priority, min);
    unsigned slot = v2_slot_of(m, device, first + word, cpu);
    uint16_t *taken = &s->taken[cpu][priority >> (min + 1)];

    nap_reg_set(m, device, slot, nap_reg_get(m, device, slot) | gic_apr_bit(priority, min));
    nap_touch(m, taken, sizeof *taken);
    *taken = (uint16_t)(shown_as + 1);
}

/* A private interrupt is its CPU's alone. */
static void update_after(struct nap_machine *m, unsigned distributor, uint32_t intid)
{
    if (intid < 32)
        v2_update_cpu(m, distributor, nap_cpu(m));
    else
        v2_update(m, distributor);
}

static void acknowledge(struct nap_machine *m, unsigned device, const struct gic_candidate *c,
                        uint32_t shown_as)
{
    unsigned distributor = v2_distributor(m, device), cpu = nap_cpu(m);
    struct gic_bank bank =
        c->intid < 32 ? v2_private(m, distributor, cpu) : v2_shared(m, distributor);

    set_active_priority(m, device, cpu, c, shown_as);
    gic_acknowledge(m, &bank, c->intid - bank.first, cpu);
    if (c->intid < GIC_N_SGIS)
        v2_sgi_take(m, distributor, cpu, c->intid, shown_as >> 10);
    update_after(m, distributor, c->intid);
}

static uint64_t take(struct nap_machine *m, unsigned device, enum view view)
{
    struct gic_candidate c = at_interface(m, device);
    uint32_t intid;

    if (absent(m, device, view))
        return 0;
    if (!c.found || !sufficient(m, device, nap_cpu(m), &c))
        return GIC_SPURIOUS;
    intid = shown(m, device, view, &c);
    if (intid >= NOT_THIS_GROUP)
        return intid;
    intid = identify(m, v2_distributor(m, device), nap_cpu(m), intid);
    acknowledge(m, device, &c, intid);
    return intid;
}

uint64_t v2_iar_read(struct nap_machine *m, unsigned device, unsigned index, uint64_t value)
{
    (void)index;
    (void)value;
    return take(m, device, VIEW_OWN);
}

uint64_t v2_aiar_read(struct nap_machine *m, unsigned device, unsigned index, uint64_t value)
{
    (void)index;
    (void)value;
    return take(m, device, VIEW_GROUP_1);
}

static uint64_t look(struct nap_machine *m, unsigned device, enum view view)
{
    struct gic_candidate c = at_interface(m, device);
    uint32_t intid;

    if (absent(m, device, view))
        return 0;
    if (c.found && nap_switch(m, device, V2_SWITCH_G12) == V2_G12_HIDDEN &&
        c.priority >= v2_own(m, device, V2_SLOT_GICC_PMR))
        return GIC_SPURIOUS;
    intid = shown(m, device, view, &c);
    return intid >= NOT_THIS_GROUP ? intid
                                   : identify(m, v2_distributor(m, device), nap_cpu(m), intid);
}

uint64_t v2_hppir_read(struct nap_machine *m, unsigned device, unsigned index, uint64_t value)
{
    (void)index;
    (void)value;
    return look(m, device, VIEW_OWN);
}

uint64_t v2_ahppir_read(struct nap_machine *m, unsigned device, unsigned index, uint64_t value)
{
    (void)index;
    (void)value;
    return look(m, device, VIEW_GROUP_1);
}

/* --- "GICC_EOIR", "GICC_AEOIR", "GICC_DIR" --- */

/* The highest active priority is active no more. Returns what took it, as IAR showed it, or
 * UINT32_MAX if nobody knows. */
static uint32_t drop(struct nap_machine *m, unsigned device, unsigned cpu, uint8_t running)
{
    struct v2_interface_state *s = nap_block_state_mut(m, device);
    unsigned min = v2_min_bpr(m, device), word = gic_apr_word(running, min);
    uint64_t bit = gic_apr_bit(running, min);
    unsigned slot = v2_slot_of(m, device, V2_SLOT_GICC_APR + word, cpu);
    uint16_t *taken = &s->taken[cpu][running >> (min + 1)];
    uint32_t by = *taken ? *taken - 1u : UINT32_MAX;

    if (!(nap_reg_get(m, device, slot) & bit))
        slot = v2_slot_of(m, device, V2_SLOT_GICC_NSAPR + word, cpu);
    nap_reg_set(m, device, slot, nap_reg_get(m, device, slot) & ~bit);
    nap_touch(m, taken, sizeof *taken);
    *taken = 0;
    return by;
}

/* Whether the priority is there for the access to drop: a Non-secure one has those of Group 1,
 * and none while one of Group 0 is above them. */
static bool may_drop(const struct nap_machine *m, unsigned device, unsigned cpu,
                     uint8_t running)
{
    unsigned min = v2_min_bpr(m, device), word = gic_apr_word(running, min);

    return !v2_is_nonsecure(m, device) ||
           !(v2_of_cpu(m, device, V2_SLOT_GICC_APR + word, cpu) & gic_apr_bit(running, min));
}

/* EOImode of the access: of Secure ones also where they end a Group 1 interrupt. */
static bool eoi_only_drops(const struct nap_machine *m, unsigned device)
{
    uint32_t ctlr = v2_own(m, device, V2_SLOT_GICC_CTLR);

    return (ctlr &
            (v2_is_nonsecure(m, device) ? V2_GICC_CTLR_EOImodeNS : V2_GICC_CTLR_EOImode)) != 0;
}

static struct gic_bank bank_for(const struct nap_machine *m, unsigned device, uint32_t intid)
{
    unsigned distributor = v2_distributor(m, device);

    return intid < 32 ? v2_private(m, distributor, nap_cpu(m)) : v2_shared(m, distributor);
}

/* And the CPU has an interface to end it with. */
static bool exists(const struct nap_machine *m, unsigned device, uint32_t intid)
{
    unsigned distributor = v2_distributor(m, device);

    return intid < v2_lines(m, distributor) && v2_self(m, distributor);
}

/* Whether the access may end it: a Non-secure one only Group 1. */
static bool may_end(const struct nap_machine *m, unsigned device, uint32_t intid)
{
    struct gic_bank bank = bank_for(m, device, intid);

    return !v2_is_nonsecure(m, device) ||
           gic_group(m, &bank, intid - bank.first) == GIC_GROUP_1;
}

static void deactivate(struct nap_machine *m, unsigned device, uint32_t intid)
{
    struct gic_bank bank = bank_for(m, device, intid);

    if (!nap_device_on(m, bank.device))
        return;
    (void)gic_deactivate(m, &bank, intid - bank.first, nap_cpu(m));
}

static void note_end(struct nap_machine *m, unsigned device, enum v2_end end)
{
    struct v2_interface_state *s = nap_block_state_mut(m, device);
    uint8_t *at = &s->ended[nap_cpu(m)];

    if (*at == end)
        return;
    nap_touch(m, at, sizeof *at);
    *at = (uint8_t)end;
}

/* What IAR showed for the running priority, plus 1; 0 if nobody knows. */
static uint32_t taken_by(const struct nap_machine *m, unsigned device, uint8_t running)
{
    const struct v2_interface_state *s = nap_block_state(m, device);

    return s->taken[nap_cpu(m)][running >> (v2_min_bpr(m, device) + 1)];
}

/* An SGI named with the wrong CPU is another instance, which is not active: the right one stays
 * so. */
static bool other_instance(uint32_t by, uint32_t written)
{
    uint32_t intid = written & V2_GICC_EOIR_INTID;

    return by != UINT32_MAX && intid < GIC_N_SGIS && (by & V2_GICC_EOIR_INTID) == intid &&
           by != written;
}

/* UNPREDICTABLE where it is not the last that was acknowledged (4.4.5): the priority drops all
 * the same and the interrupt named ends, or nothing does. */
static void end_of_interrupt(struct nap_machine *m, unsigned device, uint32_t written)
{
    uint8_t running = v2_running(m, device, nap_cpu(m));
    uint32_t by = running == GIC_IDLE ? 0 : taken_by(m, device, running);
    enum v2_end end = by && by - 1 != written ? V2_END_OTHER : V2_END_AS_TAKEN;

    note_end(m, device, running == GIC_IDLE ? V2_END_OF_NONE : end);
    if (running == GIC_IDLE || !may_drop(m, device, nap_cpu(m), running) ||
        (end == V2_END_OTHER && nap_switch(m, device, V2_SWITCH_G04) == V2_G04_IGNORED))
        return;
    by = drop(m, device, nap_cpu(m), running);
    nap_interrupt_step(m, v2_distributor(m, device), written & V2_GICC_EOIR_INTID, nap_cpu(m),
                       NAP_LABEL_INTERRUPT_DROPPED);
    if (!eoi_only_drops(m, device) && !other_instance(by, written))
        deactivate(m, device, written & V2_GICC_EOIR_INTID);
}

static void eoir(struct nap_machine *m, unsigned device, unsigned first, uint64_t now)
{
    uint32_t written = (uint32_t)now, intid = written & V2_GICC_EOIR_INTID;

    nap_reg_set(m, device, v2_slot_of(m, device, first, nap_cpu(m)), 0); /* it holds nothing */
    if (v2_self(m, v2_distributor(m, device)))
        note_end(m, device, V2_END_AS_TAKEN);
    if (!exists(m, device, intid) || !may_end(m, device, intid))
        return;
    end_of_interrupt(m, device, written);
    update_after(m, v2_distributor(m, device), intid);
}

void v2_eoir_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                     uint64_t now)
{
    (void)index;
    (void)was;
    eoir(m, device, V2_SLOT_GICC_EOIR, now);
}

void v2_aeoir_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                      uint64_t now)
{
    (void)index;
    (void)was;
    eoir(m, device, V2_SLOT_GICC_AEOIR, absent(m, device, VIEW_GROUP_1) ? GIC_SPURIOUS : now);
}

void v2_dir_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                    uint64_t now)
{
    uint32_t intid = (uint32_t)now & V2_GICC_DIR_INTID;

    (void)index;
    (void)was;
    nap_reg_set(m, device, v2_slot_of(m, device, V2_SLOT_GICC_DIR, nap_cpu(m)), 0);
    if (!exists(m, device, intid) || !may_end(m, device, intid))
        return;
    if (!eoi_only_drops(m, device) && nap_switch(m, device, V2_SWITCH_G05) == V2_G05_IGNORED)
        return;
    deactivate(m, device, intid);
    update_after(m, v2_distributor(m, device), intid);
}
