/* SPDX-License-Identifier: MIT */
/* Devices come to their drivers, and leave them. */
#include "calls.h"

#include "../os/os.h"
#include "sleep.h"

/* Software leaves alone what the device tree disables, and what no driver is for. */
static uint64_t probed_devices(const struct nap_runner *r)
{
    uint64_t set = 0;

    for (unsigned i = 0; i < r->m->n_devices; i++)
        if (nap_pm_driven(r->m, i))
            set |= UINT64_C(1) << i;
    return set;
}

static int probe_one(struct nap_runner *r, unsigned device)
{
    int result;

    nap_undo_keep_held(r);
    result = nap_runner_tell(r, "probe", nap_os_driver_for(r->m, device)->probe, device);
    nap_undo_check_held(r, "probe", result);
    r->failed_device = result ? r->m->soc->devices[device].name : NULL;
    return result;
}

/* In machine order; those that wait for another device once all others had their turn. */
int nap_runner_probe(struct nap_runner *r)
{
    uint64_t waiting = probed_devices(r);

    while (waiting) {
        uint64_t before = waiting;
        for (unsigned i = 0; i < r->m->n_devices; i++) {
            int result;
            if (!(waiting & UINT64_C(1) << i))
                continue;
            result = probe_one(r, i);
            if (result == 0)
                waiting &= ~(UINT64_C(1) << i);
            else if (result != NAP_EPROBE_DEFER)
                return result;
        }
        if (waiting == before)
            return NAP_EPROBE_DEFER;
    }
    nap_runner_cpus_lost(r); /* they wait for the one that has booted */
    return nap_runner_cpus_up(r);
}

int nap_runner_remove(struct nap_runner *r, unsigned device)
{
    int result = nap_runner_tell(r, "remove", r->config->driver->remove, device);

    if (result == 0)
        nap_balance_removed(r, device);
    return result;
}
