/* SPDX-License-Identifier: MIT */
/* Private to lib/ipmmu: where a generation has its registers, the hidden state of one IPMMU,
 * and the calls between its files. */
#ifndef NAP_IPMMU_H
#define NAP_IPMMU_H

#include <regnap/block.h>
#include <regnap/rule.h>

#include "ipmmu-vmsa-model.h" /* generated from models/ipmmu-vmsa.yaml */

#define IPMMU_TLB_MAX      48 /* entries modelled per unit; a fuller TLB takes no more */
#define IPMMU_CONTEXTS_MAX 16
#define IPMMU_NO_PORT      UINT32_MAX /* tag of the root's entries */

/* What one generation has elsewhere or otherwise than another; what is the same in all of them
 * (bits of IMCTR, IMSTR and the rest, values of switches) is used by its Gen3 name. Registers
 * are slots of their first element, NAP_NO_SLOT where the generation has none. */
struct ipmmu_layout {
    uint32_t contexts;
    uint32_t ports;
    uint32_t root_variant; /* UINT32_MAX: each unit has ports and walks tables itself */
    uint16_t imctr, imttbcr, imttlbr0, imttubr0, imstr, imelar, imeuar;
    uint16_t imuctr, imuasid;
    uint16_t imsctlr, imsauxctlr;
    uint64_t ttsel; /* of IMUCTR */
    uint64_t sl0;   /* of IMTTBCR */
    uint8_t ttsel_shift, sl0_shift;
    uint8_t start_va32[4]; /* start level by SL0, with VA64 0 */
    uint8_t start_va64[4];
    uint8_t switches[IPMMU_SWITCH_COUNT]; /* its own number, plus 1; 0: it has none */
};

static inline const struct ipmmu_layout *ipmmu_layout(const struct nap_machine *m,
                                                      unsigned device)
{
    return nap_block_data(m, device);
}

/* The value of a switch, both by their Gen3 names. Where the generation has none there is
 * nothing to decide, and the default stands. */
static inline unsigned ipmmu_switch(const struct nap_machine *m, unsigned device, unsigned id)
{
    unsigned own = ipmmu_layout(m, device)->switches[id];

    return own ? nap_switch(m, device, own - 1) : 0;
}

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
    /* Output page (28 bits of a 40-bit address) of another context's first entry at power-off,
     * by context; 0 if none: what a foreign entry would point at. */
    uint32_t donor[IPMMU_CONTEXTS_MAX];
    struct ipmmu_entry tlb[IPMMU_TLB_MAX];
};

static inline const struct nap_ipmmu *ipmmu_of(const struct nap_machine *m, unsigned device)
{
    return nap_block_state(m, device);
}

static inline unsigned ipmmu_context(const struct ipmmu_layout *layout, uint64_t imuctr)
{
    return (unsigned)((imuctr & layout->ttsel) >> layout->ttsel_shift);
}

/* A root in front of which caches stand. */
static inline bool ipmmu_is_root(const struct nap_machine *m, unsigned device)
{
    return nap_device_variant(m, device) == ipmmu_layout(m, device)->root_variant;
}

/* Whether it walks tables and has a line for faults: roots, and units that are their own. */
static inline bool ipmmu_walks(const struct nap_machine *m, unsigned device)
{
    return nap_upstream(m, device) == device;
}

/* tlb.c */
bool nap_ipmmu_entry_covers(const struct ipmmu_entry *e, nap_addr iova);
/* Whether the unit keeps entries at all: a cache with DISCACHE set does not (P24), nor, with
 * switch P09 `single`, any cache. */
bool nap_ipmmu_tlb_on(const struct nap_machine *m, unsigned device);
/* Whether an entry of @device may answer for (port, context): those of a root have no port. */
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
/* An IPMMU has neither substreams nor ATS, and regards neither privilege nor fetches. */
void nap_ipmmu_probe(const struct nap_machine *m, const struct nap_transaction *transaction,
                     struct nap_outcomes *out, struct nap_footprint *footprint);
/* Without entries, which are ports' own, what IMUCTR selects is all that tells ports apart. */
bool nap_ipmmu_treatment(const struct nap_machine *m, unsigned device, unsigned port,
                         uint64_t *treatment, struct nap_footprint *footprint);
struct nap_outcome nap_ipmmu_dma(struct nap_machine *m,
                                 const struct nap_transaction *transaction);

/* fault.c */
#define IPMMU_IMSTR_FLAGS                                                                      \
    (IPMMU_IMSTR_MHIT | IPMMU_IMSTR_ABORT | IPMMU_IMSTR_PF | IPMMU_IMSTR_TF)
void nap_ipmmu_fault(struct nap_machine *m, unsigned root, unsigned context, nap_addr iova,
                     uint64_t imstr);
void nap_ipmmu_irq_update(struct nap_machine *m, unsigned root);

/* rules.c */
extern const struct nap_rule nap_ipmmu_rules[];
#define IPMMU_N_RULES 6u

/* ipmmu.c: what writes start */
nap_on_write nap_ipmmu_port_written, nap_ipmmu_context_written, nap_ipmmu_table_written,
    nap_ipmmu_status_written;
/* What writes store, and what a read that settles a register opens. */
nap_on_store nap_ipmmu_flush_stored, nap_ipmmu_status_stored;
void nap_ipmmu_settled(struct nap_machine *m, unsigned device, unsigned slot);
/* Hardware finished a flush; how many reads show a late one. */
void nap_ipmmu_flush_done(struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask);
unsigned nap_ipmmu_flush_reads(const struct nap_machine *m, unsigned device);
/* Whether writes may be on their way to it. */
bool nap_ipmmu_posted(const struct nap_machine *m, unsigned device);
bool nap_ipmmu_notices_same(const struct nap_machine *m, unsigned device, unsigned slot,
                            uint64_t value);
/* What an access without power meets. */
enum nap_unpowered nap_ipmmu_unpowered(const struct nap_machine *m, unsigned device);

/* generations.c */
extern const struct nap_block nap_ipmmu_block; /* Gen3 */
extern const struct nap_block nap_ipmmu_gen2_block;
extern const struct nap_block nap_ipmmu_gen4_block;

#endif
