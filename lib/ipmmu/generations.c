/* SPDX-License-Identifier: MIT */
/* The generations of the block: one behaviour, a table of places each. */
#include "ipmmu.h"

static nap_on_write *const on_write[IPMMU_REG_COUNT] = {
    [IPMMU_REG_IMUCTR] = nap_ipmmu_port_written,
    [IPMMU_REG_IMUASID] = nap_ipmmu_table_written,
    [IPMMU_REG_IMCTR] = nap_ipmmu_context_written,
    [IPMMU_REG_IMTTBCR] = nap_ipmmu_table_written,
    [IPMMU_REG_IMTTLBR0] = nap_ipmmu_table_written,
    [IPMMU_REG_IMTTUBR0] = nap_ipmmu_table_written,
    [IPMMU_REG_IMSTR] = nap_ipmmu_status_written,
    [IPMMU_REG_IMSCTLR] = nap_ipmmu_table_written,
    [IPMMU_REG_IMSAUXCTLR] = nap_ipmmu_table_written,
};

static nap_on_store *const on_store[IPMMU_REG_COUNT] = {
    [IPMMU_REG_IMUCTR] = nap_ipmmu_flush_stored,
    [IPMMU_REG_IMCTR] = nap_ipmmu_flush_stored,
    [IPMMU_REG_IMSTR] = nap_ipmmu_status_stored,
};

static const struct ipmmu_layout gen3 = {
    .contexts = IPMMU_COUNT_IMCTR,
    .ports = IPMMU_COUNT_IMUCTR,
    .root_variant = IPMMU_VARIANT_ROOT,
    .imctr = IPMMU_SLOT_IMCTR,
    .imttbcr = IPMMU_SLOT_IMTTBCR,
    .imttlbr0 = IPMMU_SLOT_IMTTLBR0,
    .imttubr0 = IPMMU_SLOT_IMTTUBR0,
    .imstr = IPMMU_SLOT_IMSTR,
    .imelar = IPMMU_SLOT_IMELAR,
    .imeuar = IPMMU_SLOT_IMEUAR,
    .imuctr = IPMMU_SLOT_IMUCTR,
    .imuasid = IPMMU_SLOT_IMUASID,
    .imsctlr = IPMMU_SLOT_IMSCTLR,
    .imsauxctlr = IPMMU_SLOT_IMSAUXCTLR,
    .ttsel = IPMMU_IMUCTR_TTSEL,
    .ttsel_shift = IPMMU_IMUCTR_TTSEL_SHIFT,
    .sl0 = IPMMU_IMTTBCR_SL0,
    .sl0_shift = IPMMU_IMTTBCR_SL0_SHIFT,
    .start_va32 = {3, 2, 1, 1},
    .start_va64 = {2, 1, 0, 0},
};
_Static_assert(IPMMU_COUNT_IMCTR <= IPMMU_CONTEXTS_MAX, "hidden state holds every context");

const struct nap_block nap_ipmmu_block = {
    .abi = NAP_BLOCK_ABI,
    .model = &nap_model_ipmmu_vmsa,
    .data = &gen3,
    .state_bytes = sizeof(struct nap_ipmmu),
    .on_write = on_write,
    .on_store = on_store,
    .settled = nap_ipmmu_settled,
    .power_off = nap_ipmmu_tlb_power_off,
    .power_on = nap_ipmmu_tlb_power_on,
    .posted = nap_ipmmu_posted,
    .unpowered = nap_ipmmu_unpowered,
    .work_done = nap_ipmmu_flush_done,
    .work_reads = nap_ipmmu_flush_reads,
    .n_ports = IPMMU_COUNT_IMUCTR,
    .probe = nap_ipmmu_probe,
    .dma = nap_ipmmu_dma,
    .rules = nap_ipmmu_rules,
    .n_rules = IPMMU_N_RULES,
};
