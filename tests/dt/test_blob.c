/* SPDX-License-Identifier: MIT */
/* lib/dt/check.c: the form of a blob. A tree of two nodes is written out word by word, so that
 * offsets in messages can be typed from the Devicetree Specification. */
#include "board.h"

#include "core/failing_alloc.h"

enum { BEGIN_NODE = 1, END_NODE = 2, PROP = 3, NOP = 4, END = 9 };

#define WORDS 26

/* Byte offset of word n is 4n: the structure block starts at 0x38. */
static const uint32_t good[WORDS] = {
    [0] = 0xd00dfeed,  [1] = 0x68, /* total size */
    [2] = 0x38,        [3] = 0x64, /* structure, strings */
    [4] = 0x28,                    /* reservations */
    [5] = 17,          [6] = 16,   /* version, last compatible */
    [7] = 0,           [8] = 4,    /* CPU, bytes of strings */
    [9] = 0x2c,                    /* bytes of structure; then one empty reservation */
    [14] = BEGIN_NODE, [15] = 0,          [16] = PROP,       [17] = 4,
    [18] = 0,          [19] = 0x12345678, [20] = BEGIN_NODE, [21] = 0x61000000, /* "a" */
    [22] = END_NODE,   [23] = END_NODE,   [24] = END,        [25] = 0x78000000, /* "x" */
};

struct damage {
    unsigned word;
    uint32_t value;
    const char *message;
};

static struct nap_error load_words(const uint32_t *words, size_t bytes)
{
    fdt32_t big[WORDS];
    struct nap_error error = {0};
    struct nap_soc *soc;

    for (size_t i = 0; i < WORDS; i++)
        big[i] = cpu_to_fdt32(words[i]);
    assert_int_not_equal(
        nap_soc_load_tree(big, bytes, "b.dtb", nap_builtin_blocks(), &soc, &error), NAP_OK);
    assert_null(soc);
    return error;
}

static void assert_damage_found(const struct damage *table, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t words[WORDS];
        struct nap_error error;

        memcpy(words, good, sizeof(words));
        words[table[i].word] = table[i].value;
        error = load_words(words, sizeof(words));
        assert_string_equal(error.text, table[i].message);
        assert_int_equal(error.code, NAP_ERR_PARSE);
    }
}

static void the_tree_itself_is_well_formed(void **state)
{
    uint32_t words[WORDS];

    (void)state;
    assert_int_equal(load_words(good, sizeof(good)).code, NAP_ERR_UNKNOWN);
    /* A tag that does nothing may stand anywhere between others. */
    memcpy(words, good, sizeof(words));
    words[19] = NOP;
    words[17] = 0;
    assert_int_equal(load_words(words, sizeof(words)).code, NAP_ERR_UNKNOWN);
}

static void bad_headers_are_refused(void **state)
{
    static const struct damage table[] = {
        {0, 0xedfe0dd0, "b.dtb: offset 0x0: found magic 0xedfe0dd0, expected 0xd00dfeed"},
        {1, 0x69,
         "b.dtb: offset 0x4: found a total size of 0x69, expected 0x28 to 0x68, the "
         "bytes there are"},
        {1, 0x20,
         "b.dtb: offset 0x4: found a total size of 0x20, expected 0x28 to 0x68, the "
         "bytes there are"},
        {1, 0xffffffff,
         "b.dtb: offset 0x4: found a total size of 0xffffffff, expected at most 0x200000"},
        {5, 16, "b.dtb: offset 0x14: found version 0x10, expected 0x11 (17) or later"},
        {6, 18,
         "b.dtb: offset 0x18: found last compatible version 0x12, expected 0x11 (17) or "
         "earlier"},
        {2, 0x3a,
         "b.dtb: offset 0x8: found the structure block at 0x3a, expected a multiple of 4"},
        {2, 0x40,
         "b.dtb: offset 0x8: found the structure block at 0x40 with 0x2c bytes, "
         "expected it between the header and the end at 0x68"},
        {2, 0xfffffff0,
         "b.dtb: offset 0x8: found the structure block at 0xfffffff0 with 0x2c "
         "bytes, expected it between the header and the end at 0x68"},
        {2, 0x4,
         "b.dtb: offset 0x8: found the structure block at 0x4 with 0x2c bytes, expected "
         "it between the header and the end at 0x68"},
        {9, 0xfffffff0,
         "b.dtb: offset 0x8: found the structure block at 0x38 with 0xfffffff0 "
         "bytes, expected it between the header and the end at 0x68"},
        {3, 0x66,
         "b.dtb: offset 0xc: found the strings block at 0x66 with 0x4 bytes, expected "
         "it between the header and the end at 0x68"},
        {8, 5,
         "b.dtb: offset 0xc: found the strings block at 0x64 with 0x5 bytes, expected it "
         "between the header and the end at 0x68"},
        {4, 0x2c,
         "b.dtb: offset 0x10: found the memory reservations at 0x2c, expected a multiple of 8"},
        {4, 0x60,
         "b.dtb: offset 0x10: found the memory reservations at 0x60 with 0x10 bytes, "
         "expected it between the header and the end at 0x68"},
    };
    struct nap_error error;

    (void)state;
    assert_damage_found(table, COUNT_OF(table));
    error = load_words(good, 39);
    assert_string_equal(error.text,
                        "b.dtb: offset 0x0: found 39 bytes, expected a header of 40");
    error = load_words(good, 0);
    assert_string_equal(error.text,
                        "b.dtb: offset 0x0: found 0 bytes, expected a header of 40");
}

/* Reservations run over the structure block when their end is missing. */
static void endless_reservations_are_refused(void **state)
{
    uint32_t words[WORDS];

    (void)state;
    memcpy(words, good, sizeof(words));
    for (unsigned i = 10; i < WORDS; i++)
        words[i] = 1;
    assert_string_equal(load_words(words, sizeof(words)).text,
                        "b.dtb: offset 0x68: found no end of the memory reservations, expected "
                        "an entry of size 0 before 0x68");
}

static void bad_tags_are_refused(void **state)
{
    static const struct damage table[] = {
        {14, 5, "b.dtb: offset 0x38: found tag 0x5, expected 1, 2, 3, 4 or 9"},
        {14, END_NODE,
         "b.dtb: offset 0x38: found the end of a node, expected an open node before it"},
        {14, PROP, "b.dtb: offset 0x38: found a property, expected a node around it"},
        {14, END, "b.dtb: offset 0x38: found the end of the tree, expected a root"},
        {15, 0x62000000,
         "b.dtb: offset 0x38: found a named root, expected one root without a name"},
        {20, 0x12345678,
         "b.dtb: offset 0x50 (in /): found tag 0x12345678, expected 1, 2, 3, 4 or 9"},
        {22, END,
         "b.dtb: offset 0x58 (in /a): found the end of the tree, expected the end of this "
         "node"},
        {24, BEGIN_NODE,
         "b.dtb: offset 0x64: found a node name without an end, expected its NUL in the block"},
        {24, NOP, "b.dtb: offset 0x64: found the end of the structure block, expected a tag"},
        {22, NOP,
         "b.dtb: offset 0x60 (in /): found the end of the tree, expected the end of "
         "this node"},
    };

    (void)state;
    assert_damage_found(table, COUNT_OF(table));
}

static void bad_nodes_are_refused(void **state)
{
    static const struct damage table[] = {
        {21, 0,
         "b.dtb: offset 0x50 (in /): found no node name, expected visible characters "
         "other than '/'"},
        {21, 0x612f0000,
         "b.dtb: offset 0x50 (in /): found a node name with unfit characters, "
         "expected visible characters other than '/'"},
        {21, 0x61200000,
         "b.dtb: offset 0x50 (in /): found a node name with unfit characters, "
         "expected visible characters other than '/'"},
        {21, 0x61ff0000,
         "b.dtb: offset 0x50 (in /): found a node name with unfit characters, "
         "expected visible characters other than '/'"},
    };
    uint32_t words[WORDS];

    (void)state;
    assert_damage_found(table, COUNT_OF(table));
    /* Two nodes named "a". */
    memcpy(words, good, sizeof(words));
    words[16] = BEGIN_NODE;
    words[17] = 0x61000000;
    words[18] = END_NODE;
    words[19] = NOP;
    assert_string_equal(
        load_words(words, sizeof(words)).text,
        "b.dtb: offset 0x50 (in /a): found a node of this name at 0x40, expected "
        "each once");
    /* A second root. */
    memcpy(words, good, sizeof(words));
    words[16] = END_NODE;
    words[17] = words[18] = words[19] = NOP;
    assert_string_equal(load_words(words, sizeof(words)).text,
                        "b.dtb: offset 0x50: found a second root, expected one root without a "
                        "name");
}

static void bad_properties_are_refused(void **state)
{
    static const struct damage table[] = {
        {17, 0x1d,
         "b.dtb: offset 0x4c (in /): found a property of 0x1d bytes, expected at most "
         "0x18"},
        {17, 0xffffffff,
         "b.dtb: offset 0x4c (in /): found a property of 0xffffffff bytes, "
         "expected at most 0x18"},
        {17, 0x18,
         "b.dtb: offset 0x64 (in /): found the end of the structure block, expected a "
         "tag"},
        {18, 4,
         "b.dtb: offset 0x40 (in /): found a property name at 0x4 of the strings block, "
         "expected below 0x4"},
        {18, 1,
         "b.dtb: offset 0x40 (in /): found a property name with unfit characters, "
         "expected visible characters"},
        {25, 0x78787878,
         "b.dtb: offset 0x40 (in /): found a property name without an end, "
         "expected its NUL in the block"},
    };
    uint32_t words[WORDS];

    (void)state;
    assert_damage_found(table, COUNT_OF(table));
    memcpy(words, good, sizeof(words));
    /* A property of the root behind its node. */
    words[16] = BEGIN_NODE;
    words[17] = 0x62000000;
    words[18] = END_NODE;
    words[19] = PROP;
    assert_string_equal(load_words(words, sizeof(words)).text,
                        "b.dtb: offset 0x4c (in /): found a property behind a node, expected "
                        "properties before nodes");
}

static void absurd_depth_is_refused(void **state)
{
    struct tree t;

    (void)state;
    for (int levels = 31; levels <= 32; levels++) { /* below the root */
        begin_tree(&t);
        for (int i = 0; i < levels; i++)
            node(&t, "n");
        for (int i = 0; i < levels; i++)
            end(&t);
        end_tree(&t);
        assert_refused(&t, levels == 31 ? NAP_ERR_UNKNOWN : NAP_ERR_PARSE,
                       levels == 31 ? "of a model names"
                                    : "/n/n): found 33 levels of nodes, expected at most 32");
    }
}

static void messages_stay_short_and_may_be_unwanted(void **state)
{
    char file[600];
    struct nap_error error = {0};
    struct nap_soc *soc;

    (void)state;
    memset(file, 'f', sizeof(file) - 1);
    file[sizeof(file) - 1] = '\0';
    assert_int_equal(nap_soc_load_tree("", 0, file, nap_builtin_blocks(), &soc, &error),
                     NAP_ERR_PARSE);
    assert_int_equal(strncmp(error.text, "...fff", 6), 0);
    assert_non_null(
        strstr(error.text, "f: offset 0x0: found 0 bytes, expected a header of 40"));
    assert_int_equal(nap_soc_load_tree("", 0, file, nap_builtin_blocks(), &soc, NULL),
                     NAP_ERR_PARSE);
    assert_null(soc);
}

static void every_truncation_is_refused(void **state)
{
    struct tree t;

    (void)state;
    board(&t);
    ok(fdt_pack(t.blob));
    for (size_t bytes = 0; bytes < fdt_totalsize(t.blob); bytes++) {
        struct nap_error error = {0};
        struct nap_soc *soc;
        char *cut = malloc(bytes + 1); /* its own, so that a read beyond it is seen */

        assert_non_null(cut);
        memcpy(cut + 1, t.blob, bytes);
        assert_int_equal(
            nap_soc_load_tree(cut + 1, bytes, "b.dtb", nap_builtin_blocks(), &soc, &error),
            NAP_ERR_PARSE);
        assert_null(soc);
        free(cut);
    }
}

static void every_failing_allocation_is_reported(void **state)
{
    enum nap_err err = NAP_ERR_NOMEM;
    struct tree t;
    unsigned long n;

    (void)state;
    board(&t);
    for (n = 1; err; n++) {
        struct nap_error error = {0};
        struct nap_soc *soc;

        alloc_until_failure = n;
        err = nap_soc_load_tree(t.blob, sizeof(t.blob), "b.dtb", nap_builtin_blocks(), &soc,
                                &error);
        alloc_until_failure = 0;
        if (err) {
            assert_int_equal(err, NAP_ERR_NOMEM);
            assert_int_equal(error.code, NAP_ERR_NOMEM);
            assert_null(soc);
        }
        nap_soc_free(soc);
    }
    /* Machine, blob, nodes, names, phandles; the shrinking at the end may fail. */
    assert_int_equal(n, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tree_itself_is_well_formed),
        cmocka_unit_test(bad_headers_are_refused),
        cmocka_unit_test(endless_reservations_are_refused),
        cmocka_unit_test(bad_tags_are_refused),
        cmocka_unit_test(bad_nodes_are_refused),
        cmocka_unit_test(bad_properties_are_refused),
        cmocka_unit_test(absurd_depth_is_refused),
        cmocka_unit_test(messages_stay_short_and_may_be_unwanted),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
