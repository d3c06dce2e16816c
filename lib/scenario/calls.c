/* SPDX-License-Identifier: MIT */
/* One call of the driver, with the ledger kept on both sides of it: between the call and its
 * return old and new are both right, and a call that fails has changed nothing. */
#include "calls.h"

#include "../os/os.h"
#include "../seam/seam.h"

#include <errno.h>

/* One argument pack for all of them, so that the seam needs one shape of call. */
struct call {
    const struct nap_driver *driver;
    int (*each)(struct nap_device *device);
    int (*part)(struct nap_master *master);
    struct nap_device *device;
    struct nap_domain *domain;
    struct nap_master *master;
    nap_addr iova, pa;
    uint64_t size_bytes;
    unsigned prot;
    uint32_t number, sid; /* of commands; page_response: the tag, and whose */
    int code;
};

static int call_domain_init(void *p)
{
    struct call *c = p;
    return c->driver->domain_init ? c->driver->domain_init(c->domain) : 0;
}

static int call_add_master(void *p)
{
    struct call *c = p;
    return c->driver->add_master ? c->driver->add_master(c->master) : 0;
}

static int call_attach(void *p)
{
    struct call *c = p;
    return c->driver->attach(c->domain, c->master);
}

static int call_detach(void *p)
{
    struct call *c = p;
    return c->driver->detach(c->domain, c->master);
}

static int call_map(void *p)
{
    struct call *c = p;
    return c->driver->map(c->domain, c->iova, c->pa, c->size_bytes, c->prot);
}

static int call_unmap(void *p)
{
    struct call *c = p;
    return c->driver->unmap(c->domain, c->iova, c->size_bytes);
}

static int call_part(void *p)
{
    struct call *c = p;
    return c->part(c->master);
}

static int call_page_response(void *p)
{
    struct call *c = p;
    return c->driver->page_response(c->device, c->sid, c->number, c->code);
}

static int call_fill(void *p)
{
    struct call *c = p;
    return c->driver->fill(c->device, c->number);
}

static int call_each(void *p)
{
    struct call *c = p;
    return c->each(c->device);
}

/* A call that attaches, maps or makes something, or takes it back. */
static int api_call(struct nap_runner *r, const char *label, int (*call)(void *context),
                    struct call *c)
{
    int result;

    nap_undo_keep(r);
    result = nap_seam_call(r->m, label, call, c);
    nap_undo_check(r, label, result);
    return result;
}

/* --- masters and their domains --- */

int nap_runner_init_domain(struct nap_runner *r, unsigned domain)
{
    struct call c = {.driver = r->config->driver, .domain = r->domains[domain]};
    int result;

    if (r->pos->inited & 1u << domain)
        return 0;
    result = api_call(r, "domain_init", call_domain_init, &c);
    if (!result)
        nap_position_open(r)->inited |= 1u << domain;
    return result;
}

int nap_runner_add_master(struct nap_runner *r, struct nap_master *master)
{
    struct call c = {.driver = r->config->driver, .master = master};
    uint64_t bit = UINT64_C(1) << master->index;
    int result;

    if (r->pos->added & bit)
        return 0;
    result = api_call(r, "add_master", call_add_master, &c);
    if (!result)
        nap_position_open(r)->added |= bit;
    return result;
}

/* A master goes to domain @to, which may be one of those that are none. */
static int move_master(struct nap_runner *r, struct nap_master *master, uint32_t to,
                       const char *label, int (*call)(void *context), struct call *c)
{
    int result;

    nap_ledger_attach(r->m, master->index, to, false);
    result = api_call(r, label, call, c);
    if (result) {
        nap_ledger_undo(r->m);
        return result;
    }
    master->domain = NAP_IS_DOMAIN(to) ? r->domains[to] : NULL;
    nap_ledger_attach(r->m, master->index, to, true);
    return 0;
}

int nap_runner_attach(struct nap_runner *r, unsigned domain, struct nap_master *master)
{
    struct call c = {
        .driver = r->config->driver, .domain = r->domains[domain], .master = master};

    return move_master(r, master, domain, "attach", call_attach, &c);
}

/* The port of a master that belongs to nobody may pass traffic or stop it, but not translate.
 */
static void judge_detached(struct nap_runner *r, const struct nap_master *master, unsigned port)
{
    struct nap_outcomes out;

    for (unsigned a = 0; a < r->judge->n_addresses; a++) {
        nap_probe(r->m, master->device->index, port, r->judge->addresses[a], &out, NULL);
        for (unsigned i = 0; i < out.n; i++) {
            if (out.list[i].kind != NAP_OUTCOME_TRANSLATED)
                continue;
            nap_runner_violation(
                r, "dma-after-detach", master->device->index, port,
                "detach of %s has returned, and %s port %u still reaches 0x%llx "
                "by 0x%llx (%s)",
                master->name, master->device->name, port, (unsigned long long)out.list[i].pa,
                (unsigned long long)r->judge->addresses[a], out.list[i].why);
            return;
        }
    }
}

int nap_runner_detach(struct nap_runner *r, struct nap_master *master)
{
    struct call c = {.driver = r->config->driver, .domain = master->domain, .master = master};
    int result = move_master(r, master, NAP_NO_DOMAIN, "detach", call_detach, &c);

    for (uint32_t i = 0; result == 0 && i < master->n_ids; i++)
        judge_detached(r, master, master->ids[i]);
    return result;
}

int nap_runner_block(struct nap_runner *r, struct nap_master *master)
{
    struct call c = {.part = r->config->driver->block, .master = master};

    return move_master(r, master, NAP_BLOCKED_DOMAIN, "block", call_part, &c);
}

int nap_runner_bypass(struct nap_runner *r, struct nap_master *master)
{
    struct call c = {.part = r->config->driver->bypass, .master = master};

    return move_master(r, master, NAP_BYPASS_DOMAIN, "bypass", call_part, &c);
}

/* --- mappings --- */

int nap_runner_map(struct nap_runner *r, unsigned domain, const struct nap_scenario_mapping *p)
{
    struct call c = {.driver = r->config->driver,
                     .domain = r->domains[domain],
                     .iova = p->iova,
                     .pa = p->pa,
                     .size_bytes = p->size_bytes,
                     .prot = p->prot};
    int result = -ENOSPC;

    if (nap_ledger_map(r->m, domain, p->iova, p->pa, p->size_bytes, p->prot, false) == NAP_OK)
        result = api_call(r, "map", call_map, &c);
    if (result == 0)
        (void)nap_ledger_map(r->m, domain, p->iova, p->pa, p->size_bytes, p->prot, true);
    else
        nap_ledger_undo(r->m);
    return result;
}

int nap_runner_unmap(struct nap_runner *r, unsigned domain, nap_addr iova, uint64_t size_bytes)
{
    struct call c = {.driver = r->config->driver,
                     .domain = r->domains[domain],
                     .iova = iova,
                     .size_bytes = size_bytes};
    int result;

    if (nap_ledger_unmap(r->m, domain, iova, size_bytes, false) != NAP_OK)
        return -EINVAL;
    result = api_call(r, "unmap", call_unmap, &c);
    if (result == 0)
        (void)nap_ledger_unmap(r->m, domain, iova, size_bytes, true);
    else
        nap_ledger_undo(r->m);
    return result;
}

/* --- calls that the ledger does not know --- */

int nap_runner_page_response(struct nap_runner *r, const struct nap_master *master,
                             uint32_t tag, int code)
{
    struct call c = {.driver = r->config->driver,
                     .device = master->device,
                     .sid = master->ids[0],
                     .number = tag,
                     .code = code};

    return nap_seam_call(r->m, "page_response", call_page_response, &c);
}

int nap_runner_fill(struct nap_runner *r, unsigned device, uint32_t commands)
{
    struct call c = {
        .driver = r->config->driver, .device = r->devices[device], .number = commands};

    return nap_seam_call(r->m, "fill", call_fill, &c);
}

int nap_runner_tell(struct nap_runner *r, const char *label,
                    int (*call)(struct nap_device *device), unsigned device)
{
    struct call c = {.each = call, .device = r->devices[device]};
    int result;

    (void)nap_os_run_as(r->m, nap_os_driver_of(r->m, device));
    result = nap_seam_call(r->m, label, call_each, &c);
    (void)nap_os_run_as(r->m, 0);
    return result;
}
