/* SPDX-License-Identifier: MIT */
/* The set of visited states: 120 bits of the key and 8 of "deviations left" per slot. */
#include "explore.h"

#include <stdlib.h>

#define FIRST_SIZE ((size_t)1 << 16)

static void *slots_make(size_t size)
{
    void *p = calloc(size, sizeof(uint64_t[2]));

    if (!p)
        abort(); /* a search without its visited set proves nothing */
    return p;
}

void nap_visited_init(struct nap_visited *v)
{
    v->size = FIRST_SIZE;
    v->used = 0;
    v->slots = slots_make(v->size);
}

void nap_visited_free(struct nap_visited *v)
{
    free(v->slots);
    *v = (struct nap_visited){NULL, 0, 0};
}

/* Low word 0 marks an empty slot; the key's low word is made non-zero. */
static uint64_t *find(const struct nap_visited *v, uint64_t low, uint64_t high)
{
    size_t at = low & (v->size - 1);

    while (v->slots[at][0] && (v->slots[at][0] != low || v->slots[at][1] >> 8 != high))
        at = (at + 1) & (v->size - 1);
    return v->slots[at];
}

static void grow(struct nap_visited *v)
{
    struct nap_visited bigger = {slots_make(v->size * 2), v->size * 2, v->used};

    for (size_t i = 0; i < v->size; i++) {
        uint64_t *to;
        if (!v->slots[i][0])
            continue;
        to = find(&bigger, v->slots[i][0], v->slots[i][1] >> 8);
        to[0] = v->slots[i][0];
        to[1] = v->slots[i][1];
    }
    free(v->slots);
    *v = bigger;
}

bool nap_visited_has(const struct nap_visited *v, struct nap_hash128 key)
{
    return find(v, key.low ? key.low : 1, key.high >> 8)[0] != 0;
}

bool nap_visited_check(struct nap_visited *v, struct nap_hash128 key, uint8_t left)
{
    uint64_t low = key.low ? key.low : 1;
    uint64_t high = key.high >> 8;
    uint64_t *slot = find(v, low, high);

    if (slot[0]) {
        if ((slot[1] & 0xff) >= left)
            return true;
        slot[1] = high << 8 | left;
        return false;
    }
    slot[0] = low;
    slot[1] = high << 8 | left;
    if (++v->used > v->size / 2)
        grow(v);
    return false;
}
