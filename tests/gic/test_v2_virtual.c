/* SPDX-License-Identifier: MIT */
/* List registers of a GICv2's virtual interface control, and the status that follows from them.
 * Arm IHI 0048B, 5.3. */
#include "v2_rig.h"

#define HCR   0x000u
#define VTR   0x004u
#define VMCR  0x008u
#define MISR  0x010u
#define EISR  0x020u
#define ELRSR 0x030u
#define LR    0x100u

#define PENDING 0x10000000u
#define ACTIVE  0x20000000u
#define EOI     0x00080000u /* without HW: tell of the end */
#define HW      0x80000000u

static void there_are_as_many_as_vtr_says(void **state)
{
    const struct rig *r = *state;

    assert_int_equal(virt(r, VTR), 0x90000003);
    for (unsigned i = 0; i < 4; i++) {
        set_virt(r, LR + 4 * i, UINT32_MAX);
        assert_int_equal(virt(r, LR + 4 * i), 0xff8fffff);
    }
    set_virt(r, LR + 16, UINT32_MAX);
    assert_int_equal(virt(r, LR + 16), 0);
}

static void free_and_ended_ones_are_told(void **state)
{
    const struct rig *r = *state;

    assert_int_equal(virt(r, ELRSR), 0xf);
    assert_int_equal(virt(r, EISR), 0);
    set_virt(r, LR, PENDING | 40);
    set_virt(r, LR + 4, EOI);      /* ended, and to be told of */
    set_virt(r, LR + 8, HW | EOI); /* bit 19 is of the physical number */
    assert_int_equal(virt(r, ELRSR), 0xc);
    assert_int_equal(virt(r, EISR), 0x2);
    assert_int_equal(virt(r, MISR), 0x1);
    assert_int_equal(virt(r, ELRSR + 4), 0);
}

static void maintenance_conditions_hold_if_they_are_asked_for(void **state)
{
    static const struct {
        uint32_t hcr, vmcr, lr, misr;
    } table[] = {
        {0x02, 0, PENDING, 0x02},          /* U: at most one is valid */
        {0x00, 0, PENDING, 0x00},          /**/
        {0x04, 0, PENDING, 0x00},          /* LRENP: no count */
        {0x08000004, 0, PENDING, 0x04},    /**/
        {0x08, 0, ACTIVE, 0x08},           /* NP */
        {0x08, 0, PENDING | ACTIVE, 0x00}, /**/
        {0x10, 1, PENDING, 0x10},          /* VGrp0E */
        {0x10, 0, PENDING, 0x00},          /**/
        {0x20, 0, PENDING, 0x20},          /* VGrp0D */
        {0x40, 2, PENDING, 0x40},          /* VGrp1E */
        {0x80, 2, PENDING, 0x00},          /* VGrp1D */
        {0x80, 0, PENDING, 0x80},          /**/
    };
    const struct rig *r = *state;

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        set_virt(r, HCR, table[i].hcr);
        set_virt(r, VMCR, table[i].vmcr);
        set_virt(r, LR, table[i].lr);
        assert_int_equal(virt(r, MISR), table[i].misr);
    }
}

static void each_cpu_has_its_own(void **state)
{
    const struct rig *r = *state;

    set_virt(r, LR, PENDING);
    run_on(r, 1);
    assert_int_equal(virt(r, LR), 0);
    assert_int_equal(virt(r, ELRSR), 0xf);
}

static void a_virtual_interface_that_is_on_is_not_modelled(void **state)
{
    const struct rig *r = *state;

    assert_int_equal(r->m->n_unmodelled, 0);
    set_virt(r, HCR, 1);
    assert_int_equal(r->m->n_unmodelled, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(there_are_as_many_as_vtr_says),
        TEST(free_and_ended_ones_are_told),
        TEST(maintenance_conditions_hold_if_they_are_asked_for),
        TEST(each_cpu_has_its_own),
        TEST(a_virtual_interface_that_is_on_is_not_modelled),
    };

    return cmocka_run_group_tests_name("gic-v2-virtual", tests, NULL, NULL);
}
