/* SPDX-License-Identifier: MIT */
/* The SMMUv3 driver logic on a register file that acknowledges at once, remembers who touched
 * what, and takes commands for done; no simulator behind it. Expected values and orders:
 * Arm IHI 0070, "Initialization", "SMMU_CR0", "SMMU_GBPA", "Command queue", "Stream Table
 * Entry", and "Configuration structures and configuration invalidation completion". */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers.h"

#define REGS      UINT64_C(0x2b400000)
#define RAM_START UINT64_C(0x80000000)
#define RAM_BYTES 0x400000u

#define ATTACHED_SID 5u
#define STRTAB_BASE  0x80u
#define CR0          0x20u
#define GBPA         0x44u
#define IRQ_CTRL     0x50u
#define GERROR       0x60u
#define GERRORN      0x64u
#define CMDQ_BASE    0x90u
#define CMDQ_PROD    0x98u
#define CMDQ_CONS    0x9cu

#define WRITES_MAX   4096u
#define COMMANDS_MAX 1024u

struct write {
    uint32_t offset;
    uint64_t value;
};

static struct {
    uint8_t regs[0x20000];
    uint8_t ram[RAM_BYTES];
    uint64_t ram_next;
    struct write writes[WRITES_MAX];
    unsigned n_writes;
    uint64_t commands[COMMANDS_MAX][2]; /* consumed */
    unsigned n_commands;
    uint32_t stuck;  /* CR0 bits that are never acknowledged */
    bool consumes;   /* the command queue */
    uint8_t illegal; /* opcode that stops it, or 0 */
    bool powered;
    unsigned unpowered; /* accesses without power */
    nap_addr watched;   /* stores there are remembered: */
    uint64_t stored[64];
    unsigned n_stored;
    _Alignas(16) unsigned char heap[65536];
    size_t heap_used;
    int live; /* allocations */
    int holds;
    int irqs, msis;
    const char *failing;
    const char *key, *value; /* a parameter */
    void *driver_data;
    struct nap_device *head;
} os;

static struct nap_device unit;
static struct nap_master master, other;
static struct nap_domain guest;
static const struct nap_driver *const drv = &nap_driver_smmuv3_converged;

/* --- hardware --- */

static uint64_t get(uint32_t offset, unsigned bytes)
{
    uint64_t value = 0;

    memcpy(&value, os.regs + offset, bytes);
    return value;
}

static void set(uint32_t offset, unsigned bytes, uint64_t value)
{
    memcpy(os.regs + offset, &value, bytes);
}

static uint64_t ram_word(nap_addr pa)
{
    uint64_t value;

    assert_in_range(pa, RAM_START, RAM_START + RAM_BYTES - 8);
    memcpy(&value, os.ram + (pa - RAM_START), 8);
    return value;
}

/* From CONS to PROD; stops at an illegal command as "Command errors" has it. */
static void consume(void)
{
    uint64_t base = get(CMDQ_BASE, 8);
    uint32_t log2 = (uint32_t)(base & 0x1f), mask = (2u << log2) - 1;
    uint32_t cons = (uint32_t)get(CMDQ_CONS, 4) & 0xfffff;

    while (os.consumes && (get(CR0, 4) & 8) != 0 && cons != get(CMDQ_PROD, 4) &&
           ((get(GERROR, 4) ^ get(GERRORN, 4)) & 1) == 0) {
        nap_addr entry =
            (base & UINT64_C(0xffffffffffe0) & ~UINT64_C(0x1f)) + (cons & (mask >> 1)) * 16ull;

        if (os.illegal != 0 && (ram_word(entry) & 0xff) == os.illegal) {
            set(CMDQ_CONS, 4, cons | 1u << 24);
            set(GERROR, 4, get(GERROR, 4) ^ 1);
            return;
        }
        assert_true(os.n_commands < COMMANDS_MAX);
        os.commands[os.n_commands][0] = ram_word(entry);
        os.commands[os.n_commands++][1] = ram_word(entry + 8);
        cons = (cons + 1) & mask;
        set(CMDQ_CONS, 4, cons);
    }
}

uint64_t nap_seam_read(nap_addr address, unsigned size_bytes, const char *file, int line)
{
    assert_non_null(file);
    assert_true(line > 0);
    os.unpowered += !os.powered;
    return get((uint32_t)(address - REGS), size_bytes);
}

void nap_seam_write(nap_addr address, unsigned size_bytes, uint64_t value, const char *file,
                    int line)
{
    uint32_t offset = (uint32_t)(address - REGS);

    assert_non_null(file);
    assert_true(line > 0);
    os.unpowered += !os.powered;
    assert_true(os.n_writes < WRITES_MAX);
    os.writes[os.n_writes++] = (struct write){offset, value};
    set(offset, size_bytes, offset == GBPA ? value & ~(UINT64_C(1) << 31) : value);
    if (offset == CR0)
        set(CR0 + 4, 4, (get(CR0 + 4, 4) & os.stuck) | (value & ~(uint64_t)os.stuck));
    if (offset == IRQ_CTRL)
        set(IRQ_CTRL + 4, 4, value);
    consume();
}

uint64_t nap_seam_load(nap_addr pa, unsigned size_bytes, const char *file, int line)
{
    assert_int_equal(size_bytes, 8);
    assert_non_null(file);
    assert_true(line > 0);
    return ram_word(pa);
}

void nap_seam_store(nap_addr pa, unsigned size_bytes, uint64_t value, const char *file,
                    int line)
{
    assert_int_equal(size_bytes, 8);
    assert_non_null(file);
    assert_true(line > 0);
    assert_in_range(pa, RAM_START, RAM_START + RAM_BYTES - 8);
    if (pa >= os.watched && pa < os.watched + 64) {
        assert_true(os.n_stored < 64);
        os.stored[os.n_stored++] = (pa - os.watched) / 8;
    }
    memcpy(os.ram + (pa - RAM_START), &value, 8);
}

void nap_seam_fence(enum nap_barrier barrier, const char *file, int line)
{
    (void)barrier;
    assert_non_null(file);
    assert_true(line > 0);
}

/* --- the rest of os.h --- */

nap_addr nap_ram_alloc(uint64_t size_bytes)
{
    uint64_t at = os.ram_next;

    while (at % (size_bytes < 4096 ? 4096 : size_bytes) != 0)
        at += 4096;
    os.ram_next = at + (size_bytes + 4095) / 4096 * 4096;
    assert_true(os.ram_next <= RAM_BYTES);
    return RAM_START + at;
}

void *nap_alloc(size_t bytes)
{
    void *p = os.heap + os.heap_used;

    os.heap_used += (bytes + 15) / 16 * 16;
    assert_true(os.heap_used <= sizeof(os.heap));
    os.live++;
    return p;
}

void nap_free(void *p)
{
    assert_non_null(p);
    os.live--;
}

bool nap_fails(const char *what)
{
    return os.failing != NULL && strcmp(what, os.failing) == 0;
}

void nap_udelay(unsigned microseconds)
{
    (void)microseconds;
}

void nap_log(const char *format, ...)
{
    assert_non_null(format);
}

const char *nap_parameter(const char *key)
{
    return os.key != NULL && strcmp(key, os.key) == 0 ? os.value : NULL;
}

bool nap_device_powered(const struct nap_device *device)
{
    (void)device;
    return os.powered;
}

void nap_master_hold(struct nap_master *held)
{
    (void)held;
    os.holds++;
}

void nap_master_release(struct nap_master *held)
{
    (void)held;
    os.holds--;
}

void *nap_driver_data(void)
{
    return os.driver_data;
}

void nap_set_driver_data(void *data)
{
    os.driver_data = data;
}

void nap_list_add_tail(struct nap_device *device)
{
    os.head = device;
}

void nap_list_remove(struct nap_device *device)
{
    assert_ptr_equal(device, os.head);
    os.head = NULL;
}

int nap_p2m_init(struct nap_domain *domain)
{
    domain->p2m_root = nap_ram_alloc(8192);
    return 0;
}

int nap_p2m_map(struct nap_domain *domain, nap_addr ipa, nap_addr pa, uint64_t size_bytes,
                unsigned prot)
{
    (void)domain;
    (void)ipa;
    (void)pa;
    (void)size_bytes;
    (void)prot;
    return 0;
}

int nap_p2m_unmap(struct nap_domain *domain, nap_addr ipa, uint64_t size_bytes)
{
    (void)domain;
    (void)ipa;
    (void)size_bytes;
    return 0;
}

bool nap_p2m_mapped(const struct nap_domain *domain, nap_addr ipa, uint64_t size_bytes)
{
    (void)domain;
    (void)ipa;
    (void)size_bytes;
    return false;
}

int nap_irq_request_at(struct nap_device *d, unsigned output, bool threaded, const char *file,
                       int line)
{
    (void)d;
    (void)output;
    (void)threaded;
    (void)file;
    (void)line;
    os.irqs++;
    return 0;
}

void nap_irq_free_at(struct nap_device *d, unsigned output, const char *file, int line)
{
    (void)d;
    (void)output;
    (void)file;
    (void)line;
    os.irqs--;
}

void nap_irq_synchronize(struct nap_device *d)
{
    (void)d;
}

int nap_msi_alloc_at(struct nap_device *d, unsigned output, nap_addr *address, uint32_t *data,
                     const char *file, int line)
{
    (void)file;
    (void)line;
    os.msis++;
    return nap_msi_message(d, output, address, data);
}

int nap_msi_message(const struct nap_device *d, unsigned output, nap_addr *address,
                    uint32_t *data)
{
    (void)d;
    *address = UINT64_C(0x8080040);
    *data = 0x100 + output;
    return 0;
}

void nap_msi_free_at(struct nap_device *d, unsigned output, const char *file, int line)
{
    (void)d;
    (void)output;
    (void)file;
    (void)line;
    os.msis--;
}

int nap_pm_get_at(struct nap_device *device, const char *file, int line)
{
    (void)device;
    (void)file;
    (void)line;
    return 0;
}

int nap_pm_get_if_active_at(struct nap_device *device, const char *file, int line)
{
    (void)device;
    (void)file;
    (void)line;
    return os.powered ? 1 : 0;
}

void nap_pm_put_at(struct nap_device *device, const char *file, int line)
{
    (void)device;
    (void)file;
    (void)line;
}

void nap_pm_enable_at(struct nap_device *device, bool on, const char *file, int line)
{
    (void)device;
    (void)on;
    (void)file;
    (void)line;
}

/* --- rig --- */

static int blank(void **state)
{
    (void)state;
    memset(&os, 0, sizeof(os));
    os.consumes = true;
    os.powered = true;
    unit = (struct nap_device){.name = "smmu",
                               .model = "smmuv3",
                               .regs = REGS,
                               .root = &unit,
                               .powered_at_boot = true};
    master =
        (struct nap_master){.name = "dma", .device = &unit, .n_ids = 1, .ids = {ATTACHED_SID}};
    other = (struct nap_master){.name = "gpu", .device = &unit, .n_ids = 1, .ids = {9}};
    guest = (struct nap_domain){.name = "guest", .ipa_bits = 40};
    /* S1P, S2P, AArch64, coherent, little-endian, Hyp, MSI, 16-bit ASID; ST_LEVEL two levels */
    set(0x0, 4, 0x08443a1f);
    set(0x4, 4, 0x0e730010); /* SIDSIZE 16, CMDQS 19, EVENTQS 19 */
    set(0x14, 4, 0x15);      /* 4 KiB, 48 bits */
    set(GBPA, 4, 0x101000);  /* reset aborts */
    return 0;
}

static int probed(void **state)
{
    blank(state);
    assert_int_equal(drv->probe(&unit), 0);
    assert_int_equal(drv->add_master(&master), 0);
    assert_int_equal(drv->add_master(&other), 0);
    assert_int_equal(drv->domain_init(&guest), 0);
    os.n_writes = os.n_commands = 0;
    return 0;
}

static int attached(void **state)
{
    probed(state);
    assert_int_equal(drv->attach(&guest, &master), 0);
    assert_int_equal(drv->map(&guest, 0x50000000, 0x90000000, 0x1000, NAP_PROT_READ), 0);
    os.n_writes = os.n_commands = 0;
    return 0;
}

static int walk(const struct nap_phase *phases, uint32_t n)
{
    int ret = 0;

    for (uint32_t i = 0; i < n && ret == 0; i++)
        ret = phases[i].each(&unit);
    return ret;
}

static int suspend(void)
{
    return walk(drv->suspend, drv->n_suspend);
}

static int resume(void)
{
    return walk(drv->resume, drv->n_resume);
}

/* Index of the first write of that kind from @from on; n_writes if there is none. */
static unsigned written(uint32_t offset, uint64_t mask, uint64_t value, unsigned from)
{
    unsigned i = from;

    while (i < os.n_writes &&
           (os.writes[i].offset != offset || (os.writes[i].value & mask) != value))
        i++;
    return i;
}

static unsigned opcode(unsigned command)
{
    assert_true(command < os.n_commands);
    return (unsigned)(os.commands[command][0] & 0xff);
}

static nap_addr ste(uint32_t sid)
{
    nap_addr leaf = ram_word((get(STRTAB_BASE, 8) & ~(UINT64_C(1) << 62)) + (sid >> 8) * 8ull);

    return (leaf & ~UINT64_C(0x3f)) + (sid & 0xff) * 64ull;
}

/* --- probe --- */

/* "Initialization": tables and queues before their enables, SMMUEN last. */
static void reset_goes_by_the_documents_order(void **state)
{
    static const struct {
        uint32_t offset;
        uint64_t mask, value;
    } order[] = {
        {GBPA, 0x80100000, 0x80100000},
        {CR0, 0x1f, 0},
        {0x28, 0, 0},
        {0x2c, 0, 0},
        {0x80, 0, 0},
        {0x88, 0, 0},
        {CMDQ_BASE, 0, 0},
        {CMDQ_PROD, 0, 0},
        {CMDQ_CONS, 0, 0},
        {CR0, 0x1f, 0x8},
        {0xa0, 0, 0},
        {0x100a8, 0, 0},
        {0x100ac, 0, 0},
        {CR0, 0x1f, 0xc},
        {0xb0, 0, 0},
        {IRQ_CTRL, 0x7, 0x5},
        {CR0, 0x1f, 0xd},
    };
    unsigned at = 0;

    blank(state);
    assert_int_equal(drv->probe(&unit), 0);
    for (unsigned i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        at = written(order[i].offset, order[i].mask, order[i].value, at);
        assert_true(at < os.n_writes);
    }
}

static void reset_invalidates_configuration_before_tlbs(void **state)
{
    blank(state);
    assert_int_equal(drv->probe(&unit), 0);
    assert_int_equal(opcode(0), 0x04); /* CMD_CFGI_ALL */
    assert_int_equal(os.commands[0][1], 31);
    assert_int_equal(opcode(1), 0x46); /* CMD_SYNC */
    assert_int_equal(opcode(2), 0x30); /* CMD_TLBI_NSNH_ALL */
    assert_int_equal(opcode(3), 0x20); /* CMD_TLBI_EL2_ALL */
    assert_int_equal(opcode(4), 0x46);
}

static void preset_queues_are_refused(void **state)
{
    blank(state);
    set(0x4, 4, 0x2e730010);
    assert_int_equal(drv->probe(&unit), -ENXIO);
    assert_int_equal(os.irqs, 0);
}

static void a_queue_without_memory_leaves_nothing(void **state)
{
    blank(state);
    os.failing = "queue";
    assert_int_equal(drv->probe(&unit), -ENOMEM);
    assert_int_equal(os.live, 0);
    assert_null(unit.data);
}

static void streams_of_nobody_abort(void **state)
{
    probed(state);
    assert_int_equal(ram_word(ste(ATTACHED_SID)), 1); /* V, Config 000 */
}

/* --- tables --- */

/* "Configuration structures and configuration invalidation completion": words that count only
 * once the entry translates are written while it does not. */
static void word_0_of_an_entry_is_stored_last(void **state)
{
    probed(state);
    os.watched = ste(ATTACHED_SID);
    assert_int_equal(drv->attach(&guest, &master), 0);
    assert_int_equal(os.n_stored, 8);
    assert_int_equal(os.stored[7], 0);
    assert_int_equal(ram_word(ste(ATTACHED_SID)) & 0xf, 0xb); /* V, Config 101 */
    assert_int_equal(opcode(0), 0x03);                        /* CMD_CFGI_STE */
    assert_int_equal(os.commands[0][0] >> 32, ATTACHED_SID);
}

static void a_blocked_master_aborts_in_one_store(void **state)
{
    attached(state);
    os.watched = ste(ATTACHED_SID);
    assert_int_equal(drv->block(&master), 0);
    assert_int_equal(os.n_stored, 1);
    assert_int_equal(ram_word(ste(ATTACHED_SID)), 1);
}

static void unmap_invalidates_and_waits(void **state)
{
    attached(state);
    assert_int_equal(drv->unmap(&guest, 0x50000000, 0x1000), 0);
    assert_int_equal(os.n_commands, 2);
    assert_int_equal(opcode(0), 0x12); /* CMD_TLBI_NH_VA */
    assert_int_equal(os.commands[0][1], 0x50000001);
    assert_int_equal(opcode(1), 0x46);
}

static void what_is_not_mapped_is_not_unmapped(void **state)
{
    attached(state);
    assert_int_equal(drv->unmap(&guest, 0x50001000, 0x1000), -EINVAL);
    assert_int_equal(os.n_commands, 0);
}

static void a_part_of_a_block_stays(void **state)
{
    attached(state);
    assert_int_equal(drv->map(&guest, 0x60000000, 0x90000000, 0x200000, NAP_PROT_READ), 0);
    assert_int_equal(drv->unmap(&guest, 0x60000000, 0x1000), -EINVAL);
    assert_int_equal(drv->unmap(&guest, 0x60000000, 0x200000), 0);
}

/* A table that holds nothing goes, and walks that know it, before a block takes its place. */
static void a_block_takes_the_place_of_an_empty_table(void **state)
{
    attached(state);
    assert_int_equal(drv->unmap(&guest, 0x50000000, 0x1000), 0);
    os.n_commands = 0;
    assert_int_equal(drv->map(&guest, 0x50000000, 0x90000000, 0x200000, NAP_PROT_READ), 0);
    assert_int_equal(opcode(0), 0x11); /* CMD_TLBI_NH_ASID */
    assert_int_equal(opcode(1), 0x46);
}

/* --- queues --- */

static void indices_wrap(void **state)
{
    attached(state);
    for (unsigned i = 0; i < 20; i++)
        assert_int_equal(drv->fill(&unit, 1), 0);
    assert_int_equal(os.n_commands, 20);
    assert_true(get(CMDQ_PROD, 4) < 16); /* index of 8 entries, and wrap */
}

static void a_full_queue_is_waited_for(void **state)
{
    attached(state);
    os.consumes = false;
    assert_int_equal(drv->fill(&unit, 8), 0);
    assert_int_equal(drv->fill(&unit, 1), -ETIMEDOUT);
}

/* "Command errors": the entry is replaced, then the error acknowledged. */
static void an_illegal_command_is_skipped(void **state)
{
    attached(state);
    os.illegal = 0x12;
    assert_int_equal(drv->unmap(&guest, 0x50000000, 0x1000), 0);
    assert_int_equal(opcode(0), 0x46);
    assert_int_equal(opcode(1), 0x46);
    assert_int_equal(get(GERRORN, 4), get(GERROR, 4));
}

/* --- sleep --- */

static void traffic_aborts_before_translation_stops(void **state)
{
    unsigned abort, disable;

    attached(state);
    assert_int_equal(suspend(), 0);
    abort = written(GBPA, 0x80100000, 0x80100000, 0);
    disable = written(CR0, 1, 0, 0);
    assert_true(abort < disable);
    assert_true(disable < os.n_writes);
}

static void interrupts_are_off_before_queues_are(void **state)
{
    attached(state);
    assert_int_equal(suspend(), 0);
    assert_true(written(IRQ_CTRL, 7, 0, 0) < written(CR0, 0xf, 0x8, 0));
}

static void asleep_nothing_reaches_hardware(void **state)
{
    attached(state);
    assert_int_equal(suspend(), 0);
    os.powered = false;
    assert_int_equal(drv->unmap(&guest, 0x50000000, 0x1000), 0);
    assert_int_equal(drv->map(&guest, 0x50000000, 0x91000000, 0x1000, NAP_PROT_READ), 0);
    assert_int_equal(drv->attach(&guest, &other), 0);
    assert_int_equal(drv->block(&master), 0);
    assert_int_equal(drv->query(&unit), 0);
    assert_false(drv->irq_edge(&unit, 2));
    assert_int_equal(os.unpowered, 0);
    assert_int_equal(ram_word(ste(9)) & 0xf, 0xb);
}

/* All that was left out is made good before translation begins. */
static void resume_invalidates_before_it_enables(void **state)
{
    attached(state);
    assert_int_equal(suspend(), 0);
    memset(os.regs + 0x20, 0xa5, 0x80); /* anything */
    set(CR0, 8, 0);
    set(GERROR, 8, 0);
    set(IRQ_CTRL, 8, 0);
    set(GBPA, 4, 0);
    os.n_writes = os.n_commands = 0;
    assert_int_equal(resume(), 0);
    assert_int_equal(opcode(0), 0x04);
    assert_int_equal(opcode(2), 0x30);
    assert_true(written(GBPA, 0x100000, 0x100000, 0) < written(CR0, 1, 1, 0));
    assert_int_equal(get(CR0, 4), 0xd);
    assert_int_equal(get(CMDQ_PROD, 4), get(CMDQ_CONS, 4));
    assert_int_equal(os.writes[os.n_writes - 1].offset, CR0);
}

static void messages_come_from_the_core(void **state)
{
    attached(state);
    assert_int_equal(suspend(), 0);
    set(0x68, 8, 0);
    set(0xb0, 8, 0);
    assert_int_equal(resume(), 0);
    assert_int_equal(get(0xb0, 8), 0x8080040);
    assert_int_equal(get(0xb8, 4), 0x100);
    assert_int_equal(get(0x70, 4), 0x102);
}

/* Hardware that does not answer is asked for nothing more: what it had is written back. */
static void a_suspend_that_times_out_leaves_service(void **state)
{
    attached(state);
    assert_int_equal(walk(drv->suspend, 7), 0);
    assert_int_equal(get(CR0, 4), 0x8);
    os.consumes = false;
    assert_int_equal(drv->suspend[7].each(&unit), -ETIMEDOUT);
    assert_int_equal(get(CR0, 4), 0xd);
}

static void a_suspend_that_is_given_up_is_a_resume(void **state)
{
    attached(state);
    assert_int_equal(walk(drv->suspend, 6), 0);
    assert_int_equal(get(CR0, 4) & 1, 0);
    assert_int_equal(resume(), 0);
    assert_int_equal(get(CR0, 4), 0xd);
}

static void an_acknowledge_that_never_comes_is_returned(void **state)
{
    attached(state);
    assert_int_equal(suspend(), 0);
    os.stuck = 8;
    set(CR0 + 4, 4, 0);
    assert_int_equal(resume(), -ETIMEDOUT);
    assert_int_equal(get(CR0, 4) & 1, 0);
}

static void nobody_sensitive_sleeps_behind_bypass(void **state)
{
    blank(state);
    set(GBPA, 4, 0x1000); /* reset bypasses */
    assert_int_equal(drv->probe(&unit), 0);
    assert_int_equal(drv->add_master(&master), 0);
    assert_int_equal(suspend(), 0);
    assert_int_equal(resume(), 0);
    master.autonomous = true;
    assert_int_equal(suspend(), -EBUSY);
}

static void a_unit_that_is_gone_aborts(void **state)
{
    attached(state);
    assert_int_equal(drv->block(&master), 0);
    assert_int_equal(drv->remove(&unit), 0);
    assert_int_equal(get(CR0, 4), 0);
    assert_int_equal(get(GBPA, 4) & 0x100000, 0x100000);
    assert_int_equal(os.irqs, 0);
    assert_int_equal(os.msis, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reset_goes_by_the_documents_order),
        cmocka_unit_test(reset_invalidates_configuration_before_tlbs),
        cmocka_unit_test(preset_queues_are_refused),
        cmocka_unit_test(a_queue_without_memory_leaves_nothing),
        cmocka_unit_test(streams_of_nobody_abort),
        cmocka_unit_test(word_0_of_an_entry_is_stored_last),
        cmocka_unit_test(a_blocked_master_aborts_in_one_store),
        cmocka_unit_test(unmap_invalidates_and_waits),
        cmocka_unit_test(what_is_not_mapped_is_not_unmapped),
        cmocka_unit_test(a_part_of_a_block_stays),
        cmocka_unit_test(a_block_takes_the_place_of_an_empty_table),
        cmocka_unit_test(indices_wrap),
        cmocka_unit_test(a_full_queue_is_waited_for),
        cmocka_unit_test(an_illegal_command_is_skipped),
        cmocka_unit_test(traffic_aborts_before_translation_stops),
        cmocka_unit_test(interrupts_are_off_before_queues_are),
        cmocka_unit_test(asleep_nothing_reaches_hardware),
        cmocka_unit_test(resume_invalidates_before_it_enables),
        cmocka_unit_test(messages_come_from_the_core),
        cmocka_unit_test(a_suspend_that_times_out_leaves_service),
        cmocka_unit_test(a_suspend_that_is_given_up_is_a_resume),
        cmocka_unit_test(an_acknowledge_that_never_comes_is_returned),
        cmocka_unit_test(nobody_sensitive_sleeps_behind_bypass),
        cmocka_unit_test(a_unit_that_is_gone_aborts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
