/* SPDX-License-Identifier: MIT */
/* Stream tables, context descriptors and translation tables in the RAM of rig.h's machine, and
 * transactions. Values are typed from Arm IHI 0070, "Stream Table Entry", "Context Descriptor",
 * and Arm DDI 0487. */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include "rig.h"

#define STRTAB_BASE     0x080u
#define STRTAB_BASE_CFG 0x088u

#define STRTAB (RAM + 0x100000) /* 2^6 STEs */
#define CDTAB  (RAM + 0x200000)
#define ROOT1  (RAM + 0x400000) /* translation tables, stage 1 */
#define ROOT2  (RAM + 0x500000) /* and stage 2 */
#define PAGES  (RAM + 0x1000000)

#define SID 8u

/* STE, double word 0: V and Config. */
#define STE_ABORT  UINT64_C(0x1)
#define STE_BYP    UINT64_C(0x9) /* Config 100 */
#define STE_S1     UINT64_C(0xb) /* Config 101 */
#define STE_S2     UINT64_C(0xd) /* Config 110 */
#define STE_NESTED UINT64_C(0xf) /* Config 111 */

#define S1CDMAX(n) ((uint64_t)(n) << 59)
#define S1FMT(n)   ((uint64_t)(n) << 4)
#define SHCFG_IN   (UINT64_C(1) << 44) /* of DW1: incoming shareability */
#define EATS(n)    ((uint64_t)(n) << 28)
#define STRW_EL2   (UINT64_C(2) << 30)
#define S1STALLD   (UINT64_C(1) << 27)
#define S2FWB      (UINT64_C(1) << 25)

/* Stage 2 of DW2: VMID 5, S2T0SZ 25 (39 bits), S2SL0 1 (level 1), 4 KiB, S2PS 48, S2AA64, S2R.
 */
#define S2_DW2                                                                                 \
    (UINT64_C(5) | UINT64_C(25) << 32 | UINT64_C(1) << 38 | UINT64_C(5) << 48 |                \
     UINT64_C(1) << 51 | UINT64_C(1) << 58)
#define S2_VMID(n) ((S2_DW2 & ~UINT64_C(0xffff)) | (n))

/* CD, DW0: T0SZ 25 (39 bits), 4 KiB, EPD1, V, IPS 48 bits, AA64, R, A; ASID 3. */
#define CD_DW0                                                                                 \
    (UINT64_C(25) | UINT64_C(1) << 30 | UINT64_C(1) << 31 | UINT64_C(5) << 32 |                \
     UINT64_C(1) << 41 | UINT64_C(1) << 45 | UINT64_C(1) << 46 | UINT64_C(3) << 48)
#define CD_STALL (UINT64_C(1) << 44)
#define CD_MAIR  UINT64_C(0x44ff04) /* 0 Device-nGnRE, 1 write-back, 2 non-cacheable */

/* Descriptors. */
#define TABLE   UINT64_C(3)
#define DESC_AF (UINT64_C(1) << 10)
#define DESC_NG (UINT64_C(1) << 11)
/* Stage 1 page: AttrIndx 1, AP[1] (read and write for all), SH inner, AF, nG. */
#define S1_PAGE UINT64_C(0xf47)
#define S1_RO   (S1_PAGE | UINT64_C(1) << 7)
/* Stage 2 page: MemAttr 1111, S2AP read and write, SH inner, AF. */
#define S2_PAGE UINT64_C(0x7ff)
#define S2_RO   UINT64_C(0x77f)

/* --- structures --- */

static inline void t_put(struct rig *r, nap_addr at, uint64_t value)
{
    assert_true(nap_mem_write(r->m, at, &value, sizeof value));
}

static inline nap_addr t_entry(nap_addr table, uint64_t index)
{
    return table + index * 8;
}

/* STE or CD number @index of a table. */
static inline nap_addr t_struct(nap_addr table, uint64_t index)
{
    return table + index * 64;
}

static inline void t_ste_at(struct rig *r, nap_addr at, uint64_t dw0, uint64_t dw1,
                            uint64_t dw2, uint64_t dw3)
{
    uint64_t dw[8] = {dw0, dw1, dw2, dw3, 0, 0, 0, 0};

    assert_true(nap_mem_write(r->m, at, dw, sizeof dw));
}

static inline void t_ste(struct rig *r, uint32_t sid, uint64_t dw0, uint64_t dw1, uint64_t dw2,
                         uint64_t dw3)
{
    t_ste_at(r, t_struct(STRTAB, sid), dw0, dw1, dw2, dw3);
}

static inline void t_cd_at(struct rig *r, nap_addr at, uint64_t dw0, uint64_t ttb0,
                           uint64_t dw2)
{
    uint64_t dw[8] = {dw0, ttb0, dw2, CD_MAIR, 0, 0, 0, 0};

    assert_true(nap_mem_write(r->m, at, dw, sizeof dw));
}

/* Maps one 4 KiB page at the 39-bit address @in by tables that lie at @root: its level 2 table
 * 0x1000 and its level 3 table 0x2000 behind. For all addresses of one 2 MiB. */
static inline void t_map(struct rig *r, nap_addr root, nap_addr in, uint64_t leaf)
{
    t_put(r, t_entry(root, in >> 30 & 511), (root + 0x1000) | TABLE);
    t_put(r, t_entry(root + 0x1000, in >> 21 & 511), (root + 0x2000) | TABLE);
    t_put(r, t_entry(root + 0x2000, in >> 12 & 511), leaf);
}

#define VA0 UINT64_C(0x40201000) /* what most tests use: level 1 index 1, 2: 1, 3: 1 */

/* A stage 1 stream: VA0 is the first page of PAGES. */
static inline void t_stage_1(struct rig *r)
{
    t_ste(r, SID, STE_S1 | CDTAB, SHCFG_IN, 0, 0);
    t_cd_at(r, CDTAB, CD_DW0, ROOT1, 0);
    t_map(r, ROOT1, VA0, PAGES | S1_PAGE);
}

/* A stage 2 stream: VA0 is the second page of PAGES. */
static inline void t_stage_2(struct rig *r)
{
    t_ste(r, SID, STE_S2, SHCFG_IN, S2_DW2, ROOT2);
    t_map(r, ROOT2, VA0, (PAGES + 0x1000) | S2_PAGE);
}

/* A 1 GiB block of stage 2 that maps its input to itself. */
static inline void t_identity_2(struct rig *r, nap_addr address)
{
    t_put(r, t_entry(ROOT2, address >> 30),
          (address & ~UINT64_C(0x3fffffff)) | (S2_PAGE & ~UINT64_C(2)));
}

/* Both stages: CD and stage 1 tables lie where stage 2 maps to itself; VA0 is IPA VA0 + 0x1000,
 * which is the third page of PAGES. */
static inline void t_nested(struct rig *r)
{
    t_ste(r, SID, STE_NESTED | CDTAB, SHCFG_IN, S2_DW2, ROOT2);
    t_cd_at(r, CDTAB, CD_DW0, ROOT1, 0);
    t_map(r, ROOT1, VA0, (VA0 + 0x1000) | S1_PAGE);
    t_map(r, ROOT2, VA0 + 0x1000, (PAGES + 0x2000) | S2_PAGE);
    t_identity_2(r, RAM);
}

/* --- the machine --- */

/* A linear stream table of 64 entries, an event queue, a command queue, translation on. */
static inline void t_on(struct rig *r)
{
    wr(r, CR2, 2); /* RECINVSID */
    wr64(r, STRTAB_BASE, STRTAB);
    wr(r, STRTAB_BASE_CFG, 6);
    wr64(r, EVENTQ_BASE, EVENTQ | 2);
    wr(r, EVENTQ_PROD, 0);
    wr(r, EVENTQ_CONS, 0);
    rig_cmdq(r);
    wr(r, CR0, SMMUEN | EVENTQEN | CMDQEN);
    rig_poll(r, CR0ACK, SMMUEN | EVENTQEN | CMDQEN);
}

static inline struct nap_transaction t_access(struct rig *r, nap_addr va, enum nap_rw rw)
{
    return (struct nap_transaction){.device = r->smmu, .port = SID, .iova = va, .rw = rw};
}

static inline struct nap_outcome t_dma(struct rig *r, nap_addr va, enum nap_rw rw)
{
    struct nap_transaction t = t_access(r, va, rw);

    return nap_dma_transaction(r->m, &t);
}

static inline struct nap_outcome t_read(struct rig *r, nap_addr va)
{
    return t_dma(r, va, NAP_READ);
}

static inline struct nap_outcome t_write(struct rig *r, nap_addr va)
{
    return t_dma(r, va, NAP_WRITE);
}

static inline struct nap_outcome t_read_ssid(struct rig *r, nap_addr va, uint32_t ssid)
{
    struct nap_transaction t = t_access(r, va, NAP_READ);

    t.has_substream = true;
    t.substream = ssid;
    return nap_dma_transaction(r->m, &t);
}

static inline void t_probe(struct rig *r, const struct nap_transaction *t,
                           struct nap_outcomes *out)
{
    nap_probe_transaction(r->m, t, out, NULL);
}

/* The newest event, which must be the only one since the last look. */
static inline struct smmu_event t_event(struct rig *r)
{
    uint32_t prod = rd(r, EVENTQ_PROD), cons = rd(r, EVENTQ_CONS);
    struct smmu_event e;

    assert_int_equal(prod & 7, (cons + 1) & 7);
    assert_true(nap_mem_read(r->m, EVENTQ + (cons & 3) * 32, &e, sizeof e));
    wr(r, EVENTQ_CONS, prod);
    return e;
}

static inline void t_no_event(struct rig *r)
{
    assert_int_equal(rd(r, EVENTQ_PROD), rd(r, EVENTQ_CONS));
}

/* The access @o ended in this event, recorded so. */
static inline void t_ended_in(struct rig *r, struct nap_outcome o, uint64_t dw0, uint64_t dw1,
                              uint64_t dw2, uint64_t dw3)
{
    struct smmu_event e = t_event(r);

    assert_int_equal(o.kind, NAP_OUTCOME_FAULT);
    assert_int_equal(e.dw[0], dw0 | (uint64_t)SID << 32);
    assert_int_equal(e.dw[1], dw1);
    assert_int_equal(e.dw[2], dw2);
    assert_int_equal(e.dw[3], dw3);
}

/* Bits of DW1. */
#define EV_RNW   (UINT64_C(1) << 35)
#define EV_IND   (UINT64_C(1) << 34)
#define EV_PNU   (UINT64_C(1) << 33)
#define EV_STALL (UINT64_C(1) << 31)
#define EV_S2    (UINT64_C(1) << 39)
#define EV_TT    (UINT64_C(1) << 40) /* CLASS */
#define EV_IN    (UINT64_C(2) << 40)
#define EV_TTRNW (UINT64_C(1) << 44)

#endif
