/* SPDX-License-Identifier: MIT */
/* A rig (tests/ipmmu/rig.h) under the eyes of the rule engine. Guest 1 owns sdhi0 and dmac1
 * behind ds1, on context 1; guest 2 owns avb behind ds0, on context 2. */
#ifndef JUDGED_H
#define JUDGED_H

#include "../ipmmu/rig.h"
#include "rules/judge.h"

struct judged {
    struct rig r;
    struct nap_judge *judge;
    struct nap_findings findings;
    nap_addr table[3]; /* by context */
    unsigned sdhi0, dmac1, avb;
};

#define PA_2    UINT64_C(0x60000000) /* IOVA in guest 2 */
#define GUEST_1 0u
#define GUEST_2 1u
#define RW      (NAP_PROT_READ | NAP_PROT_WRITE)

static inline void truth_attach(struct judged *j, unsigned master, uint32_t domain)
{
    nap_ledger_attach(j->r.m, master, domain, false);
    nap_ledger_attach(j->r.m, master, domain, true);
}

static inline void truth_map(struct judged *j, uint32_t domain, nap_addr iova, nap_addr pa,
                             uint64_t size_bytes, unsigned prot)
{
    assert_int_equal(nap_ledger_map(j->r.m, domain, iova, pa, size_bytes, prot, true), NAP_OK);
}

/* The ground truth of the block at IOVA becomes another. */
static inline void truth_moves(struct judged *j, nap_addr pa, unsigned prot)
{
    nap_ledger_unmap(j->r.m, GUEST_1, IOVA, 0x200000, false);
    nap_ledger_unmap(j->r.m, GUEST_1, IOVA, 0x200000, true);
    truth_map(j, GUEST_1, IOVA, pa, 0x200000, prot);
}

static inline void judged_watch(struct judged *j)
{
    const nap_addr addresses[] = {IOVA, IOVA_RO};
    unsigned masters[3];

    j->sdhi0 = masters[0] = (unsigned)nap_master_find(j->r.m, "sdhi0");
    j->dmac1 = masters[1] = (unsigned)nap_master_find(j->r.m, "dmac1");
    j->avb = masters[2] = (unsigned)nap_master_find(j->r.m, "avb");
    assert_int_equal(
        nap_judge_create(j->r.m, masters, 3, addresses, 2, &j->findings, &j->judge, NULL),
        NAP_OK);
}

/* Both guests attached and mapped, in registers, tables and ground truth; masters held. */
static inline void judged_start(struct judged *j)
{
    struct rig *r = &j->r;

    j->table[1] = rig_simple(r);
    j->table[2] = rig_xen(r, 2);
    rig_map(r, j->table[2], IOVA, PA_2, BLOCK, S2_RW, S2_TABLE);
    rig_port(r, DS0, 16, 2);
    rig_write(r, DS1, IMUASID(PORT), 0);
    rig_write(r, MM, IMSCTLR, 0);
    rig_write(r, DS0, IMSCTLR, 0);
    rig_write(r, DS1, IMSCTLR, 0);
    truth_map(j, GUEST_1, IOVA, PA, 0x200000, RW);
    truth_map(j, GUEST_1, IOVA_RO, PA_RO, 0x1000, NAP_PROT_READ);
    truth_map(j, GUEST_2, IOVA, PA_2, 0x200000, RW);
    truth_attach(j, j->sdhi0, GUEST_1);
    truth_attach(j, j->avb, GUEST_2);
}

static inline int judged_setup(void **state)
{
    struct judged *j = calloc(1, sizeof *j);

    assert_non_null(j);
    assert_int_equal(nap_builtin_soc("rcar-h3", &j->r.soc, NULL), NAP_OK);
    rig_create(&j->r, &(struct rig_options){.profile = NAP_PROFILE_HOSTILE});
    judged_watch(j);
    judged_start(j);
    nap_findings_clear(&j->findings);
    *state = j;
    return 0;
}

/* The same anew on a machine with other options. */
static inline void judged_again(struct judged *j, const struct rig_options *o)
{
    nap_judge_destroy(j->judge);
    rig_again(&j->r, o);
    judged_watch(j);
    judged_start(j);
    nap_findings_clear(&j->findings);
}

static inline int judged_teardown(void **state)
{
    struct judged *j = *state;

    nap_judge_destroy(j->judge);
    nap_findings_free(&j->findings);
    nap_machine_destroy(j->r.m);
    nap_soc_free(j->r.soc);
    free(j);
    return 0;
}

/* --- sleep and what must come back --- */

static inline void go_to_sleep(struct judged *j)
{
    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_HELD);
    nap_golden_take(j->r.m);
    nap_set_asleep(j->r.m, true);
    nap_findings_clear(&j->findings);
    rig_power_cycle(&j->r);
}

static inline void wake_up(struct judged *j)
{
    nap_set_asleep(j->r.m, false);
    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
}

enum {
    NOTHING = 0,
    TTLBR = 1,
    TTUBR = 2,
    TTBCR = 4,
    ROOT_ON = 8,
    CACHE_ON = 16,
    CACHE_SECGRP = 32,
    ROOT_SECGRP = 64,
    S2 = 128,
    V64 = 256,
    PMB = 512,
};

/* Everything that traffic of context @n behind ds1 passes, but for what @but names. */
static inline void restore_context(struct judged *j, unsigned n, unsigned but)
{
    struct rig *r = &j->r;

    if (!(but & CACHE_SECGRP))
        rig_write(r, DS1, IMSCTLR, 0);
    if (!(but & ROOT_SECGRP))
        rig_write(r, MM, IMSCTLR, 0);
    if (!(but & S2))
        rig_write(r, MM, IMSAUXCTLR, S2PTE);
    if (!(but & TTLBR))
        rig_write(r, MM, IMTTLBR0(n), (uint32_t)j->table[n]);
    if (!(but & TTUBR))
        rig_write(r, MM, IMTTUBR0(n), 0);
    if (!(but & TTBCR))
        rig_write(r, MM, IMTTBCR(n), but & PMB ? 0x80000058 : XEN_IMTTBCR);
    rig_write(r, MM, IMCTR(n), INTEN | (but & V64 ? 0 : VA64) | (but & ROOT_ON ? 0 : MMUEN));
    if (!(but & CACHE_ON))
        rig_write(r, DS1, IMCTR(n), INTEN | MMUEN);
    rig_write(r, DS1, IMUASID(PORT), 0);
}

static inline void restore(struct judged *j, unsigned but)
{
    restore_context(j, 1, but);
}

static inline void enable_port(struct judged *j)
{
    rig_write(&j->r, DS1, IMUCTR(PORT), TTSEL(1u) | MMUEN);
}

/* --- findings --- */

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

static inline const struct nap_finding *finding(const struct judged *j, const char *rule)
{
    for (unsigned i = 0; i < j->findings.n_violations; i++)
        if (strcmp(j->findings.violations[i].rule->id, rule) == 0)
            return &j->findings.violations[i];
    fail_msg("%s did not fire", rule);
    abort(); /* for the compiler: fail_msg() does not return */
}

#define judged_test(f) cmocka_unit_test_setup_teardown(f, judged_setup, judged_teardown)

#endif
