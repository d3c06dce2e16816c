/* SPDX-License-Identifier: MIT */
/* What Xen does around an IOMMU driver: it probes devices, makes guests, lets masters in and
 * moves them between guests, flushes after changes, and sleeps. Xen's order of calls and its
 * checks, from its public interface; one guest for each domain of the scenario. */
#include "runtime.h"

#define IPA_BITS_MODELLED 40u /* what tables of the machine can hold at most */

unsigned int p2m_ipa_bits = IPA_BITS_MODELLED;
bool iommu_enabled;

static struct domain io_domain = {.domain_id = DOMID_IO};
struct domain *dom_io = &io_domain;
struct domain *hardware_domain;

static const struct iommu_ops *ops;
static unsigned int domains; /* alive */

/* --- the driver makes itself known --- */

const struct iommu_ops *iommu_get_ops(void)
{
    return ops;
}

void iommu_set_ops(const struct iommu_ops *new_ops)
{
    BUG_ON(new_ops == NULL);
    if (ops && ops != new_ops) {
        printk("regnap: a second driver offers IOMMU operations; the first one stays\n");
        return;
    }
    ops = new_ops;
    iommu_enabled = true;
}

void p2m_restrict_ipa_bits(unsigned int ipa_bits)
{
    if (ipa_bits >= p2m_ipa_bits)
        return;
    /* Tables of guests that exist have the old size. */
    if (domains > 0)
        panic("p2m_restrict_ipa_bits(%u) after a guest was made with %u bits\n", ipa_bits,
              p2m_ipa_bits);
    p2m_ipa_bits = ipa_bits;
}

void arch_iommu_hwdom_init(struct domain *d)
{
    (void)d;
}

/* Grants: only for a guest whose addresses are the machine's, and a run has none. */
int arm_iommu_map_page(struct domain *d, dfn_t dfn, mfn_t mfn, unsigned int flags,
                       unsigned int *flush_flags)
{
    (void)dfn, (void)mfn, (void)flags, (void)flush_flags;
    BUG_ON(!is_domain_direct_mapped(d));
    return -EINVAL;
}

int arm_iommu_unmap_page(struct domain *d, dfn_t dfn, unsigned int order,
                         unsigned int *flush_flags)
{
    (void)d, (void)dfn, (void)order, (void)flush_flags;
    return -EINVAL;
}

/* --- probing --- */

#define __hidden __attribute__((__visibility__("hidden")))

/* Put there by the linker; the section may be missing. */
extern const struct device_desc *const __start_nap_xen_devices[] __weak __hidden;
extern const struct device_desc *const __stop_nap_xen_devices[] __weak __hidden;

int nap_xen_device_init(struct dt_device_node *node)
{
    const struct device_desc *const *at = __start_nap_xen_devices;

    if (!dt_device_is_available(node) || dt_device_for_passthrough(node))
        return -ENODEV;
    for (; at != __stop_nap_xen_devices; at++)
        if ((*at)->class == DEVICE_IOMMU && dt_match_node((*at)->dt_match, node))
            return (*at)->init(node, NULL);
    return -EBADF;
}

/* --- firmware's view of masters --- */

static struct iommu_fwspec *fwspec_of_size(struct iommu_fwspec *old, unsigned int ids)
{
    if (old)
        return xrealloc_flex_struct(old, ids, ids);
    return xzalloc_flex_struct(struct iommu_fwspec, ids, ids);
}

int iommu_fwspec_init(struct device *dev, struct device *iommu_dev)
{
    struct iommu_fwspec *fwspec = dev_iommu_fwspec_get(dev);

    if (fwspec)
        return fwspec->iommu_dev == iommu_dev ? 0 : -EINVAL;
    fwspec = fwspec_of_size(NULL, 1);
    if (!fwspec)
        return -ENOMEM;
    fwspec->iommu_dev = iommu_dev;
    dev_iommu_fwspec_set(dev, fwspec);
    return 0;
}

void iommu_fwspec_free(struct device *dev)
{
    xfree(dev_iommu_fwspec_get(dev));
    dev_iommu_fwspec_set(dev, NULL);
}

int iommu_fwspec_add_ids(struct device *dev, const uint32_t *ids, unsigned int num_ids)
{
    struct iommu_fwspec *fwspec = dev_iommu_fwspec_get(dev);

    if (!fwspec)
        return -EINVAL;
    fwspec = fwspec_of_size(fwspec, fwspec->num_ids + num_ids);
    if (!fwspec)
        return -ENOMEM;
    memcpy(fwspec->ids + fwspec->num_ids, ids, num_ids * sizeof *ids);
    fwspec->num_ids += num_ids;
    dev_iommu_fwspec_set(dev, fwspec);
    return 0;
}

/* Gives the driver each specifier of the node's "iommus". How many, or an error. */
static int translate_specifiers(struct dt_device_node *node)
{
    struct dt_phandle_args spec;
    int n = 0, error;

    while (dt_parse_phandle_with_args(node, "iommus", "#iommu-cells", n, &spec) == 0) {
        if (!dt_device_is_available(spec.np))
            return n; /* the hardware is there, but nobody is to use it */
        error = iommu_fwspec_init(dt_to_dev(node), dt_to_dev(spec.np));
        if (!error)
            error = ops->dt_xlate(dt_to_dev(node), &spec);
        if (error)
            return error;
        n++;
    }
    return n;
}

int nap_xen_add_master(struct dt_device_node *node)
{
    struct device *dev = dt_to_dev(node);
    int result;

    if (!ops || !ops->add_device || !ops->dt_xlate)
        return -EINVAL;
    if (dev_iommu_fwspec_get(dev))
        return 0;
    result = translate_specifiers(node);
    if (result == 0) {
        printk("regnap: %s has no usable \"iommus\", so Xen leaves it unprotected\n",
               dt_node_full_name(node));
        return -ENODEV;
    }
    if (result > 0)
        result = ops->add_device(0, dev);
    if (result < 0)
        iommu_fwspec_free(dev);
    return result;
}

/* --- guests --- */

/* All guests have one input address size: that of the first, if the driver allows it. */
static int settle_ipa_bits(const struct nap_domain *nap)
{
    if (domains == 0 && nap->ipa_bits < p2m_ipa_bits)
        p2m_ipa_bits = nap->ipa_bits;
    if (nap->ipa_bits == p2m_ipa_bits)
        return 0;
    printk("regnap: domain %s has ipa_bits %u, expected %u: Xen has one size for all guests\n",
           nap->name, nap->ipa_bits, p2m_ipa_bits);
    return -EINVAL;
}

static struct domain *make_domain(struct nap_domain *nap)
{
    struct domain *d = nap_alloc(sizeof *d);
    struct page_info *root = nap_alloc(sizeof *root);

    if (!d || !root) {
        nap_free(d);
        nap_free(root);
        return NULL;
    }
    root->nap_maddr = nap->p2m_root;
    d->domain_id = (domid_t)(nap->index + 1);
    d->arch.p2m.root = root;
    d->nap = nap;
    INIT_LIST_HEAD(&d->iommu.dt_devices);
    return d;
}

static void free_domain(struct domain *d)
{
    nap_free(d->arch.p2m.root);
    nap_free(d);
}

int nap_xen_domain_create(struct nap_domain *nap)
{
    struct domain *d;
    int error;

    if (!ops || !ops->init || !ops->teardown)
        return -ENODEV;
    if ((ops->page_sizes & -ops->page_sizes) != PAGE_SIZE) {
        printk("regnap: the driver's page_sizes are 0x%lx, expected 0x%lx as the smallest\n",
               ops->page_sizes, PAGE_SIZE);
        return -EPERM;
    }
    error = settle_ipa_bits(nap);
    if (!error && nap->p2m_root == 0)
        error = nap_p2m_init(nap);
    if (error)
        return error;
    d = make_domain(nap);
    if (!d)
        return -ENOMEM;
    d->iommu.platform_ops = ops;
    error = ops->init(d);
    if (error) {
        free_domain(d);
        return error;
    }
    nap->data = d;
    domains++;
    return 0;
}

void nap_xen_domain_destroy(struct domain *d)
{
    d->is_dying = true;
    d->iommu.platform_ops->teardown(d);
    d->nap->data = NULL;
    domains--;
    free_domain(d);
}

int nap_xen_assign(struct domain *d, struct dt_device_node *node)
{
    int error;

    if (!dt_device_is_protected(node))
        return -EINVAL;
    if (!list_empty(&node->domain_list))
        return -EBUSY;
    error = d->iommu.platform_ops->assign_device(d, 0, dt_to_dev(node), 0);
    if (error)
        return error;
    list_add(&node->domain_list, &d->iommu.dt_devices);
    dt_device_set_used_by(node, d->domain_id);
    return 0;
}

int nap_xen_deassign(struct domain *d, struct dt_device_node *node)
{
    int error;

    if (!dt_device_is_protected(node))
        return -EINVAL;
    error = d->iommu.platform_ops->reassign_device(d, NULL, 0, dt_to_dev(node));
    if (error)
        return error;
    list_del_init(&node->domain_list);
    dt_device_set_used_by(node, DOMID_IO);
    return 0;
}

int nap_xen_flush(struct domain *d, nap_addr ipa, uint64_t bytes, unsigned int flags)
{
    const struct iommu_ops *driver = d->iommu.platform_ops;

    if (!driver->iotlb_flush || bytes == 0 || flags == 0)
        return 0;
    return driver->iotlb_flush(d, daddr_to_dfn(ipa), bytes >> PAGE_SHIFT, flags);
}

/* --- sleep --- */

int nap_xen_suspend(void)
{
    if (!ops || !ops->suspend) {
        printk("regnap: the driver's iommu_ops have no suspend\n");
        return 0;
    }
    return ops->suspend();
}

void nap_xen_resume(void)
{
    if (!ops || !ops->resume) {
        printk("regnap: the driver's iommu_ops have no resume\n");
        return;
    }
    ops->resume();
}
