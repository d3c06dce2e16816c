/* SPDX-License-Identifier: MIT */
/* The distributor of a GICv3: GICD_CTLR in its three views, SPIs and extended SPIs, their
 * routing, SPIs by message, and RWP. Arm IHI 0069; register descriptions of the A-profile,
 * issue 2024-12. Registers are models/gicv3.yaml. */
#include "gic3.h"

#include <string.h>

#define LEGACY "legacy operation of a GICv3, without affinity routing"

#define GROUPS                                                                                 \
    (DIST_GICD_CTLR_EnableGrp0 | DIST_GICD_CTLR_EnableGrp1NS | DIST_GICD_CTLR_EnableGrp1S)
/* Bits whose every change RWP tracks. */
#define TRACKED                                                                                \
    (DIST_GICD_CTLR_E1NWF | DIST_GICD_CTLR_DS | DIST_GICD_CTLR_ARE_NS | DIST_GICD_CTLR_ARE_S)

static uint64_t ctlr_of(const struct nap_machine *m, unsigned dist)
{
    return nap_reg_get(m, dist, DIST_SLOT_GICD_CTLR);
}

/* What the part has set at reset of these is RAO/WI. */
static uint64_t fixed_ones(const struct nap_machine *m, unsigned dist)
{
    return nap_reg_reset(m, dist, DIST_SLOT_GICD_CTLR) &
           (DIST_GICD_CTLR_DS | DIST_GICD_CTLR_ARE_NS | DIST_GICD_CTLR_ARE_S);
}

/* --- RWP --- */

static void begin_rwp(struct nap_machine *m, unsigned dist)
{
    nap_reg_set(m, dist, DIST_SLOT_GICD_CTLR, ctlr_of(m, dist) | DIST_GICD_CTLR_RWP);
    nap_work_begin(m, dist, DIST_SLOT_GICD_CTLR, DIST_GICD_CTLR_RWP);
}

static void notice_rwp(struct nap_machine *m, unsigned dist)
{
    nap_work_notice(m, dist, DIST_SLOT_GICD_CTLR, DIST_GICD_CTLR_RWP);
}

static void forget_disabled(struct nap_machine *m, unsigned dist)
{
    struct nap_gic3_dist *s = nap_block_state_mut(m, dist);

    nap_touch(m, s, sizeof *s);
    memset(s->disabled, 0, sizeof s->disabled);
    s->groups = 0;
    s->e1nwf_late = 0;
}

/* What has been disabled is so everywhere. */
static void work_done(struct nap_machine *m, unsigned dist, unsigned slot, uint64_t mask)
{
    (void)slot;
    forget_disabled(m, dist);
    nap_reg_set(m, dist, DIST_SLOT_GICD_CTLR, ctlr_of(m, dist) & ~mask);
    gic3_update(m, dist);
}

/* --- GICD_CTLR --- */

/* An enable acts for a Security state that has affinity routing; without it nothing is
 * forwarded here, as legacy operation is not modelled. */
static unsigned groups_in(uint64_t ctlr, uint64_t enables)
{
    bool secure = (ctlr & DIST_GICD_CTLR_ARE_S) != 0;
    bool other =
        (ctlr & (ctlr & DIST_GICD_CTLR_DS ? DIST_GICD_CTLR_ARE_S : DIST_GICD_CTLR_ARE_NS)) != 0;
    unsigned groups = 0;

    if (secure && (enables & DIST_GICD_CTLR_EnableGrp0))
        groups |= GIC_GROUP_BIT(GIC_GROUP_0);
    if (other && (enables & DIST_GICD_CTLR_EnableGrp1NS))
        groups |= GIC_GROUP_BIT(GIC_GROUP_1);
    if (secure && !(ctlr & DIST_GICD_CTLR_DS) && (enables & DIST_GICD_CTLR_EnableGrp1S))
        groups |= GIC_GROUP_BIT(GIC_GROUP_1_SECURE);
    return groups;
}

unsigned gic3_forwarded(const struct nap_machine *m, unsigned dist, bool leaving)
{
    const struct nap_gic3_dist *s = nap_block_state(m, dist);
    uint64_t ctlr = ctlr_of(m, dist);

    if (!nap_device_on(m, dist))
        return 0;
    return groups_in(ctlr, leaving ? ctlr | s->groups : ctlr);
}

/* The bits of the write in the layout of the Secure view, and in @may those that it reaches. */
static uint64_t decoded(const struct nap_machine *m, unsigned dist, uint64_t written,
                        uint64_t *may)
{
    uint64_t ctlr = ctlr_of(m, dist), value = 0;

    if (gic3_one_state(m, dist)) {
        *may = DIST_GICD_CTLR_EnableGrp0 | DIST_GICD_CTLR_EnableGrp1NS | DIST_GICD_CTLR_ARE_S |
               DIST_GICD_CTLR_E1NWF | DIST_GICD_CTLR_nASSGIreq;
        return written;
    }
    if (!gic3_restricted(m, dist)) {
        *may = GROUPS | TRACKED;
        if (!(ctlr & DIST_GICD_CTLR_ARE_S))
            *may &= ~DIST_GICD_CTLR_EnableGrp1S;
        return written;
    }
    *may = DIST_GICD_CTLR_EnableGrp1NS | DIST_GICD_CTLR_ARE_NS;
    if (written & (ctlr & DIST_GICD_CTLR_ARE_NS ? 2u : 1u))
        value |= DIST_GICD_CTLR_EnableGrp1NS;
    if (written & 0x10u)
        value |= DIST_GICD_CTLR_ARE_NS;
    return value;
}

static bool any_active_in(const struct nap_machine *m, const struct gic_bank *bank)
{
    uint32_t active = 0;

    for (unsigned word = 0; 32 * word < bank->count; word++)
        active |= gic_active(m, bank, word);
    return active != 0;
}

static bool any_active(const struct nap_machine *m, unsigned dist)
{
    struct gic_bank spis = gic3_spi_bank(m, dist), espis = gic3_espi_bank(m, dist);
    bool active = any_active_in(m, &spis) || any_active_in(m, &espis);
    unsigned n = nap_cpu_count(m);

    for (unsigned cpu = 0; cpu < n && !active; cpu++) {
        int rd = gic3_redistributor(m, dist, cpu);
        struct gic_bank own, eppis;
        if (rd < 0 || !nap_device_on(m, (unsigned)rd))
            continue;
        own = gic3_private_bank(m, (unsigned)rd);
        eppis = gic3_eppi_bank(m, (unsigned)rd);
        active = any_active_in(m, &own) || any_active_in(m, &eppis);
    }
    return active;
}

/* "GICD_CTLR": changes of DS and ARE whose result is UNPREDICTABLE. */
uint64_t gic3_ctlr_unpredictable(const struct nap_machine *m, unsigned dist, uint64_t was,
                                 uint64_t now)
{
    uint64_t up = now & ~was, down = was & ~now;
    uint64_t bad = down & (DIST_GICD_CTLR_ARE_S | DIST_GICD_CTLR_ARE_NS);

    if (now & DIST_GICD_CTLR_DS) /* which has one ARE, in the place of ARE_S */
        bad &= ~DIST_GICD_CTLR_ARE_NS;
    if ((up & DIST_GICD_CTLR_DS) && ((was & GROUPS) || any_active(m, dist)))
        bad |= DIST_GICD_CTLR_DS;
    if ((up & DIST_GICD_CTLR_ARE_S) && (was & GROUPS))
        bad |= DIST_GICD_CTLR_ARE_S;
    if ((up & DIST_GICD_CTLR_ARE_NS) && (was & DIST_GICD_CTLR_EnableGrp1NS))
        bad |= DIST_GICD_CTLR_ARE_NS;
    return bad;
}

/* What the register would hold, were all of it predictable. DS is never cleared, and ARE_NS
 * follows ARE_S. */
uint64_t gic3_ctlr_asked(const struct nap_machine *m, unsigned dist, uint64_t was,
                         uint64_t written)
{
    uint64_t may, value = decoded(m, dist, written, &may), now;

    now = (was & ~may) | (value & may) | fixed_ones(m, dist) | (was & DIST_GICD_CTLR_DS);
    if (now & DIST_GICD_CTLR_DS)
        return now & ~(DIST_GICD_CTLR_EnableGrp1S | DIST_GICD_CTLR_ARE_NS);
    return now & DIST_GICD_CTLR_ARE_S ? now | DIST_GICD_CTLR_ARE_NS : now;
}

/* What is refused of DS and ARE_S brings nothing else about either. */
static uint64_t ctlr_stored(struct nap_machine *m, unsigned dist, unsigned slot,
                            uint64_t written, uint64_t lanes, uint64_t now)
{
    uint64_t was = nap_reg_get(m, dist, slot);
    uint64_t asked = gic3_ctlr_asked(m, dist, was, written);
    uint64_t bad = gic3_ctlr_unpredictable(m, dist, was, asked);

    (void)lanes;
    (void)now;
    if (!bad || nap_switch(m, dist, DIST_SWITCH_D06) == DIST_D06_TAKEN)
        return asked;
    written &= ~(bad & (DIST_GICD_CTLR_DS | DIST_GICD_CTLR_ARE_S));
    asked = gic3_ctlr_asked(m, dist, was, written);
    bad = gic3_ctlr_unpredictable(m, dist, was, asked);
    return (asked & ~bad) | (was & bad);
}

/* "GICD_IROUTER<n>": fields are UNKNOWN when affinity routing becomes enabled. */
static void forget_routes(struct nap_machine *m, unsigned dist)
{
    unsigned n = gic3_spis(m, dist), extended = gic3_espis(m, dist);

    for (unsigned i = 0; i < n; i++)
        nap_reg_forget(m, dist, DIST_SLOT_GICD_IROUTER + NAP_LINE_SPI_FIRST + i);
    for (unsigned i = 0; i < extended; i++)
        nap_reg_forget(m, dist, DIST_SLOT_GICD_IROUTERnE + i);
}

static void ctlr_written(struct nap_machine *m, unsigned dist, unsigned index, uint64_t was,
                         uint64_t now)
{
    struct nap_gic3_dist *s = nap_block_state_mut(m, dist);
    uint64_t left = was & ~now & GROUPS, came = now & ~was & GROUPS;

    (void)index;
    if (left || (came & s->groups)) {
        nap_touch(m, s, sizeof *s);
        s->groups = (uint32_t)((s->groups & ~came) | left);
    }
    if ((was ^ now) & DIST_GICD_CTLR_E1NWF) {
        nap_touch(m, &s->e1nwf_late, sizeof s->e1nwf_late);
        s->e1nwf_late ^= 1;
    }
    if ((now & GROUPS) && !(now & (DIST_GICD_CTLR_ARE_S | DIST_GICD_CTLR_ARE_NS)))
        nap_unmodelled(m, dist, LEGACY);
    if ((now & DIST_GICD_CTLR_ARE_NS) && !(now & DIST_GICD_CTLR_ARE_S))
        nap_unmodelled(m, dist, "affinity routing of Non-secure state only");
    if (now & ~was & DIST_GICD_CTLR_ARE_S)
        forget_routes(m, dist);
    if (left || ((was ^ now) & TRACKED))
        begin_rwp(m, dist);
    gic3_update(m, dist);
}

static uint64_t ctlr_read(struct nap_machine *m, unsigned dist, unsigned index, uint64_t value)
{
    uint64_t shown = value & DIST_GICD_CTLR_RWP;

    (void)index;
    if (!gic3_restricted(m, dist))
        return value;
    if (value & DIST_GICD_CTLR_EnableGrp1NS)
        shown |= value & DIST_GICD_CTLR_ARE_NS ? 2 : 1;
    if (value & DIST_GICD_CTLR_ARE_NS)
        shown |= 0x10;
    return shown;
}

static uint64_t typer_read(struct nap_machine *m, unsigned dist, unsigned index, uint64_t value)
{
    (void)index;
    return gic3_one_state(m, dist) ? value & ~DIST_GICD_TYPER_SecurityExtn : value;
}

/* --- words of interrupts --- */

/* SPIs and extended SPIs have the same registers twice. */
struct family {
    struct gic_bank (*bank)(const struct nap_machine *m, unsigned dist);
    uint16_t skipped; /* words before the bank's first, of SGIs and PPIs */
    uint16_t first;   /* word of nap_gic3_dist.disabled */
    uint16_t igroupr, isenabler, ispendr, isactiver, ipriorityr, icfgr, igrpmodr, nsacr;
};

static const struct family spis = {gic3_spi_bank,
                                   1,
                                   0,
                                   DIST_SLOT_GICD_IGROUPR,
                                   DIST_SLOT_GICD_ISENABLER,
                                   DIST_SLOT_GICD_ISPENDR,
                                   DIST_SLOT_GICD_ISACTIVER,
                                   DIST_SLOT_GICD_IPRIORITYR,
                                   DIST_SLOT_GICD_ICFGR,
                                   DIST_SLOT_GICD_IGRPMODR,
                                   DIST_SLOT_GICD_NSACR};

static const struct family espis = {gic3_espi_bank,
                                    0,
                                    GIC3_SPI_WORDS,
                                    DIST_SLOT_GICD_IGROUPRnE,
                                    DIST_SLOT_GICD_ISENABLERnE,
                                    DIST_SLOT_GICD_ISPENDRnE,
                                    DIST_SLOT_GICD_ISACTIVERnE,
                                    DIST_SLOT_GICD_IPRIORITYRnE,
                                    DIST_SLOT_GICD_ICFGRnE,
                                    DIST_SLOT_GICD_IGRPMODRnE,
                                    DIST_SLOT_GICD_NSACRnE};

static const struct family *family_of(unsigned slot)
{
    return slot >= DIST_SLOT_GICD_IGROUPRnE ? &espis : &spis;
}

/* The word of SGIs and PPIs is reserved with affinity routing, where it is in redistributors.
 */
static bool reserved(struct nap_machine *m, unsigned dist, const struct family *f,
                     unsigned index)
{
    if (index < f->skipped && !gic3_routes(m, dist))
        nap_unmodelled(m, dist, LEGACY);
    return index < f->skipped;
}

/* Bits of word @index of a bitmap that the access sees, or may change at that level of NSACR.
 */
static uint32_t seen(struct nap_machine *m, unsigned dist, const struct family *f,
                     unsigned index, unsigned level)
{
    struct gic_bank bank = f->bank(m, dist);
    unsigned word = index - f->skipped;

    if (reserved(m, dist, f, index) || 32 * word >= bank.count)
        return 0;
    return gic3_seen(m, dist, &bank, word, f->nsacr + 2u * f->skipped, level);
}

/* Bits of word @index that there are at all: others read 0, whatever a loss of power has left
 * there. */
static uint64_t existing(const struct nap_machine *m, unsigned dist, const struct family *f,
                         unsigned index)
{
    struct gic_bank bank = f->bank(m, dist);
    unsigned word = index - f->skipped;

    return index < f->skipped || 32 * word >= bank.count ? 0 : gic_word_mask(&bank, word);
}

#define SEES_NONE 4 /* NSACR gives no access */

static uint64_t filtered(struct nap_machine *m, unsigned dist, unsigned slot, unsigned first,
                         unsigned level, uint64_t now)
{
    const struct family *f = family_of(slot);
    uint64_t was = nap_reg_get(m, dist, slot) & existing(m, dist, f, slot - first);
    uint64_t may = seen(m, dist, f, slot - first, level);

    return (was & ~may) | (now & may);
}

static uint64_t enable_stored(struct nap_machine *m, unsigned dist, unsigned slot,
                              uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)written;
    (void)lanes;
    return filtered(m, dist, slot, family_of(slot)->isenabler, SEES_NONE, now);
}

static uint64_t pend_stored(struct nap_machine *m, unsigned dist, unsigned slot,
                            uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)written;
    (void)lanes;
    return filtered(m, dist, slot, family_of(slot)->ispendr, 1, now);
}

static uint64_t unpend_stored(struct nap_machine *m, unsigned dist, unsigned slot,
                              uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)written;
    (void)lanes;
    return filtered(m, dist, slot, family_of(slot)->ispendr, 2, now);
}

static uint64_t active_stored(struct nap_machine *m, unsigned dist, unsigned slot,
                              uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)written;
    (void)lanes;
    return filtered(m, dist, slot, family_of(slot)->isactiver, SEES_NONE, now);
}

/* Bits that 32 interrupts have in a register that is Secure's. */
static uint64_t secures(struct nap_machine *m, unsigned dist, const struct family *f,
                        unsigned index)
{
    struct gic_bank bank = f->bank(m, dist);
    unsigned word = index - f->skipped;

    if (reserved(m, dist, f, index) || 32 * word >= bank.count || gic3_restricted(m, dist))
        return 0;
    return gic_word_mask(&bank, word);
}

/* To a Non-secure write RAZ/WI, and so nothing of them changes. */
static uint64_t secures_stored(struct nap_machine *m, unsigned dist, unsigned slot,
                               unsigned first, uint64_t now)
{
    const struct family *f = family_of(slot);
    uint64_t was = nap_reg_get(m, dist, slot) & existing(m, dist, f, slot - first);
    uint64_t may = secures(m, dist, f, slot - first);

    return (was & ~may) | (now & may);
}

static uint64_t group_stored(struct nap_machine *m, unsigned dist, unsigned slot,
                             uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)written;
    (void)lanes;
    return secures_stored(m, dist, slot, family_of(slot)->igroupr, now);
}

static uint64_t modifier_stored(struct nap_machine *m, unsigned dist, unsigned slot,
                                uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)written;
    (void)lanes;
    if (gic3_one_state(m, dist) || !gic3_routes(m, dist))
        return nap_reg_get(m, dist, slot);
    return secures_stored(m, dist, slot, family_of(slot)->igrpmodr, now);
}

/* Of 16 interrupts, two bits each. */
static uint64_t nsacr_stored(struct nap_machine *m, unsigned dist, unsigned slot,
                             uint64_t written, uint64_t lanes, uint64_t now)
{
    const struct family *f = family_of(slot);
    unsigned index = slot - f->nsacr;

    (void)written;
    (void)lanes;
    if (gic3_one_state(m, dist) || gic3_restricted(m, dist))
        return nap_reg_get(m, dist, slot);
    return secures(m, dist, f, index / 2) >> 16 * (index % 2) & 0xffff ? now : 0;
}

/* Of four interrupts: a bit for each. */
static unsigned seen_of_four(struct nap_machine *m, unsigned dist, const struct family *f,
                             unsigned index)
{
    return seen(m, dist, f, index / 8, SEES_NONE) >> 4 * (index % 8) & 0xf;
}

static uint64_t priority_stored(struct nap_machine *m, unsigned dist, unsigned slot,
                                uint64_t written, uint64_t lanes, uint64_t now)
{
    const struct family *f = family_of(slot);

    (void)now;
    return gic3_priorities_stored(m, dist, nap_reg_get(m, dist, slot), written, lanes,
                                  seen_of_four(m, dist, f, slot - f->ipriorityr));
}

/* Enables that are on their way out count, so it is settled first whether they are. */
static uint64_t trigger_stored(struct nap_machine *m, unsigned dist, unsigned slot,
                               uint64_t written, uint64_t lanes, uint64_t now)
{
    const struct family *f = family_of(slot);
    struct gic_bank bank = f->bank(m, dist);
    unsigned index = slot - f->icfgr, rule = nap_switch(m, dist, DIST_SWITCH_D05);
    unsigned may = seen(m, dist, f, index / 2, SEES_NONE) >> 16 * (index % 2) & 0xffff;

    (void)written;
    (void)lanes;
    if (!may)
        return nap_reg_get(m, dist, slot);
    notice_rwp(m, dist);
    return gic3_triggers_stored(m, &bank, index - 2u * f->skipped, now, may,
                                rule == DIST_D05_SET, rule == DIST_D05_CLEAR);
}

/* --- what such words show --- */

static uint64_t enable_read(struct nap_machine *m, unsigned dist, unsigned index,
                            uint64_t value)
{
    return value & seen(m, dist, &spis, index, SEES_NONE);
}

static uint64_t enable_read_e(struct nap_machine *m, unsigned dist, unsigned index,
                              uint64_t value)
{
    return value & seen(m, dist, &espis, index, SEES_NONE);
}

static uint64_t pending_of(struct nap_machine *m, unsigned dist, const struct family *f,
                           unsigned index)
{
    struct gic_bank bank = f->bank(m, dist);
    uint32_t may = seen(m, dist, f, index, 1);

    if (!may)
        return 0;
    gic_settle(m, &bank, index - f->skipped);
    return gic_pending(m, &bank, index - f->skipped) & may;
}

static uint64_t pend_read(struct nap_machine *m, unsigned dist, unsigned index, uint64_t value)
{
    (void)value;
    return pending_of(m, dist, &spis, index);
}

static uint64_t pend_read_e(struct nap_machine *m, unsigned dist, unsigned index,
                            uint64_t value)
{
    (void)value;
    return pending_of(m, dist, &espis, index);
}

static uint64_t active_read(struct nap_machine *m, unsigned dist, unsigned index,
                            uint64_t value)
{
    return value & seen(m, dist, &spis, index, 2);
}

static uint64_t active_read_e(struct nap_machine *m, unsigned dist, unsigned index,
                              uint64_t value)
{
    return value & seen(m, dist, &espis, index, 2);
}

static uint64_t secure_read(struct nap_machine *m, unsigned dist, unsigned index,
                            uint64_t value)
{
    return value & secures(m, dist, &spis, index);
}

static uint64_t secure_read_e(struct nap_machine *m, unsigned dist, unsigned index,
                              uint64_t value)
{
    return value & secures(m, dist, &espis, index);
}

/* Registers that are reserved where Security is disabled. */
static uint64_t two_states_read(struct nap_machine *m, unsigned dist, unsigned index,
                                uint64_t value)
{
    (void)index;
    return gic3_one_state(m, dist) || gic3_restricted(m, dist) ? 0 : value;
}

static uint64_t priority_read(struct nap_machine *m, unsigned dist, unsigned index,
                              uint64_t value)
{
    return gic3_priorities_read(m, dist, value, seen_of_four(m, dist, &spis, index));
}

static uint64_t priority_read_e(struct nap_machine *m, unsigned dist, unsigned index,
                                uint64_t value)
{
    return gic3_priorities_read(m, dist, value, seen_of_four(m, dist, &espis, index));
}

/* Both bits of each of 16 interrupts that the access sees. */
static uint64_t fields_seen(struct nap_machine *m, unsigned dist, const struct family *f,
                            unsigned index)
{
    uint32_t may = seen(m, dist, f, index / 2, SEES_NONE) >> 16 * (index % 2);
    uint64_t fields = 0;

    for (unsigned i = 0; i < 16; i++)
        fields |= (uint64_t)(may >> i & 1) * 3 << 2 * i;
    return fields;
}

static uint64_t trigger_read(struct nap_machine *m, unsigned dist, unsigned index,
                             uint64_t value)
{
    return value & fields_seen(m, dist, &spis, index) & 0xaaaaaaaa;
}

static uint64_t trigger_read_e(struct nap_machine *m, unsigned dist, unsigned index,
                               uint64_t value)
{
    return value & fields_seen(m, dist, &espis, index) & 0xaaaaaaaa;
}

/* --- effects of such words --- */

static void enable_changed(struct nap_machine *m, unsigned dist, const struct family *f,
                           unsigned index, uint64_t was, uint64_t now)
{
    struct nap_gic3_dist *s = nap_block_state_mut(m, dist);
    uint32_t *disabled = &s->disabled[f->first + index - f->skipped];
    uint32_t left = (uint32_t)(was & ~now), came = (uint32_t)(now & ~was);

    if (left || (came & *disabled)) {
        nap_touch(m, disabled, sizeof *disabled);
        *disabled = (*disabled & ~came) | left;
    }
    if (left)
        begin_rwp(m, dist);
    gic3_update_spis(m, dist);
}

static void enable_written(struct nap_machine *m, unsigned dist, unsigned index, uint64_t was,
                           uint64_t now)
{
    if (index > 0)
        enable_changed(m, dist, &spis, index, was, now);
}

static void enable_written_e(struct nap_machine *m, unsigned dist, unsigned index, uint64_t was,
                             uint64_t now)
{
    enable_changed(m, dist, &espis, index, was, now);
}

static void changed(struct nap_machine *m, unsigned dist, const struct family *f,
                    unsigned index, uint32_t up, uint32_t down, bool pending)
{
    struct gic_bank bank = f->bank(m, dist);

    if (up | down) {
        gic3_note_bits(m, &bank, index - f->skipped, up,
                       pending ? NAP_LABEL_INTERRUPT_LATCHED : "made active");
        gic3_note_bits(m, &bank, index - f->skipped, down,
                       pending ? NAP_LABEL_INTERRUPT_CLEARED : NAP_LABEL_INTERRUPT_DEACTIVATED);
    }
    gic3_update_spis(m, dist);
}

static void pend_written(struct nap_machine *m, unsigned dist, unsigned index, uint64_t was,
                         uint64_t now)
{
    changed(m, dist, &spis, index, (uint32_t)(now & ~was), (uint32_t)(was & ~now), true);
}

static void pend_written_e(struct nap_machine *m, unsigned dist, unsigned index, uint64_t was,
                           uint64_t now)
{
    changed(m, dist, &espis, index, (uint32_t)(now & ~was), (uint32_t)(was & ~now), true);
}

static void active_written(struct nap_machine *m, unsigned dist, unsigned index, uint64_t was,
                           uint64_t now)
{
    changed(m, dist, &spis, index, (uint32_t)(now & ~was), (uint32_t)(was & ~now), false);
}

static void active_written_e(struct nap_machine *m, unsigned dist, unsigned index, uint64_t was,
                             uint64_t now)
{
    changed(m, dist, &espis, index, (uint32_t)(now & ~was), (uint32_t)(was & ~now), false);
}

/* Priority, group, trigger, route: who is shown what may be another. */
static void configured(struct nap_machine *m, unsigned dist, unsigned index, uint64_t was,
                       uint64_t now)
{
    (void)index;
    if (was != now)
        gic3_update_spis(m, dist);
}

static uint64_t legacy_stored(struct nap_machine *m, unsigned dist, unsigned slot,
                              uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)slot;
    (void)written;
    (void)lanes;
    if (!gic3_routes(m, dist))
        nap_unmodelled(m, dist, LEGACY);
    return now;
}

/* --- routing --- */

/* Bits of a route that the part has. */
static uint64_t route_bits(const struct nap_machine *m, unsigned dist)
{
    bool no1n = (nap_reg_get(m, dist, DIST_SLOT_GICD_TYPER) & DIST_GICD_TYPER_No1N) != 0;

    return no1n ? ~DIST_GICD_IROUTER_IRM : UINT64_MAX;
}

/* Bits of GICD_IROUTER of that SPI that the access reaches. */
static uint64_t router_bits(struct nap_machine *m, unsigned dist, const struct family *f,
                            unsigned index)
{
    if (!(seen(m, dist, f, index / 32, 3) >> index % 32 & 1) || !gic3_routes(m, dist))
        return 0;
    return route_bits(m, dist);
}

static uint64_t router_stored(struct nap_machine *m, unsigned dist, unsigned slot,
                              uint64_t written, uint64_t lanes, uint64_t now)
{
    bool extended = slot >= DIST_SLOT_GICD_IROUTERnE;
    unsigned index = slot - (extended ? DIST_SLOT_GICD_IROUTERnE : DIST_SLOT_GICD_IROUTER);
    uint64_t was = nap_reg_get(m, dist, slot) & route_bits(m, dist);
    uint64_t may = router_bits(m, dist, extended ? &espis : &spis, index);

    (void)written;
    (void)lanes;
    return (was & ~may) | (now & may);
}

static uint64_t router_read(struct nap_machine *m, unsigned dist, unsigned index,
                            uint64_t value)
{
    return value & router_bits(m, dist, &spis, index);
}

static uint64_t router_read_e(struct nap_machine *m, unsigned dist, unsigned index,
                              uint64_t value)
{
    return value & router_bits(m, dist, &espis, index);
}

/* --- SPIs by message --- */

/* "GICD_SETSPI_NSR": no effect on what is no SPI, on a Secure one without leave, or if it is in
 * that state. A level that a message holds would stay pending over an acknowledge. */
static void by_message(struct nap_machine *m, unsigned dist, uint64_t written, bool set)
{
    uint32_t intid = (uint32_t)written & DIST_GICD_SETSPI_NSR_INTID;
    const struct family *f = intid < NAP_LINE_ESPI_FIRST ? &spis : &espis;
    struct gic_bank bank = f->bank(m, dist);
    unsigned n = intid - bank.first;

    if (intid < bank.first || n >= bank.count ||
        !(seen(m, dist, f, n / 32 + f->skipped, set ? 1 : 2) >> n % 32 & 1))
        return;
    nap_reg_settle(m, dist, bank.icfgr + n / 16);
    if (set && !(gic_edge(m, &bank, n / 32) >> n % 32 & 1))
        nap_unmodelled(m, dist, "a level-sensitive SPI by message");
    gic_latch(m, &bank, n, set);
    gic3_update_spis(m, dist);
}

static void setspi_nsr_written(struct nap_machine *m, unsigned dist, unsigned index,
                               uint64_t was, uint64_t now)
{
    (void)index;
    (void)was;
    nap_reg_set(m, dist, DIST_SLOT_GICD_SETSPI_NSR, 0);
    by_message(m, dist, now, true);
}

static void clrspi_nsr_written(struct nap_machine *m, unsigned dist, unsigned index,
                               uint64_t was, uint64_t now)
{
    (void)index;
    (void)was;
    nap_reg_set(m, dist, DIST_SLOT_GICD_CLRSPI_NSR, 0);
    by_message(m, dist, now, false);
}

static bool takes_secure_messages(const struct nap_machine *m, unsigned dist)
{
    return !gic3_one_state(m, dist) && nap_secure(m);
}

static void setspi_sr_written(struct nap_machine *m, unsigned dist, unsigned index,
                              uint64_t was, uint64_t now)
{
    (void)index;
    (void)was;
    nap_reg_set(m, dist, DIST_SLOT_GICD_SETSPI_SR, 0);
    if (takes_secure_messages(m, dist))
        by_message(m, dist, now, true);
}

static void clrspi_sr_written(struct nap_machine *m, unsigned dist, unsigned index,
                              uint64_t was, uint64_t now)
{
    (void)index;
    (void)was;
    nap_reg_set(m, dist, DIST_SLOT_GICD_CLRSPI_SR, 0);
    if (takes_secure_messages(m, dist))
        by_message(m, dist, now, false);
}

/* A device writes GICD_SETSPI_NSR, as an SPI by message: its writes are Non-secure. */
static bool msi(struct nap_machine *m, unsigned dist, uint32_t from, uint32_t offset,
                uint32_t data)
{
    uint64_t typer = nap_reg_get(m, dist, DIST_SLOT_GICD_TYPER);
    bool secure = nap_secure(m);

    (void)from;
    if (!(typer & DIST_GICD_TYPER_MBIS) ||
        (offset != DIST_OFFSET_GICD_SETSPI_NSR && offset != DIST_OFFSET_GICD_CLRSPI_NSR))
        return false;
    nap_secure_set(m, false);
    by_message(m, dist, data, offset == DIST_OFFSET_GICD_SETSPI_NSR);
    nap_secure_set(m, secure);
    return true;
}

/* --- inputs and power --- */

static bool has_input(const struct nap_machine *m, unsigned dist, uint32_t intid, unsigned cpu)
{
    struct gic_bank bank;

    return gic3_bank_of(m, dist, cpu, intid, &bank);
}

static void line(struct nap_machine *m, unsigned dist, uint32_t intid, unsigned cpu, bool level)
{
    struct gic_bank bank;

    if (!gic3_bank_of(m, dist, cpu, intid, &bank))
        return;
    if (!nap_device_on(m, bank.device)) {
        gic_unheard(m, dist, intid, cpu, level);
        return;
    }
    if (!gic_input(m, &bank, intid - bank.first, level))
        return;
    if (nap_line_private(intid))
        gic3_update_cpu(m, dist, cpu);
    else
        gic3_update_spis(m, dist);
}

static void power_going(struct nap_machine *m, unsigned dist)
{
    struct gic_bank bank = gic3_spi_bank(m, dist);

    gic_lost(m, &bank);
    bank = gic3_espi_bank(m, dist);
    gic_lost(m, &bank);
}

static void power_off(struct nap_machine *m, unsigned dist)
{
    forget_disabled(m, dist);
    gic3_update(m, dist);
}

static enum nap_unpowered unpowered(const struct nap_machine *m, unsigned dist)
{
    static const enum nap_unpowered meets[] = {
        [DIST_D03_ONES] = NAP_UNPOWERED_ONES,
        [DIST_D03_ZEROS] = NAP_UNPOWERED_ZEROS,
        [DIST_D03_ABORT] = NAP_UNPOWERED_ABORT,
    };

    return meets[nap_switch(m, dist, DIST_SWITCH_D03)];
}

static bool posted(const struct nap_machine *m, unsigned dist)
{
    return nap_switch(m, dist, DIST_SWITCH_D04) == DIST_D04_FIFO;
}

/* SPIs by message come of every write; all else of a change, which is hard to tell of a
 * register that looks otherwise to Non-secure software. */
static bool notices_same(const struct nap_machine *m, unsigned dist, unsigned slot,
                         uint64_t value)
{
    (void)m;
    (void)dist;
    (void)value;
    return slot == DIST_SLOT_GICD_CTLR ||
           (slot >= DIST_SLOT_GICD_SETSPI_NSR && slot <= DIST_SLOT_GICD_CLRSPI_SR);
}

/* --- the table --- */

static nap_on_store *const on_store[DIST_REG_COUNT] = {
    [DIST_REG_GICD_CTLR] = ctlr_stored,
    [DIST_REG_GICD_IGROUPR] = group_stored,
    [DIST_REG_GICD_IGROUPRnE] = group_stored,
    [DIST_REG_GICD_ISENABLER] = enable_stored,
    [DIST_REG_GICD_ISENABLERnE] = enable_stored,
    [DIST_REG_GICD_ISPENDR] = pend_stored,
    [DIST_REG_GICD_ISPENDRnE] = pend_stored,
    [DIST_REG_GICD_ICPENDR] = unpend_stored,
    [DIST_REG_GICD_ICPENDRnE] = unpend_stored,
    [DIST_REG_GICD_ISACTIVER] = active_stored,
    [DIST_REG_GICD_ISACTIVERnE] = active_stored,
    [DIST_REG_GICD_IPRIORITYR] = priority_stored,
    [DIST_REG_GICD_IPRIORITYRnE] = priority_stored,
    [DIST_REG_GICD_ICFGR] = trigger_stored,
    [DIST_REG_GICD_ICFGRnE] = trigger_stored,
    [DIST_REG_GICD_IGRPMODR] = modifier_stored,
    [DIST_REG_GICD_IGRPMODRnE] = modifier_stored,
    [DIST_REG_GICD_NSACR] = nsacr_stored,
    [DIST_REG_GICD_NSACRnE] = nsacr_stored,
    [DIST_REG_GICD_IROUTER] = router_stored,
    [DIST_REG_GICD_IROUTERnE] = router_stored,
    [DIST_REG_GICD_ITARGETSR] = legacy_stored,
    [DIST_REG_GICD_SGIR] = legacy_stored,
    [DIST_REG_GICD_CPENDSGIR] = legacy_stored,
    [DIST_REG_GICD_SPENDSGIR] = legacy_stored,
};

static nap_on_read *const on_read[DIST_REG_COUNT] = {
    [DIST_REG_GICD_CTLR] = ctlr_read,           [DIST_REG_GICD_TYPER] = typer_read,
    [DIST_REG_GICD_IGROUPR] = secure_read,      [DIST_REG_GICD_IGROUPRnE] = secure_read_e,
    [DIST_REG_GICD_ISENABLER] = enable_read,    [DIST_REG_GICD_ISENABLERnE] = enable_read_e,
    [DIST_REG_GICD_ICENABLER] = enable_read,    [DIST_REG_GICD_ICENABLERnE] = enable_read_e,
    [DIST_REG_GICD_ISPENDR] = pend_read,        [DIST_REG_GICD_ISPENDRnE] = pend_read_e,
    [DIST_REG_GICD_ICPENDR] = pend_read,        [DIST_REG_GICD_ICPENDRnE] = pend_read_e,
    [DIST_REG_GICD_ISACTIVER] = active_read,    [DIST_REG_GICD_ISACTIVERnE] = active_read_e,
    [DIST_REG_GICD_ICACTIVER] = active_read,    [DIST_REG_GICD_ICACTIVERnE] = active_read_e,
    [DIST_REG_GICD_IPRIORITYR] = priority_read, [DIST_REG_GICD_IPRIORITYRnE] = priority_read_e,
    [DIST_REG_GICD_ICFGR] = trigger_read,       [DIST_REG_GICD_ICFGRnE] = trigger_read_e,
    [DIST_REG_GICD_IGRPMODR] = two_states_read, [DIST_REG_GICD_IGRPMODRnE] = two_states_read,
    [DIST_REG_GICD_NSACR] = two_states_read,    [DIST_REG_GICD_NSACRnE] = two_states_read,
    [DIST_REG_GICD_IROUTER] = router_read,      [DIST_REG_GICD_IROUTERnE] = router_read_e,
};

static nap_on_write *const on_write[DIST_REG_COUNT] = {
    [DIST_REG_GICD_CTLR] = ctlr_written,
    [DIST_REG_GICD_SETSPI_NSR] = setspi_nsr_written,
    [DIST_REG_GICD_CLRSPI_NSR] = clrspi_nsr_written,
    [DIST_REG_GICD_SETSPI_SR] = setspi_sr_written,
    [DIST_REG_GICD_CLRSPI_SR] = clrspi_sr_written,
    [DIST_REG_GICD_IGROUPR] = configured,
    [DIST_REG_GICD_IGROUPRnE] = configured,
    [DIST_REG_GICD_ISENABLER] = enable_written,
    [DIST_REG_GICD_ISENABLERnE] = enable_written_e,
    [DIST_REG_GICD_ISPENDR] = pend_written,
    [DIST_REG_GICD_ISPENDRnE] = pend_written_e,
    [DIST_REG_GICD_ISACTIVER] = active_written,
    [DIST_REG_GICD_ISACTIVERnE] = active_written_e,
    [DIST_REG_GICD_IPRIORITYR] = configured,
    [DIST_REG_GICD_IPRIORITYRnE] = configured,
    [DIST_REG_GICD_ICFGR] = configured,
    [DIST_REG_GICD_ICFGRnE] = configured,
    [DIST_REG_GICD_IGRPMODR] = configured,
    [DIST_REG_GICD_IGRPMODRnE] = configured,
    [DIST_REG_GICD_IROUTER] = configured,
    [DIST_REG_GICD_IROUTERnE] = configured,
};

const struct nap_block nap_gicv3_block = {
    .abi = NAP_BLOCK_ABI,
    .model = &nap_model_gicv3,
    .state_bytes = sizeof(struct nap_gic3_dist),
    .on_write = on_write,
    .on_store = on_store,
    .on_read = on_read,
    .power_going = power_going,
    .power_off = power_off,
    .power_on = gic3_update,
    .unpowered = unpowered,
    .n_work = 1, /* RWP */
    .work_done = work_done,
    .posted = posted,
    .notices_same = notices_same,
    .line = line,
    .has_input = has_input,
    .msi = msi,
    .rules = nap_gic3_dist_rules,
    .n_rules = GIC3_DIST_N_RULES,
};
