/* SPDX-License-Identifier: MIT */
/* The first interrupt of a node, as a shared interrupt of a GIC. Devicetree Specification,
 * "Interrupts and Interrupt Mapping"; the cells by the arm,gic and arm,gic-v3 bindings. */
#include "dt/dt.h"

#define GIC_SPI   0u   /* first cell: a shared peripheral interrupt */
#define SPI_MAX   987u /* interrupt identifier 1019 */
#define STEPS_MAX (2u * NAP_DT_DEPTH_MAX)

/* The controller for `interrupts`: by interrupt-parent of the node or, in its stead, of the
 * nodes above. A node on the way that says #interrupt-cells is a controller itself. */
static enum nap_err find_parent(const struct nap_dt *dt, uint32_t node, uint32_t *out)
{
    uint32_t at = node, phandle;

    for (unsigned steps = 0; steps < STEPS_MAX; steps++) {
        enum nap_err err = nap_dt_one_cell(dt, at, "interrupt-parent", 0, &phandle);

        if (!err && nap_dt_has(dt, at, "interrupt-parent"))
            err = nap_dt_follow(dt, at, "interrupt-parent", phandle, out);
        else
            *out = dt->nodes[at].parent;
        if (err)
            return err;
        if (*out == NAP_DT_NONE)
            return nap_dt_fail(dt, NAP_ERR_PARSE, node, "interrupts",
                               "found no interrupt-parent here or above, expected one");
        at = *out;
        if (at != node && dt->nodes[at].widths[NAP_DT_INTERRUPT_CELLS] != NAP_DT_NONE)
            return NAP_OK;
    }
    return nap_dt_fail(dt, NAP_ERR_PARSE, node, "interrupts",
                       "found interrupt-parents that lead in a circle, expected one with "
                       "#interrupt-cells");
}

static enum nap_err read_spi(const struct nap_dt *dt, uint32_t node, const char *property,
                             struct nap_dt_cells cells, uint32_t *out)
{
    if (cells.n < 3 || cells.n > 4)
        return nap_dt_fail(dt, NAP_ERR_PARSE, node, property,
                           "found an interrupt of %u cells, expected the 3 or 4 of a GIC",
                           cells.n);
    if (nap_dt_cell(cells, 0) != GIC_SPI)
        return nap_dt_fail(dt, NAP_ERR_RANGE, node, property,
                           "found an interrupt of type %u, expected 0 (SPI)",
                           nap_dt_cell(cells, 0));
    *out = nap_dt_cell(cells, 1);
    if (*out > SPI_MAX)
        return nap_dt_fail(dt, NAP_ERR_RANGE, node, property, "found SPI %u, expected 0 to %u",
                           *out, SPI_MAX);
    return NAP_OK;
}

static enum nap_err read_extended(const struct nap_dt *dt, uint32_t node,
                                  struct nap_dt_cells list, uint32_t *out)
{
    struct nap_dt_specifier first;
    uint32_t at = 0;
    enum nap_err err = nap_dt_specifier(dt, node, "interrupts-extended", NAP_DT_INTERRUPT_CELLS,
                                        list, &at, &first);

    return err ? err : read_spi(dt, node, "interrupts-extended", first.args, out);
}

enum nap_err nap_dt_irq(const struct nap_dt *dt, uint32_t node, uint32_t *out)
{
    struct nap_dt_cells list;
    uint32_t parent, width;
    enum nap_err err = nap_dt_cells(dt, node, "interrupts-extended", &list);

    *out = NAP_SOC_NONE;
    if (err || list.n)
        return err ? err : read_extended(dt, node, list, out);
    err = nap_dt_cells(dt, node, "interrupts", &list);
    if (err || list.n == 0)
        return err;
    err = find_parent(dt, node, &parent);
    if (err)
        return err;
    width = dt->nodes[parent].widths[NAP_DT_INTERRUPT_CELLS];
    if (width == 0 || list.n % width != 0)
        return nap_dt_fail(dt, NAP_ERR_PARSE, node, "interrupts",
                           "found %u cells as interrupts, expected a multiple of the %u of "
                           "the interrupt-parent",
                           list.n, width);
    return read_spi(dt, node, "interrupts", (struct nap_dt_cells){list.at, width}, out);
}
