/* SPDX-License-Identifier: MIT */
/* lib/scenario/lanes.c and traffic.c, and scenario gic-ipmmu-resume: an IPMMU and the GIC-400
 * that its faults go through wake in any order, and a master faults meanwhile. INTID 228 is SPI
 * 196, that of the root in the device tree of r8a77951; Arm IHI 0048B, "Interrupt IDs". */
#include <regnap/block.h>

#include "rig.h"

#include "seam/seam.h"

/* GICD_ITARGETSR[60]: eight bits for each of four SPIs that nobody uses, which both drivers can
 * reach. */
#define SCRATCH (UINT64_C(0xf1010000) + 0x800 + 240)

#define FAULTING UINT64_C(0x50400000) /* storage maps 2 MiB from 0x50000000 on */
#define VARY_DMA NAP_CHOICE_BIT(NAP_CHOOSE_DMA)
#define VARY     (VARY_ORDER | VARY_LATENCY | VARY_RETAIN | VARY_DMA)

/* --- the order of calls --- */

/* A call leaves its digit, to the base of eight, behind those of the calls before it. What five
 * calls have left behind on some path of a search: */
static struct {
    bool seen[8 * 8 * 8 * 8 * 8];
    unsigned n;
} orders;

static int digit(unsigned d)
{
    uint32_t number = nap_read32(SCRATCH) * 8 + d;

    nap_write32(SCRATCH, number);
    if (number >= 8 * 8 * 8 * 8 && !orders.seen[number]) {
        orders.seen[number] = true;
        orders.n++;
    }
    return 0;
}

static int probe_a(struct nap_device *device)
{
    nap_list_add_head(device);
    return 0;
}

static int probe_b(struct nap_device *device)
{
    (void)device;
    return 0;
}

static int a_each(struct nap_device *device)
{
    return digit(strcmp(device->name, "mm") == 0    ? 1
                 : strcmp(device->name, "ds0") == 0 ? 2
                                                    : 3);
}

static int b_first(void)
{
    return digit(6);
}

static int b_second(void)
{
    return digit(7);
}

static const char *const ipmmus[] = {"ipmmu-vmsa", NULL};
static const char *const gics[] = {"gicv2", NULL};
static const struct nap_phase a_phases[] = {
    {.name = "a", .kind = NAP_PHASE_WALK, .each = a_each}};
static const struct nap_phase b_phases[] = {
    {.name = "b1", .kind = NAP_PHASE_STEP, .step = b_first, .irqs_off = true},
    {.name = "b2", .kind = NAP_PHASE_STEP, .step = b_second, .irqs_off = true}};
static const struct nap_driver a = {.abi = NAP_DRIVER_ABI,
                                    .name = "a",
                                    .compatible = ipmmus,
                                    .probe = probe_a,
                                    .resume = a_phases,
                                    .n_resume = 1};
static const struct nap_driver b = {.abi = NAP_DRIVER_ABI,
                                    .name = "b",
                                    .compatible = gics,
                                    .probe = probe_b,
                                    .resume = b_phases,
                                    .n_resume = 2};

#define SMALL(resume)                                                                          \
    "scenario: s\ntitle: t\ndriver: a\nsocs: [rcar-h3-gic]\nvariants: [v]\nvary: []\n"         \
    "devices: [mm, ds0, ds1]\nbeside: [{driver: b, variant: v" resume "}]\ndomains: []\n"      \
    "operations: [probe, suspend, power-cycle, resume]\n"

static void open_text(struct rig *r, const char *text)
{
    struct nap_error error = {0};

    memset(r, 0, sizeof *r);
    if (nap_scenario_load(text, strlen(text), "s.yaml", &r->scenario, &error))
        fail_msg("%s", error.text);
    assert_int_equal(nap_builtin_soc("rcar-h3-gic", &r->soc, NULL), NAP_OK);
    r->config = (struct nap_run_config){.scenario = r->scenario,
                                        .soc = r->soc,
                                        .driver = &a,
                                        .variant = "v",
                                        .beside = {&b},
                                        .n_beside = 1,
                                        .blocks = nap_builtin_blocks()};
}

static void search_orders(const char *text, uint32_t vary)
{
    struct nap_explore_result result;
    struct rig r;

    memset(&orders, 0, sizeof orders);
    open_text(&r, text);
    r.config.vary = vary;
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, 100000, &result);
    assert_true(result.exhausted);
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* The root registers first, so it is last from the head of the list, and its two caches come in
 * two orders. Two calls more come between the three in ten ways. */
static void calls_of_two_drivers_come_in_every_order_that_keeps_each_ones_own(void **state)
{
    (void)state;
    search_orders(SMALL(", resume: any"), VARY_ORDER);
    assert_int_equal(orders.n, 2 * 10);
    assert_true(orders.seen[062731]);
    assert_false(orders.seen[072631]); /* b's second call before its first */
    assert_false(orders.seen[062173]); /* the root between its caches */
}

static void whole_blocks_stay_whole(void **state)
{
    (void)state;
    search_orders(SMALL(""), VARY_ORDER);
    assert_int_equal(orders.n, 2);
    search_orders(SMALL(", resume: last"), VARY_ORDER);
    assert_int_equal(orders.n, 2);
    assert_true(orders.seen[023167]);
}

static void without_the_choice_the_order_is_the_default(void **state)
{
    (void)state;
    search_orders(SMALL(", resume: any"), VARY_LATENCY);
    assert_int_equal(orders.n, 1);
    assert_true(orders.seen[067321]);
}

/* A random run tells what a choice means while it makes it: also the very first. */
static void a_random_choice_names_the_driver_whose_call_comes_next(void **state)
{
    unsigned named = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct nap_run_result result;
        struct rig r;

        open_text(&r, SMALL(", resume: any"));
        r.config.vary = VARY_ORDER;
        r.config.seed = seed;
        assert_int_equal(nap_run(&r.config, NULL, &result, NULL), NAP_OK);
        for (unsigned i = 0; i < result.choices.n; i++) {
            const struct nap_keyed_choice *c = &result.choices.list[i];
            if (strcmp(c->label, "drivers") != 0)
                continue;
            assert_true(strcmp(c->means, "a next") == 0 || strcmp(c->means, "b next") == 0);
            named++;
        }
        nap_run_result_free(&result);
        rig_close(&r);
    }
    assert_true(named > 0);
}

/* --- the scenario --- */

static const struct nap_driver *form_of(const char *driver, const char *variant)
{
    struct nap_builtin_variant v;

    for (unsigned i = 0; nap_builtin_driver(i, &v); i++)
        if (strcmp(v.name, driver) == 0 && strcmp(v.variant, variant) == 0)
            return v.driver;
    fail_msg("no form %s of %s", variant, driver);
    return NULL;
}

static void open_joint(struct rig *r, const char *ipmmu, const char *gic)
{
    struct nap_error error = {0};

    memset(r, 0, sizeof *r);
    assert_int_equal(nap_builtin_scenario("gic-ipmmu-resume", &r->scenario, NULL), NAP_OK);
    assert_int_equal(nap_builtin_soc("rcar-h3-gic", &r->soc, NULL), NAP_OK);
    assert_int_equal(nap_scenario_set(r->scenario, "beside.gicv2", gic, NULL), NAP_OK);
    r->config = (struct nap_run_config){.scenario = r->scenario,
                                        .soc = r->soc,
                                        .driver = form_of("ipmmu", ipmmu),
                                        .variant = ipmmu,
                                        .n_beside = r->scenario->n_beside,
                                        .blocks = nap_builtin_blocks()};
    if (nap_builtin_beside(r->scenario, r->config.beside, &error))
        fail_msg("%s", error.text);
}

/* Where calls cannot run on a stack of their own, each is run again from its beginning. */
static void explore_joint(struct rig *r, uint32_t vary, struct nap_explore_result *result)
{
    r->config.vary = vary;
    r->config.faults = 1;
    rig_explore(r, NAP_STRATEGY_EXHAUSTIVE, nap_stack_works() ? 500000 : 5000, result);
    assert_true(result->exhausted || !nap_stack_works());
}

static void assert_clean(struct rig *r, uint32_t vary)
{
    struct nap_explore_result result;

    explore_joint(r, vary, &result);
    if (result.n_violations)
        fail_msg("%s: %s", result.violations[0].finding.rule->id,
                 result.violations[0].finding.message);
    nap_explore_result_free(&result);
}

static void a_fault_in_resume_reaches_its_handler_in_any_order(void **state)
{
    struct rig r;

    (void)state;
    open_joint(&r, "recommended", "corrected");
    assert_clean(&r, VARY);
    rig_close(&r);
}

static void forms_that_restore_what_228_needs_are_clean_too(void **state)
{
    static const char *const gics_clean[] = {"xen", "linux"};
    struct rig r;

    (void)state;
    for (unsigned i = 0; i < COUNT_OF(gics_clean); i++) {
        open_joint(&r, "recommended", gics_clean[i]);
        assert_clean(&r, VARY_ORDER | VARY_DMA);
        rig_close(&r);
    }
    open_joint(&r, "two-pass-sync", "corrected");
    assert_clean(&r, VARY_ORDER | VARY_DMA);
    rig_close(&r);
}

/* That of every violation. */
static void assert_at_fault(const struct rig *r, const struct nap_explore_result *result,
                            const char *const *devices)
{
    for (unsigned i = 0; i < result->n_violations; i++) {
        const struct nap_finding *f = &result->violations[i].finding;
        const char *name = f->device < r->soc->n_devices ? r->soc->devices[f->device].name : "";
        unsigned k = 0;
        while (devices[k] && strcmp(devices[k], name) != 0)
            k++;
        if (!devices[k])
            fail_msg("%s at %s: %s", f->rule->id, name, f->message);
    }
}

static void a_gic_that_leaves_the_interrupt_off_is_at_fault(void **state)
{
    static const char *const gic[] = {"gicd", NULL};
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    open_joint(&r, "recommended", "spis-off");
    explore_joint(&r, VARY, &result);
    assert_string_equal(explored(&result, "interrupt-conserved")->finding.message,
                        "interrupt 228 of gicd is held high by mm, and no CPU has taken it");
    assert_non_null(strstr(explored(&result, "state-equivalence")->finding.message,
                           "gicd.GICD_ISENABLER["));
    assert_at_fault(&r, &result, gic);
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* What a run shows of faults in resume, and of who takes interrupts there. */
struct seen {
    unsigned not_forwarded; /* faults while the GIC forwards nothing yet */
    unsigned taken_within;  /* interrupts taken meanwhile */
    unsigned taken;         /* by the IPMMU's handler, at any time */
};

static void look(void *context, const struct nap_machine *m, const struct nap_event *e)
{
    struct seen *s = context;
    int gicd = nap_device_find(m, "gicd"), mm = nap_device_find(m, "mm");
    const struct nap_model *model = nap_device_model(m, (unsigned)gicd);
    unsigned ctlr = model->regs[nap_model_reg(model, "GICD_CTLR")].first_slot;
    bool off = !nap_device_on(m, (unsigned)gicd) || !(nap_reg_get(m, (unsigned)gicd, ctlr) & 1);

    if (e->kind == NAP_STEP_DMA && nap_asleep(m) && strcmp(e->label, "fault") == 0)
        s->not_forwarded += off && nap_wire(m, (unsigned)mm);
    if (e->kind == NAP_STEP_CALL && strcmp(e->label, "irq_entry") == 0)
        s->taken_within += nap_asleep(m) && off;
    if (e->kind == NAP_STEP_CALL && strcmp(e->label, "irq") == 0)
        s->taken++;
}

/* The faults before and after the sleep are two; a third comes while the GIC forwards nothing.
 */
static void assert_delivered_late(const struct nap_choice_list *story)
{
    struct nap_run_result result;
    struct seen seen = {0};
    struct rig r;

    open_joint(&r, "recommended", "corrected");
    r.config.vary = VARY_ORDER | VARY_DMA;
    r.config.trace = look;
    r.config.trace_context = &seen;
    rig_run(&r, story, &result);
    assert_int_equal(result.findings.n_violations, 0);
    assert_int_equal(seen.not_forwarded, 1);
    assert_int_equal(seen.taken_within, 0);
    assert_int_equal(seen.taken, 3);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* The level is high when the trigger becomes an edge, and the edge is over: lost where the
 * change leaves nothing pending (G03). Only with the IPMMU first, and a fault before that. */
static void an_interrupt_that_one_order_loses_is_found(void **state)
{
    const struct nap_switch_setting kept = {"G03", 2}; /* set, clear, kept */
    const struct nap_explored_violation *v;
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    if (!nap_stack_works()) /* there are too many runs to come by it */
        skip();
    open_joint(&r, "recommended", "edges-forced");
    r.config.switches = &kept;
    r.config.n_switches = 1;
    assert_clean(&r, VARY_ORDER | VARY_LATENCY | VARY_RETAIN);
    assert_clean(&r, VARY_DMA | VARY_LATENCY | VARY_RETAIN);
    explore_joint(&r, VARY_ORDER | VARY_DMA, &result);
    v = explored(&result, "interrupt-conserved");
    assert_string_equal(r.soc->devices[v->finding.device].name, "gicd");
    assert_int_equal(v->choices.n, 2);
    assert_int_equal(v->choices.list[0].kind, NAP_CHOOSE_ORDER);
    assert_int_equal(v->choices.list[1].kind, NAP_CHOOSE_DMA);
    assert_delivered_late(&v->choices);
    nap_explore_result_free(&result);
    rig_close(&r);
}

static void an_ipmmu_that_turns_ports_on_too_early_is_at_fault(void **state)
{
    static const char *const caches[] = {"ds0", "ds1", NULL};
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    open_joint(&r, "v9", "corrected");
    explore_joint(&r, VARY_ORDER | VARY_DMA, &result);
    assert_non_null(explored(&result, "ipmmu-root-before-utlb"));
    assert_at_fault(&r, &result, caches);
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* --- masters are let go once their own driver is through --- */

static struct nap_driver broken;
static struct nap_phase broken_resume[8];

/* The root's contexts are off again, when ports are on. */
static int turn_root_off(void)
{
    nap_write32(UINT64_C(0xe67b0000) + 0x40, 0); /* IMCTR(1) */
    nap_write32(UINT64_C(0xe67b0000) + 0x80, 0); /* IMCTR(2) */
    (void)nap_read32(UINT64_C(0xe67b0000) + 0x80);
    return 0;
}

/* Refused, not passed: P03, context off on the root. */
static void an_ipmmu_that_refuses_what_is_mapped_is_at_fault(void **state)
{
    static const char *const iommu[] = {"mm", "ds0", "ds1", NULL};
    const struct nap_switch_setting fault = {"P03", 1}; /* bypass, fault */
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    open_joint(&r, "recommended", "corrected");
    broken = *r.config.driver;
    memcpy(broken_resume, broken.resume, broken.n_resume * sizeof broken_resume[0]);
    broken_resume[broken.n_resume] =
        (struct nap_phase){.name = "off", .kind = NAP_PHASE_STEP, .step = turn_root_off};
    broken.resume = broken_resume;
    broken.n_resume++;
    r.config.driver = &broken;
    r.config.switches = &fault;
    r.config.n_switches = 1;
    explore_joint(&r, VARY_ORDER | VARY_DMA, &result);
    assert_string_equal(r.soc->devices[explored(&result, "dma-service")->finding.device].name,
                        "ds0");
    assert_at_fault(&r, &result, iommu);
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* --- what cannot be --- */

static void assert_refused(const char *text, const char *message)
{
    struct nap_run_result result;
    struct nap_error error = {0};
    struct rig r;

    open_text(&r, text);
    r.config.driver = form_of("ipmmu", "recommended");
    assert_int_not_equal(nap_run(&r.config, NULL, &result, &error), NAP_OK);
    assert_string_equal(error.text, message);
    nap_run_result_free(&result);
    rig_close(&r);
}

#define HEAD                                                                                   \
    "scenario: s\ntitle: t\ndriver: a\nsocs: [rcar-h3-gic]\nvariants: [v]\nvary: []\n"         \
    "beside: [{driver: b, variant: v}]\n"
#define GUEST                                                                                  \
    "domains:\n  - {name: g, masters: [sdhi0], mappings: [{iova: 0x50000000, pa: 0x58000000, " \
    "size: 0x1000, access: r}]}\n"

static void what_the_machine_or_the_scenario_does_not_have_is_refused(void **state)
{
    (void)state;
    assert_refused(HEAD "devices: [mm, ds9]\ndomains: []\noperations: [probe]\n",
                   "s.yaml:8: device 'ds9' is not on machine rcar-h3-gic");
    assert_refused(HEAD "devices: [mm, ds0]\n" GUEST "operations: [probe]\n",
                   "s.yaml:10: master 'sdhi0' is behind ds1, which devices does not list");
    assert_refused(HEAD GUEST "traffic: [{master: avb, iova: 0}]\noperations: [probe]\n",
                   "s.yaml:10: master 'avb' is in no domain of the scenario");
}

static void assert_not_loaded(const char *text, const char *message)
{
    struct nap_scenario *s;
    struct nap_error error = {0};

    assert_int_not_equal(nap_scenario_load(text, strlen(text), "s.yaml", &s, &error), NAP_OK);
    assert_string_equal(error.text, message);
}

static void a_bad_place_or_transaction_is_refused(void **state)
{
    (void)state;
    assert_not_loaded("scenario: s\ntitle: t\ndriver: a\nvary: []\ndomains: []\nbeside:\n"
                      "  - {driver: b, variant: v, resume: between}\noperations: [probe]\n",
                      "s.yaml:7: found 'between' as resume, expected one of: first, last, any");
    assert_not_loaded(HEAD GUEST "traffic: [{master: sdhi0}]\noperations: [probe]\n",
                      "s.yaml:10: found no 'iova' in a transaction, expected this key");
    assert_not_loaded(HEAD GUEST "traffic: [{master: sdhi0, iova: 0, access: x}]\n",
                      "s.yaml:10: found 'x' as access, expected one of: r, w");
    assert_not_loaded(HEAD GUEST "traffic: [{master: sdhi0, iova: 0, times: 0}]\n",
                      "s.yaml:10: found '0' as times, expected 0x1 to 0x10");
}

static void a_form_of_a_driver_beside_is_set_by_name(void **state)
{
    struct nap_error error = {0};
    struct rig r;

    (void)state;
    open_text(&r, SMALL(""));
    assert_int_equal(nap_scenario_set(r.scenario, "beside.b", "w", &error), NAP_OK);
    assert_string_equal(r.scenario->beside[0].variant, "w");
    assert_int_equal(nap_scenario_set(r.scenario, "beside.c", "w", &error), NAP_ERR_UNKNOWN);
    assert_string_equal(error.text, "scenario s has no driver 'c' beside a");
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_of_two_drivers_come_in_every_order_that_keeps_each_ones_own),
        cmocka_unit_test(whole_blocks_stay_whole),
        cmocka_unit_test(without_the_choice_the_order_is_the_default),
        cmocka_unit_test(a_random_choice_names_the_driver_whose_call_comes_next),
        cmocka_unit_test(a_fault_in_resume_reaches_its_handler_in_any_order),
        cmocka_unit_test(forms_that_restore_what_228_needs_are_clean_too),
        cmocka_unit_test(a_gic_that_leaves_the_interrupt_off_is_at_fault),
        cmocka_unit_test(an_interrupt_that_one_order_loses_is_found),
        cmocka_unit_test(an_ipmmu_that_turns_ports_on_too_early_is_at_fault),
        cmocka_unit_test(an_ipmmu_that_refuses_what_is_mapped_is_at_fault),
        cmocka_unit_test(what_the_machine_or_the_scenario_does_not_have_is_refused),
        cmocka_unit_test(a_bad_place_or_transaction_is_refused),
        cmocka_unit_test(a_form_of_a_driver_beside_is_set_by_name),
    };

    return cmocka_run_group_tests_name("scenario-joint", tests, NULL, NULL);
}
