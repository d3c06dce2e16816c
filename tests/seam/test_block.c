/* SPDX-License-Identifier: MIT */
/* lib/seam/block.c: blocks as shared objects. What they share with drivers as files is tested
 * in test_object.c. */
#include "../rig.h"

static void assert_refused(const char *name, enum nap_err expected, const char *why)
{
    struct nap_block_object *o = (struct nap_block_object *)(uintptr_t)8;
    struct nap_error error = {0};
    char file[sizeof OBJECTS + 64], message[320];

    (void)snprintf(file, sizeof file, "%s/%s.so", OBJECTS, name);
    (void)snprintf(message, sizeof message, "%s: %s", file, why);
    assert_int_equal(nap_block_load(file, &o, &error), expected);
    assert_string_equal(error.text, message);
    assert_null(o);
}

static void a_block_object_serves_a_machine(void **state)
{
    static const char text[] =
        "soc: b\ntitle: t\nsource: s\ndomains:\n  - {name: d}\ndevices:\n"
        "  - {name: x, model: counted, variant: only, base: 0x1000, "
        "size: 0x1000, domain: d}\n";
    struct nap_block_object *o;
    const struct nap_block *blocks[] = {NULL, NULL};
    struct nap_machine_config config = {.blocks = blocks};
    struct nap_error error = {0};
    struct nap_machine *m;
    struct nap_soc *soc = NULL;

    (void)state;
    if (nap_block_load(OBJECTS "/block-good.so", &o, &error) ||
        nap_soc_load(text, strlen(text), "b.yaml", &soc, &error))
        fail_msg("%s", error.text);
    blocks[0] = nap_block_of(o);
    config.soc = soc;
    assert_int_equal(nap_machine_create(&config, &m, &error), NAP_OK);
    nap_bus_write(m, 0x1000, 4, 5, HERE);
    nap_bus_write(m, 0x1000, 4, 6, HERE);
    assert_int_equal(nap_bus_read(m, 0x1000, 4, HERE), 6);
    assert_int_equal(*(const uint64_t *)nap_block_state(m, 0), 2);
    nap_machine_destroy(m);
    nap_soc_free(soc);
    nap_block_unload(o);
}

static void two_files_have_two_digests(void **state)
{
    struct nap_block_object *o;
    struct nap_hash128 first, second;

    (void)state;
    assert_int_equal(nap_block_load(OBJECTS "/block-good.so", &o, NULL), NAP_OK);
    first = nap_block_object_digest(o);
    nap_block_unload(o);
    assert_int_equal(nap_block_load(OBJECTS "/block-other.so", &o, NULL), NAP_OK);
    second = nap_block_object_digest(o);
    nap_block_unload(o);
    assert_int_not_equal(first.low, second.low);
}

static void an_object_without_a_block_of_this_abi_is_refused(void **state)
{
    (void)state;
    assert_refused("block-no_block", NAP_ERR_UNKNOWN,
                   "found no symbol nap_block, expected `const struct nap_block nap_block`");
    assert_refused("block-block_abi", NAP_ERR_ARG, "found block ABI 9, expected 7");
}

static void a_block_without_what_it_needs_is_refused(void **state)
{
    (void)state;
    assert_refused("block-lacks-model", NAP_ERR_ARG,
                   "nap_block.model is NULL, expected it set");
    assert_refused("block-lacks-rules", NAP_ERR_ARG,
                   "nap_block.rules is NULL, expected it set");
    assert_refused("block-lacks-relations", NAP_ERR_ARG,
                   "nap_block.relations is NULL, expected it set");
    assert_refused("block-lacks-probe", NAP_ERR_ARG,
                   "nap_block.probe is NULL, expected it set");
}

static void a_block_with_a_variable_is_refused(void **state)
{
    (void)state;
    assert_refused(
        "block-variable", NAP_ERR_ARG,
        "found the variable 'count_of_all', expected constants only: what changes is "
        "part of the machine (nap_block.state_bytes)");
}

static void what_is_no_whole_object_is_refused_as_for_drivers(void **state)
{
    struct nap_block_object *o, *again;
    struct nap_error error = {0};

    (void)state;
    assert_int_equal(nap_block_load(OBJECTS "/none.so", &o, &error), NAP_ERR_IO);
    assert_int_equal(nap_block_load(OBJECTS "/thread.so", &o, &error), NAP_ERR_PARSE);
    assert_int_equal(nap_block_load(OBJECTS "/names.so", &o, &error), NAP_ERR_UNKNOWN);
    assert_int_equal(nap_block_load(OBJECTS "/block-good.so", &o, &error), NAP_OK);
    assert_int_equal(nap_block_load(OBJECTS "/block-good.so", &again, &error), NAP_ERR_STATE);
    assert_null(again);
    nap_block_unload(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_object_serves_a_machine),
        cmocka_unit_test(two_files_have_two_digests),
        cmocka_unit_test(an_object_without_a_block_of_this_abi_is_refused),
        cmocka_unit_test(a_block_without_what_it_needs_is_refused),
        cmocka_unit_test(a_block_with_a_variable_is_refused),
        cmocka_unit_test(what_is_no_whole_object_is_refused_as_for_drivers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
