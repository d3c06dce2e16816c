/* SPDX-License-Identifier: MIT */
/* What the compat/linux headers work out by themselves, in an ordinary program. The few parts
 * of the runtime that they call come from lib/compat/linux; regnap itself is played here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <linux/atomic.h>
#include <linux/bitfield.h>
#include <linux/bitmap.h>
#include <linux/iopoll.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/refcount.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <cmocka.h>

/* --- regnap, as far as headers call it --- */

static unsigned int waited_us, reads, ready_after, warnings;
static const char *panicked;
static jmp_buf left;

void nap_udelay(unsigned int microseconds)
{
    waited_us += microseconds;
}

uint64_t nap_seam_read(nap_addr address, unsigned int size_bytes, const char *file, int line)
{
    (void)address;
    (void)size_bytes;
    (void)file;
    (void)line;
    return ++reads > ready_after;
}

void nap_seam_barrier(enum nap_barrier barrier, const char *file, int line)
{
    (void)barrier;
    (void)file;
    (void)line;
}

void nap_panic(const char *what, const char *file, int line)
{
    (void)file;
    (void)line;
    panicked = what;
    longjmp(left, 1);
}

void regnap_warn(const char *file, int line, const char *format, ...)
{
    (void)file;
    (void)line;
    (void)format;
    warnings++;
}

void regnap_might_sleep(const char *what, const char *file, int line)
{
    (void)what;
    (void)file;
    (void)line;
}

static int start(void **state)
{
    (void)state;
    waited_us = reads = ready_after = warnings = 0;
    panicked = NULL;
    return 0;
}

#define assert_panics(call, text)                                                              \
    do {                                                                                       \
        if (setjmp(left) == 0) {                                                               \
            call;                                                                              \
            fail_msg("no panic");                                                              \
        }                                                                                      \
        assert_string_equal(panicked, text);                                                   \
    } while (0)

/* --- configuration --- */

#define CONFIG_TEST_ONE        1
#define CONFIG_TEST_ZERO       0
#define CONFIG_TEST_MOD_MODULE 1

/* Documentation/kbuild: set as built in, set as a module, or not set. */
static void configuration_is_what_is_defined_as_one(void **state)
{
    (void)state;
    assert_int_equal(IS_ENABLED(CONFIG_TEST_ONE), 1);
    assert_int_equal(IS_ENABLED(CONFIG_TEST_ZERO), 0);
    assert_int_equal(IS_ENABLED(CONFIG_TEST_ABSENT), 0);
    assert_int_equal(IS_ENABLED(CONFIG_TEST_MOD), 1);
    assert_int_equal(IS_BUILTIN(CONFIG_TEST_MOD), 0);
    assert_int_equal(IS_MODULE(CONFIG_TEST_MOD), 1);
    assert_int_equal(IS_REACHABLE(CONFIG_TEST_MOD), 0);
    assert_int_equal(IS_MODULE(CONFIG_TEST_ONE), 0);
#if !IS_ENABLED(CONFIG_TEST_ONE) || IS_ENABLED(CONFIG_TEST_ABSENT)
    fail_msg("the preprocessor sees it otherwise");
#endif
}

/* --- numbers --- */

static void smaller_and_larger_evaluate_once(void **state)
{
    int i = 3;
    unsigned int a = 1, b = 2;

    (void)state;
    assert_int_equal(min(i++, 7), 3);
    assert_int_equal(i, 4);
    assert_int_equal(max(-1, 1), 1);
    assert_int_equal(min_t(u8, 0x101, 2), 1);
    assert_int_equal(max_t(int, -1, 1U), 1);
    assert_int_equal(min3(3, 1, 2), 1);
    assert_int_equal(max3(3, 1, 2), 3);
    assert_int_equal(clamp(9, 1, 5), 5);
    assert_int_equal(clamp(-9, 1, 5), 1);
    assert_int_equal(clamp_t(long, 3, 1U, 5U), 3);
    swap(a, b);
    assert_true(a == 2 && b == 1);
    assert_int_equal(abs(-5), 5);
}

static void sizes_are_rounded_to_powers_of_two_and_multiples(void **state)
{
    (void)state;
    assert_int_equal(ALIGN(0, 8), 0);
    assert_int_equal(ALIGN(1, 8), 8);
    assert_int_equal(ALIGN(8, 8), 8);
    assert_true(ALIGN(0x100000001ULL, 0x1000) == 0x100001000ULL);
    assert_int_equal(ALIGN_DOWN(15, 8), 8);
    assert_true(IS_ALIGNED(0x2000, 0x1000) && !IS_ALIGNED(0x2004, 0x1000));
    assert_true(round_up(0x80000001ULL, 0x1000) == 0x80001000ULL);
    assert_true(round_down(0x180000001ULL, 0x1000) == 0x180000000ULL);
    assert_int_equal(roundup(10, 6), 12);
    assert_int_equal(rounddown(10, 6), 6);
    assert_int_equal(DIV_ROUND_UP(9, 4), 3);
    assert_true(PAGE_ALIGN(4097UL) == 8192);
    assert_true(PFN_UP(4097) == 2 && PFN_DOWN(8191) == 1 &&
                PFN_PHYS(0x180000) == 0x180000000ULL);
    assert_true(upper_32_bits(0x123456789ULL) == 1 &&
                lower_32_bits(0x123456789ULL) == 0x23456789);
}

static void logarithms_round_as_documented(void **state)
{
    volatile unsigned long zero = 0, big = 1UL << 40;
    volatile u32 all = 0xffffffff;

    (void)state;
    assert_int_equal(ilog2(1), 0);
    assert_int_equal(ilog2(4095), 11);
    assert_int_equal(ilog2(big), 40);
    assert_int_equal(ilog2(all), 31);
    assert_int_equal(ilog2(zero), -1);
    assert_true(is_power_of_2(1) && is_power_of_2(big) && !is_power_of_2(0) &&
                !is_power_of_2(3));
    assert_int_equal(roundup_pow_of_two(1), 1);
    assert_int_equal(roundup_pow_of_two(33), 64);
    assert_true(roundup_pow_of_two(big + 1) == big << 1);
    assert_int_equal(rounddown_pow_of_two(63), 32);
    assert_int_equal(order_base_2(1), 0);
    assert_int_equal(order_base_2(5), 3);
    assert_int_equal(get_order(1), 0);
    assert_int_equal(get_order(4096), 0);
    assert_int_equal(get_order(4097), 1);
    assert_int_equal(get_order(SZ_1M), 8);
    assert_true(get_order(0) >= MAX_ORDER);
}

static void sizes_that_overflow_are_too_large_for_anything(void **state)
{
    struct flexible {
        u64 n;
        u32 list[];
    } *f = NULL;
    int sum;

    (void)state;
    assert_int_equal(array_size(3, 5), 15);
    assert_true(array_size(SIZE_MAX / 2, 3) == SIZE_MAX);
    assert_true(size_add(SIZE_MAX, 1) == SIZE_MAX);
    assert_int_equal(struct_size(f, list, 3), 8 + 12);
    assert_true(struct_size(f, list, SIZE_MAX / 4) == SIZE_MAX);
    assert_true(struct_size(f, list, SIZE_MAX) == SIZE_MAX);
    assert_true(check_add_overflow(INT_MAX, 1, &sum));
    assert_true(!check_mul_overflow(6, 7, &sum) && sum == 42);
}

/* --- bits --- */

static void masks_hold_both_ends(void **state)
{
    static const u32 fixed = GENMASK(7, 4); /* a constant expression */

    (void)state;
    assert_int_equal(fixed, 0xf0);
    assert_true(GENMASK(63, 0) == ~0UL && GENMASK(63, 63) == 1UL << 63);
    assert_true(GENMASK_ULL(39, 12) == 0xfffffff000ULL);
    assert_true(BIT(31) == 0x80000000UL && BIT_ULL(63) == 0x8000000000000000ULL);
    assert_true(BIT_MASK(65) == 2 && BIT_WORD(65) == 1);
}

static void fields_are_put_in_and_taken_out(void **state)
{
    (void)state;
    assert_int_equal(FIELD_PREP(GENMASK(11, 4), 0x23), 0x230);
    assert_int_equal(FIELD_GET(GENMASK(11, 4), 0x1230u), 0x23);
    assert_int_equal(FIELD_MAX(GENMASK(11, 4)), 0xff);
    assert_true(FIELD_FIT(GENMASK(11, 4), 0xff) && !FIELD_FIT(GENMASK(11, 4), 0x100));
    assert_true(FIELD_PREP(GENMASK_ULL(63, 60), 0xfULL) == 0xf000000000000000ULL);
}

static void single_bits_are_counted_from_where_each_says(void **state)
{
    (void)state;
    assert_true(__ffs(0x10) == 4 && __fls(0x11) == 4 && ffz(0xf) == 4);
    assert_true(__fls(1UL << 63) == 63 && __ffs(1UL << 63) == 63);
    assert_true(ffs(0) == 0 && ffs(0x10) == 5 && fls(0) == 0 && fls(0x80000000) == 32);
    assert_true(fls64(0) == 0 && fls64(1ULL << 63) == 64);
    assert_true(hweight32(0xf0f) == 8 && hweight64(~0ULL) == 64);
}

static void bitmaps_go_over_the_borders_of_words(void **state)
{
    DECLARE_BITMAP(map, 130);
    unsigned long bit, sum = 0, n = 0;

    (void)state;
    bitmap_zero(map, 130);
    assert_true(bitmap_empty(map, 130) && find_first_bit(map, 130) == 130);
    bitmap_set(map, 62, 4);
    set_bit(129, map);
    for_each_set_bit(bit, map, 130)
    {
        sum += bit;
        n++;
    }
    assert_true(n == 5 && sum == 62 + 63 + 64 + 65 + 129 && bitmap_weight(map, 130) == 5);
    assert_int_equal(find_next_bit(map, 130, 63), 63);
    assert_int_equal(find_next_bit(map, 130, 66), 129);
    assert_int_equal(find_next_bit(map, 129, 66), 129);
    assert_int_equal(find_next_bit(map, 130, 130), 130);
    assert_int_equal(find_next_bit(map, 130, 500), 130);
    assert_int_equal(find_next_zero_bit(map, 130, 62), 66);
    assert_int_equal(find_last_bit(map, 129), 65);
    assert_int_equal(find_last_bit(map, 62), 62);
    bitmap_clear(map, 63, 2);
    assert_true(test_bit(62, map) && !test_bit(63, map) && !test_bit(64, map));
    assert_true(!test_and_set_bit(64, map) && test_and_clear_bit(64, map));
    assert_int_equal(find_first_zero_bit(map, 130), 0);
    bitmap_fill(map, 130);
    assert_true(bitmap_full(map, 130) && find_first_zero_bit(map, 130) == 130);
    assert_int_equal(find_first_zero_bit(map, 0), 0);
}

/* --- lists --- */

struct item {
    int value;
    struct list_head at;
};

static int read_list(struct list_head *head)
{
    struct item *i;
    int number = 0;

    list_for_each_entry(i, head, at) number = number * 10 + i->value;
    return number;
}

static void lists_keep_the_order_of_their_calls(void **state)
{
    LIST_HEAD(head);
    LIST_HEAD(other);
    struct item items[4] = {{1, {0}}, {2, {0}}, {3, {0}}, {4, {0}}}, *i, *next;
    int backward = 0;

    (void)state;
    assert_true(list_empty(&head) && !list_first_entry_or_null(&head, struct item, at));
    list_add(&items[1].at, &head);
    list_add(&items[0].at, &head);
    list_add_tail(&items[2].at, &head);
    list_add_tail(&items[3].at, &other);
    assert_true(list_is_singular(&other) && !list_is_singular(&head));
    assert_int_equal(read_list(&head), 123);
    list_splice_init(&other, &head);
    assert_true(list_empty(&other) && read_list(&head) == 4123);
    list_move_tail(&items[3].at, &head);
    list_for_each_entry_reverse(i, &head, at) backward = backward * 10 + i->value;
    assert_int_equal(backward, 4321);
    assert_true(list_is_last(&items[3].at, &head) && list_is_first(&items[0].at, &head));
    list_for_each_entry_safe(i, next, &head, at) list_del_init(&i->at);
    assert_true(list_empty(&head) && list_empty(&items[2].at));
}

static void broken_lists_end_the_run(void **state)
{
    LIST_HEAD(head);
    struct list_head nothing = {NULL, NULL};
    struct item item = {1, {0}};

    (void)state;
    assert_panics(list_add(&item.at, &nothing), "list_add() to a list that is broken");
    list_add(&item.at, &head);
    assert_panics(list_add(&item.at, &head), "list_add() of an entry that is on the list");
    list_del(&item.at);
    assert_panics(list_del(&item.at), "list_del() of an entry that is on no list");
}

/* --- errors --- */

static void errors_travel_in_pointers(void **state)
{
    int object;

    (void)state;
    assert_true(IS_ERR(ERR_PTR(-ENODEV)) && PTR_ERR(ERR_PTR(-ENODEV)) == -ENODEV);
    assert_true(IS_ERR(ERR_PTR(-MAX_ERRNO)) && !IS_ERR(ERR_PTR(-MAX_ERRNO - 1)));
    assert_true(!IS_ERR(&object) && !IS_ERR(NULL) && IS_ERR_OR_NULL(NULL));
    assert_true(PTR_ERR_OR_ZERO(&object) == 0 && PTR_ERR_OR_ZERO(ERR_PTR(-EIO)) == -EIO);
    assert_true(ERR_CAST(ERR_PTR(-EIO)) == ERR_PTR(-EIO));
}

/* --- text --- */

static void numbers_are_read_whole_or_refused(void **state)
{
    unsigned long long value = 7;
    unsigned int narrow;

    (void)state;
    assert_true(kstrtoull("42\n", 10, &value) == 0 && value == 42);
    assert_true(kstrtoull("0x2a", 0, &value) == 0 && value == 42);
    assert_true(kstrtoull("+052", 0, &value) == 0 && value == 42);
    assert_true(kstrtoull("18446744073709551615", 10, &value) == 0 && value == ~0ULL);
    assert_int_equal(kstrtoull("18446744073709551616", 10, &value), -ERANGE);
    assert_int_equal(kstrtoull("", 10, &value), -EINVAL);
    assert_int_equal(kstrtoull("4 2", 10, &value), -EINVAL);
    assert_int_equal(kstrtoull("42\n\n", 10, &value), -EINVAL);
    assert_int_equal(kstrtoull("-1", 10, &value), -EINVAL);
    assert_int_equal(kstrtoull("0x", 16, &value), -EINVAL);
    assert_int_equal(kstrtoull("8", 8, &value), -EINVAL);
    assert_true(value == ~0ULL);
    assert_int_equal(kstrtouint("4294967296", 10, &narrow), -ERANGE);
    assert_true(kstrtouint("4294967295", 10, &narrow) == 0 && narrow == 0xffffffff);
}

static void text_is_cut_and_says_so(void **state)
{
    char out[5] = "????";

    (void)state;
    assert_int_equal(strscpy(out, "four", 5), 4);
    assert_string_equal(out, "four");
    assert_int_equal(strscpy(out, "fives", 5), -E2BIG);
    assert_string_equal(out, "five");
    assert_int_equal(strscpy(out, "x", 0), -E2BIG);
    assert_string_equal(out, "five");
    assert_int_equal(strscpy(out, "x", 1), -E2BIG);
    assert_string_equal(out, "");
    assert_true(sysfs_streq("on\n", "on") && !sysfs_streq("on", "one"));
    assert_true(strstarts("prefix", "pre") && !strstarts("pre", "prefix"));
}

/* --- counters --- */

static void counters_count_as_documented(void **state)
{
    atomic_t v = ATOMIC_INIT(2);
    u64 wide = 5, places[2] = {1, 2}, *at = places;

    (void)state;
    assert_true(!atomic_dec_and_test(&v) && atomic_dec_and_test(&v));
    assert_true(atomic_xchg(&v, 9) == 0 && atomic_cmpxchg(&v, 8, 1) == 9);
    assert_true(atomic_fetch_add(3, &v) == 9 && atomic_read(&v) == 12);
    assert_true(cmpxchg64_relaxed(&wide, 5, 6) == 5 && cmpxchg64(&wide, 5, 7) == 6 &&
                wide == 6);
    assert_true(xchg(at++, 7) == 1 && *at == 2 && places[0] == 7);
    assert_true(cmpxchg(at--, 2, 8) == 2 && at == places && places[1] == 8);
}

static void misused_references_warn_and_stay(void **state)
{
    refcount_t r = REFCOUNT_INIT(1);

    (void)state;
    refcount_inc(&r);
    assert_true(!refcount_dec_and_test(&r) && refcount_dec_and_test(&r));
    assert_false(refcount_inc_not_zero(&r));
    assert_int_equal(warnings, 0);
    refcount_inc(&r);
    assert_int_equal(warnings, 1);
    assert_true(refcount_inc_not_zero(&r) && !refcount_dec_and_test(&r));
    refcount_set(&r, 0);
    assert_false(refcount_dec_and_test(&r));
    assert_int_equal(warnings, 2);
}

/* --- waiting --- */

static void polling_ends_at_once_when_the_condition_holds(void **state)
{
    u32 value;

    (void)state;
    assert_int_equal(readl_poll_timeout(IOMEM(0x1000), value, value, 10, 100), 0);
    assert_true(reads == 1 && waited_us == 0);
}

static void polling_waits_between_reads(void **state)
{
    u32 value;

    (void)state;
    ready_after = 3;
    assert_int_equal(readl_poll_timeout_atomic(IOMEM(0x1000), value, value, 10, 100), 0);
    assert_true(reads == 4 && waited_us == 30);
}

/* The whole time must have passed, and there is one look after that. */
static void polling_gives_up_after_the_limit(void **state)
{
    u32 value;

    (void)state;
    ready_after = 1000;
    assert_int_equal(readl_poll_timeout(IOMEM(0x1000), value, value, 10, 15), -ETIMEDOUT);
    assert_true(waited_us == 20 && reads == 4 && value == 0);
}

static void polling_looks_once_more_at_the_end(void **state)
{
    u32 value;

    (void)state;
    ready_after = 3;
    assert_int_equal(readl_relaxed_poll_timeout(IOMEM(0x1000), value, value, 10, 15), 0);
    assert_true(reads == 4);
}

static void polling_without_delay_takes_its_time_as_well(void **state)
{
    u32 value;

    (void)state;
    ready_after = 1000;
    assert_int_equal(readl_poll_timeout_atomic(IOMEM(0x1000), value, value, 0, 5), -ETIMEDOUT);
    assert_int_equal(waited_us, 6);
}

#define header_test(f) cmocka_unit_test_setup(f, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        header_test(configuration_is_what_is_defined_as_one),
        header_test(smaller_and_larger_evaluate_once),
        header_test(sizes_are_rounded_to_powers_of_two_and_multiples),
        header_test(logarithms_round_as_documented),
        header_test(sizes_that_overflow_are_too_large_for_anything),
        header_test(masks_hold_both_ends),
        header_test(fields_are_put_in_and_taken_out),
        header_test(single_bits_are_counted_from_where_each_says),
        header_test(bitmaps_go_over_the_borders_of_words),
        header_test(lists_keep_the_order_of_their_calls),
        header_test(broken_lists_end_the_run),
        header_test(errors_travel_in_pointers),
        header_test(numbers_are_read_whole_or_refused),
        header_test(text_is_cut_and_says_so),
        header_test(counters_count_as_documented),
        header_test(misused_references_warn_and_stay),
        header_test(polling_ends_at_once_when_the_condition_holds),
        header_test(polling_waits_between_reads),
        header_test(polling_gives_up_after_the_limit),
        header_test(polling_looks_once_more_at_the_end),
        header_test(polling_without_delay_takes_its_time_as_well),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
