/* SPDX-License-Identifier: MIT */
/* Hardware work that takes time: each item was started by setting a self-clearing bit. Whether
 * it is done at once or late is one latency choice, asked when somebody could first notice. */
#include "core.h"

#include <assert.h>
#include <string.h>

static struct nap_work *find(const struct nap_machine *m, unsigned device, unsigned slot,
                             uint64_t mask)
{
    for (uint32_t i = 0; i < m->st->n_work; i++) {
        struct nap_work *w = &m->st->work[i];
        if (w->device == device && w->slot == slot && (w->mask & mask))
            return w;
    }
    return NULL;
}

static bool before(const struct nap_work *a, const struct nap_work *b)
{
    if (a->device != b->device)
        return a->device < b->device;
    return a->slot != b->slot ? a->slot < b->slot : a->mask < b->mask;
}

/* As it is, and with one more item. */
static void touch_list(struct nap_machine *m)
{
    uint32_t n = m->st->n_work < NAP_WORK_MAX ? m->st->n_work + 1 : NAP_WORK_MAX;

    nap_touched(m, &m->st->n_work, sizeof m->st->n_work);
    nap_touched(m, &m->st->n_begun, sizeof m->st->n_begun);
    nap_touched(m, m->st->work, n * sizeof m->st->work[0]);
    nap_touched(m, m->ev->work, n * sizeof m->ev->work[0]);
}

static void insert(struct nap_machine *m, struct nap_work item, nap_step issued)
{
    struct nap_state *st = m->st;
    uint32_t at = 0;

    assert(st->n_work < NAP_WORK_MAX); /* each has been counted: nap_machine_create() */
    while (at < st->n_work && before(&st->work[at], &item))
        at++;
    touch_list(m);
    memmove(&st->work[at + 1], &st->work[at], (st->n_work - at) * sizeof st->work[0]);
    memmove(&m->ev->work[at + 1], &m->ev->work[at], (st->n_work - at) * sizeof m->ev->work[0]);
    st->work[at] = item;
    m->ev->work[at].issued = issued;
    st->n_work++;
    st->n_begun += item.begun;
}

static nap_step take_out(struct nap_machine *m, uint32_t at)
{
    struct nap_state *st = m->st;
    nap_step issued = m->ev->work[at].issued;

    touch_list(m);
    st->n_work--;
    st->n_begun -= st->work[at].begun;
    memmove(&st->work[at], &st->work[at + 1], (st->n_work - at) * sizeof st->work[0]);
    memmove(&m->ev->work[at], &m->ev->work[at + 1], (st->n_work - at) * sizeof m->ev->work[0]);
    memset(&st->work[st->n_work], 0, sizeof st->work[0]);
    return issued;
}

/* What it brings about is shown after it. */
static void finish(struct nap_machine *m, uint32_t at)
{
    struct nap_work w = m->st->work[at];
    struct nap_dev *d = &m->devices[w.device];
    struct nap_event e = nap_event_for(m, NAP_STEP_WORK, w.device, w.slot);
    unsigned place = nap_step_hold_inside(m);

    e.issued = take_out(m, at);
    e.was = d->regs[w.slot];
    nap_reg_set(m, w.device, w.slot, e.was & ~(w.mask & d->kind->slots[w.slot].self_clear));
    if (d->kind->block->work_done)
        d->kind->block->work_done(m, w.device, w.slot, w.mask);
    e.now = d->regs[w.slot];
    nap_step_release_inside(m, &e, place);
}

static void start(struct nap_machine *m, struct nap_work item)
{
    insert(m, item, m->ev->counters.steps + 1);
    if (!nap_varied(m, NAP_CHOOSE_LATENCY) && m->policy == NAP_POLICY_EAGER)
        nap_work_notice(m, item.device, item.slot, item.mask);
}

void nap_work_post(struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask)
{
    start(m,
          (struct nap_work){.mask = mask, .device = (uint16_t)device, .slot = (uint16_t)slot});
}

static unsigned count_begun(const struct nap_machine *m, unsigned device)
{
    unsigned n = 0;

    for (uint32_t i = 0; i < m->st->n_work; i++)
        n += m->st->work[i].device == device && m->st->work[i].begun;
    return n;
}

void nap_work_begin(struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask)
{
    const struct nap_kind *kind = m->devices[device].kind;

    slot = kind->slots[slot].home;
    if (find(m, device, slot, mask))
        return;
    assert(count_begun(m, device) < kind->block->n_work);
    start(m, (struct nap_work){
                 .mask = mask, .device = (uint16_t)device, .slot = (uint16_t)slot, .begun = 1});
}

static unsigned late_reads(const struct nap_machine *m, unsigned device)
{
    const struct nap_block *block = m->devices[device].kind->block;

    unsigned reads = block->work_reads ? block->work_reads(m, device) : 3;

    return reads < NAP_WORK_READS_MAX ? reads : NAP_WORK_READS_MAX;
}

void nap_work_notice(struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask)
{
    struct nap_work *w = find(m, device, slot, mask);
    uint32_t n = m->st->faults_left ? 3 : 2;
    uint32_t chosen;

    if (!w || w->state != NAP_WORK_UNDECIDED)
        return;
    chosen = nap_choose_fault(m, NAP_CHOOSE_LATENCY, "work finishes late",
                              nap_instance_of(device, slot), n, 2);
    if (chosen == 0) {
        finish(m, (uint32_t)(w - m->st->work));
        return;
    }
    nap_touched(m, w, sizeof *w);
    w->state = chosen == 1 ? NAP_WORK_LATE : NAP_WORK_NEVER;
    w->reads_left = chosen == 1 ? (uint16_t)late_reads(m, device) : 0;
}

/* A late item shows itself unfinished for its number of reads and is done before the next. */
static void item_was_read(struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask)
{
    struct nap_work *w;

    nap_work_notice(m, device, slot, mask);
    w = find(m, device, slot, mask);
    if (!w || w->state != NAP_WORK_LATE)
        return;
    if (w->reads_left == 0) {
        finish(m, (uint32_t)(w - m->st->work));
        return;
    }
    nap_touched(m, w, sizeof *w);
    w->reads_left--;
}

void nap_work_was_read(struct nap_machine *m, unsigned device, unsigned slot, uint64_t rest)
{
    for (struct nap_work *w; (w = find(m, device, slot, rest)) != NULL;) {
        uint64_t mask = w->mask;
        rest &= ~mask;
        item_was_read(m, device, slot, mask);
    }
}

void nap_work_read(struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask)
{
    nap_work_was_read(m, device, m->devices[device].kind->slots[slot].home, mask);
}

bool nap_work_begun_at(const struct nap_machine *m, unsigned device, unsigned slot,
                       uint64_t mask)
{
    for (uint32_t i = 0; m->st->n_begun && i < m->st->n_work; i++) {
        const struct nap_work *w = &m->st->work[i];
        if (w->begun && w->device == device && w->slot == slot && (w->mask & mask))
            return true;
    }
    return false;
}

static bool device_works(const struct nap_machine *m, unsigned device)
{
    for (uint32_t i = 0; i < m->st->n_work; i++)
        if (m->st->work[i].device == device)
            return true;
    return false;
}

void nap_work_ram_was_read(struct nap_machine *m, nap_addr address, size_t bytes)
{
    nap_addr end = address + bytes;

    if (m->st->n_posts)
        nap_post_before_load(m, address);
    for (unsigned i = 0; m->st->n_work && i < m->n_devices; i++) {
        const struct nap_block *block = m->devices[i].kind->block;
        for (nap_addr at = address & ~UINT64_C(3); block->ram_read && at < end; at += 4)
            if (device_works(m, i))
                block->ram_read(m, i, at);
    }
}

bool nap_work_pending(const struct nap_machine *m, unsigned device, unsigned slot,
                      uint64_t mask)
{
    return find(m, device, slot, mask) != NULL;
}

void nap_work_cancel(struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask)
{
    for (struct nap_work *w; (w = find(m, device, slot, mask)) != NULL;) {
        struct nap_work rest = *w;
        nap_step issued = take_out(m, (uint32_t)(w - m->st->work));
        rest.mask &= ~mask;
        if (rest.mask) /* its place in the list may be another */
            insert(m, rest, issued);
    }
}

/* Power is gone: nothing finishes any more. */
void nap_work_drop(struct nap_machine *m, unsigned device)
{
    for (uint32_t i = m->st->n_work; i-- > 0;)
        if (m->st->work[i].device == device)
            (void)take_out(m, i);
}

/* So many that begin one another never come to an end. */
#define FINISHES_MAX 100000u

/* One that finishes may begin another, or call it off. */
void nap_work_finish_all(struct nap_machine *m)
{
    unsigned finishes = 0;

    for (uint32_t i = m->st->n_work; i > 0;) {
        if (m->st->work[i - 1].state == NAP_WORK_NEVER) {
            i--;
        } else if (finishes++ == FINISHES_MAX) {
            nap_unmodelled(m, UINT32_MAX, "work that begins itself anew for ever");
            return;
        } else {
            finish(m, i - 1);
            i = m->st->n_work;
        }
    }
}
