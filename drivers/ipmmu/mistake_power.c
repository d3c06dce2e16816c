/* SPDX-License-Identifier: MIT */
/* Forms that differ in what they take for granted: that units have power, that masters wait,
 * that firmware left things as they were. */
#include "mistakes.h"

static const struct nap_phase suspend[] = {IPMMU_PHASE_SAVE_AND_CLOSE};

/* --- power of a unit --- */

static int power_up(struct nap_device *device)
{
    nap_device_set_power(device, true);
    return 0;
}

static const struct nap_phase power_held_resume[] = {
    {.name = "power", .kind = NAP_PHASE_WALK, .each = power_up},
    IPMMU_PHASE_QUIESCE,
    IPMMU_PHASE_CONTEXTS,
    IPMMU_PHASE_SYNC,
    IPMMU_PHASE_PORTS,
    IPMMU_PHASE_SETTLE_AND_OPEN,
};
const struct nap_driver nap_driver_ipmmu_power_held = IPMMU_PHASES(suspend, power_held_resume);

/* --- power of a flush --- */

/* A unit in use is taken for a unit with power: suspend closes nothing. */
static const struct nap_phase open_suspend[] = {IPMMU_PHASE_SAVE};

static const struct nap_phase open_resume[] = {
    IPMMU_PHASE_QUIESCE, IPMMU_PHASE_CONTEXTS, IPMMU_PHASE_SYNC,
    IPMMU_PHASE_PORTS,   IPMMU_PHASE_SETTLE,
};

const struct nap_driver nap_driver_ipmmu_flush_unasked = {
    IPMMU_DRIVER_COMMON, .map = ipmmu_map,      .unmap = ipmmu_unmap, .suspend = open_suspend,
    .n_suspend = 1,      .resume = open_resume, .n_resume = 5,
};

/* --- what firmware did --- */

/* A root that still has its controls is taken for a machine that lost nothing. */
static bool root_kept_its_controls(void)
{
    const struct ipmmu_driver *driver = nap_driver_data();
    const struct ipmmu_device *root = NULL;

    for (uint32_t ctx = 0; ctx < IPMMU_CTX_MAX && root == NULL; ctx++) {
        if (driver->domains[ctx] != NULL)
            root = driver->domains[ctx]->root;
    }
    return root != NULL && ipmmu_ctrl_read(root, IMSAUXCTLR) == root->imsauxctlr;
}

static int restore_if_lost(void)
{
    int ret = 0;

    if (root_kept_its_controls())
        return 0;
    for (struct nap_device *d = nap_list_first(); d != NULL; d = nap_list_next(d))
        (void)ipmmu_quiesce(d);
    (void)ipmmu_restore_contexts();
    ret = ipmmu_wait_contexts();
    for (struct nap_device *d = nap_list_first(); d != NULL && ret == 0; d = nap_list_next(d)) {
        if (ipmmu_is_cache(d))
            ret = ipmmu_restore_ports(d);
    }
    return ret;
}

static const struct nap_phase resume_if_lost[] = {
    {.name = "restore", .kind = NAP_PHASE_STEP, .step = restore_if_lost},
    IPMMU_PHASE_SETTLE_AND_OPEN,
};
const struct nap_driver nap_driver_ipmmu_resume_if_lost = IPMMU_PHASES(suspend, resume_if_lost);

static int restore_controls(struct nap_device *device)
{
    ipmmu_restore_controls(ipmmu_of(device));
    return 0;
}

/* A port that is set has been brought back by firmware, which has a record of its own. */
static int ports_not_yet_set(struct nap_device *device)
{
    const struct ipmmu_driver *driver = nap_driver_data();
    const struct ipmmu_device *mmu = ipmmu_of(device);

    for (const struct ipmmu_master *own = driver->masters; own != NULL; own = own->next) {
        if (own->mmu != mmu)
            continue;
        for (uint32_t i = 0; i < own->n_backup; i++) {
            uint32_t imuctr = own->backup[i].imuctr | IMUCTR_FLUSH;

            if (ipmmu_utlb_read(mmu, own->master->ids[i], IMUCTR) != 0)
                continue;
            ipmmu_utlb_write(mmu, own->master->ids[i], IMUASID, own->backup[i].imuasid);
            ipmmu_utlb_write(mmu, own->master->ids[i], IMUCTR, imuctr);
        }
    }
    return 0;
}

static const struct nap_phase trusts_firmware_resume[] = {
    {.name = "controls", .kind = NAP_PHASE_WALK, .each = restore_controls},
    IPMMU_PHASE_CONTEXTS,
    IPMMU_PHASE_SYNC,
    {.name = "ports",
     .kind = NAP_PHASE_WALK,
     .filter = ipmmu_is_cache,
     .each = ports_not_yet_set},
    IPMMU_PHASE_SETTLE_AND_OPEN,
};
const struct nap_driver nap_driver_ipmmu_trusts_firmware =
    IPMMU_PHASES(suspend, trusts_firmware_resume);

/* --- masters --- */

static void each_master(void (*apply)(struct nap_master *master), const struct ipmmu_domain *of)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    for (const struct ipmmu_master *own = driver->masters; own != NULL; own = own->next) {
        if (of == NULL || own->domain == of)
            apply(own->master);
    }
}

static int hold_masters(void)
{
    each_master(nap_master_hold, NULL);
    return 0;
}

static int release_masters(void)
{
    each_master(nap_master_release, NULL);
    return 0;
}

#define HOLD                                                                                   \
    {                                                                                          \
        .name = "hold masters", .kind = NAP_PHASE_STEP, .step = hold_masters                   \
    }
#define RELEASE                                                                                \
    {                                                                                          \
        .name = "release masters", .kind = NAP_PHASE_STEP, .step = release_masters             \
    }

static const struct nap_phase held_suspend[] = {HOLD, IPMMU_PHASE_SAVE_AND_CLOSE};

/* In the order of names: masters come before what they sit behind. */
static const struct nap_phase masters_early_resume[] = {
    RELEASE,          IPMMU_PHASE_QUIESCE, IPMMU_PHASE_CONTEXTS,
    IPMMU_PHASE_SYNC, IPMMU_PHASE_PORTS,   IPMMU_PHASE_SETTLE_AND_OPEN,
};
const struct nap_driver nap_driver_ipmmu_masters_early =
    IPMMU_PHASES(held_suspend, masters_early_resume);

/* The guest that came last has not been asked to stop. */
static int hold_all_but_last_guest(void)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    for (uint32_t ctx = 0; ctx + 1 < IPMMU_CTX_MAX; ctx++) {
        if (driver->domains[ctx] != NULL && driver->domains[ctx + 1] != NULL)
            each_master(nap_master_hold, driver->domains[ctx]);
    }
    return 0;
}

static const struct nap_phase one_guest_runs_suspend[] = {
    {.name = "hold masters", .kind = NAP_PHASE_STEP, .step = hold_all_but_last_guest},
    IPMMU_PHASE_SAVE_AND_CLOSE,
};
static const struct nap_phase one_guest_runs_resume[] = {
    IPMMU_PHASE_QUIESCE, IPMMU_PHASE_CONTEXTS,        IPMMU_PHASE_SYNC,
    IPMMU_PHASE_PORTS,   IPMMU_PHASE_SETTLE_AND_OPEN, RELEASE,
};
const struct nap_driver nap_driver_ipmmu_one_guest_runs =
    IPMMU_PHASES(one_guest_runs_suspend, one_guest_runs_resume);

/* --- the fault handler --- */

/* Whose port it was stands in the caches that the guest's masters sit behind. */
static void log_ports(const struct ipmmu_master *own)
{
    for (uint32_t i = 0; i < own->master->n_ids; i++)
        nap_log("%s: port %u is 0x%x", own->mmu->device->name, (unsigned)own->master->ids[i],
                (unsigned)ipmmu_utlb_read(own->mmu, own->master->ids[i], IMUCTR));
}

static void irq_unasked(struct nap_device *device)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    for (const struct ipmmu_master *own = driver->masters; own != NULL; own = own->next)
        log_ports(own);
    ipmmu_irq(device);
}

static void irq_asks_power(struct nap_device *device)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    for (const struct ipmmu_master *own = driver->masters; own != NULL; own = own->next) {
        if (nap_device_powered(own->mmu->device))
            log_ports(own);
    }
    ipmmu_irq(device);
}

#define WITH_IRQ(handler)                                                                      \
    {                                                                                          \
        .abi = NAP_DRIVER_ABI, .name = "ipmmu", .compatible = ipmmu_compatible,                \
        .probe = ipmmu_probe, .add_master = ipmmu_add_master,                                  \
        .domain_init = ipmmu_domain_init, .domain_destroy = ipmmu_domain_destroy,              \
        .attach = ipmmu_attach, .detach = ipmmu_detach, .map = ipmmu_map_sync,                 \
        .unmap = ipmmu_unmap_sync, .irq = (handler), IPMMU_RECOMMENDED_PHASES,                 \
    }

const struct nap_driver nap_driver_ipmmu_irq_unasked = WITH_IRQ(irq_unasked);
const struct nap_driver nap_driver_ipmmu_irq_asks_power = WITH_IRQ(irq_asks_power);
