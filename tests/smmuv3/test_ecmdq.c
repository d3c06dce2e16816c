/* SPDX-License-Identifier: MIT */
/* lib/smmuv3/ecmdq.c: Arm IHI 0070, "Enhanced Command queue interfaces", "SMMU_ECMDQ_PRODn",
 * "SMMU_ECMDQ_CONSn". */
#include "rig.h"

#define QUEUE(n) (ECMDQ0 + 0x1000 * (n))

static void enable(struct rig *r, unsigned n)
{
    wr64(r, ECMDQ_BASE(n), QUEUE(n) | LOG2);
    wr(r, ECMDQ_PROD(n), 0);
    wr(r, ECMDQ_CONS(n), 0);
    wr(r, ECMDQ_PROD(n), EN);
}

static void put(struct rig *r, unsigned n, unsigned at, uint64_t low, uint64_t high)
{
    rig_put(r, QUEUE(n) + at * 16, low, high);
}

static void an_enable_is_acknowledged(void **state)
{
    struct rig *r = *state;

    enable(r, 0);
    assert_int_equal(rd(r, ECMDQ_CONS(0)), EN);
    rig_lazy(r);
    enable(r, 1);
    assert_int_equal(rig_poll(r, ECMDQ_CONS(1), EN), 3);
}

static void an_enable_that_is_never_acknowledged_shows_so(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.faults = 1});
    rig_vary(r, SLEEPY, (uint32_t[]){NEVER}, 1);
    enable(r, 0);
    assert_int_equal(rig_poll(r, ECMDQ_CONS(0), EN), 10);
}

static void commands_are_consumed_from_any_of_the_queues(void **state)
{
    struct rig *r = *state;

    enable(r, 0);
    enable(r, 15);
    put(r, 15, 0, SYNC_IRQ | UINT64_C(9) << 32, WORD);
    wr(r, ECMDQ_PROD(15), EN | 1);
    assert_int_equal(rd(r, ECMDQ_CONS(15)), EN | 1);
    assert_int_equal(rd(r, ECMDQ_CONS(0)), EN);
    assert_int_equal(rig_ram(r, WORD), 9);
}

static void smmuen_and_cmdqen_have_nothing_to_do_with_it(void **state)
{
    struct rig *r = *state;

    assert_int_equal(rd(r, CR0ACK), 0);
    commands_are_consumed_from_any_of_the_queues(state);
}

static void prod_is_read_only_while_the_enable_changes(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    enable(r, 0);
    wr(r, ECMDQ_PROD(0), EN | 1);
    assert_int_equal(rd(r, ECMDQ_PROD(0)), EN);
    wr(r, ECMDQ_PROD(0), 0);
    assert_int_equal(rd(r, ECMDQ_PROD(0)), EN);
    rig_poll(r, ECMDQ_CONS(0), EN);
    wr(r, ECMDQ_PROD(0), EN | 1);
    assert_int_equal(rd(r, ECMDQ_PROD(0)), EN | 1);
}

static void base_and_cons_are_read_only_while_it_is_on(void **state)
{
    struct rig *r = *state;

    enable(r, 0);
    wr64(r, ECMDQ_BASE(0), 0);
    wr(r, ECMDQ_CONS(0), 7);
    assert_int_equal(rd(r, ECMDQ_BASE(0)), QUEUE(0) | LOG2);
    assert_int_equal(rd(r, ECMDQ_CONS(0)), EN);
    wr(r, ECMDQ_PROD(0), 0);
    wr64(r, ECMDQ_BASE(0), QUEUE(1) | LOG2);
    wr(r, ECMDQ_CONS(0), EN | 7); /* ENACK is not software's */
    assert_int_equal(rd(r, ECMDQ_BASE(0)), QUEUE(1) | LOG2);
    assert_int_equal(rd(r, ECMDQ_CONS(0)), 7);
}

static void an_error_halts_its_queue_alone(void **state)
{
    struct rig *r = *state;

    enable(r, 0);
    enable(r, 1);
    put(r, 0, 0, RESERVED, 0);
    put(r, 0, 1, SYNC, 0);
    put(r, 1, 0, SYNC, 0);
    wr(r, ECMDQ_PROD(0), EN | 2);
    assert_int_equal(rd(r, ECMDQ_CONS(0)),
                     EN | ERR | 0x01000000); /* ERR_REASON is CERROR_ILL */
    assert_int_equal(rd(r, GERROR), CMDQP_ERR);
    wr(r, ECMDQ_PROD(1), EN | 1);
    assert_int_equal(rd(r, ECMDQ_CONS(1)), EN | 1);
}

static void it_goes_on_when_errack_says_so(void **state)
{
    struct rig *r = *state;

    an_error_halts_its_queue_alone(state);
    put(r, 0, 0, SYNC, 0);
    wr(r, GERRORN, CMDQP_ERR); /* informational */
    assert_int_equal(rd(r, ECMDQ_CONS(0)) & 0xfffff, 0);
    wr(r, ECMDQ_PROD(0), EN | ERR | 2);
    assert_int_equal(rd(r, ECMDQ_CONS(0)) & (EN | ERR | 0xfffff), EN | ERR | 2);
}

static void an_error_of_the_command_queue_does_not_halt_them(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    rig_put(r, CMDQ, RESERVED, 0);
    wr(r, CMDQ_PROD, 1);
    assert_int_equal(rd(r, GERROR), CMDQ_ERR);
    enable(r, 0);
    put(r, 0, 0, SYNC, 0);
    wr(r, ECMDQ_PROD(0), EN | 1);
    assert_int_equal(rd(r, ECMDQ_CONS(0)), EN | 1);
}

/* "the abort is reported in SMMU_GERROR.MSI_CMDQ_ABT_ERR in the same manner as for a CMD_SYNC
 * issued through the SMMU_CMDQ_* interface". */
static void an_aborted_message_of_its_sync_is_an_error_of_all(void **state)
{
    struct rig *r = *state;

    enable(r, 3);
    put(r, 3, 0, SYNC_IRQ, NOWHERE);
    wr(r, ECMDQ_PROD(3), EN | 1);
    assert_int_equal(rd(r, ECMDQ_CONS(3)), EN | 1);
    assert_int_equal(rd(r, GERROR), MSI_CMDQ_ABT);
}

static void an_enable_with_an_error_that_is_not_acknowledged_halts(void **state)
{
    struct rig *r = *state;

    wr64(r, ECMDQ_BASE(0), QUEUE(0) | LOG2);
    wr(r, ECMDQ_CONS(0), ERR);
    put(r, 0, 0, SYNC, 0);
    wr(r, ECMDQ_PROD(0), EN);
    assert_int_equal(rd(r, ECMDQ_CONS(0)), EN | ERR);
    wr(r, ECMDQ_PROD(0), EN | 1);
    assert_int_equal(rd(r, ECMDQ_CONS(0)), EN | ERR);
}

static void or_its_commands_are_consumed(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "S27", 1);
    wr64(r, ECMDQ_BASE(0), QUEUE(0) | LOG2);
    wr(r, ECMDQ_CONS(0), ERR);
    put(r, 0, 0, SYNC, 0);
    wr(r, ECMDQ_PROD(0), EN);
    wr(r, ECMDQ_PROD(0), EN | 1);
    assert_int_equal(rd(r, ECMDQ_CONS(0)), EN | ERR | 1);
}

static void a_disable_stops_it_at_a_whole_command(void **state)
{
    struct rig *r = *state;

    enable(r, 0);
    put(r, 0, 0, SYNC, 0);
    wr(r, ECMDQ_PROD(0), EN | 1);
    wr(r, ECMDQ_PROD(0), 1);
    assert_int_equal(rd(r, ECMDQ_CONS(0)), 1);
    put(r, 0, 1, SYNC, 0);
    wr(r, ECMDQ_PROD(0), 2);
    assert_int_equal(rd(r, ECMDQ_CONS(0)), 1);
}

static void indexes_wrap(void **state)
{
    struct rig *r = *state;

    enable(r, 2);
    for (unsigned i = 0; i < SLOTS; i++)
        put(r, 2, i, SYNC, 0);
    for (unsigned i = 1; i <= 3 * SLOTS; i++) {
        wr(r, ECMDQ_PROD(2), EN | i % (2 * SLOTS));
        assert_int_equal(rd(r, ECMDQ_CONS(2)), EN | i % (2 * SLOTS));
    }
}

static void index_bits_above_the_wrap_read_0_in_cons(void **state)
{
    struct rig *r = *state;

    wr64(r, ECMDQ_BASE(3), QUEUE(3) | LOG2);
    wr(r, ECMDQ_CONS(3), ERR | 0xffff5);
    assert_int_equal(rd(r, ECMDQ_CONS(3)), ERR | 5);
}

static void there_are_none_without_the_feature(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.preset = "v3.2"});
    enable(r, 0);
    assert_int_equal(rd(r, ECMDQ_PROD(0)), 0);
    assert_int_equal(rd(r, ECMDQ_CONS(0)), 0);
    assert_int_equal(rd(r, 0x4000), 0); /* CMDQ_CONTROL_PAGE_BASE0 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(an_enable_is_acknowledged),
        rig_test(an_enable_that_is_never_acknowledged_shows_so),
        rig_test(commands_are_consumed_from_any_of_the_queues),
        rig_test(smmuen_and_cmdqen_have_nothing_to_do_with_it),
        rig_test(prod_is_read_only_while_the_enable_changes),
        rig_test(base_and_cons_are_read_only_while_it_is_on),
        rig_test(an_error_halts_its_queue_alone),
        rig_test(it_goes_on_when_errack_says_so),
        rig_test(an_error_of_the_command_queue_does_not_halt_them),
        rig_test(an_aborted_message_of_its_sync_is_an_error_of_all),
        rig_test(an_enable_with_an_error_that_is_not_acknowledged_halts),
        rig_test(or_its_commands_are_consumed),
        rig_test(a_disable_stops_it_at_a_whole_command),
        rig_test(indexes_wrap),
        rig_test(index_bits_above_the_wrap_read_0_in_cons),
        rig_test(there_are_none_without_the_feature),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
