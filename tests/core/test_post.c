/* SPDX-License-Identifier: MIT */
/* lib/core/post.c: when register writes land, and what makes them (docs/memory-order.md). */
#include "../rig.h"

#define VARY          NAP_CHOICE_BIT(NAP_CHOOSE_POST)
#define ON_ITS_WAY(m) ((m)->st->n_posts)

/* One plain register of each device, reset 0x11. */
#define PLACE(device) (odd_base[device] + 0x1c)

struct post_rig {
    struct nap_machine *m;
    struct script s;
    struct recorder r;
};

static int post_setup(void **state)
{
    static struct post_rig rig;

    rig = (struct post_rig){.m = odd_machine()};
    choose_by(rig.m, &rig.s, VARY);
    for (unsigned d = DEV_A; d <= DEV_C; d++) { /* software has written everything once */
        wr(rig.m, PLACE(d), 0);
        (void)rd(rig.m, PLACE(d));
    }
    rig.s.n_asked = 0;
    record(rig.m, &rig.r);
    *state = &rig;
    return 0;
}

static int post_teardown(void **state)
{
    struct post_rig *rig = *state;

    nap_machine_destroy(rig->m);
    return 0;
}

static void put(struct post_rig *rig, unsigned device, uint64_t value)
{
    nap_bus_write(rig->m, PLACE(device), 4, value,
                  (struct nap_source){"driver.c", (int)value, NULL});
}

static void barrier(struct post_rig *rig, const char *name)
{
    nap_bus_barrier(rig->m, name, (struct nap_source){"driver.c", 99, NULL});
}

/* What the device holds, without an access. */
static uint64_t has(const struct post_rig *rig, unsigned device)
{
    return nap_reg_get(rig->m, device, SLOT_LOST);
}

/* Values of the writes that have landed, in order, as digits. */
static unsigned landed(const struct post_rig *rig)
{
    unsigned digits = 0;

    for (unsigned i = 0; i < rig->r.n; i++)
        if (rig->r.list[i].kind == NAP_STEP_WRITE)
            digits = digits * 10 + (unsigned)rig->r.list[i].written;
    return digits;
}

/* --- where nothing is varied -----------------------------------------------------------------
 */

static void without_the_kind_a_write_lands_when_it_is_issued(void **state)
{
    struct post_rig *rig = *state;

    choose_by(rig->m, &rig->s, NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY));
    put(rig, DEV_A, 1);
    assert_int_equal(has(rig, DEV_A), 1);
    assert_int_equal(rig->r.n, 1);
    assert_int_equal(rig->r.list[0].issued, rig->r.list[0].step);
}

static void a_lazy_policy_is_about_work_and_holds_no_write(void **state)
{
    struct post_rig *rig = *state;

    nap_set_chooser(rig->m, NULL, NULL, 0);
    nap_set_policy(rig->m, NAP_POLICY_LAZY);
    put(rig, DEV_A, 1);
    assert_int_equal(has(rig, DEV_A), 1);
}

/* --- the FIFO
 * ---------------------------------------------------------------------------------
 */

static void a_write_is_on_its_way_and_nobody_is_asked(void **state)
{
    struct post_rig *rig = *state;

    put(rig, DEV_A, 1);
    put(rig, DEV_A, 2);
    assert_int_equal(has(rig, DEV_A), 0);
    assert_int_equal(ON_ITS_WAY(rig->m), 2);
    assert_int_equal(rig->s.n_asked, 0);
    assert_int_equal(rig->r.n, 2);
    assert_int_equal(rig->r.list[0].kind, NAP_STEP_POST);
    assert_int_equal(rig->r.list[0].written, 1);
    assert_non_null(strstr(rig->r.text[0], "post       a.LOST <- 0x1, on its way  driver.c:1"));
}

static void a_landing_says_where_the_write_was_issued(void **state)
{
    struct post_rig *rig = *state;

    put(rig, DEV_A, 1);
    barrier(rig, "DSB SY");
    assert_int_equal(rig->r.n, 3);
    assert_int_equal(rig->r.list[1].kind, NAP_STEP_WRITE);
    assert_int_equal(rig->r.list[1].issued, rig->r.list[0].step);
    assert_int_equal(rig->r.list[1].step, rig->r.list[0].step + 1);
    assert_int_equal(rig->r.list[1].source.line, 1);
    assert_int_equal(rig->r.list[2].kind, NAP_STEP_BARRIER);
    assert_int_equal(rig->r.list[2].source.line, 99);
    assert_non_null(strstr(rig->r.text[1], ", issued at step "));
}

static void what_changes_nothing_is_not_on_its_way(void **state)
{
    struct post_rig *rig = *state;

    put(rig, DEV_A, 0); /* as it is, and as software wrote it */
    assert_int_equal(ON_ITS_WAY(rig->m), 0);
    put(rig, DEV_A, 1);
    put(rig, DEV_A, 0); /* behind one that changes it */
    assert_int_equal(ON_ITS_WAY(rig->m), 2);
}

static void a_write_of_the_value_after_power_loss_is_on_its_way(void **state)
{
    struct post_rig *rig = *state;

    off_and_on(rig->m, BIT(DOMAIN_MID));
    put(rig, DEV_A, 0x11);
    assert_int_equal(ON_ITS_WAY(rig->m), 1);
}

static bool only_b(const struct nap_machine *m, unsigned device)
{
    (void)m;
    return device == DEV_B;
}

static void a_block_can_say_that_its_writes_are_never_on_their_way(void **state)
{
    static struct script script;
    struct nap_block block = odd_block;
    const struct nap_block *const blocks[] = {&block, NULL};
    struct nap_machine *m;

    (void)state;
    block.posted = only_b;
    m = odd_machine_as(&(struct nap_machine_config){.blocks = blocks, .slot = 1});
    choose_by(m, &script, VARY);
    wr(m, PLACE(DEV_A), 1);
    assert_int_equal(nap_reg_get(m, DEV_A, SLOT_LOST), 1);
    wr(m, PLACE(DEV_B), 1);
    assert_int_equal(ON_ITS_WAY(m), 1);
    wr(m, PLACE(DEV_A), 2); /* is noticed as any other */
    assert_int_equal(script.n_asked, 1);
    nap_machine_destroy(m);
}

/* --- (1) a head may land at any step
 * ------------------------------------------------------------
 */

static void it_is_asked_when_a_write_to_another_device_is_issued(void **state)
{
    struct post_rig *rig = *state;

    put(rig, DEV_A, 1);
    put(rig, DEV_B, 2);
    assert_int_equal(rig->s.n_asked, 1);
    assert_int_equal(rig->s.asked[0].kind, NAP_CHOOSE_POST);
    assert_int_equal(rig->s.asked[0].n, 2);
    assert_int_equal(rig->s.asked[0].instance, nap_instance_of(DEV_A, SLOT_LOST));
    assert_int_equal(has(rig, DEV_A), 1); /* 0: it had landed before */
    barrier(rig, "DSB SY");
    assert_int_equal(landed(rig), 12);
}

/* (3) between devices program order orders nothing */
static void a_write_that_is_held_lands_after_one_issued_later(void **state)
{
    struct post_rig *rig = *state;

    rig->s.answers[0] = 1;
    put(rig, DEV_A, 1);
    put(rig, DEV_B, 2);
    assert_int_equal(has(rig, DEV_A), 0);
    barrier(rig, "DSB SY");
    assert_int_equal(landed(rig), 21);
    assert_int_equal(rig->s.n_asked, 1);
}

static void writes_to_one_device_stay_in_order(void **state)
{
    struct post_rig *rig = *state;

    rig->s.answers[1] = 1; /* of three, the second is held, and with it the third */
    put(rig, DEV_A, 1);
    put(rig, DEV_A, 2);
    put(rig, DEV_A, 3);
    put(rig, DEV_B, 4);
    assert_int_equal(rig->s.n_asked, 2);
    assert_int_equal(has(rig, DEV_A), 1);
    barrier(rig, "DSB SY");
    assert_int_equal(landed(rig), 1423);
}

static void one_that_lands_takes_along_what_was_held_before_it(void **state)
{
    struct post_rig *rig = *state;

    rig->s.answers[0] = 1;
    put(rig, DEV_A, 1);
    put(rig, DEV_B, 2); /* 1 is held */
    put(rig, DEV_A, 3); /* 2 lands */
    put(rig, DEV_B, 4); /* 3 lands, so 1 does */
    assert_int_equal(rig->s.n_asked, 3);
    assert_int_equal(landed(rig), 213);
}

static void every_event_that_could_tell_asks(void **state)
{
    struct post_rig *rig = *state;
    struct nap_message message = {.kind = NAP_MSG_PAGE_RESPONSE, .from = DEV_B};
    uint64_t word = 7;

    for (unsigned e = 0; e < 11; e++) {
        put(rig, DEV_A, e + 1);
        rig->s.n_asked = 0;
        if (e == 0)
            (void)nap_dma(rig->m, DEV_C, 0, 0, NAP_READ);
        else if (e == 1)
            nap_masters_set_mode(rig->m, 1, NAP_MASTER_LIVE);
        else if (e == 2)
            nap_masters_set_autonomous(rig->m, 1);
        else if (e == 3)
            nap_ledger_attach(rig->m, 0, 0, true);
        else if (e == 4)
            nap_set_asleep(rig->m, true);
        else if (e == 5)
            nap_power_off(rig->m, BIT(DOMAIN_APART));
        else if (e == 6)
            nap_power_on(rig->m, BIT(DOMAIN_APART));
        else if (e == 7)
            nap_mem_write(rig->m, RAM_BASE, &word, sizeof word);
        else if (e == 8)
            nap_masters_quiesce(rig->m, 1, true);
        else if (e == 9)
            (void)nap_message_send(rig->m, DEV_C, &message);
        else
            wr(rig->m, BASE_B + 0x04, 1);
        assert_int_equal(rig->s.n_asked, 1);
        assert_int_equal(has(rig, DEV_A), e + 1);
    }
}

static void a_read_that_may_finish_work_of_another_device_asks(void **state)
{
    struct post_rig *rig = *state;

    choose_by(rig->m, &rig->s, VARY | NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY));
    wr(rig->m, BASE_B + 0x10, MIX_A);
    barrier(rig, "DSB SY");
    put(rig, DEV_A, 1);
    rig->s.n_asked = 0;
    (void)rd(rig->m, BASE_B + 0x10);
    assert_int_equal(rig->s.n_asked, 2);
    assert_int_equal(rig->s.asked[0].kind, NAP_CHOOSE_POST);
    assert_int_equal(rig->s.asked[1].kind, NAP_CHOOSE_LATENCY);
}

static uint64_t counted(struct nap_machine *m, unsigned device, unsigned index, uint64_t value)
{
    (void)index;
    nap_reg_set(m, device, SLOT_LONG, value + 1);
    return value;
}

static void a_read_of_which_the_block_makes_more_asks(void **state)
{
    static nap_on_read *const on_read[ODD_REGS] = {[ODD_LONG] = counted};
    static struct script script;
    struct nap_block block = odd_block;
    const struct nap_block *const blocks[] = {&block, NULL};
    struct nap_machine *m;

    (void)state;
    block.on_read = on_read;
    m = odd_machine_as(&(struct nap_machine_config){.blocks = blocks, .slot = 1});
    choose_by(m, &script, VARY);
    wr(m, PLACE(DEV_A), 1);
    (void)rd(m, BASE_B + 0x04);
    assert_int_equal(script.n_asked, 0);
    (void)nap_bus_read(m, BASE_B + 0x08, 8, NOWHERE);
    assert_int_equal(script.n_asked, 1);
    nap_machine_destroy(m);
}

/* --- (2) reads -------------------------------------------------------------------------------
 */

static void a_read_lands_the_fifo_of_its_device_and_asks_nobody(void **state)
{
    struct post_rig *rig = *state;

    put(rig, DEV_A, 1);
    put(rig, DEV_A, 2);
    assert_int_equal(rd(rig->m, PLACE(DEV_A)), 2);
    assert_int_equal(landed(rig), 12);
    assert_int_equal(rig->s.n_asked, 0);
}

static void a_read_of_another_device_lands_nothing(void **state)
{
    struct post_rig *rig = *state;

    put(rig, DEV_A, 1);
    assert_int_equal(rd(rig->m, PLACE(DEV_B)), 0);
    assert_int_equal(has(rig, DEV_A), 0);
    assert_int_equal(rig->s.n_asked, 0);
}

/* Else holding it would have meant nothing. */
static void before_a_read_lands_what_is_held_the_rest_is_asked(void **state)
{
    struct post_rig *rig = *state;

    rig->s.answers[0] = 1;
    put(rig, DEV_A, 1);
    put(rig, DEV_B, 2);
    assert_int_equal(rd(rig->m, PLACE(DEV_A)), 1);
    assert_int_equal(rig->s.n_asked, 2);
    assert_int_equal(landed(rig), 21);
}

/* --- (4) DSB
 * ----------------------------------------------------------------------------------
 */

static void a_dsb_of_stores_lands_all_fifos(void **state)
{
    static const char *const names[] = {"DSB SY", "DSB ST", "DSB OSH", "DSB OSHST"};
    struct post_rig *rig = *state;

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        put(rig, DEV_A, i + 1);
        put(rig, DEV_B, i + 1);
        barrier(rig, names[i]);
        assert_int_equal(has(rig, DEV_A), i + 1);
        assert_int_equal(has(rig, DEV_B), i + 1);
    }
}

/* (5) and (6): barriers of inner domains, of loads only, ISB. */
static void other_barriers_land_nothing(void **state)
{
    static const char *const names[] = {
        "DSB LD",    "DSB OSHLD", "DSB ISH", "DSB ISHST", "DSB ISHLD", "DSB NSH",
        "DSB NSHST", "DSB NSHLD", "DMB SY",  "DMB ST",    "DMB LD",    "DMB OSH",
        "DMB OSHST", "DMB OSHLD", "DMB ISH", "DMB ISHST", "DMB ISHLD", "DMB NSH",
        "DMB NSHST", "DMB NSHLD", "ISB"};
    struct post_rig *rig = *state;

    put(rig, DEV_A, 1);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        barrier(rig, names[i]);
    assert_int_equal(has(rig, DEV_A), 0);
    assert_int_equal(rig->s.n_asked, 0);
}

static void set_switch(struct post_rig *rig, enum nap_bus_switch index)
{
    rig->m->bus_switch[index] = 1;
    rig->m->bus_switch_read = 0;
}

static void with_strict_early_ack_only_a_read_back_lands_what_is_mapped_ngnre(void **state)
{
    struct post_rig *rig = *state;

    set_switch(rig, NAP_BUS_EARLY_ACK);
    put(rig, DEV_A, 1);
    barrier(rig, "DSB SY");
    assert_int_equal(has(rig, DEV_A), 0);
    assert_int_equal(rig->m->bus_switch_read & 1u << NAP_BUS_EARLY_ACK,
                     1u << NAP_BUS_EARLY_ACK);
    assert_int_equal(rd(rig->m, PLACE(DEV_A)), 1);
}

/* (7) */
static void a_dsb_lands_what_is_mapped_ngnrne_whatever_the_switch(void **state)
{
    struct post_rig *rig = *state;

    set_switch(rig, NAP_BUS_EARLY_ACK);
    nap_bus_map(rig->m, BASE_A, NAP_MAPPING_NGNRNE);
    put(rig, DEV_A, 1);
    barrier(rig, "DSB ST");
    assert_int_equal(has(rig, DEV_A), 1);
    nap_bus_map(rig->m, BASE_A + 0xffc, NAP_MAPPING_NGNRE);
    put(rig, DEV_A, 2);
    barrier(rig, "DSB ST");
    assert_int_equal(has(rig, DEV_A), 1);
}

static void a_dsb_that_sees_an_early_acknowledgement_still_orders(void **state)
{
    struct post_rig *rig = *state;

    set_switch(rig, NAP_BUS_EARLY_ACK);
    put(rig, DEV_A, 1);
    barrier(rig, "DSB SY");
    put(rig, DEV_B, 2);
    assert_int_equal(rig->s.n_asked, 0);
    assert_int_equal(rd(rig->m, PLACE(DEV_B)), 2);
    assert_int_equal(landed(rig), 12);
}

/* --- (5) DMB
 * ----------------------------------------------------------------------------------
 */

static void after_a_dmb_a_write_to_another_device_comes_later(void **state)
{
    static const char *const names[] = {"DMB SY", "DMB ST", "DMB OSH", "DMB OSHST"};
    struct post_rig *rig = *state;

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        record(rig->m, &rig->r);
        put(rig, DEV_B, 2 * i + 1);
        barrier(rig, names[i]);
        put(rig, DEV_A, 2 * i + 2);
        assert_int_equal(rig->s.n_asked, 0);
        assert_int_equal(rd(rig->m, PLACE(DEV_A)), 2 * i + 2); /* lands what comes before it */
        assert_int_equal(landed(rig), 10 * (2 * i + 1) + 2 * i + 2);
        assert_int_equal(ON_ITS_WAY(rig->m), 0);
    }
}

static void a_dmb_of_inner_domains_or_loads_does_not_order(void **state)
{
    static const char *const names[] = {"DMB ISH", "DMB ISHST", "DMB NSH", "DMB LD",
                                        "DMB OSHLD"};
    struct post_rig *rig = *state;

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        put(rig, DEV_B, i + 1);
        barrier(rig, names[i]);
        rig->s.n_asked = 0;
        put(rig, DEV_A, i + 1);
        assert_int_equal(rig->s.n_asked, 1);
        barrier(rig, "DSB SY");
    }
}

static void what_is_held_holds_what_a_dmb_puts_after_it(void **state)
{
    struct post_rig *rig = *state;

    rig->s.answers[0] = 1;
    put(rig, DEV_A, 1);
    barrier(rig, "DMB OSHST");
    put(rig, DEV_B, 2);
    (void)nap_dma(rig->m, DEV_C, 0, 0, NAP_READ);
    assert_int_equal(rig->s.n_asked, 1);
    assert_int_equal(landed(rig), 0);
    barrier(rig, "DSB SY");
    assert_int_equal(landed(rig), 12);
}

static void with_strict_dmb_devices_a_dmb_does_not_order_devices(void **state)
{
    struct post_rig *rig = *state;

    set_switch(rig, NAP_BUS_DMB_DEVICES);
    rig->s.answers[0] = 1;
    put(rig, DEV_A, 1);
    barrier(rig, "DMB OSHST");
    put(rig, DEV_B, 2);
    assert_int_equal(rig->s.n_asked, 1);
    assert_int_equal(rd(rig->m, PLACE(DEV_B)), 2);
    assert_int_equal(landed(rig), 2);
    assert_int_equal(rig->m->bus_switch_read & 1u << NAP_BUS_DMB_DEVICES,
                     1u << NAP_BUS_DMB_DEVICES);
}

/* --- more than one processor
 * -------------------------------------------------------------------
 */

static void barriers_and_reads_are_those_of_the_processor_that_issued(void **state)
{
    struct nap_soc soc = odd_soc;
    struct script script = {.n_asked = 0};
    struct nap_machine *m;

    (void)state;
    soc.n_cpus = 2;
    m = odd_machine_as(&(struct nap_machine_config){.soc = &soc, .slot = 1});
    choose_by(m, &script, VARY);
    wr(m, PLACE(DEV_A), 1);
    nap_cpu_set(m, 1);
    nap_bus_barrier(m, "DSB SY", NOWHERE);
    (void)rd(m, PLACE(DEV_B));
    assert_int_equal(ON_ITS_WAY(m), 1);
    assert_int_equal(script.n_asked, 0);
    wr(m, PLACE(DEV_A), 2); /* nothing orders it, so it is asked, and 1 lands */
    assert_int_equal(script.n_asked, 1);
    assert_int_equal(nap_reg_get(m, DEV_A, SLOT_LOST), 1);
    nap_bus_barrier(m, "DSB SY", NOWHERE);
    assert_int_equal(nap_reg_get(m, DEV_A, SLOT_LOST), 2);
    nap_machine_destroy(m);
}

/* --- power
 * ------------------------------------------------------------------------------------
 */

static void power_off_loses_what_is_held_for_the_device(void **state)
{
    struct post_rig *rig = *state;

    rig->s.answers[0] = rig->s.answers[1] = 1;
    put(rig, DEV_A, 1);
    barrier(rig, "DMB SY");
    put(rig, DEV_C, 2);
    off_and_on(rig->m, BIT(DOMAIN_MID));
    assert_int_equal(ON_ITS_WAY(rig->m), 1);
    nap_post_land_all(rig->m);
    assert_int_equal(landed(rig), 2);
    assert_int_equal(has(rig, DEV_A), 0x11);
}

/* --- state
 * -------------------------------------------------------------------------------------
 */

static struct nap_hash128 key_after(struct post_rig *rig, unsigned first, unsigned second)
{
    unsigned mark = nap_mark(rig->m);
    struct nap_hash128 key;

    put(rig, first, first + 1);
    put(rig, second, second + 1);
    (void)nap_dma(rig->m, DEV_C, 0, 0, NAP_READ);
    assert_int_equal(ON_ITS_WAY(rig->m), 2);
    key = nap_state_key(rig->m);
    nap_rewind(rig->m, mark);
    nap_unmark(rig->m);
    assert_int_equal(ON_ITS_WAY(rig->m), 0);
    return key;
}

static void equal_fifos_are_equal_states_whatever_was_issued_first(void **state)
{
    struct post_rig *rig = *state;
    struct nap_hash128 empty = nap_state_key(rig->m), one, other;

    for (unsigned i = 0; i < 16; i++)
        rig->s.answers[i] = 1;
    one = key_after(rig, DEV_A, DEV_B);
    other = key_after(rig, DEV_B, DEV_A);
    assert_hash_equal(one, other);
    assert_false(hash_equal(one, empty));
}

/* Groups that have landed leave no trace in the numbers of the others. */
static void equal_orders_are_equal_states_whatever_has_landed_before(void **state)
{
    struct post_rig *rig = *state;
    unsigned mark = nap_mark(rig->m);
    struct nap_hash128 plain, after;

    put(rig, DEV_A, 1);
    barrier(rig, "DMB SY");
    put(rig, DEV_B, 2);
    plain = nap_state_key(rig->m);
    nap_rewind(rig->m, mark);
    wr(rig->m, BASE_A + 0x48, 0); /* not written before: on its way, in a group of its own */
    barrier(rig, "DMB SY");
    put(rig, DEV_A, 1);
    barrier(rig, "DMB SY");
    put(rig, DEV_B, 2);
    assert_int_equal(ON_ITS_WAY(rig->m), 3);
    nap_post_land_first(rig->m);
    rig->m->devices[DEV_A].marks[SLOT_NAME] = 0; /* as in the other state */
    after = nap_state_key(rig->m);
    assert_hash_equal(plain, after);
    assert_hash_equal(nap_state_key_full(rig->m), after);
    nap_rewind(rig->m, mark);
    nap_unmark(rig->m);
}

/* Of B, which comes after A, the older writes stay. */
static void when_the_list_is_full_its_first_lands_and_that_is_told(void **state)
{
    struct post_rig *rig = *state;

    rig->s.answers[0] = 1;
    put(rig, DEV_B, 9);
    for (unsigned i = 0; i < NAP_POSTS_MAX - 2; i++)
        put(rig, DEV_A, 1 + (i & 0x7f));
    assert_int_equal(ON_ITS_WAY(rig->m), NAP_POSTS_MAX - 1);
    assert_int_equal(rig->m->n_unmodelled, 0);
    put(rig, DEV_A, 0x80);
    assert_int_equal(ON_ITS_WAY(rig->m), NAP_POSTS_MAX - 1);
    assert_int_equal(has(rig, DEV_A), 1);
    assert_int_equal(has(rig, DEV_B), 0);
    assert_int_equal(rig->m->n_unmodelled, 1);
    barrier(rig, "DSB SY");
    assert_int_equal(has(rig, DEV_A), 0x80);
    assert_int_equal(has(rig, DEV_B), 9);
}

static void rung(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                 uint64_t now)
{
    (void)m;
    (void)device;
    (void)index;
    (void)was;
    (void)now;
}

static bool only_of_5(const struct nap_machine *m, unsigned device, unsigned slot,
                      uint64_t value)
{
    (void)m;
    (void)device;
    (void)slot;
    return value == 5;
}

/* A doorbell rings each time; a block may say of what value nothing comes. */
static void the_same_value_is_on_its_way_where_the_block_notices_it(void **state)
{
    static nap_on_write *const on_write[ODD_REGS] = {[ODD_LOST] = rung};
    static struct script script;
    struct nap_block block = odd_block;
    const struct nap_block *const blocks[] = {&block, NULL};

    (void)state;
    block.on_write = on_write;
    for (unsigned round = 0; round < 2; round++) {
        struct nap_machine *m;
        block.notices_same = round ? only_of_5 : NULL;
        m = odd_machine_as(&(struct nap_machine_config){.blocks = blocks, .slot = 1});
        choose_by(m, &script, VARY);
        for (unsigned value = 4; value <= 5; value++) {
            wr(m, PLACE(DEV_A), value);
            nap_post_land_all(m);
            wr(m, PLACE(DEV_A), value);
            assert_int_equal(ON_ITS_WAY(m), round == 0 || value == 5);
            nap_post_land_all(m);
        }
        nap_machine_destroy(m);
    }
}

/* --- switches
 * ----------------------------------------------------------------------------------
 */

static void bus_switches_are_set_by_name_and_checked(void **state)
{
    struct nap_switch_setting set = {"early-ack", 1};
    struct nap_machine_config config = {
        .soc = &odd_soc, .blocks = odd_blocks, .slot = 1, .switches = &set, .n_switches = 1};
    struct nap_error error = {0};
    struct nap_machine *m;

    (void)state;
    m = odd_machine_as(&config);
    assert_int_equal(m->bus_switch[NAP_BUS_EARLY_ACK], 1);
    assert_int_equal(m->bus_switch[NAP_BUS_DMB_DEVICES], 0);
    nap_machine_destroy(m);
    set.value = 2;
    assert_int_equal(nap_machine_create(&config, &m, &error), NAP_ERR_RANGE);
    assert_string_equal(error.text, "switch early-ack has 2 values, found number 2");
    assert_string_equal(nap_bus_switch(NAP_BUS_EARLY_ACK)->values[0], "dsb-lands");
    assert_string_equal(nap_bus_switch(NAP_BUS_DMB_DEVICES)->values[0], "ordered");
    assert_null(nap_bus_switch(NAP_BUS_SWITCHES));
}

/* P17=w1c: writing to IMSTR the 1 that it holds clears it. */
static void flags_that_a_write_of_the_same_clears_are_not_cleared_at_once(void **state)
{
    struct nap_switch_setting w1c = {"P17", 1};
    struct nap_machine_config config = {
        .blocks = nap_builtin_blocks(), .slot = 1, .switches = &w1c, .n_switches = 1};
    struct nap_soc *soc;
    struct nap_machine *m;
    static struct script script;
    unsigned slot;

    (void)state;
    assert_int_equal(nap_builtin_soc("rcar-h3", &soc, NULL), NAP_OK);
    config.soc = soc;
    assert_int_equal(nap_machine_create(&config, &m, NULL), NAP_OK);
    slot =
        nap_device_model(m, 0)->regs[nap_model_reg(nap_device_model(m, 0), "IMSTR")].first_slot;
    wr(m, soc->devices[0].base + 0x20, 0); /* IMSTR[0] */
    nap_reg_set(m, 0, slot, 1);
    choose_by(m, &script, VARY);
    wr(m, soc->devices[0].base + 0x20, 1);
    assert_int_equal(ON_ITS_WAY(m), 1);
    assert_int_equal(nap_reg_get(m, 0, slot), 1);
    nap_post_land_all(m);
    assert_int_equal(nap_reg_get(m, 0, slot), 0);
    wr(m, soc->devices[0].base + 0x20, 0); /* and of 0 nothing comes */
    assert_int_equal(ON_ITS_WAY(m), 0);
    nap_machine_destroy(m);
    nap_soc_free(soc);
}

/* --- whose, and back again --- */

static bool rung_by_firmware;

static void who_rang(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                     uint64_t now)
{
    (void)device;
    (void)index;
    (void)was;
    (void)now;
    rung_by_firmware = m->by_firmware;
}

static void firmware_waits_for_its_writes_and_lands_others_as_the_drivers(void **state)
{
    static nap_on_write *const on_write[ODD_REGS] = {[ODD_LOST] = who_rang};
    static struct script script;
    struct nap_block block = odd_block;
    const struct nap_block *const blocks[] = {&block, NULL};
    struct nap_machine *m;

    (void)state;
    block.on_write = on_write;
    m = odd_machine_as(&(struct nap_machine_config){.blocks = blocks, .slot = 1});
    choose_by(m, &script, VARY);
    wr(m, PLACE(DEV_A), 1);
    script.answers[0] = 1; /* A is held */
    m->by_firmware = true;
    wr(m, PLACE(DEV_B), 2);
    assert_int_equal(nap_reg_get(m, DEV_B, SLOT_LOST), 2);
    assert_true(rung_by_firmware);
    nap_post_land_all(m);
    assert_false(rung_by_firmware);
    assert_true(m->by_firmware);
    nap_machine_destroy(m);
}

static void what_has_landed_is_on_its_way_again_after_a_rewind(void **state)
{
    struct post_rig *rig = *state;
    struct nap_post_evidence first, second;
    struct nap_hash128 key;
    unsigned mark;

    put(rig, DEV_A, 1);
    put(rig, DEV_A, 2);
    key = nap_state_key(rig->m);
    first = rig->m->ev->posts[0];
    second = rig->m->ev->posts[1];
    mark = nap_mark(rig->m);
    for (unsigned round = 0; round < 2; round++) {
        if (round == 0)
            nap_post_land_first(rig->m);
        else
            barrier(rig, "DSB ISH"); /* is noted */
        nap_rewind(rig->m, mark);
        assert_int_equal(ON_ITS_WAY(rig->m), 2);
        assert_hash_equal(nap_state_key_full(rig->m), key);
        assert_memory_equal(&rig->m->ev->posts[0], &first, sizeof first);
        assert_memory_equal(&rig->m->ev->posts[1], &second, sizeof second);
    }
    nap_unmark(rig->m);
}

#define POST_TEST(name) cmocka_unit_test_setup_teardown(name, post_setup, post_teardown)

/* --- loads of RAM --- */

static void see_nothing(struct nap_machine *m, unsigned device, nap_addr address)
{
    (void)m;
    (void)device;
    (void)address;
}

/* A and B write words of RAM from here on by which software learns of them; C does not. */
static void show_in_ram(struct post_rig *rig)
{
    static struct nap_block block;

    block = odd_block;
    block.ram_read = see_nothing;
    rig->m->kinds[rig->m->devices[DEV_A].kind - rig->m->kinds].block = &block;
}

static void load(struct post_rig *rig, nap_addr address)
{
    uint64_t value = 1;

    nap_work_ram_was_read(rig->m, address, sizeof value);
    assert_true(nap_mem_read(rig->m, address, &value, sizeof value));
    nap_poll_count_load(rig->m, address, value);
}

static void a_load_of_ram_asks_about_devices_that_show_themselves_there(void **state)
{
    struct post_rig *rig = *state;

    show_in_ram(rig);
    put(rig, DEV_C, 1);
    load(rig, RAM_BASE);
    assert_int_equal(rig->s.n_asked, 0);
    put(rig, DEV_A, 2);
    load(rig, RAM_BASE);
    assert_int_equal(has(rig, DEV_A), 2);
    assert_int_equal(ON_ITS_WAY(rig->m), 0);
}

static void a_write_that_is_held_outlasts_three_equal_loads_and_no_more(void **state)
{
    struct post_rig *rig = *state;

    show_in_ram(rig);
    rig->s.answers[0] = rig->s.answers[1] = 1;
    put(rig, DEV_A, 1);
    put(rig, DEV_C, 2);
    for (unsigned i = 0; i < 3; i++) {
        load(rig, RAM_BASE + 8);
        assert_int_equal(has(rig, DEV_A), 0);
    }
    load(rig, RAM_BASE + 16); /* another place: nobody waits */
    assert_int_equal(has(rig, DEV_A), 0);
    for (unsigned i = 0; i < 4; i++)
        load(rig, RAM_BASE + 8);
    assert_int_equal(has(rig, DEV_A), 1);
    assert_int_equal(has(rig, DEV_C), 0); /* which has nothing to do with it */
    assert_int_equal(ON_ITS_WAY(rig->m), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        POST_TEST(a_load_of_ram_asks_about_devices_that_show_themselves_there),
        POST_TEST(a_write_that_is_held_outlasts_three_equal_loads_and_no_more),
        POST_TEST(without_the_kind_a_write_lands_when_it_is_issued),
        POST_TEST(a_lazy_policy_is_about_work_and_holds_no_write),
        POST_TEST(a_write_is_on_its_way_and_nobody_is_asked),
        POST_TEST(a_landing_says_where_the_write_was_issued),
        POST_TEST(what_changes_nothing_is_not_on_its_way),
        POST_TEST(a_write_of_the_value_after_power_loss_is_on_its_way),
        POST_TEST(a_block_can_say_that_its_writes_are_never_on_their_way),
        POST_TEST(it_is_asked_when_a_write_to_another_device_is_issued),
        POST_TEST(a_write_that_is_held_lands_after_one_issued_later),
        POST_TEST(writes_to_one_device_stay_in_order),
        POST_TEST(one_that_lands_takes_along_what_was_held_before_it),
        POST_TEST(every_event_that_could_tell_asks),
        POST_TEST(a_read_that_may_finish_work_of_another_device_asks),
        POST_TEST(a_read_of_which_the_block_makes_more_asks),
        POST_TEST(a_read_lands_the_fifo_of_its_device_and_asks_nobody),
        POST_TEST(a_read_of_another_device_lands_nothing),
        POST_TEST(before_a_read_lands_what_is_held_the_rest_is_asked),
        POST_TEST(a_dsb_of_stores_lands_all_fifos),
        POST_TEST(other_barriers_land_nothing),
        POST_TEST(with_strict_early_ack_only_a_read_back_lands_what_is_mapped_ngnre),
        POST_TEST(a_dsb_lands_what_is_mapped_ngnrne_whatever_the_switch),
        POST_TEST(a_dsb_that_sees_an_early_acknowledgement_still_orders),
        POST_TEST(after_a_dmb_a_write_to_another_device_comes_later),
        POST_TEST(a_dmb_of_inner_domains_or_loads_does_not_order),
        POST_TEST(what_is_held_holds_what_a_dmb_puts_after_it),
        POST_TEST(with_strict_dmb_devices_a_dmb_does_not_order_devices),
        POST_TEST(barriers_and_reads_are_those_of_the_processor_that_issued),
        POST_TEST(power_off_loses_what_is_held_for_the_device),
        POST_TEST(equal_fifos_are_equal_states_whatever_was_issued_first),
        POST_TEST(equal_orders_are_equal_states_whatever_has_landed_before),
        POST_TEST(when_the_list_is_full_its_first_lands_and_that_is_told),
        POST_TEST(flags_that_a_write_of_the_same_clears_are_not_cleared_at_once),
        POST_TEST(firmware_waits_for_its_writes_and_lands_others_as_the_drivers),
        POST_TEST(what_has_landed_is_on_its_way_again_after_a_rewind),
        POST_TEST(the_same_value_is_on_its_way_where_the_block_notices_it),
        POST_TEST(bus_switches_are_set_by_name_and_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
