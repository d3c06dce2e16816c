/* SPDX-License-Identifier: MIT */
/* lib/gic/its-queue.c: how commands are taken out of the queue. Arm IHI 0069, "The ITS command
 * interface", "GITS_CBASER", "GITS_CWRITER", "GITS_CREADR". */
#include "its_rig.h"

static void queue_of(struct rig *r, unsigned n)
{
    rig_bases(r);
    wr(r, CTLR, ENABLED);
    for (unsigned i = 0; i < n; i++)
        rig_write(r, MAPC_OP, 0, VALID | i, 0);
}

static void commands_are_processed_up_to_cwriter(void **state)
{
    struct rig *r = *state;

    queue_of(r, 3);
    assert_int_equal(rd64(r, CREADR), 0);
    rig_kick(r);
    assert_int_equal(rd64(r, CREADR), 0x60);
}

static void a_disabled_its_processes_nothing(void **state)
{
    struct rig *r = *state;

    rig_bases(r);
    rig_write(r, MAPC_OP, 0, VALID, 0);
    rig_kick(r);
    assert_int_equal(rd64(r, CREADR), 0);
    wr(r, CTLR, ENABLED);
    assert_int_equal(rd64(r, CREADR), 0x20);
}

static void a_queue_that_is_not_valid_is_not_read(void **state)
{
    struct rig *r = *state;

    rig_bases(r);
    wr64(r, CBASER, QUEUE);
    wr(r, CTLR, ENABLED);
    wr64(r, CWRITER, 0x20);
    assert_int_equal(rd64(r, CREADR), 0);
}

static void the_queue_wraps_at_its_size(void **state)
{
    struct rig *r = *state;

    queue_of(r, 127);
    rig_kick(r);
    assert_int_equal(rd64(r, CREADR), 0xfe0);
    mapc(r, 3, 1, true);
    assert_int_equal(rd64(r, CREADR), 0);
    mapc(r, 4, 1, true);
    assert_int_equal(rd64(r, CREADR), 0x20);
}

static void size_of_cbaser_is_pages_less_one(void **state)
{
    struct rig *r = *state;

    rig_bases(r);
    wr64(r, CBASER, VALID | QUEUE | 1);
    wr(r, CTLR, ENABLED);
    for (unsigned i = 0; i < 256; i++)
        rig_put(r, QUEUE + 32 * i, SYNC_OP);
    wr64(r, CWRITER, 0x1fe0);
    assert_int_equal(rd64(r, CREADR), 0x1fe0);
    wr64(r, CWRITER, 0x20);
    assert_int_equal(rd64(r, CREADR), 0x20);
}

static void a_write_of_cbaser_clears_creadr(void **state)
{
    struct rig *r = *state;

    queue_of(r, 3);
    rig_kick(r);
    wr(r, CTLR, 0);
    wr64(r, CBASER, VALID | QUEUE);
    assert_int_equal(rd64(r, CREADR), 0);
    assert_int_equal(rd64(r, CWRITER), 0x60);
}

/* What restoring CWRITER does: commands of before run again. */
static void commands_before_cwriter_run_again_after_cbaser(void **state)
{
    struct rig *r = *state;

    queue_of(r, 3);
    rig_kick(r);
    wr(r, CTLR, 0);
    wr64(r, CBASER, VALID | QUEUE);
    wr64(r, CWRITER, 0x60);
    wr(r, CTLR, ENABLED);
    assert_int_equal(rd64(r, CREADR), 0x60);
}

static void a_command_in_error_stalls_the_queue(void **state)
{
    struct rig *r = *state;

    queue_of(r, 1);
    rig_write(r, 0x77, 0, 0, 0);
    rig_write(r, MAPC_OP, 0, VALID | 2, 0);
    rig_kick(r);
    assert_int_equal(rd64(r, CREADR), 0x20 | STALLED);
}

static void retry_carries_the_command_out_again(void **state)
{
    struct rig *r = *state;

    queue_of(r, 1);
    rig_write(r, 0x77, 0, 0, 0);
    rig_write(r, MAPC_OP, 0, VALID | 2, 0);
    rig_kick(r);
    wr64(r, CWRITER, 0x60 | RETRY);
    assert_int_equal(rd64(r, CREADR), 0x20 | STALLED);
    rig_put(r, QUEUE + 0x20, SYNC_OP);
    wr64(r, CWRITER, 0x60 | RETRY);
    assert_int_equal(rd64(r, CREADR), 0x60);
    assert_int_equal(rd64(r, CWRITER), 0x60); /* Retry reads as 0 */
}

static void a_write_of_cwriter_without_retry_leaves_the_stall(void **state)
{
    struct rig *r = *state;

    queue_of(r, 0);
    rig_write(r, 0x77, 0, 0, 0);
    rig_kick(r);
    rig_put(r, QUEUE, SYNC_OP);
    wr64(r, CWRITER, 0x20);
    assert_int_equal(rd64(r, CREADR), STALLED);
}

static void retry_of_a_queue_that_runs_changes_nothing(void **state)
{
    struct rig *r = *state;

    queue_of(r, 2);
    wr64(r, CWRITER, 0x40 | RETRY);
    assert_int_equal(rd64(r, CREADR), 0x40);
}

static void a_command_in_error_may_be_ignored(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "I01", 0);
    queue_of(r, 0);
    rig_write(r, 0x77, 0, 0, 0);
    mapc(r, 2, 1, true);
    assert_int_equal(rd64(r, CREADR), 0x40);
    assert_int_not_equal(its_get(r->m, ITS, ITS_HELD, 2), 0);
}

static void a_queue_outside_of_ram_stalls(void **state)
{
    struct rig *r = *state;

    rig_bases(r);
    wr64(r, CBASER, VALID | NOWHERE);
    wr(r, CTLR, ENABLED);
    wr64(r, CWRITER, 0x20);
    assert_int_equal(rd64(r, CREADR), STALLED);
}

static void cwriter_beyond_the_queue_stops_it_until_a_good_value(void **state)
{
    struct rig *r = *state;

    queue_of(r, 2);
    wr64(r, CWRITER, 0x1020);
    assert_int_equal(rd64(r, CREADR), 0);
    wr64(r, CWRITER, 0x40);
    assert_int_equal(rd64(r, CREADR), 0x40);
}

static void cwriter_beyond_the_queue_may_wrap(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "I02", 1);
    queue_of(r, 2);
    wr64(r, CWRITER, 0x1020);
    assert_int_equal(rd64(r, CREADR), 0x20);
}

/* PA[15:12] are to be 0. */
static void low_bits_of_the_base_are_dropped_or_used(void **state)
{
    struct rig *r = *state;

    queue_of(r, 1);
    wr(r, CTLR, 0);
    wr64(r, CBASER, VALID | (QUEUE + 0x1000));
    wr(r, CTLR, ENABLED);
    wr64(r, CWRITER, 0x20);
    assert_int_equal(rd64(r, CREADR), 0x20); /* MAPC, at QUEUE */
    rig_switch(r, "I13", 1);
    queue_of(r, 1);
    wr(r, CTLR, 0);
    wr64(r, CBASER, VALID | (QUEUE + 0x1000));
    wr(r, CTLR, ENABLED);
    wr64(r, CWRITER, 0x20);
    assert_int_equal(rd64(r, CREADR), STALLED); /* nothing, at QUEUE + 0x1000 */
}

static void a_lazy_queue_shows_its_progress_late(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    queue_of(r, 2);
    rig_kick(r);
    assert_int_equal(rig_poll(r, CREADR, 0x40), 3);
}

/* Each of them is seen to be the last one so far. */
static void where_latency_is_varied_creadr_moves_by_one_command(void **state)
{
    struct rig *r = *state;

    rig_script(r, SLEEPY, 0, (const uint32_t[]){0});
    queue_of(r, 3);
    rig_kick(r);
    assert_int_equal(rd64(r, CREADR), 0x20);
    assert_int_equal(rd64(r, CREADR), 0x40);
    assert_int_equal(rd64(r, CREADR), 0x60);
    assert_int_equal(r->n_asked, 3);
}

static void a_command_that_is_late_does_not_run_once_the_its_is_disabled(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    queue_of(r, 2);
    rig_kick(r);
    wr(r, CTLR, 0);
    assert_true(rig_poll(r, CTLR, QUIESCENT) < 100);
    assert_int_equal(rd64(r, CREADR), 0);
    assert_int_equal(its_get(r->m, ITS, ITS_HELD, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(commands_are_processed_up_to_cwriter),
        RIG_TEST(a_disabled_its_processes_nothing),
        RIG_TEST(a_queue_that_is_not_valid_is_not_read),
        RIG_TEST(the_queue_wraps_at_its_size),
        RIG_TEST(size_of_cbaser_is_pages_less_one),
        RIG_TEST(a_write_of_cbaser_clears_creadr),
        RIG_TEST(commands_before_cwriter_run_again_after_cbaser),
        RIG_TEST(a_command_in_error_stalls_the_queue),
        RIG_TEST(retry_carries_the_command_out_again),
        RIG_TEST(a_write_of_cwriter_without_retry_leaves_the_stall),
        RIG_TEST(retry_of_a_queue_that_runs_changes_nothing),
        RIG_TEST(a_command_in_error_may_be_ignored),
        RIG_TEST(a_queue_outside_of_ram_stalls),
        RIG_TEST(cwriter_beyond_the_queue_stops_it_until_a_good_value),
        RIG_TEST(cwriter_beyond_the_queue_may_wrap),
        RIG_TEST(low_bits_of_the_base_are_dropped_or_used),
        RIG_TEST(a_lazy_queue_shows_its_progress_late),
        RIG_TEST(where_latency_is_varied_creadr_moves_by_one_command),
        RIG_TEST(a_command_that_is_late_does_not_run_once_the_its_is_disabled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
