/* SPDX-License-Identifier: MIT */
/* lib/core/regfile.c: access types, content after a power cut, polls, golden values. */
#include "../rig.h"

#define MIX  (BASE_A + 0x10)
#define LOST (BASE_A + 0x1c)
#define PART (BASE_A + 0x44)

/* --- access types ----------------------------------------------------------------------------
 */

static void rw_bits_hold_what_was_written(void **state)
{
    struct nap_machine *m = *state;

    wr(m, MIX, 0x5a);
    assert_int_equal(rd(m, MIX), 0xa55a);
    wr(m, MIX, 0xa5);
    assert_int_equal(rd(m, MIX), 0xa5a5);
}

static void ro_bits_ignore_writes(void **state)
{
    struct nap_machine *m = *state;

    wr(m, MIX, 0x0000ff00);
    assert_int_equal(rd(m, MIX), 0xa500);
    wr(m, MIX, 0);
    assert_int_equal(rd(m, MIX), 0xa500);
}

static void w0c_bits_clear_by_writing_0_and_keep_by_writing_1(void **state)
{
    struct nap_machine *m = *state;

    nap_reg_set(m, DEV_A, SLOT_MIX, 0x000fa500);
    wr(m, MIX, 0x00050000);
    assert_int_equal(rd(m, MIX), 0x0005a500);
}

static void w0c_bits_cannot_be_set_by_writing_1(void **state)
{
    struct nap_machine *m = *state;

    wr(m, MIX, 0x000f0000);
    assert_int_equal(rd(m, MIX), 0xa500);
}

static void a_self_clearing_bit_reads_0_once_its_work_is_done(void **state)
{
    struct nap_machine *m = *state;

    wr(m, MIX, MIX_A | 0x11);
    assert_int_equal(rd(m, MIX), 0xa511);
}

static void writing_0_to_a_self_clearing_bit_does_not_end_its_work(void **state)
{
    struct nap_machine *m = *state;

    nap_set_policy(m, NAP_POLICY_LAZY);
    wr(m, MIX, MIX_A);
    wr(m, MIX, 0);
    assert_int_equal(nap_reg_get(m, DEV_A, SLOT_MIX), MIX_A | 0xa500);
    assert_true(nap_work_pending(m, DEV_A, SLOT_MIX, MIX_A));
}

static void reserved_bits_read_0_and_writing_ones_to_them_is_flagged(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;

    record(m, &r);
    wr(m, BASE_A + 0x04, 0xffff0001);
    wr(m, BASE_A + 0x04, 0x00000002);
    assert_int_equal(r.list[0].written, 0xffff0001);
    assert_int_equal(r.list[0].now, 1);
    assert_int_equal(r.list[0].rules, NAP_PROTOCOL_BROKEN);
    assert_int_equal(r.list[1].rules, 0);
    assert_int_equal(rd(m, BASE_A + 0x04), 2);
}

static void writing_ones_to_ro_bits_is_not_a_reserved_write(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;

    record(m, &r);
    wr(m, MIX, 0xff00);
    assert_int_equal(r.list[0].rules, 0);
}

static void a_write_step_shows_before_after_and_what_was_sent(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;

    record(m, &r);
    wr(m, BASE_B + 0x04, 0xabcd);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.list[0].kind, NAP_STEP_WRITE);
    assert_int_equal(r.list[0].device, DEV_B);
    assert_int_equal(r.list[0].reg, ODD_WORD);
    assert_int_equal(r.list[0].slot, SLOT_WORD);
    assert_int_equal(r.list[0].was, 0x1234);
    assert_int_equal(r.list[0].now, 0xabcd);
    assert_int_equal(r.list[0].size_bytes, 4);
    assert_true(r.list[0].is_write);
    assert_int_equal(r.list[0].step, 1);
    assert_int_equal(r.list[0].issued, 1);
}

static void a_handler_learns_the_value_before_and_after(void **state)
{
    struct nap_machine *m = *state;
    const struct odd_state *s = nap_block_state(m, DEV_A);

    wr(m, MIX, 0x21);
    assert_int_equal(s->n_written, 1);
    assert_int_equal(s->written_was, 0xa500);
    assert_int_equal(s->written_now, 0xa521);
    assert_int_equal(((const struct odd_state *)nap_block_state(m, DEV_B))->n_written, 0);
}

static void an_array_element_knows_its_index(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;

    record(m, &r);
    wr(m, BASE_A + 0x40, 1);
    assert_int_equal(r.list[0].reg, ODD_ARRAY);
    assert_int_equal(r.list[0].index, 2);
    assert_int_equal(r.list[0].slot, SLOT_ARRAY + 2);
}

static void an_access_to_a_register_without_behaviour_is_counted(void **state)
{
    struct nap_machine *m = *state;

    wr(m, BASE_A + 0x48, 1);
    (void)rd(m, BASE_A + 0x48);
    assert_int_equal(m->n_unmodelled, 1);
    assert_int_equal(m->unmodelled[0].count, 2);
    assert_string_equal(m->unmodelled[0].what, "NAME");
}

static void a_write_marks_its_register_until_power_goes(void **state)
{
    struct nap_machine *m = *state;

    assert_int_equal(nap_reg_marks(m, DEV_A, SLOT_WORD), 0);
    wr(m, BASE_A + 0x04, 1);
    assert_int_equal(nap_reg_marks(m, DEV_A, SLOT_WORD), NAP_MARK_WRITTEN | NAP_MARK_EVER);
    off_and_on(m, BIT(DOMAIN_MID));
    assert_int_equal(nap_reg_marks(m, DEV_A, SLOT_WORD), NAP_MARK_EVER);
}

static void a_step_carries_the_marks_from_before_it(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;

    record(m, &r);
    wr(m, BASE_A + 0x04, 1);
    wr(m, BASE_A + 0x04, 1);
    assert_int_equal(r.list[0].marks, 0);
    assert_int_equal(r.list[1].marks, NAP_MARK_WRITTEN | NAP_MARK_EVER);
}

/* --- content that nobody knows yet (design 4.7) --- */

/* Powers a and b down and up with retain varied, after a.LOST held 0x22 and b.LOST 0x33. */
static void lose(struct nap_machine *m, struct script *s)
{
    wr(m, LOST, 0x22);
    wr(m, BASE_B + 0x1c, 0x33);
    choose_by(m, s, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    off_and_on(m, BIT(DOMAIN_MID) | BIT(DOMAIN_LEAF));
}

/* Reset 0x11, zeros, ones of the defined bits, own old, the sibling's old. */
static void a_read_after_a_power_cut_chooses_among_five_contents(void **state)
{
    static const uint64_t expected[] = {0x11, 0, 0xff, 0x22, 0x33};

    (void)state;
    for (uint32_t value = 0; value < 5; value++) {
        struct nap_machine *m = odd_machine();
        struct script s = {.answers = {value}};
        lose(m, &s);
        assert_int_equal(rd(m, LOST), expected[value]);
        assert_int_equal(s.n_asked, 1);
        assert_int_equal(s.asked[0].kind, NAP_CHOOSE_RETAIN);
        assert_int_equal(s.asked[0].n, 5);
        assert_int_equal(s.asked[0].instance, nap_instance_of(DEV_A, SLOT_LOST));
        assert_string_equal(s.asked[0].label, "register content after power loss");
        nap_machine_destroy(m);
    }
}

static uint32_t last_answer(void *context, const struct nap_choice *choice)
{
    *(uint32_t *)context = choice->n;
    return choice->n - 1;
}

/* Reset, zeros, own old and the sibling's old are all 0; ones remain. */
static void equal_contents_are_offered_once(void **state)
{
    struct nap_machine *m = *state;
    uint32_t n = 0;

    nap_set_chooser(m, last_answer, &n, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    off_and_on(m, BIT(DOMAIN_MID) | BIT(DOMAIN_LEAF));
    assert_int_equal(rd(m, BASE_A + 0x20), 0xff);
    assert_int_equal(n, 2);
}

static void a_device_without_a_sibling_has_no_fifth_content(void **state)
{
    struct nap_machine *m = *state;
    uint32_t n = 0;

    wr(m, BASE_C + 0x1c, 0x22);
    nap_set_chooser(m, last_answer, &n, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    off_and_on(m, BIT(DOMAIN_APART));
    assert_int_equal(rd(m, BASE_C + 0x1c), 0x22);
    assert_int_equal(n, 4);
}

static void under_the_hostile_profile_its_value_takes_the_place_of_reset(void **state)
{
    struct nap_machine *m = *state;
    struct script s = {.answers = {0}};

    nap_set_profile(m, NAP_PROFILE_HOSTILE);
    choose_by(m, &s, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    off_and_on(m, BIT(DOMAIN_MID));
    assert_int_equal(rd(m, BASE_A + 0x20), 0x5a);
}

static void a_content_is_chosen_once(void **state)
{
    struct nap_machine *m = *state;
    struct script s = {.answers = {3, 1}};

    lose(m, &s);
    assert_int_equal(nap_reg_marks(m, DEV_A, SLOT_LOST) & NAP_MARK_UNDETERMINED,
                     NAP_MARK_UNDETERMINED);
    assert_int_equal(rd(m, LOST), 0x22);
    assert_int_equal(rd(m, LOST), 0x22);
    assert_int_equal(s.n_asked, 1);
    assert_int_equal(nap_reg_marks(m, DEV_A, SLOT_LOST), NAP_MARK_EVER);
}

static void content_that_hardware_gives_is_not_chosen(void **state)
{
    struct nap_machine *m = *state;
    struct script s = {.answers = {3}};

    lose(m, &s);
    nap_reg_define(m, DEV_A, SLOT_LOST, 0x77);
    assert_int_equal(nap_reg_marks(m, DEV_A, SLOT_LOST), NAP_MARK_EVER);
    assert_int_equal(rd(m, LOST), 0x77);
    assert_int_equal(s.n_asked, 0);
}

static void a_settled_content_is_a_step_before_the_read(void **state)
{
    struct nap_machine *m = *state;
    struct script s = {.answers = {2}};
    struct recorder r;

    lose(m, &s);
    record(m, &r);
    (void)rd(m, LOST);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.list[0].kind, NAP_STEP_SETTLE);
    assert_int_equal(r.list[0].now, 0xff);
    assert_int_equal(r.list[1].kind, NAP_STEP_READ);
    assert_int_equal(r.list[1].now, 0xff);
}

static void note_settled(struct nap_machine *m, unsigned device, unsigned slot)
{
    struct odd_state *s = odd_open(m, device);

    s->written_was = slot;
    s->written_now = nap_reg_get(m, device, slot);
}

/* It may open what stands behind the register; a write has an effect of its own. */
static void a_block_hears_of_content_that_a_read_has_settled(void **state)
{
    struct nap_block block = odd_block;
    const struct nap_block *const blocks[] = {&block, NULL};
    struct script s = {.answers = {2}};
    const struct odd_state *heard;
    struct nap_machine *m;

    (void)state;
    block.settled = note_settled;
    m = odd_machine_as(&(struct nap_machine_config){.blocks = blocks, .slot = 1});
    heard = nap_block_state(m, DEV_A);
    lose(m, &s);
    wr(m, BASE_A + 0x20, 1);
    assert_int_equal(heard->written_now, 0);
    (void)rd(m, LOST);
    assert_int_equal(heard->written_was, SLOT_LOST);
    assert_int_equal(heard->written_now, 0xff);
    nap_machine_destroy(m);
}

static void what_is_overwritten_first_is_no_choice(void **state)
{
    struct nap_machine *m = *state;
    struct script s = {.answers = {2}};

    lose(m, &s);
    wr(m, LOST, 0x44);
    assert_int_equal(rd(m, LOST), 0x44);
    assert_int_equal(s.n_asked, 0);
}

/* PART has read-only and write-0-to-clear bits beside the written ones. */
static void what_a_write_leaves_standing_is_chosen_before_it(void **state)
{
    struct nap_machine *m = *state;
    struct script s = {.answers = {1}}; /* ones */

    choose_by(m, &s, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    off_and_on(m, BIT(DOMAIN_MID));
    wr(m, PART, 0x000f0044);
    assert_int_equal(s.n_asked, 1);
    assert_int_equal(rd(m, PART), 0x000fff44);
    assert_int_equal(s.n_asked, 1);
}

/* Hostile is all ones here and equals "ones"; zeros equal the old value without its work. */
static void no_content_shows_work_that_nobody_started(void **state)
{
    (void)state;
    for (uint32_t value = 0; value < 2; value++) {
        struct nap_machine *m = odd_machine();
        struct script s = {.answers = {value}};
        nap_set_policy(m, NAP_POLICY_LAZY);
        nap_set_profile(m, NAP_PROFILE_HOSTILE);
        wr(m, PART, PART_START); /* unfinished when power goes */
        choose_by(m, &s, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
        off_and_on(m, BIT(DOMAIN_MID));
        assert_int_equal(rd(m, PART), value == 0 ? 0x00ffffff : 0);
        assert_int_equal(s.asked[0].n, 2);
        nap_machine_destroy(m);
    }
}

static void without_retain_nothing_is_undetermined(void **state)
{
    struct nap_machine *m = *state;
    struct script s = {.answers = {1}};

    choose_by(m, &s, NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY));
    off_and_on(m, BIT(DOMAIN_MID));
    assert_int_equal(rd(m, LOST), 0x11);
    assert_int_equal(s.n_asked, 0);
}

/* --- the profile -----------------------------------------------------------------------------
 */

static void profile_zero_wakes_unknown_registers_at_reset(void **state)
{
    struct nap_machine *m = *state;

    wr(m, LOST, 0x99);
    off_and_on(m, BIT(DOMAIN_MID));
    assert_int_equal(rd(m, LOST), 0x11);
    assert_int_equal(rd(m, BASE_A + 0x20), 0);
}

static void profile_hostile_is_the_models_value_where_it_names_one(void **state)
{
    struct nap_machine *m = *state;

    nap_set_profile(m, NAP_PROFILE_HOSTILE);
    off_and_on(m, BIT(DOMAIN_MID));
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(rd(m, at(DEV_A, ODD_ARRAY, i)), 0x5a);
}

static void profile_hostile_is_a_function_of_instance_and_register(void **state)
{
    struct nap_soc *soc = h3_soc();
    struct nap_machine *m = h3_machine(soc, 1);
    struct nap_machine *again = h3_machine(soc, 2);
    unsigned equal_over_index = 0, equal_over_unit = 0;

    (void)state;
    for (unsigned d = 0; d < m->n_devices; d++) {
        const struct nap_model *model = nap_device_model(m, d);
        const struct nap_reg *asid = &model->regs[nap_model_reg(model, "IMUASID")];
        for (unsigned s = 0; s < m->devices[d].kind->n_slots; s++)
            assert_int_equal(nap_reset_value(m, d, s, NAP_PROFILE_HOSTILE),
                             nap_reset_value(again, d, s, NAP_PROFILE_HOSTILE));
        for (unsigned i = 0; d > 1 && i < 48; i++) {
            uint64_t v = nap_reset_value(m, d, asid->first_slot + i, NAP_PROFILE_HOSTILE);
            assert_int_equal(v & ~UINT64_C(0xffff), 0);
            equal_over_unit +=
                v == nap_reset_value(m, d - 1, asid->first_slot + i, NAP_PROFILE_HOSTILE);
            equal_over_index += v == nap_reset_value(m, d, asid->first_slot + (i + 1) % 48,
                                                     NAP_PROFILE_HOSTILE);
        }
    }
    /* 720 pairs of 16 bits each: more than two equal by chance would be a wonder. */
    assert_in_range(equal_over_unit, 0, 2);
    assert_in_range(equal_over_index, 0, 2);
    nap_machine_destroy(m);
    nap_machine_destroy(again);
    nap_soc_free(soc);
}

static void profile_hostile_keeps_to_the_hostile_bits(void **state)
{
    struct nap_machine *m = *state;

    nap_set_profile(m, NAP_PROFILE_HOSTILE);
    off_and_on(m, BIT(DOMAIN_MID));
    assert_int_equal(rd(m, LOST) & ~UINT64_C(0xff), 0);
}

/* --- the poll watchdog (design 4.8) --- */

struct poll {
    struct nap_machine *m;
    nap_addr address;
    unsigned reads, done, period;
};

static int poll(void *context)
{
    struct poll *p = context;

    for (p->done = 0; p->done < p->reads; p->done++) {
        if (p->period && p->done % p->period == p->period - 1)
            (void)nap_seam_read(BASE_C + 0x04, 4, "poll.c", 8);
        (void)nap_seam_read(p->address, 4, "poll.c", 9);
    }
    return 0;
}

static void after_10000_equal_reads_the_call_ends(void **state)
{
    struct poll p = {.m = *state, .address = BASE_A + 0x04, .reads = UINT32_MAX};
    struct nap_machine *m = *state;

    assert_int_equal(nap_seam_call(m, "wait", poll, &p), NAP_SEAM_STUCK);
    assert_int_equal(p.done, 9999); /* the 10000th read does not return */
    assert_int_equal(m->st->stuck, 1);
}

static void after_9999_equal_reads_the_call_goes_on(void **state)
{
    struct poll p = {.m = *state, .address = BASE_A + 0x04, .reads = 9999};
    struct nap_machine *m = *state;

    assert_int_equal(nap_seam_call(m, "wait", poll, &p), 0);
    assert_int_equal(m->st->stuck, 0);
}

static void another_read_in_between_starts_the_count_again(void **state)
{
    struct poll p = {.m = *state, .address = BASE_A + 0x04, .reads = 30000, .period = 9000};

    assert_int_equal(nap_seam_call(p.m, "wait", poll, &p), 0);
}

static void keep_stuck(void *context, const struct nap_machine *m, const struct nap_event *e)
{
    (void)m;
    if (e->kind == NAP_STEP_STUCK)
        *(struct nap_event *)context = *e;
}

static void the_watchdog_names_register_value_and_line(void **state)
{
    struct poll p = {.m = *state, .address = BASE_A + 0x04, .reads = UINT32_MAX};
    struct nap_event stuck = {.step = 0};

    nap_set_trace(p.m, keep_stuck, &stuck);
    (void)nap_seam_call(p.m, "wait", poll, &p);
    assert_int_equal(stuck.step, 10002); /* the call, 10000 reads, and this */
    assert_int_equal(stuck.device, DEV_A);
    assert_int_equal(stuck.slot, SLOT_WORD);
    assert_int_equal(stuck.now, 0x1234);
    assert_string_equal(stuck.source.file, "poll.c");
    assert_int_equal(stuck.source.line, 9);
}

static void outside_a_call_there_is_no_watchdog(void **state)
{
    struct nap_machine *m = *state;

    for (unsigned i = 0; i < 10001; i++)
        assert_int_equal(rd(m, BASE_A + 0x04), 0x1234);
    assert_int_equal(m->st->stuck, 0);
}

static void a_new_call_counts_its_own_reads_only(void **state)
{
    struct poll p = {.m = *state, .address = BASE_A + 0x04, .reads = 9999};

    for (int i = 0; i < 3; i++)
        assert_int_equal(nap_seam_call(p.m, "wait", poll, &p), 0);
}

static void after_a_stuck_call_the_next_one_may_read_again(void **state)
{
    struct poll p = {.m = *state, .address = BASE_A + 0x04, .reads = UINT32_MAX};

    assert_int_equal(nap_seam_call(p.m, "wait", poll, &p), NAP_SEAM_STUCK);
    p.reads = 10;
    assert_int_equal(nap_seam_call(p.m, "again", poll, &p), 0);
}

static void polling_a_unit_that_is_off_ends_as_well(void **state)
{
    struct poll p = {.m = *state, .address = BASE_A + 0x04, .reads = UINT32_MAX};

    nap_power_off(p.m, BIT(DOMAIN_MID));
    assert_int_equal(nap_seam_call(p.m, "wait", poll, &p), NAP_SEAM_STUCK);
}

static void polling_a_hole_ends_as_well(void **state)
{
    struct poll p = {.m = *state, .address = BASE_A + 0x14, .reads = UINT32_MAX};

    assert_int_equal(nap_seam_call(p.m, "wait", poll, &p), NAP_SEAM_STUCK);
}

static int read_every_hole(void *context)
{
    for (unsigned i = 0; i < 20000; i++)
        (void)nap_seam_read(BASE_A + 0x100 + i % 700 * 4, 4, "scan.c", 1);
    return *(int *)context;
}

static void reads_of_different_holes_are_no_poll(void **state)
{
    int result = 5;

    assert_int_equal(nap_seam_call(*state, "scan", read_every_hole, &result), 5);
}

/* --- what looked unfinished --- */

static int read_mix_once(void *context)
{
    (void)context;
    (void)nap_seam_read(MIX, 4, "wait.c", 1);
    return 0;
}

static int read_mix_twice(void *context)
{
    (void)read_mix_once(context);
    return read_mix_once(context);
}

static void two_busy_reads_in_a_row_are_remembered(void **state)
{
    struct nap_machine *m = *state;

    nap_set_policy(m, NAP_POLICY_LAZY);
    wr(m, MIX, MIX_A);
    (void)nap_seam_call(m, "once", read_mix_once, NULL);
    assert_int_equal(nap_reg_marks(m, DEV_A, SLOT_MIX) & NAP_MARK_SEEN_BUSY, 0);
    (void)nap_seam_call(m, "twice", read_mix_twice, NULL);
    assert_int_equal(nap_reg_marks(m, DEV_A, SLOT_MIX) & NAP_MARK_SEEN_BUSY,
                     NAP_MARK_SEEN_BUSY);
    assert_int_equal(m->st->n_seen_busy, 1);
}

static void a_read_that_shows_the_end_forgets_that_it_was_busy(void **state)
{
    struct nap_machine *m = *state;

    nap_set_policy(m, NAP_POLICY_LAZY);
    wr(m, MIX, MIX_A);
    for (int i = 0; i < 4; i++) /* three times busy, then done */
        (void)rd(m, MIX);
    assert_int_equal(nap_reg_marks(m, DEV_A, SLOT_MIX) & NAP_MARK_SEEN_BUSY, 0);
    assert_int_equal(m->st->n_seen_busy, 0);
}

static void a_new_call_forgets_what_was_busy(void **state)
{
    struct nap_machine *m = *state;

    nap_set_policy(m, NAP_POLICY_LAZY);
    wr(m, MIX, MIX_A);
    (void)rd(m, MIX);
    (void)rd(m, MIX);
    assert_int_equal(m->st->n_seen_busy, 1);
    nap_poll_forget(m);
    assert_int_equal(m->st->n_seen_busy, 0);
    assert_int_equal(nap_reg_marks(m, DEV_A, SLOT_MIX) & NAP_MARK_SEEN_BUSY, 0);
}

static void power_on_forgets_what_was_busy_in_every_retention_class(void **state)
{
    static const struct {
        nap_addr address;
        uint64_t start;
    } registers[] = {{MIX, MIX_A}, {BASE_A + 0x18, KEEP_START}, {PART, PART_START}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(registers); i++) {
        struct nap_machine *m = odd_machine();
        nap_set_policy(m, NAP_POLICY_LAZY);
        wr(m, registers[i].address, registers[i].start);
        (void)rd(m, registers[i].address);
        (void)rd(m, registers[i].address);
        assert_int_equal(m->st->n_seen_busy, 1);
        off_and_on(m, BIT(DOMAIN_MID));
        assert_int_equal(m->st->n_seen_busy, 0);
        assert_int_equal(rd(m, registers[i].address) & registers[i].start, 0);
        assert_int_equal(m->st->n_seen_busy, 0);
        nap_machine_destroy(m);
    }
}

/* --- golden values (design 4.6) --- */

static void golden_is_the_value_at_suspend_entry_of_what_was_written(void **state)
{
    struct nap_machine *m = *state;
    uint64_t value = 0;

    wr(m, BASE_A + 0x04, 0x77);
    nap_golden_take(m);
    wr(m, BASE_A + 0x04, 0x88);
    assert_true(nap_golden(m, DEV_A, SLOT_WORD, &value));
    assert_int_equal(value, 0x77);
    assert_false(nap_golden(m, DEV_A, SLOT_LONG, &value));
}

static void work_under_way_is_not_golden(void **state)
{
    struct nap_machine *m = *state;
    uint64_t value = 0;

    nap_set_policy(m, NAP_POLICY_LAZY);
    wr(m, MIX, MIX_A | 0x12);
    nap_golden_take(m);
    assert_true(nap_golden(m, DEV_A, SLOT_MIX, &value));
    assert_int_equal(value, 0xa512);
}

static void golden_survives_power_and_ends_when_dropped(void **state)
{
    struct nap_machine *m = *state;
    uint64_t value = 0;

    wr(m, BASE_A + 0x04, 0x77);
    nap_golden_take(m);
    off_and_on(m, BIT(DOMAIN_MID));
    assert_true(nap_golden(m, DEV_A, SLOT_WORD, &value));
    assert_int_equal(value, 0x77);
    nap_golden_drop(m);
    assert_false(nap_golden(m, DEV_A, SLOT_WORD, &value));
}

/* --- marks for probes --- */

static void a_changed_register_marks_the_probes_that_watch_it(void **state)
{
    struct nap_machine *m = *state;
    uint64_t *watch = calloc(ODD_SLOTS + 1, sizeof *watch);

    assert_non_null(watch);
    m->watch_words = 1;
    m->marked = calloc(1, sizeof *m->marked);
    m->devices[DEV_A].watch = watch; /* both are the machine's to free */
    assert_non_null(m->marked);
    watch[SLOT_WORD] = 2;
    watch[ODD_SLOTS] = 4;

    nap_reg_set(m, DEV_A, SLOT_LONG, 1);
    nap_reg_set(m, DEV_A, SLOT_WORD, 0x1234); /* no change */
    assert_false(m->any_marked);
    nap_reg_set(m, DEV_A, SLOT_WORD, 1);
    assert_true(m->any_marked);
    assert_int_equal(m->marked[0], 2);
    nap_probe_changed(m, DEV_A);
    assert_int_equal(m->marked[0], 6);
    nap_watch_all(m);
    assert_int_equal(m->marked[0], UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ODD_TEST(rw_bits_hold_what_was_written),
        ODD_TEST(ro_bits_ignore_writes),
        ODD_TEST(w0c_bits_clear_by_writing_0_and_keep_by_writing_1),
        ODD_TEST(w0c_bits_cannot_be_set_by_writing_1),
        ODD_TEST(a_self_clearing_bit_reads_0_once_its_work_is_done),
        ODD_TEST(writing_0_to_a_self_clearing_bit_does_not_end_its_work),
        ODD_TEST(reserved_bits_read_0_and_writing_ones_to_them_is_flagged),
        ODD_TEST(writing_ones_to_ro_bits_is_not_a_reserved_write),
        ODD_TEST(a_write_step_shows_before_after_and_what_was_sent),
        ODD_TEST(a_handler_learns_the_value_before_and_after),
        ODD_TEST(an_array_element_knows_its_index),
        ODD_TEST(an_access_to_a_register_without_behaviour_is_counted),
        ODD_TEST(a_write_marks_its_register_until_power_goes),
        ODD_TEST(a_step_carries_the_marks_from_before_it),
        ODD_TEST(content_that_hardware_gives_is_not_chosen),
        cmocka_unit_test(a_read_after_a_power_cut_chooses_among_five_contents),
        ODD_TEST(equal_contents_are_offered_once),
        ODD_TEST(a_device_without_a_sibling_has_no_fifth_content),
        ODD_TEST(under_the_hostile_profile_its_value_takes_the_place_of_reset),
        ODD_TEST(a_content_is_chosen_once),
        ODD_TEST(a_settled_content_is_a_step_before_the_read),
        ODD_TEST(a_block_hears_of_content_that_a_read_has_settled),
        ODD_TEST(what_is_overwritten_first_is_no_choice),
        ODD_TEST(what_a_write_leaves_standing_is_chosen_before_it),
        cmocka_unit_test(no_content_shows_work_that_nobody_started),
        ODD_TEST(without_retain_nothing_is_undetermined),
        ODD_TEST(profile_zero_wakes_unknown_registers_at_reset),
        ODD_TEST(profile_hostile_is_the_models_value_where_it_names_one),
        cmocka_unit_test(profile_hostile_is_a_function_of_instance_and_register),
        ODD_TEST(profile_hostile_keeps_to_the_hostile_bits),
        ODD_TEST(after_10000_equal_reads_the_call_ends),
        ODD_TEST(after_9999_equal_reads_the_call_goes_on),
        ODD_TEST(another_read_in_between_starts_the_count_again),
        ODD_TEST(the_watchdog_names_register_value_and_line),
        ODD_TEST(outside_a_call_there_is_no_watchdog),
        ODD_TEST(a_new_call_counts_its_own_reads_only),
        ODD_TEST(after_a_stuck_call_the_next_one_may_read_again),
        ODD_TEST(polling_a_unit_that_is_off_ends_as_well),
        ODD_TEST(polling_a_hole_ends_as_well),
        ODD_TEST(reads_of_different_holes_are_no_poll),
        ODD_TEST(two_busy_reads_in_a_row_are_remembered),
        ODD_TEST(a_read_that_shows_the_end_forgets_that_it_was_busy),
        ODD_TEST(a_new_call_forgets_what_was_busy),
        cmocka_unit_test(power_on_forgets_what_was_busy_in_every_retention_class),
        ODD_TEST(golden_is_the_value_at_suspend_entry_of_what_was_written),
        ODD_TEST(work_under_way_is_not_golden),
        ODD_TEST(golden_survives_power_and_ends_when_dropped),
        ODD_TEST(a_changed_register_marks_the_probes_that_watch_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
