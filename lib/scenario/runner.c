/* SPDX-License-Identifier: MIT */
/* The runner owns every loop: it calls the driver once per element, and between two calls the
 * whole run is a value that can be stored. */
#include "runner.h"

#include "../os/os.h"
#include "../seam/object.h"
#include "../seam/seam.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct nap_position *open_position(struct nap_runner *r)
{
    nap_touched(r->m, r->pos, sizeof *r->pos);
    return r->pos;
}

/* --- driver calls ----------------------------------------------------------------------------
 */

/* One argument pack for all of them, so that the seam needs one shape of call. */
struct call {
    const struct nap_driver *driver;
    const struct nap_phase *phase;
    int (*each)(struct nap_device *device);
    struct nap_device *device;
    struct nap_domain *domain;
    struct nap_master *master;
    int (*part)(struct nap_master *master);
    nap_addr iova, pa;
    uint64_t size_bytes;
    unsigned prot;
    uint32_t number, sid; /* of commands; page_response: the tag, and whose */
    int code;
    int (*on_cpu)(unsigned cpu);
    unsigned cpu;
};

static int call_probe(void *p)
{
    struct call *c = p;
    return c->driver->probe(c->device);
}

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

static int call_phase(void *p)
{
    struct call *c = p;

    if (c->on_cpu)
        return c->on_cpu(c->cpu);
    return c->phase->kind == NAP_PHASE_WALK ? c->phase->each(c->device) : c->phase->step();
}

static int ask_filter(void *p)
{
    struct call *c = p;
    return !c->phase->filter || c->phase->filter(c->device);
}

void nap_runner_violation(struct nap_runner *r, const char *rule, unsigned device,
                          unsigned port, const char *format, ...)
{
    struct nap_finding f = {.rule = nap_judge_rule(r->judge, rule),
                            .device = device,
                            .slot = NAP_NO_SLOT,
                            .port = port,
                            .issued = r->m->ev->counters.steps,
                            .effect = r->m->ev->counters.steps};
    va_list args;

    if (r->judge->off)
        return;
    va_start(args, format);
    vsnprintf(f.message, sizeof f.message, format, args);
    va_end(args);
    nap_judge_violation(r->judge, &f);
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

int nap_runner_attach(struct nap_runner *r, unsigned domain, struct nap_master *master)
{
    struct call c = {
        .driver = r->config->driver, .domain = r->domains[domain], .master = master};
    int result;

    nap_ledger_attach(r->m, master->index, domain, false);
    result = api_call(r, "attach", call_attach, &c);
    if (result == 0) {
        master->domain = r->domains[domain];
        nap_ledger_attach(r->m, master->index, domain, true);
    } else {
        nap_ledger_undo(r->m);
    }
    return result;
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
    int result;

    nap_ledger_attach(r->m, master->index, NAP_NO_DOMAIN, false);
    result = api_call(r, "detach", call_detach, &c);
    if (result == 0) {
        master->domain = NULL;
        nap_ledger_attach(r->m, master->index, NAP_NO_DOMAIN, true);
        for (uint32_t i = 0; i < master->n_ids; i++)
            judge_detached(r, master, master->ids[i]);
    } else {
        nap_ledger_undo(r->m);
    }
    return result;
}

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

/* A master leaves its domain for @to, one of those that are none. */
static int part(struct nap_runner *r, const struct nap_scenario_op *op, const char *label,
                int (*call)(struct nap_master *master), uint32_t to)
{
    struct nap_master *master = r->masters[nap_master_find(r->m, op->master)];
    struct call c = {.part = call, .master = master};
    int result;

    nap_ledger_attach(r->m, master->index, to, false);
    result = api_call(r, label, call_part, &c);
    if (result == 0) {
        master->domain = NULL;
        nap_ledger_attach(r->m, master->index, to, true);
    } else {
        nap_ledger_undo(r->m);
    }
    return result;
}

/* Of the master's first stream. */
static int page_response(struct nap_runner *r, const struct nap_scenario_op *op)
{
    const struct nap_master *master = r->masters[nap_master_find(r->m, op->master)];
    struct call c = {.driver = r->config->driver,
                     .device = master->device,
                     .sid = master->ids[0],
                     .number = op->tag,
                     .code = (int)op->code};

    return nap_seam_call(r->m, "page_response", call_page_response, &c);
}

static int fill(struct nap_runner *r, const struct nap_scenario_op *op)
{
    struct call c = {.driver = r->config->driver,
                     .device = r->devices[nap_device_find(r->m, op->device)],
                     .number = r->pos->fill};

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

/* --- operations in one piece --- */

/* Software leaves alone what the device tree disables, and what no driver is for. */
static uint64_t probed_devices(const struct nap_runner *r)
{
    uint64_t set = 0;

    for (unsigned i = 0; i < r->m->n_devices; i++)
        if (nap_pm_driven(r->m, i))
            set |= UINT64_C(1) << i;
    return set;
}

/* In machine order; those that wait for another device once all others had their turn. */
static int probe_all(struct nap_runner *r)
{
    struct call c = {0};
    uint64_t waiting = probed_devices(r);

    while (waiting) {
        uint64_t before = waiting;
        for (unsigned i = 0; i < r->m->n_devices; i++) {
            int result;
            if (!(waiting & UINT64_C(1) << i))
                continue;
            c.device = r->devices[i];
            c.driver = nap_os_driver_for(r->m, i);
            nap_undo_keep_held(r);
            (void)nap_os_run_as(r->m, nap_os_driver_of(r->m, i));
            result = nap_seam_call(r->m, "probe", call_probe, &c);
            (void)nap_os_run_as(r->m, 0);
            nap_undo_check_held(r, "probe", result);
            r->failed_device = result ? r->m->soc->devices[i].name : NULL;
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

/* An attach that was refused half-way is made again from where it stood: each part of it that
 * the driver has taken on is kept in mind, or shows in the ledger. */

static int init_domain(struct nap_runner *r, unsigned domain)
{
    struct call c = {.driver = r->config->driver, .domain = r->domains[domain]};
    int result;

    if (r->pos->inited & 1u << domain)
        return 0;
    result = api_call(r, "domain_init", call_domain_init, &c);
    if (!result)
        open_position(r)->inited |= 1u << domain;
    return result;
}

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

static int add_master(struct nap_runner *r, struct nap_master *master)
{
    struct call c = {.driver = r->config->driver, .master = master};
    uint64_t bit = UINT64_C(1) << master->index;
    int result;

    if (r->pos->added & bit)
        return 0;
    result = api_call(r, "add_master", call_add_master, &c);
    if (!result)
        open_position(r)->added |= bit;
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
        result = add_master(r, master);
        if (!result)
            result = nap_runner_attach(r, domain, master);
    }
    return result;
}

static int attach_domain(struct nap_runner *r, unsigned domain)
{
    bool maps_later = r->config->driver->maps_when_attached;
    int result = init_domain(r, domain);

    if (!result)
        result = maps_later ? attach_all(r, domain) : map_all(r, domain);
    if (!result)
        result = maps_later ? map_all(r, domain) : attach_all(r, domain);
    if (!result)
        open_position(r)->known |= 1u << domain;
    return result;
}

/* Those that are in it: others are blocked, or bypass. */
static int detach_domain(struct nap_runner *r, unsigned domain)
{
    int result = 0;

    for (uint32_t i = 0; i < r->n_members[domain] && !result; i++)
        if (r->members[domain][i]->domain)
            result = nap_runner_detach(r, r->members[domain][i]);
    return result;
}

static void dma_mappings(struct nap_runner *r, unsigned domain, unsigned device, unsigned port)
{
    const struct nap_ledger *l = &r->m->st->ledger;

    for (uint32_t p = 0; p < l->n_mappings; p++)
        if (l->mappings[p].state == NAP_LEDGER_HELD && l->mappings[p].domain == domain)
            nap_dma(r->m, device, port, l->mappings[p].iova, NAP_READ);
}

static void dma_by(struct nap_runner *r, const struct nap_scenario_op *op,
                   const struct nap_master *master)
{
    const struct nap_scenario_mapping *one = &op->mapping;

    for (uint32_t id = 0; id < master->n_ids; id++)
        if (one->prot)
            nap_dma(r->m, master->device->index, master->ids[id], one->iova,
                    one->prot & NAP_PROT_WRITE ? NAP_WRITE : NAP_READ);
        else
            dma_mappings(r, op->domain, master->device->index, master->ids[id]);
}

static void dma(struct nap_runner *r, const struct nap_scenario_op *op)
{
    for (unsigned i = 0; i < NAP_SOC_MASTERS_MAX; i++)
        if (r->masters[i] && r->m->st->ledger.domain[i] == op->domain &&
            nap_master_live(r->m, i))
            dma_by(r, op, r->masters[i]);
}

/* --- walks --- */

static struct nap_device *first(struct nap_runner *r, enum nap_direction direction)
{
    const struct nap_os_state *os = &r->m->st->os;
    const struct nap_os_driver *own = &os->drivers[os->running];

    return (struct nap_device *)(uintptr_t)(direction == NAP_FORWARD ? own->list_head
                                                                     : own->list_tail);
}

static struct nap_device *next(struct nap_device *d, enum nap_direction direction)
{
    return direction == NAP_FORWARD ? d->next : d->prev;
}

static uint64_t walk_set(struct nap_runner *r, const struct nap_phase *phase)
{
    struct call c = {.phase = phase};
    uint64_t set = 0;

    for (c.device = first(r, phase->direction); c.device && !r->m->st->stuck;
         c.device = next(c.device, phase->direction))
        if (nap_seam_ask(r->m, ask_filter, &c))
            set |= UINT64_C(1) << c.device->index;
    return set;
}

/* Devices of a walk that were passed on the way along the list and are still to be visited, and
 * the roots of those that are caches. */
struct passed {
    uint64_t devices, roots;
};

/* The list has a root and the caches behind it in registration order or its reverse; what comes
 * before what in this walk follows from where the root stands now. */
static bool must_wait(struct passed *passed, const struct nap_device *d)
{
    uint64_t bit = UINT64_C(1) << d->index, root = UINT64_C(1) << d->root->index;
    bool wait = (passed->roots & bit) || (d->root != d && (passed->devices & root));

    passed->devices |= bit;
    if (d->root != d)
        passed->roots |= root;
    return wait;
}

static uint32_t forced(const struct nap_runner *r, enum nap_direction direction)
{
    uint32_t best = 0;

    for (uint32_t i = 1; i < r->n_eligible; i++) {
        unsigned a = r->forced_rank[r->eligible[i]];
        unsigned b = r->forced_rank[r->eligible[best]];
        if (direction == NAP_FORWARD ? a < b : a > b)
            best = i;
    }
    return best;
}

static unsigned choose_next(struct nap_runner *r, const struct nap_phase *phase)
{
    uint64_t remaining = r->pos->remaining;
    bool vary = nap_varied(r->m, NAP_CHOOSE_ORDER);
    bool any = r->config->scenario->probe_order == NAP_PROBE_ORDER_ANY;
    struct passed passed = {0, 0};

    r->n_eligible = 0;
    for (struct nap_device *d = first(r, phase->direction); d; d = next(d, phase->direction)) {
        if (!(remaining & UINT64_C(1) << d->index))
            continue;
        if (!vary && !r->forced_rank)
            return d->index;
        if (!must_wait(&passed, d) || any)
            r->eligible[r->n_eligible++] = d->index;
    }
    if (r->forced_rank)
        return r->eligible[forced(r, phase->direction)];
    return r->eligible[nap_choose(r->m, NAP_CHOOSE_ORDER, phase->name, NAP_NO_INSTANCE,
                                  r->n_eligible)];
}

/* --- suspend and resume --- */

bool nap_runner_may_fail(const struct nap_runner *r)
{
    return r->m->st->hardware_faults != 0 || r->m->st->call_failed || r->m->st->stuck;
}

static void begin_suspend(struct nap_runner *r)
{
    nap_masters_set_mode(r->m, NAP_ALL_MASTERS, NAP_MASTER_HELD);
    nap_runner_hard_interrupts(r); /* an OS waits for its handlers first */
    if (!nap_pm_any_asleep(r->m))  /* else what must come back is from before that */
        nap_twin_keep(r, r->pos->op + 1);
    nap_set_asleep(r->m, true);
    nap_runner_raise_planned(r);
}

/* Masters of what went off at run time wait for that to be over. */
static void end_sleep(struct nap_runner *r, void (*end)(struct nap_machine *m))
{
    uint64_t waiting = nap_masters_in(r->m, r->m->st->os.domains_down);

    nap_irqs_set(r->m, true);
    end(r->m);
    if (r->pos->waiting)
        open_position(r)->waiting = 0;
    nap_masters_set_mode(r->m, NAP_ALL_MASTERS & ~waiting, NAP_MASTER_LIVE);
}

static void resumed(struct nap_machine *m)
{
    nap_set_asleep(m, false);
}

static void next_op(struct nap_runner *r)
{
    nap_runner_phases_anew(r);
    r->pos->op++;
}

static void end_run(struct nap_runner *r)
{
    open_position(r)->ended = 1;
}

void nap_runner_refused(struct nap_runner *r, const struct nap_scenario_op *op, int result)
{
    open_position(r)->refused = 1;
    end_run(r);
    if (nap_runner_may_fail(r))
        return;
    r->failed_line = op->line;
    r->failed_result = result;
    memcpy(r->failed_log, r->m->last_log, sizeof r->failed_log);
}

/* The scenario asks for what cannot be; an error of its line. */
static void impossible(struct nap_runner *r, const struct nap_scenario_op *op,
                       const char *format, const char *name)
{
    end_run(r);
    r->failed_line = op->line;
    r->failed_result = 0;
    snprintf(r->failed_log, sizeof r->failed_log, format, name);
}

/* What had power taken is back. Where the run goes on: what the comparison needs finished stays
 * as it is, and interrupts that waited are taken, after it has seen them wait. */
static void check_in_passing(struct nap_runner *r)
{
    unsigned mark;

    if (r->pos->op == r->config->scenario->n_ops)
        return;
    mark = nap_mark(r->m);
    r->judge->off = true;
    nap_post_land_all(r->m);
    nap_work_finish_all(r->m);
    nap_watch_none(r->m); /* nothing of this is judged */
    nap_equivalence_check(r);
    nap_rewind(r->m, mark);
    nap_unmark(r->m);
    r->judge->off = false;
    nap_runner_interrupts(r);
}

void nap_runner_skip(struct nap_runner *r, uint32_t from, uint32_t to)
{
    struct nap_position *p = open_position(r);

    for (uint32_t i = from; i < to; i++)
        if (!nap_op_is_the_systems(r->config->scenario->ops[i].kind))
            p->skipped |= UINT64_C(1) << i;
    p->op = to;
}

/* What would be done asleep is not, and the system goes on behind resume. */
static void skip_sleep(struct nap_runner *r)
{
    const struct nap_scenario *s = r->config->scenario;
    uint32_t end;

    next_op(r);
    end = r->pos->op;
    while (end < s->n_ops && s->ops[end].kind != NAP_OP_RESUME)
        end++;
    nap_runner_skip(r, r->pos->op, end < s->n_ops ? end + 1 : end);
}

/* What made the suspend fail stays known. */
static bool bring_cpus_back(struct nap_runner *r)
{
    uint32_t failed = r->m->st->call_failed;
    bool back = nap_runner_cpus_up(r) == 0;

    nap_touched(r->m, &r->m->st->call_failed, sizeof r->m->st->call_failed);
    r->m->st->call_failed |= failed;
    return back;
}

/* Drivers that have gone through their phases of suspend when that of another fails. */
static uint32_t asleep_before(const struct nap_runner *r)
{
    uint32_t own = r->suspend.list[r->pos->phase].driver, set = 0;

    for (uint32_t i = 0; i < r->pos->phase; i++)
        if (!nap_part_is_cpu(&r->suspend.list[i]) && r->suspend.list[i].driver != own)
            set |= 1u << r->suspend.list[i].driver;
    return set;
}

/* They go through resume, and whoever has not slept stays out of it. */
static void wake_others(struct nap_runner *r, uint32_t others)
{
    nap_runner_go_to(r, nap_runner_resume_of(r));
    open_position(r)->awake = ~others;
}

/* The system stays up. A driver may say that this is not the time to sleep: then the run goes
 * on, if what it had done by then is taken back. Hardware that does not answer cannot be
 * brought back. */
static void suspend_failed(struct nap_runner *r, int result)
{
    struct nap_position *p = open_position(r);
    bool not_now = (result == -EBUSY || result == -EAGAIN) && !nap_runner_may_fail(r);
    uint32_t driver = r->suspend.list[p->phase].driver, others = asleep_before(r);

    p->suspend_result = result;
    if (others && not_now && nap_runner_resume_of(r) < r->config->scenario->n_ops) {
        wake_others(r, others);
        return;
    }
    if (others || nap_os_driver(r->m, driver)->unwinds_suspend) {
        nap_unmodelled(r->m, UINT32_MAX, "resume of what slept before a suspend failed");
        end_run(r);
        return;
    }
    if (!r->m->st->stuck && !bring_cpus_back(r))
        not_now = false;
    if (r->m->st->hardware_faults)
        p->broken = 1;
    end_sleep(r, nap_set_stays_awake);
    if (!not_now) {
        end_run(r);
        return;
    }
    nap_runner_raise_woken(r);
    skip_sleep(r);
    nap_balance_check(r);
    check_in_passing(r);
}

void nap_runner_phase_failed(struct nap_runner *r, bool resume, int result)
{
    if (!resume) {
        suspend_failed(r, result);
        return;
    }
    open_position(r)->resume_result = result;
    if (!nap_runner_may_fail(r))
        nap_equivalence_failed(r, result);
    end_run(r);
}

static void begin_walk(struct nap_runner *r, enum nap_direction direction)
{
    if (r->n_walks < NAP_WALKS_MAX)
        r->walks[r->n_walks] = (struct nap_walk){.direction = direction};
    r->n_walks++;
}

/* A search goes back into walks; only what is run from the start is looked at. */
static void note_walked(struct nap_runner *r, unsigned device)
{
    struct nap_walk *w;

    if (r->n_walks > NAP_WALKS_MAX)
        return;
    w = &r->walks[r->n_walks - 1];
    if (w->n < NAP_SOC_DEVICES_MAX)
        w->devices[w->n++] = device;
}

static const struct nap_parts *parts_of(const struct nap_runner *r, bool resume)
{
    return resume ? &r->resume : &r->suspend;
}

/* With drivers beside it a driver is through before the system is: what its masters need is
 * back, and theirs is the next resume. */
static void let_masters_go(struct nap_runner *r, uint32_t driver)
{
    uint64_t theirs = 0;

    for (unsigned i = 0; i < r->m->soc->n_masters; i++)
        if (r->m->soc->masters[i].n_ports &&
            nap_os_driver_of(r->m, r->m->soc->masters[i].ports[0].device) == driver)
            theirs |= UINT64_C(1) << i;
    theirs &= ~nap_masters_in(r->m, r->m->st->os.domains_down);
    nap_masters_set_mode(r->m, theirs, NAP_MASTER_LIVE);
}

static void phase_over(struct nap_runner *r, uint32_t driver, bool resume)
{
    const struct nap_parts *parts = parts_of(r, resume);

    nap_runner_phase_over(r, parts);
    if (resume && r->m->n_beside && !nap_runner_phases_left(r, parts, driver))
        let_masters_go(r, driver);
}

/* Begins the walk if it has not begun. False if there is no element left, or a filter has never
 * come back. */
static bool walk_goes_on(struct nap_runner *r, const struct nap_part *part, bool resume)
{
    const struct nap_phase *phase = part->phase;
    struct nap_position *p = open_position(r);

    if (!p->walking) {
        p->walking = 1;
        p->remaining = walk_set(r, phase);
        begin_walk(r, phase->direction);
    }
    if (r->m->st->stuck) {
        nap_runner_phase_failed(r, resume, NAP_SEAM_STUCK);
        return false;
    }
    if (p->remaining != 0)
        return true;
    phase_over(r, part->driver, resume);
    return false;
}

static struct nap_device *next_element(struct nap_runner *r, const struct nap_phase *phase)
{
    unsigned device = choose_next(r, phase);

    open_position(r)->remaining &= ~(UINT64_C(1) << device);
    note_walked(r, device);
    return r->devices[device];
}

static bool phase_returned(struct nap_runner *r, const struct nap_part *part, bool resume,
                           int result)
{
    struct nap_position *p = open_position(r);

    if (result == NAP_SEAM_PARKED)
        return true;
    nap_runner_leave_cpu(r, part, result);
    nap_pm_call_ended(r->m, result == NAP_SEAM_LEFT);
    if (result == NAP_SEAM_LEFT) {
        nap_runner_broken_off(r);
        return false;
    }
    if (result) {
        nap_runner_phase_failed(r, resume, result);
    } else if (part->phase->kind == NAP_PHASE_STEP || p->remaining == 0) {
        phase_over(r, part->driver, resume);
    }
    return true;
}

/* The driver call that is parked before an access: it is left there, or goes on. */
static int go_on(struct nap_runner *r)
{
    const struct nap_parked *p = nap_seam_parked(r->m);
    const struct nap_request access = {.kind = (enum nap_request_kind)p->kind,
                                       .size_bytes = p->size_bytes,
                                       .address = p->address};

    return nap_runner_before_access(r, &access) ? nap_seam_drop(r->m) : nap_seam_go_on(r->m);
}

/* The call of @part; of a walk, with its next element. */
static struct call call_of(struct nap_runner *r, const struct nap_part *part, bool resume)
{
    const struct nap_driver *d = nap_os_driver(r->m, part->driver);
    struct call c = {.driver = d, .phase = part->phase, .cpu = part->cpu};

    if (part->phase->kind == NAP_PHASE_WALK)
        c.device = next_element(r, part->phase);
    if (nap_part_is_cpu(part))
        c.on_cpu = resume ? d->cpu_up : d->cpu_down;
    return c;
}

/* A CPU that has not gone down need not come up, nor a driver that has not slept resume. */
static bool is_left_out(const struct nap_runner *r, const struct nap_part *part, bool resume)
{
    if (part->cpu)
        return resume && !nap_runner_cpu_is_down(r, part->cpu);
    return resume && (r->pos->awake >> part->driver & 1);
}

/* Whether there is something to call, as there is while the part is under way. */
static bool part_goes_on(struct nap_runner *r, const struct nap_part *part, bool resume)
{
    if (!is_left_out(r, part, resume))
        return part->phase->kind != NAP_PHASE_WALK || walk_goes_on(r, part, resume);
    nap_runner_phase_over(r, parts_of(r, resume));
    return false;
}

/* One element of a walk, or a step, or a part of it. False if suspend or resume breaks off. */
static bool run_part(struct nap_runner *r, const struct nap_part *part, bool resume)
{
    struct call c;
    int result;

    if (nap_seam_parked(r->m)) {
        nap_runner_ask_accesses(r, true);
        result = go_on(r);
    } else {
        (void)nap_os_run_as(r->m, part->driver);
        if (!part_goes_on(r, part, resume)) {
            (void)nap_os_run_as(r->m, 0);
            return true;
        }
        if (nap_runner_breaks_off(r, NAP_BREAK_AT_CALL, NAP_NO_INSTANCE)) {
            (void)nap_os_run_as(r->m, 0);
            nap_runner_broken_off(r);
            return false;
        }
        c = call_of(r, part, resume);
        if (nap_runner_may_break_off(r))
            nap_pm_call_begins(r->m);
        nap_runner_enter_cpu(r, part);
        nap_runner_ask_accesses(r, true);
        result = nap_seam_call_parking(r->m, part->phase->name, call_phase, &c, sizeof c);
    }
    nap_runner_ask_accesses(r, false);
    return phase_returned(r, part, resume, result);
}

/* An interrupt is taken where the CPU lets it in: in such a phase, and at the border of one.
 * False when all phases are done. */
static bool advance_phase(struct nap_runner *r, const struct nap_parts *parts, bool resume)
{
    uint32_t was = r->pos->phase, now;
    bool broken, lets_in;

    if (was == parts->n)
        return false;
    if (!nap_seam_parked(r->m))
        nap_runner_choose_lane(r, parts);
    lets_in = !nap_runner_masks(r, parts);
    nap_irqs_set(r->m, lets_in);
    broken = !run_part(r, nap_runner_part(r, parts), resume);
    now = r->pos->phase;
    if (r->pos->ended || broken || nap_seam_parked(r->m))
        return true;
    if (lets_in || (now != was && now < parts->n && !nap_runner_masks(r, parts)))
        nap_runner_offer_interrupts(r);
    return now < parts->n;
}

static void advance_suspend(struct nap_runner *r)
{
    uint32_t op = r->pos->op, cut = r->m->st->os.domains_cut;
    bool goes_on;

    /* A driver that was told knows which of its units are off. */
    if (!r->pos->inside && cut) {
        impossible(
            r, &r->config->scenario->ops[r->pos->op],
            "power domain %s is off here, expected runtime-resume or power-on of it above",
            r->m->soc->domains[__builtin_ctz(cut)].name);
        return;
    }
    if (!r->pos->inside) {
        open_position(r)->inside = 1;
        begin_suspend(r);
        return;
    }
    goes_on = advance_phase(r, &r->suspend, false);
    if (r->pos->op != op)
        return; /* no sleep this time */
    if (!goes_on) {
        nap_irqs_set(r->m, false);
        next_op(r);
        nap_runner_may_abandon(r);
    } else if (r->pos->suspend_result && r->pos->ended && !nap_runner_may_fail(r)) {
        nap_runner_refused(r, &r->config->scenario->ops[r->pos->op], r->pos->suspend_result);
    }
}

void nap_runner_resumed(struct nap_runner *r)
{
    end_sleep(r, resumed);
    if (r->pos->lost)
        open_position(r)->lost = NAP_LOST_ONCE;
    if (r->pos->awake)
        open_position(r)->awake = 0;
    next_op(r);
    nap_runner_raise_woken(r);
    nap_balance_check(r);
    check_in_passing(r);
}

static void advance_resume(struct nap_runner *r)
{
    if (!advance_phase(r, &r->resume, true))
        nap_runner_resumed(r);
}

/* --- the loop --- */

static void set_up(struct nap_runner *r)
{
    const struct nap_scenario *s = r->config->scenario;

    open_position(r)->set_up = 1;
    if (nap_varied(r->m, NAP_CHOOSE_RESET))
        nap_set_profile(r->m,
                        (enum nap_profile)nap_choose(r->m, NAP_CHOOSE_RESET, "power-on profile",
                                                     NAP_NO_INSTANCE, 2));
    if (r->config->masters_live)
        nap_masters_set_autonomous(r->m, NAP_ALL_MASTERS);
    else if (r->autonomous)
        nap_masters_set_autonomous(r->m, r->autonomous);
    nap_masters_set_mode(r->m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    if (s->n_fills)
        open_position(r)->fill = s->fills[nap_choose(r->m, NAP_CHOOSE_QUEUE_FILL, "commands",
                                                     NAP_NO_INSTANCE, s->n_fills)];
}

static int remove_device(struct nap_runner *r, unsigned device)
{
    int result = nap_runner_tell(r, "remove", r->config->driver->remove, device);

    if (result == 0)
        nap_balance_removed(r, device);
    return result;
}

int nap_runner_call(struct nap_runner *r, const struct nap_scenario_op *op)
{
    const struct nap_driver *d = r->config->driver;

    switch (op->kind) {
    case NAP_OP_PROBE:
        return probe_all(r);
    case NAP_OP_ATTACH:
        return attach_domain(r, op->domain);
    case NAP_OP_DETACH:
        return detach_domain(r, op->domain);
    case NAP_OP_MAP:
        return nap_runner_map(r, op->domain, &op->mapping);
    case NAP_OP_UNMAP:
        return nap_runner_unmap(r, op->domain, op->mapping.iova, op->mapping.size_bytes);
    case NAP_OP_BLOCK:
        return part(r, op, "block", d->block, NAP_BLOCKED_DOMAIN);
    case NAP_OP_BYPASS:
        return part(r, op, "bypass", d->bypass, NAP_BYPASS_DOMAIN);
    case NAP_OP_PAGE_RESPONSE:
        return page_response(r, op);
    case NAP_OP_FILL:
        return fill(r, op);
    case NAP_OP_QUERY:
        return nap_runner_tell(r, "query", d->query,
                               (unsigned)nap_device_find(r->m, op->device));
    case NAP_OP_REMOVE:
        return remove_device(r, (unsigned)nap_device_find(r->m, op->device));
    case NAP_OP_DMA:
    case NAP_OP_SUSPEND:
    case NAP_OP_POWER_CYCLE:
    case NAP_OP_POWER_OFF:
    case NAP_OP_POWER_ON:
    case NAP_OP_RUNTIME_SUSPEND:
    case NAP_OP_RUNTIME_RESUME:
    case NAP_OP_MSI_MOVE:
    case NAP_OP_WRITE:
    case NAP_OP_RAISE:
    case NAP_OP_RAISE_ASLEEP:
    case NAP_OP_END_INTERRUPT:
    case NAP_OP_RESUME:
        break;
    }
    return 0;
}

static const struct nap_reg *register_of(const struct nap_machine *m, unsigned device,
                                         const char *name)
{
    const struct nap_model *model = nap_device_model(m, device);
    int reg = nap_model_reg(model, name);

    if (reg < 0 || !(model->regs[reg].variants & 1u << nap_device_variant(m, device)))
        return NULL;
    return &model->regs[reg];
}

/* Firmware has no source that could be shown; the operation's line stands for it. Its conduct
 * is not judged. */
static void write_register(struct nap_runner *r, const struct nap_scenario_op *op)
{
    unsigned device = (unsigned)nap_device_find(r->m, op->device);
    const struct nap_reg *reg = register_of(r->m, device, op->reg);

    if (!nap_device_on(r->m, device)) {
        impossible(r, op, "device %s is off here, so firmware's write would be lost",
                   op->device);
        return;
    }
    r->m->by_firmware = true;
    nap_bus_write(r->m, r->m->devices[device].base + nap_reg_offset(reg, op->index),
                  reg->width_bits / 8, op->value,
                  (struct nap_source){r->config->scenario->file, (int)op->line, NULL});
    r->m->by_firmware = false;
}

/* Number of the output of that name, or NAP_OUTPUTS_MAX. */
static unsigned output_of(const struct nap_machine *m, unsigned device, const char *name)
{
    unsigned output = 0;

    for (; output < NAP_OUTPUTS_MAX; output++) {
        const char *own = nap_output_name(m, device, output);
        if (!own)
            return NAP_OUTPUTS_MAX;
        if (strcmp(own, name) == 0)
            break;
    }
    return output;
}

/* Of a device that is awake the driver would be told, which is not modelled. */
static void msi_move(struct nap_runner *r, const struct nap_scenario_op *op)
{
    unsigned device = (unsigned)nap_device_find(r->m, op->device);

    if (!r->m->st->asleep && nap_device_on(r->m, device))
        impossible(r, op, "device %s is on here, expected msi-move while it is off",
                   op->device);
    else if (!nap_msi_move(r->m, device, output_of(r->m, device, op->output)))
        impossible(r, op, "interrupt %s has no vector here", op->output);
}

int nap_runner_do(struct nap_runner *r, const struct nap_scenario_op *op)
{
    int result;

    if (nap_is_power_op(op->kind))
        return nap_runner_power(r, op);
    if (op->kind == NAP_OP_DMA)
        dma(r, op);
    else if (op->kind == NAP_OP_WRITE)
        write_register(r, op);
    else if (op->kind == NAP_OP_MSI_MOVE)
        msi_move(r, op);
    else if (op->kind >= NAP_OP_RAISE && op->kind <= NAP_OP_END_INTERRUPT)
        nap_runner_interrupt_op(r, op);
    result = nap_runner_call(r, op);
    if (result && r->m->st->hardware_faults) /* the caller has been told */
        open_position(r)->broken = 1;
    return result;
}

/* Units that had lost power are looked at. */
static bool power_has_moved(struct nap_runner *r, bool was_asleep)
{
    bool is_asleep = nap_pm_any_asleep(r->m);

    nap_runner_release_masters(r);
    nap_balance_check(r);
    return was_asleep && !is_asleep;
}

void nap_runner_called(struct nap_runner *r, bool was_asleep)
{
    if (r->m->st->asleep)
        return;
    if (power_has_moved(r, was_asleep))
        check_in_passing(r);
    else
        nap_runner_offer_interrupts(r);
}

/* An interrupt waits for no more than the end of the run. */
static void after_op(struct nap_runner *r, const struct nap_scenario_op *op, bool was_asleep)
{
    if (r->m->st->asleep) {
        nap_runner_may_abandon(r);
        return;
    }
    if (power_has_moved(r, was_asleep) || nap_is_power_op(op->kind))
        check_in_passing(r);
    else if (r->pos->op < r->config->scenario->n_ops)
        nap_runner_offer_interrupts(r);
    else
        nap_runner_interrupts(r);
}

static void advance_op(struct nap_runner *r, const struct nap_scenario_op *op)
{
    bool was_asleep = nap_pm_any_asleep(r->m);
    int result;

    if (op->kind == NAP_OP_SUSPEND) {
        advance_suspend(r);
        return;
    }
    if (op->kind == NAP_OP_RESUME) {
        advance_resume(r);
        return;
    }
    result = nap_runner_do(r, op);
    if (result) {
        nap_runner_refused(r, op, result);
        return;
    }
    next_op(r);
    after_op(r, op, was_asleep);
}

/* What is late lands and finishes, and no interrupt waits any longer. Service is back only if
 * resume said so. */
static void finish(struct nap_runner *r)
{
    if (!r->m->st->stuck && !r->m->st->asleep && !r->pos->refused) {
        nap_post_land_all(r->m);
        nap_work_finish_all(r->m);
        nap_equivalence_check(r);
        nap_runner_interrupts(r);
        if (nap_runner_guests_end(r))
            nap_runner_interrupts(r);
        nap_irq_end(r->m);
        nap_runner_interrupts_end(r);
        nap_balance_end(r);
    }
    nap_judge_end(r->judge);
}

bool nap_runner_advance(void *runner)
{
    struct nap_runner *r = runner;

    if (!r->pos->set_up)
        set_up(r);
    if (r->pos->ended || r->m->st->stuck) {
        finish(r);
        return false;
    }
    if (!nap_seam_parked(r->m) && !r->m->st->asleep)
        nap_runner_offer_idle(r);
    if (r->pos->ended || r->m->st->stuck) {
        finish(r);
        return false;
    }
    if (r->pos->op < r->config->scenario->n_ops) {
        if (nap_seam_parked(r->m) || (!nap_runner_interrupt_comes(r) && !nap_runner_sends(r) &&
                                      !nap_runner_client_calls(r)))
            advance_op(r, &r->config->scenario->ops[r->pos->op]);
        return true;
    }
    if (nap_runner_client_is_left(r))
        return true;
    finish(r);
    return false;
}

static void client_means(const struct nap_runner *r, unsigned client, char *out, size_t bytes)
{
    const struct nap_scenario_client *c = &r->config->scenario->clients[client];

    snprintf(out, bytes, "%.40s: %s", c->name, nap_op_name(c->ops[r->pos->calls[client]].kind));
}

void nap_runner_means(void *runner, const struct nap_choice *choice, char *out, size_t bytes)
{
    const struct nap_runner *r = runner;

    out[0] = 0;
    if (nap_runner_break_means(r, choice, out, bytes) ||
        nap_runner_lane_means(r, choice, out, bytes) ||
        nap_runner_traffic_means(r, choice, out, bytes) ||
        nap_runner_interrupt_means(r, choice, out, bytes))
        return;
    if (choice->kind == NAP_CHOOSE_ORDER && choice->value < r->n_eligible)
        snprintf(out, bytes, "%s next", nap_device_name(r->m, r->eligible[choice->value]));
    else if (choice->kind == NAP_CHOOSE_RESET)
        snprintf(out, bytes, "profile hostile");
    else if (choice->kind == NAP_CHOOSE_QUEUE_FILL)
        snprintf(out, bytes, "%u commands", r->config->scenario->fills[choice->value]);
    else if (choice->kind == NAP_CHOOSE_LATENCY)
        snprintf(out, bytes, choice->value == 1 ? "late" : "never");
    else if (choice->kind == NAP_CHOOSE_FAIL)
        snprintf(out, bytes, "fails");
    else if (choice->kind == NAP_CHOOSE_ABORT)
        snprintf(out, bytes, "abandoned here");
    else if (choice->kind == NAP_CHOOSE_LOSS)
        snprintf(out, bytes, "power stays on");
    else if (choice->kind == NAP_CHOOSE_API && choice->value <= r->n_callers)
        client_means(r, r->callers[choice->value - 1], out, bytes);
    else if (choice->kind == NAP_CHOOSE_HANDLER)
        snprintf(out, bytes, "taken later");
    else if (choice->kind == NAP_CHOOSE_POST)
        snprintf(out, bytes, "held back");
    else if (choice->kind == NAP_CHOOSE_IDLE)
        snprintf(out, bytes, "it goes off here");
    else if (choice->kind == NAP_CHOOSE_RETAIN && (choice->instance & 0xffff) == NAP_NO_SLOT)
        snprintf(out, bytes, choice->value == 1 ? "kept" : "kept, with one foreign entry");
    else if (choice->kind == NAP_CHOOSE_RETAIN)
        snprintf(out, bytes, "not the reset value");
}

struct nap_subject nap_runner_subject(struct nap_runner *r)
{
    return (struct nap_subject){.m = r->m,
                                .context = r,
                                .advance = nap_runner_advance,
                                .means = nap_runner_means,
                                .findings = &r->findings};
}

/* --- set-up --- */

static bool makes_objects(struct nap_runner *r)
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

static enum nap_err unknown_master(const struct nap_runner *r, const char *name, unsigned line,
                                   struct nap_error *error)
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
        return unknown_master(r, name, line, error);
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

static enum nap_err make_masters(struct nap_runner *r, unsigned *list, unsigned *n,
                                 struct nap_error *error)
{
    enum nap_err err = NAP_OK;

    for (uint32_t d = 0; d < r->config->scenario->n_domains && !err; d++)
        err = make_members(r, d, list, n, error);
    return err;
}

/* Those of the machine, and those that the scenario makes so. */
static enum nap_err find_autonomous(struct nap_runner *r, struct nap_error *error)
{
    const struct nap_scenario *s = r->config->scenario;

    for (uint32_t i = 0; i < r->m->soc->n_masters; i++)
        if (r->m->soc->masters[i].autonomous)
            r->autonomous |= UINT64_C(1) << i;
    for (uint32_t i = 0; i < s->n_autonomous; i++) {
        int master = nap_master_find(r->m, s->autonomous[i]);
        if (master < 0)
            return unknown_master(r, s->autonomous[i], s->autonomous_line, error);
        r->autonomous |= UINT64_C(1) << master;
    }
    for (unsigned i = 0; i < NAP_SOC_MASTERS_MAX; i++)
        if (r->masters[i])
            r->masters[i]->autonomous =
                r->config->masters_live || (r->autonomous >> i & 1) != 0;
    return NAP_OK;
}

static void add_address(nap_addr *list, unsigned *n, nap_addr iova)
{
    for (unsigned i = 0; i < *n; i++)
        if (list[i] == iova)
            return;
    list[(*n)++] = iova;
}

static void add_ends(nap_addr *list, unsigned *n, const struct nap_scenario_mapping *mapping)
{
    add_address(list, n, mapping->iova);
    add_address(list, n, mapping->iova + mapping->size_bytes - 0x1000);
}

/* Each port is asked about the first and last page of everything that any domain maps or
 * unmaps: its own must translate, the others' must not. */
static void add_op(nap_addr *list, unsigned *n, const struct nap_scenario_op *op)
{
    if (op->kind == NAP_OP_DMA && op->mapping.prot)
        add_address(list, n, op->mapping.iova);
    else if (op->kind == NAP_OP_MAP || op->kind == NAP_OP_UNMAP)
        add_ends(list, n, &op->mapping);
}

static_assert(2 * (NAP_SCENARIO_DOMAINS_MAX * NAP_SCENARIO_MAPPINGS_MAX + NAP_SCENARIO_OPS_MAX +
                   NAP_SCENARIO_CLIENTS_MAX * NAP_SCENARIO_CALLS_MAX) +
                      NAP_SCENARIO_TRAFFIC_MAX <=
                  NAP_JUDGE_ADDRESSES,
              "room for both ends of all that a scenario can map");

static unsigned addresses(const struct nap_scenario *s, nap_addr *list)
{
    unsigned n = 0;

    for (uint32_t d = 0; d < s->n_domains; d++)
        for (uint32_t i = 0; i < s->domains[d].n_mappings; i++)
            add_ends(list, &n, &s->domains[d].mappings[i]);
    for (uint32_t i = 0; i < s->n_ops; i++)
        add_op(list, &n, &s->ops[i]);
    for (uint32_t c = 0; c < s->n_clients; c++)
        for (uint32_t i = 0; i < s->clients[c].n_ops; i++)
            add_op(list, &n, &s->clients[c].ops[i]);
    for (uint32_t i = 0; i < s->n_traffic; i++)
        add_address(list, &n, s->traffic[i].iova);
    return n;
}

static enum nap_err check_write(struct nap_runner *r, const struct nap_scenario_op *op,
                                struct nap_error *error)
{
    const char *file = r->config->scenario->file;
    int device = nap_device_find(r->m, op->device);
    const struct nap_reg *reg =
        device < 0 ? NULL : register_of(r->m, (unsigned)device, op->reg);

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
    if (output_of(r->m, (unsigned)device, op->output) == NAP_OUTPUTS_MAX)
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
        return unknown_master(r, op->master, op->line, error);
    if (op->device[0] && (device < 0 || nap_os_left_out(r->m, (unsigned)device)))
        return nap_fail_at(error, NAP_ERR_UNKNOWN, file, op->line,
                           "device '%s' is not on machine %s, or disabled", op->device,
                           r->m->soc->name);
    if (op->device[0] && nap_os_driver_of(r->m, (unsigned)device))
        return nap_fail_at(error, NAP_ERR_ARG, file, op->line,
                           "device '%s' is another driver's than %s", op->device, d->name);
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

/* A misspelt name would leave a rule on that its user thinks is off. */
static enum nap_err check_rules(const struct nap_run_config *c, struct nap_error *error)
{
    enum nap_err err = nap_rules_check(c->blocks, error);

    for (unsigned i = 0; i < c->n_rules_off && !err; i++)
        if (!nap_rule_find(c->blocks, c->rules_off[i]))
            return nap_fail(error, NAP_ERR_UNKNOWN, "there is no rule '%s' to turn off",
                            c->rules_off[i]);
    return err;
}

static enum nap_err check_driver(const struct nap_run_config *c, struct nap_error *error)
{
    if (c->scenario->n_domains == 0 || c->driver->attach)
        return NAP_OK;
    return nap_fail(error, NAP_ERR_ARG,
                    "%s: scenario %s has domains, and driver %s attaches no master, expected "
                    "domains: []",
                    c->scenario->file, c->scenario->name, c->driver->name);
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

/* Where calls are whole, and nothing comes before their accesses, they are run again as fast,
 * and numbers of states are the same in every build. */
static bool needs_stack(const struct nap_run_config *c)
{
    const struct nap_scenario *s = c->scenario;
    uint32_t asked = 0;

    if (s->n_interrupts)
        asked |= NAP_CHOICE_BIT(NAP_CHOOSE_IRQ);
    if (s->n_traffic)
        asked |= NAP_CHOICE_BIT(NAP_CHOOSE_DMA);
    if (s->break_off == NAP_BREAK_OFF_ANY_STEP)
        asked |= NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY) | NAP_CHOICE_BIT(NAP_CHOOSE_LOSS) |
                 NAP_CHOICE_BIT(NAP_CHOOSE_ABORT);
    return !c->rerun_calls && (c->vary & asked) && nap_stack_works();
}

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
static enum nap_err bind_drivers(struct nap_runner *r, struct nap_error *error)
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

static enum nap_err build(struct nap_runner *r, struct nap_error *error)
{
    const struct nap_run_config *c = r->config;
    struct nap_machine_config mc = {
        .soc = c->soc,
        .blocks = c->blocks,
        .slot = c->machine_slot,
        .policy = c->policy,
        .profile = c->profile,
        .faults = c->faults,
        .switches = c->switches,
        .n_switches = c->n_switches,
        .parameters = c->scenario->parameters,
        .n_parameters = c->scenario->n_parameters,
    };
    unsigned masters[NAP_SCENARIO_DOMAINS_MAX * NAP_SCENARIO_MASTERS_MAX];
    nap_addr list[NAP_JUDGE_ADDRESSES];
    unsigned n = 0;
    enum nap_err err = check_driver(c, error);

    if (!err)
        err = nap_machine_create(&mc, &r->m, error);
    if (!err)
        err = bind_drivers(r, error);
    if (!err && c->object)
        err = nap_object_use(c->object, r->m, error);
    if (err)
        return err;
    r->all_domains = r->m->st->domains_on;
    r->pos = nap_arena_alloc(r->m, NAP_REGION_STATE, sizeof *r->pos);
    if (!r->pos || !makes_objects(r))
        return nap_fail(error, NAP_ERR_NOSPACE, "driver RAM is used up");
    r->m->os_devices = r->devices;
    err = nap_runner_make_parts(r, error);
    if (!err)
        err = nap_runner_list_interrupts(r, error);
    if (err)
        return err;
    if (needs_stack(c) && r->m->n_image == 0)
        err = nap_stack_create(r->m, error);
    if (err)
        return err;
    err = make_masters(r, masters, &n, error);
    if (!err)
        err = find_autonomous(r, error);
    if (!err)
        err = nap_runner_check_traffic(r, error);
    if (!err)
        err = check_power(r, error);
    if (!err)
        err = check_ops(r, error);
    if (!err)
        err = check_order(r, error);
    if (!err)
        err = check_rules(c, error);
    if (!err)
        err = nap_judge_create(r->m, masters, n, list, addresses(c->scenario, list),
                               &r->findings, &r->judge, error);
    if (err)
        return err;
    for (unsigned i = 0; i < c->n_rules_off; i++)
        nap_judge_turn_off(r->judge, c->rules_off[i]);
    r->judge->allow = c->allow;
    r->judge->strict = c->strict_protocol;
    r->judge->check_incremental = c->check_incremental;
    if (c->check_incremental)
        r->m->observed = UINT32_MAX;
    nap_set_trace(r->m, c->trace, c->trace_context);
    return NAP_OK;
}

enum nap_err nap_runner_create(const struct nap_run_config *config, struct nap_runner **out,
                               struct nap_error *error)
{
    struct nap_runner *r = calloc(1, sizeof *r);
    enum nap_err err;

    *out = NULL;
    if (!r)
        return nap_fail(error, NAP_ERR_NOMEM, "no memory for a run");
    r->config = config;
    err = build(r, error);
    if (err) {
        nap_runner_destroy(r);
        return err;
    }
    *out = r;
    return NAP_OK;
}

void nap_runner_destroy(struct nap_runner *r)
{
    if (!r)
        return;
    for (unsigned i = 0; i < NAP_SLEEPS_MAX; i++)
        nap_twin_free(r->twins[i]);
    free(r->undo);
    nap_judge_destroy(r->judge);
    if (r->m)
        nap_stack_destroy(r->m);
    nap_machine_destroy(r->m);
    nap_findings_free(&r->findings);
    free(r);
}
