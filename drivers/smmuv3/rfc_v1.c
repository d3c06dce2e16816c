/* SPDX-License-Identifier: MIT */
/* Variant rfc-v1: the form in which run-time power management of this unit was first posted,
 * as the discussion of it tells. One step down: the queue that is picked is drained and the
 * result dropped, the unit disabled, traffic aborted after that, vectors given back. One
 * step up. Callers wake the unit for what they tell it, or leave that out.
 *
 * Source: the discussion gathered in hazards/smmu-*.yaml. */
#include "../drivers.h"
#include "arm-smmu-v3.h"

static int probe(struct nap_device *device)
{
    static const struct smmuv3_form form = {
        .gbpa_unheard = true,
        .abort_after_disable = true,
        .no_abort_at_wake = true,
        .always_sleeps = true,
        .drain_crossing = true,
        .drain_one = true,
        .drain_unheard = true,
        .outputs_left = true,
        .answers_lost = true,
        .atc_left_out = true,
        .no_rollback = true,
        .query_reads = true,
        .threads_unasked = true,
        .handler_wakes = true,
        .irqs_left_on = true,
        .msi_realloc = true,
        .probe_leaks = true,
        .reference_kept = true,
        .commands_kept = true,
        .negative_is_active = true,
        .block_may_fail = true,
        .nesting_unasked = true,
        .not_held = true,
    };

    return smmuv3_probe(device, &form);
}

static const struct nap_phase suspend[] = {
    {.name = "suspend", .kind = NAP_PHASE_WALK, .filter = smmuv3_serves, .each = smmuv3_down},
};
static const struct nap_phase resume[] = {
    {.name = "resume", .kind = NAP_PHASE_WALK, .filter = smmuv3_serves, .each = smmuv3_up},
};

const struct nap_driver nap_driver_smmuv3_rfc_v1 = {
    SMMUV3_COMMON(probe), .suspend = suspend, .n_suspend = 1, .resume = resume, .n_resume = 1,
};
