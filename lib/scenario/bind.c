/* SPDX-License-Identifier: MIT */
/* Each device has one driver: that of the scenario, or one of those beside it. */
#include "create.h"

#include "../os/os.h"

/* Of those of the scenario's driver all that its list does not name. */
static enum nap_err leave_out_devices(struct nap_runner *r, struct nap_error *error)
{
    const struct nap_scenario *s = r->config->scenario;
    uint64_t used = 0;

    for (uint32_t i = 0; i < s->n_devices; i++) {
        int device = nap_device_find(r->m, s->devices[i]);
        if (device < 0)
            return nap_fail_at(error, NAP_ERR_UNKNOWN, s->file, s->devices_line,
                               "device '%s' is not on machine %s", s->devices[i],
                               r->m->soc->name);
        used |= UINT64_C(1) << device;
    }
    for (unsigned i = 0; s->n_devices && i < r->m->n_devices; i++)
        if (!nap_os_driver_of(r->m, i))
            r->m->left_out |= UINT64_C(1) << i & ~used;
    return NAP_OK;
}

/* Two that name a model would leave one of them without its devices. */
static enum nap_err check_bound(const struct nap_runner *r, unsigned device,
                                struct nap_error *error)
{
    const struct nap_scenario *s = r->config->scenario;
    const char *model = r->m->soc->devices[device].model;
    const struct nap_driver *d, *other = NULL;

    for (uint32_t i = 0; (d = nap_os_driver(r->m, i)); i++) {
        if (!nap_os_names(d, model))
            continue;
        if (other)
            return nap_fail_at(error, NAP_ERR_ARG, s->file, s->beside[i - 1].line,
                               "device %s of machine %s has model %s, which drivers %s and %s "
                               "both name, expected one driver for it",
                               nap_device_name(r->m, device), r->m->soc->name, model,
                               other->name, d->name);
        other = d;
    }
    return NAP_OK;
}

/* A driver that never probes anything has nothing that its phases could look at. */
static enum nap_err check_has_device(const struct nap_runner *r, uint32_t driver,
                                     struct nap_error *error)
{
    const struct nap_scenario *s = r->config->scenario;

    for (unsigned i = 0; i < r->m->n_devices; i++)
        if (nap_os_driver_of(r->m, i) == driver && nap_pm_driven(r->m, i))
            return NAP_OK;
    if (driver)
        return nap_fail_at(error, NAP_ERR_ARG, s->file, s->beside[driver - 1].line,
                           "driver %s is for no device of machine %s, expected one that is",
                           nap_os_driver(r->m, driver)->name, r->m->soc->name);
    return nap_fail(error, NAP_ERR_ARG,
                    "%s: driver %s is for no device of machine %s, expected one that is",
                    s->file, r->config->driver->name, r->m->soc->name);
}

static enum nap_err check_bindings(struct nap_runner *r, struct nap_error *error)
{
    enum nap_err err = leave_out_devices(r, error);

    for (unsigned i = 0; i < r->m->n_devices && !err; i++)
        err = check_bound(r, i, error);
    for (uint32_t i = 0; nap_os_driver(r->m, i) && !err; i++)
        err = check_has_device(r, i, error);
    return err;
}

/* Each device has one driver, and one that looks at the device tree has what is left. */
enum nap_err nap_runner_bind_drivers(struct nap_runner *r, struct nap_error *error)
{
    const struct nap_run_config *c = r->config;

    r->m->driver = c->driver;
    if (c->n_beside != c->scenario->n_beside)
        return nap_fail(error, NAP_ERR_ARG,
                        "%s: scenario %s has %u drivers beside %s, found %u", c->scenario->file,
                        c->scenario->name, c->scenario->n_beside, c->driver->name, c->n_beside);
    for (uint32_t i = 0; i < c->n_beside; i++) {
        if (!c->beside[i]->compatible)
            return nap_fail_at(
                error, NAP_ERR_ARG, c->scenario->file, c->scenario->beside[i].line,
                "driver %s has no list of models, expected one that has", c->beside[i]->name);
        r->m->beside[r->m->n_beside++] = c->beside[i];
    }
    return check_bindings(r, error);
}
