/* SPDX-License-Identifier: MIT */
/* A machine with a distributor, two redistributors and an ITS, for tests of LPIs. Offsets,
 * bits, opcodes and values are typed here from Arm IHI 0069 and the register descriptions, and
 * not taken from the models. */
#ifndef ITS_RIG_H
#define ITS_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <regnap/block.h>
#include <regnap/builtin.h>
#include <regnap/bus.h>

#include "core/core.h"
#include "gic/its.h"
#include "gic/lpi.h"

#define GICD_BASE UINT64_C(0x08000000)
#define ITS_BASE  UINT64_C(0x08080000)
#define GICR_BASE UINT64_C(0x08100000) /* and 0x40000 on, the second one */
#define RAM       UINT64_C(0x40000000)
#define RAM_SIZE  UINT64_C(0x10000000)
#define NOWHERE   UINT64_C(0x80000000) /* neither RAM nor a device */

#define QUEUE       (RAM + 0x10000)
#define DEVICES     (RAM + 0x20000)
#define COLLECTIONS (RAM + 0x30000)
#define CONFIG      (RAM + 0x40000)
#define PENDING0    (RAM + 0x60000)
#define PENDING1    (RAM + 0x70000)
#define ITT         (RAM + 0x80000) /* and 0x1000 on, those of other devices */

enum { GICD, GICR0, GICR1, ITS };             /* devices */
enum { GICD_PD, GICR0_PD, GICR1_PD, ITS_PD }; /* their domains */

/* --- registers --- */

#define CTLR       0x0000u
#define TYPER      0x0008u
#define STATUSR    0x0040u
#define UMSIR      0x0048u
#define CBASER     0x0080u
#define CWRITER    0x0088u
#define CREADR     0x0090u
#define BASER(n)   (0x0100u + 8u * (n))
#define TRANSLATER 0x10040u

#define ENABLED   0x1u /* of CTLR */
#define UMSIIRQ   0x100u
#define QUIESCENT 0x80000000u
#define STALLED   0x1u /* of CREADR */
#define RETRY     0x1u /* of CWRITER */
#define VALID     UINT64_C(0x8000000000000000)
#define INDIRECT  UINT64_C(0x4000000000000000)
#define PTZ       UINT64_C(0x4000000000000000)

#define GICR_CTLR      0x0000u
#define GICR_SETLPIR   0x0040u
#define GICR_CLRLPIR   0x0048u
#define GICR_PROPBASER 0x0070u
#define GICR_PENDBASER 0x0078u
#define GICR_INVLPIR   0x00a0u
#define GICR_INVALLR   0x00b0u
#define GICR_SYNCR     0x00c0u
#define ENABLE_LPIS    0x1u
#define RWP            0x8u

/* --- opcodes --- */

#define MOVI_OP    UINT64_C(0x01)
#define INT_OP     UINT64_C(0x03)
#define CLEAR_OP   UINT64_C(0x04)
#define SYNC_OP    UINT64_C(0x05)
#define MAPD_OP    UINT64_C(0x08)
#define MAPC_OP    UINT64_C(0x09)
#define MAPTI_OP   UINT64_C(0x0a)
#define MAPI_OP    UINT64_C(0x0b)
#define INV_OP     UINT64_C(0x0c)
#define INVALL_OP  UINT64_C(0x0d)
#define MOVALL_OP  UINT64_C(0x0e)
#define DISCARD_OP UINT64_C(0x0f)

#define SLEEPY NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY)

struct rig {
    struct nap_machine *m;
    struct nap_soc soc;
    uint32_t next; /* offset of the next command */
    unsigned n_script, n_asked;
    uint32_t script[32];
};

struct rig_options {
    struct nap_switch_setting sw[2];
    unsigned n_switches;
    enum nap_policy policy;
    unsigned faults;
    unsigned irq;       /* of the ITS; 0: none */
    const char *preset; /* of the ITS; NULL: full */
    const char *gicd;   /* preset of the distributor; NULL: the model's values */
    const char *id;     /* a register of the ITS that the machine sets beyond that, or NULL */
    uint64_t id_value;
    uint64_t gicr_ctlr, gicr_typer; /* of GICR0; 0: those of the preset */
};

static inline void rig_device(struct nap_soc *soc, unsigned index, const char *name,
                              const char *model, const char *variant, nap_addr base,
                              uint32_t bytes)
{
    struct nap_soc_device *d = &soc->devices[index];

    *d = (struct nap_soc_device){.base = base,
                                 .size_bytes = bytes,
                                 .domain = index,
                                 .upstream = index == GICD ? NAP_SOC_NONE : GICD,
                                 .line = NAP_SOC_NONE,
                                 .irq = NAP_SOC_NONE};
    strcpy(d->name, name);
    strcpy(d->model, model);
    strcpy(d->variant, variant);
}

static inline void rig_describe(struct nap_soc *soc, const struct rig_options *o)
{
    memset(soc, 0, sizeof *soc);
    strcpy(soc->name, "its-board");
    soc->n_cpus = 2;
    soc->n_domains = 4;
    soc->domains[GICD_PD] = (struct nap_soc_domain){"gicd-pd", NAP_SOC_NONE};
    soc->domains[GICR0_PD] = (struct nap_soc_domain){"gicr0-pd", NAP_SOC_NONE};
    soc->domains[GICR1_PD] = (struct nap_soc_domain){"gicr1-pd", NAP_SOC_NONE};
    soc->domains[ITS_PD] = (struct nap_soc_domain){"its-pd", NAP_SOC_NONE};
    soc->n_devices = 4;
    rig_device(soc, GICD, "gicd", "gicv3", "distributor", GICD_BASE, 0x10000);
    rig_device(soc, GICR0, "gicr0", "gicv3-redistributor", "redistributor", GICR_BASE, 0x40000);
    rig_device(soc, GICR1, "gicr1", "gicv3-redistributor", "redistributor", GICR_BASE + 0x40000,
               0x40000);
    rig_device(soc, ITS, "its0", "its", "its", ITS_BASE, 0x20000);
    strcpy(soc->devices[GICD].preset, o->gicd ? o->gicd : "");
    strcpy(soc->devices[GICR0].preset, "full");
    strcpy(soc->devices[GICR1].preset, "full");
    soc->devices[GICR0].line = 0;
    soc->devices[GICR1].line = 1;
    soc->devices[ITS].irq = o->irq ? o->irq : NAP_SOC_NONE;
    strcpy(soc->devices[ITS].preset, o->preset ? o->preset : "full");
    if (o->id) {
        strcpy(soc->devices[ITS].resets[0].name, o->id);
        soc->devices[ITS].resets[0].value = o->id_value;
        soc->devices[ITS].n_resets = 1;
    }
    if (o->gicr_typer) {
        struct nap_soc_device *d = &soc->devices[GICR0];
        strcpy(d->resets[0].name, "GICR_CTLR");
        d->resets[0].value = o->gicr_ctlr;
        strcpy(d->resets[1].name, "GICR_TYPER");
        d->resets[1].value = o->gicr_typer;
        d->n_resets = 2;
    }
    soc->n_ram = 1;
    soc->ram[0] = (struct nap_soc_ram){RAM, RAM_SIZE};
}

/* The queue stalls on a command in error, unless the test says otherwise: that shows. */
static inline void rig_again(struct rig *r, const struct rig_options *o)
{
    struct nap_switch_setting sw[3] = {{"I01", 1}};
    struct nap_machine_config config = {
        .soc = &r->soc,
        .blocks = nap_builtin_blocks(),
        .policy = o->policy,
        .faults = o->faults,
        .switches = sw,
        .n_switches = o->n_switches + 1,
    };
    struct nap_error error = {0};

    memcpy(&sw[1], o->sw, o->n_switches * sizeof sw[0]);
    if (r->m)
        nap_machine_destroy(r->m);
    rig_describe(&r->soc, o);
    if (nap_machine_create(&config, &r->m, &error))
        fail_msg("%s", error.text);
    r->next = 0;
}

static inline int rig_setup(void **state)
{
    struct rig *r = calloc(1, sizeof *r);

    assert_non_null(r);
    rig_again(r, &(struct rig_options){.n_switches = 0});
    *state = r;
    return 0;
}

static inline int rig_teardown(void **state)
{
    struct rig *r = *state;

    nap_machine_destroy(r->m);
    free(r);
    return 0;
}

static inline void rig_switch(struct rig *r, const char *id, uint32_t value)
{
    rig_again(r, &(struct rig_options){.sw = {{id, value}}, .n_switches = 1});
}

static inline void rig_preset(struct rig *r, const char *preset)
{
    rig_again(r, &(struct rig_options){.preset = preset});
}

static inline void rig_lazy(struct rig *r)
{
    rig_again(r, &(struct rig_options){.policy = NAP_POLICY_LAZY});
}

/* --- accesses --- */

#define HERE ((struct nap_source){__FILE__, __LINE__, NULL})

#define wr(r, offset, value)   nap_bus_write((r)->m, ITS_BASE + (offset), 4, (value), HERE)
#define wr64(r, offset, value) nap_bus_write((r)->m, ITS_BASE + (offset), 8, (value), HERE)
#define rd(r, offset)          ((uint32_t)nap_bus_read((r)->m, ITS_BASE + (offset), 4, HERE))
#define rd64(r, offset)        nap_bus_read((r)->m, ITS_BASE + (offset), 8, HERE)

#define gicr_at(cpu, offset) (GICR_BASE + UINT64_C(0x40000) * (cpu) + (offset))
#define gicr_wr(r, cpu, offset, value)                                                         \
    nap_bus_write((r)->m, gicr_at(cpu, offset), 4, (value), HERE)
#define gicr_wr64(r, cpu, offset, value)                                                       \
    nap_bus_write((r)->m, gicr_at(cpu, offset), 8, (value), HERE)
#define gicr_rd(r, cpu, offset) ((uint32_t)nap_bus_read((r)->m, gicr_at(cpu, offset), 4, HERE))

/* Reads until it is @value, or for a hundred times; returns how many showed something else. */
static inline unsigned rig_poll(struct rig *r, uint32_t offset, uint32_t value)
{
    unsigned n = 0;

    while (n < 100 && rd(r, offset) != value)
        n++;
    return n;
}

static inline uint64_t rig_ram(struct rig *r, nap_addr at)
{
    uint64_t value;

    assert_true(nap_mem_read(r->m, at, &value, sizeof value));
    return value;
}

static inline void rig_put(struct rig *r, nap_addr at, uint64_t value)
{
    assert_true(nap_mem_write(r->m, at, &value, sizeof value));
}

/* Answers of hardware, in order; then 0. */
static inline uint32_t rig_answer(void *context, const struct nap_choice *choice)
{
    struct rig *r = context;
    uint32_t value = r->n_asked < r->n_script ? r->script[r->n_asked] : 0;

    r->n_asked++;
    return value < choice->n ? value : choice->n - 1;
}

static inline void rig_script(struct rig *r, uint32_t varied, unsigned n,
                              const uint32_t *script)
{
    r->n_script = n;
    r->n_asked = 0;
    memcpy(r->script, script, n * sizeof *script);
    nap_set_chooser(r->m, rig_answer, r, varied);
}

/* --- LPIs --- */

/* Whether the pending table in RAM has it. */
static inline bool rig_in_table(struct rig *r, unsigned cpu, uint32_t intid)
{
    nap_addr table = cpu ? PENDING1 : PENDING0;

    return rig_ram(r, table + intid / 64 * 8) >> intid % 64 & 1;
}

static inline bool rig_pending(struct rig *r, unsigned cpu, uint32_t intid)
{
    return gic_lpi_pending(r->m, cpu ? GICR1 : GICR0, intid);
}

/* What its CPU would be shown; 0: nothing. */
static inline uint32_t rig_best(struct rig *r, unsigned cpu)
{
    struct gic_candidate c = gic_lpis_best(r->m, cpu ? GICR1 : GICR0);

    return c.found ? c.intid : 0;
}

static inline void rig_config(struct rig *r, uint32_t intid, uint8_t config)
{
    assert_true(nap_mem_write(r->m, CONFIG + (intid - 8192), &config, 1));
}

/* Tables of a redistributor, 16 bits of INTID, and LPIs on. */
static inline void rig_lpis(struct rig *r, unsigned cpu)
{
    gicr_wr64(r, cpu, GICR_PROPBASER, CONFIG | 15);
    gicr_wr64(r, cpu, GICR_PENDBASER, cpu ? PENDING1 : PENDING0);
    gicr_wr(r, cpu, GICR_CTLR, ENABLE_LPIS);
}

/* --- the ITS --- */

/* A queue of 128 commands, tables of one page of 4 KB each. */
static inline void rig_bases(struct rig *r)
{
    wr64(r, CBASER, VALID | QUEUE);
    wr64(r, CWRITER, 0);
    wr64(r, BASER(0), VALID | DEVICES);
    wr64(r, BASER(1), VALID | COLLECTIONS);
    r->next = 0;
}

/* Writes a command behind the last one, and tells nobody. */
static inline void rig_write(struct rig *r, uint64_t dw0, uint64_t dw1, uint64_t dw2,
                             uint64_t dw3)
{
    uint64_t dw[4] = {dw0, dw1, dw2, dw3};

    assert_true(nap_mem_write(r->m, QUEUE + r->next, dw, sizeof dw));
    r->next = (r->next + 32) % 0x1000;
}

#define rig_kick(r) wr64(r, CWRITER, (r)->next)

static inline void rig_command(struct rig *r, uint64_t dw0, uint64_t dw1, uint64_t dw2,
                               uint64_t dw3)
{
    rig_write(r, dw0, dw1, dw2, dw3);
    rig_kick(r);
}

static inline void mapd(struct rig *r, uint32_t device, unsigned bits, nap_addr itt, bool valid)
{
    rig_command(r, MAPD_OP | (uint64_t)device << 32, bits - 1, (valid ? VALID : 0) | itt, 0);
}

static inline void mapc(struct rig *r, uint32_t icid, uint64_t cpu, bool valid)
{
    rig_command(r, MAPC_OP, 0, (valid ? VALID : 0) | cpu << 16 | icid, 0);
}

static inline void mapti(struct rig *r, uint32_t device, uint32_t event, uint32_t intid,
                         uint32_t icid)
{
    rig_command(r, MAPTI_OP | (uint64_t)device << 32, (uint64_t)intid << 32 | event, icid, 0);
}

static inline void on_event(struct rig *r, uint64_t op, uint32_t device, uint32_t event,
                            uint32_t icid)
{
    rig_command(r, op | (uint64_t)device << 32, event, icid, 0);
}

static inline void sync_to(struct rig *r, uint64_t cpu)
{
    rig_command(r, SYNC_OP, 0, cpu << 16, 0);
}

/* A message of the device with that DeviceID. */
static inline void message(struct rig *r, uint32_t device, uint32_t event)
{
    assert_true(nap_its_block.msi(r->m, ITS, device, TRANSLATER, event));
}

/* Everything on; collection 0 goes to CPU 0 and 1 to CPU 1; device 5 has 32 events, of which 0
 * is LPI 8192 and 1 is LPI 8193, in collection 0. */
static inline void rig_up(struct rig *r)
{
    rig_config(r, 8192, 0xa3);
    rig_config(r, 8193, 0xa3);
    rig_lpis(r, 0);
    rig_lpis(r, 1);
    rig_bases(r);
    wr(r, CTLR, ENABLED);
    mapc(r, 0, 0, true);
    mapc(r, 1, 1, true);
    mapd(r, 5, 5, ITT, true);
    mapti(r, 5, 0, 8192, 0);
    mapti(r, 5, 1, 8193, 0);
    sync_to(r, 0);
    sync_to(r, 1);
}

#define RIG_TEST(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

#endif
