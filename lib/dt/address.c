/* SPDX-License-Identifier: MIT */
/* `reg` and `ranges`: from a node's address to the physical one. Devicetree Specification,
 * "reg" and "ranges". A bus without `ranges` keeps its addresses to itself; PCI and other buses
 * with three address cells do too, for nothing here lives on them. */
#include "dt/dt.h"

#define ADDRESS_CELLS_MAX 3u
#define SIZE_CELLS_MAX    2u

/* How the children of a bus write addresses. */
struct layout {
    uint32_t address, size; /* cells */
    bool plain;             /* one or two of each: an address space as the CPU's */
};

static enum nap_err read_layout(const struct nap_dt *dt, uint32_t bus, struct layout *out)
{
    static const char address[] = "#address-cells", size[] = "#size-cells";
    const uint32_t *widths = dt->nodes[bus].widths;

    out->plain = false;
    out->address = widths[NAP_DT_ADDRESS_CELLS];
    out->size = widths[NAP_DT_SIZE_CELLS];
    if (out->address == NAP_DT_NONE)
        out->address = 2;
    if (out->size == NAP_DT_NONE)
        out->size = 1;
    if (out->address > ADDRESS_CELLS_MAX)
        return nap_dt_fail(dt, NAP_ERR_RANGE, bus, address, "found %u as %s, expected 0 to %u",
                           out->address, address, ADDRESS_CELLS_MAX);
    if (out->size > SIZE_CELLS_MAX)
        return nap_dt_fail(dt, NAP_ERR_RANGE, bus, size, "found %u as %s, expected 0 to %u",
                           out->size, size, SIZE_CELLS_MAX);
    out->plain = out->address >= 1 && out->address <= 2 && out->size >= 1;
    return NAP_OK;
}

static enum nap_err check_entries(const struct nap_dt *dt, uint32_t node, const char *property,
                                  uint32_t n_cells, uint32_t width)
{
    if (width > 0 && n_cells % width == 0)
        return NAP_OK;
    return nap_dt_fail(dt, NAP_ERR_PARSE, node, property,
                       "found %u cells as %s, expected a multiple of %u", n_cells, property,
                       width);
}

/* One step up: from addresses below @bus to those beside it. */
static enum nap_err through_bus(const struct nap_dt *dt, uint32_t bus,
                                struct nap_dt_range *range)
{
    struct layout below, above;
    struct nap_dt_cells ranges;
    uint32_t width;
    enum nap_err err = nap_dt_cells(dt, bus, "ranges", &ranges);

    if (!err)
        err = read_layout(dt, bus, &below);
    if (!err)
        err = read_layout(dt, dt->nodes[bus].parent, &above);
    if (err)
        return err;
    range->reached = ranges.at && below.plain && above.plain;
    if (!range->reached || ranges.n == 0)
        return NAP_OK;
    width = below.address + above.address + below.size;
    err = check_entries(dt, bus, "ranges", ranges.n, width);
    for (uint32_t i = 0; i < ranges.n && !err; i += width) {
        uint64_t child = nap_dt_number(ranges, i, below.address);
        uint64_t parent = nap_dt_number(ranges, i + below.address, above.address);
        uint64_t bytes = nap_dt_number(ranges, i + below.address + above.address, below.size);
        uint64_t into = range->base - child;

        if (range->base < child || into >= bytes || range->bytes > bytes - into ||
            into > UINT64_MAX - parent)
            continue;
        range->base = parent + into;
        return NAP_OK;
    }
    range->reached = false;
    return err;
}

enum nap_err nap_dt_reg_count(const struct nap_dt *dt, uint32_t node, uint32_t *out)
{
    struct layout layout;
    struct nap_dt_cells reg;
    uint32_t width = 0;
    enum nap_err err = nap_dt_cells(dt, node, "reg", &reg);

    *out = 0;
    if (err || reg.n == 0 || node == NAP_DT_ROOT)
        return err;
    err = read_layout(dt, dt->nodes[node].parent, &layout);
    if (!err) {
        width = layout.address + layout.size;
        err = check_entries(dt, node, "reg", reg.n, width);
    }
    if (width > 0 && !err)
        *out = reg.n / width;
    return err;
}

enum nap_err nap_dt_reg(const struct nap_dt *dt, uint32_t node, uint32_t index,
                        struct nap_dt_range *out)
{
    struct layout layout;
    struct nap_dt_cells reg;
    uint32_t bus = dt->nodes[node].parent, at;
    enum nap_err err = nap_dt_cells(dt, node, "reg", &reg);

    *out = (struct nap_dt_range){0, 0, false};
    if (!err)
        err = read_layout(dt, bus, &layout);
    if (err || !layout.plain)
        return err;
    at = index * (layout.address + layout.size);
    out->base = nap_dt_number(reg, at, layout.address);
    out->bytes = nap_dt_number(reg, at + layout.address, layout.size);
    out->reached = true;
    for (; bus != NAP_DT_ROOT && out->reached && !err; bus = dt->nodes[bus].parent)
        err = through_bus(dt, bus, out);
    return err;
}
