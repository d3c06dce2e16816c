/* SPDX-License-Identifier: MIT */
/* What must hold of a GICv2: what Arm IHI 0048B leaves UNPREDICTABLE or makes ineffective, and
 * that nothing is forwarded by what a restore has not brought back yet. */
#include "v2.h"

#include <inttypes.h>
#include <string.h>

#define IHI    "Arm IHI 0048B, "
#define WRITES NAP_STEP_BIT(NAP_STEP_WRITE)

static bool is_distributor(const struct nap_machine *m, unsigned device)
{
    return nap_device_variant(m, device) == V2_VARIANT_DISTRIBUTOR;
}

/* --- preconditions of writes --- */

static void icfgr_disabled(const struct nap_machine *m, const struct nap_event *e,
                           struct nap_report *report)
{
    struct gic_bank bank =
        e->index < 2 ? v2_private(m, e->device, nap_cpu(m)) : v2_shared(m, e->device);
    unsigned first = 16 * e->index - bank.first;
    /* Of content that nobody knows any field may change that the write reaches. */
    uint64_t moved = e->marks & NAP_MARK_UNDETERMINED
                         ? v2_icfgr_writable(m, e->device, e->index) & UINT64_C(0xaaaaaaaa)
                         : e->was ^ e->now;

    for (; moved; moved &= moved - 1) {
        unsigned n = first + (unsigned)__builtin_ctzll(moved) / 2;

        if (n < bank.count && gic_enabled(m, &bank, n / 32) >> n % 32 & 1)
            nap_violation(report, e->device, e->slot, UINT32_MAX,
                          "the trigger of interrupt %" PRIu32
                          " changed while it is enabled: what becomes of it is UNPREDICTABLE",
                          bank.first + n);
    }
}

static void dir_in_mode(const struct nap_machine *m, const struct nap_event *e,
                        struct nap_report *report)
{
    bool ns = v2_nonsecure(m, v2_distributor(m, e->device));
    uint64_t mode = ns ? V2_GICC_CTLR_EOImodeNS : V2_GICC_CTLR_EOImode;
    unsigned slot = nap_bank_slot(m, e->device, V2_SLOT_GICC_CTLR, nap_cpu(m));

    if (!(nap_reg_get(m, e->device, slot) & mode))
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "interrupt %" PRIu64 " was to be deactivated by DIR while EOImode is 0: "
                      "UNPREDICTABLE, and here ignored unless G05 says otherwise",
                      e->written & V2_GICC_DIR_INTID);
}

static void sgi_latch(const struct nap_machine *m, const struct nap_event *e,
                      struct nap_report *report)
{
    uint64_t sgis = e->written & ((1u << GIC_N_SGIS) - 1) & ~e->was;

    (void)m;
    if (e->reg == V2_REG_GICD_ISPENDR && e->index == 0 && sgis)
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "SGIs 0x%" PRIx64 " were to become pending by ISPENDR, which ignores "
                      "them: only SPENDSGIR brings them back",
                      sgis);
}

/* --- numbers that do not exist --- */

/* INTID that the first bit of the element stands for; UINT32_MAX: not one by INTID. */
static uint32_t first_of(const struct nap_event *e)
{
    switch (e->reg) {
    case V2_REG_GICD_IGROUPR:
    case V2_REG_GICD_ISENABLER:
    case V2_REG_GICD_ICENABLER:
    case V2_REG_GICD_ISPENDR:
    case V2_REG_GICD_ICPENDR:
    case V2_REG_GICD_ISACTIVER:
    case V2_REG_GICD_ICACTIVER:
        return 32 * e->index;
    case V2_REG_GICD_IPRIORITYR:
    case V2_REG_GICD_ITARGETSR:
        return 4 * e->index;
    case V2_REG_GICD_ICFGR:
    case V2_REG_GICD_NSACR:
        return 16 * e->index;
    default:
        return UINT32_MAX;
    }
}

static void lines_exist(const struct nap_machine *m, const struct nap_event *e,
                        struct nap_report *report)
{
    uint32_t first = first_of(e);

    if (!is_distributor(m, e->device) || first == UINT32_MAX || first < v2_lines(m, e->device))
        return;
    nap_violation(report, e->device, e->slot, UINT32_MAX,
                  "interrupts from %" PRIu32 " on were written, of which %s has %u: the "
                  "register is reserved",
                  first, nap_device_name(m, e->device), v2_lines(m, e->device));
}

/* --- ends --- */

static void ended_as_taken(const struct nap_machine *m, const struct nap_event *e,
                           struct nap_report *report)
{
    const struct v2_interface_state *s = nap_block_state(m, e->device);

    if ((e->reg != V2_REG_GICC_EOIR && e->reg != V2_REG_GICC_AEOIR) ||
        !v2_self(m, v2_distributor(m, e->device)))
        return;
    switch ((enum v2_end)s->ended[nap_cpu(m)]) {
    case V2_END_OTHER:
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "CPU %u ended 0x%" PRIx64 ", which is not what its last acknowledge has "
                      "shown: UNPREDICTABLE",
                      nap_cpu(m), e->written);
        break;
    case V2_END_OF_NONE:
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "CPU %u ended 0x%" PRIx64 " while none of its priorities is active: "
                      "UNPREDICTABLE",
                      nap_cpu(m), e->written);
        break;
    case V2_END_AS_TAKEN:
        break;
    }
}

/* --- what is forwarded while it is being restored --- */

/* The first register of an interrupt's configuration that is not restored; or NAP_NO_SLOT. */
static unsigned missing_of(const struct nap_machine *m, const struct gic_bank *bank, unsigned n)
{
    const unsigned slots[] = {
        bank->igroupr + n / 32, bank->icfgr + n / 16, bank->ipriorityr + n / 4,
        V2_SLOT_GICD_ITARGETSR + (bank->first + n) / 4 /* of SPIs alone */};
    unsigned count = bank->cpu == GIC_NO_CPU ? 4 : 3;

    for (unsigned i = 0; i < count; i++)
        if (!gic_restored(m, bank->device, slots[i]))
            return slots[i];
    return NAP_NO_SLOT;
}

/* Whether it may be one that gets through: what group it is of does not count until that is
 * restored. */
static bool may_pass(const struct nap_machine *m, const struct gic_bank *bank, unsigned n,
                     unsigned groups)
{
    return !gic_restored(m, bank->device, bank->igroupr + n / 32) ||
           (groups & GIC_GROUP_BIT(gic_group(m, bank, n)));
}

static void check_bank(const struct nap_machine *m, const struct gic_bank *bank,
                       unsigned groups, unsigned cpu, struct nap_report *report)
{
    for (unsigned word = 0; groups && 32 * word < bank->count; word++)
        for (uint32_t on = gic_enabled(m, bank, word); on; on &= on - 1) {
            unsigned n = 32 * word + (unsigned)__builtin_ctz(on);
            unsigned slot = n < bank->count ? missing_of(m, bank, n) : NAP_NO_SLOT;
            char name[64];

            if (slot == NAP_NO_SLOT || !may_pass(m, bank, n, groups))
                continue;
            nap_register_name(m, bank->device, slot, name, sizeof name);
            nap_violation(report, bank->device, slot, UINT32_MAX,
                          "interrupt %" PRIu32 " is enabled and can reach CPU %u before %s is "
                          "restored",
                          bank->first + n, cpu, name);
            return;
        }
}

/* Groups of which interrupts get through to the CPU. */
static unsigned live_groups(const struct nap_machine *m, unsigned distributor,
                            unsigned interface, unsigned cpu)
{
    uint64_t through =
        nap_reg_get(m, distributor, V2_SLOT_GICD_CTLR) &
        nap_reg_get(m, interface, nap_bank_slot(m, interface, V2_SLOT_GICC_CTLR, cpu));

    return (through & V2_GICC_CTLR_EnableGrp0 ? GIC_GROUP_BIT(GIC_GROUP_0) : 0) |
           (through & V2_GICC_CTLR_EnableGrp1 ? GIC_GROUP_BIT(GIC_GROUP_1) : 0);
}

static void check_binary_point(const struct nap_machine *m, unsigned interface, unsigned first,
                               unsigned cpu, struct nap_report *report)
{
    unsigned slot = nap_bank_slot(m, interface, first, cpu);
    char name[64];

    if (gic_restored(m, interface, slot))
        return;
    nap_register_name(m, interface, slot, name, sizeof name);
    nap_violation(report, interface, slot, UINT32_MAX,
                  "interrupts reach CPU %u before %s is restored, which says what preempts",
                  cpu, name);
}

/* Opens a way for interrupts, or puts one on it. */
static bool opens(const struct nap_event *e)
{
    switch (e->reg) {
    case V2_REG_GICD_CTLR:
    case V2_REG_GICC_CTLR:
    case V2_REG_GICD_ISENABLER:
        return (e->now & ~e->was) != 0;
    default:
        return false;
    }
}

static void live_when_restored(const struct nap_machine *m, const struct nap_event *e,
                               struct nap_report *report)
{
    unsigned distributor = v2_distributor(m, e->device);
    int interface = v2_interface(m, distributor);
    struct gic_bank bank;
    unsigned checked = 0; /* groups of SPIs */

    if (!opens(e) || !nap_asleep(m) || interface < 0 || !nap_device_on(m, distributor) ||
        !nap_device_on(m, (unsigned)interface))
        return;
    for (unsigned cpu = 0; cpu < v2_cpus(m, distributor); cpu++) {
        unsigned groups = live_groups(m, distributor, (unsigned)interface, cpu);

        if (!groups)
            continue;
        bank = v2_private(m, distributor, cpu);
        check_bank(m, &bank, groups, cpu, report);
        bank = v2_shared(m, distributor);
        check_bank(m, &bank, groups & ~checked, cpu, report);
        check_binary_point(m, (unsigned)interface, V2_SLOT_GICC_BPR, cpu, report);
        check_binary_point(m, (unsigned)interface, V2_SLOT_GICC_ABPR, cpu, report);
        checked |= groups;
    }
}

/* "GICD_ISPENDRn": what a read of it shows of a level-sensitive interrupt is its line. Written
 * back, it stays pending when the line has fallen. */
static void level_latch(const struct nap_machine *m, const struct nap_event *e,
                        struct nap_report *report)
{
    struct gic_bank bank =
        e->index == 0 ? v2_private(m, e->device, nap_cpu(m)) : v2_shared(m, e->device);
    unsigned word = e->index == 0 ? 0 : e->index - 1;
    uint32_t latched = (uint32_t)(e->now & ~e->was);
    uint64_t golden = 0;

    if (e->reg != V2_REG_GICD_ISPENDR || !nap_asleep(m) || !latched)
        return;
    (void)nap_golden(m, e->device, bank.ispendr + word, &golden);
    latched &= ~(uint32_t)golden & ~gic_edge(m, &bank, word);
    if (latched)
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "interrupt %" PRIu32 " is level-sensitive and was latched as pending: it "
                      "comes once more after its line has fallen",
                      bank.first + 32 * word + (unsigned)__builtin_ctz(latched));
}

/* --- the way to the CPU --- */

/* Bits of GICC_CTLR that the access sees, as the register holds them. */
static uint64_t bypass_bits(const struct nap_machine *m, unsigned device)
{
    uint64_t group1 = V2_GICC_CTLR_IRQBypDisGrp1 | V2_GICC_CTLR_FIQBypDisGrp1;

    return v2_nonsecure(m, v2_distributor(m, device))
               ? group1
               : group1 | V2_GICC_CTLR_IRQBypDisGrp0 | V2_GICC_CTLR_FIQBypDisGrp0;
}

static bool bypassed(uint64_t ctlr, uint64_t bits)
{
    return !(ctlr & (V2_GICC_CTLR_EnableGrp0 | V2_GICC_CTLR_EnableGrp1)) &&
           (ctlr & bits) != bits;
}

/* A write that opens the bypass: after a reset it is open, and nobody's doing. */
static void bypass_closed(const struct nap_machine *m, const struct nap_event *e,
                          struct nap_report *report)
{
    static const char text[] = "the interface of CPU %u was disabled without disabling the "
                               "bypass: the CPU's own interrupt wires reach it";
    uint64_t bits = bypass_bits(m, e->device);

    if (!bypassed(e->now, bits) || bypassed(e->was, bits))
        return;
    if (nap_switch(m, e->device, V2_SWITCH_G13) == V2_G13_HIGH)
        nap_violation(report, e->device, e->slot, UINT32_MAX, text, nap_cpu(m));
    else
        nap_note(report, e->device, e->slot, UINT32_MAX, text, nap_cpu(m));
}

static void check_interface(const struct nap_machine *m, unsigned device, unsigned cpu,
                            struct nap_report *report)
{
    const struct v2_interface_state *s = nap_block_state(m, device);
    unsigned apr = nap_bank_slot(m, device, V2_SLOT_GICC_APR, cpu);
    unsigned ctlr = nap_bank_slot(m, device, V2_SLOT_GICC_CTLR, cpu);

    if (s->off_running[cpu] != GIC_IDLE)
        nap_violation(report, device, apr, UINT32_MAX,
                      "%s lost power while priority 0x%x was active on CPU %u: its interrupt "
                      "has not ended",
                      nap_device_name(m, device), s->off_running[cpu], cpu);
    if (s->off_enabled >> cpu & 1)
        nap_note(report, device, ctlr, UINT32_MAX,
                 "%s lost power while it signalled interrupts to CPU %u",
                 nap_device_name(m, device), cpu);
}

static void at_power_off(const struct nap_machine *m, const struct nap_event *e,
                         struct nap_report *report)
{
    if (strcmp(e->label, NAP_LABEL_POWER_OFF) != 0)
        return;
    for (unsigned d = 0; d < nap_device_count(m); d++) {
        uint32_t domain = nap_machine_soc(m)->devices[d].domain;

        if (nap_device_model(m, d) != &nap_model_gicv2 ||
            nap_device_variant(m, d) != V2_VARIANT_CPU_INTERFACE ||
            !((e->was & ~e->now) >> domain & 1))
            continue;
        for (unsigned cpu = 0; cpu < v2_cpus(m, v2_distributor(m, d)); cpu++)
            check_interface(m, d, cpu, report);
    }
}

const struct nap_rule nap_gicv2_rules[V2_N_RULES] = {
    {
        .id = "gicv2-icfgr-while-enabled",
        .classes = "O4 O9",
        .source = IHI "4.3.13: software must disable an interrupt before it changes the field",
        .about = "ICFGR changes only fields of interrupts that are disabled",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .reg = "GICD_ICFGR",
        .check = icfgr_disabled,
    },
    {
        .id = "gicv2-dir-without-eoimode",
        .classes = "O4 O9",
        .source = IHI "4.4.1, 4.4.15: DIR while EOImode is 0 is UNPREDICTABLE",
        .about = "DIR is written only while EOImode of the access is 1",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .reg = "GICC_DIR",
        .check = dir_in_mode,
    },
    {
        .id = "gicv2-sgi-by-ispendr",
        .classes = "O9 O4",
        .source = IHI "4.3.7: bits of SGIs are read-only; 4.3.17: SPENDSGIR",
        .about = "SGIs that are not pending are not written as pending to ISPENDR",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .reg = "GICD_ISPENDR",
        .check = sgi_latch,
    },
    {
        .id = "gicv2-beyond-lines",
        .classes = "O4",
        .source = IHI "4.3.2: ITLinesNumber says how many interrupts there are",
        .about = "No register is written that only interrupts beyond TYPER.ITLinesNumber have",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .check = lines_exist,
    },
    {
        .id = "gicv2-end-as-taken",
        .classes = "O4 O9",
        .source = IHI "4.4.5: EOIR is written with what IAR has shown, CPUID included, in the "
                      "reverse order; anything else is UNPREDICTABLE",
        .about = "EOIR and AEOIR end what the CPU's last acknowledge that has not ended showed",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .check = ended_as_taken,
    },
    {
        .id = "gicv2-live-before-restored",
        .classes = "O9 O13",
        .source = IHI "4.3.1, 4.4.1: enables decide what reaches a CPU; content is lost with "
                      "power",
        .about =
            "In resume, no enabled interrupt can reach a CPU before group, trigger, priority "
            "and target are restored, and the binary points of that CPU",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .check = live_when_restored,
    },
    {
        .id = "gicv2-level-latched",
        .classes = "O9",
        .source =
            IHI "4.3.7: an interrupt made pending by ISPENDR stays so when its line falls",
        .about =
            "In resume, ISPENDR makes no level-sensitive interrupt pending that was not so by "
            "software before: its line says it",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .reg = "GICD_ISPENDR",
        .check = level_latch,
    },
    {
        .id = "gicv2-bypass",
        .classes = "O9 O4",
        .source = IHI "2.3.1, 4.4.1: a disabled interface passes the CPU's own wires unless "
                      "the bypass is disabled for both groups",
        .about =
            "Who disables an interface disables the bypass; a note where the wires are low",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .reg = "GICC_CTLR",
        .check = bypass_closed,
    },
    {
        .id = "gicv2-interface-at-power-off",
        .classes = "O9 O3",
        .source = IHI "4.4.12: APRn are saved and restored with the power, and only 0 can be "
                      "restored by itself",
        .about = "When power goes no priority is active; a note while the interface is enabled",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_POWER),
        .check = at_power_off,
    },
};
