/* SPDX-License-Identifier: MIT */
/* Interrupts of a simulated controller, as the OS above its driver has them: which there are,
 * whose handler runs, and the books that say whether each that was raised has been handled
 * once. */
#include "os.h"

#include "../seam/seam.h"

#include <assert.h>

uint32_t nap_interrupts(void)
{
    return nap_seam_machine()->n_interrupts;
}

const struct nap_interrupt *nap_interrupt(uint32_t index)
{
    const struct nap_machine *m = nap_seam_machine();

    assert(index < m->n_interrupts);
    return &m->interrupts[index];
}

unsigned nap_this_cpu(void)
{
    return nap_cpu(nap_seam_machine());
}

unsigned nap_all_cpus(void)
{
    return nap_cpu_count(nap_seam_machine());
}

uint32_t nap_affinity_of(unsigned cpu)
{
    return nap_cpu_affinity(nap_seam_machine(), cpu);
}

/* --- books --- */

struct nap_os_interrupt *nap_os_interrupt_open(struct nap_machine *m, uint32_t index)
{
    struct nap_os_interrupt *i = &m->st->os.interrupts[index];

    nap_touched(m, i, sizeof *i);
    return i;
}

void nap_os_interrupt_step(struct nap_machine *m, enum nap_os_call call, uint32_t intid,
                           uint64_t was, uint64_t now)
{
    static const char *const labels[] = {
        [NAP_OS_INTERRUPT_LOST] = "interrupt that was never delivered",
        [NAP_OS_INTERRUPT_UNRAISED] = "interrupt that nobody raised",
        [NAP_OS_INTERRUPT_ELSEWHERE] = "interrupt at another CPU",
        [NAP_OS_INTERRUPT_TWICE] = "interrupt that a guest still handles",
    };

    nap_os_output_step(m, call, labels[call], (unsigned)nap_controller(m), intid, was, now);
}

/* Private ones are those of the CPU that runs. */
static bool find(const struct nap_machine *m, uint32_t intid, uint32_t *index)
{
    for (uint32_t i = 0; i < m->n_interrupts; i++)
        if (m->interrupts[i].intid == intid &&
            (intid >= NAP_LINE_SPI_FIRST || m->interrupts[i].cpu == nap_cpu(m))) {
            *index = i;
            return true;
        }
    return false;
}

/* The device whose handler it is, or -1. */
static int device_of(const struct nap_machine *m, uint32_t intid)
{
    for (unsigned i = 0; i < m->n_devices; i++)
        if (m->soc->devices[i].irq == intid && (int)i != nap_controller(m))
            return (int)i;
    return -1;
}

void nap_os_interrupt_end(struct nap_machine *m, uint32_t index)
{
    const struct nap_interrupt *i = &m->interrupts[index];

    if (!i->edge && (nap_line_shared(i->intid) || nap_line_private(i->intid)) &&
        device_of(m, i->intid) < 0)
        nap_line_set(m, i->intid, nap_line_private(i->intid) ? i->cpu : 0, false);
}

static void account(struct nap_machine *m, uint32_t index)
{
    const struct nap_interrupt *i = &m->interrupts[index];
    struct nap_os_interrupt *b = nap_os_interrupt_open(m, index);

    if (b->guest)
        nap_os_interrupt_step(m, NAP_OS_INTERRUPT_TWICE, i->intid, b->cpu, nap_cpu(m));
    else if (!b->owed)
        nap_os_interrupt_step(m, NAP_OS_INTERRUPT_UNRAISED, i->intid, 0, nap_cpu(m));
    if (i->cpu != nap_cpu(m))
        nap_os_interrupt_step(m, NAP_OS_INTERRUPT_ELSEWHERE, i->intid, i->cpu, nap_cpu(m));
    m->taken = m->taken * UINT64_C(0x100000001b3) + 1 + i->intid;
    b->owed = 0;
    b->guest = i->guest;
    b->cpu = (uint8_t)nap_cpu(m);
}

/* --- handlers --- */

static int handler(struct nap_device *device)
{
    nap_os_driver_for(nap_seam_machine(), device->index)->irq(device);
    return 0;
}

/* Its books are its line: what a device shows is its block's. */
static enum nap_irq_result by_device(struct nap_machine *m, unsigned device)
{
    struct nap_device *d = nap_os_device_of(m, device);
    const struct nap_driver *driver = nap_os_driver_for(m, device);
    uint32_t before, as;

    if (!d || !driver || !driver->irq)
        return NAP_IRQ_NOBODY;
    as = nap_os_run_as(m, nap_os_driver_of(m, device));
    before = nap_irq_handling(m, nap_irq_handler(device, NAP_OUTPUTS_MAX));
    (void)nap_seam_call_back(m, "irq", handler, d);
    (void)nap_irq_handling(m, before);
    (void)nap_os_run_as(m, as);
    return NAP_IRQ_HANDLED;
}

enum nap_irq_result nap_irq_dispatch_at(uint32_t intid, const char *file, int line)
{
    struct nap_machine *m = nap_seam_machine();
    int device = device_of(m, intid);
    uint32_t index;

    m->source = nap_seam_source(m, file, line, __builtin_frame_address(0));
    if (device >= 0)
        return by_device(m, (unsigned)device);
    if (!find(m, intid, &index)) {
        nap_os_interrupt_step(m, NAP_OS_INTERRUPT_UNRAISED, intid, 0, nap_cpu(m));
        return NAP_IRQ_NOBODY;
    }
    account(m, index);
    if (m->interrupts[index].guest)
        return NAP_IRQ_GUEST;
    nap_os_interrupt_end(m, index);
    return NAP_IRQ_HANDLED;
}
