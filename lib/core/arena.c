/* SPDX-License-Identifier: MIT */
/* The arena: one mapping at a fixed address per machine slot, cut into blocks. A block is saved
 * when it is first changed after a mark, and hashed again at the next hash; driver RAM, which
 * drivers write through plain pointers, is compared with a shadow copy instead. */
#define _GNU_SOURCE
#include "core.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define ARENA_BASE   UINT64_C(0x200000000000)
#define ARENA_STRIDE UINT64_C(0x10000000) /* address space per machine slot */

static_assert(NAP_ARENA_BYTES <= ARENA_STRIDE, "a slot holds an arena");
static_assert(NAP_ARENA_BLOCKS <= UINT32_MAX, "block numbers fit");

struct nap_undo {
    uint32_t block;
    uint32_t reserved;
    uint64_t epoch;
    struct nap_hash128 hash;
    uint8_t bytes[NAP_BLOCK_BYTES];
};

#define UNDO_BYTES_MAX ((size_t)1 << 30) /* address space; used as it grows */

static void *reserve(void *at, size_t bytes)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    void *p;

    if (at)
        flags |= MAP_FIXED_NOREPLACE;
    p = mmap(at, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (p == MAP_FAILED)
        return NULL;
    if (at && p != at) {
        munmap(p, bytes);
        return NULL;
    }
    return p;
}

enum nap_err nap_arena_create(struct nap_machine *m, struct nap_error *error)
{
    struct nap_arena *a = &m->arena;

    a->base =
        reserve((void *)(uintptr_t)(ARENA_BASE + m->slot * ARENA_STRIDE), NAP_ARENA_BYTES);
    if (!a->base)
        return nap_fail(error, NAP_ERR_STATE,
                        "machine slot %u: its address range is in use, expected a free one",
                        m->slot);
    a->driver_shadow = reserve(NULL, NAP_DRIVER_BYTES);
    a->block_epoch = reserve(NULL, NAP_ARENA_BLOCKS * sizeof *a->block_epoch);
    a->block_hash = reserve(NULL, NAP_ARENA_BLOCKS * sizeof *a->block_hash);
    a->dirty = reserve(NULL, NAP_ARENA_BLOCKS * sizeof *a->dirty);
    a->undo = reserve(NULL, UNDO_BYTES_MAX);
    a->undo_capacity = UNDO_BYTES_MAX / sizeof(struct nap_undo);
    a->marks = reserve(NULL, NAP_MARKS_MAX * sizeof *a->marks);
    if (!a->driver_shadow || !a->block_epoch || !a->block_hash || !a->dirty || !a->undo ||
        !a->marks)
        return nap_fail(error, NAP_ERR_NOMEM, "no address space for a machine");
    a->epoch = 1;
    return NAP_OK;
}

static void release(void *p, size_t bytes)
{
    if (p)
        munmap(p, bytes);
}

void nap_arena_destroy(struct nap_machine *m)
{
    struct nap_arena *a = &m->arena;

    release(a->base, NAP_ARENA_BYTES);
    release(a->driver_shadow, NAP_DRIVER_BYTES);
    release(a->block_epoch, NAP_ARENA_BLOCKS * sizeof *a->block_epoch);
    release(a->block_hash, NAP_ARENA_BLOCKS * sizeof *a->block_hash);
    release(a->dirty, NAP_ARENA_BLOCKS * sizeof *a->dirty);
    release(a->undo, UNDO_BYTES_MAX);
    release(a->marks, NAP_MARKS_MAX * sizeof *a->marks);
}

/* Every object starts on its own block, so that unlike things do not dirty each other. */
void *nap_arena_alloc(struct nap_machine *m, enum nap_region region, size_t bytes)
{
    static const size_t capacity[NAP_REGIONS] = {NAP_STATE_BYTES, NAP_EVIDENCE_BYTES,
                                                 NAP_DRIVER_BYTES, NAP_RAM_BYTES};
    struct nap_arena *a = &m->arena;
    size_t rounded = (bytes + NAP_BLOCK_BYTES - 1) / NAP_BLOCK_BYTES * NAP_BLOCK_BYTES;
    void *p;

    if (rounded > capacity[region] - a->used[region])
        return NULL;
    p = a->base + nap_region_start(region) + a->used[region];
    a->used[region] += rounded;
    return p;
}

static bool hashed(size_t block)
{
    size_t at = block * NAP_BLOCK_BYTES;

    return at < NAP_STATE_BYTES || at >= NAP_STATE_BYTES + NAP_EVIDENCE_BYTES;
}

/* A RAM page counts under its frame number, not under its place in the pool, so that the order
 * in which pages came into use does not matter. */
static uint64_t seed_of(const struct nap_machine *m, size_t block)
{
    size_t at = block * NAP_BLOCK_BYTES;
    size_t ram = nap_region_start(NAP_REGION_RAM);

    if (at < ram)
        return block;
    return UINT64_C(1) << 63 | m->ev->ram_pfn[(at - ram) / NAP_PAGE_BYTES] << 4 |
           (at % NAP_PAGE_BYTES) / NAP_BLOCK_BYTES;
}

/* An all-zero block counts nothing: memory that was never used and memory that is zero again
 * are the same state. */
static struct nap_hash128 hash_block(const struct nap_machine *m, size_t block)
{
    static const uint8_t zero[NAP_BLOCK_BYTES];
    const uint8_t *bytes = m->arena.base + block * NAP_BLOCK_BYTES;
    XXH128_hash_t h;

    if (memcmp(bytes, zero, NAP_BLOCK_BYTES) == 0)
        return (struct nap_hash128){0, 0};
    h = XXH3_128bits_withSeed(bytes, NAP_BLOCK_BYTES, seed_of(m, block));
    return (struct nap_hash128){h.low64, h.high64};
}

static void key_change(struct nap_arena *a, size_t block, struct nap_hash128 hash)
{
    a->key.low += hash.low - a->block_hash[block].low;
    a->key.high += hash.high - a->block_hash[block].high;
    a->block_hash[block] = hash;
}

static void save_block(struct nap_arena *a, size_t block, const uint8_t *bytes)
{
    struct nap_undo *u;

    if (a->n_marks == 0)
        return;
    assert(a->undo_length < a->undo_capacity);
    u = &a->undo[a->undo_length++];
    u->block = (uint32_t)block;
    u->epoch = a->block_epoch[block];
    u->hash = a->block_hash[block];
    memcpy(u->bytes, bytes, NAP_BLOCK_BYTES);
}

void nap_arena_touch_block(struct nap_machine *m, size_t block)
{
    struct nap_arena *a = &m->arena;

    assert(block < NAP_ARENA_BLOCKS);
    save_block(a, block, a->base + block * NAP_BLOCK_BYTES);
    a->block_epoch[block] = a->epoch;
    if (hashed(block))
        a->dirty[a->n_dirty++] = (uint32_t)block;
}

void nap_touch(struct nap_machine *m, const void *p, size_t bytes)
{
    nap_touched(m, p, bytes);
}

/* Driver RAM that was ever in use, in whole blocks; beyond it all is zero. */
static size_t driver_bytes(struct nap_machine *m)
{
    size_t now =
        (m->st->os.driver_used + NAP_BLOCK_BYTES - 1) / NAP_BLOCK_BYTES * NAP_BLOCK_BYTES;

    if (m->arena.used[NAP_REGION_DRIVER] < now)
        m->arena.used[NAP_REGION_DRIVER] = now;
    return m->arena.used[NAP_REGION_DRIVER];
}

static void driver_sync(struct nap_machine *m)
{
    struct nap_arena *a = &m->arena;
    size_t start = nap_region_start(NAP_REGION_DRIVER);
    size_t bytes = driver_bytes(m);

    if (memcmp(a->base + start, a->driver_shadow, bytes) == 0)
        return;
    for (size_t at = 0; at < bytes; at += NAP_BLOCK_BYTES) {
        size_t block = (start + at) / NAP_BLOCK_BYTES;
        if (memcmp(a->base + start + at, a->driver_shadow + at, NAP_BLOCK_BYTES) == 0)
            continue;
        save_block(a, block, a->driver_shadow + at);
        memcpy(a->driver_shadow + at, a->base + start + at, NAP_BLOCK_BYTES);
        key_change(a, block, hash_block(m, block));
    }
}

static void hash_now(struct nap_machine *m)
{
    struct nap_arena *a = &m->arena;

    driver_sync(m);
    for (size_t i = 0; i < a->n_dirty; i++)
        key_change(a, a->dirty[i], hash_block(m, a->dirty[i]));
    a->n_dirty = 0;
    a->epoch++;
}

void nap_arena_ready(struct nap_machine *m)
{
    struct nap_arena *a = &m->arena;

    for (size_t b = 0; b < a->used[NAP_REGION_STATE] / NAP_BLOCK_BYTES; b++)
        key_change(a, b, hash_block(m, b));
    a->n_dirty = 0;
    a->epoch++;
}

struct nap_hash128 nap_state_key(struct nap_machine *m)
{
    hash_now(m);
    return m->arena.key;
}

struct nap_hash128 nap_state_key_but(struct nap_machine *m, const void *p, size_t bytes)
{
    size_t first = (size_t)((const uint8_t *)p - m->arena.base) / NAP_BLOCK_BYTES;
    struct nap_hash128 key = nap_state_key(m);

    for (size_t at = 0; at < bytes; at += NAP_BLOCK_BYTES) {
        const struct nap_hash128 *h = &m->arena.block_hash[first + at / NAP_BLOCK_BYTES];

        key.low -= h->low;
        key.high -= h->high;
    }
    return key;
}

static struct nap_hash128 sum_blocks(const struct nap_machine *m, enum nap_region region,
                                     size_t bytes)
{
    struct nap_hash128 sum = {0, 0};
    size_t first = nap_region_start(region) / NAP_BLOCK_BYTES;

    for (size_t b = first; b < first + bytes / NAP_BLOCK_BYTES; b++) {
        struct nap_hash128 h = hash_block(m, b);
        sum.low += h.low;
        sum.high += h.high;
    }
    return sum;
}

/* Driver RAM counts as it is now; nothing is synchronised. */
struct nap_hash128 nap_state_key_full(struct nap_machine *m)
{
    struct nap_hash128 state, driver, ram;

    state = sum_blocks(m, NAP_REGION_STATE, m->arena.used[NAP_REGION_STATE]);
    driver = sum_blocks(m, NAP_REGION_DRIVER, driver_bytes(m));
    ram = sum_blocks(m, NAP_REGION_RAM, (size_t)m->ev->n_ram_pages * NAP_PAGE_BYTES);
    return (struct nap_hash128){state.low + driver.low + ram.low,
                                state.high + driver.high + ram.high};
}

unsigned nap_mark(struct nap_machine *m)
{
    hash_now(m);
    return nap_mark_hashed(m);
}

unsigned nap_mark_hashed(struct nap_machine *m)
{
    struct nap_arena *a = &m->arena;

    assert(a->n_dirty == 0);
    assert(a->n_marks < NAP_MARKS_MAX);
    assert(!m->any_marked); /* probes waiting to be judged are not part of a mark */
    a->marks[a->n_marks].undo_length = a->undo_length;
    return a->n_marks++;
}

static void restore_block(struct nap_machine *m, const struct nap_undo *u)
{
    struct nap_arena *a = &m->arena;
    size_t at = (size_t)u->block * NAP_BLOCK_BYTES;
    size_t driver = nap_region_start(NAP_REGION_DRIVER);

    memcpy(a->base + at, u->bytes, NAP_BLOCK_BYTES);
    if (at >= driver && at < driver + NAP_DRIVER_BYTES)
        memcpy(a->driver_shadow + at - driver, u->bytes, NAP_BLOCK_BYTES);
    key_change(a, u->block, u->hash);
    a->block_epoch[u->block] = u->epoch;
}

void nap_rewind_hashed(struct nap_machine *m, unsigned mark)
{
    struct nap_arena *a = &m->arena;

    assert(mark < a->n_marks);
    a->n_marks = mark + 1;
    while (a->undo_length > a->marks[mark].undo_length)
        restore_block(m, &a->undo[--a->undo_length]);
    a->n_dirty = 0;
    a->epoch++;
    nap_watch_none(m);
}

void nap_rewind(struct nap_machine *m, unsigned mark)
{
    struct nap_arena *a = &m->arena;

    memcpy(a->base + nap_region_start(NAP_REGION_DRIVER), a->driver_shadow, driver_bytes(m));
    nap_rewind_hashed(m, mark);
}

void nap_unmark(struct nap_machine *m)
{
    assert(m->arena.n_marks > 0);
    m->arena.n_marks--;
    if (m->arena.n_marks == 0)
        m->arena.undo_length = 0;
}

/* --- whole copies ----------------------------------------------------------------------------
 */

struct nap_snapshot {
    size_t used[NAP_REGIONS];
    uint8_t bytes[];
};

static void used_now(struct nap_machine *m, size_t used[NAP_REGIONS])
{
    used[NAP_REGION_STATE] = m->arena.used[NAP_REGION_STATE];
    used[NAP_REGION_EVIDENCE] = m->arena.used[NAP_REGION_EVIDENCE];
    used[NAP_REGION_DRIVER] = driver_bytes(m);
    used[NAP_REGION_RAM] = (size_t)m->ev->n_ram_pages * NAP_PAGE_BYTES;
}

enum nap_err nap_snapshot_take(struct nap_machine *m, struct nap_snapshot **out)
{
    size_t used[NAP_REGIONS];
    size_t total = 0;
    struct nap_snapshot *s;
    uint8_t *to;

    used_now(m, used);
    for (int r = 0; r < NAP_REGIONS; r++)
        total += used[r];
    *out = s = malloc(sizeof *s + total);
    if (!s)
        return NAP_ERR_NOMEM;
    memcpy(s->used, used, sizeof used);
    to = s->bytes;
    for (int r = 0; r < NAP_REGIONS; r++) {
        memcpy(to, m->arena.base + nap_region_start((enum nap_region)r), used[r]);
        to += used[r];
    }
    return NAP_OK;
}

/* Bytes beyond the copy were zero when it was taken; a machine that has grown since gets them
 * back as zero. RAM counts under frame numbers that were restored before it, so every block of
 * it is hashed again. */
static void restore_region(struct nap_machine *m, enum nap_region region, const uint8_t *from,
                           size_t have, size_t grown)
{
    static const uint8_t zero[NAP_BLOCK_BYTES];
    uint8_t *to = m->arena.base + nap_region_start(region);

    for (size_t at = 0; at < have || at < grown; at += NAP_BLOCK_BYTES) {
        const uint8_t *want = at < have ? from + at : zero;
        if (region != NAP_REGION_RAM && memcmp(to + at, want, NAP_BLOCK_BYTES) == 0)
            continue;
        if (region != NAP_REGION_DRIVER)
            nap_touched(m, to + at, NAP_BLOCK_BYTES);
        memcpy(to + at, want, NAP_BLOCK_BYTES);
    }
}

void nap_snapshot_restore(struct nap_machine *m, const struct nap_snapshot *snapshot)
{
    const uint8_t *from = snapshot->bytes;
    size_t grown[NAP_REGIONS];

    used_now(m, grown);
    for (int r = 0; r < NAP_REGIONS; r++) {
        restore_region(m, (enum nap_region)r, from, snapshot->used[r], grown[r]);
        from += snapshot->used[r];
    }
    nap_watch_all(m);
}

void nap_snapshot_free(struct nap_snapshot *snapshot)
{
    free(snapshot);
}
