/* SPDX-License-Identifier: MIT */
/* What the headers promise, asked from within a driver. A check that fails is a panic with its
 * line. */
#include "checks.h"

#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/of_platform.h>
#include <linux/refcount.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/sys_soc.h>

static const int unused = 1; /* a constant, whose address differs from run to run */

#define CHECK(condition) BUG_ON(!(condition))

bool mistaken(const char *mistake)
{
    const char *asked = nap_parameter("mistake");

    return asked && strcmp(asked, mistake) == 0;
}

/* --- the device tree --- */

static void nodes(struct platform_device *pdev)
{
    struct device_node *odd = of_find_node_by_path("/odd"), *child;
    struct device_node *hc = of_find_node_by_path("/bus/iommu@570000");
    int n = 0;

    CHECK(odd && !of_find_node_by_path("/nowhere"));
    CHECK(strcmp(hc->name, "iommu") == 0 && strcmp(hc->full_name, "iommu@570000") == 0);
    CHECK(of_find_node_by_phandle(hc->phandle) == hc && !of_find_node_by_phandle(0x7777));
    CHECK(of_get_parent(odd) == of_find_node_by_path("/"));
    CHECK(!of_get_parent(of_find_node_by_path("/")));
    for_each_child_of_node(odd, child) n++;
    for_each_available_child_of_node(odd, child) n += 10;
    CHECK(n == 23);
    CHECK(of_device_is_available(hc) &&
          !of_device_is_available(of_find_node_by_path("/odd/child-b")));
    CHECK(of_machine_is_compatible("renesas,r8a7795") && !of_machine_is_compatible("test"));
    CHECK(of_device_is_compatible(hc, "test,ipmmu") && !of_device_is_compatible(odd, "odd"));
    CHECK(pdev->dev.of_node == of_find_node_by_path("/bus/iommu@7b0000"));
}

static const char *best(const char *path, const struct of_device_id *ids)
{
    const struct of_device_id *id = of_match_node(ids, of_find_node_by_path(path));

    return id ? id->data : "none";
}

static void matching(struct platform_device *pdev)
{
    static const struct of_device_id ids[] = {
        {.compatible = "test,ipmmu", .data = "second"},
        {.compatible = "test,ipmmu-h3", .data = "first"},
        {.compatible = "test,ipmmu-h3", .name = "iommu", .data = "first, by name"},
        {.type = "odd", .data = "type"},
        {.name = "odd", .data = "name"},
        {.compatible = "test,odd", .type = "even", .data = "wrong type"},
        {.name = "sata", .data = "only the name"},
        {},
    };

    (void)pdev;
    CHECK(strcmp(best("/bus/iommu@570000", ids), "first, by name") == 0);
    CHECK(strcmp(best("/odd", ids), "type") == 0);
    CHECK(strcmp(best("/bus/sata@8300000", ids), "only the name") == 0);
    CHECK(strcmp(best("/bus/free@0", ids), "none") == 0);
    CHECK(!of_match_node(NULL, of_find_node_by_path("/odd")));
}

static void properties(struct platform_device *pdev)
{
    struct device_node *odd = of_find_node_by_path("/odd");
    u32 numbers[4], one = 0;
    const char *s = NULL;
    int length = -1;
    u64 wide;

    (void)pdev;
    CHECK(of_property_read_bool(odd, "empty") && !of_property_read_bool(odd, "absent"));
    CHECK(of_find_property(odd, "numbers", &length) && length == 12);
    CHECK(of_property_read_u32(odd, "numbers", &one) == 0 && one == 0x11);
    CHECK(of_property_read_u64(odd, "numbers", &wide) == 0 && wide == 0x1100000022);
    CHECK(of_property_read_u32_array(odd, "numbers", numbers, 3) == 0 && numbers[2] == 0x33);
    CHECK(of_property_read_u32_array(odd, "numbers", numbers, 4) == -EOVERFLOW);
    CHECK(of_property_read_u32_array(odd, "absent", numbers, 1) == -EINVAL);
    CHECK(of_property_read_u32(odd, "empty", &one) == -ENODATA);
    CHECK(of_property_read_u32_index(odd, "numbers", 2, &one) == 0 && one == 0x33);
    CHECK(of_property_read_u32_index(odd, "numbers", 3, &one) == -EOVERFLOW);
    CHECK(of_property_count_u32_elems(odd, "numbers") == 3);
    CHECK(of_property_count_u32_elems(odd, "open") == -EINVAL);
    CHECK(of_property_read_string(odd, "words", &s) == 0 && strcmp(s, "two") == 0);
    CHECK(of_property_read_string(odd, "absent", &s) == -EINVAL);
    CHECK(of_property_read_string(odd, "empty", &s) == -ENODATA);
    CHECK(of_property_read_string(odd, "open", &s) == -EILSEQ);
    CHECK(of_property_match_string(odd, "words", "words") == 1);
    CHECK(of_property_match_string(odd, "words", "three") == -ENODATA);
    CHECK(of_property_match_string(odd, "absent", "three") == -EINVAL);
    CHECK(of_property_match_string(odd, "open", "abc") == -EILSEQ);
}

static void references(struct platform_device *pdev)
{
    const struct device_node *mmc = of_find_node_by_path("/bus/mmc@8100000");
    const struct device_node *odd = of_find_node_by_path("/odd");
    struct of_phandle_args args;

    (void)pdev;
    CHECK(of_count_phandle_with_args(mmc, "iommus", "#iommu-cells") == 2);
    CHECK(of_count_phandle_with_args(mmc, "absent", "#iommu-cells") == -ENOENT);
    CHECK(of_parse_phandle_with_args(mmc, "iommus", "#iommu-cells", 1, &args) == 0);
    CHECK(args.args_count == 1 && args.args[0] == 4);
    CHECK(args.np == of_find_node_by_path("/bus/iommu@1740000"));
    CHECK(of_parse_phandle_with_args(mmc, "iommus", "#iommu-cells", 2, &args) == -ENOENT);
    CHECK(of_parse_phandle_with_args(mmc, "absent", "#iommu-cells", 0, &args) == -ENOENT);
    /* A handle that nothing has, one without its cell, and an empty entry. */
    CHECK(of_parse_phandle_with_args(odd, "dangling", "#iommu-cells", 0, &args) == -EINVAL);
    CHECK(of_parse_phandle_with_args(odd, "short", "#iommu-cells", 0, &args) == -EINVAL);
    CHECK(of_parse_phandle_with_args(odd, "holes", "#iommu-cells", 0, &args) == -ENOENT);
    CHECK(of_parse_phandle_with_args(odd, "holes", "#iommu-cells", 1, &args) == 0);
    CHECK(!of_parse_phandle(odd, "dangling", 0));
    CHECK(of_parse_phandle(odd, "short", 0) == of_find_node_by_path("/bus/iommu@570000"));
}

static struct platform_device *device_at(const char *path)
{
    return of_find_device_by_node(of_find_node_by_path(path));
}

static void resources(struct platform_device *pdev)
{
    struct platform_device *rt = device_at("/bus/iommu@580000"), *odd = device_at("/odd");
    struct resource *res = platform_get_resource(pdev, IORESOURCE_MEM, 0);

    CHECK(res->start == 0xe67b0000 && res->end == 0xe67b0fff && resource_size(res) == 0x1000);
    CHECK(!platform_get_resource(pdev, IORESOURCE_MEM, 1));
    CHECK(!platform_get_resource(pdev, IORESOURCE_IRQ, 0));
    /* What the bus does not pass on is no resource. */
    CHECK(rt && rt->num_resources == 1 && rt->resource[0].start == 0xe6580000);
    /* Two cells, directly below the root. */
    CHECK(odd->resource[1].start == 0x712345000 &&
          resource_size(&odd->resource[1]) == 0x20000000000);
    CHECK(!device_at("/odd/child-a") && !device_at("/odd/child-b"));
    CHECK(of_find_device_by_node(pdev->dev.of_node) == pdev);
    CHECK(PTR_ERR(devm_platform_ioremap_resource(pdev, 1)) == -EINVAL);
    CHECK(PTR_ERR(devm_platform_ioremap_resource(pdev, 0)) == -EBUSY);
    CHECK(devm_platform_ioremap_resource(rt, 0) == IOMEM(0xe6580000));
}

/* --- interrupts --- */

static irqreturn_t none(int irq, void *data)
{
    (void)irq;
    (void)data;
    return IRQ_NONE;
}

static void interrupt_numbers(struct platform_device *pdev)
{
    struct platform_device *odd = device_at("/odd"), *inside = device_at("/bus/gpio@0/inside");
    int first = platform_get_irq(pdev, 0), second = platform_get_irq(pdev, 1);
    int by_gpio = platform_get_irq(odd, 1);

    CHECK(first > 0 && second > 0 && first != second && platform_get_irq(pdev, 0) == first);
    CHECK(platform_get_irq_optional(pdev, 2) == -ENXIO && platform_irq_count(pdev) == 2);
    CHECK(platform_get_irq(odd, 0) > 0 && by_gpio > 0 && platform_irq_count(odd) == 2);
    /* Of the controller that it lies in, which has no such property itself. */
    CHECK(platform_get_irq(inside, 0) > 0 && platform_irq_count(inside) == 1);
    CHECK(platform_get_irq(device_at("/bus/iommu@580000"), 0) == -ENXIO);
}

static void interrupt_requests(struct platform_device *pdev)
{
    unsigned int irq = (unsigned int)platform_get_irq(pdev, 1);
    int a, b;

    CHECK(request_irq(irq, NULL, 0, "a", &a) == -EINVAL);
    CHECK(request_irq(irq + 50, none, 0, "a", &a) == -EINVAL);
    CHECK(request_irq(irq, none, IRQF_SHARED, "a", NULL) == -EINVAL);
    CHECK(request_threaded_irq(irq, NULL, none, 0, "a", &a) == -EINVAL);
    CHECK(request_threaded_irq(irq, NULL, none, IRQF_ONESHOT, "a", &a) == 0);
    CHECK(free_irq(irq, &a));
    CHECK(request_irq(irq, none, 0, "a", &a) == 0);
    CHECK(request_irq(irq, none, IRQF_SHARED, "b", &b) == -EBUSY);
    CHECK(strcmp(free_irq(irq, &a), "a") == 0);
    CHECK(request_irq(irq, none, IRQF_SHARED, "a", &a) == 0);
    CHECK(request_irq(irq, none, 0, "b", &b) == -EBUSY);
    CHECK(request_threaded_irq(irq, none, none, IRQF_SHARED | IRQF_ONESHOT, "b", &b) == -EBUSY);
    CHECK(request_irq(irq, none, IRQF_SHARED | IRQF_TRIGGER_HIGH, "b", &b) == -EBUSY);
    CHECK(request_irq(irq, none, IRQF_SHARED, "b", &b) == 0);
    free_irq(irq, &a);
    free_irq(irq, &b);
}

/* --- mappings: what the driver of a domain is called with --- */

static char calls[512];
static size_t calls_at, mapped_limit;

static void record(const char *what, unsigned long iova, phys_addr_t paddr, size_t size,
                   size_t count)
{
    calls_at += (size_t)scnprintf(calls + calls_at, sizeof calls - calls_at,
                                  "%s %lx %llx %zx*%zx;", what, iova, paddr, size, count);
}

static void nothing_recorded(void)
{
    calls_at = 0;
    calls[0] = 0;
}

static int record_pages(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr,
                        size_t pgsize, size_t pgcount, int prot, gfp_t gfp, size_t *mapped)
{
    (void)domain;
    (void)prot;
    (void)gfp;
    record("map", iova, paddr, pgsize, pgcount);
    *mapped = min(pgsize * pgcount, mapped_limit);
    mapped_limit -= *mapped;
    return *mapped < pgsize * pgcount ? -ENOMEM : 0;
}

static int record_page(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr,
                       size_t size, int prot, gfp_t gfp)
{
    size_t mapped;

    return record_pages(domain, iova, paddr, size, 1, prot, gfp, &mapped);
}

static size_t record_unmap(struct iommu_domain *domain, unsigned long iova, size_t pgsize,
                           size_t pgcount, struct iommu_iotlb_gather *gather)
{
    size_t unmapped = min(pgsize * pgcount, mapped_limit);

    (void)domain;
    (void)gather;
    record("unmap", iova, 0, pgsize, pgcount);
    mapped_limit -= unmapped;
    return unmapped;
}

static size_t record_unmap_one(struct iommu_domain *domain, unsigned long iova, size_t size,
                               struct iommu_iotlb_gather *gather)
{
    return record_unmap(domain, iova, size, 1, gather);
}

static void record_sync(struct iommu_domain *domain, struct iommu_iotlb_gather *gather)
{
    (void)domain;
    record("sync", gather->start, gather->end, gather->pgsize, 1);
}

static void record_sync_map(struct iommu_domain *domain, unsigned long iova, size_t size)
{
    (void)domain;
    record("sync-map", iova, 0, size, 1);
}

static const struct iommu_domain_ops many = {
    .map_pages = record_pages,
    .unmap_pages = record_unmap,
    .iotlb_sync_map = record_sync_map,
};
static const struct iommu_domain_ops single = {.map = record_page, .unmap = record_unmap_one};
static const struct iommu_domain_ops gathering = {.iotlb_sync = record_sync};

static struct iommu_domain make_domain(const struct iommu_domain_ops *ops)
{
    mapped_limit = SIZE_MAX;
    nothing_recorded();
    return (struct iommu_domain){
        .type = IOMMU_DOMAIN_UNMANAGED, .ops = ops, .pgsize_bitmap = SZ_1G | SZ_2M | SZ_4K};
}

static bool mapping_calls(const struct iommu_domain_ops *ops, unsigned long iova,
                          phys_addr_t paddr, size_t size, const char *expected)
{
    struct iommu_domain domain = make_domain(ops);

    return iommu_map(&domain, iova, paddr, size, IOMMU_READ) == 0 &&
           strcmp(calls, expected) == 0;
}

/* Documented of iommu_pgsize(): the largest page that alignment and size allow, and as many of
 * them as there are before a larger one is possible. */
static void mappings_split(struct platform_device *pdev)
{
    (void)pdev;
    CHECK(mapping_calls(&many, 0x1ff000, 0x3ff000, 0x202000,
                        "map 1ff000 3ff000 1000*1;map 200000 400000 200000*1;"
                        "map 400000 600000 1000*1;sync-map 1ff000 0 202000*1;"));
    CHECK(mapping_calls(&single, 0x1ff000, 0x3ff000, 0x202000,
                        "map 1ff000 3ff000 1000*1;map 200000 400000 200000*1;"
                        "map 400000 600000 1000*1;"));
    /* Never aligned together. */
    CHECK(mapping_calls(&many, 0x1ff000, 0x400000, 0x202000,
                        "map 1ff000 400000 1000*202;sync-map 1ff000 0 202000*1;"));
    CHECK(mapping_calls(&many, 0x200000, 0x40000000, 0x400000,
                        "map 200000 40000000 200000*2;sync-map 200000 0 400000*1;"));
    CHECK(mapping_calls(&single, 0x200000, 0x40000000, 0x400000,
                        "map 200000 40000000 200000*1;map 400000 40200000 200000*1;"));
    CHECK(mapping_calls(&many, 0x3fe00000, 0x7fe00000, 0x40400000,
                        "map 3fe00000 7fe00000 200000*1;map 40000000 80000000 40000000*1;"
                        "map 80000000 c0000000 200000*1;sync-map 3fe00000 0 40400000*1;"));
    /* The border is reached, but no larger page fits behind it. */
    CHECK(mapping_calls(&many, 0x100000, 0x100000, 0x2ff000,
                        "map 100000 100000 1000*2ff;sync-map 100000 0 2ff000*1;"));
}

static void mappings_fail(struct platform_device *pdev)
{
    struct iommu_domain domain = make_domain(&many);

    (void)pdev;
    CHECK(iommu_map(&domain, 0x1000, 0x1800, 0x1000, 0) == -EINVAL);
    CHECK(iommu_map(&domain, 0x1000, 0x2000, 0x800, 0) == -EINVAL);
    CHECK(iommu_unmap(&domain, 0x1800, 0x1000) == 0 && calls_at == 0);
    /* 16 pages and 2 MiB are mapped when it fails, and undone. */
    mapped_limit = 0x210000;
    CHECK(iommu_map(&domain, 0x1f0000, 0x1f0000, 0x410000, 0) == -ENOMEM);
    CHECK(strcmp(calls, "map 1f0000 1f0000 1000*10;map 200000 200000 200000*2;"
                        "unmap 1f0000 0 1000*10;") == 0);
    domain = make_domain(&many);
    domain.type = IOMMU_DOMAIN_IDENTITY;
    CHECK(iommu_map(&domain, 0x1000, 0x1000, 0x1000, 0) == -EINVAL);
    domain = make_domain(&gathering);
    CHECK(iommu_map(&domain, 0x1000, 0x1000, 0x1000, 0) == -ENODEV);
    domain = make_domain(&single);
    domain.pgsize_bitmap = 0;
    CHECK(iommu_map(&domain, 0x1000, 0x1000, 0x1000, 0) == -ENODEV && calls_at == 0);
}

static void unmappings_split(struct platform_device *pdev)
{
    struct iommu_domain domain = make_domain(&many);

    (void)pdev;
    CHECK(iommu_unmap(&domain, 0x1ff000, 0x202000) == 0x202000);
    CHECK(strcmp(calls, "unmap 1ff000 0 1000*1;unmap 200000 0 200000*1;"
                        "unmap 400000 0 1000*1;") == 0);
    domain = make_domain(&single);
    mapped_limit = 0x1000;
    CHECK(iommu_unmap(&domain, 0x1000, 0x3000) == 0x1000);
    CHECK(strcmp(calls, "unmap 1000 0 1000*1;unmap 2000 0 1000*1;") == 0);
}

static void gathering_keeps_together_what_is(struct platform_device *pdev)
{
    struct iommu_domain domain = make_domain(&gathering);
    struct iommu_iotlb_gather gather;

    (void)pdev;
    iommu_iotlb_gather_init(&gather);
    iommu_iotlb_gather_add_page(&domain, &gather, 0x2000, SZ_4K);
    iommu_iotlb_gather_add_page(&domain, &gather, 0x3000, SZ_4K);
    iommu_iotlb_gather_add_page(&domain, &gather, 0x1000, SZ_4K);
    CHECK(calls_at == 0 && gather.start == 0x1000 && gather.end == 0x3fff);
    iommu_iotlb_gather_add_page(&domain, &gather, 0x6000, SZ_4K); /* a gap */
    CHECK(strcmp(calls, "sync 1000 3fff 1000*1;") == 0 && gather.start == 0x6000);
    nothing_recorded();
    iommu_iotlb_gather_add_page(&domain, &gather, 0x200000, SZ_2M); /* another size */
    CHECK(strcmp(calls, "sync 6000 6fff 1000*1;") == 0 && gather.end == 0x3fffff);
    CHECK(!iommu_iotlb_gather_queued(&gather));
    iommu_iotlb_sync(&domain, &gather);
    CHECK(gather.start == ULONG_MAX && gather.end == 0 && gather.pgsize == 0);
}

/* --- memory --- */

static bool filled(const void *p, u8 value, size_t size)
{
    const u8 *bytes = p;

    while (size && bytes[size - 1] == value)
        size--;
    return size == 0;
}

static void memory_of_objects(struct platform_device *pdev)
{
    struct device *dev = &pdev->dev;
    size_t size;
    char *a, *b;

    for (size = 8; size <= SZ_64K; size *= 2) {
        a = kmalloc(size, GFP_KERNEL);
        b = kzalloc(size, GFP_KERNEL);
        CHECK(IS_ALIGNED((unsigned long)a, size) && IS_ALIGNED((unsigned long)b, size));
        CHECK((unsigned long)(a > b ? a - b : b - a) >= ARCH_DMA_MINALIGN && ksize(a) >= size);
        CHECK(!filled(a, 0, size) && filled(b, 0, size));
        kfree(a);
        kfree(b);
    }
    a = kzalloc(100, GFP_KERNEL);
    strcpy(a, "kept");
    a = krealloc(a, 5000, GFP_KERNEL);
    CHECK(strcmp(a, "kept") == 0 && ksize(a) == 8192);
    kfree(a);
    CHECK(!kcalloc(SIZE_MAX / 2, 4, GFP_KERNEL) && !kmalloc(SIZE_MAX, GFP_KERNEL));
    CHECK(kmalloc(0, GFP_KERNEL) == ZERO_SIZE_PTR && krealloc(NULL, 0, 0) == ZERO_SIZE_PTR);
    kfree(ZERO_SIZE_PTR);
    kfree(NULL);
    a = kasprintf(GFP_KERNEL, "%0600d", 7);
    CHECK(strlen(a) == 600 && a[599] == '7');
    kfree(a);
    a = devm_kasprintf(dev, GFP_KERNEL, "%0600d", 7);
    CHECK(strlen(a) == 600);
    devm_kfree(dev, a);
    devm_kfree(dev, NULL);
    b = kstrndup("words", 3, GFP_KERNEL);
    CHECK(strcmp(b, "wor") == 0);
    kfree(b);
}

static void memory_of_caches(struct platform_device *pdev)
{
    struct kmem_cache *cache = kmem_cache_create("tables", 1024, 1024, 0, NULL);
    void *a = kmem_cache_alloc(cache, GFP_ATOMIC), *b = kmem_cache_zalloc(cache, GFP_ATOMIC);

    (void)pdev;
    CHECK(IS_ALIGNED((unsigned long)a | (unsigned long)b, 1024) && a != b);
    CHECK(!filled(a, 0, 1024) && filled(b, 0, 1024));
    kmem_cache_free(cache, a);
    kmem_cache_free(cache, b);
    kmem_cache_destroy(cache);
    CHECK(!kmem_cache_create("odd", 10, 3, 0, NULL));
}

static void memory_of_pages(struct platform_device *pdev)
{
    unsigned long a = __get_free_pages(GFP_KERNEL, 0), b;
    struct page *page = alloc_pages_node(NUMA_NO_NODE, GFP_KERNEL | __GFP_ZERO, 3);

    (void)pdev;
    CHECK(PAGE_ALIGNED(a) && !filled((void *)a, 0, SZ_4K));
    CHECK(IS_ALIGNED((unsigned long)page_address(page), SZ_32K));
    CHECK(IS_ALIGNED(page_to_phys(page), SZ_32K) && filled(page_address(page), 0, SZ_32K));
    CHECK(virt_to_page((char *)page_address(page) + 5) == page);
    CHECK(__va(__pa(a)) == (void *)a && __pa(a) == virt_to_phys((void *)a) && __pa(a));
    b = get_zeroed_page(GFP_KERNEL);
    CHECK(b && b != a && filled((void *)b, 0, SZ_4K));
    free_page(a);
    free_page(b);
    free_page(0);
    __free_pages(page, 3);
    CHECK(!alloc_pages(GFP_KERNEL, MAX_ORDER));
    a = (unsigned long)alloc_pages_exact(0x3000, GFP_KERNEL);
    CHECK(PAGE_ALIGNED(a));
    free_pages_exact((void *)a, 0x3000);
}

static void memory_of_devices(struct platform_device *pdev)
{
    struct device *dev = &pdev->dev;
    u64 *p = (u64 *)get_zeroed_page(GFP_KERNEL);
    phys_addr_t at = virt_to_phys(p);
    dma_addr_t dma;

    p[0] = 0x1234;
    CHECK(nap_ram_read64(at) == 0);
    dma = dma_map_single(dev, p, SZ_4K, DMA_BIDIRECTIONAL);
    CHECK(!dma_mapping_error(dev, dma) && dma == at && nap_ram_read64(at) == 0x1234);
    p[1] = 0x5678;
    CHECK(nap_ram_read64(at + 8) == 0);
    dma_sync_single_for_device(dev, dma, 16, DMA_TO_DEVICE);
    CHECK(nap_ram_read64(at + 8) == 0x5678);
    nap_ram_write64(at, 0x9abc);
    dma_sync_single_for_cpu(dev, dma, 16, DMA_TO_DEVICE);
    CHECK(p[0] == 0x1234);
    dma_sync_single_for_cpu(dev, dma, 16, DMA_FROM_DEVICE);
    CHECK(p[0] == 0x9abc);
    nap_ram_write64(at, 0xdef0);
    dma_unmap_single(dev, dma, SZ_4K, DMA_BIDIRECTIONAL);
    CHECK(p[0] == 0xdef0);
    CHECK(dma_set_mask_and_coherent(dev, DMA_BIT_MASK(20)) == 0);
    CHECK(dma_mapping_error(dev, dma_map_single(dev, p, 16, DMA_TO_DEVICE)) == -ENOMEM);
    free_page((unsigned long)p);
}

/* --- text --- */

#define PRINTS(expected, format...)                                                            \
    CHECK(snprintf(out, sizeof out, format) == (int)strlen(expected) &&                        \
          strcmp(out, expected) == 0)

/* The extensions are the kernel's, which a compiler takes for letters behind a %p. */
static void text_is_printed_as_documented(struct platform_device *pdev)
{
    struct resource registers = {
        .start = 0xe6570000, .end = 0xe6570fff, .flags = IORESOURCE_MEM};
    phys_addr_t address = 0x712345000;
    char out[96];

    PRINTS("-1|    2|3    |0004|+5|0xab|CD|10|z|  z|word|cut|%",
           "%d|%5u|%-5d|%04d|%+d|%#x|%X|%o|%c|%3c|%s|%.3s|%%", -1, 2u, 3, 4, 5, 0xabu, 0xcdu,
           8u, 'z', 'z', "word", "cut here");
    PRINTS("200 -3 7 123456789abc 2    1|2   | 18446744073709551615",
           "%hhu %hd %lu %llx %zu %*d|%-*d| %llu", (unsigned char)200, (short)-3, 7ul,
           0x123456789abcULL, sizeof(u16), 4, 1, 4, 2, ~0ULL);
    PRINTS("0x0000000712345000 0x0000000712345000", "%pa %pad", &address, &address);
    PRINTS("[mem 0xe6570000-0xe6570fff]", "%pR", &registers);
    PRINTS("/bus/iommu@7b0000 iommu", "%pOF %pOFn", pdev->dev.of_node, pdev->dev.of_node);
    PRINTS("-EIO (pointer) (symbol) (null)", "%pe %p %ps %pOF", ERR_PTR(-EIO), &unused, none,
           NULL);
    PRINTS("00000000e6570000", "%p", IOMEM(0xe6570000));
    CHECK(scnprintf(out, 5, "%d", 123456) == 4 && strcmp(out, "1234") == 0);
    CHECK(scnprintf(out, 5, "%d", 12) == 2 && scnprintf(out, 0, "%d", 12) == 0);
    CHECK(snprintf(out, 3, "%s", "long") == 4 && strcmp(out, "lo") == 0);
    CHECK(snprintf(NULL, 0, "%d", 123) == 3);
}

/* --- SoC --- */

static const struct soc_device_attribute known[] = {
    {.family = "R-Car Gen2", .data = "family"},
    {.soc_id = "r8a7796", .data = "id"},
    {.serial_number = "*", .data = "serial number"},
    {.family = "R-Car *", .soc_id = "r8a7795", .revision = "ES1.[01]", .data = "ES1"},
    {.machine = "A board*", .revision = "ES[23].*", .data = "ES2 or 3"},
    {},
};

static bool known_as(const char *what)
{
    const struct soc_device_attribute *soc = soc_device_match(known);

    return strcmp(soc ? soc->data : "none", what) == 0;
}

static void soc_is_assumed(struct platform_device *pdev)
{
    (void)pdev;
    CHECK(known_as("ES2 or 3"));
}

static void soc_is_given(struct platform_device *pdev)
{
    (void)pdev;
    CHECK(known_as("ES1"));
}

static void soc_is_absent(struct platform_device *pdev)
{
    (void)pdev;
    CHECK(known_as("none"));
}

/* --- warnings --- */

static void warnings(struct platform_device *pdev)
{
    refcount_t refs = REFCOUNT_INIT(0);

    refcount_inc(&refs);
    free_pages(__get_free_pages(GFP_KERNEL, 1), 0);
    WARN_ON(pdev != NULL);
    for (int i = 0; i < 2; i++)
        CHECK(WARN_ON_ONCE(i >= 0));
    CHECK(!WARN_ON(!pdev));
    free_irq(17, pdev);
    enable_irq((unsigned int)platform_get_irq(pdev, 1));
}

static void given_back_twice(struct platform_device *pdev)
{
    char *p = kmalloc(16, GFP_KERNEL);

    (void)pdev;
    kfree(p);
    kfree(p);
}

static void given_back_from_inside(struct platform_device *pdev)
{
    char *p = kmalloc(600, GFP_KERNEL);

    (void)pdev;
    kfree(p + 8);
}

static void pages_given_back_twice(struct platform_device *pdev)
{
    unsigned long page = __get_free_page(GFP_KERNEL);

    (void)pdev;
    free_page(page);
    free_page(page);
}

static void pages_given_back_as_object(struct platform_device *pdev)
{
    (void)pdev;
    kfree((void *)__get_free_page(GFP_KERNEL));
}

static void mapped_without_direction(struct platform_device *pdev)
{
    char *p = kmalloc(16, GFP_KERNEL);

    dma_map_single(&pdev->dev, p, 16, DMA_NONE);
}

static int map_nothing(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr,
                       size_t pgsize, size_t pgcount, int prot, gfp_t gfp, size_t *mapped)
{
    (void)domain;
    (void)iova;
    (void)paddr;
    (void)pgsize;
    (void)pgcount;
    (void)prot;
    (void)gfp;
    (void)mapped;
    return 0;
}

static void mapped_nothing(struct platform_device *pdev)
{
    static const struct iommu_domain_ops ops = {.map_pages = map_nothing};
    struct iommu_domain domain = make_domain(&ops);

    (void)pdev;
    (void)iommu_map(&domain, 0x1000, 0x1000, 0x1000, 0);
}

/* --- all of them --- */

static const struct {
    const char *name;
    void (*check)(struct platform_device *pdev);
} checks[] = {
    {"nodes", nodes},
    {"matching", matching},
    {"properties", properties},
    {"references", references},
    {"resources", resources},
    {"interrupt-numbers", interrupt_numbers},
    {"interrupt-requests", interrupt_requests},
    {"mappings-split", mappings_split},
    {"mappings-fail", mappings_fail},
    {"unmappings-split", unmappings_split},
    {"gathering", gathering_keeps_together_what_is},
    {"objects", memory_of_objects},
    {"caches", memory_of_caches},
    {"pages", memory_of_pages},
    {"devices", memory_of_devices},
    {"text", text_is_printed_as_documented},
    {"soc-assumed", soc_is_assumed},
    {"soc-given", soc_is_given},
    {"soc-absent", soc_is_absent},
    {"warnings", warnings},
    {"given-back-twice", given_back_twice},
    {"given-back-from-inside", given_back_from_inside},
    {"pages-given-back-twice", pages_given_back_twice},
    {"pages-given-back-as-object", pages_given_back_as_object},
    {"mapped-without-direction", mapped_without_direction},
    {"mapped-nothing", mapped_nothing},
};

void run_checks(struct platform_device *pdev)
{
    const char *asked = nap_parameter("check");

    if (!asked || strcmp(dev_name(&pdev->dev), "e67b0000.iommu") != 0)
        return;
    for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
        if (strcmp(asked, checks[i].name) == 0) {
            checks[i].check(pdev);
            pr_info("checked: %s\n", asked);
            return;
        }
    nap_panic("no check of that name", __FILE__, __LINE__);
}
