/* SPDX-License-Identifier: MIT */
/* Guards: when software may write a register, or some fields of it, and what becomes of a write
 * at another time. */
#include "model_links.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define WHAT_BYTES (NAP_NAME_MAX + 64)

/* --- one condition --- */

/* A field of @reg, which stands for something there in every variant of the guarded one. */
static enum nap_err check_field(const struct nap_linker *l, nap_node n,
                                const struct nap_reg *reg, const struct nap_field *field,
                                const char *name)
{
    if (!field || field->access == NAP_ACCESS_RSVDZ)
        return nap_yaml_fail(l->y, n, l->error,
                             "unknown field '%s' of register %s, expected one that holds "
                             "something",
                             name, reg->name);
    if (l->reg->variants & ~field->variants)
        return nap_yaml_fail(l->y, n, l->error,
                             "found register %s in a variant without field %s of %s, which "
                             "guards it",
                             l->reg->name, name, reg->name);
    return NAP_OK;
}

static enum nap_err add_field(const struct nap_linker *l, nap_node n, const struct nap_reg *reg,
                              const struct nap_field **field, uint64_t *mask)
{
    const char *name;
    enum nap_err err = nap_yaml_name(l->y, n, "field", &name, l->error);

    if (err)
        return err;
    *field = nap_reg_field(reg, name);
    err = check_field(l, n, reg, *field, name);
    if (!err)
        *mask |= (*field)->mask;
    return err;
}

/* One field, or a list of them. */
static enum nap_err read_fields(const struct nap_linker *l, nap_node n,
                                const struct nap_reg *reg, const struct nap_field **field,
                                uint64_t *mask)
{
    enum nap_err err = NAP_OK;

    if (!nap_yaml_is_list(l->y, n))
        return add_field(l, n, reg, field, mask);
    if (nap_yaml_count(l->y, n) == 0)
        return nap_yaml_fail(l->y, n, l->error, "found no field, expected at least one");
    for (unsigned i = 0; i < nap_yaml_count(l->y, n) && !err; i++)
        err = add_field(l, nap_yaml_item(l->y, n, i), reg, field, mask);
    return err;
}

static enum nap_err check_guarding(const struct nap_linker *l, nap_node n,
                                   const struct nap_reg *by)
{
    if (by->alias_of)
        return nap_yaml_fail(l->y, n, l->error,
                             "found %s as a guard, which is an alias, expected the register "
                             "that holds the bits",
                             by->name);
    if (by->count != 1 && l->reg->count != 1 && by->count != l->reg->count)
        return nap_yaml_fail(l->y, n, l->error,
                             "found %s of %u elements as guard of %s of %u, expected one or as "
                             "many",
                             by->name, by->count, l->reg->name, l->reg->count);
    return NAP_OK;
}

/* The register of a condition: another one, or what is written to the guarded one. */
static enum nap_err read_subject(const struct nap_linker *l, nap_node map, const char *what,
                                 struct nap_condition *c, nap_node *fields)
{
    nap_node written = nap_yaml_find(l->y, map, "written"), n;
    int index = 0;
    enum nap_err err;

    c->written = written != 0;
    if (written && nap_yaml_find(l->y, map, "register"))
        return nap_yaml_fail(l->y, written, l->error,
                             "found 'written' beside 'register' in %s, expected either", what);
    if (written) {
        c->reg = (uint32_t)(l->reg - l->model->regs);
        *fields = written;
        return NAP_OK;
    }
    err = nap_yaml_need(l->y, map, what, "register", &n, l->error);
    if (!err)
        err = nap_link_find_reg(l, n, &index);
    c->reg = (uint32_t)index;
    if (!err)
        err = check_guarding(l, n, &l->model->regs[index]);
    return err ? err : nap_yaml_need(l->y, map, what, "field", fields, l->error);
}

static enum nap_err read_same_as(const struct nap_linker *l, nap_node n,
                                 struct nap_condition *c)
{
    const struct nap_reg *other;
    int index = 0;
    enum nap_err err = nap_link_find_reg(l, n, &index);

    if (err)
        return err;
    other = &l->model->regs[index];
    err = check_guarding(l, n, other);
    if (err)
        return err;
    c->same_as = 1 + (uint32_t)index;
    for (uint32_t v = 0; v < l->model->n_variants; v++)
        if (l->reg->variants >> v & 1 && c->mask & ~other->defined[v])
            return nap_yaml_fail(l->y, n, l->error,
                                 "found %s as same-as of bits 0x%llx, expected a register that "
                                 "has them in variant %s",
                                 other->name, (unsigned long long)c->mask,
                                 l->model->variants[v]);
    return NAP_OK;
}

static enum nap_err read_value(const struct nap_linker *l, nap_node map, const char *what,
                               const struct nap_field *field, bool several,
                               struct nap_condition *c)
{
    uint64_t value = 0, max = several ? 0 : field->mask >> field->lsb;
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, map, what, "value", &n, l->error);

    if (!err)
        err = nap_yaml_u64(l->y, n, "value", 0, max, &value, l->error);
    c->value = value << field->lsb;
    return err;
}

/* Two values of one field could never hold together, and one twice says nothing. */
static enum nap_err check_earlier(const struct nap_linker *l, nap_node map,
                                  const struct nap_guard *guard, const struct nap_condition *c,
                                  const char *field)
{
    for (const struct nap_guard *g = l->reg->guards; g <= guard; g++)
        for (uint32_t i = 0; i < g->n_conditions; i++) {
            const struct nap_condition *other = &g->conditions[i];
            if (other != c && g->bits == guard->bits && other->reg == c->reg &&
                other->written == c->written && other->mask == c->mask)
                return nap_yaml_fail(
                    l->y, map, l->error,
                    "found field %s of %s as a guard of register %s twice, expected each field "
                    "once",
                    field, l->model->regs[c->reg].name, l->reg->name);
        }
    return NAP_OK;
}

static enum nap_err read_condition(const struct nap_linker *l, nap_node map, const char *what,
                                   struct nap_guard *guard)
{
    struct nap_condition *c = &guard->conditions[guard->n_conditions];
    const struct nap_field *field = NULL;
    nap_node fields = 0, same = nap_yaml_find(l->y, map, "same-as");
    enum nap_err err = read_subject(l, map, what, c, &fields);

    if (!err)
        err = read_fields(l, fields, &l->model->regs[c->reg], &field, &c->mask);
    if (err)
        return err;
    assert(field); /* no list is empty */
    guard->n_conditions++;
    if (same && (c->written || nap_yaml_find(l->y, map, "value")))
        return nap_yaml_fail(l->y, same, l->error,
                             "found 'same-as' beside '%s' in %s, expected either",
                             c->written ? "written" : "value", what);
    err = same ? read_same_as(l, same, c)
               : read_value(l, map, what, field, c->mask != field->mask, c);
    return err ? err : check_earlier(l, map, guard, c, field->name);
}

static enum nap_err read_listed_condition(const struct nap_linker *l, nap_node map,
                                          struct nap_guard *guard)
{
    static const char *const keys[] = {"register", "field",   "value",
                                       "same-as",  "written", NULL};
    char what[WHAT_BYTES];
    enum nap_err err;

    (void)snprintf(what, sizeof what, "a condition for writes of register %s", l->reg->name);
    err = nap_yaml_check_map(l->y, map, what, keys, l->error);
    return err ? err : read_condition(l, map, what, guard);
}

static enum nap_err read_conditions(const struct nap_linker *l, nap_node map, const char *what,
                                    struct nap_guard *guard)
{
    static const char *const single[] = {"register", "field", "value", "same-as", "written"};
    nap_node list = nap_yaml_find(l->y, map, "while");
    unsigned count = nap_yaml_count(l->y, list);
    enum nap_err err;

    if (!list)
        return read_condition(l, map, what, guard);
    for (size_t i = 0; i < sizeof single / sizeof single[0]; i++)
        if (nap_yaml_find(l->y, map, single[i]))
            return nap_yaml_fail(l->y, map, l->error,
                                 "found 'while' beside '%s' in %s, expected either", single[i],
                                 what);
    err = nap_yaml_check_list(l->y, list, "while", l->error);
    if (!err && (count < 1 || count > NAP_CONDITIONS_MAX))
        return nap_yaml_fail(l->y, list, l->error,
                             "found %u conditions in %s, expected 1 to %d", count, what,
                             NAP_CONDITIONS_MAX);
    for (unsigned i = 0; i < count && !err; i++)
        err = read_listed_condition(l, nap_yaml_item(l->y, list, i), guard);
    return err;
}

/* --- what becomes of a write --- */

static const char *const effects[] = {"ignored", "taken", "unknown", NULL};

/* The switch named `else`: each of its values is the name of an effect. */
static enum nap_err read_switched(const struct nap_linker *l, nap_node n, int index,
                                  struct nap_guard *guard, bool *unknown)
{
    const struct nap_switch *sw = &l->model->switches[index];

    guard->by_switch = (uint8_t)(1 + index);
    for (uint32_t v = 0; v < sw->n_values; v++) {
        unsigned e = 0;
        while (effects[e] && strcmp(effects[e], sw->values[v]) != 0)
            e++;
        if (!effects[e])
            return nap_yaml_fail(l->y, n, l->error,
                                 "found switch %s as else, which has value '%s', expected a "
                                 "switch of ignored, taken, unknown",
                                 sw->id, sw->values[v]);
        *unknown |= e == NAP_GUARD_UNKNOWN;
    }
    return NAP_OK;
}

static bool is_own_key(const struct nap_linker *l, const struct nap_guard *guard)
{
    for (uint32_t i = 0; i < guard->n_conditions; i++)
        if (!guard->conditions[i].written &&
            &l->model->regs[guard->conditions[i].reg] == l->reg)
            return true;
    return false;
}

/* A write that makes content unknown has nothing to leave unknown in work or in a view; and
 * where the content is the key too, nobody could say what the next write meets. */
static enum nap_err check_unknown(const struct nap_linker *l, nap_node n,
                                  const struct nap_guard *guard)
{
    const char *why = NULL;
    uint64_t work = 0;

    for (uint32_t v = 0; v < l->model->n_variants; v++)
        work |= l->reg->self_clear[v];
    if (is_own_key(l, guard))
        why = "guards itself";
    else if (work)
        why = "has self_clear bits";
    else if (l->reg->alias_of)
        why = "is an alias";
    else if (guard->bits != UINT64_MAX)
        why = "has a guard of some fields";
    if (why)
        return nap_yaml_fail(l->y, n, l->error,
                             "found 'else: unknown' in register %s, which %s, expected ignored "
                             "or taken",
                             l->reg->name, why);
    return NAP_OK;
}

static enum nap_err read_effect(const struct nap_linker *l, nap_node map, const char *what,
                                struct nap_guard *guard)
{
    unsigned effect = 0;
    bool unknown = false;
    nap_node n;
    int index;
    enum nap_err err = nap_yaml_need(l->y, map, what, "else", &n, l->error);

    if (err)
        return err;
    index = nap_model_switch(l->model, nap_yaml_text(l->y, n));
    if (index >= 0)
        err = read_switched(l, n, index, guard, &unknown);
    else
        err = nap_yaml_enum(l->y, n, "else", effects, &effect, l->error);
    guard->effect = (uint8_t)effect;
    if (!err && (unknown || effect == NAP_GUARD_UNKNOWN))
        err = check_unknown(l, n, guard);
    return err;
}

/* --- guards --- */

static enum nap_err read_bits(const struct nap_linker *l, nap_node map, struct nap_guard *guard)
{
    nap_node n = nap_yaml_find(l->y, map, "fields");
    const struct nap_field *field = NULL;

    guard->bits = n ? 0 : UINT64_MAX;
    return n ? read_fields(l, n, l->reg, &field, &guard->bits) : NAP_OK;
}

static enum nap_err link_guard(const struct nap_linker *l, nap_node map)
{
    static const char *const keys[] = {"register", "field", "value",  "else", "same-as",
                                       "written",  "while", "fields", NULL};
    struct nap_guard *guard = &l->reg->guards[l->reg->n_guards];
    char what[WHAT_BYTES];
    enum nap_err err;

    (void)snprintf(what, sizeof what, "a guard of register %s", l->reg->name);
    err = nap_yaml_check_map(l->y, map, what, keys, l->error);
    if (!err)
        err = read_bits(l, map, guard);
    if (!err)
        err = read_conditions(l, map, what, guard);
    l->reg->n_guards++;
    return err ? err : read_effect(l, map, what, guard);
}

/* One map, or a list of them that must all hold. */
enum nap_err nap_link_guards(const struct nap_linker *l)
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
