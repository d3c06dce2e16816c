/* SPDX-License-Identifier: MIT */
/* The runner owns every loop: it calls the driver once per element, and between two calls the
 * whole run is a value that can be stored. Here it goes from operation to operation. */
#include "runner.h"

#include "../os/os.h"
#include "../seam/seam.h"
#include "calls.h"
#include "events.h"
#include "sleep.h"
#include "twin.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

/* --- how an operation ends --- */

bool nap_runner_may_fail(const struct nap_runner *r)
{
    return r->m->st->hardware_faults != 0 || r->m->st->call_failed || r->m->st->stuck;
}

void nap_runner_next_op(struct nap_runner *r)
{
    nap_runner_phases_anew(r);
    r->pos->op++;
}

void nap_runner_refused(struct nap_runner *r, const struct nap_scenario_op *op, int result)
{
    nap_position_open(r)->refused = 1;
    nap_position_open(r)->ended = 1;
    if (nap_runner_may_fail(r))
        return;
    r->failed_line = op->line;
    r->failed_result = result;
    memcpy(r->failed_log, r->m->last_log, sizeof r->failed_log);
}

void nap_runner_impossible(struct nap_runner *r, const struct nap_scenario_op *op,
                           const char *format, const char *name)
{
    nap_position_open(r)->ended = 1;
    r->failed_line = op->line;
    r->failed_result = 0;
    snprintf(r->failed_log, sizeof r->failed_log, format, name);
}

void nap_runner_compare_in_passing(struct nap_runner *r)
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
        nap_runner_compare_in_passing(r);
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
        nap_runner_compare_in_passing(r);
    else if (r->pos->op < r->config->scenario->n_ops)
        nap_runner_offer_interrupts(r);
    else
        nap_runner_interrupts(r);
}

/* --- the loop --- */

static void set_up(struct nap_runner *r)
{
    const struct nap_scenario *s = r->config->scenario;

    nap_position_open(r)->set_up = 1;
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
        nap_position_open(r)->fill = s->fills[nap_choose(
            r->m, NAP_CHOOSE_QUEUE_FILL, "commands", NAP_NO_INSTANCE, s->n_fills)];
}

static void advance_op(struct nap_runner *r, const struct nap_scenario_op *op)
{
    bool was_asleep = nap_pm_any_asleep(r->m);
    int result;

    if (op->kind == NAP_OP_SUSPEND) {
        nap_runner_suspends(r);
        return;
    }
    if (op->kind == NAP_OP_RESUME) {
        nap_runner_resumes(r);
        return;
    }
    result = nap_runner_do(r, op);
    if (result) {
        nap_runner_refused(r, op, result);
        return;
    }
    nap_runner_next_op(r);
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

static bool is_over(const struct nap_runner *r)
{
    return r->pos->ended || r->m->st->stuck;
}

bool nap_runner_advance(void *runner)
{
    struct nap_runner *r = runner;

    if (!r->pos->set_up)
        set_up(r);
    if (!is_over(r) && !nap_seam_parked(r->m) && !r->m->st->asleep)
        nap_runner_offer_idle(r);
    if (is_over(r)) {
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

struct nap_subject nap_runner_subject(struct nap_runner *r)
{
    return (struct nap_subject){.m = r->m,
                                .context = r,
                                .advance = nap_runner_advance,
                                .means = nap_runner_means,
                                .findings = &r->findings};
}
