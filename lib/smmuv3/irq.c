/* SPDX-License-Identifier: MIT */
/* Interrupts: an edge on a wire of its own and a message for each source. The SMMU keeps none
 * pending. Arm IHI 0070, "Interrupts and notifications", "SMMU_IRQ_CTRL". */
#include "smmuv3.h"

struct source {
    uint16_t cfg0, cfg1;
    uint64_t enable; /* in IRQ_CTRLACK */
    uint64_t aborted;
};

static const struct source sources[] = {
    [SMMU_OUT_EVENTQ] = {SMMU_SLOT_EVENTQ_IRQ_CFG0, SMMU_SLOT_EVENTQ_IRQ_CFG1,
                         SMMU_IRQ_CTRLACK_EVENTQ_IRQEN, SMMU_GERROR_MSI_EVENTQ_ABT_ERR},
    [SMMU_OUT_PRIQ] = {SMMU_SLOT_PRIQ_IRQ_CFG0, SMMU_SLOT_PRIQ_IRQ_CFG1,
                       SMMU_IRQ_CTRLACK_PRIQ_IRQEN, SMMU_GERROR_MSI_PRIQ_ABT_ERR},
    [SMMU_OUT_GERROR] = {SMMU_SLOT_GERROR_IRQ_CFG0, SMMU_SLOT_GERROR_IRQ_CFG1,
                         SMMU_IRQ_CTRLACK_GERROR_IRQEN, SMMU_GERROR_MSI_GERROR_ABT_ERR},
};

const char *const smmu_outputs[] = {"eventq", "priq", "gerror", "cmd-sync", NULL};

static bool has_msi(const struct nap_machine *m, unsigned device)
{
    return (nap_reg_get(m, device, SMMU_SLOT_IDR0) & SMMU_IDR0_MSI) != 0;
}

/* Bits above the output address size are not driven. */
static nap_addr within_oas(const struct nap_machine *m, unsigned device, uint64_t address)
{
    return address & ((UINT64_C(1) << smmu_oas_bits(m, device)) - 1);
}

static void send(struct nap_machine *m, unsigned device, uint64_t address, uint32_t data,
                 uint64_t aborted)
{
    if (!nap_msi_send(m, device, within_oas(m, device, address), data))
        smmu_gerror_raise(m, device, aborted);
}

/* A machine with a doorbell for messages has wires where its description says so (irq). */
static void pulse(struct nap_machine *m, unsigned device, enum smmu_output output)
{
    const struct nap_soc *soc = nap_machine_soc(m);

    if (!soc->msi || soc->devices[device].irq != NAP_SOC_NONE)
        nap_edge(m, device, output);
}

void smmu_interrupt(struct nap_machine *m, unsigned device, enum smmu_output output)
{
    const struct source *s = &sources[output];
    uint64_t address;

    if (!(nap_reg_get(m, device, SMMU_SLOT_IRQ_CTRLACK) & s->enable))
        return;
    if (has_msi(m, device)) {
        nap_reg_settle(m, device, s->cfg0);
        address = nap_reg_get(m, device, s->cfg0) & SMMU_EVENTQ_IRQ_CFG0_ADDR;
        if (address) {
            nap_reg_settle(m, device, s->cfg1);
            send(m, device, address, (uint32_t)nap_reg_get(m, device, s->cfg1), s->aborted);
        }
    }
    pulse(m, device, output);
}

void smmu_sync_interrupt(struct nap_machine *m, unsigned device, uint64_t address,
                         uint32_t data)
{
    if (has_msi(m, device) && address)
        send(m, device, address, data, SMMU_GERROR_MSI_CMDQ_ABT_ERR);
    pulse(m, device, SMMU_OUT_CMD_SYNC);
}
