/* SPDX-License-Identifier: MIT */
/* Insertion into command queues. There are one or several; each has an index word that holds
 * the gate as well, so that a submitter learns from the word that it takes its place with
 * whether hardware may be asked at all. Three steps: reserve, write, publish.
 *
 * Source: docs/smmuv3-facts.md 3.2 (errors), 4.3 and 4.4 (visibility, indices), 5.5 (CMD_SYNC),
 * 13.2 (ECMDQ). */
#include <errno.h>
#include <string.h>

#include "arm-smmu-v3.h"

#define SYNC_SIG_IRQ   (UINT64_C(1) << 12)
#define SYNC_WB_ISH    (UINT64_C(3) << 22 | UINT64_C(0xf) << 24)
#define RECOVERIES_MAX 3u
#define STUCK_POLLS    8u /* after so many without progress an error is looked for */

static uint32_t prod_index(const struct smmuv3_cmdq *cmdq)
{
    return cmdq->q.prod & ~LLQ_GATE;
}

/* A unit that translates until its power goes takes commands until then. */
static bool still_alive(const struct smmuv3_device *smmu)
{
    return nap_device_powered(smmu->device) && (smmuv3_read(smmu, CR0ACK) & CR0_SMMUEN) != 0;
}

/* Power may go without a word: earlier than suspend has closed the gate, or than resume has
 * come to an end. That costs a look at the unit before it is told anything. */
static bool is_reset(const struct smmuv3_device *smmu)
{
    return !nap_device_powered(smmu->device) ||
           (smmuv3_read(smmu, CR0ACK) & (CR0_CMDQEN | CR0_SMMUEN)) == 0;
}

bool smmuv3_is_off(const struct smmuv3_device *smmu)
{
    return smmu->asleep || is_reset(smmu);
}

/* Whoever stood in the middle of a start or stop when he was cut off did not wait for its end.
 */
static int settled(const struct smmuv3_device *smmu)
{
    if (!smmu->quiet || smmu->asleep || !nap_device_powered(smmu->device))
        return 0;
    return smmuv3_settle(smmu, CR0, CR0ACK, CR0_FIELDS);
}

static bool is_closed(const struct smmuv3_device *smmu, const struct smmuv3_cmdq *cmdq)
{
    const struct smmuv3_form *form = smmuv3_form();

    if (form->no_gate)
        return false;
    if (form->no_disable && smmu->asleep)
        return !still_alive(smmu);
    if (form->gate_at_map)
        return smmuv3_is_off(smmu);
    return (cmdq->q.prod & LLQ_GATE) != 0 || (!smmu->asleep && smmuv3_is_off(smmu));
}

void smmuv3_gate(struct smmuv3_device *smmu, bool closed)
{
    bool here = !smmuv3_form()->gate_at_map;

    for (uint32_t i = 0; i < smmu->n_cmdqs && here; i++) {
        struct smmuv3_queue *q = &smmu->cmdq[i].q;

        q->prod = closed ? q->prod | LLQ_GATE : q->prod & ~LLQ_GATE;
    }
    smmu->asleep = closed;
}

/* --- errors --- */

/* The bad command becomes a CMD_SYNC that tells nobody; the others are fetched again. */
static void skip_illegal(const struct smmuv3_queue *q, uint32_t cons)
{
    nap_addr entry = smmuv3_queue_entry(q, cons & INDEX_MASK);

    nap_log("command 0x%02x is illegal", (unsigned)(nap_ram_read64(entry) & 0xff));
    nap_ram_write64(entry, CMD_SYNC);
    nap_ram_write64(entry + 8, 0);
}

static bool recover_ecmdq(struct smmuv3_cmdq *cmdq)
{
    uint32_t cons = smmuv3_readl(cmdq->q.cons_reg);

    if ((cons & ECMDQ_ERR) == cmdq->errack)
        return false;
    if (ECMDQ_REASON(cons) == CERROR_ILL)
        skip_illegal(&cmdq->q, cons);
    cmdq->errack = cons & ECMDQ_ERR;
    smmuv3_writel(cmdq->q.prod_reg, ECMDQ_EN | cmdq->errack | cmdq->owner);
    return true;
}

bool smmuv3_cmdq_recover(struct smmuv3_device *smmu)
{
    uint32_t gerrorn = smmuv3_read(smmu, GERRORN);
    bool any = ((smmuv3_read(smmu, GERROR) ^ gerrorn) & GERROR_CMDQ) != 0;

    if (any) {
        uint32_t cons = smmuv3_readl(smmu->cmdq[0].q.cons_reg);

        if (CERROR(cons) == CERROR_ILL)
            skip_illegal(&smmu->cmdq[0].q, cons);
        smmuv3_write(smmu, GERRORN, gerrorn ^ GERROR_CMDQ);
    }
    for (uint32_t i = 1; i < smmu->n_cmdqs; i++)
        any |= recover_ecmdq(&smmu->cmdq[i]);
    return any;
}

/* --- waiting --- */

/* Waits until no more than @held entries are left before @prod. */
static int wait_consumed(struct smmuv3_device *smmu, struct smmuv3_cmdq *cmdq, uint32_t prod,
                         uint32_t held)
{
    struct smmuv3_queue *q = &cmdq->q;
    unsigned recoveries = 0, polls = 0;

    for (;;) {
        q->cons = smmuv3_readl(q->cons_reg) & INDEX_MASK;
        if (smmuv3_queue_held(q, prod, q->cons) <= held)
            return 0;
        polls++;
        if (polls % STUCK_POLLS == 0 && smmuv3_cmdq_recover(smmu) &&
            ++recoveries > RECOVERIES_MAX)
            return -EIO;
        if (polls == SMMU_POLLS_MAX)
            return -ETIMEDOUT;
        nap_udelay(1);
    }
}

/* --- the three steps --- */

static int reserve(struct smmuv3_device *smmu, struct smmuv3_cmdq *cmdq, unsigned n,
                   uint32_t *first)
{
    struct smmuv3_queue *q = &cmdq->q;
    uint32_t room = (UINT32_C(1) << q->log2) - n;

    if (smmuv3_queue_held(q, prod_index(cmdq), q->cons) > room) {
        int ret = wait_consumed(smmu, cmdq, prod_index(cmdq), room);

        if (ret != 0)
            return ret;
    }
    *first = prod_index(cmdq);
    q->prod = smmuv3_queue_next(q, *first, n) | (q->prod & LLQ_GATE);
    return 0;
}

static void write_entry(nap_addr entry, const struct smmuv3_cmd *cmd)
{
    nap_ram_write64(entry, cmd->dw[0]);
    nap_ram_write64(entry + 8, cmd->dw[1]);
}

/* Hardware learns of the entries up to @prod. What the word says beside the index is nobody's
 * business but the driver's. */
static void publish(struct smmuv3_cmdq *cmdq, uint32_t prod)
{
    cmdq->owner = prod;
    if (smmuv3_form()->gate_leaks)
        prod |= cmdq->q.prod & LLQ_GATE;
    if (cmdq->page != 0)
        prod |= ECMDQ_EN | cmdq->errack;
    smmuv3_writel(cmdq->q.prod_reg, prod);
}

/* Its completion is a message into the command's own place: a word of 0. */
static struct smmuv3_cmd sync_by_message(nap_addr entry)
{
    return (struct smmuv3_cmd){{CMD_SYNC | SYNC_SIG_IRQ | SYNC_WB_ISH, entry}};
}

/* Whoever sees the word sees CONS behind the command as well. */
static int wait_word(struct smmuv3_device *smmu, struct smmuv3_cmdq *cmdq, nap_addr entry,
                     uint32_t end)
{
    unsigned recoveries = 0;

    for (unsigned polls = 1; polls <= SMMU_POLLS_MAX; polls++) {
        if (nap_ram_read32(entry) == 0) {
            cmdq->q.cons = end;
            return 0;
        }
        if (polls % STUCK_POLLS == 0 && smmuv3_cmdq_recover(smmu) &&
            ++recoveries > RECOVERIES_MAX)
            return -EIO;
        nap_udelay(1);
    }
    return -ETIMEDOUT;
}

static int put_some(struct smmuv3_device *smmu, struct smmuv3_cmdq *cmdq,
                    const struct smmuv3_cmd *cmds, unsigned n, bool sync)
{
    struct smmuv3_cmd cmd_sync = {{CMD_SYNC, 0}};
    uint32_t first, end;
    nap_addr entry;
    int ret = reserve(smmu, cmdq, n + sync, &first);

    if (ret != 0)
        return ret;
    entry = smmuv3_queue_entry(&cmdq->q, smmuv3_queue_next(&cmdq->q, first, n));
    end = smmuv3_queue_next(&cmdq->q, first, n + sync);
    if (smmu->sync_by_message)
        cmd_sync = sync_by_message(entry);
    for (unsigned i = 0; i < n; i++)
        write_entry(smmuv3_queue_entry(&cmdq->q, smmuv3_queue_next(&cmdq->q, first, i)),
                    &cmds[i]);
    if (sync)
        write_entry(entry, &cmd_sync);
    publish(cmdq, end);
    if (!sync)
        return 0;
    ret = smmu->sync_by_message ? wait_word(smmu, cmdq, entry, end)
                                : wait_consumed(smmu, cmdq, end, 0);
    if (ret == 0 && !smmuv3_form()->drain_other_sign) /* they look at the entry */
        smmuv3_queue_wipe(cmdq, end);
    return ret;
}

int smmuv3_cmdq_put(struct smmuv3_device *smmu, struct smmuv3_cmdq *cmdq,
                    const struct smmuv3_cmd *cmds, unsigned n, bool sync)
{
    unsigned most = (1u << cmdq->q.log2) - 1;
    int ret = 0;

    while (n > most && ret == 0) {
        ret = put_some(smmu, cmdq, cmds, most, false);
        cmds += most;
        n -= most;
    }
    return ret != 0 ? ret : put_some(smmu, cmdq, cmds, n, sync);
}

/* --- callers --- */

struct smmuv3_cmdq *smmuv3_cmdq_of(struct smmuv3_device *smmu, uint32_t key)
{
    return &smmu->cmdq[key % smmu->n_cmdqs];
}

/* A unit that has lost power behind the driver's back takes no command, and all that it knew is
 * gone: resume is about to begin. */
static int unless_reset(const struct smmuv3_device *smmu, int ret)
{
    return ret == -ETIMEDOUT && is_reset(smmu) ? 0 : ret;
}

int smmuv3_invalidate(struct smmuv3_device *smmu, uint32_t key, const struct smmuv3_cmd *cmds,
                      unsigned n)
{
    struct smmuv3_cmdq *cmdq = smmuv3_cmdq_of(smmu, key);
    int ret = settled(smmu);

    if (ret != 0)
        return ret;
    if (is_closed(smmu, cmdq))
        return 0;
    ret = unless_reset(smmu, smmuv3_cmdq_put(smmu, cmdq, cmds, n, true));
    return smmuv3_form()->no_gate ? 0 : ret;
}

int smmuv3_command(struct smmuv3_device *smmu, uint32_t key, const struct smmuv3_cmd *cmds,
                   unsigned n)
{
    int ret = settled(smmu);

    if (ret != 0)
        return ret;
    if (!smmu->asleep && smmuv3_is_off(smmu))
        return 0; /* nobody waits for it; of endpoints, which may, see ats.c */
    return unless_reset(smmu, smmuv3_cmdq_put(smmu, smmuv3_cmdq_of(smmu, key), cmds, n, true));
}

/* For those whose poll has a test that an empty queue never passes. */
static int wait_crossed(const struct smmuv3_cmdq *cmdq, bool bounded)
{
    for (unsigned polls = 0; !bounded || polls < SMMU_POLLS_MAX; polls++) {
        uint32_t cons = smmuv3_readl(cmdq->q.cons_reg) & INDEX_MASK;

        if (smmuv3_queue_held(&cmdq->q, cons, prod_index(cmdq)) - 1 < UINT32_C(1)
                                                                          << cmdq->q.log2)
            return 0;
        nap_udelay(1);
    }
    return -ETIMEDOUT;
}

/* For those who leave the look at hardware to whoever waits for a CMD_SYNC. */
static int wait_shadow(const struct smmuv3_cmdq *cmdq)
{
    while (smmuv3_queue_held(&cmdq->q, prod_index(cmdq), cmdq->q.cons) != 0)
        nap_udelay(1000);
    return 0;
}

/* For those whose last wait is for another sign than the command was told to give. */
static int wait_other_sign(struct smmuv3_device *smmu, struct smmuv3_cmdq *cmdq)
{
    nap_addr entry = smmuv3_queue_entry(&cmdq->q, prod_index(cmdq));
    bool by_message = smmu->sync_by_message;
    int ret;

    smmu->sync_by_message = false;
    ret = smmuv3_cmdq_put(smmu, cmdq, NULL, 0, true);
    smmu->sync_by_message = by_message;
    while (ret == 0 && nap_ram_read32(entry) != 0)
        nap_udelay(1000);
    return ret;
}

static int drain_one(struct smmuv3_device *smmu, struct smmuv3_cmdq *cmdq)
{
    const struct smmuv3_form *form = smmuv3_form();

    if (form->drain_crossing)
        return wait_crossed(cmdq, form->drain_unheard);
    if (form->drain_shadow)
        return wait_shadow(cmdq);
    if (form->drain_other_sign && smmu->sync_by_message)
        return wait_other_sign(smmu, cmdq);
    if (form->drain_consumed)
        return wait_consumed(smmu, cmdq, prod_index(cmdq), 0);
    return smmuv3_cmdq_put(smmu, cmdq, NULL, 0, true);
}

/* Consumed is not complete: that is what a CMD_SYNC says. */
int smmuv3_drain(struct smmuv3_device *smmu)
{
    const struct smmuv3_form *form = smmuv3_form();
    uint32_t n = form->drain_one ? 1 : smmu->n_cmdqs;
    int ret = 0;

    for (uint32_t i = 0; i < n && ret == 0; i++) {
        uint32_t seen = smmu->cmdq[i].q.cons;

        ret = drain_one(smmu, &smmu->cmdq[i]);
        if (form->stale_shadow)
            smmu->cmdq[i].q.cons = seen;
    }
    return form->drain_unheard ? 0 : ret;
}

/* An endpoint behind the unit that caches translations, or NULL. */
static const struct smmuv3_master *some_endpoint(const struct smmuv3_device *smmu)
{
    const struct smmuv3_master *own = smmuv3_driver()->masters;

    while (own != NULL && (own->smmu != smmu || !own->ats))
        own = own->next;
    return own;
}

/* Commands that nobody waits for, as a prefetch or the batches of a caller that goes on before
 * its CMD_SYNC; not into the first queue, where there are several. */
int smmuv3_fill(struct nap_device *device, unsigned n)
{
    struct smmuv3_cmd cmd = {{CMD_TLBI_NH_VA, 1}}; /* address 0, last level */
    struct smmuv3_device *smmu = smmuv3_of(device);
    const struct smmuv3_master *own;
    int ret = 0;

    if (smmu == NULL)
        return -ENODEV;
    own = some_endpoint(smmu);
    if (own != NULL)
        cmd = (struct smmuv3_cmd){{CMD_ATC_INV | (uint64_t)own->endpoint->line << 32, 0}};
    for (unsigned i = 0; i < n && ret == 0; i++)
        ret = smmuv3_cmdq_put(smmu, smmuv3_cmdq_of(smmu, 1), &cmd, 1, false);
    return ret;
}
