/* SPDX-License-Identifier: MIT */
/* The tables that the Linux driver builds, walked by a second walker that shares no code with
 * the model: Arm long descriptors, stage 1, 4 KiB granule, 32 bits of input address, from the
 * register values of the context. Arm DDI 0406, "Long-descriptor translation table format".
 *
 * usage: test_walk DRIVER.so BOARD.dtb SCENARIO...
 *
 * Prints TAP. */
#include <regnap/builtin.h>
#include <regnap/dt.h>

#include "ipmmu/ipmmu.h"
#include "scenario/session.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DESCRIPTOR_ADDRESS UINT64_C(0xfffffff000)
#define LEAF_READ_ONLY     (UINT64_C(1) << 7) /* AP[2] */

static unsigned checks, failures;

static void check(bool good, const char *format, ...) NAP_PRINTF(2, 3);

static void check(bool good, const char *format, ...)
{
    va_list args;

    printf("%s %u - ", good ? "ok" : "not ok", ++checks);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n");
    failures += !good;
}

static void die(const char *what, const struct nap_error *error)
{
    printf("Bail out! %s: %s\n", what, error->text);
    exit(1);
}

/* --- the second walker --- */

struct answer {
    bool mapped, writable;
    nap_addr pa;
};

static uint64_t descriptor(const struct nap_machine *m, nap_addr table, unsigned index)
{
    uint64_t value = 0;

    if (!nap_mem_read(m, table + 8u * index, &value, sizeof value)) {
        printf("Bail out! a table at 0x%llx that is no memory\n", (unsigned long long)table);
        exit(1);
    }
    return value;
}

static struct answer second_walk(const struct nap_machine *m, nap_addr table, nap_addr iova)
{
    struct answer a = {false, false, 0};

    for (unsigned level = 1; level <= 3; level++) {
        unsigned shift = 12 + 9 * (3 - level);
        uint64_t d = descriptor(m, table, (unsigned)(iova >> shift) & (level == 1 ? 3 : 511));
        uint64_t inside = (UINT64_C(1) << shift) - 1;

        if (!(d & 1) || (level == 3 && !(d & 2)))
            return a;
        if ((d & 2) && level < 3) {
            table = d & DESCRIPTOR_ADDRESS;
            continue;
        }
        a.mapped = true;
        a.writable = !(d & LEAF_READ_ONLY);
        a.pa = (d & DESCRIPTOR_ADDRESS & ~inside) | (iova & inside);
        return a;
    }
    return a;
}

/* --- against the model --- */

static void compare(struct nap_machine *m, unsigned device, unsigned port, nap_addr iova)
{
    unsigned root = nap_upstream(m, device);
    unsigned context = ipmmu_context(ipmmu_layout(m, device),
                                     nap_reg_get(m, device, IPMMU_SLOT_IMUCTR + port));
    nap_addr table = nap_reg_get(m, root, IPMMU_SLOT_IMTTUBR0 + context) << 32 |
                     nap_reg_get(m, root, IPMMU_SLOT_IMTTLBR0 + context);
    struct answer a = second_walk(m, table, iova);
    struct nap_outcomes outcomes;
    const struct nap_outcome *walk;
    struct nap_truth truth;

    nap_probe(m, device, port, iova, &outcomes, NULL);
    walk = &outcomes.list[outcomes.n - 1]; /* TLBs come first */
    nap_truth_of(m, device, port, iova, &truth);
    check(walk->by == NAP_BY_WALK && (walk->kind == NAP_OUTCOME_TRANSLATED) == a.mapped &&
              (!a.mapped || (walk->pa == a.pa && walk->writable == a.writable)),
          "%s port %u, 0x%" PRIx64 ": both walks agree (%s 0x%" PRIx64 "%s)",
          nap_device_name(m, device), port, iova, a.mapped ? "to" : "no mapping", a.pa,
          a.mapped && !a.writable ? ", read only" : "");
    check(truth.judged && truth.n == 1 && truth.allowed[0].mapped == a.mapped &&
              (!a.mapped || truth.allowed[0].pa == a.pa),
          "%s port %u, 0x%" PRIx64 ": that is what was asked for", nap_device_name(m, device),
          port, iova);
}

/* First, last and next page of everything that any domain of the scenario maps. */
static void compare_port(struct nap_runner *r, unsigned device, unsigned port)
{
    const struct nap_scenario *s = r->config->scenario;

    for (uint32_t d = 0; d < s->n_domains; d++)
        for (uint32_t i = 0; i < s->domains[d].n_mappings; i++) {
            const struct nap_scenario_mapping *p = &s->domains[d].mappings[i];
            compare(r->m, device, port, p->iova);
            compare(r->m, device, port, p->iova + p->size_bytes - 8);
            compare(r->m, device, port, p->iova + p->size_bytes);
        }
}

static void compare_all(struct nap_runner *r)
{
    for (unsigned i = 0; i < NAP_SOC_MASTERS_MAX; i++)
        if (r->masters[i] && nap_ledger_domain(r->m, i) != NAP_NO_DOMAIN)
            for (uint32_t id = 0; id < r->masters[i]->n_ids; id++)
                compare_port(r, r->masters[i]->device->index, r->masters[i]->ids[id]);
}

/* --- running --- */

static struct nap_soc *read_board(const char *file)
{
    FILE *f = fopen(file, "rb");
    uint8_t *bytes = malloc(1u << 20);
    size_t n = f && bytes ? fread(bytes, 1, 1u << 20, f) : 0;
    struct nap_error error = {.text = "cannot be read"};
    struct nap_soc *soc = NULL;

    if (!n || nap_soc_load_tree(bytes, n, file, nap_builtin_blocks(), &soc, &error) != NAP_OK)
        die(file, &error);
    free(bytes);
    (void)fclose(f);
    return soc;
}

/* Before the sleep and after resume the same must hold. */
static void run(struct nap_driver_object *object, const struct nap_soc *soc, const char *name)
{
    struct nap_error error = {0};
    struct nap_scenario *scenario;
    struct nap_runner *r;
    struct nap_run_config c = {.soc = soc,
                               .driver = nap_driver_of(object),
                               .object = object,
                               .blocks = nap_builtin_blocks()};
    unsigned before;

    if (nap_builtin_scenario(name, &scenario, &error) != NAP_OK)
        die(name, &error);
    c.scenario = scenario;
    if (nap_runner_create(&c, &r, &error) != NAP_OK)
        die(name, &error);
    printf("# %s\n", name);
    before = checks;
    while (scenario->ops[r->pos->op].kind != NAP_OP_SUSPEND && nap_runner_advance(r))
        ;
    compare_all(r);
    while (nap_runner_advance(r))
        ;
    check(r->failed_line == 0 && r->pos->resume_result == 0, "%s runs to its end", name);
    compare_all(r);
    check(checks > before + 12, "%s: something was compared", name);
    nap_runner_destroy(r);
    nap_scenario_free(scenario);
}

int main(int argc, char **argv)
{
    struct nap_driver_object *object;
    struct nap_error error = {0};
    struct nap_soc *soc;

    if (argc < 4)
        return 2;
    if (nap_driver_load(argv[1], &object, &error) != NAP_OK)
        die(argv[1], &error);
    soc = read_board(argv[2]);
    for (int i = 3; i < argc; i++)
        run(object, soc, argv[i]);
    nap_soc_free(soc);
    nap_driver_unload(object);
    printf("1..%u\n", checks);
    return failures != 0;
}
