/* SPDX-License-Identifier: MIT */
/* A machine with an SMMUv3 and a PCIe function behind it, and tables in its RAM. Offsets, bits
 * and values are typed here from Arm IHI 0070 G.b, Arm DDI 0487 and the PCI Express Base
 * Specification, and not taken from the models. */
#ifndef BEHIND_H
#define BEHIND_H

#include "../rig.h"

#include "pcie/pcie.h"
#include "smmuv3/smmuv3.h"

#define SMMU     UINT64_C(0x2b400000)
#define FUNCTION UINT64_C(0x40000000)
#define RAM      UINT64_C(0x80000000)
#define NO_RAM   UINT64_C(0x60000000)
#define SID      0x108u
#define D_SMMU   1u /* power domains */
#define D_PCIE   2u

#define IDR0        0x000u
#define CR0         0x020u
#define CR0ACK      0x024u
#define CR2         0x02cu
#define IRQ_CTRL    0x050u
#define GERROR      0x060u
#define GERRORN     0x064u
#define STRTAB_BASE 0x080u
#define STRTAB_CFG  0x088u
#define CMDQ_BASE   0x090u
#define CMDQ_PROD   0x098u
#define CMDQ_CONS   0x09cu
#define EVENTQ_BASE 0x0a0u
#define PRIQ_BASE   0x0c0u
#define PRIQ_CFG2   0x0dcu
#define GATOS_CTRL  0x100u
#define GATOS_SID   0x108u
#define GATOS_ADDR  0x110u
#define GATOS_PAR   0x118u
#define EVENTQ_PROD 0x100a8u
#define EVENTQ_CONS 0x100acu
#define PRIQ_PROD   0x100c8u
#define PRIQ_CONS   0x100ccu

#define SMMUEN   0x01u /* of CR0 */
#define PRIQEN   0x02u
#define EVENTQEN 0x04u
#define CMDQEN   0x08u
#define ATSCHK   0x10u
#define ALL_ON   (SMMUEN | PRIQEN | EVENTQEN | CMDQEN | ATSCHK)

#define REC_CFG_ATS 0x8u /* of CR2 */
#define PRIQ_ABT    0x8u /* of GERROR */
#define OVFLG       0x80000000u
#define LO          0x80000000u /* of PRIQ_IRQ_CFG2 */

/* In RAM. */
#define STRTAB (RAM + 0x00000) /* 2^9 STEs */
#define STE    (STRTAB + SID * 64)
#define CD     (RAM + 0x10000)
#define CMDQ   (RAM + 0x30000) /* 8 entries */
#define EVENTQ (RAM + 0x31000) /* 8 entries */
#define PRIQ   (RAM + 0x32000) /* 4 entries */
#define S1     (RAM + 0x40000) /* stage 1 tables, levels 0 to 3 */
#define S2     (RAM + 0x50000) /* stage 2 tables, levels 0 to 3 */

#define IOVA UINT64_C(0x0000000080604000) /* index 0, 2, 3, 4 of levels 0 to 3 */
#define PA   UINT64_C(0x0000000088321000)

#define TABLE            UINT64_C(0x3)
#define S1_RW            UINT64_C(0x743) /* a page: AF, ISH, AP[1], AttrIndx 0 */
#define S1_RO            UINT64_C(0x7c3)
#define S2_RW            UINT64_C(0x7ff) /* a page: AF, ISH, read and write, write-back */
#define BLOCK(page_bits) ((page_bits) & ~UINT64_C(2))

#define MAIR_WB 0xffu
#define ISH     3u

struct behind {
    struct nap_soc *soc;
    struct nap_machine *m;
    unsigned s, f; /* devices */
};

static const char behind_soc[] =
    "soc: board\ntitle: t\nsource: s\n"
    "domains:\n  - {name: smmu}\n  - {name: pcie}\n"
    "devices:\n"
    "  - {name: smmu, model: smmuv3, variant: smmu, base: 0x2b400000, size: 0x40000, "
    "domain: smmu, irq: 74}\n"
    "  - {name: function, model: pcie-endpoint, variant: function, base: 0x40000000, "
    "size: 0x1000, domain: pcie, upstream: smmu, line: 0x108}\n"
    "masters:\n  - {name: nic, domain: pcie, ports: [{device: function, first: 0}]}\n"
    "ram:\n  - {base: 0x80000000, size: 0x10000000}\n";

/* --- accesses --- */

static inline void set32(struct behind *b, unsigned offset, uint32_t value)
{
    nap_bus_write(b->m, SMMU + offset, 4, value, HERE);
}

static inline void set64(struct behind *b, unsigned offset, uint64_t value)
{
    nap_bus_write(b->m, SMMU + offset, 8, value, HERE);
}

static inline uint32_t get32(struct behind *b, unsigned offset)
{
    return (uint32_t)nap_bus_read(b->m, SMMU + offset, 4, HERE);
}

static inline uint64_t get64(struct behind *b, unsigned offset)
{
    return nap_bus_read(b->m, SMMU + offset, 8, HERE);
}

static inline void put(struct behind *b, nap_addr at, uint64_t value)
{
    assert_true(nap_mem_write(b->m, at, &value, sizeof value));
}

static inline uint64_t word(struct behind *b, nap_addr at)
{
    uint64_t value;

    assert_true(nap_mem_read(b->m, at, &value, sizeof value));
    return value;
}

/* --- tables: four levels, one entry at each --- */

static inline void map(struct behind *b, nap_addr tables, nap_addr input, uint64_t leaf)
{
    for (unsigned level = 0; level < 3; level++)
        put(b, tables + 0x1000 * level + (input >> (39 - 9 * level) & 511) * 8,
            (tables + 0x1000 * (level + 1)) | TABLE);
    put(b, tables + 0x3000 + (input >> 12 & 511) * 8, leaf);
}

/* A leaf of level 2. */
static inline void map_block(struct behind *b, nap_addr tables, nap_addr input, uint64_t leaf)
{
    map(b, tables, input, 0);
    put(b, tables + 0x2000 + (input >> 21 & 511) * 8, leaf);
}

static inline void set_ste(struct behind *b, uint64_t config, uint64_t dw1)
{
    put(b, STE, CD | config << 1 | 1);
    put(b, STE + 8, dw1);
    /* S2AA64, S2PS 48 bits, S2TG 4K, ISH, write-back, level 0, 48 bits; S2R. */
    put(b, STE + 16, UINT64_C(0x040d359000000007));
    put(b, STE + 24, S2);
}

#define CONFIG_BYPASS 4u
#define CONFIG_S1     5u
#define CONFIG_S2     6u
#define CONFIG_NESTED 7u
#define EATS_FULL     (UINT64_C(1) << 28)
#define PPAR          (UINT64_C(1) << 18)

/* --- the rig --- */

static inline void switch_on(struct behind *b, uint32_t cr0)
{
    set64(b, STRTAB_BASE, STRTAB);
    set32(b, STRTAB_CFG, 9);
    set64(b, CMDQ_BASE, CMDQ | 3);
    set32(b, CMDQ_PROD, 0);
    set32(b, CMDQ_CONS, 0);
    set64(b, EVENTQ_BASE, EVENTQ | 3);
    set32(b, EVENTQ_PROD, 0);
    set32(b, EVENTQ_CONS, 0);
    set64(b, PRIQ_BASE, PRIQ | 2);
    set32(b, PRIQ_PROD, 0);
    set32(b, PRIQ_CONS, 0);
    set32(b, PRIQ_CFG2, 0);
    set32(b, CR0, cr0);
}

/* The STE of the function's stream and a CD without tables. */
static inline void behind_tables(struct behind *b)
{
    set_ste(b, CONFIG_S1, EATS_FULL);
    /* T0SZ 16, 4K, write-back, ISH; no TTB1; V; IPS 48 bits, AA64, R, A; ASID 1. */
    put(b, CD, UINT64_C(0x00016205c0903510));
    put(b, CD + 8, S1);
    put(b, CD + 24, MAIR_WB);
}

static inline void behind_create(struct behind *b, const struct nap_switch_setting *sw,
                                 unsigned n, enum nap_policy policy)
{
    struct nap_machine_config config = {.soc = b->soc,
                                        .blocks = nap_builtin_blocks(),
                                        .switches = sw,
                                        .n_switches = n,
                                        .policy = policy};

    if (b->m)
        nap_machine_destroy(b->m);
    b->m = odd_machine_as(&config);
    b->s = (unsigned)nap_device_find(b->m, "smmu");
    b->f = (unsigned)nap_device_find(b->m, "function");
    behind_tables(b);
}

static inline int behind_setup(void **state)
{
    struct behind *b = calloc(1, sizeof *b);
    struct nap_error error = {0};

    assert_non_null(b);
    if (nap_soc_load(behind_soc, sizeof behind_soc - 1, "board.yaml", &b->soc, &error))
        fail_msg("%s", error.text);
    behind_create(b, NULL, 0, NAP_POLICY_EAGER);
    *state = b;
    return 0;
}

static inline int behind_teardown(void **state)
{
    struct behind *b = *state;

    nap_machine_destroy(b->m);
    nap_soc_free(b->soc);
    free(b);
    return 0;
}

/* Hardware of another kind: bits of an identification register. */
static inline void identify(struct behind *b, const char *name, unsigned slot, uint64_t clear,
                            uint64_t set)
{
    struct nap_soc_device *d = &b->soc->devices[b->s];

    d->resets[0].value = (nap_reg_get(b->m, b->s, slot) & ~clear) | set;
    (void)snprintf(d->resets[0].name, sizeof d->resets[0].name, "%s", name);
    d->n_resets = 1;
    behind_create(b, NULL, 0, NAP_POLICY_EAGER);
}

#define behind_test(f) cmocka_unit_test_setup_teardown(f, behind_setup, behind_teardown)

static inline void command(struct behind *b, uint64_t dw0, uint64_t dw1)
{
    uint32_t prod = get32(b, CMDQ_PROD);

    put(b, CMDQ + (prod & 7) * 16, dw0);
    put(b, CMDQ + (prod & 7) * 16 + 8, dw1);
    set32(b, CMDQ_PROD, (prod + 1) & 15);
}

#define SYNC UINT64_C(0x46)

/* --- the function --- */

#define ATS_CONTROL    0x106u
#define PRI_CONTROL    0x114u
#define PRI_STATUS     0x116u
#define PRI_ALLOCATION 0x11cu
#define PASID_CONTROL  0x126u
#define PRI_RF         0x1u /* of PRI_STATUS */
#define PRI_UPRGI      0x2u

static inline void function_on(struct behind *b)
{
    nap_bus_write(b->m, FUNCTION + PASID_CONTROL, 2, 1, HERE);
    nap_bus_write(b->m, FUNCTION + ATS_CONTROL, 2, 0x8000, HERE);
    nap_bus_write(b->m, FUNCTION + PRI_ALLOCATION, 4, 16, HERE);
    nap_bus_write(b->m, FUNCTION + PRI_CONTROL, 2, 1, HERE);
}

static inline unsigned pri_status(struct behind *b)
{
    return (unsigned)nap_bus_read(b->m, FUNCTION + PRI_STATUS, 2, HERE);
}

static inline unsigned outstanding(const struct behind *b)
{
    return pcie_of(b->m, b->f)->n_requests;
}

static inline struct nap_outcome dma(struct behind *b, nap_addr iova, enum nap_rw rw)
{
    return nap_dma(b->m, b->f, 0, iova, rw);
}

#endif
