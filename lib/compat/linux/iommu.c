/* SPDX-License-Identifier: MIT */
/* The IOMMU core: which driver serves a device, groups, domains, mappings in pages. */
#include "runtime.h"

struct iommu_group {
    struct iommu_domain *domain; /* of its attached devices; NULL: none is attached */
    unsigned int attached;
};

static struct iommu_device *iommus;

/* --- drivers --- */

int iommu_device_register(struct iommu_device *iommu, const struct iommu_ops *ops,
                          struct device *hwdev)
{
    struct iommu_device **end = &iommus;

    if (iommus && iommus->ops != ops)
        return -EBUSY; /* one driver serves the whole bus */
    while (*end)
        end = &(*end)->next;
    iommu->ops = ops;
    iommu->hwdev = hwdev;
    iommu->next = NULL;
    *end = iommu;
    return 0;
}

void iommu_device_unregister(struct iommu_device *iommu)
{
    struct iommu_device **at = &iommus;

    while (*at && *at != iommu)
        at = &(*at)->next;
    if (*at)
        *at = iommu->next;
}

int iommu_device_sysfs_add(struct iommu_device *iommu, struct device *parent,
                           const void *groups, const char *format, ...)
{
    (void)iommu;
    (void)parent;
    (void)groups;
    (void)format;
    return 0;
}

void iommu_device_sysfs_remove(struct iommu_device *iommu)
{
    (void)iommu;
}

static const struct iommu_ops *ops_of_node(const struct device_node *np)
{
    const struct iommu_device *iommu = iommus;

    while (iommu && iommu->hwdev->of_node != np)
        iommu = iommu->next;
    return iommu ? iommu->ops : NULL;
}

/* --- what the device tree says of a device --- */

static int need_dev_iommu(struct device *dev)
{
    if (!dev->iommu)
        dev->iommu = kzalloc(sizeof *dev->iommu, GFP_KERNEL);
    return dev->iommu ? 0 : -ENOMEM;
}

static void forget_dev_iommu(struct device *dev)
{
    if (!dev->iommu)
        return;
    kfree(dev->iommu->fwspec);
    kfree(dev->iommu);
    dev->iommu = NULL;
}

int iommu_fwspec_init(struct device *dev, struct device_node *iommu_node,
                      const struct iommu_ops *ops)
{
    int err = need_dev_iommu(dev);

    if (err)
        return err;
    if (dev->iommu->fwspec)
        return ops == dev->iommu->fwspec->ops ? 0 : -EINVAL;
    dev->iommu->fwspec = kzalloc(sizeof *dev->iommu->fwspec, GFP_KERNEL);
    if (!dev->iommu->fwspec)
        return -ENOMEM;
    dev->iommu->fwspec->ops = ops;
    dev->iommu->fwspec->iommu_node = iommu_node;
    return 0;
}

int iommu_fwspec_add_ids(struct device *dev, const u32 *ids, int num_ids)
{
    struct iommu_fwspec *fwspec = dev_iommu_fwspec_get(dev);

    if (!fwspec)
        return -EINVAL;
    if (num_ids < 0 || (unsigned)num_ids > ARRAY_SIZE(fwspec->ids) - fwspec->num_ids)
        return -ENOSPC;
    for (int i = 0; i < num_ids; i++)
        fwspec->ids[fwspec->num_ids++] = ids[i];
    return 0;
}

/* One specifier. -EPROBE_DEFER while its IOMMU has no driver. @why is set where it fails, as in
 * all that follow. */
static int xlate(struct device *dev, struct of_phandle_args *spec, const char **why)
{
    const struct iommu_ops *ops = ops_of_node(spec->np);
    int err;

    *why = "the device tree disables its IOMMU";
    if (!of_device_is_available(spec->np))
        return -ENODEV;
    *why = "no driver has registered its IOMMU";
    if (!ops)
        return -EPROBE_DEFER;
    *why = "the driver of its IOMMU has no of_xlate()";
    if (!ops->of_xlate)
        return -ENODEV;
    *why = "iommu_fwspec_init() fails";
    err = iommu_fwspec_init(dev, spec->np, ops);
    if (err)
        return err;
    *why = "of_xlate() refuses it";
    return ops->of_xlate(dev, spec);
}

static int configure_iommus(struct device *dev, const char **why)
{
    struct of_phandle_args spec;
    int n = 0, err;

    while ((err = of_parse_phandle_with_args(dev->of_node, "iommus", "#iommu-cells", n,
                                             &spec)) == 0) {
        err = xlate(dev, &spec, why);
        if (err)
            return err;
        n++;
    }
    *why = "its iommus in the device tree names none";
    return err == -ENOENT && n ? 0 : err;
}

/* A bridge stands for the requester ID 0 behind it, which is 0 under any iommu-map-mask.
 * Entries are (first ID, IOMMU, first output, length). */
static int configure_iommu_map(struct device *dev, const char **why)
{
    u32 entry[4];

    *why = of_find_property(dev->of_node, "iommu-map", NULL)
               ? "its iommu-map in the device tree names none for ID 0"
               : "the device tree has no iommus for it";
    for (u32 i = 0;; i += 4) {
        struct of_phandle_args spec = {.args_count = 1};
        for (u32 k = 0; k < 4; k++)
            if (of_property_read_u32_index(dev->of_node, "iommu-map", i + k, &entry[k]))
                return -ENOENT;
        if (entry[0] != 0 || entry[3] == 0)
            continue;
        spec.np = of_find_node_by_phandle(entry[1]);
        spec.args[0] = entry[2];
        return spec.np ? xlate(dev, &spec, why) : -EINVAL;
    }
}

/* --- groups --- */

struct iommu_group *iommu_group_alloc(void)
{
    struct iommu_group *group = kzalloc(sizeof *group, GFP_KERNEL);

    return group ? group : ERR_PTR(-ENOMEM);
}

struct iommu_group *iommu_group_ref_get(struct iommu_group *group)
{
    return group;
}

struct iommu_group *iommu_group_get(struct device *dev)
{
    return dev->iommu_group;
}

/* Groups stay: drivers keep them for devices to come. */
void iommu_group_put(struct iommu_group *group)
{
    (void)group;
}

struct iommu_group *generic_device_group(struct device *dev)
{
    (void)dev;
    return iommu_group_alloc();
}

static int join(struct iommu_domain *domain, struct device *dev)
{
    struct iommu_group *group = dev->iommu_group;
    int err = domain->ops->attach_dev ? domain->ops->attach_dev(domain, dev) : -ENODEV;

    if (err)
        return err;
    dev->iommu->attached = domain;
    group->domain = domain;
    group->attached++;
    return 0;
}

static int find_group(struct device *dev, const struct iommu_ops *ops)
{
    struct iommu_group *group = ops->device_group(dev);

    if (WARN(!group, "%s: device_group() gives NULL, expected a group or an error",
             dev_name(dev)))
        return -EINVAL;
    if (IS_ERR(group))
        return (int)PTR_ERR(group);
    dev->iommu_group = group;
    return 0;
}

/* A device that joins a group in use joins its domain as well. */
static int probe_device(struct device *dev, const char **why)
{
    const struct iommu_ops *ops = dev->iommu->fwspec->ops;
    struct iommu_device *iommu = ops->probe_device(dev);
    int err;

    *why = "probe_device() refuses it";
    if (IS_ERR(iommu))
        return (int)PTR_ERR(iommu);
    dev->iommu->iommu_dev = iommu;
    *why = "device_group() has no group for it";
    err = find_group(dev, ops);
    if (!err && dev->iommu_group->domain) {
        *why = "attach_dev() refuses it in the domain of its group";
        err = join(dev->iommu_group->domain, dev);
    }
    if (err && ops->release_device)
        ops->release_device(dev);
    if (err)
        dev->iommu_group = NULL;
    else if (ops->probe_finalize)
        ops->probe_finalize(dev);
    return err;
}

int regnap_iommu_add(struct device *dev, const char **why)
{
    int err = of_find_property(dev->of_node, "iommus", NULL) ? configure_iommus(dev, why)
                                                             : configure_iommu_map(dev, why);

    if (!err)
        err = probe_device(dev, why);
    if (err)
        forget_dev_iommu(dev);
    return err;
}

/* --- domains --- */

struct iommu_domain *iommu_domain_alloc(struct bus_type *bus)
{
    const struct iommu_ops *ops = iommus ? iommus->ops : NULL;
    struct iommu_domain *domain;

    if (!ops || bus != &platform_bus_type)
        return NULL;
    domain = ops->domain_alloc(IOMMU_DOMAIN_UNMANAGED);
    if (!domain)
        return NULL;
    domain->type = IOMMU_DOMAIN_UNMANAGED;
    if (!domain->pgsize_bitmap)
        domain->pgsize_bitmap = ops->pgsize_bitmap;
    if (!domain->ops)
        domain->ops = ops->default_domain_ops;
    return domain;
}

void iommu_domain_free(struct iommu_domain *domain)
{
    domain->ops->free(domain);
}

void iommu_set_fault_handler(struct iommu_domain *domain, iommu_fault_handler_t handler,
                             void *token)
{
    domain->handler = handler;
    domain->handler_token = token;
}

int report_iommu_fault(struct iommu_domain *domain, struct device *dev, unsigned long iova,
                       int flags)
{
    return domain->handler ? domain->handler(domain, dev, iova, flags, domain->handler_token)
                           : -ENOSYS;
}

int iommu_attach_device(struct iommu_domain *domain, struct device *dev)
{
    struct iommu_group *group = dev->iommu_group;

    if (!group)
        return -ENODEV;
    if (group->domain && group->domain != domain)
        return -EBUSY;
    return dev->iommu->attached ? 0 : join(domain, dev);
}

void iommu_detach_device(struct iommu_domain *domain, struct device *dev)
{
    struct iommu_group *group = dev->iommu_group;

    if (WARN(!group || dev->iommu->attached != domain, "%s is not attached to that domain",
             dev_name(dev)))
        return;
    if (domain->ops->detach_dev)
        domain->ops->detach_dev(domain, dev);
    dev->iommu->attached = NULL;
    if (--group->attached == 0)
        group->domain = NULL;
}

/* --- mappings --- */

/* The largest page of the domain that both addresses are aligned to and that is no longer than
 * @size. */
static size_t page_size(const struct iommu_domain *domain, unsigned long iova,
                        phys_addr_t paddr, size_t size)
{
    unsigned long sizes = domain->pgsize_bitmap;

    while (sizes) {
        size_t page = BIT(__fls(sizes));
        if (page <= size && IS_ALIGNED(iova, page) && IS_ALIGNED(paddr, page))
            return page;
        sizes -= page;
    }
    nap_panic("what is left of a mapping is smaller than any page", NULL, 0);
}

/* How many pages of that size follow each other from there on, before another fits better. */
static size_t pages_of(size_t page, const struct iommu_domain *domain, unsigned long iova,
                       phys_addr_t paddr, size_t size)
{
    size_t done = page;

    while (size - done >= page &&
           page_size(domain, iova + done, paddr + done, size - done) == page)
        done += page;
    return done / page;
}

static int map_pages(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr,
                     size_t size, int prot, size_t *mapped)
{
    size_t page = page_size(domain, iova, paddr, size);
    size_t count = pages_of(page, domain, iova, paddr, size);
    int err;

    if (domain->ops->map_pages)
        return domain->ops->map_pages(domain, iova, paddr, page, count, prot, GFP_KERNEL,
                                      mapped);
    err = domain->ops->map(domain, iova, paddr, page, prot, GFP_KERNEL);
    *mapped = err ? 0 : page;
    return err;
}

static bool can_map(const struct iommu_domain *domain)
{
    return (domain->ops->map || domain->ops->map_pages) && domain->pgsize_bitmap;
}

static bool aligned(const struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr,
                    size_t size)
{
    unsigned long smallest = BIT(__ffs(domain->pgsize_bitmap));

    return IS_ALIGNED(iova | (unsigned long)paddr | size, smallest);
}

int iommu_map(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr, size_t size,
              int prot)
{
    size_t done = 0;
    int err = 0;

    if (!can_map(domain))
        return -ENODEV;
    if (!(domain->type & __IOMMU_DOMAIN_PAGING))
        return -EINVAL;
    if (!aligned(domain, iova, paddr, size)) {
        pr_err("iommu_map() of 0x%zx bytes at 0x%lx to 0x%llx: no whole pages\n", size, iova,
               paddr);
        return -EINVAL;
    }
    while (done < size && !err) {
        size_t mapped = 0;
        err = map_pages(domain, iova + done, paddr + done, size - done, prot, &mapped);
        done += mapped;
        if (!err && !mapped)
            nap_panic("map_pages() mapped nothing and gave no error", NULL, 0);
    }
    if (err)
        iommu_unmap(domain, iova, done);
    else if (domain->ops->iotlb_sync_map)
        domain->ops->iotlb_sync_map(domain, iova, size);
    return err;
}

static size_t unmap_pages(struct iommu_domain *domain, unsigned long iova, size_t size,
                          struct iommu_iotlb_gather *gather)
{
    size_t page = page_size(domain, iova, iova, size);
    size_t count = pages_of(page, domain, iova, iova, size);

    return domain->ops->unmap_pages
               ? domain->ops->unmap_pages(domain, iova, page, count, gather)
               : domain->ops->unmap(domain, iova, page, gather);
}

size_t iommu_unmap(struct iommu_domain *domain, unsigned long iova, size_t size)
{
    struct iommu_iotlb_gather gather;
    size_t done = 0, now = 1;

    if (!(domain->ops->unmap || domain->ops->unmap_pages) || !domain->pgsize_bitmap ||
        !(domain->type & __IOMMU_DOMAIN_PAGING))
        return 0;
    if (!aligned(domain, iova, 0, size)) {
        pr_err("iommu_unmap() of 0x%zx bytes at 0x%lx: no whole pages\n", size, iova);
        return 0;
    }
    iommu_iotlb_gather_init(&gather);
    while (done < size && now) {
        now = unmap_pages(domain, iova + done, size - done, &gather);
        done += now;
    }
    iommu_iotlb_sync(domain, &gather);
    return done;
}

phys_addr_t iommu_iova_to_phys(struct iommu_domain *domain, dma_addr_t iova)
{
    return domain->ops->iova_to_phys ? domain->ops->iova_to_phys(domain, iova) : 0;
}
