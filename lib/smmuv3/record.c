/* SPDX-License-Identifier: MIT */
/* Event records: which fields of one are present, and where they stand. Arm IHI 0070, "Event
 * records". */
#include "translate.h"

#define DW0_SSV    (UINT64_C(1) << 11)
#define DW1_STALL  (UINT64_C(1) << 31)
#define DW1_PNU    (UINT64_C(1) << 33)
#define DW1_IND    (UINT64_C(1) << 34)
#define DW1_RNW    (UINT64_C(1) << 35)
#define DW1_S2     (UINT64_C(1) << 39)
#define DW1_TTRNW  (UINT64_C(1) << 44)
#define IPA_MASK   UINT64_C(0x00fffffffffff000)
#define FETCH_MASK UINT64_C(0x00fffffffffffff8)

/* Groups of fields. */
enum {
    HAS_SSV = 1,     /* SSV and SubstreamID */
    HAS_SSID = 2,    /* SubstreamID alone */
    HAS_FETCH = 4,   /* FetchAddr */
    HAS_ACCESS = 8,  /* PnU, InD, RnW */
    HAS_INPUT = 16,  /* InputAddr */
    HAS_STAGE = 32,  /* S2 */
    HAS_CLASS = 64,  /* CLASS */
    HAS_IPA = 128,   /* IPA, with S2 */
    HAS_STALL = 256, /* STAG, Stall */
    HAS_RNW = 512,   /* RnW alone */
};

static unsigned fields_of(uint8_t event)
{
    switch (event) {
    case SMMU_C_BAD_STREAMID:
    case SMMU_C_BAD_STE:
    case SMMU_C_BAD_CD:
        return HAS_SSV;
    case SMMU_F_STE_FETCH:
    case SMMU_F_CD_FETCH:
        return HAS_SSV | HAS_FETCH;
    case SMMU_C_BAD_SUBSTREAMID:
        return HAS_SSID;
    case SMMU_F_TRANSL_FORBIDDEN:
        return HAS_RNW | HAS_INPUT;
    case SMMU_F_WALK_EABT:
        return HAS_SSV | HAS_ACCESS | HAS_INPUT | HAS_STAGE | HAS_CLASS | HAS_FETCH;
    case SMMU_F_TLB_CONFLICT:
        return HAS_SSV | HAS_ACCESS | HAS_INPUT | HAS_STAGE | HAS_IPA;
    case SMMU_F_TRANSLATION:
    case SMMU_F_ADDR_SIZE:
    case SMMU_F_ACCESS:
    case SMMU_F_PERMISSION:
        return HAS_SSV | HAS_ACCESS | HAS_INPUT | HAS_STAGE | HAS_CLASS | HAS_IPA | HAS_STALL;
    default: /* F_STREAM_DISABLED; F_BAD_ATS_TREQ has its own layout */
        return 0;
    }
}

static uint64_t syndrome(const struct smmu_path *p, unsigned has, bool stalled, uint16_t stag)
{
    const struct smmu_fault *f = &p->fault;
    bool read = p->rw == NAP_READ;
    uint64_t dw = 0;

    if ((has & HAS_STALL) && stalled)
        dw |= DW1_STALL | stag;
    if ((has & HAS_ACCESS) && p->privileged)
        dw |= DW1_PNU;
    if ((has & HAS_ACCESS) && read && p->instruction)
        dw |= DW1_IND;
    if ((has & (HAS_ACCESS | HAS_RNW)) && read)
        dw |= DW1_RNW;
    if ((has & HAS_STAGE) && f->stage == 2)
        dw |= DW1_S2;
    if (has & HAS_CLASS)
        dw |= (uint64_t)f->class << 40;
    if (f->event == SMMU_F_PERMISSION && f->class == SMMU_CLASS_TT && !f->descriptor_write)
        dw |= DW1_TTRNW;
    return dw;
}

/* R is always asked for; Span is one STU. InputAddr has no low bits. */
static struct smmu_event bad_request(const struct smmu_path *p)
{
    struct smmu_event e = {{SMMU_F_BAD_ATS_TREQ | (uint64_t)p->sid << 32, 1, 0, 0}};

    e.dw[1] |= UINT64_C(1) << 31 | (uint64_t)(p->rw == NAP_WRITE) << 30 |
               (uint64_t)p->instruction << 29 | (uint64_t)p->privileged << 28;
    e.dw[2] = p->va & ~UINT64_C(0xfff);
    return e;
}

struct smmu_event smmu_record(const struct smmu_path *p, bool stalled, uint16_t stag)
{
    const struct smmu_fault *f = &p->fault;
    unsigned has = fields_of(f->event);
    struct smmu_event e = {{f->event | (uint64_t)p->sid << 32, 0, 0, 0}};

    if (f->event == SMMU_F_BAD_ATS_TREQ)
        return bad_request(p);
    if ((has & HAS_SSV) && p->ssv)
        e.dw[0] |= DW0_SSV;
    if ((has & (HAS_SSV | HAS_SSID)) && p->ssv)
        e.dw[0] |= (uint64_t)p->ssid << 12;
    e.dw[1] = syndrome(p, has, stalled, stag);
    if (has & HAS_INPUT)
        e.dw[2] = p->va;
    if (has & HAS_FETCH)
        e.dw[3] = f->fetch & FETCH_MASK;
    else if ((has & HAS_IPA) && f->stage == 2)
        e.dw[3] = f->ipa & IPA_MASK;
    return e;
}
