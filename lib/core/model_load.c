/* SPDX-License-Identifier: MIT */
/* models/NAME.yaml to struct nap_model. models/README.md shows the keys. The texts of a loaded
 * model live in its YAML document, which therefore lives as long as the model. */
#include "core/model_load.h"

#include "core/model_extend.h"

#include <stdlib.h>
#include <string.h>

#define COMPAT_MAX 64 /* compatible strings of one model */

/* --- switches --- */

static const char *const basis_names[] = {"documented", "argued", "unknown", "software", NULL};

static enum nap_err read_switch_values(struct nap_model_loader *l, nap_node list,
                                       struct nap_switch *sw)
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

static enum nap_err read_switch(struct nap_model_loader *l, nap_node map, struct nap_switch *sw)
{
    static const char *const keys[] = {"id", "about", "basis", "values", "decided", NULL};
    unsigned basis;
    nap_node n;
    enum nap_err err = nap_yaml_check_map(l->y, map, "a switch", keys, l->error);

    if (!err)
        err = nap_model_read_identifier(l, map, "a switch", "id", &sw->id);
    for (uint32_t i = 0; i < l->m->model.n_switches && !err; i++)
        if (strcmp(l->m->switches[i].id, sw->id) == 0)
            return nap_yaml_fail(l->y, map, l->error,
                                 "found switch %s twice, expected each once", sw->id);
    if (!err)
        err = nap_model_read_text(l, map, "a switch", "about", &sw->about);
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

static enum nap_err read_switches(struct nap_model_loader *l, nap_node list)
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

static enum nap_err read_one_compatible(struct nap_model_loader *l, nap_node list, unsigned i)
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
static enum nap_err read_compatible(struct nap_model_loader *l, nap_node root)
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
        return nap_model_no_memory(l);
    l->m->model.compatible = l->m->compatible;
    for (unsigned i = 0; i < count && !err; i++)
        err = read_one_compatible(l, list, i);
    return err;
}

/* --- the model --- */

static enum nap_err read_variants(struct nap_model_loader *l, nap_node root)
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

static enum nap_err read_header(struct nap_model_loader *l, nap_node root)
{
    struct nap_model *model = &l->m->model;
    uint64_t window;
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, root, "a model", "model", &n, l->error);

    if (!err)
        err = nap_yaml_name(l->y, n, "model", &model->name, l->error);
    if (!err)
        err = nap_model_read_text(l, root, "a model", "title", &model->title);
    if (!err)
        err = nap_model_read_text(l, root, "a model", "source", &model->source);
    if (!err)
        err = nap_yaml_need(l->y, root, "a model", "window", &n, l->error);
    if (!err)
        err = nap_yaml_u64(l->y, n, "window", 1, NAP_MODEL_WINDOW_MAX, &window, l->error);
    if (!err)
        model->window_bytes = (uint32_t)window;
    if (!err)
        err = read_variants(l, root);
    return err ? err : read_compatible(l, root);
}

/* Room for everything the lists could hold. */
static enum nap_err make_room(struct nap_model_loader *l, nap_node regs, nap_node switches)
{
    struct nap_loaded_model *m = l->m;
    size_t n_regs = nap_yaml_count(l->y, regs), n_switches = nap_yaml_count(l->y, switches);
    size_t n_fields = 0;

    for (unsigned i = 0; i < n_regs; i++)
        n_fields +=
            nap_yaml_count(l->y, nap_yaml_find(l->y, nap_yaml_item(l->y, regs, i), "fields"));
    m->regs = calloc(n_regs + 1, sizeof(*m->regs));
    m->fields = calloc(n_fields + 1, sizeof(*m->fields));
    m->switches = calloc(n_switches + 1, sizeof(*m->switches));
    if (!m->regs || !m->fields || !m->switches)
        return nap_model_no_memory(l);
    m->model.regs = m->regs;
    m->model.switches = m->switches;
    l->next_field = m->fields;
    return NAP_OK;
}

/* What may name anything above or below it. */
static enum nap_err link_lists(struct nap_model_loader *l, nap_node root, nap_node regs,
                               nap_node switches)
{
    struct nap_loaded_model *m = l->m;
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

static enum nap_err read_lists(struct nap_model_loader *l, nap_node root)
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
        err = nap_model_read_regs(l, regs);
    if (!err)
        err = link_lists(l, root, regs, switches);
    return err ? err : nap_model_check_addresses(l, regs);
}

static enum nap_err read_model(struct nap_model_loader *l)
{
    static const char *const keys[] = {"model",      "title",   "source",   "prefix",
                                       "variants",   "window",  "switches", "registers",
                                       "compatible", "extends", "presets",  NULL};
    nap_node root = nap_yaml_root(l->y);
    const char *prefix; /* only the generator needs it */
    enum nap_err err = nap_yaml_check_map(l->y, root, "a model", keys, l->error);

    if (!err && nap_yaml_find(l->y, root, "prefix"))
        err = nap_model_read_identifier(l, root, "a model", "prefix", &prefix);
    if (!err)
        err = read_header(l, root);
    return err ? err : read_lists(l, root);
}

static void free_loaded(struct nap_loaded_model *m)
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
    struct nap_model_loader l = {.m = calloc(1, sizeof(*l.m)), .error = error};
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
        free_loaded((struct nap_loaded_model *)model);
}
