/* SPDX-License-Identifier: MIT */
/* Guards of some fields, over several registers, over what is written, and with an effect that
 * a switch or a version says (lib/core/regfile.c, model_guards.c). */
#include "user_device.h"

#define CONTROL                                                                                \
    USER_REG("CR0", "0x20", "",                                                                \
             USER_FIELD("name: QEN, bits: 3") USER_FIELD("name: EN, bits: 0"))                 \
    USER_REG("ACK", "0x24", "",                                                                \
             USER_FIELD("name: QEN, bits: 3") USER_FIELD("name: EN, bits: 0"))

#define BY_FIELD(effect)                                                                       \
    USER_HEAD USER_REG(                                                                        \
        "CR1", "0",                                                                            \
        "    guard:\n"                                                                         \
        "      - fields: [TABLE]\n        while:\n"                                            \
        "          - {register: CR0, field: EN, value: 0}\n"                                   \
        "          - {register: ACK, field: EN, value: 0}\n        else: " effect "\n"         \
        "      - fields: [QUEUE]\n        while:\n"                                            \
        "          - {register: CR0, field: QEN, value: 0}\n"                                  \
        "          - {register: ACK, field: QEN, value: 0}\n        else: ignored\n",          \
        USER_FIELD("name: TABLE, bits: \"7:4\"") USER_FIELD("name: QUEUE, bits: \"3:0\""))     \
        CONTROL

static void a_guard_of_some_fields_keeps_these_and_no_others(void **state)
{
    static const struct {
        uint64_t cr0, ack, now;
        unsigned guard;
    } cases[] = {
        {0, 0, 0x5a, 0}, {1, 0, 0x0a, 1}, {0, 1, 0x0a, 1}, {8, 0, 0x50, 2},
        {0, 8, 0x50, 2}, {9, 9, 0x00, 1}, {1, 8, 0x00, 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct user_device u;
        struct recorder r;

        record(user_open(&u, BY_FIELD("ignored")), &r);
        user_write(&u, 0x20, 4, cases[i].cr0);
        user_write(&u, 0x24, 4, cases[i].ack);
        user_write(&u, 0, 4, 0x5a);
        assert_int_equal(user_read(&u, 0, 4), cases[i].now);
        assert_int_equal(r.list[2].guard, cases[i].guard);
        assert_int_equal(r.list[2].written, 0x5a);
        assert_int_equal(r.list[2].rules, cases[i].guard ? NAP_PROTOCOL_BROKEN : 0);
        user_close(&u);
    }
}

/* A read-modify-write of a neighbour leaves the field as it is. */
static void fields_that_stay_as_they_are_ask_no_guard(void **state)
{
    struct user_device u;
    struct recorder r;

    (void)state;
    record(user_open(&u, BY_FIELD("ignored")), &r);
    user_write(&u, 0, 4, 0x5a);
    user_write(&u, 0x20, 4, 1);
    user_write(&u, 0, 4, 0x53);
    assert_int_equal(user_read(&u, 0, 4), 0x53);
    assert_int_equal(r.list[2].guard, 0);
    user_close(&u);
}

static void guarded_fields_may_be_taken_all_the_same(void **state)
{
    struct user_device u;
    struct recorder r;

    (void)state;
    record(user_open(&u, BY_FIELD("taken")), &r);
    user_write(&u, 0x20, 4, 9);
    user_write(&u, 0, 4, 0x5a);
    assert_int_equal(user_read(&u, 0, 4), 0x50);
    assert_int_equal(r.list[1].guard, 1);
    user_close(&u);
}

/* A guard of the whole register that lets it pass leaves the later ones their say. */
static void a_guard_that_takes_the_register_does_not_end_the_list(void **state)
{
    struct user_device u;
    struct recorder r;

    (void)state;
    record(
        user_open(&u, USER_HEAD USER_REG("CR1", "0",
                                         "    guard:\n"
                                         "      - while:\n"
                                         "          - {register: CR0, field: EN, value: 0}\n"
                                         "        else: taken\n"
                                         "      - fields: [QUEUE]\n        while:\n"
                                         "          - {register: ACK, field: QEN, value: 0}\n"
                                         "        else: ignored\n",
                                         USER_FIELD("name: TABLE, bits: \"7:4\"")
                                             USER_FIELD("name: QUEUE, bits: \"3:0\"")) CONTROL),
        &r);
    user_write(&u, 0x20, 4, 1);
    user_write(&u, 0x24, 4, 8);
    user_write(&u, 0, 4, 0x5a);
    assert_int_equal(user_read(&u, 0, 4), 0x50);
    assert_int_equal(r.list[2].guard, 1);
    user_close(&u);
}

/* What a power cut left in a guarded field stays for the reader to settle. */
static void an_unknown_register_keeps_its_guarded_fields_unknown(void **state)
{
    struct script s = {.answers = {1}}; /* ones */
    struct user_device u;

    (void)state;
    choose_by(
        user_open(&u, USER_HEAD
                  "  - name: CR1\n    about: a\n    source: s\n    offset: 0\n"
                  "    retention: unknown\n    hostile: 0x11\n    guard: {fields: [TABLE], "
                  "register: CR0, field: EN, value: 0, else: ignored}\n"
                  "    fields:\n" USER_FIELD("name: TABLE, bits: \"7:4\"")
                      USER_FIELD("name: QUEUE, bits: \"3:0\"") CONTROL),
        &s, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    nap_power_off(u.m, 1);
    nap_power_on(u.m, 1);
    user_write(&u, 0x20, 4, 1);
    user_write(&u, 0, 4, 0x5a);
    assert_int_equal(s.n_asked, 1);
    assert_int_equal(user_read(&u, 0, 4), 0xfa);
    assert_int_equal(s.n_asked, 1);
    user_close(&u);
}

static void a_guard_may_ask_what_is_written(void **state)
{
    static const struct {
        uint64_t value, now;
        unsigned guard;
    } cases[] = {{0x100, 0, 1}, {0x80000100, 0x80000100, 0}, {0x80000000, 0x80000000, 0}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct user_device u;
        struct recorder r;

        record(user_open(&u, USER_HEAD USER_REG(
                                 "GBPA", "0",
                                 "    guard: {written: Update, value: 1, else: ignored}\n",
                                 USER_FIELD("name: Update, bits: 31")
                                     USER_FIELD("name: V, bits: \"30:0\""))),
               &r);
        user_write(&u, 0, 4, cases[i].value);
        assert_int_equal(user_read(&u, 0, 4), cases[i].now);
        assert_int_equal(r.list[0].guard, cases[i].guard);
        user_close(&u);
    }
}

static void two_registers_may_have_to_agree(void **state)
{
    struct user_device u;
    struct recorder r;

    (void)state;
    record(user_open(&u,
                     USER_HEAD USER_REG("PROD", "0",
                                        "    count: 2\n    stride: 4\n    guard: {register: "
                                        "PROD, field: EN, same-as: CONS, else: ignored}\n",
                                        USER_FIELD("name: EN, bits: 31")
                                            USER_FIELD("name: WR, bits: \"7:0\""))
                         USER_REG("CONS", "0x10", "    count: 2\n    stride: 4\n",
                                  USER_FIELD("name: ENACK, bits: 31"))),
           &r);
    user_write(&u, 4, 4, 0x80000001); /* agreed before, differs now */
    user_write(&u, 4, 4, 0x80000002);
    assert_int_equal(user_read(&u, 4, 4), 0x80000001);
    user_write(&u, 0, 4, 3); /* the other element */
    assert_int_equal(user_read(&u, 0, 4), 3);
    user_write(&u, 0x14, 4, 0x80000000);
    user_write(&u, 4, 4, 0x80000002);
    assert_int_equal(user_read(&u, 4, 4), 0x80000002);
    user_close(&u);
}

static void a_single_register_may_be_guarded_by_every_element(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct user_device u;

        (void)user_open(&u,
                        USER_HEAD USER_REG(
                            "CR1", "0",
                            "    guard: {register: PROD, field: EN, value: 0, else: ignored}\n",
                            USER_FIELD("name: V, bits: \"3:0\""))
                            USER_REG("PROD", "0x10", "    count: 3\n    stride: 4\n",
                                     USER_FIELD("name: EN, bits: 31")));
        if (i < 3)
            user_write(&u, 0x10 + 4 * i, 4, 0x80000000);
        user_write(&u, 0, 4, 5);
        assert_int_equal(user_read(&u, 0, 4), i < 3 ? 0 : 5);
        user_close(&u);
    }
}

/* --- who says the effect --- */

#define VERSIONED                                                                              \
    "model: user\ntitle: t\nsource: s\nvariants: [one]\nwindow: 0x1000\n"                      \
    "switches:\n  - id: S01\n    about: a\n    basis: documented\n"                            \
    "    values: [ignored, taken, unknown]\n"                                                  \
    "    decided: {register: AIDR, field: Minor, from: 2, value: ignored}\n"                   \
    "registers:\n" USER_REG("BASE", "0",                                                       \
                            "    guard: {register: CR0, field: EN, value: 0, else: S01}\n",    \
                            USER_FIELD("name: V, bits: \"31:0\""))                             \
        CONTROL USER_REG("AIDR", "0x1c",                                                       \
                         "    access: ro\n    reset: 1\n    implementation: true\n",           \
                         USER_FIELD("name: Minor, bits: \"3:0\""))

static void before_a_version_a_switch_says_the_effect(void **state)
{
    static const uint64_t expected[] = {1, 2, 0};

    (void)state;
    for (uint32_t value = 0; value < 3; value++) {
        struct nap_switch_setting setting = {"S01", value};
        struct user_device u = {0};
        struct nap_error error;

        user_model(&u, VERSIONED);
        assert_int_equal(user_machine_as(&u, "", "", &setting, &error), NAP_OK);
        user_write(&u, 0, 4, 1);
        user_write(&u, 0x20, 4, 1);
        assert_int_equal(u.m->switch_read[0], 0);
        user_write(&u, 0, 4, 2);
        assert_int_equal(u.m->switch_read[0], 1);
        assert_int_equal(user_read(&u, 0, 4), expected[value]);
        user_close(&u);
    }
}

static void a_version_decides_a_switch(void **state)
{
    struct nap_switch_setting taken = {"S01", 1}, ignored = {"S01", 0};
    struct user_device u = {0};
    struct nap_error error;

    (void)state;
    user_model(&u, VERSIONED);
    assert_int_equal(user_machine_as(&u, "", ", registers: {AIDR: 2}", &taken, &error),
                     NAP_ERR_RANGE);
    assert_string_equal(error.text,
                        "board: switch S01 is decided by the version of its devices, "
                        "expected ignored");
    nap_soc_free(u.soc);
    assert_int_equal(user_machine_as(&u, "", ", registers: {AIDR: 2}", &ignored, &error),
                     NAP_OK);
    user_write(&u, 0x20, 4, 1);
    user_write(&u, 0, 4, 2);
    assert_int_equal(user_read(&u, 0, 4), 0);
    user_close(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_guard_of_some_fields_keeps_these_and_no_others),
        cmocka_unit_test(fields_that_stay_as_they_are_ask_no_guard),
        cmocka_unit_test(guarded_fields_may_be_taken_all_the_same),
        cmocka_unit_test(a_guard_that_takes_the_register_does_not_end_the_list),
        cmocka_unit_test(an_unknown_register_keeps_its_guarded_fields_unknown),
        cmocka_unit_test(a_guard_may_ask_what_is_written),
        cmocka_unit_test(two_registers_may_have_to_agree),
        cmocka_unit_test(a_single_register_may_be_guarded_by_every_element),
        cmocka_unit_test(before_a_version_a_switch_says_the_effect),
        cmocka_unit_test(a_version_decides_a_switch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
