/* SPDX-License-Identifier: MIT */
/* What this GICv2 has, and which of it an access meets. Arm IHI 0048B, 4.1.2 "Register access"
 * and 4.1.3 "Banking". */
#include "v2.h"

unsigned v2_interfaces(const struct nap_machine *m, unsigned distributor)
{
    uint64_t typer = nap_reg_get(m, distributor, V2_SLOT_GICD_TYPER);

    return 1 + (unsigned)((typer & V2_GICD_TYPER_CPUNumber) >> 5);
}

unsigned v2_cpus(const struct nap_machine *m, unsigned distributor)
{
    unsigned interfaces = v2_interfaces(m, distributor), cpus = nap_cpu_count(m);

    return cpus < interfaces ? cpus : interfaces;
}

uint32_t v2_self(const struct nap_machine *m, unsigned distributor)
{
    return nap_cpu(m) < v2_cpus(m, distributor) ? 1u << nap_cpu(m) : 0;
}

unsigned v2_lines(const struct nap_machine *m, unsigned distributor)
{
    uint64_t typer = nap_reg_get(m, distributor, V2_SLOT_GICD_TYPER);
    unsigned lines = 32 * (1 + (unsigned)(typer & V2_GICD_TYPER_ITLinesNumber));

    return lines > 1020 ? 1020 : lines;
}

bool v2_has_security(const struct nap_machine *m, unsigned distributor)
{
    return (nap_reg_get(m, distributor, V2_SLOT_GICD_TYPER) & V2_GICD_TYPER_SecurityExtn) != 0;
}

bool v2_nonsecure(const struct nap_machine *m, unsigned distributor)
{
    return v2_has_security(m, distributor) && !nap_secure(m);
}

unsigned v2_min_bpr(const struct nap_machine *m, unsigned interface)
{
    return (unsigned)nap_reg_reset(m, interface, V2_SLOT_GICC_BPR);
}

/* With a minimum of 0 all eight bits exist: seven of them could not be told apart. */
uint8_t v2_priority_mask(const struct nap_machine *m, unsigned distributor)
{
    int interface = v2_interface(m, distributor);
    unsigned min = interface < 0 ? 0 : v2_min_bpr(m, (unsigned)interface);

    return min ? gic_group_mask(min, false) : 0xff;
}

/* --- where interrupts are --- */

unsigned v2_slot(const struct nap_machine *m, unsigned distributor, unsigned reg, unsigned cpu,
                 unsigned index)
{
    const struct nap_reg *r = &nap_model_gicv2.regs[reg];

    return nap_bank_slot(m, distributor, r->first_slot + index, index < r->banked ? cpu : 0);
}

unsigned v2_index(const struct nap_machine *m, unsigned distributor, unsigned reg,
                  unsigned slot)
{
    const struct nap_reg *r = &nap_model_gicv2.regs[reg];

    if (slot >= r->first_slot && slot < r->first_slot + r->count)
        return slot - r->first_slot;
    return slot - nap_bank_slot(m, distributor, r->first_slot, nap_cpu(m));
}

static uint16_t at(const struct nap_machine *m, unsigned distributor, unsigned reg,
                   unsigned cpu, unsigned index)
{
    return (uint16_t)v2_slot(m, distributor, reg, cpu, index);
}

/* @first is the INTID. */
static struct gic_bank bank_at(const struct nap_machine *m, unsigned distributor, unsigned cpu,
                               uint32_t first)
{
    struct gic_bank b = {.device = distributor, .cpu = GIC_NO_CPU, .first = first};

    b.isenabler = at(m, distributor, V2_REG_GICD_ISENABLER, cpu, first / 32);
    b.ispendr = at(m, distributor, V2_REG_GICD_ISPENDR, cpu, first / 32);
    b.isactiver = at(m, distributor, V2_REG_GICD_ISACTIVER, cpu, first / 32);
    b.igroupr = at(m, distributor, V2_REG_GICD_IGROUPR, cpu, first / 32);
    b.ipriorityr = at(m, distributor, V2_REG_GICD_IPRIORITYR, cpu, first / 4);
    b.icfgr = at(m, distributor, V2_REG_GICD_ICFGR, cpu, first / 16);
    b.igrpmodr = GIC_NO_SLOT;
    return b;
}

struct gic_bank v2_private(const struct nap_machine *m, unsigned distributor, unsigned cpu)
{
    struct gic_bank b = bank_at(m, distributor, cpu, 0);

    b.cpu = cpu;
    b.count = 32;
    if (nap_switch(m, distributor, V2_SWITCH_G01) == V2_G01_ALWAYS)
        b.enabled_always = (1u << GIC_N_SGIS) - 1;
    return b;
}

struct gic_bank v2_shared(const struct nap_machine *m, unsigned distributor)
{
    struct gic_bank b = bank_at(m, distributor, 0, 32);

    b.count = v2_lines(m, distributor) - 32;
    return b;
}

/* --- what a Non-secure access meets --- */

/* Interrupts of half a word whose field of NSACR is at least @least. */
static uint32_t half_allowed(const struct nap_machine *m, unsigned distributor, unsigned index,
                             unsigned least)
{
    uint64_t fields = nap_reg_get(
        m, distributor, v2_slot(m, distributor, V2_REG_GICD_NSACR, nap_cpu(m), index));
    uint32_t bits = 0;

    for (unsigned i = 0; i < 16; i++)
        if ((fields >> 2 * i & 3) >= least)
            bits |= 1u << i;
    return bits;
}

/* "GICD_NSACRn": those of PPIs are RAZ/WI, and software is not to program them. */
static uint32_t allowed(const struct nap_machine *m, unsigned distributor, unsigned index,
                        unsigned least)
{
    uint32_t bits = half_allowed(m, distributor, 2 * index, least);

    return index == 0 ? bits : bits | half_allowed(m, distributor, 2 * index + 1, least) << 16;
}

uint32_t v2_visible(const struct nap_machine *m, unsigned distributor, unsigned index,
                    unsigned least)
{
    unsigned lines = v2_lines(m, distributor), cpu = nap_cpu(m);
    uint32_t exist;

    if (32 * index >= lines)
        return 0;
    exist = lines - 32 * index >= 32 ? UINT32_MAX : (1u << lines % 32) - 1;
    if (!v2_nonsecure(m, distributor))
        return exist;
    exist &= (uint32_t)nap_reg_get(m, distributor,
                                   v2_slot(m, distributor, V2_REG_GICD_IGROUPR, cpu, index)) |
             (least == V2_GROUP_1_ONLY ? 0 : allowed(m, distributor, index, least));
    return exist;
}
