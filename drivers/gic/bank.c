/* SPDX-License-Identifier: MIT */
/* Banks: registers of INTIDs that lie side by side, copied class by class. The loops are the
 * same for a distributor of either version and for a redistributor; what order the classes come
 * in is the caller's.
 *
 * Source: Arm IHI 0048, "Distributor register descriptions"; Arm IHI 0069, "The GIC
 * Redistributor register map". */
#include <errno.h>

#include "gic.h"

struct layout {
    uint16_t set, set_spaced;     /* the register that is read, and written in restore */
    uint16_t clear, clear_spaced; /* 0: there is no such register */
    uint16_t bits;                /* of each INTID */
};

static const struct layout layouts[GIC_CLASSES] = {
    [GIC_GROUP] = {GICD_IGROUPR, 0x1000, 0, 0, 1},
    [GIC_MODIFIER] = {GICD_IGRPMODR, 0x3400, 0, 0, 1},
    [GIC_ENABLE] = {GICD_ISENABLER, 0x1200, GICD_ICENABLER, 0x1400, 1},
    [GIC_PENDING] = {GICD_ISPENDR, 0x1600, GICD_ICPENDR, 0x1800, 1},
    [GIC_ACTIVE] = {GICD_ISACTIVER, 0x1a00, GICD_ICACTIVER, 0x1c00, 1},
    [GIC_PRIORITY] = {GICD_IPRIORITYR, 0x2000, 0, 0, 8},
    [GIC_TRIGGER] = {GICD_ICFGR, 0x3000, 0, 0, 2},
    [GIC_TARGET] = {GICD_ITARGETSR, 0, 0, 0, 8},
    [GIC_ROUTE] = {GICD_IROUTER, 0x8000, 0, 0, 64},
};

uint32_t gic_bank_words(const struct gic_bank *bank, enum gic_class class)
{
    uint32_t per_register = layouts[class].bits < 32u ? 32u / layouts[class].bits : 1u;

    return (bank->n + per_register - 1) / per_register;
}

static unsigned register_bytes(enum gic_class class)
{
    return class == GIC_ROUTE ? 8u : 4u;
}

static nap_addr address(const struct gic_bank *bank, enum gic_class class, bool clear,
                        uint32_t i)
{
    const struct layout *l = &layouts[class];
    uint32_t first = bank->first * l->bits / 8u;
    uint32_t base = bank->spaced != 0 ? (clear ? l->clear_spaced : l->set_spaced)
                                      : (clear ? l->clear : l->set);

    return bank->regs + base + first + (nap_addr)register_bytes(class) * i;
}

uint32_t gic_bank_mask(const struct gic_bank *bank, uint32_t i)
{
    uint32_t left = bank->n - 32u * i;

    return left >= 32u ? UINT32_MAX : (UINT32_C(1) << left) - 1u;
}

uint32_t gic_bank_edges(const struct gic_bank *bank, uint32_t i)
{
    const uint32_t *trigger = bank->image[GIC_TRIGGER];
    uint32_t edges = 0;

    for (uint32_t k = 0; k < 32u && 32u * i + k < bank->n; k++) {
        uint32_t intid = 32u * i + k;
        uint32_t field = trigger[intid / 16u] >> (intid % 16u * 2u);

        edges |= ((field >> 1) & 1u) << k;
    }
    return edges;
}

static void *new_image(uint32_t registers, unsigned bytes)
{
    return nap_fails("image") ? NULL : nap_alloc((size_t)registers * bytes);
}

int gic_bank_keep(struct gic_bank *bank, unsigned classes)
{
    for (unsigned c = 0; c < GIC_ROUTE && bank->n != 0; c++) {
        if ((classes >> c & 1u) == 0)
            continue;
        bank->image[c] = new_image(gic_bank_words(bank, (enum gic_class)c), 4);
        if (bank->image[c] == NULL)
            return -ENOMEM;
    }
    if ((classes >> GIC_ROUTE & 1u) == 0 || bank->n == 0)
        return 0;
    bank->routes = new_image(bank->n, 8);
    return bank->routes != NULL ? 0 : -ENOMEM;
}

void gic_save_at(const struct gic_bank *bank, enum gic_class class, const char *file, int line)
{
    unsigned bytes = register_bytes(class);

    for (uint32_t i = 0; i < gic_bank_words(bank, class); i++) {
        uint64_t value = gic_read_at(address(bank, class, false, i), bytes, file, line);

        if (class == GIC_ROUTE)
            bank->routes[i] = value;
        else
            bank->image[class][i] = (uint32_t)value;
    }
}

void gic_restore_at(const struct gic_bank *bank, enum gic_class class, const char *file,
                    int line)
{
    unsigned bytes = register_bytes(class);

    for (uint32_t i = class == GIC_TRIGGER ? bank->fixed : 0; i < gic_bank_words(bank, class);
         i++) {
        uint64_t value = class == GIC_ROUTE ? bank->routes[i] : bank->image[class][i];

        gic_write_at(address(bank, class, false, i), bytes, value, file, line);
    }
}

void gic_restore_edges_at(const struct gic_bank *bank, const char *file, int line)
{
    for (uint32_t i = 0; i < gic_bank_words(bank, GIC_PENDING); i++) {
        uint32_t pending = bank->image[GIC_PENDING][i] & gic_bank_edges(bank, i);

        if (i == 0)
            pending &= ~bank->unlatched;
        gic_write_at(address(bank, GIC_PENDING, false, i), 4, pending, file, line);
    }
}

void gic_clear_at(const struct gic_bank *bank, enum gic_class class, const char *file, int line)
{
    for (uint32_t i = 0; i < gic_bank_words(bank, class); i++)
        gic_write_at(address(bank, class, true, i), 4, gic_bank_mask(bank, i), file, line);
}

void gic_fill_at(const struct gic_bank *bank, enum gic_class class, uint32_t word,
                 const char *file, int line)
{
    for (uint32_t i = class == GIC_TRIGGER ? bank->fixed : 0; i < gic_bank_words(bank, class);
         i++)
        gic_write_at(address(bank, class, false, i), 4, word, file, line);
}
