/* SPDX-License-Identifier: MIT */
/* What a GICv3 with 960 SPIs and 8 CPUs costs: accesses, a delivery, and saving, losing and
 * restoring all of it. */
#define _GNU_SOURCE
#include <regnap/builtin.h>
#include <regnap/bus.h>

#include "core/core.h"
#include "measure.h"
#include "rules/judge.h"

#define GICD  UINT64_C(0x2f000000)
#define CPUS  8u
#define SPIS  960u
#define WORDS (SPIS / 32)

#define PMR     NAP_SYSREG(3u, 0u, 4u, 6u, 0u)
#define IAR1    NAP_SYSREG(3u, 0u, 12u, 12u, 0u)
#define EOIR1   NAP_SYSREG(3u, 0u, 12u, 12u, 1u)
#define IGRPEN1 NAP_SYSREG(3u, 0u, 12u, 12u, 7u)
#define SRE_EL2 NAP_SYSREG(3u, 4u, 12u, 9u, 5u)

static const struct nap_source here = {__FILE__, __LINE__, NULL};

static nap_addr redistributor(unsigned cpu)
{
    return GICD + 0x100000 + UINT64_C(0x20000) * cpu;
}

static void wr(struct nap_machine *m, nap_addr at, uint64_t value)
{
    nap_bus_write(m, at, 4, value, here);
}

static uint64_t rd(struct nap_machine *m, nap_addr at)
{
    return nap_bus_read(m, at, 4, here);
}

/* --- what is saved, and how it comes back --- */

struct image {
    struct nap_machine *m;
    uint64_t router[SPIS];
    uint32_t priority[SPIS / 4], config[SPIS / 16];
    uint32_t group[WORDS], enable[WORDS], active[WORDS], pending[WORDS];
};

static void save_distributor(struct image *s)
{
    for (unsigned i = 0; i < SPIS; i++)
        s->router[i] = nap_bus_read(s->m, GICD + 0x6100 + UINT64_C(8) * i, 8, here);
    for (unsigned i = 0; i < SPIS / 4; i++)
        s->priority[i] = (uint32_t)rd(s->m, GICD + 0x420 + UINT64_C(4) * i);
    for (unsigned i = 0; i < SPIS / 16; i++)
        s->config[i] = (uint32_t)rd(s->m, GICD + 0xc08 + UINT64_C(4) * i);
    for (unsigned i = 0; i < WORDS; i++) {
        s->group[i] = (uint32_t)rd(s->m, GICD + 0x84 + UINT64_C(4) * i);
        s->enable[i] = (uint32_t)rd(s->m, GICD + 0x104 + UINT64_C(4) * i);
        s->pending[i] = (uint32_t)rd(s->m, GICD + 0x204 + UINT64_C(4) * i);
        s->active[i] = (uint32_t)rd(s->m, GICD + 0x304 + UINT64_C(4) * i);
    }
}

static void restore_distributor(struct image *s)
{
    wr(s->m, GICD, 0x10); /* ARE */
    for (unsigned i = 0; i < WORDS; i++)
        wr(s->m, GICD + 0x184 + UINT64_C(4) * i, 0xffffffff);
    while (rd(s->m, GICD) & 0x80000000)
        ;
    for (unsigned i = 0; i < SPIS / 16; i++)
        wr(s->m, GICD + 0xc08 + UINT64_C(4) * i, s->config[i]);
    for (unsigned i = 0; i < SPIS / 4; i++)
        wr(s->m, GICD + 0x420 + UINT64_C(4) * i, s->priority[i]);
    for (unsigned i = 0; i < SPIS; i++)
        nap_bus_write(s->m, GICD + 0x6100 + UINT64_C(8) * i, 8, s->router[i], here);
    for (unsigned i = 0; i < WORDS; i++) {
        wr(s->m, GICD + 0x84 + UINT64_C(4) * i, s->group[i]);
        wr(s->m, GICD + 0x384 + UINT64_C(4) * i, 0xffffffff);
        wr(s->m, GICD + 0x304 + UINT64_C(4) * i, s->active[i]);
        wr(s->m, GICD + 0x204 + UINT64_C(4) * i, s->pending[i]);
        wr(s->m, GICD + 0x104 + UINT64_C(4) * i, s->enable[i]);
    }
    wr(s->m, GICD, 0x12); /* ARE, EnableGrp1 */
}

static void sleep_cpu(struct nap_machine *m, unsigned cpu)
{
    nap_cpu_set(m, cpu);
    nap_bus_sysreg_write(m, IGRPEN1, 0, here);
    wr(m, redistributor(cpu) + 0x14, 2);
    while (!(rd(m, redistributor(cpu) + 0x14) & 4))
        ;
}

static void start_cpu(struct nap_machine *m, unsigned cpu)
{
    nap_addr base = redistributor(cpu);

    wr(m, base + 0x14, 0);
    while (rd(m, base + 0x14) & 4)
        ;
    wr(m, base + 0x10180, 0xffffffff);
    wr(m, base + 0x10080, 0xffffffff);
    for (unsigned i = 0; i < 8; i++)
        wr(m, base + 0x10400 + UINT64_C(4) * i, 0xa0a0a0a0);
    wr(m, base + 0x10c04, 0);
    wr(m, base + 0x10100, 0x0000ffff);
    nap_cpu_set(m, cpu);
    nap_bus_sysreg_write(m, SRE_EL2, 0xf, here);
    nap_bus_sysreg_write(m, PMR, 0xf0, here);
    nap_bus_sysreg_write(m, IGRPEN1, 1, here);
}

static void sleeps(void *context, unsigned long n)
{
    struct image *s = context;

    for (unsigned long i = 0; i < n; i++) {
        for (unsigned cpu = 0; cpu < CPUS; cpu++)
            sleep_cpu(s->m, cpu);
        save_distributor(s);
        nap_power_off(s->m, UINT32_MAX);
        nap_power_on(s->m, UINT32_MAX);
        restore_distributor(s);
        for (unsigned cpu = 0; cpu < CPUS; cpu++)
            start_cpu(s->m, cpu);
    }
}

/* --- what is done awake --- */

static void priority_writes(void *context, unsigned long n)
{
    struct image *s = context;

    for (unsigned long i = 0; i < n; i++)
        wr(s->m, GICD + 0x420, i & 1 ? 0xa0a0a0a0 : 0xa0a0a080);
}

static void pending_reads(void *context, unsigned long n)
{
    struct image *s = context;

    for (unsigned long i = 0; i < n; i++)
        (void)rd(s->m, GICD + 0x204);
}

/* SPI 32 + @i, routed to CPU @i % 8: its wire rises, it is taken, its wire falls, it is ended.
 */
static void deliver(struct nap_machine *m, unsigned i)
{
    uint64_t intid;

    nap_line_set(m, 32 + i, 0, true);
    nap_cpu_set(m, i % CPUS);
    intid = nap_bus_sysreg_read(m, IAR1, here);
    if (intid != 32 + i) {
        fprintf(stderr, "bench: IAR1 is %u, expected %u\n", (unsigned)intid, 32 + i);
        exit(1);
    }
    nap_line_set(m, 32 + i, 0, false);
    nap_bus_sysreg_write(m, EOIR1, intid, here);
}

static void deliveries(void *context, unsigned long n)
{
    struct image *s = context;

    for (unsigned long i = 0; i < n; i++)
        deliver(s->m, (unsigned)(i % SPIS));
}

/* --- set-up --- */

static void set_up(struct image *s)
{
    for (unsigned i = 0; i < SPIS; i++)
        s->router[i] = i % CPUS / 4 * 0x100 + i % 4;
    for (unsigned i = 0; i < SPIS / 4; i++)
        s->priority[i] = 0xa0a0a0a0;
    for (unsigned i = 0; i < WORDS; i++)
        s->group[i] = s->enable[i] = 0xffffffff;
    restore_distributor(s);
    for (unsigned cpu = 0; cpu < CPUS; cpu++)
        start_cpu(s->m, cpu);
}

static void report(struct image *s, uint32_t *cell)
{
    double cycle;

    store_ns = measure(volatile_stores, cell);
    heading();
    line("volatile store", store_ns, "0.3 ns");
    line("GICv3: priority write", measure(priority_writes, s), "none");
    line("GICv3: pending read", measure(pending_reads, s), "none");
    line("GICv3: delivery, from wire to end", measure(deliveries, s), "none");
    cycle = measure(sleeps, s);
    line("GICv3: save, loss, restore, rules on", cycle, "1 000 000 ns");
    printf("%-44s %9.0f /s\n", "", 1e9 / cycle);
    printf("%-44s %9zu KiB\n", "GICv3: state of the machine",
           s->m->arena.used[NAP_REGION_STATE] / 1024);
}

int main(void)
{
    static struct image s;
    struct nap_machine_config config = {.blocks = nap_builtin_blocks()};
    struct nap_findings findings = {.n_violations = 0};
    struct nap_error error = {0};
    struct nap_judge *judge;
    struct nap_soc *soc;
    uint32_t cell;

    if (nap_builtin_soc("gicv3-8cpu", &soc, &error)) {
        fprintf(stderr, "bench: %s\n", error.text);
        return 1;
    }
    config.soc = soc;
    if (nap_machine_create(&config, &s.m, &error) ||
        nap_judge_create(s.m, NULL, 0, NULL, 0, &findings, &judge, &error)) {
        fprintf(stderr, "bench: %s\n", error.text);
        return 1;
    }
    set_up(&s);
    report(&s, &cell);
    if (findings.n_violations)
        fprintf(stderr, "bench: %s fired\n", findings.violations[0].rule->id);
    nap_judge_destroy(judge);
    nap_findings_free(&findings);
    nap_machine_destroy(s.m);
    nap_soc_free(soc);
    return 0;
}
