/* SPDX-License-Identifier: MIT */
/* A form of a hazard, resolved: its scenario with parameters, machine, variant and switches. */
#include <regnap/block.h>
#include <regnap/hazard.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum nap_err open_scenario(const struct nap_hazard *h, struct nap_hazard_form *f,
                                  struct nap_error *error)
{
    struct nap_error why;
    enum nap_err err = nap_builtin_scenario(h->scenario, &f->scenario, &why);

    if (err)
        return nap_fail_at(error, err, h->file, h->scenario_line, "%s", why.text);
    for (uint32_t i = 0; i < h->n_set && !err; i++) {
        err = nap_scenario_set(f->scenario, h->set[i].key, h->set[i].value, &why);
        if (err)
            err = nap_fail_at(error, err, h->file, h->set[i].line, "%s", why.text);
    }
    return err;
}

static enum nap_err open_soc(const struct nap_hazard *h, struct nap_hazard_form *f,
                             struct nap_error *error)
{
    struct nap_error why;
    enum nap_err err;

    if (h->soc[0]) {
        err = nap_builtin_soc(h->soc, &f->soc, &why);
        return err ? nap_fail_at(error, err, h->file, h->soc_line, "%s", why.text) : NAP_OK;
    }
    if (f->scenario->n_socs == 0)
        return nap_fail_at(error, NAP_ERR_ARG, h->file, h->scenario_line,
                           "scenario %s names no machine, expected one that does", h->scenario);
    return nap_builtin_soc(f->scenario->socs[0], &f->soc, error);
}

static enum nap_err find_variant(const struct nap_hazard *h, const char *variant, unsigned line,
                                 struct nap_hazard_form *f, struct nap_error *error)
{
    for (unsigned i = 0; nap_builtin_driver(i, &f->driver); i++)
        if (strcmp(f->driver.name, f->scenario->driver) == 0 &&
            strcmp(f->driver.variant, variant) == 0)
            return NAP_OK;
    return nap_fail_at(error, NAP_ERR_UNKNOWN, h->file, line,
                       "driver %s has no variant '%s' (see `regnap list variants`)",
                       f->scenario->driver, variant);
}

/* --- switches --- */

static bool uses(const struct nap_soc *soc, const struct nap_model *model)
{
    for (uint32_t i = 0; i < soc->n_devices; i++)
        if (strcmp(soc->devices[i].model, model->name) == 0)
            return true;
    return false;
}

static const struct nap_switch *find_switch(const struct nap_soc *soc, const char *id)
{
    const struct nap_block *const *blocks = nap_builtin_blocks();

    for (unsigned b = 0; blocks[b]; b++)
        for (uint32_t i = 0; uses(soc, blocks[b]->model) && i < blocks[b]->model->n_switches;
             i++)
            if (strcmp(blocks[b]->model->switches[i].id, id) == 0)
                return &blocks[b]->model->switches[i];
    return NULL;
}

static enum nap_err set_switch(const struct nap_hazard *h, uint32_t i,
                               struct nap_hazard_form *f, struct nap_error *error)
{
    const char *value = h->switches[i].value;
    const struct nap_switch *sw = find_switch(f->soc, h->switches[i].id);

    for (uint32_t v = 0; sw && v < sw->n_values; v++) {
        if (strcmp(sw->values[v], value) != 0)
            continue;
        f->switches[i] = (struct nap_switch_setting){sw->id, v};
        return NAP_OK;
    }
    return nap_fail_at(error, NAP_ERR_UNKNOWN, h->file, h->switches[i].line,
                       "machine %s has no switch %s with value '%s' (see `regnap list "
                       "switches`)",
                       f->soc->name, h->switches[i].id, value);
}

static enum nap_err set_switches(const struct nap_hazard *h, struct nap_hazard_form *f,
                                 struct nap_error *error)
{
    enum nap_err err = NAP_OK;

    for (uint32_t i = 0; i < h->n_switches && !err; i++)
        err = set_switch(h, i, f, error);
    return err;
}

/* --- the whole --- */

static void configure(const struct nap_hazard *h, bool fixed, struct nap_hazard_form *f)
{
    f->config = (struct nap_explore_config){
        .run =
            {
                .scenario = f->scenario,
                .soc = f->soc,
                .driver = f->driver.driver,
                .n_beside = f->scenario->n_beside,
                .variant = f->driver.variant,
                .blocks = nap_builtin_blocks(),
                .driver_digest = nap_builtin_drivers_digest(),
                .model_digest = nap_machine_model_digest(f->soc, nap_builtin_blocks()),
                .masters_live = h->masters_live,
                .policy = h->policy,
                .profile = h->profile,
                .vary = h->vary,
                .faults = h->faults + (fixed ? 1 : 0),
                .switches = f->switches,
                .n_switches = h->n_switches,
            },
        .strategy = NAP_STRATEGY_EXHAUSTIVE,
        .budget = h->budget,
    };
}

static enum nap_err make_form(const struct nap_hazard *h, const char *variant, unsigned line,
                              bool fixed, struct nap_hazard_form **out, struct nap_error *error)
{
    struct nap_hazard_form *f = calloc(1, sizeof *f);
    enum nap_err err;

    *out = NULL;
    if (!f)
        return nap_fail(error, NAP_ERR_NOMEM, "no memory for hazard %s", h->id);
    err = open_scenario(h, f, error);
    if (!err)
        err = open_soc(h, f, error);
    if (!err)
        err = find_variant(h, variant, line, f, error);
    if (!err)
        err = set_switches(h, f, error);
    if (err) {
        nap_hazard_form_free(f);
        return err;
    }
    configure(h, fixed, f);
    err = nap_builtin_beside(f->scenario, f->config.run.beside, error);
    if (err) {
        nap_hazard_form_free(f);
        return err;
    }
    *out = f;
    return NAP_OK;
}

enum nap_err nap_hazard_form(const struct nap_hazard *h, bool fixed,
                             struct nap_hazard_form **out, struct nap_error *error)
{
    return make_form(h, fixed ? h->fixed : h->buggy, fixed ? h->fixed_line : h->buggy_line,
                     fixed, out, error);
}

enum nap_err nap_hazard_form_seen(const struct nap_hazard *h, uint32_t index,
                                  struct nap_hazard_form **out, struct nap_error *error)
{
    return make_form(h, h->seen_in[index], h->seen_in_line, false, out, error);
}

void nap_hazard_form_free(struct nap_hazard_form *f)
{
    if (!f)
        return;
    nap_scenario_free(f->scenario);
    nap_soc_free(f->soc);
    free(f);
}
