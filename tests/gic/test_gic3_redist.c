/* SPDX-License-Identifier: MIT */
/* lib/gic/redist3.c: a redistributor of a GICv3. */
#include "gic3_rig.h"

/* --- identity --- */

static void each_says_who_it_is_and_ends_its_region(void **state)
{
    struct rig *r = *state;

    assert_int_equal(rd(r, RD0 + RTYPER), 0x31); /* PLPIS, DPGS, Last */
    assert_int_equal(rd(r, RD0 + RTYPER + 4), 0);
    assert_int_equal(nap_bus_read(r->m, RD1 + RTYPER, 8, HERE), UINT64_C(0x0000010200000131));
}

static void the_last_of_a_row_alone_is_last(void **state)
{
    struct nap_machine_config config = {.blocks = nap_builtin_blocks(), .slot = 1};
    struct rig r = {0};

    (void)state;
    assert_int_equal(nap_builtin_soc("gicv3-8cpu", &r.soc, NULL), NAP_OK);
    config.soc = r.soc;
    assert_int_equal(nap_machine_create(&config, &r.m, NULL), NAP_OK);
    for (unsigned i = 0; i < 8; i++)
        assert_int_equal(rd(&r, 0x2f100000 + 0x20000 * i + RTYPER),
                         0x21 | (i == 7 ? 0x10 : 0) | i << 8);
    assert_int_equal(rd(&r, 0x2f100000 + 0x20000 * 5 + RTYPER + 4), 0x0101);
    nap_machine_destroy(r.m);
    nap_soc_free(r.soc);
}

/* --- words --- */

static void the_trigger_of_sgis_is_edge_and_fixed(void **state)
{
    struct rig *r = *state;

    wr(r, RD0 + SGI + ICFGR(0), 0);
    assert_int_equal(rd(r, RD0 + SGI + ICFGR(0)), 0xaaaaaaaa);
    wr(r, RD0 + SGI + ICFGR(1), 0xffffffff);
    assert_int_equal(rd(r, RD0 + SGI + ICFGR(1)), 0xaaaaaaaa);
}

/* Unlike GICD_ISPENDR0 of a GICv2. */
static void an_sgi_is_made_pending_by_its_bit(void **state)
{
    struct rig *r = *state;

    start(r);
    wr(r, RD0 + SGI + ISENABLER(0), 0x8);
    wr(r, RD0 + SGI + ISPENDR(0), 0x8);
    assert_int_equal(mrs(r, 0, IAR1), 3);
    assert_int_equal(rd(r, RD0 + SGI + ISPENDR(0)), 0);
    assert_int_equal(rd(r, RD0 + SGI + ISACTIVER(0)), 0x8);
}

static void a_ppi_is_of_its_processing_element(void **state)
{
    struct rig *r = *state;

    start(r);
    wr(r, RD0 + SGI + ISENABLER(0), 1u << 27);
    wr(r, RD1 + SGI + ISENABLER(0), 1u << 27);
    nap_line_set(r->m, 27, 1, true);
    assert_int_equal(irq(r, 0), 0);
    assert_int_equal(irq(r, 1), NAP_SIGNAL_IRQ);
    assert_int_equal(rd(r, RD0 + SGI + ISPENDR(0)), 0);
    assert_int_equal(rd(r, RD1 + SGI + ISPENDR(0)), 1u << 27);
}

static void extended_ppis_follow_in_the_next_words(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.redist = "full"});
    start(r);
    wr(r, RD0 + SGI + IGROUPR(1), 0xffffffff);
    wr8(r, RD0 + SGI + 0x400 + 34, 0x40); /* INTID 1058 */
    wr(r, RD0 + SGI + ICFGR(2), EDGE << 4);
    wr(r, RD0 + SGI + ISENABLER(1), 0x4);
    nap_line_set(r->m, 1058, 0, true);
    nap_line_set(r->m, 1058, 0, false);
    assert_int_equal(rd(r, RD0 + SGI + ISPENDR(1)), 0x4);
    assert_int_equal(mrs(r, 0, IAR1), 1058);
    assert_int_equal(mrs(r, 0, RPR), 0x40);
}

static void a_part_without_extended_ppis_reserves_their_words(void **state)
{
    struct rig *r = *state;

    wr(r, RD0 + SGI + ISENABLER(1), 0xffffffff);
    wr(r, RD0 + SGI + IPRIORITYR(32), 0xffffffff);
    assert_int_equal(rd(r, RD0 + SGI + ISENABLER(1)), 0);
    assert_int_equal(rd(r, RD0 + SGI + IPRIORITYR(32)), 0);
}

static void a_disabled_ppi_still_arrives_until_rwp_is_0(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.policy = NAP_POLICY_LAZY});
    start(r);
    wr(r, RD0 + SGI + ISENABLER(0), 1u << 27);
    wr(r, RD0 + SGI + ICENABLER(0), 1u << 27);
    assert_int_equal(rd(r, RD0 + CTLR) & RRWP, RRWP);
    nap_line_set(r->m, 27, 0, true);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_IRQ);
    while (rd(r, RD0 + CTLR) & RRWP)
        ;
    assert_int_equal(irq(r, 0), 0);
}

static void without_affinity_routing_its_words_are_reserved(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "full"});
    nap_secure_set(r->m, true);
    wr(r, RD0 + SGI + ISENABLER(0), 0xffff);
    assert_int_equal(rd(r, RD0 + SGI + ISENABLER(0)), 0);
    wr(r, RD0 + CTLR, ENABLE_LPIS);
    assert_int_equal(rd(r, RD0 + CTLR) & ENABLE_LPIS, 0);
}

static void non_secure_accesses_see_their_interrupts_only(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "gic-600"});
    nap_secure_set(r->m, true);
    wr(r, RD0 + SGI + IGROUPR(0), 0x0000fffe);
    nap_secure_set(r->m, false);
    wr(r, RD0 + SGI + ISENABLER(0), 0xffffffff);
    assert_int_equal(rd(r, RD0 + SGI + ISENABLER(0)), 0x0000fffe);
    assert_int_equal(rd(r, RD0 + SGI + IGROUPR(0)), 0);
    wr(r, RD0 + SGI + IPRIORITYR(0), 0x40404040);
    nap_secure_set(r->m, true);
    assert_int_equal(rd(r, RD0 + SGI + IPRIORITYR(0)), 0xa0a0a000);
}

/* --- the sleep handshake --- */

static void both_ends_sleep_at_reset(void **state)
{
    struct rig *r = *state;

    assert_int_equal(rd(r, RD0 + WAKER), SLEEP | ASLEEP);
}

static void waking_up_takes_its_time(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.policy = NAP_POLICY_LAZY});
    wr(r, RD0 + WAKER, 0);
    assert_int_equal(rd(r, RD0 + WAKER), ASLEEP);
    assert_int_equal(rd(r, RD0 + WAKER), ASLEEP);
    assert_int_equal(rd(r, RD0 + WAKER), ASLEEP);
    assert_int_equal(rd(r, RD0 + WAKER), 0);
}

static void nothing_is_delivered_until_it_is_awake(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.policy = NAP_POLICY_LAZY});
    start_cpu(r, 1);
    wr(r, GICD + CTLR, ARE | DS | GRP1);
    spi(r, 40, 0, LEVEL, 0xa0);
    msr(r, 0, PMR, 0xff);
    msr(r, 0, IGRPEN1, 1);
    wr(r, RD0 + WAKER, 0);
    line(r, 40, true);
    assert_int_equal(irq(r, 0), 0);
    assert_int_equal(mrs(r, 0, HPPIR1), SPURIOUS);
    wake(r, 0);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_IRQ);
    assert_int_equal(mrs(r, 0, HPPIR1), 40);
}

static void what_arrives_for_a_sleeper_wakes_it(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, 0, LEVEL, 0xa0);
    msr(r, 0, IGRPEN1, 0);
    wr(r, RD0 + WAKER, SLEEP);
    line(r, 40, true);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_WAKE);
    assert_int_equal(mrs(r, 0, HPPIR1), SPURIOUS);
    line(r, 40, false);
    assert_int_equal(irq(r, 0), 0);
}

static void a_sleeper_whose_processor_is_off_is_woken_too(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, 0, LEVEL, 0xa0);
    msr(r, 0, IGRPEN1, 0);
    wr(r, RD0 + WAKER, SLEEP);
    nap_power_off(r->m, 1u << CPU0_PD);
    line(r, 40, true);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_WAKE);
    nap_power_off(r->m, 1u << DIST_PD);
    assert_int_equal(irq(r, 0), 0);
}

static bool is_undetermined(struct rig *r, unsigned slot)
{
    return (nap_reg_marks(r->m, GICR0, slot) & NAP_MARK_UNDETERMINED) != 0;
}

/* GICR_ISENABLER0 and its like: UNKNOWN on reset, and of no effect while nothing is forwarded.
 */
static void what_power_left_in_a_sleeper_stays_undetermined_until_it_is_woken(void **state)
{
    struct rig *r = *state;

    start(r);
    nap_set_chooser(r->m, by_script, r, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    nap_power_off(r->m, 1u << RD0_PD | 1u << CPU0_PD);
    nap_power_on(r->m, 1u << RD0_PD);
    wr(r, GICD + CTLR, ARE | DS);
    wr(r, GICD + CTLR, ARE | DS | GRP0 | GRP1);
    assert_true(is_undetermined(r, RDIST_SLOT_GICR_ISENABLER));
    assert_false(says_unmodelled(r, "a wake-up by private interrupts"));
    nap_line_set(r->m, 20, 0, true);
    assert_true(says_unmodelled(r, "a wake-up by private interrupts"));
    nap_power_on(r->m, 1u << CPU0_PD);
    msr(r, 0, SRE_EL2, 0xf);
    msr(r, 0, IGRPEN1, 1);
    wake(r, 0);
    assert_false(is_undetermined(r, RDIST_SLOT_GICR_ISENABLER));
}

static void an_interrupt_that_was_shown_is_taken_back_by_sleep(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.sw = {"R01", RDIST_R01_TAKEN}});
    start(r);
    spi(r, 40, 0, EDGE, 0xa0);
    pulse(r, 40);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_IRQ);
    wr(r, RD0 + WAKER, SLEEP);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_WAKE);
    assert_int_equal(rd(r, GICD + ISPENDR(1)), 0x100);
    wake(r, 0);
    assert_int_equal(mrs(r, 0, IAR1), 40);
}

static void sleep_with_a_group_enabled_is_refused(void **state)
{
    struct rig *r = *state;

    start(r);
    wr(r, RD0 + WAKER, SLEEP);
    assert_int_equal(rd(r, RD0 + WAKER), 0);
    assert_broken(r, "gicv3-waker-handshake");
}

static void waking_before_it_sleeps_is_refused(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.policy = NAP_POLICY_LAZY});
    start_cpu(r, 0);
    msr(r, 0, IGRPEN1, 0);
    wr(r, RD0 + WAKER, SLEEP);
    wr(r, RD0 + WAKER, 0);
    assert_int_equal(rd(r, RD0 + WAKER) & SLEEP, SLEEP);
    assert_broken(r, "gicv3-waker-handshake");
}

static void non_secure_software_does_not_see_it(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "gic-600"});
    assert_int_equal(rd(r, RD0 + WAKER), 0);
    wr(r, RD0 + WAKER, 0);
    nap_secure_set(r->m, true);
    assert_int_equal(rd(r, RD0 + WAKER), SLEEP | ASLEEP);
}

/* --- GIC-600 --- */

static void a_redistributor_that_is_switched_off_has_no_words(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.redist = "gic-600"});
    assert_int_equal(rd(r, RD0 + PWRR), 0xd);
    wr(r, RD0 + SGI + ISENABLER(0), 0xff);
    assert_int_equal(rd(r, RD0 + SGI + ISENABLER(0)), 0);
    wr(r, RD0 + PWRR, 0);
    assert_int_equal(rd(r, RD0 + PWRR), 0);
    wr(r, RD0 + SGI + ISENABLER(0), 0xff);
    assert_int_equal(rd(r, RD0 + SGI + ISENABLER(0)), 0xff);
}

static void sleep_of_all_is_one_bit_and_waits_for_every_processor(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.redist = "gic-600", .policy = NAP_POLICY_LAZY});
    wr(r, RD0 + PWRR, 0);
    wr(r, RD1 + PWRR, 0);
    wake(r, 1);
    wr(r, RD0 + WAKER, SLEEP | 1);
    assert_int_equal(rd(r, RD0 + WAKER), SLEEP | ASLEEP);
    wr(r, RD1 + WAKER, SLEEP);
    while (!(rd(r, RD1 + WAKER) & ASLEEP))
        ;
    wr(r, RD0 + WAKER, SLEEP | 1);
    assert_int_equal(rd(r, RD1 + WAKER), SLEEP | ASLEEP | 1);
    assert_int_equal(rd(r, RD0 + WAKER), SLEEP | ASLEEP | 1);
    for (unsigned i = 0; i < 3; i++)
        (void)rd(r, RD1 + WAKER);
    assert_int_equal(rd(r, RD1 + WAKER), UINT32_C(0x80000000) | SLEEP | ASLEEP | 1);
    assert_int_equal(rd(r, RD0 + WAKER), UINT32_C(0x80000000) | SLEEP | ASLEEP | 1);
}

static void a_part_without_lpis_is_never_quiescent(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.redist = "gic-600-no-lpis"});
    wr(r, RD0 + WAKER, SLEEP | 1);
    for (unsigned i = 0; i < 8; i++)
        assert_int_equal(rd(r, RD0 + WAKER), SLEEP | ASLEEP | 1);
}

static void other_parts_have_neither_bit(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.redist = "qemu-virt"});
    wr(r, RD0 + WAKER, SLEEP | 1);
    assert_int_equal(rd(r, RD0 + WAKER), SLEEP | ASLEEP);
}

/* --- SGIs on their way --- */

static void an_sgi_arrives_when_uwp_is_0(void **state)
{
    struct rig *r = *state;

    start(r);
    wr(r, RD1 + SGI + ISENABLER(0), 0xffff);
    late(r, 1);
    msr(r, 0, SGI1R, UINT64_C(5) << 24 | UINT64_C(1) << 16 | 1u << 2);
    assert_int_equal(rd(r, RD0 + CTLR) & UWP, UWP);
    assert_int_equal(irq(r, 1), 0);
    while (rd(r, RD0 + CTLR) & UWP)
        ;
    assert_int_equal(irq(r, 1), NAP_SIGNAL_IRQ);
    assert_int_equal(mrs(r, 1, IAR1), 5);
}

static void sgis_on_their_way_arrive_together(void **state)
{
    struct rig *r = *state;

    start(r);
    wr(r, RD1 + SGI + ISENABLER(0), 0xffff);
    late(r, 1);
    for (uint64_t n = 0; n < 10; n++) /* more than are kept */
        msr(r, 0, SGI1R, n << 24 | UINT64_C(1) << 16 | 1u << 2);
    while (rd(r, RD0 + CTLR) & UWP)
        ;
    assert_int_equal(rd(r, RD1 + SGI + ISPENDR(0)), 0x3ff);
}

static void an_sgi_on_its_way_is_lost_with_the_power(void **state)
{
    struct rig *r = *state;

    start(r);
    wr(r, RD1 + SGI + ISENABLER(0), 0xffff);
    late(r, 1);
    msr(r, 0, SGI1R, UINT64_C(5) << 24 | UINT64_C(1) << 16 | 1u << 2);
    nap_power_lose(r->m, 1u << RD0_PD);
    nap_power_on(r->m, 1u << RD0_PD);
    assert_int_equal(rd(r, RD0 + CTLR) & UWP, 0);
    assert_int_equal(rd(r, RD1 + SGI + ISPENDR(0)), 0);
}

/* --- LPIs --- */

/* Five bits of priority: 0xfc of the table is 0xf8, and with two states 0xfe is. */
static void priorities_of_lpis_have_the_bits_that_there_are(void **state)
{
    static const char *const dist[] = {"gic-600-ds", "gic-600"};
    const uint8_t pending = 1, config = 0xfd;
    struct rig *r = *state;

    for (unsigned i = 0; i < 2; i++) {
        rig_again(r, &(struct rig_options){.dist = dist[i]});
        assert_true(nap_mem_write(r->m, RAM, &config, 1));
        assert_true(nap_mem_write(r->m, RAM + 0x10000 + 8192 / 8, &pending, 1));
        wr64(r, RD0 + PROPBASER, RAM | 0xf);
        wr64(r, RD0 + PENDBASER, RAM + 0x10000);
        wr(r, RD0 + CTLR, ENABLE_LPIS);
        assert_int_equal(gic_lpis_best(r->m, GICR0).intid, 8192);
        assert_int_equal(gic_lpis_best(r->m, GICR0).priority, 0xf8);
    }
}

static void lpis_stay_enabled_where_they_cannot_be_disabled(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.redist = "gic-600"}); /* CES 0 */
    wr(r, RD0 + PWRR, 0);
    wr64(r, RD0 + PROPBASER, RAM | 0xf);
    wr64(r, RD0 + PENDBASER, RAM + 0x10000);
    wr(r, RD0 + CTLR, ENABLE_LPIS);
    wr(r, RD0 + CTLR, 0);
    assert_int_equal(rd(r, RD0 + CTLR) & ENABLE_LPIS, ENABLE_LPIS);
    rig_again(r, &(struct rig_options){.redist = "gic-600", .sw = {"R06", RDIST_R06_CLEARS}});
    wr(r, RD0 + CTLR, ENABLE_LPIS);
    wr(r, RD0 + CTLR, 0);
    assert_int_equal(rd(r, RD0 + CTLR) & ENABLE_LPIS, 0);
}

static void lpis_enabled_before_rwp_is_0_stay_disabled(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.policy = NAP_POLICY_LAZY});
    wr64(r, RD0 + PROPBASER, RAM | 0xf);
    wr64(r, RD0 + PENDBASER, RAM + 0x10000);
    wr(r, RD0 + CTLR, ENABLE_LPIS);
    wr(r, RD0 + CTLR, 0);
    assert_int_equal(rd(r, RD0 + CTLR), RRWP | 2); /* CES */
    wr(r, RD0 + CTLR, ENABLE_LPIS);
    assert_int_equal(rd(r, RD0 + CTLR) & ENABLE_LPIS, 0);
}

static void bases_are_written_with_lpis_disabled(void **state)
{
    struct rig *r = *state;

    wr64(r, RD0 + PROPBASER, RAM | 0xf);
    wr64(r, RD0 + PENDBASER, RAM + 0x10000);
    wr(r, RD0 + CTLR, ENABLE_LPIS);
    assert_quiet(r);
    wr64(r, RD0 + PENDBASER, RAM + 0x20000);
    assert_broken(r, "register-protocol");
}

/* PTZ is write-only. */
static void ptz_reads_0(void **state)
{
    struct rig *r = *state;

    wr64(r, RD0 + PENDBASER, UINT64_C(0x4000000000000000) | RAM);
    assert_int_equal(nap_bus_read(r->m, RD0 + PENDBASER, 8, HERE), RAM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(each_says_who_it_is_and_ends_its_region),
        cmocka_unit_test(the_last_of_a_row_alone_is_last),
        rig_test(the_trigger_of_sgis_is_edge_and_fixed),
        rig_test(an_sgi_is_made_pending_by_its_bit),
        rig_test(a_ppi_is_of_its_processing_element),
        rig_test(extended_ppis_follow_in_the_next_words),
        rig_test(a_part_without_extended_ppis_reserves_their_words),
        rig_test(a_disabled_ppi_still_arrives_until_rwp_is_0),
        rig_test(without_affinity_routing_its_words_are_reserved),
        rig_test(non_secure_accesses_see_their_interrupts_only),
        rig_test(both_ends_sleep_at_reset),
        rig_test(waking_up_takes_its_time),
        rig_test(nothing_is_delivered_until_it_is_awake),
        rig_test(what_arrives_for_a_sleeper_wakes_it),
        rig_test(a_sleeper_whose_processor_is_off_is_woken_too),
        rig_test(what_power_left_in_a_sleeper_stays_undetermined_until_it_is_woken),
        rig_test(an_interrupt_that_was_shown_is_taken_back_by_sleep),
        rig_test(sleep_with_a_group_enabled_is_refused),
        rig_test(waking_before_it_sleeps_is_refused),
        rig_test(non_secure_software_does_not_see_it),
        rig_test(a_redistributor_that_is_switched_off_has_no_words),
        rig_test(sleep_of_all_is_one_bit_and_waits_for_every_processor),
        rig_test(a_part_without_lpis_is_never_quiescent),
        rig_test(other_parts_have_neither_bit),
        rig_test(an_sgi_arrives_when_uwp_is_0),
        rig_test(sgis_on_their_way_arrive_together),
        rig_test(an_sgi_on_its_way_is_lost_with_the_power),
        rig_test(priorities_of_lpis_have_the_bits_that_there_are),
        rig_test(lpis_stay_enabled_where_they_cannot_be_disabled),
        rig_test(lpis_enabled_before_rwp_is_0_stay_disabled),
        rig_test(bases_are_written_with_lpis_disabled),
        rig_test(ptz_reads_0),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
