/* SPDX-License-Identifier: MIT */
/* Right after resume (design 4.6). Golden values say which registers differ from suspend entry;
 * a twin that never slept decides whether that matters: both go through the same suite of
 * traffic and driver calls, with rules off and hardware eager. */
#include "runner.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUITE_MAX 4096

/* One observation of the suite. */
struct observation {
    const char *what;
    uint32_t device, port; /* UINT32_MAX: none */
    uint64_t address;
    uint64_t result; /* packed outcome, or a call's result */
    uint64_t pa;
};

struct suite {
    unsigned n;
    struct observation list[SUITE_MAX];
};

struct nap_twin {
    struct nap_snapshot *entry; /* machine at suspend entry */
    bool observed;
    struct suite twin, machine;
};

/* --- the suite
 * ---------------------------------------------------------------------------------- */

static void observe(struct suite *s, const char *what, uint32_t device, uint32_t port,
                    uint64_t address, uint64_t result, uint64_t pa)
{
    if (s->n < SUITE_MAX)
        s->list[s->n++] = (struct observation){what, device, port, address, result, pa};
}

static uint64_t packed(const struct nap_outcome *o)
{
    return (uint64_t)o->kind | (uint64_t)o->readable << 8 | (uint64_t)o->writable << 9 |
           (uint64_t)o->attributes << 16 | (uint64_t)o->unwritten << 32;
}

static void dma(struct nap_runner *r, struct suite *s, const char *what, unsigned device,
                unsigned port, nap_addr iova, enum nap_rw rw)
{
    struct nap_outcome o = nap_dma(r->m, device, port, iova, rw);

    observe(s, what, device, port, iova, packed(&o),
            o.kind == NAP_OUTCOME_TRANSLATED || o.kind == NAP_OUTCOME_BYPASS ? o.pa : 0);
}

/* Permissions are part of the outcome, so one direction tells both. */
static void all_probes(struct nap_runner *r, struct suite *s)
{
    const struct nap_judge *j = r->judge;

    for (unsigned g = 0; g < j->n_groups; g++)
        for (unsigned a = 0; a < j->n_addresses; a++)
            dma(r, s, "read", j->groups[g].device, j->groups[g].port, j->addresses[a],
                NAP_READ);
}

static void interrupts(struct nap_runner *r, struct suite *s)
{
    observe(s, "interrupt lines", UINT32_MAX, UINT32_MAX, 0, r->m->st->wires, 0);
    nap_runner_interrupts(r);
    observe(s, "interrupt lines after the handler", UINT32_MAX, UINT32_MAX, 0, r->m->st->wires,
            0);
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

static void one_domain(struct nap_runner *r, struct suite *s, unsigned domain,
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

static void run_suite(struct nap_runner *r, struct suite *s)
{
    s->n = 0;
    all_probes(r, s);
    interrupts(r, s);
    for (unsigned i = 0; i < NAP_SOC_MASTERS_MAX; i++) {
        uint32_t domain = r->m->st->ledger.domain[i];
        if (r->masters[i] && domain != NAP_NO_DOMAIN)
            one_domain(r, s, domain, r->masters[i]);
    }
    all_probes(r, s);
}

/* Everything the suite does is undone; choices, rules and the trace do not see it. */
static void suite_apart(struct nap_runner *r, const struct nap_snapshot *from, struct suite *s)
{
    struct nap_machine *m = r->m;
    nap_trace_sink *trace = m->trace;
    nap_chooser *chooser = m->chooser;
    enum nap_policy policy = m->policy;
    unsigned mark;

    r->judge->off = true;
    m->trace = NULL;
    m->chooser = NULL;
    m->policy = NAP_POLICY_EAGER;
    mark = nap_mark(m);
    if (from)
        nap_snapshot_restore(m, from);
    nap_masters_set_mode(m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    run_suite(r, s);
    nap_rewind(m, mark);
    nap_unmark(m);
    m->policy = policy;
    m->chooser = chooser;
    m->trace = trace;
    r->judge->off = false;
}

/* --- golden values
 * ---------------------------------------------------------------------------------- */

/* Bits of the slot that must be as they were. */
static uint64_t persistent(const struct nap_dev *d, unsigned slot, enum nap_restore restore)
{
    const struct nap_reg *reg = &d->kind->block->model->regs[d->kind->slots[slot].reg];
    uint64_t mask = 0;

    for (uint32_t i = 0; i < reg->n_fields; i++)
        if (reg->fields[i].restore == restore &&
            (reg->fields[i].variants & 1u << d->kind->variant))
            mask |= reg->fields[i].mask;
    return mask;
}

struct difference {
    unsigned device, slot;
    uint64_t golden, now;
    bool behaviour; /* only fields that need to behave alike, not to be equal */
};

static bool differs(const struct nap_runner *r, unsigned device, unsigned slot,
                    struct difference *out)
{
    const struct nap_dev *d = &r->m->devices[device];
    uint64_t golden, changed;

    if (!nap_golden(r->m, device, slot, &golden))
        return false;
    changed = golden ^ d->regs[slot];
    if (d->marks[slot] & NAP_MARK_UNDETERMINED)
        changed = UINT64_MAX;
    *out = (struct difference){device, slot, golden, d->regs[slot],
                               !(changed & persistent(d, slot, NAP_RESTORE_EQUAL))};
    return !out->behaviour || (changed & persistent(d, slot, NAP_RESTORE_BEHAVIOUR));
}

/* --- verdict
 * ------------------------------------------------------------------------------------------ */

static void add_finding(struct nap_runner *r, const struct difference *d, const char *message,
                        bool violation)
{
    struct nap_finding f = {
        .rule = nap_judge_rule(r->judge, "state-equivalence"),
        .device = d ? d->device : UINT32_MAX,
        .slot = d ? d->slot : NAP_NO_SLOT,
        .port = UINT32_MAX,
        .value = d ? d->now : 0,
        .issued = r->m->ev->counters.steps,
        .effect = r->m->ev->counters.steps,
    };

    snprintf(f.message, sizeof f.message, "%s", message);
    if (violation)
        nap_findings_violation(&r->findings, &f);
    else
        nap_findings_note(&r->findings, &f);
}

static void difference_text(const struct nap_runner *r, const struct difference *d, char *out,
                            size_t bytes)
{
    char name[NAP_NAME_MAX * 2];

    nap_register_name(r->m, d->device, d->slot, name, sizeof name);
    snprintf(out, bytes,
             "%s is 0x%" PRIx64 " after resume and was 0x%" PRIx64 " at suspend entry", name,
             d->now, d->golden);
}

/* First observation in which the machine and its twin differ, or NULL. */
static const struct observation *apart(const struct suite *a, const struct suite *b)
{
    for (unsigned i = 0; i < a->n && i < b->n; i++)
        if (a->list[i].result != b->list[i].result || a->list[i].pa != b->list[i].pa)
            return &a->list[i];
    return NULL;
}

static void say_apart(const struct nap_runner *r, const struct observation *o, char *out,
                      size_t bytes)
{
    if (o->device == UINT32_MAX)
        snprintf(out, bytes, "%s differ from a machine that did not sleep", o->what);
    else
        snprintf(out, bytes,
                 "%s by %s port %" PRIu32 " at 0x%" PRIx64
                 " differs from a machine that did not sleep",
                 o->what, nap_device_name(r->m, o->device), o->port, o->address);
}

static void report_differences(struct nap_runner *r, const struct observation *o)
{
    char text[200], where[200], message[420];
    struct difference d;
    unsigned n = 0;

    if (o)
        say_apart(r, o, text, sizeof text);
    else
        snprintf(text, sizeof text, "it behaves like a machine that did not sleep");
    for (unsigned i = 0; i < r->m->n_devices; i++) {
        for (unsigned s = 0; s < r->m->devices[i].kind->n_slots; s++) {
            if (!differs(r, i, s, &d) || (d.behaviour && !o))
                continue;
            difference_text(r, &d, where, sizeof where);
            snprintf(message, sizeof message, "%s; %s", where, text);
            add_finding(r, &d, message, o != NULL);
            n++;
        }
    }
    if (o && n == 0)
        add_finding(r, NULL, text, true);
}

void nap_twin_keep(struct nap_runner *r)
{
    if (!r->twin)
        r->twin = calloc(1, sizeof *r->twin);
    if (!r->twin)
        abort();
    nap_snapshot_free(r->twin->entry);
    r->twin->observed = false;
    if (nap_snapshot_take(r->m, &r->twin->entry))
        abort();
}

void nap_equivalence_check(struct nap_runner *r)
{
    struct nap_twin *t = r->twin;

    if (!r->pos->slept)
        return;
    if (!t->observed)
        suite_apart(r, t->entry, &t->twin);
    t->observed = true;
    suite_apart(r, NULL, &t->machine);
    report_differences(r, apart(&t->twin, &t->machine));
}

void nap_twin_free(struct nap_twin *t)
{
    if (!t)
        return;
    nap_snapshot_free(t->entry);
    free(t);
}
