/* SPDX-License-Identifier: MIT */
/* LPIs of one redistributor: pending state and configuration, which it holds in front of the
 * tables in RAM. What it holds of the pending table is true and RAM is not, until it is
 * flushed; what it holds of the configuration table is used, true or not, until it is
 * invalidated. Arm IHI 0069, "LPI Configuration tables", "LPI Pending tables". */
#include "lpi.h"

#include <limits.h>
#include <string.h>

#include "gic3.h"
#include "gicv3-model.h"
#include "gicv3-redistributor-model.h"
#include "its.h"

static const struct gic_lpis *lpis_of(const struct nap_machine *m, unsigned rd)
{
    return nap_block_state(m, rd);
}

static struct gic_lpis *lpis_mut(struct nap_machine *m, unsigned rd)
{
    struct gic_lpis *l = nap_block_state_mut(m, rd);

    nap_touch(m, l, sizeof *l);
    return l;
}

/* --- the tables --- */

#define INTID_BITS_MIN 14u /* of a configuration table that has any LPI */
#define INTID_BITS_MAX 24u

/* A register of the distributor; 0 where the redistributor stands alone. */
static uint64_t distributor(const struct nap_machine *m, unsigned rd, unsigned slot)
{
    unsigned gicd = nap_upstream(m, rd);

    return nap_device_model(m, gicd) == &nap_model_gicv3 ? nap_reg_get(m, gicd, slot) : 0;
}

static unsigned distributor_bits(const struct nap_machine *m, unsigned rd)
{
    uint64_t typer = distributor(m, rd, DIST_SLOT_GICD_TYPER);

    return (unsigned)((typer & DIST_GICD_TYPER_IDbits) >> DIST_GICD_TYPER_IDbits_SHIFT) + 1;
}

uint32_t gic_lpi_end(const struct nap_machine *m, unsigned rd)
{
    uint64_t base = nap_reg_get(m, rd, RDIST_SLOT_GICR_PROPBASER);
    unsigned bits = (unsigned)(base & RDIST_GICR_PROPBASER_IDbits) + 1;
    unsigned most = distributor_bits(m, rd);

    if (bits > most)
        bits = most;
    if (bits > INTID_BITS_MAX)
        bits = INTID_BITS_MAX;
    return bits < INTID_BITS_MIN ? 0 : UINT32_C(1) << bits;
}

static bool is_lpi(const struct nap_machine *m, unsigned rd, uint32_t intid)
{
    return intid >= GIC_LPI_FIRST && intid < gic_lpi_end(m, rd);
}

uint8_t gic_lpi_config_in_table(const struct nap_machine *m, unsigned rd, uint32_t intid)
{
    nap_addr base =
        nap_reg_get(m, rd, RDIST_SLOT_GICR_PROPBASER) & RDIST_GICR_PROPBASER_Physical_Address;
    uint8_t config;

    return nap_mem_read(m, base + (intid - GIC_LPI_FIRST), &config, sizeof config) ? config : 0;
}

static nap_addr pending_table(const struct nap_machine *m, unsigned rd)
{
    return nap_reg_get(m, rd, RDIST_SLOT_GICR_PENDBASER) &
           RDIST_GICR_PENDBASER_Physical_Address;
}

static bool table_bit(const struct nap_machine *m, unsigned rd, uint32_t intid)
{
    uint8_t byte;

    return nap_mem_read(m, pending_table(m, rd) + intid / 8, &byte, sizeof byte) &&
           (byte >> intid % 8 & 1);
}

#define CHUNK_BYTES 512u /* the table is gone through in these; it is a multiple of them */

static bool read_chunk(const struct nap_machine *m, unsigned rd, uint32_t first,
                       uint8_t out[CHUNK_BYTES])
{
    if (nap_mem_read(m, pending_table(m, rd) + first / 8, out, CHUNK_BYTES))
        return true;
    memset(out, 0, CHUNK_BYTES);
    return false;
}

/* First bit from @i on that is set, or the number of bits: most of them are not. */
static uint32_t next_bit(const uint8_t chunk[CHUNK_BYTES], uint32_t i)
{
    for (; i < CHUNK_BYTES * 8; i++) {
        uint64_t word;

        memcpy(&word, chunk + (size_t)(i / 64) * 8, sizeof word);
        if (!word)
            i |= 63;
        else if (chunk[i / 8] >> i % 8 & 1)
            return i;
    }
    return CHUNK_BYTES * 8;
}

uint32_t gic_lpi_next_in_table(const struct nap_machine *m, unsigned rd, uint32_t intid)
{
    const uint32_t step = CHUNK_BYTES * 8;
    uint8_t chunk[CHUNK_BYTES];
    uint32_t bit;

    for (uint32_t first = intid / step * step; first < gic_lpi_end(m, rd); first += step) {
        if (!read_chunk(m, rd, first, chunk))
            continue;
        bit = next_bit(chunk, intid > first ? intid - first : 0);
        if (bit < step)
            return first + bit;
    }
    return 0;
}

/* --- entries --- */

static uint32_t place_of(const struct gic_lpis *l, uint32_t intid)
{
    uint32_t at = 0;

    while (at < l->n && l->list[at].intid < intid)
        at++;
    return at;
}

static bool is_at(const struct gic_lpis *l, uint32_t at, uint32_t intid)
{
    return at < l->n && l->list[at].intid == intid;
}

static void take_out(struct nap_machine *m, unsigned rd, uint32_t at)
{
    struct gic_lpis *l = lpis_mut(m, rd);

    l->n--;
    memmove(&l->list[at], &l->list[at + 1], (l->n - at) * sizeof l->list[0]);
    memset(&l->list[l->n], 0, sizeof l->list[0]);
}

bool gic_lpi_pending(const struct nap_machine *m, unsigned rd, uint32_t intid)
{
    const struct gic_lpis *l = lpis_of(m, rd);
    uint32_t at = place_of(l, intid);

    if (is_at(l, at, intid))
        return l->list[at].pending;
    return l->rest && table_bit(m, rd, intid);
}

/* First LPI from @intid on that is pending; 0: none. */
static uint32_t next_pending(const struct nap_machine *m, unsigned rd, uint32_t intid)
{
    const struct gic_lpis *l = lpis_of(m, rd);
    uint32_t at = place_of(l, intid), in_table = 0;

    if (l->rest)
        for (in_table = gic_lpi_next_in_table(m, rd, intid);
             in_table && !gic_lpi_pending(m, rd, in_table);
             in_table = gic_lpi_next_in_table(m, rd, in_table + 1))
            ;
    while (at < l->n && !l->list[at].pending)
        at++;
    if (at < l->n && (!in_table || l->list[at].intid < in_table))
        return l->list[at].intid;
    return in_table;
}

/* --- the pending table, written --- */

static void put_pending(const struct gic_lpis *l, uint32_t first, uint8_t chunk[CHUNK_BYTES])
{
    for (uint32_t i = place_of(l, first); i < l->n; i++) {
        uint32_t bit = l->list[i].intid - first;
        if (bit >= CHUNK_BYTES * 8)
            return;
        chunk[bit / 8] = (uint8_t)((chunk[bit / 8] & ~(1u << bit % 8)) |
                                   (unsigned)l->list[i].pending << bit % 8);
    }
}

/* Whatever lies below the first LPI is the implementation's, and this one has nothing there. */
static void write_table(struct nap_machine *m, unsigned rd)
{
    const struct gic_lpis *l = lpis_of(m, rd);

    for (uint32_t first = GIC_LPI_FIRST; first < gic_lpi_end(m, rd); first += CHUNK_BYTES * 8) {
        uint8_t was[CHUNK_BYTES], now[CHUNK_BYTES];
        if (!read_chunk(m, rd, first, was))
            continue;
        memcpy(now, was, sizeof now);
        if (!l->rest)
            memset(now, 0, sizeof now);
        put_pending(l, first, now);
        if (memcmp(was, now, sizeof now) != 0)
            (void)nap_mem_write(m, pending_table(m, rd) + first / 8, now, sizeof now);
    }
    lpis_mut(m, rd)->dirty = 0;
}

static void show(struct nap_machine *m, unsigned rd, uint32_t intid, const char *what)
{
    nap_interrupt_step(m, rd, intid, nap_device_line(m, rd), what);
}

/* Room for one more: an entry that says nothing but a configuration, or, where all of them are
 * of pending LPIs, the last one, which from then on is pending by the table. */
static void make_room(struct nap_machine *m, unsigned rd)
{
    const struct gic_lpis *l = lpis_of(m, rd);
    uint32_t at = l->n;

    if (l->rest)
        write_table(m, rd);
    while (at > 0 && l->list[at - 1].pending)
        at--;
    if (at == 0 && !l->rest) {
        write_table(m, rd);
        lpis_mut(m, rd)->rest = 1;
    }
    at = at ? at - 1 : l->n - 1;
    if (l->list[at].pending && !table_bit(m, rd, l->list[at].intid))
        show(m, rd, l->list[at].intid, NAP_LABEL_INTERRUPT_LOST); /* there is no table */
    take_out(m, rd, at);
}

/* The entry of the LPI, which there is from now on. */
static struct gic_lpi *entry(struct nap_machine *m, unsigned rd, uint32_t intid)
{
    struct gic_lpi new = {.intid = intid};
    struct gic_lpis *l = lpis_mut(m, rd);
    uint32_t at = place_of(l, intid);

    if (is_at(l, at, intid))
        return &l->list[at];
    new.pending = gic_lpi_pending(m, rd, intid);
    if (l->n == GIC_LPIS_MAX)
        make_room(m, rd);
    at = place_of(l, intid);
    memmove(&l->list[at + 1], &l->list[at], (l->n - at) * sizeof l->list[0]);
    l->list[at] = new;
    l->n++;
    return &l->list[at];
}

static void set_pending(struct nap_machine *m, unsigned rd, uint32_t intid, bool pending)
{
    struct gic_lpi *lpi = entry(m, rd, intid);

    lpi->pending = pending;
    lpis_mut(m, rd)->dirty = 1;
    if (pending && !lpi->configured) {
        lpi->config = gic_lpi_config_in_table(m, rd, intid);
        lpi->configured = 1;
    }
}

/* --- registers of the redistributor --- */

static void load(struct nap_machine *m, unsigned rd)
{
    struct gic_lpis *l = lpis_mut(m, rd);
    uint32_t intid = GIC_LPI_FIRST - 1;

    while ((intid = gic_lpi_next_in_table(m, rd, intid + 1)) != 0) {
        if (l->n == GIC_LPIS_MAX) {
            l->rest = 1;
            return;
        }
        l->list[l->n++] = (struct gic_lpi){.intid = intid, .pending = 1};
        show(m, rd, intid, NAP_LABEL_INTERRUPT_LATCHED);
    }
}

void gic_lpis_enable(struct nap_machine *m, unsigned rd)
{
    struct gic_lpis *l = lpis_mut(m, rd);

    nap_reg_settle(m, rd, RDIST_SLOT_GICR_PROPBASER);
    nap_reg_settle(m, rd, RDIST_SLOT_GICR_PENDBASER);
    l->n = l->rest = l->dirty = 0;
    memset(l->list, 0, sizeof l->list);
    l->enabled = 1;
    if (nap_reg_get(m, rd, RDIST_SLOT_GICR_PENDBASER) & RDIST_GICR_PENDBASER_PTZ)
        l->dirty = 1; /* nobody has looked whether the promise holds */
    else
        load(m, rd);
    gicr_lpis_changed(m, rd);
}

/* What the table in RAM does not have is lost, as each of them is told. */
static void lose(struct nap_machine *m, unsigned rd)
{
    const struct gic_lpis *l = lpis_of(m, rd);

    for (uint32_t i = 0; i < l->n; i++)
        if (l->list[i].pending && !table_bit(m, rd, l->list[i].intid))
            show(m, rd, l->list[i].intid, NAP_LABEL_INTERRUPT_LOST);
}

void gic_lpis_disabled(struct nap_machine *m, unsigned rd)
{
    struct gic_lpis *l = lpis_mut(m, rd);

    if (nap_switch(m, rd, RDIST_SWITCH_R05) == RDIST_R05_FLUSHED && l->dirty)
        write_table(m, rd);
    lose(m, rd);
    l->n = l->rest = l->dirty = l->enabled = l->n_inv = 0;
    memset(l->inv, 0, sizeof l->inv);
    memset(l->list, 0, sizeof l->list);
    gicr_lpis_changed(m, rd);
}

void gic_lpis_flush(struct nap_machine *m, unsigned rd)
{
    unsigned gicd = nap_upstream(m, rd);

    if (lpis_of(m, rd)->dirty)
        write_table(m, rd);
    for (int its = -1; (its = nap_device_next_behind(m, gicd, its)) >= 0;)
        if (nap_device_model(m, (unsigned)its) == &nap_model_its &&
            nap_device_on(m, (unsigned)its))
            its_write_back(m, (unsigned)its);
}

void gic_lpi_setlpir_written(struct nap_machine *m, unsigned rd, unsigned index, uint64_t was,
                             uint64_t now)
{
    (void)index;
    (void)was;
    nap_reg_set(m, rd, RDIST_SLOT_GICR_SETLPIR, 0); /* it holds nothing */
    (void)gic_lpi_set(m, rd, (uint32_t)now, GIC_NO_COLLECTION);
}

void gic_lpi_clrlpir_written(struct nap_machine *m, unsigned rd, unsigned index, uint64_t was,
                             uint64_t now)
{
    (void)index;
    (void)was;
    nap_reg_set(m, rd, RDIST_SLOT_GICR_CLRLPIR, 0); /* nor does it */
    (void)gic_lpi_clear(m, rd, (uint32_t)now);
}

static void begin_invalidation(struct nap_machine *m, unsigned rd)
{
    nap_reg_set(m, rd, RDIST_SLOT_GICR_SYNCR, RDIST_GICR_SYNCR_Busy);
    nap_work_begin(m, rd, RDIST_SLOT_GICR_SYNCR, RDIST_GICR_SYNCR_Busy);
}

static bool is_listed(const struct gic_lpis *l, uint32_t intid, uint32_t *at)
{
    for (*at = 0; *at < l->n_inv && l->inv[*at] < intid; ++*at)
        ;
    return *at < l->n_inv && l->inv[*at] == intid;
}

/* More of them than there is room for become all: a copy may be dropped at any time. */
void gic_lpi_invlpir_written(struct nap_machine *m, unsigned rd, unsigned index, uint64_t was,
                             uint64_t now)
{
    struct gic_lpis *l = lpis_mut(m, rd);
    uint32_t at;

    (void)index;
    (void)was;
    nap_reg_set(m, rd, RDIST_SLOT_GICR_INVLPIR, 0);
    if (!l->enabled)
        return;
    if (l->n_inv >= GIC_LPI_INVS_MAX) {
        gic_lpi_invallr_written(m, rd, 0, 0, 0);
        return;
    }
    if (!is_listed(l, (uint32_t)now, &at)) {
        memmove(&l->inv[at + 1], &l->inv[at], (l->n_inv - at) * sizeof l->inv[0]);
        l->inv[at] = (uint32_t)now;
        l->n_inv++;
    }
    begin_invalidation(m, rd);
}

void gic_lpi_invallr_written(struct nap_machine *m, unsigned rd, unsigned index, uint64_t was,
                             uint64_t now)
{
    struct gic_lpis *l = lpis_mut(m, rd);

    (void)index;
    (void)was;
    (void)now;
    nap_reg_set(m, rd, RDIST_SLOT_GICR_INVALLR, 0);
    if (!l->enabled)
        return;
    l->n_inv = GIC_LPI_INVS_MAX + 1;
    memset(l->inv, 0, sizeof l->inv);
    begin_invalidation(m, rd);
}

void gic_lpis_inv_done(struct nap_machine *m, unsigned rd)
{
    struct gic_lpis *l = lpis_mut(m, rd);
    struct gic_lpis asked = *l;

    l->n_inv = 0;
    memset(l->inv, 0, sizeof l->inv);
    nap_reg_set(m, rd, RDIST_SLOT_GICR_SYNCR, 0);
    if (asked.n_inv > GIC_LPI_INVS_MAX)
        gic_lpis_invalidate(m, rd);
    for (uint32_t i = 0; i < asked.n_inv && asked.n_inv <= GIC_LPI_INVS_MAX; i++)
        gic_lpi_invalidate(m, rd, asked.inv[i]);
}

/* --- power --- */

static void note_at_off(struct gic_lpis *l, uint32_t intid, bool in_table)
{
    if (!l->off_first || intid < l->off_first)
        l->off_first = intid;
    if (in_table)
        l->off_stale++;
    else
        l->off_lost++;
}

/* Those that have no entry are not pending: the table may still have what was taken long ago,
 * or what PTZ denied. */
static void note_unlisted(struct nap_machine *m, unsigned rd, struct gic_lpis *l)
{
    uint32_t intid = GIC_LPI_FIRST - 1;

    while ((intid = gic_lpi_next_in_table(m, rd, intid + 1)) != 0)
        if (!is_at(l, place_of(l, intid), intid))
            note_at_off(l, intid, true);
}

void gic_lpis_power_going(struct nap_machine *m, unsigned rd)
{
    struct gic_lpis *l = lpis_mut(m, rd);

    l->off_lost = l->off_stale = l->off_first = 0;
    if (!l->enabled)
        return;
    for (uint32_t i = 0; i < l->n; i++) {
        bool in_table = table_bit(m, rd, l->list[i].intid);
        if (l->list[i].pending != in_table)
            note_at_off(l, l->list[i].intid, in_table);
    }
    if (!l->rest)
        note_unlisted(m, rd, l);
    lose(m, rd);
}

void gic_lpis_power_off(struct nap_machine *m, unsigned rd)
{
    struct gic_lpis *l = lpis_mut(m, rd);
    struct gic_lpis kept = {
        .off_lost = l->off_lost, .off_stale = l->off_stale, .off_first = l->off_first};

    *l = kept;
}

void gic_lpis_power_on(struct nap_machine *m, unsigned rd)
{
    struct gic_lpis *l = lpis_mut(m, rd);

    l->off_lost = l->off_stale = l->off_first = 0;
}

/* --- the CPU interface --- */

#define CONFIG_ENABLE   0x01u
#define CONFIG_PRIORITY 0xfcu

/* Bits of priority there are: what stands alone has them all. */
static uint8_t priority_mask(const struct nap_machine *m, unsigned rd)
{
    unsigned gicd = nap_upstream(m, rd);

    return nap_device_model(m, gicd) == &nap_model_gicv3 ? gic3_priority_bits(m, gicd) : 0xff;
}

/* With two security states LPIs are Non-secure, and so is what the table says of priority. */
static uint8_t priority_of(const struct nap_machine *m, unsigned rd, uint8_t config)
{
    uint64_t ctlr = distributor(m, rd, DIST_SLOT_GICD_CTLR);
    unsigned priority = config & CONFIG_PRIORITY;

    if (!(ctlr & DIST_GICD_CTLR_DS))
        priority = 0x80u | priority >> 1;
    return (uint8_t)(priority & priority_mask(m, rd));
}

/* As the redistributor holds it. One that is pending by the table alone is looked up there. */
static uint8_t config_of(struct nap_machine *m, unsigned rd, uint32_t intid)
{
    const struct gic_lpis *l = lpis_of(m, rd);
    uint32_t at = place_of(l, intid);
    uint8_t config;

    if (is_at(l, at, intid) && l->list[at].configured)
        return l->list[at].config;
    config = gic_lpi_config_in_table(m, rd, intid);
    if (is_at(l, at, intid)) {
        struct gic_lpi *lpi = &lpis_mut(m, rd)->list[at];
        lpi->config = config;
        lpi->configured = 1;
    }
    return config;
}

struct gic_candidate gic_lpis_best(struct nap_machine *m, unsigned rd)
{
    struct gic_candidate best = {.priority = GIC_IDLE};
    uint32_t intid = GIC_LPI_FIRST - 1;

    while (lpis_of(m, rd)->enabled && (intid = next_pending(m, rd, intid + 1)) != 0) {
        uint8_t config = config_of(m, rd, intid);
        struct gic_candidate c = {.found = true,
                                  .priority = priority_of(m, rd, config),
                                  .group = GIC_GROUP_1,
                                  .intid = intid,
                                  .bank = UINT_MAX};
        if ((config & CONFIG_ENABLE) && (!best.found || c.priority < best.priority))
            best = c;
    }
    return best;
}

void gic_lpis_acknowledge(struct nap_machine *m, unsigned rd, uint32_t intid)
{
    set_pending(m, rd, intid, false);
    show(m, rd, intid, NAP_LABEL_INTERRUPT_ACKNOWLEDGED);
}

/* --- the ITS --- */

static bool takes(const struct nap_machine *m, unsigned rd, uint32_t intid)
{
    return nap_device_on(m, rd) && lpis_of(m, rd)->enabled && is_lpi(m, rd, intid);
}

/* An entry that there is gets to know its collection. */
static void join(struct nap_machine *m, unsigned rd, uint32_t intid, uint32_t collection)
{
    uint32_t at = place_of(lpis_of(m, rd), intid);

    if (is_at(lpis_of(m, rd), at, intid) && lpis_of(m, rd)->list[at].collection != collection)
        lpis_mut(m, rd)->list[at].collection = collection;
}

bool gic_lpi_set(struct nap_machine *m, unsigned rd, uint32_t intid, uint32_t collection)
{
    if (!takes(m, rd, intid)) {
        show(m, rd, intid, NAP_LABEL_INTERRUPT_LOST);
        return false;
    }
    if (gic_lpi_pending(m, rd, intid)) {
        if (collection != GIC_NO_COLLECTION)
            join(m, rd, intid, collection);
        return true;
    }
    set_pending(m, rd, intid, true);
    if (collection != GIC_NO_COLLECTION)
        join(m, rd, intid, collection);
    show(m, rd, intid, NAP_LABEL_INTERRUPT_LATCHED);
    gicr_lpis_changed(m, rd);
    return true;
}

bool gic_lpi_clear(struct nap_machine *m, unsigned rd, uint32_t intid)
{
    if (!takes(m, rd, intid))
        return false;
    if (!gic_lpi_pending(m, rd, intid))
        return true;
    set_pending(m, rd, intid, false);
    show(m, rd, intid, NAP_LABEL_INTERRUPT_CLEARED);
    gicr_lpis_changed(m, rd);
    return true;
}

#define LABEL_MOVED "moved" /* to the redistributor that the step is of */

static uint32_t collection_of(const struct gic_lpis *l, uint32_t intid)
{
    uint32_t at = place_of(l, intid);

    return is_at(l, at, intid) ? l->list[at].collection : GIC_NO_COLLECTION;
}

void gic_lpi_move(struct nap_machine *m, unsigned from, unsigned to, uint32_t intid)
{
    if (!takes(m, from, intid) || !gic_lpi_pending(m, from, intid))
        return;
    set_pending(m, from, intid, false);
    if (!takes(m, to, intid)) {
        show(m, to, intid, NAP_LABEL_INTERRUPT_LOST);
    } else {
        set_pending(m, to, intid, true);
        join(m, to, intid, collection_of(lpis_of(m, from), intid));
        show(m, to, intid, LABEL_MOVED);
        gicr_lpis_changed(m, to);
    }
    gicr_lpis_changed(m, from);
}

void gic_lpis_move_all(struct nap_machine *m, unsigned from, unsigned to)
{
    uint32_t intid = GIC_LPI_FIRST - 1;

    if (!nap_device_on(m, from) || !lpis_of(m, from)->enabled)
        return;
    while ((intid = next_pending(m, from, intid + 1)) != 0)
        gic_lpi_move(m, from, to, intid);
}

/* One that is pending is looked up anew at once, the others when they are needed. */
static void invalidate_at(struct nap_machine *m, unsigned rd, uint32_t at)
{
    struct gic_lpis *l = lpis_mut(m, rd);
    struct gic_lpi *lpi = &l->list[at];

    lpi->config = lpi->configured = 0;
    if (lpi->pending)
        (void)config_of(m, rd, lpi->intid);
    else if (!l->rest)
        take_out(m, rd, at);
}

void gic_lpi_invalidate(struct nap_machine *m, unsigned rd, uint32_t intid)
{
    uint32_t at = place_of(lpis_of(m, rd), intid);

    if (!takes(m, rd, intid) || !is_at(lpis_of(m, rd), at, intid))
        return;
    invalidate_at(m, rd, at);
    gicr_lpis_changed(m, rd);
}

void gic_lpis_invalidate(struct nap_machine *m, unsigned rd)
{
    if (!nap_device_on(m, rd) || !lpis_of(m, rd)->enabled)
        return;
    for (uint32_t i = lpis_of(m, rd)->n; i-- > 0;)
        invalidate_at(m, rd, i);
    gicr_lpis_changed(m, rd);
}

static bool is_redistributor(const struct nap_machine *m, int device)
{
    return nap_device_model(m, (unsigned)device) == &nap_model_gicv3_redistributor;
}

void gic_lpi_join(struct nap_machine *m, unsigned gicd, uint32_t intid, uint32_t collection)
{
    for (int rd = -1; (rd = nap_device_next_behind(m, gicd, rd)) >= 0;)
        if (is_redistributor(m, rd))
            join(m, (unsigned)rd, intid, collection);
}

static void invalidate_of(struct nap_machine *m, unsigned rd, uint32_t collection)
{
    if (!nap_device_on(m, rd) || !lpis_of(m, rd)->enabled)
        return;
    for (uint32_t i = lpis_of(m, rd)->n; i-- > 0;) {
        uint32_t own = lpis_of(m, rd)->list[i].collection;

        if (own == collection || own == GIC_NO_COLLECTION)
            invalidate_at(m, rd, i);
    }
    gicr_lpis_changed(m, rd);
}

void gic_lpis_invalidate_of(struct nap_machine *m, unsigned gicd, uint32_t collection)
{
    for (int rd = -1; (rd = nap_device_next_behind(m, gicd, rd)) >= 0;)
        if (is_redistributor(m, rd))
            invalidate_of(m, (unsigned)rd, collection);
}
