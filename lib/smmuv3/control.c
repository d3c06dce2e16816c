/* SPDX-License-Identifier: MIT */
/* Control registers: fields that take effect when an acknowledge shows it (CR0, IRQ_CTRL),
 * GBPA, global errors, and what traffic and commands may take to be in force meanwhile. Arm IHI
 * 0070, "SMMU_CR0", "SMMU_IRQ_CTRL", "SMMU_GBPA", "SMMU_GERROR". */
#include "smmuv3.h"

/* --- what is in force --- */

unsigned smmu_minor(const struct nap_machine *m, unsigned device)
{
    return (unsigned)(nap_reg_get(m, device, SMMU_SLOT_AIDR) & SMMU_AIDR_ArchMinorRev);
}

unsigned smmu_oas_bits(const struct nap_machine *m, unsigned device)
{
    static const uint8_t bits[] = {32, 36, 40, 42, 44, 48, 52, 56};

    return bits[nap_reg_get(m, device, SMMU_SLOT_IDR5) & SMMU_IDR5_OAS];
}

unsigned smmu_sid_bits(const struct nap_machine *m, unsigned device)
{
    return (unsigned)(nap_reg_get(m, device, SMMU_SLOT_IDR1) & SMMU_IDR1_SIDSIZE);
}

/* Software has to reckon with either value, and the stricter one is never wrong. */
bool smmu_atschk(const struct nap_machine *m, unsigned device, struct nap_footprint *footprint)
{
    return smmu_may_be(m, device, SMMU_CR0_ATSCHK, footprint) != 1;
}

unsigned smmu_gbpa(const struct nap_machine *m, unsigned device,
                   struct nap_footprint *footprint, uint32_t out[2])
{
    const struct nap_smmuv3 *s = smmu_of(m, device);
    uint32_t gbpa = (uint32_t)nap_probe_reg(m, device, SMMU_SLOT_GBPA, footprint);
    bool coming = (gbpa & SMMU_GBPA_Update) != 0;

    gbpa &= (uint32_t)~SMMU_GBPA_Update;
    if (!s->gbpa_differs) {
        out[0] = gbpa;
        return 1;
    }
    nap_probe_hidden(device, footprint);
    out[0] = s->gbpa_in_force;
    out[1] = gbpa;
    return coming && out[0] != gbpa ? 2 : 1;
}

bool smmu_in_force(const struct nap_machine *m, unsigned device, uint64_t field)
{
    return (nap_reg_get(m, device, SMMU_SLOT_CR0ACK) & field) != 0;
}

/* Low VMID bits that need not match; a reserved value acts as 0. */
static unsigned vmw_of(uint64_t reg)
{
    unsigned vmw = (unsigned)((reg & SMMU_CR0_VMW) >> SMMU_CR0_VMW_SHIFT);

    return vmw > 4 ? 0 : vmw;
}

/* VMID bits that a command must match. While VMW is changing, those of the stricter value: the
 * other one drops more, which is never promised. */
uint32_t smmu_vmid_mask(const struct nap_machine *m, unsigned device)
{
    unsigned now = vmw_of(nap_reg_get(m, device, SMMU_SLOT_CR0));
    unsigned ack = vmw_of(nap_reg_get(m, device, SMMU_SLOT_CR0ACK));

    if (!(nap_reg_get(m, device, SMMU_SLOT_IDR0) & SMMU_IDR0_VMW))
        return UINT32_MAX;
    return UINT32_MAX << (now < ack ? now : ack);
}

/* --- fields with an acknowledge --- */

#define FIELDS_MAX 7

/* One register of such fields. */
struct updated {
    uint16_t reg, ack;
    uint16_t n;
    uint64_t field[FIELDS_MAX];
};

static const struct updated cr0 = {
    SMMU_SLOT_CR0,
    SMMU_SLOT_CR0ACK,
    7,
    {SMMU_CR0_DPT_WALK_EN, SMMU_CR0_VMW, SMMU_CR0_ATSCHK, SMMU_CR0_CMDQEN, SMMU_CR0_EVENTQEN,
     SMMU_CR0_PRIQEN, SMMU_CR0_SMMUEN},
};

static const struct updated irq_ctrl = {
    SMMU_SLOT_IRQ_CTRL,
    SMMU_SLOT_IRQ_CTRLACK,
    3,
    {SMMU_IRQ_CTRL_EVENTQ_IRQEN, SMMU_IRQ_CTRL_PRIQ_IRQEN, SMMU_IRQ_CTRL_GERROR_IRQEN},
};

static const struct updated *updated_of(unsigned slot)
{
    return slot == cr0.reg || slot == cr0.ack ? &cr0 : &irq_ctrl;
}

/* For rules: bits of IRQ_CTRL stand above those of CR0. */
static void note_overtaken(struct nap_machine *m, unsigned device, const struct updated *u,
                           uint64_t fields)
{
    struct nap_smmuv3 *s = nap_block_state_mut(m, device);
    unsigned shift = u == &cr0 ? 0 : 16;
    uint32_t now = (s->overtaken & ~(UINT32_C(0xffff) << shift)) | (uint32_t)fields << shift;

    if (now == s->overtaken)
        return;
    nap_touch(m, s, offsetof(struct nap_smmuv3, ste));
    s->overtaken = now;
}

/* Another value for a field whose Update is under way: constrained unpredictable. */
static uint64_t overtaken(struct nap_machine *m, unsigned device, const struct updated *u,
                          uint64_t field, uint64_t now)
{
    uint64_t was = nap_reg_get(m, device, u->reg);
    uint64_t first = (now & ~field) | (was & field);

    if (smmu_minor(m, device) < 2 && nap_switch(m, device, SMMU_SWITCH_S04) == SMMU_S04_STORED)
        return now;
    if (((now ^ nap_reg_get(m, device, u->ack)) & field) ||
        nap_switch(m, device, SMMU_SWITCH_S03) == SMMU_S03_FIRST)
        return first;
    nap_work_cancel(m, device, u->ack, field);
    return now;
}

uint64_t smmu_updated_stored(struct nap_machine *m, unsigned device, unsigned slot,
                             uint64_t written, uint64_t lanes, uint64_t now)
{
    const struct updated *u = updated_of(slot);
    uint64_t was = nap_reg_get(m, device, slot), late = 0;

    (void)written;
    (void)lanes;
    for (unsigned i = 0; i < u->n; i++) {
        if (!((now ^ was) & u->field[i]))
            continue;
        nap_work_notice(m, device, u->ack, u->field[i]);
        if (!nap_work_pending(m, device, u->ack, u->field[i]))
            continue;
        late |= u->field[i];
        now = overtaken(m, device, u, u->field[i], now);
    }
    note_overtaken(m, device, u, late);
    return now;
}

/* In the order of the table, in which fields that finish at once do so. */
static void begin_updates(struct nap_machine *m, unsigned device, const struct updated *u)
{
    for (unsigned i = 0; i < u->n; i++) {
        uint64_t now = nap_reg_get(m, device, u->reg), ack = nap_reg_get(m, device, u->ack);
        if ((now ^ ack) & u->field[i])
            nap_work_begin(m, device, u->ack, u->field[i]);
    }
}

void smmu_cr0_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                      uint64_t now)
{
    (void)index;
    if (now & ~was & SMMU_CR0_DPT_WALK_EN)
        nap_unmodelled(m, device, "CR0.DPT_WALK_EN");
    /* From here on traffic may find it enabled. */
    if (now & ~was & SMMU_CR0_SMMUEN)
        smmu_caches_usable(m, device);
    begin_updates(m, device, &cr0);
}

void smmu_irq_ctrl_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                           uint64_t now)
{
    (void)index;
    (void)was;
    (void)now;
    begin_updates(m, device, &irq_ctrl);
}

static void acknowledge(struct nap_machine *m, unsigned device, const struct updated *u,
                        uint64_t field)
{
    uint64_t now = nap_reg_get(m, device, u->reg), ack = nap_reg_get(m, device, u->ack);

    nap_reg_set(m, device, u->ack, (ack & ~field) | (now & field));
}

/* For rules: what has been in force since power-on, as SMMU_USED_ bits. */
static void mark_used(struct nap_machine *m, unsigned device, uint32_t used)
{
    struct nap_smmuv3 *s = nap_block_state_mut(m, device);

    if ((s->outputs & used) == used)
        return;
    nap_touch(m, s, offsetof(struct nap_smmuv3, ste));
    s->outputs |= used;
}

/* An output queue begins to take records. */
static void start_output(struct nap_machine *m, unsigned device, uint64_t field)
{
    if (field == SMMU_CR0_EVENTQEN) {
        mark_used(m, device, SMMU_USED_EVENTQ);
        smmu_evtq_start(m, device);
    } else if (field == SMMU_CR0_PRIQEN) {
        mark_used(m, device, SMMU_USED_PRIQ);
        smmu_priq_start(m, device);
    }
}

/* What an acknowledge promises, "Update completion" of each field. */
void smmu_cr0_done(struct nap_machine *m, unsigned device, uint64_t field)
{
    bool on = (nap_reg_get(m, device, SMMU_SLOT_CR0) & field) != 0;

    if (field == SMMU_CR0_CMDQEN && !on)
        smmu_cmdq_stop(m, device);
    if (field == SMMU_CR0_SMMUEN && !on) {
        smmu_stall_terminate_all(m, device);
        smmu_gatos_stop(m, device);
    }
    if (field == SMMU_CR0_SMMUEN && on)
        smmu_gatos_start(m, device);
    acknowledge(m, device, &cr0, field);
    nap_probe_changed(m, device);
    if (field == SMMU_CR0_CMDQEN && on)
        smmu_cmdq_start(m, device);
    if (on)
        start_output(m, device, field);
    if (field == SMMU_CR0_SMMUEN && on)
        smmu_caches_usable(m, device);
}

void smmu_irq_ctrl_done(struct nap_machine *m, unsigned device, uint64_t field)
{
    acknowledge(m, device, &irq_ctrl, field);
    if (field == SMMU_IRQ_CTRL_EVENTQ_IRQEN &&
        (nap_reg_get(m, device, SMMU_SLOT_IRQ_CTRLACK) & field))
        mark_used(m, device, SMMU_USED_IRQ);
}

/* --- GBPA --- */

static void keep_in_force(struct nap_machine *m, unsigned device)
{
    struct nap_smmuv3 *s = nap_block_state_mut(m, device);

    if (s->gbpa_differs)
        return;
    nap_touch(m, s, offsetof(struct nap_smmuv3, ste));
    s->gbpa_in_force = (uint32_t)(nap_reg_get(m, device, SMMU_SLOT_GBPA) & ~SMMU_GBPA_Update);
    s->gbpa_differs = 1;
}

/* Guards of the model let through what counts: with Update and none under way, or before v3.2
 * what S05 and S06 take. */
uint64_t smmu_gbpa_stored(struct nap_machine *m, unsigned device, unsigned slot,
                          uint64_t written, uint64_t lanes, uint64_t now)
{
    uint64_t update = (nap_reg_get(m, device, slot) | written) & SMMU_GBPA_Update;

    (void)lanes;
    if (update || nap_switch(m, device, SMMU_SWITCH_S35) == SMMU_S35_STORED)
        keep_in_force(m, device);
    return (now & ~SMMU_GBPA_Update) | update;
}

void smmu_gbpa_done(struct nap_machine *m, unsigned device)
{
    struct nap_smmuv3 *s = nap_block_state_mut(m, device);

    nap_touch(m, s, offsetof(struct nap_smmuv3, ste));
    s->gbpa_differs = 0;
    s->gbpa_in_force = 0;
    nap_probe_changed(m, device);
}

/* --- global errors --- */

bool smmu_gerror_active(const struct nap_machine *m, unsigned device, uint64_t bit)
{
    return ((nap_reg_get(m, device, SMMU_SLOT_GERROR) ^
             nap_reg_get(m, device, SMMU_SLOT_GERRORN)) &
            bit) != 0;
}

void smmu_gerror_raise(struct nap_machine *m, unsigned device, uint64_t bit)
{
    if (smmu_gerror_active(m, device, bit))
        return;
    nap_reg_set(m, device, SMMU_SLOT_GERROR, nap_reg_get(m, device, SMMU_SLOT_GERROR) ^ bit);
    if (bit != SMMU_GERROR_MSI_GERROR_ABT_ERR)
        smmu_interrupt(m, device, SMMU_OUT_GERROR);
}

/* Whoever looks for errors sees those of commands that have run by then. */
uint64_t smmu_gerror_read(struct nap_machine *m, unsigned device, unsigned index,
                          uint64_t value)
{
    (void)index;
    (void)value;
    smmu_commands_notice(m, device);
    return nap_reg_get(m, device, SMMU_SLOT_GERROR);
}

/* For rules. */
static void note_needless(struct nap_machine *m, unsigned device, uint64_t bits)
{
    struct nap_smmuv3 *s = nap_block_state_mut(m, device);

    if (bits == s->needless)
        return;
    nap_touch(m, s, offsetof(struct nap_smmuv3, ste));
    s->needless = (uint32_t)bits;
}

/* Software acknowledges what is active. Anything else is its mistake, and may make errors
 * (S18). GERRORN always "returns the values that were last written", so where it makes none
 * GERROR goes with it: an error is active while the two differ. */
uint64_t smmu_gerrorn_stored(struct nap_machine *m, unsigned device, unsigned slot,
                             uint64_t written, uint64_t lanes, uint64_t now)
{
    uint64_t was = nap_reg_get(m, device, slot);
    uint64_t gerror = nap_reg_get(m, device, SMMU_SLOT_GERROR);
    uint64_t needless = (now ^ was) & ~(was ^ gerror);

    (void)written;
    (void)lanes;
    note_needless(m, device, needless);
    if (needless && nap_switch(m, device, SMMU_SWITCH_S18) == SMMU_S18_INACTIVE)
        nap_reg_set(m, device, SMMU_SLOT_GERROR, gerror ^ needless);
    return now;
}

void smmu_gerrorn_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                          uint64_t now)
{
    uint64_t gerror = nap_reg_get(m, device, SMMU_SLOT_GERROR);
    uint64_t ended = (was ^ now) & ~(now ^ gerror) & ~(uint64_t)smmu_of(m, device)->needless;

    (void)index;
    if (ended & SMMU_GERROR_CMDQ_ERR)
        smmu_cmdq_resume(m, device);
    if (ended & SMMU_GERROR_EVENTQ_ABT_ERR)
        smmu_evtq_start(m, device);
}

/* --- service failure mode --- */

/* "Service Failure Mode": traffic, commands and events stop until reset. */
void smmu_service_failure(struct nap_machine *m, unsigned device)
{
    struct nap_smmuv3 *s = nap_block_state_mut(m, device);

    if (s->failed)
        return;
    nap_touch(m, s, offsetof(struct nap_smmuv3, ste));
    s->failed = 1;
    nap_probe_changed(m, device);
    smmu_gerror_raise(m, device, SMMU_GERROR_SFM_ERR);
}
