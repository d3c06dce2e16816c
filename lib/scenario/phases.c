/* SPDX-License-Identifier: MIT */
/* The phases of suspend and resume, one driver call at a time: between two of them the run is a
 * value, and one that is parked before an access goes on where it stood. */
#include "sleep.h"

#include "../os/os.h"
#include "../seam/seam.h"
#include "events.h"

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
    if (!r->pos->walking)
        nap_runner_walk_begin(r, part->phase);
    if (r->m->st->stuck) {
        nap_runner_phase_failed(r, resume, NAP_SEAM_STUCK);
        return false;
    }
    if (r->pos->remaining != 0)
        return true;
    phase_over(r, part->driver, resume);
    return false;
}

/* --- one call --- */

/* Of a phase, or of a CPU that goes or comes. */
struct call {
    const struct nap_phase *phase;
    struct nap_device *device; /* of a walk */
    int (*on_cpu)(unsigned cpu);
    unsigned cpu;
};

static int call_phase(void *p)
{
    const struct call *c = p;

    if (c->on_cpu)
        return c->on_cpu(c->cpu);
    return c->phase->kind == NAP_PHASE_WALK ? c->phase->each(c->device) : c->phase->step();
}

/* The call of @part; of a walk, with its next element. */
static struct call call_of(struct nap_runner *r, const struct nap_part *part, bool resume)
{
    const struct nap_driver *d = nap_os_driver(r->m, part->driver);
    struct call c = {.phase = part->phase, .cpu = part->cpu};

    if (part->phase->kind == NAP_PHASE_WALK)
        c.device = nap_runner_walk_next(r, part->phase);
    if (nap_part_is_cpu(part))
        c.on_cpu = resume ? d->cpu_up : d->cpu_down;
    return c;
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

static bool phase_returned(struct nap_runner *r, const struct nap_part *part, bool resume,
                           int result)
{
    struct nap_position *p = nap_position_open(r);

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

/* An interrupt is taken where the CPU lets it in: in such a phase, and at the border of one. */
bool nap_runner_advance_phase(struct nap_runner *r, bool resume)
{
    const struct nap_parts *parts = parts_of(r, resume);
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
