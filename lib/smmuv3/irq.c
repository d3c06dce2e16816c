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

/* Nothing in the machine takes edges or messages yet. */
void smmu_interrupt(struct nap_machine *m, unsigned device, enum smmu_output output)
{
    if (nap_reg_get(m, device, SMMU_SLOT_IRQ_CTRLACK) & sources[output].enable)
        nap_unmodelled(m, device, "interrupt outputs");
}

void smmu_sync_interrupt(struct nap_machine *m, unsigned device, uint64_t address,
                         uint32_t data)
{
    (void)address;
    (void)data;
    nap_unmodelled(m, device, "interrupt outputs");
}
