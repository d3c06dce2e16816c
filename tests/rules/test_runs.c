/* SPDX-License-Identifier: MIT */
/* Rules that judge whole calls and whole runs: unpowered-access, no-progress, driver-panic,
 * driver-warning, silent-failure, state-equivalence, api-undo, with driver logic that goes
 * wrong in one place. */
#include "drivers_here.h"

#include <stdio.h>

/* --- the driver that goes right --- */

static void two_pass_with_these_phases_is_clean(void **state)
{
    static const struct nap_phase phases[] = {ROOTS, CACHES};
    struct play *p = *state;

    play(p, phases, 2, NULL);
    assert_int_equal(play_broken(p, NULL), 0);
    assert_int_equal(play_noted(p, NULL), 0);
}

/* --- unpowered-access --- */

/* The platform brings every domain back but A3VP, behind which vp0 and vp1 are. */
static void a_resume_with_a3vp_left_off_touches_units_without_power(void **state)
{
    static const struct nap_phase phases[] = {ROOTS, CACHES};
    struct play *p = *state;
    const struct nap_finding *f;

    for (uint32_t i = 0; i < p->scenario->n_ops; i++) {
        struct nap_scenario_op *op = &p->scenario->ops[i];
        if (op->kind != NAP_OP_POWER_CYCLE)
            continue;
        /* Off with its parent, on only by its own name, which is not there. */
        op->n_power = 3;
        strcpy(op->power[0], "always_on");
        strcpy(op->power[1], "a3ir");
        strcpy(op->power[2], "a3vc");
    }
    play(p, phases, 2, NULL);
    assert_int_equal(play_broken(p, "unpowered-access"), 4); /* two units, a read and a write */
    f = play_finding(p->result.findings.violations, p->result.findings.n_violations,
                     "unpowered-access");
    assert_non_null(strstr(f->message, "is off"));
    assert_int_equal(f->count, 1);
}

/* --- no-progress --- */

static int spin(void)
{
    while (nap_read32(MM + AT_IMSCTLR) != 0xffffffff)
        ;
    return 0;
}

static void waiting_for_what_nothing_changes_fires(void **state)
{
    static const struct nap_phase phases[] = {ROOTS, CACHES, STEP(spin)};
    struct play *p = *state;
    const struct nap_finding *f;

    play(p, phases, 3, NULL);
    assert_int_equal(play_broken(p, NULL), 1);
    f = play_finding(p->result.findings.violations, 1, "no-progress");
    assert_string_equal(f->message,
                        "10000 equal reads of 0x0, and nothing pending will change it");
    assert_int_equal(f->device, 0); /* mm */
    assert_non_null(strstr(f->source.file, "test_runs.c"));
}

static int look_often(void)
{
    for (unsigned i = 0; i < 5000; i++)
        (void)nap_read32(MM + AT_IMSCTLR);
    return 0;
}

static void a_bounded_wait_is_quiet(void **state)
{
    static const struct nap_phase phases[] = {ROOTS, CACHES, STEP(look_often)};
    struct play *p = *state;

    play(p, phases, 3, NULL);
    assert_int_equal(play_broken(p, NULL), 0);
}

/* --- driver-panic, driver-warning --- */

static int panic(void)
{
    nap_panic("BUG: no root", "toy.c", 21);
}

static int never_reached(void)
{
    fail_msg("the run went on");
    return 0;
}

static void assert_only_panic(const struct play *p)
{
    const struct nap_finding *f;

    assert_int_equal(play_broken(p, NULL), 1);
    f = play_finding(p->result.findings.violations, 1, "driver-panic");
    assert_string_equal(f->message, "a driver call was ended: BUG: no root");
    assert_string_equal(f->source.file, "toy.c");
    assert_int_equal(f->source.line, 21);
}

static void a_panic_in_resume_fires_and_nothing_follows(void **state)
{
    static const struct nap_phase phases[] = {STEP(panic), STEP(never_reached)};
    struct play *p = *state;

    play(p, phases, 2, NULL);
    assert_only_panic(p);
    assert_true(p->result.resume_result < 0);
}

static int panic_at_attach(struct nap_domain *domain, struct nap_master *master)
{
    (void)domain;
    (void)master;
    return panic();
}

/* A verdict, and no operation that the driver refused. */
static void a_panic_in_an_operation_fires_and_nothing_follows(void **state)
{
    static const struct nap_phase phases[] = {STEP(never_reached)};
    struct play *p = *state;

    p->driver.attach = panic_at_attach;
    play(p, phases, 1, NULL);
    assert_only_panic(p);
}

static bool panic_in_filter(const struct nap_device *device)
{
    (void)device;
    return panic() == 0;
}

static int never_walked(struct nap_device *device)
{
    (void)device;
    return never_reached();
}

static void a_panic_in_a_filter_fires_and_nothing_follows(void **state)
{
    static const struct nap_phase phases[] = {{.name = "filtered",
                                               .kind = NAP_PHASE_WALK,
                                               .filter = panic_in_filter,
                                               .each = never_walked}};
    struct play *p = *state;

    play(p, phases, 1, NULL);
    assert_only_panic(p);
    assert_true(p->result.resume_result < 0);
    p->driver.suspend = phases;
    p->driver.n_suspend = 1;
    play(p, phases, 1, NULL);
    assert_only_panic(p);
    assert_true(p->result.suspend_result < 0);
}

static int warn(void)
{
    nap_warn("odd state", "toy.c", 34);
    return 0;
}

static void a_warning_is_a_note_and_the_run_goes_on(void **state)
{
    static const struct nap_phase phases[] = {STEP(warn), ROOTS, CACHES};
    struct play *p = *state;
    const struct nap_finding *f;

    play(p, phases, 3, NULL);
    assert_int_equal(play_broken(p, NULL), 0);
    assert_int_equal(play_noted(p, NULL), 1);
    f = play_finding(p->result.findings.notes, 1, "driver-warning");
    assert_string_equal(f->message, "the driver warned: odd state");
    assert_string_equal(f->source.file, "toy.c");
    assert_int_equal(f->source.line, 34);
    assert_int_equal(p->result.resume_result, 0);
}

/* --- silent-failure --- */

static int wait_and_ignore(void)
{
    (void)ipmmu_wait_contexts();
    return 0;
}

/* The flush of the root never ends: one fault. The first is that of attach, before suspend. */
static void never_ending_flush(struct play *p, struct nap_choice_list *list,
                               struct nap_keyed_choice *choice)
{
    *choice = (struct nap_keyed_choice){.kind = NAP_CHOOSE_LATENCY,
                                        .label = "work finishes late",
                                        .instance = "mm.IMCTR[1]",
                                        .nth = 1,
                                        .n = 3,
                                        .value = 2};
    list->list = choice;
    list->n = 1;
    p->config.vary = NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY);
    p->config.faults = 1;
}

static void ignoring_an_expired_wait_fires(void **state)
{
    static const struct nap_phase phases[] = {ROOTS, STEP(wait_and_ignore), CACHES};
    struct play *p = *state;
    struct nap_keyed_choice choice;
    struct nap_choice_list list = {0};
    const struct nap_finding *f;

    never_ending_flush(p, &list, &choice);
    play(p, phases, 3, &list);
    assert_int_equal(p->result.choices_unplaced, 0);
    f = play_finding(p->result.findings.violations, p->result.findings.n_violations,
                     "silent-failure");
    assert_non_null(strstr(f->message, "step returned success"));
}

static void passing_the_expired_wait_on_is_quiet(void **state)
{
    static const struct nap_phase phases[] = {ROOTS, STEP(ipmmu_wait_contexts), CACHES};
    struct play *p = *state;
    struct nap_keyed_choice choice;
    struct nap_choice_list list = {0};

    never_ending_flush(p, &list, &choice);
    play(p, phases, 3, &list);
    assert_int_equal(p->result.choices_unplaced, 0);
    assert_int_equal(p->result.resume_result, -ETIMEDOUT);
    assert_int_equal(play_broken(p, NULL), 0);
}

/* --- state-equivalence --- */

#define EQUIVALENCE "state-equivalence"

static bool read_switch(const struct nap_run_result *result, const char *id)
{
    for (unsigned i = 0; i < result->n_switches; i++)
        if (strcmp(result->switches[i].id, id) == 0)
            return true;
    return false;
}

/* Runs two-pass with one more step and expects @violations and @notes of the rule. */
static void assert_equivalence(struct play *p, int (*step)(void), const char *violation,
                               const char *note)
{
    const struct nap_phase phases[] = {ROOTS, CACHES, STEP(step)};
    const struct nap_findings *f = &p->result.findings;

    play(p, phases, 3, NULL);
    assert_int_equal(play_broken(p, EQUIVALENCE), violation ? 1 : 0);
    if (violation)
        assert_non_null(strstr(
            play_finding(f->violations, f->n_violations, EQUIVALENCE)->message, violation));
    assert_int_equal(play_noted(p, EQUIVALENCE), note ? 1 : 0);
    if (note)
        assert_non_null(strstr(play_finding(f->notes, f->n_notes, EQUIVALENCE)->message, note));
    /* Only the comparison clears a fault: no other verdict leans on how that is done. */
    assert_int_equal(read_switch(&p->result, "P17"),
                     violation != NULL && p->result.resume_result == 0);
}

static int forget_port(void)
{
    nap_write32(DS1 + AT_IMUCTR(32), 0);
    return 0;
}

static void a_forgotten_port_is_named(void **state)
{
    assert_equivalence(*state, forget_port,
                       "ds1.IMUCTR[32] is 0x0 after resume and was 0x11 at suspend entry",
                       NULL);
}

static int forget_table(void)
{
    nap_write32(MM + AT_IMTTLBR0(2), 0);
    return 0;
}

static void a_forgotten_table_base_is_named(void **state)
{
    assert_equivalence(*state, forget_table, "mm.IMTTLBR0[2] is 0x0 after resume", NULL);
}

static int forget_interrupts(void)
{
    nap_write32(MM + AT_IMCTR(1), IMCTR_VA64 | IMCTR_MMUEN);
    return 0;
}

static void a_forgotten_interrupt_enable_is_named(void **state)
{
    assert_equivalence(*state, forget_interrupts, "mm.IMCTR[1] is 0x20000001 after resume",
                       NULL);
}

static int another_asid(void)
{
    nap_write32(DS1 + AT_IMUASID(32), 5);
    return 0;
}

/* It tags other entries, and with nothing in the TLB that is the same. */
static void a_difference_that_shows_nowhere_is_a_note(void **state)
{
    assert_equivalence(*state, another_asid, NULL,
                       "ds1.IMUASID[32] is 0x5 after resume and was 0x0 at suspend entry; it "
                       "behaves like a machine that did not sleep");
}

static int other_discache(void)
{
    nap_write32(DS1 + AT_IMSCTLR, 0xe0000000);
    return 0;
}

/* restore: behaviour. Whether a cache keeps entries decides no outcome. */
static void bits_that_need_only_behave_alike_break_nothing(void **state)
{
    const struct nap_phase phases[] = {ROOTS, CACHES, STEP(other_discache)};
    struct play *p = *state;

    play(p, phases, 3, NULL);
    assert_int_equal(play_broken(p, NULL), 0);
}

static int other_of_both(void)
{
    nap_write32(DS1 + AT_IMSCTLR, 0xe0000000);
    nap_write32(DS1 + AT_IMUCTR(32), 0);
    return 0;
}

/* IMSCTLR differs as well, in bits that need only behave alike; it is not why. */
static void a_register_is_blamed_only_for_what_it_causes(void **state)
{
    const struct nap_phase phases[] = {ROOTS, CACHES, STEP(other_of_both)};
    struct play *p = *state;
    const struct nap_finding *f;

    play(p, phases, 3, NULL);
    assert_int_equal(play_broken(p, EQUIVALENCE), 1);
    f = play_finding(p->result.findings.violations, p->result.findings.n_violations,
                     EQUIVALENCE);
    assert_non_null(strstr(f->message, "ds1.IMUCTR[32]"));
    assert_int_equal(f->count, 1);
}

/* Ports are enabled, and IMUASID is left as the power cut left it. */
static int ports_without_asid(struct nap_device *device)
{
    const struct ipmmu_driver *driver = nap_driver_data();

    nap_write32(device->regs + AT_IMSCTLR, 0);
    for (const struct ipmmu_master *own = driver->masters; own; own = own->next) {
        if (own->mmu->device != device)
            continue;
        for (uint32_t i = 0; i < own->master->n_ids; i++)
            nap_write32(device->regs + AT_IMUCTR(own->master->ids[i]), own->backup[i].imuctr);
    }
    return 0;
}

static void a_register_that_nobody_knows_is_named(void **state)
{
    static const struct nap_phase phases[] = {
        ROOTS,
        {.name = "ports",
         .kind = NAP_PHASE_WALK,
         .filter = ipmmu_is_cache,
         .each = ports_without_asid},
    };
    struct play *p = *state;
    const struct nap_finding *f;

    p->config.vary = NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN);
    play(p, phases, 2, NULL);
    f = play_finding(p->result.findings.notes, p->result.findings.n_notes, EQUIVALENCE);
    assert_non_null(strstr(f->message, "IMUASID["));
}

static int never_written_before(void)
{
    nap_write32(MM + 0x40 + 0x28, 0x44); /* IMMAIR0, which Xen leaves alone */
    return 0;
}

static void what_software_had_not_written_need_not_come_back(void **state)
{
    assert_equivalence(*state, never_written_before, NULL, NULL);
}

static int resume_fails(void)
{
    nap_write32(DS1 + AT_IMUCTR(32), 0);
    return -EIO;
}

static void a_failed_resume_of_sound_hardware_is_a_violation(void **state)
{
    struct play *p = *state;

    assert_equivalence(p, resume_fails, "resume returned -5", NULL);
    assert_int_equal(p->result.resume_result, -EIO);
}

/* The page tables of guest 2 are gone, in memory: no register differs. */
static int lose_a_table(void)
{
    nap_addr base = nap_read32(MM + AT_IMTTLBR0(2));

    base |= (nap_addr)nap_read32(MM + AT_IMTTLBR0(2) + 4) << 32; /* IMTTUBR0 */
    nap_ram_write64(base + 8, 0);
    return 0;
}

/* A register differs as well, and would if it were given back: it is not why. */
static int lose_a_table_and_set_discache(void)
{
    nap_write32(DS1 + AT_IMSCTLR, 0xe0000000);
    return lose_a_table();
}

static void a_register_beside_another_difference_is_not_blamed(void **state)
{
    const struct nap_phase phases[] = {ROOTS, CACHES, STEP(lose_a_table_and_set_discache)};
    struct play *p = *state;

    play(p, phases, 3, NULL);
    assert_int_equal(play_broken(p, EQUIVALENCE), 1);
    assert_int_equal(play_finding(p->result.findings.violations,
                                  p->result.findings.n_violations, EQUIVALENCE)
                         ->device,
                     UINT32_MAX);
}

static void a_difference_behind_the_registers_is_a_violation_without_one(void **state)
{
    const struct nap_phase phases[] = {ROOTS, CACHES, STEP(lose_a_table)};
    struct play *p = *state;
    const struct nap_finding *f;

    play(p, phases, 3, NULL);
    f = play_finding(p->result.findings.violations, p->result.findings.n_violations,
                     EQUIVALENCE);
    assert_int_equal(f->device, UINT32_MAX);
    assert_non_null(strstr(f->message, "differs from a machine that did not sleep"));
}

/* --- api-undo --- */

/* The choice that fails the @nth allocation of that name. */
static void failing(struct play *p, const char *what, uint32_t nth,
                    struct nap_keyed_choice *choice, struct nap_choice_list *list)
{
    *choice = (struct nap_keyed_choice){
        .kind = NAP_CHOOSE_FAIL, .instance = "", .nth = nth, .n = 2, .value = 1};
    snprintf(choice->label, sizeof choice->label, "%s", what);
    list->list = choice;
    list->n = 1;
    p->config.vary = NAP_CHOICE_BIT(NAP_CHOOSE_FAIL);
    p->config.faults = 1;
}

static void play_failing(struct play *p, const char *what, uint32_t nth)
{
    static const struct nap_phase phases[] = {ROOTS, CACHES};
    struct nap_keyed_choice choice;
    struct nap_choice_list list = {0};

    failing(p, what, nth, &choice, &list);
    play(p, phases, 2, &list);
    assert_int_equal(p->result.choices_unplaced, 0);
}

static int keep_memory(struct nap_master *master)
{
    (void)master;
    return nap_alloc(1) && nap_fails("more") ? -ENOMEM : 0;
}

static void a_failed_call_that_keeps_memory_fires(void **state)
{
    struct play *p = *state;
    const struct nap_finding *f;

    p->driver.add_master = keep_memory;
    play_failing(p, "more", 0);
    assert_int_equal(play_broken(p, NULL), 1);
    f = play_finding(p->result.findings.violations, p->result.findings.n_violations,
                     "api-undo");
    assert_string_equal(
        f->message,
        "add_master returned -12, and the driver holds 1 allocations more than before");
}

/* The ports of the first master are on, and then the call fails. */
static int leave_ports_on(struct nap_domain *domain, struct nap_master *master)
{
    int ret = ipmmu_attach(domain, master);

    return ret == 0 && nap_fails("mark") ? -ENOMEM : ret;
}

static void a_failed_attach_that_leaves_ports_on_fires(void **state)
{
    struct play *p = *state;
    const struct nap_finding *f;

    p->driver.attach = leave_ports_on;
    play_failing(p, "mark", 1); /* sdhi0 is attached, dmac1 comes next: no memory for a cache */
    assert_int_equal(play_broken(p, NULL), 1);
    f = play_finding(p->result.findings.violations, p->result.findings.n_violations,
                     "api-undo");
    assert_string_equal(f->message, "attach returned -12, and ds1 port 0 at 0x50000000 fares "
                                    "otherwise than before");
}

static void calls_that_fail_and_undo_are_quiet(void **state)
{
    struct play *p = *state;

    play_failing(p, "backup record", 0);
    assert_int_equal(play_broken(p, NULL), 0);
    play_failing(p, "cache of a domain", 1);
    assert_int_equal(play_broken(p, NULL), 0);
}

/* With warm TLBs: a page goes from ipmmu-unmap's guest, by @unmap, which fails. */
static void play_failing_unmap(struct play *p,
                               int (*unmap)(struct nap_domain *, nap_addr, uint64_t))
{
    nap_scenario_free(p->scenario);
    assert_int_equal(nap_builtin_scenario("ipmmu-unmap", &p->scenario, NULL), NAP_OK);
    p->config.scenario = p->scenario;
    p->driver.unmap = unmap;
    play_failing(p, "mark", 0);
}

/* What the TLBs held agreed with the tables, and is gone: the traffic does not notice. */
static int flush_and_fail(struct nap_domain *domain, nap_addr iova, uint64_t size_bytes)
{
    (void)iova;
    (void)size_bytes;
    ipmmu_flush_start(domain->data);
    return nap_fails("mark") ? -ENOMEM : 0;
}

static void a_failed_call_that_has_only_flushed_is_quiet(void **state)
{
    struct play *p = *state;

    play_failing_unmap(p, flush_and_fail);
    assert_int_equal(play_broken(p, NULL), 0);
}

static int unmap_and_fail(struct nap_domain *domain, nap_addr iova, uint64_t size_bytes)
{
    int ret = ipmmu_unmap_sync(domain, iova, size_bytes);

    return ret == 0 && nap_fails("mark") ? -ENOMEM : ret;
}

static void a_failed_unmap_that_has_unmapped_fires(void **state)
{
    struct play *p = *state;
    const struct nap_finding *f;

    play_failing_unmap(p, unmap_and_fail);
    f = play_finding(p->result.findings.violations, p->result.findings.n_violations,
                     "api-undo");
    assert_string_equal(f->message, "unmap returned -12, and ds1 port 32 at 0x50201000 fares "
                                    "otherwise than before");
}

/* Where hardware does not answer, nothing can be taken back. */
static int attach_after_a_flush(struct nap_domain *domain, struct nap_master *master)
{
    int ret = ipmmu_attach(domain, master);

    return ret != 0 ? ret : ipmmu_wait_contexts();
}

static void a_call_that_broken_hardware_fails_is_quiet(void **state)
{
    static const struct nap_phase phases[] = {ROOTS, CACHES};
    struct play *p = *state;
    struct nap_keyed_choice choice;
    struct nap_choice_list list = {0};

    never_ending_flush(p, &list, &choice);
    choice.nth = 0;
    p->driver.attach = attach_after_a_flush;
    play(p, phases, 2, &list);
    assert_int_equal(p->result.choices_unplaced, 0);
    assert_int_equal(play_broken(p, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        play_test(two_pass_with_these_phases_is_clean),
        play_test(a_resume_with_a3vp_left_off_touches_units_without_power),
        play_test(waiting_for_what_nothing_changes_fires),
        play_test(a_bounded_wait_is_quiet),
        play_test(a_panic_in_resume_fires_and_nothing_follows),
        play_test(a_panic_in_an_operation_fires_and_nothing_follows),
        play_test(a_panic_in_a_filter_fires_and_nothing_follows),
        play_test(a_warning_is_a_note_and_the_run_goes_on),
        play_test(ignoring_an_expired_wait_fires),
        play_test(passing_the_expired_wait_on_is_quiet),
        play_test(a_forgotten_port_is_named),
        play_test(a_forgotten_table_base_is_named),
        play_test(a_forgotten_interrupt_enable_is_named),
        play_test(a_difference_that_shows_nowhere_is_a_note),
        play_test(bits_that_need_only_behave_alike_break_nothing),
        play_test(a_register_is_blamed_only_for_what_it_causes),
        play_test(a_register_that_nobody_knows_is_named),
        play_test(what_software_had_not_written_need_not_come_back),
        play_test(a_failed_resume_of_sound_hardware_is_a_violation),
        play_test(a_register_beside_another_difference_is_not_blamed),
        play_test(a_difference_behind_the_registers_is_a_violation_without_one),
        play_test(a_failed_call_that_keeps_memory_fires),
        play_test(a_failed_attach_that_leaves_ports_on_fires),
        play_test(calls_that_fail_and_undo_are_quiet),
        play_test(a_failed_call_that_has_only_flushed_is_quiet),
        play_test(a_failed_unmap_that_has_unmapped_fires),
        play_test(a_call_that_broken_hardware_fails_is_quiet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
