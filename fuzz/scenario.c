/* SPDX-License-Identifier: MIT */
/* Fuzz target: nap_scenario_load(), and a run of what it read where that is short. */
#include "fuzz.h"

#include <regnap/builtin.h>
#include <regnap/run.h>

#define MAPPED_BYTES_MAX (UINT64_C(4) << 20) /* of one run, so that it stays short */
#define OPS_MAX          24

static bool is_short(const struct nap_scenario *s)
{
    uint64_t mapped = 0;

    for (uint32_t d = 0; d < s->n_domains; d++)
        for (uint32_t i = 0; i < s->domains[d].n_mappings; i++)
            mapped += s->domains[d].mappings[i].size_bytes;
    for (uint32_t i = 0; i < s->n_ops; i++)
        if (s->ops[i].kind == NAP_OP_MAP)
            mapped += s->ops[i].mapping.size_bytes;
    return mapped <= MAPPED_BYTES_MAX && s->n_ops <= OPS_MAX;
}

/* The recommended form of the driver that the scenario names; NULL if that is not built in. */
static const struct nap_driver *find_driver(const char *name)
{
    struct nap_builtin_variant v;

    for (unsigned i = 0; nap_builtin_driver(i, &v); i++)
        if (strcmp(v.name, name) == 0)
            return v.driver;
    return NULL;
}

/* A run may find what is wrong only now: a master that the machine has not, for one. */
static void run(const struct nap_scenario *s, const struct nap_driver *driver)
{
    struct nap_run_config config = {
        .scenario = s, .driver = driver, .variant = "any", .blocks = nap_builtin_blocks()};
    struct nap_run_result result;
    struct nap_soc *soc = NULL;
    struct nap_error error;
    enum nap_err err = nap_builtin_soc(s->n_socs ? s->socs[0] : "rcar-h3", &soc, &error);

    if (err) {
        fuzz_require(!soc, "*out is NULL on failure");
        fuzz_check_error(err, &error);
        return;
    }
    config.soc = soc;
    err = nap_run(&config, NULL, &result, &error);
    if (err)
        fuzz_check_error(err, &error);
    nap_run_result_free(&result);
    nap_soc_free(soc);
}

static void check_set(struct nap_scenario *s)
{
    struct nap_error error;
    enum nap_err err = nap_scenario_set(s, "driver.fuzz", "any", &error);

    fuzz_require(!nap_scenario_set(s, "probe-order", "any", &error), "a parameter can be set");
    if (err)
        fuzz_check_error(err, &error); /* there are as many as there can be */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    const struct nap_driver *driver;
    struct nap_scenario *s = NULL;
    struct nap_error error;
    enum nap_err err = nap_scenario_load((const char *)data, bytes, FUZZ_FILE, &s, &error);

    if (err) {
        fuzz_check_refusal(err, &error, s, data, bytes);
        return 0;
    }
    driver = find_driver(s->driver);
    if (driver && is_short(s))
        run(s, driver);
    check_set(s);
    nap_scenario_free(s);
    return 0;
}
