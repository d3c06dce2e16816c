/* SPDX-License-Identifier: MIT */
/* Page requests of functions behind the SMMU: into the PRI queue, or answered here where they
 * cannot be. Arm IHI 0070, "Page request queue", "PRI queue overflow", "Miscellaneous" of that
 * chapter, "PRG Response Message codes". */
#include "translate.h"

#include <string.h>

enum { RESPONSE_SUCCESS = 0x0, RESPONSE_INVALID = 0x1, RESPONSE_FAILURE = 0xf };

#define INDEX_MASK 0x1ffu              /* PRGIndex */
#define STE_PPAR   (UINT64_C(1) << 18) /* of DW1 */

static bool bit_set(const struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask)
{
    return (nap_reg_get(m, device, slot) & mask) != 0;
}

/* --- groups that have no answer yet --- */

static struct nap_smmuv3 *open_groups(struct nap_machine *m, unsigned device)
{
    struct nap_smmuv3 *s = nap_block_state_mut(m, device);

    nap_touch(m, s, offsetof(struct nap_smmuv3, ste));
    nap_touch(m, s->prg, sizeof s->prg);
    return s;
}

static struct smmu_prg group_of(const struct nap_message *r)
{
    return (struct smmu_prg){.sid = r->port,
                             .ssid = r->has_substream ? r->substream : UINT32_MAX,
                             .index = r->tag & INDEX_MASK};
}

static int compare(const struct smmu_prg *a, const struct smmu_prg *b)
{
    if (a->sid != b->sid)
        return a->sid < b->sid ? -1 : 1;
    if (a->ssid != b->ssid)
        return a->ssid < b->ssid ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static void remember(struct nap_machine *m, unsigned device, const struct nap_message *r)
{
    struct smmu_prg group = group_of(r);
    struct nap_smmuv3 *s = open_groups(m, device);
    unsigned at = 0;

    while (at < s->n_prg && compare(&s->prg[at], &group) < 0)
        at++;
    if (at < s->n_prg && compare(&s->prg[at], &group) == 0)
        return;
    if (s->n_prg == SMMU_PRGS_MAX) {
        nap_unmodelled(m, device, "more groups of page requests than are kept");
        return;
    }
    memmove(&s->prg[at + 1], &s->prg[at], (s->n_prg - at) * sizeof s->prg[0]);
    s->prg[at] = group;
    s->n_prg++;
}

/* An answer with a PASID is of that group; one without may be of a request with one. */
static bool answered_by(const struct smmu_prg *group, const struct nap_message *response)
{
    return group->sid == response->port && group->index == response->tag &&
           (!response->has_substream || group->ssid == response->substream);
}

static void forget(struct nap_machine *m, unsigned device, const struct nap_message *response)
{
    unsigned kept = 0, had = smmu_of(m, device)->n_prg;
    struct nap_smmuv3 *s;

    if (had == 0)
        return;
    s = open_groups(m, device);
    for (unsigned i = 0; i < had; i++)
        if (!answered_by(&s->prg[i], response))
            s->prg[kept++] = s->prg[i];
    memset(&s->prg[kept], 0, (had - kept) * sizeof s->prg[0]);
    s->n_prg = kept;
}

/* --- answers --- */

static void answer(struct nap_machine *m, unsigned device, uint32_t sid, uint32_t index,
                   bool has_substream, uint32_t substream, uint32_t code)
{
    struct nap_message response = {.kind = NAP_MSG_PAGE_RESPONSE,
                                   .from = device,
                                   .port = sid,
                                   .tag = index & INDEX_MASK,
                                   .has_substream = has_substream,
                                   .substream = has_substream ? substream : 0,
                                   .code = code};
    int to = nap_device_behind(m, device, sid);

    forget(m, device, &response);
    if (to >= 0)
        (void)nap_message_send(m, (unsigned)to, &response);
}

void smmu_page_response(struct nap_machine *m, unsigned device, uint32_t sid, bool ssv,
                        uint32_t ssid, uint32_t prg_index, unsigned resp)
{
    static const uint32_t codes[] = {RESPONSE_FAILURE, RESPONSE_INVALID, RESPONSE_SUCCESS};

    answer(m, device, sid, prg_index, ssv, ssid, codes[resp]);
}

/* Stop PASID markers are never answered. */
static bool is_marker(const struct nap_message *r)
{
    return r->has_substream && r->last && !r->write && !r->read;
}

static void refuse(struct nap_machine *m, unsigned device, const struct nap_message *r)
{
    if (!is_marker(r))
        answer(m, device, r->port, r->tag, false, 0, RESPONSE_FAILURE);
}

/* Whether the stream's STE can be had, for its PPAR: what is wrong with it is recorded where
 * CR2 asks for the extended set of events. */
static bool find_ste(struct nap_machine *m, unsigned device, const struct nap_message *r,
                     struct smmu_ste *ste)
{
    struct smmu_path p = {.m = m,
                          .change = m,
                          .s = smmu_of(m, device),
                          .device = device,
                          .sid = r->port,
                          .ssv = r->has_substream,
                          .ssid = r->substream,
                          .cached = SMMU_CACHED_ALL,
                          .pick = SMMU_PICK_ALL};

    if (smmu_find_ste(&p)) {
        *ste = *p.ste;
        return true;
    }
    smmu_report(m, &p, smmu_extended_event(&p), false);
    return false;
}

/* The answer to the last request of a group that is dropped. */
static void answer_dropped(struct nap_machine *m, unsigned device, const struct nap_message *r)
{
    struct smmu_ste ste;
    bool same_pasid = r->has_substream;

    if (r->has_substream && !bit_set(m, device, SMMU_SLOT_IDR3, SMMU_IDR3_PPS)) {
        if (!find_ste(m, device, r, &ste)) {
            refuse(m, device, r);
            return;
        }
        same_pasid = (ste.dw[1] & STE_PPAR) != 0;
    }
    answer(m, device, r->port, r->tag, same_pasid, r->substream, RESPONSE_SUCCESS);
}

/* --- the queue --- */

/* PRIQ_IRQ_CFG2.LO: at the last request of a group, instead of when the queue is no longer
 * empty. */
static bool at_last(struct nap_machine *m, unsigned device)
{
    nap_reg_settle(m, device, SMMU_SLOT_PRIQ_IRQ_CFG2);
    return bit_set(m, device, SMMU_SLOT_PRIQ_IRQ_CFG2, SMMU_PRIQ_IRQ_CFG2_LO);
}

static bool overflown(const struct nap_machine *m, unsigned device)
{
    return ((nap_reg_get(m, device, SMMU_SLOT_PRIQ_PROD) ^
             nap_reg_get(m, device, SMMU_SLOT_PRIQ_CONS)) &
            SMMU_PRIQ_PROD_OVFLG) != 0;
}

/* Until software has acknowledged the overflow nothing is written, room or not. */
static void drop(struct nap_machine *m, unsigned device, const struct nap_message *r)
{
    if (!overflown(m, device))
        nap_reg_set(m, device, SMMU_SLOT_PRIQ_PROD,
                    nap_reg_get(m, device, SMMU_SLOT_PRIQ_PROD) ^ SMMU_PRIQ_PROD_OVFLG);
    if (r->last && at_last(m, device))
        smmu_interrupt(m, device, SMMU_OUT_PRIQ);
    if (r->last && !is_marker(r))
        answer_dropped(m, device, r);
}

static void record_of(const struct nap_message *r, uint64_t dw[2])
{
    dw[0] = r->port | (uint64_t)(r->has_substream ? r->substream & 0xfffff : 0) << 32 |
            (uint64_t)(r->priv && r->has_substream) << 58 |
            (uint64_t)(r->exec && r->has_substream) << 59 | (uint64_t)r->read << 60 |
            (uint64_t)r->write << 61 | (uint64_t)r->last << 62 |
            (uint64_t)r->has_substream << 63;
    dw[1] = (r->address & ~UINT64_C(0xfff)) | (r->tag & INDEX_MASK);
}

/* PROD moves over an entry, and whoever waits for it is told. */
static void publish(struct nap_machine *m, unsigned device, const struct smmu_queue *q,
                    const struct nap_message *r)
{
    smmu_set_index(m, device, SMMU_SLOT_PRIQ_PROD, smmu_queue_next(q, q->prod));
    if (at_last(m, device) ? r->last : smmu_queue_empty(q))
        smmu_interrupt(m, device, SMMU_OUT_PRIQ);
}

/* S15: before PROD moves over the entry, which is then answered, or after, and it is lost. */
static void aborted(struct nap_machine *m, unsigned device, const struct smmu_queue *q,
                    const struct nap_message *r)
{
    smmu_gerror_raise(m, device, SMMU_GERROR_PRIQ_ABT_ERR);
    if (nap_switch(m, device, SMMU_SWITCH_S15) == SMMU_S15_ASYNC)
        publish(m, device, q, r);
    else
        refuse(m, device, r);
}

static void put(struct nap_machine *m, unsigned device, const struct smmu_queue *q,
                const struct nap_message *r)
{
    uint64_t dw[2];

    record_of(r, dw);
    if (!nap_mem_write(m, smmu_queue_entry(q, q->prod), dw, sizeof dw)) {
        aborted(m, device, q, r);
        return;
    }
    if (!is_marker(r))
        remember(m, device, r);
    publish(m, device, q, r);
}

/* Without support of substreams a request has no PASID, whatever it came with. */
static struct nap_message as_seen(const struct nap_machine *m, unsigned device,
                                  const struct nap_message *request)
{
    struct nap_message r = *request;

    r.has_substream = r.has_substream && bit_set(m, device, SMMU_SLOT_IDR1, SMMU_IDR1_SSIDSIZE);
    return r;
}

void smmu_page_request(struct nap_machine *m, unsigned device,
                       const struct nap_message *request)
{
    struct nap_message r = as_seen(m, device, request);
    struct smmu_queue q = smmu_priq_now(m, device);

    if (!smmu_priq_enabled(m, device) ||
        smmu_gerror_active(m, device, SMMU_GERROR_PRIQ_ABT_ERR)) {
        refuse(m, device, &r);
        return;
    }
    if (!smmu_queue_consistent(&q) && nap_switch(m, device, SMMU_SWITCH_S17) == SMMU_S17_STOPS)
        return; /* no good can come of it: the request is lost */
    if (overflown(m, device) || !smmu_queue_consistent(&q) || smmu_queue_full(&q))
        drop(m, device, &r);
    else
        put(m, device, &q, &r);
}
