/* SPDX-License-Identifier: MIT */
/* lib/os/interrupt.c: interrupts of a simulated controller, as its driver has them of the OS.
 * The machine's driver is in this file. */
#include "as_driver.h"

#include "os/os.h"

#define SHARED 228u /* input of devices a and c */

static char calls[64];
static bool hook_is_set;

static void irq(struct nap_device *d)
{
    size_t at = strlen(calls);

    hook_is_set |= nap_seam_machine()->before_access != NULL;
    (void)snprintf(calls + at, sizeof calls - at, "irq:%u ", d->index);
}

static void no_line(struct nap_machine *m, unsigned device, uint32_t intid, unsigned cpu,
                    bool level)
{
    (void)m;
    (void)device;
    (void)intid;
    (void)cpu;
    (void)level;
}

static const char *const compatible[] = {"odd", NULL};
static const struct nap_driver driver = {
    .abi = NAP_DRIVER_ABI, .name = "here", .compatible = compatible, .irq = irq};
static const struct nap_driver deaf = {
    .abi = NAP_DRIVER_ABI, .name = "deaf", .compatible = compatible};

static struct nap_device devices[3];
static struct nap_device *const by_index[3] = {&devices[0], &devices[1], &devices[2]};
static const struct nap_interrupt list[] = {
    {.intid = 40, .cpu = 0, .edge = true},
    {.intid = 41, .cpu = 1, .edge = true, .guest = true},
    {.intid = NAP_LINE_EPPI_FIRST, .cpu = 0, .edge = true},
    {.intid = NAP_LINE_EPPI_FIRST, .cpu = 1, .edge = true},
};

static struct nap_machine *machine_with(unsigned controller)
{
    static const struct nap_block *blocks[2];
    static struct nap_block block;
    static struct nap_soc soc;
    struct nap_machine *m;

    block = odd_block;
    block.line = no_line;
    blocks[0] = &block;
    soc = odd_soc;
    soc.n_cpus = 2;
    soc.controller = controller;
    soc.devices[DEV_A].irq = soc.devices[DEV_C].irq = SHARED;
    soc.devices[DEV_B].irq = NAP_SOC_NONE;
    m = odd_machine_as(&(struct nap_machine_config){.soc = &soc, .blocks = blocks});
    m->driver = &driver;
    m->os_devices = by_index;
    for (unsigned i = 0; i < 3; i++)
        devices[i] = (struct nap_device){.index = i};
    m->interrupts = list;
    m->n_interrupts = COUNT_OF(list);
    calls[0] = 0;
    hook_is_set = false;
    return m;
}

static int controlled_setup(void **state)
{
    *state = machine_with(1 + DEV_B);
    return 0;
}

static int uncontrolled_setup(void **state)
{
    *state = machine_with(0);
    return 0;
}

#define CONTROLLED_TEST(name)                                                                  \
    cmocka_unit_test_setup_teardown(name, controlled_setup, machine_teardown)

static const struct nap_os_interrupt *book(const struct nap_machine *m, unsigned index)
{
    return &m->st->os.interrupts[index];
}

/* --- handlers of devices --- */

DRIVER_TEST(all_devices_that_share_an_input_have_their_handlers_run)
{
    (void)context;
    assert_int_equal(nap_irq_dispatch(SHARED), NAP_IRQ_HANDLED);
    assert_string_equal(calls, "irq:0 irq:2 ");
    return 0;
}

DRIVER_TEST(a_device_that_is_removed_has_no_handler)
{
    nap_os_removed(context, DEV_A);
    assert_int_equal(nap_irq_dispatch(SHARED), NAP_IRQ_HANDLED);
    assert_string_equal(calls, "irq:2 ");
    return 0;
}

DRIVER_TEST(a_driver_without_handlers_is_for_none)
{
    ((struct nap_machine *)context)->driver = &deaf;
    assert_int_equal(nap_irq_dispatch(SHARED), NAP_IRQ_NOBODY);
    return 0;
}

static bool never(void *context, const struct nap_request *access)
{
    (void)context;
    (void)access;
    return false;
}

/* The call around it may be left at any access; a handler would be lost with it. */
DRIVER_TEST(a_handler_is_not_broken_off)
{
    struct nap_machine *m = context;

    m->before_access = never;
    assert_int_equal(nap_irq_dispatch(SHARED), NAP_IRQ_HANDLED);
    assert_false(hook_is_set);
    assert_true(m->before_access == never);
    m->before_access = NULL;
    return 0;
}

/* Devices without an input have UINT32_MAX for it. */
DRIVER_TEST(what_no_interrupt_is_belongs_to_no_device)
{
    struct nap_machine *m = context;
    struct recorder r;

    record(m, &r);
    assert_int_equal(nap_irq_dispatch(UINT32_MAX), NAP_IRQ_NOBODY);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.list[0].index, NAP_OS_INTERRUPT_UNRAISED);
    stop_recording(m);
    return 0;
}

/* --- books --- */

DRIVER_TEST(what_is_taken_is_owed_no_more)
{
    struct nap_machine *m = context;

    nap_os_interrupt_open(m, 0)->owed = NAP_OWED;
    assert_int_equal(nap_irq_dispatch(40), NAP_IRQ_HANDLED);
    assert_int_equal(book(m, 0)->owed, NAP_OWED_NOT);
    return 0;
}

DRIVER_TEST(a_guest_has_its_interrupt_until_it_ends_it)
{
    struct nap_machine *m = context;

    nap_cpu_set(m, 1);
    nap_os_interrupt_open(m, 1)->owed = NAP_OWED;
    assert_int_equal(nap_irq_dispatch(41), NAP_IRQ_GUEST);
    assert_int_equal(book(m, 1)->guest, 1);
    assert_int_equal(book(m, 1)->cpu, 1);
    nap_cpu_set(m, 0);
    return 0;
}

/* Extended PPIs have INTIDs beyond those of SPIs. */
DRIVER_TEST(private_interrupts_are_those_of_the_cpu_that_takes_them)
{
    struct nap_machine *m = context;

    nap_os_interrupt_open(m, 2)->owed = NAP_OWED;
    nap_os_interrupt_open(m, 3)->owed = NAP_OWED;
    nap_cpu_set(m, 1);
    assert_int_equal(nap_irq_dispatch(NAP_LINE_EPPI_FIRST), NAP_IRQ_HANDLED);
    assert_int_equal(book(m, 2)->owed, NAP_OWED);
    assert_int_equal(book(m, 3)->owed, NAP_OWED_NOT);
    nap_cpu_set(m, 0);
    return 0;
}

/* Two states are one where only who has handled an interrupt differs. */
DRIVER_TEST(who_took_what_is_over_is_in_no_state)
{
    struct nap_machine *m = context;
    struct nap_hash128 before, after;

    nap_os_interrupt_open(m, 0)->owed = NAP_OWED_NOT;
    before = nap_state_key(m);
    nap_os_interrupt_open(m, 0)->owed = NAP_OWED;
    nap_cpu_set(m, 1);
    (void)nap_irq_dispatch(40);
    nap_cpu_set(m, 0);
    after = nap_state_key(m);
    assert_true(before.low == after.low && before.high == after.high);
    return 0;
}

DRIVER_TEST(a_step_about_an_interrupt_says_which)
{
    struct nap_machine *m = context;
    struct recorder r;

    record(m, &r);
    nap_os_interrupt_step(m, NAP_OS_INTERRUPT_LOST, 40, 1, 0);
    assert_non_null(strstr(r.text[0], "interrupt that was never delivered: 40 of b"));
    stop_recording(m);
    return 0;
}

/* --- calls with what there is not --- */

static int beyond_the_list(void *context)
{
    (void)context;
    (void)nap_interrupt(nap_interrupts());
    return 0;
}

static int beyond_the_cpus(void *context)
{
    (void)context;
    (void)nap_affinity_of(nap_all_cpus());
    return 0;
}

static int dispatch(void *context)
{
    (void)context;
    (void)nap_irq_dispatch(40);
    return 0;
}

static void a_call_with_what_there_is_not_ends(void **state)
{
    assert_int_equal(nap_seam_call(*state, "test", beyond_the_list, NULL), NAP_SEAM_STUCK);
    assert_int_equal(nap_seam_call(*state, "test", beyond_the_cpus, NULL), NAP_SEAM_STUCK);
}

static void nothing_is_dispatched_without_a_controller(void **state)
{
    assert_int_equal(nap_seam_call(*state, "test", dispatch, NULL), NAP_SEAM_STUCK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONTROLLED_TEST(all_devices_that_share_an_input_have_their_handlers_run),
        CONTROLLED_TEST(a_device_that_is_removed_has_no_handler),
        CONTROLLED_TEST(a_driver_without_handlers_is_for_none),
        CONTROLLED_TEST(a_handler_is_not_broken_off),
        CONTROLLED_TEST(what_no_interrupt_is_belongs_to_no_device),
        CONTROLLED_TEST(what_is_taken_is_owed_no_more),
        CONTROLLED_TEST(a_guest_has_its_interrupt_until_it_ends_it),
        CONTROLLED_TEST(private_interrupts_are_those_of_the_cpu_that_takes_them),
        CONTROLLED_TEST(who_took_what_is_over_is_in_no_state),
        CONTROLLED_TEST(a_step_about_an_interrupt_says_which),
        CONTROLLED_TEST(a_call_with_what_there_is_not_ends),
        cmocka_unit_test_setup_teardown(nothing_is_dispatched_without_a_controller,
                                        uncontrolled_setup, machine_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
