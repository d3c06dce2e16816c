/* SPDX-License-Identifier: MIT */
/* lib/core/model_load.c, lib/core/model.c, models/ipmmu-vmsa.yaml and what the generator makes
 * of it. Expected register facts are typed from the IPMMU facts sheet. */
#include <regnap/model.h>

#include "failing_alloc.h"
#include "loader_test.h"

#include "ipmmu-vmsa-model.h" /* generated */

#define ROOT  0
#define CACHE 1

/* HEAD has 6 lines; a register starts at line 7, its place is line 11, its first field 13. */
#define HEAD                                                                                   \
    "model: m\ntitle: t\nsource: s\nvariants: [root, cache]\nwindow: 0x100\nregisters:\n"
#define REG(name, place)                                                                       \
    "  - name: " name "\n    about: a\n    source: s\n    retention: reset\n    " place        \
    "\n    fields:\n"
#define FIELD(text) "      - {" text "}\n"
#define WORD        FIELD("name: VALUE, bits: \"31:0\"")

static struct nap_model *load(const char *text)
{
    struct nap_model *model;
    struct nap_error error = {0};

    if (nap_model_load(text, strlen(text), "m.yaml", &model, &error))
        fail_msg("%s", error.text);
    return model;
}

static struct nap_model *load_ipmmu(void)
{
    size_t bytes;
    char *text = source_file("models/ipmmu-vmsa.yaml", &bytes);
    struct nap_error error = {0};
    struct nap_model *model;

    if (nap_model_load(text, bytes, "models/ipmmu-vmsa.yaml", &model, &error))
        fail_msg("%s", error.text);
    free(text);
    return model;
}

static const struct nap_reg *reg(const struct nap_model *model, const char *name)
{
    int index = nap_model_reg(model, name);

    if (index < 0)
        fail_msg("no register %s", name);
    return &model->regs[index];
}

static const struct nap_field *field(const struct nap_reg *r, const char *name)
{
    const struct nap_field *f = nap_reg_field(r, name);

    if (!f)
        fail_msg("no field %s", name);
    return f;
}

/* Facts, "Registers": root 1, cache 2, both 3. */
static void ipmmu_registers_lie_where_the_facts_say(void **state)
{
    static const struct {
        const char *name;
        uint32_t count, offset, last, variants;
    } table[] = {
        {"IMCTR", 8, 0x00, 0x1c0, 3},           {"IMCAAR", 8, 0x04, 0x1c4, 1},
        {"IMTTBCR", 8, 0x08, 0x1c8, 1},         {"IMBUSCR", 8, 0x0c, 0x1cc, 1},
        {"IMTTLBR0", 8, 0x10, 0x1d0, 1},        {"IMTTUBR0", 8, 0x14, 0x1d4, 1},
        {"IMTTLBR1", 8, 0x18, 0x1d8, 1},        {"IMTTUBR1", 8, 0x1c, 0x1dc, 1},
        {"IMSTR", 8, 0x20, 0x1e0, 1},           {"IMMAIR0", 8, 0x28, 0x1e8, 1},
        {"IMMAIR1", 8, 0x2c, 0x1ec, 1},         {"IMELAR", 8, 0x30, 0x1f0, 1},
        {"IMEUAR", 8, 0x34, 0x1f4, 1},          {"IMPCTR", 1, 0x200, 0x200, 2},
        {"IMPSTR", 1, 0x208, 0x208, 2},         {"IMPEAR", 1, 0x20c, 0x20c, 2},
        {"IMPMBA", 16, 0x280, 0x2bc, 2},        {"IMPMBD", 16, 0x2c0, 0x2fc, 2},
        {"IMUCTR", 48, 0x300, 0x6f0, 2},        {"IMUASID", 48, 0x308, 0x6f8, 2},
        {"IMSCTLR", 1, 0x500, 0x500, 3},        {"IMSAUXCTLR", 1, 0x504, 0x504, 1},
        {"IMSSTR", 1, 0x540, 0x540, 1},         {"IMRAM0ERRCTR", 1, 0x560, 0x560, 1},
        {"IMRAM0ERRSTR", 1, 0x564, 0x564, 1},   {"IMRAM1ERRCTR", 1, 0x568, 0x568, 1},
        {"IMRAM1ERRSTR", 1, 0x56c, 0x56c, 1},   {"IMRAM2ERRSTR", 1, 0x570, 0x570, 1},
        {"IMRAM3ERRSTR", 1, 0x574, 0x574, 1},   {"IMRAMECCCMPCTR", 1, 0x578, 0x578, 1},
        {"IMRAMECCCMPSTR", 1, 0x57c, 0x57c, 1}, {"IMPFMCTR", 1, 0x580, 0x580, 3},
        {"IMPFMTOTAL", 1, 0x590, 0x590, 3},     {"IMPFMHIT", 1, 0x594, 0x594, 3},
        {"IMPFML3MISS", 1, 0x598, 0x598, 1},    {"IMPFMMISS", 1, 0x598, 0x598, 2},
        {"IMPFML2MISS", 1, 0x59c, 0x59c, 1},
    };
    struct nap_model *model = load_ipmmu();

    (void)state;
    assert_int_equal(model->n_regs, COUNT_OF(table));
    assert_int_equal(model->window_bytes, 0x1000);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        const struct nap_reg *r = reg(model, table[i].name);

        assert_int_equal(r->count, table[i].count);
        assert_int_equal(r->width_bits, 32);
        assert_int_equal(nap_reg_offset(r, 0), table[i].offset);
        assert_int_equal(nap_reg_offset(r, r->count - 1), table[i].last);
        assert_int_equal(r->variants, table[i].variants);
    }
    nap_model_free(model);
}

/* Facts, "Address formulas": the second window starts with port 32. */
static void ipmmu_ports_have_two_windows(void **state)
{
    struct nap_model *model = load_ipmmu();
    const struct nap_reg *imuctr = reg(model, "IMUCTR"), *imuasid = reg(model, "IMUASID");

    (void)state;
    assert_int_equal(nap_reg_offset(imuctr, 1), 0x310);
    assert_int_equal(nap_reg_offset(imuctr, 31), 0x4f0);
    assert_int_equal(nap_reg_offset(imuctr, 32), 0x600);
    assert_int_equal(nap_reg_offset(imuctr, 33), 0x610);
    assert_int_equal(nap_reg_offset(imuasid, 31), 0x4f8);
    assert_int_equal(nap_reg_offset(imuasid, 32), 0x608);
    nap_model_free(model);
}

/* Facts, "Fields". */
static void ipmmu_masks_differ_between_root_and_cache(void **state)
{
    struct nap_model *model = load_ipmmu();
    const struct nap_reg *imctr = reg(model, "IMCTR"), *imstr = reg(model, "IMSTR");
    const struct nap_reg *imuctr = reg(model, "IMUCTR");

    (void)state;
    assert_int_equal(imctr->defined[CACHE], 0x7);
    assert_int_equal(imctr->defined[ROOT], 0x2003007f);
    assert_int_equal(imctr->writable[CACHE], 0x7);
    assert_int_equal(imctr->self_clear[ROOT], 0x2);
    assert_int_equal(imctr->self_clear[CACHE], 0x2);
    assert_int_equal(imctr->w0c[ROOT], 0);
    assert_int_equal(imstr->w0c[ROOT], 0x3717);
    assert_int_equal(imstr->defined[ROOT], 0x3717);
    assert_int_equal(imstr->defined[CACHE], 0);
    assert_int_equal(imuctr->defined[CACHE], 0x80ff00f3);
    assert_int_equal(imuctr->self_clear[CACHE], 0x2);
    assert_int_equal(reg(model, "IMTTBCR")->defined[ROOT], 0xffff3fff);
    assert_int_equal(reg(model, "IMTTLBR0")->defined[ROOT], 0xfffff000);
    assert_int_equal(reg(model, "IMTTUBR0")->defined[ROOT], 0xff);
    assert_int_equal(reg(model, "IMELAR")->writable[ROOT], 0);
    assert_int_equal(reg(model, "IMSCTLR")->defined[CACHE], 0xf0000000);
    assert_int_equal(reg(model, "IMSCTLR")->defined[ROOT], 0xd0000000);
    assert_int_equal(reg(model, "IMSAUXCTLR")->defined[ROOT], 0x01000008);
    assert_int_equal(reg(model, "IMUASID")->defined[CACHE], 0xffff);
    nap_model_free(model);
}

/* Facts, "Reset values". */
static void ipmmu_registers_come_back_as_the_profiles_say(void **state)
{
    static const char *const reset[] = {"IMCTR",  "IMUCTR", "IMSTR",
                                        "IMELAR", "IMEUAR", "IMSAUXCTLR"};
    static const char *const random[] = {"IMTTLBR0", "IMTTUBR0", "IMTTLBR1", "IMTTUBR1",
                                         "IMTTBCR",  "IMMAIR0",  "IMMAIR1",  "IMUASID"};
    struct nap_model *model = load_ipmmu();
    uint32_t n_reset = 0, n_random = 0;

    (void)state;
    for (uint32_t i = 0; i < model->n_regs; i++) {
        assert_int_equal(model->regs[i].reset, 0);
        n_reset += model->regs[i].retention == NAP_RETENTION_RESET;
        n_random += model->regs[i].hostile_random;
        assert_int_not_equal(model->regs[i].retention, NAP_RETENTION_RETAINED);
    }
    for (size_t i = 0; i < COUNT_OF(reset); i++)
        assert_int_equal(reg(model, reset[i])->retention, NAP_RETENTION_RESET);
    for (size_t i = 0; i < COUNT_OF(random); i++)
        assert_int_equal(reg(model, random[i])->hostile_random, 1);
    assert_int_equal(n_reset, COUNT_OF(reset));
    assert_int_equal(n_random, COUNT_OF(random));
    assert_int_equal(reg(model, "IMUASID")->hostile_mask, 0xffff);
    assert_int_equal(reg(model, "IMTTLBR0")->hostile_mask, 0xfffff000);
    assert_int_equal(reg(model, "IMSCTLR")->hostile, 0x10000000);
    assert_int_equal(reg(model, "IMUCTR")->hostile, 0);
    nap_model_free(model);
}

static void ipmmu_fields_say_what_resume_must_restore(void **state)
{
    struct nap_model *model = load_ipmmu();
    const struct nap_reg *imctr = reg(model, "IMCTR"), *imstr = reg(model, "IMSTR");

    (void)state;
    for (uint32_t i = 0; i < imctr->n_fields; i++)
        assert_int_equal(imctr->fields[i].restore, strcmp(imctr->fields[i].name, "FLUSH") == 0
                                                       ? NAP_RESTORE_NONE
                                                       : NAP_RESTORE_EQUAL);
    for (uint32_t i = 0; i < imstr->n_fields; i++) {
        assert_int_equal(imstr->fields[i].restore, NAP_RESTORE_NONE);
        assert_int_equal(imstr->fields[i].access, NAP_ACCESS_W0C);
    }
    assert_int_equal(field(imctr, "VA64")->mask, 0x20000000);
    assert_int_equal(field(imctr, "VA64")->variants, 1);
    assert_int_equal(field(imctr, "RTSEL")->unmodelled, 1);
    assert_int_equal(field(imctr, "MMUEN")->unmodelled, 0);
    assert_int_equal(field(reg(model, "IMUCTR"), "FLUSH")->access, NAP_ACCESS_SELF_CLEAR);
    assert_int_equal(field(reg(model, "IMUCTR"), "FLUSH")->restore, NAP_RESTORE_NONE);
    assert_int_equal(field(reg(model, "IMUCTR"), "TTSEL")->lsb, 4);
    assert_int_equal(field(reg(model, "IMUCTR"), "TTSEL")->width, 4);
    assert_int_equal(field(reg(model, "IMELAR"), "ADDR")->access, NAP_ACCESS_RO);
    assert_int_equal(field(reg(model, "IMELAR"), "ADDR")->restore, NAP_RESTORE_NONE);
    assert_int_equal(field(reg(model, "IMPFMCTR"), "VALUE")->unmodelled, 1);
    nap_model_free(model);
}

static void ipmmu_switches_start_with_their_default(void **state)
{
    static const struct {
        const char *id, *first;
        uint32_t n_values;
    } table[] = {
        {"P01", "bypass", 1},    {"P02", "bypass", 3},     {"P03", "bypass", 3},
        {"P04", "walk", 2},      {"P05", "fault", 2},      {"P06", "as-context", 1},
        {"P07", "fault", 2},     {"P08", "walk", 2},       {"P09", "split", 2},
        {"P10", "own", 2},       {"P11", "3", 3},          {"P12", "performed", 1},
        {"P13", "continues", 2}, {"P14", "keep", 1},       {"P15", "tag-context", 2},
        {"P16", "fault", 2},     {"P17", "store", 2},      {"P18", "unsettled", 3},
        {"P19", "ones", 3},      {"P20", "fifo", 2},       {"P21", "ignored", 1},
        {"P22", "applied", 2},   {"P23", "atomic", 1},     {"P24", "none-kept", 2},
        {"P25", "fault", 2},     {"P26", "each-write", 1}, {"P28", "by-profile", 1},
        {"P29", "storage", 1},   {"P30", "absent", 1},
    };
    struct nap_model *model = load_ipmmu();

    (void)state;
    assert_int_equal(model->n_switches, COUNT_OF(table));
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        assert_string_equal(model->switches[i].id, table[i].id);
        assert_string_equal(model->switches[i].values[0], table[i].first);
        assert_int_equal(model->switches[i].n_values, table[i].n_values);
    }
    assert_int_equal(model->switches[17].basis, NAP_BASIS_UNKNOWN);
    nap_model_free(model);
}

static void slots_number_every_element_once(void **state)
{
    struct nap_model *model = load_ipmmu();
    uint32_t next = 0;

    (void)state;
    for (uint32_t i = 0; i < model->n_regs; i++) {
        assert_int_equal(model->regs[i].first_slot, next);
        next += model->regs[i].count;
    }
    assert_int_equal(model->n_slots, next);
    nap_model_free(model);
}

static void generated_table_equals_the_loaded_file(void **state)
{
    struct nap_model *model = load_ipmmu();
    struct nap_hash128 a = nap_model_digest(model);
    struct nap_hash128 b = nap_model_digest(&nap_model_ipmmu_vmsa);

    (void)state;
    assert_int_equal(a.low, b.low);
    assert_int_equal(a.high, b.high);
    nap_model_free(model);
}

static void generated_names_match_the_table(void **state)
{
    const struct nap_model *model = &nap_model_ipmmu_vmsa;

    (void)state;
    assert_int_equal(IPMMU_IMCTR_FLUSH, 0x2);
    assert_int_equal(IPMMU_IMTTBCR_SL0, 0xc0);
    assert_int_equal(IPMMU_IMTTBCR_SL0_SHIFT, 6);
    assert_int_equal(IPMMU_COUNT_IMUCTR, 48);
    assert_int_equal(IPMMU_REG_COUNT, model->n_regs);
    assert_int_equal(IPMMU_SLOT_COUNT, model->n_slots);
    assert_int_equal(IPMMU_OFFSET_IMSAUXCTLR, 0x504);
    assert_int_equal(IPMMU_P11_0, 1);
    assert_string_equal(model->regs[IPMMU_REG_IMUASID].name, "IMUASID");
    assert_int_equal(model->regs[IPMMU_REG_IMUCTR].first_slot, IPMMU_SLOT_IMUCTR);
    assert_string_equal(model->variants[IPMMU_VARIANT_CACHE], "cache");
    assert_string_equal(model->switches[IPMMU_SWITCH_P10].values[IPMMU_P10_ROOT_DROPS_CACHES],
                        "root-drops-caches");
}

static void lookups_of_unknown_names_find_nothing(void **state)
{
    (void)state;
    assert_int_equal(nap_model_reg(&nap_model_ipmmu_vmsa, "IMXXX"), -1);
    assert_int_equal(nap_model_variant(&nap_model_ipmmu_vmsa, "main"), -1);
    assert_null(nap_reg_field(&nap_model_ipmmu_vmsa.regs[0], "NONE"));
    nap_model_free(NULL);
}

/* The renesas,ipmmu-vmsa binding: Gen3 and RZ/G2, and neither Gen2 nor Gen4. */
static void ipmmu_has_the_gen3_strings_of_the_binding(void **state)
{
    static const char *const strings[] = {
        "renesas,ipmmu-r8a774a1", "renesas,ipmmu-r8a774b1", "renesas,ipmmu-r8a774c0",
        "renesas,ipmmu-r8a774e1", "renesas,ipmmu-r8a7795",  "renesas,ipmmu-r8a7796",
        "renesas,ipmmu-r8a77961", "renesas,ipmmu-r8a77965", "renesas,ipmmu-r8a77970",
        "renesas,ipmmu-r8a77980", "renesas,ipmmu-r8a77990", "renesas,ipmmu-r8a77995",
    };

    (void)state;
    assert_int_equal(nap_model_ipmmu_vmsa.n_compatible, COUNT_OF(strings));
    for (unsigned i = 0; i < COUNT_OF(strings); i++)
        assert_string_equal(nap_model_ipmmu_vmsa.compatible[i], strings[i]);
}

static void digest_changes_with_one_fact(void **state)
{
    struct nap_model *a = load(HEAD REG("A", "offset: 0") WORD);
    struct nap_model *b = load(HEAD REG("A", "offset: 4") WORD);
    struct nap_model *c = load(HEAD REG("A", "offset: 0") WORD "# no fact\n");
    struct nap_model *d = load(HEAD REG("A", "offset: 0") WORD "compatible: [x]\n");

    (void)state;
    assert_int_not_equal(nap_model_digest(a).low, nap_model_digest(d).low);
    assert_int_not_equal(nap_model_digest(a).low, nap_model_digest(b).low);
    assert_int_equal(nap_model_digest(a).low, nap_model_digest(c).low);
    nap_model_free(a);
    nap_model_free(b);
    nap_model_free(c);
    nap_model_free(d);
}

static void register_defaults_reach_its_fields(void **state)
{
    struct nap_model *model = load(
        HEAD
        "  - name: A\n    about: a\n    source: s\n    retention: retained\n"
        "    offset: 8\n    width: 64\n    access: w0c\n    restore: behaviour\n"
        "    reset: 0x8000000000000000\n    fields:\n" FIELD("name: X, bits: 63")
            FIELD("name: Y, bits: \"1:0\", access: ro, restore: relation, relation: y-of-x"));
    const struct nap_reg *a = reg(model, "A");

    (void)state;
    assert_int_equal(a->width_bits, 64);
    assert_int_equal(a->retention, NAP_RETENTION_RETAINED);
    assert_int_equal(a->hostile, UINT64_C(0x8000000000000000));
    assert_int_equal(field(a, "X")->access, NAP_ACCESS_W0C);
    assert_int_equal(field(a, "X")->restore, NAP_RESTORE_BEHAVIOUR);
    assert_int_equal(field(a, "Y")->access, NAP_ACCESS_RO);
    assert_string_equal(field(a, "Y")->relation, "y-of-x");
    assert_string_equal(field(a, "X")->relation, "");
    nap_model_free(model);
}

static void variants_may_share_bits_and_addresses(void **state)
{
    struct nap_model *model = load(HEAD REG("A", "offset: 0\n    where: root")
                                       WORD REG("B", "offset: 0\n    where: [cache]") WORD);

    (void)state;
    assert_int_equal(model->n_slots, 2);
    assert_int_equal(reg(model, "A")->variants, 1);
    assert_int_equal(reg(model, "B")->variants, 2);
    nap_model_free(model);
}

static void assert_all_refused(const struct bad_input *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct nap_error error = {0};
        struct nap_model *model = (struct nap_model *)(uintptr_t)8;

        assert_int_equal(
            nap_model_load(table[i].text, strlen(table[i].text), "m.yaml", &model, &error),
            NAP_ERR_PARSE);
        assert_string_equal(error.text, table[i].message);
        assert_null(model);
    }
}

static void bad_fields_are_refused(void **state)
{
    static const struct bad_input table[] = {
        {HEAD REG("A", "offset: 0") FIELD("name: GROUP, bits: 3")
             FIELD("name: PRIO, bits: \"7:3\""),
         "m.yaml:14: field PRIO [7:3] overlaps GROUP [3:3] in register A, expected separate "
         "bits"},
        {HEAD REG("A", "offset: 0") FIELD("name: X, bits: 3") FIELD("name: X, bits: 4"),
         "m.yaml:14: found field 'X' twice in register A, expected each once"},
        {HEAD REG("A", "offset: 0") FIELD("name: X, bits: 32"),
         "m.yaml:13: found bit 32 in field X of register A, expected 0 to 31"},
        {HEAD REG("A", "offset: 0\n    width: 8") FIELD("name: X, bits: \"8:0\""),
         "m.yaml:14: found bit 8 in field X of register A, expected 0 to 7"},
        {HEAD REG("A", "offset: 0") FIELD("name: X, bits: \"0:3\""),
         "m.yaml:13: found '0:3' as bits of field X of register A, expected HIGH:LOW or one "
         "bit "
         "number"},
        {HEAD REG("A", "offset: 0") FIELD("name: X, bits: \"3:\""),
         "m.yaml:13: found '3:' as bits of field X of register A, expected HIGH:LOW or one bit "
         "number"},
        {HEAD REG("A", "offset: 0") FIELD("name: X, bits: x"),
         "m.yaml:13: found 'x' as bits of field X of register A, expected HIGH:LOW or one bit "
         "number"},
        {HEAD REG("A", "offset: 0") FIELD("name: X"),
         "m.yaml:13: found no 'bits' in field X of register A, expected this key"},
        {HEAD REG("A", "offset: 0") FIELD("bits: 3"),
         "m.yaml:13: found no 'name' in a field of register A, expected this key"},
        {HEAD REG("A", "offset: 0") FIELD("name: X-Y, bits: 3"),
         "m.yaml:13: found 'X-Y' as name of a field of register A, expected letters, digits "
         "and "
         "'_', a letter first"},
        {HEAD REG("A", "offset: 0") FIELD("name: X, bit: 3"),
         "m.yaml:13: unknown key 'bit' in a field of register A, expected one of: name, bits, "
         "access, restore, where, about, unmodelled, relation, retention, needs"},
        {HEAD REG("A", "offset: 0") FIELD("name: X, bits: 3, access: w2c"),
         "m.yaml:13: found 'w2c' as access, expected one of: rw, ro, w0c, self_clear, wo, w1c, "
         "w1s, rc, rsvdz"},
        {HEAD REG("A", "offset: 0\n    reset: 8") FIELD("name: X, bits: 3, access: rsvdz")
             FIELD("name: Y, bits: 2"),
         "m.yaml:12: found reset 0x8 of register A, expected bits of 0x4 only (the fields in "
         "variant root)"},
        {HEAD REG("A", "offset: 0") FIELD("name: X, bits: 3, unmodelled: yes"),
         "m.yaml:13: found 'yes' as unmodelled, expected one of: false, true"},
        {HEAD REG("A", "offset: 0") FIELD("name: X, bits: 3, restore: relation"),
         "m.yaml:13: found no 'relation' in field X of register A, expected this key"},
        {HEAD REG("A", "offset: 0") FIELD("name: X, bits: 3, relation: r"),
         "m.yaml:13: found 'relation' in field X of register A, expected it only with "
         "'restore: "
         "relation'"},
        {HEAD REG("A", "offset: 0\n    where: cache") FIELD("name: X, bits: 3, where: root"),
         "m.yaml:14: found a variant in field X of register A that its register is not in, "
         "expected only variants of the register"},
        {HEAD REG("A", "offset: 0") FIELD("name: X, bits: 3, where: []"),
         "m.yaml:13: found no variant, expected at least one"},
        {HEAD REG("A", "offset: 0") FIELD("name: X, bits: 3, where: main"),
         "m.yaml:13: found 'main' as where, expected one of: root, cache"},
        {HEAD REG("A", "offset: 0") FIELD("name: X, bits: 3, where: root"),
         "m.yaml:7: found no field of register A in variant cache, expected one"},
    };

    (void)state;
    assert_all_refused(table, COUNT_OF(table));
}

/* Arm DDI 0487, "System register encoding": op0 is 2 or 3, the widest numbers 7 and 15. */
static void bad_system_registers_are_refused(void **state)
{
    static const struct bad_input table[] = {
        {HEAD REG("A", "sysreg: S3_0_C12_C16_0") WORD,
         "m.yaml:11: found 'S3_0_C12_C16_0' as sysreg of register A, expected an encoding such "
         "as S3_0_C12_C12_7"},
        {HEAD REG("A", "sysreg: S1_0_C12_C1_0") WORD,
         "m.yaml:11: found 'S1_0_C12_C1_0' as sysreg of register A, expected an encoding such "
         "as S3_0_C12_C12_7"},
        {HEAD REG("A", "sysreg: S3_0_C12_C1_0x") WORD,
         "m.yaml:11: found 'S3_0_C12_C1_0x' as sysreg of register A, expected an encoding such "
         "as S3_0_C12_C12_7"},
        {HEAD REG("A", "sysreg: S3_0_C012_C1_0") WORD,
         "m.yaml:11: found 'S3_0_C012_C1_0' as sysreg of register A, expected an encoding such "
         "as S3_0_C12_C12_7"},
        {HEAD REG("A", "sysreg: S3_0_C12_C1_0\n    offset: 4") WORD,
         "m.yaml:12: found 'offset' beside 'sysreg' in register A, expected neither an address "
         "nor a bank"},
        {HEAD REG("A", "sysreg: S3_0_C12_C1_0\n    banked: true") WORD,
         "m.yaml:12: found 'banked' beside 'sysreg' in register A, expected neither an address "
         "nor a bank"},
        {HEAD REG("A", "sysreg: S3_0_C12_C1_0\n    width: 32") WORD,
         "m.yaml:12: found width 32 of register A, expected 64: it is a system register"},
        {HEAD REG("A", "sysreg: S3_7_C15_C15_6\n    count: 3") WORD,
         "m.yaml:7: found 3 elements of register A, expected the last to have an encoding"},
        {HEAD REG("A", "sysreg: S3_0_C12_C1_0") WORD REG("B", "offset: 4") WORD,
         "m.yaml:14: found a system register beside one with an offset in variant root, "
         "expected one kind"},
        {HEAD REG("A", "sysreg: S3_0_C12_C8_4\n    count: 4")
             WORD REG("B", "sysreg: S3_0_C12_C8_7") WORD,
         "m.yaml:15: register B[0] at 0x63238 overlaps A[3] at 0x63238 in variant root, "
         "expected separate addresses"},
    };

    (void)state;
    assert_all_refused(table, COUNT_OF(table));
}

static void bad_registers_are_refused(void **state)
{
    static const struct bad_input table[] = {
        {HEAD REG("A", "ofset: 0") WORD,
         "m.yaml:11: unknown key 'ofset' in register A, expected one of: name, offset, count, "
         "stride, windows, about, source, where, width, reset, hostile, retention, restore, "
         "access, access-sizes, banked, alias-of, guard, unmodelled, fields, needs, "
         "implementation, sysreg"},
        {HEAD REG("A", "where: all") WORD,
         "m.yaml:7: found no 'offset' in register A, expected this key"},
        {HEAD "  - name: A\n    offset: 0\n",
         "m.yaml:7: found no 'about' in register A, expected this key"},
        {HEAD "  - name: A\n    about: a\n    source: s\n    offset: 0\n    fields: []\n",
         "m.yaml:7: found no 'retention' in register A, expected this key"},
        {HEAD "  - name: A\n    about: a\n    source: s\n    offset: 0\n    retention: reset\n",
         "m.yaml:7: found no 'fields' in register A, expected this key"},
        {HEAD REG("A", "offset: 0") "      []\n",
         "m.yaml:13: found 0 fields in register A, expected 1 to 32"},
        {HEAD REG("A", "offset: 0") WORD REG("A", "offset: 4") WORD,
         "m.yaml:14: found register A twice, expected each once"},
        {HEAD REG("A", "offset: 0") WORD REG("B", "offset: 0") WORD,
         "m.yaml:14: register B[0] at 0x0 overlaps A[0] at 0x0 in variant root, expected "
         "separate addresses"},
        {HEAD REG("A", "offset: 0\n    count: 4\n    stride: 8")
             WORD REG("B", "offset: 8\n    width: 8") FIELD("name: X, bits: 0"),
         "m.yaml:16: register B[0] at 0x8 overlaps A[1] at 0x8 in variant root, expected "
         "separate addresses"},
        {HEAD REG("B", "offset: 4") WORD REG("A", "offset: 0\n    width: 64") WORD,
         "m.yaml:14: register A[0] at 0x0 overlaps B[0] at 0x4 in variant root, expected "
         "separate addresses"},
        {HEAD REG("A", "offset: 2") WORD,
         "m.yaml:7: found offset 0x2 and stride 0x4 of register A, expected multiples of 4 "
         "bytes"},
        {HEAD REG("A", "offset: 0\n    count: 2\n    stride: 6") WORD,
         "m.yaml:7: found offset 0x0 and stride 0x6 of register A, expected multiples of 4 "
         "bytes"},
        {HEAD REG("A", "offset: 0\n    count: 2") WORD,
         "m.yaml:7: found no 'stride' in register A, expected this key"},
        {HEAD REG("A", "offset: 0\n    count: 0") WORD,
         "m.yaml:12: found '0' as count, expected 0x1 to 0xfff0"},
        {HEAD REG("A", "offset: 0x100") WORD,
         "m.yaml:7: register A ends at 0x104, expected within the window of 0x100 bytes"},
        {HEAD REG("A", "offset: 0\n    count: 65\n    stride: 4") WORD,
         "m.yaml:7: register A ends at 0x104, expected within the window of 0x100 bytes"},
        {HEAD REG("A", "offset: 0\n    width: 24") WORD,
         "m.yaml:12: found '24' as width, expected one of: 8, 16, 32, 64"},
        {HEAD REG("A", "offset: 0\n    reset: 0x10") FIELD("name: X, bits: \"3:0\""),
         "m.yaml:12: found reset 0x10 of register A, expected bits of 0xf only (the fields in "
         "variant root)"},
        {HEAD REG("A", "offset: 0\n    reset: 8") FIELD("name: X, bits: 3, where: root")
             FIELD("name: Y, bits: 0"),
         "m.yaml:12: found reset 0x8 of register A, expected bits of 0x1 only (the fields in "
         "variant cache)"},
        {HEAD REG("A", "offset: 0\n    hostile: 0x10") FIELD("name: X, bits: \"3:0\""),
         "m.yaml:12: found hostile 0x10 of register A, expected bits of 0xf only (the fields "
         "in variant root)"},
        {HEAD REG("A", "offset: 0\n    reset: 2") FIELD("name: F, bits: 1, access: self_clear"),
         "m.yaml:12: found reset 0x2 of register A, expected 0 in its self_clear bits 0x2"},
        {HEAD REG("A", "offset: 0\n    hostile: wild") WORD,
         "m.yaml:12: found 'wild' as hostile, expected a number, decimal or 0x hexadecimal"},
        {HEAD REG("A", "offset: 0\n    hostile: 1") WORD,
         "m.yaml:12: found 'hostile' in register A, whose retention is reset, expected it only "
         "with 'retention: unknown'"},
        {HEAD "  - name: A\n    about: a\n    source: s\n    offset: 0\n"
              "    retention: retained\n    hostile: random\n    fields:\n" WORD,
         "m.yaml:12: found 'hostile' in register A, whose retention is retained, expected it "
         "only with 'retention: unknown'"},
    };

    (void)state;
    assert_all_refused(table, COUNT_OF(table));
}

static void bad_windows_are_refused(void **state)
{
#define WINDOW(first, count, offset)                                                           \
    "{first: " first ", count: " count ", offset: " offset ", stride: 4}"
    static const struct bad_input table[] = {
        {HEAD REG("A", "count: 4\n    windows: [" WINDOW("0", "2", "0") "]") WORD,
         "m.yaml:12: found 2 elements in the windows of register A, expected its count 4"},
        {HEAD REG("A", "count: 4\n    windows:\n      - " WINDOW(
                           "0", "2", "0") "\n      - " WINDOW("3", "1", "0x20")) WORD,
         "m.yaml:14: found first element 3 in a window of register A, expected 2: windows "
         "cover "
         "the elements in order"},
        {HEAD REG("A", "windows: [" WINDOW("0", "2", "0") "]") WORD,
         "m.yaml:7: found no 'count' in register A, expected this key"},
        {HEAD REG("A", "count: 4\n    windows: []") WORD,
         "m.yaml:12: found 0 windows of register A, expected 1 to 2"},
        {HEAD REG("A", "offset: 0\n    windows: [" WINDOW("0", "1", "0") "]") WORD,
         "m.yaml:12: found 'windows' beside 'offset' or 'stride' in register A, expected "
         "either"},
        {HEAD REG("A", "count: 1\n    windows: [{start: 0}]") WORD,
         "m.yaml:12: unknown key 'start' in a window of register A, expected one of: first, "
         "count, offset, stride"},
    };
#undef WINDOW

    (void)state;
    assert_all_refused(table, COUNT_OF(table));
}

static void bad_models_are_refused(void **state)
{
#define TOP            "model: m\ntitle: t\nsource: s\nwindow: 16\n"
#define SWITCHES(text) TOP "variants: [v]\nswitches:\n  - {" text "}\nregisters: [{name: A}]\n"
    static const struct bad_input table[] = {
        {"", "m.yaml:1: found nothing, expected a YAML document"},
        {"- a\n", "m.yaml:1: found a list as a model, expected a map"},
        {"modell: m\n",
         "m.yaml:1: unknown key 'modell' in a model, expected one of: model, "
         "title, source, prefix, variants, window, switches, registers, compatible, extends, "
         "presets"},
        {"title: t\n", "m.yaml:1: found no 'model' in a model, expected this key"},
        {TOP "variants: []\n", "m.yaml:5: found 0 variants, expected 1 to 4"},
        {TOP "variants: [a, b, c, d, e]\n", "m.yaml:5: found 5 variants, expected 1 to 4"},
        {TOP "variants: [a, a]\n",
         "m.yaml:5: found variant 'a', expected each once and none named 'all'"},
        {TOP "variants: v\n", "m.yaml:5: found 'v' as variants, expected a list"},
        {TOP "variants: [v]\n", "m.yaml:1: found no 'registers' in a model, expected this key"},
        {TOP "variants: [v]\nregisters: []\n",
         "m.yaml:6: found no register, expected at least one"},
        {TOP "variants: [v]\nprefix: A-B\nregisters: []\n",
         "m.yaml:6: found 'A-B' as prefix of a model, expected letters, digits and '_', a "
         "letter first"},
        {TOP "variants: [v]\ncompatible: a,b\n",
         "m.yaml:6: found 'a,b' as compatible, expected a list"},
        {TOP "variants: [v]\ncompatible: []\n",
         "m.yaml:6: found 0 compatible strings, expected 1 to 64"},
        {TOP "variants: [v]\ncompatible: ['a b']\n",
         "m.yaml:6: found 'a b' as a compatible string, expected visible characters without "
         "spaces"},
        {TOP "variants: [v]\ncompatible: ['']\n",
         "m.yaml:6: found nothing as a compatible string, expected text"},
        {TOP "variants: [v]\ncompatible: ['a,b', c, 'a,b']\n",
         "m.yaml:6: found compatible 'a,b' twice, expected each once"},
        {SWITCHES("about: a"), "m.yaml:7: found no 'id' in a switch, expected this key"},
        {SWITCHES("id: P1, about: a, values: [x]"),
         "m.yaml:7: found no 'basis' in a switch, expected this key"},
        {SWITCHES("id: P1, about: a, basis: guess, values: [x]"),
         "m.yaml:7: found 'guess' as basis, expected one of: documented, argued, unknown, "
         "software"},
        {SWITCHES("id: P1, about: a, basis: argued, values: []"),
         "m.yaml:7: found 0 values of P1, expected 1 to 8"},
        {SWITCHES("id: P1, about: a, basis: argued, values: [x, x]"),
         "m.yaml:7: found value 'x' twice in switch P1, expected each once"},
        {SWITCHES("id: P1, about: a, basis: argued, values: [x]}\n  - {id: P1"),
         "m.yaml:8: found switch P1 twice, expected each once"},
    };
#undef TOP
#undef SWITCHES

    (void)state;
    assert_all_refused(table, COUNT_OF(table));
}

static void too_many_registers_are_refused(void **state)
{
    static const struct bad_input table[] = {
        {"model: m\ntitle: t\nsource: s\nvariants: [v]\nwindow: 0x80000\nregisters:\n" REG(
             "A", "offset: 0\n    count: 0xfff0\n    stride: 4")
             WORD REG("B", "offset: 0x7fffc") WORD,
         "m.yaml:16: found 65521 elements with register B, expected at most 65520 in one "
         "device"},
    };

    (void)state;
    assert_all_refused(table, COUNT_OF(table));
}

static void too_many_switches_are_refused(void **state)
{
    char text[2000];
    struct bad_input bad = {text, "m.yaml:5: found 65 switches, expected at most 64"};

    (void)state;
    (void)strcpy(text, "model: m\ntitle: t\nsource: s\nwindow: 4\nswitches: [");
    for (int i = 0; i < 65; i++)
        (void)strcat(text, "x,");
    (void)strcat(text, "]\nvariants: [v]\nregisters: [x]\n");
    assert_all_refused(&bad, 1);
}

static void every_failing_allocation_is_reported(void **state)
{
    const char *text = HEAD REG("A", "offset: 0\n    access: ro\n    implementation: true")
        WORD REG("B", "offset: 4\n    needs: [A.VALUE]") WORD
        "switches: [{id: P1, about: a, basis: argued, values: [x]}]\ncompatible: [c]\n"
        "presets: [{name: p, about: a, source: s, registers: {A: 1}}]\n";
    enum nap_err err = NAP_ERR_NOMEM;
    unsigned long n;

    (void)state;
    for (n = 1; err; n++) {
        struct nap_error error = {0};
        struct nap_model *model;

        alloc_until_failure = n;
        err = nap_model_load(text, strlen(text), "m.yaml", &model, &error);
        alloc_until_failure = 0;
        if (err) {
            assert_int_equal(err, NAP_ERR_NOMEM);
            assert_int_equal(error.code, NAP_ERR_NOMEM);
            assert_null(model);
        }
        nap_model_free(model);
    }
    assert_true(n > 15); /* six of the YAML reader, nine of the model loader */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ipmmu_registers_lie_where_the_facts_say),
        cmocka_unit_test(ipmmu_ports_have_two_windows),
        cmocka_unit_test(ipmmu_masks_differ_between_root_and_cache),
        cmocka_unit_test(ipmmu_registers_come_back_as_the_profiles_say),
        cmocka_unit_test(ipmmu_fields_say_what_resume_must_restore),
        cmocka_unit_test(ipmmu_switches_start_with_their_default),
        cmocka_unit_test(slots_number_every_element_once),
        cmocka_unit_test(generated_table_equals_the_loaded_file),
        cmocka_unit_test(generated_names_match_the_table),
        cmocka_unit_test(lookups_of_unknown_names_find_nothing),
        cmocka_unit_test(ipmmu_has_the_gen3_strings_of_the_binding),
        cmocka_unit_test(digest_changes_with_one_fact),
        cmocka_unit_test(register_defaults_reach_its_fields),
        cmocka_unit_test(variants_may_share_bits_and_addresses),
        cmocka_unit_test(bad_fields_are_refused),
        cmocka_unit_test(bad_system_registers_are_refused),
        cmocka_unit_test(bad_registers_are_refused),
        cmocka_unit_test(bad_windows_are_refused),
        cmocka_unit_test(bad_models_are_refused),
        cmocka_unit_test(too_many_registers_are_refused),
        cmocka_unit_test(too_many_switches_are_refused),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
