/* SPDX-License-Identifier: MIT */
/* What the CPU interface of a GICv2 signals, what IAR takes, and how EOIR and DIR end it, with
 * one security state. */
#include "v2_rig.h"

static void raise_spi(const struct rig *r)
{
    set_dist(r, GICD_ISPENDR + 4, SPI_BIT);
}

/* --- candidates --- */

static void every_enable_on_the_way_is_needed(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    spi_on(r, 1, 0x80);
    raise_spi(r);
    assert_int_equal(nap_signals(r->m, 0), IRQ);
    assert_int_equal(nap_signals(r->m, 1), 0);
    set_dist(r, GICD_CTLR, 0);
    assert_int_equal(nap_signals(r->m, 0), 0);
    set_dist(r, GICD_CTLR, GRP1);
    assert_int_equal(nap_signals(r->m, 0), 0);
    set_dist(r, GICD_CTLR, GRP0);
    set_dist(r, GICD_ICENABLER + 4, SPI_BIT);
    assert_int_equal(nap_signals(r->m, 0), 0);
    set_dist(r, GICD_ISENABLER + 4, SPI_BIT);
    set_cpui(r, GICC_PMR, 0x80);
    assert_int_equal(nap_signals(r->m, 0), 0); /* not above it: strict */
    set_cpui(r, GICC_PMR, 0x88);
    assert_int_equal(nap_signals(r->m, 0), IRQ);
    set_dist(r, GICD_ICPENDR + 4, SPI_BIT);
    assert_int_equal(nap_signals(r->m, 0), 0);
}

/* As nIRQOUT of a GIC-400: power control learns of it. */
static void what_the_interface_does_not_signal_wakes(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    set_cpui(r, GICC_CTLR, 0);
    spi_on(r, 1, 0x80);
    raise_spi(r);
    assert_int_equal(nap_signals(r->m, 0), WAKE);
    assert_int_equal(cpui(r, GICC_IAR), SPURIOUS);
    set_dist(r, GICD_CTLR, 0);
    assert_int_equal(nap_signals(r->m, 0), 0);
}

static void an_interface_without_power_signals_nothing_and_wakes(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    spi_on(r, 1, 0x80);
    nap_power_off(r->m, 2);
    raise_spi(r);
    assert_int_equal(nap_signals(r->m, 0), WAKE);
    nap_power_on(r->m, 2);
    assert_int_equal(nap_signals(r->m, 0), WAKE); /* not enabled yet */
    set_cpui(r, GICC_PMR, 0xff);
    set_cpui(r, GICC_CTLR, GRP0);
    assert_int_equal(nap_signals(r->m, 0), IRQ);
}

static void without_the_distributor_nothing_is_pending(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    spi_on(r, 1, 0x80);
    nap_line_set(r->m, SPI, 0, true);
    nap_power_off(r->m, 1);
    assert_int_equal(nap_signals(r->m, 0), 0);
    assert_int_equal(cpui(r, GICC_IAR), SPURIOUS);
    assert_int_equal(cpui(r, GICC_HPPIR), SPURIOUS);
}

static void the_highest_priority_comes_first_and_of_equals_the_lowest_number(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    for (unsigned i = 0; i < 4; i++) {
        static const unsigned priority[] = {0x90, 0x40, 0x40, 0x60};
        set_dist_byte(r, GICD_ITARGETSR + 60 + i, 1);
        set_dist_byte(r, GICD_IPRIORITYR + 60 + i, priority[i]);
    }
    set_dist(r, GICD_ISENABLER + 4, 0xf0000000);
    set_dist(r, GICD_ISPENDR + 4, 0xf0000000);
    assert_int_equal(cpui(r, GICC_HPPIR), 61);
    set_dist(r, GICD_ICPENDR + 4, 0x20000000);
    assert_int_equal(cpui(r, GICC_HPPIR), 62);
    set_dist(r, GICD_ICPENDR + 4, 0x40000000);
    assert_int_equal(cpui(r, GICC_HPPIR), 63);
    set_dist(r, GICD_ICPENDR + 4, 0x80000000);
    assert_int_equal(cpui(r, GICC_HPPIR), 60);
}

static void an_spi_goes_to_its_targets(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    spi_on(r, 0, 0x80);
    raise_spi(r);
    assert_int_equal(nap_signals(r->m, 0) | nap_signals(r->m, 1), 0);
    set_dist_byte(r, GICD_ITARGETSR + SPI, 3);
    assert_int_equal(nap_signals(r->m, 0), IRQ);
    assert_int_equal(nap_signals(r->m, 1), IRQ);
    set_dist_byte(r, GICD_ITARGETSR + SPI, 2);
    assert_int_equal(nap_signals(r->m, 0), 0);
    assert_int_equal(nap_signals(r->m, 1), IRQ);
}

/* 1-of-N: the other finds nothing. */
static void one_of_several_targets_takes_it(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    spi_on(r, 3, 0x80);
    raise_spi(r);
    run_on(r, 1);
    assert_int_equal(cpui(r, GICC_IAR), SPI);
    run_on(r, 0);
    assert_int_equal(nap_signals(r->m, 0), 0);
    assert_int_equal(cpui(r, GICC_IAR), SPURIOUS);
}

static void hppir_of_a_masked_interrupt_is_by_switch(void **state)
{
    static const uint32_t shown[] = {SPURIOUS, SPI};
    struct rig *r = *state;

    for (uint32_t value = 0; value < 2; value++) {
        rig_again(r, &(struct rig_options){.switch_id = "G12", .switch_value = value});
        all_on(r);
        spi_on(r, 1, 0x80);
        raise_spi(r);
        set_cpui(r, GICC_PMR, 0x40);
        assert_int_equal(cpui(r, GICC_HPPIR), shown[value]);
        assert_int_equal(cpui(r, GICC_IAR), SPURIOUS);
    }
}

/* --- acknowledging and ending --- */

static void an_edge_is_taken_once(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    spi_is_edge(r);
    spi_on(r, 1, 0x80);
    nap_line_set(r->m, SPI, 0, true);
    assert_int_equal(cpui(r, GICC_IAR), SPI);
    assert_int_equal(dist(r, GICD_ISPENDR + 4), 0);
    assert_int_equal(dist(r, GICD_ISACTIVER + 4), SPI_BIT);
    assert_int_equal(cpui(r, GICC_RPR), 0x80);
    assert_int_equal(nap_signals(r->m, 0), 0);
    set_cpui(r, GICC_EOIR, SPI);
    assert_int_equal(dist(r, GICD_ISACTIVER + 4), 0);
    assert_int_equal(cpui(r, GICC_RPR), 0xff);
    assert_int_equal(cpui(r, GICC_IAR), SPURIOUS); /* though it is high still */
}

static void an_edge_while_active_is_delivered_after_the_end(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    spi_is_edge(r);
    spi_on(r, 1, 0x80);
    nap_line_set(r->m, SPI, 0, true);
    (void)cpui(r, GICC_IAR);
    nap_line_set(r->m, SPI, 0, false);
    nap_line_set(r->m, SPI, 0, true);
    assert_int_equal(dist(r, GICD_ISPENDR + 4), SPI_BIT); /* active and pending */
    assert_int_equal(nap_signals(r->m, 0), 0);
    set_cpui(r, GICC_EOIR, SPI);
    assert_int_equal(nap_signals(r->m, 0), IRQ);
}

static void a_level_that_stays_is_delivered_again_after_the_end(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    spi_on(r, 1, 0x80);
    nap_line_set(r->m, SPI, 0, true);
    (void)cpui(r, GICC_IAR);
    assert_int_equal(nap_signals(r->m, 0), 0);
    set_cpui(r, GICC_EOIR, SPI);
    assert_int_equal(cpui(r, GICC_IAR), SPI);
    nap_line_set(r->m, SPI, 0, false);
    set_cpui(r, GICC_EOIR, SPI);
    assert_int_equal(cpui(r, GICC_IAR), SPURIOUS);
}

static void an_sgi_from_two_cpus_is_taken_twice(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    set_dist(r, GICD_SGIR, 0x00010003);
    run_on(r, 1);
    set_dist(r, GICD_SGIR, 0x00010003);
    run_on(r, 0);
    assert_int_equal(cpui(r, GICC_IAR), 3);
    assert_int_equal(dist(r, GICD_ISPENDR), 8); /* from CPU 1 */
    assert_int_equal(cpui(r, GICC_IAR), SPURIOUS);
    set_cpui(r, GICC_EOIR, 3);
    assert_int_equal(cpui(r, GICC_HPPIR), 0x403);
    assert_int_equal(cpui(r, GICC_IAR), 0x403);
    assert_int_equal(dist(r, GICD_ISPENDR), 0);
    set_cpui(r, GICC_EOIR, 0x403);
    assert_int_equal(dist(r, GICD_ISACTIVER), 0);
}

/* The other instance is not active: the one that is stays so. */
static void an_sgi_ended_for_the_wrong_cpu_stays_active(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    run_on(r, 1);
    set_dist(r, GICD_SGIR, 0x00010003);
    run_on(r, 0);
    assert_int_equal(cpui(r, GICC_IAR), 0x403);
    set_cpui(r, GICC_EOIR, 3);
    assert_int_equal(dist(r, GICD_ISACTIVER), 8);
    assert_int_equal(cpui(r, GICC_RPR), 0xff);
}

static void special_numbers_at_eoir_are_ignored(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    spi_on(r, 1, 0x80);
    raise_spi(r);
    (void)cpui(r, GICC_IAR);
    for (uint32_t id = 1020; id < 1024; id++)
        set_cpui(r, GICC_EOIR, id);
    assert_int_equal(cpui(r, GICC_RPR), 0x80);
    assert_int_equal(dist(r, GICD_ISACTIVER + 4), SPI_BIT);
}

static void eoir_on_a_cpu_that_took_nothing_does_nothing(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    spi_on(r, 1, 0x80);
    raise_spi(r);
    (void)cpui(r, GICC_IAR);
    run_on(r, 1);
    set_cpui(r, GICC_EOIR, SPI);
    assert_int_equal(dist(r, GICD_ISACTIVER + 4), SPI_BIT);
}

/* UNPREDICTABLE: the priority drops and the one named ends; or nothing happens. */
static void eoir_out_of_order_is_by_switch(void **state)
{
    static const uint32_t active[] = {2, 3}, running[] = {0x80, 0x40};
    struct rig *r = *state;

    for (uint32_t value = 0; value < 2; value++) {
        rig_again(r, &(struct rig_options){.switch_id = "G04", .switch_value = value});
        all_on(r);
        set_dist(r, GICD_IPRIORITYR, 0x4080);
        set_dist(r, GICD_SGIR, 0x00010000);
        assert_int_equal(cpui(r, GICC_IAR), 0);
        set_dist(r, GICD_SGIR, 0x00010001);
        assert_int_equal(cpui(r, GICC_IAR), 1);
        set_cpui(r, GICC_EOIR, 0);
        assert_int_equal(dist(r, GICD_ISACTIVER), active[value]);
        assert_int_equal(cpui(r, GICC_RPR), running[value]);
    }
}

static void with_eoimode_the_end_is_in_two_steps(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    set_cpui(r, GICC_CTLR, GRP0 | EOIMODE);
    spi_on(r, 1, 0x80);
    nap_line_set(r->m, SPI, 0, true);
    (void)cpui(r, GICC_IAR);
    set_cpui(r, GICC_EOIR, SPI);
    assert_int_equal(cpui(r, GICC_RPR), 0xff);
    assert_int_equal(dist(r, GICD_ISACTIVER + 4), SPI_BIT);
    assert_int_equal(nap_signals(r->m, 0), 0);
    run_on(r, 1);
    set_cpui(r, GICC_CTLR, GRP0 | EOIMODE);
    set_cpui(r, GICC_DIR, SPI); /* any CPU may */
    assert_int_equal(dist(r, GICD_ISACTIVER + 4), 0);
    assert_int_equal(nap_signals(r->m, 0), IRQ);
}

static void dir_before_eoir_leaves_the_priority(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    set_cpui(r, GICC_CTLR, GRP0 | EOIMODE);
    spi_on(r, 1, 0x80);
    raise_spi(r);
    (void)cpui(r, GICC_IAR);
    set_cpui(r, GICC_DIR, SPI);
    assert_int_equal(dist(r, GICD_ISACTIVER + 4), 0);
    assert_int_equal(cpui(r, GICC_RPR), 0x80);
}

static void dir_without_eoimode_is_by_switch(void **state)
{
    static const uint32_t active[] = {SPI_BIT, 0};
    struct rig *r = *state;

    for (uint32_t value = 0; value < 2; value++) {
        rig_again(r, &(struct rig_options){.switch_id = "G05", .switch_value = value});
        all_on(r);
        spi_on(r, 1, 0x80);
        raise_spi(r);
        (void)cpui(r, GICC_IAR);
        set_cpui(r, GICC_DIR, SPI);
        assert_int_equal(dist(r, GICD_ISACTIVER + 4), active[value]);
    }
}

static void software_may_deactivate_and_activate(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    spi_on(r, 1, 0x80);
    nap_line_set(r->m, SPI, 0, true);
    set_dist(r, GICD_ISACTIVER + 4, SPI_BIT);
    assert_int_equal(nap_signals(r->m, 0), 0);
    assert_int_equal(cpui(r, GICC_RPR), 0xff); /* that is the interface's */
    set_dist(r, GICD_ICACTIVER + 4, SPI_BIT);
    assert_int_equal(nap_signals(r->m, 0), IRQ);
}

/* --- preemption --- */

/* Binary point 5: bits 7:6 are group priority. */
static void only_a_higher_group_priority_preempts(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    set_cpui(r, GICC_BPR, 5);
    set_dist(r, GICD_IPRIORITYR, 0x00384078); /* SGI 2: 0x38, SGI 1: 0x40, SGI 0: 0x78 */
    set_dist(r, GICD_SGIR, 0x00010000);
    assert_int_equal(cpui(r, GICC_IAR), 0);
    assert_int_equal(cpui(r, GICC_RPR), 0x40); /* its group priority */
    set_dist(r, GICD_SGIR, 0x00010001);
    assert_int_equal(nap_signals(r->m, 0), 0);
    set_dist(r, GICD_SGIR, 0x00010002);
    assert_int_equal(nap_signals(r->m, 0), IRQ);
    assert_int_equal(cpui(r, GICC_IAR), 2);
    assert_int_equal(cpui(r, GICC_RPR), 0);
}

static void binary_point_7_has_no_preemption(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    set_cpui(r, GICC_BPR, 7);
    set_dist(r, GICD_IPRIORITYR, 0x00f0);
    set_dist(r, GICD_SGIR, 0x00010000);
    assert_int_equal(cpui(r, GICC_IAR), 0);
    set_dist(r, GICD_SGIR, 0x00010001);
    assert_int_equal(cpui(r, GICC_IAR), SPURIOUS);
}

/* Also where what runs was taken while there was still preemption. */
static void binary_point_7_ends_preemption(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    set_dist(r, GICD_IPRIORITYR, 0x4080);
    set_dist(r, GICD_SGIR, 0x00010000);
    assert_int_equal(cpui(r, GICC_IAR), 0);
    set_cpui(r, GICC_BPR, 7);
    set_dist(r, GICD_SGIR, 0x00010001);
    assert_int_equal(nap_signals(r->m, 0), 0);
    assert_int_equal(cpui(r, GICC_IAR), SPURIOUS);
    set_cpui(r, GICC_BPR, 6);
    assert_int_equal(cpui(r, GICC_IAR), 1);
}

/* 5 bits of priority: level 16 is priority 0x80. */
static void active_priorities_are_bits_by_level(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    spi_on(r, 1, 0x80);
    raise_spi(r);
    (void)cpui(r, GICC_IAR);
    assert_int_equal(cpui(r, GICC_APR), 0x00010000);
    assert_int_equal(cpui(r, GICC_NSAPR), 0);
    set_cpui(r, GICC_APR, 0);
    assert_int_equal(cpui(r, GICC_RPR), 0xff);
    set_cpui(r, GICC_APR + 4, UINT32_MAX);
    assert_int_equal(cpui(r, GICC_APR + 4), 0); /* there are 32 levels */
}

/* Nobody is left to end it. */
static void a_stale_active_priority_masks_what_is_below(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    set_cpui(r, GICC_APR, 0x00000100); /* 0x40 */
    spi_on(r, 1, 0x80);
    raise_spi(r);
    assert_int_equal(cpui(r, GICC_RPR), 0x40);
    assert_int_equal(nap_signals(r->m, 0), 0);
    set_cpui(r, GICC_APR, 0);
    assert_int_equal(nap_signals(r->m, 0), IRQ);
}

/* --- groups --- */

static void group_0_is_an_fiq_if_asked_for(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    set_cpui(r, GICC_CTLR, GRP0 | GRP1 | FIQEN);
    set_dist(r, GICD_CTLR, GRP0 | GRP1);
    spi_on(r, 1, 0x80);
    raise_spi(r);
    assert_int_equal(nap_signals(r->m, 0), FIQ);
    set_dist(r, GICD_IGROUPR + 4, SPI_BIT);
    assert_int_equal(nap_signals(r->m, 0), IRQ);
}

static void iar_takes_group_1_only_with_ackctl(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    set_cpui(r, GICC_CTLR, GRP0 | GRP1);
    set_dist(r, GICD_CTLR, GRP0 | GRP1);
    set_dist(r, GICD_IGROUPR + 4, SPI_BIT);
    spi_on(r, 1, 0x80);
    raise_spi(r);
    assert_int_equal(cpui(r, GICC_IAR), 1022);
    assert_int_equal(cpui(r, GICC_HPPIR), 1022);
    assert_int_equal(cpui(r, GICC_AHPPIR), SPI);
    set_cpui(r, GICC_CTLR, GRP0 | GRP1 | ACKCTL);
    assert_int_equal(cpui(r, GICC_HPPIR), SPI);
    assert_int_equal(cpui(r, GICC_IAR), SPI);
    assert_int_equal(cpui(r, GICC_NSAPR), 0x00010000);
    set_cpui(r, GICC_EOIR, SPI);
    assert_int_equal(dist(r, GICD_ISACTIVER + 4), 0);
    assert_int_equal(cpui(r, GICC_NSAPR), 0);
}

static void aiar_takes_group_1_and_leaves_group_0(void **state)
{
    const struct rig *r = *state;

    all_on(r);
    set_cpui(r, GICC_CTLR, GRP0 | GRP1);
    set_dist(r, GICD_CTLR, GRP0 | GRP1);
    spi_on(r, 1, 0x80);
    raise_spi(r);
    assert_int_equal(cpui(r, GICC_AIAR), SPURIOUS);
    set_dist(r, GICD_IGROUPR + 4, SPI_BIT);
    assert_int_equal(cpui(r, GICC_AIAR), SPI);
    set_cpui(r, GICC_AEOIR, SPI);
    assert_int_equal(dist(r, GICD_ISACTIVER + 4), 0);
}

/* ABPR 6: bits 7:6; BPR with CBPR 6: bit 7. */
static void group_1_has_its_own_binary_point_unless_common(void **state)
{
    static const uint32_t ctlr[] = {GRP1, GRP1 | CBPR}, running[] = {0x40, 0x00};
    struct rig *r = *state;

    for (unsigned i = 0; i < 2; i++) {
        rig_again(r, &(struct rig_options){0});
        all_on(r);
        set_cpui(r, GICC_BPR, 6);
        set_cpui(r, GICC_ABPR, 6);
        set_cpui(r, GICC_CTLR, ctlr[i]);
        set_dist(r, GICD_CTLR, GRP1);
        set_dist(r, GICD_IGROUPR, 1);
        set_dist(r, GICD_IPRIORITYR, 0x78);
        set_dist(r, GICD_SGIR, 0x00010000);
        assert_int_equal(cpui(r, GICC_AIAR), 0);
        assert_int_equal(cpui(r, GICC_RPR), running[i]);
    }
}

/* --- bypass (G13) --- */

static void a_disabled_interface_passes_the_cpu_s_own_wires(void **state)
{
    struct rig *r = *state;

    assert_int_equal(nap_signals(r->m, 0), 0);
    rig_again(r, &(struct rig_options){.switch_id = "G13", .switch_value = 1});
    set_cpui(r, GICC_CTLR, GRP0);
    assert_int_equal(nap_signals(r->m, 0), 0);
    set_cpui(r, GICC_CTLR, 0);
    assert_int_equal(nap_signals(r->m, 0), IRQ | FIQ);
    set_cpui(r, GICC_CTLR, 0x140); /* IRQBypDisGrp0, IRQBypDisGrp1 */
    assert_int_equal(nap_signals(r->m, 0), FIQ);
    set_cpui(r, GICC_CTLR, 0x0e0);
    assert_int_equal(nap_signals(r->m, 0), IRQ);
    set_cpui(r, GICC_CTLR, BYPASS);
    assert_int_equal(nap_signals(r->m, 0), 0);
}

/* --- more CPUs than interfaces --- */

static void a_cpu_without_an_interface_sends_and_takes_nothing(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.registers = "{GICD_TYPER: 0x2}"});
    run_on(r, 1);
    set_dist(r, GICD_SGIR, 0x00010001);
    set_dist(r, GICD_SGIR, 0x02000001);
    set_cpui(r, GICC_PMR, 0xff);
    set_cpui(r, GICC_CTLR, GRP0);
    set_dist(r, GICD_CTLR, GRP0);
    set_dist_byte(r, GICD_SPENDSGIR + 1, 1);
    assert_int_equal(cpui(r, GICC_IAR), SPURIOUS);
    set_cpui(r, GICC_EOIR, 1);
    assert_int_equal(nap_signals(r->m, 1), 0);
    run_on(r, 0);
    assert_int_equal(dist(r, GICD_ISPENDR), 0);
}

/* --- registers of the interface --- */

static void binary_points_stay_above_their_minimum(void **state)
{
    struct rig *r = *state;

    set_cpui(r, GICC_BPR, 0);
    assert_int_equal(cpui(r, GICC_BPR), 2);
    set_cpui(r, GICC_ABPR, 0);
    assert_int_equal(cpui(r, GICC_ABPR), 3);
    set_cpui(r, GICC_PMR, 0xff);
    assert_int_equal(cpui(r, GICC_PMR), 0xf8);
    rig_again(r, &(struct rig_options){.preset = "qemu-virt"});
    set_cpui(r, GICC_BPR, 0);
    assert_int_equal(cpui(r, GICC_BPR), 0);
    set_cpui(r, GICC_PMR, 0xff);
    assert_int_equal(cpui(r, GICC_PMR), 0xff);
}

static void interfaces_are_each_cpu_s_own_and_lose_all_with_power(void **state)
{
    const struct rig *r = *state;

    run_on(r, 1);
    set_cpui(r, GICC_PMR, 0xf8);
    set_cpui(r, GICC_BPR, 5);
    set_cpui(r, GICC_CTLR, GRP0 | EOIMODE);
    set_cpui(r, GICC_APR, 0x80);
    run_on(r, 0);
    assert_int_equal(cpui(r, GICC_PMR), 0);
    assert_int_equal(cpui(r, GICC_CTLR), 0);
    assert_int_equal(cpui(r, GICC_RPR), 0xff);
    run_on(r, 1);
    nap_power_off(r->m, 2);
    nap_power_on(r->m, 2);
    assert_int_equal(cpui(r, GICC_PMR), 0);
    assert_int_equal(cpui(r, GICC_BPR), 2);
    assert_int_equal(cpui(r, GICC_CTLR), 0);
    assert_int_equal(cpui(r, GICC_APR), 0);
    assert_int_equal(cpui(r, GICC_RPR), 0xff);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_enable_on_the_way_is_needed),
        TEST(what_the_interface_does_not_signal_wakes),
        TEST(an_interface_without_power_signals_nothing_and_wakes),
        TEST(without_the_distributor_nothing_is_pending),
        TEST(the_highest_priority_comes_first_and_of_equals_the_lowest_number),
        TEST(an_spi_goes_to_its_targets),
        TEST(one_of_several_targets_takes_it),
        TEST(hppir_of_a_masked_interrupt_is_by_switch),
        TEST(an_edge_is_taken_once),
        TEST(an_edge_while_active_is_delivered_after_the_end),
        TEST(a_level_that_stays_is_delivered_again_after_the_end),
        TEST(an_sgi_from_two_cpus_is_taken_twice),
        TEST(an_sgi_ended_for_the_wrong_cpu_stays_active),
        TEST(special_numbers_at_eoir_are_ignored),
        TEST(eoir_on_a_cpu_that_took_nothing_does_nothing),
        TEST(eoir_out_of_order_is_by_switch),
        TEST(with_eoimode_the_end_is_in_two_steps),
        TEST(dir_before_eoir_leaves_the_priority),
        TEST(dir_without_eoimode_is_by_switch),
        TEST(software_may_deactivate_and_activate),
        TEST(only_a_higher_group_priority_preempts),
        TEST(binary_point_7_has_no_preemption),
        TEST(binary_point_7_ends_preemption),
        TEST(active_priorities_are_bits_by_level),
        TEST(a_stale_active_priority_masks_what_is_below),
        TEST(group_0_is_an_fiq_if_asked_for),
        TEST(iar_takes_group_1_only_with_ackctl),
        TEST(aiar_takes_group_1_and_leaves_group_0),
        TEST(group_1_has_its_own_binary_point_unless_common),
        TEST(a_disabled_interface_passes_the_cpu_s_own_wires),
        TEST(a_cpu_without_an_interface_sends_and_takes_nothing),
        TEST(binary_points_stay_above_their_minimum),
        TEST(interfaces_are_each_cpu_s_own_and_lose_all_with_power),
    };

    return cmocka_run_group_tests_name("gic-v2-deliver", tests, NULL, NULL);
}
