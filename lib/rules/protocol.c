/* SPDX-License-Identifier: MIT */
/* Conduct rules that hold for every block. */
#include "judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *what_came_of(const struct nap_event *e)
{
    if (e->label)
        return "the access is aborted";
    if (e->is_write)
        return "the write is lost";
    return e->now ? "it reads as ones" : "it reads as 0";
}

/* Slots of the registers around an offset, itself included below; NAP_NO_SLOT where there is
 * none. */
static void find_around(const struct nap_kind *kind, uint64_t offset, unsigned *below,
                        unsigned *above)
{
    const struct nap_reg *regs = kind->block->model->regs;
    uint64_t low = 0, high = UINT64_MAX;

    *below = *above = NAP_NO_SLOT;
    for (unsigned s = 0; s < kind->n_slots; s++) {
        const struct nap_reg *reg = &regs[kind->slots[s].reg];
        uint64_t at = nap_reg_offset(reg, kind->slots[s].index);

        if (!(reg->variants >> kind->variant & 1))
            continue;
        if (at <= offset && (*below == NAP_NO_SLOT || at > low)) {
            *below = s;
            low = at;
        } else if (at > offset && at < high) {
            *above = s;
            high = at;
        }
    }
}

static uint32_t offset_of(const struct nap_kind *kind, unsigned slot)
{
    return nap_reg_offset(&kind->block->model->regs[kind->slots[slot].reg],
                          kind->slots[slot].index);
}

/* "IMUASID[31]" */
static void name_text(const struct nap_kind *kind, unsigned slot, char *out, size_t bytes)
{
    const struct nap_reg *reg = &kind->block->model->regs[kind->slots[slot].reg];

    if (reg->count > 1)
        (void)snprintf(out, bytes, "%s[%" PRIu32 "]", reg->name, kind->slots[slot].index);
    else
        (void)snprintf(out, bytes, "%s", reg->name);
}

static void unpowered_access(const struct nap_machine *m, const struct nap_event *e,
                             struct nap_report *report)
{
    const char *device = nap_device_name(m, e->device), *what = e->is_write ? "write" : "read";
    char name[2 * NAP_NAME_MAX], place[24];

    if (e->slot == NAP_NO_SLOT) {
        nap_violation(report, e->device, NAP_NO_SLOT, UINT32_MAX,
                      "%s of 0x%" PRIx64 " while %s is off: %s", what, e->address, device,
                      what_came_of(e));
        return;
    }
    name_text(m->devices[e->device].kind, e->slot, name, sizeof name);
    if (m->devices[e->device].kind->sysregs)
        nap_sysreg_text((unsigned)e->address, place, sizeof place);
    else
        (void)snprintf(place, sizeof place, "0x%" PRIx64, e->address);
    nap_violation(report, e->device, e->slot, UINT32_MAX, "%s of %s (%s) while %s is off: %s",
                  what, name, place, device, what_came_of(e));
}

/* ", after IMUASID[31] at 0x34f8" */
static size_t put_neighbour(const struct nap_kind *kind, unsigned slot, const char *relation,
                            char *out, size_t bytes)
{
    char name[2 * NAP_NAME_MAX];

    if (slot == NAP_NO_SLOT)
        return 0;
    name_text(kind, slot, name, sizeof name);
    return (size_t)snprintf(out, bytes, ", %s %s at 0x%" PRIx32, relation, name,
                            offset_of(kind, slot));
}

/* Where in the device the address lies, for whoever computed it: " (0x3500, after IMUASID[31]
 * at 0x34f8, before IMUCTR[32] at 0x3600)"; beside a register that takes no such access, only
 * it. */
static void say_place(const struct nap_machine *m, const struct nap_event *e, char *out,
                      size_t bytes)
{
    const struct nap_kind *kind = m->devices[e->device].kind;
    uint64_t offset = e->address - m->devices[e->device].base;
    unsigned below, above;
    bool exact;
    size_t at;

    find_around(kind, offset, &below, &above);
    exact = below != NAP_NO_SLOT && offset_of(kind, below) == offset;
    at = (size_t)snprintf(out, bytes, " (0x%" PRIx64, offset);
    at += put_neighbour(kind, below, exact ? "not for" : "after", out + at, bytes - at);
    if (!exact)
        at += put_neighbour(kind, above, "before", out + at, bytes - at);
    (void)snprintf(out + at, bytes - at, ")");
}

static void undefined_access(const struct nap_machine *m, const struct nap_event *e,
                             struct nap_report *report)
{
    char number[24], name[NAP_NAME_MAX * 2] = "no device of this CPU";

    nap_sysreg_text((unsigned)e->address, number, sizeof number);
    if (e->device != UINT32_MAX)
        nap_register_name(m, e->device, e->slot, name, sizeof name);
    nap_violation(report, e->device, e->slot, UINT32_MAX,
                  "%s of system register %s by cpu%u is UNDEFINED: %s%s",
                  e->is_write ? "write" : "read", number, e->cpu, name,
                  e->device == UINT32_MAX ? " has it" : " does not allow it now");
}

static void bad_access(const struct nap_machine *m, const struct nap_event *e,
                       struct nap_report *report)
{
    const char *where = "the machine";
    char place[4 * NAP_NAME_MAX] = "";

    if (e->device != UINT32_MAX) {
        where = nap_device_name(m, e->device);
        say_place(m, e, place, sizeof place);
    }
    nap_violation(report, e->device, NAP_NO_SLOT, UINT32_MAX,
                  "%u-byte %s of 0x%" PRIx64 ": %s has no register there for it%s",
                  e->size_bytes, e->is_write ? "write" : "read", e->address, where, place);
}

static void reserved_bits(const struct nap_machine *m, const struct nap_event *e,
                          struct nap_report *report)
{
    const struct nap_kind *kind = m->devices[e->device].kind;
    uint64_t defined = kind->slots[e->slot].defined;
    uint64_t rsvdz = kind->block->model->regs[e->reg].rsvdz[kind->variant];

    if (e->written & ~(defined | rsvdz))
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "write of 0x%" PRIx64 " to bits that do not exist here (0x%" PRIx64
                      "): this unit implements 0x%" PRIx64,
                      e->written, e->written & ~(defined | rsvdz), defined);
    else
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "write of 0x%" PRIx64 " to reserved bits (0x%" PRIx64
                      "), which must be written as 0",
                      e->written, e->written & rsvdz);
}

static void broken_guard(const struct nap_machine *m, const struct nap_event *e,
                         struct nap_report *report)
{
    static const char *const effects[] = {
        [NAP_GUARD_IGNORED] = "the write is ignored",
        [NAP_GUARD_TAKEN] = "the write takes effect, which software must not rely on",
        [NAP_GUARD_UNKNOWN] = "the content is unknown from now on",
    };
    const struct nap_model *model = nap_device_model(m, e->device);
    const struct nap_guard *g = &model->regs[e->reg].guards[e->guard - 1];
    char fields[160] = "", when[320];

    nap_guard_text(model, g, "is not", when, sizeof when);
    if (g->bits != UINT64_MAX)
        nap_field_names(&model->regs[e->reg], g->bits, fields, sizeof fields);
    nap_violation(report, e->device, e->slot, UINT32_MAX,
                  "write of 0x%" PRIx64 "%s%s while %s: %s", e->written,
                  fields[0] ? " to " : "", fields, when,
                  effects[nap_guard_effect(m, e->device, g)]);
}

static void register_protocol(const struct nap_machine *m, const struct nap_event *e,
                              struct nap_report *report)
{
    if (e->kind == NAP_STEP_BAD_ACCESS) {
        if (e->label && strcmp(e->label, NAP_LABEL_UNDEFINED) == 0)
            undefined_access(m, e, report);
        else
            bad_access(m, e, report);
        return;
    }
    if (e->guard)
        broken_guard(m, e, report);
    if (e->written & ~m->devices[e->device].kind->slots[e->slot].defined)
        reserved_bits(m, e, report);
}

static void no_progress(const struct nap_machine *m, const struct nap_event *e,
                        struct nap_report *report)
{
    (void)m;
    nap_violation(report, e->device, e->slot, UINT32_MAX,
                  "10000 equal reads of 0x%" PRIx64 ", and nothing pending will change it",
                  e->now);
}

/* The register that the call waited for, and gave up. */
static bool find_busy(const struct nap_machine *m, unsigned *device, unsigned *slot)
{
    for (*device = 0; *device < m->n_devices; (*device)++)
        for (*slot = 0; *slot < m->devices[*device].kind->n_slots; (*slot)++)
            if (m->devices[*device].marks[*slot] & NAP_MARK_SEEN_BUSY)
                return true;
    return false;
}

static void silent_failure(const struct nap_machine *m, const struct nap_event *e,
                           struct nap_report *report)
{
    unsigned device, slot;

    if (e->now != 0 || m->st->n_seen_busy == 0 || !find_busy(m, &device, &slot))
        return;
    nap_violation(report, device, slot, UINT32_MAX,
                  "%s returned success although its wait had last seen unfinished work",
                  e->label);
}

static void driver_panic(const struct nap_machine *m, const struct nap_event *e,
                         struct nap_report *report)
{
    (void)m;
    nap_violation(report, UINT32_MAX, NAP_NO_SLOT, UINT32_MAX, "a driver call was ended: %s",
                  e->label);
}

static void driver_warning(const struct nap_machine *m, const struct nap_event *e,
                           struct nap_report *report)
{
    (void)m;
    nap_note(report, UINT32_MAX, NAP_NO_SLOT, UINT32_MAX, "the driver warned: %s", e->label);
}

const struct nap_rule nap_protocol_rules[] = {
    {
        .id = "unpowered-access",
        .classes = "O3",
        .source = "a register access needs its block powered",
        .about = "No register access reaches a block whose power domain is off",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_UNPOWERED),
        .check = unpowered_access,
    },
    {
        .id = "register-protocol",
        .classes = "O4",
        .source = "the block's register model: presence, width, implemented bits, guards",
        .about = "Accesses go to registers that exist, in their width, and set only bits that "
                 "exist on that unit, while its guards allow it",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_BAD_ACCESS) | NAP_STEP_BIT(NAP_STEP_WRITE),
        .check = register_protocol,
    },
    {
        .id = "no-progress",
        .classes = "O5",
        .source = "every wait is bounded",
        .about = "No loop waits for a register that nothing will change",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_STUCK),
        .check = no_progress,
    },
    {
        .id = "interrupt-storm",
        .classes = "O5",
        .source = "a level interrupt: whoever handles it takes the cause away",
        .about = "The handler of an interrupt brings its line down",
        .family = NAP_RULE_CONDUCT,
    },
    {
        .id = "driver-panic",
        .classes = "O5",
        .source = "the driver's own assertions: BUG(), a lock taken twice; aborted accesses",
        .about =
            "No assertion of the driver fails and no access is aborted, so that every call "
            "comes back",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_PANIC),
        .check = driver_panic,
    },
    {
        .id = "driver-warning",
        .classes = "O6",
        .source = "the driver's own warnings: WARN()",
        .about = "The driver meets nothing that it warns of (a note)",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_WARNING),
        .check = driver_warning,
    },
    {
        .id = "silent-failure",
        .classes = "O6",
        .source = "an expired wait surfaces as an error",
        .about = "A call that gave up waiting does not report success",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_RETURN),
        .check = silent_failure,
    },
    {
        .id = "posted-write",
        .classes = "O12",
        .source = "Arm DDI 0487, \"Device memory\", \"Data Synchronization Barrier\": a write "
                  "has reached its device after a barrier or a read of that device, not before",
        .about = "When a call has returned, no register write is on its way that decides on "
                 "what the call has promised; asked where kind post is varied",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_MASTER) | NAP_STEP_BIT(NAP_STEP_POWER),
        .check = nap_posted_write,
    },
    {
        .id = "api-undo",
        .classes = "O7 O14",
        .source = "a call that returns an error has changed nothing",
        .about = "A failed call gives back what it allocated, and traffic goes as before it",
        .family = NAP_RULE_LEDGER,
    },
    {
        .id = "os-balance",
        .classes = "O14",
        .source = "what a driver takes of the OS it gives back, once",
        .about = "Power references, interrupts and their vectors are balanced: on every path, "
                 "and constant over cycles of sleep",
        .family = NAP_RULE_LEDGER,
        .on = NAP_STEP_BIT(NAP_STEP_OS),
        .check = nap_os_balance,
    },
    {
        .id = "after-remove",
        .classes = "O14 O3",
        .source = "a driver that has given a device up does not touch it, nor is called for it",
        .about = "After remove() nothing accesses the device, no handler is left, and run-time "
                 "power management cannot call the driver",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_OS),
        .check = nap_after_remove,
    },
    {
        .id = "request-answered",
        .classes = "O11 O5",
        .source = "each page request and each stalled transaction gets one answer",
        .about = "What hardware has asked of software has an answer by the end of the run",
        .family = NAP_RULE_LEDGER,
    },
    {
        .id = "interrupt-lost",
        .classes = "O9",
        .source = "each raised interrupt reaches its handler",
        .about =
            "An interrupt message reaches a vector that is there, and no edge stays without "
            "a handler to the end",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_MSI) | NAP_STEP_BIT(NAP_STEP_OS),
        .check = nap_interrupt_lost,
    },
    {
        .id = "interrupt-conserved",
        .classes = "O9",
        .source = "an interrupt controller: what is raised is taken once, where software wants "
                  "it",
        .about = "Each interrupt that is raised at a simulated controller is taken, once for "
                 "each time, by the CPU that software has it for",
        .family = NAP_RULE_LEDGER,
        .on = NAP_STEP_BIT(NAP_STEP_OS),
        .check = nap_interrupt_conserved,
    },
    {
        .id = "os-wake",
        .classes = "O14 O5",
        .source = "an interrupt of a device that is off is shared or spurious",
        .about = "No interrupt handler powers on its own device that is asleep",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_OS),
        .check = nap_os_wake,
    },
};

const unsigned nap_n_protocol_rules = sizeof nap_protocol_rules / sizeof nap_protocol_rules[0];
