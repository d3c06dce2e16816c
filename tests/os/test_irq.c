/* SPDX-License-Identifier: MIT */
/* lib/os/irq.c: handlers, threads and message vectors. The machine's driver is in this file. */
#include "as_driver.h"

#include "os/os.h"

#include <errno.h>

#define DOORBELL UINT64_C(0x30000040)

static char calls[256];
static bool wants_thread;

static bool irq_edge(struct nap_device *d, unsigned output)
{
    size_t at = strlen(calls);

    (void)snprintf(calls + at, sizeof calls - at, "edge:%u:%u ", d->index, output);
    return wants_thread;
}

static void irq_thread(struct nap_device *d, unsigned output)
{
    size_t at = strlen(calls);

    (void)snprintf(calls + at, sizeof calls - at, "thread:%u:%u ", d->index, output);
}

static const struct nap_driver driver = {
    .abi = NAP_DRIVER_ABI, .name = "here", .irq_edge = irq_edge, .irq_thread = irq_thread};

static struct nap_device devices[3];
static struct nap_soc soc;

static int irq_setup(void **state)
{
    struct nap_machine *m;

    soc = odd_soc;
    soc.msi = DOORBELL;
    m = odd_machine_as(&(struct nap_machine_config){.soc = &soc});
    m->driver = &driver;
    for (unsigned i = 0; i < 3; i++)
        devices[i] = (struct nap_device){.index = i};
    calls[0] = 0;
    wants_thread = true;
    *state = m;
    return 0;
}

#define IRQ_TEST(name) cmocka_unit_test_setup_teardown(name, irq_setup, machine_teardown)

/* --- handlers --- */

DRIVER_TEST(an_edge_is_taken_once_and_its_thread_runs_once)
{
    struct nap_machine *m = context;

    assert_int_equal(nap_irq_request(&devices[DEV_B], 3, true), 0);
    nap_edge(m, DEV_B, 3);
    nap_irq_synchronize(&devices[DEV_B]);
    assert_string_equal(calls, "edge:1:3 thread:1:3 ");
    assert_false(nap_edge_pending(m, DEV_B, 3));
    nap_irq_synchronize(&devices[DEV_B]);
    assert_string_equal(calls, "edge:1:3 thread:1:3 ");
    return 0;
}

DRIVER_TEST(a_thread_runs_only_where_its_handler_says_so)
{
    wants_thread = false;
    assert_int_equal(nap_irq_request(&devices[DEV_B], 0, true), 0);
    nap_edge(context, DEV_B, 0);
    nap_irq_synchronize(&devices[DEV_B]);
    assert_string_equal(calls, "edge:1:0 ");
    return 0;
}

DRIVER_TEST(an_interrupt_that_is_not_threaded_has_no_thread)
{
    assert_int_equal(nap_irq_request(&devices[DEV_B], 0, false), 0);
    nap_edge(context, DEV_B, 0);
    nap_irq_synchronize(&devices[DEV_B]);
    assert_string_equal(calls, "edge:1:0 ");
    return 0;
}

DRIVER_TEST(without_a_handler_an_edge_stays_pending)
{
    struct nap_machine *m = context;

    nap_edge(m, DEV_B, 0);
    nap_irq_synchronize(&devices[DEV_B]);
    assert_string_equal(calls, "");
    assert_true(nap_edge_pending(m, DEV_B, 0));
    assert_int_equal(nap_irq_request(&devices[DEV_B], 0, false), 0);
    nap_irq_synchronize(&devices[DEV_B]);
    assert_string_equal(calls, "edge:1:0 ");
    return 0;
}

DRIVER_TEST(an_interrupt_outlives_the_power_of_its_device)
{
    struct nap_machine *m = context;

    assert_int_equal(nap_irq_request(&devices[DEV_C], 0, true), 0);
    nap_edge(m, DEV_C, 0);
    nap_power_off(m, BIT(DOMAIN_APART));
    nap_irq_synchronize(&devices[DEV_C]);
    assert_string_equal(calls, "edge:2:0 thread:2:0 ");
    return 0;
}

DRIVER_TEST(nothing_is_taken_while_the_cpu_takes_no_interrupts)
{
    struct nap_machine *m = context;

    assert_int_equal(nap_irq_request(&devices[DEV_B], 0, true), 0);
    nap_edge(m, DEV_B, 0);
    nap_irqs_set(m, false);
    nap_irq_synchronize(&devices[DEV_B]);
    assert_string_equal(calls, "");
    nap_irqs_set(m, true);
    nap_irq_synchronize(&devices[DEV_B]);
    assert_string_equal(calls, "edge:1:0 thread:1:0 ");
    return 0;
}

DRIVER_TEST(freeing_waits_for_handler_and_thread)
{
    assert_int_equal(nap_irq_request(&devices[DEV_B], 0, true), 0);
    nap_edge(context, DEV_B, 0);
    nap_irq_free(&devices[DEV_B], 0);
    assert_string_equal(calls, "edge:1:0 thread:1:0 ");
    nap_edge(context, DEV_B, 0);
    nap_irq_synchronize(&devices[DEV_B]);
    assert_string_equal(calls, "edge:1:0 thread:1:0 ");
    return 0;
}

DRIVER_TEST(a_second_request_is_refused_and_told)
{
    struct recorder r;

    assert_int_equal(nap_irq_request(&devices[DEV_B], 0, true), 0);
    record(context, &r);
    assert_int_equal(nap_irq_request(&devices[DEV_B], 0, true), -EBUSY);
    stop_recording(context);
    assert_int_equal(r.list[0].index, NAP_OS_IRQ_REQUEST);
    assert_int_equal(r.list[0].was, 1);
    nap_irq_free(&devices[DEV_B], 0);
    assert_int_equal(nap_irq_request(&devices[DEV_B], 0, true), 0);
    assert_int_equal(nap_irq_request(&devices[DEV_B], 8, true), -EINVAL);
    return 0;
}

static int waits_for_itself(void *context)
{
    (void)nap_irq_handling(context, nap_irq_handler(DEV_B, 0));
    nap_irq_synchronize(&devices[DEV_B]);
    return 0;
}

static void a_handler_that_waits_for_itself_never_comes_back(void **state)
{
    assert_int_equal(nap_seam_call(*state, "irq_edge", waits_for_itself, *state),
                     NAP_SEAM_STUCK);
}

/* --- vectors --- */

DRIVER_TEST(a_message_raises_the_output_that_its_vector_is_of)
{
    struct nap_machine *m = context;
    nap_addr address = 0;
    uint32_t data = 0;

    assert_int_equal(nap_msi_alloc(&devices[DEV_B], 2, &address, &data), 0);
    assert_int_equal(address, DOORBELL);
    assert_true(nap_msi_send(m, DEV_B, address, data));
    assert_true(nap_edge_pending(m, DEV_B, 2));
    return 0;
}

DRIVER_TEST(vectors_have_different_messages)
{
    nap_addr address;
    uint32_t a, b, c;

    (void)context;
    assert_int_equal(nap_msi_alloc(&devices[DEV_A], 0, &address, &a), 0);
    assert_int_equal(nap_msi_alloc(&devices[DEV_A], 1, &address, &b), 0);
    assert_int_equal(nap_msi_alloc(&devices[DEV_B], 0, &address, &c), 0);
    assert_true(a != b && b != c && a != c);
    return 0;
}

DRIVER_TEST(a_vector_that_is_moved_has_another_message)
{
    struct nap_machine *m = context;
    nap_addr address;
    uint32_t old, data = 0;

    assert_int_equal(nap_msi_alloc(&devices[DEV_B], 2, &address, &old), 0);
    assert_true(nap_msi_move(m, DEV_B, 2));
    assert_false(nap_msi_move(m, DEV_B, 1));
    assert_int_equal(nap_msi_message(&devices[DEV_B], 2, &address, &data), 0);
    assert_int_not_equal(data, old);
    (void)nap_msi_send(m, DEV_B, address, old);
    assert_false(nap_edge_pending(m, DEV_B, 2));
    (void)nap_msi_send(m, DEV_B, address, data);
    assert_true(nap_edge_pending(m, DEV_B, 2));
    return 0;
}

DRIVER_TEST(a_vector_that_is_freed_raises_nothing)
{
    struct nap_machine *m = context;
    nap_addr address;
    uint32_t data;

    assert_int_equal(nap_msi_alloc(&devices[DEV_B], 2, &address, &data), 0);
    assert_int_equal(nap_msi_count(m, DEV_B), 1);
    nap_msi_free(&devices[DEV_B], 2);
    assert_int_equal(nap_msi_count(m, DEV_B), 0);
    (void)nap_msi_send(m, DEV_B, address, data);
    assert_false(nap_edge_pending(m, DEV_B, 2));
    assert_int_equal(nap_msi_message(&devices[DEV_B], 2, &address, &data), -ENOENT);
    return 0;
}

DRIVER_TEST(a_second_vector_is_refused)
{
    nap_addr address;
    uint32_t data;

    (void)context;
    assert_int_equal(nap_msi_alloc(&devices[DEV_B], 2, &address, &data), 0);
    assert_int_equal(nap_msi_alloc(&devices[DEV_B], 2, &address, &data), -EBUSY);
    assert_int_equal(nap_msi_alloc(&devices[DEV_B], 8, &address, &data), -EINVAL);
    soc.msi = 0;
    assert_int_equal(nap_msi_alloc(&devices[DEV_B], 1, &address, &data), -ENODEV);
    return 0;
}

DRIVER_TEST(the_os_knows_what_memory_it_has_handed_out)
{
    struct nap_machine *m = context;
    nap_addr table = nap_ram_alloc(4096);
    const void *own = nap_alloc(64);

    assert_true(nap_os_owns(m, table + 4092, 4));
    assert_false(nap_os_owns(m, table + 4094, 4));
    assert_false(nap_os_owns(m, RAM_BASE, 4));
    assert_true(nap_os_owns(m, nap_virt_to_phys(own), 4));
    assert_false(nap_os_owns(m, 0, 4));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IRQ_TEST(an_edge_is_taken_once_and_its_thread_runs_once),
        IRQ_TEST(a_thread_runs_only_where_its_handler_says_so),
        IRQ_TEST(an_interrupt_that_is_not_threaded_has_no_thread),
        IRQ_TEST(without_a_handler_an_edge_stays_pending),
        IRQ_TEST(an_interrupt_outlives_the_power_of_its_device),
        IRQ_TEST(nothing_is_taken_while_the_cpu_takes_no_interrupts),
        IRQ_TEST(freeing_waits_for_handler_and_thread),
        IRQ_TEST(a_second_request_is_refused_and_told),
        IRQ_TEST(a_handler_that_waits_for_itself_never_comes_back),
        IRQ_TEST(a_message_raises_the_output_that_its_vector_is_of),
        IRQ_TEST(vectors_have_different_messages),
        IRQ_TEST(a_vector_that_is_moved_has_another_message),
        IRQ_TEST(a_vector_that_is_freed_raises_nothing),
        IRQ_TEST(a_second_vector_is_refused),
        IRQ_TEST(the_os_knows_what_memory_it_has_handed_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
