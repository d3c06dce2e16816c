/* SPDX-License-Identifier: MIT */
/* GICv3 as a whole: which devices belong together, where an SPI goes, and what processing
 * elements are shown. Arm IHI 0069; register descriptions of the A-profile, issue 2024-12. */
#include "gic3.h"

#include <limits.h>

/* --- who belongs together --- */

static bool is_redistributor(const struct nap_machine *m, unsigned dist, unsigned d,
                             unsigned cpu)
{
    return nap_device_model(m, d) == &nap_model_gicv3_redistributor &&
           nap_upstream(m, d) == dist && nap_device_line(m, d) == cpu;
}

static bool is_interface(const struct nap_machine *m, unsigned dist, unsigned d, unsigned cpu)
{
    return nap_device_model(m, d) == &nap_model_gicv3_cpu_interface &&
           nap_upstream(m, d) == dist && nap_device_cpu(m, d) == cpu;
}

/* Machines name them in this order more often than not: @guess is looked at first, as this is
 * asked all the time. */
static int find(const struct nap_machine *m, unsigned dist, unsigned cpu, unsigned guess,
                bool (*is)(const struct nap_machine *, unsigned, unsigned, unsigned))
{
    int d = -1;

    if (guess < nap_device_count(m) && is(m, dist, guess, cpu))
        return (int)guess;
    while ((d = nap_device_next_behind(m, dist, d)) >= 0)
        if (is(m, dist, (unsigned)d, cpu))
            break;
    return d;
}

int gic3_redistributor(const struct nap_machine *m, unsigned dist, unsigned cpu)
{
    return find(m, dist, cpu, dist + 1 + cpu, is_redistributor);
}

int gic3_interface(const struct nap_machine *m, unsigned dist, unsigned cpu)
{
    return find(m, dist, cpu, dist + 1 + nap_cpu_count(m) + cpu, is_interface);
}

unsigned gic3_distributor(const struct nap_machine *m, unsigned device)
{
    return nap_device_model(m, device) == &nap_model_gicv3 ? device : nap_upstream(m, device);
}

/* --- what the distributor is like --- */

static uint64_t ctlr_of(const struct nap_machine *m, unsigned dist)
{
    return nap_reg_get(m, dist, DIST_SLOT_GICD_CTLR);
}

static unsigned typer_field(const struct nap_machine *m, unsigned dist, uint64_t mask)
{
    return (unsigned)((nap_reg_get(m, dist, DIST_SLOT_GICD_TYPER) & mask) / (mask & -mask));
}

bool gic3_one_state(const struct nap_machine *m, unsigned dist)
{
    return (ctlr_of(m, dist) & DIST_GICD_CTLR_DS) != 0;
}

bool gic3_restricted(const struct nap_machine *m, unsigned dist)
{
    return !gic3_one_state(m, dist) && !nap_secure(m);
}

/* Where they differ, Secure state works as a GICv2 does, which is not modelled. */
bool gic3_routes(const struct nap_machine *m, unsigned dist)
{
    return (ctlr_of(m, dist) & DIST_GICD_CTLR_ARE_S) != 0;
}

unsigned gic3_spis(const struct nap_machine *m, unsigned dist)
{
    unsigned end = 32 * (typer_field(m, dist, DIST_GICD_TYPER_ITLinesNumber) + 1);

    return (end < NAP_LINE_SPI_END ? end : NAP_LINE_SPI_END) - NAP_LINE_SPI_FIRST;
}

unsigned gic3_espis(const struct nap_machine *m, unsigned dist)
{
    if (!typer_field(m, dist, DIST_GICD_TYPER_ESPI))
        return 0;
    return 32 * (typer_field(m, dist, DIST_GICD_TYPER_ESPI_range) + 1);
}

unsigned gic3_eppis(const struct nap_machine *m, unsigned rd)
{
    uint64_t typer = nap_reg_get(m, rd, RDIST_SLOT_GICR_TYPER);
    unsigned num =
        (unsigned)((typer & RDIST_GICR_TYPER_PPInum) >> RDIST_GICR_TYPER_PPInum_SHIFT);

    return 32 * (num < 2 ? num : 2);
}

/* Those of the first processor: a distributor stores no more than it compares. */
uint8_t gic3_priority_bits(const struct nap_machine *m, unsigned dist)
{
    int icc = gic3_interface(m, dist, 0);

    return icc < 0 ? 0xff : gic3_interface_bits(m, (unsigned)icc);
}

/* --- banks --- */

static uint16_t modifiers(const struct nap_machine *m, unsigned dist, unsigned slot)
{
    return gic3_one_state(m, dist) ? GIC_NO_SLOT : (uint16_t)slot;
}

struct gic_bank gic3_spi_bank(const struct nap_machine *m, unsigned dist)
{
    const struct nap_gic3_dist *s = nap_block_state(m, dist);

    return (struct gic_bank){
        .device = dist,
        .cpu = GIC_NO_CPU,
        .first = NAP_LINE_SPI_FIRST,
        .count = gic3_spis(m, dist),
        .isenabler = DIST_SLOT_GICD_ISENABLER + 1,
        .ispendr = DIST_SLOT_GICD_ISPENDR + 1,
        .isactiver = DIST_SLOT_GICD_ISACTIVER + 1,
        .ipriorityr = DIST_SLOT_GICD_IPRIORITYR + 8,
        .icfgr = DIST_SLOT_GICD_ICFGR + 2,
        .igroupr = DIST_SLOT_GICD_IGROUPR + 1,
        .igrpmodr = modifiers(m, dist, DIST_SLOT_GICD_IGRPMODR + 1),
        .enabled_too = s->disabled,
    };
}

struct gic_bank gic3_espi_bank(const struct nap_machine *m, unsigned dist)
{
    const struct nap_gic3_dist *s = nap_block_state(m, dist);

    return (struct gic_bank){
        .device = dist,
        .cpu = GIC_NO_CPU,
        .first = NAP_LINE_ESPI_FIRST,
        .count = gic3_espis(m, dist),
        .isenabler = DIST_SLOT_GICD_ISENABLERnE,
        .ispendr = DIST_SLOT_GICD_ISPENDRnE,
        .isactiver = DIST_SLOT_GICD_ISACTIVERnE,
        .ipriorityr = DIST_SLOT_GICD_IPRIORITYRnE,
        .icfgr = DIST_SLOT_GICD_ICFGRnE,
        .igroupr = DIST_SLOT_GICD_IGROUPRnE,
        .igrpmodr = modifiers(m, dist, DIST_SLOT_GICD_IGRPMODRnE),
        .enabled_too = s->disabled + GIC3_SPI_WORDS,
    };
}

struct gic_bank gic3_private_bank(const struct nap_machine *m, unsigned rd)
{
    const struct nap_gic3_redist *s = nap_block_state(m, rd);

    return (struct gic_bank){
        .device = rd,
        .cpu = nap_device_line(m, rd),
        .first = 0,
        .count = NAP_LINE_SPI_FIRST,
        .isenabler = RDIST_SLOT_GICR_ISENABLER,
        .ispendr = RDIST_SLOT_GICR_ISPENDR,
        .isactiver = RDIST_SLOT_GICR_ISACTIVER,
        .ipriorityr = RDIST_SLOT_GICR_IPRIORITYR,
        .icfgr = RDIST_SLOT_GICR_ICFGR0,
        .igroupr = RDIST_SLOT_GICR_IGROUPR,
        .igrpmodr = modifiers(m, nap_upstream(m, rd), RDIST_SLOT_GICR_IGRPMODR),
        .enabled_too = s->disabled,
    };
}

struct gic_bank gic3_eppi_bank(const struct nap_machine *m, unsigned rd)
{
    const struct nap_gic3_redist *s = nap_block_state(m, rd);

    return (struct gic_bank){
        .device = rd,
        .cpu = nap_device_line(m, rd),
        .first = NAP_LINE_EPPI_FIRST,
        .count = gic3_eppis(m, rd),
        .isenabler = RDIST_SLOT_GICR_ISENABLER + 1,
        .ispendr = RDIST_SLOT_GICR_ISPENDR + 1,
        .isactiver = RDIST_SLOT_GICR_ISACTIVER + 1,
        .ipriorityr = RDIST_SLOT_GICR_IPRIORITYR + 8,
        .icfgr = RDIST_SLOT_GICR_ICFGRnE,
        .igroupr = RDIST_SLOT_GICR_IGROUPR + 1,
        .igrpmodr = modifiers(m, nap_upstream(m, rd), RDIST_SLOT_GICR_IGRPMODR + 1),
        .enabled_too = s->disabled + 1,
    };
}

static bool is_of(const struct gic_bank *bank, uint32_t intid)
{
    return intid >= bank->first && intid - bank->first < bank->count;
}

bool gic3_bank_of(const struct nap_machine *m, unsigned dist, unsigned cpu, uint32_t intid,
                  struct gic_bank *bank)
{
    int rd;

    *bank = intid < NAP_LINE_ESPI_FIRST ? gic3_spi_bank(m, dist) : gic3_espi_bank(m, dist);
    if (is_of(bank, intid))
        return true;
    rd = gic3_redistributor(m, dist, cpu);
    if (rd < 0)
        return false;
    *bank = intid < NAP_LINE_SPI_FIRST ? gic3_private_bank(m, (unsigned)rd)
                                       : gic3_eppi_bank(m, (unsigned)rd);
    return is_of(bank, intid);
}

/* --- power and sleep of a redistributor --- */

bool gic3_redist_on(const struct nap_machine *m, unsigned rd)
{
    return nap_device_on(m, rd) &&
           !(nap_reg_get(m, rd, RDIST_SLOT_GICR_PWRR) & RDIST_GICR_PWRR_RDGPD);
}

bool gic3_awake(const struct nap_machine *m, unsigned rd)
{
    return gic3_redist_on(m, rd) &&
           !(nap_reg_get(m, rd, RDIST_SLOT_GICR_WAKER) &
             (RDIST_GICR_WAKER_ProcessorSleep | RDIST_GICR_WAKER_ChildrenAsleep));
}

static bool sleeps(const struct nap_machine *m, unsigned rd)
{
    return gic3_redist_on(m, rd) &&
           (nap_reg_get(m, rd, RDIST_SLOT_GICR_WAKER) & RDIST_GICR_WAKER_ProcessorSleep);
}

/* --- routing --- */

static uint64_t dpg_of(enum gic_group group)
{
    static const uint64_t dpg[GIC_GROUPS] = {
        [GIC_GROUP_0] = RDIST_GICR_CTLR_DPG0,
        [GIC_GROUP_1] = RDIST_GICR_CTLR_DPG1NS,
        [GIC_GROUP_1_SECURE] = RDIST_GICR_CTLR_DPG1S,
    };

    return dpg[group];
}

/* A change is in force when RWP shows it. */
static bool dpg_in_force(const struct nap_machine *m, unsigned dist, unsigned rd,
                         enum gic_group group)
{
    const struct nap_gic3_dist *s = nap_block_state(m, dist);
    bool dpg = (nap_reg_get(m, rd, RDIST_SLOT_GICR_CTLR) & dpg_of(group)) != 0;

    return dpg != (s->dpg_late[group] >> nap_device_line(m, rd) & 1);
}

void gic3_dpg_changed(struct nap_machine *m, unsigned dist, unsigned cpu, uint64_t changed)
{
    struct nap_gic3_dist *s = nap_block_state_mut(m, dist);

    nap_touch(m, s->dpg_late, sizeof s->dpg_late);
    for (unsigned group = 0; group < GIC_GROUPS; group++)
        if (changed & dpg_of((enum gic_group)group))
            s->dpg_late[group] ^= UINT64_C(1) << cpu;
}

void gic3_dpg_done(struct nap_machine *m, unsigned dist, unsigned cpu)
{
    struct nap_gic3_dist *s = nap_block_state_mut(m, dist);

    nap_touch(m, s->dpg_late, sizeof s->dpg_late);
    for (unsigned group = 0; group < GIC_GROUPS; group++)
        s->dpg_late[group] &= ~(UINT64_C(1) << cpu);
}

static bool e1nwf_in_force(const struct nap_machine *m, unsigned dist)
{
    const struct nap_gic3_dist *s = nap_block_state(m, dist);

    return ((ctlr_of(m, dist) & DIST_GICD_CTLR_E1NWF) != 0) != s->e1nwf_late;
}

/* "GICR_CTLR", "Additional information": who takes part in 1-of-N. */
static bool takes_part(const struct nap_machine *m, unsigned dist, unsigned cpu,
                       enum gic_group group)
{
    int rd = gic3_redistributor(m, dist, cpu), icc = gic3_interface(m, dist, cpu);

    if (rd < 0 || icc < 0 || !gic3_awake(m, (unsigned)rd) ||
        dpg_in_force(m, dist, (unsigned)rd, group))
        return false;
    return (gic3_interface_groups(m, (unsigned)icc) & GIC_GROUP_BIT(group)) != 0;
}

static bool may_be_woken(const struct nap_machine *m, unsigned dist, unsigned cpu,
                         enum gic_group group)
{
    int rd = gic3_redistributor(m, dist, cpu);

    (void)group;
    return rd >= 0 && sleeps(m, (unsigned)rd);
}

/* The one of all that may, by D01; GIC_NO_CPU: nobody. */
static unsigned pick(const struct nap_machine *m, unsigned dist, enum gic_group group,
                     bool (*may)(const struct nap_machine *, unsigned, unsigned,
                                 enum gic_group))
{
    unsigned n = nap_cpu_count(m);
    bool highest = nap_switch(m, dist, DIST_SWITCH_D01) == DIST_D01_HIGHEST;

    for (unsigned i = 0; i < n; i++) {
        unsigned cpu = highest ? n - 1 - i : i;
        if (may(m, dist, cpu, group))
            return cpu;
    }
    return GIC_NO_CPU;
}

static unsigned one_of_n(const struct nap_machine *m, unsigned dist, enum gic_group group)
{
    unsigned cpu = pick(m, dist, group, takes_part);

    if (cpu != GIC_NO_CPU || !e1nwf_in_force(m, dist) ||
        nap_switch(m, dist, DIST_SWITCH_D02) == DIST_D02_NONE)
        return cpu;
    return pick(m, dist, group, may_be_woken);
}

unsigned gic3_router_of(const struct gic_bank *bank, unsigned n)
{
    if (bank->first >= NAP_LINE_ESPI_FIRST)
        return DIST_SLOT_GICD_IROUTERnE + bank->first - NAP_LINE_ESPI_FIRST + n;
    return DIST_SLOT_GICD_IROUTER + bank->first + n;
}

/* An affinity that nobody has holds the interrupt where it is. */
static bool routed(struct nap_machine *m, const struct gic_bank *bank, unsigned n, unsigned cpu)
{
    unsigned slot = gic3_router_of(bank, n);
    uint64_t router;

    nap_reg_settle(m, bank->device, slot);
    router = nap_reg_get(m, bank->device, slot);
    if ((router & DIST_GICD_IROUTER_IRM) && !typer_field(m, bank->device, DIST_GICD_TYPER_No1N))
        return one_of_n(m, bank->device, gic_group(m, bank, n)) == cpu;
    return (uint32_t)(router >> 8 & 0xff000000) + (uint32_t)(router & 0xffffff) ==
           nap_cpu_affinity(m, cpu);
}

/* --- the first interrupt of a processing element --- */

/* Words of SPIs in which something may be pending, each as a bank of its own: of a thousand
 * interrupts few are, and all processing elements look at the same ones. */
#define WORDS_MAX 12u

struct words {
    unsigned n;
    struct gic_bank list[WORDS_MAX];
};

static struct gic_bank word_of(const struct gic_bank *bank, unsigned word)
{
    struct gic_bank one = *bank;

    one.first += 32 * word;
    one.count = bank->count - 32 * word < 32 ? bank->count - 32 * word : 32;
    one.isenabler = (uint16_t)(bank->isenabler + word);
    one.ispendr = (uint16_t)(bank->ispendr + word);
    one.isactiver = (uint16_t)(bank->isactiver + word);
    one.ipriorityr = (uint16_t)(bank->ipriorityr + 8 * word);
    one.icfgr = (uint16_t)(bank->icfgr + 2 * word);
    one.igroupr = (uint16_t)(bank->igroupr + word);
    if (bank->igrpmodr != GIC_NO_SLOT)
        one.igrpmodr = (uint16_t)(bank->igrpmodr + word);
    one.enabled_too = bank->enabled_too + word;
    return one;
}

/* Where there are more than the list holds, the whole bank stands for the rest. */
static void add_words(const struct nap_machine *m, const struct gic_bank *bank,
                      struct words *words, unsigned most)
{
    for (unsigned word = 0; 32 * word < bank->count; word++) {
        if (!nap_reg_get(m, bank->device, bank->ispendr + word) && !gic_lines(m, bank, word))
            continue;
        if (words->n == most - 1) {
            words->list[words->n++] = *bank;
            return;
        }
        words->list[words->n++] = word_of(bank, word);
    }
}

static struct words pending_words(const struct nap_machine *m, unsigned dist)
{
    struct gic_bank spis = gic3_spi_bank(m, dist), espis = gic3_espi_bank(m, dist);
    struct words words = {.n = 0};

    add_words(m, &spis, &words, WORDS_MAX / 2);
    add_words(m, &espis, &words, WORDS_MAX);
    return words;
}

#define PRIVATE_BANKS 2u

static bool has_arrived(const struct nap_machine *m, const struct gic_bank *bank)
{
    for (unsigned word = 0; 32 * word < bank->count; word++) {
        unsigned slot = bank->ispendr + word;

        if (gic_lines(m, bank, word) ||
            (!(nap_reg_marks(m, bank->device, slot) & NAP_MARK_UNDETERMINED) &&
             nap_reg_get(m, bank->device, slot)))
            return true;
    }
    return false;
}

static bool has_power(const struct nap_machine *m, unsigned rd)
{
    int icc = gic3_interface(m, nap_upstream(m, rd), nap_device_line(m, rd));

    return icc >= 0 && nap_device_on(m, (unsigned)icc);
}

/* What power has left in a redistributor that sleeps forwards nothing, and whether it asks for
 * a wake-up nobody can tell: it stays undetermined until software wakes or writes it. A CPU
 * that has power needs no wake-up. */
static bool counts(struct nap_machine *m, unsigned rd, const struct gic_bank *bank)
{
    if (!sleeps(m, rd) || gic_determined(m, bank))
        return true;
    if (has_arrived(m, bank) && !has_power(m, rd))
        nap_unmodelled(m, rd, "a wake-up by private interrupts whose configuration is unknown");
    return false;
}

static unsigned private_banks(struct nap_machine *m, unsigned rd,
                              struct gic_bank banks[PRIVATE_BANKS])
{
    unsigned n = 0;

    banks[n] = gic3_private_bank(m, rd);
    n += counts(m, rd, &banks[n]);
    if (!gic3_eppis(m, rd))
        return n;
    banks[n] = gic3_eppi_bank(m, rd);
    return n + counts(m, rd, &banks[n]);
}

static struct gic_candidate search(struct nap_machine *m, unsigned rd, unsigned groups,
                                   const struct words *words)
{
    struct gic_filter filter = {nap_device_line(m, rd), groups, routed};
    struct gic_candidate c = {.priority = GIC_IDLE, .bank = UINT_MAX};
    struct gic_bank banks[PRIVATE_BANKS];

    if (!groups)
        return c;
    c = gic_best(m, banks, private_banks(m, rd, banks), &filter);
    c = gic_better(c, gic_best(m, words->list, words->n, &filter));
    if (groups & GIC_GROUP_BIT(GIC_GROUP_1))
        c = gic_better(c, gic_lpis_best(m, rd));
    return c;
}

/* The register whose RWP says whether the enable of the candidate is still in force; the device
 * is its owner. False: nothing has been disabled. */
static bool leaves(const struct nap_machine *m, unsigned dist, unsigned rd,
                   const struct gic_candidate *c, unsigned *device)
{
    struct gic_bank bank;
    unsigned n;

    *device = dist;
    if (!(gic3_forwarded(m, dist, false) & GIC_GROUP_BIT(c->group)))
        return true;
    if (!gic3_bank_of(m, dist, nap_device_line(m, rd), c->intid, &bank)) {
        *device = rd;
        return !(nap_reg_get(m, rd, RDIST_SLOT_GICR_CTLR) & RDIST_GICR_CTLR_EnableLPIs);
    }
    *device = bank.device;
    n = c->intid - bank.first;
    return !(nap_reg_get(m, bank.device, bank.isenabler + n / 32) >> n % 32 & 1);
}

/* One that is on its way out may arrive all the same: whether it does is asked here, as this is
 * where somebody notices. */
static struct gic_candidate first(struct nap_machine *m, unsigned dist, unsigned rd,
                                  unsigned groups, const struct words *words)
{
    struct gic_candidate c = search(m, rd, groups & gic3_forwarded(m, dist, true), words);
    unsigned device;

    for (unsigned i = 0; i < 3 && c.found && leaves(m, dist, rd, &c, &device); i++) {
        if (device == dist)
            nap_work_notice(m, dist, DIST_SLOT_GICD_CTLR, DIST_GICD_CTLR_RWP);
        else
            nap_work_notice(m, rd, RDIST_SLOT_GICR_CTLR, RDIST_GICR_CTLR_RWP);
        c = search(m, rd, groups & gic3_forwarded(m, dist, true), words);
    }
    return c;
}

static struct gic_candidate highest(struct nap_machine *m, unsigned dist, int rd, int icc,
                                    const struct words *words)
{
    if (rd < 0 || icc < 0 || !gic3_awake(m, (unsigned)rd))
        return (struct gic_candidate){.priority = GIC_IDLE, .bank = UINT_MAX};
    return first(m, dist, (unsigned)rd, gic3_interface_groups(m, (unsigned)icc), words);
}

struct gic_candidate gic3_highest(struct nap_machine *m, unsigned dist, unsigned cpu)
{
    struct words words = pending_words(m, dist);

    return highest(m, dist, gic3_redistributor(m, dist, cpu), gic3_interface(m, dist, cpu),
                   &words);
}

/* --- what a processing element is shown --- */

static bool still_pending(const struct nap_machine *m, unsigned dist, unsigned cpu,
                          uint32_t intid)
{
    int rd = gic3_redistributor(m, dist, cpu);
    struct gic_bank bank;
    unsigned n;

    if (!gic3_bank_of(m, dist, cpu, intid, &bank))
        return rd >= 0 && gic_lpi_pending(m, (unsigned)rd, intid);
    n = intid - bank.first;
    return (gic_pending(m, &bank, n / 32) & ~gic_active(m, &bank, n / 32)) >> n % 32 & 1;
}

static void note_whether_shown(struct nap_machine *m, unsigned dist, unsigned cpu, bool shown)
{
    struct nap_gic3_dist *s = nap_block_state_mut(m, dist);

    nap_touch(m, &s->shown, sizeof s->shown);
    s->shown = (s->shown & ~(UINT64_C(1) << cpu)) | (uint64_t)shown << cpu;
}

/* The ledger of an interrupt's life. */
static void note_shown(struct nap_machine *m, unsigned dist, unsigned icc, uint32_t shown,
                       uint32_t woken)
{
    struct nap_gic3_cpuif *s = nap_block_state_mut(m, icc);
    unsigned cpu = nap_device_cpu(m, icc);
    uint32_t was = s->shown, was_woken = s->woken;

    if (was == shown && was_woken == woken)
        return;
    nap_touch(m, s, sizeof *s);
    s->shown = shown;
    s->woken = woken;
    note_whether_shown(m, dist, cpu, shown || woken);
    if (was && was != shown && still_pending(m, dist, cpu, was - 1))
        nap_interrupt_step(m, dist, was - 1, cpu, NAP_LABEL_INTERRUPT_RETRIEVED);
    if (shown && was != shown)
        nap_interrupt_step(m, dist, shown - 1, cpu, NAP_LABEL_INTERRUPT_FORWARDED);
    if (woken && was_woken != woken)
        nap_interrupt_step(m, dist, woken - 1, cpu, NAP_LABEL_INTERRUPT_WOKE);
}

/* Group 0, and Secure interrupts while Non-secure software runs, are FIQs. */
static unsigned signal_of(enum gic_group group)
{
    return group == GIC_GROUP_1 ? NAP_SIGNAL_IRQ : NAP_SIGNAL_FIQ;
}

/* A distributor that forwards nothing, as while it is restored, has little to update. */
static bool has_news(const struct nap_machine *m, unsigned dist, unsigned cpu)
{
    const struct nap_gic3_dist *s = nap_block_state(m, dist);

    return (s->shown >> cpu & 1) || gic3_forwarded(m, dist, true);
}

static void show(struct nap_machine *m, unsigned dist, unsigned cpu, const struct words *words)
{
    int rd = gic3_redistributor(m, dist, cpu), icc = gic3_interface(m, dist, cpu);
    struct gic_candidate c;
    unsigned signals = 0;

    if (rd < 0 || icc < 0 || nap_controller(m) != (int)dist)
        return;
    if (sleeps(m, (unsigned)rd)) {
        c = first(m, dist, (unsigned)rd, UINT_MAX, words);
        note_shown(m, dist, (unsigned)icc, 0, c.found ? 1 + c.intid : 0);
        signals = c.found ? NAP_SIGNAL_WAKE : 0;
    } else {
        c = highest(m, dist, rd, icc, words);
        note_shown(m, dist, (unsigned)icc, c.found ? 1 + c.intid : 0, 0);
        if (c.found && gic3_signalled(m, (unsigned)icc, &c))
            signals = signal_of(c.group);
    }
    nap_signal_set(m, cpu, signals);
}

static uint64_t any_dpg_late(const struct nap_gic3_dist *s)
{
    uint64_t cpus = 0;

    for (unsigned group = 0; group < GIC_GROUPS; group++)
        cpus |= s->dpg_late[group];
    return cpus;
}

/* An SPI is pending, so somebody notices whether who takes part in 1-of-N is another already.
 */
static void notice_participation(struct nap_machine *m, unsigned dist,
                                 const struct words *words)
{
    const struct nap_gic3_dist *s = nap_block_state(m, dist);
    unsigned n = nap_cpu_count(m);

    if (!words->n)
        return;
    if (s->e1nwf_late)
        nap_work_notice(m, dist, DIST_SLOT_GICD_CTLR, DIST_GICD_CTLR_RWP);
    for (unsigned cpu = 0; any_dpg_late(s) && cpu < n; cpu++) {
        int rd = gic3_redistributor(m, dist, cpu);
        if (rd >= 0 && any_dpg_late(s) >> cpu & 1)
            nap_work_notice(m, (unsigned)rd, RDIST_SLOT_GICR_CTLR, RDIST_GICR_CTLR_RWP);
    }
}

void gic3_update_cpu(struct nap_machine *m, unsigned dist, unsigned cpu)
{
    struct words words;

    if (!has_news(m, dist, cpu))
        return;
    words = pending_words(m, dist);
    notice_participation(m, dist, &words);
    show(m, dist, cpu, &words);
}

static void show_all(struct nap_machine *m, unsigned dist, const struct words *words)
{
    unsigned n = nap_cpu_count(m);

    notice_participation(m, dist, words);
    for (unsigned cpu = 0; cpu < n; cpu++)
        if (has_news(m, dist, cpu))
            show(m, dist, cpu, words);
}

static bool is_idle(const struct nap_machine *m, unsigned dist)
{
    const struct nap_gic3_dist *s = nap_block_state(m, dist);

    return !s->shown && !gic3_forwarded(m, dist, true);
}

void gic3_update(struct nap_machine *m, unsigned dist)
{
    struct words words;

    if (is_idle(m, dist))
        return;
    words = pending_words(m, dist);
    show_all(m, dist, &words);
}

/* Nobody is shown one that could go, and none is pending that could come. */
void gic3_update_spis(struct nap_machine *m, unsigned dist)
{
    const struct nap_gic3_dist *s = nap_block_state(m, dist);
    struct words words;

    if (is_idle(m, dist))
        return;
    words = pending_words(m, dist);
    if (words.n || s->shown)
        show_all(m, dist, &words);
}

/* --- what an access sees --- */

/* Interrupts of a word, 2 bits each in two words of NSACR, that have at least @level. */
static uint32_t permitted(const struct nap_machine *m, unsigned device, unsigned nsacr,
                          unsigned word, unsigned level)
{
    uint64_t fields = nap_reg_get(m, device, nsacr + 2 * word) |
                      nap_reg_get(m, device, nsacr + 2 * word + 1) << 32;
    uint32_t may = 0;

    for (unsigned i = 0; i < 32; i++)
        may |= (uint32_t)((fields >> 2 * i & 3) >= level) << i;
    return may;
}

uint32_t gic3_visible(const struct nap_machine *m, unsigned dist, const struct gic_bank *bank,
                      unsigned word)
{
    if (!gic3_restricted(m, dist))
        return gic_word_mask(bank, word);
    return gic_in_groups(m, bank, word, GIC_GROUP_BIT(GIC_GROUP_1));
}

uint32_t gic3_seen(struct nap_machine *m, unsigned dist, const struct gic_bank *bank,
                   unsigned word, unsigned nsacr, unsigned level)
{
    uint32_t seen;

    if (!gic3_restricted(m, dist))
        return gic_word_mask(bank, word);
    nap_reg_settle(m, bank->device, bank->igroupr + word);
    if (bank->igrpmodr != GIC_NO_SLOT)
        nap_reg_settle(m, bank->device, bank->igrpmodr + word);
    seen = gic3_visible(m, dist, bank, word);
    if (nsacr != GIC_NO_SLOT && level < 4)
        seen |= permitted(m, bank->device, nsacr, word, level);
    return seen & gic_word_mask(bank, word);
}

/* Non-secure software writes the lower half of the range: 0x80 and the value shifted. */
uint64_t gic3_priorities_stored(const struct nap_machine *m, unsigned dist, uint64_t was,
                                uint64_t written, uint64_t lanes, unsigned seen)
{
    uint64_t now = was;
    uint8_t bits = gic3_priority_bits(m, dist);
    bool restricted = gic3_restricted(m, dist);

    for (unsigned i = 0; i < 4; i++) {
        uint64_t priority = written >> 8 * i & 0xff;
        if (!(seen >> i & 1) || !(lanes >> 8 * i & 0xff))
            continue;
        if (restricted)
            priority = 0x80 | priority >> 1;
        now &= ~(UINT64_C(0xff) << 8 * i);
        now |= (priority & bits) << 8 * i;
    }
    return now;
}

uint64_t gic3_priorities_read(const struct nap_machine *m, unsigned dist, uint64_t value,
                              unsigned seen)
{
    uint8_t bits = gic3_priority_bits(m, dist);
    bool restricted = gic3_restricted(m, dist);
    uint64_t shown = 0;

    for (unsigned i = 0; i < 4; i++) {
        uint64_t priority = value >> 8 * i & bits;
        if (restricted)
            priority = priority << 1 & 0xff;
        if (seen >> i & 1)
            shown |= priority << 8 * i;
    }
    return shown;
}

/* --- triggers --- */

/* One bit for each of 16 fields: its upper one; and back. */
static unsigned upper_bits(uint64_t fields)
{
    unsigned bits = 0;

    for (unsigned i = 0; i < 16; i++)
        bits |= (unsigned)(fields >> (2 * i + 1) & 1) << i;
    return bits;
}

static uint64_t upper_fields(unsigned bits)
{
    uint64_t fields = 0;

    for (unsigned i = 0; i < 16; i++)
        fields |= (uint64_t)(bits >> i & 1) << (2 * i + 1);
    return fields;
}

/* Lower bits are reserved, whatever a loss of power has left there. */
#define UPPER_BITS UINT64_C(0xaaaaaaaa)

/* Those of 16 for which the trigger matters as it is written. */
static unsigned live_at(struct nap_machine *m, const struct gic_bank *bank, unsigned half)
{
    gic_settle(m, bank, half / 2);
    return (gic_enabled(m, bank, half / 2) | gic_pending(m, bank, half / 2)) >>
               16 * (half % 2) &
           0xffff;
}

/* Content that is undetermined becomes definite only if it matters whether it changes. */
static uint64_t triggers_at(struct nap_machine *m, const struct gic_bank *bank, unsigned half,
                            unsigned seen)
{
    unsigned slot = bank->icfgr + half;

    if ((nap_reg_marks(m, bank->device, slot) & NAP_MARK_UNDETERMINED) &&
        (live_at(m, bank, half) & seen))
        nap_reg_settle(m, bank->device, slot);
    return nap_reg_get(m, bank->device, slot);
}

uint64_t gic3_triggers_stored(struct nap_machine *m, const struct gic_bank *bank, unsigned half,
                              uint64_t now, unsigned seen, bool set, bool clear)
{
    uint64_t was = triggers_at(m, bank, half, seen), writable = upper_fields(seen);
    uint64_t next = (was & UPPER_BITS & ~writable) | (now & writable);
    unsigned changed = upper_bits(was ^ next), live;

    if (!changed)
        return next;
    live = live_at(m, bank, half) & changed;
    for (unsigned i = 0; i < 16 && (set || clear); i++)
        if (live >> i & 1)
            gic_latch(m, bank, 16 * half + i, set);
    return next;
}

void gic3_note_bits(struct nap_machine *m, const struct gic_bank *bank, unsigned word,
                    uint32_t bits, const char *label)
{
    unsigned about = bank->cpu == GIC_NO_CPU ? NAP_ABOUT_NOBODY : bank->cpu;

    for (unsigned i = 0; i < 32; i++)
        if (bits >> i & 1)
            nap_interrupt_step(m, bank->device, bank->first + 32 * word + i, about, label);
}
