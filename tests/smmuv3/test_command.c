/* SPDX-License-Identifier: MIT */
/* lib/smmuv3/command.c: Arm IHI 0070, "Command opcodes", "Commands", and what each section says
 * is illegal. */
#include "rig.h"

#define NONE 0u
#define ILL  1u
#define ATC  3u /* CERROR_ATC_INV_SYNC */

#define SID(n)   ((uint64_t)(n) << 32)
#define SSV      (UINT64_C(1) << 11)
#define SSEC     (UINT64_C(1) << 10)
#define VMID(n)  ((uint64_t)(n) << 32)
#define ASID(n)  ((uint64_t)(n) << 48)
#define LEAF     1u
#define NUM(n)   ((uint64_t)(n) << 12)
#define SCALE(n) ((uint64_t)(n) << 20)
#define TTL(n)   ((uint64_t)(n) << 8)
#define TG_4K    (1u << 10)
#define TG_16K   (2u << 10)
#define TG_64K   (3u << 10)

/* --- which opcodes exist --- */

static bool among(const uint8_t *list, unsigned n, unsigned op)
{
    for (unsigned i = 0; i < n; i++)
        if (list[i] == op)
            return true;
    return false;
}

/* With all features but MPAM and DPT, and no Secure state. */
static void opcodes_without_a_command_are_illegal(void **state)
{
    const uint8_t legal[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x10, 0x11, 0x12, 0x13, 0x20,
                             0x21, 0x22, 0x23, 0x28, 0x2a, 0x30, 0x40, 0x41, 0x44, 0x45, 0x46};
    struct rig *r = *state;

    rig_cmdq(r);
    for (unsigned op = 0; op < 256; op++)
        assert_int_equal(rig_command(r, op, 0), among(legal, sizeof legal, op) ? NONE : ILL);
}

struct need {
    uint8_t op;
    uint16_t slot;
    uint64_t feature;
};

static void commands_of_absent_features_are_illegal(void **state)
{
    const struct need needs[] = {
        {0x05, SMMU_SLOT_IDR0, SMMU_IDR0_S1P}, {0x06, SMMU_SLOT_IDR0, SMMU_IDR0_S1P},
        {0x10, SMMU_SLOT_IDR0, SMMU_IDR0_S1P}, {0x11, SMMU_SLOT_IDR0, SMMU_IDR0_S1P},
        {0x12, SMMU_SLOT_IDR0, SMMU_IDR0_S1P}, {0x13, SMMU_SLOT_IDR0, SMMU_IDR0_S1P},
        {0x20, SMMU_SLOT_IDR0, SMMU_IDR0_Hyp}, {0x20, SMMU_SLOT_IDR0, SMMU_IDR0_S1P},
        {0x21, SMMU_SLOT_IDR0, SMMU_IDR0_Hyp}, {0x22, SMMU_SLOT_IDR0, SMMU_IDR0_Hyp},
        {0x23, SMMU_SLOT_IDR0, SMMU_IDR0_Hyp}, {0x28, SMMU_SLOT_IDR0, SMMU_IDR0_S2P},
        {0x2a, SMMU_SLOT_IDR0, SMMU_IDR0_S2P}, {0x40, SMMU_SLOT_IDR0, SMMU_IDR0_ATS},
        {0x41, SMMU_SLOT_IDR0, SMMU_IDR0_PRI},
    };
    struct rig *r = *state;

    rig_cmdq(r);
    for (unsigned i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        assert_int_equal(rig_command(r, needs[i].op, 0), NONE);
        rig_id(r, needs[i].slot, needs[i].feature, 0);
        assert_int_equal(rig_command(r, needs[i].op, 0), ILL);
        rig_id(r, needs[i].slot, 0, needs[i].feature);
    }
}

/* IDR0.STALL_MODEL: 0 stall and terminate, 1 no stalls, 2 stall forced. */
static void stall_commands_need_a_model_with_stalls(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    for (unsigned model = 0; model < 3; model++) {
        rig_id(r, SMMU_SLOT_IDR0, SMMU_IDR0_STALL_MODEL, (uint64_t)model << 24);
        assert_int_equal(rig_command(r, 0x44, 0), model == 1 ? ILL : NONE);
        assert_int_equal(rig_command(r, 0x45, 0), model == 1 ? ILL : NONE);
    }
}

static void commands_of_mpam_and_dpt_are_legal_there_and_count_as_unmodelled(void **state)
{
    const uint8_t ops[] = {0x07, 0x70, 0x73};
    struct rig *r = *state;

    rig_cmdq(r);
    rig_id(r, SMMU_SLOT_IDR3, 0, SMMU_IDR3_MPAM | SMMU_IDR3_DPT);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(rig_command(r, ops[i], 0), NONE);
    assert_true(r->m->n_unmodelled >= 2);
}

/* "Common command fields": SSec=1 on the Non-secure queue. */
static void commands_for_the_secure_state_are_illegal(void **state)
{
    const uint8_t ops[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x44, 0x45};
    struct rig *r = *state;

    rig_cmdq(r);
    for (unsigned i = 0; i < sizeof ops; i++)
        assert_int_equal(rig_command(r, ops[i] | SSEC, 0), ILL);
}

/* --- illegal parameters --- */

static void cs_3_is_illegal(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    for (uint64_t cs = 0; cs < 3; cs++)
        assert_int_equal(rig_command(r, SYNC | cs << 12, 0), NONE);
    assert_int_equal(rig_command(r, SYNC | 3u << 12, 0), ILL);
}

static void resp_3_is_illegal(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    for (uint64_t resp = 0; resp < 3; resp++)
        assert_int_equal(rig_command(r, 0x41, resp << 12), NONE);
    assert_int_equal(rig_command(r, 0x41, 3u << 12), ILL);
}

static void a_size_beyond_everything_is_illegal(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    assert_int_equal(rig_command(r, 0x40, 52), NONE);
    assert_int_equal(rig_command(r, 0x40, 53), ILL);
}

/* "Range-based invalidation and level hint". */
static void a_range_of_one_granule_without_a_level_is_illegal(void **state)
{
    const uint8_t ranged[] = {0x12, 0x13, 0x22, 0x23, 0x2a};
    struct rig *r = *state;

    rig_cmdq(r);
    for (unsigned i = 0; i < sizeof ranged; i++) {
        assert_int_equal(rig_command(r, ranged[i], 0), NONE);
        assert_int_equal(rig_command(r, ranged[i], TG_4K), ILL);
        assert_int_equal(rig_command(r, ranged[i], TG_4K | TTL(3)), NONE);
        assert_int_equal(rig_command(r, ranged[i] | NUM(1), TG_4K), NONE);
        assert_int_equal(rig_command(r, ranged[i] | SCALE(1), TG_64K), NONE);
    }
}

/* TG=16K with TTL=1 counts as TTL=0 unless IDR5.DS. */
static void level_1_of_16k_is_no_level_without_ds(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    assert_int_equal(rig_command(r, 0x12, TG_16K | TTL(1)), ILL);
    assert_int_equal(rig_command(r, 0x12, TG_16K | TTL(2)), NONE);
    rig_id(r, SMMU_SLOT_IDR5, 0, SMMU_IDR5_DS);
    assert_int_equal(rig_command(r, 0x12, TG_16K | TTL(1)), NONE);
}

static void without_ril_there_are_no_range_fields(void **state)
{
    struct rig *r = *state;

    rig_id(r, SMMU_SLOT_IDR3, SMMU_IDR3_RIL, 0);
    rig_cmdq(r);
    assert_int_equal(rig_command(r, 0x12, TG_4K), NONE);
}

static void reserved_fields_are_ignored_or_illegal(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    assert_int_equal(rig_command(r, NSNH_ALL | VMID(1), 0), NONE);
    assert_int_equal(rig_command(r, 0x12, TG_4K | TTL(3)), NONE);
    rig_switch(r, "S26", 1);
    rig_cmdq(r);
    assert_int_equal(rig_command(r, NSNH_ALL, 0), NONE);
    assert_int_equal(rig_command(r, NSNH_ALL | VMID(1), 0), ILL);
    assert_int_equal(rig_command(r, 0x12, TG_4K | TTL(3)), NONE);
    rig_id(r, SMMU_SLOT_IDR3, SMMU_IDR3_RIL, 0);
    assert_int_equal(rig_command(r, 0x12, TG_4K | TTL(3)), ILL);
    assert_int_equal(rig_command(r, 0x12 | VMID(3) | ASID(4), 0x1000 | LEAF), NONE);
}

/* "Range-based invalidation and level hint": without TG all others are reserved, without DS bit
 * 5 of SCALE, and TTL128 without 128-bit descriptors. */
static void fields_of_a_range_are_reserved_where_nothing_uses_them(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "S26", 1);
    rig_cmdq(r);
    assert_int_equal(rig_command(r, 0x12 | NUM(1), 0), ILL);
    assert_int_equal(rig_command(r, 0x12 | SCALE(1), 0), ILL);
    assert_int_equal(rig_command(r, 0x12, TTL(1)), ILL);
    assert_int_equal(rig_command(r, 0x12 | NUM(1) | SCALE(31), TG_4K | TTL(3)), NONE);
    assert_int_equal(rig_command(r, 0x12 | SCALE(32), TG_4K | TTL(3)), ILL);
    assert_int_equal(rig_command(r, 0x12, TG_4K | TTL(3) | 1u << 7), ILL);
    rig_id(r, SMMU_SLOT_IDR5, 0, SMMU_IDR5_DS);
    assert_int_equal(rig_command(r, 0x12 | SCALE(32), TG_4K | TTL(3)), NONE);
}

/* "TLB invalidation": "When support ... is 8 bits, the upper 8 bits ... are RES0"; "TLB
 * invalidation of stage 1": without stage 2 "the VMID parameter is RES0". */
static void bits_of_tags_that_do_not_exist_are_reserved(void **state)
{
    struct rig *r = *state;

    rig_switch(r, "S26", 1);
    rig_cmdq(r);
    assert_int_equal(rig_command(r, 0x11 | VMID(0x100) | ASID(0x100), 0), NONE);
    rig_id(r, SMMU_SLOT_IDR0, SMMU_IDR0_VMID16, 0);
    assert_int_equal(rig_command(r, 0x11 | VMID(0x100) | ASID(0x100), 0), ILL);
    assert_int_equal(rig_command(r, 0x11 | VMID(0xff) | ASID(0x100), 0), NONE);
    rig_id(r, SMMU_SLOT_IDR0, SMMU_IDR0_ASID16, 0);
    assert_int_equal(rig_command(r, 0x11 | ASID(0x100), 0), ILL);
    assert_int_equal(rig_command(r, 0x11 | VMID(1) | ASID(0xff), 0), NONE);
    rig_id(r, SMMU_SLOT_IDR0, SMMU_IDR0_S2P, 0);
    assert_int_equal(rig_command(r, 0x11 | VMID(1), 0), ILL);
    assert_int_equal(rig_command(r, 0x11 | ASID(1), 0), NONE);
}

/* "Common command fields": 55:52 are reserved up to SMMUv3.3, 55:48 in SMMUv3.0;
 * "CMD_PREFETCH_ADDR": there Stride is reserved too. */
static void what_later_versions_have_is_reserved(void **state)
{
    static const uint64_t bit[] = {48, 51, 52, 55};
    struct rig *r = *state;

    rig_switch(r, "S26", 1);
    rig_cmdq(r);
    for (unsigned minor = 0; minor < 4; minor += 3) {
        MINOR(r, minor);
        for (unsigned i = 0; i < 4; i++) {
            unsigned error = bit[i] < (minor ? 52u : 48u) ? NONE : ILL;
            assert_int_equal(rig_command(r, 0x2a, UINT64_C(1) << bit[i]), error);
            assert_int_equal(rig_command(r, SYNC, UINT64_C(1) << bit[i]), error);
        }
        assert_int_equal(rig_command(r, 0x02, 1u << 5), minor ? NONE : ILL);
    }
}

/* Where reserved bits are ignored, an address that has no other is 0: no message. */
static void a_sync_ignores_what_is_no_bit_of_its_address(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    assert_int_equal(rig_command(r, SYNC_IRQ, UINT64_C(1) << 55), NONE);
    assert_int_equal(rd(r, GERROR), 0);
    assert_int_equal(rig_command(r, SYNC_IRQ | UINT64_C(7) << 32, UINT64_C(1) << 55 | WORD),
                     NONE);
    assert_int_equal(rig_ram(r, WORD), 7);
}

/* --- CMD_SYNC --- */

static void a_sync_writes_its_data_where_it_says(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    rig_put(r, WORD, UINT64_MAX, 0);
    assert_int_equal(rig_command(r, SYNC_IRQ | UINT64_C(0xcafe) << 32, WORD), NONE);
    assert_true(rig_ram(r, WORD) == UINT64_C(0xffffffff0000cafe));
}

static void a_sync_without_irq_writes_nothing(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    for (uint64_t cs = 0; cs < 3; cs += 2)
        rig_command(r, SYNC | cs << 12 | UINT64_C(0xcafe) << 32, WORD);
    assert_int_equal(rig_ram(r, WORD), 0);
}

static void a_sync_may_write_into_its_own_entry(void **state)
{
    struct rig *r = *state;

    rig_cmdq(r);
    rig_command(r, SYNC_IRQ | UINT64_C(0) << 32, CMDQ);
    assert_int_equal(rig_ram(r, CMDQ) & 0xffffffff, 0);
}

/* --- ATC invalidation, by an endpoint that notes what it is told --- */

struct told {
    struct nap_message last;
    uint32_t n, reserved;
};

static bool endpoint_told(struct nap_machine *m, unsigned device, const struct nap_message *msg)
{
    struct told *t = nap_block_state_mut(m, device);

    nap_touch(m, t, sizeof *t);
    t->last = *msg;
    t->n++;
    return true;
}

static const struct nap_field endpoint_fields[] = {
    {"VALUE", "", "", 0xffffffff, 1, 0, 32, NAP_ACCESS_RW, 0, 0, 0, {0}}};
static const struct nap_reg endpoint_regs[] = {{.name = "NOTE",
                                                .about = "",
                                                .source = "",
                                                .fields = endpoint_fields,
                                                .n_fields = 1,
                                                .count = 1,
                                                .n_windows = 1,
                                                .windows = {{0, 1, 0, 4}},
                                                .variants = 1,
                                                .width_bits = 32,
                                                .defined = {0xffffffff},
                                                .writable = {0xffffffff}}};
static const struct nap_model endpoint_model = {.name = "endpoint",
                                                .title = "",
                                                .source = "",
                                                .n_variants = 1,
                                                .variants = {"only"},
                                                .window_bytes = 0x1000,
                                                .n_slots = 1,
                                                .n_regs = 1,
                                                .regs = endpoint_regs};
static const struct nap_block endpoint_block = {.abi = NAP_BLOCK_ABI,
                                                .model = &endpoint_model,
                                                .state_bytes = sizeof(struct told),
                                                .message = endpoint_told};

#define STREAM 0x42u

/* StreamID 0x42 is the endpoint's, in a power domain of its own; SMMUEN and CMDQEN are 1. */
static void endpoint_machine(struct rig *r, struct nap_machine_config config)
{
    const struct nap_block *blocks[] = {&nap_smmuv3_block, &endpoint_block, NULL};

    config.soc = &r->soc;
    config.blocks = blocks;
    nap_machine_destroy(r->m);
    rig_describe(&r->soc, &(struct rig_options){.n_switches = 0});
    r->soc.n_domains = 2;
    r->soc.domains[1] = (struct nap_soc_domain){"slot", NAP_SOC_NONE};
    r->soc.n_devices = 2;
    r->soc.devices[1] = (struct nap_soc_device){.name = "endpoint",
                                                .model = "endpoint",
                                                .variant = "only",
                                                .base = 0x50000000,
                                                .size_bytes = 0x1000,
                                                .domain = 1,
                                                .upstream = 0,
                                                .line = STREAM,
                                                .irq = NAP_SOC_NONE};
    assert_int_equal(nap_machine_create(&config, &r->m, NULL), NAP_OK);
    rig_cmdq(r);
    wr(r, CR0, CMDQEN | SMMUEN);
}

static void with_endpoint(struct rig *r, unsigned faults)
{
    endpoint_machine(r, (struct nap_machine_config){.faults = faults});
}

static void with_endpoint_and(struct rig *r, struct nap_switch_setting setting)
{
    endpoint_machine(r, (struct nap_machine_config){.switches = &setting, .n_switches = 1});
}

static const struct told *told(const struct rig *r)
{
    return nap_block_state(r->m, 1);
}

static void an_atc_invalidation_reaches_the_endpoint_of_the_stream(void **state)
{
    struct rig *r = *state;

    with_endpoint(r, 0);
    rig_command(r, 0x40 | SID(STREAM) | SSV | 7u << 12, 0x12345000 | 3);
    assert_int_equal(told(r)->n, 1);
    assert_int_equal(told(r)->last.kind, NAP_MSG_ATC_INVALIDATE);
    assert_int_equal(told(r)->last.port, STREAM);
    assert_int_equal(told(r)->last.address, 0x12340000); /* aligned to 8 pages */
    assert_int_equal(told(r)->last.size_bytes, 0x8000);
    assert_true(told(r)->last.has_substream);
    assert_int_equal(told(r)->last.substream, 7);
    assert_false(told(r)->last.global);
}

static void size_52_is_everything(void **state)
{
    struct rig *r = *state;

    with_endpoint(r, 0);
    rig_command(r, 0x40 | SID(STREAM), 0x12345000 | 52);
    assert_int_equal(told(r)->last.address, 0);
    assert_int_equal(told(r)->last.size_bytes, 0);
    assert_false(told(r)->last.has_substream);
}

static void global_counts_with_a_substream_only(void **state)
{
    struct rig *r = *state;

    with_endpoint(r, 0);
    rig_command(r, 0x40 | SID(STREAM) | 1u << 9, 0);
    assert_false(told(r)->last.global);
    rig_command(r, 0x40 | SID(STREAM) | SSV | 1u << 9, 0);
    assert_true(told(r)->last.global);
}

static void an_atc_invalidation_is_ignored_while_smmuen_is_0(void **state)
{
    struct rig *r = *state;

    with_endpoint(r, 0);
    wr(r, CR0, CMDQEN);
    assert_int_equal(rig_command(r, 0x40 | SID(STREAM), 0), NONE);
    assert_int_equal(rig_command(r, SYNC, 0), NONE);
    assert_int_equal(told(r)->n, 0);
}

static void a_stream_without_an_endpoint_is_no_error(void **state)
{
    struct rig *r = *state;

    with_endpoint(r, 0);
    assert_int_equal(rig_command(r, 0x40 | SID(0x43), 0), NONE);
    assert_int_equal(rig_command(r, SYNC, 0), NONE);
}

static void an_invalidation_is_late_until_the_next_sync(void **state)
{
    struct rig *r = *state;

    with_endpoint(r, 0);
    rig_vary(r, SLEEPY, (uint32_t[]){0, LATE}, 2);
    rig_command(r, 0x40 | SID(STREAM), 0);
    assert_int_equal(told(r)->n, 0);
    assert_int_equal(smmu_of(r->m, r->smmu)->n_pending, 1);
    assert_int_equal(rig_command(r, SYNC, 0), NONE);
    assert_int_equal(told(r)->n, 1);
    assert_int_equal(smmu_of(r->m, r->smmu)->n_pending, 0);
}

/* "Command queue ordering": a CMD_SYNC is one of its own queue. */
static void a_sync_of_another_queue_completes_nothing(void **state)
{
    struct rig *r = *state;

    with_endpoint(r, 0);
    wr64(r, ECMDQ_BASE(0), ECMDQ0 | LOG2);
    wr(r, ECMDQ_PROD(0), EN);
    rig_vary(r, SLEEPY, (uint32_t[]){0, LATE}, 2);
    rig_command(r, 0x40 | SID(STREAM), 0);
    rig_put(r, ECMDQ0, SYNC, 0);
    wr(r, ECMDQ_PROD(0), EN | 1);
    assert_int_equal(rd(r, ECMDQ_CONS(0)), EN | 1);
    assert_int_equal(told(r)->n, 0);
}

static void pending_invalidations_stand_in_one_order(void **state)
{
    struct rig *r = *state;
    struct nap_hash128 first;

    with_endpoint(r, 0);
    nap_set_policy(r->m, NAP_POLICY_LAZY);
    for (unsigned turn = 0; turn < 2; turn++) {
        for (unsigned i = 0; i < 3; i++) {
            uint64_t address =
                turn ? 0x3000 - 0x1000 * (uint64_t)i : 0x1000 + 0x1000 * (uint64_t)i;
            struct smmu_command_queue q = smmu_cmdq(r->smmu);
            smmu_command_run(r->m, &q, &(struct smmu_command){{0x40 | SID(STREAM), address}});
        }
        if (turn == 0)
            first = nap_state_key(r->m);
        else
            assert_int_equal(nap_state_key(r->m).low, first.low);
        struct nap_smmuv3 *s = nap_block_state_mut(r->m, r->smmu);
        nap_touch(r->m, s, sizeof *s);
        assert_int_equal(s->n_pending, 3);
        if (turn == 0) {
            memset(s->pending, 0, sizeof s->pending);
            s->n_pending = 0;
        }
    }
}

static void an_endpoint_without_power_fails_the_next_sync(void **state)
{
    struct rig *r = *state;

    with_endpoint(r, 0);
    nap_power_off(r->m, 2);
    assert_int_equal(rig_command(r, 0x40 | SID(STREAM), 0), NONE);
    assert_int_equal(rig_command(r, SYNC_IRQ | UINT64_C(5) << 32, WORD), ATC);
    assert_int_equal(rig_ram(r, WORD), 0); /* no signal of completion */
    assert_int_equal(rig_command(r, SYNC, 0), NONE);
}

/* "All other operations ... are not guaranteed to have completed, but will be completed by a
 * new CMD_SYNC that is successfully consumed". The configuration of the stream is cached, and
 * the choices are: the queue is looked at, CFGI is late, the queue, ATC_INV is late. */
static void a_sync_that_fails_completes_nothing_else(void **state)
{
    struct rig *r = *state;
    const struct nap_smmuv3 *s;

    with_endpoint(r, 0);
    wr(r, CR0, CMDQEN);
    wr64(r, 0x80, RAM + 0x100000); /* STRTAB_BASE, for 2^7 STEs */
    wr(r, 0x88, 7);
    rig_put(r, RAM + 0x100000 + STREAM * 64, 9, 0); /* V, Config 100 */
    wr(r, CR0, CMDQEN | SMMUEN);
    (void)nap_dma(r->m, r->smmu, STREAM, 0, NAP_READ);
    s = smmu_of(r->m, r->smmu);
    assert_int_equal(s->n_ste, 1);
    nap_power_off(r->m, 2);
    rig_vary(r, SLEEPY, (uint32_t[]){0, LATE, 0, LATE}, 4);
    assert_int_equal(rig_command(r, 0x04, 31), NONE); /* CMD_CFGI_ALL */
    assert_int_equal(rig_command(r, 0x40 | SID(STREAM), 0), NONE);
    assert_int_equal(s->n_pending, 2);
    wr(r, CMDQ_PROD, rig_push(r, 2, SYNC, 0));
    assert_int_equal(rd(r, CMDQ_CONS), ATC << 24 | 2);
    assert_int_equal(s->n_ste, 1);
    assert_int_equal(s->n_pending, 1);
    assert_int_equal(s->swept, 0);
    wr(r, GERRORN, rd(r, GERROR)); /* the CMD_SYNC is fetched anew */
    assert_int_equal(rd(r, CMDQ_CONS) & 0xfffff, 3);
    assert_int_equal(s->n_ste, 0);
    assert_int_equal(s->swept, 1u << SMMU_SWEEP_CFG);
}

static uint32_t count_answers(void *context, const struct nap_choice *choice)
{
    uint32_t *n = context;

    if (strcmp(choice->label, "invalidation completes with CMD_SYNC") == 0)
        *n = choice->n;
    return 0;
}

/* Whether it answers is the endpoint's to say, and nobody asks for it here. */
static void the_smmu_has_no_say_in_whether_an_endpoint_answers(void **state)
{
    struct rig *r = *state;
    uint32_t n = 0;

    with_endpoint(r, 1);
    nap_set_chooser(r->m, count_answers, &n, SLEEPY);
    rig_command(r, 0x40 | SID(STREAM), 0);
    assert_int_equal(n, 2); /* at once, or with the CMD_SYNC */
    assert_int_equal(told(r)->n, 1);
}

/* IDR1.SSIDSIZE 0: "the command has no effect", or "behaves as though SSV == 0" (S37). */
static void without_substreams_no_pasid_is_sent(void **state)
{
    struct rig *r = *state;

    with_endpoint(r, 0);
    rig_id(r, SMMU_SLOT_IDR1, SMMU_IDR1_SSIDSIZE, 0);
    assert_int_equal(rig_command(r, 0x40 | SID(STREAM) | SSV | 1u << 9 | 7u << 12, 0), NONE);
    assert_int_equal(rig_command(r, 0x41 | SID(STREAM) | SSV | 7u << 12, 0), NONE);
    assert_int_equal(told(r)->n, 0);
    assert_int_equal(rig_command(r, SYNC, 0), NONE);
    with_endpoint_and(r, (struct nap_switch_setting){"S37", SMMU_S37_AS_0});
    rig_id(r, SMMU_SLOT_IDR1, SMMU_IDR1_SSIDSIZE, 0);
    rig_command(r, 0x40 | SID(STREAM) | SSV | 1u << 9 | 7u << 12, 0);
    assert_int_equal(told(r)->n, 1);
    assert_false(told(r)->last.has_substream);
    assert_int_equal(told(r)->last.substream, 0);
    assert_false(told(r)->last.global);
}

static void power_takes_invalidations_that_are_not_complete(void **state)
{
    struct rig *r = *state;

    with_endpoint(r, 0);
    rig_vary(r, SLEEPY, (uint32_t[]){0, LATE}, 2);
    rig_command(r, 0x40 | SID(STREAM), 0);
    nap_power_off(r->m, 1);
    assert_int_equal(smmu_of(r->m, r->smmu)->n_pending, 0);
    assert_int_equal(smmu_of(r->m, r->smmu)->at_off.n_atc, 1);
    assert_int_equal(told(r)->n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(opcodes_without_a_command_are_illegal),
        rig_test(commands_of_absent_features_are_illegal),
        rig_test(stall_commands_need_a_model_with_stalls),
        rig_test(commands_of_mpam_and_dpt_are_legal_there_and_count_as_unmodelled),
        rig_test(commands_for_the_secure_state_are_illegal),
        rig_test(cs_3_is_illegal),
        rig_test(resp_3_is_illegal),
        rig_test(a_size_beyond_everything_is_illegal),
        rig_test(a_range_of_one_granule_without_a_level_is_illegal),
        rig_test(level_1_of_16k_is_no_level_without_ds),
        rig_test(without_ril_there_are_no_range_fields),
        rig_test(reserved_fields_are_ignored_or_illegal),
        rig_test(fields_of_a_range_are_reserved_where_nothing_uses_them),
        rig_test(bits_of_tags_that_do_not_exist_are_reserved),
        rig_test(what_later_versions_have_is_reserved),
        rig_test(a_sync_ignores_what_is_no_bit_of_its_address),
        rig_test(a_sync_writes_its_data_where_it_says),
        rig_test(a_sync_without_irq_writes_nothing),
        rig_test(a_sync_may_write_into_its_own_entry),
        rig_test(an_atc_invalidation_reaches_the_endpoint_of_the_stream),
        rig_test(size_52_is_everything),
        rig_test(global_counts_with_a_substream_only),
        rig_test(an_atc_invalidation_is_ignored_while_smmuen_is_0),
        rig_test(a_stream_without_an_endpoint_is_no_error),
        rig_test(an_invalidation_is_late_until_the_next_sync),
        rig_test(a_sync_of_another_queue_completes_nothing),
        rig_test(pending_invalidations_stand_in_one_order),
        rig_test(an_endpoint_without_power_fails_the_next_sync),
        rig_test(a_sync_that_fails_completes_nothing_else),
        rig_test(the_smmu_has_no_say_in_whether_an_endpoint_answers),
        rig_test(without_substreams_no_pasid_is_sent),
        rig_test(power_takes_invalidations_that_are_not_complete),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
