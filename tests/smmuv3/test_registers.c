/* SPDX-License-Identifier: MIT */
/* models/smmuv3.yaml as software meets it: resets, fields, access and guards of every register,
 * by version and feature. Offsets, bits and values are typed from Arm IHI 0070 G.b, "Register
 * formats". */
#include "rig.h"

#define M32 UINT64_C(0xffffffff)

/* A register that software writes, and the bits of it that exist with every feature. */
struct row {
    uint32_t offset;
    uint32_t bytes;
    uint64_t bits;
};

static const struct row writable[] = {
    {0x028, 4, 0x00000fff},                     /* CR1 */
    {0x02c, 4, 0x0000000b},                     /* CR2: no PTM without BTM */
    {0x068, 8, UINT64_C(0x00fffffffffffffc)},   /* GERROR_IRQ_CFG0 */
    {0x070, 4, M32},                            /* GERROR_IRQ_CFG1 */
    {0x074, 4, 0x0000003f},                     /* GERROR_IRQ_CFG2 */
    {0x080, 8, UINT64_C(0x40ffffffffffffc0)},   /* STRTAB_BASE */
    {0x088, 4, 0x000307ff},                     /* STRTAB_BASE_CFG */
    {0x090, 8, UINT64_C(0x40ffffffffffffff)},   /* CMDQ_BASE */
    {0x098, 4, 0x000fffff},                     /* CMDQ_PROD */
    {0x09c, 4, 0x7f0fffff},                     /* CMDQ_CONS */
    {0x0a0, 8, UINT64_C(0x40ffffffffffffff)},   /* EVENTQ_BASE */
    {0x0b0, 8, UINT64_C(0x00fffffffffffffc)},   /* EVENTQ_IRQ_CFG0 */
    {0x0b8, 4, M32},                            /* EVENTQ_IRQ_CFG1 */
    {0x0bc, 4, 0x0000003f},                     /* EVENTQ_IRQ_CFG2 */
    {0x0c0, 8, UINT64_C(0x40ffffffffffffff)},   /* PRIQ_BASE */
    {0x0d0, 8, UINT64_C(0x00fffffffffffffc)},   /* PRIQ_IRQ_CFG0 */
    {0x0d8, 4, M32},                            /* PRIQ_IRQ_CFG1 */
    {0x0dc, 4, 0x8000003f},                     /* PRIQ_IRQ_CFG2 */
    {0x108, 8, UINT64_C(0x001fffffffffffff)},   /* GATOS_SID */
    {0x110, 8, UINT64_C(0xffffffffffffffc0)},   /* GATOS_ADDR */
    {0x100a8, 4, 0x800fffff},                   /* EVENTQ_PROD */
    {0x100ac, 4, 0x800fffff},                   /* EVENTQ_CONS */
    {0x100c8, 4, 0x800fffff},                   /* PRIQ_PROD */
    {0x100cc, 4, 0x800fffff},                   /* PRIQ_CONS */
    {0x30000, 8, UINT64_C(0x40ffffffffffffff)}, /* ECMDQ_BASE0 */
    {0x3f000, 8, UINT64_C(0x40ffffffffffffff)}, /* ECMDQ_BASE15 */
};

static uint64_t get(struct rig *r, uint32_t offset, uint32_t bytes)
{
    return nap_bus_read(r->m, rig_at(r, offset), bytes,
                        (struct nap_source){__FILE__, __LINE__, NULL});
}

static void put(struct rig *r, uint32_t offset, uint32_t bytes, uint64_t value)
{
    nap_bus_write(r->m, rig_at(r, offset), bytes, value,
                  (struct nap_source){__FILE__, __LINE__, NULL});
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Queues of the greatest size, so that all bits of an index count. */
static void great_queues(struct rig *r)
{
    put(r, 0x90, 8, 19);
    put(r, 0xa0, 8, 19);
    put(r, 0xc0, 8, 19);
}

static void a_register_takes_its_fields_and_no_other_bits(void **state)
{
    struct rig *r = *state;

    for (size_t i = 0; i < COUNT(writable); i++) {
        rig_again(r, &(struct rig_options){.preset = "full"});
        great_queues(r);
        put(r, writable[i].offset, writable[i].bytes, UINT64_MAX);
        assert_int_equal(get(r, writable[i].offset, writable[i].bytes), writable[i].bits);
        put(r, writable[i].offset, writable[i].bytes, 0);
        assert_int_equal(get(r, writable[i].offset, writable[i].bytes), 0);
    }
}

/* "Register overview": two halves, each of its own. */
static void a_64_bit_register_is_two_halves(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.preset = "full"});
    for (size_t i = 0; i < COUNT(writable); i++) {
        const struct row *row = &writable[i];

        if (row->bytes != 8)
            continue;
        put(r, row->offset, 8, 0);
        put(r, row->offset + 4, 4, M32);
        assert_int_equal(get(r, row->offset, 8), row->bits & ~M32);
        put(r, row->offset, 4, M32);
        put(r, row->offset + 4, 4, 0);
        assert_int_equal(get(r, row->offset, 8), row->bits & M32);
        assert_int_equal(get(r, row->offset, 4), row->bits & M32);
    }
}

/* --- reset --- */

/* What resets to a known value, and which bits of it do. GBPA and identification are those of
 * preset `full`. */
static const struct {
    uint32_t offset;
    uint32_t bits, value;
} known[] = {
    {0x020, UINT32_MAX, 0},          /* CR0 */
    {0x024, UINT32_MAX, 0},          /* CR0ACK */
    {0x040, UINT32_MAX, 0},          /* STATUSR */
    {0x044, UINT32_MAX, 0x1000},     /* GBPA */
    {0x050, UINT32_MAX, 0},          /* IRQ_CTRL */
    {0x054, UINT32_MAX, 0},          /* IRQ_CTRLACK */
    {0x060, UINT32_MAX, 0},          /* GERROR */
    {0x064, UINT32_MAX, 0},          /* GERRORN */
    {0x100, UINT32_MAX, 0},          /* GATOS_CTRL */
    {0x100c8, 0x80000000, 0},        /* PRIQ_PROD.OVFLG */
    {0x30008, 0x80800000, 0},        /* ECMDQ_PROD.EN, ERRACK */
    {0x3000c, 0x80800000, 0},        /* ECMDQ_CONS.ENACK, ERR */
    {0x000, UINT32_MAX, 0x08cff69f}, /* IDR0 */
    {0x004, UINT32_MAX, 0x8e739d10}, /* IDR1 */
    {0x008, UINT32_MAX, 0},          /* IDR2: no VATOS */
    {0x01c, UINT32_MAX, 3},          /* AIDR: v3.3 */
    {0x190, UINT32_MAX, 0x00040000}, /* IDR6: one page of 2^4 queues */
    {0xff0, UINT32_MAX, 0x0d},       /* CIDR0 to CIDR3 */
    {0xff4, UINT32_MAX, 0xf0},       {0xff8, UINT32_MAX, 0x05}, {0xffc, UINT32_MAX, 0xb1},
    {0x4000, UINT32_MAX, 0x30003}, /* CMDQ_CONTROL_PAGE_BASE0: 64K granule, preset */
    {0x4008, UINT32_MAX, 1},         {0x400c, UINT32_MAX, 1}, /* CFG0, STATUS0 */
};

static void assert_known(struct rig *r)
{
    for (size_t i = 0; i < COUNT(known); i++)
        assert_int_equal(rd(r, known[i].offset) & known[i].bits, known[i].value);
}

static void what_resets_to_a_known_value_has_it_after_power_loss(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.preset = "full"});
    assert_known(r);
    great_queues(r);
    put(r, 0x44, 4, 0x80100000);
    put(r, 0x50, 4, 7);
    put(r, 0x100c8, 4, UINT32_MAX);
    put(r, 0x30008, 4, 0x80800001);
    put(r, 0x20, 4, EVENTQEN | PRIQEN);
    nap_set_profile(r->m, NAP_PROFILE_HOSTILE);
    nap_power_off(r->m, 1);
    nap_power_on(r->m, 1);
    assert_known(r);
}

/* UNKNOWN at reset: in profile hostile none of it is 0 by luck. */
static void what_resets_to_unknown_wakes_with_garbage(void **state)
{
    static const struct row unknown[] = {
        {0x28, 4, 0}, {0x80, 8, 0}, {0x88, 4, 0},  {0x90, 8, 0},    {0x98, 4, 0},
        {0x9c, 4, 0}, {0xa0, 8, 0}, {0xb0, 8, 0},  {0x68, 8, 0},    {0xc0, 8, 0},
        {0xd0, 8, 0}, {0x2c, 4, 0}, {0x108, 8, 0}, {0x100ac, 4, 0}, {0x30000, 8, 0},
    };
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.preset = "full"});
    nap_set_profile(r->m, NAP_PROFILE_HOSTILE);
    nap_power_off(r->m, 1);
    nap_power_on(r->m, 1);
    great_queues(r); /* so that no bit of an index is hidden */
    nap_power_off(r->m, 1);
    nap_power_on(r->m, 1);
    for (size_t i = 0; i < COUNT(unknown); i++)
        assert_int_not_equal(get(r, unknown[i].offset, unknown[i].bytes), 0);
}

/* "PRI queue overflow": OVFLG is 0 and OVACKFLG may not be, so that the queue comes up full. */
static void the_pri_queue_may_wake_in_overflow(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.preset = "full"});
    nap_set_profile(r->m, NAP_PROFILE_HOSTILE);
    nap_power_off(r->m, 1);
    nap_power_on(r->m, 1);
    assert_int_equal(rd(r, 0x100c8) & OVFLG, 0);
    assert_int_equal(rd(r, 0x100cc) & OVFLG, OVFLG);
}

/* --- read-only --- */

static void what_is_read_only_takes_nothing(void **state)
{
    static const uint32_t offsets[] = {0x000, 0x004, 0x008, 0x00c, 0x010, 0x014,  0x018,
                                       0x01c, 0x024, 0x040, 0x048, 0x054, 0x060,  0x118,
                                       0x190, 0xfd0, 0xfe0, 0xfe8, 0xff0, 0x4000, 0x4008};
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.preset = "full"});
    for (size_t i = 0; i < COUNT(offsets); i++) {
        uint32_t before = rd(r, offsets[i]);
        wr(r, offsets[i], ~before);
        assert_int_equal(rd(r, offsets[i]), before);
    }
}

static void offsets_without_a_register_read_0(void **state)
{
    static const uint32_t offsets[] = {0x034c,  0x0e00,  0x1000, 0x10000,
                                       0x10020, 0x100b0, 0x2fffc};
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.preset = "full"});
    for (size_t i = 0; i < COUNT(offsets); i++) {
        wr(r, offsets[i], UINT32_MAX);
        assert_int_equal(rd(r, offsets[i]), 0);
    }
}

/* Without Secure state the bank reads 0. Each access is told. */
static void the_secure_bank_reads_0_and_is_told(void **state)
{
    static const uint32_t offsets[] = {0x8000, 0x8004, 0x8020, 0x8044, 0x80ac, 0xc00c};
    struct rig *r = *state;

    for (size_t i = 0; i < COUNT(offsets); i++) {
        unsigned before = r->m->n_unmodelled;
        wr(r, offsets[i], UINT32_MAX);
        assert_int_equal(rd(r, offsets[i]), 0);
        assert_int_equal(r->m->n_unmodelled, before + 1);
        assert_int_equal(r->m->unmodelled[before].count, 2);
    }
}

/* --- guards --- */

/* A register and the enable, in CR0 (0x20) or IRQ_CTRL (0x50), that makes it read-only. */
static const struct guarded {
    struct row reg;
    uint32_t by, enable;
} guarded[] = {
    {{0x080, 8, UINT64_C(0x40ffffffffffffc0)}, 0x20, SMMUEN},
    {{0x088, 4, 0x000307ff}, 0x20, SMMUEN},
    {{0x02c, 4, 0x00000009}, 0x20, SMMUEN},
    {{0x028, 4, 0x00000fc0}, 0x20, SMMUEN}, /* TABLE_* */
    {{0x028, 4, 0x0000003f}, 0x20, CMDQEN}, /* QUEUE_* */
    {{0x028, 4, 0x0000003f}, 0x20, EVENTQEN},
    {{0x028, 4, 0x0000003f}, 0x20, PRIQEN},
    {{0x090, 8, UINT64_C(0x40ffffffffffffe0)}, 0x20, CMDQEN},
    {{0x0a0, 8, UINT64_C(0x40ffffffffffffe0)}, 0x20, EVENTQEN},
    {{0x100a8, 4, OVFLG}, 0x20, EVENTQEN},
    {{0x0c0, 8, UINT64_C(0x40ffffffffffffe0)}, 0x20, PRIQEN},
    {{0x100c8, 4, OVFLG}, 0x20, PRIQEN},
    {{0x068, 8, UINT64_C(0x00fffffffffffffc)}, 0x50, GERROR_IRQEN},
    {{0x070, 4, M32}, 0x50, GERROR_IRQEN},
    {{0x074, 4, 0x3f}, 0x50, GERROR_IRQEN},
    {{0x0b0, 8, UINT64_C(0x00fffffffffffffc)}, 0x50, EVENTQ_IRQEN},
    {{0x0b8, 4, M32}, 0x50, EVENTQ_IRQEN},
    {{0x0bc, 4, 0x3f}, 0x50, EVENTQ_IRQEN},
    {{0x0d0, 8, UINT64_C(0x00fffffffffffffc)}, 0x50, 2},
    {{0x0d8, 4, M32}, 0x50, 2},
    {{0x0dc, 4, 0x8000003f}, 0x50, 2},
};

static void enable(struct rig *r, const struct guarded *g, uint32_t value)
{
    wr(r, g->by, value);
    assert_int_equal(rd(r, g->by + 4), value); /* acknowledged */
}

static void from_v3_2_on_a_closed_guard_makes_read_only(void **state)
{
    static const char *const presets[] = {"v3.2", "full", "mmu700"};
    struct rig *r = *state;

    for (size_t p = 0; p < COUNT(presets); p++)
        for (size_t i = 0; i < COUNT(guarded); i++) {
            const struct row *reg = &guarded[i].reg;

            rig_again(r, &(struct rig_options){.preset = presets[p]});
            enable(r, &guarded[i], guarded[i].enable);
            put(r, reg->offset, reg->bytes, reg->bits);
            assert_int_equal(get(r, reg->offset, reg->bytes) & reg->bits, 0);
            enable(r, &guarded[i], 0);
            put(r, reg->offset, reg->bytes, reg->bits);
            assert_int_not_equal(get(r, reg->offset, reg->bytes) & reg->bits, 0);
        }
}

/* S01 for whole registers, S02 for CR1 and CR2. */
static void before_v3_2_such_a_write_may_be_taken(void **state)
{
    static const char *const presets[] = {"v3.0", "v3.1", "mmu600"};
    struct rig *r = *state;

    for (size_t p = 0; p < COUNT(presets); p++)
        for (size_t i = 0; i < COUNT(guarded); i++) {
            const struct row *reg = &guarded[i].reg;

            for (uint32_t taken = 0; taken < 2; taken++) {
                rig_again(r, &(struct rig_options){.preset = presets[p],
                                                   .sw = {{"S01", taken}, {"S02", taken}},
                                                   .n_switches = 2});
                enable(r, &guarded[i], guarded[i].enable);
                put(r, reg->offset, reg->bytes, reg->bits);
                assert_int_equal((get(r, reg->offset, reg->bytes) & reg->bits) != 0, taken);
            }
        }
}

/* "SMMU_STRTAB_BASE", "SMMU_CMDQ_BASE" and so on: read-only where IDR1 says that they are
 * preset, whatever becomes of other writes that come too early. */
static void preset_bases_take_nothing(void **state)
{
    static const struct row tables[] = {{0x080, 8, 0}, {0x088, 4, 0}};
    static const struct row queues[] = {{0x090, 8, 0}, {0x0a0, 8, 0}, {0x0c0, 8, 0}};
    struct rig *r = *state;

    for (uint32_t taken = 0; taken < 2; taken++) {
        rig_again(r, &(struct rig_options){.preset = "v3.1",
                                           .id = "IDR1",
                                           .id_value = 0x6e739d10,
                                           .sw = {{"S01", taken}},
                                           .n_switches = 1});
        for (unsigned on = 0; on < 2; on++) {
            wr(r, CR0, on ? SMMUEN | PRIQEN | EVENTQEN | CMDQEN : 0);
            for (size_t i = 0; i < COUNT(tables); i++) {
                put(r, tables[i].offset, tables[i].bytes, UINT64_MAX);
                assert_int_equal(get(r, tables[i].offset, tables[i].bytes), 0);
            }
            for (size_t i = 0; i < COUNT(queues); i++) {
                put(r, queues[i].offset, queues[i].bytes, UINT64_MAX);
                assert_int_equal(get(r, queues[i].offset, queues[i].bytes), 0);
            }
        }
    }
}

/* Between CR0 and its acknowledge the guard is closed on both ways. */
static void a_guard_is_closed_while_the_enable_changes(void **state)
{
    struct rig *r = *state;

    rig_lazy(r);
    wr(r, CR0, SMMUEN);
    put(r, 0x88, 4, 5);
    assert_int_equal(rd(r, 0x88), 0);
    (void)rig_poll(r, CR0ACK, SMMUEN);
    wr(r, CR0, 0);
    put(r, 0x88, 4, 5);
    assert_int_equal(rd(r, 0x88), 0);
    (void)rig_poll(r, CR0ACK, 0);
    put(r, 0x88, 4, 5);
    assert_int_equal(rd(r, 0x88), 5);
}

static void a_closed_guard_is_told_in_words(void **state)
{
    const struct nap_reg *reg = &nap_model_smmuv3.regs[SMMU_REG_STRTAB_BASE];
    char text[160];

    (void)state;
    nap_guard_text(&nap_model_smmuv3, &reg->guards[0], "is not", text, sizeof text);
    assert_string_equal(text, "CR0.SMMUEN is not 0 or CR0ACK.SMMUEN is not 0");
}

/* "SMMU_ECMDQ_BASEn", "_PRODn", "_CONSn". */
static void an_ecmdq_guards_its_own_registers(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.preset = "full", .policy = NAP_POLICY_LAZY});
    wr(r, ECMDQ_PROD(3), EN);
    wr(r, ECMDQ_PROD(3), EN | 1); /* EN is not acknowledged */
    assert_int_equal(rd(r, ECMDQ_PROD(3)), EN);
    (void)rig_poll(r, ECMDQ_CONS(3), EN);
    put(r, ECMDQ_BASE(3), 8, 0x80000003);
    assert_int_equal(get(r, ECMDQ_BASE(3), 8), 0);
    wr(r, ECMDQ_CONS(3), 5);
    assert_int_equal(rd(r, ECMDQ_CONS(3)), EN);
    put(r, ECMDQ_BASE(4), 8, 0x80000003); /* another queue */
    assert_int_equal(get(r, ECMDQ_BASE(4), 8), 0x80000003);
}

/* --- features --- */

/* The SMMU of QEMU: no MSI, PRI, ATS, ATOS, VMW, Hyp, ECMDQ; its stream table has two levels.
 */
static void registers_of_absent_features_read_0(void **state)
{
    static const struct row absent[] = {
        {0x068, 8, 0},   {0x070, 4, 0},   {0x074, 4, 0},   {0x0b0, 8, 0},   {0x0b8, 4, 0},
        {0x0bc, 4, 0},   {0x0c0, 8, 0},   {0x0c8, 4, 0},   {0x0cc, 4, 0},   {0x0d0, 8, 0},
        {0x0d8, 4, 0},   {0x0dc, 4, 0},   {0x100, 4, 0},   {0x108, 8, 0},   {0x110, 8, 0},
        {0x118, 8, 0},   {0x130, 4, 0},   {0x138, 4, 0},   {0x13c, 4, 0},   {0x180, 4, 0},
        {0x190, 4, 0},   {0x200, 8, 0},   {0x208, 4, 0},   {0x210, 8, 0},   {0x030, 8, 0},
        {0x4000, 8, 0},  {0x4008, 4, 0},  {0x400c, 4, 0},  {0x100c8, 4, 0}, {0x100cc, 4, 0},
        {0x30000, 8, 0}, {0x30008, 4, 0}, {0x3000c, 4, 0},
    };
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.preset = "qemu-virt"});
    for (size_t i = 0; i < COUNT(absent); i++) {
        put(r, absent[i].offset, absent[i].bytes, UINT64_MAX);
        assert_int_equal(get(r, absent[i].offset, absent[i].bytes), 0);
    }
    put(r, 0x2c, 4, M32);
    assert_int_equal(rd(r, 0x2c), 2); /* RECINVSID alone */
    put(r, 0x88, 4, M32);
    assert_int_equal(rd(r, 0x88), 0x000307ff);
    wr(r, CR0, ATSCHK | PRIQEN | VMW(7u));
    assert_int_equal(rd(r, CR0), 0);
    wr(r, IRQ_CTRL, 7);
    assert_int_equal(rd(r, IRQ_CTRL), 5);
}

/* The document says both of LO; S20. IDR0 with PRI and ATS, without MSI. */
static void lo_without_msis_is_there_or_not(void **state)
{
    struct rig *r = *state;

    for (uint32_t value = 0; value < 2; value++) {
        rig_again(r, &(struct rig_options){.preset = "v3.2",
                                           .id = "IDR0",
                                           .id_value = 0x084fd69f,
                                           .sw = {{"S20", value}},
                                           .n_switches = 1});
        put(r, 0xdc, 4, M32);
        assert_int_equal(rd(r, 0xdc), value ? 0 : 0x80000000);
    }
}

/* S07. */
static void page_0_shows_registers_of_page_1_or_nothing(void **state)
{
    struct rig *r = *state;

    for (uint32_t hidden = 0; hidden < 2; hidden++) {
        rig_again(r, &(struct rig_options){
                         .preset = "full", .sw = {{"S07", hidden}}, .n_switches = 1});
        great_queues(r);
        put(r, 0xac, 4, 0x80000005);
        assert_int_equal(rd(r, 0x100ac), hidden ? 0 : 0x80000005);
        put(r, 0x100cc, 4, 7);
        assert_int_equal(rd(r, 0xcc), hidden ? 0 : 7);
        wr(r, CR0, EVENTQEN);
        put(r, 0xa8, 4, 3);
        assert_int_equal(rd(r, 0x100a8), 0); /* guarded there too */
    }
}

static void presets_are_what_they_say(void **state)
{
    static const struct {
        const char *preset;
        uint32_t idr0, idr1, idr3, idr5, iidr, aidr;
    } cases[] = {
        {"qemu-virt", 0x0d40101a, 0x02730010, 0x1404, 0x74, 0, 1},
        {"mmu600", 0x084ff69f, 0x0e739d18, 0x14, 0x100075, 0x4832043b, 1},
        {"mmu700", 0x084ff69f, 0x0e739d18, 0xd14, 0x100075, 0x4871043b, 2},
        {"v3.0", 0x084ff69f, 0x0e739d10, 0, 0x100075, 0, 0},
        {"full", 0x08cff69f, 0x8e739d10, 0x7734, 0x1004f6, 0, 3},
    };
    struct rig *r = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        rig_again(r, &(struct rig_options){.preset = cases[i].preset});
        assert_int_equal(rd(r, IDR0), cases[i].idr0);
        assert_int_equal(rd(r, IDR1), cases[i].idr1);
        assert_int_equal(rd(r, IDR3), cases[i].idr3);
        assert_int_equal(rd(r, IDR5), cases[i].idr5);
        assert_int_equal(rd(r, 0x18), cases[i].iidr);
        assert_int_equal(rd(r, AIDR), cases[i].aidr);
        assert_int_equal(r->m->n_unmodelled, 0); /* none has what is not modelled */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(a_register_takes_its_fields_and_no_other_bits),
        rig_test(a_64_bit_register_is_two_halves),
        rig_test(what_resets_to_a_known_value_has_it_after_power_loss),
        rig_test(what_resets_to_unknown_wakes_with_garbage),
        rig_test(the_pri_queue_may_wake_in_overflow),
        rig_test(what_is_read_only_takes_nothing),
        rig_test(offsets_without_a_register_read_0),
        rig_test(the_secure_bank_reads_0_and_is_told),
        rig_test(from_v3_2_on_a_closed_guard_makes_read_only),
        rig_test(before_v3_2_such_a_write_may_be_taken),
        rig_test(preset_bases_take_nothing),
        rig_test(a_guard_is_closed_while_the_enable_changes),
        rig_test(a_closed_guard_is_told_in_words),
        rig_test(an_ecmdq_guards_its_own_registers),
        rig_test(registers_of_absent_features_read_0),
        rig_test(lo_without_msis_is_there_or_not),
        rig_test(page_0_shows_registers_of_page_1_or_nothing),
        rig_test(presets_are_what_they_say),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
