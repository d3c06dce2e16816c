/* SPDX-License-Identifier: MIT */
/* From the number of a system register to a register of the CPU that runs. Nothing is decoded
 * but the number, and nothing is on its way: MRS and MSR are synchronous. */
#include "core.h"

bool nap_bus_find_sysreg(const struct nap_machine *m, unsigned number, unsigned *device,
                         unsigned *slot)
{
    for (unsigned i = 0; number < NAP_SYSREGS_MAX && i < m->n_devices; i++) {
        const struct nap_dev *d = &m->devices[i];
        if (!d->kind->sysregs || d->cpu != m->st->cpu || d->kind->decode[number] == NAP_NO_SLOT)
            continue;
        *device = i;
        *slot = d->kind->decode[number];
        return true;
    }
    *device = UINT32_MAX;
    *slot = NAP_NO_SLOT;
    return false;
}

/* Number of a system register that both kinds have, or NAP_SYSREGS_MAX. */
static unsigned shared_number(const struct nap_kind *a, const struct nap_kind *b)
{
    unsigned number = 0;

    while (number < NAP_SYSREGS_MAX &&
           (a->decode[number] == NAP_NO_SLOT || b->decode[number] == NAP_NO_SLOT))
        number++;
    return number;
}

enum nap_err nap_sysregs_check(const struct nap_machine *m, struct nap_error *error)
{
    for (unsigned i = 0; i < m->n_devices; i++)
        for (unsigned k = 0; k < i; k++) {
            const struct nap_dev *a = &m->devices[k], *b = &m->devices[i];
            char text[NAP_NAME_MAX];
            unsigned number;

            if (!a->kind->sysregs || !b->kind->sysregs || a->cpu != b->cpu)
                continue;
            number = shared_number(a->kind, b->kind);
            if (number == NAP_SYSREGS_MAX)
                continue;
            nap_sysreg_text(number, text, sizeof text);
            return nap_fail(error, NAP_ERR_RANGE,
                            "%s: devices %s and %s of CPU %u both have system register %s, "
                            "expected it in one",
                            m->soc->name, nap_device_name(m, k), nap_device_name(m, i), a->cpu,
                            text);
        }
    return NAP_OK;
}

/* No instruction has the name of a register that cannot be read, or written, or that is not
 * there. */
static bool is_undefined(const struct nap_machine *m, uint32_t device, unsigned slot,
                         bool is_write)
{
    const struct nap_kind *kind = m->devices[device].kind;
    const struct nap_slot *s = &kind->slots[slot];

    if (s->special & NAP_SPECIAL_ABSENT)
        return true;
    if (is_write ? !(s->sets | s->w0c | s->w1c) : s->defined && s->wo == s->defined)
        return true;
    return kind->block->undefined && kind->block->undefined(m, device, slot, is_write);
}

static void undefined(struct nap_machine *m, uint32_t device, unsigned slot, unsigned number,
                      bool is_write, uint64_t value)
{
    struct nap_event e = nap_event_for(m, NAP_STEP_BAD_ACCESS, device, slot);

    e.address = number;
    e.size_bytes = 8;
    e.is_write = is_write;
    e.written = value;
    e.label = NAP_LABEL_UNDEFINED;
    nap_step_done(m, &e);
    nap_bus_end_call(m, device, "an access to a system register was UNDEFINED");
}

static void sysreg_unpowered(struct nap_machine *m, uint32_t device, unsigned slot,
                             unsigned number, bool is_write, uint64_t value)
{
    struct nap_event e = nap_event_for(m, NAP_STEP_UNPOWERED, device, slot);

    e.address = number;
    e.size_bytes = 8;
    e.is_write = is_write;
    e.written = value;
    e.was = e.now = is_write ? 0 : UINT64_MAX;
    nap_bus_refused(m, &e);
}

static unsigned met(const struct nap_machine *m, unsigned device, unsigned slot)
{
    const struct nap_block *block = m->devices[device].kind->block;

    return block->banked ? block->banked(m, device, slot) : slot;
}

/* The device's own part of the access comes next. What the CPU has posted to devices is not
 * ordered with it, so it may have landed before or not. */
static bool sysreg_serves(struct nap_machine *m, unsigned number, bool is_write, uint64_t value,
                          unsigned *device, unsigned *slot)
{
    bool found = nap_bus_find_sysreg(m, number, device, slot);

    if (found && !nap_device_on(m, *device)) {
        sysreg_unpowered(m, *device, *slot, number, is_write, value);
        return false;
    }
    nap_post_notice(m);
    if (!found || is_undefined(m, *device, *slot, is_write)) {
        undefined(m, *device, *slot, number, is_write, value);
        return false;
    }
    *slot = met(m, *device, *slot);
    return true;
}

uint64_t nap_bus_sysreg_read(struct nap_machine *m, unsigned number, struct nap_source source)
{
    unsigned device, slot;

    nap_bus_begin(m, source);
    if (!sysreg_serves(m, number, false, 0, &device, &slot))
        return UINT64_MAX;
    return nap_regfile_read(m, device, slot);
}

void nap_bus_sysreg_write(struct nap_machine *m, unsigned number, uint64_t value,
                          struct nap_source source)
{
    unsigned device, slot;

    nap_bus_begin(m, source);
    if (sysreg_serves(m, number, true, value, &device, &slot))
        nap_regfile_write(m, device, slot, value);
}
