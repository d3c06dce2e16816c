/* SPDX-License-Identifier: MIT */
/* lib/core/text.c and lib/core/step.c: steps as text, comparison and digest by name. */
#include "../rig.h"

#define MIX (BASE_A + 0x10)

/* --- steps -----------------------------------------------------------------------------------
 */

static int log_lines(void *context)
{
    (void)context;
    nap_log("restoring %u contexts\n", 3u);
    nap_write32(BASE_A + 0x04, 0x11);
    nap_log("%s", "caf\xc3\xa9 \x1b[1m\xff");
    return -5;
}

static void every_kind_of_step_has_its_line(void **state)
{
    struct nap_machine *m = *state;
    struct script s = {.answers = {1}};
    struct nap_source here = {"drivers/d.c", 41, NULL};
    struct recorder r;
    unsigned i = 0;

    nap_set_policy(m, NAP_POLICY_LAZY);
    record(m, &r);
    (void)nap_bus_read(m, MIX, 4, here);
    nap_bus_write(m, MIX, 4, MIX_A | 0x1005, here);
    nap_bus_write(m, BASE_A + 0x28, 4, 7, here);
    nap_bus_barrier(m, "DSB SY", here);
    nap_work_finish_all(m);
    (void)nap_bus_read(m, BASE_A + 0x14, 4, here);
    nap_bus_write(m, 0x123, 2, 1, NOWHERE);
    nap_masters_set_mode(m, 1, NAP_MASTER_LIVE);
    nap_ledger_attach(m, 0, 1, true);
    (void)nap_dma(m, DEV_B, 7, 0x4000, NAP_WRITE);
    choose_by(m, &s, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    nap_power_off(m, BIT(DOMAIN_MID));
    nap_bus_write(m, BASE_B + 0x04, 4, 1, here);
    (void)nap_dma(m, DEV_B, 7, 0x4000, NAP_READ);
    nap_power_on(m, BIT(DOMAIN_MID));
    (void)nap_bus_read(m, BASE_A + 0x1c, 4, here);
    (void)nap_seam_call(m, "resume", log_lines, NULL);

    assert_string_equal(r.text[i++],
                        "    1 read       a.MIX = 0xa500 (ID=0xa5)  drivers/d.c:41");
    assert_string_equal(r.text[i++], "    2 write      a.MIX 0xa500 -> 0x100a505 "
                                     "(A=1 ID=0xa5 VALUE=5)  drivers/d.c:41");
    assert_string_equal(r.text[i++],
                        "    3 write      a.ARRAY[1] 0x0 -> 0x7 (VALUE=7)  drivers/d.c:41");
    assert_string_equal(r.text[i++], "    4 barrier    DSB SY  drivers/d.c:41");
    assert_string_equal(r.text[i++], "    5 work-done  a.MIX 0x100a505 -> 0xa505 "
                                     "(ID=0xa5 VALUE=5)  drivers/d.c:41");
    assert_string_equal(r.text[i++],
                        "    6 bad-access read of 0x10000014, 4 bytes  drivers/d.c:41");
    assert_string_equal(r.text[i++], "    7 bad-access write to 0x123, 2 bytes");
    assert_string_equal(r.text[i++], "    8 master     released");
    assert_string_equal(r.text[i++], "    9 master     ground truth: attached");
    assert_string_equal(r.text[i++],
                        "   10 dma        b port 7 write 0x4000: translated 0x4000");
    assert_string_equal(r.text[i++], "   11 power      power off: mid leaf");
    assert_string_equal(r.text[i++],
                        "   12 unpowered  write to 0x10001004, 4 bytes  drivers/d.c:41");
    assert_string_equal(r.text[i++], "   13 dma        b port 7 read 0x4000: bus-error 0x0");
    assert_string_equal(r.text[i++], "   14 power      power on: mid");
    assert_string_equal(r.text[i++], "   15 settle     a.LOST 0x11 -> 0x0  drivers/d.c:41");
    assert_string_equal(r.text[i++], "   16 read       a.LOST = 0x0  drivers/d.c:41");
    assert_string_equal(r.text[i++], "   17 call       resume");
    assert_string_equal(r.text[i++], "   18 log        restoring 3 contexts");
    assert_non_null(
        strstr(r.text[i++], "   19 write      a.WORD 0x1234 -> 0x11 (VALUE=0x11)  "));
    assert_string_equal(r.text[i++], "   20 log        caf\xc3\xa9 ?[1m?");
    assert_string_equal(r.text[i++], "   21 return     resume = -5");
    assert_int_equal(r.n, i);
}

static void a_stuck_read_has_a_line_with_register_and_value(void **state)
{
    struct nap_machine *m = *state;
    struct nap_event e = {.step = 77777,
                          .kind = NAP_STEP_STUCK,
                          .slot = SLOT_MIX,
                          .reg = ODD_MIX,
                          .was = MIX_A,
                          .now = MIX_A};
    char text[128];

    nap_event_text(m, &e, text, sizeof text);
    assert_string_equal(text, "77777 stuck      a.MIX 0x1000000 -> 0x1000000 (A=1)");
}

static void every_kind_of_step_has_a_name(void **state)
{
    static const char *const names[] = {"read",  "write",   "barrier",    "work-done", "settle",
                                        "power", "dma",     "bad-access", "unpowered", "stuck",
                                        "panic", "warning", "call",       "return",    "master",
                                        "log",   "post",    "store",      "irq",       "msi",
                                        "os",    "signal",  "interrupt"};

    (void)state;
    assert_int_equal(COUNT_OF(names), NAP_STEP_KINDS);
    for (unsigned k = 0; k < COUNT_OF(names); k++)
        assert_string_equal(nap_step_kind_name((enum nap_step_kind)k), names[k]);
}

static void a_line_that_does_not_fit_is_cut(void **state)
{
    struct nap_machine *m = *state;
    struct nap_event e = {.step = 1,
                          .kind = NAP_STEP_READ,
                          .slot = SLOT_MIX,
                          .reg = ODD_MIX,
                          .now = 0xffff,
                          .source = {"file.c", 1, NULL}};
    char whole[128], cut[128];

    nap_event_text(m, &e, whole, sizeof whole);
    for (size_t bytes = 1; bytes <= strlen(whole); bytes++) {
        memset(cut, 'x', sizeof cut);
        nap_event_text(m, &e, cut, bytes);
        assert_int_equal(strlen(cut), bytes - 1);
        assert_memory_equal(cut, whole, bytes - 1);
        assert_int_equal(cut[bytes], 'x');
    }
}

static void a_barrier_counts_as_a_step_but_not_as_a_register_access(void **state)
{
    struct nap_machine *m = *state;

    nap_bus_barrier(m, "DSB SY", HERE);
    assert_int_equal(nap_counters(m).steps, 1);
    assert_int_equal(nap_counters(m).accesses, 0);
}

static void without_a_sink_steps_are_counted_all_the_same(void **state)
{
    struct nap_machine *m = *state;
    struct recorder r;

    record(m, &r);
    wr(m, BASE_A + 0x04, 1);
    nap_set_trace(m, NULL, NULL);
    wr(m, BASE_A + 0x04, 2);
    assert_int_equal(r.n, 1);
    assert_int_equal(nap_counters(m).steps, 2);
}

/* --- fields ----------------------------------------------------------------------------------
 */

static void fields_that_are_zero_are_left_out_unless_wanted(void **state)
{
    char text[128];

    (void)state;
    nap_fields_text(&odd_model, ODD_MIX, ODD_FULL, 0x00030009, false, text, sizeof text);
    assert_string_equal(text, "FLAGS=3 VALUE=9");
    nap_fields_text(&odd_model, ODD_MIX, ODD_FULL, 0x0003000a, true, text, sizeof text);
    assert_string_equal(text, "B=0 A=0 FLAGS=3 ID=0 VALUE=0xa");
    nap_fields_text(&odd_model, ODD_MIX, ODD_FULL, 0, false, text, sizeof text);
    assert_string_equal(text, "");
}

static void fields_of_another_variant_are_left_out(void **state)
{
    struct nap_soc *soc = h3_soc();
    struct nap_machine *m = h3_machine(soc, 1);
    const struct nap_model *model = nap_device_model(m, 0);
    unsigned imctr = (unsigned)nap_model_reg(model, "IMCTR");
    char text[128];

    (void)state;
    nap_fields_text(model, imctr, 0, 0x20000001, false, text, sizeof text);
    assert_string_equal(text, "VA64=1 MMUEN=1");
    nap_fields_text(model, imctr, 1, 0x20000001, false, text, sizeof text);
    assert_string_equal(text, "MMUEN=1");
    nap_machine_destroy(m);
    nap_soc_free(soc);
}

static void a_register_of_h3_is_named_as_its_document_spells_it(void **state)
{
    struct nap_soc *soc = h3_soc();
    struct nap_machine *m = h3_machine(soc, 1);
    const struct nap_model *model = nap_device_model(m, 0);
    unsigned ds1 = (unsigned)nap_device_find(m, "ds1");
    char name[64];

    (void)state;
    nap_register_name(m, ds1, model->regs[nap_model_reg(model, "IMUCTR")].first_slot + 32, name,
                      sizeof name);
    assert_string_equal(name, "ds1.IMUCTR[32]");
    nap_register_name(m, 0, model->regs[nap_model_reg(model, "IMSAUXCTLR")].first_slot, name,
                      sizeof name);
    assert_string_equal(name, "mm.IMSAUXCTLR");
    nap_machine_destroy(m);
    nap_soc_free(soc);
}

/* --- comparison ------------------------------------------------------------------------------
 */

static void differences_are_named_in_order_of_device_and_register(void **state)
{
    struct nap_machine *one = *state;
    struct nap_machine *two = odd_machine_as(&(struct nap_machine_config){.slot = 1});
    struct nap_difference d[4];

    assert_int_equal(nap_compare(one, two, d, 4), 0);
    wr(two, BASE_C + 0x04, 9);
    wr(one, BASE_A + 0x40, 7);
    wr(one, BASE_A + 0x04, 0x1234); /* equal again */
    assert_int_equal(nap_compare(one, two, d, 4), 2);
    assert_int_equal(d[0].device, DEV_A);
    assert_int_equal(d[0].reg, ODD_ARRAY);
    assert_int_equal(d[0].index, 2);
    assert_int_equal(d[0].a, 7);
    assert_int_equal(d[0].b, 0);
    assert_int_equal(d[1].device, DEV_C);
    assert_int_equal(d[1].reg, ODD_WORD);
    assert_int_equal(d[1].a, 0x1234);
    assert_int_equal(d[1].b, 9);
    nap_machine_destroy(two);
}

static void differences_beyond_the_room_are_counted(void **state)
{
    struct nap_machine *one = *state;
    struct nap_machine *two = odd_machine_as(&(struct nap_machine_config){.slot = 1});
    struct nap_difference d = {.reg = 99};

    wr(two, BASE_A + 0x04, 9);
    wr(two, BASE_B + 0x04, 9);
    assert_int_equal(nap_compare(one, two, NULL, 0), 2);
    assert_int_equal(nap_compare(one, two, &d, 1), 2);
    assert_int_equal(d.device, DEV_A);
    assert_int_equal(d.reg, ODD_WORD);
    nap_machine_destroy(two);
}

/* --- the digest ------------------------------------------------------------------------------
 */

/* A fixed sequence over everything that the digest covers. */
static void fixed_sequence(struct nap_machine *m)
{
    static const char text[] = "bytes in simulated RAM";
    uint64_t seed = 2024;

    for (int i = 0; i < 300; i++) {
        uint64_t x = next_random(&seed);
        const struct nap_reg *reg = &odd_regs[x % ODD_REGS];
        nap_addr address = at((unsigned)(x >> 8) % 3, (unsigned)(x % ODD_REGS),
                              (unsigned)(x >> 16) % reg->count);
        nap_bus_write(m, address, reg->width_bits / 8u, next_random(&seed), NOWHERE);
        if (i == 200)
            off_and_on(m, BIT(DOMAIN_MID) | BIT(DOMAIN_LEAF));
    }
    nap_masters_set_mode(m, 5, NAP_MASTER_LIVE);
    nap_power_off(m, BIT(DOMAIN_APART));
    assert_true(nap_mem_write(m, RAM_BASE + 0xff8, text, sizeof text));
    assert_true(nap_mem_write(m, RAM_HIGH, text, sizeof text));
}

static void the_digest_is_the_same_in_two_slots(void **state)
{
    struct nap_machine *one = *state;
    struct nap_machine *two = odd_machine_as(&(struct nap_machine_config){.slot = 5});

    assert_hash_equal(nap_digest(one), nap_digest(two));
    fixed_sequence(one);
    (void)nap_os_alloc(two, 64); /* driver RAM has addresses and is left out */
    fixed_sequence(two);
    assert_hash_equal(nap_digest(one), nap_digest(two));
    nap_machine_destroy(two);
}

/* Golden value, computed once with gcc on x86-64. It holds for every build, compiler and run,
 * wherever address space randomisation puts the process; a change of the digest's form, of the
 * hand-made model or of the sequence gives another. */
static void the_digest_of_a_fixed_sequence_is_ASLR_independent(void **state)
{
    struct nap_hash128 digest;

    fixed_sequence(*state);
    digest = nap_digest(*state);
    assert_int_equal(digest.low, UINT64_C(0xe2c01a34d18cb3e3));
    assert_int_equal(digest.high, UINT64_C(0x773a44d98aba161c));
}

static void the_digest_covers_registers_marks_power_masters_and_ram(void **state)
{
    struct nap_machine *m = *state;
    struct nap_hash128 d[6];
    unsigned n = 0;

    d[n++] = nap_digest(m);
    nap_reg_set(m, DEV_A, SLOT_WORD, 5);
    d[n++] = nap_digest(m);
    wr(m, BASE_A + 0x04, 5); /* the same value, now written by software */
    d[n++] = nap_digest(m);
    nap_masters_set_mode(m, 2, NAP_MASTER_LIVE);
    d[n++] = nap_digest(m);
    nap_power_off(m, BIT(DOMAIN_APART));
    d[n++] = nap_digest(m);
    assert_true(nap_mem_write(m, RAM_BASE, "x", 1));
    d[n++] = nap_digest(m);
    for (unsigned i = 0; i < n; i++)
        for (unsigned k = i + 1; k < n; k++)
            assert_false(hash_equal(d[i], d[k]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ODD_TEST(every_kind_of_step_has_its_line),
        ODD_TEST(a_stuck_read_has_a_line_with_register_and_value),
        ODD_TEST(every_kind_of_step_has_a_name),
        ODD_TEST(a_line_that_does_not_fit_is_cut),
        ODD_TEST(a_barrier_counts_as_a_step_but_not_as_a_register_access),
        ODD_TEST(without_a_sink_steps_are_counted_all_the_same),
        ODD_TEST(fields_that_are_zero_are_left_out_unless_wanted),
        cmocka_unit_test(fields_of_another_variant_are_left_out),
        cmocka_unit_test(a_register_of_h3_is_named_as_its_document_spells_it),
        ODD_TEST(differences_are_named_in_order_of_device_and_register),
        ODD_TEST(differences_beyond_the_room_are_counted),
        ODD_TEST(the_digest_is_the_same_in_two_slots),
        ODD_TEST(the_digest_of_a_fixed_sequence_is_ASLR_independent),
        ODD_TEST(the_digest_covers_registers_marks_power_masters_and_ram),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
