/* SPDX-License-Identifier: MIT */
/* What must hold of this block. The conduct rules look at the moment a micro-TLB comes alive:
 * everything its traffic will pass must be in place by then. */
#include "ipmmu.h"

#include <inttypes.h>
#include <string.h>

#include <regnap/ledger.h>
#include <regnap/os.h>

/* Whether the write makes the port live on its context: enabled by it, moved to another
 * context by it, or enabled already but not by software since power-on. */
static bool comes_alive(const struct ipmmu_layout *layout, const struct nap_event *e)
{
    if (!(e->now & IPMMU_IMUCTR_MMUEN) || ipmmu_context(layout, e->now) >= layout->contexts)
        return false;
    return !(e->was & IPMMU_IMUCTR_MMUEN) || !(e->marks & NAP_MARK_WRITTEN) ||
           ipmmu_context(layout, e->was) != ipmmu_context(layout, e->now);
}

static bool landed(const struct nap_machine *m, unsigned device, unsigned slot)
{
    return (nap_reg_marks(m, device, slot) & NAP_MARK_WRITTEN) != 0;
}

static void root_before_utlb(const struct nap_machine *m, const struct nap_event *e,
                             struct nap_report *report)
{
    const struct ipmmu_layout *layout = ipmmu_layout(m, e->device);
    unsigned root = nap_upstream(m, e->device);
    unsigned n = ipmmu_context(layout, e->now);
    const char *missing = NULL;

    if ((e->now & IPMMU_IMUCTR_MMUEN) && n >= layout->contexts)
        nap_violation(report, e->device, e->slot, e->index,
                      "cache %s enabled micro-TLB %" PRIu32
                      " on context %u, which root %s does "
                      "not have",
                      nap_device_name(m, e->device), e->index, n, nap_device_name(m, root));
    if (!comes_alive(layout, e))
        return;
    if (!landed(m, root, layout->imttlbr0 + n))
        missing = "IMTTLBR0 not written since power-on";
    else if (!landed(m, root, layout->imttubr0 + n))
        missing = "IMTTUBR0 not written since power-on";
    else if (!landed(m, root, layout->imttbcr + n))
        missing = "IMTTBCR not written since power-on";
    else if (!(nap_reg_get(m, root, layout->imctr + n) & IPMMU_IMCTR_MMUEN))
        missing = "IMCTR.MMUEN is 0";
    if (missing)
        nap_violation(report, e->device, e->slot, e->index,
                      "cache %s enabled micro-TLB %" PRIu32 " on context %u while root %s had "
                      "not restored context %u: %s",
                      nap_device_name(m, e->device), e->index, n, nap_device_name(m, root), n,
                      missing);
}

static void cache_context_before_utlb(const struct nap_machine *m, const struct nap_event *e,
                                      struct nap_report *report)
{
    const struct ipmmu_layout *layout = ipmmu_layout(m, e->device);
    unsigned n = ipmmu_context(layout, e->now);

    /* A unit that walks itself has no context beside the root's. */
    if (!comes_alive(layout, e) || ipmmu_walks(m, e->device) ||
        (nap_reg_get(m, e->device, layout->imctr + n) & IPMMU_IMCTR_MMUEN))
        return;
    nap_violation(report, e->device, e->slot, e->index,
                  "cache %s enabled micro-TLB %" PRIu32 " on context %u while its own "
                  "IMCTR[%u].MMUEN was 0",
                  nap_device_name(m, e->device), e->index, n, n);
}

/* A context that was off at suspend entry may come back in any format. */
static bool was_on(const struct nap_machine *m, unsigned root, unsigned n)
{
    uint64_t golden;

    return nap_golden(m, root, ipmmu_layout(m, root)->imctr + n, &golden) &&
           (golden & IPMMU_IMCTR_MMUEN);
}

/* The name of the bit of @mask that is not known to be as it was at suspend entry, or NULL. */
static const char *not_golden(const struct nap_machine *m, unsigned device, unsigned slot,
                              uint64_t mask, const char *name)
{
    uint64_t golden;

    if (slot == NAP_NO_SLOT || !nap_golden(m, device, slot, &golden))
        return NULL;
    if (nap_reg_marks(m, device, slot) & NAP_MARK_UNDETERMINED)
        return name;
    return ((golden ^ nap_reg_get(m, device, slot)) & mask) ? name : NULL;
}

static bool secgrp_clear(const struct nap_machine *m, unsigned device)
{
    const struct ipmmu_layout *layout = ipmmu_layout(m, device);

    if (layout->imsctlr == NAP_NO_SLOT)
        return true;
    return !(nap_reg_marks(m, device, layout->imsctlr) & NAP_MARK_UNDETERMINED) &&
           !(nap_reg_get(m, device, layout->imsctlr) & IPMMU_IMSCTLR_USE_SECGRP);
}

static void controls_before_utlb(const struct nap_machine *m, const struct nap_event *e,
                                 struct nap_report *report)
{
    const struct ipmmu_layout *layout = ipmmu_layout(m, e->device);
    unsigned root = nap_upstream(m, e->device);
    unsigned n = ipmmu_context(layout, e->now);
    const char *wrong = NULL;

    if (!comes_alive(layout, e))
        return;
    if (!secgrp_clear(m, e->device))
        wrong = "USE_SECGRP of the cache may be set";
    if (!wrong && !secgrp_clear(m, root))
        wrong = "USE_SECGRP of the root may be set";
    if (!wrong)
        wrong = not_golden(m, root, layout->imsauxctlr, IPMMU_IMSAUXCTLR_S2PTE,
                           "IMSAUXCTLR.S2PTE of the root is not as at suspend entry");
    if (!wrong && was_on(m, root, n))
        wrong = not_golden(m, root, layout->imctr + n, IPMMU_IMCTR_VA64,
                           "IMCTR.VA64 of the root is not as at suspend entry");
    if (!wrong && was_on(m, root, n))
        wrong = not_golden(m, root, layout->imttbcr + n, IPMMU_IMTTBCR_PMB,
                           "IMTTBCR.PMB of the root is not as at suspend entry");
    if (wrong)
        nap_violation(report, e->device, e->slot, e->index,
                      "cache %s enabled micro-TLB %" PRIu32 " on context %u while %s",
                      nap_device_name(m, e->device), e->index, n, wrong);
}

/* --- flushes --- */

/* Whether the entry would answer this port otherwise than the ground truth. */
static bool entry_wrong(const struct nap_machine *m, unsigned cache, unsigned port,
                        const struct ipmmu_entry *entry)
{
    struct nap_truth t;

    nap_truth_of(m, cache, port, (nap_addr)entry->page << 12, &t);
    if (!t.judged)
        return false;
    for (unsigned i = 0; i < t.n; i++)
        if (t.allowed[i].pa >> 12 == entry->pa_page &&
            t.allowed[i].extent >= UINT64_C(1) << entry->size_log2 &&
            entry->readable == ((t.allowed[i].prot & NAP_PROT_READ) != 0) &&
            entry->writable == ((t.allowed[i].prot & NAP_PROT_WRITE) != 0))
            return false;
    return true;
}

/* A wrong entry of @unit that port (of @cache) could hit on context @n. */
static bool holds_wrong_entry(const struct nap_machine *m, unsigned unit, unsigned cache,
                              unsigned port, unsigned n)
{
    const struct nap_ipmmu *u = ipmmu_of(m, unit);

    for (unsigned i = 0; i < u->n_entries && nap_ipmmu_tlb_on(m, unit); i++)
        if (nap_ipmmu_entry_usable(m, unit, &u->tlb[i], port, n) &&
            entry_wrong(m, cache, port, &u->tlb[i]))
            return true;
    return false;
}

struct flush {
    unsigned unit;
    unsigned slot;
    uint64_t mask;
};

/* Whether the write that enables the port is also the one that starts the flush: there is
 * nothing to wait for before it. */
static bool begun_by(const struct nap_event *e, const struct flush *f)
{
    return f->unit == e->device && f->slot == e->slot && !(e->was & f->mask);
}

static void flush_before_utlb(const struct nap_machine *m, const struct nap_event *e,
                              struct nap_report *report)
{
    const struct ipmmu_layout *layout = ipmmu_layout(m, e->device);
    unsigned root = nap_upstream(m, e->device);
    unsigned n = ipmmu_context(layout, e->now);
    const struct flush flushes[] = {
        {root, layout->imctr + n, IPMMU_IMCTR_FLUSH},
        {e->device, layout->imctr + n, IPMMU_IMCTR_FLUSH},
        {e->device, e->slot, IPMMU_IMUCTR_FLUSH},
    };
    char name[NAP_NAME_MAX * 2];

    if (!comes_alive(layout, e))
        return;
    for (unsigned i = 0; i < 3; i++) {
        if (i == 1 && root == e->device)
            continue; /* has one context bank, not two */
        if (!nap_work_pending(m, flushes[i].unit, flushes[i].slot, flushes[i].mask))
            continue;
        nap_register_name(m, flushes[i].unit, flushes[i].slot, name, sizeof name);
        if (holds_wrong_entry(m, flushes[i].unit, e->device, e->index, n))
            nap_violation(
                report, e->device, e->slot, e->index,
                "cache %s enabled micro-TLB %" PRIu32 " on context %u while the "
                "flush that %s started was unfinished, with a wrong entry in its scope",
                nap_device_name(m, e->device), e->index, n, name);
        else if (!begun_by(e, &flushes[i]))
            nap_note(report, e->device, e->slot, e->index,
                     "micro-TLB enabled while the flush that %s started was unfinished; no "
                     "TLB entry in its scope is wrong (TLBs came up empty or right, P18)",
                     name);
    }
}

/* A port of @cache on context @n whose master is of a domain that the call under way is not
 * about; UINT32_MAX if there is none, or one that the call is about. */
static unsigned foreign_port(const struct nap_machine *m, unsigned cache, unsigned n, bool *own)
{
    const struct ipmmu_layout *layout = ipmmu_layout(m, cache);
    unsigned foreign = UINT32_MAX;

    for (unsigned port = 0; port < layout->ports; port++) {
        uint64_t imuctr = nap_reg_get(m, cache, layout->imuctr + port);
        int master = nap_port_master(m, cache, port);
        if (!(imuctr & IPMMU_IMUCTR_MMUEN) || ipmmu_context(layout, imuctr) != n ||
            master < 0 || nap_ledger_domain(m, (unsigned)master) == NAP_NO_DOMAIN)
            continue;
        if (nap_ledger_open_for(m, nap_ledger_domain(m, (unsigned)master)))
            *own = true;
        else if (foreign == UINT32_MAX)
            foreign = port;
    }
    return foreign;
}

/* The ground truth knows who a context belongs to: the domain whose ports are on it. */
static void foreign_context(const struct nap_machine *m, const struct nap_event *e,
                            struct nap_report *report)
{
    unsigned root = nap_upstream(m, e->device), cache = 0, port = UINT32_MAX;
    bool own = false;

    if (!nap_ledger_open(m))
        return;
    for (unsigned i = 0; i < nap_device_count(m); i++) {
        unsigned found;
        if (nap_upstream(m, i) != root || ipmmu_is_root(m, i) ||
            (e->device != root && e->device != i))
            continue;
        found = foreign_port(m, i, e->index, &own);
        if (found == UINT32_MAX || port != UINT32_MAX)
            continue;
        cache = i;
        port = found;
    }
    if (port != UINT32_MAX && !own)
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "%s wrote context %" PRIu32
                      " in a call about another domain than that of %s port %u, which is on it",
                      nap_device_name(m, e->device), e->index, nap_device_name(m, cache), port);
}

/* --- the table --- */

#define PUBLIC_SOURCES "R-Car Gen3 IPMMU as public drivers and reviews describe it"

const struct nap_rule nap_ipmmu_rules[] = {
    {
        .id = "ipmmu-root-before-utlb",
        .classes = "O13",
        .source = PUBLIC_SOURCES ": enable chain of one transaction; review of Xen suspend v9",
        .about = "A micro-TLB is enabled only after the root has its context's tables and "
                 "IMCTR.MMUEN back",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_WRITE),
        .reg = "IMUCTR",
        .leaves = IPMMU_IMUCTR_MMUEN,
        .check = root_before_utlb,
    },
    {
        .id = "ipmmu-cache-context-before-utlb",
        .classes = "O13",
        .source = PUBLIC_SOURCES ": enable chain of one transaction",
        .about =
            "A micro-TLB is enabled only while its cache's IMCTR.MMUEN of that context is 1",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_WRITE),
        .reg = "IMUCTR",
        .leaves = IPMMU_IMUCTR_MMUEN,
        .check = cache_context_before_utlb,
    },
    {
        .id = "ipmmu-controls-before-utlb",
        .classes = "O13",
        .source =
            PUBLIC_SOURCES ": USE_SECGRP must be 0; S2PTE, VA64, PMB select the table format",
        .about = "A micro-TLB is enabled only with USE_SECGRP 0 and the table format restored",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_WRITE),
        .reg = "IMUCTR",
        .leaves = IPMMU_IMUCTR_MMUEN,
        .check = controls_before_utlb,
    },
    {
        .id = "ipmmu-flush-before-utlb",
        .classes = "O12",
        .source = PUBLIC_SOURCES ": FLUSH reads 1 until done; review of Xen suspend v9",
        .about =
            "A micro-TLB is enabled only after the flushes of root, cache context and port "
            "have finished, where a wrong entry is in their scope",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_WRITE),
        .reg = "IMUCTR",
        .leaves = IPMMU_IMUCTR_MMUEN,
        .check = flush_before_utlb,
    },
    {
        .id = "ipmmu-foreign-context",
        .classes = "O4 O14",
        .source = PUBLIC_SOURCES ": a context belongs to one domain; review of a Linux fix for "
                                 "a context id that was never assigned",
        .about = "A call about one domain writes IMCTR of no context that only other domains' "
                 "ports are on",
        .family = NAP_RULE_LEDGER,
        .on = NAP_STEP_BIT(NAP_STEP_WRITE),
        .reg = "IMCTR",
        .check = foreign_context,
    },
    {
        .id = "ipmmu-power-up-bypass",
        .classes = "O1",
        .source =
            PUBLIC_SOURCES ": IMUCTR resets to 0 and a port that is 0 passes addresses through",
        .about = "From power-on until its port is written, a live master reaches memory "
                 "untranslated; only the platform can close that window",
        .family = NAP_RULE_OUTCOME,
        .on = 0,
        .check = NULL,
    },
};

_Static_assert(sizeof nap_ipmmu_rules / sizeof nap_ipmmu_rules[0] == IPMMU_N_RULES, "count");
