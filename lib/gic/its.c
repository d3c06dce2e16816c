/* SPDX-License-Identifier: MIT */
/* Arm GIC interrupt translation service: which write starts what, messages, quiescing, and what
 * power does. The document is Arm IHI 0069; registers are models/its.yaml. */
#include "its.h"
#include "lpi.h"

#include <string.h>

#include "gicv3-model.h"

struct nap_its *its_mut(struct nap_machine *m, unsigned device)
{
    struct nap_its *s = nap_block_state_mut(m, device);

    nap_touch(m, s, offsetof(struct nap_its, cache));
    return s;
}

unsigned its_typer(const struct nap_machine *m, unsigned device, uint64_t mask)
{
    uint64_t value = nap_reg_get(m, device, ITS_SLOT_GITS_TYPER) & mask;

    return (unsigned)(value / (mask & -mask));
}

bool its_enabled(const struct nap_machine *m, unsigned device)
{
    return (nap_reg_get(m, device, ITS_SLOT_GITS_CTLR) & ITS_GITS_CTLR_Enabled) != 0;
}

/* Valid resets: where it is 0, nobody looks at the rest. */
static bool settle_base(struct nap_machine *m, unsigned device, unsigned slot)
{
    if (!(nap_reg_get(m, device, slot) & ITS_VALID))
        return false;
    nap_reg_settle(m, device, slot);
    return true;
}

void its_settle(struct nap_machine *m, unsigned device)
{
    if (settle_base(m, device, ITS_SLOT_GITS_CBASER))
        nap_reg_settle(m, device, ITS_SLOT_GITS_CWRITER);
    (void)settle_base(m, device, ITS_SLOT_GITS_BASER0);
    (void)settle_base(m, device, ITS_SLOT_GITS_BASER1);
}

/* --- Enabled and Quiescent --- */

static bool quiescent(const struct nap_machine *m, unsigned device)
{
    return (nap_reg_get(m, device, ITS_SLOT_GITS_CTLR) & ITS_GITS_CTLR_Quiescent) != 0;
}

/* Setting Enabled while Quiescent is 0 is UNPREDICTABLE. Quiescing may have ended by now. */
static uint64_t ctlr_stored(struct nap_machine *m, unsigned device, unsigned slot,
                            uint64_t written, uint64_t lanes, uint64_t now)
{
    struct nap_its *s;
    uint32_t untimely;

    (void)lanes;
    if (!(written & ITS_GITS_CTLR_Enabled) || its_enabled(m, device))
        return now;
    nap_work_notice(m, device, slot, ITS_GITS_CTLR_Quiescent);
    untimely = !quiescent(m, device);
    if (its_of(m, device)->untimely != untimely) {
        s = its_mut(m, device);
        s->untimely = untimely;
    }
    now = (now & ~ITS_GITS_CTLR_Quiescent) |
          (nap_reg_get(m, device, slot) & ITS_GITS_CTLR_Quiescent);
    if (untimely && nap_switch(m, device, ITS_SWITCH_I04) == ITS_I04_IGNORED)
        now &= ~ITS_GITS_CTLR_Enabled;
    return now;
}

static void set_quiescent(struct nap_machine *m, unsigned device, bool is)
{
    uint64_t now = nap_reg_get(m, device, ITS_SLOT_GITS_CTLR) & ~ITS_GITS_CTLR_Quiescent;

    nap_reg_set(m, device, ITS_SLOT_GITS_CTLR, now | (is ? ITS_GITS_CTLR_Quiescent : 0));
}

static void enable(struct nap_machine *m, unsigned device)
{
    if (!quiescent(m, device)) {
        nap_work_cancel(m, device, ITS_SLOT_GITS_CTLR, ITS_GITS_CTLR_Quiescent);
        its_drop_unwritten(m, device);
    }
    its_settle(m, device);
    its_queue_note(m, device);
    set_quiescent(m, device, nap_switch(m, device, ITS_SWITCH_I05) == ITS_I05_ONE);
    its_queue_go_on(m, device);
}

/* Mappings go to memory, and only then is it quiescent. */
static void disable(struct nap_machine *m, unsigned device)
{
    its_queue_stop(m, device);
    its_queue_note_stop(m, device);
    set_quiescent(m, device, false);
    nap_work_begin(m, device, ITS_SLOT_GITS_CTLR, ITS_GITS_CTLR_Quiescent);
}

static void quiesced(struct nap_machine *m, unsigned device)
{
    if (nap_switch(m, device, ITS_SWITCH_I06) == ITS_I06_ARCHITECTURAL)
        its_write_back(m, device);
    set_quiescent(m, device, true);
}

/* GITS_STATUSR.UMSI as an interrupt. */
static void update_wire(struct nap_machine *m, unsigned device)
{
    nap_wire_set(m, device,
                 (nap_reg_get(m, device, ITS_SLOT_GITS_CTLR) & ITS_GITS_CTLR_UMSIirq) &&
                     (nap_reg_get(m, device, ITS_SLOT_GITS_STATUSR) & ITS_GITS_STATUSR_UMSI));
}

static void ctlr_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                         uint64_t now)
{
    (void)index;
    if (now & ~was & ITS_GITS_CTLR_Enabled)
        enable(m, device);
    else if (was & ~now & ITS_GITS_CTLR_Enabled)
        disable(m, device);
    if ((was ^ now) & ITS_GITS_CTLR_UMSIirq)
        update_wire(m, device);
}

static void statusr_written(struct nap_machine *m, unsigned device, unsigned index,
                            uint64_t was, uint64_t now)
{
    (void)index;
    (void)was;
    (void)now;
    update_wire(m, device);
}

/* --- tables --- */

/* A cached mapping belongs to the table it came from, unless the ITS promises to drop it. */
static void table_written(struct nap_machine *m, unsigned device, enum its_kind kind,
                          uint64_t now)
{
    bool promised = its_typer(m, device, ITS_GITS_TYPER_INV) &&
                    !(now & ITS_GITS_BASER0_Valid) && !its_enabled(m, device) &&
                    quiescent(m, device);

    if (!promised && (its_typer(m, device, ITS_GITS_TYPER_INV) ||
                      nap_switch(m, device, ITS_SWITCH_I07) == ITS_I07_KEPT))
        return;
    its_drop(m, device, kind);
    if (kind == ITS_DEVICE)
        its_drop(m, device, ITS_EVENT);
}

static void baser0_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                           uint64_t now)
{
    (void)index;
    (void)was;
    table_written(m, device, ITS_DEVICE, now);
}

static void baser1_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                           uint64_t now)
{
    (void)index;
    (void)was;
    table_written(m, device, ITS_COLLECTION, now);
}

/* --- messages --- */

/* GITS_STATUSR.Syndrome. */
static unsigned syndrome_of(enum its_error error)
{
    static const uint8_t syndromes[ITS_ERRORS] = {
        [ITS_DEVICE_RANGE] = 0x2, [ITS_DEVICE_UNMAPPED] = 0x3,
        [ITS_EVENT_RANGE] = 0x4,  [ITS_EVENT_UNMAPPED] = 0x5,
        [ITS_INTID_RANGE] = 0x5,  [ITS_COLLECTION_RANGE] = 0x7,
        [ITS_TARGET_RANGE] = 0x7, [ITS_COLLECTION_UNMAPPED] = 0x7,
    };

    return syndromes[error];
}

static void report_unmapped(struct nap_machine *m, unsigned device, enum its_error error,
                            uint32_t device_id, uint32_t event_id)
{
    uint64_t status = nap_reg_get(m, device, ITS_SLOT_GITS_STATUSR);

    if (!its_typer(m, device, ITS_GITS_TYPER_UMSI))
        return;
    if (status & ITS_GITS_STATUSR_UMSI) {
        nap_reg_set(m, device, ITS_SLOT_GITS_STATUSR, status | ITS_GITS_STATUSR_Overflow);
        return;
    }
    status &= ~ITS_GITS_STATUSR_Syndrome;
    nap_reg_set(m, device, ITS_SLOT_GITS_STATUSR,
                status | ITS_GITS_STATUSR_UMSI |
                    (uint64_t)syndrome_of(error) << ITS_GITS_STATUSR_Syndrome_SHIFT);
    nap_reg_set(m, device, ITS_SLOT_GITS_UMSIR, (uint64_t)device_id << 32 | event_id);
    update_wire(m, device);
}

/* A message that comes to nothing is no interrupt yet: the step has its EventID, and the
 * DeviceID beside. */
static void lose(struct nap_machine *m, unsigned device, uint32_t device_id, uint32_t event_id)
{
    nap_message_step(m, device, event_id, device_id, "message dropped");
}

static void take_message(struct nap_machine *m, unsigned device, uint32_t device_id,
                         uint32_t event_id)
{
    struct its_translation t;
    enum its_error error;

    its_settle(m, device);
    if (!its_enabled(m, device) || !its_tables_valid(m, device)) {
        lose(m, device, device_id, event_id);
        return;
    }
    error = its_translate(m, device, device_id, event_id, &t);
    if (error) {
        report_unmapped(m, device, error, device_id, event_id);
        lose(m, device, device_id, event_id);
        return;
    }
    nap_message_step(m, device, t.intid, device_id, NAP_LABEL_INTERRUPT_RAISED);
    (void)gic_lpi_set(m, t.redistributor, t.intid, GIC_COLLECTION(device, t.icid));
}

static bool message(struct nap_machine *m, unsigned device, uint32_t from, uint32_t offset,
                    uint32_t data)
{
    if (offset != nap_reg_offset(&nap_model_its.regs[ITS_REG_GITS_TRANSLATER], 0))
        return false;
    if (from == NAP_SOC_NONE)
        nap_unmodelled(m, device, "a message of a device without a line, its DeviceID");
    else
        take_message(m, device, from, data);
    return true;
}

/* Writes of 16 bits have an EventID of so many. */
static uint64_t translater_stored(struct nap_machine *m, unsigned device, unsigned slot,
                                  uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)m;
    (void)device;
    (void)slot;
    (void)now;
    return written & lanes;
}

static void translater_written(struct nap_machine *m, unsigned device, unsigned index,
                               uint64_t was, uint64_t now)
{
    (void)index;
    (void)was;
    nap_reg_set(m, device, ITS_SLOT_GITS_TRANSLATER, 0); /* it holds nothing */
    if (nap_switch(m, device, ITS_SWITCH_I08) == ITS_I08_ZERO)
        take_message(m, device, 0, (uint32_t)now);
}

/* --- work, power --- */

static void work_done(struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask)
{
    (void)mask;
    if (slot == ITS_SLOT_GITS_CTLR)
        quiesced(m, device);
    else if (slot == ITS_SLOT_GITS_CREADR)
        its_queue_work(m, device);
}

#define N_WORK 2u

static void power_going(struct nap_machine *m, unsigned device)
{
    struct nap_its *s;
    struct its_at_off off = {0};

    nap_work_notice(m, device, ITS_SLOT_GITS_CTLR, ITS_GITS_CTLR_Quiescent);
    nap_work_notice(m, device, ITS_SLOT_GITS_CREADR, ITS_GITS_CREADR_Offset);
    if (its_enabled(m, device))
        its_queue_note_stop(m, device);
    off.enabled = its_enabled(m, device);
    off.quiescent = quiescent(m, device);
    off.dirty = its_dirty(m, device);
    s = its_mut(m, device);
    s->at_off = off;
}

/* Everything held is lost, and so is what memory does not have. */
static void power_off(struct nap_machine *m, unsigned device)
{
    struct nap_its *s = nap_block_state_mut(m, device);
    struct nap_its kept = {.at_off = s->at_off,
                           .cbaser_at_stop = s->cbaser_at_stop,
                           .digest_at_stop = s->digest_at_stop,
                           .creadr_at_stop = s->creadr_at_stop};

    nap_touch(m, s, sizeof *s);
    *s = kept;
}

static void power_on(struct nap_machine *m, unsigned device)
{
    memset(&its_mut(m, device)->at_off, 0, sizeof(struct its_at_off));
}

static enum nap_unpowered unpowered(const struct nap_machine *m, unsigned device)
{
    static const enum nap_unpowered meets[] = {
        [ITS_I09_ONES] = NAP_UNPOWERED_ONES,
        [ITS_I09_ZEROS] = NAP_UNPOWERED_ZEROS,
        [ITS_I09_ABORT] = NAP_UNPOWERED_ABORT,
    };

    return meets[nap_switch(m, device, ITS_SWITCH_I09)];
}

static bool posted(const struct nap_machine *m, unsigned device)
{
    return nap_switch(m, device, ITS_SWITCH_I10) == ITS_I10_FIFO;
}

/* A write itself starts something, whatever its value: not with these. */
static bool notices_same(const struct nap_machine *m, unsigned device, unsigned slot,
                         uint64_t value)
{
    (void)m;
    (void)device;
    if (slot == ITS_SLOT_GITS_CWRITER)
        return (value & ITS_GITS_CWRITER_Retry) != 0;
    return slot != ITS_SLOT_GITS_CTLR && slot != ITS_SLOT_GITS_STATUSR;
}

/* --- identity --- */

#define ENTRY_BYTES 8u /* of what this ITS keeps in its tables, of each kind */

static uint64_t typer_field(const uint64_t *resets, uint64_t mask)
{
    return (resets[ITS_REG_GITS_TYPER] & mask) / (mask & -mask);
}

static const char *contradiction(const uint64_t *resets)
{
    if (!(resets[ITS_REG_GITS_TYPER] & ITS_GITS_TYPER_Physical))
        return "GITS_TYPER.Physical is 0: the ITS translates nothing";
    if (typer_field(resets, ITS_GITS_TYPER_ITT_entry_size) + 1 < ENTRY_BYTES)
        return "GITS_TYPER.ITT_entry_size leaves no room for an entry, which has 8 bytes";
    if (typer_field(resets, ITS_GITS_TYPER_HCC) > ITS_LINES_MAX)
        return "GITS_TYPER.HCC is more collections than the ITS holds, 64";
    if ((resets[ITS_REG_GITS_TYPER] & ITS_GITS_TYPER_UMSIirq) &&
        !(resets[ITS_REG_GITS_TYPER] & ITS_GITS_TYPER_UMSI))
        return "GITS_TYPER.UMSIirq without UMSI";
    return NULL;
}

/* --- the table --- */

static nap_on_write *const on_write[ITS_REG_COUNT] = {
    [ITS_REG_GITS_CTLR] = ctlr_written,
    [ITS_REG_GITS_STATUSR] = statusr_written,
    [ITS_REG_GITS_CBASER] = its_cbaser_written,
    [ITS_REG_GITS_CWRITER] = its_cwriter_written,
    [ITS_REG_GITS_BASER0] = baser0_written,
    [ITS_REG_GITS_BASER1] = baser1_written,
    [ITS_REG_GITS_TRANSLATER] = translater_written,
};

static nap_on_store *const on_store[ITS_REG_COUNT] = {
    [ITS_REG_GITS_CTLR] = ctlr_stored,
    [ITS_REG_GITS_CWRITER] = its_cwriter_stored,
    [ITS_REG_GITS_TRANSLATER] = translater_stored,
};

const struct nap_block nap_its_block = {
    .abi = NAP_BLOCK_ABI,
    .model = &nap_model_its,
    .state_bytes = sizeof(struct nap_its),
    .on_write = on_write,
    .on_store = on_store,
    .power_going = power_going,
    .power_off = power_off,
    .power_on = power_on,
    .unpowered = unpowered,
    .n_work = N_WORK,
    .work_done = work_done,
    .posted = posted,
    .notices_same = notices_same,
    .rules = nap_its_rules,
    .n_rules = ITS_N_RULES,
    .contradiction = contradiction,
    .msi = message,
};
