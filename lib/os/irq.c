/* SPDX-License-Identifier: MIT */
/* Interrupts as a driver has them of its OS: handlers, their threads, message vectors. */
#include "os.h"

#include "../seam/seam.h"

#include <errno.h>

static struct nap_machine *begin(const char *file, int line, void *frame)
{
    struct nap_machine *m = nap_seam_machine();

    m->source = nap_seam_source(m, file, line, frame);
    return m;
}

/* --- handlers --- */

int nap_irq_request_at(struct nap_device *device, unsigned output, bool threaded,
                       const char *file, int line)
{
    struct nap_machine *m = begin(file, line, __builtin_frame_address(0));
    struct nap_os_device *d;
    unsigned bit = 1u << output % NAP_OUTPUTS_MAX;
    bool has_one;

    if (output >= NAP_OUTPUTS_MAX)
        return -EINVAL;
    if (nap_fails("irq request"))
        return -ENOMEM;
    d = nap_os_open(m, device->index);
    has_one = (d->irqs & bit) != 0;
    d->irqs = (uint8_t)(d->irqs | bit);
    if (!has_one)
        d->irqs_threaded =
            (uint8_t)(threaded ? d->irqs_threaded | bit : d->irqs_threaded & ~bit);
    nap_os_output_step(m, NAP_OS_IRQ_REQUEST, "irq request", device->index, output, has_one, 1);
    return has_one ? -EBUSY : 0;
}

unsigned nap_irq_edges(const struct nap_machine *m, unsigned device)
{
    return nap_edges(m, device) & m->st->os.devices[device].irqs;
}

unsigned nap_irq_threads(const struct nap_machine *m, unsigned device)
{
    return m->st->os.devices[device].irq_threads;
}

uint32_t nap_irq_handling(struct nap_machine *m, uint32_t now)
{
    uint32_t was = m->st->os.handling;

    nap_touched(m, &m->st->os.handling, sizeof m->st->os.handling);
    m->st->os.handling = now;
    return was;
}

uint32_t nap_irq_handler(unsigned device, unsigned output)
{
    return (device + 1) << 8 | output;
}

uint32_t nap_irq_begins(struct nap_machine *m, unsigned device, unsigned output, bool is_thread)
{
    struct nap_os_device *d = nap_os_open(m, device);

    if (is_thread)
        d->irq_threads = (uint8_t)(d->irq_threads & ~(1u << output));
    else
        nap_edge_take(m, device, output);
    return nap_irq_handling(m, nap_irq_handler(device, output));
}

void nap_irq_ended(struct nap_machine *m, unsigned device, unsigned output, bool thread,
                   uint32_t before)
{
    struct nap_os_device *d = nap_os_open(m, device);

    (void)nap_irq_handling(m, before);
    if (thread && (d->irqs_threaded & 1u << output))
        d->irq_threads = (uint8_t)(d->irq_threads | 1u << output);
}

/* --- within a driver call --- */

bool nap_irq_has_line_handler(const struct nap_machine *m, unsigned device)
{
    const struct nap_driver *driver = nap_os_driver_for(m, device);

    return driver && driver->irq && nap_os_device_of(m, device) && nap_pm_driven(m, device) &&
           !m->st->os.devices[device].removed;
}

/* Power may go, or a suspend be given up, at any access of the call, but not within a handler:
 * it would be left with its bit taken and what it holds, and nobody would know. */
nap_request_hook *nap_irq_keep_whole(struct nap_machine *m, nap_request_hook *hook)
{
    nap_request_hook *was = m->before_access;

    m->before_access = hook;
    return was;
}

static void handle_edge(struct nap_machine *m, struct nap_device *device, unsigned output)
{
    nap_request_hook *hook = nap_irq_keep_whole(m, NULL);
    uint32_t before = nap_irq_begins(m, device->index, output, false);
    uint32_t as = nap_os_run_as(m, nap_os_driver_of(m, device->index));
    const struct nap_driver *driver = nap_os_driver_for(m, device->index);
    bool thread = true;

    if (driver && driver->irq_edge)
        thread = driver->irq_edge(device, output);
    (void)nap_os_run_as(m, as);
    (void)nap_irq_keep_whole(m, hook);
    nap_irq_ended(m, device->index, output, thread, before);
}

static void run_thread(struct nap_machine *m, struct nap_device *device, unsigned output)
{
    nap_request_hook *hook = nap_irq_keep_whole(m, NULL);
    uint32_t before = nap_irq_begins(m, device->index, output, true);
    uint32_t as = nap_os_run_as(m, nap_os_driver_of(m, device->index));
    const struct nap_driver *driver = nap_os_driver_for(m, device->index);

    if (driver && driver->irq_thread)
        driver->irq_thread(device, output);
    (void)nap_os_run_as(m, as);
    (void)nap_irq_keep_whole(m, hook);
    nap_irq_ended(m, device->index, output, false, before);
}

/* Who raises itself anew so often does so for ever. */
#define ROUNDS_MAX 16u

/* A handler that waits for itself would wait for ever; of an OS that is a deadlock. */
static void synchronize(struct nap_machine *m, struct nap_device *device, unsigned outputs)
{
    uint32_t handling = m->st->os.handling;
    unsigned edges, threads;

    for (unsigned i = 0; i <= NAP_OUTPUTS_MAX; i++) /* the last stands for the line */
        if ((outputs & 1u << i) && handling == nap_irq_handler(device->index, i))
            nap_panic_at("an interrupt handler waits for itself", m->source);
    for (unsigned rounds = 0; !m->st->os.irqs_off; rounds++) {
        edges = nap_irq_edges(m, device->index) & outputs;
        threads = nap_irq_threads(m, device->index) & outputs;
        if (!edges && !threads)
            return;
        if (rounds == ROUNDS_MAX * NAP_OUTPUTS_MAX)
            nap_panic_at("an interrupt raises itself while a call waits for its handler",
                         m->source);
        if (edges)
            handle_edge(m, device, (unsigned)__builtin_ctz(edges));
        else
            run_thread(m, device, (unsigned)__builtin_ctz(threads));
    }
}

void nap_irq_synchronize(struct nap_device *device)
{
    synchronize(nap_seam_machine(), device, UINT32_MAX);
}

void nap_irq_free_at(struct nap_device *device, unsigned output, const char *file, int line)
{
    struct nap_machine *m = begin(file, line, __builtin_frame_address(0));
    struct nap_source source = m->source;
    struct nap_os_device *d;
    unsigned bit = 1u << output % NAP_OUTPUTS_MAX;
    bool has_one = output < NAP_OUTPUTS_MAX && (m->st->os.devices[device->index].irqs & bit);

    if (has_one) {
        synchronize(m, device, bit);
        d = nap_os_open(m, device->index);
        d->irqs = (uint8_t)(d->irqs & ~bit);
        d->irqs_threaded = (uint8_t)(d->irqs_threaded & ~bit);
        d->irq_threads = (uint8_t)(d->irq_threads & ~bit);
    }
    m->source = source;
    nap_os_output_step(m, NAP_OS_IRQ_FREE, "irq free", device->index, output, has_one, 0);
}

void nap_irqs_set(struct nap_machine *m, bool on)
{
    if (m->st->os.irqs_off == !on)
        return;
    nap_touched(m, &m->st->os.irqs_off, sizeof m->st->os.irqs_off);
    m->st->os.irqs_off = !on;
}

void nap_irq_end(struct nap_machine *m)
{
    for (unsigned i = 0; i < m->n_devices; i++)
        for (unsigned edges = nap_edges(m, i) & ~(unsigned)m->st->os.devices[i].irqs; edges;
             edges &= edges - 1) {
            m->source = (struct nap_source){NULL, 0, NULL};
            nap_os_output_step(m, NAP_OS_IRQ_LOST, "interrupt that nobody takes", i,
                               (unsigned)__builtin_ctz(edges), 1, 0);
        }
}

/* --- vectors --- */

/* What a message carries: who it is of, and whether the core has moved it. */
static uint32_t data_of(unsigned device, unsigned output, bool moved)
{
    return 0x100u + device * 2u * NAP_OUTPUTS_MAX + output + (moved ? NAP_OUTPUTS_MAX : 0u);
}

int nap_msi_alloc_at(struct nap_device *device, unsigned output, nap_addr *address,
                     uint32_t *data, const char *file, int line)
{
    struct nap_machine *m = begin(file, line, __builtin_frame_address(0));
    bool has_one;

    if (output >= NAP_OUTPUTS_MAX)
        return -EINVAL;
    if (!m->soc->msi)
        return -ENODEV;
    if (nap_fails("msi vector"))
        return -ENOSPC;
    has_one = nap_msi_vector_of(m, device->index, output) != NULL;
    if (!has_one &&
        !nap_msi_vector_set(m, data_of(device->index, output, false), device->index, output))
        return -ENOSPC;
    nap_os_output_step(m, NAP_OS_MSI_ALLOC, "msi alloc", device->index, output, has_one, 1);
    if (has_one)
        return -EBUSY;
    return nap_msi_message(device, output, address, data);
}

int nap_msi_message(const struct nap_device *device, unsigned output, nap_addr *address,
                    uint32_t *data)
{
    const struct nap_machine *m = nap_seam_machine();
    const struct nap_msi_vector *v = nap_msi_vector_of(m, device->index, output);

    if (!v)
        return -ENOENT;
    *address = m->soc->msi;
    *data = v->data;
    return 0;
}

void nap_msi_free_at(struct nap_device *device, unsigned output, const char *file, int line)
{
    struct nap_machine *m = begin(file, line, __builtin_frame_address(0));
    const struct nap_msi_vector *v = nap_msi_vector_of(m, device->index, output);
    bool has_one = v != NULL;

    if (v)
        nap_msi_vector_clear(m, v->data);
    nap_os_output_step(m, NAP_OS_MSI_FREE, "msi free", device->index, output, has_one, 0);
}

bool nap_msi_move(struct nap_machine *m, unsigned device, unsigned output)
{
    const struct nap_msi_vector *v = nap_msi_vector_of(m, device, output);
    uint32_t was, now;

    if (!v)
        return false;
    was = v->data;
    now = data_of(device, output, was == data_of(device, output, false));
    nap_msi_vector_clear(m, was);
    (void)nap_msi_vector_set(m, now, device, output); /* there is room: that of the other */
    m->source = (struct nap_source){NULL, 0, NULL};
    nap_os_output_step(m, NAP_OS_MSI_MOVE, "msi move", device, output, was, now);
    return true;
}

unsigned nap_msi_count(const struct nap_machine *m, unsigned device)
{
    unsigned n = 0;

    for (uint32_t i = 0; i < m->st->n_vectors; i++)
        n += m->st->vectors[i].device == device;
    return n;
}
