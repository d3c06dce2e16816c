/* SPDX-License-Identifier: MIT */
/* Commands of an ITS for physical LPIs, each with what it checks. One that is in error changes
 * nothing, unless I01 has its bad data used, which then wrap into their range. Arm IHI 0069,
 * "ITS commands". */
#include "its.h"
#include "lpi.h"

#include "gicv3-model.h"
#include "gicv3-redistributor-model.h"

const char *const its_error_names[ITS_ERRORS] = {
    [ITS_OK] = "no error",
    [ITS_BAD_COMMAND] = "no such command",
    [ITS_BAD_ADDRESS] = "the queue is not in RAM",
    [ITS_DEVICE_RANGE] = "DeviceID out of range",
    [ITS_DEVICE_UNMAPPED] = "device not mapped",
    [ITS_SIZE_RANGE] = "ITT too large",
    [ITS_EVENT_RANGE] = "EventID out of range",
    [ITS_EVENT_UNMAPPED] = "event not mapped",
    [ITS_INTID_RANGE] = "INTID out of range",
    [ITS_COLLECTION_RANGE] = "ICID out of range",
    [ITS_COLLECTION_UNMAPPED] = "collection not mapped",
    [ITS_TARGET_RANGE] = "RDbase of no redistributor",
};

/* --- operands --- */

static uint32_t device_id_of(const struct its_command *c)
{
    return (uint32_t)(c->dw[0] >> 32);
}

static uint32_t event_id_of(const struct its_command *c)
{
    return (uint32_t)c->dw[1];
}

static uint32_t icid_of(const struct its_command *c)
{
    return (uint32_t)(c->dw[2] & 0xffff);
}

#define RDBASE UINT64_C(0x000fffffffff0000)

static uint64_t rdbase_of(uint64_t dw)
{
    return (dw & RDBASE) >> 16;
}

static bool is_valid(const struct its_command *c)
{
    return (c->dw[2] & ITS_VALID) != 0;
}

/* --- ranges --- */

static bool uses_bad_data(const struct nap_machine *m, unsigned device)
{
    return nap_switch(m, device, ITS_SWITCH_I01) == ITS_I01_USED;
}

/* Whether @value is below @limit, a power of two; where bad data are used it is made so. */
static bool in_range(const struct nap_machine *m, unsigned device, uint32_t *value,
                     uint64_t limit)
{
    if (*value < limit)
        return true;
    if (!uses_bad_data(m, device))
        return false;
    *value = (uint32_t)(*value & (limit - 1));
    return true;
}

static uint64_t devices(const struct nap_machine *m, unsigned device)
{
    return UINT64_C(2) << its_typer(m, device, ITS_GITS_TYPER_Devbits);
}

static uint64_t collections(const struct nap_machine *m, unsigned device)
{
    if (!its_typer(m, device, ITS_GITS_TYPER_CIL))
        return UINT64_C(1) << 16;
    return UINT64_C(2) << its_typer(m, device, ITS_GITS_TYPER_CIDbits);
}

/* INTIDs that the distributor knows, if there is one: LPIs are those from 8192 on. */
static uint64_t intids(const struct nap_machine *m, unsigned device)
{
    unsigned gicd = nap_upstream(m, device);
    uint64_t typer;

    if (nap_device_model(m, gicd) != &nap_model_gicv3)
        return 0;
    typer = nap_reg_get(m, gicd, DIST_SLOT_GICD_TYPER);
    return UINT64_C(2) << ((typer & DIST_GICD_TYPER_IDbits) >> DIST_GICD_TYPER_IDbits_SHIFT);
}

bool its_target(const struct nap_machine *m, unsigned device, uint64_t rdbase, unsigned *out)
{
    bool address = its_typer(m, device, ITS_GITS_TYPER_PTA) != 0;
    unsigned gicd = nap_upstream(m, device);

    for (int rd = -1; (rd = nap_device_next_behind(m, gicd, rd)) >= 0;) {
        uint64_t place = nap_machine_soc(m)->devices[rd].base >> 16;
        if (nap_device_model(m, (unsigned)rd) != &nap_model_gicv3_redistributor ||
            (address ? place : nap_device_line(m, (unsigned)rd)) != rdbase)
            continue;
        *out = (unsigned)rd;
        return true;
    }
    return false;
}

/* --- from an event to its redistributor --- */

/* The device's mapping, and whether the event is within it. */
static enum its_error find_event(struct nap_machine *m, unsigned device, uint32_t *device_id,
                                 uint32_t *event_id)
{
    uint64_t mapping;

    if (!in_range(m, device, device_id, devices(m, device)) ||
        !its_has_place(m, device, ITS_DEVICE, *device_id))
        return ITS_DEVICE_RANGE;
    mapping = its_get(m, device, ITS_DEVICE, *device_id);
    if (!mapping)
        return ITS_DEVICE_UNMAPPED;
    return in_range(m, device, event_id, UINT64_C(2) << (mapping & 0x1f)) ? ITS_OK
                                                                          : ITS_EVENT_RANGE;
}

static uint64_t event_key(uint32_t device_id, uint32_t event_id)
{
    return (uint64_t)device_id << 32 | event_id;
}

static enum its_error find_collection(struct nap_machine *m, unsigned device, uint32_t icid,
                                      unsigned *redistributor)
{
    uint64_t mapping;

    if (icid >= collections(m, device) ||
        !its_has_place(m, device, its_collection_kind(m, device, icid), icid))
        return ITS_COLLECTION_RANGE;
    mapping = its_get(m, device, its_collection_kind(m, device, icid), icid);
    if (!mapping)
        return ITS_COLLECTION_UNMAPPED;
    return its_target(m, device, mapping & ~ITS_VALID, redistributor) ? ITS_OK
                                                                      : ITS_TARGET_RANGE;
}

static enum its_error translate(struct nap_machine *m, unsigned device, uint32_t *device_id,
                                uint32_t *event_id, struct its_translation *out)
{
    enum its_error error = find_event(m, device, device_id, event_id);
    uint64_t mapping;

    if (error)
        return error;
    mapping = its_get(m, device, ITS_EVENT, event_key(*device_id, *event_id));
    if (!mapping)
        return ITS_EVENT_UNMAPPED;
    out->intid = (uint32_t)mapping;
    out->icid = (uint16_t)(mapping >> 32);
    if (out->intid < GIC_LPI_FIRST || out->intid >= intids(m, device))
        return ITS_INTID_RANGE;
    return find_collection(m, device, out->icid, &out->redistributor);
}

/* Of a message nothing is made to fit. */
enum its_error its_translate(struct nap_machine *m, unsigned device, uint32_t device_id,
                             uint32_t event_id, struct its_translation *out)
{
    uint64_t mapping;

    if (device_id >= devices(m, device) || !its_has_place(m, device, ITS_DEVICE, device_id))
        return ITS_DEVICE_RANGE;
    mapping = its_get(m, device, ITS_DEVICE, device_id);
    if (mapping && event_id >= UINT64_C(2) << (mapping & 0x1f))
        return ITS_EVENT_RANGE;
    return translate(m, device, &device_id, &event_id, out);
}

/* --- what a redistributor is sent --- */

static void sent_to(struct nap_machine *m, unsigned device, unsigned redistributor)
{
    uint64_t bit = UINT64_C(1) << redistributor;

    if (!(its_of(m, device)->unsynced & bit))
        its_mut(m, device)->unsynced |= bit;
}

/* --- mappings --- */

/* For rules: an ITT that a device gets is all zero, unless it was its own before. */
static void look_at_itt(struct nap_machine *m, unsigned device, uint32_t id, uint64_t mapping)
{
    if (mapping && !its_get(m, device, ITS_DEVICE, id) && its_itt_in_use(m, device, mapping))
        its_mut(m, device)->junk = id + 1;
}

static enum its_error map_device(struct nap_machine *m, unsigned device,
                                 const struct its_command *c)
{
    uint32_t id = device_id_of(c), size = (uint32_t)(c->dw[1] & 0x1f);
    uint32_t size_max = its_typer(m, device, ITS_GITS_TYPER_ID_bits);
    uint64_t itt = c->dw[2] & UINT64_C(0x000fffffffffff00), mapping;

    if (!in_range(m, device, &id, devices(m, device)) ||
        !its_has_place(m, device, ITS_DEVICE, id))
        return ITS_DEVICE_RANGE;
    if (is_valid(c) && size > size_max) {
        if (!uses_bad_data(m, device))
            return ITS_SIZE_RANGE;
        size = size_max;
    }
    mapping = is_valid(c) ? ITS_VALID | itt | size : 0;
    look_at_itt(m, device, id, mapping);
    its_forget_events(m, device, id);
    its_put(m, device, ITS_DEVICE, id, mapping);
    return ITS_OK;
}

static enum its_error map_collection(struct nap_machine *m, unsigned device,
                                     const struct its_command *c)
{
    uint64_t rdbase = rdbase_of(c->dw[2]);
    uint32_t icid = icid_of(c);
    enum its_kind kind;
    unsigned rd;

    if (!in_range(m, device, &icid, collections(m, device)))
        return ITS_COLLECTION_RANGE;
    kind = its_collection_kind(m, device, icid);
    if (!its_has_place(m, device, kind, icid))
        return ITS_COLLECTION_RANGE;
    if (is_valid(c) && !its_target(m, device, rdbase, &rd))
        return ITS_TARGET_RANGE;
    its_put(m, device, kind, icid, is_valid(c) ? ITS_VALID | rdbase : 0);
    return ITS_OK;
}

/* I16: the interrupt begins anew, if its collection goes anywhere. */
static void begin_anew(struct nap_machine *m, unsigned device, uint32_t icid, uint32_t intid)
{
    unsigned rd;

    if (nap_switch(m, device, ITS_SWITCH_I16) == ITS_I16_CLEARED &&
        find_collection(m, device, icid, &rd) == ITS_OK)
        (void)gic_lpi_clear(m, rd, intid);
}

static enum its_error map_event(struct nap_machine *m, unsigned device,
                                const struct its_command *c, uint32_t intid)
{
    uint32_t device_id = device_id_of(c), event_id = event_id_of(c), icid = icid_of(c);
    enum its_error error = find_event(m, device, &device_id, &event_id);

    if (error)
        return error;
    if (!intids(m, device) || !in_range(m, device, &intid, intids(m, device)) ||
        intid < GIC_LPI_FIRST)
        return ITS_INTID_RANGE;
    if (!in_range(m, device, &icid, collections(m, device)) ||
        !its_has_place(m, device, its_collection_kind(m, device, icid), icid))
        return ITS_COLLECTION_RANGE;
    its_put(m, device, ITS_EVENT, event_key(device_id, event_id),
            ITS_VALID | (uint64_t)icid << 32 | intid);
    gic_lpi_join(m, nap_upstream(m, device), intid, GIC_COLLECTION(device, icid));
    begin_anew(m, device, icid, intid);
    return ITS_OK;
}

static enum its_error map_to_intid(struct nap_machine *m, unsigned device,
                                   const struct its_command *c)
{
    return map_event(m, device, c, (uint32_t)(c->dw[1] >> 32));
}

static enum its_error map_as_intid(struct nap_machine *m, unsigned device,
                                   const struct its_command *c)
{
    return map_event(m, device, c, event_id_of(c));
}

/* The pending state goes with the event. */
static enum its_error move_event(struct nap_machine *m, unsigned device,
                                 const struct its_command *c)
{
    uint32_t device_id = device_id_of(c), event_id = event_id_of(c), icid = icid_of(c);
    struct its_translation from = {0};
    enum its_error error = translate(m, device, &device_id, &event_id, &from);
    unsigned to;

    if (error)
        return error;
    if (!in_range(m, device, &icid, collections(m, device)))
        return ITS_COLLECTION_RANGE;
    error = find_collection(m, device, icid, &to);
    if (error)
        return error;
    its_put(m, device, ITS_EVENT, event_key(device_id, event_id),
            ITS_VALID | (uint64_t)icid << 32 | from.intid);
    if (from.redistributor != to)
        gic_lpi_move(m, from.redistributor, to, from.intid);
    gic_lpi_join(m, nap_upstream(m, device), from.intid, GIC_COLLECTION(device, icid));
    sent_to(m, device, from.redistributor);
    sent_to(m, device, to);
    return ITS_OK;
}

/* --- commands about one event --- */

typedef void event_effect(struct nap_machine *m, unsigned device,
                          const struct its_translation *t);

static enum its_error for_event(struct nap_machine *m, unsigned device,
                                const struct its_command *c, event_effect *effect)
{
    uint32_t device_id = device_id_of(c), event_id = event_id_of(c);
    struct its_translation t = {0};
    enum its_error error = translate(m, device, &device_id, &event_id, &t);

    if (error)
        return error;
    effect(m, device, &t);
    sent_to(m, device, t.redistributor);
    return ITS_OK;
}

static void raise(struct nap_machine *m, unsigned device, const struct its_translation *t)
{
    (void)gic_lpi_set(m, t->redistributor, t->intid, GIC_COLLECTION(device, t->icid));
}

static void clear(struct nap_machine *m, unsigned device, const struct its_translation *t)
{
    (void)device;
    (void)gic_lpi_clear(m, t->redistributor, t->intid);
}

static void invalidate(struct nap_machine *m, unsigned device, const struct its_translation *t)
{
    (void)device;
    gic_lpi_invalidate(m, t->redistributor, t->intid);
}

static enum its_error raise_event(struct nap_machine *m, unsigned device,
                                  const struct its_command *c)
{
    return for_event(m, device, c, raise);
}

static enum its_error clear_event(struct nap_machine *m, unsigned device,
                                  const struct its_command *c)
{
    return for_event(m, device, c, clear);
}

static enum its_error invalidate_event(struct nap_machine *m, unsigned device,
                                       const struct its_command *c)
{
    return for_event(m, device, c, invalidate);
}

static enum its_error discard_event(struct nap_machine *m, unsigned device,
                                    const struct its_command *c)
{
    uint32_t device_id = device_id_of(c), event_id = event_id_of(c);
    enum its_error error = for_event(m, device, c, clear);

    if (error)
        return error;
    (void)find_event(m, device, &device_id, &event_id);
    its_put(m, device, ITS_EVENT, event_key(device_id, event_id), 0);
    return ITS_OK;
}

/* --- commands about collections and redistributors --- */

static enum its_error invalidate_all(struct nap_machine *m, unsigned device,
                                     const struct its_command *c)
{
    uint32_t icid = icid_of(c);
    enum its_error error;
    unsigned rd;

    if (!in_range(m, device, &icid, collections(m, device)))
        return ITS_COLLECTION_RANGE;
    error = find_collection(m, device, icid, &rd);
    if (error)
        return error;
    gic_lpis_invalidate_of(m, nap_upstream(m, device), GIC_COLLECTION(device, icid));
    sent_to(m, device, rd);
    return ITS_OK;
}

static enum its_error move_all(struct nap_machine *m, unsigned device,
                               const struct its_command *c)
{
    unsigned from, to;

    if (!its_target(m, device, rdbase_of(c->dw[2]), &from) ||
        !its_target(m, device, rdbase_of(c->dw[3]), &to))
        return ITS_TARGET_RANGE;
    if (from != to)
        gic_lpis_move_all(m, from, to);
    sent_to(m, device, from);
    sent_to(m, device, to);
    return ITS_OK;
}

static enum its_error synchronize(struct nap_machine *m, unsigned device,
                                  const struct its_command *c)
{
    unsigned rd;

    if (!its_target(m, device, rdbase_of(c->dw[2]), &rd))
        return ITS_TARGET_RANGE;
    if (its_of(m, device)->unsynced >> rd & 1)
        its_mut(m, device)->unsynced &= ~(UINT64_C(1) << rd);
    return ITS_OK;
}

/* --- the table --- */

enum opcode {
    MOVI = 0x01,
    INT = 0x03,
    CLEAR = 0x04,
    SYNC = 0x05,
    MAPD = 0x08,
    MAPC = 0x09,
    MAPTI = 0x0a,
    MAPI = 0x0b,
    INV = 0x0c,
    INVALL = 0x0d,
    MOVALL = 0x0e,
    DISCARD = 0x0f,
    OPCODES
};

typedef enum its_error command(struct nap_machine *m, unsigned device,
                               const struct its_command *c);

static command *const commands[OPCODES] = {
    [MOVI] = move_event,       [INT] = raise_event,   [CLEAR] = clear_event,
    [SYNC] = synchronize,      [MAPD] = map_device,   [MAPC] = map_collection,
    [MAPTI] = map_to_intid,    [MAPI] = map_as_intid, [INV] = invalidate_event,
    [INVALL] = invalidate_all, [MOVALL] = move_all,   [DISCARD] = discard_event,
};

/* Those of GICv4 are for virtual LPIs, which an ITS without GITS_TYPER.Virtual does not have.
 */
enum its_error its_run(struct nap_machine *m, unsigned device, const struct its_command *c)
{
    unsigned op = (unsigned)(c->dw[0] & 0xff);

    if (op >= OPCODES || !commands[op])
        return ITS_BAD_COMMAND;
    return commands[op](m, device, c);
}
