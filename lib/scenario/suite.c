/* SPDX-License-Identifier: MIT */
/* The suite that a machine and its twin both go through after resume: every probe, a map and an
 * unmap, a detach and an attach of each master, every interrupt; with rules off and hardware
 * eager, and all of it undone. */
#include "equivalence.h"

#include "../os/os.h"
#include "calls.h"
#include "events.h"

#include <assert.h>
#include <string.h>

static void observe(struct nap_suite *s, const char *what, uint32_t device, uint32_t port,
                    uint64_t address, uint64_t result, uint64_t pa)
{
    assert(s->n < NAP_SUITE_MAX);
    s->list[s->n++] = (struct nap_observation){what, device, port, address, result, pa};
}

static uint64_t packed(const struct nap_outcome *o)
{
    return (uint64_t)o->kind | (uint64_t)o->readable << 8 | (uint64_t)o->writable << 9 |
           (uint64_t)o->executable << 10 | (uint64_t)o->privileged_only << 11 |
           (uint64_t)o->unwritten << 12 | (uint64_t)o->suspect << 13 |
           (uint64_t)o->silent << 14 | (uint64_t)o->event << 16 | (uint64_t)o->attributes << 32;
}

static void dma(struct nap_runner *r, struct nap_suite *s, const char *what, unsigned device,
                unsigned port, nap_addr iova, enum nap_rw rw)
{
    struct nap_outcome o = nap_dma(r->m, device, port, iova, rw);

    observe(s, what, device, port, iova, packed(&o),
            o.kind == NAP_OUTCOME_TRANSLATED || o.kind == NAP_OUTCOME_BYPASS ? o.pa : 0);
}

/* Permissions are part of the outcome, so one direction tells both. */
static void all_probes(struct nap_runner *r, struct nap_suite *s)
{
    const struct nap_judge *j = r->judge;

    for (unsigned g = 0; g < j->n_groups; g++)
        for (unsigned a = 0; a < j->n_addresses; a++)
            dma(r, s, "read", j->groups[g].device, j->groups[g].port, j->addresses[a],
                NAP_READ);
}

/* One number for the edges that are pending. */
static uint64_t edges(const struct nap_machine *m)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < m->n_devices; i++)
        sum = sum * 257 + nap_edges(m, i);
    return sum;
}

static const char line_text[] = "interrupt lines";

static void interrupts(struct nap_runner *r, struct nap_suite *s)
{
    observe(s, line_text, UINT32_MAX, UINT32_MAX, 0, r->m->st->wires, edges(r->m));
    nap_runner_interrupts(r);
    observe(s, "interrupt lines after the handler", UINT32_MAX, UINT32_MAX, 0, r->m->st->wires,
            edges(r->m));
}

bool nap_suite_tells_of_lines(const struct nap_observation *o)
{
    return strncmp(o->what, line_text, strlen(line_text)) == 0;
}

/* The end of the input range is what scenarios leave free. */
static struct nap_scenario_mapping spare_mapping(const struct nap_runner *r, unsigned domain)
{
    const struct nap_scenario_domain *d = &r->config->scenario->domains[domain];
    nap_addr end = UINT64_C(1) << (d->ipa_bits ? d->ipa_bits : 40);

    return (struct nap_scenario_mapping){.iova = end - 0x1000,
                                         .pa = r->m->soc->ram[0].base,
                                         .size_bytes = 0x1000,
                                         .prot = NAP_PROT_READ | NAP_PROT_WRITE};
}

static void one_domain(struct nap_runner *r, struct nap_suite *s, unsigned domain,
                       struct nap_master *master)
{
    struct nap_scenario_mapping spare = spare_mapping(r, domain);
    unsigned device = master->device->index;
    unsigned port = master->ids[0];

    observe(s, "map", device, port, spare.iova,
            (uint64_t)(int64_t)nap_runner_map(r, domain, &spare), 0);
    dma(r, s, "read of a new mapping", device, port, spare.iova, NAP_READ);
    observe(s, "unmap", device, port, spare.iova,
            (uint64_t)(int64_t)nap_runner_unmap(r, domain, spare.iova, spare.size_bytes), 0);
    dma(r, s, "read after unmap", device, port, spare.iova, NAP_READ);
    interrupts(r, s);
    observe(s, "detach", device, port, 0, (uint64_t)(int64_t)nap_runner_detach(r, master), 0);
    dma(r, s, "read after detach", device, port, spare.iova, NAP_READ);
    observe(s, "attach", device, port, 0,
            (uint64_t)(int64_t)nap_runner_attach(r, domain, master), 0);
}

/* Who has taken the interrupt, and whether it is still owed. */
static void observe_interrupt(struct nap_runner *r, struct nap_suite *s, const char *what,
                              uint32_t index)
{
    const struct nap_os_interrupt *b = &r->m->st->os.interrupts[index];

    observe(s, what, (uint32_t)nap_controller(r->m), UINT32_MAX, r->interrupts[index].intid,
            (uint64_t)b->owed | (uint64_t)b->guest << 8 | (uint64_t)b->cpu << 16, r->m->taken);
}

/* Each alone, and then all of them, whose order tells their priorities. */
static void sources(struct nap_runner *r, struct nap_suite *s)
{
    uint32_t n = r->config->scenario->n_interrupts;

    if (n == 0)
        return;
    (void)nap_runner_guests_end(r);
    nap_runner_interrupts(r);
    r->m->taken = 0;
    for (uint32_t i = 0; i < n; i++) {
        nap_runner_raise(r, i);
        nap_runner_interrupts(r);
        observe_interrupt(r, s, "interrupt", i);
        (void)nap_runner_guests_end(r);
    }
    for (uint32_t i = 0; i < n; i++)
        nap_runner_raise(r, i);
    nap_runner_interrupts(r);
    for (uint32_t i = 0; i < n; i++)
        observe_interrupt(r, s, "interrupt of many", i);
}

/* What was raised before is of before. */
static void forget_edges(struct nap_machine *m)
{
    for (unsigned i = 0; i < m->n_devices; i++)
        for (unsigned e = nap_edges(m, i); e; e &= e - 1)
            nap_edge_take(m, i, (unsigned)__builtin_ctz(e));
}

static void run_suite(struct nap_runner *r, struct nap_suite *s)
{
    s->n = 0;
    nap_runner_interrupts(r); /* what waits for its handler may keep more from coming */
    forget_edges(r->m);
    observe(s, "masters kept from sending", UINT32_MAX, UINT32_MAX, 0,
            r->m->st->masters_quiesced, 0);
    all_probes(r, s);
    interrupts(r, s);
    sources(r, s);
    for (unsigned i = 0; i < NAP_SOC_MASTERS_MAX; i++) {
        uint32_t domain = r->m->st->ledger.domain[i];
        if (r->masters[i] && NAP_IS_DOMAIN(domain))
            one_domain(r, s, domain, r->masters[i]);
    }
    all_probes(r, s);
}

/* --- apart from the run --- */

/* API calls of the operations between suspend and where @now is; all of them succeeded. */
static void journal(struct nap_runner *r, const struct nap_position *now)
{
    for (uint32_t i = r->pos->journal_from; i < now->op; i++)
        if (!(now->skipped >> i & 1))
            (void)nap_runner_call(r, &r->config->scenario->ops[i]);
    nap_runner_repeat_calls(r, now);
}

static void watch_settling(void *context, const struct nap_machine *m,
                           const struct nap_event *e)
{
    struct nap_twin *t = context;

    (void)m;
    for (unsigned i = 0; e->kind == NAP_STEP_SETTLE && i < t->n_golden; i++)
        t->settled |= t->golden[i].need == NAP_GOLDEN_FREE &&
                      t->golden[i].device == e->device && t->golden[i].slot == e->slot;
}

/* Everything the suite does is undone; choices, rules, the search and the trace do not see it.
 * With @now it is the twin that goes through it, after what the run has called by then. */
void nap_suite_apart(struct nap_runner *r, const struct nap_position *now, struct nap_suite *s)
{
    struct nap_machine *m = r->m;
    struct nap_twin *t = nap_twin_of(r);
    nap_trace_sink *trace = m->trace;
    void *trace_context = m->trace_context;
    nap_chooser *chooser = m->chooser;
    struct nap_meeting *meeting = m->meeting;
    enum nap_policy policy = m->policy;
    bool was_off = r->judge->off;
    unsigned mark;

    r->judge->off = true;
    t->settled = false;
    nap_set_trace(m, watch_settling, t);
    m->chooser = NULL;
    m->meeting = NULL;
    m->policy = NAP_POLICY_EAGER;
    mark = nap_mark(m);
    if (now) {
        nap_snapshot_restore(m, t->entry);
        nap_post_land_all(m); /* as the machine's have */
        nap_work_finish_all(m);
        journal(r, now);
    }
    nap_masters_set_mode(m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    run_suite(r, s);
    nap_rewind(m, mark);
    nap_unmark(m);
    m->policy = policy;
    m->meeting = meeting;
    m->chooser = chooser;
    nap_set_trace(m, trace, trace_context);
    r->judge->off = was_off;
}

const struct nap_observation *nap_twin_apart(const struct nap_twin *t)
{
    for (unsigned i = 0; i < t->view->n; i++) {
        const struct nap_observation *a = &t->view->list[i], *b = &t->suite.list[i];
        if (i == t->suite.n || a->what != b->what || a->device != b->device ||
            a->port != b->port || a->address != b->address || a->result != b->result ||
            a->pa != b->pa)
            return a;
    }
    return NULL;
}
