/* SPDX-License-Identifier: MIT */
/* A whole domain comes to the driver, or leaves it: its masters and its mappings. An attach
 * that was refused half-way is made again from where it stood: each part of it that the driver
 * has taken on is kept in mind, or shows in the ledger. */
#include "calls.h"

#include "../os/os.h"

static bool is_mapped(const struct nap_runner *r, unsigned domain, nap_addr iova)
{
    const struct nap_ledger *l = &r->m->st->ledger;

    for (uint32_t i = 0; i < l->n_mappings; i++)
        if (l->mappings[i].state == NAP_LEDGER_HELD && l->mappings[i].domain == domain &&
            l->mappings[i].iova == iova)
            return true;
    return false;
}

static int map_all(struct nap_runner *r, unsigned domain)
{
    const struct nap_scenario_domain *d = &r->config->scenario->domains[domain];
    int result = 0;

    if (r->pos->known & 1u << domain)
        return 0;
    for (uint32_t i = 0; i < d->n_mappings && !result; i++)
        if (!is_mapped(r, domain, d->mappings[i].iova))
            result = nap_runner_map(r, domain, &d->mappings[i]);
    return result;
}

/* Those that are not in it, whether they have left it or never were. */
static int attach_all(struct nap_runner *r, unsigned domain)
{
    int result = 0;

    for (uint32_t i = 0; i < r->n_members[domain] && !result; i++) {
        struct nap_master *master = r->members[domain][i];
        if (master->domain)
            continue;
        result = nap_runner_add_master(r, master);
        if (!result)
            result = nap_runner_attach(r, domain, master);
    }
    return result;
}

int nap_runner_attach_domain(struct nap_runner *r, unsigned domain)
{
    bool maps_later = r->config->driver->maps_when_attached;
    int result = nap_runner_init_domain(r, domain);

    if (!result)
        result = maps_later ? attach_all(r, domain) : map_all(r, domain);
    if (!result)
        result = maps_later ? map_all(r, domain) : attach_all(r, domain);
    if (!result)
        nap_position_open(r)->known |= 1u << domain;
    return result;
}

/* Those that are in it: others are blocked, or bypass. */
int nap_runner_detach_domain(struct nap_runner *r, unsigned domain)
{
    int result = 0;

    for (uint32_t i = 0; i < r->n_members[domain] && !result; i++)
        if (r->members[domain][i]->domain)
            result = nap_runner_detach(r, r->members[domain][i]);
    return result;
}
