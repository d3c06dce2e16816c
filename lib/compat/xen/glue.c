/* SPDX-License-Identifier: MIT */
/* A Xen IOMMU driver as regnap calls it. Suspend and resume are one function each, so a search
 * cannot choose an order inside them: the driver's own list has it. */
#include "runtime.h"

static struct dt_device_node *node_of(const struct nap_soc_node *node, const char *name)
{
    struct dt_device_node *found = NULL;

    if (!nap_device_tree()) {
        printk("regnap: %s: a Xen driver looks at the device tree, so the machine has to come "
               "from one (--soc FILE.dtb)\n",
               name);
        return NULL;
    }
    found = dt_find_node_by_path(node->path);
    if (!found)
        printk("regnap: %s: no node '%s' in the device tree\n", name, node->path);
    return found;
}

static int probe(struct nap_device *device)
{
    struct dt_device_node *node = node_of(&device->node, device->name);
    int result;

    if (!node)
        return -ENODEV;
    node->nap_device = device;
    result = nap_xen_device_init(node);
    nap_xen_check_left();
    if (result == -EAGAIN)
        return NAP_EPROBE_DEFER;
    if (result == -EBADF) {
        printk("regnap: %s: no driver of this object matches the node\n", node->full_name);
        return 0;
    }
    if (result)
        return result;
    device->data = node;
    nap_list_add_head(device);
    return 0;
}

static int add_master(struct nap_master *master)
{
    struct dt_device_node *node = node_of(&master->node, master->name);
    int result;

    if (!node)
        return -ENODEV;
    result = nap_xen_add_master(node);
    nap_xen_check_left();
    if (result == 0)
        master->data = node;
    return result;
}

static int domain_init(struct nap_domain *domain)
{
    int result = nap_xen_domain_create(domain);

    nap_xen_check_left();
    return result;
}

static void domain_destroy(struct nap_domain *domain)
{
    nap_xen_domain_destroy(domain->data);
    nap_xen_check_left();
}

static int attach(struct nap_domain *domain, struct nap_master *master)
{
    int result =
        master->data && domain->data ? nap_xen_assign(domain->data, master->data) : -ENODEV;

    nap_xen_check_left();
    return result;
}

static int detach(struct nap_domain *domain, struct nap_master *master)
{
    int result =
        master->data && domain->data ? nap_xen_deassign(domain->data, master->data) : -ENODEV;

    nap_xen_check_left();
    return result;
}

/* As for the P2M of Xen: what was valid is modified, what becomes valid is added. Xen flushes
 * once for each entry, here it is once for the range. */
static int map(struct nap_domain *domain, nap_addr iova, nap_addr pa, uint64_t size_bytes,
               unsigned prot)
{
    unsigned int flags = IOMMU_FLUSHF_added;
    int result;

    if (nap_p2m_mapped(domain, iova, size_bytes))
        flags |= IOMMU_FLUSHF_modified;
    result = nap_p2m_map(domain, iova, pa, size_bytes, prot);
    if (result == 0)
        result = nap_xen_flush(domain->data, iova, size_bytes, flags);
    nap_xen_check_left();
    return result;
}

static int unmap(struct nap_domain *domain, nap_addr iova, uint64_t size_bytes)
{
    bool was_mapped = nap_p2m_mapped(domain, iova, size_bytes);
    int result = nap_p2m_unmap(domain, iova, size_bytes);

    if (result == 0 && was_mapped)
        result = nap_xen_flush(domain->data, iova, size_bytes, IOMMU_FLUSHF_modified);
    nap_xen_check_left();
    return result;
}

static void irq(struct nap_device *device)
{
    if (device->data)
        nap_xen_deliver(device->data);
    nap_xen_check_left();
}

static int suspend(void)
{
    int result = nap_xen_suspend();

    nap_xen_check_left();
    return result;
}

static int resume(void)
{
    nap_xen_resume();
    nap_xen_check_left();
    return 0;
}

static const struct nap_phase suspend_phases[] = {
    {.name = "iommu_suspend", .kind = NAP_PHASE_STEP, .step = suspend},
};

static const struct nap_phase resume_phases[] = {
    {.name = "iommu_resume", .kind = NAP_PHASE_STEP, .step = resume},
};

NAP_EXPORT extern const struct nap_driver nap_driver;

const struct nap_driver nap_driver = {
    .abi = NAP_DRIVER_ABI,
    .name = "xen",
    .irqs_off = true,
    .probe = probe,
    .add_master = add_master,
    .domain_init = domain_init,
    .domain_destroy = domain_destroy,
    .attach = attach,
    .detach = detach,
    .map = map,
    .unmap = unmap,
    .irq = irq,
    .suspend = suspend_phases,
    .n_suspend = ARRAY_SIZE(suspend_phases),
    .resume = resume_phases,
    .n_resume = ARRAY_SIZE(resume_phases),
};
