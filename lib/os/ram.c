/* SPDX-License-Identifier: MIT */
/* Memory that devices see: tables in simulated RAM, and driver RAM through the CPU's caches. A
 * device sees the copy in simulated RAM, which changes only when a line is written back. */
#include "os.h"

#include "../seam/seam.h"

#include <string.h>

#define CACHE_LINE_BYTES 64u /* CTR_EL0.DminLine of the Cortex-A cores these SoCs have */

#define HIGH_FROM (UINT64_C(1) << 32)
#define HIGH_TO   (UINT64_C(1) << 40) /* output addresses of the IOMMUs and of the tables */

/* The lower half of a RAM bank is left to scenarios. In the upper half come first what
 * nap_ram_alloc() hands out, then driver RAM. The bank is the first with room for both; if
 * there is none, the first, without driver RAM. */
static nap_addr upper_half(const struct nap_soc_ram *bank)
{
    return (bank->base + bank->size_bytes / 2 + NAP_PAGE_BYTES - 1) / NAP_PAGE_BYTES *
           NAP_PAGE_BYTES;
}

static nap_addr tables_start(const struct nap_machine *m)
{
    for (uint32_t i = 0; i < m->soc->n_ram; i++) {
        nap_addr at = upper_half(&m->soc->ram[i]);
        if (nap_ram_exists(m, at, NAP_RAM_BYTES + NAP_DRIVER_BYTES))
            return at;
    }
    return upper_half(&m->soc->ram[0]);
}

/* Upper half of the topmost bank above 4 GiB that IMTTUBR0 can hold; 0 where there is none, or
 * where the tables lie there anyway. */
static nap_addr high_start(const struct nap_machine *m)
{
    nap_addr top = 0;

    for (uint32_t i = 0; i < m->soc->n_ram; i++) {
        const struct nap_soc_ram *bank = &m->soc->ram[i];
        nap_addr at = upper_half(bank);

        if (bank->base >= HIGH_FROM && at > top && at <= HIGH_TO - NAP_RAM_BYTES &&
            nap_ram_exists(m, at, NAP_RAM_BYTES))
            top = at;
    }
    return top == tables_start(m) ? 0 : top;
}

/* Physical address of driver RAM; 0 if no bank has room for it. */
static nap_addr driver_ram_start(const struct nap_machine *m)
{
    nap_addr at;

    if (m->soc->n_ram == 0)
        return 0;
    at = tables_start(m) + NAP_RAM_BYTES;
    return nap_ram_exists(m, at, NAP_DRIVER_BYTES) ? at : 0;
}

static bool holds(nap_addr first, uint64_t bytes, nap_addr address, uint64_t length)
{
    return first && address >= first && length <= bytes && address - first <= bytes - length;
}

bool nap_os_owns(const struct nap_machine *m, nap_addr address, uint64_t bytes)
{
    const struct nap_os_state *os = &m->st->os;

    if (m->soc->n_ram == 0)
        return false;
    return holds(tables_start(m), os->ram_next ? os->ram_next - tables_start(m) : 0, address,
                 bytes) ||
           holds(high_start(m), os->ram_high_next ? os->ram_high_next - high_start(m) : 0,
                 address, bytes) ||
           holds(driver_ram_start(m), os->driver_used, address, bytes);
}

/* --- tables in simulated RAM --- */

static uint64_t taken_bytes(nap_addr first, nap_addr next)
{
    return next ? next - first : 0;
}

/* One block at or after *@next, whose pool begins at @first. @others_bytes are taken from the
 * other pool. */
static nap_addr take(struct nap_machine *m, nap_addr first, nap_addr *next,
                     uint64_t others_bytes, uint64_t size_bytes)
{
    uint64_t align = NAP_PAGE_BYTES;
    uint64_t rounded;
    nap_addr at;

    if (size_bytes == 0 || size_bytes > NAP_RAM_BYTES)
        return 0;
    rounded = (size_bytes + NAP_PAGE_BYTES - 1) / NAP_PAGE_BYTES * NAP_PAGE_BYTES;
    while (align < rounded)
        align *= 2;
    at = *next ? *next : first;
    at = (at + align - 1) / align * align;
    if (!nap_ram_exists(m, at, rounded) || at + rounded - first + others_bytes > NAP_RAM_BYTES)
        return 0;
    nap_touched(m, next, sizeof *next);
    *next = at + rounded;
    return at;
}

/* Nothing frees them. No more than the machine can hold, so that every table can be written. */
nap_addr nap_ram_alloc(uint64_t size_bytes)
{
    struct nap_machine *m = nap_seam_machine();
    struct nap_os_state *os = &m->st->os;

    if (m->soc->n_ram == 0)
        return 0;
    return take(m, tables_start(m), &os->ram_next,
                taken_bytes(high_start(m), os->ram_high_next), size_bytes);
}

nap_addr nap_ram_alloc_high(uint64_t size_bytes)
{
    struct nap_machine *m = nap_seam_machine();
    struct nap_os_state *os = &m->st->os;
    nap_addr first = m->soc->n_ram ? high_start(m) : 0;

    if (!first)
        return 0;
    return take(m, first, &os->ram_high_next, taken_bytes(tables_start(m), os->ram_next),
                size_bytes);
}

uint64_t nap_table_read(nap_addr pa)
{
    struct nap_machine *m = nap_seam_machine();
    uint64_t value = 0;

    (void)nap_mem_read(m, pa, &value, sizeof value);
    return value;
}

void nap_table_write(nap_addr pa, uint64_t value)
{
    (void)nap_mem_write(nap_seam_machine(), pa, &value, sizeof value);
}

/* --- loads and stores of the driver --- */

static void check_shape(const struct nap_machine *m, nap_addr pa, unsigned size_bytes)
{
    bool size_exists =
        size_bytes != 0 && size_bytes <= 8 && (size_bytes & (size_bytes - 1)) == 0;

    if (!size_exists || pa % size_bytes != 0)
        nap_panic_at("a load or store that is not aligned to its size", m->source);
}

static void ram_step(struct nap_machine *m, enum nap_step_kind kind, nap_addr pa,
                     unsigned size_bytes, bool is_write, uint64_t was, uint64_t now)
{
    struct nap_event e;

    if (!nap_step_seen(m, kind, 0)) {
        nap_step_count(m);
        return;
    }
    e = nap_event_for(m, kind, UINT32_MAX, NAP_NO_SLOT);
    e.address = pa;
    e.size_bytes = (uint8_t)size_bytes;
    e.is_write = is_write;
    e.was = was;
    e.now = e.written = now;
    nap_step_done(m, &e);
}

uint64_t nap_os_load(struct nap_machine *m, nap_addr pa, unsigned size_bytes,
                     struct nap_source source)
{
    uint64_t value = 0;

    m->source = source;
    check_shape(m, pa, size_bytes);
    nap_work_ram_was_read(m, pa, size_bytes);
    if (nap_mem_read(m, pa, &value, size_bytes))
        nap_poll_count_load(m, pa, value);
    else
        ram_step(m, NAP_STEP_BAD_ACCESS, pa, size_bytes, false, 0, 0);
    return value;
}

void nap_os_store(struct nap_machine *m, nap_addr pa, unsigned size_bytes, uint64_t value,
                  struct nap_source source)
{
    uint64_t was = 0;

    if (size_bytes < 8)
        value &= (UINT64_C(1) << 8 * size_bytes) - 1;
    m->source = source;
    check_shape(m, pa, size_bytes);
    if (!nap_mem_read(m, pa, &was, size_bytes))
        ram_step(m, NAP_STEP_BAD_ACCESS, pa, size_bytes, true, 0, value);
    else if (nap_mem_write(m, pa, &value, size_bytes))
        ram_step(m, NAP_STEP_STORE, pa, size_bytes, true, was, value);
}

uint64_t nap_seam_load(nap_addr pa, unsigned size_bytes, const char *file, int line)
{
    struct nap_request a = {.kind = NAP_REQUEST_LOAD,
                            .size_bytes = size_bytes,
                            .address = pa,
                            .file = file,
                            .line = line,
                            .frame = __builtin_frame_address(0)};

    return nap_seam_access(nap_seam_machine(), &a);
}

void nap_seam_store(nap_addr pa, unsigned size_bytes, uint64_t value, const char *file,
                    int line)
{
    struct nap_request a = {.kind = NAP_REQUEST_STORE,
                            .size_bytes = size_bytes,
                            .address = pa,
                            .value = value,
                            .file = file,
                            .line = line,
                            .frame = __builtin_frame_address(0)};

    (void)nap_seam_access(nap_seam_machine(), &a);
}

/* --- driver RAM as RAM of the machine --- */

static uint8_t *driver_ram(const struct nap_machine *m)
{
    return m->arena.base + nap_region_start(NAP_REGION_DRIVER);
}

/* Whether [p, p + bytes) lies in driver RAM; its offset there. */
static bool in_driver_ram(const struct nap_machine *m, const void *p, size_t bytes,
                          uint64_t *offset)
{
    *offset = (uint64_t)(uintptr_t)p - (uint64_t)(uintptr_t)driver_ram(m);
    return *offset <= NAP_DRIVER_BYTES && bytes <= NAP_DRIVER_BYTES - *offset;
}

nap_addr nap_virt_to_phys(const void *p)
{
    const struct nap_machine *m = nap_seam_machine();
    nap_addr start = driver_ram_start(m);
    uint64_t offset;

    return start && in_driver_ram(m, p, 1, &offset) ? start + offset : 0;
}

void *nap_phys_to_virt(nap_addr pa)
{
    const struct nap_machine *m = nap_seam_machine();
    nap_addr start = driver_ram_start(m);

    if (!start || pa < start || pa - start >= NAP_DRIVER_BYTES)
        return NULL;
    return driver_ram(m) + (pa - start);
}

/* The cache lines that [p, p + bytes) touches, as an offset into driver RAM; false, with a line
 * in the log, where there are none. */
static bool lines_of(const struct nap_machine *m, const void *p, size_t bytes, const char *what,
                     uint64_t *offset, uint64_t *length)
{
    uint64_t end;

    if (bytes == 0)
        return false;
    if (!driver_ram_start(m) || !in_driver_ram(m, p, bytes, offset)) {
        nap_log("%s of %zu bytes that are not memory of the driver: nothing done", what, bytes);
        return false;
    }
    end = (*offset + bytes + CACHE_LINE_BYTES - 1) / CACHE_LINE_BYTES * CACHE_LINE_BYTES;
    *offset = *offset / CACHE_LINE_BYTES * CACHE_LINE_BYTES;
    *length = end - *offset;
    return true;
}

/* The one way for the write to fail: so many pages of simulated RAM are in use already. */
void nap_cache_clean(const void *p, size_t bytes)
{
    struct nap_machine *m = nap_seam_machine();
    uint64_t offset, length;

    if (lines_of(m, p, bytes, "cache clean", &offset, &length) &&
        !nap_mem_write(m, driver_ram_start(m) + offset, driver_ram(m) + offset, length))
        nap_log("cache clean of %zu bytes: simulated RAM is used up, devices see the old data",
                bytes);
}

void nap_cache_invalidate(void *p, size_t bytes)
{
    struct nap_machine *m = nap_seam_machine();
    uint64_t offset, length;

    if (!lines_of(m, p, bytes, "cache invalidate", &offset, &length))
        return;
    nap_work_ram_was_read(m, driver_ram_start(m) + offset, length);
    (void)nap_mem_read(m, driver_ram_start(m) + offset, driver_ram(m) + offset, length);
}
