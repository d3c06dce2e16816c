/* SPDX-License-Identifier: MIT */
/* Golden values: what each register that software had written by suspend entry held then, and
 * whether it holds that again. */
#include "equivalence.h"

#include "../core/grow.h"

/* Bits of the slot that must be as they were. */
static uint64_t persistent(const struct nap_dev *d, unsigned slot, enum nap_restore restore)
{
    const struct nap_reg *reg = &d->kind->block->model->regs[d->kind->slots[slot].reg];
    uint64_t mask = 0;

    for (uint32_t i = 0; i < reg->n_fields; i++)
        if (reg->fields[i].restore == restore &&
            (reg->fields[i].variants & 1u << d->kind->variant))
            mask |= reg->fields[i].mask;
    return mask;
}

/* A register can be undetermined where power loss leaves it so and a write defines all of it.
 */
static bool can_be_free(const struct nap_slot *slot)
{
    return slot->retention == NAP_RETENTION_UNKNOWN && slot->plain == slot->defined;
}

static void keep(struct nap_twin *t, const struct nap_machine *m, unsigned device,
                 unsigned slot)
{
    const struct nap_dev *d = &m->devices[device];
    struct nap_golden g = {.device = device,
                           .slot = slot,
                           .equal = persistent(d, slot, NAP_RESTORE_EQUAL),
                           .behaviour = persistent(d, slot, NAP_RESTORE_BEHAVIOUR),
                           .relation = persistent(d, slot, NAP_RESTORE_RELATION),
                           .need = can_be_free(&d->kind->slots[slot]) ? NAP_GOLDEN_UNTRIED
                                                                      : NAP_GOLDEN_NEEDED};

    if (!nap_golden(m, device, slot, &g.value) || !(g.equal | g.behaviour | g.relation))
        return;
    t->golden = nap_grow(t->golden, t->n_golden, &t->golden_room, sizeof *t->golden);
    t->golden[t->n_golden++] = g;
}

void nap_twin_keep_golden(struct nap_twin *t, const struct nap_machine *m)
{
    t->n_golden = 0;
    for (unsigned i = 0; i < m->n_devices; i++)
        for (unsigned s = 0; s < m->devices[i].kind->n_slots; s++)
            keep(t, m, i, s);
}

/* The first relation of the register that does not hold, or NULL. */
static const char *broken_relation(const struct nap_runner *r, const struct nap_golden *g)
{
    const struct nap_dev *d = &r->m->devices[g->device];
    const struct nap_block *block = d->kind->block;
    const struct nap_reg *reg = &block->model->regs[d->kind->slots[g->slot].reg];
    bool known = !(d->marks[g->slot] & NAP_MARK_UNDETERMINED);
    uint64_t now = d->regs[g->slot];

    for (uint32_t i = 0; i < reg->n_fields; i++) {
        const struct nap_field *f = &reg->fields[i];
        const struct nap_relation *relation =
            (f->mask & g->relation) ? nap_relation_of(block, f->relation) : NULL;
        if (relation && !(known && relation->holds(r->m, g->device, g->slot, g->value, now)))
            return relation->name;
    }
    return NULL;
}

bool nap_twin_differs(const struct nap_runner *r, const struct nap_golden *g,
                      struct nap_golden_difference *out)
{
    const struct nap_dev *d = &r->m->devices[g->device];
    uint64_t changed = g->value ^ d->regs[g->slot];

    if (d->marks[g->slot] & NAP_MARK_UNDETERMINED)
        changed = UINT64_MAX;
    if (!(changed & (g->equal | g->behaviour)) && !g->relation)
        return false;
    *out = (struct nap_golden_difference){
        .device = g->device,
        .slot = g->slot,
        .golden = g->value,
        .now = d->regs[g->slot],
        .undetermined = d->marks[g->slot] & NAP_MARK_UNDETERMINED,
        .written = d->marks[g->slot] & NAP_MARK_WRITTEN,
        .relation = g->relation ? broken_relation(r, g) : NULL};
    out->behaviour = !(changed & g->equal) && !out->relation;
    return (changed & (g->equal | g->behaviour)) || out->relation;
}
