/* SPDX-License-Identifier: MIT */
/* Machines that stand for those of the vectors. That with the SMMU has a GICv3 as well, so that
 * its interrupts are pending somewhere; its edges, which a driver takes otherwise, are carried
 * there. */
#include "conformance.h"

#include "../../lib/core/core.h"

static const char text[] =
    "soc: qemu-virt-smmu\n"
    "title: QEMU virt with its SMMUv3 and GICv3\n"
    "source: QEMU 7.2, hw/arm/virt.c\n"
    "domains: [{name: always-on}]\n"
    "devices:\n"
    "  - {name: smmu0, model: smmuv3, variant: smmu, preset: qemu-virt, base: 0x9050000,\n"
    "     size: 0x20000, domain: always-on}\n"
    "  - {name: gicd, model: gicv3, variant: distributor, preset: qemu-virt, base: 0x8000000,\n"
    "     size: 0x10000, domain: always-on}\n"
    "  - {name: gicr0, model: gicv3-redistributor, variant: redistributor, preset: qemu-virt,\n"
    "     base: 0x80a0000, size: 0x20000, domain: always-on, upstream: gicd, line: 0}\n"
    "  - {name: icc0, model: gicv3-cpu-interface, variant: cpu-interface, preset: qemu-virt,\n"
    "     cpu: 0, domain: always-on, upstream: gicd}\n"
    "controller: gicd\n"
    "masters: [{name: dma0, domain: always-on, ports: [{device: smmu0, first: 0x8}]}]\n"
    "ram: [{base: 0x40000000, size: 0x1000}]\n";

/* What identification registers say where it is not what the preset has, "IDR0": "0x1f". */
static void identify(struct nap_soc_device *smmu, json_t *registers)
{
    const char *name;
    json_t *value;

    json_object_foreach(registers, name, value)
    {
        struct nap_soc_reset *reset = &smmu->resets[smmu->n_resets++];
        if (smmu->n_resets > NAP_SOC_RESETS_MAX || !json_is_string(value))
            fail_msg("registers: not too many, each a text");
        (void)snprintf(reset->name, sizeof reset->name, "%s", name);
        reset->value = strtoull(json_string_value(value), NULL, 16);
    }
}

struct nap_soc *machine_smmu(uint64_t ram_bytes, json_t *registers)
{
    struct nap_error error = {0};
    struct nap_soc *soc;

    if (nap_soc_load(text, sizeof text - 1, "machine.c", &soc, &error))
        fail_msg("%s", error.text);
    soc->ram[0].size_bytes = ram_bytes;
    identify(&soc->devices[0], registers);
    return soc;
}

struct nap_soc *machine_built_in(const char *name)
{
    struct nap_error error = {0};
    struct nap_soc *soc;

    if (nap_builtin_soc(name, &soc, &error))
        fail_msg("%s", error.text);
    return soc;
}

/* Outputs of the SMMU and the interrupts that they are on that machine. */
static const struct {
    const char *output;
    uint32_t intid;
} wires[] = {{"eventq", 106}, {"priq", 107}, {"cmd-sync", 108}, {"gerror", 109}};

static uint32_t intid_of(const char *output)
{
    for (size_t i = 0; i < sizeof wires / sizeof wires[0]; i++)
        if (strcmp(wires[i].output, output) == 0)
            return wires[i].intid;
    fail_msg("output %s is on no wire", output);
    return 0;
}

void machine_carry_edges(struct play *p)
{
    if (!p->soc->controller || strcmp(p->soc->devices[0].model, "smmuv3") != 0)
        return;
    for (unsigned i = 0; i < NAP_OUTPUTS_MAX; i++) {
        uint32_t intid;
        if (!nap_edge_pending(p->m, 0, i))
            continue;
        intid = intid_of(nap_output_name(p->m, 0, i));
        nap_edge_take(p->m, 0, i);
        nap_line_set(p->m, intid, 0, true);
        nap_line_set(p->m, intid, 0, false);
    }
}
