/* SPDX-License-Identifier: MIT */
/* The driver's objects, made before anything runs: its devices, the scenario's domains, and the
 * masters of each that this machine has. */
#include "create.h"

#include "../os/os.h"

#include <stdio.h>
#include <string.h>

bool nap_runner_make_objects(struct nap_runner *r)
{
    for (unsigned i = 0; i < r->m->n_devices; i++) {
        r->devices[i] = nap_os_device(r->m, i);
        if (!r->devices[i])
            return false;
    }
    for (unsigned i = 0; i < r->m->n_devices; i++)
        r->devices[i]->root = r->devices[nap_upstream(r->m, i)];
    for (uint32_t i = 0; i < r->config->scenario->n_domains; i++) {
        const struct nap_scenario_domain *s = &r->config->scenario->domains[i];
        struct nap_domain *d = nap_os_alloc(r->m, sizeof *d);
        if (!d)
            return false;
        snprintf(d->name, sizeof d->name, "%s", s->name);
        d->index = i;
        d->ipa_bits = s->ipa_bits ? s->ipa_bits : 40;
        d->sensitive = s->sensitive;
        r->domains[i] = d;
    }
    return true;
}

/* --- masters --- */

static enum nap_err add_ports(struct nap_runner *r, struct nap_master *master,
                              struct nap_error *error)
{
    const struct nap_soc_master *s = &r->m->soc->masters[master->index];

    for (uint32_t p = 0; p < s->n_ports; p++) {
        if (s->ports[p].device != s->ports[0].device ||
            master->n_ids + s->ports[p].count > NAP_MASTER_IDS_MAX)
            return nap_fail(error, NAP_ERR_NOSPACE,
                            "master %s: ports behind one device and at most %d expected",
                            s->name, NAP_MASTER_IDS_MAX);
        for (uint32_t i = 0; i < s->ports[p].count; i++)
            master->ids[master->n_ids++] = s->ports[p].first + i;
    }
    return NAP_OK;
}

enum nap_err nap_runner_unknown_master(const struct nap_runner *r, const char *name,
                                       unsigned line, struct nap_error *error)
{
    char names[300] = "";
    size_t at = 0;

    for (uint32_t i = 0; i < r->m->soc->n_masters; i++) {
        const struct nap_soc_master *s = &r->m->soc->masters[i];
        if (s->node.disabled || s->n_ports == 0)
            continue;
        if (at + strlen(s->name) + sizeof ", , ..." > sizeof names) {
            snprintf(names + at, sizeof names - at, ", ...");
            break;
        }
        at += (size_t)snprintf(names + at, sizeof names - at, "%s%s", at ? ", " : "", s->name);
    }
    return nap_fail_at(error, NAP_ERR_UNKNOWN, r->config->scenario->file, line,
                       "master '%s' is not on machine %s, expected one of: %s", name,
                       r->m->soc->name, names);
}

static enum nap_err make_master(struct nap_runner *r, const char *name, unsigned line,
                                struct nap_error *error)
{
    const struct nap_scenario *s = r->config->scenario;
    int index = nap_master_find(r->m, name);
    struct nap_master *master;
    unsigned device;

    if (index < 0)
        return nap_runner_unknown_master(r, name, line, error);
    if (r->m->soc->masters[index].n_ports == 0)
        return nap_fail_at(error, NAP_ERR_ARG, s->file, line,
                           "master '%s' has no port behind an IOMMU", name);
    if (r->m->soc->masters[index].node.disabled)
        return nap_fail_at(error, NAP_ERR_ARG, s->file, line,
                           "master '%s' is disabled in the device tree (%s), expected one that "
                           "software uses",
                           name, r->m->soc->masters[index].node.path);
    device = r->m->soc->masters[index].ports[0].device;
    if (nap_os_driver_of(r->m, device))
        return nap_fail_at(error, NAP_ERR_ARG, s->file, line,
                           "master '%s' is behind %s, which is another driver's than %s", name,
                           nap_device_name(r->m, device), r->config->driver->name);
    if (r->m->left_out >> device & 1)
        return nap_fail_at(error, NAP_ERR_ARG, s->file, line,
                           "master '%s' is behind %s, which devices does not list", name,
                           nap_device_name(r->m, device));
    master = nap_os_alloc(r->m, sizeof *master);
    if (!master)
        return nap_fail(error, NAP_ERR_NOMEM, "driver RAM is used up");
    snprintf(master->name, sizeof master->name, "%s", name);
    master->index = (uint32_t)index;
    master->node = r->m->soc->masters[index].node;
    master->device = r->devices[device];
    r->masters[index] = master;
    return add_ports(r, master, error);
}

/* Entry of the master that serves from entry @first on; @first itself if the machine has none
 * of them, and *next is where the next ones begin. */
static uint32_t choose_master(const struct nap_runner *r, const struct nap_scenario_domain *d,
                              uint32_t first, uint32_t *next, bool *found)
{
    uint32_t chosen = first;

    *found = false;
    for (*next = first;
         *next == first || (*next < d->n_masters && d->alternatives >> *next & 1); (*next)++) {
        int index = nap_master_find(r->m, d->masters[*next]);
        const struct nap_soc_master *s = index < 0 ? NULL : &r->m->soc->masters[index];

        if (*found || !s || s->n_ports == 0 || s->node.disabled)
            continue;
        chosen = *next;
        *found = true;
    }
    return chosen;
}

static enum nap_err make_members(struct nap_runner *r, unsigned domain, unsigned *list,
                                 unsigned *n, struct nap_error *error)
{
    const struct nap_scenario_domain *d = &r->config->scenario->domains[domain];
    enum nap_err err = NAP_OK;
    uint32_t next;

    for (uint32_t i = 0; i < d->n_masters && !err; i = next) {
        bool found;
        const char *name = d->masters[choose_master(r, d, i, &next, &found)];

        if (!found && d->optional >> i & 1)
            continue;
        err = make_master(r, name, d->line, error);
        if (err)
            return err;
        list[*n] = (unsigned)nap_master_find(r->m, name);
        r->masters[list[*n]]->sensitive = d->sensitive;
        r->members[domain][r->n_members[domain]++] = r->masters[list[(*n)++]];
    }
    return err;
}

enum nap_err nap_runner_make_masters(struct nap_runner *r, unsigned *list, unsigned *n,
                                     struct nap_error *error)
{
    enum nap_err err = NAP_OK;

    for (uint32_t d = 0; d < r->config->scenario->n_domains && !err; d++)
        err = make_members(r, d, list, n, error);
    return err;
}

/* Those of the machine, and those that the scenario makes so. */
enum nap_err nap_runner_find_autonomous(struct nap_runner *r, struct nap_error *error)
{
    const struct nap_scenario *s = r->config->scenario;

    for (uint32_t i = 0; i < r->m->soc->n_masters; i++)
        if (r->m->soc->masters[i].autonomous)
            r->autonomous |= UINT64_C(1) << i;
    for (uint32_t i = 0; i < s->n_autonomous; i++) {
        int master = nap_master_find(r->m, s->autonomous[i]);
        if (master < 0)
            return nap_runner_unknown_master(r, s->autonomous[i], s->autonomous_line, error);
        r->autonomous |= UINT64_C(1) << master;
    }
    for (unsigned i = 0; i < NAP_SOC_MASTERS_MAX; i++)
        if (r->masters[i])
            r->masters[i]->autonomous =
                r->config->masters_live || (r->autonomous >> i & 1) != 0;
    return NAP_OK;
}
