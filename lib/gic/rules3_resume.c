/* SPDX-License-Identifier: MIT */
/* What must hold of a GICv3 while a restore is under way: nothing is forwarded by what has not
 * been brought back, and what a read shows of a level is not written back. Sources are the
 * register descriptions of the A-profile, issue 2024-12, by name. */
#include "gic3.h"

#include <inttypes.h>

#include <regnap/rule.h>

/* --- what is forwarded while it is being restored --- */

/* The first register of an interrupt's configuration that is not restored; or NAP_NO_SLOT.
 * Groups are Secure software's where there are two Security states. */
static unsigned missing_of(const struct nap_machine *m, const struct gic_bank *bank, unsigned n)
{
    bool groups = gic3_one_state(m, gic3_distributor(m, bank->device));
    unsigned slots[4], count = 0;

    if (groups)
        slots[count++] = bank->igroupr + n / 32;
    if (bank->first + n >= GIC_N_SGIS)
        slots[count++] = bank->icfgr + n / 16;
    slots[count++] = bank->ipriorityr + n / 4;
    if (bank->cpu == GIC_NO_CPU)
        slots[count++] = gic3_router_of(bank, n);
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
    unsigned slot = bank->igroupr + n / 32;

    if (gic3_one_state(m, gic3_distributor(m, bank->device))
            ? !gic_restored(m, bank->device, slot)
            : (nap_reg_marks(m, bank->device, slot) & NAP_MARK_UNDETERMINED) != 0)
        return true;
    return (groups & GIC_GROUP_BIT(gic_group(m, bank, n))) != 0;
}

/* @groups: those that get through to the CPU. */
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

/* Binary points and EOImode of the groups that the interface lets through. */
static void check_interface(const struct nap_machine *m, unsigned icc, unsigned groups,
                            unsigned cpu, struct nap_report *report)
{
    static const struct {
        unsigned group, slot;
    } needs[] = {
        {GIC_GROUP_BIT(GIC_GROUP_0), CPUIF_SLOT_ICC_BPR0_EL1},
        {GIC_GROUP_BIT(GIC_GROUP_1), CPUIF_SLOT_ICC_BPR1_EL1},
        {GIC_GROUP_BIT(GIC_GROUP_1), CPUIF_SLOT_ICC_CTLR_EL1},
        {GIC_GROUP_BIT(GIC_GROUP_1_SECURE), CPUIF_SLOT_ICC_BPR1_EL1_S},
        {GIC_GROUP_BIT(GIC_GROUP_1_SECURE), CPUIF_SLOT_ICC_CTLR_EL1_S},
    };

    for (unsigned i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        char name[64];

        if (!(groups & needs[i].group) || gic_restored(m, icc, needs[i].slot))
            continue;
        nap_register_name(m, icc, needs[i].slot, name, sizeof name);
        nap_violation(report, icc, needs[i].slot, UINT32_MAX,
                      "interrupts reach CPU %u before %s is restored", cpu, name);
    }
}

/* Groups of which interrupts get through to the CPU. */
static unsigned live_groups(const struct nap_machine *m, unsigned dist, int rd, int icc)
{
    if (rd < 0 || icc < 0 || !gic3_awake(m, (unsigned)rd))
        return 0;
    return gic3_forwarded(m, dist, false) & gic3_interface_groups(m, (unsigned)icc);
}

bool gic3_enables_groups(unsigned reg)
{
    return reg == CPUIF_REG_ICC_IGRPEN0_EL1 || reg == CPUIF_REG_ICC_IGRPEN1_EL1 ||
           reg == CPUIF_REG_ICC_IGRPEN1_EL1_S || reg == CPUIF_REG_ICC_IGRPEN1_EL3;
}

/* Opens a way for interrupts, or puts one on it. */
static bool opens(const struct nap_machine *m, const struct nap_event *e)
{
    const struct nap_model *model = nap_device_model(m, e->device);
    uint64_t came = e->now & ~e->was;

    if (model == &nap_model_gicv3)
        return came && (e->reg == DIST_REG_GICD_CTLR || e->reg == DIST_REG_GICD_ISENABLER ||
                        e->reg == DIST_REG_GICD_ISENABLERnE);
    if (model == &nap_model_gicv3_redistributor)
        return came && e->reg == RDIST_REG_GICR_ISENABLER;
    return e->written && gic3_enables_groups(e->reg);
}

void gic3_live_when_restored(const struct nap_machine *m, const struct nap_event *e,
                             struct nap_report *report)
{
    unsigned dist = gic3_distributor(m, e->device), n = nap_cpu_count(m);
    struct gic_bank shared[2];
    unsigned checked = 0; /* groups of SPIs */

    if (!nap_asleep(m) || !opens(m, e) || !nap_device_on(m, dist))
        return;
    shared[0] = gic3_spi_bank(m, dist);
    shared[1] = gic3_espi_bank(m, dist);
    for (unsigned cpu = 0; cpu < n; cpu++) {
        int rd = gic3_redistributor(m, dist, cpu), icc = gic3_interface(m, dist, cpu);
        unsigned groups = live_groups(m, dist, rd, icc);
        struct gic_bank own[2];

        if (!groups)
            continue;
        own[0] = gic3_private_bank(m, (unsigned)rd);
        own[1] = gic3_eppi_bank(m, (unsigned)rd);
        for (unsigned i = 0; i < 2; i++) {
            check_bank(m, &own[i], groups, cpu, report);
            check_bank(m, &shared[i], groups & ~checked, cpu, report);
        }
        check_interface(m, (unsigned)icc, groups, cpu, report);
        checked |= groups;
    }
}

/* --- levels --- */

/* What a read of it shows of a level-sensitive interrupt is its line. Written back, it stays
 * pending when the line has fallen. */
static void level_latch(const struct nap_machine *m, const struct nap_event *e,
                        const struct gic_bank *bank, unsigned word, struct nap_report *report)
{
    uint32_t latched = (uint32_t)(e->now & ~e->was);

    if (!nap_asleep(m) || !latched)
        return;
    latched &= ~gic_edge(m, bank, word);
    if (latched)
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "interrupt %" PRIu32 " is level-sensitive and was latched as pending: it "
                      "comes once more after its line has fallen",
                      bank->first + 32 * word + (unsigned)__builtin_ctz(latched));
}

void gic3_spi_level_latched(const struct nap_machine *m, const struct nap_event *e,
                            struct nap_report *report)
{
    struct gic_bank bank;

    if (e->reg == DIST_REG_GICD_ISPENDR && e->index > 0) {
        bank = gic3_spi_bank(m, e->device);
        level_latch(m, e, &bank, e->index - 1, report);
    } else if (e->reg == DIST_REG_GICD_ISPENDRnE) {
        bank = gic3_espi_bank(m, e->device);
        level_latch(m, e, &bank, e->index, report);
    }
}

void gic3_private_level_latched(const struct nap_machine *m, const struct nap_event *e,
                                struct nap_report *report)
{
    struct gic_bank bank =
        e->index ? gic3_eppi_bank(m, e->device) : gic3_private_bank(m, e->device);

    if (e->reg == RDIST_REG_GICR_ISPENDR)
        level_latch(m, e, &bank, e->index ? e->index - 1 : 0, report);
}
