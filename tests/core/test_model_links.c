/* SPDX-License-Identifier: MIT */
/* lib/core/model_links.c: what is refused, and that the generator knows every fact. */
#include <regnap/model.h>

#include "loader_test.h"

#include "every-fact-model.h" /* generated */

static void a_generated_table_has_every_fact_of_the_file(void **state)
{
    size_t bytes;
    char *text = source_file("tests/core/every-fact.yaml", &bytes);
    struct nap_error error = {0};
    struct nap_model *model;
    struct nap_hash128 a, b = nap_model_digest(&nap_model_every_fact);

    (void)state;
    if (nap_model_load(text, bytes, "every-fact.yaml", &model, &error))
        fail_msg("%s", error.text);
    a = nap_model_digest(model);
    assert_int_equal(a.low, b.low);
    assert_int_equal(a.high, b.high);
    nap_model_free(model);
    free(text);
}

static void the_facts_are_those_of_the_file(void **state)
{
    const struct nap_reg *base = &nap_model_every_fact.regs[EVERY_REG_BASE];
    const struct nap_reg *status = &nap_model_every_fact.regs[EVERY_REG_STATUS];
    const struct nap_reg *enable = &nap_model_every_fact.regs[EVERY_REG_ENABLE];
    const struct nap_reg *disable = &nap_model_every_fact.regs[EVERY_REG_DISABLE];

    (void)state;
    assert_int_equal(base->access_sizes, 4 + 8);
    assert_int_equal(base->sysreg, 0);
    assert_int_equal(nap_model_every_fact.regs[EVERY_REG_ICC_AP0R].sysreg, 1);
    assert_int_equal(EVERY_OFFSET_ICC_AP0R, 8 * NAP_SYSREG(3, 0, 12, 8, 4));
    assert_int_equal(nap_model_every_fact.regs[EVERY_REG_ICC_AP0R].width_bits, 64);
    assert_int_equal(base->n_guards, 2);
    assert_int_equal(base->guards[0].effect, NAP_GUARD_UNKNOWN);
    assert_int_equal(base->guards[1].conditions[0].mask, 0x10);
    assert_int_equal(base->guards[1].conditions[0].value, 0);
    assert_int_equal(enable->banked, 2);
    assert_int_equal(enable->guards[0].conditions[0].value, 1);
    assert_int_equal(disable->banked, 2);
    assert_int_equal(disable->alias_of, 1 + EVERY_REG_ENABLE);
    assert_int_equal(status->defined[EVERY_VARIANT_ONE], 0x00ffffc3);
    assert_int_equal(status->defined[EVERY_VARIANT_TWO], 0x00fffff3);
    assert_int_equal(status->writable[EVERY_VARIANT_TWO], 0x00ff00f2);
    assert_int_equal(status->rsvdz[EVERY_VARIANT_ONE], 0xff000000);
    assert_int_equal(status->wo[EVERY_VARIANT_ONE], 0x00ff0000);
    assert_int_equal(status->rc[EVERY_VARIANT_ONE], 0x0000ff00);
    assert_int_equal(status->w1c[EVERY_VARIANT_ONE], 0xc0);
    assert_int_equal(status->w0c[EVERY_VARIANT_ONE], 0);
    assert_int_equal(status->w0c[EVERY_VARIANT_TWO], 0x30);
}

/* --- what is refused --- */

/* Register A begins at line 7, its facts at line 12. B is a register of 32 bits behind it. */
#define HEAD "model: m\ntitle: t\nsource: s\nvariants: [one, two]\nwindow: 0x100\nregisters:\n"
#define A(facts, fields)                                                                       \
    HEAD "  - name: A\n    about: a\n    source: s\n    offset: 0\n    retention: "            \
         "reset\n" facts "    fields:\n" fields
#define VIEW(facts, fields)                                                                    \
    HEAD "  - name: A\n    about: a\n    source: s\n    offset: 0\n" facts                     \
         "    fields:\n" fields
#define B(facts, fields)                                                                       \
    "  - name: B\n    about: a\n    source: s\n    offset: 16\n    retention: reset\n" facts   \
    "    fields:\n" fields
#define FIELD(text) "      - {" text "}\n"
#define WORD        FIELD("name: V, bits: \"31:0\"")
#define GUARD(text) "    guard: {" text "}\n"

static void assert_all_refused(const struct bad_input *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct nap_error error = {0};
        struct nap_model *model = NULL;

        assert_int_equal(
            nap_model_load(table[i].text, strlen(table[i].text), "m.yaml", &model, &error),
            NAP_ERR_PARSE);
        assert_string_equal(error.text, table[i].message);
    }
}

static void bad_access_sizes_and_banks_are_refused(void **state)
{
    static const struct bad_input table[] = {
        {A("    access-sizes: [3]\n", WORD),
         "m.yaml:12: found '3' as access-sizes, expected one of: 1, 2, 4, 8"},
        {A("    access-sizes: [8]\n", WORD),
         "m.yaml:12: found accesses of 8 bytes to register A, expected at most its 4 bytes"},
        {A("    access-sizes: [1, 1]\n", WORD),
         "m.yaml:12: found 1 twice in the access-sizes of register A, expected each once"},
        {A("    access-sizes: []\n", WORD),
         "m.yaml:12: found no size in bytes, expected at least one"},
        {A("    banked: 2\n", WORD),
         "m.yaml:12: found '2' as banked, expected false, true, or of how many of the 1 "
         "elements, from the first on, each CPU has its own"},
        {A("    banked: maybe\n", WORD),
         "m.yaml:12: found 'maybe' as banked, expected false, true, or of how many of the 1 "
         "elements, from the first on, each CPU has its own"},
    };

    (void)state;
    assert_all_refused(table, COUNT_OF(table));
}

static void bad_aliases_are_refused(void **state)
{
    static const struct bad_input table[] = {
        {VIEW("    alias-of: C\n", WORD) B("", WORD),
         "m.yaml:11: unknown register 'C', expected one of this model"},
        {VIEW("    alias-of: A\n", WORD),
         "m.yaml:11: found register A as an alias of A, which is one itself, expected the "
         "register that holds the bits"},
        {VIEW("    alias-of: B\n    reset: 1\n", WORD) B("", WORD),
         "m.yaml:12: found 'reset' in register A, which is an alias, expected it at the "
         "register that holds the bits"},
        {VIEW("    alias-of: B\n    retention: reset\n", WORD) B("", WORD),
         "m.yaml:12: found 'retention' in register A, which is an alias, expected it at the "
         "register that holds the bits"},
        {VIEW("    alias-of: B\n", FIELD("name: V, bits: 0, restore: equal")) B("", WORD),
         "m.yaml:13: found 'restore' in field V of register A, which is an alias, expected it "
         "at the register that holds the bits"},
        {VIEW("    alias-of: B\n    width: 16\n", FIELD("name: V, bits: 0")) B("", WORD),
         "m.yaml:11: found 1 elements of 16 bits in register A, expected 1 of 32 as in B, of "
         "which it is an alias"},
        {VIEW("    alias-of: B\n    count: 2\n    stride: 4\n", WORD) B("", WORD),
         "m.yaml:11: found 2 elements of 32 bits in register A, expected 1 of 32 as in B, of "
         "which it is an alias"},
        {VIEW("    alias-of: B\n", WORD) B("    where: two\n", WORD),
         "m.yaml:11: found register A in a variant without B, of which it is an alias"},
        {VIEW("    alias-of: B\n", WORD) B("", FIELD("name: V, bits: \"15:0\"")),
         "m.yaml:11: found bits 0xffff0000 of register A, expected bits that B has in variant "
         "one and that are not self_clear"},
        {VIEW("    alias-of: B\n", FIELD("name: V, bits: 0"))
             B("", FIELD("name: V, bits: 0, access: self_clear")),
         "m.yaml:11: found bits 0x1 of register A, expected bits that B has in variant one and "
         "that are not self_clear"},
        {VIEW("    alias-of: B\n", FIELD("name: V, bits: 0, access: self_clear")) B("", WORD),
         "m.yaml:11: found self_clear bits in register A, which is an alias, expected none"},
    };

    (void)state;
    assert_all_refused(table, COUNT_OF(table));
}

static void bad_guards_are_refused(void **state)
{
    static const struct bad_input table[] = {
        {A(GUARD("register: C, field: V, value: 0, else: ignored"), WORD),
         "m.yaml:12: unknown register 'C', expected one of this model"},
        {A(GUARD("register: B, field: W, value: 0, else: ignored"), WORD) B("", WORD),
         "m.yaml:12: unknown field 'W' of register B, expected one that holds something"},
        {A(GUARD("register: B, field: V, value: 0, else: ignored"), WORD)
             B("", FIELD("name: V, bits: 0, access: rsvdz")),
         "m.yaml:12: unknown field 'V' of register B, expected one that holds something"},
        {A(GUARD("register: B, field: V, value: 4, else: ignored"), WORD)
             B("", FIELD("name: V, bits: \"1:0\"")),
         "m.yaml:12: found '4' as value, expected 0x0 to 0x3"},
        {A(GUARD("register: B, field: V, value: 0, else: lost"), WORD) B("", WORD),
         "m.yaml:12: found 'lost' as else, expected one of: ignored, taken, unknown"},
        {A(GUARD("register: B, field: V, value: 0"), WORD) B("", WORD),
         "m.yaml:12: found no 'else' in a guard of register A, expected this key"},
        {A(GUARD("register: B, field: V, else: ignored"), WORD) B("", WORD),
         "m.yaml:12: found no 'value' in a guard of register A, expected this key"},
        {A(GUARD("register: B, field: V, value: 0, els: taken"), WORD) B("", WORD),
         "m.yaml:12: unknown key 'els' in a guard of register A, expected one of: register, "
         "field, value, else, same-as, written, while, fields"},
        {A(GUARD("register: B, field: V, value: 0, else: unknown"),
           FIELD("name: V, bits: 0, access: self_clear")) B("", WORD),
         "m.yaml:12: found 'else: unknown' in register A, which has self_clear bits, expected "
         "ignored or taken"},
        {A(GUARD("register: B, field: V, value: 0, else: taken"), WORD)
             B("    where: two\n", WORD),
         "m.yaml:12: found register A in a variant without field V of B, which guards it"},
        {A("    count: 3\n    stride: 4\n" GUARD(
               "register: B, field: V, value: 0, else: taken"),
           WORD) B("    count: 2\n    stride: 4\n", WORD),
         "m.yaml:14: found B of 2 elements as guard of A of 3, expected one or as many"},
        {A(GUARD("register: A, field: V, value: 0, else: unknown"), WORD),
         "m.yaml:12: found 'else: unknown' in register A, which guards itself, expected "
         "ignored "
         "or taken"},
        {A("    guard:\n      - {register: B, field: V, value: 0, else: taken}\n"
           "      - {register: B, field: V, value: 1, else: ignored}\n",
           WORD) B("", WORD),
         "m.yaml:14: found field V of B as a guard of register A twice, expected each field "
         "once"},
        {A("    guard: []\n", WORD),
         "m.yaml:12: found 0 guards of register A, expected 1 to 4"},
        {A(GUARD("fields: [W], register: B, field: V, value: 0, else: taken"), WORD)
             B("", WORD),
         "m.yaml:12: unknown field 'W' of register A, expected one that holds something"},
        {A(GUARD("fields: [], register: B, field: V, value: 0, else: taken"), WORD) B("", WORD),
         "m.yaml:12: found no field, expected at least one"},
        {A(GUARD("fields: V, register: B, field: V, value: 0, else: unknown"), WORD)
             B("", WORD),
         "m.yaml:12: found 'else: unknown' in register A, which has a guard of some fields, "
         "expected ignored or taken"},
        {A(GUARD("register: B, field: [V, W], value: 1, else: taken"), WORD)
             B("", FIELD("name: V, bits: 0") FIELD("name: W, bits: 1")),
         "m.yaml:12: found '1' as value, expected 0x0 to 0x0"},
        {A(GUARD("register: B, field: V, same-as: C, else: taken"), WORD) B("", WORD),
         "m.yaml:12: unknown register 'C', expected one of this model"},
        {A(GUARD("register: B, field: V, same-as: A, else: taken"), FIELD("name: V, bits: 0"))
             B("", WORD),
         "m.yaml:12: found A as same-as of bits 0xffffffff, expected a register that has them "
         "in variant one"},
        {A(GUARD("register: B, field: V, same-as: A, value: 0, else: taken"), WORD) B("", WORD),
         "m.yaml:12: found 'same-as' beside 'value' in a guard of register A, expected either"},
        {A(GUARD("written: V, same-as: B, else: taken"), WORD) B("", WORD),
         "m.yaml:12: found 'same-as' beside 'written' in a guard of register A, expected "
         "either"},
        {A(GUARD("written: V, register: B, value: 0, else: taken"), WORD) B("", WORD),
         "m.yaml:12: found 'written' beside 'register' in a guard of register A, expected "
         "either"},
        {A(GUARD("written: W, value: 0, else: taken"), WORD),
         "m.yaml:12: unknown field 'W' of register A, expected one that holds something"},
        {A(GUARD("while: [{register: B, field: V, value: 0}], value: 0, else: taken"), WORD)
             B("", WORD),
         "m.yaml:12: found 'while' beside 'value' in a guard of register A, expected either"},
        {A(GUARD("while: [], else: taken"), WORD),
         "m.yaml:12: found 0 conditions in a guard of register A, expected 1 to 4"},
        {A(GUARD("while: [{register: B, field: V, value: 0, else: taken}], else: taken"), WORD)
             B("", WORD),
         "m.yaml:12: unknown key 'else' in a condition for writes of register A, expected one "
         "of: register, field, value, same-as, written"},
        {"switches:\n  - {id: S1, about: a, basis: unknown, values: [ignored, lost]}\n" A(
             GUARD("register: B, field: V, value: 0, else: S1"), WORD) B("", WORD),
         "m.yaml:14: found switch S1 as else, which has value 'lost', expected a switch of "
         "ignored, taken, unknown"},
        {"switches:\n  - {id: S1, about: a, basis: unknown, values: [ignored, unknown]}\n" A(
             GUARD("register: A, field: V, value: 0, else: S1"), WORD),
         "m.yaml:14: found 'else: unknown' in register A, which guards itself, expected "
         "ignored or taken"},
        {A("    guard: B\n", WORD),
         "m.yaml:12: found 'B' as a guard of register A, expected a map"},
    };

    (void)state;
    assert_all_refused(table, COUNT_OF(table));
}

/* --- what differs between implementations --- */

#define SWITCH "switches:\n  - {id: S1, about: a, basis: unknown, values: [here, gone]}\n"
#define ID                                                                                     \
    "  - name: ID\n    about: a\n    source: s\n    offset: 32\n    retention: reset\n"        \
    "    access: ro\n    implementation: true\n    fields:\n" FIELD("name: F, bits: \"3:0\"")

static void bad_needs_are_refused(void **state)
{
    static const struct bad_input table[] = {
        {A("    needs: [ID.G]\n", WORD) ID, "m.yaml:12: found 'ID.G' as a need, expected "
                                            "REGISTER.FIELD of one that never changes, "
                                            "or SWITCH.VALUE"},
        {A("    needs: [ID]\n", WORD) ID,
         "m.yaml:12: found 'ID.' as a need, expected REGISTER.FIELD of one that never changes, "
         "or SWITCH.VALUE"},
        {A("    needs: [B.V]\n", WORD) B("", WORD),
         "m.yaml:12: found 'B.V' as a need, expected REGISTER.FIELD of one that never changes, "
         "or SWITCH.VALUE"},
        {SWITCH A("    needs: [S1.lost]\n", WORD),
         "m.yaml:14: unknown value 'lost' of switch S1"},
        {A("    needs: []\n", WORD), "m.yaml:12: found 0 needs, expected 1 to 3"},
        {A("    needs: [[]]\n", WORD),
         "m.yaml:12: found a need met in 0 ways, expected 1 to 2"},
        {A("", FIELD("name: V, bits: 0, needs: [C.V]")),
         "m.yaml:13: found 'C.V' as a need, expected REGISTER.FIELD of one that never changes, "
         "or SWITCH.VALUE"},
        {A("", FIELD("name: V, bits: 0, retention: reset")),
         "m.yaml:13: found 'retention' in field V of register A, expected it only in a "
         "register "
         "with 'retention: unknown'"},
        {VIEW("    retention: unknown\n    implementation: true\n", WORD),
         "m.yaml:12: found 'implementation' in register A, expected it only with 'retention: "
         "reset'"},
    };

    (void)state;
    assert_all_refused(table, COUNT_OF(table));
}

#define DECIDED(text)                                                                          \
    "switches:\n  - {id: S1, about: a, basis: unknown, values: [here, gone], decided: {" text  \
    "}}\n" A("", WORD) ID

static void bad_decisions_are_refused(void **state)
{
    static const struct bad_input table[] = {
        {DECIDED("register: A, field: V, from: 1, value: here"),
         "m.yaml:2: found 'A.V' as a need, expected REGISTER.FIELD of one that never changes, "
         "or SWITCH.VALUE"},
        {DECIDED("register: ID, field: F, from: 16, value: here"),
         "m.yaml:2: found '16' as from, expected 0x1 to 0xf"},
        {DECIDED("register: ID, field: F, from: 2, value: lost"),
         "m.yaml:2: found 'lost' as value, expected one of: here, gone"},
        {DECIDED("register: ID, field: F, value: here"),
         "m.yaml:2: found no 'from' in what decides switch S1, expected this key"},
    };

    (void)state;
    assert_all_refused(table, COUNT_OF(table));
}

#define PRESET(text) "presets:\n  - {" text "}\n" A("", WORD) ID

static void bad_presets_are_refused(void **state)
{
    static const struct bad_input table[] = {
        {PRESET("name: p, about: a, source: s, registers: {X: 1}"),
         "m.yaml:2: unknown register 'X', expected one of this model"},
        {PRESET("name: p, about: a, source: s, registers: {A: 1}"),
         "m.yaml:2: found register A in a preset, expected one with 'implementation: true'"},
        {PRESET("name: p, about: a, source: s, registers: {ID: 0x10}"),
         "m.yaml:2: found 0x10 for register ID, expected bits of 0xf only"},
        {PRESET("name: p, about: a, source: s, registers: [ID]"),
         "m.yaml:2: found no map as registers of a preset, expected REGISTER: VALUE"},
        {PRESET("name: p, about: a, source: s"),
         "m.yaml:2: found no 'registers' in a preset, expected this key"},
        {"presets:\n  - {name: p, about: a, source: s, registers: {}}\n"
         "  - {name: p, about: a, source: s, registers: {}}\n" A("", WORD),
         "m.yaml:3: found preset 'p' twice, expected each once"},
    };

    (void)state;
    assert_all_refused(table, COUNT_OF(table));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_generated_table_has_every_fact_of_the_file),
        cmocka_unit_test(the_facts_are_those_of_the_file),
        cmocka_unit_test(bad_access_sizes_and_banks_are_refused),
        cmocka_unit_test(bad_aliases_are_refused),
        cmocka_unit_test(bad_guards_are_refused),
        cmocka_unit_test(bad_needs_are_refused),
        cmocka_unit_test(bad_decisions_are_refused),
        cmocka_unit_test(bad_presets_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
