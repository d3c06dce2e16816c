/* SPDX-License-Identifier: MIT */
/* Vectors that probe every register of a device, schema "qemu-regprobe-1": what it reads at
 * reset, what it reads after each of four patterns was written to it, each from a fresh reset,
 * and which other registers read otherwise then. Offsets that are not listed read 0 always and
 * change nothing. */
#include "conformance.h"

#define WINDOW_MAX 0x10000u
#define WORDS_MAX  (WINDOW_MAX / 4)

/* Registers of one device that can be read without changing anything. */
struct watched {
    const char *device;
    nap_addr base;
    uint32_t n;
    uint32_t offsets[WORDS_MAX];
    uint32_t reset[WORDS_MAX]; /* by index: what ours read at reset */
};

#define DEVICES_MAX 4

struct probe {
    struct play p;
    unsigned n_devices;
    struct watched devices[DEVICES_MAX];
    nap_addr base;  /* of the device that is probed */
    unsigned fresh; /* mark of the machine at reset */
};

static uint32_t read_at(struct probe *b, nap_addr address)
{
    return (uint32_t)nap_bus_read(b->p.m, address, 4, PLAYED_HERE);
}

/* GICC_IAR and GICC_AIAR: a read takes the interrupt, so nobody else looks at them. */
static bool takes_something(const char *name)
{
    return strcmp(name, "GICC_IAR") == 0 || strcmp(name, "GICC_AIAR") == 0;
}

static void watch_device(struct probe *b, const char *device, json_t *own)
{
    struct watched *w = &b->devices[b->n_devices++];
    json_t *one;
    size_t i;

    w->device = device;
    w->base = hex_at(&b->p, own, "base");
    json_array_foreach(json_object_get(own, "registers"), i, one)
    {
        if (takes_something(text_at(&b->p, one, "name")))
            continue;
        if (w->n == WORDS_MAX)
            refuse(&b->p, "registers: not too many");
        w->offsets[w->n] = (uint32_t)hex_at(&b->p, one, "off");
        w->reset[w->n] = read_at(b, w->base + w->offsets[w->n]);
        w->n++;
    }
}

static void watch_all(struct probe *b)
{
    const char *device;
    json_t *own;

    json_object_foreach(json_object_get(b->p.vector->all, "devices"), device, own)
    {
        if (b->n_devices == DEVICES_MAX)
            refuse(&b->p, "devices: not too many");
        watch_device(b, device, own);
    }
}

static void compare(struct probe *b, const char *place, uint64_t theirs, uint64_t ours)
{
    char a[CELL_MAX], o[CELL_MAX];

    (void)snprintf(a, sizeof a, "0x%llx", (unsigned long long)theirs);
    (void)snprintf(o, sizeof o, "0x%llx", (unsigned long long)ours);
    play_compare(&b->p, place, a, o);
}

/* What they saw change at @device + @offset, or that it kept its value. */
static uint64_t expected_after(struct probe *b, json_t *effects, const char *device,
                               uint32_t offset, uint32_t unchanged)
{
    char key[CELL_MAX];
    json_t *value;

    if (!effects)
        return unchanged;
    (void)snprintf(key, sizeof key, "%s+0x%03x", device, offset);
    value = json_object_get(effects, key);
    return value ? hex_of(&b->p, value, key) : unchanged;
}

/* Effects of writing @pattern at @written; @effects may be NULL: none. Nearly all of a million
 * registers read as they should, so text is made of those alone that do not. */
static void compare_effects(struct probe *b, nap_addr written, const char *pattern,
                            json_t *effects)
{
    for (unsigned d = 0; d < b->n_devices; d++) {
        const struct watched *w = &b->devices[d];

        for (uint32_t i = 0; i < w->n; i++) {
            uint64_t theirs, ours;
            char place[CELL_MAX];

            if (w->base + w->offsets[i] == written)
                continue;
            theirs = expected_after(b, effects, w->device, w->offsets[i], w->reset[i]);
            ours = read_at(b, w->base + w->offsets[i]);
            if (theirs == ours)
                continue;
            (void)snprintf(place, sizeof place, "0x%x = %s: %s+0x%x",
                           (unsigned)(written - b->base), pattern, w->device, w->offsets[i]);
            compare(b, place, theirs, ours);
        }
    }
}

/* @entry is NULL for an offset that is not listed. */
static void probe_pattern(struct probe *b, uint32_t offset, const char *pattern, json_t *entry)
{
    json_t *back = json_object_get(json_object_get(entry, "rb"), pattern);
    char place[CELL_MAX];
    char *end;

    nap_rewind(b->p.m, b->fresh);
    nap_bus_write(b->p.m, b->base + offset, 4, strtoull(pattern, &end, 16), PLAYED_HERE);
    (void)snprintf(place, sizeof place, "0x%x = %s", offset, pattern);
    compare(b, place, back ? hex_of(&b->p, back, "rb") : 0, read_at(b, b->base + offset));
    compare_effects(b, b->base + offset, pattern,
                    json_object_get(json_object_get(entry, "effects"), pattern));
}

static void probe_offset(struct probe *b, uint32_t offset, json_t *entry)
{
    json_t *values = json_object_get(b->p.vector->all, "values"), *pattern;
    char place[CELL_MAX];
    size_t i;

    nap_rewind(b->p.m, b->fresh);
    (void)snprintf(place, sizeof place, "0x%x at reset", offset);
    compare(b, place, entry ? hex_at(&b->p, entry, "reset") : 0, read_at(b, b->base + offset));
    json_array_foreach(values, i, pattern)
        probe_pattern(b, offset, json_string_value(pattern), entry);
}

void play_probe(void **state)
{
    static struct probe b;
    struct vector *v = *state;
    json_t *list = json_object_get(v->own, "registers"), *one;
    json_t *entries[WORDS_MAX] = {NULL};
    uint64_t size;
    size_t i;

    memset(&b, 0, sizeof b);
    play_open(&b.p, v, machine_built_in("qemu-virt-gicv2"));
    size = hex_at(&b.p, v->own, "size");
    if (size > WINDOW_MAX)
        refuse(&b.p, "size: not too great");
    b.base = hex_at(&b.p, v->own, "base");
    watch_all(&b);
    json_array_foreach(list, i, one) entries[hex_at(&b.p, one, "off") / 4 % WORDS_MAX] = one;
    b.fresh = nap_mark(b.p.m);
    for (uint32_t offset = 0; offset < size; offset += 4)
        probe_offset(&b, offset, entries[offset / 4]);
    play_close(&b.p);
}
