/* SPDX-License-Identifier: MIT */
/* What may happen at quiet points, between two driver calls: an interrupt is taken, a suspend
 * is abandoned. */
#include "events.h"

#include "../os/os.h"
#include "../seam/seam.h"
#include "sleep.h"

/* --- interrupts --- */

struct handler {
    const struct nap_driver *driver;
    struct nap_device *device;
    unsigned output;
    bool thread; /* what irq_edge() has returned */
};

static int call_irq(void *p)
{
    struct handler *h = p;

    h->driver->irq(h->device);
    return 0;
}

/* A handler that only wakes its thread need not be there. */
static int call_edge(void *p)
{
    struct handler *h = p;

    h->thread = !h->driver->irq_edge || h->driver->irq_edge(h->device, h->output);
    return 0;
}

static int call_thread(void *p)
{
    struct handler *h = p;

    if (h->driver->irq_thread)
        h->driver->irq_thread(h->device, h->output);
    return 0;
}

/* A line that stays high after so many calls of its handler will do so for ever. */
#define IRQ_CALLS_MAX 16u

static void interrupt_storm(struct nap_runner *r, unsigned device)
{
    nap_runner_violation(r, "interrupt-storm", device, UINT32_MAX,
                         "the interrupt line of %s is still high after %u calls of its handler",
                         nap_device_name(r->m, device), IRQ_CALLS_MAX);
}

/* What a handler wrote last may be on its way still. */
static bool line_is_high(struct nap_runner *r, unsigned device)
{
    nap_post_notice(r->m);
    return nap_wire(r->m, device);
}

static void handle(struct nap_runner *r, unsigned device)
{
    struct handler h = {.driver = nap_os_driver_for(r->m, device),
                        .device = r->devices[device]};

    for (unsigned calls = 0; line_is_high(r, device) && !r->m->st->stuck; calls++) {
        if (calls == IRQ_CALLS_MAX) {
            interrupt_storm(r, device);
            return;
        }
        (void)nap_irq_handling(r->m, nap_irq_handler(device, NAP_OUTPUTS_MAX)); /* the line */
        (void)nap_os_run_as(r->m, nap_os_driver_of(r->m, device));
        nap_seam_call(r->m, "irq", call_irq, &h);
        (void)nap_os_run_as(r->m, 0);
        (void)nap_irq_handling(r->m, 0);
    }
}

static bool put_off(struct nap_runner *r, unsigned device, const char *label)
{
    return nap_choose(r->m, NAP_CHOOSE_HANDLER, label, nap_instance_of(device, NAP_NO_SLOT),
                      2) != 0;
}

/* Behind a controller whose driver takes interrupts, it alone tells of lines. */
static bool by_controller(const struct nap_runner *r)
{
    return nap_controller(r->m) >= 0 && nap_os_driver(r->m, r->taker)->irq_entry;
}

static void lines(struct nap_runner *r, bool may_wait)
{
    if (!r->m->st->wires || by_controller(r))
        return;
    for (unsigned i = 0; i < r->m->n_devices; i++)
        if (nap_irq_has_line_handler(r->m, i) && line_is_high(r, i) &&
            !(may_wait && put_off(r, i, "an interrupt is taken")))
            handle(r, i);
}

/* --- of a simulated controller --- */

struct entry {
    const struct nap_driver *driver;
    unsigned cpu;
};

static int call_entry(void *p)
{
    const struct entry *e = p;

    e->driver->irq_entry(e->cpu);
    return 0;
}

/* Two of each in a row, whoever has raised them, and some to spare. */
static unsigned entries_max(const struct nap_runner *r)
{
    return IRQ_CALLS_MAX + 2 * r->m->n_interrupts;
}

static bool is_signalled(struct nap_runner *r, unsigned cpu)
{
    nap_post_notice(r->m);
    return nap_cpu_on(r->m, cpu) && !nap_runner_cpu_is_down(r, cpu) &&
           (nap_signals(r->m, cpu) & (NAP_SIGNAL_IRQ | NAP_SIGNAL_FIQ));
}

static void signal_storm(struct nap_runner *r, unsigned cpu, unsigned calls)
{
    nap_runner_violation(r, "interrupt-storm", (unsigned)nap_controller(r->m), UINT32_MAX,
                         "%s still signals cpu%u after it has taken %u interrupts",
                         nap_device_name(r->m, (unsigned)nap_controller(r->m)), cpu, calls);
}

static void enter(struct nap_runner *r, unsigned cpu, bool may_wait)
{
    struct entry e = {nap_os_driver(r->m, r->taker), cpu};

    for (unsigned calls = 0; is_signalled(r, cpu) && !r->m->st->stuck; calls++) {
        if (may_wait && put_off(r, (unsigned)nap_controller(r->m), "a CPU takes an interrupt"))
            return;
        if (calls == entries_max(r)) {
            signal_storm(r, cpu, calls);
            return;
        }
        (void)nap_os_run_as(r->m, r->taker);
        nap_cpu_set(r->m, cpu);
        nap_seam_call(r->m, "irq_entry", call_entry, &e);
        nap_cpu_set(r->m, 0);
        (void)nap_os_run_as(r->m, 0);
    }
}

static void signals(struct nap_runner *r, bool may_wait)
{
    for (unsigned cpu = 0; by_controller(r) && cpu < nap_cpu_count(r->m); cpu++)
        enter(r, cpu, may_wait);
}

static void take(struct nap_runner *r, unsigned device, unsigned output, bool is_thread)
{
    struct handler h = {.driver = nap_os_driver_for(r->m, device),
                        .device = r->devices[device],
                        .output = output};
    uint32_t before = nap_irq_begins(r->m, device, output, is_thread);

    (void)nap_os_run_as(r->m, nap_os_driver_of(r->m, device));
    nap_seam_call(r->m, is_thread ? "irq_thread" : "irq_edge",
                  is_thread ? call_thread : call_edge, &h);
    (void)nap_os_run_as(r->m, 0);
    nap_irq_ended(r->m, device, output, h.thread, before);
}

/* Each once: what a handler raises anew waits for the next quiet point. */
static void edges(struct nap_runner *r, bool may_wait)
{
    for (unsigned i = 0; i < r->m->n_devices; i++)
        for (unsigned o = nap_irq_edges(r->m, i); o && !r->m->st->stuck; o &= o - 1)
            if ((nap_irq_edges(r->m, i) & o & -o) && /* no other handler has freed it since */
                !(may_wait && put_off(r, i, "an edge is taken")))
                take(r, i, (unsigned)__builtin_ctz(o), false);
}

static void threads(struct nap_runner *r, bool may_wait)
{
    for (unsigned i = 0; i < r->m->n_devices; i++)
        for (unsigned o = nap_irq_threads(r->m, i); o && !r->m->st->stuck; o &= o - 1)
            if ((nap_irq_threads(r->m, i) & o & -o) &&
                !(may_wait && put_off(r, i, "the thread of an interrupt runs")))
                take(r, i, (unsigned)__builtin_ctz(o), true);
}

void nap_runner_interrupts(struct nap_runner *r)
{
    signals(r, false);
    lines(r, false);
    edges(r, false);
    threads(r, false);
}

void nap_runner_offer_interrupts(struct nap_runner *r)
{
    signals(r, true);
    lines(r, true);
    edges(r, true);
    threads(r, true);
}

/* Nothing waits for a thread there. */
void nap_runner_hard_interrupts(struct nap_runner *r)
{
    signals(r, false);
    lines(r, false);
    edges(r, false);
    threads(r, true);
}

/* --- a suspend that is abandoned --- */

/* What leaves power and hardware as they are: calls, and an interrupt, which may be why. */
static bool keeps_power(enum nap_op_kind kind)
{
    return kind == NAP_OP_RAISE || kind == NAP_OP_ATTACH || kind == NAP_OP_DETACH ||
           kind == NAP_OP_MAP || kind == NAP_OP_UNMAP || kind == NAP_OP_BLOCK ||
           kind == NAP_OP_BYPASS || kind == NAP_OP_QUERY || kind == NAP_OP_PAGE_RESPONSE;
}

/* Once power is touched, or firmware has run, there is no way back. */
static bool power_is_as_suspend_left_it(const struct nap_runner *r)
{
    const struct nap_scenario_op *ops = r->config->scenario->ops;
    uint32_t i = r->pos->op - 1;

    while (keeps_power(ops[i].kind))
        i--;
    return ops[i].kind == NAP_OP_SUSPEND;
}

/* The driver's own suspend is whole: what fails is another's after it, or a wake-up comes. */
void nap_runner_may_abandon(struct nap_runner *r)
{
    const struct nap_scenario *s = r->config->scenario;
    uint32_t resume = r->pos->op;

    while (resume < s->n_ops && s->ops[resume].kind != NAP_OP_RESUME)
        resume++;
    if (resume == r->pos->op || resume == s->n_ops || !power_is_as_suspend_left_it(r) ||
        !nap_choose(r->m, NAP_CHOOSE_ABORT, "the suspend is abandoned", NAP_NO_INSTANCE, 2))
        return;
    nap_runner_skip(r, r->pos->op, resume);
}
