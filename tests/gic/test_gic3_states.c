/* SPDX-License-Identifier: MIT */
/* A GICv3 as a whole: two Security states, extended SPIs, LPIs at a CPU interface, what is
 * posted, and what is off. */
#include "gic3_rig.h"

/* --- two Security states: GICD_CTLR --- */

static void secure(struct rig *r, const char *dist)
{
    rig_again(r, &(struct rig_options){.dist = dist});
    nap_secure_set(r->m, true);
}

static void each_state_has_affinity_routing_of_its_own(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "full"});
    wr(r, GICD + CTLR, 0x10);
    assert_int_equal(rd(r, GICD + CTLR), 0x10);
    wr(r, GICD + CTLR, 0x12);
    assert_int_equal(rd(r, GICD + CTLR), 0x12);
    nap_secure_set(r->m, true);
    assert_int_equal(rd(r, GICD + CTLR), ARE_NS | GRP1);
    assert_quiet(r);
}

static void affinity_routing_of_a_state_that_is_enabled_is_refused(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "full"});
    wr(r, GICD + CTLR, 0x1); /* EnableGrp1 without affinity routing */
    assert_int_equal(rd(r, GICD + CTLR), 0x1);
    wr(r, GICD + CTLR, 0x11);
    assert_int_equal(rd(r, GICD + CTLR), 0x1);
    assert_broken(r, "gicv3-control-predictable");
    secure(r, "full");
    wr(r, GICD + CTLR, GRP0);
    wr(r, GICD + CTLR, ARE | GRP0);
    assert_int_equal(rd(r, GICD + CTLR), GRP0);
}

/* What is banked by Security state is written, and comes back, in one bank. */
static void a_write_counts_for_the_bank_that_it_meets(void **state)
{
    static const struct {
        unsigned number, slot, secure;
    } regs[] = {
        {BPR1, CPUIF_SLOT_ICC_BPR1_EL1, CPUIF_SLOT_ICC_BPR1_EL1_S},
        {ICTLR, CPUIF_SLOT_ICC_CTLR_EL1, CPUIF_SLOT_ICC_CTLR_EL1_S},
        {SRE_EL1, CPUIF_SLOT_ICC_SRE_EL1, CPUIF_SLOT_ICC_SRE_EL1_S},
        {IGRPEN1, CPUIF_SLOT_ICC_IGRPEN1_EL1, CPUIF_SLOT_ICC_IGRPEN1_EL1_S},
        {AP1R0, CPUIF_SLOT_ICC_AP1R_EL1, CPUIF_SLOT_ICC_AP1R_EL1_S},
    };
    struct rig *r = *state;

    for (unsigned i = 0; i < 2 * sizeof regs / sizeof regs[0]; i++) {
        unsigned n = i / 2, of[] = {regs[n].slot, regs[n].secure};
        rig_again(r, &(struct rig_options){.dist = "gic-600"});
        nap_secure_set(r->m, i % 2);
        msr(r, 0, regs[n].number, mrs(r, 0, regs[n].number));
        assert_int_not_equal(nap_reg_marks(r->m, ICC0, of[i % 2]) & NAP_MARK_WRITTEN, 0);
        assert_int_equal(nap_reg_marks(r->m, ICC0, of[1 - i % 2]) & NAP_MARK_WRITTEN, 0);
    }
}

static void words_of_legacy_operation_say_that_it_is_not_modelled(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "full"});
    assert_int_equal(rd(r, GICD + ISENABLER(0)), 0);
    assert_true(says_unmodelled(r, "legacy"));
    rig_again(r, &(struct rig_options){.dist = "full"});
    wr(r, GICD + 0x820, 0x01010101); /* GICD_ITARGETSR8 */
    assert_true(says_unmodelled(r, "legacy"));
}

static void a_redistributor_that_is_off_has_nothing_active(void **state)
{
    struct rig *r = *state;

    secure(r, "gic-600");
    wr(r, RD1 + SGI + ISACTIVER(0), 1);
    nap_power_lose(r->m, 1u << RD1_PD);
    wr(r, GICD + CTLR, DS);
    assert_int_equal(rd(r, GICD + CTLR), DS | ARE);
}

/* --- two Security states: the rest --- */

static void secure_messages_are_for_secure_software(void **state)
{
    struct rig *r = *state;

    secure(r, "gic-600");
    wr(r, GICD + ICFGR(2), 2u << 16);
    wr(r, GICD + SETSPI_SR, 40);
    assert_int_equal(rd(r, GICD + ISPENDR(1)), 0x100);
    nap_secure_set(r->m, false);
    wr(r, GICD + SETSPI_NSR, 40); /* Secure, and NSACR is 0 */
    wr(r, GICD + 0x58, 40);
    nap_secure_set(r->m, true);
    assert_int_equal(rd(r, GICD + ISPENDR(1)), 0x100);
    wr(r, GICD + 0x58, 40);
    assert_int_equal(rd(r, GICD + ISPENDR(1)), 0);
}

static void non_secure_software_chooses_for_its_group_alone(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "gic-600"});
    wr(r, RD0 + CTLR, 0x07000000);
    assert_int_equal(rd(r, RD0 + CTLR) & 0x07000000, DPG1NS);
    nap_secure_set(r->m, true);
    wr(r, RD0 + CTLR, 0x07000000);
    nap_secure_set(r->m, false);
    assert_int_equal(rd(r, RD0 + CTLR) & 0x07000000, DPG1NS);
}

static void secure_groups(struct rig *r)
{
    secure(r, "gic-600");
    wake(r, 0);
    wr(r, RD0 + SGI + IGROUPR(0), 0xff00);
    wr(r, RD0 + SGI + IGRPMODR(0), 0x00f0);
    wr(r, RD0 + SGI + ISENABLER(0), 0xffff);
    for (unsigned i = 0; i < 16; i += 4)
        wr(r, RD0 + SGI + IPRIORITYR(i), i < 8 ? 0x40404040 : 0xc0c0c0c0);
    wr(r, GICD + CTLR, GRP0 | GRP1 | GRP1S);
    msr(r, 0, PMR, 0xff);
    msr(r, 0, IGRPEN1_EL3, 3);
}

static void non_secure_software_neither_sees_nor_ends_what_is_secure(void **state)
{
    struct rig *r = *state;

    secure_groups(r);
    wr(r, RD0 + SGI + ISPENDR(0), 1u << 5);
    assert_int_equal(mrs(r, 0, IAR1), 5);
    nap_secure_set(r->m, false);
    assert_int_equal(mrs(r, 0, RPR), 0); /* a Secure priority */
    msr(r, 0, EOIR1, 5);
    nap_secure_set(r->m, true);
    assert_int_equal(rd(r, RD0 + SGI + ISACTIVER(0)), 1u << 5);
    msr(r, 0, EOIR1, 5);
    assert_int_equal(rd(r, RD0 + SGI + ISACTIVER(0)), 0);
}

static void a_non_secure_running_priority_is_seen_in_its_half(void **state)
{
    struct rig *r = *state;

    secure_groups(r);
    wr(r, RD0 + SGI + ISPENDR(0), 1u << 9);
    nap_secure_set(r->m, false);
    assert_int_equal(mrs(r, 0, IAR1), 9);
    assert_int_equal(mrs(r, 0, RPR), 0x80); /* 0xc0, shifted */
}

static void el3_has_an_eoimode_of_its_own(void **state)
{
    struct rig *r = *state;

    secure_groups(r);
    msr(r, 0, CTLR_EL3, 0x4); /* EOImode_EL3 */
    wr(r, RD0 + SGI + ISPENDR(0), 1u << 5);
    (void)mrs(r, 0, IAR1);
    msr(r, 0, EOIR1, 5);
    assert_int_equal(rd(r, RD0 + SGI + ISACTIVER(0)), 1u << 5);
    msr(r, 0, DIR, 5);
    assert_int_equal(rd(r, RD0 + SGI + ISACTIVER(0)), 0);
}

/* Secure Group 1 has the least binary point of Group 0, and shares it with CBPR_EL1S. */
static void secure_software_has_a_binary_point_of_its_own(void **state)
{
    struct rig *r = *state;

    secure_groups(r);
    msr(r, 0, BPR1, 0);
    assert_int_equal(mrs(r, 0, BPR1), 2);
    msr(r, 0, BPR1, 4);
    msr(r, 0, BPR0, 3);
    assert_int_equal(mrs(r, 0, BPR1), 4);
    msr(r, 0, CTLR_EL3, 0x1); /* CBPR_EL1S */
    assert_int_equal(mrs(r, 0, BPR1), 3);
    msr(r, 0, BPR1, 5);
    assert_int_equal(mrs(r, 0, BPR0), 5);
    nap_secure_set(r->m, false);
    assert_int_equal(mrs(r, 0, BPR1), 3);
}

static void modes_of_el1_are_seen_at_el3(void **state)
{
    struct rig *r = *state;

    secure_groups(r);
    msr(r, 0, ICTLR, 2); /* EOImode of the Secure copy */
    assert_int_equal(mrs(r, 0, ICTLR) & 3, 2);
    assert_int_equal(mrs(r, 0, CTLR_EL3) & 0x1f, 0x8);
    msr(r, 0, CTLR_EL3, 0x1b);
    assert_int_equal(mrs(r, 0, CTLR_EL3) & 0x1f, 0x1b);
    assert_int_equal(mrs(r, 0, ICTLR) & 3, 3);
}

/* From EL3 down; the level below becomes UNKNOWN, which is 0 here. */
static void firmware_enables_system_registers_from_el3_down(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.dist = "gic-600", .cpu = "cortex-el3"});
    nap_secure_set(r->m, true);
    assert_int_equal(mrs(r, 0, PMR), UINT64_MAX); /* trapped */
    msr(r, 0, SRE_EL2, 0xf);
    assert_int_equal(mrs(r, 0, SRE_EL2), 0xe);
    msr(r, 0, SRE_EL3, 0xf);
    assert_int_equal(mrs(r, 0, SRE_EL3), 0xf);
    assert_int_equal(mrs(r, 0, PMR), 0);
    msr(r, 0, SRE_EL1, 7);
    assert_int_equal(mrs(r, 0, SRE_EL1), 7);
    msr(r, 0, SRE_EL2, 0xf);
    nap_secure_set(r->m, false);
    assert_int_equal(mrs(r, 0, SRE_EL1), 0); /* another copy */
    msr(r, 0, SRE_EL1, 7);
    assert_int_equal(mrs(r, 0, SRE_EL1), 7);
    nap_secure_set(r->m, true);
    msr(r, 0, SRE_EL3, 0x7); /* without Enable */
    nap_secure_set(r->m, false);
    assert_int_equal(mrs(r, 0, SRE_EL2), UINT64_MAX);
}

/* --- extended SPIs and PPIs --- */

static void extended_start(struct rig *r)
{
    rig_again(r, &(struct rig_options){.dist = "full", .redist = "full"});
    nap_secure_set(r->m, true);
    wr(r, GICD + CTLR, ARE);
    wr(r, GICD + CTLR, ARE | DS);
    start(r);
}

static void words_of_extended_spis_show_what_they_hold(void **state)
{
    struct rig *r = *state;

    extended_start(r);
    wr(r, GICD + 0x1004, 0xff);
    wr(r, GICD + 0x2020, 0x40404040);
    wr(r, GICD + 0x3008, 2);
    wr64(r, GICD + IROUTERE(32), 0x0102);
    wr(r, GICD + 0x1604, 1);
    wr(r, GICD + 0x1a04, 2);
    wr(r, GICD + 0x1204, 1);
    assert_int_equal(rd(r, GICD + 0x1004), 0xff);
    assert_int_equal(rd(r, GICD + 0x2020), 0x40404040);
    assert_int_equal(rd(r, GICD + 0x3008), 2);
    assert_int_equal(rd(r, GICD + IROUTERE(32)), 0x0102);
    assert_int_equal(rd(r, GICD + 0x1204), 1);
    assert_int_equal(mrs(r, 1, IAR1), 4128);
    assert_int_equal(rd(r, GICD + 0x1c04), 3);
    wr(r, GICD + 0x1c04, 3);
    assert_int_equal(rd(r, GICD + 0x1a04), 0);
}

static void the_trigger_of_extended_ppis_is_shown(void **state)
{
    struct rig *r = *state;

    extended_start(r);
    wr(r, RD0 + SGI + ICFGR(5), 0xffffffff);
    assert_int_equal(rd(r, RD0 + SGI + ICFGR(5)), 0xaaaaaaaa);
}

/* More words than are looked at one by one. */
static void interrupts_all_over_the_range_are_found(void **state)
{
    struct rig *r = *state;

    start(r);
    for (unsigned word = 1; word < 12; word++)
        spi(r, 32 * word + word, 0, EDGE, 0xf0 - 8 * word);
    for (unsigned word = 1; word < 12; word++)
        pulse(r, 32 * word + word);
    assert_int_equal(mrs(r, 0, IAR1), 32 * 11 + 11);
    msr(r, 0, EOIR1, 32 * 11 + 11);
    assert_int_equal(mrs(r, 0, IAR1), 32 * 10 + 10);
}

/* --- LPIs at a CPU interface --- */

#define CONFIG_TABLE RAM
#define LPI          8195u

static void lpi_start(struct rig *r, enum nap_policy policy)
{
    uint8_t config = 0x41; /* priority 0x40, enabled */

    rig_again(r, &(struct rig_options){.redist = "full", .policy = policy});
    start(r);
    assert_true(nap_mem_write(r->m, CONFIG_TABLE + LPI - 8192, &config, 1));
    wr64(r, RD0 + PROPBASER, CONFIG_TABLE | 0xf);
    wr64(r, RD0 + PENDBASER, RAM + 0x10000);
    wr(r, RD0 + CTLR, ENABLE_LPIS);
}

static void an_lpi_is_acknowledged_and_never_active(void **state)
{
    struct rig *r = *state;

    lpi_start(r, NAP_POLICY_EAGER);
    wr64(r, RD0 + 0x40, LPI); /* GICR_SETLPIR */
    assert_int_equal(irq(r, 0), NAP_SIGNAL_IRQ);
    assert_int_equal(mrs(r, 0, IAR1), LPI);
    assert_int_equal(mrs(r, 0, RPR), 0x40);
    assert_int_equal(mrs(r, 0, IAR1), SPURIOUS);
    msr(r, 0, EOIR1, LPI);
    assert_int_equal(mrs(r, 0, RPR), 0xff);
}

static void a_disabled_lpi_still_arrives_until_rwp_is_0(void **state)
{
    struct rig *r = *state;

    lpi_start(r, NAP_POLICY_LAZY);
    wr64(r, RD0 + 0x40, LPI);
    wr(r, RD0 + CTLR, 0);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_IRQ);
    while (rd(r, RD0 + CTLR) & RRWP)
        ;
    assert_int_equal(irq(r, 0), 0);
}

static void a_higher_interrupt_takes_the_place_of_an_lpi(void **state)
{
    struct rig *r = *state;

    lpi_start(r, NAP_POLICY_EAGER);
    wr64(r, RD0 + 0x40, LPI);
    spi(r, 40, 0, EDGE, 0x20);
    pulse(r, 40);
    assert_int_equal(mrs(r, 0, IAR1), 40);
    msr(r, 0, EOIR1, 40);
    assert_int_equal(mrs(r, 0, IAR1), LPI);
}

static void an_invalidation_shows_itself_until_it_is_done(void **state)
{
    struct rig *r = *state;

    lpi_start(r, NAP_POLICY_LAZY);
    wr64(r, RD0 + 0xb0, 0); /* GICR_INVALLR */
    assert_int_equal(rd(r, RD0 + 0xc0), 1);
    while (rd(r, RD0 + 0xc0))
        ;
}

/* --- messages of devices --- */

static void a_device_writes_an_spi_by_message(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, 0, EDGE, 0xa0);
    assert_true(nap_msi_send(r->m, GICR0, GICD + SETSPI_NSR, 40));
    assert_int_equal(irq(r, 0), NAP_SIGNAL_IRQ);
    assert_true(nap_msi_send(r->m, GICR0, GICD + CLRSPI_NSR, 40));
    assert_int_equal(irq(r, 0), 0);
    assert_true(nap_msi_send(r->m, GICR0, GICD + SETSPI_NSR, 5)); /* no SPI */
    assert_int_equal(irq(r, 0), 0);
    assert_false(nap_msi_send(r->m, GICR0, GICD + SETSPI_SR, 40));
}

/* --- what is off, and what is on its way --- */

static void accesses_without_power_meet_what_switches_say(void **state)
{
    static const struct {
        const char *id;
        uint32_t value;
        nap_addr at;
        uint64_t meets;
    } cases[] = {{"D03", DIST_D03_ONES, GICD + TYPER, 0xffffffff},
                 {"D03", DIST_D03_ZEROS, GICD + TYPER, 0},
                 {"R02", RDIST_R02_ONES, RD0 + WAKER, 0xffffffff},
                 {"R02", RDIST_R02_ZEROS, RD0 + WAKER, 0}};
    struct rig *r = *state;

    for (unsigned i = 0; i < 4; i++) {
        rig_again(r, &(struct rig_options){.sw = {cases[i].id, cases[i].value}});
        nap_power_lose(r->m, ALL_PDS);
        assert_int_equal(rd(r, cases[i].at), cases[i].meets);
    }
}

static void an_sgi_to_a_redistributor_that_is_off_is_lost(void **state)
{
    struct rig *r = *state;

    start(r);
    nap_power_lose(r->m, 1u << RD1_PD);
    msr(r, 0, SGI1R, UINT64_C(5) << 24 | UINT64_C(1) << 16 | 1u << 2);
    nap_power_on(r->m, 1u << RD1_PD);
    assert_int_equal(rd(r, RD1 + SGI + ISPENDR(0)), 0);
}

static void a_redistributor_is_switched_off_by_software(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.redist = "gic-600"});
    wr(r, RD0 + PWRR, 0);
    start_cpu(r, 0);
    wr(r, RD0 + PWRR, 1);
    assert_int_equal(rd(r, RD0 + PWRR), 0xd);
    wr(r, RD0 + SGI + ICFGR(1), 0xffffffff);
    wr(r, RD0 + PWRR, 2); /* RDAG */
    assert_int_equal(rd(r, RD0 + SGI + ICFGR(1)), 0);
    assert_true(says_unmodelled(r, "RDAG"));
}

/* Kind `post`: a write lands at the latest when its device is read. */
static void writes_may_be_on_their_way(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, 0, LEVEL, 0xa0);
    line(r, 40, true);
    memset(r->script, 0, sizeof r->script);
    r->script[0] = 1;
    r->n_asked = 0;
    nap_set_chooser(r->m, by_script, r, NAP_CHOICE_BIT(NAP_CHOOSE_POST));
    wr(r, GICD + CTLR, ARE | DS);
    wr(r, RD0 + SGI + ISENABLER(0), 1);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_IRQ);
    assert_int_equal(rd(r, GICD + CTLR), ARE | DS);
    assert_int_equal(irq(r, 0), 0);
}

/* Where nothing is left undecided, writing a register as it is is not noticed: a message is. */
static void the_same_message_is_one_more(void **state)
{
    struct rig *r = *state;

    lpi_start(r, NAP_POLICY_EAGER);
    spi(r, 40, 0, EDGE, 0xa0);
    memset(r->script, 0, sizeof r->script);
    nap_set_chooser(r->m, by_script, r, NAP_CHOICE_BIT(NAP_CHOOSE_POST));
    for (unsigned i = 0; i < 2; i++) {
        wr(r, GICD + SETSPI_NSR, 40);
        (void)rd(r, GICD + TYPER);
        assert_int_equal(mrs(r, 0, IAR1), 40);
        msr(r, 0, EOIR1, 40);
        wr64(r, RD0 + 0x40, LPI);
        (void)rd(r, RD0 + WAKER);
        assert_int_equal(mrs(r, 0, IAR1), LPI);
        msr(r, 0, EOIR1, LPI);
    }
}

/* --- active by software --- */

static void an_interrupt_made_active_is_not_shown_until_it_is_not(void **state)
{
    struct rig *r = *state;

    start(r);
    spi(r, 40, 0, LEVEL, 0xa0);
    wr(r, GICD + ISACTIVER(1), 0x100);
    line(r, 40, true);
    assert_int_equal(irq(r, 0), 0);
    wr(r, GICD + ICACTIVER(1), 0x100);
    assert_int_equal(irq(r, 0), NAP_SIGNAL_IRQ);
    wr(r, RD0 + SGI + IGRPMODR(0), 0xff);
    wr(r, RD0 + SGI + NSACR(0), 0xff);
    assert_int_equal(rd(r, RD0 + SGI + IGRPMODR(0)), 0); /* one Security state */
    assert_int_equal(rd(r, RD0 + SGI + NSACR(0)), 0);
}

/* --- list registers --- */

#define LR_PENDING (UINT64_C(1) << 62)

static void maintenance_has_a_reason_for_each_enable(void **state)
{
    struct rig *r = *state;
    static const struct {
        uint64_t hcr, vmcr, lr, misr;
    } cases[] = {
        {0x08, 0, 0, 0x08},            /* NPIE: nothing pending */
        {0x08, 0, LR_PENDING | 27, 0}, /* something is */
        {0x04 | 1u << 27, 0, 0, 0x04}, /* LRENPIE with an EOIcount */
        {0x10, 1, 0, 0x10},
        {0x20, 0, 0, 0x20}, /* Group 0 enabled, disabled */
        {0x40, 2, 0, 0x40},
        {0x80, 0, 0, 0x80}, /* Group 1 */
    };

    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        msr(r, 0, ICH_HCR, 0);
        msr(r, 0, NAP_SYSREG(3u, 4u, 12u, 11u, 7u), cases[i].vmcr);
        msr(r, 0, ICH_LR(0), cases[i].lr);
        msr(r, 0, ICH_HCR, 1 | cases[i].hcr);
        assert_int_equal(mrs(r, 0, ICH_MISR), cases[i].misr);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(each_state_has_affinity_routing_of_its_own),
        rig_test(affinity_routing_of_a_state_that_is_enabled_is_refused),
        rig_test(a_write_counts_for_the_bank_that_it_meets),
        rig_test(words_of_legacy_operation_say_that_it_is_not_modelled),
        rig_test(a_redistributor_that_is_off_has_nothing_active),
        rig_test(secure_messages_are_for_secure_software),
        rig_test(non_secure_software_chooses_for_its_group_alone),
        rig_test(non_secure_software_neither_sees_nor_ends_what_is_secure),
        rig_test(a_non_secure_running_priority_is_seen_in_its_half),
        rig_test(el3_has_an_eoimode_of_its_own),
        rig_test(secure_software_has_a_binary_point_of_its_own),
        rig_test(modes_of_el1_are_seen_at_el3),
        rig_test(firmware_enables_system_registers_from_el3_down),
        rig_test(words_of_extended_spis_show_what_they_hold),
        rig_test(the_trigger_of_extended_ppis_is_shown),
        rig_test(interrupts_all_over_the_range_are_found),
        rig_test(an_lpi_is_acknowledged_and_never_active),
        rig_test(a_disabled_lpi_still_arrives_until_rwp_is_0),
        rig_test(a_higher_interrupt_takes_the_place_of_an_lpi),
        rig_test(an_invalidation_shows_itself_until_it_is_done),
        rig_test(a_device_writes_an_spi_by_message),
        rig_test(accesses_without_power_meet_what_switches_say),
        rig_test(an_sgi_to_a_redistributor_that_is_off_is_lost),
        rig_test(a_redistributor_is_switched_off_by_software),
        rig_test(writes_may_be_on_their_way),
        rig_test(the_same_message_is_one_more),
        rig_test(an_interrupt_made_active_is_not_shown_until_it_is_not),
        rig_test(maintenance_has_a_reason_for_each_enable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
