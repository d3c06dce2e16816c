/* SPDX-License-Identifier: MIT */
/* Stalled transactions: held until CMD_RESUME, CMD_STALL_TERM or the end of translation. Arm
 * IHI 0070, "Stall model". Duplicates are suppressed: a transaction like one whose record
 * stands is held with it, and retried when that is acknowledged. There is no early retry. */
#include "translate.h"

#include <string.h>

/* How a held transaction ended, as the code of its message. */
enum { ENDED_RETRIED, ENDED_ABORTED, ENDED_RAZ_WI };

static int order(const struct smmu_stall *a, const struct smmu_stall *b)
{
    return memcmp(a, b, sizeof *a);
}

static struct nap_smmuv3 *open_stalls(struct nap_machine *m, unsigned device)
{
    struct nap_smmuv3 *s = nap_block_state_mut(m, device);

    nap_touch(m, &s->n_stall, sizeof s->n_stall);
    nap_touch(m, s->stall, sizeof s->stall);
    return s;
}

/* A set, in the order of its bytes. */
static void hold(struct nap_machine *m, unsigned device, const struct smmu_stall *stall)
{
    struct nap_smmuv3 *s = open_stalls(m, device);
    unsigned at = 0;

    while (at < s->n_stall && order(&s->stall[at], stall) < 0)
        at++;
    memmove(&s->stall[at + 1], &s->stall[at], (s->n_stall - at) * sizeof *stall);
    s->stall[at] = *stall;
    s->n_stall++;
}

static struct smmu_stall let_go(struct nap_machine *m, unsigned device, unsigned at)
{
    struct nap_smmuv3 *s = open_stalls(m, device);
    struct smmu_stall stall = s->stall[at];

    s->n_stall--;
    memmove(&s->stall[at], &s->stall[at + 1], (s->n_stall - at) * sizeof stall);
    memset(&s->stall[s->n_stall], 0, sizeof stall);
    return stall;
}

/* "Suppression of duplicate Stall event records". */
static bool is_duplicate(const struct smmu_stall *a, const struct smmu_stall *b)
{
    return a->sid == b->sid && a->ssid == b->ssid && a->iova >> 12 == b->iova >> 12 &&
           a->rw == b->rw && a->privileged == b->privileged && a->instruction == b->instruction;
}

/* The lowest STAG that no recorded transaction has. */
static uint16_t free_stag(const struct nap_smmuv3 *s)
{
    uint16_t stag = 0;

    for (unsigned i = 0; i < s->n_stall;) {
        if (s->stall[i].state == SMMU_STALL_RECORDED && s->stall[i].stag == stag) {
            stag++;
            i = 0;
        } else {
            i++;
        }
    }
    return stag;
}

static unsigned recorded(const struct nap_smmuv3 *s)
{
    unsigned n = 0;

    for (unsigned i = 0; i < s->n_stall; i++)
        n += s->stall[i].state == SMMU_STALL_RECORDED;
    return n;
}

/* One more record than STALL_MAX outstanding ones is not written before another is
 * acknowledged. */
static bool may_record(const struct nap_machine *m, unsigned device)
{
    uint64_t most = (nap_reg_get(m, device, SMMU_SLOT_IDR5) & SMMU_IDR5_STALL_MAX) >>
                    SMMU_IDR5_STALL_MAX_SHIFT;

    return recorded(smmu_of(m, device)) < most && smmu_evtq_writable(m, device);
}

static bool joins_another(const struct nap_smmuv3 *s, struct smmu_stall *stall)
{
    for (unsigned i = 0; i < s->n_stall; i++) {
        if (s->stall[i].state != SMMU_STALL_RECORDED || !is_duplicate(&s->stall[i], stall))
            continue;
        stall->state = SMMU_STALL_SUPPRESSED;
        stall->stag = s->stall[i].stag;
        return true;
    }
    return false;
}

void smmu_stall(struct nap_machine *m, const struct nap_transaction *t,
                const struct smmu_path *p)
{
    const struct nap_smmuv3 *s = smmu_of(m, p->device);
    struct smmu_stall stall = {.sid = t->port,
                               .ssid = t->has_substream ? t->substream : NAP_SUBSTREAM_NONE,
                               .iova = t->iova,
                               .state = SMMU_STALL_WAITS,
                               .rw = t->rw == NAP_WRITE,
                               .privileged = t->privileged,
                               .instruction = t->instruction};

    if (s->n_stall == SMMU_STALLS_MAX) {
        nap_unmodelled(m, p->device, "more stalled transactions than the SMMU holds");
        return;
    }
    if (!joins_another(s, &stall) && may_record(m, p->device)) {
        struct smmu_event e;
        stall.stag = free_stag(s);
        stall.state = SMMU_STALL_RECORDED;
        e = smmu_record(p, true, stall.stag);
        smmu_evtq_put(m, p->device, &e);
    }
    hold(m, p->device, &stall);
}

static void tell(struct nap_machine *m, unsigned device, const struct smmu_stall *stall,
                 uint32_t code)
{
    int to = nap_device_behind(m, device, stall->sid);
    struct nap_message message = {
        .kind = NAP_MSG_STALL_ENDED,
        .from = device,
        .port = stall->sid,
        .has_substream = stall->ssid != NAP_SUBSTREAM_NONE,
        .substream = stall->ssid != NAP_SUBSTREAM_NONE ? stall->ssid : 0,
        .address = stall->iova,
        .tag = stall->stag,
        .code = code,
        .read = !stall->rw,
        .write = stall->rw != 0,
    };

    if (to >= 0)
        nap_message_send(m, (unsigned)to, &message);
}

/* As though it had just arrived. It may stall again, or be ended with a record. */
static void retry(struct nap_machine *m, unsigned device, const struct smmu_stall *stall)
{
    struct nap_transaction t = {
        .device = device,
        .port = stall->sid,
        .iova = stall->iova,
        .rw = stall->rw ? NAP_WRITE : NAP_READ,
        .has_substream = stall->ssid != NAP_SUBSTREAM_NONE,
        .privileged = stall->privileged != 0,
        .instruction = stall->instruction != 0,
        .substream = stall->ssid != NAP_SUBSTREAM_NONE ? stall->ssid : 0,
    };
    struct nap_outcome o = nap_dma_transaction(m, &t);

    if (o.kind == NAP_OUTCOME_TRANSLATED || o.kind == NAP_OUTCOME_BYPASS)
        tell(m, device, stall, ENDED_RETRIED);
    else if (o.kind != NAP_OUTCOME_STALL)
        tell(m, device, stall, o.silent ? ENDED_RAZ_WI : ENDED_ABORTED);
}

/* All in @state with that STAG, or with any: taken out first, since a retry may add to them. */
static void retry_all(struct nap_machine *m, unsigned device, uint8_t state, int stag)
{
    struct smmu_stall list[SMMU_STALLS_MAX];
    unsigned n = 0;

    for (unsigned i = 0; i < smmu_of(m, device)->n_stall;) {
        const struct smmu_stall *e = &smmu_of(m, device)->stall[i];
        if (e->state == state && (stag < 0 || e->stag == stag))
            list[n++] = let_go(m, device, i);
        else
            i++;
    }
    for (unsigned i = 0; i < n; i++)
        retry(m, device, &list[i]);
}

/* "CMD_RESUME": without effect unless StreamID and STAG name a recorded transaction. */
void smmu_stall_resume(struct nap_machine *m, unsigned device, uint32_t sid, uint16_t stag,
                       bool again, bool abort)
{
    const struct nap_smmuv3 *s = smmu_of(m, device);
    struct smmu_stall stall;
    unsigned at = 0;

    while (at < s->n_stall && (s->stall[at].sid != sid || s->stall[at].stag != stag ||
                               s->stall[at].state != SMMU_STALL_RECORDED))
        at++;
    if (at == s->n_stall)
        return;
    stall = let_go(m, device, at);
    if (again)
        retry(m, device, &stall);
    else
        tell(m, device, &stall, abort ? ENDED_ABORTED : ENDED_RAZ_WI);
    retry_all(m, device, SMMU_STALL_SUPPRESSED, stag);
    smmu_stall_evtq_writable(m, device); /* STALL_MAX may have kept one waiting */
}

/* The end of translation: aborted, whether recorded or not. */
void smmu_stall_terminate_all(struct nap_machine *m, unsigned device)
{
    while (smmu_of(m, device)->n_stall > 0) {
        struct smmu_stall stall = let_go(m, device, 0);
        tell(m, device, &stall, ENDED_ABORTED);
    }
}

/* Whether the stream's STE ends all its traffic, by those copies or as memory has it. */
static bool ste_aborts(const struct nap_machine *m, unsigned device, uint32_t sid,
                       unsigned cached)
{
    struct smmu_path p = {.m = m,
                          .s = smmu_of(m, device),
                          .device = device,
                          .sid = sid,
                          .cached = cached,
                          .pick = SMMU_PICK_ALL};
    bool aborts = !smmu_find_ste(&p) || !(STE_CONFIG(p.ste) & STE_BYPASS);

    return aborts && !p.undetermined;
}

/* "This command must only be issued after the STE ... is updated to cause all new incoming
 * transactions to immediately terminate with abort": else it is unpredictable, S38. */
static bool may_terminate(const struct nap_machine *m, unsigned device, uint32_t sid)
{
    return nap_switch(m, device, SMMU_SWITCH_S38) == SMMU_S38_ENDED ||
           (ste_aborts(m, device, sid, SMMU_CACHED_ALL) && ste_aborts(m, device, sid, 0));
}

/* "CMD_STALL_TERM": aborted, whether recorded or not. What waits of
 * other streams may find a STAG or room then. */
void smmu_stall_terminate(struct nap_machine *m, unsigned device, uint32_t sid)
{
    if (!may_terminate(m, device, sid))
        return;
    for (unsigned i = 0; i < smmu_of(m, device)->n_stall;) {
        struct smmu_stall stall;
        if (smmu_of(m, device)->stall[i].sid != sid) {
            i++;
            continue;
        }
        stall = let_go(m, device, i);
        tell(m, device, &stall, ENDED_ABORTED);
    }
    smmu_stall_evtq_writable(m, device);
}

/* "If the Event queue is not writable": retried when it is. */
void smmu_stall_evtq_writable(struct nap_machine *m, unsigned device)
{
    if (may_record(m, device))
        retry_all(m, device, SMMU_STALL_WAITS, -1);
}
