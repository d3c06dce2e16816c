/* SPDX-License-Identifier: MIT */
/* Interrupts with handlers and threads in runs; what a driver holds of the OS over a sleep, and
 * after remove; what hardware has asked and nobody answers. */
#include "video.h"

static struct nap_phase suspend[8];

static int probe(struct nap_device *d)
{
    int result = below->probe(d);

    if (strcmp(d->name, "vp0") == 0) {
        vp0 = d;
        return result ? result : nap_irq_request(d, 0, true);
    }
    return result;
}

static bool irq_edge(struct nap_device *d, unsigned output)
{
    (void)d;
    (void)output;
    return true;
}

static void irq_thread(struct nap_device *d, unsigned output)
{
    (void)d;
    (void)output;
}

/* As if hardware raised it. */
static int map_raising(struct nap_domain *domain, nap_addr iova, nap_addr pa, uint64_t bytes,
                       unsigned prot)
{
    if (iova == 0x60000000)
        nap_edge(nap_seam_machine(), vp0->index, 0);
    return below->map(domain, iova, pa, bytes, prot);
}

static void open_text(struct rig *r, const char *text)
{
    open_video(r, "i.yaml", text);
    calls_noted = "irq";
    driver.probe = probe;
    driver.map = map_raising;
    driver.irq_edge = irq_edge;
    driver.irq_thread = irq_thread;
}

static struct nap_keyed_choice later;

static struct nap_choice_list put_off(struct rig *r, const char *label)
{
    later = (struct nap_keyed_choice){.kind = NAP_CHOOSE_HANDLER, .n = 2, .value = 1};
    (void)strcpy(later.label, label);
    (void)strcpy(later.instance, "vp0");
    r->config.vary = NAP_CHOICE_BIT(NAP_CHOOSE_HANDLER);
    return (struct nap_choice_list){.list = &later, .n = 1};
}

/* --- delivery --- */

static void an_edge_is_taken_at_the_next_quiet_point(void **state)
{
    struct rig r;

    (void)state;
    open_text(&r, HEAD MAP DOWN);
    assert_broken(&r, NULL, NULL, NULL);
    assert_string_equal(steps, "irq_edge;irq_thread;power off;");
}

static void what_the_last_call_of_a_client_raises_is_taken_at_the_end(void **state)
{
    struct nap_choice_list list;
    struct rig r;

    (void)state;
    open_text(&r, HEAD SLEEP "  - dma: video\n" CLIENT);
    list = put_off(&r, "an edge is taken");
    assert_broken(&r, &list, NULL, NULL);
    assert_non_null(strstr(steps, "irq_edge;irq_thread;"));
}

static void a_thread_may_come_when_power_is_gone(void **state)
{
    struct nap_choice_list choices;
    struct rig r;

    (void)state;
    open_text(&r, HEAD MAP DOWN UP);
    choices = put_off(&r, "the thread of an interrupt runs");
    assert_broken(&r, &choices, NULL, NULL);
    assert_string_equal(steps, "irq_edge;power off;irq_thread;power on;");
}

static void so_may_the_handler(void **state)
{
    struct nap_choice_list choices;
    struct rig r;

    (void)state;
    open_text(&r, HEAD MAP DOWN UP);
    choices = put_off(&r, "an edge is taken");
    assert_broken(&r, &choices, NULL, NULL);
    assert_string_equal(steps, "power off;irq_edge;irq_thread;power on;");
}

static void a_thread_may_be_put_off_past_suspend_entry_and_a_handler_not(void **state)
{
    struct nap_choice_list choices;
    struct rig r;

    (void)state;
    open_text(&r, HEAD MAP SLEEP);
    choices = put_off(&r, "an edge is taken");
    assert_broken(&r, &choices, NULL, NULL);
    assert_string_equal(steps, "irq_edge;irq_thread;power off;power on;");
}

/* --- interrupt-lost --- */

static int probe_without_handler(struct nap_device *d)
{
    if (strcmp(d->name, "vp0") == 0)
        vp0 = d;
    return below->probe(d);
}

static void an_edge_that_nobody_takes_fires_at_the_end(void **state)
{
    struct rig r;

    (void)state;
    open_text(&r, HEAD MAP);
    driver.probe = probe_without_handler;
    assert_broken(&r, NULL, "interrupt-lost",
                  "interrupt output of vp0 was raised, and no handler has taken it");
}

static enum target { TO_ITS_VECTOR, TO_NONE, TO_NOWHERE, TO_MEMORY, TO_OWN_MEMORY } target;

/* RAM of rcar-h3 begins at 0x48000000; below 0x10000 there is nothing. */
static nap_addr elsewhere(void)
{
    switch (target) {
    case TO_NOWHERE:
        return 0x1000;
    case TO_MEMORY:
        return 0x58000000;
    case TO_OWN_MEMORY:
        return nap_ram_alloc(0x1000);
    case TO_ITS_VECTOR:
    case TO_NONE:
        break;
    }
    return 0;
}

static int map_sending(struct nap_domain *domain, nap_addr iova, nap_addr pa, uint64_t bytes,
                       unsigned prot)
{
    struct nap_machine *m = nap_seam_machine();
    nap_addr address = 0;
    uint32_t data = 0;

    if (iova == 0x60000000) {
        assert_int_equal(nap_msi_alloc(vp0, 0, &address, &data), 0);
        if (target == TO_NONE)
            nap_msi_free(vp0, 0);
        if (target >= TO_NOWHERE)
            address = elsewhere();
        (void)nap_msi_send(m, vp0->index, address, data);
    }
    return below->map(domain, iova, pa, bytes, prot);
}

static void send_to(struct rig *r, enum target where)
{
    open_text(r, HEAD MAP);
    r->soc->msi = 0x30000040;
    driver.map = map_sending;
    target = where;
}

static void a_message_to_a_vector_that_was_freed_fires(void **state)
{
    struct rig r;

    (void)state;
    send_to(&r, TO_NONE);
    assert_broken(&r, NULL, "interrupt-lost",
                  "an interrupt message of vp0, 0x1f0 to 0x30000040, raises nothing: no such "
                  "vector");
}

static void a_message_to_its_vector_is_quiet(void **state)
{
    struct rig r;

    (void)state;
    send_to(&r, TO_ITS_VECTOR);
    assert_broken(&r, NULL, NULL, NULL);
    assert_string_equal(steps, "irq_edge;irq_thread;");
}

static void a_message_to_where_nothing_is_fires(void **state)
{
    struct rig r;

    (void)state;
    send_to(&r, TO_NOWHERE);
    assert_broken(&r, NULL, "interrupt-lost",
                  "an interrupt message of vp0, 0x1f0 to 0x1000, raises nothing: aborted");
}

static void a_message_to_memory_that_nobody_set_aside_fires(void **state)
{
    struct rig r;

    (void)state;
    send_to(&r, TO_MEMORY);
    assert_broken(
        &r, NULL, "interrupt-lost",
        "an interrupt message of vp0, 0x1f0 to 0x58000000, raises nothing: to memory");
}

/* As a CMD_SYNC ends. */
static void a_message_to_the_drivers_own_memory_is_quiet(void **state)
{
    struct rig r;

    (void)state;
    send_to(&r, TO_OWN_MEMORY);
    assert_broken(&r, NULL, NULL, NULL);
}

/* --- os-wake --- */

static void wake(struct nap_device *d, unsigned output)
{
    (void)output;
    if (nap_pm_get(d) == 0)
        nap_pm_put(d);
}

static void look(struct nap_device *d, unsigned output)
{
    (void)output;
    if (nap_pm_get_if_active(d) > 0)
        nap_pm_put(d);
}

static int probe_managed(struct nap_device *d)
{
    int result = probe(d);

    if (result == 0 && strncmp(d->name, "vp", 2) == 0)
        nap_pm_enable(d);
    return result;
}

static void late_thread(struct rig *r, void (*thread)(struct nap_device *, unsigned),
                        struct nap_choice_list *choices)
{
    open_text(r, HEAD MAP DOWN UP);
    driver.probe = probe_managed;
    driver.irq_thread = thread;
    *choices = put_off(r, "the thread of an interrupt runs");
}

static void a_handler_that_wakes_its_device_fires(void **state)
{
    struct nap_choice_list choices;
    struct rig r;

    (void)state;
    late_thread(&r, wake, &choices);
    assert_broken(&r, &choices, "os-wake",
                  "an interrupt handler of vp0 powers it on, which was asleep");
}

static void a_handler_that_leaves_it_asleep_is_quiet(void **state)
{
    struct nap_choice_list choices;
    struct rig r;

    (void)state;
    late_thread(&r, look, &choices);
    assert_broken(&r, &choices, NULL, NULL);
}

/* --- os-balance within a call --- */

static enum { REQUESTS, ALLOCATES, FREES, RELEASES } misuse;

static int map_misusing(struct nap_domain *domain, nap_addr iova, nap_addr pa, uint64_t bytes,
                        unsigned prot)
{
    nap_addr address;
    uint32_t data;

    if (iova == 0x60000000 && misuse == REQUESTS)
        (void)nap_irq_request(vp0, 0, true); /* as probe() has */
    if (iova == 0x60000000 && misuse == ALLOCATES)
        for (int i = 0; i < 2; i++)
            (void)nap_msi_alloc(vp0, 2, &address, &data);
    if (iova == 0x60000000 && misuse == FREES)
        nap_irq_free(vp0, 1);
    if (iova == 0x60000000 && misuse == RELEASES)
        nap_msi_free(vp0, 1);
    return below->map(domain, iova, pa, bytes, prot);
}

static void what_is_taken_twice_or_was_never_taken_fires(void **state)
{
    static const char *const messages[] = {
        [REQUESTS] = "irq request of output 0 of vp0, which has one already",
        [ALLOCATES] = "msi alloc of output 2 of vp0, which has one already",
        [FREES] = "irq free of output 1 of vp0, which has none",
        [RELEASES] = "msi free of output 1 of vp0, which has none",
    };
    struct rig r;

    (void)state;
    for (misuse = REQUESTS; misuse <= RELEASES; misuse++) {
        open_text(&r, HEAD MAP);
        r.soc->msi = 0x30000040;
        driver.map = map_misusing;
        assert_broken(&r, NULL, "os-balance", messages[misuse]);
    }
}

/* Output 1 gets a handler or a vector, and then memory is short. */
static int map_leaving(struct nap_domain *domain, nap_addr iova, nap_addr pa, uint64_t bytes,
                       unsigned prot)
{
    nap_addr address;
    uint32_t data;

    if (iova != 0x60000000)
        return below->map(domain, iova, pa, bytes, prot);
    if (misuse == REQUESTS)
        (void)nap_irq_request(vp0, 1, true);
    else
        (void)nap_msi_alloc(vp0, 1, &address, &data);
    return nap_fails("of this test") ? -ENOMEM : below->map(domain, iova, pa, bytes, prot);
}

static void what_a_failed_call_has_taken_and_left_fires(void **state)
{
    static const char *const messages[] = {
        [REQUESTS] = "map returned -12, and holds 1 interrupts of vp0 more than before",
        [ALLOCATES] = "map returned -12, and holds 1 interrupt vectors of vp0 more than before",
    };
    struct nap_keyed_choice fails = {
        .kind = NAP_CHOOSE_FAIL, .label = "of this test", .n = 2, .value = 1};
    const struct nap_choice_list list = {.list = &fails, .n = 1};
    struct rig r;

    (void)state;
    for (misuse = REQUESTS; misuse <= ALLOCATES; misuse++) {
        open_text(&r, HEAD MAP);
        r.soc->msi = 0x30000040;
        driver.map = map_leaving;
        r.config.faults = 1;
        r.config.vary = NAP_CHOICE_BIT(NAP_CHOOSE_FAIL);
        assert_broken(&r, &list, "os-balance", messages[misuse]);
    }
}

/* --- os-balance over a sleep --- */

static void before_suspend(int (*step)(void))
{
    suspend[0] = (struct nap_phase){.name = "first", .kind = NAP_PHASE_STEP, .step = step};
    memcpy(suspend + 1, driver.suspend, driver.n_suspend * sizeof *suspend);
    driver.suspend = suspend;
    driver.n_suspend++;
}

static int free_handler(void)
{
    nap_irq_free(vp0, 0);
    return 0;
}

static void a_handler_that_a_sleep_takes_away_fires(void **state)
{
    struct rig r;

    (void)state;
    open_text(&r, HEAD SLEEP);
    before_suspend(free_handler);
    assert_broken(&r, NULL, "os-balance",
                  "after a sleep the driver holds 0 interrupts, and 1 before it");
}

static int allocate(void)
{
    return nap_alloc(16) ? 0 : -ENOMEM;
}

static void memory_that_each_sleep_takes_fires_from_the_second_on(void **state)
{
    struct rig r;

    (void)state;
    open_text(&r, HEAD SLEEP);
    before_suspend(allocate);
    assert_broken(&r, NULL, NULL, NULL);
    open_text(&r, HEAD SLEEP SLEEP);
    before_suspend(allocate);
    assert_broken(&r, NULL, "os-balance", NULL);
}

static int hold(void)
{
    return nap_pm_get(vp0);
}

static void a_reference_that_a_sleep_takes_fires(void **state)
{
    struct rig r;

    (void)state;
    open_text(&r, HEAD SLEEP);
    before_suspend(hold);
    assert_broken(&r, NULL, "os-balance",
                  "after a sleep the driver holds 1 power references, and 0 before it");
}

static int take_vector(void)
{
    nap_addr address;
    uint32_t data;

    return nap_msi_alloc(vp0, 1, &address, &data);
}

static void a_vector_that_a_sleep_takes_fires(void **state)
{
    struct rig r;

    (void)state;
    open_text(&r, HEAD SLEEP);
    r.soc->msi = 0x30000040;
    before_suspend(take_vector);
    assert_broken(&r, NULL, "os-balance",
                  "after a sleep the driver holds 1 interrupt vectors, and 0 before it");
}

/* --- after-remove --- */

static int remove_nothing(struct nap_device *d)
{
    (void)d;
    return 0;
}

static int remove_all(struct nap_device *d)
{
    if (nap_pm_enabled(d))
        nap_pm_disable(d);
    nap_irq_free(d, 0);
    return 0;
}

#define REMOVE "  - detach: video\n  - remove: vp0\n"

static void a_handler_that_remove_leaves_fires(void **state)
{
    struct rig r;

    (void)state;
    open_text(&r, HEAD REMOVE);
    driver.remove = remove_nothing;
    assert_broken(&r, NULL, "after-remove",
                  "remove of vp0 has returned, and an interrupt still has a handler");
}

static int remove_handler(struct nap_device *d)
{
    nap_irq_free(d, 0);
    return 0;
}

static void power_management_that_remove_leaves_on_fires(void **state)
{
    struct rig r;

    (void)state;
    open_text(&r, HEAD REMOVE);
    driver.probe = probe_managed;
    driver.remove = remove_handler;
    assert_broken(&r, NULL, "after-remove",
                  "remove of vp0 has returned with run-time power management on, which may "
                  "call device_off() any time");
}

static int map_keeping(struct nap_domain *domain, nap_addr iova, nap_addr pa, uint64_t bytes,
                       unsigned prot)
{
    int result = iova == 0x60000000 ? (misuse == ALLOCATES ? take_vector() : hold()) : 0;

    return result ? result : below->map(domain, iova, pa, bytes, prot);
}

static void what_a_device_holds_when_remove_has_returned_fires(void **state)
{
    struct rig r;

    (void)state;
    for (misuse = REQUESTS; misuse <= ALLOCATES; misuse++) {
        open_text(&r, HEAD MAP REMOVE);
        r.soc->msi = 0x30000040;
        driver.map = map_keeping;
        driver.remove = remove_all;
        assert_broken(&r, NULL, "os-balance",
                      misuse == ALLOCATES
                          ? "remove of vp0 has returned and left 1 interrupt vectors"
                          : "remove of vp0 has returned and left 1 power references");
    }
}

static int map_touching(struct nap_domain *domain, nap_addr iova, nap_addr pa, uint64_t bytes,
                        unsigned prot)
{
    if (iova == 0x60000000)
        (void)nap_read32(vp0->regs + 0x500);
    return below->map(domain, iova, pa, bytes, prot);
}

static int query_touching(struct nap_device *d)
{
    (void)d;
    (void)nap_read32(vp0->regs + 0x500);
    return 0;
}

static void an_access_after_remove_fires(void **state)
{
    struct rig r;

    (void)state;
    open_text(&r, HEAD REMOVE "  - query: vp1\n");
    driver.remove = remove_all;
    driver.query = query_touching;
    assert_broken(&r, NULL, "after-remove",
                  "access of 0xfe990500 after remove of vp0 has returned");
}

static void an_access_before_remove_is_quiet(void **state)
{
    struct rig r;

    (void)state;
    open_text(&r, HEAD MAP REMOVE);
    driver.probe = probe_managed;
    driver.remove = remove_all;
    driver.map = map_touching;
    assert_broken(&r, NULL, NULL, NULL);
}

static void assert_refuses(const char *text, const char *message)
{
    struct nap_run_result result;
    struct nap_error error = {0};
    struct rig r;

    open_text(&r, text);
    driver.remove = remove_all;
    driver.query = remove_all;
    assert_int_not_equal(nap_run(&r.config, NULL, &result, &error), NAP_OK);
    assert_string_equal(error.text, message);
    nap_run_result_free(&result);
    rig_close(&r);
}

static void what_is_removed_is_nobodys_to_ask(void **state)
{
    (void)state;
    assert_refuses(HEAD "  - remove: vp0\n",
                   "i.yaml:15: found remove of vp0 with fcpf0 attached "
                   "behind it, expected detach above");
    assert_refuses(
        HEAD REMOVE "  - query: vp0\n",
        "i.yaml:17: found query, and vp0 is removed above, expected remove after it");
    assert_refuses(
        HEAD REMOVE "  - remove: vp0\n",
        "i.yaml:17: found remove, and vp0 is removed above, expected remove after it");
    assert_refuses(
        HEAD REMOVE "  - attach: video\n",
        "i.yaml:17: found attach, and vp0 is removed above, expected remove after it");
}

/* --- request-answered --- */

static unsigned asked;

static unsigned open_requests(const struct nap_machine *m, unsigned device)
{
    return strcmp(nap_device_name(m, device), "vp0") == 0 ? asked : 0;
}

/* The built-in blocks, but that of vp0 asks software for answers. */
static void open_asking(struct rig *r, unsigned n, const char *text)
{
    static const struct nap_block *blocks[32];
    static struct nap_block asking;
    const struct nap_block *const *all = nap_builtin_blocks();

    open_text(r, text);
    asked = n;
    for (unsigned i = 0; all[i]; i++) {
        blocks[i] = all[i];
        if (strcmp(all[i]->model->name, "ipmmu-vmsa") != 0)
            continue;
        asking = *all[i];
        asking.open_requests = open_requests;
        blocks[i] = &asking;
    }
    r->config.blocks = blocks;
}

static void what_nobody_has_answered_at_the_end_fires(void **state)
{
    struct rig r;

    (void)state;
    open_asking(&r, 2, HEAD MAP);
    assert_broken(&r, NULL, "request-answered",
                  "2 page requests or stalled transactions of vp0 have no answer when the run "
                  "ends");
}

static void what_has_been_answered_is_quiet(void **state)
{
    struct rig r;

    (void)state;
    open_asking(&r, 0, HEAD MAP);
    assert_broken(&r, NULL, NULL, NULL);
}

/* --- msi-move --- */

static void refuse_move(const char *ops, const char *message)
{
    struct nap_run_result result;
    struct nap_error error = {0};
    struct rig r;

    open_text(&r, ops);
    assert_int_not_equal(nap_run(&r.config, NULL, &result, &error), NAP_OK);
    assert_string_equal(error.text, message);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* --- handlers that call back --- */

static unsigned handled[2];

static int probe_two(struct nap_device *d)
{
    int result = probe(d);

    return result || d != vp0 ? result : nap_irq_request(d, 1, false);
}

static int map_raising_two(struct nap_domain *domain, nap_addr iova, nap_addr pa,
                           uint64_t bytes, unsigned prot)
{
    if (iova == 0x60000000) {
        nap_edge(nap_seam_machine(), vp0->index, 0);
        nap_edge(nap_seam_machine(), vp0->index, 1);
    }
    return below->map(domain, iova, pa, bytes, prot);
}

/* Freeing another waits for its handler, which is then not called again. */
static bool edge_freeing_the_other(struct nap_device *d, unsigned output)
{
    handled[output]++;
    if (output == 0)
        nap_irq_free(d, 1);
    return false;
}

static void a_handler_may_free_another_interrupt_of_its_device(void **state)
{
    struct rig r;

    (void)state;
    open_text(&r, HEAD MAP "  - dma: video\n");
    driver.probe = probe_two;
    driver.map = map_raising_two;
    driver.irq_edge = edge_freeing_the_other;
    handled[0] = handled[1] = 0;
    assert_broken(&r, NULL, NULL, NULL);
    assert_int_equal(handled[0], 1);
    assert_int_equal(handled[1], 1);
}

static bool edge_freeing_itself(struct nap_device *d, unsigned output)
{
    nap_irq_free(d, output);
    return false;
}

static void a_handler_that_waits_for_itself_fires(void **state)
{
    struct rig r;

    (void)state;
    open_text(&r, HEAD MAP "  - dma: video\n");
    driver.irq_edge = edge_freeing_itself;
    assert_broken(&r, NULL, "driver-panic",
                  "a driver call was ended: an interrupt handler waits for itself");
}

static bool edge_raising(struct nap_device *d, unsigned output)
{
    nap_edge(nap_seam_machine(), d->index, output);
    return false;
}

static int raise_and_wait(void)
{
    nap_edge(nap_seam_machine(), vp0->index, 0);
    nap_irqs_set(nap_seam_machine(), true);
    nap_irq_synchronize(vp0);
    return 0;
}

static void an_interrupt_that_raises_itself_for_ever_fires(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_text(&r, HEAD SLEEP);
    driver.irq_edge = edge_raising;
    before_suspend(raise_and_wait);
    rig_run(&r, NULL, &result);
    assert_true(
        has_rule(result.findings.violations, result.findings.n_violations, "driver-panic"));
    nap_run_result_free(&result);
    rig_close(&r);
}

/* --- who gave up answers nothing --- */

static int map_failing(struct nap_domain *domain, nap_addr iova, nap_addr pa, uint64_t bytes,
                       unsigned prot)
{
    if (iova == 0x60000000 && nap_fails("a map of its own"))
        return -ENOMEM;
    return below->map(domain, iova, pa, bytes, prot);
}

static void a_client_that_has_given_up_answers_nothing(void **state)
{
    struct nap_keyed_choice fails = {
        .kind = NAP_CHOOSE_FAIL, .label = "a map of its own", .n = 2, .value = 1};
    const struct nap_choice_list list = {.list = &fails, .n = 1};
    struct rig r;

    (void)state;
    open_asking(&r, 2, HEAD SLEEP CLIENT);
    driver.map = map_failing;
    r.config.faults = 1;
    r.config.vary = NAP_CHOICE_BIT(NAP_CHOOSE_FAIL);
    assert_broken(&r, &list, NULL, NULL);
}

/* --- a suspend that is refused --- */

static unsigned refusals;

/* Takes fcpf0's micro-TLB 0 from its context, and has no mind to give it back. */
static int refuse_once(void)
{
    if (refusals++)
        return 0;
    for (uint32_t at = 0x300; at < 0x500; at += 0x10)
        nap_write32(vp0->regs + at, 0);
    return -EBUSY;
}

static int refuse_kindly(void)
{
    return refusals++ ? 0 : -EBUSY;
}

static int hold_and_refuse(void)
{
    return refusals++ ? 0 : nap_pm_get(vp0) ? -EIO : -EBUSY;
}

static void assert_refused(int (*step)(void), const char *rule)
{
    struct nap_run_result result;
    struct rig r;

    open_text(&r, HEAD SLEEP SLEEP);
    before_suspend(step);
    refusals = 0;
    rig_run(&r, NULL, &result);
    assert_int_equal(refusals, 2);
    assert_int_equal(result.suspend_result, -EBUSY);
    if (rule && !has_rule(result.findings.violations, result.findings.n_violations, rule))
        fail_msg("%s is not violated", rule);
    assert_true(rule || result.findings.n_violations == 0);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* Before the next sleep begins, which would take it as it is. */
static void a_suspend_that_is_refused_leaves_things_as_they_were(void **state)
{
    (void)state;
    assert_refused(refuse_kindly, NULL);
    assert_refused(refuse_once, "state-equivalence");
    assert_refused(hold_and_refuse, "os-balance");
}

static void a_move_of_what_is_not_there_is_refused(void **state)
{
    (void)state;
    refuse_move(HEAD "  - msi-move: {device: smmu, output: eventq}\n",
                "i.yaml:15: device 'smmu' is not on machine rcar-h3");
    refuse_move(HEAD "  - msi-move: {device: vp0, output: eventq}\n",
                "i.yaml:15: device vp0 has no interrupt output 'eventq'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_edge_is_taken_at_the_next_quiet_point),
        cmocka_unit_test(a_thread_may_come_when_power_is_gone),
        cmocka_unit_test(so_may_the_handler),
        cmocka_unit_test(a_thread_may_be_put_off_past_suspend_entry_and_a_handler_not),
        cmocka_unit_test(an_edge_that_nobody_takes_fires_at_the_end),
        cmocka_unit_test(a_message_to_a_vector_that_was_freed_fires),
        cmocka_unit_test(a_message_to_its_vector_is_quiet),
        cmocka_unit_test(a_message_to_where_nothing_is_fires),
        cmocka_unit_test(a_message_to_memory_that_nobody_set_aside_fires),
        cmocka_unit_test(a_message_to_the_drivers_own_memory_is_quiet),
        cmocka_unit_test(a_handler_that_wakes_its_device_fires),
        cmocka_unit_test(a_handler_that_leaves_it_asleep_is_quiet),
        cmocka_unit_test(what_is_taken_twice_or_was_never_taken_fires),
        cmocka_unit_test(what_a_failed_call_has_taken_and_left_fires),
        cmocka_unit_test(a_handler_that_a_sleep_takes_away_fires),
        cmocka_unit_test(a_vector_that_a_sleep_takes_fires),
        cmocka_unit_test(what_a_device_holds_when_remove_has_returned_fires),
        cmocka_unit_test(memory_that_each_sleep_takes_fires_from_the_second_on),
        cmocka_unit_test(a_reference_that_a_sleep_takes_fires),
        cmocka_unit_test(a_handler_that_remove_leaves_fires),
        cmocka_unit_test(power_management_that_remove_leaves_on_fires),
        cmocka_unit_test(an_access_after_remove_fires),
        cmocka_unit_test(an_access_before_remove_is_quiet),
        cmocka_unit_test(what_is_removed_is_nobodys_to_ask),
        cmocka_unit_test(what_nobody_has_answered_at_the_end_fires),
        cmocka_unit_test(what_has_been_answered_is_quiet),
        cmocka_unit_test(a_handler_may_free_another_interrupt_of_its_device),
        cmocka_unit_test(a_handler_that_waits_for_itself_fires),
        cmocka_unit_test(an_interrupt_that_raises_itself_for_ever_fires),
        cmocka_unit_test(a_client_that_has_given_up_answers_nothing),
        cmocka_unit_test(a_suspend_that_is_refused_leaves_things_as_they_were),
        cmocka_unit_test(what_the_last_call_of_a_client_raises_is_taken_at_the_end),
        cmocka_unit_test(a_move_of_what_is_not_there_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
