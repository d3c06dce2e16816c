/* SPDX-License-Identifier: MIT */
/* Register windows, and the one register outside of any block that IPMMU drivers read: the
 * product register (PRR), which names the SoC and its revision. Its value follows from the
 * board's compatible strings; the revision does not stand there and is assumed, or given as
 * parameter driver.soc-revision. */
#include "runtime.h"

/* R-Car Gen3 and Gen4 product numbers; RZ/G2 parts share those of their R-Car kin. The revision
 * is the last one known in public. */
static const struct product {
    const char *compatible;
    uint32_t number;
    const char *revision;
} products[] = {
    {"renesas,r8a7795", 0x4f, "ES3.0"},  {"renesas,r8a774e1", 0x4f, "ES3.0"},
    {"renesas,r8a7796", 0x52, "ES1.3"},  {"renesas,r8a77961", 0x52, "ES3.0"},
    {"renesas,r8a774a1", 0x52, "ES1.3"}, {"renesas,r8a77965", 0x55, "ES1.1"},
    {"renesas,r8a774b1", 0x55, "ES1.1"}, {"renesas,r8a779f0", 0x5a, "ES1.0"},
    {"renesas,r8a779g0", 0x5c, "ES1.0"},
};

static nap_addr prr_address; /* once somebody has mapped it */
static uint32_t prr_value;

/* "ES3.0" is 0x20: major less one in the upper digit. 0 to 0xff, or -1. */
static int cut_of(const char *revision)
{
    if (strlen(revision) != strlen("ES1.0") || strncmp(revision, "ES", 2) != 0)
        return -1;
    if (revision[2] < '1' || revision[2] > '9' || revision[3] != '.' || revision[4] < '0' ||
        revision[4] > '9')
        return -1;
    return (revision[2] - '1') << 4 | (revision[4] - '0');
}

static const struct product *product_of_board(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(products); i++)
        if (dt_machine_is_compatible(products[i].compatible))
            return &products[i];
    return NULL;
}

static void assume_prr(paddr_t address)
{
    const struct product *p = product_of_board();
    const char *revision = nap_parameter("soc-revision");
    bool given = revision != NULL;
    int cut;

    if (!p) {
        printk("regnap: product register: no product number is known for this board\n");
        return;
    }
    if (!given)
        revision = p->revision;
    cut = cut_of(revision);
    if (cut < 0) {
        printk("regnap: driver.soc-revision is '%s', expected as ES3.0; %s is taken\n",
               revision, p->revision);
        revision = p->revision;
        cut = cut_of(revision);
    }
    prr_address = address;
    prr_value = p->number << 8 | (uint32_t)cut;
    printk("regnap: product register reads 0x%08x, revision %s is %s\n", prr_value, revision,
           given ? "given" : "assumed (driver.soc-revision)");
}

static void look_for_prr(paddr_t start)
{
    struct dt_device_node *node = dt_find_compatible_node(NULL, NULL, "renesas,prr");
    uint64_t address;

    if (node && dt_device_get_address(node, 0, &address, NULL) == 0 && address == start)
        assume_prr(start);
}

bool nap_xen_assumed(nap_addr address)
{
    return prr_address != 0 && address == prr_address;
}

uint64_t nap_xen_assumed_value(nap_addr address)
{
    (void)address;
    return prr_value;
}

void __iomem *ioremap_nocache(paddr_t start, size_t length)
{
    if (length == 0 || nap_fails("ioremap"))
        return NULL;
    if (prr_address == 0)
        look_for_prr(start);
    return (void __iomem *)(uintptr_t)start;
}

void __iomem *ioremap(paddr_t start, size_t length)
{
    return ioremap_nocache(start, length);
}

void iounmap(volatile void __iomem *address)
{
    (void)address;
}
