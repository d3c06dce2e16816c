/* SPDX-License-Identifier: MIT */
/* A walk of suspend or resume along the driver's list of devices: which are in it, and which
 * comes next. Its next element is chosen at each turn (kind `order`), among those that some
 * order of registration allows. */
#include "sleep.h"

#include "../os/os.h"
#include "../seam/seam.h"

static struct nap_device *first(struct nap_runner *r, enum nap_direction direction)
{
    const struct nap_os_state *os = &r->m->st->os;
    const struct nap_os_driver *own = &os->drivers[os->running];

    return (struct nap_device *)(uintptr_t)(direction == NAP_FORWARD ? own->list_head
                                                                     : own->list_tail);
}

static struct nap_device *next(struct nap_device *d, enum nap_direction direction)
{
    return direction == NAP_FORWARD ? d->next : d->prev;
}

struct question {
    const struct nap_phase *phase;
    struct nap_device *device;
};

static int ask_filter(void *p)
{
    const struct question *q = p;

    return !q->phase->filter || q->phase->filter(q->device);
}

static uint64_t walk_set(struct nap_runner *r, const struct nap_phase *phase)
{
    struct question q = {.phase = phase};
    uint64_t set = 0;

    for (q.device = first(r, phase->direction); q.device && !r->m->st->stuck;
         q.device = next(q.device, phase->direction))
        if (nap_seam_ask(r->m, ask_filter, &q))
            set |= UINT64_C(1) << q.device->index;
    return set;
}

/* --- for reports --- */

static void begin_walk(struct nap_runner *r, enum nap_direction direction)
{
    if (r->n_walks < NAP_WALKS_MAX)
        r->walks[r->n_walks] = (struct nap_walk){.direction = direction};
    r->n_walks++;
}

/* A search goes back into walks; only what is run from the start is looked at. */
static void note_walked(struct nap_runner *r, unsigned device)
{
    struct nap_walk *w;

    if (r->n_walks > NAP_WALKS_MAX)
        return;
    w = &r->walks[r->n_walks - 1];
    if (w->n < NAP_SOC_DEVICES_MAX)
        w->devices[w->n++] = device;
}

/* --- what comes next --- */

/* Devices of a walk that were passed on the way along the list and are still to be visited, and
 * the roots of those that are caches. */
struct passed {
    uint64_t devices, roots;
};

/* The list has a root and the caches behind it in registration order or its reverse; what comes
 * before what in this walk follows from where the root stands now. */
static bool must_wait(struct passed *passed, const struct nap_device *d)
{
    uint64_t bit = UINT64_C(1) << d->index, root = UINT64_C(1) << d->root->index;
    bool wait = (passed->roots & bit) || (d->root != d && (passed->devices & root));

    passed->devices |= bit;
    if (d->root != d)
        passed->roots |= root;
    return wait;
}

static uint32_t forced(const struct nap_runner *r, enum nap_direction direction)
{
    uint32_t best = 0;

    for (uint32_t i = 1; i < r->n_eligible; i++) {
        unsigned a = r->forced_rank[r->eligible[i]];
        unsigned b = r->forced_rank[r->eligible[best]];
        if (direction == NAP_FORWARD ? a < b : a > b)
            best = i;
    }
    return best;
}

static unsigned choose_next(struct nap_runner *r, const struct nap_phase *phase)
{
    uint64_t remaining = r->pos->remaining;
    bool vary = nap_varied(r->m, NAP_CHOOSE_ORDER);
    bool any = r->config->scenario->probe_order == NAP_PROBE_ORDER_ANY;
    struct passed passed = {0, 0};

    r->n_eligible = 0;
    for (struct nap_device *d = first(r, phase->direction); d; d = next(d, phase->direction)) {
        if (!(remaining & UINT64_C(1) << d->index))
            continue;
        if (!vary && !r->forced_rank)
            return d->index;
        if (!must_wait(&passed, d) || any)
            r->eligible[r->n_eligible++] = d->index;
    }
    if (r->forced_rank)
        return r->eligible[forced(r, phase->direction)];
    return r->eligible[nap_choose(r->m, NAP_CHOOSE_ORDER, phase->name, NAP_NO_INSTANCE,
                                  r->n_eligible)];
}

/* --- the calls --- */

void nap_runner_walk_begin(struct nap_runner *r, const struct nap_phase *phase)
{
    struct nap_position *p = nap_position_open(r);

    p->walking = 1;
    p->remaining = walk_set(r, phase);
    begin_walk(r, phase->direction);
}

struct nap_device *nap_runner_walk_next(struct nap_runner *r, const struct nap_phase *phase)
{
    unsigned device = choose_next(r, phase);

    nap_position_open(r)->remaining &= ~(UINT64_C(1) << device);
    note_walked(r, device);
    return r->devices[device];
}
