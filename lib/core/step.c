/* SPDX-License-Identifier: MIT */
/* One state change after another: numbering, trace, and the hand-over to the rules. */
#include "core.h"

#include <assert.h>
#include <setjmp.h>
#include <string.h>

struct nap_event nap_event_for(const struct nap_machine *m, enum nap_step_kind kind,
                               unsigned device, unsigned slot)
{
    struct nap_event e = {.kind = kind,
                          .device = device,
                          .slot = slot,
                          .cpu = (uint8_t)m->st->cpu,
                          .secure = m->st->secure != 0,
                          .source = m->source};

    e.reg = e.index = UINT32_MAX;
    if (device != UINT32_MAX && slot != NAP_NO_SLOT) {
        e.reg = m->devices[device].kind->slots[slot].reg;
        e.index = m->devices[device].kind->slots[slot].index;
    }
    return e;
}

struct nap_event nap_event_outside(struct nap_machine *m, enum nap_step_kind kind)
{
    m->source = (struct nap_source){NULL, 0, NULL};
    return nap_event_for(m, kind, UINT32_MAX, NAP_NO_SLOT);
}

void nap_step_done(struct nap_machine *m, struct nap_event *event)
{
    if (m->holding) {
        assert(m->n_held < NAP_HELD_MAX);
        m->held[m->n_held++] = *event;
        return;
    }
    nap_counters_touched(m);
    event->step = ++m->ev->counters.steps;
    if (event->issued == 0)
        event->issued = event->step;
    if (m->trace)
        m->trace(m->trace_context, m, event);
    if (m->observer &&
        (event->rules || m->any_marked || (m->observed & NAP_STEP_BIT(event->kind))))
        m->observer(m->observer_context, m, event);
}

/* Rules and probes may not change the machine; what leaves a step early, back to whoever called
 * the driver, is the watchdog, an aborted access and the driver's own assertions. */
void nap_step_ends_call(struct nap_machine *m, struct nap_event *event)
{
    nap_touched(m, &m->st->stuck, sizeof m->st->stuck);
    m->st->stuck = 1;
    nap_step_done(m, event);
    if (m->stuck_jump)
        longjmp(*(jmp_buf *)m->stuck_jump, 1);
}

void nap_step_hold(struct nap_machine *m)
{
    m->holding = true;
    m->n_held = 0;
}

void nap_step_release(struct nap_machine *m, struct nap_event *cause)
{
    m->holding = false;
    nap_step_done(m, cause);
    for (unsigned i = 0; i < m->n_held; i++)
        nap_step_done(m, &m->held[i]);
}

unsigned nap_step_hold_inside(struct nap_machine *m)
{
    if (m->holding)
        return m->n_held;
    nap_step_hold(m);
    return UINT32_MAX;
}

void nap_step_release_inside(struct nap_machine *m, struct nap_event *cause, unsigned place)
{
    if (place == UINT32_MAX) {
        nap_step_release(m, cause);
        return;
    }
    assert(m->n_held < NAP_HELD_MAX);
    memmove(&m->held[place + 1], &m->held[place], (m->n_held - place) * sizeof m->held[0]);
    m->held[place] = *cause;
    m->n_held++;
}

void nap_set_trace(struct nap_machine *m, nap_trace_sink *sink, void *context)
{
    m->trace = sink;
    m->trace_context = context;
}
