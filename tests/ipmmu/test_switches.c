/* SPDX-License-Identifier: MIT */
/* Switches P01 to P30 of models/ipmmu-vmsa.yaml: for each a situation in which its values part,
 * and what each value makes of it; the values and what they mean are from docs/ipmmu-facts.md,
 * "Policy where hardware is not public". Details stand in the tests of each part. */
#include "rig.h"

#include <stdio.h>

#include "seam/seam.h"

#define NEW_PA UINT64_C(0x5a000000)

static const char *kind_of(struct nap_outcome o)
{
    return nap_outcome_name(o.kind);
}

static const char *now(struct rig *r)
{
    return kind_of(rig_only(r, r->ds1, PORT, IOVA));
}

/* --- which stage decides --- */

static const char *port_off(struct rig *r)
{
    rig_simple(r);
    rig_write(r, DS1, IMUCTR(PORT), TTSEL(1u));
    return now(r);
}

static const char *cache_context_off(struct rig *r)
{
    rig_simple(r);
    rig_write(r, DS1, IMCTR(1), 0);
    return now(r);
}

static const char *root_context_off(struct rig *r)
{
    rig_simple(r);
    rig_write(r, MM, IMCTR(1), VA64 | INTEN);
    return now(r);
}

/* The upper half of the base is as the power cut left it. */
static const char *base_unwritten(struct rig *r)
{
    rig_simple(r);
    rig_power_cycle(r);
    rig_write(r, MM, IMSAUXCTLR, S2PTE);
    rig_write(r, MM, IMTTLBR0(1), (uint32_t)TABLES);
    rig_write(r, MM, IMTTBCR(1), XEN_IMTTBCR);
    rig_write(r, MM, IMCTR(1), XEN_IMCTR);
    rig_port(r, DS1, PORT, 1);
    return now(r);
}

static const char *no_such_context(struct rig *r)
{
    rig_simple(r);
    rig_write(r, DS1, IMUCTR(PORT), TTSEL(9u) | MMUEN);
    return now(r);
}

static const char *context_0(struct rig *r)
{
    rig_map(r, rig_xen(r, 0), IOVA, PA, BLOCK, S2_RW, S2_TABLE);
    rig_port(r, DS1, PORT, 0);
    return now(r);
}

static const char *security_groups(struct rig *r)
{
    rig_simple(r);
    rig_write(r, MM, IMSCTLR, USE_SECGRP);
    return now(r);
}

/* Xen's mode without its PMB bit. */
static const char *mixed_mode(struct rig *r)
{
    rig_simple(r);
    rig_write(r, MM, IMTTBCR(1), XEN_IMTTBCR & ~0x40000000u);
    return now(r);
}

static const char *fixadd(struct rig *r)
{
    struct nap_outcome o;

    rig_write(r, DS1, IMUCTR(PORT), FIXADDEN | FIXADD(6u));
    o = rig_only(r, r->ds1, PORT, IOVA);
    assert_int_equal(o.kind, NAP_OUTCOME_BYPASS);
    return o.pa == (UINT64_C(6) << 32 | IOVA) ? "replaced" : o.pa == IOVA ? "passed" : "?";
}

/* Bit 32 in Linux's mode, and bit 40 in Xen's: one above the range of each. */
static const char *beyond_the_range(struct rig *r)
{
    nap_addr table = rig_linux(r, 2);
    const char *in_linux_mode;
    struct nap_outcome o;

    rig_map(r, table, IOVA, PA, BLOCK, S1_RW, S1_TABLE);
    rig_port(r, DS1, 3, 2);
    in_linux_mode = kind_of(rig_dma(r, r->ds1, 3, UINT64_C(1) << 32 | IOVA));
    rig_simple(r);
    o = rig_dma(r, r->ds1, PORT, UINT64_C(1) << 40 | (IOVA + 0x1234));
    assert_string_equal(kind_of(o), in_linux_mode);
    if (o.kind == NAP_OUTCOME_FAULT)
        assert_int_equal(rig_read(r, MM, IMSTR(1)) & (TF | PF | ABORT | MHIT), TF);
    else
        assert_int_equal(o.pa, PA + 0x1234);
    return kind_of(o);
}

/* --- TLBs --- */

/* Used, then mapped elsewhere; the root's context has been flushed, the cache's has not. */
static const char *root_flushed(struct rig *r)
{
    nap_addr table = rig_simple(r);

    rig_dma(r, r->ds1, PORT, IOVA);
    rig_map(r, table, IOVA, NEW_PA, BLOCK, S2_RW, S2_TABLE);
    rig_write(r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    return rig_dma(r, r->ds1, PORT, IOVA).pa == PA ? "stale" : "fresh";
}

static const char *late_flush(struct rig *r)
{
    static const char *const counted[] = {[0] = "0", [3] = "3", [20] = "20", [21] = ""};
    unsigned reads = 0;

    nap_set_policy(r->m, NAP_POLICY_LAZY);
    rig_simple(r);
    rig_write(r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    while (reads < 21 && (rig_read(r, MM, IMCTR(1)) & FLUSH))
        reads++;
    return counted[reads];
}

static const char *flush_of_a_context_that_is_off(struct rig *r)
{
    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_write(r, MM, IMCTR(1), FLUSH);
    rig_write(r, DS1, IMCTR(1), FLUSH);
    if ((rig_read(r, MM, IMCTR(1)) | rig_read(r, DS1, IMCTR(1))) & FLUSH)
        return "pending";
    return rig_entries(r, r->mm) + rig_entries(r, r->ds1) == 0 ? "dropped" : "kept";
}

/* Whoever writes 0 to FLUSH while it is pending: of a context, and of a port. */
static const char *flush_taken_back(struct rig *r)
{
    uint32_t root, port;

    nap_set_policy(r->m, NAP_POLICY_LAZY);
    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_write(r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    rig_write(r, DS1, IMUCTR(PORT), TTSEL(1u) | MMUEN | FLUSH);
    rig_write(r, MM, IMCTR(1), XEN_IMCTR);
    rig_write(r, DS1, IMUCTR(PORT), TTSEL(1u) | MMUEN);
    root = rig_read(r, MM, IMCTR(1)) & FLUSH;
    port = rig_read(r, DS1, IMUCTR(PORT)) & FLUSH;
    assert_int_equal(root, port);
    nap_work_finish_all(r->m);
    assert_int_equal(rig_entries(r, r->mm), rig_entries(r, r->ds1));
    return root && rig_entries(r, r->mm) == 0    ? "goes on"
           : !root && rig_entries(r, r->mm) == 1 ? "is over, entries stay"
                                                 : "?";
}

static const char *new_table_without_flush(struct rig *r)
{
    nap_addr table = rig_simple(r);

    rig_dma(r, r->ds1, PORT, IOVA);
    rig_map(r, table, IOVA, NEW_PA, BLOCK, S2_RW, S2_TABLE);
    rig_write(r, MM, IMCTR(1), 0);
    rig_base(r, 1, table);
    rig_write(r, MM, IMCTR(1), XEN_IMCTR);
    return rig_dma(r, r->ds1, PORT, IOVA).pa == PA ? "stale" : "fresh";
}

static const char *new_ttsel_without_flush(struct rig *r)
{
    rig_simple(r);
    rig_map(r, rig_xen(r, 2), IOVA, NEW_PA, BLOCK, S2_RW, S2_TABLE);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_port(r, DS1, PORT, 2);
    return rig_dma(r, r->ds1, PORT, IOVA).pa == PA ? "stale" : "fresh";
}

/* A page was mapped and used; then the block around it was, and was used elsewhere. */
static const char *two_entries(struct rig *r)
{
    nap_addr table = rig_simple(r);
    struct nap_outcome o;

    rig_map(r, table, NOT_HERE + 0x1000, PA, PAGE, S2_RW, S2_TABLE);
    rig_dma(r, r->ds1, PORT, NOT_HERE + 0x1000);
    rig_map(r, table, NOT_HERE, NEW_PA, BLOCK, S2_RW, S2_TABLE);
    rig_dma(r, r->ds1, PORT, NOT_HERE);
    o = rig_dma(r, r->ds1, PORT, NOT_HERE + 0x1234);
    if (o.kind == NAP_OUTCOME_FAULT)
        return rig_read(r, MM, IMSTR(1)) == MHIT ? "MHIT" : "?";
    assert_int_equal(rig_read(r, MM, IMSTR(1)), 0);
    return o.pa == PA + 0x234 ? "older" : "newer";
}

static const char *power_cut_with_a_warm_tlb(struct rig *r)
{
    rig_simple(r);
    rig_dma(r, r->ds1, PORT, IOVA);
    rig_vary(r, RETAIN, NULL, 0);
    rig_power_cycle(r);
    rig_write(r, DS1, IMSCTLR, 0);
    rig_write(r, MM, IMSCTLR, 0);
    rig_write(r, DS1, IMUASID(PORT), 0);
    rig_port(r, DS1, PORT, 1);
    return r->n_asked ? "chosen" : rig_entries(r, r->ds1) ? "kept" : "empty";
}

static const char *discache(struct rig *r)
{
    rig_simple(r);
    rig_write(r, DS1, IMSCTLR, DISCACHE);
    rig_dma(r, r->ds1, PORT, IOVA);
    assert_int_equal(rig_entries(r, r->mm), 1); /* the root caches in any case */
    return rig_entries(r, r->ds1) ? "kept" : "none";
}

static unsigned n_steps; /* of the DMA that a_dma() sends */

static void count_step(void *context, const struct nap_machine *m, const struct nap_event *e)
{
    (void)context;
    (void)m;
    n_steps += e->kind == NAP_STEP_DMA ? 1 : 100;
}

static const char *a_dma(struct rig *r)
{
    rig_simple(r);
    n_steps = 0;
    nap_set_trace(r->m, count_step, NULL);
    rig_dma(r, r->ds1, PORT, IOVA);
    nap_set_trace(r->m, NULL, NULL);
    return n_steps == 1 ? "one step" : "?";
}

/* --- faults and registers --- */

static const char *status_cleared_by_0(struct rig *r)
{
    uint32_t low;

    rig_simple(r);
    rig_dma(r, r->ds1, PORT, NOT_HERE);
    rig_write(r, MM, IMSTR(1), 0);
    low = rig_read(r, MM, IMELAR(1));
    if (rig_read(r, MM, IMSTR(1)) == 0)
        return low == 0 && !nap_wire(r->m, r->mm) ? "cleared" : "?";
    assert_int_equal(low, NOT_HERE);
    assert_true(nap_wire(r->m, r->mm));
    rig_write(r, MM, IMSTR(1), 0xffffffff);
    assert_int_equal(rig_read(r, MM, IMSTR(1)), 0);
    assert_int_equal(rig_read(r, MM, IMELAR(1)), 0);
    assert_false(nap_wire(r->m, r->mm));
    return "kept, and cleared by 1";
}

static int read_vp0(void *context)
{
    *(uint64_t *)context = nap_seam_read(VP0 + IMCTR(1), 4, NULL, 0);
    return 0;
}

static const char *read_without_power(struct rig *r)
{
    uint64_t value = 1;

    nap_power_off(r->m, 1u << nap_domain_find(r->m, "a3vp"));
    if (nap_seam_call(r->m, "read", read_vp0, &value) == NAP_SEAM_STUCK)
        return "the call ends";
    return value == 0xffffffff ? "ones" : value == 0 ? "zeros" : "?";
}

/* Nothing is held; a write that nobody has needed is on its way all the same. */
static uint32_t plainest(void *context, const struct nap_choice *choice)
{
    (void)context;
    (void)choice;
    return 0;
}

static const char *write_on_its_way(struct rig *r)
{
    nap_set_chooser(r->m, plainest, NULL, NAP_CHOICE_BIT(NAP_CHOOSE_POST));
    rig_write(r, DS1, IMUASID(PORT), 7);
    if (nap_reg_get(r->m, r->ds1, IPMMU_SLOT_IMUASID + PORT) == 7)
        return "there";
    return rig_read(r, DS1, IMUASID(PORT)) == 7 ? "on its way" : "?";
}

static const char *root_bits_written_to_a_cache(struct rig *r)
{
    rig_write(r, DS1, IMCTR(1), 0x20000005);
    return rig_read(r, DS1, IMCTR(1)) == 0x5 ? "ignored" : "?";
}

/* Two contexts have faulted: the line stays high until the second is cleared. */
static const char *line_while_a_handler_scans(struct rig *r)
{
    rig_simple(r);
    rig_xen(r, 2);
    rig_port(r, DS1, 3, 2);
    rig_dma(r, r->ds1, PORT, NOT_HERE);
    rig_dma(r, r->ds1, 3, NOT_HERE);
    rig_write(r, MM, IMSTR(1), 0);
    if (!nap_wire(r->m, r->mm))
        return "?";
    rig_write(r, MM, IMSTR(2), 0);
    return nap_wire(r->m, r->mm) ? "?" : "follows each write";
}

static const char gen4_board[] =
    "soc: gen4\ntitle: A Gen4 root and cache\nsource: this test\ndomains:\n  - {name: on}\n"
    "devices:\n"
    "  - {name: mm, model: ipmmu-vmsa-gen4, variant: root, base: 0xeefc0000, size: 0x20000, "
    "domain: on}\n"
    "  - {name: ds0, model: ipmmu-vmsa-gen4, variant: cache, base: 0xeed00000, size: 0x20000, "
    "domain: on, upstream: mm}\n"
    "masters:\n  - {name: a, domain: on, ports: [{device: ds0, first: 0}]}\n"
    "ram:\n  - {base: 0x40000000, size: 0x40000000}\n";

/* Whether nothing answers on @base + @offset, nor where the other controls of Gen4 are. */
static bool nothing_at(struct nap_machine *m, nap_addr base, uint32_t offset)
{
    uint64_t answer = 0;

    for (unsigned i = 0; i < 2; i++) {
        nap_addr at = base + offset + i * 0x1000;
        nap_bus_write(m, at, 4, UINT32_MAX, (struct nap_source){NULL, 0, NULL});
        answer |= nap_bus_read(m, at, 4, (struct nap_source){NULL, 0, NULL});
    }
    return answer == 0;
}

/* PMB of a cache; IMSSTR, RAM errors and performance counters of the root. */
static const char *gen3_places_on_gen4(struct rig *r)
{
    struct nap_machine_config config = {.blocks = nap_builtin_blocks(), .slot = 1};
    struct nap_machine *m;
    struct nap_soc *soc;
    bool absent = true;

    (void)r;
    assert_int_equal(nap_soc_load(gen4_board, sizeof gen4_board - 1, "gen4.yaml", &soc, NULL),
                     NAP_OK);
    config.soc = soc;
    assert_int_equal(nap_machine_create(&config, &m, NULL), NAP_OK);
    for (uint32_t offset = 0x200; offset < 0x300; offset += 4)
        absent &= nothing_at(m, 0xeed00000, offset);
    for (uint32_t offset = 0x540; offset < 0x5a0; offset += 4)
        absent &= nothing_at(m, 0xeefc0000, offset);
    nap_machine_destroy(m);
    nap_soc_free(soc);
    return absent ? "absent" : "?";
}

/* "Reset values": both profiles leave ports off. */
static const char *power_on_values(struct rig *r)
{
    for (int hostile = 0; hostile < 2; hostile++) {
        nap_set_profile(r->m, hostile ? NAP_PROFILE_HOSTILE : NAP_PROFILE_ZERO);
        rig_power_cycle(r);
        assert_int_equal(rig_read(r, DS1, IMUCTR(PORT)), 0);
        assert_int_equal(rig_read(r, MM, IMCTR(1)), 0);
        assert_int_equal(rig_read(r, DS1, IMSCTLR), hostile ? 0x10000000 : 0);
        assert_int_equal(rig_read(r, MM, IMTTLBR0(1)) != 0, hostile);
    }
    return "by profile";
}

/* RTSEL, TREN, TRE and AFE of IMCTR, and IMCAAR: kept, told, and without effect. */
static const char *bits_with_a_name_only(struct rig *r)
{
    rig_simple(r);
    rig_write(r, MM, IMCTR(1), XEN_IMCTR | 0x00030078);
    rig_write(r, MM, 0x44, 0x1234);
    assert_int_equal(r->m->n_unmodelled, 2);
    assert_reaches(rig_only(r, r->ds1, PORT, IOVA), NAP_BY_WALK, PA);
    return rig_read(r, MM, IMCTR(1)) == (XEN_IMCTR | 0x00030078) &&
                   rig_read(r, MM, 0x44) == 0x1234
               ? "storage"
               : "?";
}

static const char *ports_of_the_root(struct rig *r)
{
    rig_write(r, MM, IMUCTR(3), MMUEN);
    return rig_read(r, MM, IMUCTR(3)) == 0 ? "absent" : "?";
}

static const char gen2_board[] =
    "soc: gen2\ntitle: A Gen2 unit\nsource: this test\ndomains:\n  - {name: on}\ndevices:\n"
    "  - {name: mx, model: ipmmu-vmsa-gen2, variant: whole, base: 0xfe951000, size: 0x1000, "
    "domain: on}\n";

static const char *ports_of_a_unit_of_gen2(struct rig *r)
{
    const struct nap_switch_setting set = {"P30", 0};
    struct nap_machine_config config = {
        .blocks = nap_builtin_blocks(), .slot = 1, .switches = &set, .n_switches = 1};
    struct nap_machine *m;
    struct nap_soc *soc;
    uint64_t shown;

    (void)r;
    assert_int_equal(nap_soc_load(gen2_board, sizeof gen2_board - 1, "gen2.yaml", &soc, NULL),
                     NAP_OK);
    config.soc = soc;
    assert_int_equal(nap_machine_create(&config, &m, NULL), NAP_OK);
    nap_bus_write(m, 0xfe951b30, 4, MMUEN, (struct nap_source){NULL, 0, NULL});
    shown = nap_bus_read(m, 0xfe951b30, 4, (struct nap_source){NULL, 0, NULL});
    nap_machine_destroy(m);
    nap_soc_free(soc);
    return shown == MMUEN ? "present" : "?";
}

/* --- the table --- */

static const struct {
    const char *id, *value;
    const char *(*situation)(struct rig *r);
    const char *expected;
} cases[] = {
    {"P01", "bypass", port_off, "bypass"},
    {"P02", "bypass", cache_context_off, "bypass"},
    {"P02", "fault", cache_context_off, "fault"},
    {"P02", "stall", cache_context_off, "stall"},
    {"P03", "bypass", root_context_off, "bypass"},
    {"P03", "fault", root_context_off, "fault"},
    {"P03", "stall", root_context_off, "stall"},
    {"P04", "walk", base_unwritten, "translated"},
    {"P04", "fault", base_unwritten, "fault"},
    {"P05", "fault", no_such_context, "fault"},
    {"P05", "bypass", no_such_context, "bypass"},
    {"P06", "as-context", context_0, "translated"},
    {"P07", "fault", security_groups, "fault"},
    {"P07", "bypass", security_groups, "bypass"},
    {"P08", "walk", mixed_mode, "translated"},
    {"P08", "fault", mixed_mode, "fault"},
    {"P09", "split", root_flushed, "stale"},
    {"P09", "single", root_flushed, "fresh"},
    {"P10", "own", root_flushed, "stale"},
    {"P10", "root-drops-caches", root_flushed, "fresh"},
    {"P11", "3", late_flush, "3"},
    {"P11", "0", late_flush, "0"},
    {"P11", "20", late_flush, "20"},
    {"P12", "performed", flush_of_a_context_that_is_off, "dropped"},
    {"P13", "continues", flush_taken_back, "goes on"},
    {"P13", "cancelled", flush_taken_back, "is over, entries stay"},
    {"P14", "keep", new_table_without_flush, "stale"},
    {"P15", "tag-context", new_ttsel_without_flush, "fresh"},
    {"P15", "no-context-tag", new_ttsel_without_flush, "stale"},
    {"P16", "fault", two_entries, "MHIT"},
    {"P16", "older", two_entries, "older"},
    {"P17", "store", status_cleared_by_0, "cleared"},
    {"P17", "w1c", status_cleared_by_0, "kept, and cleared by 1"},
    {"P18", "unsettled", power_cut_with_a_warm_tlb, "chosen"},
    {"P18", "empty", power_cut_with_a_warm_tlb, "empty"},
    {"P18", "kept", power_cut_with_a_warm_tlb, "kept"},
    {"P19", "ones", read_without_power, "ones"},
    {"P19", "zeros", read_without_power, "zeros"},
    {"P19", "abort", read_without_power, "the call ends"},
    {"P20", "fifo", write_on_its_way, "on its way"},
    {"P20", "strict", write_on_its_way, "there"},
    {"P21", "ignored", root_bits_written_to_a_cache, "ignored"},
    {"P22", "applied", fixadd, "replaced"},
    {"P22", "ignore", fixadd, "passed"},
    {"P23", "atomic", a_dma, "one step"},
    {"P24", "none-kept", discache, "none"},
    {"P24", "ignore", discache, "kept"},
    {"P25", "fault", beyond_the_range, "fault"},
    {"P25", "wrap", beyond_the_range, "translated"},
    {"P26", "each-write", line_while_a_handler_scans, "follows each write"},
    {"P27", "absent", gen3_places_on_gen4, "absent"},
    {"P28", "by-profile", power_on_values, "by profile"},
    {"P29", "storage", bits_with_a_name_only, "storage"},
    {"P30", "absent", ports_of_the_root, "absent"},
    {"P30", "present", ports_of_a_unit_of_gen2, "present"}, /* on Gen2 */
};

#define N_CASES (sizeof cases / sizeof cases[0])

/* Of a block, the Gen3 one first; NULL after the last. */
static const struct nap_model *model(unsigned i)
{
    return nap_builtin_blocks()[i] ? nap_builtin_blocks()[i]->model : NULL;
}

static bool is_case(size_t i, const char *id, const char *value)
{
    return strcmp(cases[i].id, id) == 0 && strcmp(cases[i].value, value) == 0;
}

static const struct nap_switch *find(const struct nap_model *of, const char *id)
{
    for (uint32_t s = 0; s < of->n_switches; s++)
        if (strcmp(of->switches[s].id, id) == 0)
            return &of->switches[s];
    return NULL;
}

/* -1: no such value. */
static int value_of(const struct nap_switch *sw, const char *value)
{
    for (uint32_t v = 0; sw && v < sw->n_values; v++)
        if (strcmp(sw->values[v], value) == 0)
            return (int)v;
    return -1;
}

/* What another generation decides has a machine of its own. */
static void every_value_does_what_it_says(void **state)
{
    struct rig *r = *state;

    for (size_t i = 0; i < N_CASES; i++) {
        int value = value_of(find(model(0), cases[i].id), cases[i].value);
        const char *shown;

        if (value >= 0)
            rig_switch(r, cases[i].id, (uint32_t)value);
        shown = cases[i].situation(r);
        if (strcmp(shown, cases[i].expected) != 0)
            fail_msg("%s=%s: %s, expected %s", cases[i].id, cases[i].value, shown,
                     cases[i].expected);
    }
}

/* The first value is the default: without any setting the same comes out. */
static void the_first_value_is_what_happens_unasked(void **state)
{
    struct rig *r = *state;

    for (size_t i = 0; i < N_CASES; i++) {
        if (value_of(find(model(0), cases[i].id), cases[i].value) != 0)
            continue;
        rig_again(r, &(struct rig_options){.n_switches = 0});
        assert_string_equal(cases[i].situation(r), cases[i].expected);
    }
}

static void every_value_of_every_switch_has_its_case(void **state)
{
    (void)state;
    for (unsigned b = 0; model(b) && strncmp(model(b)->name, "ipmmu", 5) == 0; b++)
        for (uint32_t s = 0; s < model(b)->n_switches; s++) {
            const struct nap_switch *sw = &model(b)->switches[s];
            for (uint32_t v = 0; v < sw->n_values; v++) {
                unsigned n = 0;
                for (size_t i = 0; i < N_CASES; i++)
                    n += is_case(i, sw->id, sw->values[v]);
                if (n != 1)
                    fail_msg("%s=%s has %u cases", sw->id, sw->values[v], n);
            }
        }
}

/* Of one switch no two values show the same. */
static void the_values_of_a_switch_can_be_told_apart(void **state)
{
    (void)state;
    for (size_t a = 0; a < N_CASES; a++)
        for (size_t b = 0; b < a; b++)
            if (strcmp(cases[a].id, cases[b].id) == 0)
                assert_string_not_equal(cases[a].expected, cases[b].expected);
}

/* Facts, section 7: P27 is about Gen4 alone. Where each unit is its own root there is no cache
 * (P03, P09, P10, P21, P24) and no IMSCTLR (P07), and software uses context 0 (P06). */
static void a_generation_has_the_switches_that_mean_something_there(void **state)
{
    static const char *const lacks[] = {" P27", " P03 P06 P07 P09 P10 P21 P24 P27", ""};
    char id[8];

    (void)state;
    for (unsigned b = 0; b < 3; b++)
        for (unsigned i = 1; i <= 30; i++) {
            (void)snprintf(id, sizeof id, "P%02u", i);
            if ((find(model(b), id) == NULL) != (strstr(lacks[b], id) != NULL))
                fail_msg("%s of %s", id, model(b)->name);
        }
    assert_string_equal(find(model(0), "P30")->values[0], "absent");
    assert_string_equal(find(model(1), "P30")->values[0], "present");
    assert_string_equal(find(model(2), "P30")->values[0], "absent");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(every_value_does_what_it_says),
        rig_test(the_first_value_is_what_happens_unasked),
        cmocka_unit_test(every_value_of_every_switch_has_its_case),
        cmocka_unit_test(the_values_of_a_switch_can_be_told_apart),
        cmocka_unit_test(a_generation_has_the_switches_that_mean_something_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
