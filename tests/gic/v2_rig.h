/* SPDX-License-Identifier: MIT */
/* A machine with a GICv2 and two CPUs, for tests of its programming interface. Offsets, bits
 * and values are typed here from Arm IHI 0048B, and not taken from the model. */
#ifndef V2_RIG_H
#define V2_RIG_H

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
#include <regnap/trace.h>

#include "core/core.h"

#define DIST UINT64_C(0x2c001000)
#define CPUI UINT64_C(0x2c002000)
#define VIRT UINT64_C(0x2c004000)

/* --- registers --- */

#define GICD_CTLR       0x000u
#define GICD_TYPER      0x004u
#define GICD_IGROUPR    0x080u
#define GICD_ISENABLER  0x100u
#define GICD_ICENABLER  0x180u
#define GICD_ISPENDR    0x200u
#define GICD_ICPENDR    0x280u
#define GICD_ISACTIVER  0x300u
#define GICD_ICACTIVER  0x380u
#define GICD_IPRIORITYR 0x400u
#define GICD_ITARGETSR  0x800u
#define GICD_ICFGR      0xc00u
#define GICD_NSACR      0xe00u
#define GICD_SGIR       0xf00u
#define GICD_CPENDSGIR  0xf10u
#define GICD_SPENDSGIR  0xf20u
#define GICC_CTLR       0x000u
#define GICC_PMR        0x004u
#define GICC_BPR        0x008u
#define GICC_IAR        0x00cu
#define GICC_EOIR       0x010u
#define GICC_RPR        0x014u
#define GICC_HPPIR      0x018u
#define GICC_ABPR       0x01cu
#define GICC_AIAR       0x020u
#define GICC_AEOIR      0x024u
#define GICC_AHPPIR     0x028u
#define GICC_APR        0x0d0u
#define GICC_NSAPR      0x0e0u
#define GICC_DIR        0x1000u

#define GRP0      0x001u /* of GICC_CTLR, and of GICD_CTLR */
#define GRP1      0x002u
#define ACKCTL    0x004u /* of GICC_CTLR */
#define FIQEN     0x008u
#define CBPR      0x010u
#define BYPASS    0x1e0u
#define EOIMODE   0x200u
#define EOIMODENS 0x400u

#define SPI      40u /* the SPI of most tests: word 1, bit 8 */
#define SPI_BIT  0x100u
#define PPI      30u
#define PPI_BIT  0x40000000u
#define SPURIOUS 1023u
#define IRQ      NAP_SIGNAL_IRQ
#define FIQ      NAP_SIGNAL_FIQ
#define WAKE     NAP_SIGNAL_WAKE

/* --- the machine --- */

/* What a test wants otherwise; what is 0 is as it says. */
struct rig_options {
    const char *preset;    /* "one-state" */
    const char *registers; /* of all devices, as "{GICD_TYPER: 0x28}"; two CPU interfaces */
    const char *switch_id; /* none */
    uint32_t switch_value;
};

struct rig {
    struct nap_soc *soc;
    struct nap_machine *m;
};

/* TYPER of two CPU interfaces and 96 interrupts; bit 10: with Security Extensions. */
#define TWO_CPUS   "{GICD_TYPER: 0x22}"
#define TWO_SECURE "{GICD_TYPER: 0x422}"

static inline void rig_soc(const struct rig_options *o, char *out, size_t bytes)
{
    static const char *const devices[][3] = {
        {"gicd", "distributor", "base: 0x2c001000, size: 0x1000"},
        {"gicc", "cpu-interface", "base: 0x2c002000, size: 0x2000, upstream: gicd"},
        {"gich", "virtual-interface-control", "base: 0x2c004000, size: 0x2000, upstream: gicd"},
    };
    int at = snprintf(out, bytes,
                      "soc: t\ntitle: t\nsource: t\ncpus: 2\ndomains:\n"
                      "  - {name: gic-pd}\n  - {name: cpu-pd}\ndevices:\n");

    for (unsigned i = 0; i < 3; i++)
        at += snprintf(out + at, bytes - (size_t)at,
                       "  - {name: %s, model: gicv2, variant: %s, preset: %s, %s, domain: %s, "
                       "registers: %s}\n",
                       devices[i][0], devices[i][1], o->preset ? o->preset : "one-state",
                       devices[i][2], i == 1 ? "cpu-pd" : "gic-pd",
                       i != 0         ? "{}"
                       : o->registers ? o->registers
                                      : TWO_CPUS);
    (void)snprintf(out + at, bytes - (size_t)at, "controller: gicd\n");
}

static inline void rig_close(struct rig *r)
{
    nap_machine_destroy(r->m);
    nap_soc_free(r->soc);
    r->m = NULL;
    r->soc = NULL;
}

static inline void rig_open(struct rig *r, const struct rig_options *o)
{
    struct nap_switch_setting setting = {o->switch_id, o->switch_value};
    struct nap_machine_config config = {.blocks = nap_builtin_blocks(),
                                        .switches = &setting,
                                        .n_switches = o->switch_id != NULL};
    struct nap_error error = {0};
    char text[2048];

    rig_soc(o, text, sizeof text);
    if (nap_soc_load(text, strlen(text), "t.yaml", &r->soc, &error))
        fail_msg("%s", error.text);
    config.soc = r->soc;
    if (nap_machine_create(&config, &r->m, &error))
        fail_msg("%s", error.text);
}

/* Another machine than the one that each test begins with. */
static inline void rig_again(struct rig *r, const struct rig_options *o)
{
    rig_close(r);
    rig_open(r, o);
}

static inline int rig_setup(void **state)
{
    struct rig *r = calloc(1, sizeof *r);

    if (!r)
        return -1;
    rig_open(r, &(struct rig_options){0});
    *state = r;
    return 0;
}

static inline int rig_teardown(void **state)
{
    rig_close(*state);
    free(*state);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

/* --- accesses --- */

#define RIG_HERE ((struct nap_source){__FILE__, __LINE__, NULL})

static inline uint32_t dist(const struct rig *r, uint32_t offset)
{
    return (uint32_t)nap_bus_read(r->m, DIST + offset, 4, RIG_HERE);
}

static inline void set_dist(const struct rig *r, uint32_t offset, uint32_t value)
{
    nap_bus_write(r->m, DIST + offset, 4, value, RIG_HERE);
}

static inline uint32_t dist_byte(const struct rig *r, uint32_t offset)
{
    return (uint32_t)nap_bus_read(r->m, DIST + offset, 1, RIG_HERE);
}

static inline void set_dist_byte(const struct rig *r, uint32_t offset, uint32_t value)
{
    nap_bus_write(r->m, DIST + offset, 1, value, RIG_HERE);
}

static inline uint32_t cpui(const struct rig *r, uint32_t offset)
{
    return (uint32_t)nap_bus_read(r->m, CPUI + offset, 4, RIG_HERE);
}

static inline void set_cpui(const struct rig *r, uint32_t offset, uint32_t value)
{
    nap_bus_write(r->m, CPUI + offset, 4, value, RIG_HERE);
}

static inline uint32_t virt(const struct rig *r, uint32_t offset)
{
    return (uint32_t)nap_bus_read(r->m, VIRT + offset, 4, RIG_HERE);
}

static inline void set_virt(const struct rig *r, uint32_t offset, uint32_t value)
{
    nap_bus_write(r->m, VIRT + offset, 4, value, RIG_HERE);
}

static inline void run_on(const struct rig *r, unsigned cpu)
{
    nap_cpu_set(r->m, cpu);
}

/* Forwarding and both interfaces on, for Group 0, with nothing masked. Runs on CPU 0 after. */
static inline void all_on(const struct rig *r)
{
    for (unsigned cpu = 2; cpu-- > 0;) {
        run_on(r, cpu);
        set_cpui(r, GICC_PMR, 0xff);
        set_cpui(r, GICC_CTLR, GRP0);
    }
    set_dist(r, GICD_CTLR, GRP0);
}

/* The SPI is enabled, for the CPUs of @mask, with @priority. */
static inline void spi_on(const struct rig *r, unsigned mask, unsigned priority)
{
    set_dist_byte(r, GICD_ITARGETSR + SPI, mask);
    set_dist_byte(r, GICD_IPRIORITYR + SPI, priority);
    set_dist(r, GICD_ISENABLER + 4, SPI_BIT);
}

/* ICFGR of the SPI: its field is bits 17:16 of word 2. */
static inline void spi_is_edge(const struct rig *r)
{
    set_dist(r, GICD_ICFGR + 8, 0x20000);
}

#endif
