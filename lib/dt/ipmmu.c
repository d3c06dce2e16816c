/* SPDX-License-Identifier: MIT */
/* What the renesas,ipmmu-vmsa binding ("Renesas VMSA-Compatible IOMMU") says beyond what every
 * device has: which instance is a root, and where a cache hangs on it. */
#include "dt/dt.h"

#include <stdio.h>
#include <string.h>

#define MAIN         "renesas,ipmmu-main"
#define MAIN_BIT_MAX 31u /* IMSSTR has 32 bits */

bool nap_dt_is_ipmmu(const char *model)
{
    static const char *const models[] = {"ipmmu-vmsa", "ipmmu-vmsa-gen2", "ipmmu-vmsa-gen4"};

    for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
        if (strcmp(models[i], model) == 0)
            return true;
    return false;
}

bool nap_dt_ipmmu_is_cache(const struct nap_dt *dt, uint32_t node)
{
    return nap_dt_has(dt, node, MAIN);
}

/* Only the interrupt of a root is wired; that of a cache, if it has one, is for its TLB's RAM.
 * A model without caches has units that are their own roots. */
enum nap_err nap_dt_ipmmu_kind(const struct nap_dt *dt, uint32_t node,
                               const struct nap_model *model, struct nap_soc_device *device)
{
    bool cache = nap_dt_ipmmu_is_cache(dt, node);
    bool split = nap_model_variant(model, "cache") >= 0;

    if (cache && !split)
        return nap_dt_fail(dt, NAP_ERR_PARSE, node, MAIN,
                           "found " MAIN " at a device of model %s, expected none there",
                           device->model);
    (void)snprintf(device->variant, sizeof(device->variant), "%s",
                   cache   ? "cache"
                   : split ? "root"
                           : model->variants[0]);
    return cache ? NAP_OK : nap_dt_irq(dt, node, &device->irq);
}

static enum nap_err check_main(const struct nap_dt *dt, uint32_t device, uint32_t target)
{
    const struct nap_soc_device *devices = dt->soc->devices;
    uint32_t node = dt->device_nodes[device], upstream = nap_dt_device_of(dt, target);
    char path[NAP_SOC_PATH_MAX];

    (void)nap_dt_path(dt, target, path, sizeof(path));
    if (target == node)
        return nap_dt_fail(dt, NAP_ERR_PARSE, node, MAIN,
                           "found the node itself as " MAIN ", expected the root IPMMU");
    if (upstream == NAP_SOC_NONE || strcmp(devices[upstream].model, devices[device].model) != 0)
        return nap_dt_fail(dt, NAP_ERR_PARSE, node, MAIN,
                           "found %s as " MAIN ", expected a device of model %s", path,
                           devices[device].model);
    if (strcmp(devices[upstream].variant, "root") != 0)
        return nap_dt_fail(dt, NAP_ERR_PARSE, node, MAIN,
                           "found %s as " MAIN ", which is a cache itself, expected a root",
                           path);
    return NAP_OK;
}

static enum nap_err check_line(const struct nap_dt *dt, uint32_t device)
{
    const struct nap_soc_device *devices = dt->soc->devices, *own = &devices[device];
    uint32_t node = dt->device_nodes[device];

    if (own->line > MAIN_BIT_MAX)
        return nap_dt_fail(dt, NAP_ERR_RANGE, node, MAIN,
                           "found bit %u of IMSSTR, expected 0 to %u", own->line, MAIN_BIT_MAX);
    for (uint32_t i = 0; i < device; i++)
        if (devices[i].upstream == own->upstream && devices[i].line == own->line)
            return nap_dt_fail(dt, NAP_ERR_PARSE, node, MAIN,
                               "found bit %u of IMSSTR, which %s has, expected another",
                               own->line, devices[i].node.path);
    return NAP_OK;
}

enum nap_err nap_dt_ipmmu_link(const struct nap_dt *dt, uint32_t device)
{
    struct nap_soc_device *own = &dt->soc->devices[device];
    uint32_t node = dt->device_nodes[device], target;
    struct nap_dt_cells main;
    enum nap_err err = nap_dt_cells(dt, node, MAIN, &main);

    if (err || !main.at)
        return err;
    if (main.n < 1 || main.n > 2)
        return nap_dt_fail(dt, NAP_ERR_PARSE, node, MAIN,
                           "found %u cells as " MAIN ", expected the root and if needed a bit",
                           main.n);
    err = nap_dt_follow(dt, node, MAIN, nap_dt_cell(main, 0), &target);
    if (!err)
        err = check_main(dt, device, target);
    if (err)
        return err;
    own->upstream = nap_dt_device_of(dt, target);
    if (main.n == 1)
        return NAP_OK;
    own->line = nap_dt_cell(main, 1);
    return check_line(dt, device);
}
