/* SPDX-License-Identifier: MIT */
/* Fuzz target: nap_model_load(), and what is looked up in a model. */
#include "fuzz.h"

#include <regnap/model.h>

static void check_field(const struct nap_reg *reg, const struct nap_field *field)
{
    fuzz_require(nap_reg_field(reg, field->name) == field, "a field is found by its name");
    fuzz_require(field->width >= 1 && field->lsb + field->width <= reg->width_bits,
                 "a field lies in its register");
    fuzz_require(field->mask >> field->lsb == UINT64_MAX >> (64 - field->width),
                 "a mask is what lsb and width say");
    fuzz_require(!(field->variants & ~reg->variants), "a field is where its register is");
}

/* First and last element of each window: an array may have thousands. */
static void check_places(const struct nap_model *model, const struct nap_reg *reg)
{
    uint32_t bytes = reg->width_bits / 8u;

    for (uint32_t w = 0; w < reg->n_windows; w++) {
        const struct nap_window *window = &reg->windows[w];
        uint32_t last = window->first + window->count - 1;

        fuzz_require(window->count >= 1 && last < reg->count, "a window is part of its array");
        fuzz_require(nap_reg_offset(reg, window->first) == window->offset,
                     "a window starts at its offset");
        fuzz_require(nap_reg_offset(reg, last) <= model->window_bytes - bytes,
                     "a register lies in the window of its device");
    }
}

static void check_register(const struct nap_model *model, uint32_t index)
{
    const struct nap_reg *reg = &model->regs[index];

    fuzz_require(nap_model_reg(model, reg->name) == (int)index,
                 "a register is found by its name");
    fuzz_require(reg->count >= 1 && reg->first_slot + reg->count <= model->n_slots,
                 "a register has its slots");
    check_places(model, reg);
    for (uint32_t f = 0; f < reg->n_fields; f++)
        check_field(reg, &reg->fields[f]);
    for (uint32_t v = 0; v < model->n_variants; v++)
        fuzz_require(!(reg->variants >> v & 1) || !(reg->reset & ~reg->defined[v]),
                     "a reset value has bits of fields only");
}

static void check_model(const struct nap_model *model)
{
    for (uint32_t v = 0; v < model->n_variants; v++)
        fuzz_require(nap_model_variant(model, model->variants[v]) == (int)v,
                     "a variant is found by its name");
    fuzz_require(model->n_slots <= NAP_SLOTS_MAX, "no more slots than a device has");
    for (uint32_t r = 0; r < model->n_regs; r++)
        check_register(model, r);
    for (uint32_t s = 0; s < model->n_switches; s++)
        fuzz_require(model->switches[s].n_values >= 1 &&
                         model->switches[s].n_values <= NAP_SWITCH_VALUES_MAX,
                     "a switch has a default");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct nap_model *model = NULL, *again = NULL;
    struct nap_error error;
    enum nap_err err = nap_model_load((const char *)data, bytes, FUZZ_FILE, &model, &error);

    if (err) {
        fuzz_check_refusal(err, &error, model, data, bytes);
        return 0;
    }
    check_model(model);
    err = nap_model_load((const char *)data, bytes, "another name", &again, NULL);
    fuzz_require(!err && fuzz_same(nap_model_digest(model), nap_model_digest(again)),
                 "the same text is the same model");
    nap_model_free(again);
    nap_model_free(model);
    return 0;
}
