/* SPDX-License-Identifier: MIT */
/* Runs of the built-in scenario with driver logic that goes wrong on purpose: two-pass with
 * resume phases of our own. */
#ifndef DRIVERS_HERE_H
#define DRIVERS_HERE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <regnap/builtin.h>
#include <regnap/run.h>

#include "drivers.h"
#include "ipmmu/ipmmu-vmsa.h"

#define MM  UINT64_C(0xe67b0000) /* device tree of r8a77951 */
#define DS1 UINT64_C(0xe7740000)

/* Gen3 places in the window of a unit. */
#define AT_IMCTR(n)    (0x40u * (n))
#define AT_IMTTLBR0(n) (0x40u * (n) + 0x10u)
#define AT_IMUCTR(u)   ((u) < 32u ? 0x300u + 16u * (u) : 0x600u + 16u * ((u)-32u))
#define AT_IMUASID(u)  (AT_IMUCTR(u) + 8u)
#define AT_IMSCTLR     0x500u

struct play {
    struct nap_soc *soc;
    struct nap_scenario *scenario;
    struct nap_driver driver;
    struct nap_run_config config;
    struct nap_run_result result;
};

static inline int play_setup(void **state)
{
    struct play *p = calloc(1, sizeof *p);

    assert_non_null(p);
    assert_int_equal(nap_builtin_soc("rcar-h3", &p->soc, NULL), NAP_OK);
    assert_int_equal(nap_builtin_scenario("ipmmu-resume", &p->scenario, NULL), NAP_OK);
    p->driver = nap_driver_ipmmu_two_pass;
    p->config = (struct nap_run_config){
        .scenario = p->scenario,
        .soc = p->soc,
        .driver = &p->driver,
        .variant = "of this test",
        .blocks = nap_builtin_blocks(),
    };
    *state = p;
    return 0;
}

static inline int play_teardown(void **state)
{
    struct play *p = *state;

    nap_run_result_free(&p->result);
    nap_scenario_free(p->scenario);
    nap_soc_free(p->soc);
    free(p);
    return 0;
}

/* Runs with @phases in place of two-pass's resume. */
static inline void play(struct play *p, const struct nap_phase *phases, uint32_t n,
                        const struct nap_choice_list *choices)
{
    p->driver.resume = phases;
    p->driver.n_resume = n;
    nap_run_result_free(&p->result);
    assert_int_equal(nap_run(&p->config, choices, &p->result, NULL), NAP_OK);
}

static inline unsigned play_count(const struct nap_finding *list, unsigned n, const char *rule)
{
    unsigned count = 0;

    for (unsigned i = 0; i < n; i++)
        count += rule == NULL || strcmp(list[i].rule->id, rule) == 0;
    return count;
}

static inline unsigned play_broken(const struct play *p, const char *rule)
{
    return play_count(p->result.findings.violations, p->result.findings.n_violations, rule);
}

static inline unsigned play_noted(const struct play *p, const char *rule)
{
    return play_count(p->result.findings.notes, p->result.findings.n_notes, rule);
}

static inline const struct nap_finding *play_finding(const struct nap_finding *list, unsigned n,
                                                     const char *rule)
{
    for (unsigned i = 0; i < n; i++)
        if (strcmp(list[i].rule->id, rule) == 0)
            return &list[i];
    fail_msg("%s did not come up", rule);
    abort(); /* for the compiler: fail_msg() does not return */
}

#define ROOTS                                                                                  \
    {                                                                                          \
        .name = "roots", .kind = NAP_PHASE_WALK, .filter = ipmmu_is_root,                      \
        .each = ipmmu_restore_root                                                             \
    }
#define CACHES                                                                                 \
    {                                                                                          \
        .name = "caches", .kind = NAP_PHASE_WALK, .filter = ipmmu_is_cache,                    \
        .each = ipmmu_restore_cache                                                            \
    }
#define STEP(f)                                                                                \
    {                                                                                          \
        .name = "step", .kind = NAP_PHASE_STEP, .step = f                                      \
    }

#define play_test(f) cmocka_unit_test_setup_teardown(f, play_setup, play_teardown)

#endif
