/* SPDX-License-Identifier: MIT */
/* Forms in which a step of resume is missing, comes at another time, or does less. */
#include "mistakes.h"

static const struct nap_phase suspend[] = {IPMMU_PHASE_SAVE_AND_CLOSE};

/* --- the wait for flushes --- */

static const struct nap_phase no_sync[] = {IPMMU_PHASE_QUIESCE, IPMMU_PHASE_CONTEXTS,
                                           IPMMU_PHASE_PORTS, IPMMU_PHASE_SETTLE_AND_OPEN};
const struct nap_driver nap_driver_ipmmu_no_sync = IPMMU_PHASES(suspend, no_sync);

/* The flush went to root and caches; looked at is the root. */
static int wait_for_roots(void)
{
    const struct ipmmu_driver *driver = nap_driver_data();
    int ret = 0;

    nap_dsb();
    for (uint32_t ctx = 0; ctx < IPMMU_CTX_MAX && ret == 0; ctx++) {
        if (driver->domains[ctx] != NULL)
            ret = ipmmu_flush_poll(driver->domains[ctx]->root, ctx);
    }
    return ret;
}

static const struct nap_phase sync_root_only[] = {
    IPMMU_PHASE_QUIESCE,
    IPMMU_PHASE_CONTEXTS,
    {.name = "sync", .kind = NAP_PHASE_STEP, .step = wait_for_roots},
    IPMMU_PHASE_PORTS,
    IPMMU_PHASE_SETTLE_AND_OPEN,
};
const struct nap_driver nap_driver_ipmmu_sync_root_only = IPMMU_PHASES(suspend, sync_root_only);

/* As a helper that returns nothing. */
static int wait_unheard(void)
{
    (void)ipmmu_wait_contexts();
    return 0;
}

static const struct nap_phase sync_unheard[] = {
    IPMMU_PHASE_QUIESCE,
    IPMMU_PHASE_CONTEXTS,
    {.name = "sync", .kind = NAP_PHASE_STEP, .step = wait_unheard},
    IPMMU_PHASE_PORTS,
    IPMMU_PHASE_SETTLE_AND_OPEN,
};
const struct nap_driver nap_driver_ipmmu_sync_unheard = IPMMU_PHASES(suspend, sync_unheard);

/* --- what comes first --- */

/* Quiet units are taken for units that block: ports are turned on while the contexts they are
 * on have neither tables nor a flush. */
static const struct nap_phase ports_first[] = {IPMMU_PHASE_QUIESCE, IPMMU_PHASE_PORTS,
                                               IPMMU_PHASE_CONTEXTS, IPMMU_PHASE_SYNC,
                                               IPMMU_PHASE_SETTLE_AND_OPEN};
const struct nap_driver nap_driver_ipmmu_ports_first = IPMMU_PHASES(suspend, ports_first);

static int stop(struct nap_device *device)
{
    ipmmu_stop(ipmmu_of(device));
    return 0;
}

static int restore_controls(struct nap_device *device)
{
    ipmmu_restore_controls(ipmmu_of(device));
    return 0;
}

static const struct nap_phase controls_last[] = {
    {.name = "stop", .kind = NAP_PHASE_WALK, .each = stop},
    IPMMU_PHASE_CONTEXTS,
    IPMMU_PHASE_SYNC,
    IPMMU_PHASE_PORTS,
    {.name = "controls", .kind = NAP_PHASE_WALK, .each = restore_controls},
    IPMMU_PHASE_SETTLE_AND_OPEN,
};
const struct nap_driver nap_driver_ipmmu_controls_last = IPMMU_PHASES(suspend, controls_last);

/* --- what is flushed --- */

/* @root and @caches are the FLUSH bit of IMCTR, or 0. */
static void restore_contexts(uint32_t root, uint32_t caches)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    for (uint32_t ctx = 0; ctx < IPMMU_CTX_MAX; ctx++) {
        const struct ipmmu_domain *domain = driver->domains[ctx];
        const struct ipmmu_ctx_backup *backup = &driver->backup[ctx];

        if (domain == NULL)
            continue;
        ipmmu_ctx_write_root(domain, IMTTLBR0, backup->imttlbr0);
        ipmmu_ctx_write_root(domain, IMTTUBR0, backup->imttubr0);
        ipmmu_ctx_write_root(domain, IMTTBCR, backup->imttbcr);
        ipmmu_ctx_write_root(domain, IMSTR, 0);
        ipmmu_ctx_write_root(domain, IMCTR, backup->imctr | root);
        for (const struct ipmmu_cache *c = domain->caches; c != NULL; c = c->next)
            ipmmu_ctx_write_cache(domain, c->mmu, backup->imctr | caches);
    }
}

static int contexts_without_flush(void)
{
    restore_contexts(0, 0);
    return 0;
}

/* Entries of a cache are left to the flush of its ports. */
static int contexts_flush_root(void)
{
    restore_contexts(IMCTR_FLUSH, 0);
    return 0;
}

static int ports_as_saved(struct nap_device *device)
{
    const struct ipmmu_driver *driver = nap_driver_data();
    const struct ipmmu_device *mmu = ipmmu_of(device);

    for (const struct ipmmu_master *own = driver->masters; own != NULL; own = own->next) {
        if (own->mmu != mmu)
            continue;
        for (uint32_t i = 0; i < own->n_backup; i++) {
            ipmmu_utlb_write(mmu, own->master->ids[i], IMUASID, own->backup[i].imuasid);
            ipmmu_utlb_write(mmu, own->master->ids[i], IMUCTR, own->backup[i].imuctr);
        }
    }
    return 0;
}

/* The flush helper does nothing while nothing is in use, which during resume is so. */
static const struct nap_phase no_flush[] = {
    IPMMU_PHASE_QUIESCE,
    {.name = "contexts", .kind = NAP_PHASE_STEP, .step = contexts_without_flush},
    IPMMU_PHASE_SYNC,
    {.name = "ports", .kind = NAP_PHASE_WALK, .filter = ipmmu_is_cache, .each = ports_as_saved},
    IPMMU_PHASE_SETTLE_AND_OPEN,
};
const struct nap_driver nap_driver_ipmmu_no_flush = IPMMU_PHASES(suspend, no_flush);

static const struct nap_phase ports_flush[] = {
    IPMMU_PHASE_QUIESCE,
    {.name = "contexts", .kind = NAP_PHASE_STEP, .step = contexts_flush_root},
    IPMMU_PHASE_SYNC,
    IPMMU_PHASE_PORTS,
    IPMMU_PHASE_SETTLE_AND_OPEN,
};
const struct nap_driver nap_driver_ipmmu_ports_flush = IPMMU_PHASES(suspend, ports_flush);

static const struct nap_phase ports_no_flush[] = {
    IPMMU_PHASE_QUIESCE,
    {.name = "contexts", .kind = NAP_PHASE_STEP, .step = contexts_flush_root},
    IPMMU_PHASE_SYNC,
    {.name = "ports", .kind = NAP_PHASE_WALK, .filter = ipmmu_is_cache, .each = ports_as_saved},
    IPMMU_PHASE_SETTLE_AND_OPEN,
};
const struct nap_driver nap_driver_ipmmu_ports_no_flush = IPMMU_PHASES(suspend, ports_no_flush);
