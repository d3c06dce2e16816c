/* SPDX-License-Identifier: MIT */
/* A PCI Express function with ATS, PRI and PASID behind an SMMU: what writes of its registers
 * start, and what other devices tell it. Its power is its own: the ATC outlives the SMMU's. PCI
 * Express Base Specification, "Address Translation Services (ATS)". */
#include "pcie.h"

/* "Implicit Invalidation Events". What STU means for entries that are there is not said. */
static void ats_control_written(struct nap_machine *m, unsigned device, unsigned index,
                                uint64_t was, uint64_t now)
{
    (void)index;
    if ((was ^ now) & PCIE_ATS_CONTROL_ENABLE)
        pcie_atc_drop(m, device, PCIE_ALL_SUBSTREAMS, 0, UINT64_MAX);
    else if (((was ^ now) & PCIE_ATS_CONTROL_STU) && (now & PCIE_ATS_CONTROL_ENABLE))
        nap_unmodelled(m, device, "ATS_CONTROL.STU changed while ENABLE is 1");
}

static bool take_message(struct nap_machine *m, unsigned device,
                         const struct nap_message *message)
{
    switch (message->kind) {
    case NAP_MSG_ATC_INVALIDATE:
        return pcie_atc_invalidate(m, device, message);
    case NAP_MSG_PAGE_RESPONSE:
        pcie_page_answered(m, device, message);
        return true;
    case NAP_MSG_PAGE_REQUEST:
    case NAP_MSG_STALL_ENDED:
        break;
    }
    return false;
}

/* Power loss is a Conventional Reset. */
static void power_off(struct nap_machine *m, unsigned device)
{
    pcie_atc_drop(m, device, PCIE_ALL_SUBSTREAMS, 0, UINT64_MAX);
    pcie_pri_forget(m, device);
}

static nap_on_write *const on_write[PCIE_REG_COUNT] = {
    [PCIE_REG_ATS_CONTROL] = ats_control_written,
    [PCIE_REG_PRI_CONTROL] = pcie_pri_control_written,
};

const struct nap_block nap_pcie_block = {
    .abi = NAP_BLOCK_ABI,
    .model = &nap_model_pcie_endpoint,
    .state_bytes = sizeof(struct nap_pcie),
    .on_write = on_write,
    .power_off = power_off,
    .work_done = pcie_pasid_stopped,
    .n_ports = 1,
    .probe = pcie_probe,
    .dma = pcie_dma,
    .message = take_message,
};
