/* SPDX-License-Identifier: MIT */
/* What reaches a device beside accesses of its registers: transactions of bus masters, and
 * messages of other devices. */
#include "core.h"

#include <assert.h>

static const struct nap_outcome unit_off = {
    .kind = NAP_OUTCOME_BUS_ERROR, .context = UINT32_MAX, .why = "the unit is off"};

void nap_probe_transaction(const struct nap_machine *m, const struct nap_transaction *t,
                           struct nap_outcomes *out, struct nap_footprint *footprint)
{
    out->n = 0;
    if (!nap_device_on(m, t->device)) {
        out->list[out->n++] = unit_off;
        return;
    }
    m->devices[t->device].kind->block->probe(m, t, out, footprint);
    assert(out->n <= NAP_OUTCOMES_MAX);
}

void nap_probe(const struct nap_machine *m, unsigned device, unsigned port, nap_addr iova,
               struct nap_outcomes *out, struct nap_footprint *footprint)
{
    struct nap_transaction t = {.device = device, .port = port, .iova = iova};

    nap_probe_transaction(m, &t, out, footprint);
}

/* Apart from the common path, which makes no record. */
static __attribute__((noinline)) void
show_dma(struct nap_machine *m, const struct nap_transaction *t, const struct nap_outcome *o)
{
    struct nap_event e = nap_event_for(m, NAP_STEP_DMA, t->device, NAP_NO_SLOT);

    e.index = t->port;
    e.address = t->iova;
    e.is_write = t->rw == NAP_WRITE;
    e.traffic = (uint8_t)t->traffic;
    e.substream = t->has_substream ? t->substream : NAP_SUBSTREAM_NONE;
    e.now = o->pa;
    e.label = nap_outcome_name(o->kind);
    nap_step_done(m, &e);
}

struct nap_outcome nap_dma_transaction(struct nap_machine *m, const struct nap_transaction *t)
{
    struct nap_outcome o;

    nap_post_notice(m);
    m->source = (struct nap_source){NULL, 0, NULL};
    if (nap_has_power(m, t->device))
        o = m->devices[t->device].kind->block->dma(m, t);
    else
        o = unit_off;
    if (m->holding || nap_step_seen(m, NAP_STEP_DMA, 0))
        show_dma(m, t, &o);
    else
        nap_step_count(m);
    return o;
}

struct nap_outcome nap_dma(struct nap_machine *m, unsigned device, unsigned port, nap_addr iova,
                           enum nap_rw rw)
{
    struct nap_transaction t = {.device = device, .port = port, .iova = iova, .rw = rw};

    return nap_dma_transaction(m, &t);
}

const char *nap_outcome_name(enum nap_outcome_kind kind)
{
    static const char *const names[] = {
        [NAP_OUTCOME_TRANSLATED] = "translated", [NAP_OUTCOME_BYPASS] = "bypass",
        [NAP_OUTCOME_FAULT] = "fault",           [NAP_OUTCOME_STALL] = "stall",
        [NAP_OUTCOME_BUS_ERROR] = "bus-error",   [NAP_OUTCOME_UNDETERMINED] = "undetermined",
    };

    return names[kind];
}

/* --- messages --- */

/* What a line means is each model's own, so only devices that can be told something count. */
int nap_device_behind(const struct nap_machine *m, unsigned device, uint32_t line)
{
    for (unsigned i = 0; i < m->n_devices; i++)
        if (i != device && m->devices[i].upstream == device && m->devices[i].line == line &&
            m->devices[i].kind->block->message)
            return (int)i;
    return -1;
}

/* The receiver may find out by it what has landed. */
bool nap_message_send(struct nap_machine *m, unsigned to, const struct nap_message *message)
{
    const struct nap_block *block = m->devices[to].kind->block;

    nap_post_notice(m);
    return block->message && nap_device_on(m, to) && block->message(m, to, message);
}
