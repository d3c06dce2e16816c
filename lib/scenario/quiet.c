/* SPDX-License-Identifier: MIT */
/* What may happen at quiet points, between two driver calls: an interrupt is taken, a suspend
 * is abandoned. */
#include "runner.h"

#include "../seam/seam.h"

/* --- interrupts --- */

struct handler {
    void (*irq)(struct nap_device *device);
    struct nap_device *device;
};

static int call_irq(void *p)
{
    struct handler *h = p;

    h->irq(h->device);
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
    struct handler h = {r->config->driver->irq, r->devices[device]};

    for (unsigned calls = 0; line_is_high(r, device) && !r->m->st->stuck; calls++) {
        if (calls == IRQ_CALLS_MAX) {
            interrupt_storm(r, device);
            return;
        }
        nap_seam_call(r->m, "irq", call_irq, &h);
    }
}

static bool put_off(struct nap_runner *r, unsigned device)
{
    return nap_choose(r->m, NAP_CHOOSE_HANDLER, "an interrupt is taken",
                      nap_instance_of(device, NAP_NO_SLOT), 2) != 0;
}

static void interrupts(struct nap_runner *r, bool may_wait)
{
    if (!r->m->st->wires || !r->config->driver->irq)
        return;
    for (unsigned i = 0; i < r->m->n_devices; i++)
        if (line_is_high(r, i) && !(may_wait && put_off(r, i)))
            handle(r, i);
}

void nap_runner_interrupts(struct nap_runner *r)
{
    interrupts(r, false);
}

void nap_runner_offer_interrupts(struct nap_runner *r)
{
    interrupts(r, true);
}

/* --- a suspend that is abandoned --- */

static bool is_call(enum nap_op_kind kind)
{
    return kind == NAP_OP_ATTACH || kind == NAP_OP_DETACH || kind == NAP_OP_MAP ||
           kind == NAP_OP_UNMAP || kind == NAP_OP_BLOCK || kind == NAP_OP_BYPASS ||
           kind == NAP_OP_QUERY || kind == NAP_OP_PAGE_RESPONSE;
}

/* Once power is touched, or firmware has run, there is no way back. */
static bool only_calls_since_suspend(const struct nap_runner *r)
{
    const struct nap_scenario_op *ops = r->config->scenario->ops;
    uint32_t i = r->pos->op - 1;

    while (is_call(ops[i].kind))
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
    if (resume == r->pos->op || resume == s->n_ops || !only_calls_since_suspend(r) ||
        !nap_choose(r->m, NAP_CHOOSE_ABORT, "the suspend is abandoned", NAP_NO_INSTANCE, 2))
        return;
    nap_touched(r->m, r->pos, sizeof *r->pos);
    r->pos->skip_from = r->pos->op;
    r->pos->skip_to = r->pos->op = resume;
}
