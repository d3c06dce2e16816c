/* SPDX-License-Identifier: MIT */
/* lib/smmuv3/cmdqv.c: virtual command queues in front of an SMMU, as the public Linux driver of
 * the Tegra241 CMDQV uses them. Two interfaces with two queues each. */
#include "rig.h"

#define CMDQV UINT64_C(0x2c000000)

#define CONFIG         0x000u
#define PARAM          0x004u
#define STATUS         0x008u
#define VINTF_ERR      0x014u
#define INT_MASK       0x01cu
#define CMDQ_ERR_MAP   0x024u
#define ALLOC(q)       (0x200u + 4u * (q))
#define VCONFIG(v)     (0x1000u + 0x100u * (v))
#define VSTATUS(v)     (0x1004u + 0x100u * (v))
#define LV_ERR(v)      (0x10c0u + 0x100u * (v))
#define Q_CONS(q)      (0x10000u + 0x80u * (q))
#define Q_PROD(q)      (Q_CONS(q) + 4u)
#define Q_CONFIG(q)    (Q_CONS(q) + 8u)
#define Q_STATUS(q)    (Q_CONS(q) + 12u)
#define Q_GERROR(q)    (Q_CONS(q) + 16u)
#define Q_GERRORN(q)   (Q_CONS(q) + 20u)
#define Q_BASE(q)      (0x20000u + 0x80u * (q))
#define Q_COPY(q)      (Q_BASE(q) + 8u)
#define L_CONS(v, l)   (0x30000u + 0x20000u * (v) + 0x80u * (l))
#define L_PROD(v, l)   (L_CONS(v, l) + 4u)
#define L_CONFIG(v, l) (L_CONS(v, l) + 8u)
#define L_STATUS(v, l) (L_CONS(v, l) + 12u)
#define L_BASE(v, l)   (0x40000u + 0x20000u * (v) + 0x80u * (l))

#define HYP_OWN  (1u << 17)
#define QUEUE(q) (RAM + 0x50000 + 0x1000 * (uint64_t)(q))

#define cwr(r, offset, value)                                                                  \
    nap_bus_write((r)->m, CMDQV + (offset), 4, (value),                                        \
                  (struct nap_source){__FILE__, __LINE__, NULL})
#define cwr64(r, offset, value)                                                                \
    nap_bus_write((r)->m, CMDQV + (offset), 8, (value),                                        \
                  (struct nap_source){__FILE__, __LINE__, NULL})
#define crd(r, offset)                                                                         \
    ((uint32_t)nap_bus_read((r)->m, CMDQV + (offset), 4,                                       \
                            (struct nap_source){__FILE__, __LINE__, NULL}))

static void create(struct rig *r, enum nap_policy policy)
{
    struct nap_machine_config config = {
        .soc = &r->soc, .blocks = nap_builtin_blocks(), .policy = policy};
    struct nap_error error = {0};

    if (r->m)
        nap_machine_destroy(r->m);
    rig_describe(&r->soc, &(struct rig_options){.n_switches = 0});
    r->soc.n_domains = 2;
    r->soc.domains[1] = (struct nap_soc_domain){"cmdqv", NAP_SOC_NONE};
    r->soc.n_devices = 2;
    r->soc.devices[1] = (struct nap_soc_device){.name = "cmdqv",
                                                .model = "tegra241-cmdqv",
                                                .variant = "cmdqv",
                                                .base = CMDQV,
                                                .size_bytes = 0x70000,
                                                .domain = 1,
                                                .upstream = 0,
                                                .irq = 5};
    if (nap_machine_create(&config, &r->m, &error))
        fail_msg("%s", error.text);
}

static int setup(void **state)
{
    struct rig *r = calloc(1, sizeof *r);

    assert_non_null(r);
    create(r, NAP_POLICY_EAGER);
    *state = r;
    return 0;
}

/* Interface 0 is the host's with queues 0 and 1, interface 1 a guest's (VMID 9) with 2 and 3.
 */
static void interfaces(struct rig *r)
{
    cwr(r, CONFIG, 1);
    for (unsigned q = 0; q < 4; q++)
        cwr(r, ALLOC(q), (q / 2) << 15 | (q % 2) << 1 | 1);
    cwr(r, VCONFIG(0), HYP_OWN);
    cwr(r, VCONFIG(0), HYP_OWN | 1);
    cwr(r, VCONFIG(1), 9u << 1 | 1);
}

static void enable(struct rig *r, unsigned q)
{
    cwr64(r, Q_BASE(q), QUEUE(q) | LOG2);
    cwr(r, Q_PROD(q), 0);
    cwr(r, Q_CONS(q), 0);
    cwr(r, Q_CONFIG(q), 1);
}

static void enables_are_acknowledged(void **state)
{
    struct rig *r = *state;
    unsigned n = 0;

    interfaces(r);
    enable(r, 0);
    assert_int_equal(crd(r, STATUS), 1);
    assert_int_equal(crd(r, VSTATUS(0)), 1);
    assert_int_equal(crd(r, Q_STATUS(0)), 1);
    create(r, NAP_POLICY_LAZY);
    cwr(r, CONFIG, 1);
    while (n < 10 && crd(r, STATUS) != 1)
        n++;
    assert_int_equal(n, 3);
}

static void a_queue_consumes_into_the_smmu_behind_it(void **state)
{
    struct rig *r = *state;

    interfaces(r);
    enable(r, 1);
    rig_put(r, QUEUE(1), CFGI_ALL, 31);
    rig_put(r, QUEUE(1) + 16, SYNC, 0);
    cwr(r, Q_PROD(1), 2);
    assert_int_equal(crd(r, Q_CONS(1)), 2);
    assert_int_equal(crd(r, Q_CONS(0)), 0);
}

static void late_hardware_shows_the_old_index_for_a_while(void **state)
{
    struct rig *r = *state;
    unsigned n = 0;

    interfaces(r);
    enable(r, 0);
    nap_set_policy(r->m, NAP_POLICY_LAZY);
    rig_put(r, QUEUE(0), SYNC, 0);
    cwr(r, Q_PROD(0), 1);
    while (n < 10 && crd(r, Q_CONS(0)) != 1)
        n++;
    assert_int_equal(n, 3);
}

static void nothing_runs_without_interface_allocation_or_cmdqv(void **state)
{
    const unsigned off[] = {CONFIG, VCONFIG(0), ALLOC(0), Q_CONFIG(0)};
    struct rig *r = *state;

    for (unsigned i = 0; i < 4; i++) {
        create(r, NAP_POLICY_EAGER);
        interfaces(r);
        enable(r, 0);
        cwr(r, off[i], 0);
        rig_put(r, QUEUE(0), SYNC, 0);
        cwr(r, Q_PROD(0), 1);
        assert_int_equal(crd(r, Q_CONS(0)), 0);
    }
}

static void an_enable_further_up_lets_queues_go_on(void **state)
{
    struct rig *r = *state;

    interfaces(r);
    enable(r, 0);
    cwr(r, CONFIG, 0);
    rig_put(r, QUEUE(0), SYNC, 0);
    cwr(r, Q_PROD(0), 1);
    assert_int_equal(crd(r, Q_CONS(0)), 0);
    cwr(r, CONFIG, 1);
    assert_int_equal(crd(r, Q_CONS(0)), 1);
}

static void nothing_runs_while_the_smmu_has_no_power(void **state)
{
    struct rig *r = *state;

    interfaces(r);
    enable(r, 0);
    nap_power_off(r->m, 1);
    rig_put(r, QUEUE(0), SYNC, 0);
    cwr(r, Q_PROD(0), 1);
    assert_int_equal(crd(r, Q_CONS(0)), 0);
}

static void an_interface_shows_its_queues_in_its_own_pages(void **state)
{
    struct rig *r = *state;

    interfaces(r);
    cwr64(r, L_BASE(1, 0), QUEUE(2) | LOG2); /* logical queue 0 of interface 1 is queue 2 */
    assert_int_equal(crd(r, Q_BASE(2)), QUEUE(2) | LOG2);
    cwr(r, L_CONFIG(1, 0), 1);
    assert_int_equal(crd(r, L_STATUS(1, 0)), 1);
    assert_int_equal(crd(r, Q_STATUS(2)), 1);
    rig_put(r, QUEUE(2), SYNC, 0);
    cwr(r, L_PROD(1, 0), 1);
    assert_int_equal(crd(r, L_CONS(1, 0)), 1);
    assert_int_equal(crd(r, Q_CONS(2)), 1);
    assert_int_equal(crd(r, L_CONS(0, 0)), 0);
}

static void half_a_base_can_be_written_through_an_interface(void **state)
{
    struct rig *r = *state;

    interfaces(r);
    cwr64(r, L_BASE(1, 1), UINT64_C(0x1280000000) | LOG2);
    cwr(r, L_BASE(1, 1), 0x90000000 | LOG2);
    assert_int_equal(crd(r, Q_BASE(3)), 0x90000000 | LOG2);
    assert_int_equal(crd(r, Q_BASE(3) + 4), 0x12);
}

static void polling_through_an_interface_is_noticed(void **state)
{
    struct rig *r = *state;
    unsigned n = 0;

    interfaces(r);
    enable(r, 2);
    nap_set_policy(r->m, NAP_POLICY_LAZY);
    rig_put(r, QUEUE(2), SYNC, 0);
    cwr(r, L_PROD(1, 0), 1);
    while (n < 10 && crd(r, L_CONS(1, 0)) != 1)
        n++;
    assert_int_equal(n, 3);
}

static void without_a_queue_behind_it_an_interface_shows_0(void **state)
{
    struct rig *r = *state;

    cwr(r, L_PROD(0, 1), 5);
    assert_int_equal(crd(r, L_PROD(0, 1)), 0);
    assert_int_equal(crd(r, Q_PROD(1)), 0);
}

/* TLBI_NH_ASID, TLBI_NH_VA, ATC_INV and CMD_SYNC. */
static void a_guest_may_put_in_four_commands_only(void **state)
{
    struct rig *r = *state;

    for (unsigned op = 1; op < 0x47; op++) {
        bool taken = op == 0x11 || op == 0x12 || op == 0x40 || op == 0x46;
        create(r, NAP_POLICY_EAGER);
        interfaces(r);
        enable(r, 2);
        rig_put(r, QUEUE(2), op, 0);
        cwr(r, Q_PROD(2), 1);
        assert_int_equal(crd(r, Q_CONS(2)), taken ? 1 : 0x01000000);
    }
}

static void an_error_is_mapped_and_signalled(void **state)
{
    struct rig *r = *state;

    interfaces(r);
    enable(r, 3);
    rig_put(r, QUEUE(3), RESERVED, 0);
    rig_put(r, QUEUE(3) + 16, SYNC, 0);
    cwr(r, Q_PROD(3), 2);
    assert_int_equal(crd(r, Q_CONS(3)), 0x01000000);
    assert_int_equal(crd(r, Q_GERROR(3)), 1);
    assert_int_equal(crd(r, VINTF_ERR), 2);
    assert_int_equal(crd(r, LV_ERR(1)), 2);
    assert_int_equal(crd(r, CMDQ_ERR_MAP), 8);
    assert_true(nap_edge_pending(r->m, 1, 0));
    assert_int_equal(rd(r, GERROR), 0); /* the SMMU's own */
}

static void an_acknowledged_queue_goes_on(void **state)
{
    struct rig *r = *state;

    an_error_is_mapped_and_signalled(state);
    rig_put(r, QUEUE(3), SYNC, 0);
    cwr(r, Q_GERRORN(3), 1);
    assert_int_equal(crd(r, Q_CONS(3)) & 0xfffff, 2);
    assert_int_equal(crd(r, VINTF_ERR), 0);
    assert_int_equal(crd(r, LV_ERR(1)), 0);
    assert_int_equal(crd(r, CMDQ_ERR_MAP), 0);
}

static void a_masked_interface_signals_nothing(void **state)
{
    struct rig *r = *state;

    interfaces(r);
    cwr(r, INT_MASK, 2);
    enable(r, 3);
    rig_put(r, QUEUE(3), RESERVED, 0);
    cwr(r, Q_PROD(3), 1);
    assert_int_equal(crd(r, Q_GERROR(3)), 1);
    assert_false(nap_edge_pending(r->m, 1, 0));
}

static void base_and_cons_stay_while_a_queue_is_on(void **state)
{
    struct rig *r = *state;

    interfaces(r);
    enable(r, 0);
    cwr64(r, Q_BASE(0), 0);
    cwr(r, Q_CONS(0), 5);
    assert_int_equal(crd(r, Q_BASE(0)), QUEUE(0) | LOG2);
    assert_int_equal(crd(r, Q_CONS(0)), 0);
}

static void a_copy_of_cons_is_kept_in_memory(void **state)
{
    struct rig *r = *state;

    interfaces(r);
    cwr64(r, Q_COPY(0), WORD);
    enable(r, 0);
    rig_put(r, QUEUE(0), SYNC, 0);
    cwr(r, Q_PROD(0), 1);
    assert_int_equal(rig_ram(r, WORD), 1);
}

static void param_says_how_many_there_are(void **state)
{
    struct rig *r = *state;

    assert_int_equal(crd(r, PARAM), 1u << 8 | 2u << 4);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        TEST(enables_are_acknowledged),
        TEST(a_queue_consumes_into_the_smmu_behind_it),
        TEST(late_hardware_shows_the_old_index_for_a_while),
        TEST(nothing_runs_without_interface_allocation_or_cmdqv),
        TEST(an_enable_further_up_lets_queues_go_on),
        TEST(nothing_runs_while_the_smmu_has_no_power),
        TEST(an_interface_shows_its_queues_in_its_own_pages),
        TEST(half_a_base_can_be_written_through_an_interface),
        TEST(polling_through_an_interface_is_noticed),
        TEST(without_a_queue_behind_it_an_interface_shows_0),
        TEST(a_guest_may_put_in_four_commands_only),
        TEST(an_error_is_mapped_and_signalled),
        TEST(an_acknowledged_queue_goes_on),
        TEST(a_masked_interface_signals_nothing),
        TEST(base_and_cons_stay_while_a_queue_is_on),
        TEST(a_copy_of_cons_is_kept_in_memory),
        TEST(param_says_how_many_there_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
