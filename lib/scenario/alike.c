/* SPDX-License-Identifier: MIT */
/* End states that are the same for the suite. The suite costs more than all else at an end
 * state, and most end states differ only in registers that nothing needs. So it runs with those
 * registers undetermined, as power loss leaves them (design 4.7). If it goes like the twin's
 * and nothing settles one of them, it goes so whatever they hold, and for every end state that
 * is the same but for them. */
#include "equivalence.h"

void nap_twin_forget_alike(struct nap_twin *t)
{
    nap_visited_free(&t->alike);
    nap_visited_init(&t->alike);
}

static void set_free_undetermined(struct nap_runner *r)
{
    for (unsigned i = 0; i < nap_twin_of(r)->n_golden; i++) {
        const struct nap_golden *g = &nap_twin_of(r)->golden[i];
        const struct nap_dev *d = &r->m->devices[g->device];
        if (g->need != NAP_GOLDEN_FREE)
            continue;
        nap_touched(r->m, &d->regs[g->slot], sizeof d->regs[g->slot]);
        nap_touched(r->m, &d->marks[g->slot], sizeof d->marks[g->slot]);
        d->regs[g->slot] = 0;
        d->marks[g->slot] |= NAP_MARK_UNDETERMINED;
    }
}

/* Whether the machine goes like its twin whatever the free registers hold. */
static bool alike_whatever(struct nap_runner *r)
{
    struct nap_twin *t = nap_twin_of(r);
    unsigned mark = nap_mark(r->m);
    struct nap_hash128 key;
    bool alike;

    set_free_undetermined(r);
    key = nap_state_key(r->m);
    alike = nap_visited_has(&t->alike, key);
    if (!alike) {
        nap_suite_apart(r, NULL, &t->suite);
        alike = !t->settled && !nap_twin_apart(t);
        if (alike)
            (void)nap_visited_check(&t->alike, key, 0);
    }
    nap_rewind_hashed(r->m, mark); /* the suite has gone back to what was hashed */
    nap_unmark(r->m);
    return alike;
}

/* What is known of end states holds for the free registers of that time only. */
static void set_need(struct nap_twin *t, struct nap_golden *g, enum nap_golden_need need)
{
    g->need = need;
    nap_twin_forget_alike(t);
}

/* Registers that differ for the first time, in a machine that goes like its twin. */
static void try_more(struct nap_runner *r)
{
    struct nap_twin *t = nap_twin_of(r);
    struct nap_golden_difference d;

    for (unsigned i = 0; i < t->n_golden; i++) {
        if (t->golden[i].need != NAP_GOLDEN_UNTRIED || !nap_twin_differs(r, &t->golden[i], &d))
            continue;
        set_need(t, &t->golden[i], NAP_GOLDEN_FREE);
        if (!alike_whatever(r))
            set_need(t, &t->golden[i], NAP_GOLDEN_NEEDED);
    }
}

static bool any_free(const struct nap_twin *t)
{
    for (unsigned i = 0; i < t->n_golden; i++)
        if (t->golden[i].need == NAP_GOLDEN_FREE)
            return true;
    return false;
}

static void none_is_free(struct nap_twin *t)
{
    for (unsigned i = 0; i < t->n_golden; i++)
        if (t->golden[i].need == NAP_GOLDEN_FREE)
            set_need(t, &t->golden[i], NAP_GOLDEN_NEEDED);
}

const struct nap_observation *nap_twin_observe(struct nap_runner *r)
{
    struct nap_twin *t = nap_twin_of(r);
    const struct nap_observation *o;

    if (alike_whatever(r)) {
        try_more(r);
        return NULL;
    }
    if (!any_free(t))
        return nap_twin_apart(t);
    nap_suite_apart(r, NULL, &t->suite);
    o = nap_twin_apart(t);
    if (!o)
        none_is_free(t); /* this end state needs one */
    return o;
}
