/* SPDX-License-Identifier: MIT */
/* lib/rules/posted.c, and what else comes out of writes that are on their way: found with a
 * choice, not there with the barrier (docs/memory-order.md). */
#include <stdio.h>

#include "drivers_here.h"

#define POST NAP_CHOICE_BIT(NAP_CHOOSE_POST)
#define DS0  UINT64_C(0xe6740000)
#define VP0  UINT64_C(0xfe990000)

#define AT_IMCTR_FLUSH UINT32_C(0x2)

static void dsb(void)
{
    nap_seam_barrier(NAP_DSB_SY, __FILE__, __LINE__);
}

static int end_with_dsb(void)
{
    dsb();
    return 0;
}

static int end_with_inner_barriers(void)
{
    nap_seam_barrier(NAP_DSB_ISH, "here.c", 7);
    nap_seam_barrier(NAP_DMB_ISHST, "here.c", 8);
    return 0;
}

/* A read of the unit that was written last. */
static int end_with_read(void)
{
    (void)nap_read32(DS0 + AT_IMUASID(16));
    return 0;
}

/* Every outcome of kind post, with @phases as resume; attach and detach are in order. */
static void explore(struct play *p, const struct nap_phase *phases, uint32_t n,
                    struct nap_explore_result *result)
{
    struct nap_explore_config c = {.strategy = NAP_STRATEGY_EXHAUSTIVE, .budget = UINT64_MAX};

    p->driver.attach = nap_driver_ipmmu_recommended.attach;
    p->driver.detach = nap_driver_ipmmu_recommended.detach;
    if (phases) {
        p->driver.resume = phases;
        p->driver.n_resume = n;
    }
    p->config.vary = POST;
    c.run = p->config;
    assert_int_equal(nap_explore(&c, result, NULL), NAP_OK);
    assert_true(result->exhausted);
}

static const struct nap_explored_violation *found(const struct nap_explore_result *result,
                                                  const char *rule)
{
    for (unsigned i = 0; i < result->n_violations; i++)
        if (strcmp(result->violations[i].finding.rule->id, rule) == 0)
            return &result->violations[i];
    return NULL;
}

static bool says(const struct nap_explored_violation *v, const char *text)
{
    return v && strstr(v->finding.message, text);
}

static void assert_clean(struct play *p, const struct nap_phase *phases, uint32_t n)
{
    struct nap_explore_result result;

    explore(p, phases, n, &result);
    assert_int_equal(result.n_violations, 0);
    nap_explore_result_free(&result);
}

/* --- the last write of a call --- */

static const struct nap_phase unfenced[] = {ROOTS, CACHES};

static void the_unfenced_last_write_of_resume_fires(void **state)
{
    struct play *p = *state;
    struct nap_explore_result result;
    const struct nap_explored_violation *v;

    explore(p, unfenced, 2, &result);
    v = found(&result, "posted-write");
    assert_non_null(v);
    assert_string_equal(v->finding.message,
                        "resume has returned success while the write of 0x21 to ds0.IMUCTR[16] "
                        "is on its way; where traffic of avb at ds0 port 16 goes changes when "
                        "it lands");
    assert_non_null(strstr(v->finding.source.file, "drivers/ipmmu/backup.c"));
    assert_true(v->finding.issued < v->finding.effect);
    assert_int_equal(v->choices.n, 1);
    assert_int_equal(v->choices.list[0].kind, NAP_CHOOSE_POST);
    assert_string_equal(v->choices.list[0].instance, "ds0.IMUCTR[16]");
    assert_string_equal(v->choices.list[0].means, "held back");
    assert_non_null(found(&result, "dma-isolation")); /* and masters do go astray */
    nap_explore_result_free(&result);
}

static void a_barrier_at_the_end_is_quiet(void **state)
{
    static const struct nap_phase phases[] = {ROOTS, CACHES, STEP(end_with_dsb)};

    assert_clean(*state, phases, 3);
}

static void a_barrier_of_an_inner_domain_is_none(void **state)
{
    static const struct nap_phase phases[] = {ROOTS, CACHES, STEP(end_with_inner_barriers)};
    struct play *p = *state;
    struct nap_explore_result result;
    const struct nap_explored_violation *v;

    explore(p, phases, 3, &result);
    v = found(&result, "posted-write");
    assert_non_null(v);
    assert_true(says(v, "; DMB ISHST at here.c:8 since then orders "
                        "nothing for a device"));
    nap_explore_result_free(&result);
}

static void under_strict_early_ack_a_barrier_is_not_enough_and_a_read_is(void **state)
{
    static const struct nap_phase phases[] = {ROOTS, CACHES, STEP(end_with_dsb)};
    static const struct nap_phase read_back[] = {ROOTS, CACHES, STEP(end_with_read)};
    static const struct nap_switch_setting strict = {"early-ack", 1};
    struct play *p = *state;
    struct nap_explore_result result;
    const struct nap_explored_violation *v;

    p->config.switches = &strict;
    p->config.n_switches = 1;
    explore(p, phases, 3, &result);
    v = found(&result, "posted-write");
    assert_non_null(v);
    assert_true(says(v, "has seen an early acknowledgement only"));
    nap_explore_result_free(&result);
    assert_clean(p, read_back, 3);
}

static void under_strict_p20_no_write_is_ever_on_its_way(void **state)
{
    static const struct nap_switch_setting strict = {"P20", 1};
    struct play *p = *state;

    p->config.switches = &strict;
    p->config.n_switches = 1;
    assert_clean(p, unfenced, 2);
}

/* Port 40 of ds1 has no master. */
static int write_what_nobody_needs(void)
{
    dsb();
    nap_write32(DS1 + AT_IMUASID(40), 1);
    return 0;
}

static void a_write_that_no_traffic_needs_is_a_note(void **state)
{
    static const struct nap_phase phases[] = {ROOTS, CACHES, STEP(write_what_nobody_needs)};
    struct play *p = *state;
    struct nap_explore_result result;
    unsigned noted = 0;

    explore(p, phases, 3, &result);
    assert_int_equal(result.n_violations, 0);
    for (unsigned i = 0; i < result.notes.n_notes; i++)
        noted += strstr(result.notes.notes[i].message,
                        "resume has returned success while the write of 0x1 to ds1.IMUASID[40] "
                        "is on its way; no traffic goes elsewhere when it lands") != NULL;
    assert_int_equal(noted, 1);
    nap_explore_result_free(&result);
}

/* A table for guest1 as its own, but for the 4 KiB page, which the guest may only read. */
static int write_table_with_other_permissions(void)
{
    struct nap_domain other = {.ipa_bits = 40};

    assert_int_equal(nap_p2m_init(&other), 0);
    assert_int_equal(nap_p2m_map(&other, 0x50000000, 0x58000000, 0x200000, 3), 0);
    assert_int_equal(nap_p2m_map(&other, 0x50201000, 0x58203000, 0x1000, 3), 0);
    dsb();
    nap_write32(MM + AT_IMTTLBR0(1), (uint32_t)other.p2m_root);
    return 0;
}

static void a_write_that_changes_permissions_of_the_last_page_fires(void **state)
{
    static const struct nap_phase phases[] = {ROOTS, CACHES,
                                              STEP(write_table_with_other_permissions)};
    struct nap_explore_result result;

    explore(*state, phases, 3, &result);
    assert_true(says(found(&result, "posted-write"),
                     "to mm.IMTTLBR0[1] is on its way; where traffic of sdhi0 at ds1 port 32 "
                     "goes changes"));
    nap_explore_result_free(&result);
}

/* Context 3 walks guest1's table, so all that changes is which context decides. */
static int move_to_an_equal_context(void)
{
    for (uint32_t at = 0x8; at <= 0x14; at += 4)
        if (at != 0xc)
            nap_write32(MM + AT_IMCTR(3) + at, nap_read32(MM + AT_IMCTR(1) + at));
    nap_write32(MM + AT_IMCTR(3), nap_read32(MM + AT_IMCTR(1)));
    nap_write32(DS1 + AT_IMCTR(3), nap_read32(DS1 + AT_IMCTR(1)));
    dsb();
    nap_write32(DS1 + AT_IMUCTR(32), 0x31);
    return 0;
}

static void a_write_that_changes_the_deciding_context_alone_fires(void **state)
{
    static const struct nap_phase phases[] = {ROOTS, CACHES, STEP(move_to_an_equal_context)};
    struct nap_explore_result result;

    explore(*state, phases, 3, &result);
    assert_true(says(found(&result, "posted-write"),
                     "0x31 to ds1.IMUCTR[32] is on its way; where traffic of sdhi0"));
    nap_explore_result_free(&result);
}

/* One write is held, where it is first posted. */
static void play_held(struct play *p, const char *instance)
{
    static const struct nap_phase phases[] = {ROOTS, CACHES, STEP(end_with_dsb)};
    struct nap_keyed_choice held = {.kind = NAP_CHOOSE_POST, .n = 2, .value = 1};
    struct nap_choice_list list = {.list = &held, .n = 1};

    snprintf(held.label, sizeof held.label, "posted write is held back");
    snprintf(held.instance, sizeof held.instance, "%s", instance);
    p->config.vary = POST;
    play(p, phases, 3, &list);
    assert_int_equal(p->result.choices_unplaced, 0);
}

/* As Xen has it, attach ends with a write that nothing pushes out. */
static void the_unfenced_last_write_of_attach_fires(void **state)
{
    struct play *p = *state;
    const struct nap_finding *f;

    play_held(p, "ds1.IMUCTR[15]");
    f = play_finding(p->result.findings.violations, p->result.findings.n_violations,
                     "posted-write");
    assert_non_null(strstr(f->message,
                           "attach or detach has returned success while the write of 0x11 to "
                           "ds1.IMUCTR[15] is on its way; where traffic of dmac1"));
}

static const char mapping[] =
    "scenario: t\ntitle: t\ndriver: ipmmu\nsocs: [rcar-h3]\nvariants: [v]\nvary: [post]\n"
    "domains:\n"
    "  - name: g\n"
    "    masters: [sdhi0]\n"
    "    mappings:\n"
    "      - {iova: 0x50000000, pa: 0x58000000, size: 0x1000, access: rw}\n"
    "operations:\n"
    "  - probe\n"
    "  - attach: g\n"
    "  - map: {domain: g, iova: 0x50001000, pa: 0x58001000, size: 0x1000, access: rw}\n";

static int map_and_turn_off(struct nap_domain *guest, nap_addr iova, nap_addr pa,
                            uint64_t size_bytes, unsigned prot)
{
    int ret = nap_p2m_map(guest, iova, pa, size_bytes, prot);

    nap_write32(DS1 + AT_IMUCTR(32), 0);
    return ret;
}

static void the_unfenced_last_write_of_map_fires(void **state)
{
    struct play *p = *state;
    struct nap_scenario *scenario;
    struct nap_explore_result result;

    assert_int_equal(nap_scenario_load(mapping, sizeof mapping - 1, "t.yaml", &scenario, NULL),
                     NAP_OK);
    p->config.scenario = scenario;
    p->driver.map = map_and_turn_off;
    explore(p, NULL, 0, &result);
    assert_true(says(found(&result, "posted-write"),
                     "map has returned success while the write of 0x0 to ds1.IMUCTR[32] is on "
                     "its way; where traffic of sdhi0 at ds1 port 32 goes changes"));
    nap_explore_result_free(&result);
    nap_scenario_free(scenario);
}

/* What a run shows from outside: each step, with all it says. */
struct story {
    unsigned n;
    uint64_t sum;
};

static void tell(void *context, const struct nap_machine *m, const struct nap_event *e)
{
    struct story *s = context;
    char text[512];

    nap_event_text(m, e, text, sizeof text);
    for (const char *c = text; *c; c++)
        s->sum = (s->sum ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
    s->n++;
}

/* Attach leaves a port on its way that is no judged master's, with a bit that is not modelled.
 */
static int attach_with_fixadd(struct nap_domain *domain, struct nap_master *master)
{
    int ret = nap_driver_ipmmu_v9.attach(domain, master);

    nap_write32(DS1 + AT_IMUCTR(40), UINT32_C(0x80000000));
    return ret;
}

/* The promise comes early and much follows, with flushes that are late: whatever the trial left
 * behind, policy, a count, a TLB entry, would tell in a later step. */
static void the_trial_leaves_nothing_for_later_steps(void **state)
{
    const char *off[] = {"posted-write"};
    struct play *p = *state;
    struct story stories[2] = {{0, 0}};
    unsigned unmodelled[2], noted[2];

    p->driver.attach = attach_with_fixadd;
    p->config.policy = NAP_POLICY_LAZY;
    p->config.trace = tell;
    p->config.rules_off = off;
    for (unsigned i = 0; i < 2; i++) {
        p->config.trace_context = &stories[i];
        p->config.n_rules_off = i;
        play_held(p, "ds1.IMUCTR[40]");
        noted[i] = play_noted(p, "posted-write") + play_broken(p, "posted-write");
        unmodelled[i] = p->result.n_unmodelled ? p->result.unmodelled[0].count : 0;
    }
    assert_true(noted[0] > 0);
    assert_int_equal(noted[1], 0);
    assert_true(unmodelled[0] > 0);
    assert_int_equal(unmodelled[0], unmodelled[1]);
    assert_int_equal(stories[0].n, stories[1].n);
    assert_true(stories[0].sum == stories[1].sum);
}

/* Trying out what a landing changes leaves no trace: the run goes on as without the rule. */
static void the_trial_changes_nothing(void **state)
{
    struct play *p = *state;
    struct nap_explore_result result;
    const struct nap_explored_violation *v;
    const char *off[] = {"posted-write"};
    struct nap_hash128 with;

    explore(p, unfenced, 2, &result);
    v = found(&result, "posted-write");
    assert_non_null(v);
    p->config.check_incremental = true;
    play(p, unfenced, 2, &v->choices);
    assert_int_equal(play_broken(p, "posted-write"), 1);
    assert_int_equal(p->result.choices_unplaced, 0);
    assert_false(p->result.incremental_mismatch);
    with = p->result.digest;
    p->config.rules_off = off;
    p->config.n_rules_off = 1;
    play(p, unfenced, 2, &v->choices);
    assert_int_equal(play_broken(p, "posted-write"), 0);
    assert_int_equal(p->result.digest.low, with.low);
    assert_int_equal(p->result.digest.high, with.high);
    nap_explore_result_free(&result);
}

/* --- order between devices --- */

static int port_before_fence(void)
{
    nap_write32(DS0 + AT_IMUCTR(16), 0x21);
    dsb();
    return 0;
}

static int port_after_fence(void)
{
    dsb();
    nap_write32(DS0 + AT_IMUCTR(16), 0x21);
    dsb();
    return 0;
}

/* roots ends with a write of IMCTR to the root that is on its way. */
static void a_port_may_come_alive_before_the_root_without_a_barrier_between(void **state)
{
    static const struct nap_phase phases[] = {ROOTS, STEP(port_before_fence), CACHES,
                                              STEP(end_with_dsb)};
    static const struct nap_phase right[] = {ROOTS, STEP(port_after_fence), CACHES,
                                             STEP(end_with_dsb)};
    struct play *p = *state;
    struct nap_explore_result result;
    const struct nap_explored_violation *v;

    explore(p, phases, 4, &result);
    v = found(&result, "ipmmu-root-before-utlb");
    assert_non_null(v);
    assert_true(says(v, "IMCTR.MMUEN is 0"));
    assert_true(v->finding.issued < v->finding.effect);
    assert_int_equal(v->choices.n, 1);
    assert_string_equal(v->choices.list[0].instance, "mm.IMCTR[2]");
    nap_explore_result_free(&result);
    assert_clean(p, right, 4);
}

/* --- ipmmu-poll-before-write-lands --- */

static const char unmapping[] =
    "scenario: t\ntitle: t\ndriver: ipmmu\nsocs: [rcar-h3]\nvariants: [v]\nvary: [post]\n"
    "domains:\n"
    "  - name: g\n"
    "    masters: [sdhi0]\n"
    "    mappings:\n"
    "      - {iova: 0x50000000, pa: 0x58000000, size: 0x1000, access: rw}\n"
    "operations:\n"
    "  - probe\n"
    "  - attach: g\n"
    "  - dma: g\n"
    "  - unmap: {domain: g, iova: 0x50000000, size: 0x1000}\n";

static int unmap_then(struct nap_domain *guest, nap_addr iova, uint64_t size_bytes, bool fenced)
{
    int ret = nap_p2m_unmap(guest, iova, size_bytes);

    nap_write32(DS1 + AT_IMCTR(1), 0x5 | AT_IMCTR_FLUSH);
    nap_write32(MM + AT_IMCTR(1), UINT32_C(0x20000005) | AT_IMCTR_FLUSH);
    if (fenced)
        dsb();
    while (nap_read32(MM + AT_IMCTR(1)) & AT_IMCTR_FLUSH)
        nap_udelay(1);
    return ret;
}

static int unmap_relaxed(struct nap_domain *guest, nap_addr iova, uint64_t size_bytes)
{
    return unmap_then(guest, iova, size_bytes, false);
}

static int unmap_fenced(struct nap_domain *guest, nap_addr iova, uint64_t size_bytes)
{
    return unmap_then(guest, iova, size_bytes, true);
}

/* The poll of the root lands the root's own write, and not that of the cache. */
static void a_poll_of_the_root_may_end_before_the_cache_has_begun_to_flush(void **state)
{
    struct play *p = *state;
    struct nap_scenario *scenario;
    struct nap_explore_result result;
    const struct nap_explored_violation *v;

    assert_int_equal(
        nap_scenario_load(unmapping, sizeof unmapping - 1, "t.yaml", &scenario, NULL), NAP_OK);
    p->config.scenario = scenario;
    p->driver.unmap = unmap_relaxed;
    explore(p, NULL, 0, &result);
    v = found(&result, "posted-write");
    assert_non_null(v);
    assert_true(says(v, "unmap has returned success while the write of "
                        "0x7 to ds1.IMCTR[1] is on its way"));
    assert_non_null(found(&result, "dma-freshness"));
    nap_explore_result_free(&result);
    p->driver.unmap = unmap_fenced;
    assert_clean(p, NULL, 0);
    nap_scenario_free(scenario);
}

/* --- run-time power --- */

static void explore_runtime(struct play *p, struct nap_explore_result *result)
{
    struct nap_scenario *scenario;

    assert_int_equal(nap_builtin_scenario("ipmmu-runtime", &scenario, NULL), NAP_OK);
    p->config.scenario = scenario;
    explore(p, NULL, 0, result);
    p->config.scenario = p->scenario;
    nap_scenario_free(scenario);
}

/* Verdicts and notes that begin so. */
static unsigned begin_with(const struct nap_explore_result *result, const char *text)
{
    unsigned n = 0;

    for (unsigned i = 0; i < result->n_violations; i++)
        n += strncmp(result->violations[i].finding.message, text, strlen(text)) == 0;
    for (unsigned i = 0; i < result->notes.n_notes; i++)
        n += strncmp(result->notes.notes[i].message, text, strlen(text)) == 0;
    return n;
}

static void told_of_power_recommended_is_quiet(void **state)
{
    struct play *p = *state;
    struct nap_explore_result result;

    p->driver = nap_driver_ipmmu_recommended;
    explore_runtime(p, &result);
    assert_int_equal(result.n_violations, 0);
    assert_int_equal(begin_with(&result, "units are awake"), 0);
    assert_int_equal(begin_with(&result, "power has gone"), 0);
    nap_explore_result_free(&result);
}

/* The port of fcpf0, off and on again, the second without a barrier. */
static int wake_without_a_barrier(struct nap_device *device)
{
    int ret = nap_driver_ipmmu_recommended.device_on(device);
    uint32_t imuctr = nap_read32(VP0 + AT_IMUCTR(0));

    nap_write32(VP0 + AT_IMUCTR(0), 0);
    dsb();
    nap_write32(VP0 + AT_IMUCTR(0), imuctr);
    return ret;
}

static void the_unfenced_last_write_of_device_on_fires(void **state)
{
    struct play *p = *state;
    struct nap_explore_result result;

    p->driver = nap_driver_ipmmu_recommended;
    p->driver.device_on = wake_without_a_barrier;
    explore_runtime(p, &result);
    assert_true(says(found(&result, "posted-write"),
                     "units are awake again while the write of 0x11 to vp0.IMUCTR[0] is on its "
                     "way; where traffic of fcpf0 at vp0 port 0 goes changes when it lands"));
    nap_explore_result_free(&result);
}

/* Of the two writes the first goes with its unit. */
static int sleep_without_a_barrier(struct nap_device *device)
{
    int ret = nap_driver_ipmmu_recommended.device_off(device);

    nap_write32(VP0 + AT_IMUCTR(0), 0);
    nap_write32(MM + AT_IMCTR(2), 0);
    return ret;
}

static void what_device_off_posted_to_a_unit_that_keeps_power_fires(void **state)
{
    struct play *p = *state;
    struct nap_explore_result result;

    p->driver = nap_driver_ipmmu_recommended;
    p->driver.device_off = sleep_without_a_barrier;
    explore_runtime(p, &result);
    assert_true(says(found(&result, "posted-write"),
                     "power has gone while the write of 0x0 to mm.IMCTR[2] is on its way; "
                     "where traffic of sdhi0 at ds1 port 32 goes changes when it lands"));
    nap_explore_result_free(&result);
}

static int sleep_with_what_is_lost(struct nap_device *device)
{
    int ret = nap_driver_ipmmu_recommended.device_off(device);

    nap_write32(VP0 + AT_IMUCTR(0), 0x11);
    dsb();
    nap_write32(VP0 + AT_IMUCTR(0), 0);
    return ret;
}

static void what_device_off_posted_to_a_unit_that_is_off_is_quiet(void **state)
{
    struct play *p = *state;
    struct nap_explore_result result;

    p->driver = nap_driver_ipmmu_recommended;
    p->driver.device_off = sleep_with_what_is_lost;
    explore_runtime(p, &result);
    assert_true(result.executions > 1); /* it was asked */
    assert_int_equal(begin_with(&result, "power has gone"), 0);
    nap_explore_result_free(&result);
}

/* --- api-undo beside it --- */

/* One failure of that name, and nothing is held. */
static void play_failing(struct play *p, const char *what)
{
    static const struct nap_phase phases[] = {ROOTS, CACHES, STEP(end_with_dsb)};
    struct nap_keyed_choice choice = {
        .kind = NAP_CHOOSE_FAIL, .instance = "", .n = 2, .value = 1};
    struct nap_choice_list list = {.list = &choice, .n = 1};

    snprintf(choice.label, sizeof choice.label, "%s", what);
    p->driver.attach =
        p->driver.attach ? p->driver.attach : nap_driver_ipmmu_recommended.attach;
    p->config.vary = POST | NAP_CHOICE_BIT(NAP_CHOOSE_FAIL);
    p->config.faults = 1;
    play(p, phases, 3, &list);
    assert_int_equal(p->result.choices_unplaced, 0);
}

/* The last write turns the port off, and no barrier follows. */
static int attach_and_take_back(struct nap_domain *domain, struct nap_master *master)
{
    int ret = nap_driver_ipmmu_recommended.attach(domain, master);

    if (ret || strcmp(master->name, "avb") != 0 || !nap_fails("mark"))
        return ret;
    (void)nap_driver_ipmmu_recommended.detach(domain, master);
    nap_write32(DS0 + AT_IMUCTR(16), 0x21);
    dsb();
    nap_write32(DS0 + AT_IMUCTR(16), 0);
    return -ENOMEM;
}

static void what_a_failed_call_takes_back_may_land_before_it_is_looked_at(void **state)
{
    struct play *p = *state;

    p->driver.attach = attach_and_take_back;
    play_failing(p, "mark");
    assert_int_equal(play_broken(p, "api-undo"), 0);
}

/* The last to be probed leaves a write on its way that decides on a port of another unit. */
static int probe_and_post(struct nap_device *device)
{
    int ret = nap_driver_ipmmu_recommended.probe(device);

    if (ret == 0 && strcmp(device->name, "vp1") == 0)
        nap_write32(DS0 + AT_IMUCTR(16), 0x21);
    return ret;
}

static int land_and_fail(struct nap_domain *domain)
{
    dsb();
    return nap_fails("mark") ? -ENOMEM : nap_driver_ipmmu_recommended.domain_init(domain);
}

static void what_was_on_its_way_before_a_call_is_not_its_doing(void **state)
{
    struct play *p = *state;

    p->driver.probe = probe_and_post;
    p->driver.domain_init = land_and_fail;
    play_failing(p, "mark");
    assert_int_equal(play_broken(p, "api-undo"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        play_test(the_unfenced_last_write_of_resume_fires),
        play_test(a_barrier_at_the_end_is_quiet),
        play_test(a_barrier_of_an_inner_domain_is_none),
        play_test(under_strict_early_ack_a_barrier_is_not_enough_and_a_read_is),
        play_test(under_strict_p20_no_write_is_ever_on_its_way),
        play_test(a_write_that_no_traffic_needs_is_a_note),
        play_test(a_write_that_changes_permissions_of_the_last_page_fires),
        play_test(a_write_that_changes_the_deciding_context_alone_fires),
        play_test(the_unfenced_last_write_of_attach_fires),
        play_test(the_unfenced_last_write_of_map_fires),
        play_test(the_trial_changes_nothing),
        play_test(the_trial_leaves_nothing_for_later_steps),
        play_test(a_port_may_come_alive_before_the_root_without_a_barrier_between),
        play_test(a_poll_of_the_root_may_end_before_the_cache_has_begun_to_flush),
        play_test(told_of_power_recommended_is_quiet),
        play_test(the_unfenced_last_write_of_device_on_fires),
        play_test(what_device_off_posted_to_a_unit_that_keeps_power_fires),
        play_test(what_device_off_posted_to_a_unit_that_is_off_is_quiet),
        play_test(what_a_failed_call_takes_back_may_land_before_it_is_looked_at),
        play_test(what_was_on_its_way_before_a_call_is_not_its_doing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
