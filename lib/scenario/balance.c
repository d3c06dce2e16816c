/* SPDX-License-Identifier: MIT */
/* What the driver holds of the OS: as much after a sleep as before it, nothing of a device that
 * it has given up; and what software still owes when the run ends. */
#include "calls.h"

#include "../os/os.h"
#include "sleep.h"

#include <string.h>

static struct nap_held held_now(const struct nap_machine *m)
{
    struct nap_held now = {.n_allocs = m->st->os.n_allocs};

    for (unsigned i = 0; i < m->n_devices; i++) {
        now.references += nap_pm_held(&m->st->os.devices[i]);
        now.interrupts += (uint32_t)__builtin_popcount(m->st->os.devices[i].irqs);
        now.vectors += nap_msi_count(m, i);
    }
    return now;
}

void nap_balance_keep(struct nap_runner *r)
{
    nap_touched(r->m, r->pos, sizeof *r->pos);
    r->pos->held = held_now(r->m);
    r->pos->held_kept = 1;
}

bool nap_op_is_the_systems(enum nap_op_kind kind)
{
    return nap_is_power_op(kind) || kind == NAP_OP_DMA || kind == NAP_OP_SUSPEND ||
           kind == NAP_OP_MSI_MOVE || kind == NAP_OP_WRITE || kind == NAP_OP_RESUME ||
           kind == NAP_OP_RAISE || kind == NAP_OP_RAISE_ASLEEP || kind == NAP_OP_END_INTERRUPT;
}

void nap_balance_forget(struct nap_runner *r)
{
    if (!r->pos->held_kept)
        return;
    nap_touched(r->m, r->pos, sizeof *r->pos);
    memset(&r->pos->held, 0, sizeof r->pos->held);
    r->pos->held_kept = 0;
}

/* Whether only the system's own operations came since: a call may take and give back. Clients'
 * calls have made it forgotten. */
static bool nobody_has_called(const struct nap_runner *r)
{
    const struct nap_scenario_op *ops = r->config->scenario->ops;

    for (uint32_t i = r->pos->journal_from; i < r->pos->op; i++)
        if (!nap_op_is_the_systems(ops[i].kind))
            return false;
    return true;
}

static void compare(struct nap_runner *r, const char *what, uint64_t was, uint64_t now)
{
    if (was != now)
        nap_runner_violation(r, "os-balance", UINT32_MAX, UINT32_MAX,
                             "after a sleep the driver holds %llu %s, and %llu before it",
                             (unsigned long long)now, what, (unsigned long long)was);
}

/* In its first sleep a driver may make the records that it keeps for all others. What a driver
 * object allocates is not told from what the runtime of its headers does. */
void nap_balance_check(struct nap_runner *r)
{
    const struct nap_held was = r->pos->held;
    struct nap_held now = held_now(r->m);

    if (!r->pos->held_kept || nap_pm_any_asleep(r->m))
        return;
    nap_balance_forget(r);
    if (!nobody_has_called(r) || r->m->st->stuck)
        return;
    compare(r, "power references", was.references, now.references);
    compare(r, "interrupts", was.interrupts, now.interrupts);
    compare(r, "interrupt vectors", was.vectors, now.vectors);
    if (r->pos->has_slept && !r->config->object)
        compare(r, "allocations", was.n_allocs, now.n_allocs);
    r->pos->has_slept = 1;
}

static void left(struct nap_runner *r, unsigned device, unsigned n, const char *what)
{
    if (n)
        nap_runner_violation(r, "os-balance", device, UINT32_MAX,
                             "remove of %s has returned and left %u %s",
                             nap_device_name(r->m, device), n, what);
}

void nap_balance_removed(struct nap_runner *r, unsigned device)
{
    const struct nap_os_device *d = &r->m->st->os.devices[device];

    left(r, device, nap_pm_held(d), "power references");
    left(r, device, nap_msi_count(r->m, device), "interrupt vectors");
    if (d->irqs)
        nap_runner_violation(r, "after-remove", device, UINT32_MAX,
                             "remove of %s has returned, and an interrupt still has a handler",
                             nap_device_name(r->m, device));
    if (d->pm_enabled && nap_os_driver_for(r->m, device)->device_off)
        nap_runner_violation(r, "after-remove", device, UINT32_MAX,
                             "remove of %s has returned with run-time power management on, "
                             "which may call device_off() any time",
                             nap_device_name(r->m, device));
    nap_os_removed(r->m, device);
}

/* Hardware that is broken takes no answer, and a client that has given up sends none. */
void nap_balance_end(struct nap_runner *r)
{
    if (r->m->st->hardware_faults || r->pos->broken || r->pos->gone)
        return;
    for (unsigned i = 0; i < r->m->n_devices; i++) {
        const struct nap_block *block = r->m->devices[i].kind->block;
        unsigned n = block->open_requests ? block->open_requests(r->m, i) : 0;

        if (n)
            nap_runner_violation(
                r, "request-answered", i, UINT32_MAX,
                "%u page requests or stalled transactions of %s have no answer "
                "when the run ends",
                n, nap_device_name(r->m, i));
    }
}
