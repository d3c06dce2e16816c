/* SPDX-License-Identifier: MIT */
/* Nodes that are devices of the machine: those one of whose compatible strings a model names.
 * They keep the order of the tree, which is the order in which an operating system makes
 * devices of them: a driver that needs another one first must be able to wait. */
#include "dt/dt.h"

#include <regnap/block.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PAGE_BYTES       UINT64_C(0x1000) /* a page belongs to one device */
#define ADDRESS_MAX      (UINT64_C(1) << 52)
#define DEVICE_BYTES_MAX (1u << 24)

static const struct nap_model *model_for(const struct nap_dt *dt, const char *compatible)
{
    for (size_t b = 0; dt->blocks[b]; b++) {
        const struct nap_model *model = dt->blocks[b]->model;

        for (uint32_t i = 0; i < model->n_compatible; i++)
            if (strcmp(model->compatible[i], compatible) == 0)
                return model;
    }
    return NULL;
}

/* Strings go from the most to the least specific; the first that says anything decides. */
static const struct nap_model *model_of(const struct nap_dt *dt, uint32_t node)
{
    struct nap_dt_strings strings = nap_dt_compatible(dt, node);
    const struct nap_model *model = NULL;
    const char *compatible;

    while (!model && (compatible = nap_dt_next(&strings)))
        model = model_for(dt, compatible);
    return model;
}

uint32_t nap_dt_device_of(const struct nap_dt *dt, uint32_t node)
{
    for (uint32_t i = 0; i < dt->soc->n_devices; i++)
        if (dt->device_nodes[i] == node)
            return i;
    return NAP_SOC_NONE;
}

/* Where a block has none or more than there is room for, creating the machine refuses. */
uint32_t nap_dt_ports(const struct nap_dt *dt, const struct nap_soc_device *device)
{
    for (size_t b = 0; dt->blocks[b]; b++) {
        unsigned n = dt->blocks[b]->n_ports;

        if (strcmp(dt->blocks[b]->model->name, device->model) == 0)
            return n > 0 && n < NAP_DT_PORTS_MAX ? n : NAP_DT_PORTS_MAX;
    }
    return NAP_DT_PORTS_MAX;
}

/* --- one device --- */

static enum nap_err check_overlap(const struct nap_dt *dt, uint32_t node,
                                  const struct nap_dt_range *at)
{
    const struct nap_soc *soc = dt->soc;

    for (uint32_t i = 0; i < soc->n_devices; i++)
        if (at->base < soc->devices[i].base + soc->devices[i].size_bytes &&
            soc->devices[i].base < at->base + at->bytes)
            return nap_dt_fail(dt, NAP_ERR_RANGE, node, "reg",
                               "found a window at 0x%" PRIx64 " over that of %s at 0x%" PRIx64
                               ", expected separate addresses",
                               at->base, soc->devices[i].node.path, soc->devices[i].base);
    return NAP_OK;
}

static enum nap_err check_window(const struct nap_dt *dt, uint32_t node,
                                 const struct nap_model *model, const struct nap_dt_range *at)
{
    uint64_t least = model->window_bytes;

    if (!at->reached)
        return nap_dt_fail(dt, NAP_ERR_PARSE, node, "reg",
                           "found a window without a physical address, expected one");
    if (at->bytes < least || at->bytes > DEVICE_BYTES_MAX)
        return nap_dt_fail(dt, NAP_ERR_RANGE, node, "reg",
                           "found a window of 0x%" PRIx64 " bytes, expected 0x%" PRIx64
                           " to 0x%x",
                           at->bytes, least, DEVICE_BYTES_MAX);
    if (at->base % PAGE_BYTES != 0 || at->bytes % PAGE_BYTES != 0)
        return nap_dt_fail(dt, NAP_ERR_RANGE, node, "reg",
                           "found a window at 0x%" PRIx64 " with 0x%" PRIx64
                           " bytes, expected multiples of 0x%" PRIx64,
                           at->base, at->bytes, PAGE_BYTES);
    if (at->base >= ADDRESS_MAX || at->bytes > ADDRESS_MAX - at->base)
        return nap_dt_fail(dt, NAP_ERR_RANGE, node, "reg",
                           "found a window at 0x%" PRIx64 ", expected below 0x%" PRIx64,
                           at->base, ADDRESS_MAX);
    return check_overlap(dt, node, at);
}

static enum nap_err read_window(const struct nap_dt *dt, uint32_t node,
                                const struct nap_model *model, struct nap_soc_device *device)
{
    struct nap_dt_range at;
    uint32_t count;
    enum nap_err err = nap_dt_reg_count(dt, node, &count);

    if (!err && count == 0)
        return nap_dt_fail(dt, NAP_ERR_PARSE, node, "reg", "found no reg, expected a window");
    if (!err)
        err = nap_dt_reg(dt, node, 0, &at);
    if (!err)
        err = check_window(dt, node, model, &at);
    if (err)
        return err;
    device->base = at.base;
    device->size_bytes = (uint32_t)at.bytes;
    return NAP_OK;
}

/* A model of one variant is that variant; which of several needs a rule of its binding. */
static enum nap_err read_variant(const struct nap_dt *dt, uint32_t node,
                                 const struct nap_model *model, struct nap_soc_device *device)
{
    if (nap_dt_is_ipmmu(device->model))
        return nap_dt_ipmmu_kind(dt, node, model, device);
    if (model->n_variants != 1)
        return nap_dt_fail(dt, NAP_ERR_UNKNOWN, node, "compatible",
                           "found a device of model %s with %u variants, expected one variant, "
                           "or a rule here that tells them apart",
                           model->name, model->n_variants);
    (void)snprintf(device->variant, sizeof(device->variant), "%s", model->variants[0]);
    return nap_dt_irq(dt, node, &device->irq);
}

static enum nap_err add_device(struct nap_dt *dt, uint32_t node, const struct nap_model *model)
{
    struct nap_soc *soc = dt->soc;
    struct nap_soc_device *device = &soc->devices[soc->n_devices];
    enum nap_err err;

    if (soc->n_devices == NAP_SOC_DEVICES_MAX)
        return nap_dt_fail(dt, NAP_ERR_NOSPACE, node, NULL,
                           "found more than %d devices, expected at most that many",
                           NAP_SOC_DEVICES_MAX);
    (void)snprintf(device->model, sizeof(device->model), "%s", model->name);
    device->upstream = device->line = device->irq = NAP_SOC_NONE;
    err = nap_dt_soc_node(dt, node, &device->node);
    if (!err)
        err = read_window(dt, node, model, device);
    if (!err)
        err = read_variant(dt, node, model, device);
    if (!err)
        err = nap_dt_domain(dt, node, &device->domain);
    if (err)
        return err;
    nap_dt_name(dt, &device->node, device->name);
    nap_dt_make_unique(device->name, soc->devices[0].name, sizeof(*device), soc->n_devices);
    dt->device_nodes[soc->n_devices++] = node;
    return NAP_OK;
}

/* --- all of them --- */

static enum nap_err add_devices(struct nap_dt *dt)
{
    enum nap_err err = NAP_OK;

    for (uint32_t i = 1; i < dt->n_nodes && !err; i++) {
        const struct nap_model *model = model_of(dt, i);

        if (model)
            err = add_device(dt, i, model);
    }
    return err;
}

enum nap_err nap_dt_devices(struct nap_dt *dt)
{
    enum nap_err err = add_devices(dt);

    for (uint32_t i = 0; i < dt->soc->n_devices && !err; i++)
        if (nap_dt_is_ipmmu(dt->soc->devices[i].model))
            err = nap_dt_ipmmu_link(dt, i);
    return err;
}
