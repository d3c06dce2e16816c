/* SPDX-License-Identifier: MIT */
/* The speed budget of design.md section 8, measured in processor time, which other load
 * disturbs least. Every time is the median of several, and is printed beside its ratio to a
 * volatile store of the same run, so that machines can be compared. */
#define _GNU_SOURCE
#include <regnap/builtin.h>
#include <regnap/run.h>

#include "measure.h"
#include "scenario/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static void rate(const char *what, double ns, double accesses, const char *budget)
{
    printf("%-44s %9.0f /s %10.1f   %s; %.0f accesses\n", what, 1e9 / ns, ns / store_ns, budget,
           accesses);
}

static void bytes_line(const char *what, size_t bytes, const char *budget)
{
    printf("%-44s %8.0f KiB %10s   %s\n", what, (double)bytes / 1024, "", budget);
}

static void fail(const char *what, const struct nap_error *error)
{
    fprintf(stderr, "bench: %s: %s\n", what, error->text);
    exit(1);
}

/* --- one access --- */

/* IMMAIR0 of context 1 of the root: a register without effect, with two values in turn. */
#define PLAIN 0xe67b0068u

static const struct nap_source here = {__FILE__, __LINE__, NULL};

static void writes(void *context, unsigned long n)
{
    struct nap_machine *m = context;

    for (unsigned long i = 0; i < n; i++)
        nap_bus_write(m, PLAIN, 4, i & 1, here);
}

static void reads(void *context, unsigned long n)
{
    struct nap_machine *m = context;

    for (unsigned long i = 0; i < n; i++)
        (void)nap_bus_read(m, PLAIN, 4, here);
}

/* --- state ----------------------------------------------------------------------------------
 */

static void mark_write_rewind(void *context, unsigned long n)
{
    struct nap_machine *m = context;

    for (unsigned long i = 0; i < n; i++) {
        unsigned mark = nap_mark(m);
        nap_bus_write(m, PLAIN, 4, i & 1, here);
        nap_bus_write(m, PLAIN + 0x40, 4, i & 1, here);
        nap_rewind(m, mark);
        nap_unmark(m);
    }
}

static void keys(void *context, unsigned long n)
{
    struct nap_machine *m = context;

    for (unsigned long i = 0; i < n; i++) {
        nap_bus_write(m, PLAIN, 4, i & 1, here);
        (void)nap_state_key(m);
    }
}

static void snapshots(void *context, unsigned long n)
{
    struct nap_machine *m = context;

    for (unsigned long i = 0; i < n; i++) {
        struct nap_snapshot *s;
        if (nap_snapshot_take(m, &s))
            abort();
        nap_bus_write(m, PLAIN, 4, i & 1, here);
        nap_snapshot_restore(m, s);
        nap_snapshot_free(s);
    }
}

/* --- the scenario ----------------------------------------------------------------------------
 */

struct rig {
    struct nap_soc *soc;
    struct nap_scenario *scenario;
    struct nap_run_config config;
};

/* A machine and what it goes through. */
struct subject {
    const char *soc, *scenario;
};

static const struct subject ipmmu = {"rcar-h3", "ipmmu-resume"};
static const struct subject smmu = {"generic-smmuv3", "smmu-suspend"};

static void rig_open(struct rig *r, const struct subject *of, const char *variant,
                     uint32_t vary)
{
    struct nap_builtin_variant v;
    struct nap_error error = {0};

    memset(r, 0, sizeof *r);
    if (nap_builtin_soc(of->soc, &r->soc, &error) ||
        nap_builtin_scenario(of->scenario, &r->scenario, &error))
        fail(of->scenario, &error);
    r->config = (struct nap_run_config){.scenario = r->scenario,
                                        .soc = r->soc,
                                        .blocks = nap_builtin_blocks(),
                                        .variant = variant,
                                        .vary = vary};
    for (unsigned i = 0; nap_builtin_driver(i, &v); i++)
        if (strcmp(v.variant, variant) == 0)
            r->config.driver = v.driver;
}

static void rig_close(struct rig *r)
{
    nap_scenario_free(r->scenario);
    nap_soc_free(r->soc);
}

static unsigned asked; /* choices so far */

static uint32_t choose_zero(void *context, const struct nap_choice *choice)
{
    (void)context;
    (void)choice;
    asked++;
    return 0;
}

/* Quiet points of the plain run, counted from its start. */
struct points {
    unsigned suspend, power_on, last_choice;
};

static void finish(struct nap_session *s)
{
    while (nap_runner_advance(s->runner))
        continue;
    nap_findings_clear(&s->runner->findings);
}

static struct points find_points(struct nap_session *s)
{
    const struct nap_scenario_op *ops = s->config.scenario->ops;
    struct points p = {0, 0, 0};
    bool more = true;

    for (unsigned at = 0; more; at++) {
        const struct nap_position *pos = s->runner->pos;
        unsigned before = asked;
        if (ops[pos->op].kind == NAP_OP_SUSPEND && !pos->inside)
            p.suspend = at;
        if (pos->op > 0 && ops[pos->op - 1].kind == NAP_OP_POWER_CYCLE && pos->phase == 0 &&
            !pos->walking)
            p.power_on = at;
        more = nap_runner_advance(s->runner);
        if (asked > before)
            p.last_choice = at;
    }
    nap_findings_clear(&s->runner->findings);
    return p;
}

struct part {
    struct nap_session *session;
    unsigned mark;
};

static void run_part(void *context, unsigned long n)
{
    struct part *p = context;

    for (unsigned long i = 0; i < n; i++) {
        nap_rewind(p->session->runner->m, p->mark);
        finish(p->session);
    }
}

static void executions_from(struct nap_session *s, unsigned point, const char *what,
                            const char *budget)
{
    struct nap_machine *m = s->runner->m;
    struct part part = {s, 0};
    uint64_t accesses;
    double ns;

    nap_rewind(m, s->start);
    for (unsigned at = 0; at < point; at++)
        (void)nap_runner_advance(s->runner);
    nap_findings_clear(&s->runner->findings);
    part.mark = nap_mark(m);
    accesses = nap_counters(m).accesses;
    finish(s);
    accesses = nap_counters(m).accesses - accesses;
    ns = measure(run_part, &part);
    rate(what, ns, (double)accesses, budget);
    nap_rewind(m, part.mark);
    nap_unmark(m);
}

static struct nap_session *session_open(struct rig *r, const struct subject *of,
                                        const char *variant, uint32_t vary)
{
    struct nap_session *s;
    struct nap_error error = {0};

    rig_open(r, of, variant, vary);
    if (nap_session_create(&r->config, &s, &error))
        fail(variant, &error);
    nap_set_chooser(s->runner->m, choose_zero, NULL, vary);
    return s;
}

/* The number of accesses is the same in every run of these, so it is its own median. */
static void executions(void)
{
    struct rig r;
    struct nap_session *s =
        session_open(&r, &ipmmu, "recommended", NAP_CHOICE_BIT(NAP_CHOOSE_ORDER));
    struct points p = find_points(s);

    executions_from(s, p.suspend, "executions from suspend entry", "10 000 /s");
    executions_from(s, p.power_on, "executions from power-on", "15 000 /s");
    executions_from(s, p.last_choice, "executions from the last choice point", "200 000 /s");
    nap_session_destroy(s);
    rig_close(&r);
}

/* The driver, all rules, and the comparison with a machine that did not sleep. */
static void smmu_sleeps(void)
{
    struct rig r;
    struct nap_session *s =
        session_open(&r, &smmu, "converged", NAP_CHOICE_BIT(NAP_CHOOSE_ORDER));

    executions_from(s, find_points(s).suspend, "SMMU: suspend, loss, resume, rules on",
                    "5 000 /s");
    nap_session_destroy(s);
    rig_close(&r);
}

static void search(const char *variant, const char *order, uint32_t vary, const char *what,
                   const char *budget)
{
    struct nap_explore_config c = {.budget = UINT64_MAX};
    struct nap_explore_result result;
    struct nap_error error = {0};
    double samples[3];
    struct rig r;

    rig_open(&r, &ipmmu, variant, vary);
    if (nap_scenario_set(r.scenario, "probe-order", order, &error))
        fail(order, &error);
    c.run = r.config;
    for (unsigned i = 0; i < 3; i++) {
        samples[i] = now_ns();
        if (nap_explore(&c, &result, &error))
            fail(variant, &error);
        samples[i] = now_ns() - samples[i];
        if (i < 2)
            nap_explore_result_free(&result);
    }
    qsort(samples, 3, sizeof *samples, compare);
    printf("%-44s %10.2f s %10.2g   %s; %s orders, %llu states, %.0f states/s\n", what,
           samples[1] / 1e9, samples[1] / store_ns, budget, result.orders_covered,
           (unsigned long long)result.distinct_states,
           (double)result.distinct_states / samples[1] * 1e9);
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* --- memory --- */

static size_t resident(const void *start, size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), n = (bytes + page - 1) / page, in_use = 0;
    unsigned char *in_core = malloc(n);
    uintptr_t at = (uintptr_t)start / page * page;

    if (!in_core || mincore((void *)at, bytes, in_core))
        abort();
    for (size_t i = 0; i < n; i++)
        in_use += (in_core[i] & 1u) * page;
    free(in_core);
    return in_use;
}

static size_t process_bytes(void)
{
    unsigned long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");

    if (!f || fscanf(f, "%*u %lu", &pages) != 1)
        pages = 0;
    if (f)
        fclose(f);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* First in the program, so that the rest has left no trace in the process's size. */
static void memory(void)
{
    struct rig r;
    struct nap_session *s = session_open(&r, &ipmmu, "recommended", 0);
    const struct nap_arena *a = &s->runner->m->arena;
    size_t ram = nap_region_start(NAP_REGION_RAM);
    size_t beside;

    finish(s);
    beside = resident(a->driver_shadow, NAP_DRIVER_BYTES) +
             resident(a->block_epoch, NAP_ARENA_BLOCKS * sizeof *a->block_epoch) +
             resident(a->block_hash, NAP_ARENA_BLOCKS * sizeof *a->block_hash) +
             resident(a->dirty, NAP_ARENA_BLOCKS * sizeof *a->dirty);
    bytes_line("H3 machine without RAM pages", resident(a->base, ram), "2048 KiB");
    bytes_line("its RAM pages", resident(a->base + ram, NAP_RAM_BYTES), "beside it");
    bytes_line("its bookkeeping (shadow, hashes, dirty list)", beside, "none");
    bytes_line("the whole process after one run", process_bytes(), "none");
    nap_session_destroy(s);
    rig_close(&r);
}

/* --- all of it --- */

static void machine_without_rules(void)
{
    struct rig r;
    struct nap_machine *m;
    struct nap_error error = {0};
    struct nap_machine_config c = {.blocks = nap_builtin_blocks()};

    rig_open(&r, &ipmmu, "recommended", 0);
    c.soc = r.soc;
    if (nap_machine_create(&c, &m, &error))
        fail("rcar-h3", &error);
    line("register write", measure(writes, m), "5 ns");
    line("register read", measure(reads, m), "5 ns");
    nap_machine_destroy(m);
    rig_close(&r);
}

static void machine_with_rules(void)
{
    struct rig r;
    struct nap_session *s = session_open(&r, &ipmmu, "recommended", 0);
    struct nap_machine *m = s->runner->m;

    finish(s);
    nap_unmark(m);
    line("register write, rules on, nothing marked", measure(writes, m), "20 ns more");
    line("register read, rules on", measure(reads, m), "20 ns more");
    line("write and state key", measure(keys, m), "none");
    line("mark, two writes, rewind", measure(mark_write_rewind, m), "1000 ns");
    line("whole copy and back", measure(snapshots, m), "none");
    nap_session_destroy(s);
    rig_close(&r);
}

int main(void)
{
    uint32_t cell;

    store_ns = measure(volatile_stores, &cell);
    heading();
    memory();
    line("volatile store", store_ns, "0.3 ns");
    machine_without_rules();
    machine_with_rules();
    executions();
    smmu_sleeps();
    search("two-pass", "any", NAP_CHOICE_BIT(NAP_CHOOSE_ORDER), "two-pass, all 17! orders",
           "1 s");
    return 0;
}
