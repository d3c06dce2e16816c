/* SPDX-License-Identifier: MIT */
/* Forms of the driver for the hazard catalogue: `recommended` with one thing done in another
 * way. Most of them are wrong, each in the way that its entry in hazards/ tells; the others are
 * right and stand beside one that is not. */
#ifndef IPMMU_MISTAKES_H
#define IPMMU_MISTAKES_H

#include "recommended.h"

/* A form that differs from recommended in its phases alone. */
#define IPMMU_PHASES(suspend_phases, resume_phases)                                            \
    {                                                                                          \
        IPMMU_DRIVER_COMMON,                                                                   \
            .map = ipmmu_map_sync, .unmap = ipmmu_unmap_sync, .device_off = ipmmu_device_off,  \
            .device_on = ipmmu_device_on, .suspend = (suspend_phases),                         \
            .n_suspend = sizeof(suspend_phases) / sizeof((suspend_phases)[0]),                 \
            .resume = (resume_phases),                                                         \
            .n_resume = sizeof(resume_phases) / sizeof((resume_phases)[0]),                    \
    }

/* mistake_order.c: steps left out or in another order */
extern const struct nap_driver nap_driver_ipmmu_no_sync;
extern const struct nap_driver nap_driver_ipmmu_sync_root_only;
extern const struct nap_driver nap_driver_ipmmu_sync_unheard;
extern const struct nap_driver nap_driver_ipmmu_ports_first;
extern const struct nap_driver nap_driver_ipmmu_controls_last;
extern const struct nap_driver nap_driver_ipmmu_no_flush;
extern const struct nap_driver nap_driver_ipmmu_ports_flush;
extern const struct nap_driver nap_driver_ipmmu_ports_no_flush;

/* mistake_record.c: a record that does not hold all, or not of all */
extern const struct nap_driver nap_driver_ipmmu_first_cache_only;
extern const struct nap_driver nap_driver_ipmmu_no_imttubr;
extern const struct nap_driver nap_driver_ipmmu_imttubr_zero;
extern const struct nap_driver nap_driver_ipmmu_ttbr_swapped;
extern const struct nap_driver nap_driver_ipmmu_port_forgotten;
extern const struct nap_driver nap_driver_ipmmu_record_too_short;
extern const struct nap_driver nap_driver_ipmmu_first_is_root;
extern const struct nap_driver nap_driver_ipmmu_no_handlers;
extern const struct nap_driver nap_driver_ipmmu_record_at_suspend;
extern const struct nap_driver nap_driver_ipmmu_record_unheard;

/* mistake_calls.c: attach and its kin */
extern const struct nap_driver nap_driver_ipmmu_late_record;
extern const struct nap_driver nap_driver_ipmmu_optional_record;
extern const struct nap_driver nap_driver_ipmmu_unset_context;
extern const struct nap_driver nap_driver_ipmmu_no_fence;

/* mistake_power.c: power, masters, and what firmware did */
extern const struct nap_driver nap_driver_ipmmu_power_held;
extern const struct nap_driver nap_driver_ipmmu_flush_unasked;
extern const struct nap_driver nap_driver_ipmmu_resume_if_lost;
extern const struct nap_driver nap_driver_ipmmu_trusts_firmware;
extern const struct nap_driver nap_driver_ipmmu_masters_early;
extern const struct nap_driver nap_driver_ipmmu_one_guest_runs;
extern const struct nap_driver nap_driver_ipmmu_irq_asks_power;
extern const struct nap_driver nap_driver_ipmmu_irq_unasked;

/* mistake_offsets.c: registers looked for elsewhere */
extern const struct nap_driver nap_driver_ipmmu_context_offset;
extern const struct nap_driver nap_driver_ipmmu_port_offset;
extern const struct nap_driver nap_driver_ipmmu_control_offset;

#endif
