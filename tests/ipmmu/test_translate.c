/* SPDX-License-Identifier: MIT */
/* lib/ipmmu/translate.c: which stage decides an access, and the walks behind it. What no public
 * source says is a switch of models/ipmmu-vmsa.yaml; its values are tested one by one. */
#include "rig.h"

#define HUGE_PA UINT64_C(0x600000000)

static void reset_status(struct rig *r)
{
    rig_write(r, MM, IMSTR(1), 0);
}

/* --- order of evaluation --- */

static void a_unit_without_power_ends_every_access_in_a_bus_error(void **state)
{
    struct rig *r = *state;

    nap_power_off(r->m, 1u << nap_domain_find(r->m, "a3vp"));
    assert_int_equal(rig_only(r, r->vp0, 5, IOVA).kind, NAP_OUTCOME_BUS_ERROR);
    assert_int_equal(rig_dma(r, r->vp0, 5, IOVA).kind, NAP_OUTCOME_BUS_ERROR);
}

/* No H3 has its root in a domain of its own; other machines may. */
static void a_root_without_power_ends_translated_traffic_in_a_bus_error(void **state)
{
    struct rig *r = *state;
    uint32_t a3ir = (uint32_t)nap_domain_find(r->m, "a3ir");

    r->soc->devices[r->mm].domain = a3ir;
    rig_again(r, &(struct rig_options){.n_switches = 0});
    rig_simple(r);
    nap_power_off(r->m, 1u << a3ir);
    assert_end(rig_only(r, r->ds1, PORT, IOVA), NAP_OUTCOME_BUS_ERROR, NAP_BY_CONTEXT);
    assert_end(rig_dma(r, r->ds1, PORT, IOVA), NAP_OUTCOME_BUS_ERROR, NAP_BY_CONTEXT);
    assert_end(rig_only(r, r->ds1, 3, IOVA), NAP_OUTCOME_BYPASS, NAP_BY_PORT);
}

/* Linux's identity domain is IMUCTR = 0. */
static void a_port_that_is_off_passes_addresses_untranslated(void **state)
{
    struct rig *r = *state;
    struct nap_outcome o;

    rig_simple(r);
    rig_write(r, DS1, IMUCTR(PORT), 0);
    o = rig_only(r, r->ds1, PORT, IOVA);
    assert_end(o, NAP_OUTCOME_BYPASS, NAP_BY_PORT);
    assert_int_equal(o.pa, IOVA);
    assert_true(o.readable && o.writable);
    assert_end(rig_dma(r, r->ds1, PORT, IOVA), NAP_OUTCOME_BYPASS, NAP_BY_PORT);
}

static void a_port_that_is_off_is_not_stopped_by_anything_behind_it(void **state)
{
    struct rig *r = *state;

    rig_write(r, DS1, IMSCTLR, USE_SECGRP);
    rig_write(r, MM, IMSCTLR, USE_SECGRP);
    rig_write(r, DS1, IMUCTR(PORT), TTSEL(8u));
    assert_end(rig_only(r, r->ds1, PORT, IOVA), NAP_OUTCOME_BYPASS, NAP_BY_PORT);
}

static void ttsel_is_judged_before_the_security_groups(void **state)
{
    struct rig *r = *state;

    rig_write(r, DS1, IMSCTLR, USE_SECGRP);
    for (unsigned n = 8; n < 16; n++) { /* 8 is the PMB code, the rest selects no context */
        rig_write(r, DS1, IMUCTR(PORT), TTSEL(n) | MMUEN);
        assert_end(rig_only(r, r->ds1, PORT, IOVA), NAP_OUTCOME_FAULT, NAP_BY_PORT);
    }
}

static void a_fault_for_an_illegal_ttsel_is_recorded_nowhere(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_write(r, DS1, IMUCTR(PORT), TTSEL(9u) | MMUEN);
    assert_end(rig_dma(r, r->ds1, PORT, IOVA), NAP_OUTCOME_FAULT, NAP_BY_PORT);
    for (unsigned n = 0; n < 8; n++)
        assert_int_equal(rig_read(r, MM, IMSTR(n)), 0);
    assert_false(nap_wire(r->m, r->mm));
}

static void an_illegal_ttsel_bypasses_under_p05_bypass(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "P05", IPMMU_P05_BYPASS);
    rig_write(r, DS1, IMUCTR(PORT), TTSEL(8u) | MMUEN);
    assert_end(rig_only(r, r->ds1, PORT, IOVA), NAP_OUTCOME_BYPASS, NAP_BY_PORT);
}

static void context_0_works_like_any_other(void **state)
{
    struct rig *r = *state;
    nap_addr table = rig_xen(r, 0);

    rig_map(r, table, IOVA, PA, BLOCK, S2_RW, S2_TABLE);
    rig_port(r, DS1, PORT, 0);
    assert_reaches(rig_only(r, r->ds1, PORT, IOVA), NAP_BY_WALK, PA);
}

static void security_groups_of_the_cache_come_before_its_context(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_write(r, DS1, IMCTR(1), 0);
    rig_write(r, DS1, IMSCTLR, USE_SECGRP);
    assert_end(rig_only(r, r->ds1, PORT, IOVA), NAP_OUTCOME_FAULT, NAP_BY_CONTEXT);
}

static void security_groups_of_the_root_come_before_the_cache_context(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_write(r, DS1, IMCTR(1), 0);
    rig_write(r, MM, IMSCTLR, USE_SECGRP);
    assert_end(rig_only(r, r->ds1, PORT, IOVA), NAP_OUTCOME_FAULT, NAP_BY_CONTEXT);
}

static void security_groups_stop_even_what_the_tlb_holds(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_write(r, MM, IMSCTLR, USE_SECGRP);
    assert_end(rig_only(r, r->ds1, PORT, IOVA), NAP_OUTCOME_FAULT, NAP_BY_CONTEXT);
}

static void a_fault_by_security_groups_is_a_translation_fault(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_write(r, DS1, IMSCTLR, USE_SECGRP);
    rig_dma(r, r->ds1, PORT, IOVA);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), TF);
    assert_int_equal(rig_read(r, MM, IMELAR(1)), IOVA);
}

static void security_groups_bypass_under_p07_bypass(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "P07", IPMMU_P07_BYPASS);
    rig_simple(r);
    rig_write(r, DS1, IMSCTLR, USE_SECGRP);
    assert_end(rig_only(r, r->ds1, PORT, IOVA), NAP_OUTCOME_BYPASS, NAP_BY_CONTEXT);
    rig_dma(r, r->ds1, PORT, IOVA);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), 0);
}

static void security_groups_of_another_cache_do_not_matter(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_write(r, DS0, IMSCTLR, USE_SECGRP);
    assert_reaches(rig_only(r, r->ds1, PORT, IOVA), NAP_BY_WALK, PA);
}

static void a_context_that_is_off_in_the_cache_bypasses_even_its_tlb(void **state)
{
    struct rig *r = *state;
    struct nap_outcome o;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_write(r, DS1, IMCTR(1), 0);
    o = rig_only(r, r->ds1, PORT, IOVA);
    assert_end(o, NAP_OUTCOME_BYPASS, NAP_BY_CONTEXT);
    assert_int_equal(o.pa, IOVA);
    assert_end(rig_dma(r, r->ds1, PORT, IOVA), NAP_OUTCOME_BYPASS, NAP_BY_CONTEXT);
}

static void a_context_off_in_the_cache_faults_under_p02_fault(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "P02", IPMMU_P02_FAULT);
    rig_simple(r);
    rig_write(r, DS1, IMCTR(1), 0);
    assert_end(rig_dma(r, r->ds1, PORT, IOVA), NAP_OUTCOME_FAULT, NAP_BY_CONTEXT);
}

static void a_context_off_in_the_cache_stalls_under_p02_stall(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "P02", IPMMU_P02_STALL);
    rig_simple(r);
    rig_write(r, DS1, IMCTR(1), 0);
    assert_end(rig_dma(r, r->ds1, PORT, IOVA), NAP_OUTCOME_STALL, NAP_BY_CONTEXT);
}

/* A context that is off translates nothing that could fail. */
static void a_context_that_is_off_records_no_fault_in_cache_or_root(void **state)
{
    struct rig *r = *state;

    rig_again(r,
              &(struct rig_options){.sw = {{"P02", IPMMU_P02_FAULT}, {"P03", IPMMU_P03_FAULT}},
                                    .n_switches = 2});
    rig_simple(r);
    rig_write(r, DS1, IMCTR(1), 0);
    assert_int_equal(rig_dma(r, r->ds1, PORT, IOVA).kind, NAP_OUTCOME_FAULT);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), 0);
    rig_write(r, DS1, IMCTR(1), MMUEN);
    rig_write(r, MM, IMCTR(1), VA64);
    assert_int_equal(rig_dma(r, r->ds1, PORT, IOVA).kind, NAP_OUTCOME_FAULT);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), 0);
}

static void a_hit_in_the_cache_does_not_consult_the_root(void **state)
{
    struct rig *r = *state;
    struct nap_outcomes out;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_write(r, MM, IMCTR(1), VA64);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_TLB, PA);
    out = rig_probe(r, r->ds1, PORT, IOVA); /* the entry may be gone when it is needed */
    assert_int_equal(out.n, 2);
    assert_reaches(out.list[0], NAP_BY_TLB, PA);
    assert_end(out.list[1], NAP_OUTCOME_BYPASS, NAP_BY_CONTEXT);
}

static void a_context_that_is_off_in_the_root_bypasses_even_its_tlb(void **state)
{
    struct rig *r = *state;
    struct nap_outcome o;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_write(r, DS1, IMCTR(1), INTEN | MMUEN | FLUSH);
    assert_int_equal(rig_entries(r, r->mm), 1);
    rig_write(r, MM, IMCTR(1), VA64);
    o = rig_only(r, r->ds1, PORT, IOVA);
    assert_end(o, NAP_OUTCOME_BYPASS, NAP_BY_CONTEXT);
    assert_int_equal(o.pa, IOVA);
    assert_end(rig_dma(r, r->ds1, PORT, IOVA), NAP_OUTCOME_BYPASS, NAP_BY_CONTEXT);
}

static void a_context_off_in_the_root_faults_under_p03_fault(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "P03", IPMMU_P03_FAULT);
    rig_simple(r);
    rig_write(r, MM, IMCTR(1), VA64);
    assert_end(rig_only(r, r->ds1, PORT, IOVA), NAP_OUTCOME_FAULT, NAP_BY_CONTEXT);
    assert_end(rig_dma(r, r->ds1, PORT, IOVA), NAP_OUTCOME_FAULT, NAP_BY_CONTEXT);
}

static void a_context_off_in_the_root_stalls_under_p03_stall(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "P03", IPMMU_P03_STALL);
    rig_simple(r);
    rig_write(r, MM, IMCTR(1), VA64);
    assert_end(rig_only(r, r->ds1, PORT, IOVA), NAP_OUTCOME_STALL, NAP_BY_CONTEXT);
}

static void a_hit_in_the_root_comes_before_the_mode_and_the_walk(void **state)
{
    struct rig *r = *state;
    struct nap_outcomes out;

    rig_switch(r, "P08", IPMMU_P08_FAULT);
    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_write(r, DS1, IMCTR(1), INTEN | MMUEN | FLUSH);
    rig_write(r, MM, IMSAUXCTLR, 0);
    out = rig_probe(r, r->ds1, PORT, IOVA);
    assert_int_equal(out.n, 2);
    assert_reaches(out.list[0], NAP_BY_SHARED_TLB, PA);
    assert_end(out.list[1], NAP_OUTCOME_FAULT, NAP_BY_WALK);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_SHARED_TLB, PA);
}

/* After a power cut the table base is undetermined, IMTTBCR is not. */
static void the_mode_comes_before_what_nobody_has_written(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "P08", IPMMU_P08_FAULT);
    rig_vary(r, RETAIN, NULL, 0);
    rig_power_cycle(r);
    rig_write(r, DS1, IMSCTLR, 0);
    rig_write(r, MM, IMSCTLR, 0);
    rig_write(r, MM, IMTTBCR(1), XEN_IMTTBCR); /* PMB, and S2PTE is 0 */
    rig_write(r, MM, IMCTR(1), XEN_IMCTR);
    rig_port(r, DS1, PORT, 1);
    assert_end(rig_only(r, r->ds1, PORT, IOVA), NAP_OUTCOME_FAULT, NAP_BY_WALK);
}

static void a_mode_that_nobody_knows_is_no_mixed_mode(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "P08", IPMMU_P08_FAULT);
    rig_vary(r, RETAIN, NULL, 0);
    rig_power_cycle(r);
    rig_write(r, DS1, IMSCTLR, 0);
    rig_write(r, MM, IMSCTLR, 0);
    rig_base(r, 1, TABLES);
    rig_write(r, MM, IMCTR(1), XEN_IMCTR);
    rig_port(r, DS1, PORT, 1);
    assert_end(rig_only(r, r->ds1, PORT, IOVA), NAP_OUTCOME_UNDETERMINED, NAP_BY_WALK);
}

/* --- FIXADD, switchless (P22) --- */

static void fixadd_replaces_the_upper_address_byte_before_the_walk(void **state)
{
    struct rig *r = *state;
    nap_addr table = rig_simple(r);

    rig_map(r, table, UINT64_C(0x8712345000), PA_RO, PAGE, S2_RW, S2_TABLE);
    rig_write(r, DS1, IMUCTR(PORT), FIXADDEN | FIXADD(0x87u) | TTSEL(1u) | MMUEN);
    assert_reaches(rig_only(r, r->ds1, PORT, UINT64_C(0x12345678)), NAP_BY_WALK, PA_RO + 0x678);
    assert_reaches(rig_dma(r, r->ds1, PORT, UINT64_C(0x12345678)), NAP_BY_WALK, PA_RO + 0x678);
}

static void fixadd_counts_for_untranslated_addresses_too(void **state)
{
    struct rig *r = *state;

    rig_write(r, DS1, IMUCTR(PORT), FIXADDEN | FIXADD(0x87u));
    assert_int_equal(rig_only(r, r->ds1, PORT, UINT64_C(0xff12345678)).pa,
                     UINT64_C(0x8712345678));
}

static void fixadd_without_its_enable_does_nothing(void **state)
{
    struct rig *r = *state;

    rig_write(r, DS1, IMUCTR(PORT), FIXADD(0x87u));
    assert_int_equal(rig_only(r, r->ds1, PORT, UINT64_C(0x12345678)).pa, 0x12345678);
}

static void a_fault_reports_the_address_with_fixadd(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_write(r, DS1, IMSCTLR, USE_SECGRP);
    rig_write(r, DS1, IMUCTR(PORT), FIXADDEN | FIXADD(0x87u) | TTSEL(1u) | MMUEN);
    rig_dma(r, r->ds1, PORT, UINT64_C(0x12345678));
    assert_int_equal(rig_read(r, MM, IMEUAR(1)), 0x87);
}

/* --- walks as Xen sets them up --- */

static void xen_mode_walks_pages_and_both_sizes_of_blocks(void **state)
{
    struct rig *r = *state;
    nap_addr table = rig_simple(r);

    rig_map(r, table, UINT64_C(0xc0000000), HUGE_PA, HUGE, S2_RW, S2_TABLE);
    assert_reaches(rig_only(r, r->ds1, PORT, IOVA_RO + 0xabc), NAP_BY_WALK, PA_RO + 0xabc);
    assert_reaches(rig_only(r, r->ds1, PORT, IOVA + 0x1fffff), NAP_BY_WALK, PA + 0x1fffff);
    assert_reaches(rig_only(r, r->ds1, PORT, UINT64_C(0xf2345678)), NAP_BY_WALK,
                   UINT64_C(0x632345678));
}

/* 40 bits of input take two pages side by side as root table. */
static void xen_mode_reaches_the_second_page_of_the_root_table(void **state)
{
    struct rig *r = *state;
    nap_addr table = rig_simple(r);

    rig_map(r, table, UINT64_C(0xffc0000000), PA, BLOCK, S2_RW, S2_TABLE);
    assert_reaches(rig_only(r, r->ds1, PORT, UINT64_C(0xffc0000000)), NAP_BY_WALK, PA);
}

static void xen_mode_faults_above_40_bits(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, UINT64_C(0x10000000000) + IOVA);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), TF | LVL(1u));
}

/* TSZ0 28 is 36 bits. */
static void xen_mode_takes_the_input_size_from_tsz0(void **state)
{
    struct rig *r = *state;
    nap_addr table = rig_simple(r);

    rig_write(r, MM, IMTTBCR(1), 0xc000005c);
    rig_map(r, table, UINT64_C(0xfc0000000), PA, BLOCK, S2_RW, S2_TABLE);
    assert_reaches(rig_only(r, r->ds1, PORT, UINT64_C(0xfc0000000)), NAP_BY_WALK, PA);
    assert_end(rig_only(r, r->ds1, PORT, UINT64_C(0x1000000000)), NAP_OUTCOME_FAULT,
               NAP_BY_WALK);
}

/* SL0 0 starts at level 2 in the coding of VMSAv8-64: 32 bits over four tables. */
static void xen_mode_takes_the_start_level_from_sl0(void **state)
{
    struct rig *r = *state;
    nap_addr table = rig_table(r, 4);

    rig_simple(r);
    rig_base(r, 1, table);
    rig_write(r, MM, IMTTBCR(1), 0xc0000020);
    rig_put(r, table + 8 * (IOVA >> 21), PA | S2_RW | 1);
    assert_reaches(rig_only(r, r->ds1, PORT, IOVA + 0x12345), NAP_BY_WALK, PA + 0x12345);
}

static void a_table_above_4_gib_needs_the_upper_half_of_the_base(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_base(r, 1, UINT64_C(0x500000000));
    rig_put(r, UINT64_C(0x500000000) + 8, HUGE_PA | S2_RW | 1);
    assert_reaches(rig_only(r, r->ds1, PORT, UINT64_C(0x40000000)), NAP_BY_WALK, HUGE_PA);
}

static void xen_mode_takes_permissions_from_bits_6_and_7(void **state)
{
    struct rig *r = *state;
    nap_addr table = rig_simple(r);
    struct nap_outcome rw = rig_only(r, r->ds1, PORT, IOVA);
    struct nap_outcome ro = rig_only(r, r->ds1, PORT, IOVA_RO);
    struct nap_outcome wo;

    rig_map(r, table, NOT_HERE, PA, PAGE, S2_WO, S2_TABLE);
    wo = rig_only(r, r->ds1, PORT, NOT_HERE);
    assert_true(rw.readable && rw.writable);
    assert_true(ro.readable && !ro.writable);
    assert_true(!wo.readable && wo.writable);
}

static void a_write_without_permission_is_a_permission_fault(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    assert_end(nap_dma(r->m, r->ds1, PORT, IOVA_RO, NAP_WRITE), NAP_OUTCOME_FAULT, NAP_BY_WALK);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), PF | CODE(4u));
    assert_int_equal(rig_read(r, MM, IMELAR(1)), IOVA_RO);
}

static void a_read_without_permission_is_a_permission_fault(void **state)
{
    struct rig *r = *state;
    nap_addr table = rig_simple(r);

    rig_map(r, table, NOT_HERE, PA, PAGE, S2_WO, S2_TABLE);
    assert_int_equal(rig_dma(r, r->ds1, PORT, NOT_HERE).kind, NAP_OUTCOME_FAULT);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), PF | CODE(4u));
}

static void permissions_hold_for_hits_of_both_tlbs(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA_RO);
    assert_end(nap_dma(r->m, r->ds1, PORT, IOVA_RO, NAP_WRITE), NAP_OUTCOME_FAULT, NAP_BY_TLB);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), PF | CODE(4u));
    reset_status(r);
    rig_write(r, DS1, IMCTR(1), INTEN | MMUEN | FLUSH);
    assert_end(nap_dma(r->m, r->ds1, PORT, IOVA_RO, NAP_WRITE), NAP_OUTCOME_FAULT,
               NAP_BY_SHARED_TLB);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), PF | CODE(4u));
}

static void an_invalid_descriptor_is_a_translation_fault_with_its_level(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    assert_end(rig_dma(r, r->ds1, PORT, IOVA_RO + 0x1000), NAP_OUTCOME_FAULT, NAP_BY_WALK);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), TF | LVL(3u));
    reset_status(r);
    rig_dma(r, r->ds1, PORT, NOT_HERE);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), TF | LVL(2u));
    reset_status(r);
    rig_dma(r, r->ds1, PORT, UINT64_C(0xc0000000));
    assert_int_equal(rig_read(r, MM, IMSTR(1)), TF | LVL(1u));
}

static void a_reserved_descriptor_is_a_format_fault(void **state)
{
    struct rig *r = *state;
    nap_addr table = rig_simple(r), last;

    rig_map(r, table, NOT_HERE, PA, PAGE, S2_RW, S2_TABLE);
    last = rig_get(r, (rig_get(r, table + 8) & UINT64_C(0xfffffff000)) +
                          8 * (0x51000000 >> 21 & 511));
    rig_put(r, last & UINT64_C(0xfffffff000), PA | S2_RW | 1);
    rig_dma(r, r->ds1, PORT, NOT_HERE);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), TF | CODE(1u) | LVL(3u));
}

static void a_table_outside_memory_aborts_the_walk(void **state)
{
    struct rig *r = *state;
    nap_addr table = rig_simple(r);

    rig_put(r, table + 24, UINT64_C(0x3000000) | S2_TABLE);
    assert_end(rig_dma(r, r->ds1, PORT, UINT64_C(0xc0000000)), NAP_OUTCOME_FAULT, NAP_BY_WALK);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), ABORT | LVL(2u));
}

static void a_fault_fills_no_tlb(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, NOT_HERE);
    assert_int_equal(rig_entries(r, r->mm), 0);
    assert_int_equal(rig_entries(r, r->ds1), 0);
}

/* --- walks as Linux sets them up --- */

static nap_addr linux_simple(struct rig *r)
{
    nap_addr table = rig_linux(r, 1);

    rig_map(r, table, IOVA, PA, BLOCK, S1_RW, S1_TABLE);
    rig_map(r, table, IOVA_RO, PA_RO, PAGE, S1_RO, S1_TABLE);
    rig_port(r, DS1, PORT, 1);
    return table;
}

static void linux_mode_walks_pages_and_both_sizes_of_blocks(void **state)
{
    struct rig *r = *state;
    nap_addr table = linux_simple(r);

    rig_map(r, table, UINT64_C(0xc0000000), HUGE_PA, HUGE, S1_RW, S1_TABLE);
    assert_reaches(rig_only(r, r->ds1, PORT, IOVA_RO + 0xabc), NAP_BY_WALK, PA_RO + 0xabc);
    assert_reaches(rig_only(r, r->ds1, PORT, IOVA + 0x1fffff), NAP_BY_WALK, PA + 0x1fffff);
    assert_reaches(rig_only(r, r->ds1, PORT, UINT64_C(0xf2345678)), NAP_BY_WALK,
                   UINT64_C(0x632345678));
}

static void linux_mode_faults_above_32_bits(void **state)
{
    struct rig *r = *state;

    linux_simple(r);
    rig_dma(r, r->ds1, PORT, UINT64_C(0x100000000) + IOVA);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), TF | LVL(1u));
    assert_int_equal(rig_read(r, MM, IMEUAR(1)), 1);
}

static void linux_mode_reads_ap2_as_read_only(void **state)
{
    struct rig *r = *state;
    struct nap_outcome rw, ro;

    linux_simple(r);
    rw = rig_only(r, r->ds1, PORT, IOVA);
    ro = rig_only(r, r->ds1, PORT, IOVA_RO);
    assert_true(rw.readable && rw.writable);
    assert_true(ro.readable && !ro.writable);
    nap_dma(r->m, r->ds1, PORT, IOVA_RO, NAP_WRITE);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), PF | CODE(4u));
}

static void linux_mode_wants_ns_in_leaves(void **state)
{
    struct rig *r = *state;
    nap_addr table = linux_simple(r);

    rig_map(r, table, NOT_HERE, PA, PAGE, S1_RW & ~NS, S1_TABLE);
    assert_end(rig_dma(r, r->ds1, PORT, NOT_HERE), NAP_OUTCOME_FAULT, NAP_BY_WALK);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), PF | CODE(5u) | LVL(3u));
}

static void linux_mode_wants_nstable_in_tables(void **state)
{
    struct rig *r = *state;
    nap_addr table = linux_simple(r);

    rig_map(r, table, UINT64_C(0xc0000000), PA, PAGE, S1_RW, S2_TABLE);
    rig_dma(r, r->ds1, PORT, UINT64_C(0xc0000000));
    assert_int_equal(rig_read(r, MM, IMSTR(1)), PF | CODE(5u) | LVL(1u));
}

/* SL0 1 starts at level 2 and 0 at level 3 in the coding of VMSAv8-32, where TSZ0 7 leaves 25
 * bits: a level 2 table of 16 entries. */
static void linux_mode_has_its_own_coding_of_sl0(void **state)
{
    struct rig *r = *state;
    nap_addr table = rig_table(r, 1);

    linux_simple(r);
    rig_base(r, 1, table);
    rig_write(r, MM, IMTTBCR(1), 0x80000047);
    rig_put(r, table + 8 * 3, PA | S1_RW | 1);
    assert_reaches(rig_only(r, r->ds1, PORT, UINT64_C(0x612345)), NAP_BY_WALK, PA + 0x12345);
}

/* --- one format's tables in the other mode --- */

/* Xen's mode with 36 bits, so that one page is the root table, as stage 1 has it, and 1 GiB
 * leaves right in it. Then S2PTE is lost. */
static nap_addr s2pte_lost(struct rig *r, uint64_t leaf_bits)
{
    nap_addr table = rig_simple(r);

    rig_write(r, MM, IMTTBCR(1), 0xc000005c);
    rig_map(r, table, UINT64_C(0xc0000000), HUGE_PA, HUGE, leaf_bits, S2_TABLE);
    rig_write(r, MM, IMSAUXCTLR, 0);
    return table;
}

static void a_stage_2_table_read_as_stage_1_is_a_secure_access_fault(void **state)
{
    struct rig *r = *state;

    s2pte_lost(r, S2_RW);
    rig_dma(r, r->ds1, PORT, IOVA);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), PF | CODE(5u) | LVL(1u));
}

static void a_writable_stage_2_leaf_read_as_stage_1_refuses_writes(void **state)
{
    struct rig *r = *state;
    struct nap_outcome o;

    s2pte_lost(r, S2_RW);
    o = rig_only(r, r->ds1, PORT, UINT64_C(0xc0000000));
    assert_true(o.readable && !o.writable && o.suspect);
    nap_dma(r->m, r->ds1, PORT, UINT64_C(0xc0000000), NAP_WRITE);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), PF | CODE(4u));
}

static void a_read_only_stage_2_leaf_read_as_stage_1_loses_its_protection(void **state)
{
    struct rig *r = *state;
    struct nap_outcome o;

    s2pte_lost(r, S2_RO);
    o = nap_dma(r->m, r->ds1, PORT, UINT64_C(0xc0000000), NAP_WRITE);
    assert_reaches(o, NAP_BY_WALK, HUGE_PA);
    assert_true(o.suspect);
}

static void a_device_stage_2_leaf_read_as_stage_1_is_a_secure_access_fault(void **state)
{
    struct rig *r = *state;

    s2pte_lost(r, S2_DEVICE);
    rig_dma(r, r->ds1, PORT, UINT64_C(0xc0000000));
    assert_int_equal(rig_read(r, MM, IMSTR(1)), PF | CODE(5u) | LVL(1u));
}

/* SL0 1 is level 2 in the coding of VMSAv8-32: the first gigabytes are read as 2 MiB steps. */
static void xen_tables_without_va64_are_walked_from_the_wrong_level(void **state)
{
    struct rig *r = *state;
    struct nap_outcome o;

    rig_simple(r);
    rig_write(r, MM, IMCTR(1), INTEN | MMUEN);
    o = rig_only(r, r->ds1, PORT, IOVA);
    assert_end(o, NAP_OUTCOME_FAULT, NAP_BY_WALK);
}

static void every_mixture_of_mode_bits_is_marked_suspect_and_walked(void **state)
{
    struct rig *r = *state;
    nap_addr table = rig_table(r, 1);
    static const uint32_t eae = 0x80000000u, pmb = 0x40000000u;

    rig_simple(r);
    rig_base(r, 1, table);
    rig_put(r, table + 8, HUGE_PA | S1_RW | 1);
    for (unsigned bits = 0; bits < 16; bits++) {
        bool va64 = bits & 1, s2 = bits & 2, p = bits & 4, e = bits & 8;
        struct nap_outcome o;
        rig_write(r, MM, IMCTR(1), MMUEN | (va64 ? VA64 : 0));
        rig_write(r, MM, IMSAUXCTLR, s2 ? S2PTE : 0);
        /* 36 bits from level 1, or 32 from level 1. */
        rig_write(r, MM, IMTTBCR(1), (e ? eae : 0) | (p ? pmb : 0) | (va64 ? 0x5cu : 0x80u));
        o = rig_only(r, r->ds1, PORT, UINT64_C(0x40000000));
        assert_reaches(o, NAP_BY_WALK, HUGE_PA);
        assert_int_equal(o.suspect, !((va64 == s2 && va64 == p) && e));
    }
}

static void a_mixture_of_mode_bits_faults_under_p08_fault(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "P08", IPMMU_P08_FAULT);
    rig_simple(r);
    assert_reaches(rig_only(r, r->ds1, PORT, IOVA), NAP_BY_WALK, PA);
    rig_write(r, MM, IMSAUXCTLR, 0);
    assert_end(rig_dma(r, r->ds1, PORT, IOVA), NAP_OUTCOME_FAULT, NAP_BY_WALK);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), TF);
}

/* --- what nobody has written --- */

static void awake(struct rig *r)
{
    rig_write(r, DS1, IMSCTLR, 0);
    rig_write(r, MM, IMSCTLR, 0);
    rig_write(r, MM, IMSAUXCTLR, S2PTE);
    rig_write(r, MM, IMCTR(1), XEN_IMCTR);
    rig_port(r, DS1, PORT, 1);
}

static void a_walk_from_a_base_nobody_wrote_says_so(void **state)
{
    struct rig *r = *state;

    rig_power_cycle(r);
    awake(r);
    for (unsigned missing = 0; missing < 4; missing++) {
        rig_power_cycle(r);
        awake(r);
        if (missing != 0)
            rig_write(r, MM, IMTTLBR0(1), (uint32_t)TABLES);
        if (missing != 1)
            rig_write(r, MM, IMTTUBR0(1), 0);
        if (missing != 2)
            rig_write(r, MM, IMTTBCR(1), XEN_IMTTBCR);
        assert_int_equal(rig_only(r, r->ds1, PORT, IOVA).unwritten, missing != 3);
    }
}

static void a_walk_from_a_base_nobody_wrote_goes_where_it_points(void **state)
{
    struct rig *r = *state;
    struct nap_outcome o;

    rig_put(r, TABLES + 8, HUGE_PA | S2_RW | 1);
    awake(r);
    rig_write(r, MM, IMTTUBR0(1), 0);
    rig_write(r, MM, IMTTBCR(1), XEN_IMTTBCR);
    nap_reg_set(r->m, r->mm, IPMMU_SLOT_IMTTLBR0 + 1, TABLES); /* garbage, a plausible one */
    o = rig_only(r, r->ds1, PORT, UINT64_C(0x40000000));
    assert_reaches(o, NAP_BY_WALK, HUGE_PA);
    assert_true(o.unwritten);
}

static void a_walk_from_a_base_nobody_wrote_faults_under_p04_fault(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "P04", IPMMU_P04_FAULT);
    awake(r);
    assert_end(rig_dma(r, r->ds1, PORT, IOVA), NAP_OUTCOME_FAULT, NAP_BY_WALK);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), TF);
    rig_simple(r);
    assert_reaches(rig_only(r, r->ds1, PORT, IOVA), NAP_BY_WALK, PA);
}

static void p04_fault_comes_before_undetermined(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "P04", IPMMU_P04_FAULT);
    rig_vary(r, RETAIN, NULL, 0);
    rig_power_cycle(r);
    awake(r);
    assert_end(rig_only(r, r->ds1, PORT, IOVA), NAP_OUTCOME_FAULT, NAP_BY_WALK);
}

static void an_undetermined_table_register_leaves_the_outcome_undetermined(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_vary(r, RETAIN, NULL, 0);
    for (unsigned missing = 0; missing < 4; missing++) {
        rig_power_cycle(r);
        awake(r);
        if (missing != 0)
            rig_write(r, MM, IMTTLBR0(1), (uint32_t)TABLES);
        if (missing != 1)
            rig_write(r, MM, IMTTUBR0(1), 0);
        if (missing != 2)
            rig_write(r, MM, IMTTBCR(1), XEN_IMTTBCR);
        assert_int_equal(rig_only(r, r->ds1, PORT, IOVA).kind,
                         missing == 3 ? NAP_OUTCOME_TRANSLATED : NAP_OUTCOME_UNDETERMINED);
        assert_int_equal(rig_dma(r, r->ds1, PORT, NOT_HERE).kind,
                         missing == 3 ? NAP_OUTCOME_FAULT : NAP_OUTCOME_UNDETERMINED);
    }
    assert_int_equal(r->n_asked, 0); /* hardware that uses it settles nothing */
}

static void an_undetermined_imsctlr_leaves_the_outcome_undetermined(void **state)
{
    struct rig *r = *state;

    rig_simple(r);
    rig_vary(r, RETAIN, NULL, 0);
    rig_power_cycle(r);
    rig_simple(r);
    assert_end(rig_only(r, r->ds1, PORT, IOVA), NAP_OUTCOME_UNDETERMINED, NAP_BY_CONTEXT);
    rig_write(r, DS1, IMSCTLR, 0);
    assert_end(rig_only(r, r->ds1, PORT, IOVA), NAP_OUTCOME_UNDETERMINED, NAP_BY_CONTEXT);
    assert_end(rig_dma(r, r->ds1, PORT, IOVA), NAP_OUTCOME_UNDETERMINED, NAP_BY_CONTEXT);
    rig_write(r, MM, IMSCTLR, 0);
    assert_reaches(rig_only(r, r->ds1, PORT, IOVA), NAP_BY_WALK, PA);
}

static void known_security_groups_of_the_cache_decide_before_an_unknown_root(void **state)
{
    struct rig *r = *state;

    rig_vary(r, RETAIN, NULL, 0);
    rig_power_cycle(r);
    rig_simple(r);
    rig_write(r, DS1, IMSCTLR, USE_SECGRP);
    assert_end(rig_only(r, r->ds1, PORT, IOVA), NAP_OUTCOME_FAULT, NAP_BY_CONTEXT);
}

static void an_undetermined_asid_matters_only_where_an_entry_could_match(void **state)
{
    struct rig *r = *state;
    struct nap_outcomes out;

    rig_switch(r, "P18", IPMMU_P18_KEPT);
    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_vary(r, RETAIN, NULL, 0);
    rig_power_cycle(r);
    rig_write(r, DS1, IMSCTLR, 0);
    rig_write(r, MM, IMSCTLR, 0);
    rig_simple(r);
    out = rig_probe(r, r->ds1, PORT, IOVA);
    assert_end(out.list[0], NAP_OUTCOME_UNDETERMINED, NAP_BY_TLB);
    assert_end(rig_dma(r, r->ds1, PORT, IOVA), NAP_OUTCOME_UNDETERMINED, NAP_BY_TLB);
    assert_reaches(rig_probe(r, r->ds1, PORT, IOVA_RO).list[0], NAP_BY_WALK, PA_RO);
    rig_write(r, DS1, IMUASID(PORT), 0);
    assert_reaches(rig_dma(r, r->ds1, PORT, IOVA), NAP_BY_TLB, PA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(a_unit_without_power_ends_every_access_in_a_bus_error),
        rig_test(a_root_without_power_ends_translated_traffic_in_a_bus_error),
        rig_test(a_port_that_is_off_passes_addresses_untranslated),
        rig_test(a_port_that_is_off_is_not_stopped_by_anything_behind_it),
        rig_test(ttsel_is_judged_before_the_security_groups),
        rig_test(a_fault_for_an_illegal_ttsel_is_recorded_nowhere),
        rig_test(an_illegal_ttsel_bypasses_under_p05_bypass),
        rig_test(context_0_works_like_any_other),
        rig_test(security_groups_of_the_cache_come_before_its_context),
        rig_test(security_groups_of_the_root_come_before_the_cache_context),
        rig_test(security_groups_stop_even_what_the_tlb_holds),
        rig_test(a_fault_by_security_groups_is_a_translation_fault),
        rig_test(security_groups_bypass_under_p07_bypass),
        rig_test(security_groups_of_another_cache_do_not_matter),
        rig_test(a_context_that_is_off_in_the_cache_bypasses_even_its_tlb),
        rig_test(a_context_off_in_the_cache_faults_under_p02_fault),
        rig_test(a_context_off_in_the_cache_stalls_under_p02_stall),
        rig_test(a_context_that_is_off_records_no_fault_in_cache_or_root),
        rig_test(a_hit_in_the_cache_does_not_consult_the_root),
        rig_test(a_context_that_is_off_in_the_root_bypasses_even_its_tlb),
        rig_test(a_context_off_in_the_root_faults_under_p03_fault),
        rig_test(a_context_off_in_the_root_stalls_under_p03_stall),
        rig_test(a_hit_in_the_root_comes_before_the_mode_and_the_walk),
        rig_test(the_mode_comes_before_what_nobody_has_written),
        rig_test(a_mode_that_nobody_knows_is_no_mixed_mode),
        rig_test(fixadd_replaces_the_upper_address_byte_before_the_walk),
        rig_test(fixadd_counts_for_untranslated_addresses_too),
        rig_test(fixadd_without_its_enable_does_nothing),
        rig_test(a_fault_reports_the_address_with_fixadd),
        rig_test(xen_mode_walks_pages_and_both_sizes_of_blocks),
        rig_test(xen_mode_reaches_the_second_page_of_the_root_table),
        rig_test(xen_mode_faults_above_40_bits),
        rig_test(xen_mode_takes_the_input_size_from_tsz0),
        rig_test(xen_mode_takes_the_start_level_from_sl0),
        rig_test(a_table_above_4_gib_needs_the_upper_half_of_the_base),
        rig_test(xen_mode_takes_permissions_from_bits_6_and_7),
        rig_test(a_write_without_permission_is_a_permission_fault),
        rig_test(a_read_without_permission_is_a_permission_fault),
        rig_test(permissions_hold_for_hits_of_both_tlbs),
        rig_test(an_invalid_descriptor_is_a_translation_fault_with_its_level),
        rig_test(a_reserved_descriptor_is_a_format_fault),
        rig_test(a_table_outside_memory_aborts_the_walk),
        rig_test(a_fault_fills_no_tlb),
        rig_test(linux_mode_walks_pages_and_both_sizes_of_blocks),
        rig_test(linux_mode_faults_above_32_bits),
        rig_test(linux_mode_reads_ap2_as_read_only),
        rig_test(linux_mode_wants_ns_in_leaves),
        rig_test(linux_mode_wants_nstable_in_tables),
        rig_test(linux_mode_has_its_own_coding_of_sl0),
        rig_test(a_stage_2_table_read_as_stage_1_is_a_secure_access_fault),
        rig_test(a_writable_stage_2_leaf_read_as_stage_1_refuses_writes),
        rig_test(a_read_only_stage_2_leaf_read_as_stage_1_loses_its_protection),
        rig_test(a_device_stage_2_leaf_read_as_stage_1_is_a_secure_access_fault),
        rig_test(xen_tables_without_va64_are_walked_from_the_wrong_level),
        rig_test(every_mixture_of_mode_bits_is_marked_suspect_and_walked),
        rig_test(a_mixture_of_mode_bits_faults_under_p08_fault),
        rig_test(a_walk_from_a_base_nobody_wrote_says_so),
        rig_test(a_walk_from_a_base_nobody_wrote_goes_where_it_points),
        rig_test(a_walk_from_a_base_nobody_wrote_faults_under_p04_fault),
        rig_test(p04_fault_comes_before_undetermined),
        rig_test(an_undetermined_table_register_leaves_the_outcome_undetermined),
        rig_test(an_undetermined_imsctlr_leaves_the_outcome_undetermined),
        rig_test(known_security_groups_of_the_cache_decide_before_an_unknown_root),
        rig_test(an_undetermined_asid_matters_only_where_an_entry_could_match),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
