/* SPDX-License-Identifier: MIT */
/* The command queue of an ITS. Consumption is hardware work that reads of GITS_CREADR notice:
 * where latency is varied each command is an item of its own, so that software may find any of
 * them to be the last one processed so far; else one item takes all there are. Arm IHI 0069,
 * "The ITS command interface". */
#include "its.h"

#define PAGE_BYTES 0x1000u
#define OFFSET     ITS_GITS_CREADR_Offset

uint32_t its_queue_bytes(const struct nap_machine *m, unsigned device)
{
    uint64_t size = nap_reg_get(m, device, ITS_SLOT_GITS_CBASER) & ITS_GITS_CBASER_Size;

    return (uint32_t)(size + 1) * PAGE_BYTES;
}

/* The queue is aligned to 64 KB. */
static nap_addr queue_base(const struct nap_machine *m, unsigned device)
{
    nap_addr base =
        nap_reg_get(m, device, ITS_SLOT_GITS_CBASER) & ITS_GITS_CBASER_Physical_Address;

    return nap_switch(m, device, ITS_SWITCH_I13) == ITS_I13_ZERO ? base & ~UINT64_C(0xffff)
                                                                 : base;
}

static uint32_t offset_of(const struct nap_machine *m, unsigned device, unsigned slot)
{
    return (uint32_t)(nap_reg_get(m, device, slot) & OFFSET);
}

static bool stalled(const struct nap_machine *m, unsigned device)
{
    return (nap_reg_get(m, device, ITS_SLOT_GITS_CREADR) & ITS_GITS_CREADR_Stalled) != 0;
}

/* GITS_CWRITER points past the queue: with I02 `wraps` at what is left of it. */
static uint32_t write_offset(const struct nap_machine *m, unsigned device)
{
    return offset_of(m, device, ITS_SLOT_GITS_CWRITER) % its_queue_bytes(m, device);
}

static bool has_commands(const struct nap_machine *m, unsigned device)
{
    return its_enabled(m, device) && !its_of(m, device)->invalid && !stalled(m, device) &&
           (nap_reg_get(m, device, ITS_SLOT_GITS_CBASER) & ITS_GITS_CBASER_Valid) &&
           offset_of(m, device, ITS_SLOT_GITS_CREADR) != write_offset(m, device);
}

static void check_offset(struct nap_machine *m, unsigned device)
{
    bool beyond = offset_of(m, device, ITS_SLOT_GITS_CWRITER) >= its_queue_bytes(m, device);
    uint32_t invalid = beyond && nap_switch(m, device, ITS_SWITCH_I02) == ITS_I02_INVALID;

    if (its_of(m, device)->invalid != invalid)
        its_mut(m, device)->invalid = invalid;
}

void its_queue_go_on(struct nap_machine *m, unsigned device)
{
    check_offset(m, device);
    if (has_commands(m, device))
        nap_work_begin(m, device, ITS_SLOT_GITS_CREADR, OFFSET);
}

/* What has been fetched is carried out or not; nothing more is. */
void its_queue_stop(struct nap_machine *m, unsigned device)
{
    nap_work_notice(m, device, ITS_SLOT_GITS_CREADR, OFFSET);
    nap_work_cancel(m, device, ITS_SLOT_GITS_CREADR, OFFSET);
}

static void set_read(struct nap_machine *m, unsigned device, uint32_t offset, bool stalls)
{
    nap_reg_set(m, device, ITS_SLOT_GITS_CREADR,
                offset | (stalls ? ITS_GITS_CREADR_Stalled : 0));
}

/* For rules: the first one of a work item, which is told after it. */
static void note_error(struct nap_machine *m, unsigned device, enum its_error error,
                       unsigned op, uint32_t offset)
{
    struct nap_its *s;

    if (error == ITS_OK || its_of(m, device)->error != ITS_OK)
        return;
    s = its_mut(m, device);
    s->error = error;
    s->error_op = op;
    s->error_offset = offset;
}

static void forget_findings(struct nap_machine *m, unsigned device)
{
    struct nap_its *s;

    if (its_of(m, device)->error == ITS_OK && !its_of(m, device)->junk)
        return;
    s = its_mut(m, device);
    s->error = ITS_OK;
    s->error_op = s->error_offset = s->junk = 0;
}

/* One command; a stalled queue stays on the one in error. */
static void consume_one(struct nap_machine *m, unsigned device)
{
    uint32_t offset = offset_of(m, device, ITS_SLOT_GITS_CREADR);
    struct its_command c = {{0}};
    enum its_error error = ITS_BAD_ADDRESS;
    bool stalls;

    offset %= its_queue_bytes(m, device);
    if (nap_mem_read(m, queue_base(m, device) + offset, c.dw, sizeof c.dw))
        error = its_run(m, device, &c);
    note_error(m, device, error, (unsigned)(c.dw[0] & 0xff), offset);
    stalls = error != ITS_OK && nap_switch(m, device, ITS_SWITCH_I01) == ITS_I01_STALLED;
    if (!stalls)
        offset = (offset + ITS_COMMAND_BYTES) % its_queue_bytes(m, device);
    set_read(m, device, offset, stalls);
}

void its_queue_work(struct nap_machine *m, unsigned device)
{
    bool one_by_one = nap_varied(m, NAP_CHOOSE_LATENCY);

    its_settle(m, device);
    forget_findings(m, device);
    for (uint32_t left = its_queue_bytes(m, device) / ITS_COMMAND_BYTES;
         left > 0 && has_commands(m, device); left--) {
        consume_one(m, device);
        if (one_by_one)
            break;
    }
    its_queue_go_on(m, device);
}

/* --- for rules: commands that have run --- */

/* FNV-1a of what the ITS sees of the queue, up to that offset. */
static uint64_t digest(const struct nap_machine *m, unsigned device, uint32_t end)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (uint32_t offset = 0; offset < end; offset += ITS_COMMAND_BYTES) {
        uint8_t bytes[ITS_COMMAND_BYTES] = {0};

        (void)nap_mem_read(m, queue_base(m, device) + offset, bytes, sizeof bytes);
        for (unsigned i = 0; i < sizeof bytes; i++)
            hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

void its_queue_note(struct nap_machine *m, unsigned device)
{
    struct nap_its *s = its_mut(m, device);

    s->creadr_then = offset_of(m, device, ITS_SLOT_GITS_CREADR);
    s->cwriter_then = offset_of(m, device, ITS_SLOT_GITS_CWRITER);
}

void its_queue_note_stop(struct nap_machine *m, unsigned device)
{
    struct nap_its *s = its_mut(m, device);

    s->cbaser_at_stop = nap_reg_get(m, device, ITS_SLOT_GITS_CBASER);
    s->creadr_at_stop = offset_of(m, device, ITS_SLOT_GITS_CREADR);
    s->digest_at_stop = digest(m, device, s->creadr_at_stop);
}

/* Where the queue had wrapped, what lies behind that offset has run as well, and is not looked
 * at. */
bool its_queue_runs_again(const struct nap_machine *m, unsigned device)
{
    const struct nap_its *s = its_of(m, device);
    uint64_t moved = s->cbaser_at_stop ^ nap_reg_get(m, device, ITS_SLOT_GITS_CBASER);

    return s->creadr_at_stop && s->creadr_then == 0 && s->cwriter_then >= s->creadr_at_stop &&
           !(moved & ITS_GITS_CBASER_Physical_Address) &&
           digest(m, device, s->creadr_at_stop) == s->digest_at_stop;
}

/* --- registers --- */

void its_cbaser_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                        uint64_t now)
{
    (void)index;
    (void)was;
    (void)now;
    set_read(m, device, 0, false);
    check_offset(m, device);
}

/* Retry asks a stalled queue to carry the command out again, and is never seen set. */
uint64_t its_cwriter_stored(struct nap_machine *m, unsigned device, unsigned slot,
                            uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)slot;
    if ((written & lanes & ITS_GITS_CWRITER_Retry) && stalled(m, device))
        set_read(m, device, offset_of(m, device, ITS_SLOT_GITS_CREADR), false);
    return now & ~ITS_GITS_CWRITER_Retry;
}

void its_cwriter_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                         uint64_t now)
{
    (void)index;
    (void)was;
    (void)now;
    if (its_enabled(m, device))
        its_queue_note(m, device);
    its_queue_go_on(m, device);
}
