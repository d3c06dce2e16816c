/* SPDX-License-Identifier: MIT */
/* The engines. A node is a quiet point; an edge runs the machine to the next one with a list of
 * choices made on the way. Choices inside an edge are counted through like an odometer. A run's
 * position is part of its state and only grows, so no state comes twice on one path, but within
 * a driver call that goes in a circle. */
#include "explore.h"

#include "../core/grow.h"
#include "../rules/findings.h"
#include "../seam/seam.h"

#include <assert.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#define UNBOUNDED 255u

struct node {
    struct nap_hash128 key;
    unsigned mark;
    unsigned start;       /* first choice of its outgoing edge on the path */
    unsigned n_met, call; /* of the search, when its outgoing edge begins */
};

/* Within a driver call, on the way here. */
struct met {
    struct nap_hash128 key;
    uint64_t now, us; /* simulated time, and what of it the call has taken */
    unsigned nonzero; /* choices before */
};

struct dfs {
    struct nap_search *search;
    struct nap_visited visited;
    struct nap_path path;
    unsigned cursor; /* next choice to replay; beyond the path: new, 0 */
    unsigned depth;
    unsigned bound; /* non-zero choices allowed */
    struct node *nodes;
    unsigned room;
    struct nap_meeting meeting;
    struct met *met;
    unsigned n_met, met_room;
    unsigned call; /* first of those within the call under way */
    bool hashed;   /* nothing has changed since the state was hashed */
    struct nap_times times;
};

static uint32_t dfs_choose(void *context, const struct nap_choice *choice)
{
    struct dfs *d = context;
    struct nap_choice c = *choice;

    if (d->cursor < d->path.n) {
        struct nap_path_choice *p = &d->path.list[d->cursor++];
        assert(p->choice.n == choice->n);
        if (p->means[0] == 0 && p->choice.value && d->search->subject->means)
            d->search->subject->means(d->search->subject->context, &p->choice, p->means,
                                      sizeof p->means);
        return p->choice.value;
    }
    c.value = 0;
    nap_path_add(&d->path, d->search->subject, &c);
    d->cursor++;
    return 0;
}

/* Of the first @n choices. */
static unsigned nonzero(const struct nap_path *path, unsigned n)
{
    const struct nap_path_choice *last;

    if (n == 0)
        return 0;
    last = &path->list[n - 1];
    return last->nonzero_before + (last->choice.value != 0);
}

static void report_findings(struct nap_search *s, const struct nap_path *path)
{
    struct nap_findings *f = s->subject->findings;

    if (f->n_violations || f->n_notes || f->n_allowed)
        s->found(s->context, path);
    nap_findings_clear(f);
}

static void check_key(struct nap_search *s, struct nap_hash128 key)
{
    struct nap_hash128 full;

    if (!s->check_keys)
        return;
    full = nap_state_key_full(s->subject->m);
    s->key_mismatch |= full.low != key.low || full.high != key.high;
}

/* @mark: of the present state, which becomes a node. */
static void push(struct dfs *d, unsigned mark, struct nap_hash128 key)
{
    d->nodes = nap_grow(d->nodes, d->depth, &d->room, sizeof *d->nodes);
    d->nodes[d->depth].key = key;
    d->nodes[d->depth].mark = mark;
    d->nodes[d->depth].start = d->path.n;
    d->nodes[d->depth].n_met = d->n_met;
    d->nodes[d->depth].call = d->call;
    d->depth++;
}

static bool is_known(struct dfs *d, struct nap_hash128 key)
{
    return nap_visited_check(
        &d->visited, key,
        (uint8_t)(d->bound == UNBOUNDED ? UNBOUNDED : d->bound - nonzero(&d->path, d->path.n)));
}

static bool same(struct nap_hash128 a, struct nap_hash128 b)
{
    return a.low == b.low && a.high == b.high;
}

static void add_met(struct dfs *d, const struct met *met)
{
    d->met = nap_grow(d->met, d->n_met, &d->met_room, sizeof *d->met);
    d->met[d->n_met++] = *met;
}

/* --- how long calls take ---
 *
 * A key tells what a call waits for, and not how long it has taken before. To the bound on that
 * time it may matter: a run that is left because its state is known may be in the call for
 * longer, or less long, than the run that went on from there. What the call can still take from
 * a state is known when the search is done with it, and so when another run comes there. */

static uint64_t call_us(const struct nap_machine *m)
{
    return m->ev->simulated_us - m->call_began_us;
}

/* The call under way can take @us in all. */
static void can_take(struct dfs *d, uint64_t us)
{
    for (unsigned i = d->call; i < d->n_met; i++) {
        struct nap_time *t = nap_times_at(&d->times, d->met[i].key);
        if (us > d->met[i].us + t->rest)
            t->rest = us - d->met[i].us;
    }
}

static void call_over(void *context)
{
    struct dfs *d = context;

    can_take(d, call_us(d->search->subject->m));
    d->call = d->n_met;
}

/* The run is left at a known state within the call. */
static void left_at(struct dfs *d, const struct met *here)
{
    const struct nap_time *t = nap_times_at(&d->times, here->key);
    uint64_t longer = here->us > t->us ? here->us : t->us, rest = t->rest;

    d->search->slow |= here->us != t->us && longer + rest > NAP_CALL_US_MAX;
    can_take(d, here->us + rest);
}

/* --- calls that go in a circle --- */

#define TURNS_MAX 1000u /* a call that takes more of them until its time is over is left */

static const struct met *met_before(const struct dfs *d, struct nap_hash128 key)
{
    for (unsigned i = d->n_met; i-- > d->call;)
        if (same(d->met[i].key, key))
            return &d->met[i];
    return NULL;
}

/* Whether a turn takes time and nothing but the usual has happened in it: such turns are but
 * one run, until the call has taken too long. */
static bool runs_out(const struct met *before, const struct met *here)
{
    return here->now - before->now >= NAP_CALL_US_MAX / TURNS_MAX &&
           here->nonzero == before->nonzero;
}

/* At a place within a call: whether to leave the run there. On the way to the last choice that
 * has changed nothing is new, nor known from elsewhere. */
static bool leaves(struct dfs *d, struct nap_hash128 key)
{
    const struct nap_machine *m = d->search->subject->m;
    struct met here = {key, m->ev->simulated_us, call_us(m), nonzero(&d->path, d->cursor)};
    const struct met *before = met_before(d, key);

    d->search->circles |= before != NULL;
    if (d->cursor == d->path.n) {
        if (is_known(d, key) && !(before && runs_out(before, &here))) {
            left_at(d, &here);
            return true;
        }
        nap_times_at(&d->times, key)->us = here.us;
    }
    add_met(d, &here);
    return false;
}

static bool has_met(void *context, struct nap_hash128 key)
{
    return leaves(context, key);
}

enum edge_end { EDGE_MORE, EDGE_LAST, EDGE_MET };

static enum edge_end advance(struct dfs *d)
{
    struct nap_machine *m = d->search->subject->m;
    jmp_buf here;

    d->meeting.way = d->nodes[d->depth - 1].key;
    d->meeting.due = d->meeting.is_open = false;
    d->meeting.leave = &here;
    if (setjmp(here) != 0) {
        m->before_access = NULL;
        return EDGE_MET;
    }
    return d->search->subject->advance(d->search->subject->context) ? EDGE_MORE : EDGE_LAST;
}

/* Runs one edge. True if it led to a new state, which has @key then. */
static bool run_edge(struct dfs *d, struct nap_hash128 *key)
{
    struct nap_search *s = d->search;
    enum edge_end end;

    d->cursor = d->nodes[d->depth - 1].start;
    d->n_met = d->nodes[d->depth - 1].n_met;
    d->call = d->nodes[d->depth - 1].call;
    d->hashed = false;
    end = advance(d);
    assert(d->cursor == d->path.n);
    report_findings(s, &d->path);
    if (end == EDGE_MET) {
        s->executions++;
        return false;
    }
    if (end == EDGE_LAST) {
        s->completed++;
        s->executions++;
        if (s->complete)
            s->complete(s->context, &d->path);
        return false;
    }
    *key = nap_state_key(s->subject->m);
    d->hashed = true;
    check_key(s, *key);
    if (nap_seam_parked(s->subject->m) ? !leaves(d, *key) : !is_known(d, *key))
        return true;
    s->executions++;
    return false;
}

/* Sets the next untried outcome of the edge that leaves the top node. */
static bool next_outcome(struct dfs *d)
{
    unsigned start = d->nodes[d->depth - 1].start;

    for (; d->path.n > start; d->path.n--) {
        struct nap_path_choice *p = &d->path.list[d->path.n - 1];
        if (p->choice.value + 1 >= p->choice.n || p->nonzero_before + 1 > d->bound)
            continue;
        p->choice.value++;
        p->means[0] = 0;
        return true;
    }
    return false;
}

static void go_back(const struct dfs *d, unsigned mark)
{
    if (d->hashed)
        nap_rewind_hashed(d->search->subject->m, mark);
    else
        nap_rewind(d->search->subject->m, mark);
}

/* Goes back to the deepest node with an untried outcome. False when there is none. */
static bool backtrack(struct dfs *d)
{
    while (d->depth > 0) {
        if (next_outcome(d)) {
            go_back(d, d->nodes[d->depth - 1].mark);
            return true;
        }
        d->depth--;
    }
    return false;
}

/* True when the space within the bound was exhausted before the budget. */
static bool search_within(struct dfs *d, unsigned bound)
{
    struct nap_machine *m = d->search->subject->m;
    struct nap_hash128 key = nap_state_key(m);

    d->bound = bound;
    d->path.n = 0;
    d->depth = 0;
    d->n_met = d->call = 0;
    push(d, nap_mark(m), key);
    for (;;) {
        if (run_edge(d, &key)) {
            push(d, nap_mark_hashed(m), key);
            continue;
        }
        if (!backtrack(d))
            return true;
        if (d->search->stop || d->search->executions >= d->search->budget)
            return false;
    }
}

void nap_search_exhaustive(struct nap_search *search)
{
    static const unsigned bounds[] = {1, 2, UNBOUNDED};
    struct nap_machine *m = search->subject->m;
    unsigned base = nap_mark(m);
    struct dfs *d = calloc(1, sizeof *d);

    if (!d)
        abort();
    d->search = search;
    nap_visited_init(&d->visited);
    nap_times_init(&d->times);
    nap_set_chooser(m, dfs_choose, d, search->varied);
    d->meeting = (struct nap_meeting){.met = has_met, .context = d, .call_over = call_over};
    m->meeting = &d->meeting;
    for (unsigned i = 0; i < 3; i++) {
        nap_rewind(m, base);
        search->exhausted = search_within(d, bounds[i]);
        if (!search->exhausted || bounds[i] == search->nonzero_max)
            break;
    }
    search->exhausted &= !search->circles && !search->slow;
    search->distinct_states = d->visited.used;
    nap_rewind(m, base);
    nap_unmark(m);
    nap_set_chooser(m, NULL, NULL, 0);
    m->meeting = NULL;
    nap_visited_free(&d->visited);
    nap_times_free(&d->times);
    nap_path_free(&d->path);
    free(d->met);
    free(d->nodes);
    free(d);
}

void nap_search_random(struct nap_search *search, uint64_t seed)
{
    const struct nap_subject *subject = search->subject;
    struct nap_replay r = {.subject = subject, .random = true};
    unsigned base = nap_mark(subject->m);

    nap_set_chooser(subject->m, nap_replay_choose, &r, search->varied);
    for (; search->executions < search->budget; search->executions++) {
        nap_rewind(subject->m, base);
        nap_replay_reset(&r, NULL);
        r.seed = seed ^ (search->executions + 1) * UINT64_C(0xd1342543de82ef95);
        while (subject->advance(subject->context))
            if (search->check_keys)
                check_key(search, nap_state_key(subject->m));
        report_findings(search, &r.path);
        search->completed++;
        if (search->complete)
            search->complete(search->context, &r.path);
    }
    nap_rewind(subject->m, base);
    nap_unmark(subject->m);
    nap_set_chooser(subject->m, NULL, NULL, 0);
    nap_replay_free(&r);
}
