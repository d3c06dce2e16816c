/* SPDX-License-Identifier: MIT */
/* What one command is and does: decoded, checked against the ID registers, carried out.
 * Arm IHI 0070, "Commands", "Command opcodes". An invalidation that is consumed is not thereby
 * complete; the next CMD_SYNC of its queue completes it at the latest. */
#include "tbu.h"

#include <string.h>

enum {
    OP_PREFETCH_CONFIG = 0x01,
    OP_PREFETCH_ADDR = 0x02,
    OP_CFGI_STE = 0x03,
    OP_CFGI_STE_RANGE = 0x04,
    OP_CFGI_CD = 0x05,
    OP_CFGI_CD_ALL = 0x06,
    OP_CFGI_VMS_PIDM = 0x07,
    OP_TLBI_NH_ALL = 0x10,
    OP_TLBI_NH_ASID = 0x11,
    OP_TLBI_NH_VA = 0x12,
    OP_TLBI_NH_VAA = 0x13,
    OP_TLBI_EL2_ALL = 0x20,
    OP_TLBI_EL2_ASID = 0x21,
    OP_TLBI_EL2_VA = 0x22,
    OP_TLBI_EL2_VAA = 0x23,
    OP_TLBI_S12_VMALL = 0x28,
    OP_TLBI_S2_IPA = 0x2a,
    OP_TLBI_NSNH_ALL = 0x30,
    OP_ATC_INV = 0x40,
    OP_PRI_RESP = 0x41,
    OP_RESUME = 0x44,
    OP_STALL_TERM = 0x45,
    OP_SYNC = 0x46,
    OP_DPTI_ALL = 0x70,
    OP_DPTI_PA = 0x73,
};

/* --- fields --- */

static uint64_t bits(uint64_t dw, unsigned high, unsigned low)
{
    return dw >> low & (UINT64_MAX >> (63 - (high - low)));
}

static bool bit(uint64_t dw, unsigned n)
{
    return dw >> n & 1;
}

#define OP         0xffu
#define SSEC       (UINT64_C(1) << 10)
#define SSV        (UINT64_C(1) << 11)
#define SSID       (UINT64_C(0xfffff) << 12)
#define SID        (UINT64_C(0xffffffff) << 32)
#define VMID       (UINT64_C(0xffff) << 32)
#define ASID       (UINT64_C(0xffff) << 48)
#define ADDR       (UINT64_MAX << 12)
#define IPA        UINT64_C(0x00fffffffffff000)
#define NUM        (UINT64_C(0x1f) << 12)
#define SCALE      (UINT64_C(0x1f) << 20)
#define SCALE_DS   (UINT64_C(1) << 25) /* its sixth bit */
#define TTL128     (UINT64_C(1) << 7)
#define TTL        (UINT64_C(3) << 8)
#define TG         (UINT64_C(3) << 10)
#define STRIDE     (UINT64_C(0x1f) << 5)
#define LEAF       UINT64_C(1)
#define ATC_GLOBAL (UINT64_C(1) << 9)

/* --- what a command needs, and what it is made of --- */

enum {
    NEEDS_S1P = 1,
    NEEDS_S2P = 2,
    NEEDS_HYP = 4,
    NEEDS_ATS = 8,
    NEEDS_PRI = 16,
    NEEDS_STALLS = 32,
    NEEDS_MPAM = 64,
    NEEDS_DPT = 128,
};

enum form_kind { RESERVED, PREFETCH, CFGI, TLBI, ATC, PRI, RESUME, STALL_TERM, SYNC, LOUD };

struct form {
    uint8_t kind; /* enum form_kind */
    uint8_t needs;
    bool ranged;         /* has the fields of a range of addresses */
    uint64_t defined[2]; /* bits that are not reserved, but for those of a range */
};

/* Opcodes of other Security states, of other issues and of no feature here are reserved. */
static const struct form forms[256] = {
    [OP_PREFETCH_CONFIG] = {PREFETCH, 0, false, {OP | SSEC | SSV | SSID | SID, 0}},
    [OP_PREFETCH_ADDR] = {PREFETCH, 0, false, {OP | SSEC | SSV | SSID | SID, ADDR | 0x3ff}},
    [OP_CFGI_STE] = {CFGI, 0, false, {OP | SSEC | SID, LEAF}},
    [OP_CFGI_STE_RANGE] = {CFGI, 0, false, {OP | SSEC | SID, 0x1f}},
    [OP_CFGI_CD] = {CFGI, NEEDS_S1P, false, {OP | SSEC | SSID | SID, LEAF}},
    [OP_CFGI_CD_ALL] = {CFGI, NEEDS_S1P, false, {OP | SSEC | SID, 0}},
    [OP_CFGI_VMS_PIDM] = {LOUD, NEEDS_MPAM, false, {OP | SSEC | VMID, 0}},
    [OP_TLBI_NH_ALL] = {TLBI, NEEDS_S1P, false, {OP | VMID, 0}},
    [OP_TLBI_NH_ASID] = {TLBI, NEEDS_S1P, false, {OP | VMID | ASID, 0}},
    [OP_TLBI_NH_VA] = {TLBI, NEEDS_S1P, true, {OP | VMID | ASID, ADDR | LEAF}},
    [OP_TLBI_NH_VAA] = {TLBI, NEEDS_S1P, true, {OP | VMID, ADDR | LEAF}},
    [OP_TLBI_EL2_ALL] = {TLBI, NEEDS_HYP | NEEDS_S1P, false, {OP, 0}},
    [OP_TLBI_EL2_ASID] = {TLBI, NEEDS_HYP, false, {OP | ASID, 0}},
    [OP_TLBI_EL2_VA] = {TLBI, NEEDS_HYP, true, {OP | ASID, ADDR | LEAF}},
    [OP_TLBI_EL2_VAA] = {TLBI, NEEDS_HYP, true, {OP, ADDR | LEAF}},
    [OP_TLBI_S12_VMALL] = {TLBI, NEEDS_S2P, false, {OP | VMID, 0}},
    [OP_TLBI_S2_IPA] = {TLBI, NEEDS_S2P, true, {OP | VMID, IPA | LEAF}},
    [OP_TLBI_NSNH_ALL] = {TLBI, 0, false, {OP, 0}},
    [OP_ATC_INV] = {ATC, NEEDS_ATS, false, {OP | ATC_GLOBAL | SSV | SSID | SID, ADDR | 0x3f}},
    [OP_PRI_RESP] = {PRI, NEEDS_PRI, false, {OP | SSV | SSID | SID, 0x31ff}},
    [OP_RESUME] = {RESUME, NEEDS_STALLS, false, {OP | SSEC | 0x3000 | SID, 0xffff}},
    [OP_STALL_TERM] = {STALL_TERM, NEEDS_STALLS, false, {OP | SSEC | SID, 0}},
    [OP_SYNC] = {SYNC, 0, false, {OP | 0xfc03000 | SID, UINT64_C(0x00fffffffffffffc)}},
    [OP_DPTI_ALL] = {LOUD, NEEDS_DPT, false, {OP, 0}},
    [OP_DPTI_PA] = {LOUD, NEEDS_DPT, false, {OP, IPA | 0xf01}},
};

static unsigned op_of(const struct smmu_command *c)
{
    return (unsigned)(c->dw[0] & OP);
}

static uint64_t idr(const struct nap_machine *m, const struct smmu_command_queue *q,
                    unsigned slot, uint64_t mask)
{
    return nap_reg_get(m, q->smmu, slot) & mask;
}

/* What the SMMU has, as NEEDS_ bits. */
static unsigned features(const struct nap_machine *m, const struct smmu_command_queue *q)
{
    uint64_t idr0 = nap_reg_get(m, q->smmu, SMMU_SLOT_IDR0);
    uint64_t idr3 = nap_reg_get(m, q->smmu, SMMU_SLOT_IDR3);
    unsigned has = 0;

    has |= idr0 & SMMU_IDR0_S1P ? NEEDS_S1P : 0;
    has |= idr0 & SMMU_IDR0_S2P ? NEEDS_S2P : 0;
    has |= idr0 & SMMU_IDR0_Hyp ? NEEDS_HYP : 0;
    has |= idr0 & SMMU_IDR0_ATS ? NEEDS_ATS : 0;
    has |= idr0 & SMMU_IDR0_PRI ? NEEDS_PRI : 0;
    has |=
        (idr0 & SMMU_IDR0_STALL_MODEL) >> SMMU_IDR0_STALL_MODEL_SHIFT != 1 ? NEEDS_STALLS : 0;
    has |= idr3 & SMMU_IDR3_MPAM ? NEEDS_MPAM : 0;
    has |= idr3 & SMMU_IDR3_DPT ? NEEDS_DPT : 0;
    return has;
}

/* --- ranges of addresses, "Range-based invalidation and level hint" --- */

struct range {
    unsigned num, scale, ttl, tg;
    unsigned granule_log2; /* 0: TG is 0, one address */
    bool has_ds;
};

static struct range range_of(const struct nap_machine *m, const struct smmu_command_queue *q,
                             const struct smmu_command *c)
{
    static const uint8_t granules[] = {0, 12, 14, 16};
    struct range r = {.has_ds = idr(m, q, SMMU_SLOT_IDR5, SMMU_IDR5_DS) != 0};

    if (!idr(m, q, SMMU_SLOT_IDR3, SMMU_IDR3_RIL))
        return r;
    r.tg = (unsigned)bits(c->dw[1], 11, 10);
    r.granule_log2 = granules[r.tg];
    if (r.tg == 0)
        return r;
    r.num = (unsigned)bits(c->dw[0], 16, 12);
    r.scale = (unsigned)bits(c->dw[0], r.has_ds ? 25 : 24, 20);
    if (r.scale > 39)
        r.scale = 39;
    r.ttl = (unsigned)bits(c->dw[1], 9, 8);
    if (r.tg == 2 && r.ttl == 1 && !r.has_ds)
        r.ttl = 0;
    return r;
}

static bool range_illegal(const struct range *r)
{
    return r->tg != 0 && r->num == 0 && r->scale == 0 && r->ttl == 0;
}

/* Bits that the address must not have for the range to be known. */
static uint64_t range_alignment(const struct range *r)
{
    unsigned stride = r->granule_log2 - 3;

    if (r->tg == 0)
        return 0;
    if (r->ttl == 0 || r->ttl == 3)
        return (UINT64_C(1) << r->granule_log2) - 1;
    return (UINT64_C(1) << (r->granule_log2 + (3 - r->ttl) * stride)) - 1;
}

/* --- checks --- */

/* Bits of a physical or intermediate address that a command has in this version. */
static uint64_t address_bits(const struct nap_machine *m, unsigned smmu)
{
    unsigned minor = smmu_minor(m, smmu);

    return (UINT64_C(1) << (minor == 0 ? 48 : minor <= 3 ? 52 : 56)) - 1;
}

/* Fields of a range that are not reserved: without TG there is none, without TTL no descriptor
 * that it could be of. */
static uint64_t range_bits(const struct nap_machine *m, const struct smmu_command_queue *q,
                           const struct smmu_command *c, unsigned dw)
{
    bool tg = (c->dw[1] & TG) != 0, ttl = (c->dw[1] & TTL) != 0;

    if (!idr(m, q, SMMU_SLOT_IDR3, SMMU_IDR3_RIL))
        return 0;
    if (dw == 0)
        return tg ? NUM | SCALE | (idr(m, q, SMMU_SLOT_IDR5, SMMU_IDR5_DS) ? SCALE_DS : 0) : 0;
    return TG | (tg ? TTL : 0) |
           (tg && ttl && idr(m, q, SMMU_SLOT_IDR5, SMMU_IDR5_D128) ? TTL128 : 0);
}

/* Tags of 8 bits have no upper half, and a VMID is none without stage 2. */
static uint64_t reserved_tags(const struct nap_machine *m, const struct smmu_command_queue *q)
{
    uint64_t idr0 = nap_reg_get(m, q->smmu, SMMU_SLOT_IDR0);
    uint64_t reserved = 0;

    if (!(idr0 & SMMU_IDR0_ASID16))
        reserved |= ASID & ASID << 8;
    if (!(idr0 & SMMU_IDR0_VMID16))
        reserved |= VMID & VMID << 8;
    return idr0 & SMMU_IDR0_S2P ? reserved : reserved | VMID;
}

static uint64_t defined(const struct nap_machine *m, const struct smmu_command_queue *q,
                        const struct smmu_command *c, unsigned dw)
{
    const struct form *f = &forms[op_of(c)];
    uint64_t has = f->defined[dw] | (f->ranged ? range_bits(m, q, c, dw) : 0);

    if (dw == 0)
        return f->kind == TLBI ? has & ~reserved_tags(m, q) : has;
    if (op_of(c) == OP_PREFETCH_ADDR && smmu_minor(m, q->smmu) == 0)
        has &= ~STRIDE;
    return (has & ADDR) == IPA || f->kind == SYNC ? has & address_bits(m, q->smmu) : has;
}

static bool reserved_bits_set(const struct nap_machine *m, const struct smmu_command_queue *q,
                              const struct smmu_command *c)
{
    return (c->dw[0] & ~defined(m, q, c, 0)) != 0 || (c->dw[1] & ~defined(m, q, c, 1)) != 0;
}

static bool illegal_parameter(const struct nap_machine *m, const struct smmu_command_queue *q,
                              const struct form *f, const struct smmu_command *c)
{
    struct range r;

    switch ((enum form_kind)f->kind) {
    case TLBI:
        r = range_of(m, q, c);
        return f->ranged && range_illegal(&r);
    case PRI:
        return bits(c->dw[1], 13, 12) == 3;
    case SYNC:
        return bits(c->dw[0], 13, 12) == 3;
    case PREFETCH:
    case CFGI:
    case RESUME:
    case STALL_TERM:
    case LOUD:
        return (f->defined[0] & SSEC) && (c->dw[0] & SSEC); /* of another Security state */
    case ATC: /* beyond 52, everything, an error may be raised */
        return bits(c->dw[1], 5, 0) > 52;
    case RESERVED:
        break;
    }
    return false;
}

static bool illegal(const struct nap_machine *m, const struct smmu_command_queue *q,
                    const struct smmu_command *c)
{
    const struct form *f = &forms[op_of(c)];

    if (f->kind == RESERVED || (f->needs & ~features(m, q)) || illegal_parameter(m, q, f, c))
        return true;
    if (q->allowed && !q->allowed(m, q, op_of(c)))
        return true;
    return reserved_bits_set(m, q, c) &&
           nap_switch(m, q->smmu, SMMU_SWITCH_S26) == SMMU_S26_ILLEGAL;
}

/* --- invalidations that are consumed and not complete --- */

static struct nap_smmuv3 *open_state(struct nap_machine *m, unsigned smmu)
{
    struct nap_smmuv3 *s = nap_block_state_mut(m, smmu);

    nap_touch(m, s, offsetof(struct nap_smmuv3, ste));
    nap_touch(m, s->pending, sizeof s->pending);
    return s;
}

/* A set, in the order of its bytes. */
static void pend(struct nap_machine *m, unsigned smmu, const struct smmu_inv *inv)
{
    struct nap_smmuv3 *s = open_state(m, smmu);
    unsigned at = 0;
    int order = -1;

    while (at < s->n_pending && (order = memcmp(&s->pending[at], inv, sizeof *inv)) < 0)
        at++;
    if (at < s->n_pending && order == 0)
        return;
    memmove(&s->pending[at + 1], &s->pending[at], (s->n_pending - at) * sizeof *inv);
    s->pending[at] = *inv;
    s->n_pending++;
}

static void take_pending(struct nap_machine *m, unsigned smmu, unsigned at)
{
    struct nap_smmuv3 *s = open_state(m, smmu);

    s->n_pending--;
    memmove(&s->pending[at], &s->pending[at + 1], (s->n_pending - at) * sizeof s->pending[0]);
    memset(&s->pending[s->n_pending], 0, sizeof s->pending[0]);
}

static void set_atc_failed(struct nap_machine *m, const struct smmu_command_queue *q,
                           bool failed)
{
    struct nap_smmuv3 *s = open_state(m, q->smmu);
    uint64_t flag = UINT64_C(1) << q->id % 64;

    s->atc_failed[q->id / 64] =
        failed ? s->atc_failed[q->id / 64] | flag : s->atc_failed[q->id / 64] & ~flag;
}

static bool atc_failed(const struct nap_machine *m, const struct smmu_command_queue *q)
{
    return (smmu_of(m, q->smmu)->atc_failed[q->id / 64] >> q->id % 64 & 1) != 0;
}

/* One that never answers, as without power, is a timeout. An endpoint that knows no ATS says
 * so, which is an answer. */
static void invalidate_atc(struct nap_machine *m, const struct smmu_command_queue *q,
                           const struct smmu_inv *inv)
{
    struct nap_message message = {
        .kind = NAP_MSG_ATC_INVALIDATE,
        .from = q->smmu,
        .port = inv->sid,
        .has_substream = inv->ssv != 0,
        .substream = inv->ssid,
        .address = inv->first,
        .size_bytes = inv->last - inv->first + 1, /* 0: all of 2^64 */
        .global = inv->global != 0,
    };
    int to = nap_device_behind(m, q->smmu, inv->sid);

    if (to >= 0 && !nap_message_send(m, (unsigned)to, &message))
        set_atc_failed(m, q, true);
}

static void complete(struct nap_machine *m, const struct smmu_command_queue *q,
                     const struct smmu_inv *inv)
{
    if (inv->kind == SMMU_INV_ATC)
        invalidate_atc(m, q, inv);
    else
        smmu_inv_apply(m, q->smmu, inv);
}

/* Those before a CMD_SYNC of the queue, of ATCs or of the SMMU's own caches. */
static void complete_all(struct nap_machine *m, const struct smmu_command_queue *q, bool atc)
{
    for (unsigned i = 0; i < smmu_of(m, q->smmu)->n_pending;) {
        struct smmu_inv inv = smmu_of(m, q->smmu)->pending[i];
        if (inv.queue != q->id || (inv.kind == SMMU_INV_ATC) != atc) {
            i++;
            continue;
        }
        take_pending(m, q->smmu, i);
        complete(m, q, &inv);
    }
}

/* --- what rules want to know --- */

static void set_unsynced(struct nap_machine *m, const struct smmu_command_queue *q, bool is)
{
    uint64_t flag = UINT64_C(1) << q->id % 64;
    uint64_t was = smmu_of(m, q->smmu)->unsynced_atc[q->id / 64];

    if (((was & flag) != 0) != is)
        open_state(m, q->smmu)->unsynced_atc[q->id / 64] = was ^ flag;
}

/* "CMD_TLBI_NSNH_ALL": without stage 2 there are no other VMIDs. */
static bool clears_el1(const struct nap_machine *m, const struct smmu_command_queue *q,
                       const struct smmu_command *c)
{
    return op_of(c) == OP_TLBI_NH_ALL && bits(c->dw[0], 47, 32) == 0 &&
           !idr(m, q, SMMU_SLOT_IDR0, SMMU_IDR0_S2P);
}

/* A command that drops everything of one kind. */
static void sweep(struct nap_machine *m, const struct smmu_command_queue *q,
                  const struct smmu_command *c)
{
    enum smmu_sweep what;

    if (op_of(c) == OP_CFGI_STE_RANGE && bits(c->dw[1], 4, 0) == 31)
        what = SMMU_SWEEP_CFG;
    else if (op_of(c) == OP_TLBI_NSNH_ALL || clears_el1(m, q, c))
        what = SMMU_SWEEP_EL1;
    else if (op_of(c) == OP_TLBI_EL2_ALL)
        what = SMMU_SWEEP_EL2;
    else
        return;
    if (!(smmu_of(m, q->smmu)->swept >> what & 1))
        open_state(m, q->smmu)->swept_by[what][q->id / 64] |= UINT64_C(1) << q->id % 64;
}

static void swept(struct nap_machine *m, const struct smmu_command_queue *q)
{
    for (unsigned i = 0; i < SMMU_SWEEPS; i++)
        if (smmu_of(m, q->smmu)->swept_by[i][q->id / 64] >> q->id % 64 & 1) {
            struct nap_smmuv3 *s = open_state(m, q->smmu);
            s->swept |= 1u << i;
            memset(s->swept_by[i], 0, sizeof s->swept_by[i]);
        }
}

static bool matters(const struct nap_machine *m, const struct smmu_command_queue *q,
                    const struct smmu_inv *inv)
{
    if (inv->kind == SMMU_INV_ATC)
        return nap_device_behind(m, q->smmu, inv->sid) >= 0;
    return smmu_inv_matters(m, q->smmu, inv);
}

static bool may_pend(struct nap_machine *m, const struct smmu_command_queue *q)
{
    if (smmu_of(m, q->smmu)->n_pending < SMMU_PENDING_MAX)
        return true;
    nap_unmodelled(m, q->smmu, "more invalidations under way than are kept");
    return false;
}

/* Done at once, or by the next CMD_SYNC of the queue at the latest: nobody can tell unless it
 * drops something. */
static void invalidate(struct nap_machine *m, const struct smmu_command_queue *q,
                       const struct smmu_inv *inv)
{
    if (matters(m, q, inv) && may_pend(m, q) &&
        nap_choose(m, NAP_CHOOSE_LATENCY, "invalidation completes with CMD_SYNC",
                   nap_instance_of(q->device, q->cons), 2))
        pend(m, q->smmu, inv);
    else
        complete(m, q, inv);
}

/* --- each kind --- */

static bool stream_exists(const struct nap_machine *m, const struct smmu_command_queue *q,
                          uint32_t sid)
{
    unsigned sid_bits = smmu_sid_bits(m, q->smmu);

    return sid_bits >= 32 || sid >> sid_bits == 0;
}

static bool substream_exists(const struct nap_machine *m, const struct smmu_command_queue *q,
                             uint32_t ssid)
{
    return ssid >>
               (idr(m, q, SMMU_SLOT_IDR1, SMMU_IDR1_SSIDSIZE) >> SMMU_IDR1_SSIDSIZE_SHIFT) ==
           0;
}

/* "In systems that do not support PASIDs ... SSV must be 0": the command has no effect then, or
 * acts as with 0 (S37). False if it has none. */
static bool ssv_of(const struct nap_machine *m, const struct smmu_command_queue *q,
                   const struct smmu_command *c, bool *ssv)
{
    bool substreams = idr(m, q, SMMU_SLOT_IDR1, SMMU_IDR1_SSIDSIZE) != 0;

    *ssv = bit(c->dw[0], 11) && substreams;
    return !bit(c->dw[0], 11) || substreams ||
           nap_switch(m, q->smmu, SMMU_SWITCH_S37) == SMMU_S37_AS_0;
}

/* A hint: of a long series of addresses the first ones are enough. */
#define PREFETCHES_MAX 8u

/* Size in bits 4:0 and Stride in 9:5: the document's picture of Stride was not readable. */
static void prefetch(struct nap_machine *m, const struct smmu_command_queue *q,
                     const struct smmu_command *c)
{
    uint32_t sid = (uint32_t)bits(c->dw[0], 63, 32), ssid = (uint32_t)bits(c->dw[0], 31, 12);
    bool ssv = bit(c->dw[0], 11);
    bool address = op_of(c) == OP_PREFETCH_ADDR;
    unsigned size = (unsigned)bits(c->dw[1], 4, 0), stride = (unsigned)bits(c->dw[1], 9, 5);

    if (smmu_minor(m, q->smmu) == 0)
        stride = 0;

    if (!smmu_in_force(m, q->smmu, SMMU_CR0ACK_SMMUEN) || !stream_exists(m, q, sid) ||
        (ssv &&
         (!idr(m, q, SMMU_SLOT_IDR1, SMMU_IDR1_SSIDSIZE) || !substream_exists(m, q, ssid))))
        return;
    if (!address) {
        smmu_prefetch(m, q->smmu, sid, ssv, ssid, false, 0);
        return;
    }
    for (uint64_t n = 0; n < UINT64_C(1) << size && n < PREFETCHES_MAX; n++)
        smmu_prefetch(m, q->smmu, sid, ssv, ssid, true,
                      (c->dw[1] & ADDR) + (n << (12 + stride)));
}

/* A StreamID or SubstreamID that does not exist: nothing happens. */
static void invalidate_configuration(struct nap_machine *m, const struct smmu_command_queue *q,
                                     const struct smmu_command *c)
{
    struct smmu_inv inv = {
        .kind = SMMU_INV_CFG, .op = (uint8_t)op_of(c), .queue = q->id, .last = UINT64_MAX};

    inv.sid = (uint32_t)bits(c->dw[0], 63, 32);
    if (op_of(c) == OP_CFGI_STE_RANGE) {
        inv.range = (uint8_t)bits(c->dw[1], 4, 0);
        inv.sid &= (uint32_t)(UINT64_MAX << (inv.range + 1)); /* lower bits are IGNORED */
    }
    if (op_of(c) == OP_CFGI_STE || op_of(c) == OP_CFGI_CD)
        inv.leaf = bit(c->dw[1], 0);
    if (op_of(c) == OP_CFGI_CD)
        inv.ssid = (uint32_t)bits(c->dw[0], 31, 12);
    if (!stream_exists(m, q, inv.sid) || !substream_exists(m, q, inv.ssid))
        return;
    invalidate(m, q, &inv);
}

/* First and last address; false if hardware need not find anything there. */
static bool addresses(const struct nap_machine *m, const struct smmu_command_queue *q,
                      const struct smmu_command *c, struct smmu_inv *inv)
{
    struct range r = range_of(m, q, c);
    uint64_t bytes = 0x1000;

    inv->leaf = bit(c->dw[1], 0);
    inv->tg = (uint8_t)r.tg;
    inv->ttl = (uint8_t)r.ttl;
    inv->first = c->dw[1] & ADDR;
    if (inv->op == OP_TLBI_S2_IPA)
        inv->first &= address_bits(m, q->smmu);
    if (inv->first & range_alignment(&r) & ADDR)
        return false;
    if (r.tg && r.scale + r.granule_log2 >= 58)
        bytes = UINT64_C(1) << 63;
    else if (r.tg)
        bytes = (uint64_t)(r.num + 1) << (r.scale + r.granule_log2);
    inv->last = inv->first + (bytes - 1);
    if (inv->last < inv->first)
        inv->last = UINT64_MAX; /* a range does not wrap */
    return true;
}

/* Tags that do not exist match nothing: where they have fewer bits, and a VMID without stage 2,
 * which may be taken for any other. */
static bool tags(const struct nap_machine *m, const struct smmu_command_queue *q,
                 const struct smmu_command *c, const struct form *f, struct smmu_inv *inv)
{
    inv->vmid = f->defined[0] & VMID ? (uint16_t)bits(c->dw[0], 47, 32) : 0;
    inv->asid = f->defined[0] & ASID ? (uint16_t)bits(c->dw[0], 63, 48) : 0;
    if (q->vmid >= 0)
        inv->vmid = (uint16_t)q->vmid;
    if (!idr(m, q, SMMU_SLOT_IDR0, SMMU_IDR0_S2P) && inv->vmid)
        return false;
    inv->vmid_mask =
        idr(m, q, SMMU_SLOT_IDR0, SMMU_IDR0_S2P) ? smmu_vmid_mask(m, q->smmu) & 0xffff : 0;
    return (inv->vmid <= 0xff || idr(m, q, SMMU_SLOT_IDR0, SMMU_IDR0_VMID16)) &&
           (inv->asid <= 0xff || idr(m, q, SMMU_SLOT_IDR0, SMMU_IDR0_ASID16));
}

static void invalidate_translations(struct nap_machine *m, const struct smmu_command_queue *q,
                                    const struct smmu_command *c)
{
    const struct form *f = &forms[op_of(c)];
    struct smmu_inv inv = {
        .kind = SMMU_INV_TLB, .op = (uint8_t)op_of(c), .queue = q->id, .last = UINT64_MAX};

    if (!tags(m, q, c, f, &inv) || (f->ranged && !addresses(m, q, c, &inv)))
        return;
    invalidate(m, q, &inv);
}

/* Span 4096 * 2^Size, aligned; 52 and above is everything. */
static void invalidate_atc_command(struct nap_machine *m, const struct smmu_command_queue *q,
                                   const struct smmu_command *c)
{
    struct smmu_inv inv = {.kind = SMMU_INV_ATC, .op = OP_ATC_INV, .queue = q->id};
    unsigned size = (unsigned)bits(c->dw[1], 5, 0);
    uint64_t span = size >= 52 ? UINT64_MAX : (UINT64_C(0x1000) << size) - 1;
    bool ssv;

    if (!smmu_in_force(m, q->smmu, SMMU_CR0ACK_SMMUEN) || !ssv_of(m, q, c, &ssv))
        return;
    inv.range = (uint8_t)size;
    inv.sid = (uint32_t)bits(c->dw[0], 63, 32);
    inv.ssv = ssv;
    inv.ssid = inv.ssv ? (uint32_t)bits(c->dw[0], 31, 12) : 0;
    inv.global = inv.ssv && bit(c->dw[0], 9);
    inv.first = c->dw[1] & ~span & ADDR;
    inv.last = inv.first | span;
    set_unsynced(m, q, true);
    invalidate(m, q, &inv);
}

static void respond(struct nap_machine *m, const struct smmu_command_queue *q,
                    const struct smmu_command *c)
{
    bool ssv;

    if (smmu_in_force(m, q->smmu, SMMU_CR0ACK_SMMUEN) && ssv_of(m, q, c, &ssv))
        smmu_page_response(m, q->smmu, (uint32_t)bits(c->dw[0], 63, 32), ssv,
                           ssv ? (uint32_t)bits(c->dw[0], 31, 12) : 0,
                           (uint32_t)bits(c->dw[1], 8, 0), (unsigned)bits(c->dw[1], 13, 12));
}

static void resume(struct nap_machine *m, const struct smmu_command_queue *q,
                   const struct smmu_command *c)
{
    bool abort = bit(c->dw[0], 13) || idr(m, q, SMMU_SLOT_IDR0, SMMU_IDR0_TERM_MODEL);

    smmu_stall_resume(m, q->smmu, (uint32_t)bits(c->dw[0], 63, 32),
                      (uint16_t)bits(c->dw[1], 15, 0), bit(c->dw[0], 12), abort);
}

static void terminate(struct nap_machine *m, const struct smmu_command_queue *q,
                      const struct smmu_command *c)
{
    uint32_t sid = (uint32_t)bits(c->dw[0], 63, 32);

    if (stream_exists(m, q, sid))
        smmu_stall_terminate(m, q->smmu, sid);
}

/* One that fails promises nothing: what else is under way waits for the next one. */
static enum smmu_command_error sync(struct nap_machine *m, const struct smmu_command_queue *q)
{
    complete_all(m, q, true);
    if (atc_failed(m, q)) {
        set_atc_failed(m, q, false);
        return SMMU_CERROR_ATC_INV_SYNC;
    }
    complete_all(m, q, false);
    swept(m, q);
    set_unsynced(m, q, false);
    return SMMU_CERROR_NONE;
}

bool smmu_command_waits(const struct nap_machine *m, const struct smmu_command_queue *q,
                        const struct smmu_command *c)
{
    return op_of(c) == OP_SYNC && smmu_tbus_hold_sync(m, q->smmu);
}

enum smmu_command_error smmu_command_run(struct nap_machine *m,
                                         const struct smmu_command_queue *q,
                                         const struct smmu_command *c)
{
    if (illegal(m, q, c))
        return SMMU_CERROR_ILL;
    switch ((enum form_kind)forms[op_of(c)].kind) {
    case PREFETCH:
        prefetch(m, q, c);
        break;
    case CFGI:
        invalidate_configuration(m, q, c);
        sweep(m, q, c);
        break;
    case TLBI:
        invalidate_translations(m, q, c);
        sweep(m, q, c);
        break;
    case ATC:
        invalidate_atc_command(m, q, c);
        break;
    case PRI:
        respond(m, q, c);
        break;
    case RESUME:
        resume(m, q, c);
        break;
    case STALL_TERM:
        terminate(m, q, c);
        break;
    case SYNC:
        return sync(m, q);
    case LOUD:
        nap_unmodelled(m, q->smmu,
                       op_of(c) == OP_CFGI_VMS_PIDM ? "CMD_CFGI_VMS_PIDM" : "CMD_DPTI");
        break;
    case RESERVED:
        break;
    }
    return SMMU_CERROR_NONE;
}

/* --- completion signals of CMD_SYNC --- */

#define CS_IRQ 1u

static bool signals_irq(const struct smmu_command *c)
{
    return op_of(c) == OP_SYNC && bits(c->dw[0], 13, 12) == CS_IRQ;
}

static uint64_t msi_address(const struct nap_machine *m, unsigned smmu,
                            const struct smmu_command *c)
{
    return c->dw[1] & address_bits(m, smmu) & ~UINT64_C(3);
}

/* SIG_SEV wakes CPUs that wait for an event; none does here, so there is nothing to do. */
void smmu_command_signal(struct nap_machine *m, const struct smmu_command_queue *q,
                         const struct smmu_command *c)
{
    if (signals_irq(c))
        smmu_sync_interrupt(m, q->smmu, msi_address(m, q->smmu, c),
                            (uint32_t)bits(c->dw[0], 63, 32));
}

bool smmu_command_signals_at(const struct nap_machine *m, unsigned smmu,
                             const struct smmu_command *c, nap_addr address)
{
    uint64_t address_said = msi_address(m, smmu, c);
    nap_addr driven = address_said & ((UINT64_C(1) << smmu_oas_bits(m, smmu)) - 1);

    return signals_irq(c) && address_said &&
           (nap_reg_get(m, smmu, SMMU_SLOT_IDR0) & SMMU_IDR0_MSI) &&
           driven == (address & ~UINT64_C(3));
}

const char *smmu_command_name(unsigned op)
{
    static const char *const names[256] = {
        [OP_PREFETCH_CONFIG] = "CMD_PREFETCH_CONFIG",
        [OP_PREFETCH_ADDR] = "CMD_PREFETCH_ADDR",
        [OP_CFGI_STE] = "CMD_CFGI_STE",
        [OP_CFGI_STE_RANGE] = "CMD_CFGI_STE_RANGE",
        [OP_CFGI_CD] = "CMD_CFGI_CD",
        [OP_CFGI_CD_ALL] = "CMD_CFGI_CD_ALL",
        [OP_CFGI_VMS_PIDM] = "CMD_CFGI_VMS_PIDM",
        [OP_TLBI_NH_ALL] = "CMD_TLBI_NH_ALL",
        [OP_TLBI_NH_ASID] = "CMD_TLBI_NH_ASID",
        [OP_TLBI_NH_VA] = "CMD_TLBI_NH_VA",
        [OP_TLBI_NH_VAA] = "CMD_TLBI_NH_VAA",
        [OP_TLBI_EL2_ALL] = "CMD_TLBI_EL2_ALL",
        [OP_TLBI_EL2_ASID] = "CMD_TLBI_EL2_ASID",
        [OP_TLBI_EL2_VA] = "CMD_TLBI_EL2_VA",
        [OP_TLBI_EL2_VAA] = "CMD_TLBI_EL2_VAA",
        [OP_TLBI_S12_VMALL] = "CMD_TLBI_S12_VMALL",
        [OP_TLBI_S2_IPA] = "CMD_TLBI_S2_IPA",
        [OP_TLBI_NSNH_ALL] = "CMD_TLBI_NSNH_ALL",
        [OP_ATC_INV] = "CMD_ATC_INV",
        [OP_PRI_RESP] = "CMD_PRI_RESP",
        [OP_RESUME] = "CMD_RESUME",
        [OP_STALL_TERM] = "CMD_STALL_TERM",
        [OP_SYNC] = "CMD_SYNC",
        [OP_DPTI_ALL] = "CMD_DPTI_ALL",
        [OP_DPTI_PA] = "CMD_DPTI_PA",
    };

    return op < 256 && names[op] ? names[op] : "a reserved command";
}
