/* SPDX-License-Identifier: MIT */
/* Sources of interrupts behind a simulated controller: when they come, and whether each that
 * came has been handled. */
#include "events.h"

#include "../os/os.h"
#include "../seam/seam.h"
#include "create.h"
#include "sleep.h"

#include <stdio.h>
#include <string.h>

#define ODDS 64u /* in random runs, before an access */

static const char at_quiet_point[] = "an interrupt";
static const char at_access[] = "an interrupt before an access";

static const struct nap_scenario_interrupt *source(const struct nap_runner *r, uint32_t index)
{
    return &r->config->scenario->interrupts[index];
}

static const struct nap_os_interrupt *book(const struct nap_runner *r, uint32_t index)
{
    return &r->m->st->os.interrupts[index];
}

static bool has_line(const struct nap_scenario_interrupt *s)
{
    return !s->sgi && !s->device[0];
}

/* --- raising --- */

struct sending {
    const struct nap_driver *driver;
    const struct nap_interrupt *what;
};

static int call_send(void *p)
{
    const struct sending *s = p;

    return s->driver->irq_send(s->what->from, s->what->cpu, s->what->intid);
}

static void send_sgi(struct nap_runner *r, const struct nap_interrupt *what)
{
    struct sending s = {nap_os_driver(r->m, r->taker), what};

    (void)nap_os_run_as(r->m, r->taker);
    nap_cpu_set(r->m, what->from);
    (void)nap_seam_call(r->m, "irq_send", call_send, &s);
    nap_cpu_set(r->m, 0);
    (void)nap_os_run_as(r->m, 0);
}

static void send_message(struct nap_runner *r, const struct nap_scenario_interrupt *s)
{
    unsigned device = (unsigned)nap_device_find(r->m, s->device);
    const struct nap_model *model = nap_device_model(r->m, device);
    const struct nap_reg *reg = &model->regs[nap_model_reg(model, s->reg)];

    (void)nap_msi_from(r->m, device, s->what.sender,
                       r->m->devices[device].base + nap_reg_offset(reg, 0), s->what.event);
}

/* CPU of the input: those of shared ones count as CPU 0's. */
static unsigned cpu_of(const struct nap_interrupt *what)
{
    return nap_line_private(what->intid) ? what->cpu : 0;
}

static void drive(struct nap_runner *r, const struct nap_interrupt *what)
{
    nap_line_set(r->m, what->intid, cpu_of(what), true);
    if (what->edge)
        nap_line_set(r->m, what->intid, cpu_of(what), false);
}

/* A level that is high already says nothing new, whoever has it. */
static bool is_high(const struct nap_runner *r, const struct nap_scenario_interrupt *s)
{
    return has_line(s) && nap_line(r->m, s->what.intid, cpu_of(&s->what));
}

static void tell(struct nap_runner *r, const struct nap_interrupt *what, const char *label)
{
    r->m->source = (struct nap_source){NULL, 0, NULL};
    nap_interrupt_step(r->m, (unsigned)nap_controller(r->m), what->intid, what->cpu, label);
}

static void come(struct nap_runner *r, uint32_t index)
{
    const struct nap_scenario_interrupt *s = source(r, index);

    nap_post_notice(r->m);
    if (is_high(r, s))
        return;
    nap_os_interrupt_open(r->m, index)->owed = NAP_OWED;
    if (s->sgi)
        send_sgi(r, &s->what);
    else if (s->device[0])
        send_message(r, s);
    else
        drive(r, &s->what);
}

void nap_runner_raise(struct nap_runner *r, uint32_t index)
{
    const struct nap_interrupt *what = &source(r, index)->what;

    tell(r, what, NAP_LABEL_INTERRUPT_RAISED);
    if (what->wake && r->m->st->asleep) {
        nap_os_interrupt_open(r->m, index)->woke = 1;
        tell(r, what, NAP_LABEL_INTERRUPT_WOKE);
    }
    come(r, index);
}

static void raise_planned(struct nap_runner *r, uint32_t index)
{
    nap_os_interrupt_open(r->m, index)->planned = 0;
    nap_runner_raise(r, index);
}

void nap_runner_raise_planned(struct nap_runner *r)
{
    for (uint32_t i = 0; i < r->config->scenario->n_interrupts && !r->m->st->stuck; i++)
        if (book(r, i)->planned)
            raise_planned(r, i);
}

/* What the controller has kept by itself it has delivered, or still has. */
void nap_runner_raise_woken(struct nap_runner *r)
{
    for (uint32_t i = 0; i < r->config->scenario->n_interrupts; i++) {
        if (!book(r, i)->woke)
            continue;
        nap_os_interrupt_open(r->m, i)->woke = 0;
        if (book(r, i)->owed && source(r, i)->what.edge)
            come(r, i);
    }
}

/* What the controller alone had of an edge is gone, and no software can have kept it; a level
 * is there again with the power. */
void nap_runner_interrupts_lose_power(struct nap_runner *r)
{
    for (uint32_t i = 0; i < r->config->scenario->n_interrupts; i++)
        if (book(r, i)->owed && source(r, i)->what.edge)
            nap_os_interrupt_open(r->m, i)->owed = NAP_OWED_OR_NOT;
}

/* --- guests --- */

struct ending {
    const struct nap_driver *driver;
    unsigned cpu;
    uint32_t intid;
};

static int call_deactivate(void *p)
{
    const struct ending *e = p;

    e->driver->irq_deactivate(e->cpu, e->intid);
    return 0;
}

static void guest_ends(struct nap_runner *r, uint32_t index)
{
    struct ending e = {nap_os_driver(r->m, r->taker), book(r, index)->cpu,
                       source(r, index)->what.intid};

    nap_os_interrupt_open(r->m, index)->guest = 0;
    nap_os_interrupt_open(r->m, index)->cpu = 0;
    nap_os_interrupt_end(r->m, index);
    (void)nap_os_run_as(r->m, r->taker);
    nap_cpu_set(r->m, e.cpu);
    (void)nap_seam_call(r->m, "irq_deactivate", call_deactivate, &e);
    nap_cpu_set(r->m, 0);
    (void)nap_os_run_as(r->m, 0);
}

bool nap_runner_guests_end(struct nap_runner *r)
{
    bool any = false;

    for (uint32_t i = 0; i < r->config->scenario->n_interrupts && !r->m->st->stuck; i++)
        if (book(r, i)->guest) {
            guest_ends(r, i);
            any = true;
        }
    return any;
}

/* --- the choice --- */

/* Devices that do not wake the system are quiet once the first call of suspend is made. */
static bool suspend_has_begun(const struct nap_runner *r)
{
    const struct nap_position *p = r->pos;

    return r->m->st->asleep &&
           (r->config->scenario->ops[p->op].kind != NAP_OP_SUSPEND || p->phase || p->walking);
}

static bool may_come(const struct nap_runner *r, uint32_t index, bool lines_only)
{
    const struct nap_scenario_interrupt *s = source(r, index);
    const struct nap_os_interrupt *b = book(r, index);

    if (b->raised >= s->times || b->owed == NAP_OWED || b->guest ||
        (lines_only && !has_line(s)))
        return false;
    if (s->sgi && nap_runner_cpu_is_down(r, s->what.from))
        return false;
    return !s->what.edge || !suspend_has_begun(r) || s->what.wake;
}

static bool may_end(const struct nap_runner *r, uint32_t index)
{
    return book(r, index)->guest && !r->m->st->asleep;
}

/* Picks what happens: index of an interrupt, or UINT32_MAX. */
static uint32_t pick(struct nap_runner *r, bool lines_only)
{
    uint32_t chosen, n = 0;

    for (uint32_t i = 0; i < r->config->scenario->n_interrupts; i++)
        if (may_come(r, i, lines_only) || (!lines_only && may_end(r, i)))
            r->comers[n++] = i;
    if (n == 0)
        return UINT32_MAX;
    chosen =
        lines_only
            ? nap_choose_rare(r->m, NAP_CHOOSE_IRQ, at_access, NAP_NO_INSTANCE, n + 1, ODDS)
            : nap_choose(r->m, NAP_CHOOSE_IRQ, at_quiet_point, NAP_NO_INSTANCE, n + 1);
    return chosen ? r->comers[chosen - 1] : UINT32_MAX;
}

bool nap_runner_interrupt_means(const struct nap_runner *r, const struct nap_choice *choice,
                                char *out, size_t bytes)
{
    if (choice->kind != NAP_CHOOSE_IRQ)
        return false;
    if (choice->value > 0) {
        uint32_t index = r->comers[choice->value - 1];
        snprintf(out, bytes,
                 book(r, index)->guest ? "a guest ends interrupt %u" : "interrupt %u",
                 source(r, index)->what.intid);
    }
    return true;
}

/* Where any number may come a search need not tell apart how many have. */
static void count_and_raise(struct nap_runner *r, uint32_t index)
{
    if (source(r, index)->times != NAP_SCENARIO_RAISES_ANY)
        nap_os_interrupt_open(r->m, index)->raised++;
    nap_runner_raise(r, index);
}

bool nap_runner_interrupt_comes(struct nap_runner *r)
{
    uint32_t index;

    if (!r->config->scenario->n_interrupts || !nap_varied(r->m, NAP_CHOOSE_IRQ) ||
        !nap_runner_lets_others_in(r))
        return false;
    index = pick(r, false);
    if (index == UINT32_MAX)
        return false;
    if (book(r, index)->guest)
        guest_ends(r, index);
    else
        count_and_raise(r, index);
    if (!r->m->st->asleep && !r->m->st->stuck)
        nap_runner_offer_interrupts(r);
    return true;
}

bool nap_runner_asks_lines(const struct nap_runner *r)
{
    if (!nap_varied(r->m, NAP_CHOOSE_IRQ))
        return false;
    for (uint32_t i = 0; i < r->config->scenario->n_interrupts; i++)
        if (may_come(r, i, true))
            return true;
    return false;
}

void nap_runner_line_changes(struct nap_runner *r)
{
    uint32_t index = pick(r, true);

    if (index != UINT32_MAX)
        count_and_raise(r, index);
}

void nap_runner_interrupt_op(struct nap_runner *r, const struct nap_scenario_op *op)
{
    if (op->kind == NAP_OP_RAISE)
        nap_runner_raise(r, op->index);
    else if (op->kind == NAP_OP_RAISE_ASLEEP)
        nap_os_interrupt_open(r->m, op->index)->planned = 1;
    else if (book(r, op->index)->guest)
        guest_ends(r, op->index);
}

/* A device whose output is high has done its part, and no handler is left to come. */
static void device_lines_end(struct nap_runner *r)
{
    if (nap_controller(r->m) < 0 || !nap_os_driver(r->m, r->taker)->irq_entry)
        return;
    for (unsigned i = 0; i < r->m->n_devices; i++) {
        if (nap_wire(r->m, i) && r->m->soc->devices[i].irq != NAP_SOC_NONE &&
            nap_irq_has_line_handler(r->m, i))
            nap_os_interrupt_step(r->m, NAP_OS_INTERRUPT_LOST, r->m->soc->devices[i].irq, 1, 0);
    }
}

/* Hardware that is broken delivers nothing. */
void nap_runner_interrupts_end(struct nap_runner *r)
{
    if (r->m->st->hardware_faults)
        return;
    device_lines_end(r);
    for (uint32_t i = 0; i < r->config->scenario->n_interrupts; i++)
        if (book(r, i)->owed == NAP_OWED)
            nap_os_interrupt_step(r->m, NAP_OS_INTERRUPT_LOST, source(r, i)->what.intid, 1, 0);
}

/* --- the list --- */

static enum nap_err refuse(const struct nap_runner *r, const struct nap_scenario_interrupt *s,
                           const char *why, struct nap_error *error)
{
    return nap_fail_at(error, NAP_ERR_ARG, r->config->scenario->file, s->line,
                       "found interrupt %u: %s", s->what.intid, why);
}

/* Where messages of the scenario can go to. */
static bool takes_messages(const struct nap_machine *m, const struct nap_scenario_interrupt *s)
{
    int device = nap_device_find(m, s->device);
    const struct nap_model *model;
    int reg;

    if (device < 0 || !m->devices[device].kind->block->msi)
        return false;
    model = nap_device_model(m, (unsigned)device);
    reg = nap_model_reg(model, s->reg);
    return reg >= 0 &&
           (model->regs[reg].variants & 1u << nap_device_variant(m, (unsigned)device)) &&
           model->regs[reg].width_bits == 32 && nap_reg_offset(&model->regs[reg], 0) % 4 == 0;
}

static bool is_of_a_device(const struct nap_machine *m, uint32_t intid)
{
    for (unsigned i = 0; i < m->n_devices; i++)
        if (m->soc->devices[i].irq == intid)
            return true;
    return false;
}

static const char *why_not(const struct nap_runner *r, const struct nap_scenario_interrupt *s)
{
    const struct nap_driver *d = nap_os_driver(r->m, r->taker);
    bool lpi = s->what.intid >= NAP_LINE_ESPI_END;

    if (nap_controller(r->m) < 0)
        return "the machine has no controller";
    if (!d->irq_entry)
        return "the driver takes no interrupts";
    if (s->what.cpu >= nap_cpu_count(r->m) || s->what.from >= nap_cpu_count(r->m))
        return "the machine has no such CPU";
    if (s->sgi && !d->irq_send)
        return "the driver sends no SGIs";
    if (s->what.guest && !d->irq_deactivate)
        return "the driver has no irq_deactivate";
    if (!s->sgi && !lpi && !nap_line_exists(r->m, s->what.intid, cpu_of(&s->what)))
        return "the controller has no such input";
    if (s->device[0] && !takes_messages(r->m, s))
        return "no device and register of the machine takes such messages";
    return is_of_a_device(r->m, s->what.intid) ? "a device of the machine drives it" : NULL;
}

static bool is_listed(const struct nap_runner *r, uint32_t n, uint32_t intid)
{
    for (uint32_t i = 0; i < n; i++)
        if (r->interrupts[i].intid == intid)
            return true;
    return false;
}

/* Those of devices whose driver has a handler; an input that devices share, once. */
static enum nap_err list_of_devices(struct nap_runner *r, uint32_t *n, struct nap_error *error)
{
    for (unsigned i = 0; i < r->m->n_devices; i++) {
        uint32_t irq = r->m->soc->devices[i].irq;

        if (irq == NAP_SOC_NONE || !nap_irq_has_line_handler(r->m, i) || is_listed(r, *n, irq))
            continue;
        if (*n == NAP_INTERRUPTS_MAX)
            return nap_fail(error, NAP_ERR_NOSPACE,
                            "%s: scenario and devices have more than %d interrupts",
                            r->config->scenario->file, NAP_INTERRUPTS_MAX);
        r->interrupts[(*n)++] = (struct nap_interrupt){.intid = irq, .priority = 0xa0};
    }
    return NAP_OK;
}

enum nap_err nap_runner_list_interrupts(struct nap_runner *r, struct nap_error *error)
{
    const struct nap_scenario *s = r->config->scenario;
    uint32_t n = s->n_interrupts;
    enum nap_err err = NAP_OK;

    for (uint32_t i = 0; i < s->n_interrupts; i++) {
        const char *why = why_not(r, &s->interrupts[i]);
        if (why)
            return refuse(r, &s->interrupts[i], why, error);
        r->interrupts[i] = s->interrupts[i].what;
    }
    if (nap_controller(r->m) >= 0)
        err = list_of_devices(r, &n, error);
    r->m->interrupts = r->interrupts;
    r->m->n_interrupts = n;
    return err;
}
