/* SPDX-License-Identifier: MIT */
/* Bus masters: every node with `iommus` or `iommu-map` that leads to a device of the machine.
 * Bindings: "iommu.txt" and "pci-iommu.txt" of the device-tree bindings. A disabled master is a
 * master too: it is wired all the same, and only software leaves it alone. */
#include "dt/dt.h"

#include <inttypes.h>
#include <stdio.h>

#define REQUESTER_MAX 0xffffu /* of a PCI function */
#define MAP_CELLS     4u      /* requester, IOMMU, its first number, how many */

/* Ports of one master, one bit each. */
struct reach {
    uint64_t ports[NAP_SOC_DEVICES_MAX];
    uint32_t stranger; /* node of an IOMMU without a block, or NAP_DT_NONE */
    bool any;
};

static enum nap_err add_port(const struct nap_dt *dt, uint32_t node, const char *property,
                             uint32_t device, uint64_t port, struct reach *reach)
{
    const struct nap_soc_device *d = &dt->soc->devices[device];

    if (port >= nap_dt_ports(dt, d))
        return nap_dt_fail(dt, NAP_ERR_RANGE, node, property,
                           "found port %" PRIu64 " of %s, expected 0 to %u", port, d->node.path,
                           nap_dt_ports(dt, d) - 1);
    reach->ports[device] |= UINT64_C(1) << port;
    reach->any = true;
    return NAP_OK;
}

/* --- iommus --- */

static enum nap_err read_iommus(const struct nap_dt *dt, uint32_t node, struct reach *reach)
{
    static const char iommus[] = "iommus";
    struct nap_dt_cells list;
    uint32_t at = 0;
    enum nap_err err = nap_dt_cells(dt, node, iommus, &list);

    while (!err && at < list.n) {
        struct nap_dt_specifier s;
        uint32_t device;

        err = nap_dt_specifier(dt, node, iommus, NAP_DT_IOMMU_CELLS, list, &at, &s);
        if (err)
            break;
        device = nap_dt_device_of(dt, s.target);
        if (device == NAP_SOC_NONE)
            reach->stranger = s.target;
        else if (s.args.n != 1)
            err = nap_dt_fail(dt, NAP_ERR_PARSE, s.target, "#iommu-cells",
                              "found %u as #iommu-cells, expected 1", s.args.n);
        else
            err = add_port(dt, node, iommus, device, nap_dt_cell(s.args, 0), reach);
    }
    return err;
}

/* --- iommu-map --- */

/* The smallest number that is at least @from and has only bits of @mask. */
static uint64_t next_masked(uint64_t from, uint64_t mask)
{
    uint64_t wrong = from & ~mask;

    if (!wrong)
        return from;
    while (wrong & (wrong - 1))
        wrong &= wrong - 1; /* the highest of them: what is below it starts again at 0 */
    return ((from | (wrong | (wrong - 1)) | ~mask) + 1) & mask;
}

/* Requesters are masked before they are looked up, so only masked numbers reach the entry. */
static enum nap_err map_entry(const struct nap_dt *dt, uint32_t node, struct nap_dt_cells list,
                              uint32_t at, uint32_t mask, struct reach *reach)
{
    static const char map[] = "iommu-map";
    uint32_t first = nap_dt_cell(list, at), count = nap_dt_cell(list, at + 3), target, device;
    enum nap_err err = nap_dt_follow(dt, node, map, nap_dt_cell(list, at + 1), &target);
    uint64_t end = (uint64_t)first + count;

    if (err)
        return err;
    if (count == 0 || end > REQUESTER_MAX + 1u)
        return nap_dt_fail(dt, NAP_ERR_RANGE, node, map,
                           "found %u requesters from 0x%x, expected some within 0x0 to 0x%x",
                           count, first, REQUESTER_MAX);
    device = nap_dt_device_of(dt, target);
    if (device == NAP_SOC_NONE) {
        reach->stranger = target;
        return NAP_OK;
    }
    for (uint64_t id = first; !err; id++) {
        uint64_t masked = next_masked(id, mask);

        if (masked < id || masked >= end)
            break;
        id = masked;
        err = add_port(dt, node, map, device, (uint64_t)nap_dt_cell(list, at + 2) + id - first,
                       reach);
    }
    return err;
}

static enum nap_err read_map(const struct nap_dt *dt, uint32_t node, struct reach *reach)
{
    static const char map[] = "iommu-map";
    struct nap_dt_cells list;
    uint32_t mask;
    enum nap_err err = nap_dt_cells(dt, node, map, &list);

    if (!err && list.n % MAP_CELLS != 0)
        err = nap_dt_fail(dt, NAP_ERR_PARSE, node, map,
                          "found %u cells as %s, expected a multiple of %u", list.n, map,
                          MAP_CELLS);
    if (!err)
        err = nap_dt_one_cell(dt, node, "iommu-map-mask", REQUESTER_MAX, &mask);
    for (uint32_t at = 0; !err && at < list.n; at += MAP_CELLS)
        err = map_entry(dt, node, list, at, mask & REQUESTER_MAX, reach);
    return err;
}

/* --- a master --- */

static enum nap_err check_free(const struct nap_dt *dt, uint32_t node,
                               const struct nap_soc_ports *ports)
{
    const struct nap_soc *soc = dt->soc;

    for (uint32_t m = 0; m < soc->n_masters; m++)
        for (uint32_t p = 0; p < soc->masters[m].n_ports; p++) {
            const struct nap_soc_ports *other = &soc->masters[m].ports[p];

            if (other->device == ports->device && ports->first < other->first + other->count &&
                other->first < ports->first + ports->count)
                return nap_dt_fail(dt, NAP_ERR_RANGE, node, NULL,
                                   "found ports %u to %u of %s, expected none of %u to %u, "
                                   "which %s has",
                                   ports->first, ports->first + ports->count - 1,
                                   soc->devices[ports->device].node.path, other->first,
                                   other->first + other->count - 1, soc->masters[m].node.path);
        }
    return NAP_OK;
}

static enum nap_err add_range(const struct nap_dt *dt, uint32_t node,
                              struct nap_soc_master *master, struct nap_soc_ports ports)
{
    if (master->n_ports == NAP_SOC_PORTS_MAX)
        return nap_dt_fail(dt, NAP_ERR_NOSPACE, node, NULL,
                           "found more than %d separate ranges of ports, expected at most that "
                           "many",
                           NAP_SOC_PORTS_MAX);
    master->ports[master->n_ports++] = ports;
    return check_free(dt, node, &ports);
}

/* Neighbouring ports are one range. */
static enum nap_err add_ranges(const struct nap_dt *dt, uint32_t node,
                               const struct reach *reach, struct nap_soc_master *master)
{
    enum nap_err err = NAP_OK;

    for (uint32_t d = 0; d < dt->soc->n_devices; d++)
        for (uint32_t first = 0, count; first < NAP_DT_PORTS_MAX && !err; first += count + 1) {
            count = 0;
            while (first + count < NAP_DT_PORTS_MAX && reach->ports[d] >> (first + count) & 1)
                count++;
            if (count)
                err = add_range(dt, node, master, (struct nap_soc_ports){d, first, count});
        }
    return err;
}

static enum nap_err add_master(struct nap_dt *dt, uint32_t node, const struct reach *reach)
{
    struct nap_soc *soc = dt->soc;
    struct nap_soc_master *master = &soc->masters[soc->n_masters];
    enum nap_err err;

    if (soc->n_masters == NAP_SOC_MASTERS_MAX)
        return nap_dt_fail(dt, NAP_ERR_NOSPACE, node, NULL,
                           "found more than %d bus masters, expected at most that many",
                           NAP_SOC_MASTERS_MAX);
    err = nap_dt_soc_node(dt, node, &master->node);
    if (!err)
        err = nap_dt_domain(dt, node, &master->domain);
    if (!err)
        err = add_ranges(dt, node, reach, master);
    if (err)
        return err;
    nap_dt_name(dt, &master->node, master->name);
    nap_dt_make_unique(master->name, soc->masters[0].name, sizeof(*master), soc->n_masters);
    soc->n_masters++;
    return NAP_OK;
}

static enum nap_err read_node(struct nap_dt *dt, uint32_t node)
{
    struct reach reach = {.stranger = NAP_DT_NONE};
    enum nap_err err = read_iommus(dt, node, &reach);
    char path[NAP_SOC_PATH_MAX];

    if (!err)
        err = read_map(dt, node, &reach);
    if (!err && reach.any)
        err = add_master(dt, node, &reach);
    if (err || reach.stranger == NAP_DT_NONE)
        return err;
    (void)nap_dt_path(dt, reach.stranger, path, sizeof(path));
    nap_dt_leave_out(dt, node, "a bus master behind %.48s, which has no block", path);
    return NAP_OK;
}

/* The root is the board itself and never a device on it. */
enum nap_err nap_dt_masters(struct nap_dt *dt)
{
    enum nap_err err = NAP_OK;

    for (uint32_t i = 1; i < dt->n_nodes && !err; i++)
        if (nap_dt_has(dt, i, "iommus") || nap_dt_has(dt, i, "iommu-map"))
            err = read_node(dt, i);
    return err;
}
