/* SPDX-License-Identifier: MIT */
/* Private to lib/smmuv3: translation buffer units in front of an SMMU, each with a TLB and
 * power of its own. To software they are part of the SMMU: masters' ports are StreamIDs of it.
 */
#ifndef NAP_SMMUV3_TBU_H
#define NAP_SMMUV3_TBU_H

#include "translate.h"

#define SMMU_TBU_ENTRIES_MAX 32
#define SMMU_TBU_STREAMS     256u /* from the device's line on */

/* A translation with the configuration that it came by: no STE or CD is looked at again. */
struct smmu_tbu_entry {
    uint32_t sid, ssid;  /* ssid NAP_SUBSTREAM_NONE: none */
    uint16_t attributes; /* struct nap_outcome's */
    uint8_t privcfg, instcfg;
    uint32_t reserved;
    struct smmu_tlb_entry e;
};

/* Entries stand in the order of their bytes. */
struct nap_smmu_tbu {
    uint32_t n;
    uint32_t unsettled; /* 1: the connection is new, and nobody has needed them yet */
    struct smmu_tbu_entry tlb[SMMU_TBU_ENTRIES_MAX];
};

static inline bool smmu_has_tbus(const struct nap_machine *m, unsigned smmu)
{
    return nap_device_variant(m, smmu) == SMMU_VARIANT_DISTRIBUTED;
}

/* The TBU that the stream comes through; -1: the SMMU has none for it. */
int smmu_tbu_among(const struct nap_machine *m, unsigned smmu, uint32_t sid);
static inline int smmu_tbu_of(const struct nap_machine *m, unsigned smmu, uint32_t sid)
{
    return smmu_has_tbus(m, smmu) ? smmu_tbu_among(m, smmu, sid) : -1;
}

/* The first entry from @from on that answers the transaction, with what it answers; false if
 * there is none. @*from becomes the number after it. */
bool smmu_tbu_answer(const struct nap_machine *m, unsigned tbu, const struct nap_transaction *t,
                     unsigned *from, struct nap_outcome *out);
/* Keeps what the path has found. */
void smmu_tbu_fill(struct nap_machine *m, unsigned tbu, const struct smmu_path *p);

/* Of all TBUs of the SMMU that have power: those that have not miss it. */
bool smmu_tbus_matter(const struct nap_machine *m, unsigned smmu, const struct smmu_inv *inv);
void smmu_tbus_invalidate(struct nap_machine *m, unsigned smmu, const struct smmu_inv *inv);
/* Of all TBUs of the SMMU that have power and whose content is settled, the entry with that
 * number; NULL: there are fewer. */
const struct smmu_tlb_entry *smmu_tbus_entry(const struct nap_machine *m, unsigned smmu,
                                             unsigned number);
/* Whether none of them holds anything, with power or without, settled or not. */
bool smmu_tbus_empty(const struct nap_machine *m, unsigned smmu);
/* Whether a CMD_SYNC has to wait for one that has no power. */
bool smmu_tbus_hold_sync(const struct nap_machine *m, unsigned smmu);
/* The SMMU's power is back; its caches become usable. */
void smmu_tbus_connect(struct nap_machine *m, unsigned smmu);
void smmu_tbus_usable(struct nap_machine *m, unsigned smmu);

extern const struct nap_block nap_smmu_tbu_block;

#endif
