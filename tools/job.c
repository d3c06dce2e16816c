/* SPDX-License-Identifier: MIT */
/* From options to the configuration of a run. Everything is checked here, before anything is
 * run or written. */
#include "cli.h"

#include <regnap/block.h>
#include <regnap/dt.h>

#include <stdlib.h>
#include <string.h>

static bool names_a_file(const char *name)
{
    size_t length = strlen(name);

    return strchr(name, '/') || (length > 5 && strcmp(name + length - 5, ".yaml") == 0) ||
           (length > 4 && strcmp(name + length - 4, ".yml") == 0) ||
           (length > 4 && strcmp(name + length - 4, ".dtb") == 0);
}

/* What the file holds decides, so that a tree without the usual ending is one as well, and an
 * ending without a tree is refused as what it claims to be. */
static bool is_tree(const char *path, const char *content, size_t bytes)
{
    size_t length = strlen(path);

    return nap_is_tree(content, bytes) ||
           (length > 4 && strcmp(path + length - 4, ".dtb") == 0);
}

static int soc_file(const char *path, struct nap_soc **out)
{
    struct nap_error error = {0};
    enum nap_err err;
    size_t bytes;
    char *text;
    int status = file_read(path, &text, &bytes);

    if (status)
        return status;
    if (is_tree(path, text, bytes))
        err = nap_soc_load_tree(text, bytes, path, all_blocks(), out, &error);
    else
        err = nap_soc_load(text, bytes, path, out, &error);
    free(text);
    return err ? complain_error(err, &error) : EXIT_CLEAN;
}

int soc_open(const char *name, struct nap_soc **out)
{
    struct nap_error error = {0};
    enum nap_err err;

    *out = NULL;
    if (name && names_a_file(name))
        return soc_file(name, out);
    err = nap_builtin_soc(name ? name : nap_builtin_soc_name(0), out, &error);
    return err ? complain_error(err, &error) : EXIT_CLEAN;
}

static int scenario_file(const char *path, struct nap_scenario **out)
{
    struct nap_error error = {0};
    enum nap_err err;
    size_t bytes;
    char *text;
    int status = file_read(path, &text, &bytes);

    if (status)
        return status;
    err = nap_scenario_load(text, bytes, path, out, &error);
    free(text);
    return err ? complain_error(err, &error) : EXIT_CLEAN;
}

static int scenario_open(const struct options *o, const char *name, struct nap_scenario **out)
{
    struct nap_error error = {0};
    enum nap_err err;

    if (name && o->scenario_file)
        return complain("found both the scenario '%s' and --scenario %s, expected one of them",
                        name, o->scenario_file);
    if (o->scenario_file)
        return scenario_file(o->scenario_file, out);
    if (!name)
        return complain("found no scenario, expected a name (see `regnap list scenarios`) or "
                        "--scenario FILE");
    err = nap_builtin_scenario(name, out, &error);
    return err ? complain_error(err, &error) : EXIT_CLEAN;
}

static int set_parameters(const struct options *o, struct nap_scenario *scenario)
{
    struct nap_error error = {0};
    char key[NAP_NAME_MAX];
    enum nap_err err = NAP_OK;

    for (unsigned i = 0; i < o->n_set && !err; i++) {
        const char *equals = strchr(o->set[i], '=');
        snprintf(key, sizeof key, "%.*s", (int)(equals - o->set[i]), o->set[i]);
        err = nap_scenario_set(scenario, key, equals + 1, &error);
    }
    return err ? complain_error(err, &error) : EXIT_CLEAN;
}

static bool in_scenario(const struct nap_scenario *s, const char *variant)
{
    for (uint32_t i = 0; i < s->n_variants; i++)
        if (strcmp(s->variants[i], variant) == 0)
            return true;
    return false;
}

static int variant_unknown(const struct nap_scenario *s, const char *variant)
{
    char list[400] = "";
    size_t at = 0;

    for (uint32_t i = 0; i < s->n_variants; i++)
        append(list, sizeof list, &at, "%s%s", i ? ", " : "", s->variants[i]);
    return complain("unknown variant '%s' of scenario %s, expected one of: %s", variant,
                    s->name, list);
}

static int driver_unknown(const struct nap_scenario *s, const char *variant)
{
    struct nap_builtin_variant v;
    char list[400] = "";
    size_t at = 0;

    for (unsigned i = 0; nap_builtin_driver(i, &v) && !v.catalogue; i++)
        append(list, sizeof list, &at, "%s%s %s", i ? ", " : "", v.name, v.variant);
    return complain("%s: driver '%s' has no variant '%s' here, expected one of: %s", s->file,
                    s->driver, variant, list);
}

/* A scenario without variants says which kind of driver it is for. */
static int driver_fits(const struct options *o, const struct job *job)
{
    if (job->scenario->n_variants || strcmp(job->scenario->driver, job->driver.name) == 0)
        return EXIT_CLEAN;
    return complain("scenario %s is for drivers of '%s', and %s is one of '%s'",
                    job->scenario->name, job->scenario->driver, o->driver, job->driver.name);
}

static int driver_load(const struct options *o, struct job *job)
{
    struct nap_error error = {0};
    enum nap_err err;

    if (o->variant)
        return complain("found both --driver %s and --variant %s, expected one of them",
                        o->driver, o->variant);
    err = nap_driver_load(o->driver, &job->object, &error);
    if (err)
        return complain_error(err, &error);
    crash_catch();
    if (!nap_driver_has_lines(job->object))
        complain("%s has no debug information, so verdicts name no lines; compile it with -g",
                 o->driver);
    job->driver = (struct nap_builtin_variant){
        nap_driver_of(job->object)->name, nap_driver_object_name(job->object),
        "a driver object", nap_driver_of(job->object), false};
    return driver_fits(o, job);
}

static int driver_find(const struct options *o, struct job *job)
{
    const char *variant = o->variant ? o->variant : job->scenario->variants[0];

    if (o->driver)
        return driver_load(o, job);
    if (job->scenario->n_variants == 0)
        return complain("scenario %s runs a driver object, expected --driver FILE.so (see "
                        "docs/porting.md)",
                        job->scenario->name);

    for (unsigned i = 0; nap_builtin_driver(i, &job->driver); i++)
        if (strcmp(job->driver.name, job->scenario->driver) == 0 &&
            strcmp(job->driver.variant, variant) == 0 &&
            (job->driver.catalogue || in_scenario(job->scenario, variant)))
            return EXIT_CLEAN;
    return in_scenario(job->scenario, variant) ? driver_unknown(job->scenario, variant)
                                               : variant_unknown(job->scenario, variant);
}

/* --- drivers beside it --- */

static int beside_find(struct job *job)
{
    struct nap_error error = {0};
    enum nap_err err = nap_builtin_beside(job->scenario, job->config.beside, &error);

    job->config.n_beside = job->scenario->n_beside;
    return err ? complain_error(err, &error) : EXIT_CLEAN;
}

/* --- switches --- */

static int switch_unknown(const struct nap_soc *soc, const char *id)
{
    const struct nap_block *const *blocks = all_blocks();
    char list[400] = "";
    size_t at = 0;

    for (unsigned i = 0; blocks[i]; i++)
        for (uint32_t s = 0;
             uses_model(soc, blocks[i]->model) && s < blocks[i]->model->n_switches; s++)
            append(list, sizeof list, &at, "%s%s", at ? ", " : "",
                   blocks[i]->model->switches[s].id);
    for (unsigned i = 0; nap_bus_switch(i); i++)
        append(list, sizeof list, &at, "%s%s", at ? ", " : "", nap_bus_switch(i)->id);
    return complain("--switch: unknown switch '%s' on machine %s, expected one of: %s", id,
                    soc->name, list);
}

static int switch_value(const struct nap_switch *sw, const char *value, uint32_t *out)
{
    char list[300] = "";
    size_t at = 0;

    for (*out = 0; *out < sw->n_values; (*out)++) {
        if (strcmp(sw->values[*out], value) == 0)
            return EXIT_CLEAN;
        append(list, sizeof list, &at, "%s%s", *out ? ", " : "", sw->values[*out]);
    }
    return complain("--switch: %s has no value '%s', expected one of: %s", sw->id, value, list);
}

static int one_switch(const char *assignment, struct job *job)
{
    const char *equals = strchr(assignment, '=');
    const struct nap_switch *sw;
    char id[NAP_NAME_MAX];
    uint32_t value;
    int status;

    snprintf(id, sizeof id, "%.*s", (int)(equals - assignment), assignment);
    sw = switch_of(job->soc, id);
    if (!sw)
        return switch_unknown(job->soc, id);
    status = switch_value(sw, equals + 1, &value);
    if (status)
        return status;
    for (unsigned i = 0; i < job->n_switches; i++)
        if (strcmp(job->switches[i].id, sw->id) == 0)
            return complain("--switch: found %s twice, expected each once", sw->id);
    job->switches[job->n_switches++] = (struct nap_switch_setting){sw->id, value};
    return EXIT_CLEAN;
}

/* --- the whole --- */

static void configure(const struct options *o, struct job *job)
{
    job->config = (struct nap_run_config){
        .scenario = job->scenario,
        .soc = job->soc,
        .driver = job->driver.driver,
        .object = job->object,
        .variant = job->driver.variant,
        .driver_digest =
            job->object ? nap_driver_object_digest(job->object) : nap_builtin_drivers_digest(),
        .blocks = all_blocks(),
        .masters_live = o->masters_live,
        .policy = o->policy,
        .profile = o->profile,
        .random_policy = o->policy_random,
        .vary = o->vary,
        .faults = o->faults,
        .strict_protocol = o->strict_protocol,
        .check_incremental = o->check_incremental,
        .switches = job->switches,
        .n_switches = job->n_switches,
    };
    job->config.model_digest = blocks_digest(job->soc);
}

static int job_soc(const struct options *o, struct job *job)
{
    if (!o->soc && job->scenario->n_socs == 0)
        return complain("scenario %s names no machine, expected --soc, as --soc board.dtb",
                        job->scenario->name);
    return soc_open(o->soc ? o->soc : job->scenario->socs[0], &job->soc);
}

int job_open(const struct options *o, const char *scenario, struct job *job)
{
    int status;

    memset(job, 0, sizeof *job);
    job->driver_file = o->driver;
    job->scenario_file = o->scenario_file;
    job->n_model_files = o->n_models;
    memcpy(job->model_files, o->models, sizeof job->model_files);
    job->n_block_files = o->n_blocks;
    memcpy(job->block_files, o->blocks, sizeof job->block_files);
    job->soc_file = o->soc && names_a_file(o->soc) ? o->soc : NULL;
    status = scenario_open(o, scenario, &job->scenario);
    if (!status)
        status = set_parameters(o, job->scenario);
    if (!status)
        status = driver_find(o, job);
    if (!status)
        status = job_soc(o, job);
    for (unsigned i = 0; i < o->n_switches && !status; i++)
        status = one_switch(o->switches[i], job);
    if (!status && o->vary_given && (o->vary & NAP_CHOICE_BIT(NAP_CHOOSE_FAIL)) && !o->faults)
        status = complain("found --vary fail without faults, expected --faults 1 or more");
    if (!status) {
        configure(o, job);
        status = beside_find(job);
    }
    if (!status)
        status = select_rules(o, job);
    if (!status)
        status = allow_open(o, job);
    return status;
}

void job_close(struct job *job)
{
    free(job->allow);
    nap_driver_unload(job->object);
    nap_scenario_free(job->scenario);
    nap_soc_free(job->soc);
    memset(job, 0, sizeof *job);
}
