/* SPDX-License-Identifier: MIT */
/* A transaction's way through port, context, TLBs and walk, in the order of design 4.16; the
 * first match decides. What no public source says is a switch (models/ipmmu-vmsa.yaml). */
#include "ipmmu.h"

#include <assert.h>

#include "../vmsa/vmsa.h"

static struct nap_outcome ends(enum nap_outcome_kind kind, enum nap_outcome_by by,
                               unsigned context, nap_addr pa, const char *why)
{
    return (struct nap_outcome){.kind = kind,
                                .by = by,
                                .context = context,
                                .pa = pa,
                                .readable = kind == NAP_OUTCOME_BYPASS,
                                .writable = kind == NAP_OUTCOME_BYPASS,
                                .why = why};
}

/* Value of a register, and whether anybody knows it. */
static uint64_t get(const struct nap_machine *m, unsigned device, unsigned slot,
                    struct nap_footprint *footprint, bool *undetermined)
{
    if (nap_reg_marks(m, device, slot) & NAP_MARK_UNDETERMINED)
        *undetermined = true;
    return nap_probe_reg(m, device, slot, footprint);
}

/* Switches P02 and P03 have the same values. With `fault` nothing is recorded: a context that
 * is off translates nothing that could fail. */
static struct nap_outcome context_off(unsigned value, unsigned context, nap_addr iova,
                                      const char *why)
{
    static const enum nap_outcome_kind kinds[] = {
        [IPMMU_P02_BYPASS] = NAP_OUTCOME_BYPASS,
        [IPMMU_P02_FAULT] = NAP_OUTCOME_FAULT,
        [IPMMU_P02_STALL] = NAP_OUTCOME_STALL,
    };

    return ends(kinds[value], NAP_BY_CONTEXT, context, iova, why);
}

/* Switch P22: FIXADD replaces the upper address byte, a guess from its name. */
static nap_addr fixed_address(const struct nap_machine *m, unsigned device, uint64_t imuctr,
                              nap_addr iova)
{
    if (!(imuctr & IPMMU_IMUCTR_FIXADDEN) ||
        ipmmu_switch(m, device, IPMMU_SWITCH_P22) == IPMMU_P22_IGNORE)
        return iova;
    return (iova & UINT32_MAX) | (imuctr & IPMMU_IMUCTR_FIXADD) >> IPMMU_IMUCTR_FIXADD_SHIFT
                                                                       << 32;
}

static bool secgrp_set(const struct nap_machine *m, const struct ipmmu_layout *layout,
                       unsigned device, struct nap_footprint *footprint, bool *undetermined)
{
    return layout->imsctlr != NAP_NO_SLOT &&
           (get(m, device, layout->imsctlr, footprint, undetermined) &
            IPMMU_IMSCTLR_USE_SECGRP) != 0;
}

/* USE_SECGRP: translation does not work; recorded as a translation fault (P07). */
static bool gate_controls(const struct nap_machine *m, const struct ipmmu_layout *layout,
                          unsigned device, unsigned context, nap_addr iova,
                          struct nap_footprint *footprint, struct nap_outcome *outcome,
                          uint64_t *imstr)
{
    unsigned root = nap_upstream(m, device);
    bool unknown = false, set;

    if (!nap_device_on(m, root)) {
        *outcome = ends(NAP_OUTCOME_BUS_ERROR, NAP_BY_CONTEXT, context, 0, "the root is off");
        return false;
    }
    set = secgrp_set(m, layout, device, footprint, &unknown);
    if (!set && !unknown)
        set = secgrp_set(m, layout, root, footprint, &unknown);
    if (unknown) {
        *outcome = ends(NAP_OUTCOME_UNDETERMINED, NAP_BY_CONTEXT, context, 0,
                        "IMSCTLR not written since power-on");
        return false;
    }
    if (!set)
        return true;
    if (ipmmu_switch(m, device, IPMMU_SWITCH_P07) == IPMMU_P07_BYPASS) {
        *outcome = ends(NAP_OUTCOME_BYPASS, NAP_BY_CONTEXT, context, iova, "USE_SECGRP is set");
    } else {
        *outcome = ends(NAP_OUTCOME_FAULT, NAP_BY_CONTEXT, context, 0, "USE_SECGRP is set");
        *imstr = IPMMU_IMSTR_TF;
    }
    return false;
}

bool nap_ipmmu_gate(const struct nap_machine *m, unsigned device, unsigned port, nap_addr iova,
                    struct nap_footprint *footprint, struct nap_outcome *outcome,
                    uint64_t *imstr)
{
    const struct ipmmu_layout *layout = ipmmu_layout(m, device);
    uint64_t imuctr = nap_probe_reg(m, device, layout->imuctr + port, footprint);
    unsigned context = ipmmu_context(layout, imuctr);
    nap_addr address = fixed_address(m, device, imuctr, iova);

    *imstr = 0;
    if (!(imuctr & IPMMU_IMUCTR_MMUEN)) {
        (void)ipmmu_switch(m, device, IPMMU_SWITCH_P01);
        *outcome =
            ends(NAP_OUTCOME_BYPASS, NAP_BY_PORT, UINT32_MAX, address, "the micro-TLB is off");
        return false;
    }
    if (context >= layout->contexts) {
        *outcome =
            ipmmu_switch(m, device, IPMMU_SWITCH_P05) == IPMMU_P05_BYPASS
                ? ends(NAP_OUTCOME_BYPASS, NAP_BY_PORT, context, address,
                       "TTSEL selects no context")
                : ends(NAP_OUTCOME_FAULT, NAP_BY_PORT, context, 0, "TTSEL selects no context");
        return false;
    }
    if (context == 0)
        (void)ipmmu_switch(m, device, IPMMU_SWITCH_P06);
    if (!gate_controls(m, layout, device, context, address, footprint, outcome, imstr))
        return false;
    if (nap_probe_reg(m, device, layout->imctr + context, footprint) & IPMMU_IMCTR_MMUEN)
        return true;
    *outcome = context_off(ipmmu_switch(m, device, IPMMU_SWITCH_P02), context, address,
                           "the context is off on the cache");
    return false;
}

/* --- the walk --- */

struct walker {
    const struct nap_machine *m;
    struct nap_footprint *footprint;
};

static bool fetch(const void *context, nap_addr pa, uint64_t *descriptor)
{
    const struct walker *w = context;

    return nap_probe_mem(w->m, pa, descriptor, sizeof *descriptor, w->footprint);
}

/* VA64 decides geometry, S2PTE the descriptor layout; Linux uses 0/0/0 and Xen 1/1/1 of VA64,
 * S2PTE, PMB, and anything else is a mix (switch P08). */
static void walk_config(const struct ipmmu_layout *layout, uint64_t imctr, uint64_t imttbcr,
                        uint64_t imsauxctlr, nap_addr base, struct nap_vmsa_config *config,
                        bool *mixed)
{
    bool va64 = (imctr & IPMMU_IMCTR_VA64) != 0;
    bool s2pte = (imsauxctlr & IPMMU_IMSAUXCTLR_S2PTE) != 0;
    bool pmb = (imttbcr & IPMMU_IMTTBCR_PMB) != 0;
    unsigned tsz0 = (unsigned)(imttbcr & IPMMU_IMTTBCR_TSZ0);
    unsigned sl0 = (unsigned)((imttbcr & layout->sl0) >> layout->sl0_shift);

    *mixed = va64 != s2pte || va64 != pmb || !(imttbcr & IPMMU_IMTTBCR_EAE);
    config->format = s2pte ? NAP_VMSA_S2_64 : NAP_VMSA_S1_LPAE;
    config->base = base;
    config->start_level = va64 ? layout->start_va64[sl0] : layout->start_va32[sl0];
    config->input_bits = va64 ? 64 - tsz0 : 32 - (tsz0 & 7);
    if (config->input_bits > 40)
        config->input_bits = 40;
}

/* Switch P25: addresses above the range of the table fault in the walk, or lose their upper
 * bits. */
static nap_addr in_range(const struct nap_machine *m, unsigned root,
                         const struct nap_vmsa_config *config, nap_addr iova)
{
    uint64_t range = UINT64_C(1) << config->input_bits;

    if (iova < range || ipmmu_switch(m, root, IPMMU_SWITCH_P25) == IPMMU_P25_FAULT)
        return iova;
    return iova & (range - 1);
}

static uint64_t imstr_of(const struct nap_vmsa_result *r)
{
    uint64_t level = (uint64_t)r->level << IPMMU_IMSTR_ERRLVL_SHIFT;

    switch (r->end) {
    case NAP_VMSA_ABORT:
        return level | IPMMU_IMSTR_ABORT;
    case NAP_VMSA_FORMAT_FAULT:
        return level | IPMMU_IMSTR_TF | UINT64_C(1) << IPMMU_IMSTR_ERRCODE_SHIFT;
    case NAP_VMSA_SECURE_FAULT:
        return level | IPMMU_IMSTR_PF | UINT64_C(5) << IPMMU_IMSTR_ERRCODE_SHIFT;
    case NAP_VMSA_TRANSLATION_FAULT:
    case NAP_VMSA_OK:
        break;
    }
    return level | IPMMU_IMSTR_TF;
}

static const char *why_fault(const struct nap_vmsa_result *r)
{
    switch (r->end) {
    case NAP_VMSA_ABORT:
        return "the walk left memory";
    case NAP_VMSA_FORMAT_FAULT:
        return "the walk met a reserved descriptor";
    case NAP_VMSA_SECURE_FAULT:
        return "the walk met a secure descriptor";
    case NAP_VMSA_TRANSLATION_FAULT:
    case NAP_VMSA_OK:
        break;
    }
    return "the walk found no mapping";
}

static struct nap_outcome walked(const struct nap_vmsa_result *r, unsigned context, bool mixed,
                                 bool unwritten)
{
    struct nap_outcome o = {
        .by = NAP_BY_WALK, .context = context, .suspect = mixed, .unwritten = unwritten};

    if (r->end != NAP_VMSA_OK) {
        o.kind = NAP_OUTCOME_FAULT;
        o.why = why_fault(r);
        return o;
    }
    o.kind = NAP_OUTCOME_TRANSLATED;
    o.pa = r->pa;
    o.readable = r->readable;
    o.writable = r->writable;
    o.attributes = r->attributes;
    o.why = unwritten ? "walked a table base nobody has written since power-on"
                      : "walked the context's table";
    return o;
}

static bool unwritten(const struct nap_machine *m, const struct ipmmu_layout *layout,
                      unsigned root, unsigned context)
{
    const unsigned slots[] = {layout->imttlbr0, layout->imttubr0, layout->imttbcr};

    for (unsigned i = 0; i < 3; i++)
        if (!(nap_reg_marks(m, root, slots[i] + context) & NAP_MARK_WRITTEN))
            return true;
    return false;
}

static void entry_from(struct ipmmu_entry *entry, const struct nap_vmsa_result *r,
                       unsigned context, nap_addr iova)
{
    uint64_t low = (UINT64_C(1) << r->size_log2) - 1;

    *entry = (struct ipmmu_entry){
        .page = (iova & ~low) >> 12,
        .pa_page = (r->pa & ~low) >> 12,
        .context = context,
        .port = IPMMU_NO_PORT,
        .size_log2 = (uint8_t)r->size_log2,
        .readable = r->readable,
        .writable = r->writable,
        .attributes = r->attributes,
    };
}

struct nap_outcome nap_ipmmu_walk(const struct nap_machine *m, unsigned root, unsigned context,
                                  nap_addr iova, struct nap_footprint *footprint,
                                  struct ipmmu_entry *entry, uint64_t *imstr)
{
    const struct ipmmu_layout *layout = ipmmu_layout(m, root);
    bool mode_unknown = false, base_unknown = false, mixed;
    bool fresh = unwritten(m, layout, root, context);
    uint64_t imctr = get(m, root, layout->imctr + context, footprint, &mode_unknown);
    uint64_t imttbcr = get(m, root, layout->imttbcr + context, footprint, &mode_unknown);
    uint64_t aux = layout->imsauxctlr == NAP_NO_SLOT
                       ? 0
                       : get(m, root, layout->imsauxctlr, footprint, &mode_unknown);
    uint64_t low = get(m, root, layout->imttlbr0 + context, footprint, &base_unknown);
    uint64_t high = get(m, root, layout->imttubr0 + context, footprint, &base_unknown);
    struct nap_vmsa_config config;
    struct nap_vmsa_result r;

    *imstr = IPMMU_IMSTR_TF;
    walk_config(layout, imctr, imttbcr, aux,
                (high & IPMMU_IMTTUBR0_BASE) << 32 | (low & IPMMU_IMTTLBR0_BASE), &config,
                &mixed);
    if (!mode_unknown && mixed && ipmmu_switch(m, root, IPMMU_SWITCH_P08) == IPMMU_P08_FAULT)
        return ends(NAP_OUTCOME_FAULT, NAP_BY_WALK, context, 0, "VA64, S2PTE and PMB disagree");
    if (fresh && ipmmu_switch(m, root, IPMMU_SWITCH_P04) == IPMMU_P04_FAULT)
        return ends(NAP_OUTCOME_FAULT, NAP_BY_WALK, context, 0, "table base not written");
    if (mode_unknown || base_unknown)
        return ends(NAP_OUTCOME_UNDETERMINED, NAP_BY_WALK, context, 0,
                    "a table register was not written since power-on");
    nap_vmsa_walk(&config, in_range(m, root, &config, iova), fetch,
                  &(const struct walker){m, footprint}, &r);
    *imstr = imstr_of(&r);
    if (r.end == NAP_VMSA_OK)
        entry_from(entry, &r, context, iova);
    return walked(&r, context, mixed, fresh);
}

/* --- lookups --- */

/* Entries of one port that cover one address differ in block size or context. */
#define HITS_MAX (3 * IPMMU_CONTEXTS_MAX)

struct lookup {
    unsigned n;
    bool many;         /* several entries with different outputs: MHIT */
    bool undetermined; /* the ASID that decides is unknown */
    const struct ipmmu_entry *hits[HITS_MAX];
};

/* Of several entries for one address the smallest is the oldest: a larger one came for an
 * address that the smaller does not cover, or the smaller would have answered. */
static void prefer_oldest(struct lookup *l)
{
    const struct ipmmu_entry *first = l->hits[0];
    unsigned oldest = 0;

    for (unsigned i = 1; i < l->n; i++)
        if (l->hits[i]->size_log2 < l->hits[oldest]->size_log2)
            oldest = i;
    l->hits[0] = l->hits[oldest];
    l->hits[oldest] = first;
    l->many = false;
}

static void look_up(const struct nap_machine *m, const struct ipmmu_layout *layout,
                    unsigned device, unsigned port, unsigned context, nap_addr iova,
                    struct nap_footprint *footprint, struct lookup *l)
{
    const struct nap_ipmmu *u = ipmmu_of(m, device);
    bool asid_unknown = false;
    uint64_t asid = 0;

    l->n = 0;
    l->many = l->undetermined = false;
    nap_probe_hidden(device, footprint);
    /* IMSCTLR, which turns it off, is in the footprint since the gate. */
    if (u->unsettled || u->n_entries == 0 || !nap_ipmmu_tlb_on(m, device))
        return;
    if (nap_device_variant(m, device) != layout->root_variant)
        asid = get(m, device, layout->imuasid + port, footprint, &asid_unknown);
    for (unsigned i = 0; i < u->n_entries; i++) {
        const struct ipmmu_entry *e = &u->tlb[i];
        if (!nap_ipmmu_entry_covers(e, iova) ||
            !nap_ipmmu_entry_usable(m, device, e, port, context))
            continue;
        l->undetermined |= asid_unknown;
        if (asid_unknown || e->asid != asid)
            continue;
        assert(l->n < HITS_MAX);
        l->hits[l->n++] = e;
        l->many |= e->pa_page - e->page != l->hits[0]->pa_page - l->hits[0]->page;
    }
    /* Switch P16. */
    if (l->many && ipmmu_switch(m, device, IPMMU_SWITCH_P16) == IPMMU_P16_OLDER)
        prefer_oldest(l);
}

static struct nap_outcome from_entry(const struct ipmmu_entry *e, enum nap_outcome_by by,
                                     nap_addr iova)
{
    return (struct nap_outcome){
        .kind = NAP_OUTCOME_TRANSLATED,
        .by = by,
        .context = e->context,
        .pa = (e->pa_page << 12) + (iova - (e->page << 12)),
        .readable = e->readable,
        .writable = e->writable,
        .attributes = e->attributes,
        .why = by == NAP_BY_TLB ? "answered by the cache's TLB" : "answered by the root's TLB",
    };
}

/* What the TLB as a whole answers; valid if something in it may answer. */
static struct nap_outcome from_lookup(const struct lookup *l, enum nap_outcome_by by,
                                      unsigned context, nap_addr iova)
{
    if (l->undetermined)
        return ends(NAP_OUTCOME_UNDETERMINED, by, context, 0,
                    "IMUASID not written since power-on");
    if (l->many)
        return ends(NAP_OUTCOME_FAULT, by, context, 0, "several TLB entries hit");
    return from_entry(l->hits[0], by, iova);
}

/* --- probe and DMA --- */

static_assert(2 * (HITS_MAX + 1) + 1 <= NAP_OUTCOMES_MAX, "two lookups and a walk");

static void add(struct nap_outcomes *out, struct nap_outcome o)
{
    assert(out->n < NAP_OUTCOMES_MAX);
    out->list[out->n++] = o;
}

/* Each entry may answer alone where the others have been evicted. */
static void add_lookup(struct nap_outcomes *out, const struct lookup *l, enum nap_outcome_by by,
                       unsigned context, nap_addr iova)
{
    if (l->undetermined || l->many)
        add(out, from_lookup(l, by, context, iova));
    for (unsigned i = 0; i < l->n; i++)
        add(out, from_entry(l->hits[i], by, iova));
}

/* A TLB entry may answer or may have been evicted, so every stage adds its outcome. */
void nap_ipmmu_probe(const struct nap_machine *m, const struct nap_transaction *t,
                     struct nap_outcomes *out, struct nap_footprint *footprint)
{
    unsigned device = t->device, port = t->port;
    nap_addr iova = t->iova;
    const struct ipmmu_layout *layout = ipmmu_layout(m, device);
    unsigned root = nap_upstream(m, device);
    struct nap_outcome end;
    struct ipmmu_entry entry;
    struct lookup l;
    uint64_t imuctr = nap_reg_get(m, device, layout->imuctr + port);
    unsigned context = ipmmu_context(layout, imuctr);
    uint64_t imstr;

    if (!nap_ipmmu_gate(m, device, port, iova, footprint, &end, &imstr)) {
        add(out, end);
        return;
    }
    iova = fixed_address(m, device, imuctr, iova);
    look_up(m, layout, device, port, context, iova, footprint, &l);
    add_lookup(out, &l, NAP_BY_TLB, context, iova);
    if (!(nap_probe_reg(m, root, layout->imctr + context, footprint) & IPMMU_IMCTR_MMUEN)) {
        add(out, context_off(ipmmu_switch(m, device, IPMMU_SWITCH_P03), context, iova,
                             "the context is off on the root"));
        return;
    }
    if (root != device) {
        look_up(m, layout, root, port, context, iova, footprint, &l);
        add_lookup(out, &l, NAP_BY_SHARED_TLB, context, iova);
    }
    add(out, nap_ipmmu_walk(m, root, context, iova, footprint, &entry, &imstr));
}

bool nap_ipmmu_treatment(const struct nap_machine *m, unsigned device, unsigned port,
                         uint64_t *treatment, struct nap_footprint *footprint)
{
    const struct ipmmu_layout *layout = ipmmu_layout(m, device);

    nap_probe_hidden(device, footprint);
    *treatment =
        nap_probe_reg(m, device, layout->imuctr + port, footprint) &
        (IPMMU_IMUCTR_MMUEN | layout->ttsel | IPMMU_IMUCTR_FIXADDEN | IPMMU_IMUCTR_FIXADD);
    return ipmmu_of(m, device)->n_entries == 0;
}

static struct nap_outcome permitted(struct nap_machine *m, unsigned root, struct nap_outcome o,
                                    nap_addr iova, enum nap_rw rw)
{
    if (rw == NAP_WRITE ? o.writable : o.readable)
        return o;
    nap_ipmmu_fault(m, root, o.context, iova,
                    IPMMU_IMSTR_PF | UINT64_C(4) << IPMMU_IMSTR_ERRCODE_SHIFT);
    o.kind = NAP_OUTCOME_FAULT;
    o.why = "no permission";
    return o;
}

/* An ambiguous lookup ends the transaction with MHIT. */
static struct nap_outcome hit(struct nap_machine *m, unsigned root, const struct lookup *l,
                              enum nap_outcome_by by, unsigned context, nap_addr iova,
                              enum nap_rw rw)
{
    struct nap_outcome o = from_lookup(l, by, context, iova);

    if (l->many)
        nap_ipmmu_fault(m, root, context, iova, IPMMU_IMSTR_MHIT);
    return o.kind == NAP_OUTCOME_TRANSLATED ? permitted(m, root, o, iova, rw) : o;
}

/* What the root answers; *entry is what the cache may keep if the access was translated. A unit
 * that is its own root has one TLB, which has been asked. */
static struct nap_outcome ask_root(struct nap_machine *m, unsigned root, unsigned context,
                                   nap_addr iova, enum nap_rw rw, struct ipmmu_entry *entry)
{
    const struct ipmmu_layout *layout = ipmmu_layout(m, root);
    bool has_tlb = nap_device_variant(m, root) == layout->root_variant;
    struct nap_outcome o;
    struct lookup l;
    uint64_t imstr;

    l.n = 0;
    if (has_tlb)
        look_up(m, layout, root, IPMMU_NO_PORT, context, iova, NULL, &l);
    if (l.n) {
        *entry = *l.hits[0];
        return hit(m, root, &l, NAP_BY_SHARED_TLB, context, iova, rw);
    }
    o = nap_ipmmu_walk(m, root, context, iova, NULL, entry, &imstr);
    if (o.kind == NAP_OUTCOME_FAULT)
        nap_ipmmu_fault(m, root, context, iova, imstr);
    if (o.kind != NAP_OUTCOME_TRANSLATED)
        return o;
    if (has_tlb)
        nap_ipmmu_tlb_fill(m, root, *entry);
    return permitted(m, root, o, iova, rw);
}

/* Masters behind an IPMMU send neither; what it would make of them nobody says. */
static void note_unmodelled(struct nap_machine *m, const struct nap_transaction *t)
{
    if (t->traffic != NAP_UNTRANSLATED)
        nap_unmodelled(m, t->device, "ATS at an IPMMU");
    if (t->has_substream)
        nap_unmodelled(m, t->device, "a substream at an IPMMU");
}

struct nap_outcome nap_ipmmu_dma(struct nap_machine *m, const struct nap_transaction *t)
{
    unsigned device = t->device, port = t->port;
    nap_addr iova = t->iova;
    enum nap_rw rw = t->rw;
    const struct ipmmu_layout *layout = ipmmu_layout(m, device);
    unsigned root = nap_upstream(m, device);
    uint64_t imuctr = nap_reg_get(m, device, layout->imuctr + port);
    unsigned context = ipmmu_context(layout, imuctr);
    struct ipmmu_entry entry;
    struct nap_outcome o;
    struct lookup l;
    uint64_t imstr;

    note_unmodelled(m, t);
    /* A register that was settled by a read, or a table written in memory, may have made
     * something usable or late that no register write has shown. */
    nap_ipmmu_port_usable(m, device, port);
    if (!nap_ipmmu_gate(m, device, port, iova, NULL, &o, &imstr)) {
        if (imstr)
            nap_ipmmu_fault(m, root, context, fixed_address(m, device, imuctr, iova), imstr);
        return o;
    }
    iova = fixed_address(m, device, imuctr, iova);
    look_up(m, layout, device, port, context, iova, NULL, &l);
    if (l.n || l.undetermined)
        return hit(m, root, &l, NAP_BY_TLB, context, iova, rw);
    if (!(nap_reg_get(m, root, layout->imctr + context) & IPMMU_IMCTR_MMUEN))
        return context_off(ipmmu_switch(m, device, IPMMU_SWITCH_P03), context, iova,
                           "the context is off on the root");
    o = ask_root(m, root, context, iova, rw, &entry);
    if (o.kind == NAP_OUTCOME_TRANSLATED && nap_ipmmu_tlb_on(m, device)) {
        entry.port = port;
        nap_reg_settle(m, device, layout->imuasid + port); /* it is the tag now */
        entry.asid = (uint16_t)nap_reg_get(m, device, layout->imuasid + port);
        nap_ipmmu_tlb_fill(m, device, entry);
    }
    return o;
}
