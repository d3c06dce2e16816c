/* SPDX-License-Identifier: MIT */
/* Simulated RAM: pages come into use when they are first written. */
#include "core.h"

#include <assert.h>
#include <string.h>

bool nap_ram_exists(const struct nap_machine *m, nap_addr address, size_t bytes)
{
    for (uint32_t i = 0; i < m->soc->n_ram; i++) {
        const struct nap_soc_ram *r = &m->soc->ram[i];
        if (address >= r->base && bytes <= r->size_bytes &&
            address - r->base <= r->size_bytes - bytes)
            return true;
    }
    return false;
}

static uint32_t table_start(uint64_t frame)
{
    return (uint32_t)((frame * UINT64_C(0x9e3779b97f4a7c15)) >> 40) & (NAP_RAM_TABLE - 1);
}

static_assert((NAP_RAM_TABLE & (NAP_RAM_TABLE - 1)) == 0, "table size is a power of two");

static uint8_t *page_find(const struct nap_machine *m, uint64_t frame)
{
    const struct nap_evidence *ev = m->ev;

    for (uint32_t i = table_start(frame); ev->ram_table[i]; i = (i + 1) & (NAP_RAM_TABLE - 1))
        if (ev->ram_pfn[ev->ram_table[i] - 1] == frame)
            return m->arena.base + nap_region_start(NAP_REGION_RAM) +
                   (size_t)(ev->ram_table[i] - 1) * NAP_PAGE_BYTES;
    return NULL;
}

static uint8_t *page_make(struct nap_machine *m, uint64_t frame)
{
    struct nap_evidence *ev = m->ev;
    uint32_t page = ev->n_ram_pages;
    uint32_t i = table_start(frame);

    if (page == NAP_RAM_PAGES_MAX)
        return NULL;
    while (ev->ram_table[i])
        i = (i + 1) & (NAP_RAM_TABLE - 1);
    nap_touched(m, &ev->n_ram_pages, sizeof ev->n_ram_pages);
    nap_touched(m, &ev->ram_pfn[page], sizeof ev->ram_pfn[page]);
    nap_touched(m, &ev->ram_table[i], sizeof ev->ram_table[i]);
    ev->ram_pfn[page] = frame;
    ev->ram_table[i] = page + 1;
    ev->n_ram_pages++;
    return m->arena.base + nap_region_start(NAP_REGION_RAM) + (size_t)page * NAP_PAGE_BYTES;
}

static size_t in_page(nap_addr address, size_t bytes)
{
    size_t room = NAP_PAGE_BYTES - (size_t)(address % NAP_PAGE_BYTES);

    return bytes < room ? bytes : room;
}

bool nap_mem_read(const struct nap_machine *m, nap_addr address, void *out, size_t bytes)
{
    uint8_t *to = out;
    const uint8_t *only = page_find(m, address / NAP_PAGE_BYTES);

    if (only && in_page(address, bytes) == bytes) {
        memcpy(to, only + address % NAP_PAGE_BYTES, bytes);
        return true;
    }
    if (!nap_ram_exists(m, address, bytes))
        return false;
    while (bytes > 0) {
        size_t part = in_page(address, bytes);
        const uint8_t *page = page_find(m, address / NAP_PAGE_BYTES);
        if (page)
            memcpy(to, page + address % NAP_PAGE_BYTES, part);
        else
            memset(to, 0, part);
        to += part;
        address += part;
        bytes -= part;
    }
    return true;
}

static void footprint_page(struct nap_footprint *f, uint64_t frame)
{
    for (unsigned i = 0; i < f->n_pages && i < NAP_FOOTPRINT_PAGES_MAX; i++)
        if (f->pages[i] == frame)
            return;
    if (f->n_pages < NAP_FOOTPRINT_PAGES_MAX)
        f->pages[f->n_pages] = frame;
    f->n_pages++;
}

/* Where there is no RAM now, there never is. */
bool nap_probe_mem(const struct nap_machine *m, nap_addr address, void *out, size_t bytes,
                   struct nap_footprint *footprint)
{
    if (!nap_mem_read(m, address, out, bytes))
        return false;
    for (nap_addr at = address; footprint && at - address < bytes; at += in_page(at, bytes))
        footprint_page(footprint, at / NAP_PAGE_BYTES);
    return true;
}

/* Brings the pages of [address, address + bytes) into use; all of them or none is written. */
static bool make_pages(struct nap_machine *m, nap_addr address, size_t bytes)
{
    nap_addr last = (address + bytes - 1) / NAP_PAGE_BYTES;

    for (uint64_t frame = address / NAP_PAGE_BYTES; frame <= last; frame++)
        if (!page_find(m, frame) && !page_make(m, frame)) {
            nap_unmodelled(m, UINT32_MAX, "more RAM in use than a machine holds");
            return false;
        }
    return true;
}

bool nap_mem_write(struct nap_machine *m, nap_addr address, const void *data, size_t bytes)
{
    const uint8_t *from = data;

    nap_post_notice(m);
    if (!nap_ram_exists(m, address, bytes) || (bytes > 0 && !make_pages(m, address, bytes)))
        return false;
    while (bytes > 0) {
        size_t part = in_page(address, bytes);
        uint8_t *page = page_find(m, address / NAP_PAGE_BYTES);
        if (memcmp(page + address % NAP_PAGE_BYTES, from, part) != 0) {
            nap_touched(m, page + address % NAP_PAGE_BYTES, part);
            memcpy(page + address % NAP_PAGE_BYTES, from, part);
            nap_watch_page_touched(m, address / NAP_PAGE_BYTES);
        }
        from += part;
        address += part;
        bytes -= part;
    }
    return true;
}
