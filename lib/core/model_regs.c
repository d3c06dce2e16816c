/* SPDX-License-Identifier: MIT */
/* The registers of a model file. */
#include "core/model_load.h"

#include <stdio.h>
#include <string.h>

static const char *const retention_names[] = {"reset", "unknown", "retained", NULL};

/* --- values at reset and in the hostile profile --- */

/* A value must fit every variant that has the register, so that nobody needs to mask it. */
static enum nap_err check_value(struct nap_model_loader *l, nap_node n,
                                const struct nap_reg *reg, const char *key, uint64_t value)
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
static enum nap_err check_hostile_means_something(struct nap_model_loader *l, nap_node n,
                                                  const struct nap_reg *reg)
{
    if (reg->retention == NAP_RETENTION_UNKNOWN || reg->alias_of)
        return NAP_OK;
    return nap_yaml_fail(l->y, n, l->error,
                         "found 'hostile' in register %s, whose retention is %s, expected it "
                         "only with 'retention: unknown'",
                         reg->name, retention_names[reg->retention]);
}

static enum nap_err read_values(struct nap_model_loader *l, nap_node map, struct nap_reg *reg)
{
    nap_node reset = nap_yaml_find(l->y, map, "reset");
    nap_node hostile = nap_yaml_find(l->y, map, "hostile");
    enum nap_err err = nap_model_read_number(l, map, "reset", 0, UINT64_MAX, 0, &reg->reset);

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

/* --- registers --- */

static enum nap_err read_width(struct nap_model_loader *l, nap_node map, const char *what,
                               struct nap_reg *reg)
{
    static const char *const names[] = {"8", "16", "32", "64", NULL};
    uint8_t index;
    enum nap_err err;

    reg->sysreg = nap_yaml_find(l->y, map, "sysreg") != 0;
    err = nap_model_read_enum(l, map, "width", names, reg->sysreg ? 3 : 2, &index);
    reg->width_bits = (uint8_t)(8u << index);
    if (!err && reg->sysreg && reg->width_bits != 64)
        return nap_yaml_fail(l->y, nap_yaml_find(l->y, map, "width"), l->error,
                             "found width %u of %s, expected 64: it is a system register",
                             reg->width_bits, what);
    return err;
}

static enum nap_err read_retention(struct nap_model_loader *l, nap_node map, const char *what,
                                   struct nap_reg *reg)
{
    nap_node n;
    enum nap_err err;

    if (reg->alias_of)
        return NAP_OK; /* nap_model_link() refuses it there */
    err = nap_yaml_need(l->y, map, what, "retention", &n, l->error);
    return err ? err
               : nap_model_read_enum(l, map, "retention", retention_names, 0, &reg->retention);
}

/* A reset value that an implementation says is one that a power cut brings back. */
static enum nap_err read_implementation(struct nap_model_loader *l, nap_node map,
                                        const char *what, struct nap_reg *reg)
{
    enum nap_err err = nap_model_read_flag(l, map, "implementation", &reg->implementation);

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
static enum nap_err read_reg_facts(struct nap_model_loader *l, nap_node map, const char *what,
                                   struct nap_reg *reg)
{
    enum nap_err err = nap_model_read_text(l, map, what, "about", &reg->about);

    if (!err)
        err = nap_model_read_text(l, map, what, "source", &reg->source);
    if (!err)
        err = nap_model_read_where(l, map, l->all_variants, &reg->variants);
    if (!err)
        err = read_width(l, map, what, reg);
    if (!err)
        err = nap_model_read_place(l, map, what, reg);
    if (!err)
        err = nap_model_read_accesses(l->y, map, reg, l->error);
    if (!err)
        err = read_retention(l, map, what, reg);
    if (!err)
        err = read_implementation(l, map, what, reg);
    return err ? err : nap_model_read_flag(l, map, "unmodelled", &reg->unmodelled);
}

static enum nap_err check_each_variant_has_fields(struct nap_model_loader *l, nap_node map,
                                                  const struct nap_reg *reg)
{
    for (uint32_t v = 0; v < l->m->model.n_variants; v++)
        if (reg->variants >> v & 1 && (reg->defined[v] | reg->rsvdz[v]) == 0)
            return nap_yaml_fail(l->y, map, l->error,
                                 "found no field of register %s in variant %s, expected one",
                                 reg->name, l->m->model.variants[v]);
    return NAP_OK;
}

static enum nap_err read_reg(struct nap_model_loader *l, nap_node map, struct nap_reg *reg)
{
    static const char *const keys[] = {
        "name",       "offset", "count",        "stride",         "windows",  "about",
        "source",     "where",  "width",        "reset",          "hostile",  "retention",
        "restore",    "access", "access-sizes", "banked",         "alias-of", "guard",
        "unmodelled", "fields", "needs",        "implementation", "sysreg",   NULL};
    char what[NAP_WHAT_BYTES];
    const char *name = nap_yaml_text(l->y, nap_yaml_find(l->y, map, "name"));
    enum nap_err err;

    (void)snprintf(what, sizeof(what), "register %.*s", NAP_NAME_MAX, *name ? name : "?");
    err = nap_yaml_check_map(l->y, map, what, keys, l->error);
    if (!err)
        err = nap_model_read_identifier(l, map, what, "name", &reg->name);
    if (!err && nap_model_reg(&l->m->model, reg->name) >= 0)
        return nap_yaml_fail(l->y, map, l->error, "found %s twice, expected each once", what);
    if (!err)
        err = read_reg_facts(l, map, what, reg);
    if (!err)
        err = nap_model_read_fields(l, map, what, reg);
    if (!err)
        err = check_each_variant_has_fields(l, map, reg);
    return err ? err : read_values(l, map, reg);
}

enum nap_err nap_model_read_regs(struct nap_model_loader *l, nap_node list)
{
    struct nap_model *model = &l->m->model;
    enum nap_err err = NAP_OK;

    for (unsigned i = 0; i < nap_yaml_count(l->y, list) && !err; i++) {
        err = read_reg(l, nap_yaml_item(l->y, list, i), &l->m->regs[i]);
        model->n_regs++; /* the registers up to here have names to compare with */
    }
    return err;
}
