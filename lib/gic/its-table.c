/* SPDX-License-Identifier: MIT */
/* Tables of the ITS in RAM, flat and of two levels, and the mappings that it has at hand in
 * front of them. A mapping that changes is written back when it has to make room, and when the
 * ITS becomes quiescent. Arm IHI 0069, "The ITS tables"; what an entry looks like is the
 * implementation's to say, and stands in its.h. */
#include "its.h"

#include <string.h>

/* --- where entries lie --- */

#define TYPE_DEVICE     1u /* of GITS_BASERn.Type */
#define TYPE_COLLECTION 4u

/* One GITS_BASERn as it stands. The registers have the same fields. */
struct table {
    nap_addr base;
    uint64_t page_bytes, pages, entry_bytes;
    bool indirect;
};

static uint64_t field(uint64_t value, uint64_t mask, unsigned shift)
{
    return (value & mask) >> shift;
}

/* Bits 51:48 of the address of 64 KB pages lie in bits 15:12. */
static nap_addr base_of(const struct nap_machine *m, unsigned device, uint64_t reg,
                        uint64_t page_bytes)
{
    uint64_t address = reg & ITS_GITS_BASER0_Physical_Address;

    if (page_bytes == 0x10000)
        return (address & ~UINT64_C(0xffff)) | (address & 0xf000) << 36;
    return nap_switch(m, device, ITS_SWITCH_I13) == ITS_I13_ZERO ? address & ~(page_bytes - 1)
                                                                 : address;
}

static bool table_from(const struct nap_machine *m, unsigned device, unsigned slot,
                       unsigned type, struct table *out)
{
    static const uint64_t page_bytes[] = {0x1000, 0x4000, 0x10000, 0x10000};
    uint64_t reg = nap_reg_get(m, device, slot);

    if (field(reg, ITS_GITS_BASER0_Type, ITS_GITS_BASER0_Type_SHIFT) != type ||
        !(reg & ITS_GITS_BASER0_Valid))
        return false;
    out->page_bytes =
        page_bytes[field(reg, ITS_GITS_BASER0_Page_Size, ITS_GITS_BASER0_Page_Size_SHIFT)];
    out->pages = (reg & ITS_GITS_BASER0_Size) + 1;
    out->entry_bytes =
        field(reg, ITS_GITS_BASER0_Entry_Size, ITS_GITS_BASER0_Entry_Size_SHIFT) + 1;
    out->indirect = (reg & ITS_GITS_BASER0_Indirect) != 0;
    out->base = base_of(m, device, reg, out->page_bytes);
    return true;
}

static bool table_of(const struct nap_machine *m, unsigned device, enum its_kind kind,
                     struct table *out)
{
    unsigned type = kind == ITS_DEVICE ? TYPE_DEVICE : TYPE_COLLECTION;

    return table_from(m, device, ITS_SLOT_GITS_BASER0, type, out) ||
           table_from(m, device, ITS_SLOT_GITS_BASER1, type, out);
}

#define LEVEL_1_BYTES 8u

/* The page that has the entries from @page times as many as it holds. */
static bool page_at(const struct nap_machine *m, const struct table *t, uint64_t page,
                    nap_addr *out)
{
    uint64_t descriptor;

    if (!t->indirect) {
        *out = t->base + page * t->page_bytes;
        return page < t->pages;
    }
    if (page >= t->pages * t->page_bytes / LEVEL_1_BYTES ||
        !nap_mem_read(m, t->base + page * LEVEL_1_BYTES, &descriptor, sizeof descriptor) ||
        !(descriptor & ITS_VALID))
        return false;
    *out = descriptor & UINT64_C(0x000ffffffffff000) & ~(t->page_bytes - 1);
    return true;
}

static bool entry_at(const struct nap_machine *m, unsigned device, enum its_kind kind,
                     uint64_t index, nap_addr *out)
{
    struct table t;
    uint64_t per_page;

    if (!table_of(m, device, kind, &t))
        return false;
    per_page = t.page_bytes / t.entry_bytes;
    if (!page_at(m, &t, index / per_page, out))
        return false;
    *out += index % per_page * t.entry_bytes;
    return true;
}

static nap_addr event_at(const struct nap_machine *m, unsigned device, uint64_t mapping,
                         uint32_t event_id)
{
    uint64_t bytes = its_typer(m, device, ITS_GITS_TYPER_ITT_entry_size) + 1u;

    return (mapping & UINT64_C(0x000fffffffffff00)) + event_id * bytes;
}

/* --- lines --- */

static const struct its_cache *cache_of(const struct nap_machine *m, unsigned device,
                                        enum its_kind kind)
{
    return &its_of(m, device)->cache[kind];
}

static struct its_cache *cache_mut(struct nap_machine *m, unsigned device, enum its_kind kind)
{
    struct nap_its *s = nap_block_state_mut(m, device);

    nap_touch(m, &s->cache[kind], sizeof s->cache[kind]);
    return &s->cache[kind];
}

/* Place of the first line whose key is not less. */
static uint32_t place_of(const struct its_cache *c, uint64_t key)
{
    uint32_t at = 0;

    while (at < c->n && c->line[at].key < key)
        at++;
    return at;
}

static const struct its_line *find(const struct nap_machine *m, unsigned device,
                                   enum its_kind kind, uint64_t key)
{
    const struct its_cache *c = cache_of(m, device, kind);
    uint32_t at = place_of(c, key);

    return at < c->n && c->line[at].key == key ? &c->line[at] : NULL;
}

static void take_out(struct nap_machine *m, unsigned device, enum its_kind kind, uint32_t at)
{
    struct its_cache *c = cache_mut(m, device, kind);

    c->n--;
    memmove(&c->line[at], &c->line[at + 1], (c->n - at) * sizeof c->line[0]);
    memset(&c->line[c->n], 0, sizeof c->line[0]);
}

static uint64_t read_entry(const struct nap_machine *m, nap_addr at)
{
    uint64_t value;

    if (!nap_mem_read(m, at, &value, sizeof value))
        return 0;
    return value & ITS_VALID ? value : 0;
}

/* The device's mapping, without leaving a copy of it. */
static uint64_t device_mapping(const struct nap_machine *m, unsigned device, uint32_t device_id)
{
    const struct its_line *line = find(m, device, ITS_DEVICE, device_id);
    nap_addr at;

    if (line)
        return line->value;
    return entry_at(m, device, ITS_DEVICE, device_id, &at) ? read_entry(m, at) : 0;
}

/* Where memory has the mapping; false where there is no place for it. */
static bool address_of(const struct nap_machine *m, unsigned device, enum its_kind kind,
                       uint64_t key, nap_addr *out)
{
    uint64_t mapping;

    if (kind == ITS_HELD)
        return false;
    if (kind != ITS_EVENT)
        return entry_at(m, device, kind, key, out);
    mapping = device_mapping(m, device, (uint32_t)(key >> 32));
    *out = event_at(m, device, mapping, (uint32_t)key);
    return mapping != 0;
}

uint64_t its_in_memory(const struct nap_machine *m, unsigned device, enum its_kind kind,
                       uint64_t key)
{
    nap_addr at;

    return address_of(m, device, kind, key, &at) ? read_entry(m, at) : 0;
}

/* A write to where there is no RAM is lost, as that of any other agent. */
static void write_line(struct nap_machine *m, unsigned device, enum its_kind kind,
                       const struct its_line *line)
{
    nap_addr at;

    if (line->dirty && address_of(m, device, kind, line->key, &at))
        (void)nap_mem_write(m, at, &line->value, sizeof line->value);
}

/* Makes room: the last line that memory has, or else the last, which is written back. What is
 * held here alone has no other place, and there are as many as HCC at most. */
static void evict(struct nap_machine *m, unsigned device, enum its_kind kind)
{
    const struct its_cache *c = cache_of(m, device, kind);
    uint32_t at = c->n;

    while (at > 0 && c->line[at - 1].dirty)
        at--;
    at = at ? at - 1 : c->n - 1;
    write_line(m, device, kind, &c->line[at]);
    take_out(m, device, kind, at);
}

static void set_line(struct nap_machine *m, unsigned device, enum its_kind kind,
                     const struct its_line *line)
{
    struct its_cache *c = cache_mut(m, device, kind);
    bool new = !find(m, device, kind, line->key);
    uint32_t at;

    if (new && c->n == ITS_LINES_MAX)
        evict(m, device, kind);
    at = place_of(c, line->key);
    if (new) {
        memmove(&c->line[at + 1], &c->line[at], (c->n - at) * sizeof c->line[0]);
        c->n++;
    }
    c->line[at] = *line;
}

/* --- what the rest of the block asks --- */

enum its_kind its_collection_kind(const struct nap_machine *m, unsigned device, uint32_t icid)
{
    return icid < its_typer(m, device, ITS_GITS_TYPER_HCC) ? ITS_HELD : ITS_COLLECTION;
}

bool its_has_place(struct nap_machine *m, unsigned device, enum its_kind kind, uint64_t key)
{
    nap_addr at;

    return kind == ITS_HELD || address_of(m, device, kind, key, &at);
}

uint64_t its_get(struct nap_machine *m, unsigned device, enum its_kind kind, uint64_t key)
{
    const struct its_line *line = find(m, device, kind, key);
    struct its_line copy = {.key = key};

    if (line)
        return line->value;
    copy.value = its_in_memory(m, device, kind, key);
    if (copy.value)
        set_line(m, device, kind, &copy);
    return copy.value;
}

void its_put(struct nap_machine *m, unsigned device, enum its_kind kind, uint64_t key,
             uint64_t value)
{
    struct its_line line = {.key = key, .value = value, .dirty = kind != ITS_HELD};
    uint32_t at = place_of(cache_of(m, device, kind), key);

    if (kind != ITS_HELD || value)
        set_line(m, device, kind, &line);
    else if (find(m, device, kind, key))
        take_out(m, device, kind, at);
}

void its_forget_events(struct nap_machine *m, unsigned device, uint32_t device_id)
{
    for (uint32_t i = cache_of(m, device, ITS_EVENT)->n; i-- > 0;)
        if (cache_of(m, device, ITS_EVENT)->line[i].key >> 32 == device_id)
            take_out(m, device, ITS_EVENT, i);
}

#define ENTRIES_LOOKED_AT 4096u /* of an ITT; the first ones are what is used first */

bool its_itt_in_use(const struct nap_machine *m, unsigned device, uint64_t mapping)
{
    uint64_t n = UINT64_C(2) << (mapping & 0x1f);

    for (uint32_t i = 0; i < n && i < ENTRIES_LOOKED_AT; i++)
        if (read_entry(m, event_at(m, device, mapping, i)))
            return true;
    return false;
}

unsigned its_dirty(const struct nap_machine *m, unsigned device)
{
    unsigned n = 0;

    for (unsigned kind = 0; kind < ITS_KINDS; kind++) {
        const struct its_cache *c = cache_of(m, device, kind);
        for (uint32_t i = 0; i < c->n; i++)
            n += c->line[i].dirty;
    }
    return n;
}

void its_write_back(struct nap_machine *m, unsigned device)
{
    for (unsigned kind = 0; kind < ITS_KINDS && its_dirty(m, device); kind++) {
        struct its_cache *c = cache_mut(m, device, kind);
        for (uint32_t i = 0; i < c->n; i++) {
            write_line(m, device, kind, &c->line[i]);
            c->line[i].dirty = 0;
        }
    }
}

void its_drop(struct nap_machine *m, unsigned device, enum its_kind kind)
{
    if (cache_of(m, device, kind)->n)
        memset(cache_mut(m, device, kind), 0, sizeof(struct its_cache));
}

void its_drop_unwritten(struct nap_machine *m, unsigned device)
{
    for (unsigned kind = 0; kind < ITS_KINDS; kind++)
        for (uint32_t i = cache_of(m, device, kind)->n; i-- > 0;)
            if (cache_of(m, device, kind)->line[i].dirty)
                take_out(m, device, kind, i);
}

bool its_tables_valid(const struct nap_machine *m, unsigned device)
{
    struct table t;

    return table_of(m, device, ITS_DEVICE, &t) && (its_typer(m, device, ITS_GITS_TYPER_HCC) ||
                                                   table_of(m, device, ITS_COLLECTION, &t));
}
