/* SPDX-License-Identifier: MIT */
/* lib/gic/its-command.c: what commands do, and which of them are in error. Arm IHI 0069, "ITS
 * commands". */
#include "its_rig.h"

/* The queue stands at the command that was written last, or not. */
static void assert_refused(struct rig *r)
{
    uint64_t at = (r->next - 32) % 0x1000;

    assert_int_equal(rd64(r, CREADR), at | STALLED);
    rig_put(r, QUEUE + at, SYNC_OP); /* it is made harmless, and the queue goes on */
    rig_put(r, QUEUE + at + 16, 0);
    wr64(r, CWRITER, r->next | RETRY);
    assert_int_equal(rd64(r, CREADR), r->next);
}

static void assert_taken(struct rig *r)
{
    assert_int_equal(rd64(r, CREADR), r->next);
}

static void an_event_becomes_the_lpi_it_is_mapped_to(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    message(r, 5, 1);
    assert_true(rig_pending(r, 0, 8193));
    assert_false(rig_pending(r, 0, 8192));
    assert_false(rig_pending(r, 1, 8193));
    assert_int_equal(rig_best(r, 0), 8193);
}

static void mapi_takes_the_event_id_as_intid(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    mapd(r, 6, 14, ITT + 0x100000, true);
    on_event(r, MAPI_OP, 6, 8300, 1);
    message(r, 6, 8300);
    assert_true(rig_pending(r, 1, 8300));
    on_event(r, MAPI_OP, 6, 100, 1); /* no LPI */
    assert_refused(r);
}

static void int_raises_the_interrupt_as_a_message_does(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    on_event(r, INT_OP, 5, 0, 0);
    assert_true(rig_pending(r, 0, 8192));
}

static void clear_takes_the_pending_state_away(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    message(r, 5, 0);
    on_event(r, CLEAR_OP, 5, 0, 0);
    assert_false(rig_pending(r, 0, 8192));
    message(r, 5, 0); /* still mapped */
    assert_true(rig_pending(r, 0, 8192));
}

static void discard_clears_and_unmaps(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    message(r, 5, 0);
    on_event(r, DISCARD_OP, 5, 0, 0);
    assert_false(rig_pending(r, 0, 8192));
    message(r, 5, 0);
    assert_false(rig_pending(r, 0, 8192));
    on_event(r, DISCARD_OP, 5, 0, 0);
    assert_refused(r);
}

static void movi_moves_the_event_and_what_is_pending(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    message(r, 5, 0);
    on_event(r, MOVI_OP, 5, 0, 1);
    assert_false(rig_pending(r, 0, 8192));
    assert_true(rig_pending(r, 1, 8192));
    on_event(r, CLEAR_OP, 5, 0, 0);
    message(r, 5, 0);
    assert_true(rig_pending(r, 1, 8192));
}

static void movall_moves_all_that_is_pending(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    message(r, 5, 0);
    message(r, 5, 1);
    rig_command(r, MOVALL_OP, 0, 0, UINT64_C(1) << 16);
    assert_false(rig_pending(r, 0, 8192));
    assert_false(rig_pending(r, 0, 8193));
    assert_true(rig_pending(r, 1, 8192));
    assert_true(rig_pending(r, 1, 8193));
    message(r, 5, 0); /* the collection stays where it is */
    assert_true(rig_pending(r, 0, 8192));
}

static void movall_to_the_same_redistributor_changes_nothing(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    message(r, 5, 0);
    rig_command(r, MOVALL_OP, 0, 0, 0);
    assert_true(rig_pending(r, 0, 8192));
}

static void inv_makes_a_new_configuration_known(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    message(r, 5, 0);
    rig_config(r, 8192, 0xa2);
    assert_int_equal(rig_best(r, 0), 8192); /* by what it holds */
    on_event(r, INV_OP, 5, 0, 0);
    assert_int_equal(rig_best(r, 0), 0);
}

/* "INVALL" is about one collection, be it of the same redistributor; "MOVI" and "MAPTI" say of
 * which an LPI is. */
static void invall_leaves_other_collections_alone(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    mapc(r, 2, 0, true);
    message(r, 5, 0);
    rig_config(r, 8192, 0xa2);
    rig_command(r, INVALL_OP, 0, 2, 0);
    assert_int_equal(rig_best(r, 0), 8192);
    on_event(r, MOVI_OP, 5, 0, 2);
    rig_command(r, INVALL_OP, 0, 0, 0);
    assert_int_equal(rig_best(r, 0), 8192);
    rig_command(r, INVALL_OP, 0, 2, 0);
    assert_int_equal(rig_best(r, 0), 0);
    message(r, 5, 1);
    rig_config(r, 8193, 0xa2);
    mapti(r, 5, 1, 8193, 2);
    rig_command(r, INVALL_OP, 0, 0, 0);
    assert_int_equal(rig_best(r, 0), 8193);
    rig_command(r, INVALL_OP, 0, 2, 0);
    assert_int_equal(rig_best(r, 0), 0);
}

/* A collection that has gone to another redistributor leaves copies where it was. */
static void invall_is_for_all_redistributors(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    message(r, 5, 0);
    rig_config(r, 8192, 0xa2);
    mapc(r, 0, 1, true);
    rig_command(r, INVALL_OP, 0, 0, 0);
    assert_int_equal(rig_best(r, 0), 0);
}

/* MOVALL does not change what collection they are of. */
static void invall_reaches_what_has_been_moved(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    message(r, 5, 0);
    rig_command(r, MOVALL_OP, 0, 0, UINT64_C(1) << 16);
    assert_int_equal(rig_best(r, 1), 8192);
    rig_config(r, 8192, 0xa2);
    rig_command(r, INVALL_OP, 0, 1, 0);
    assert_int_equal(rig_best(r, 1), 8192);
    rig_command(r, INVALL_OP, 0, 0, 0);
    assert_int_equal(rig_best(r, 1), 0);
}

/* GICR_SETLPIR says nothing of a collection; a message does, of what is pending already. */
static void invall_reaches_what_nobody_knows_the_collection_of(void **state)
{
    struct rig *r = *state;

    for (unsigned told = 0; told < 2; told++) {
        rig_again(r, &(struct rig_options){0});
        rig_up(r);
        gicr_wr64(r, 0, GICR_SETLPIR, 8192);
        assert_int_equal(rig_best(r, 0), 8192);
        if (told)
            message(r, 5, 0);
        rig_config(r, 8192, 0xa2);
        rig_command(r, INVALL_OP, 0, 1, 0);
        assert_int_equal(rig_best(r, 0), told ? 8192 : 0);
    }
}

static void invall_makes_those_of_a_redistributor_known(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    message(r, 5, 0);
    message(r, 5, 1);
    rig_config(r, 8192, 0xa2);
    rig_config(r, 8193, 0xa2);
    rig_command(r, INVALL_OP, 0, 1, 0); /* the collection of the other one */
    assert_int_equal(rig_best(r, 0), 8192);
    rig_command(r, INVALL_OP, 0, 0, 0);
    assert_int_equal(rig_best(r, 0), 0);
}

/* "MAPD": pending LPIs of the device stay (I11). */
static void an_unmapped_device_sends_no_more(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    message(r, 5, 0);
    mapd(r, 5, 5, ITT, false);
    assert_true(rig_pending(r, 0, 8192));
    message(r, 5, 1);
    assert_false(rig_pending(r, 0, 8193));
    on_event(r, INT_OP, 5, 1, 0);
    assert_refused(r);
}

static void a_device_mapped_anew_has_the_events_of_its_new_itt(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    mapd(r, 5, 5, ITT + 0x1000, true);
    message(r, 5, 0);
    assert_false(rig_pending(r, 0, 8192));
    mapti(r, 5, 0, 8200, 0);
    message(r, 5, 0);
    assert_true(rig_pending(r, 0, 8200));
}

static void an_unmapped_collection_takes_nothing(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    mapc(r, 0, 0, false);
    message(r, 5, 0);
    assert_false(rig_pending(r, 0, 8192));
    on_event(r, INT_OP, 5, 0, 0);
    assert_refused(r);
    mapc(r, 0, 1, true);
    message(r, 5, 0);
    assert_true(rig_pending(r, 1, 8192));
}

/* I16: what is pending when an event is mapped to it. */
static void a_mapping_made_anew_may_clear_what_is_pending(void **state)
{
    struct rig *r = *state;

    for (uint32_t i16 = 0; i16 < 2; i16++) {
        rig_switch(r, "I16", i16);
        rig_up(r);
        message(r, 5, 0);
        mapti(r, 5, 0, 8192, 0);
        assert_int_equal(rig_pending(r, 0, 8192), i16 == 0);
        mapti(r, 5, 0, 8192, 7); /* a collection that goes nowhere */
        assert_taken(r);
    }
}

/* --- ranges; the preset has 16 bits of DeviceID, EventID and ICID --- */

static void device_ids_have_devbits(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    mapd(r, 0x10000, 5, ITT, true);
    assert_refused(r);
    mapd(r, 0x1ff, 5, ITT + 0x1000, true); /* the last of a page of 8-byte entries */
    assert_taken(r);
    mapd(r, 0x200, 5, ITT + 0x1000, true); /* beyond the table */
    assert_refused(r);
    on_event(r, INT_OP, 0x10005, 0, 0);
    assert_refused(r);
}

static void an_itt_has_id_bits_at_most(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    mapd(r, 6, 17, ITT + 0x1000, true);
    assert_refused(r);
    mapd(r, 6, 16, ITT + 0x1000, true);
    assert_taken(r);
    mapd(r, 6, 17, 0, false); /* of one that is unmapped it does not count */
    assert_taken(r);
}

static void event_ids_have_the_size_of_mapd(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    mapti(r, 5, 31, 8200, 0);
    assert_taken(r);
    mapti(r, 5, 32, 8201, 0);
    assert_refused(r);
    on_event(r, INT_OP, 5, 32, 0);
    assert_refused(r);
}

static void intids_are_lpis(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    mapti(r, 5, 2, 8191, 0);
    assert_refused(r);
    mapti(r, 5, 2, 0x10000, 0);
    assert_refused(r);
    mapti(r, 5, 2, 0xffff, 0);
    assert_taken(r);
}

/* 16 are held in the ITS, as many as a page has entries of 8 bytes stand in memory. */
static void collections_have_a_place(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    mapc(r, 0x1ff, 0, true);
    assert_taken(r);
    mapc(r, 0x200, 0, true);
    assert_refused(r);
    rig_command(r, INVALL_OP, 0, 0x200, 0);
    assert_refused(r);
    rig_command(r, INVALL_OP, 0, 7, 0); /* it has a place, and no mapping */
    assert_refused(r);
}

/* As "MAPTI" and "MAPI" say of an ICID out of range; the event keeps the mapping it has. */
static void an_event_is_mapped_to_a_collection_that_has_a_place(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    mapti(r, 5, 0, 8200, 0x200);
    assert_refused(r);
    message(r, 5, 0);
    assert_true(rig_pending(r, 0, 8192));
    mapti(r, 5, 0, 8200, 0x1ff); /* it has a place, and no mapping yet */
    assert_taken(r);
}

static void cil_limits_the_bits_of_an_icid(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.id = "GITS_TYPER", .id_value = 0x130001ef71});
    rig_up(r);
    mapc(r, 15, 0, true);
    assert_taken(r);
    mapc(r, 16, 0, true);
    assert_refused(r);
}

static void targets_are_redistributors(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    mapc(r, 2, 2, true);
    assert_refused(r);
    mapc(r, 2, 2, false);
    assert_taken(r);
    sync_to(r, 2);
    assert_refused(r);
    rig_command(r, MOVALL_OP, 0, 0, UINT64_C(2) << 16);
    assert_refused(r);
    rig_command(r, MOVALL_OP, 0, UINT64_C(2) << 16, 0);
    assert_refused(r);
}

static void with_pta_a_target_is_an_address(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.id = "GITS_TYPER", .id_value = 0x1009ef71});
    rig_up(r); /* its MAPC with numbers are refused: the queue stands at the first one */
    assert_int_equal(rd64(r, CREADR), STALLED);
    rig_put(r, QUEUE + 16, VALID | (GICR_BASE + 0x40000)); /* collection 0 */
    rig_put(r, QUEUE + 32, SYNC_OP);
    rig_put(r, QUEUE + 32 + 16, GICR_BASE);
    rig_put(r, QUEUE + 5 * 32 + 16, GICR_BASE);
    rig_put(r, QUEUE + 6 * 32 + 16, GICR_BASE);
    wr64(r, CWRITER, r->next | RETRY);
    assert_taken(r);
    message(r, 5, 0);
    assert_true(rig_pending(r, 1, 8192));
}

static void unmapped_things_are_in_error(void **state)
{
    static const uint64_t ops[] = {MOVI_OP, INT_OP, CLEAR_OP, INV_OP, DISCARD_OP};
    struct rig *r = *state;

    rig_up(r);
    for (unsigned i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        on_event(r, ops[i], 6, 0, 0); /* the device */
        assert_refused(r);
        on_event(r, ops[i], 5, 2, 0); /* the event */
        assert_refused(r);
    }
    mapti(r, 6, 0, 8200, 0);
    assert_refused(r);
    on_event(r, MOVI_OP, 5, 0, 7); /* the collection it is to go to */
    assert_refused(r);
    message(r, 5, 0);
    assert_true(rig_pending(r, 0, 8192));
}

/* An ITS without virtual LPIs does not have those of GICv4. */
static void other_opcodes_are_in_error(void **state)
{
    static const uint8_t ops[] = {0x00, 0x02, 0x06, 0x07, 0x10, 0x21, 0x22, 0x23,
                                  0x25, 0x29, 0x2a, 0x2b, 0x2d, 0x2e, 0xff};
    struct rig *r = *state;

    rig_up(r);
    for (unsigned i = 0; i < sizeof ops; i++) {
        rig_command(r, ops[i], 0, 0, 0);
        assert_refused(r);
    }
}

/* I01 used: bad data wrap into their range. */
static void bad_data_may_be_used(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "I01", 2);
    rig_up(r);
    on_event(r, INT_OP, 0x10005, 32, 0);
    assert_taken(r);
    assert_true(rig_pending(r, 0, 8192));
    mapd(r, 7, 20, ITT + 0x200000, true);
    assert_taken(r);
    mapti(r, 7, 0xffff, 8205, 0);
    assert_taken(r);
    message(r, 7, 0xffff);
    assert_true(rig_pending(r, 0, 8205));
    mapc(r, 0x3, 9, true); /* there is nothing to make of that */
    assert_taken(r);
    assert_int_equal(its_get(r->m, ITS, ITS_HELD, 3), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(an_event_becomes_the_lpi_it_is_mapped_to),
        RIG_TEST(mapi_takes_the_event_id_as_intid),
        RIG_TEST(int_raises_the_interrupt_as_a_message_does),
        RIG_TEST(clear_takes_the_pending_state_away),
        RIG_TEST(discard_clears_and_unmaps),
        RIG_TEST(movi_moves_the_event_and_what_is_pending),
        RIG_TEST(movall_moves_all_that_is_pending),
        RIG_TEST(movall_to_the_same_redistributor_changes_nothing),
        RIG_TEST(inv_makes_a_new_configuration_known),
        RIG_TEST(invall_leaves_other_collections_alone),
        RIG_TEST(invall_is_for_all_redistributors),
        RIG_TEST(invall_reaches_what_has_been_moved),
        RIG_TEST(invall_reaches_what_nobody_knows_the_collection_of),
        RIG_TEST(invall_makes_those_of_a_redistributor_known),
        RIG_TEST(an_unmapped_device_sends_no_more),
        RIG_TEST(a_device_mapped_anew_has_the_events_of_its_new_itt),
        RIG_TEST(an_unmapped_collection_takes_nothing),
        RIG_TEST(a_mapping_made_anew_may_clear_what_is_pending),
        RIG_TEST(device_ids_have_devbits),
        RIG_TEST(an_itt_has_id_bits_at_most),
        RIG_TEST(event_ids_have_the_size_of_mapd),
        RIG_TEST(intids_are_lpis),
        RIG_TEST(collections_have_a_place),
        RIG_TEST(an_event_is_mapped_to_a_collection_that_has_a_place),
        RIG_TEST(cil_limits_the_bits_of_an_icid),
        RIG_TEST(targets_are_redistributors),
        RIG_TEST(with_pta_a_target_is_an_address),
        RIG_TEST(unmapped_things_are_in_error),
        RIG_TEST(other_opcodes_are_in_error),
        RIG_TEST(bad_data_may_be_used),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
