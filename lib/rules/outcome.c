/* SPDX-License-Identifier: MIT */
/* Outcome rules: what a transaction would meet, against the ground truth. */
#include "judge.h"

#include <regnap/os.h>

#include <inttypes.h>
#include <string.h>

static bool allowed(const struct nap_outcome *o, const struct nap_truth *t)
{
    for (unsigned i = 0; i < t->n; i++)
        if (t->allowed[i].mapped && t->allowed[i].pa == o->pa &&
            o->readable == ((t->allowed[i].prot & NAP_PROT_READ) != 0) &&
            o->writable == ((t->allowed[i].prot & NAP_PROT_WRITE) != 0))
            return true;
    return false;
}

/* No data moves: right for isolation. Whether service comes back is judged after resume. */
static bool moves_nothing(const struct nap_outcome *o)
{
    return o->kind == NAP_OUTCOME_FAULT || o->kind == NAP_OUTCOME_STALL ||
           o->kind == NAP_OUTCOME_BUS_ERROR;
}

enum nap_wrong nap_outcome_wrong(const struct nap_outcome *o, const struct nap_truth *t)
{
    if (!t->judged || moves_nothing(o))
        return NAP_RIGHT;
    if (o->kind == NAP_OUTCOME_UNDETERMINED || o->unwritten)
        return NAP_WRONG_UNWRITTEN;
    if (o->kind == NAP_OUTCOME_BYPASS)
        return t->bypass ? NAP_RIGHT : NAP_WRONG_BYPASS;
    if (allowed(o, t))
        return NAP_RIGHT;
    return o->by == NAP_BY_TLB || o->by == NAP_BY_SHARED_TLB ? NAP_WRONG_STALE : NAP_WRONG_WALK;
}

static uint64_t mixed(uint64_t sum, uint64_t value)
{
    return (sum ^ value) * UINT64_C(0x9e3779b97f4a7c15) + (sum >> 29);
}

/* Not linear: sums of these over sets of outcomes are equal by accident alone. */
static uint64_t finished(uint64_t sum)
{
    sum = (sum ^ sum >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return sum ^ sum >> 32;
}

uint64_t nap_outcome_amount(const struct nap_outcome *o)
{
    uint64_t permissions = (uint64_t)o->readable | (uint64_t)o->writable << 1 |
                           (uint64_t)o->executable << 2 | (uint64_t)o->privileged_only << 3;
    uint64_t sum = mixed(1, (uint64_t)o->kind | permissions << 8);

    sum = mixed(sum, (uint64_t)o->attributes << 32 | o->context);
    return finished(mixed(sum, o->pa));
}

static void remember(const struct nap_group *g, nap_addr iova, const struct nap_outcome *o,
                     const struct nap_truth *t, struct nap_finding_probe *out)
{
    *out = (struct nap_finding_probe){
        .master = g->master,
        .device = g->device,
        .port = g->port,
        .iova = iova,
        .outcome = *o,
        .expect_mapped = t->allowed[0].mapped,
        .expect_pa = t->allowed[0].pa,
    };
}

/* Of an answer that depends on more than a footprint holds: on everything, as far as one can
 * know. */
static void watch_everything(const struct nap_judge *judge, unsigned watch)
{
    struct nap_machine *m = judge->m;

    nap_watch_any_page(m, watch);
    for (unsigned i = 0; i < m->n_devices; i++)
        for (size_t row = 0; row <= m->devices[i].kind->n_slots; row++)
            m->devices[i].watch[row * m->watch_words + watch / 64] |= UINT64_C(1) << watch % 64;
}

static void watch_pages(const struct nap_judge *judge, unsigned watch,
                        const struct nap_footprint *footprint)
{
    if (footprint->n_pages > NAP_FOOTPRINT_PAGES_MAX) {
        nap_watch_any_page(judge->m, watch);
        return;
    }
    for (unsigned i = 0; i < footprint->n_pages; i++)
        nap_watch_page(judge->m, watch, footprint->pages[i]);
}

static bool has(const struct nap_footprint *footprint, uint32_t device, uint32_t slot)
{
    for (unsigned i = 0; footprint && i < footprint->n; i++)
        if (footprint->list[i].device == device && footprint->list[i].slot == slot)
            return true;
    return false;
}

void nap_group_watch(const struct nap_judge *judge, const struct nap_watcher *watcher,
                     const struct nap_footprint *footprint)
{
    unsigned words = judge->m->watch_words, bit = watcher->bit;

    watch_pages(judge, bit, footprint);
    if (footprint->n > NAP_FOOTPRINT_MAX) {
        watch_everything(judge, bit);
        return;
    }
    for (unsigned i = 0; i < footprint->n; i++) {
        uint32_t device = footprint->list[i].device, slot = footprint->list[i].slot;
        const struct nap_dev *d = &judge->m->devices[device];
        size_t row = slot == NAP_SLOT_HIDDEN ? d->kind->n_slots : slot;
        if (!has(watcher->except, device, slot))
            d->watch[row * words + bit / 64] |= UINT64_C(1) << bit % 64;
    }
}

enum nap_wrong nap_group_judge(const struct nap_judge *judge, unsigned group,
                               const struct nap_watcher *watcher,
                               struct nap_finding_probe *first)
{
    const struct nap_group *g = &judge->groups[group];
    int master = nap_port_master(judge->m, g->device, g->port);
    struct nap_outcomes outcomes;
    struct nap_truth truth;

    for (unsigned a = 0; a < judge->n_addresses; a++) {
        struct nap_footprint footprint; /* what lies beyond the counts is not read */
        footprint.n = footprint.n_pages = 0;
        nap_truth_for(judge->m, master, judge->addresses[a], &truth);
        if (!truth.judged)
            return NAP_RIGHT;
        nap_probe(judge->m, g->device, g->port, judge->addresses[a], &outcomes,
                  watcher ? &footprint : NULL);
        if (watcher)
            nap_group_watch(judge, watcher, &footprint);
        for (unsigned i = 0; i < outcomes.n; i++) {
            enum nap_wrong wrong = nap_outcome_wrong(&outcomes.list[i], &truth);
            if (wrong == NAP_RIGHT)
                continue;
            remember(g, judge->addresses[a], &outcomes.list[i], &truth, first);
            return wrong;
        }
    }
    return NAP_RIGHT;
}

/* Whether the domain settles that this access translates. */
static bool must_translate(const struct nap_event *e, const struct nap_truth *t)
{
    unsigned needed = e->is_write ? NAP_PROT_WRITE : NAP_PROT_READ;

    return t->judged && t->n == 1 && t->allowed[0].mapped && (t->allowed[0].prot & needed);
}

/* The ground truth is about what a master sends without more ado. */
static bool is_plain(const struct nap_event *e)
{
    return e->traffic == NAP_UNTRANSLATED && e->substream == NAP_SUBSTREAM_NONE;
}

/* Whether the ledger settles that traffic passes untranslated. */
static bool must_pass(const struct nap_truth *t)
{
    return t->judged && t->n == 1 && t->bypass && t->domain == NAP_BYPASS_DOMAIN;
}

static bool ended_in(const struct nap_event *e, enum nap_outcome_kind kind)
{
    return strcmp(e->label, nap_outcome_name(kind)) == 0;
}

/* Asleep only masters with firmware of their own send, which may meet anything, and those that
 * their driver's resume has let go again, for which it is over. */
static bool awaits_service(const struct nap_machine *m, unsigned master)
{
    return !m->st->asleep || !(m->st->masters_autonomous >> master & 1);
}

/* Probes do not ask for service, since a fault is right while a driver is at work. Traffic that
 * is really sent is, where nothing is under way. */
static void dma_service(const struct nap_machine *m, const struct nap_event *e,
                        struct nap_report *report)
{
    struct nap_truth t;

    nap_truth_of(m, e->device, e->index, e->address, &t);
    if (!is_plain(e) || !(must_translate(e, &t) || must_pass(&t)) ||
        !awaits_service(m, t.master) ||
        !(ended_in(e, NAP_OUTCOME_FAULT) || ended_in(e, NAP_OUTCOME_STALL) ||
          ended_in(e, NAP_OUTCOME_BUS_ERROR)))
        return;
    nap_violation(report, e->device, NAP_NO_SLOT, e->index,
                  "%s of 0x%" PRIx64 " by %s at %s port %" PRIu32
                  " ends in %s, although %s has returned success",
                  e->is_write ? "write" : "read", e->address, m->soc->masters[t.master].name,
                  nap_device_name(m, e->device), e->index, e->label,
                  t.bypass ? "bypass()" : "map() of it");
}

const struct nap_rule nap_outcome_rules[] = {
    {
        .id = "dma-isolation",
        .classes = "O1",
        .source = "the ground truth: what attach, map and unmap asked for",
        .about = "A live master reaches only what its domain maps: never untranslated, never "
                 "another domain's memory",
        .family = NAP_RULE_OUTCOME,
    },
    {
        .id = "dma-freshness",
        .classes = "O2",
        .source = "the ground truth: what attach, map and unmap asked for",
        .about = "No TLB answers a live master with something other than its domain maps now",
        .family = NAP_RULE_OUTCOME,
    },
    {
        .id = "dma-service",
        .classes = "O6",
        .source = "the ground truth: what map has returned success for",
        .about =
            "While the system is awake, or other drivers alone are still in resume, traffic "
            "of a master to what its domain maps is not refused",
        .family = NAP_RULE_OUTCOME,
        .on = NAP_STEP_BIT(NAP_STEP_DMA),
        .check = dma_service,
    },
    {
        .id = "dma-after-detach",
        .classes = "O1 O2",
        .source = "the ground truth: a detached master belongs to no domain",
        .about = "Once detach has returned, no domain's tables and no TLB translate for the "
                 "master's ports",
        .family = NAP_RULE_OUTCOME,
    },
    {
        .id = "use-of-unwritten",
        .classes = "O1",
        .source = "a register of unknown content decides where a transaction goes",
        .about = "No live master's traffic depends on a register that nobody has written since "
                 "power-on",
        .family = NAP_RULE_OUTCOME,
    },
    {
        .id = "state-equivalence",
        .classes = "O8",
        .source =
            "the values that software had written by suspend entry, and a twin that never "
            "slept",
        .about = "After resume the machine behaves as if it had not slept; a register that "
                 "differs and matters is named",
        .family = NAP_RULE_STATE,
    },
};

const unsigned nap_n_outcome_rules = sizeof nap_outcome_rules / sizeof nap_outcome_rules[0];
