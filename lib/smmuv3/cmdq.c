/* SPDX-License-Identifier: MIT */
/* Consumption of command queues, as hardware work that reads of CONS notice. The queue of
 * CMDQ_BASE, the enhanced queues of the SMMU and the virtual ones in front of it differ in
 * where they report. Arm IHI 0070, "Command queue", "Command errors". */
#include "smmuv3.h"

#define COMMAND_BYTES 16u

/* --- the queue of CMDQ_BASE --- */

static bool cmdq_running(const struct nap_machine *m, const struct smmu_command_queue *q)
{
    return smmu_in_force(m, q->smmu, SMMU_CR0ACK_CMDQEN) &&
           !smmu_gerror_active(m, q->smmu, SMMU_GERROR_CMDQ_ERR);
}

/* ERR stands before the error can be seen in GERROR. */
static void cmdq_failed(struct nap_machine *m, const struct smmu_command_queue *q,
                        enum smmu_command_error error)
{
    uint64_t cons = nap_reg_get(m, q->device, q->cons) & ~SMMU_CMDQ_CONS_ERR;

    nap_reg_set(m, q->device, q->cons, cons | (uint64_t)error << SMMU_CMDQ_CONS_ERR_SHIFT);
    smmu_gerror_raise(m, q->smmu, SMMU_GERROR_CMDQ_ERR);
}

struct smmu_command_queue smmu_cmdq(unsigned device)
{
    return (struct smmu_command_queue){
        .device = device,
        .smmu = device,
        .id = SMMU_CMDQ,
        .vmid = -1,
        .base = SMMU_SLOT_CMDQ_BASE,
        .prod = SMMU_SLOT_CMDQ_PROD,
        .cons = SMMU_SLOT_CMDQ_CONS,
        .running = cmdq_running,
        .failed = cmdq_failed,
    };
}

/* --- any queue --- */

struct smmu_queue smmu_command_queue_now(const struct nap_machine *m,
                                         const struct smmu_command_queue *q)
{
    unsigned log2_max =
        (unsigned)((nap_reg_get(m, q->smmu, SMMU_SLOT_IDR1) & SMMU_IDR1_CMDQS) >>
                   SMMU_IDR1_CMDQS_SHIFT);

    return smmu_queue_of(nap_reg_get(m, q->device, q->base),
                         (uint32_t)(nap_reg_get(m, q->device, q->prod) & SMMU_QUEUE_INDEX),
                         (uint32_t)(nap_reg_get(m, q->device, q->cons) & SMMU_QUEUE_INDEX),
                         log2_max, smmu_oas_bits(m, q->smmu), COMMAND_BYTES);
}

static bool misled(const struct nap_machine *m, const struct smmu_command_queue *q)
{
    return (smmu_of(m, q->smmu)->misled[q->id / 64] >> q->id % 64 & 1) != 0;
}

/* Indexes that contradict each other, or a PROD that went back. */
static void set_misled(struct nap_machine *m, const struct smmu_command_queue *q, bool is)
{
    struct nap_smmuv3 *s = nap_block_state_mut(m, q->smmu);

    if (misled(m, q) == is)
        return;
    nap_touch(m, s, offsetof(struct nap_smmuv3, ste));
    s->misled[q->id / 64] ^= UINT64_C(1) << q->id % 64;
}

void smmu_command_queue_mark(struct nap_machine *m, const struct smmu_command_queue *q,
                             bool enabled, uint32_t cons)
{
    struct nap_smmuv3 *s = nap_block_state_mut(m, q->smmu);

    nap_touch(m, s, offsetof(struct nap_smmuv3, ste));
    s->cons_at_enable[q->id] = cons;
    if (enabled)
        s->used[q->id / 64] |= UINT64_C(1) << q->id % 64;
}

/* Constrained unpredictable: it stands still until it is enabled anew, or goes on. */
static bool stopped(const struct nap_machine *m, const struct smmu_command_queue *q)
{
    return misled(m, q) && nap_switch(m, q->smmu, SMMU_SWITCH_S16) == SMMU_S16_STOPS;
}

static bool can_run(const struct nap_machine *m, const struct smmu_command_queue *q)
{
    return q->running(m, q) && !stopped(m, q) && !smmu_failed(m, q->smmu) &&
           nap_device_on(m, q->smmu);
}

static void begin(struct nap_machine *m, const struct smmu_command_queue *q)
{
    struct smmu_queue now = smmu_command_queue_now(m, q);

    if (can_run(m, q) && !smmu_queue_empty(&now))
        nap_work_begin(m, q->device, q->cons, SMMU_CMDQ_CONS_RD);
}

void smmu_command_queue_start(struct nap_machine *m, const struct smmu_command_queue *q)
{
    struct smmu_queue now;

    nap_reg_settle(m, q->device, q->base);
    nap_reg_settle(m, q->device, q->prod);
    nap_reg_settle(m, q->device, q->cons);
    now = smmu_command_queue_now(m, q);
    set_misled(m, q, !smmu_queue_consistent(&now));
    begin(m, q);
}

/* Whatever has been fetched is consumed whole or not at all. */
void smmu_command_queue_stop(struct nap_machine *m, const struct smmu_command_queue *q)
{
    nap_work_notice(m, q->device, q->cons, SMMU_CMDQ_CONS_RD);
    nap_work_cancel(m, q->device, q->cons, SMMU_CMDQ_CONS_RD);
}

/* PROD may have been written while the queue stood still. */
void smmu_command_queue_resume(struct nap_machine *m, const struct smmu_command_queue *q)
{
    struct smmu_queue now = smmu_command_queue_now(m, q);

    if (q->running(m, q) && !smmu_queue_consistent(&now))
        set_misled(m, q, true);
    begin(m, q);
}

void smmu_command_queue_prod_written(struct nap_machine *m, const struct smmu_command_queue *q,
                                     uint64_t was)
{
    struct smmu_queue now = smmu_command_queue_now(m, q);

    if (!q->running(m, q))
        return;
    if (!smmu_queue_advanced(&now, (uint32_t)(was & SMMU_QUEUE_INDEX)))
        set_misled(m, q, true);
    begin(m, q);
}

static void set_read_index(struct nap_machine *m, const struct smmu_command_queue *q,
                           uint32_t index)
{
    uint64_t cons = nap_reg_get(m, q->device, q->cons) & ~(uint64_t)SMMU_QUEUE_INDEX;

    nap_reg_set(m, q->device, q->cons, cons | index);
}

/* One command; false if it is the last for now. RD stays on one that cannot be processed. The
 * index is seen to have moved by whoever sees the signal of a CMD_SYNC. */
static bool consume_one(struct nap_machine *m, const struct smmu_command_queue *q)
{
    struct smmu_queue now = smmu_command_queue_now(m, q);
    enum smmu_command_error error = SMMU_CERROR_ABT;
    struct smmu_command c;

    if (!can_run(m, q) || smmu_queue_empty(&now))
        return false;
    if (nap_mem_read(m, smmu_queue_entry(&now, now.cons), c.dw, sizeof c.dw)) {
        if (smmu_command_waits(m, q, &c))
            return false;
        error = smmu_command_run(m, q, &c);
    }
    if (error != SMMU_CERROR_NONE) {
        q->failed(m, q, error);
        return false;
    }
    set_read_index(m, q, smmu_queue_next(&now, now.cons));
    if (q->consumed)
        q->consumed(m, q);
    smmu_command_signal(m, q, &c);
    return true;
}

/* With contradicting indices there is no end to reach: once around, and no further. */
void smmu_command_queue_consume(struct nap_machine *m, const struct smmu_command_queue *q)
{
    struct smmu_queue now = smmu_command_queue_now(m, q);

    for (uint32_t left = UINT32_C(2) << now.log2; left > 0; left--)
        if (!consume_one(m, q))
            return;
}

void smmu_command_queue_notice(struct nap_machine *m, const struct smmu_command_queue *q)
{
    nap_work_notice(m, q->device, q->cons, SMMU_CMDQ_CONS_RD);
}

#define LOOK_AHEAD_MAX 1024u

/* Whether the end of the work is a write of the word at @address: of a CMD_SYNC on its way.
 * With more commands than anybody looks through it is taken to be. */
static bool signals_at(const struct nap_machine *m, const struct smmu_command_queue *q,
                       nap_addr address)
{
    struct smmu_queue now = smmu_command_queue_now(m, q);
    uint32_t left = smmu_queue_consistent(&now) ? smmu_queue_held(&now) : 0;
    bool found = left > LOOK_AHEAD_MAX;

    for (uint32_t at = now.cons; !found && left > 0; left--, at = smmu_queue_next(&now, at)) {
        struct smmu_command c;
        found = nap_mem_read(m, smmu_queue_entry(&now, at), c.dw, sizeof c.dw) &&
                smmu_command_signals_at(m, q->smmu, &c, address);
    }
    return found;
}

void smmu_command_queue_ram_read(struct nap_machine *m, const struct smmu_command_queue *q,
                                 nap_addr address)
{
    if (nap_work_pending(m, q->device, q->cons, SMMU_CMDQ_CONS_RD) && signals_at(m, q, address))
        nap_work_read(m, q->device, q->cons, SMMU_CMDQ_CONS_RD);
}

/* --- what the rest of the block asks of the queue of CMDQ_BASE --- */

void smmu_cmdq_start(struct nap_machine *m, unsigned device)
{
    struct smmu_command_queue q = smmu_cmdq(device);

    nap_reg_settle(m, device, q.cons);
    smmu_command_queue_mark(m, &q, true,
                            (uint32_t)(nap_reg_get(m, device, q.cons) & SMMU_QUEUE_INDEX));
    smmu_command_queue_start(m, &q);
}

void smmu_cmdq_stop(struct nap_machine *m, unsigned device)
{
    struct smmu_command_queue q = smmu_cmdq(device);

    smmu_command_queue_stop(m, &q);
    smmu_command_queue_mark(m, &q, false, 0);
}

void smmu_cmdq_resume(struct nap_machine *m, unsigned device)
{
    struct smmu_command_queue q = smmu_cmdq(device);

    smmu_command_queue_resume(m, &q);
}

void smmu_cmdq_consume(struct nap_machine *m, unsigned device)
{
    struct smmu_command_queue q = smmu_cmdq(device);

    smmu_command_queue_consume(m, &q);
}

/* S19: whether software can set ERR. */
uint64_t smmu_cmdq_cons_stored(struct nap_machine *m, unsigned device, unsigned slot,
                               uint64_t written, uint64_t lanes, uint64_t now)
{
    uint64_t was = nap_reg_get(m, device, slot);

    (void)written;
    (void)lanes;
    if (!((now ^ was) & SMMU_CMDQ_CONS_ERR) ||
        nap_switch(m, device, SMMU_SWITCH_S19) == SMMU_S19_SET)
        return now;
    return (now & ~SMMU_CMDQ_CONS_ERR) | (was & SMMU_CMDQ_CONS_ERR);
}

/* Index bits above the wrap flag read as 0. */
uint64_t smmu_cmdq_cons_read(struct nap_machine *m, unsigned device, unsigned index,
                             uint64_t value)
{
    struct smmu_command_queue q = smmu_cmdq(device);
    struct smmu_queue now = smmu_command_queue_now(m, &q);

    (void)index;
    return (value & ~(uint64_t)SMMU_QUEUE_INDEX) | now.cons;
}

void smmu_cmdq_prod_written(struct nap_machine *m, unsigned device, unsigned index,
                            uint64_t was, uint64_t now)
{
    struct smmu_command_queue q = smmu_cmdq(device);

    (void)index;
    (void)now;
    smmu_command_queue_prod_written(m, &q, was);
}
