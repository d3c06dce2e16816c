/* SPDX-License-Identifier: MIT */
/* Driver RAM: a bump allocator with one list of freed pieces, all of it inside the arena. */
#include "os.h"

#include "../seam/seam.h"

#include <assert.h>
#include <string.h>

struct piece {
    uint64_t bytes; /* payload */
    uint64_t next;  /* when free: address of the next free piece */
};

static_assert(sizeof(struct piece) == 16, "payloads stay 16-byte aligned");

/* Freed pieces are reused by size, so whole pages always start at a page. */
static uint64_t alignment(size_t bytes)
{
    return bytes % NAP_PAGE_BYTES == 0 ? NAP_PAGE_BYTES : 16;
}

static struct piece *take_free(struct nap_machine *m, size_t bytes)
{
    uint64_t *link = &m->st->os.free_head;

    while (*link) {
        struct piece *p = (struct piece *)(uintptr_t)*link;
        if (p->bytes == bytes) {
            if (link == &m->st->os.free_head)
                nap_touched(m, link, sizeof *link);
            *link = p->next;
            return p;
        }
        link = &p->next;
    }
    return NULL;
}

static struct piece *take_new(struct nap_machine *m, size_t bytes)
{
    uint64_t align = alignment(bytes);
    uint64_t payload =
        (m->st->os.driver_used + sizeof(struct piece) + align - 1) / align * align;

    if (payload > NAP_DRIVER_BYTES || bytes > NAP_DRIVER_BYTES - payload)
        return NULL;
    nap_touched(m, &m->st->os.driver_used, sizeof m->st->os.driver_used);
    m->st->os.driver_used = payload + bytes;
    return (struct piece *)(void *)(m->arena.base + nap_region_start(NAP_REGION_DRIVER) +
                                    payload) -
           1;
}

void *nap_os_alloc(struct nap_machine *m, size_t bytes)
{
    size_t rounded;
    struct piece *p;

    if (bytes > NAP_DRIVER_BYTES)
        return NULL;
    rounded = bytes ? (bytes + 15) / 16 * 16 : 16;
    p = take_free(m, rounded);
    if (!p)
        p = take_new(m, rounded);
    if (!p)
        return NULL;
    p->bytes = rounded;
    p->next = 0;
    memset(p + 1, 0, rounded);
    nap_touched(m, &m->st->os.n_allocs, sizeof m->st->os.n_allocs);
    m->st->os.n_allocs++;
    return p + 1;
}

void *nap_alloc(size_t bytes)
{
    return nap_os_alloc(nap_seam_machine(), bytes);
}

size_t nap_alloc_size(const void *p)
{
    return (size_t)((const struct piece *)p)[-1].bytes;
}

/* Whether @memory can be what nap_alloc() gave: in driver RAM, with a length before it that
 * fits there. */
static bool is_payload(const struct nap_machine *m, const void *memory)
{
    uint64_t offset =
        (uint64_t)(uintptr_t)memory -
        (uint64_t)(uintptr_t)(m->arena.base + nap_region_start(NAP_REGION_DRIVER));
    uint64_t used = m->st->os.driver_used, bytes;

    if (offset < sizeof(struct piece) || offset >= used || offset % 16 != 0)
        return false;
    bytes = ((const struct piece *)memory)[-1].bytes;
    return bytes != 0 && bytes % 16 == 0 && bytes <= used - offset;
}

/* Freed memory is zeroed and its list sorted, so that neither what it held nor the order of the
 * calls is part of the state. */
void nap_free(void *memory)
{
    struct nap_machine *m = nap_seam_machine();
    uint64_t *link = &m->st->os.free_head;
    struct piece *p;

    if (!memory)
        return;
    if (!is_payload(m, memory))
        nap_panic_at("free of what was not allocated",
                     nap_seam_caller(m, __builtin_frame_address(0)));
    p = (struct piece *)memory - 1;
    while (*link && *link < (uint64_t)(uintptr_t)p)
        link = &((struct piece *)(uintptr_t)*link)->next;
    if (*link == (uint64_t)(uintptr_t)p) {
        nap_log("freed twice: %zu bytes of driver memory", (size_t)p->bytes);
        return;
    }
    memset(memory, 0, p->bytes);
    if (link == &m->st->os.free_head)
        nap_touched(m, link, sizeof *link);
    p->next = *link;
    *link = (uint64_t)(uintptr_t)p;
    nap_touched(m, &m->st->os.n_allocs, sizeof m->st->os.n_allocs);
    m->st->os.n_allocs--;
}
