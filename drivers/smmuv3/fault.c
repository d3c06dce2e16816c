/* SPDX-License-Identifier: MIT */
/* What hardware reports: event records, page requests, global errors.
 *
 * Source: docs/smmuv3-facts.md 3.1 (GERROR), 4.5 and 4.6 (overflow), 7.1 (records), 7.4
 * (stalls), 7.6 (page requests), 5.4 (RESUME, PRI_RESP). */
#include <errno.h>
#include <string.h>

#include "arm-smmu-v3.h"

#define EVENT_TYPE(dw0) ((unsigned)((dw0)&0xff))
#define EVENT_SID(dw0)  ((uint32_t)((dw0) >> 32))
#define EVENT_STAG(dw1) ((dw1)&0xffff)
#define EVENT_STALL     (UINT64_C(1) << 31)
#define RESUME_RETRY    (UINT64_C(1) << 12)
#define RESUME_ABORT    (UINT64_C(1) << 13)

#define PRI_SSV         (UINT64_C(1) << 63)
#define PRI_LAST        (UINT64_C(1) << 62)
#define PRI_W           (UINT64_C(1) << 61)
#define PRI_R           (UINT64_C(1) << 60)
#define PRI_SSID(dw)    ((uint32_t)((dw) >> 32) & 0xfffffu)
#define PRI_TAG(dw)     ((uint16_t)((dw)&0x1ffu))
#define PRI_ADDRESS(dw) ((dw) & ~UINT64_C(0xfff))

#define RESP_SSV     (UINT64_C(1) << 11)
#define RESP_SSID(n) ((uint64_t)(n) << 12)
#define RESP_CODE(n) ((uint64_t)(n) << 12) /* 2 success, 1 invalid, 0 failure */

/* What callers of smmuv3_page_response() say. */
enum answer { SUCCESS, INVALID, FAILURE };

/* --- output queues --- */

typedef void entry_fn(struct smmuv3_device *smmu, nap_addr entry);

/* Until the queue is seen empty: an entry more raises no interrupt while there are others. */
static void consume(struct smmuv3_device *smmu, struct smmuv3_queue *q, entry_fn *handle)
{
    for (;;) {
        uint32_t prod = smmuv3_readl(q->prod_reg);
        uint32_t cons = q->cons & INDEX_MASK;

        if (prod == q->cons)
            return;
        if (((prod ^ q->cons) & OVFLG) != 0)
            nap_log("%s: records are lost", smmu->device->name);
        for (; smmuv3_queue_held(q, prod, cons) != 0; cons = smmuv3_queue_next(q, cons, 1))
            handle(smmu, smmuv3_queue_entry(q, cons));
        q->cons = cons | (prod & OVFLG);
        smmuv3_writel(q->cons_reg, q->cons);
    }
}

/* --- what waits for an answer: stalled transactions, groups of page requests --- */

static int answer(struct smmuv3_device *smmu, const struct smmuv3_fault *fault,
                  enum answer code)
{
    struct smmuv3_cmd cmd = {{(uint64_t)fault->sid << 32, fault->tag}};

    if (fault->stall) {
        cmd.dw[0] |= CMD_RESUME | (code == SUCCESS ? RESUME_RETRY : RESUME_ABORT);
    } else {
        cmd.dw[0] |= CMD_PRI_RESP;
        cmd.dw[1] |= RESP_CODE(FAILURE - code);
        if (fault->has_ssid)
            cmd.dw[0] |= RESP_SSV | RESP_SSID(fault->ssid);
    }
    return smmuv3_command(smmu, fault->sid, &cmd, 1);
}

/* The domain of a StreamID, or NULL. */
static const struct smmuv3_domain *domain_of(const struct smmuv3_device *smmu, uint32_t sid)
{
    for (const struct smmuv3_master *own = smmuv3_driver()->masters; own != NULL;
         own = own->next) {
        for (uint32_t i = 0; own->smmu == smmu && i < own->master->n_ids; i++) {
            if (smmuv3_sid(own, i) == sid)
                return own->domain;
        }
    }
    return NULL;
}

static bool owner_answers(void)
{
    const char *faults = nap_parameter("faults");

    return faults != NULL && strcmp(faults, "wait") == 0;
}

/* Whoever owns the address space may answer later, by smmuv3_page_response(). Without such an
 * owner a page is there or never will be. */
static void report(struct smmuv3_device *smmu, const struct smmuv3_fault *fault, nap_addr iova)
{
    const struct smmuv3_domain *domain = domain_of(smmu, fault->sid);
    enum answer code = INVALID;

    if (domain != NULL && smmuv3_domain_maps(domain, iova))
        code = SUCCESS;
    for (uint32_t i = 0; i < SMMU_FAULTS_MAX && owner_answers(); i++) {
        if (!smmu->fault[i].used) {
            smmu->fault[i] = *fault;
            return;
        }
    }
    if (answer(smmu, fault, code) != 0)
        nap_log("%s: stream 0x%x is left without an answer", smmu->device->name,
                (unsigned)fault->sid);
}

/* Of an endpoint the caller knows the function, and the driver its StreamID. */
int smmuv3_page_response(struct nap_device *device, uint32_t sid, uint32_t tag, int code)
{
    struct smmuv3_device *smmu = smmuv3_of(device->root);

    if (smmuv3_is_endpoint(device))
        sid = device->line;
    if (smmu == NULL || code < SUCCESS || code > FAILURE)
        return -EINVAL;
    for (uint32_t i = 0; i < SMMU_FAULTS_MAX; i++) {
        struct smmuv3_fault *fault = &smmu->fault[i];

        if (fault->used && fault->sid == sid && fault->tag == tag) {
            fault->used = false;
            if (smmuv3_form()->answers_lost && smmu->quiet)
                return 0;
            return answer(smmu, fault, (enum answer)code);
        }
    }
    return 0; /* suspend has answered it */
}

int smmuv3_answer_all(struct smmuv3_device *smmu)
{
    int ret = 0;

    for (uint32_t i = 0; i < SMMU_FAULTS_MAX && !smmuv3_form()->answers_lost; i++) {
        int one = 0;

        if (smmu->fault[i].used)
            one = answer(smmu, &smmu->fault[i], FAILURE);
        memset(&smmu->fault[i], 0, sizeof(smmu->fault[i]));
        if (ret == 0)
            ret = one;
    }
    return ret;
}

/* --- entries --- */

static void handle_event(struct smmuv3_device *smmu, nap_addr entry)
{
    uint64_t dw0 = nap_ram_read64(entry), dw1 = nap_ram_read64(entry + 8);
    nap_addr iova = nap_ram_read64(entry + 16);
    struct smmuv3_fault fault = {
        .sid = EVENT_SID(dw0),
        .tag = (uint16_t)EVENT_STAG(dw1),
        .used = true,
        .stall = true,
    };

    nap_log("%s: event 0x%02x, stream 0x%x, address 0x%llx", smmu->device->name,
            EVENT_TYPE(dw0), (unsigned)fault.sid, (unsigned long long)iova);
    if ((dw1 & EVENT_STALL) != 0)
        report(smmu, &fault, iova);
}

void smmuv3_handle_events(struct smmuv3_device *smmu)
{
    consume(smmu, &smmu->evtq, handle_event);
}

/* The last of its group stands for all. A marker that a substream has stopped wants nothing. */
static void handle_request(struct smmuv3_device *smmu, nap_addr entry)
{
    uint64_t dw0 = nap_ram_read64(entry), dw1 = nap_ram_read64(entry + 8);
    struct smmuv3_fault fault = {
        .sid = (uint32_t)dw0,
        .ssid = PRI_SSID(dw0),
        .tag = PRI_TAG(dw1),
        .used = true,
        .has_ssid = (dw0 & PRI_SSV) != 0,
    };

    if ((dw0 & PRI_LAST) == 0)
        return;
    if (fault.has_ssid && (dw0 & (PRI_W | PRI_R)) == 0)
        return;
    report(smmu, &fault, PRI_ADDRESS(dw1));
}

void smmuv3_handle_requests(struct smmuv3_device *smmu)
{
    if ((smmu->idr0 & IDR0_PRI) != 0)
        consume(smmu, &smmu->priq, handle_request);
}

/* --- global errors --- */

/* A record of a stall may be among those that are lost: only a restart ends it for certain. */
static void events_lost(struct smmuv3_device *smmu)
{
    nap_log("%s: the event queue is not written any more", smmu->device->name);
    if (IDR0_STALL_MODEL(smmu->idr0) != STALL_MODEL_NONE)
        (void)smmuv3_set_cr0(smmu, smmu->cr0 & ~CR0_SMMUEN);
    if (IDR0_STALL_MODEL(smmu->idr0) != STALL_MODEL_NONE)
        (void)smmuv3_set_cr0(smmu, smmu->cr0 | CR0_SMMUEN);
}

void smmuv3_handle_gerror(struct smmuv3_device *smmu)
{
    uint32_t gerror = smmuv3_read(smmu, GERROR), gerrorn = smmuv3_read(smmu, GERRORN);
    uint32_t active = gerror ^ gerrorn;

    if (active == 0)
        return;
    nap_log("%s: global error 0x%x", smmu->device->name, (unsigned)active);
    if ((active & GERROR_SFM) != 0)
        (void)smmuv3_set_cr0(smmu, 0);
    if ((active & GERROR_EVENTQ_ABT) != 0)
        events_lost(smmu);
    if ((active & GERROR_CMDQ) != 0)
        (void)smmuv3_cmdq_recover(smmu);
    smmuv3_write(smmu, GERRORN, gerror);
}
