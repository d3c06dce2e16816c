/* SPDX-License-Identifier: MIT */
/* The register file: what a write stores, what a read shows, what a power cut leaves. All of it
 * from the model's tables; blocks add only effects. */
#include "core.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

static void fill_masks(struct nap_slot *slot, const struct nap_reg *reg, unsigned variant)
{
    slot->defined = reg->defined[variant];
    slot->w0c = reg->w0c[variant];
    slot->w1c = reg->w1c[variant];
    slot->self_clear = reg->self_clear[variant];
    slot->wo = reg->wo[variant];
    slot->rc = reg->rc[variant];
    slot->plain = reg->writable[variant] &
                  ~(slot->w0c | slot->w1c | slot->self_clear | reg->w1s[variant]);
    slot->sets = slot->plain | slot->self_clear | reg->w1s[variant];
}

static void fill_slot(struct nap_kind *kind, uint32_t r, uint32_t i)
{
    const struct nap_reg *reg = &kind->block->model->regs[r];
    struct nap_slot *slot = &kind->slots[reg->first_slot + i];

    slot->reg = (uint16_t)r;
    slot->index = (uint16_t)i;
    slot->size_bytes = reg->width_bits / 8u;
    slot->retention = reg->retention;
    fill_masks(slot, reg, kind->variant);
    slot->special = (reg->unmodelled ? NAP_SPECIAL_UNMODELLED : 0) |
                    (slot->wo | slot->rc ? NAP_SPECIAL_READ : 0);
    slot->on_write = kind->block->on_write ? kind->block->on_write[r] : NULL;
    slot->on_store = kind->block->on_store ? kind->block->on_store[r] : NULL;
    if (reg->variants & 1u << kind->variant)
        kind->decode[nap_reg_offset(reg, i) >> kind->grain_log2] =
            (uint16_t)(reg->first_slot + i);
}

static unsigned grain_log2(const struct nap_model *model)
{
    for (uint32_t r = 0; r < model->n_regs; r++)
        if (model->regs[r].width_bits < 32)
            return 0;
    return 2;
}

enum nap_err nap_kind_create(struct nap_kind *kind, const struct nap_block *block,
                             unsigned variant, struct nap_error *error)
{
    const struct nap_model *model = block->model;
    size_t places;

    kind->block = block;
    kind->variant = variant;
    kind->grain_log2 = grain_log2(model);
    places = model->window_bytes >> kind->grain_log2;
    kind->n_slots = model->n_slots;
    kind->slots = calloc(model->n_slots, sizeof *kind->slots);
    kind->decode = malloc(places * sizeof *kind->decode);
    if (!kind->slots || !kind->decode)
        return nap_fail(error, NAP_ERR_NOMEM, "no memory for the registers of %s", model->name);
    memset(kind->decode, 0xff, places * sizeof *kind->decode);
    for (uint32_t r = 0; r < model->n_regs; r++)
        for (uint32_t i = 0; i < model->regs[r].count; i++)
            fill_slot(kind, r, i);
    return NAP_OK;
}

void nap_kind_destroy(struct nap_kind *kind)
{
    free(kind->slots);
    free(kind->decode);
}

/* --- plain access for blocks and rules --- */

uint64_t nap_reg_get(const struct nap_machine *m, unsigned device, unsigned slot)
{
    assert(slot < m->devices[device].kind->n_slots);
    return m->devices[device].regs[slot];
}

unsigned nap_reg_marks(const struct nap_machine *m, unsigned device, unsigned slot)
{
    assert(slot < m->devices[device].kind->n_slots);
    return m->devices[device].marks[slot];
}

static void store(struct nap_machine *m, unsigned device, unsigned slot, uint64_t value)
{
    uint64_t *at = &m->devices[device].regs[slot];

    if (*at == value)
        return;
    nap_touched(m, at, sizeof *at);
    *at = value;
    nap_watch_touched(m, device, slot);
}

static void set_marks(struct nap_machine *m, unsigned device, unsigned slot, unsigned marks)
{
    uint8_t *at = &m->devices[device].marks[slot];

    if (*at == marks)
        return;
    nap_touched(m, at, sizeof *at);
    *at = (uint8_t)marks;
    nap_watch_touched(m, device, slot);
}

void nap_reg_set(struct nap_machine *m, unsigned device, unsigned slot, uint64_t value)
{
    assert(slot < m->devices[device].kind->n_slots);
    store(m, device, slot, value);
}

/* --- accesses that reached the device --- */

static void show_write(struct nap_machine *m, unsigned device, unsigned slot,
                       const struct nap_event *values)
{
    struct nap_event e = nap_event_for(m, NAP_STEP_WRITE, device, slot);

    e.size_bytes = (uint8_t)m->devices[device].kind->slots[slot].size_bytes;
    e.is_write = true;
    e.rules = values->rules;
    e.marks = values->marks;
    e.was = values->was;
    e.now = values->now;
    e.written = values->written;
    nap_step_release(m, &e);
}

void nap_regfile_write(struct nap_machine *m, unsigned device, unsigned slot, uint64_t value)
{
    const struct nap_dev *d = &m->devices[device];
    const struct nap_slot *s = &d->kind->slots[slot];
    uint64_t lost = s->plain | (s->w0c & ~value) | (s->w1c & value);
    uint64_t kept = s->defined & ~(lost | s->self_clear | (s->sets & value));
    uint32_t rules = s->rules | (value & ~s->defined ? NAP_RESERVED_BITS_WRITTEN : 0);
    uint64_t was, now;
    uint8_t marks;

    if (kept && (d->marks[slot] & NAP_MARK_UNDETERMINED))
        nap_regfile_settle(m, device, slot); /* some of it outlives the write */
    marks = d->marks[slot];
    was = d->regs[slot];
    now = (was & ~lost) | (value & s->sets);
    if (s->on_store) {
        now = s->on_store(m, device, slot, value, now);
        was = d->regs[slot]; /* work may have been found done */
    }
    store(m, device, slot, now);
    set_marks(m, device, slot,
              (d->marks[slot] & ~NAP_MARK_UNDETERMINED) | NAP_MARK_WRITTEN | NAP_MARK_EVER);
    nap_step_hold(m);
    if (now & ~was & s->self_clear)
        nap_work_post(m, device, slot, now & ~was & s->self_clear);
    if (s->on_write)
        s->on_write(m, device, s->index, was, now);
    if (s->special & NAP_SPECIAL_UNMODELLED)
        nap_unmodelled(m, device, d->kind->block->model->regs[s->reg].name);
    if (m->n_held == 0 && !nap_step_seen(m, NAP_STEP_WRITE, rules)) {
        m->holding = false;
        nap_step_count(m);
        return;
    }
    show_write(m, device, slot,
               &(struct nap_event){
                   .marks = marks, .rules = rules, .was = was, .now = now, .written = value});
}

/* A register that still shows work unfinished after this many equal reads, with nothing left
 * that could change it, has hung its reader (O5). */
#define POLLS_MAX 10000u

static_assert(offsetof(struct nap_evidence, poll_count) < NAP_BLOCK_BYTES,
              "what polls change lies in the block of the counters, which each step touches");

static void stuck(struct nap_machine *m, const struct nap_event *e)
{
    struct nap_event step = *e;

    step.kind = NAP_STEP_STUCK;
    m->ev->poll_count = 0; /* whoever is returned to may read it again */
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

void nap_poll_forget(struct nap_machine *m)
{
    nap_touched(m, &m->ev->poll_count, sizeof m->ev->poll_count);
    m->ev->poll_count = 0;
    if (m->st->n_seen_busy == 0)
        return;
    for (unsigned d = 0; d < m->n_devices; d++)
        for (unsigned s = 0; s < m->devices[d].kind->n_slots; s++)
            set_marks(m, d, s, m->devices[d].marks[s] & ~NAP_MARK_SEEN_BUSY);
    nap_touched(m, &m->st->n_seen_busy, sizeof m->st->n_seen_busy);
    m->st->n_seen_busy = 0;
}

/* A driver that reads unfinished work twice in a row is waiting for it. */
static void note_busy(struct nap_machine *m, unsigned device, unsigned slot, uint64_t value)
{
    const struct nap_dev *d = &m->devices[device];
    bool busy = (value & d->kind->slots[slot].self_clear) && m->ev->poll_count >= 2;
    unsigned marks = d->marks[slot];

    if (busy == ((marks & NAP_MARK_SEEN_BUSY) != 0))
        return;
    set_marks(m, device, slot, marks ^ NAP_MARK_SEEN_BUSY);
    nap_touched(m, &m->st->n_seen_busy, sizeof m->st->n_seen_busy);
    m->st->n_seen_busy += busy ? 1u : UINT32_MAX;
}

static struct nap_event read_event(const struct nap_machine *m, unsigned device, unsigned slot,
                                   uint64_t value)
{
    struct nap_event e = nap_event_for(m, NAP_STEP_READ, device, slot);

    e.size_bytes = (uint8_t)m->devices[device].kind->slots[slot].size_bytes;
    e.marks = m->devices[device].marks[slot];
    e.was = e.now = value;
    return e;
}

static void show_read(struct nap_machine *m, unsigned device, unsigned slot, uint64_t value)
{
    struct nap_event e = read_event(m, device, slot, value);

    nap_step_done(m, &e);
}

/* What a read shows of @value, and what it leaves of it. */
static uint64_t read_special(struct nap_machine *m, unsigned device, unsigned slot,
                             uint64_t value)
{
    const struct nap_kind *kind = m->devices[device].kind;
    const struct nap_slot *s = &kind->slots[slot];

    if (s->special & NAP_SPECIAL_UNMODELLED)
        nap_unmodelled(m, device, kind->block->model->regs[s->reg].name);
    store(m, device, slot, value & ~s->rc);
    return value & ~s->wo;
}

/* Content that a reader has made definite may open what stands behind it. */
static void settle_for_reader(struct nap_machine *m, unsigned device, unsigned slot)
{
    const struct nap_block *block = m->devices[device].kind->block;

    nap_regfile_settle(m, device, slot);
    if (block->settled)
        block->settled(m, device, slot);
}

uint64_t nap_regfile_read(struct nap_machine *m, unsigned device, unsigned slot)
{
    const struct nap_dev *d = &m->devices[device];
    const struct nap_slot *s = &d->kind->slots[slot];
    uint64_t value;

    if (d->marks[slot] & NAP_MARK_UNDETERMINED)
        settle_for_reader(m, device, slot);
    if (m->st->n_work && (d->regs[slot] & s->self_clear))
        nap_work_was_read(m, device, slot);
    value = d->regs[slot];
    if (s->special)
        value = read_special(m, device, slot, value);
    if (nap_step_seen(m, NAP_STEP_READ, 0))
        show_read(m, device, slot, value);
    else
        nap_step_count(m);
    if (count_poll(m, device, slot, 0, value)) {
        struct nap_event e = read_event(m, device, slot, value);
        stuck(m, &e);
    }
    if (s->self_clear)
        note_busy(m, device, slot, value);
    return value;
}

/* --- what a register wakes up with --- */

uint64_t nap_reset_value(const struct nap_machine *m, unsigned device, unsigned slot,
                         enum nap_profile profile)
{
    const struct nap_kind *kind = m->devices[device].kind;
    const struct nap_reg *reg = &kind->block->model->regs[kind->slots[slot].reg];
    const char *name = m->soc->devices[device].name;
    uint64_t value;

    if (profile == NAP_PROFILE_ZERO)
        return reg->reset & kind->slots[slot].defined;
    if (!reg->hostile_random)
        return reg->hostile & kind->slots[slot].defined;
    value = XXH3_64bits_withSeed(reg->name, strlen(reg->name), kind->slots[slot].index);
    value = XXH3_64bits_withSeed(name, strlen(name), value);
    return value & reg->hostile_mask & kind->slots[slot].defined;
}

#define SETTLE_MAX 5

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
    uint64_t settable = d->kind->slots[slot].defined & ~d->kind->slots[slot].self_clear;
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
    chosen = nap_choose(m, NAP_CHOOSE_RETAIN, "register content after power loss",
                        nap_instance_of(device, slot), n);
    e.was = d->regs[slot];
    e.now = values[chosen];
    store(m, device, slot, values[chosen]);
    set_marks(m, device, slot, d->marks[slot] & ~NAP_MARK_UNDETERMINED);
    nap_step_done(m, &e);
}

void nap_reg_settle(struct nap_machine *m, unsigned device, unsigned slot)
{
    if (nap_reg_marks(m, device, slot) & NAP_MARK_UNDETERMINED)
        nap_regfile_settle(m, device, slot);
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
            /* Work that happens to be under way is not something to bring back. */
            d->golden[s] = d->regs[s] & ~d->kind->slots[s].self_clear;
            d->golden_marks[s] = (d->marks[s] & NAP_MARK_EVER) != 0;
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
    footprint_add(footprint, device, slot);
    return nap_reg_get(m, device, slot);
}

void nap_probe_hidden(unsigned device, struct nap_footprint *footprint)
{
    footprint_add(footprint, device, NAP_SLOT_HIDDEN);
}

void nap_probe_changed(struct nap_machine *m, unsigned device)
{
    nap_watch_touched(m, device, m->devices[device].kind->n_slots);
}
