/* SPDX-License-Identifier: MIT */
/* Which SoC this is. Renesas SoCs are told by the root of the device tree; their revision
 * stands in a product register that is not modelled.
 *
 * Drivers compare strings, so the facts are what a kernel says: Linux 6.1, drivers/soc/renesas,
 * names the family of each root `compatible`, takes the part behind the comma as soc_id, and
 * writes revisions as ES<major>.<minor>. */
#include "runtime.h"

#include <linux/sys_soc.h>

#include <fnmatch.h>

static const struct of_device_id socs[] = {
    {.compatible = "renesas,r8a774a1", .data = "RZ/G2"},
    {.compatible = "renesas,r8a774b1", .data = "RZ/G2"},
    {.compatible = "renesas,r8a774c0", .data = "RZ/G2"},
    {.compatible = "renesas,r8a774e1", .data = "RZ/G2"},
    {.compatible = "renesas,r8a7795", .data = "R-Car Gen3"},
    {.compatible = "renesas,r8a7796", .data = "R-Car Gen3"},
    {.compatible = "renesas,r8a77961", .data = "R-Car Gen3"},
    {.compatible = "renesas,r8a77965", .data = "R-Car Gen3"},
    {.compatible = "renesas,r8a77970", .data = "R-Car Gen3"},
    {.compatible = "renesas,r8a77980", .data = "R-Car Gen3"},
    {.compatible = "renesas,r8a77990", .data = "R-Car Gen3"},
    {.compatible = "renesas,r8a77995", .data = "R-Car Gen3"},
    {.compatible = "renesas,r8a779a0", .data = "R-Car Gen4"},
    {.compatible = "renesas,r8a779f0", .data = "R-Car Gen4"},
    {.compatible = "renesas,r8a779g0", .data = "R-Car Gen4"},
    {.compatible = "renesas,r8a779m0", .data = "R-Car Gen3"},
    {.compatible = "renesas,r8a779m1", .data = "R-Car Gen3"},
    {.compatible = "renesas,r8a779m2", .data = "R-Car Gen3"},
    {.compatible = "renesas,r8a779m3", .data = "R-Car Gen3"},
    {.compatible = "renesas,r8a779m4", .data = "R-Car Gen3"},
    {.compatible = "renesas,r8a779m5", .data = "R-Car Gen3"},
    {.compatible = "renesas,r8a779m6", .data = "R-Car Gen3"},
    {.compatible = "renesas,r8a779m7", .data = "R-Car Gen3"},
    {.compatible = "renesas,r8a779m8", .data = "R-Car Gen3"},
    {.compatible = "renesas,r8a779mb", .data = "R-Car Gen3"},
    {},
};

static bool matches(const char *pattern, const char *value)
{
    return !pattern || (value && fnmatch(pattern, value, 0) == 0);
}

/* What the product register would tell. */
static const char *revision(void)
{
    static bool said;
    const char *given = nap_parameter("soc-revision");

    if (!given && !said)
        nap_log("the SoC's revision register is not modelled: ES3.0 is assumed "
                "(parameter driver.soc-revision)");
    said = true;
    return given ? given : "ES3.0";
}

/* Parameter driver.soc-bus: present unless absent. */
static bool has_soc_bus(const char *given)
{
    if (given && strcmp(given, "present") != 0 && strcmp(given, "absent") != 0)
        nap_panic("parameter driver.soc-bus is neither present nor absent", NULL, 0);
    return !given || strcmp(given, "present") == 0;
}

const struct soc_device_attribute *soc_device_match(const struct soc_device_attribute *list)
{
    const char *bus = nap_parameter("soc-bus"), *machine = NULL;
    const struct of_device_id *soc = of_match_node(socs, of_find_node_by_path("/"));

    if (!soc || !has_soc_bus(bus))
        return NULL;
    (void)of_property_read_string(of_find_node_by_path("/"), "model", &machine);
    for (;
         list->machine || list->family || list->revision || list->serial_number || list->soc_id;
         list++)
        if (matches(list->machine, machine) && matches(list->family, soc->data) &&
            (!list->revision || matches(list->revision, revision())) &&
            matches(list->serial_number, NULL) &&
            matches(list->soc_id, strchr(soc->compatible, ',') + 1))
            return list;
    return NULL;
}
