/* SPDX-License-Identifier: MIT */
/* What must hold of an SMMU: how software goes about registers, queues, caches and power.
 * Section numbers are those of Arm IHI 0070, issue G.b. */
#include "tbu.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <regnap/dma.h>
#include <regnap/ledger.h>
#include <regnap/os.h>

static bool written(const struct nap_machine *m, unsigned device, unsigned slot)
{
    return (nap_reg_marks(m, device, slot) & NAP_MARK_WRITTEN) != 0;
}

/* Bits that the write has set. */
static uint64_t newly(const struct nap_event *e)
{
    return e->now & ~e->was;
}

static bool has(const struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask)
{
    return (nap_reg_get(m, device, slot) & mask) != 0;
}

/* --- GBPA --- */

static void gbpa_in_force(const struct nap_machine *m, const struct nap_event *e,
                          struct nap_report *report)
{
    if ((e->was & ~e->now & SMMU_CR0_SMMUEN) &&
        nap_work_pending(m, e->device, SMMU_SLOT_GBPA, SMMU_GBPA_Update))
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "%s: SMMUEN cleared while GBPA.Update was 1: traffic may still meet the "
                      "values before it",
                      nap_device_name(m, e->device));
}

/* --- fields with an acknowledge --- */

static void update_in_flight(const struct nap_machine *m, const struct nap_event *e,
                             struct nap_report *report)
{
    uint32_t overtaken = smmu_of(m, e->device)->overtaken;
    uint32_t fields = e->slot == SMMU_SLOT_CR0 ? overtaken & 0xffff : overtaken >> 16;

    if ((e->slot == SMMU_SLOT_CR0 || e->slot == SMMU_SLOT_IRQ_CTRL) && fields)
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "%s: fields 0x%" PRIx32
                      " given another value while their Update was under way",
                      nap_device_name(m, e->device), fields);
}

/* --- errors --- */

/* What becomes active so stops a queue, or hides the next error of its kind. */
static void error_acknowledge(const struct nap_machine *m, const struct nap_event *e,
                              struct nap_report *report)
{
    uint32_t needless = smmu_of(m, e->device)->needless;

    if (needless)
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "%s: bits 0x%" PRIx32
                      " of GERRORN toggled while their errors were not active, which may make "
                      "them so",
                      nap_device_name(m, e->device), needless);
}

/* What somebody relies on, and hardware has not shown yet. */
static void acknowledge(const struct nap_machine *m, const struct nap_event *e,
                        struct nap_report *report)
{
    for (unsigned i = 0; i < nap_device_count(m); i++)
        if (nap_device_model(m, i) == &nap_model_smmuv3 && nap_device_on(m, i) &&
            strcmp(e->label, NAP_LABEL_RESUMED) == 0 &&
            nap_work_pending(m, i, SMMU_SLOT_CR0ACK, SMMU_CR0_SMMUEN))
            nap_violation(report, i, SMMU_SLOT_CR0ACK, UINT32_MAX,
                          "%s: resume has returned while CR0ACK did not show SMMUEN yet",
                          nap_device_name(m, i));
}

/* --- what must stand before an enable --- */

struct setup {
    const char *what; /* for people */
    uint16_t slots[4];
    uint16_t n;
};

static const struct setup cmdq_setup = {
    "CMDQEN",
    {SMMU_SLOT_CR1, SMMU_SLOT_CMDQ_BASE, SMMU_SLOT_CMDQ_PROD, SMMU_SLOT_CMDQ_CONS},
    4};
static const struct setup evtq_setup = {
    "EVENTQEN",
    {SMMU_SLOT_CR1, SMMU_SLOT_EVENTQ_BASE, SMMU_SLOT_EVENTQ_PROD, SMMU_SLOT_EVENTQ_CONS},
    4};
static const struct setup priq_setup = {
    "PRIQEN",
    {SMMU_SLOT_CR1, SMMU_SLOT_PRIQ_BASE, SMMU_SLOT_PRIQ_PROD, SMMU_SLOT_PRIQ_CONS},
    4};
static const struct setup smmu_setup = {
    "SMMUEN",
    {SMMU_SLOT_CR1, SMMU_SLOT_CR2, SMMU_SLOT_STRTAB_BASE, SMMU_SLOT_STRTAB_BASE_CFG},
    4};

static bool all_written(const struct nap_machine *m, const struct nap_event *e,
                        const struct setup *setup, struct nap_report *report)
{
    for (unsigned i = 0; i < setup->n; i++) {
        char name[NAP_NAME_MAX * 2];
        if (written(m, e->device, setup->slots[i]))
            continue;
        nap_register_name(m, e->device, setup->slots[i], name, sizeof name);
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "%s set although %s has not been written since power-on", setup->what,
                      name);
        return false;
    }
    return true;
}

/* Entries that lie in a queue when it is enabled have been consumed before, or nobody has put
 * them there: after a sleep there is nothing that could be new. */
static void check_indexes(const struct nap_machine *m, const struct nap_event *e,
                          const char *what, uint32_t prod, uint32_t cons,
                          const struct smmu_queue *q, struct nap_report *report)
{
    struct smmu_queue was = *q;

    was.prod = prod & ((UINT32_C(2) << q->log2) - 1);
    was.cons = cons & ((UINT32_C(2) << q->log2) - 1);
    if (!smmu_queue_consistent(&was))
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "%s set with PROD 0x%" PRIx32 " and CONS 0x%" PRIx32
                      ", which contradict each other",
                      what, was.prod, was.cons);
    else if (!smmu_queue_empty(&was) && nap_asleep(m))
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "%s set after a sleep with %" PRIu32 " entries between CONS and PROD",
                      what, smmu_queue_held(&was));
}

/* CONS as software left it: hardware may have gone on by now. */
static void cmdq_before_enable(const struct nap_machine *m, const struct nap_event *e,
                               struct nap_report *report)
{
    struct smmu_command_queue cmdq = smmu_cmdq(e->device);
    struct smmu_queue q = smmu_command_queue_now(m, &cmdq);

    if (all_written(m, e, &cmdq_setup, report))
        check_indexes(m, e, "CMDQEN", q.prod,
                      has(m, e->device, SMMU_SLOT_CR0ACK, SMMU_CR0ACK_CMDQEN)
                          ? smmu_of(m, e->device)->cons_at_enable[SMMU_CMDQ]
                          : q.cons,
                      &q, report);
}

static void output_before_enable(const struct nap_machine *m, const struct nap_event *e,
                                 const struct setup *setup, struct smmu_queue q,
                                 struct nap_report *report)
{
    uint64_t prod = nap_reg_get(m, e->device, setup->slots[2]);
    uint64_t cons = nap_reg_get(m, e->device, setup->slots[3]);

    if (!all_written(m, e, setup, report))
        return;
    check_indexes(m, e, setup->what, q.prod, q.cons, &q, report);
    if ((prod ^ cons) & SMMU_EVENTQ_PROD_OVFLG)
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "%s set with OVFLG and OVACKFLG unlike: the queue begins in overflow",
                      setup->what);
}

static bool enables_ecmdq(const struct nap_event *e)
{
    return e->reg == SMMU_REG_ECMDQ_PROD && (newly(e) & SMMU_ECMDQ_PROD_EN);
}

static void ecmdq_before_enable(const struct nap_machine *m, const struct nap_event *e,
                                struct nap_report *report)
{
    const struct setup setup = {"EN",
                                {SMMU_SLOT_CR1, (uint16_t)(SMMU_SLOT_ECMDQ_BASE + e->index),
                                 (uint16_t)(SMMU_SLOT_ECMDQ_CONS + e->index)},
                                3};
    struct smmu_command_queue ecmdq = smmu_ecmdq(e->device, e->index);
    struct smmu_queue q = smmu_command_queue_now(m, &ecmdq);
    uint64_t cons = nap_reg_get(m, e->device, ecmdq.cons);

    if (cons & SMMU_ECMDQ_CONS_ENACK)
        cons = smmu_of(m, e->device)->cons_at_enable[ecmdq.id];
    if (!all_written(m, e, &setup, report))
        return;
    check_indexes(m, e, setup.what, q.prod, (uint32_t)(cons & SMMU_QUEUE_INDEX), &q, report);
    if (((cons & SMMU_ECMDQ_CONS_ERR) != 0) != ((e->now & SMMU_ECMDQ_PROD_ERRACK) != 0))
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "EN set with ERRACK unlike ERR: whether the queue consumes commands is "
                      "unpredictable");
}

static void setup_before_enable(const struct nap_machine *m, const struct nap_event *e,
                                struct nap_report *report)
{
    if (enables_ecmdq(e))
        ecmdq_before_enable(m, e, report);
    if (e->reg != SMMU_REG_CR0)
        return;
    if (newly(e) & SMMU_CR0_CMDQEN)
        cmdq_before_enable(m, e, report);
    if (newly(e) & SMMU_CR0_EVENTQEN)
        output_before_enable(m, e, &evtq_setup, smmu_evtq_now(m, e->device), report);
    if (newly(e) & SMMU_CR0_PRIQEN)
        output_before_enable(m, e, &priq_setup, smmu_priq_now(m, e->device), report);
    if (newly(e) & SMMU_CR0_SMMUEN)
        all_written(m, e, &smmu_setup, report);
}

/* --- indexes --- */

struct index_register {
    uint16_t slot, base;
    uint32_t others; /* bits beside the index that software may set */
    uint32_t most;   /* field of IDR1: log2 of the entries that its queue can have */
    /* Of CONS of an output queue: the field of CR0ACK that turns it on; else 0. */
    uint32_t reader;
};

static const struct index_register index_registers[] = {
    {SMMU_SLOT_CMDQ_PROD, SMMU_SLOT_CMDQ_BASE, 0, SMMU_IDR1_CMDQS, 0},
    {SMMU_SLOT_CMDQ_CONS, SMMU_SLOT_CMDQ_BASE, 0x7f000000, SMMU_IDR1_CMDQS, 0},
    {SMMU_SLOT_EVENTQ_PROD, SMMU_SLOT_EVENTQ_BASE, 0x80000000, SMMU_IDR1_EVENTQS, 0},
    {SMMU_SLOT_EVENTQ_CONS, SMMU_SLOT_EVENTQ_BASE, 0x80000000, SMMU_IDR1_EVENTQS,
     SMMU_CR0ACK_EVENTQEN},
    {SMMU_SLOT_PRIQ_PROD, SMMU_SLOT_PRIQ_BASE, 0x80000000, SMMU_IDR1_PRIQS, 0},
    {SMMU_SLOT_PRIQ_CONS, SMMU_SLOT_PRIQ_BASE, 0x80000000, SMMU_IDR1_PRIQS, SMMU_CR0ACK_PRIQEN},
    /* As page 0 shows them. */
    {SMMU_SLOT_EVENTQ_PROD_PAGE0, SMMU_SLOT_EVENTQ_BASE, 0x80000000, SMMU_IDR1_EVENTQS, 0},
    {SMMU_SLOT_EVENTQ_CONS_PAGE0, SMMU_SLOT_EVENTQ_BASE, 0x80000000, SMMU_IDR1_EVENTQS,
     SMMU_CR0ACK_EVENTQEN},
    {SMMU_SLOT_PRIQ_PROD_PAGE0, SMMU_SLOT_PRIQ_BASE, 0x80000000, SMMU_IDR1_PRIQS, 0},
    {SMMU_SLOT_PRIQ_CONS_PAGE0, SMMU_SLOT_PRIQ_BASE, 0x80000000, SMMU_IDR1_PRIQS,
     SMMU_CR0ACK_PRIQEN},
};

static bool is_element(unsigned slot, unsigned first, unsigned count)
{
    return slot >= first && slot - first < count;
}

static const struct index_register *index_register(unsigned slot, struct index_register *ecmdq)
{
    for (unsigned i = 0; i < sizeof index_registers / sizeof index_registers[0]; i++)
        if (index_registers[i].slot == slot)
            return &index_registers[i];
    if (is_element(slot, SMMU_SLOT_ECMDQ_PROD, SMMU_COUNT_ECMDQ_PROD))
        *ecmdq = (struct index_register){
            (uint16_t)slot, (uint16_t)(SMMU_SLOT_ECMDQ_BASE + slot - SMMU_SLOT_ECMDQ_PROD),
            SMMU_ECMDQ_PROD_EN | SMMU_ECMDQ_PROD_ERRACK, SMMU_IDR1_CMDQS, 0};
    else if (is_element(slot, SMMU_SLOT_ECMDQ_CONS, SMMU_COUNT_ECMDQ_CONS))
        *ecmdq = (struct index_register){
            (uint16_t)slot, (uint16_t)(SMMU_SLOT_ECMDQ_BASE + slot - SMMU_SLOT_ECMDQ_CONS),
            SMMU_ECMDQ_CONS_ERR | SMMU_ECMDQ_CONS_ERR_REASON, SMMU_IDR1_CMDQS, 0};
    else
        return NULL;
    return ecmdq;
}

/* log2 of the entries that the queue of the register has. */
static uint64_t entries_log2(const struct nap_machine *m, unsigned device,
                             const struct index_register *r)
{
    uint64_t log2 = nap_reg_get(m, device, r->base) & SMMU_QUEUE_LOG2SIZE;
    uint64_t most = (nap_reg_get(m, device, SMMU_SLOT_IDR1) & r->most) / (r->most & -r->most);

    if (most > SMMU_QUEUE_LOG2_MAX)
        most = SMMU_QUEUE_LOG2_MAX;
    return log2 < most ? log2 : most;
}

static int queue_of_prod(unsigned slot)
{
    if (slot == SMMU_SLOT_CMDQ_PROD)
        return SMMU_CMDQ;
    if (is_element(slot, SMMU_SLOT_ECMDQ_PROD, SMMU_COUNT_ECMDQ_PROD))
        return (int)(SMMU_ECMDQ + slot - SMMU_SLOT_ECMDQ_PROD);
    return -1;
}

/* Whether the queue is on, and its indexes have contradicted each other since. */
static bool misled(const struct nap_machine *m, unsigned device, int queue)
{
    bool on = queue == SMMU_CMDQ
                  ? has(m, device, SMMU_SLOT_CR0ACK, SMMU_CR0ACK_CMDQEN)
                  : queue > 0 && smmu_ecmdq_enabled(m, device, (unsigned)queue - SMMU_ECMDQ);

    return on && (smmu_of(m, device)->misled[queue / 64] >> queue % 64 & 1);
}

/* "Queues": CONS of an output queue that is on passes entries that are there, and nothing else.
 * Where the indexes contradicted each other before, nobody can say what is there. */
static bool lost_its_place(const struct nap_machine *m, const struct nap_event *e,
                           const struct index_register *r)
{
    struct smmu_queue now = r->reader == SMMU_CR0ACK_EVENTQEN ? smmu_evtq_now(m, e->device)
                                                              : smmu_priq_now(m, e->device);
    struct smmu_queue was = now;

    was.cons = (uint32_t)e->was & ((UINT32_C(2) << was.log2) - 1);
    now.cons = (uint32_t)e->now & ((UINT32_C(2) << now.log2) - 1);
    return r->reader && has(m, e->device, SMMU_SLOT_CR0ACK, r->reader) &&
           smmu_queue_consistent(&was) && smmu_queue_held(&now) > smmu_queue_held(&was);
}

static void queue_index(const struct nap_machine *m, const struct nap_event *e,
                        struct nap_report *report)
{
    struct index_register ecmdq;
    const struct index_register *r = index_register(e->slot, &ecmdq);
    uint64_t log2, beyond;

    if (!r)
        return;
    log2 = entries_log2(m, e->device, r);
    beyond = e->written & ~(uint64_t)r->others & ~((UINT64_C(2) << log2) - 1);
    if (!written(m, e->device, r->base))
        nap_violation(
            report, e->device, e->slot, UINT32_MAX,
            "%s: an index written before BASE of its queue, which says what bits it has",
            nap_device_name(m, e->device));
    else if (beyond)
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "%s: bits 0x%" PRIx64 " written beyond index and wrap flag of a queue of "
                      "2^%" PRIu64 " entries",
                      nap_device_name(m, e->device), beyond, log2);
    if (!enables_ecmdq(e) && misled(m, e->device, queue_of_prod(e->slot)))
        nap_violation(
            report, e->device, e->slot, UINT32_MAX,
            "%s: PROD of a queue that is on moved back, or by more than the queue holds",
            nap_device_name(m, e->device));
    if (lost_its_place(m, e, r))
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "%s: CONS of a queue that is on moved back, or beyond PROD",
                      nap_device_name(m, e->device));
}

/* --- power --- */

/* Whether software has asked for the end of the device's power by this step. */
static const struct smmu_at_off *at_off(const struct nap_machine *m, const struct nap_event *e,
                                        unsigned device)
{
    uint32_t domain;

    if (nap_device_model(m, device) != &nap_model_smmuv3 ||
        strcmp(e->label, NAP_LABEL_POWER_OFF) != 0)
        return NULL;
    domain = nap_machine_soc(m)->devices[device].domain;
    return (e->was & ~e->now) >> domain & 1 ? &smmu_of(m, device)->at_off : NULL;
}

static void queue_text(unsigned id, char *out, size_t bytes)
{
    if (id == SMMU_CMDQ)
        snprintf(out, bytes, "the command queue");
    else if (id < SMMU_VCMDQ)
        snprintf(out, bytes, "ECMDQ %u", id - SMMU_ECMDQ);
    else
        snprintf(out, bytes, "VCMDQ %u", id - SMMU_VCMDQ);
}

static void check_queue(unsigned device, const struct smmu_at_off *off, unsigned id,
                        const char *name, struct nap_report *report)
{
    char queue[32];

    queue_text(id, queue, sizeof queue);
    if (off->queues[id / 64] >> id % 64 & 1)
        nap_violation(
            report, device,
            id == SMMU_CMDQ ? SMMU_SLOT_CMDQ_CONS : SMMU_SLOT_ECMDQ_CONS + id - SMMU_ECMDQ,
            UINT32_MAX, "%s lost power while %s held commands that it had not consumed", name,
            queue);
    if (off->unsynced_atc[id / 64] >> id % 64 & 1)
        nap_violation(report, device, NAP_NO_SLOT, UINT32_MAX,
                      "%s lost power before a CMD_SYNC had completed a CMD_ATC_INV of %s: the "
                      "endpoint may keep what it was to drop",
                      name, queue);
}

/* IHI 3.19 says nothing of records: they are lost, which matters to those who wait for them. */
static void check_events(const struct nap_machine *m, unsigned device,
                         const struct smmu_at_off *off, struct nap_report *report)
{
    if (off->evtq && off->told)
        nap_violation(report, device, SMMU_SLOT_EVENTQ_PROD, UINT32_MAX,
                      "%s lost power while the event queue held records that software had "
                      "asked to be told of and not seen",
                      nap_device_name(m, device));
    else if (off->evtq)
        nap_note(report, device, SMMU_SLOT_EVENTQ_PROD, UINT32_MAX,
                 "%s lost power while the event queue held records; nobody has asked to be "
                 "told of them",
                 nap_device_name(m, device));
}

/* IHI 3.19: invalidations are complete before power goes. Where caches always lose what they
 * hold there is nothing left to invalidate. */
static void check_invalidations(const struct nap_machine *m, unsigned device,
                                const struct smmu_at_off *off, struct nap_report *report)
{
    unsigned n = (unsigned)off->n_cfg + off->n_tlb;

    if (n && nap_switch(m, device, SMMU_SWITCH_S12) != SMMU_S12_EMPTY)
        nap_violation(report, device, NAP_NO_SLOT, UINT32_MAX,
                      "%s lost power with %u invalidations of its own caches that no CMD_SYNC "
                      "had completed: what they were to drop may be there afterwards",
                      nap_device_name(m, device), n);
    else if (n)
        nap_note(report, device, NAP_NO_SLOT, UINT32_MAX,
                 "%s lost power with %u invalidations of its own caches that no CMD_SYNC had "
                 "completed; they go with the caches",
                 nap_device_name(m, device), n);
}

static void drained(const struct nap_machine *m, const struct nap_event *e,
                    struct nap_report *report)
{
    for (unsigned i = 0; i < nap_device_count(m); i++) {
        const struct smmu_at_off *off = at_off(m, e, i);
        if (!off)
            continue;
        for (unsigned id = SMMU_CMDQ; id < SMMU_QUEUES; id++)
            check_queue(i, off, id, nap_device_name(m, i), report);
        check_events(m, i, off, report);
        check_invalidations(m, i, off, report);
        if (off->changing)
            nap_violation(report, i, SMMU_SLOT_CR0ACK, UINT32_MAX,
                          "%s lost power before CR0ACK had shown SMMUEN as CR0 had it",
                          nap_device_name(m, i));
    }
}

static void stranded(const struct nap_machine *m, const struct nap_event *e,
                     struct nap_report *report)
{
    for (unsigned i = 0; i < nap_device_count(m); i++) {
        const struct smmu_at_off *off = at_off(m, e, i);
        if (!off)
            continue;
        if (off->n_stall)
            nap_violation(report, i, NAP_NO_SLOT, UINT32_MAX,
                          "%s lost power while it held %u stalled transactions",
                          nap_device_name(m, i), off->n_stall);
        if (off->n_prg || off->priq)
            nap_violation(report, i, SMMU_SLOT_PRIQ_PROD, UINT32_MAX,
                          "%s lost power while page requests had no answer (%u groups%s)",
                          nap_device_name(m, i), off->n_prg,
                          off->priq ? ", entries in the PRI queue" : "");
    }
}

/* --- caches --- */

static bool holds_of(const struct nap_smmuv3 *s, enum smmu_sweep what)
{
    if (what == SMMU_SWEEP_CFG)
        return s->n_ste || s->n_cd || s->n_l1std || s->n_l1cd;
    for (unsigned i = 0; i < s->n_tlb; i++)
        if ((s->tlb[i].world == SMMU_WORLD_EL1) == (what == SMMU_SWEEP_EL1))
            return true;
    for (unsigned i = 0; i < s->n_table; i++)
        if ((s->table[i].world == SMMU_WORLD_EL1) == (what == SMMU_SWEEP_EL1))
            return true;
    return false;
}

static bool issued(const struct nap_smmuv3 *s, unsigned what)
{
    return (s->swept_by[what][0] | s->swept_by[what][1] | s->swept_by[what][2] |
            s->swept_by[what][3]) != 0;
}

/* A violation if there is anything that should have been dropped, else a note: caches may come
 * up empty, which no software can know. */
static void invalidate_before_enable(const struct nap_machine *m, const struct nap_event *e,
                                     struct nap_report *report)
{
    static const char *const names[] = {[SMMU_SWEEP_CFG] = "CMD_CFGI_ALL",
                                        [SMMU_SWEEP_EL1] = "CMD_TLBI_NSNH_ALL",
                                        [SMMU_SWEEP_EL2] = "CMD_TLBI_EL2_ALL"};
    const struct nap_smmuv3 *s = smmu_of(m, e->device);

    if (!(newly(e) & SMMU_CR0_SMMUEN))
        return;
    for (unsigned i = 0; i < SMMU_SWEEPS; i++) {
        const char *why = issued(s, i) ? "and no CMD_SYNC has completed it"
                                       : "which has not been issued since power-on";
        if ((s->swept >> i & 1) ||
            (i == SMMU_SWEEP_EL2 && !has(m, e->device, SMMU_SLOT_IDR0, SMMU_IDR0_Hyp)))
            continue;
        if (holds_of(s, i))
            nap_violation(report, e->device, e->slot, UINT32_MAX,
                          "%s: SMMUEN set without %s, %s; there are entries that it drops",
                          nap_device_name(m, e->device), names[i], why);
        else
            nap_note(report, e->device, e->slot, UINT32_MAX,
                     "%s: SMMUEN set without %s, %s; its caches hold nothing of that kind",
                     nap_device_name(m, e->device), names[i], why);
    }
}

static bool allowed(const struct nap_outcome *o, const struct nap_truth *t)
{
    for (unsigned i = 0; i < t->n; i++)
        if (t->allowed[i].mapped && t->allowed[i].pa == o->pa)
            return true;
    return false;
}

/* Whether a TLB entry of the SMMU answers the port of a master, a stream of it, otherwise than
 * what is mapped now. The ledger knows no PASIDs: streams with one are not judged. */
static bool stale_for(const struct nap_machine *m, unsigned smmu, uint32_t sid, unsigned device,
                      unsigned port, nap_addr iova)
{
    struct nap_outcomes out;
    struct nap_truth t;

    nap_truth_of(m, device, port, iova, &t);
    if (!t.judged || t.bypass)
        return false;
    nap_probe(m, smmu, sid, iova, &out, NULL);
    for (unsigned i = 0; i < out.n; i++)
        if (out.list[i].kind == NAP_OUTCOME_TRANSLATED && out.list[i].by == NAP_BY_TLB &&
            !allowed(&out.list[i], &t))
            return true;
    return false;
}

#define PORTS_OF_RANGE_MAX 8u /* of a long range of StreamIDs the first ones are enough */

/* The stream that a port of a master is to the SMMU: of a device in front of it that forwards
 * under a StreamID of its own, that one; -1: it is behind something else. */
static int64_t stream_of(const struct nap_machine *m, unsigned smmu, unsigned device,
                         unsigned port)
{
    if (device == smmu)
        return port;
    return nap_upstream(m, device) == smmu ? (int64_t)nap_device_line(m, device) : -1;
}

/* The stream of the SMMU that the entry answers though it should not, or -1. */
static int64_t stale_stream(const struct nap_machine *m, unsigned smmu,
                            const struct smmu_tlb_entry *entry)
{
    const struct nap_soc *soc = nap_machine_soc(m);

    for (uint32_t i = 0; i < soc->n_masters; i++)
        for (uint32_t p = 0; p < soc->masters[i].n_ports; p++) {
            const struct nap_soc_ports *ports = &soc->masters[i].ports[p];
            for (uint32_t k = 0; k < ports->count && k < PORTS_OF_RANGE_MAX; k++) {
                int64_t sid = stream_of(m, smmu, ports->device, ports->first + k);
                if (sid >= 0 && stale_for(m, smmu, (uint32_t)sid, ports->device,
                                          ports->first + k, entry->address << 12))
                    return sid;
            }
        }
    return -1;
}

/* Entries of the SMMU's own TLB, then those of its TBUs; NULL at the end. */
static const struct smmu_tlb_entry *entry_at(const struct nap_machine *m, unsigned smmu,
                                             unsigned at)
{
    const struct nap_smmuv3 *s = smmu_of(m, smmu);

    return at < s->n_tlb ? &s->tlb[at] : smmu_tbus_entry(m, smmu, at - s->n_tlb);
}

static void check_entries(const struct nap_machine *m, unsigned smmu, struct nap_report *report)
{
    const struct smmu_tlb_entry *entry;

    for (unsigned i = 0; (entry = entry_at(m, smmu, i)) != NULL; i++) {
        int64_t sid = entry->stage == 2 ? -1 : stale_stream(m, smmu, entry);
        if (sid < 0)
            continue;
        nap_violation(report, smmu, NAP_NO_SLOT, (unsigned)sid,
                      "unmap has returned while SMMUEN of %s may be 1 and its TLB still "
                      "translates 0x%" PRIx64 " of port %" PRId64,
                      nap_device_name(m, smmu), entry->address << 12, sid);
        return;
    }
}

/* unmap has returned: whoever left its invalidation out did so while the SMMU translates. With
 * SMMUEN known to be 0 no entry answers. */
static void elided(const struct nap_machine *m, const struct nap_event *e,
                   struct nap_report *report)
{
    if (strcmp(e->label, NAP_LABEL_UNMAPPED) != 0)
        return;
    for (unsigned d = 0; d < nap_device_count(m); d++)
        if (nap_device_model(m, d) == &nap_model_smmuv3 && nap_device_on(m, d))
            check_entries(m, d, report);
}

/* --- interrupts --- */

struct irq {
    const char *name;
    uint64_t enable;
    uint16_t cfg[3];
    uint8_t output;
};

static const struct irq irqs[] = {
    {"EVENTQ",
     SMMU_IRQ_CTRL_EVENTQ_IRQEN,
     {SMMU_SLOT_EVENTQ_IRQ_CFG0, SMMU_SLOT_EVENTQ_IRQ_CFG1, SMMU_SLOT_EVENTQ_IRQ_CFG2},
     SMMU_OUT_EVENTQ},
    {"PRIQ",
     SMMU_IRQ_CTRL_PRIQ_IRQEN,
     {SMMU_SLOT_PRIQ_IRQ_CFG0, SMMU_SLOT_PRIQ_IRQ_CFG1, SMMU_SLOT_PRIQ_IRQ_CFG2},
     SMMU_OUT_PRIQ},
    {"GERROR",
     SMMU_IRQ_CTRL_GERROR_IRQEN,
     {SMMU_SLOT_GERROR_IRQ_CFG0, SMMU_SLOT_GERROR_IRQ_CFG1, SMMU_SLOT_GERROR_IRQ_CFG2},
     SMMU_OUT_GERROR},
};
#define N_IRQS (sizeof irqs / sizeof irqs[0])

/* With ADDR 0 there is no message, and nothing else counts. */
static bool configured(const struct nap_machine *m, unsigned device, const struct irq *irq)
{
    if (!written(m, device, irq->cfg[0]))
        return false;
    return !(nap_reg_get(m, device, irq->cfg[0]) & SMMU_EVENTQ_IRQ_CFG0_ADDR) ||
           (written(m, device, irq->cfg[1]) && written(m, device, irq->cfg[2]));
}

static void irq_enabled(const struct nap_machine *m, const struct nap_event *e,
                        struct nap_report *report)
{
    for (unsigned i = 0; i < N_IRQS; i++)
        if ((newly(e) & irqs[i].enable) && has(m, e->device, SMMU_SLOT_IDR0, SMMU_IDR0_MSI) &&
            !configured(m, e->device, &irqs[i]))
            nap_violation(report, e->device, e->slot, UINT32_MAX,
                          "%s: %s_IRQEN set although %s_IRQ_CFG has not been written since "
                          "power-on: where its messages go is unknown",
                          nap_device_name(m, e->device), irqs[i].name, irqs[i].name);
}

/* An interrupt that is on its way when power goes finds a device that is off. */
static void irq_at_off(const struct nap_machine *m, const struct nap_event *e,
                       struct nap_report *report)
{
    for (unsigned d = 0; d < nap_device_count(m); d++) {
        const struct smmu_at_off *off = at_off(m, e, d);
        for (unsigned i = 0; off && i < N_IRQS; i++) {
            if (!(off->irq & irqs[i].enable))
                continue;
            if (nap_edge_pending(m, d, irqs[i].output))
                nap_violation(report, d, SMMU_SLOT_IRQ_CTRL, UINT32_MAX,
                              "%s lost power with %s_IRQEN set and its interrupt on the way",
                              nap_device_name(m, d), irqs[i].name);
            else
                nap_note(report, d, SMMU_SLOT_IRQ_CTRL, UINT32_MAX,
                         "%s lost power with %s_IRQEN set; nothing was on its way",
                         nap_device_name(m, d), irqs[i].name);
        }
    }
}

static void interrupts(const struct nap_machine *m, const struct nap_event *e,
                       struct nap_report *report)
{
    if (e->kind == NAP_STEP_POWER)
        irq_at_off(m, e, report);
    else if (e->slot == SMMU_SLOT_IRQ_CTRL)
        irq_enabled(m, e, report);
}

/* --- the table --- */

#define IHI    "Arm IHI 0070 G.b "
#define WRITES NAP_STEP_BIT(NAP_STEP_WRITE)

const struct nap_rule nap_smmuv3_rules[SMMU_N_RULES] = {
    {
        .id = "smmuv3-gbpa-in-force",
        .classes = "O12 O4",
        .source = IHI "6.3.14.1: new values are used for sure once Update reads 0; 3.11",
        .about = "SMMUEN is cleared only after GBPA.Update has come back to 0",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .reg = "CR0",
        .check = gbpa_in_force,
    },
    {
        .id = "smmuv3-update-in-flight",
        .classes = "O4",
        .source = IHI "6.3.9, 6.3.16: another value for a field whose Update is in flight",
        .about = "A field of CR0 or IRQ_CTRL gets no other value before its acknowledge",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .check = update_in_flight,
    },
    {
        .id = "smmuv3-error-acknowledge",
        .classes = "O4 O10",
        .source = IHI "6.3.20: software must not toggle fields of errors that are inactive",
        .about = "GERRORN is written to acknowledge what is active, and changes nothing else",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .reg = "GERRORN",
        .check = error_acknowledge,
    },
    {
        .id = "smmuv3-setup-before-enable",
        .classes = "O10 O13 O4",
        .source = IHI "3.11, 6.3.26: BASE, then PROD and CONS, then the enable; 6.3.96, 6.3.98 "
                      "on OVACKFLG",
        .about = "An enable of CR0 or of an ECMDQ follows the registers it needs, with indexes "
                 "that agree and no "
                 "entries left from before a sleep",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .check = setup_before_enable,
    },
    {
        .id = "smmuv3-queue-index",
        .classes = "O10 O4",
        .source = IHI "3.5.1, 6.3.26 to 6.3.28: BASE comes first; an index has its bits and a "
                      "wrap flag; 3.21.2: PROD only adds entries that fit, CONS passes those "
                      "that are there",
        .about =
            "PROD and CONS are written after BASE, with index and wrap flag only, and those of "
            "a queue that is on only move forward",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .check = queue_index,
    },
    {
        .id = "smmuv3-drained-before-power-off",
        .classes = "O10 O12",
        .source = IHI "3.19: commands and invalidations are complete before power goes; 4.7.3, "
                      "6.3.9; of events: a review of run-time power management of the SMMUv3 "
                      "driver of Linux",
        .about =
            "When power goes no command queue holds entries, a CMD_SYNC has followed each "
            "invalidation, no event waits for who asked for it, and CR0ACK agrees with CR0",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_POWER),
        .check = drained,
    },
    {
        .id = "smmuv3-stranded-at-power-off",
        .classes = "O11",
        .source =
            IHI "3.19: stalled transactions are terminated before power goes; 3.12.2, 3.9",
        .about = "When power goes no transaction is stalled and no page request has no answer",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_POWER),
        .check = stranded,
    },
    {
        .id = "smmuv3-invalidate-before-enable",
        .classes = "O12 O2",
        .source = IHI "3.11: caches may hold anything after reset, and are invalidated before "
                      "SMMUEN; 4.7.3",
        .about =
            "SMMUEN is set only after CFGI_ALL, TLBI_NSNH_ALL and, with EL2, TLBI_EL2_ALL "
            "have been completed by a CMD_SYNC since power-on, where there is what they drop",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .reg = "CR0",
        .check = invalidate_before_enable,
    },
    {
        .id = "smmuv3-acknowledge",
        .classes = "O12 O6",
        .source = IHI "6.3.9: a field is in force for sure once CR0ACK shows it",
        .about = "resume returns only after CR0ACK shows SMMUEN as CR0 has it",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_MASTER),
        .check = acknowledge,
    },
    {
        .id = "smmuv3-elided-invalidation",
        .classes = "O2",
        .source =
            IHI "3.21.1, 4.4: an entry answers until it is invalidated; 3.11: with SMMUEN 0 "
                "none is used",
        .about = "unmap leaves its invalidation out only while CR0ACK shows SMMUEN as 0",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_MASTER),
        .check = elided,
    },
    {
        .id = "smmuv3-interrupts",
        .classes = "O9 O3",
        .source = IHI "6.3.21, 6.3.16: IRQ_CFG is unknown after reset, and in force from the "
                      "enable on; 3.19",
        .about =
            "IRQ_CTRL enables a source only with its IRQ_CFG written since power-on, and no "
            "interrupt is on its way when power goes",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES | NAP_STEP_BIT(NAP_STEP_POWER),
        .check = interrupts,
    },
    {
        .id = "smmuv3-power-up-bypass",
        .classes = "O1",
        .source = IHI "3.11, 6.3.14: SMMUEN resets to 0, and GBPA.ABORT to a value of the "
                      "implementation's choice",
        .about = "From power-on until GBPA or SMMUEN is in force, a live master reaches memory "
                 "untranslated; only a reset value that aborts closes that window",
        .family = NAP_RULE_OUTCOME,
        .on = 0,
        .check = NULL,
    },
};
