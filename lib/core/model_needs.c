/* SPDX-License-Identifier: MIT */
/* What differs from one implementation to the next: registers and fields that need a feature,
 * switches that a version decides, and presets of reset values. */
#include "model_links.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHAT_BYTES (NAP_NAME_MAX + 64)
#define NOTE_BYTES 512
#define GROWS_BY   32u

static enum nap_err no_memory(const struct nap_linker *l)
{
    return nap_fail(l->error, NAP_ERR_NOMEM, "no memory for the model in %s",
                    nap_yaml_file(l->y));
}

/* --- needs: [IDR0.PRI, [IDR0.MSI, S20.kept]] --- */

/* Content that software or hardware may change says nothing about what a device is. Where an
 * implementation says the register's value, its read-only fields are of what it is. */
static bool never_changes(const struct nap_model *model, const struct nap_reg *reg,
                          const struct nap_field *field)
{
    uint64_t asked = reg->implementation ? field->mask : UINT64_MAX;

    for (uint32_t v = 0; v < model->n_variants; v++)
        if ((reg->writable[v] | reg->rc[v]) & asked)
            return false;
    return reg->retention == NAP_RETENTION_RESET && reg->count == 1 && !reg->alias_of;
}

static enum nap_err read_bit(const struct nap_linker *l, nap_node n, const char *name,
                             const char *field_name, struct nap_way *way)
{
    int index = nap_model_reg(l->model, name);
    const struct nap_reg *reg = index < 0 ? NULL : &l->model->regs[index];
    const struct nap_field *field = reg ? nap_reg_field(reg, field_name) : NULL;

    if (!field || !never_changes(l->model, reg, field))
        return nap_yaml_fail(l->y, n, l->error,
                             "found '%s.%s' as a need, expected REGISTER.FIELD of one that "
                             "never changes, or SWITCH.VALUE",
                             name, field_name);
    way->reg = (uint32_t)index;
    way->mask = field->mask;
    return NAP_OK;
}

static enum nap_err read_switch_value(const struct nap_linker *l, nap_node n, int index,
                                      const char *value, struct nap_way *way)
{
    const struct nap_switch *sw = &l->model->switches[index];

    for (uint32_t v = 0; v < sw->n_values; v++) {
        if (strcmp(sw->values[v], value) != 0)
            continue;
        way->by_switch = (uint8_t)(1 + index);
        way->value = (uint8_t)v;
        return NAP_OK;
    }
    return nap_yaml_fail(l->y, n, l->error, "unknown value '%s' of switch %s", value, sw->id);
}

static enum nap_err read_way(const struct nap_linker *l, nap_node n, struct nap_way *way)
{
    char name[NAP_NAME_MAX];
    const char *text, *dot;
    int index;
    enum nap_err err = nap_yaml_name(l->y, n, "a need", &text, l->error);

    if (err)
        return err;
    dot = strchr(text, '.');
    (void)snprintf(name, sizeof name, "%.*s", dot ? (int)(dot - text) : NAP_NAME_MAX - 1, text);
    index = nap_model_switch(l->model, name);
    if (index >= 0)
        return read_switch_value(l, n, index, dot ? dot + 1 : "", way);
    return read_bit(l, n, name, dot ? dot + 1 : "", way);
}

static enum nap_err read_need(const struct nap_linker *l, nap_node n, struct nap_need *need)
{
    unsigned count = nap_yaml_count(l->y, n);
    enum nap_err err = NAP_OK;

    if (!nap_yaml_is_list(l->y, n)) {
        need->n_ways = 1;
        return read_way(l, n, &need->ways[0]);
    }
    if (count < 1 || count > NAP_WAYS_MAX)
        return nap_yaml_fail(l->y, n, l->error, "found a need met in %u ways, expected 1 to %d",
                             count, NAP_WAYS_MAX);
    need->n_ways = count;
    for (unsigned i = 0; i < count && !err; i++)
        err = read_way(l, nap_yaml_item(l->y, n, i), &need->ways[i]);
    return err;
}

static bool same_need(const struct nap_need *a, const struct nap_need *b)
{
    if (a->n_ways != b->n_ways)
        return false;
    for (uint32_t i = 0; i < a->n_ways; i++)
        if (a->ways[i].mask != b->ways[i].mask || a->ways[i].reg != b->ways[i].reg ||
            a->ways[i].by_switch != b->ways[i].by_switch ||
            a->ways[i].value != b->ways[i].value)
            return false;
    return true;
}

/* Its number in the model's list, where it stands once. */
static enum nap_err enlist(const struct nap_linker *l, nap_node n, const struct nap_need *need,
                           struct nap_model_tables *tables, uint8_t *out)
{
    struct nap_model *model = l->model;
    uint32_t at = 0;

    while (at < model->n_needs && !same_need(&tables->needs[at], need))
        at++;
    *out = (uint8_t)(1 + at);
    if (at < model->n_needs)
        return NAP_OK;
    if (at == NAP_NEEDS_LIST_MAX)
        return nap_yaml_fail(l->y, n, l->error, "found more than %d different needs",
                             NAP_NEEDS_LIST_MAX);
    if (at % GROWS_BY == 0) {
        void *more = realloc(tables->needs, (at + GROWS_BY) * sizeof *tables->needs);
        if (!more)
            return no_memory(l);
        tables->needs = more;
        model->needs = more;
    }
    tables->needs[model->n_needs++] = *need;
    return NAP_OK;
}

static enum nap_err read_needs(const struct nap_linker *l, nap_node map,
                               struct nap_model_tables *tables, uint8_t out[NAP_NEEDS_MAX])
{
    nap_node list = nap_yaml_find(l->y, map, "needs");
    unsigned count = nap_yaml_count(l->y, list);
    enum nap_err err;

    if (!list)
        return NAP_OK;
    err = nap_yaml_check_list(l->y, list, "needs", l->error);
    if (!err && (count < 1 || count > NAP_NEEDS_MAX))
        return nap_yaml_fail(l->y, list, l->error, "found %u needs, expected 1 to %d", count,
                             NAP_NEEDS_MAX);
    for (unsigned i = 0; i < count && !err; i++) {
        struct nap_need need = {0};
        err = read_need(l, nap_yaml_item(l->y, list, i), &need);
        if (!err)
            err = enlist(l, list, &need, tables, &out[i]);
    }
    return err;
}

enum nap_err nap_model_link_needs(const struct nap_yaml *y, nap_node list,
                                  struct nap_model *model, struct nap_reg *regs,
                                  struct nap_field *fields, struct nap_model_tables *tables,
                                  struct nap_error *error)
{
    enum nap_err err = NAP_OK;

    for (uint32_t r = 0; r < model->n_regs && !err; r++) {
        struct nap_linker l = {y, model, error, nap_yaml_item(y, list, r), &regs[r]};
        nap_node maps = nap_yaml_find(y, l.map, "fields");
        err = read_needs(&l, l.map, tables, regs[r].needs);
        for (uint32_t i = 0; i < regs[r].n_fields && !err; i++)
            err = read_needs(&l, nap_yaml_item(y, maps, i), tables, fields++->needs);
    }
    return err;
}

/* --- decided: {register: AIDR, field: ArchMinorRev, from: 2, value: ignored} --- */

static enum nap_err read_decided_value(const struct nap_linker *l, nap_node n,
                                       struct nap_switch *sw)
{
    const char *names[NAP_SWITCH_VALUES_MAX + 1] = {NULL};
    unsigned index = 0;
    enum nap_err err;

    for (uint32_t v = 0; v < sw->n_values; v++)
        names[v] = sw->values[v];
    err = nap_yaml_enum(l->y, n, "value", names, &index, l->error);
    sw->decided_value = index;
    return err;
}

static enum nap_err read_deciding(const struct nap_linker *l, nap_node map, const char *what,
                                  struct nap_switch *sw)
{
    struct nap_way way = {0};
    const char *name, *field;
    uint64_t from = 0, max;
    nap_node n, f;
    enum nap_err err = nap_yaml_need(l->y, map, what, "register", &n, l->error);

    if (!err)
        err = nap_yaml_name(l->y, n, "register", &name, l->error);
    if (!err)
        err = nap_yaml_need(l->y, map, what, "field", &f, l->error);
    if (!err)
        err = nap_yaml_name(l->y, f, "field", &field, l->error);
    if (!err)
        err = read_bit(l, n, name, field, &way);
    if (!err)
        err = nap_yaml_need(l->y, map, what, "from", &n, l->error);
    if (err)
        return err;
    max = way.mask >> __builtin_ctzll(way.mask);
    err = nap_yaml_u64(l->y, n, "from", 1, max, &from, l->error);
    sw->decided_by = 1 + way.reg;
    sw->decided_mask = way.mask;
    sw->decided_from = from << __builtin_ctzll(way.mask);
    return err;
}

static enum nap_err read_decided(const struct nap_linker *l, nap_node map,
                                 struct nap_switch *sw)
{
    static const char *const keys[] = {"register", "field", "from", "value", NULL};
    char what[WHAT_BYTES];
    nap_node n;
    enum nap_err err;

    (void)snprintf(what, sizeof what, "what decides switch %s", sw->id);
    err = nap_yaml_check_map(l->y, map, what, keys, l->error);
    if (!err)
        err = read_deciding(l, map, what, sw);
    if (!err)
        err = nap_yaml_need(l->y, map, what, "value", &n, l->error);
    return err ? err : read_decided_value(l, n, sw);
}

enum nap_err nap_model_link_switches(const struct nap_yaml *y, nap_node list,
                                     struct nap_model *model, struct nap_switch *switches,
                                     struct nap_error *error)
{
    struct nap_linker l = {.y = y, .model = model, .error = error};
    enum nap_err err = NAP_OK;

    for (uint32_t i = 0; i < model->n_switches && !err; i++) {
        nap_node map = nap_yaml_find(y, nap_yaml_item(y, list, i), "decided");
        if (map)
            err = read_decided(&l, map, &switches[i]);
    }
    return err;
}

/* --- presets --- */

static enum nap_err read_preset_value(const struct nap_linker *l, nap_node key, nap_node value,
                                      struct nap_reg_value *out)
{
    const struct nap_reg *reg;
    uint64_t defined = 0;
    int index = 0;
    enum nap_err err = nap_link_find_reg(l, key, &index);

    if (err)
        return err;
    reg = &l->model->regs[index];
    if (!reg->implementation)
        return nap_yaml_fail(l->y, key, l->error,
                             "found register %s in a preset, expected one with "
                             "'implementation: true'",
                             reg->name);
    for (uint32_t v = 0; v < l->model->n_variants; v++)
        defined |= reg->defined[v] & ~reg->self_clear[v];
    err = nap_yaml_u64(l->y, value, reg->name, 0, UINT64_MAX, &out->value, l->error);
    if (!err && out->value & ~defined)
        return nap_yaml_fail(
            l->y, value, l->error, "found 0x%llx for register %s, expected bits of 0x%llx only",
            (unsigned long long)out->value, reg->name, (unsigned long long)defined);
    out->reg = (uint32_t)index;
    return err;
}

static enum nap_err read_preset_values(const struct nap_linker *l, nap_node map,
                                       const char *what, struct nap_preset *preset,
                                       struct nap_reg_value *values)
{
    nap_node registers;
    enum nap_err err = nap_yaml_need(l->y, map, what, "registers", &registers, l->error);

    if (!err && !nap_yaml_is_map(l->y, registers))
        return nap_yaml_fail(l->y, registers, l->error,
                             "found no map as registers of %s, expected REGISTER: VALUE", what);
    preset->values = values;
    for (unsigned i = 0; i < nap_yaml_count(l->y, registers) && !err; i++)
        err =
            read_preset_value(l, nap_yaml_key(l->y, registers, i),
                              nap_yaml_value(l->y, registers, i), &values[preset->n_values++]);
    return err;
}

static enum nap_err read_note(const struct nap_linker *l, nap_node map, const char *what,
                              const char *key, const char **out)
{
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, map, what, key, &n, l->error);

    return err ? err : nap_yaml_line_text(l->y, n, key, NOTE_BYTES, out, l->error);
}

static enum nap_err read_preset(const struct nap_linker *l, nap_node map,
                                struct nap_preset *preset, struct nap_reg_value *values)
{
    static const char *const keys[] = {"name", "about", "source", "registers", NULL};
    const char *what = "a preset";
    nap_node n;
    enum nap_err err = nap_yaml_check_map(l->y, map, what, keys, l->error);

    if (!err)
        err = nap_yaml_need(l->y, map, what, "name", &n, l->error);
    if (!err)
        err = nap_yaml_name(l->y, n, "name", &preset->name, l->error);
    for (uint32_t i = 0; i < l->model->n_presets && !err; i++)
        if (strcmp(l->model->presets[i].name, preset->name) == 0)
            err = nap_yaml_fail(l->y, n, l->error,
                                "found preset '%s' twice, expected each once", preset->name);
    if (!err)
        err = read_note(l, map, what, "about", &preset->about);
    if (!err)
        err = read_note(l, map, what, "source", &preset->source);
    return err ? err : read_preset_values(l, map, what, preset, values);
}

static size_t count_values(const struct nap_yaml *y, nap_node list)
{
    size_t n = 0;

    for (unsigned i = 0; i < nap_yaml_count(y, list); i++)
        n += nap_yaml_count(y, nap_yaml_find(y, nap_yaml_item(y, list, i), "registers"));
    return n;
}

enum nap_err nap_model_read_presets(const struct nap_yaml *y, nap_node list,
                                    struct nap_model *model, struct nap_model_tables *tables,
                                    struct nap_error *error)
{
    struct nap_linker l = {.y = y, .model = model, .error = error};
    struct nap_reg_value *values;
    unsigned count = nap_yaml_count(y, list);
    enum nap_err err;

    if (!list)
        return NAP_OK;
    err = nap_yaml_check_list(y, list, "presets", error);
    if (!err && count > NAP_PRESETS_MAX)
        return nap_yaml_fail(y, list, error, "found %u presets, expected at most %d", count,
                             NAP_PRESETS_MAX);
    tables->presets = calloc(count + 1, sizeof *tables->presets);
    tables->preset_values = calloc(count_values(y, list) + 1, sizeof *tables->preset_values);
    if (!tables->presets || !tables->preset_values)
        return no_memory(&l);
    model->presets = tables->presets;
    values = tables->preset_values;
    for (unsigned i = 0; i < count && !err; i++) {
        err = read_preset(&l, nap_yaml_item(y, list, i), &tables->presets[i], values);
        values += tables->presets[i].n_values;
        model->n_presets++;
    }
    return err;
}
