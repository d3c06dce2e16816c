/* SPDX-License-Identifier: MIT */
/* Clients: who calls the driver when it likes. At each quiet point a search asks who calls
 * next; a call is a step of the run of its own, so all orders of calls and of what the system
 * does come up. */
#include "events.h"

#include "../os/os.h"
#include "calls.h"
#include "sleep.h"
#include "twin.h"

#include <errno.h>

static const struct nap_scenario_op *next_call(const struct nap_runner *r, unsigned client)
{
    const struct nap_scenario_client *c = &r->config->scenario->clients[client];
    uint32_t next = r->pos->calls[client];

    if (next == c->n_ops || (r->pos->gone & 1u << client))
        return NULL;
    return &c->ops[next];
}

/* Clients of masters that may not send now would do nothing. */
static bool can_send(const struct nap_runner *r, uint32_t domain)
{
    for (unsigned i = 0; i < NAP_SOC_MASTERS_MAX; i++)
        if (r->masters[i] && r->m->st->ledger.domain[i] == domain && nap_master_live(r->m, i))
            return true;
    return false;
}

static bool may_call(const struct nap_runner *r, unsigned client)
{
    const struct nap_scenario_op *op = next_call(r, client);

    if (!op || (r->pos->waiting & 1u << client))
        return false;
    if (op->kind == NAP_OP_DMA)
        return can_send(r, op->domain);
    return op->kind != NAP_OP_FILL || !r->m->st->asleep;
}

/* Asleep between two operations, whether one of them since suspend has touched power. */
static bool power_was_touched(const struct nap_runner *r)
{
    const struct nap_scenario_op *ops = r->config->scenario->ops;

    for (uint32_t i = r->pos->op; i-- > 0 && ops[i].kind != NAP_OP_SUSPEND;)
        if (nap_is_power_op(ops[i].kind))
            return true;
    return false;
}

/* While the system is without power nobody runs, nor until firmware has: power is gone, and an
 * operation before resume brings it back, or is what firmware does first. */
static bool wakes_later(const struct nap_runner *r)
{
    const struct nap_scenario *s = r->config->scenario;

    if (!power_was_touched(r))
        return false;
    for (uint32_t i = r->pos->op; i < s->n_ops && s->ops[i].kind != NAP_OP_RESUME; i++)
        if (s->ops[i].kind == NAP_OP_POWER_ON || s->ops[i].kind == NAP_OP_POWER_CYCLE ||
            s->ops[i].kind == NAP_OP_WRITE)
            return true;
    return false;
}

/* After a loss in the middle of something, tasks run again once the first phase of resume is
 * over. */
static bool has_lost_all(const struct nap_runner *r)
{
    return r->pos->lost == NAP_LOST_JUST_NOW && r->pos->phase == 0;
}

/* The one CPU that is left has its interrupts off in the phase that is under way or comes next,
 * and schedules nobody. */
static bool has_irqs_off(const struct nap_runner *r)
{
    enum nap_op_kind kind = r->config->scenario->ops[r->pos->op].kind;
    const struct nap_parts *parts = kind == NAP_OP_SUSPEND ? &r->suspend : &r->resume;

    if (kind != NAP_OP_SUSPEND && kind != NAP_OP_RESUME)
        return false;
    return r->pos->phase < parts->n && nap_runner_masks(r, parts);
}

static bool nobody_runs(const struct nap_runner *r)
{
    return r->m->st->asleep && r->pos->op < r->config->scenario->n_ops &&
           (wakes_later(r) || has_lost_all(r) || has_irqs_off(r));
}

/* A refusal while the system sleeps keeps the client waiting; where something failed, it gives
 * up. True if it had a reason. */
static bool put_up_with(struct nap_runner *r, unsigned client, int result)
{
    nap_touched(r->m, r->pos, sizeof *r->pos);
    if (r->m->st->asleep && (result == -EAGAIN || result == -EBUSY))
        r->pos->waiting |= 1u << client;
    else if (nap_runner_may_fail(r))
        r->pos->gone |= 1u << client;
    else
        return false;
    return true;
}

static void call(struct nap_runner *r, unsigned client)
{
    const struct nap_scenario_op *op = next_call(r, client);
    bool was_asleep = nap_pm_any_asleep(r->m);
    int result = nap_runner_do(r, op);

    if (result && !put_up_with(r, client, result)) {
        nap_runner_refused(r, op, result);
        return;
    }
    if (!result) {
        nap_touched(r->m, r->pos, sizeof *r->pos);
        r->pos->calls[client]++;
        nap_balance_forget(r);
        nap_twin_look_ahead(r);
    }
    nap_runner_called(r, was_asleep);
}

bool nap_runner_lets_others_in(const struct nap_runner *r)
{
    const struct nap_scenario *s = r->config->scenario;

    for (uint32_t i = 0; i <= r->pos->op && i < s->n_ops; i++)
        if (nap_op_lets_clients_in(s->ops[i].kind))
            return true;
    return false;
}

bool nap_runner_client_calls(struct nap_runner *r)
{
    uint32_t chosen;

    if (!r->config->scenario->n_clients || !nap_varied(r->m, NAP_CHOOSE_API) ||
        !nap_runner_lets_others_in(r) || nobody_runs(r))
        return false;
    r->n_callers = 0;
    for (unsigned i = 0; i < r->config->scenario->n_clients; i++)
        if (may_call(r, i))
            r->callers[r->n_callers++] = i;
    chosen =
        nap_choose(r->m, NAP_CHOOSE_API, "a client calls", NAP_NO_INSTANCE, r->n_callers + 1);
    if (chosen == 0)
        return false;
    call(r, r->callers[chosen - 1]);
    return true;
}

bool nap_runner_client_is_left(struct nap_runner *r)
{
    for (unsigned i = 0; i < r->config->scenario->n_clients; i++)
        if (!r->m->st->asleep && next_call(r, i)) {
            call(r, i);
            return true;
        }
    return false;
}

/* Calls that have succeeded since @then, client by client: no two change the same domain. */
void nap_runner_repeat_calls(struct nap_runner *r, const struct nap_position *now)
{
    const struct nap_scenario *s = r->config->scenario;

    for (unsigned i = 0; i < s->n_clients; i++)
        for (uint32_t k = r->pos->calls[i]; k < now->calls[i]; k++)
            (void)nap_runner_call(r, &s->clients[i].ops[k]);
}
