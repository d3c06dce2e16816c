/* SPDX-License-Identifier: MIT */
/* R-Car H3 with its GIC-400: a fault of an IPMMU, whose root drives SPI 196, reaches a CPU,
 * also while the GIC is being restored. */
#include "../ipmmu/rig.h"

#define GICD UINT64_C(0xf1010000)
#define GICC UINT64_C(0xf1020000)

#define FAULT 228u /* INTID: SPI 196 and 32; word 7, bit 4 */

#define CTLR       0x000u
#define ISENABLER7 0x11cu
#define ISPENDR7   0x21cu
#define ICFGR14    0xc38u
#define PRIORITY   (0x400u + FAULT)
#define TARGETS    (0x800u + FAULT)
#define PMR        0x004u
#define IAR        0x00cu
#define EOIR       0x010u
#define BYPASS     0x1e0u

static int joint_setup(void **state)
{
    struct rig *r = calloc(1, sizeof *r);

    if (!r)
        return -1;
    assert_int_equal(nap_builtin_soc("rcar-h3-gic", &r->soc, NULL), NAP_OK);
    rig_create(r, &(struct rig_options){.n_switches = 0});
    *state = r;
    return 0;
}

static void byte(struct rig *r, uint32_t offset, uint32_t value)
{
    nap_bus_write(r->m, GICD + offset, 1, value, (struct nap_source){__FILE__, __LINE__, NULL});
}

/* --- steps of a restore, in an order that forwards last --- */

static void trigger(struct rig *r)
{
    rig_write(r, GICD, ICFGR14, 0);
}

static void priority(struct rig *r)
{
    byte(r, PRIORITY, 0x80);
}

static void target(struct rig *r)
{
    byte(r, TARGETS, 0x10); /* CPU 4, the first Cortex-A53 */
}

static void enable(struct rig *r)
{
    rig_write(r, GICD, ISENABLER7, 0x10);
}

static void forward(struct rig *r)
{
    rig_write(r, GICD, CTLR, 1);
}

static void interface(struct rig *r)
{
    nap_cpu_set(r->m, 4);
    rig_write(r, GICC, PMR, 0xf8);
    rig_write(r, GICC, CTLR, BYPASS | 1);
    nap_cpu_set(r->m, 0);
}

static void (*const steps[])(struct rig *) = {trigger, priority, target,
                                              enable,  forward,  interface};
#define N_STEPS (sizeof steps / sizeof steps[0])

static void fault(struct rig *r)
{
    rig_simple(r);
    rig_dma(r, r->ds1, PORT, NOT_HERE);
    assert_true(nap_wire(r->m, r->mm));
}

/* As a handler does: it acknowledges, clears the flag, ends. */
static void handle(struct rig *r)
{
    nap_cpu_set(r->m, 4);
    assert_int_equal(nap_signals(r->m, 4), NAP_SIGNAL_IRQ);
    assert_int_equal(rig_read(r, GICC, IAR), FAULT);
    assert_int_equal(rig_read(r, MM, IMELAR(1)), NOT_HERE);
    rig_write(r, MM, IMSTR(1), 0);
    rig_write(r, GICC, EOIR, FAULT);
    assert_int_equal(nap_signals(r->m, 4), 0);
    assert_int_equal(rig_read(r, GICC, IAR), 1023);
}

static void a_fault_reaches_the_cpu_that_it_is_for(void **state)
{
    struct rig *r = *state;

    for (size_t i = 0; i < N_STEPS; i++)
        steps[i](r);
    assert_int_equal(nap_signals(r->m, 4), 0);
    fault(r);
    assert_int_equal(nap_signals(r->m, 0), 0);
    handle(r);
}

static void a_fault_between_two_steps_of_the_restore_is_delivered_once(void **state)
{
    struct rig *r = *state;

    for (size_t at = 0; at <= N_STEPS; at++) {
        rig_again(r, &(struct rig_options){.n_switches = 0});
        rig_power_cycle(r);
        for (size_t i = 0; i < N_STEPS; i++) {
            if (i == at)
                fault(r);
            steps[i](r);
        }
        if (at == N_STEPS)
            fault(r);
        handle(r);
    }
}

/* Its line falls with it, and nothing was latched. */
static void a_fault_that_is_over_before_the_gic_is_up_leaves_nothing(void **state)
{
    struct rig *r = *state;

    fault(r);
    rig_write(r, MM, IMSTR(1), 0);
    for (size_t i = 0; i < N_STEPS; i++)
        steps[i](r);
    assert_int_equal(rig_read(r, GICD, ISPENDR7), 0);
    assert_int_equal(nap_signals(r->m, 4), 0);
}

#define JOINT(name) cmocka_unit_test_setup_teardown(name, joint_setup, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        JOINT(a_fault_reaches_the_cpu_that_it_is_for),
        JOINT(a_fault_between_two_steps_of_the_restore_is_delivered_once),
        JOINT(a_fault_that_is_over_before_the_gic_is_up_leaves_nothing),
    };

    return cmocka_run_group_tests_name("gic-v2-joint", tests, NULL, NULL);
}
