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

    if (index >= m->n_interrupts)
        nap_panic_at("nap_interrupt() beyond nap_interrupts()",
                     nap_seam_caller(m, __builtin_frame_address(0)));
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
    const struct nap_machine *m = nap_seam_machine();

    if (cpu >= nap_cpu_count(m))
        nap_panic_at("nap_affinity_of() a CPU beyond nap_all_cpus()",
                     nap_seam_caller(m, __builtin_frame_address(0)));
    return nap_cpu_affinity(m, cpu);
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

/* SGIs are private, and have no line. */
static bool is_private(uint32_t intid)
{
    return intid < NAP_LINE_PPI_FIRST || nap_line_private(intid);
}

/* Private ones are those of the CPU that runs. */
static bool find(const struct nap_machine *m, uint32_t intid, uint32_t *index)
{
    for (uint32_t i = 0; i < m->n_interrupts; i++)
        if (m->interrupts[i].intid == intid &&
            (!is_private(intid) || m->interrupts[i].cpu == nap_cpu(m))) {
            *index = i;
            return true;
        }
    return false;
}

/* Devices share an input where a machine says so. */
static bool is_of(const struct nap_machine *m, unsigned device, uint32_t intid)
{
    return nap_line_shared(intid) && m->soc->devices[device].irq == intid &&
           (int)device != nap_controller(m);
}

static bool is_a_devices(const struct nap_machine *m, uint32_t intid)
{
    for (unsigned i = 0; i < m->n_devices; i++)
        if (is_of(m, i, intid))
            return true;
    return false;
}

int nap_os_interrupt_holder(const struct nap_machine *m, uint32_t intid)
{
    for (unsigned i = 0; i < m->n_devices; i++)
        if (is_of(m, i, intid) && nap_wire(m, i))
            return (int)i;
    return -1;
}

void nap_os_interrupt_end(struct nap_machine *m, uint32_t index)
{
    const struct nap_interrupt *i = &m->interrupts[index];

    if (!i->edge && (nap_line_shared(i->intid) || nap_line_private(i->intid)) &&
        !is_a_devices(m, i->intid))
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
    m->taken = m->taken * UINT64_C(0x100000001b3) + 1 + i->intid + ((uint64_t)nap_cpu(m) << 32);
    b->owed = NAP_OWED_NOT;
    b->guest = i->guest;
    b->cpu = i->guest ? (uint8_t)nap_cpu(m) : 0; /* nobody asks it of others */
}

/* --- handlers --- */

static int handler(struct nap_device *device)
{
    nap_os_driver_for(nap_seam_machine(), device->index)->irq(device);
    return 0;
}

static void handle(struct nap_machine *m, unsigned device)
{
    nap_request_hook *hook = nap_irq_keep_whole(m, NULL);
    uint32_t as = nap_os_run_as(m, nap_os_driver_of(m, device));
    uint32_t before = nap_irq_handling(m, nap_irq_handler(device, NAP_OUTPUTS_MAX));

    (void)nap_seam_call_back(m, "irq", handler, nap_os_device_of(m, device));
    (void)nap_irq_handling(m, before);
    (void)nap_os_run_as(m, as);
    (void)nap_irq_keep_whole(m, hook);
}

/* Their books are their line: what a device shows is its block's. Of those that share the
 * input each handler looks for itself whether it is meant. */
static enum nap_irq_result by_devices(struct nap_machine *m, uint32_t intid)
{
    enum nap_irq_result result = NAP_IRQ_NOBODY;

    for (unsigned i = 0; i < m->n_devices; i++) {
        if (!is_of(m, i, intid) || !nap_irq_has_line_handler(m, i))
            continue;
        handle(m, i);
        result = NAP_IRQ_HANDLED;
    }
    return result;
}

enum nap_irq_result nap_irq_dispatch_at(uint32_t intid, const char *file, int line)
{
    struct nap_machine *m = nap_seam_machine();
    uint32_t index;

    m->source = nap_seam_source(m, file, line, __builtin_frame_address(0));
    if (nap_controller(m) < 0)
        nap_panic_at("nap_irq_dispatch() on a machine without a controller", m->source);
    if (is_a_devices(m, intid))
        return by_devices(m, intid);
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
