/* SPDX-License-Identifier: MIT */
/* lib/gic/dist3.c and gic3.c: the distributor of a GICv3. */
#include "gic3_rig.h"

/* --- identity and reserved words --- */

static void the_word_of_sgis_and_ppis_is_reserved(void **state)
{
    struct rig *r = *state;

    wr(r, GICD + ISENABLER(0), 0xffffffff);
    wr(r, GICD + IGROUPR(0), 0xffffffff);
    wr(r, GICD + IPRIORITYR(0), 0xa0a0a0a0);
    assert_int_equal(rd(r, GICD + ISENABLER(0)), 0);
    assert_int_equal(rd(r, GICD + IGROUPR(0)), 0);
    assert_int_equal(rd(r, GICD + IPRIORITYR(0)), 0);
}

/* ITLinesNumber 30: INTIDs up to 991, words up to 30. */
static void words_beyond_the_last_interrupt_are_reserved(void **state)
{
    struct rig *r = *state;

    wr(r, GICD + IGROUPR(30), 0xffffffff);
    wr(r, GICD + IGROUPR(31), 0xffffffff);
    assert_int_equal(rd(r, GICD + IGROUPR(30)), 0xffffffff);
    assert_int_equal(rd(r, GICD + IGROUPR(31)), 0);
}

/* 5 bits of priority: the low three read 0. */
static void priorities_have_the_bits_of_the_part(void **state)
{
    struct rig *r = *state;

    wr(r, GICD + IPRIORITYR(32), 0xffffffff);
    assert_int_equal(rd(r, GICD + IPRIORITYR(32)), 0xf8f8f8f8);
    wr8(r, GICD + IPRIORITYR(33), 0x17);
    assert_int_equal(rd(r, GICD + IPRIORITYR(32)), 0xf8f810f8);
}

static void a_trigger_has_its_upper_bit_only(void **state)
{
    struct rig *r = *state;

    wr(r, GICD + ICFGR(2), 0xffffffff);
    assert_int_equal(rd(r, GICD + ICFGR(2)), 0xaaaaaaaa);
}

/* --- GICD_CTLR --- */

static void one_security_state_has_no_second_enable(void **state)
{
    struct rig *r = *state;

    wr(r, GICD + CTLR, 0xff);
    assert_int_equal(rd(r, GICD + CTLR) & ~(uint64_t)RWP, E1NWF | DS | ARE | GRP1 | GRP0);
}

static void non_secure_software_sees_its_enable_in_bit_1(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "gic-600"});
    nap_secure_set(r->m, true);
    wr(r, GICD + CTLR, GRP0 | GRP1 | GRP1S);
    assert_int_equal(rd(r, GICD + CTLR), ARE | ARE_NS | GRP0 | GRP1 | GRP1S);
    nap_secure_set(r->m, false);
    assert_int_equal(rd(r, GICD + CTLR), 0x12);
    wr(r, GICD + CTLR, 0);
    nap_secure_set(r->m, true);
    assert_int_equal(rd(r, GICD + CTLR), ARE | ARE_NS | GRP0 | GRP1S);
}

static void ds_is_set_once_and_for_all(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "gic-600"});
    nap_secure_set(r->m, true);
    assert_int_equal(rd(r, GICD + TYPER) & 0x400, 0x400); /* SecurityExtn */
    wr(r, GICD + CTLR, DS);
    assert_int_equal(rd(r, GICD + CTLR), DS | ARE);
    wr(r, GICD + CTLR, 0);
    assert_int_equal(rd(r, GICD + CTLR), DS | ARE);
    assert_int_equal(rd(r, GICD + TYPER) & 0x400, 0);
    assert_quiet(r);
}

static void ds_set_while_a_group_is_enabled_is_refused(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "gic-600"});
    nap_secure_set(r->m, true);
    wr(r, GICD + CTLR, GRP1);
    wr(r, GICD + CTLR, DS | GRP1);
    assert_int_equal(rd(r, GICD + CTLR), ARE | ARE_NS | GRP1);
    assert_broken(r, "gicv3-control-predictable");
}

static void ds_set_while_an_interrupt_is_active_is_refused(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "gic-600"});
    nap_secure_set(r->m, true);
    wr(r, RD1 + SGI + ISACTIVER(0), 1);
    wr(r, GICD + CTLR, DS);
    assert_int_equal(rd(r, GICD + CTLR), ARE | ARE_NS);
    assert_broken(r, "gicv3-control-predictable");
}

static void affinity_routing_is_set_with_nothing_enabled(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "full"});
    nap_secure_set(r->m, true);
    wr(r, GICD + CTLR, ARE);
    assert_int_equal(rd(r, GICD + CTLR), ARE | ARE_NS); /* RAO/WI while ARE_S is 1 */
    assert_quiet(r);
    wr(r, GICD + CTLR, 0);
    assert_int_equal(rd(r, GICD + CTLR), ARE | ARE_NS);
    assert_broken(r, "gicv3-control-predictable");
}

static void a_change_of_affinity_routing_is_decoded_by_the_old_layout(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "full"});
    nap_secure_set(r->m, true);
    wr(r, GICD + CTLR, ARE | GRP1S); /* reserved while ARE_S is 0 */
    assert_int_equal(rd(r, GICD + CTLR), ARE | ARE_NS);
}

static void legacy_operation_is_not_modelled_and_says_so(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "full"});
    nap_secure_set(r->m, true);
    assert_false(says_unmodelled(r, "legacy"));
    wr(r, GICD + CTLR, GRP1);
    assert_true(says_unmodelled(r, "legacy"));
}

static void affinity_routing_of_one_state_is_not_modelled_and_says_so(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "full"});
    wr(r, GICD + CTLR, ARE); /* in the Non-secure view: ARE_NS */
    assert_true(says_unmodelled(r, "Non-secure state only"));
}

/* GICD_IROUTER<n>: UNKNOWN as affinity routing becomes enabled. */
static void routes_are_unknown_as_affinity_routing_is_enabled(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "full"});
    nap_secure_set(r->m, true);
    nap_set_chooser(r->m, by_script, r, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    wr(r, GICD + CTLR, ARE);
    assert_true(nap_reg_marks(r->m, DIST, DIST_SLOT_GICD_IROUTER + 40) & NAP_MARK_UNDETERMINED);
    wr64(r, GICD + IROUTER(40), 0x0102);
    assert_false(nap_reg_marks(r->m, DIST, DIST_SLOT_GICD_IROUTER + 40) &
                 NAP_MARK_UNDETERMINED);
    wr(r, GICD + CTLR, ARE | GRP1); /* nothing of it changes */
    assert_int_equal(nap_bus_read(r->m, GICD + IROUTER(40), 8, HERE), 0x0102);
    assert_true(nap_reg_marks(r->m, DIST, DIST_SLOT_GICD_IROUTERnE) & NAP_MARK_UNDETERMINED);
}

/* A fall is no loss: what was pending is told when power goes, and once. */
static void what_rises_without_power_is_told_as_not_heard(void **state)
{
    struct rig *r = *state;
    struct losses l = {0};

    start(r);
    spi(r, 40, 0, EDGE, 0xa0);
    spi(r, 41, 0, LEVEL, 0xa0);
    line(r, 40, true);
    line(r, 41, true);
    nap_set_trace(r->m, note_loss, &l);
    nap_power_lose(r->m, 1u << DIST_PD);
    assert_int_equal(l.n, 1);
    assert_int_equal(l.intid, 40);
    line(r, 40, false);
    line(r, 41, false);
    assert_int_equal(l.unheard, 0);
    line(r, 40, true);
    assert_int_equal(l.unheard, 1);
    assert_int_equal(l.n, 1);
}

/* --- RWP --- */

static void a_cleared_group_enable_still_forwards_until_rwp_is_0(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.policy = NAP_POLICY_LAZY});
    start(r);
    spi(r, 40, 0, EDGE, 0xa0);
    wr(r, GICD + CTLR, ARE | DS);
    assert_int_equal(rd(r, GICD + CTLR), RWP | ARE | DS);
    pulse(r, 40);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_IRQ);
    while (rd(r, GICD + CTLR) & RWP)
        ;
    assert_int_equal(irq(r, 0), 0);
    assert_int_equal(rd(r, GICD + ISPENDR(1)), 0x100);
}

static void a_disabled_interrupt_still_arrives_until_rwp_is_0(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.policy = NAP_POLICY_LAZY});
    start(r);
    spi(r, 40, 0, EDGE, 0xa0);
    wr(r, GICD + ICENABLER(1), 0x100);
    assert_int_equal(rd(r, GICD + ISENABLER(1)), 0);
    pulse(r, 40);
    assert_int_equal(mrs(r, 0, IAR1), 40);
    msr(r, 0, EOIR1, 40);
    while (rd(r, GICD + CTLR) & RWP)
        ;
    pulse(r, 40);
    assert_int_equal(irq(r, 0), 0);
    assert_int_equal(mrs(r, 0, IAR1), SPURIOUS);
}

/* Whether the write is through is asked by whoever could notice, and only then. */
static void whether_it_still_arrives_is_one_choice(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, 0, EDGE, 0xa0);
    late(r, 0);
    wr(r, GICD + ICENABLER(1), 0x100);
    assert_int_equal(r->n_asked, 0);
    pulse(r, 40);
    assert_int_equal(r->n_asked, 1);
    assert_int_equal(irq(r, 0), 0);
    assert_int_equal(rd(r, GICD + CTLR) & RWP, 0);
}

static void enabling_again_ends_what_was_on_its_way_out(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.policy = NAP_POLICY_LAZY});
    start(r);
    spi(r, 40, 0, EDGE, 0xa0);
    wr(r, GICD + ICENABLER(1), 0x100);
    wr(r, GICD + ISENABLER(1), 0x100);
    while (rd(r, GICD + CTLR) & RWP)
        ;
    pulse(r, 40);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_IRQ);
}

static void rwp_tracks_clears_and_not_sets(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.policy = NAP_POLICY_LAZY});
    wr(r, GICD + CTLR, ARE | DS | GRP1);
    assert_int_equal(rd(r, GICD + CTLR) & RWP, 0);
    wr(r, GICD + ISENABLER(1), 1);
    assert_int_equal(rd(r, GICD + CTLR) & RWP, 0);
    wr(r, GICD + CTLR, ARE | DS | GRP1 | E1NWF);
    assert_int_equal(rd(r, GICD + CTLR) & RWP, RWP);
}

/* --- pending and triggers --- */

static void a_level_is_pending_as_long_as_it_is_high(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, 0, LEVEL, 0xa0);
    line(r, 40, true);
    assert_int_equal(rd(r, GICD + ISPENDR(1)), 0x100);
    wr(r, GICD + ICPENDR(1), 0x100);
    assert_int_equal(rd(r, GICD + ISPENDR(1)), 0x100);
    assert_int_equal(mrs(r, 0, IAR1), 40);
    assert_int_equal(rd(r, GICD + ISPENDR(1)), 0x100); /* active and pending */
    assert_int_equal(irq(r, 0), 0);
    msr(r, 0, EOIR1, 40);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_IRQ);
    line(r, 40, false);
    assert_int_equal(irq(r, 0), 0);
}

static void edges_before_an_acknowledge_collapse_and_one_after_it_stays(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, 0, EDGE, 0xa0);
    pulse(r, 40);
    pulse(r, 40);
    assert_int_equal(mrs(r, 0, IAR1), 40);
    pulse(r, 40);
    assert_int_equal(rd(r, GICD + ISPENDR(1)), 0x100);
    assert_int_equal(rd(r, GICD + ISACTIVER(1)), 0x100);
    msr(r, 0, EOIR1, 40);
    assert_int_equal(mrs(r, 0, IAR1), 40);
    msr(r, 0, EOIR1, 40);
    assert_int_equal(mrs(r, 0, IAR1), SPURIOUS);
}

static void a_trigger_changed_while_enabled_leaves_the_interrupt_pending(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, 0, LEVEL, 0xa0);
    wr(r, GICD + ICFGR(2), 2u << 16);
    assert_int_equal(rd(r, GICD + ISPENDR(1)), 0x100);
    assert_broken(r, "gicv3-trigger-while-enabled");
}

static void a_trigger_written_as_it_is_changes_nothing(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, 0, EDGE, 0xa0);
    wr(r, GICD + ICFGR(2), 2u << 16);
    assert_int_equal(rd(r, GICD + ISPENDR(1)), 0);
    assert_quiet(r);
}

/* --- routing --- */

static void an_spi_goes_to_the_affinity_of_its_route(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, 0x0102, LEVEL, 0xa0);
    line(r, 40, true);
    assert_int_equal(irq(r, 0), 0);
    assert_int_equal(irq(r, 1), NAP_SIGNAL_IRQ);
    wr64(r, GICD + IROUTER(40), 0);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_IRQ);
    assert_int_equal(irq(r, 1), 0);
}

static void an_spi_routed_to_nobody_stays_pending(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, 0x0103, LEVEL, 0xa0);
    line(r, 40, true);
    assert_int_equal(irq(r, 0) | irq(r, 1), 0);
    assert_int_equal(rd(r, GICD + ISPENDR(1)), 0x100);
}

static void one_of_n_goes_to_one_that_takes_part(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, IRM, LEVEL, 0xa0);
    line(r, 40, true);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_IRQ);
    assert_int_equal(irq(r, 1), 0);
    wr(r, RD0 + CTLR, DPG1NS);
    assert_int_equal(irq(r, 0), 0);
    assert_int_equal(irq(r, 1), NAP_SIGNAL_IRQ);
    wr(r, RD0 + CTLR, 0);
    msr(r, 0, IGRPEN1, 0);
    assert_int_equal(irq(r, 1), NAP_SIGNAL_IRQ);
}

/* "GICR_CTLR", field RWP: a change of DPG1NS has taken effect when it is 0. */
static void who_takes_part_is_another_when_rwp_is_0(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.policy = NAP_POLICY_LAZY});
    start(r);
    spi(r, 40, IRM, LEVEL, 0xa0);
    wr(r, RD0 + CTLR, DPG1NS);
    line(r, 40, true);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_IRQ);
    assert_int_equal(irq(r, 1), 0);
    while (rd(r, RD0 + CTLR) & RRWP)
        ;
    assert_int_equal(irq(r, 0), 0);
    assert_int_equal(irq(r, 1), NAP_SIGNAL_IRQ);
    wr(r, RD0 + CTLR, 0);
    nap_power_lose(r->m, 1u << RD0_PD); /* nothing is left of it */
    nap_power_on(r->m, 1u << RD0_PD);
    assert_int_equal(irq(r, 1), NAP_SIGNAL_IRQ);
    wake(r, 0);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_IRQ);
}

/* "GICD_CTLR", field RWP: the same of E1NWF. */
static void e1nwf_is_in_force_when_rwp_is_0(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.policy = NAP_POLICY_LAZY});
    start(r);
    spi(r, 40, IRM, LEVEL, 0xa0);
    for (unsigned cpu = 0; cpu < 2; cpu++) {
        msr(r, cpu, IGRPEN1, 0);
        wr(r, redists[cpu] + WAKER, SLEEP);
        while (!(rd(r, redists[cpu] + WAKER) & ASLEEP))
            ;
    }
    wr(r, GICD + CTLR, ARE | DS | GRP1 | GRP0 | E1NWF);
    line(r, 40, true);
    assert_int_equal(irq(r, 0), 0);
    while (rd(r, GICD + CTLR) & RWP)
        ;
    assert_int_equal(irq(r, 0), NAP_SIGNAL_WAKE);
}

static void one_of_n_by_switch_begins_at_the_other_end(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.sw = {"D01", DIST_D01_HIGHEST}});
    start(r);
    spi(r, 40, IRM, LEVEL, 0xa0);
    line(r, 40, true);
    assert_int_equal(irq(r, 0), 0);
    assert_int_equal(irq(r, 1), NAP_SIGNAL_IRQ);
}

static void sleep(struct rig *r, unsigned cpu)
{
    msr(r, cpu, IGRPEN1, 0);
    wr(r, redists[cpu] + WAKER, SLEEP);
    assert_int_equal(rd(r, redists[cpu] + WAKER), SLEEP | ASLEEP);
}

static void one_of_n_wakes_nobody_without_e1nwf(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, IRM, LEVEL, 0xa0);
    sleep(r, 0);
    sleep(r, 1);
    line(r, 40, true);
    assert_int_equal(irq(r, 0) | irq(r, 1), 0);
    wr(r, GICD + CTLR, ARE | DS | GRP1 | E1NWF);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_WAKE);
    assert_int_equal(irq(r, 1), 0);
}

static void a_part_without_one_of_n_has_no_irm(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "qemu-virt"});
    wr64(r, GICD + IROUTER(40), IRM | 0x0102);
    assert_int_equal(rd(r, GICD + IROUTER(40)), 0x0102);
}

static void a_route_is_written_in_halves(void **state)
{
    struct rig *r = *state;

    wr64(r, GICD + IROUTER(40), UINT64_C(0x0500010203));
    assert_int_equal(rd(r, GICD + IROUTER(40)), 0x00010203);
    assert_int_equal(rd(r, GICD + IROUTER(40) + 4), 5);
    wr(r, GICD + IROUTER(40) + 4, 7);
    assert_int_equal(nap_bus_read(r->m, GICD + IROUTER(40), 8, HERE), UINT64_C(0x0700010203));
}

static void extended_spis_have_words_of_their_own(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "full"});
    nap_secure_set(r->m, true);
    wr(r, GICD + CTLR, ARE);
    wr(r, GICD + CTLR, ARE | DS);
    start(r);
    wr(r, GICD + 0x1000, 2); /* IGROUPR0E */
    wr64(r, GICD + IROUTERE(1), 0x0102);
    wr8(r, GICD + 0x2001, 0x80); /* IPRIORITYR0E */
    wr(r, GICD + 0x3000, EDGE << 2);
    wr(r, GICD + 0x1200, 2); /* ISENABLER0E */
    pulse(r, 4097);
    assert_int_equal(rd(r, GICD + 0x1600), 2);
    assert_int_equal(mrs(r, 1, IAR1), 4097);
    assert_int_equal(rd(r, GICD + 0x1a00), 2);
    msr(r, 1, EOIR1, 4097);
    assert_int_equal(rd(r, GICD + 0x1a00), 0);
}

/* --- two Security states --- */

static void non_secure_accesses_do_not_see_secure_interrupts(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "gic-600"});
    nap_secure_set(r->m, true);
    wr(r, GICD + IGROUPR(1), 0x2);
    wr(r, GICD + IPRIORITYR(32), 0x4040c040);
    wr(r, GICD + ISENABLER(1), 0x5);
    nap_secure_set(r->m, false);
    wr(r, GICD + ISENABLER(1), 0xffffffff);
    assert_int_equal(rd(r, GICD + ISENABLER(1)), 0x2);
    assert_int_equal(rd(r, GICD + IGROUPR(1)), 0);
    assert_int_equal(rd(r, GICD + IPRIORITYR(32)), 0x00008000);
    wr(r, GICD + IPRIORITYR(32), 0x20202020); /* 0x80 | 0x20 >> 1 */
    nap_secure_set(r->m, true);
    assert_int_equal(rd(r, GICD + ISENABLER(1)), 0x7);
    assert_int_equal(rd(r, GICD + IPRIORITYR(32)), 0x40409040);
}

/* GICD_IGROUPR<n>, GICD_IGRPMODR<n>: to Non-secure accesses RAZ/WI. */
static void a_non_secure_write_leaves_groups_as_they_are(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "gic-600"});
    nap_secure_set(r->m, true);
    wr(r, GICD + IGROUPR(1), 0x12);
    wr(r, GICD + IGRPMODR(1), 0x34);
    nap_secure_set(r->m, false);
    wr(r, GICD + IGROUPR(1), 0xffffffff);
    wr(r, GICD + IGRPMODR(1), 0);
    nap_secure_set(r->m, true);
    assert_int_equal(rd(r, GICD + IGROUPR(1)), 0x12);
    assert_int_equal(rd(r, GICD + IGRPMODR(1)), 0x34);
}

static void nsacr_lets_non_secure_software_pend_and_route(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "gic-600"});
    nap_secure_set(r->m, true);
    wr(r, GICD + NSACR(2), 1u << 0 | 2u << 2 | 3u << 4); /* INTIDs 32, 33, 34 */
    nap_secure_set(r->m, false);
    wr(r, GICD + ISPENDR(1), 0xf);
    assert_int_equal(rd(r, GICD + ISPENDR(1)), 0x7);
    wr(r, GICD + ICPENDR(1), 0xf);
    assert_int_equal(rd(r, GICD + ISPENDR(1)), 0x1);
    wr64(r, GICD + IROUTER(33), 0x0102);
    wr64(r, GICD + IROUTER(34), 0x0102);
    assert_int_equal(rd(r, GICD + IROUTER(33)), 0);
    assert_int_equal(rd(r, GICD + IROUTER(34)), 0x0102);
}

static void a_modifier_makes_secure_group_1(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "gic-600"});
    nap_secure_set(r->m, true);
    wr(r, GICD + IGRPMODR(1), 0x100);
    assert_int_equal(rd(r, GICD + IGRPMODR(1)), 0x100);
    wr(r, RD0 + WAKER, 0);
    msr(r, 0, PMR, 0xff);
    msr(r, 0, IGRPEN1, 1);
    wr(r, GICD + CTLR, GRP1S);
    wr64(r, GICD + IROUTER(40), 0);
    wr8(r, GICD + IPRIORITYR(40), 0x40);
    wr(r, GICD + ICFGR(2), 0);
    wr(r, GICD + ISENABLER(1), 0x100);
    line(r, 40, true);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_FIQ); /* while Non-secure software runs */
    nap_secure_set(r->m, false);
    assert_int_equal(mrs(r, 0, IAR1), SPURIOUS);
    nap_secure_set(r->m, true);
    assert_int_equal(mrs(r, 0, IAR1), 40);
}

static void registers_of_two_states_are_reserved_in_one(void **state)
{
    struct rig *r = *state;

    wr(r, GICD + IGRPMODR(1), 0xffffffff);
    wr(r, GICD + NSACR(2), 0xffffffff);
    assert_int_equal(rd(r, GICD + IGRPMODR(1)), 0);
    assert_int_equal(rd(r, GICD + NSACR(2)), 0);
}

/* --- SPIs by message --- */

static void a_message_makes_an_spi_pending_once(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, 0, EDGE, 0xa0);
    wr(r, GICD + SETSPI_NSR, 40);
    assert_int_equal(mrs(r, 0, IAR1), 40);
    msr(r, 0, EOIR1, 40);
    wr(r, GICD + SETSPI_NSR, 40);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_IRQ);
    nap_bus_write(r->m, GICD + CLRSPI_NSR, 2, 40, HERE);
    assert_int_equal(irq(r, 0), 0);
    wr(r, GICD + SETSPI_SR, 40); /* reserved with one Security state */
    assert_int_equal(irq(r, 0), 0);
}

static void a_part_without_messages_ignores_them(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "qemu-virt"});
    start(r);
    spi(r, 40, 0, EDGE, 0xa0);
    wr(r, GICD + SETSPI_NSR, 40);
    assert_int_equal(rd(r, GICD + ISPENDR(1)), 0);
}

static void a_level_by_message_is_not_modelled_and_says_so(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, 0, LEVEL, 0xa0);
    wr(r, GICD + SETSPI_NSR, 40);
    assert_true(says_unmodelled(r, "by message"));
}

/* --- power --- */

static void the_distributor_forgets_and_levels_are_pending_again(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, 0, LEVEL, 0xa0);
    spi(r, 41, 0, EDGE, 0xa0);
    line(r, 40, true);
    pulse(r, 41);
    nap_power_off(r->m, 1u << DIST_PD);
    assert_int_equal(irq(r, 0), 0);
    nap_power_on(r->m, 1u << DIST_PD);
    assert_int_equal(rd(r, GICD + CTLR), ARE | DS);
    assert_int_equal(rd(r, GICD + ISENABLER(1)), 0);
    assert_int_equal(rd(r, GICD + ISPENDR(1)), 0x100); /* the level, not the edge */
}

static void an_edge_without_power_is_lost(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 41, 0, EDGE, 0xa0);
    nap_power_off(r->m, 1u << DIST_PD);
    pulse(r, 41);
    nap_power_on(r->m, 1u << DIST_PD);
    assert_int_equal(rd(r, GICD + ISPENDR(1)), 0);
}

/* GICD_IROUTER, GICD_ICFGR and GICD_ISENABLER are UNKNOWN then; bits that are reserved stay so
 * once software has written the register. */
static void what_a_loss_leaves_in_reserved_bits_is_gone_with_a_write(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "qemu-virt"});
    nap_set_profile(r->m, NAP_PROFILE_HOSTILE);
    nap_power_lose(r->m, 1u << DIST_PD);
    nap_power_on(r->m, 1u << DIST_PD);
    for (unsigned i = 0; i < 4; i++) {
        wr64(r, GICD + IROUTER(40 + i), 0);
        wr(r, GICD + ICFGR(2 + i), 0);
        assert_int_equal(nap_reg_get(r->m, DIST, DIST_SLOT_GICD_IROUTER + 40 + i), 0);
        assert_int_equal(nap_reg_get(r->m, DIST, DIST_SLOT_GICD_ICFGR + 2 + i), 0);
        wr(r, GICD + ICENABLER(8 + i), 0xffffffff); /* beyond the last */
        assert_int_equal(nap_reg_get(r->m, DIST, DIST_SLOT_GICD_ISENABLER + 8 + i), 0);
    }
}

static void rwp_is_gone_with_the_power(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.policy = NAP_POLICY_LAZY});
    start(r);
    spi(r, 40, 0, EDGE, 0xa0);
    wr(r, GICD + ICENABLER(1), 0x100);
    nap_power_off(r->m, 1u << DIST_PD);
    nap_power_on(r->m, 1u << DIST_PD);
    assert_int_equal(rd(r, GICD + CTLR) & RWP, 0);
    wr(r, GICD + CTLR, ARE | DS | GRP1);
    wr(r, GICD + ISPENDR(1), 0x100);
    assert_int_equal(irq(r, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(the_word_of_sgis_and_ppis_is_reserved),
        rig_test(words_beyond_the_last_interrupt_are_reserved),
        rig_test(priorities_have_the_bits_of_the_part),
        rig_test(a_trigger_has_its_upper_bit_only),
        rig_test(one_security_state_has_no_second_enable),
        rig_test(non_secure_software_sees_its_enable_in_bit_1),
        rig_test(ds_is_set_once_and_for_all),
        rig_test(ds_set_while_a_group_is_enabled_is_refused),
        rig_test(ds_set_while_an_interrupt_is_active_is_refused),
        rig_test(affinity_routing_is_set_with_nothing_enabled),
        rig_test(a_change_of_affinity_routing_is_decoded_by_the_old_layout),
        rig_test(legacy_operation_is_not_modelled_and_says_so),
        rig_test(affinity_routing_of_one_state_is_not_modelled_and_says_so),
        rig_test(routes_are_unknown_as_affinity_routing_is_enabled),
        rig_test(what_rises_without_power_is_told_as_not_heard),
        rig_test(a_cleared_group_enable_still_forwards_until_rwp_is_0),
        rig_test(a_disabled_interrupt_still_arrives_until_rwp_is_0),
        rig_test(whether_it_still_arrives_is_one_choice),
        rig_test(enabling_again_ends_what_was_on_its_way_out),
        rig_test(rwp_tracks_clears_and_not_sets),
        rig_test(a_level_is_pending_as_long_as_it_is_high),
        rig_test(edges_before_an_acknowledge_collapse_and_one_after_it_stays),
        rig_test(a_trigger_changed_while_enabled_leaves_the_interrupt_pending),
        rig_test(a_trigger_written_as_it_is_changes_nothing),
        rig_test(an_spi_goes_to_the_affinity_of_its_route),
        rig_test(an_spi_routed_to_nobody_stays_pending),
        rig_test(one_of_n_goes_to_one_that_takes_part),
        rig_test(who_takes_part_is_another_when_rwp_is_0),
        rig_test(e1nwf_is_in_force_when_rwp_is_0),
        rig_test(one_of_n_by_switch_begins_at_the_other_end),
        rig_test(one_of_n_wakes_nobody_without_e1nwf),
        rig_test(a_part_without_one_of_n_has_no_irm),
        rig_test(a_route_is_written_in_halves),
        rig_test(extended_spis_have_words_of_their_own),
        rig_test(non_secure_accesses_do_not_see_secure_interrupts),
        rig_test(a_non_secure_write_leaves_groups_as_they_are),
        rig_test(nsacr_lets_non_secure_software_pend_and_route),
        rig_test(a_modifier_makes_secure_group_1),
        rig_test(registers_of_two_states_are_reserved_in_one),
        rig_test(a_message_makes_an_spi_pending_once),
        rig_test(a_part_without_messages_ignores_them),
        rig_test(a_level_by_message_is_not_modelled_and_says_so),
        rig_test(the_distributor_forgets_and_levels_are_pending_again),
        rig_test(an_edge_without_power_is_lost),
        rig_test(what_a_loss_leaves_in_reserved_bits_is_gone_with_a_write),
        rig_test(rwp_is_gone_with_the_power),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
