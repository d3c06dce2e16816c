/* SPDX-License-Identifier: MIT */
/* lib/core/line.c: inputs of the interrupt controller, what it shows CPUs, and messages to it.
 */
#include "../rig.h"

/* What the controller of the machine under test has heard of. */
static struct {
    unsigned n, device, cpu;
    uint32_t intid, from, offset, data;
    bool level;
} heard;

static void hear_line(struct nap_machine *m, unsigned device, uint32_t intid, unsigned cpu,
                      bool level)
{
    (void)m;
    heard.n++;
    heard.device = device;
    heard.intid = intid;
    heard.cpu = cpu;
    heard.level = level;
}

static bool hear_message(struct nap_machine *m, unsigned device, uint32_t from, uint32_t offset,
                         uint32_t data)
{
    heard.n++;
    heard.device = device;
    heard.from = from;
    heard.offset = offset;
    heard.data = data;
    nap_signal_set(m, 1, NAP_SIGNAL_IRQ);
    return data != 0;
}

static bool to_255(const struct nap_machine *m, unsigned device, uint32_t intid, unsigned cpu)
{
    (void)m;
    assert_int_equal(device, DEV_B);
    return intid < 256 && (intid >= 32 || cpu == 0);
}

/* Device b is the controller; a and c drive its input 228. Two CPUs. */
static int controlled_setup(void **state)
{
    static const struct nap_block *blocks[2];
    static struct nap_block block;
    static struct nap_soc soc;

    memset(&heard, 0, sizeof heard);
    block = odd_block;
    block.line = hear_line;
    block.msi = hear_message;
    blocks[0] = &block;
    soc = odd_soc;
    soc.n_cpus = 2;
    soc.controller = 1 + DEV_B;
    soc.devices[DEV_A].irq = soc.devices[DEV_C].irq = 228;
    soc.devices[DEV_B].irq = NAP_SOC_NONE;
    soc.devices[DEV_A].line = 7;
    *state = odd_machine_as(&(struct nap_machine_config){.soc = &soc, .blocks = blocks});
    return 0;
}

#define CONTROLLED_TEST(name)                                                                  \
    cmocka_unit_test_setup_teardown(name, controlled_setup, machine_teardown)

static void the_controller_hears_of_a_line_that_changes(void **state)
{
    struct nap_machine *m = *state;

    assert_int_equal(nap_controller(m), DEV_B);
    nap_line_set(m, 40, 0, true);
    assert_int_equal(heard.n, 1);
    assert_int_equal(heard.device, DEV_B);
    assert_int_equal(heard.intid, 40);
    assert_true(heard.level);
    nap_line_set(m, 40, 0, true);
    assert_int_equal(heard.n, 1);
    assert_true(nap_line(m, 40, 0));
    nap_line_set(m, 40, 0, false);
    assert_int_equal(heard.n, 2);
    assert_false(heard.level);
}

/* Arm IHI 0069, "INTIDs". */
static void inputs_are_private_shared_or_none(void **state)
{
    static const struct {
        uint32_t intid;
        bool is_private, is_shared;
    } table[] = {
        {15, false, false},  {16, true, false},    {31, true, false},    {32, false, true},
        {1019, false, true}, {1020, false, false}, {1055, false, false}, {1056, true, false},
        {1119, true, false}, {1120, false, false}, {4095, false, false}, {4096, false, true},
        {5119, false, true}, {5120, false, false}, {8192, false, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        assert_int_equal(nap_line_private(table[i].intid), table[i].is_private);
        assert_int_equal(nap_line_shared(table[i].intid), table[i].is_shared);
    }
}

static void each_input_is_a_wire_of_its_own(void **state)
{
    static const uint32_t shared[] = {32, 63, 64, 1019, 4096, 5119};
    static const uint32_t private[] = {16, 31, 1056, 1119};
    struct nap_machine *m = *state;
    struct nap_hash128 quiet = nap_state_key(m);

    for (size_t i = 0; i < COUNT_OF(shared); i++) {
        nap_line_set(m, shared[i], 0, true);
        for (size_t k = 0; k < COUNT_OF(shared); k++)
            assert_int_equal(nap_line(m, shared[k], 0), k == i);
        nap_line_set(m, shared[i], 0, false);
    }
    for (size_t i = 0; i < COUNT_OF(private); i++) {
        nap_line_set(m, private[i], 1, true);
        assert_int_equal(heard.cpu, 1);
        for (size_t k = 0; k < COUNT_OF(private); k++) {
            assert_int_equal(nap_line(m, private[k], 1), k == i);
            assert_false(nap_line(m, private[k], 0));
        }
        nap_line_set(m, private[i], 1, false);
    }
    assert_hash_equal(nap_state_key(m), quiet);
}

static void a_devices_wire_drives_its_input(void **state)
{
    struct nap_machine *m = *state;

    nap_wire_set(m, DEV_A, true);
    assert_true(nap_line(m, 228, 0));
    nap_wire_set(m, DEV_C, true);
    nap_wire_set(m, DEV_A, false);
    assert_true(nap_line(m, 228, 0));
    nap_wire_set(m, DEV_C, false);
    assert_false(nap_line(m, 228, 0));
    assert_int_equal(heard.n, 2);
    nap_wire_set(m, DEV_B, true); /* it has no input */
    assert_int_equal(heard.n, 2);
}

static void a_wire_outlives_the_controllers_power(void **state)
{
    struct nap_machine *m = *state;

    nap_line_set(m, 40, 0, true);
    off_and_on(m, UINT32_MAX);
    assert_true(nap_line(m, 40, 0));
}

static void lines_and_signals_are_steps(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;

    record(m, &r);
    nap_line_set(m, 40, 0, true);
    nap_signal_set(m, 1, NAP_SIGNAL_IRQ);
    nap_signal_set(m, 1, NAP_SIGNAL_IRQ);
    nap_signal_set(m, 1, NAP_SIGNAL_FIQ | NAP_SIGNAL_WAKE);
    nap_interrupt_step(m, DEV_B, 40, 1, NAP_LABEL_INTERRUPT_ACKNOWLEDGED);
    nap_line_set(m, 16, 0, true);
    nap_message_step(m, DEV_B, 8192, 3, NAP_LABEL_INTERRUPT_RAISED);
    assert_int_equal(r.n, 6);
    assert_string_equal(r.text[0], "    1 interrupt  b 40 line high");
    assert_string_equal(r.text[1], "    2 signal     to cpu1: none -> IRQ");
    assert_string_equal(r.text[2], "    3 signal     to cpu1: IRQ -> FIQ+WAKE");
    assert_string_equal(r.text[3], "    4 interrupt  b 40 acknowledged, cpu1");
    assert_string_equal(r.text[4], "    5 interrupt  b 16 line high, cpu0");
    assert_string_equal(r.text[5], "    6 interrupt  b 8192 raised, DeviceID 3");
    assert_int_equal(nap_signals(m, 1), NAP_SIGNAL_FIQ | NAP_SIGNAL_WAKE);
    assert_int_equal(nap_signals(m, 0), 0);
    stop_recording(m);
}

/* --- messages --- */

static void a_message_to_a_device_that_takes_them_carries_its_sender(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;

    record(m, &r);
    assert_true(nap_msi_send(m, DEV_A, BASE_B + 0x40, 0x29));
    assert_int_equal(heard.device, DEV_B);
    assert_int_equal(heard.from, 7);
    assert_int_equal(heard.offset, 0x40);
    assert_int_equal(heard.data, 0x29);
    assert_int_equal(r.list[0].kind, NAP_STEP_MSI);
    assert_string_equal(r.list[0].label, "delivered");
    assert_int_equal(r.list[1].kind, NAP_STEP_SIGNAL);
    assert_int_equal(m->n_unmodelled, 0);
    stop_recording(m);
}

static void a_message_that_is_refused_or_meets_no_power_is_aborted(void **state)
{
    struct nap_machine *m = *state;

    assert_false(nap_msi_send(m, DEV_A, BASE_B + 0x40, 0));
    heard.n = 0;
    nap_power_off(m, UINT32_MAX);
    assert_false(nap_msi_send(m, DEV_A, BASE_B + 0x40, 0x29));
    assert_int_equal(heard.n, 0);
}

/* --- what is no controller, or has no such input --- */

static void a_controller_says_which_inputs_it_has(void **state)
{
    static struct nap_block block;
    static const struct nap_block *const blocks[] = {&block, NULL};
    struct nap_soc soc = odd_soc;
    struct nap_machine *m;

    (void)state;
    block = odd_block;
    block.line = hear_line;
    soc.devices[DEV_A].irq = soc.devices[DEV_B].irq = soc.devices[DEV_C].irq = NAP_SOC_NONE;
    m = odd_machine_as(&(struct nap_machine_config){.soc = &soc, .blocks = blocks});
    assert_false(nap_line_exists(m, 40, 0)); /* no controller */
    nap_machine_destroy(m);

    soc.controller = 1 + DEV_B;
    m = odd_machine_as(&(struct nap_machine_config){.soc = &soc, .blocks = blocks});
    assert_true(nap_line_exists(m, 1019, 0));
    assert_false(nap_line_exists(m, 1020, 0));
    nap_machine_destroy(m);

    block.has_input = to_255;
    m = odd_machine_as(&(struct nap_machine_config){.soc = &soc, .blocks = blocks});
    assert_true(nap_line_exists(m, 255, 0));
    assert_false(nap_line_exists(m, 256, 0));
    assert_true(nap_line_exists(m, 27, 0));
    assert_false(nap_line_exists(m, 27, 1));
    nap_machine_destroy(m);
}

static bool none(const struct nap_machine *m, unsigned device, uint32_t intid, unsigned cpu)
{
    (void)m;
    (void)device;
    (void)intid;
    (void)cpu;
    return false;
}

static void what_is_no_controller_or_has_no_such_input_is_refused(void **state)
{
    static const struct {
        void (*line)(struct nap_machine *m, unsigned device, uint32_t intid, unsigned cpu,
                     bool level);
        bool (*has_input)(const struct nap_machine *m, unsigned device, uint32_t intid,
                          unsigned cpu);
        uint32_t controller, irq;
        const char *message;
    } table[] = {
        {NULL, NULL, 1 + DEV_B, NAP_SOC_NONE,
         "odd-board: controller b has no inputs, expected an interrupt controller"},
        {hear_line, none, 1 + DEV_B, NAP_SOC_NONE,
         "odd-board: controller b has no inputs, expected an interrupt controller"},
        {hear_line, NULL, 9, NAP_SOC_NONE,
         "odd-board: the controller is device number 8, expected one below 3"},
        {hear_line, to_255, 1 + DEV_B, 256,
         "odd-board: device a has irq 256, expected a shared input that controller b has"},
        {hear_line, NULL, 1 + DEV_B, 27,
         "odd-board: device a has irq 27, expected a shared input that controller b has"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct nap_block block = odd_block;
        const struct nap_block *const blocks[] = {&block, NULL};
        struct nap_soc soc = odd_soc;
        struct nap_error error = {0};
        struct nap_machine *m;

        block.line = table[i].line;
        block.has_input = table[i].has_input;
        soc.controller = table[i].controller;
        soc.devices[DEV_A].irq = table[i].irq;
        soc.devices[DEV_B].irq = soc.devices[DEV_C].irq = NAP_SOC_NONE;
        assert_int_equal(
            nap_machine_create(&(struct nap_machine_config){.soc = &soc, .blocks = blocks}, &m,
                               &error),
            NAP_ERR_RANGE);
        assert_string_equal(error.text, table[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONTROLLED_TEST(the_controller_hears_of_a_line_that_changes),
        cmocka_unit_test(inputs_are_private_shared_or_none),
        CONTROLLED_TEST(each_input_is_a_wire_of_its_own),
        CONTROLLED_TEST(a_devices_wire_drives_its_input),
        CONTROLLED_TEST(a_wire_outlives_the_controllers_power),
        CONTROLLED_TEST(lines_and_signals_are_steps),
        CONTROLLED_TEST(a_message_to_a_device_that_takes_them_carries_its_sender),
        CONTROLLED_TEST(a_message_that_is_refused_or_meets_no_power_is_aborted),
        cmocka_unit_test(a_controller_says_which_inputs_it_has),
        cmocka_unit_test(what_is_no_controller_or_has_no_such_input_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
