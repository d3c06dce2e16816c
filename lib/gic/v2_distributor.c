/* SPDX-License-Identifier: MIT */
/* Registers of the distributor of a GICv2, Arm IHI 0048B, 4.3: what a write stores, what a read
 * shows, and what SGIs do. */
#include "v2.h"

/* The first words of arrays are a CPU's own: only that one sees anything of a change. */
static void update(struct nap_machine *m, unsigned device, bool private)
{
    if (private)
        v2_update_cpu(m, device, nap_cpu(m));
    else
        v2_update(m, device);
}

/* --- "GICD_CTLR": a Non-secure access sees EnableGrp1 in bit 0 --- */

uint64_t v2_ctlr_stored(struct nap_machine *m, unsigned device, unsigned slot, uint64_t written,
                        uint64_t lanes, uint64_t now)
{
    uint64_t was = nap_reg_get(m, device, slot);

    (void)lanes;
    if (!v2_nonsecure(m, device))
        return now;
    return (was & V2_GICD_CTLR_EnableGrp0) | (written & 1 ? V2_GICD_CTLR_EnableGrp1 : 0);
}

uint64_t v2_ctlr_read(struct nap_machine *m, unsigned device, unsigned index, uint64_t value)
{
    (void)index;
    return v2_nonsecure(m, device) ? (value & V2_GICD_CTLR_EnableGrp1) != 0 : value;
}

void v2_ctlr_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                     uint64_t now)
{
    (void)index;
    if (was != now)
        v2_update(m, device);
}

void v2_bitmap_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                       uint64_t now)
{
    if (was != now)
        update(m, device, index == 0);
}

void v2_bytes_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                      uint64_t now)
{
    if (was != now)
        update(m, device, index < 8);
}

/* --- bitmaps --- */

/* Of the bits that the access meets those written as 1 go up, or down. */
static uint64_t set_bits(const struct nap_machine *m, unsigned device, unsigned slot,
                         uint64_t written, uint32_t met)
{
    return nap_reg_get(m, device, slot) | (written & met);
}

static uint64_t clear_bits(const struct nap_machine *m, unsigned device, unsigned slot,
                           uint64_t written, uint32_t met)
{
    return nap_reg_get(m, device, slot) & ~(written & met);
}

uint64_t v2_igroupr_stored(struct nap_machine *m, unsigned device, unsigned slot,
                           uint64_t written, uint64_t lanes, uint64_t now)
{
    unsigned index = v2_index(m, device, V2_REG_GICD_IGROUPR, slot);

    (void)written;
    (void)lanes;
    if (v2_nonsecure(m, device))
        return nap_reg_get(m, device, slot);
    return now & v2_visible(m, device, index, V2_GROUP_1_ONLY);
}

uint64_t v2_igroupr_read(struct nap_machine *m, unsigned device, unsigned index, uint64_t value)
{
    (void)index;
    return v2_nonsecure(m, device) ? 0 : value;
}

/* Enables that software moves: not those of SGIs that are always on. */
static uint32_t movable(const struct nap_machine *m, unsigned device, unsigned slot)
{
    unsigned index = v2_index(m, device, V2_REG_GICD_ISENABLER, slot);
    uint32_t met = v2_visible(m, device, index, V2_GROUP_1_ONLY);

    if (index == 0 && nap_switch(m, device, V2_SWITCH_G01) == V2_G01_ALWAYS)
        met &= ~((1u << GIC_N_SGIS) - 1);
    return met;
}

uint64_t v2_isenabler_stored(struct nap_machine *m, unsigned device, unsigned slot,
                             uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)lanes;
    (void)now;
    return set_bits(m, device, slot, written, movable(m, device, slot));
}

uint64_t v2_icenabler_stored(struct nap_machine *m, unsigned device, unsigned slot,
                             uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)lanes;
    (void)now;
    return clear_bits(m, device, slot, written, movable(m, device, slot));
}

uint64_t v2_enabler_read(struct nap_machine *m, unsigned device, unsigned index, uint64_t value)
{
    if (index == 0 && nap_switch(m, device, V2_SWITCH_G01) == V2_G01_ALWAYS)
        value |= (1u << GIC_N_SGIS) - 1;
    return value & v2_visible(m, device, index, V2_GROUP_1_ONLY);
}

/* SGIs become pending and cease to be by SPENDSGIR and CPENDSGIR alone. */
static uint32_t latches(const struct nap_machine *m, unsigned device, unsigned slot,
                        unsigned least)
{
    unsigned index = v2_index(m, device, V2_REG_GICD_ISPENDR, slot);
    uint32_t met = v2_visible(m, device, index, least);

    return index == 0 ? met & ~((1u << GIC_N_SGIS) - 1) : met;
}

uint64_t v2_ispendr_stored(struct nap_machine *m, unsigned device, unsigned slot,
                           uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)lanes;
    (void)now;
    return set_bits(m, device, slot, written, latches(m, device, slot, V2_SET_PENDING));
}

uint64_t v2_icpendr_stored(struct nap_machine *m, unsigned device, unsigned slot,
                           uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)lanes;
    (void)now;
    return clear_bits(m, device, slot, written, latches(m, device, slot, V2_CLEAR_PENDING));
}

static struct gic_bank bank_of(const struct nap_machine *m, unsigned device, unsigned index)
{
    return index == 0 ? v2_private(m, device, nap_cpu(m)) : v2_shared(m, device);
}

/* Each bit that moved is told as a step in the life of that interrupt. */
static void tell_moves(struct nap_machine *m, unsigned device, unsigned index, uint32_t moved,
                       uint32_t now, const char *up, const char *down)
{
    for (; moved; moved &= moved - 1) {
        unsigned n = (unsigned)__builtin_ctz(moved);

        nap_interrupt_step(m, device, 32 * index + n,
                           index == 0 ? nap_cpu(m) : NAP_ABOUT_NOBODY,
                           now >> n & 1 ? up : down);
    }
}

void v2_ispendr_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                        uint64_t now)
{
    tell_moves(m, device, index, (uint32_t)(was ^ now), (uint32_t)now,
               NAP_LABEL_INTERRUPT_LATCHED, NAP_LABEL_INTERRUPT_CLEARED);
    v2_bitmap_written(m, device, index, was, now);
}

uint64_t v2_pendr_read(struct nap_machine *m, unsigned device, unsigned index, uint64_t value)
{
    struct gic_bank bank = bank_of(m, device, index);
    unsigned word = index == 0 ? 0 : index - 1;
    uint32_t met = v2_visible(m, device, index, V2_SET_PENDING);

    (void)value;
    if (!met)
        return 0;
    gic_settle(m, &bank, word);
    return gic_pending(m, &bank, word) & met;
}

uint64_t v2_isactiver_stored(struct nap_machine *m, unsigned device, unsigned slot,
                             uint64_t written, uint64_t lanes, uint64_t now)
{
    unsigned index = v2_index(m, device, V2_REG_GICD_ISACTIVER, slot);

    (void)lanes;
    (void)now;
    return set_bits(m, device, slot, written, v2_visible(m, device, index, V2_GROUP_1_ONLY));
}

uint64_t v2_icactiver_stored(struct nap_machine *m, unsigned device, unsigned slot,
                             uint64_t written, uint64_t lanes, uint64_t now)
{
    unsigned index = v2_index(m, device, V2_REG_GICD_ISACTIVER, slot);

    (void)lanes;
    (void)now;
    return clear_bits(m, device, slot, written, v2_visible(m, device, index, V2_GROUP_1_ONLY));
}

void v2_isactiver_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                          uint64_t now)
{
    tell_moves(m, device, index, (uint32_t)(was ^ now), (uint32_t)now, "made active",
               NAP_LABEL_INTERRUPT_DEACTIVATED);
    v2_bitmap_written(m, device, index, was, now);
}

uint64_t v2_activer_read(struct nap_machine *m, unsigned device, unsigned index, uint64_t value)
{
    return value & v2_visible(m, device, index, V2_SEE_ACTIVE);
}

/* --- bytes --- */

/* All bits of the four bytes of @word whose interrupt the access meets. */
static uint32_t bytes_met(const struct nap_machine *m, unsigned device, unsigned word,
                          unsigned least)
{
    uint32_t met = v2_visible(m, device, word / 8, least) >> 4 * (word % 8), bytes = 0;

    for (unsigned i = 0; i < 4; i++)
        if (met >> i & 1)
            bytes |= 0xffu << 8 * i;
    return bytes;
}

static uint32_t in_each_byte(uint8_t bits)
{
    return bits * 0x01010101u;
}

/* A Non-secure write sets the upper bit of each byte, and the rest one place down. */
uint64_t v2_ipriorityr_stored(struct nap_machine *m, unsigned device, unsigned slot,
                              uint64_t written, uint64_t lanes, uint64_t now)
{
    unsigned word = v2_index(m, device, V2_REG_GICD_IPRIORITYR, slot);
    uint32_t met = bytes_met(m, device, word, V2_GROUP_1_ONLY) & (uint32_t)lanes;

    (void)now;
    if (v2_nonsecure(m, device))
        written = in_each_byte(0x80) | (written >> 1 & in_each_byte(0x7f));
    written &= in_each_byte(v2_priority_mask(m, device));
    return (nap_reg_get(m, device, slot) & ~met) | (written & met);
}

uint64_t v2_ipriorityr_read(struct nap_machine *m, unsigned device, unsigned index,
                            uint64_t value)
{
    value &= bytes_met(m, device, index, V2_GROUP_1_ONLY);
    return v2_nonsecure(m, device) ? value << 1 & in_each_byte(0xfe) : value;
}

/* "GICD_ITARGETSRn": those of SGIs and PPIs are read-only, and with one CPU interface all are
 * RAZ/WI. */
uint64_t v2_itargetsr_stored(struct nap_machine *m, unsigned device, unsigned slot,
                             uint64_t written, uint64_t lanes, uint64_t now)
{
    unsigned word = v2_index(m, device, V2_REG_GICD_ITARGETSR, slot);
    unsigned n = v2_interfaces(m, device);
    uint32_t met = bytes_met(m, device, word, V2_TARGETS) & (uint32_t)lanes;

    (void)now;
    if (word < 8 || n == 1)
        return nap_reg_get(m, device, slot);
    written &= in_each_byte((uint8_t)((1u << n) - 1));
    return (nap_reg_get(m, device, slot) & ~met) | (written & met);
}

uint64_t v2_itargetsr_read(struct nap_machine *m, unsigned device, unsigned index,
                           uint64_t value)
{
    if (v2_interfaces(m, device) == 1)
        return 0;
    if (index < 8)
        value = in_each_byte((uint8_t)v2_self(m, device));
    return value & bytes_met(m, device, index, V2_TARGETS);
}

/* With one CPU interface everything goes there. */
bool v2_routed(struct nap_machine *m, const struct gic_bank *bank, unsigned n, unsigned cpu)
{
    unsigned intid = bank->first + n;
    unsigned slot = V2_SLOT_GICD_ITARGETSR + intid / 4;

    if (v2_interfaces(m, bank->device) == 1)
        return true;
    nap_reg_settle(m, bank->device, slot);
    return nap_reg_get(m, bank->device, slot) >> (8 * (intid % 4) + cpu) & 1;
}

/* --- "GICD_ICFGRn" --- */

/* Both bits of the fields that the access meets. */
static uint32_t fields_met(const struct nap_machine *m, unsigned device, unsigned index)
{
    uint32_t met = v2_visible(m, device, index / 2, V2_GROUP_1_ONLY) >> 16 * (index % 2);
    uint32_t fields = 0;

    for (unsigned i = 0; i < 16; i++)
        if (met >> i & 1)
            fields |= 3u << 2 * i;
    return fields;
}

/* Interrupts of the word for which a change of trigger matters. */
static uint32_t at_risk(const struct nap_machine *m, const struct gic_bank *bank, unsigned word)
{
    return gic_enabled(m, bank, word) | gic_pending(m, bank, word);
}

/* Content that nobody knows becomes definite where it matters whether the write changes it. */
static void settle_trigger(struct nap_machine *m, unsigned device, unsigned index,
                           unsigned slot)
{
    struct gic_bank bank = bank_of(m, device, index / 2);
    unsigned word = index < 2 ? 0 : index / 2 - 1;

    if (!(nap_reg_marks(m, device, slot) & NAP_MARK_UNDETERMINED) ||
        index / 2 * 32 >= v2_lines(m, device))
        return;
    gic_settle(m, &bank, word);
    if (at_risk(m, &bank, word) >> 16 * (index % 2) & 0xffffu)
        nap_reg_settle(m, device, slot);
}

/* A change of trigger leaves no one knows what of the interrupt where it is enabled, and where
 * it is pending, as it is by the trigger it has had. */
static void confuse(struct nap_machine *m, const struct gic_bank *bank, unsigned first,
                    uint32_t changed)
{
    unsigned rule = nap_switch(m, bank->device, V2_SWITCH_G03);
    uint32_t left = at_risk(m, bank, first / 32) >> first % 32 & changed;

    for (; left && rule != V2_G03_KEPT; left &= left - 1)
        gic_latch(m, bank, first + (unsigned)__builtin_ctz(left), rule == V2_G03_SET);
}

/* Interrupts of the word whose field is another. */
static uint32_t fields_changed(uint64_t was, uint64_t now)
{
    uint32_t changed = 0;

    for (unsigned i = 0; i < 16; i++)
        if ((was ^ now) >> 2 * i & 3)
            changed |= 1u << i;
    return changed;
}

static bool trigger_fixed(const struct nap_machine *m, unsigned device, unsigned index)
{
    return index == 0 || (index == 1 && nap_switch(m, device, V2_SWITCH_G02) == V2_G02_LEVEL);
}

uint64_t v2_icfgr_writable(const struct nap_machine *m, unsigned device, unsigned index)
{
    return trigger_fixed(m, device, index) ? 0 : fields_met(m, device, index);
}

uint64_t v2_icfgr_stored(struct nap_machine *m, unsigned device, unsigned slot,
                         uint64_t written, uint64_t lanes, uint64_t now)
{
    unsigned index = v2_index(m, device, V2_REG_GICD_ICFGR, slot);
    struct gic_bank bank = bank_of(m, device, index / 2);
    uint64_t met = fields_met(m, device, index), was;

    (void)written;
    (void)lanes;
    if (trigger_fixed(m, device, index))
        return 0;
    settle_trigger(m, device, index, slot);
    was = nap_reg_get(m, device, slot);
    now = (was & ~met) | (now & met);
    if (was != now)
        confuse(m, &bank, 16 * index - bank.first, fields_changed(was, now));
    return now;
}

void v2_icfgr_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                      uint64_t now)
{
    if (was != now)
        update(m, device, index < 2);
}

uint64_t v2_icfgr_read(struct nap_machine *m, unsigned device, unsigned index, uint64_t value)
{
    if (index == 0)
        value = 0xaaaaaaaau;
    return value & fields_met(m, device, index);
}

/* --- "GICD_NSACRn": Secure, and not of PPIs --- */

uint64_t v2_nsacr_stored(struct nap_machine *m, unsigned device, unsigned slot,
                         uint64_t written, uint64_t lanes, uint64_t now)
{
    unsigned index = v2_index(m, device, V2_REG_GICD_NSACR, slot);

    (void)written;
    (void)lanes;
    if (v2_nonsecure(m, device) || index == 1)
        return nap_reg_get(m, device, slot);
    return now & fields_met(m, device, index);
}

uint64_t v2_nsacr_read(struct nap_machine *m, unsigned device, unsigned index, uint64_t value)
{
    (void)index;
    return v2_nonsecure(m, device) ? 0 : value;
}

/* --- SGIs: "GICD_SGIR", "GICD_SPENDSGIRn", "GICD_CPENDSGIRn" --- */

static unsigned sources_slot(const struct nap_machine *m, unsigned device, unsigned cpu,
                             unsigned sgi)
{
    return v2_slot(m, device, V2_REG_GICD_SPENDSGIR, cpu, sgi / 4);
}

static uint8_t sources(const struct nap_machine *m, unsigned device, unsigned cpu, unsigned sgi)
{
    return (uint8_t)(nap_reg_get(m, device, sources_slot(m, device, cpu, sgi)) >>
                     8 * (sgi % 4));
}

/* The bit of ISPENDR says that some source is pending. */
static void follow_sources(struct nap_machine *m, unsigned device, unsigned cpu, unsigned sgi)
{
    struct gic_bank bank = v2_private(m, device, cpu);

    gic_latch(m, &bank, sgi, sources(m, device, cpu, sgi) != 0);
}

static void set_source(struct nap_machine *m, unsigned device, unsigned cpu, unsigned sgi,
                       unsigned source, bool pending)
{
    unsigned slot = sources_slot(m, device, cpu, sgi);
    uint64_t bit = UINT64_C(1) << (8 * (sgi % 4) + source);
    uint64_t was = nap_reg_get(m, device, slot);

    nap_reg_set(m, device, slot, pending ? was | bit : was & ~bit);
    follow_sources(m, device, cpu, sgi);
}

unsigned v2_sgi_source(const struct nap_machine *m, unsigned distributor, unsigned cpu,
                       unsigned sgi)
{
    uint8_t from = sources(m, distributor, cpu, sgi);

    return from ? (unsigned)__builtin_ctz(from) : 0;
}

void v2_sgi_take(struct nap_machine *m, unsigned distributor, unsigned cpu, unsigned sgi,
                 unsigned source)
{
    set_source(m, distributor, cpu, sgi, source, false);
}

/* Bytes of SPENDSGIR word @word whose SGI the access meets, with bits of CPUs that exist. */
static uint32_t sources_met(const struct nap_machine *m, unsigned device, unsigned word,
                            unsigned least)
{
    return bytes_met(m, device, word, least) &
           in_each_byte((uint8_t)((1u << v2_interfaces(m, device)) - 1));
}

uint64_t v2_spendsgir_stored(struct nap_machine *m, unsigned device, unsigned slot,
                             uint64_t written, uint64_t lanes, uint64_t now)
{
    unsigned word = v2_index(m, device, V2_REG_GICD_SPENDSGIR, slot);

    (void)now;
    return set_bits(m, device, slot, written & lanes,
                    sources_met(m, device, word, V2_SET_PENDING));
}

uint64_t v2_cpendsgir_stored(struct nap_machine *m, unsigned device, unsigned slot,
                             uint64_t written, uint64_t lanes, uint64_t now)
{
    unsigned word = v2_index(m, device, V2_REG_GICD_SPENDSGIR, slot);

    (void)now;
    return clear_bits(m, device, slot, written & lanes,
                      sources_met(m, device, word, V2_CLEAR_PENDING));
}

void v2_spendsgir_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                          uint64_t now)
{
    if (was == now)
        return;
    for (unsigned i = 0; i < 4; i++)
        follow_sources(m, device, nap_cpu(m), 4 * index + i);
    v2_update_cpu(m, device, nap_cpu(m));
}

uint64_t v2_spendsgir_read(struct nap_machine *m, unsigned device, unsigned index,
                           uint64_t value)
{
    return value & sources_met(m, device, index, V2_SET_PENDING);
}

/* Whether the SGI of that group at that CPU is sent by this write (4.3.15). A Non-secure one
 * reaches a Secure SGI where NSACR of the target lets it. */
static bool sent(const struct nap_machine *m, unsigned device, unsigned cpu, unsigned sgi,
                 bool nsatt)
{
    uint64_t group =
        nap_reg_get(m, device, v2_slot(m, device, V2_REG_GICD_IGROUPR, cpu, 0)) >> sgi & 1;
    uint64_t nsacr =
        nap_reg_get(m, device, v2_slot(m, device, V2_REG_GICD_NSACR, cpu, 0)) >> 2 * sgi & 3;

    if (!v2_has_security(m, device))
        return true;
    if (v2_nonsecure(m, device))
        return group || nsacr >= V2_SET_PENDING;
    return group == nsatt;
}

/* CPUs that the filter names; a reserved one names none. */
static uint32_t targets(const struct nap_machine *m, unsigned device, uint64_t written)
{
    uint32_t all = (1u << v2_cpus(m, device)) - 1, self = v2_self(m, device);

    switch ((written & V2_GICD_SGIR_TargetListFilter) >> 24) {
    case 0:
        return (uint32_t)((written & V2_GICD_SGIR_CPUTargetList) >> 16) & all;
    case 1:
        return all & ~self;
    case 2:
        return self;
    default:
        return 0;
    }
}

static bool lost_unforwarded(const struct nap_machine *m, unsigned device)
{
    return nap_reg_get(m, device, V2_SLOT_GICD_CTLR) == 0 &&
           nap_switch(m, device, V2_SWITCH_G06) == V2_G06_LOST;
}

void v2_sgir_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                     uint64_t now)
{
    unsigned sgi = (unsigned)(now & V2_GICD_SGIR_SGIINTID);
    uint32_t left = v2_self(m, device) ? targets(m, device, now) : 0;

    (void)index;
    (void)was;
    nap_reg_set(m, device, V2_SLOT_GICD_SGIR, 0); /* it holds nothing */
    for (; left; left &= left - 1) {
        unsigned cpu = (unsigned)__builtin_ctz(left);

        if (!sent(m, device, cpu, sgi, (now & V2_GICD_SGIR_NSATT) != 0))
            continue;
        nap_interrupt_step(m, device, sgi, cpu, NAP_LABEL_INTERRUPT_RAISED);
        if (lost_unforwarded(m, device)) {
            nap_interrupt_step(m, device, sgi, cpu, NAP_LABEL_INTERRUPT_LOST);
            continue;
        }
        set_source(m, device, cpu, sgi, nap_cpu(m), true);
        v2_update_cpu(m, device, cpu);
    }
}
