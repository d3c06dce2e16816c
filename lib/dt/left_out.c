/* SPDX-License-Identifier: MIT */
/* What sleeps and wakes on the board and has no block here. The machine says so instead of
 * looking complete. */
#include "dt/dt.h"

#include "core/printable.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* By the front of a compatible string; the first that fits counts. */
static const struct {
    const char *front, *why;
} kinds[] = {
    {"arm,gic-v3-its", "the interrupt translation service has no block"},
    {"arm,gic-v2m-frame", "the message interrupt frame has no block"},
    {"arm,gic", "the interrupt controller has no block"},
    {"arm,cortex-a5-gic", "the interrupt controller has no block"},
    {"arm,cortex-a7-gic", "the interrupt controller has no block"},
    {"arm,cortex-a9-gic", "the interrupt controller has no block"},
    {"arm,cortex-a15-gic", "the interrupt controller has no block"},
    {"arm,smmu", "this IOMMU has no block"},
    {"arm,mmu-", "this IOMMU has no block"},
    {"arm,psci", "firmware has no block"},
    {"arm,armv7-timer", "the timer has no block"},
    {"arm,armv8-timer", "the timer has no block"},
};

/* By what a node says of itself. */
static const char *why_of(const struct nap_dt *dt, uint32_t node)
{
    struct nap_dt_strings strings = nap_dt_compatible(dt, node);
    const char *compatible, *type;

    if (dt->nodes[node].widths[NAP_DT_IOMMU_CELLS] != NAP_DT_NONE)
        return "this IOMMU has no block";
    if (!nap_dt_text(dt, node, "device_type", &type) && strcmp(type, "cpu") == 0)
        return "the CPU has no block";
    while ((compatible = nap_dt_next(&strings)))
        for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
            if (strncmp(compatible, kinds[k].front, strlen(kinds[k].front)) == 0)
                return kinds[k].why;
    /* A generic node name: vendors' timers have many compatible strings. */
    if (nap_dt_is_named(dt, node, "timer") && nap_dt_has(dt, node, "compatible"))
        return "the timer has no block";
    return NULL;
}

void nap_dt_leave_out(struct nap_dt *dt, uint32_t node, const char *why, ...)
{
    struct nap_soc *soc = dt->soc;
    struct nap_dt_strings strings = nap_dt_compatible(dt, node);
    const char *compatible = nap_dt_next(&strings);
    struct nap_soc_left_out *entry;
    va_list args;

    if (soc->n_left_out++ >= NAP_SOC_LEFT_OUT_MAX)
        return;
    entry = &soc->left_out[soc->n_left_out - 1];
    (void)nap_dt_path(dt, node, entry->path, sizeof(entry->path));
    (void)snprintf(entry->compatible, sizeof(entry->compatible), "%.*s", NAP_NAME_MAX - 1,
                   compatible ? compatible : "");
    nap_make_printable(entry->compatible);
    va_start(args, why);
    (void)vsnprintf(entry->why, sizeof(entry->why), why, args);
    va_end(args);
}

void nap_dt_list_left_out(struct nap_dt *dt)
{
    for (uint32_t i = 0; i < dt->n_nodes; i++) {
        const char *why = nap_dt_device_of(dt, i) == NAP_SOC_NONE ? why_of(dt, i) : NULL;

        if (why)
            nap_dt_leave_out(dt, i, "%s", why);
    }
}

/* --- a tree with nothing to simulate --- */

#define NAMED_MAX 3u /* IOMMUs that the message names */

enum nap_err nap_dt_no_device(const struct nap_dt *dt)
{
    char found[300] = "", path[NAP_SOC_PATH_MAX];
    size_t at = 0;
    uint32_t named = 0;

    for (uint32_t i = 0; i < dt->n_nodes && named < NAMED_MAX; i++) {
        struct nap_dt_strings strings = nap_dt_compatible(dt, i);
        const char *compatible = nap_dt_next(&strings);

        if (dt->nodes[i].widths[NAP_DT_IOMMU_CELLS] == NAP_DT_NONE)
            continue;
        (void)nap_dt_path(dt, i, path, sizeof(path));
        at += (size_t)snprintf(found + at, sizeof(found) - at, "%s%.24s at %.64s",
                               named++ ? ", " : " with a block here, but ",
                               compatible ? compatible : "a node", path);
    }
    return nap_fail(dt->error, NAP_ERR_UNKNOWN,
                    "%.120s: found no IOMMU%s; %u nodes sleep and wake and have no block; "
                    "expected one of those that `compatible` of a model names",
                    dt->file, found, dt->soc->n_left_out);
}
