/* SPDX-License-Identifier: MIT */
/* lib/core/power.c: the tree of domains, what a power cut takes, and who may send. */
#include "../rig.h"

#define KEEP (BASE_A + 0x18)

/* --- the tree: root > mid > leaf, and apart --- */

static uint32_t domains_on(const struct nap_machine *m)
{
    uint32_t on = 0;

    for (unsigned i = 0; i < 4; i++)
        on |= (uint32_t)nap_domain_on(m, i) << i;
    return on;
}

static void turning_a_domain_off_turns_its_subtree_off(void **state)
{
    struct nap_machine *m = *state;

    nap_power_off(m, BIT(DOMAIN_ROOT));
    assert_int_equal(domains_on(m), BIT(DOMAIN_APART));
    assert_false(nap_device_on(m, DEV_A));
    assert_false(nap_device_on(m, DEV_B));
    assert_true(nap_device_on(m, DEV_C));
}

static void turning_a_leaf_off_leaves_its_parents_on(void **state)
{
    struct nap_machine *m = *state;

    nap_power_off(m, BIT(DOMAIN_LEAF));
    assert_int_equal(domains_on(m), BIT(DOMAIN_ROOT) | BIT(DOMAIN_MID) | BIT(DOMAIN_APART));
}

static void look_around(struct nap_machine *m, unsigned device)
{
    struct odd_state *s = odd_open(m, device);

    s->written_now = nap_reg_get(m, device, SLOT_WORD);
    s->n_written += nap_device_on(m, device) && nap_work_pending(m, device, SLOT_MIX, MIX_A) &&
                    s->n_off == 0;
}

static void a_block_hears_of_a_power_cut_before_anything_is_lost(void **state)
{
    static const struct nap_block *blocks[2];
    struct nap_block block = odd_block;
    struct nap_machine *m;
    const struct odd_state *s;

    (void)state;
    block.power_going = look_around;
    block.on_write = NULL;
    blocks[0] = &block;
    m = odd_machine_as(
        &(struct nap_machine_config){.blocks = blocks, .slot = 1, .policy = NAP_POLICY_LAZY});
    s = nap_block_state(m, DEV_B);
    wr(m, BASE_B + 0x04, 0x55);
    wr(m, BASE_B + 0x10, MIX_A);
    nap_power_off(m, BIT(DOMAIN_LEAF));
    assert_int_equal(s->written_now, 0x55);
    assert_int_equal(s->n_written, 1);
    assert_int_equal(s->n_off, 1);
    nap_power_off(m, BIT(DOMAIN_LEAF)); /* it is off */
    nap_power_on(m, BIT(DOMAIN_LEAF));
    assert_int_equal(s->n_written, 1);
    assert_int_equal(((const struct odd_state *)nap_block_state(m, DEV_A))->n_written, 0);
    nap_machine_destroy(m);
}

static void turning_a_parent_on_leaves_its_children_off(void **state)
{
    struct nap_machine *m = *state;

    nap_power_off(m, BIT(DOMAIN_ROOT));
    nap_power_on(m, BIT(DOMAIN_ROOT));
    assert_int_equal(domains_on(m), BIT(DOMAIN_ROOT) | BIT(DOMAIN_APART));
}

static void a_domain_does_not_come_on_without_its_parent(void **state)
{
    struct nap_machine *m = *state;

    nap_power_off(m, BIT(DOMAIN_ROOT));
    nap_power_on(m, BIT(DOMAIN_LEAF));
    assert_int_equal(domains_on(m), BIT(DOMAIN_APART));
    nap_power_on(m, BIT(DOMAIN_LEAF) | BIT(DOMAIN_ROOT));
    assert_int_equal(domains_on(m), BIT(DOMAIN_ROOT) | BIT(DOMAIN_APART));
}

static void a_domain_comes_on_together_with_its_parents(void **state)
{
    struct nap_machine *m = *state;

    nap_power_off(m, BIT(DOMAIN_ROOT));
    nap_power_on(m, BIT(DOMAIN_LEAF) | BIT(DOMAIN_MID) | BIT(DOMAIN_ROOT));
    assert_int_equal(domains_on(m), 0xf);
}

static void bits_of_no_domain_are_ignored(void **state)
{
    struct nap_machine *m = *state;

    nap_power_off(m, 0xfffffff0);
    nap_power_on(m, 0xfffffff0);
    assert_int_equal(domains_on(m), 0xf);
    assert_int_equal(m->st->domains_on, 0xf);
}

/* Facts 2.2: A3IR, A3VC and A3VP lie under always_on. */
static void the_power_islands_of_h3_lie_under_always_on(void **state)
{
    struct nap_soc *soc = h3_soc();
    struct nap_machine *m = h3_machine(soc, 1);
    unsigned on = 0;

    (void)state;
    nap_power_off(m, 1u << nap_domain_find(m, "a3vc"));
    for (unsigned i = 0; i < nap_device_count(m); i++)
        on += nap_device_on(m, i);
    assert_int_equal(on, 15); /* without vc0 and vc1 */
    nap_power_off(m, 1u << nap_domain_find(m, "always_on"));
    for (unsigned i = 0; i < nap_device_count(m); i++)
        assert_false(nap_device_on(m, i));
    nap_machine_destroy(m);
    nap_soc_free(soc);
}

static void an_edge_is_one_step_that_shows_the_domains_before_and_after(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;

    record(m, &r);
    nap_power_off(m, BIT(DOMAIN_MID));
    nap_power_on(m, BIT(DOMAIN_MID) | BIT(DOMAIN_LEAF));
    assert_int_equal(r.n, 2);
    assert_int_equal(r.list[0].kind, NAP_STEP_POWER);
    assert_int_equal(r.list[0].was, 0xf);
    assert_int_equal(r.list[0].now, BIT(DOMAIN_ROOT) | BIT(DOMAIN_APART));
    assert_int_equal(r.list[1].was, BIT(DOMAIN_ROOT) | BIT(DOMAIN_APART));
    assert_int_equal(r.list[1].now, 0xf);
}

static void a_domain_that_is_on_already_sees_no_edge(void **state)
{
    struct nap_machine *m = *state;

    wr(m, BASE_A + 0x04, 1);
    nap_power_on(m, 0xf);
    assert_int_equal(rd(m, BASE_A + 0x04), 1);
    assert_int_equal(((const struct odd_state *)nap_block_state(m, DEV_A))->n_on, 0);
}

/* --- retention -------------------------------------------------------------------------------
 */

static void a_reset_register_comes_back_at_reset(void **state)
{
    struct nap_machine *m = *state;

    wr(m, BASE_A + 0x04, 0x5555);
    nap_set_profile(m, NAP_PROFILE_HOSTILE);
    off_and_on(m, BIT(DOMAIN_MID));
    assert_int_equal(rd(m, BASE_A + 0x04), 0x1234);
}

static void a_retained_register_keeps_value_and_marks(void **state)
{
    struct nap_machine *m = *state;

    wr(m, KEEP, 0x55);
    nap_set_profile(m, NAP_PROFILE_HOSTILE);
    off_and_on(m, BIT(DOMAIN_MID));
    assert_int_equal(rd(m, KEEP), 0x55);
    assert_int_equal(nap_reg_marks(m, DEV_A, SLOT_KEEP), NAP_MARK_WRITTEN | NAP_MARK_EVER);
}

static void only_the_domains_that_were_off_lose_their_registers(void **state)
{
    struct nap_machine *m = *state;

    wr(m, BASE_A + 0x04, 1);
    wr(m, BASE_B + 0x04, 1);
    wr(m, BASE_C + 0x04, 1);
    off_and_on(m, BIT(DOMAIN_LEAF));
    assert_int_equal(rd(m, BASE_A + 0x04), 1);
    assert_int_equal(rd(m, BASE_B + 0x04), 0x1234);
    assert_int_equal(rd(m, BASE_C + 0x04), 1);
}

static void a_second_cut_before_any_read_keeps_the_value_from_before_the_first(void **state)
{
    struct nap_machine *m = *state;
    struct script s = {.answers = {3}};

    wr(m, BASE_A + 0x1c, 0x22);
    choose_by(m, &s, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    off_and_on(m, BIT(DOMAIN_MID));
    off_and_on(m, BIT(DOMAIN_MID));
    assert_int_equal(rd(m, BASE_A + 0x1c), 0x22);
}

/* --- what else a cut takes --- */

static void work_is_lost_with_power(void **state)
{
    struct nap_machine *m = *state;
    const struct odd_state *s = nap_block_state(m, DEV_A);

    nap_set_policy(m, NAP_POLICY_LAZY);
    wr(m, BASE_A + 0x10, MIX_A);
    wr(m, BASE_C + 0x10, MIX_A);
    off_and_on(m, BIT(DOMAIN_MID));
    assert_false(nap_work_pending(m, DEV_A, SLOT_MIX, MIX_A));
    assert_true(nap_work_pending(m, DEV_C, SLOT_MIX, MIX_A));
    nap_work_finish_all(m);
    assert_int_equal(s->n_done, 0);
}

static void a_retained_register_forgets_the_work_that_was_lost(void **state)
{
    struct nap_machine *m = *state;

    nap_set_policy(m, NAP_POLICY_LAZY);
    wr(m, KEEP, KEEP_START | 0x55);
    off_and_on(m, BIT(DOMAIN_MID));
    assert_int_equal(rd(m, KEEP), 0x55);
    assert_int_equal(nap_reg_get(m, DEV_A, SLOT_KEEP), 0x55);
}

static void an_interrupt_line_falls_with_power(void **state)
{
    struct nap_machine *m = *state;

    nap_wire_set(m, DEV_A, true);
    nap_wire_set(m, DEV_C, true);
    nap_power_off(m, BIT(DOMAIN_MID));
    assert_false(nap_wire(m, DEV_A));
    assert_true(nap_wire(m, DEV_C));
    nap_power_on(m, BIT(DOMAIN_MID));
    assert_false(nap_wire(m, DEV_A));
}

static void a_block_hears_of_both_edges_of_its_own_domain(void **state)
{
    struct nap_machine *m = *state;
    const struct odd_state *a = nap_block_state(m, DEV_A);
    const struct odd_state *c = nap_block_state(m, DEV_C);

    nap_power_off(m, BIT(DOMAIN_MID));
    assert_int_equal(a->n_off, 1);
    assert_int_equal(a->n_on, 0);
    nap_power_on(m, BIT(DOMAIN_MID));
    assert_int_equal(a->n_on, 1);
    assert_int_equal(c->n_off, 0);
}

static void a_block_need_not_hear_of_edges(void **state)
{
    struct nap_block deaf = odd_block;
    const struct nap_block *const blocks[] = {&deaf, NULL};
    struct nap_machine *m;

    (void)state;
    deaf.power_off = NULL;
    deaf.power_on = NULL;
    deaf.on_write = NULL;
    deaf.work_done = NULL;
    deaf.state_bytes = 0;
    m = odd_machine_as(&(struct nap_machine_config){.blocks = blocks, .slot = 1});
    wr(m, BASE_A + 0x10, MIX_A | 3);
    assert_int_equal(rd(m, BASE_A + 0x10), 0xa503);
    off_and_on(m, 0xf);
    assert_int_equal(rd(m, BASE_A + 0x10), 0xa500);
    nap_machine_destroy(m);
}

/* --- masters (design 4.4) --- */

static void masters_start_held(void **state)
{
    for (unsigned i = 0; i < 3; i++)
        assert_false(nap_master_live(*state, i));
}

static void a_live_master_sends_while_its_domain_is_on(void **state)
{
    struct nap_machine *m = *state;

    nap_masters_set_mode(m, 1u << 1, NAP_MASTER_LIVE);
    assert_true(nap_master_live(m, 1));
    assert_false(nap_master_live(m, 0));
    nap_power_off(m, BIT(DOMAIN_LEAF));
    assert_false(nap_master_live(m, 1));
    nap_masters_set_mode(m, 1u << 1, NAP_MASTER_HELD);
    nap_masters_set_mode(m, 1u << 1, NAP_MASTER_LIVE);
    assert_false(nap_master_live(m, 1));
}

/* Design 4.4: a power-on makes a master held unless autonomous. */
static void a_master_that_gets_power_is_held_unless_autonomous(void **state)
{
    struct nap_machine *m = *state;

    nap_masters_set_mode(m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    nap_power_off(m, BIT(DOMAIN_LEAF));
    nap_power_on(m, BIT(DOMAIN_LEAF));
    assert_false(nap_master_live(m, 1));
    assert_true(nap_master_live(m, 0)); /* another domain's */
    nap_masters_set_mode(m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    assert_true(nap_master_live(m, 1));
    nap_masters_set_autonomous(m, 1u << 1);
    nap_power_off(m, BIT(DOMAIN_LEAF));
    assert_false(nap_master_live(m, 1));
    nap_power_on(m, BIT(DOMAIN_LEAF));
    assert_true(nap_master_live(m, 1));
}

static void a_quiesced_master_sends_nothing_until_it_is_let_go(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;

    nap_masters_set_mode(m, 1, NAP_MASTER_LIVE);
    nap_masters_set_autonomous(m, 1u << 1);
    record(m, &r);
    nap_masters_quiesce(m, 3, true);
    nap_masters_quiesce(m, 1, true);
    assert_false(nap_master_live(m, 0));
    assert_false(nap_master_live(m, 1));
    nap_power_off(m, BIT(DOMAIN_LEAF));
    nap_power_on(m, BIT(DOMAIN_LEAF));
    assert_false(nap_master_live(m, 1)); /* a reset line stays where it is */
    nap_masters_quiesce(m, 3, false);
    assert_true(nap_master_live(m, 0));
    assert_true(nap_master_live(m, 1));
    assert_int_equal(r.n, 4); /* and no change is no step */
    assert_string_equal(r.list[0].label, "quiesced");
    assert_int_equal(r.list[0].now, 3);
    assert_string_equal(r.list[3].label, "let go");
}

static void an_autonomous_master_cannot_be_held(void **state)
{
    struct nap_machine *m = *state;

    nap_masters_set_autonomous(m, 1);
    nap_masters_set_mode(m, NAP_ALL_MASTERS, NAP_MASTER_HELD);
    assert_true(nap_master_live(m, 0));
    nap_power_off(m, BIT(DOMAIN_MID));
    assert_false(nap_master_live(m, 0));
    nap_power_on(m, BIT(DOMAIN_MID));
    assert_true(nap_master_live(m, 0));
    nap_masters_set_autonomous(m, 0);
    assert_false(nap_master_live(m, 0));
}

static void a_change_of_masters_is_a_step_and_no_change_is_none(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;

    record(m, &r);
    nap_masters_set_mode(m, 7, NAP_MASTER_LIVE);
    nap_masters_set_mode(m, 3, NAP_MASTER_LIVE);
    nap_masters_set_mode(m, 1, NAP_MASTER_HELD);
    assert_int_equal(r.n, 2);
    assert_string_equal(r.list[0].label, "released");
    assert_int_equal(r.list[0].now, 7);
    assert_string_equal(r.list[1].label, "held");
    assert_int_equal(r.list[1].now, 1);
}

static void sleep_is_a_state_with_a_step_at_either_end(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;

    record(m, &r);
    nap_set_asleep(m, true);
    assert_int_equal(m->st->asleep, 1);
    nap_set_asleep(m, false);
    assert_int_equal(m->st->asleep, 0);
    assert_string_equal(r.list[0].label, "suspend begins");
    assert_string_equal(r.list[1].label, "resume has returned");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ODD_TEST(turning_a_domain_off_turns_its_subtree_off),
        ODD_TEST(turning_a_leaf_off_leaves_its_parents_on),
        cmocka_unit_test(a_block_hears_of_a_power_cut_before_anything_is_lost),
        ODD_TEST(turning_a_parent_on_leaves_its_children_off),
        ODD_TEST(a_domain_does_not_come_on_without_its_parent),
        ODD_TEST(a_domain_comes_on_together_with_its_parents),
        ODD_TEST(bits_of_no_domain_are_ignored),
        cmocka_unit_test(the_power_islands_of_h3_lie_under_always_on),
        ODD_TEST(an_edge_is_one_step_that_shows_the_domains_before_and_after),
        ODD_TEST(a_domain_that_is_on_already_sees_no_edge),
        ODD_TEST(a_reset_register_comes_back_at_reset),
        ODD_TEST(a_retained_register_keeps_value_and_marks),
        ODD_TEST(only_the_domains_that_were_off_lose_their_registers),
        ODD_TEST(a_second_cut_before_any_read_keeps_the_value_from_before_the_first),
        ODD_TEST(work_is_lost_with_power),
        ODD_TEST(a_retained_register_forgets_the_work_that_was_lost),
        ODD_TEST(an_interrupt_line_falls_with_power),
        ODD_TEST(a_block_hears_of_both_edges_of_its_own_domain),
        cmocka_unit_test(a_block_need_not_hear_of_edges),
        ODD_TEST(masters_start_held),
        ODD_TEST(a_live_master_sends_while_its_domain_is_on),
        ODD_TEST(a_master_that_gets_power_is_held_unless_autonomous),
        ODD_TEST(a_quiesced_master_sends_nothing_until_it_is_let_go),
        ODD_TEST(an_autonomous_master_cannot_be_held),
        ODD_TEST(a_change_of_masters_is_a_step_and_no_change_is_none),
        ODD_TEST(sleep_is_a_state_with_a_step_at_either_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
