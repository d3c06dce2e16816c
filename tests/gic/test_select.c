/* SPDX-License-Identifier: MIT */
/* Arithmetic of priorities, by Arm IHI 0048B, 3.3.3 (tables 3-2 and 3-3), and which of two
 * candidates comes first. */
#include "v2_rig.h"

#include "gic/gic.h"

/* Binary point 0 to 7: bits 7:1 and on to none; of Non-secure Group 1 one more. */
static void the_binary_point_splits_a_priority(void **state)
{
    static const uint8_t mask[] = {0xfe, 0xfc, 0xf8, 0xf0, 0xe0, 0xc0, 0x80, 0x00};
    static const uint8_t one_more[] = {0xff, 0xfe, 0xfc, 0xf8, 0xf0, 0xe0, 0xc0, 0x80};

    (void)state;
    for (unsigned bpr = 0; bpr < 8; bpr++) {
        assert_int_equal(gic_group_mask(bpr, false), mask[bpr]);
        assert_int_equal(gic_group_mask(bpr, true), one_more[bpr]);
    }
}

static void the_running_priority_is_the_lowest_level(void **state)
{
    static const uint32_t none[4] = {0}, high[4] = {0, 0, 0, 0x80000000},
                          both[4] = {0, 0x00000100, 0x1, 0};

    (void)state;
    assert_int_equal(gic_running(none, 4, 0), 0xff);
    assert_int_equal(gic_running(high, 4, 0), 0xfe);
    assert_int_equal(gic_running(both, 4, 0), 0x50);
    assert_int_equal(gic_running((const uint32_t[]){0x00010000}, 1, 2), 0x80);
    assert_int_equal(gic_running((const uint32_t[]){0x1}, 1, 2), 0x00);
}

static void a_level_is_a_bit_of_a_word(void **state)
{
    (void)state;
    assert_int_equal(gic_apr_word(0x80, 2), 0);
    assert_int_equal(gic_apr_bit(0x80, 2), 0x00010000);
    assert_int_equal(gic_apr_word(0x80, 0), 2);
    assert_int_equal(gic_apr_bit(0x80, 0), 0x1);
    assert_int_equal(gic_apr_word(0xfe, 0), 3);
    assert_int_equal(gic_apr_bit(0xfe, 0), 0x80000000);
}

static void both_comparisons_are_strict(void **state)
{
    struct gic_candidate c = {.found = true, .priority = 0x48};

    (void)state;
    assert_true(gic_preempts(&c, 0x50, 0xf8, 0x50));
    assert_false(gic_preempts(&c, 0x48, 0xf8, 0x50));
    assert_false(gic_preempts(&c, 0x50, 0xf8, 0x48));
    assert_true(gic_preempts(&c, 0x50, 0xf0, 0x50));
    assert_false(gic_preempts(&c, 0x50, 0xf0, 0x40)); /* its group priority is 0x40 */
    assert_false(gic_preempts(&c, 0x50, 0xc0, 0x40));
    c.found = false;
    assert_false(gic_preempts(&c, 0xff, 0xf8, 0xff));
}

/* GICC_BPR: the binary point splits both priorities, also one that was taken before it moved.
 * Bits [7:4] of 0x44 and 0x48 are the same, and with 7 no bits are left to preempt by. */
static void the_running_priority_is_grouped_as_the_binary_point_is_now(void **state)
{
    struct gic_candidate c = {.found = true, .priority = 0x44};

    (void)state;
    assert_true(gic_preempts(&c, 0xff, 0xf8, 0x48));
    assert_false(gic_preempts(&c, 0xff, 0xf0, 0x48));
    assert_false(gic_preempts(&c, 0xff, 0x00, 0x80));
    assert_true(gic_preempts(&c, 0xff, 0x00, GIC_IDLE));
}

static void of_two_the_higher_priority_or_lower_number_comes_first(void **state)
{
    struct gic_candidate a = {.found = true, .priority = 0x40, .intid = 50};
    struct gic_candidate b = {.found = true, .priority = 0x40, .intid = 49};
    struct gic_candidate none = {.priority = 0xff};

    (void)state;
    assert_int_equal(gic_better(a, b).intid, 49);
    assert_int_equal(gic_better(b, a).intid, 49);
    b.priority = 0x48;
    assert_int_equal(gic_better(a, b).intid, 50);
    assert_int_equal(gic_better(none, b).intid, 49);
    assert_int_equal(gic_better(b, none).intid, 49);
    assert_false(gic_better(none, none).found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_binary_point_splits_a_priority),
        cmocka_unit_test(the_running_priority_is_the_lowest_level),
        cmocka_unit_test(a_level_is_a_bit_of_a_word),
        cmocka_unit_test(both_comparisons_are_strict),
        cmocka_unit_test(the_running_priority_is_grouped_as_the_binary_point_is_now),
        cmocka_unit_test(of_two_the_higher_priority_or_lower_number_comes_first),
    };

    return cmocka_run_group_tests_name("gic-select", tests, NULL, NULL);
}
