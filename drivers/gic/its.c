/* SPDX-License-Identifier: MIT */
/* The ITS: its queue and tables in RAM, its commands, and the steps of its sleep.
 *
 * Down: it stops, and says that nothing is under way; then its registers are read. Up: the same
 * first, as firmware may have left it on; the queue begins anew and empty; tables; it starts;
 * collections that only the hardware has kept are mapped again.
 *
 * Source: Arm IHI 0069, "ITS commands and errors", "The ITS command interface", "GITS_CTLR",
 * "GITS_BASER<n>", "Disabling an ITS". */
#include <errno.h>
#include <string.h>

#include "gicv3.h"

#define COMMAND_BYTES 32u
#define QUEUE_BYTES   0x1000u
#define ITT_BYTES     0x1000u
#define QUEUE_ALIGN   0x10000u
#define OFFSET_MASK   UINT64_C(0xfffe0)
#define EVENT_BITS    5u
#define PAGE_64K      UINT64_C(0x200)
#define PAGE_MASK     UINT64_C(0x300)

#define CMD_SYNC    UINT64_C(0x05)
#define CMD_MAPD    UINT64_C(0x08)
#define CMD_MAPC    UINT64_C(0x09)
#define CMD_MAPTI   UINT64_C(0x0a)
#define CMD_INV     UINT64_C(0x0c)
#define CMD_INVALL  UINT64_C(0x0d)
#define CMD_DISCARD UINT64_C(0x0f)

/* --- commands --- */

static void put(nap_addr at, uint64_t dw0, uint64_t dw1, uint64_t dw2)
{
    nap_ram_write64(at, dw0);
    nap_ram_write64(at + 8, dw1);
    nap_ram_write64(at + 16, dw2);
    nap_ram_write64(at + 24, 0);
}

/* Of forms whose queue lies in memory that the ITS does not see through the caches of the CPU.
 * What kind of memory it is, one of them asks the wrong bits, once it has slept. */
static void put_cached(nap_addr at, uint64_t dw0, uint64_t dw1, uint64_t dw2)
{
    uint64_t *entry = nap_phys_to_virt(at);

    entry[0] = dw0;
    entry[1] = dw1;
    entry[2] = dw2;
    entry[3] = 0;
    if (!gic_form()->queue_uncleaned || !gic()->its.kept)
        nap_cache_clean(entry, COMMAND_BYTES);
}

/* Each is waited for: nobody here has so many that it would pay not to. */
static int command(struct gic_its *its, uint64_t dw0, uint64_t dw1, uint64_t dw2)
{
    nap_addr at = its->queue + its->write;

    if (gic_form()->queue_cached)
        put_cached(at, dw0, dw1, dw2);
    else
        put(at, dw0, dw1, dw2);
    its->write = (its->write + COMMAND_BYTES) % QUEUE_BYTES;
    nap_dsb();
    gits_write64(its, GITS_CWRITER, its->write);
    return gic_poll(its->regs + GITS_CREADR, (uint32_t)OFFSET_MASK, its->write);
}

static uint64_t rdbase(const struct gic_its *its, uint32_t cpu)
{
    const struct gic_cpu *target = &gic()->cpu[cpu];

    return its->by_address ? target->redist & ~UINT64_C(0xffff)
                           : (uint64_t)target->number << 16;
}

static int sync(struct gic_its *its, uint32_t cpu)
{
    return command(its, CMD_SYNC, 0, rdbase(its, cpu));
}

/* Of each CPU its own, by its number. */
static int map_collection(struct gic_its *its, uint32_t cpu)
{
    int ret = command(its, CMD_MAPC, 0, GITS_VALID | rdbase(its, cpu) | cpu);

    if (ret == 0)
        ret = command(its, CMD_INVALL, 0, cpu);
    return ret == 0 ? sync(its, cpu) : ret;
}

/* An LPI, with its configuration. All of them are of one device. */
static int map_event(struct gic_its *its, const struct nap_interrupt *irq)
{
    uint64_t device = (uint64_t)irq->sender << 32;
    int ret = 0;

    gic_lpi_configure(irq);
    if (!its->has_device)
        ret = command(its, CMD_MAPD | device, EVENT_BITS - 1u, GITS_VALID | its->itt);
    its->has_device = true;
    if (ret == 0)
        ret =
            command(its, CMD_MAPTI | device, irq->event | (uint64_t)irq->intid << 32, irq->cpu);
    if (ret == 0)
        ret = command(its, CMD_INV | device, irq->event, 0);
    return ret == 0 ? sync(its, irq->cpu) : ret;
}

/* --- bringing it up --- */

static int add_table(struct gic_its *its, uint32_t n)
{
    uint64_t baser = gits_read64(its, GITS_BASER + 8u * n);
    uint32_t type = GITS_BASER_TYPE(baser);
    nap_addr table;

    if (type != GITS_TYPE_DEVICES && type != GITS_TYPE_COLLECTIONS)
        return 0;
    table = gic_table();
    if (table == 0)
        return -ENOMEM;
    /* One page of 64 KiB, or as many of what size the hardware has. */
    its->baser[n] = GITS_VALID | GITS_MEMORY | table | PAGE_64K;
    gits_write64(its, GITS_BASER + 8u * n, its->baser[n]);
    baser = gits_read64(its, GITS_BASER + 8u * n) & PAGE_MASK;
    if (baser != PAGE_64K) {
        its->baser[n] = GITS_VALID | GITS_MEMORY | table | baser | (baser == 0 ? 15u : 3u);
        gits_write64(its, GITS_BASER + 8u * n, its->baser[n]);
    }
    return 0;
}

static nap_addr cached_queue(void)
{
    void *memory = nap_alloc((size_t)2 * QUEUE_ALIGN);
    nap_addr pa = memory != NULL ? nap_virt_to_phys(memory) : 0;

    return pa != 0 ? (pa + QUEUE_ALIGN - 1u) & ~(nap_addr)(QUEUE_ALIGN - 1u) : 0;
}

static nap_addr cached_itt(void)
{
    void *memory = nap_alloc(ITT_BYTES);

    return memory != NULL ? nap_virt_to_phys(memory) : 0;
}

int its_set_up(struct gic_its *its)
{
    uint64_t typer = gits_read64(its, GITS_TYPER);
    int ret = its_stop(its);

    its->by_address = (typer & GITS_TYPER_PTA) != 0;
    its->held = GITS_TYPER_HCC(typer);
    its->queue = gic_form()->queue_cached ? cached_queue() : gic_table();
    its->itt = gic_form()->itt_late ? cached_itt() : gic_table();
    if (its->queue == 0 || its->itt == 0)
        return -ENOMEM;
    its->cbaser = GITS_VALID | GITS_MEMORY | its->queue;
    gits_write64(its, GITS_CBASER, its->cbaser);
    gits_write64(its, GITS_CWRITER, 0);
    for (uint32_t n = 0; n < GITS_BASERS && ret == 0; n++)
        ret = add_table(its, n);
    if (ret == 0)
        gits_write(its, GITS_CTLR, GITS_CTLR_ENABLED);
    return ret;
}

/* Once the redistributor of @cpu takes LPIs. */
int its_use(struct gic_its *its, uint32_t cpu)
{
    int ret = map_collection(its, cpu);

    for (uint32_t i = 0; i < nap_interrupts() && ret == 0; i++) {
        const struct nap_interrupt *irq = nap_interrupt(i);

        if (irq->intid >= GIC_LPI_FIRST && irq->cpu == cpu)
            ret = map_event(its, irq);
    }
    return ret;
}

/* --- down --- */

int its_mask_all(struct gic_its *its, bool masked)
{
    int ret = 0;

    for (uint32_t i = 0; i < nap_interrupts() && ret == 0; i++) {
        const struct nap_interrupt *irq = nap_interrupt(i);

        if (irq->intid < GIC_LPI_FIRST)
            continue;
        if (masked)
            gic_lpi_mask(irq);
        else
            gic_lpi_configure(irq);
        if (gic_form()->lpis_untold)
            continue;
        ret = command(its, CMD_INV | (uint64_t)irq->sender << 32, irq->event, 0);
        if (ret == 0)
            ret = sync(its, irq->cpu);
    }
    return ret;
}

/* A failure leaves it as it is: there is no way to turn it on again. */
int its_stop(struct gic_its *its)
{
    uint32_t ctlr = gits_read(its, GITS_CTLR);
    int ret;

    its->ctlr = gic_form()->quiescent_written ? ctlr : ctlr & ~GITS_CTLR_QUIESCENT;
    gits_write(its, GITS_CTLR, its->ctlr & ~GITS_CTLR_ENABLED);
    ret = gic_poll(its->regs + GITS_CTLR, GITS_CTLR_QUIESCENT, GITS_CTLR_QUIESCENT);
    if (ret != 0 && gic_form()->its_rewritten)
        gits_write(its, GITS_CTLR, its->ctlr);
    return ret;
}

static int its_still(struct gic_its *its)
{
    uint32_t ctlr = gits_read(its, GITS_CTLR);

    gits_write(its, GITS_CTLR, ctlr & ~(GITS_CTLR_ENABLED | GITS_CTLR_QUIESCENT));
    return gic_poll(its->regs + GITS_CTLR, GITS_CTLR_QUIESCENT, GITS_CTLR_QUIESCENT);
}

void its_save(struct gic_its *its)
{
    /* The zeros that nobody has cleaned leave the cache when they like. */
    if (gic_form()->itt_late)
        nap_cache_clean(nap_phys_to_virt(its->itt), ITT_BYTES);
    its->cbaser = gits_read64(its, GITS_CBASER);
    its->cwriter = gits_read64(its, GITS_CWRITER);
    for (uint32_t n = 0; n < GITS_BASERS; n++)
        its->baser[n] = gits_read64(its, GITS_BASER + 8u * n);
    its->kept = true;
}

/* --- up --- */

static void empty_cached(const struct gic_its *its)
{
    void *queue = nap_phys_to_virt(its->queue);

    memset(queue, 0, QUEUE_BYTES);
    nap_cache_clean(queue, QUEUE_BYTES);
}

/* Writing GITS_CBASER makes GITS_CREADR 0. The queue was empty, so it may as well begin there;
 * an old GITS_CWRITER would have every command executed again. */
int its_queue(struct gic_its *its)
{
    int ret = gic_form()->its_unasked ? 0 : its_still(its);

    if (ret != 0)
        return ret;
    gits_write64(its, GITS_CBASER, its->cbaser);
    gits_write64(its, GITS_CWRITER, gic_form()->writer_kept ? its->cwriter : 0);
    if (!gic_form()->writer_kept)
        its->write = 0;
    if (gic_form()->queue_cached)
        empty_cached(its);
    return 0;
}

int its_tables(struct gic_its *its)
{
    for (uint32_t n = 0; n < GITS_BASERS; n++) {
        if ((its->baser[n] & GITS_VALID) != 0)
            gits_write64(its, GITS_BASER + 8u * n, its->baser[n]);
    }
    return 0;
}

int its_start(struct gic_its *its)
{
    gits_write(its, GITS_CTLR, its->ctlr);
    return 0;
}

/* Of a form that maps all events anew. */
static int map_anew(struct gic_its *its, uint32_t cpu)
{
    int ret = 0;

    for (uint32_t i = 0; i < nap_interrupts() && ret == 0; i++) {
        const struct nap_interrupt *irq = nap_interrupt(i);

        if (irq->intid < GIC_LPI_FIRST || irq->cpu != cpu)
            continue;
        ret = command(its, CMD_DISCARD | (uint64_t)irq->sender << 32, irq->event, 0);
        if (ret == 0)
            ret = map_event(its, irq);
    }
    return ret;
}

/* What lies in a table is still there. */
int its_collections(struct gic_its *its, uint32_t cpu)
{
    bool lost = cpu < its->held && !gic_form()->collections_lost;
    int ret = lost ? map_collection(its, cpu) : 0;

    return ret == 0 && gic_form()->remapped ? map_anew(its, cpu) : ret;
}
