/* SPDX-License-Identifier: MIT */
/* lib/compat/linux as a driver object meets it: driver.c on the machine of board.h. */
#include <errno.h>

#include "board.h"
#include "scenario/calls.h"
#include "scenario/events.h"
#include "seam/seam.h"

static const char sleep_scenario[] =
    "scenario: sleep\ntitle: t\ndriver: linux\nvary: [order]\n"
    "domains:\n"
    "  - name: sd\n"
    "    ipa-bits: 32\n"
    "    masters: [sdhi0]\n"
    "    mappings:\n"
    "      - {iova: 0x50000000, pa: 0x48000000, size: 0x201000, access: rw}\n"
    "  - name: disk\n"
    "    ipa-bits: 32\n"
    "    masters: [sata, pcie]\n"
    "    mappings:\n"
    "      - {iova: 0x50000000, pa: 0x4c000000, size: 0x200000, access: r}\n"
    "operations:\n"
    "  - probe\n"
    "  - attach: sd\n"
    "  - attach: disk\n"
    "  - dma: sd\n"
    "  - dma: disk\n"
    "  - suspend\n"
    "  - power-cycle\n"
    "  - resume\n";

/* Of a test that fails, so that the next finds its place in memory free. */
static struct nap_runner *running;

static int stop(void **state)
{
    (void)state;
    nap_runner_destroy(running);
    running = NULL;
    return 0;
}

static void open_runner(struct bench *b, struct nap_runner **r)
{
    struct nap_error error = {0};

    if (nap_runner_create(&b->config, r, &error))
        fail_msg("%s", error.text);
    running = *r;
}

static void run_to_operation(struct nap_runner *r, uint32_t op)
{
    while (r->pos->op < op)
        assert_true(nap_runner_advance(r));
}

static void run_to_end(struct nap_runner *r)
{
    while (nap_runner_advance(r))
        continue;
}

static void close_runner(struct bench *b, struct nap_runner *r)
{
    nap_runner_destroy(r);
    running = NULL;
    close_bench(b);
}

/* --- probing --- */

static void devices_that_wait_are_probed_again_behind_the_others(void **state)
{
    struct bench b;
    struct nap_runner *r;
    const char *at;

    (void)state;
    open_bench(&b, sleep_scenario);
    open_runner(&b, &r);
    run_to_operation(r, 1);
    at = traced(&b, NULL, "return     probe = -517");
    at = traced(&b, at + 1, "return     probe = -517");
    at = traced(&b, at, "test-ipmmu e67b0000.iommu: a root of kind h3");
    at = traced(&b, at, "test-ipmmu e7740000.iommu: a cache of kind h3");
    (void)traced(&b, at, "test-ipmmu e6570000.iommu: a cache of kind h3");
    close_runner(&b, r);
}

static void devices_sleep_and_come_back(void **state)
{
    struct bench b;
    struct nap_runner *r;

    (void)state;
    open_bench(&b, sleep_scenario);
    open_runner(&b, &r);
    run_to_end(r);
    clean(&b, &r->findings);
    assert_int_equal(r->failed_line, 0);
    assert_int_equal(r->pos->suspend_result, 0);
    assert_int_equal(r->pos->resume_result, 0);
    close_runner(&b, r);
}

/* A scenario of its own: @domains and @operations, which begin after the probe. */
static const char *scenario_of(const char *domains, const char *operations)
{
    static char text[2048];

    (void)snprintf(text, sizeof text,
                   "scenario: own\ntitle: t\ndriver: linux\nvary: [order]\ndomains: [%s]\n"
                   "operations: [probe, %s]\n",
                   domains, operations);
    return text;
}

#define DOMAIN(name, masters)                                                                  \
    "{name: " name ", ipa-bits: 32, masters: [" masters "], mappings: []}"

static void run_with(struct bench *b, struct nap_runner **r, const char *scenario,
                     const char *key, const char *value)
{
    open_bench(b, scenario);
    if (key)
        set(b, key, value);
    open_runner(b, r);
    run_to_end(*r);
}

static void sleep_order_is_that_of_binding_and_back(void **state)
{
    static const char *const order[] = {
        "e6570000.iommu: suspend\n",       "e7740000.iommu: suspend\n",
        "e67b0000.iommu: suspend\n",       "e6570000.iommu: suspend_noirq\n",
        "e7740000.iommu: suspend_noirq\n", "e67b0000.iommu: suspend_noirq\n",
        "e67b0000.iommu: resume_noirq\n",  "e7740000.iommu: resume_noirq\n",
        "e6570000.iommu: resume_noirq\n",  "e67b0000.iommu: resume\n",
        "e7740000.iommu: resume\n",        "e6570000.iommu: resume\n",
    };
    struct bench b;
    struct nap_runner *r;
    const char *at = NULL;

    (void)state;
    open_bench(&b, sleep_scenario);
    open_runner(&b, &r);
    while (r->pos->op < 8 && !r->pos->ended && nap_runner_advance(r))
        if (r->pos->op == 8)
            break;
    for (unsigned i = 0; i < sizeof order / sizeof *order; i++)
        at = traced(&b, at, order[i]);
    close_runner(&b, r);
}

/* Each phase is called for the three bound devices that have its callback; power comes back in
 * resume_noirq for all that are bound. */
static void only_callbacks_that_exist_are_called(void **state)
{
    struct bench b;
    struct nap_runner *r;

    (void)state;
    run_with(&b, &r, scenario_of("", "suspend, power-cycle, resume"), NULL, NULL);
    assert_int_equal(times_traced(&b, "call       suspend\n"), 3);
    assert_int_equal(times_traced(&b, "call       suspend_noirq\n"), 3);
    assert_int_equal(times_traced(&b, "call       resume_noirq\n"), 3);
    assert_int_equal(times_traced(&b, "call       resume\n"), 3);
    assert_int_equal(times_traced(&b, "call       prepare"), 0);
    assert_int_equal(times_traced(&b, "call       suspend_late"), 0);
    assert_int_equal(times_traced(&b, "call       resume_early"), 0);
    assert_int_equal(times_traced(&b, "call       complete"), 0);
    close_runner(&b, r);
}

static void failed_suspend_is_an_error(void **state)
{
    struct bench b;
    struct nap_runner *r;

    (void)state;
    run_with(&b, &r, scenario_of("", "suspend, power-cycle, resume"), "driver.mistake",
             "suspend");
    assert_int_equal(r->pos->suspend_result, -EBUSY);
    assert_int_equal(times_traced(&b, "suspend_noirq"), 0);
    close_runner(&b, r);
}

static void power_domain_is_on_before_its_device_resumes(void **state)
{
    struct bench b;
    struct nap_runner *r;
    const char *at;

    (void)state;
    run_with(&b, &r, scenario_of("", "suspend, power-off, power-on: [always], resume"), NULL,
             NULL);
    at = traced(&b, NULL, "e7740000.iommu: resume_noirq");
    at = traced(&b, at, "power      ");
    (void)traced(&b, at, "e6570000.iommu: resume_noirq");
    clean(&b, &r->findings);
    close_runner(&b, r);
}

static void device_without_driver_is_left_alone(void **state)
{
    struct bench b;
    struct nap_runner *r;
    const char *at;

    (void)state;
    run_with(&b, &r, scenario_of("", "suspend, resume"), NULL, NULL);
    at = traced(&b, NULL, "rt: no driver binds to it");
    (void)traced(&b, at, "return     probe = 0");
    assert_int_equal(r->failed_line, 0);
    close_runner(&b, r);
}

static void machine_without_device_tree_is_refused(void **state)
{
    struct bench b;
    struct nap_runner *r;

    (void)state;
    open_bench(&b, sleep_scenario);
    free(b.soc->tree);
    b.soc->tree = NULL;
    open_runner(&b, &r);
    run_to_end(r);
    (void)traced(&b, NULL, "reads a device tree, and the machine has none: --soc FILE.dtb");
    assert_int_equal(r->failed_result, -ENODEV);
    close_runner(&b, r);
}

static void failed_probe_gives_back_in_reverse(void **state)
{
    struct bench b;
    struct nap_runner *r;
    const char *at;

    (void)state;
    run_with(&b, &r, sleep_scenario, "driver.mistake", "probe");
    at = traced(&b, NULL, "a root of kind h3");
    at = traced(&b, at, "given back: second");
    at = traced(&b, at, "given back: first");
    (void)traced(&b, at, "test-ipmmu: e7740000.iommu stays unbound, its probe() gave -5");
    assert_int_equal(r->failed_result, -5);
    close_runner(&b, r);
}

static int probe_first(void *context)
{
    struct nap_runner *r = context;

    return r->config->driver->probe(r->devices[DS1]);
}

/* What is used of driver RAM and not on the list of what was freed. */
static uint64_t bytes_in_use(const struct nap_machine *m)
{
    uint64_t bytes = m->st->os.driver_used;

    for (uint64_t at = m->st->os.free_head; at; at = ((const uint64_t *)(uintptr_t)at)[1])
        bytes -= ((const uint64_t *)(uintptr_t)at)[0];
    return bytes;
}

static void deferred_probe_leaves_nothing_behind(void **state)
{
    struct bench b;
    struct nap_runner *r;
    uint64_t after_one;

    (void)state;
    open_bench(&b, sleep_scenario);
    open_runner(&b, &r);
    assert_int_equal(nap_seam_call(r->m, "probe", probe_first, r), NAP_EPROBE_DEFER);
    after_one = bytes_in_use(r->m);
    for (int i = 0; i < 20; i++)
        assert_int_equal(nap_seam_call(r->m, "probe", probe_first, r), NAP_EPROBE_DEFER);
    assert_int_equal(bytes_in_use(r->m), after_one);
    assert_int_equal(times_traced(&b, "given back: second"), 21);
    close_runner(&b, r);
}

struct failure {
    unsigned asked, fails; /* the call that fails, counted from 0 */
};

static uint32_t fail_one(void *context, const struct nap_choice *choice)
{
    struct failure *f = context;

    (void)choice;
    return f->asked++ == f->fails;
}

/* The probe of one device with its nth failing call, after one that only waited; false when it
 * has no such call. */
static bool probe_fails_cleanly(unsigned n)
{
    struct failure failure = {0, n};
    struct bench b;
    struct nap_runner *r;
    uint64_t before;
    int result;

    open_bench(&b, sleep_scenario);
    b.config.faults = 1;
    open_runner(&b, &r);
    assert_int_equal(nap_seam_call(r->m, "probe", probe_first, r), NAP_EPROBE_DEFER);
    before = bytes_in_use(r->m);
    nap_set_chooser(r->m, fail_one, &failure, NAP_CHOICE_BIT(NAP_CHOOSE_FAIL));
    result = nap_seam_call(r->m, "probe", probe_first, r);
    assert_int_equal(result, failure.asked > n ? -ENOMEM : NAP_EPROBE_DEFER);
    assert_int_equal(bytes_in_use(r->m), before);
    clean(&b, &r->findings);
    close_runner(&b, r);
    return failure.asked > n;
}

static void failed_probe_leaves_nothing_behind(void **state)
{
    unsigned n = 0;

    (void)state;
    while (probe_fails_cleanly(n))
        n++;
    assert_true(n >= 7);
}

/* --- devices behind an IOMMU --- */

static void ids_are_those_of_the_tree_in_its_order(void **state)
{
    struct bench b;
    struct nap_runner *r;

    (void)state;
    open_bench(&b, sleep_scenario);
    open_runner(&b, &r);
    run_to_operation(r, 3);
    (void)traced(&b, NULL, "ee100000.mmc: in context 0 of e7740000.iommu, first id 5 of 2");
    (void)traced(&b, NULL, "ee300000.sata: in context 1 of e6570000.iommu, first id 2 of 1");
    (void)traced(&b, NULL, "ee400000.pcie: in context 1 of e6570000.iommu, first id 3 of 1");
    close_runner(&b, r);
}

static void device_that_joins_a_group_in_use_joins_its_domain(void **state)
{
    struct bench b;
    struct nap_runner *r;
    const char *at, *joined, *left;

    (void)state;
    run_with(&b, &r, scenario_of(DOMAIN("disk", "sata, pcie"), "attach: disk"), NULL, NULL);
    at = traced(&b, traced(&b, NULL, "call       add_master") + 1, "call       add_master");
    joined = traced(&b, at, "ee400000.pcie: in context 0");
    left = traced(&b, at, "return     add_master = 0");
    assert_true(joined < left);
    assert_int_equal(times_traced(&b, "ee400000.pcie: in context"), 1);
    close_runner(&b, r);
}

static int add_pcie(void *context)
{
    struct nap_runner *r = context;

    return r->config->driver->add_master(r->masters[2]);
}

static void device_that_cannot_join_may_try_again(void **state)
{
    struct bench b;
    struct nap_runner *r;

    (void)state;
    run_with(&b, &r, scenario_of(DOMAIN("disk", "sata, pcie"), "attach: disk"),
             "driver.mistake", "join");
    assert_int_equal(r->failed_result, -EIO);
    assert_int_equal(nap_runner_attach(r, 0, r->masters[2]), -ENODEV);
    assert_int_equal(nap_seam_call(r->m, "add_master", add_pcie, r), -EIO);
    assert_int_equal(times_traced(&b, "ee400000.pcie: released"), 2);
    close_runner(&b, r);
}

static void group_has_one_domain(void **state)
{
    struct bench b;
    struct nap_runner *r;

    (void)state;
    run_with(&b, &r,
             scenario_of(DOMAIN("a", "sata") ", " DOMAIN("b", "pcie"), "attach: a, attach: b"),
             NULL, NULL);
    assert_int_equal(r->failed_result, -EBUSY);
    close_runner(&b, r);
}

static void group_is_free_again_when_its_devices_have_left(void **state)
{
    struct bench b;
    struct nap_runner *r;

    (void)state;
    run_with(&b, &r,
             scenario_of(DOMAIN("a", "sata") ", " DOMAIN("b", "pcie"),
                         "attach: a, detach: a, attach: b"),
             NULL, NULL);
    assert_int_equal(r->failed_result, 0);
    assert_int_equal(nap_runner_attach(r, 0, r->masters[1]), -EBUSY);
    assert_int_equal(nap_runner_detach(r, r->masters[2]), 0);
    assert_int_equal(nap_runner_attach(r, 0, r->masters[1]), 0);
    assert_int_equal(times_traced(&b, "ee300000.sata: in context"), 2);
    clean(&b, &r->findings);
    close_runner(&b, r);
}

static void refusals_of_devices_are_passed_on(void **state)
{
    struct bench b;
    struct nap_runner *r;

    (void)state;
    run_with(&b, &r, scenario_of(DOMAIN("a", "wild"), "attach: a"), NULL, NULL);
    (void)traced(&b, NULL, "wild: no IOMMU serves it: of_xlate() refuses it (-22)");
    assert_int_equal(r->failed_result, -EINVAL);
    close_runner(&b, r);
    run_with(&b, &r, scenario_of(DOMAIN("a", "free"), "attach: a"), NULL, NULL);
    (void)traced(&b, NULL,
                 "free: no IOMMU serves it: the device tree has no iommus for it (-2)");
    close_runner(&b, r);
    run_with(&b, &r, scenario_of(DOMAIN("a", "sata"), "attach: a"), "driver.mistake",
             "unregistered");
    (void)traced(&b, NULL,
                 "sata: no IOMMU serves it: no driver has registered its IOMMU (-517)");
    close_runner(&b, r);
    run_with(&b, &r, scenario_of(DOMAIN("a", "sata"), "attach: a"), "driver.mistake", "refuse");
    (void)traced(&b, NULL, "sata: no IOMMU serves it: probe_device() refuses it (-19)");
    close_runner(&b, r);
}

static void pages_are_mapped_one_by_one_where_the_driver_wants_it(void **state)
{
    struct bench b;
    struct nap_runner *r;

    (void)state;
    run_with(&b, &r, sleep_scenario, "driver.mistake", "map-single");
    clean(&b, &r->findings);
    assert_int_equal(r->failed_result, 0);
    close_runner(&b, r);
}

static void memory_beyond_the_mask_is_not_mapped(void **state)
{
    struct bench b;
    struct nap_runner *r;

    (void)state;
    run_with(&b, &r, sleep_scenario, "driver.mistake", "narrow");
    (void)traced(&b, NULL, "is beyond the DMA mask 0xffffff");
    assert_int_equal(r->failed_result, -ENOMEM);
    close_runner(&b, r);
}

/* The walker sees what was cleaned, and nothing else. */
static void tables_that_are_not_cleaned_translate_nothing(void **state)
{
    struct bench b;
    struct nap_runner *r;

    (void)state;
    run_with(&b, &r, sleep_scenario, "driver.mistake", "no-sync");
    (void)traced(&b, NULL, "dma        ds1 port 4 read 0x50000000: fault");
    assert_true(has_rule(r->findings.violations, r->findings.n_violations, "dma-service"));
    close_runner(&b, r);
    run_with(&b, &r, sleep_scenario, NULL, NULL);
    (void)traced(&b, NULL, "dma        ds1 port 4 read 0x50000000: translated 0x48000000");
    close_runner(&b, r);
}

/* --- interrupts --- */

static void fault_at(struct bench *b, struct nap_runner **r, const char *mistake)
{
    open_bench(b, sleep_scenario);
    if (mistake)
        set(b, "driver.mistake", mistake);
    open_runner(b, r);
    run_to_operation(*r, 3);
    nap_dma((*r)->m, DS1, 4, 0x70001000, NAP_READ);
    nap_runner_interrupts(*r);
}

static void fault_reaches_its_handler(void **state)
{
    struct bench b;
    struct nap_runner *r;

    (void)state;
    fault_at(&b, &r, NULL);
    (void)traced(&b, NULL, "e67b0000.iommu: irq 16: fault 0x1 at 0x70001000");
    close_runner(&b, r);
}

static void thread_runs_after_the_handler_that_wakes_it(void **state)
{
    struct bench b;
    struct nap_runner *r;
    const char *at;

    (void)state;
    fault_at(&b, &r, "threaded");
    at = traced(&b, NULL, "irq 16: for the thread");
    (void)traced(&b, at, "irq 16: fault 0x1 at 0x70001000");
    close_runner(&b, r);
}

static bool noted(const struct nap_runner *r, const char *text)
{
    for (unsigned i = 0; i < r->findings.n_notes; i++)
        if (strstr(r->findings.notes[i].message, text))
            return true;
    return false;
}

static void handler_that_wakes_no_thread_is_noted(void **state)
{
    struct bench b;
    struct nap_runner *r;

    (void)state;
    fault_at(&b, &r, "no-thread");
    (void)traced(&b, NULL, "interrupt 16: no handler took it");
    assert_true(noted(r, "its handler wakes a thread that it does not have"));
    close_runner(&b, r);
}

static void disabled_interrupt_is_not_delivered(void **state)
{
    struct bench b;
    struct nap_runner *r;

    (void)state;
    fault_at(&b, &r, "irq-disabled");
    assert_int_equal(times_traced(&b, "irq 16"), 0);
    close_runner(&b, r);
}

/* --- mistakes of the driver --- */

/* The driver's call is left at the mistake, with one verdict that names its line. */
static void ends(const char *key, const char *which, const char *message, bool has_line)
{
    struct bench b;
    struct nap_runner *r;
    const struct nap_finding *f;

    run_with(&b, &r, sleep_scenario, key, which);
    if (r->findings.n_violations != 1)
        fail_msg("%s: %u violations, expected 1", which, r->findings.n_violations);
    f = &r->findings.violations[0];
    assert_string_equal(f->rule->id, "driver-panic");
    if (!strstr(f->message, message))
        fail_msg("found '%s', expected '%s'", f->message, message);
    assert_true(!has_line ||
                (f->source.file && strstr(f->source.file, "driver.c") && f->source.line > 0));
    close_runner(&b, r);
}

static void misused_locks_end_the_run(void **state)
{
    (void)state;
    ends("driver.mistake", "lock-twice", "spinlock &s->lock is taken twice", true);
    ends("driver.mistake", "unlock-free", "spinlock &s->lock is given back unheld", true);
    ends("driver.mistake", "lock-left", "returned with a lock held that was taken here", true);
    ends("driver.mistake", "irq-off", "returned with interrupts off", false);
    ends("driver.mistake", "mutex-left", "returned with a lock held that was taken here", true);
    ends("driver.mistake", "mutex-twice", "mutex &spaces_lock is taken twice", true);
}

static void failed_assertion_ends_the_run_at_its_line(void **state)
{
    (void)state;
    ends("driver.mistake", "bug", "BUG_ON(s->unit)", true);
}

static void misused_memory_ends_the_run(void **state)
{
    (void)state;
    ends("driver.check", "given-back-twice", "kfree() of memory that is not in use", false);
    ends("driver.check", "given-back-from-inside", "kfree() of memory that is not in use",
         false);
    ends("driver.check", "pages-given-back-twice", "pages are given back that are not in use",
         false);
    ends("driver.check", "pages-given-back-as-object", "kfree() of memory that is not in use",
         false);
    ends("driver.check", "mapped-without-direction", "BUG_ON(!is_direction(direction))", false);
    ends("driver.check", "mapped-nothing", "map_pages() mapped nothing and gave no error",
         false);
}

static void notes_of(const char *key, const char *which, const char *message)
{
    struct bench b;
    struct nap_runner *r;

    run_with(&b, &r, sleep_scenario, key, which);
    clean(&b, &r->findings);
    if (!noted(r, message)) {
        show_trace(&b);
        fail_msg("'%s' is not among the notes", message);
    }
    close_runner(&b, r);
}

static void sleeping_where_nothing_may_is_noted(void **state)
{
    struct bench b;
    struct nap_runner *r;

    (void)state;
    notes_of("driver.mistake", "sleep-locked",
             "an allocation, which may sleep, with a spinlock held");
    notes_of("driver.mistake", "wait-locked",
             "might_sleep(), which may sleep, with a spinlock held");
    fault_at(&b, &r, "sleep-in-handler");
    assert_true(noted(r, "might_sleep(), which may sleep, in an interrupt handler"));
    close_runner(&b, r);
}

static void warnings_are_notes(void **state)
{
    (void)state;
    notes_of("driver.mistake", "warn", "WARN_ON(s->context == 0)");
    notes_of("driver.check", "warnings", "refcount_t: taken of 0");
    notes_of("driver.check", "warnings", "free_pages() gives back 4096 bytes, taken were 8192");
    notes_of("driver.check", "warnings", "free_irq() of interrupt 17, which is free");
    notes_of("driver.check", "warnings", "is enabled too often");
}

/* --- what the driver asks of its surroundings (checks.c) --- */

static void holds(const char *check_name, const char *key, const char *value)
{
    struct bench b;
    struct nap_runner *r;
    char line[64];

    open_bench(&b, sleep_scenario);
    set(&b, "driver.check", check_name);
    if (key)
        set(&b, key, value);
    open_runner(&b, &r);
    run_to_end(r);
    if (r->findings.n_violations)
        fail_msg("%s, line %d", r->findings.violations[0].message,
                 r->findings.violations[0].source.line);
    (void)snprintf(line, sizeof line, "checked: %s", check_name);
    (void)traced(&b, NULL, line);
    close_runner(&b, r);
}

static void device_tree_is_read_as_documented(void **state)
{
    (void)state;
    holds("nodes", NULL, NULL);
    holds("matching", NULL, NULL);
    holds("properties", NULL, NULL);
    holds("references", NULL, NULL);
}

static void resources_are_where_the_cpu_sees_them(void **state)
{
    (void)state;
    holds("resources", NULL, NULL);
}

static void interrupts_are_numbered_and_shared_as_documented(void **state)
{
    (void)state;
    holds("interrupt-numbers", NULL, NULL);
    holds("interrupt-requests", NULL, NULL);
}

static void mappings_use_the_largest_pages(void **state)
{
    (void)state;
    holds("mappings-split", NULL, NULL);
    holds("unmappings-split", NULL, NULL);
    holds("gathering", NULL, NULL);
}

static void failed_mappings_are_undone(void **state)
{
    (void)state;
    holds("mappings-fail", NULL, NULL);
}

static void memory_is_aligned_and_not_zero_unless_asked(void **state)
{
    (void)state;
    holds("objects", NULL, NULL);
    holds("caches", NULL, NULL);
    holds("pages", NULL, NULL);
}

static void cleaned_memory_reaches_ram_and_back(void **state)
{
    (void)state;
    holds("devices", NULL, NULL);
}

static void text_is_printed_as_the_kernel_does(void **state)
{
    (void)state;
    holds("text", NULL, NULL);
}

static void soc_is_told_by_tree_and_parameters(void **state)
{
    (void)state;
    holds("soc-assumed", NULL, NULL);
    holds("soc-given", "driver.soc-revision", "ES1.1");
    holds("soc-absent", "driver.soc-bus", "absent");
}

/* --- state --- */

static const struct nap_scenario_mapping more = {
    .iova = 0x60000000, .pa = 0x4a000000, .size_bytes = 0x3000, .prot = NAP_PROT_READ};

static void state_of_the_driver_goes_back_with_its_machine(void **state)
{
    struct bench b;
    struct nap_runner *r;
    struct nap_hash128 before, after;
    unsigned mark;

    (void)state;
    open_bench(&b, sleep_scenario);
    open_runner(&b, &r);
    run_to_operation(r, 3);
    before = nap_state_key(r->m);
    mark = nap_mark(r->m);
    assert_int_equal(nap_runner_map(r, 0, &more), 0);
    assert_int_equal(nap_runner_detach(r, r->masters[0]), 0);
    after = nap_state_key(r->m);
    assert_memory_not_equal(&before, &after, sizeof before);
    nap_rewind(r->m, mark);
    after = nap_state_key(r->m);
    assert_memory_equal(&before, &after, sizeof before);
    assert_int_equal(nap_runner_map(r, 0, &more), 0);
    run_to_end(r);
    clean(&b, &r->findings);
    close_runner(&b, r);
}

static void two_machines_share_an_object_but_no_state(void **state)
{
    static struct bench a, b;
    struct nap_runner *ra, *rb;

    (void)state;
    open_bench(&a, sleep_scenario);
    open_bench(&b, sleep_scenario);
    set(&b, "driver.mistake", "bug");
    b.config.machine_slot = 1;
    open_runner(&a, &ra);
    open_runner(&b, &rb);
    while (nap_runner_advance(ra))
        (void)nap_runner_advance(rb);
    run_to_end(rb);
    clean(&a, &ra->findings);
    assert_int_equal(ra->pos->resume_result, 0);
    assert_int_equal(rb->findings.n_violations, 1);
    close_runner(&a, ra);
    close_runner(&b, rb);
}

/* --- a search --- */

/* No run of all ends in a rule's verdict; returns how many there were. */
static uint64_t prove(uint32_t vary, unsigned faults)
{
    struct bench b;
    struct nap_explore_config c;
    struct nap_explore_result result;
    struct nap_error error = {0};
    uint64_t executions;

    open_bench(&b, sleep_scenario);
    b.config.trace = NULL;
    b.config.faults = faults;
    b.config.vary = vary;
    c = (struct nap_explore_config){b.config, NAP_STRATEGY_EXHAUSTIVE, 1000};
    if (nap_explore(&c, &result, &error))
        fail_msg("%s", error.text);
    assert_true(result.exhausted);
    executions = result.executions;
    if (result.n_violations)
        fail_msg("%s", result.violations[0].finding.message);
    nap_explore_result_free(&result);
    close_bench(&b);
    return executions;
}

/* Each allocation, mapping and request may find nothing; the driver says so. */
static void failing_calls_are_errors_of_the_driver_only(void **state)
{
    (void)state;
    assert_true(prove(NAP_CHOICE_BIT(NAP_CHOOSE_FAIL), 1) > 30);
}

/* Its calls hold spinlocks that nobody would give back: power goes between them. */
static void a_sleep_is_broken_off_between_the_calls_of_an_object(void **state)
{
    (void)state;
    assert_true(prove(NAP_CHOICE_BIT(NAP_CHOOSE_LOSS) | NAP_CHOICE_BIT(NAP_CHOOSE_ABORT), 0) >
                10);
}

static int load(void **state)
{
    struct nap_error error = {0};

    (void)state;
    if (nap_driver_load(LINUX_TEST_DRIVER, &object, &error) == NAP_OK)
        return 0;
    (void)fprintf(stderr, "%s\n", error.text);
    return -1;
}

static int unload(void **state)
{
    (void)state;
    nap_driver_unload(object);
    return 0;
}

#define driver_test(f) cmocka_unit_test_teardown(f, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        driver_test(devices_that_wait_are_probed_again_behind_the_others),
        driver_test(devices_sleep_and_come_back),
        driver_test(sleep_order_is_that_of_binding_and_back),
        driver_test(only_callbacks_that_exist_are_called),
        driver_test(failed_suspend_is_an_error),
        driver_test(power_domain_is_on_before_its_device_resumes),
        driver_test(device_without_driver_is_left_alone),
        driver_test(machine_without_device_tree_is_refused),
        driver_test(failed_probe_gives_back_in_reverse),
        driver_test(deferred_probe_leaves_nothing_behind),
        driver_test(failed_probe_leaves_nothing_behind),
        driver_test(ids_are_those_of_the_tree_in_its_order),
        driver_test(device_that_joins_a_group_in_use_joins_its_domain),
        driver_test(group_has_one_domain),
        driver_test(device_that_cannot_join_may_try_again),
        driver_test(group_is_free_again_when_its_devices_have_left),
        driver_test(refusals_of_devices_are_passed_on),
        driver_test(pages_are_mapped_one_by_one_where_the_driver_wants_it),
        driver_test(memory_beyond_the_mask_is_not_mapped),
        driver_test(tables_that_are_not_cleaned_translate_nothing),
        driver_test(fault_reaches_its_handler),
        driver_test(thread_runs_after_the_handler_that_wakes_it),
        driver_test(handler_that_wakes_no_thread_is_noted),
        driver_test(disabled_interrupt_is_not_delivered),
        driver_test(misused_locks_end_the_run),
        driver_test(failed_assertion_ends_the_run_at_its_line),
        driver_test(misused_memory_ends_the_run),
        driver_test(sleeping_where_nothing_may_is_noted),
        driver_test(warnings_are_notes),
        driver_test(device_tree_is_read_as_documented),
        driver_test(resources_are_where_the_cpu_sees_them),
        driver_test(interrupts_are_numbered_and_shared_as_documented),
        driver_test(mappings_use_the_largest_pages),
        driver_test(failed_mappings_are_undone),
        driver_test(memory_is_aligned_and_not_zero_unless_asked),
        driver_test(cleaned_memory_reaches_ram_and_back),
        driver_test(text_is_printed_as_the_kernel_does),
        driver_test(soc_is_told_by_tree_and_parameters),
        driver_test(state_of_the_driver_goes_back_with_its_machine),
        driver_test(two_machines_share_an_object_but_no_state),
        driver_test(failing_calls_are_errors_of_the_driver_only),
        driver_test(a_sleep_is_broken_off_between_the_calls_of_an_object),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
