/* SPDX-License-Identifier: MIT */
/* The function's accesses of memory: untranslated while ATS is off; else by what its ATC holds,
 * or by what the SMMU answers to a translation request. PCI Express Base Specification,
 * "Address Translation Services (ATS)". */
#include "pcie.h"

#include <assert.h>
#include <string.h>

static bool ats_on(const struct nap_machine *m, unsigned device,
                   struct nap_footprint *footprint)
{
    return (nap_probe_reg(m, device, PCIE_SLOT_ATS_CONTROL, footprint) &
            PCIE_ATS_CONTROL_ENABLE) != 0;
}

/* Makes of an access what the function can send: privilege and instruction fetches are told
 * with a PASID only, and where it is allowed to. False: it cannot send it. */
static bool sendable(const struct nap_machine *m, const struct nap_transaction *t,
                     struct nap_transaction *out, struct nap_footprint *footprint)
{
    uint64_t pasid = nap_probe_reg(m, t->device, PCIE_SLOT_PASID_CONTROL, footprint);

    *out = *t;
    out->substream = t->has_substream ? t->substream : 0;
    out->privileged =
        t->privileged && t->has_substream && (pasid & PCIE_PASID_CONTROL_PRIVILEGED_MODE);
    out->instruction =
        t->instruction && t->has_substream && (pasid & PCIE_PASID_CONTROL_EXECUTE_PERMISSION);
    return !t->has_substream || (pasid & PCIE_PASID_CONTROL_ENABLE);
}

/* Translated requests go without PASID. */
static struct nap_transaction upstream(const struct nap_machine *m,
                                       const struct nap_transaction *t,
                                       enum nap_traffic traffic, nap_addr address)
{
    struct nap_transaction out = *t;

    out.device = nap_upstream(m, t->device);
    out.port = nap_device_line(m, t->device);
    out.traffic = traffic;
    out.iova = address;
    if (traffic == NAP_TRANSLATED)
        out.has_substream = out.privileged = out.instruction = false;
    out.substream = out.has_substream ? out.substream : 0;
    return out;
}

static bool permits(const struct pcie_entry *e, const struct nap_transaction *t)
{
    return (t->rw == NAP_WRITE ? e->writable : e->readable) &&
           (!t->instruction || e->executable);
}

static nap_addr translated(const struct pcie_entry *e, nap_addr address)
{
    return (e->output << 12) + (address - (e->page << 12));
}

static bool granted(const struct nap_outcome *completion)
{
    return completion->kind == NAP_OUTCOME_TRANSLATED || completion->kind == NAP_OUTCOME_BYPASS;
}

static unsigned stu(const struct nap_machine *m, unsigned device,
                    struct nap_footprint *footprint)
{
    return (unsigned)(nap_probe_reg(m, device, PCIE_SLOT_ATS_CONTROL, footprint) &
                      PCIE_ATS_CONTROL_STU);
}

/* Whether it grants something of less than the smallest translation unit: "must program the
 * same STU size", the smallest granule of the SMMU. What a function makes of that is not said.
 */
static bool too_small(const struct nap_machine *m, const struct nap_transaction *t,
                      const struct nap_outcome *completion, struct nap_footprint *footprint)
{
    return (completion->readable || completion->writable || completion->executable) &&
           completion->size_log2 < 12 + stu(m, t->device, footprint);
}

/* What the function keeps of a completion: one smallest translation unit. */
static struct pcie_entry entry_of(const struct nap_machine *m, const struct nap_transaction *t,
                                  const struct nap_outcome *completion,
                                  struct nap_footprint *footprint)
{
    unsigned log2 = 12 + stu(m, t->device, footprint);
    uint64_t mask = (UINT64_C(1) << log2) - 1;

    return (struct pcie_entry){.page = (t->iova & ~mask) >> 12,
                               .substream = pcie_substream(t),
                               .privileged = t->privileged,
                               .size_log2 = (uint8_t)log2,
                               .readable = completion->readable,
                               .writable = completion->writable,
                               .executable = completion->executable,
                               .output = (completion->pa & ~mask) >> 12};
}

/* What becomes of translated traffic, as the master sees it: its address has been translated,
 * though not by the SMMU now. */
static struct nap_outcome seen_through(const struct pcie_entry *e, struct nap_outcome o,
                                       enum nap_outcome_by by)
{
    if (!granted(&o))
        return o;
    o.kind = NAP_OUTCOME_TRANSLATED;
    o.by = by;
    o.readable = e->readable;
    o.writable = e->writable;
    o.executable = e->executable;
    return o;
}

static const struct nap_outcome no_pasid = {.kind = NAP_OUTCOME_FAULT,
                                            .context = UINT32_MAX,
                                            .why = "the function's PASIDs are disabled"};
static const struct nap_outcome denied = {.kind = NAP_OUTCOME_FAULT,
                                          .context = UINT32_MAX,
                                          .why = "the translation grants no such access"};
static const struct nap_outcome below_unit = {.kind = NAP_OUTCOME_FAULT,
                                              .context = UINT32_MAX,
                                              .why = "the translation is smaller than the STU"};
static const struct nap_outcome waits = {
    .kind = NAP_OUTCOME_STALL, .context = UINT32_MAX, .why = "the function waits for the page"};

/* --- what happens --- */

static struct nap_outcome go_translated(struct nap_machine *m, const struct nap_transaction *t,
                                        const struct pcie_entry *e, enum nap_outcome_by by)
{
    struct nap_transaction up = upstream(m, t, NAP_TRANSLATED, translated(e, t->iova));

    return seen_through(e, nap_dma_transaction(m, &up), by);
}

static struct nap_outcome ask(struct nap_machine *m, const struct nap_transaction *t)
{
    struct nap_transaction up = upstream(m, t, NAP_ATS_REQUEST, t->iova);
    struct nap_outcome completion = nap_dma_transaction(m, &up);
    struct pcie_entry e;

    if (!granted(&completion))
        return completion;
    if (too_small(m, t, &completion, NULL)) {
        nap_unmodelled(m, t->device, "a translation smaller than ATS_CONTROL.STU");
        return below_unit;
    }
    e = entry_of(m, t, &completion, NULL);
    if (e.readable || e.writable || e.executable)
        pcie_atc_fill(m, t->device, &e);
    if (permits(&e, t))
        return go_translated(m, t, &e, NAP_BY_WALK);
    if (!pcie_pri_ready(m, t->device, NULL))
        return denied;
    pcie_page_wanted(m, t);
    return waits;
}

struct nap_outcome pcie_dma(struct nap_machine *m, const struct nap_transaction *t)
{
    const struct pcie_entry *e;
    struct nap_transaction own, up;
    struct pcie_entry copy;

    if (!sendable(m, t, &own, NULL))
        return no_pasid;
    if (own.traffic != NAP_UNTRANSLATED || !ats_on(m, t->device, NULL)) {
        up = upstream(m, &own, own.traffic, own.iova);
        return nap_dma_transaction(m, &up);
    }
    e = pcie_atc_find(m, &own);
    if (!e || !permits(e, &own))
        return ask(m, &own);
    copy = *e;
    return go_translated(m, &own, &copy, NAP_BY_TLB);
}

/* --- what could happen --- */

static bool same(const struct nap_outcome *a, const struct nap_outcome *b)
{
    return a->kind == b->kind && a->by == b->by && a->context == b->context &&
           a->readable == b->readable && a->writable == b->writable &&
           a->executable == b->executable && a->privileged_only == b->privileged_only &&
           a->unwritten == b->unwritten && a->suspect == b->suspect && a->event == b->event &&
           a->attributes == b->attributes && a->silent == b->silent &&
           a->size_log2 == b->size_log2 && a->pa == b->pa && a->why == b->why;
}

static void add(struct nap_outcomes *out, const struct nap_outcome *o)
{
    for (unsigned i = 0; i < out->n; i++)
        if (same(&out->list[i], o))
            return;
    assert(out->n < NAP_OUTCOMES_MAX);
    out->list[out->n++] = *o;
}

static void probe_translated(const struct nap_machine *m, const struct nap_transaction *t,
                             const struct pcie_entry *e, enum nap_outcome_by by,
                             struct nap_outcomes *out, struct nap_footprint *footprint)
{
    struct nap_transaction up = upstream(m, t, NAP_TRANSLATED, translated(e, t->iova));
    struct nap_outcomes through;

    nap_probe_transaction(m, &up, &through, footprint);
    for (unsigned i = 0; i < through.n; i++) {
        struct nap_outcome o = seen_through(e, through.list[i], by);
        add(out, &o);
    }
}

static void probe_completion(const struct nap_machine *m, const struct nap_transaction *t,
                             const struct nap_outcome *completion, struct nap_outcomes *out,
                             struct nap_footprint *footprint)
{
    struct pcie_entry e;

    if (!granted(completion)) {
        add(out, completion);
        return;
    }
    if (too_small(m, t, completion, footprint)) {
        add(out, &below_unit);
        return;
    }
    e = entry_of(m, t, completion, footprint);
    if (permits(&e, t))
        probe_translated(m, t, &e, NAP_BY_WALK, out, footprint);
    else
        add(out, pcie_pri_ready(m, t->device, footprint) ? &waits : &denied);
}

static void probe_request(const struct nap_machine *m, const struct nap_transaction *t,
                          struct nap_outcomes *out, struct nap_footprint *footprint)
{
    struct nap_transaction up = upstream(m, t, NAP_ATS_REQUEST, t->iova);
    struct nap_outcomes completions;

    nap_probe_transaction(m, &up, &completions, footprint);
    for (unsigned i = 0; i < completions.n; i++)
        probe_completion(m, t, &completions.list[i], out, footprint);
}

void pcie_probe(const struct nap_machine *m, const struct nap_transaction *t,
                struct nap_outcomes *out, struct nap_footprint *footprint)
{
    const struct pcie_entry *e;
    struct nap_transaction own, up;

    if (!sendable(m, t, &own, footprint)) {
        add(out, &no_pasid);
        return;
    }
    if (own.traffic != NAP_UNTRANSLATED || !ats_on(m, t->device, footprint)) {
        up = upstream(m, &own, own.traffic, own.iova);
        nap_probe_transaction(m, &up, out, footprint);
        return;
    }
    nap_probe_hidden(t->device, footprint);
    e = pcie_atc_find(m, &own);
    if (e && permits(e, &own))
        probe_translated(m, &own, e, NAP_BY_TLB, out, footprint);
    else
        probe_request(m, &own, out, footprint);
}
