/* SPDX-License-Identifier: MIT */
/* Right after resume (design 4.6). Golden values say which registers differ from suspend entry
 * (golden.c); a twin that never slept decides whether that matters: both go through the same
 * suite of traffic and driver calls (suite.c), and what differs is blamed on what makes it
 * differ (blame.c). */
#include "equivalence.h"

#include "../os/os.h"
#include "calls.h"
#include "twin.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void make_twin(struct nap_runner *r, struct nap_twin *t, struct nap_hash128 key)
{
    t->key = key;
    nap_snapshot_free(t->entry);
    if (nap_snapshot_take(r->m, &t->entry))
        abort();
    nap_twin_forget_views(t);
    nap_twin_forget_alike(t);
    t->n_blamings = 0;
    nap_twin_keep_golden(t, r->m);
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
    nap_twin_of(r)->view = nap_twin_view(r, r->pos);
    nap_twin_report(r, nap_twin_observe(r));
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
    nap_twin_forget_views(t);
    free(t->views);
    free(t->golden);
    free(t);
}
