/* SPDX-License-Identifier: MIT */
/* The GICv3 and ITS driver logic on register files that set and clear bits as the architecture
 * says, acknowledge at once, take commands for done, and remember what was written when; no
 * simulator behind them. Expected orders: Arm IHI 0069, "GICD_CTLR", "GICD_ICFGR<n>",
 * "GICR_WAKER", "GICR_PROPBASER", "GITS_CBASER", "GITS_CTLR", "ICC_SRE_EL2". */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "drivers.h"

#define DIST      UINT64_C(0x08000000)
#define ITS       UINT64_C(0x08080000)
#define REDIST    UINT64_C(0x080a0000)
#define SGI       (REDIST + 0x10000)
#define RAM       UINT64_C(0x40000000)
#define RAM_BYTES 0x200000u

#define WRITES_MAX 8192u
#define SYSREG     UINT64_C(0xffff00000000) /* in the list of writes: with its number */

#define ICC_SRE_EL2_NUMBER     (SYSREG + NAP_SYSREG(3, 4, 12, 9, 5))
#define ICC_PMR_EL1_NUMBER     (SYSREG + NAP_SYSREG(3, 0, 4, 6, 0))
#define ICC_CTLR_EL1_NUMBER    (SYSREG + NAP_SYSREG(3, 0, 12, 12, 4))
#define ICC_IGRPEN1_EL1_NUMBER (SYSREG + NAP_SYSREG(3, 0, 12, 12, 7))
#define ICC_AP1R0_EL1_NUMBER   NAP_SYSREG(3, 0, 12, 9, 0)

struct write {
    nap_addr address;
    uint64_t value;
};

static struct {
    uint8_t dist[0x10000], redist[0x20000], its[0x10000];
    uint64_t sysreg[0x10000];
    uint8_t ram[RAM_BYTES];
    uint64_t ram_used;
    struct write writes[WRITES_MAX];
    unsigned n_writes;
    _Alignas(16) unsigned char heap[65536];
    size_t heap_used;
    bool never_sleeps, never_quiet;
    void *driver_data;
    uint32_t dispatched;
    enum nap_irq_result result;
} os;

/* --- hardware: a GICv3 with 64 INTIDs, one CPU, and an ITS; one security state --- */

static uint8_t *frame(nap_addr address)
{
    if (address >= REDIST)
        return os.redist + (address - REDIST);
    return address >= ITS ? os.its + (address - ITS) : os.dist + (address - DIST);
}

static uint64_t get(nap_addr address, unsigned bytes)
{
    uint64_t value = 0;

    memcpy(&value, frame(address), bytes);
    return value;
}

static void set(nap_addr address, unsigned bytes, uint64_t value)
{
    memcpy(frame(address), &value, bytes);
}

static bool is_bitmap(nap_addr address)
{
    uint64_t offset = address & 0xffff;

    return (address < ITS || address >= SGI) && offset >= 0x100 && offset < 0x400;
}

static void bitmap_written(nap_addr address, uint64_t value)
{
    nap_addr home = address & ~UINT64_C(0x80);
    uint64_t word = get(home, 4);

    set(home, 4, (address & 0x80) != 0 ? word & ~value : word | value);
}

static void waker_written(uint64_t value)
{
    uint64_t asleep = (value & 2) != 0 && !os.never_sleeps ? 4 : 0;
    uint64_t quiet = (value & 1) != 0 ? UINT64_C(1) << 31 : 0;

    set(REDIST + 0x14, 4, (value & 3) | asleep | quiet);
}

static void its_written(nap_addr address, unsigned bytes, uint64_t value)
{
    uint64_t fixed = UINT64_C(0x071f000000000000);

    if (address == ITS)
        set(address, 4,
            (value & 1) | ((value & 1) != 0 || os.never_quiet ? 0 : UINT64_C(1) << 31));
    else if (address >= ITS + 0x100 && address < ITS + 0x140)
        set(address, 8, (get(address, 8) & fixed) | (value & ~fixed));
    else
        set(address, bytes, value);
    if (address == ITS + 0x80)
        set(ITS + 0x90, 8, 0);
    if (address == ITS + 0x88)
        set(ITS + 0x90, 8, value);
}

uint64_t nap_seam_read(nap_addr address, unsigned size_bytes, const char *file, int line)
{
    assert_non_null(file);
    assert_true(line > 0);
    return get(is_bitmap(address) ? address & ~UINT64_C(0x80) : address, size_bytes);
}

static void remember(nap_addr address, uint64_t value)
{
    assert_true(os.n_writes < WRITES_MAX);
    os.writes[os.n_writes++] = (struct write){address, value};
}

void nap_seam_write(nap_addr address, unsigned size_bytes, uint64_t value, const char *file,
                    int line)
{
    assert_non_null(file);
    assert_true(line > 0);
    remember(address, value);
    if (is_bitmap(address))
        bitmap_written(address, value);
    else if (address == REDIST + 0x14)
        waker_written(value);
    else if (address >= ITS && address < REDIST)
        its_written(address, size_bytes, value);
    else
        set(address, size_bytes, address == DIST ? value | 0x40 : value);
}

uint64_t nap_seam_sysreg_read(unsigned number, const char *file, int line)
{
    (void)file;
    (void)line;
    return os.sysreg[number];
}

void nap_seam_sysreg_write(unsigned number, uint64_t value, const char *file, int line)
{
    (void)file;
    (void)line;
    remember(SYSREG + number, value);
    os.sysreg[number] = value;
}

static void power_up(void)
{
    memset(os.dist, 0, sizeof(os.dist));
    memset(os.redist, 0, sizeof(os.redist));
    memset(os.its, 0, sizeof(os.its));
    memset(os.sysreg, 0, sizeof(os.sysreg));
    set(DIST, 4, 0x40);
    set(SGI + 0xc00, 4, 0xaaaaaaaa); /* SGIs are edges */
    set(DIST + 4, 4, 0x006a0001);    /* 64 INTIDs, LPIs, 14 bits */
    set(REDIST + 4, 4, 0x0200043b);
    set(REDIST + 8, 8, 0x11); /* LPIs, the last one */
    set(REDIST + 0x14, 4, 6);
    set(ITS, 4, UINT64_C(1) << 31);
    set(ITS + 8, 8, UINT64_C(0x01000001)); /* one collection is kept in the ITS */
    set(ITS + 0x100, 8, UINT64_C(0x0107000000000000));
    set(ITS + 0x108, 8, UINT64_C(0x0407000000000000));
}

/* --- the OS --- */

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
    assert_non_null(file);
    assert_true(line > 0);
    assert_in_range(pa, RAM, RAM + RAM_BYTES - size_bytes);
    memcpy(os.ram + (pa - RAM), &value, size_bytes);
}

nap_addr nap_ram_alloc(uint64_t size_bytes)
{
    nap_addr at = RAM + os.ram_used;

    os.ram_used += size_bytes;
    assert_true(os.ram_used <= RAM_BYTES);
    return at;
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
    (void)what;
    return false;
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
    fail_msg("%s:%d: %s", file, line, what);
    for (;;)
        ;
}

const char *nap_parameter(const char *key)
{
    (void)key;
    return NULL;
}

static const struct nap_interrupt used[] = {
    {.intid = 32, .priority = 0x80, .edge = true},
    {.intid = 33, .cpu = 0, .priority = 0x90},
    {.intid = 3, .priority = 0x70, .edge = true},
    {.intid = 8192, .priority = 0x60, .event = 1},
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

static struct nap_device parts[] = {
    {.name = "gicd", .model = "gicv3", .regs = DIST},
    {.name = "gicr0", .model = "gicv3-redistributor", .regs = REDIST},
    {.name = "icc0", .model = "gicv3-cpu-interface"},
    {.name = "its0", .model = "its", .regs = ITS},
};

static const struct nap_driver *bring_up(const struct nap_driver *d)
{
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(d->probe(&parts[i]), 0);
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

static const struct nap_driver *sleep_and_wake(const struct nap_driver *d)
{
    (void)bring_up(d);
    assert_int_equal(suspend(d), 0);
    power_up();
    resume(d);
    return d;
}

static void content_comes_back_after_a_loss_of_power(void **state)
{
    const struct nap_driver *d = bring_up(&nap_driver_gicv3_corrected);
    uint8_t dist[sizeof(os.dist)], redist[sizeof(os.redist)];

    (void)state;
    set(DIST + 0x204, 4, 0); /* no SPI is pending, */
    set(DIST + 0x304, 4, 8); /* one is active */
    set(DIST + 0x420, 4, 0x10203040);
    set(DIST + 0x6108, 8, UINT64_C(0x0100000201));
    set(SGI + 0x200, 4, 8); /* SGI 3 is pending */
    memcpy(dist, os.dist, sizeof(dist));
    memcpy(redist, os.redist, sizeof(redist));
    assert_int_equal(suspend(d), 0);
    power_up();
    resume(d);
    assert_memory_equal(os.dist, dist, sizeof(dist));
    assert_memory_equal(os.redist, redist, sizeof(redist));
}

static void triggers_change_between_disabling_and_enabling(void **state)
{
    (void)state;
    (void)sleep_and_wake(&nap_driver_gicv3_corrected);
    assert_true(first_write(DIST + 0x184) < first_write(DIST + 0xc08));
    assert_true(last_write(DIST + 0xc0c) < first_write(DIST + 0x104));
    assert_true(first_write(SGI + 0x180) < first_write(SGI + 0xc04));
    assert_true(last_write(SGI + 0xc04) < first_write(SGI + 0x100));
}

/* "Changing ARE from 1 to 0 is UNPREDICTABLE"; routes are RES0 until ARE is 1. */
static void affinity_routing_comes_first_and_stays(void **state)
{
    (void)state;
    (void)sleep_and_wake(&nap_driver_gicv3_corrected);
    assert_int_equal(os.writes[first_write(DIST)].value & 0x13, 0x10);
    assert_true(first_write(DIST) < first_write(DIST + 0x6100));
}

static void tables_are_given_before_lpis_are_enabled(void **state)
{
    (void)state;
    (void)sleep_and_wake(&nap_driver_gicv3_corrected);
    assert_true(last_write(REDIST + 0x70) < first_write(REDIST));
    assert_true(last_write(REDIST + 0x78) < first_write(REDIST));
    assert_int_equal(os.writes[last_write(REDIST + 0x78)].value >> 62 & 1, 0); /* PTZ */
}

/* Translations towards a redistributor whose EnableLPIs is 0 are dropped. */
static void redistributors_take_lpis_before_the_its_sends_them(void **state)
{
    (void)state;
    (void)sleep_and_wake(&nap_driver_gicv3_corrected);
    assert_true(last_write(REDIST) < last_write(ITS));
}

static void the_queue_of_the_its_begins_anew(void **state)
{
    (void)state;
    (void)sleep_and_wake(&nap_driver_gicv3_corrected);
    assert_true(first_write(ITS + 0x80) < first_write(ITS + 0x88));
    assert_int_equal(os.writes[first_write(ITS + 0x88)].value, 0);
    assert_true(last_write(ITS + 0x108) < last_write(ITS));
    assert_int_equal(os.writes[last_write(ITS)].value, 1);
}

static void a_collection_that_the_its_keeps_is_mapped_again(void **state)
{
    const struct nap_driver *d = sleep_and_wake(&nap_driver_gicv3_corrected);

    (void)state;
    (void)d;
    assert_int_equal(get(ITS + 0x88, 8), 3 * 32); /* MAPC, INVALL, SYNC */
}

static void the_interface_is_reached_set_up_and_enabled_in_this_order(void **state)
{
    (void)state;
    (void)sleep_and_wake(&nap_driver_gicv3_corrected);
    assert_true(first_write(ICC_SRE_EL2_NUMBER) < first_write(ICC_PMR_EL1_NUMBER));
    assert_true(last_write(ICC_PMR_EL1_NUMBER) < last_write(ICC_IGRPEN1_EL1_NUMBER));
    assert_true(last_write(ICC_CTLR_EL1_NUMBER) < last_write(ICC_IGRPEN1_EL1_NUMBER));
    assert_true(last_write(REDIST + 0x14) < last_write(ICC_IGRPEN1_EL1_NUMBER));
    assert_int_equal(last_write(ICC_IGRPEN1_EL1_NUMBER), os.n_writes - 1);
}

static void suspend_is_refused_while_a_priority_is_active(void **state)
{
    const struct nap_driver *d = bring_up(&nap_driver_gicv3_corrected);

    (void)state;
    os.sysreg[ICC_AP1R0_EL1_NUMBER] = 1u << 20;
    assert_int_equal(suspend(d), -EBUSY);
    assert_int_equal(os.sysreg[ICC_IGRPEN1_EL1_NUMBER - SYSREG], 1);
    assert_int_equal(get(ITS, 4), 1);
}

/* "Clearing ProcessorSleep while ChildrenAsleep is 0 is UNPREDICTABLE", and so are groups that
 * are enabled while it is set. */
static void a_redistributor_that_does_not_sleep_is_left_alone(void **state)
{
    const struct nap_driver *d = bring_up(&nap_driver_gicv3_corrected);

    (void)state;
    os.never_sleeps = true;
    assert_int_equal(suspend(d), -ETIMEDOUT);
    assert_int_equal(os.sysreg[ICC_IGRPEN1_EL1_NUMBER - SYSREG], 0);
    assert_int_equal(get(REDIST + 0x14, 4) & 2, 2);
}

/* "Writing Enabled from 0 to 1 while Quiescent is 0 is UNPREDICTABLE." */
static void an_its_that_does_not_become_quiescent_stays_off(void **state)
{
    const struct nap_driver *d = bring_up(&nap_driver_gicv3_corrected);

    (void)state;
    os.never_quiet = true;
    assert_int_equal(suspend(d), -ETIMEDOUT);
    assert_int_equal(get(ITS, 4), 0);
}

static void a_form_turns_on_what_has_not_become_quiescent(void **state)
{
    const struct nap_driver *d = bring_up(find(nap_gicv3_mistakes, "its-rewritten"));

    (void)state;
    os.never_quiet = true;
    assert_int_equal(suspend(d), -ETIMEDOUT);
    assert_int_equal(get(ITS, 4), 1);
}

static void firmware_restores_the_end_of_the_queue(void **state)
{
    (void)state;
    (void)sleep_and_wake(&nap_driver_gicv3_firmware);
    assert_int_not_equal(os.writes[first_write(ITS + 0x88)].value, 0);
}

static void revision_9_clears_affinity_routing(void **state)
{
    (void)state;
    (void)sleep_and_wake(&nap_driver_gicv3_xen_v9);
    assert_int_equal(os.writes[first_write(DIST)].value, 0);
    assert_true(last_write(DIST + 0x104) > last_write(DIST + 0xc08));
}

static int begin(void **state)
{
    (void)state;
    memset(&os, 0, sizeof(os));
    power_up();
    return 0;
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(content_comes_back_after_a_loss_of_power),
        TEST(triggers_change_between_disabling_and_enabling),
        TEST(affinity_routing_comes_first_and_stays),
        TEST(tables_are_given_before_lpis_are_enabled),
        TEST(redistributors_take_lpis_before_the_its_sends_them),
        TEST(the_queue_of_the_its_begins_anew),
        TEST(a_collection_that_the_its_keeps_is_mapped_again),
        TEST(the_interface_is_reached_set_up_and_enabled_in_this_order),
        TEST(suspend_is_refused_while_a_priority_is_active),
        TEST(a_redistributor_that_does_not_sleep_is_left_alone),
        TEST(an_its_that_does_not_become_quiescent_stays_off),
        TEST(a_form_turns_on_what_has_not_become_quiescent),
        TEST(firmware_restores_the_end_of_the_queue),
        TEST(revision_9_clears_affinity_routing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
