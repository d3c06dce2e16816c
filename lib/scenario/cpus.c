/* SPDX-License-Identifier: MIT */
/* CPUs but the first: they go down before the phases of suspend, lose power, and come up after
 * those of resume. A driver without cpu_up() hears nothing of it, and its machine's CPUs stay
 * as they are. */
#include "sleep.h"

#include "../os/os.h"
#include "../seam/seam.h"
#include "create.h"

static const struct nap_phase down = {
    .name = "cpu_down", .kind = NAP_PHASE_STEP, .irqs_off = true};
static const struct nap_phase up = {.name = "cpu_up", .kind = NAP_PHASE_STEP, .irqs_off = true};

bool nap_part_is_cpu(const struct nap_part *part)
{
    return part->phase == &down || part->phase == &up;
}

static const struct nap_driver *taker(const struct nap_runner *r)
{
    return nap_os_driver(r->m, r->taker);
}

static bool is_told(const struct nap_runner *r)
{
    return taker(r)->cpu_up != NULL;
}

static void add(struct nap_parts *parts, const struct nap_phase *phase, unsigned cpu,
                uint32_t driver)
{
    parts->list[parts->n++] = (struct nap_part){phase, cpu, driver};
}

#define PHASES_MAX 128u /* of one driver */

static enum nap_err check_phases(const struct nap_driver *d, struct nap_error *error)
{
    if (d->n_suspend <= PHASES_MAX && d->n_resume <= PHASES_MAX)
        return NAP_OK;
    return nap_fail(error, NAP_ERR_NOSPACE,
                    "driver %s has %u phases of suspend and %u of resume, expected at most %u",
                    d->name, d->n_suspend, d->n_resume, PHASES_MAX);
}

/* One that goes down and never comes up, or the other way round, is no CPU. */
static enum nap_err check_cpu_calls(const struct nap_driver *d, struct nap_error *error)
{
    if (!d->cpu_up == !d->cpu_down)
        return NAP_OK;
    return nap_fail(error, NAP_ERR_ARG, "driver %s has %s alone, expected cpu_down and cpu_up",
                    d->name, d->cpu_up ? "cpu_up" : "cpu_down");
}

static enum nap_err check_calls(const struct nap_driver *d, struct nap_error *error)
{
    enum nap_err err = check_phases(d, error);

    return err ? err : check_cpu_calls(d, error);
}

static void add_suspend(struct nap_runner *r, uint32_t driver)
{
    const struct nap_driver *d = nap_os_driver(r->m, driver);

    for (uint32_t i = 0; i < d->n_suspend; i++)
        add(&r->suspend, &d->suspend[i], 0, driver);
}

static void add_resume(struct nap_runner *r, uint32_t driver)
{
    const struct nap_driver *d = nap_os_driver(r->m, driver);

    for (uint32_t i = 0; i < d->n_resume; i++)
        add(&r->resume, &d->resume[i], 0, driver);
}

/* Those beside the scenario's driver stand around it: in resume in the opposite order. */
static void add_suspends(struct nap_runner *r, enum nap_driver_place place)
{
    const struct nap_scenario *s = r->config->scenario;

    for (uint32_t i = 0; i < s->n_beside; i++)
        if (s->beside[i].suspends == place)
            add_suspend(r, i + 1);
}

static void add_resumes(struct nap_runner *r, enum nap_driver_place place)
{
    const struct nap_scenario *s = r->config->scenario;

    for (uint32_t i = s->n_beside; i-- > 0;)
        if (s->beside[i].resumes == place)
            add_resume(r, i + 1);
}

/* From @from on drivers stand in the order that is the default of those whose order is open. */
static void open_lanes(struct nap_parts *parts, uint32_t from)
{
    parts->open_from = from;
    parts->open_to = parts->n;
    for (uint32_t i = from; i < parts->n; i++) {
        if (i == from || parts->list[i].driver != parts->list[i - 1].driver)
            parts->lanes[parts->n_lanes++].first = i;
        parts->lanes[parts->n_lanes - 1].n++;
    }
}

static void order_suspend(struct nap_runner *r)
{
    add_suspends(r, NAP_DRIVER_FIRST);
    add_suspend(r, 0);
    add_suspends(r, NAP_DRIVER_LAST);
}

static void order_resume(struct nap_runner *r)
{
    uint32_t from;

    add_resumes(r, NAP_DRIVER_FIRST);
    from = r->resume.n;
    add_resumes(r, NAP_DRIVER_ANY);
    add_resume(r, 0);
    open_lanes(&r->resume, from);
    add_resumes(r, NAP_DRIVER_LAST);
}

/* The controller's, where it takes interrupts; else the scenario's. */
static void find_taker(struct nap_runner *r)
{
    int controller = nap_controller(r->m);
    uint32_t of = controller < 0 ? 0 : nap_os_driver_of(r->m, (unsigned)controller);

    r->taker = nap_os_driver(r->m, of)->irq_entry ? of : 0;
}

enum nap_err nap_runner_make_parts(struct nap_runner *r, struct nap_error *error)
{
    unsigned n_cpus = nap_cpu_count(r->m);
    enum nap_err err = NAP_OK;

    find_taker(r);
    for (uint32_t i = 0; nap_os_driver(r->m, i) && !err; i++)
        err = check_calls(nap_os_driver(r->m, i), error);
    if (err)
        return err;
    for (unsigned cpu = n_cpus; is_told(r) && --cpu > 0;)
        add(&r->suspend, &down, cpu, r->taker);
    order_suspend(r);
    order_resume(r);
    for (unsigned cpu = 1; is_told(r) && cpu < n_cpus; cpu++)
        add(&r->resume, &up, cpu, r->taker);
    return NAP_OK;
}

/* --- power --- */

static void set_down(struct nap_runner *r, uint64_t cpus)
{
    nap_position_open(r)->cpus_down = cpus;
}

static uint32_t domain_of(const struct nap_runner *r, unsigned cpu)
{
    uint32_t domain = nap_cpu_domain(r->m, cpu);

    return domain == NAP_SOC_NONE ? 0 : 1u << domain;
}

bool nap_runner_cpu_is_down(const struct nap_runner *r, unsigned cpu)
{
    return r->pos->cpus_down >> cpu & 1;
}

/* Whether a CPU that is up has its power from that domain, or from one below. */
static bool is_needed(const struct nap_runner *r, uint32_t domain)
{
    uint32_t below = nap_domains_below(r->m, domain);

    for (unsigned cpu = 0; cpu < nap_cpu_count(r->m); cpu++)
        if (!nap_runner_cpu_is_down(r, cpu) && (domain_of(r, cpu) & below))
            return true;
    return false;
}

/* A cluster may have one domain for all of its CPUs: it goes with the last of them. */
uint32_t nap_runner_cpu_domains(const struct nap_runner *r)
{
    uint32_t domains = 0;

    for (uint64_t rest = r->pos->cpus_down; rest; rest &= rest - 1) {
        uint32_t domain = domain_of(r, (unsigned)__builtin_ctzll(rest));
        if (!is_needed(r, domain))
            domains |= domain;
    }
    return domains;
}

void nap_runner_cpus_lost(struct nap_runner *r)
{
    unsigned n = nap_cpu_count(r->m);

    if (is_told(r))
        set_down(r, (n == 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1) & ~UINT64_C(1));
}

void nap_runner_enter_cpu(struct nap_runner *r, const struct nap_part *part)
{
    (void)nap_os_run_as(r->m, part->driver);
    if (!part->cpu)
        return;
    if (part->phase == &up && (domain_of(r, part->cpu) & ~r->m->st->domains_on))
        nap_power_on(r->m, domain_of(r, part->cpu));
    nap_cpu_set(r->m, part->cpu);
}

void nap_runner_leave_cpu(struct nap_runner *r, const struct nap_part *part, int result)
{
    uint64_t bit = UINT64_C(1) << part->cpu;
    uint32_t cut;

    (void)nap_os_run_as(r->m, 0);
    if (!part->cpu)
        return;
    nap_cpu_set(r->m, 0);
    if (part->phase == &down && result == NAP_SEAM_LEFT) /* half-way: it has to come up again */
        set_down(r, r->pos->cpus_down | bit);
    if (result)
        return;
    set_down(r, part->phase == &down ? r->pos->cpus_down | bit : r->pos->cpus_down & ~bit);
    cut = domain_of(r, part->cpu) & nap_runner_cpu_domains(r) & r->m->st->domains_on;
    if (part->phase == &down && cut)
        nap_power_off(r->m, cut);
}

struct bringing {
    const struct nap_driver *driver;
    unsigned cpu;
};

static int call_up(void *p)
{
    const struct bringing *b = p;

    return b->driver->cpu_up(b->cpu);
}

int nap_runner_cpus_up(struct nap_runner *r)
{
    bool irqs_on = !r->m->st->os.irqs_off;
    int result = 0;

    nap_irqs_set(r->m, false);
    for (uint64_t rest = r->pos->cpus_down; rest && !result; rest &= rest - 1) {
        struct bringing b = {taker(r), (unsigned)__builtin_ctzll(rest)};
        const struct nap_part part = {&up, b.cpu, r->taker};
        nap_runner_enter_cpu(r, &part);
        result = nap_seam_call(r->m, "cpu_up", call_up, &b);
        nap_runner_leave_cpu(r, &part, result);
    }
    nap_irqs_set(r->m, irqs_on);
    return result;
}
