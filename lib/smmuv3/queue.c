/* SPDX-License-Identifier: MIT */
/* Arithmetic of circular queues. Arm IHI 0070, "SMMU circular queues". */
#include "queue.h"

static uint32_t index_of(const struct smmu_queue *q, uint32_t value)
{
    return value & ((UINT32_C(1) << q->log2) - 1);
}

static uint32_t wrap_of(const struct smmu_queue *q, uint32_t value)
{
    return value >> q->log2 & 1;
}

struct smmu_queue smmu_queue_of(uint64_t base_register, uint32_t prod, uint32_t cons,
                                unsigned log2_max, unsigned oas_bits, unsigned entry_bytes)
{
    struct smmu_queue q = {.entry_bytes = entry_bytes};
    uint64_t bytes;
    uint32_t kept;

    q.log2 = (uint32_t)(base_register & SMMU_QUEUE_LOG2SIZE);
    if (q.log2 > log2_max)
        q.log2 = log2_max;
    if (q.log2 > SMMU_QUEUE_LOG2_MAX)
        q.log2 = SMMU_QUEUE_LOG2_MAX;
    bytes = (uint64_t)entry_bytes << q.log2;
    if (bytes < 32)
        bytes = 32;
    q.base = base_register & SMMU_QUEUE_ADDR & ((UINT64_C(1) << oas_bits) - 1) & ~(bytes - 1);
    kept = (UINT32_C(2) << q.log2) - 1;
    q.prod = prod & kept;
    q.cons = cons & kept;
    return q;
}

bool smmu_queue_empty(const struct smmu_queue *q)
{
    return q->prod == q->cons;
}

bool smmu_queue_full(const struct smmu_queue *q)
{
    return index_of(q, q->prod) == index_of(q, q->cons) &&
           wrap_of(q, q->prod) != wrap_of(q, q->cons);
}

/* From CONS to PROD it is never more than once around. */
static uint32_t distance(const struct smmu_queue *q, uint32_t from, uint32_t to)
{
    return (to - from) & ((UINT32_C(2) << q->log2) - 1);
}

bool smmu_queue_consistent(const struct smmu_queue *q)
{
    return distance(q, q->cons, q->prod) <= UINT32_C(1) << q->log2;
}

uint32_t smmu_queue_held(const struct smmu_queue *q)
{
    return distance(q, q->cons, q->prod);
}

bool smmu_queue_advanced(const struct smmu_queue *q, uint32_t prod_before)
{
    return smmu_queue_consistent(q) &&
           distance(q, q->cons, q->prod) >= distance(q, q->cons, prod_before);
}

uint32_t smmu_queue_next(const struct smmu_queue *q, uint32_t index)
{
    return (index + 1) & ((UINT32_C(2) << q->log2) - 1);
}

uint64_t smmu_queue_entry(const struct smmu_queue *q, uint32_t index)
{
    return q->base + (uint64_t)index_of(q, index) * q->entry_bytes;
}
