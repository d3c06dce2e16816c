/* SPDX-License-Identifier: MIT */
/* Ports that a device treats alike answer alike, so one of them is asked for all. Which answers
 * are known to be right lies in the arena: whoever goes back to an earlier state knows again
 * what was known there.
 *
 * Marks, by word: first those of groups, which the device may treat otherwise now; as many of
 * answers that a group has for itself; and one of those that groups share. */
#include "judge.h"

#include <string.h>

static unsigned group_words(const struct nap_judge *j)
{
    return (j->m->watch_words - 1) / 2;
}

static unsigned bit_of(const struct nap_judge *j, unsigned group, unsigned answer)
{
    return answer == NAP_ANSWERS ? group_words(j) * 64 + group : group_words(j) * 128 + answer;
}

static bool same(const struct nap_answer *a, const struct nap_answer *b)
{
    return a->treatment == b->treatment && a->device == b->device && a->domain == b->domain;
}

/* The answer's number, for good; NAP_ANSWERS if there is no room for another. */
static unsigned number_of(struct nap_judge *j, const struct nap_answer *a)
{
    unsigned i = 0;

    while (i < j->n_answers && !same(&j->answers[i], a))
        i++;
    if (i == j->n_answers && i < NAP_ANSWERS)
        j->answers[j->n_answers++] = *a;
    return i;
}

/* Which answer the group's is; NAP_ANSWERS if it has one of its own, as it has while its master
 * changes domains. @own: what tells the port from others, which the answer does not say. */
static unsigned shared(struct nap_judge *j, unsigned group, struct nap_footprint *own)
{
    const struct nap_group *g = &j->groups[group];
    const struct nap_block *block = j->m->devices[g->device].kind->block;
    const struct nap_ledger *l = &j->m->st->ledger;
    struct nap_answer a = {.device = g->device, .domain = l->domain[g->master]};

    own->n = own->n_pages = 0;
    if (!block->treatment || !nap_has_power(j->m, g->device) ||
        l->domain[g->master] != l->pending[g->master] ||
        !block->treatment(j->m, g->device, g->port, &a.treatment, own))
        return NAP_ANSWERS;
    return number_of(j, &a);
}

/* The group is judged again when that answer may be another. */
static void rely_on(struct nap_judge *j, unsigned group, unsigned answer)
{
    uint8_t *at = &j->known->relied_on[group];

    if (*at == answer)
        return;
    nap_touched(j->m, at, sizeof *at);
    *at = (uint8_t)answer;
}

static void set_right(struct nap_judge *j, uint64_t right)
{
    if (j->known->right == right)
        return;
    nap_touched(j->m, &j->known->right, sizeof j->known->right);
    j->known->right = right;
}

enum nap_wrong nap_answer_judge(struct nap_judge *j, unsigned group,
                                struct nap_finding_probe *first)
{
    struct nap_footprint own;
    unsigned answer = shared(j, group, &own);
    struct nap_watcher watcher = {bit_of(j, group, answer),
                                  answer == NAP_ANSWERS ? NULL : &own};
    enum nap_wrong wrong;

    rely_on(j, group, answer);
    nap_group_watch(j, &(const struct nap_watcher){group, NULL}, &own);
    if (answer < NAP_ANSWERS && (j->known->right >> answer & 1))
        return NAP_RIGHT;
    wrong = nap_group_judge(j, group, &watcher, first);
    if (answer < NAP_ANSWERS && wrong == NAP_RIGHT)
        set_right(j, j->known->right | UINT64_C(1) << answer);
    return wrong;
}

/* Answers of groups' own: those bits of @word that count, as the group has one now. */
static uint64_t own_marks(const struct nap_judge *j, unsigned word)
{
    uint64_t marked = j->m->marked[group_words(j) + word], counts = 0;

    for (; marked; marked &= marked - 1) {
        unsigned bit = (unsigned)__builtin_ctzll(marked);
        if (j->known->relied_on[word * 64 + bit] == NAP_ANSWERS)
            counts |= UINT64_C(1) << bit;
    }
    return counts;
}

static void shared_marks(struct nap_judge *j, uint64_t changed)
{
    set_right(j, j->known->right & ~changed);
    for (unsigned g = 0; g < j->n_groups; g++) {
        unsigned answer = j->known->relied_on[g];
        if (answer < NAP_ANSWERS && (changed >> answer & 1))
            j->m->marked[g / 64] |= UINT64_C(1) << g % 64;
    }
}

void nap_answers_mark(struct nap_judge *j)
{
    unsigned words = group_words(j);
    uint64_t *marked = j->m->marked;

    for (unsigned w = 0; w < words; w++) {
        marked[w] |= own_marks(j, w);
        marked[words + w] = 0;
    }
    if (marked[j->m->watch_words - 1])
        shared_marks(j, marked[j->m->watch_words - 1]);
    marked[j->m->watch_words - 1] = 0;
}
