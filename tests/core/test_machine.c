/* SPDX-License-Identifier: MIT */
/* lib/core/machine.c and the arena's creation. */
#include "../rig.h"

#include "failing_alloc.h"

#include <sys/mman.h>

/* --- failing address space -------------------------------------------------------------------
 */

static unsigned maps_until_failure; /* 1: the next one fails; 0: none does */
static bool map_elsewhere;          /* as a kernel does that has no MAP_FIXED_NOREPLACE */

void *__real_mmap(void *at, size_t bytes, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap(void *at, size_t bytes, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap64(void *at, size_t bytes, int prot, int flags, int fd, off_t offset);

void *__wrap_mmap(void *where, size_t bytes, int prot, int flags, int fd, off_t offset)
{
    if (maps_until_failure > 0 && --maps_until_failure == 0)
        return MAP_FAILED;
    if (map_elsewhere && where)
        return __real_mmap(NULL, bytes, prot, MAP_PRIVATE | MAP_ANONYMOUS, fd, offset);
    return __real_mmap(where, bytes, prot, flags, fd, offset);
}

/* Its name where files may be large. */
void *__wrap_mmap64(void *where, size_t bytes, int prot, int flags, int fd, off_t offset)
{
    return __wrap_mmap(where, bytes, prot, flags, fd, offset);
}

static void assert_refused(const struct nap_machine_config *config, enum nap_err code,
                           const char *text)
{
    struct nap_machine *m = (struct nap_machine *)1;
    struct nap_error error = {0};

    assert_int_equal(nap_machine_create(config, &m, &error), code);
    assert_null(m);
    assert_int_equal(error.code, code);
    assert_string_equal(error.text, text);
}

static const struct nap_machine_config odd_config = {.soc = &odd_soc, .blocks = odd_blocks};

/* --- what a fresh machine is --- */

static void a_fresh_machine_has_all_domains_on_and_all_registers_at_reset(void **state)
{
    struct nap_machine *m = *state;

    for (unsigned d = 0; d < 4; d++)
        assert_true(nap_domain_on(m, d));
    assert_int_equal(nap_bus_read(m, BASE_A + 0x01, 1, NOWHERE), 0x5e);
    assert_int_equal(rd(m, BASE_B + 0x04), 0x1234);
    assert_int_equal(rd(m, BASE_C + 0x10), 0xa500);
    assert_int_equal(rd(m, BASE_A + 0x1c), 0x11);
}

static void the_first_power_on_is_zero_even_under_the_hostile_profile(void **state)
{
    struct nap_machine *m =
        odd_machine_as(&(struct nap_machine_config){.slot = 1, .profile = NAP_PROFILE_HOSTILE});

    (void)state;
    assert_int_equal(rd(m, BASE_A + 0x20), 0);
    nap_machine_destroy(m);
}

static void a_machine_of_32_domains_has_all_of_them_on(void **state)
{
    struct nap_soc *soc = malloc(sizeof *soc);
    struct nap_machine *m;

    (void)state;
    assert_non_null(soc);
    *soc = odd_soc;
    soc->n_domains = 32;
    for (unsigned i = 4; i < 32; i++)
        soc->domains[i] = (struct nap_soc_domain){"more", NAP_SOC_NONE};
    m = odd_machine_as(&(struct nap_machine_config){.soc = soc, .slot = 1});
    for (unsigned i = 0; i < 32; i++)
        assert_true(nap_domain_on(m, i));
    nap_power_off(m, UINT32_MAX);
    for (unsigned i = 0; i < 32; i++)
        assert_false(nap_domain_on(m, i));
    nap_machine_destroy(m);
    free(soc);
}

static void nobody_is_attached_and_nothing_is_counted_at_first(void **state)
{
    struct nap_machine *m = *state;
    struct nap_counters c = nap_counters(m);

    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(nap_ledger_domain(m, i), NAP_NO_DOMAIN);
    assert_int_equal(c.steps + c.accesses + c.polls, 0);
}

static void names_find_devices_masters_and_domains(void **state)
{
    struct nap_machine *m = *state;

    assert_ptr_equal(nap_machine_soc(m), &odd_soc);
    assert_int_equal(nap_device_count(m), 3);
    assert_int_equal(nap_device_find(m, "b"), 1);
    assert_int_equal(nap_device_find(m, "m0"), -1);
    assert_int_equal(nap_master_find(m, "m2"), 2);
    assert_int_equal(nap_master_find(m, "a"), -1);
    assert_int_equal(nap_domain_find(m, "leaf"), 2);
    assert_int_equal(nap_domain_find(m, ""), -1);
    assert_string_equal(nap_device_name(m, 2), "c");
    assert_ptr_equal(nap_device_model(m, 2), &odd_model);
    assert_int_equal(nap_device_variant(m, 0), ODD_FULL);
    assert_int_equal(nap_device_variant(m, 2), ODD_PLAIN);
}

static void a_device_without_upstream_is_its_own(void **state)
{
    struct nap_machine *m = *state;

    assert_int_equal(nap_upstream(m, DEV_A), DEV_A);
    assert_int_equal(nap_upstream(m, DEV_B), DEV_A);
    assert_int_equal(nap_device_line(m, DEV_B), 7);
}

static void the_built_in_machine_is_made_of_17_units(void **state)
{
    struct nap_soc *soc = h3_soc();
    struct nap_machine *m = h3_machine(soc, 1);

    (void)state;
    assert_int_equal(nap_device_count(m), 17);
    assert_int_equal(nap_device_variant(m, 0), 0);
    assert_int_equal(nap_device_variant(m, 16), 1);
    nap_machine_destroy(m);
    nap_soc_free(soc);
}

/* --- switches --------------------------------------------------------------------------------
 */

static void a_switch_has_its_default_unless_set_and_is_noted_when_read(void **state)
{
    struct nap_machine *m = *state;

    assert_int_equal(m->switch_read[0], 0);
    assert_int_equal(nap_switch(m, DEV_A, 0), 0);
    assert_int_equal(m->switch_read[0], 1);
    assert_int_equal(m->switch_read[1], 0);
}

static void a_switch_set_at_create_holds_for_every_variant(void **state)
{
    struct nap_switch_setting set = {"S1", 2};
    struct nap_machine *m = odd_machine_as(
        &(struct nap_machine_config){.slot = 1, .switches = &set, .n_switches = 1});

    (void)state;
    assert_int_equal(nap_switch(m, DEV_A, 0), 2);
    assert_int_equal(nap_switch(m, DEV_C, 0), 2);
    assert_int_equal(nap_switch(m, DEV_A, 1), 0);
    nap_machine_destroy(m);
}

static void an_unknown_switch_is_refused(void **state)
{
    struct nap_switch_setting set = {"S9", 0};
    struct nap_machine_config config = odd_config;

    (void)state;
    config.switches = &set;
    config.n_switches = 1;
    assert_refused(&config, NAP_ERR_UNKNOWN, "no model of odd-board has a switch 'S9'");
}

static void a_value_that_a_switch_does_not_have_is_refused(void **state)
{
    struct nap_switch_setting set = {"S1", 3};
    struct nap_machine_config config = odd_config;

    (void)state;
    config.switches = &set;
    config.n_switches = 1;
    assert_refused(&config, NAP_ERR_RANGE, "switch S1 has 3 values, found number 3");
}

/* --- what is refused -------------------------------------------------------------------------
 */

static void a_model_that_no_block_has_is_refused(void **state)
{
    static const struct nap_block *const none[] = {NULL};
    struct nap_machine_config config = odd_config;

    (void)state;
    config.blocks = none;
    assert_refused(&config, NAP_ERR_UNKNOWN,
                   "odd-board: device a has model 'odd', which no block has");
}

static void a_variant_that_the_model_does_not_have_is_refused(void **state)
{
    struct nap_soc *soc = malloc(sizeof *soc);
    struct nap_machine_config config = odd_config;

    (void)state;
    assert_non_null(soc);
    *soc = odd_soc;
    strcpy(soc->devices[1].variant, "round");
    config.soc = soc;
    assert_refused(&config, NAP_ERR_UNKNOWN,
                   "odd-board: device b: model odd has no variant 'round'");
    free(soc);
}

static void a_port_that_the_device_does_not_have_is_refused(void **state)
{
    struct nap_block none = odd_block;
    const struct nap_block *const blocks[] = {&none, NULL};
    struct nap_soc *soc = malloc(sizeof *soc);
    struct nap_machine_config config = odd_config;

    (void)state;
    assert_non_null(soc);
    *soc = odd_soc;
    config.soc = soc;
    soc->n_masters = 1;
    strcpy(soc->masters[0].name, "far");
    soc->masters[0].n_ports = 1;
    soc->masters[0].ports[0] = (struct nap_soc_ports){.device = 1, .first = 8, .count = 3};
    assert_refused(&config, NAP_ERR_RANGE,
                   "odd-board: master far is at port 10 of device b, expected a port below 10");
    none.n_ports = 0;
    config.blocks = blocks;
    assert_refused(&config, NAP_ERR_RANGE,
                   "odd-board: master far is at device b, which has no ports");
    free(soc);
}

static void a_block_for_another_version_of_the_interface_is_refused(void **state)
{
    struct nap_block old = odd_block;
    const struct nap_block *const blocks[] = {&old, NULL};
    struct nap_machine_config config = odd_config;

    (void)state;
    old.abi = NAP_BLOCK_ABI + 1;
    config.blocks = blocks;
    assert_refused(&config, NAP_ERR_ARG, "block number 0 has ABI 8, expected 7");
}

/* Like one from an object: tests/seam/test_block.c. */
static void a_block_that_lacks_something_is_refused(void **state)
{
    struct nap_block wrong[5];
    static const char *const text[] = {
        "the block of model (none): model is NULL, expected it set",
        "the block of model odd: probe is NULL, expected it set",
        "the block of model odd: dma is NULL, expected it set",
        "the block of model odd: rules is NULL, expected it set",
        "the block of model odd: relations is NULL, expected it set",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        wrong[i] = odd_block;
    wrong[0].model = NULL;
    wrong[1].probe = NULL;
    wrong[2].dma = NULL;
    wrong[3].n_rules = 1;
    wrong[3].rules = NULL;
    wrong[4].n_relations = 1;
    wrong[4].relations = NULL;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        const struct nap_block *const list[] = {odd_blocks[0], &wrong[i], NULL};
        struct nap_machine_config config = odd_config;
        config.blocks = list;
        assert_refused(&config, NAP_ERR_ARG, text[i]);
    }
}

static void a_slot_out_of_range_is_refused(void **state)
{
    struct nap_machine_config config = odd_config;

    (void)state;
    config.slot = 8;
    assert_refused(&config, NAP_ERR_RANGE, "machine slot is 8, allowed 0 to 7");
}

static void a_slot_in_use_is_refused_and_its_machine_lives_on(void **state)
{
    struct nap_machine *m = *state;

    wr(m, BASE_A + 0x04, 7);
    assert_refused(&odd_config, NAP_ERR_STATE,
                   "machine slot 0: its address range is in use, expected a free one");
    assert_int_equal(rd(m, BASE_A + 0x04), 7);
}

static void a_slot_is_free_again_after_destroy(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        nap_machine_destroy(odd_machine_as(&(struct nap_machine_config){.slot = 7}));
}

static void destroying_nothing_is_allowed(void **state)
{
    (void)state;
    nap_machine_destroy(NULL);
}

static void windows_of_more_than_512_pages_are_refused(void **state)
{
    struct nap_soc *soc = malloc(sizeof *soc);
    struct nap_machine_config config = odd_config;
    struct nap_machine *m;

    (void)state;
    assert_non_null(soc);
    *soc = odd_soc;
    soc->devices[2].size_bytes = 510 * 0x1000; /* 512 with a and b */
    config.soc = soc;
    config.slot = 1;
    m = odd_machine_as(&config);
    nap_machine_destroy(m);
    soc->devices[2].size_bytes = 511 * 0x1000;
    assert_refused(&config, NAP_ERR_NOSPACE, "odd-board: device windows exceed 512 pages");
    free(soc);
}

/* The bus knows pages, each of one device; a device has all of its model's registers. */
static void windows_that_the_bus_cannot_serve_are_refused(void **state)
{
    struct nap_soc *soc = malloc(sizeof *soc);
    struct nap_model large = odd_model;
    struct nap_block block = odd_block;
    const struct nap_block *const blocks[] = {&block, NULL};
    struct nap_machine_config config = odd_config;

    (void)state;
    assert_non_null(soc);
    config.soc = soc;
    *soc = odd_soc;
    soc->devices[0].base = 0x10000800;
    assert_refused(&config, NAP_ERR_RANGE,
                   "odd-board: device a has a window at 0x10000800 with 0x1000 bytes, expected "
                   "multiples of 0x1000");
    *soc = odd_soc;
    soc->devices[0].size_bytes = 0x1800;
    assert_refused(&config, NAP_ERR_RANGE,
                   "odd-board: device a has a window at 0x10000000 with 0x1800 bytes, expected "
                   "multiples of 0x1000");
    *soc = odd_soc;
    soc->devices[1].base = BASE_A;
    assert_refused(&config, NAP_ERR_RANGE,
                   "odd-board: the window of device b at 0x10000000 overlaps that of a at "
                   "0x10000000, expected separate addresses");
    *soc = odd_soc;
    large.window_bytes = 0x1004;
    block.model = &large;
    config.blocks = blocks;
    assert_refused(&config, NAP_ERR_RANGE,
                   "odd-board: device a has a window of 0x1000 bytes, expected at least the "
                   "0x1004 of model odd");
    free(soc);
}

static void hidden_state_beyond_the_arena_is_refused(void **state)
{
    struct nap_block big = odd_block;
    const struct nap_block *const blocks[] = {&big, NULL};
    struct nap_machine_config config = odd_config;

    (void)state;
    big.state_bytes = NAP_STATE_BYTES;
    config.blocks = blocks;
    assert_refused(&config, NAP_ERR_NOSPACE,
                   "machine odd-board does not fit 4194304 bytes of state");
}

static void an_error_text_may_be_left_out(void **state)
{
    struct nap_machine_config config = odd_config;
    struct nap_machine *m;

    (void)state;
    config.slot = 8;
    assert_int_equal(nap_machine_create(&config, &m, NULL), NAP_ERR_RANGE);
}

static void every_failed_allocation_is_reported_and_leaves_nothing(void **state)
{
    struct nap_machine_config config = odd_config;
    struct nap_machine *m = NULL;
    unsigned long failing;

    (void)state;
    config.slot = 1;
    for (failing = 1; !m; failing++) {
        struct nap_error error = {0};
        enum nap_err err;
        alloc_until_failure = failing;
        err = nap_machine_create(&config, &m, &error);
        if (m)
            break;
        assert_int_equal(err, NAP_ERR_NOMEM);
        assert_string_not_equal(error.text, "");
    }
    alloc_until_failure = 0;
    assert_true(failing > 5); /* machine, marks, switches, slots and decode of both variants */
    nap_machine_destroy(m);
}

static void every_failed_mapping_is_reported_and_leaves_nothing(void **state)
{
    struct nap_machine_config config = odd_config;
    struct nap_machine *m;

    (void)state;
    config.slot = 1;
    for (unsigned failing = 1; failing <= 6; failing++) {
        maps_until_failure = failing;
        assert_int_equal(nap_machine_create(&config, &m, NULL),
                         failing == 1 ? NAP_ERR_STATE : NAP_ERR_NOMEM);
        assert_null(m);
    }
    maps_until_failure = 0;
    nap_machine_destroy(odd_machine_as(&config));
}

static void a_kernel_that_maps_somewhere_else_is_refused(void **state)
{
    struct nap_machine_config config = odd_config;

    (void)state;
    config.slot = 1;
    map_elsewhere = true;
    assert_refused(&config, NAP_ERR_STATE,
                   "machine slot 1: its address range is in use, expected a free one");
    map_elsewhere = false;
}

/* --- two machines ----------------------------------------------------------------------------
 */

static void two_machines_never_meet(void **state)
{
    struct nap_machine *one = *state;
    struct nap_machine *two = odd_machine_as(&(struct nap_machine_config){.slot = 1});
    struct nap_hash128 before = nap_state_key(two);
    uint32_t value = 7;

    wr(one, BASE_A + 0x04, 0x55);
    nap_mem_write(one, RAM_BASE, &value, sizeof value);
    nap_power_off(one, BIT(DOMAIN_APART));
    nap_ledger_attach(one, 0, 1, true);
    nap_wire_set(one, DEV_A, true);

    assert_hash_equal(nap_state_key_full(two), before);
    assert_int_equal(rd(two, BASE_A + 0x04), 0x1234);
    assert_int_equal(rd(two, RAM_BASE), 0);
    assert_true(nap_domain_on(two, DOMAIN_APART));
    assert_int_equal(nap_ledger_domain(two, 0), NAP_NO_DOMAIN);
    assert_false(nap_wire(two, DEV_A));
    nap_machine_destroy(two);
    assert_int_equal(rd(one, BASE_A + 0x04), 0x55);
}

static void eight_machines_live_at_once(void **state)
{
    struct nap_machine *m[NAP_MACHINE_SLOTS];

    (void)state;
    for (unsigned i = 0; i < NAP_MACHINE_SLOTS; i++) {
        m[i] = odd_machine_as(&(struct nap_machine_config){.slot = i});
        wr(m[i], BASE_A + 0x04, i);
    }
    for (unsigned i = 0; i < NAP_MACHINE_SLOTS; i++) {
        assert_int_equal(rd(m[i], BASE_A + 0x04), i);
        nap_machine_destroy(m[i]);
    }
}

/* --- wires, counters, what is not modelled --- */

static void a_wire_keeps_its_level_per_device(void **state)
{
    struct nap_machine *m = *state;

    nap_wire_set(m, DEV_B, true);
    nap_wire_set(m, DEV_B, true);
    assert_false(nap_wire(m, DEV_A));
    assert_true(nap_wire(m, DEV_B));
    nap_wire_set(m, DEV_B, false);
    assert_false(nap_wire(m, DEV_B));
}

static void counters_count_accesses_steps_and_repeated_reads(void **state)
{
    struct nap_machine *m = *state;
    struct nap_counters c;

    wr(m, BASE_A + 0x04, 1);
    rd(m, BASE_A + 0x04);
    rd(m, BASE_A + 0x04);
    rd(m, BASE_A + 0x04);
    c = nap_counters(m);
    assert_int_equal(c.accesses, 4);
    assert_int_equal(c.steps, 4);
    assert_int_equal(c.polls, 2);
}

static void what_is_not_modelled_is_counted_per_device(void **state)
{
    struct nap_machine *m = *state;
    static const char what[] = "PRI queue";

    nap_unmodelled(m, DEV_A, what);
    nap_unmodelled(m, DEV_B, what);
    nap_unmodelled(m, DEV_A, what);
    assert_int_equal(m->n_unmodelled, 2);
    assert_int_equal(m->unmodelled[0].count, 2);
    assert_int_equal(m->unmodelled[1].device, DEV_B);
    assert_string_equal(m->unmodelled[1].what, "PRI queue");
}

static void of_what_is_not_modelled_the_kinds_beyond_256_are_counted(void **state)
{
    struct nap_machine *m = *state;
    static const char what[] = "a";

    for (unsigned i = 0; i < 256; i++)
        nap_unmodelled(m, i, what);
    assert_int_equal(m->n_unmodelled, 256);
    assert_int_equal(m->unmodelled_unlisted, 0);
    for (unsigned i = 256; i < 270; i++)
        nap_unmodelled(m, i, what);
    nap_unmodelled(m, 255, what);
    assert_int_equal(m->n_unmodelled, 256);
    assert_int_equal(m->unmodelled[255].count, 2);
    assert_int_equal(m->unmodelled_unlisted, 14);
}

/* --- traffic ---------------------------------------------------------------------------------
 */

static void a_probe_of_a_unit_that_is_off_is_a_bus_error(void **state)
{
    struct nap_machine *m = *state;
    struct nap_outcomes out;

    nap_power_off(m, BIT(DOMAIN_MID));
    nap_probe(m, DEV_A, 0, 0x1000, &out, NULL);
    assert_int_equal(out.n, 1);
    assert_int_equal(out.list[0].kind, NAP_OUTCOME_BUS_ERROR);
    assert_int_equal(nap_dma(m, DEV_A, 0, 0x1000, NAP_READ).kind, NAP_OUTCOME_BUS_ERROR);
}

static void a_probe_asks_the_block_and_changes_nothing(void **state)
{
    struct nap_machine *m = *state;
    struct nap_outcomes out;
    struct nap_footprint footprint = {.n = 0};
    struct nap_hash128 before;

    nap_bus_write(m, BASE_A + 0x08, 8, 0x100, NOWHERE);
    before = nap_state_key(m);
    nap_probe(m, DEV_A, 3, 0x1000, &out, &footprint);
    assert_int_equal(out.n, 1);
    assert_int_equal(out.list[0].pa, 0x1100);
    assert_int_equal(footprint.n, 2);
    assert_int_equal(footprint.list[0].device, DEV_A);
    assert_int_equal(footprint.list[0].slot, SLOT_LONG);
    assert_int_equal(footprint.list[1].slot, NAP_SLOT_HIDDEN);
    assert_hash_equal(nap_state_key_full(m), before);
}

static void a_footprint_beyond_its_capacity_is_counted(void **state)
{
    struct nap_machine *m = *state;
    struct nap_footprint footprint = {.n = 0};

    for (unsigned i = 0; i < NAP_FOOTPRINT_MAX + 3; i++)
        (void)nap_probe_reg(m, DEV_A, SLOT_WORD, &footprint);
    assert_int_equal(footprint.n, NAP_FOOTPRINT_MAX + 3);
}

static void every_outcome_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(nap_outcome_name(NAP_OUTCOME_TRANSLATED), "translated");
    assert_string_equal(nap_outcome_name(NAP_OUTCOME_BYPASS), "bypass");
    assert_string_equal(nap_outcome_name(NAP_OUTCOME_FAULT), "fault");
    assert_string_equal(nap_outcome_name(NAP_OUTCOME_STALL), "stall");
    assert_string_equal(nap_outcome_name(NAP_OUTCOME_BUS_ERROR), "bus-error");
    assert_string_equal(nap_outcome_name(NAP_OUTCOME_UNDETERMINED), "undetermined");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ODD_TEST(a_fresh_machine_has_all_domains_on_and_all_registers_at_reset),
        cmocka_unit_test(the_first_power_on_is_zero_even_under_the_hostile_profile),
        cmocka_unit_test(a_machine_of_32_domains_has_all_of_them_on),
        ODD_TEST(nobody_is_attached_and_nothing_is_counted_at_first),
        ODD_TEST(names_find_devices_masters_and_domains),
        ODD_TEST(a_device_without_upstream_is_its_own),
        cmocka_unit_test(the_built_in_machine_is_made_of_17_units),
        ODD_TEST(a_switch_has_its_default_unless_set_and_is_noted_when_read),
        cmocka_unit_test(a_switch_set_at_create_holds_for_every_variant),
        cmocka_unit_test(an_unknown_switch_is_refused),
        cmocka_unit_test(a_value_that_a_switch_does_not_have_is_refused),
        cmocka_unit_test(a_model_that_no_block_has_is_refused),
        cmocka_unit_test(a_variant_that_the_model_does_not_have_is_refused),
        cmocka_unit_test(a_port_that_the_device_does_not_have_is_refused),
        cmocka_unit_test(a_block_for_another_version_of_the_interface_is_refused),
        cmocka_unit_test(a_block_that_lacks_something_is_refused),
        cmocka_unit_test(a_slot_out_of_range_is_refused),
        ODD_TEST(a_slot_in_use_is_refused_and_its_machine_lives_on),
        cmocka_unit_test(a_slot_is_free_again_after_destroy),
        cmocka_unit_test(destroying_nothing_is_allowed),
        cmocka_unit_test(windows_of_more_than_512_pages_are_refused),
        cmocka_unit_test(windows_that_the_bus_cannot_serve_are_refused),
        cmocka_unit_test(hidden_state_beyond_the_arena_is_refused),
        cmocka_unit_test(an_error_text_may_be_left_out),
        cmocka_unit_test(every_failed_allocation_is_reported_and_leaves_nothing),
        cmocka_unit_test(every_failed_mapping_is_reported_and_leaves_nothing),
        cmocka_unit_test(a_kernel_that_maps_somewhere_else_is_refused),
        ODD_TEST(two_machines_never_meet),
        cmocka_unit_test(eight_machines_live_at_once),
        ODD_TEST(a_wire_keeps_its_level_per_device),
        ODD_TEST(counters_count_accesses_steps_and_repeated_reads),
        ODD_TEST(what_is_not_modelled_is_counted_per_device),
        ODD_TEST(of_what_is_not_modelled_the_kinds_beyond_256_are_counted),
        ODD_TEST(a_probe_of_a_unit_that_is_off_is_a_bus_error),
        ODD_TEST(a_probe_asks_the_block_and_changes_nothing),
        ODD_TEST(a_footprint_beyond_its_capacity_is_counted),
        cmocka_unit_test(every_outcome_has_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
