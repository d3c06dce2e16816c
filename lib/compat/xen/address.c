/* SPDX-License-Identifier: MIT */
/* Addresses of nodes, as the CPU sees them (Devicetree Specification, "reg" and "ranges"). */
#include "runtime.h"

#define ADDRESS_CELLS_DEFAULT 2
#define SIZE_CELLS_DEFAULT    1
#define CELLS_MAX             2 /* numbers of more than 64 bits are PCI's */

static int cells_of(const struct dt_device_node *node, const char *name, int otherwise)
{
    uint32_t cells;

    return node && dt_property_read_u32(node, name, &cells) ? (int)cells : otherwise;
}

int dt_child_n_addr_cells(const struct dt_device_node *parent)
{
    return cells_of(parent, "#address-cells", ADDRESS_CELLS_DEFAULT);
}

int dt_child_n_size_cells(const struct dt_device_node *parent)
{
    return cells_of(parent, "#size-cells", SIZE_CELLS_DEFAULT);
}

int dt_n_addr_cells(const struct dt_device_node *node)
{
    return dt_child_n_addr_cells(node->parent);
}

int dt_n_size_cells(const struct dt_device_node *node)
{
    return dt_child_n_size_cells(node->parent);
}

static bool sensible(int address_cells, int size_cells)
{
    return address_cells > 0 && address_cells <= CELLS_MAX && size_cells >= 0 &&
           size_cells <= CELLS_MAX;
}

/* One entry of "reg" or "ranges": its cells, one after the other. */
static uint64_t take(const char **at, int cells)
{
    uint64_t number = nap_xen_cells(*at, cells);

    *at += (size_t)cells * 4;
    return number;
}

/* From the addresses below @bus to those that @bus has itself. */
static int translate_once(const struct dt_device_node *bus, uint64_t *addr)
{
    int below = dt_child_n_addr_cells(bus), size_cells = dt_child_n_size_cells(bus);
    int above = dt_n_addr_cells(bus);
    uint32_t length;
    size_t entry = (size_t)(below + above + size_cells) * 4;
    const char *at = dt_get_property(bus, "ranges", &length), *end;

    if (!at || !sensible(below, size_cells) || !sensible(above, size_cells))
        return -EINVAL;
    if (length == 0)
        return 0;
    end = at + length / entry * entry;
    while (at < end) {
        uint64_t from = take(&at, below), to = take(&at, above), size = take(&at, size_cells);

        if (*addr >= from && *addr - from < size) {
            *addr = to + (*addr - from);
            return 0;
        }
    }
    return -EINVAL;
}

int dt_device_get_address(const struct dt_device_node *node, unsigned int index, uint64_t *addr,
                          uint64_t *size)
{
    int address_cells, size_cells;
    uint32_t length, entry;
    const char *at = dt_get_property(node, "reg", &length);
    uint64_t address, bytes;

    if (!at || !node->parent)
        return -EINVAL;
    address_cells = dt_n_addr_cells(node);
    size_cells = dt_n_size_cells(node);
    if (!sensible(address_cells, size_cells))
        return -EINVAL;
    entry = (uint32_t)(address_cells + size_cells) * 4;
    if (index >= length / entry)
        return -EINVAL;
    at += (size_t)index * entry;
    address = take(&at, address_cells);
    bytes = take(&at, size_cells);
    for (const struct dt_device_node *bus = node->parent; bus->parent; bus = bus->parent)
        if (translate_once(bus, &address) != 0)
            return -EINVAL;
    if (addr)
        *addr = address;
    if (size)
        *size = bytes;
    return 0;
}

int dt_device_get_paddr(const struct dt_device_node *node, unsigned int index, paddr_t *addr,
                        paddr_t *size)
{
    return dt_device_get_address(node, index, addr, size);
}

unsigned int dt_number_of_address(const struct dt_device_node *node)
{
    uint32_t length;
    int cells = dt_n_addr_cells(node) + dt_n_size_cells(node);

    if (cells <= 0 || !dt_get_property(node, "reg", &length))
        return 0;
    return length / ((uint32_t)cells * 4);
}
