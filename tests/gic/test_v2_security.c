/* SPDX-License-Identifier: MIT */
/* A GICv2 with Security Extensions: what Non-secure accesses meet, Arm IHI 0048B 4.1.2, 4.1.3
 * and chapter 3. */
#include "v2_rig.h"

static void as_secure(const struct rig *r, bool secure)
{
    nap_secure_set(r->m, secure);
}

/* SPI 40 is Group 1, SPI 41 Group 0, both written by Secure software. Ends Non-secure. */
static void open_secure(struct rig *r)
{
    rig_again(r, &(struct rig_options){.registers = TWO_SECURE});
    as_secure(r, true);
    set_dist(r, GICD_IGROUPR + 4, SPI_BIT);
    as_secure(r, false);
}

static void group_0_interrupts_are_hidden(void **state)
{
    static const uint32_t set[] = {GICD_ISENABLER + 4, GICD_ISPENDR + 4, GICD_ISACTIVER + 4};
    static const uint32_t clear[] = {GICD_ICENABLER + 4, GICD_ICPENDR + 4, GICD_ICACTIVER + 4};
    struct rig *r = *state;

    open_secure(r);
    for (unsigned i = 0; i < 3; i++) {
        set_dist(r, set[i], UINT32_MAX);
        assert_int_equal(dist(r, set[i]), SPI_BIT);
        as_secure(r, true);
        assert_int_equal(dist(r, set[i]), SPI_BIT);
        set_dist(r, set[i], 0x300);
        as_secure(r, false);
        assert_int_equal(dist(r, clear[i]), SPI_BIT);
        set_dist(r, clear[i], UINT32_MAX);
        as_secure(r, true);
        assert_int_equal(dist(r, set[i]), 0x200);
        as_secure(r, false);
    }
    assert_int_equal(dist(r, GICD_IGROUPR + 4), 0);
    set_dist(r, GICD_IGROUPR + 4, UINT32_MAX);
    as_secure(r, true);
    assert_int_equal(dist(r, GICD_IGROUPR + 4), SPI_BIT);
}

/* Bytes of SPIs 43 to 40. A Non-secure write is 0x80 | value >> 1, its read value << 1. */
static void priorities_are_shifted(void **state)
{
    struct rig *r = *state;

    open_secure(r);
    set_dist(r, GICD_IPRIORITYR + 40, 0x404040b0);
    assert_int_equal(dist(r, GICD_IPRIORITYR + 40), 0x000000b0);
    as_secure(r, true);
    assert_int_equal(dist(r, GICD_IPRIORITYR + 40), 0x000000d8);
    set_dist(r, GICD_IPRIORITYR + 40, 0x00000028);
    as_secure(r, false);
    assert_int_equal(dist(r, GICD_IPRIORITYR + 40), 0x00000050);
}

static void targets_and_triggers_of_group_0_are_hidden(void **state)
{
    struct rig *r = *state;

    open_secure(r);
    set_dist(r, GICD_ITARGETSR + 40, 0x03030303);
    assert_int_equal(dist(r, GICD_ITARGETSR + 40), 0x00000003);
    set_dist(r, GICD_ICFGR + 8, UINT32_MAX);
    assert_int_equal(dist(r, GICD_ICFGR + 8), 0x00020000);
    as_secure(r, true);
    assert_int_equal(dist(r, GICD_ITARGETSR + 40), 0x00000003);
    assert_int_equal(dist(r, GICD_ICFGR + 8), 0x00020000);
}

/* NSACR of SPI 41: bits 19:18 of word 2. */
static void nsacr_opens_group_0_step_by_step(void **state)
{
    struct rig *r = *state;

    for (uint32_t level = 0; level < 4; level++) {
        open_secure(r);
        as_secure(r, true);
        set_dist(r, GICD_NSACR + 8, level << 18);
        set_dist(r, GICD_ISACTIVER + 4, 0x200);
        as_secure(r, false);
        assert_int_equal(dist(r, GICD_NSACR + 8), 0);
        set_dist(r, GICD_ISPENDR + 4, 0x200);
        assert_int_equal(dist(r, GICD_ISPENDR + 4), level >= 1 ? 0x200 : 0);
        set_dist(r, GICD_ICPENDR + 4, 0x200);
        as_secure(r, true);
        assert_int_equal(dist(r, GICD_ISPENDR + 4), level == 1 ? 0x200 : 0);
        as_secure(r, false);
        assert_int_equal(dist(r, GICD_ISACTIVER + 4), level >= 2 ? 0x200 : 0);
        set_dist(r, GICD_ICACTIVER + 4, 0x200);
        set_dist_byte(r, GICD_ITARGETSR + 41, 2);
        as_secure(r, true);
        assert_int_equal(dist(r, GICD_ISACTIVER + 4), 0x200);
        assert_int_equal(dist_byte(r, GICD_ITARGETSR + 41), level == 3 ? 2 : 0);
    }
}

static void nsacr_is_not_there_without_security_and_for_ppis(void **state)
{
    struct rig *r = *state;

    set_dist(r, GICD_NSACR + 8, UINT32_MAX);
    assert_int_equal(dist(r, GICD_NSACR + 8), 0);
    open_secure(r);
    as_secure(r, true);
    set_dist(r, GICD_NSACR + 4, UINT32_MAX);
    assert_int_equal(dist(r, GICD_NSACR + 4), 0);
    set_dist(r, GICD_NSACR, UINT32_MAX);
    assert_int_equal(dist(r, GICD_NSACR), UINT32_MAX);
}

static void the_enable_of_group_1_is_in_another_place(void **state)
{
    struct rig *r = *state;

    open_secure(r);
    set_dist(r, GICD_CTLR, 1);
    assert_int_equal(dist(r, GICD_CTLR), 1);
    as_secure(r, true);
    assert_int_equal(dist(r, GICD_CTLR), GRP1);
    set_dist(r, GICD_CTLR, GRP0);
    as_secure(r, false);
    assert_int_equal(dist(r, GICD_CTLR), 0);
    set_dist(r, GICD_CTLR, 1);
    as_secure(r, true);
    assert_int_equal(dist(r, GICD_CTLR), GRP0 | GRP1);
}

static void control_of_the_interface_has_two_views(void **state)
{
    struct rig *r = *state;

    open_secure(r);
    set_cpui(r, GICC_CTLR, UINT32_MAX);
    assert_int_equal(cpui(r, GICC_CTLR), 0x261);
    as_secure(r, true);
    assert_int_equal(cpui(r, GICC_CTLR), 0x582);
    set_cpui(r, GICC_CTLR, UINT32_MAX);
    assert_int_equal(cpui(r, GICC_CTLR), 0x7ff);
    as_secure(r, false);
    set_cpui(r, GICC_CTLR, 0);
    as_secure(r, true);
    assert_int_equal(cpui(r, GICC_CTLR), 0x27d);
}

/* Secure software decides whether Non-secure software may move it at all. */
static void pmr_is_shifted_and_guarded(void **state)
{
    struct rig *r = *state;

    open_secure(r);
    as_secure(r, true);
    set_cpui(r, GICC_PMR, 0x78);
    as_secure(r, false);
    assert_int_equal(cpui(r, GICC_PMR), 0);
    set_cpui(r, GICC_PMR, 0xff);
    as_secure(r, true);
    assert_int_equal(cpui(r, GICC_PMR), 0x78);
    set_cpui(r, GICC_PMR, 0xf0);
    as_secure(r, false);
    assert_int_equal(cpui(r, GICC_PMR), 0xe0);
    set_cpui(r, GICC_PMR, 0x00);
    as_secure(r, true);
    assert_int_equal(cpui(r, GICC_PMR), 0x80);
}

static void bpr_is_the_one_of_group_1(void **state)
{
    struct rig *r = *state;

    open_secure(r);
    assert_int_equal(cpui(r, GICC_BPR), 3);
    set_cpui(r, GICC_BPR, 5);
    assert_int_equal(cpui(r, GICC_BPR), 5);
    assert_int_equal(cpui(r, GICC_ABPR), 0);
    as_secure(r, true);
    assert_int_equal(cpui(r, GICC_BPR), 2);
    assert_int_equal(cpui(r, GICC_ABPR), 5);
    set_cpui(r, GICC_CTLR, CBPR);
    set_cpui(r, GICC_BPR, 4);
    as_secure(r, false);
    assert_int_equal(cpui(r, GICC_BPR), 5); /* one above */
    set_cpui(r, GICC_BPR, 7);
    as_secure(r, true);
    assert_int_equal(cpui(r, GICC_ABPR), 5);
    set_cpui(r, GICC_BPR, 7);
    as_secure(r, false);
    assert_int_equal(cpui(r, GICC_BPR), 7); /* at most */
}

/* All on for both groups, CPU 0, nothing masked; SPIs 40 and 41 enabled. Ends Non-secure. */
static void deliver_both(struct rig *r)
{
    open_secure(r);
    as_secure(r, true);
    set_cpui(r, GICC_PMR, 0xff);
    set_cpui(r, GICC_CTLR, GRP0 | GRP1 | FIQEN);
    set_dist(r, GICD_CTLR, GRP0 | GRP1);
    set_dist(r, GICD_ITARGETSR + 40, 0x0101);
    set_dist(r, GICD_IPRIORITYR + 40, 0x4090);
    set_dist(r, GICD_ISENABLER + 4, 0x300);
    as_secure(r, false);
}

static void iar_gives_each_its_group(void **state)
{
    struct rig *r = *state;

    deliver_both(r);
    set_dist(r, GICD_ISPENDR + 4, SPI_BIT);
    assert_int_equal(nap_signals(r->m, 0), IRQ);
    as_secure(r, true);
    assert_int_equal(cpui(r, GICC_IAR), 1022);
    set_dist(r, GICD_ISPENDR + 4, 0x200);
    assert_int_equal(nap_signals(r->m, 0), FIQ);
    as_secure(r, false);
    assert_int_equal(cpui(r, GICC_IAR), SPURIOUS);
    assert_int_equal(cpui(r, GICC_HPPIR), SPURIOUS);
    as_secure(r, true);
    assert_int_equal(cpui(r, GICC_IAR), 41);
    set_cpui(r, GICC_EOIR, 41);
    as_secure(r, false);
    assert_int_equal(cpui(r, GICC_IAR), SPI);
    assert_int_equal(cpui(r, GICC_AIAR), 0);
    assert_int_equal(cpui(r, GICC_AHPPIR), 0);
}

/* Group priority 0x90, as Non-secure software numbers it 0x20: level 2 of its 16. */
static void priorities_of_running_interrupts_are_shifted(void **state)
{
    struct rig *r = *state;

    deliver_both(r);
    assert_int_equal(cpui(r, GICC_RPR), 0xff);
    set_dist(r, GICD_ISPENDR + 4, SPI_BIT);
    assert_int_equal(cpui(r, GICC_IAR), SPI);
    assert_int_equal(cpui(r, GICC_RPR), 0x20);
    assert_int_equal(cpui(r, GICC_APR), 0x4);
    assert_int_equal(cpui(r, GICC_NSAPR), 0);
    as_secure(r, true);
    assert_int_equal(cpui(r, GICC_RPR), 0x90);
    assert_int_equal(cpui(r, GICC_NSAPR), 0x00040000);
    set_dist(r, GICD_ISPENDR + 4, 0x200);
    assert_int_equal(cpui(r, GICC_IAR), 41);
    as_secure(r, false);
    assert_int_equal(cpui(r, GICC_RPR), 0);
    set_cpui(r, GICC_APR, UINT32_MAX);
    as_secure(r, true);
    assert_int_equal(cpui(r, GICC_NSAPR), 0xffff0000);
    assert_int_equal(cpui(r, GICC_APR), 0x00000100);
}

static void nonsecure_software_does_not_end_group_0(void **state)
{
    struct rig *r = *state;

    deliver_both(r);
    as_secure(r, true);
    set_dist(r, GICD_ISPENDR + 4, 0x200);
    assert_int_equal(cpui(r, GICC_IAR), 41);
    as_secure(r, false);
    set_cpui(r, GICC_EOIR, 41);
    set_cpui(r, GICC_AEOIR, 41);
    set_cpui(r, GICC_CTLR, 0x201);
    set_cpui(r, GICC_DIR, 41);
    as_secure(r, true);
    assert_int_equal(cpui(r, GICC_RPR), 0x40);
    assert_int_equal(dist(r, GICD_ISACTIVER + 4), 0x200);
}

/* EOIR of a Group 1 interrupt while a Group 0 one is the highest: neither priority drops. */
static void a_nonsecure_eoir_leaves_the_priority_of_group_0(void **state)
{
    struct rig *r = *state;

    deliver_both(r);
    set_dist(r, GICD_ISPENDR + 4, SPI_BIT);
    assert_int_equal(cpui(r, GICC_IAR), SPI);
    as_secure(r, true);
    set_dist(r, GICD_ISPENDR + 4, 0x200);
    assert_int_equal(cpui(r, GICC_IAR), 41);
    as_secure(r, false);
    set_cpui(r, GICC_EOIR, SPI);
    as_secure(r, true);
    assert_int_equal(cpui(r, GICC_RPR), 0x40);
    assert_int_equal(cpui(r, GICC_NSAPR), 0x00040000);
    set_cpui(r, GICC_EOIR, 41);
    as_secure(r, false);
    set_cpui(r, GICC_EOIR, SPI);
    assert_int_equal(cpui(r, GICC_RPR), 0xff);
    assert_int_equal(dist(r, GICD_ISACTIVER + 4), 0);
}

static void each_state_has_its_own_eoimode(void **state)
{
    struct rig *r = *state;

    deliver_both(r);
    set_cpui(r, GICC_CTLR, 0x201);
    set_dist(r, GICD_ISPENDR + 4, SPI_BIT);
    assert_int_equal(cpui(r, GICC_IAR), SPI);
    set_cpui(r, GICC_EOIR, SPI);
    assert_int_equal(dist(r, GICD_ISACTIVER + 4), SPI_BIT);
    set_cpui(r, GICC_DIR, SPI);
    assert_int_equal(dist(r, GICD_ISACTIVER + 4), 0);
    as_secure(r, true);
    set_dist(r, GICD_ISPENDR + 4, 0x200);
    assert_int_equal(cpui(r, GICC_IAR), 41);
    set_cpui(r, GICC_EOIR, 41);
    assert_int_equal(dist(r, GICD_ISACTIVER + 4), 0);
}

/* SGI 1 is Group 1 at CPU 1 and Group 0 at CPU 0. NSATT is bit 15. */
static void an_sgi_reaches_those_of_the_group_it_is_for(void **state)
{
    static const struct {
        bool secure;
        uint32_t written, pending[2];
    } table[] = {
        {true, 0x00030001, {2, 0}},
        {true, 0x00038001, {0, 2}},
        {false, 0x00030001, {0, 2}},
        {false, 0x00038001, {0, 2}},
    };
    struct rig *r = *state;

    for (unsigned i = 0; i < 4; i++) {
        open_secure(r);
        as_secure(r, true);
        run_on(r, 1);
        set_dist(r, GICD_IGROUPR, 2);
        run_on(r, 0);
        as_secure(r, table[i].secure);
        set_dist(r, GICD_SGIR, table[i].written);
        as_secure(r, true);
        for (unsigned cpu = 0; cpu < 2; cpu++) {
            run_on(r, cpu);
            assert_int_equal(dist(r, GICD_ISPENDR), table[i].pending[cpu]);
        }
    }
}

static void nsacr_of_the_target_lets_a_secure_sgi_be_sent(void **state)
{
    struct rig *r = *state;

    open_secure(r);
    as_secure(r, true);
    set_dist(r, GICD_NSACR, 0x4); /* of SGI 1 at CPU 0 */
    as_secure(r, false);
    set_dist(r, GICD_SGIR, 0x00030001);
    assert_int_equal(dist_byte(r, GICD_SPENDSGIR + 1), 1);
    run_on(r, 1);
    as_secure(r, true);
    assert_int_equal(dist(r, GICD_ISPENDR), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(group_0_interrupts_are_hidden),
        TEST(priorities_are_shifted),
        TEST(targets_and_triggers_of_group_0_are_hidden),
        TEST(nsacr_opens_group_0_step_by_step),
        TEST(nsacr_is_not_there_without_security_and_for_ppis),
        TEST(the_enable_of_group_1_is_in_another_place),
        TEST(control_of_the_interface_has_two_views),
        TEST(pmr_is_shifted_and_guarded),
        TEST(bpr_is_the_one_of_group_1),
        TEST(iar_gives_each_its_group),
        TEST(priorities_of_running_interrupts_are_shifted),
        TEST(nonsecure_software_does_not_end_group_0),
        TEST(a_nonsecure_eoir_leaves_the_priority_of_group_0),
        TEST(each_state_has_its_own_eoimode),
        TEST(an_sgi_reaches_those_of_the_group_it_is_for),
        TEST(nsacr_of_the_target_lets_a_secure_sgi_be_sent),
    };

    return cmocka_run_group_tests_name("gic-v2-security", tests, NULL, NULL);
}
