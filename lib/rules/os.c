/* SPDX-License-Identifier: MIT */
/* Conduct rules about what the driver takes of the OS and gives back. */
#include "judge.h"

#include <inttypes.h>

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
}

void nap_os_wake(const struct nap_machine *m, const struct nap_event *e,
                 struct nap_report *report)
{
    if (e->index == NAP_OS_PM_WAKE && m->st->os.handling == e->device + 1)
        nap_violation(report, e->device, NAP_NO_SLOT, UINT32_MAX,
                      "an interrupt handler of %s powers it on, which was asleep",
                      nap_device_name(m, e->device));
}
