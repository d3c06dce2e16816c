/* SPDX-License-Identifier: MIT */
/* lib/gic/cpuif3.c and ich3.c: the CPU interface of a GICv3. */
#include "gic3_rig.h"

static uint64_t sgi_to(unsigned sgi, uint64_t targets)
{
    return (uint64_t)sgi << 24 | targets;
}

#define CPU0         UINT64_C(0x00001) /* affinity 0.0.0.0 */
#define CPU1         UINT64_C(0x10004) /* affinity 0.0.1.2 */
#define ALL_BUT_SELF (UINT64_C(1) << 40)

static void start_with_sgis(struct rig *r)
{
    start(r);
    wr(r, RD0 + SGI + ISENABLER(0), 0xffff);
    wr(r, RD1 + SGI + ISENABLER(0), 0xffff);
}

static void pend(struct rig *r, unsigned intid)
{
    wr(r, RD0 + SGI + ISPENDR(0), 1u << intid);
}

static void priority(struct rig *r, unsigned intid, unsigned value)
{
    wr8(r, RD0 + SGI + IPRIORITYR(intid), value);
}

/* --- acknowledge, priorities and preemption --- */

static void acknowledge_takes_the_highest_priority_then_the_lowest_intid(void **state)
{
    struct rig *r = *state;

    start_with_sgis(r);
    priority(r, 7, 0x20);
    priority(r, 3, 0x20);
    pend(r, 1);
    pend(r, 7);
    pend(r, 3);
    assert_int_equal(mrs(r, 0, HPPIR1), 3);
    assert_int_equal(mrs(r, 0, IAR1), 3);
    assert_int_equal(mrs(r, 0, RPR), 0x20);
    assert_int_equal(mrs(r, 0, AP1R0), 1u << 4);
    assert_int_equal(mrs(r, 0, IAR1), SPURIOUS); /* 7 has no higher priority */
    msr(r, 0, EOIR1, 3);
    assert_int_equal(mrs(r, 0, IAR1), 7);
    msr(r, 0, EOIR1, 7);
    assert_int_equal(mrs(r, 0, IAR1), 1);
}

static void a_priority_equal_to_the_mask_is_not_signalled(void **state)
{
    struct rig *r = *state;

    start_with_sgis(r);
    priority(r, 3, 0x40);
    pend(r, 3);
    msr(r, 0, PMR, 0x40);
    assert_int_equal(irq(r, 0), 0);
    assert_int_equal(mrs(r, 0, IAR1), SPURIOUS);
    assert_int_equal(mrs(r, 0, HPPIR1), 3);
    msr(r, 0, PMR, 0x48);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_IRQ);
}

/* ICC_BPR1_EL1 of 5: bits [7:5] decide, so 0x40 does not preempt 0x58. */
static void a_binary_point_groups_priorities(void **state)
{
    struct rig *r = *state;

    start_with_sgis(r);
    msr(r, 0, BPR1, 5);
    priority(r, 1, 0x58);
    priority(r, 2, 0x40);
    priority(r, 3, 0x38);
    pend(r, 1);
    assert_int_equal(mrs(r, 0, IAR1), 1);
    assert_int_equal(mrs(r, 0, RPR), 0x40);
    pend(r, 2);
    assert_int_equal(irq(r, 0), 0);
    pend(r, 3);
    assert_int_equal(mrs(r, 0, IAR1), 3);
}

/* 5 bits: at least 2 for Group 0, one more for Group 1 of one Security state. */
static void binary_points_have_a_least_value(void **state)
{
    struct rig *r = *state;

    start_with_sgis(r);
    msr(r, 0, BPR0, 0);
    msr(r, 0, BPR1, 0);
    assert_int_equal(mrs(r, 0, BPR0), 2);
    assert_int_equal(mrs(r, 0, BPR1), 3);
    msr(r, 0, BPR0, 7);
    assert_int_equal(mrs(r, 0, BPR0), 7);
}

static void cbpr_makes_one_binary_point_of_both(void **state)
{
    struct rig *r = *state;

    start_with_sgis(r);
    msr(r, 0, BPR1, 3);
    msr(r, 0, BPR0, 4);
    msr(r, 0, ICTLR, 1);
    assert_int_equal(mrs(r, 0, BPR1), 5);
    msr(r, 0, BPR1, 7);
    assert_int_equal(mrs(r, 0, BPR1), 5);
    msr(r, 0, ICTLR, 0);
    assert_int_equal(mrs(r, 0, BPR1), 3);
}

static void group_0_is_an_fiq_with_registers_of_its_own(void **state)
{
    struct rig *r = *state;

    start_with_sgis(r);
    wr(r, RD0 + SGI + IGROUPR(0), 0xfffffffe);
    msr(r, 0, IGRPEN0, 1);
    pend(r, 0);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_FIQ);
    assert_int_equal(mrs(r, 0, HPPIR1), SPURIOUS);
    assert_int_equal(mrs(r, 0, IAR1), SPURIOUS);
    assert_int_equal(mrs(r, 0, IAR0), 0);
    assert_int_equal(mrs(r, 0, AP0R0), 1u << 20);
    assert_int_equal(mrs(r, 0, AP1R0), 0);
    msr(r, 0, EOIR0, 0);
    assert_int_equal(mrs(r, 0, AP0R0), 0);
}

/* --- end --- */

static void eoimode_splits_the_drop_from_deactivation(void **state)
{
    struct rig *r = *state;

    start_with_sgis(r);
    msr(r, 0, ICTLR, 2);
    pend(r, 3);
    assert_int_equal(mrs(r, 0, IAR1), 3);
    msr(r, 0, EOIR1, 3);
    assert_int_equal(mrs(r, 0, RPR), 0xff);
    assert_int_equal(rd(r, RD0 + SGI + ISACTIVER(0)), 0x8);
    pend(r, 3);
    assert_int_equal(irq(r, 0), 0); /* active and pending */
    msr(r, 0, DIR, 3);
    assert_int_equal(rd(r, RD0 + SGI + ISACTIVER(0)), 0);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_IRQ);
    assert_quiet(r);
}

static void an_spi_may_be_deactivated_by_another_processor(void **state)
{
    struct rig *r = *state;

    start_with_sgis(r);
    msr(r, 0, ICTLR, 2);
    msr(r, 1, ICTLR, 2);
    spi(r, 40, 0, EDGE, 0xa0);
    pulse(r, 40);
    assert_int_equal(mrs(r, 0, IAR1), 40);
    msr(r, 0, EOIR1, 40);
    msr(r, 1, DIR, 40);
    assert_int_equal(rd(r, GICD + ISACTIVER(1)), 0);
}

static void dir_without_eoimode_is_ignored(void **state)
{
    struct rig *r = *state;

    start_with_sgis(r);
    pend(r, 3);
    (void)mrs(r, 0, IAR1);
    msr(r, 0, DIR, 3);
    assert_int_equal(rd(r, RD0 + SGI + ISACTIVER(0)), 0x8);
    assert_broken(r, "gicv3-deactivated-by-mode");
}

static void special_intids_end_nothing(void **state)
{
    struct rig *r = *state;

    start_with_sgis(r);
    pend(r, 3);
    (void)mrs(r, 0, IAR1);
    msr(r, 0, EOIR1, SPURIOUS);
    msr(r, 0, EOIR1, 1020);
    assert_int_equal(mrs(r, 0, RPR), 0xa0);
    assert_quiet(r);
}

/* --- SGIs --- */

static void a_list_reaches_those_of_its_cluster(void **state)
{
    struct rig *r = *state;

    start_with_sgis(r);
    msr(r, 0, SGI1R, sgi_to(4, CPU1));
    assert_int_equal(irq(r, 0), 0);
    assert_int_equal(mrs(r, 1, IAR1), 4);
    msr(r, 1, SGI1R, sgi_to(5, CPU0 | 0xfffe));
    assert_int_equal(mrs(r, 0, IAR1), 5);
    assert_int_equal(irq(r, 1), 0);
}

static void irm_reaches_all_but_the_sender(void **state)
{
    struct rig *r = *state;

    start_with_sgis(r);
    msr(r, 0, SGI1R, sgi_to(4, ALL_BUT_SELF));
    assert_int_equal(irq(r, 0), 0);
    assert_int_equal(irq(r, 1), NAP_SIGNAL_IRQ);
}

#define RS1 (UINT64_C(1) << 44) /* RS: Aff0 from 16 on, which nobody has here */

static void a_range_selector_moves_the_list(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "full"}); /* RSS at both ends */
    nap_secure_set(r->m, true);
    wr(r, GICD + CTLR, ARE | ARE_NS | DS);
    nap_secure_set(r->m, false);
    start_with_sgis(r);
    msr(r, 1, SGI1R, sgi_to(4, CPU0) | RS1);
    assert_int_equal(irq(r, 0), 0);
    msr(r, 1, SGI1R, sgi_to(4, CPU0));
    assert_int_equal(irq(r, 0), NAP_SIGNAL_IRQ);
}

static void a_range_selector_is_reserved_where_the_interface_has_none(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.cpu = "qemu-virt"}); /* RSS 0 */
    start_with_sgis(r);
    msr(r, 1, SGI1R, sgi_to(4, CPU0) | RS1);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_IRQ);
}

/* RSS of the interface, and none of the distributor: ignored, or as if RS were 0. */
static void a_range_that_the_distributor_has_not_is_ignored_or_the_first(void **state)
{
    struct rig *r = *state;

    start_with_sgis(r);
    msr(r, 1, SGI1R, sgi_to(4, CPU0) | RS1);
    assert_int_equal(irq(r, 0), 0);
    rig_again(r, &(struct rig_options){.sw = {"C04", CPUIF_C04_ZERO}});
    start_with_sgis(r);
    msr(r, 1, SGI1R, sgi_to(4, CPU0) | RS1);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_IRQ);
}

static void a_range_is_reserved_with_irm(void **state)
{
    struct rig *r = *state;

    start_with_sgis(r);
    msr(r, 0, SGI1R, sgi_to(4, ALL_BUT_SELF) | RS1);
    assert_int_equal(irq(r, 1), NAP_SIGNAL_IRQ);
}

/* ICC_SGI1R_EL1: "Under certain conditions a write ... can generate Group 0 interrupts". */
static void with_one_state_group_0_takes_sgi1r_where_a_switch_says_so(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.sw = {"R10", RDIST_R10_TAKEN}});
    start_with_sgis(r);
    wr(r, RD1 + SGI + IGROUPR(0), 0xffffffef);
    msr(r, 0, SGI1R, sgi_to(4, CPU1));
    assert_int_equal(rd(r, RD1 + SGI + ISPENDR(0)), 0x10);
}

static void an_sgi_that_is_dropped_is_told(void **state)
{
    struct rig *r = *state;
    struct losses l = {0};

    start_with_sgis(r);
    wr(r, RD1 + SGI + IGROUPR(0), 0xffffffef);
    nap_set_trace(r->m, note_loss, &l);
    msr(r, 0, SGI1R, sgi_to(4, CPU1));
    assert_int_equal(l.n, 1);
    assert_int_equal(l.intid, 4);
}

static void an_sgi_of_another_group_is_dropped_by_the_target(void **state)
{
    struct rig *r = *state;

    start_with_sgis(r);
    wr(r, RD1 + SGI + IGROUPR(0), 0xffffffef); /* SGI 4 is of Group 0 */
    msr(r, 0, SGI1R, sgi_to(4, CPU1));
    assert_int_equal(rd(r, RD1 + SGI + ISPENDR(0)), 0);
    msr(r, 0, SGI0R, sgi_to(5, CPU1));
    assert_int_equal(rd(r, RD1 + SGI + ISPENDR(0)), 0);
    msr(r, 0, SGI0R, sgi_to(4, CPU1));
    assert_int_equal(rd(r, RD1 + SGI + ISPENDR(0)), 0x10);
}

static void an_sgi_to_a_sleeper_is_pending_and_wakes_it(void **state)
{
    struct rig *r = *state;

    start_with_sgis(r);
    msr(r, 1, IGRPEN1, 0);
    wr(r, RD1 + WAKER, SLEEP);
    msr(r, 0, SGI1R, sgi_to(4, CPU1));
    assert_int_equal(rd(r, RD1 + SGI + ISPENDR(0)), 0x10);
    assert_int_equal(irq(r, 1), NAP_SIGNAL_WAKE);
}

static void a_sleeper_sends_none(void **state)
{
    struct rig *r = *state;

    start_with_sgis(r);
    msr(r, 0, IGRPEN1, 0);
    wr(r, RD0 + WAKER, SLEEP);
    msr(r, 0, SGI1R, sgi_to(4, CPU1));
    assert_int_equal(irq(r, 1), 0);
}

/* --- two Security states --- */

/* Secure EL1 need not use system registers, so there is RM. */
static void secure_start(struct rig *r)
{
    rig_again(r, &(struct rig_options){.dist = "gic-600", .cpu = "cortex"});
    for (unsigned cpu = 0; cpu < 2; cpu++)
        msr(r, cpu, SRE_EL2, 0xf);
    nap_secure_set(r->m, true);
    wake(r, 0);
    wake(r, 1);
    wr(r, RD0 + SGI + IGROUPR(0), 0xff00);  /* 8 to 15 Non-secure Group 1 */
    wr(r, RD0 + SGI + IGRPMODR(0), 0x00f0); /* 4 to 7 Secure Group 1 */
    wr(r, RD0 + SGI + ISENABLER(0), 0xffff);
    wr(r, GICD + CTLR, GRP0 | GRP1 | GRP1S);
    msr(r, 0, PMR, 0xff);
    msr(r, 0, IGRPEN0, 1);
    msr(r, 0, IGRPEN1_EL3, 3);
}

static void el3_sees_both_enables_of_group_1(void **state)
{
    struct rig *r = *state;

    secure_start(r);
    assert_int_equal(mrs(r, 0, IGRPEN1), 1);
    msr(r, 0, IGRPEN1, 0);
    assert_int_equal(mrs(r, 0, IGRPEN1_EL3), 1);
    nap_secure_set(r->m, false);
    assert_int_equal(mrs(r, 0, IGRPEN1), 1);
}

static void non_secure_software_acknowledges_its_own(void **state)
{
    struct rig *r = *state;

    secure_start(r);
    wr(r, RD0 + SGI + ISPENDR(0), 1u << 5);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_FIQ);
    nap_secure_set(r->m, false);
    assert_int_equal(mrs(r, 0, HPPIR1), SPURIOUS);
    assert_int_equal(mrs(r, 0, IAR1), SPURIOUS);
    nap_secure_set(r->m, true);
    wr(r, RD0 + SGI + ICPENDR(0), 1u << 5);
    wr(r, RD0 + SGI + ISPENDR(0), 1u << 9);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_IRQ);
    nap_secure_set(r->m, false);
    assert_int_equal(mrs(r, 0, IAR1), 9);
    nap_secure_set(r->m, true);
    assert_int_equal(mrs(r, 0, AP1R0), 0);
    wr(r, RD0 + SGI + IPRIORITYR(8), 0xc0c0c0c0);
}

static void pend_only(struct rig *r, unsigned intid)
{
    wr(r, RD0 + SGI + ICPENDR(0), 0xffff);
    wr(r, RD0 + SGI + ISPENDR(0), 1u << intid);
}

/* Special INTIDs: of an interrupt that Secure EL1, or Non-secure software, is to handle. */
static void group_0_registers_tell_el3_of_group_1(void **state)
{
    struct rig *r = *state;

    secure_start(r);
    pend_only(r, 5);
    assert_int_equal(mrs(r, 0, HPPIR0), 1020);
    assert_int_equal(mrs(r, 0, IAR0), 1020);
    pend_only(r, 9);
    assert_int_equal(mrs(r, 0, HPPIR0), 1021);
    assert_int_equal(mrs(r, 0, IAR0), 1021);
    assert_int_equal(rd(r, RD0 + SGI + ISACTIVER(0)), 0);
}

/* RM 0: "can be acknowledged and observed as the highest priority interrupt at EL3". */
static void el3_acknowledges_every_group(void **state)
{
    struct rig *r = *state;

    secure_start(r);
    pend_only(r, 1);
    assert_int_equal(mrs(r, 0, HPPIR1), SPURIOUS);
    assert_int_equal(mrs(r, 0, IAR0), 1);
    msr(r, 0, EOIR0, 1);
    pend_only(r, 5);
    assert_int_equal(mrs(r, 0, IAR1), 5);
    msr(r, 0, EOIR1, 5);
    pend_only(r, 9);
    assert_int_equal(mrs(r, 0, HPPIR1), 9);
    assert_int_equal(mrs(r, 0, IAR1), 9);
    assert_int_not_equal(mrs(r, 0, RPR), 0xff);
    msr(r, 0, EOIR1, 9);
    assert_int_equal(mrs(r, 0, RPR), 0xff);
    assert_int_equal(rd(r, RD0 + SGI + ISACTIVER(0)), 0);
    assert_int_equal(broken(r, "gicv3-ended-in-order"), 0);
}

/* RM 1: Secure Group 0 is 1020 in registers of Group 0, Non-secure Group 1 is 1021 in those of
 * Group 1. */
static void rm_hides_group_0_and_non_secure_group_1(void **state)
{
    struct rig *r = *state;

    secure_start(r);
    msr(r, 0, CTLR_EL3, 0x20); /* RM */
    pend_only(r, 1);
    assert_int_equal(mrs(r, 0, HPPIR0), 1020);
    assert_int_equal(mrs(r, 0, IAR0), 1020);
    pend_only(r, 9);
    assert_int_equal(mrs(r, 0, HPPIR1), 1021);
    assert_int_equal(mrs(r, 0, IAR1), 1021);
    assert_int_equal(rd(r, RD0 + SGI + ISACTIVER(0)), 0);
    pend_only(r, 5);
    assert_int_equal(mrs(r, 0, IAR1), 5);
}

static void rm_is_reserved_where_secure_el1_has_no_choice(void **state)
{
    struct rig *r = *state;

    secure_start(r);
    msr(r, 0, CTLR_EL3, 0x20);
    assert_int_equal(mrs(r, 0, CTLR_EL3) & 0x20, 0x20);
    rig_again(r, &(struct rig_options){.dist = "gic-600"}); /* its SRE is RAO/WI */
    nap_secure_set(r->m, true);
    msr(r, 0, CTLR_EL3, 0x20);
    assert_int_equal(mrs(r, 0, CTLR_EL3) & 0x20, 0);
}

/* ICC_CTLR_EL3, fields RM and EOImode_EL3: UNKNOWN after a Warm reset, so that what was there
 * may be there still. */
static void what_el3_does_not_write_again_may_be_there_still(void **state)
{
    struct rig *r = *state;

    secure_start(r);
    msr(r, 0, CTLR_EL3, 0x24);
    memset(r->script, 0, sizeof r->script);
    r->script[0] = 1;
    r->n_asked = 0;
    nap_set_chooser(r->m, by_script, r, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    nap_power_lose(r->m, 1u << CPU0_PD);
    nap_power_on(r->m, 1u << CPU0_PD);
    nap_reg_settle(r->m, ICC0, CPUIF_SLOT_ICC_CTLR_EL1_S);
    assert_int_equal(mrs(r, 0, CTLR_EL3) & 0x24, 0x24);
}

static void non_secure_software_sees_half_the_range_of_priorities(void **state)
{
    struct rig *r = *state;

    secure_start(r);
    msr(r, 0, PMR, 0x40);
    nap_secure_set(r->m, false);
    assert_int_equal(mrs(r, 0, PMR), 0);
    msr(r, 0, PMR, 0xff);
    nap_secure_set(r->m, true);
    assert_int_equal(mrs(r, 0, PMR), 0x40);
    msr(r, 0, PMR, 0xf0);
    nap_secure_set(r->m, false);
    assert_int_equal(mrs(r, 0, PMR), 0xe0);
    msr(r, 0, PMR, 0x80); /* 0x80 | 0x80 >> 1 */
    assert_int_equal(mrs(r, 0, RPR), 0xff);
    nap_secure_set(r->m, true);
    assert_int_equal(mrs(r, 0, PMR), 0xc0);
}

static void cbpr_is_read_only_below_el3(void **state)
{
    struct rig *r = *state;

    secure_start(r);
    msr(r, 0, CTLR_EL3, 0x2 | 0x10); /* CBPR_EL1NS, EOImode_EL1NS */
    nap_secure_set(r->m, false);
    assert_int_equal(mrs(r, 0, ICTLR) & 3, 3);
    msr(r, 0, ICTLR, 0);
    assert_int_equal(mrs(r, 0, ICTLR) & 3, 1);
    nap_secure_set(r->m, true);
    assert_int_equal(mrs(r, 0, CTLR_EL3) & 0x1f, 0x2);
}

static bool is_undefined(struct rig *r, unsigned number)
{
    return mrs(r, 0, number) == UINT64_MAX;
}

static void group_0_is_kept_from_non_secure_software(void **state)
{
    struct rig *r = *state;

    secure_start(r);
    assert_false(is_undefined(r, BPR0));
    nap_secure_set(r->m, false);
    assert_true(is_undefined(r, BPR0));
    assert_true(is_undefined(r, IAR0));
    assert_true(is_undefined(r, CTLR_EL3));
    assert_false(is_undefined(r, BPR1));
}

static void nsacr_lets_non_secure_software_send_secure_sgis(void **state)
{
    struct rig *r = *state;

    secure_start(r);
    wr(r, RD0 + SGI + NSACR(0), 1u << 2 * 1 | 2u << 2 * 5);
    nap_secure_set(r->m, false);
    for (unsigned sgi = 0; sgi < 8; sgi++) {
        msr(r, 1, SGI0R, sgi_to(sgi, CPU0));
        msr(r, 1, ASGI1R, sgi_to(sgi, CPU0));
    }
    nap_secure_set(r->m, true);
    assert_int_equal(rd(r, RD0 + SGI + ISPENDR(0)), 1u << 1 | 1u << 5);
}

/* "GICR_NSACR": by ICC_SGI1R_EL1 as well. */
static void nsacr_lets_non_secure_software_send_them_by_sgi1r(void **state)
{
    struct rig *r = *state;

    secure_start(r);
    wr(r, RD0 + SGI + NSACR(0), 1u << 2 * 1 | 1u << 2 * 4 | 2u << 2 * 5);
    nap_secure_set(r->m, false);
    for (unsigned sgi = 0; sgi < 16; sgi++)
        msr(r, 1, SGI1R, sgi_to(sgi, CPU0));
    nap_secure_set(r->m, true);
    assert_int_equal(rd(r, RD0 + SGI + ISPENDR(0)), 0xff00 | 1u << 1 | 1u << 5);
}

/* 2 permits Secure Group 1, and the register of Group 0 generates none of that. */
static void sgi0r_sends_only_group_0(void **state)
{
    struct rig *r = *state;

    secure_start(r);
    wr(r, RD0 + SGI + NSACR(0), 2u << 2 * 1 | 2u << 2 * 5);
    nap_secure_set(r->m, false);
    msr(r, 1, SGI0R, sgi_to(1, CPU0));
    msr(r, 1, SGI0R, sgi_to(5, CPU0));
    msr(r, 1, SGI0R, sgi_to(9, CPU0));
    nap_secure_set(r->m, true);
    assert_int_equal(rd(r, RD0 + SGI + ISPENDR(0)), 1u << 1);
}

/* --- system registers or memory --- */

static void without_sre_registers_are_trapped(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.cpu = "cortex"});
    assert_true(is_undefined(r, PMR));
    assert_true(is_undefined(r, ICH_HCR));
    assert_int_equal(mrs(r, 0, SRE_EL2), 0);
    msr(r, 0, SRE_EL2, 0xf);
    assert_int_equal(mrs(r, 0, SRE_EL2), 0xf);
    assert_false(is_undefined(r, PMR));
}

static void a_level_is_enabled_after_the_one_above(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.cpu = "cortex", .sw = {"C01", CPUIF_C01_EL2}});
    msr(r, 0, SRE_EL1, 7);
    assert_int_equal(mrs(r, 0, SRE_EL1), 6);
    msr(r, 0, SRE_EL2, 0xf);
    assert_int_equal(mrs(r, 0, SRE_EL1), 6);
    msr(r, 0, SRE_EL1, 7);
    assert_int_equal(mrs(r, 0, SRE_EL1), 7);
}

static void el1_needs_its_own_and_has_no_list_registers(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.cpu = "sre-only", .sw = {"C01", CPUIF_C01_EL1}});
    assert_false(is_undefined(r, PMR));
    assert_true(is_undefined(r, ICH_HCR));
    assert_true(is_undefined(r, SRE_EL2));
}

static void sre_that_is_fixed_cannot_be_cleared(void **state)
{
    struct rig *r = *state;

    msr(r, 0, SRE_EL2, 0);
    assert_int_equal(mrs(r, 0, SRE_EL2), 0xf);
    assert_quiet(r);
}

static void active_priorities_beyond_the_levels_are_undefined(void **state)
{
    struct rig *r = *state;

    assert_false(is_undefined(r, AP1R0));
    assert_true(is_undefined(r, AP1R1));
    rig_again(r, &(struct rig_options){.cpu = "full"});
    assert_false(is_undefined(r, AP1R1));
}

/* --- list registers --- */

#define LR_PENDING (UINT64_C(1) << 62)
#define LR_HW      (UINT64_C(1) << 61)
#define LR_EOI     (UINT64_C(1) << 41)

static void list_registers_say_whether_they_are_empty(void **state)
{
    struct rig *r = *state;

    assert_int_equal(mrs(r, 0, ICH_ELRSR), 0xf); /* four of them */
    msr(r, 0, ICH_LR(0), LR_PENDING | 27);
    msr(r, 0, ICH_LR(1), LR_EOI | 28);
    msr(r, 0, ICH_LR(2), LR_HW | LR_EOI | 29);
    assert_int_equal(mrs(r, 0, ICH_ELRSR), 0xc);
    assert_int_equal(mrs(r, 0, ICH_EISR), 0x2);
    assert_true(is_undefined(r, ICH_LR(4)));
}

static void what_asks_for_maintenance_is_told_and_not_raised(void **state)
{
    struct rig *r = *state;

    msr(r, 0, ICH_LR(1), LR_EOI | 28);
    assert_int_equal(mrs(r, 0, ICH_MISR), 0);
    assert_false(says_unmodelled(r, "maintenance"));
    msr(r, 0, ICH_HCR, 1 | 1u << 1); /* En, UIE */
    assert_int_equal(mrs(r, 0, ICH_MISR), 0x3);
    assert_true(says_unmodelled(r, "maintenance"));
}

/* --- power --- */

static void an_interface_forgets_and_is_shown_nothing(void **state)
{
    struct rig *r = *state;

    start_with_sgis(r);
    spi(r, 40, 0, LEVEL, 0xa0);
    line(r, 40, true);
    nap_power_lose(r->m, 1u << CPU0_PD);
    assert_int_equal(irq(r, 0), 0);
    nap_power_on(r->m, 1u << CPU0_PD);
    assert_int_equal(mrs(r, 0, PMR), 0);
    assert_int_equal(mrs(r, 0, IGRPEN1), 0);
    assert_int_equal(rd(r, GICD + ISPENDR(1)), 0x100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(acknowledge_takes_the_highest_priority_then_the_lowest_intid),
        rig_test(a_priority_equal_to_the_mask_is_not_signalled),
        rig_test(a_binary_point_groups_priorities),
        rig_test(binary_points_have_a_least_value),
        rig_test(cbpr_makes_one_binary_point_of_both),
        rig_test(group_0_is_an_fiq_with_registers_of_its_own),
        rig_test(eoimode_splits_the_drop_from_deactivation),
        rig_test(an_spi_may_be_deactivated_by_another_processor),
        rig_test(dir_without_eoimode_is_ignored),
        rig_test(special_intids_end_nothing),
        rig_test(a_list_reaches_those_of_its_cluster),
        rig_test(irm_reaches_all_but_the_sender),
        rig_test(a_range_selector_moves_the_list),
        rig_test(a_range_selector_is_reserved_where_the_interface_has_none),
        rig_test(a_range_that_the_distributor_has_not_is_ignored_or_the_first),
        rig_test(a_range_is_reserved_with_irm),
        rig_test(with_one_state_group_0_takes_sgi1r_where_a_switch_says_so),
        rig_test(an_sgi_that_is_dropped_is_told),
        rig_test(an_sgi_of_another_group_is_dropped_by_the_target),
        rig_test(an_sgi_to_a_sleeper_is_pending_and_wakes_it),
        rig_test(a_sleeper_sends_none),
        rig_test(el3_sees_both_enables_of_group_1),
        rig_test(non_secure_software_acknowledges_its_own),
        rig_test(group_0_registers_tell_el3_of_group_1),
        rig_test(el3_acknowledges_every_group),
        rig_test(rm_hides_group_0_and_non_secure_group_1),
        rig_test(rm_is_reserved_where_secure_el1_has_no_choice),
        rig_test(what_el3_does_not_write_again_may_be_there_still),
        rig_test(non_secure_software_sees_half_the_range_of_priorities),
        rig_test(cbpr_is_read_only_below_el3),
        rig_test(group_0_is_kept_from_non_secure_software),
        rig_test(nsacr_lets_non_secure_software_send_secure_sgis),
        rig_test(nsacr_lets_non_secure_software_send_them_by_sgi1r),
        rig_test(sgi0r_sends_only_group_0),
        rig_test(without_sre_registers_are_trapped),
        rig_test(a_level_is_enabled_after_the_one_above),
        rig_test(el1_needs_its_own_and_has_no_list_registers),
        rig_test(sre_that_is_fixed_cannot_be_cleared),
        rig_test(active_priorities_beyond_the_levels_are_undefined),
        rig_test(list_registers_say_whether_they_are_empty),
        rig_test(what_asks_for_maintenance_is_told_and_not_raised),
        rig_test(an_interface_forgets_and_is_shown_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
