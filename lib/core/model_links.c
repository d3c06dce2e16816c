/* SPDX-License-Identifier: MIT */
/* How a register is accessed, and which other one holds its bits. Resolved when all registers
 * are known, as the guards are: a lock may stand behind what it guards. */
#include "model_links.h"

#include <string.h>

/* --- how it is accessed --- */

static const char *const sizes[] = {"1", "2", "4", "8", NULL};

static enum nap_err read_size(const struct nap_yaml *y, nap_node n, struct nap_reg *reg,
                              struct nap_error *error)
{
    unsigned index = 0;
    enum nap_err err = nap_yaml_enum(y, n, "access-sizes", sizes, &index, error);
    unsigned bytes = 1u << index;

    if (err)
        return err;
    if (bytes > reg->width_bits / 8u)
        return nap_yaml_fail(y, n, error,
                             "found accesses of %u bytes to register %s, expected at most its "
                             "%u bytes",
                             bytes, reg->name, reg->width_bits / 8u);
    if (reg->access_sizes & bytes)
        return nap_yaml_fail(y, n, error,
                             "found %u twice in the access-sizes of register %s, expected each "
                             "once",
                             bytes, reg->name);
    reg->access_sizes |= (uint8_t)bytes;
    return NAP_OK;
}

static enum nap_err read_sizes(const struct nap_yaml *y, nap_node list, struct nap_reg *reg,
                               struct nap_error *error)
{
    enum nap_err err = nap_yaml_check_list(y, list, "access-sizes", error);

    if (!err && nap_yaml_count(y, list) == 0)
        return nap_yaml_fail(y, list, error, "found no size in bytes, expected at least one");
    for (unsigned i = 0; i < nap_yaml_count(y, list) && !err; i++)
        err = read_size(y, nap_yaml_item(y, list, i), reg, error);
    if (!err && reg->access_sizes == reg->width_bits / 8u)
        reg->access_sizes = 0; /* says what holds anyway */
    return err;
}

/* All elements, none, or so many from the first on. */
static enum nap_err read_banked(const struct nap_yaml *y, nap_node n, struct nap_reg *reg,
                                struct nap_error *error)
{
    const char *text = nap_yaml_text(y, n);
    uint64_t elements = reg->count;

    if (text && strcmp(text, "false") == 0)
        return NAP_OK;
    if (text && strcmp(text, "true") != 0 &&
        nap_yaml_u64(y, n, "banked", 1, reg->count, &elements, error))
        return nap_yaml_fail(y, n, error,
                             "found '%.20s' as banked, expected false, true, or of how many of "
                             "the %u elements, from the first on, each CPU has its own",
                             text, reg->count);
    if (!text || elements > UINT8_MAX)
        return nap_yaml_fail(y, n, error, "found %llu banked elements, expected at most %d",
                             (unsigned long long)elements, UINT8_MAX);
    reg->banked = (uint8_t)elements;
    return NAP_OK;
}

enum nap_err nap_model_read_accesses(const struct nap_yaml *y, nap_node map,
                                     struct nap_reg *reg, struct nap_error *error)
{
    nap_node list = nap_yaml_find(y, map, "access-sizes");
    nap_node banked = nap_yaml_find(y, map, "banked");
    enum nap_err err = list ? read_sizes(y, list, reg, error) : NAP_OK;

    if (!err && banked)
        err = read_banked(y, banked, reg, error);
    reg->alias_of = nap_yaml_find(y, map, "alias-of") ? NAP_ALIAS_UNRESOLVED : 0;
    return err;
}

/* --- alias-of --- */

/* What the other register says for both. */
static enum nap_err check_alias_keys(const struct nap_linker *l)
{
    static const char *const keys[] = {"retention", "reset", "hostile", "restore", "banked"};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        nap_node n = nap_yaml_find(l->y, l->map, keys[i]);
        if (n)
            return nap_yaml_fail(l->y, n, l->error,
                                 "found '%s' in register %s, which is an alias, expected it at "
                                 "the register that holds the bits",
                                 keys[i], l->reg->name);
    }
    return NAP_OK;
}

static enum nap_err check_alias_shape(const struct nap_linker *l, nap_node n,
                                      const struct nap_reg *target)
{
    if (target->alias_of)
        return nap_yaml_fail(l->y, n, l->error,
                             "found register %s as an alias of %s, which is one itself, "
                             "expected the register that holds the bits",
                             l->reg->name, target->name);
    if (target->width_bits != l->reg->width_bits || target->count != l->reg->count)
        return nap_yaml_fail(l->y, n, l->error,
                             "found %u elements of %u bits in register %s, expected %u of %u "
                             "as in %s, of which it is an alias",
                             l->reg->count, l->reg->width_bits, l->reg->name, target->count,
                             target->width_bits, target->name);
    if (l->reg->variants & ~target->variants)
        return nap_yaml_fail(l->y, n, l->error,
                             "found register %s in a variant without %s, of which it is an "
                             "alias",
                             l->reg->name, target->name);
    return NAP_OK;
}

/* An alias shows bits that are there, and starts no work: that is the other register's. */
static enum nap_err check_alias_bits(const struct nap_linker *l, nap_node n,
                                     const struct nap_reg *target)
{
    for (uint32_t v = 0; v < l->model->n_variants; v++) {
        uint64_t stray = l->reg->defined[v] & ~(target->defined[v] & ~target->self_clear[v]);

        if (stray)
            return nap_yaml_fail(l->y, n, l->error,
                                 "found bits 0x%llx of register %s, expected bits that %s has "
                                 "in variant %s and that are not self_clear",
                                 (unsigned long long)stray, l->reg->name, target->name,
                                 l->model->variants[v]);
        if (l->reg->self_clear[v])
            return nap_yaml_fail(l->y, n, l->error,
                                 "found self_clear bits in register %s, which is an alias, "
                                 "expected none",
                                 l->reg->name);
    }
    return NAP_OK;
}

enum nap_err nap_link_find_reg(const struct nap_linker *l, nap_node n, int *out)
{
    const char *name;
    enum nap_err err = nap_yaml_name(l->y, n, "a register", &name, l->error);

    if (err)
        return err;
    *out = nap_model_reg(l->model, name);
    if (*out < 0)
        return nap_yaml_fail(l->y, n, l->error,
                             "unknown register '%s', expected one of this model", name);
    return NAP_OK;
}

static enum nap_err link_alias(const struct nap_linker *l)
{
    nap_node n = nap_yaml_find(l->y, l->map, "alias-of");
    const struct nap_reg *target;
    int index = 0;
    enum nap_err err;

    if (!n)
        return NAP_OK;
    err = nap_link_find_reg(l, n, &index);
    if (err)
        return err;
    target = &l->model->regs[index];
    err = check_alias_keys(l);
    if (!err)
        err = check_alias_shape(l, n, target);
    if (!err)
        err = check_alias_bits(l, n, target);
    l->reg->alias_of = 1 + (uint32_t)index;
    l->reg->banked = target->banked;
    return err;
}

/* --- all of them --- */

enum nap_err nap_model_link(const struct nap_yaml *y, nap_node list, struct nap_model *model,
                            struct nap_reg *regs, struct nap_error *error)
{
    enum nap_err err = NAP_OK;

    for (uint32_t i = 0; i < model->n_regs && !err; i++) {
        struct nap_linker l = {y, model, error, nap_yaml_item(y, list, i), &regs[i]};
        err = link_alias(&l);
        if (!err)
            err = nap_link_guards(&l);
    }
    return err;
}
