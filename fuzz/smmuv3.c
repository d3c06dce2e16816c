/* SPDX-License-Identifier: MIT */
/* Fuzz target: an SMMUv3 and a PCIe function behind it. The input is a program:
 * it writes any register and any memory, runs commands, lets devices access
 * memory and send page requests, cuts power, and answers all choices that
 * hardware has. Whatever it does, the machine stays whole: probes change
 * nothing, and what happens is among what they said; a machine goes back to its
 * mark; its key is what computing it anew gives. */
#include "machine.h"

#include <regnap/block.h>
#include <regnap/bus.h>
#include <regnap/choose.h>

#define RAM_PAGES 64u /* that the program writes to; its first page is at the start of RAM */
#define OPS_MAX   1500u

struct program {
    const uint8_t *data;
    size_t left;
    struct nap_machine *m;
    const struct nap_soc *soc;
    nap_addr ram;
    uint32_t smmu, function, cmdqv; /* devices */
    uint32_t first;                 /* StreamID of masters */
};

/* --- input --- */

static uint64_t take(struct program *p, unsigned bytes)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < bytes && p->left > 0; i++, p->left--)
        value |= (uint64_t)*p->data++ << (8 * i);
    return value;
}

/* Hardware decides as the input says; where it has ended, plainly. */
static uint32_t decide(void *context, const struct nap_choice *choice)
{
    struct program *p = context;
    uint32_t n = choice->fault < choice->n ? choice->fault : choice->n;

    return n ? (uint32_t)(take(p, 1) % n) : 0;
}

/* --- places --- */

static const struct nap_source here = {NULL, 0, NULL};

/* Registers that start something come more often than the rest of the window.
 */
static const uint32_t offsets[] = {
    0x20,  0x24,  0x28,  0x2c,    0x44,    0x50,    0x60,    0x64,    0x68,    0x80,
    0x88,  0x90,  0x98,  0x9c,    0xa0,    0xb0,    0xc0,    0xd0,    0xdc,    0x100,
    0x108, 0x110, 0x118, 0x100a8, 0x100ac, 0x100c8, 0x100cc, 0x30000, 0x30008, 0x3000c,
};

/* Those of CMDQV: enables, allocation, the first interface and queue, and its logical view. */
static const uint32_t cmdqv_offsets[] = {
    0x0,     0x200,   0x204,   0x1000,  0x1100,  0x10000, 0x10004, 0x10008,
    0x10010, 0x10084, 0x10088, 0x20000, 0x20008, 0x30000, 0x30004, 0x30008,
};

static nap_addr register_address(struct program *p)
{
    const struct nap_soc_device *d = &p->soc->devices[p->smmu];
    uint64_t which = take(p, 1);

    if (which >= 0xa0 && which < 0xc0 && p->cmdqv != NAP_SOC_NONE)
        return p->soc->devices[p->cmdqv].base +
               cmdqv_offsets[which % (sizeof cmdqv_offsets / sizeof cmdqv_offsets[0])];
    if (which < 0xc0)
        return d->base + offsets[which % (sizeof offsets / sizeof offsets[0])];
    if (which < 0xe0 && p->function != NAP_SOC_NONE)
        return p->soc->devices[p->function].base + 0x100 + (take(p, 1) & 0x2f);
    d = &p->soc->devices[which % p->soc->n_devices];
    return d->base + take(p, 3) % d->size_bytes;
}

/* Mostly within the pages that tables and queues lie in. */
static nap_addr memory_address(struct program *p)
{
    uint64_t page = take(p, 1), offset = take(p, 2) & 0xff8;

    return page < 0xf8 ? p->ram + page % RAM_PAGES * 0x1000 + offset
                       : take(p, 6) & ~UINT64_C(7);
}

/* Numbers that mean something: small ones, addresses of pages, any. */
static uint64_t number(struct program *p)
{
    switch (take(p, 1) & 7) {
    case 0:
        return take(p, 1);
    case 1:
        return p->ram + take(p, 1) % RAM_PAGES * 0x1000 + (take(p, 1) & 0x3f);
    case 2:
        return take(p, 4);
    case 3:
        return (p->ram + take(p, 1) % RAM_PAGES * 0x1000) | 0x743; /* a page */
    case 4:
        return (p->ram + take(p, 1) % RAM_PAGES * 0x1000) | 3; /* a table */
    default:
        return take(p, 8);
    }
}

/* --- what the program does --- */

static void write_register(struct program *p)
{
    nap_addr at = register_address(p);
    unsigned width = 1u << (2 + (take(p, 1) & 1));

    nap_bus_write(p->m, at, width, number(p), here);
}

static void read_register(struct program *p)
{
    nap_addr at = register_address(p);

    (void)nap_bus_read(p->m, at, 1u << (take(p, 1) & 3), here);
}

static void put(struct program *p, nap_addr at, uint64_t value)
{
    (void)nap_mem_write(p->m, at, &value, sizeof value);
}

static void write_memory(struct program *p)
{
    nap_addr at = memory_address(p);

    put(p, at, number(p));
}

/* Reads as a CPU does, which may see the end of a CMD_SYNC. */
static void read_memory(struct program *p)
{
    (void)nap_bus_read(p->m, memory_address(p), 4, here);
}

static uint64_t smmu_read(struct program *p, uint32_t offset, unsigned width)
{
    return nap_bus_read(p->m, p->soc->devices[p->smmu].base + offset, width, here);
}

static void smmu_write(struct program *p, uint32_t offset, unsigned width, uint64_t value)
{
    nap_bus_write(p->m, p->soc->devices[p->smmu].base + offset, width, value, here);
}

/* A command behind the last one, wherever the queue lies. */
static void command(struct program *p)
{
    uint64_t base = smmu_read(p, 0x90, 8), prod = smmu_read(p, 0x98, 4);
    uint64_t size = UINT64_C(1) << (base & 0x1f);
    nap_addr at = (base & UINT64_C(0x00ffffffffffffe0)) + (prod & (size - 1)) * 16;

    put(p, at, take(p, 1) | number(p) << 8);
    put(p, at + 8, number(p));
    smmu_write(p, 0x98, 4, (prod + 1) & (2 * size - 1) & 0xfffff);
}

/* All that its sender or software can tell apart. */
static bool same(const struct nap_outcome *a, const struct nap_outcome *b)
{
    return a->kind == b->kind && a->pa == b->pa && a->event == b->event &&
           a->readable == b->readable && a->writable == b->writable &&
           a->executable == b->executable && a->attributes == b->attributes;
}

static bool is_among(const struct nap_outcomes *out, const struct nap_outcome *o)
{
    for (unsigned i = 0; i < out->n; i++)
        if (same(&out->list[i], o))
            return true;
    return false;
}

static bool may_be_anything(const struct nap_outcomes *out)
{
    for (unsigned i = 0; i < out->n; i++)
        if (out->list[i].kind == NAP_OUTCOME_UNDETERMINED)
            return true;
    return false;
}

static void access(struct program *p)
{
    uint64_t how = take(p, 1), where = take(p, 1);
    bool function = p->function != NAP_SOC_NONE && (where & 1);
    struct nap_transaction t = {
        .device = function ? p->function : p->smmu,
        .port = function ? 0 : (uint32_t)(where >> 1) + p->first,
        .iova = take(p, 1) & 1 ? number(p) : take(p, 4) << 12,
        .rw = how & 1 ? NAP_WRITE : NAP_READ,
        .traffic = (enum nap_traffic)((how >> 1 & 3) % 3),
        .has_substream = (how & 8) != 0,
        .privileged = (how & 16) != 0,
        .instruction = (how & 32) != 0,
    };
    struct nap_outcomes out;
    struct nap_hash128 key = nap_state_key(p->m);
    struct nap_outcome o;

    t.substream = t.has_substream ? (uint32_t)take(p, 1) : 0;
    nap_probe_transaction(p->m, &t, &out, NULL);
    fuzz_require(fuzz_same(nap_state_key(p->m), key), "a probe changes nothing");
    fuzz_require(out.n > 0, "a probe says something");
    o = nap_dma_transaction(p->m, &t);
    fuzz_require(is_among(&out, &o) || o.kind == NAP_OUTCOME_UNDETERMINED ||
                     may_be_anything(&out),
                 "what happens is among what a probe said");
}

static void cut_power(struct program *p)
{
    uint32_t domains = (uint32_t)take(p, 1);

    nap_power_off(p->m, domains);
    if (take(p, 1) & 1)
        nap_power_on(p->m, domains);
}

static void give_power(struct program *p)
{
    nap_set_profile(p->m, take(p, 1) & 1 ? NAP_PROFILE_HOSTILE : NAP_PROFILE_ZERO);
    nap_power_on(p->m, UINT32_MAX);
}

/* One of 32 streams, or that of the function. */
static uint64_t stream(struct program *p)
{
    uint64_t which = take(p, 1);

    return which & 0x80 && p->function != NAP_SOC_NONE ? p->soc->devices[p->function].line
                                                       : p->first + (which & 0x1f);
}

/* Queues, and a stream that is translated: what chance would take long to put
 * together. The rest of the program spoils it. */
static void set_up(struct program *p)
{
    nap_addr ram = p->ram, strtab = ram + 0x1000000, cd = ram + 0x4000, table = ram + 0x10000;
    uint64_t config = take(p, 1);
    nap_addr ste = strtab + stream(p) * 64;

    put(p, ste, cd | (config & 7) << 1 | 1);
    put(p, ste + 8, take(p, 1) << 28);
    /* S2AA64, 48 bits, 4K, level 0, S2R, and S2S as it comes. */
    put(p, ste + 16, UINT64_C(0x040d359000000007) | (config & 8) << 54);
    put(p, ste + 24, config & 16 ? table : ram + 0x18000);
    put(p, cd, UINT64_C(0x0001620580903510) | take(p, 1) << 44);
    put(p, cd + 8, table);
    put(p, cd + 24, 0xff);
    for (uint64_t level = 0; level < 3; level++)
        put(p, table + 0x1000 * level, (table + 0x1000 * (level + 1)) | 3);
    for (uint64_t i = 0; i < 8; i++)
        put(p, table + 0x3000 + 8 * i, (ram + 0x20000 + 0x1000 * i) | 0x743);
    put(p, ram + 0x18000, (ram + 0x19000) | 3); /* stage 2: all that lies around the tables */
    put(p, ram + 0x19000 + (ram >> 30 & 511) * 8, (ram & ~UINT64_C(0x3fffffff)) | 0x7fd);
    smmu_write(p, 0x80, 8, strtab);
    smmu_write(p, 0x88, 4, 16);
    smmu_write(p, 0x90, 8, (ram + 0x5000) | 3);
    smmu_write(p, 0x98, 4, 0);
    smmu_write(p, 0x9c, 4, 0);
    smmu_write(p, 0xa0, 8, (ram + 0x6000) | 2);
    smmu_write(p, 0x100a8, 4, 0);
    smmu_write(p, 0x100ac, 4, 0);
    smmu_write(p, 0xc0, 8, (ram + 0x7000) | 2);
    smmu_write(p, 0x100c8, 4, 0);
    smmu_write(p, 0x100cc, 4, 0);
    smmu_write(p, 0x20, 4, 0x1f & take(p, 1));
}

/* The first virtual queue, and commands in it. */
static void set_up_cmdqv(struct program *p)
{
    nap_addr base, queue = p->ram + 0x8000;

    if (p->cmdqv == NAP_SOC_NONE)
        return;
    base = p->soc->devices[p->cmdqv].base;
    nap_bus_write(p->m, base, 4, 1, here);
    nap_bus_write(p->m, base + 0x200, 4, 1, here);
    nap_bus_write(p->m, base + 0x1000, 4, take(p, 1), here);
    nap_bus_write(p->m, base + 0x1000, 4, take(p, 1) | 1, here);
    nap_bus_write(p->m, base + 0x20000, 8, queue | 3, here);
    nap_bus_write(p->m, base + 0x10000, 4, 0, here);
    nap_bus_write(p->m, base + 0x10004, 4, 0, here);
    nap_bus_write(p->m, base + 0x10008, 4, 1, here);
    for (uint64_t i = 0; i < 4; i++) {
        put(p, queue + i * 16, take(p, 1) | number(p) << 8);
        put(p, queue + i * 16 + 8, number(p));
    }
    nap_bus_write(p->m, base + 0x10004, 4, take(p, 1) & 7, here);
}

static void set_up_function(struct program *p)
{
    nap_addr base;

    if (p->function == NAP_SOC_NONE)
        return;
    base = p->soc->devices[p->function].base;
    nap_bus_write(p->m, base + 0x126, 2, take(p, 1), here);
    nap_bus_write(p->m, base + 0x106, 2, 0x8000 | (take(p, 1) & 7), here);
    nap_bus_write(p->m, base + 0x11c, 4, 8, here);
    nap_bus_write(p->m, base + 0x114, 2, take(p, 1) & 3, here);
}

/* What follows is undone, up to where the machine was. */
static void go_back(struct program *p)
{
    struct nap_hash128 key = nap_state_key(p->m);
    unsigned mark = nap_mark(p->m);

    command(p);
    access(p);
    cut_power(p);
    nap_rewind(p->m, mark);
    nap_unmark(p->m);
    fuzz_require(fuzz_same(nap_state_key(p->m), key), "a machine goes back to its mark");
}

static void (*const ops[])(struct program *) = {
    write_register, write_register, read_register, write_memory,    write_memory, read_memory,
    command,        command,        access,        access,          access,       cut_power,
    give_power,     set_up,         go_back,       set_up_function, set_up_cmdqv,
};

static uint32_t find_model(const struct nap_soc *soc, const char *model)
{
    for (uint32_t i = 0; i < soc->n_devices; i++)
        if (strcmp(soc->devices[i].model, model) == 0)
            return i;
    return NAP_SOC_NONE;
}

#define LAZY   1u /* of the first byte; bits 4:2 are the machine */
#define VARIED 2u
#define FAULTS 32u

/* SMMUv3.2 with a function; the same with ECMDQs; with translation buffer units, whose streams
 * are not the first ones; stage 1 alone; with virtual queues; SMMUv3.0 and SMMUv3.1, which
 * leave more to hardware. */
static const struct {
    const char *soc, *preset;
} machines[] = {
    {"generic-smmuv3", NULL}, {"server", NULL},           {"handheld", NULL},
    {"qemu-virt", NULL},      {"server-cmdqv", NULL},     {"generic-smmuv3", "v3.0"},
    {"server-cmdqv", "v3.0"}, {"generic-smmuv3", "v3.1"},
};

/* What hardware may do otherwise, of the second byte: a bit for each but the first, which has
 * two and three values. */
static const char *const switches[] = {"S12", "S03", "S13", "S15", "S16", "S18", "S33"};
#define N_SWITCHES (sizeof switches / sizeof switches[0])

static void run(struct program *p, uint64_t kind)
{
    nap_set_policy(p->m, kind & LAZY ? NAP_POLICY_LAZY : NAP_POLICY_EAGER);
    if (kind & VARIED)
        nap_set_chooser(p->m, decide, p,
                        NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY) | NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    for (unsigned n = 0; n < OPS_MAX && p->left > 0; n++)
        ops[take(p, 1) % (sizeof ops / sizeof ops[0])](p);
    nap_set_chooser(p->m, NULL, NULL, 0);
    fuzz_require(fuzz_same(nap_state_key(p->m), nap_state_key_full(p->m)),
                 "the key of the state is what computing it anew gives");
}

/* The machine, with the preset that it gets. */
static struct nap_soc *machine_of(uint64_t kind)
{
    unsigned which = (unsigned)(kind >> 2 & 7);
    struct nap_soc *soc = NULL;
    uint32_t smmu;

    fuzz_require(!nap_builtin_soc(machines[which].soc, &soc, NULL), "the machine is built in");
    smmu = find_model(soc, "smmuv3");
    fuzz_require(smmu != NAP_SOC_NONE, "the machine has an SMMU");
    if (machines[which].preset) {
        (void)snprintf(soc->devices[smmu].preset, sizeof soc->devices[smmu].preset, "%s",
                       machines[which].preset);
        soc->devices[smmu].n_resets = 0;
    }
    return soc;
}

static void set_switches(struct nap_switch_setting *out, uint64_t bits)
{
    out[0] = (struct nap_switch_setting){switches[0], (uint32_t)(bits & 3) % 3};
    for (unsigned i = 1; i < N_SWITCHES; i++)
        out[i] = (struct nap_switch_setting){switches[i], (uint32_t)(bits >> (i + 1) & 1)};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct nap_switch_setting settings[N_SWITCHES];
    struct nap_machine_config config = {
        .blocks = nap_builtin_blocks(), .switches = settings, .n_switches = N_SWITCHES};
    struct program p = {.data = data, .left = bytes};
    uint64_t kind = take(&p, 1);
    struct nap_soc *soc = NULL;

    soc = machine_of(kind);
    set_switches(settings, take(&p, 1));
    config.faults = kind & FAULTS ? 1 : 0;
    config.soc = p.soc = soc;
    fuzz_require(!nap_machine_create(&config, &p.m, NULL), "the machine can be made");
    p.ram = soc->ram[0].base;
    p.smmu = find_model(soc, "smmuv3");
    p.function = find_model(soc, "pcie-endpoint");
    p.cmdqv = find_model(soc, "tegra241-cmdqv");
    if (find_model(soc, "smmuv3-tbu") != NAP_SOC_NONE)
        p.first = soc->devices[find_model(soc, "smmuv3-tbu")].line;
    run(&p, kind);
    nap_machine_destroy(p.m);
    nap_soc_free(soc);
    return 0;
}
