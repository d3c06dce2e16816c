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
    uint64_t used = m->st->os.driver_used;
    struct piece *p;

    if (bytes + sizeof *p > NAP_DRIVER_BYTES - used)
        return NULL;
    p = (struct piece *)(void *)(m->arena.base + nap_region_start(NAP_REGION_DRIVER) + used);
    nap_touched(m, &m->st->os.driver_used, sizeof m->st->os.driver_used);
    m->st->os.driver_used = used + bytes + sizeof *p;
    return p;
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
    return p + 1;
}

void *nap_alloc(size_t bytes)
{
    return nap_os_alloc(nap_seam_machine(), bytes);
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
}

/* Tables are handed out from the end of the first RAM bank's lower half on; nothing frees them.
 * No more than the machine can hold, so that every table can be written. */
nap_addr nap_ram_alloc(uint64_t size_bytes)
{
    struct nap_machine *m = nap_seam_machine();
    uint64_t align = NAP_PAGE_BYTES;
    uint64_t rounded;
    nap_addr at, first;

    if (m->soc->n_ram == 0 || size_bytes == 0 || size_bytes > NAP_RAM_BYTES)
        return 0;
    rounded = (size_bytes + NAP_PAGE_BYTES - 1) / NAP_PAGE_BYTES * NAP_PAGE_BYTES;
    while (align < rounded)
        align *= 2;
    first = m->soc->ram[0].base + m->soc->ram[0].size_bytes / 2;
    at = m->st->os.ram_next ? m->st->os.ram_next : first;
    at = (at + align - 1) / align * align;
    if (!nap_ram_exists(m, at, rounded) || at + rounded - first > NAP_RAM_BYTES)
        return 0;
    nap_touched(m, &m->st->os.ram_next, sizeof m->st->os.ram_next);
    m->st->os.ram_next = at + rounded;
    return at;
}

uint64_t nap_ram_read64(nap_addr pa)
{
    uint64_t value = 0;

    (void)nap_mem_read(nap_seam_machine(), pa, &value, sizeof value);
    return value;
}

void nap_ram_write64(nap_addr pa, uint64_t value)
{
    (void)nap_mem_write(nap_seam_machine(), pa, &value, sizeof value);
}
