/* SPDX-License-Identifier: MIT */
/* Arm SMMUv3: which write starts what, what work does when it is done, and what power does. The
 * document is Arm IHI 0070, issue G.b; registers are models/smmuv3.yaml. */
#include "smmuv3.h"

#include <string.h>

/* --- all command queues --- */

void smmu_commands_notice(struct nap_machine *m, unsigned device)
{
    struct smmu_command_queue q = smmu_cmdq(device);
    unsigned n = smmu_ecmdqs(m, device);

    smmu_command_queue_notice(m, &q);
    for (unsigned i = 0; i < n; i++) {
        q = smmu_ecmdq(device, i);
        smmu_command_queue_notice(m, &q);
    }
}

void smmu_commands_go_on(struct nap_machine *m, unsigned device)
{
    struct smmu_command_queue q = smmu_cmdq(device);
    unsigned n = smmu_ecmdqs(m, device);

    smmu_command_queue_resume(m, &q);
    for (unsigned i = 0; i < n; i++) {
        q = smmu_ecmdq(device, i);
        smmu_command_queue_resume(m, &q);
    }
    smmu_vcmdqs_go_on(m, device);
}

static void ram_read(struct nap_machine *m, unsigned device, nap_addr address)
{
    struct smmu_command_queue q = smmu_cmdq(device);
    unsigned n = smmu_ecmdqs(m, device);

    smmu_command_queue_ram_read(m, &q, address);
    for (unsigned i = 0; i < n; i++) {
        q = smmu_ecmdq(device, i);
        smmu_command_queue_ram_read(m, &q, address);
    }
}

/* --- work --- */

static bool is_element(unsigned slot, unsigned first, unsigned count)
{
    return slot >= first && slot - first < count;
}

static void work_done(struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask)
{
    if (slot == SMMU_SLOT_CR0ACK)
        smmu_cr0_done(m, device, mask);
    else if (slot == SMMU_SLOT_IRQ_CTRLACK)
        smmu_irq_ctrl_done(m, device, mask);
    else if (slot == SMMU_SLOT_GBPA)
        smmu_gbpa_done(m, device);
    else if (slot == SMMU_SLOT_GATOS_CTRL)
        smmu_gatos_done(m, device);
    else if (slot == SMMU_SLOT_CMDQ_CONS)
        smmu_cmdq_consume(m, device);
    else if (is_element(slot, SMMU_SLOT_ECMDQ_CONS, SMMU_COUNT_ECMDQ_CONS)) {
        if (mask == SMMU_ECMDQ_CONS_ENACK)
            smmu_ecmdq_enack_done(m, device, slot - SMMU_SLOT_ECMDQ_CONS);
        else
            smmu_ecmdq_consume(m, device, slot - SMMU_SLOT_ECMDQ_CONS);
    }
}

/* The seven fields of CR0, the three of IRQ_CTRL, CMDQ, and two of each ECMDQ. */
#define N_WORK (7u + 3u + 1u + 2u * SMMU_COUNT_ECMDQ_CONS)

/* --- power --- */

/* A queue that an error has halted, or that is off by now, still holds what it was given. */
static void note_queue(struct nap_machine *m, struct smmu_at_off *off,
                       const struct smmu_command_queue *q)
{
    struct smmu_queue now = smmu_command_queue_now(m, q);

    if ((smmu_of(m, q->smmu)->used[q->id / 64] >> q->id % 64 & 1) && !smmu_queue_empty(&now))
        off->queues[q->id / 64] |= UINT64_C(1) << q->id % 64;
}

static void count_pending(const struct nap_smmuv3 *s, struct smmu_at_off *off)
{
    for (unsigned i = 0; i < s->n_pending; i++) {
        switch ((enum smmu_inv_kind)s->pending[i].kind) {
        case SMMU_INV_CFG:
            off->n_cfg++;
            break;
        case SMMU_INV_TLB:
            off->n_tlb++;
            break;
        case SMMU_INV_ATC:
            off->n_atc++;
            break;
        }
    }
}

static bool holds_entries(const struct nap_smmuv3 *s, uint32_t used, struct smmu_queue q)
{
    return (s->outputs & used) && !smmu_queue_empty(&q);
}

/* Commands that have been taken are done, or are lost. */
static void power_going(struct nap_machine *m, unsigned device)
{
    struct nap_smmuv3 *s = nap_block_state_mut(m, device);
    struct smmu_at_off off = {.valid = 1};
    struct smmu_command_queue q = smmu_cmdq(device);

    smmu_commands_notice(m, device);
    off.changing = smmu_enabled(m, device, NULL) == 3;
    off.irq = (uint8_t)(nap_reg_get(m, device, SMMU_SLOT_IRQ_CTRL) |
                        nap_reg_get(m, device, SMMU_SLOT_IRQ_CTRLACK));
    memcpy(off.unsynced_atc, s->unsynced_atc, sizeof off.unsynced_atc);
    off.n_stall = (uint8_t)s->n_stall;
    off.n_prg = (uint8_t)s->n_prg;
    off.evtq = holds_entries(s, SMMU_USED_EVENTQ, smmu_evtq_now(m, device));
    off.priq = holds_entries(s, SMMU_USED_PRIQ, smmu_priq_now(m, device));
    off.told = (s->outputs & SMMU_USED_IRQ) != 0;
    count_pending(s, &off);
    note_queue(m, &off, &q);
    for (unsigned n = 0; n < smmu_ecmdqs(m, device); n++) {
        q = smmu_ecmdq(device, n);
        note_queue(m, &off, &q);
    }
    nap_touch(m, s, offsetof(struct nap_smmuv3, ste));
    s->at_off = off;
}

/* "Power control": a complete loss of state. What the caches keep is theirs to say. */
static void power_off(struct nap_machine *m, unsigned device)
{
    struct nap_smmuv3 *s = nap_block_state_mut(m, device);

    smmu_caches_power_off(m, device);
    nap_touch(m, s, sizeof *s);
    s->n_stall = s->n_pending = s->n_prg = 0;
    s->gbpa_in_force = s->gbpa_differs = 0;
    s->failed = s->ecmdq_mismatched = 0;
    s->overtaken = s->needless = s->swept = s->outputs = 0;
    memset(s->cons_at_enable, 0, sizeof s->cons_at_enable);
    memset(s->used, 0, sizeof s->used);
    memset(s->swept_by, 0, sizeof s->swept_by);
    memset(s->misled, 0, sizeof s->misled);
    memset(s->atc_failed, 0, sizeof s->atc_failed);
    memset(s->unsynced_atc, 0, sizeof s->unsynced_atc);
    memset(s->stall, 0, sizeof s->stall);
    memset(s->prg, 0, sizeof s->prg);
    memset(s->pending, 0, sizeof s->pending);
}

static void power_on(struct nap_machine *m, unsigned device)
{
    struct nap_smmuv3 *s = nap_block_state_mut(m, device);

    nap_touch(m, s, offsetof(struct nap_smmuv3, ste));
    memset(&s->at_off, 0, sizeof s->at_off);
    smmu_caches_power_on(m, device);
}

static enum nap_unpowered unpowered(const struct nap_machine *m, unsigned device)
{
    static const enum nap_unpowered meets[] = {
        [SMMU_S10_ONES] = NAP_UNPOWERED_ONES,
        [SMMU_S10_ZEROS] = NAP_UNPOWERED_ZEROS,
        [SMMU_S10_ABORT] = NAP_UNPOWERED_ABORT,
    };

    return meets[nap_switch(m, device, SMMU_SWITCH_S10)];
}

static bool posted(const struct nap_machine *m, unsigned device)
{
    return nap_switch(m, device, SMMU_SWITCH_S11) == SMMU_S11_FIFO;
}

/* Writes that start something start it by a value that changes. */
static bool notices_same(const struct nap_machine *m, unsigned device, unsigned slot,
                         uint64_t value)
{
    (void)m;
    (void)device;
    return slot == SMMU_SLOT_GBPA && (value & SMMU_GBPA_Update) != 0;
}

/* --- messages --- */

static bool take_message(struct nap_machine *m, unsigned device,
                         const struct nap_message *message)
{
    if (message->kind != NAP_MSG_PAGE_REQUEST ||
        !(nap_reg_get(m, device, SMMU_SLOT_IDR0) & SMMU_IDR0_PRI))
        return false;
    smmu_page_request(m, device, message);
    return true;
}

/* Stalls whose record stands, and groups in the PRI queue. */
static unsigned open_requests(const struct nap_machine *m, unsigned device)
{
    const struct nap_smmuv3 *s = smmu_of(m, device);
    unsigned n = s->n_prg;

    for (unsigned i = 0; i < s->n_stall; i++)
        n += s->stall[i].state == SMMU_STALL_RECORDED;
    return n;
}

/* --- the table --- */

static nap_on_write *const on_write[SMMU_REG_COUNT] = {
    [SMMU_REG_CR0] = smmu_cr0_written,
    [SMMU_REG_IRQ_CTRL] = smmu_irq_ctrl_written,
    [SMMU_REG_GERRORN] = smmu_gerrorn_written,
    [SMMU_REG_CMDQ_PROD] = smmu_cmdq_prod_written,
    [SMMU_REG_EVENTQ_CONS] = smmu_evtq_cons_written,
    [SMMU_REG_ECMDQ_PROD] = smmu_ecmdq_prod_written,
};

static nap_on_store *const on_store[SMMU_REG_COUNT] = {
    [SMMU_REG_CR0] = smmu_updated_stored, /* acknowledged in CR0ACK */
    [SMMU_REG_GBPA] = smmu_gbpa_stored,
    [SMMU_REG_IRQ_CTRL] = smmu_updated_stored, /* acknowledged in IRQ_CTRLACK */
    [SMMU_REG_GERRORN] = smmu_gerrorn_stored,
    [SMMU_REG_CMDQ_CONS] = smmu_cmdq_cons_stored,
};

static nap_on_read *const on_read[SMMU_REG_COUNT] = {
    [SMMU_REG_STATUSR] = smmu_statusr_read,
    [SMMU_REG_GERROR] = smmu_gerror_read,
    [SMMU_REG_CMDQ_CONS] = smmu_cmdq_cons_read,
    [SMMU_REG_ECMDQ_CONS] = smmu_ecmdq_cons_read,
    [SMMU_REG_EVENTQ_PROD] = smmu_evtq_prod_read,
    [SMMU_REG_PRIQ_PROD] = smmu_priq_prod_read,
    [SMMU_REG_EVENTQ_PROD_PAGE0] = smmu_evtq_prod_read,
    [SMMU_REG_PRIQ_PROD_PAGE0] = smmu_priq_prod_read,
};

const struct nap_block nap_smmuv3_block = {
    .abi = NAP_BLOCK_ABI,
    .model = &nap_model_smmuv3,
    .state_bytes = sizeof(struct nap_smmuv3),
    .on_write = on_write,
    .on_store = on_store,
    .on_read = on_read,
    .power_going = power_going,
    .power_off = power_off,
    .power_on = power_on,
    .unpowered = unpowered,
    .n_work = N_WORK,
    .work_done = work_done,
    .ram_read = ram_read,
    .posted = posted,
    .notices_same = notices_same,
    .message = take_message,
    .open_requests = open_requests,
    .contradiction = smmu_contradiction,
    .fail = smmu_service_failure,
    .n_ports = UINT32_MAX, /* StreamIDs */
    .probe = smmu_probe,
    .dma = smmu_dma,
    .outputs = smmu_outputs,
    .rules = nap_smmuv3_rules,
    .n_rules = SMMU_N_RULES,
};
