/* SPDX-License-Identifier: MIT */
/* What the access path needs of a model, laid out by slot and by offset: once per kind of
 * device, fixed from then on. */
#include "core.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* --- what a block must bring, and what it need not --- */

struct nap_block nap_block_of_model(const struct nap_model *model)
{
    return (struct nap_block){.abi = NAP_BLOCK_ABI, .model = model, .registers_only = true};
}

/* Whether hardware changes the field by itself, beyond finishing work. */
static bool is_hardwares(const struct nap_field *f)
{
    switch ((enum nap_access)f->access) {
    case NAP_ACCESS_W0C:
    case NAP_ACCESS_W1C:
    case NAP_ACCESS_RC:
        return true;
    case NAP_ACCESS_RW:
    case NAP_ACCESS_RO:
    case NAP_ACCESS_WO:
    case NAP_ACCESS_W1S:
        return f->restore == NAP_RESTORE_NONE;
    case NAP_ACCESS_SELF_CLEAR:
    case NAP_ACCESS_RSVDZ:
    case NAP_ACCESSES:
        break;
    }
    return false;
}

/* A view says nothing of its own about who changes the bits. */
static bool is_unmodelled(const struct nap_block *block, const struct nap_reg *reg)
{
    bool unmodelled = reg->unmodelled;

    for (uint32_t i = 0; block->registers_only && !reg->alias_of && i < reg->n_fields; i++)
        unmodelled |= is_hardwares(&reg->fields[i]);
    return unmodelled;
}

const char *nap_block_lacks(const struct nap_block *b)
{
    if (!b->model)
        return "model";
    if (b->n_ports && (!b->probe || !b->dma))
        return b->probe ? "dma" : "probe";
    if (b->n_rules && !b->rules)
        return "rules";
    return b->n_relations && !b->relations ? "relations" : NULL;
}

const struct nap_relation *nap_relation_of(const struct nap_block *block, const char *name)
{
    for (unsigned i = 0; i < block->n_relations; i++)
        if (strcmp(block->relations[i].name, name) == 0)
            return &block->relations[i];
    return NULL;
}

static enum nap_err check_relations(const struct nap_block *block, struct nap_error *error)
{
    const struct nap_model *model = block->model;

    for (uint32_t r = 0; r < model->n_regs; r++)
        for (uint32_t i = 0; i < model->regs[r].n_fields && !block->registers_only; i++) {
            const struct nap_field *f = &model->regs[r].fields[i];
            if (f->restore == NAP_RESTORE_RELATION && !nap_relation_of(block, f->relation))
                return nap_fail(error, NAP_ERR_UNKNOWN,
                                "the block of model %s has no relation '%s', which field %s "
                                "of register %s names",
                                model->name, f->relation, f->name, model->regs[r].name);
        }
    return NAP_OK;
}

/* --- slots --- */

static bool met(const struct nap_kind *kind, const uint8_t needs[NAP_NEEDS_MAX])
{
    return nap_needs_met(kind->block->model, needs, kind->resets, kind->switches);
}

/* All but the bits of fields that this device does not have. */
static uint64_t own_bits(const struct nap_kind *kind, const struct nap_reg *reg)
{
    uint64_t bits = UINT64_MAX;

    if (!met(kind, reg->needs))
        return 0;
    for (uint32_t i = 0; i < reg->n_fields; i++)
        if (!met(kind, reg->fields[i].needs))
            bits &= ~reg->fields[i].mask;
    return bits;
}

static uint64_t present_bits(const struct nap_kind *kind, const struct nap_reg *reg)
{
    const struct nap_model *model = kind->block->model;

    if (model->n_needs == 0)
        return UINT64_MAX;
    return own_bits(kind, reg) &
           (reg->alias_of ? own_bits(kind, &model->regs[reg->alias_of - 1]) : UINT64_MAX);
}

static void fill_masks(struct nap_slot *slot, const struct nap_kind *kind,
                       const struct nap_reg *reg)
{
    unsigned variant = kind->variant;
    uint64_t there = present_bits(kind, reg), w1s = reg->w1s[variant];

    slot->defined = reg->defined[variant] & there;
    slot->w0c = reg->w0c[variant] & there;
    slot->w1c = reg->w1c[variant] & there;
    slot->self_clear = reg->self_clear[variant] & there;
    slot->wo = reg->wo[variant] & there;
    slot->rc = reg->rc[variant] & there;
    if (slot->defined & ~slot->wo)
        slot->marks_written = NAP_MARK_WRITTEN | NAP_MARK_EVER;
    slot->plain =
        reg->writable[variant] & there & ~(slot->w0c | slot->w1c | slot->self_clear | w1s);
    slot->sets = slot->plain | slot->self_clear | (w1s & there);
    slot->known = reg->known & slot->defined;
    if (reg->defined[variant] && !slot->defined)
        slot->special |= NAP_SPECIAL_ABSENT;
}

static void fill_special(struct nap_slot *slot, const struct nap_block *block,
                         const struct nap_reg *reg)
{
    if (is_unmodelled(block, reg) && !(slot->special & NAP_SPECIAL_ABSENT))
        slot->special |= NAP_SPECIAL_UNMODELLED;
    if (slot->wo || slot->rc || slot->on_read)
        slot->special |= NAP_SPECIAL_READ;
    if (reg->access_sizes)
        slot->special |= NAP_SPECIAL_PARTS;
    if (slot->index < reg->banked)
        slot->special |= NAP_SPECIAL_BANKED;
    if (reg->alias_of)
        slot->special |= NAP_SPECIAL_ALIAS;
    if (reg->n_guards)
        slot->special |= NAP_SPECIAL_GUARDED;
}

/* What happens when bits change is the business of the register that holds them, unless the
 * view has an effect of its own. */
static void fill_effects(struct nap_slot *slot, const struct nap_block *block, uint32_t r)
{
    const struct nap_reg *reg = &block->model->regs[r];

    if (slot->special & NAP_SPECIAL_ABSENT)
        return;
    if (block->on_write)
        slot->on_write = block->on_write[r];
    if (block->on_write && !slot->on_write && reg->alias_of)
        slot->on_write = block->on_write[reg->alias_of - 1];
    if (block->on_read)
        slot->on_read = block->on_read[r];
    if (block->on_store)
        slot->on_store = block->on_store[r];
    if (block->on_store && !slot->on_store && reg->alias_of)
        slot->on_store = block->on_store[reg->alias_of - 1];
}

/* Nobody compares a register that need not come back, and a search is not to tell states apart
 * by what it held. */
static bool comes_back(const struct nap_kind *kind, const struct nap_reg *reg)
{
    for (uint32_t i = 0; i < reg->n_fields; i++)
        if (reg->fields[i].restore != NAP_RESTORE_NONE &&
            (reg->fields[i].variants & 1u << kind->variant))
            return true;
    return false;
}

static void fill_slot(struct nap_kind *kind, uint32_t r, uint32_t i)
{
    const struct nap_model *model = kind->block->model;
    const struct nap_reg *reg = &model->regs[r];
    const struct nap_reg *home = reg->alias_of ? &model->regs[reg->alias_of - 1] : reg;
    struct nap_slot *slot = &kind->slots[reg->first_slot + i];

    slot->reg = (uint16_t)r;
    slot->index = (uint16_t)i;
    slot->home = (uint16_t)(home->first_slot + i);
    slot->size_bytes = reg->width_bits / 8u;
    slot->access_sizes = reg->access_sizes;
    slot->offset = nap_reg_offset(reg, i);
    slot->retention = reg->retention;
    slot->comes_back = comes_back(kind, reg);
    if (i < reg->banked)
        slot->bank = (uint16_t)kind->n_banked++;
    fill_masks(slot, kind, reg);
    slot->reset = kind->resets[r] & slot->defined;
    fill_effects(slot, kind->block, r);
    fill_special(slot, kind->block, reg);
}

/* --- banks --- */

static unsigned count_banked(const struct nap_model *model)
{
    unsigned n = 0;

    for (uint32_t r = 0; r < model->n_regs; r++)
        n += model->regs[r].banked;
    return n;
}

static unsigned bank_slot(const struct nap_kind *kind, unsigned slot, unsigned cpu)
{
    if (cpu == 0 || !(kind->slots[slot].special & NAP_SPECIAL_BANKED))
        return slot;
    return kind->block->model->n_slots + (cpu - 1) * kind->n_banked + kind->slots[slot].bank;
}

unsigned nap_bank_slot(const struct nap_machine *m, unsigned device, unsigned slot,
                       unsigned cpu)
{
    const struct nap_kind *kind = m->devices[device].kind;

    assert(slot < kind->block->model->n_slots);
    return bank_slot(kind, slot, cpu);
}

static void fill_banks(struct nap_kind *kind, unsigned cpu)
{
    for (unsigned s = 0; s < kind->block->model->n_slots; s++) {
        unsigned at = bank_slot(kind, s, cpu);
        if (at == s)
            continue;
        kind->slots[at] = kind->slots[s];
        kind->slots[at].home = (uint16_t)bank_slot(kind, kind->slots[s].home, cpu);
        kind->slots[at].cpu = (uint8_t)cpu;
    }
}

/* --- from offsets to slots --- */

static unsigned grain_log2(const struct nap_kind *kind)
{
    const struct nap_model *model = kind->block->model;

    if (kind->sysregs)
        return 3;
    for (uint32_t r = 0; r < model->n_regs; r++)
        if (model->regs[r].width_bits < 32 || model->regs[r].access_sizes & 3u)
            return 0;
    return 2;
}

/* The first byte of a register, and each at which a part of it may begin. */
static void decode_slot(struct nap_kind *kind, unsigned slot)
{
    const struct nap_slot *s = &kind->slots[slot];
    unsigned step = s->size_bytes;

    for (unsigned size = 1; size < s->size_bytes && step == s->size_bytes; size *= 2)
        if (s->access_sizes & size)
            step = size;
    for (unsigned from = 0; from < s->size_bytes; from += step)
        kind->decode[(s->offset + from) >> kind->grain_log2] = (uint16_t)slot;
}

/* Each may be an item of its own, in each bank and through each alias. */
static unsigned count_work(const struct nap_kind *kind)
{
    const struct nap_model *model = kind->block->model;
    unsigned n = 0;

    for (unsigned s = 0; s < kind->n_slots; s++)
        if (model->regs[kind->slots[s].reg].variants & 1u << kind->variant)
            n += (unsigned)__builtin_popcountll(kind->slots[s].self_clear);
    return n;
}

static void fill_decode(struct nap_kind *kind)
{
    const struct nap_model *model = kind->block->model;

    for (unsigned s = 0; s < model->n_slots; s++)
        if (model->regs[kind->slots[s].reg].variants & 1u << kind->variant)
            decode_slot(kind, s);
}

/* Variants that share no register are devices of different shape. */
static bool variants_meet(const struct nap_model *model)
{
    for (uint32_t r = 0; r < model->n_regs; r++)
        if (model->regs[r].variants & (model->regs[r].variants - 1))
            return true;
    return model->n_variants == 1;
}

/* Optional pages that a device does not have are not part of its window, nor are those of a
 * variant of another shape. */
static uint32_t window_of(const struct nap_kind *kind)
{
    const struct nap_model *model = kind->block->model;
    uint32_t end = 0;

    if (kind->sysregs)
        return 0;
    if (model->n_needs == 0 && variants_meet(model))
        return model->window_bytes;
    for (unsigned s = 0; s < model->n_slots; s++) {
        const struct nap_slot *slot = &kind->slots[s];
        if ((model->regs[slot->reg].variants & 1u << kind->variant) &&
            !(slot->special & NAP_SPECIAL_ABSENT) && slot->offset + slot->size_bytes > end)
            end = slot->offset + slot->size_bytes;
    }
    return end;
}

enum nap_err nap_kind_create(struct nap_kind *kind, unsigned n_cpus, struct nap_error *error)
{
    const struct nap_block *block = kind->block;
    const struct nap_model *model = block->model;
    size_t places, n_slots = model->n_slots + (size_t)(n_cpus - 1) * count_banked(model);

    if (check_relations(block, error))
        return NAP_ERR_UNKNOWN;
    if (n_slots > NAP_SLOTS_MAX)
        return nap_fail(error, NAP_ERR_NOSPACE,
                        "%s has %zu registers for %u CPUs, expected at most %u", model->name,
                        n_slots, n_cpus, (unsigned)NAP_SLOTS_MAX);
    kind->sysregs = nap_model_is_sysreg(model, kind->variant);
    kind->grain_log2 = grain_log2(kind);
    kind->decode_bytes = kind->sysregs ? 8 * NAP_SYSREGS_MAX : model->window_bytes;
    places = ((size_t)kind->decode_bytes + 3) >> kind->grain_log2; /* the last may be cut off */
    kind->n_slots = (unsigned)n_slots;
    kind->slots = calloc(n_slots, sizeof *kind->slots);
    kind->decode = malloc(places * sizeof *kind->decode);
    if (!kind->slots || !kind->decode)
        return nap_fail(error, NAP_ERR_NOMEM, "no memory for the registers of %s", model->name);
    memset(kind->decode, 0xff, places * sizeof *kind->decode);
    for (uint32_t r = 0; r < model->n_regs; r++) {
        kind->aliases |= model->regs[r].alias_of != 0;
        for (uint32_t i = 0; i < model->regs[r].count; i++)
            fill_slot(kind, r, i);
    }
    for (unsigned cpu = 1; cpu < n_cpus; cpu++)
        fill_banks(kind, cpu);
    fill_decode(kind);
    kind->window_bytes = window_of(kind);
    kind->n_work = count_work(kind) + block->n_work;
    return NAP_OK;
}

void nap_kind_destroy(struct nap_kind *kind)
{
    free(kind->resets);
    free(kind->slots);
    free(kind->decode);
}
