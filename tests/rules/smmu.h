/* SPDX-License-Identifier: MIT */
/* A rig (tests/smmuv3/rig.h) under the eyes of the rule engine: one SMMU in power domain 0, and
 * one master behind it with StreamID 8, attached to domain 0 of the ledger. */
#ifndef SMMU_JUDGED_H
#define SMMU_JUDGED_H

#include "../smmuv3/rig.h"
#include "rules/judge.h"

#include <regnap/ledger.h>
#include <regnap/os.h>

#define STRTAB_BASE     0x080u
#define STRTAB_BASE_CFG 0x088u
#define STREAM          8u
#define IOVA            UINT64_C(0x40201000)
#define CMDQV_BASE      UINT64_C(0x2c000000)

struct judged {
    struct rig r;
    struct nap_judge *judge;
    struct nap_findings findings;
};

/* What stands in front of the SMMU, as device 1 in power domain 1. */
enum front { ALONE, WITH_CMDQV, WITH_FUNCTION, WITH_TBU };

static inline void put_in_front(struct nap_soc *soc, enum front front)
{
    static const char *const models[] = {"", "tegra241-cmdqv", "pcie-endpoint", "smmuv3-tbu"};
    static const char *const variants[] = {"", "cmdqv", "function", "tbu"};
    struct nap_soc_device *d = &soc->devices[1];

    soc->n_domains = 2;
    soc->domains[1] = (struct nap_soc_domain){"front", NAP_SOC_NONE};
    soc->n_devices = 2;
    *d = (struct nap_soc_device){.base = CMDQV_BASE,
                                 .size_bytes = front == WITH_CMDQV ? 0x70000 : 0x1000,
                                 .domain = 1,
                                 .upstream = 0,
                                 .irq = NAP_SOC_NONE};
    strcpy(d->name, variants[front]);
    strcpy(d->model, models[front]);
    strcpy(d->variant, variants[front]);
    if (front == WITH_TBU)
        strcpy(soc->devices[0].variant, "distributed");
    if (front == WITH_FUNCTION) { /* the master sends through it */
        d->line = STREAM;
        soc->masters[0].ports[0] = (struct nap_soc_ports){1, 0, 1};
    }
}

static inline void judged_create_as(struct judged *j, enum nap_policy policy, unsigned faults,
                                    enum front front, const struct nap_switch_setting *sw)
{
    struct nap_machine_config config = {.soc = &j->r.soc,
                                        .blocks = nap_builtin_blocks(),
                                        .policy = policy,
                                        .faults = faults,
                                        .switches = sw,
                                        .n_switches = sw ? 1 : 0};
    const unsigned masters[] = {0};
    const nap_addr addresses[] = {IOVA};

    rig_describe(&j->r.soc, &(struct rig_options){.n_switches = 0});
    j->r.soc.n_masters = 1;
    j->r.soc.masters[0] =
        (struct nap_soc_master){.name = "dma", .n_ports = 1, .ports = {{0, STREAM, 1}}};
    if (front != ALONE)
        put_in_front(&j->r.soc, front);
    assert_int_equal(nap_machine_create(&config, &j->r.m, NULL), NAP_OK);
    assert_int_equal(
        nap_judge_create(j->r.m, masters, 1, addresses, 1, &j->findings, &j->judge, NULL),
        NAP_OK);
}

static inline void judged_create(struct judged *j, enum nap_policy policy, unsigned faults)
{
    judged_create_as(j, policy, faults, ALONE, NULL);
}

static inline int judged_setup(void **state)
{
    struct judged *j = calloc(1, sizeof *j);

    assert_non_null(j);
    judged_create(j, NAP_POLICY_EAGER, 0);
    *state = j;
    return 0;
}

/* The same anew with other hardware. */
static inline void judged_again_as(struct judged *j, enum nap_policy policy, unsigned faults,
                                   enum front front, const struct nap_switch_setting *sw)
{
    nap_judge_destroy(j->judge);
    nap_machine_destroy(j->r.m);
    nap_findings_clear(&j->findings);
    judged_create_as(j, policy, faults, front, sw);
}

static inline void judged_again(struct judged *j, enum nap_policy policy, unsigned faults)
{
    judged_again_as(j, policy, faults, ALONE, NULL);
}

static inline int judged_teardown(void **state)
{
    struct judged *j = *state;

    nap_judge_destroy(j->judge);
    nap_findings_free(&j->findings);
    nap_machine_destroy(j->r.m);
    free(j);
    return 0;
}

static inline unsigned count_in(const struct nap_finding *list, unsigned n, const char *rule)
{
    unsigned count = 0;

    for (unsigned i = 0; i < n; i++)
        if (!rule || strcmp(list[i].rule->id, rule) == 0)
            count += list[i].count;
    return count;
}

/* How often the rule was broken; NULL: any rule. */
static inline unsigned broken(const struct judged *j, const char *rule)
{
    return count_in(j->findings.violations, j->findings.n_violations, rule);
}

static inline unsigned noted(const struct judged *j, const char *rule)
{
    return count_in(j->findings.notes, j->findings.n_notes, rule);
}

/* The only violation there is: of @rule, and it says so. */
static inline void assert_broken(const struct judged *j, const char *rule, const char *says)
{
    if (j->findings.n_violations)
        assert_string_equal(j->findings.violations[0].rule->id, rule);
    assert_int_equal(broken(j, rule), 1);
    assert_int_equal(broken(j, NULL), 1);
    assert_non_null(strstr(j->findings.violations[0].message, says));
}

static inline void assert_quiet(const struct judged *j)
{
    if (j->findings.n_violations)
        fail_msg("%s: %s", j->findings.violations[0].rule->id,
                 j->findings.violations[0].message);
}

/* --- as a driver brings the SMMU up --- */

enum {
    ALL = 0,
    NO_CR1 = 1,
    NO_CR2 = 2,
    NO_STRTAB = 4,
    NO_STRTAB_CFG = 8,
    NO_CMDQ_BASE = 16,
    NO_CMDQ_PROD = 32,
    NO_CMDQ_CONS = 64,
    NO_CFGI = 128,
    NO_TLBI = 256,
    NO_EL2 = 512,
    NO_SYNC = 1024,
    NO_EVENTQ_CONS = 2048,
};

/* Registers, and everything but SMMUEN. */
static inline void bring_up(struct judged *j, unsigned but)
{
    struct rig *r = &j->r;
    unsigned prod = 0;

    if (!(but & NO_CR1))
        wr(r, CR1, 0xd75);
    if (!(but & NO_CR2))
        wr(r, CR2, 2);
    if (!(but & NO_STRTAB))
        wr64(r, STRTAB_BASE, RAM + 0x100000);
    if (!(but & NO_STRTAB_CFG))
        wr(r, STRTAB_BASE_CFG, 6);
    if (!(but & NO_CMDQ_BASE))
        wr64(r, CMDQ_BASE, CMDQ | LOG2);
    if (!(but & NO_CMDQ_PROD))
        wr(r, CMDQ_PROD, 0);
    if (!(but & NO_CMDQ_CONS))
        wr(r, CMDQ_CONS, 0);
    wr(r, CR0, CMDQEN);
    rig_poll(r, CR0ACK, CMDQEN);
    if (!(but & NO_CFGI))
        prod = rig_push(r, prod, CFGI_ALL, 31);
    if (!(but & NO_EL2))
        prod = rig_push(r, prod, 0x20, 0);
    if (!(but & NO_TLBI))
        prod = rig_push(r, prod, NSNH_ALL, 0);
    if (!(but & NO_SYNC))
        prod = rig_push(r, prod, SYNC, 0);
    wr(r, CMDQ_PROD, prod);
    rig_poll(r, CMDQ_CONS, prod);
    wr64(r, EVENTQ_BASE, EVENTQ | 2);
    wr(r, EVENTQ_PROD, 0);
    if (!(but & NO_EVENTQ_CONS))
        wr(r, EVENTQ_CONS, 0);
    wr(r, CR0, CMDQEN | EVENTQEN);
    rig_poll(r, CR0ACK, CMDQEN | EVENTQEN);
}

static inline void enable(struct judged *j)
{
    wr(&j->r, CR0, CMDQEN | EVENTQEN | SMMUEN);
    rig_poll(&j->r, CR0ACK, CMDQEN | EVENTQEN | SMMUEN);
}

static inline void sleep_begins(struct judged *j)
{
    nap_golden_take(j->r.m);
    nap_set_asleep(j->r.m, true);
    nap_findings_clear(&j->findings);
}

#define judged_test(f) cmocka_unit_test_setup_teardown(f, judged_setup, judged_teardown)

#endif
