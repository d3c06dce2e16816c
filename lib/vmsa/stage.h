/* SPDX-License-Identifier: MIT */
/* One stage of translation of the Arm VMSA as a pure function: VMSAv8-64 stage 1 and 2 with
 * 4, 16 and 64 KiB granules, and the long descriptors of VMSAv8-32. Descriptors come through a
 * callback, which may translate their addresses by another stage: a nested walk is a stage 1
 * walk whose callback walks stage 2. Permissions, attributes and what hardware would update in
 * the descriptor are reported; whoever asked compares and updates.
 * Source: Arm DDI 0487, "The AArch64 Virtual Memory System Architecture" and "The AArch32
 * Virtual Memory System Architecture". */
#ifndef NAP_VMSA_STAGE_H
#define NAP_VMSA_STAGE_H

#include <regnap/types.h>

/* Permissions, as bits: privileged and unprivileged read, write, execute. */
#define NAP_VMSA_PR  0x01u
#define NAP_VMSA_PW  0x02u
#define NAP_VMSA_PX  0x04u
#define NAP_VMSA_UR  0x08u
#define NAP_VMSA_UW  0x10u
#define NAP_VMSA_UX  0x20u
#define NAP_VMSA_ALL 0x3fu

enum nap_vmsa_fault {
    NAP_VMSA_NO_FAULT,
    NAP_VMSA_FAULT_TRANSLATION,  /* invalid descriptor, or input out of range */
    NAP_VMSA_FAULT_RESERVED,     /* the same where the descriptor is a reserved encoding */
    NAP_VMSA_FAULT_ADDRESS_SIZE, /* an output address beyond output_bits */
    NAP_VMSA_FAULT_ACCESS_FLAG,  /* AF clear, and nobody sets it */
    NAP_VMSA_FAULT_SECURE,       /* NS or NSTable clear where it must be set */
    NAP_VMSA_FAULT_ABORT,        /* a descriptor could not be read */
    NAP_VMSA_FAULT_REFUSED, /* what translates descriptor addresses has refused; it knows why */
};

/* One translation table tree and how to read it. */
struct nap_vmsa_stage {
    nap_addr base;        /* of the start table; bits below its alignment are ignored */
    uint64_t mair;        /* stage 1: eight memory attribute bytes */
    uint8_t stage;        /* 1 or 2 */
    uint8_t granule_log2; /* 12, 14 or 16 */
    uint8_t input_bits;   /* size of the input range as a power of two */
    int8_t start_level;   /* -1 to 3 */
    uint8_t address_bits; /* of descriptors: 40 or 48; more than that by @wide alone */
    uint8_t output_bits;  /* outputs beyond are address size faults; 64: none is */
    uint64_t tables;      /* stage 1: what tables above the start take away, as their bits */
    uint8_t sh;           /* @wide with 4 and 16 KiB: SH of all that it maps */
    bool aarch32;         /* long descriptors of VMSAv8-32 */
    bool wide;            /* 52-bit addresses: DS for 4 and 16 KiB, [15:12] for 64 KiB */
    bool big_endian;      /* descriptors in memory */
    bool keep_af;         /* hardware sets AF (HA) */
    bool keep_dirty;      /* hardware sets the dirty state (HD); only with @keep_af */
    bool af_ignored;      /* AF clear is no fault (AFFD) */
    bool flat;            /* stage 1: no attributes from table descriptors (HAD) */
    bool one_level;       /* stage 1: a regime without unprivileged accesses (EL2) */
    bool wxn, uwxn;       /* stage 1: writable is not executable */
    bool pan, epan;       /* stage 1: privileged data accesses keep off unprivileged pages */
    bool xnx;             /* stage 2: XN is two bits */
    bool ns_required;     /* stage 1: NS and NSTable must be set */
};

/* How the walk ended. */
struct nap_vmsa_leaf {
    enum nap_vmsa_fault fault;
    int8_t level; /* where it ended */
    uint8_t
        size_log2; /* bytes that the leaf maps; this and what follows: valid without fault */
    uint8_t perms; /* NAP_VMSA_PR and so on, as the descriptor is now */
    uint8_t dirty_perms; /* those there would be once it is marked dirty: more only with
                          * keep_dirty and DBM */
    uint8_t attributes;  /* stage 1: byte of MAIR; stage 2: MemAttr[3:0] */
    uint8_t sh;          /* SH[1:0] */
    bool global;         /* nG clear */
    bool contiguous;     /* the hint */
    uint8_t set_log2; /* bytes of the leaves that map as one by the hint; size_log2 without */
    bool af_update;   /* keep_af, and AF is clear: a use sets it */
    nap_addr output;  /* with the low bits of the input */
    nap_addr entry;   /* address of the last descriptor read or tried; valid also with a
                       * fault, unless no descriptor was */
    uint64_t tables;  /* stage 1: bits 63:59 of the tables on the way, ored; 0 if @flat */
    uint64_t descriptor; /* its content, in the byte order of this program */
    bool fetched;        /* a descriptor was read or tried */
};

enum nap_vmsa_fetched {
    NAP_VMSA_FETCHED,
    NAP_VMSA_FETCH_ABORTED, /* there is no memory */
    NAP_VMSA_FETCH_REFUSED, /* another stage does not let it */
};

/* Reads the eight bytes at @address as a little-endian number. */
typedef enum nap_vmsa_fetched nap_vmsa_read(void *context, nap_addr address,
                                            uint64_t *descriptor);

/* Level where a stage 1 walk starts: no concatenated tables. */
int nap_vmsa_start_level(unsigned granule_log2, unsigned input_bits);

/* Whether the start level can resolve the input range: at least one bit, at most one table, at
 * stage 2 sixteen. */
bool nap_vmsa_stage_fits(const struct nap_vmsa_stage *stage);

/**
 * nap_vmsa_stage_walk - translates an address by one stage
 * @input: below 2^input_bits, else a translation fault; of the upper of two ranges without the
 *         bits above
 * @out:   filled whole
 *
 * Changes nothing itself. Any configuration ends in one of enum nap_vmsa_fault.
 */
void nap_vmsa_stage_walk(const struct nap_vmsa_stage *stage, nap_addr input,
                         nap_vmsa_read *read, void *context, struct nap_vmsa_leaf *out);

/* Which of the two tables of a VMSAv8-64 stage 1 translates @va, 0 or 1, by bit 55; -1 if the
 * address lies in neither range. @tbi: bits 63:56 are ignored, for each table. @input_bits of
 * each. *@input is what the walk is given. */
int nap_vmsa_pick_64(nap_addr va, const bool tbi[2], const uint8_t input_bits[2],
                     nap_addr *input);
/* The same for the 32-bit addresses of VMSAv8-32, by T0SZ and T1SZ (0 to 7). */
int nap_vmsa_pick_32(nap_addr va, unsigned t0sz, unsigned t1sz, nap_addr *input);

/* The bit of one access. An instruction fetch needs execute permission alone. */
static inline uint8_t nap_vmsa_need(enum nap_rw rw, bool privileged, bool instruction)
{
    unsigned bit = rw == NAP_WRITE ? NAP_VMSA_PW : instruction ? NAP_VMSA_PX : NAP_VMSA_PR;

    return (uint8_t)(privileged ? bit : bit << 3);
}

/* The leaf's descriptor once a use has set AF, and with @dirty marked it dirty. */
uint64_t nap_vmsa_updated(const struct nap_vmsa_stage *stage, const struct nap_vmsa_leaf *leaf,
                          bool dirty);

#endif
