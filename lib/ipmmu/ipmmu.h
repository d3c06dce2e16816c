/* SPDX-License-Identifier: MIT */
/* Private to lib/ipmmu: the hidden state of one IPMMU and the calls between its files. */
#ifndef NAP_IPMMU_H
#define NAP_IPMMU_H

#include <regnap/block.h>
#include <regnap/rule.h>

#include "ipmmu-vmsa-model.h" /* generated from models/ipmmu-vmsa.yaml */

#define IPMMU_TLB_MAX  48 /* entries modelled per unit; a fuller TLB takes no more */
#define IPMMU_CONTEXTS IPMMU_COUNT_IMCTR
#define IPMMU_PORTS    IPMMU_COUNT_IMUCTR
#define IPMMU_NO_PORT  UINT32_MAX /* tag of the root's entries */

/* One TLB entry. Caches tag with (port, context, ASID, page), the root with (context, page). */
struct ipmmu_entry {
    uint64_t page;    /* input address >> 12, low bits of a block cleared */
    uint64_t pa_page; /* output address >> 12 of the block's start */
    uint32_t context;
    uint32_t port;
    uint16_t asid;
    uint8_t size_log2;
    uint8_t readable, writable, attributes;
    uint8_t reserved[2];
};

/* Entries stand in the order of their tags, so that equal sets are equal bytes. */
struct nap_ipmmu {
    uint32_t n_entries;
    uint32_t unsettled; /* 1: power came back and nobody has needed the TLB yet */
    /* Output page of another context's first entry at power-off, by context; 0 if none: what a
     * foreign entry would point at. */
    uint64_t donor[IPMMU_CONTEXTS];
    struct ipmmu_entry tlb[IPMMU_TLB_MAX];
};

static inline const struct nap_ipmmu *ipmmu_of(const struct nap_machine *m, unsigned device)
{
    return nap_block_state(m, device);
}

static inline unsigned ipmmu_context(uint64_t imuctr)
{
    return (unsigned)((imuctr & IPMMU_IMUCTR_TTSEL) >> IPMMU_IMUCTR_TTSEL_SHIFT);
}

/* tlb.c */
bool nap_ipmmu_entry_covers(const struct ipmmu_entry *e, nap_addr iova);
/* Whether the unit keeps entries at all: a cache with DISCACHE set does not, nor, with switch
 * P09 `single`, any cache. */
bool nap_ipmmu_tlb_on(const struct nap_machine *m, unsigned device);
/* Whether an entry of @device may answer for (port, context): the root ignores the port. */
bool nap_ipmmu_entry_usable(const struct nap_machine *m, unsigned device,
                            const struct ipmmu_entry *e, unsigned port, unsigned context);
void nap_ipmmu_tlb_fill(struct nap_machine *m, unsigned device, struct ipmmu_entry entry);
void nap_ipmmu_tlb_drop(struct nap_machine *m, unsigned device, unsigned context,
                        unsigned port);
void nap_ipmmu_tlb_power_off(struct nap_machine *m, unsigned device);
void nap_ipmmu_tlb_power_on(struct nap_machine *m, unsigned device);
/* After a register of @device has changed: settles TLBs that have become usable, and lets work
 * whose lateness could be seen through them be noticed. */
void nap_ipmmu_tlb_usable(struct nap_machine *m, unsigned device);
void nap_ipmmu_port_usable(struct nap_machine *m, unsigned cache, unsigned port);

/* translate.c */
/* What stands before any TLB: true if the port's traffic gets as far as the TLB of its cache,
 * else *outcome says how it ends and *imstr what the root records of it (0: nothing). */
bool nap_ipmmu_gate(const struct nap_machine *m, unsigned device, unsigned port, nap_addr iova,
                    struct nap_footprint *footprint, struct nap_outcome *outcome,
                    uint64_t *imstr);
/* A fresh walk by the root for @context. */
struct nap_outcome nap_ipmmu_walk(const struct nap_machine *m, unsigned root, unsigned context,
                                  nap_addr iova, struct nap_footprint *footprint,
                                  struct ipmmu_entry *entry, uint64_t *imstr);
void nap_ipmmu_probe(const struct nap_machine *m, unsigned device, unsigned port, nap_addr iova,
                     struct nap_outcomes *out, struct nap_footprint *footprint);
struct nap_outcome nap_ipmmu_dma(struct nap_machine *m, unsigned device, unsigned port,
                                 nap_addr iova, enum nap_rw rw);

/* fault.c */
#define IPMMU_IMSTR_FLAGS                                                                      \
    (IPMMU_IMSTR_MHIT | IPMMU_IMSTR_ABORT | IPMMU_IMSTR_PF | IPMMU_IMSTR_TF)
void nap_ipmmu_fault(struct nap_machine *m, unsigned root, unsigned context, nap_addr iova,
                     uint64_t imstr);
void nap_ipmmu_irq_update(struct nap_machine *m, unsigned root);

/* rules.c */
extern const struct nap_rule nap_ipmmu_rules[];
#define IPMMU_N_RULES 5u

extern const struct nap_block nap_ipmmu_block;

#endif
