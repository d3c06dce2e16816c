/* SPDX-License-Identifier: MIT */
/* Interrupts that outlive the moment they are raised: edges, and messages (MSI). Where no
 * device takes them, both are pending at an interrupt controller that never loses power. Levels
 * are wires: nap_wire_set(). */
#include "core.h"

#include <assert.h>
#include <string.h>

/* --- edges --- */

const char *nap_output_name(const struct nap_machine *m, unsigned device, unsigned output)
{
    const char *const *names = m->devices[device].kind->block->outputs;

    for (unsigned i = 0; names && i < output; i++)
        if (!names[i])
            return NULL;
    return names ? names[output] : NULL;
}

static void set_edges(struct nap_machine *m, unsigned device, unsigned edges)
{
    uint8_t *at = &m->st->edges[device];

    if (*at == edges)
        return;
    nap_touched(m, at, sizeof *at);
    *at = (uint8_t)edges;
}

static void raise_edge(struct nap_machine *m, unsigned device, unsigned output)
{
    assert(output < NAP_OUTPUTS_MAX);
    set_edges(m, device, m->st->edges[device] | 1u << output);
}

void nap_edge(struct nap_machine *m, unsigned device, unsigned output)
{
    struct nap_event e = nap_event_for(m, NAP_STEP_IRQ, device, NAP_NO_SLOT);

    raise_edge(m, device, output);
    e.now = output;
    e.label = nap_output_name(m, device, output);
    nap_step_done(m, &e);
}

unsigned nap_edges(const struct nap_machine *m, unsigned device)
{
    return m->st->edges[device];
}

bool nap_edge_pending(const struct nap_machine *m, unsigned device, unsigned output)
{
    return output < NAP_OUTPUTS_MAX && (m->st->edges[device] & 1u << output) != 0;
}

void nap_edge_take(struct nap_machine *m, unsigned device, unsigned output)
{
    assert(output < NAP_OUTPUTS_MAX);
    set_edges(m, device, m->st->edges[device] & ~(1u << output));
}

/* --- vectors --- */

/* Place of the first vector whose data is not less. */
static uint32_t place_of(const struct nap_machine *m, uint32_t data)
{
    uint32_t at = 0;

    while (at < m->st->n_vectors && m->st->vectors[at].data < data)
        at++;
    return at;
}

static void touch_vectors(struct nap_machine *m)
{
    nap_touched(m, &m->st->n_vectors, sizeof m->st->n_vectors);
    nap_touched(m, m->st->vectors, sizeof m->st->vectors);
}

static bool is_at(const struct nap_machine *m, uint32_t at, uint32_t data)
{
    return at < m->st->n_vectors && m->st->vectors[at].data == data;
}

bool nap_msi_vector_set(struct nap_machine *m, uint32_t data, unsigned device, unsigned output)
{
    struct nap_state *st = m->st;
    struct nap_msi_vector vector = {
        .data = data, .device = (uint16_t)device, .output = (uint8_t)output};
    uint32_t at = place_of(m, data);

    assert(output < NAP_OUTPUTS_MAX);
    if (!is_at(m, at, data) && st->n_vectors == NAP_MSI_VECTORS_MAX)
        return false;
    touch_vectors(m);
    if (!is_at(m, at, data)) {
        memmove(&st->vectors[at + 1], &st->vectors[at],
                (st->n_vectors - at) * sizeof st->vectors[0]);
        st->n_vectors++;
    }
    st->vectors[at] = vector;
    return true;
}

void nap_msi_vector_clear(struct nap_machine *m, uint32_t data)
{
    struct nap_state *st = m->st;
    uint32_t at = place_of(m, data);

    if (!is_at(m, at, data))
        return;
    touch_vectors(m);
    st->n_vectors--;
    memmove(&st->vectors[at], &st->vectors[at + 1],
            (st->n_vectors - at) * sizeof st->vectors[0]);
    memset(&st->vectors[st->n_vectors], 0, sizeof st->vectors[0]);
}

const struct nap_msi_vector *nap_msi_vector(const struct nap_machine *m, uint32_t data)
{
    uint32_t at = place_of(m, data);

    return is_at(m, at, data) ? &m->st->vectors[at] : NULL;
}

const struct nap_msi_vector *nap_msi_vector_of(const struct nap_machine *m, unsigned device,
                                               unsigned output)
{
    for (uint32_t i = 0; i < m->st->n_vectors; i++)
        if (m->st->vectors[i].device == device && m->st->vectors[i].output == output)
            return &m->st->vectors[i];
    return NULL;
}

/* --- messages --- */

static const char *at_doorbell(struct nap_machine *m, uint32_t data)
{
    const struct nap_msi_vector *v = nap_msi_vector(m, data);

    if (!v)
        return "no such vector";
    raise_edge(m, v->device, v->output);
    return "delivered";
}

/* What comes of it is shown after the message. */
static const char *to_device(struct nap_machine *m, uint32_t from, unsigned to,
                             nap_addr address, uint32_t data)
{
    const struct nap_dev *d = &m->devices[to];

    if (!nap_device_on(m, to))
        return NULL;
    return d->kind->block->msi(m, to, from, (uint32_t)(address - d->base), data) ? "delivered"
                                                                                 : NULL;
}

static const char *elsewhere(struct nap_machine *m, unsigned device, uint32_t from,
                             nap_addr address, uint32_t data)
{
    uint32_t to = nap_bus_device(m, address);

    if (to != UINT32_MAX && m->devices[to].kind->block->msi)
        return to_device(m, from, to, address, data);
    if (to != UINT32_MAX)
        nap_unmodelled(m, device, "an interrupt message to the registers of a device");
    return nap_mem_write(m, address, &data, sizeof data) ? "to memory" : NULL;
}

bool nap_msi_from(struct nap_machine *m, unsigned device, uint32_t from, nap_addr address,
                  uint32_t data)
{
    struct nap_event e = nap_event_for(m, NAP_STEP_MSI, device, NAP_NO_SLOT);
    unsigned place = nap_step_hold_inside(m);
    bool there;

    assert(address % sizeof data == 0);
    e.address = address;
    e.size_bytes = sizeof data;
    e.is_write = true;
    e.now = data;
    e.label = m->soc->msi && address == m->soc->msi ? at_doorbell(m, data)
                                                    : elsewhere(m, device, from, address, data);
    there = e.label != NULL;
    if (!there)
        e.label = "aborted";
    nap_step_release_inside(m, &e, place);
    return there;
}

bool nap_msi_send(struct nap_machine *m, unsigned device, nap_addr address, uint32_t data)
{
    return nap_msi_from(m, device, m->devices[device].line, address, data);
}
