/* SPDX-License-Identifier: MIT */
/* lib/explore/times.c: how long calls take from the states within them. */
#include <regnap/builtin.h>

#include "../core/loader_test.h"
#include "explore/explore.h"

#define MANY 5000u /* more than there is room for at first */

static struct nap_hash128 key_of(uint64_t i)
{
    return (struct nap_hash128){i * UINT64_C(0x9e3779b97f4a7c15), i << 20};
}

static void what_is_new_has_taken_nothing(void **state)
{
    struct nap_times t;
    struct nap_time *at;

    (void)state;
    nap_times_init(&t);
    at = nap_times_at(&t, key_of(7));
    assert_int_equal(at->us, 0);
    assert_int_equal(at->rest, 0);
    assert_int_equal(t.used, 1);
    nap_times_free(&t);
}

static void each_state_keeps_its_own(void **state)
{
    struct nap_times t;

    (void)state;
    nap_times_init(&t);
    for (uint64_t i = 0; i < MANY; i++)
        nap_times_at(&t, key_of(i))->us = i;
    assert_int_equal(t.used, MANY);
    for (uint64_t i = 0; i < MANY; i++)
        assert_int_equal(nap_times_at(&t, key_of(i))->us, i);
    assert_int_equal(t.used, MANY);
    nap_times_free(&t);
}

/* Both words tell keys apart, and one whose low word is 0 is a key like others. */
static void keys_differ_in_either_word(void **state)
{
    struct nap_times t;

    (void)state;
    nap_times_init(&t);
    nap_times_at(&t, (struct nap_hash128){0, 5})->us = 1;
    nap_times_at(&t, (struct nap_hash128){0, 6})->us = 2;
    nap_times_at(&t, (struct nap_hash128){9, 5})->us = 3;
    assert_int_equal(nap_times_at(&t, (struct nap_hash128){0, 5})->us, 1);
    assert_int_equal(nap_times_at(&t, (struct nap_hash128){0, 6})->us, 2);
    assert_int_equal(nap_times_at(&t, (struct nap_hash128){9, 5})->us, 3);
    assert_int_equal(t.used, 3);
    nap_times_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_new_has_taken_nothing),
        cmocka_unit_test(each_state_keeps_its_own),
        cmocka_unit_test(keys_differ_in_either_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
