/* SPDX-License-Identifier: MIT */
/* Whether this machine and this driver can do what the operations ask, each by itself and one
 * after the other; what is wrong is an error of the operation's line. */
#include "create.h"

#include "../os/os.h"
#include "calls.h"

/* --- each by itself --- */

static enum nap_err check_write(struct nap_runner *r, const struct nap_scenario_op *op,
                                struct nap_error *error)
{
    const char *file = r->config->scenario->file;
    int device = nap_device_find(r->m, op->device);
    const struct nap_reg *reg =
        device < 0 ? NULL : nap_runner_register(r->m, (unsigned)device, op->reg);

    if (device < 0)
        return nap_fail_at(error, NAP_ERR_UNKNOWN, file, op->line,
                           "device '%s' is not on machine %s", op->device, r->m->soc->name);
    if (!reg)
        return nap_fail_at(error, NAP_ERR_UNKNOWN, file, op->line,
                           "device %s has no register '%s'", op->device, op->reg);
    if (op->index >= reg->count)
        return nap_fail_at(error, NAP_ERR_RANGE, file, op->line,
                           "found index %u of %s, expected less than %u", op->index, op->reg,
                           reg->count);
    if (reg->width_bits < 64 && op->value >> reg->width_bits)
        return nap_fail_at(error, NAP_ERR_RANGE, file, op->line,
                           "found value 0x%llx of %s, expected %u bits",
                           (unsigned long long)op->value, op->reg, reg->width_bits);
    return NAP_OK;
}

static enum nap_err check_move(struct nap_runner *r, const struct nap_scenario_op *op,
                               struct nap_error *error)
{
    const char *file = r->config->scenario->file;
    int device = nap_device_find(r->m, op->device);

    if (device < 0)
        return nap_fail_at(error, NAP_ERR_UNKNOWN, file, op->line,
                           "device '%s' is not on machine %s", op->device, r->m->soc->name);
    if (nap_runner_output(r->m, (unsigned)device, op->output) == NAP_OUTPUTS_MAX)
        return nap_fail_at(error, NAP_ERR_UNKNOWN, file, op->line,
                           "device %s has no interrupt output '%s'", op->device, op->output);
    return NAP_OK;
}

/* What the driver must have for an operation that not every driver has. */
static const char *const hooks[NAP_OP_RESUME + 1] = {
    [NAP_OP_BLOCK] = "block",
    [NAP_OP_BYPASS] = "bypass",
    [NAP_OP_FILL] = "fill",
    [NAP_OP_QUERY] = "query",
    [NAP_OP_PAGE_RESPONSE] = "page_response",
    [NAP_OP_REMOVE] = "remove",
};

static bool has_hook(const struct nap_driver *d, enum nap_op_kind kind)
{
    return (kind == NAP_OP_BLOCK && d->block) || (kind == NAP_OP_BYPASS && d->bypass) ||
           (kind == NAP_OP_FILL && d->fill) || (kind == NAP_OP_QUERY && d->query) ||
           (kind == NAP_OP_PAGE_RESPONSE && d->page_response) ||
           (kind == NAP_OP_REMOVE && d->remove);
}

/* That the driver has the call, and the machine what it names. */
static enum nap_err check_hook(struct nap_runner *r, const struct nap_scenario_op *op,
                               struct nap_error *error)
{
    const char *file = r->config->scenario->file;
    const struct nap_driver *d = r->config->driver;
    int master = op->master[0] ? nap_master_find(r->m, op->master) : -1;
    int device = op->device[0] ? nap_device_find(r->m, op->device) : -1;

    if (!hooks[op->kind])
        return NAP_OK;
    if (!has_hook(d, op->kind))
        return nap_fail_at(error, NAP_ERR_ARG, file, op->line,
                           "driver %s has no %s, expected one that has", d->name,
                           hooks[op->kind]);
    if (op->master[0] && (master < 0 || !r->masters[master]))
        return nap_runner_unknown_master(r, op->master, op->line, error);
    if (op->device[0] && (device < 0 || nap_os_left_out(r->m, (unsigned)device)))
        return nap_fail_at(error, NAP_ERR_UNKNOWN, file, op->line,
                           "device '%s' is not on machine %s, or disabled", op->device,
                           r->m->soc->name);
    if (op->device[0] && nap_os_driver_of(r->m, (unsigned)device))
        return nap_fail_at(error, NAP_ERR_ARG, file, op->line,
                           "device '%s' is another driver's than %s", op->device, d->name);
    return NAP_OK;
}

static enum nap_err check_power(struct nap_runner *r, struct nap_error *error)
{
    const struct nap_scenario *s = r->config->scenario;

    for (uint32_t i = 0; i < s->n_ops; i++)
        for (uint32_t k = 0; k < s->ops[i].n_power; k++)
            if (nap_domain_find(r->m, s->ops[i].power[k]) < 0)
                return nap_fail_at(error, NAP_ERR_UNKNOWN, s->file, s->ops[i].line,
                                   "power domain '%s' is not on machine %s", s->ops[i].power[k],
                                   r->m->soc->name);
    return NAP_OK;
}

static enum nap_err check_ops(struct nap_runner *r, struct nap_error *error)
{
    const struct nap_scenario *s = r->config->scenario;
    enum nap_err err = NAP_OK;

    for (uint32_t i = 0; i < s->n_ops && !err; i++)
        err = s->ops[i].kind == NAP_OP_WRITE      ? check_write(r, &s->ops[i], error)
              : s->ops[i].kind == NAP_OP_MSI_MOVE ? check_move(r, &s->ops[i], error)
                                                  : check_hook(r, &s->ops[i], error);
    for (uint32_t c = 0; c < s->n_clients; c++)
        for (uint32_t i = 0; i < s->clients[c].n_ops && !err; i++)
            err = check_hook(r, &s->clients[c].ops[i], error);
    return err;
}

/* --- their order --- */

/* Where the operations stand: devices that are removed, and masters that are in a domain. */
struct standing {
    uint64_t removed, attached;
};

static uint64_t members_of(const struct nap_runner *r, unsigned domain)
{
    uint64_t set = 0;

    for (uint32_t i = 0; i < r->n_members[domain]; i++)
        set |= UINT64_C(1) << r->members[domain][i]->index;
    return set;
}

/* The masters among @set that are behind that device. */
static uint64_t behind(const struct nap_runner *r, uint64_t set, unsigned device)
{
    for (unsigned i = 0; i < NAP_SOC_MASTERS_MAX; i++)
        if ((set >> i & 1) && r->masters[i]->device->index != device)
            set &= ~(UINT64_C(1) << i);
    return set;
}

/* A device that an operation needs and that is gone, or -1. */
static int removed_device(const struct nap_runner *r, const struct nap_scenario_op *op,
                          const struct standing *s)
{
    int device = op->device[0] ? nap_device_find(r->m, op->device) : -1;

    if (device >= 0 && op->kind != NAP_OP_WRITE && (s->removed >> device & 1))
        return device;
    for (unsigned i = 0; op->kind == NAP_OP_ATTACH && i < r->m->n_devices; i++)
        if ((s->removed >> i & 1) && behind(r, members_of(r, op->domain), i))
            return (int)i;
    return -1;
}

static enum nap_err check_standing(const struct nap_runner *r, const struct nap_scenario_op *op,
                                   const struct standing *s, struct nap_error *error)
{
    const char *file = r->config->scenario->file;
    int device = removed_device(r, op, s);

    if (device >= 0)
        return nap_fail_at(error, NAP_ERR_ARG, file, op->line,
                           "found %s, and %s is removed above, expected remove after it",
                           nap_op_name(op->kind), nap_device_name(r->m, (unsigned)device));
    device = op->kind == NAP_OP_REMOVE ? nap_device_find(r->m, op->device) : -1;
    if (device >= 0 && behind(r, s->attached, (unsigned)device))
        return nap_fail_at(
            error, NAP_ERR_ARG, file, op->line,
            "found remove of %s with %s attached behind it, expected detach above", op->device,
            r->m->soc->masters[__builtin_ctzll(behind(r, s->attached, (unsigned)device))].name);
    return NAP_OK;
}

static void stand_after(const struct nap_runner *r, const struct nap_scenario_op *op,
                        struct standing *s)
{
    if (op->kind == NAP_OP_ATTACH)
        s->attached |= members_of(r, op->domain);
    else if (op->kind == NAP_OP_DETACH)
        s->attached &= ~members_of(r, op->domain);
    else if (op->kind == NAP_OP_BLOCK || op->kind == NAP_OP_BYPASS)
        s->attached &= ~(UINT64_C(1) << nap_master_find(r->m, op->master));
    else if (op->kind == NAP_OP_REMOVE)
        s->removed |= UINT64_C(1) << nap_device_find(r->m, op->device);
}

/* What is removed is nobody's to ask any more; clients may call at the very end. */
static enum nap_err check_order(struct nap_runner *r, struct nap_error *error)
{
    const struct nap_scenario *s = r->config->scenario;
    struct standing standing = {0, 0};
    enum nap_err err = NAP_OK;

    for (uint32_t i = 0; i < s->n_ops && !err; i++) {
        err = check_standing(r, &s->ops[i], &standing, error);
        stand_after(r, &s->ops[i], &standing);
    }
    for (uint32_t c = 0; c < s->n_clients; c++)
        for (uint32_t i = 0; i < s->clients[c].n_ops && !err; i++)
            err = check_standing(r, &s->clients[c].ops[i], &standing, error);
    return err;
}

enum nap_err nap_runner_check_operations(struct nap_runner *r, struct nap_error *error)
{
    enum nap_err err = check_power(r, error);

    if (!err)
        err = check_ops(r, error);
    return err ? err : check_order(r, error);
}
