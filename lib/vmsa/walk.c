/* SPDX-License-Identifier: MIT */
/* Translation table walks, 4 KiB granule.
 *
 * Arm DDI 0487, "VMSAv8-64 descriptor formats" and "VMSAv8-32 Long-descriptor format". One loop
 * serves both: the two formats share the table tree and differ in what a leaf's bits mean. A
 * walk is total: any configuration, as hostile registers may hold, ends in one of enum
 * nap_vmsa_end. */
#include "vmsa.h"

#define DESC_VALID    (UINT64_C(1) << 0)
#define DESC_TABLE    (UINT64_C(1) << 1)           /* at level 3: page */
#define DESC_ADDRESS  UINT64_C(0x000000fffffff000) /* 40-bit output addresses */
#define DESC_SH_SHIFT 8
#define DESC_AF       (UINT64_C(1) << 10)

#define S1_ATTRINDX_SHIFT 2
#define S1_NS             (UINT64_C(1) << 5)
#define S1_AP_READ_ONLY   (UINT64_C(1) << 7)  /* AP[2] */
#define S1_APTABLE_NO_WR  (UINT64_C(1) << 62) /* APTable[1]: no writes further down */
#define S1_NSTABLE        (UINT64_C(1) << 63)

#define S2_MEMATTR_SHIFT 2
#define S2_READ          (UINT64_C(1) << 6) /* S2AP[0] */
#define S2_WRITE         (UINT64_C(1) << 7) /* S2AP[1] */

#define PAGE_LOG2   12u
#define INDEX_BITS  9u /* of one 4 KiB table */
#define CONCAT_BITS 4u /* stage 2: up to 16 tables side by side at the start level */
#define LAST_LEVEL  3u

/* Lowest input bit that selects an entry at @level. */
static unsigned level_shift(unsigned level)
{
    return PAGE_LOG2 + (LAST_LEVEL - level) * INDEX_BITS;
}

static uint64_t low_mask(unsigned bits)
{
    return (UINT64_C(1) << bits) - 1;
}

/* Whether the start level can resolve the input range at all. Where it cannot, Arm DDI 0487
 * (SL0 and T0SZ that disagree) gives a translation fault before any fetch. Stage 1 has no
 * concatenated tables, so its start level resolves nine bits at most. */
static bool range_fits(const struct nap_vmsa_config *config)
{
    unsigned max_bits = INDEX_BITS;
    unsigned shift;

    if (config->start_level > LAST_LEVEL)
        return false;
    if (config->format == NAP_VMSA_S2_64)
        max_bits += CONCAT_BITS;
    shift = level_shift(config->start_level);
    return config->input_bits > shift && config->input_bits <= shift + max_bits;
}

/* Address of the start-level entry for @input. A table is aligned to its size, so low bits of
 * the base that a concatenated root covers are ignored. */
static nap_addr start_entry(const struct nap_vmsa_config *config, nap_addr input)
{
    unsigned shift = level_shift(config->start_level);
    uint64_t table_bytes = UINT64_C(8) << (config->input_bits - shift);

    return (config->base & ~(table_bytes - 1)) + (input >> shift) * 8;
}

static void read_leaf(const struct nap_vmsa_config *config, uint64_t desc, bool table_writable,
                      struct nap_vmsa_result *result)
{
    result->shareability = (uint8_t)(desc >> DESC_SH_SHIFT & 3);
    result->access_flag = (desc & DESC_AF) != 0;
    if (config->format == NAP_VMSA_S1_LPAE) {
        /* AP[1] tells privileged from unprivileged accesses; which of the two a bus master
         * makes is not modelled, so every leaf is readable. */
        result->readable = true;
        result->writable = table_writable && (desc & S1_AP_READ_ONLY) == 0;
        result->attributes = (uint8_t)(desc >> S1_ATTRINDX_SHIFT & 7);
    } else {
        result->readable = (desc & S2_READ) != 0;
        result->writable = (desc & S2_WRITE) != 0;
        result->attributes = (uint8_t)(desc >> S2_MEMATTR_SHIFT & 15);
    }
}

/* A non-secure stage 1 walk must meet NSTable and NS set (observed on R-Car Gen3). */
static bool secure_only(const struct nap_vmsa_config *config, uint64_t desc, uint64_t ns_bit)
{
    return config->format == NAP_VMSA_S1_LPAE && (desc & ns_bit) == 0;
}

void nap_vmsa_walk(const struct nap_vmsa_config *config, nap_addr input, nap_vmsa_fetch *fetch,
                   const void *context, struct nap_vmsa_result *result)
{
    unsigned level = config->start_level;
    bool writable = true;
    nap_addr entry;
    uint64_t desc;

    *result = (struct nap_vmsa_result){.end = NAP_VMSA_TRANSLATION_FAULT, .level = level};
    if (!range_fits(config) || input >> config->input_bits != 0)
        return;

    entry = start_entry(config, input);
    for (;; level++) {
        result->level = level;
        result->fetched[result->n_fetched++] = entry;
        if (!fetch(context, entry, &desc)) {
            result->end = NAP_VMSA_ABORT;
            return;
        }
        if ((desc & DESC_VALID) == 0)
            return;
        if (level == LAST_LEVEL || (desc & DESC_TABLE) == 0)
            break;
        if (secure_only(config, desc, S1_NSTABLE)) {
            result->end = NAP_VMSA_SECURE_FAULT;
            return;
        }
        if ((desc & S1_APTABLE_NO_WR) != 0)
            writable = false; /* read_leaf() looks at it in stage 1 only */
        entry = (desc & DESC_ADDRESS) +
                (input >> level_shift(level + 1) & low_mask(INDEX_BITS)) * 8;
    }

    /* A leaf. Blocks exist at levels 1 and 2, pages at level 3. */
    if ((level == LAST_LEVEL) != ((desc & DESC_TABLE) != 0) || level == 0) {
        result->end = NAP_VMSA_FORMAT_FAULT;
        return;
    }
    if (secure_only(config, desc, S1_NS)) {
        result->end = NAP_VMSA_SECURE_FAULT;
        return;
    }
    result->end = NAP_VMSA_OK;
    result->size_log2 = level_shift(level);
    result->pa = (desc & DESC_ADDRESS & ~low_mask(result->size_log2)) |
                 (input & low_mask(result->size_log2));
    read_leaf(config, desc, writable, result);
}
