/* SPDX-License-Identifier: MIT */
/* Conduct rules about what the driver takes of the OS and gives back. */
#include "judge.h"

#include "../os/os.h"

#include <inttypes.h>
#include <string.h>

void nap_os_balance(const struct nap_machine *m, const struct nap_event *e,
                    struct nap_report *report)
{
    const char *name = nap_device_name(m, e->device);

    if (e->index == NAP_OS_PM_PUT && e->was == 0)
        nap_violation(report, e->device, NAP_NO_SLOT, UINT32_MAX,
                      "a power reference of %s is put back that nobody holds", name);
    else if (e->index == NAP_OS_PM_ENABLE && e->was)
        nap_violation(report, e->device, NAP_NO_SLOT, UINT32_MAX,
                      "run-time power management of %s is enabled, and it is already", name);
    else if ((e->index == NAP_OS_IRQ_REQUEST || e->index == NAP_OS_MSI_ALLOC) && e->was)
        nap_violation(report, e->device, NAP_NO_SLOT, UINT32_MAX,
                      "%s of output %" PRIu64 " of %s, which has one already", e->label,
                      e->written, name);
    else if ((e->index == NAP_OS_IRQ_FREE || e->index == NAP_OS_MSI_FREE) && !e->was)
        nap_violation(report, e->device, NAP_NO_SLOT, UINT32_MAX,
                      "%s of output %" PRIu64 " of %s, which has none", e->label, e->written,
                      name);
}

/* A CMD_SYNC or the like may end by a message to memory that the driver has set aside for it.
 */
static bool is_lost(const struct nap_machine *m, const struct nap_event *e)
{
    return strcmp(e->label, "delivered") != 0 &&
           !(strcmp(e->label, "to memory") == 0 && nap_os_owns(m, e->address, e->size_bytes));
}

void nap_after_remove(const struct nap_machine *m, const struct nap_event *e,
                      struct nap_report *report)
{
    if (e->index == NAP_OS_AFTER_REMOVE)
        nap_violation(report, e->device, NAP_NO_SLOT, UINT32_MAX,
                      "access of 0x%" PRIx64 " after remove of %s has returned", e->now,
                      nap_device_name(m, e->device));
}

void nap_interrupt_lost(const struct nap_machine *m, const struct nap_event *e,
                        struct nap_report *report)
{
    const char *device = nap_device_name(m, e->device), *output;

    if (e->kind == NAP_STEP_MSI) {
        if (is_lost(m, e))
            nap_violation(report, e->device, NAP_NO_SLOT, UINT32_MAX,
                          "an interrupt message of %s, 0x%" PRIx64 " to 0x%" PRIx64
                          ", raises nothing: %s",
                          device, e->now, e->address, e->label);
        return;
    }
    if (e->index != NAP_OS_IRQ_LOST)
        return;
    output = nap_output_name(m, e->device, (unsigned)e->written);
    nap_violation(report, e->device, NAP_NO_SLOT, UINT32_MAX,
                  "interrupt %s of %s was raised, and no handler has taken it",
                  output ? output : "output", device);
}

void nap_interrupt_conserved(const struct nap_machine *m, const struct nap_event *e,
                             struct nap_report *report)
{
    const char *controller = nap_device_name(m, e->device);
    int from = nap_os_interrupt_holder(m, (uint32_t)e->written);

    if (e->index == NAP_OS_INTERRUPT_LOST && from >= 0)
        nap_violation(report, e->device, NAP_NO_SLOT, UINT32_MAX,
                      "interrupt %" PRIu64 " of %s is held high by %s, and no CPU has taken it",
                      e->written, controller, nap_device_name(m, (unsigned)from));
    else if (e->index == NAP_OS_INTERRUPT_LOST)
        nap_violation(report, e->device, NAP_NO_SLOT, UINT32_MAX,
                      "interrupt %" PRIu64 " of %s was raised, and no CPU has taken it",
                      e->written, controller);
    else if (e->index == NAP_OS_INTERRUPT_UNRAISED)
        nap_violation(report, e->device, NAP_NO_SLOT, UINT32_MAX,
                      "cpu%" PRIu64 " takes interrupt %" PRIu64
                      " of %s, which nobody has raised",
                      e->now, e->written, controller);
    else if (e->index == NAP_OS_INTERRUPT_ELSEWHERE)
        nap_violation(report, e->device, NAP_NO_SLOT, UINT32_MAX,
                      "cpu%" PRIu64 " takes interrupt %" PRIu64
                      " of %s, which software has for cpu%" PRIu64,
                      e->now, e->written, controller, e->was);
    else if (e->index == NAP_OS_INTERRUPT_TWICE)
        nap_violation(report, e->device, NAP_NO_SLOT, UINT32_MAX,
                      "cpu%" PRIu64 " takes interrupt %" PRIu64
                      " of %s, which a guest has taken on cpu%" PRIu64 " and not ended",
                      e->now, e->written, controller, e->was);
}

void nap_os_wake(const struct nap_machine *m, const struct nap_event *e,
                 struct nap_report *report)
{
    if (e->index == NAP_OS_PM_WAKE && m->st->os.handling >> 8 == e->device + 1)
        nap_violation(report, e->device, NAP_NO_SLOT, UINT32_MAX,
                      "an interrupt handler of %s powers it on, which was asleep",
                      nap_device_name(m, e->device));
}
