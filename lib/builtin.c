/* SPDX-License-Identifier: MIT */
#include <regnap/builtin.h>

#include <regnap/block.h>
#include <regnap/hazard.h>

#include <stdio.h>
#include <string.h>

#include "core/embedded.h"
#include "drivers.h"
#include "gic/gic3.h"
#include "gic/its.h"
#include "gic/v2.h"
#include "ipmmu/ipmmu.h"
#include "pcie/pcie.h"
#include "smmuv3/tbu.h"

extern const struct nap_embedded_file nap_builtin_socs[];
extern const struct nap_embedded_file nap_builtin_scenarios[];
extern const struct nap_embedded_file nap_builtin_hazards[];
extern const struct nap_hash128 nap_builtin_driver_digest;

static const char *name_at(const struct nap_embedded_file *files, unsigned index)
{
    for (unsigned i = 0; files[i].name; i++)
        if (i == index)
            return files[i].name;
    return NULL;
}

const char *nap_builtin_soc_name(unsigned index)
{
    return name_at(nap_builtin_socs, index);
}

const char *nap_builtin_scenario_name(unsigned index)
{
    return name_at(nap_builtin_scenarios, index);
}

const char *nap_builtin_hazard_name(unsigned index)
{
    return name_at(nap_builtin_hazards, index);
}

/* The names, as many as fit; "..." stands for those that do not. */
static void list_names(const struct nap_embedded_file *files, char *out, size_t bytes)
{
    static const char more[] = ", ...";
    size_t at = 0;

    for (unsigned i = 0; files[i].name; i++) {
        const char *between = i ? ", " : "";
        size_t end = at + strlen(between) + strlen(files[i].name);

        if (end + (files[i + 1].name ? sizeof more - 1 : 0) >= bytes) {
            snprintf(out + at, bytes - at, "%s", more);
            return;
        }
        snprintf(out + at, bytes - at, "%s%s", between, files[i].name);
        at = end;
    }
}

static const struct nap_embedded_file *find(const struct nap_embedded_file *files,
                                            const char *what, const char *name,
                                            struct nap_error *error)
{
    char names[256] = "";

    for (unsigned i = 0; files[i].name; i++)
        if (strcmp(files[i].name, name) == 0)
            return &files[i];
    list_names(files, names, sizeof names);
    nap_fail(error, NAP_ERR_UNKNOWN, "unknown %s '%s', expected one of: %s", what, name, names);
    return NULL;
}

enum nap_err nap_builtin_soc(const char *name, struct nap_soc **out, struct nap_error *error)
{
    const struct nap_embedded_file *f = find(nap_builtin_socs, "machine", name, error);
    char file[128];

    *out = NULL;
    if (!f)
        return NAP_ERR_UNKNOWN;
    snprintf(file, sizeof file, "models/soc/%s.yaml", name);
    return nap_soc_load(f->text, f->bytes, file, out, error);
}

enum nap_err nap_builtin_scenario(const char *name, struct nap_scenario **out,
                                  struct nap_error *error)
{
    const struct nap_embedded_file *f = find(nap_builtin_scenarios, "scenario", name, error);
    char file[128];

    *out = NULL;
    if (!f)
        return NAP_ERR_UNKNOWN;
    snprintf(file, sizeof file, "scenarios/%s.yaml", name);
    return nap_scenario_load(f->text, f->bytes, file, out, error);
}

/* There are too many to name them all. */
enum nap_err nap_builtin_hazard(const char *name, struct nap_hazard **out,
                                struct nap_error *error)
{
    char file[128];

    *out = NULL;
    for (unsigned i = 0; nap_builtin_hazards[i].name; i++) {
        const struct nap_embedded_file *f = &nap_builtin_hazards[i];
        if (strcmp(f->name, name) != 0)
            continue;
        snprintf(file, sizeof file, "hazards/%s.yaml", f->name);
        return nap_hazard_load(f->text, f->bytes, file, out, error);
    }
    return nap_fail(error, NAP_ERR_UNKNOWN, "unknown hazard '%.64s', see `regnap list hazards`",
                    name);
}

static bool driver_at(const struct nap_builtin_driver *list, unsigned *index,
                      struct nap_builtin_variant *out)
{
    for (; list->name; list++) {
        if ((*index)-- != 0)
            continue;
        *out = (struct nap_builtin_variant){list->name, list->variant, list->about,
                                            list->driver, false};
        return true;
    }
    return false;
}

bool nap_builtin_driver(unsigned index, struct nap_builtin_variant *out)
{
    for (unsigned i = 0; nap_builtin_drivers[i]; i++)
        if (driver_at(nap_builtin_drivers[i], &index, out))
            return true;
    for (unsigned i = 0; nap_catalogue_drivers[i]; i++) {
        if (!driver_at(nap_catalogue_drivers[i], &index, out))
            continue;
        out->catalogue = true;
        return true;
    }
    return false;
}

static const struct nap_driver *driver_named(const struct nap_scenario_driver *d)
{
    struct nap_builtin_variant v;

    for (unsigned i = 0; nap_builtin_driver(i, &v); i++)
        if (strcmp(v.name, d->name) == 0 && strcmp(v.variant, d->variant) == 0)
            return v.driver;
    return NULL;
}

enum nap_err nap_builtin_beside(const struct nap_scenario *scenario,
                                const struct nap_driver **out, struct nap_error *error)
{
    for (uint32_t i = 0; i < scenario->n_beside; i++) {
        const struct nap_scenario_driver *d = &scenario->beside[i];
        out[i] = driver_named(d);
        if (!out[i])
            return nap_fail_at(error, NAP_ERR_UNKNOWN, scenario->file, d->line,
                               "there is no driver %s with a variant %s", d->name, d->variant);
    }
    return NAP_OK;
}

struct nap_hash128 nap_builtin_drivers_digest(void)
{
    return nap_builtin_driver_digest;
}

const struct nap_block *const *nap_builtin_blocks(void)
{
    static const struct nap_block *const blocks[] = {&nap_ipmmu_block,
                                                     &nap_ipmmu_gen2_block,
                                                     &nap_ipmmu_gen4_block,
                                                     &nap_smmuv3_block,
                                                     &nap_smmu_tbu_block,
                                                     &nap_cmdqv_block,
                                                     &nap_pcie_block,
                                                     &nap_gicv2_block,
                                                     &nap_gicv3_block,
                                                     &nap_gicv3_redistributor_block,
                                                     &nap_gicv3_cpu_interface_block,
                                                     &nap_its_block,
                                                     NULL};

    return blocks;
}

static bool uses(const struct nap_soc *soc, const struct nap_model *model)
{
    for (uint32_t i = 0; i < soc->n_devices; i++)
        if (strcmp(soc->devices[i].model, model->name) == 0)
            return true;
    return false;
}

struct nap_hash128 nap_machine_model_digest(const struct nap_soc *soc,
                                            const struct nap_block *const *blocks)
{
    struct nap_hash128 sum = nap_soc_digest(soc);

    for (unsigned i = 0; blocks[i]; i++) {
        struct nap_hash128 d;
        if (!uses(soc, blocks[i]->model))
            continue;
        d = nap_model_digest(blocks[i]->model);
        sum.low = sum.low * 31 + d.low;
        sum.high = sum.high * 31 + d.high;
    }
    return sum;
}
