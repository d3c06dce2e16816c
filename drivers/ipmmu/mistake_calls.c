/* SPDX-License-Identifier: MIT */
/* Forms that go wrong when a master is made or attached, or a page unmapped. */
#include "mistakes.h"

#include <errno.h>

/* A master without a record of its ports, on the driver's list. */
static struct ipmmu_master *listed_master(struct nap_master *master)
{
    struct ipmmu_driver *driver = nap_driver_data();
    struct ipmmu_master *own = ipmmu_alloc(sizeof(*own), "master");

    if (own == NULL)
        return NULL;
    own->master = master;
    own->mmu = ipmmu_of(master->device);
    own->next = driver->masters;
    driver->masters = own;
    master->data = own;
    return own;
}

static int add_record(struct ipmmu_master *own)
{
    own->backup = ipmmu_alloc(own->master->n_ids * sizeof(own->backup[0]), "backup record");
    if (own->backup == NULL)
        return -ENOMEM;
    own->n_backup = own->master->n_ids;
    return 0;
}

/* The record comes last, when the master counts as protected already. */
static int add_master_then_record(struct nap_master *master)
{
    struct ipmmu_master *own = listed_master(master);

    return own == NULL ? -ENOMEM : add_record(own);
}

const struct nap_driver nap_driver_ipmmu_late_record = {
    IPMMU_DRIVER_BASE,
    .add_master = add_master_then_record,
    .domain_init = ipmmu_domain_init,
    .attach = ipmmu_attach,
    .map = ipmmu_map_sync,
    .unmap = ipmmu_unmap_sync,
    IPMMU_RECOMMENDED_PHASES,
};

/* Without a record suspend and resume skip the master. */
static int add_master_with_luck(struct nap_master *master)
{
    struct ipmmu_master *own = listed_master(master);

    if (own == NULL)
        return -ENOMEM;
    (void)add_record(own);
    return 0;
}

const struct nap_driver nap_driver_ipmmu_optional_record = {
    IPMMU_DRIVER_BASE,
    .add_master = add_master_with_luck,
    .domain_init = ipmmu_domain_init,
    .attach = ipmmu_attach,
    .map = ipmmu_map_sync,
    .unmap = ipmmu_unmap_sync,
    IPMMU_RECOMMENDED_PHASES,
};

/* --- a context id that nobody has set --- */

/* Context 0 is given to guests as well. */
static int domain_init_from_0(struct nap_domain *guest)
{
    struct ipmmu_driver *driver = nap_driver_data();

    driver->first_ctx = 0;
    return ipmmu_domain_init(guest);
}

/* Tables that are freed flush the context they belonged to; of a guest without one the id is 0,
 * as its structure was zeroed. */
static void free_tables(struct nap_domain *guest, struct ipmmu_device *root)
{
    struct ipmmu_domain unset = {.guest = guest, .root = root};

    ipmmu_flush_start(&unset);
    nap_dsb();
    (void)ipmmu_flush_poll(unset.root, unset.ctx);
}

static int attach_with_tables(struct nap_domain *guest, struct nap_master *master)
{
    const struct ipmmu_domain *domain = guest->data;
    const struct ipmmu_master *own = master->data;
    int ret = ipmmu_attach(guest, master);

    if (ret == -EBUSY && domain->ctx == IPMMU_NO_CTX)
        free_tables(guest, own->mmu->root);
    return ret;
}

const struct nap_driver nap_driver_ipmmu_unset_context = {
    IPMMU_DRIVER_BASE,
    .add_master = ipmmu_add_master,
    .domain_init = domain_init_from_0,
    .attach = attach_with_tables,
    .map = ipmmu_map_sync,
    .unmap = ipmmu_unmap_sync,
    IPMMU_RECOMMENDED_PHASES,
};

/* Stores without barriers, and a poll of the root, which lands only what is the root's. */
static int unmap_unfenced(struct nap_domain *guest, nap_addr iova, uint64_t size_bytes)
{
    const struct ipmmu_domain *domain = guest->data;
    int ret = nap_p2m_unmap(guest, iova, size_bytes);
    uint32_t imctr;

    if (ret != 0 || domain->ctx == IPMMU_NO_CTX)
        return ret;
    imctr = ipmmu_ctx_read_root(domain, IMCTR) | IMCTR_FLUSH;
    for (const struct ipmmu_cache *cache = domain->caches; cache != NULL; cache = cache->next)
        nap_write32(ipmmu_ctx_addr(cache->mmu, domain->ctx, IMCTR), imctr & IMCTR_COMMON);
    nap_write32(ipmmu_ctx_addr(domain->root, domain->ctx, IMCTR), imctr);
    return ipmmu_flush_poll(domain->root, domain->ctx);
}

const struct nap_driver nap_driver_ipmmu_no_fence = {
    IPMMU_DRIVER_LANDED,
    .map = ipmmu_map_sync,
    .unmap = unmap_unfenced,
    IPMMU_RECOMMENDED_PHASES,
};
