/* SPDX-License-Identifier: MIT */
/* models/NAME.yaml to struct nap_model. models/README.md shows the keys. The texts of a loaded
 * model live in its YAML document, which therefore lives as long as the model. */
#include <regnap/model.h>

#include "core/model_extend.h"
#include "core/model_links.h"
#include "core/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX     512 /* bytes of a title, about or source with its terminator */
#define WINDOW_MAX   (1u << 24)
#define SYSREG_BYTES 8u                      /* of the place of a system register */
#define COMPAT_MAX   64                      /* compatible strings of one model */
#define WHAT_BYTES   (2 * NAP_NAME_MAX + 32) /* "field F of register R" */

struct loaded {
    struct nap_model model; /* first, so that a pointer to it is a pointer to this */
    struct nap_yaml *yaml;
    struct nap_reg *regs;
    struct nap_field *fields;
    struct nap_switch *switches;
    const char **compatible;
    struct nap_model_tables tables;
};

struct loader {
    struct loaded *m;
    const struct nap_yaml *y;
    struct nap_error *error;
    struct nap_field *next_field;
    uint32_t all_variants;
};

/* What the fields of a register have unless they say otherwise. */
struct defaults {
    uint8_t access;
    uint8_t restore;
};

static const char *const retention_names[] = {"reset", "unknown", "retained", NULL};
static const char *const restore_names[] = {"equal", "behaviour", "relation", "none", NULL};
static const char *const basis_names[] = {"documented", "argued", "unknown", "software", NULL};

static enum nap_err no_memory(struct loader *l)
{
    return nap_fail(l->error, NAP_ERR_NOMEM, "no memory for the model in %s",
                    nap_yaml_file(l->y));
}

/* Required one-line text. */
static enum nap_err read_text(struct loader *l, nap_node map, const char *what, const char *key,
                              const char **out)
{
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, map, what, key, &n, l->error);

    return err ? err : nap_yaml_line_text(l->y, n, key, TEXT_MAX, out, l->error);
}

/* Optional one-line text; "" if absent. */
static enum nap_err read_note(struct loader *l, nap_node map, const char *key, const char **out)
{
    nap_node n = nap_yaml_find(l->y, map, key);

    *out = "";
    return n ? nap_yaml_line_text(l->y, n, key, TEXT_MAX, out, l->error) : NAP_OK;
}

/* A name that is a C identifier too, because the generator makes it one. */
static enum nap_err read_identifier(struct loader *l, nap_node map, const char *what,
                                    const char *key, const char **out)
{
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, map, what, key, &n, l->error);

    if (!err)
        err = nap_yaml_name(l->y, n, key, out, l->error);
    if (err)
        return err;
    if (strpbrk(*out, "-.") || (**out >= '0' && **out <= '9'))
        return nap_yaml_fail(l->y, n, l->error,
                             "found '%s' as %s of %s, expected letters, digits and '_', "
                             "a letter first",
                             *out, key, what);
    return NAP_OK;
}

static enum nap_err read_enum(struct loader *l, nap_node map, const char *key,
                              const char *const *names, uint8_t fallback, uint8_t *out)
{
    nap_node n = nap_yaml_find(l->y, map, key);
    unsigned index = fallback;
    enum nap_err err = n ? nap_yaml_enum(l->y, n, key, names, &index, l->error) : NAP_OK;

    *out = (uint8_t)index;
    return err;
}

static enum nap_err read_access(struct loader *l, nap_node map, uint8_t fallback, uint8_t *out)
{
    const char *names[NAP_ACCESSES + 1] = {NULL};

    for (int a = 0; a < NAP_ACCESSES; a++)
        names[a] = nap_access_name((enum nap_access)a);
    return read_enum(l, map, "access", names, fallback, out);
}

static enum nap_err read_flag(struct loader *l, nap_node map, const char *key, uint8_t *out)
{
    static const char *const names[] = {"false", "true", NULL};

    return read_enum(l, map, key, names, 0, out);
}

static enum nap_err read_number(struct loader *l, nap_node map, const char *key, uint64_t min,
                                uint64_t max, uint64_t fallback, uint64_t *out)
{
    nap_node n = nap_yaml_find(l->y, map, key);

    *out = fallback;
    return n ? nap_yaml_u64(l->y, n, key, min, max, out, l->error) : NAP_OK;
}

/* --- where: all, one variant, or a list of variants --- */

static enum nap_err add_variant(struct loader *l, nap_node n, uint32_t *mask)
{
    const char *names[NAP_VARIANTS_MAX + 1] = {NULL};
    unsigned index;
    enum nap_err err;

    for (uint32_t v = 0; v < l->m->model.n_variants; v++)
        names[v] = l->m->model.variants[v];
    err = nap_yaml_enum(l->y, n, "where", names, &index, l->error);
    if (!err)
        *mask |= 1u << index;
    return err;
}

static enum nap_err read_where(struct loader *l, nap_node map, uint32_t fallback, uint32_t *out)
{
    nap_node n = nap_yaml_find(l->y, map, "where");
    enum nap_err err = NAP_OK;

    *out = fallback;
    if (!n || strcmp(nap_yaml_text(l->y, n), "all") == 0)
        return NAP_OK;
    *out = 0;
    if (!nap_yaml_is_list(l->y, n))
        return add_variant(l, n, out);
    for (unsigned i = 0; i < nap_yaml_count(l->y, n) && !err; i++)
        err = add_variant(l, nap_yaml_item(l->y, n, i), out);
    if (!err && *out == 0)
        return nap_yaml_fail(l->y, n, l->error, "found no variant, expected at least one");
    return err;
}

/* --- fields --- */

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

static enum nap_err read_bits(struct loader *l, nap_node map, const char *what,
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

static enum nap_err read_restore(struct loader *l, nap_node map, const char *what,
                                 const struct nap_reg *reg, uint8_t fallback,
                                 struct nap_field *field)
{
    nap_node relation = nap_yaml_find(l->y, map, "relation");
    enum nap_err err = read_enum(l, map, "restore", restore_names, fallback, &field->restore);

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
static enum nap_err read_known(struct loader *l, nap_node map, const char *what,
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
    return read_enum(l, map, "retention", names, 0, &index);
}

static unsigned high_bit(const struct nap_field *field)
{
    return field->lsb + field->width - 1u;
}

static enum nap_err check_against_earlier(struct loader *l, nap_node map,
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

static enum nap_err check_field_variants(struct loader *l, nap_node map,
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

static enum nap_err read_field(struct loader *l, nap_node map, const struct nap_reg *reg,
                               struct defaults defaults, struct nap_field *field)
{
    static const char *const keys[] = {"name",      "bits",  "access",     "restore",
                                       "where",     "about", "unmodelled", "relation",
                                       "retention", "needs", NULL};
    char what[WHAT_BYTES];
    enum nap_err err;

    (void)snprintf(what, sizeof(what), "a field of register %s", reg->name);
    err = nap_yaml_check_map(l->y, map, what, keys, l->error);
    if (!err)
        err = read_identifier(l, map, what, "name", &field->name);
    if (err)
        return err;
    (void)snprintf(what, sizeof(what), "field %s of register %s", field->name, reg->name);
    err = read_bits(l, map, what, reg, field);
    if (!err)
        err = read_note(l, map, "about", &field->about);
    if (!err)
        err = read_where(l, map, reg->variants, &field->variants);
    if (!err)
        err = check_field_variants(l, map, reg, what, field);
    if (!err)
        err = read_access(l, map, defaults.access, &field->access);
    if (!err)
        err = read_restore(l, map, what, reg, defaults.restore, field);
    if (!err)
        err = read_flag(l, map, "unmodelled", &field->unmodelled);
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

static enum nap_err read_fields(struct loader *l, nap_node map, const char *what,
                                struct defaults defaults, struct nap_reg *reg)
{
    nap_node list;
    enum nap_err err = nap_yaml_need(l->y, map, what, "fields", &list, l->error);
    unsigned count = nap_yaml_count(l->y, list);

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

/* --- values at reset and in the hostile profile --- */

/* A value must fit every variant that has the register, so that nobody needs to mask it. */
static enum nap_err check_value(struct loader *l, nap_node n, const struct nap_reg *reg,
                                const char *key, uint64_t value)
{
    for (uint32_t v = 0; v < l->m->model.n_variants; v++) {
        const char *variant = l->m->model.variants[v];

        if (!(reg->variants >> v & 1))
            continue;
        if (value & ~reg->defined[v])
            return nap_yaml_fail(l->y, n, l->error,
                                 "found %s 0x%llx of register %s, expected bits of 0x%llx only "
                                 "(the fields in variant %s)",
                                 key, (unsigned long long)value, reg->name,
                                 (unsigned long long)reg->defined[v], variant);
        if (value & reg->self_clear[v])
            return nap_yaml_fail(l->y, n, l->error,
                                 "found %s 0x%llx of register %s, expected 0 in its self_clear "
                                 "bits 0x%llx",
                                 key, (unsigned long long)value, reg->name,
                                 (unsigned long long)reg->self_clear[v]);
    }
    return NAP_OK;
}

static uint64_t common_bits(const struct nap_reg *reg)
{
    uint64_t mask = UINT64_MAX;

    for (unsigned v = 0; v < NAP_VARIANTS_MAX; v++)
        if (reg->variants >> v & 1)
            mask &= reg->defined[v] & ~reg->self_clear[v];
    return mask;
}

/* Nothing but an unknown register ever holds it. */
static enum nap_err check_hostile_means_something(struct loader *l, nap_node n,
                                                  const struct nap_reg *reg)
{
    if (reg->retention == NAP_RETENTION_UNKNOWN || reg->alias_of)
        return NAP_OK;
    return nap_yaml_fail(l->y, n, l->error,
                         "found 'hostile' in register %s, whose retention is %s, expected it "
                         "only with 'retention: unknown'",
                         reg->name, retention_names[reg->retention]);
}

static enum nap_err read_values(struct loader *l, nap_node map, struct nap_reg *reg)
{
    nap_node reset = nap_yaml_find(l->y, map, "reset");
    nap_node hostile = nap_yaml_find(l->y, map, "hostile");
    enum nap_err err = read_number(l, map, "reset", 0, UINT64_MAX, 0, &reg->reset);

    if (!err)
        err = check_value(l, reset, reg, "reset", reg->reset);
    reg->hostile = reg->reset;
    if (err || !hostile)
        return err;
    if (strcmp(nap_yaml_text(l->y, hostile), "random") == 0) {
        reg->hostile_random = 1;
        reg->hostile_mask = common_bits(reg);
    } else {
        err = nap_yaml_u64(l->y, hostile, "hostile", 0, UINT64_MAX, &reg->hostile, l->error);
        if (!err)
            err = check_value(l, hostile, reg, "hostile", reg->hostile);
    }
    return err ? err : check_hostile_means_something(l, hostile, reg);
}

/* --- where the elements of a register lie --- */

static enum nap_err check_window(struct loader *l, nap_node map, const struct nap_reg *reg,
                                 const struct nap_window *w)
{
    uint32_t bytes = reg->width_bits / 8u, window = l->m->model.window_bytes;
    uint64_t end = w->offset + (uint64_t)(w->count - 1) * w->stride + bytes;

    if (reg->sysreg && end > (uint64_t)NAP_SYSREGS_MAX * SYSREG_BYTES)
        return nap_yaml_fail(l->y, map, l->error,
                             "found %u elements of register %s, expected the last to have an "
                             "encoding",
                             w->count, reg->name);
    if (reg->sysreg)
        return NAP_OK;
    if (w->offset % bytes != 0 || w->stride % bytes != 0)
        return nap_yaml_fail(l->y, map, l->error,
                             "found offset 0x%x and stride 0x%x of register %s, expected "
                             "multiples of %u bytes",
                             w->offset, w->stride, reg->name, bytes);
    if (end > window)
        return nap_yaml_fail(l->y, map, l->error,
                             "register %s ends at 0x%llx, expected within the window of 0x%x "
                             "bytes",
                             reg->name, (unsigned long long)end, window);
    return NAP_OK;
}

/* One of the two forms of a window: its element numbers are @first and up. */
static enum nap_err read_window(struct loader *l, nap_node map, const char *what,
                                uint32_t first, struct nap_reg *reg)
{
    struct nap_window *w = &reg->windows[reg->n_windows++];
    uint64_t offset, count, stride;
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, map, what, "offset", &n, l->error);

    if (!err)
        err = nap_yaml_u64(l->y, n, "offset", 0, WINDOW_MAX, &offset, l->error);
    if (!err)
        err = read_number(l, map, "count", 1, NAP_SLOTS_MAX, 1, &count);
    if (!err && count > 1)
        err = nap_yaml_need(l->y, map, what, "stride", &n, l->error);
    if (!err)
        err = read_number(l, map, "stride", 1, WINDOW_MAX, reg->width_bits / 8u, &stride);
    if (err)
        return err;
    *w = (struct nap_window){first, (uint32_t)count, (uint32_t)offset, (uint32_t)stride};
    return check_window(l, map, reg, w);
}

static enum nap_err read_listed_window(struct loader *l, nap_node map, const char *what,
                                       uint32_t expected_first, struct nap_reg *reg)
{
    static const char *const keys[] = {"first", "count", "offset", "stride", NULL};
    char where[WHAT_BYTES + 16];
    uint64_t first;
    nap_node n;
    enum nap_err err;

    (void)snprintf(where, sizeof(where), "a window of %s", what);
    err = nap_yaml_check_map(l->y, map, where, keys, l->error);
    if (!err)
        err = nap_yaml_need(l->y, map, where, "first", &n, l->error);
    if (!err)
        err = nap_yaml_u64(l->y, n, "first", 0, NAP_SLOTS_MAX, &first, l->error);
    if (!err && first != expected_first)
        return nap_yaml_fail(l->y, n, l->error,
                             "found first element %u in %s, expected %u: windows cover the "
                             "elements in order",
                             (unsigned)first, where, expected_first);
    return err ? err : read_window(l, map, where, expected_first, reg);
}

static enum nap_err read_windows(struct loader *l, nap_node map, nap_node list,
                                 const char *what, struct nap_reg *reg)
{
    unsigned n_windows = nap_yaml_count(l->y, list);
    uint64_t total, covered = 0;
    nap_node n;
    enum nap_err err = nap_yaml_check_list(l->y, list, "windows", l->error);

    if (!err && (n_windows < 1 || n_windows > NAP_WINDOWS_MAX))
        return nap_yaml_fail(l->y, list, l->error, "found %u windows of %s, expected 1 to %d",
                             n_windows, what, NAP_WINDOWS_MAX);
    if (!err)
        err = nap_yaml_need(l->y, map, what, "count", &n, l->error);
    if (!err)
        err = nap_yaml_u64(l->y, n, "count", 1, NAP_SLOTS_MAX, &total, l->error);
    for (unsigned i = 0; i < n_windows && !err; i++) {
        err = read_listed_window(l, nap_yaml_item(l->y, list, i), what, (uint32_t)covered, reg);
        covered += reg->windows[i].count;
    }
    if (!err && covered != total)
        return nap_yaml_fail(l->y, list, l->error,
                             "found %u elements in the windows of %s, expected its count %u",
                             (unsigned)covered, what, (unsigned)total);
    return err;
}

/* A number up to @max, and what follows it; NULL if there is none. */
static const char *read_part(const char *text, const char *prefix, unsigned max, unsigned *out)
{
    size_t length = strlen(prefix);
    unsigned n = 0;

    if (!text || strncmp(text, prefix, length) != 0)
        return NULL;
    text += length;
    if (*text < '0' || *text > '9' || (*text == '0' && text[1] >= '0' && text[1] <= '9'))
        return NULL;
    for (; *text >= '0' && *text <= '9'; text++) {
        n = n * 10 + (unsigned)(*text - '0');
        if (n > max)
            return NULL;
    }
    *out = n;
    return text;
}

/* "S3_0_C12_C12_7": op0 of system registers is 2 or 3. */
static bool read_sysreg_number(const char *text, uint32_t *out)
{
    unsigned op0 = 0, op1 = 0, crn = 0, crm = 0, op2 = 0;

    text = read_part(text, "S", 3, &op0);
    text = read_part(text, "_", 7, &op1);
    text = read_part(text, "_C", 15, &crn);
    text = read_part(text, "_C", 15, &crm);
    text = read_part(text, "_", 7, &op2);
    *out = NAP_SYSREG(op0, op1, crn, crm, op2);
    return text && *text == '\0' && op0 >= 2;
}

/* Elements of a system register have numbers in a row. */
static enum nap_err read_sysreg(struct loader *l, nap_node map, nap_node n, const char *what,
                                struct nap_reg *reg)
{
    static const char *const not_there[] = {"offset", "stride", "windows", "access-sizes",
                                            "banked"};
    struct nap_window *w = &reg->windows[reg->n_windows++];
    uint64_t count;
    enum nap_err err = read_number(l, map, "count", 1, NAP_SYSREGS_MAX, 1, &count);

    for (size_t i = 0; i < sizeof(not_there) / sizeof(not_there[0]) && !err; i++)
        if (nap_yaml_find(l->y, map, not_there[i]))
            return nap_yaml_fail(
                l->y, nap_yaml_find(l->y, map, not_there[i]), l->error,
                "found '%s' beside 'sysreg' in %s, expected neither an address "
                "nor a bank",
                not_there[i], what);
    if (err)
        return err;
    if (!read_sysreg_number(nap_yaml_text(l->y, n), &w->offset))
        return nap_yaml_fail(l->y, n, l->error,
                             "found '%.20s' as sysreg of %s, expected an encoding such as "
                             "S3_0_C12_C12_7",
                             nap_yaml_text(l->y, n), what);
    w->offset *= SYSREG_BYTES;
    w->stride = SYSREG_BYTES;
    w->count = (uint32_t)count;
    return check_window(l, map, reg, w);
}

static enum nap_err read_place(struct loader *l, nap_node map, const char *what,
                               struct nap_reg *reg)
{
    struct nap_model *model = &l->m->model;
    nap_node windows = nap_yaml_find(l->y, map, "windows");
    nap_node sysreg = nap_yaml_find(l->y, map, "sysreg");
    enum nap_err err;

    if (windows && !sysreg &&
        (nap_yaml_find(l->y, map, "offset") || nap_yaml_find(l->y, map, "stride")))
        return nap_yaml_fail(l->y, windows, l->error,
                             "found 'windows' beside 'offset' or 'stride' in %s, expected "
                             "either",
                             what);
    err = sysreg    ? read_sysreg(l, map, sysreg, what, reg)
          : windows ? read_windows(l, map, windows, what, reg)
                    : read_window(l, map, what, 0, reg);
    if (err)
        return err;
    for (uint32_t i = 0; i < reg->n_windows; i++)
        reg->count += reg->windows[i].count;
    if (reg->count > NAP_SLOTS_MAX - model->n_slots)
        return nap_yaml_fail(l->y, map, l->error,
                             "found %u elements with %s, expected at most %u in one device",
                             model->n_slots + reg->count, what, (unsigned)NAP_SLOTS_MAX);
    reg->first_slot = model->n_slots;
    model->n_slots += reg->count;
    return NAP_OK;
}

/* --- registers --- */

static enum nap_err read_width(struct loader *l, nap_node map, const char *what,
                               struct nap_reg *reg)
{
    static const char *const names[] = {"8", "16", "32", "64", NULL};
    uint8_t index;
    enum nap_err err;

    reg->sysreg = nap_yaml_find(l->y, map, "sysreg") != 0;
    err = read_enum(l, map, "width", names, reg->sysreg ? 3 : 2, &index);
    reg->width_bits = (uint8_t)(8u << index);
    if (!err && reg->sysreg && reg->width_bits != 64)
        return nap_yaml_fail(l->y, nap_yaml_find(l->y, map, "width"), l->error,
                             "found width %u of %s, expected 64: it is a system register",
                             reg->width_bits, what);
    return err;
}

static enum nap_err read_retention(struct loader *l, nap_node map, const char *what,
                                   struct nap_reg *reg)
{
    nap_node n;
    enum nap_err err;

    if (reg->alias_of)
        return NAP_OK; /* nap_model_link() refuses it there */
    err = nap_yaml_need(l->y, map, what, "retention", &n, l->error);
    return err ? err : read_enum(l, map, "retention", retention_names, 0, &reg->retention);
}

/* A reset value that an implementation says is one that a power cut brings back. */
static enum nap_err read_implementation(struct loader *l, nap_node map, const char *what,
                                        struct nap_reg *reg)
{
    enum nap_err err = read_flag(l, map, "implementation", &reg->implementation);

    if (err || !reg->implementation)
        return err;
    if (reg->alias_of || reg->retention != NAP_RETENTION_RESET)
        return nap_yaml_fail(l->y, nap_yaml_find(l->y, map, "implementation"), l->error,
                             "found 'implementation' in %s, expected it only with 'retention: "
                             "reset'",
                             what);
    return NAP_OK;
}

/* Where it is in the device, and in which variants. */
static enum nap_err read_reg_facts(struct loader *l, nap_node map, const char *what,
                                   struct nap_reg *reg)
{
    enum nap_err err = read_text(l, map, what, "about", &reg->about);

    if (!err)
        err = read_text(l, map, what, "source", &reg->source);
    if (!err)
        err = read_where(l, map, l->all_variants, &reg->variants);
    if (!err)
        err = read_width(l, map, what, reg);
    if (!err)
        err = read_place(l, map, what, reg);
    if (!err)
        err = nap_model_read_accesses(l->y, map, reg, l->error);
    if (!err)
        err = read_retention(l, map, what, reg);
    if (!err)
        err = read_implementation(l, map, what, reg);
    return err ? err : read_flag(l, map, "unmodelled", &reg->unmodelled);
}

static enum nap_err check_each_variant_has_fields(struct loader *l, nap_node map,
                                                  const struct nap_reg *reg)
{
    for (uint32_t v = 0; v < l->m->model.n_variants; v++)
        if (reg->variants >> v & 1 && (reg->defined[v] | reg->rsvdz[v]) == 0)
            return nap_yaml_fail(l->y, map, l->error,
                                 "found no field of register %s in variant %s, expected one",
                                 reg->name, l->m->model.variants[v]);
    return NAP_OK;
}

static enum nap_err read_reg(struct loader *l, nap_node map, struct nap_reg *reg)
{
    static const char *const keys[] = {
        "name",       "offset", "count",        "stride",         "windows",  "about",
        "source",     "where",  "width",        "reset",          "hostile",  "retention",
        "restore",    "access", "access-sizes", "banked",         "alias-of", "guard",
        "unmodelled", "fields", "needs",        "implementation", "sysreg",   NULL};
    struct defaults defaults;
    char what[WHAT_BYTES];
    const char *name = nap_yaml_text(l->y, nap_yaml_find(l->y, map, "name"));
    enum nap_err err;

    (void)snprintf(what, sizeof(what), "register %.*s", NAP_NAME_MAX, *name ? name : "?");
    err = nap_yaml_check_map(l->y, map, what, keys, l->error);
    if (!err)
        err = read_identifier(l, map, what, "name", &reg->name);
    if (!err && nap_model_reg(&l->m->model, reg->name) >= 0)
        return nap_yaml_fail(l->y, map, l->error, "found %s twice, expected each once", what);
    if (!err)
        err = read_reg_facts(l, map, what, reg);
    if (!err)
        err = read_access(l, map, NAP_ACCESS_RW, &defaults.access);
    if (!err)
        err =
            read_enum(l, map, "restore", restore_names,
                      reg->alias_of ? NAP_RESTORE_NONE : NAP_RESTORE_EQUAL, &defaults.restore);
    if (!err)
        err = read_fields(l, map, what, defaults, reg);
    if (!err)
        err = check_each_variant_has_fields(l, map, reg);
    return err ? err : read_values(l, map, reg);
}

static enum nap_err read_regs(struct loader *l, nap_node list)
{
    struct nap_model *model = &l->m->model;
    enum nap_err err = NAP_OK;

    for (unsigned i = 0; i < nap_yaml_count(l->y, list) && !err; i++) {
        err = read_reg(l, nap_yaml_item(l->y, list, i), &l->m->regs[i]);
        model->n_regs++; /* the registers up to here have names to compare with */
    }
    return err;
}

/* --- no two registers of a variant at one address --- */

struct span {
    uint32_t begin, end; /* bytes */
    uint32_t reg, index;
};

static int compare_spans(const void *a, const void *b)
{
    const struct span *x = a, *y = b;

    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return (x->reg > y->reg) - (x->reg < y->reg);
}

static void fill_spans(const struct nap_model *model, struct span *spans)
{
    for (uint32_t r = 0; r < model->n_regs; r++)
        for (uint32_t i = 0; i < model->regs[r].count; i++) {
            uint32_t begin = nap_reg_offset(&model->regs[r], i);

            *spans++ = (struct span){begin, begin + model->regs[r].width_bits / 8u, r, i};
        }
}

static enum nap_err fail_overlap(struct loader *l, nap_node list, const struct span *a,
                                 const struct span *b, uint32_t variant)
{
    const struct nap_model *model = &l->m->model;
    const struct span *later = a->reg > b->reg ? a : b, *earlier = later == a ? b : a;

    return nap_yaml_fail(l->y, nap_yaml_item(l->y, list, later->reg), l->error,
                         "register %s[%u] at 0x%x overlaps %s[%u] at 0x%x in variant %s, "
                         "expected separate addresses",
                         model->regs[later->reg].name, later->index, later->begin,
                         model->regs[earlier->reg].name, earlier->index, earlier->begin,
                         model->variants[variant]);
}

/* A device of a variant is met at addresses or by instructions, not by both. */
static enum nap_err check_kinds_of_place(struct loader *l, nap_node list)
{
    const struct nap_model *model = &l->m->model;

    for (uint32_t v = 0; v < model->n_variants; v++)
        for (uint32_t r = 0; r < model->n_regs; r++)
            if (model->regs[r].variants >> v & 1 &&
                model->regs[r].sysreg != nap_model_is_sysreg(model, v))
                return nap_yaml_fail(l->y, nap_yaml_item(l->y, list, r), l->error,
                                     "found a system register beside one with an offset in "
                                     "variant %s, expected one kind",
                                     model->variants[v]);
    return NAP_OK;
}

static enum nap_err check_addresses(struct loader *l, nap_node list)
{
    const struct nap_model *model = &l->m->model;
    struct span *spans;
    enum nap_err err = check_kinds_of_place(l, list);

    if (err)
        return err;
    spans = calloc(model->n_slots, sizeof(*spans));
    if (!spans)
        return no_memory(l);
    fill_spans(model, spans);
    qsort(spans, model->n_slots, sizeof(*spans), compare_spans);
    for (uint32_t v = 0; v < model->n_variants && !err; v++) {
        const struct span *last = NULL;

        for (uint32_t i = 0; i < model->n_slots && !err; i++) {
            if (!(model->regs[spans[i].reg].variants >> v & 1))
                continue;
            if (last && spans[i].begin < last->end)
                err = fail_overlap(l, list, last, &spans[i], v);
            last = &spans[i];
        }
    }
    free(spans);
    return err;
}

/* --- switches --- */

static enum nap_err read_switch_values(struct loader *l, nap_node list, struct nap_switch *sw)
{
    unsigned count = nap_yaml_count(l->y, list);
    enum nap_err err = nap_yaml_check_list(l->y, list, "values", l->error);

    if (!err && (count < 1 || count > NAP_SWITCH_VALUES_MAX))
        return nap_yaml_fail(l->y, list, l->error, "found %u values of %s, expected 1 to %d",
                             count, sw->id, NAP_SWITCH_VALUES_MAX);
    for (unsigned i = 0; i < count && !err; i++) {
        nap_node n = nap_yaml_item(l->y, list, i);

        err = nap_yaml_name(l->y, n, "a value", &sw->values[i], l->error);
        for (unsigned j = 0; j < i && !err; j++)
            if (strcmp(sw->values[j], sw->values[i]) == 0)
                err = nap_yaml_fail(l->y, n, l->error,
                                    "found value '%s' twice in switch %s, expected each once",
                                    sw->values[i], sw->id);
    }
    sw->n_values = count;
    return err;
}

static enum nap_err read_switch(struct loader *l, nap_node map, struct nap_switch *sw)
{
    static const char *const keys[] = {"id", "about", "basis", "values", "decided", NULL};
    unsigned basis;
    nap_node n;
    enum nap_err err = nap_yaml_check_map(l->y, map, "a switch", keys, l->error);

    if (!err)
        err = read_identifier(l, map, "a switch", "id", &sw->id);
    for (uint32_t i = 0; i < l->m->model.n_switches && !err; i++)
        if (strcmp(l->m->switches[i].id, sw->id) == 0)
            return nap_yaml_fail(l->y, map, l->error,
                                 "found switch %s twice, expected each once", sw->id);
    if (!err)
        err = read_text(l, map, "a switch", "about", &sw->about);
    if (!err)
        err = nap_yaml_need(l->y, map, "a switch", "basis", &n, l->error);
    if (!err)
        err = nap_yaml_enum(l->y, n, "basis", basis_names, &basis, l->error);
    if (!err)
        err = nap_yaml_need(l->y, map, "a switch", "values", &n, l->error);
    if (err)
        return err;
    sw->basis = (enum nap_basis)basis;
    return read_switch_values(l, n, sw);
}

static enum nap_err read_switches(struct loader *l, nap_node list)
{
    enum nap_err err = NAP_OK;

    for (unsigned i = 0; i < nap_yaml_count(l->y, list) && !err; i++) {
        err = read_switch(l, nap_yaml_item(l->y, list, i), &l->m->switches[i]);
        l->m->model.n_switches++;
    }
    return err;
}

/* --- what a device tree calls it --- */

/* Visible characters, none of which ends a string or a list in a device tree source. */
static bool is_compatible(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if (*c <= ' ' || *c > '~' || *c == '"')
            return false;
    return *text != '\0';
}

static enum nap_err read_one_compatible(struct loader *l, nap_node list, unsigned i)
{
    nap_node n = nap_yaml_item(l->y, list, i);
    const char *text;
    enum nap_err err =
        nap_yaml_line_text(l->y, n, "a compatible string", NAP_NAME_MAX, &text, l->error);

    if (err)
        return err;
    if (!is_compatible(text))
        return nap_yaml_fail(l->y, n, l->error,
                             "found '%s' as a compatible string, expected visible characters "
                             "without spaces",
                             text);
    for (unsigned j = 0; j < i; j++)
        if (strcmp(nap_yaml_text(l->y, nap_yaml_item(l->y, list, j)), text) == 0)
            return nap_yaml_fail(l->y, n, l->error,
                                 "found compatible '%s' twice, expected each once", text);
    l->m->compatible[l->m->model.n_compatible++] = text;
    return NAP_OK;
}

/* Optional: a model that no device tree names can stand in a YAML machine only. */
static enum nap_err read_compatible(struct loader *l, nap_node root)
{
    nap_node list = nap_yaml_find(l->y, root, "compatible");
    unsigned count = nap_yaml_count(l->y, list);
    enum nap_err err = NAP_OK;

    if (!list)
        return NAP_OK;
    err = nap_yaml_check_list(l->y, list, "compatible", l->error);
    if (!err && (count < 1 || count > COMPAT_MAX))
        return nap_yaml_fail(l->y, list, l->error,
                             "found %u compatible strings, expected 1 to %d", count,
                             COMPAT_MAX);
    if (!err)
        l->m->compatible = calloc(count, sizeof(*l->m->compatible));
    if (!err && !l->m->compatible)
        return no_memory(l);
    l->m->model.compatible = l->m->compatible;
    for (unsigned i = 0; i < count && !err; i++)
        err = read_one_compatible(l, list, i);
    return err;
}

/* --- the model --- */

static enum nap_err read_variants(struct loader *l, nap_node root)
{
    struct nap_model *model = &l->m->model;
    nap_node list;
    enum nap_err err = nap_yaml_need(l->y, root, "a model", "variants", &list, l->error);
    unsigned count = nap_yaml_count(l->y, list);

    if (!err)
        err = nap_yaml_check_list(l->y, list, "variants", l->error);
    if (!err && (count < 1 || count > NAP_VARIANTS_MAX))
        return nap_yaml_fail(l->y, list, l->error, "found %u variants, expected 1 to %d", count,
                             NAP_VARIANTS_MAX);
    for (unsigned i = 0; i < count && !err; i++) {
        const char *name;
        nap_node n = nap_yaml_item(l->y, list, i);

        err = nap_yaml_name(l->y, n, "a variant", &name, l->error);
        if (!err && (nap_model_variant(model, name) >= 0 || strcmp(name, "all") == 0))
            err = nap_yaml_fail(l->y, n, l->error,
                                "found variant '%s', expected each once and none named 'all'",
                                name);
        model->variants[model->n_variants++] = name;
    }
    l->all_variants = (1u << model->n_variants) - 1;
    return err;
}

static enum nap_err read_header(struct loader *l, nap_node root)
{
    struct nap_model *model = &l->m->model;
    uint64_t window;
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, root, "a model", "model", &n, l->error);

    if (!err)
        err = nap_yaml_name(l->y, n, "model", &model->name, l->error);
    if (!err)
        err = read_text(l, root, "a model", "title", &model->title);
    if (!err)
        err = read_text(l, root, "a model", "source", &model->source);
    if (!err)
        err = nap_yaml_need(l->y, root, "a model", "window", &n, l->error);
    if (!err)
        err = nap_yaml_u64(l->y, n, "window", 1, WINDOW_MAX, &window, l->error);
    if (!err)
        model->window_bytes = (uint32_t)window;
    if (!err)
        err = read_variants(l, root);
    return err ? err : read_compatible(l, root);
}

/* Room for everything the lists could hold. */
static enum nap_err make_room(struct loader *l, nap_node regs, nap_node switches)
{
    struct loaded *m = l->m;
    size_t n_regs = nap_yaml_count(l->y, regs), n_switches = nap_yaml_count(l->y, switches);
    size_t n_fields = 0;

    for (unsigned i = 0; i < n_regs; i++)
        n_fields +=
            nap_yaml_count(l->y, nap_yaml_find(l->y, nap_yaml_item(l->y, regs, i), "fields"));
    m->regs = calloc(n_regs + 1, sizeof(*m->regs));
    m->fields = calloc(n_fields + 1, sizeof(*m->fields));
    m->switches = calloc(n_switches + 1, sizeof(*m->switches));
    if (!m->regs || !m->fields || !m->switches)
        return no_memory(l);
    m->model.regs = m->regs;
    m->model.switches = m->switches;
    l->next_field = m->fields;
    return NAP_OK;
}

/* What may name anything above or below it. */
static enum nap_err link_lists(struct loader *l, nap_node root, nap_node regs,
                               nap_node switches)
{
    struct loaded *m = l->m;
    enum nap_err err = nap_model_link(l->y, regs, &m->model, m->regs, l->error);

    if (!err)
        err = nap_model_link_switches(l->y, switches, &m->model, m->switches, l->error);
    if (!err)
        err = nap_model_link_needs(l->y, regs, &m->model, m->regs, m->fields, &m->tables,
                                   l->error);
    return err ? err
               : nap_model_read_presets(l->y, nap_yaml_find(l->y, root, "presets"), &m->model,
                                        &m->tables, l->error);
}

static enum nap_err read_lists(struct loader *l, nap_node root)
{
    nap_node regs, switches = nap_yaml_find(l->y, root, "switches");
    enum nap_err err = nap_yaml_need(l->y, root, "a model", "registers", &regs, l->error);

    if (!err)
        err = nap_yaml_check_list(l->y, regs, "registers", l->error);
    if (!err && nap_yaml_count(l->y, regs) == 0)
        return nap_yaml_fail(l->y, regs, l->error, "found no register, expected at least one");
    if (!err && switches)
        err = nap_yaml_check_list(l->y, switches, "switches", l->error);
    if (!err && nap_yaml_count(l->y, switches) > NAP_SWITCHES_MAX)
        return nap_yaml_fail(l->y, switches, l->error, "found %u switches, expected at most %d",
                             nap_yaml_count(l->y, switches), NAP_SWITCHES_MAX);
    if (!err)
        err = make_room(l, regs, switches);
    if (!err)
        err = read_switches(l, switches);
    if (!err)
        err = read_regs(l, regs);
    if (!err)
        err = link_lists(l, root, regs, switches);
    return err ? err : check_addresses(l, regs);
}

static enum nap_err read_model(struct loader *l)
{
    static const char *const keys[] = {"model",      "title",   "source",   "prefix",
                                       "variants",   "window",  "switches", "registers",
                                       "compatible", "extends", "presets",  NULL};
    nap_node root = nap_yaml_root(l->y);
    const char *prefix; /* only the generator needs it */
    enum nap_err err = nap_yaml_check_map(l->y, root, "a model", keys, l->error);

    if (!err && nap_yaml_find(l->y, root, "prefix"))
        err = read_identifier(l, root, "a model", "prefix", &prefix);
    if (!err)
        err = read_header(l, root);
    return err ? err : read_lists(l, root);
}

static void free_loaded(struct loaded *m)
{
    nap_yaml_free(m->yaml);
    free(m->regs);
    free(m->fields);
    free(m->switches);
    free(m->compatible);
    free(m->tables.needs);
    free(m->tables.presets);
    free(m->tables.preset_values);
    free(m);
}

enum nap_err nap_model_load_extending(const char *text, size_t bytes, const char *file,
                                      const struct nap_embedded_file *bases,
                                      struct nap_model **out, struct nap_error *error)
{
    struct loader l = {.m = calloc(1, sizeof(*l.m)), .error = error};
    enum nap_err err;

    *out = NULL;
    if (!l.m)
        return nap_fail(error, NAP_ERR_NOMEM, "no memory for the model in %s", file);
    err = nap_yaml_parse(text, bytes, file, &l.m->yaml, error);
    l.y = l.m->yaml;
    if (!err)
        err = nap_model_extend(l.m->yaml, bases, error);
    if (!err)
        err = read_model(&l);
    if (err)
        free_loaded(l.m);
    else
        *out = &l.m->model;
    return err;
}

void nap_model_free(struct nap_model *model)
{
    if (model)
        free_loaded((struct loaded *)model);
}
