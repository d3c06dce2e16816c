/* SPDX-License-Identifier: MIT */
/* Gen2 and Gen4: where registers lie, and what is otherwise than on Gen3. Addresses and values
 * are typed from docs/ipmmu-facts.md 1.1 to 1.4, 3.2 and 4.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <regnap/block.h>
#include <regnap/builtin.h>
#include <regnap/bus.h>
#include <regnap/dma.h>

#include "core/core.h"
#include "ipmmu/ipmmu.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define MM  UINT64_C(0xeefc0000) /* Gen4 root */
#define DS0 UINT64_C(0xeed00000) /* Gen4 cache, mmc0 at port 32, x at port 63 */
#define MX  UINT64_C(0xfe951000) /* Gen2, vsp at port 0 */

static const char board[] =
    "soc: both\ntitle: A Gen4 and a Gen2 IPMMU\nsource: this test\n"
    "domains:\n  - {name: on}\n"
    "devices:\n"
    "  - {name: mm, model: ipmmu-vmsa-gen4, variant: root, base: 0xeefc0000, size: 0x20000, "
    "domain: on, irq: 21}\n"
    "  - {name: ds0, model: ipmmu-vmsa-gen4, variant: cache, base: 0xeed00000, size: 0x20000, "
    "domain: on, upstream: mm}\n"
    "  - {name: mx, model: ipmmu-vmsa-gen2, variant: whole, base: 0xfe951000, size: 0x1000, "
    "domain: on, irq: 222}\n"
    "masters:\n"
    "  - {name: mmc0, domain: on, ports: [{device: ds0, first: 32}]}\n"
    "  - {name: x, domain: on, ports: [{device: ds0, first: 63}]}\n"
    "  - {name: vsp, domain: on, ports: [{device: mx, first: 0}]}\n"
    "ram:\n  - {base: 0x40000000, size: 0x40000000}\n";

struct both {
    struct nap_soc *soc;
    struct nap_machine *m;
    unsigned mm, ds0, mx;
};

static unsigned device(const struct nap_machine *m, const char *name)
{
    int i = nap_device_find(m, name);

    assert_true(i >= 0);
    return (unsigned)i;
}

static void make_machine(struct both *b, const struct nap_switch_setting *sw, unsigned n)
{
    struct nap_machine_config config = {
        .blocks = nap_builtin_blocks(), .soc = b->soc, .switches = sw, .n_switches = n};
    struct nap_error error = {.code = NAP_OK};

    if (nap_machine_create(&config, &b->m, &error))
        fail_msg("%s", error.text);
    b->mm = device(b->m, "mm");
    b->ds0 = device(b->m, "ds0");
    b->mx = device(b->m, "mx");
}

static int set_up(void **state)
{
    static struct both b;
    struct nap_error error = {.code = NAP_OK};

    if (nap_soc_load(board, sizeof(board) - 1, "both.yaml", &b.soc, &error))
        fail_msg("%s", error.text);
    make_machine(&b, NULL, 0);
    *state = &b;
    return 0;
}

static int tear_down(void **state)
{
    struct both *b = *state;

    nap_machine_destroy(b->m);
    nap_soc_free(b->soc);
    return 0;
}

static void put(struct both *b, nap_addr address, uint32_t value)
{
    nap_bus_write(b->m, address, 4, value, (struct nap_source){NULL, 0, NULL});
}

static uint32_t get(struct both *b, nap_addr address)
{
    return (uint32_t)nap_bus_read(b->m, address, 4, (struct nap_source){NULL, 0, NULL});
}

struct reached {
    uint32_t device, reg, index;
};

static void see(void *context, const struct nap_machine *m, const struct nap_event *event)
{
    struct reached *at = context;

    (void)m;
    if (event->kind == NAP_STEP_WRITE)
        *at = (struct reached){event->device, event->reg, event->index};
}

static void assert_is(struct both *b, unsigned unit, nap_addr address, const char *reg,
                      unsigned index)
{
    const struct nap_model *model = nap_device_model(b->m, unit);
    int r = nap_model_reg(model, reg);
    struct reached at = {UINT32_MAX, UINT32_MAX, UINT32_MAX};

    assert_true(r >= 0);
    nap_set_trace(b->m, see, &at);
    put(b, address, 0);
    nap_set_trace(b->m, NULL, NULL);
    if (at.device != unit || at.reg != (uint32_t)r || at.index != index)
        fail_msg("0x%llx: expected %s[%u]", (unsigned long long)address, reg, index);
}

/* Registers of a bank: facts 1.3. */
static const struct {
    const char *name;
    uint32_t offset;
} bank[] = {
    {"IMCTR", 0x00},    {"IMCAAR", 0x04},   {"IMTTBCR", 0x08},  {"IMBUSCR", 0x0c},
    {"IMTTLBR0", 0x10}, {"IMTTUBR0", 0x14}, {"IMTTLBR1", 0x18}, {"IMTTUBR1", 0x1c},
    {"IMSTR", 0x20},    {"IMMAIR0", 0x28},  {"IMMAIR1", 0x2c},  {"IMELAR", 0x30},
    {"IMEUAR", 0x34},
};

static const uint32_t gen4_banks[16] = {
    0x10000, 0x11040, 0x12080, 0x130c0, 0x14100, 0x15140, 0x16180, 0x171c0,
    0x18800, 0x19840, 0x1a880, 0x1b8c0, 0x1c900, 0x1d940, 0x1e980, 0x1f9c0,
};

static void gen4_has_sixteen_banks(void **state)
{
    for (unsigned ctx = 0; ctx < 16; ctx++)
        for (size_t i = 0; i < COUNT_OF(bank); i++) {
            struct both *b = *state;

            assert_is(b, b->mm, MM + gen4_banks[ctx] + bank[i].offset, bank[i].name, ctx);
        }
}

static void gen4_has_two_windows_of_ports_and_controls_at_0x1000(void **state)
{
    struct both *b = *state;

    for (uint32_t u = 0; u < 64; u++) {
        nap_addr at = DS0 + (u < 32 ? 0x3300 + 16 * u : 0x3600 + 16 * (u - 32));

        assert_is(b, b->ds0, at, "IMUCTR", u);
        assert_is(b, b->ds0, at + 8, "IMUASID", u);
    }
    assert_is(b, b->ds0, DS0 + 0x1500, "IMSCTLR", 0);
    assert_is(b, b->mm, MM + 0x1500, "IMSCTLR", 0);
    assert_is(b, b->mm, MM + 0x1504, "IMSAUXCTLR", 0);
}

/* A register elsewhere would answer somewhere else too. */
static void gen4_has_no_other_register(void **state)
{
    struct both *b = *state;
    unsigned n = 0;

    for (uint32_t offset = 0; offset < 0x20000; offset += 4)
        n += b->m->devices[b->mm].kind->decode[offset >> 2] != NAP_NO_SLOT;
    assert_int_equal(n, 16 * 13 + 2); /* banks, IMSCTLR, IMSAUXCTLR */
    n = 0;
    for (uint32_t offset = 0; offset < 0x20000; offset += 4)
        n += b->m->devices[b->ds0].kind->decode[offset >> 2] != NAP_NO_SLOT;
    assert_int_equal(n, 16 + 2 * 64 + 1); /* IMCTR, ports, IMSCTLR */
}

/* Xen's values; context 9, port 63. TTSEL 9 needs no fifth bit, 17 would. */
static void gen4_translates_through_a_high_context_and_a_high_port(void **state)
{
    struct both *b = *state;
    uint64_t leaf = UINT64_C(0x400007fd);
    struct nap_outcome o;

    assert_true(nap_mem_write(b->m, 0x50000000, &leaf, sizeof(leaf))); /* 1 GiB at 0 */
    put(b, MM + 0x1504, 0x8);
    put(b, MM + 0x19840 + 0x10, 0x50000000);
    put(b, MM + 0x19840 + 0x14, 0);
    put(b, MM + 0x19840 + 0x08, 0xc0000058);
    put(b, MM + 0x19840, 0x20000005);
    put(b, DS0 + 0x19840, 0x5);
    put(b, DS0 + 0x37f0, 0x91);
    o = nap_dma(b->m, b->ds0, 63, 0x1000, NAP_READ);
    assert_int_equal(o.kind, NAP_OUTCOME_TRANSLATED);
    assert_int_equal(o.context, 9);
    assert_int_equal(o.pa, 0x40001000);
    put(b, DS0 + 0x37f0, 0x111); /* there is no context 17 */
    o = nap_dma(b->m, b->ds0, 63, 0x1000, NAP_READ);
    assert_int_equal(o.kind, NAP_OUTCOME_FAULT);
    assert_string_equal(o.why, "TTSEL selects no context");
}

/* On Gen3 TTSEL 8 selects the PMB; here it is a context as others. */
static void gen4_takes_ttsel_8_for_a_context(void **state)
{
    struct both *b = *state;

    put(b, DS0 + 0x3300, 0x81);
    assert_int_equal(nap_dma(b->m, b->ds0, 0, 0x1000, NAP_READ).context, 8);
}

/* --- Gen2 --- */

static void gen2_has_its_registers_at_the_non_secure_alias(void **state)
{
    struct both *b = *state;

    for (unsigned ctx = 0; ctx < 4; ctx++)
        for (size_t i = 0; i < COUNT_OF(bank) - 1; i++) /* no IMEUAR */
            assert_is(b, b->mx, MX + 0x800 + 0x40 * ctx + bank[i].offset, bank[i].name, ctx);
    for (uint32_t u = 0; u < 32; u++) {
        assert_is(b, b->mx, MX + 0xb00 + 16 * u, "IMUCTR", u);
        assert_is(b, b->mx, MX + 0xb08 + 16 * u, "IMUASID", u);
    }
    assert_int_equal(nap_model_reg(nap_device_model(b->m, b->mx), "IMEUAR"), -1);
}

/* Linux: EAE, SH0 inner, write-back, SL0 level 1 at bit 4. */
static void gen2_set_up(struct both *b)
{
    uint64_t leaf = UINT64_C(0x60000725) | UINT64_C(0x40); /* block at level 1, NS, AF, AP[1] */

    assert_true(nap_mem_write(b->m, 0x50000000 + 8, &leaf, sizeof(leaf)));
    put(b, MX + 0x810, 0x50000000);
    put(b, MX + 0x814, 0);
    put(b, MX + 0x808, 0x80003510);
    put(b, MX + 0x800, 0x7);
    put(b, MX + 0xb08, 0);
    put(b, MX + 0xb00, 0x3);
}

static void gen2_unit_is_cache_and_root_in_one(void **state)
{
    struct both *b = *state;
    struct nap_outcome o;

    gen2_set_up(b);
    assert_int_equal(get(b, MX + 0x808), 0x80003510);
    o = nap_dma(b->m, b->mx, 0, 0x40001000, NAP_READ);
    assert_int_equal(o.kind, NAP_OUTCOME_TRANSLATED);
    assert_int_equal(o.by, NAP_BY_WALK);
    assert_int_equal(o.context, 0);
    assert_int_equal(o.pa, 0x40001000);
    o = nap_dma(b->m, b->mx, 0, 0x40002000, NAP_READ);
    assert_int_equal(o.by, NAP_BY_TLB); /* one TLB, no second one behind it */
}

static void gen2_flushes_by_context_and_by_port(void **state)
{
    static const nap_addr flush[] = {MX + 0x800, MX + 0xb00};
    struct both *b = *state;

    gen2_set_up(b);
    for (size_t i = 0; i < COUNT_OF(flush); i++) {
        (void)nap_dma(b->m, b->mx, 0, 0x40001000, NAP_READ);
        assert_int_equal(ipmmu_of(b->m, b->mx)->n_entries, 1);
        put(b, flush[i], get(b, flush[i]) | 0x2);
        (void)get(b, flush[i]);
        (void)get(b, flush[i]);
        (void)get(b, flush[i]);
        (void)get(b, flush[i]);
        assert_int_equal(ipmmu_of(b->m, b->mx)->n_entries, 0);
    }
}

static void gen2_tells_a_fault_and_has_a_lower_address_only(void **state)
{
    struct both *b = *state;

    gen2_set_up(b);
    assert_int_equal(nap_dma(b->m, b->mx, 0, 0x1000, NAP_READ).kind, NAP_OUTCOME_FAULT);
    assert_int_equal(get(b, MX + 0x820) & 0x1, 0x1);
    assert_int_equal(get(b, MX + 0x830), 0x1000);
    assert_true(nap_wire(b->m, b->mx));
    put(b, MX + 0x820, 0);
    assert_int_equal(get(b, MX + 0x830), 0);
    assert_false(nap_wire(b->m, b->mx));
}

/* H40: the driver forgets the alias. Writes are stored and govern nothing. */
static void gen2_bank_at_0_governs_nothing(void **state)
{
    struct both *b = *state;

    put(b, MX + 0x000, 0x5);
    put(b, MX + 0x300, 0x1);
    assert_int_equal(get(b, MX + 0x300), 0x1);
    assert_int_equal(get(b, MX + 0xb00), 0);
    assert_int_equal(nap_dma(b->m, b->mx, 0, 0x1000, NAP_READ).kind, NAP_OUTCOME_BYPASS);
    assert_true(b->m->n_unmodelled > 0);
}

/* P13 and P17, in the highest bank of Gen4, in its highest port, and on Gen2. */
static void switches_of_what_is_stored_reach_every_generation(void **state)
{
    static const struct nap_switch_setting sw[] = {{"P13", IPMMU_P13_CANCELLED},
                                                   {"P17", IPMMU_P17_W1C}};
    static const nap_addr flush[] = {MM + 0x1f9c0, DS0 + 0x37f0, MX + 0x800, MX + 0xb00};
    struct both *b = *state;
    const struct {
        unsigned unit;
        nap_addr at;
        unsigned slot;
    } status[] = {
        {b->mm, MM + 0x1f9e0, ipmmu_layout(b->m, b->mm)->imstr + 15u},
        {b->mx, MX + 0x820, ipmmu_layout(b->m, b->mx)->imstr},
    };

    nap_machine_destroy(b->m);
    make_machine(b, sw, COUNT_OF(sw));
    nap_set_policy(b->m, NAP_POLICY_LAZY);
    for (size_t i = 0; i < COUNT_OF(flush); i++) {
        put(b, flush[i], 0x2);
        assert_int_equal(get(b, flush[i]), 0x2);
        put(b, flush[i], 0);
        assert_int_equal(get(b, flush[i]), 0);
    }
    assert_int_equal(b->m->st->n_work, 0);
    for (size_t i = 0; i < COUNT_OF(status); i++) {
        nap_reg_set(b->m, status[i].unit, status[i].slot, 0x3);
        put(b, status[i].at, 0);
        assert_int_equal(get(b, status[i].at), 0x3);
        put(b, status[i].at, 0x1);
        assert_int_equal(get(b, status[i].at), 0x2);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

/* --- what the models say --- */

static void assert_speaks_of_itself(const struct nap_model *model, const char *text,
                                    const char *const *foreign)
{
    for (; *foreign; foreign++)
        if (strstr(text, *foreign))
            fail_msg("%s says '%s' in: %s", model->name, *foreign, text);
}

/* Gen2 has neither roots nor caches, and Linux alone has driven it in public; no boot loader of
 * Gen4 is public. */
static void a_generation_has_texts_of_its_own(void **state)
{
    static const char *const gen2[] = {"a cache",    "its cache", "the root",
                                       "both sides", "Xen",       "boot loader",
                                       "BSP",        "TF-A",      NULL};
    static const char *const gen4[] = {"boot loader", "BSP", "TF-A", NULL};
    const struct nap_model *models[] = {nap_ipmmu_gen2_block.model, nap_ipmmu_gen4_block.model};
    const char *const *const foreign[] = {gen2, gen4};

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        for (uint32_t r = 0; r < models[i]->n_regs; r++) {
            const struct nap_reg *reg = &models[i]->regs[r];
            assert_speaks_of_itself(models[i], reg->about, foreign[i]);
            assert_speaks_of_itself(models[i], reg->source, foreign[i]);
            for (uint32_t f = 0; f < reg->n_fields; f++)
                assert_speaks_of_itself(models[i], reg->fields[f].about, foreign[i]);
        }
        for (uint32_t s = 0; s < models[i]->n_switches; s++)
            assert_speaks_of_itself(models[i], models[i]->switches[s].about, foreign[i]);
    }
}

/* A switch that the table of a generation forgets would keep its default in silence. P27, of
 * places that Gen4 may have, and P30, of the registers there are, are asked by nobody. */
static void assert_switches_are_those_of_gen3(const struct nap_block *block)
{
    const struct ipmmu_layout *layout = block->data;
    const struct nap_model *gen3 = nap_ipmmu_block.model;

    for (uint32_t i = 0; i < block->model->n_switches; i++) {
        const struct nap_switch *own = &block->model->switches[i];
        uint32_t k = 0;
        if (strcmp(own->id, "P27") == 0 || strcmp(own->id, "P30") == 0)
            continue;
        while (k < gen3->n_switches && strcmp(gen3->switches[k].id, own->id) != 0)
            k++;
        assert_true(k < gen3->n_switches);
        assert_int_equal(layout->switches[k], i + 1);
        assert_int_equal(own->n_values, gen3->switches[k].n_values);
        for (uint32_t v = 0; v < own->n_values; v++)
            assert_string_equal(own->values[v], gen3->switches[k].values[v]);
    }
}

static void every_switch_of_a_generation_is_in_its_table(void **state)
{
    (void)state;
    assert_switches_are_those_of_gen3(&nap_ipmmu_block);
    assert_switches_are_those_of_gen3(&nap_ipmmu_gen2_block);
    assert_switches_are_those_of_gen3(&nap_ipmmu_gen4_block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(gen4_has_sixteen_banks),
        TEST(gen4_has_two_windows_of_ports_and_controls_at_0x1000),
        TEST(gen4_has_no_other_register),
        TEST(gen4_translates_through_a_high_context_and_a_high_port),
        TEST(gen4_takes_ttsel_8_for_a_context),
        TEST(gen2_has_its_registers_at_the_non_secure_alias),
        TEST(gen2_unit_is_cache_and_root_in_one),
        TEST(gen2_flushes_by_context_and_by_port),
        TEST(gen2_tells_a_fault_and_has_a_lower_address_only),
        TEST(gen2_bank_at_0_governs_nothing),
        TEST(switches_of_what_is_stored_reach_every_generation),
        cmocka_unit_test(a_generation_has_texts_of_its_own),
        cmocka_unit_test(every_switch_of_a_generation_is_in_its_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
