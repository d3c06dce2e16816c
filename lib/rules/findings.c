/* SPDX-License-Identifier: MIT */
/* Lists of findings. */
#include "findings.h"

#include "../core/grow.h"

#include <stdlib.h>
#include <string.h>

static bool same_place(const struct nap_finding *a, const struct nap_finding *b)
{
    return a->rule == b->rule && a->device == b->device && a->source.line == b->source.line &&
           (a->source.file == b->source.file ||
            (a->source.file && b->source.file && strcmp(a->source.file, b->source.file) == 0));
}

static struct nap_finding *add(struct nap_finding **list, unsigned *n, unsigned *room,
                               const struct nap_finding *finding)
{
    for (unsigned i = 0; i < *n; i++) {
        if (same_place(&(*list)[i], finding)) {
            (*list)[i].count++;
            return &(*list)[i];
        }
    }
    *list = nap_grow(*list, *n, room, sizeof **list);
    (*list)[*n] = *finding;
    (*list)[*n].count = 1;
    return &(*list)[(*n)++];
}

struct nap_finding *nap_findings_violation(struct nap_findings *f,
                                           const struct nap_finding *finding)
{
    return add(&f->violations, &f->n_violations, &f->violations_room, finding);
}

struct nap_finding *nap_findings_note(struct nap_findings *f, const struct nap_finding *finding)
{
    return add(&f->notes, &f->n_notes, &f->notes_room, finding);
}

struct nap_finding *nap_findings_allowed(struct nap_findings *f, unsigned entry,
                                         const struct nap_finding *finding)
{
    struct nap_allowed *a;

    for (unsigned i = 0; i < f->n_allowed; i++) {
        a = &f->allowed[i];
        if (a->entry == entry && same_place(&a->finding, finding)) {
            a->finding.count++;
            return &a->finding;
        }
    }
    f->allowed = nap_grow(f->allowed, f->n_allowed, &f->allowed_room, sizeof *f->allowed);
    a = &f->allowed[f->n_allowed++];
    *a = (struct nap_allowed){entry, *finding};
    a->finding.count = 1;
    return &a->finding;
}

void nap_findings_obligation(struct nap_findings *f, const struct nap_obligation *o)
{
    f->obligations = nap_grow(f->obligations, f->n_obligations, &f->obligations_room,
                              sizeof *f->obligations);
    f->obligations[f->n_obligations++] = *o;
}

void nap_findings_clear(struct nap_findings *f)
{
    f->n_violations = f->n_notes = f->n_obligations = f->n_allowed = 0;
}

void nap_findings_free(struct nap_findings *f)
{
    free(f->violations);
    free(f->notes);
    free(f->obligations);
    free(f->allowed);
    memset(f, 0, sizeof *f);
}
