/* SPDX-License-Identifier: MIT */
/* lib/scenario/interrupts.c and cpus.c, lib/os/interrupt.c: a small driver of a GICv2 with four
 * CPUs takes the interrupts that a scenario lists, through a sleep. */
#include <regnap/block.h>
#include <regnap/builtin.h>
#include <regnap/run.h>

#include "../core/loader_test.h"

#include "seam/seam.h"

#include <errno.h>

#define DIST UINT64_C(0x2c001000)
#define CPUI UINT64_C(0x2c002000)

#define ISENABLER  0x100u
#define ICENABLER  0x180u
#define ISPENDR    0x200u
#define ICPENDR    0x280u
#define IPRIORITYR 0x400u
#define ITARGETSR  0x800u
#define ICFGR      0xc00u
#define SGIR       0xf00u
#define SPENDSGIR  0xf20u
#define SGI_WORDS  4u
#define C_CTLR     0x00u
#define C_PMR      0x04u
#define C_IAR      0x0cu
#define C_EOIR     0x10u
#define C_DIR      0x1000u
#define EOIMODE    0x200u
#define BYPASSES   0x1e0u /* disabled */

#define WORDS 9u /* bitmaps of 288 INTIDs */

/* --- the driver, and what it does wrong --- */

static struct {
    bool forgets_pending, forgets_enables, ends_guests, routes_to_all, is_busy, makes_one_up;
} wrong;

static unsigned polls;  /* that suspend makes of one register */
static unsigned rounds; /* in which it clears what waits of INTID 43, and looks again */
static bool found_last; /* something in the last of them, and in none before */

static bool keeps_from_probe; /* what suspend saves is there before */

struct kept {
    uint32_t enables[WORDS], pending[WORDS], priorities[WORDS * 8], targets[WORDS * 8];
    uint32_t triggers[WORDS * 2], sgis[4][SGI_WORDS], enabled_sgis[4];
};

static nap_addr word_at(unsigned reg, unsigned n)
{
    return DIST + reg + UINT64_C(4) * n;
}

static void set_bits(nap_addr reg, unsigned shift, uint32_t mask, uint32_t value)
{
    uint32_t word = nap_read32(reg);

    nap_write32(reg, (word & ~(mask << shift)) | value << shift);
}

static void use(const struct nap_interrupt *i)
{
    uint32_t n = i->intid;

    if (n >= 32) {
        set_bits(word_at(ICFGR, n / 16), n % 16 * 2, 3, i->edge ? 2 : 0);
        set_bits(DIST + ITARGETSR + (n & ~3u), n % 4 * 8, 0xff,
                 wrong.routes_to_all ? 0x0f : 1u << i->cpu);
    }
    set_bits(DIST + IPRIORITYR + (n & ~3u), n % 4 * 8, 0xff, i->priority);
    nap_write32(word_at(ISENABLER, n / 32), 1u << n % 32);
}

static void interface_on(void)
{
    nap_write32(CPUI + C_PMR, 0xf8);
    nap_write32(CPUI + C_CTLR, EOIMODE | BYPASSES | 1);
}

static void take_over(uint32_t *image, unsigned from, unsigned n, nap_addr reg, bool save)
{
    for (unsigned i = from; i < n; i++)
        if (save)
            image[i] = nap_read32(reg + UINT64_C(4) * i);
        else
            nap_write32(reg + UINT64_C(4) * i, image[i]);
}

static void take_over_all(bool save)
{
    struct kept *k = nap_driver_data();

    take_over(k->triggers, 2, WORDS * 2, DIST + ICFGR, save);
    take_over(k->priorities, 0, WORDS * 8, DIST + IPRIORITYR, save);
    take_over(k->targets, 8, WORDS * 8, DIST + ITARGETSR, save);
    if (save || !wrong.forgets_pending)
        take_over(k->pending, 1, WORDS, DIST + ISPENDR, save);
    if (save || !wrong.forgets_enables)
        take_over(k->enables, 0, WORDS, DIST + ISENABLER, save);
}

static int probe(struct nap_device *device)
{
    if (strcmp(device->name, "gicd") == 0) {
        nap_set_driver_data(nap_alloc(sizeof(struct kept)));
        for (uint32_t i = 0; i < nap_interrupts(); i++)
            if (nap_interrupt(i)->intid >= 32 || nap_interrupt(i)->cpu == 0)
                use(nap_interrupt(i));
        nap_write32(DIST, 1);
    } else if (strcmp(device->name, "gicc") == 0) {
        interface_on();
        if (keeps_from_probe)
            take_over_all(true);
    }
    return 0;
}

static int cpu_up(unsigned cpu)
{
    const struct kept *k = nap_driver_data();

    assert_int_equal(nap_this_cpu(), cpu);
    assert_int_equal(nap_all_cpus(), 4);
    assert_int_equal(nap_affinity_of(cpu), cpu);
    for (uint32_t i = 0; i < nap_interrupts(); i++)
        if (nap_interrupt(i)->intid < 32 && nap_interrupt(i)->cpu == cpu)
            use(nap_interrupt(i));
    for (unsigned i = 0; i < SGI_WORDS; i++)
        nap_write32(word_at(SPENDSGIR, i), k->sgis[cpu][i]);
    interface_on();
    return 0;
}

static int cpu_down(unsigned cpu)
{
    struct kept *k = nap_driver_data();

    assert_int_equal(nap_this_cpu(), cpu);
    nap_write32(CPUI + C_CTLR, BYPASSES);
    for (unsigned i = 0; i < SGI_WORDS; i++)
        k->sgis[cpu][i] = nap_read32(word_at(SPENDSGIR, i));
    return 0;
}

/* A level comes back by its line. */
static void drop_levels(void)
{
    struct kept *k = nap_driver_data();

    for (uint32_t n = 32; n < 32 * WORDS; n++)
        if (!(k->triggers[n / 16] & 2u << n % 16 * 2))
            k->pending[n / 32] &= ~(1u << n % 32);
    if (wrong.makes_one_up)
        k->pending[1] |= 1u << (40 - 32);
}

static void clear_and_look(void)
{
    for (unsigned i = 0; i < rounds; i++) {
        nap_write32(word_at(ICPENDR, 1), 1u << 11);
        if ((nap_read32(word_at(ISPENDR, 1)) & 1u << 11) != 0) {
            found_last |= i == rounds - 1;
            return;
        }
    }
}

static int save(void)
{
    if (wrong.is_busy)
        return -EBUSY;
    nap_write32(CPUI + C_CTLR, BYPASSES);
    nap_write32(DIST, 0);
    take_over_all(true);
    drop_levels();
    clear_and_look();
    for (unsigned i = 0; i < polls; i++)
        (void)nap_read32(DIST);
    return 0;
}

static int restore(void)
{
    nap_write32(DIST, 0);
    for (unsigned i = 0; i < WORDS; i++)
        nap_write32(word_at(ICENABLER, i), UINT32_MAX);
    take_over_all(false);
    nap_write32(DIST, 1);
    interface_on();
    return 0;
}

static void irq_entry(unsigned cpu)
{
    uint32_t iar = nap_read32(CPUI + C_IAR);

    assert_int_equal(nap_this_cpu(), cpu);
    if ((iar & 0x3ff) >= 1020)
        return;
    nap_write32(CPUI + C_EOIR, iar);
    if (nap_irq_dispatch(iar & 0x3ff) != NAP_IRQ_GUEST || wrong.ends_guests)
        nap_write32(CPUI + C_DIR, iar);
}

static void irq_deactivate(unsigned cpu, uint32_t intid)
{
    assert_int_equal(nap_this_cpu(), cpu);
    nap_write32(CPUI + C_DIR, intid);
}

static int irq_send(unsigned cpu, unsigned target, uint32_t intid)
{
    assert_int_equal(nap_this_cpu(), cpu);
    nap_write32(DIST + SGIR, 1u << (16 + target) | intid);
    return 0;
}

static const char *const compatible[] = {"gicv2", NULL};
static const struct nap_phase suspend[] = {
    {.name = "gic-save", .kind = NAP_PHASE_STEP, .step = save, .irqs_off = true}};
static const struct nap_phase resume[] = {
    {.name = "gic-restore", .kind = NAP_PHASE_STEP, .step = restore, .irqs_off = true}};
static const struct nap_driver driver = {
    .abi = NAP_DRIVER_ABI,
    .name = "small",
    .compatible = compatible,
    .probe = probe,
    .cpu_up = cpu_up,
    .cpu_down = cpu_down,
    .irq_entry = irq_entry,
    .irq_deactivate = irq_deactivate,
    .irq_send = irq_send,
    .suspend = suspend,
    .n_suspend = 1,
    .resume = resume,
    .n_resume = 1,
};

/* --- runs --- */

#define HEAD "scenario: s\ntitle: t\ndriver: small\nsocs: [gicv2-4cpu]\nvary: []\ndomains: []\n"
#define SOURCES                                                                                \
    "interrupts:\n"                                                                            \
    "  - {intid: 40, trigger: edge, cpu: 0, priority: 0x80}\n"                                 \
    "  - {intid: 41, cpu: 1, priority: 0x90}\n"                                                \
    "  - {intid: 42, trigger: edge, cpu: 2, priority: 0xa0, owner: guest}\n"                   \
    "  - {intid: 3, cpu: 1, from: 0, priority: 0x70}\n"                                        \
    "  - {intid: 43, trigger: edge, cpu: 3, wake: true}\n"
#define OPS(list) HEAD SOURCES "operations: [" list "]\n"

struct rig {
    struct nap_scenario *scenario;
    struct nap_soc *soc;
    struct nap_run_config config;
};

static void rig_open(struct rig *r, const char *text)
{
    struct nap_error error = {0};

    memset(r, 0, sizeof *r);
    if (nap_scenario_load(text, strlen(text), "s.yaml", &r->scenario, &error) ||
        nap_builtin_soc("gicv2-4cpu", &r->soc, &error))
        fail_msg("%s", error.text);
    r->config = (struct nap_run_config){.scenario = r->scenario,
                                        .soc = r->soc,
                                        .driver = &driver,
                                        .variant = "small",
                                        .blocks = nap_builtin_blocks()};
}

static void rig_close(struct rig *r)
{
    nap_scenario_free(r->scenario);
    nap_soc_free(r->soc);
    memset(&wrong, 0, sizeof wrong);
}

/* Calls of the driver with their CPU, and interrupts that a CPU acknowledges; nothing of what
 * the twin does. */
static char notes[1024];

static void note(void *context, const struct nap_machine *m, const struct nap_event *e)
{
    size_t at = strlen(notes);

    (void)context;
    (void)m;
    if (e->kind == NAP_STEP_CALL && strcmp(e->label, "probe") != 0 &&
        strcmp(e->label, "irq_entry") != 0)
        (void)snprintf(notes + at, sizeof notes - at, "%s%s@%u", at ? " " : "", e->label,
                       e->cpu);
    if (e->kind == NAP_STEP_INTERRUPT &&
        strcmp(e->label, NAP_LABEL_INTERRUPT_ACKNOWLEDGED) == 0)
        (void)snprintf(notes + at, sizeof notes - at, " %u@%u", e->index, e->cpu);
}

/* Runs @text; @rule and @message are of the only violation, or NULL. */
static void assert_run(const char *text, const char *rule, const char *message)
{
    struct nap_run_result result;
    struct nap_error error = {0};
    struct rig r;

    rig_open(&r, text);
    notes[0] = 0;
    r.config.trace = note;
    if (nap_run(&r.config, NULL, &result, &error))
        fail_msg("%s", error.text);
    if (!rule && result.findings.n_violations)
        fail_msg("%s: %s", result.findings.violations[0].rule->id,
                 result.findings.violations[0].message);
    if (rule) {
        assert_int_equal(result.findings.n_violations, 1);
        assert_string_equal(result.findings.violations[0].rule->id, rule);
        if (!strstr(result.findings.violations[0].message, message))
            fail_msg("%s", result.findings.violations[0].message);
    }
    nap_run_result_free(&result);
    rig_close(&r);
}

static const char *notes_of(const char *text)
{
    assert_run(text, NULL, NULL);
    return notes;
}

/* --- CPUs --- */

static void cpus_go_down_before_suspend_and_come_up_after_resume(void **state)
{
    (void)state;
    assert_string_equal(
        notes_of(HEAD "operations: [probe, suspend, power-cycle, resume]\n"),
        "cpu_up@1 cpu_up@2 cpu_up@3 cpu_down@3 cpu_down@2 cpu_down@1 gic-save@0 "
        "gic-restore@0 cpu_up@1 cpu_up@2 cpu_up@3");
}

static void a_suspend_that_is_refused_brings_cpus_up_again(void **state)
{
    (void)state;
    wrong.is_busy = true;
    assert_string_equal(
        notes_of(HEAD "operations: [probe, suspend, power-cycle, resume]\n"),
        "cpu_up@1 cpu_up@2 cpu_up@3 cpu_down@3 cpu_down@2 cpu_down@1 gic-save@0 "
        "cpu_up@1 cpu_up@2 cpu_up@3");
}

struct powers {
    unsigned n, cpu1_off, cpu1_on, others_on;
};

static void count_powers(void *context, const struct nap_machine *m, const struct nap_event *e)
{
    struct powers *p = context;
    uint64_t bit = UINT64_C(1) << nap_cpu_domain(m, 1);

    if (e->kind != NAP_STEP_POWER)
        return;
    p->n++;
    if ((e->was & bit) && !(e->now & bit))
        p->cpu1_off = p->n;
    if (!(e->was & bit) && (e->now & bit))
        p->cpu1_on = p->n;
    if (!(e->was & 1) && (e->now & 1))
        p->others_on = p->n;
}

/* What wakes the system wakes the first CPU; the others are software's to wake. */
static void power_of_a_cpu_comes_with_cpu_up(void **state)
{
    struct powers p = {0};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    rig_open(&r, HEAD "operations: [probe, suspend, power-cycle, resume]\n");
    r.config.trace = count_powers;
    r.config.trace_context = &p;
    assert_int_equal(nap_run(&r.config, NULL, &result, NULL), NAP_OK);
    assert_int_equal(p.n, 8); /* three off, all off, all others on, three on */
    assert_int_equal(p.cpu1_off, 3);
    assert_int_equal(p.others_on, 5);
    assert_int_equal(p.cpu1_on, 6);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* CPUs 2 and 3 have one domain, and CPU 1 that of CPU 0, which is never taken down. */
static void power_of_a_cluster_goes_with_its_last_cpu(void **state)
{
    struct powers p = {0};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    rig_open(&r, OPS("probe, raise-asleep: 41, suspend, power-cycle, resume"));
    r.soc->cpus[2].domain = r.soc->cpus[3].domain;
    r.soc->cpus[1].domain = r.soc->cpus[0].domain;
    r.config.trace = count_powers;
    r.config.trace_context = &p;
    assert_int_equal(nap_run(&r.config, NULL, &result, NULL), NAP_OK);
    assert_int_equal(result.findings.n_violations, 0);
    assert_int_equal(p.n, 4); /* the cluster off, all off, all others on, the cluster on */
    assert_int_equal(p.cpu1_off, 2);
    assert_int_equal(p.cpu1_on, 3);
    nap_run_result_free(&result);
    rig_close(&r);
}

static void a_driver_has_both_calls_for_cpus_or_none(void **state)
{
    static struct nap_driver half;
    struct nap_run_result result;
    struct nap_error error = {0};
    struct rig r;

    (void)state;
    half = driver;
    half.cpu_down = NULL;
    rig_open(&r, HEAD "operations: [probe]\n");
    r.config.driver = &half;
    assert_int_equal(nap_run(&r.config, NULL, &result, &error), NAP_ERR_ARG);
    assert_string_equal(error.text,
                        "driver small has cpu_up alone, expected cpu_down and cpu_up");
    nap_run_result_free(&result);
    rig_close(&r);
}

/* --- delivery --- */

static void an_interrupt_reaches_the_cpu_that_it_is_for(void **state)
{
    (void)state;
    assert_string_equal(notes_of(OPS("probe, raise: 40, raise: 41, raise: 3")),
                        "cpu_up@1 cpu_up@2 cpu_up@3 40@0 41@1 irq_send@0 3@1");
}

static void a_guest_ends_what_it_has_taken(void **state)
{
    (void)state;
    assert_string_equal(
        notes_of(OPS("probe, raise: 42, raise: 40, end-interrupt: 42, raise: 42")),
        "cpu_up@1 cpu_up@2 cpu_up@3 42@2 40@0 irq_deactivate@2 42@2 irq_deactivate@2");
}

/* The guest has it all the while that the line is high. */
static void a_level_that_is_high_does_not_come_again(void **state)
{
    (void)state;
    assert_string_equal(
        notes_of(HEAD "interrupts: [{intid: 44, cpu: 2, owner: guest}]\n"
                      "operations: [probe, raise: 44, raise: 44, end-interrupt: 44, raise: 44, "
                      "end-interrupt: 44]\n"),
        "cpu_up@1 cpu_up@2 cpu_up@3 44@2 irq_deactivate@2 44@2 irq_deactivate@2");
}

static void an_interrupt_at_suspend_is_taken_after_resume(void **state)
{
    (void)state;
    assert_string_equal(
        notes_of(
            OPS("probe, raise-asleep: 40, raise-asleep: 41, suspend, power-cycle, resume")),
        "cpu_up@1 cpu_up@2 cpu_up@3 cpu_down@3 cpu_down@2 cpu_down@1 gic-save@0 gic-restore@0 "
        "cpu_up@1 "
        "cpu_up@2 cpu_up@3 40@0 41@1");
}

/* The edge has passed before the controller has power; wake logic has it. */
static void wake_logic_keeps_an_edge_that_the_controller_misses(void **state)
{
    (void)state;
    assert_string_equal(
        notes_of(OPS("probe, suspend, power-off, raise: 43, power-on, resume")),
        "cpu_up@1 cpu_up@2 cpu_up@3 cpu_down@3 cpu_down@2 cpu_down@1 gic-save@0 "
        "gic-restore@0 cpu_up@1 cpu_up@2 cpu_up@3 43@3");
}

static void a_level_outlasts_the_sleep(void **state)
{
    (void)state;
    assert_string_equal(
        notes_of(OPS("probe, suspend, power-off, raise: 41, power-on, resume")),
        "cpu_up@1 cpu_up@2 cpu_up@3 cpu_down@3 cpu_down@2 cpu_down@1 gic-save@0 "
        "gic-restore@0 cpu_up@1 cpu_up@2 cpu_up@3 41@1");
}

/* --- interrupt-conserved --- */

static void an_edge_that_is_not_restored_is_lost(void **state)
{
    (void)state;
    wrong.forgets_pending = true;
    assert_run(OPS("probe, raise-asleep: 40, suspend, power-cycle, resume"),
               "interrupt-conserved",
               "interrupt 40 of gicd was raised, and no CPU has taken it");
}

static void an_edge_without_wake_logic_is_lost_while_the_controller_is_off(void **state)
{
    (void)state;
    assert_run(OPS("probe, suspend, power-off, raise: 40, power-on, resume"),
               "interrupt-conserved",
               "interrupt 40 of gicd was raised, and no CPU has taken it");
}

static void an_interrupt_for_one_cpu_does_not_go_to_another(void **state)
{
    (void)state;
    wrong.routes_to_all = true;
    assert_run(OPS("probe, raise: 41"), "interrupt-conserved",
               "cpu0 takes interrupt 41 of gicd, which software has for cpu1");
}

static void a_guests_interrupt_does_not_come_twice(void **state)
{
    (void)state;
    wrong.ends_guests = true;
    assert_run(
        OPS("probe, raise: 42, raise: 42"), "interrupt-conserved",
        "cpu2 takes interrupt 42 of gicd, which a guest has taken on cpu2 and not ended");
}

static void an_interrupt_that_software_makes_up_is_nobodys(void **state)
{
    (void)state;
    wrong.makes_one_up = true;
    assert_run(OPS("probe, suspend, power-cycle, resume"), "interrupt-conserved",
               "cpu0 takes interrupt 40 of gicd, which nobody has raised");
}

/* --- the twin --- */

static void interrupts_that_stay_off_show_against_the_twin(void **state)
{
    struct nap_run_result result;
    struct rig r;
    bool found = false;

    (void)state;
    wrong.forgets_enables = true;
    rig_open(&r, OPS("probe, suspend, power-cycle, resume"));
    assert_int_equal(nap_run(&r.config, NULL, &result, NULL), NAP_OK);
    for (unsigned i = 0; i < result.findings.n_violations; i++)
        found |= strcmp(result.findings.violations[i].rule->id, "state-equivalence") == 0 &&
                 strstr(result.findings.violations[i].message,
                        "interrupt 40 of gicd fares otherwise") != NULL;
    assert_true(found);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* --- beside another driver --- */

/* The R-Car H3 with a GICv2 where the driver here has it: the interrupt of the IPMMU's root,
 * SPI 196, is INTID 228. */
static struct nap_soc *h3_with_gic(void)
{
    static const char gic[] =
        "  - {name: gicd, model: gicv2, variant: distributor, preset: one-state, base: "
        "0x2c001000, size: 0x1000, domain: always_on}\n"
        "  - {name: gicc, model: gicv2, variant: cpu-interface, preset: one-state, base: "
        "0x2c002000, size: 0x2000, domain: always_on, upstream: gicd}\n";
    size_t bytes;
    char *h3 = source_file("models/soc/rcar-h3.yaml", &bytes), text[8192];
    char *devices = strstr(h3, "devices:\n") + strlen("devices:\n");
    char *irq = strstr(devices, "irq: 196");
    struct nap_error error = {0};
    struct nap_soc *soc;

    irq[strlen("irq: ")] = irq[strlen("irq: ") + 1] = '2'; /* 196 to 228 */
    irq[strlen("irq: ") + 2] = '8';
    snprintf(text, sizeof text, "%.*s%s%.*scontroller: gicd\n", (int)(devices - h3), h3, gic,
             (int)(bytes - (size_t)(devices - h3)), devices);
    if (nap_soc_load(text, strlen(text), "h3.yaml", &soc, &error))
        fail_msg("%s", error.text);
    free(h3);
    return soc;
}

#define JOINT(order, ops)                                                                      \
    "scenario: j\ntitle: t\ndriver: ipmmu\nsocs: [h3]\nvariants: [recommended]\nvary: []\n"    \
    "beside:\n  - {driver: small, variant: v" order "}\ndomains:\n"                            \
    "  - {name: guest, masters: [sdhi0], mappings: [{iova: 0x40000000, pa: 0x48000000, "       \
    "size: 0x1000, access: r}]}\noperations: [" ops "]\n"

static const struct nap_driver *recommended(void)
{
    struct nap_builtin_variant v;

    for (unsigned i = 0; nap_builtin_driver(i, &v); i++)
        if (strcmp(v.name, "ipmmu") == 0 && strcmp(v.variant, "recommended") == 0)
            return v.driver;
    return NULL;
}

/* The controller's phases and who takes interrupts, in the order of their calls; + for others.
 */
static void note_joint(void *context, const struct nap_machine *m, const struct nap_event *e)
{
    size_t at = strlen(notes);
    bool told = e->kind == NAP_STEP_CALL &&
                (strncmp(e->label, "gic-", 4) == 0 || strncmp(e->label, "irq", 3) == 0);

    (void)context;
    (void)m;
    if (told)
        (void)snprintf(notes + at, sizeof notes - at, " %s", e->label);
    else if (e->kind == NAP_STEP_CALL && strcmp(e->label, "probe") != 0 &&
             (at == 0 || notes[at - 1] != '+'))
        (void)snprintf(notes + at, sizeof notes - at, "%s+", at ? " " : "");
}

static void run_joint(const char *text, const char *expected)
{
    struct nap_run_result result;
    struct nap_error error = {0};
    struct rig r = {0};

    if (nap_scenario_load(text, strlen(text), "j.yaml", &r.scenario, &error))
        fail_msg("%s", error.text);
    r.soc = h3_with_gic();
    notes[0] = 0;
    r.config = (struct nap_run_config){.scenario = r.scenario,
                                       .soc = r.soc,
                                       .driver = recommended(),
                                       .beside = {&driver},
                                       .n_beside = 1,
                                       .blocks = nap_builtin_blocks(),
                                       .trace = note_joint};
    if (nap_run(&r.config, NULL, &result, &error))
        fail_msg("%s", error.text);
    if (result.findings.n_violations)
        fail_msg("%s: %s", result.findings.violations[0].rule->id,
                 result.findings.violations[0].message);
    assert_string_equal(notes, expected);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* A write to what may only be read. */
static void a_fault_reaches_its_handler_through_the_controller(void **state)
{
    (void)state;
    run_joint(
        JOINT("", "probe, attach: guest, dma: {domain: guest, iova: 0x40000000, access: w}"),
        "+ irq_entry irq");
}

static void the_controller_is_last_to_sleep_and_first_to_wake(void **state)
{
    (void)state;
    run_joint(JOINT("", "probe, attach: guest, suspend, power-cycle, resume, dma: {domain: "
                        "guest, iova: 0x40000000, access: w}"),
              "+ gic-save gic-restore + irq_entry irq");
}

static void a_scenario_may_have_another_order(void **state)
{
    (void)state;
    run_joint(JOINT(", suspend: first, resume: last",
                    "probe, attach: guest, suspend, power-cycle, resume"),
              "+ gic-save + gic-restore");
}

/* The IPMMU's has slept when the controller's says that this is not the time. */
static void who_has_slept_resumes_where_another_refuses(void **state)
{
    (void)state;
    wrong.is_busy = true;
    run_joint(JOINT("", "probe, attach: guest, suspend, power-cycle, resume, dma: {domain: "
                        "guest, iova: 0x40000000, access: w}"),
              "+ gic-save + irq_entry irq");
}

/* None of its phases has been reached. */
static void who_has_not_slept_does_not_resume(void **state)
{
    (void)state;
    wrong.is_busy = true;
    run_joint(JOINT(", suspend: first", "probe, attach: guest, suspend, power-cycle, resume"),
              "+ gic-save");
}

static void drivers_beside_are_found_by_name_and_variant(void **state)
{
    static const char head[] = HEAD "beside:\n  - {driver: ipmmu, variant: recommended}\n";
    const struct nap_driver *found[NAP_SCENARIO_BESIDE_MAX] = {NULL};
    struct nap_error error = {0};
    char text[512];
    struct rig r;

    (void)state;
    snprintf(text, sizeof text, "%soperations: [probe]\n", head);
    rig_open(&r, text);
    assert_int_equal(nap_builtin_beside(r.scenario, found, &error), NAP_OK);
    assert_ptr_equal(found[0], recommended());
    rig_close(&r);
    snprintf(text, sizeof text, "%s  - {driver: ipmmu, variant: none}\noperations: [probe]\n",
             head);
    rig_open(&r, text);
    assert_int_equal(nap_builtin_beside(r.scenario, found, &error), NAP_ERR_UNKNOWN);
    assert_string_equal(error.text, "s.yaml:9: there is no driver ipmmu with a variant none");
    rig_close(&r);
}

static void a_scenario_without_its_other_driver_is_refused(void **state)
{
    struct nap_run_result result;
    struct nap_error error = {0};
    struct rig r;

    (void)state;
    rig_open(&r, HEAD "beside: [{driver: ipmmu, variant: recommended}]\noperations: [probe]\n");
    assert_int_equal(nap_run(&r.config, NULL, &result, &error), NAP_ERR_ARG);
    assert_string_equal(error.text, "s.yaml: scenario s has 1 drivers beside small, found 0");
    nap_run_result_free(&result);
    rig_close(&r);
}

/* How a run of @text with @beside is refused. */
static void assert_refused_beside(const char *text, const struct nap_driver *beside,
                                  const char *message)
{
    struct nap_run_result result;
    struct nap_error error = {0};
    struct rig r;

    rig_open(&r, text);
    r.config.beside[0] = beside;
    r.config.n_beside = beside != NULL;
    assert_int_equal(nap_run(&r.config, NULL, &result, &error), NAP_ERR_ARG);
    assert_string_equal(error.text, message);
    nap_run_result_free(&result);
    rig_close(&r);
}

static void a_device_has_one_driver_alone(void **state)
{
    (void)state;
    assert_refused_beside(HEAD "beside: [{driver: gic, variant: v}]\noperations: [probe]\n",
                          &driver,
                          "s.yaml:7: device gicd of machine gicv2-4cpu has model gicv2, which "
                          "drivers small and small both name, expected one driver for it");
}

static void a_driver_without_a_device_is_refused(void **state)
{
    struct nap_run_result result;
    struct nap_error error = {0};
    struct rig r;

    (void)state;
    assert_refused_beside(HEAD "beside: [{driver: ipmmu, variant: v}]\noperations: [probe]\n",
                          recommended(),
                          "s.yaml:7: driver ipmmu is for no device of machine gicv2-4cpu, "
                          "expected one that is");
    rig_open(&r, HEAD "operations: [probe]\n");
    r.config.driver = recommended();
    assert_int_equal(nap_run(&r.config, NULL, &result, &error), NAP_ERR_ARG);
    assert_string_equal(error.text, "s.yaml: driver ipmmu is for no device of machine "
                                    "gicv2-4cpu, expected one that is");
    nap_run_result_free(&result);
    rig_close(&r);
}

/* Domains are those of the driver under test, and so is what its masters pass. */
static void a_master_behind_anothers_device_is_refused(void **state)
{
    static const char text[] =
        "scenario: j\ntitle: t\ndriver: small\nsocs: [h3]\nvary: []\n"
        "beside: [{driver: ipmmu, variant: recommended}]\ndomains:\n"
        "  - {name: guest, masters: [sdhi0], mappings: []}\noperations: [probe]\n";
    static struct nap_driver attaches;
    struct nap_run_result result;
    struct nap_error error = {0};
    struct rig r = {0};

    (void)state;
    attaches = driver;
    attaches.attach = recommended()->attach;
    if (nap_scenario_load(text, strlen(text), "j.yaml", &r.scenario, &error))
        fail_msg("%s", error.text);
    r.soc = h3_with_gic();
    r.config = (struct nap_run_config){.scenario = r.scenario,
                                       .soc = r.soc,
                                       .driver = &attaches,
                                       .beside = {recommended()},
                                       .n_beside = 1,
                                       .blocks = nap_builtin_blocks()};
    assert_int_equal(nap_run(&r.config, NULL, &result, &error), NAP_ERR_ARG);
    assert_string_equal(error.text, "j.yaml:8: master 'sdhi0' is behind ds1, which is another "
                                    "driver's than small");
    nap_run_result_free(&result);
    rig_close(&r);
}

/* --- the search --- */

static void explore(const char *text, uint32_t vary, struct nap_explore_result *result)
{
    /* Where calls cannot run on a stack of their own, each is run again from its beginning. */
    struct nap_explore_config c = {.strategy = NAP_STRATEGY_EXHAUSTIVE,
                                   .budget = nap_stack_works() ? 200000 : 20000};
    struct nap_error error = {0};
    struct rig r;

    rig_open(&r, text);
    c.run = r.config;
    c.run.vary = vary;
    if (nap_explore(&c, result, &error))
        fail_msg("%s", error.text);
    rig_close(&r);
}

static void interrupts_at_any_time_are_conserved(void **state)
{
    struct nap_explore_result result;

    (void)state;
    if (!nap_stack_works())
        skip();
    explore(OPS("probe, suspend, power-cycle, resume"), NAP_CHOICE_BIT(NAP_CHOOSE_IRQ),
            &result);
    assert_true(result.exhausted);
    if (result.n_violations)
        fail_msg("%s", result.violations[0].finding.message);
    assert_true(result.distinct_states > 1000);
    nap_explore_result_free(&result);
}

static uint64_t states_with(unsigned n_polls, const char *text)
{
    struct nap_explore_result result;
    uint64_t states;

    polls = n_polls;
    explore(text, NAP_CHOICE_BIT(NAP_CHOOSE_IRQ), &result);
    polls = 0;
    assert_true(result.exhausted);
    assert_int_equal(result.n_violations, 0);
    states = result.distinct_states;
    nap_explore_result_free(&result);
    return states;
}

#define ONE_LEVEL(times)                                                                       \
    HEAD "interrupts: [{intid: 41, cpu: 0" times "}]\n"                                        \
         "operations: [probe, suspend, power-cycle, resume]\n"

/* Not at each turn of a wait: nothing has moved since the last one. */
static void a_wait_is_asked_about_as_it_begins(void **state)
{
    (void)state;
    if (!nap_stack_works())
        skip();
    assert_true(states_with(300, ONE_LEVEL("")) < states_with(3, ONE_LEVEL("")) + 20);
}

/* A write between two reads makes them no wait, even where it finds nothing to do. */
static void between_reads_of_a_loop_that_writes_one_may_come(void **state)
{
    struct nap_explore_result result;

    (void)state;
    if (!nap_stack_works())
        skip();
    rounds = 6;
    found_last = false;
    explore(HEAD "interrupts: [{intid: 43, trigger: edge, cpu: 0, wake: true}]\n"
                 "operations: [probe, suspend, power-cycle, resume]\n",
            NAP_CHOICE_BIT(NAP_CHOOSE_IRQ), &result);
    rounds = 0;
    assert_true(found_last);
    nap_explore_result_free(&result);
}

/* One that has come and been handled is none that has come. */
static void how_many_have_come_makes_no_difference_where_any_number_may(void **state)
{
    uint64_t any;

    (void)state;
    if (!nap_stack_works())
        skip();
    any = states_with(0, ONE_LEVEL(", times: any"));
    assert_true(any < states_with(0, ONE_LEVEL("")));
    assert_true(any < states_with(0, ONE_LEVEL(", times: 2")));
}

static void the_search_finds_the_edge_that_is_lost(void **state)
{
    struct nap_explore_result result;

    (void)state;
    wrong.forgets_pending = true;
    explore(OPS("probe, suspend, power-cycle, resume"), NAP_CHOICE_BIT(NAP_CHOOSE_IRQ),
            &result);
    assert_true(result.n_violations > 0);
    assert_string_equal(result.violations[0].finding.rule->id, "interrupt-conserved");
    assert_int_equal(result.violations[0].choices.n, 1);
    nap_explore_result_free(&result);
}

/* After suspend, and after the interrupt, which may be why; not once power was cut. */
static void a_suspend_may_be_given_up_over_an_interrupt(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    rig_open(&r, OPS("probe, suspend, raise: 43, power-off, raise: 41, power-on, resume"));
    r.scenario->break_off = NAP_BREAK_OFF_WHOLE;
    r.config.vary = NAP_CHOICE_BIT(NAP_CHOOSE_ABORT);
    assert_int_equal(nap_run(&r.config, &(struct nap_choice_list){0}, &result, NULL), NAP_OK);
    assert_int_equal(result.choices_asked, 2);
    assert_int_equal(result.findings.n_violations, 0);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* It has come when the system was about to sleep, and the controller alone had it. */
static void an_edge_that_goes_with_the_hardware_is_nobodys(void **state)
{
    static struct nap_keyed_choice gone = {
        .kind = NAP_CHOOSE_LOSS, .label = "power gone between calls", .n = 2, .value = 1};
    const struct nap_choice_list list = {.list = &gone, .n = 1};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    keeps_from_probe = true;
    rig_open(&r, OPS("probe, raise-asleep: 40, raise-asleep: 41, suspend, power-cycle, "
                     "resume"));
    r.config.vary = NAP_CHOICE_BIT(NAP_CHOOSE_LOSS);
    r.config.trace = note;
    notes[0] = 0;
    assert_int_equal(nap_run(&r.config, &list, &result, NULL), NAP_OK);
    keeps_from_probe = false;
    if (result.findings.n_violations)
        fail_msg("%s", result.findings.violations[0].message);
    assert_int_equal(result.choices_unplaced, 0);
    assert_string_equal(notes, "cpu_up@1 cpu_up@2 cpu_up@3 gic-restore@0 cpu_up@1 cpu_up@2 "
                               "cpu_up@3 41@1");
    nap_run_result_free(&result);
    rig_close(&r);
}

/* --- what cannot be --- */

static void what_machine_or_driver_cannot_have_is_refused(void **state)
{
    static const struct {
        const char *source, *message;
    } table[] = {
        {"{intid: 40, cpu: 4}", "s.yaml:8: found interrupt 40: the machine has no such CPU"},
        {"{intid: 8192, message: {device: its0, register: GITS_TRANSLATER}}",
         "s.yaml:8: found interrupt 8192: no device and register of the machine takes such "
         "messages"},
        {"{intid: 8192, message: {device: gicd, register: GICD_CTLR}}",
         "s.yaml:8: found interrupt 8192: no device and register of the machine takes such "
         "messages"},
        {"{intid: 288}", "s.yaml:8: found interrupt 288: the controller has no such input"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct nap_run_result result;
        struct nap_error error = {0};
        char text[512];
        struct rig r;

        snprintf(text, sizeof text, HEAD "interrupts:\n  - %s\noperations: [probe]\n",
                 table[i].source);
        rig_open(&r, text);
        assert_int_not_equal(nap_run(&r.config, NULL, &result, &error), NAP_OK);
        assert_string_equal(error.text, table[i].message);
        nap_run_result_free(&result);
        rig_close(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cpus_go_down_before_suspend_and_come_up_after_resume),
        cmocka_unit_test(a_suspend_that_is_refused_brings_cpus_up_again),
        cmocka_unit_test(power_of_a_cpu_comes_with_cpu_up),
        cmocka_unit_test(power_of_a_cluster_goes_with_its_last_cpu),
        cmocka_unit_test(a_driver_has_both_calls_for_cpus_or_none),
        cmocka_unit_test(an_interrupt_reaches_the_cpu_that_it_is_for),
        cmocka_unit_test(a_guest_ends_what_it_has_taken),
        cmocka_unit_test(a_level_that_is_high_does_not_come_again),
        cmocka_unit_test(an_interrupt_at_suspend_is_taken_after_resume),
        cmocka_unit_test(wake_logic_keeps_an_edge_that_the_controller_misses),
        cmocka_unit_test(a_level_outlasts_the_sleep),
        cmocka_unit_test(an_edge_that_is_not_restored_is_lost),
        cmocka_unit_test(an_edge_without_wake_logic_is_lost_while_the_controller_is_off),
        cmocka_unit_test(an_interrupt_for_one_cpu_does_not_go_to_another),
        cmocka_unit_test(a_guests_interrupt_does_not_come_twice),
        cmocka_unit_test(an_interrupt_that_software_makes_up_is_nobodys),
        cmocka_unit_test(interrupts_that_stay_off_show_against_the_twin),
        cmocka_unit_test(a_fault_reaches_its_handler_through_the_controller),
        cmocka_unit_test(the_controller_is_last_to_sleep_and_first_to_wake),
        cmocka_unit_test(a_scenario_may_have_another_order),
        cmocka_unit_test(who_has_slept_resumes_where_another_refuses),
        cmocka_unit_test(who_has_not_slept_does_not_resume),
        cmocka_unit_test(drivers_beside_are_found_by_name_and_variant),
        cmocka_unit_test(a_scenario_without_its_other_driver_is_refused),
        cmocka_unit_test(a_device_has_one_driver_alone),
        cmocka_unit_test(a_driver_without_a_device_is_refused),
        cmocka_unit_test(a_master_behind_anothers_device_is_refused),
        cmocka_unit_test(interrupts_at_any_time_are_conserved),
        cmocka_unit_test(a_wait_is_asked_about_as_it_begins),
        cmocka_unit_test(between_reads_of_a_loop_that_writes_one_may_come),
        cmocka_unit_test(how_many_have_come_makes_no_difference_where_any_number_may),
        cmocka_unit_test(the_search_finds_the_edge_that_is_lost),
        cmocka_unit_test(a_suspend_may_be_given_up_over_an_interrupt),
        cmocka_unit_test(an_edge_that_goes_with_the_hardware_is_nobodys),
        cmocka_unit_test(what_machine_or_driver_cannot_have_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
