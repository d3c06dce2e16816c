/* SPDX-License-Identifier: MIT */
/* Page requests and their answers. PCI Express Base Specification, "Page Request Services". */
#include "pcie.h"

#include <string.h>

enum { RESPONSE_SUCCESS = 0x0, RESPONSE_INVALID = 0x1, RESPONSE_FAILURE = 0xf };

static struct nap_pcie *open_requests(struct nap_machine *m, unsigned device)
{
    struct nap_pcie *f = nap_block_state_mut(m, device);

    nap_touch(m, f, offsetof(struct nap_pcie, atc));
    nap_touch(m, f->requests, sizeof f->requests);
    return f;
}

static void set_status(struct nap_machine *m, unsigned device, uint64_t clear, uint64_t set)
{
    uint64_t status = nap_reg_get(m, device, PCIE_SLOT_PRI_STATUS);

    nap_reg_set(m, device, PCIE_SLOT_PRI_STATUS, (status & ~clear) | set);
}

/* --- sending --- */

/* After Response Failure there are none until software has cleared RF. */
bool pcie_pri_ready(const struct nap_machine *m, unsigned device,
                    struct nap_footprint *footprint)
{
    return (nap_probe_reg(m, device, PCIE_SLOT_PRI_CONTROL, footprint) &
            PCIE_PRI_CONTROL_ENABLE) &&
           !(nap_probe_reg(m, device, PCIE_SLOT_PRI_STATUS, footprint) & PCIE_PRI_STATUS_RF);
}

static bool has_credit(const struct nap_machine *m, unsigned device)
{
    uint64_t allocation = nap_reg_get(m, device, PCIE_SLOT_PRI_ALLOCATION);
    uint32_t n = pcie_of(m, device)->n_requests;

    return n < PCIE_REQUESTS_MAX && n < allocation;
}

static bool asked_for(const struct nap_machine *m, const struct nap_transaction *t)
{
    const struct nap_pcie *f = pcie_of(m, t->device);

    for (unsigned i = 0; i < f->n_requests; i++) {
        const struct pcie_request *r = &f->requests[i];
        if (r->page == t->iova >> 12 && r->substream == pcie_substream(t) &&
            r->priv == t->privileged && (t->rw == NAP_READ || r->write) &&
            (!t->instruction || r->exec))
            return true;
    }
    return false;
}

/* The first group that is free; they stand in order. */
static struct pcie_request *add(struct nap_pcie *f)
{
    unsigned at = 0;

    while (at < f->n_requests && f->requests[at].group == at)
        at++;
    memmove(&f->requests[at + 1], &f->requests[at],
            (f->n_requests - at) * sizeof f->requests[0]);
    f->n_requests++;
    f->requests[at] = (struct pcie_request){.group = (uint16_t)at};
    return &f->requests[at];
}

/* It is posted: whether somebody takes it, the function does not hear. */
static void post(struct nap_machine *m, unsigned device, struct nap_message *message)
{
    message->kind = NAP_MSG_PAGE_REQUEST;
    message->from = device;
    message->port = nap_device_line(m, device);
    (void)nap_message_send(m, nap_upstream(m, device), message);
}

void pcie_page_wanted(struct nap_machine *m, const struct nap_transaction *t)
{
    struct nap_message message = {.has_substream = t->has_substream,
                                  .substream = t->has_substream ? t->substream : 0,
                                  .address = t->iova & ~UINT64_C(0xfff),
                                  .size_bytes = 0x1000,
                                  .read = true,
                                  .write = t->rw == NAP_WRITE,
                                  .exec = t->instruction,
                                  .priv = t->privileged,
                                  .last = true};
    struct pcie_request *r;

    if (asked_for(m, t) || !has_credit(m, t->device))
        return;
    r = add(open_requests(m, t->device));
    r->page = t->iova >> 12;
    r->substream = pcie_substream(t);
    r->read = message.read;
    r->write = message.write;
    r->exec = message.exec;
    r->priv = message.priv;
    message.tag = r->group;
    post(m, t->device, &message);
}

/* The entries of the PASID go, and the marker says that no more requests of it follow. */
void pcie_pasid_stopped(struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask)
{
    uint32_t pasid =
        (uint32_t)(nap_reg_get(m, device, PCIE_SLOT_STOP_PASID) & PCIE_STOP_PASID_PASID);
    struct nap_message marker = {.has_substream = true, .substream = pasid, .last = true};

    (void)slot;
    (void)mask;
    pcie_atc_drop(m, device, pasid, 0, UINT64_MAX);
    if (pcie_pri_ready(m, device, NULL))
        post(m, device, &marker);
}

/* --- answers --- */

void pcie_pri_forget(struct nap_machine *m, unsigned device)
{
    struct nap_pcie *f;

    if (pcie_of(m, device)->n_requests == 0)
        return;
    f = open_requests(m, device);
    memset(f->requests, 0, f->n_requests * sizeof f->requests[0]);
    f->n_requests = 0;
}

static void take_out(struct nap_machine *m, unsigned device, unsigned at)
{
    struct nap_pcie *f = open_requests(m, device);

    f->n_requests--;
    memmove(&f->requests[at], &f->requests[at + 1],
            (f->n_requests - at) * sizeof f->requests[0]);
    memset(&f->requests[f->n_requests], 0, sizeof f->requests[0]);
}

/* With PASID_REQUIRED the answer to a request with PASID has the same one; a request without
 * never has one in its answer. */
static bool answers(const struct nap_machine *m, unsigned device, const struct pcie_request *r,
                    const struct nap_message *message)
{
    bool required =
        (nap_reg_get(m, device, PCIE_SLOT_PRI_STATUS) & PCIE_PRI_STATUS_PASID_REQUIRED) != 0;

    if (r->group != message->tag)
        return false;
    if (message->has_substream)
        return r->substream == message->substream;
    return r->substream == NAP_SUBSTREAM_NONE || !required;
}

static void stopped_if_nothing_is_left(struct nap_machine *m, unsigned device)
{
    if (!(nap_reg_get(m, device, PCIE_SLOT_PRI_CONTROL) & PCIE_PRI_CONTROL_ENABLE) &&
        pcie_of(m, device)->n_requests == 0)
        set_status(m, device, 0, PCIE_PRI_STATUS_STOPPED);
}

/* Success and Invalid Request both end the group: the access tries again, and meets what the
 * tables then say. Response Failure ends them all. */
void pcie_page_answered(struct nap_machine *m, unsigned device,
                        const struct nap_message *message)
{
    unsigned at = 0;

    if (nap_reg_get(m, device, PCIE_SLOT_PRI_STATUS) & PCIE_PRI_STATUS_RF)
        return; /* no further answers are expected, and those that come are ignored */
    if (message->code == RESPONSE_FAILURE) {
        pcie_pri_forget(m, device);
        set_status(m, device, 0, PCIE_PRI_STATUS_RF);
        stopped_if_nothing_is_left(m, device);
        return;
    }
    while (at < pcie_of(m, device)->n_requests &&
           !answers(m, device, &pcie_of(m, device)->requests[at], message))
        at++;
    if (at == pcie_of(m, device)->n_requests) {
        set_status(m, device, 0, PCIE_PRI_STATUS_UPRGI);
        return;
    }
    take_out(m, device, at);
    stopped_if_nothing_is_left(m, device);
}

/* RESET reads 0, and acts only where ENABLE is 0 or becomes so. */
void pcie_pri_control_written(struct nap_machine *m, unsigned device, unsigned index,
                              uint64_t was, uint64_t now)
{
    (void)index;
    if (now & PCIE_PRI_CONTROL_RESET) {
        nap_reg_set(m, device, PCIE_SLOT_PRI_CONTROL, now & ~PCIE_PRI_CONTROL_RESET);
        if (!(now & PCIE_PRI_CONTROL_ENABLE))
            pcie_pri_forget(m, device);
    }
    if (~was & now & PCIE_PRI_CONTROL_ENABLE)
        set_status(m, device, PCIE_PRI_STATUS_STOPPED, 0);
    stopped_if_nothing_is_left(m, device);
}
