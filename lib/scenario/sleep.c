/* SPDX-License-Identifier: MIT */
/* Suspend and resume as the system sees them: who is held, when it counts as asleep, and what
 * becomes of a suspend that fails. */
#include "sleep.h"

#include "../os/os.h"
#include "calls.h"
#include "events.h"
#include "twin.h"

#include <errno.h>

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
        nap_position_open(r)->waiting = 0;
    nap_masters_set_mode(r->m, NAP_ALL_MASTERS & ~waiting, NAP_MASTER_LIVE);
}

static void resumed(struct nap_machine *m)
{
    nap_set_asleep(m, false);
}

/* --- a suspend that fails --- */

void nap_runner_skip(struct nap_runner *r, uint32_t from, uint32_t to)
{
    struct nap_position *p = nap_position_open(r);

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

    nap_runner_next_op(r);
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
    nap_position_open(r)->awake = ~others;
}

/* The system stays up. A driver may say that this is not the time to sleep: then the run goes
 * on, if what it had done by then is taken back. Hardware that does not answer cannot be
 * brought back. */
static void suspend_failed(struct nap_runner *r, int result)
{
    struct nap_position *p = nap_position_open(r);
    bool not_now = (result == -EBUSY || result == -EAGAIN) && !nap_runner_may_fail(r);
    uint32_t driver = r->suspend.list[p->phase].driver, others = asleep_before(r);

    p->suspend_result = result;
    if (others && not_now && nap_runner_resume_of(r) < r->config->scenario->n_ops) {
        wake_others(r, others);
        return;
    }
    if (others || nap_os_driver(r->m, driver)->unwinds_suspend) {
        nap_unmodelled(r->m, UINT32_MAX, "resume of what slept before a suspend failed");
        nap_position_open(r)->ended = 1;
        return;
    }
    if (!r->m->st->stuck && !bring_cpus_back(r))
        not_now = false;
    if (r->m->st->hardware_faults)
        p->broken = 1;
    end_sleep(r, nap_set_stays_awake);
    if (!not_now) {
        nap_position_open(r)->ended = 1;
        return;
    }
    nap_runner_raise_woken(r);
    skip_sleep(r);
    nap_balance_check(r);
    nap_runner_compare_in_passing(r);
}

void nap_runner_phase_failed(struct nap_runner *r, bool resume, int result)
{
    if (!resume) {
        suspend_failed(r, result);
        return;
    }
    nap_position_open(r)->resume_result = result;
    if (!nap_runner_may_fail(r))
        nap_equivalence_failed(r, result);
    nap_position_open(r)->ended = 1;
}

/* --- one step of it --- */

void nap_runner_suspends(struct nap_runner *r)
{
    uint32_t op = r->pos->op, cut = r->m->st->os.domains_cut;
    bool goes_on;

    /* A driver that was told knows which of its units are off. */
    if (!r->pos->inside && cut) {
        nap_runner_impossible(
            r, &r->config->scenario->ops[r->pos->op],
            "power domain %s is off here, expected runtime-resume or power-on of it above",
            r->m->soc->domains[__builtin_ctz(cut)].name);
        return;
    }
    if (!r->pos->inside) {
        nap_position_open(r)->inside = 1;
        begin_suspend(r);
        return;
    }
    goes_on = nap_runner_advance_phase(r, false);
    if (r->pos->op != op)
        return; /* no sleep this time */
    if (!goes_on) {
        nap_irqs_set(r->m, false);
        nap_runner_next_op(r);
        nap_runner_may_abandon(r);
    } else if (r->pos->suspend_result && r->pos->ended && !nap_runner_may_fail(r)) {
        nap_runner_refused(r, &r->config->scenario->ops[r->pos->op], r->pos->suspend_result);
    }
}

void nap_runner_resumed(struct nap_runner *r)
{
    end_sleep(r, resumed);
    if (r->pos->lost)
        nap_position_open(r)->lost = NAP_LOST_ONCE;
    if (r->pos->awake)
        nap_position_open(r)->awake = 0;
    nap_runner_next_op(r);
    nap_runner_raise_woken(r);
    nap_balance_check(r);
    nap_runner_compare_in_passing(r);
}

void nap_runner_resumes(struct nap_runner *r)
{
    if (!nap_runner_advance_phase(r, true))
        nap_runner_resumed(r);
}
