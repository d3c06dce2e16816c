/* SPDX-License-Identifier: MIT */
/* Ground truth: what the harness asked for, never what registers say. */
#include "../core/core.h"

#include <string.h>

static struct nap_ledger *open_ledger(struct nap_machine *m, bool call_open)
{
    nap_post_notice(m);
    nap_touched(m, &m->st->ledger, sizeof m->st->ledger);
    m->st->ledger.open = call_open;
    return &m->st->ledger;
}

static void changed(struct nap_machine *m, const char *label)
{
    struct nap_event e = nap_event_outside(m, NAP_STEP_MASTER);

    e.label = label;
    nap_watch_all(m);
    nap_step_done(m, &e);
}

void nap_ledger_attach(struct nap_machine *m, unsigned master, uint32_t domain, bool done)
{
    struct nap_ledger *l = open_ledger(m, !done);

    l->pending[master] = domain;
    if (done)
        l->domain[master] = domain;
    changed(m, done ? NAP_LABEL_ATTACHED : "ground truth: attaching");
}

static struct nap_ledger_mapping *find(struct nap_ledger *l, uint32_t domain, nap_addr iova,
                                       uint64_t size_bytes, enum nap_ledger_state state)
{
    for (uint32_t i = 0; i < l->n_mappings; i++) {
        struct nap_ledger_mapping *p = &l->mappings[i];
        if (p->state == state && p->domain == domain && p->iova == iova &&
            p->size_bytes == size_bytes)
            return p;
    }
    return NULL;
}

static struct nap_ledger_mapping *spare(struct nap_ledger *l)
{
    for (uint32_t i = 0; i < l->n_mappings; i++)
        if (l->mappings[i].state == NAP_LEDGER_FREE)
            return &l->mappings[i];
    if (l->n_mappings == NAP_LEDGER_MAPPINGS_MAX)
        return NULL;
    return &l->mappings[l->n_mappings++];
}

int nap_ledger_map(struct nap_machine *m, uint32_t domain, nap_addr iova, nap_addr pa,
                   uint64_t size_bytes, unsigned prot, bool done)
{
    struct nap_ledger *l = open_ledger(m, !done);
    struct nap_ledger_mapping *p = find(l, domain, iova, size_bytes, NAP_LEDGER_COMING);

    if (!p)
        p = spare(l);
    if (!p)
        return NAP_ERR_NOSPACE;
    *p = (struct nap_ledger_mapping){
        .iova = iova,
        .pa = pa,
        .size_bytes = size_bytes,
        .domain = domain,
        .prot = (uint16_t)prot,
        .state = done ? NAP_LEDGER_HELD : NAP_LEDGER_COMING,
    };
    changed(m, done ? NAP_LABEL_MAPPED : "ground truth: mapping");
    return NAP_OK;
}

static struct nap_ledger_mapping *around(struct nap_ledger *l, uint32_t domain, nap_addr iova,
                                         uint64_t size_bytes)
{
    for (uint32_t i = 0; i < l->n_mappings; i++) {
        struct nap_ledger_mapping *p = &l->mappings[i];
        if (p->state == NAP_LEDGER_HELD && p->domain == domain && iova >= p->iova &&
            size_bytes <= p->size_bytes && iova - p->iova <= p->size_bytes - size_bytes)
            return p;
    }
    return NULL;
}

/* Cuts @p in two at @at. */
static bool cut(struct nap_ledger *l, struct nap_ledger_mapping *p, nap_addr at)
{
    struct nap_ledger_mapping *rest;

    if (at == p->iova || at == p->iova + p->size_bytes)
        return true;
    rest = spare(l);
    if (!rest)
        return false;
    *rest = *p;
    rest->iova = at;
    rest->pa += at - p->iova;
    rest->size_bytes -= at - p->iova;
    p->size_bytes = at - p->iova;
    return true;
}

/* Makes [iova, iova + size) of a mapping an element of its own. */
static bool cut_out(struct nap_ledger *l, uint32_t domain, nap_addr iova, uint64_t size_bytes)
{
    struct nap_ledger_mapping *p = around(l, domain, iova, size_bytes);

    if (!p || !cut(l, p, iova))
        return false;
    p = around(l, domain, iova, size_bytes);
    return cut(l, p, iova + size_bytes);
}

int nap_ledger_unmap(struct nap_machine *m, uint32_t domain, nap_addr iova, uint64_t size_bytes,
                     bool done)
{
    struct nap_ledger *l = open_ledger(m, !done);
    struct nap_ledger_mapping *p;

    if (!done && !cut_out(l, domain, iova, size_bytes)) {
        l->open = 0;
        return NAP_ERR_UNKNOWN;
    }
    p = find(l, domain, iova, size_bytes, done ? NAP_LEDGER_GOING : NAP_LEDGER_HELD);
    if (!p)
        return NAP_ERR_UNKNOWN;
    if (done)
        memset(p, 0, sizeof *p);
    else
        p->state = NAP_LEDGER_GOING;
    changed(m, done ? NAP_LABEL_UNMAPPED : "ground truth: unmapping");
    return NAP_OK;
}

void nap_ledger_undo(struct nap_machine *m)
{
    struct nap_ledger *l = open_ledger(m, false);

    memcpy(l->pending, l->domain, sizeof l->pending);
    for (uint32_t i = 0; i < l->n_mappings; i++) {
        if (l->mappings[i].state == NAP_LEDGER_COMING)
            memset(&l->mappings[i], 0, sizeof l->mappings[i]);
        else if (l->mappings[i].state == NAP_LEDGER_GOING)
            l->mappings[i].state = NAP_LEDGER_HELD;
    }
    changed(m, "ground truth: call failed, nothing changed");
}

bool nap_ledger_open(const struct nap_machine *m)
{
    return m->st->ledger.open != 0;
}

bool nap_ledger_open_for(const struct nap_machine *m, uint32_t domain)
{
    const struct nap_ledger *l = &m->st->ledger;

    for (unsigned i = 0; i < NAP_SOC_MASTERS_MAX; i++)
        if (l->pending[i] != l->domain[i] &&
            (l->pending[i] == domain || l->domain[i] == domain))
            return true;
    for (uint32_t i = 0; i < l->n_mappings; i++)
        if ((l->mappings[i].state == NAP_LEDGER_COMING ||
             l->mappings[i].state == NAP_LEDGER_GOING) &&
            l->mappings[i].domain == domain)
            return true;
    return false;
}

int nap_port_master(const struct nap_machine *m, unsigned device, unsigned port)
{
    for (uint32_t i = 0; i < m->soc->n_masters; i++) {
        const struct nap_soc_master *s = &m->soc->masters[i];
        for (uint32_t p = 0; p < s->n_ports; p++)
            if (s->ports[p].device == device && port >= s->ports[p].first &&
                port - s->ports[p].first < s->ports[p].count)
                return (int)i;
    }
    return -1;
}

uint32_t nap_ledger_domain(const struct nap_machine *m, unsigned master)
{
    return m->st->ledger.domain[master];
}

static void allow(struct nap_truth *out, bool mapped, nap_addr pa, unsigned prot,
                  uint64_t extent)
{
    for (unsigned i = 0; i < out->n; i++)
        if (out->allowed[i].mapped == mapped && out->allowed[i].pa == pa &&
            out->allowed[i].prot == prot)
            return;
    if (out->n == 2)
        return;
    out->allowed[out->n].mapped = mapped;
    out->allowed[out->n].pa = pa;
    out->allowed[out->n].prot = prot;
    out->allowed[out->n].extent = extent;
    out->n++;
}

/* Bytes from @iova on that @p and the pieces that go on from it map alike: what was cut for an
 * unmap that then failed counts as one. */
static uint64_t extent_of(const struct nap_ledger *l, const struct nap_ledger_mapping *p,
                          nap_addr iova)
{
    nap_addr end = p->iova + p->size_bytes;

    for (uint32_t i = 0; i < l->n_mappings; i++) {
        const struct nap_ledger_mapping *q = &l->mappings[i];
        if (q->state == NAP_LEDGER_FREE || q->domain != p->domain || q->iova != end ||
            q->pa - q->iova != p->pa - p->iova || q->prot != p->prot)
            continue;
        end += q->size_bytes;
        i = UINT32_MAX; /* from the first again */
    }
    return end - iova;
}

/* Answers of one domain; while a map or unmap is open, with and without it. */
static void allow_domain(const struct nap_ledger *l, uint32_t domain, nap_addr iova,
                         struct nap_truth *out)
{
    for (uint32_t i = 0; i < l->n_mappings; i++) {
        const struct nap_ledger_mapping *p = &l->mappings[i];
        if (p->state == NAP_LEDGER_FREE || p->domain != domain || iova < p->iova ||
            iova - p->iova >= p->size_bytes)
            continue;
        allow(out, true, p->pa + (iova - p->iova), p->prot, extent_of(l, p, iova));
        if (p->state != NAP_LEDGER_HELD)
            allow(out, false, 0, 0, 0);
        return;
    }
    allow(out, false, 0, 0, 0);
}

void nap_truth_for(const struct nap_machine *m, int master, nap_addr iova,
                   struct nap_truth *out)
{
    const struct nap_ledger *l = &m->st->ledger;
    uint32_t now, next;

    memset(out, 0, sizeof *out);
    if (master < 0)
        return;
    now = l->domain[master];
    next = l->pending[master];
    /* A master that belongs to nobody, or is joining or leaving nobody, is judged only for the
     * domain it has for certain. */
    if (now == NAP_NO_DOMAIN || next == NAP_NO_DOMAIN)
        return;
    out->judged = true;
    out->master = (unsigned)master;
    out->domain = now;
    out->bypass = now == NAP_BYPASS_DOMAIN || next == NAP_BYPASS_DOMAIN;
    allow_domain(l, now, iova, out);
    if (next != now)
        allow_domain(l, next, iova, out);
}

void nap_truth_of(const struct nap_machine *m, unsigned device, unsigned port, nap_addr iova,
                  struct nap_truth *out)
{
    nap_truth_for(m, nap_port_master(m, device, port), iova, out);
}
