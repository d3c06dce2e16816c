/* SPDX-License-Identifier: MIT */
/* lib/smmuv3/cmdq.c: Arm IHI 0070, "Command queue", "Command errors", "SMMU_CMDQ_PROD". */
#include "rig.h"

/* --- consumption --- */

static void commands_are_consumed_as_prod_moves(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    rig_put(r, CMDQ, NSNH_ALL, 0);
    rig_put(r, CMDQ + 16, SYNC, 0);
    wr(r, CMDQ_PROD, 2);
    assert_int_equal(rd(r, CMDQ_CONS), 2);
    assert_int_equal(rd(r, GERROR), 0);
}

static void late_hardware_shows_the_old_index_for_a_while(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    rig_cmdq(r);
    rig_put(r, CMDQ, SYNC, 0);
    wr(r, CMDQ_PROD, 1);
    assert_int_equal(rig_poll(r, CMDQ_CONS, 1), 3);
}

static void hardware_that_never_looks_leaves_the_queue(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.faults = 1});
    rig_cmdq(r);
    rig_vary(r, SLEEPY, (uint32_t[]){NEVER}, 1);
    rig_put(r, CMDQ, SYNC, 0);
    wr(r, CMDQ_PROD, 1);
    assert_int_equal(rig_poll(r, CMDQ_CONS, 1), 10);
}

static void more_commands_join_those_that_wait(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    rig_cmdq(r);
    rig_put(r, CMDQ, SYNC, 0);
    wr(r, CMDQ_PROD, 1);
    (void)rd(r, CMDQ_CONS);
    rig_put(r, CMDQ + 16, SYNC, 0);
    wr(r, CMDQ_PROD, 2);
    assert_int_equal(rig_poll(r, CMDQ_CONS, 2), 2);
}

static void indexes_wrap(void **state)
{
    struct rig *r = *state;
    unsigned prod = 0;

    rig_cmdq(r);
    for (unsigned i = 0; i < 3 * SLOTS; i++) {
        prod = rig_push(r, prod, SYNC, 0);
        wr(r, CMDQ_PROD, prod);
        assert_int_equal(rd(r, CMDQ_CONS), prod);
    }
    assert_int_equal(prod, SLOTS);
}

static void a_full_queue_is_consumed_whole(void **state)
{
    struct rig *r = *state;

    rig_cmdq_at(r, CMDQ, 5);
    for (unsigned i = 0; i < SLOTS; i++)
        rig_put(r, CMDQ + i * 16, SYNC, 0);
    wr(r, CMDQ_PROD, 5 + SLOTS);
    assert_int_equal(rd(r, CMDQ_CONS), 5 + SLOTS);
}

static void nothing_is_consumed_while_the_queue_is_off(void **state)
{
    struct rig *r = *state;

    wr64(r, CMDQ_BASE, CMDQ | LOG2);
    wr(r, CMDQ_PROD, 0);
    wr(r, CMDQ_CONS, 0);
    rig_put(r, CMDQ, SYNC, 0);
    wr(r, CMDQ_PROD, 1);
    assert_int_equal(rd(r, CMDQ_CONS), 0);
    wr(r, CR0, CMDQEN);
    assert_int_equal(rd(r, CMDQ_CONS), 1);
}

static void a_disabled_queue_keeps_its_place(void **state)
{
    struct rig *r = *state;

    rig_cmdq_at(r, CMDQ, 3);
    wr(r, CR0, 0);
    rig_put(r, CMDQ + 48, SYNC, 0);
    wr(r, CMDQ_PROD, 4);
    assert_int_equal(rd(r, CMDQ_CONS), 3);
}

static void disabling_calls_off_what_was_not_begun(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    rig_cmdq(r);
    rig_put(r, CMDQ, SYNC, 0);
    wr(r, CMDQ_PROD, 1);
    wr(r, CR0, 0);
    rig_poll(r, CR0ACK, 0);
    assert_int_equal(rig_poll(r, CMDQ_CONS, 1), 10);
    wr(r, CR0, CMDQEN);
    rig_poll(r, CR0ACK, CMDQEN);
    assert_int_equal(rig_poll(r, CMDQ_CONS, 1), 3);
}

/* --- errors --- */

static void consumption_stops_at_the_first_illegal_command(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    rig_put(r, CMDQ, SYNC, 0);
    rig_put(r, CMDQ + 16, RESERVED, 0);
    rig_put(r, CMDQ + 32, SYNC_IRQ | UINT64_C(0xabcd) << 32, WORD);
    wr(r, CMDQ_PROD, 3);
    assert_int_equal(rd(r, CMDQ_CONS), 0x01000001); /* CERROR_ILL */
    assert_int_equal(rd(r, GERROR), CMDQ_ERR);
    assert_int_equal(rig_ram(r, WORD), 0);
}

static void consumption_goes_on_when_the_error_is_acknowledged(void **state)
{
    struct rig *r = *state;

    consumption_stops_at_the_first_illegal_command(state);
    rig_put(r, CMDQ + 16, SYNC, 0); /* is fetched again */
    wr(r, GERRORN, CMDQ_ERR);
    assert_int_equal(rd(r, CMDQ_CONS) & 0xfffff, 3);
    assert_int_equal(rig_ram(r, WORD), 0xabcd);
    assert_int_equal(rd(r, GERROR), CMDQ_ERR);
}

static void a_command_that_stays_illegal_fails_again(void **state)
{
    struct rig *r = *state;

    consumption_stops_at_the_first_illegal_command(state);
    wr(r, GERRORN, CMDQ_ERR);
    assert_int_equal(rd(r, GERROR), 0); /* toggled back: active again */
    assert_int_equal(rd(r, CMDQ_CONS), 0x01000001);
}

static void prod_may_go_back_while_an_error_is_active(void **state)
{
    struct rig *r = *state;

    consumption_stops_at_the_first_illegal_command(state);
    wr(r, CMDQ_PROD, 1);
    wr(r, GERRORN, CMDQ_ERR);
    assert_int_equal(rd(r, GERROR), CMDQ_ERR);
    rig_put(r, CMDQ + 16, SYNC, 0);
    wr(r, CMDQ_PROD, 2);
    assert_int_equal(rd(r, CMDQ_CONS) & 0xfffff, 2);
}

static void an_acknowledgement_of_a_disabled_queue_waits_for_its_enable(void **state)
{
    struct rig *r = *state;

    consumption_stops_at_the_first_illegal_command(state);
    wr(r, CR0, 0);
    rig_put(r, CMDQ + 16, SYNC, 0);
    wr(r, GERRORN, CMDQ_ERR);
    assert_int_equal(rd(r, CMDQ_CONS) & 0xfffff, 1);
    wr(r, CR0, CMDQEN);
    assert_int_equal(rd(r, CMDQ_CONS) & 0xfffff, 3);
}

static void a_fetch_from_nowhere_is_an_abort(void **state)
{
    struct rig *r = *state;

    rig_cmdq_at(r, NOWHERE, 0);
    wr(r, CMDQ_PROD, 1);
    assert_int_equal(rd(r, CMDQ_CONS), 0x02000000); /* CERROR_ABT */
    assert_int_equal(rd(r, GERROR), CMDQ_ERR);
}

static void an_error_is_late_when_the_commands_are(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    rig_cmdq(r);
    rig_put(r, CMDQ, RESERVED, 0);
    wr(r, CMDQ_PROD, 1);
    assert_int_equal(rd(r, GERROR), 0);
    assert_int_equal(rig_poll(r, CMDQ_CONS, 0x01000000), 3);
    assert_int_equal(rd(r, GERROR), CMDQ_ERR);
}

/* --- indexes that contradict each other --- */

static void prod_that_goes_back_stops_the_queue_until_it_is_disabled(void **state)
{
    struct rig *r = *state;

    rig_cmdq_at(r, CMDQ, 4);
    wr(r, CMDQ_PROD, 3);
    for (unsigned i = 0; i < SLOTS; i++)
        rig_put(r, CMDQ + i * 16, SYNC, 0);
    wr(r, CMDQ_PROD, 5);
    assert_int_equal(rd(r, CMDQ_CONS), 4);
    wr(r, CR0, 0);
    wr(r, CR0, CMDQEN);
    assert_int_equal(rd(r, CMDQ_CONS), 5);
}

static void or_what_lies_there_is_executed(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "S16", 1);
    rig_cmdq_at(r, CMDQ, 4);
    for (unsigned i = 0; i < SLOTS; i++)
        rig_put(r, CMDQ + i * 16, i == 6 ? RESERVED : SYNC, 0);
    wr(r, CMDQ_PROD, 3);
    assert_int_equal(rd(r, CMDQ_CONS), 0x01000006);
}

static void contradicting_indexes_at_the_enable_stop_it_too(void **state)
{
    struct rig *r = *state;

    wr64(r, CMDQ_BASE, CMDQ | LOG2);
    wr(r, CMDQ_PROD, 2);
    wr(r, CMDQ_CONS, 5);
    wr(r, CR0, CMDQEN);
    assert_int_equal(rd(r, CR0ACK), CMDQEN);
    assert_int_equal(rd(r, CMDQ_CONS), 5);
}

/* PROD may be written while an error is active; what stands there counts once it no longer is.
 */
static void contradicting_indexes_after_an_error_stop_it_too(void **state)
{
    struct rig *r = *state;

    consumption_stops_at_the_first_illegal_command(state);
    for (unsigned i = 0; i < SLOTS; i++)
        rig_put(r, CMDQ + i * 16, SYNC, 0);
    wr(r, CMDQ_PROD, 0); /* CONS is 1 */
    wr(r, GERRORN, CMDQ_ERR);
    assert_int_equal(rd(r, CMDQ_CONS) & 0xfffff, 1);
}

static void the_same_prod_again_is_no_violation(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    rig_put(r, CMDQ, SYNC, 0);
    wr(r, CMDQ_PROD, 1);
    wr(r, CMDQ_PROD, 1);
    rig_put(r, CMDQ + 16, SYNC, 0);
    wr(r, CMDQ_PROD, 2);
    assert_int_equal(rd(r, CMDQ_CONS), 2);
}

/* --- registers --- */

static void index_bits_above_the_wrap_read_0_in_cons(void **state)
{
    struct rig *r = *state;

    wr64(r, CMDQ_BASE, CMDQ | LOG2);
    wr(r, CMDQ_CONS, 0xfffff);
    assert_int_equal(rd(r, CMDQ_CONS), 0xf);
}

static void err_can_be_written_or_not(void **state)
{
    struct rig *r = *state;

    wr(r, CMDQ_CONS, 0x02000000);
    assert_int_equal(rd(r, CMDQ_CONS), 0x02000000);
    rig_switch(r, "S19", 1);
    wr(r, CMDQ_CONS, 0x02000000);
    assert_int_equal(rd(r, CMDQ_CONS), 0);
}

/* --- other ways to notice --- */

static void polling_the_word_of_a_sync_notices_it(void **state)
{
    struct rig *r = *state;
    unsigned n = 0;

    rig_lazy(r);
    rig_cmdq(r);
    rig_put(r, CMDQ, SYNC_IRQ | UINT64_C(0x1234) << 32, WORD);
    wr(r, CMDQ_PROD, 1);
    while (n < 10 && rig_load(r, WORD) != 0x1234)
        n++;
    assert_int_equal(n, 3);
    assert_int_equal(rd(r, CMDQ_CONS), 1);
}

static void polling_another_word_notices_nothing(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    rig_cmdq(r);
    rig_put(r, CMDQ, SYNC_IRQ | UINT64_C(0x1234) << 32, WORD);
    wr(r, CMDQ_PROD, 1);
    for (unsigned n = 0; n < 10; n++)
        (void)rig_load(r, WORD + 4);
    assert_int_equal(rd(r, CMDQ_CONS), 0);
}

/* Nobody looks through so many: any word counts, and nothing is missed. */
static void polling_behind_a_long_queue_notices_it(void **state)
{
    struct rig *r = *state;
    unsigned n = 0;

    wr64(r, CMDQ_BASE, (RAM + 0x800000) | 11);
    wr(r, CMDQ_PROD, 0);
    wr(r, CMDQ_CONS, 0);
    wr(r, CR0, CMDQEN);
    for (unsigned i = 0; i < 2000; i++)
        rig_put(r, RAM + 0x800000 + i * 16, NSNH_ALL, 0);
    rig_put(r, RAM + 0x800000 + 2000 * 16, SYNC_IRQ | UINT64_C(0x1234) << 32, WORD);
    nap_set_policy(r->m, NAP_POLICY_LAZY);
    wr(r, CMDQ_PROD, 2001);
    while (n < 10 && rig_load(r, WORD) != 0x1234)
        n++;
    assert_int_equal(n, 3);
}

static void power_takes_commands_that_were_late(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    rig_vary(r, SLEEPY, (uint32_t[]){LATE}, 1);
    rig_put(r, CMDQ, SYNC_IRQ | UINT64_C(0x1234) << 32, WORD);
    wr(r, CMDQ_PROD, 1);
    nap_power_off(r->m, 1);
    assert_int_equal(r->n_asked, 1);
    assert_int_equal(rig_ram(r, WORD), 0);
}

static void power_may_come_after_commands_that_were_quick(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    rig_vary(r, SLEEPY, NULL, 0);
    rig_put(r, CMDQ, SYNC_IRQ | UINT64_C(0x1234) << 32, WORD);
    wr(r, CMDQ_PROD, 1);
    nap_power_off(r->m, 1);
    assert_int_equal(rig_ram(r, WORD), 0x1234);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(commands_are_consumed_as_prod_moves),
        rig_test(late_hardware_shows_the_old_index_for_a_while),
        rig_test(hardware_that_never_looks_leaves_the_queue),
        rig_test(more_commands_join_those_that_wait),
        rig_test(indexes_wrap),
        rig_test(a_full_queue_is_consumed_whole),
        rig_test(nothing_is_consumed_while_the_queue_is_off),
        rig_test(a_disabled_queue_keeps_its_place),
        rig_test(disabling_calls_off_what_was_not_begun),
        rig_test(consumption_stops_at_the_first_illegal_command),
        rig_test(consumption_goes_on_when_the_error_is_acknowledged),
        rig_test(a_command_that_stays_illegal_fails_again),
        rig_test(prod_may_go_back_while_an_error_is_active),
        rig_test(an_acknowledgement_of_a_disabled_queue_waits_for_its_enable),
        rig_test(a_fetch_from_nowhere_is_an_abort),
        rig_test(an_error_is_late_when_the_commands_are),
        rig_test(prod_that_goes_back_stops_the_queue_until_it_is_disabled),
        rig_test(or_what_lies_there_is_executed),
        rig_test(contradicting_indexes_at_the_enable_stop_it_too),
        rig_test(contradicting_indexes_after_an_error_stop_it_too),
        rig_test(the_same_prod_again_is_no_violation),
        rig_test(index_bits_above_the_wrap_read_0_in_cons),
        rig_test(err_can_be_written_or_not),
        rig_test(polling_the_word_of_a_sync_notices_it),
        rig_test(polling_another_word_notices_nothing),
        rig_test(polling_behind_a_long_queue_notices_it),
        rig_test(power_takes_commands_that_were_late),
        rig_test(power_may_come_after_commands_that_were_quick),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
