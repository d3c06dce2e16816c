/* SPDX-License-Identifier: MIT */
/* A machine with one SMMUv3, for tests of its programming interface. Offsets, bits, opcodes and
 * values are typed here from Arm IHI 0070 G.b, and not taken from the model. */
#ifndef RIG_H
#define RIG_H

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
#include "smmuv3/smmuv3.h"

#define BASE     UINT64_C(0x2b400000)
#define RAM      UINT64_C(0x80000000)
#define RAM_SIZE UINT64_C(0x10000000)
#define DOORBELL UINT64_C(0x08090040)
#define NOWHERE  UINT64_C(0x40000000) /* neither RAM nor a device */

#define CMDQ   (RAM + 0x10000) /* queues of the tests */
#define EVENTQ (RAM + 0x20000)
#define ECMDQ0 (RAM + 0x30000) /* and 0x1000 on, the others */
#define WORD   (RAM + 0x40000) /* where a CMD_SYNC signals */

/* --- registers --- */

#define IDR0              0x000u
#define IDR1              0x004u
#define IDR3              0x00cu
#define IDR5              0x014u
#define AIDR              0x01cu
#define CR0               0x020u
#define CR0ACK            0x024u
#define CR1               0x028u
#define CR2               0x02cu
#define GBPA              0x044u
#define IRQ_CTRL          0x050u
#define IRQ_CTRLACK       0x054u
#define GERROR            0x060u
#define GERRORN           0x064u
#define GERROR_IRQ_CFG0   0x068u
#define GERROR_IRQ_CFG1   0x070u
#define CMDQ_BASE         0x090u
#define CMDQ_PROD         0x098u
#define CMDQ_CONS         0x09cu
#define EVENTQ_BASE       0x0a0u
#define EVENTQ_IRQ_CFG0   0x0b0u
#define EVENTQ_IRQ_CFG1   0x0b8u
#define EVENTQ_PROD_PAGE0 0x0a8u
#define EVENTQ_CONS_PAGE0 0x0acu
#define PRIQ_IRQ_CFG0     0x0d0u
#define EVENTQ_PROD       0x100a8u
#define EVENTQ_CONS       0x100acu
#define PRIQ_CONS         0x100ccu
#define ECMDQ_BASE(n)     (0x30000u + 0x1000u * (n))
#define ECMDQ_PROD(n)     (ECMDQ_BASE(n) + 8u)
#define ECMDQ_CONS(n)     (ECMDQ_BASE(n) + 12u)

#define SMMUEN   0x001u /* of CR0 */
#define PRIQEN   0x002u
#define EVENTQEN 0x004u
#define CMDQEN   0x008u
#define ATSCHK   0x010u
#define VMW(n)   ((n) << 6)

#define UPDATE 0x80000000u /* of GBPA */
#define ABORT  0x00100000u

#define CMDQ_ERR       0x001u /* of GERROR */
#define EVENTQ_ABT     0x004u
#define MSI_CMDQ_ABT   0x010u
#define MSI_EVENTQ_ABT 0x020u
#define MSI_GERROR_ABT 0x080u
#define SFM_ERR        0x100u
#define CMDQP_ERR      0x200u

#define GERROR_IRQEN 1u /* of IRQ_CTRL */
#define EVENTQ_IRQEN 4u

#define EN    0x80000000u /* of ECMDQ_PROD, and ENACK of ECMDQ_CONS */
#define ERR   0x00800000u /* of ECMDQ_CONS, and ERRACK of ECMDQ_PROD */
#define OVFLG 0x80000000u /* of EVENTQ_PROD, and OVACKFLG of EVENTQ_CONS */

/* --- commands, by their low 64 bits --- */

#define CFGI_ALL UINT64_C(0x04) /* with Range 31 in the high 64 bits */
#define NSNH_ALL UINT64_C(0x30)
#define SYNC     UINT64_C(0x46)
#define SYNC_IRQ (SYNC | 1u << 12)
#define RESERVED UINT64_C(0xff)

#define SLEEPY NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY)

struct rig {
    struct nap_machine *m;
    unsigned smmu;
    struct nap_soc soc;
    unsigned n_script, n_asked;
    uint32_t script[16];
};

struct rig_options {
    struct nap_switch_setting sw[2];
    unsigned n_switches;
    enum nap_policy policy;
    unsigned faults;
    bool doorbell;
    unsigned irq;       /* 0: no wires */
    const char *preset; /* NULL: the model's values */
    const char *id;     /* a register that the machine sets beyond that, or NULL */
    uint64_t id_value;
};

static inline void rig_describe(struct nap_soc *soc, const struct rig_options *o)
{
    memset(soc, 0, sizeof *soc);
    strcpy(soc->name, "smmu-board");
    soc->n_domains = 1;
    soc->domains[0] = (struct nap_soc_domain){"main", NAP_SOC_NONE};
    soc->n_devices = 1;
    soc->devices[0] = (struct nap_soc_device){.name = "smmu",
                                              .model = "smmuv3",
                                              .variant = "smmu",
                                              .base = BASE,
                                              .size_bytes = 0x40000,
                                              .upstream = NAP_SOC_NONE,
                                              .irq = o->irq ? o->irq : NAP_SOC_NONE};
    if (o->preset)
        strcpy(soc->devices[0].preset, o->preset);
    if (o->id)
        strcpy(soc->devices[0].resets[soc->devices[0].n_resets++].name, o->id);
    soc->devices[0].resets[0].value = o->id_value;
    soc->n_ram = 1;
    soc->ram[0] = (struct nap_soc_ram){RAM, RAM_SIZE};
    soc->msi = o->doorbell ? DOORBELL : 0;
}

static inline void rig_again(struct rig *r, const struct rig_options *o)
{
    struct nap_machine_config config = {
        .soc = &r->soc,
        .blocks = nap_builtin_blocks(),
        .policy = o->policy,
        .faults = o->faults,
        .switches = o->sw,
        .n_switches = o->n_switches,
    };
    struct nap_error error = {0};

    if (r->m)
        nap_machine_destroy(r->m);
    rig_describe(&r->soc, o);
    if (nap_machine_create(&config, &r->m, &error))
        fail_msg("%s", error.text);
    r->smmu = 0;
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

/* An SMMU whose identification register of that name holds the value. */
static inline void rig_with(struct rig *r, const char *id, uint64_t value)
{
    rig_again(r, &(struct rig_options){.id = id, .id_value = value});
}

static inline void rig_lazy(struct rig *r)
{
    rig_again(r, &(struct rig_options){.policy = NAP_POLICY_LAZY});
}

/* --- accesses --- */

#define rig_at(r, offset) (BASE + (offset))
#define wr(r, offset, value)                                                                   \
    nap_bus_write((r)->m, rig_at(r, offset), 4, (value),                                       \
                  (struct nap_source){__FILE__, __LINE__, NULL})
#define wr64(r, offset, value)                                                                 \
    nap_bus_write((r)->m, rig_at(r, offset), 8, (value),                                       \
                  (struct nap_source){__FILE__, __LINE__, NULL})
#define rd(r, offset)                                                                          \
    ((uint32_t)nap_bus_read((r)->m, rig_at(r, offset), 4,                                      \
                            (struct nap_source){__FILE__, __LINE__, NULL}))

/* Reads until it is @value, or for ten times; returns how many showed something else. */
static inline unsigned rig_poll(struct rig *r, uint32_t offset, uint32_t value)
{
    unsigned n = 0;

    while (n < 10 && rd(r, offset) != value)
        n++;
    return n;
}

static inline uint64_t rig_ram(struct rig *r, nap_addr at)
{
    uint64_t value;

    assert_true(nap_mem_read(r->m, at, &value, sizeof value));
    return value;
}

/* As the CPU reads it. */
static inline uint32_t rig_load(struct rig *r, nap_addr at)
{
    return (uint32_t)nap_bus_read(r->m, at, 4, (struct nap_source){__FILE__, __LINE__, NULL});
}

static inline void rig_put(struct rig *r, nap_addr at, uint64_t low, uint64_t high)
{
    uint64_t dw[2] = {low, high};

    assert_true(nap_mem_write(r->m, at, dw, sizeof dw));
}

/* Hardware of another kind: an ID register says something else. */
static inline void rig_id(struct rig *r, unsigned slot, uint64_t clear, uint64_t set)
{
    nap_reg_set(r->m, r->smmu, slot, (nap_reg_get(r->m, r->smmu, slot) & ~clear) | set);
}

#define MINOR(r, n) rig_id(r, SMMU_SLOT_AIDR, 0xf, (n))

/* --- the command queue, 2^3 entries --- */

#define LOG2  3u
#define SLOTS (1u << LOG2)

static inline void rig_cmdq_at(struct rig *r, nap_addr base, unsigned index)
{
    wr64(r, CMDQ_BASE, base | LOG2);
    wr(r, CMDQ_PROD, index);
    wr(r, CMDQ_CONS, index);
    wr(r, CR0, CMDQEN);
    rig_poll(r, CR0ACK, CMDQEN);
    assert_int_equal(rd(r, CR0ACK), CMDQEN);
}

static inline void rig_cmdq(struct rig *r)
{
    rig_cmdq_at(r, CMDQ, 0);
}

/* One command behind the last one; PROD is not written. */
static inline unsigned rig_push(struct rig *r, unsigned prod, uint64_t low, uint64_t high)
{
    rig_put(r, CMDQ + prod % SLOTS * 16, low, high);
    return (prod + 1) % (2 * SLOTS);
}

/* One command, consumed by itself: the error it ends with, or 0. */
static inline unsigned rig_command(struct rig *r, uint64_t low, uint64_t high)
{
    unsigned prod = rd(r, CMDQ_PROD);
    unsigned error = 0;

    wr(r, CMDQ_PROD, rig_push(r, prod, low, high));
    if ((rd(r, GERROR) ^ rd(r, GERRORN)) & CMDQ_ERR) {
        error = rd(r, CMDQ_CONS) >> 24;
        assert_int_equal(rd(r, CMDQ_CONS) & 0xfffff, prod);
        rig_put(r, CMDQ + prod % SLOTS * 16, SYNC, 0);
        wr(r, GERRORN, rd(r, GERROR));
    }
    assert_int_equal(rd(r, CMDQ_CONS) & 0xfffff, rd(r, CMDQ_PROD));
    return error;
}

/* --- the event queue, 2^2 entries --- */

#define EVENTS 4u

static inline void rig_evtq_at(struct rig *r, nap_addr base)
{
    wr64(r, EVENTQ_BASE, base | 2);
    wr(r, EVENTQ_PROD, 0);
    wr(r, EVENTQ_CONS, 0);
    wr(r, CR0, EVENTQEN);
    assert_int_equal(rd(r, CR0ACK), EVENTQEN);
}

static inline bool rig_event(struct rig *r, uint64_t number)
{
    struct smmu_event e = {{number, 1, 2, 3}};

    return smmu_evtq_put(r->m, r->smmu, &e);
}

/* --- choices --- */

static inline uint32_t rig_choose(void *context, const struct nap_choice *choice)
{
    struct rig *r = context;
    uint32_t value = r->n_asked < r->n_script ? r->script[r->n_asked] : 0;

    assert_true(value < choice->n);
    r->n_asked++;
    return value;
}

static inline void rig_vary(struct rig *r, uint32_t kinds, const uint32_t *values, unsigned n)
{
    assert_true(n <= 16);
    if (n)
        memcpy(r->script, values, n * sizeof *values);
    r->n_script = n;
    r->n_asked = 0;
    nap_set_chooser(r->m, rig_choose, r, kinds);
}

#define NEVER 2u /* answers of kind latency */
#define LATE  1u

#define rig_test(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

#endif
