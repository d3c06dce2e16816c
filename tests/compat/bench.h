/* SPDX-License-Identifier: MIT */
/* A run of a driver object on a machine that a test describes, and what it leaves in the
 * trace. The boards of the layers stand on it. */
#ifndef TEST_COMPAT_BENCH_H
#define TEST_COMPAT_BENCH_H

#include "../scenario/rig.h"

#include "scenario/runner.h"

struct bench {
    struct nap_soc *soc;
    struct nap_scenario *scenario;
    struct nap_run_config config;
    char trace[262144];
    size_t at;
};

static struct nap_driver_object *object;

static inline void keep(void *context, const struct nap_machine *m, const struct nap_event *e)
{
    struct bench *b = context;
    char line[512];

    nap_event_text(m, e, line, sizeof line);
    assert_true(b->at + strlen(line) + 2 < sizeof b->trace);
    b->at += (size_t)snprintf(b->trace + b->at, sizeof b->trace - b->at, "%s\n", line);
}

/* @soc and @scenario are YAML. The board adds its device tree. */
static inline void load_bench(struct bench *b, const char *soc, const char *scenario,
                              const char *variant)
{
    struct nap_error error = {0};

    memset(b, 0, sizeof *b);
    if (nap_soc_load(soc, strlen(soc), "board.yaml", &b->soc, &error) ||
        nap_scenario_load(scenario, strlen(scenario), "s.yaml", &b->scenario, &error))
        fail_msg("%s", error.text);
    b->config = (struct nap_run_config){.scenario = b->scenario,
                                        .soc = b->soc,
                                        .driver = nap_driver_of(object),
                                        .object = object,
                                        .variant = variant,
                                        .blocks = nap_builtin_blocks(),
                                        .trace = keep,
                                        .trace_context = b};
}

static inline void close_bench(struct bench *b)
{
    nap_scenario_free(b->scenario);
    nap_soc_free(b->soc);
}

static inline void set(struct bench *b, const char *key, const char *value)
{
    struct nap_error error = {0};

    if (nap_scenario_set(b->scenario, key, value, &error))
        fail_msg("%s", error.text);
}

static inline void show_trace(const struct bench *b)
{
    (void)fprintf(stderr, "%s", b->trace);
}

static inline void run(struct bench *b, struct nap_run_result *result)
{
    struct nap_error error = {0};

    if (nap_run(&b->config, NULL, result, &error)) {
        show_trace(b);
        fail_msg("%s", error.text);
    }
}

/* What stands in the trace at or behind @from; fails where it does not. */
static inline const char *traced(const struct bench *b, const char *from, const char *text)
{
    const char *found = strstr(from ? from : b->trace, text);

    if (!found) {
        show_trace(b);
        fail_msg("'%s' is not in the trace above", text);
    }
    return found;
}

static inline unsigned times_traced(const struct bench *b, const char *text)
{
    unsigned n = 0;

    for (const char *at = b->trace; (at = strstr(at, text)); at++)
        n++;
    return n;
}

/* Fails where there is a violation. */
static inline void clean(const struct bench *b, const struct nap_findings *f)
{
    if (f->n_violations) {
        show_trace(b);
        fail_msg("%s, %s:%d", f->violations[0].message, f->violations[0].source.file,
                 f->violations[0].source.line);
    }
}

#endif
