/* SPDX-License-Identifier: MIT */
/* From indices in findings to the names that people use. */
#include "cli.h"

#include <regnap/block.h>

#include <stdarg.h>
#include <string.h>

void append(char *out, size_t bytes, size_t *at, const char *format, ...)
{
    va_list args;
    int n;

    if (*at >= bytes)
        return;
    va_start(args, format);
    n = vsnprintf(out + *at, bytes - *at, format, args);
    va_end(args);
    *at += n > 0 ? (size_t)n : 0;
    if (*at >= bytes)
        *at = bytes - 1;
}

const struct nap_model *model_of(const struct nap_soc *soc, unsigned device)
{
    const struct nap_block *const *blocks = all_blocks();

    for (unsigned i = 0; device < soc->n_devices && blocks[i]; i++)
        if (strcmp(blocks[i]->model->name, soc->devices[device].model) == 0)
            return blocks[i]->model;
    return NULL;
}

unsigned variant_of(const struct nap_soc *soc, unsigned device)
{
    const struct nap_model *model = model_of(soc, device);
    int variant = model ? nap_model_variant(model, soc->devices[device].variant) : 0;

    return variant < 0 ? 0 : (unsigned)variant;
}

const struct nap_reg *register_of(const struct nap_model *model, unsigned slot, unsigned *index)
{
    unsigned cpu;

    return model ? nap_model_slot(model, slot, index, &cpu) : NULL;
}

const char *device_text(const struct nap_soc *soc, unsigned device)
{
    return device < soc->n_devices ? soc->devices[device].name : "machine";
}

void register_text(const struct nap_soc *soc, unsigned device, unsigned slot, char *out,
                   size_t bytes)
{
    const struct nap_model *model = model_of(soc, device);

    out[0] = 0;
    if (model && slot != NAP_NO_SLOT)
        nap_slot_text(model, slot, out, bytes);
}

void place_text(const struct nap_soc *soc, unsigned device, unsigned slot, char *out,
                size_t bytes)
{
    char reg[NAP_NAME_MAX];

    register_text(soc, device, slot, reg, sizeof reg);
    snprintf(out, bytes, "%s%s%s", device_text(soc, device), reg[0] ? "." : "", reg);
}

/* A step that was no register write has at most a driver line. */
static void cause_text(const struct nap_soc *soc, unsigned device, unsigned slot,
                       const struct nap_source *source, const char *otherwise, char *out,
                       size_t bytes)
{
    size_t at = 0;

    out[0] = 0;
    if (device < soc->n_devices && slot != NAP_NO_SLOT) {
        place_text(soc, device, slot, out, bytes);
        at = strlen(out);
    }
    if (source->file)
        append(out, bytes, &at, "%s%s:%d", at ? " at " : "", source->file, source->line);
    if (at == 0)
        append(out, bytes, &at, "%s", otherwise);
}

void opened_text(const struct nap_soc *soc, const struct nap_obligation *o, char *out,
                 size_t bytes)
{
    cause_text(soc, o->opened_device, o->opened_slot, &o->opened,
               o->power_up ? "power on" : "power, or the masters being held", out, bytes);
}

void closed_text(const struct nap_soc *soc, const struct nap_obligation *o, char *out,
                 size_t bytes)
{
    cause_text(soc, o->closed_device, o->closed_slot, &o->closed,
               o->open ? "nothing" : "power, or the masters being let go", out, bytes);
}

bool uses_model(const struct nap_soc *soc, const struct nap_model *model)
{
    for (uint32_t i = 0; i < soc->n_devices; i++)
        if (strcmp(soc->devices[i].model, model->name) == 0)
            return true;
    return false;
}

const struct nap_switch *switch_of(const struct nap_soc *soc, const char *id)
{
    const struct nap_block *const *blocks = all_blocks();

    for (unsigned i = 0; blocks[i]; i++)
        for (uint32_t s = 0; s < blocks[i]->model->n_switches; s++)
            if (uses_model(soc, blocks[i]->model) &&
                strcmp(blocks[i]->model->switches[s].id, id) == 0)
                return &blocks[i]->model->switches[s];
    for (unsigned i = 0; nap_bus_switch(i); i++)
        if (strcmp(nap_bus_switch(i)->id, id) == 0)
            return nap_bus_switch(i);
    return NULL;
}

void vary_text(uint32_t vary, char *out, size_t bytes)
{
    size_t at = 0;

    for (int k = 0; k < NAP_CHOOSE_KINDS; k++)
        if (vary & NAP_CHOICE_BIT(k))
            append(out, bytes, &at, "%s%s", at ? ", " : "",
                   nap_choice_kind_name((enum nap_choice_kind)k));
    if (at == 0)
        append(out, bytes, &at, "nothing");
}

const char *probe_order_text(enum nap_probe_order order)
{
    return order == NAP_PROBE_ORDER_ANY ? "any" : "root-first";
}

const char *strategy_text(enum nap_strategy strategy)
{
    return strategy == NAP_STRATEGY_RANDOM ? "random" : "exhaustive";
}

const char *basis_text(enum nap_basis basis)
{
    switch (basis) {
    case NAP_BASIS_DOCUMENTED:
        return "documented";
    case NAP_BASIS_ARGUED:
        return "argued";
    case NAP_BASIS_UNKNOWN:
        return "unknown";
    case NAP_BASIS_SOFTWARE:
        return "software";
    }
    return "";
}

/* Insertions, deletions, replacements between two words; anything long is far away. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[33];
    size_t la = strlen(a), lb = strlen(b);

    if (la > 32 || lb > 32)
        return UINT32_MAX;
    for (unsigned k = 0; k <= lb; k++)
        row[k] = k;
    for (unsigned i = 1; i <= la; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (unsigned k = 1; k <= lb; k++) {
            unsigned change = diagonal + (a[i - 1] != b[k - 1]);
            unsigned less = (row[k] < row[k - 1] ? row[k] : row[k - 1]) + 1;
            diagonal = row[k];
            row[k] = change < less ? change : less;
        }
    }
    return row[lb];
}

const char *nearest(const char *name, const char *const *list)
{
    const char *best = NULL;
    unsigned least = (unsigned)strlen(name) / 3 + 1;

    for (; *list; list++) {
        unsigned d = distance(name, *list);
        if (d > least || (best && d == least))
            continue;
        best = *list;
        least = d;
    }
    return best;
}
