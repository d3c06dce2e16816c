/* SPDX-License-Identifier: MIT */
/* Registers that depend on others: aliases and guards. Resolved when all registers are known,
 * because a lock may stand behind what it guards. */
#include "model_links.h"

#include <stdio.h>
#include <string.h>

struct linker {
    const struct nap_yaml *y;
    const struct nap_model *model;
    struct nap_error *error;
    nap_node map; /* of the register */
    struct nap_reg *reg;
};

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

enum nap_err nap_model_read_accesses(const struct nap_yaml *y, nap_node map,
                                     struct nap_reg *reg, struct nap_error *error)
{
    static const char *const flags[] = {"false", "true", NULL};
    nap_node list = nap_yaml_find(y, map, "access-sizes");
    nap_node banked = nap_yaml_find(y, map, "banked");
    unsigned flag = 0;
    enum nap_err err = list ? read_sizes(y, list, reg, error) : NAP_OK;

    if (!err && banked)
        err = nap_yaml_enum(y, banked, "banked", flags, &flag, error);
    reg->banked = (uint8_t)flag;
    reg->alias_of = nap_yaml_find(y, map, "alias-of") ? NAP_ALIAS_UNRESOLVED : 0;
    return err;
}

/* --- alias-of --- */

/* What the other register says for both. */
static enum nap_err check_alias_keys(const struct linker *l)
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

static enum nap_err check_alias_shape(const struct linker *l, nap_node n,
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
static enum nap_err check_alias_bits(const struct linker *l, nap_node n,
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

static enum nap_err find_reg(const struct linker *l, nap_node n, int *out)
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

static enum nap_err link_alias(const struct linker *l)
{
    nap_node n = nap_yaml_find(l->y, l->map, "alias-of");
    const struct nap_reg *target;
    int index = 0;
    enum nap_err err;

    if (!n)
        return NAP_OK;
    err = find_reg(l, n, &index);
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

/* --- guard --- */

static enum nap_err check_guarding(const struct linker *l, nap_node n,
                                   const struct nap_reg *guard)
{
    if (guard->alias_of)
        return nap_yaml_fail(l->y, n, l->error,
                             "found %s as a guard, which is an alias, expected the register "
                             "that holds the bits",
                             guard->name);
    if (guard->count != 1 && guard->count != l->reg->count)
        return nap_yaml_fail(l->y, n, l->error,
                             "found %s of %u elements as guard of %s of %u, expected one or as "
                             "many",
                             guard->name, guard->count, l->reg->name, l->reg->count);
    return NAP_OK;
}

static enum nap_err check_guard_field(const struct linker *l, nap_node n,
                                      const struct nap_reg *guard,
                                      const struct nap_field *field, const char *name)
{
    if (!field || field->access == NAP_ACCESS_RSVDZ)
        return nap_yaml_fail(l->y, n, l->error,
                             "unknown field '%s' of register %s, expected one that holds "
                             "something",
                             name, guard->name);
    if (l->reg->variants & ~field->variants)
        return nap_yaml_fail(l->y, n, l->error,
                             "found register %s in a variant without field %s of %s, which "
                             "guards it",
                             l->reg->name, name, guard->name);
    return NAP_OK;
}

static enum nap_err read_guard_field(const struct linker *l, nap_node map, const char *what,
                                     const struct nap_reg *guard,
                                     const struct nap_field **field)
{
    const char *name;
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, map, what, "field", &n, l->error);

    if (!err)
        err = nap_yaml_name(l->y, n, "field", &name, l->error);
    if (err)
        return err;
    *field = nap_reg_field(guard, name);
    return check_guard_field(l, n, guard, *field, name);
}

/* A write that makes content unknown has nothing to leave unknown in work or in a view; and
 * where the content is the key too, nobody could say what the next write meets. */
static enum nap_err check_effect(const struct linker *l, nap_node n,
                                 const struct nap_guard *guard, unsigned effect)
{
    uint64_t work = 0;

    for (uint32_t v = 0; v < l->model->n_variants; v++)
        work |= l->reg->self_clear[v];
    if (effect == NAP_GUARD_UNKNOWN && &l->model->regs[guard->reg] == l->reg)
        return nap_yaml_fail(l->y, n, l->error,
                             "found 'else: unknown' in register %s, which guards itself, "
                             "expected ignored or taken",
                             l->reg->name);
    if (effect == NAP_GUARD_UNKNOWN && (work || l->reg->alias_of))
        return nap_yaml_fail(l->y, n, l->error,
                             "found 'else: unknown' in register %s, which %s, expected ignored "
                             "or taken",
                             l->reg->name, work ? "has self_clear bits" : "is an alias");
    return NAP_OK;
}

static enum nap_err read_effect(const struct linker *l, nap_node map, const char *what,
                                struct nap_guard *guard)
{
    static const char *const effects[] = {"ignored", "taken", "unknown", NULL};
    unsigned effect = 0;
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, map, what, "else", &n, l->error);

    if (!err)
        err = nap_yaml_enum(l->y, n, "else", effects, &effect, l->error);
    guard->effect = effect;
    return err ? err : check_effect(l, n, guard, effect);
}

static enum nap_err read_value(const struct linker *l, nap_node map, const char *what,
                               const struct nap_field *field, struct nap_guard *guard)
{
    uint64_t value = 0;
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, map, what, "value", &n, l->error);

    if (!err)
        err = nap_yaml_u64(l->y, n, "value", 0, field->mask >> field->lsb, &value, l->error);
    guard->mask = field->mask;
    guard->value = value << field->lsb;
    return err;
}

/* Two values of one field could never hold together, and one twice says nothing. */
static enum nap_err check_other_guards(const struct linker *l, nap_node map,
                                       const struct nap_field *field,
                                       const struct nap_guard *guard)
{
    for (const struct nap_guard *other = l->reg->guards; other < guard; other++)
        if (other->reg == guard->reg && other->mask == guard->mask)
            return nap_yaml_fail(l->y, map, l->error,
                                 "found field %s of %s as a guard of register %s twice, "
                                 "expected each field once",
                                 field->name, l->model->regs[guard->reg].name, l->reg->name);
    return NAP_OK;
}

static enum nap_err link_guard(const struct linker *l, nap_node map)
{
    static const char *const keys[] = {"register", "field", "value", "else", NULL};
    struct nap_guard *guard = &l->reg->guards[l->reg->n_guards];
    const struct nap_field *field = NULL;
    char what[NAP_NAME_MAX + 32];
    int index = 0;
    nap_node n;
    enum nap_err err;

    (void)snprintf(what, sizeof what, "a guard of register %s", l->reg->name);
    err = nap_yaml_check_map(l->y, map, what, keys, l->error);
    if (!err)
        err = nap_yaml_need(l->y, map, what, "register", &n, l->error);
    if (!err)
        err = find_reg(l, n, &index);
    if (!err)
        err = check_guarding(l, n, &l->model->regs[index]);
    if (!err)
        err = read_guard_field(l, map, what, &l->model->regs[index], &field);
    if (!err)
        err = read_value(l, map, what, field, guard);
    guard->reg = (uint32_t)index;
    if (!err)
        err = check_other_guards(l, map, field, guard);
    l->reg->n_guards++;
    return err ? err : read_effect(l, map, what, guard);
}

/* One map, or a list of them that must all hold. */
static enum nap_err link_guards(const struct linker *l)
{
    nap_node n = nap_yaml_find(l->y, l->map, "guard");
    unsigned count = n ? nap_yaml_count(l->y, n) : 0;
    enum nap_err err = NAP_OK;

    if (!n)
        return NAP_OK;
    if (!nap_yaml_is_list(l->y, n))
        return link_guard(l, n);
    if (count < 1 || count > NAP_GUARDS_MAX)
        return nap_yaml_fail(l->y, n, l->error,
                             "found %u guards of register %s, expected 1 to %d", count,
                             l->reg->name, NAP_GUARDS_MAX);
    for (unsigned i = 0; i < count && !err; i++)
        err = link_guard(l, nap_yaml_item(l->y, n, i));
    return err;
}

enum nap_err nap_model_link(const struct nap_yaml *y, nap_node list,
                            const struct nap_model *model, struct nap_reg *regs,
                            struct nap_error *error)
{
    enum nap_err err = NAP_OK;

    for (uint32_t i = 0; i < model->n_regs && !err; i++) {
        struct linker l = {y, model, error, nap_yaml_item(y, list, i), &regs[i]};
        err = link_alias(&l);
        if (!err)
            err = link_guards(&l);
    }
    return err;
}
