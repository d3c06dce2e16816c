/* SPDX-License-Identifier: MIT */
/* Enhanced command queues: each with an enable, an acknowledge and an error of its own.
 * Arm IHI 0070, "Enhanced Command queue interfaces", "SMMU_ECMDQ_PRODn", "SMMU_ECMDQ_CONSn". */
#include "smmuv3.h"

static uint64_t prod_of(const struct nap_machine *m, unsigned device, unsigned n)
{
    return nap_reg_get(m, device, SMMU_SLOT_ECMDQ_PROD + n);
}

static uint64_t cons_of(const struct nap_machine *m, unsigned device, unsigned n)
{
    return nap_reg_get(m, device, SMMU_SLOT_ECMDQ_CONS + n);
}

static bool erring(const struct nap_machine *m, unsigned device, unsigned n)
{
    return ((prod_of(m, device, n) & SMMU_ECMDQ_PROD_ERRACK) != 0) !=
           ((cons_of(m, device, n) & SMMU_ECMDQ_CONS_ERR) != 0);
}

/* ERR unlike ERRACK from the enable on is software's doing; S27 says if that halts it. */
static bool ecmdq_running(const struct nap_machine *m, const struct smmu_command_queue *q)
{
    unsigned n = q->id - SMMU_ECMDQ;

    if (!(cons_of(m, q->device, n) & SMMU_ECMDQ_CONS_ENACK))
        return false;
    return !erring(m, q->device, n) || (smmu_of(m, q->device)->ecmdq_mismatched >> n & 1);
}

/* Whether it runs although software enabled it with ERRACK unlike ERR, S27. */
static void set_mismatched(struct nap_machine *m, unsigned device, unsigned n, bool runs)
{
    struct nap_smmuv3 *s = nap_block_state_mut(m, device);
    uint32_t bit = UINT32_C(1) << n;

    nap_touch(m, s, offsetof(struct nap_smmuv3, ste));
    s->ecmdq_mismatched = runs ? s->ecmdq_mismatched | bit : s->ecmdq_mismatched & ~bit;
}

static void ecmdq_failed(struct nap_machine *m, const struct smmu_command_queue *q,
                         enum smmu_command_error error)
{
    uint64_t cons = nap_reg_get(m, q->device, q->cons) & ~SMMU_ECMDQ_CONS_ERR_REASON;

    cons |= (uint64_t)error << SMMU_ECMDQ_CONS_ERR_REASON_SHIFT;
    set_mismatched(m, q->device, q->id - SMMU_ECMDQ, false);
    nap_reg_set(m, q->device, q->cons, cons ^ SMMU_ECMDQ_CONS_ERR);
    smmu_gerror_raise(m, q->smmu, SMMU_GERROR_CMDQP_ERR);
}

struct smmu_command_queue smmu_ecmdq(unsigned device, unsigned n)
{
    return (struct smmu_command_queue){
        .device = device,
        .smmu = device,
        .id = (uint8_t)(SMMU_ECMDQ + n),
        .vmid = -1,
        .base = (uint16_t)(SMMU_SLOT_ECMDQ_BASE + n),
        .prod = (uint16_t)(SMMU_SLOT_ECMDQ_PROD + n),
        .cons = (uint16_t)(SMMU_SLOT_ECMDQ_CONS + n),
        .running = ecmdq_running,
        .failed = ecmdq_failed,
    };
}

unsigned smmu_ecmdqs(const struct nap_machine *m, unsigned device)
{
    uint64_t idr6 = nap_reg_get(m, device, SMMU_SLOT_IDR6);
    unsigned log2;

    if (!(nap_reg_get(m, device, SMMU_SLOT_IDR1) & SMMU_IDR1_ECMDQ))
        return 0;
    log2 = (unsigned)((idr6 & SMMU_IDR6_CMDQ_CONTROL_PAGE_LOG2NUMQ) >>
                      SMMU_IDR6_CMDQ_CONTROL_PAGE_LOG2NUMQ_SHIFT);
    return 1u << log2 < SMMU_COUNT_ECMDQ_PROD ? 1u << log2 : SMMU_COUNT_ECMDQ_PROD;
}

bool smmu_ecmdq_enabled(const struct nap_machine *m, unsigned device, unsigned n)
{
    return (prod_of(m, device, n) & SMMU_ECMDQ_PROD_EN) ||
           (cons_of(m, device, n) & SMMU_ECMDQ_CONS_ENACK);
}

/* Index bits above the wrap flag read as 0. */
uint64_t smmu_ecmdq_cons_read(struct nap_machine *m, unsigned device, unsigned index,
                              uint64_t value)
{
    struct smmu_command_queue q = smmu_ecmdq(device, index);
    struct smmu_queue now = smmu_command_queue_now(m, &q);

    return (value & ~(uint64_t)SMMU_QUEUE_INDEX) | now.cons;
}

void smmu_ecmdq_prod_written(struct nap_machine *m, unsigned device, unsigned index,
                             uint64_t was, uint64_t now)
{
    struct smmu_command_queue q = smmu_ecmdq(device, index);

    if ((was ^ now) & SMMU_ECMDQ_PROD_EN)
        nap_work_begin(m, device, SMMU_SLOT_ECMDQ_CONS + index, SMMU_ECMDQ_CONS_ENACK);
    else if ((was ^ now) & SMMU_ECMDQ_PROD_ERRACK)
        smmu_command_queue_resume(m, &q);
    if (!((was ^ now) & SMMU_ECMDQ_PROD_EN))
        smmu_command_queue_prod_written(m, &q, was);
}

/* The enable, or the disable, is in force. */
void smmu_ecmdq_enack_done(struct nap_machine *m, unsigned device, unsigned n)
{
    struct smmu_command_queue q = smmu_ecmdq(device, n);
    bool on = (prod_of(m, device, n) & SMMU_ECMDQ_PROD_EN) != 0;
    uint64_t cons;

    if (!on)
        smmu_command_queue_stop(m, &q);
    nap_reg_settle(m, device, q.prod);
    nap_reg_settle(m, device, q.cons);
    set_mismatched(m, device, n,
                   on && erring(m, device, n) &&
                       nap_switch(m, device, SMMU_SWITCH_S27) == SMMU_S27_CONSUMES);
    cons = cons_of(m, device, n) & ~SMMU_ECMDQ_CONS_ENACK;
    smmu_command_queue_mark(
        m, &q, on, on ? (uint32_t)(cons & (SMMU_QUEUE_INDEX | SMMU_ECMDQ_CONS_ERR)) : 0);
    nap_reg_set(m, device, q.cons, cons | (on ? SMMU_ECMDQ_CONS_ENACK : 0));
    if (on)
        smmu_command_queue_start(m, &q);
}

void smmu_ecmdq_consume(struct nap_machine *m, unsigned device, unsigned n)
{
    struct smmu_command_queue q = smmu_ecmdq(device, n);

    smmu_command_queue_consume(m, &q);
}
