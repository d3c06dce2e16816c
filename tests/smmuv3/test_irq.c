/* SPDX-License-Identifier: MIT */
/* lib/smmuv3/irq.c: Arm IHI 0070, "Interrupts and notifications", "SMMU_IRQ_CTRL",
 * "SMMU_EVENTQ_IRQ_CFG0", "CMD_SYNC". */
#include "rig.h"

#define VECTOR 0x77u

static bool pending(const struct rig *r, unsigned output)
{
    return nap_edge_pending(r->m, r->smmu, output);
}

/* --- wires --- */

static void a_queue_that_gets_its_first_entry_pulses_its_wire(void **state)
{
    struct rig *r = *state;

    wr(r, IRQ_CTRL, EVENTQ_IRQEN);
    rig_evtq_at(r, EVENTQ);
    assert_false(pending(r, SMMU_OUT_EVENTQ));
    rig_event(r, 1);
    assert_true(pending(r, SMMU_OUT_EVENTQ));
}

static void a_queue_that_has_entries_pulses_not_again(void **state)
{
    struct rig *r = *state;

    wr(r, IRQ_CTRL, EVENTQ_IRQEN);
    rig_evtq_at(r, EVENTQ);
    rig_event(r, 1);
    nap_edge_take(r->m, r->smmu, SMMU_OUT_EVENTQ);
    rig_event(r, 2);
    assert_false(pending(r, SMMU_OUT_EVENTQ));
    wr(r, EVENTQ_CONS, 2);
    rig_event(r, 3);
    assert_true(pending(r, SMMU_OUT_EVENTQ));
}

static void an_event_before_the_enable_pulses_nothing(void **state)
{
    struct rig *r = *state;

    rig_evtq_at(r, EVENTQ);
    rig_event(r, 1);
    wr(r, IRQ_CTRL, EVENTQ_IRQEN);
    rig_event(r, 2);
    assert_false(pending(r, SMMU_OUT_EVENTQ));
}

static void an_enable_that_is_not_acknowledged_lets_nothing_out(void **state)
{
    struct rig *r = *state;

    rig_evtq_at(r, EVENTQ);
    nap_set_policy(r->m, NAP_POLICY_LAZY);
    wr(r, IRQ_CTRL, EVENTQ_IRQEN);
    rig_event(r, 1);
    assert_false(pending(r, SMMU_OUT_EVENTQ));
}

static void an_error_pulses_the_wire_of_errors(void **state)
{
    struct rig *r = *state;

    smmu_gerror_raise(r->m, r->smmu, SFM_ERR);
    assert_false(pending(r, SMMU_OUT_GERROR));
    wr(r, IRQ_CTRL, GERROR_IRQEN);
    smmu_gerror_raise(r->m, r->smmu, CMDQ_ERR);
    assert_true(pending(r, SMMU_OUT_GERROR));
}

static void an_aborted_message_about_an_error_is_told_by_no_interrupt(void **state)
{
    struct rig *r = *state;

    wr(r, IRQ_CTRL, GERROR_IRQEN);
    smmu_gerror_raise(r->m, r->smmu, MSI_GERROR_ABT);
    assert_false(pending(r, SMMU_OUT_GERROR));
}

/* No enable gates it. */
static void a_sync_with_sig_irq_pulses_its_own_wire(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    rig_command(r, SYNC, WORD);
    assert_false(pending(r, SMMU_OUT_CMD_SYNC));
    rig_command(r, SYNC_IRQ, 0);
    assert_true(pending(r, SMMU_OUT_CMD_SYNC));
}

static void a_board_with_messages_alone_has_no_wires(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.doorbell = true});
    rig_cmdq(r);
    rig_command(r, SYNC_IRQ, 0);
    assert_false(pending(r, SMMU_OUT_CMD_SYNC));
    rig_again(r, &(struct rig_options){.doorbell = true, .irq = 74});
    rig_cmdq(r);
    rig_command(r, SYNC_IRQ, 0);
    assert_true(pending(r, SMMU_OUT_CMD_SYNC));
}

/* --- messages --- */

static void with_messages(struct rig *r)
{
    rig_again(r, &(struct rig_options){.doorbell = true});
    assert_true(nap_msi_vector_set(r->m, VECTOR, r->smmu, SMMU_OUT_EVENTQ));
}

static void an_event_sends_the_message_that_its_registers_say(void **state)
{
    struct rig *r = *state;

    with_messages(r);
    wr64(r, EVENTQ_IRQ_CFG0, DOORBELL);
    wr(r, EVENTQ_IRQ_CFG1, VECTOR);
    wr(r, IRQ_CTRL, EVENTQ_IRQEN);
    rig_evtq_at(r, EVENTQ);
    rig_event(r, 1);
    assert_true(pending(r, SMMU_OUT_EVENTQ));
    assert_int_equal(rd(r, GERROR), 0);
}

static void address_0_sends_no_message(void **state)
{
    struct rig *r = *state;

    with_messages(r);
    wr64(r, EVENTQ_IRQ_CFG0, 0);
    wr(r, EVENTQ_IRQ_CFG1, VECTOR);
    wr(r, IRQ_CTRL, EVENTQ_IRQEN);
    rig_evtq_at(r, EVENTQ);
    rig_event(r, 1);
    assert_false(pending(r, SMMU_OUT_EVENTQ));
    assert_int_equal(rd(r, GERROR), 0);
}

static void a_message_to_memory_is_a_write_of_32_bits(void **state)
{
    struct rig *r = *state;

    rig_put(r, WORD, UINT64_MAX, 0);
    wr64(r, EVENTQ_IRQ_CFG0, WORD);
    wr(r, EVENTQ_IRQ_CFG1, 0x1234);
    wr(r, IRQ_CTRL, EVENTQ_IRQEN);
    rig_evtq_at(r, EVENTQ);
    rig_event(r, 1);
    assert_true(rig_ram(r, WORD) == UINT64_C(0xffffffff00001234));
}

static void an_aborted_message_of_events_is_an_error(void **state)
{
    struct rig *r = *state;

    wr64(r, EVENTQ_IRQ_CFG0, NOWHERE);
    wr(r, IRQ_CTRL, EVENTQ_IRQEN);
    rig_evtq_at(r, EVENTQ);
    rig_event(r, 1);
    assert_int_equal(rd(r, GERROR), MSI_EVENTQ_ABT);
    assert_int_equal(rd(r, EVENTQ_PROD), 1);
}

static void an_aborted_message_of_errors_is_one_more_error(void **state)
{
    struct rig *r = *state;

    wr64(r, GERROR_IRQ_CFG0, NOWHERE);
    wr(r, IRQ_CTRL, GERROR_IRQEN);
    smmu_gerror_raise(r->m, r->smmu, SFM_ERR);
    assert_int_equal(rd(r, GERROR), SFM_ERR | MSI_GERROR_ABT);
}

static void an_aborted_message_of_a_sync_is_an_error_and_the_sync_is_done(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    rig_put(r, CMDQ, SYNC_IRQ, NOWHERE);
    wr(r, CMDQ_PROD, 1);
    assert_int_equal(rd(r, CMDQ_CONS), 1);
    assert_int_equal(rd(r, GERROR), MSI_CMDQ_ABT);
}

static void without_messages_a_sync_writes_nothing(void **state)
{
    struct rig *r = *state;

    rig_id(r, SMMU_SLOT_IDR0, SMMU_IDR0_MSI, 0);
    rig_cmdq(r);
    rig_command(r, SYNC_IRQ | UINT64_C(5) << 32, WORD);
    assert_int_equal(rig_ram(r, WORD), 0);
    assert_true(pending(r, SMMU_OUT_CMD_SYNC));
}

/* "Whoever observes the signal also observes CONS past the CMD_SYNC": seen by a trace of steps.
 */
static void note_cons(void *context, const struct nap_machine *m, const struct nap_event *e)
{
    uint64_t *cons_at_message = context;

    if (e->kind == NAP_STEP_MSI)
        *cons_at_message = nap_reg_get(m, e->device, SMMU_SLOT_CMDQ_CONS);
}

static void the_index_is_past_the_sync_when_its_message_arrives(void **state)
{
    struct rig *r = *state;
    uint64_t cons_at_message = 0;

    rig_cmdq(r);
    nap_set_trace(r->m, note_cons, &cons_at_message);
    rig_command(r, SYNC_IRQ, WORD);
    nap_set_trace(r->m, NULL, NULL);
    assert_int_equal(cons_at_message, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(a_queue_that_gets_its_first_entry_pulses_its_wire),
        rig_test(a_queue_that_has_entries_pulses_not_again),
        rig_test(an_event_before_the_enable_pulses_nothing),
        rig_test(an_enable_that_is_not_acknowledged_lets_nothing_out),
        rig_test(an_error_pulses_the_wire_of_errors),
        rig_test(an_aborted_message_about_an_error_is_told_by_no_interrupt),
        rig_test(a_sync_with_sig_irq_pulses_its_own_wire),
        rig_test(a_board_with_messages_alone_has_no_wires),
        rig_test(an_event_sends_the_message_that_its_registers_say),
        rig_test(address_0_sends_no_message),
        rig_test(a_message_to_memory_is_a_write_of_32_bits),
        rig_test(an_aborted_message_of_events_is_an_error),
        rig_test(an_aborted_message_of_errors_is_one_more_error),
        rig_test(an_aborted_message_of_a_sync_is_an_error_and_the_sync_is_done),
        rig_test(without_messages_a_sync_writes_nothing),
        rig_test(the_index_is_past_the_sync_when_its_message_arrives),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
