/* SPDX-License-Identifier: MIT */
/* The fields of a register in a model file, and the masks that follow from them. */
#include "core/model_load.h"

#include <stdio.h>
#include <string.h>

/* What the fields of a register have unless they say otherwise. */
struct defaults {
    uint8_t access;
    uint8_t restore;
};

static const char *const restore_names[] = {"equal", "behaviour", "relation", "none", NULL};

/* One or two digits; -1 otherwise. */
static int read_bit(const char *text, size_t length)
{
    int bit = 0;

    if (length < 1 || length > 2)
        return -1;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        bit = bit * 10 + (text[i] - '0');
    }
    return bit;
}

static enum nap_err read_bits(struct nap_model_loader *l, nap_node map, const char *what,
                              const struct nap_reg *reg, struct nap_field *field)
{
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, map, what, "bits", &n, l->error);
    const char *text = nap_yaml_text(l->y, n), *colon = strchr(text, ':');
    size_t length = colon ? (size_t)(colon - text) : strlen(text);
    int high = read_bit(text, length);
    int low = colon ? read_bit(colon + 1, strlen(colon + 1)) : high;

    if (err)
        return err;
    if (high < 0 || low < 0 || high < low)
        return nap_yaml_fail(l->y, n, l->error,
                             "found '%.20s' as bits of %s, expected HIGH:LOW or one bit number",
                             text, what);
    if (high >= reg->width_bits)
        return nap_yaml_fail(l->y, n, l->error, "found bit %d in %s, expected 0 to %d", high,
                             what, reg->width_bits - 1);
    field->lsb = (uint8_t)low;
    field->width = (uint8_t)(high - low + 1);
    field->mask = (UINT64_MAX >> (64 - field->width)) << low;
    return NAP_OK;
}

static enum nap_err read_restore(struct nap_model_loader *l, nap_node map, const char *what,
                                 const struct nap_reg *reg, uint8_t fallback,
                                 struct nap_field *field)
{
    nap_node relation = nap_yaml_find(l->y, map, "relation");
    enum nap_err err =
        nap_model_read_enum(l, map, "restore", restore_names, fallback, &field->restore);

    field->relation = "";
    if (err)
        return err;
    if (reg->alias_of && nap_yaml_find(l->y, map, "restore"))
        return nap_yaml_fail(l->y, nap_yaml_find(l->y, map, "restore"), l->error,
                             "found 'restore' in %s, which is an alias, expected it at the "
                             "register that holds the bits",
                             what);
    if (relation && field->restore != NAP_RESTORE_RELATION)
        return nap_yaml_fail(
            l->y, relation, l->error,
            "found 'relation' in %s, expected it only with 'restore: relation'", what);
    if (field->restore != NAP_RESTORE_RELATION)
        return NAP_OK;
    err = nap_yaml_need(l->y, map, what, "relation", &relation, l->error);
    return err ? err : nap_yaml_name(l->y, relation, "relation", &field->relation, l->error);
}

/* Some fields of a register may reset while the others come back unknown. */
static enum nap_err read_known(struct nap_model_loader *l, nap_node map, const char *what,
                               const struct nap_reg *reg, struct nap_field *field)
{
    static const char *const names[] = {"reset", NULL};
    nap_node n = nap_yaml_find(l->y, map, "retention");
    uint8_t index;

    if (!n)
        return NAP_OK;
    field->known = 1;
    if (reg->alias_of || reg->retention != NAP_RETENTION_UNKNOWN)
        return nap_yaml_fail(l->y, n, l->error,
                             "found 'retention' in %s, expected it only in a register with "
                             "'retention: unknown'",
                             what);
    return nap_model_read_enum(l, map, "retention", names, 0, &index);
}

static unsigned high_bit(const struct nap_field *field)
{
    return field->lsb + field->width - 1u;
}

static enum nap_err check_against_earlier(struct nap_model_loader *l, nap_node map,
                                          const struct nap_reg *reg,
                                          const struct nap_field *field)
{
    for (const struct nap_field *other = reg->fields; other < field; other++) {
        if (strcmp(other->name, field->name) == 0)
            return nap_yaml_fail(l->y, map, l->error,
                                 "found field '%s' twice in register %s, expected each once",
                                 field->name, reg->name);
        if ((other->mask & field->mask) && (other->variants & field->variants))
            return nap_yaml_fail(l->y, map, l->error,
                                 "field %s [%u:%u] overlaps %s [%u:%u] in register %s, "
                                 "expected separate bits",
                                 field->name, high_bit(field), field->lsb, other->name,
                                 high_bit(other), other->lsb, reg->name);
    }
    return NAP_OK;
}

static enum nap_err check_field_variants(struct nap_model_loader *l, nap_node map,
                                         const struct nap_reg *reg, const char *what,
                                         const struct nap_field *field)
{
    if ((field->variants & ~reg->variants) == 0)
        return NAP_OK;
    return nap_yaml_fail(l->y, map, l->error,
                         "found a variant in %s that its register is not in, expected only "
                         "variants of the register",
                         what);
}

static enum nap_err read_field(struct nap_model_loader *l, nap_node map,
                               const struct nap_reg *reg, struct defaults defaults,
                               struct nap_field *field)
{
    static const char *const keys[] = {"name",      "bits",  "access",     "restore",
                                       "where",     "about", "unmodelled", "relation",
                                       "retention", "needs", NULL};
    char what[NAP_WHAT_BYTES];
    enum nap_err err;

    (void)snprintf(what, sizeof(what), "a field of register %s", reg->name);
    err = nap_yaml_check_map(l->y, map, what, keys, l->error);
    if (!err)
        err = nap_model_read_identifier(l, map, what, "name", &field->name);
    if (err)
        return err;
    (void)snprintf(what, sizeof(what), "field %s of register %s", field->name, reg->name);
    err = read_bits(l, map, what, reg, field);
    if (!err)
        err = nap_model_read_note(l, map, "about", &field->about);
    if (!err)
        err = nap_model_read_where(l, map, reg->variants, &field->variants);
    if (!err)
        err = check_field_variants(l, map, reg, what, field);
    if (!err)
        err = nap_model_read_access(l, map, defaults.access, &field->access);
    if (!err)
        err = read_restore(l, map, what, reg, defaults.restore, field);
    if (!err)
        err = nap_model_read_flag(l, map, "unmodelled", &field->unmodelled);
    if (!err)
        err = read_known(l, map, what, reg, field);
    field->unmodelled |= reg->unmodelled;
    return err ? err : check_against_earlier(l, map, reg, field);
}

/* The masks of one access kind; NULL for those that have none of their own. */
static uint64_t *masks_of(struct nap_reg *reg, uint8_t access)
{
    switch ((enum nap_access)access) {
    case NAP_ACCESS_W0C:
        return reg->w0c;
    case NAP_ACCESS_SELF_CLEAR:
        return reg->self_clear;
    case NAP_ACCESS_WO:
        return reg->wo;
    case NAP_ACCESS_W1C:
        return reg->w1c;
    case NAP_ACCESS_W1S:
        return reg->w1s;
    case NAP_ACCESS_RC:
        return reg->rc;
    case NAP_ACCESS_RSVDZ:
        return reg->rsvdz;
    case NAP_ACCESS_RW:
    case NAP_ACCESS_RO:
    case NAP_ACCESSES:
        break;
    }
    return NULL;
}

static void derive_field_masks(struct nap_reg *reg, const struct nap_field *field)
{
    uint64_t *own = masks_of(reg, field->access);
    bool writable = field->access != NAP_ACCESS_RO && field->access != NAP_ACCESS_RC;

    for (unsigned v = 0; v < NAP_VARIANTS_MAX; v++) {
        uint64_t mask = field->variants >> v & 1 ? field->mask : 0;

        if (own)
            own[v] |= mask;
        if (field->access == NAP_ACCESS_RSVDZ)
            continue;
        reg->defined[v] |= mask;
        if (writable)
            reg->writable[v] |= mask;
    }
}

static enum nap_err read_defaults(struct nap_model_loader *l, nap_node map,
                                  const struct nap_reg *reg, struct defaults *out)
{
    enum nap_err err = nap_model_read_access(l, map, NAP_ACCESS_RW, &out->access);

    return err ? err
               : nap_model_read_enum(l, map, "restore", restore_names,
                                     reg->alias_of ? NAP_RESTORE_NONE : NAP_RESTORE_EQUAL,
                                     &out->restore);
}

enum nap_err nap_model_read_fields(struct nap_model_loader *l, nap_node map, const char *what,
                                   struct nap_reg *reg)
{
    struct defaults defaults;
    nap_node list = 0;
    enum nap_err err = read_defaults(l, map, reg, &defaults);
    unsigned count;

    if (!err)
        err = nap_yaml_need(l->y, map, what, "fields", &list, l->error);
    count = nap_yaml_count(l->y, list);
    if (!err)
        err = nap_yaml_check_list(l->y, list, "fields", l->error);
    if (err)
        return err;
    if (count < 1 || count > NAP_FIELDS_MAX)
        return nap_yaml_fail(l->y, list, l->error, "found %u fields in %s, expected 1 to %d",
                             count, what, NAP_FIELDS_MAX);
    reg->fields = l->next_field;
    reg->n_fields = count;
    for (unsigned i = 0; i < count && !err; i++)
        err = read_field(l, nap_yaml_item(l->y, list, i), reg, defaults, l->next_field++);
    for (unsigned i = 0; i < count && !err; i++) {
        derive_field_masks(reg, &reg->fields[i]);
        if (reg->fields[i].known)
            reg->known |= reg->fields[i].mask;
    }
    return err;
}
