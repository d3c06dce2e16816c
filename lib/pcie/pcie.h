/* SPDX-License-Identifier: MIT */
/* Private to lib/pcie: the hidden state of one function, and the calls between its files. */
#ifndef NAP_PCIE_H
#define NAP_PCIE_H

#include <regnap/block.h>

#include "pcie-endpoint-model.h" /* generated from models/pcie-endpoint.yaml, prefix PCIE */

#define PCIE_ATC_MAX      32 /* a fuller ATC keeps no more, and says so */
#define PCIE_REQUESTS_MAX 16 /* as PRI_CAPACITY says */

/* One translation in the ATC. The first three fields are its tag. */
struct pcie_entry {
    uint64_t page;      /* untranslated address >> 12 of its start */
    uint32_t substream; /* PASID, NAP_SUBSTREAM_NONE without one */
    uint8_t privileged;
    uint8_t size_log2; /* bytes */
    uint8_t readable, writable;
    uint64_t output; /* translated address >> 12 of its start */
    uint8_t executable;
    uint8_t reserved[7];
};

/* A page request that has not been answered: a group of its own. */
struct pcie_request {
    uint64_t page; /* untranslated address >> 12 */
    uint32_t substream;
    uint16_t group; /* PRGIndex */
    uint8_t read, write, exec, priv;
    uint8_t reserved[6];
};

/* Entries stand in the order of their tags, requests of their groups, so that equal sets are
 * equal bytes. */
struct nap_pcie {
    uint32_t n_entries, n_requests;
    struct pcie_entry atc[PCIE_ATC_MAX];
    struct pcie_request requests[PCIE_REQUESTS_MAX];
};

static inline const struct nap_pcie *pcie_of(const struct nap_machine *m, unsigned device)
{
    return nap_block_state(m, device);
}

static inline uint32_t pcie_substream(const struct nap_transaction *t)
{
    return t->has_substream ? t->substream : NAP_SUBSTREAM_NONE;
}

/* --- atc.c --- */

/* The entry that answers for the transaction's address, or NULL. */
const struct pcie_entry *pcie_atc_find(const struct nap_machine *m,
                                       const struct nap_transaction *t);
/* Takes the place of an entry with the same tag. */
void pcie_atc_fill(struct nap_machine *m, unsigned device, const struct pcie_entry *entry);
/* Drops what lies in [@first, @last] and is of @substream, or of all; PCIE_ALL_SUBSTREAMS. */
#define PCIE_ALL_SUBSTREAMS  (UINT32_MAX - 1) /* with or without PASID */
#define PCIE_EVERY_SUBSTREAM (UINT32_MAX - 2) /* with one */
void pcie_atc_drop(struct nap_machine *m, unsigned device, uint32_t substream, nap_addr first,
                   nap_addr last);
/* An Invalidate Request; false if it is never completed. */
bool pcie_atc_invalidate(struct nap_machine *m, unsigned device,
                         const struct nap_message *message);

/* --- pri.c --- */

/* Whether page requests may be sent, were there credit. */
bool pcie_pri_ready(const struct nap_machine *m, unsigned device,
                    struct nap_footprint *footprint);
/* Asks for the page of a transaction, unless that is under way or there is no credit. */
void pcie_page_wanted(struct nap_machine *m, const struct nap_transaction *t);
/* The answer to a group. */
void pcie_page_answered(struct nap_machine *m, unsigned device,
                        const struct nap_message *message);
void pcie_pri_forget(struct nap_machine *m, unsigned device);
nap_on_write pcie_pri_control_written;
/* STOP_PASID has done its work. */
void pcie_pasid_stopped(struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask);

/* --- traffic.c --- */

void pcie_probe(const struct nap_machine *m, const struct nap_transaction *t,
                struct nap_outcomes *out, struct nap_footprint *footprint);
struct nap_outcome pcie_dma(struct nap_machine *m, const struct nap_transaction *t);

/* --- endpoint.c --- */

extern const struct nap_block nap_pcie_block;

#endif
