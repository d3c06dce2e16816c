/* SPDX-License-Identifier: MIT */
/* The GIC driver logic on register files that set and clear bits as the architecture says,
 * acknowledge at once, and remember who was written when; no simulator behind them. Expected
 * orders: Arm IHI 0048, "Interrupt Configuration Registers", "Interrupt Set-Enable Registers",
 * "SGI Set-Pending Registers", "Power management, GIC v2"; Arm IHI 0069, "GICD_CTLR",
 * "GICR_WAKER", "GITS_CBASER", "GITS_BASER<n>". */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "drivers.h"

#define DIST       UINT64_C(0x08000000)
#define INTERFACE  UINT64_C(0x08010000)
#define DIST_BYTES 0x1000u
#define CPU_BYTES  0x2000u

#define WRITES_MAX 8192u

struct write {
    nap_addr address;
    uint32_t value;
};

static struct {
    uint32_t dist[DIST_BYTES / 4], interface[CPU_BYTES / 4];
    struct write writes[WRITES_MAX];
    unsigned n_writes;
    _Alignas(16) unsigned char heap[65536];
    size_t heap_used;
    const char *failing;
    const char *key, *value; /* a parameter */
    void *driver_data;
    uint32_t dispatched;
    enum nap_irq_result result;
    char panic[64];
} os;

static jmp_buf panicked;

/* --- hardware: a GICv2 with 64 INTIDs and 2 CPUs, of which the first is seen --- */

static bool is_bitmap(uint32_t offset)
{
    return offset >= 0x100 && offset < 0x400;
}

/* Where the bits of a register that sets or clears them are kept. */
static uint32_t home(uint32_t offset)
{
    if (is_bitmap(offset))
        return offset & ~0x80u;
    return offset >= 0xf10 && offset < 0xf20 ? offset + 0x10 : offset;
}

static bool is_clear(uint32_t offset)
{
    return is_bitmap(offset) ? (offset & 0x80) != 0 : offset >= 0xf10 && offset < 0xf20;
}

static bool is_set(uint32_t offset)
{
    return is_bitmap(offset) || (offset >= 0xf20 && offset < 0xf30);
}

static void write_dist(uint32_t offset, uint32_t value)
{
    uint32_t *word = &os.dist[home(offset) / 4];

    if (offset == 4 || (offset >= 0x800 && offset < 0x820) || offset == 0xc00)
        return; /* read only */
    if ((offset & ~0x80u) == 0x200)
        value &= 0xffff0000; /* SGIs are pending by source alone */
    if (is_clear(offset))
        *word &= ~value;
    else if (is_set(offset))
        *word |= value;
    else
        *word = value;
}

uint64_t nap_seam_read(nap_addr address, unsigned size_bytes, const char *file, int line)
{
    assert_non_null(file);
    assert_true(line > 0);
    assert_int_equal(size_bytes, 4);
    if (address >= INTERFACE)
        return os.interface[(address - INTERFACE) / 4];
    return os.dist[home((uint32_t)(address - DIST)) / 4];
}

void nap_seam_write(nap_addr address, unsigned size_bytes, uint64_t value, const char *file,
                    int line)
{
    assert_non_null(file);
    assert_true(line > 0);
    assert_int_equal(size_bytes, 4);
    assert_true(os.n_writes < WRITES_MAX);
    os.writes[os.n_writes++] = (struct write){address, (uint32_t)value};
    if (address == INTERFACE + 4)
        value &= 0xf8; /* five bits of priority */
    if (address >= INTERFACE)
        os.interface[(address - INTERFACE) / 4] = (uint32_t)value;
    else
        write_dist((uint32_t)(address - DIST), (uint32_t)value);
}

/* As a loss of power leaves it: what is known is 0, and triggers are anything. */
static void lose_power(void)
{
    uint32_t typer = os.dist[1];

    memset(os.dist, 0, sizeof(os.dist));
    memset(os.interface, 0, sizeof(os.interface));
    memset(&os.dist[0xc08 / 4], 0x55, 8);
    os.dist[1] = typer;
    os.dist[0xc00 / 4] = 0xaaaaaaaa;
}

/* --- the OS --- */

uint64_t nap_seam_sysreg_read(unsigned number, const char *file, int line)
{
    (void)number;
    (void)file;
    (void)line;
    return 0;
}

void nap_seam_sysreg_write(unsigned number, uint64_t value, const char *file, int line)
{
    (void)number;
    (void)value;
    (void)file;
    (void)line;
}

void nap_seam_fence(enum nap_barrier barrier, const char *file, int line)
{
    (void)barrier;
    (void)file;
    (void)line;
}

void nap_seam_barrier(enum nap_barrier barrier, const char *file, int line)
{
    (void)barrier;
    (void)file;
    (void)line;
}

void nap_seam_store(nap_addr pa, unsigned size_bytes, uint64_t value, const char *file,
                    int line)
{
    (void)pa;
    (void)size_bytes;
    (void)value;
    (void)file;
    (void)line;
}

nap_addr nap_ram_alloc(uint64_t size_bytes)
{
    (void)size_bytes;
    return 0;
}

nap_addr nap_virt_to_phys(const void *p)
{
    (void)p;
    return 0;
}

void *nap_phys_to_virt(nap_addr pa)
{
    (void)pa;
    return NULL;
}

void nap_cache_clean(const void *p, size_t bytes)
{
    (void)p;
    (void)bytes;
}

void *nap_alloc(size_t bytes)
{
    size_t at = os.heap_used;

    bytes = (bytes + 15) & ~(size_t)15;
    assert_true(at + bytes <= sizeof(os.heap));
    os.heap_used += bytes;
    return os.heap + at;
}

void nap_free(void *p)
{
    (void)p;
}

bool nap_fails(const char *what)
{
    return os.failing != NULL && strcmp(os.failing, what) == 0;
}

void nap_udelay(unsigned microseconds)
{
    (void)microseconds;
}

void nap_log(const char *format, ...)
{
    (void)format;
}

void nap_panic(const char *what, const char *file, int line)
{
    (void)file;
    (void)line;
    snprintf(os.panic, sizeof(os.panic), "%s", what);
    longjmp(panicked, 1);
}

const char *nap_parameter(const char *key)
{
    return os.key != NULL && strcmp(os.key, key) == 0 ? os.value : NULL;
}

static const struct nap_interrupt used[] = {
    {.intid = 32, .priority = 0x80, .edge = true},
    {.intid = 33, .cpu = 1, .priority = 0x90},
    {.intid = 3, .priority = 0x70, .edge = true},
};

uint32_t nap_interrupts(void)
{
    return sizeof(used) / sizeof(used[0]);
}

const struct nap_interrupt *nap_interrupt(uint32_t index)
{
    return &used[index];
}

enum nap_irq_result nap_irq_dispatch_at(uint32_t intid, const char *file, int line)
{
    assert_non_null(file);
    assert_true(line > 0);
    os.dispatched = intid;
    return os.result;
}

void *nap_driver_data(void)
{
    return os.driver_data;
}

void nap_set_driver_data(void *data)
{
    os.driver_data = data;
}

/* --- driving it --- */

static const struct nap_driver *find(const struct nap_builtin_driver *list, const char *variant)
{
    for (; list->name != NULL; list++) {
        if (strcmp(list->variant, variant) == 0)
            return list->driver;
    }
    fail_msg("no variant %s", variant);
    return NULL;
}

static struct nap_device distributor = {.name = "gicd", .model = "gicv2", .regs = DIST};
static struct nap_device interface = {.name = "gicc", .model = "gicv2", .regs = INTERFACE};

static const struct nap_driver *bring_up(const char *variant)
{
    const struct nap_driver *d = find(nap_gicv2_drivers, variant);

    assert_int_equal(d->probe(&distributor), 0);
    assert_int_equal(d->probe(&interface), 0);
    os.n_writes = 0;
    return d;
}

static int suspend(const struct nap_driver *d)
{
    int ret = 0;

    for (uint32_t i = 0; i < d->n_suspend && ret == 0; i++)
        ret = d->suspend[i].step();
    return ret;
}

static void resume(const struct nap_driver *d)
{
    os.n_writes = 0;
    for (uint32_t i = 0; i < d->n_resume; i++)
        assert_int_equal(d->resume[i].step(), 0);
}

/* The first, or the last, write to that address; fails where there is none. */
static unsigned first_write(nap_addr address)
{
    for (unsigned i = 0; i < os.n_writes; i++) {
        if (os.writes[i].address == address)
            return i;
    }
    fail_msg("nothing was written to 0x%llx", (unsigned long long)address);
    return 0;
}

static unsigned last_write(nap_addr address)
{
    for (unsigned i = os.n_writes; i-- > 0;) {
        if (os.writes[i].address == address)
            return i;
    }
    fail_msg("nothing was written to 0x%llx", (unsigned long long)address);
    return 0;
}

/* --- tests --- */

static void content_comes_back_after_a_loss_of_power(void **state)
{
    const struct nap_driver *d = bring_up("corrected");
    uint32_t was[DIST_BYTES / 4];

    (void)state;
    os.dist[0x204 / 4] = 1;          /* pending */
    os.dist[0x304 / 4] = 2;          /* active */
    os.dist[0x424 / 4] = 0x10203040; /* priorities */
    os.dist[0x824 / 4] = 0x02010201; /* targets */
    os.dist[0xc08 / 4] = 0x2;        /* INTID 32 is edge-triggered */
    os.dist[0xf20 / 4] = 0x0200;     /* SGI 1 from CPU 1 */
    memcpy(was, os.dist, sizeof(was));
    assert_int_equal(suspend(d), 0);
    lose_power();
    resume(d);
    assert_memory_equal(os.dist, was, sizeof(was));
}

/* "A change of Int_config of an enabled interrupt is UNPREDICTABLE." */
static void triggers_change_between_disabling_and_enabling(void **state)
{
    const struct nap_driver *d = bring_up("corrected");

    (void)state;
    assert_int_equal(suspend(d), 0);
    resume(d);
    assert_true(last_write(DIST + 0x184) < first_write(DIST + 0xc08));
    assert_true(last_write(DIST + 0xc0c) < first_write(DIST + 0x104));
}

static void priorities_targets_and_state_stand_before_enables(void **state)
{
    const struct nap_driver *d = bring_up("corrected");

    (void)state;
    assert_int_equal(suspend(d), 0);
    resume(d);
    assert_true(last_write(DIST + 0x43c) < first_write(DIST + 0x104));
    assert_true(last_write(DIST + 0x83c) < first_write(DIST + 0x104));
    assert_true(first_write(DIST + 0x384) < first_write(DIST + 0x304));
    assert_true(last_write(DIST + 0x304) < first_write(DIST + 0x104));
    assert_true(last_write(DIST + 0x104) < last_write(DIST));
    assert_true(last_write(DIST) < last_write(INTERFACE));
}

/* Level-sensitive interrupts are pending by their line: a latch would be one too many. */
static void pending_state_of_levels_is_not_restored(void **state)
{
    const struct nap_driver *d = bring_up("corrected");

    (void)state;
    os.dist[0xc08 / 4] = 0x2;
    os.dist[0x204 / 4] = 0x3; /* INTIDs 32 and 33 */
    assert_int_equal(suspend(d), 0);
    lose_power();
    resume(d);
    assert_int_equal(os.writes[first_write(DIST + 0x204)].value, 0x1);
}

static void a_step_and_the_next_change_places(void **state)
{
    const struct nap_driver *d;

    (void)state;
    os.key = "swap";
    os.value = "11"; /* pending SGIs, enables */
    d = bring_up("corrected");
    assert_int_equal(suspend(d), 0);
    resume(d);
    assert_true(last_write(DIST + 0x104) < first_write(DIST + 0xf20));
    assert_true(last_write(DIST + 0x204) < first_write(DIST + 0x104));
}

static void suspend_is_refused_while_a_priority_is_active(void **state)
{
    const struct nap_driver *d = bring_up("corrected");
    uint32_t ctlr = os.interface[0];

    (void)state;
    os.interface[0xd0 / 4] = 1u << 20;
    assert_int_equal(suspend(d), -EBUSY);
    assert_int_equal(os.interface[0], ctlr);
    assert_int_equal(os.dist[0], 1);
}

/* "Interrupt signal bypass": a disabled interface with these bits 0 passes the legacy wires. */
static void bypass_stays_disabled_while_the_interface_is_off(void **state)
{
    const struct nap_driver *d = bring_up("corrected");

    (void)state;
    assert_int_equal(suspend(d), 0);
    assert_int_equal(os.interface[0] & 0x1e3, 0x1e0);
}

static void a_suspend_without_memory_is_refused(void **state)
{
    const struct nap_driver *d = find(nap_gicv2_mistakes, "record-late");

    (void)state;
    assert_int_equal(d->probe(&distributor), 0);
    assert_int_equal(d->probe(&interface), 0);
    os.failing = "image";
    assert_int_equal(suspend(d), -ENOMEM);
    assert_int_equal(os.dist[0], 1);
    assert_int_equal(os.interface[0] & 1, 1);
}

/* "Priority drop and interrupt deactivation", with EOImode 1: EOIR drops the priority, with the
 * value that IAR has shown, DIR deactivates. */
static void an_interrupt_is_ended_in_two_writes(void **state)
{
    const struct nap_driver *d = bring_up("corrected");

    (void)state;
    os.interface[0xc / 4] = 0x403; /* SGI 3 from CPU 1 */
    os.n_writes = 0;
    d->irq_entry(0);
    assert_int_equal(os.dispatched, 3);
    assert_int_equal(os.n_writes, 2);
    assert_int_equal(os.writes[first_write(INTERFACE + 0x10)].value, 0x403);
    assert_int_equal(os.writes[first_write(INTERFACE + 0x1000)].value, 0x403);
}

static void a_guests_interrupt_stays_active_until_it_ends_it(void **state)
{
    const struct nap_driver *d = bring_up("corrected");

    (void)state;
    os.interface[0xc / 4] = 33;
    os.result = NAP_IRQ_GUEST;
    os.n_writes = 0;
    d->irq_entry(0);
    assert_int_equal(os.n_writes, 1);
    assert_int_equal(os.writes[0].address, INTERFACE + 0x10);
    d->irq_deactivate(0, 33);
    assert_int_equal(os.writes[1].address, INTERFACE + 0x1000);
    assert_int_equal(os.writes[1].value, 33);
}

static void a_spurious_interrupt_is_not_ended(void **state)
{
    const struct nap_driver *d = bring_up("corrected");

    (void)state;
    os.interface[0xc / 4] = 1023;
    os.n_writes = 0;
    d->irq_entry(0);
    assert_int_equal(os.n_writes, 0);
}

/* What the forms that were posted are known by. */
static void revision_9_enables_before_triggers(void **state)
{
    const struct nap_driver *d = bring_up("xen-v9");

    (void)state;
    assert_int_equal(suspend(d), 0);
    resume(d);
    assert_true(first_write(DIST + 0x104) < first_write(DIST + 0xc08));
    d = bring_up("xen");
    assert_int_equal(suspend(d), 0);
    resume(d);
    assert_true(last_write(DIST + 0xc0c) < first_write(DIST + 0x104));
}

static void linux_gives_all_interrupts_one_priority(void **state)
{
    const struct nap_driver *d = bring_up("linux");

    (void)state;
    os.dist[0x424 / 4] = 0x10203040;
    assert_int_equal(suspend(d), 0);
    lose_power();
    resume(d);
    assert_int_equal(os.dist[0x424 / 4], 0xa0a0a0a0);
    assert_int_equal(os.interface[1], 0xf0);
}

static int begin(void **state)
{
    (void)state;
    memset(&os, 0, sizeof(os));
    os.dist[1] = 0x21; /* 64 INTIDs, two CPUs */
    os.dist[0xc00 / 4] = 0xaaaaaaaa;
    return 0;
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(content_comes_back_after_a_loss_of_power),
        TEST(triggers_change_between_disabling_and_enabling),
        TEST(priorities_targets_and_state_stand_before_enables),
        TEST(pending_state_of_levels_is_not_restored),
        TEST(a_step_and_the_next_change_places),
        TEST(suspend_is_refused_while_a_priority_is_active),
        TEST(bypass_stays_disabled_while_the_interface_is_off),
        TEST(a_suspend_without_memory_is_refused),
        TEST(an_interrupt_is_ended_in_two_writes),
        TEST(a_guests_interrupt_stays_active_until_it_ends_it),
        TEST(a_spurious_interrupt_is_not_ended),
        TEST(revision_9_enables_before_triggers),
        TEST(linux_gives_all_interrupts_one_priority),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
