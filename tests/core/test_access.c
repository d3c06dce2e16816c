/* SPDX-License-Identifier: MIT */
/* lib/core/regfile.c and model_load.c: every access kind of models/README.md, at every width,
 * from YAML to what the bus shows. */
#include "user_device.h"

/* By definition: the field holds @start; @stored is left after writing 0x0f, which @read shows,
 * and @then is left after that read. */
static const struct kind {
    const char *name;
    uint64_t start, stored, read, then;
} kinds[] = {
    {"rw", 0xa5, 0x0f, 0x0f, 0x0f},         /* holds what was written */
    {"ro", 0xa5, 0xa5, 0xa5, 0xa5},         /* writes are ignored */
    {"wo", 0xa5, 0x0f, 0x00, 0x0f},         /* holds it, reads 0 */
    {"w0c", 0xa5, 0xa5 & 0x0f, 0x05, 0x05}, /* 0 clears, 1 keeps */
    {"w1c", 0xa5, 0xa5 & 0xf0, 0xa0, 0xa0}, /* 1 clears, 0 keeps */
    {"w1s", 0xa5, 0xa5 | 0x0f, 0xaf, 0xaf}, /* 1 sets, 0 keeps */
    {"rc", 0xa5, 0xa5, 0xa5, 0x00},         /* writes are ignored, a read clears */
    {"self_clear", 0x00, 0x0f, 0x00, 0x00}, /* the work of 0x0f is done before the read */
};

static void check_kind(const struct kind *kind, unsigned width)
{
    struct user_device u;
    char text[1024];
    unsigned lsb = width - 8;

    snprintf(text, sizeof text,
             USER_HEAD USER_REG("R", "0x10", "    width: %u\n",
                                USER_FIELD("name: F, bits: \"%u:%u\", access: %s")),
             width, width - 1, lsb, kind->name);
    (void)user_open(&u, text);
    nap_reg_set(u.m, 0, 0, kind->start << lsb);
    nap_set_policy(u.m, NAP_POLICY_LAZY);
    user_write(&u, 0x10, width / 8, UINT64_C(0x0f) << lsb);
    assert_int_equal(nap_reg_get(u.m, 0, 0) >> lsb, kind->stored);
    assert_int_equal(nap_probe_reg(u.m, 0, 0, NULL) >> lsb, kind->stored); /* no side effect */
    for (unsigned late = 0; late < 3 && nap_work_pending(u.m, 0, 0, UINT64_MAX); late++)
        (void)user_read(&u, 0x10, width / 8);
    assert_int_equal(user_read(&u, 0x10, width / 8) >> lsb, kind->read);
    assert_int_equal(nap_reg_get(u.m, 0, 0) >> lsb, kind->then);
    user_close(&u);
}

static void every_kind_is_what_its_name_says_at_every_width(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(kinds); k++)
        for (unsigned width = 8; width <= 64; width *= 2)
            check_kind(&kinds[k], width);
}

#define MIXED                                                                                  \
    USER_HEAD USER_REG("R", "0x10", "    reset: 0xff00\n",                                     \
                       USER_FIELD("name: Z, bits: \"31:24\", access: rsvdz")                   \
                           USER_FIELD("name: S, bits: \"15:12\", access: w1s")                 \
                               USER_FIELD("name: C, bits: \"11:8\", access: w1c")              \
                                   USER_FIELD("name: V, bits: \"7:0\", access: wo"))

static void kinds_of_one_register_do_not_touch_each_other(void **state)
{
    struct user_device u;

    (void)state;
    (void)user_open(&u, MIXED);
    nap_reg_set(u.m, 0, 0, 0x3f00);
    user_write(&u, 0x10, 4, 0x8577);
    assert_int_equal(nap_reg_get(u.m, 0, 0), 0xba77);
    assert_int_equal(user_read(&u, 0x10, 4), 0xba00);
    user_close(&u);
}

static void reserved_bits_hold_nothing_and_ones_break_the_protocol(void **state)
{
    struct user_device u;
    struct recorder r;

    (void)state;
    record(user_open(&u, MIXED), &r);
    user_write(&u, 0x10, 4, 0x80000000);
    user_write(&u, 0x10, 4, 0x00010000); /* no field at all */
    user_write(&u, 0x10, 4, 0x0000ffff);
    assert_int_equal(r.list[0].rules, NAP_PROTOCOL_BROKEN);
    assert_int_equal(r.list[1].rules, NAP_PROTOCOL_BROKEN);
    assert_int_equal(r.list[2].rules, 0);
    assert_int_equal(user_read(&u, 0x10, 4) >> 16, 0);
    user_close(&u);
}

/* What a write leaves standing must be definite; what it replaces need not be. */
static void a_write_asks_for_unknown_content_only_where_some_of_it_stays(void **state)
{
    static const struct {
        const char *access;
        uint64_t value;
        unsigned asked;
    } cases[] = {
        {"rw", 0, 0},     {"wo", 0, 0},  {"w1c", 0xff, 0}, {"w1c", 0x7f, 1}, {"w1s", 0xff, 0},
        {"w1s", 0x7f, 1}, {"w0c", 0, 0}, {"w0c", 1, 1},    {"ro", 0xff, 1},  {"rc", 0xff, 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct script s = {.answers = {0}};
        struct user_device u;
        char text[1024];

        snprintf(text, sizeof text,
                 USER_HEAD "  - name: R\n    about: a\n    source: s\n    offset: 0\n"
                           "    retention: unknown\n    fields:\n" USER_FIELD(
                               "name: F, bits: \"7:0\", access: %s"),
                 cases[i].access);
        choose_by(user_open(&u, text), &s, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
        nap_power_off(u.m, 1);
        nap_power_on(u.m, 1);
        user_write(&u, 0, 4, cases[i].value);
        assert_int_equal(s.n_asked, cases[i].asked);
        user_close(&u);
    }
}

static void a_read_that_clears_shows_the_same_step_as_any_read(void **state)
{
    struct user_device u;
    struct recorder r;

    (void)state;
    record(user_open(&u, USER_HEAD USER_REG("R", "0", "    reset: 6\n",
                                            USER_FIELD("name: F, bits: \"3:0\", access: rc"))),
           &r);
    assert_int_equal(nap_reg_get(u.m, 0, 0), 6); /* a look does not clear */
    assert_int_equal(user_read(&u, 0, 4), 6);
    assert_int_equal(user_read(&u, 0, 4), 0);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.list[0].kind, NAP_STEP_READ);
    assert_int_equal(r.list[0].now, 6);
    user_close(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_what_its_name_says_at_every_width),
        cmocka_unit_test(kinds_of_one_register_do_not_touch_each_other),
        cmocka_unit_test(reserved_bits_hold_nothing_and_ones_break_the_protocol),
        cmocka_unit_test(a_write_asks_for_unknown_content_only_where_some_of_it_stays),
        cmocka_unit_test(a_read_that_clears_shows_the_same_step_as_any_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
