/* SPDX-License-Identifier: MIT */
/* What can be asked of a model, generated or loaded. */
#include <regnap/model.h>

#include "core/canon.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *nap_access_name(enum nap_access access)
{
    static const char *const names[NAP_ACCESSES] = {
        [NAP_ACCESS_RW] = "rw",       [NAP_ACCESS_RO] = "ro",
        [NAP_ACCESS_W0C] = "w0c",     [NAP_ACCESS_SELF_CLEAR] = "self_clear",
        [NAP_ACCESS_WO] = "wo",       [NAP_ACCESS_W1C] = "w1c",
        [NAP_ACCESS_W1S] = "w1s",     [NAP_ACCESS_RC] = "rc",
        [NAP_ACCESS_RSVDZ] = "rsvdz",
    };

    return names[access];
}

int nap_model_reg(const struct nap_model *model, const char *name)
{
    for (uint32_t i = 0; i < model->n_regs; i++)
        if (strcmp(model->regs[i].name, name) == 0)
            return (int)i;
    return -1;
}

int nap_model_switch(const struct nap_model *model, const char *id)
{
    for (uint32_t i = 0; i < model->n_switches; i++)
        if (strcmp(model->switches[i].id, id) == 0)
            return (int)i;
    return -1;
}

static bool need_met(const struct nap_model *model, const struct nap_need *need,
                     const uint64_t *resets, const uint8_t *switches)
{
    for (uint32_t i = 0; i < need->n_ways; i++) {
        const struct nap_way *way = &need->ways[i];
        uint64_t holds = resets ? resets[way->reg] : model->regs[way->reg].reset;
        unsigned value = way->by_switch && switches ? switches[way->by_switch - 1] : 0;
        if (way->by_switch ? value == way->value : (holds & way->mask) != 0)
            return true;
    }
    return false;
}

bool nap_needs_met(const struct nap_model *model, const uint8_t needs[NAP_NEEDS_MAX],
                   const uint64_t *resets, const uint8_t *switches)
{
    for (unsigned i = 0; i < NAP_NEEDS_MAX; i++)
        if (needs[i] && !need_met(model, &model->needs[needs[i] - 1], resets, switches))
            return false;
    return true;
}

int nap_model_variant(const struct nap_model *model, const char *name)
{
    for (uint32_t i = 0; i < model->n_variants; i++)
        if (strcmp(model->variants[i], name) == 0)
            return (int)i;
    return -1;
}

const struct nap_field *nap_reg_field(const struct nap_reg *reg, const char *name)
{
    for (uint32_t i = 0; i < reg->n_fields; i++)
        if (strcmp(reg->fields[i].name, name) == 0)
            return &reg->fields[i];
    return NULL;
}

uint32_t nap_reg_offset(const struct nap_reg *reg, uint32_t index)
{
    const struct nap_window *w = reg->windows;

    while (w < &reg->windows[reg->n_windows - 1] && index >= w->first + w->count)
        w++;
    return w->offset + (index - w->first) * w->stride;
}

bool nap_model_is_sysreg(const struct nap_model *model, unsigned variant)
{
    for (uint32_t i = 0; i < model->n_regs; i++)
        if (model->regs[i].variants >> variant & 1)
            return model->regs[i].sysreg;
    return false;
}

void nap_sysreg_text(unsigned number, char *out, size_t bytes)
{
    if (number >= NAP_SYSREGS_MAX) /* no instruction has it */
        (void)snprintf(out, bytes, "0x%x", number);
    else
        (void)snprintf(out, bytes, "S%u_%u_C%u_C%u_%u", number >> 14 & 3, number >> 11 & 7,
                       number >> 7 & 15, number >> 3 & 15, number & 7);
}

static const struct nap_reg *reg_with_slot(const struct nap_model *model, unsigned slot)
{
    for (uint32_t i = 0; i < model->n_regs; i++)
        if (slot >= model->regs[i].first_slot &&
            slot - model->regs[i].first_slot < model->regs[i].count)
            return &model->regs[i];
    return NULL;
}

/* Element @nth of all banked registers, counted over the model. */
static const struct nap_reg *nth_banked(const struct nap_model *model, unsigned nth,
                                        unsigned *index)
{
    for (uint32_t i = 0; i < model->n_regs; i++) {
        const struct nap_reg *reg = &model->regs[i];
        if (nth < reg->banked) {
            *index = nth;
            return reg;
        }
        nth -= reg->banked;
    }
    return NULL;
}

static unsigned count_banked(const struct nap_model *model)
{
    unsigned n = 0;

    for (uint32_t i = 0; i < model->n_regs; i++)
        n += model->regs[i].banked;
    return n;
}

const struct nap_reg *nap_model_slot(const struct nap_model *model, unsigned slot,
                                     unsigned *index, unsigned *cpu)
{
    unsigned banked;
    const struct nap_reg *reg;

    *cpu = 0;
    if (slot < model->n_slots) {
        reg = reg_with_slot(model, slot);
        *index = reg ? slot - reg->first_slot : 0;
        return reg;
    }
    banked = count_banked(model);
    if (banked == 0 || slot >= NAP_SLOTS_MAX)
        return NULL;
    *cpu = 1 + (slot - model->n_slots) / banked;
    return nth_banked(model, (slot - model->n_slots) % banked, index);
}

void nap_slot_text(const struct nap_model *model, unsigned slot, char *out, size_t bytes)
{
    unsigned index = 0, cpu = 0;
    const struct nap_reg *reg = nap_model_slot(model, slot, &index, &cpu);
    char element[16] = "", bank[16] = "";

    if (reg && reg->count > 1)
        (void)snprintf(element, sizeof element, "[%u]", index);
    if (cpu > 0)
        (void)snprintf(bank, sizeof bank, "@cpu%u", cpu);
    (void)snprintf(out, bytes, "%s%s%s", reg ? reg->name : "", element, bank);
}

static void append(char *out, size_t bytes, const char *format, ...) NAP_PRINTF(3, 4);

static void append(char *out, size_t bytes, const char *format, ...)
{
    size_t at = strlen(out);
    va_list args;

    va_start(args, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): the line above has begun it */
    (void)vsnprintf(out + at, bytes - at, format, args);
    va_end(args);
}

void nap_field_names(const struct nap_reg *reg, uint64_t mask, char *out, size_t bytes)
{
    out[0] = '\0';
    for (uint32_t i = 0; i < reg->n_fields; i++)
        if (reg->fields[i].mask & mask)
            append(out, bytes, "%s%s", out[0] ? ", " : "", reg->fields[i].name);
}

static void append_condition(const struct nap_model *model, const struct nap_condition *c,
                             const char *is, char *out, size_t bytes)
{
    const struct nap_reg *reg = &model->regs[c->reg];
    char fields[160];

    nap_field_names(reg, c->mask, fields, sizeof fields);
    if (c->written)
        append(out, bytes, "%s as written %s ", fields, is);
    else
        append(out, bytes, "%s.%s %s ", reg->name, fields, is);
    if (c->same_as)
        append(out, bytes, "that of %s", model->regs[c->same_as - 1].name);
    else
        append(out, bytes, "%llu", (unsigned long long)(c->value >> __builtin_ctzll(c->mask)));
}

void nap_guard_text(const struct nap_model *model, const struct nap_guard *guard,
                    const char *is, char *out, size_t bytes)
{
    out[0] = '\0';
    for (uint32_t i = 0; i < guard->n_conditions; i++) {
        append(out, bytes, "%s", i == 0 ? "" : strcmp(is, "is") == 0 ? " and " : " or ");
        append_condition(model, &guard->conditions[i], is, out, bytes);
    }
}

static void digest_needs(struct nap_canon *c, const uint8_t needs[NAP_NEEDS_MAX])
{
    for (unsigned i = 0; i < NAP_NEEDS_MAX; i++)
        nap_canon_u64(c, needs[i]);
}

static void digest_field(struct nap_canon *c, const struct nap_field *field)
{
    nap_canon_text(c, field->name);
    nap_canon_text(c, field->about);
    nap_canon_text(c, field->relation);
    nap_canon_u64(c, field->mask);
    nap_canon_u64(c, field->variants);
    nap_canon_u64(c, field->lsb);
    nap_canon_u64(c, field->width);
    nap_canon_u64(c, field->access);
    nap_canon_u64(c, field->restore);
    nap_canon_u64(c, field->unmodelled);
    nap_canon_u64(c, field->known);
    digest_needs(c, field->needs);
}

static void digest_masks(struct nap_canon *c, const uint64_t masks[NAP_VARIANTS_MAX])
{
    for (unsigned v = 0; v < NAP_VARIANTS_MAX; v++)
        nap_canon_u64(c, masks[v]);
}

static void digest_window(struct nap_canon *c, const struct nap_window *window)
{
    nap_canon_u64(c, window->first);
    nap_canon_u64(c, window->count);
    nap_canon_u64(c, window->offset);
    nap_canon_u64(c, window->stride);
}

static void digest_guard(struct nap_canon *c, const struct nap_guard *guard)
{
    nap_canon_u64(c, guard->bits);
    nap_canon_u64(c, guard->effect);
    nap_canon_u64(c, guard->by_switch);
    nap_canon_u64(c, guard->n_conditions);
    for (uint32_t i = 0; i < guard->n_conditions; i++) {
        nap_canon_u64(c, guard->conditions[i].reg);
        nap_canon_u64(c, guard->conditions[i].same_as);
        nap_canon_u64(c, guard->conditions[i].mask);
        nap_canon_u64(c, guard->conditions[i].value);
        nap_canon_u64(c, guard->conditions[i].written);
    }
}

static void digest_reg(struct nap_canon *c, const struct nap_reg *reg)
{
    nap_canon_text(c, reg->name);
    nap_canon_text(c, reg->about);
    nap_canon_text(c, reg->source);
    nap_canon_u64(c, reg->n_fields);
    for (uint32_t i = 0; i < reg->n_fields; i++)
        digest_field(c, &reg->fields[i]);
    nap_canon_u64(c, reg->count);
    nap_canon_u64(c, reg->first_slot);
    nap_canon_u64(c, reg->n_windows);
    for (uint32_t i = 0; i < reg->n_windows; i++)
        digest_window(c, &reg->windows[i]);
    nap_canon_u64(c, reg->variants);
    nap_canon_u64(c, reg->width_bits);
    nap_canon_u64(c, reg->access_sizes);
    nap_canon_u64(c, reg->banked);
    nap_canon_u64(c, reg->alias_of);
    nap_canon_u64(c, reg->n_guards);
    for (unsigned i = 0; i < reg->n_guards; i++)
        digest_guard(c, &reg->guards[i]);
    nap_canon_u64(c, reg->retention);
    nap_canon_u64(c, reg->unmodelled);
    nap_canon_u64(c, reg->hostile_random);
    nap_canon_u64(c, reg->implementation);
    digest_needs(c, reg->needs);
    nap_canon_u64(c, reg->known);
    nap_canon_u64(c, reg->reset);
    nap_canon_u64(c, reg->hostile);
    nap_canon_u64(c, reg->hostile_mask);
    digest_masks(c, reg->defined);
    digest_masks(c, reg->writable);
    digest_masks(c, reg->w0c);
    digest_masks(c, reg->self_clear);
    digest_masks(c, reg->wo);
    digest_masks(c, reg->w1c);
    digest_masks(c, reg->w1s);
    digest_masks(c, reg->rc);
    digest_masks(c, reg->rsvdz);
    if (reg->sysreg) /* others have no such part */
        nap_canon_text(c, "sysreg");
}

static void digest_switch(struct nap_canon *c, const struct nap_switch *sw)
{
    nap_canon_text(c, sw->id);
    nap_canon_text(c, sw->about);
    nap_canon_u64(c, sw->basis);
    nap_canon_u64(c, sw->n_values);
    for (uint32_t i = 0; i < sw->n_values; i++)
        nap_canon_text(c, sw->values[i]);
    nap_canon_u64(c, sw->decided_by);
    nap_canon_u64(c, sw->decided_value);
    nap_canon_u64(c, sw->decided_mask);
    nap_canon_u64(c, sw->decided_from);
}

static void digest_need(struct nap_canon *c, const struct nap_need *need)
{
    nap_canon_u64(c, need->n_ways);
    for (uint32_t i = 0; i < need->n_ways; i++) {
        nap_canon_u64(c, need->ways[i].mask);
        nap_canon_u64(c, need->ways[i].reg);
        nap_canon_u64(c, need->ways[i].by_switch);
        nap_canon_u64(c, need->ways[i].value);
    }
}

static void digest_preset(struct nap_canon *c, const struct nap_preset *preset)
{
    nap_canon_text(c, preset->name);
    nap_canon_text(c, preset->about);
    nap_canon_text(c, preset->source);
    nap_canon_u64(c, preset->n_values);
    for (uint32_t i = 0; i < preset->n_values; i++) {
        nap_canon_u64(c, preset->values[i].reg);
        nap_canon_u64(c, preset->values[i].value);
    }
}

struct nap_hash128 nap_model_digest(const struct nap_model *model)
{
    struct nap_canon c;

    nap_canon_begin(&c, "regnap-model-3");
    nap_canon_text(&c, model->name);
    nap_canon_text(&c, model->title);
    nap_canon_text(&c, model->source);
    nap_canon_u64(&c, model->n_variants);
    for (uint32_t i = 0; i < model->n_variants; i++)
        nap_canon_text(&c, model->variants[i]);
    nap_canon_u64(&c, model->window_bytes);
    nap_canon_u64(&c, model->n_slots);
    nap_canon_u64(&c, model->n_regs);
    for (uint32_t i = 0; i < model->n_regs; i++)
        digest_reg(&c, &model->regs[i]);
    nap_canon_u64(&c, model->n_switches);
    for (uint32_t i = 0; i < model->n_switches; i++)
        digest_switch(&c, &model->switches[i]);
    nap_canon_u64(&c, model->n_compatible);
    for (uint32_t i = 0; i < model->n_compatible; i++)
        nap_canon_text(&c, model->compatible[i]);
    nap_canon_u64(&c, model->n_needs);
    for (uint32_t i = 0; i < model->n_needs; i++)
        digest_need(&c, &model->needs[i]);
    nap_canon_u64(&c, model->n_presets);
    for (uint32_t i = 0; i < model->n_presets; i++)
        digest_preset(&c, &model->presets[i]);
    return nap_canon_end(&c);
}
