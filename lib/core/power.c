/* SPDX-License-Identifier: MIT */
/* Power domains and bus masters. Off: registers are lost by retention class, hardware work is
 * dropped, interrupt outputs fall. On: no work is under way, whatever a register kept. */
#include "core.h"

#include <string.h>

uint32_t nap_domains_below(const struct nap_machine *m, uint32_t domains)
{
    for (bool grown = true; grown;) {
        grown = false;
        for (uint32_t i = 0; i < m->soc->n_domains; i++) {
            uint32_t parent = m->soc->domains[i].parent;
            if (parent == NAP_SOC_NONE || (domains & 1u << i) || !(domains & 1u << parent))
                continue;
            domains |= 1u << i;
            grown = true;
        }
    }
    return domains;
}

/* For those who ask what may have been kept; of no use otherwise. */
static void keep_lost(struct nap_machine *m, struct nap_dev *d)
{
    nap_touched(m, d->lost, d->kind->n_slots * sizeof *d->lost);
    for (unsigned s = 0; s < d->kind->n_slots; s++)
        if (d->kind->slots[s].retention == NAP_RETENTION_UNKNOWN)
            d->lost[s] = d->regs[s];
}

static void device_off(struct nap_machine *m, unsigned device)
{
    struct nap_dev *d = &m->devices[device];

    nap_post_drop(m, device);
    nap_work_drop(m, device);
    nap_wire_set(m, device, false);
    if (nap_varied(m, NAP_CHOOSE_RETAIN))
        keep_lost(m, d);
    if (d->kind->block->power_off)
        d->kind->block->power_off(m, device);
}

/* @loses: what comes back unknown is settled later, by choices. */
static void slot_on(struct nap_machine *m, unsigned device, unsigned slot, bool loses)
{
    struct nap_dev *d = &m->devices[device];
    const struct nap_slot *s = &d->kind->slots[slot];
    unsigned marks = d->marks[slot] & NAP_MARK_EVER;

    switch ((enum nap_retention)s->retention) {
    case NAP_RETENTION_RETAINED:
        marks = d->marks[slot] & ~NAP_MARK_SEEN_BUSY;
        break;
    case NAP_RETENTION_UNKNOWN:
        if (loses && s->defined) {
            marks |= NAP_MARK_UNDETERMINED;
            d->regs[slot] = (d->regs[slot] & ~s->known) | (s->reset & s->known);
        } else if (m->st->profile == NAP_PROFILE_ZERO) {
            d->regs[slot] = s->reset;
        } else {
            d->regs[slot] = nap_reset_value(m, device, slot, (enum nap_profile)m->st->profile);
        }
        break;
    case NAP_RETENTION_RESET:
        d->regs[slot] = s->reset;
        break;
    }
    d->regs[slot] &= ~s->self_clear;
    d->marks[slot] = (uint8_t)marks;
}

static void device_on(struct nap_machine *m, unsigned device)
{
    struct nap_dev *d = &m->devices[device];
    bool loses = nap_varied(m, NAP_CHOOSE_RETAIN);
    unsigned n = d->kind->n_slots;

    nap_touched(m, d->regs, n * sizeof *d->regs);
    nap_touched(m, d->marks, n);
    for (unsigned s = 0; s < n; s++) {
        if (d->marks[s] & NAP_MARK_SEEN_BUSY) {
            nap_touched(m, &m->st->n_seen_busy, sizeof m->st->n_seen_busy);
            m->st->n_seen_busy--;
        }
        slot_on(m, device, s, loses);
    }
    if (d->kind->block->power_on)
        d->kind->block->power_on(m, device);
}

static void going(struct nap_machine *m, uint32_t domains)
{
    for (unsigned i = 0; i < m->n_devices; i++)
        if ((domains & 1u << m->devices[i].domain) && m->devices[i].kind->block->power_going)
            m->devices[i].kind->block->power_going(m, i);
}

static void edge(struct nap_machine *m, uint32_t changed, const char *label,
                 void (*each)(struct nap_machine *, unsigned))
{
    struct nap_event e;

    nap_post_notice(m);
    going(m, changed & m->st->domains_on);
    e = nap_event_outside(m, NAP_STEP_POWER);
    e.was = m->st->domains_on;
    nap_touched(m, &m->st->domains_on, sizeof m->st->domains_on);
    m->st->domains_on ^= changed;
    e.now = m->st->domains_on;
    e.label = label;
    for (unsigned i = 0; i < m->n_devices; i++)
        if (changed & 1u << m->devices[i].domain)
            each(m, i);
    nap_watch_all(m);
    nap_step_done(m, &e);
}

void nap_power_off(struct nap_machine *m, uint32_t domains)
{
    edge(m, nap_domains_below(m, domains) & m->st->domains_on, NAP_LABEL_POWER_OFF, device_off);
}

void nap_power_lose(struct nap_machine *m, uint32_t domains)
{
    edge(m, nap_domains_below(m, domains) & m->st->domains_on, NAP_LABEL_POWER_LOST,
         device_off);
}

bool nap_device_fail(struct nap_machine *m, unsigned device)
{
    const struct nap_block *block = m->devices[device].kind->block;

    if (!block->fail || !nap_device_on(m, device))
        return false;
    block->fail(m, device);
    return true;
}

/* A domain comes on only under a parent that is on or comes on with it. */
static uint32_t can_come_on(const struct nap_machine *m, uint32_t domains)
{
    uint32_t on = m->st->domains_on;

    for (uint32_t before = ~on; before != on;) {
        before = on;
        for (uint32_t i = 0; i < m->soc->n_domains; i++) {
            uint32_t parent = m->soc->domains[i].parent;
            if ((domains & 1u << i) && (parent == NAP_SOC_NONE || (on & 1u << parent)))
                on |= 1u << i;
        }
    }
    return on;
}

uint64_t nap_masters_in(const struct nap_machine *m, uint32_t domains)
{
    uint64_t masters = 0;

    for (uint32_t i = 0; i < m->soc->n_masters; i++)
        if (domains & 1u << m->soc->masters[i].domain)
            masters |= UINT64_C(1) << i;
    return masters;
}

/* A master that wakes up sends nothing until it is told to, unless it has own firmware. */
static void hold_masters_of(struct nap_machine *m, uint32_t domains)
{
    uint64_t held = nap_masters_in(m, domains);

    if (!(m->st->masters_live & held))
        return;
    nap_touched(m, &m->st->masters_live, sizeof m->st->masters_live);
    m->st->masters_live &= ~held;
}

void nap_power_on(struct nap_machine *m, uint32_t domains)
{
    uint32_t coming = can_come_on(m, domains) & ~m->st->domains_on;

    hold_masters_of(m, coming);
    edge(m, coming, "power on", device_on);
}

bool nap_domain_on(const struct nap_machine *m, unsigned domain)
{
    return (m->st->domains_on & 1u << domain) != 0;
}

bool nap_device_on(const struct nap_machine *m, unsigned device)
{
    return nap_has_power(m, device);
}

/* --- masters --------------------------------------------------------------------------------
 */

static void masters_step(struct nap_machine *m, uint64_t masters, const char *label)
{
    struct nap_event e = nap_event_outside(m, NAP_STEP_MASTER);

    e.now = masters;
    e.label = label;
    nap_step_done(m, &e);
}

void nap_masters_set_mode(struct nap_machine *m, uint64_t masters, enum nap_master_mode mode)
{
    uint64_t was = m->st->masters_live;
    uint64_t now = mode == NAP_MASTER_LIVE ? was | masters : was & ~masters;

    if (now == was)
        return;
    nap_post_notice(m);
    nap_touched(m, &m->st->masters_live, sizeof m->st->masters_live);
    m->st->masters_live = now;
    masters_step(m, now ^ was, mode == NAP_MASTER_LIVE ? "released" : "held");
}

void nap_masters_set_autonomous(struct nap_machine *m, uint64_t masters)
{
    nap_post_notice(m);
    nap_touched(m, &m->st->masters_autonomous, sizeof m->st->masters_autonomous);
    m->st->masters_autonomous = masters;
    masters_step(m, masters, "autonomous");
}

bool nap_master_live(const struct nap_machine *m, unsigned master)
{
    uint64_t bit = UINT64_C(1) << master;

    if (!nap_domain_on(m, m->soc->masters[master].domain))
        return false;
    return ((m->st->masters_live | m->st->masters_autonomous) & ~m->st->masters_quiesced &
            bit) != 0;
}

bool nap_asleep(const struct nap_machine *m)
{
    return m->st->asleep;
}

void nap_masters_quiesce(struct nap_machine *m, uint64_t masters, bool quiesce)
{
    uint64_t was = m->st->masters_quiesced;
    uint64_t now = quiesce ? was | masters : was & ~masters;

    if (now == was)
        return;
    nap_post_notice(m);
    nap_touched(m, &m->st->masters_quiesced, sizeof m->st->masters_quiesced);
    m->st->masters_quiesced = now;
    masters_step(m, now ^ was, quiesce ? "quiesced" : "let go");
}

static void set_asleep(struct nap_machine *m, enum nap_sleep asleep, const char *label)
{
    struct nap_event e;

    nap_post_notice(m);
    e = nap_event_outside(m, NAP_STEP_MASTER);
    nap_touched(m, &m->st->asleep, sizeof m->st->asleep);
    m->st->asleep = asleep;
    e.label = label;
    nap_step_done(m, &e);
}

void nap_set_asleep(struct nap_machine *m, bool asleep)
{
    set_asleep(m, asleep ? NAP_ASLEEP : NAP_AWAKE,
               asleep ? "suspend begins" : NAP_LABEL_RESUMED);
}

void nap_set_stays_awake(struct nap_machine *m)
{
    set_asleep(m, NAP_AWAKE, "suspend has failed");
}

void nap_set_waking(struct nap_machine *m, bool waking)
{
    set_asleep(m, waking ? NAP_UNITS_WAKE : NAP_AWAKE, waking ? "units wake" : NAP_LABEL_AWAKE);
}

void nap_set_waking_failed(struct nap_machine *m)
{
    set_asleep(m, NAP_AWAKE, "units did not wake");
}
