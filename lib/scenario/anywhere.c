/* SPDX-License-Identifier: MIT */
/* What may happen at any step while a suspend or a resume is under way: power goes, or the
 * suspend is given up. The driver's frames are gone with that; its memory and what the hardware
 * keeps stay. */
#include "calls.h"

#include "../os/os.h"
#include "../seam/seam.h"
#include "events.h"
#include "sleep.h"

#include <stdio.h>
#include <string.h>

/* In random runs, so that most get far. */
#define ODDS 64u

static const char *const loss_labels[NAP_BREAK_PLACES] = {
    [NAP_BREAK_AT_READ] = "power gone before read",
    [NAP_BREAK_AT_WRITE] = "power gone before write",
    [NAP_BREAK_AT_BARRIER] = "power gone before a barrier",
    [NAP_BREAK_AT_STORE] = "power gone before a store to memory",
    [NAP_BREAK_AT_CALL] = "power gone between calls",
};

static const char *const abort_labels[NAP_BREAK_PLACES] = {
    [NAP_BREAK_AT_READ] = "suspend given up before read",
    [NAP_BREAK_AT_WRITE] = "suspend given up before write",
    [NAP_BREAK_AT_BARRIER] = "suspend given up before a barrier",
    [NAP_BREAK_AT_STORE] = "suspend given up before a store to memory",
    [NAP_BREAK_AT_CALL] = "suspend given up between calls",
};

bool nap_runner_break_means(const struct nap_runner *r, const struct nap_choice *choice,
                            char *out, size_t bytes)
{
    char name[NAP_NAME_MAX * 2];

    for (unsigned i = 0; i < NAP_BREAK_PLACES; i++) {
        if (strcmp(choice->label, loss_labels[i]) != 0 &&
            strcmp(choice->label, abort_labels[i]) != 0)
            continue;
        nap_instance_name(r->m, choice->instance, name, sizeof name);
        snprintf(out, bytes, "%s%s%s", choice->label, name[0] ? " " : "", name);
        return true;
    }
    return false;
}

uint32_t nap_runner_resume_of(const struct nap_runner *r)
{
    const struct nap_scenario *s = r->config->scenario;
    uint32_t i = r->pos->op;

    while (i < s->n_ops && s->ops[i].kind != NAP_OP_RESUME)
        i++;
    return i;
}

bool nap_runner_may_break_off(const struct nap_runner *r)
{
    return r->config->scenario->break_off == NAP_BREAK_OFF_ANY_STEP &&
           (nap_varied(r->m, NAP_CHOOSE_LOSS) || nap_varied(r->m, NAP_CHOOSE_ABORT));
}

/* Of the place where the run stands. */
static bool may_lose_power(const struct nap_runner *r)
{
    return !r->pos->lost && nap_varied(r->m, NAP_CHOOSE_LOSS);
}

static bool may_give_up(const struct nap_runner *r)
{
    return r->config->scenario->ops[r->pos->op].kind == NAP_OP_SUSPEND &&
           nap_varied(r->m, NAP_CHOOSE_ABORT);
}

/* Static data of an object may hold locks and a mask of interrupts that the call would give
 * back, as that of the runtimes for Linux and Xen does: its calls are whole. */
void nap_runner_ask_accesses(struct nap_runner *r, bool on)
{
    bool lines = nap_runner_asks_lines(r) || nap_runner_asks_traffic(r);

    on = on && (nap_runner_may_break_off(r) || lines) && r->m->n_image == 0;
    r->m->before_access = on ? nap_runner_before_access : NULL;
    r->m->before_access_context = r;
    r->m->asks_access = on && (may_lose_power(r) || may_give_up(r));
    r->m->asks_lines = on && lines;
}

bool nap_runner_breaks_off(struct nap_runner *r, enum nap_break_place place,
                           nap_instance instance)
{
    enum nap_break broken = NAP_BREAK_NONE;

    if (!nap_runner_may_break_off(r) || nap_runner_resume_of(r) == r->config->scenario->n_ops)
        return false;
    if (may_lose_power(r) &&
        nap_choose_rare(r->m, NAP_CHOOSE_LOSS, loss_labels[place], instance, 2, ODDS))
        broken = NAP_BREAK_LOSS;
    else if (may_give_up(r) &&
             nap_choose_rare(r->m, NAP_CHOOSE_ABORT, abort_labels[place], instance, 2, ODDS))
        broken = NAP_BREAK_ABORT;
    if (!broken)
        return false;
    nap_position_open(r)->breaks = broken;
    return true;
}

/* The register that the access is for, if it is for one. */
static nap_instance register_at(const struct nap_machine *m, const struct nap_request *access)
{
    unsigned device = 0, slot = 0;
    bool found = false;

    switch (access->kind) {
    case NAP_REQUEST_READ:
    case NAP_REQUEST_WRITE:
        found = nap_bus_find(m, access->address, access->size_bytes, &device, &slot);
        break;
    case NAP_REQUEST_SYSREG_READ:
    case NAP_REQUEST_SYSREG_WRITE:
        found = nap_bus_find_sysreg(m, (unsigned)access->address, &device, &slot);
        break;
    case NAP_REQUEST_BARRIER:
    case NAP_REQUEST_LOAD:
    case NAP_REQUEST_STORE:
        break;
    }
    return found ? nap_instance_of(device, slot) : NAP_NO_INSTANCE;
}

bool nap_runner_before_access(void *runner, const struct nap_request *access)
{
    static const enum nap_break_place places[] = {
        [NAP_REQUEST_READ] = NAP_BREAK_AT_READ,
        [NAP_REQUEST_WRITE] = NAP_BREAK_AT_WRITE,
        [NAP_REQUEST_BARRIER] = NAP_BREAK_AT_BARRIER,
        [NAP_REQUEST_STORE] = NAP_BREAK_AT_STORE,
        [NAP_REQUEST_SYSREG_READ] = NAP_BREAK_AT_READ,
        [NAP_REQUEST_SYSREG_WRITE] = NAP_BREAK_AT_WRITE};
    struct nap_runner *r = runner;

    if (access->kind == NAP_REQUEST_LOAD)
        return false;
    if (r->m->asks_lines && nap_seam_asks_lines(r->m, access)) {
        nap_seam_asked_lines(r->m, access);
        if (nap_runner_asks_lines(r))
            nap_runner_line_changes(r);
        if (nap_runner_asks_traffic(r))
            nap_runner_sends_at_access(r);
    }
    if (!r->m->asks_access || !nap_seam_asks_anew(r->m))
        return false; /* nothing has changed since the access before it */
    nap_seam_asked(r->m);
    return nap_runner_breaks_off(r, places[access->kind], register_at(r->m, access));
}

/* --- power is gone --- */

/* The first operation of this sleep that takes power; @suspend if none does. */
static uint32_t cut_of(const struct nap_runner *r, uint32_t suspend, uint32_t resume)
{
    const struct nap_scenario_op *ops = r->config->scenario->ops;

    for (uint32_t i = suspend; i < resume; i++)
        if (ops[i].kind == NAP_OP_POWER_OFF || ops[i].kind == NAP_OP_POWER_CYCLE)
            return i;
    return suspend;
}

/* Of a unit that is off in this wake nothing is left to write to. */
static void firmware_writes(struct nap_runner *r, const struct nap_scenario_op *op)
{
    int device = nap_device_find(r->m, op->device);

    if (nap_device_on(r->m, (unsigned)device))
        (void)nap_runner_do(r, op);
}

/* What comes after the cut in every wake from this sleep, in its order: power comes on, and
 * firmware writes. */
static void wake_up(struct nap_runner *r, uint32_t suspend, uint32_t resume)
{
    const struct nap_scenario_op *ops = r->config->scenario->ops;
    uint32_t cut = cut_of(r, suspend, resume), on = r->all_domains;

    for (uint32_t i = cut; i < resume; i++) {
        uint32_t domains = nap_is_power_op(ops[i].kind) ? nap_runner_domains(r, &ops[i]) : 0;

        if (ops[i].kind == NAP_OP_POWER_OFF) {
            on &= ~nap_domains_below(r->m, domains);
            if (r->m->st->domains_on & ~on)
                nap_power_off(r->m, r->m->st->domains_on & ~on);
        }
        if (ops[i].kind == NAP_OP_POWER_ON || ops[i].kind == NAP_OP_POWER_CYCLE)
            on |= domains;
        if (ops[i].kind == NAP_OP_WRITE) {
            nap_power_on(r->m, on & ~nap_runner_cpu_domains(r));
            firmware_writes(r, &ops[i]);
        }
    }
    nap_power_on(r->m, on & ~nap_runner_cpu_domains(r));
}

void nap_runner_go_to(struct nap_runner *r, uint32_t op)
{
    struct nap_position *p = nap_position_open(r);

    if (p->op != op)
        nap_runner_skip(r, p->op + 1, op);
    nap_runner_phases_anew(r);
    p->breaks = NAP_BREAK_NONE;
    nap_balance_forget(r);
    nap_irqs_set(r->m, false); /* as between any suspend and its resume */
}

static void lose_power(struct nap_runner *r)
{
    uint32_t resume = nap_runner_resume_of(r), suspend = r->pos->op;

    while (r->config->scenario->ops[suspend].kind != NAP_OP_SUSPEND)
        suspend--;
    nap_runner_go_to(r, resume);
    r->pos->lost = NAP_LOST_JUST_NOW;
    r->pos->awake = 0;
    nap_power_lose(r->m, r->all_domains);
    nap_runner_cpus_lost(r);
    nap_runner_interrupts_lose_power(r);
    wake_up(r, suspend, resume);
}

/* --- the suspend is given up --- */

struct abandon {
    int (*call)(void);
};

static int call_abandon(void *p)
{
    const struct abandon *a = p;

    return a->call();
}

/* Where the driver has no call for it, resume does what it does otherwise, on hardware that has
 * lost nothing. */
static void give_up(struct nap_runner *r)
{
    struct abandon a = {r->m->n_beside ? NULL : r->config->driver->abandon};
    int result;

    nap_runner_go_to(r, nap_runner_resume_of(r));
    if (!a.call)
        return;
    result = nap_seam_call(r->m, "abandon", call_abandon, &a);
    if (!result)
        result = nap_runner_cpus_up(r);
    if (result)
        nap_runner_phase_failed(r, true, result);
    else
        nap_runner_resumed(r);
}

void nap_runner_broken_off(struct nap_runner *r)
{
    if (r->pos->breaks == NAP_BREAK_LOSS)
        lose_power(r);
    else
        give_up(r);
}
