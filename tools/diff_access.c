/* SPDX-License-Identifier: MIT */
/* Registers that one side writes, reads or waits for and the other does not; barriers. */
#include "diff.h"

#include <regnap/block.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *const change_names[] = {"added", "removed", "changed"};

/* --- what is done at one place --- */

struct place {
    enum deed_kind kind;
    bool polls; /* only reads that were repeated */
    enum window window;
    unsigned device, reg, index;
};

static bool is_at(const struct deed *d, const struct place *p)
{
    return d->kind == p->kind && d->window == p->window && (d->again || !p->polls) &&
           d->device == p->device && d->reg == p->reg && d->index == p->index;
}

/* The next deed at the place from number @at on, or NULL. */
static const struct deed *next_at(const struct record *r, const struct place *p, unsigned *at)
{
    while (*at < r->n)
        if (is_at(&r->deeds[(*at)++], p))
            return &r->deeds[*at - 1];
    return NULL;
}

static const struct deed *first_at(const struct record *r, const struct place *p)
{
    unsigned at = 0;

    return next_at(r, p, &at);
}

static bool same_values(const struct record *a, const struct record *b, const struct place *p)
{
    unsigned at_a = 0, at_b = 0;
    const struct deed *x, *y;

    do {
        x = next_at(a, p, &at_a);
        y = next_at(b, p, &at_b);
        if (x && y && x->value != y->value)
            return false;
    } while (x && y);
    return x == y; /* both NULL */
}

/* "0x0, 0x21 (TTSEL=2 MMUEN=1)" */
static void values_text(const struct nap_soc *soc, const struct record *r,
                        const struct place *p, char *out, size_t bytes)
{
    unsigned at = 0, told = 0, n = 0;
    const struct deed *d;
    size_t length = 0;
    char fields[120];

    out[0] = 0;
    while ((d = next_at(r, p, &at))) {
        n++;
        if (told == 3)
            continue;
        nap_fields_text(model_of(soc, p->device), p->reg, variant_of(soc, p->device), d->value,
                        false, fields, sizeof fields);
        append(out, bytes, &length, "%s0x%" PRIx64 "%s%s%s", told ? ", then " : "", d->value,
               fields[0] ? " (" : "", fields, fields[0] ? ")" : "");
        told++;
    }
    if (n > told)
        append(out, bytes, &length, " and %u more", n - told);
}

/* --- changes, for all units of a group at once --- */

static struct access_change *change_of(struct access_changes *list, enum window window,
                                       enum change change, unsigned group, unsigned reg)
{
    struct access_change *c;

    for (unsigned i = 0; i < list->n; i++) {
        c = &list->list[i];
        if (c->window == window && c->change == change && c->group == group && c->reg == reg)
            return c;
    }
    if (list->n == list->room) {
        list->room = list->room ? list->room * 2 : 32;
        list->list = realloc(list->list, list->room * sizeof *list->list);
        if (!list->list)
            exit(complain("no memory"));
    }
    c = &list->list[list->n++];
    *c = (struct access_change){window, change, group, reg, .places = 0};
    return c;
}

static void add_place(struct diff *d, struct access_changes *list, const struct place *p,
                      const struct record *a, const struct record *b)
{
    const struct nap_soc *soc = d->a.job.soc;
    const struct deed *x = first_at(a, p), *y = first_at(b, p);
    enum change change = !x ? ADDED : !y ? REMOVED : CHANGED;
    struct access_change *c =
        change_of(list, p->window, change, group_of(soc, p->device), p->reg);

    if (c->places++)
        return;
    c->device = p->device;
    c->index = p->index;
    if (x)
        c->a_source = x->source;
    if (y)
        c->b_source = y->source;
    if (p->kind == DEED_WRITE) {
        values_text(soc, a, p, c->a, sizeof c->a);
        values_text(soc, b, p, c->b, sizeof c->b);
    }
}

static bool differs(const struct record *a, const struct record *b, const struct place *p)
{
    if (!first_at(a, p) != !first_at(b, p))
        return true;
    return p->kind == DEED_WRITE && !same_values(a, b, p);
}

/* Each place once: at its first deed. */
static void places_of(struct diff *d, struct access_changes *list, const struct record *from,
                      bool only_new, enum deed_kind kind, bool polls, const struct record *a,
                      const struct record *b)
{
    for (unsigned i = 0; i < from->n; i++) {
        const struct deed *deed = &from->deeds[i];
        struct place p = {kind, polls, deed->window, deed->device, deed->reg, deed->index};
        if (deed->kind != kind || (kind == DEED_READ && deed->window == WINDOW_AWAKE) ||
            !is_at(deed, &p) || first_at(from, &p) != deed || (only_new && first_at(a, &p)))
            continue;
        if (differs(a, b, &p))
            add_place(d, list, &p, a, b);
    }
}

static void compare(struct diff *d, struct access_changes *list, enum deed_kind kind,
                    bool polls, const struct record *a, const struct record *b)
{
    places_of(d, list, a, false, kind, polls, a, b);
    places_of(d, list, b, true, kind, polls, a, b);
}

/* A wait is told as a wait and not as a read as well. */
static void drop_waits(struct access_changes *reads, const struct access_changes *waits)
{
    for (unsigned i = reads->n; i-- > 0;) {
        const struct access_change *r = &reads->list[i];
        bool is_wait = false;
        for (unsigned k = 0; k < waits->n; k++)
            is_wait |= waits->list[k].window == r->window && waits->list[k].group == r->group &&
                       waits->list[k].reg == r->reg && waits->list[k].change == r->change;
        if (is_wait) {
            memmove(&reads->list[i], &reads->list[i + 1],
                    (reads->n - i - 1) * sizeof *reads->list);
            reads->n--;
        }
    }
}

void access_place(const struct diff *d, const struct access_change *c, char *out, size_t bytes)
{
    const struct nap_soc *soc = d->a.job.soc;

    place_text(soc, c->device, model_of(soc, c->device)->regs[c->reg].first_slot + c->index,
               out, bytes);
}

void diff_accesses(struct diff *d)
{
    compare(d, &d->writes, DEED_WRITE, false, &d->a.plain, &d->b.plain);
    compare(d, &d->reads, DEED_READ, false, &d->a.plain, &d->b.plain);
    compare(d, &d->waits, DEED_READ, true, &d->a.lazy, &d->b.lazy);
    drop_waits(&d->reads, &d->waits);
}

/* --- barriers --- */

static unsigned count_barriers(const struct record *r, enum window window, const char *name,
                               struct nap_source *first)
{
    unsigned n = 0;

    for (unsigned i = 0; i < r->n; i++) {
        const struct deed *d = &r->deeds[i];
        if (d->kind != DEED_BARRIER || d->window != window || strcmp(d->barrier, name) != 0)
            continue;
        if (n++ == 0)
            *first = d->source;
    }
    return n;
}

static void barriers_of(struct diff *d, const struct record *from)
{
    for (unsigned i = 0; i < from->n; i++) {
        const struct deed *x = &from->deeds[i];
        struct barrier_change c = {x->window, x->barrier, .a = 0};
        struct nap_source a = {NULL, 0, NULL}, b = {NULL, 0, NULL};
        bool known = false;
        if (x->kind != DEED_BARRIER)
            continue;
        for (unsigned k = 0; k < d->n_barriers; k++)
            known |= d->barriers[k].window == x->window &&
                     strcmp(d->barriers[k].barrier, x->barrier) == 0;
        c.a = count_barriers(&d->a.plain, x->window, x->barrier, &a);
        c.b = count_barriers(&d->b.plain, x->window, x->barrier, &b);
        c.source = c.b > c.a ? b : a;
        if (!known && c.a != c.b && d->n_barriers < BARRIER_CHANGES_MAX)
            d->barriers[d->n_barriers++] = c;
    }
}

void diff_barriers(struct diff *d)
{
    barriers_of(d, &d->a.plain);
    barriers_of(d, &d->b.plain);
}
