/* SPDX-License-Identifier: MIT */
/* A machine with a GICv3 and two processing elements, under the eyes of the rule engine.
 * Offsets, bits and encodings are typed here from Arm IHI 0069 and the register descriptions of
 * the A-profile, issue 2024-12, and not taken from the models. */
#ifndef GIC3_RIG_H
#define GIC3_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <regnap/block.h>
#include <regnap/builtin.h>
#include <regnap/bus.h>

#include "core/core.h"
#include "gic/gic3.h"
#include "rules/judge.h"

#define GICD UINT64_C(0x08000000)
#define RD0  UINT64_C(0x080a0000)
#define RD1  UINT64_C(0x08100000) /* a region of its own */
#define RAM  UINT64_C(0x40000000)
#define HERE ((struct nap_source){__FILE__, __LINE__, NULL})

enum { DIST, GICR0, GICR1, ICC0, ICC1 };            /* devices */
enum { DIST_PD, RD0_PD, RD1_PD, CPU0_PD, CPU1_PD }; /* their domains */
#define ALL_PDS 0x1fu

/* --- registers --- */

#define CTLR          0x0000u
#define TYPER         0x0004u
#define SETSPI_NSR    0x0040u
#define CLRSPI_NSR    0x0048u
#define SETSPI_SR     0x0050u
#define IGROUPR(n)    (0x0080u + 4u * (n))
#define ISENABLER(n)  (0x0100u + 4u * (n))
#define ICENABLER(n)  (0x0180u + 4u * (n))
#define ISPENDR(n)    (0x0200u + 4u * (n))
#define ICPENDR(n)    (0x0280u + 4u * (n))
#define ISACTIVER(n)  (0x0300u + 4u * (n))
#define ICACTIVER(n)  (0x0380u + 4u * (n))
#define IPRIORITYR(m) (0x0400u + (m)) /* a byte */
#define ICFGR(n)      (0x0c00u + 4u * (n))
#define IGRPMODR(n)   (0x0d00u + 4u * (n))
#define NSACR(n)      (0x0e00u + 4u * (n))
#define IROUTER(m)    (0x6000u + 8u * (m))
#define IROUTERE(n)   (0x8000u + 8u * (n)) /* of INTID 4096 + n */

#define GRP0   0x01u /* of GICD_CTLR, one Security state and the Secure view */
#define GRP1   0x02u
#define GRP1S  0x04u
#define ARE    0x10u
#define ARE_NS 0x20u
#define DS     0x40u
#define E1NWF  0x80u
#define RWP    0x80000000u
#define IRM    UINT64_C(0x80000000) /* of GICD_IROUTER */

#define RTYPER    0x0008u
#define WAKER     0x0014u
#define PWRR      0x0024u
#define PROPBASER 0x0070u
#define PENDBASER 0x0078u
#define SGI       0x10000u /* SGI_base */

#define ENABLE_LPIS 0x1u /* of GICR_CTLR */
#define RRWP        0x8u
#define DPG1NS      0x02000000u
#define UWP         0x80000000u
#define SLEEP       0x2u /* of GICR_WAKER */
#define ASLEEP      0x4u

#define PMR         NAP_SYSREG(3u, 0u, 4u, 6u, 0u)
#define IAR0        NAP_SYSREG(3u, 0u, 12u, 8u, 0u)
#define EOIR0       NAP_SYSREG(3u, 0u, 12u, 8u, 1u)
#define HPPIR0      NAP_SYSREG(3u, 0u, 12u, 8u, 2u)
#define BPR0        NAP_SYSREG(3u, 0u, 12u, 8u, 3u)
#define AP0R0       NAP_SYSREG(3u, 0u, 12u, 8u, 4u)
#define AP1R0       NAP_SYSREG(3u, 0u, 12u, 9u, 0u)
#define AP1R1       NAP_SYSREG(3u, 0u, 12u, 9u, 1u)
#define DIR         NAP_SYSREG(3u, 0u, 12u, 11u, 1u)
#define RPR         NAP_SYSREG(3u, 0u, 12u, 11u, 3u)
#define SGI1R       NAP_SYSREG(3u, 0u, 12u, 11u, 5u)
#define ASGI1R      NAP_SYSREG(3u, 0u, 12u, 11u, 6u)
#define SGI0R       NAP_SYSREG(3u, 0u, 12u, 11u, 7u)
#define IAR1        NAP_SYSREG(3u, 0u, 12u, 12u, 0u)
#define EOIR1       NAP_SYSREG(3u, 0u, 12u, 12u, 1u)
#define HPPIR1      NAP_SYSREG(3u, 0u, 12u, 12u, 2u)
#define BPR1        NAP_SYSREG(3u, 0u, 12u, 12u, 3u)
#define ICTLR       NAP_SYSREG(3u, 0u, 12u, 12u, 4u)
#define SRE_EL1     NAP_SYSREG(3u, 0u, 12u, 12u, 5u)
#define IGRPEN0     NAP_SYSREG(3u, 0u, 12u, 12u, 6u)
#define IGRPEN1     NAP_SYSREG(3u, 0u, 12u, 12u, 7u)
#define SRE_EL2     NAP_SYSREG(3u, 4u, 12u, 9u, 5u)
#define CTLR_EL3    NAP_SYSREG(3u, 6u, 12u, 12u, 4u)
#define SRE_EL3     NAP_SYSREG(3u, 6u, 12u, 12u, 5u)
#define IGRPEN1_EL3 NAP_SYSREG(3u, 6u, 12u, 12u, 7u)
#define ICH_HCR     NAP_SYSREG(3u, 4u, 12u, 11u, 0u)
#define ICH_MISR    NAP_SYSREG(3u, 4u, 12u, 11u, 2u)
#define ICH_EISR    NAP_SYSREG(3u, 4u, 12u, 11u, 3u)
#define ICH_ELRSR   NAP_SYSREG(3u, 4u, 12u, 11u, 5u)
#define ICH_LR(n)   NAP_SYSREG(3u, 4u, 12u, 12u, 0u) + (n)

#define SPURIOUS 1023u

/* --- the machine --- */

struct rig_options {
    const char *dist, *redist, *cpu; /* presets; NULL: gic-600-ds, plain, sre-only */
    enum nap_policy policy;
    unsigned faults;
    struct nap_switch_setting sw;
};

struct rig {
    struct nap_machine *m;
    struct nap_soc *soc;
    struct nap_judge *judge;
    struct nap_findings findings;
    unsigned n_asked;
    uint32_t script[8];
};

static inline const char * or (const char *given, const char *otherwise)
{
    return given ? given : otherwise;
}

static inline void rig_load(struct rig *r, const struct rig_options *o)
{
    struct nap_error error = {0};
    char text[2048];

    (void)snprintf(
        text, sizeof text,
        "soc: board\ntitle: t\nsource: s\n"
        "cpus:\n  - {name: cpu0, domain: c0, affinity: 0}\n"
        "  - {name: cpu1, domain: c1, affinity: 0x0102}\n"
        "domains: [{name: d}, {name: r0}, {name: r1}, {name: c0}, {name: c1}]\n"
        "devices:\n"
        "  - {name: gicd, model: gicv3, variant: distributor, preset: %s, base: 0x8000000, "
        "size: 0x10000, domain: d}\n"
        "  - {name: gicr0, model: gicv3-redistributor, variant: redistributor, preset: %s, "
        "base: 0x80a0000, size: 0x20000, domain: r0, upstream: gicd, line: 0}\n"
        "  - {name: gicr1, model: gicv3-redistributor, variant: redistributor, preset: %s, "
        "base: 0x8100000, size: 0x20000, domain: r1, upstream: gicd, line: 1}\n"
        "  - {name: icc0, model: gicv3-cpu-interface, variant: cpu-interface, preset: %s, "
        "cpu: 0, domain: c0, upstream: gicd}\n"
        "  - {name: icc1, model: gicv3-cpu-interface, variant: cpu-interface, preset: %s, "
        "cpu: 1, domain: c1, upstream: gicd}\n"
        "controller: gicd\nram: [{base: 0x40000000, size: 0x1000000}]\n",
        or (o->dist, "gic-600-ds"), or (o->redist, "plain"), or (o->redist, "plain"),
        or (o->cpu, "sre-only"), or (o->cpu, "sre-only"));
    if (nap_soc_load(text, strlen(text), "board.yaml", &r->soc, &error))
        fail_msg("%s", error.text);
}

static inline void rig_open(struct rig *r, const struct rig_options *o)
{
    struct nap_machine_config config = {
        .blocks = nap_builtin_blocks(), .policy = o->policy, .faults = o->faults};
    struct nap_error error = {0};

    rig_load(r, o);
    config.soc = r->soc;
    config.switches = &o->sw;
    config.n_switches = o->sw.id ? 1 : 0;
    if (nap_machine_create(&config, &r->m, &error) ||
        nap_judge_create(r->m, NULL, 0, NULL, 0, &r->findings, &r->judge, &error))
        fail_msg("%s", error.text);
}

static inline void rig_close(struct rig *r)
{
    nap_judge_destroy(r->judge);
    nap_findings_free(&r->findings);
    nap_machine_destroy(r->m);
    nap_soc_free(r->soc);
    memset(r, 0, sizeof *r);
}

static inline int rig_setup(void **state)
{
    struct rig *r = calloc(1, sizeof *r);

    assert_non_null(r);
    rig_open(r, &(struct rig_options){.dist = NULL});
    *state = r;
    return 0;
}

static inline int rig_teardown(void **state)
{
    rig_close(*state);
    free(*state);
    return 0;
}

/* The machine anew, with other options. */
static inline void rig_again(struct rig *r, const struct rig_options *o)
{
    rig_close(r);
    rig_open(r, o);
}

#define rig_test(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

/* --- accesses --- */

static inline uint64_t rd(struct rig *r, nap_addr at)
{
    return nap_bus_read(r->m, at, 4, HERE);
}

static inline void wr(struct rig *r, nap_addr at, uint64_t value)
{
    nap_bus_write(r->m, at, 4, value, HERE);
}

static inline void wr64(struct rig *r, nap_addr at, uint64_t value)
{
    nap_bus_write(r->m, at, 8, value, HERE);
}

static inline void wr8(struct rig *r, nap_addr at, uint64_t value)
{
    nap_bus_write(r->m, at, 1, value, HERE);
}

static inline uint64_t mrs(struct rig *r, unsigned cpu, unsigned number)
{
    nap_cpu_set(r->m, cpu);
    return nap_bus_sysreg_read(r->m, number, HERE);
}

static inline void msr(struct rig *r, unsigned cpu, unsigned number, uint64_t value)
{
    nap_cpu_set(r->m, cpu);
    nap_bus_sysreg_write(r->m, number, value, HERE);
}

static inline unsigned irq(struct rig *r, unsigned cpu)
{
    return nap_signals(r->m, cpu);
}

/* --- set-up --- */

static const nap_addr redists[] = {RD0, RD1};

static inline void wake(struct rig *r, unsigned cpu)
{
    wr(r, redists[cpu] + WAKER, 0);
    for (unsigned i = 0; i < 8 && (rd(r, redists[cpu] + WAKER) & ASLEEP); i++)
        ;
    assert_int_equal(rd(r, redists[cpu] + WAKER), 0);
}

/* One processing element is awake and takes Group 1. */
static inline void start_cpu(struct rig *r, unsigned cpu)
{
    wake(r, cpu);
    wr(r, redists[cpu] + SGI + IGROUPR(0), 0xffffffff);
    for (unsigned i = 0; i < 32; i += 4)
        wr(r, redists[cpu] + SGI + IPRIORITYR(i), 0xa0a0a0a0);
    wr(r, redists[cpu] + SGI + ICFGR(1), 0);
    msr(r, cpu, SRE_EL2, 0xf);
    msr(r, cpu, PMR, 0xff);
    msr(r, cpu, IGRPEN1, 1);
}

/* Both; the distributor forwards both groups. */
static inline void start(struct rig *r)
{
    start_cpu(r, 0);
    start_cpu(r, 1);
    wr(r, GICD + CTLR, ARE | DS | GRP0 | GRP1);
    for (unsigned i = 0; i < 8 && (rd(r, GICD + CTLR) & RWP); i++)
        ;
    nap_cpu_set(r->m, 0);
}

enum { LEVEL = 0, EDGE = 2 };

/* An SPI of Group 1 with that route, trigger and priority, enabled. */
static inline void spi(struct rig *r, unsigned intid, uint64_t route, unsigned trigger,
                       unsigned priority)
{
    uint64_t config = rd(r, GICD + ICFGR(intid / 16));

    wr(r, GICD + IGROUPR(intid / 32), 0xffffffff);
    wr64(r, GICD + IROUTER(intid), route);
    wr8(r, GICD + IPRIORITYR(intid), priority);
    config &= ~(UINT64_C(3) << 2 * (intid % 16));
    wr(r, GICD + ICFGR(intid / 16), config | (uint64_t)trigger << 2 * (intid % 16));
    wr(r, GICD + ISENABLER(intid / 32), 1u << intid % 32);
}

static inline void line(struct rig *r, unsigned intid, bool level)
{
    nap_line_set(r->m, intid, 0, level);
}

static inline void pulse(struct rig *r, unsigned intid)
{
    line(r, intid, true);
    line(r, intid, false);
}

/* --- latency by script --- */

#define SLEEPY NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY)

static inline uint32_t by_script(void *context, const struct nap_choice *choice)
{
    struct rig *r = context;
    unsigned at = r->n_asked++;
    uint32_t answer = at < 8 ? r->script[at] : 0;

    return answer < choice->n ? answer : 0;
}

/* Work that is begun from here on takes its time where the script says 1. */
static inline void late(struct rig *r, uint32_t first)
{
    memset(r->script, 0, sizeof r->script);
    r->script[0] = first;
    r->n_asked = 0;
    nap_set_chooser(r->m, by_script, r, SLEEPY);
}

/* --- the ledger --- */

/* Interrupts told as lost; the last one. */
struct losses {
    unsigned n, intid, unheard;
};

static inline void note_loss(void *context, const struct nap_machine *m,
                             const struct nap_event *e)
{
    struct losses *l = context;

    (void)m;
    if (e->kind != NAP_STEP_INTERRUPT)
        return;
    l->unheard += strcmp(e->label, NAP_LABEL_INTERRUPT_UNHEARD) == 0;
    if (strcmp(e->label, NAP_LABEL_INTERRUPT_LOST) != 0)
        return;
    l->n++;
    l->intid = e->index;
}

/* --- findings --- */

static inline unsigned broken(const struct rig *r, const char *rule)
{
    unsigned n = 0;

    for (unsigned i = 0; i < r->findings.n_violations; i++)
        if (!rule || strcmp(r->findings.violations[i].rule->id, rule) == 0)
            n += r->findings.violations[i].count;
    return n;
}

static inline void assert_broken(const struct rig *r, const char *rule)
{
    for (unsigned i = 0; i < r->findings.n_violations; i++)
        if (strcmp(r->findings.violations[i].rule->id, rule) != 0)
            fail_msg("%s fired", r->findings.violations[i].rule->id);
    assert_int_equal(broken(r, rule), 1);
}

static inline void assert_quiet(const struct rig *r)
{
    for (unsigned i = 0; i < r->findings.n_violations; i++)
        fail_msg("%s fired: %s", r->findings.violations[i].rule->id,
                 r->findings.violations[i].message);
}

static inline bool says_unmodelled(const struct rig *r, const char *what)
{
    for (unsigned i = 0; i < r->m->n_unmodelled; i++)
        if (strstr(r->m->unmodelled[i].what, what))
            return true;
    return false;
}

#endif
