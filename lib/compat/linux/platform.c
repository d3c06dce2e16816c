/* SPDX-License-Identifier: MIT */
/* Platform devices: made from the machine's units, matched with drivers, bound. */
#include <libfdt.h>

#include "runtime.h" /* after it: names of the kernel are macros */

struct bus_type platform_bus_type = {.name = "platform"};

static struct platform_device *devices;
static struct platform_device *bound; /* in the order in which they were bound */
static struct platform_driver *drivers;

/* --- devices --- */

static u64 read_cells(const fdt32_t *list, int n)
{
    u64 value = 0;

    for (int i = 0; i < n; i++)
        value = value << 32 | fdt32_ld(&list[i]);
    return value;
}

/* One step up: @address of a child of @bus as its parent sees it, by `ranges` of the bus. False
 * where the parent does not see it. */
static bool translate_up(int bus, u64 *address)
{
    const void *tree = regnap_tree();
    int parent = fdt_parent_offset(tree, bus), length = 0;
    int from = fdt_address_cells(tree, bus), size = fdt_size_cells(tree, bus);
    int to = parent >= 0 ? fdt_address_cells(tree, parent) : 0;
    const fdt32_t *ranges = fdt_getprop(tree, bus, "ranges", &length);
    int entry = from + to + size;

    if (parent < 0 || (ranges && length == 0))
        return true; /* the root, or the same addresses */
    for (int i = 0; ranges && entry > 0 && (i + entry) * 4 <= length; i += entry) {
        u64 child = read_cells(ranges + i, from);
        u64 bytes = read_cells(ranges + i + from + to, size);
        if (*address < child || *address - child >= bytes)
            continue;
        *address = *address - child + read_cells(ranges + i + from, to);
        return true;
    }
    return false;
}

static bool cpu_address(const struct device_node *np, u64 *address)
{
    for (int bus = fdt_parent_offset(regnap_tree(), np->offset); bus >= 0;
         bus = fdt_parent_offset(regnap_tree(), bus))
        if (!translate_up(bus, address))
            return false;
    return true;
}

static void add_resources(struct platform_device *pdev)
{
    const void *tree = regnap_tree();
    int parent = fdt_parent_offset(tree, pdev->dev.of_node->offset), length = 0;
    int address_cells = fdt_address_cells(tree, parent),
        size_cells = fdt_size_cells(tree, parent);
    const fdt32_t *reg = fdt_getprop(tree, pdev->dev.of_node->offset, "reg", &length);
    int n = reg && address_cells > 0 ? length / 4 / (address_cells + size_cells) : 0;

    pdev->resource = regnap_alloc((size_t)(n ? n : 1) * sizeof *pdev->resource);
    for (int i = 0; i < n; i++, reg += address_cells + size_cells) {
        struct resource *res = &pdev->resource[pdev->num_resources];
        u64 address = read_cells(reg, address_cells);
        if (!cpu_address(pdev->dev.of_node, &address))
            continue;
        res->start = address;
        res->end = address + read_cells(reg + address_cells, size_cells) - 1;
        res->name = pdev->dev.name;
        res->flags = IORESOURCE_MEM;
        pdev->num_resources++;
    }
}

/* As the kernel names devices of a tree: address as the CPU sees it, and node name. */
static void name_device(struct platform_device *pdev)
{
    char *name = pdev->dev.name;

    if (pdev->num_resources)
        snprintf(name, sizeof pdev->dev.name, "%llx.%s", pdev->resource[0].start,
                 pdev->dev.of_node->name);
    else
        snprintf(name, sizeof pdev->dev.name, "%s", pdev->dev.of_node->name);
}

static struct platform_device *make_device(struct device_node *np)
{
    struct platform_device *pdev = regnap_alloc(sizeof *pdev);

    INIT_LIST_HEAD(&pdev->dev.devres);
    pdev->dev.bus = &platform_bus_type;
    pdev->dev.of_node = np;
    pdev->name = pdev->dev.name;
    pdev->id = -1;
    pdev->dev.coherent_dma_mask = DMA_BIT_MASK(32);
    pdev->dma_mask = DMA_BIT_MASK(32);
    pdev->dev.dma_mask = &pdev->dma_mask;
    add_resources(pdev);
    name_device(pdev);
    pdev->next = devices;
    devices = pdev;
    return pdev;
}

static struct platform_device *device_of(const struct device_node *np)
{
    struct platform_device *pdev = devices;

    while (pdev && pdev->dev.of_node != np)
        pdev = pdev->next;
    return pdev;
}

struct platform_device *regnap_device_at(const struct nap_soc_node *node)
{
    int offset = fdt_path_offset(regnap_tree(), node->path);
    struct platform_device *pdev;

    if (offset < 0)
        nap_panic("a device of the machine has no node in its device tree", NULL, 0);
    pdev = device_of(regnap_node(offset));
    if (!pdev)
        pdev = make_device(regnap_node(offset));
    if (node->name[0])
        memcpy(pdev->dev.name, node->name, sizeof pdev->dev.name);
    return pdev;
}

struct platform_device *regnap_platform_device(struct nap_device *unit)
{
    struct platform_device *pdev = unit->data;

    if (pdev)
        return pdev;
    pdev = regnap_device_at(&unit->node);
    pdev->dev.unit = unit;
    unit->data = pdev;
    return pdev;
}

/* A kernel has made the devices of its tree before any driver binds. */
struct platform_device *of_find_device_by_node(struct device_node *np)
{
    struct platform_device *pdev = device_of(np);

    if (!pdev && of_device_is_available(np) && of_find_property(np, "compatible", NULL))
        pdev = make_device(np);
    return pdev;
}

struct resource *platform_get_resource(struct platform_device *pdev, unsigned int type,
                                       unsigned int index)
{
    for (u32 i = 0; i < pdev->num_resources; i++)
        if ((pdev->resource[i].flags & type) && index-- == 0)
            return &pdev->resource[i];
    return NULL;
}

bool regnap_is_register(resource_size_t address)
{
    for (const struct platform_device *pdev = devices; pdev; pdev = pdev->next)
        for (u32 i = 0; i < pdev->num_resources; i++)
            if (address >= pdev->resource[i].start && address <= pdev->resource[i].end)
                return true;
    return false;
}

void __iomem *devm_platform_ioremap_resource(struct platform_device *pdev, unsigned int index)
{
    return devm_ioremap_resource(&pdev->dev,
                                 platform_get_resource(pdev, IORESOURCE_MEM, index));
}

/* --- drivers --- */

int platform_driver_register(struct platform_driver *driver)
{
    struct platform_driver **end = &drivers;

    while (*end)
        end = &(*end)->next;
    driver->driver.bus = &platform_bus_type;
    driver->next = NULL;
    *end = driver;
    return 0;
}

void platform_driver_unregister(struct platform_driver *driver)
{
    struct platform_driver **at = &drivers;

    while (*at && *at != driver)
        at = &(*at)->next;
    if (*at)
        *at = driver->next;
}

struct platform_driver *regnap_driver_for(struct platform_device *pdev)
{
    struct platform_driver *driver = drivers;

    while (driver && !of_match_device(driver->driver.of_match_table, &pdev->dev))
        driver = driver->next;
    return driver;
}

static void add_bound(struct platform_device *pdev)
{
    struct platform_device **end = &bound;

    while (*end)
        end = &(*end)->next_bound;
    *end = pdev;
    pdev->dev.bound = true;
}

int regnap_bind(struct platform_device *pdev, struct platform_driver *driver)
{
    int err;

    pdev->dev.driver = &driver->driver;
    err = driver->probe(pdev);
    if (err == 0) {
        add_bound(pdev);
        return 0;
    }
    regnap_devres_release_all(&pdev->dev);
    dev_set_drvdata(&pdev->dev, NULL);
    pdev->dev.driver = NULL;
    if (err != -EPROBE_DEFER)
        pr_warn("%s: %s stays unbound, its probe() gave %d\n", driver->driver.name,
                dev_name(&pdev->dev), err);
    return err;
}

/* The kernel goes on behind @start, too. */
int driver_for_each_device(struct device_driver *driver, struct device *start, void *data,
                           int (*fn)(struct device *dev, void *data))
{
    bool begun = !start;
    int result = 0;

    for (struct platform_device *pdev = bound; pdev && !result; pdev = pdev->next_bound) {
        if (begun && pdev->dev.driver == driver)
            result = fn(&pdev->dev, data);
        begun |= &pdev->dev == start;
    }
    return result;
}
