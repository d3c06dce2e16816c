/* SPDX-License-Identifier: MIT */
/* Translation buffer units: a TLB and power of their own in front of the SMMU. The architecture
 * says only what an SMMU as a whole does; what is tested beyond is what models/smmuv3-tbu.yaml
 * decides. */
#include "smmuv3/tbu.h"
#include "traffic.h"

#define TBU    1u
#define RETAIN NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN)

#define DOMAIN_SMMU 1u
#define DOMAIN_TBU  2u

/* Streams 0 to 255 come through a TBU in a power domain of its own. */
static void create(struct rig *r, uint32_t t03)
{
    const struct nap_switch_setting setting = {"T03", t03};
    struct nap_machine_config config = {
        .blocks = nap_builtin_blocks(), .switches = &setting, .n_switches = 1};
    struct nap_error error = {0};

    if (r->m)
        nap_machine_destroy(r->m);
    rig_describe(&r->soc, &(struct rig_options){.n_switches = 0});
    r->soc.n_domains = 2;
    r->soc.domains[1] = (struct nap_soc_domain){"tbu", NAP_SOC_NONE};
    strcpy(r->soc.devices[0].variant, "distributed");
    r->soc.n_devices = 2;
    r->soc.devices[TBU] = (struct nap_soc_device){.name = "tbu0",
                                                  .model = "smmuv3-tbu",
                                                  .variant = "tbu",
                                                  .base = BASE + 0x100000,
                                                  .size_bytes = 0x1000,
                                                  .domain = 1,
                                                  .upstream = 0,
                                                  .line = 0,
                                                  .irq = NAP_SOC_NONE};
    config.soc = &r->soc;
    if (nap_machine_create(&config, &r->m, &error))
        fail_msg("%s", error.text);
    t_stage_1(r);
    t_on(r);
}

static int setup(void **state)
{
    struct rig *r = calloc(1, sizeof *r);

    assert_non_null(r);
    create(r, 0);
    *state = r;
    return 0;
}

static unsigned held(struct rig *r)
{
    return ((const struct nap_smmu_tbu *)nap_block_state(r->m, TBU))->n;
}

static void run(struct rig *r, uint64_t low, uint64_t high)
{
    assert_int_equal(rig_command(r, low, high), 0);
    assert_int_equal(rig_command(r, SYNC, 0), 0);
}

static void a_tbu_answers_what_it_has_been_answered(void **state)
{
    struct rig *r = *state;
    struct nap_outcome o;

    assert_int_equal(t_read(r, VA0).by, NAP_BY_WALK);
    assert_int_equal(held(r), 1);
    o = t_write(r, VA0 + 0x120);
    assert_int_equal(o.by, NAP_BY_TLB);
    assert_int_equal(o.pa, PAGES + 0x120);
    assert_int_equal(o.attributes, 0x3ff);
}

static void streams_beyond_its_own_do_not_come_through_it(void **state)
{
    struct rig *r = *state;
    struct nap_transaction t = {.device = r->smmu, .port = 256, .iova = VA0};

    nap_power_off(r->m, DOMAIN_TBU);
    assert_int_equal(t_read(r, VA0).kind, NAP_OUTCOME_BUS_ERROR);
    assert_int_equal(nap_dma_transaction(r->m, &t).kind,
                     NAP_OUTCOME_FAULT); /* C_BAD_STREAMID */
}

static void faults_are_asked_of_the_smmu_each_time(void **state)
{
    struct rig *r = *state;

    t_map(r, ROOT1, VA0, PAGES | S1_RO);
    t_read(r, VA0);
    t_ended_in(r, t_write(r, VA0), 0x13, EV_IN, VA0, 0);
    assert_int_equal(held(r), 1);
}

/* E0PD0 "will generate a Translation fault", whatever a privileged access has found. */
static void a_tbu_keeps_out_whom_e0pd_keeps_out(void **state)
{
    struct rig *r = *state;
    struct nap_transaction t = t_access(r, VA0, NAP_READ);

    t_cd_at(r, CDTAB, CD_DW0, ROOT1 | 4, 0);
    t.privileged = true;
    assert_int_equal(nap_dma_transaction(r->m, &t).by, NAP_BY_WALK);
    assert_int_equal(nap_dma_transaction(r->m, &t).by, NAP_BY_TLB);
    t_ended_in(r, t_read(r, VA0), 0x10, EV_RNW | EV_IN, VA0, 0);
}

static void invalidations_reach_a_tbu_that_has_power(void **state)
{
    struct rig *r = *state;

    t_read(r, VA0);
    run(r, 0x12 | UINT64_C(3) << 48, VA0); /* TLBI_NH_VA, ASID 3 */
    assert_int_equal(held(r), 0);
    t_read(r, VA0);
    run(r, 0x03 | (uint64_t)SID << 32, 1); /* CFGI_STE */
    assert_int_equal(held(r), 0);
    t_read(r, VA0);
    run(r, 0x03 | (uint64_t)(SID + 1) << 32, 1);
    assert_int_equal(held(r), 1);
}

/* STATUSR.DORMANT is about "caches of any structures or translations". */
static void what_a_tbu_holds_keeps_the_smmu_from_being_dormant(void **state)
{
    struct rig *r = *state;

    rig_id(r, SMMU_SLOT_IDR0, 0, SMMU_IDR0_DORMHINT);
    t_read(r, VA0);
    nap_power_off(r->m, DOMAIN_TBU);
    run(r, 0x30, 0); /* TLBI_NSNH_ALL, CFGI_ALL, which the TBU misses */
    run(r, 0x04, 31);
    assert_int_equal(held(r), 1);
    assert_int_equal(smmu_statusr_read(r->m, r->smmu, 0, 0), 0);
    nap_power_on(r->m, DOMAIN_TBU);
    run(r, 0x30, 0);
    assert_int_equal(held(r), 0);
    assert_int_equal(smmu_statusr_read(r->m, r->smmu, 0, 0), 1);
}

/* The SMMU's own TLB, the TBU's, and a walk. */
static void a_probe_tells_whose_entry_answers(void **state)
{
    struct rig *r = *state;
    struct nap_transaction t;
    struct nap_outcomes out;

    t_read(r, VA0);
    t = t_access(r, VA0, NAP_READ);
    t_probe(r, &t, &out);
    assert_int_equal(out.n, 3);
    assert_int_equal(out.list[0].by, NAP_BY_TLB);
    assert_int_equal(out.list[1].by, NAP_BY_SHARED_TLB);
    assert_int_equal(out.list[2].by, NAP_BY_WALK);
}

static void without_smmuen_a_tbu_answers_nothing(void **state)
{
    struct rig *r = *state;

    t_read(r, VA0);
    wr(r, CR0, CMDQEN);
    assert_int_equal(t_read(r, VA0).kind, NAP_OUTCOME_BYPASS);
    wr(r, CR0, SMMUEN | CMDQEN);
    assert_int_equal(t_read(r, VA0).by, NAP_BY_TLB);
}

static void a_tbu_without_its_smmu_lets_nothing_through(void **state)
{
    struct rig *r = *state;

    t_read(r, VA0);
    nap_power_off(r->m, DOMAIN_SMMU);
    assert_int_equal(t_read(r, VA0).kind, NAP_OUTCOME_BUS_ERROR);
}

static void a_new_connection_begins_empty_unless_retention_is_varied(void **state)
{
    struct rig *r = *state;

    t_read(r, VA0);
    nap_power_off(r->m, DOMAIN_TBU);
    nap_power_on(r->m, DOMAIN_TBU);
    assert_int_equal(held(r), 0);
    t_read(r, VA0);
    nap_power_off(r->m, DOMAIN_SMMU);
    nap_power_on(r->m, DOMAIN_SMMU);
    assert_int_equal(held(r), 0);
}

/* An invalidation that a TBU slept through. */
static void kept_entries_may_have_missed_an_invalidation(void **state)
{
    struct rig *r = *state;
    static const uint32_t kept[] = {1};

    t_read(r, VA0);
    rig_vary(r, RETAIN, kept, 1);
    nap_power_off(r->m, DOMAIN_TBU);
    t_map(r, ROOT1, VA0, 0);
    run(r, NSNH_ALL, 0);
    nap_power_on(r->m, DOMAIN_TBU);
    assert_int_equal(r->n_asked, 1);
    assert_int_equal(t_read(r, VA0).pa, PAGES);
    run(r, NSNH_ALL, 0);
    assert_int_equal(t_read(r, VA0).kind, NAP_OUTCOME_FAULT);
}

static void after_the_smmus_own_power_cut_invalidation_before_smmuen_is_enough(void **state)
{
    struct rig *r = *state;

    t_read(r, VA0);
    rig_vary(r, RETAIN, NULL, 0);
    nap_power_off(r->m, DOMAIN_SMMU);
    nap_power_on(r->m, DOMAIN_SMMU);
    assert_int_equal(held(r), 1); /* nobody has needed to know */
    rig_cmdq(r);
    run(r, CFGI_ALL, 31);
    run(r, NSNH_ALL, 0);
    wr64(r, STRTAB_BASE, STRTAB);
    wr(r, STRTAB_BASE_CFG, 6);
    r->n_asked = 0;
    wr(r, CR0, SMMUEN | CMDQEN);
    assert_int_equal(r->n_asked, 0);
    assert_int_equal(held(r), 0);
}

#define tbu_test(f) cmocka_unit_test_setup_teardown(f, setup, rig_teardown)

/* --- CMD_SYNC and a TBU without power, T03 --- */

static void a_sync_completes_without_a_tbu_that_is_off(void **state)
{
    struct rig *r = *state;

    nap_power_off(r->m, DOMAIN_TBU);
    assert_int_equal(rig_command(r, SYNC, 0), 0);
}

static void or_it_waits_until_the_tbu_is_back(void **state)
{
    struct rig *r = *state;
    unsigned prod = 0;

    create(r, 1);
    nap_power_off(r->m, DOMAIN_TBU);
    prod = rig_push(r, prod, NSNH_ALL, 0);
    prod = rig_push(r, prod, SYNC_IRQ | UINT64_C(7) << 32, WORD);
    prod = rig_push(r, prod, CFGI_ALL, 31);
    wr(r, CMDQ_PROD, prod);
    assert_int_equal(rd(r, CMDQ_CONS), 1); /* what stands before it is consumed */
    assert_int_equal(rd(r, GERROR), 0);
    assert_int_equal(rig_ram(r, WORD), 0);
    nap_power_on(r->m, DOMAIN_TBU);
    assert_int_equal(rd(r, CMDQ_CONS), 3);
    assert_int_equal(rig_ram(r, WORD), 7);
}

static void a_tbu_with_power_holds_nothing_up(void **state)
{
    struct rig *r = *state;

    create(r, 1);
    assert_int_equal(rig_command(r, SYNC, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tbu_test(a_sync_completes_without_a_tbu_that_is_off),
        tbu_test(or_it_waits_until_the_tbu_is_back),
        tbu_test(a_tbu_with_power_holds_nothing_up),
        tbu_test(a_tbu_answers_what_it_has_been_answered),
        tbu_test(streams_beyond_its_own_do_not_come_through_it),
        tbu_test(faults_are_asked_of_the_smmu_each_time),
        tbu_test(a_tbu_keeps_out_whom_e0pd_keeps_out),
        tbu_test(invalidations_reach_a_tbu_that_has_power),
        tbu_test(what_a_tbu_holds_keeps_the_smmu_from_being_dormant),
        tbu_test(a_probe_tells_whose_entry_answers),
        tbu_test(without_smmuen_a_tbu_answers_nothing),
        tbu_test(a_tbu_without_its_smmu_lets_nothing_through),
        tbu_test(a_new_connection_begins_empty_unless_retention_is_varied),
        tbu_test(kept_entries_may_have_missed_an_invalidation),
        tbu_test(after_the_smmus_own_power_cut_invalidation_before_smmuen_is_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
