/* SPDX-License-Identifier: MIT */
/* Lists of choices, by position on a path and by key. */
#include "explore.h"

#include "../core/grow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void nap_path_add(struct nap_path *path, const struct nap_subject *subject,
                  const struct nap_choice *choice)
{
    struct nap_path_choice *c;

    path->list = nap_grow(path->list, path->n, &path->room, sizeof *path->list);
    c = &path->list[path->n];
    c->choice = *choice;
    c->nonzero_before = path->n ? c[-1].nonzero_before + (c[-1].choice.value != 0) : 0;
    c->means[0] = 0;
    if (choice->value && subject->means)
        subject->means(subject->context, choice, c->means, sizeof c->means);
    path->n++;
}

void nap_path_free(struct nap_path *path)
{
    free(path->list);
    memset(path, 0, sizeof *path);
}

static bool same_key(const struct nap_choice *a, const struct nap_choice *b)
{
    return a->kind == b->kind && a->instance == b->instance &&
           (a->label == b->label || strcmp(a->label, b->label) == 0);
}

static uint32_t nth_of(const struct nap_path *path, unsigned at)
{
    uint32_t nth = 0;

    for (unsigned i = 0; i < at; i++)
        nth += same_key(&path->list[i].choice, &path->list[at].choice);
    return nth;
}

void nap_path_keyed(const struct nap_machine *m, const struct nap_path *path,
                    struct nap_choice_list *out)
{
    out->n = 0;
    for (unsigned i = 0; i < path->n; i++) {
        const struct nap_choice *c = &path->list[i].choice;
        struct nap_keyed_choice k = {.kind = c->kind, .n = c->n, .value = c->value};
        if (c->value == 0)
            continue;
        k.nth = nth_of(path, i);
        snprintf(k.label, sizeof k.label, "%s", c->label);
        nap_instance_name(m, c->instance, k.instance, sizeof k.instance);
        snprintf(k.means, sizeof k.means, "%s", path->list[i].means);
        nap_choices_add(out, &k);
    }
}

void nap_choices_add(struct nap_choice_list *list, const struct nap_keyed_choice *choice)
{
    list->list = nap_grow(list->list, list->n, &list->room, sizeof *list->list);
    list->list[list->n++] = *choice;
}

void nap_choices_copy(struct nap_choice_list *to, const struct nap_choice_list *from)
{
    to->n = 0;
    for (unsigned i = 0; i < from->n; i++)
        nap_choices_add(to, &from->list[i]);
}

void nap_choices_free(struct nap_choice_list *list)
{
    free(list->list);
    memset(list, 0, sizeof *list);
}

/* --- replay --- */

/* splitmix64: small, and the same everywhere. */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static bool matches(const struct nap_keyed_choice *k, const struct nap_choice *c, uint32_t nth,
                    const char *instance)
{
    return k->kind == c->kind && k->nth == nth && strcmp(k->label, c->label) == 0 &&
           strcmp(k->instance, instance) == 0;
}

/* A recorded value that is no outcome any more has no place. */
static uint32_t recorded(struct nap_replay *r, const struct nap_choice *c, uint32_t nth)
{
    char instance[NAP_NAME_MAX * 2];

    nap_instance_name(r->subject->m, c->instance, instance, sizeof instance);
    for (unsigned i = 0; r->list && i < r->list->n; i++) {
        const struct nap_keyed_choice *k = &r->list->list[i];
        if (r->used[i] || !matches(k, c, nth, instance) || k->value >= c->n)
            continue;
        r->used[i] = true;
        return k->value;
    }
    return 0;
}

uint32_t nap_replay_choose(void *context, const struct nap_choice *choice)
{
    struct nap_replay *r = context;
    struct nap_choice c = *choice;

    nap_path_add(&r->path, r->subject, &c);
    if (r->random && c.odds && draw(&r->seed) % c.odds)
        c.value = 0;
    else if (r->random)
        c.value = (uint32_t)(draw(&r->seed) % c.n);
    else
        c.value = recorded(r, &c, nth_of(&r->path, r->path.n - 1));
    r->path.n--;
    nap_path_add(&r->path, r->subject, &c);
    return c.value;
}

void nap_replay_reset(struct nap_replay *r, const struct nap_choice_list *list)
{
    free(r->used);
    r->list = list;
    r->used = calloc((list ? list->n : 0) + 1, sizeof *r->used);
    if (!r->used)
        abort();
    r->path.n = 0;
}

void nap_replay_free(struct nap_replay *r)
{
    free(r->used);
    nap_path_free(&r->path);
}
