/* SPDX-License-Identifier: MIT */
/* Run-time power references. What the driver asks for is done in its call; what goes off by
 * itself is the runner's, except with the last reference, where the OS may do it at once. */
#include "os.h"

#include "../seam/seam.h"

#include <errno.h>
#include <string.h>

void nap_os_output_step(struct nap_machine *m, enum nap_os_call call, const char *label,
                        unsigned device, unsigned output, uint64_t was, uint64_t now)
{
    struct nap_event e;

    if (!nap_step_seen(m, NAP_STEP_OS, 0)) {
        nap_step_count(m);
        return;
    }
    e = nap_event_for(m, NAP_STEP_OS, device, NAP_NO_SLOT);
    e.index = call;
    e.label = label;
    e.was = was;
    e.now = now;
    e.written = output;
    nap_step_done(m, &e);
}

void nap_os_step(struct nap_machine *m, enum nap_os_call call, const char *label,
                 unsigned device, uint64_t was, uint64_t now)
{
    nap_os_output_step(m, call, label, device, 0, was, now);
}

struct nap_os_device *nap_os_open(struct nap_machine *m, unsigned device)
{
    struct nap_os_device *d = &m->st->os.devices[device];

    nap_touched(m, d, sizeof *d);
    return d;
}

static void set_usage(struct nap_machine *m, unsigned device, enum nap_os_call call,
                      const char *label, unsigned usage)
{
    struct nap_os_device *d = nap_os_open(m, device);
    unsigned was = d->usage;

    d->usage = (uint16_t)usage;
    if (d->left > usage)
        d->left = (uint16_t)usage;
    nap_os_step(m, call, label, device, was, usage);
}

/* --- what the runner asks --- */

bool nap_pm_is_idle(const struct nap_machine *m, unsigned device)
{
    const struct nap_os_device *d = &m->st->os.devices[device];

    return d->pm_enabled && !d->removed && d->usage == 0 && !d->pm_asleep && !d->pm_changing &&
           nap_os_driver_for(m, device) && nap_os_driver_for(m, device)->device_off &&
           !m->st->asleep && nap_device_on(m, device);
}

bool nap_pm_any_asleep(const struct nap_machine *m)
{
    for (unsigned i = 0; i < m->n_devices; i++)
        if (m->st->os.devices[i].pm_asleep)
            return true;
    return m->st->os.domains_down != 0;
}

void nap_pm_call_begins(struct nap_machine *m)
{
    for (unsigned i = 0; i < m->n_devices; i++)
        if (m->st->os.devices[i].usage)
            nap_os_open(m, i)->at_call = m->st->os.devices[i].usage;
}

/* Whether the driver's memory knows of such a reference, or only the call did, cannot be told:
 * it keeps its device on, may be put back, and is nobody's fault. */
void nap_pm_call_ended(struct nap_machine *m, bool left)
{
    for (unsigned i = 0; i < m->n_devices; i++) {
        const struct nap_os_device *d = &m->st->os.devices[i];
        unsigned taken = left && d->usage > d->at_call ? d->usage - d->at_call : 0;

        if (taken)
            nap_os_open(m, i)->left = (uint16_t)(d->left + taken);
        if (d->at_call)
            nap_os_open(m, i)->at_call = 0;
    }
}

unsigned nap_pm_held(const struct nap_os_device *d)
{
    return (unsigned)(d->usage - d->left);
}

void nap_pm_begins(struct nap_machine *m, unsigned device)
{
    nap_os_open(m, device)->pm_changing = 1;
}

void nap_pm_ended(struct nap_machine *m, unsigned device, bool off, int result)
{
    struct nap_os_device *d = nap_os_open(m, device);

    d->pm_changing = 0;
    if (result == 0)
        d->pm_asleep = off;
}

bool nap_pm_driven(const struct nap_machine *m, unsigned device)
{
    const struct nap_driver *driver = nap_os_driver_for(m, device);
    const struct nap_soc_device *d = &m->soc->devices[device];

    return !nap_os_left_out(m, device) &&
           (!driver || !driver->compatible || nap_os_names(driver, d->model));
}

/* The OS cuts no domain in which another device is that has a driver and is not asleep. */
uint32_t nap_pm_domains_to_cut(const struct nap_machine *m, unsigned device)
{
    uint32_t below = nap_domains_below(m, 1u << m->devices[device].domain);

    for (unsigned i = 0; i < m->n_devices; i++)
        if (i != device && (below & 1u << m->devices[i].domain) &&
            !m->st->os.devices[i].pm_asleep && nap_pm_driven(m, i))
            return 0;
    return below & m->st->domains_on;
}

/* Drivers of masters go first. */
void nap_pm_cut(struct nap_machine *m, uint32_t domains, bool told)
{
    nap_masters_set_mode(m, nap_masters_in(m, domains), NAP_MASTER_HELD);
    nap_touched(m, &m->st->os, sizeof m->st->os);
    m->st->os.domains_down |= domains;
    if (!told)
        m->st->os.domains_cut |= domains;
    nap_power_off(m, domains);
}

void nap_pm_came(struct nap_machine *m, uint32_t domains)
{
    nap_touched(m, &m->st->os, sizeof m->st->os);
    m->st->os.domains_down &= ~domains;
    m->st->os.domains_cut &= ~domains;
}

/* --- waking --- */

/* The device's domain and all above it. */
static uint32_t chain_of(const struct nap_machine *m, unsigned device)
{
    uint32_t chain = 0;

    for (uint32_t d = m->devices[device].domain; d != NAP_SOC_NONE;
         d = m->soc->domains[d].parent)
        chain |= 1u << d;
    return chain;
}

/* A call of the driver that the device is bound to, within one of any. */
static int call_back(struct nap_machine *m, const char *label,
                     int (*call)(struct nap_device *device), struct nap_device *device)
{
    uint32_t as = nap_os_run_as(m, nap_os_driver_of(m, device->index));
    int result = nap_seam_call_back(m, label, call, device);

    (void)nap_os_run_as(m, as);
    return result;
}

/* The driver's answer decides: where it fails, what came on goes off again. Firmware may have
 * brought a domain on before software asked for it. */
static int bring_up(struct nap_machine *m, struct nap_device *device)
{
    const struct nap_driver *driver = nap_os_driver_for(m, device->index);
    uint32_t came = m->st->domains_on, chain = chain_of(m, device->index);
    int result = 0;

    nap_power_on(m, chain);
    came ^= m->st->domains_on;
    nap_pm_begins(m, device->index);
    if (driver && driver->device_on)
        result = call_back(m, "device_on", driver->device_on, device);
    nap_pm_ended(m, device->index, false, result);
    if (result == 0)
        nap_pm_came(m, chain);
    else if (came)
        nap_power_off(m, came);
    return result;
}

static int wake(struct nap_machine *m, struct nap_device *device)
{
    bool nested = m->st->asleep == NAP_UNITS_WAKE;
    int result;

    if (!m->st->os.devices[device->index].pm_enabled || m->st->asleep == NAP_ASLEEP)
        return -EACCES;
    nap_os_step(m, NAP_OS_PM_WAKE, "pm wake", device->index, 0, 1);
    if (!nested)
        nap_set_waking(m, true);
    result = bring_up(m, device);
    if (nested)
        return result;
    if (result == 0)
        nap_set_waking(m, false);
    else
        nap_set_waking_failed(m);
    return result;
}

/* --- references --- */

static bool is_off(const struct nap_machine *m, unsigned device)
{
    return m->st->os.devices[device].pm_asleep || !nap_device_on(m, device);
}

int nap_pm_get_at(struct nap_device *device, const char *file, int line)
{
    struct nap_machine *m = nap_seam_machine();
    struct nap_source source = nap_seam_source(m, file, line, __builtin_frame_address(0));
    unsigned usage = m->st->os.devices[device->index].usage;
    int result = 0;

    m->source = source;
    if (nap_fails("pm get"))
        return -EIO;
    if (usage == UINT16_MAX)
        nap_panic_at("65535 power references of one device", source);
    set_usage(m, device->index, NAP_OS_PM_GET, "pm get", usage + 1);
    if (is_off(m, device->index) && !m->st->os.devices[device->index].pm_changing)
        result = wake(m, device);
    m->source = source;
    if (result)
        set_usage(m, device->index, NAP_OS_PM_PUT, "pm get failed", usage);
    return result;
}

int nap_pm_get_if_active_at(struct nap_device *device, const char *file, int line)
{
    struct nap_machine *m = nap_seam_machine();
    unsigned usage = m->st->os.devices[device->index].usage;

    m->source = nap_seam_source(m, file, line, __builtin_frame_address(0));
    if (!m->st->os.devices[device->index].pm_enabled)
        return -EINVAL;
    if (is_off(m, device->index))
        return 0;
    if (usage == UINT16_MAX)
        nap_panic_at("65535 power references of one device", m->source);
    set_usage(m, device->index, NAP_OS_PM_GET, "pm get if active", usage + 1);
    return 1;
}

/* The OS may put off at once what the last reference held. In the middle of a call there is no
 * state that could be compared with after the sleep. */
static void offer_idle(struct nap_machine *m, struct nap_device *device)
{
    uint32_t domains;
    int result;

    if (!nap_pm_is_idle(m, device->index) ||
        !nap_choose(m, NAP_CHOOSE_IDLE, "with the last reference the device goes off",
                    nap_instance_of(device->index, NAP_NO_SLOT), 2))
        return;
    if (!nap_pm_any_asleep(m)) {
        nap_touched(m, &m->st->os.down_in_call, sizeof m->st->os.down_in_call);
        m->st->os.down_in_call = 1;
    }
    domains = nap_pm_domains_to_cut(m, device->index);
    nap_masters_set_mode(m, nap_masters_in(m, domains), NAP_MASTER_HELD);
    nap_pm_begins(m, device->index);
    result =
        call_back(m, "device_off", nap_os_driver_for(m, device->index)->device_off, device);
    nap_pm_ended(m, device->index, true, result);
    if (result)
        nap_masters_set_mode(m, nap_masters_in(m, domains), NAP_MASTER_LIVE);
    else if (domains)
        nap_pm_cut(m, domains, true);
}

void nap_pm_put_at(struct nap_device *device, const char *file, int line)
{
    struct nap_machine *m = nap_seam_machine();
    unsigned usage = m->st->os.devices[device->index].usage;

    m->source = nap_seam_source(m, file, line, __builtin_frame_address(0));
    set_usage(m, device->index, NAP_OS_PM_PUT, "pm put", usage ? usage - 1 : 0);
    if (usage == 1)
        offer_idle(m, device);
}

void nap_pm_enable_at(struct nap_device *device, bool on, const char *file, int line)
{
    struct nap_machine *m = nap_seam_machine();
    struct nap_os_device *d = nap_os_open(m, device->index);
    unsigned was = d->pm_enabled;

    m->source = nap_seam_source(m, file, line, __builtin_frame_address(0));
    d->pm_enabled = on;
    nap_os_step(m, on ? NAP_OS_PM_ENABLE : NAP_OS_PM_DISABLE, on ? "pm enable" : "pm disable",
                device->index, was, on);
}

bool nap_pm_enabled(const struct nap_device *device)
{
    return nap_seam_machine()->st->os.devices[device->index].pm_enabled;
}

bool nap_pm_asleep(const struct nap_device *device)
{
    return nap_seam_machine()->st->os.devices[device->index].pm_asleep;
}
