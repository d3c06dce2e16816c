/* SPDX-License-Identifier: MIT */
/* lib/gic/rules3.c: for every rule what breaks it and what does not, one condition each. */
#include "../gic/gic3_rig.h"

static void sleep(struct rig *r, unsigned cpu)
{
    msr(r, cpu, IGRPEN1, 0);
    wr(r, redists[cpu] + WAKER, SLEEP);
    while (!(rd(r, redists[cpu] + WAKER) & ASLEEP))
        ;
}

static void an_orderly_life_is_quiet(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, 0x0102, EDGE, 0xa0);
    wr(r, RD1 + SGI + ISENABLER(0), 0xffff);
    pulse(r, 40);
    assert_int_equal(mrs(r, 1, IAR1), 40);
    msr(r, 1, EOIR1, 40);
    wr(r, GICD + ICENABLER(1), 0xffffffff);
    while (rd(r, GICD + CTLR) & RWP)
        ;
    wr(r, GICD + ICFGR(2), 0);
    sleep(r, 0);
    sleep(r, 1);
    nap_power_off(r->m, ALL_PDS);
    nap_power_on(r->m, ALL_PDS);
    start(r);
    spi(r, 40, 0, EDGE, 0xa0);
    assert_quiet(r);
}

/* --- triggers --- */

static void a_trigger_changed_before_rwp_is_0_fires(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.policy = NAP_POLICY_LAZY});
    start(r);
    spi(r, 40, 0, EDGE, 0xa0);
    wr(r, GICD + ICENABLER(1), 0x100);
    wr(r, GICD + ICFGR(2), 0);
    assert_broken(r, "gicv3-trigger-while-enabled");
}

/* Whether it changes is what nobody knows. */
static void an_unknown_trigger_written_while_enabled_fires(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, 0, EDGE, 0xa0);
    nap_set_chooser(r->m, by_script, r, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    nap_power_lose(r->m, 1u << DIST_PD);
    nap_power_on(r->m, 1u << DIST_PD);
    wr64(r, GICD + IROUTER(40), 0);
    wr8(r, GICD + IPRIORITYR(40), 0xa0);
    wr(r, GICD + ISENABLER(1), 0x100);
    assert_int_equal(broken(r, "gicv3-trigger-while-enabled"), 0);
    wr(r, GICD + ICFGR(2), 0); /* as it is after the reset, if it is that */
    assert_int_equal(broken(r, "gicv3-trigger-while-enabled"), 1);
}

static void an_unknown_trigger_written_while_disabled_is_no_choice(void **state)
{
    struct rig *r = *state;

    nap_power_lose(r->m, 1u << DIST_PD);
    nap_set_chooser(r->m, by_script, r, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    nap_power_on(r->m, 1u << DIST_PD);
    wr(r, GICD + ICENABLER(1), 0xffffffff);
    r->n_asked = 0;
    wr(r, GICD + ICFGR(2), 2u << 16);
    assert_int_equal(r->n_asked, 0);
    assert_quiet(r);
}

static void a_trigger_of_another_interrupt_is_quiet(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, 0, EDGE, 0xa0);
    wr(r, GICD + ICFGR(2), 2u << 16 | 2u << 18);
    assert_quiet(r);
}

static void a_ppis_trigger_changed_while_enabled_fires(void **state)
{
    struct rig *r = *state;

    start(r);
    wr(r, RD0 + SGI + ISENABLER(0), 1u << 27);
    wr(r, RD0 + SGI + ICFGR(1), 2u << 22);
    assert_broken(r, "gicv3-private-trigger-while-enabled");
}

/* GICD_ICFGR<n>, GICR_ICFGR1: fields of Secure interrupts are RAZ/WI to Non-secure software. */
static void a_trigger_that_the_write_does_not_reach_is_quiet(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "gic-600"});
    nap_secure_set(r->m, true);
    wr(r, GICD + IGROUPR(1), 0x200); /* 40 is Secure, 41 is not */
    for (unsigned i = 40; i < 42; i++) {
        wr64(r, GICD + IROUTER(i), 0);
        wr8(r, GICD + IPRIORITYR(i), 0xa0);
    }
    wr(r, GICD + ICFGR(2), 0);
    wr(r, GICD + ISENABLER(1), 0x300);
    nap_secure_set(r->m, false);
    wr(r, GICD + ICFGR(2), 2u << 16);
    assert_quiet(r);
    wr(r, GICD + ICFGR(2), 2u << 18);
    assert_broken(r, "gicv3-trigger-while-enabled");
}

/* Power has gone, and nobody knows what registers hold. */
static void forget(struct rig *r)
{
    nap_set_chooser(r->m, by_script, r, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    nap_power_lose(r->m, ALL_PDS);
    nap_power_on(r->m, ALL_PDS);
}

static void an_unknown_trigger_that_the_write_does_not_reach_is_quiet(void **state)
{
    struct rig *r = *state;

    for (unsigned secure = 0; secure < 2; secure++) {
        rig_again(r, &(struct rig_options){.dist = "gic-600"});
        forget(r);
        nap_secure_set(r->m, true);
        wr(r, GICD + ISENABLER(1), 0x100);
        wr(r, RD0 + SGI + IGROUPR(0), 0);
        wr(r, RD0 + SGI + IGRPMODR(0), 0);
        wr(r, RD0 + SGI + ISENABLER(0), 1u << 27);
        nap_secure_set(r->m, secure);
        wr(r, GICD + ICFGR(2), 0);
        wr(r, RD0 + SGI + ICFGR(1), 0);
        assert_int_equal(broken(r, "gicv3-trigger-while-enabled"), secure);
        assert_int_equal(broken(r, "gicv3-private-trigger-while-enabled"), secure);
    }
}

/* Behind GICR_PWRR the frame is reserved. */
static void an_unknown_trigger_of_a_redistributor_that_is_off_is_quiet(void **state)
{
    struct rig *r = *state;

    for (unsigned on = 0; on < 2; on++) {
        rig_again(r, &(struct rig_options){.redist = "gic-600"});
        forget(r);
        wr(r, RD0 + PWRR, 0);
        wr(r, RD0 + SGI + ISENABLER(0), 1u << 27);
        wr(r, RD0 + PWRR, !on);
        wr(r, RD0 + SGI + ICFGR(1), 0);
        assert_int_equal(broken(r, "gicv3-private-trigger-while-enabled"), on);
    }
}

/* --- what stands before an enable --- */

static void an_spi_enabled_without_a_route_fires(void **state)
{
    struct rig *r = *state;

    wr(r, GICD + IGROUPR(1), 0xffffffff);
    wr8(r, GICD + IPRIORITYR(40), 0xa0);
    wr(r, GICD + ICFGR(2), 0);
    wr(r, GICD + ISENABLER(1), 0x100);
    assert_broken(r, "gicv3-set-up-before-enable");
}

static void an_spi_enabled_without_a_priority_fires(void **state)
{
    struct rig *r = *state;

    wr(r, GICD + IGROUPR(1), 0xffffffff);
    wr64(r, GICD + IROUTER(40), 0);
    wr(r, GICD + ICFGR(2), 0);
    wr(r, GICD + ISENABLER(1), 0x100);
    assert_broken(r, "gicv3-set-up-before-enable");
}

static void an_spi_enabled_without_a_group_fires(void **state)
{
    struct rig *r = *state;

    wr64(r, GICD + IROUTER(40), 0);
    wr8(r, GICD + IPRIORITYR(40), 0xa0);
    wr(r, GICD + ICFGR(2), 0);
    wr(r, GICD + ISENABLER(1), 0x100);
    assert_broken(r, "gicv3-set-up-before-enable");
    rig_again(r, &(struct rig_options){.dist = "gic-600"}); /* Secure software's */
    nap_secure_set(r->m, true);
    wr64(r, GICD + IROUTER(40), 0);
    wr8(r, GICD + IPRIORITYR(40), 0xa0);
    wr(r, GICD + ICFGR(2), 0);
    wr(r, GICD + ISENABLER(1), 0x100);
    assert_quiet(r);
}

static void an_spi_enabled_without_a_trigger_fires(void **state)
{
    struct rig *r = *state;

    wr(r, GICD + IGROUPR(1), 0xffffffff);
    wr64(r, GICD + IROUTER(40), 0);
    wr8(r, GICD + IPRIORITYR(40), 0xa0);
    wr(r, GICD + ISENABLER(1), 0x100);
    assert_broken(r, "gicv3-set-up-before-enable");
}

static void a_set_up_from_before_the_loss_does_not_count(void **state)
{
    struct rig *r = *state;

    spi(r, 40, 0, EDGE, 0xa0);
    assert_quiet(r);
    nap_power_off(r->m, 1u << DIST_PD);
    nap_power_on(r->m, 1u << DIST_PD);
    wr(r, GICD + ISENABLER(1), 0x100);
    assert_broken(r, "gicv3-set-up-before-enable");
}

static void an_sgi_needs_no_trigger_and_a_ppi_does(void **state)
{
    struct rig *r = *state;

    wr(r, RD0 + SGI + IGROUPR(0), 0xffffffff);
    for (unsigned i = 0; i < 32; i += 4)
        wr(r, RD0 + SGI + IPRIORITYR(i), 0xa0a0a0a0);
    wr(r, RD0 + SGI + ISENABLER(0), 0xffff);
    assert_quiet(r);
    wr(r, RD0 + SGI + ISENABLER(0), 1u << 27);
    assert_broken(r, "gicv3-private-set-up-before-enable");
}

static void a_ppi_enabled_without_a_group_fires(void **state)
{
    struct rig *r = *state;

    for (unsigned i = 0; i < 32; i += 4)
        wr(r, RD0 + SGI + IPRIORITYR(i), 0xa0a0a0a0);
    wr(r, RD0 + SGI + ISENABLER(0), 1);
    assert_broken(r, "gicv3-private-set-up-before-enable");
}

/* --- routing --- */

static void a_route_before_affinity_routing_fires_and_vanishes(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "full"});
    nap_secure_set(r->m, true);
    wr(r, GICD + ICFGR(2), 0);
    assert_quiet(r);
    wr64(r, GICD + IROUTER(40), 0x0102);
    assert_broken(r, "gicv3-affinity-before-route");
    wr(r, GICD + CTLR, ARE);
    assert_int_equal(rd(r, GICD + IROUTER(40)), 0);
}

static void affinity_routing_disabled_fires(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "full"});
    nap_secure_set(r->m, true);
    wr(r, GICD + CTLR, ARE);
    assert_quiet(r);
    wr(r, GICD + CTLR, 0);
    assert_broken(r, "gicv3-control-predictable");
}

static void security_disabled_while_a_group_is_enabled_fires(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "gic-600"});
    nap_secure_set(r->m, true);
    wr(r, GICD + CTLR, GRP1);
    assert_quiet(r);
    wr(r, GICD + CTLR, DS | GRP1);
    assert_broken(r, "gicv3-control-predictable");
}

/* --- sleep and power --- */

static void a_sleep_that_does_not_reach_the_register_is_quiet(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "gic-600"});
    nap_secure_set(r->m, true);
    wake(r, 0);
    msr(r, 0, IGRPEN1, 1);
    nap_secure_set(r->m, false);
    wr(r, RD0 + WAKER, SLEEP);
    assert_quiet(r);
}

static void power_taken_from_a_processor_that_is_awake_fires(void **state)
{
    struct rig *r = *state;

    start_cpu(r, 0);
    nap_power_off(r->m, 1u << CPU0_PD);
    assert_broken(r, "gicv3-asleep-before-off");
}

static void power_taken_from_a_redistributor_that_is_awake_fires(void **state)
{
    struct rig *r = *state;

    start_cpu(r, 1);
    nap_power_off(r->m, 1u << RD1_PD);
    assert_broken(r, "gicv3-asleep-before-off");
}

static void power_taken_before_children_sleep_fires(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.policy = NAP_POLICY_LAZY});
    start_cpu(r, 0);
    msr(r, 0, IGRPEN1, 0);
    wr(r, RD0 + WAKER, SLEEP);
    nap_power_off(r->m, 1u << CPU0_PD | 1u << RD0_PD);
    assert_broken(r, "gicv3-asleep-before-off");
}

static void power_that_is_lost_is_nobodys_fault(void **state)
{
    struct rig *r = *state;

    start_cpu(r, 0);
    nap_power_lose(r->m, ALL_PDS);
    assert_quiet(r);
}

static void waking_up_with_two_states_is_secure_softwares(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "gic-600"});
    msr(r, 0, IGRPEN1, 1);
    assert_quiet(r);
    nap_secure_set(r->m, true);
    wake(r, 0);
    msr(r, 0, IGRPEN1_EL3, 0);
    wr(r, RD0 + WAKER, SLEEP);
    nap_secure_set(r->m, false);
    msr(r, 0, IGRPEN1, 1);
    assert_broken(r, "gicv3-awake-before-interface");
}

static void a_group_enabled_before_the_redistributor_is_awake_fires(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.policy = NAP_POLICY_LAZY});
    wr(r, RD0 + WAKER, 0);
    msr(r, 0, IGRPEN1, 1);
    assert_broken(r, "gicv3-awake-before-interface");
}

static void a_group_disabled_asleep_is_quiet(void **state)
{
    struct rig *r = *state;

    msr(r, 0, IGRPEN1, 0);
    assert_quiet(r);
}

/* --- the CPU interface --- */

static void nest(struct rig *r)
{
    start(r);
    wr(r, RD0 + SGI + ISENABLER(0), 0xffff);
    wr8(r, RD0 + SGI + IPRIORITYR(2), 0x20);
    wr(r, RD0 + SGI + ISPENDR(0), 0x2);
    assert_int_equal(mrs(r, 0, IAR1), 1);
    wr(r, RD0 + SGI + ISPENDR(0), 0x4);
    assert_int_equal(mrs(r, 0, IAR1), 2);
}

static void ends_in_reverse_order_are_quiet(void **state)
{
    struct rig *r = *state;

    nest(r);
    msr(r, 0, EOIR1, 2);
    msr(r, 0, EOIR1, 1);
    assert_quiet(r);
}

static void ends_in_the_order_of_acknowledges_fire(void **state)
{
    struct rig *r = *state;

    nest(r);
    msr(r, 0, EOIR1, 1);
    assert_broken(r, "gicv3-ended-in-order");
    msr(r, 0, EOIR1, 2);
    assert_int_equal(broken(r, NULL), 1);
}

static void special_intids_after_a_wrong_end_are_quiet(void **state)
{
    struct rig *r = *state;

    start(r);
    msr(r, 0, EOIR1, 40);
    msr(r, 0, EOIR1, SPURIOUS);
    assert_int_equal(broken(r, "gicv3-ended-in-order"), 1);
}

static void an_end_without_an_acknowledge_fires(void **state)
{
    struct rig *r = *state;

    start(r);
    msr(r, 0, EOIR1, 40);
    assert_broken(r, "gicv3-ended-in-order");
}

static void active_priorities_at_power_off_fire(void **state)
{
    struct rig *r = *state;

    nest(r);
    sleep(r, 0);
    nap_power_off(r->m, 1u << CPU0_PD);
    assert_broken(r, "gicv3-priorities-idle-before-off");
    sleep(r, 1);
    nap_power_off(r->m, 1u << CPU1_PD); /* of another */
    assert_int_equal(broken(r, NULL), 1);
}

static void an_active_interrupt_without_priority_is_quiet(void **state)
{
    struct rig *r = *state;

    start(r);
    msr(r, 0, ICTLR, 2);
    spi(r, 40, 0, EDGE, 0xa0);
    pulse(r, 40);
    (void)mrs(r, 0, IAR1);
    msr(r, 0, EOIR1, 40);
    sleep(r, 0);
    nap_power_off(r->m, 1u << CPU0_PD);
    assert_quiet(r);
}

static void active_priorities_written_as_they_are_are_quiet(void **state)
{
    struct rig *r = *state;

    start(r);
    msr(r, 0, AP1R0, 0);
    assert_quiet(r);
    msr(r, 0, AP1R0, 0x100000);
    assert_broken(r, "gicv3-priorities-kept");
}

/* Two Security states: the copy of each is compared with what it holds itself. */
static void active_priorities_of_each_state_are_its_own(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "gic-600"});
    nap_secure_set(r->m, true);
    msr(r, 0, AP1R0, 0);
    msr(r, 0, AP1R0, 0x100000);
    assert_broken(r, "gicv3-priorities-kept");
    msr(r, 0, AP1R0, 0x100000); /* as it is, where the Non-secure one is 0 */
    assert_int_equal(broken(r, NULL), 1);
    nap_secure_set(r->m, false);
    msr(r, 0, AP1R0, 0);
    assert_int_equal(broken(r, NULL), 1);
    msr(r, 0, AP1R0, 0x100);
    assert_int_equal(broken(r, "gicv3-priorities-kept"), 2);
}

static void deactivating_needs_eoimode(void **state)
{
    struct rig *r = *state;

    start(r);
    msr(r, 0, ICTLR, 2);
    msr(r, 0, DIR, 40);
    assert_quiet(r);
    msr(r, 0, ICTLR, 0);
    msr(r, 0, DIR, 40);
    assert_broken(r, "gicv3-deactivated-by-mode");
}

static void clearing_an_sre_that_is_fixed_is_quiet(void **state)
{
    struct rig *r = *state;

    msr(r, 0, SRE_EL2, 0);
    assert_quiet(r);
}

static void clearing_sre_fires(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.cpu = "cortex"});
    msr(r, 0, SRE_EL2, 0xf);
    msr(r, 0, SRE_EL2, 0xe);
    assert_int_equal(mrs(r, 0, SRE_EL2), 0xf);
    assert_broken(r, "gicv3-sre-kept");
}

/* The Secure copy of ICC_SRE_EL1, whatever the Non-secure one holds. */
static void clearing_the_secure_sre_fires(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "gic-600", .cpu = "cortex"});
    nap_secure_set(r->m, true);
    msr(r, 0, SRE_EL1, 0);
    assert_quiet(r);
    msr(r, 0, SRE_EL1, 7);
    msr(r, 0, SRE_EL1, 6);
    assert_broken(r, "gicv3-sre-kept");
}

static void an_end_after_active_priorities_were_written_fires(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, 0, EDGE, 0xa0);
    pulse(r, 40);
    (void)mrs(r, 0, IAR1);
    msr(r, 0, AP1R0, 0);
    assert_int_equal(broken(r, NULL), 1); /* gicv3-priorities-kept */
    msr(r, 0, EOIR1, 40);
    assert_int_equal(broken(r, "gicv3-ended-in-order"), 1);
}

/* Nobody knows what took it, whatever was acknowledged before. */
static void an_end_of_a_priority_that_software_put_there_is_quiet(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, 0, EDGE, 0xa0);
    pulse(r, 40);
    (void)mrs(r, 0, IAR1);
    msr(r, 0, AP1R0, 0x1);
    msr(r, 0, EOIR1, 41);
    assert_int_equal(broken(r, "gicv3-ended-in-order"), 0);
    msr(r, 0, EOIR1, 40); /* none is active */
    assert_int_equal(broken(r, "gicv3-ended-in-order"), 1);
}

/* 128 levels of preemption, each with an interrupt that has been acknowledged. */
static void ends_are_known_of_every_level_of_preemption(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "gic-600-ds", .cpu = "full"});
    start(r);
    msr(r, 0, BPR1, 1);
    for (unsigned i = 0; i < 40; i++) {
        spi(r, 40 + i, 0, EDGE, 0xf0 - 2 * i);
        pulse(r, 40 + i);
        assert_int_equal(mrs(r, 0, IAR1), 40 + i);
    }
    for (unsigned i = 40; i-- > 0;)
        msr(r, 0, EOIR1, 40 + i);
    assert_int_equal(broken(r, "gicv3-ended-in-order"), 0);
    assert_int_equal(mrs(r, 0, RPR), 0xff);
}

/* --- power of the distributor alone --- */

static void power_taken_from_the_distributor_of_one_that_is_awake_fires(void **state)
{
    struct rig *r = *state;

    wake(r, 0); /* and the other one sleeps */
    nap_power_off(r->m, 1u << DIST_PD);
    assert_broken(r, "gicv3-asleep-before-off");
}

/* --- while a restore is under way --- */

#define PPI 27u

/* An SPI and a PPI, enabled; then a sleep, and power is back. */
static void sleep_and_wake(struct rig *r)
{
    start(r);
    msr(r, 0, BPR1, 4);
    msr(r, 0, ICTLR, 2);
    wr8(r, RD0 + SGI + IPRIORITYR(PPI), 0x60);
    wr(r, RD0 + SGI + ISENABLER(0), 1u << PPI);
    spi(r, 40, 0x0102, EDGE, 0x80);
    nap_golden_take(r->m);
    nap_set_asleep(r->m, true);
    sleep(r, 0);
    sleep(r, 1);
    nap_power_lose(r->m, ALL_PDS);
    nap_power_on(r->m, ALL_PDS);
    nap_cpu_set(r->m, 0);
}

/* All but the part of that number. */
static void restore_but(struct rig *r, unsigned missing)
{
    wake(r, 0);
    if (missing != 0)
        wr(r, GICD + IGROUPR(1), 0xffffffff);
    if (missing != 1)
        wr(r, GICD + ICFGR(2), 2u << 16);
    if (missing != 2)
        wr(r, GICD + IPRIORITYR(40), 0x80);
    if (missing != 3)
        wr64(r, GICD + IROUTER(40), 0x0102);
    wr(r, RD0 + SGI + IGROUPR(0), 0xffffffff);
    for (unsigned i = 0; i < 32; i += 4)
        if (missing != 4 || i != 24)
            wr(r, RD0 + SGI + IPRIORITYR(i), i == 24 ? 0x60a0a0a0 : 0xa0a0a0a0);
    wr(r, RD0 + SGI + ICFGR(1), 0);
    if (missing != 5)
        msr(r, 0, BPR1, 4);
    if (missing != 6)
        msr(r, 0, ICTLR, 2);
    msr(r, 0, PMR, 0xff);
}

static void each_part_is_restored_before_an_interface_lets_through(void **state)
{
    struct rig *r = *state;

    for (unsigned missing = 0; missing < 8; missing++) {
        rig_again(r, &(struct rig_options){.dist = NULL});
        sleep_and_wake(r);
        assert_quiet(r);
        restore_but(r, missing);
        nap_findings_clear(&r->findings);
        wr(r, GICD + ISENABLER(1), 0x100);
        wr(r, RD0 + SGI + ISENABLER(0), 1u << PPI);
        wr(r, GICD + CTLR, ARE | DS | GRP1);
        assert_int_equal(broken(r, "gicv3-live-before-restored"), 0);
        assert_int_equal(broken(r, "gicv3-private-live-before-restored"), 0);
        msr(r, 0, IGRPEN1, 1);
        assert_int_equal(broken(r, "gicv3-interface-live-before-restored"), missing < 7);
    }
}

static void an_spi_enabled_live_before_it_is_restored_fires(void **state)
{
    struct rig *r = *state;

    sleep_and_wake(r);
    restore_but(r, 3);
    wr(r, GICD + CTLR, ARE | DS | GRP1);
    msr(r, 0, IGRPEN1, 1);
    assert_quiet(r);
    wr(r, GICD + ISENABLER(1), 0x100);
    assert_int_equal(broken(r, "gicv3-live-before-restored"), 1);
    wr(r, RD0 + SGI + ISENABLER(0), 1u << PPI);
    assert_int_equal(broken(r, "gicv3-private-live-before-restored"), 1); /* of the SPI */
}

/* Its group may be the one that gets through. */
static void an_interrupt_whose_group_nobody_knows_is_waited_for(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "gic-600"});
    nap_secure_set(r->m, true);
    wr8(r, RD0 + SGI + IPRIORITYR(PPI), 0x60);
    nap_golden_take(r->m);
    nap_set_asleep(r->m, true);
    forget(r);
    wake(r, 0);
    wr(r, RD0 + SGI + ISENABLER(0), 1u << PPI);
    wr(r, GICD + CTLR, ARE | ARE_NS | GRP1);
    nap_secure_set(r->m, false);
    msr(r, 0, IGRPEN1, 1);
    assert_int_equal(broken(r, "gicv3-interface-live-before-restored"), 1);
}

static void an_spi_is_told_of_once(void **state)
{
    struct rig *r = *state;

    sleep_and_wake(r);
    wake(r, 1);
    msr(r, 1, SRE_EL2, 0xf);
    msr(r, 1, IGRPEN1, 1);
    nap_cpu_set(r->m, 0);
    restore_but(r, 3);
    msr(r, 0, IGRPEN1, 1);
    wr(r, GICD + ISENABLER(1), 0x100);
    nap_findings_clear(&r->findings);
    wr(r, GICD + CTLR, ARE | DS | GRP1);
    assert_int_equal(broken(r, "gicv3-live-before-restored"), 1);
}

/* Group 0 does not get through to the interface of CPU 0. */
/* Secure software restores its bank, which is not that of Non-secure software. */
static void each_state_restores_its_own_binary_point(void **state)
{
    struct rig *r = *state;

    for (unsigned own = 0; own < 2; own++) {
        rig_again(r, &(struct rig_options){.dist = "gic-600"});
        msr(r, 0, BPR1, 5);
        nap_golden_take(r->m);
        nap_set_asleep(r->m, true);
        nap_power_lose(r->m, ALL_PDS);
        nap_power_on(r->m, ALL_PDS);
        nap_secure_set(r->m, true);
        wake(r, 0);
        msr(r, 0, BPR1, 5);
        wr(r, GICD + CTLR, ARE | ARE_NS | GRP1);
        nap_secure_set(r->m, false);
        if (own)
            msr(r, 0, BPR1, 5);
        msr(r, 0, IGRPEN1, 1);
        assert_int_equal(broken(r, "gicv3-interface-live-before-restored"), !own);
    }
}

static void an_spi_of_a_group_that_is_off_need_not_be_restored(void **state)
{
    struct rig *r = *state;

    for (unsigned group = 0; group < 2; group++) {
        rig_again(r, &(struct rig_options){.dist = NULL});
        sleep_and_wake(r);
        restore_but(r, 3);
        wr(r, GICD + IGROUPR(1), group ? 0xffffffff : 0xfffffeff);
        nap_findings_clear(&r->findings);
        wr(r, GICD + ISENABLER(1), 0x100);
        wr(r, GICD + CTLR, ARE | DS | GRP0 | GRP1);
        msr(r, 0, IGRPEN1, 1);
        assert_int_equal(broken(r, "gicv3-interface-live-before-restored"), group);
        msr(r, 0, BPR0, 3);
        msr(r, 0, IGRPEN0, 1);
        assert_int_equal(broken(r, "gicv3-interface-live-before-restored"), 1 + group);
    }
}

static void without_a_sleep_nothing_is_waited_for(void **state)
{
    struct rig *r = *state;

    sleep_and_wake(r);
    nap_set_asleep(r->m, false);
    restore_but(r, 3);
    wr(r, GICD + CTLR, ARE | DS | GRP1);
    msr(r, 0, IGRPEN1, 1);
    wr(r, GICD + ISENABLER(1), 0x100);
    assert_int_equal(broken(r, "gicv3-live-before-restored"), 0);
}

static void a_level_latched_in_resume_fires(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, 0, LEVEL, 0xa0);
    spi(r, 41, 0, EDGE, 0xa0);
    wr(r, GICD + ISPENDR(1), 0x100); /* no resume */
    wr(r, GICD + ICPENDR(1), 0x100);
    nap_golden_take(r->m);
    nap_set_asleep(r->m, true);
    wr(r, GICD + ISPENDR(1), 0x200);
    wr(r, RD0 + SGI + ISPENDR(0), 1);
    assert_quiet(r);
    wr(r, GICD + ISPENDR(1), 0x100);
    assert_broken(r, "gicv3-level-latched");
    wr(r, RD0 + SGI + ISPENDR(0), 1u << PPI);
    assert_int_equal(broken(r, "gicv3-private-level-latched"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(an_orderly_life_is_quiet),
        rig_test(a_trigger_changed_before_rwp_is_0_fires),
        rig_test(an_unknown_trigger_written_while_enabled_fires),
        rig_test(an_unknown_trigger_written_while_disabled_is_no_choice),
        rig_test(a_trigger_of_another_interrupt_is_quiet),
        rig_test(a_ppis_trigger_changed_while_enabled_fires),
        rig_test(a_trigger_that_the_write_does_not_reach_is_quiet),
        rig_test(an_unknown_trigger_that_the_write_does_not_reach_is_quiet),
        rig_test(an_unknown_trigger_of_a_redistributor_that_is_off_is_quiet),
        rig_test(an_spi_enabled_without_a_route_fires),
        rig_test(an_spi_enabled_without_a_priority_fires),
        rig_test(an_spi_enabled_without_a_group_fires),
        rig_test(an_spi_enabled_without_a_trigger_fires),
        rig_test(a_set_up_from_before_the_loss_does_not_count),
        rig_test(an_sgi_needs_no_trigger_and_a_ppi_does),
        rig_test(a_ppi_enabled_without_a_group_fires),
        rig_test(a_route_before_affinity_routing_fires_and_vanishes),
        rig_test(affinity_routing_disabled_fires),
        rig_test(security_disabled_while_a_group_is_enabled_fires),
        rig_test(a_sleep_that_does_not_reach_the_register_is_quiet),
        rig_test(power_taken_from_a_processor_that_is_awake_fires),
        rig_test(power_taken_from_a_redistributor_that_is_awake_fires),
        rig_test(power_taken_before_children_sleep_fires),
        rig_test(power_that_is_lost_is_nobodys_fault),
        rig_test(waking_up_with_two_states_is_secure_softwares),
        rig_test(a_group_enabled_before_the_redistributor_is_awake_fires),
        rig_test(a_group_disabled_asleep_is_quiet),
        rig_test(ends_in_reverse_order_are_quiet),
        rig_test(ends_in_the_order_of_acknowledges_fire),
        rig_test(special_intids_after_a_wrong_end_are_quiet),
        rig_test(an_end_without_an_acknowledge_fires),
        rig_test(active_priorities_at_power_off_fire),
        rig_test(an_active_interrupt_without_priority_is_quiet),
        rig_test(active_priorities_written_as_they_are_are_quiet),
        rig_test(active_priorities_of_each_state_are_its_own),
        rig_test(an_end_after_active_priorities_were_written_fires),
        rig_test(an_end_of_a_priority_that_software_put_there_is_quiet),
        rig_test(ends_are_known_of_every_level_of_preemption),
        rig_test(deactivating_needs_eoimode),
        rig_test(clearing_an_sre_that_is_fixed_is_quiet),
        rig_test(clearing_sre_fires),
        rig_test(clearing_the_secure_sre_fires),
        rig_test(power_taken_from_the_distributor_of_one_that_is_awake_fires),
        rig_test(each_part_is_restored_before_an_interface_lets_through),
        rig_test(an_spi_enabled_live_before_it_is_restored_fires),
        rig_test(each_state_restores_its_own_binary_point),
        rig_test(an_interrupt_whose_group_nobody_knows_is_waited_for),
        rig_test(an_spi_is_told_of_once),
        rig_test(an_spi_of_a_group_that_is_off_need_not_be_restored),
        rig_test(without_a_sleep_nothing_is_waited_for),
        rig_test(a_level_latched_in_resume_fires),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
