/* SPDX-License-Identifier: MIT */
/* The verdict: a register that differs is a violation where it alone makes the machine go
 * another way than its twin, else a note, or nothing where only behaviour counts. */
#include "equivalence.h"

#include "../os/os.h"
#include "twin.h"

#include <inttypes.h>
#include <stdio.h>

static void add_finding(struct nap_runner *r, const struct nap_golden_difference *d,
                        const char *message, bool violation)
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

static void difference_text(const struct nap_runner *r, const struct nap_golden_difference *d,
                            char *out, size_t bytes)
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

static void say_apart(const struct nap_runner *r, const struct nap_observation *o, char *out,
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
static const struct nap_observation *apart_but_for(struct nap_runner *r,
                                                   const struct nap_golden *but)
{
    struct nap_twin *t = nap_twin_of(r);
    unsigned mark = nap_mark(r->m);
    const struct nap_observation *o;
    struct nap_golden_difference d;

    for (unsigned i = 0; i < t->n_golden; i++) {
        const struct nap_golden *g = &t->golden[i];
        struct nap_dev *dev = &r->m->devices[g->device];
        if (g == but)
            continue;
        nap_touched(r->m, &dev->marks[g->slot], sizeof dev->marks[g->slot]);
        dev->marks[g->slot] = NAP_MARK_WRITTEN | NAP_MARK_EVER;
        if (nap_twin_differs(r, g, &d))
            nap_reg_set(r->m, g->device, g->slot, g->value);
    }
    nap_watch_none(r->m);
    nap_suite_apart(r, NULL, &t->suite);
    o = nap_twin_apart(t);
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
    struct nap_twin *t = nap_twin_of(r);
    const struct nap_observation *rest, *o;
    struct nap_golden_difference d;

    if (t->n_blamings == BLAMING_MAX)
        return;
    t->n_blamings++;
    rest = apart_but_for(r, NULL);
    for (unsigned i = 0; i < t->n_golden; i++) {
        if (t->golden[i].blamed || !nap_twin_differs(r, &t->golden[i], &d))
            continue;
        o = apart_but_for(r, &t->golden[i]);
        if (o != rest)
            t->golden[i].blamed = o;
    }
}

static void report_register(struct nap_runner *r, const struct nap_golden_difference *d,
                            const struct nap_observation *why, bool alike)
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
static uint32_t line_apart(const struct nap_runner *r, const struct nap_observation *o)
{
    const struct nap_twin *t = nap_twin_of(r);
    uint64_t lines;

    if (!o || o->device != UINT32_MAX || !nap_suite_tells_of_lines(o))
        return UINT32_MAX;
    lines = o->result ^ t->suite.list[o - t->view->list].result;
    return lines && !(lines & (lines - 1)) ? (uint32_t)__builtin_ctzll(lines) : UINT32_MAX;
}

/* No register is to blame: the controller is, where handlers wait for it to tell of lines. */
static void report_apart(struct nap_runner *r, const struct nap_observation *o, uint32_t line)
{
    struct nap_golden_difference d = {.device = line, .slot = NAP_NO_SLOT};
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
void nap_twin_report(struct nap_runner *r, const struct nap_observation *o)
{
    uint32_t line = line_apart(r, o);
    struct nap_golden_difference d;
    unsigned blamed = 0;

    if (o)
        blame(r);
    for (unsigned i = 0; i < nap_twin_of(r)->n_golden; i++) {
        const struct nap_golden *g = &nap_twin_of(r)->golden[i];
        const struct nap_observation *why = o ? g->blamed : NULL;
        if (!nap_twin_differs(r, g, &d) || (d.behaviour && !why))
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
