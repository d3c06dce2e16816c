/* SPDX-License-Identifier: MIT */
/* The one source of nondeterminism. */
#include "core.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

static const char *const kind_names[NAP_CHOOSE_KINDS] = {
    [NAP_CHOOSE_RESET] = "reset",     [NAP_CHOOSE_ORDER] = "order",
    [NAP_CHOOSE_LATENCY] = "latency", [NAP_CHOOSE_RETAIN] = "retain",
    [NAP_CHOOSE_FAIL] = "fail",       [NAP_CHOOSE_ABORT] = "abort",
    [NAP_CHOOSE_LOSS] = "loss",       [NAP_CHOOSE_HANDLER] = "handler",
    [NAP_CHOOSE_POST] = "post",       [NAP_CHOOSE_QUEUE_FILL] = "queue-fill",
    [NAP_CHOOSE_API] = "api",         [NAP_CHOOSE_IDLE] = "idle",
    [NAP_CHOOSE_IRQ] = "irq",         [NAP_CHOOSE_DMA] = "dma",
};

const char *nap_choice_kind_name(enum nap_choice_kind kind)
{
    return kind_names[kind];
}

int nap_choice_kind_find(const char *name)
{
    for (int k = 0; k < NAP_CHOOSE_KINDS; k++)
        if (strcmp(kind_names[k], name) == 0)
            return k;
    return -1;
}

bool nap_varied(const struct nap_machine *m, enum nap_choice_kind kind)
{
    return nap_is_varied(m, kind);
}

void nap_set_chooser(struct nap_machine *m, nap_chooser *chooser, void *context,
                     uint32_t varied)
{
    m->chooser = chooser;
    m->chooser_context = context;
    m->varied = varied;
}

static uint32_t by_policy(const struct nap_machine *m, enum nap_choice_kind kind)
{
    return kind == NAP_CHOOSE_LATENCY && m->policy == NAP_POLICY_LAZY ? 1 : 0;
}

void nap_way_note(struct nap_machine *m, const void *what, size_t bytes)
{
    XXH128_hash_t h;

    if (!m->meeting)
        return;
    h = XXH3_128bits_withSeed(what, bytes, m->meeting->way.low);
    m->meeting->way.low = h.low64;
    m->meeting->way.high = h.high64 + m->meeting->way.high * UINT64_C(0x9e3779b97f4a7c15);
}

/* What hardware does within a driver call is all in its state when the access is over; what
 * others decide, or what is decided while the runner itself is at work, is known to them alone.
 */
static bool shows_in_state(const struct nap_machine *m, enum nap_choice_kind kind)
{
    return m->stuck_jump &&
           (kind == NAP_CHOOSE_LATENCY || kind == NAP_CHOOSE_RETAIN || kind == NAP_CHOOSE_DMA);
}

static void note_way(struct nap_machine *m, const struct nap_choice *c)
{
    const uint64_t what[] = {c->kind, c->instance, c->value, (uint64_t)(uintptr_t)c->label};

    if (!m->meeting)
        return;
    if (shows_in_state(m, c->kind))
        m->meeting->due = m->meeting->is_open = true;
    else
        nap_way_note(m, what, sizeof what);
}

void nap_way_call_ended(struct nap_machine *m)
{
    struct nap_hash128 key;

    if (!m->meeting || !m->meeting->is_open)
        return;
    key = nap_state_key(m);
    nap_way_note(m, &key, sizeof key);
    m->meeting->is_open = m->meeting->due = false;
}

static uint32_t choose(struct nap_machine *m, struct nap_choice c)
{
    if (c.fault < c.n && m->st->faults_left == 0)
        c.n = c.fault;
    assert(c.n > 0);
    if (c.n == 1)
        return 0;
    if (!nap_varied(m, c.kind))
        return by_policy(m, c.kind);
    c.value = m->chooser(m->chooser_context, &c);
    m->n_chosen++;
    assert(c.value < c.n);
    note_way(m, &c);
    if (c.value >= c.fault) {
        assert(m->st->faults_left > 0);
        nap_touched(m, &m->st->faults_left, sizeof m->st->faults_left);
        m->st->faults_left--;
        if (c.kind == NAP_CHOOSE_FAIL)
            m->st->call_failed = 1;
        else
            m->st->hardware_faults++;
    }
    return c.value;
}

uint32_t nap_choose_fault(struct nap_machine *m, enum nap_choice_kind kind, const char *label,
                          nap_instance instance, uint32_t n, uint32_t fault)
{
    return choose(m, (struct nap_choice){.kind = kind,
                                         .label = label,
                                         .instance = instance,
                                         .n = n,
                                         .fault = fault < n ? fault : n});
}

uint32_t nap_choose_rare(struct nap_machine *m, enum nap_choice_kind kind, const char *label,
                         nap_instance instance, uint32_t n, uint32_t odds)
{
    return choose(m, (struct nap_choice){.kind = kind,
                                         .label = label,
                                         .instance = instance,
                                         .n = n,
                                         .fault = n,
                                         .odds = odds});
}

uint32_t nap_choose(struct nap_machine *m, enum nap_choice_kind kind, const char *label,
                    nap_instance instance, uint32_t n)
{
    return nap_choose_fault(m, kind, label, instance, n, n);
}

bool nap_choose_never(struct nap_machine *m, enum nap_choice_kind kind, const char *label,
                      nap_instance instance)
{
    return nap_varied(m, kind) && m->st->faults_left &&
           nap_choose_fault(m, kind, label, instance, 2, 1) == 1;
}

void nap_instance_name(const struct nap_machine *m, nap_instance instance, char *out,
                       size_t bytes)
{
    unsigned device = (instance >> 16) - 1;

    if (instance == NAP_NO_INSTANCE)
        snprintf(out, bytes, "%s", "");
    else if ((instance & 0xffff) == NAP_NO_SLOT)
        snprintf(out, bytes, "%s", nap_device_name(m, device));
    else
        nap_register_name(m, device, instance & 0xffff, out, bytes);
}
