/* SPDX-License-Identifier: MIT */
/* lib/rules/protocol.c and judge.c on a model of a user's own: what software must not write. */
#include "../core/user_device.h"

#include "rules/findings.h"
#include "rules/judge.h"

struct judged {
    struct user_device u;
    struct nap_judge *judge;
    struct nap_findings findings;
};

static void watch(struct judged *j)
{
    const nap_addr none = 0;
    const unsigned nobody = 0;

    assert_int_equal(
        nap_judge_create(j->u.m, &nobody, 0, &none, 0, &j->findings, &j->judge, NULL), NAP_OK);
}

static void open_judged(struct judged *j, const char *text)
{
    memset(j, 0, sizeof *j);
    (void)user_open(&j->u, text);
    watch(j);
}

static void close_judged(struct judged *j)
{
    nap_judge_destroy(j->judge);
    nap_findings_free(&j->findings);
    user_close(&j->u);
}

#define LOCKED(effect)                                                                         \
    USER_HEAD USER_REG("BASE", "0x0",                                                          \
                       "    reset: 0x10\n"                                                     \
                       "    guard: {register: LOCK, field: KEY, value: 3, else: " effect       \
                       "}\n",                                                                  \
                       USER_FIELD("name: ADDR, bits: \"31:4\"")                                \
                           USER_FIELD("name: Z, bits: \"3:2\", access: rsvdz"))                \
        USER_REG("LOCK", "0x20", "", USER_FIELD("name: KEY, bits: \"5:4\""))

static void a_write_against_a_guard_names_the_guard(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {LOCKED("ignored"), "write of 0x120 while LOCK.KEY is not 3: the write is ignored"},
        {LOCKED("taken"),
         "write of 0x120 while LOCK.KEY is not 3: the write takes effect, which software must "
         "not rely on"},
        {LOCKED("unknown"),
         "write of 0x120 while LOCK.KEY is not 3: the content is unknown from now on"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct judged j;

        open_judged(&j, cases[i].text);
        user_write(&j.u, 0, 4, 0x120);
        assert_int_equal(j.findings.n_violations, 1);
        assert_string_equal(j.findings.violations[0].rule->id, "register-protocol");
        assert_string_equal(j.findings.violations[0].message, cases[i].message);
        assert_int_equal(j.findings.violations[0].slot, 0);
        close_judged(&j);
    }
}

static void a_write_that_its_guard_allows_is_quiet(void **state)
{
    struct judged j;

    (void)state;
    open_judged(&j, LOCKED("ignored"));
    user_write(&j.u, 0x20, 4, 0x30);
    user_write(&j.u, 0, 4, 0x120);
    assert_int_equal(user_read(&j.u, 0, 4), 0x120);
    user_write(&j.u, 0x20, 4, 0);
    assert_int_equal(user_read(&j.u, 0, 4), 0x120); /* reading needs no key */
    assert_int_equal(j.findings.n_violations, 0);
    close_judged(&j);
}

static void ones_to_reserved_bits_fire_and_zeros_are_quiet(void **state)
{
    struct judged j;

    (void)state;
    open_judged(&j, LOCKED("taken"));
    user_write(&j.u, 0x20, 4, 0x30);
    user_write(&j.u, 0, 4, 0x120);
    assert_int_equal(j.findings.n_violations, 0);
    user_write(&j.u, 0, 4, 0x128);
    assert_int_equal(j.findings.n_violations, 1);
    assert_string_equal(j.findings.violations[0].message,
                        "write of 0x128 to reserved bits (0x8), which must be written as 0");
    close_judged(&j);
}

static void bits_without_a_field_are_told_apart_from_reserved_ones(void **state)
{
    struct judged j;

    (void)state;
    open_judged(&j, LOCKED("taken"));
    user_write(&j.u, 0x20, 4, 0x31);
    assert_string_equal(j.findings.violations[0].message,
                        "write of 0x31 to bits that do not exist here (0x1): this unit "
                        "implements 0x30");
    close_judged(&j);
}

/* --- rules of a block see the bits, whichever register was written --- */

static unsigned n_seen;

static void count(const struct nap_machine *m, const struct nap_event *e,
                  struct nap_report *report)
{
    (void)m;
    (void)e;
    (void)report;
    n_seen++;
}

static void a_rule_sees_writes_through_aliases_and_of_every_cpu(void **state)
{
    const struct nap_rule rule = {
        .id = "watch", .on = NAP_STEP_BIT(NAP_STEP_WRITE), .reg = "SET", .check = count};
    struct judged j = {0};

    (void)state;
    n_seen = 0;
    user_model(&j.u, USER_HEAD USER_REG("SET", "0", "    banked: true\n",
                                        USER_FIELD("name: V, bits: \"31:0\", access: w1s"))
                         USER_VIEW("CLEAR", "4", "    alias-of: SET\n",
                                   USER_FIELD("name: V, bits: \"31:0\", access: w1c"))
                             USER_REG("OTHER", "8", "", USER_FIELD("name: V, bits: \"31:0\"")));
    j.u.block.rules = &rule;
    j.u.block.n_rules = 1;
    user_machine(&j.u, "cpus: 2\n");
    watch(&j);
    user_write(&j.u, 0, 4, 1);
    user_write(&j.u, 4, 4, 1);
    nap_cpu_set(j.u.m, 1);
    user_write(&j.u, 0, 4, 1);
    user_write(&j.u, 4, 4, 1);
    user_write(&j.u, 8, 4, 1);
    assert_int_equal(n_seen, 4);
    close_judged(&j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_write_against_a_guard_names_the_guard),
        cmocka_unit_test(a_write_that_its_guard_allows_is_quiet),
        cmocka_unit_test(ones_to_reserved_bits_fire_and_zeros_are_quiet),
        cmocka_unit_test(bits_without_a_field_are_told_apart_from_reserved_ones),
        cmocka_unit_test(a_rule_sees_writes_through_aliases_and_of_every_cpu),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
