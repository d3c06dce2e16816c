/* SPDX-License-Identifier: MIT */
/* lib/core/error.c: what a caller is told. */
#include "../rig.h"

#include "core/printable.h"

static void every_code_has_a_phrase(void **state)
{
    static const struct {
        enum nap_err code;
        const char *phrase;
    } codes[] = {
        {NAP_OK, "success"},
        {NAP_ERR_ARG, "invalid argument"},
        {NAP_ERR_PARSE, "malformed input"},
        {NAP_ERR_UNKNOWN, "unknown name"},
        {NAP_ERR_RANGE, "value out of range"},
        {NAP_ERR_NOSPACE, "capacity reached"},
        {NAP_ERR_NOMEM, "out of memory"},
        {NAP_ERR_IO, "input or output failed"},
        {NAP_ERR_STATE, "not possible in this state"},
        {NAP_ERR_INTERNAL, "internal error"},
        {(enum nap_err) - 99, "unknown error"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        assert_string_equal(nap_strerror(codes[i].code), codes[i].phrase);
}

static void a_failure_returns_its_code_and_says_what_was_found(void **state)
{
    struct nap_error error;

    (void)state;
    assert_int_equal(nap_fail(&error, NAP_ERR_RANGE, "found %d, expected %s", 7, "less"),
                     NAP_ERR_RANGE);
    assert_int_equal(error.code, NAP_ERR_RANGE);
    assert_string_equal(error.text, "found 7, expected less");
}

static void a_failure_in_a_file_names_the_place_first(void **state)
{
    struct nap_error error;

    (void)state;
    assert_int_equal(nap_fail_at(&error, NAP_ERR_PARSE, "m.yaml", 41, "found %s", "x"),
                     NAP_ERR_PARSE);
    assert_string_equal(error.text, "m.yaml:41: found x");
}

static void nobody_need_listen(void **state)
{
    (void)state;
    assert_int_equal(nap_fail(NULL, NAP_ERR_IO, "lost"), NAP_ERR_IO);
    assert_int_equal(nap_fail_at(NULL, NAP_ERR_IO, "f", 1, "lost"), NAP_ERR_IO);
}

static void a_long_text_is_cut_and_a_long_file_name_loses_its_front(void **state)
{
    struct nap_error error;
    char name[400];

    (void)state;
    memset(name, 'd', sizeof name);
    strcpy(name + sizeof name - 8, "/m.yaml");
    (void)nap_fail_at(&error, NAP_ERR_PARSE, name, 3, "%0600d", 0);
    assert_memory_equal(error.text, "...d", 4);
    assert_non_null(strstr(error.text, "d/m.yaml:3: 000"));
    assert_int_equal(strlen(error.text), sizeof error.text - 1);
}

/* Unicode 15, table 3-7: well-formed UTF-8; controls, C1 and surrogates are not printable. */
static void only_printable_utf8_leaves(void **state)
{
    static const struct {
        const char *in, *out;
    } texts[] = {
        {"plain", "plain"},
        {"tab\tnewline\n", "tab?newline?"},
        {"\x7f", "?"},
        {"\xc3\xa9", "\xc3\xa9"},
        {"\xe2\x82\xac", "\xe2\x82\xac"},
        {"\xf0\x9f\x94\x8b", "\xf0\x9f\x94\x8b"},
        {"\xc2\x85", "??"},      /* C1 */
        {"\xc0\xaf", "??"},      /* overlong */
        {"\xe0\x80\xaf", "???"}, /* overlong */
        {"\xf0\x80\x80\xaf", "????"},
        {"\xed\xa0\x80", "???"},      /* surrogate */
        {"\xf4\x90\x80\x80", "????"}, /* beyond U+10FFFF */
        {"\xf5", "?"},
        {"\xe2\x82", "??"}, /* cut */
        {"a\xff"
         "b",
         "a?b"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        char text[32];
        strcpy(text, texts[i].in);
        nap_make_printable(text);
        assert_string_equal(text, texts[i].out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_a_phrase),
        cmocka_unit_test(a_failure_returns_its_code_and_says_what_was_found),
        cmocka_unit_test(a_failure_in_a_file_names_the_place_first),
        cmocka_unit_test(nobody_need_listen),
        cmocka_unit_test(a_long_text_is_cut_and_a_long_file_name_loses_its_front),
        cmocka_unit_test(only_printable_utf8_leaves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
