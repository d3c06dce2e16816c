/* SPDX-License-Identifier: MIT */
/* Arithmetic of circular queues, Arm IHI 0070, "SMMU circular queues": an index holds the
 * position in its low bits and a wrap flag above them. */
#ifndef NAP_SMMUV3_QUEUE_H
#define NAP_SMMUV3_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#define SMMU_QUEUE_LOG2_MAX 19u
#define SMMU_QUEUE_INDEX    UINT32_C(0xfffff) /* WR and RD: bits 19:0 */
#define SMMU_QUEUE_ADDR     UINT64_C(0x00ffffffffffffe0)
#define SMMU_QUEUE_LOG2SIZE UINT64_C(0x1f)

/* One queue as its registers have it at the moment. */
struct smmu_queue {
    uint64_t base;       /* effective: aligned to its size, within the output address size */
    uint32_t prod, cons; /* bits above the wrap flag are cleared */
    uint32_t log2;       /* entries */
    uint32_t entry_bytes;
};

/* @base_register is xxx_BASE; LOG2SIZE is capped at @log2_max (IDR1), addresses at @oas_bits.
 */
struct smmu_queue smmu_queue_of(uint64_t base_register, uint32_t prod, uint32_t cons,
                                unsigned log2_max, unsigned oas_bits, unsigned entry_bytes);
bool smmu_queue_empty(const struct smmu_queue *q);
bool smmu_queue_full(const struct smmu_queue *q);
/* Neither pointer has overtaken the other. */
bool smmu_queue_consistent(const struct smmu_queue *q);
/* Entries held; of a consistent queue. */
uint32_t smmu_queue_held(const struct smmu_queue *q);
/* Whether PROD may have come to where it is by adding entries, from @prod_before. */
bool smmu_queue_advanced(const struct smmu_queue *q, uint32_t prod_before);
/* The index after @index, wrapping. */
uint32_t smmu_queue_next(const struct smmu_queue *q, uint32_t index);
/* Address of the entry that @index points at, in bytes. */
uint64_t smmu_queue_entry(const struct smmu_queue *q, uint32_t index);

#endif
