/* SPDX-License-Identifier: MIT */
/* lib/core/yaml.c and lib/core/error.c: what is read, and how everything else is refused. */
#include "core/yaml.h"

#include "failing_alloc.h"
#include "loader_test.h"

static struct nap_yaml *parse(const char *text)
{
    struct nap_yaml *y;
    struct nap_error error = {0};

    if (nap_yaml_parse(text, strlen(text), "t.yaml", &y, &error))
        fail_msg("%s", error.text);
    return y;
}

static void assert_refused(const char *text, size_t bytes, const char *message)
{
    struct nap_error error = {0};
    struct nap_yaml *y = (struct nap_yaml *)(uintptr_t)1;

    assert_int_equal(nap_yaml_parse(text, bytes, "t.yaml", &y, &error), NAP_ERR_PARSE);
    assert_null(y);
    assert_int_equal(error.code, NAP_ERR_PARSE);
    assert_string_equal(error.text, message);
}

static void tree_remembers_order_kinds_and_lines(void **state)
{
    struct nap_yaml *y = parse("# comment\nb: 1\na:\n  - x\n  - {k: v}\n");
    nap_node root = nap_yaml_root(y), list = nap_yaml_find(y, root, "a");

    (void)state;
    assert_string_equal(nap_yaml_file(y), "t.yaml");
    assert_true(nap_yaml_is_map(y, root));
    assert_int_equal(nap_yaml_count(y, root), 2);
    assert_string_equal(nap_yaml_text(y, nap_yaml_key(y, root, 0)), "b");
    assert_string_equal(nap_yaml_text(y, nap_yaml_value(y, root, 0)), "1");
    assert_true(nap_yaml_is_list(y, list));
    assert_int_equal(nap_yaml_line(y, nap_yaml_item(y, list, 0)), 4);
    assert_int_equal(nap_yaml_line(y, nap_yaml_item(y, list, 1)), 5);
    assert_true(nap_yaml_is_scalar(y, nap_yaml_item(y, list, 0)));
    assert_true(nap_yaml_is_map(y, nap_yaml_item(y, list, 1)));
    nap_yaml_free(y);
}

static void missing_things_are_no_node(void **state)
{
    struct nap_yaml *y = parse("a: [1]\n");
    nap_node root = nap_yaml_root(y), list = nap_yaml_find(y, root, "a");

    (void)state;
    assert_int_equal(nap_yaml_find(y, root, "b"), 0);
    assert_int_equal(nap_yaml_item(y, list, 1), 0);
    assert_int_equal(nap_yaml_item(y, root, 0), 0);
    assert_int_equal(nap_yaml_key(y, list, 0), 0);
    assert_int_equal(nap_yaml_value(y, root, 1), 0);
    assert_int_equal(nap_yaml_count(y, 0), 0);
    assert_string_equal(nap_yaml_text(y, list), "");
    nap_yaml_free(y);
    nap_yaml_free(NULL);
}

static void bad_documents_are_refused_with_their_line(void **state)
{
    static const struct bad_input table[] = {
        {"", "t.yaml:1: found nothing, expected a YAML document"},
        {"# only a comment\n", "t.yaml:1: found nothing, expected a YAML document"},
        {"---\n", "t.yaml:1: found nothing, expected a YAML document"},
        {"a: 1\nb: [1, 2\nc: 3\n",
         "t.yaml:3: found bad syntax (while parsing a flow sequence: did not find expected ',' "
         "or ']'), expected well-formed YAML"},
        {"a: 1\n b: 2\n", "t.yaml:2: found bad syntax (mapping values are not allowed in this "
                          "context), expected well-formed YAML"},
        {"a: &x 1\n", "t.yaml:1: found an anchor, expected no anchors or aliases"},
        {"a: 1\nb: &x [1]\n", "t.yaml:2: found an anchor, expected no anchors or aliases"},
        {"a: &x {b: 1}\n", "t.yaml:1: found an anchor, expected no anchors or aliases"},
        {"a: 1\nb: *x\n", "t.yaml:2: found an alias, expected no anchors or aliases"},
        {"a: !!str 1\n", "t.yaml:1: found a tag, expected no tags"},
        {"a: !x [1]\n", "t.yaml:1: found a tag, expected no tags"},
        {"a: 1\n---\nb: 2\n", "t.yaml:2: found a second document, expected one document"},
        {"a: 1\nb: 2\na: 3\n", "t.yaml:3: found key 'a' twice, expected each key once"},
        {"x:\n  c: 1\n  b: 1\n  b: 1\n  c: 1\n",
         "t.yaml:4: found key 'b' twice, expected each key once"},
        {"[a, b]: 1\n", "t.yaml:1: found a list as a key, expected a name"},
        {"? {a: b}\n: 1\n", "t.yaml:1: found a map as a key, expected a name"},
        {"%YAML 1.1\n---\na: 1\n",
         "t.yaml:1: found a directive, expected no '%' at the start of a line"},
        {"a: 1\nb: \x01\n", "t.yaml:2: found byte 0x01, expected text"},
        {"a: 1\rb: 2\n", "t.yaml:1: found byte 0x0d, expected text"},
        {"a: 1\nb: \xff\n", "t.yaml:2: found bytes that are not UTF-8, expected UTF-8 text"},
        {"a: 1\nb: \"x\\0y\"\n", "t.yaml:2: found an escaped control character, expected text"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        assert_refused(table[i].text, strlen(table[i].text), table[i].message);
}

static void binary_file_is_refused(void **state)
{
    (void)state;
    assert_refused("a: 1\nb: \0\n", 10, "t.yaml:2: found byte 0x00, expected text");
}

static void huge_file_is_refused_before_it_is_read(void **state)
{
    (void)state;
    /* No byte beyond the first is there to be read. */
    assert_refused("a", 4194305, "t.yaml:1: found 4194305 bytes, expected at most 4194304");
}

/* @unit @count times. */
static char *repeated(const char *unit, size_t count)
{
    size_t bytes = strlen(unit);
    char *text = malloc(bytes * count + 1);

    assert_non_null(text);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * bytes, unit, bytes);
    text[bytes * count] = '\0';
    return text;
}

static void deep_nesting_is_refused(void **state)
{
    static const char *const units[] = {"[", "{a: ", "- ", "? "};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        char *text = repeated(units[i], 100000);
        struct nap_error error = {0};
        struct nap_yaml *y;

        assert_int_equal(nap_yaml_parse(text, strlen(text), "t.yaml", &y, &error),
                         NAP_ERR_PARSE);
        /* "? ? " opens a map as the key of a map. */
        assert_string_equal(error.text,
                            units[i][0] == '?'
                                ? "t.yaml:1: found a map as a key, expected a name"
                                : "t.yaml:1: found deeper nesting, expected at most 32");
        free(text);
    }
}

static void thirty_two_levels_are_read(void **state)
{
    char text[65] = {0};

    (void)state;
    memset(text, '[', 32);
    memset(text + 32, ']', 32);
    nap_yaml_free(parse(text));
}

static void too_many_nodes_are_refused(void **state)
{
    char *text = repeated("- a\n", 300000);

    (void)state;
    /* The list is node 1, so line 200000 brings the first one too many. */
    assert_refused(text, strlen(text),
                   "t.yaml:200000: found too many nodes, expected at most 200000");
    free(text);
}

static void alias_bomb_is_refused_at_its_first_anchor(void **state)
{
    (void)state;
    const char *text = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n";

    assert_refused(text, strlen(text),
                   "t.yaml:1: found an anchor, expected no anchors or aliases");
}

static void numbers_are_decimal_or_hexadecimal(void **state)
{
    static const struct {
        const char *text;
        uint64_t value;
    } table[] = {
        {"0", 0},
        {"42", 42},
        {"0x2a", 42},
        {"0x2A", 42},
        {"1_000", 1000},
        {"0x5_0000_0000", UINT64_C(0x500000000)},
        {"0xffffffffffffffff", UINT64_MAX},
        {"18446744073709551615", UINT64_MAX},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct nap_yaml *y = parse(table[i].text);
        uint64_t value = 7;

        assert_int_equal(nap_yaml_u64(y, nap_yaml_root(y), "n", 0, UINT64_MAX, &value, NULL),
                         NAP_OK);
        assert_int_equal(value, table[i].value);
        nap_yaml_free(y);
    }
}

static void bad_numbers_are_refused(void **state)
{
#define BAD_NUMBER(text)                                                                       \
    {                                                                                          \
        text, "t.yaml:1: found '" text "' as n, expected a number, decimal or 0x hexadecimal"  \
    }
    static const struct bad_input table[] = {
        BAD_NUMBER("-1"),
        BAD_NUMBER("010"),
        BAD_NUMBER("0x"),
        BAD_NUMBER("1_"),
        BAD_NUMBER("_1"),
        BAD_NUMBER("1__0"),
        BAD_NUMBER("12ab"),
        BAD_NUMBER("0xfg"),
        BAD_NUMBER("1.5"),
        BAD_NUMBER("true"),
        {"[1]", "t.yaml:1: found a list as n, expected a number, decimal or 0x hexadecimal"},
        {"4", "t.yaml:1: found '4' as n, expected 0x5 to 0x64"},
        {"101", "t.yaml:1: found '101' as n, expected 0x5 to 0x64"},
        {"18446744073709551616",
         "t.yaml:1: found '18446744073709551616' as n, expected 0x5 to 0x64"},
        {"0x10000000000000006",
         "t.yaml:1: found '0x10000000000000006' as n, expected 0x5 to 0x64"},
    };
#undef BAD_NUMBER

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct nap_yaml *y = parse(table[i].text);
        struct nap_error error = {0};
        uint64_t value;

        assert_int_equal(nap_yaml_u64(y, nap_yaml_root(y), "n", 5, 100, &value, &error),
                         NAP_ERR_PARSE);
        assert_string_equal(error.text, table[i].message);
        nap_yaml_free(y);
    }
}

static void required_values_come_typed(void **state)
{
    struct nap_yaml *y = parse("name: ds1\nbase: 0xe7740000\n");
    nap_node root = nap_yaml_root(y);
    char text[4];
    uint64_t base;

    (void)state;
    assert_int_equal(nap_yaml_get_text(y, root, "name", text, sizeof(text), NULL), NAP_OK);
    assert_string_equal(text, "ds1");
    assert_int_equal(nap_yaml_get_u64(y, root, "base", 0, UINT64_MAX, &base, NULL), NAP_OK);
    assert_int_equal(base, UINT64_C(0xe7740000));
    nap_yaml_free(y);
}

static void missing_or_unfit_values_are_refused(void **state)
{
    struct nap_yaml *y = parse("a: 1\nlong: abcd\nempty:\nlines: |\n  x\n  y\nmap: {}\n");
    nap_node root = nap_yaml_root(y);
    struct nap_error error = {0};
    char text[4];
    uint64_t value;

    (void)state;
    assert_int_equal(nap_yaml_get_text(y, root, "name", text, 4, &error), NAP_ERR_PARSE);
    assert_string_equal(error.text, "t.yaml:1: found no 'name' in this map, expected this key");
    assert_int_equal(nap_yaml_get_u64(y, root, "base", 0, 1, &value, &error), NAP_ERR_PARSE);
    assert_string_equal(error.text, "t.yaml:1: found no 'base' in this map, expected this key");
    assert_int_equal(nap_yaml_get_text(y, root, "long", text, 4, &error), NAP_ERR_PARSE);
    assert_string_equal(error.text, "t.yaml:2: found 4 bytes as long, expected at most 3");
    assert_int_equal(nap_yaml_get_text(y, root, "empty", text, 4, &error), NAP_ERR_PARSE);
    assert_string_equal(error.text, "t.yaml:3: found nothing as empty, expected text");
    assert_int_equal(nap_yaml_get_text(y, root, "lines", text, 9, &error), NAP_ERR_PARSE);
    assert_string_equal(error.text, "t.yaml:4: found a line break or tab in lines, expected "
                                    "one line of text");
    assert_int_equal(nap_yaml_get_text(y, root, "map", text, 4, &error), NAP_ERR_PARSE);
    assert_string_equal(error.text, "t.yaml:7: found a map as map, expected text");
    nap_yaml_free(y);
}

static void unknown_key_is_refused_with_the_known_ones(void **state)
{
    static const char *const allowed[] = {"name", "offset", NULL};
    struct nap_yaml *y = parse("name: IMCTR\nofset: 0\n");
    struct nap_error error = {0};

    (void)state;
    assert_int_equal(nap_yaml_check_map(y, nap_yaml_root(y), "register IMCTR", allowed, &error),
                     NAP_ERR_PARSE);
    assert_string_equal(error.text, "t.yaml:2: unknown key 'ofset' in register IMCTR, expected "
                                    "one of: name, offset");
    assert_int_equal(nap_yaml_check_list(y, nap_yaml_root(y), "fields", &error), NAP_ERR_PARSE);
    assert_string_equal(error.text, "t.yaml:1: found a map as fields, expected a list");
    nap_yaml_free(y);
}

static void words_are_found_in_their_list(void **state)
{
    static const char *const names[] = {"rw", "ro", NULL};
    struct nap_yaml *y = parse("[ro, wo, {}]");
    struct nap_error error = {0};
    unsigned index = 9;

    (void)state;
    assert_int_equal(
        nap_yaml_enum(y, nap_yaml_item(y, nap_yaml_root(y), 0), "access", names, &index, NULL),
        NAP_OK);
    assert_int_equal(index, 1);
    assert_int_equal(nap_yaml_enum(y, nap_yaml_item(y, nap_yaml_root(y), 1), "access", names,
                                   &index, &error),
                     NAP_ERR_PARSE);
    assert_string_equal(error.text, "t.yaml:1: found 'wo' as access, expected one of: rw, ro");
    assert_int_equal(nap_yaml_enum(y, nap_yaml_item(y, nap_yaml_root(y), 2), "access", names,
                                   &index, &error),
                     NAP_ERR_PARSE);
    assert_string_equal(error.text, "t.yaml:1: found a map as access, expected one of: rw, ro");
    nap_yaml_free(y);
}

static void names_hold_letters_digits_and_three_marks(void **state)
{
    struct nap_yaml *y = parse("[rcar-h3, a b, -x]");
    struct nap_error error = {0};
    const char *name;

    (void)state;
    assert_int_equal(
        nap_yaml_name(y, nap_yaml_item(y, nap_yaml_root(y), 0), "soc", &name, NULL), NAP_OK);
    assert_string_equal(name, "rcar-h3");
    assert_int_equal(
        nap_yaml_name(y, nap_yaml_item(y, nap_yaml_root(y), 1), "soc", &name, &error),
        NAP_ERR_PARSE);
    assert_string_equal(error.text, "t.yaml:1: found 'a b' as soc, expected a name of letters, "
                                    "digits, '_', '-', '.'");
    assert_int_equal(
        nap_yaml_name(y, nap_yaml_item(y, nap_yaml_root(y), 2), "soc", &name, NULL),
        NAP_ERR_PARSE);
    nap_yaml_free(y);
}

static void every_failing_allocation_is_reported(void **state)
{
    char text[600] = "b: {c: \"d\", e: f}\na: [";
    enum nap_err err = NAP_ERR_NOMEM;
    unsigned long n;

    (void)state;
    for (int i = 0; i < 150; i++) /* enough for every table to grow */
        strcat(text, "1, ");
    strcat(text, "1]\n");
    for (n = 1; err; n++) {
        struct nap_error error = {0};
        struct nap_yaml *y;

        alloc_until_failure = n;
        err = nap_yaml_parse(text, strlen(text), "t.yaml", &y, &error);
        alloc_until_failure = 0;
        if (err) {
            assert_int_equal(err, NAP_ERR_NOMEM);
            assert_string_equal(error.text, "no memory to read t.yaml");
            assert_null(y);
        }
        nap_yaml_free(y);
    }
    assert_true(n > 12); /* our tables, some of them grown twice, and libyaml's own */
}

static void message_is_one_line_of_valid_text(void **state)
{
    struct nap_error error = {0};

    (void)state;
    assert_int_equal(
        nap_fail(&error, NAP_ERR_ARG, "a\nb\x1b[31m \xc3\xa4 \xff \xc2\x9b \xed\xa0\x80"),
        NAP_ERR_ARG);
    assert_string_equal(error.text, "a?b?[31m \xc3\xa4 ? ?? ???");
    assert_int_equal(error.code, NAP_ERR_ARG);
    assert_int_equal(nap_fail(NULL, NAP_ERR_RANGE, "x"), NAP_ERR_RANGE);
    assert_int_equal(nap_fail_at(NULL, NAP_ERR_IO, "f", 1, "x"), NAP_ERR_IO);
}

static void message_shows_a_cut_character_as_unprintable(void **state)
{
    struct nap_error error = {0};
    char text[600];

    (void)state;
    for (size_t i = 0; i + 1 < sizeof(text); i += 2)
        memcpy(text + i, "\xc3\xa4", 2);
    text[598] = '\0';
    (void)nap_fail(&error, NAP_ERR_ARG, "%s", text);
    assert_int_equal(strlen(error.text), 511);
    assert_string_equal(error.text + 508, "\xc3\xa4?");
}

static void long_file_name_leaves_room_for_the_message(void **state)
{
    struct nap_error error = {0};
    char file[2000];

    (void)state;
    memset(file, 'd', sizeof(file));
    memcpy(file + sizeof(file) - 8, "/x.yaml", 8);
    (void)nap_fail_at(&error, NAP_ERR_PARSE, file, 12, "found %s", "this");
    assert_memory_equal(error.text, "...ddd", 6);
    assert_non_null(strstr(error.text, "d/x.yaml:12: found this"));
}

static void each_code_has_a_phrase(void **state)
{
    (void)state;
    assert_string_equal(nap_strerror(NAP_OK), "success");
    assert_string_equal(nap_strerror(NAP_ERR_NOMEM), "out of memory");
    for (int code = NAP_ERR_INTERNAL; code < NAP_OK; code++)
        assert_string_not_equal(nap_strerror((enum nap_err)code), "unknown error");
    assert_string_equal(nap_strerror((enum nap_err)(-100)), "unknown error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tree_remembers_order_kinds_and_lines),
        cmocka_unit_test(missing_things_are_no_node),
        cmocka_unit_test(bad_documents_are_refused_with_their_line),
        cmocka_unit_test(binary_file_is_refused),
        cmocka_unit_test(huge_file_is_refused_before_it_is_read),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(thirty_two_levels_are_read),
        cmocka_unit_test(too_many_nodes_are_refused),
        cmocka_unit_test(alias_bomb_is_refused_at_its_first_anchor),
        cmocka_unit_test(numbers_are_decimal_or_hexadecimal),
        cmocka_unit_test(bad_numbers_are_refused),
        cmocka_unit_test(required_values_come_typed),
        cmocka_unit_test(missing_or_unfit_values_are_refused),
        cmocka_unit_test(unknown_key_is_refused_with_the_known_ones),
        cmocka_unit_test(words_are_found_in_their_list),
        cmocka_unit_test(names_hold_letters_digits_and_three_marks),
        cmocka_unit_test(every_failing_allocation_is_reported),
        cmocka_unit_test(message_is_one_line_of_valid_text),
        cmocka_unit_test(message_shows_a_cut_character_as_unprintable),
        cmocka_unit_test(long_file_name_leaves_room_for_the_message),
        cmocka_unit_test(each_code_has_a_phrase),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
