/* SPDX-License-Identifier: MIT */
/* The generations of the block: one behaviour, a table of places each. */
#include "ipmmu.h"

#include "ipmmu-vmsa-gen2-model.h"
#include "ipmmu-vmsa-gen4-model.h"

/* Of generation @P, whose names the generator gives a prefix each. */
#define COMMON_PLACES(P)                                                                       \
    .contexts = P##_COUNT_IMCTR, .ports = P##_COUNT_IMUCTR, .imctr = P##_SLOT_IMCTR,           \
    .imttbcr = P##_SLOT_IMTTBCR, .imttlbr0 = P##_SLOT_IMTTLBR0, .imttubr0 = P##_SLOT_IMTTUBR0, \
    .imstr = P##_SLOT_IMSTR, .imelar = P##_SLOT_IMELAR, .imuctr = P##_SLOT_IMUCTR,             \
    .imuasid = P##_SLOT_IMUASID, .ttsel = P##_IMUCTR_TTSEL,                                    \
    .ttsel_shift = P##_IMUCTR_TTSEL_SHIFT, .sl0 = P##_IMTTBCR_SL0,                             \
    .sl0_shift = P##_IMTTBCR_SL0_SHIFT

/* What no document settles, and what of it needs caches in front of a root. P27, of places that
 * Gen4 may have, is asked by nobody. */
#define SWITCH(P, id) [IPMMU_SWITCH_##id] = (P##_SWITCH_##id + 1)
#define COMMON_SWITCHES(P)                                                                     \
    SWITCH(P, P01), SWITCH(P, P02), SWITCH(P, P04), SWITCH(P, P05), SWITCH(P, P08),            \
        SWITCH(P, P11), SWITCH(P, P12), SWITCH(P, P13), SWITCH(P, P14), SWITCH(P, P15),        \
        SWITCH(P, P16), SWITCH(P, P17), SWITCH(P, P18), SWITCH(P, P19), SWITCH(P, P20),        \
        SWITCH(P, P22), SWITCH(P, P23), SWITCH(P, P25), SWITCH(P, P26), SWITCH(P, P28),        \
        SWITCH(P, P29), SWITCH(P, P30)
#define CACHE_SWITCHES(P)                                                                      \
    SWITCH(P, P03), SWITCH(P, P06), SWITCH(P, P07), SWITCH(P, P09), SWITCH(P, P10),            \
        SWITCH(P, P21), SWITCH(P, P24)

static const struct ipmmu_layout gen2 = {
    COMMON_PLACES(IPMMU_GEN2),
    .root_variant = UINT32_MAX,
    .imeuar = NAP_NO_SLOT,
    .imsctlr = NAP_NO_SLOT,
    .imsauxctlr = NAP_NO_SLOT,
    .start_va32 = {2, 1},
    .switches = {COMMON_SWITCHES(IPMMU_GEN2)},
};

static const struct ipmmu_layout gen3 = {
    COMMON_PLACES(IPMMU),
    .root_variant = IPMMU_VARIANT_ROOT,
    .imeuar = IPMMU_SLOT_IMEUAR,
    .imsctlr = IPMMU_SLOT_IMSCTLR,
    .imsauxctlr = IPMMU_SLOT_IMSAUXCTLR,
    .start_va32 = {3, 2, 1, 1},
    .start_va64 = {2, 1, 0, 0},
    .switches = {COMMON_SWITCHES(IPMMU), CACHE_SWITCHES(IPMMU)},
};

static const struct ipmmu_layout gen4 = {
    COMMON_PLACES(IPMMU_GEN4),
    .root_variant = IPMMU_GEN4_VARIANT_ROOT,
    .imeuar = IPMMU_GEN4_SLOT_IMEUAR,
    .imsctlr = IPMMU_GEN4_SLOT_IMSCTLR,
    .imsauxctlr = IPMMU_GEN4_SLOT_IMSAUXCTLR,
    .start_va32 = {3, 2, 1, 1},
    .start_va64 = {2, 1, 0, 0},
    .switches = {COMMON_SWITCHES(IPMMU_GEN4), CACHE_SWITCHES(IPMMU_GEN4)},
};

/* What the behaviour uses by its Gen3 name is the same in all of them. */
#define SAME(P)                                                                                \
    _Static_assert(P##_COUNT_IMCTR <= IPMMU_CONTEXTS_MAX, "hidden state holds each context");  \
    _Static_assert(P##_IMCTR_MMUEN == IPMMU_IMCTR_MMUEN, "IMCTR");                             \
    _Static_assert(P##_IMCTR_FLUSH == IPMMU_IMCTR_FLUSH, "IMCTR");                             \
    _Static_assert(P##_IMCTR_INTEN == IPMMU_IMCTR_INTEN, "IMCTR");                             \
    _Static_assert(P##_IMUCTR_MMUEN == IPMMU_IMUCTR_MMUEN, "IMUCTR");                          \
    _Static_assert(P##_IMUCTR_FLUSH == IPMMU_IMUCTR_FLUSH, "IMUCTR");                          \
    _Static_assert(P##_IMTTBCR_EAE == IPMMU_IMTTBCR_EAE, "IMTTBCR");                           \
    _Static_assert(P##_IMTTBCR_TSZ0 == (IPMMU_IMTTBCR_TSZ0 & P##_IMTTBCR_TSZ0), "IMTTBCR");    \
    _Static_assert(P##_IMTTLBR0_BASE == IPMMU_IMTTLBR0_BASE, "IMTTLBR0");                      \
    _Static_assert(P##_IMTTUBR0_BASE == IPMMU_IMTTUBR0_BASE, "IMTTUBR0");                      \
    _Static_assert((P##_IMSTR_MHIT | P##_IMSTR_ABORT | P##_IMSTR_PF | P##_IMSTR_TF) ==         \
                       IPMMU_IMSTR_FLAGS,                                                      \
                   "IMSTR")
SAME(IPMMU);
SAME(IPMMU_GEN2);
SAME(IPMMU_GEN4);

#define COMMON_EFFECTS(P)                                                                      \
    [P##_REG_IMUCTR] = nap_ipmmu_port_written, [P##_REG_IMUASID] = nap_ipmmu_table_written,    \
    [P##_REG_IMCTR] = nap_ipmmu_context_written, [P##_REG_IMTTBCR] = nap_ipmmu_table_written,  \
    [P##_REG_IMTTLBR0] = nap_ipmmu_table_written,                                              \
    [P##_REG_IMTTUBR0] = nap_ipmmu_table_written, [P##_REG_IMSTR] = nap_ipmmu_status_written

static nap_on_write *const on_write_gen2[IPMMU_GEN2_REG_COUNT] = {COMMON_EFFECTS(IPMMU_GEN2)};

static nap_on_write *const on_write_gen3[IPMMU_REG_COUNT] = {
    COMMON_EFFECTS(IPMMU),
    [IPMMU_REG_IMSCTLR] = nap_ipmmu_table_written,
    [IPMMU_REG_IMSAUXCTLR] = nap_ipmmu_table_written,
};

static nap_on_write *const on_write_gen4[IPMMU_GEN4_REG_COUNT] = {
    COMMON_EFFECTS(IPMMU_GEN4),
    [IPMMU_GEN4_REG_IMSCTLR] = nap_ipmmu_table_written,
    [IPMMU_GEN4_REG_IMSAUXCTLR] = nap_ipmmu_table_written,
};

#define COMMON_STORES(P)                                                                       \
    [P##_REG_IMUCTR] = nap_ipmmu_flush_stored, [P##_REG_IMCTR] = nap_ipmmu_flush_stored,       \
    [P##_REG_IMSTR] = nap_ipmmu_status_stored

static nap_on_store *const on_store_gen2[IPMMU_GEN2_REG_COUNT] = {COMMON_STORES(IPMMU_GEN2)};
static nap_on_store *const on_store_gen3[IPMMU_REG_COUNT] = {COMMON_STORES(IPMMU)};
static nap_on_store *const on_store_gen4[IPMMU_GEN4_REG_COUNT] = {COMMON_STORES(IPMMU_GEN4)};

#define COMMON_BEHAVIOUR                                                                       \
    .abi = NAP_BLOCK_ABI, .state_bytes = sizeof(struct nap_ipmmu),                             \
    .settled = nap_ipmmu_settled, .posted = nap_ipmmu_posted,                                  \
    .notices_same = nap_ipmmu_notices_same, .power_off = nap_ipmmu_tlb_power_off,              \
    .power_on = nap_ipmmu_tlb_power_on, .unpowered = nap_ipmmu_unpowered,                      \
    .work_done = nap_ipmmu_flush_done, .work_reads = nap_ipmmu_flush_reads,                    \
    .probe = nap_ipmmu_probe, .treatment = nap_ipmmu_treatment, .dma = nap_ipmmu_dma,          \
    .rules = nap_ipmmu_rules, .n_rules = IPMMU_N_RULES

const struct nap_block nap_ipmmu_block = {
    COMMON_BEHAVIOUR,          .model = &nap_model_ipmmu_vmsa, .data = &gen3,
    .on_write = on_write_gen3, .on_store = on_store_gen3,      .n_ports = IPMMU_COUNT_IMUCTR,
};

const struct nap_block nap_ipmmu_gen2_block = {
    COMMON_BEHAVIOUR,
    .model = &nap_model_ipmmu_vmsa_gen2,
    .data = &gen2,
    .on_write = on_write_gen2,
    .on_store = on_store_gen2,
    .n_ports = IPMMU_GEN2_COUNT_IMUCTR,
};

const struct nap_block nap_ipmmu_gen4_block = {
    COMMON_BEHAVIOUR,
    .model = &nap_model_ipmmu_vmsa_gen4,
    .data = &gen4,
    .on_write = on_write_gen4,
    .on_store = on_store_gen4,
    .n_ports = IPMMU_GEN4_COUNT_IMUCTR,
};
