/* SPDX-License-Identifier: MIT */
/* Vectors with traffic of a device behind the SMMU, schema "qemu-smmu-dma-1". Data really
 * moves: where the outcome of each piece of 4 bytes says, or of less where an end is not
 * aligned. */
#include "conformance.h"

#define SMMU        UINT64_C(0x9050000)
#define CMDQ_BASE   0x90u
#define CMDQ_PROD   0x98u
#define CMDQ_CONS   0x9cu
#define GERROR      0x60u
#define EVENTQ_BASE 0xa0u
#define EVENTQ_PROD 0x100a8u
#define EVENTQ_CONS 0x100acu

#define QUEUE_ADDR UINT64_C(0x00ffffffffffffe0) /* of a BASE register */
#define INDEX_MASK 0xfffffu                     /* of a PROD or CONS register */

#define PIECE      4u
#define PATTERN_AT UINT64_C(0x44100000) /* each u64 up to the end holds this | its address: */
#define PATTERN_TO UINT64_C(0x44104000)
#define PATTERN    UINT64_C(0x5a5a000000000000)

static uint64_t smmu_read(struct play *p, unsigned offset, unsigned width)
{
    return nap_bus_read(p->m, SMMU + offset, width, PLAYED_HERE);
}

static void smmu_write(struct play *p, uint64_t offset, uint64_t width, uint64_t value)
{
    if (width != 4 && width != 8)
        refuse(p, "width is 4 or 8");
    nap_bus_write(p->m, SMMU + offset, (unsigned)width, value, PLAYED_HERE);
}

static unsigned smmu_device(const struct play *p)
{
    for (uint32_t i = 0; i < p->soc->n_devices; i++)
        if (p->soc->devices[i].base == SMMU)
            return i;
    refuse(p, "the machine has no SMMU at its place");
}

/* What is put where no memory is, is lost: vectors mean to meet nothing there. */
static void put(struct play *p, nap_addr at, uint64_t value)
{
    (void)nap_mem_write(p->m, at, &value, sizeof value);
}

/* --- queues --- */

struct queue {
    nap_addr base;
    uint32_t entries;
    unsigned entry_bytes;
};

static struct queue queue_of(struct play *p, unsigned base_register, unsigned entry_bytes)
{
    uint64_t base = smmu_read(p, base_register, 8);

    return (struct queue){base & QUEUE_ADDR, 1u << (base & 0x1f), entry_bytes};
}

static nap_addr entry_at(const struct queue *q, uint32_t index)
{
    return q->base + (nap_addr)(index & (q->entries - 1)) * q->entry_bytes;
}

static uint32_t after(const struct queue *q, uint32_t index)
{
    return (index + 1) & (2 * q->entries - 1);
}

/* --- one transfer --- */

struct landing {
    unsigned n;
    struct {
        nap_addr pa;
        uint64_t bytes, offset;
    } list[64];
};

static void landed(struct landing *l, nap_addr pa, unsigned bytes, uint64_t offset)
{
    if (l->n && l->list[l->n - 1].pa + l->list[l->n - 1].bytes == pa &&
        l->list[l->n - 1].offset + l->list[l->n - 1].bytes == offset) {
        l->list[l->n - 1].bytes += bytes;
        return;
    }
    assert_true(l->n < 64);
    l->list[l->n].pa = pa;
    l->list[l->n].bytes = bytes;
    l->list[l->n++].offset = offset;
}

/* Bytes that go at once: a power of two, aligned. */
static unsigned piece_at(nap_addr iova, uint64_t left)
{
    unsigned bytes = PIECE;

    while (iova % bytes || bytes > left)
        bytes /= 2;
    return bytes;
}

/* Moves one piece where the SMMU lets it; false if it reaches no memory. Where a read came from
 * is known to the other model's recorder by the pattern, so only there. */
static bool move(struct play *p, unsigned sid, nap_addr iova, bool write, unsigned bytes,
                 nap_addr *pa)
{
    struct nap_outcome o =
        nap_dma(p->m, smmu_device(p), sid, iova, write ? NAP_WRITE : NAP_READ);
    uint32_t data = 0xdadadada;

    if (o.kind != NAP_OUTCOME_TRANSLATED && o.kind != NAP_OUTCOME_BYPASS)
        return false;
    *pa = o.pa;
    if (!write)
        return o.pa >= PATTERN_AT && o.pa < PATTERN_TO;
    return nap_mem_write(p->m, o.pa, &data, bytes);
}

static void landing_text(const struct landing *l, char *out, size_t room)
{
    size_t n = 0;

    (void)snprintf(out, room, "nothing");
    for (unsigned i = 0; i < l->n && n < room; i++)
        n += (size_t)snprintf(out + n, room - n, "%s0x%llx+0x%llx@0x%llx", i ? ", " : "",
                              (unsigned long long)l->list[i].pa,
                              (unsigned long long)l->list[i].bytes,
                              (unsigned long long)l->list[i].offset);
}

static void landing_of(const struct play *p, json_t *list, struct landing *l)
{
    json_t *one;
    size_t i;

    json_array_foreach(list, i, one)
    {
        assert_true(l->n < 64);
        l->list[l->n].pa = hex_of(p, json_array_get(one, 0), "landed");
        l->list[l->n].bytes = hex_of(p, json_array_get(one, 1), "landed");
        l->list[l->n++].offset = hex_of(p, json_array_get(one, 2), "landed");
    }
}

/* --- comparing --- */

static void compare_events(struct play *p, size_t index, json_t *list, uint32_t from)
{
    struct queue q = queue_of(p, EVENTQ_BASE, 32);
    uint32_t to = (uint32_t)smmu_read(p, EVENTQ_PROD, 4) & (2 * q.entries - 1);
    size_t n = json_array_size(list);

    for (size_t i = 0; i < n || from != to; i++) {
        char place[CELL_MAX], theirs[CELL_MAX] = "none", ours[CELL_MAX] = "none";
        json_t *record = json_array_get(list, i);
        unsigned long long dw[4];
        (void)snprintf(place, sizeof place, "%zu event %zu", index, i);
        for (unsigned w = 0; record && w < 4; w++)
            dw[w] = hex_of(p, json_array_get(record, w), "events");
        if (record)
            (void)snprintf(theirs, sizeof theirs, "0x%llx 0x%llx 0x%llx 0x%llx", dw[0], dw[1],
                           dw[2], dw[3]);
        if (from != to) {
            if (!nap_mem_read(p->m, entry_at(&q, from), dw, sizeof dw))
                refuse(p, "the event queue has no memory");
            (void)snprintf(ours, sizeof ours, "0x%llx 0x%llx 0x%llx 0x%llx", dw[0], dw[1],
                           dw[2], dw[3]);
            from = after(&q, from);
        }
        play_compare(p, place, theirs, ours);
    }
}

static void compare_register(struct play *p, size_t index, json_t *result, const char *name,
                             unsigned offset)
{
    char place[CELL_MAX], theirs[CELL_MAX], ours[CELL_MAX];

    if (!json_object_get(result, name))
        return;
    (void)snprintf(place, sizeof place, "%zu %s", index, name);
    (void)snprintf(theirs, sizeof theirs, "0x%llx",
                   (unsigned long long)hex_at(p, result, name));
    (void)snprintf(ours, sizeof ours, "0x%llx", (unsigned long long)smmu_read(p, offset, 4));
    play_compare(p, place, theirs, ours);
}

static void compare_registers(struct play *p, size_t index, json_t *result)
{
    compare_register(p, index, result, "EVENTQ_PROD", EVENTQ_PROD);
    compare_register(p, index, result, "EVENTQ_CONS", EVENTQ_CONS);
    compare_register(p, index, result, "GERROR", GERROR);
    compare_register(p, index, result, "CMDQ_CONS", CMDQ_CONS);
}

/* --- actions --- */

static void transfer(struct play *p, json_t *action, size_t index)
{
    json_t *result = json_object_get(action, "result");
    uint64_t sid = hex_at(p, p->vector->all, "stream_id");
    uint64_t iova = hex_at(p, action, "iova");
    uint64_t bytes = (uint64_t)json_integer_value(json_object_get(action, "len"));
    bool write = strcmp(text_at(p, action, "dir"), "write") == 0;
    struct queue q = queue_of(p, EVENTQ_BASE, 32);
    uint32_t from = (uint32_t)smmu_read(p, EVENTQ_PROD, 4) & (2 * q.entries - 1);
    struct landing expected = {.n = 0}, l = {.n = 0};
    char place[CELL_MAX], theirs[CELL_MAX], ours[CELL_MAX];
    unsigned piece;
    nap_addr pa;

    for (uint64_t at = 0; at < bytes; at += piece) {
        piece = piece_at(iova + at, bytes - at);
        if (move(p, (unsigned)sid, iova + at, write, piece, &pa))
            landed(&l, pa, piece, at);
    }
    landing_of(p, json_object_get(result, "landed"), &expected);
    landing_text(&expected, theirs, sizeof theirs);
    landing_text(&l, ours, sizeof ours);
    (void)snprintf(place, sizeof place, "%zu landed", index);
    play_compare(p, place, theirs, ours);
    compare_events(p, index, json_object_get(result, "events"), from);
    compare_registers(p, index, json_object_get(result, "after"));
}

static void commands(struct play *p, json_t *action, size_t index)
{
    struct queue q = queue_of(p, CMDQ_BASE, 16);
    uint32_t prod = (uint32_t)smmu_read(p, CMDQ_PROD, 4) & INDEX_MASK;
    json_t *one;
    size_t i;

    json_array_foreach(json_object_get(action, "words"), i, one)
    {
        put(p, entry_at(&q, prod), hex_of(p, json_array_get(one, 0), "words"));
        put(p, entry_at(&q, prod) + 8, hex_of(p, json_array_get(one, 1), "words"));
        prod = after(&q, prod);
    }
    smmu_write(p, CMDQ_PROD, 4, prod);
    compare_registers(p, index, json_object_get(action, "result"));
}

static void write_words(struct play *p, json_t *action)
{
    nap_addr at = hex_at(p, action, "addr");
    json_t *one;
    size_t i;

    json_array_foreach(json_object_get(action, "words"), i, one)
        put(p, at + 8 * i, hex_of(p, one, "words"));
}

static void act(struct play *p, json_t *action, size_t index)
{
    const char *op = text_at(p, action, "op");

    if (strcmp(op, "dma") == 0)
        transfer(p, action, index);
    else if (strcmp(op, "memw") == 0)
        write_words(p, action);
    else if (strcmp(op, "regw") == 0)
        smmu_write(p, hex_at(p, action, "off"),
                   (uint64_t)json_integer_value(json_object_get(action, "width")),
                   hex_at(p, action, "value"));
    else if (strcmp(op, "cmd") == 0)
        commands(p, action, index);
    else
        refuse(p, op);
}

static void prepare(struct play *p)
{
    const char *key;
    json_t *value, *one;
    size_t i;

    for (nap_addr at = PATTERN_AT; at < PATTERN_TO; at += 8)
        put(p, at, PATTERN | at);
    json_object_foreach(json_object_get(p->vector->own, "mem"), key, value)
        put(p, strtoull(key, NULL, 16), hex_of(p, value, key));
    json_array_foreach(json_object_get(p->vector->own, "regs"), i, one) smmu_write(
        p, hex_of(p, json_array_get(one, 0), "regs"), hex_of(p, json_array_get(one, 1), "regs"),
        hex_of(p, json_array_get(one, 2), "regs"));
}

/* Bytes of RAM; the machine's own default where a file names none. */
static uint64_t ram_of(const struct vector *v)
{
    const char *size = json_string_value(json_array_get(json_object_get(v->all, "ram"), 1));

    return size ? strtoull(size, NULL, 16) : UINT64_C(0x8000000);
}

void play_dma(void **state)
{
    struct vector *v = *state;
    json_t *one;
    struct play p;
    size_t i;

    play_open(&p, v, machine_smmu(ram_of(v), json_object_get(v->all, "registers")));
    prepare(&p);
    json_array_foreach(json_object_get(v->own, "actions"), i, one) act(&p, one, i);
    play_close(&p);
}
