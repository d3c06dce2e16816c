/* SPDX-License-Identifier: MIT */
/* The walks of R-Car's IPMMU, by the stage walker of stage.c: 4 KiB granule, 40-bit outputs.
 * Arm DDI 0487, "VMSAv8-64 descriptor formats" and "VMSAv8-32 Long-descriptor format". */
#include "vmsa.h"

#include "stage.h"

struct recorder {
    nap_vmsa_fetch *fetch;
    const void *context;
    struct nap_vmsa_result *result;
};

static enum nap_vmsa_fetched record(void *context, nap_addr pa, uint64_t *descriptor)
{
    const struct recorder *r = context;

    r->result->fetched[r->result->n_fetched++] = pa;
    return r->fetch(r->context, pa, descriptor) ? NAP_VMSA_FETCHED : NAP_VMSA_FETCH_ABORTED;
}

static enum nap_vmsa_end end_of(enum nap_vmsa_fault fault)
{
    switch (fault) {
    case NAP_VMSA_NO_FAULT:
        return NAP_VMSA_OK;
    case NAP_VMSA_FAULT_RESERVED:
        return NAP_VMSA_FORMAT_FAULT;
    case NAP_VMSA_FAULT_SECURE:
        return NAP_VMSA_SECURE_FAULT;
    case NAP_VMSA_FAULT_ABORT:
        return NAP_VMSA_ABORT;
    case NAP_VMSA_FAULT_TRANSLATION:
    case NAP_VMSA_FAULT_ADDRESS_SIZE: /* none: upper bits are dropped */
    case NAP_VMSA_FAULT_ACCESS_FLAG:  /* none: AF is reported */
    case NAP_VMSA_FAULT_REFUSED:
        break;
    }
    return NAP_VMSA_TRANSLATION_FAULT;
}

/* Stage 1: AP[1] tells privileged from unprivileged accesses; which of the two a bus master of
 * R-Car makes is not modelled, so every leaf is readable. AttrIndx stands for itself, by a MAIR
 * whose bytes count. */
#define ATTRINDX_MAIR UINT64_C(0x0706050403020100)

void nap_vmsa_walk(const struct nap_vmsa_config *config, nap_addr input, nap_vmsa_fetch *fetch,
                   const void *context, struct nap_vmsa_result *result)
{
    bool stage_1 = config->format == NAP_VMSA_S1_LPAE;
    struct nap_vmsa_stage stage = {
        .base = config->base,
        .mair = ATTRINDX_MAIR,
        .stage = stage_1 ? 1 : 2,
        .granule_log2 = 12,
        .input_bits = (uint8_t)config->input_bits,
        .start_level = (int8_t)(config->start_level > 3 ? 4 : config->start_level),
        .address_bits = 40,
        .output_bits = 64,
        .aarch32 = stage_1,
        .af_ignored = true,
        .ns_required = stage_1,
    };
    struct recorder recorder = {fetch, context, result};
    struct nap_vmsa_leaf leaf;

    *result = (struct nap_vmsa_result){.end = NAP_VMSA_TRANSLATION_FAULT,
                                       .level = config->start_level};
    nap_vmsa_stage_walk(&stage, input, record, &recorder, &leaf);
    result->end = end_of(leaf.fault);
    if (leaf.fetched)
        result->level = (unsigned)leaf.level;
    if (result->end != NAP_VMSA_OK)
        return;
    result->size_log2 = leaf.size_log2;
    result->pa = leaf.output;
    result->readable = stage_1 || (leaf.perms & NAP_VMSA_PR) != 0;
    result->writable = (leaf.perms & NAP_VMSA_PW) != 0;
    result->attributes = leaf.attributes;
    result->shareability = leaf.sh;
    result->access_flag = (leaf.descriptor & UINT64_C(1) << 10) != 0;
}
