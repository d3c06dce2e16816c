/* SPDX-License-Identifier: MIT */
/* Bus masters' traffic: nap_probe() asks what would happen and changes nothing; nap_dma() makes
 * it happen, with TLB fills and recorded faults. */
#ifndef REGNAP_DMA_H
#define REGNAP_DMA_H

#include <regnap/types.h>

struct nap_machine;
struct nap_footprint;

/* What a transaction says of its own address. */
enum nap_traffic {
    NAP_UNTRANSLATED, /* to be translated: ordinary accesses */
    NAP_ATS_REQUEST,  /* asks for the translation alone; no data moves */
    NAP_TRANSLATED,   /* has been translated by the sender's own cache (ATC) */
};

#define NAP_SUBSTREAM_NONE UINT32_MAX

/* One access of a bus master as it arrives at a device that translates. */
struct nap_transaction {
    uint32_t device;
    uint32_t port;  /* micro-TLB, StreamID: what the device tells its masters apart by */
    nap_addr iova;  /* input address in bytes; of translated traffic the output address */
    enum nap_rw rw; /* an ATS request with NAP_WRITE asks for permission to write */
    enum nap_traffic traffic;
    bool has_substream; /* @substream is part of it (PASID, SubstreamID) */
    bool privileged;
    bool instruction;   /* an instruction fetch; else data */
    uint8_t reserved;   /* 0 */
    uint32_t substream; /* 20 bits; 0 without one */
};

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
    bool executable;
    bool privileged_only; /* the permissions are those of privileged accesses */
    bool unwritten;       /* a register used was not written since power-on */
    bool suspect;         /* inconsistent controls; nearest behaviour taken */
    bool silent;          /* with FAULT: reads give 0, writes are lost, no abort is reported */
    uint8_t size_log2;    /* bytes, of what a translation request is answered with; else 0 */
    uint8_t event;        /* number of the event that it records, or 0 */
    uint32_t attributes;  /* as the device encodes them */
    nap_addr pa;          /* with TRANSLATED and BYPASS */
    const char *why;      /* short phrase for people; a literal */
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

/* The same for a transaction with all that can be said of it. Those of nap_probe() are
 * untranslated, data, unprivileged and without substream. */
NAP_EXPORT void nap_probe_transaction(const struct nap_machine *m,
                                      const struct nap_transaction *transaction,
                                      struct nap_outcomes *out,
                                      struct nap_footprint *footprint);

/* One access by a master, judged by what the hardware holds. May fill TLBs and latch faults.
 * Moves no data. Returns the outcome that happened. */
NAP_EXPORT struct nap_outcome nap_dma(struct nap_machine *m, unsigned device, unsigned port,
                                      nap_addr iova, enum nap_rw rw);
/* As nap_probe_transaction() is to nap_probe(). */
NAP_EXPORT struct nap_outcome nap_dma_transaction(struct nap_machine *m,
                                                  const struct nap_transaction *transaction);

NAP_EXPORT const char *nap_outcome_name(enum nap_outcome_kind kind);

#endif
