/* SPDX-License-Identifier: MIT */
/* lib/smmuv3/queue.c: Arm IHI 0070, "SMMU circular queues". */
#include "rig.h"

static struct smmu_queue of(uint64_t base, uint32_t prod, uint32_t cons)
{
    return smmu_queue_of(base, prod, cons, 19, 44, 16);
}

static void equal_indexes_are_an_empty_queue(void **state)
{
    struct smmu_queue q = of(3, 0xd, 0xd);

    (void)state;
    assert_true(smmu_queue_empty(&q));
    assert_false(smmu_queue_full(&q));
    assert_int_equal(smmu_queue_held(&q), 0);
}

static void equal_positions_with_other_wraps_are_a_full_queue(void **state)
{
    struct smmu_queue q = of(3, 0xd, 0x5), back = of(3, 0x5, 0xd);

    (void)state;
    assert_true(smmu_queue_full(&q));
    assert_true(smmu_queue_full(&back));
    assert_int_equal(smmu_queue_held(&q), 8);
    assert_true(smmu_queue_consistent(&q));
}

/* P > C with equal wraps and P < C with different ones are right, the others are not. */
static void the_wrap_flags_say_which_pointer_is_ahead(void **state)
{
    const struct {
        uint32_t prod, cons;
        bool consistent;
    } cases[] = {{5, 2, true},   {2, 5, false},   {0xa, 5, true},   {0xe, 5, false},
                 {2, 0xd, true}, {6, 0xd, false}, {0xd, 0xa, true}, {0xa, 0xd, false}};

    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        struct smmu_queue q = of(3, cases[i].prod, cases[i].cons);
        assert_int_equal(smmu_queue_consistent(&q), cases[i].consistent);
    }
}

static void an_index_passes_the_end_with_a_flip_of_its_wrap(void **state)
{
    struct smmu_queue q = of(3, 0, 0);

    (void)state;
    assert_int_equal(smmu_queue_next(&q, 6), 7);
    assert_int_equal(smmu_queue_next(&q, 7), 8);
    assert_int_equal(smmu_queue_next(&q, 0xf), 0);
}

static void a_queue_of_one_entry_has_only_a_wrap(void **state)
{
    struct smmu_queue q = of(0x80000020, 1, 0);

    (void)state;
    assert_true(smmu_queue_full(&q));
    assert_int_equal(smmu_queue_next(&q, 1), 0);
    assert_int_equal(smmu_queue_entry(&q, 1), 0x80000020);
}

static void entries_stand_one_after_the_other(void **state)
{
    struct smmu_queue q = of(0x80000000 | 3, 0, 0);

    (void)state;
    assert_int_equal(smmu_queue_entry(&q, 5), 0x80000050);
    assert_int_equal(smmu_queue_entry(&q, 0xd), 0x80000050);
}

static void a_base_is_aligned_to_the_size_of_the_queue(void **state)
{
    struct smmu_queue q = of(0x800000e0 | 4, 0, 0), small = of(0x800000e0 | 0, 0, 0);

    (void)state;
    assert_int_equal(q.base, 0x80000000); /* 16 entries of 16 bytes */
    assert_int_equal(small.base, 0x800000e0);
}

static void hints_and_addresses_beyond_the_output_size_are_not_used(void **state)
{
    struct smmu_queue q = smmu_queue_of(UINT64_C(0x40f0000080000000) | 2, 0, 0, 19, 32, 16);

    (void)state;
    assert_int_equal(q.base, 0x80000000);
}

static void the_size_is_capped_by_what_the_hardware_has(void **state)
{
    struct smmu_queue q = smmu_queue_of(19, 0x2c, 0x4, 3, 44, 16);

    (void)state;
    assert_int_equal(q.log2, 3);
    assert_int_equal(q.prod, 0xc);
    assert_true(smmu_queue_full(&q));
}

static void prod_advances_only_by_entries_that_fit(void **state)
{
    struct smmu_queue more = of(3, 6, 2), same = of(3, 4, 2), less = of(3, 3, 2);
    struct smmu_queue full = of(3, 0xa, 2), beyond = of(3, 0xb, 2);

    (void)state;
    assert_true(smmu_queue_advanced(&more, 4));
    assert_true(smmu_queue_advanced(&same, 4));
    assert_false(smmu_queue_advanced(&less, 4));
    assert_true(smmu_queue_advanced(&full, 4));
    assert_false(smmu_queue_advanced(&beyond, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_indexes_are_an_empty_queue),
        cmocka_unit_test(equal_positions_with_other_wraps_are_a_full_queue),
        cmocka_unit_test(the_wrap_flags_say_which_pointer_is_ahead),
        cmocka_unit_test(an_index_passes_the_end_with_a_flip_of_its_wrap),
        cmocka_unit_test(a_queue_of_one_entry_has_only_a_wrap),
        cmocka_unit_test(entries_stand_one_after_the_other),
        cmocka_unit_test(a_base_is_aligned_to_the_size_of_the_queue),
        cmocka_unit_test(hints_and_addresses_beyond_the_output_size_are_not_used),
        cmocka_unit_test(the_size_is_capped_by_what_the_hardware_has),
        cmocka_unit_test(prod_advances_only_by_entries_that_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
