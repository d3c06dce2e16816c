/* SPDX-License-Identifier: MIT */
/* The reset sequence, step by step. Nothing is assumed about what registers hold: after
 * power-up most are unknown, and firmware may have used the unit.
 *
 * Source: docs/smmuv3-facts.md 2 (handshakes), 12.1 (what reset leaves), 12.3 (order). */
#include <errno.h>

#include "arm-smmu-v3.h"

int smmuv3_poll_at(nap_addr address, uint32_t mask, uint32_t value, const char *file, int line)
{
    for (unsigned polls = 0; polls < SMMU_POLLS_MAX; polls++) {
        if (polls != 0)
            nap_udelay(1);
        if (((uint32_t)smmuv3_read_at(address, 4, file, line) & mask) == value)
            return 0;
    }
    nap_log("0x%llx: time out", (unsigned long long)address);
    return -ETIMEDOUT;
}

int smmuv3_set_cr0_at(struct smmuv3_device *smmu, uint32_t cr0, const char *file, int line)
{
    smmu->cr0 = cr0;
    smmuv3_write_at(smmu->regs + CR0, 4, cr0, file, line);
    return smmuv3_poll_at(smmu->regs + CR0ACK, UINT32_MAX, cr0, file, line);
}

/* A write while Update is 1 would be lost. */
int smmuv3_abort(struct smmuv3_device *smmu)
{
    bool unheard = smmuv3_form()->gbpa_unheard;
    int ret = unheard ? 0 : smmuv3_poll(smmu, GBPA, GBPA_UPDATE, 0);

    if (ret != 0)
        return ret;
    smmuv3_write(smmu, GBPA, GBPA_UPDATE | GBPA_ABORT | GBPA_SHCFG_INCOMING);
    return unheard ? 0 : smmuv3_poll(smmu, GBPA, GBPA_UPDATE, 0);
}

/* Some forms leave GBPA as they find it until SMMUEN is off, or for good. */
int smmuv3_abort_first(struct smmuv3_device *smmu)
{
    const struct smmuv3_form *form = smmuv3_form();

    return form->no_abort || form->abort_after_disable ? 0 : smmuv3_abort(smmu);
}

static int ecmdq_disable(struct smmuv3_cmdq *cmdq)
{
    uint32_t prod = smmuv3_readl(cmdq->page + ECMDQ_PROD);

    int ret;

    if ((prod & ECMDQ_EN) != 0)
        smmuv3_writel(cmdq->page + ECMDQ_PROD, prod & ~ECMDQ_EN);
    else if (!cmdq->on)
        return 0;
    ret = smmuv3_poll_at(cmdq->page + ECMDQ_CONS, ECMDQ_EN, 0, __FILE__, __LINE__);
    cmdq->on = ret != 0;
    return ret;
}

int smmuv3_settle(const struct smmuv3_device *smmu, uint32_t reg, uint32_t ack, uint32_t fields)
{
    return smmuv3_poll(smmu, ack, fields, smmuv3_read(smmu, reg) & fields);
}

int smmuv3_stop(struct smmuv3_device *smmu)
{
    int ret = smmuv3_settle(smmu, CR0, CR0ACK, CR0_FIELDS);

    if (ret == 0)
        ret = smmuv3_set_cr0(smmu, 0);
    for (uint32_t i = 1; i < smmu->n_cmdqs && ret == 0; i++)
        ret = ecmdq_disable(&smmu->cmdq[i]);
    if (smmuv3_form()->irqs_left_on && smmu->asleep)
        return ret;
    if (ret == 0)
        ret = smmuv3_settle(smmu, IRQ_CTRL, IRQ_CTRLACK, IRQ_FIELDS);
    return ret != 0 ? ret : smmuv3_irqs_off(smmu);
}

/* --- set-up --- */

static void strtab_write(const struct smmuv3_device *smmu)
{
    uint32_t cfg = smmu->sid_bits;

    if (!smmuv3_strtab_is_linear(smmu))
        cfg |= STRTAB_CFG_2LVL | SMMU_SPLIT << 6;
    smmuv3_write64(smmu, STRTAB_BASE, smmu->strtab | BASE_ALLOCATE);
    smmuv3_write(smmu, STRTAB_BASE_CFG, cfg);
}

/* The queue is empty, whoever was cut off in the middle of filling it. */
static void forget_entries(struct smmuv3_cmdq *cmdq)
{
    smmuv3_queue_wipe(cmdq, cmdq->q.prod & ~LLQ_GATE);
    cmdq->wiped = 0;
    cmdq->q.prod &= LLQ_GATE;
    cmdq->q.cons = 0;
    cmdq->owner = 0;
}

/* Base before indices: its size says which index bits there are. */
static int ecmdq_enable(struct smmuv3_cmdq *cmdq)
{
    struct smmuv3_queue *q = &cmdq->q;
    uint64_t base = q->entries | BASE_ALLOCATE | q->log2;

    if (!smmuv3_form()->ecmdq_from_zero)
        forget_entries(cmdq);
    cmdq->errack = 0;
    smmuv3_write_at(cmdq->page + ECMDQ_BASE, 8, base, __FILE__, __LINE__);
    smmuv3_writel(q->prod_reg, 0);
    smmuv3_writel(q->cons_reg, 0);
    cmdq->on = true;
    smmuv3_writel(q->prod_reg, ECMDQ_EN);
    return smmuv3_poll_at(q->cons_reg, ECMDQ_EN, ECMDQ_EN, __FILE__, __LINE__);
}

static int cmdqs_enable(struct smmuv3_device *smmu)
{
    struct smmuv3_cmdq *cmdq = &smmu->cmdq[0];
    int ret;

    if (!smmuv3_form()->stale_shadow)
        forget_entries(cmdq);
    smmuv3_write64(smmu, CMDQ_BASE, cmdq->q.entries | BASE_ALLOCATE | cmdq->q.log2);
    smmuv3_write(smmu, CMDQ_PROD, cmdq->q.prod & ~LLQ_GATE);
    smmuv3_write(smmu, CMDQ_CONS, cmdq->q.cons);
    /* An error of the queue's former life would keep it from consuming. */
    smmuv3_write(smmu, GERRORN, smmuv3_read(smmu, GERROR));
    ret = smmuv3_set_cr0(smmu, CR0_CMDQEN);
    for (uint32_t i = 1; i < smmu->n_cmdqs && ret == 0; i++)
        ret = ecmdq_enable(&smmu->cmdq[i]);
    return ret;
}

int smmuv3_set_up(struct smmuv3_device *smmu)
{
    uint32_t cr2 = (smmu->idr0 & IDR0_BTM) != 0 ? CR2_RECINVSID | CR2_PTM : CR2_RECINVSID;

    smmuv3_write(smmu, CR1, CR1_WB_ISH);
    smmuv3_write(smmu, CR2, cr2);
    strtab_write(smmu);
    return cmdqs_enable(smmu);
}

/* Configuration first: a TLB entry could be made again from a stale STE. */
int smmuv3_invalidate_all(struct smmuv3_device *smmu)
{
    static const struct smmuv3_cmd config = {{CMD_CFGI_ALL, 31}};
    static const struct smmuv3_cmd tlbs[] = {{{CMD_TLBI_NSNH_ALL, 0}}, {{CMD_TLBI_EL2_ALL, 0}}};
    unsigned n = (smmu->idr0 & IDR0_HYP) != 0 ? 2 : 1;
    int ret = 0;

    if (smmuv3_form()->no_invalidate)
        return 0;
    if (!smmuv3_form()->no_cfgi_all)
        ret = smmuv3_cmdq_put(smmu, &smmu->cmdq[0], &config, 1, true);
    return ret != 0 ? ret : smmuv3_cmdq_put(smmu, &smmu->cmdq[0], tlbs, n, true);
}

static void output_queue_write(const struct smmuv3_device *smmu, struct smmuv3_queue *q,
                               uint32_t base)
{
    q->prod = 0;
    q->cons = 0;
    smmuv3_write64(smmu, base, q->entries | BASE_ALLOCATE | q->log2);
    /* OVFLG and OVACKFLG are made equal too: both are unknown. */
    smmuv3_writel(q->prod_reg, 0);
    smmuv3_writel(q->cons_reg, 0);
}

int smmuv3_queues_on(struct smmuv3_device *smmu)
{
    uint32_t cr0 = smmu->cr0 | CR0_EVENTQEN;

    output_queue_write(smmu, &smmu->evtq, EVENTQ_BASE);
    if ((smmu->idr0 & IDR0_PRI) != 0) {
        output_queue_write(smmu, &smmu->priq, PRIQ_BASE);
        cr0 |= CR0_PRIQEN;
    }
    if ((smmu->idr0 & IDR0_ATS) != 0)
        cr0 |= CR0_ATSCHK;
    return smmuv3_set_cr0(smmu, cr0);
}

int smmuv3_enable(struct smmuv3_device *smmu)
{
    return smmuv3_set_cr0(smmu, smmu->cr0 | CR0_SMMUEN);
}

/* --- from any state --- */

int smmuv3_restart(struct smmuv3_device *smmu)
{
    int ret = smmuv3_abort_first(smmu);

    if (ret == 0)
        ret = smmuv3_stop(smmu);
    if (ret == 0)
        ret = smmuv3_set_up(smmu);
    if (ret != 0)
        return ret;
    smmuv3_gate(smmu, false);
    ret = smmuv3_invalidate_all(smmu);
    if (ret == 0)
        ret = smmuv3_queues_on(smmu);
    if (ret == 0)
        ret = smmuv3_irqs_on(smmu);
    if (ret == 0)
        ret = smmuv3_enable(smmu);
    return ret;
}
