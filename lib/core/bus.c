/* SPDX-License-Identifier: MIT */
/* From a physical address to a register or to RAM. */
#include "core.h"

#include <string.h>

static uint32_t bus_hash(uint64_t page)
{
    return (uint32_t)((page * UINT64_C(0x9e3779b97f4a7c15)) >> 40) & (NAP_BUS_TABLE - 1);
}

/* Device whose window holds the page, or UINT32_MAX. Filled by nap_machine_create(). */
static uint32_t bus_find(const struct nap_machine *m, nap_addr address)
{
    uint64_t tag = (address >> 12) + 1;

    for (uint32_t i = bus_hash(tag); m->bus[i].page; i = (i + 1) & (NAP_BUS_TABLE - 1))
        if (m->bus[i].page == tag)
            return m->bus[i].device;
    return UINT32_MAX;
}

uint32_t nap_bus_device(const struct nap_machine *m, nap_addr address)
{
    return bus_find(m, address);
}

bool nap_bus_claim(struct nap_machine *m, nap_addr base, uint32_t size_bytes, uint32_t device)
{
    unsigned used = 0;

    for (unsigned i = 0; i < NAP_BUS_TABLE; i++)
        used += m->bus[i].page != 0;
    for (uint64_t at = base; at < base + size_bytes; at += 4096) {
        uint64_t tag = (at >> 12) + 1;
        uint32_t i = bus_hash(tag);
        if (++used > NAP_BUS_TABLE / 2)
            return false;
        while (m->bus[i].page)
            i = (i + 1) & (NAP_BUS_TABLE - 1);
        m->bus[i].page = tag;
        m->bus[i].device = device;
    }
    return true;
}

static enum nap_unpowered unpowered(const struct nap_machine *m, uint32_t device)
{
    const struct nap_block *block = m->devices[device].kind->block;

    return block->unpowered ? block->unpowered(m, device) : NAP_UNPOWERED_ONES;
}

void nap_bus_end_call(struct nap_machine *m, uint32_t device, const char *why)
{
    struct nap_event e = nap_event_for(m, NAP_STEP_PANIC, device, NAP_NO_SLOT);

    e.label = why;
    if (m->stuck_jump)
        nap_step_ends_call(m, &e);
}

/* What a driver makes of ones or zeros is no other mistake than that it reads them. */
static void may_fail_now(struct nap_machine *m)
{
    if (m->st->call_failed)
        return;
    nap_touched(m, &m->st->call_failed, sizeof m->st->call_failed);
    m->st->call_failed = 1;
}

void nap_bus_refused(struct nap_machine *m, struct nap_event *e)
{
    bool aborts =
        e->kind == NAP_STEP_UNPOWERED && unpowered(m, e->device) == NAP_UNPOWERED_ABORT;

    if (aborts)
        e->label = "aborted";
    if (e->kind == NAP_STEP_UNPOWERED)
        may_fail_now(m);
    nap_step_done(m, e);
    if (aborts)
        nap_bus_end_call(m, e->device, "an access to a unit without power was aborted");
}

static bool size_exists(unsigned size_bytes)
{
    return size_bytes == 1 || size_bytes == 2 || size_bytes == 4 || size_bytes == 8;
}

/* Whether a register that takes parts takes this one. */
static bool takes_part(const struct nap_slot *s, uint64_t offset, unsigned size_bytes)
{
    return size_exists(size_bytes) && (s->access_sizes & size_bytes) &&
           (offset - s->offset) % size_bytes == 0;
}

/* Slot of the register that takes this access, or NAP_NO_SLOT. */
static inline unsigned decode(const struct nap_machine *m, uint32_t device, nap_addr address,
                              unsigned size_bytes)
{
    const struct nap_dev *d = &m->devices[device];
    uint64_t offset = address - d->base;
    unsigned grain_log2 = d->kind->grain_log2;
    const struct nap_slot *s;
    unsigned slot;

    if (offset >= d->kind->decode_bytes || offset >> grain_log2 << grain_log2 != offset)
        return NAP_NO_SLOT;
    slot = d->kind->decode[offset >> grain_log2];
    if (slot == NAP_NO_SLOT)
        return NAP_NO_SLOT;
    s = &d->kind->slots[slot];
    if (s->special & NAP_SPECIAL_PARTS ? !takes_part(s, offset, size_bytes)
                                       : s->size_bytes != size_bytes)
        return NAP_NO_SLOT;
    return slot;
}

bool nap_bus_find(const struct nap_machine *m, nap_addr address, unsigned size_bytes,
                  unsigned *device, unsigned *slot)
{
    *device = nap_bus_device(m, address);
    if (*device == UINT32_MAX)
        return false;
    *slot = decode(m, *device, address, size_bytes);
    return *slot != NAP_NO_SLOT;
}

/* Where the power is off, the register is the one that would have taken the access. */
static struct nap_event refused_event(const struct nap_machine *m, enum nap_step_kind kind,
                                      uint32_t device, nap_addr address, unsigned size_bytes)
{
    unsigned slot =
        kind == NAP_STEP_UNPOWERED ? decode(m, device, address, size_bytes) : NAP_NO_SLOT;
    struct nap_event e = nap_event_for(m, kind, device, slot);

    e.address = address;
    e.size_bytes = (uint8_t)size_bytes;
    return e;
}

/* A read that nothing takes shows @value. As what follows, apart from the common path: that
 * makes no record. */
static __attribute__((noinline)) uint64_t read_refused(struct nap_machine *m,
                                                       enum nap_step_kind kind, uint32_t device,
                                                       nap_addr address, unsigned size_bytes,
                                                       uint64_t value)
{
    struct nap_event e = refused_event(m, kind, device, address, size_bytes);

    e.was = e.now = value;
    nap_bus_refused(m, &e);
    nap_poll_count(m, &e);
    return value;
}

static __attribute__((noinline)) void write_refused(struct nap_machine *m,
                                                    enum nap_step_kind kind, uint32_t device,
                                                    nap_addr address, unsigned size_bytes,
                                                    uint64_t value)
{
    struct nap_event e = refused_event(m, kind, device, address, size_bytes);

    e.is_write = true;
    e.written = value;
    nap_bus_refused(m, &e);
}

static uint64_t read_register(struct nap_machine *m, unsigned device, unsigned slot,
                              nap_addr address, unsigned size_bytes)
{
    const struct nap_dev *d = &m->devices[device];
    const struct nap_slot *s = &d->kind->slots[slot];

    if (s->special & NAP_SPECIAL_PARTS)
        return nap_regfile_read_part(m, device, slot, (unsigned)(address - d->base - s->offset),
                                     size_bytes);
    return nap_regfile_read(m, device, slot);
}

static void write_register(struct nap_machine *m, unsigned device, unsigned slot,
                           nap_addr address, unsigned size_bytes, uint64_t value)
{
    const struct nap_dev *d = &m->devices[device];
    const struct nap_slot *s = &d->kind->slots[slot];

    if (s->special & NAP_SPECIAL_PARTS)
        nap_regfile_write_part(m, device, slot, (unsigned)(address - d->base - s->offset),
                               size_bytes, value);
    else
        nap_regfile_write(m, device, slot, value);
}

static void post_write(struct nap_machine *m, unsigned device, unsigned slot, nap_addr address,
                       unsigned size_bytes, uint64_t value)
{
    const struct nap_dev *d = &m->devices[device];
    const struct nap_slot *s = &d->kind->slots[slot];
    struct nap_post post = {.value = value, .device = (uint16_t)device, .slot = (uint16_t)slot};

    if (s->special & NAP_SPECIAL_PARTS) {
        post.from = (uint8_t)(address - d->base - s->offset);
        post.size_bytes = (uint8_t)size_bytes;
    }
    nap_post_issue(m, post);
}

static uint64_t ones(unsigned size_bytes)
{
    return size_bytes >= 8 ? UINT64_MAX : (UINT64_C(1) << 8 * size_bytes) - 1;
}

static uint64_t read_elsewhere(struct nap_machine *m, nap_addr address, unsigned size_bytes)
{
    uint64_t value = 0;

    if (size_exists(size_bytes))
        nap_work_ram_was_read(m, address, size_bytes);
    if (size_exists(size_bytes) && nap_mem_read(m, address, &value, size_bytes))
        return value;
    return read_refused(m, NAP_STEP_BAD_ACCESS, UINT32_MAX, address, size_bytes,
                        ones(size_bytes));
}

static void write_elsewhere(struct nap_machine *m, nap_addr address, unsigned size_bytes,
                            uint64_t value)
{
    if (!size_exists(size_bytes) || !nap_mem_write(m, address, &value, size_bytes))
        write_refused(m, NAP_STEP_BAD_ACCESS, UINT32_MAX, address, size_bytes, value);
}

void nap_bus_begin(struct nap_machine *m, struct nap_source source)
{
    nap_counters_touched(m);
    m->ev->counters.accesses++;
    m->source = source;
}

uint64_t nap_bus_read(struct nap_machine *m, nap_addr address, unsigned size_bytes,
                      struct nap_source source)
{
    uint32_t device = bus_find(m, address);
    unsigned slot;

    nap_bus_begin(m, source);
    if (device == UINT32_MAX)
        return read_elsewhere(m, address, size_bytes);
    if (!nap_has_power(m, device))
        return read_refused(m, NAP_STEP_UNPOWERED, device, address, size_bytes,
                            unpowered(m, device) == NAP_UNPOWERED_ZEROS ? 0 : ones(size_bytes));
    slot = decode(m, device, address, size_bytes);
    if (slot == NAP_NO_SLOT)
        return read_refused(m, NAP_STEP_BAD_ACCESS, device, address, size_bytes, 0);
    if (m->st->n_posts)
        nap_post_before_read(m, device, slot);
    return read_register(m, device, slot, address, size_bytes);
}

void nap_bus_write(struct nap_machine *m, nap_addr address, unsigned size_bytes, uint64_t value,
                   struct nap_source source)
{
    uint32_t device = bus_find(m, address);
    unsigned slot;

    nap_bus_begin(m, source);
    value &= ones(size_bytes);
    if (device == UINT32_MAX) {
        write_elsewhere(m, address, size_bytes, value);
        return;
    }
    if (!nap_has_power(m, device)) {
        write_refused(m, NAP_STEP_UNPOWERED, device, address, size_bytes, value);
        return;
    }
    slot = decode(m, device, address, size_bytes);
    if (slot == NAP_NO_SLOT) {
        write_refused(m, NAP_STEP_BAD_ACCESS, device, address, size_bytes, value);
        return;
    }
    if (nap_is_varied(m, NAP_CHOOSE_POST))
        post_write(m, device, slot, address, size_bytes, value);
    else
        write_register(m, device, slot, address, size_bytes, value);
}

void nap_bus_barrier(struct nap_machine *m, const char *name, struct nap_source source)
{
    struct nap_event e;

    m->source = source;
    if (m->st->n_posts)
        nap_post_barrier(m, name);
    if (!nap_step_seen(m, NAP_STEP_BARRIER, 0)) {
        nap_step_count(m);
        return;
    }
    e = nap_event_for(m, NAP_STEP_BARRIER, UINT32_MAX, NAP_NO_SLOT);
    e.label = name;
    nap_step_done(m, &e);
}

void nap_bus_map(struct nap_machine *m, nap_addr address, enum nap_mapping mapping)
{
    uint32_t device = bus_find(m, address);
    uint64_t bit;

    if (device == UINT32_MAX)
        return;
    bit = UINT64_C(1) << device;
    nap_touched(m, &m->st->no_early_ack, sizeof m->st->no_early_ack);
    m->st->no_early_ack =
        mapping == NAP_MAPPING_NGNRNE ? m->st->no_early_ack | bit : m->st->no_early_ack & ~bit;
}

/* --- switches --- */

static const struct nap_switch switches[NAP_BUS_SWITCHES] = {
    [NAP_BUS_EARLY_ACK] =
        {
            .id = "early-ack",
            .about =
                "DSB waits until a device mapped nGnRE has its writes (dsb-lands), or only "
                "until something on the way has acknowledged them (strict)",
            .basis = NAP_BASIS_ARGUED,
            .n_values = 2,
            .values = {"dsb-lands", "strict"},
        },
    [NAP_BUS_DMB_DEVICES] =
        {
            .id = "dmb-devices",
            .about =
                "DMB keeps writes to different devices in order until they land (ordered), "
                "or only until they have left the processor (strict)",
            .basis = NAP_BASIS_ARGUED,
            .n_values = 2,
            .values = {"ordered", "strict"},
        },
};

const struct nap_switch *nap_bus_switch(unsigned index)
{
    return index < NAP_BUS_SWITCHES ? &switches[index] : NULL;
}

unsigned nap_bus_switch_value(struct nap_machine *m, enum nap_bus_switch index)
{
    m->bus_switch_read |= 1u << index;
    return m->bus_switch[index];
}
