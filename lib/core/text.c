/* SPDX-License-Identifier: MIT */
/* Registers, fields and steps as text for people; comparison and digest by name. */
#include "core.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

void nap_register_name(const struct nap_machine *m, unsigned device, unsigned slot, char *out,
                       size_t bytes)
{
    char name[NAP_NAME_MAX + 32];

    nap_slot_text(nap_device_model(m, device), slot, name, sizeof name);
    snprintf(out, bytes, "%s.%s", nap_device_name(m, device), name);
}

static size_t append(char *out, size_t bytes, size_t at, const char *format, ...)
    NAP_PRINTF(4, 5);

static size_t append(char *out, size_t bytes, size_t at, const char *format, ...)
{
    va_list args;
    int n;

    if (at >= bytes)
        return at;
    va_start(args, format);
    n = vsnprintf(out + at, bytes - at, format, args);
    va_end(args);
    return n > 0 ? at + (size_t)n : at;
}

void nap_fields_text(const struct nap_model *model, unsigned reg, unsigned variant,
                     uint64_t value, bool zeros, char *out, size_t bytes)
{
    const struct nap_reg *r = &model->regs[reg];
    size_t at = 0;

    out[0] = 0;
    for (uint32_t i = 0; i < r->n_fields; i++) {
        const struct nap_field *f = &r->fields[i];
        uint64_t v = (value & f->mask) >> f->lsb;
        if (!(f->variants & 1u << variant) || (v == 0 && !zeros))
            continue;
        at = append(out, bytes, at, v < 10 ? "%s%s=%" PRIu64 : "%s%s=0x%" PRIx64, at ? " " : "",
                    f->name, v);
    }
}

static const char *const step_names[NAP_STEP_KINDS] = {
    [NAP_STEP_READ] = "read",
    [NAP_STEP_WRITE] = "write",
    [NAP_STEP_BARRIER] = "barrier",
    [NAP_STEP_WORK] = "work-done",
    [NAP_STEP_SETTLE] = "settle",
    [NAP_STEP_POWER] = "power",
    [NAP_STEP_DMA] = "dma",
    [NAP_STEP_BAD_ACCESS] = "bad-access",
    [NAP_STEP_UNPOWERED] = "unpowered",
    [NAP_STEP_STUCK] = "stuck",
    [NAP_STEP_PANIC] = "panic",
    [NAP_STEP_WARNING] = "warning",
    [NAP_STEP_CALL] = "call",
    [NAP_STEP_RETURN] = "return",
    [NAP_STEP_MASTER] = "master",
    [NAP_STEP_LOG] = "log",
    [NAP_STEP_POST] = "post",
    [NAP_STEP_IRQ] = "irq",
    [NAP_STEP_MSI] = "msi",
    [NAP_STEP_STORE] = "store",
    [NAP_STEP_OS] = "os",
    [NAP_STEP_SIGNAL] = "signal",
    [NAP_STEP_INTERRUPT] = "interrupt",
};

const char *nap_step_kind_name(enum nap_step_kind kind)
{
    return step_names[kind];
}

static size_t event_register(const struct nap_machine *m, const struct nap_event *e, char *out,
                             size_t bytes, size_t at)
{
    char name[NAP_NAME_MAX * 2];
    char fields[256];

    nap_register_name(m, e->device, e->slot, name, sizeof name);
    nap_fields_text(nap_device_model(m, e->device), e->reg, nap_device_variant(m, e->device),
                    e->now, false, fields, sizeof fields);
    if (e->kind == NAP_STEP_POST)
        return append(out, bytes, at, " %s <- 0x%" PRIx64 ", on its way", name, e->written);
    if (e->kind == NAP_STEP_READ)
        at = append(out, bytes, at, " %s = 0x%" PRIx64, name, e->now);
    else
        at = append(out, bytes, at, " %s 0x%" PRIx64 " -> 0x%" PRIx64, name, e->was, e->now);
    at = append(out, bytes, at, fields[0] ? " (%s)" : "%s", fields);
    if (e->kind == NAP_STEP_WRITE && e->issued != e->step)
        at = append(out, bytes, at, ", issued at step %" PRIu64, e->issued);
    return at;
}

static size_t event_domains(const struct nap_machine *m, const struct nap_event *e, char *out,
                            size_t bytes, size_t at)
{
    at = append(out, bytes, at, " %s:", e->label);
    for (uint32_t i = 0; i < m->soc->n_domains; i++)
        if ((e->was ^ e->now) & UINT64_C(1) << i)
            at = append(out, bytes, at, " %s", m->soc->domains[i].name);
    return at;
}

static size_t event_dma(const struct nap_machine *m, const struct nap_event *e, char *out,
                        size_t bytes, size_t at)
{
    static const char *const traffic[] = {[NAP_UNTRANSLATED] = "",
                                          [NAP_ATS_REQUEST] = "ATS request to ",
                                          [NAP_TRANSLATED] = "translated "};

    at = append(out, bytes, at, " %s port %" PRIu32, nap_device_name(m, e->device), e->index);
    if (e->substream != NAP_SUBSTREAM_NONE)
        at = append(out, bytes, at, " substream %" PRIu32, e->substream);
    return append(out, bytes, at, " %s%s 0x%" PRIx64 ": %s 0x%" PRIx64, traffic[e->traffic],
                  e->is_write ? "write" : "read", e->address, e->label, e->now);
}

static size_t event_interrupt(const struct nap_machine *m, const struct nap_event *e, char *out,
                              size_t bytes, size_t at)
{
    at = append(out, bytes, at, " %s", nap_device_name(m, e->device));
    if (e->kind == NAP_STEP_MSI)
        return append(out, bytes, at, " 0x%" PRIx64 " <- 0x%" PRIx64 ": %s", e->address, e->now,
                      e->label);
    return e->label ? append(out, bytes, at, " %s", e->label)
                    : append(out, bytes, at, " output %" PRIu64, e->now);
}

static size_t signals_text(unsigned signals, char *out, size_t bytes, size_t at)
{
    static const char *const names[] = {"IRQ", "FIQ", "WAKE"};
    const char *between = " ";

    if (signals == 0)
        return append(out, bytes, at, " none");
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (signals & 1u << i) {
            at = append(out, bytes, at, "%s%s", between, names[i]);
            between = "+";
        }
    return at;
}

static size_t event_signal(const struct nap_event *e, char *out, size_t bytes, size_t at)
{
    at = append(out, bytes, at, " to cpu%" PRIu32 ":", e->index);
    at = signals_text((unsigned)e->was, out, bytes, at);
    at = append(out, bytes, at, " ->");
    return signals_text((unsigned)e->now, out, bytes, at);
}

static size_t event_life(const struct nap_machine *m, const struct nap_event *e, char *out,
                         size_t bytes, size_t at)
{
    at = append(out, bytes, at, " %s %" PRIu32 " %s", nap_device_name(m, e->device), e->index,
                e->label);
    if (e->was)
        return append(out, bytes, at, ", DeviceID %" PRIu64, e->now);
    return e->now == NAP_ABOUT_NOBODY ? at : append(out, bytes, at, ", cpu%" PRIu64, e->now);
}

/* Of one that nothing served. */
static bool is_of_sysreg(const struct nap_machine *m, const struct nap_event *e)
{
    if (e->kind == NAP_STEP_UNPOWERED)
        return m->devices[e->device].kind->sysregs;
    return e->kind == NAP_STEP_BAD_ACCESS && e->label &&
           strcmp(e->label, NAP_LABEL_UNDEFINED) == 0;
}

static size_t event_access(const struct nap_machine *m, const struct nap_event *e, char *out,
                           size_t bytes, size_t at)
{
    const char *what = e->is_write ? "write to" : "read of";
    char name[NAP_NAME_MAX * 2] = "", number[24];

    if (!is_of_sysreg(m, e))
        return append(out, bytes, at, " %s 0x%" PRIx64 ", %u bytes%s%s", what, e->address,
                      e->size_bytes, e->label ? ", " : "", e->label ? e->label : "");
    if (e->device != UINT32_MAX)
        nap_register_name(m, e->device, e->slot, name, sizeof name);
    nap_sysreg_text((unsigned)e->address, number, sizeof number);
    at = append(out, bytes, at, " %s %s%s%s%s", what, name, name[0] ? " (" : "", number,
                name[0] ? ")" : "");
    return e->label ? append(out, bytes, at, ": %s", e->label) : at;
}

/* Who made the access, where that goes without saying in most machines. */
static size_t event_cpu(const struct nap_event *e, char *out, size_t bytes, size_t at)
{
    bool access = e->kind == NAP_STEP_READ || e->kind == NAP_STEP_WRITE ||
                  e->kind == NAP_STEP_POST || e->kind == NAP_STEP_BARRIER ||
                  e->kind == NAP_STEP_BAD_ACCESS || e->kind == NAP_STEP_UNPOWERED ||
                  e->kind == NAP_STEP_STORE;

    if (access && e->cpu)
        at = append(out, bytes, at, ", cpu%u", e->cpu);
    if (access && e->secure)
        at = append(out, bytes, at, ", secure");
    return at;
}

void nap_event_text(const struct nap_machine *m, const struct nap_event *e, char *out,
                    size_t bytes)
{
    size_t at = append(out, bytes, 0, "%5" PRIu64 " %-10s", e->step, step_names[e->kind]);

    if (e->kind == NAP_STEP_POWER)
        at = event_domains(m, e, out, bytes, at);
    else if (e->kind == NAP_STEP_DMA)
        at = event_dma(m, e, out, bytes, at);
    else if (e->kind == NAP_STEP_IRQ || e->kind == NAP_STEP_MSI)
        at = event_interrupt(m, e, out, bytes, at);
    else if (e->kind == NAP_STEP_BAD_ACCESS || e->kind == NAP_STEP_UNPOWERED)
        at = event_access(m, e, out, bytes, at);
    else if (e->kind == NAP_STEP_SIGNAL)
        at = event_signal(e, out, bytes, at);
    else if (e->kind == NAP_STEP_INTERRUPT)
        at = event_life(m, e, out, bytes, at);
    else if (e->kind == NAP_STEP_STORE)
        at = append(out, bytes, at, " 0x%" PRIx64 " <- 0x%" PRIx64, e->address, e->now);
    else if (e->kind == NAP_STEP_OS && e->index >= NAP_OS_INTERRUPT_LOST)
        at = append(out, bytes, at, " %s: %" PRIu64 " of %s", e->label, e->written,
                    nap_device_name(m, e->device));
    else if (e->kind == NAP_STEP_OS)
        at = append(out, bytes, at, " %s of %s: %" PRIu64 " -> %" PRIu64, e->label,
                    nap_device_name(m, e->device), e->was, e->now);
    else if (e->kind == NAP_STEP_RETURN && (int64_t)e->now == NAP_CALL_LEFT)
        at = append(out, bytes, at, " %s never: its frames are gone", e->label);
    else if (e->kind == NAP_STEP_RETURN)
        at = append(out, bytes, at, " %s = %" PRId64, e->label, (int64_t)e->now);
    else if (e->slot != NAP_NO_SLOT && e->device != UINT32_MAX)
        at = event_register(m, e, out, bytes, at);
    else
        at = append(out, bytes, at, " %s", e->label ? e->label : "");
    at = event_cpu(e, out, bytes, at);
    if (e->source.file)
        append(out, bytes, at, "  %s:%d", e->source.file, e->source.line);
}

/* --- comparison and digest --- */

unsigned nap_compare(const struct nap_machine *a, const struct nap_machine *b,
                     struct nap_difference *out, unsigned max)
{
    unsigned n = 0;

    for (unsigned d = 0; d < a->n_devices; d++) {
        for (unsigned s = 0; s < a->devices[d].kind->n_slots; s++) {
            uint64_t va = a->devices[d].regs[s];
            uint64_t vb = b->devices[d].regs[s];
            if (va == vb)
                continue;
            if (n < max)
                out[n] = (struct nap_difference){d, a->devices[d].kind->slots[s].reg,
                                                 a->devices[d].kind->slots[s].index, va, vb};
            n++;
        }
    }
    return n;
}

/* Canonical record: name, NUL, then the value in little-endian order. */
static void feed(XXH3_state_t *x, const char *name, uint64_t value)
{
    uint8_t bytes[8];

    for (unsigned i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
    XXH3_128bits_update(x, name, strlen(name) + 1);
    XXH3_128bits_update(x, bytes, sizeof bytes);
}

static void feed_registers(XXH3_state_t *x, const struct nap_machine *m)
{
    char name[NAP_NAME_MAX * 2];

    for (unsigned d = 0; d < m->n_devices; d++) {
        for (unsigned s = 0; s < m->devices[d].kind->n_slots; s++) {
            nap_register_name(m, d, s, name, sizeof name);
            feed(x, name, m->devices[d].regs[s]);
            feed(x, "marks", m->devices[d].marks[s]);
        }
    }
}

/* RAM counts as a set of non-zero pages, whatever order they came into use in. */
static uint64_t ram_sum(const struct nap_machine *m)
{
    const uint8_t *pool = m->arena.base + nap_region_start(NAP_REGION_RAM);
    static const uint8_t zero[NAP_PAGE_BYTES];
    uint64_t sum = 0;

    for (uint32_t i = 0; i < m->ev->n_ram_pages; i++) {
        const uint8_t *page = pool + (size_t)i * NAP_PAGE_BYTES;
        if (memcmp(page, zero, NAP_PAGE_BYTES) != 0)
            sum += XXH3_64bits_withSeed(page, NAP_PAGE_BYTES, m->ev->ram_pfn[i]);
    }
    return sum;
}

struct nap_hash128 nap_digest(const struct nap_machine *m)
{
    XXH3_state_t x;
    XXH128_hash_t h;

    XXH3_128bits_reset(&x);
    feed(&x, "domains_on", m->st->domains_on);
    feed(&x, "masters_live", m->st->masters_live);
    feed_registers(&x, m);
    feed(&x, "ram", ram_sum(m));
    h = XXH3_128bits_digest(&x);
    return (struct nap_hash128){h.low64, h.high64};
}
