/* SPDX-License-Identifier: MIT */
/* The function's address translation cache: what fills it and what drops entries. It has the
 * power of the function, not that of the SMMU. */
#include "pcie.h"

#include <string.h>

static int compare_tags(const struct pcie_entry *a, const struct pcie_entry *b)
{
    if (a->substream != b->substream)
        return a->substream < b->substream ? -1 : 1;
    if (a->privileged != b->privileged)
        return a->privileged < b->privileged ? -1 : 1;
    return (a->page > b->page) - (a->page < b->page);
}

static bool covers(const struct pcie_entry *e, nap_addr address)
{
    return address >> 12 >= e->page && (address >> 12) - e->page < UINT64_C(1)
                                                                       << (e->size_log2 - 12);
}

const struct pcie_entry *pcie_atc_find(const struct nap_machine *m,
                                       const struct nap_transaction *t)
{
    const struct nap_pcie *f = pcie_of(m, t->device);

    for (unsigned i = 0; i < f->n_entries; i++)
        if (f->atc[i].substream == pcie_substream(t) && f->atc[i].privileged == t->privileged &&
            covers(&f->atc[i], t->iova))
            return &f->atc[i];
    return NULL;
}

static struct nap_pcie *open_atc(struct nap_machine *m, unsigned device)
{
    struct nap_pcie *f = nap_block_state_mut(m, device);

    nap_touch(m, f, offsetof(struct nap_pcie, requests));
    nap_probe_changed(m, device);
    return f;
}

void pcie_atc_fill(struct nap_machine *m, unsigned device, const struct pcie_entry *entry)
{
    struct nap_pcie *f = open_atc(m, device);
    unsigned at = 0;
    int order = -1;

    while (at < f->n_entries && (order = compare_tags(&f->atc[at], entry)) < 0)
        at++;
    if (at < f->n_entries && order == 0) {
        f->atc[at] = *entry;
        return;
    }
    if (f->n_entries == PCIE_ATC_MAX) {
        nap_unmodelled(m, device, "ATC replacement");
        return;
    }
    memmove(&f->atc[at + 1], &f->atc[at], (f->n_entries - at) * sizeof f->atc[0]);
    f->atc[at] = *entry;
    f->n_entries++;
}

static bool in_scope(const struct pcie_entry *e, uint32_t substream, nap_addr first,
                     nap_addr last)
{
    nap_addr start = e->page << 12, end = start + ((UINT64_C(1) << e->size_log2) - 1);
    bool tagged = e->substream != NAP_SUBSTREAM_NONE;

    return start <= last && end >= first &&
           (substream == PCIE_ALL_SUBSTREAMS || substream == e->substream ||
            (substream == PCIE_EVERY_SUBSTREAM && tagged));
}

void pcie_atc_drop(struct nap_machine *m, unsigned device, uint32_t substream, nap_addr first,
                   nap_addr last)
{
    unsigned kept = 0, had = pcie_of(m, device)->n_entries;
    struct nap_pcie *f;

    if (had == 0)
        return;
    f = open_atc(m, device);
    for (unsigned i = 0; i < had; i++)
        if (!in_scope(&f->atc[i], substream, first, last))
            f->atc[kept++] = f->atc[i];
    memset(&f->atc[kept], 0, (had - kept) * sizeof f->atc[0]);
    f->n_entries = kept;
}

/* A request without PASID is of all entries in its range, also of those with one. */
static uint32_t scope_of(const struct nap_message *message)
{
    if (!message->has_substream)
        return PCIE_ALL_SUBSTREAMS;
    return message->global ? PCIE_EVERY_SUBSTREAM : message->substream;
}

/* PCI Express Base Specification, "Invalidate Completion". When entries go between the request
 * and whoever waits for its completion, the sender has chosen: it sends the request then. That
 * no completion ever comes is a fault, and the entries may as well have stayed. */
bool pcie_atc_invalidate(struct nap_machine *m, unsigned device,
                         const struct nap_message *message)
{
    nap_addr last = message->address + (message->size_bytes - 1);

    if (nap_choose_never(m, NAP_CHOOSE_LATENCY, "an ATC invalidation is never completed",
                         nap_instance_of(device, PCIE_SLOT_ATS_CONTROL)))
        return false;
    if (message->size_bytes == 0 || last < message->address)
        last = UINT64_MAX;
    pcie_atc_drop(m, device, scope_of(message), message->address, last);
    return true;
}
