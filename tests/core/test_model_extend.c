/* SPDX-License-Identifier: MIT */
/* Models that extend another one: what they inherit, change, add and leave out, and how a
 * mistake is told. models/README.md has the rules. */
#include "failing_alloc.h"
#include "loader_test.h"

#include <regnap/model.h>

#include "core/model_extend.h"

#define BASE                                                                                   \
    "model: base\ntitle: A base\nsource: here\nprefix: BASE\nvariants: [root, cache]\n"        \
    "window: 0x1000\ncompatible: [vendor,base]\n"                                              \
    "switches:\n  - {id: S1, about: one, basis: unknown, values: [a, b]}\n"                    \
    "registers:\n"                                                                             \
    "  - name: CTRL\n    about: control\n    source: here\n    offset: 0\n    count: 2\n"      \
    "    stride: 4\n    retention: reset\n"                                                    \
    "    fields:\n      - {name: EN, bits: 0}\n      - {name: MODE, bits: \"7:4\"}\n"          \
    "  - name: DATA\n    about: data\n    source: here\n    offset: 0x10\n    where: root\n"   \
    "    retention: unknown\n    fields:\n      - {name: VALUE, bits: \"31:0\"}\n"

#define OWN "model: own\nextends: base\ntitle: An own one\nsource: there\n"

static const struct nap_embedded_file bases[] = {
    {"base", BASE, sizeof(BASE) - 1},
    {"broken", "model: broken\nregisters: 7\n", 28},
    {"child", "model: child\nextends: base\n", 27},
    {NULL, NULL, 0},
};

static struct nap_model *load(const char *text)
{
    struct nap_model *model;
    struct nap_error error = {.code = NAP_OK};

    if (nap_model_load_extending(text, strlen(text), "own.yaml", bases, &model, &error))
        fail_msg("%s", error.text);
    return model;
}

static const struct nap_reg *reg_of(const struct nap_model *model, const char *name)
{
    int r = nap_model_reg(model, name);

    assert_true(r >= 0);
    return &model->regs[r];
}

static void what_is_not_said_is_inherited(void **state)
{
    struct nap_model *model = load(OWN);

    (void)state;
    assert_string_equal(model->name, "own");
    assert_string_equal(model->title, "An own one");
    assert_int_equal(model->n_variants, 2);
    assert_int_equal(model->window_bytes, 0x1000);
    assert_int_equal(model->n_switches, 1);
    assert_int_equal(model->n_regs, 2);
    assert_int_equal(nap_reg_offset(reg_of(model, "CTRL"), 1), 4);
    assert_int_equal(reg_of(model, "DATA")->variants, 1);
    nap_model_free(model);
}

/* Two models never claim one device. */
static void compatible_strings_are_not_inherited(void **state)
{
    struct nap_model *model = load(OWN);

    (void)state;
    assert_int_equal(model->n_compatible, 0);
    nap_model_free(model);
}

static void own_keys_replace_inherited_ones(void **state)
{
    struct nap_model *model =
        load(OWN "window: 0x2000\nregisters:\n  - name: CTRL\n    retention: retained\n"
                 "    fields:\n      - {name: MODE, bits: \"8:4\"}\n");
    const struct nap_reg *ctrl = reg_of(model, "CTRL");

    (void)state;
    assert_int_equal(model->window_bytes, 0x2000);
    assert_int_equal(ctrl->retention, NAP_RETENTION_RETAINED);
    assert_string_equal(ctrl->about, "control");
    assert_int_equal(ctrl->n_fields, 2);
    assert_int_equal(nap_reg_field(ctrl, "MODE")->mask, 0x1f0);
    assert_int_equal(nap_reg_field(ctrl, "EN")->mask, 0x1);
    nap_model_free(model);
}

static void a_place_replaces_all_of_the_inherited_place(void **state)
{
    struct nap_model *model =
        load(OWN "registers:\n  - name: CTRL\n    windows:\n"
                 "      - {first: 0, count: 1, offset: 0x100, stride: 4}\n"
                 "      - {first: 1, count: 1, offset: 0x200, stride: 4}\n"
                 "  - name: DATA\n    offset: 0x20\n");

    (void)state;
    assert_int_equal(nap_reg_offset(reg_of(model, "CTRL"), 0), 0x100);
    assert_int_equal(nap_reg_offset(reg_of(model, "CTRL"), 1), 0x200);
    assert_int_equal(nap_reg_offset(reg_of(model, "DATA"), 0), 0x20);
    nap_model_free(model);
}

static void absent_registers_and_fields_are_left_out(void **state)
{
    struct nap_model *model =
        load(OWN "absent: [DATA]\nregisters:\n  - name: CTRL\n    absent: [MODE]\n");

    (void)state;
    assert_int_equal(model->n_regs, 1);
    assert_int_equal(reg_of(model, "CTRL")->n_fields, 1);
    nap_model_free(model);
}

static void absent_switches_are_left_out(void **state)
{
    struct nap_model *model =
        load(OWN "absent-switches: [S1]\nswitches:\n"
                 "  - {id: S2, about: two, basis: unknown, values: [a]}\n");

    (void)state;
    assert_int_equal(model->n_switches, 1);
    assert_string_equal(model->switches[0].id, "S2");
    nap_model_free(model);
}

static void what_is_new_follows(void **state)
{
    struct nap_model *model =
        load(OWN "switches:\n  - {id: S2, about: two, basis: unknown, values: [a]}\n"
                 "  - {id: S1, values: [b, a, c]}\nregisters:\n"
                 "  - name: MORE\n    about: more\n    source: there\n    offset: 0x40\n"
                 "    retention: reset\n    fields:\n      - {name: X, bits: 1}\n"
                 "  - name: CTRL\n    fields:\n      - {name: NEW, bits: 31}\n");

    (void)state;
    assert_int_equal(nap_model_reg(model, "CTRL"), 0);
    assert_int_equal(nap_model_reg(model, "MORE"), 2);
    assert_int_equal(reg_of(model, "CTRL")->n_fields, 3);
    assert_string_equal(model->switches[0].id, "S1");
    assert_string_equal(model->switches[0].about, "one");
    assert_int_equal(model->switches[0].n_values, 3);
    assert_string_equal(model->switches[1].id, "S2");
    nap_model_free(model);
}

static void own_variants_drop_what_the_base_says_of_its_own(void **state)
{
    struct nap_model *model = load(OWN "variants: [whole]\n");

    (void)state;
    assert_int_equal(model->n_variants, 1);
    assert_int_equal(reg_of(model, "DATA")->variants, 1);
    assert_int_equal(reg_of(model, "CTRL")->variants, 1);
    nap_model_free(model);
}

static void mistakes_are_told_where_they_stand(void **state)
{
    static const struct bad_input table[] = {
        {"model: own\nextends: nobody\n",
         "own.yaml:2: found 'nobody' as extends, expected one of: base, broken, child"},
        {"model: own\nextends: child\n",
         "own.yaml:2: found 'child' as extends, which is no whole model, expected one"},
        {"model: own\nextends: [base]\n", "own.yaml:2: found a list as extends, expected text"},
        {"model: own\nextends: base\ntitle: x\n",
         "own.yaml:1: found no 'source' in a model, expected this key"},
        {OWN "absent: [NONE]\n", "own.yaml:5: found 'NONE' as absent, expected a name that the "
                                 "extended model has here"},
        {OWN "absent-switches: [S9]\n",
         "own.yaml:5: found 'S9' as absent, expected a name that the extended model has here"},
        {OWN "absent-switches: [S1]\nswitches:\n  - {id: S1, values: [b]}\n",
         "own.yaml:5: found 'S1' as absent and described, expected one of the two"},
        {OWN "absent: DATA\n", "own.yaml:5: found 'DATA' as absent, expected a list"},
        {OWN "absent: [DATA]\nregisters:\n  - name: DATA\n    offset: 4\n",
         "own.yaml:5: found 'DATA' as absent and described, expected one of the two"},
        {OWN "registers:\n  - name: CTRL\n    absent: [EN, MODE]\n",
         "own.yaml:2: with models/base.yaml:19, which it extends: found 0 fields in register "
         "CTRL, expected 1 to 32"},
        {OWN "registers:\n  - name: CTRL\n    fields:\n      - {name: EN, bits: 4}\n",
         "own.yaml:2: with models/base.yaml:20, which it extends: field MODE [7:4] overlaps EN "
         "[4:4] in register CTRL, expected separate bits"},
        {OWN "registers:\n  - name: CTRL\n    fields:\n      - {name: MODE, bits: \"3:0\"}\n",
         "own.yaml:8: field MODE [3:0] overlaps EN [0:0] in register CTRL, expected separate "
         "bits"},
        {OWN "registers:\n  - {name: CTRL, offset: 0x80, stride: 4}\n"
             "  - {name: CTRL, offset: 0x90, stride: 4}\n",
         "own.yaml:7: found register CTRL twice, expected each once"},
        {OWN "registers:\n  - {name: CTRL, bogus: 1}\n",
         "own.yaml:6: unknown key 'bogus' in register CTRL, expected one of: name, offset, "},
        {OWN "bogus: 1\n",
         "own.yaml:5: unknown key 'bogus' in a model, expected one of: model, title, source, "},
        {OWN "registers: 7\n", "own.yaml:5: found '7' as a list, expected a list"},
        {"model: own\nabsent: [A]\n", "own.yaml:2: unknown key 'absent' in a model, expected "
                                      "one of: model, title, source, "},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct nap_model *model;
        struct nap_error error = {.code = NAP_OK};

        assert_int_equal(nap_model_load_extending(table[i].text, strlen(table[i].text),
                                                  "own.yaml", bases, &model, &error),
                         NAP_ERR_PARSE);
        assert_null(model);
        if (strstr(error.text, table[i].message) != error.text)
            fail_msg("%s", error.text);
    }
}

/* A user's file may extend what is built in, with a device tree string of its own. */
static void a_loaded_model_extends_a_built_in_one(void **state)
{
    static const char text[] = "model: mine\nextends: ipmmu-vmsa\ntitle: Mine\nsource: me\n"
                               "registers:\n  - name: IMSCTLR\n    offset: 0xf00\n";
    struct nap_model *model;
    struct nap_error error = {.code = NAP_OK};

    (void)state;
    if (nap_model_load(text, sizeof(text) - 1, "mine.yaml", &model, &error))
        fail_msg("%s", error.text);
    assert_int_equal(nap_reg_offset(reg_of(model, "IMSCTLR"), 0), 0xf00);
    assert_int_equal(nap_reg_offset(reg_of(model, "IMSAUXCTLR"), 0), 0x504);
    nap_model_free(model);
}

static void every_failing_allocation_is_reported(void **state)
{
    static const char text[] = OWN "absent: [DATA]\nregisters:\n  - name: CTRL\n    count: 1\n";
    enum nap_err err = NAP_ERR_NOMEM;

    (void)state;
    for (unsigned long n = 1; err == NAP_ERR_NOMEM; n++) {
        struct nap_model *model;
        struct nap_error error = {.code = NAP_OK};

        alloc_until_failure = n;
        err =
            nap_model_load_extending(text, sizeof(text) - 1, "own.yaml", bases, &model, &error);
        alloc_until_failure = 0;
        assert_true(n < 1000);
        if (err == NAP_OK) {
            assert_true(n > 20);
            nap_model_free(model);
        } else {
            assert_int_equal(err, NAP_ERR_NOMEM);
        }
    }
    assert_int_equal(err, NAP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_said_is_inherited),
        cmocka_unit_test(compatible_strings_are_not_inherited),
        cmocka_unit_test(own_keys_replace_inherited_ones),
        cmocka_unit_test(a_place_replaces_all_of_the_inherited_place),
        cmocka_unit_test(absent_registers_and_fields_are_left_out),
        cmocka_unit_test(absent_switches_are_left_out),
        cmocka_unit_test(what_is_new_follows),
        cmocka_unit_test(own_variants_drop_what_the_base_says_of_its_own),
        cmocka_unit_test(mistakes_are_told_where_they_stand),
        cmocka_unit_test(a_loaded_model_extends_a_built_in_one),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
