/* SPDX-License-Identifier: MIT */
/* Which writes come before which: between the registers that both sides write, over all units
 * of a group, and told for sets of registers at once. */
#include "diff.h"

#include <regnap/block.h>

#include <stdlib.h>

/* --- classes --- */

static bool counts(const struct deed *d, enum window window)
{
    return d->kind == DEED_WRITE && d->window == window && d->sleep <= 1;
}

/* Whether the same register, of the same context or port, is written as not 0 as well. */
static bool turns_on(const struct record *r, enum window window, const struct deed *off)
{
    for (unsigned i = 0; i < r->n; i++) {
        const struct deed *d = &r->deeds[i];
        if (counts(d, window) && d->device == off->device && d->reg == off->reg &&
            d->index == off->index && d->value != 0)
            return true;
    }
    return false;
}

/* A register that is switched off first and on last has two places in the order. One that is 0
 * for one guest and not for another has one. */
static bool writes_both(const struct nap_soc *soc, const struct record *r, enum window window,
                        unsigned group, unsigned reg)
{
    for (unsigned i = 0; i < r->n; i++) {
        const struct deed *d = &r->deeds[i];
        if (counts(d, window) && d->reg == reg && group_of(soc, d->device) == group &&
            d->value == 0 && turns_on(r, window, d))
            return true;
    }
    return false;
}

static bool in_class(const struct nap_soc *soc, const struct write_class *c,
                     const struct deed *d)
{
    return d->reg == c->reg && group_of(soc, d->device) == c->group &&
           (c->value == ANY_VALUE || (c->value == ZERO) == (d->value == 0));
}

static void add_class(struct diff *d, enum window window, const struct deed *deed)
{
    const struct nap_soc *soc = d->a.job.soc;
    struct write_class c = {group_of(soc, deed->device), deed->reg, ANY_VALUE};

    for (unsigned i = 0; i < d->n_classes[window]; i++)
        if (in_class(soc, &d->classes[window][i], deed))
            return;
    if (writes_both(soc, &d->a.plain, window, c.group, c.reg) ||
        writes_both(soc, &d->b.plain, window, c.group, c.reg))
        c.value = deed->value ? NOT_ZERO : ZERO;
    if (d->n_classes[window] < CLASSES_MAX)
        d->classes[window][d->n_classes[window]++] = c;
    else
        d->classes_cut = true;
}

static void find_classes(struct diff *d, enum window window)
{
    for (unsigned i = 0; i < d->b.plain.n; i++)
        if (counts(&d->b.plain.deeds[i], window))
            add_class(d, window, &d->b.plain.deeds[i]);
    for (unsigned i = 0; i < d->a.plain.n; i++)
        if (counts(&d->a.plain.deeds[i], window))
            add_class(d, window, &d->a.plain.deeds[i]);
}

/* --- the writes of each class, in the order of the run --- */

struct deeds {
    unsigned n;
    const struct deed **list;
};

static struct deeds of_class(const struct diff *d, const struct record *r, enum window window,
                             const struct write_class *c)
{
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): it is a list of pointers */
    struct deeds deeds = {0, need(r->n, sizeof *deeds.list)};

    for (unsigned i = 0; i < r->n; i++)
        if (counts(&r->deeds[i], window) && in_class(d->a.job.soc, c, &r->deeds[i]))
            deeds.list[deeds.n++] = &r->deeds[i];
    return deeds;
}

/* --- the order of two classes --- */

/* Registers of one unit belong together, those of one context or port even across units. */
static bool together(const struct nap_soc *soc, const struct deed *x, const struct deed *y)
{
    const struct nap_model *model = model_of(soc, x->device);
    uint32_t count = model->regs[x->reg].count;
    bool same_size = model_of(soc, y->device) == model && count == model->regs[y->reg].count;

    if (group_of(soc, x->device) == group_of(soc, y->device))
        return x->device == y->device && (!same_size || x->index == y->index);
    return same_size && count > 1 && x->index == y->index;
}

static enum order order_in(const struct nap_soc *soc, const struct deeds *x,
                           const struct deeds *y)
{
    bool x_first = false, y_first = false, each_x = false, each_y = false;

    for (unsigned i = 0; i < x->n; i++) {
        for (unsigned k = 0; k < y->n; k++) {
            bool before = x->list[i]->step < y->list[k]->step;
            x_first |= before;
            y_first |= !before;
            if (!together(soc, x->list[i], y->list[k]))
                continue;
            each_x |= before;
            each_y |= !before;
        }
    }
    if (x_first != y_first)
        return x_first ? ORDER_BEFORE : ORDER_AFTER;
    if (each_x != each_y)
        return each_x ? ORDER_EACH_BEFORE : ORDER_EACH_AFTER;
    return ORDER_MIXED;
}

static enum order reversed(enum order order)
{
    static const enum order other_way[] = {ORDER_AFTER, ORDER_BEFORE, ORDER_EACH_AFTER,
                                           ORDER_EACH_BEFORE, ORDER_MIXED};

    return other_way[order];
}

const char *order_text(enum order order)
{
    static const char *const names[] = {"before", "after", "each-before", "each-after",
                                        "mixed"};

    return names[order];
}

/* --- changes, for sets of classes --- */

static bool is_after(enum order order)
{
    return order == ORDER_AFTER || order == ORDER_EACH_AFTER;
}

static void add_pair(struct diff *d, enum window window, unsigned first, unsigned then,
                     enum order a, enum order b)
{
    struct order_change *c;

    for (unsigned i = 0; i < d->n_orders; i++) {
        c = &d->orders[i];
        if (c->window != window || c->first != UINT64_C(1) << first || c->a != a || c->b != b)
            continue;
        c->then |= UINT64_C(1) << then;
        return;
    }
    if (d->n_orders == d->orders_room) {
        d->orders_room = d->orders_room ? d->orders_room * 2 : 64;
        d->orders = realloc(d->orders, d->orders_room * sizeof *d->orders);
        if (!d->orders)
            exit(complain("no memory"));
    }
    d->orders[d->n_orders++] = (struct order_change){
        .window = window,
        .first = UINT64_C(1) << first,
        .then = UINT64_C(1) << then,
        .a = a,
        .b = b,
    };
}

/* Told as what comes first in B; if B has no order there, as what came first in A. */
static void compare_pair(struct diff *d, enum window window, unsigned x, unsigned y,
                         enum order a, enum order b)
{
    if (a == b)
        return;
    if (is_after(b) || (b == ORDER_MIXED && is_after(a)))
        add_pair(d, window, y, x, reversed(a), reversed(b));
    else
        add_pair(d, window, x, y, a, b);
}

/* Classes that come before the same others are one change. */
static void join(struct diff *d, unsigned from)
{
    for (unsigned i = from; i < d->n_orders; i++) {
        for (unsigned k = d->n_orders - 1; k > i; k--) {
            struct order_change *x = &d->orders[i], *y = &d->orders[k];
            if (x->then != y->then || x->a != y->a || x->b != y->b)
                continue;
            x->first |= y->first;
            *y = d->orders[--d->n_orders];
        }
    }
}

static void in_window(struct diff *d, enum window window, struct deeds *a, struct deeds *b)
{
    const struct nap_soc *soc = d->a.job.soc;
    unsigned n = d->n_classes[window], from = d->n_orders;

    for (unsigned x = 0; x < n; x++)
        for (unsigned y = x + 1; y < n; y++)
            if (a[x].n && a[y].n && b[x].n && b[y].n)
                compare_pair(d, window, x, y, order_in(soc, &a[x], &a[y]),
                             order_in(soc, &b[x], &b[y]));
    join(d, from);
}

/* The lines where the one ends and the other begins. */
static void add_sources(struct diff *d, struct order_change *c, const struct deeds *b)
{
    nap_step last = 0, first = UINT64_MAX;

    for (unsigned i = 0; i < d->n_classes[c->window]; i++) {
        if ((c->first >> i & 1) && b[i].list[b[i].n - 1]->step > last) {
            last = b[i].list[b[i].n - 1]->step;
            c->first_source = b[i].list[b[i].n - 1]->source;
        }
        if ((c->then >> i & 1) && b[i].list[0]->step < first) {
            first = b[i].list[0]->step;
            c->then_source = b[i].list[0]->source;
        }
    }
}

void diff_orders(struct diff *d)
{
    struct deeds a[CLASSES_MAX], b[CLASSES_MAX];

    for (unsigned w = WINDOW_SUSPEND; w < WINDOWS; w++) {
        unsigned from = d->n_orders;
        find_classes(d, (enum window)w);
        for (unsigned i = 0; i < d->n_classes[w]; i++) {
            a[i] = of_class(d, &d->a.plain, (enum window)w, &d->classes[w][i]);
            b[i] = of_class(d, &d->b.plain, (enum window)w, &d->classes[w][i]);
        }
        in_window(d, (enum window)w, a, b);
        for (unsigned i = from; i < d->n_orders; i++)
            add_sources(d, &d->orders[i], b);
        for (unsigned i = 0; i < d->n_classes[w]; i++) {
            free(a[i].list);
            free(b[i].list);
        }
    }
}
