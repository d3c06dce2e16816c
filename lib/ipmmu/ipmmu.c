/* SPDX-License-Identifier: MIT */
/* Renesas R-Car IPMMU-VMSA, Gen3 layout: caches with micro-TLB ports in front of one root that
 * walks tables. No manual is public; models/ipmmu-vmsa.yaml names the basis of every fact.
 * Register effects, power edges, and the table that ties the files together. */
#include "ipmmu.h"

static void port_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                         uint64_t now)
{
    if (now & ~was & IPMMU_IMUCTR_FIXADDEN)
        nap_unmodelled(m, device, "IMUCTR.FIXADDEN");
    nap_ipmmu_port_usable(m, device, index);
}

#define STORAGE_ONLY (IPMMU_IMCTR_RTSEL | IPMMU_IMCTR_TREN | IPMMU_IMCTR_TRE | IPMMU_IMCTR_AFE)

static void context_written(struct nap_machine *m, unsigned device, unsigned index,
                            uint64_t was, uint64_t now)
{
    (void)index;
    if (now & ~was & STORAGE_ONLY)
        nap_unmodelled(m, device, "IMCTR.RTSEL/TREN/TRE/AFE");
    if (nap_device_variant(m, device) == IPMMU_VARIANT_ROOT)
        nap_ipmmu_irq_update(m, device);
    nap_ipmmu_tlb_usable(m, device);
}

static void table_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                          uint64_t now)
{
    (void)index;
    (void)was;
    (void)now;
    nap_ipmmu_tlb_usable(m, device);
}

/* Flags clear by writing 0; the fault address reads 0 once none is left. */
static void status_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                           uint64_t now)
{
    (void)was;
    if (!(now & IPMMU_IMSTR_FLAGS)) {
        nap_reg_set(m, device, IPMMU_SLOT_IMELAR + index, 0);
        nap_reg_set(m, device, IPMMU_SLOT_IMEUAR + index, 0);
    }
    nap_ipmmu_irq_update(m, device);
}

static nap_on_write *const on_write[IPMMU_REG_COUNT] = {
    [IPMMU_REG_IMUCTR] = port_written,      [IPMMU_REG_IMUASID] = table_written,
    [IPMMU_REG_IMCTR] = context_written,    [IPMMU_REG_IMTTBCR] = table_written,
    [IPMMU_REG_IMTTLBR0] = table_written,   [IPMMU_REG_IMTTUBR0] = table_written,
    [IPMMU_REG_IMSTR] = status_written,     [IPMMU_REG_IMSCTLR] = table_written,
    [IPMMU_REG_IMSAUXCTLR] = table_written,
};

/* Flush scope, switch P10. */
static void flush_done(struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask)
{
    unsigned context = slot - IPMMU_SLOT_IMCTR;

    (void)mask;
    if (slot >= IPMMU_SLOT_IMUCTR && slot < IPMMU_SLOT_IMUCTR + IPMMU_PORTS) {
        nap_ipmmu_tlb_drop(m, device, UINT32_MAX, slot - IPMMU_SLOT_IMUCTR);
        return;
    }
    nap_ipmmu_tlb_drop(m, device, context, UINT32_MAX);
    if (nap_device_variant(m, device) != IPMMU_VARIANT_ROOT ||
        nap_switch(m, device, IPMMU_SWITCH_P10) != IPMMU_P10_ROOT_DROPS_CACHES)
        return;
    for (unsigned i = 0; i < nap_device_count(m); i++)
        if (i != device && nap_upstream(m, i) == device)
            nap_ipmmu_tlb_drop(m, i, context, UINT32_MAX);
}

/* Switch P11: reads for which a late FLUSH shows 1. */
static unsigned flush_reads(const struct nap_machine *m, unsigned device)
{
    switch (nap_switch(m, device, IPMMU_SWITCH_P11)) {
    case IPMMU_P11_0:
        return 0;
    case IPMMU_P11_20:
        return 20;
    default:
        return 3;
    }
}

/* Switch P19. */
static enum nap_unpowered unpowered(const struct nap_machine *m, unsigned device)
{
    static const enum nap_unpowered meets[] = {
        [IPMMU_P19_ONES] = NAP_UNPOWERED_ONES,
        [IPMMU_P19_ZEROS] = NAP_UNPOWERED_ZEROS,
        [IPMMU_P19_ABORT] = NAP_UNPOWERED_ABORT,
    };

    return meets[nap_switch(m, device, IPMMU_SWITCH_P19)];
}

const struct nap_block nap_ipmmu_block = {
    .abi = NAP_BLOCK_ABI,
    .model = &nap_model_ipmmu_vmsa,
    .state_bytes = sizeof(struct nap_ipmmu),
    .on_write = on_write,
    .power_off = nap_ipmmu_tlb_power_off,
    .power_on = nap_ipmmu_tlb_power_on,
    .unpowered = unpowered,
    .work_done = flush_done,
    .work_reads = flush_reads,
    .n_ports = IPMMU_PORTS,
    .probe = nap_ipmmu_probe,
    .dma = nap_ipmmu_dma,
    .rules = nap_ipmmu_rules,
    .n_rules = IPMMU_N_RULES,
};
