/* SPDX-License-Identifier: MIT */
/* How long driver calls take, by the states within them. */
#include "explore.h"

#include <stdlib.h>

#define FIRST_SIZE ((size_t)1 << 10)

static struct nap_time *slots_make(size_t size)
{
    struct nap_time *p = calloc(size, sizeof *p);

    if (!p)
        abort(); /* a search that does not know how long calls take proves nothing */
    return p;
}

void nap_times_init(struct nap_times *t)
{
    t->size = FIRST_SIZE;
    t->used = 0;
    t->slots = slots_make(t->size);
}

void nap_times_free(struct nap_times *t)
{
    free(t->slots);
    *t = (struct nap_times){NULL, 0, 0};
}

/* Low word 0 marks an empty slot, as in the visited set. */
static struct nap_time *find(const struct nap_times *t, uint64_t low, uint64_t high)
{
    size_t at = low & (t->size - 1);

    while (t->slots[at].low && (t->slots[at].low != low || t->slots[at].high != high))
        at = (at + 1) & (t->size - 1);
    return &t->slots[at];
}

static void grow(struct nap_times *t)
{
    struct nap_times bigger = {slots_make(t->size * 2), t->size * 2, t->used};

    for (size_t i = 0; i < t->size; i++)
        if (t->slots[i].low)
            *find(&bigger, t->slots[i].low, t->slots[i].high) = t->slots[i];
    free(t->slots);
    *t = bigger;
}

struct nap_time *nap_times_at(struct nap_times *t, struct nap_hash128 key)
{
    uint64_t low = key.low ? key.low : 1;
    struct nap_time *at;

    if (t->used >= t->size / 2)
        grow(t);
    at = find(t, low, key.high);
    if (at->low == 0) {
        *at = (struct nap_time){.low = low, .high = key.high};
        t->used++;
    }
    return at;
}
