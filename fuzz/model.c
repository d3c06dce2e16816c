/* SPDX-License-Identifier: MIT */
/* Fuzz target: nap_model_load(), what is looked up in a model, and devices of that model on a
 * bus. */
#include "fuzz.h"

#include <regnap/block.h>
#include <regnap/bus.h>
#include <regnap/machine.h>

#define BASE          UINT64_C(0x10000000)
#define STRIDE        UINT64_C(0x1000000) /* no window is larger */
#define REGS_ACCESSED 64                  /* of one device */

static void check_field(const struct nap_reg *reg, const struct nap_field *field)
{
    fuzz_require(nap_reg_field(reg, field->name) == field, "a field is found by its name");
    fuzz_require(field->width >= 1 && field->lsb + field->width <= reg->width_bits,
                 "a field lies in its register");
    fuzz_require(field->mask >> field->lsb == UINT64_MAX >> (64 - field->width),
                 "a mask is what lsb and width say");
    fuzz_require(!(field->variants & ~reg->variants), "a field is where its register is");
}

/* First and last element of each window: an array may have thousands. A system register has a
 * number, and no place in a window. */
static void check_places(const struct nap_model *model, const struct nap_reg *reg)
{
    uint32_t bytes = reg->width_bits / 8u;
    uint32_t end = reg->sysreg ? 8 * NAP_SYSREGS_MAX : model->window_bytes;

    for (uint32_t w = 0; w < reg->n_windows; w++) {
        const struct nap_window *window = &reg->windows[w];
        uint32_t last = window->first + window->count - 1;

        fuzz_require(window->count >= 1 && last < reg->count, "a window is part of its array");
        fuzz_require(nap_reg_offset(reg, window->first) == window->offset,
                     "a window starts at its offset");
        fuzz_require(nap_reg_offset(reg, last) <= end - bytes,
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

/* --- on a bus: one device of each variant --- */

static void describe(const struct nap_model *model, struct nap_soc *soc)
{
    (void)snprintf(soc->name, sizeof(soc->name), "fuzz");
    soc->n_domains = 1;
    (void)snprintf(soc->domains[0].name, sizeof(soc->domains[0].name), "on");
    soc->domains[0].parent = NAP_SOC_NONE;
    soc->n_devices = model->n_variants;
    for (uint32_t v = 0; v < model->n_variants; v++) {
        struct nap_soc_device *d = &soc->devices[v];

        *d = (struct nap_soc_device){
            .base = BASE + v * STRIDE,
            .size_bytes = nap_model_is_sysreg(model, v) ? 0 : model->window_bytes,
            .upstream = NAP_SOC_NONE,
            .line = NAP_SOC_NONE,
            .irq = NAP_SOC_NONE};
        (void)snprintf(d->name, sizeof(d->name), "dev%u", v);
        (void)snprintf(d->model, sizeof(d->model), "%s", model->name);
        (void)snprintf(d->variant, sizeof(d->variant), "%s", model->variants[v]);
    }
}

static void access_system_register(struct nap_machine *m, const struct nap_reg *reg)
{
    const struct nap_source here = {__FILE__, __LINE__, NULL};
    unsigned number = nap_reg_offset(reg, reg->count - 1) / 8;

    (void)nap_bus_sysreg_read(m, number, here); /* of which variant is not said */
    nap_bus_sysreg_write(m, number, UINT64_MAX, here);
    nap_bus_sysreg_write(m, number, 0, here);
}

static void access_register(struct nap_machine *m, unsigned device, const struct nap_reg *reg)
{
    const struct nap_source here = {__FILE__, __LINE__, NULL};
    nap_addr at = BASE + device * STRIDE + nap_reg_offset(reg, reg->count - 1);
    unsigned bytes = reg->width_bits / 8u;
    uint64_t defined = reg->defined[device];

    if (reg->sysreg) {
        access_system_register(m, reg);
        return;
    }
    fuzz_require(!(nap_bus_read(m, at, bytes, here) & ~defined), "bits are those of fields");
    nap_bus_write(m, at, bytes, UINT64_MAX >> (64 - reg->width_bits), here);
    fuzz_require(!(nap_bus_read(m, at, bytes, here) & ~defined), "bits are those of fields");
    nap_bus_write(m, at, bytes, 0, here);
    (void)nap_bus_read(m, at, 1, here);
}

static void access_registers(struct nap_machine *m, const struct nap_model *model)
{
    for (unsigned device = 0; device < model->n_variants; device++)
        for (uint32_t r = 0; r < model->n_regs && r < REGS_ACCESSED; r++)
            if (model->regs[r].variants >> device & 1)
                access_register(m, device, &model->regs[r]);
    fuzz_require(fuzz_same(nap_state_key(m), nap_state_key_full(m)),
                 "the key of the state is what computing it anew gives");
}

static void use_devices(const struct nap_model *model)
{
    const struct nap_block block = {.abi = NAP_BLOCK_ABI, .model = model};
    const struct nap_block *const blocks[] = {&block, NULL};
    struct nap_soc *soc = calloc(1, sizeof(*soc));
    struct nap_machine_config config = {
        .soc = soc, .blocks = blocks, .profile = NAP_PROFILE_HOSTILE};
    struct nap_machine *m = NULL;
    struct nap_error error;
    enum nap_err err;

    fuzz_require(soc != NULL, "there is memory");
    describe(model, soc);
    err = nap_machine_create(&config, &m, &error);
    if (err) { /* it may be too large */
        fuzz_require(!m, "*out is NULL on failure");
        fuzz_check_error(err, &error);
    } else {
        access_registers(m, model);
        nap_power_off(m, 1);
        nap_power_on(m, 1);
        access_registers(m, model);
    }
    nap_machine_destroy(m);
    free(soc);
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
    use_devices(model);
    err = nap_model_load((const char *)data, bytes, "another name", &again, NULL);
    fuzz_require(!err && fuzz_same(nap_model_digest(model), nap_model_digest(again)),
                 "the same text is the same model");
    nap_model_free(again);
    nap_model_free(model);
    return 0;
}
