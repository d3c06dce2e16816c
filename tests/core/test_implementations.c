/* SPDX-License-Identifier: MIT */
/* What differs from one device of a model to the next: reset values by preset and machine,
 * registers and fields that are not there (lib/core/soc_resets.c, model_needs.c, kind.c). */
#include "user_device.h"

#define IMPLEMENTATIONS                                                                        \
    "model: user\ntitle: t\nsource: s\nvariants: [one]\nwindow: 0x3000\n"                      \
    "switches:\n  - {id: S07, about: a, basis: documented, values: [alias, raz-wi]}\n"         \
    "  - {id: S20, about: a, basis: unknown, values: [kept, res0]}\n"                          \
    "presets:\n"                                                                               \
    "  - {name: small, about: a, source: s, registers: {IDR0: 0}}\n"                           \
    "  - {name: wide, about: a, source: s, registers: {IDR0: 7, GBPA: 0x20}}\n"                \
    "registers:\n" USER_REG(                                                                   \
        "IDR0", "0", "    access: ro\n    reset: 3\n    implementation: true\n",               \
        USER_FIELD("name: MPAM, bits: 2, unmodelled: true") USER_FIELD("name: MSI, bits: 1")   \
            USER_FIELD("name: PRI, bits: 0"))                                                  \
        USER_REG("GBPA", "4", "    reset: 0x10\n    implementation: true\n",                   \
                 USER_FIELD("name: V, bits: \"7:0\""))                                         \
            USER_REG("CFG2", "8", "    needs: [IDR0.PRI]\n",                                   \
                     USER_FIELD("name: LO, bits: 31, needs: [[IDR0.MSI, S20.kept]]")           \
                         USER_FIELD("name: SH, bits: \"5:4\", needs: [IDR0.MSI]"))             \
                USER_REG("PROD", "0x2000", "    needs: [IDR0.PRI]\n",                          \
                         USER_FIELD("name: WR, bits: \"7:0\""))                                \
                    USER_VIEW("PROD_0", "0x10",                                                \
                              "    alias-of: PROD\n    needs: [S07.alias]\n",                  \
                              USER_FIELD("name: WR, bits: \"7:0\""))

static struct nap_error error;

static void open_as(struct user_device *u, const char *device, const char *sw, uint32_t value)
{
    struct nap_switch_setting setting = {sw, value};

    memset(u, 0, sizeof *u);
    user_model(u, IMPLEMENTATIONS);
    if (user_machine_as(u, "", device, sw ? &setting : NULL, &error))
        fail_msg("%s", error.text);
}

#define WHOLE ", preset: wide"

static void the_machine_has_the_last_word_on_a_reset_value(void **state)
{
    static const struct {
        const char *device;
        uint64_t idr0, gbpa;
    } cases[] = {
        {", preset: small", 0, 0x10},
        {", registers: {IDR0: 0, GBPA: 0x30}", 0, 0x30},
        {", preset: small, registers: {GBPA: 0x40}", 0, 0x40},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct user_device u;

        open_as(&u, cases[i].device, NULL, 0);
        assert_int_equal(user_read(&u, 0, 4), cases[i].idr0);
        assert_int_equal(user_read(&u, 4, 4), cases[i].gbpa);
        user_write(&u, 4, 4, 1);
        nap_power_off(u.m, 1);
        nap_set_profile(u.m, NAP_PROFILE_HOSTILE);
        nap_power_on(u.m, 1);
        assert_int_equal(user_read(&u, 4, 4), cases[i].gbpa);
        user_close(&u);
    }
}

static void a_machine_says_only_what_its_model_leaves_open(void **state)
{
    static const struct {
        const char *device;
        enum nap_err err;
        const char *message;
    } cases[] = {
        {", preset: huge", NAP_ERR_UNKNOWN,
         "board.yaml:7: found preset 'huge' of device dev, expected one of model user"},
        {", registers: {IDR9: 0}", NAP_ERR_UNKNOWN,
         "board.yaml:7: found register 'IDR9' of device dev, expected one that model user "
         "leaves "
         "to the implementation"},
        {", registers: {CFG2: 0}", NAP_ERR_UNKNOWN,
         "board.yaml:7: found register 'CFG2' of device dev, expected one that model user "
         "leaves "
         "to the implementation"},
        {", registers: {IDR0: 8}", NAP_ERR_RANGE,
         "board.yaml:7: found 0x8 for IDR0 of device dev, expected bits of 0x7 only"},
        {WHOLE, NAP_ERR_RANGE,
         "board: device dev has a window of 0x1000 bytes, expected at least the 0x2004 of "
         "model "
         "user"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct user_device u = {0};

        user_model(&u, IMPLEMENTATIONS);
        assert_int_equal(user_machine_as(&u, "", cases[i].device, NULL, &error), cases[i].err);
        assert_string_equal(error.text, cases[i].message);
        assert_null(u.m);
        user_close(&u);
    }
}

/* Its optional page is no part of the window, and what it lacks reads 0. */
static void a_register_that_needs_a_feature_is_reserved_without_it(void **state)
{
    struct user_device u;
    struct recorder r;

    (void)state;
    open_as(&u, ", preset: small", NULL, 0);
    record(u.m, &r);
    user_write(&u, 8, 4, 0x80000030);
    user_write(&u, 8, 4, 0);
    assert_int_equal(user_read(&u, 8, 4), 0);
    assert_int_equal(r.list[0].kind, NAP_STEP_WRITE);
    assert_int_equal(r.list[0].rules, NAP_PROTOCOL_BROKEN);
    assert_int_equal(r.list[1].rules, 0);
    assert_int_equal(nap_reg_marks(u.m, 0, 2), 0);
    user_close(&u);
}

static void open_wide(struct user_device *u, const char *registers, const char *sw,
                      uint32_t value)
{
    static const struct nap_block *blocks[2];
    struct nap_switch_setting setting = {sw, value};
    struct nap_machine_config config = {.blocks = blocks, .switches = &setting};
    char text[512];

    memset(u, 0, sizeof *u);
    user_model(u, IMPLEMENTATIONS);
    blocks[0] = &u->block;
    (void)snprintf(text, sizeof text,
                   "soc: board\ntitle: t\nsource: s\ndomains:\n  - {name: d}\ndevices:\n"
                   "  - {name: a, model: user, variant: one, base: 0x10000000, size: 0x3000, "
                   "domain: d, registers: {%s}}\n"
                   "  - {name: b, model: user, variant: one, base: 0x10003000, size: 0x3000, "
                   "domain: d}\n",
                   registers);
    if (nap_soc_load(text, strlen(text), "board.yaml", &u->soc, &error))
        fail_msg("%s", error.text);
    config.soc = u->soc;
    config.n_switches = sw != NULL;
    if (nap_machine_create(&config, &u->m, &error))
        fail_msg("%s", error.text);
}

static void a_field_is_there_by_feature_or_by_switch(void **state)
{
    static const struct {
        const char *registers;
        uint32_t s20;
        uint64_t bits;
    } cases[] = {
        {"IDR0: 3", 0, 0x80000030}, {"IDR0: 3", 1, 0x80000030}, {"IDR0: 1", 0, 0x80000000},
        {"IDR0: 1", 1, 0},          {"IDR0: 2", 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct user_device u;

        open_wide(&u, cases[i].registers, "S20", cases[i].s20);
        user_write(&u, 8, 4, UINT32_MAX);
        assert_int_equal(user_read(&u, 8, 4), cases[i].bits);
        user_write(&u, 0x3008, 4, UINT32_MAX); /* the other device has its own features */
        assert_int_equal(user_read(&u, 0x3008, 4), 0x80000030);
        user_close(&u);
    }
}

static void an_alias_may_be_there_or_not(void **state)
{
    struct user_device u;

    (void)state;
    for (uint32_t gone = 0; gone < 2; gone++) {
        open_wide(&u, "IDR0: 1", "S07", gone);
        user_write(&u, 0x10, 4, 5);
        assert_int_equal(user_read(&u, 0x2000, 4), gone ? 0 : 5);
        assert_int_equal(nap_reg_marks(u.m, 0, 3), gone ? 0 : NAP_MARK_WRITTEN | NAP_MARK_EVER);
        user_write(&u, 0x2000, 4, 6);
        assert_int_equal(user_read(&u, 0x10, 4), gone ? 0 : 6);
        user_close(&u);
    }
    open_wide(&u, "IDR0: 0", "S07", 0); /* what it shows is not there */
    user_write(&u, 0x10, 4, 5);
    assert_int_equal(user_read(&u, 0x10, 4), 0);
    user_close(&u);
}

static void a_feature_that_nothing_stands_behind_is_counted(void **state)
{
    struct user_device u;

    (void)state;
    open_wide(&u, "IDR0: 7", NULL, 0);
    assert_int_equal(u.m->n_unmodelled, 1);
    assert_string_equal(u.m->unmodelled[0].what, "MPAM");
    assert_int_equal(u.m->unmodelled[0].device, 0);
    user_close(&u);
}

/* --- some bits of an unknown register reset --- */

#define PARTLY_KNOWN                                                                           \
    USER_HEAD "  - name: PROD\n    about: a\n    source: s\n    offset: 0\n    retention: "    \
              "unknown\n    reset: 0x100\n    hostile: random\n    fields:\n" USER_FIELD(      \
                  "name: OVFLG, bits: 31, retention: reset")                                   \
                  USER_FIELD("name: WR, bits: \"11:0\"")

static void bits_that_reset_are_known_after_a_power_cut(void **state)
{
    static const uint64_t expected[] = {0x7a5 /* hostile */, 0, 0xfff, 0x123};

    (void)state;
    for (uint32_t value = 0; value < 4; value++) {
        struct script s = {.answers = {value}};
        struct user_device u;
        uint64_t read;

        choose_by(user_open(&u, PARTLY_KNOWN), &s, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
        user_write(&u, 0, 4, 0x80000123);
        nap_set_profile(u.m, NAP_PROFILE_HOSTILE);
        nap_power_off(u.m, 1);
        nap_power_on(u.m, 1);
        assert_int_equal(nap_reg_get(u.m, 0, 0) >> 31, 0);
        read = user_read(&u, 0, 4);
        assert_int_equal(read >> 31, 0);
        if (value > 0)
            assert_int_equal(read, expected[value]);
        user_close(&u);
    }
}

static void in_profile_hostile_too(void **state)
{
    struct user_device u;

    (void)state;
    (void)user_open(&u, PARTLY_KNOWN);
    user_write(&u, 0, 4, 0x80000123);
    nap_set_profile(u.m, NAP_PROFILE_HOSTILE);
    nap_power_off(u.m, 1);
    nap_power_on(u.m, 1);
    assert_int_equal(user_read(&u, 0, 4) >> 31, 0);
    user_close(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_machine_has_the_last_word_on_a_reset_value),
        cmocka_unit_test(a_machine_says_only_what_its_model_leaves_open),
        cmocka_unit_test(a_register_that_needs_a_feature_is_reserved_without_it),
        cmocka_unit_test(a_field_is_there_by_feature_or_by_switch),
        cmocka_unit_test(an_alias_may_be_there_or_not),
        cmocka_unit_test(a_feature_that_nothing_stands_behind_is_counted),
        cmocka_unit_test(bits_that_reset_are_known_after_a_power_cut),
        cmocka_unit_test(in_profile_hostile_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
