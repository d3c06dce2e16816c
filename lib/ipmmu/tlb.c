/* SPDX-License-Identifier: MIT */
/* TLBs of caches and root: what fills them, what drops entries, what a power cut leaves. */
#include "ipmmu.h"

#include <assert.h>
#include <string.h>

#define BLOCK_PAGES(e) (UINT64_C(1) << ((e)->size_log2 - 12))

bool nap_ipmmu_entry_covers(const struct ipmmu_entry *e, nap_addr iova)
{
    return iova >> 12 >= e->page && (iova >> 12) - e->page < BLOCK_PAGES(e);
}

bool nap_ipmmu_tlb_on(const struct nap_machine *m, unsigned device)
{
    const struct ipmmu_layout *layout = ipmmu_layout(m, device);

    if (ipmmu_walks(m, device) ||
        (nap_reg_marks(m, device, layout->imsctlr) & NAP_MARK_UNDETERMINED))
        return true;
    if ((nap_reg_get(m, device, layout->imsctlr) & IPMMU_IMSCTLR_DISCACHE) &&
        ipmmu_switch(m, device, IPMMU_SWITCH_P24) == IPMMU_P24_NONE_KEPT)
        return false;
    return ipmmu_switch(m, device, IPMMU_SWITCH_P09) != IPMMU_P09_SINGLE;
}

/* Switch P15: whether a cache's entries carry the context in their tag. */
bool nap_ipmmu_entry_usable(const struct nap_machine *m, unsigned device,
                            const struct ipmmu_entry *e, unsigned port, unsigned context)
{
    if (e->port == IPMMU_NO_PORT)
        return e->context == context;
    if (e->port != port)
        return false;
    return e->context == context ||
           ipmmu_switch(m, device, IPMMU_SWITCH_P15) == IPMMU_P15_NO_CONTEXT_TAG;
}

static struct nap_ipmmu *open_tlb(struct nap_machine *m, unsigned device)
{
    struct nap_ipmmu *u = nap_block_state_mut(m, device);
    unsigned n = u->n_entries < IPMMU_TLB_MAX ? u->n_entries + 1 : IPMMU_TLB_MAX;

    nap_touch(m, u, offsetof(struct nap_ipmmu, tlb) + n * sizeof u->tlb[0]);
    nap_probe_changed(m, device);
    return u;
}

static int compare_tags(const struct ipmmu_entry *a, const struct ipmmu_entry *b)
{
    if (a->port != b->port)
        return a->port < b->port ? -1 : 1;
    if (a->context != b->context)
        return a->context < b->context ? -1 : 1;
    if (a->page != b->page)
        return a->page < b->page ? -1 : 1;
    if (a->size_log2 != b->size_log2)
        return a->size_log2 < b->size_log2 ? -1 : 1;
    return (a->asid > b->asid) - (a->asid < b->asid);
}

/* Drops the entries of @context, or of @port; UINT32_MAX is "any". */
void nap_ipmmu_tlb_drop(struct nap_machine *m, unsigned device, unsigned context, unsigned port)
{
    struct nap_ipmmu *u;
    unsigned kept = 0, had = ipmmu_of(m, device)->n_entries;

    if (had == 0)
        return;
    u = open_tlb(m, device);
    for (unsigned i = 0; i < had; i++) {
        bool hit = (context == UINT32_MAX || u->tlb[i].context == context) &&
                   (port == UINT32_MAX || u->tlb[i].port == port);
        if (!hit)
            u->tlb[kept++] = u->tlb[i];
    }
    memset(&u->tlb[kept], 0, (had - kept) * sizeof u->tlb[0]);
    u->n_entries = kept;
    if (kept == 0)
        u->unsettled = 0;
}

/* --- power --- */

/* First entry of the next context that the root had cached. */
static uint32_t donor_for(const struct nap_ipmmu *root, unsigned contexts, unsigned context)
{
    for (unsigned step = 1; step < contexts; step++)
        for (unsigned i = 0; i < root->n_entries; i++)
            if (root->tlb[i].context == (context + step) % contexts)
                return (uint32_t)root->tlb[i].pa_page;
    return 0;
}

void nap_ipmmu_tlb_power_off(struct nap_machine *m, unsigned device)
{
    const struct ipmmu_layout *layout = ipmmu_layout(m, device);
    const struct nap_ipmmu *root = ipmmu_of(m, nap_upstream(m, device));
    struct nap_ipmmu *u = nap_block_state_mut(m, device);

    nap_touch(m, u, offsetof(struct nap_ipmmu, tlb));
    for (unsigned n = 0; n < layout->contexts; n++)
        u->donor[n] = donor_for(root, layout->contexts, n);
}

/* Switch P18. */
void nap_ipmmu_tlb_power_on(struct nap_machine *m, unsigned device)
{
    unsigned p18 = ipmmu_switch(m, device, IPMMU_SWITCH_P18);
    struct nap_ipmmu *u;

    if (ipmmu_of(m, device)->n_entries == 0)
        return;
    u = open_tlb(m, device);
    if (p18 == IPMMU_P18_KEPT)
        return;
    if (p18 == IPMMU_P18_UNSETTLED && nap_varied(m, NAP_CHOOSE_RETAIN))
        u->unsettled = 1;
    else
        nap_ipmmu_tlb_drop(m, device, UINT32_MAX, UINT32_MAX);
}

static void settle(struct nap_machine *m, unsigned device)
{
    const struct ipmmu_entry *first = &ipmmu_of(m, device)->tlb[0];
    uint32_t donor = ipmmu_of(m, device)->donor[first->context];
    bool foreign = donor && donor != first->pa_page; /* else it would be the kept one */
    uint32_t chosen = nap_choose(m, NAP_CHOOSE_RETAIN, "TLB content after power loss",
                                 nap_instance_of(device, NAP_NO_SLOT), foreign ? 3 : 2);
    struct nap_ipmmu *u = open_tlb(m, device);

    u->unsettled = 0;
    if (chosen == 0)
        nap_ipmmu_tlb_drop(m, device, UINT32_MAX, UINT32_MAX);
    else if (chosen == 2)
        u->tlb[0].pa_page = donor;
}

/* A TLB that takes an entry is in use, so what it kept over a power cut is settled first: a
 * fresh entry must not be taken for a kept one. And a flush that is under way ends before, or
 * is late: one that ended later without being late would drop what came after it. */
void nap_ipmmu_tlb_fill(struct nap_machine *m, unsigned device, struct ipmmu_entry entry)
{
    const struct ipmmu_layout *layout = ipmmu_layout(m, device);
    struct nap_ipmmu *u;
    unsigned at = 0;

    if (ipmmu_of(m, device)->unsettled)
        settle(m, device);
    nap_work_notice(m, device, layout->imctr + entry.context, IPMMU_IMCTR_FLUSH);
    if (entry.port != IPMMU_NO_PORT)
        nap_work_notice(m, device, layout->imuctr + entry.port, IPMMU_IMUCTR_FLUSH);
    if (ipmmu_of(m, device)->n_entries == IPMMU_TLB_MAX) {
        nap_unmodelled(m, device, "TLB replacement");
        return;
    }
    u = open_tlb(m, device);
    while (at < u->n_entries && compare_tags(&u->tlb[at], &entry) < 0)
        at++;
    /* An entry of the same tag would have answered. */
    assert(at == u->n_entries || compare_tags(&u->tlb[at], &entry) != 0);
    memmove(&u->tlb[at + 1], &u->tlb[at], (u->n_entries - at) * sizeof u->tlb[0]);
    u->tlb[at] = entry;
    u->n_entries++;
}

/* --- what becomes usable --- */

static bool has_usable(const struct nap_machine *m, unsigned device, unsigned port,
                       unsigned context)
{
    const struct nap_ipmmu *u = ipmmu_of(m, device);

    for (unsigned i = 0; i < u->n_entries; i++)
        if (nap_ipmmu_entry_usable(m, device, &u->tlb[i], port, context))
            return true;
    return false;
}

static bool same_as_walk(const struct nap_machine *m, unsigned root,
                         const struct ipmmu_entry *e, unsigned context)
{
    struct ipmmu_entry fresh;
    uint64_t imstr;
    struct nap_outcome o =
        nap_ipmmu_walk(m, root, context, (nap_addr)e->page << 12, NULL, &fresh, &imstr);

    return o.kind == NAP_OUTCOME_TRANSLATED && !o.unwritten && o.pa >> 12 == e->pa_page &&
           o.readable == e->readable && o.writable == e->writable &&
           fresh.size_log2 >= e->size_log2; /* else only the start is known to be the same */
}

/* Whether an unfinished flush of (device, port, context) could be told from a finished one. */
static bool lateness_shows(const struct nap_machine *m, unsigned device, unsigned port,
                           unsigned context)
{
    const struct nap_ipmmu *u = ipmmu_of(m, device);

    if (u->unsettled)
        return has_usable(m, device, port, context);
    for (unsigned i = 0; i < u->n_entries; i++)
        if (nap_ipmmu_entry_usable(m, device, &u->tlb[i], port, context) &&
            !same_as_walk(m, nap_upstream(m, device), &u->tlb[i], context))
            return true;
    return false;
}

static void use(struct nap_machine *m, unsigned device, unsigned port, unsigned context)
{
    const struct ipmmu_layout *layout = ipmmu_layout(m, device);

    if (!nap_ipmmu_tlb_on(m, device))
        return;
    if (lateness_shows(m, device, port, context))
        nap_work_notice(m, device, layout->imctr + context, IPMMU_IMCTR_FLUSH);
    if (!ipmmu_is_root(m, device) && lateness_shows(m, device, port, context))
        nap_work_notice(m, device, layout->imuctr + port, IPMMU_IMUCTR_FLUSH);
    if (ipmmu_of(m, device)->unsettled && has_usable(m, device, port, context))
        settle(m, device);
}

static void use_port(struct nap_machine *m, unsigned cache, unsigned port)
{
    const struct ipmmu_layout *layout = ipmmu_layout(m, cache);
    unsigned root = nap_upstream(m, cache);
    unsigned context = ipmmu_context(layout, nap_reg_get(m, cache, layout->imuctr + port));
    struct nap_outcome end;
    uint64_t imstr;

    if (!nap_ipmmu_gate(m, cache, port, 0, NULL, &end, &imstr))
        return;
    use(m, cache, port, context);
    if (root != cache && (nap_reg_get(m, root, layout->imctr + context) & IPMMU_IMCTR_MMUEN))
        use(m, root, port, context);
}

/* Without entries nothing can become usable. */
static bool nothing_cached(const struct nap_machine *m, unsigned cache)
{
    unsigned root = nap_upstream(m, cache);

    return !nap_device_on(m, cache) || !nap_device_on(m, root) ||
           (ipmmu_of(m, cache)->n_entries == 0 && ipmmu_of(m, root)->n_entries == 0);
}

static bool port_on(const struct nap_machine *m, const struct ipmmu_layout *layout,
                    unsigned cache, unsigned port)
{
    return (nap_reg_get(m, cache, layout->imuctr + port) & IPMMU_IMUCTR_MMUEN) != 0;
}

void nap_ipmmu_port_usable(struct nap_machine *m, unsigned cache, unsigned port)
{
    if (port_on(m, ipmmu_layout(m, cache), cache, port) && !nothing_cached(m, cache))
        use_port(m, cache, port);
}

static void use_cache(struct nap_machine *m, unsigned cache)
{
    const struct ipmmu_layout *layout = ipmmu_layout(m, cache);

    if (nothing_cached(m, cache))
        return;
    for (unsigned port = 0; port < layout->ports; port++)
        if (port_on(m, layout, cache, port) && !nothing_cached(m, cache))
            use_port(m, cache, port);
}

void nap_ipmmu_tlb_usable(struct nap_machine *m, unsigned device)
{
    if (!ipmmu_is_root(m, device)) {
        use_cache(m, device);
        return;
    }
    for (unsigned i = 0; i < nap_device_count(m); i++)
        if (i != device && nap_upstream(m, i) == device)
            use_cache(m, i);
}
