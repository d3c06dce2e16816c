/* SPDX-License-Identifier: MIT */
/* Right after resume (design 4.6). Golden values say which registers differ from suspend entry;
 * a twin that never slept decides whether that matters: both go through the same suite of
 * traffic and driver calls, with rules off and hardware eager.
 *
 * The suite costs more than all else at an end state, and most end states differ only in
 * registers that nothing needs. So the suite runs with those registers undetermined, as power
 * loss leaves them (design 4.7). If it goes like the twin's and nothing settles one of them, it
 * goes so whatever they hold, and for every end state that is the same but for them. */
#include "twin.h"

#include "../os/os.h"
#include "calls.h"
#include "events.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* All probes twice; nine observations of each master; interrupts and masters
 * once. */
#define SUITE_MAX                                                                              \
    (2 * NAP_JUDGE_GROUPS * NAP_JUDGE_ADDRESSES + 9 * NAP_SOC_MASTERS_MAX + 4 +                \
     2 * NAP_SCENARIO_INTERRUPTS_MAX)

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

/* How the twin fares after the calls that a run has made by then: what the suite shows of it,
 * and up to which operation, without which of them, and with which calls of clients. */
struct view {
    uint64_t skipped;
    uint32_t op;
    uint8_t calls[NAP_SCENARIO_CLIENTS_MAX];
    unsigned n;
    struct observation *list;
    struct nap_hash128 outlook; /* see outlook() */
    bool has_outlook;
};

enum need { UNTRIED, FREE, NEEDED }; /* FREE: no end state so far needs its content */

/* A register that software had written by suspend entry, with the bits that must come back. */
struct golden {
    uint32_t device, slot;
    uint64_t value, equal, behaviour, relation;
    enum need need;
    const struct observation *blamed; /* what goes another way because of it, or NULL */
};

struct nap_twin {
    struct nap_snapshot *entry; /* machine at suspend entry */
    struct nap_hash128 key;     /* of that machine */
    unsigned n_views, view_room;
    struct view *views;
    const struct view *view; /* the run's */
    struct suite suite;
    unsigned n_golden, golden_room;
    struct golden *golden;
    unsigned n_blamings;
    bool settled;             /* the suite needed a register marked FREE */
    struct nap_visited alike; /* end states, FREE registers undetermined, that went like it */
};

static struct nap_twin *twin_of(const struct nap_runner *r)
{
    return r->twins[r->pos->slept - 1];
}

/* --- the suite --- */

static void observe(struct suite *s, const char *what, uint32_t device, uint32_t port,
                    uint64_t address, uint64_t result, uint64_t pa)
{
    assert(s->n < SUITE_MAX);
    s->list[s->n++] = (struct observation){what, device, port, address, result, pa};
}

static uint64_t packed(const struct nap_outcome *o)
{
    return (uint64_t)o->kind | (uint64_t)o->readable << 8 | (uint64_t)o->writable << 9 |
           (uint64_t)o->executable << 10 | (uint64_t)o->privileged_only << 11 |
           (uint64_t)o->unwritten << 12 | (uint64_t)o->suspect << 13 |
           (uint64_t)o->silent << 14 | (uint64_t)o->event << 16 | (uint64_t)o->attributes << 32;
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

/* One number for the edges that are pending. */
static uint64_t edges(const struct nap_machine *m)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < m->n_devices; i++)
        sum = sum * 257 + nap_edges(m, i);
    return sum;
}

static const char line_text[] = "interrupt lines";

static void interrupts(struct nap_runner *r, struct suite *s)
{
    observe(s, line_text, UINT32_MAX, UINT32_MAX, 0, r->m->st->wires, edges(r->m));
    nap_runner_interrupts(r);
    observe(s, "interrupt lines after the handler", UINT32_MAX, UINT32_MAX, 0, r->m->st->wires,
            edges(r->m));
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

/* Who has taken the interrupt, and whether it is still owed. */
static void observe_interrupt(struct nap_runner *r, struct suite *s, const char *what,
                              uint32_t index)
{
    const struct nap_os_interrupt *b = &r->m->st->os.interrupts[index];

    observe(s, what, (uint32_t)nap_controller(r->m), UINT32_MAX, r->interrupts[index].intid,
            (uint64_t)b->owed | (uint64_t)b->guest << 8 | (uint64_t)b->cpu << 16, r->m->taken);
}

/* Each alone, and then all of them, whose order tells their priorities. */
static void sources(struct nap_runner *r, struct suite *s)
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

static void run_suite(struct nap_runner *r, struct suite *s)
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
        t->settled |= t->golden[i].need == FREE && t->golden[i].device == e->device &&
                      t->golden[i].slot == e->slot;
}

/* Everything the suite does is undone; choices, rules, the search and the trace do not see it.
 * With @now it is the twin that goes through it, after what the run has called by then. */
static void suite_apart(struct nap_runner *r, const struct nap_position *now, struct suite *s)
{
    struct nap_machine *m = r->m;
    struct nap_twin *t = twin_of(r);
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

/* First observation in which the machine and its twin differ, or NULL. */
static const struct observation *apart(const struct nap_twin *t)
{
    for (unsigned i = 0; i < t->view->n; i++) {
        const struct observation *a = &t->view->list[i], *b = &t->suite.list[i];
        if (i == t->suite.n || a->what != b->what || a->device != b->device ||
            a->port != b->port || a->address != b->address || a->result != b->result ||
            a->pa != b->pa)
            return a;
    }
    return NULL;
}

/* --- golden values --- */

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

/* A register can be undetermined where power loss leaves it so and a write defines all of it.
 */
static bool can_be_free(const struct nap_slot *slot)
{
    return slot->retention == NAP_RETENTION_UNKNOWN && slot->plain == slot->defined;
}

static void keep_golden(struct nap_twin *t, const struct nap_machine *m, unsigned device,
                        unsigned slot)
{
    const struct nap_dev *d = &m->devices[device];
    struct golden g = {.device = device,
                       .slot = slot,
                       .equal = persistent(d, slot, NAP_RESTORE_EQUAL),
                       .behaviour = persistent(d, slot, NAP_RESTORE_BEHAVIOUR),
                       .relation = persistent(d, slot, NAP_RESTORE_RELATION),
                       .need = can_be_free(&d->kind->slots[slot]) ? UNTRIED : NEEDED};

    if (!nap_golden(m, device, slot, &g.value) || !(g.equal | g.behaviour | g.relation))
        return;
    if (t->n_golden == t->golden_room) {
        t->golden_room = t->golden_room ? t->golden_room * 2 : 128;
        t->golden = realloc(t->golden, t->golden_room * sizeof *t->golden);
        if (!t->golden)
            abort();
    }
    t->golden[t->n_golden++] = g;
}

struct difference {
    unsigned device, slot;
    uint64_t golden, now;
    bool undetermined;    /* its content is unknown, so that `now` is not a value */
    bool written;         /* all the same: a guard has left open what became of a write */
    bool behaviour;       /* only fields that need to behave alike, not to be equal */
    const char *relation; /* that does not hold, or NULL */
};

/* The first relation of the register that does not hold, or NULL. */
static const char *broken_relation(const struct nap_runner *r, const struct golden *g)
{
    const struct nap_dev *d = &r->m->devices[g->device];
    const struct nap_block *block = d->kind->block;
    const struct nap_reg *reg = &block->model->regs[d->kind->slots[g->slot].reg];
    bool known = !(d->marks[g->slot] & NAP_MARK_UNDETERMINED);
    uint64_t now = d->regs[g->slot];

    for (uint32_t i = 0; i < reg->n_fields; i++) {
        const struct nap_field *f = &reg->fields[i];
        const struct nap_relation *relation =
            (f->mask & g->relation) ? nap_relation_of(block, f->relation) : NULL;
        if (relation && !(known && relation->holds(r->m, g->device, g->slot, g->value, now)))
            return relation->name;
    }
    return NULL;
}

static bool differs(const struct nap_runner *r, const struct golden *g, struct difference *out)
{
    const struct nap_dev *d = &r->m->devices[g->device];
    uint64_t changed = g->value ^ d->regs[g->slot];

    if (d->marks[g->slot] & NAP_MARK_UNDETERMINED)
        changed = UINT64_MAX;
    *out = (struct difference){.device = g->device,
                               .slot = g->slot,
                               .golden = g->value,
                               .now = d->regs[g->slot],
                               .undetermined = d->marks[g->slot] & NAP_MARK_UNDETERMINED,
                               .written = d->marks[g->slot] & NAP_MARK_WRITTEN,
                               .relation = g->relation ? broken_relation(r, g) : NULL};
    out->behaviour = !(changed & g->equal) && !out->relation;
    return (changed & (g->equal | g->behaviour)) || out->relation;
}

/* --- end states that are the same for the suite --- */

static void forget_alike(struct nap_twin *t)
{
    nap_visited_free(&t->alike);
    nap_visited_init(&t->alike);
}

static void set_free_undetermined(struct nap_runner *r)
{
    for (unsigned i = 0; i < twin_of(r)->n_golden; i++) {
        const struct golden *g = &twin_of(r)->golden[i];
        const struct nap_dev *d = &r->m->devices[g->device];
        if (g->need != FREE)
            continue;
        nap_touched(r->m, &d->regs[g->slot], sizeof d->regs[g->slot]);
        nap_touched(r->m, &d->marks[g->slot], sizeof d->marks[g->slot]);
        d->regs[g->slot] = 0;
        d->marks[g->slot] |= NAP_MARK_UNDETERMINED;
    }
}

/* Whether the machine goes like its twin whatever the FREE registers hold. */
static bool alike_whatever(struct nap_runner *r)
{
    struct nap_twin *t = twin_of(r);
    unsigned mark = nap_mark(r->m);
    struct nap_hash128 key;
    bool alike;

    set_free_undetermined(r);
    key = nap_state_key(r->m);
    alike = nap_visited_has(&t->alike, key);
    if (!alike) {
        suite_apart(r, NULL, &t->suite);
        alike = !t->settled && !apart(t);
        if (alike)
            (void)nap_visited_check(&t->alike, key, 0);
    }
    nap_rewind(r->m, mark);
    nap_unmark(r->m);
    return alike;
}

/* What is known of end states holds for the FREE registers of that time only. */
static void set_need(struct nap_twin *t, struct golden *g, enum need need)
{
    g->need = need;
    forget_alike(t);
}

/* Registers that differ for the first time, in a machine that goes like its twin. */
static void try_more(struct nap_runner *r)
{
    struct nap_twin *t = twin_of(r);
    struct difference d;

    for (unsigned i = 0; i < t->n_golden; i++) {
        if (t->golden[i].need != UNTRIED || !differs(r, &t->golden[i], &d))
            continue;
        set_need(t, &t->golden[i], FREE);
        if (!alike_whatever(r))
            set_need(t, &t->golden[i], NEEDED);
    }
}

static bool any_free(const struct nap_twin *t)
{
    for (unsigned i = 0; i < t->n_golden; i++)
        if (t->golden[i].need == FREE)
            return true;
    return false;
}

static void none_is_free(struct nap_twin *t)
{
    for (unsigned i = 0; i < t->n_golden; i++)
        if (t->golden[i].need == FREE)
            set_need(t, &t->golden[i], NEEDED);
}

/* First observation in which the machine differs from its twin, or NULL. */
static const struct observation *observe_machine(struct nap_runner *r)
{
    struct nap_twin *t = twin_of(r);
    const struct observation *o;

    if (alike_whatever(r)) {
        try_more(r);
        return NULL;
    }
    if (!any_free(t))
        return apart(t);
    suite_apart(r, NULL, &t->suite);
    o = apart(t);
    if (!o)
        none_is_free(t); /* this end state needs one */
    return o;
}

/* --- verdict --- */

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
        nap_judge_violation(r->judge, &f);
    else
        nap_findings_note(&r->findings, &f);
}

static void difference_text(const struct nap_runner *r, const struct difference *d, char *out,
                            size_t bytes)
{
    char name[NAP_NAME_MAX * 2], now[64];

    nap_register_name(r->m, d->device, d->slot, name, sizeof name);
    if (d->undetermined && d->written)
        snprintf(now, sizeof now, "is undetermined: its last write may not have been taken");
    else if (d->undetermined)
        snprintf(now, sizeof now, "has not been written since power-on");
    else
        snprintf(now, sizeof now, "is 0x%" PRIx64 " after resume", d->now);
    snprintf(out, bytes, "%s %s and was 0x%" PRIx64 " at suspend entry%s%s", name, now,
             d->golden, d->relation ? ", against relation " : "",
             d->relation ? d->relation : "");
}

static void say_apart(const struct nap_runner *r, const struct observation *o, char *out,
                      size_t bytes)
{
    if (o->device == UINT32_MAX)
        snprintf(out, bytes, "%s differ from a machine that did not sleep", o->what);
    else if (o->port == UINT32_MAX)
        snprintf(out, bytes,
                 "%s %" PRIu64 " of %s fares otherwise than on a machine that did not sleep",
                 o->what, o->address, nap_device_name(r->m, o->device));
    else
        snprintf(out, bytes,
                 "%s by %s port %" PRIu32 " at 0x%" PRIx64
                 " differs from a machine that did not sleep",
                 o->what, nap_device_name(r->m, o->device), o->port, o->address);
}

/* Gives every register its old value back, as if software had written it, but for @but (NULL:
 * none); how the machine then first goes another way than its twin. */
static const struct observation *apart_but_for(struct nap_runner *r, const struct golden *but)
{
    struct nap_twin *t = twin_of(r);
    unsigned mark = nap_mark(r->m);
    const struct observation *o;
    struct difference d;

    for (unsigned i = 0; i < t->n_golden; i++) {
        const struct golden *g = &t->golden[i];
        struct nap_dev *dev = &r->m->devices[g->device];
        if (g == but)
            continue;
        nap_touched(r->m, &dev->marks[g->slot], sizeof dev->marks[g->slot]);
        dev->marks[g->slot] = NAP_MARK_WRITTEN | NAP_MARK_EVER;
        if (differs(r, g, &d))
            nap_reg_set(r->m, g->device, g->slot, g->value);
    }
    nap_watch_none(r->m);
    suite_apart(r, NULL, &t->suite);
    o = apart(t);
    nap_rewind(r->m, mark);
    nap_unmark(r->m);
    return o;
}

/* Finding out costs a suite for each register, so only the first end states that differ are
 * asked; what they blamed is blamed in the others. */
#define BLAMING_MAX 64u

/* A register is to blame where it alone, all others given back, makes the machine go another
 * way. */
static void blame(struct nap_runner *r)
{
    struct nap_twin *t = twin_of(r);
    const struct observation *rest, *o;
    struct difference d;

    if (t->n_blamings == BLAMING_MAX)
        return;
    t->n_blamings++;
    rest = apart_but_for(r, NULL);
    for (unsigned i = 0; i < t->n_golden; i++) {
        if (t->golden[i].blamed || !differs(r, &t->golden[i], &d))
            continue;
        o = apart_but_for(r, &t->golden[i]);
        if (o != rest)
            t->golden[i].blamed = o;
    }
}

static void report_register(struct nap_runner *r, const struct difference *d,
                            const struct observation *why, bool alike)
{
    char where[270], apart_text[200], message[480]; /* the whole of a finding */

    difference_text(r, d, where, sizeof where);
    if (why)
        say_apart(r, why, apart_text, sizeof apart_text);
    snprintf(message, sizeof message, "%s; %s", where,
             why     ? apart_text
             : alike ? "it behaves like a machine that did not sleep"
                     : "what goes another way does not come from it");
    add_finding(r, d, message, why != NULL);
}

/* The device whose interrupt line @o tells of alone; UINT32_MAX where it tells of something
 * else. What the run itself has shown is gone once registers are blamed. */
static uint32_t line_apart(const struct nap_runner *r, const struct observation *o)
{
    const struct nap_twin *t = twin_of(r);
    uint64_t lines;

    if (!o || o->device != UINT32_MAX || strncmp(o->what, line_text, strlen(line_text)) != 0)
        return UINT32_MAX;
    lines = o->result ^ t->suite.list[o - t->view->list].result;
    return lines && !(lines & (lines - 1)) ? (uint32_t)__builtin_ctzll(lines) : UINT32_MAX;
}

/* No register is to blame: the controller is, where handlers wait for it to tell of lines. */
static void report_apart(struct nap_runner *r, const struct observation *o, uint32_t line)
{
    struct difference d = {.device = line, .slot = NAP_NO_SLOT};
    char text[200], message[300];

    say_apart(r, o, text, sizeof text);
    if (line == UINT32_MAX) {
        add_finding(r, NULL, text, true);
        return;
    }
    snprintf(message, sizeof message, "%s: that of %s", text, nap_device_name(r->m, line));
    if (r->m->soc->devices[line].irq != NAP_SOC_NONE && nap_controller(r->m) >= 0 &&
        nap_os_driver(r->m, r->taker)->irq_entry)
        d.device = (uint32_t)nap_controller(r->m);
    add_finding(r, &d, message, true);
}

/* Registers that differ: a violation where that is why the machine goes another way, else a
 * note (and none where only behaviour counts). */
static void report_differences(struct nap_runner *r, const struct observation *o)
{
    uint32_t line = line_apart(r, o);
    struct difference d;
    unsigned blamed = 0;

    if (o)
        blame(r);
    for (unsigned i = 0; i < twin_of(r)->n_golden; i++) {
        const struct golden *g = &twin_of(r)->golden[i];
        const struct observation *why = o ? g->blamed : NULL;
        if (!differs(r, g, &d) || (d.behaviour && !why))
            continue;
        report_register(r, &d, why, o == NULL);
        blamed += why != NULL;
    }
    if (o && blamed == 0)
        report_apart(r, o, line);
}

void nap_equivalence_failed(struct nap_runner *r, int result)
{
    char message[160];

    snprintf(message, sizeof message,
             "resume returned %d although the hardware is sound: the machine is not back",
             result);
    add_finding(r, NULL, message, true);
}

static void forget_views(struct nap_twin *t)
{
    for (unsigned i = 0; i < t->n_views; i++)
        free(t->views[i].list);
    t->n_views = 0;
}

/* Whether an operation from here on calls the driver for a client, as a twin must as well. */
static bool operations_call(const struct nap_runner *r)
{
    const struct nap_scenario *s = r->config->scenario;

    for (uint32_t i = r->pos->journal_from; i < s->n_ops; i++)
        if (!nap_op_is_the_systems(s->ops[i].kind))
            return true;
    return false;
}

static struct view *known_view(const struct nap_twin *t, const struct nap_position *p)
{
    for (unsigned i = 0; i < t->n_views; i++) {
        struct view *v = &t->views[i];
        if (v->op == p->op && v->skipped == p->skipped &&
            memcmp(v->calls, p->calls, sizeof v->calls) == 0)
            return v;
    }
    return NULL;
}

/* Lets the twin make the calls of the run, and looks at it. */
static struct view *new_view(struct nap_runner *r, const struct nap_position *now)
{
    struct nap_twin *t = twin_of(r);
    struct view v = {.op = now->op, .skipped = now->skipped};

    memcpy(v.calls, now->calls, sizeof v.calls);
    suite_apart(r, now, &t->suite);
    v.n = t->suite.n;
    v.list = malloc(v.n * sizeof *v.list);
    if (t->n_views == t->view_room) {
        t->view_room = t->view_room ? t->view_room * 2 : 8;
        t->views = realloc(t->views, t->view_room * sizeof *t->views);
    }
    if (!v.list || !t->views)
        abort();
    memcpy(v.list, t->suite.list, v.n * sizeof *v.list);
    t->views[t->n_views] = v;
    return &t->views[t->n_views++];
}

/* @now: its operations count only where they call. */
static struct view *view_at(struct nap_runner *r, const struct nap_position *now)
{
    struct nap_position p = *now;
    struct view *v;

    if (!operations_call(r))
        p.op = 0;
    v = known_view(twin_of(r), &p);
    return v ? v : new_view(r, &p);
}

/* --- what is still to be seen of the twin ---
 *
 * A search meets states that had different twins and does not go on from the second: right only
 * if no comparison to come tells the twins apart. So what they will show, after each list of
 * calls that may be made by then, is part of the state; what they are is not. What must come
 * back is (golden values). */

/* Beyond so many lists of calls, or where operations call as well, twins are the same only if
 * their machines were. */
#define OUTLOOK_MAX 64u

/* The lists of calls that clients may have made by the time of a comparison. */
static unsigned n_lists(const struct nap_runner *r)
{
    const struct nap_scenario *s = r->config->scenario;
    unsigned n = 1;

    for (uint32_t i = 0; i < s->n_clients; i++)
        n *= s->clients[i].n_ops - r->pos->calls[i] + 1;
    return n;
}

static void set_calls(const struct nap_runner *r, struct nap_position *p, unsigned list)
{
    const struct nap_scenario *s = r->config->scenario;

    for (uint32_t i = 0; i < s->n_clients; i++) {
        unsigned n = s->clients[i].n_ops - r->pos->calls[i] + 1;

        p->calls[i] = (uint8_t)(r->pos->calls[i] + list % n);
        list /= n;
    }
}

static struct nap_hash128 look_ahead(struct nap_runner *r)
{
    struct nap_position p = *r->pos;
    XXH3_state_t x;
    XXH128_hash_t h;

    XXH3_128bits_reset(&x);
    for (unsigned i = n_lists(r); i-- > 0;) {
        const struct view *v;

        set_calls(r, &p, i);
        v = view_at(r, &p);
        XXH3_128bits_update(&x, v->list, v->n * sizeof *v->list);
    }
    h = XXH3_128bits_digest(&x);
    return (struct nap_hash128){h.low64, h.high64};
}

static struct nap_hash128 outlook(struct nap_runner *r)
{
    struct nap_hash128 ahead;
    struct view *v;

    if (operations_call(r) || n_lists(r) > OUTLOOK_MAX)
        return twin_of(r)->key;
    v = view_at(r, r->pos);
    if (v->has_outlook)
        return v->outlook;
    ahead = look_ahead(r);
    v = view_at(r, r->pos); /* there are more of them now */
    v->outlook = ahead;
    v->has_outlook = true;
    return ahead;
}

void nap_twin_look_ahead(struct nap_runner *r)
{
    uint64_t read[NAP_SOC_DEVICES_MAX];
    struct nap_hash128 ahead;

    if (!r->m->meeting || !r->pos->slept || r->pos->broken ||
        !nap_judge_judges(r->judge, "state-equivalence"))
        return;
    memcpy(read, r->m->switch_read, sizeof read);
    ahead = outlook(r);
    nap_position_open(r)->outlook = ahead;
    memcpy(r->m->switch_read, read, sizeof read);
}

/* --- the calls --- */

static void make_twin(struct nap_runner *r, struct nap_twin *t, struct nap_hash128 key)
{
    t->key = key;
    nap_snapshot_free(t->entry);
    if (nap_snapshot_take(r->m, &t->entry))
        abort();
    forget_views(t);
    forget_alike(t);
    t->n_golden = t->n_blamings = 0;
    for (unsigned i = 0; i < r->m->n_devices; i++)
        for (unsigned s = 0; s < r->m->devices[i].kind->n_slots; s++)
            keep_golden(t, r->m, i, s);
}

void nap_twin_keep(struct nap_runner *r, uint32_t next_op)
{
    struct nap_twin *t;
    struct nap_hash128 key;

    nap_golden_take(r->m);
    nap_touched(r->m, r->pos, sizeof *r->pos);
    assert(r->pos->slept < NAP_SLEEPS_MAX);
    t = r->twins[r->pos->slept];
    if (!t)
        t = calloc(1, sizeof *t);
    if (!t)
        abort();
    r->twins[r->pos->slept++] = t;
    r->pos->journal_from = next_op;
    r->pos->skipped = 0;
    nap_balance_keep(r);
    r->pos->broken = r->m->st->hardware_faults != 0;
    nap_touched(r->m, &r->m->st->os.down_in_call, sizeof r->m->st->os.down_in_call);
    r->m->st->os.down_in_call = 0;
    r->pos->outlook = (struct nap_hash128){0, 0};
    key = nap_state_key(r->m);
    if (!t->entry || t->key.low != key.low || t->key.high != key.high)
        make_twin(r, t, key); /* else what is known of this one stays */
    nap_twin_look_ahead(r);
}

static void compare(struct nap_runner *r)
{
    twin_of(r)->view = view_at(r, r->pos);
    report_differences(r, observe_machine(r));
}

/* Switches that the suite has read are those of its own verdict, and of no other. */
void nap_equivalence_check(struct nap_runner *r)
{
    uint64_t read[NAP_SOC_DEVICES_MAX];
    unsigned n = r->findings.n_violations;

    if (!r->pos->slept || r->pos->broken || nap_pm_any_asleep(r->m) ||
        r->m->st->os.down_in_call || !nap_judge_judges(r->judge, "state-equivalence"))
        return;
    memcpy(read, r->m->switch_read, sizeof read);
    compare(r);
    if (r->findings.n_violations == n)
        memcpy(r->m->switch_read, read, sizeof read);
}

void nap_twin_free(struct nap_twin *t)
{
    if (!t)
        return;
    nap_snapshot_free(t->entry);
    nap_visited_free(&t->alike);
    forget_views(t);
    free(t->views);
    free(t->golden);
    free(t);
}
