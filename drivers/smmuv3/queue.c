/* SPDX-License-Identifier: MIT */
/* Index arithmetic of circular queues: an index and, above it, a wrap bit.
 *
 * Source: Arm IHI 0070, "SMMU circular queues"; docs/smmuv3-facts.md 4.1. */
#include "arm-smmu-v3.h"

/* Index and wrap bit of this queue. */
static uint32_t index_mask(const struct smmuv3_queue *q)
{
    return (UINT32_C(2) << q->log2) - 1;
}

uint32_t smmuv3_queue_next(const struct smmuv3_queue *q, uint32_t index, uint32_t n)
{
    return (index + n) & index_mask(q);
}

uint32_t smmuv3_queue_held(const struct smmuv3_queue *q, uint32_t prod, uint32_t cons)
{
    return (prod - cons) & index_mask(q);
}

nap_addr smmuv3_queue_entry(const struct smmuv3_queue *q, uint32_t index)
{
    return q->entries + (uint64_t)(index & (index_mask(q) >> 1)) * q->entry_bytes;
}

void smmuv3_queue_wipe(struct smmuv3_cmdq *cmdq, uint32_t end)
{
    for (; cmdq->wiped != end; cmdq->wiped = smmuv3_queue_next(&cmdq->q, cmdq->wiped, 1)) {
        nap_addr entry = smmuv3_queue_entry(&cmdq->q, cmdq->wiped);

        nap_ram_write64(entry, 0);
        nap_ram_write64(entry + 8, 0);
    }
}
