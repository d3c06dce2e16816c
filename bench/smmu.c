/* SPDX-License-Identifier: MIT */
/* What an SMMU costs: accesses of its registers, commands, translations, probes. */
#define _GNU_SOURCE
#include <regnap/builtin.h>
#include <regnap/bus.h>
#include <regnap/dma.h>
#include <regnap/soc.h>

#include "measure.h"
#include "smmuv3/smmuv3.h"

#include <string.h>

#define BASE   UINT64_C(0x2b400000)
#define RAM    UINT64_C(0x80000000)
#define STRTAB (RAM + 0x100000)
#define CMDQ   (RAM + 0x200000)
#define EVENTQ (RAM + 0x280000)
#define CDTAB  (RAM + 0x300000)
#define ROOT1  (RAM + 0x400000)
#define ROOT2  (RAM + 0x500000)
#define VA     UINT64_C(0x8040201000) /* second entry at each of four levels */
#define IPA    UINT64_C(0x40201000)
#define DIRECT 8u
#define NESTED 9u

static const struct nap_source here = {__FILE__, __LINE__, NULL};

static void describe(struct nap_soc *soc)
{
    memset(soc, 0, sizeof *soc);
    strcpy(soc->name, "bench");
    soc->n_domains = 1;
    soc->domains[0] = (struct nap_soc_domain){"main", NAP_SOC_NONE};
    soc->n_devices = 1;
    soc->devices[0] = (struct nap_soc_device){.name = "smmu",
                                              .model = "smmuv3",
                                              .variant = "smmu",
                                              .base = BASE,
                                              .size_bytes = 0x40000,
                                              .upstream = NAP_SOC_NONE,
                                              .irq = NAP_SOC_NONE};
    soc->n_ram = 1;
    soc->ram[0] = (struct nap_soc_ram){RAM, 0x1000000};
}

static void put(struct nap_machine *m, nap_addr at, uint64_t value)
{
    (void)nap_mem_write(m, at, &value, sizeof value);
}

static void put_all(struct nap_machine *m, nap_addr at, const uint64_t dw[8])
{
    (void)nap_mem_write(m, at, dw, 8 * sizeof *dw);
}

/* Tables of four levels at @root that map @va's page to @leaf. */
static void map(struct nap_machine *m, nap_addr root, nap_addr va, uint64_t leaf)
{
    put(m, root + (va >> 39 & 511) * 8, (root + 0x1000) | 3);
    put(m, root + 0x1000 + (va >> 30 & 511) * 8, (root + 0x2000) | 3);
    put(m, root + 0x2000 + (va >> 21 & 511) * 8, (root + 0x3000) | 3);
    put(m, root + 0x3000 + (va >> 12 & 511) * 8, leaf);
}

/* One stream by stage 1 alone and one by both stages, 48-bit addresses, 4 KiB pages. Stage 2
 * maps the tables by a block of 1 GiB. */
static void build(struct nap_machine *m)
{
    static const uint64_t direct[8] = {0xb | CDTAB, UINT64_C(1) << 44};
    static const uint64_t nested[8] = {0xf | (CDTAB + 64), UINT64_C(1) << 44,
                                       UINT64_C(0x000d009000000001) | UINT64_C(16) << 32,
                                       ROOT2};
    static const uint64_t cd[8] = {UINT64_C(0x16205c0000010), ROOT1, 0, 0xff};
    static const uint64_t cd_nested[8] = {UINT64_C(0x26205c0000010), ROOT1 + 0x10000, 0, 0xff};

    put_all(m, STRTAB + DIRECT * UINT64_C(64), direct);
    put_all(m, STRTAB + NESTED * UINT64_C(64), nested);
    put_all(m, CDTAB, cd);
    put_all(m, CDTAB + 64, cd_nested);
    map(m, ROOT1, VA, (RAM + 0x800000) | 0xf43);
    map(m, ROOT1 + 0x10000, VA, IPA | 0xf43);
    map(m, ROOT2, IPA, (RAM + 0x801000) | 0x7ff);
    put(m, ROOT2 + 0x1000 + (RAM >> 30) * 8, RAM | 0x7fd);
}

static void write_register(struct nap_machine *m, unsigned offset, unsigned bytes,
                           uint64_t value)
{
    nap_bus_write(m, BASE + offset, bytes, value, here);
}

static void enable(struct nap_machine *m)
{
    write_register(m, 0x80, 8, STRTAB);
    write_register(m, 0x88, 4, 6);
    write_register(m, 0x2c, 4, 0);
    write_register(m, 0x90, 8, CMDQ | 4);
    write_register(m, 0x98, 4, 0);
    write_register(m, 0x9c, 4, 0);
    write_register(m, 0x20, 4, 9);
    nap_bus_read(m, BASE + 0x24, 4, here);
}

/* --- what is measured --- */

static void register_writes(void *context, unsigned long n)
{
    for (unsigned long i = 0; i < n; i++)
        nap_bus_write(context, BASE + 0x2c, 4, i & 1, here); /* CR2: guarded, not taken */
}

static void register_reads(void *context, unsigned long n)
{
    for (unsigned long i = 0; i < n; i++)
        nap_bus_read(context, BASE + 0x24, 4, here);
}

/* TLBI_NH_VA of an address that no entry has, sixteen to a CMD_SYNC's place in the queue. */
static void commands(void *context, unsigned long n)
{
    struct nap_machine *m = context;
    uint32_t prod = (uint32_t)nap_bus_read(m, BASE + 0x98, 4, here);

    for (unsigned long i = 0; i < n; i++) {
        prod = (prod + 1) & 31;
        write_register(m, 0x98, 4, prod);
        nap_bus_read(m, BASE + 0x9c, 4, here);
    }
}

static void fill_queue(struct nap_machine *m)
{
    for (unsigned i = 0; i < 16; i++) {
        put(m, CMDQ + i * UINT64_C(16), i == 15 ? 0x46 : 0x12);
        put(m, CMDQ + i * UINT64_C(16) + 8, i == 15 ? 0 : UINT64_C(0x7000000000));
    }
}

static const struct nap_transaction direct_read = {.port = DIRECT, .iova = VA};
static const struct nap_transaction nested_read = {.port = NESTED, .iova = VA};

static void hits(void *context, unsigned long n)
{
    for (unsigned long i = 0; i < n; i++)
        nap_dma_transaction(context, &direct_read);
}

static void misses(struct nap_machine *m, const struct nap_transaction *t, unsigned long n)
{
    static const struct smmu_inv all = {.kind = SMMU_INV_TLB, .op = 0x30, .last = UINT64_MAX};

    for (unsigned long i = 0; i < n; i++) {
        smmu_inv_apply(m, 0, &all);
        nap_dma_transaction(m, t);
    }
}

static void direct_misses(void *context, unsigned long n)
{
    misses(context, &direct_read, n);
}

static void nested_misses(void *context, unsigned long n)
{
    misses(context, &nested_read, n);
}

static void probes(void *context, unsigned long n)
{
    struct nap_outcomes out;

    for (unsigned long i = 0; i < n; i++)
        nap_probe_transaction(context, &direct_read, &out, NULL);
}

/* --- bringing it up --- */

static void set_and_wait(struct nap_machine *m, unsigned offset, uint32_t value, uint32_t ack)
{
    write_register(m, offset, 4, value);
    while (nap_bus_read(m, BASE + ack, 4, here) != value)
        ;
}

static void command_now(struct nap_machine *m, uint32_t *prod, uint64_t dw0, uint64_t dw1)
{
    put(m, CMDQ + *prod * UINT64_C(16), dw0);
    put(m, CMDQ + *prod * UINT64_C(16) + 8, dw1);
    put(m, CMDQ + (*prod + 1) * UINT64_C(16), 0x46); /* CMD_SYNC */
    put(m, CMDQ + (*prod + 1) * UINT64_C(16) + 8, 0);
    *prod += 2;
    set_and_wait(m, 0x98, *prod, 0x9c);
}

/* Arm IHI 0070, "Initialization": from off to translating, with every acknowledge. */
static void reset_sequence(struct nap_machine *m)
{
    uint32_t prod = 0;

    set_and_wait(m, 0x20, 0, 0x24);
    write_register(m, 0x28, 4, 0xd75);
    write_register(m, 0x2c, 4, 0x2);
    write_register(m, 0x80, 8, STRTAB);
    write_register(m, 0x88, 4, 6);
    write_register(m, 0x90, 8, CMDQ | 4);
    write_register(m, 0x98, 4, 0);
    write_register(m, 0x9c, 4, 0);
    set_and_wait(m, 0x20, 0x8, 0x24);
    command_now(m, &prod, 0x04, 31); /* CMD_CFGI_ALL */
    command_now(m, &prod, 0x20, 0);  /* CMD_TLBI_EL2_ALL */
    command_now(m, &prod, 0x30, 0);  /* CMD_TLBI_NSNH_ALL */
    write_register(m, 0xa0, 8, EVENTQ | 3);
    write_register(m, 0x100a8, 4, 0);
    write_register(m, 0x100ac, 4, 0);
    set_and_wait(m, 0x20, 0xc, 0x24);
    set_and_wait(m, 0x50, 0, 0x54);
    set_and_wait(m, 0x50, 5, 0x54);
    set_and_wait(m, 0x20, 0xd, 0x24);
}

static void resets(void *context, unsigned long n)
{
    for (unsigned long i = 0; i < n; i++)
        reset_sequence(context);
}

static void power_cycles(void *context, unsigned long n)
{
    for (unsigned long i = 0; i < n; i++) {
        nap_power_off(context, UINT32_MAX);
        nap_power_on(context, UINT32_MAX);
        reset_sequence(context);
    }
}

static void check(struct nap_machine *m, const struct nap_transaction *t)
{
    struct nap_outcome o = nap_dma_transaction(m, t);

    if (o.kind == NAP_OUTCOME_TRANSLATED)
        return;
    fprintf(stderr, "bench: a translation ends in %s: %s\n", nap_outcome_name(o.kind), o.why);
    exit(1);
}

int main(void)
{
    static struct nap_soc soc;
    struct nap_machine_config config = {.soc = &soc, .blocks = nap_builtin_blocks()};
    struct nap_error error = {0};
    struct nap_machine *m;
    uint32_t cell;

    describe(&soc);
    if (nap_machine_create(&config, &m, &error)) {
        fprintf(stderr, "bench: %s\n", error.text);
        return 1;
    }
    build(m);
    fill_queue(m);
    enable(m);
    check(m, &direct_read);
    check(m, &nested_read);
    store_ns = measure(volatile_stores, &cell);
    heading();
    line("volatile store", store_ns, "0.3 ns");
    line("SMMU: register write that is not taken", measure(register_writes, m), "none");
    line("SMMU: register read", measure(register_reads, m), "none");
    line("SMMU: command, with its PROD and CONS", measure(commands, m), "none");
    line("SMMU: translation, TLB hit", measure(hits, m), "30 ns");
    line("SMMU: stage 1, 4 levels, TLB miss", measure(direct_misses, m), "200 ns");
    line("SMMU: both stages, TLB miss", measure(nested_misses, m), "none");
    line("SMMU: probe", measure(probes, m), "none");
    line("SMMU: reset sequence", measure(resets, m), "none");
    line("SMMU: loss of power, reset sequence", measure(power_cycles, m), "none");
    nap_machine_destroy(m);
    return 0;
}
