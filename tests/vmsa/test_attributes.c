/* SPDX-License-Identifier: MIT */
/* Expected values: Arm DDI 0487, MAIR_EL1 and "Combining stage 1 and stage 2 memory type
 * attributes"; Arm IHI 0070, "Combine examples". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "attributes.h"

#define NSH 0
#define OSH 2
#define ISH 3

static uint16_t attr(unsigned mair, unsigned sh)
{
    return (uint16_t)(mair | sh << 8);
}

static void device_and_non_cacheable_memory_is_outer_shareable(void **state)
{
    (void)state;
    assert_int_equal(nap_vmsa_attributes(0x04, ISH), attr(0x04, OSH));
    assert_int_equal(nap_vmsa_attributes(0x44, NSH), attr(0x44, OSH));
    assert_int_equal(nap_vmsa_attributes(0xff, ISH), attr(0xff, ISH));
    assert_int_equal(nap_vmsa_attributes(0xff, 1), attr(0xff, NSH)); /* reserved */
}

/* Arm IHI 0070, "MAIR0, MAIR1": "All encodings defined as UNPREDICTABLE ... behave as follows".
 */
static void reserved_mair_bytes_are_what_they_behave_as(void **state)
{
    (void)state;
    assert_int_equal(nap_vmsa_attributes(0x03, ISH), attr(0x00, OSH));
    assert_int_equal(nap_vmsa_attributes(0x05, ISH), attr(0x04, OSH));
    assert_int_equal(nap_vmsa_attributes(0x0a, ISH), attr(0x08, OSH));
    assert_int_equal(nap_vmsa_attributes(0x0f, ISH), attr(0x0c, OSH));
    assert_int_equal(nap_vmsa_attributes(0x40, ISH), attr(0x43, ISH));
    assert_int_equal(nap_vmsa_attributes(0xf0, ISH), attr(0xf3, ISH)); /* no tagged memory */
}

static void memattr_of_stage_2_is_a_type_of_each_cache_level(void **state)
{
    (void)state;
    assert_int_equal(nap_vmsa_memattr(0x0), 0x00); /* Device-nGnRnE */
    assert_int_equal(nap_vmsa_memattr(0x1), 0x04); /* Device-nGnRE */
    assert_int_equal(nap_vmsa_memattr(0x2), 0x08); /* Device-nGRE */
    assert_int_equal(nap_vmsa_memattr(0x3), 0x0c); /* Device-GRE */
    assert_int_equal(nap_vmsa_memattr(0x5), 0x44);
    assert_int_equal(nap_vmsa_memattr(0xa), 0xbb);
    assert_int_equal(nap_vmsa_memattr(0xf), 0xff);
    assert_int_equal(nap_vmsa_memattr(0x7), 0x4f); /* outer NC, inner WB */
    assert_int_equal(nap_vmsa_memattr(0x4), 0x00); /* reserved */
    assert_int_equal(nap_vmsa_memattr(0x8), 0x00);
    assert_int_equal(nap_vmsa_memattr(0xc), 0x00);
}

/* Arm IHI 0070, "Combine examples": Normal-iWB-oNC-ISH + Device-nGnRE = Device-nGnRE. */
static void normal_memory_combined_with_a_device_is_that_device(void **state)
{
    (void)state;
    assert_int_equal(nap_vmsa_combine(attr(0x4f, ISH), 0x1, NSH), attr(0x04, OSH));
    assert_int_equal(nap_vmsa_combine(attr(0x08, OSH), 0xf, ISH), attr(0x08, OSH));
}

static void of_two_devices_the_stronger_is_taken(void **state)
{
    (void)state;
    assert_int_equal(nap_vmsa_combine(attr(0x04, OSH), 0x0, OSH), attr(0x00, OSH));
    assert_int_equal(nap_vmsa_combine(attr(0x0c, OSH), 0x2, OSH), attr(0x08, OSH));
    assert_int_equal(nap_vmsa_combine(attr(0x00, OSH), 0x3, OSH), attr(0x00, OSH));
}

/* "Combine examples": Normal-iWB/RAWA-oNC-ISH + Normal-iWT-oWT-OSH = Normal-iWT-oNC-OSH. */
static void cacheabilities_combine_level_by_level(void **state)
{
    (void)state;
    assert_int_equal(nap_vmsa_combine(attr(0x4f, ISH), 0xa, OSH), attr(0x4b, OSH));
    assert_int_equal(nap_vmsa_combine(attr(0xff, NSH), 0xf, NSH), attr(0xff, NSH));
    assert_int_equal(nap_vmsa_combine(attr(0xff, ISH), 0x5, ISH), attr(0x44, OSH));
    assert_int_equal(nap_vmsa_combine(attr(0xee, NSH), 0xa, ISH),
                     attr(0xaa, ISH)); /* RA stays */
    assert_int_equal(nap_vmsa_combine(attr(0xbb, NSH), 0xf, ISH), attr(0xbb, ISH));
    assert_int_equal(nap_vmsa_combine(attr(0x77, ISH), 0xa, ISH),
                     attr(0x33, ISH)); /* transient */
}

/* FEAT_S2FWB: 110 write-back, 111 as stage 1, 101 non-cacheable but for devices, 0xx devices.
 */
static void forced_types_replace_those_of_stage_1(void **state)
{
    (void)state;
    assert_int_equal(nap_vmsa_force(attr(0x00, OSH), 6, ISH), attr(0xff, OSH));
    assert_int_equal(nap_vmsa_force(attr(0x44, OSH), 6, ISH), attr(0xff, OSH));
    assert_int_equal(nap_vmsa_force(attr(0xbb, ISH), 6, NSH), attr(0xff, ISH));
    assert_int_equal(nap_vmsa_force(attr(0xee, ISH), 6, NSH), attr(0xee, ISH));
    assert_int_equal(nap_vmsa_force(attr(0xbb, ISH), 7, NSH), attr(0xbb, ISH));
    assert_int_equal(nap_vmsa_force(attr(0x04, OSH), 7, NSH), attr(0x04, OSH));
    assert_int_equal(nap_vmsa_force(attr(0xff, ISH), 5, ISH), attr(0x44, OSH));
    assert_int_equal(nap_vmsa_force(attr(0x08, OSH), 5, ISH), attr(0x08, OSH));
    assert_int_equal(nap_vmsa_force(attr(0xff, ISH), 1, ISH), attr(0x04, OSH));
    assert_int_equal(nap_vmsa_force(attr(0x00, OSH), 3, ISH), attr(0x00, OSH));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(device_and_non_cacheable_memory_is_outer_shareable),
        cmocka_unit_test(reserved_mair_bytes_are_what_they_behave_as),
        cmocka_unit_test(memattr_of_stage_2_is_a_type_of_each_cache_level),
        cmocka_unit_test(normal_memory_combined_with_a_device_is_that_device),
        cmocka_unit_test(of_two_devices_the_stronger_is_taken),
        cmocka_unit_test(cacheabilities_combine_level_by_level),
        cmocka_unit_test(forced_types_replace_those_of_stage_1),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
