/* SPDX-License-Identifier: MIT */
/* lib/gic/its.c: enabling and quiescing, messages, power. Arm IHI 0069, "GITS_CTLR",
 * "GITS_TRANSLATER", "GITS_STATUSR". */
#include "its_rig.h"

static void resets_are_those_of_the_register_descriptions(void **state)
{
    struct rig *r = *state;

    assert_int_equal(rd(r, CTLR), QUIESCENT);
    assert_int_equal(rd64(r, CREADR), 0);
    assert_int_equal(rd64(r, BASER(0)), UINT64_C(0x0107000000000000));
    assert_int_equal(rd64(r, BASER(1)), UINT64_C(0x0407000000000000));
    for (unsigned n = 2; n < 8; n++) {
        wr64(r, BASER(n), UINT64_MAX);
        assert_int_equal(rd64(r, BASER(n)), 0);
    }
    assert_int_equal(rd(r, 0xffe8) >> 4, 3); /* ArchRev */
    assert_int_equal(rd(r, TRANSLATER), 0);
}

static void type_and_entry_size_of_a_table_cannot_be_written(void **state)
{
    struct rig *r = *state;

    wr64(r, BASER(0), UINT64_MAX);
    assert_int_equal(rd64(r, BASER(0)), UINT64_C(0xf9e7ffffffffffff));
    wr64(r, BASER(1), 0);
    assert_int_equal(rd64(r, BASER(1)), UINT64_C(0x0407000000000000));
}

static void registers_of_64_bits_are_taken_in_halves(void **state)
{
    struct rig *r = *state;

    wr(r, CBASER, 0x40010001);
    wr(r, CBASER + 4, 0x80000000);
    assert_int_equal(rd64(r, CBASER), VALID | UINT64_C(0x40010001));
    assert_int_equal(rd(r, TYPER), 0x1001ef71);
    assert_int_equal(rd(r, TYPER + 4), 0x7000);
}

static void an_enabled_its_is_not_quiescent(void **state)
{
    struct rig *r = *state;

    rig_bases(r);
    wr(r, CTLR, ENABLED);
    assert_int_equal(rd(r, CTLR), ENABLED);
    wr(r, CTLR, 0);
    assert_int_equal(rd(r, CTLR), QUIESCENT);
}

/* UNKNOWN before GICv4.1: I05. */
static void quiescent_may_show_1_while_enabled(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "I05", 1);
    rig_bases(r);
    wr(r, CTLR, ENABLED);
    assert_int_equal(rd(r, CTLR), ENABLED | QUIESCENT);
}

static void quiescing_takes_its_time(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    rig_bases(r);
    wr(r, CTLR, ENABLED);
    wr(r, CTLR, 0);
    assert_int_equal(rd(r, CTLR), 0);
    assert_int_equal(rig_poll(r, CTLR, QUIESCENT), 2);
}

static void quiescing_that_never_ends_is_a_fault(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.faults = 1});
    rig_bases(r);
    wr(r, CTLR, ENABLED);
    rig_script(r, SLEEPY, 1, (const uint32_t[]){2});
    wr(r, CTLR, 0);
    assert_int_equal(rig_poll(r, CTLR, QUIESCENT), 100);
}

/* --- messages --- */

static void a_disabled_its_ignores_messages(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    wr(r, CTLR, 0);
    message(r, 5, 0);
    assert_false(rig_pending(r, 0, 8192));
    wr(r, CTLR, ENABLED);
    assert_false(rig_pending(r, 0, 8192));
    message(r, 5, 0);
    assert_true(rig_pending(r, 0, 8192));
}

static void a_message_elsewhere_in_the_window_is_refused(void **state)
{
    struct rig *r = *state;

    assert_false(nap_its_block.msi(r->m, ITS, 5, 0x10044, 0));
    assert_false(nap_its_block.msi(r->m, ITS, 5, CWRITER, 0));
}

static void a_write_of_a_cpu_is_a_message_of_device_0(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    mapd(r, 0, 2, ITT + 0x1000, true);
    mapti(r, 0, 3, 8195, 1);
    nap_bus_write(r->m, ITS_BASE + TRANSLATER, 2, 3, HERE);
    assert_true(rig_pending(r, 1, 8195));
}

static void a_message_leaves_nothing_behind(void **state)
{
    struct rig *r = *state;

    wr(r, TRANSLATER, 3);
    assert_int_equal(nap_reg_get(r->m, ITS, ITS_SLOT_GITS_TRANSLATER), 0);
}

static void a_write_of_a_cpu_may_have_no_device_id(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "I08", 1);
    rig_up(r);
    mapd(r, 0, 2, ITT + 0x1000, true);
    mapti(r, 0, 3, 8195, 1);
    wr(r, TRANSLATER, 3);
    assert_false(rig_pending(r, 1, 8195));
}

static void nothing_is_translated_without_a_device_table(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    wr(r, CTLR, 0);
    wr64(r, BASER(0), DEVICES);
    wr(r, CTLR, ENABLED);
    message(r, 5, 0);
    assert_false(rig_pending(r, 0, 8192));
}

/* With HCC the collections in the ITS are enough. */
static void collections_need_a_table_only_without_hcc(void **state)
{
    struct rig *r = *state;

    rig_preset(r, "hcc");
    rig_up(r);
    wr(r, CTLR, 0);
    wr64(r, BASER(1), COLLECTIONS);
    wr(r, CTLR, ENABLED);
    message(r, 5, 0);
    assert_true(rig_pending(r, 0, 8192));
    rig_preset(r, "no-hcc");
    rig_up(r);
    wr(r, CTLR, 0);
    wr64(r, BASER(1), COLLECTIONS);
    wr(r, CTLR, ENABLED);
    message(r, 5, 0);
    assert_false(rig_pending(r, 0, 8192));
}

static void unmapped(struct rig *r, uint32_t device, uint32_t event, uint32_t syndrome)
{
    message(r, device, event);
    assert_int_equal(rd(r, STATUSR), syndrome << 6 | 0x10);
    assert_int_equal(rd64(r, UMSIR), (uint64_t)device << 32 | event);
    wr(r, STATUSR, 0x30);
    assert_int_equal(rd(r, STATUSR) & 0x30, 0);
}

static void an_unmapped_message_is_reported_with_its_reason(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    mapti(r, 5, 2, 8194, 9);
    unmapped(r, 0x10005, 0, 2);
    unmapped(r, 6, 0, 3);
    unmapped(r, 5, 32, 4);
    unmapped(r, 5, 3, 5);
    unmapped(r, 5, 2, 7);
}

static void of_several_unmapped_messages_the_first_is_told(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    message(r, 6, 1);
    message(r, 7, 2);
    assert_int_equal(rd(r, STATUSR), 3u << 6 | 0x30);
    assert_int_equal(rd64(r, UMSIR), UINT64_C(6) << 32 | 1);
}

static void an_unmapped_message_raises_the_interrupt(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.irq = 40});
    rig_up(r);
    message(r, 6, 1);
    assert_false(nap_wire(r->m, ITS));
    wr(r, CTLR, ENABLED | UMSIIRQ);
    assert_true(nap_wire(r->m, ITS));
    wr(r, STATUSR, 0x10);
    assert_false(nap_wire(r->m, ITS));
    message(r, 6, 1);
    assert_true(nap_wire(r->m, ITS));
}

static void without_umsi_nothing_is_reported(void **state)
{
    struct rig *r = *state;

    rig_preset(r, "hcc");
    rig_up(r);
    message(r, 6, 1);
    assert_int_equal(rd(r, STATUSR), 0);
    assert_int_equal(rd64(r, UMSIR), 0);
}

/* --- what must not be written --- */

static void bases_of_an_enabled_its_become_unknown(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    nap_set_profile(r->m, NAP_PROFILE_HOSTILE);
    wr64(r, CBASER, VALID | (QUEUE + 0x100000));
    assert_int_not_equal(rd64(r, CBASER), VALID | (QUEUE + 0x100000));
    assert_int_not_equal(rd64(r, CBASER), VALID | QUEUE);
    wr64(r, BASER(0), VALID | ITT);
    assert_int_not_equal(rd64(r, BASER(0)), VALID | ITT | UINT64_C(0x0107000000000000));
    assert_int_equal(rd64(r, BASER(0)) & UINT64_C(0x071f000000000000),
                     UINT64_C(0x0107000000000000));
}

static void a_base_is_guarded_until_the_its_is_quiescent(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){
                     .sw = {{"I03", 2}}, .n_switches = 1, .policy = NAP_POLICY_LAZY});
    rig_bases(r);
    wr(r, CTLR, ENABLED);
    wr(r, CTLR, 0);
    wr64(r, CBASER, VALID | (QUEUE + 0x100000));
    assert_int_equal(rd64(r, CBASER), VALID | QUEUE);
    assert_true(rig_poll(r, CTLR, QUIESCENT) < 100);
    wr64(r, CBASER, VALID | (QUEUE + 0x100000));
    assert_int_equal(rd64(r, CBASER), VALID | (QUEUE + 0x100000));
}

/* I04: mappings that memory does not have are gone. */
static void enabled_before_quiescent_loses_mappings(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    rig_up(r);
    assert_true(rig_poll(r, CREADR, r->next) < 100);
    wr(r, CTLR, 0);
    wr(r, CTLR, ENABLED);
    assert_int_equal(rd(r, CTLR), ENABLED);
    message(r, 5, 0);
    assert_false(rig_pending(r, 0, 8192));
}

static void enabled_before_quiescent_may_be_ignored(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){
                     .sw = {{"I04", 1}}, .n_switches = 1, .policy = NAP_POLICY_LAZY});
    rig_up(r);
    assert_true(rig_poll(r, CREADR, r->next) < 100);
    wr(r, CTLR, 0);
    wr(r, CTLR, ENABLED);
    assert_true(rig_poll(r, CTLR, QUIESCENT) < 100);
    wr(r, CTLR, ENABLED);
    message(r, 5, 0);
    assert_true(rig_pending(r, 0, 8192));
}

/* --- power --- */

static void power_cycle(struct rig *r)
{
    nap_power_off(r->m, 1u << ITS_PD);
    nap_power_on(r->m, 1u << ITS_PD);
}

static void a_quiescent_its_finds_its_mappings_in_memory(void **state)
{
    struct rig *r = *state;

    rig_preset(r, "no-hcc");
    rig_up(r);
    wr(r, CTLR, 0);
    power_cycle(r);
    assert_int_equal(rd(r, CTLR), QUIESCENT);
    rig_bases(r);
    wr(r, CTLR, ENABLED);
    message(r, 5, 1);
    assert_true(rig_pending(r, 0, 8193));
}

static void an_its_cut_off_while_enabled_has_lost_its_mappings(void **state)
{
    struct rig *r = *state;

    rig_preset(r, "no-hcc");
    rig_up(r);
    power_cycle(r);
    rig_bases(r);
    wr(r, CTLR, ENABLED);
    message(r, 5, 1);
    assert_false(rig_pending(r, 0, 8193));
}

static void collections_held_in_the_its_are_lost_with_its_power(void **state)
{
    struct rig *r = *state;

    rig_up(r);
    wr(r, CTLR, 0);
    power_cycle(r);
    rig_bases(r);
    wr(r, CTLR, ENABLED);
    message(r, 5, 1);
    assert_false(rig_pending(r, 0, 8193));
    mapc(r, 0, 0, true);
    message(r, 5, 1);
    assert_true(rig_pending(r, 0, 8193));
}

/* I06: only the sequence of the vendor, at a redistributor, writes mappings back. */
static void the_power_sequence_of_a_platform_may_be_needed(void **state)
{
    struct rig *r = *state;

    for (unsigned run = 0; run < 2; run++) {
        rig_again(
            r, &(struct rig_options){.sw = {{"I06", 1}}, .n_switches = 1, .preset = "no-hcc"});
        rig_up(r);
        wr(r, CTLR, 0);
        assert_int_equal(rd(r, CTLR), QUIESCENT);
        if (run)
            gic_lpis_flush(r->m, GICR0);
        power_cycle(r);
        rig_bases(r);
        wr(r, CTLR, ENABLED);
        message(r, 5, 1);
        assert_int_equal(rig_pending(r, 0, 8193), run);
    }
}

static void a_register_without_power_reads_ones(void **state)
{
    struct rig *r = *state;

    nap_power_off(r->m, 1u << ITS_PD);
    assert_int_equal(rd(r, CTLR), UINT32_MAX);
}

/* --- state --- */

static void a_machine_goes_back_to_its_mark(void **state)
{
    struct rig *r = *state;
    struct nap_hash128 key;
    unsigned mark;

    rig_up(r);
    key = nap_state_key(r->m);
    mark = nap_mark(r->m);
    message(r, 5, 0);
    mapd(r, 9, 3, ITT + 0x2000, true);
    wr(r, CTLR, 0);
    power_cycle(r);
    nap_rewind(r->m, mark);
    nap_unmark(r->m);
    assert_memory_equal(&key, &(struct nap_hash128[]){nap_state_key(r->m)}[0], sizeof key);
    key = nap_state_key_full(r->m);
    assert_memory_equal(&key, &(struct nap_hash128[]){nap_state_key(r->m)}[0], sizeof key);
}

static void mappings_made_in_another_order_are_the_same_state(void **state)
{
    struct rig *r = *state;
    struct nap_hash128 keys[2];

    for (unsigned run = 0; run < 2; run++) {
        rig_again(r, &(struct rig_options){.n_switches = 0});
        rig_bases(r);
        wr(r, CTLR, ENABLED);
        mapd(r, run ? 9 : 3, 3, ITT + (run ? 0x9000 : 0x3000), true);
        mapd(r, run ? 3 : 9, 3, ITT + (run ? 0x3000 : 0x9000), true);
        assert_true(nap_mem_write(r->m, QUEUE, (const uint64_t[8]){0}, 64));
        keys[run] = nap_state_key(r->m);
    }
    assert_memory_equal(&keys[0], &keys[1], sizeof keys[0]);
}

static void what_no_its_is_like_is_refused(void **state)
{
    static const struct {
        uint64_t typer;
        const char *says;
    } wrong[] = {
        {0x1001ef70, "Physical"},
        {0x1001ef61, "ITT_entry_size"},
        {0x4101ef71, "HCC"},
        {0x20001001ef71, "UMSIirq"},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct nap_machine *m = NULL;
        struct nap_error error = {0};
        struct nap_soc soc;
        struct nap_machine_config config = {
            .soc = &soc, .blocks = nap_builtin_blocks(), .slot = 1};

        rig_describe(&soc,
                     &(struct rig_options){.id = "GITS_TYPER", .id_value = wrong[i].typer});
        assert_int_not_equal(nap_machine_create(&config, &m, &error), NAP_OK);
        assert_non_null(strstr(error.text, wrong[i].says));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(resets_are_those_of_the_register_descriptions),
        RIG_TEST(type_and_entry_size_of_a_table_cannot_be_written),
        RIG_TEST(registers_of_64_bits_are_taken_in_halves),
        RIG_TEST(an_enabled_its_is_not_quiescent),
        RIG_TEST(quiescent_may_show_1_while_enabled),
        RIG_TEST(quiescing_takes_its_time),
        RIG_TEST(quiescing_that_never_ends_is_a_fault),
        RIG_TEST(a_disabled_its_ignores_messages),
        RIG_TEST(a_message_elsewhere_in_the_window_is_refused),
        RIG_TEST(a_write_of_a_cpu_is_a_message_of_device_0),
        RIG_TEST(a_message_leaves_nothing_behind),
        RIG_TEST(a_write_of_a_cpu_may_have_no_device_id),
        RIG_TEST(nothing_is_translated_without_a_device_table),
        RIG_TEST(collections_need_a_table_only_without_hcc),
        RIG_TEST(an_unmapped_message_is_reported_with_its_reason),
        RIG_TEST(of_several_unmapped_messages_the_first_is_told),
        RIG_TEST(an_unmapped_message_raises_the_interrupt),
        RIG_TEST(without_umsi_nothing_is_reported),
        RIG_TEST(bases_of_an_enabled_its_become_unknown),
        RIG_TEST(a_base_is_guarded_until_the_its_is_quiescent),
        RIG_TEST(enabled_before_quiescent_loses_mappings),
        RIG_TEST(enabled_before_quiescent_may_be_ignored),
        RIG_TEST(a_quiescent_its_finds_its_mappings_in_memory),
        RIG_TEST(an_its_cut_off_while_enabled_has_lost_its_mappings),
        RIG_TEST(collections_held_in_the_its_are_lost_with_its_power),
        RIG_TEST(the_power_sequence_of_a_platform_may_be_needed),
        RIG_TEST(a_register_without_power_reads_ones),
        RIG_TEST(a_machine_goes_back_to_its_mark),
        RIG_TEST(mappings_made_in_another_order_are_the_same_state),
        RIG_TEST(what_no_its_is_like_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
