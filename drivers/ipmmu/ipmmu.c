/* SPDX-License-Identifier: MIT */
/* IPMMU driver logic, modelled on what Xen's driver does: one context per guest, shared by all
 * caches that its devices sit behind; the guest's second-stage tables are walked as they are.
 * Everything but suspend and resume, which the variants differ in.
 *
 * Sources: docs/ipmmu-facts.md 3.2 (values and orders), 3.3 (write helpers), 3.4 (flush), 3.5
 * (faults). */
#include <errno.h>

#include "ipmmu-vmsa.h"

#define FLUSH_POLLS_MAX 100u /* one microsecond apart */

bool ipmmu_is_root(const struct nap_device *device)
{
    return device->root == device;
}

bool ipmmu_is_cache(const struct nap_device *device)
{
    return device->root != device;
}

struct ipmmu_device *ipmmu_of(const struct nap_device *device)
{
    return device->data;
}

void *ipmmu_alloc(size_t bytes, const char *what)
{
    return nap_fails(what) ? NULL : nap_alloc(bytes);
}

/* --- which units can be touched --- */

static struct ipmmu_cache *find_cache(const struct ipmmu_domain *domain,
                                      const struct ipmmu_device *mmu)
{
    struct ipmmu_cache *cache = domain->caches;

    while (cache != NULL && cache->mmu != mmu)
        cache = cache->next;
    return cache;
}

bool ipmmu_has_context(const struct ipmmu_device *mmu, const struct ipmmu_domain *domain)
{
    return domain != NULL && (domain->root == mmu || find_cache(domain, mmu) != NULL);
}

/* Whether the unit has kept what it holds since suspend: IMCTR comes back 0. A cache that
 * serves nobody fares as its root, and a root that serves nobody has nothing to keep. */
/* NOLINTNEXTLINE(misc-no-recursion): from a cache to its root, once */
static bool is_intact(const struct ipmmu_device *mmu, const struct ipmmu_driver *driver)
{
    for (uint32_t ctx = 0; ctx < mmu->features.contexts; ctx++) {
        if (ipmmu_has_context(mmu, driver->domains[ctx]))
            return (ipmmu_ctx_read(mmu, ctx, IMCTR) & IMCTR_MMUEN) != 0;
    }
    return mmu != mmu->root && is_intact(mmu->root, driver);
}

static bool is_off(const struct ipmmu_device *mmu)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    return mmu->off || (driver->asleep && !nap_device_powered(mmu->device));
}

/* Whether what a guest asks for may be written to the unit now. Asked once in a call. */
static bool reaches(const struct ipmmu_device *mmu)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    return !is_off(mmu) && (!driver->asleep || is_intact(mmu, driver));
}

/* The same of the root of a cache that was asked: they sleep together. */
static bool root_in_reach(const struct ipmmu_device *cache)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    return cache->in_reach || !driver->asleep;
}

/* --- writes that reach several units --- */

static void store_at(const struct ipmmu_device *mmu, uint32_t ctx, uint32_t imctr,
                     const char *file, int line)
{
    nap_seam_fence(NAP_DSB_ST, file, line);
    nap_seam_write(ipmmu_ctx_addr(mmu, ctx, IMCTR), 4, imctr, file, line);
}

void ipmmu_ctx_write_all_at(const struct ipmmu_domain *domain, uint32_t imctr, const char *file,
                            int line)
{
    uint32_t common = imctr & IMCTR_COMMON, ctx = domain->ctx;

    for (const struct ipmmu_cache *cache = domain->caches; cache != NULL; cache = cache->next) {
        if (!is_off(cache->mmu))
            store_at(cache->mmu, ctx, common, file, line);
    }
    store_at(domain->root, ctx, imctr, file, line);
}

/* --- flush --- */

int ipmmu_flush_poll(const struct ipmmu_device *mmu, uint32_t ctx)
{
    for (unsigned polls = 0; polls < FLUSH_POLLS_MAX; polls++) {
        if (polls != 0)
            nap_udelay(1);
        if ((ipmmu_ctx_read(mmu, ctx, IMCTR) & IMCTR_FLUSH) == 0)
            return 0;
    }
    nap_log("%s: context %u: TLB flush timed out", mmu->device->name, (unsigned)ctx);
    return -ETIMEDOUT;
}

static int flush_poll_all(const struct ipmmu_domain *domain)
{
    int ret = ipmmu_flush_poll(domain->root, domain->ctx);

    for (const struct ipmmu_cache *cache = domain->caches; cache != NULL && ret == 0;
         cache = cache->next) {
        if (!is_off(cache->mmu))
            ret = ipmmu_flush_poll(cache->mmu, domain->ctx);
    }
    return ret;
}

void ipmmu_flush_start(const struct ipmmu_domain *domain)
{
    uint32_t imctr = ipmmu_ctx_read_root(domain, IMCTR);

    ipmmu_ctx_write_all(domain, imctr | IMCTR_FLUSH);
}

/* The barrier pushes the last write out. Without it the first read may come before the write
 * and show a flush as finished that has not begun. As in Xen only the root is polled, and a
 * flush that does not end is logged and otherwise taken as done. */
static int flush_root_only(const struct ipmmu_domain *domain)
{
    ipmmu_flush_start(domain);
    nap_dsb();
    (void)ipmmu_flush_poll(domain->root, domain->ctx);
    return 0;
}

static int flush_relaxed(const struct ipmmu_domain *domain)
{
    ipmmu_flush_start(domain);
    (void)ipmmu_flush_poll(domain->root, domain->ctx);
    return 0;
}

static int flush_all(const struct ipmmu_domain *domain)
{
    ipmmu_flush_start(domain);
    nap_dsb();
    return flush_poll_all(domain);
}

int ipmmu_wait_contexts(void)
{
    const struct ipmmu_driver *driver = nap_driver_data();
    int ret = 0;

    nap_dsb();
    for (uint32_t ctx = 0; ctx < IPMMU_CTX_MAX && ret == 0; ctx++) {
        if (driver->domains[ctx] != NULL)
            ret = flush_poll_all(driver->domains[ctx]);
    }
    return ret;
}

/* --- probe --- */

static struct ipmmu_driver *driver_data(void)
{
    struct ipmmu_driver *driver = nap_driver_data();

    if (driver == NULL) {
        driver = ipmmu_alloc(sizeof(*driver), "driver data");
        if (driver != NULL)
            driver->first_ctx = 1; /* 0 is reserved */
        nap_set_driver_data(driver);
    }
    return driver;
}

static void root_reset(struct ipmmu_device *mmu)
{
    for (uint32_t ctx = 0; ctx < mmu->features.contexts; ctx++)
        ipmmu_ctx_write(mmu, ctx, IMCTR, 0);

    mmu->imsauxctlr = ipmmu_ctrl_read(mmu, IMSAUXCTLR) | IMSAUXCTLR_S2PTE;
    ipmmu_ctrl_write(mmu, IMSAUXCTLR, mmu->imsauxctlr);
}

int ipmmu_probe_with(struct nap_device *device, const struct ipmmu_features *features)
{
    struct ipmmu_device *mmu;

    if (features == NULL)
        return -ENODEV;
    if (ipmmu_is_cache(device) && device->root->data == NULL)
        return NAP_EPROBE_DEFER;
    if (!device->powered_at_boot) {
        nap_log("%s: no power, left alone", device->name);
        return 0;
    }
    mmu = ipmmu_alloc(sizeof(*mmu), "device");
    if (mmu == NULL || driver_data() == NULL) {
        nap_free(mmu);
        return -ENOMEM;
    }
    mmu->device = device;
    mmu->features = *features;
    mmu->root = ipmmu_is_root(device) ? mmu : ipmmu_of(device->root);
    device->data = mmu;

    /* The power-on value of USE_SECGRP is not known, and with it set nothing is translated. */
    mmu->imsctlr = ipmmu_ctrl_read(mmu, IMSCTLR) & ~IMSCTLR_USE_SECGRP;
    ipmmu_ctrl_write(mmu, IMSCTLR, mmu->imsctlr);
    if (ipmmu_is_root(device))
        root_reset(mmu);

    /* A root is there before its caches, so insertion at the head makes it the last. */
    nap_list_add_head(device);
    return 0;
}

int ipmmu_probe(struct nap_device *device)
{
    return ipmmu_probe_with(device, ipmmu_features_of(device->model));
}

int ipmmu_add_master(struct nap_master *master)
{
    struct ipmmu_driver *driver = nap_driver_data();
    struct ipmmu_master *own;

    if (driver == NULL || master->device->data == NULL || ipmmu_is_root(master->device))
        return -ENODEV;
    for (uint32_t i = 0; i < master->n_ids; i++) {
        if (master->ids[i] >= ipmmu_of(master->device)->features.utlbs)
            return -EINVAL;
    }
    own = ipmmu_alloc(sizeof(*own), "master");
    if (own == NULL)
        return -ENOMEM;
    own->backup = ipmmu_alloc(master->n_ids * sizeof(own->backup[0]), "backup record");
    if (own->backup == NULL) {
        nap_free(own);
        return -ENOMEM;
    }
    own->n_backup = master->n_ids;
    own->master = master;
    own->mmu = ipmmu_of(master->device);
    own->next = driver->masters;
    driver->masters = own;
    master->data = own;
    return 0;
}

/* --- contexts --- */

static struct ipmmu_ctx_backup ctx_values(const struct ipmmu_domain *domain)
{
    nap_addr ttbr = domain->guest->p2m_root;

    return (struct ipmmu_ctx_backup){
        .imttlbr0 = (uint32_t)ttbr & IMTTLBR0_MASK,
        .imttubr0 = (uint32_t)(ttbr >> 32) & IMTTUBR0_MASK,
        .imttbcr = IMTTBCR_EAE | IMTTBCR_PMB | IMTTBCR_SL0_LVL_1 |
                   (64u - domain->guest->ipa_bits), /* TSZ0 */
        .imctr = IMCTR_VA64 | IMCTR_INTEN | IMCTR_MMUEN,
    };
}

void ipmmu_ctx_setup(const struct ipmmu_domain *domain, bool all)
{
    struct ipmmu_ctx_backup values = ctx_values(domain);
    uint32_t imstr;

    ipmmu_ctx_write_root(domain, IMTTLBR0, values.imttlbr0);
    ipmmu_ctx_write_root(domain, IMTTUBR0, values.imttubr0);
    ipmmu_ctx_write_root(domain, IMTTBCR, values.imttbcr);

    /* Meant to clear what is set. Flags clear by 0, so this leaves them as they are. */
    imstr = ipmmu_ctx_read_root(domain, IMSTR);
    ipmmu_ctx_write_root(domain, IMSTR, imstr);

    if (all)
        ipmmu_ctx_write_all(domain, values.imctr | IMCTR_FLUSH);
    else
        ipmmu_ctx_write_root(domain, IMCTR, values.imctr | IMCTR_FLUSH);
}

/* Gives the guest a context of the root behind @cache, at its first device. */
static int ctx_create(struct ipmmu_domain *domain, const struct ipmmu_device *cache)
{
    struct ipmmu_driver *driver = nap_driver_data();
    struct ipmmu_device *root = cache->root;
    uint32_t ctx = driver->first_ctx;

    while (ctx < root->features.contexts && driver->domains[ctx] != NULL)
        ctx++;
    if (ctx >= root->features.contexts || nap_fails("context"))
        return -EBUSY;
    driver->domains[ctx] = domain;
    domain->ctx = ctx;
    domain->root = root;
    if (driver->asleep)
        driver->backup[ctx] = ctx_values(domain);
    if (root_in_reach(cache))
        ipmmu_ctx_setup(domain, false); /* caches follow when a device attaches through them */
    return 0;
}

/* Takes the context from the guest again, with all that TLBs know of it. */
static void ctx_release(struct ipmmu_domain *domain, bool in_reach)
{
    struct ipmmu_driver *driver = nap_driver_data();

    if (in_reach) {
        ipmmu_ctx_write_root(domain, IMCTR, IMCTR_FLUSH);
        nap_dsb();
        (void)ipmmu_flush_poll(domain->root, domain->ctx);
    }
    driver->domains[domain->ctx] = NULL;
    driver->backup[domain->ctx] = (struct ipmmu_ctx_backup){0};
    domain->ctx = IPMMU_NO_CTX;
}

int ipmmu_domain_init(struct nap_domain *guest)
{
    struct ipmmu_domain *domain;

    if (guest->p2m_root == 0) {
        int ret = nap_p2m_init(guest);

        if (ret != 0)
            return ret;
    }
    domain = ipmmu_alloc(sizeof(*domain), "domain");
    if (domain == NULL)
        return -ENOMEM;
    domain->guest = guest;
    domain->ctx = IPMMU_NO_CTX;
    guest->data = domain;
    return 0;
}

void ipmmu_domain_destroy(struct nap_domain *guest)
{
    struct ipmmu_domain *domain = guest->data;

    if (domain->ctx != IPMMU_NO_CTX)
        ctx_release(domain, reaches(domain->root));
    guest->data = NULL;
    nap_free(domain);
}

/* --- attach and detach --- */

static void cache_enable(const struct ipmmu_domain *domain, const struct ipmmu_device *mmu)
{
    uint32_t imctr = ipmmu_ctx_read_root(domain, IMCTR);

    ipmmu_ctx_write_cache(domain, mmu, imctr | IMCTR_FLUSH);
}

/* One more device of the guest behind this cache; the first one turns the context on there. */
static int cache_get(struct ipmmu_domain *domain, struct ipmmu_device *mmu)
{
    struct ipmmu_cache *cache = find_cache(domain, mmu);

    if (cache != NULL) {
        cache->users++;
        return 0;
    }
    cache = ipmmu_alloc(sizeof(*cache), "cache of a domain");
    if (cache == NULL)
        return -ENOMEM;
    if (mmu->in_reach)
        cache_enable(domain, mmu);
    cache->mmu = mmu;
    cache->users = 1;
    cache->next = domain->caches;
    domain->caches = cache;
    return 0;
}

static void cache_put(struct ipmmu_domain *domain, struct ipmmu_device *mmu)
{
    struct ipmmu_cache *cache = find_cache(domain, mmu);
    struct ipmmu_cache **link = &domain->caches;

    if (--cache->users != 0)
        return;
    if (mmu->in_reach)
        ipmmu_ctx_write_cache(domain, mmu, IMCTR_FLUSH);
    while (*link != cache)
        link = &(*link)->next;
    *link = cache->next;
    nap_free(cache);
}

/* Keeps the record of a port up while nobody reads it from the unit. */
static void note_port(struct ipmmu_master *own, uint32_t i, uint32_t imuctr)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    if ((driver->asleep || own->mmu->off) && i < own->n_backup)
        own->backup[i] = (struct ipmmu_utlb_backup){.imuctr = imuctr};
}

static bool port_is_taken(const struct ipmmu_domain *domain, const struct ipmmu_device *mmu,
                          uint32_t utlb, uint32_t imuctr)
{
    if ((imuctr & IMUCTR_MMUEN) == 0 ||
        (imuctr & mmu->features.imuctr_ttsel_mask) == IMUCTR_TTSEL(domain->ctx))
        return false;
    nap_log("%s: port %u is in use by another context", mmu->device->name, (unsigned)utlb);
    return true;
}

static int utlb_enable(const struct ipmmu_domain *domain, struct ipmmu_master *own, uint32_t i)
{
    struct ipmmu_device *mmu = own->mmu;
    uint32_t utlb = own->master->ids[i], imuctr = 0;

    if (mmu->in_reach)
        imuctr = ipmmu_utlb_read(mmu, utlb, IMUCTR);
    if (port_is_taken(domain, mmu, utlb, imuctr))
        return -EINVAL;
    if (mmu->utlb_users[utlb]++ != 0)
        return 0;
    mmu->utlb_ctx[utlb] = (uint8_t)domain->ctx;
    imuctr |= IMUCTR_TTSEL(domain->ctx) | IMUCTR_MMUEN;
    note_port(own, i, imuctr);
    if (mmu->in_reach) {
        ipmmu_utlb_write(mmu, utlb, IMUASID, 0);
        ipmmu_utlb_write(mmu, utlb, IMUCTR, imuctr);
    }
    return 0;
}

static void utlb_disable(struct ipmmu_master *own, uint32_t i)
{
    uint32_t utlb = own->master->ids[i];

    if (--own->mmu->utlb_users[utlb] != 0)
        return;
    note_port(own, i, 0);
    if (own->mmu->in_reach)
        ipmmu_utlb_write(own->mmu, utlb, IMUCTR, 0);
}

/* Takes the first @n_ids ports of the master from its domain, and the master from its cache. */
static void master_off(struct ipmmu_domain *domain, struct ipmmu_master *own, uint32_t n_ids)
{
    while (n_ids-- != 0)
        utlb_disable(own, n_ids);
    cache_put(domain, own->mmu);
}

static int ports_on(struct ipmmu_domain *domain, struct ipmmu_master *own)
{
    for (uint32_t i = 0; i < own->master->n_ids; i++) {
        int ret = utlb_enable(domain, own, i);

        if (ret != 0) {
            master_off(domain, own, i);
            return ret;
        }
    }
    return 0;
}

int ipmmu_attach(struct nap_domain *guest, struct nap_master *master)
{
    struct ipmmu_domain *domain = guest->data;
    struct ipmmu_master *own = master->data;
    bool first;
    int ret = 0;

    if (domain == NULL || own == NULL)
        return -ENODEV;
    if (own->domain != NULL)
        return own->domain == domain ? 0 : -EEXIST;
    own->mmu->in_reach = reaches(own->mmu);
    first = domain->ctx == IPMMU_NO_CTX;
    if (first)
        ret = ctx_create(domain, own->mmu);
    if (ret == 0)
        ret = cache_get(domain, own->mmu);
    if (ret == 0)
        ret = ports_on(domain, own);
    if (ret == 0)
        own->domain = domain;
    else if (first && domain->ctx != IPMMU_NO_CTX)
        ctx_release(domain, root_in_reach(own->mmu));
    return ret;
}

int ipmmu_detach(struct nap_domain *guest, struct nap_master *master)
{
    struct ipmmu_domain *domain = guest->data;
    struct ipmmu_master *own = master->data;

    if (domain == NULL || own == NULL || own->domain != domain)
        return -ESRCH;
    own->mmu->in_reach = reaches(own->mmu);
    master_off(domain, own, master->n_ids);
    own->domain = NULL;
    return 0;
}

/* A barrier may see the early acknowledgement of a write; a read from the same unit cannot pass
 * it. Neither read changes anything. */
static void land_writes(const struct nap_master *master)
{
    const struct ipmmu_master *own = master->data;

    if (own == NULL || master->n_ids == 0 || !root_in_reach(own->mmu))
        return;
    (void)ipmmu_ctx_read(own->mmu->root, 1, IMSTR);
    if (own->mmu->in_reach)
        (void)ipmmu_utlb_read(own->mmu, master->ids[0], IMUASID);
    nap_dsb();
}

int ipmmu_attach_sync(struct nap_domain *guest, struct nap_master *master)
{
    int ret = ipmmu_attach(guest, master);

    land_writes(master);
    return ret;
}

int ipmmu_detach_sync(struct nap_domain *guest, struct nap_master *master)
{
    int ret = ipmmu_detach(guest, master);

    land_writes(master);
    return ret;
}

/* --- map and unmap --- */

typedef int flush_fn(const struct ipmmu_domain *domain);

static int flush_if_used(const struct nap_domain *guest, flush_fn *flush)
{
    const struct ipmmu_domain *domain = guest->data;

    if (domain == NULL || domain->ctx == IPMMU_NO_CTX || !reaches(domain->root))
        return 0;
    return flush(domain);
}

/* Invalid entries are not cached, so only a change of valid ones needs a flush. */
static int map_then(struct nap_domain *guest, nap_addr iova, nap_addr pa, uint64_t size_bytes,
                    unsigned prot, flush_fn *flush)
{
    bool changes = nap_p2m_mapped(guest, iova, size_bytes);
    int ret = nap_p2m_map(guest, iova, pa, size_bytes, prot);

    if (ret != 0 || !changes)
        return ret;
    return flush_if_used(guest, flush);
}

static int unmap_then(struct nap_domain *guest, nap_addr iova, uint64_t size_bytes,
                      flush_fn *flush)
{
    int ret = nap_p2m_unmap(guest, iova, size_bytes);

    return ret != 0 ? ret : flush_if_used(guest, flush);
}

int ipmmu_map(struct nap_domain *guest, nap_addr iova, nap_addr pa, uint64_t size_bytes,
              unsigned prot)
{
    return map_then(guest, iova, pa, size_bytes, prot, flush_root_only);
}

int ipmmu_unmap(struct nap_domain *guest, nap_addr iova, uint64_t size_bytes)
{
    return unmap_then(guest, iova, size_bytes, flush_root_only);
}

int ipmmu_map_sync(struct nap_domain *guest, nap_addr iova, nap_addr pa, uint64_t size_bytes,
                   unsigned prot)
{
    return map_then(guest, iova, pa, size_bytes, prot, flush_all);
}

int ipmmu_unmap_sync(struct nap_domain *guest, nap_addr iova, uint64_t size_bytes)
{
    return unmap_then(guest, iova, size_bytes, flush_all);
}

int ipmmu_map_relaxed(struct nap_domain *guest, nap_addr iova, nap_addr pa, uint64_t size_bytes,
                      unsigned prot)
{
    return map_then(guest, iova, pa, size_bytes, prot, flush_relaxed);
}

int ipmmu_unmap_relaxed(struct nap_domain *guest, nap_addr iova, uint64_t size_bytes)
{
    return unmap_then(guest, iova, size_bytes, flush_relaxed);
}

/* --- faults --- */

static void domain_irq(const struct ipmmu_domain *domain)
{
    uint32_t imstr = ipmmu_ctx_read_root(domain, IMSTR);
    uint64_t iova;

    if ((imstr & IMSTR_FAULTS) == 0)
        return;
    /* The address reads as 0 once the flags are gone, and flags go by writing 0. */
    iova = ipmmu_ctx_read_root(domain, IMELAR);
    iova |= (uint64_t)ipmmu_ctx_read_root(domain, IMEUAR) << 32;
    ipmmu_ctx_write_root(domain, IMSTR, 0);
    nap_log("%s: fault: status 0x%08x, iova 0x%llx", domain->guest->name, (unsigned)imstr,
            (unsigned long long)iova);
}

/* The line does not tell which context raised it. */
void ipmmu_irq(struct nap_device *device)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    if (driver == NULL || !ipmmu_is_root(device))
        return;
    for (uint32_t ctx = 0; ctx < IPMMU_CTX_MAX; ctx++) {
        if (driver->domains[ctx] != NULL)
            domain_irq(driver->domains[ctx]);
    }
}
