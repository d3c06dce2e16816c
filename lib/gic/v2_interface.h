/* SPDX-License-Identifier: MIT */
/* Private to lib/gic: registers of the CPU interface of one CPU. */
#ifndef NAP_GIC_V2_INTERFACE_H
#define NAP_GIC_V2_INTERFACE_H

#include "v2.h"

/* Of the register whose first slot is @first, that of @cpu; and its value. */
static inline unsigned v2_slot_of(const struct nap_machine *m, unsigned device, unsigned first,
                                  unsigned cpu)
{
    return nap_bank_slot(m, device, first, cpu);
}

static inline uint32_t v2_of_cpu(const struct nap_machine *m, unsigned device, unsigned first,
                                 unsigned cpu)
{
    return (uint32_t)nap_reg_get(m, device, v2_slot_of(m, device, first, cpu));
}

/* Of the CPU whose access this is. */
static inline uint32_t v2_own(const struct nap_machine *m, unsigned device, unsigned first)
{
    return v2_of_cpu(m, device, first, nap_cpu(m));
}

static inline bool v2_is_nonsecure(const struct nap_machine *m, unsigned device)
{
    return v2_nonsecure(m, v2_distributor(m, device));
}

/* Active priorities of both groups, in order. */
void v2_active_priorities(const struct nap_machine *m, unsigned device, unsigned cpu,
                          uint32_t out[V2_APRS]);

#endif
