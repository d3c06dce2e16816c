/* SPDX-License-Identifier: MIT */
/* Run-time power references in runs: what goes off, what wakes within a call, and what a call
 * must leave as it was. */
#include "video.h"

static bool is_video(const struct nap_device *d)
{
    return strncmp(d->name, "vp", 2) == 0;
}

static int probe(struct nap_device *d)
{
    int result = below->probe(d);

    if (result == 0 && is_video(d))
        nap_pm_enable(d);
    if (strcmp(d->name, "vp0") == 0)
        vp0 = d;
    return result;
}

static void open_text(struct rig *r, const char *text)
{
    open_video(r, "p.yaml", text);
    calls_noted = "device_o";
    driver.probe = probe;
}

/* --- going off --- */

static void what_nobody_holds_goes_off_where_the_scenario_says_so(void **state)
{
    struct rig r;

    (void)state;
    open_text(&r, HEAD DOWN UP);
    assert_broken(&r, NULL, NULL, NULL);
    assert_string_equal(steps, "device_off;device_off;power off;power on;device_on;device_on;");
}

static int map_holding(struct nap_domain *domain, nap_addr iova, nap_addr pa, uint64_t bytes,
                       unsigned prot)
{
    int result = nap_pm_get(vp0);

    return result ? result : below->map(domain, iova, pa, bytes, prot);
}

static void a_reference_keeps_its_device_on(void **state)
{
    struct rig r;

    (void)state;
    open_text(&r, HEAD MAP DOWN UP);
    driver.map = map_holding;
    assert_broken(&r, NULL, NULL, NULL);
    assert_string_equal(steps, "power on;"); /* of nothing */
}

static int busy(struct nap_device *d)
{
    (void)d;
    return -EBUSY;
}

static void a_driver_that_is_busy_keeps_its_device_on(void **state)
{
    struct rig r;

    (void)state;
    open_text(&r, HEAD DOWN);
    driver.device_off = busy;
    assert_broken(&r, NULL, NULL, NULL);
    assert_string_equal(steps, "device_off;");
}

static struct nap_keyed_choice taken[2];

static struct nap_choice_list take(struct rig *r, enum nap_choice_kind kind, const char *label,
                                   unsigned nth, const char *first, const char *second)
{
    const char *const where[] = {first, second};

    for (unsigned i = 0; i < 2 && where[i]; i++) {
        taken[i] = (struct nap_keyed_choice){.kind = kind, .n = 2, .value = 1};
        taken[i].nth = nth;
        (void)strcpy(taken[i].label, label);
        (void)strcpy(taken[i].instance, where[i]);
    }
    r->config.vary = NAP_CHOICE_BIT(kind);
    return (struct nap_choice_list){.list = taken, .n = second ? 2 : 1};
}

/* Both devices of the domain, before the first operation that follows. */
static void what_nobody_holds_may_go_off_by_itself(void **state)
{
    struct nap_choice_list idle;
    struct rig r;

    (void)state;
    open_text(&r, HEAD "  - dma: video\n" UP);
    idle = take(&r, NAP_CHOOSE_IDLE, "a device that nobody holds goes off", 1, "vp0", "vp1");
    assert_broken(&r, &idle, NULL, NULL);
    assert_string_equal(steps, "device_off;device_off;power off;power on;device_on;device_on;");
}

static int fails(struct nap_device *d)
{
    (void)d;
    return -EIO;
}

static void an_error_of_what_goes_off_by_itself_is_told(void **state)
{
    struct nap_choice_list idle;
    struct nap_run_result result;
    struct nap_error error = {0};
    struct rig r;

    (void)state;
    open_text(&r, HEAD "  - dma: video\n" UP);
    driver.device_off = fails;
    idle = take(&r, NAP_CHOOSE_IDLE, "a device that nobody holds goes off", 1, "vp0", NULL);
    assert_int_equal(nap_run(&r.config, &idle, &result, &error), NAP_ERR_STATE);
    assert_non_null(strstr(error.text, "refused this operation with -5 (EIO), expected 0"));
    nap_run_result_free(&result);
    rig_close(&r);
}

static bool was_live;

static int look_whether_live(struct nap_device *d)
{
    struct nap_machine *m = nap_seam_machine();

    if (strcmp(d->name, "vp0") == 0)
        was_live = nap_master_live(m, (unsigned)nap_master_find(m, "fcpf0"));
    return below->device_off(d);
}

/* vp1 has gone off before it, so the domain goes with vp0. */
static void a_master_is_held_before_its_device_goes_off_by_itself(void **state)
{
    struct nap_choice_list idle;
    struct rig r;

    (void)state;
    open_text(&r, HEAD "  - dma: video\n  - dma: video\n" UP);
    driver.device_off = look_whether_live;
    idle = take(&r, NAP_CHOOSE_IDLE, "a device that nobody holds goes off", 2, "vp0", "vp1");
    taken[1].nth = 1;
    was_live = true;
    assert_broken(&r, &idle, NULL, NULL);
    assert_false(was_live);
}

static void what_nobody_holds_may_go_off_after_resume(void **state)
{
    struct nap_choice_list idle;
    struct rig r;

    (void)state;
    open_text(&r, HEAD "  - suspend\n  - power-cycle\n  - resume\n  - dma: video\n" UP);
    idle = take(&r, NAP_CHOOSE_IDLE, "a device that nobody holds goes off", 2, "vp0", "vp1");
    assert_broken(&r, &idle, NULL, NULL);
    assert_non_null(strstr(steps, "device_off;device_off;power off;power on;device_on;"));
}

/* --- waking within a call --- */

static int map_awake(struct nap_domain *domain, nap_addr iova, nap_addr pa, uint64_t bytes,
                     unsigned prot)
{
    int result = map_holding(domain, iova, pa, bytes, prot);

    nap_pm_put(vp0);
    return result;
}

static void a_call_may_wake_its_device_and_all_is_as_if_it_had_not_slept(void **state)
{
    struct rig r;

    (void)state;
    open_text(&r, HEAD DOWN MAP "  - dma: video\n" UP);
    driver.map = map_awake;
    assert_broken(&r, NULL, NULL, NULL);
    assert_string_equal(
        steps, "device_off;device_off;power off;power on;device_on;power on;device_on;");
}

static int forget(struct nap_device *d)
{
    (void)d;
    return 0;
}

static void
a_device_that_wakes_in_a_call_without_its_state_is_no_machine_as_before(void **state)
{
    static const char *const rules[] = {"dma-isolation", "ipmmu-power-up-bypass",
                                        "state-equivalence"};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_text(&r, HEAD DOWN MAP UP);
    driver.map = map_awake;
    driver.device_on = forget;
    rig_run(&r, NULL, &result);
    assert_violates_exactly(&result.findings, rules, 3);
    nap_run_result_free(&result);
    rig_close(&r);
}

static void what_a_client_wakes_is_looked_at(void **state)
{
    struct nap_keyed_choice calls = {
        .kind = NAP_CHOOSE_API, .label = "a client calls", .nth = 0, .n = 2, .value = 1};
    const struct nap_choice_list list = {.list = &calls, .n = 1};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_text(&r, HEAD DOWN "  - dma: video\n" UP CLIENT);
    driver.map = map_awake;
    driver.device_on = forget;
    r.config.vary = NAP_CHOICE_BIT(NAP_CHOOSE_API);
    rig_run(&r, &list, &result);
    assert_true(
        has_rule(result.findings.violations, result.findings.n_violations, "dma-isolation"));
    nap_run_result_free(&result);
    rig_close(&r);
}

/* --- balance --- */

static int map_put_only(struct nap_domain *domain, nap_addr iova, nap_addr pa, uint64_t bytes,
                        unsigned prot)
{
    if (iova == 0x60000000)
        nap_pm_put(vp0);
    return below->map(domain, iova, pa, bytes, prot);
}

static void a_put_that_no_get_stands_against_fires(void **state)
{
    struct rig r;

    (void)state;
    open_text(&r, HEAD MAP);
    driver.map = map_put_only;
    assert_broken(&r, NULL, "os-balance",
                  "a power reference of vp0 is put back that nobody holds");
}

static int enable_twice(struct nap_device *d)
{
    int result = probe(d);

    if (strcmp(d->name, "vp0") == 0)
        nap_pm_enable(d);
    return result;
}

static void power_management_enabled_twice_fires(void **state)
{
    struct rig r;

    (void)state;
    open_text(&r, HEAD);
    driver.probe = enable_twice;
    assert_broken(&r, NULL, "os-balance",
                  "run-time power management of vp0 is enabled, and it is already");
}

static int map_fails(struct nap_domain *domain, nap_addr iova, nap_addr pa, uint64_t bytes,
                     unsigned prot)
{
    int result;

    if (iova != 0x60000000)
        return below->map(domain, iova, pa, bytes, prot);
    result = nap_pm_get(vp0);
    if (result == 0 && nap_fails("of this test"))
        return -ENOMEM;
    if (result == 0) {
        result = below->map(domain, iova, pa, bytes, prot);
        nap_pm_put(vp0);
    }
    return result;
}

static void run_failing(struct rig *r, const char *label, const char *rule, const char *message)
{
    struct nap_choice_list fails;

    open_text(r, HEAD MAP);
    driver.map = map_fails;
    r->config.faults = 1;
    fails = take(r, NAP_CHOOSE_FAIL, label, 0, "", NULL);
    assert_broken(r, &fails, rule, message);
}

static void a_reference_that_a_failed_call_leaves_fires(void **state)
{
    struct rig r;

    (void)state;
    run_failing(&r, "of this test", "os-balance",
                "map returned -12, and holds 1 power references of vp0 more than before");
}

static void a_reference_that_could_not_be_taken_is_not_left(void **state)
{
    struct rig r;

    (void)state;
    run_failing(&r, "pm get", NULL, NULL);
}

/* --- off at run time at suspend entry --- */

static int probe_with_handler(struct nap_device *d)
{
    int result = probe(d);

    return result || d != vp0 ? result : nap_irq_request(d, 0, true);
}

static int off_without_handler(struct nap_device *d)
{
    if (d == vp0)
        nap_irq_free(d, 0);
    return below->device_off(d);
}

static int on_with_handler(struct nap_device *d)
{
    int result = below->device_on(d);

    return result || d != vp0 ? result : nap_irq_request(d, 0, true);
}

/* Nothing is to be done for it in suspend and resume. */
static void what_it_has_given_back_counts_once_it_is_on_again(void **state)
{
    struct rig r;

    (void)state;
    open_text(&r, HEAD DOWN "  - suspend\n  - resume\n" UP);
    driver.probe = probe_with_handler;
    driver.device_off = off_without_handler;
    driver.device_on = on_with_handler;
    driver.n_suspend = driver.n_resume = 0;
    assert_broken(&r, NULL, NULL, NULL);
    assert_string_equal(steps, "device_off;device_off;power off;power on;device_on;device_on;");
}

#define FIRMWARE_ON "  - suspend\n  - power-on: [a3vp]\n  - resume\n"

/* Power is there then already, but nothing has told the driver. */
static void what_firmware_has_brought_on_is_told_when_software_wants_it(void **state)
{
    struct rig r;

    (void)state;
    open_text(&r, HEAD DOWN FIRMWARE_ON UP "  - dma: video\n");
    driver.probe = below->probe; /* without power references */
    driver.n_suspend = driver.n_resume = 0;
    assert_broken(&r, NULL, NULL, NULL);
    assert_string_equal(
        steps, "device_off;device_off;power off;power on;power on;device_on;device_on;");
}

static void a_reference_wakes_what_firmware_has_brought_on(void **state)
{
    struct rig r;

    (void)state;
    open_text(&r, HEAD DOWN FIRMWARE_ON MAP "  - dma: video\n" UP);
    driver.map = map_awake;
    driver.n_suspend = driver.n_resume = 0;
    assert_broken(&r, NULL, NULL, NULL);
    assert_string_equal(
        steps,
        "device_off;device_off;power off;power on;power on;device_on;power on;device_on;");
}

/* Cut without a word to the driver, which would not know. */
static void what_was_cut_must_be_back_before_a_suspend(void **state)
{
    struct nap_run_result result;
    struct nap_error error = {0};
    struct rig r;

    (void)state;
    open_text(&r, HEAD "  - power-off: [a3vp]\n" DOWN SLEEP);
    assert_int_equal(nap_run(&r.config, NULL, &result, &error), NAP_ERR_STATE);
    assert_string_equal(error.text, "p.yaml:17: power domain a3vp is off here, expected "
                                    "runtime-resume or power-on of it above");
    nap_run_result_free(&result);
    rig_close(&r);
}

/* --- a call that is broken off --- */

static struct nap_phase suspend[8], resume[8];

/* What it holds for its own time. */
static int hold_and_write(void)
{
    int result = nap_pm_get(vp0);

    if (result == 0) {
        nap_write32(vp0->regs + 0x500, 0); /* IMSCTLR */
        nap_pm_put(vp0);
    }
    return result;
}

static int give_back(void)
{
    nap_pm_put(vp0);
    return 0;
}

static int nothing(void)
{
    return 0;
}

static int remove_managed(struct nap_device *d)
{
    nap_pm_disable(d);
    return 0;
}

/* All power goes in the middle of the last step of suspend; the last of resume is @last. */
static void lose_power_holding(int (*last)(void), bool parked)
{
    struct nap_choice_list lost;
    struct rig r;

    open_text(&r, HEAD SLEEP DOWN UP "  - detach: video\n  - remove: vp0\n");
    memcpy(suspend, below->suspend, below->n_suspend * sizeof *suspend);
    memcpy(resume, below->resume, below->n_resume * sizeof *resume);
    suspend[below->n_suspend] =
        (struct nap_phase){.name = "hold", .kind = NAP_PHASE_STEP, .step = hold_and_write};
    resume[below->n_resume] =
        (struct nap_phase){.name = "last", .kind = NAP_PHASE_STEP, .step = last};
    driver.suspend = suspend;
    driver.resume = resume;
    driver.n_suspend = below->n_suspend + 1;
    driver.n_resume = below->n_resume + 1;
    driver.remove = remove_managed;
    r.config.rerun_calls = !parked;
    lost = take(&r, NAP_CHOOSE_LOSS, "power gone before write", 0, "vp0.IMSCTLR", NULL);
    assert_broken(&r, &lost, NULL, NULL);
}

static void a_reference_of_a_call_that_was_broken_off_is_held_against_nobody(void **state)
{
    (void)state;
    for (int parked = 0; parked < 2; parked++) {
        lose_power_holding(nothing, parked);
        assert_null(strstr(steps, "device_off")); /* it keeps vp0 on */
    }
}

static void a_reference_of_a_call_that_was_broken_off_may_be_put_back(void **state)
{
    (void)state;
    for (int parked = 0; parked < 2; parked++) {
        lose_power_holding(give_back, parked);
        assert_non_null(strstr(steps, "device_off;device_off;power off;power on;device_on;"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_nobody_holds_goes_off_where_the_scenario_says_so),
        cmocka_unit_test(a_reference_keeps_its_device_on),
        cmocka_unit_test(a_driver_that_is_busy_keeps_its_device_on),
        cmocka_unit_test(what_nobody_holds_may_go_off_by_itself),
        cmocka_unit_test(an_error_of_what_goes_off_by_itself_is_told),
        cmocka_unit_test(a_master_is_held_before_its_device_goes_off_by_itself),
        cmocka_unit_test(what_nobody_holds_may_go_off_after_resume),
        cmocka_unit_test(what_a_client_wakes_is_looked_at),
        cmocka_unit_test(a_call_may_wake_its_device_and_all_is_as_if_it_had_not_slept),
        cmocka_unit_test(
            a_device_that_wakes_in_a_call_without_its_state_is_no_machine_as_before),
        cmocka_unit_test(a_put_that_no_get_stands_against_fires),
        cmocka_unit_test(power_management_enabled_twice_fires),
        cmocka_unit_test(a_reference_that_a_failed_call_leaves_fires),
        cmocka_unit_test(a_reference_that_could_not_be_taken_is_not_left),
        cmocka_unit_test(what_it_has_given_back_counts_once_it_is_on_again),
        cmocka_unit_test(what_firmware_has_brought_on_is_told_when_software_wants_it),
        cmocka_unit_test(a_reference_wakes_what_firmware_has_brought_on),
        cmocka_unit_test(what_was_cut_must_be_back_before_a_suspend),
        cmocka_unit_test(a_reference_of_a_call_that_was_broken_off_is_held_against_nobody),
        cmocka_unit_test(a_reference_of_a_call_that_was_broken_off_may_be_put_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
