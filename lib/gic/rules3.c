/* SPDX-License-Identifier: MIT */
/* What must hold of a GICv3: how software goes about its registers, the sleep handshake and
 * power. Sources are the register descriptions of the A-profile, issue 2024-12, by name. */
#include "gic3.h"

#include <inttypes.h>
#include <string.h>

#include <regnap/rule.h>

static bool written(const struct nap_machine *m, unsigned device, unsigned slot)
{
    return (nap_reg_marks(m, device, slot) & NAP_MARK_WRITTEN) != 0;
}

static bool went_off(const struct nap_event *e)
{
    return strcmp(e->label, NAP_LABEL_POWER_OFF) == 0;
}

static bool in_domains(const struct nap_machine *m, unsigned device, uint64_t domains)
{
    return (domains >> nap_machine_soc(m)->devices[device].domain & 1) != 0;
}

/* --- triggers --- */

/* Interrupts of 16 whose trigger the write has changed. Of one that nobody knows it may have.
 */
static unsigned retriggered(const struct nap_event *e)
{
    unsigned bits = 0;

    if (e->marks & NAP_MARK_UNDETERMINED)
        return 0xffff;
    for (unsigned i = 0; i < 16; i++)
        bits |= (unsigned)((e->was ^ e->now) >> (2 * i + 1) & 1) << i;
    return bits;
}

/* @half counts from the bank's first interrupt, 16 in each. Fields of Secure interrupts ignore
 * a Non-secure write. */
static void trigger_kept(const struct nap_machine *m, const struct nap_event *e,
                         const struct gic_bank *bank, unsigned half, struct nap_report *report)
{
    uint32_t enabled = gic_enabled(m, bank, half / 2) &
                       gic3_visible(m, gic3_distributor(m, e->device), bank, half / 2);
    unsigned bad = retriggered(e) & enabled >> 16 * (half % 2);

    if (bad)
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "trigger of interrupt %" PRIu32
                      " changed while it is enabled, or while RWP does not show yet that it is "
                      "not: unpredictable",
                      bank->first + 16 * half + (unsigned)__builtin_ctz(bad));
}

static void spi_trigger(const struct nap_machine *m, const struct nap_event *e,
                        struct nap_report *report)
{
    struct gic_bank bank;

    if (e->reg == DIST_REG_GICD_ICFGR && e->index >= 2) {
        bank = gic3_spi_bank(m, e->device);
        if (16 * (e->index - 2) < bank.count)
            trigger_kept(m, e, &bank, e->index - 2, report);
    } else if (e->reg == DIST_REG_GICD_ICFGRnE) {
        bank = gic3_espi_bank(m, e->device);
        if (16 * e->index < bank.count)
            trigger_kept(m, e, &bank, e->index, report);
    }
}

static void private_trigger(const struct nap_machine *m, const struct nap_event *e,
                            struct nap_report *report)
{
    struct gic_bank bank;

    if (!gic3_redist_on(m, e->device) || !gic3_routes(m, gic3_distributor(m, e->device)))
        return; /* the frame is reserved */
    if (e->reg == RDIST_REG_GICR_ICFGR1) {
        bank = gic3_private_bank(m, e->device);
        trigger_kept(m, e, &bank, 1, report);
    } else if (e->reg == RDIST_REG_GICR_ICFGRnE) {
        bank = gic3_eppi_bank(m, e->device);
        if (16 * e->index < bank.count)
            trigger_kept(m, e, &bank, e->index, report);
    }
}

/* --- what must stand before an enable --- */

static bool stands(const struct nap_machine *m, const struct nap_event *e, uint32_t intid,
                   unsigned slot, struct nap_report *report)
{
    char name[NAP_NAME_MAX * 2];

    if (written(m, e->device, slot))
        return true;
    nap_register_name(m, e->device, slot, name, sizeof name);
    nap_violation(report, e->device, e->slot, UINT32_MAX,
                  "interrupt %" PRIu32
                  " enabled although %s has not been written since power-on",
                  intid, name);
    return false;
}

/* Of each newly enabled one, until the first that lacks something. Groups are Secure software's
 * where there are two Security states. */
static void spis_stand(const struct nap_machine *m, const struct nap_event *e,
                       const struct gic_bank *bank, unsigned word, unsigned router,
                       struct nap_report *report)
{
    bool groups = gic3_one_state(m, e->device);
    uint32_t came = (uint32_t)(e->now & ~e->was);

    for (; came; came &= came - 1) {
        unsigned n = 32 * word + (unsigned)__builtin_ctz(came);
        uint32_t intid = bank->first + n;
        if (!stands(m, e, intid, router + n, report) ||
            (groups && !stands(m, e, intid, bank->igroupr + n / 32, report)) ||
            !stands(m, e, intid, bank->ipriorityr + n / 4, report) ||
            !stands(m, e, intid, bank->icfgr + n / 16, report))
            return;
    }
}

static void spi_set_up(const struct nap_machine *m, const struct nap_event *e,
                       struct nap_report *report)
{
    struct gic_bank bank;

    if (e->reg == DIST_REG_GICD_ISENABLER && e->index > 0) {
        bank = gic3_spi_bank(m, e->device);
        spis_stand(m, e, &bank, e->index - 1, DIST_SLOT_GICD_IROUTER + bank.first, report);
    } else if (e->reg == DIST_REG_GICD_ISENABLERnE) {
        bank = gic3_espi_bank(m, e->device);
        spis_stand(m, e, &bank, e->index, DIST_SLOT_GICD_IROUTERnE, report);
    }
}

/* SGIs have a fixed trigger. */
static void private_set_up(const struct nap_machine *m, const struct nap_event *e,
                           struct nap_report *report)
{
    struct gic_bank bank =
        e->index ? gic3_eppi_bank(m, e->device) : gic3_private_bank(m, e->device);
    bool groups = gic3_one_state(m, nap_upstream(m, e->device));
    uint32_t came = (uint32_t)(e->now & ~e->was);

    if (e->reg != RDIST_REG_GICR_ISENABLER)
        return;
    for (; came; came &= came - 1) {
        unsigned n = 32 * (e->index ? e->index - 1 : 0) + (unsigned)__builtin_ctz(came);
        uint32_t intid = bank.first + n;
        if (!stands(m, e, intid, bank.ipriorityr + n / 4, report) ||
            (groups && !stands(m, e, intid, bank.igroupr + n / 32, report)) ||
            (intid >= GIC_N_SGIS && !stands(m, e, intid, bank.icfgr + n / 16, report)))
            return;
    }
}

/* --- GICD_CTLR and routing --- */

static void routing_is_there(const struct nap_machine *m, const struct nap_event *e,
                             struct nap_report *report)
{
    if ((e->reg == DIST_REG_GICD_IROUTER || e->reg == DIST_REG_GICD_IROUTERnE) &&
        !gic3_routes(m, e->device))
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "a route written while affinity routing is not enabled: the register is "
                      "reserved then, and unknown once it is");
}

static void control_predictable(const struct nap_machine *m, const struct nap_event *e,
                                struct nap_report *report)
{
    uint64_t asked = gic3_ctlr_asked(m, e->device, e->was, e->written);
    uint64_t bad = gic3_ctlr_unpredictable(m, e->device, e->was, asked);

    if (bad & e->was)
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "affinity routing disabled, which is unpredictable once it is enabled");
    else if (bad)
        nap_violation(
            report, e->device, e->slot, UINT32_MAX,
            "%s set while a group is enabled or an interrupt is active: unpredictable",
            bad & DIST_GICD_CTLR_DS ? "DS" : "affinity routing");
}

/* --- sleep and power --- */

#define SLEEP  RDIST_GICR_WAKER_ProcessorSleep
#define ASLEEP RDIST_GICR_WAKER_ChildrenAsleep

static void waker_handshake(const struct nap_machine *m, const struct nap_event *e,
                            struct nap_report *report)
{
    if (gic3_restricted(m, nap_upstream(m, e->device)) ||
        !gic3_waker_unpredictable(m, e->device, e->was, e->written))
        return;
    if (e->written & SLEEP)
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "ProcessorSleep set while the CPU interface has a group enabled: "
                      "unpredictable");
    else
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "ProcessorSleep cleared while ChildrenAsleep was 0: unpredictable");
}

static void asleep_before_off(const struct nap_machine *m, const struct nap_event *e,
                              struct nap_report *report)
{
    uint64_t off = e->was & ~e->now;

    for (unsigned rd = 0; went_off(e) && rd < nap_device_count(m); rd++) {
        const struct nap_gic3_redist *s;
        uint64_t waker;
        int icc;
        if (nap_device_model(m, rd) != &nap_model_gicv3_redistributor)
            continue;
        s = nap_block_state(m, rd);
        icc = gic3_interface(m, nap_upstream(m, rd), nap_device_line(m, rd));
        if (!in_domains(m, rd, off) && (icc < 0 || !in_domains(m, (unsigned)icc, off)) &&
            !in_domains(m, nap_upstream(m, rd), off))
            continue;
        waker =
            nap_device_on(m, rd) ? nap_reg_get(m, rd, RDIST_SLOT_GICR_WAKER) : s->at_off.waker;
        if ((nap_device_on(m, rd) || s->at_off.valid) &&
            (waker & (SLEEP | ASLEEP)) != (SLEEP | ASLEEP))
            nap_violation(report, rd, RDIST_SLOT_GICR_WAKER, UINT32_MAX,
                          "%s: power taken from it, its distributor or its processing element "
                          "while ProcessorSleep was %u and ChildrenAsleep %u",
                          nap_device_name(m, rd), (waker & SLEEP) != 0, (waker & ASLEEP) != 0);
    }
}

/* --- the CPU interface --- */

/* With two Security states the handshake is Secure software's, which need not be a part of what
 * runs here. */
static bool somebody_wakes(const struct nap_machine *m, unsigned rd)
{
    return gic3_one_state(m, nap_upstream(m, rd)) ||
           (nap_reg_marks(m, rd, RDIST_SLOT_GICR_WAKER) & NAP_MARK_EVER);
}

static void awake_before_enable(const struct nap_machine *m, const struct nap_event *e,
                                struct nap_report *report)
{
    bool enable = gic3_enables_groups(e->reg);
    int rd;

    if (!enable || !e->written)
        return;
    rd = gic3_redistributor(m, nap_upstream(m, e->device), nap_device_cpu(m, e->device));
    if (rd >= 0 && !gic3_awake(m, (unsigned)rd) && somebody_wakes(m, (unsigned)rd))
        nap_violation(
            report, e->device, e->slot, UINT32_MAX,
            "a group enabled while %s sleeps or is not awake yet: nothing is delivered",
            nap_device_name(m, (unsigned)rd));
}

static void ended_in_order(const struct nap_machine *m, const struct nap_event *e,
                           struct nap_report *report)
{
    const struct nap_gic3_cpuif *s = nap_block_state(m, e->device);
    uint64_t intid = e->written & CPUIF_ICC_EOIR1_EL1_INTID;

    if ((e->reg != CPUIF_REG_ICC_EOIR0_EL1 && e->reg != CPUIF_REG_ICC_EOIR1_EL1) ||
        (intid >= 1020 && intid <= GIC_SPURIOUS) || !s->misended)
        return;
    nap_violation(report, e->device, e->slot, UINT32_MAX,
                  "interrupt %" PRIu64
                  " ended, which is not the last that was acknowledged and "
                  "not ended: unpredictable",
                  intid);
}

static void deactivated_by_mode(const struct nap_machine *m, const struct nap_event *e,
                                struct nap_report *report)
{
    unsigned ctlr = CPUIF_SLOT_ICC_CTLR_EL1;
    uint64_t mode = CPUIF_ICC_CTLR_EL1_EOImode;

    if (nap_secure(m) && !gic3_one_state(m, nap_upstream(m, e->device))) {
        ctlr = CPUIF_SLOT_ICC_CTLR_EL1_S;
        mode = CPUIF_ICC_CTLR_EL1_S_EOImode_EL3;
    }
    if (!(nap_reg_get(m, e->device, ctlr) & mode))
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "ICC_DIR_EL1 written while EOImode is 0: unpredictable");
}

static void priorities_idle(const struct nap_machine *m, const struct nap_event *e,
                            struct nap_report *report)
{
    for (unsigned icc = 0; went_off(e) && icc < nap_device_count(m); icc++) {
        const struct nap_gic3_cpuif *s;
        if (nap_device_model(m, icc) != &nap_model_gicv3_cpu_interface ||
            !in_domains(m, icc, e->was & ~e->now))
            continue;
        s = nap_block_state(m, icc);
        if (s->off_active)
            nap_violation(report, icc, CPUIF_SLOT_ICC_AP1R_EL1, UINT32_MAX,
                          "%s lost power with active priorities: the running priority and what "
                          "EOIR drops are lost",
                          nap_device_name(m, icc));
    }
}

static void priorities_kept(const struct nap_machine *m, const struct nap_event *e,
                            struct nap_report *report)
{
    bool active = e->reg == CPUIF_REG_ICC_AP0R_EL1 || e->reg == CPUIF_REG_ICC_AP1R_EL1 ||
                  e->reg == CPUIF_REG_ICC_AP1R_EL1_S;

    (void)m;
    if (active && e->written != e->was)
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "active priorities written as 0x%" PRIx64 " where they are 0x%" PRIx64
                      ": unpredictable",
                      e->written, e->was);
}

static void sre_kept(const struct nap_machine *m, const struct nap_event *e,
                     struct nap_report *report)
{
    bool sre = e->reg == CPUIF_REG_ICC_SRE_EL1 || e->reg == CPUIF_REG_ICC_SRE_EL1_S ||
               e->reg == CPUIF_REG_ICC_SRE_EL2 || e->reg == CPUIF_REG_ICC_SRE_EL3;

    if (sre &&
        (e->was & ~e->written & ~nap_reg_reset(m, e->device, e->slot) & CPUIF_ICC_SRE_EL3_SRE))
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "SRE cleared, which is unpredictable once it is set");
}

/* --- the tables --- */

#define WRITES NAP_STEP_BIT(NAP_STEP_WRITE)
#define POWER  NAP_STEP_BIT(NAP_STEP_POWER)

#define SOURCE_OF_LIVE                                                                         \
    "GICD_IPRIORITYR<n>, GICD_ICFGR<n>, GICD_IROUTER<n>, GICR_IPRIORITYR<n>, ICC_BPR1_EL1: "   \
    "reset values; GICD_CTLR, ICC_IGRPEN1_EL1: enables decide what is forwarded"
#define ABOUT_LIVE                                                                             \
    "In resume, no enabled interrupt can reach a CPU before group, trigger, priority and "     \
    "route are restored, and binary point and EOImode of that CPU"
#define ABOUT_LATCH                                                                            \
    "In resume, ISPENDR makes no level-sensitive interrupt pending: its line says it"

const struct nap_rule nap_gic3_dist_rules[GIC3_DIST_N_RULES] = {
    {
        .id = "gicv3-trigger-while-enabled",
        .classes = "O4 O12",
        .source = "GICD_ICFGR<n>",
        .about = "The trigger of an SPI changes only while it is disabled and RWP shows it",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .check = spi_trigger,
    },
    {
        .id = "gicv3-set-up-before-enable",
        .classes = "O8 O9",
        .source =
            "GICD_IROUTER<n>, GICD_ICFGR<n>: UNKNOWN at reset; GICD_IPRIORITYR<n>: highest "
            "priority at reset",
        .about = "An SPI is enabled with route, group, priority and trigger written since "
                 "power-on",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .check = spi_set_up,
    },
    {
        .id = "gicv3-affinity-before-route",
        .classes = "O4 O8",
        .source = "GICD_IROUTER<n>",
        .about = "GICD_IROUTER is written with affinity routing enabled",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .check = routing_is_there,
    },
    {
        .id = "gicv3-control-predictable",
        .classes = "O4",
        .source = "GICD_CTLR, fields DS, ARE_S, ARE_NS",
        .about = "DS and ARE are set while nothing is enabled or active, and never cleared",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .reg = "GICD_CTLR",
        .check = control_predictable,
    },
    {
        .id = "gicv3-live-before-restored",
        .classes = "O9 O13",
        .source = SOURCE_OF_LIVE,
        .about = ABOUT_LIVE,
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .check = gic3_live_when_restored,
    },
    {
        .id = "gicv3-level-latched",
        .classes = "O9",
        .source = "GICD_ISPENDR<n>",
        .about = ABOUT_LATCH,
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .check = gic3_spi_level_latched,
    },
};

const struct nap_rule nap_gic3_redist_rules[GIC3_REDIST_N_RULES] = {
    {
        .id = "gicv3-private-trigger-while-enabled",
        .classes = "O4 O12",
        .source = "GICR_ICFGR1, GICR_ICFGR<n>E",
        .about = "The trigger of a PPI changes only while it is disabled and RWP shows it",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .check = private_trigger,
    },
    {
        .id = "gicv3-private-set-up-before-enable",
        .classes = "O8 O9",
        .source = "GICR_IPRIORITYR<n>, GICR_IGROUPR0, GICR_ICFGR1: UNKNOWN at reset",
        .about = "An SGI or PPI is enabled with priority, group and trigger written since "
                 "power-on",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .check = private_set_up,
    },
    {
        .id = "gicv3-waker-handshake",
        .classes = "O4 O12",
        .source = "GICR_WAKER, field ProcessorSleep",
        .about = "ProcessorSleep is set with no group enabled, and cleared when ChildrenAsleep "
                 "is 1",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .reg = "GICR_WAKER",
        .check = waker_handshake,
    },
    {
        .id = "gicv3-asleep-before-off",
        .classes = "O12 O9",
        .source = "GICR_WAKER, \"Accessing GICR_WAKER\"",
        .about = "A distributor, a redistributor and its processing element lose power with "
                 "ChildrenAsleep 1",
        .family = NAP_RULE_CONDUCT,
        .on = POWER,
        .check = asleep_before_off,
    },
    {
        .id = "gicv3-private-live-before-restored",
        .classes = "O9 O13",
        .source = SOURCE_OF_LIVE,
        .about = ABOUT_LIVE,
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .reg = "GICR_ISENABLER",
        .check = gic3_live_when_restored,
    },
    {
        .id = "gicv3-private-level-latched",
        .classes = "O9",
        .source = "GICR_ISPENDR0",
        .about = ABOUT_LATCH,
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .reg = "GICR_ISPENDR",
        .check = gic3_private_level_latched,
    },
    GIC_LPI_RULES,
};

const struct nap_rule nap_gic3_cpuif_rules[GIC3_CPUIF_N_RULES] = {
    {
        .id = "gicv3-awake-before-interface",
        .classes = "O3 O9",
        .source = "GICR_WAKER, field ChildrenAsleep",
        .about = "Groups of a CPU interface are enabled when its redistributor is awake",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .check = awake_before_enable,
    },
    {
        .id = "gicv3-ended-in-order",
        .classes = "O4 O9",
        .source = "ICC_EOIR1_EL1, field INTID",
        .about = "Interrupts are ended in the reverse order of their acknowledges",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .check = ended_in_order,
    },
    {
        .id = "gicv3-deactivated-by-mode",
        .classes = "O4",
        .source = "ICC_CTLR_EL1, field EOImode",
        .about = "ICC_DIR_EL1 is written with EOImode 1",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .reg = "ICC_DIR_EL1",
        .check = deactivated_by_mode,
    },
    {
        .id = "gicv3-priorities-idle-before-off",
        .classes = "O9",
        .source = "ICC_AP1R<n>_EL1: 0 at reset",
        .about = "A CPU interface loses power with no active priority",
        .family = NAP_RULE_CONDUCT,
        .on = POWER,
        .check = priorities_idle,
    },
    {
        .id = "gicv3-priorities-kept",
        .classes = "O4",
        .source = "ICC_AP1R<n>_EL1, \"Accessing ICC_AP1R<n>_EL1\"",
        .about = "Active priorities are written as they are",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .check = priorities_kept,
    },
    {
        .id = "gicv3-sre-kept",
        .classes = "O4",
        .source = "ICC_SRE_EL1, ICC_SRE_EL2, ICC_SRE_EL3, field SRE",
        .about = "SRE is not cleared",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .check = sre_kept,
    },
    {
        .id = "gicv3-interface-live-before-restored",
        .classes = "O9 O13",
        .source = SOURCE_OF_LIVE,
        .about = ABOUT_LIVE,
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .check = gic3_live_when_restored,
    },
};
