/* SPDX-License-Identifier: MIT */
/* How the twin fares after the calls that a run has made; and what is still to be seen of it.
 *
 * A search meets states that had different twins and does not go on from the second: right only
 * if no comparison to come tells the twins apart. So what they will show, after each list of
 * calls that may be made by then, is part of the state; what they are is not. What must come
 * back is (golden values). */
#include "equivalence.h"

#include "../core/grow.h"
#include "calls.h"
#include "twin.h"

#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* --- views --- */

void nap_twin_forget_views(struct nap_twin *t)
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

static struct nap_view *known_view(const struct nap_twin *t, const struct nap_position *p)
{
    for (unsigned i = 0; i < t->n_views; i++) {
        struct nap_view *v = &t->views[i];
        if (v->op == p->op && v->skipped == p->skipped &&
            memcmp(v->calls, p->calls, sizeof v->calls) == 0)
            return v;
    }
    return NULL;
}

/* Lets the twin make the calls of the run, and looks at it. */
static struct nap_view *new_view(struct nap_runner *r, const struct nap_position *now)
{
    struct nap_twin *t = nap_twin_of(r);
    struct nap_view v = {.op = now->op, .skipped = now->skipped};

    memcpy(v.calls, now->calls, sizeof v.calls);
    nap_suite_apart(r, now, &t->suite);
    v.n = t->suite.n;
    v.list = malloc(v.n * sizeof *v.list);
    if (!v.list)
        abort();
    t->views = nap_grow(t->views, t->n_views, &t->view_room, sizeof *t->views);
    memcpy(v.list, t->suite.list, v.n * sizeof *v.list);
    t->views[t->n_views] = v;
    return &t->views[t->n_views++];
}

/* @now: its operations count only where they call. */
struct nap_view *nap_twin_view(struct nap_runner *r, const struct nap_position *now)
{
    struct nap_position p = *now;
    struct nap_view *v;

    if (!operations_call(r))
        p.op = 0;
    v = known_view(nap_twin_of(r), &p);
    return v ? v : new_view(r, &p);
}

/* --- what is to come --- */

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
        const struct nap_view *v;

        set_calls(r, &p, i);
        v = nap_twin_view(r, &p);
        XXH3_128bits_update(&x, v->list, v->n * sizeof *v->list);
    }
    h = XXH3_128bits_digest(&x);
    return (struct nap_hash128){h.low64, h.high64};
}

static struct nap_hash128 outlook(struct nap_runner *r)
{
    struct nap_hash128 ahead;
    struct nap_view *v;

    if (operations_call(r) || n_lists(r) > OUTLOOK_MAX)
        return nap_twin_of(r)->key;
    v = nap_twin_view(r, r->pos);
    if (v->has_outlook)
        return v->outlook;
    ahead = look_ahead(r);
    v = nap_twin_view(r, r->pos); /* there are more of them now */
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
