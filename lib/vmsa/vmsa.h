/* SPDX-License-Identifier: MIT */
/* Translation table walks of the Arm VMSA, as pure functions: a walk reads descriptors through
 * a callback and reports where it went. Permissions are reported, not enforced: whoever asked
 * compares them with its access.
 * Formats: VMSAv8-32 long-descriptor stage 1 and VMSAv8-64 stage 2, 4 KiB granule
 * (Arm DDI 0487, "The AArch64 Virtual Memory System Architecture" and "The AArch32 Virtual
 * Memory System Architecture"). */
#ifndef NAP_VMSA_H
#define NAP_VMSA_H

#include <regnap/types.h>

enum nap_vmsa_format {
    NAP_VMSA_S1_LPAE, /* stage 1, long descriptors, 32-bit input */
    NAP_VMSA_S2_64,   /* stage 2, VMSAv8-64 descriptors, up to 40-bit input */
};

enum nap_vmsa_end {
    NAP_VMSA_OK,
    NAP_VMSA_TRANSLATION_FAULT, /* invalid descriptor, or input address out of range */
    NAP_VMSA_FORMAT_FAULT,      /* reserved encoding (0b01 at level 3) */
    NAP_VMSA_SECURE_FAULT,      /* stage 1: NSTable or NS clear in a non-secure walk */
    NAP_VMSA_ABORT,             /* a descriptor fetch left memory */
};

#define NAP_VMSA_LEVELS_MAX 4

struct nap_vmsa_config {
    enum nap_vmsa_format format;
    nap_addr base;       /* of the start-level table; concatenated tables are contiguous */
    unsigned input_bits; /* size of the input range as a power of two */
    unsigned start_level;
};

struct nap_vmsa_result {
    enum nap_vmsa_end end;
    unsigned level;     /* where the walk ended */
    unsigned size_log2; /* of the leaf: 12, 21 or 30; valid if OK */
    nap_addr pa;        /* output address with the low bits of the input; valid if OK */
    bool readable;
    bool writable;
    uint8_t attributes;                    /* S1: AttrIndx; S2: MemAttr[3:0] */
    uint8_t shareability;                  /* SH[1:0] */
    bool access_flag;                      /* AF of the leaf */
    unsigned n_fetched;                    /* descriptors read, an aborted one too, */
    nap_addr fetched[NAP_VMSA_LEVELS_MAX]; /* from these addresses */
};

/* Reads the 8-byte little-endian descriptor at @pa; false if there is no memory. */
typedef bool nap_vmsa_fetch(const void *context, nap_addr pa, uint64_t *descriptor);

/* Translates @input. Changes nothing; *result is filled whole. */
void nap_vmsa_walk(const struct nap_vmsa_config *config, nap_addr input, nap_vmsa_fetch *fetch,
                   const void *context, struct nap_vmsa_result *result);

#endif
