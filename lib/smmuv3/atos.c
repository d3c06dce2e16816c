/* SPDX-License-Identifier: MIT */
/* Address translation operations through GATOS_CTRL, GATOS_SID, GATOS_ADDR and GATOS_PAR: what
 * a transaction would be translated to, asked by software. Nothing is recorded, nothing stalls,
 * and the TLB neither answers nor is filled. Arm IHI 0070, "Address Translation Operations". */
#include "translate.h"

/* GATOS_PAR.FAULTCODE, beside the numbers of events. */
enum { INTERNAL_ERR = 0xfd, INV_STAGE = 0xfe, INV_REQ = 0xff };

/* GATOS_ADDR.TYPE. */
enum { TYPE_STAGE_1 = 1, TYPE_STAGE_2 = 2, TYPE_BOTH = 3 };

/* GATOS_PAR.REASON. */
enum { REASON_OTHER, REASON_CD, REASON_TT, REASON_IN };

#define PAR_FAULT UINT64_C(1)
#define PAR_SIZE  (UINT64_C(1) << 11)
#define PAR_ADDR  UINT64_C(0x00fffffffffff000)

static bool bit_set(const struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask)
{
    return (nap_reg_get(m, device, slot) & mask) != 0;
}

/* --- results --- */

static uint64_t fault(unsigned code, unsigned reason, nap_addr address)
{
    return PAR_FAULT | (uint64_t)reason << 1 | (uint64_t)code << 4 | (address & PAR_ADDR);
}

/* What is no fault of translation. For stage 2 alone the table of "ATOS_PAR" has REASON 3, the
 * field's own text 0: S39. */
static uint64_t misc_fault(const struct nap_machine *m, unsigned device, unsigned code,
                           unsigned type)
{
    bool in = type == TYPE_STAGE_2 && nap_switch(m, device, SMMU_SWITCH_S39) == SMMU_S39_IN;

    return fault(code, in ? REASON_IN : REASON_OTHER, 0);
}

/* "ATOS_PAR": where only stage 1 was asked for, what stage 2 has against its accesses shows as
 * their abort. */
static uint64_t fault_of(const struct smmu_path *p, unsigned type)
{
    static const uint8_t reasons[] = {
        [SMMU_CLASS_CD] = REASON_CD, [SMMU_CLASS_TT] = REASON_TT, [SMMU_CLASS_IN] = REASON_IN};
    const struct smmu_fault *f = &p->fault;

    if (p->undetermined)
        return misc_fault(p->m, p->device, INTERNAL_ERR, type);
    if (f->stage == 0 || f->event == SMMU_F_TLB_CONFLICT)
        return misc_fault(p->m, p->device, f->event, type);
    if (f->stage == 1)
        return fault(f->event, REASON_OTHER, 0);
    if (type == TYPE_STAGE_1)
        return fault(f->class == SMMU_CLASS_CD ? SMMU_F_CD_FETCH : SMMU_F_WALK_EABT,
                     REASON_OTHER, 0);
    return fault(f->event, reasons[f->class],
                 type == TYPE_BOTH && f->event != SMMU_F_WALK_EABT ? f->ipa : 0);
}

/* A block's size is the position of the lowest bit that is set. Device memory is outer
 * shareable. */
static uint64_t result(const struct smmu_path *p, nap_addr address)
{
    uint64_t size = UINT64_C(1) << p->size_log2;
    uint64_t mair = p->attributes & 0xff, sh = p->attributes >> 8 & 3;
    uint64_t par = address & ~(size - 1);

    if (p->size_log2 > 12)
        par |= PAR_SIZE | size >> 1;
    if ((mair & 0xf0) == 0)
        sh = 2;
    return mair << 56 | (par & (PAR_ADDR | PAR_SIZE)) | sh << 8;
}

/* --- one operation --- */

static bool malformed(const struct nap_machine *m, unsigned device, unsigned type, bool ssv)
{
    bool s1p = bit_set(m, device, SMMU_SLOT_IDR0, SMMU_IDR0_S1P);
    bool s2p = bit_set(m, device, SMMU_SLOT_IDR0, SMMU_IDR0_S2P);

    switch (type) {
    case TYPE_STAGE_1:
        return !s1p;
    case TYPE_STAGE_2:
        return !s2p || ssv;
    case TYPE_BOTH:
        return !s1p || !s2p;
    default:
        return true;
    }
}

/* By STE.Config alone: S1DSS does not matter here. */
static bool stages_missing(const struct smmu_ste *ste, unsigned type)
{
    unsigned config = STE_CONFIG(ste);
    unsigned asked = (type & 1 ? STE_S1_BIT : 0) | (type & 2 ? STE_S2_BIT : 0);

    return !(config & STE_BYPASS) || (asked & ~config);
}

/* Stage 2 of the stream, whatever its stage 1 is. */
static bool translate_ipa(struct smmu_path *p)
{
    unsigned bits = smmu_ias_bits(p->m, p->device);

    p->stage_1 = false;
    p->stage_2 = true;
    p->world = SMMU_WORLD_EL1;
    p->vmid = (uint16_t)smmu_bits(p->ste->dw[2], 15, 0);
    if (bits < 64 && p->va >> bits != 0) {
        p->fault.stage = 1;
        return smmu_path_fault(p, SMMU_F_ADDR_SIZE, "the address is beyond the address size");
    }
    return smmu_walk(p);
}

static uint64_t operate(struct smmu_path *p, unsigned type)
{
    if (malformed(p->m, p->device, type, p->ssv))
        return fault(INV_REQ, REASON_OTHER, 0);
    if (!smmu_find_ste(p))
        return fault_of(p, type);
    if (stages_missing(p->ste, type))
        return fault(INV_STAGE, REASON_OTHER, 0);
    p->first_alone = type == TYPE_STAGE_1;
    if (!(type == TYPE_STAGE_2 ? translate_ipa(p) : smmu_translate(p)))
        return fault_of(p, type);
    return result(p, type == TYPE_STAGE_1 ? p->ipa : p->pa);
}

/* With HTTUI tables stay as they are, and a page whose access flag is for hardware to set
 * counts as accessed. */
static struct smmu_path path_of(struct nap_machine *m, unsigned device)
{
    uint64_t sid = nap_reg_get(m, device, SMMU_SLOT_GATOS_SID);
    uint64_t addr = nap_reg_get(m, device, SMMU_SLOT_GATOS_ADDR);
    bool ssv = (sid & SMMU_GATOS_SID_SSID_VALID) != 0;

    return (struct smmu_path){
        .m = m,
        .change = addr & SMMU_GATOS_ADDR_HTTUI ? NULL : m,
        .s = smmu_of(m, device),
        .device = device,
        .sid = (uint32_t)(sid & SMMU_GATOS_SID_STREAMID),
        .ssv = ssv,
        .ssid = ssv ? (uint32_t)((sid & SMMU_GATOS_SID_SUBSTREAMID) >>
                                 SMMU_GATOS_SID_SUBSTREAMID_SHIFT)
                    : 0,
        .privileged = (addr & SMMU_GATOS_ADDR_PnU) != 0,
        .instruction = (addr & SMMU_GATOS_ADDR_InD) && (addr & SMMU_GATOS_ADDR_RnW),
        .rw = addr & SMMU_GATOS_ADDR_RnW ? NAP_READ : NAP_WRITE,
        .va = addr & SMMU_GATOS_ADDR_ADDR,
        .cached = SMMU_CACHED_ALL,
        .pick = SMMU_PICK_ALL,
        .walk_only = true,
    };
}

static unsigned type_asked(const struct nap_machine *m, unsigned device)
{
    return (unsigned)((nap_reg_get(m, device, SMMU_SLOT_GATOS_ADDR) & SMMU_GATOS_ADDR_TYPE) >>
                      SMMU_GATOS_ADDR_TYPE_SHIFT);
}

void smmu_gatos_done(struct nap_machine *m, unsigned device)
{
    struct smmu_path p;

    if (!smmu_in_force(m, device, SMMU_CR0ACK_SMMUEN)) { /* S29: it stays, and nothing runs */
        nap_reg_set(m, device, SMMU_SLOT_GATOS_CTRL, SMMU_GATOS_CTRL_RUN);
        return;
    }
    nap_reg_settle(m, device, SMMU_SLOT_GATOS_SID);
    nap_reg_settle(m, device, SMMU_SLOT_GATOS_ADDR);
    p = path_of(m, device);
    nap_reg_set(m, device, SMMU_SLOT_GATOS_PAR,
                smmu_failed(m, device)
                    ? misc_fault(m, device, INTERNAL_ERR, type_asked(m, device))
                    : operate(&p, type_asked(m, device)));
}

/* An Update of SMMUEN to 0 is not complete before the operation is, or has been given up. */
void smmu_gatos_stop(struct nap_machine *m, unsigned device)
{
    nap_work_notice(m, device, SMMU_SLOT_GATOS_CTRL, SMMU_GATOS_CTRL_RUN);
    if (!nap_work_pending(m, device, SMMU_SLOT_GATOS_CTRL, SMMU_GATOS_CTRL_RUN))
        return;
    nap_work_cancel(m, device, SMMU_SLOT_GATOS_CTRL, SMMU_GATOS_CTRL_RUN);
    nap_reg_set(m, device, SMMU_SLOT_GATOS_CTRL, 0);
    nap_reg_settle(m, device, SMMU_SLOT_GATOS_ADDR);
    nap_reg_set(m, device, SMMU_SLOT_GATOS_PAR,
                misc_fault(m, device, INTERNAL_ERR, type_asked(m, device)));
}

/* "SMMU_GATOS_CTRL": RUN that was set while SMMUEN was 0 ends without an operation. */
void smmu_gatos_start(struct nap_machine *m, unsigned device)
{
    if (!bit_set(m, device, SMMU_SLOT_GATOS_CTRL, SMMU_GATOS_CTRL_RUN))
        return;
    nap_work_cancel(m, device, SMMU_SLOT_GATOS_CTRL, SMMU_GATOS_CTRL_RUN);
    nap_reg_set(m, device, SMMU_SLOT_GATOS_CTRL, 0);
}
