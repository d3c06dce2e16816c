/* SPDX-License-Identifier: MIT */
/* Fuzz target: interrupt controllers, GICv2, GICv3 and an ITS with its tables. The input is a
 * program: it writes any register of any part by any CPU, system registers among them, and any
 * memory, drives inputs, sends messages and commands, cuts power, and answers all choices that
 * hardware has. Whatever it does, the machine stays whole: it goes back to its mark, and its
 * key is what computing it anew gives. */
#include "machine.h"

#include <regnap/block.h>
#include <regnap/bus.h>
#include <regnap/choose.h>

#define RAM_PAGES 256u /* that the program writes to, from the start of RAM on */
#define OPS_MAX   1500u

struct program {
    const uint8_t *data;
    size_t left;
    struct nap_machine *m;
    const struct nap_soc *soc;
    nap_addr ram;
    uint32_t its; /* device, or NAP_SOC_NONE */
};

static const struct nap_source here = {NULL, 0, NULL};

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

/* Numbers that mean something: small ones, one bit, addresses of pages, all ones, any. */
static uint64_t number(struct program *p)
{
    switch (take(p, 1) & 7) {
    case 0:
        return take(p, 1);
    case 1:
        return UINT64_C(1) << (take(p, 1) & 63);
    case 2:
        return p->ram + take(p, 1) % RAM_PAGES * 0x1000 + take(p, 1);
    case 3:
        return UINT64_C(0x8000000000000000) | (p->ram + take(p, 1) % RAM_PAGES * 0x1000);
    case 4:
        return UINT64_MAX;
    case 5:
        return 8192 + take(p, 1);
    case 6:
        return take(p, 4);
    default:
        return take(p, 8);
    }
}

/* --- places --- */

/* Registers that start something come more often than the rest of a window. */
static const uint32_t offsets[] = {
    0x0,   0x4,     0x14,    0x40,    0x70,    0x78,    0x80,    0x88,    0x90,
    0xa0,  0xb0,    0xc0,    0x100,   0x104,   0x108,   0x180,   0x184,   0x200,
    0x204, 0x280,   0x284,   0x300,   0x304,   0x380,   0x384,   0x400,   0x420,
    0x820, 0xc04,   0xc08,   0xf00,   0xf10,   0xf20,   0xc,     0x10,    0x1000,
    0x24,  0x6100,  0x8000,  0x1200,  0x10080, 0x10100, 0x10180, 0x10200, 0x280,
    0xd0,  0x10300, 0x10380, 0x10400, 0x10c04, 0x10040,
};

static nap_addr register_address(struct program *p)
{
    const struct nap_soc_device *d = &p->soc->devices[take(p, 1) % p->soc->n_devices];
    uint64_t which = take(p, 1);
    uint64_t offset = which < 0xc0 ? offsets[which % (sizeof offsets / sizeof offsets[0])] +
                                         (which & 0x80 ? take(p, 1) & 0x7c : 0)
                                   : take(p, 3);

    return d->base + (d->size_bytes ? offset % d->size_bytes : 0);
}

/* op1, CRm and op2 of system registers of the CPU interface, by CRn. */
static unsigned system_register(struct program *p)
{
    unsigned bits = (unsigned)take(p, 2);
    unsigned op1 = bits & 7, crm = bits >> 3 & 15, op2 = bits >> 7 & 7;

    switch (bits >> 10 & 3) {
    case 0:
        return NAP_SYSREG(3u, 0u, 4u, 6u, 0u); /* ICC_PMR_EL1 */
    case 1:
        return NAP_SYSREG(3u, 0u, 12u, 8u | (crm & 7), op2);
    case 2:
        return NAP_SYSREG(3u, 4u, 12u, 8u | (crm & 7), op2);
    default:
        return NAP_SYSREG(3u, op1, 12u, crm, op2);
    }
}

static nap_addr memory_address(struct program *p)
{
    uint64_t page = take(p, 1), offset = take(p, 2) & 0xff8;

    return page < 0xf8 ? p->ram + page % RAM_PAGES * 0x1000 + offset
                       : take(p, 6) & ~UINT64_C(7);
}

/* --- what the program does --- */

static void write_register(struct program *p)
{
    nap_addr at = register_address(p);
    unsigned width = 1u << (take(p, 1) % 4);

    nap_bus_write(p->m, at, width, number(p), here);
}

static void write_word(struct program *p)
{
    nap_addr at = register_address(p);

    nap_bus_write(p->m, at, 4, number(p), here);
}

static void read_register(struct program *p)
{
    nap_addr at = register_address(p);

    (void)nap_bus_read(p->m, at, 1u << (take(p, 1) & 3), here);
}

static void write_system(struct program *p)
{
    unsigned which = system_register(p);

    nap_bus_sysreg_write(p->m, which, number(p), here);
}

static void read_system(struct program *p)
{
    (void)nap_bus_sysreg_read(p->m, system_register(p), here);
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

static void change_cpu(struct program *p)
{
    uint64_t which = take(p, 1);

    nap_cpu_set(p->m, (unsigned)which % nap_cpu_count(p->m));
    nap_secure_set(p->m, (which & 0x80) != 0);
}

static void drive_input(struct program *p)
{
    uint64_t how = take(p, 1);
    uint32_t intid = (uint32_t)take(p, 2) & 0x3ff;
    unsigned cpu = (unsigned)(how >> 1) % nap_cpu_count(p->m);

    if (!nap_line_private(intid) && !nap_line_shared(intid))
        return;
    nap_line_set(p->m, intid, nap_line_private(intid) ? cpu : 0, how & 1);
    if (how & 0x80)
        nap_line_set(p->m, intid, nap_line_private(intid) ? cpu : 0, !(how & 1));
}

/* As an interrupt is taken: by the memory-mapped or the system register interface. */
static void acknowledge(struct program *p)
{
    uint64_t how = take(p, 1);
    uint64_t intid = nap_bus_sysreg_read(p->m, NAP_SYSREG(3u, 0u, 12u, 12u, 0u), here);

    if (how & 1)
        nap_bus_sysreg_write(p->m, NAP_SYSREG(3u, 0u, 12u, 12u, 1u), intid, here);
    if (how & 2)
        nap_bus_sysreg_write(p->m, NAP_SYSREG(3u, 0u, 12u, 11u, 1u), intid, here);
}

static void message(struct program *p)
{
    uint32_t device = (uint32_t)take(p, 1), event = (uint32_t)take(p, 1);
    const struct nap_block *const *blocks = nap_builtin_blocks();

    for (unsigned i = 0; p->its != NAP_SOC_NONE && blocks[i]; i++)
        if (blocks[i]->msi && blocks[i]->model == nap_device_model(p->m, p->its) &&
            nap_device_on(p->m, p->its))
            (void)blocks[i]->msi(p->m, p->its, device & 15, 0x10040, event & 63);
}

static uint64_t its_read(struct program *p, uint32_t offset, unsigned width)
{
    return nap_bus_read(p->m, p->soc->devices[p->its].base + offset, width, here);
}

static void its_write(struct program *p, uint32_t offset, unsigned width, uint64_t value)
{
    nap_bus_write(p->m, p->soc->devices[p->its].base + offset, width, value, here);
}

/* A command behind the last one, wherever the queue lies. Most have operands that are mapped.
 */
static void command(struct program *p)
{
    uint64_t base, write, how = take(p, 1), dw[4] = {0};

    if (p->its == NAP_SOC_NONE)
        return;
    base = its_read(p, 0x80, 8);
    write = its_read(p, 0x88, 8) & 0xfffe0;
    dw[0] = (how & 15) | (take(p, 1) & 15) << 32;
    dw[1] = (take(p, 1) & 63) | (how & 0x80 ? number(p) : (8192 + take(p, 1)) << 32);
    dw[2] = how & 0x40 ? number(p)
                       : UINT64_C(0x8000000000000000) | (take(p, 1) & 3) | (how & 0x10) << 12;
    dw[3] = (how & 0x20) << 11;
    if ((how & 15) == 8) /* MAPD: its table */
        dw[2] = (how & 0x40) << 57 | (p->ram + 0x80000 + (dw[0] >> 32) * 0x1000);
    if ((how & 15) == 8)
        dw[1] = take(p, 1) & 7;
    for (unsigned i = 0; i < 4; i++)
        put(p, (base & UINT64_C(0xffffffff0000)) + write + 8 * i, dw[i]);
    its_write(p, 0x88, 8, (write + 32) % (((base & 0xff) + 1) * 0x1000));
}

/* An ITS that is enabled, with collections and a device: what chance would take long to put
 * together. The rest of the program spoils it. */
static void set_up_its(struct program *p)
{
    uint64_t kind = take(p, 1);

    if (p->its == NAP_SOC_NONE)
        return;
    its_write(p, 0x0, 4, 0);
    its_write(p, 0x80, 8, UINT64_C(0x8000000000000000) | (p->ram + 0x10000));
    its_write(p, 0x88, 8, 0);
    its_write(p, 0x100, 8,
              (kind & 1 ? UINT64_C(0xc000000000000000) : UINT64_C(0x8000000000000000)) |
                  (p->ram + 0x20000) | (kind & 6) << 7);
    put(p, p->ram + 0x20000, UINT64_C(0x8000000000000000) | (p->ram + 0x30000));
    its_write(p, 0x108, 8, UINT64_C(0x8000000000000000) | (p->ram + 0x40000));
    its_write(p, 0x0, 4, 1);
}

/* LPIs of every redistributor, and a configuration that enables those of the messages. */
static void set_up_lpis(struct program *p)
{
    uint64_t kind = take(p, 1);

    for (uint64_t i = 0; i < 8; i++)
        put(p, p->ram + 0x50000 + 8 * i, UINT64_C(0xa1a1a1a1a1a1a1a1));
    put(p, p->ram + 0x60000 + 1024, kind);
    for (uint32_t i = 0; i < p->soc->n_devices; i++) {
        nap_addr base = p->soc->devices[i].base;
        if (strcmp(p->soc->devices[i].model, "gicv3-redistributor") != 0)
            continue;
        nap_bus_write(p->m, base + 0x14, 4, 0, here);
        (void)nap_bus_read(p->m, base + 0x14, 4, here);
        nap_bus_write(p->m, base + 0x70, 8, (p->ram + 0x50000) | 15, here);
        nap_bus_write(p->m, base + 0x78, 8, p->ram + 0x60000 + 0x10000 * (i & 7), here);
        nap_bus_write(p->m, base, 4, 1, here);
    }
}

/* All of a distributor, by its offsets in both versions, and the interfaces of the CPU. */
static void set_up(struct program *p)
{
    static const unsigned system[][2] = {
        {NAP_SYSREG(3u, 4u, 12u, 9u, 5u), 0xf}, {NAP_SYSREG(3u, 0u, 12u, 12u, 5u), 0x7},
        {NAP_SYSREG(3u, 0u, 4u, 6u, 0u), 0xf0}, {NAP_SYSREG(3u, 0u, 12u, 12u, 7u), 1},
        {NAP_SYSREG(3u, 0u, 12u, 12u, 6u), 1},
    };
    uint64_t kind = take(p, 1);

    for (uint32_t i = 0; i < p->soc->n_devices; i++) {
        nap_addr base = p->soc->devices[i].base;
        if (!p->soc->devices[i].size_bytes || i == p->its)
            continue;
        nap_bus_write(p->m, base + 0x4, 4, 0xf0, here); /* GICC_PMR */
        for (uint32_t at = 0x80; at < 0x90; at += 4) {
            nap_bus_write(p->m, base + at, 4, kind & 1 ? UINT32_MAX : 0, here);
            nap_bus_write(p->m, base + at + 0x80, 4, UINT32_MAX, here);
        }
        for (uint32_t at = 0x800; at < 0x880; at += 4)
            nap_bus_write(p->m, base + at, 4, 0x01010101, here);
        nap_bus_write(p->m, base, 4, kind & 2 ? 0x37 : 0x3, here);
    }
    for (unsigned i = 0; i < sizeof system / sizeof system[0]; i++)
        nap_bus_sysreg_write(p->m, system[i][0], system[i][1], here);
}

static void cut_power(struct program *p)
{
    uint32_t domains = (uint32_t)take(p, 4);

    nap_power_off(p->m, domains);
    if (take(p, 1) & 1)
        nap_power_on(p->m, domains);
}

static void give_power(struct program *p)
{
    nap_set_profile(p->m, take(p, 1) & 1 ? NAP_PROFILE_HOSTILE : NAP_PROFILE_ZERO);
    nap_power_on(p->m, UINT32_MAX);
}

/* What follows is undone, up to where the machine was. */
static void go_back(struct program *p)
{
    struct nap_hash128 key = nap_state_key(p->m);
    unsigned mark = nap_mark(p->m);

    write_word(p);
    drive_input(p);
    command(p);
    message(p);
    cut_power(p);
    nap_rewind(p->m, mark);
    nap_unmark(p->m);
    fuzz_require(fuzz_same(nap_state_key(p->m), key), "a machine goes back to its mark");
}

static void (*const ops[])(struct program *) = {
    write_word,   write_word,  write_register, write_register, read_register, write_system,
    write_system, read_system, write_memory,   change_cpu,     drive_input,   drive_input,
    acknowledge,  message,     command,        command,        set_up,        set_up_its,
    set_up_lpis,  cut_power,   give_power,     go_back,
};

static uint32_t find_model(const struct nap_soc *soc, const char *model)
{
    for (uint32_t i = 0; i < soc->n_devices; i++)
        if (strcmp(soc->devices[i].model, model) == 0)
            return i;
    return NAP_SOC_NONE;
}

#define LAZY   1u /* of the first byte; bits 3:2 are the machine */
#define VARIED 2u
#define FAULTS 16u

static const char *const machines[] = {"gicv3-its", "gicv3-8cpu", "qemu-virt-gicv3-secure",
                                       "gicv2-4cpu"};

/* What an ITS may do otherwise, of the second byte, if there is one: two or three values. */
static const char *const switches[] = {"I01", "I02", "I03", "I04", "I05", "I06", "I07"};
#define N_SWITCHES (sizeof switches / sizeof switches[0])

static unsigned set_switches(struct nap_switch_setting *out, uint64_t bits, bool its)
{
    for (unsigned i = 0; its && i < N_SWITCHES; i++)
        out[i] = (struct nap_switch_setting){switches[i], (uint32_t)(bits >> i & 1)};
    return its ? N_SWITCHES : 0;
}

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct nap_switch_setting settings[N_SWITCHES];
    struct nap_machine_config config = {.blocks = nap_builtin_blocks(), .switches = settings};
    struct program p = {.data = data, .left = bytes};
    uint64_t kind = take(&p, 1), bits = take(&p, 1);
    struct nap_soc *soc = NULL;

    fuzz_require(!nap_builtin_soc(machines[kind >> 2 & 3], &soc, NULL),
                 "the machine is built in");
    config.soc = p.soc = soc;
    config.faults = kind & FAULTS ? 1 : 0;
    p.its = find_model(soc, "its");
    config.n_switches = set_switches(settings, bits, p.its != NAP_SOC_NONE);
    fuzz_require(!nap_machine_create(&config, &p.m, NULL), "the machine can be made");
    p.ram = soc->ram[0].base;
    run(&p, kind);
    nap_machine_destroy(p.m);
    nap_soc_free(soc);
    return 0;
}
