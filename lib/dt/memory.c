/* SPDX-License-Identifier: MIT */
/* RAM: the nodes under the root with device_type "memory". Devicetree Specification, "/memory
 * node". What firmware reserves inside them stays RAM here. */
#include "dt/dt.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_BYTES  UINT64_C(0x1000)
#define ADDRESS_MAX (UINT64_C(1) << 52) /* first address beyond physical memory */

static enum nap_err check_bank(const struct nap_dt *dt, uint32_t node,
                               const struct nap_dt_range *bank)
{
    if (!bank->reached)
        return nap_dt_fail(dt, NAP_ERR_PARSE, node, "reg",
                           "found RAM without a physical address, expected one");
    if (bank->base % PAGE_BYTES != 0 || bank->bytes % PAGE_BYTES != 0)
        return nap_dt_fail(dt, NAP_ERR_RANGE, node, "reg",
                           "found RAM at 0x%" PRIx64 " with 0x%" PRIx64
                           " bytes, expected multiples of 0x%" PRIx64,
                           bank->base, bank->bytes, PAGE_BYTES);
    if (bank->base >= ADDRESS_MAX || bank->bytes > ADDRESS_MAX - bank->base)
        return nap_dt_fail(dt, NAP_ERR_RANGE, node, "reg",
                           "found RAM at 0x%" PRIx64 " with 0x%" PRIx64
                           " bytes, expected its end at most at 0x%" PRIx64,
                           bank->base, bank->bytes, ADDRESS_MAX);
    return NAP_OK;
}

static bool overlap(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_bytes)
{
    return a < b + b_bytes && b < a + a_bytes;
}

static enum nap_err check_place(const struct nap_dt *dt, uint32_t node,
                                const struct nap_dt_range *bank)
{
    const struct nap_soc *soc = dt->soc;

    for (uint32_t i = 0; i < soc->n_devices; i++)
        if (overlap(bank->base, bank->bytes, soc->devices[i].base, soc->devices[i].size_bytes))
            return nap_dt_fail(dt, NAP_ERR_RANGE, node, "reg",
                               "found RAM at 0x%" PRIx64 " over %s at 0x%" PRIx64
                               ", expected separate addresses",
                               bank->base, soc->devices[i].node.path, soc->devices[i].base);
    for (uint32_t i = 0; i < soc->n_ram; i++)
        if (overlap(bank->base, bank->bytes, soc->ram[i].base, soc->ram[i].size_bytes))
            return nap_dt_fail(dt, NAP_ERR_RANGE, node, "reg",
                               "found RAM at 0x%" PRIx64 " over the bank at 0x%" PRIx64
                               ", expected separate addresses",
                               bank->base, soc->ram[i].base);
    return NAP_OK;
}

/* Banks that meet are one. */
static bool joined(struct nap_soc *soc, const struct nap_dt_range *bank)
{
    for (uint32_t i = 0; i < soc->n_ram; i++) {
        struct nap_soc_ram *ram = &soc->ram[i];

        if (ram->base + ram->size_bytes == bank->base) {
            ram->size_bytes += bank->bytes;
            return true;
        }
        if (bank->base + bank->bytes == ram->base) {
            ram->base = bank->base;
            ram->size_bytes += bank->bytes;
            return true;
        }
    }
    return false;
}

static enum nap_err add_bank(struct nap_dt *dt, uint32_t node, uint32_t index)
{
    struct nap_soc *soc = dt->soc;
    struct nap_dt_range bank;
    enum nap_err err = nap_dt_reg(dt, node, index, &bank);

    if (err || bank.bytes == 0)
        return err;
    err = check_bank(dt, node, &bank);
    if (!err)
        err = check_place(dt, node, &bank);
    if (err || joined(soc, &bank))
        return err;
    if (soc->n_ram == NAP_SOC_RAM_MAX)
        return nap_dt_fail(dt, NAP_ERR_NOSPACE, node, "reg",
                           "found more than %d separate RAM banks, expected at most that many",
                           NAP_SOC_RAM_MAX);
    soc->ram[soc->n_ram++] = (struct nap_soc_ram){bank.base, bank.bytes};
    return NAP_OK;
}

static enum nap_err add_node(struct nap_dt *dt, uint32_t node)
{
    const char *type;
    uint32_t count = 0;
    bool disabled = false;
    enum nap_err err = nap_dt_text(dt, node, "device_type", &type);

    if (err || strcmp(type, "memory") != 0)
        return err;
    err = nap_dt_disabled(dt, node, &disabled);
    if (!err)
        err = nap_dt_reg_count(dt, node, &count);
    for (uint32_t i = 0; i < count && !disabled && !err; i++)
        err = add_bank(dt, node, i);
    return err;
}

static int compare_ram(const void *a, const void *b)
{
    const struct nap_soc_ram *x = a, *y = b;

    return (x->base > y->base) - (x->base < y->base);
}

enum nap_err nap_dt_memory(struct nap_dt *dt)
{
    enum nap_err err = NAP_OK;

    for (uint32_t i = 1; i < dt->n_nodes && !err; i = dt->nodes[i].end)
        err = add_node(dt, i);
    qsort(dt->soc->ram, dt->soc->n_ram, sizeof(dt->soc->ram[0]), compare_ram);
    return err;
}
