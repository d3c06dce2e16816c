/* SPDX-License-Identifier: MIT */
/* lib/core/irq.c: edges and interrupt messages, pending until they are taken. */
#include "../rig.h"

#define DOORBELL UINT64_C(0x30000040)

/* An odd machine whose devices name two of their outputs and whose controller takes messages.
 */
static struct nap_machine *ringing(void)
{
    static const char *const outputs[] = {"eventq", "gerror", NULL};
    static const struct nap_block *blocks[2];
    static struct nap_block block;
    static struct nap_soc soc;

    block = odd_block;
    block.outputs = outputs;
    blocks[0] = &block;
    soc = odd_soc;
    soc.msi = DOORBELL;
    return odd_machine_as(
        &(struct nap_machine_config){.soc = &soc, .blocks = blocks, .slot = 0});
}

static int ringing_setup(void **state)
{
    *state = ringing();
    return 0;
}

#define RINGING_TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, ringing_setup, machine_teardown)

/* --- edges --- */

static void an_edge_is_pending_until_it_is_taken(void **state)
{
    struct nap_machine *m = *state;

    assert_int_equal(nap_edges(m, DEV_B), 0);
    nap_edge(m, DEV_B, 1);
    nap_edge(m, DEV_B, 7);
    assert_int_equal(nap_edges(m, DEV_B), 0x82);
    assert_int_equal(nap_edges(m, DEV_A), 0);
    assert_true(nap_edge_pending(m, DEV_B, 7));
    assert_false(nap_edge_pending(m, DEV_B, 0));
    nap_edge_take(m, DEV_B, 7);
    assert_int_equal(nap_edges(m, DEV_B), 0x02);
}

static void an_edge_that_is_pending_stays_one(void **state)
{
    struct nap_machine *m = *state;

    nap_edge(m, DEV_A, 0);
    nap_edge(m, DEV_A, 0);
    nap_edge_take(m, DEV_A, 0);
    assert_int_equal(nap_edges(m, DEV_A), 0);
}

static void an_edge_outlives_the_power_of_its_device(void **state)
{
    struct nap_machine *m = *state;

    nap_edge(m, DEV_B, 1);
    nap_wire_set(m, DEV_B, true);
    off_and_on(m, BIT(DOMAIN_MID));
    assert_true(nap_edge_pending(m, DEV_B, 1));
    assert_false(nap_wire(m, DEV_B));
}

static void outputs_have_the_names_of_their_block(void **state)
{
    struct nap_machine *m = *state;
    struct nap_machine *plain = odd_machine_as(&(struct nap_machine_config){.slot = 1});

    assert_string_equal(nap_output_name(m, DEV_A, 0), "eventq");
    assert_string_equal(nap_output_name(m, DEV_A, 1), "gerror");
    assert_null(nap_output_name(m, DEV_A, 2));
    assert_null(nap_output_name(m, DEV_A, 7));
    assert_null(nap_output_name(plain, DEV_A, 0));
    nap_machine_destroy(plain);
}

static void an_edge_is_a_step_of_its_device(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;

    record(m, &r);
    nap_edge(m, DEV_A, 1);
    nap_edge(m, DEV_C, 4);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.list[0].kind, NAP_STEP_IRQ);
    assert_int_equal(r.list[0].device, DEV_A);
    assert_int_equal(r.list[0].now, 1);
    assert_string_equal(r.text[0], "    1 irq        a gerror");
    assert_string_equal(r.text[1], "    2 irq        c output 4");
}

static void done_with_an_edge(struct nap_machine *m, unsigned device, unsigned slot,
                              uint64_t mask)
{
    (void)slot;
    nap_edge(m, device, mask == MIX_A);
}

static void assert_kinds(const struct recorder *r, const enum nap_step_kind *kinds, unsigned n)
{
    assert_int_equal(r->n, n);
    for (unsigned i = 0; i < n; i++)
        assert_int_equal(r->list[i].kind, kinds[i]);
}

/* First what is done by the write that starts it, then what a read finds. */
static void an_edge_that_work_raises_is_shown_after_the_work(void **state)
{
    static const enum nap_step_kind by_write[] = {NAP_STEP_WRITE, NAP_STEP_WORK, NAP_STEP_IRQ};
    static const enum nap_step_kind by_read[] = {NAP_STEP_WRITE, NAP_STEP_WORK, NAP_STEP_IRQ,
                                                 NAP_STEP_WORK,  NAP_STEP_IRQ,  NAP_STEP_READ};
    struct nap_machine *m = *state;
    struct nap_block block = *m->devices[DEV_A].kind->block;
    struct script s = {.n_asked = 0};
    struct recorder r;

    block.work_done = done_with_an_edge;
    m->kinds[m->devices[DEV_A].kind - m->kinds].block = &block;
    record(m, &r);
    wr(m, BASE_A + 0x10, MIX_A);
    assert_kinds(&r, by_write, COUNT_OF(by_write));
    assert_true(nap_edge_pending(m, DEV_A, 1));
    choose_by(m, &s, NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY));
    record(m, &r);
    wr(m, BASE_A + 0x10, MIX_A);
    r.n = 1;
    wr(m, BASE_A + 0x10, MIX_B);
    r.n = 1;
    (void)rd(m, BASE_A + 0x10);
    assert_kinds(&r, by_read, COUNT_OF(by_read));
    stop_recording(m);
}

static void pending_edges_are_part_of_the_state(void **state)
{
    struct nap_machine *m = *state;
    struct nap_hash128 before = nap_state_key(m);
    unsigned mark = nap_mark(m);

    nap_edge(m, DEV_A, 1);
    assert_false(hash_equal(nap_state_key(m), before));
    assert_hash_equal(nap_state_key(m), nap_state_key_full(m));
    nap_edge_take(m, DEV_A, 1);
    assert_hash_equal(nap_state_key(m), before);
    nap_edge(m, DEV_A, 2);
    nap_rewind(m, mark);
    assert_int_equal(nap_edges(m, DEV_A), 0);
    nap_unmark(m);
}

/* --- messages --- */

static void a_message_raises_the_output_that_its_data_was_allocated_for(void **state)
{
    struct nap_machine *m = *state;

    assert_true(nap_msi_vector_set(m, 0x41, DEV_B, 1));
    assert_true(nap_msi_send(m, DEV_A, DOORBELL, 0x41)); /* whoever sends it */
    assert_int_equal(nap_edges(m, DEV_B), 0x02);
    assert_int_equal(nap_edges(m, DEV_A), 0);
}

static void a_message_without_a_vector_raises_nothing(void **state)
{
    struct nap_machine *m = *state;

    assert_true(nap_msi_vector_set(m, 0x41, DEV_B, 1));
    assert_true(nap_msi_send(m, DEV_B, DOORBELL, 0x40));
    nap_msi_vector_clear(m, 0x41);
    assert_true(nap_msi_send(m, DEV_B, DOORBELL, 0x41));
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(nap_edges(m, i), 0);
}

static void a_message_elsewhere_is_a_write_to_memory(void **state)
{
    struct nap_machine *m = *state;
    uint32_t word;

    assert_true(nap_msi_vector_set(m, 0x41, DEV_B, 1));
    assert_true(nap_msi_send(m, DEV_B, RAM_BASE + 0x104, 0x41));
    assert_true(nap_mem_read(m, RAM_BASE + 0x104, &word, sizeof word));
    assert_int_equal(word, 0x41);
    assert_true(nap_mem_read(m, RAM_BASE + 0x108, &word, sizeof word));
    assert_int_equal(word, 0);
    assert_int_equal(nap_edges(m, DEV_B), 0);
}

static void a_message_to_nothing_is_aborted(void **state)
{
    struct nap_machine *m = *state;

    assert_true(nap_msi_vector_set(m, 0x41, DEV_B, 1));
    assert_false(nap_msi_send(m, DEV_B, DOORBELL + 4, 0x41));
    assert_int_equal(nap_edges(m, DEV_B), 0);
    assert_int_equal(m->n_unmodelled, 0);
}

static void a_message_to_registers_is_not_modelled(void **state)
{
    struct nap_machine *m = *state;

    assert_false(nap_msi_send(m, DEV_B, BASE_A + 0x04, 0x41));
    assert_int_equal(nap_reg_get(m, DEV_A, SLOT_WORD), 0x1234);
    assert_int_equal(m->n_unmodelled, 1);
    assert_int_equal(m->unmodelled[0].device, DEV_B);
}

/* Address 0 is no doorbell, and there is no RAM. */
static void a_machine_without_a_doorbell_aborts_messages(void **state)
{
    struct nap_machine *m = odd_machine_as(&(struct nap_machine_config){.slot = 1});

    (void)state;
    assert_true(nap_msi_vector_set(m, 0, DEV_B, 1));
    assert_false(nap_msi_send(m, DEV_B, 0, 0));
    assert_int_equal(nap_edges(m, DEV_B), 0);
    nap_machine_destroy(m);
}

static void a_message_is_a_step_that_says_what_became_of_it(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;

    assert_true(nap_msi_vector_set(m, 0x41, DEV_B, 1));
    record(m, &r);
    (void)nap_msi_send(m, DEV_A, DOORBELL, 0x41);
    (void)nap_msi_send(m, DEV_A, DOORBELL, 0x42);
    (void)nap_msi_send(m, DEV_A, RAM_BASE, 0x41);
    (void)nap_msi_send(m, DEV_A, 0, 0x41);
    assert_int_equal(r.n, 4);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(r.list[i].kind, NAP_STEP_MSI);
    assert_string_equal(r.text[0], "    1 msi        a 0x30000040 <- 0x41: delivered");
    assert_string_equal(r.text[1], "    2 msi        a 0x30000040 <- 0x42: no such vector");
    assert_string_equal(r.text[2], "    3 msi        a 0x80000000 <- 0x41: to memory");
    assert_string_equal(r.text[3], "    4 msi        a 0x0 <- 0x41: aborted");
}

/* --- vectors --- */

static void vectors_are_found_by_data_and_by_output(void **state)
{
    struct nap_machine *m = *state;

    assert_true(nap_msi_vector_set(m, 9, DEV_A, 1));
    assert_true(nap_msi_vector_set(m, 5, DEV_B, 0));
    assert_int_equal(nap_msi_vector(m, 9)->device, DEV_A);
    assert_int_equal(nap_msi_vector(m, 5)->device, DEV_B);
    assert_null(nap_msi_vector(m, 6));
    assert_int_equal(nap_msi_vector_of(m, DEV_B, 0)->data, 5);
    assert_null(nap_msi_vector_of(m, DEV_B, 1));
    assert_true(nap_msi_vector_set(m, 9, DEV_C, 3)); /* another's now */
    assert_null(nap_msi_vector_of(m, DEV_A, 1));
    assert_int_equal(nap_msi_vector_of(m, DEV_C, 3)->data, 9);
}

static void equal_sets_of_vectors_are_equal_states(void **state)
{
    struct nap_machine *m = *state;
    struct nap_hash128 none = nap_state_key(m), first;

    for (uint32_t i = 0; i < 5; i++)
        assert_true(nap_msi_vector_set(m, i, DEV_A, i));
    first = nap_state_key(m);
    for (uint32_t i = 0; i < 5; i++)
        nap_msi_vector_clear(m, i);
    nap_msi_vector_clear(m, 0);
    assert_hash_equal(nap_state_key(m), none);
    for (uint32_t i = 5; i-- > 0;)
        assert_true(nap_msi_vector_set(m, i, DEV_A, i));
    assert_hash_equal(nap_state_key(m), first);
    assert_hash_equal(nap_state_key_full(m), first);
}

static void a_table_that_is_full_takes_no_more_data(void **state)
{
    struct nap_machine *m = *state;

    for (uint32_t i = 0; i < 256; i++)
        assert_true(nap_msi_vector_set(m, 2 * i, DEV_A, i % 8));
    assert_false(nap_msi_vector_set(m, 7, DEV_B, 1));
    assert_null(nap_msi_vector(m, 7));
    assert_true(nap_msi_vector_set(m, 8, DEV_B, 1));
    nap_msi_vector_clear(m, 510);
    assert_true(nap_msi_vector_set(m, 7, DEV_B, 1));
    for (uint32_t i = 0; i < 255; i++)
        assert_non_null(nap_msi_vector(m, 2 * i));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RINGING_TEST(an_edge_is_pending_until_it_is_taken),
        RINGING_TEST(an_edge_that_is_pending_stays_one),
        RINGING_TEST(an_edge_outlives_the_power_of_its_device),
        RINGING_TEST(outputs_have_the_names_of_their_block),
        RINGING_TEST(an_edge_is_a_step_of_its_device),
        RINGING_TEST(an_edge_that_work_raises_is_shown_after_the_work),
        RINGING_TEST(pending_edges_are_part_of_the_state),
        RINGING_TEST(a_message_raises_the_output_that_its_data_was_allocated_for),
        RINGING_TEST(a_message_without_a_vector_raises_nothing),
        RINGING_TEST(a_message_elsewhere_is_a_write_to_memory),
        RINGING_TEST(a_message_to_nothing_is_aborted),
        RINGING_TEST(a_message_to_registers_is_not_modelled),
        cmocka_unit_test(a_machine_without_a_doorbell_aborts_messages),
        RINGING_TEST(a_message_is_a_step_that_says_what_became_of_it),
        RINGING_TEST(vectors_are_found_by_data_and_by_output),
        RINGING_TEST(equal_sets_of_vectors_are_equal_states),
        RINGING_TEST(a_table_that_is_full_takes_no_more_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
