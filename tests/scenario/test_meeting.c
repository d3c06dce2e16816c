/* SPDX-License-Identifier: MIT */
/* Where a search takes two states for one: inside driver calls that are not parked, and where
 * only the twins differ. Each test would pass unseen, or never end, if it took too much or too
 * little for the same. */
#include "rig.h"

#include "seam/seam.h"

#include <errno.h>

#define CONTROL 0x500 /* IMSCTLR */
#define FLUSH   0x2u  /* IMCTR */
#define SPARE   UINT64_C(0x1000000000)

/* In driver RAM, and so in the state. */
static struct memory {
    unsigned sum;
} * memory;

static struct nap_device *mm;

static uint32_t hardware_chooses(void)
{
    return nap_choose(nap_seam_machine(), NAP_CHOOSE_LATENCY, "a test", NAP_NO_INSTANCE, 2);
}

static bool is_mm(struct nap_device *device)
{
    if (strcmp(device->name, "mm") != 0)
        return false;
    mm = device;
    if (!device->data)
        device->data = nap_alloc(sizeof *memory);
    memory = device->data;
    return memory != NULL;
}

static int d_attach(struct nap_domain *domain, struct nap_master *master)
{
    (void)domain;
    (void)master;
    return 0;
}

static int d_map(struct nap_domain *domain, nap_addr iova, nap_addr pa, uint64_t size_bytes,
                 unsigned prot)
{
    (void)domain;
    (void)pa;
    (void)size_bytes;
    (void)prot;
    return iova >= SPARE && memory->sum == 0 ? -EIO : 0;
}

static int d_unmap(struct nap_domain *domain, nap_addr iova, uint64_t size_bytes)
{
    (void)domain;
    (void)iova;
    (void)size_bytes;
    return 0;
}

static const struct nap_driver plain = {
    .abi = NAP_DRIVER_ABI,
    .name = "d",
    .attach = d_attach,
    .detach = d_attach,
    .map = d_map,
    .unmap = d_unmap,
};

#define HEAD                                                                                   \
    "scenario: t\ntitle: t\ndriver: d\nsocs: [rcar-h3]\nvariants: [recommended]\nvary: []\n"
#define PROBE HEAD "domains: []\noperations: [probe]\n"
#define SLEEP                                                                                  \
    HEAD "domains:\n  - name: guest\n    masters: [sdhi0]\n    mappings:\n"                    \
         "      - {iova: 0x50000000, pa: 0x58000000, size: 0x1000, access: rw}\n"              \
         "operations: [probe, attach: guest, suspend, power-cycle, resume]\n"

static void search(const char *text, const struct nap_driver *d, uint32_t vary,
                   struct nap_explore_result *result)
{
    struct nap_error error = {0};
    struct rig r;

    rig_open(&r, "recommended");
    nap_scenario_free(r.scenario);
    if (nap_scenario_load(text, strlen(text), "t.yaml", &r.scenario, &error))
        fail_msg("%s", error.text);
    r.config.scenario = r.scenario;
    r.config.driver = d;
    r.config.vary = vary;
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, UINT64_MAX, result);
    rig_close(&r);
}

static void explore(const char *text, const struct nap_driver *d,
                    struct nap_explore_result *result)
{
    search(text, d, VARY_LATENCY, result);
    assert_true(result->exhausted);
}

/* --- inside a call --- */

static int probe_forgets(struct nap_device *device)
{
    if (!is_mm(device))
        return 0;
    for (unsigned i = 0; i < 12; i++) {
        (void)hardware_chooses();
        (void)nap_read32(mm->regs + CONTROL);
    }
    return 0;
}

/* 2^12 ways through the call, and nobody can tell afterwards which it was. */
static void choices_that_leave_nothing_behind_add_up(void **state)
{
    struct nap_driver d = plain;
    struct nap_explore_result result;

    (void)state;
    if (!nap_stack_works())
        skip();
    d.probe = probe_forgets;
    explore(PROBE, &d, &result);
    assert_int_equal(result.n_violations, 0);
    assert_in_range(result.executions, 13, 100);
    nap_explore_result_free(&result);
}

static int probe_adds(struct nap_device *device)
{
    if (!is_mm(device))
        return 0;
    for (unsigned i = 0; i < 12; i++) {
        memory->sum += hardware_chooses();
        (void)nap_read32(mm->regs + CONTROL);
    }
    if (memory->sum == 12)
        nap_panic("each of them", __FILE__, __LINE__);
    return 0;
}

static void what_the_driver_keeps_of_them_is_told_apart(void **state)
{
    struct nap_driver d = plain;
    struct nap_explore_result result;

    (void)state;
    d.probe = probe_adds;
    explore(PROBE, &d, &result);
    assert_int_equal(result.n_violations, 1);
    assert_int_equal(result.violations[0].choices.n, 12);
    nap_explore_result_free(&result);
}

/* A device that is to be probed again is remembered by the caller alone. */
static int probe_once(struct nap_device *device)
{
    if (strcmp(device->name, "mm") == 0) {
        if (device->data)
            nap_panic("called again", __FILE__, __LINE__);
        device->data = nap_alloc(1);
        return hardware_chooses() ? NAP_EPROBE_DEFER : 0;
    }
    if (strcmp(device->name, "ds0") == 0) {
        (void)hardware_chooses();
        (void)nap_read32(device->regs + CONTROL);
    }
    return 0;
}

static void what_the_caller_keeps_of_them_is_told_apart(void **state)
{
    struct nap_driver d = plain;
    struct nap_explore_result result;

    (void)state;
    d.probe = probe_once;
    explore(PROBE, &d, &result);
    assert_non_null(explored(&result, "driver-panic"));
    nap_explore_result_free(&result);
}

/* Each turn leaves the machine and the driver as the turn before. */
static int probe_waits(struct nap_device *device)
{
    while (is_mm(device)) {
        (void)hardware_chooses();
        (void)nap_read32(mm->regs + CONTROL);
        nap_udelay(1000000);
    }
    return 0;
}

static void a_wait_without_an_end_is_no_call_seen_before(void **state)
{
    struct nap_driver d = plain;
    struct nap_explore_result result;

    (void)state;
    if (!nap_stack_works())
        skip(); /* each of 2^60 ways */
    d.probe = probe_waits;
    explore(PROBE, &d, &result);
    assert_non_null(explored(&result, "driver-panic"));
    nap_explore_result_free(&result);
}

/* --- how long a call takes --- */

static int naps(struct nap_device *device, unsigned microseconds)
{
    for (unsigned i = 0; is_mm(device) && i < 2; i++) {
        nap_udelay(microseconds * hardware_chooses());
        nap_write32(mm->regs + CONTROL, 0);
    }
    return 0;
}

static int probe_naps_too_long(struct nap_device *device)
{
    return naps(device, 40000000);
}

static int probe_naps(struct nap_device *device)
{
    return naps(device, 29000000);
}

/* 80 seconds, of which no run has seen more than 40. */
static void waits_that_may_add_up_to_more_than_a_minute_prove_nothing(void **state)
{
    struct nap_driver d = plain;
    struct nap_explore_result result;

    (void)state;
    if (!nap_stack_works())
        skip(); /* each way is run, and the watchdog met */
    d.probe = probe_naps_too_long;
    search(PROBE, &d, VARY_LATENCY, &result);
    /* A compiler may leave in the frames what was chosen: then it is found. */
    assert_true(result.n_violations || (result.slow && !result.exhausted));
    assert_false(result.circles);
    nap_explore_result_free(&result);
}

static void waits_that_stay_below_a_minute_in_all_are_proved(void **state)
{
    struct nap_driver d = plain;
    struct nap_explore_result result;

    (void)state;
    d.probe = probe_naps;
    explore(PROBE, &d, &result);
    assert_int_equal(result.n_violations, 0);
    assert_false(result.slow);
    nap_explore_result_free(&result);
}

/* --- filters of walks --- */

static int probe_finds(struct nap_device *device)
{
    (void)is_mm(device);
    return 0;
}

static int probe_lists(struct nap_device *device)
{
    (void)is_mm(device);
    nap_list_add_tail(device);
    return 0;
}

static bool naps_and_takes_none(const struct nap_device *device)
{
    (void)device;
    nap_udelay(40000000);
    return false;
}

static int d_nothing(struct nap_device *device)
{
    (void)device;
    return 0;
}

#define WALK HEAD "domains: []\noperations: [probe, suspend, power-cycle, resume]\n"

static void each_question_of_a_walk_has_a_minute_of_its_own(void **state)
{
    static const struct nap_phase walk = {.name = "walk",
                                          .kind = NAP_PHASE_WALK,
                                          .filter = naps_and_takes_none,
                                          .each = d_nothing};
    struct nap_driver d = plain;
    struct nap_explore_result result;

    (void)state;
    d.probe = probe_lists;
    d.suspend = &walk;
    d.n_suspend = 1;
    search(WALK, &d, VARY_LATENCY, &result);
    for (unsigned i = 0; i < result.n_violations; i++)
        assert_string_not_equal(result.violations[i].finding.rule->id, "driver-panic");
    nap_explore_result_free(&result);
}

/* --- calls that go in a circle --- */

static void assert_proves_nothing(const char *text, const struct nap_driver *d, uint32_t vary)
{
    struct nap_explore_result result;

    if (!nap_stack_works())
        skip(); /* it would go on for ever */
    search(text, d, vary, &result);
    assert_false(result.exhausted);
    assert_true(result.circles);
    assert_int_equal(result.n_violations, 0);
    nap_explore_result_free(&result);
}

static int probe_circles(struct nap_device *device)
{
    while (is_mm(device)) {
        (void)hardware_chooses();
        nap_write32(mm->regs + CONTROL, 0);
    }
    return 0;
}

static void a_circle_in_a_call_proves_nothing(void **state)
{
    struct nap_driver d = plain;

    (void)state;
    d.probe = probe_circles;
    assert_proves_nothing(PROBE, &d, VARY_LATENCY);
}

/* Each turn has the flush to wait for, and no two reads in a row are equal. */
static int d_circles(void)
{
    for (;;) {
        nap_write32(mm->regs, FLUSH);
        while (nap_read32(mm->regs) & FLUSH)
            nap_udelay(1);
        (void)nap_read32(mm->regs + CONTROL);
    }
    return 0;
}

static void a_circle_in_a_parked_call_proves_nothing(void **state)
{
    static const struct nap_phase circles = {
        .name = "circles", .kind = NAP_PHASE_STEP, .step = d_circles};
    struct nap_driver d = plain;

    (void)state;
    d.probe = probe_finds;
    d.suspend = &circles;
    d.n_suspend = 1;
    assert_proves_nothing(WALK, &d, VARY_LATENCY | NAP_CHOICE_BIT(NAP_CHOOSE_ABORT));
}

/* What comes after the flush never comes. A turn is like the one before, and a minute goes by.
 */
static int d_waits_for_ever(void)
{
    for (;;) {
        nap_write32(mm->regs, FLUSH);
        while (nap_read32(mm->regs) & FLUSH)
            nap_udelay(1);
        (void)nap_read32(mm->regs + CONTROL);
        nap_udelay(100000);
    }
    return 0;
}

static void a_circle_that_takes_time_ends_by_the_watchdog(void **state)
{
    static const struct nap_phase waits = {
        .name = "waits", .kind = NAP_PHASE_STEP, .step = d_waits_for_ever};
    static const uint32_t vary[] = {VARY_LATENCY,
                                    VARY_LATENCY | NAP_CHOICE_BIT(NAP_CHOOSE_ABORT)};
    struct nap_driver d = plain;
    struct nap_explore_result result;

    (void)state;
    if (!nap_stack_works())
        skip(); /* each of 2^600 ways */
    d.probe = probe_finds;
    d.suspend = &waits;
    d.n_suspend = 1;
    for (unsigned i = 0; i < 2; i++) {
        search(WALK, &d, vary[i], &result);
        assert_non_null(explored(&result, "driver-panic"));
        assert_false(result.exhausted);
        assert_true(result.circles);
        nap_explore_result_free(&result);
    }
}

/* --- twins --- */

static int probe_chooses(struct nap_device *device)
{
    if (is_mm(device))
        memory->sum = hardware_chooses();
    return 0;
}

static int d_forgets(void)
{
    memory->sum = 0;
    return 0;
}

/* The machine sleeps in two states and wakes up in one, in which it goes like the one twin and
 * not like the other. */
static void states_with_twins_that_fare_differently_are_told_apart(void **state)
{
    static const struct nap_phase forgets = {
        .name = "forgets", .kind = NAP_PHASE_STEP, .step = d_forgets};
    struct nap_driver d = plain;
    const struct nap_explored_violation *v;
    struct nap_explore_result result;

    (void)state;
    d.probe = probe_chooses;
    d.suspend = &forgets;
    d.n_suspend = 1;
    explore(SLEEP, &d, &result);
    v = explored(&result, "state-equivalence");
    assert_non_null(v);
    assert_int_equal(v->choices.n, 1);
    assert_string_equal(v->choices.list[0].label, "a test");
    nap_explore_result_free(&result);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(choices_that_leave_nothing_behind_add_up),
        cmocka_unit_test(what_the_driver_keeps_of_them_is_told_apart),
        cmocka_unit_test(what_the_caller_keeps_of_them_is_told_apart),
        cmocka_unit_test(a_wait_without_an_end_is_no_call_seen_before),
        cmocka_unit_test(waits_that_may_add_up_to_more_than_a_minute_prove_nothing),
        cmocka_unit_test(waits_that_stay_below_a_minute_in_all_are_proved),
        cmocka_unit_test(each_question_of_a_walk_has_a_minute_of_its_own),
        cmocka_unit_test(a_circle_in_a_call_proves_nothing),
        cmocka_unit_test(a_circle_in_a_parked_call_proves_nothing),
        cmocka_unit_test(a_circle_that_takes_time_ends_by_the_watchdog),
        cmocka_unit_test(states_with_twins_that_fare_differently_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
