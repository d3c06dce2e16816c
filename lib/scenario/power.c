/* SPDX-License-Identifier: MIT */
/* Operations on power domains. Asleep, the platform cuts power; awake, it is run-time power
 * management, of which the driver may be told. */
#include "sleep.h"

#include "../os/os.h"
#include "calls.h"
#include "twin.h"

#include <errno.h>

bool nap_is_power_op(enum nap_op_kind kind)
{
    return kind == NAP_OP_POWER_CYCLE || kind == NAP_OP_POWER_OFF || kind == NAP_OP_POWER_ON ||
           kind == NAP_OP_RUNTIME_SUSPEND || kind == NAP_OP_RUNTIME_RESUME;
}

static bool goes_off(enum nap_op_kind kind)
{
    return kind != NAP_OP_POWER_ON && kind != NAP_OP_RUNTIME_RESUME;
}

static bool comes_on(enum nap_op_kind kind)
{
    return kind != NAP_OP_POWER_OFF && kind != NAP_OP_RUNTIME_SUSPEND;
}

uint32_t nap_runner_domains(const struct nap_runner *r, const struct nap_scenario_op *op)
{
    uint32_t domains = op->n_power ? 0 : r->all_domains;

    for (uint32_t i = 0; i < op->n_power; i++)
        domains |= 1u << nap_domain_find(r->m, op->power[i]);
    return domains;
}

/* --- asleep --- */

/* An early wake-up comes before power is gone. */
static bool power_stays(struct nap_runner *r)
{
    return nap_choose(r->m, NAP_CHOOSE_LOSS, "power stays on", NAP_NO_INSTANCE, 2) != 0;
}

static void asleep(struct nap_runner *r, const struct nap_scenario_op *op)
{
    uint32_t domains = nap_runner_domains(r, op);

    if (goes_off(op->kind) && power_stays(r))
        return;
    if (goes_off(op->kind))
        nap_power_off(r->m, domains);
    if (comes_on(op->kind))
        nap_power_on(r->m, domains & ~nap_runner_cpu_domains(r));
}

/* --- awake --- */

static bool in_domains(const struct nap_runner *r, unsigned device, uint32_t domains)
{
    return !nap_os_left_out(r->m, device) && (domains & 1u << r->m->devices[device].domain);
}

/* Drivers of masters go first. */
static void hold_masters(struct nap_runner *r, uint32_t domains)
{
    nap_masters_set_mode(r->m, nap_masters_in(r->m, domains), NAP_MASTER_HELD);
}

/* And come last: the OS lets masters go whose domain is back, and not where firmware alone has
 * brought it on. */
void nap_runner_release_masters(struct nap_runner *r)
{
    uint32_t back = r->m->st->domains_on & ~r->m->st->os.domains_down;

    nap_masters_set_mode(r->m, nap_masters_in(r->m, back), NAP_MASTER_LIVE);
}

/* device_off() or device_on(); of a device with run-time power management the OS keeps which it
 * was last. */
static int tell(struct nap_runner *r, unsigned device, bool off)
{
    const struct nap_driver *d = nap_os_driver_for(r->m, device);
    bool managed = r->m->st->os.devices[device].pm_enabled;
    int result = 0;

    if (managed)
        nap_pm_begins(r->m, device);
    if (off && d->device_off)
        result = nap_runner_tell(r, "device_off", d->device_off, device);
    else if (!off && d->device_on)
        result = nap_runner_tell(r, "device_on", d->device_on, device);
    if (managed)
        nap_pm_ended(r->m, device, off, result);
    return result;
}

static bool is_asleep(const struct nap_runner *r, unsigned device)
{
    return r->m->st->os.devices[device].pm_asleep;
}

static int tell_off(struct nap_runner *r, uint32_t domains)
{
    int result = 0;

    for (unsigned i = r->m->n_devices; i-- > 0 && !result;)
        if (in_domains(r, i, domains) && !is_asleep(r, i))
            result = tell(r, i, true);
    return result;
}

/* Of the devices with run-time power management those that are asleep, whoever needed their
 * domain first. */
static int tell_on(struct nap_runner *r, uint32_t domains, uint32_t came)
{
    int result = 0;

    for (unsigned i = 0; i < r->m->n_devices && !result; i++) {
        bool managed = r->m->st->os.devices[i].pm_enabled;
        if (in_domains(r, i, managed ? domains & r->m->st->domains_on : came) &&
            (!managed || is_asleep(r, i)))
            result = tell(r, i, false);
    }
    return result;
}

/* A reference keeps the domain of its device on, and those above. */
static uint32_t without_held(struct nap_runner *r, uint32_t going)
{
    for (unsigned i = 0; i < r->m->n_devices; i++) {
        unsigned usage = r->m->st->os.devices[i].usage;
        uint32_t domain = r->m->devices[i].domain;

        if (!usage || !(going & 1u << domain))
            continue;
        nap_os_step(r->m, NAP_OS_PM_HELD, "power references, which keep it on,", i, usage,
                    usage);
        for (; domain != NAP_SOC_NONE; domain = r->m->soc->domains[domain].parent)
            going &= ~(1u << domain);
    }
    return going;
}

/* A driver with run-time power management may say that this is not the time. */
static bool is_busy(const struct nap_runner *r, uint32_t domains, int result)
{
    bool managed = false;

    for (unsigned i = 0; i < r->m->n_devices; i++)
        managed |= in_domains(r, i, domains) && r->m->st->os.devices[i].pm_enabled;
    return managed && (result == -EBUSY || result == -EAGAIN);
}

static int units_down(struct nap_runner *r, uint32_t domains, bool told)
{
    uint32_t going = nap_domains_below(r->m, domains) & r->m->st->domains_on;
    int result = 0;

    if (told)
        going = without_held(r, going);
    if (!going)
        return 0;
    if (!nap_pm_any_asleep(r->m))
        nap_twin_keep(r, r->pos->op + 1);
    hold_masters(r, going);
    if (told)
        result = tell_off(r, going);
    if (result)
        return is_busy(r, going, result) ? 0 : result;
    nap_pm_cut(r->m, going, told);
    return 0;
}

/* What an error that belongs to no operation is told with: the line where the run stands. */
static const struct nap_scenario_op *op_at(const struct nap_runner *r)
{
    const struct nap_scenario *s = r->config->scenario;

    return &s->ops[r->pos->op < s->n_ops ? r->pos->op : s->n_ops - 1];
}

/* One device, at a quiet point: all of an autosuspend, whose delay may end anywhere. */
static void goes_off_by_itself(struct nap_runner *r, unsigned device)
{
    uint32_t domains = nap_pm_domains_to_cut(r->m, device);
    int result;

    if (!nap_pm_any_asleep(r->m))
        nap_twin_keep(r, r->pos->op);
    hold_masters(r, domains);
    result = tell(r, device, true);
    if (result) {
        nap_runner_release_masters(r);
        if (result != -EBUSY && result != -EAGAIN)
            nap_runner_refused(r, op_at(r), result);
    } else if (domains) {
        nap_pm_cut(r->m, domains, true);
    }
}

void nap_runner_offer_idle(struct nap_runner *r)
{
    for (unsigned i = 0; i < r->m->n_devices && !r->m->st->stuck; i++)
        if (nap_pm_is_idle(r->m, i) &&
            nap_choose(r->m, NAP_CHOOSE_IDLE, "a device that nobody holds goes off",
                       nap_instance_of(i, NAP_NO_SLOT), 2))
            goes_off_by_itself(r, i);
}

/* Where the driver fails, its units stay in the state of waking. What firmware has brought on
 * in a sleep of the system in between comes back to the driver here. */
static int units_up(struct nap_runner *r, uint32_t domains, bool told)
{
    uint32_t came = r->m->st->domains_on;
    int result = 0;

    nap_set_waking(r->m, true);
    nap_power_on(r->m, domains);
    came ^= r->m->st->domains_on;
    came |= nap_domains_below(r->m, domains) & r->m->st->domains_on & r->m->st->os.domains_down;
    if (told)
        result = tell_on(r, nap_domains_below(r->m, domains), came);
    if (result)
        return result;
    nap_set_waking(r->m, false);
    nap_pm_came(r->m, came);
    return 0;
}

static int awake(struct nap_runner *r, const struct nap_scenario_op *op)
{
    bool told = op->kind == NAP_OP_RUNTIME_SUSPEND || op->kind == NAP_OP_RUNTIME_RESUME;
    uint32_t domains = nap_runner_domains(r, op);
    int result = 0;

    if (goes_off(op->kind))
        result = units_down(r, domains, told);
    if (!result && comes_on(op->kind))
        result = units_up(r, domains, told);
    return result;
}

int nap_runner_power(struct nap_runner *r, const struct nap_scenario_op *op)
{
    if (!r->m->st->asleep)
        return awake(r, op);
    asleep(r, op);
    return 0;
}
