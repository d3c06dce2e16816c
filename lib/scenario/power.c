/* SPDX-License-Identifier: MIT */
/* Operations on power domains. Asleep, the platform cuts power; awake, it is run-time power
 * management, of which the driver may be told. */
#include "runner.h"

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

static uint32_t domains_of(const struct nap_runner *r, const struct nap_scenario_op *op)
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
    uint32_t domains = domains_of(r, op);

    if (goes_off(op->kind) && power_stays(r))
        return;
    if (goes_off(op->kind))
        nap_power_off(r->m, domains);
    if (comes_on(op->kind))
        nap_power_on(r->m, domains);
}

/* --- awake --- */

static bool in_domains(const struct nap_runner *r, unsigned device, uint32_t domains)
{
    return !r->m->soc->devices[device].node.disabled &&
           (domains & 1u << r->m->devices[device].domain);
}

/* Drivers of masters go first. */
static void hold_masters(struct nap_runner *r, uint32_t domains)
{
    nap_masters_set_mode(r->m, nap_masters_in(r->m, domains), NAP_MASTER_HELD);
}

/* And come last: the OS lets masters go whose domain is back. */
void nap_runner_release_masters(struct nap_runner *r)
{
    nap_masters_set_mode(r->m, nap_masters_in(r->m, r->m->st->domains_on), NAP_MASTER_LIVE);
}

static int tell_off(struct nap_runner *r, uint32_t domains)
{
    const struct nap_driver *d = r->config->driver;
    int result = 0;

    for (unsigned i = r->m->n_devices; d->device_off && i-- > 0 && !result;)
        if (in_domains(r, i, domains))
            result = nap_runner_tell(r, "device_off", d->device_off, i);
    return result;
}

static int tell_on(struct nap_runner *r, uint32_t domains)
{
    const struct nap_driver *d = r->config->driver;
    int result = 0;

    for (unsigned i = 0; d->device_on && i < r->m->n_devices && !result; i++)
        if (in_domains(r, i, domains))
            result = nap_runner_tell(r, "device_on", d->device_on, i);
    return result;
}

static int units_down(struct nap_runner *r, uint32_t domains, bool told)
{
    uint32_t going = nap_domains_below(r->m, domains) & r->m->st->domains_on;
    int result = 0;

    if (!r->pos->down)
        nap_twin_keep(r);
    hold_masters(r, going);
    if (told)
        result = tell_off(r, going);
    if (result)
        return result;
    nap_power_off(r->m, going);
    nap_touched(r->m, r->pos, sizeof *r->pos);
    r->pos->down |= going;
    return 0;
}

/* Where the driver fails, its units stay in the state of waking. */
static int units_up(struct nap_runner *r, uint32_t domains, bool told)
{
    uint32_t came = r->m->st->domains_on;
    int result = 0;

    nap_set_waking(r->m, true);
    nap_power_on(r->m, domains);
    came ^= r->m->st->domains_on;
    if (told)
        result = tell_on(r, came);
    if (result)
        return result;
    nap_set_waking(r->m, false);
    nap_touched(r->m, r->pos, sizeof *r->pos);
    r->pos->down &= ~came;
    return 0;
}

static int awake(struct nap_runner *r, const struct nap_scenario_op *op)
{
    bool told = op->kind == NAP_OP_RUNTIME_SUSPEND || op->kind == NAP_OP_RUNTIME_RESUME;
    uint32_t domains = domains_of(r, op);
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
