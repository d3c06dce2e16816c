/* SPDX-License-Identifier: MIT */
/* Registers and fields that the identification registers say are not there: they read 0 and
 * take nothing. Arm IHI 0070, "Register overview" and the note on presence of each register. */
#include "smmuv3.h"

struct presence {
    uint16_t slot;
    uint16_t idr;
    uint64_t feature; /* in the identification register; 0 there: @bits do not exist */
    uint64_t bits;
};

#define ALL UINT64_MAX

static const struct presence table[] = {
    {SMMU_SLOT_CR0, SMMU_SLOT_IDR0, SMMU_IDR0_ATS, SMMU_CR0_ATSCHK},
    {SMMU_SLOT_CR0, SMMU_SLOT_IDR0, SMMU_IDR0_PRI, SMMU_CR0_PRIQEN},
    {SMMU_SLOT_CR0, SMMU_SLOT_IDR0, SMMU_IDR0_VMW, SMMU_CR0_VMW},
    {SMMU_SLOT_CR0, SMMU_SLOT_IDR3, SMMU_IDR3_DPT, SMMU_CR0_DPT_WALK_EN},
    {SMMU_SLOT_CR2, SMMU_SLOT_IDR0, SMMU_IDR0_ATSRECERR, SMMU_CR2_REC_CFG_ATS},
    {SMMU_SLOT_CR2, SMMU_SLOT_IDR0, SMMU_IDR0_BTM, SMMU_CR2_PTM},
    {SMMU_SLOT_CR2, SMMU_SLOT_IDR0, SMMU_IDR0_Hyp, SMMU_CR2_E2H},
    {SMMU_SLOT_S2PII, SMMU_SLOT_IDR3, SMMU_IDR3_S2PI, ALL},
    {SMMU_SLOT_IRQ_CTRL, SMMU_SLOT_IDR0, SMMU_IDR0_PRI, SMMU_IRQ_CTRL_PRIQ_IRQEN},
    {SMMU_SLOT_GERROR_IRQ_CFG0, SMMU_SLOT_IDR0, SMMU_IDR0_MSI, ALL},
    {SMMU_SLOT_GERROR_IRQ_CFG1, SMMU_SLOT_IDR0, SMMU_IDR0_MSI, ALL},
    {SMMU_SLOT_GERROR_IRQ_CFG2, SMMU_SLOT_IDR0, SMMU_IDR0_MSI, ALL},
    {SMMU_SLOT_STRTAB_BASE_CFG, SMMU_SLOT_IDR0, SMMU_IDR0_ST_LEVEL,
     SMMU_STRTAB_BASE_CFG_FMT | SMMU_STRTAB_BASE_CFG_SPLIT},
    {SMMU_SLOT_EVENTQ_IRQ_CFG0, SMMU_SLOT_IDR0, SMMU_IDR0_MSI, ALL},
    {SMMU_SLOT_EVENTQ_IRQ_CFG1, SMMU_SLOT_IDR0, SMMU_IDR0_MSI, ALL},
    {SMMU_SLOT_EVENTQ_IRQ_CFG2, SMMU_SLOT_IDR0, SMMU_IDR0_MSI, ALL},
    {SMMU_SLOT_PRIQ_BASE, SMMU_SLOT_IDR0, SMMU_IDR0_PRI, ALL},
    {SMMU_SLOT_PRIQ_PROD, SMMU_SLOT_IDR0, SMMU_IDR0_PRI, ALL},
    {SMMU_SLOT_PRIQ_CONS, SMMU_SLOT_IDR0, SMMU_IDR0_PRI, ALL},
    {SMMU_SLOT_PRIQ_IRQ_CFG0, SMMU_SLOT_IDR0, SMMU_IDR0_PRI, ALL},
    {SMMU_SLOT_PRIQ_IRQ_CFG0, SMMU_SLOT_IDR0, SMMU_IDR0_MSI, ALL},
    {SMMU_SLOT_PRIQ_IRQ_CFG1, SMMU_SLOT_IDR0, SMMU_IDR0_PRI, ALL},
    {SMMU_SLOT_PRIQ_IRQ_CFG1, SMMU_SLOT_IDR0, SMMU_IDR0_MSI, ALL},
    {SMMU_SLOT_PRIQ_IRQ_CFG2, SMMU_SLOT_IDR0, SMMU_IDR0_PRI, ALL},
    {SMMU_SLOT_PRIQ_IRQ_CFG2, SMMU_SLOT_IDR0, SMMU_IDR0_MSI, ~SMMU_PRIQ_IRQ_CFG2_LO},
    {SMMU_SLOT_GATOS_CTRL, SMMU_SLOT_IDR0, SMMU_IDR0_ATOS, ALL},
    {SMMU_SLOT_GATOS_SID, SMMU_SLOT_IDR0, SMMU_IDR0_ATOS, ALL},
    {SMMU_SLOT_GATOS_SID, SMMU_SLOT_IDR1, SMMU_IDR1_SSIDSIZE, SMMU_GATOS_SID_SSID_VALID},
    {SMMU_SLOT_GATOS_ADDR, SMMU_SLOT_IDR0, SMMU_IDR0_ATOS, ALL},
    {SMMU_SLOT_GATOS_PAR, SMMU_SLOT_IDR0, SMMU_IDR0_ATOS, ALL},
    {SMMU_SLOT_GMPAM, SMMU_SLOT_IDR3, SMMU_IDR3_MPAM, ALL},
    {SMMU_SLOT_GBPMPAM, SMMU_SLOT_IDR3, SMMU_IDR3_MPAM, ALL},
    {SMMU_SLOT_VATOS_SEL, SMMU_SLOT_IDR0, SMMU_IDR0_VATOS, ALL},
    {SMMU_SLOT_IDR6, SMMU_SLOT_IDR1, SMMU_IDR1_ECMDQ, ALL},
    {SMMU_SLOT_DPT_BASE, SMMU_SLOT_IDR3, SMMU_IDR3_DPT, ALL},
    {SMMU_SLOT_DPT_BASE_CFG, SMMU_SLOT_IDR3, SMMU_IDR3_DPT, ALL},
    {SMMU_SLOT_DPT_CFG_FAR, SMMU_SLOT_IDR3, SMMU_IDR3_DPT, ALL},
    {SMMU_SLOT_CMDQ_CONTROL_PAGE_BASE, SMMU_SLOT_IDR1, SMMU_IDR1_ECMDQ, ALL},
    {SMMU_SLOT_CMDQ_CONTROL_PAGE_CFG, SMMU_SLOT_IDR1, SMMU_IDR1_ECMDQ, ALL},
    {SMMU_SLOT_CMDQ_CONTROL_PAGE_STATUS, SMMU_SLOT_IDR1, SMMU_IDR1_ECMDQ, ALL},
};

uint64_t smmu_present(const struct nap_machine *m, unsigned device, unsigned slot)
{
    uint64_t present = UINT64_MAX;

    for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].slot == slot && !(nap_reg_get(m, device, table[i].idr) & table[i].feature))
            present &= ~table[i].bits;
    if (slot == SMMU_SLOT_PRIQ_IRQ_CFG2 &&
        !(nap_reg_get(m, device, SMMU_SLOT_IDR0) & SMMU_IDR0_MSI) &&
        nap_switch(m, device, SMMU_SWITCH_S20) == SMMU_S20_RES0)
        return 0;
    return present;
}

uint64_t smmu_optional_stored(struct nap_machine *m, unsigned device, unsigned slot,
                              uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)written;
    (void)lanes;
    return now & smmu_present(m, device, slot);
}

#define READ_OF(NAME)                                                                          \
    uint64_t smmu_read_##NAME(struct nap_machine *m, unsigned device, unsigned index,          \
                              uint64_t value)                                                  \
    {                                                                                          \
        (void)index;                                                                           \
        return value & smmu_present(m, device, SMMU_SLOT_##NAME);                              \
    }
SMMU_OPTIONAL(READ_OF)
