/* SPDX-License-Identifier: MIT */
/* A machine from the built-in R-Car H3 with page tables in its RAM, for tests of the IPMMU and
 * of its rules. Addresses, offsets and values are typed here from public sources, and not taken
 * from the model: bases from the device tree of r8a77951, offsets and bits from the Linux and
 * Xen IPMMU drivers, descriptors from Arm DDI 0487. */
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
#include <regnap/ledger.h>
#include <regnap/os.h>

#include "core/core.h"
#include "ipmmu/ipmmu.h"

/* --- the machine as a driver sees it --- */

#define MM  UINT64_C(0xe67b0000) /* root */
#define DS0 UINT64_C(0xe6740000) /* cache of avb (port 16) */
#define DS1 UINT64_C(0xe7740000) /* cache of dmac1 (ports 0 to 15) and sdhi0 (port 32) */
#define HC  UINT64_C(0xe6570000) /* cache of sata (port 2) */
#define VP0 UINT64_C(0xfe990000) /* cache in power domain a3vp */

#define IMCTR(n)    (0x40u * (n) + 0x00u)
#define IMTTBCR(n)  (0x40u * (n) + 0x08u)
#define IMTTLBR0(n) (0x40u * (n) + 0x10u)
#define IMTTUBR0(n) (0x40u * (n) + 0x14u)
#define IMSTR(n)    (0x40u * (n) + 0x20u)
#define IMELAR(n)   (0x40u * (n) + 0x30u)
#define IMEUAR(n)   (0x40u * (n) + 0x34u)
#define IMUCTR(u)   ((u) < 32u ? 0x300u + 16u * (u) : 0x600u + 16u * ((u)-32u))
#define IMUASID(u)  (IMUCTR(u) + 8u)
#define IMSCTLR     0x500u
#define IMSAUXCTLR  0x504u

#define MMUEN      0x1u /* of IMCTR and IMUCTR */
#define FLUSH      0x2u
#define INTEN      0x4u /* of IMCTR */
#define VA64       0x20000000u
#define TTSEL(n)   ((n) << 4)
#define FIXADDEN   0x80000000u
#define FIXADD(a)  ((a) << 16)
#define USE_SECGRP 0x10000000u
#define DISCACHE   0xe0000000u
#define S2PTE      0x8u

#define TF      0x1u /* of IMSTR */
#define PF      0x2u
#define ABORT   0x4u
#define MHIT    0x10u
#define CODE(n) ((n) << 8)
#define LVL(n)  ((n) << 12)

/* What Xen writes for 40 bits of input, and what Linux writes. */
#define XEN_IMTTBCR   0xc0000058u
#define XEN_IMCTR     (VA64 | INTEN | MMUEN)
#define LINUX_IMTTBCR 0x80000080u
#define LINUX_IMCTR   (INTEN | MMUEN)

/* --- descriptors --- */

#define S2_TABLE  UINT64_C(0x3)
#define S2_RW     UINT64_C(0x7fc) /* AF, SH inner, read, write, MemAttr 0xf */
#define S2_RO     UINT64_C(0x77c)
#define S2_WO     UINT64_C(0x7bc)
#define S2_DEVICE UINT64_C(0x7c4)              /* as RW, MemAttr 0x1 */
#define S1_TABLE  UINT64_C(0x8000000000000003) /* with NSTable */
#define S1_RW     UINT64_C(0x764)              /* AF, SH inner, AP[1], NS, AttrIndx 1 */
#define S1_RO     UINT64_C(0x7e4)              /* and AP[2] */
#define NS        UINT64_C(0x20)

#define PAGE  12u /* sizes of leaves as powers of two */
#define BLOCK 21u
#define HUGE  30u

/* --- the rig --- */

#define TABLES UINT64_C(0x70000000) /* tables are made from here upwards */

struct rig_asked {
    enum nap_choice_kind kind;
    nap_instance instance;
    uint32_t n;
};

struct rig {
    struct nap_soc *soc;
    struct nap_machine *m;
    nap_addr next_table;
    unsigned mm, ds0, ds1, hc, vp0;
    /* Choices: answered from the script, then with 0. */
    unsigned n_script, n_asked;
    uint32_t script[32];
    struct rig_asked asked[256];
};

struct rig_options {
    struct nap_switch_setting sw[4];
    unsigned n_switches;
    enum nap_policy policy;
    enum nap_profile profile;
    unsigned faults;
};

static inline unsigned rig_device(const struct rig *r, const char *name)
{
    int i = nap_device_find(r->m, name);

    assert_true(i >= 0);
    return (unsigned)i;
}

static inline void rig_create(struct rig *r, const struct rig_options *o)
{
    struct nap_machine_config config = {
        .soc = r->soc,
        .blocks = nap_builtin_blocks(),
        .policy = o->policy,
        .profile = o->profile,
        .faults = o->faults,
        .switches = o->sw,
        .n_switches = o->n_switches,
    };

    assert_int_equal(nap_machine_create(&config, &r->m, NULL), NAP_OK);
    r->next_table = TABLES;
    r->mm = rig_device(r, "mm");
    r->ds0 = rig_device(r, "ds0");
    r->ds1 = rig_device(r, "ds1");
    r->hc = rig_device(r, "hc");
    r->vp0 = rig_device(r, "vp0");
}

static inline int rig_setup(void **state)
{
    struct rig *r = calloc(1, sizeof *r);

    assert_non_null(r);
    assert_int_equal(nap_builtin_soc("rcar-h3", &r->soc, NULL), NAP_OK);
    rig_create(r, &(struct rig_options){.n_switches = 0});
    *state = r;
    return 0;
}

/* The same machine anew with other options. */
static inline void rig_again(struct rig *r, const struct rig_options *o)
{
    nap_machine_destroy(r->m);
    rig_create(r, o);
}

static inline void rig_switch(struct rig *r, const char *id, uint32_t value)
{
    rig_again(r, &(struct rig_options){.sw = {{id, value}}, .n_switches = 1});
}

static inline int rig_teardown(void **state)
{
    struct rig *r = *state;

    nap_machine_destroy(r->m);
    nap_soc_free(r->soc);
    free(r);
    return 0;
}

#define rig_write(r, base, offset, value)                                                      \
    nap_bus_write((r)->m, (base) + (offset), 4, (value),                                       \
                  (struct nap_source){__FILE__, __LINE__, NULL})
#define rig_read(r, base, offset)                                                              \
    ((uint32_t)nap_bus_read((r)->m, (base) + (offset), 4,                                      \
                            (struct nap_source){__FILE__, __LINE__, NULL}))

/* --- tables --- */

static inline void rig_put(struct rig *r, nap_addr pa, uint64_t descriptor)
{
    assert_true(nap_mem_write(r->m, pa, &descriptor, sizeof descriptor));
}

static inline uint64_t rig_get(struct rig *r, nap_addr pa)
{
    uint64_t descriptor;

    assert_true(nap_mem_read(r->m, pa, &descriptor, sizeof descriptor));
    return descriptor;
}

/* A table of @pages pages, aligned to its size. */
static inline nap_addr rig_table(struct rig *r, unsigned pages)
{
    uint64_t bytes = pages * UINT64_C(0x1000);
    nap_addr at = (r->next_table + bytes - 1) / bytes * bytes;

    r->next_table = at + bytes;
    return at;
}

/* Maps a leaf of 2^@size_log2 bytes in a tree that starts at level 1; missing tables get
 * @table_bits. */
static inline void rig_map(struct rig *r, nap_addr root, nap_addr iova, nap_addr pa,
                           unsigned size_log2, uint64_t leaf_bits, uint64_t table_bits)
{
    nap_addr entry = root + (iova >> 30) * 8;

    for (unsigned shift = 30; shift > size_log2; shift -= 9) {
        uint64_t table = rig_get(r, entry);
        if (!(table & 2)) {
            table = rig_table(r, 1) | table_bits;
            rig_put(r, entry, table);
        }
        entry = (table & UINT64_C(0xfffffff000)) + (iova >> (shift - 9) & 511) * 8;
    }
    rig_put(r, entry, pa | leaf_bits | (size_log2 == PAGE ? 3u : 1u));
}

/* --- units --- */

static inline void rig_base(struct rig *r, unsigned n, nap_addr table)
{
    rig_write(r, MM, IMTTLBR0(n), (uint32_t)table);
    rig_write(r, MM, IMTTUBR0(n), (uint32_t)(table >> 32));
}

/* Context @n of the root in Xen's mode, with an empty 40-bit tree. */
static inline nap_addr rig_xen(struct rig *r, unsigned n)
{
    nap_addr table = rig_table(r, 2);

    rig_write(r, MM, IMSAUXCTLR, S2PTE);
    rig_base(r, n, table);
    rig_write(r, MM, IMTTBCR(n), XEN_IMTTBCR);
    rig_write(r, MM, IMCTR(n), XEN_IMCTR);
    return table;
}

/* The same in Linux's mode. */
static inline nap_addr rig_linux(struct rig *r, unsigned n)
{
    nap_addr table = rig_table(r, 1);

    rig_base(r, n, table);
    rig_write(r, MM, IMTTBCR(n), LINUX_IMTTBCR);
    rig_write(r, MM, IMCTR(n), LINUX_IMCTR);
    return table;
}

/* Context @n of the cache and one of its ports on. */
static inline void rig_port(struct rig *r, nap_addr cache, unsigned port, unsigned n)
{
    rig_write(r, cache, IMCTR(n), INTEN | MMUEN);
    rig_write(r, cache, IMUCTR(port), TTSEL(n) | MMUEN);
}

/* One port of ds1 (sdhi0's) on context 1 in Xen's mode; a 2 MiB block and a read-only page. */
#define PORT     32u
#define IOVA     UINT64_C(0x50000000)
#define PA       UINT64_C(0x58000000)
#define IOVA_RO  UINT64_C(0x50201000)
#define PA_RO    UINT64_C(0x58203000)
#define NOT_HERE UINT64_C(0x51000000)

static inline nap_addr rig_simple(struct rig *r)
{
    nap_addr table = rig_xen(r, 1);

    rig_map(r, table, IOVA, PA, BLOCK, S2_RW, S2_TABLE);
    rig_map(r, table, IOVA_RO, PA_RO, PAGE, S2_RO, S2_TABLE);
    rig_port(r, DS1, PORT, 1);
    return table;
}

static inline void rig_power_cycle(struct rig *r)
{
    nap_power_off(r->m, 15);
    nap_power_on(r->m, 15);
}

/* --- traffic --- */

static inline struct nap_outcomes rig_probe(const struct rig *r, unsigned device, unsigned port,
                                            nap_addr iova)
{
    struct nap_outcomes out;

    nap_probe(r->m, device, port, iova, &out, NULL);
    return out;
}

/* The only outcome there is. */
static inline struct nap_outcome rig_only(const struct rig *r, unsigned device, unsigned port,
                                          nap_addr iova)
{
    struct nap_outcomes out = rig_probe(r, device, port, iova);

    assert_int_equal(out.n, 1);
    return out.list[0];
}

static inline struct nap_outcome rig_dma(struct rig *r, unsigned device, unsigned port,
                                         nap_addr iova)
{
    return nap_dma(r->m, device, port, iova, NAP_READ);
}

static inline void assert_end(struct nap_outcome o, enum nap_outcome_kind kind,
                              enum nap_outcome_by by)
{
    assert_int_equal(o.kind, kind);
    assert_int_equal(o.by, by);
}

static inline void assert_reaches(struct nap_outcome o, enum nap_outcome_by by, nap_addr pa)
{
    assert_end(o, NAP_OUTCOME_TRANSLATED, by);
    assert_int_equal(o.pa, pa);
}

static inline unsigned rig_entries(const struct rig *r, unsigned device)
{
    return ipmmu_of(r->m, device)->n_entries;
}

/* --- choices --- */

static inline uint32_t rig_choose(void *context, const struct nap_choice *choice)
{
    struct rig *r = context;
    uint32_t value = r->n_asked < r->n_script ? r->script[r->n_asked] : 0;

    assert_true(r->n_asked < 256);
    assert_true(value < choice->n);
    r->asked[r->n_asked++] = (struct rig_asked){choice->kind, choice->instance, choice->n};
    return value;
}

/* Varies the kinds (a NAP_CHOICE_BIT mask) from now on and answers with @values. */
static inline void rig_vary(struct rig *r, uint32_t kinds, const uint32_t *values, unsigned n)
{
    assert_true(n <= 32);
    if (n)
        memcpy(r->script, values, n * sizeof *values);
    r->n_script = n;
    r->n_asked = 0;
    nap_set_chooser(r->m, rig_choose, r, kinds);
}

#define LATENCY NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY)
#define RETAIN  NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN)

#define rig_test(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

#endif
