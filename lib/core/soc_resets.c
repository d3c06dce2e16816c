/* SPDX-License-Identifier: MIT */
/* What registers of a device reset to: the model says it, a preset of the model says more, and
 * the machine has the last word. */
#include <regnap/soc.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* "models/soc/server.yaml:12" or, of a machine made otherwise, "server". */
static void place_text(const struct nap_soc *soc, uint32_t line, char *out, size_t bytes)
{
    if (soc->file[0] && line)
        (void)snprintf(out, bytes, "%s:%" PRIu32, soc->file, line);
    else
        (void)snprintf(out, bytes, "%s", soc->name);
}

static enum nap_err apply_preset(const struct nap_soc *soc, const struct nap_soc_device *device,
                                 const struct nap_model *model, uint64_t *out,
                                 struct nap_error *error)
{
    char place[192];

    for (uint32_t i = 0; i < model->n_presets; i++) {
        const struct nap_preset *preset = &model->presets[i];
        if (strcmp(preset->name, device->preset) != 0)
            continue;
        for (uint32_t v = 0; v < preset->n_values; v++)
            out[preset->values[v].reg] = preset->values[v].value;
        return NAP_OK;
    }
    place_text(soc, device->preset_line, place, sizeof place);
    return nap_fail(error, NAP_ERR_UNKNOWN,
                    "%s: found preset '%s' of device %s, expected one of model %s", place,
                    device->preset, device->name, model->name);
}

static enum nap_err apply_value(const struct nap_soc *soc, const struct nap_soc_device *device,
                                const struct nap_soc_reset *reset,
                                const struct nap_model *model, uint64_t *out,
                                struct nap_error *error)
{
    int index = nap_model_reg(model, reset->name);
    int variant = nap_model_variant(model, device->variant);
    const struct nap_reg *reg = index < 0 ? NULL : &model->regs[index];
    uint64_t settable;
    char place[192];

    place_text(soc, reset->line, place, sizeof place);
    if (!reg || !reg->implementation)
        return nap_fail(error, NAP_ERR_UNKNOWN,
                        "%s: found register '%s' of device %s, expected one that model %s "
                        "leaves to the implementation",
                        place, reset->name, device->name, model->name);
    settable = variant < 0 ? 0 : reg->defined[variant] & ~reg->self_clear[variant];
    if (reset->value & ~settable)
        return nap_fail(error, NAP_ERR_RANGE,
                        "%s: found 0x%" PRIx64
                        " for %s of device %s, expected bits of 0x%" PRIx64 " only",
                        place, reset->value, reset->name, device->name, settable);
    out[index] = reset->value;
    return NAP_OK;
}

enum nap_err nap_soc_resets(const struct nap_soc *soc, unsigned device,
                            const struct nap_model *model, uint64_t *out,
                            struct nap_error *error)
{
    const struct nap_soc_device *d = &soc->devices[device];
    enum nap_err err = NAP_OK;

    for (uint32_t r = 0; r < model->n_regs; r++)
        out[r] = model->regs[r].reset;
    if (d->preset[0])
        err = apply_preset(soc, d, model, out, error);
    for (uint32_t i = 0; i < d->n_resets && !err; i++)
        err = apply_value(soc, d, &d->resets[i], model, out, error);
    return err;
}
