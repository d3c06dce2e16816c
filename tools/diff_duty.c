/* SPDX-License-Identifier: MIT */
/* Obligations on the platform: whose came, went, or got longer or shorter. */
#include "diff.h"

#include <string.h>

/* All ports of the master behind that device: from the first that opens to the last that
 * closes. */
static struct duty duty_of(const struct side *s, unsigned master, unsigned device)
{
    const struct nap_findings *f = &s->plain.result.findings;
    nap_step from = UINT64_MAX, to = 0;
    struct duty duty = {.there = false};

    for (unsigned i = 0; i < f->n_obligations; i++) {
        const struct nap_obligation *o = &f->obligations[i];
        if (o->master != master || o->device != device)
            continue;
        from = o->from < from ? o->from : from;
        if (!duty.there || o->to > to) {
            to = o->to;
            duty.outcome = o->outcome;
            if (o->open)
                snprintf(duty.until, sizeof duty.until, "the end of the run");
            else
                closed_text(s->job.soc, o, duty.until, sizeof duty.until);
        }
        duty.there = true;
    }
    if (duty.there) {
        duty.steps = to - from;
        duty.accesses = record_accesses(&s->plain, from, to);
    }
    return duty;
}

/* What closes it is told without the port: that is another one for another order. */
static bool same(const struct duty *a, const struct duty *b)
{
    return a->there == b->there && a->outcome == b->outcome && a->accesses == b->accesses &&
           strcmp(a->until, b->until) == 0;
}

static void duties_of(struct diff *d, const struct side *from)
{
    const struct nap_findings *f = &from->plain.result.findings;

    for (unsigned i = 0; i < f->n_obligations; i++) {
        struct duty_change c = {f->obligations[i].master, f->obligations[i].device,
                                .a = {.there = false}};
        bool known = false;
        for (unsigned k = 0; k < d->n_duties; k++)
            known |= d->duties[k].master == c.master && d->duties[k].device == c.device;
        if (known || d->n_duties == DUTY_CHANGES_MAX)
            continue;
        c.a = duty_of(&d->a, c.master, c.device);
        c.b = duty_of(&d->b, c.master, c.device);
        d->duties[d->n_duties++] = c;
    }
}

void diff_duties(struct diff *d)
{
    unsigned n = 0;

    duties_of(d, &d->a);
    duties_of(d, &d->b);
    for (unsigned i = 0; i < d->n_duties; i++) {
        if (same(&d->duties[i].a, &d->duties[i].b))
            d->n_same_duties++;
        else
            d->duties[n++] = d->duties[i];
    }
    d->n_duties = n;
}
