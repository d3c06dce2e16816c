/* SPDX-License-Identifier: MIT */
/* Which SoC this is. Renesas SoCs are told by the root of the device tree; their revision
 * stands in a product register that is not modelled. Source: the root `compatible` values of
 * the renesas binding (Documentation/devicetree/bindings/arm/renesas.yaml). */
#include "runtime.h"

#include <linux/sys_soc.h>

#include <fnmatch.h>

static const struct {
    const char *compatible, *family;
} socs[] = {
    {"renesas,r8a774a1", "RZ/G2"},      {"renesas,r8a774b1", "RZ/G2"},
    {"renesas,r8a774c0", "RZ/G2"},      {"renesas,r8a774e1", "RZ/G2"},
    {"renesas,r8a7795", "R-Car Gen3"},  {"renesas,r8a7796", "R-Car Gen3"},
    {"renesas,r8a77961", "R-Car Gen3"}, {"renesas,r8a77965", "R-Car Gen3"},
    {"renesas,r8a77970", "R-Car Gen3"}, {"renesas,r8a77980", "R-Car Gen3"},
    {"renesas,r8a77990", "R-Car Gen3"}, {"renesas,r8a77995", "R-Car Gen3"},
    {"renesas,r8a779a0", "R-Car Gen3"}, {"renesas,r8a779f0", "R-Car Gen4"},
    {"renesas,r8a779g0", "R-Car Gen4"},
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

const struct soc_device_attribute *soc_device_match(const struct soc_device_attribute *list)
{
    const char *bus = nap_parameter("soc-bus"), *machine = NULL;
    unsigned int i = 0;

    while (i < ARRAY_SIZE(socs) && !of_machine_is_compatible(socs[i].compatible))
        i++;
    if (i == ARRAY_SIZE(socs) || (bus && strcmp(bus, "absent") == 0))
        return NULL;
    (void)of_property_read_string(of_find_node_by_path("/"), "model", &machine);
    for (;
         list->machine || list->family || list->revision || list->serial_number || list->soc_id;
         list++)
        if (matches(list->machine, machine) && matches(list->family, socs[i].family) &&
            (!list->revision || matches(list->revision, revision())) &&
            matches(list->serial_number, NULL) &&
            matches(list->soc_id, strchr(socs[i].compatible, ',') + 1))
            return list;
    return NULL;
}
