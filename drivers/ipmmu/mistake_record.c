/* SPDX-License-Identifier: MIT */
/* Forms whose record of a unit or a context does not hold all of it, or not of all of them. */
#include "mistakes.h"

#include <errno.h>
#include <string.h>

static const struct nap_phase suspend[] = {IPMMU_PHASE_SAVE_AND_CLOSE};

/* --- contexts --- */

static void each_context(void (*restore)(const struct ipmmu_domain *domain,
                                         const struct ipmmu_ctx_backup *backup))
{
    const struct ipmmu_driver *driver = nap_driver_data();

    for (uint32_t ctx = 0; ctx < IPMMU_CTX_MAX; ctx++) {
        if (driver->domains[ctx] != NULL)
            restore(driver->domains[ctx], &driver->backup[ctx]);
    }
}

/* A guest with masters behind several caches has its context on all of them. */
static void on_first_cache(const struct ipmmu_domain *domain,
                           const struct ipmmu_ctx_backup *backup)
{
    struct ipmmu_domain first = *domain;
    struct ipmmu_cache newest;

    if (domain->caches != NULL) {
        newest = *domain->caches;
        newest.next = NULL;
        first.caches = &newest;
    }
    ipmmu_restore_context(&first, backup);
}

static int first_cache_only(void)
{
    each_context(on_first_cache);
    return 0;
}

static const struct nap_phase first_cache_only_resume[] = {
    IPMMU_PHASE_QUIESCE,
    {.name = "contexts", .kind = NAP_PHASE_STEP, .step = first_cache_only},
    IPMMU_PHASE_SYNC,
    IPMMU_PHASE_PORTS,
    IPMMU_PHASE_SETTLE_AND_OPEN,
};
const struct nap_driver nap_driver_ipmmu_first_cache_only =
    IPMMU_PHASES(suspend, first_cache_only_resume);

/* What follows IMTTLBR0 and IMTTUBR0, which the three forms below have their own way with
 * (docs/ipmmu-facts.md 6, H31). */
static void after_ttbr(const struct ipmmu_domain *domain, const struct ipmmu_ctx_backup *backup)
{
    uint32_t imctr = backup->imctr | IMCTR_FLUSH;

    ipmmu_ctx_write_root(domain, IMTTBCR, backup->imttbcr);
    ipmmu_ctx_write_root(domain, IMSTR, 0);
    ipmmu_ctx_write_all(domain, imctr);
}

/* The record is made by hand, and IMTTUBR0 is not in it. */
static void but_imttubr(const struct ipmmu_domain *domain,
                        const struct ipmmu_ctx_backup *backup)
{
    ipmmu_ctx_write_root(domain, IMTTLBR0, backup->imttlbr0);
    after_ttbr(domain, backup);
}

/* Tables are taken to lie below 4 GiB. */
static void with_imttubr_0(const struct ipmmu_domain *domain,
                           const struct ipmmu_ctx_backup *backup)
{
    ipmmu_ctx_write_root(domain, IMTTUBR0, 0);
    but_imttubr(domain, backup);
}

/* A 64-bit value written as two words, in the order of the other endianness. */
static void with_halves_swapped(const struct ipmmu_domain *domain,
                                const struct ipmmu_ctx_backup *backup)
{
    ipmmu_ctx_write_root(domain, IMTTLBR0, backup->imttubr0);
    ipmmu_ctx_write_root(domain, IMTTUBR0, backup->imttlbr0);
    after_ttbr(domain, backup);
}

static int no_imttubr(void)
{
    each_context(but_imttubr);
    return 0;
}

static int imttubr_zero(void)
{
    each_context(with_imttubr_0);
    return 0;
}

static int ttbr_swapped(void)
{
    each_context(with_halves_swapped);
    return 0;
}

#define TTBR_FORM(form)                                                                        \
    static const struct nap_phase form##_resume[] = {                                          \
        IPMMU_PHASE_QUIESCE,                                                                   \
        {.name = "contexts", .kind = NAP_PHASE_STEP, .step = (form)},                          \
        IPMMU_PHASE_SYNC,                                                                      \
        IPMMU_PHASE_PORTS,                                                                     \
        IPMMU_PHASE_SETTLE_AND_OPEN,                                                           \
    };                                                                                         \
    const struct nap_driver nap_driver_ipmmu_##form = IPMMU_PHASES(suspend, form##_resume)

TTBR_FORM(no_imttubr);
TTBR_FORM(imttubr_zero);
TTBR_FORM(ttbr_swapped);

/* --- the root --- */

/* The first unit that is not known to be a cache; nothing here says so of any. */
static void on_first_unit(const struct ipmmu_domain *domain,
                          const struct ipmmu_ctx_backup *backup)
{
    struct ipmmu_domain mistaken = *domain;

    mistaken.root = ipmmu_of(nap_list_first());
    ipmmu_restore_context(&mistaken, backup);
}

static int first_is_root(void)
{
    each_context(on_first_unit);
    return 0;
}

static const struct nap_phase first_is_root_resume[] = {
    IPMMU_PHASE_QUIESCE,
    {.name = "contexts", .kind = NAP_PHASE_STEP, .step = first_is_root},
    IPMMU_PHASE_SYNC,
    IPMMU_PHASE_PORTS,
    IPMMU_PHASE_SETTLE_AND_OPEN,
};
const struct nap_driver nap_driver_ipmmu_first_is_root =
    IPMMU_PHASES(suspend, first_is_root_resume);

/* --- ports --- */

/* All ports of a master but the last. */
static int all_ports_but_one(struct nap_device *device)
{
    const struct ipmmu_driver *driver = nap_driver_data();
    const struct ipmmu_device *mmu = ipmmu_of(device);

    for (const struct ipmmu_master *own = driver->masters; own != NULL; own = own->next) {
        if (own->mmu != mmu)
            continue;
        for (uint32_t i = 0; i + 1 < own->n_backup; i++) {
            uint32_t imuctr = own->backup[i].imuctr | IMUCTR_FLUSH;

            ipmmu_utlb_write(mmu, own->master->ids[i], IMUASID, own->backup[i].imuasid);
            ipmmu_utlb_write(mmu, own->master->ids[i], IMUCTR, imuctr);
        }
    }
    return 0;
}

static const struct nap_phase port_forgotten_resume[] = {
    IPMMU_PHASE_QUIESCE,
    IPMMU_PHASE_CONTEXTS,
    IPMMU_PHASE_SYNC,
    {.name = "ports",
     .kind = NAP_PHASE_WALK,
     .filter = ipmmu_is_cache,
     .each = all_ports_but_one},
    IPMMU_PHASE_SETTLE_AND_OPEN,
};
const struct nap_driver nap_driver_ipmmu_port_forgotten =
    IPMMU_PHASES(suspend, port_forgotten_resume);

/* --- sizes --- */

/* The number of entries is taken for the number of bytes. */
static int put_away(void)
{
    struct ipmmu_driver *driver = nap_driver_data();
    struct ipmmu_ctx_backup kept[IPMMU_CTX_MAX] = {{0}};

    memcpy(kept, driver->backup, IPMMU_CTX_MAX);
    memcpy(driver->backup, kept, sizeof(kept));
    return 0;
}

static const struct nap_phase record_too_short_suspend[] = {
    IPMMU_PHASE_SAVE_AND_CLOSE,
    {.name = "put away", .kind = NAP_PHASE_STEP, .step = put_away},
};
const struct nap_driver nap_driver_ipmmu_record_too_short =
    IPMMU_PHASES(record_too_short_suspend, ipmmu_recommended_resume);

/* --- no record at all --- */

const struct nap_driver nap_driver_ipmmu_no_handlers = {
    IPMMU_DRIVER_COMMON,
    .map = ipmmu_map_sync,
    .unmap = ipmmu_unmap_sync,
};

/* --- records that suspend makes --- */

static void *new_record(const struct ipmmu_master *own)
{
    return ipmmu_alloc(own->master->n_ids * sizeof(own->backup[0]), "record for suspend");
}

/* The old record stays until the new one is there. */
static int make_records(void)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    for (struct ipmmu_master *own = driver->masters; own != NULL; own = own->next) {
        void *record = new_record(own);

        if (record == NULL)
            return -ENOMEM;
        nap_free(own->backup);
        own->backup = record;
    }
    return 0;
}

/* A phase that returns nothing. */
static int make_records_unheard(void)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    for (struct ipmmu_master *own = driver->masters; own != NULL; own = own->next) {
        nap_free(own->backup);
        own->backup = new_record(own);
        own->n_backup = own->backup != NULL ? own->master->n_ids : 0;
    }
    return 0;
}

static const struct nap_phase record_at_suspend[] = {
    {.name = "records", .kind = NAP_PHASE_STEP, .step = make_records},
    IPMMU_PHASE_SAVE_AND_CLOSE,
};
const struct nap_driver nap_driver_ipmmu_record_at_suspend =
    IPMMU_PHASES(record_at_suspend, ipmmu_recommended_resume);

static const struct nap_phase record_unheard[] = {
    {.name = "records", .kind = NAP_PHASE_STEP, .step = make_records_unheard},
    IPMMU_PHASE_SAVE_AND_CLOSE,
};
const struct nap_driver nap_driver_ipmmu_record_unheard =
    IPMMU_PHASES(record_unheard, ipmmu_recommended_resume);
