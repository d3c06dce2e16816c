/* SPDX-License-Identifier: MIT */
/* lib/smmuv3/control.c: Arm IHI 0070, "SMMU_CR0", "SMMU_IRQ_CTRL", "SMMU_GBPA", "SMMU_GERROR".
 */
#include "rig.h"

/* --- CR0 and CR0ACK --- */

static void an_enable_is_acknowledged_at_once_by_eager_hardware(void **state)
{
    struct rig *r = *state;

    wr(r, CR0, CMDQEN);
    assert_int_equal(rd(r, CR0ACK), CMDQEN);
}

static void a_late_acknowledge_shows_the_old_value_for_a_while(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    wr(r, CR0, SMMUEN);
    assert_int_equal(rd(r, CR0), SMMUEN);
    assert_int_equal(rig_poll(r, CR0ACK, SMMUEN), 3);
}

static void traffic_may_meet_both_values_until_the_acknowledge(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    assert_int_equal(smmu_enabled(r->m, r->smmu, NULL), 1);
    wr(r, CR0, SMMUEN);
    assert_int_equal(smmu_enabled(r->m, r->smmu, NULL), 3);
    rig_poll(r, CR0ACK, SMMUEN);
    assert_int_equal(smmu_enabled(r->m, r->smmu, NULL), 2);
}

static void an_acknowledge_that_never_comes_leaves_both_values(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.faults = 1});
    rig_vary(r, SLEEPY, (uint32_t[]){NEVER}, 1);
    wr(r, CR0, SMMUEN);
    assert_int_equal(rig_poll(r, CR0ACK, SMMUEN), 10);
    assert_int_equal(smmu_enabled(r->m, r->smmu, NULL), 3);
}

static void fields_are_acknowledged_one_by_one(void **state)
{
    struct rig *r = *state;

    rig_vary(r, SLEEPY, (uint32_t[]){LATE, 0}, 2);
    wr(r, CR0, CMDQEN | EVENTQEN);
    assert_int_equal(rd(r, CR0ACK) & (CMDQEN | EVENTQEN), CMDQEN);
    assert_int_equal(rig_poll(r, CR0ACK, CMDQEN | EVENTQEN), 2);
    assert_int_equal(r->n_asked, 2);
}

static void another_field_can_be_written_while_one_is_under_way(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    wr(r, CR0, CMDQEN);
    wr(r, CR0, CMDQEN | SMMUEN);
    assert_int_equal(rd(r, CR0), CMDQEN | SMMUEN);
    rig_poll(r, CR0ACK, CMDQEN | SMMUEN);
    assert_int_equal(rd(r, CR0ACK), CMDQEN | SMMUEN);
}

static void a_field_in_flight_keeps_its_first_value(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    wr(r, CR0, SMMUEN);
    wr(r, CR0, 0);
    assert_int_equal(rd(r, CR0), SMMUEN);
    assert_int_equal(rig_poll(r, CR0ACK, SMMUEN), 3);
}

static void or_its_update_ceases(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){
                     .sw = {{"S03", 1}}, .n_switches = 1, .policy = NAP_POLICY_LAZY});
    wr(r, CR0, SMMUEN);
    wr(r, CR0, 0);
    assert_int_equal(rd(r, CR0), 0);
    assert_int_equal(rig_poll(r, CR0ACK, SMMUEN), 10);
    assert_int_equal(smmu_enabled(r->m, r->smmu, NULL), 1);
}

static void before_v3_2_the_last_value_may_win(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.sw = {{"S04", 1}},
                                       .n_switches = 1,
                                       .policy = NAP_POLICY_LAZY,
                                       .preset = "v3.1"});
    wr(r, CR0, VMW(1u));
    wr(r, CR0, VMW(2u));
    assert_int_equal(rd(r, CR0), VMW(2u));
    assert_int_equal(rig_poll(r, CR0ACK, VMW(2u)), 3);
}

static void from_v3_2_on_the_last_value_does_not_win(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    wr(r, CR0, VMW(1u));
    wr(r, CR0, VMW(2u));
    assert_int_equal(rig_poll(r, CR0ACK, VMW(1u)), 3);
}

static void the_same_value_again_changes_nothing(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    wr(r, CR0, SMMUEN);
    (void)rd(r, CR0ACK);
    (void)rd(r, CR0ACK);
    wr(r, CR0, SMMUEN);
    assert_int_equal(rig_poll(r, CR0ACK, SMMUEN), 1);
}

/* "SMMU_CR0", VMW: reserved values act as 0; while it changes software reckons with either. */
static void a_reserved_vmw_is_an_exact_match(void **state)
{
    struct rig *r = *state;

    wr(r, CR0, VMW(7u));
    assert_int_equal(smmu_vmid_mask(r->m, r->smmu) & 0xffff, 0xffff);
    nap_set_policy(r->m, NAP_POLICY_LAZY);
    wr(r, CR0, VMW(2u));
    assert_int_equal(smmu_vmid_mask(r->m, r->smmu) & 0xffff, 0xffff);
    rig_poll(r, CR0ACK, VMW(2u));
    assert_int_equal(smmu_vmid_mask(r->m, r->smmu) & 0xffff, 0xfffc);
}

/* "SMMU_CR0": ATSCHK, PRIQEN and VMW are RES0 without their features. */
static void fields_of_absent_features_stay_0(void **state)
{
    struct rig *r = *state;

    rig_with(r, "IDR0", 0x0800229f); /* neither ATS, PRI nor VMW */
    wr(r, CR0, ATSCHK | PRIQEN | VMW(1u) | CMDQEN);
    assert_int_equal(rd(r, CR0), CMDQEN);
    assert_int_equal(rd(r, CR0ACK), CMDQEN);
}

static void reserved_bits_are_not_acknowledged(void **state)
{
    struct rig *r = *state;

    wr(r, CR0, 0xfffff820u | CMDQEN);
    assert_int_equal(rd(r, CR0ACK), CMDQEN);
}

/* "SMMU_CR0.VMW": 1 to 4 low bits are ignored, other values none. */
static void vmw_says_how_many_bits_of_a_vmid_count(void **state)
{
    struct rig *r = *state;

    assert_int_equal(smmu_vmid_mask(r->m, r->smmu) & 0xffff, 0xffff);
    wr(r, CR0, VMW(3u));
    assert_int_equal(smmu_vmid_mask(r->m, r->smmu) & 0xffff, 0xfff8);
    wr(r, CR0, VMW(5u));
    assert_int_equal(smmu_vmid_mask(r->m, r->smmu) & 0xffff, 0xffff);
}

static void while_vmw_changes_the_stricter_value_counts(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    wr(r, CR0, VMW(2u));
    assert_int_equal(smmu_vmid_mask(r->m, r->smmu) & 0xffff, 0xffff);
    rig_poll(r, CR0ACK, VMW(2u));
    wr(r, CR0, VMW(1u));
    assert_int_equal(smmu_vmid_mask(r->m, r->smmu) & 0xffff, 0xfffe);
}

/* --- IRQ_CTRL --- */

static void interrupt_enables_are_acknowledged_too(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    wr(r, IRQ_CTRL, GERROR_IRQEN | EVENTQ_IRQEN);
    assert_int_equal(rig_poll(r, IRQ_CTRLACK, GERROR_IRQEN | EVENTQ_IRQEN), 3);
    wr(r, IRQ_CTRL, 0);
    assert_int_equal(rig_poll(r, IRQ_CTRLACK, 0), 3);
}

static void an_interrupt_enable_that_never_ends_shows_so(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.faults = 1});
    rig_vary(r, SLEEPY, (uint32_t[]){NEVER}, 1);
    wr(r, IRQ_CTRL, GERROR_IRQEN);
    assert_int_equal(rig_poll(r, IRQ_CTRLACK, GERROR_IRQEN), 10);
}

/* --- CR1 --- */

static void cr1_queue_attributes_wait_for_every_ecmdq(void **state)
{
    struct rig *r = *state;

    wr(r, CR1, 0xd75);
    wr(r, ECMDQ_PROD(3), EN);
    wr(r, CR1, 0);
    assert_int_equal(rd(r, CR1), 0x035); /* QUEUE_* stay, TABLE_* do not */
    wr(r, ECMDQ_PROD(3), 0);
    wr(r, CR1, 0);
    assert_int_equal(rd(r, CR1), 0);
}

/* --- GBPA --- */

static void gbpa(const struct rig *r, unsigned n, uint32_t first, uint32_t second)
{
    uint32_t values[2] = {0, 0};

    assert_int_equal(smmu_gbpa(r->m, r->smmu, NULL, values), n);
    assert_int_equal(values[0], first);
    if (n == 2)
        assert_int_equal(values[1], second);
}

static void gbpa_takes_effect_when_update_is_0_again(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    gbpa(r, 1, 0x1000, 0);
    wr(r, GBPA, UPDATE | ABORT);
    assert_int_equal(rd(r, GBPA), UPDATE | ABORT);
    gbpa(r, 2, 0x1000, ABORT);
    assert_int_equal(rig_poll(r, GBPA, ABORT), 2);
    gbpa(r, 1, ABORT, 0);
}

static void eager_hardware_updates_gbpa_at_once(void **state)
{
    struct rig *r = *state;

    wr(r, GBPA, UPDATE | ABORT);
    assert_int_equal(rd(r, GBPA), ABORT);
    gbpa(r, 1, ABORT, 0);
}

static void an_update_of_gbpa_may_never_end(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.faults = 1});
    rig_vary(r, SLEEPY, (uint32_t[]){NEVER}, 1);
    wr(r, GBPA, UPDATE | ABORT);
    assert_int_equal(rig_poll(r, GBPA, ABORT), 10);
    gbpa(r, 2, 0x1000, ABORT);
}

static void gbpa_without_update_is_ignored(void **state)
{
    struct rig *r = *state;

    wr(r, GBPA, ABORT);
    assert_int_equal(rd(r, GBPA), 0x1000);
    gbpa(r, 1, 0x1000, 0);
}

static void gbpa_during_an_update_is_ignored(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    wr(r, GBPA, UPDATE | ABORT);
    wr(r, GBPA, UPDATE | 0x2000);
    assert_int_equal(rd(r, GBPA), UPDATE | ABORT);
    rig_poll(r, GBPA, ABORT);
    gbpa(r, 1, ABORT, 0);
}

static void before_v3_2_gbpa_without_update_may_be_stored_without_effect(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){
                     .sw = {{"S06", 1}, {"S35", 0}}, .n_switches = 2, .preset = "v3.0"});
    wr(r, GBPA, ABORT);
    assert_int_equal(rd(r, GBPA), ABORT);
    gbpa(r, 1, 0x1000, 0);
    wr(r, GBPA, UPDATE | ABORT);
    gbpa(r, 1, ABORT, 0);
}

static void before_v3_2_gbpa_without_update_may_be_in_effect_at_once(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){
                     .sw = {{"S06", 1}, {"S35", 1}}, .n_switches = 2, .preset = "v3.1"});
    wr(r, GBPA, ABORT);
    gbpa(r, 1, ABORT, 0);
}

static void before_v3_2_an_update_may_finish_with_the_last_value(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.sw = {{"S05", 1}},
                                       .n_switches = 1,
                                       .policy = NAP_POLICY_LAZY,
                                       .preset = "v3.1"});
    wr(r, GBPA, UPDATE | ABORT);
    wr(r, GBPA, UPDATE | 0x2000);
    rig_poll(r, GBPA, 0x2000);
    gbpa(r, 1, 0x2000, 0);
}

/* --- GERROR and GERRORN --- */

static void an_error_toggles_its_bit(void **state)
{
    struct rig *r = *state;

    smmu_gerror_raise(r->m, r->smmu, SFM_ERR);
    assert_int_equal(rd(r, GERROR), SFM_ERR);
    wr(r, GERRORN, SFM_ERR);
    smmu_gerror_raise(r->m, r->smmu, SFM_ERR);
    assert_int_equal(rd(r, GERROR), 0);
}

static void an_active_error_is_not_raised_again(void **state)
{
    struct rig *r = *state;

    smmu_gerror_raise(r->m, r->smmu, EVENTQ_ABT);
    smmu_gerror_raise(r->m, r->smmu, EVENTQ_ABT);
    assert_int_equal(rd(r, GERROR), EVENTQ_ABT);
}

static void acknowledging_what_is_not_active_makes_an_error(void **state)
{
    struct rig *r = *state;

    wr(r, GERRORN, SFM_ERR);
    assert_true(smmu_gerror_active(r->m, r->smmu, SFM_ERR));
}

/* "A read of this register returns the values that were last written"; an error "is active if
 * the value of SMMU_GERROR[x] is different". */
static void or_it_makes_none_and_gerrorn_still_holds_what_was_written(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "S18", 1);
    wr(r, GERRORN, SFM_ERR);
    assert_int_equal(rd(r, GERRORN), SFM_ERR);
    assert_int_equal(rd(r, GERROR), SFM_ERR);
    smmu_gerror_raise(r->m, r->smmu, CMDQ_ERR);
    wr(r, GERRORN, CMDQ_ERR); /* takes the other one back, too */
    assert_int_equal(rd(r, GERRORN), CMDQ_ERR);
    assert_int_equal(rd(r, GERROR), CMDQ_ERR);
}

static void disabling_a_queue_clears_no_error(void **state)
{
    struct rig *r = *state;

    wr(r, CR0, CMDQEN);
    smmu_gerror_raise(r->m, r->smmu, CMDQ_ERR);
    wr(r, CR0, 0);
    wr(r, CR0, CMDQEN);
    assert_true(smmu_gerror_active(r->m, r->smmu, CMDQ_ERR));
}

/* "Service Failure Mode": acknowledging the error does not leave it. */
static void service_failure_stops_commands_until_reset(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    assert_true(nap_device_fail(r->m, r->smmu));
    assert_int_equal(rd(r, GERROR), SFM_ERR);
    wr(r, GERRORN, SFM_ERR);
    rig_put(r, CMDQ, SYNC, 0);
    wr(r, CMDQ_PROD, 1);
    assert_int_equal(rd(r, CMDQ_CONS), 0);
    nap_power_off(r->m, 1);
    nap_power_on(r->m, 1);
    assert_false(smmu_failed(r->m, r->smmu));
    assert_int_equal(rd(r, GERROR), 0);
}

/* --- presence and power --- */

static void msi_registers_read_0_without_msis(void **state)
{
    struct rig *r = *state;

    wr64(r, EVENTQ_IRQ_CFG0, 0x1000);
    assert_int_equal(rd(r, EVENTQ_IRQ_CFG0), 0x1000);
    rig_again(r, &(struct rig_options){.preset = "v3.2", .id = "IDR0", .id_value = 0x0800029f});
    wr64(r, EVENTQ_IRQ_CFG0, 0x1000);
    assert_int_equal(rd(r, EVENTQ_IRQ_CFG0), 0);
    wr(r, EVENTQ_IRQ_CFG1, 5);
    assert_int_equal(nap_reg_get(r->m, r->smmu, SMMU_SLOT_EVENTQ_IRQ_CFG1), 0);
}

static void page_1_registers_show_in_page_0(void **state)
{
    struct rig *r = *state;

    wr(r, EVENTQ_CONS, 5);
    assert_int_equal(rd(r, EVENTQ_CONS_PAGE0), 5);
    rig_switch(r, "S07", 1);
    wr(r, EVENTQ_CONS, 5);
    wr(r, EVENTQ_CONS_PAGE0, 7);
    assert_int_equal(rd(r, EVENTQ_CONS_PAGE0), 0);
    assert_int_equal(rd(r, EVENTQ_CONS), 5);
}

static void power_takes_enables_and_updates_with_it(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    wr(r, CR0, SMMUEN | CMDQEN);
    wr(r, GBPA, UPDATE | ABORT);
    nap_power_off(r->m, 1);
    nap_power_on(r->m, 1);
    assert_int_equal(rd(r, CR0), 0);
    assert_int_equal(rig_poll(r, CR0ACK, SMMUEN), 10);
    assert_int_equal(rd(r, GBPA), 0x1000);
    gbpa(r, 1, 0x1000, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(an_enable_is_acknowledged_at_once_by_eager_hardware),
        rig_test(a_late_acknowledge_shows_the_old_value_for_a_while),
        rig_test(traffic_may_meet_both_values_until_the_acknowledge),
        rig_test(an_acknowledge_that_never_comes_leaves_both_values),
        rig_test(fields_are_acknowledged_one_by_one),
        rig_test(another_field_can_be_written_while_one_is_under_way),
        rig_test(a_field_in_flight_keeps_its_first_value),
        rig_test(or_its_update_ceases),
        rig_test(before_v3_2_the_last_value_may_win),
        rig_test(from_v3_2_on_the_last_value_does_not_win),
        rig_test(a_reserved_vmw_is_an_exact_match),
        rig_test(the_same_value_again_changes_nothing),
        rig_test(fields_of_absent_features_stay_0),
        rig_test(reserved_bits_are_not_acknowledged),
        rig_test(vmw_says_how_many_bits_of_a_vmid_count),
        rig_test(while_vmw_changes_the_stricter_value_counts),
        rig_test(interrupt_enables_are_acknowledged_too),
        rig_test(an_interrupt_enable_that_never_ends_shows_so),
        rig_test(cr1_queue_attributes_wait_for_every_ecmdq),
        rig_test(gbpa_takes_effect_when_update_is_0_again),
        rig_test(eager_hardware_updates_gbpa_at_once),
        rig_test(an_update_of_gbpa_may_never_end),
        rig_test(gbpa_without_update_is_ignored),
        rig_test(gbpa_during_an_update_is_ignored),
        rig_test(before_v3_2_gbpa_without_update_may_be_stored_without_effect),
        rig_test(before_v3_2_gbpa_without_update_may_be_in_effect_at_once),
        rig_test(before_v3_2_an_update_may_finish_with_the_last_value),
        rig_test(an_error_toggles_its_bit),
        rig_test(an_active_error_is_not_raised_again),
        rig_test(acknowledging_what_is_not_active_makes_an_error),
        rig_test(or_it_makes_none_and_gerrorn_still_holds_what_was_written),
        rig_test(disabling_a_queue_clears_no_error),
        rig_test(service_failure_stops_commands_until_reset),
        rig_test(msi_registers_read_0_without_msis),
        rig_test(page_1_registers_show_in_page_0),
        rig_test(power_takes_enables_and_updates_with_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
