/* SPDX-License-Identifier: MIT */
/* What must hold of a GICv2: what Arm IHI 0048B leaves UNPREDICTABLE or makes ineffective, and
 * that nothing is forwarded by what a restore has not brought back yet. */
#include "v2.h"

#include <inttypes.h>

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

    for (uint64_t moved = e->was ^ e->now; moved; moved &= moved - 1) {
        unsigned n = first + (unsigned)__builtin_ctzll(moved) / 2;

        if (gic_enabled(m, &bank, n / 32) >> n % 32 & 1)
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
};
