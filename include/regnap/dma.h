/* SPDX-License-Identifier: MIT */
/* Bus masters' traffic: nap_probe() asks what would happen and changes nothing; nap_dma() makes
 * it happen, with TLB fills and recorded faults. */
#ifndef REGNAP_DMA_H
#define REGNAP_DMA_H

#include <regnap/types.h>

struct nap_machine;
struct nap_footprint;

enum nap_outcome_kind {
    NAP_OUTCOME_TRANSLATED,   /* reaches pa with the permissions given */
    NAP_OUTCOME_BYPASS,       /* goes out untranslated: pa is the input address */
    NAP_OUTCOME_FAULT,        /* terminated; no data moves */
    NAP_OUTCOME_STALL,        /* held; no data moves */
    NAP_OUTCOME_BUS_ERROR,    /* the translating device is off */
    NAP_OUTCOME_UNDETERMINED, /* depends on a register nobody has written since power-on */
};

/* What decided. */
enum nap_outcome_by {
    NAP_BY_PORT,       /* the port or its context selection */
    NAP_BY_CONTEXT,    /* context enables and controls */
    NAP_BY_TLB,        /* an entry of the TLB nearest to the master */
    NAP_BY_SHARED_TLB, /* an entry of the TLB further upstream */
    NAP_BY_WALK,       /* a fresh table walk */
};

struct nap_outcome {
    enum nap_outcome_kind kind;
    enum nap_outcome_by by;
    uint32_t context; /* deciding context bank, or UINT32_MAX */
    bool readable, writable;
    bool unwritten; /* a register used was not written since power-on */
    bool suspect;   /* inconsistent controls; nearest behaviour taken */
    uint8_t attributes;
    nap_addr pa;     /* with TRANSLATED and BYPASS */
    const char *why; /* short phrase for people; a literal */
};

#define NAP_OUTCOMES_MAX 128

/* All outcomes that a transaction arriving now could have. */
struct nap_outcomes {
    unsigned n;
    struct nap_outcome list[NAP_OUTCOMES_MAX];
};

/**
 * nap_probe - what a transaction arriving now could do
 * @device, @port: where it arrives
 * @iova:          input address, in bytes
 * @footprint:     may be NULL; collects what the answer depends on
 *
 * Pure: fills nothing, records nothing.
 */
NAP_EXPORT void nap_probe(const struct nap_machine *m, unsigned device, unsigned port,
                          nap_addr iova, struct nap_outcomes *out,
                          struct nap_footprint *footprint);

/* One access by a master, judged by what the hardware holds. May fill TLBs and latch faults.
 * Moves no data. Returns the outcome that happened. */
NAP_EXPORT struct nap_outcome nap_dma(struct nap_machine *m, unsigned device, unsigned port,
                                      nap_addr iova, enum nap_rw rw);

NAP_EXPORT const char *nap_outcome_name(enum nap_outcome_kind kind);

#endif
