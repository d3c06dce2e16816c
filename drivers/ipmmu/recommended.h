/* SPDX-License-Identifier: MIT */
/* The pieces of variant recommended, for forms that differ from it in one of them. */
#ifndef IPMMU_RECOMMENDED_H
#define IPMMU_RECOMMENDED_H

#include "ipmmu-vmsa.h"

int ipmmu_save(struct nap_device *device);
int ipmmu_save_and_close(struct nap_device *device); /* and no guest reaches a unit from here */
void ipmmu_restore_controls(const struct ipmmu_device *mmu);
void ipmmu_stop(const struct ipmmu_device *mmu); /* contexts and ports off */
int ipmmu_quiesce(struct nap_device *device);    /* controls and stop */
void ipmmu_restore_context(const struct ipmmu_domain *domain,
                           const struct ipmmu_ctx_backup *backup);
int ipmmu_restore_contexts(void);
int ipmmu_restore_ports(struct nap_device *device);
int ipmmu_settle(void);
int ipmmu_settle_one(const struct ipmmu_device *mmu);
int ipmmu_settle_and_open(void);
void ipmmu_sleep(bool asleep); /* closes the gate to calls of guests, or opens it */

#define IPMMU_PHASE_SAVE                                                                       \
    {                                                                                          \
        .name = "save", .kind = NAP_PHASE_WALK, .each = ipmmu_save                             \
    }
#define IPMMU_PHASE_QUIESCE                                                                    \
    {                                                                                          \
        .name = "quiesce", .kind = NAP_PHASE_WALK, .each = ipmmu_quiesce                       \
    }
#define IPMMU_PHASE_CONTEXTS                                                                   \
    {                                                                                          \
        .name = "contexts", .kind = NAP_PHASE_STEP, .step = ipmmu_restore_contexts             \
    }
#define IPMMU_PHASE_SYNC                                                                       \
    {                                                                                          \
        .name = "sync", .kind = NAP_PHASE_STEP, .step = ipmmu_wait_contexts                    \
    }
#define IPMMU_PHASE_PORTS                                                                      \
    {                                                                                          \
        .name = "ports", .kind = NAP_PHASE_WALK, .filter = ipmmu_is_cache,                     \
        .each = ipmmu_restore_ports                                                            \
    }
#define IPMMU_PHASE_SETTLE                                                                     \
    {                                                                                          \
        .name = "settle", .kind = NAP_PHASE_STEP, .step = ipmmu_settle                         \
    }

#define IPMMU_PHASE_SAVE_AND_CLOSE                                                             \
    {                                                                                          \
        .name = "save", .kind = NAP_PHASE_WALK, .each = ipmmu_save_and_close                   \
    }
#define IPMMU_PHASE_SETTLE_AND_OPEN                                                            \
    {                                                                                          \
        .name = "settle", .kind = NAP_PHASE_STEP, .step = ipmmu_settle_and_open                \
    }

/* Suspend and resume as a whole, for a form that differs in another call. */
extern const struct nap_phase ipmmu_recommended_suspend[1];
extern const struct nap_phase ipmmu_recommended_resume[5];
#define IPMMU_RECOMMENDED_PHASES                                                               \
    .suspend = ipmmu_recommended_suspend, .n_suspend = 1, .resume = ipmmu_recommended_resume,  \
    .n_resume = 5

#endif
