/* SPDX-License-Identifier: MIT */
/* The register file: what a write stores, what a read shows, what a power cut leaves. All of it
 * from the model's tables; blocks add only effects. */
#include "core.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* --- plain access for blocks and rules --- */

/* The slot that holds the bits. */
static unsigned home_of(const struct nap_kind *kind, unsigned slot)
{
    assert(slot < kind->n_slots);
    return kind->aliases ? kind->slots[slot].home : slot;
}

uint64_t nap_reg_get(const struct nap_machine *m, unsigned device, unsigned slot)
{
    const struct nap_dev *d = &m->devices[device];

    return d->regs[home_of(d->kind, slot)];
}

unsigned nap_reg_marks(const struct nap_machine *m, unsigned device, unsigned slot)
{
    const struct nap_dev *d = &m->devices[device];

    return d->marks[home_of(d->kind, slot)];
}

static __attribute__((noinline)) void change(struct nap_machine *m, unsigned device,
                                             unsigned slot, uint64_t value)
{
    uint64_t *at = &m->devices[device].regs[slot];

    nap_touched(m, at, sizeof *at);
    *at = value;
    nap_watch_touched(m, device, slot);
}

static inline void store(struct nap_machine *m, unsigned device, unsigned slot, uint64_t value)
{
    if (m->devices[device].regs[slot] != value)
        change(m, device, slot, value);
}

static __attribute__((noinline)) void change_marks(struct nap_machine *m, unsigned device,
                                                   unsigned slot, unsigned marks)
{
    uint8_t *at = &m->devices[device].marks[slot];

    nap_touched(m, at, sizeof *at);
    *at = (uint8_t)marks;
    nap_watch_touched(m, device, slot);
}

static inline void set_marks(struct nap_machine *m, unsigned device, unsigned slot,
                             unsigned marks)
{
    if (m->devices[device].marks[slot] != marks)
        change_marks(m, device, slot, marks);
}

void nap_reg_set(struct nap_machine *m, unsigned device, unsigned slot, uint64_t value)
{
    store(m, device, home_of(m->devices[device].kind, slot), value);
}

void nap_reg_define(struct nap_machine *m, unsigned device, unsigned slot, uint64_t value)
{
    unsigned home = home_of(m->devices[device].kind, slot);

    store(m, device, home, value);
    set_marks(m, device, home, m->devices[device].marks[home] & ~NAP_MARK_UNDETERMINED);
}

/* --- writes that reached the device --- */

#define ALL_LANES UINT64_MAX

/* A write on its way into the register file. */
struct write {
    unsigned slot; /* of the register addressed */
    unsigned home; /* and of the one that holds its bits */
    unsigned size_bytes;
    unsigned guard;        /* 1 + number of the guard that does not hold, or 0 */
    uint64_t value, lanes; /* in place; the bits of the bytes that are written, and no others */
    uint64_t kept;         /* bits that a guard keeps as they are */
};

/* What a write has made of the register, as its record has it. */
struct effect {
    uint64_t rules, was, now;
    unsigned marks;
};

static __attribute__((noinline)) void show_write(struct nap_machine *m, unsigned device,
                                                 const struct write *w,
                                                 const struct effect *values)
{
    struct nap_event e = nap_event_for(m, NAP_STEP_WRITE, device, w->slot);

    e.size_bytes = (uint8_t)w->size_bytes;
    e.is_write = true;
    e.issued = m->issued;
    e.guard = (uint8_t)w->guard;
    e.written = w->value;
    e.rules = values->rules;
    e.marks = (uint8_t)values->marks;
    e.was = values->was;
    e.now = values->now;
    nap_step_release(m, &e);
}

/* A block that takes part in the write makes something of it, unless it says otherwise. */
static bool block_notices(const struct nap_machine *m, unsigned device, unsigned slot,
                          uint64_t value)
{
    const struct nap_kind *kind = m->devices[device].kind;
    const struct nap_slot *s = &kind->slots[slot];

    if (!s->on_write && !s->on_store)
        return false;
    return !kind->block->notices_same || kind->block->notices_same(m, device, slot, value);
}

/* Plain content that software has written already is not noticed when it is written again. */
bool nap_regfile_matters(const struct nap_machine *m, unsigned device, unsigned slot,
                         uint64_t value)
{
    const struct nap_dev *d = &m->devices[device];
    const struct nap_slot *s = &d->kind->slots[slot];
    unsigned marks = d->marks[slot] & (NAP_MARK_WRITTEN | NAP_MARK_UNDETERMINED);

    if (s->special & (NAP_SPECIAL_WRITE | NAP_SPECIAL_PARTS))
        return true;
    return marks != NAP_MARK_WRITTEN || value != d->regs[slot] || s->wo || (value & s->w1c) ||
           block_notices(m, device, slot, value);
}

/* The rules that look at a write after which the register holds @now. */
static uint64_t watching(const struct nap_slot *s, uint64_t now)
{
    return now & s->leaves ? s->rules : s->rules & ~s->rules_leaving;
}

static uint64_t protocol(const struct nap_slot *s, const struct write *w)
{
    return (w->value & ~s->defined) || w->guard ? NAP_PROTOCOL_BROKEN : 0;
}

/* The write is a step of its own before what it has brought about. */
static inline void end_write(struct nap_machine *m, unsigned device, const struct write *w,
                             const struct effect *values)
{
    if (m->n_held == 0 && !nap_step_seen(m, NAP_STEP_WRITE, values->rules)) {
        m->holding = false;
        nap_step_count(m);
        return;
    }
    show_write(m, device, w, values);
}

static void count_unmodelled(struct nap_machine *m, unsigned device, const struct nap_slot *s)
{
    nap_unmodelled(m, device, m->devices[device].kind->block->model->regs[s->reg].name);
}

/* One expression for all kinds of access: what it takes away, and what it puts there. */
static inline __attribute__((always_inline)) void take(struct nap_machine *m, unsigned device,
                                                       const struct write *w)
{
    const struct nap_dev *d = &m->devices[device];
    const struct nap_slot *s = &d->kind->slots[w->slot];
    uint64_t lanes = w->lanes & ~w->kept, value = w->value & ~w->kept;
    uint64_t lost = (s->plain | (s->w0c & ~value) | (s->w1c & value)) & lanes;
    uint64_t set = value & s->sets;
    struct effect e;
    uint64_t started;

    if ((d->marks[w->home] & NAP_MARK_UNDETERMINED) &&
        ((s->defined & ~(lost | s->self_clear | set)) || w->home != w->slot))
        nap_regfile_settle(m, device, w->home); /* some of it outlives the write */
    e.marks = d->marks[w->home];
    e.was = d->regs[w->home];
    e.now = (e.was & ~lost) | set;
    if (s->on_store) {
        e.now = s->on_store(m, device, w->home, value, lanes, e.now);
        e.was = d->regs[w->home]; /* work may have been found done */
    }
    e.rules = watching(s, e.now) | protocol(s, w);
    store(m, device, w->home, e.now);
    set_marks(m, device, w->home,
              (d->marks[w->home] & ~NAP_MARK_UNDETERMINED) |
                  d->kind->slots[w->home].marks_written);
    nap_step_hold(m);
    started = e.now & ~e.was & s->self_clear;
    if (started)
        nap_work_post(m, device, w->slot, started);
    if (s->on_write)
        s->on_write(m, device, s->index, e.was, e.now);
    if (s->special & NAP_SPECIAL_UNMODELLED)
        count_unmodelled(m, device, s);
    end_write(m, device, w, &e);
}

/* --- guards --- */

/* The content of an element of @reg, of a banked one that of this CPU. Hardware looks at it
 * now, so it becomes definite. */
static uint64_t looked_at(struct nap_machine *m, unsigned device, uint32_t reg, unsigned index,
                          uint64_t mask)
{
    const struct nap_model *model = m->devices[device].kind->block->model;
    unsigned slot = nap_bank_slot(m, device, model->regs[reg].first_slot + index, m->st->cpu);

    nap_reg_settle(m, device, slot);
    for (uint64_t rest = mask; rest && m->st->n_work; rest &= rest - 1)
        nap_work_notice(m, device, slot, rest & -rest);
    return nap_reg_get(m, device, slot) & mask;
}

static unsigned count_of(const struct nap_machine *m, unsigned device, uint32_t reg)
{
    return m->devices[device].kind->block->model->regs[reg].count;
}

/* Both elements of a comparison are that of @index, or the only one there is. */
static bool element_holds(struct nap_machine *m, unsigned device, const struct nap_condition *c,
                          unsigned index)
{
    uint64_t is =
        looked_at(m, device, c->reg, count_of(m, device, c->reg) > 1 ? index : 0, c->mask);
    uint64_t other;

    if (!c->same_as)
        return is == c->value;
    other = looked_at(m, device, c->same_as - 1,
                      count_of(m, device, c->same_as - 1) > 1 ? index : 0, c->mask);
    return is == other;
}

static bool holds(struct nap_machine *m, unsigned device, const struct nap_slot *s,
                  const struct nap_condition *c, const struct write *w)
{
    unsigned n = count_of(m, device, c->reg);
    uint64_t stays = m->devices[device].regs[w->home] & ~w->lanes;

    if (c->written) /* what a write of a part leaves alone stays as it is */
        return (((w->value & w->lanes) | stays) & c->mask) == c->value;
    if (count_of(m, device, s->reg) > 1 || n == 1)
        return element_holds(m, device, c, s->index);
    for (unsigned i = 0; i < n; i++)
        if (!element_holds(m, device, c, i))
            return false;
    return true;
}

static bool all_hold(struct nap_machine *m, unsigned device, const struct nap_slot *s,
                     const struct nap_guard *g, const struct write *w)
{
    for (uint32_t i = 0; i < g->n_conditions; i++)
        if (!holds(m, device, s, &g->conditions[i], w))
            return false;
    return true;
}

/* A guard of some fields has no say in a write that leaves them as they are, or that does not
 * reach them. */
static bool concerns(const struct nap_machine *m, unsigned device, const struct nap_slot *s,
                     const struct nap_guard *g, const struct write *w)
{
    const struct nap_dev *d = &m->devices[device];
    uint64_t bits = g->bits & s->defined & w->lanes;

    return g->bits == UINT64_MAX || (d->marks[w->home] & NAP_MARK_UNDETERMINED && bits) ||
           ((d->regs[w->home] ^ w->value) & bits);
}

enum nap_guard_effect nap_guard_effect(const struct nap_machine *m, unsigned device,
                                       const struct nap_guard *guard)
{
    static const char *const names[] = {
        [NAP_GUARD_IGNORED] = "ignored", [NAP_GUARD_TAKEN] = "taken", [NAP_GUARD_UNKNOWN] = ""};
    const struct nap_switch *sw;
    const char *value;

    if (!guard->by_switch)
        return (enum nap_guard_effect)guard->effect;
    sw = &m->devices[device].kind->block->model->switches[guard->by_switch - 1];
    value = sw->values[nap_switch(m, device, guard->by_switch - 1u)];
    if (strcmp(value, names[NAP_GUARD_IGNORED]) == 0)
        return NAP_GUARD_IGNORED;
    return strcmp(value, names[NAP_GUARD_TAKEN]) == 0 ? NAP_GUARD_TAKEN : NAP_GUARD_UNKNOWN;
}

/* Looks at the guards in order, up to one that refuses the whole register. Notes the first
 * that does not hold, and the bits that the write leaves alone. */
static enum nap_guard_effect ask_guards(struct nap_machine *m, unsigned device,
                                        const struct nap_slot *s, struct write *w)
{
    const struct nap_reg *reg = &m->devices[device].kind->block->model->regs[s->reg];

    for (unsigned i = 0; i < reg->n_guards; i++) {
        const struct nap_guard *g = &reg->guards[i];
        enum nap_guard_effect effect;
        if (!concerns(m, device, s, g, w) || all_hold(m, device, s, g, w))
            continue;
        effect = nap_guard_effect(m, device, g);
        if (!w->guard)
            w->guard = i + 1;
        if (g->bits == UINT64_MAX && effect != NAP_GUARD_TAKEN)
            return effect;
        if (g->bits != UINT64_MAX && effect == NAP_GUARD_IGNORED)
            w->kept |= g->bits;
    }
    return NAP_GUARD_TAKEN;
}

/* As after a power cut. The content it had, and that with what was written in it, are likely
 * ones. */
static void forget(struct nap_machine *m, unsigned device, const struct write *w)
{
    const struct nap_dev *d = &m->devices[device];
    uint64_t bits = w->lanes & d->kind->slots[w->home].plain & ~d->kind->slots[w->home].known;

    if (!nap_varied(m, NAP_CHOOSE_RETAIN)) {
        store(m, device, w->home,
              nap_reset_value(m, device, w->home, (enum nap_profile)m->st->profile));
        return;
    }
    if (!(d->marks[w->home] & NAP_MARK_UNDETERMINED)) {
        nap_touched(m, &d->lost[w->home], sizeof d->lost[w->home]);
        d->lost[w->home] = d->regs[w->home];
    }
    store(m, device, w->home, (d->regs[w->home] & ~bits) | (w->value & bits));
    set_marks(m, device, w->home, d->marks[w->home] | NAP_MARK_UNDETERMINED);
}

static void refuse(struct nap_machine *m, unsigned device, const struct write *w,
                   enum nap_guard_effect effect)
{
    const struct nap_dev *d = &m->devices[device];
    struct effect e = {.marks = d->marks[w->home]};

    e.rules = protocol(&d->kind->slots[w->slot], w);
    e.was = d->regs[w->home];
    nap_step_hold(m);
    if (effect == NAP_GUARD_UNKNOWN)
        forget(m, device, w);
    e.now = d->regs[w->home];
    end_write(m, device, w, &e);
}

static void write_special(struct nap_machine *m, unsigned device, struct write w)
{
    const struct nap_kind *kind = m->devices[device].kind;
    enum nap_guard_effect effect = NAP_GUARD_TAKEN;
    const struct nap_slot *s;

    w.slot = nap_bank_slot(m, device, w.slot, m->st->cpu);
    s = &kind->slots[w.slot];
    w.home = s->home;
    if (s->special & NAP_SPECIAL_ABSENT)
        effect = NAP_GUARD_IGNORED;
    else if (s->special & NAP_SPECIAL_GUARDED)
        effect = ask_guards(m, device, s, &w);
    if (effect == NAP_GUARD_TAKEN)
        take(m, device, &w);
    else
        refuse(m, device, &w, effect);
}

void nap_regfile_write(struct nap_machine *m, unsigned device, unsigned slot, uint64_t value)
{
    const struct nap_slot *s = &m->devices[device].kind->slots[slot];
    struct write w = {slot, slot, s->size_bytes, 0, value, ALL_LANES, 0};

    if (s->special & NAP_SPECIAL_WRITE)
        write_special(m, device, w);
    else
        take(m, device, &w);
}

static uint64_t lanes_of(unsigned from, unsigned size_bytes)
{
    return UINT64_MAX >> (64 - 8 * size_bytes) << 8 * from;
}

void nap_regfile_write_part(struct nap_machine *m, unsigned device, unsigned slot,
                            unsigned from, unsigned size_bytes, uint64_t value)
{
    struct write w = {slot, slot, size_bytes, 0, value << 8 * from, lanes_of(from, size_bytes),
                      0};

    write_special(m, device, w);
}

/* --- waiting --- */

/* A register that still shows work unfinished after this many equal reads, with nothing left
 * that could change it, has hung its reader (O5). */
#define POLLS_MAX 10000u

static_assert(offsetof(struct nap_evidence, load_value) < NAP_BLOCK_BYTES,
              "what polls change lies in the block of the counters, which each step touches");

static void stuck(struct nap_machine *m, const struct nap_event *e)
{
    struct nap_event step = *e;

    step.kind = NAP_STEP_STUCK;
    m->ev->poll_count = m->ev->load_count = 0; /* whoever is returned to may read it again */
    nap_step_ends_call(m, &step);
}

/* True when the loop that polls has gone on for too long. */
static inline bool count_poll(struct nap_machine *m, unsigned device, unsigned slot,
                              nap_addr address, uint64_t value)
{
    struct nap_evidence *ev = m->ev;

    if (ev->poll_count == 0 || ev->poll_device != device || ev->poll_slot != slot ||
        ev->poll_address != address || ev->poll_value != value) {
        ev->poll_device = device;
        ev->poll_slot = slot;
        ev->poll_address = address;
        ev->poll_value = value;
        ev->poll_count = 1;
        return false;
    }
    ev->counters.polls++;
    return ++ev->poll_count >= POLLS_MAX && m->stuck_jump;
}

void nap_poll_count(struct nap_machine *m, const struct nap_event *e)
{
    if (count_poll(m, e->device, e->slot, e->address, e->now))
        stuck(m, e);
}

void nap_poll_count_load(struct nap_machine *m, nap_addr address, uint64_t value)
{
    struct nap_evidence *ev = m->ev;
    struct nap_event e;

    nap_counters_touched(m);
    if (ev->load_count == 0 || ev->load_address != address || ev->load_value != value) {
        ev->load_address = address;
        ev->load_value = value;
        ev->load_count = 1;
        return;
    }
    ev->counters.polls++;
    if (++ev->load_count < POLLS_MAX || !m->stuck_jump)
        return;
    e = nap_event_for(m, NAP_STEP_STUCK, UINT32_MAX, NAP_NO_SLOT);
    e.address = address;
    e.now = value;
    stuck(m, &e);
}

void nap_poll_forget(struct nap_machine *m)
{
    nap_touched(m, &m->ev->poll_count, sizeof m->ev->poll_count);
    m->ev->poll_count = m->ev->load_count = 0;
    if (m->st->n_seen_busy == 0)
        return;
    for (unsigned d = 0; d < m->n_devices; d++)
        for (unsigned s = 0; s < m->devices[d].kind->n_slots; s++)
            set_marks(m, d, s, m->devices[d].marks[s] & ~NAP_MARK_SEEN_BUSY);
    nap_touched(m, &m->st->n_seen_busy, sizeof m->st->n_seen_busy);
    m->st->n_seen_busy = 0;
}

/* A driver that reads unfinished work twice in a row is waiting for it. */
static __attribute__((noinline)) void note_busy(struct nap_machine *m, unsigned device,
                                                unsigned slot, uint64_t value)
{
    const struct nap_dev *d = &m->devices[device];
    bool busy = ((value & d->kind->slots[slot].self_clear) ||
                 nap_work_begun_at(m, device, slot, ALL_LANES)) &&
                m->ev->poll_count >= 2;
    unsigned marks = d->marks[slot];

    if (busy == ((marks & NAP_MARK_SEEN_BUSY) != 0))
        return;
    set_marks(m, device, slot, marks ^ NAP_MARK_SEEN_BUSY);
    nap_touched(m, &m->st->n_seen_busy, sizeof m->st->n_seen_busy);
    m->st->n_seen_busy += busy ? 1u : UINT32_MAX;
}

/* --- reads that reached the device --- */

struct read {
    unsigned slot, home, size_bytes, from;
    uint64_t lanes;
};

static struct nap_event read_event(const struct nap_machine *m, unsigned device,
                                   const struct read *r, uint64_t value)
{
    struct nap_event e = nap_event_for(m, NAP_STEP_READ, device, r->slot);

    e.size_bytes = (uint8_t)r->size_bytes;
    e.marks = m->devices[device].marks[r->home];
    e.was = e.now = value;
    return e;
}

static __attribute__((noinline)) void show_read(struct nap_machine *m, unsigned device,
                                                const struct read *r, uint64_t value)
{
    struct nap_event e = read_event(m, device, r, value);

    if (m->holding)
        nap_step_release(m, &e);
    else
        nap_step_done(m, &e);
}

static __attribute__((noinline)) void stuck_read(struct nap_machine *m, unsigned device,
                                                 const struct read *r, uint64_t value)
{
    struct nap_event e = read_event(m, device, r, value);

    stuck(m, &e);
}

/* What a read shows of @value, and what it leaves of it. */
static uint64_t read_effect(struct nap_machine *m, unsigned device, const struct read *r,
                            uint64_t value)
{
    const struct nap_slot *s = &m->devices[device].kind->slots[r->slot];
    uint64_t shown = value & s->defined & ~s->wo;

    if (s->special & NAP_SPECIAL_UNMODELLED)
        count_unmodelled(m, device, s);
    if (s->rc & r->lanes)
        store(m, device, r->home, value & ~(s->rc & r->lanes));
    if (s->on_read) {
        nap_step_hold(m);
        shown = s->on_read(m, device, s->index, shown);
    }
    return shown & r->lanes;
}

/* Content that a reader has made definite may open what stands behind it. */
static void settle_for_reader(struct nap_machine *m, unsigned device, unsigned slot)
{
    const struct nap_block *block = m->devices[device].kind->block;

    nap_regfile_settle(m, device, slot);
    if (block->settled)
        block->settled(m, device, slot);
}

/* Work that the read can find: shown by bits that are set, or begun without any. Apart from the
 * common path, as all that is rare. */
static __attribute__((noinline)) void find_work(struct nap_machine *m, unsigned device,
                                                unsigned slot, unsigned home, uint64_t lanes)
{
    const struct nap_dev *d = &m->devices[device];

    if ((d->regs[home] & d->kind->slots[slot].self_clear & lanes) ||
        nap_work_begun_at(m, device, home, lanes))
        nap_work_was_read(m, device, home, lanes);
}

static inline __attribute__((always_inline)) uint64_t
serve(struct nap_machine *m, unsigned device, const struct read *r)
{
    const struct nap_dev *d = &m->devices[device];
    const struct nap_slot *s = &d->kind->slots[r->slot];
    uint64_t value;

    if (d->marks[r->home] & NAP_MARK_UNDETERMINED)
        settle_for_reader(m, device, r->home);
    if (m->st->n_work)
        find_work(m, device, r->slot, r->home, r->lanes);
    value = d->regs[r->home];
    if (s->special)
        value = read_effect(m, device, r, value);
    if (m->holding || nap_step_seen(m, NAP_STEP_READ, 0))
        show_read(m, device, r, value);
    else
        nap_step_count(m);
    if (count_poll(m, device, r->slot, r->from, value))
        stuck_read(m, device, r, value);
    if ((s->self_clear & r->lanes) || m->st->n_begun || m->st->n_seen_busy)
        note_busy(m, device, r->home, value);
    return value;
}

static uint64_t read_special(struct nap_machine *m, unsigned device, struct read r)
{
    r.slot = nap_bank_slot(m, device, r.slot, m->st->cpu);
    r.home = m->devices[device].kind->slots[r.slot].home;
    return serve(m, device, &r);
}

uint64_t nap_regfile_read(struct nap_machine *m, unsigned device, unsigned slot)
{
    const struct nap_slot *s = &m->devices[device].kind->slots[slot];
    struct read r = {slot, slot, s->size_bytes, 0, ALL_LANES};

    if (s->special & (NAP_SPECIAL_BANKED | NAP_SPECIAL_ALIAS))
        return read_special(m, device, r);
    return serve(m, device, &r);
}

uint64_t nap_regfile_read_part(struct nap_machine *m, unsigned device, unsigned slot,
                               unsigned from, unsigned size_bytes)
{
    struct read r = {slot, slot, size_bytes, from, lanes_of(from, size_bytes)};

    return read_special(m, device, r) >> 8 * from;
}

/* --- what a register wakes up with --- */

uint64_t nap_reset_value(const struct nap_machine *m, unsigned device, unsigned slot,
                         enum nap_profile profile)
{
    const struct nap_kind *kind = m->devices[device].kind;
    const struct nap_reg *reg = &kind->block->model->regs[kind->slots[slot].reg];
    const char *name = m->soc->devices[device].name;
    uint64_t reset = kind->slots[slot].reset;
    uint64_t value, known = kind->slots[slot].known;

    if (profile == NAP_PROFILE_ZERO || reg->retention != NAP_RETENTION_UNKNOWN)
        return reset;
    if (!reg->hostile_random)
        return (reg->hostile & kind->slots[slot].defined & ~known) | (reset & known);
    value = kind->slots[slot].index | (uint64_t)kind->slots[slot].cpu << 16;
    value = XXH3_64bits_withSeed(reg->name, strlen(reg->name), value);
    value = XXH3_64bits_withSeed(name, strlen(name), value);
    return (value & reg->hostile_mask & kind->slots[slot].defined & ~known) | (reset & known);
}

uint64_t nap_reg_reset(const struct nap_machine *m, unsigned device, unsigned slot)
{
    return nap_reset_value(m, device, home_of(m->devices[device].kind, slot), NAP_PROFILE_ZERO);
}

#define SETTLE_MAX 6

static unsigned add_distinct(uint64_t *list, unsigned n, uint64_t value)
{
    for (unsigned i = 0; i < n; i++)
        if (list[i] == value)
            return n;
    list[n] = value;
    return n + 1;
}

/* What the next device of the same kind held there, the likeliest donor of plausible garbage;
 * for a device that is the only one, the next element of the register. */
static uint64_t sibling_held(const struct nap_machine *m, unsigned device, unsigned slot)
{
    const struct nap_dev *d = &m->devices[device];
    const struct nap_reg *reg = &d->kind->block->model->regs[d->kind->slots[slot].reg];

    for (unsigned i = 1; i < m->n_devices; i++) {
        const struct nap_dev *other = &m->devices[(device + i) % m->n_devices];
        if (other->kind == d->kind)
            return other->lost[slot];
    }
    return d->lost[reg->first_slot + (d->kind->slots[slot].index + 1) % reg->count];
}

void nap_regfile_settle(struct nap_machine *m, unsigned device, unsigned slot)
{
    const struct nap_dev *d = &m->devices[device];
    uint64_t settable = d->kind->slots[slot].defined &
                        ~(d->kind->slots[slot].self_clear | d->kind->slots[slot].known);
    uint64_t known = d->regs[slot] & d->kind->slots[slot].known;
    uint64_t values[SETTLE_MAX];
    struct nap_event e = nap_event_for(m, NAP_STEP_SETTLE, device, slot);
    unsigned n = 0;
    uint32_t chosen;

    n = add_distinct(values, n,
                     nap_reset_value(m, device, slot, (enum nap_profile)m->st->profile) &
                         settable);
    n = add_distinct(values, n, 0);
    n = add_distinct(values, n, settable);
    n = add_distinct(values, n, d->lost[slot] & settable);
    n = add_distinct(values, n, sibling_held(m, device, slot) & settable);
    n = add_distinct(values, n, d->regs[slot] & settable); /* a refused write leaves it */
    chosen = nap_choose(m, NAP_CHOOSE_RETAIN, "register content after power loss",
                        nap_instance_of(device, slot), n);
    e.was = d->regs[slot];
    e.now = values[chosen] | known;
    store(m, device, slot, e.now);
    set_marks(m, device, slot, d->marks[slot] & ~NAP_MARK_UNDETERMINED);
    nap_step_done(m, &e);
}

void nap_reg_settle(struct nap_machine *m, unsigned device, unsigned slot)
{
    if (nap_reg_marks(m, device, slot) & NAP_MARK_UNDETERMINED)
        nap_regfile_settle(m, device, home_of(m->devices[device].kind, slot));
}

void nap_reg_forget(struct nap_machine *m, unsigned device, unsigned slot)
{
    struct nap_dev *d = &m->devices[device];
    unsigned home = home_of(d->kind, slot), marks = d->marks[home] & ~NAP_MARK_WRITTEN;

    if (!nap_varied(m, NAP_CHOOSE_RETAIN)) {
        store(m, device, home,
              nap_reset_value(m, device, home, (enum nap_profile)m->st->profile));
        set_marks(m, device, home, marks);
        return;
    }
    if (!(marks & NAP_MARK_UNDETERMINED)) {
        nap_touched(m, &d->lost[home], sizeof d->lost[home]);
        d->lost[home] = d->regs[home];
    }
    set_marks(m, device, home, marks | NAP_MARK_UNDETERMINED);
}

/* --- golden values --- */

void nap_golden_take(struct nap_machine *m)
{
    nap_touched(m, &m->st->golden_valid, sizeof m->st->golden_valid);
    m->st->golden_valid = 1;
    for (unsigned i = 0; i < m->n_devices; i++) {
        struct nap_dev *d = &m->devices[i];
        unsigned n = d->kind->n_slots;
        nap_touched(m, d->golden, n * sizeof *d->golden);
        nap_touched(m, d->golden_marks, n);
        for (unsigned s = 0; s < n; s++) {
            d->golden_marks[s] = (d->marks[s] & NAP_MARK_EVER) && d->kind->slots[s].comes_back;
            /* Work that happens to be under way is not something to bring back. */
            d->golden[s] = d->golden_marks[s] ? d->regs[s] & ~d->kind->slots[s].self_clear : 0;
        }
    }
}

void nap_golden_drop(struct nap_machine *m)
{
    nap_touched(m, &m->st->golden_valid, sizeof m->st->golden_valid);
    m->st->golden_valid = 0;
}

bool nap_golden(const struct nap_machine *m, unsigned device, unsigned slot, uint64_t *value)
{
    const struct nap_dev *d = &m->devices[device];

    slot = home_of(d->kind, slot);
    if (!m->st->golden_valid || !d->golden_marks[slot])
        return false;
    *value = d->golden[slot];
    return true;
}

/* --- for probes --- */

static void footprint_add(struct nap_footprint *f, unsigned device, unsigned slot)
{
    if (!f)
        return;
    if (f->n < NAP_FOOTPRINT_MAX) {
        f->list[f->n].device = device;
        f->list[f->n].slot = slot;
    }
    f->n++;
}

uint64_t nap_probe_reg(const struct nap_machine *m, unsigned device, unsigned slot,
                       struct nap_footprint *footprint)
{
    slot = home_of(m->devices[device].kind, slot);
    footprint_add(footprint, device, slot);
    return m->devices[device].regs[slot];
}

void nap_probe_hidden(unsigned device, struct nap_footprint *footprint)
{
    footprint_add(footprint, device, NAP_SLOT_HIDDEN);
}

void nap_probe_changed(struct nap_machine *m, unsigned device)
{
    nap_watch_touched(m, device, m->devices[device].kind->n_slots);
}
