/* SPDX-License-Identifier: MIT */
/* Private to the translation side of lib/smmuv3 (config.c, cache.c, invalidate.c, stages.c,
 * record.c, translate.c, stall.c): one transaction on its way through stream table, context
 * descriptor, TLB and walks. */
#ifndef NAP_SMMUV3_TRANSLATE_H
#define NAP_SMMUV3_TRANSLATE_H

#include "../vmsa/attributes.h"
#include "../vmsa/stage.h"

#include "smmuv3.h"

/* Numbers of events, Arm IHI 0070, "Event records". */
enum {
    SMMU_C_BAD_STREAMID = 0x02,
    SMMU_F_STE_FETCH = 0x03,
    SMMU_C_BAD_STE = 0x04,
    SMMU_F_BAD_ATS_TREQ = 0x05,
    SMMU_F_STREAM_DISABLED = 0x06,
    SMMU_F_TRANSL_FORBIDDEN = 0x07,
    SMMU_C_BAD_SUBSTREAMID = 0x08,
    SMMU_F_CD_FETCH = 0x09,
    SMMU_C_BAD_CD = 0x0a,
    SMMU_F_WALK_EABT = 0x0b,
    SMMU_F_TRANSLATION = 0x10,
    SMMU_F_ADDR_SIZE = 0x11,
    SMMU_F_ACCESS = 0x12,
    SMMU_F_PERMISSION = 0x13,
    SMMU_F_TLB_CONFLICT = 0x20,
};

/* CLASS of a fault: what the address was of. */
enum { SMMU_CLASS_CD = 0, SMMU_CLASS_TT = 1, SMMU_CLASS_IN = 2 };

/* --- fields of structures, by double word --- */

static inline uint64_t smmu_bits(uint64_t dw, unsigned high, unsigned low)
{
    return dw >> low & (UINT64_MAX >> (63 - (high - low)));
}

static inline bool smmu_bit(uint64_t dw, unsigned n)
{
    return (dw >> n & 1) != 0;
}

#define STE_CONFIG(ste)  ((unsigned)smmu_bits((ste)->dw[0], 3, 1))
#define STE_S1FMT(ste)   ((unsigned)smmu_bits((ste)->dw[0], 5, 4))
#define STE_S1CDMAX(ste) ((unsigned)smmu_bits((ste)->dw[0], 63, 59))
#define STE_S1DSS(ste)   ((unsigned)smmu_bits((ste)->dw[1], 1, 0))
#define STE_CONT(ste)    ((unsigned)smmu_bits((ste)->dw[1], 16, 13))
#define STE_MEV(ste)     smmu_bit((ste)->dw[1], 19)
#define STE_EATS(ste)    ((unsigned)smmu_bits((ste)->dw[1], 29, 28))
#define STE_S2PTW(ste)   smmu_bit((ste)->dw[2], 54)
#define STE_S2S(ste)     smmu_bit((ste)->dw[2], 57)
#define STE_S2R(ste)     smmu_bit((ste)->dw[2], 58)
#define STE_S2FWB(ste)   smmu_bit((ste)->dw[1], 25)

#define STE_S1_BIT 1u /* of Config 1x1 */
#define STE_S2_BIT 2u /* of Config 11x */
#define STE_BYPASS 4u

#define CD_AA64(cd) smmu_bit((cd)->dw[0], 41)
#define CD_S(cd)    smmu_bit((cd)->dw[0], 44)
#define CD_R(cd)    smmu_bit((cd)->dw[0], 45)
#define CD_A(cd)    smmu_bit((cd)->dw[0], 46)
#define CD_ASET(cd) smmu_bit((cd)->dw[0], 47)
#define CD_ASID(cd) ((uint16_t)smmu_bits((cd)->dw[0], 63, 48))

/* --- a transaction on its way --- */

/* Cached copies of this kind answer, as bits. */
#define SMMU_CACHED_STE   0x01u
#define SMMU_CACHED_L1STD 0x02u
#define SMMU_CACHED_CD    0x04u
#define SMMU_CACHED_L1CD  0x08u
#define SMMU_CACHED_S2    0x10u /* stage 2 entries for addresses of tables and descriptors */
#define SMMU_CACHED_TLB   0x20u
#define SMMU_CACHED_TABLE 0x40u /* pointers to tables */
#define SMMU_CACHED_ALL   0x7fu

#define SMMU_PICK_ALL UINT32_MAX

struct smmu_fault {
    uint8_t event;         /* its number, 0: none. It need not be recorded */
    uint8_t stage;         /* 1 or 2 of a translation fault, 0 of an error of configuration */
    uint8_t class;         /* SMMU_CLASS_ */
    bool descriptor_write; /* F_PERMISSION of SMMU_CLASS_TT: an update was not allowed */
    bool always_aborts;    /* whatever A, R and S say */
    nap_addr ipa;          /* of stage 2 */
    nap_addr fetch;        /* of an aborted fetch */
    const char *why;       /* a literal */
};

struct smmu_path {
    /* Given. */
    const struct nap_machine *m;
    struct nap_machine *change; /* the same where caches may be filled and tables updated; NULL
                                 * in a probe */
    struct nap_footprint *footprint;
    const struct nap_smmuv3 *s; /* of @device */
    unsigned device;
    uint32_t sid, ssid;
    bool ssv;
    bool privileged, instruction; /* once the STE is known: after its overrides */
    bool speculative;             /* a prefetch: nothing is recorded or marked dirty */
    bool grants;                  /* an ATS request: what is allowed is told, not checked */
    bool translated;              /* it is marked so */
    bool walk_only;   /* ATOS: the TLB neither answers nor is filled; no overrides */
    bool first_alone; /* ATOS: stage 1 of a nested stream, up to the IPA */
    bool for_tbu;     /* it came through a TBU: @entry is wanted */
    nap_addr va;
    enum nap_rw rw;
    unsigned cached; /* copies that answer: SMMU_CACHED_ bits */
    unsigned pick;   /* which of several TLB entries answers, or SMMU_PICK_ALL: the hardware's
                      * choice, which may be a conflict */

    /* Found on the way. */
    unsigned used;   /* copies that did answer */
    unsigned n_hits; /* TLB entries that could have */
    bool undetermined, unwritten;
    bool uncached;         /* by a descriptor that no TLB may keep */
    bool stage_1, stage_2; /* what translates */
    uint8_t world;         /* enum smmu_world */
    uint16_t vmid, asid;
    bool aset;
    struct smmu_fault fault;
    enum nap_outcome_by by;

    bool foreign; /* by a copy that a power cut has left garbled */

    /* The translation; from here on nothing is set before it is found. */
    nap_addr ipa, pa;
    uint8_t size_log2;
    uint8_t perms;       /* NAP_VMSA_PR and so on, as they are after the access */
    uint8_t clean_perms; /* with what a write would make allowed */
    uint16_t attributes;
    nap_addr descriptor_pa; /* of the stage 1 descriptor read last */

    /* Set as they are found: cached ones, which stay while the path goes on, or these. */
    const struct smmu_ste *ste;
    const struct smmu_cd *cd;
    struct smmu_ste fetched_ste;
    struct smmu_cd fetched_cd;
    struct smmu_tlb_entry entry; /* the translation as the TLB has it, if for_tbu */
};

/* Ends the path with an event. Always false. */
static inline bool smmu_path_fault(struct smmu_path *p, uint8_t event, const char *why)
{
    p->fault.event = event;
    p->fault.why = why;
    return false;
}

/* --- config.c --- */

/* The granule of TG0 and S2TG, and of TG1, as log2; 0: reserved or not implemented. */
unsigned smmu_granule(const struct nap_machine *m, unsigned device, unsigned tg0);
unsigned smmu_granule_1(const struct nap_machine *m, unsigned device, unsigned tg1);
/* The smallest one that is implemented. */
unsigned smmu_least_granule(const struct nap_machine *m, unsigned device);
/* Bits of the largest intermediate address. */
unsigned smmu_ias_bits(const struct nap_machine *m, unsigned device);
/* Bits of outputs by IPS or S2PS, which OAS caps. */
unsigned smmu_output_bits(const struct nap_machine *m, unsigned device, unsigned ps);
/* Address bits that a structure may have: 47, 51 or 55 and down, by version. */
uint64_t smmu_address_mask(const struct nap_machine *m, unsigned device);
/* The smallest T0SZ or T1SZ of a CD. */
unsigned smmu_least_txsz(const struct nap_machine *m, unsigned device, unsigned granule,
                         bool ds);
/* Whether TTB0 or TTB1 is disabled for walks. */
bool smmu_half_off(const struct smmu_cd *cd, enum smmu_world world, unsigned half);
/* EATS as it counts: 0 where it is ignored. */
unsigned smmu_eats(const struct nap_machine *m, unsigned device, const struct smmu_ste *ste,
                   bool atschk);

/* p->ste, by StreamID; then p->cd. False: p->fault says why. */
bool smmu_find_ste(struct smmu_path *p);
bool smmu_find_cd(struct smmu_path *p, uint32_t ssid);

/* --- stages.c --- */

/* How the STE has stage 2 translate. */
void smmu_stage_2(const struct nap_machine *m, unsigned device, const struct smmu_ste *ste,
                  struct nap_vmsa_stage *out);
/* Translates an address of the SMMU's own accesses, of a CD or a stage 1 descriptor, by stage
 * 2; where there is none it stays. */
bool smmu_own_address(struct smmu_path *p, nap_addr ipa, uint8_t class, bool write,
                      nap_addr *pa);
/* The transaction's address: p->pa and what belongs to it. */
bool smmu_walk(struct smmu_path *p);
/* What the client says of memory type and shareability, after overrides of the STE. */
uint16_t smmu_incoming(const struct nap_machine *m, unsigned device,
                       const struct smmu_ste *ste);
uint16_t smmu_override(const struct nap_machine *m, unsigned device, bool mtcfg,
                       unsigned memattr, unsigned shcfg, unsigned alloccfg);

/* --- invalidate.c --- */

/* Whether it drops the translation; the configuration of a stream or substream. */
bool smmu_inv_drops_translation(const struct nap_machine *m, unsigned device,
                                const struct smmu_inv *inv, const struct smmu_tlb_entry *e);
bool smmu_inv_drops_table(const struct nap_machine *m, unsigned device,
                          const struct smmu_inv *inv, const struct smmu_table *e);
bool smmu_inv_drops_configuration(const struct smmu_inv *inv, uint32_t sid, uint32_t ssid);

/* --- cache.c --- */

void smmu_fill_ste(struct nap_machine *m, unsigned device, const struct smmu_ste *ste);
void smmu_fill_cd(struct nap_machine *m, unsigned device, const struct smmu_cd *cd);
void smmu_fill_l1std(struct nap_machine *m, unsigned device, const struct smmu_l1std *l1std);
void smmu_fill_l1cd(struct nap_machine *m, unsigned device, const struct smmu_l1cd *l1cd);
void smmu_fill_tlb(struct nap_machine *m, unsigned device, const struct smmu_tlb_entry *entry);

void smmu_fill_table(struct nap_machine *m, unsigned device, const struct smmu_table *entry);

/* Bits of struct nap_smmuv3.unsettled. */
#define SMMU_UNSETTLED_TLB    1u
#define SMMU_UNSETTLED_CONFIG 2u

/* --- translate.c --- */

/* STE, CD and translation, or bypass, of p as one ordinary transaction; false: p->fault. */
bool smmu_translate(struct smmu_path *p);
/* The same up to the CD: p->stage_1 and p->stage_2 say what translates. */
bool smmu_configure(struct smmu_path *p);
/* Whether unprivileged accesses by the table that translates p->va fault, "E0PD0". */
bool smmu_e0pd(const struct smmu_path *p);
/* The event of p->fault as CR2 has errors of ATS and PRI recorded; 0: it is not. */
uint8_t smmu_extended_event(struct smmu_path *p);
/* Records p->fault, unless @event is 0 or a like one stands in the queue; @mev: STE.MEV. */
void smmu_report(struct nap_machine *m, const struct smmu_path *p, uint8_t event, bool mev);

/* --- record.c --- */

/* The record of p->fault. @stag is of a stalled transaction. */
struct smmu_event smmu_record(const struct smmu_path *p, bool stalled, uint16_t stag);

/* --- stall.c --- */

/* Holds the transaction whose path has faulted; records it if the event queue can be written.
 */
void smmu_stall(struct nap_machine *m, const struct nap_transaction *t,
                const struct smmu_path *p);

#endif
