/* SPDX-License-Identifier: MIT */
/* The event queue: where records go and what becomes of those that do not fit, and the register
 * side that it shares with the PRI queue. Arm IHI 0070, "Event queue", "Event queue overflow",
 * "Event queue access external abort", "SMMU_EVENTQ_PROD". */
#include "smmuv3.h"

#define RECORD_BYTES  32u
#define REQUEST_BYTES 16u

static struct smmu_queue queue_now(const struct nap_machine *m, unsigned device, unsigned base,
                                   unsigned prod, unsigned cons, unsigned log2_max,
                                   unsigned entry_bytes)
{
    return smmu_queue_of(nap_reg_get(m, device, base),
                         (uint32_t)(nap_reg_get(m, device, prod) & SMMU_QUEUE_INDEX),
                         (uint32_t)(nap_reg_get(m, device, cons) & SMMU_QUEUE_INDEX), log2_max,
                         smmu_oas_bits(m, device), entry_bytes);
}

struct smmu_queue smmu_evtq_now(const struct nap_machine *m, unsigned device)
{
    uint64_t idr1 = nap_reg_get(m, device, SMMU_SLOT_IDR1);

    return queue_now(
        m, device, SMMU_SLOT_EVENTQ_BASE, SMMU_SLOT_EVENTQ_PROD, SMMU_SLOT_EVENTQ_CONS,
        (unsigned)((idr1 & SMMU_IDR1_EVENTQS) >> SMMU_IDR1_EVENTQS_SHIFT), RECORD_BYTES);
}

struct smmu_queue smmu_priq_now(const struct nap_machine *m, unsigned device)
{
    uint64_t idr1 = nap_reg_get(m, device, SMMU_SLOT_IDR1);

    return queue_now(m, device, SMMU_SLOT_PRIQ_BASE, SMMU_SLOT_PRIQ_PROD, SMMU_SLOT_PRIQ_CONS,
                     (unsigned)((idr1 & SMMU_IDR1_PRIQS) >> SMMU_IDR1_PRIQS_SHIFT),
                     REQUEST_BYTES);
}

void smmu_set_index(struct nap_machine *m, unsigned device, unsigned slot, uint32_t index)
{
    uint64_t rest = nap_reg_get(m, device, slot) & ~(uint64_t)SMMU_QUEUE_INDEX;

    nap_reg_set(m, device, slot, rest | index);
}

/* "SMMU circular queues": of an output queue whose indexes contradict each other nothing good
 * can be said; it takes nothing, as if it were full (S17 says if that is an overflow). */
static bool has_room(const struct smmu_queue *q)
{
    return smmu_queue_consistent(q) && !smmu_queue_full(q);
}

static bool enabled(const struct nap_machine *m, unsigned device)
{
    return smmu_in_force(m, device, SMMU_CR0ACK_EVENTQEN) && !smmu_failed(m, device) &&
           !smmu_gerror_active(m, device, SMMU_GERROR_EVENTQ_ABT_ERR);
}

bool smmu_evtq_writable(const struct nap_machine *m, unsigned device)
{
    struct smmu_queue q = smmu_evtq_now(m, device);

    return enabled(m, device) && has_room(&q);
}

/* An overflow that software has not seen yet is one with this. */
static void overflow(struct nap_machine *m, unsigned device)
{
    uint64_t prod = nap_reg_get(m, device, SMMU_SLOT_EVENTQ_PROD);
    uint64_t cons = nap_reg_get(m, device, SMMU_SLOT_EVENTQ_CONS);

    if (!((prod ^ cons) & SMMU_EVENTQ_PROD_OVFLG))
        nap_reg_set(m, device, SMMU_SLOT_EVENTQ_PROD, prod ^ SMMU_EVENTQ_PROD_OVFLG);
}

/* PROD moves over an entry, and the queue may be no longer empty. */
static void publish(struct nap_machine *m, unsigned device, const struct smmu_queue *q)
{
    smmu_set_index(m, device, SMMU_SLOT_EVENTQ_PROD, smmu_queue_next(q, q->prod));
    if (smmu_queue_empty(q))
        smmu_interrupt(m, device, SMMU_OUT_EVENTQ);
}

/* Whether PROD has moved over the entry by then, S15. */
static void aborted(struct nap_machine *m, unsigned device, const struct smmu_queue *q)
{
    if (nap_switch(m, device, SMMU_SWITCH_S15) == SMMU_S15_ASYNC)
        publish(m, device, q);
    smmu_gerror_raise(m, device, SMMU_GERROR_EVENTQ_ABT_ERR);
}

/* "Event record merging": low bits of the input address do not tell records of these apart. */
static bool by_page(unsigned number)
{
    return number == 0x07 || number == 0x0b || (number >= 0x10 && number <= 0x13) ||
           number == 0x20;
}

/* F_UUT, C_BAD_STREAMID, F_STE_FETCH and C_BAD_STE come before any STE could say so. */
static bool may_merge(const struct smmu_event *record, bool mev)
{
    unsigned number = (unsigned)(record->dw[0] & 0xff);
    bool stalls = number >= 0x10 && number <= 0x13 && (record->dw[1] & SMMU_EVENT_STALL);

    return !stalls && (mev || (number >= 0x01 && number <= 0x04));
}

static bool alike(const struct smmu_event *a, const struct smmu_event *b)
{
    uint64_t address = by_page((unsigned)(a->dw[0] & 0xff)) ? ~UINT64_C(0xfff) : UINT64_MAX;

    return a->dw[0] == b->dw[0] && a->dw[1] == b->dw[1] && a->dw[3] == b->dw[3] &&
           (a->dw[2] & address) == (b->dw[2] & address);
}

#define LOOK_BACK_MAX 8u

/* Switch S33. Hardware that merges remembers what it wrote last, and reads no queue back. */
bool smmu_evtq_merges(const struct nap_machine *m, unsigned device,
                      const struct smmu_event *record, bool mev)
{
    struct smmu_queue q = smmu_evtq_now(m, device);

    if (!enabled(m, device) || !may_merge(record, mev) || !smmu_queue_consistent(&q) ||
        nap_switch(m, device, SMMU_SWITCH_S33) == SMMU_S33_NEVER)
        return false;
    if (smmu_queue_held(&q) > LOOK_BACK_MAX)
        q.cons = (q.prod - LOOK_BACK_MAX) & ((UINT32_C(2) << q.log2) - 1);
    for (uint32_t at = q.cons; at != q.prod; at = smmu_queue_next(&q, at)) {
        struct smmu_event other;
        if (nap_mem_read(m, smmu_queue_entry(&q, at), other.dw, sizeof other.dw) &&
            alike(record, &other))
            return true;
    }
    return false;
}

bool smmu_evtq_put(struct nap_machine *m, unsigned device, const struct smmu_event *record)
{
    struct smmu_queue q = smmu_evtq_now(m, device);
    bool full = smmu_queue_full(&q);

    if (!enabled(m, device))
        return false;
    if (!has_room(&q)) {
        if (full || nap_switch(m, device, SMMU_SWITCH_S17) == SMMU_S17_FULL)
            overflow(m, device);
        return false;
    }
    if (!nap_mem_write(m, smmu_queue_entry(&q, q.prod), record->dw, sizeof record->dw)) {
        aborted(m, device, &q);
        return true;
    }
    publish(m, device, &q);
    return true;
}

/* Records that wait for the queue go out now: it has been enabled, emptied or acknowledged. */
static void go_on(struct nap_machine *m, unsigned device)
{
    if (smmu_evtq_writable(m, device))
        smmu_stall_evtq_writable(m, device);
}

void smmu_evtq_start(struct nap_machine *m, unsigned device)
{
    nap_reg_settle(m, device, SMMU_SLOT_EVENTQ_BASE);
    nap_reg_settle(m, device, SMMU_SLOT_EVENTQ_PROD);
    nap_reg_settle(m, device, SMMU_SLOT_EVENTQ_CONS);
    go_on(m, device);
}

void smmu_evtq_cons_written(struct nap_machine *m, unsigned device, unsigned index,
                            uint64_t was, uint64_t now)
{
    (void)index;
    (void)was;
    (void)now;
    go_on(m, device);
}

void smmu_priq_start(struct nap_machine *m, unsigned device)
{
    nap_reg_settle(m, device, SMMU_SLOT_PRIQ_BASE);
    nap_reg_settle(m, device, SMMU_SLOT_PRIQ_PROD);
    nap_reg_settle(m, device, SMMU_SLOT_PRIQ_CONS);
}

/* "SMMU_CR0": PRIQEN has effect with SMMUEN only. */
bool smmu_priq_enabled(const struct nap_machine *m, unsigned device)
{
    return smmu_in_force(m, device, SMMU_CR0ACK_PRIQEN) &&
           smmu_in_force(m, device, SMMU_CR0ACK_SMMUEN) && !smmu_failed(m, device);
}

/* Index bits above the wrap flag of an index that hardware moves read as 0. */
static uint64_t shown_index(uint64_t value, const struct smmu_queue *q)
{
    uint64_t above = SMMU_QUEUE_INDEX & ~((UINT64_C(2) << q->log2) - 1);

    return value & ~above;
}

uint64_t smmu_evtq_prod_read(struct nap_machine *m, unsigned device, unsigned index,
                             uint64_t value)
{
    struct smmu_queue q = smmu_evtq_now(m, device);

    (void)index;
    return shown_index(value, &q);
}

uint64_t smmu_priq_prod_read(struct nap_machine *m, unsigned device, unsigned index,
                             uint64_t value)
{
    struct smmu_queue q = smmu_priq_now(m, device);

    (void)index;
    return shown_index(value, &q);
}
