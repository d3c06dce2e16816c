/* SPDX-License-Identifier: MIT */
/* lib/core/work.c and lib/core/choose.c: when hardware work finishes, and who decides. */
#include "user_device.h"

#define MIX  (BASE_A + 0x10)
#define WORD (BASE_A + 0x04)
#define VARY NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY)

/* --- policies --------------------------------------------------------------------------------
 */

static void eager_work_is_done_before_anybody_can_look(void **state)
{
    struct nap_machine *m = *state;
    const struct odd_state *s = nap_block_state(m, DEV_A);

    wr(m, MIX, MIX_A | MIX_B);
    assert_int_equal(s->n_done, 1);
    assert_int_equal(s->done_mask, MIX_A | MIX_B);
    assert_int_equal(nap_reg_get(m, DEV_A, SLOT_MIX), 0xa500);
}

static void work_is_shown_after_the_write_that_starts_it(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;

    record(m, &r);
    wr(m, MIX, MIX_A);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.list[0].kind, NAP_STEP_WRITE);
    assert_int_equal(r.list[0].now, MIX_A | 0xa500);
    assert_int_equal(r.list[1].kind, NAP_STEP_WORK);
    assert_int_equal(r.list[1].issued, r.list[0].step);
    assert_int_equal(r.list[1].step, r.list[0].step + 1);
    assert_int_equal(r.list[1].was, MIX_A | 0xa500);
    assert_int_equal(r.list[1].now, 0xa500);
}

static void work_that_a_write_makes_noticeable_is_shown_after_that_write(void **state)
{
    struct nap_machine *m = *state;
    struct script s = {.answers = {0}};
    struct recorder r;

    choose_by(m, &s, VARY);
    record(m, &r);
    wr(m, MIX, MIX_A);
    wr(m, WORD, 1); /* lets it be noticed: chosen, and done */
    assert_int_equal(s.n_asked, 1);
    assert_int_equal(r.n, 3);
    assert_int_equal(r.list[1].slot, SLOT_WORD);
    assert_int_equal(r.list[2].kind, NAP_STEP_WORK);
    assert_int_equal(r.list[2].issued, r.list[0].step);
}

/* Default of work_reads: 3. */
static void lazy_work_reads_1_three_times_then_0(void **state)
{
    struct nap_machine *m = *state;

    nap_set_policy(m, NAP_POLICY_LAZY);
    wr(m, MIX, MIX_A);
    for (int i = 0; i < 3; i++)
        assert_int_equal(rd(m, MIX), MIX_A | 0xa500);
    assert_int_equal(rd(m, MIX), 0xa500);
    assert_false(nap_work_pending(m, DEV_A, SLOT_MIX, MIX_A));
}

static unsigned no_reads(const struct nap_machine *m, unsigned device)
{
    (void)m;
    (void)device;
    return 0;
}

static unsigned twenty_reads(const struct nap_machine *m, unsigned device)
{
    (void)m;
    (void)device;
    return 20;
}

static unsigned reads_300(const struct nap_machine *m, unsigned device)
{
    (void)m;
    (void)device;
    return 300;
}

static unsigned reads_70000(const struct nap_machine *m, unsigned device)
{
    (void)m;
    (void)device;
    return 70000;
}

static void a_block_says_how_many_reads_late_work_shows(void **state)
{
    static const struct {
        unsigned (*reads)(const struct nap_machine *, unsigned);
        unsigned expected;
    } cases[] = {{no_reads, 0}, {twenty_reads, 20}, {reads_300, 300}, {reads_70000, 65535}};

    (void)state;
    for (size_t c = 0; c < COUNT_OF(cases); c++) {
        struct nap_block block = odd_block;
        const struct nap_block *const blocks[] = {&block, NULL};
        struct nap_machine *m;
        block.work_reads = cases[c].reads;
        m = odd_machine_as(&(struct nap_machine_config){
            .blocks = blocks, .slot = 1, .policy = NAP_POLICY_LAZY});
        wr(m, MIX, MIX_A);
        for (unsigned i = 0; i < cases[c].expected; i++)
            assert_int_equal(rd(m, MIX) & MIX_A, MIX_A);
        assert_int_equal(rd(m, MIX) & MIX_A, 0);
        nap_machine_destroy(m);
    }
}

static void lazy_work_that_nobody_reads_stays_until_the_end(void **state)
{
    struct nap_machine *m = *state;
    const struct odd_state *s = nap_block_state(m, DEV_A);

    nap_set_policy(m, NAP_POLICY_LAZY);
    wr(m, MIX, MIX_A);
    for (int i = 0; i < 100; i++)
        (void)rd(m, WORD);
    assert_true(nap_work_pending(m, DEV_A, SLOT_MIX, MIX_A));
    nap_work_finish_all(m);
    assert_false(nap_work_pending(m, DEV_A, SLOT_MIX, MIX_A));
    assert_int_equal(s->n_done, 1);
}

static void two_items_of_one_register_go_their_own_ways(void **state)
{
    struct nap_machine *m = *state;

    nap_set_policy(m, NAP_POLICY_LAZY);
    wr(m, MIX, MIX_A);
    assert_int_equal(rd(m, MIX), MIX_A | 0xa500);
    wr(m, MIX, MIX_B);
    assert_int_equal(rd(m, MIX), MIX_A | MIX_B | 0xa500);
    assert_int_equal(rd(m, MIX), MIX_A | MIX_B | 0xa500);
    assert_int_equal(rd(m, MIX), MIX_B | 0xa500); /* A has shown itself three times */
    assert_int_equal(rd(m, MIX), 0xa500);
}

static void one_read_notices_every_item_of_its_register(void **state)
{
    struct nap_machine *m = *state;
    struct script s = {.answers = {0, 0}};

    choose_by(m, &s, VARY);
    wr(m, MIX, MIX_A);
    wr(m, MIX, MIX_B);
    assert_int_equal(rd(m, MIX), 0xa500);
    assert_int_equal(s.n_asked, 2);
}

static void setting_a_bit_that_is_busy_starts_nothing_new(void **state)
{
    struct nap_machine *m = *state;

    nap_set_policy(m, NAP_POLICY_LAZY);
    wr(m, MIX, MIX_A);
    (void)rd(m, MIX);
    wr(m, MIX, MIX_A);
    assert_int_equal(m->st->n_work, 1);
    (void)rd(m, MIX);
    (void)rd(m, MIX);
    assert_int_equal(rd(m, MIX), 0xa500);
}

/* Writing 0 to A calls its work off; B goes on, as everywhere without such a hook. */
static uint64_t zero_stops_a(struct nap_machine *m, unsigned device, unsigned slot,
                             uint64_t written, uint64_t lanes, uint64_t now)
{
    if (!(now & lanes & MIX_A) || (written & MIX_A))
        return now;
    nap_work_notice(m, device, slot, MIX_A);
    nap_work_cancel(m, device, slot, MIX_A);
    return now & ~MIX_A;
}

static nap_on_store *const odd_on_store[ODD_REGS] = {[ODD_MIX] = zero_stops_a};

static struct nap_machine *stoppable(const struct nap_block **blocks, struct nap_block *block)
{
    *block = odd_block;
    block->on_store = odd_on_store;
    blocks[0] = block;
    return odd_machine_as(
        &(struct nap_machine_config){.blocks = blocks, .policy = NAP_POLICY_LAZY, .slot = 1});
}

static void a_block_may_call_work_off(void **state)
{
    const struct nap_block *blocks[2] = {NULL};
    struct nap_block block;
    struct nap_machine *m = stoppable(blocks, &block);
    struct recorder r;

    (void)state;
    wr(m, MIX, MIX_A | MIX_B); /* one item, of which a part is called off */
    record(m, &r);
    wr(m, MIX, 0);
    assert_int_equal(r.n, 1); /* nothing was done */
    assert_int_equal(r.list[0].was & (MIX_A | MIX_B), MIX_A | MIX_B);
    assert_int_equal(r.list[0].now & (MIX_A | MIX_B), MIX_B);
    assert_false(nap_work_pending(m, DEV_A, SLOT_MIX, MIX_A));
    assert_true(nap_work_pending(m, DEV_A, SLOT_MIX, MIX_B));
    assert_int_equal(nap_reg_get(m, DEV_A, SLOT_MIX) & (MIX_A | MIX_B), MIX_B);
    assert_int_equal(((const struct odd_state *)nap_block_state(m, DEV_A))->n_done, 0);
    wr(m, MIX, MIX_A | MIX_B); /* may be started again */
    assert_true(nap_work_pending(m, DEV_A, SLOT_MIX, MIX_A));
    wr(m, MIX, 0);
    assert_int_equal(m->st->n_work, 1);
    nap_machine_destroy(m);
}

/* The hook lets it be noticed first: work found done is no longer there to be called off. */
static void work_found_done_by_the_write_is_not_called_off(void **state)
{
    const struct nap_block *blocks[2] = {NULL};
    struct nap_block block;
    struct nap_machine *m = stoppable(blocks, &block);
    struct script s = {.answers = {0}};
    struct recorder r;

    (void)state;
    choose_by(m, &s, NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY));
    wr(m, MIX, MIX_A);
    record(m, &r);
    wr(m, MIX, 0);
    assert_int_equal(s.n_asked, 1);
    assert_int_equal(r.list[0].kind, NAP_STEP_WORK);
    assert_int_equal(r.list[1].kind, NAP_STEP_WRITE);
    assert_int_equal(r.list[1].was & MIX_A, 0);
    assert_int_equal(((const struct odd_state *)nap_block_state(m, DEV_A))->n_done, 1);
    nap_machine_destroy(m);
}

static void work_stands_in_order_of_device_register_and_bit(void **state)
{
    static const struct {
        nap_addr address;
        uint64_t value;
    } writes[] = {{BASE_B + 0x10, MIX_B},      {MIX, MIX_B}, {BASE_B + 0x10, MIX_A},
                  {BASE_A + 0x44, PART_START}, {MIX, MIX_A}, {BASE_A + 0x18, KEEP_START}};
    struct nap_machine *m = *state;

    nap_set_policy(m, NAP_POLICY_LAZY);
    for (size_t i = 0; i < COUNT_OF(writes); i++)
        wr(m, writes[i].address, writes[i].value);
    assert_int_equal(m->st->n_work, 6);
    for (uint32_t i = 1; i < 6; i++) {
        const struct nap_work *a = &m->st->work[i - 1], *b = &m->st->work[i];
        uint64_t ka = (uint64_t)a->device << 48 | (uint64_t)a->slot << 32 | a->mask;
        uint64_t kb = (uint64_t)b->device << 48 | (uint64_t)b->slot << 32 | b->mask;
        assert_true(ka < kb);
    }
}

/* --- varied (design 4.8) --- */

static void work_that_nobody_notices_is_no_choice(void **state)
{
    struct nap_machine *m = *state;
    struct script s = {.n_asked = 0};

    choose_by(m, &s, VARY);
    wr(m, MIX, MIX_A);
    (void)rd(m, WORD);
    nap_work_finish_all(m);
    assert_int_equal(s.n_asked, 0);
    assert_int_equal(rd(m, MIX), 0xa500);
}

static void the_first_read_asks_once(void **state)
{
    struct nap_machine *m = *state;
    struct script s = {.answers = {1}};

    choose_by(m, &s, VARY);
    wr(m, MIX, MIX_A);
    for (int i = 0; i < 3; i++)
        assert_int_equal(rd(m, MIX) & MIX_A, MIX_A);
    assert_int_equal(rd(m, MIX) & MIX_A, 0);
    assert_int_equal(s.n_asked, 1);
    assert_int_equal(s.asked[0].kind, NAP_CHOOSE_LATENCY);
    assert_int_equal(s.asked[0].n, 2);
    assert_int_equal(s.asked[0].fault, 2);
    assert_int_equal(s.asked[0].instance, nap_instance_of(DEV_A, SLOT_MIX));
}

static void outcome_0_is_done_before_the_read(void **state)
{
    struct nap_machine *m = *state;
    struct script s = {.answers = {0}};

    choose_by(m, &s, VARY);
    wr(m, MIX, MIX_A);
    assert_int_equal(rd(m, MIX), 0xa500);
}

static void a_fault_is_offered_while_the_budget_lasts(void **state)
{
    struct nap_machine *m =
        odd_machine_as(&(struct nap_machine_config){.slot = 1, .faults = 1});
    struct script s = {.answers = {2, 1}};

    (void)state;
    choose_by(m, &s, VARY);
    wr(m, MIX, MIX_A);
    wr(m, BASE_B + 0x10, MIX_A);
    for (int i = 0; i < 50; i++)
        assert_int_equal(rd(m, MIX) & MIX_A, MIX_A);
    assert_int_equal(m->st->faults_left, 0);
    assert_int_equal(s.asked[0].n, 3);
    assert_int_equal(s.asked[0].fault, 2);
    (void)rd(m, BASE_B + 0x10);
    assert_int_equal(s.asked[1].n, 2);
    nap_machine_destroy(m);
}

static void work_that_never_finishes_outlives_the_run(void **state)
{
    struct nap_machine *m =
        odd_machine_as(&(struct nap_machine_config){.slot = 1, .faults = 1});
    struct script s = {.answers = {2}};

    (void)state;
    choose_by(m, &s, VARY);
    wr(m, MIX, MIX_A);
    wr(m, BASE_B + 0x10, MIX_A);
    (void)rd(m, MIX);
    nap_work_finish_all(m);
    assert_true(nap_work_pending(m, DEV_A, SLOT_MIX, MIX_A));
    assert_false(nap_work_pending(m, DEV_B, SLOT_MIX, MIX_A));
    nap_machine_destroy(m);
}

static void work_that_is_not_there_cannot_be_noticed(void **state)
{
    struct nap_machine *m = *state;
    struct script s = {.n_asked = 0};

    choose_by(m, &s, VARY);
    nap_work_notice(m, DEV_A, SLOT_MIX, MIX_A);
    assert_int_equal(s.n_asked, 0);
    assert_int_equal(m->st->n_work, 0);
}

/* Starts everything that the machine's registers can start; returns how many writes. */
static unsigned start_all(struct nap_machine *m)
{
    unsigned started = 0;

    for (unsigned d = 0; d < m->n_devices; d++) {
        const struct nap_kind *kind = m->devices[d].kind;
        for (unsigned s = 0; s < kind->n_slots; s++) {
            const struct nap_reg *reg = &kind->block->model->regs[kind->slots[s].reg];
            if (!(reg->variants & 1u << kind->variant) || !kind->slots[s].self_clear)
                continue;
            wr(m, m->devices[d].base + nap_reg_offset(reg, kind->slots[s].index),
               kind->slots[s].self_clear);
            started++;
        }
    }
    return started;
}

static void all_the_work_that_a_built_in_machine_can_have_fits(void **state)
{
    (void)state;
    for (unsigned i = 0; nap_builtin_soc_name(i); i++) {
        struct nap_soc *soc = NULL;
        struct nap_machine *m;
        unsigned started;

        assert_int_equal(nap_builtin_soc(nap_builtin_soc_name(i), &soc, NULL), NAP_OK);
        m = h3_machine(soc, 1);
        nap_set_policy(m, NAP_POLICY_LAZY);
        started = start_all(m);
        if (strcmp(soc->name, "rcar-h3") == 0)
            assert_int_equal(started, 17 * 8 + 16 * 48); /* contexts and micro-TLBs */
        if (strncmp(soc->name, "rcar-", 5) == 0)
            assert_int_equal(m->st->n_work, started);
        else if (nap_controller(m) >= 0) /* no bit that clears itself starts its work */
            assert_int_equal(m->st->n_work, 0);
        else /* guards refuse some of it: GATOS_CTRL.RUN while SMMUEN is 0 */
            assert_in_range(m->st->n_work, 1, started);
        nap_work_finish_all(m);
        assert_int_equal(m->st->n_work, 0);
        nap_machine_destroy(m);
        nap_soc_free(soc);
    }
}

/* A machine of a device with @n registers that each start one item of work, at most 2000. */
static enum nap_err open_workers(struct user_device *u, unsigned n, struct nap_error *error)
{
    const struct nap_block *const blocks[] = {&u->block, NULL};
    struct nap_machine_config config = {.blocks = blocks, .policy = NAP_POLICY_LAZY, .slot = 1};
    static const char soc[] =
        "soc: board\ntitle: t\nsource: s\ndomains:\n  - {name: d}\ndevices:\n"
        "  - {name: dev, model: user, variant: one, base: 0x10000000, size: 0x2000, "
        "domain: d}\n";
    char text[1024];

    memset(u, 0, sizeof *u);
    snprintf(text, sizeof text,
             "model: user\ntitle: t\nsource: s\nvariants: [one, two]\nwindow: 0x2000\n"
             "registers:\n" USER_REG("CMD", "0", "    count: %u\n    stride: 4\n",
                                     USER_FIELD("name: GO, bits: 3, access: self_clear")),
             n);
    user_model(u, text);
    assert_int_equal(nap_soc_load(soc, sizeof soc - 1, "board.yaml", &u->soc, NULL), NAP_OK);
    config.soc = u->soc;
    return nap_machine_create(&config, &u->m, error);
}

static void work_up_to_the_limit_fits_and_more_is_refused(void **state)
{
    struct nap_error error = {0};
    struct user_device u;

    (void)state;
    assert_int_equal(open_workers(&u, 1024, &error), NAP_OK);
    assert_int_equal(start_all(u.m), 1024);
    assert_int_equal(u.m->st->n_work, 1024);
    nap_work_finish_all(u.m);
    assert_int_equal(u.m->st->n_work, 0);
    user_close(&u);
    assert_int_equal(open_workers(&u, 1025, &error), NAP_ERR_NOSPACE);
    assert_string_equal(error.text,
                        "board: its devices may have 1025 items of work under way at once, "
                        "expected at most 1024");
    user_close(&u);
}

/* --- work that no bit stands for --- */

/* Two items told apart by bits of WORD; LONG is copied to it as the first is done. */
#define ITEM_1   UINT64_C(0x1)
#define ITEM_2   UINT64_C(0x10000)
#define DOORBELL (RAM_BASE + 0x104)

static void begin_work(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                       uint64_t now)
{
    (void)index;
    (void)was;
    if (now & 1)
        nap_work_begin(m, device, SLOT_WORD, ITEM_1);
    if (now & 2)
        nap_work_begin(m, device, SLOT_WORD, ITEM_2);
}

static void copy_long(struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask)
{
    odd_done(m, device, slot, mask);
    if (mask == ITEM_1)
        nap_reg_set(m, device, SLOT_WORD, nap_reg_get(m, device, SLOT_LONG));
}

static void doorbell_read(struct nap_machine *m, unsigned device, nap_addr address)
{
    if (address == DOORBELL)
        nap_work_read(m, device, SLOT_WORD, ITEM_1);
}

static struct nap_machine *beginner(struct nap_block *block, enum nap_policy policy)
{
    static nap_on_write *effects[ODD_REGS];
    static const struct nap_block *blocks[2];

    effects[ODD_HALF] = begin_work;
    *block = odd_block;
    block->on_write = effects;
    block->work_done = copy_long;
    block->ram_read = doorbell_read;
    block->n_work = 2;
    blocks[0] = block;
    return odd_machine_as(
        &(struct nap_machine_config){.blocks = blocks, .slot = 1, .policy = policy});
}

#define START(m, items) nap_bus_write(m, BASE_A + 0x02, 2, items, NOWHERE)

static void work_that_was_begun_is_done_at_once_under_the_eager_policy(void **state)
{
    struct nap_block block;
    struct nap_machine *m = beginner(&block, NAP_POLICY_EAGER);
    struct recorder r;

    (void)state;
    nap_bus_write(m, BASE_A + 0x08, 8, 0x77, NOWHERE);
    record(m, &r);
    START(m, 1);
    assert_int_equal(nap_reg_get(m, DEV_A, SLOT_WORD), 0x77);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.list[0].kind, NAP_STEP_WRITE);
    assert_int_equal(r.list[1].kind, NAP_STEP_WORK);
    assert_int_equal(r.list[1].was, 0x1234);
    assert_int_equal(r.list[1].now, 0x77);
    nap_machine_destroy(m);
}

static void reads_of_its_register_notice_work_that_was_begun(void **state)
{
    struct nap_block block;
    struct nap_machine *m = beginner(&block, NAP_POLICY_LAZY);

    (void)state;
    START(m, 1);
    (void)rd(m, BASE_A + 0x1c); /* another register */
    for (int i = 0; i < 3; i++)
        assert_int_equal(rd(m, WORD), 0x1234);
    assert_true(nap_work_pending(m, DEV_A, SLOT_WORD, ITEM_1));
    assert_int_equal(rd(m, WORD), 0);
    assert_false(nap_work_pending(m, DEV_A, SLOT_WORD, ITEM_1));
    assert_int_equal(m->st->n_begun, 0);
    nap_machine_destroy(m);
}

static void work_that_is_under_way_does_not_begin_again(void **state)
{
    struct nap_block block;
    struct nap_machine *m = beginner(&block, NAP_POLICY_LAZY);
    const struct odd_state *s = nap_block_state(m, DEV_A);

    (void)state;
    START(m, 3);
    START(m, 3);
    assert_int_equal(m->st->n_work, 2);
    assert_int_equal(m->st->n_begun, 2);
    nap_work_finish_all(m);
    assert_int_equal(s->n_done, 2);
    assert_int_equal(m->st->n_work + m->st->n_begun, 0);
    nap_machine_destroy(m);
}

static void work_that_was_begun_is_called_off_and_lost_with_power(void **state)
{
    struct nap_block block;
    struct nap_machine *m = beginner(&block, NAP_POLICY_LAZY);
    const struct odd_state *s = nap_block_state(m, DEV_A);

    (void)state;
    START(m, 3);
    nap_work_cancel(m, DEV_A, SLOT_WORD, ITEM_2);
    assert_true(nap_work_pending(m, DEV_A, SLOT_WORD, ITEM_1));
    assert_false(nap_work_pending(m, DEV_A, SLOT_WORD, ITEM_2));
    assert_int_equal(m->st->n_begun, 1);
    nap_power_off(m, BIT(DOMAIN_MID));
    assert_int_equal(m->st->n_work + m->st->n_begun, 0);
    assert_int_equal(s->n_done, 0);
    nap_machine_destroy(m);
}

static void a_driver_that_polls_begun_work_is_seen_to_wait(void **state)
{
    struct nap_block block;
    struct nap_machine *m = beginner(&block, NAP_POLICY_LAZY);

    (void)state;
    START(m, 1);
    (void)rd(m, WORD);
    assert_int_equal(m->st->n_seen_busy, 0);
    (void)rd(m, WORD);
    assert_int_equal(m->st->n_seen_busy, 1);
    (void)rd(m, WORD);
    (void)rd(m, WORD);
    assert_int_equal(m->st->n_seen_busy, 0);
    nap_machine_destroy(m);
}

static void whether_begun_work_is_late_is_asked_where_it_is_noticed(void **state)
{
    struct nap_block block;
    struct nap_machine *m = beginner(&block, NAP_POLICY_EAGER);
    struct script s = {.answers = {1}};

    (void)state;
    choose_by(m, &s, VARY);
    START(m, 1);
    assert_int_equal(s.n_asked, 0);
    assert_int_equal(rd(m, WORD), 0x1234);
    assert_int_equal(s.n_asked, 1);
    assert_int_equal(s.asked[0].instance, nap_instance_of(DEV_A, SLOT_WORD));
    nap_machine_destroy(m);
}

/* Six words lie in these 24 bytes; the bell is the second of the last two. */
static void reads_of_ram_reach_the_block_while_its_work_is_unfinished(void **state)
{
    struct nap_block block;
    struct nap_machine *m = beginner(&block, NAP_POLICY_EAGER);
    struct script s = {.answers = {0}};

    (void)state;
    choose_by(m, &s, VARY);
    nap_work_ram_was_read(m, DOORBELL, 4);
    START(m, 1);
    nap_work_ram_was_read(m, DOORBELL - 20, 20);
    nap_work_ram_was_read(m, DOORBELL + 4, 8);
    assert_int_equal(s.n_asked, 0);
    nap_work_ram_was_read(m, DOORBELL - 20, 24);
    assert_int_equal(s.n_asked, 1);
    assert_false(nap_work_pending(m, DEV_A, SLOT_WORD, ITEM_1));
    START(m, 1);
    (void)nap_bus_read(m, DOORBELL - 4, 8, NOWHERE);
    assert_int_equal(s.n_asked, 2);
    nap_machine_destroy(m);
}

static void late_work_that_ram_shows_is_done_after_its_reads(void **state)
{
    struct nap_block block;
    struct nap_machine *m = beginner(&block, NAP_POLICY_LAZY);

    (void)state;
    START(m, 1);
    for (int i = 0; i < 3; i++) {
        (void)nap_bus_read(m, DOORBELL, 4, NOWHERE);
        assert_true(nap_work_pending(m, DEV_A, SLOT_WORD, ITEM_1));
    }
    (void)nap_bus_read(m, DOORBELL, 4, NOWHERE);
    assert_false(nap_work_pending(m, DEV_A, SLOT_WORD, ITEM_1));
    nap_machine_destroy(m);
}

/* What the second item begins calls the first one off. */
static void begin_next(struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask)
{
    odd_done(m, device, slot, mask);
    if (mask == ITEM_2)
        nap_work_begin(m, device, SLOT_LOST, ITEM_1);
    if (slot == SLOT_LOST)
        nap_work_cancel(m, device, SLOT_WORD, ITEM_1);
}

static void everything_finishes_even_what_begins_or_is_called_off_meanwhile(void **state)
{
    struct nap_block block;
    struct nap_machine *m = beginner(&block, NAP_POLICY_LAZY);
    const struct odd_state *s = nap_block_state(m, DEV_A);

    (void)state;
    block.work_done = begin_next;
    block.n_work = 3;
    START(m, 3);
    nap_work_finish_all(m);
    assert_int_equal(m->st->n_work + m->st->n_begun, 0);
    assert_int_equal(s->n_done, 2); /* ITEM_2, and what began then */
    nap_machine_destroy(m);
}

static void items_that_a_block_begins_count_against_the_limit(void **state)
{
    static const struct nap_block *blocks[2];
    struct nap_machine_config config = {.soc = &odd_soc, .blocks = blocks, .slot = 1};
    struct nap_block block = odd_block;
    struct nap_error error = {0};
    struct nap_machine *m;

    (void)state;
    block.n_work = 1021; /* and MIX, KEEP and PART have 4 bits */
    blocks[0] = &block;
    assert_int_equal(nap_machine_create(&config, &m, &error), NAP_ERR_NOSPACE);
    assert_string_equal(error.text,
                        "odd-board: its devices may have 3075 items of work under way at once, "
                        "expected at most 1024");
}

/* --- rules see the write with its work done --- */

struct seen {
    unsigned n;
    struct {
        enum nap_step_kind kind;
        uint64_t value;
    } list[8];
};

static void observe(void *context, struct nap_machine *m, const struct nap_event *e)
{
    struct seen *s = context;

    s->list[s->n].kind = e->kind;
    s->list[s->n++].value = nap_reg_get(m, DEV_A, SLOT_MIX);
}

static void what_is_watched_is_judged_with_the_work_of_the_write_done(void **state)
{
    struct nap_machine *m = *state;
    struct seen seen = {.n = 0};

    m->observer = observe;
    m->observer_context = &seen;
    m->observed = NAP_STEP_BIT(NAP_STEP_WRITE) | NAP_STEP_BIT(NAP_STEP_WORK);
    wr(m, MIX, MIX_A);
    (void)rd(m, MIX); /* not watched */
    assert_int_equal(seen.n, 2);
    assert_int_equal(seen.list[0].kind, NAP_STEP_WRITE);
    assert_int_equal(seen.list[0].value, 0xa500);
    assert_int_equal(seen.list[1].kind, NAP_STEP_WORK);
}

/* --- nap_choose() --- */

static void a_choice_of_one_is_not_asked(void **state)
{
    struct nap_machine *m = *state;
    struct script s = {.n_asked = 0};

    choose_by(m, &s, UINT32_MAX);
    assert_int_equal(nap_choose(m, NAP_CHOOSE_ORDER, "next", NAP_NO_INSTANCE, 1), 0);
    assert_int_equal(s.n_asked, 0);
}

static void a_varied_kind_is_asked_with_all_that_names_the_choice(void **state)
{
    struct nap_machine *m = *state;
    struct script s = {.answers = {4}};

    choose_by(m, &s, NAP_CHOICE_BIT(NAP_CHOOSE_ORDER));
    assert_int_equal(
        nap_choose(m, NAP_CHOOSE_ORDER, "next", nap_instance_of(2, NAP_NO_SLOT), 5), 4);
    assert_int_equal(s.n_asked, 1);
    assert_int_equal(s.asked[0].kind, NAP_CHOOSE_ORDER);
    assert_string_equal(s.asked[0].label, "next");
    assert_int_equal(s.asked[0].instance, 0x3ffff);
    assert_int_equal(s.asked[0].n, 5);
    assert_int_equal(s.asked[0].fault, 5);
}

static void a_kind_that_is_not_varied_is_answered_by_the_policy(void **state)
{
    struct nap_machine *m = *state;
    struct script s = {.answers = {1, 1, 1, 1}};

    choose_by(m, &s, NAP_CHOICE_BIT(NAP_CHOOSE_RESET));
    nap_set_policy(m, NAP_POLICY_EAGER);
    assert_int_equal(nap_choose(m, NAP_CHOOSE_LATENCY, "l", NAP_NO_INSTANCE, 2), 0);
    nap_set_policy(m, NAP_POLICY_LAZY);
    assert_int_equal(nap_choose(m, NAP_CHOOSE_LATENCY, "l", NAP_NO_INSTANCE, 2), 1);
    assert_int_equal(nap_choose(m, NAP_CHOOSE_ORDER, "o", NAP_NO_INSTANCE, 2), 0);
    assert_int_equal(nap_choose(m, NAP_CHOOSE_RETAIN, "r", NAP_NO_INSTANCE, 2), 0);
    assert_int_equal(s.n_asked, 0);
}

static void without_a_chooser_nothing_is_varied(void **state)
{
    struct nap_machine *m = *state;

    nap_set_chooser(m, NULL, NULL, UINT32_MAX);
    assert_false(nap_varied(m, NAP_CHOOSE_RETAIN));
    assert_int_equal(nap_choose(m, NAP_CHOOSE_RETAIN, "r", NAP_NO_INSTANCE, 3), 0);
}

static void kinds_have_names_and_are_found_by_them(void **state)
{
    static const char *const names[] = {"reset", "order", "latency", "retain", "fail",
                                        "abort", "loss",  "handler", "post",   "queue-fill",
                                        "api",   "idle",  "irq",     "dma"};

    (void)state;
    for (int k = 0; k < NAP_CHOOSE_KINDS; k++) {
        assert_string_equal(nap_choice_kind_name((enum nap_choice_kind)k), names[k]);
        assert_int_equal(nap_choice_kind_find(names[k]), k);
    }
    assert_int_equal(nap_choice_kind_find("orders"), -1);
    assert_int_equal(nap_choice_kind_find(""), -1);
}

/* Equal work is equal bytes, whatever it was before. */
static void what_is_left_of_called_off_work_stands_in_order(void **state)
{
    struct nap_machine *m = *state;

    nap_set_policy(m, NAP_POLICY_LAZY);
    nap_work_post(m, DEV_A, SLOT_MIX, 0x4);
    nap_work_post(m, DEV_A, SLOT_MIX, 0xa);
    m->ev->work[0].issued = 40;
    m->ev->work[1].issued = 100;
    nap_work_cancel(m, DEV_A, SLOT_MIX, 0x8);
    assert_int_equal(m->st->n_work, 2);
    assert_int_equal(m->st->work[0].mask, 0x2);
    assert_int_equal(m->ev->work[0].issued, 100);
    assert_int_equal(m->st->work[1].mask, 0x4);
    assert_int_equal(m->ev->work[1].issued, 40);
    nap_work_cancel(m, DEV_A, SLOT_MIX, 0x6);
    assert_int_equal(m->st->n_work, 0);
}

static void an_instance_is_named_by_device_and_register(void **state)
{
    struct nap_machine *m = *state;
    char name[NAP_NAME_MAX * 2];

    nap_instance_name(m, NAP_NO_INSTANCE, name, sizeof name);
    assert_string_equal(name, "");
    nap_instance_name(m, nap_instance_of(DEV_B, NAP_NO_SLOT), name, sizeof name);
    assert_string_equal(name, "b");
    nap_instance_name(m, nap_instance_of(DEV_B, SLOT_ARRAY + 2), name, sizeof name);
    assert_string_equal(name, "b.ARRAY[2]");
    nap_instance_name(m, nap_instance_of(DEV_A, SLOT_BYTE), name, sizeof name);
    assert_string_equal(name, "a.BYTE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ODD_TEST(eager_work_is_done_before_anybody_can_look),
        ODD_TEST(work_is_shown_after_the_write_that_starts_it),
        ODD_TEST(work_that_a_write_makes_noticeable_is_shown_after_that_write),
        ODD_TEST(lazy_work_reads_1_three_times_then_0),
        cmocka_unit_test(a_block_says_how_many_reads_late_work_shows),
        ODD_TEST(lazy_work_that_nobody_reads_stays_until_the_end),
        ODD_TEST(two_items_of_one_register_go_their_own_ways),
        ODD_TEST(one_read_notices_every_item_of_its_register),
        ODD_TEST(setting_a_bit_that_is_busy_starts_nothing_new),
        ODD_TEST(a_block_may_call_work_off),
        ODD_TEST(what_is_left_of_called_off_work_stands_in_order),
        ODD_TEST(work_found_done_by_the_write_is_not_called_off),
        ODD_TEST(work_stands_in_order_of_device_register_and_bit),
        ODD_TEST(work_that_nobody_notices_is_no_choice),
        ODD_TEST(the_first_read_asks_once),
        ODD_TEST(outcome_0_is_done_before_the_read),
        cmocka_unit_test(a_fault_is_offered_while_the_budget_lasts),
        cmocka_unit_test(work_that_never_finishes_outlives_the_run),
        ODD_TEST(work_that_is_not_there_cannot_be_noticed),
        cmocka_unit_test(all_the_work_that_a_built_in_machine_can_have_fits),
        cmocka_unit_test(work_up_to_the_limit_fits_and_more_is_refused),
        cmocka_unit_test(work_that_was_begun_is_done_at_once_under_the_eager_policy),
        cmocka_unit_test(reads_of_its_register_notice_work_that_was_begun),
        cmocka_unit_test(work_that_is_under_way_does_not_begin_again),
        cmocka_unit_test(work_that_was_begun_is_called_off_and_lost_with_power),
        cmocka_unit_test(a_driver_that_polls_begun_work_is_seen_to_wait),
        cmocka_unit_test(whether_begun_work_is_late_is_asked_where_it_is_noticed),
        cmocka_unit_test(reads_of_ram_reach_the_block_while_its_work_is_unfinished),
        cmocka_unit_test(late_work_that_ram_shows_is_done_after_its_reads),
        cmocka_unit_test(everything_finishes_even_what_begins_or_is_called_off_meanwhile),
        cmocka_unit_test(items_that_a_block_begins_count_against_the_limit),
        ODD_TEST(what_is_watched_is_judged_with_the_work_of_the_write_done),
        ODD_TEST(a_choice_of_one_is_not_asked),
        ODD_TEST(a_varied_kind_is_asked_with_all_that_names_the_choice),
        ODD_TEST(a_kind_that_is_not_varied_is_answered_by_the_policy),
        ODD_TEST(without_a_chooser_nothing_is_varied),
        ODD_TEST(kinds_have_names_and_are_found_by_them),
        ODD_TEST(an_instance_is_named_by_device_and_register),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
