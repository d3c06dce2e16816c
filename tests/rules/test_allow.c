/* SPDX-License-Identifier: MIT */
/* Allow files: what they may say, and what an entry covers. */
#include "judged.h"

#include <regnap/allow.h>
#include <regnap/builtin.h>

#include <stdio.h>

#define ROOT_BEFORE "ipmmu-root-before-utlb"

/* --- reading --- */

static struct nap_allow_list *load(const char *text)
{
    struct nap_allow_list *list;
    struct nap_error error = {0};

    if (nap_allow_load(text, strlen(text), "allow.txt", nap_builtin_blocks(), &list, &error))
        fail_msg("%s", error.text);
    return list;
}

static void refused(const char *text, size_t bytes, enum nap_err expected, const char *message)
{
    struct nap_allow_list *list = (struct nap_allow_list *)(uintptr_t)8;
    struct nap_error error = {0};

    assert_int_equal(
        nap_allow_load(text, bytes, "allow.txt", nap_builtin_blocks(), &list, &error),
        expected);
    assert_null(list);
    assert_string_equal(error.text, message);
}

static void comments_and_empty_lines_are_no_entries(void **state)
{
    struct nap_allow_list *list = load("# a comment\n\n  \t\r\n   # another, with, commas\n");

    (void)state;
    assert_int_equal(list->n, 0);
    free(list);
    list = load("");
    assert_int_equal(list->n, 0);
    free(list);
}

static void a_line_is_rule_place_and_reason(void **state)
{
    struct nap_allow_list *list =
        load("# first\n  dma-isolation ,\tds1.IMUCTR[32] , held by firmware, see #7 \r\n");
    const struct nap_allow *a = &list->entries[0];

    (void)state;
    assert_int_equal(list->n, 1);
    assert_int_equal(a->line, 2);
    assert_string_equal(a->rule->id, "dma-isolation");
    assert_string_equal(a->place, "ds1.IMUCTR[32]");
    assert_string_equal(a->reason, "held by firmware, see #7");
    assert_int_equal(a->kind, NAP_ALLOW_REGISTER);
    assert_string_equal(a->device, "ds1");
    assert_string_equal(a->reg, "IMUCTR");
    assert_int_equal(a->index, 32);
    free(list);
}

static void the_last_line_needs_no_newline(void **state)
{
    struct nap_allow_list *list = load("dma-isolation, *, why\nno-progress, *, because");

    (void)state;
    assert_int_equal(list->n, 2);
    assert_string_equal(list->entries[1].reason, "because");
    free(list);
}

static void each_kind_of_place_is_read(void **state)
{
    struct nap_allow_list *list = load("dma-isolation, *, r\n"
                                       "dma-isolation, drivers/ipmmu/backup.c:24, r\n"
                                       "dma-isolation, backup.c:restore_ports, r\n"
                                       "dma-isolation, IMUCTR, r\n"
                                       "dma-isolation, IMUCTR[*], r\n"
                                       "dma-isolation, e6740000.iommu.IMCTR[1], r\n"
                                       "dma-isolation, e6740000.iommu.*, r\n");
    const struct nap_allow *a = list->entries;

    (void)state;
    assert_int_equal(list->n, 7);
    assert_int_equal(a[0].kind, NAP_ALLOW_ANYWHERE);
    assert_int_equal(a[1].kind, NAP_ALLOW_LINE);
    assert_string_equal(a[1].file, "drivers/ipmmu/backup.c");
    assert_int_equal(a[1].source_line, 24);
    assert_int_equal(a[2].kind, NAP_ALLOW_FUNCTION);
    assert_string_equal(a[2].file, "backup.c");
    assert_string_equal(a[2].function, "restore_ports");
    assert_int_equal(a[3].kind, NAP_ALLOW_REGISTER);
    assert_string_equal(a[3].device, "");
    assert_int_equal(a[3].index, UINT32_MAX);
    assert_int_equal(a[4].index, UINT32_MAX);
    assert_string_equal(a[5].device, "e6740000.iommu");
    assert_string_equal(a[5].reg, "IMCTR");
    assert_int_equal(a[5].index, 1);
    assert_int_equal(a[6].kind, NAP_ALLOW_DEVICE);
    assert_string_equal(a[6].device, "e6740000.iommu");
    free(list);
}

static void a_bad_line_is_refused_with_its_number(void **state)
{
    static const struct {
        const char *text;
        enum nap_err err;
        const char *message;
    } table[] = {
        {"dma-isolation", NAP_ERR_PARSE,
         "allow.txt:1: found 'dma-isolation', expected RULE, PLACE, REASON"},
        {"\ndma-isolation, IMUCTR", NAP_ERR_PARSE,
         "allow.txt:2: found 'dma-isolation', expected RULE, PLACE, REASON"},
        {"dma-isolation, IMUCTR, ", NAP_ERR_PARSE,
         "allow.txt:1: found a reason of 0 bytes, expected 1 to 319: say why dma-isolation is "
         "allowed"},
        {"dma-isolation, , why", NAP_ERR_PARSE,
         "allow.txt:1: found a place of 0 bytes, expected 1 to 191"},
        {"#\n#\ndma-isolatoin, IMUCTR, why", NAP_ERR_UNKNOWN,
         "allow.txt:3: found rule 'dma-isolatoin', expected one of `regnap list rules`"},
        {"*, IMUCTR, why", NAP_ERR_UNKNOWN,
         "allow.txt:1: found rule '*', expected one of `regnap list rules`"},
        {"dma-isolation, IMUCTL, why", NAP_ERR_UNKNOWN,
         "allow.txt:1: found register 'IMUCTL', expected one that a model has, as IMUCTR, or "
         "DEVICE.*, FILE:LINE, FILE:FUNCTION, or *"},
        {"dma-isolation, IMUCTR[64], why", NAP_ERR_PARSE,
         "allow.txt:1: found '[64]', expected an index from [0] to [63], or [*]"},
        {"dma-isolation, IMUCTR[-1], why", NAP_ERR_PARSE,
         "allow.txt:1: found '[-1]', expected an index from [0] to [63], or [*]"},
        {"dma-isolation, IMUCTR[1, why", NAP_ERR_PARSE,
         "allow.txt:1: found '[1', expected an index from [0] to [63], or [*]"},
        {"dma-isolation, IMUCTR[1]x, why", NAP_ERR_PARSE,
         "allow.txt:1: found '[1]x', expected an index from [0] to [63], or [*]"},
        {"dma-isolation, .IMUCTR, why", NAP_ERR_PARSE,
         "allow.txt:1: found '.IMUCTR', expected DEVICE.REGISTER"},
        {"dma-isolation, :12, why", NAP_ERR_PARSE,
         "allow.txt:1: found ':12', expected a file before the ':'"},
        {"dma-isolation, x.c:0, why", NAP_ERR_PARSE,
         "allow.txt:1: found '0', expected a line from 1 to 2147483647"},
        {"dma-isolation, x.c:12x, why", NAP_ERR_PARSE,
         "allow.txt:1: found '12x', expected a line from 1 to 2147483647"},
        {"dma-isolation, x.c:, why", NAP_ERR_PARSE,
         "allow.txt:1: found 'x.c:', expected FILE:LINE or FILE:FUNCTION"},
        {"dma-isolation, *, a\ndma-isolation,*,b", NAP_ERR_PARSE,
         "allow.txt:2: found dma-isolation at * again, expected it only in line 1"},
        {"dma-isolation, IMUCTR, \x1b[2J", NAP_ERR_PARSE,
         "allow.txt:1: found what is no text, expected RULE, PLACE, REASON"},
        {"dma-isolation, IMUCTR, \xff", NAP_ERR_PARSE,
         "allow.txt:1: found what is no text, expected RULE, PLACE, REASON"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        refused(table[i].text, strlen(table[i].text), table[i].err, table[i].message);
    refused("dma-isolation\0, *, why", 22, NAP_ERR_PARSE,
            "allow.txt:1: found what is no text, expected RULE, PLACE, REASON");
}

static void limits_are_errors_that_say_so(void **state)
{
    char *text = calloc(1, 257 * 40);
    size_t at = 0;

    (void)state;
    assert_non_null(text);
    memset(text, 'x', 481);
    refused(text, 481, NAP_ERR_PARSE,
            "allow.txt:1: found a line of 481 bytes, expected at most 480");
    for (int i = 1; i <= 257; i++)
        at += (size_t)sprintf(text + at, "dma-isolation, x.c:%d, why\n", i);
    refused(text, at, NAP_ERR_NOSPACE, "allow.txt:257: found more than 256 entries");
    free(text);
}

/* --- what an entry covers --- */

static struct nap_finding finding_at(const struct judged *j, const char *rule, unsigned slot)
{
    return (struct nap_finding){
        .rule = nap_judge_rule(j->judge, rule),
        .device = (unsigned)nap_device_find(j->r.m, "ds1"),
        .slot = slot,
        .source = {"drivers/ipmmu/backup.c", 24, "in restore_ports, called by restore_cache"}};
}

static bool allows(const struct judged *j, const char *place, const struct nap_finding *f)
{
    char text[200];
    struct nap_allow_list *list;
    int entry;

    snprintf(text, sizeof text, "no-progress, *, another rule\n%s, %s, why", ROOT_BEFORE,
             place);
    list = load(text);
    entry = nap_allow_find(list, j->r.m, f);
    free(list);
    assert_true(entry == -1 || entry == 1);
    return entry == 1;
}

static unsigned imuctr(const struct judged *j, unsigned index)
{
    unsigned ds1 = (unsigned)nap_device_find(j->r.m, "ds1");
    const struct nap_model *model = nap_device_model(j->r.m, ds1);

    return model->regs[nap_model_reg(model, "IMUCTR")].first_slot + index;
}

static void an_entry_covers_its_place_and_no_other(void **state)
{
    const struct judged *j = *state;
    struct nap_finding f = finding_at(j, ROOT_BEFORE, imuctr(j, 32));
    static const struct {
        const char *place;
        bool covered;
    } table[] = {
        {"*", true},
        {"IMUCTR", true},
        {"IMUCTR[*]", true},
        {"IMUCTR[32]", true},
        {"IMUCTR[31]", false},
        {"IMCTR", false},
        {"ds1.IMUCTR", true},
        {"ds1.IMUCTR[32]", true},
        {"ds0.IMUCTR[32]", false},
        {"ds1.*", true},
        {"ds0.*", false},
        {"backup.c:24", true},
        {"ipmmu/backup.c:24", true},
        {"drivers/ipmmu/backup.c:24", true},
        {"backup.c:2", false},
        {"backup.c:242", false},
        {"up.c:24", false},
        {"my/drivers/ipmmu/backup.c:24", false},
        {"backup.c:restore_ports", true},
        {"backup.c:restore", false},
        {"backup.c:restore_ports_too", false},
        {"backup.c:restore_cache", false}, /* only called it */
        {"v9.c:restore_ports", false},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (allows(j, table[i].place, &f) != table[i].covered)
            fail_msg("%s", table[i].place);
}

static void another_rule_is_not_covered(void **state)
{
    const struct judged *j = *state;
    struct nap_finding f = finding_at(j, "ipmmu-cache-context-before-utlb", imuctr(j, 32));

    assert_false(allows(j, "*", &f));
}

/* As of an access to a unit without power. */
static void what_has_no_register_is_covered_by_its_device(void **state)
{
    const struct judged *j = *state;
    struct nap_finding f = finding_at(j, ROOT_BEFORE, NAP_NO_SLOT);

    f.source = (struct nap_source){NULL, 0, NULL};
    assert_true(allows(j, "ds1.*", &f));
    assert_false(allows(j, "IMUCTR", &f));
    assert_false(allows(j, "backup.c:24", &f));
    f.device = UINT32_MAX;
    assert_false(allows(j, "ds1.*", &f));
    assert_true(allows(j, "*", &f));
}

static void a_line_without_a_function_is_in_none(void **state)
{
    const struct judged *j = *state;
    struct nap_finding f = finding_at(j, ROOT_BEFORE, imuctr(j, 32));

    f.source.via = NULL;
    assert_false(allows(j, "backup.c:restore_ports", &f));
    assert_true(allows(j, "backup.c:24", &f));
}

static void the_first_entry_that_covers_counts(void **state)
{
    const struct judged *j = *state;
    struct nap_finding f = finding_at(j, ROOT_BEFORE, imuctr(j, 32));
    struct nap_allow_list *list =
        load(ROOT_BEFORE ", ds0.*, a\n" ROOT_BEFORE ", ds1.*, b\n" ROOT_BEFORE ", *, c\n");

    assert_int_equal(nap_allow_find(list, j->r.m, &f), 1);
    free(list);
    assert_int_equal(nap_allow_find(NULL, j->r.m, &f), -1);
}

static void what_is_allowed_is_kept_apart_and_the_rest_is_a_violation(void **state)
{
    struct judged *j = *state;
    struct nap_allow_list *list = load(ROOT_BEFORE ", ds1.IMUCTR[32], known\n");

    j->judge->allow = list;
    go_to_sleep(j);
    enable_port(j);
    assert_int_equal(broken(j, ROOT_BEFORE), 0);
    assert_int_equal(broken(j, "ipmmu-cache-context-before-utlb"), 1);
    assert_int_equal(j->findings.n_allowed, 1);
    assert_int_equal(j->findings.allowed[0].entry, 0);
    assert_int_equal(j->findings.allowed[0].finding.count, 1);
    rig_write(&j->r, DS0, IMUCTR(16), TTSEL(2u) | MMUEN);
    assert_int_equal(broken(j, ROOT_BEFORE), 1);
    assert_int_equal(j->findings.n_allowed, 1);
    free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comments_and_empty_lines_are_no_entries),
        cmocka_unit_test(a_line_is_rule_place_and_reason),
        cmocka_unit_test(the_last_line_needs_no_newline),
        cmocka_unit_test(each_kind_of_place_is_read),
        cmocka_unit_test(a_bad_line_is_refused_with_its_number),
        cmocka_unit_test(limits_are_errors_that_say_so),
        judged_test(an_entry_covers_its_place_and_no_other),
        judged_test(another_rule_is_not_covered),
        judged_test(what_has_no_register_is_covered_by_its_device),
        judged_test(a_line_without_a_function_is_in_none),
        judged_test(the_first_entry_that_covers_counts),
        judged_test(what_is_allowed_is_kept_apart_and_the_rest_is_a_violation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
