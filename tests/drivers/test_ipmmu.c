/* SPDX-License-Identifier: MIT */
/* The IPMMU driver logic on a register file that remembers values and who touched what; no
 * simulator behind it. Expected values and orders: docs/ipmmu-facts.md 3.2 to 3.5 and
 * section 5.
 *
 * Addresses are those of R-Car H3: root mm, caches ds0 (avb on port 16) and ds1 (sdhi0 on port
 * 32, sdhi1 on port 33). Context n has its bank at 0x40 * n. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers.h"

#define MM  UINT64_C(0xe67b0000)
#define DS0 UINT64_C(0xe6740000)
#define DS1 UINT64_C(0xe7740000)

#define P2M_ROOT UINT64_C(0x840002000)
#define PAGE     UINT64_C(0x1000)

enum op { READ, WRITE, BARRIER, HOLD, RELEASE };

struct access {
    enum op op;
    nap_addr address;
    uint32_t value; /* read or written */
};

#define REGS_MAX   2048u
#define LOG_MAX    4096u
#define HEAP_BYTES 65536u

static struct {
    struct {
        nap_addr address;
        uint32_t value;
    } regs[REGS_MAX];
    unsigned n_regs;
    nap_addr stuck_flush; /* this register keeps its FLUSH bit */

    struct access log[LOG_MAX];
    unsigned n_log;
    const char *file; /* of the last write */
    int line;
    unsigned delays;

    _Alignas(16) unsigned char heap[HEAP_BYTES];
    size_t heap_used;
    int allocs_left; /* negative: no limit */

    void *driver_data;
    struct nap_device *head;
    const struct nap_device *unpowered;
    bool p2m_mapped;
    int p2m_error;
} os;

static struct nap_device mm, ds0, ds1;
static struct nap_master sdhi0, sdhi1, avb;
static struct nap_domain guest1, guest2;

/* --- what os.h asks for --- */

static uint32_t *reg(nap_addr address)
{
    for (unsigned i = 0; i < os.n_regs; i++) {
        if (os.regs[i].address == address)
            return &os.regs[i].value;
    }
    assert_true(os.n_regs < REGS_MAX);
    os.regs[os.n_regs].address = address;
    return &os.regs[os.n_regs++].value;
}

static void record(enum op op, nap_addr address, uint32_t value)
{
    assert_true(os.n_log < LOG_MAX);
    os.log[os.n_log++] = (struct access){op, address, value};
}

/* IMCTR and IMUCTR clear FLUSH by themselves. */
static bool has_flush(nap_addr address)
{
    uint64_t offset = address & 0xfff;

    return (offset < 0x200 && offset % 0x40 == 0) ||
           (offset >= 0x300 && offset % 0x10 == 0 && (offset < 0x500 || offset >= 0x600));
}

uint64_t nap_seam_read(nap_addr address, unsigned size_bytes, const char *file, int line)
{
    assert_int_equal(size_bytes, 4);
    assert_non_null(file);
    assert_true(line > 0);
    record(READ, address, *reg(address));
    return *reg(address);
}

void nap_seam_write(nap_addr address, unsigned size_bytes, uint64_t value, const char *file,
                    int line)
{
    uint32_t kept = (uint32_t)value;

    assert_int_equal(size_bytes, 4);
    assert_int_equal(value >> 32, 0);
    if (has_flush(address) && address != os.stuck_flush)
        kept &= ~UINT32_C(2);
    *reg(address) = kept;
    record(WRITE, address, (uint32_t)value);
    os.file = file;
    os.line = line;
}

void nap_seam_barrier(enum nap_barrier barrier, const char *file, int line)
{
    assert_int_equal(barrier, NAP_DSB_SY);
    assert_non_null(file);
    assert_true(line > 0);
    record(BARRIER, 0, 0);
}

/* No write is ever on its way here. */
void nap_seam_fence(enum nap_barrier barrier, const char *file, int line)
{
    assert_int_equal(barrier, NAP_DSB_ST);
    assert_non_null(file);
    assert_true(line > 0);
}

void *nap_alloc(size_t bytes)
{
    void *p = os.heap + os.heap_used;

    if (os.allocs_left == 0)
        return NULL;
    if (os.allocs_left > 0)
        os.allocs_left--;
    os.heap_used += (bytes + 15) / 16 * 16;
    assert_true(os.heap_used <= HEAP_BYTES);
    return p;
}

bool nap_device_powered(const struct nap_device *device)
{
    return device != os.unpowered;
}

void nap_master_hold(struct nap_master *master)
{
    record(HOLD, master->index, 0);
}

void nap_master_release(struct nap_master *master)
{
    record(RELEASE, master->index, 0);
}

bool nap_fails(const char *what)
{
    assert_non_null(what);
    return false;
}

void nap_free(void *p)
{
    (void)p;
}

void nap_udelay(unsigned microseconds)
{
    os.delays += microseconds;
}

void nap_log(const char *format, ...)
{
    assert_non_null(format);
}

void *nap_driver_data(void)
{
    return os.driver_data;
}

void nap_set_driver_data(void *data)
{
    os.driver_data = data;
}

void nap_list_add_head(struct nap_device *device)
{
    device->prev = NULL;
    device->next = os.head;
    if (os.head != NULL)
        os.head->prev = device;
    os.head = device;
}

int nap_p2m_init(struct nap_domain *domain)
{
    domain->p2m_root = P2M_ROOT;
    return os.p2m_error;
}

int nap_p2m_map(struct nap_domain *domain, nap_addr ipa, nap_addr pa, uint64_t size_bytes,
                unsigned prot)
{
    (void)domain;
    (void)ipa;
    (void)pa;
    (void)size_bytes;
    (void)prot;
    return os.p2m_error;
}

int nap_p2m_unmap(struct nap_domain *domain, nap_addr ipa, uint64_t size_bytes)
{
    (void)domain;
    (void)ipa;
    (void)size_bytes;
    return os.p2m_error;
}

bool nap_p2m_mapped(const struct nap_domain *domain, nap_addr ipa, uint64_t size_bytes)
{
    (void)domain;
    (void)ipa;
    (void)size_bytes;
    return os.p2m_mapped;
}

/* --- rig --- */

static void device(struct nap_device *d, const char *name, nap_addr regs)
{
    *d = (struct nap_device){.regs = regs, .root = &mm, .powered_at_boot = true};
    strcpy(d->name, name);
    strcpy(d->model, "ipmmu-vmsa");
}

static void master(struct nap_master *m, const char *name, struct nap_device *behind,
                   uint32_t port)
{
    *m = (struct nap_master){.device = behind, .n_ids = 1, .ids = {port}};
    strcpy(m->name, name);
}

static int blank(void **state)
{
    (void)state;
    memset(&os, 0, sizeof(os));
    os.allocs_left = -1;
    device(&mm, "mm", MM);
    device(&ds0, "ds0", DS0);
    device(&ds1, "ds1", DS1);
    master(&sdhi0, "sdhi0", &ds1, 32);
    master(&sdhi1, "sdhi1", &ds1, 33);
    master(&avb, "avb", &ds0, 16);
    guest1 = (struct nap_domain){.name = "guest1", .ipa_bits = 40};
    guest2 = (struct nap_domain){.name = "guest2", .ipa_bits = 40};
    return 0;
}

static const struct nap_driver *const drv = &nap_driver_ipmmu_v9;

/* All units probed, all masters known, two guests with no device. */
static int probed(void **state)
{
    blank(state);
    assert_int_equal(drv->probe(&mm), 0);
    assert_int_equal(drv->probe(&ds0), 0);
    assert_int_equal(drv->probe(&ds1), 0);
    assert_int_equal(drv->add_master(&sdhi0), 0);
    assert_int_equal(drv->add_master(&sdhi1), 0);
    assert_int_equal(drv->add_master(&avb), 0);
    assert_int_equal(drv->domain_init(&guest1), 0);
    assert_int_equal(drv->domain_init(&guest2), 0);
    os.n_log = 0;
    return 0;
}

/* One root and one cache: sdhi0 of guest 1, context 1. */
static int small(void **state)
{
    blank(state);
    assert_int_equal(drv->probe(&mm), 0);
    assert_int_equal(drv->probe(&ds1), 0);
    assert_int_equal(drv->add_master(&sdhi0), 0);
    assert_int_equal(drv->domain_init(&guest1), 0);
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    os.n_log = 0;
    return 0;
}

static void power_cut(void)
{
    os.n_regs = 0;
    *reg(MM + 0x500) = 0x10000000; /* USE_SECGRP */
    *reg(DS1 + 0x500) = 0x30000000;
    *reg(MM + 0x504) = 0x01000000; /* NMERGE40, as firmware leaves it */
    os.n_log = 0;
}

static int run_phase(const struct nap_phase *phase)
{
    struct nap_device *d = os.head;
    int ret = 0;

    if (phase->kind == NAP_PHASE_STEP)
        return phase->step();
    while (phase->direction == NAP_BACKWARD && d->next != NULL)
        d = d->next;
    for (; d != NULL && ret == 0; d = phase->direction == NAP_BACKWARD ? d->prev : d->next) {
        if (phase->filter == NULL || phase->filter(d))
            ret = phase->each(d);
    }
    return ret;
}

static int run(const struct nap_phase *phases, uint32_t n)
{
    int ret = 0;

    for (uint32_t i = 0; i < n && ret == 0; i++)
        ret = run_phase(&phases[i]);
    return ret;
}

/* Suspend of @driver, power cut, resume. */
static int cycle(const struct nap_driver *driver)
{
    assert_int_equal(run(driver->suspend, driver->n_suspend), 0);
    power_cut();
    return run(driver->resume, driver->n_resume);
}

static void assert_log_from(unsigned first, const struct access *expected, unsigned n)
{
    for (unsigned i = 0; i < n && first + i < os.n_log; i++) {
        assert_int_equal(os.log[first + i].op, expected[i].op);
        assert_int_equal(os.log[first + i].address, expected[i].address);
        assert_int_equal(os.log[first + i].value, expected[i].value);
    }
    assert_int_equal(os.n_log, first + n);
}

#define assert_log(...)                                                                        \
    assert_log_from(0, (const struct access[]){__VA_ARGS__},                                   \
                    sizeof((const struct access[]){__VA_ARGS__}) / sizeof(struct access))

#define R(address, value)                                                                      \
    {                                                                                          \
        READ, (address), (value)                                                               \
    }
#define W(address, value)                                                                      \
    {                                                                                          \
        WRITE, (address), (value)                                                              \
    }
#define B                                                                                      \
    {                                                                                          \
        BARRIER, 0, 0                                                                          \
    }

/* --- registry --- */

static void registry_lists_the_recommended_variant_first(void **state)
{
    static const char *const variants[] = {"recommended",
                                           "recommended-live",
                                           "recommended-hold",
                                           "two-pass-sync",
                                           "two-pass",
                                           "v10",
                                           "v9",
                                           "linux",
                                           "bsp-4.14",
                                           "loader"};

    (void)state;
    for (unsigned i = 0; i < 10; i++) {
        assert_string_equal(nap_ipmmu_drivers[i].name, "ipmmu");
        assert_string_equal(nap_ipmmu_drivers[i].variant, variants[i]);
        assert_non_null(nap_ipmmu_drivers[i].about);
    }
    assert_null(nap_ipmmu_drivers[10].name);
}

static void every_phase_has_a_unique_name_and_its_function(void **state)
{
    (void)state;
    for (unsigned i = 0; nap_ipmmu_drivers[i].name != NULL; i++) {
        const struct nap_driver *driver = nap_ipmmu_drivers[i].driver;

        assert_int_equal(driver->abi, NAP_DRIVER_ABI);
        assert_string_equal(driver->compatible[0], "ipmmu-vmsa");
        for (uint32_t a = 0; a < driver->n_resume; a++) {
            const struct nap_phase *phase = &driver->resume[a];

            if (phase->kind == NAP_PHASE_WALK)
                assert_non_null(phase->each);
            else
                assert_non_null(phase->step);
            for (uint32_t b = 0; b < a; b++)
                assert_string_not_equal(phase->name, driver->resume[b].name);
        }
    }
}

/* --- probe --- */

static void root_probe_clears_secgrp_and_contexts_and_sets_s2pte(void **state)
{
    (void)state;
    *reg(MM + 0x500) = 0xd0000000;
    *reg(MM + 0x504) = 0x01000000;
    assert_int_equal(drv->probe(&mm), 0);
    assert_log(R(MM + 0x500, 0xd0000000), W(MM + 0x500, 0xc0000000), W(MM + 0x000, 0),
               W(MM + 0x040, 0), W(MM + 0x080, 0), W(MM + 0x0c0, 0), W(MM + 0x100, 0),
               W(MM + 0x140, 0), W(MM + 0x180, 0), W(MM + 0x1c0, 0), R(MM + 0x504, 0x01000000),
               W(MM + 0x504, 0x01000008));
}

static void cache_probe_clears_secgrp_only(void **state)
{
    (void)state;
    assert_int_equal(drv->probe(&mm), 0);
    os.n_log = 0;
    *reg(DS1 + 0x500) = 0xf0000001;
    assert_int_equal(drv->probe(&ds1), 0);
    assert_log(R(DS1 + 0x500, 0xf0000001), W(DS1 + 0x500, 0xe0000001));
}

static void device_of_no_known_model_is_enodev(void **state)
{
    (void)state;
    strcpy(mm.model, "ipmmu-vmsa-gen2");
    assert_int_equal(drv->probe(&mm), -ENODEV);
    assert_int_equal(os.n_log, 0);
    assert_null(mm.data);
}

/* --- Gen4: docs/ipmmu-facts.md 1.2 --- */

static const uint32_t gen4_banks[16] = {
    0x10000, 0x11040, 0x12080, 0x130c0, 0x14100, 0x15140, 0x16180, 0x171c0,
    0x18800, 0x19840, 0x1a880, 0x1b8c0, 0x1c900, 0x1d940, 0x1e980, 0x1f9c0,
};

static void gen4_root_probe_uses_16_banks_and_its_own_controls(void **state)
{
    (void)state;
    strcpy(mm.model, "ipmmu-vmsa-gen4");
    *reg(MM + 0x1500) = 0x10000000;
    assert_int_equal(drv->probe(&mm), 0);
    assert_int_equal(os.n_log, 2 + 16 + 2);
    assert_int_equal(os.log[0].address, MM + 0x1500);
    assert_int_equal(os.log[1].address, MM + 0x1500);
    assert_int_equal(os.log[1].value, 0);
    for (unsigned ctx = 0; ctx < 16; ctx++) {
        assert_int_equal(os.log[2 + ctx].op, WRITE);
        assert_int_equal(os.log[2 + ctx].address, MM + gen4_banks[ctx]);
    }
    assert_int_equal(os.log[18].address, MM + 0x1504);
    assert_int_equal(os.log[19].address, MM + 0x1504);
    assert_int_equal(os.log[19].value, 0x8);
}

static void gen4_places(struct nap_master *m, uint32_t port, uint32_t imuctr)
{
    os.n_log = 0;
    master(m, "m", &ds1, port);
    assert_int_equal(drv->add_master(m), 0);
    assert_int_equal(drv->attach(&guest1, m), 0);
    assert_int_equal(os.log[os.n_log - 2].address, DS1 + imuctr + 8);
    assert_int_equal(os.log[os.n_log - 1].address, DS1 + imuctr);
    assert_int_equal(os.log[os.n_log - 1].value, 0x11);
}

static void gen4_ports_are_in_two_windows(void **state)
{
    struct nap_master masters[5];

    (void)state;
    strcpy(mm.model, "ipmmu-vmsa-gen4");
    strcpy(ds1.model, "ipmmu-vmsa-gen4");
    assert_int_equal(drv->probe(&mm), 0);
    assert_int_equal(drv->probe(&ds1), 0);
    assert_int_equal(drv->domain_init(&guest1), 0);
    gen4_places(&masters[0], 0, 0x3300);
    gen4_places(&masters[1], 31, 0x34f0);
    gen4_places(&masters[2], 32, 0x3600);
    gen4_places(&masters[3], 63, 0x37f0);
    master(&masters[4], "bad", &ds1, 64);
    assert_int_equal(drv->add_master(&masters[4]), -EINVAL);
}

static void gen4_has_fifteen_contexts_for_guests(void **state)
{
    struct nap_master masters[16];
    struct nap_domain guests[16];

    (void)state;
    strcpy(mm.model, "ipmmu-vmsa-gen4");
    strcpy(ds1.model, "ipmmu-vmsa-gen4");
    assert_int_equal(drv->probe(&mm), 0);
    assert_int_equal(drv->probe(&ds1), 0);
    for (unsigned i = 0; i < 16; i++) {
        guests[i] = (struct nap_domain){.name = "guest", .ipa_bits = 40};
        master(&masters[i], "m", &ds1, i);
        assert_int_equal(drv->domain_init(&guests[i]), 0);
        assert_int_equal(drv->add_master(&masters[i]), 0);
        assert_int_equal(drv->attach(&guests[i], &masters[i]), i < 15 ? 0 : -EBUSY);
        if (i < 15)
            assert_int_equal(*reg(MM + gen4_banks[i + 1] + 0x08), 0xc0000058); /* IMTTBCR */
    }
}

static void cache_cannot_probe_before_its_root(void **state)
{
    (void)state;
    assert_int_equal(drv->probe(&ds1), NAP_EPROBE_DEFER);
    assert_int_equal(os.n_log, 0);
    assert_null(os.head);
}

static void root_probed_first_is_last_in_the_list(void **state)
{
    (void)state;
    assert_ptr_equal(os.head, &ds1);
    assert_ptr_equal(os.head->next, &ds0);
    assert_ptr_equal(os.head->next->next, &mm);
    assert_null(mm.next);
}

static void instance_without_power_is_left_alone(void **state)
{
    (void)state;
    assert_int_equal(drv->probe(&mm), 0);
    os.n_log = 0;
    ds1.powered_at_boot = false;
    assert_int_equal(drv->probe(&ds1), 0);
    assert_int_equal(os.n_log, 0);
    assert_ptr_equal(os.head, &mm);
    assert_int_equal(drv->add_master(&sdhi0), -ENODEV);
}

static void master_needs_a_cache_and_ports_that_exist(void **state)
{
    struct nap_master bad;

    (void)state;
    master(&bad, "bad", &mm, 0);
    assert_int_equal(drv->add_master(&bad), -ENODEV);
    master(&bad, "bad", &ds1, 48);
    assert_int_equal(drv->add_master(&bad), -EINVAL);
    master(&bad, "bad", &ds1, 47);
    assert_int_equal(drv->add_master(&bad), 0);
}

static void every_failed_allocation_is_enomem_and_nothing_else(void **state)
{
    (void)state;
    for (int allocs = 0; allocs < 8; allocs++) {
        int ret;

        blank(state);
        os.allocs_left = allocs;
        ret = drv->probe(&mm); /* two allocations */
        if (ret == 0)
            ret = drv->probe(&ds1);
        if (ret == 0)
            ret = drv->add_master(&sdhi0);
        if (ret == 0)
            ret = drv->domain_init(&guest1);
        if (ret == 0)
            ret = drv->attach(&guest1, &sdhi0);
        assert_int_equal(ret, allocs < 7 ? -ENOMEM : 0);
    }
}

/* --- attach and detach --- */

static void first_attach_sets_context_then_cache_then_port(void **state)
{
    (void)state;
    *reg(MM + 0x060) = 0x1; /* stale IMSTR, written back */
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    assert_log(W(MM + 0x050, 0x40002000), W(MM + 0x054, 0x8), W(MM + 0x048, 0xc0000058),
               R(MM + 0x060, 0x1), W(MM + 0x060, 0x1), W(MM + 0x040, 0x20000007),
               R(MM + 0x040, 0x20000005), W(DS1 + 0x040, 0x7), R(DS1 + 0x600, 0),
               W(DS1 + 0x608, 0), W(DS1 + 0x600, 0x11));
}

static void second_device_of_a_cache_writes_its_port_only(void **state)
{
    (void)state;
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    os.n_log = 0;
    assert_int_equal(drv->attach(&guest1, &sdhi1), 0);
    assert_log(R(DS1 + 0x610, 0), W(DS1 + 0x618, 0), W(DS1 + 0x610, 0x11));
}

static void second_cache_joins_the_context_of_the_guest(void **state)
{
    (void)state;
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    os.n_log = 0;
    assert_int_equal(drv->attach(&guest1, &avb), 0);
    assert_log(R(MM + 0x040, 0x20000005), W(DS0 + 0x040, 0x7), R(DS0 + 0x400, 0),
               W(DS0 + 0x408, 0), W(DS0 + 0x400, 0x11));
}

static void second_guest_gets_context_2(void **state)
{
    (void)state;
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    assert_int_equal(drv->attach(&guest2, &avb), 0);
    assert_int_equal(*reg(MM + 0x080), 0x20000005);
    assert_int_equal(*reg(DS0 + 0x080), 0x5);
    assert_int_equal(*reg(DS0 + 0x400), 0x21);
}

static void table_size_follows_the_guest(void **state)
{
    (void)state;
    guest1.ipa_bits = 36;
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    assert_int_equal(*reg(MM + 0x048), 0xc000005c); /* TSZ0 = 28 */
}

static void seven_guests_have_devices_and_no_eighth(void **state)
{
    struct nap_domain guests[8];
    struct nap_master masters[8];

    (void)state;
    for (uint32_t i = 0; i < 8; i++) {
        guests[i] = (struct nap_domain){.name = "guest", .ipa_bits = 40};
        master(&masters[i], "dmac1", &ds1, i);
        assert_int_equal(drv->add_master(&masters[i]), 0);
        assert_int_equal(drv->domain_init(&guests[i]), 0);
        assert_int_equal(drv->attach(&guests[i], &masters[i]), i < 7 ? 0 : -EBUSY);
    }
    assert_int_equal(*reg(DS1 + 0x360), 0x71);
    assert_int_equal(*reg(DS1 + 0x370), 0);
}

static void port_of_another_context_is_refused_and_the_rest_undone(void **state)
{
    struct nap_master both = {.device = &ds1, .n_ids = 2, .ids = {33, 32}};

    (void)state;
    assert_int_equal(drv->add_master(&both), 0);
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    assert_int_equal(drv->attach(&guest2, &both), -EINVAL);
    assert_int_equal(*reg(DS1 + 0x600), 0x11); /* sdhi0 as it was */
    assert_int_equal(*reg(DS1 + 0x610), 0);
    assert_int_equal(*reg(DS1 + 0x080), 0); /* cache left context 2 */
    assert_int_equal(drv->detach(&guest2, &both), -ESRCH);
}

static void port_enable_ors_what_the_port_held(void **state)
{
    (void)state;
    *reg(DS1 + 0x600) = 0x40; /* leftover TTSEL 4, MMUEN off (H07) */
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    assert_int_equal(*reg(DS1 + 0x600), 0x51);
}

static void attach_twice_is_nothing_and_to_another_guest_is_refused(void **state)
{
    (void)state;
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    os.n_log = 0;
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    assert_int_equal(drv->attach(&guest2, &sdhi0), -EEXIST);
    assert_int_equal(os.n_log, 0);
}

static void attach_without_probe_or_init_is_enodev(void **state)
{
    struct nap_master stranger = {.device = &ds1};
    struct nap_domain raw = {.ipa_bits = 40};

    (void)state;
    assert_int_equal(drv->attach(&guest1, &stranger), -ENODEV);
    assert_int_equal(drv->attach(&raw, &sdhi0), -ENODEV);
    assert_int_equal(os.n_log, 0);
}

static void last_detach_flushes_the_cache_context_and_polls_nothing(void **state)
{
    (void)state;
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    assert_int_equal(drv->attach(&guest1, &sdhi1), 0);
    os.n_log = 0;
    assert_int_equal(drv->detach(&guest1, &sdhi0), 0);
    assert_int_equal(drv->detach(&guest1, &sdhi1), 0);
    assert_log(W(DS1 + 0x600, 0), W(DS1 + 0x610, 0), W(DS1 + 0x040, 0x2));
    assert_int_equal(drv->detach(&guest1, &sdhi1), -ESRCH);
}

static void port_shared_by_two_devices_goes_off_with_the_second(void **state)
{
    struct nap_master twin;

    (void)state;
    master(&twin, "twin", &ds1, 32);
    assert_int_equal(drv->add_master(&twin), 0);
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    assert_int_equal(drv->attach(&guest1, &twin), 0);
    assert_int_equal(drv->detach(&guest1, &sdhi0), 0);
    assert_int_equal(*reg(DS1 + 0x600), 0x11);
    assert_int_equal(drv->detach(&guest1, &twin), 0);
    assert_int_equal(*reg(DS1 + 0x600), 0);
}

static void cache_that_left_is_no_longer_flushed(void **state)
{
    (void)state;
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    assert_int_equal(drv->attach(&guest1, &avb), 0);
    assert_int_equal(drv->detach(&guest1, &sdhi0), 0); /* the older of two */
    os.n_log = 0;
    assert_int_equal(drv->unmap(&guest1, 0, PAGE), 0);
    assert_log(R(MM + 0x040, 0x20000005), W(DS0 + 0x040, 0x7), W(MM + 0x040, 0x20000007), B,
               R(MM + 0x040, 0x20000005));
}

static void guest_keeps_its_context_until_it_is_destroyed(void **state)
{
    (void)state;
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    assert_int_equal(drv->detach(&guest1, &sdhi0), 0);
    assert_int_equal(*reg(MM + 0x040), 0x20000005);
    os.n_log = 0;
    drv->domain_destroy(&guest1);
    assert_log(W(MM + 0x040, 0x2), B, R(MM + 0x040, 0));

    assert_int_equal(drv->attach(&guest2, &sdhi0), 0);
    assert_int_equal(*reg(DS1 + 0x600), 0x11); /* context 1 is free again */
}

static void first_attach_that_fails_gives_the_context_back(void **state)
{
    (void)state;
    os.allocs_left = 0; /* none for the cache of the domain */
    assert_int_equal(drv->attach(&guest1, &sdhi0), -ENOMEM);
    assert_int_equal(*reg(MM + 0x040), 0);
    assert_int_equal(*reg(DS1 + 0x600), 0);

    os.allocs_left = -1;
    assert_int_equal(drv->attach(&guest2, &avb), 0);
    assert_int_equal(*reg(DS0 + 0x400), 0x11); /* context 1 is free again */
}

static void guest_without_device_is_destroyed_without_access(void **state)
{
    (void)state;
    drv->domain_destroy(&guest1);
    assert_int_equal(os.n_log, 0);
    assert_null(guest1.data);
}

static void domain_init_takes_tables_that_exist_and_reports_what_fails(void **state)
{
    struct nap_domain ready = {.ipa_bits = 40, .p2m_root = PAGE};
    struct nap_domain raw = {.ipa_bits = 40};

    (void)state;
    os.p2m_error = -ENOMEM;
    assert_int_equal(drv->domain_init(&ready), 0);
    assert_int_equal(ready.p2m_root, PAGE);
    assert_int_equal(drv->domain_init(&raw), -ENOMEM);
    assert_null(raw.data);
}

/* --- map and unmap --- */

static void unmap_flushes_newest_cache_first_root_last_and_polls_root(void **state)
{
    (void)state;
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    assert_int_equal(drv->attach(&guest1, &avb), 0);
    os.n_log = 0;
    assert_int_equal(drv->unmap(&guest1, 0, PAGE), 0);
    assert_log(R(MM + 0x040, 0x20000005), W(DS0 + 0x040, 0x7), W(DS1 + 0x040, 0x7),
               W(MM + 0x040, 0x20000007), B, R(MM + 0x040, 0x20000005));
}

static void waiting_unmap_polls_root_then_caches(void **state)
{
    (void)state;
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    assert_int_equal(drv->attach(&guest1, &avb), 0);
    os.n_log = 0;
    assert_int_equal(nap_driver_ipmmu_recommended.unmap(&guest1, 0, PAGE), 0);
    assert_log(R(MM + 0x040, 0x20000005), W(DS0 + 0x040, 0x7), W(DS1 + 0x040, 0x7),
               W(MM + 0x040, 0x20000007), B, R(MM + 0x040, 0x20000005), R(DS0 + 0x040, 0x5),
               R(DS1 + 0x040, 0x5));
}

static void flush_of_root_is_polled_100_times_with_99_delays(void **state)
{
    (void)state;
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    os.stuck_flush = MM + 0x040;
    os.n_log = 0;
    assert_int_equal(drv->unmap(&guest1, 0, PAGE), 0); /* logged, not reported (H37) */
    assert_int_equal(os.n_log, 1 + 2 + 1 + 100);
    assert_int_equal(os.delays, 99);
}

static void stuck_flush_of_a_cache_is_reported_by_those_who_wait_for_it(void **state)
{
    (void)state;
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    os.stuck_flush = DS1 + 0x040;
    assert_int_equal(nap_driver_ipmmu_v9.unmap(&guest1, 0, PAGE), 0);
    assert_int_equal(nap_driver_ipmmu_v10.unmap(&guest1, 0, PAGE), 0);
    assert_int_equal(nap_driver_ipmmu_two_pass.unmap(&guest1, 0, PAGE), 0);
    assert_int_equal(nap_driver_ipmmu_two_pass_sync.unmap(&guest1, 0, PAGE), -ETIMEDOUT);
    assert_int_equal(nap_driver_ipmmu_recommended.unmap(&guest1, 0, PAGE), -ETIMEDOUT);
}

static void map_flushes_only_what_was_mapped(void **state)
{
    (void)state;
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    os.n_log = 0;
    assert_int_equal(drv->map(&guest1, 0, PAGE, PAGE, NAP_PROT_READ), 0);
    assert_int_equal(os.n_log, 0);
    os.p2m_mapped = true;
    assert_int_equal(drv->map(&guest1, 0, PAGE, PAGE, NAP_PROT_READ), 0);
    assert_log(R(MM + 0x040, 0x20000005), W(DS1 + 0x040, 0x7), W(MM + 0x040, 0x20000007), B,
               R(MM + 0x040, 0x20000005));
    os.stuck_flush = DS1 + 0x040;
    assert_int_equal(nap_driver_ipmmu_recommended.map(&guest1, 0, PAGE, PAGE, NAP_PROT_READ),
                     -ETIMEDOUT);
}

static void guest_without_device_has_nothing_to_flush(void **state)
{
    (void)state;
    assert_int_equal(drv->unmap(&guest1, 0, PAGE), 0);
    assert_int_equal(os.n_log, 0);
}

static void table_errors_are_returned_without_a_flush(void **state)
{
    (void)state;
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    os.n_log = 0;
    os.p2m_mapped = true;
    os.p2m_error = -EINVAL;
    assert_int_equal(drv->unmap(&guest1, 1, PAGE), -EINVAL);
    assert_int_equal(drv->map(&guest1, 1, 0, PAGE, NAP_PROT_READ), -EINVAL);
    assert_int_equal(os.n_log, 0);
}

/* --- faults --- */

static void handler_reads_the_address_before_it_clears_the_status(void **state)
{
    (void)state;
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    assert_int_equal(drv->attach(&guest2, &avb), 0);
    *reg(MM + 0x060) = 0x3700; /* level and code, but no flag */
    *reg(MM + 0x0a0) = 0x1;
    *reg(MM + 0x0b0) = 0x1000;
    *reg(MM + 0x0b4) = 0x2;
    os.n_log = 0;
    drv->irq(&mm);
    assert_log(R(MM + 0x060, 0x3700), R(MM + 0x0a0, 0x1), R(MM + 0x0b0, 0x1000),
               R(MM + 0x0b4, 0x2), W(MM + 0x0a0, 0));
}

static void each_fault_flag_counts(void **state)
{
    static const uint32_t flags[] = {0x1, 0x2, 0x4, 0x10};

    (void)state;
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    for (unsigned i = 0; i < 4; i++) {
        *reg(MM + 0x060) = flags[i];
        drv->irq(&mm);
        assert_int_equal(*reg(MM + 0x060), 0);
    }
    *reg(MM + 0x060) = 0x8;
    drv->irq(&mm);
    assert_int_equal(*reg(MM + 0x060), 0x8);
}

static void caches_have_no_interrupt(void **state)
{
    (void)state;
    drv->irq(&ds1);
    assert_int_equal(os.n_log, 0);
}

static void interrupt_before_any_probe_is_ignored(void **state)
{
    (void)state;
    drv->irq(&mm);
    assert_int_equal(os.n_log, 0);
}

/* --- suspend and resume --- */

static void suspend_reads_ports_then_contexts_in_every_variant_after_xen(void **state)
{
    static const struct nap_driver *const drivers[] = {
        &nap_driver_ipmmu_recommended,   &nap_driver_ipmmu_recommended_live,
        &nap_driver_ipmmu_two_pass_sync, &nap_driver_ipmmu_two_pass,
        &nap_driver_ipmmu_v10,           &nap_driver_ipmmu_v9,
        &nap_driver_ipmmu_loader,
    };

    for (unsigned i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
        const struct nap_driver *driver = drivers[i];

        small(state);
        assert_int_equal(run(driver->suspend, driver->n_suspend), 0);
        assert_log(R(DS1 + 0x608, 0), R(DS1 + 0x600, 0x11), R(MM + 0x050, 0x40002000),
                   R(MM + 0x054, 0x8), R(MM + 0x048, 0xc0000058), R(MM + 0x040, 0x20000005));
    }
}

static void v9_restores_the_cache_before_the_root(void **state)
{
    (void)state;
    assert_int_equal(cycle(&nap_driver_ipmmu_v9), 0);
    assert_log(R(DS1 + 0x500, 0x30000000), W(DS1 + 0x500, 0x20000000), W(DS1 + 0x608, 0),
               W(DS1 + 0x600, 0x11), R(MM + 0x500, 0x10000000), W(MM + 0x500, 0),
               R(MM + 0x504, 0x01000000), W(MM + 0x504, 0x01000008), W(MM + 0x050, 0x40002000),
               W(MM + 0x054, 0x8), W(MM + 0x048, 0xc0000058), W(DS1 + 0x040, 0x7),
               W(MM + 0x040, 0x20000007));
}

#define ROOTS_THEN_CACHE_CONTEXTS                                                              \
    R(MM + 0x500, 0x10000000), W(MM + 0x500, 0), R(MM + 0x504, 0x01000000),                    \
        W(MM + 0x504, 0x01000008), W(MM + 0x050, 0x40002000), W(MM + 0x054, 0x8),              \
        W(MM + 0x048, 0xc0000058), W(DS1 + 0x040, 0x7), W(MM + 0x040, 0x20000007)

static void v10_restores_the_root_before_the_cache(void **state)
{
    (void)state;
    assert_int_equal(cycle(&nap_driver_ipmmu_v10), 0);
    assert_log(ROOTS_THEN_CACHE_CONTEXTS, R(DS1 + 0x500, 0x30000000),
               W(DS1 + 0x500, 0x20000000), W(DS1 + 0x608, 0), W(DS1 + 0x600, 0x11));
}

static void two_pass_restores_the_root_first_wherever_it_is_listed(void **state)
{
    (void)state;
    assert_int_equal(cycle(&nap_driver_ipmmu_two_pass), 0);
    assert_log(ROOTS_THEN_CACHE_CONTEXTS, R(DS1 + 0x500, 0x30000000),
               W(DS1 + 0x500, 0x20000000), W(DS1 + 0x608, 0), W(DS1 + 0x600, 0x11));
}

static void two_pass_sync_waits_between_the_passes_and_flushes_ports(void **state)
{
    (void)state;
    assert_int_equal(cycle(&nap_driver_ipmmu_two_pass_sync), 0);
    assert_log(ROOTS_THEN_CACHE_CONTEXTS, B, R(MM + 0x040, 0x20000005), R(DS1 + 0x040, 0x5),
               R(DS1 + 0x500, 0x30000000), W(DS1 + 0x500, 0x20000000), W(DS1 + 0x608, 0),
               W(DS1 + 0x600, 0x13), B);
}

/* docs/ipmmu-facts.md 5.3: all contexts of the root off; each set up anew, IMSTR written back,
 * IMCTR to the cache and then the root; ports with FLUSH. No control, no barrier, no wait. */
static void linux_form_saves_nothing_and_writes_all_again_root_first(void **state)
{
    (void)state;
    assert_int_equal(nap_driver_ipmmu_linux.n_suspend, 0);
    assert_int_equal(cycle(&nap_driver_ipmmu_linux), 0);
    assert_log(W(MM + 0x000, 0), W(MM + 0x040, 0), W(MM + 0x080, 0), W(MM + 0x0c0, 0),
               W(MM + 0x100, 0), W(MM + 0x140, 0), W(MM + 0x180, 0), W(MM + 0x1c0, 0),
               W(MM + 0x050, 0x40002000), W(MM + 0x054, 0x8), W(MM + 0x048, 0xc0000058),
               R(MM + 0x060, 0), W(MM + 0x060, 0), W(DS1 + 0x040, 0x7),
               W(MM + 0x040, 0x20000007), W(DS1 + 0x608, 0), W(DS1 + 0x600, 0x13));
}

/* 3.4: Linux has no barrier between the flush and its first look at it. */
static void linux_form_polls_at_once(void **state)
{
    (void)state;
    assert_int_equal(nap_driver_ipmmu_linux.unmap(&guest1, 0x10000, PAGE), 0);
    assert_log(R(MM + 0x040, 0x20000005), W(DS1 + 0x040, 0x7), W(MM + 0x040, 0x20000007),
               R(MM + 0x040, 0x20000005));
}

/* 5.4: eight registers of a context in their order, and ports IMUCTR first. */
static void bsp_4_14_saves_eight_registers_of_a_context(void **state)
{
    (void)state;
    *reg(MM + 0x058) = 0x11;
    *reg(MM + 0x05c) = 0x12;
    *reg(MM + 0x068) = 0x13;
    *reg(MM + 0x06c) = 0x14;
    assert_int_equal(
        run(nap_driver_ipmmu_bsp_4_14.suspend, nap_driver_ipmmu_bsp_4_14.n_suspend), 0);
    assert_log(R(DS1 + 0x600, 0x11), R(DS1 + 0x608, 0), R(MM + 0x050, 0x40002000),
               R(MM + 0x054, 0x8), R(MM + 0x048, 0xc0000058), R(MM + 0x058, 0x11),
               R(MM + 0x05c, 0x12), R(MM + 0x068, 0x13), R(MM + 0x06c, 0x14),
               R(MM + 0x040, 0x20000005));
    power_cut();
    assert_int_equal(run(nap_driver_ipmmu_bsp_4_14.resume, nap_driver_ipmmu_bsp_4_14.n_resume),
                     0);
    assert_log(W(MM + 0x050, 0x40002000), W(MM + 0x054, 0x8), W(MM + 0x048, 0xc0000058),
               W(MM + 0x058, 0x11), W(MM + 0x05c, 0x12), W(MM + 0x068, 0x13),
               W(MM + 0x06c, 0x14), W(DS1 + 0x040, 0x7), W(MM + 0x040, 0x20000007),
               W(DS1 + 0x608, 0), W(DS1 + 0x600, 0x11));
    assert_false(nap_driver_ipmmu_bsp_4_14.irqs_off); /* its callbacks are not noirq */
}

/* 5.5, after the controls: a flush and an enable each, and a barrier after each. */
static void loader_fences_every_stage_and_flushes_before_it_enables(void **state)
{
    (void)state;
    assert_int_equal(cycle(&nap_driver_ipmmu_loader), 0);
    assert_log(W(DS1 + 0x500, 0), W(MM + 0x500, 0), W(MM + 0x504, 0x8),
               W(MM + 0x050, 0x40002000), W(MM + 0x054, 0x8), W(MM + 0x048, 0xc0000058),
               W(MM + 0x060, 0), B, W(MM + 0x040, 0x20000006), B, W(MM + 0x040, 0x20000005), B,
               W(DS1 + 0x040, 0x6), B, W(DS1 + 0x040, 0x5), B, W(DS1 + 0x608, 0),
               W(DS1 + 0x600, 0x12), B, W(DS1 + 0x600, 0x11), B);
}

/* --- recommended-live, recommended-hold --- */

/* Whether @address was written with @bit clear. */
static bool was_off(nap_addr address, uint32_t bit)
{
    for (unsigned i = 0; i < os.n_log; i++)
        if (os.log[i].op == WRITE && os.log[i].address == address && !(os.log[i].value & bit))
            return true;
    return false;
}

static unsigned writes_to(nap_addr address)
{
    unsigned n = 0;

    for (unsigned i = 0; i < os.n_log; i++)
        n += os.log[i].op == WRITE && os.log[i].address == address;
    return n;
}

/* Nothing was lost: contexts in use are flushed as they are, and ports in use not touched. */
static void recommended_live_turns_nothing_off_that_is_in_use(void **state)
{
    const struct nap_driver *live = &nap_driver_ipmmu_recommended_live;

    (void)state;
    assert_int_equal(run(live->suspend, live->n_suspend), 0);
    os.n_log = 0;
    assert_int_equal(run(live->resume, live->n_resume), 0);
    assert_false(was_off(MM + 0x040, 1));
    assert_false(was_off(DS1 + 0x040, 1));
    assert_int_equal(writes_to(DS1 + 0x600), 0);
    assert_int_equal(writes_to(DS1 + 0x608), 0);
    assert_int_equal(writes_to(MM + 0x050), 0); /* nor a table base */
    assert_int_equal(writes_to(MM + 0x060), 0); /* nor what a fault has left */
    assert_int_equal(writes_to(MM + 0x040), 1); /* FLUSH */
    assert_int_equal(writes_to(DS1 + 0x040), 1);
    assert_int_equal(writes_to(MM + 0x080), 1);  /* a context of nobody is off */
    assert_int_equal(writes_to(DS1 + 0x300), 1); /* and so is a port */
    assert_int_equal(*reg(MM + 0x040), 0x20000005);
    assert_int_equal(*reg(DS1 + 0x600), 0x11);
}

/* All was lost: from the contexts on as recommended, which asks no port what it holds. */
static void recommended_live_builds_what_was_lost_as_recommended_does(void **state)
{
    static const struct access expected[] = {
        R(MM + 0x040, 0),
        W(MM + 0x050, 0x40002000),
        W(MM + 0x054, 0x8),
        W(MM + 0x048, 0xc0000058),
        W(MM + 0x060, 0),
        W(MM + 0x040, 0x20000007),
        W(DS1 + 0x040, 0x7),
        B,
        R(MM + 0x040, 0x20000005),
        R(DS1 + 0x040, 0x5),
        R(DS1 + 0x600, 0),
        W(DS1 + 0x608, 0),
        W(DS1 + 0x600, 0x13),
        R(DS1 + 0x608, 0),
        B,
    };

    (void)state;
    assert_int_equal(cycle(&nap_driver_ipmmu_recommended_live), 0);
    /* 1 + 7 + 47 on the cache, 2 + 7 on the root: controls, and what nobody uses off */
    assert_log_from(55 + 9, expected, sizeof(expected) / sizeof(expected[0]));
}

/* Only the cache was lost. */
static void recommended_live_keeps_a_root_that_kept_its_power(void **state)
{
    const struct nap_driver *live = &nap_driver_ipmmu_recommended_live;

    (void)state;
    assert_int_equal(run(live->suspend, live->n_suspend), 0);
    *reg(DS1 + 0x040) = *reg(DS1 + 0x600) = 0;
    os.n_log = 0;
    assert_int_equal(run(live->resume, live->n_resume), 0);
    assert_int_equal(writes_to(MM + 0x050), 0);
    assert_false(was_off(MM + 0x040, 1));
    assert_int_equal(*reg(DS1 + 0x040), 0x5);
    assert_int_equal(*reg(DS1 + 0x600), 0x11);
}

static void recommended_hold_stops_masters_first_and_lets_them_go_last(void **state)
{
    const struct nap_driver *hold = &nap_driver_ipmmu_recommended_hold;

    (void)state;
    assert_int_equal(run(hold->suspend, hold->n_suspend), 0);
    assert_int_equal(os.log[0].op, HOLD);
    assert_int_equal(os.log[1].op, READ);
    power_cut();
    assert_int_equal(run(hold->resume, hold->n_resume), 0);
    assert_int_equal(os.log[os.n_log - 1].op, RELEASE);
    assert_int_equal(os.log[os.n_log - 2].op, BARRIER);
}

/* --- calls of guests while asleep --- */

/* Guest 1 takes sdhi1 and gives sdhi0 up, guest 2 takes avb, and a page goes. */
static void change_everything(const struct nap_driver *driver)
{
    assert_int_equal(driver->attach(&guest1, &sdhi1), 0);
    assert_int_equal(driver->detach(&guest1, &sdhi0), 0);
    assert_int_equal(driver->attach(&guest2, &avb), 0);
    assert_int_equal(driver->unmap(&guest1, 0x10000, PAGE), 0);
}

static void assert_gate(const struct nap_driver *driver)
{
    assert_int_equal(driver->attach(&guest1, &sdhi0), 0);
    assert_int_equal(run(driver->suspend, driver->n_suspend), 0);
    power_cut();
    change_everything(driver);
    for (unsigned i = 0; i < os.n_log; i++)
        assert_int_equal(os.log[i].op, READ); /* to see that all is lost */
    assert_int_equal(run(driver->resume, driver->n_resume), 0);
    assert_int_equal(*reg(DS1 + 0x600), 0);    /* sdhi0 */
    assert_int_equal(*reg(DS1 + 0x610), 0x11); /* sdhi1 on context 1 */
    assert_int_equal(*reg(DS0 + 0x400), 0x21); /* avb on context 2 */
    assert_int_equal(*reg(DS0 + 0x080), 0x5);
    assert_int_equal(*reg(MM + 0x080), 0x20000005);
    assert_int_equal(*reg(MM + 0x088), 0xc0000058);
    os.n_log = 0;
    assert_int_equal(driver->unmap(&guest1, 0x10000, PAGE), 0);
    assert_true(os.n_log > 0); /* awake again */
}

static void recommended_leaves_to_resume_what_guests_ask_for_while_asleep(void **state)
{
    (void)state;
    assert_gate(&nap_driver_ipmmu_recommended);
    probed(state);
    assert_gate(&nap_driver_ipmmu_two_pass_sync);
    probed(state);
    assert_gate(&nap_driver_ipmmu_recommended_hold);
}

/* The unit has power and holds its contexts, so a page goes at once, and so does a port; but
 * not where power is gone, or was. */
static void recommended_writes_while_asleep_to_what_is_as_it_was(void **state)
{
    const struct nap_driver *driver = &nap_driver_ipmmu_recommended;

    (void)state;
    assert_int_equal(run(driver->suspend, driver->n_suspend), 0);
    os.n_log = 0;
    assert_int_equal(driver->unmap(&guest1, 0x10000, PAGE), 0);
    assert_int_equal(writes_to(DS1 + 0x040), 1);
    assert_int_equal(writes_to(MM + 0x040), 1);
    os.n_log = 0;
    os.unpowered = &mm;
    assert_int_equal(driver->unmap(&guest1, 0x10000, PAGE), 0);
    assert_int_equal(os.n_log, 0);
    os.unpowered = NULL;
    assert_int_equal(driver->detach(&guest1, &sdhi0), 0);
    assert_int_equal(*reg(DS1 + 0x600), 0);
    power_cut();
    assert_int_equal(driver->unmap(&guest1, 0x10000, PAGE), 0);
    assert_log(R(MM + 0x040, 0));
}

/* Xen v9 has no such gate. */
static void v9_writes_at_once_what_guests_ask_for_while_asleep(void **state)
{
    (void)state;
    assert_int_equal(run(drv->suspend, drv->n_suspend), 0);
    os.n_log = 0;
    assert_int_equal(drv->unmap(&guest1, 0x10000, PAGE), 0);
    assert_int_equal(writes_to(MM + 0x040), 1);
}

/* --- run-time power of one cache --- */

static void a_cache_that_is_off_is_not_touched_and_catches_up(void **state)
{
    const struct nap_driver *driver = &nap_driver_ipmmu_recommended;

    (void)state;
    assert_int_equal(driver->attach(&guest1, &sdhi0), 0);
    assert_int_equal(driver->device_off(&ds1), 0);
    *reg(DS1 + 0x040) = *reg(DS1 + 0x600) = 0;
    os.n_log = 0;
    change_everything(driver);
    for (unsigned i = 0; i < os.n_log; i++)
        assert_true(os.log[i].address >> 12 != DS1 >> 12);
    assert_int_equal(writes_to(MM + 0x040), 1); /* the flush for the page */
    assert_int_equal(*reg(DS0 + 0x400), 0x21);
    assert_int_equal(driver->device_on(&ds1), 0);
    assert_int_equal(*reg(DS1 + 0x600), 0);
    assert_int_equal(*reg(DS1 + 0x610), 0x11);
    assert_int_equal(*reg(DS1 + 0x040), 0x5);
}

/* 5.6 for one cache: quiet, context, wait, ports, read back. */
static void a_cache_comes_back_in_the_order_of_recommended(void **state)
{
    static const struct access expected[] = {
        R(MM + 0x040, 0x20000005),
        W(DS1 + 0x040, 0x7),
        B,
        R(DS1 + 0x040, 0x5),
        W(DS1 + 0x608, 0),
        W(DS1 + 0x600, 0x13),
        R(DS1 + 0x608, 0),
        B,
    };
    const struct nap_driver *driver = &nap_driver_ipmmu_recommended;

    (void)state;
    assert_int_equal(driver->device_off(&ds1), 0);
    os.n_log = 0;
    assert_int_equal(driver->device_on(&ds1), 0);
    assert_log_from(57, expected, sizeof(expected) / sizeof(expected[0]));
}

static void the_root_does_not_go_off_and_what_was_never_on_is_left_alone(void **state)
{
    const struct nap_driver *driver = &nap_driver_ipmmu_recommended;

    (void)state;
    assert_int_equal(driver->device_off(&mm), -EBUSY);
    assert_int_equal(driver->device_off(&ds0), 0); /* not probed here */
    assert_int_equal(driver->device_on(&ds0), 0);
    assert_int_equal(os.n_log, 0);
}

/* --- resume of recommended --- */

/* Everything quiet first: 1 + 8 + 48 writes on the cache, 2 + 8 on the root. */
static void recommended_makes_all_units_quiet_first_and_reads_no_control(void **state)
{
    (void)state;
    assert_int_equal(cycle(&nap_driver_ipmmu_recommended), 0);
    assert_int_equal(os.log[0].address, DS1 + 0x500);
    assert_int_equal(os.log[0].value, 0); /* as probed, not the 0x30000000 of now */
    for (unsigned i = 0; i < 57 + 10; i++)
        assert_int_equal(os.log[i].op, WRITE);
    for (unsigned ctx = 0; ctx < 8; ctx++) {
        assert_int_equal(os.log[1 + ctx].address, DS1 + 0x40 * ctx);
        assert_int_equal(os.log[1 + ctx].value, 0);
    }
    for (unsigned port = 0; port < 48; port++) {
        assert_int_equal(os.log[9 + port].address,
                         DS1 + (port < 32 ? 0x300 + 16 * port : 0x600 + 16 * (port - 32)));
        assert_int_equal(os.log[9 + port].value, 0);
    }
    assert_int_equal(os.log[57].address, MM + 0x500);
    assert_int_equal(os.log[57].value, 0);
    assert_int_equal(os.log[58].address, MM + 0x504);
    assert_int_equal(os.log[58].value, 0x8);
    for (unsigned ctx = 0; ctx < 8; ctx++) {
        assert_int_equal(os.log[59 + ctx].address, MM + 0x40 * ctx);
        assert_int_equal(os.log[59 + ctx].value, 0);
    }
}

static void recommended_restores_controls_whole_from_the_record(void **state)
{
    blank(state);
    *reg(MM + 0x500) = 0xd0000000;
    *reg(MM + 0x504) = 0x01000000;
    *reg(DS1 + 0x500) = 0xf0000000;
    assert_int_equal(drv->probe(&mm), 0);
    assert_int_equal(drv->probe(&ds1), 0);
    assert_int_equal(cycle(&nap_driver_ipmmu_recommended), 0);
    assert_int_equal(*reg(MM + 0x500), 0xc0000000);
    assert_int_equal(*reg(MM + 0x504), 0x01000008);
    assert_int_equal(*reg(DS1 + 0x500), 0xe0000000);
}

static void recommended_then_sets_contexts_waits_and_turns_ports_on(void **state)
{
    static const struct access expected[] = {
        W(MM + 0x050, 0x40002000),
        W(MM + 0x054, 0x8),
        W(MM + 0x048, 0xc0000058),
        W(MM + 0x060, 0),
        W(MM + 0x040, 0x20000007),
        W(DS1 + 0x040, 0x7),
        B,
        R(MM + 0x040, 0x20000005),
        R(DS1 + 0x040, 0x5),
        W(DS1 + 0x608, 0),
        W(DS1 + 0x600, 0x13),
        R(DS1 + 0x608, 0),
        B,
    };

    (void)state;
    assert_int_equal(cycle(&nap_driver_ipmmu_recommended), 0);
    assert_log_from(57 + 10, expected, sizeof(expected) / sizeof(expected[0]));
}

static void resume_that_cannot_finish_its_flush_leaves_ports_off(void **state)
{
    static const nap_addr stuck[] = {MM + 0x040, DS1 + 0x040};
    static const struct nap_driver *const waiting[] = {&nap_driver_ipmmu_two_pass_sync,
                                                       &nap_driver_ipmmu_recommended};

    for (unsigned i = 0; i < 4; i++) {
        small(state);
        os.stuck_flush = stuck[i % 2];
        assert_int_equal(cycle(waiting[i / 2]), -ETIMEDOUT);
        assert_int_equal(*reg(DS1 + 0x600), 0);
    }
}

static void each_cache_restores_its_own_ports_only(void **state)
{
    unsigned sdhi0_writes = 0, avb_writes = 0;

    (void)state;
    assert_int_equal(drv->attach(&guest1, &sdhi0), 0);
    assert_int_equal(drv->attach(&guest2, &avb), 0);
    assert_int_equal(cycle(&nap_driver_ipmmu_two_pass_sync), 0);
    for (unsigned i = 0; i < os.n_log; i++) {
        sdhi0_writes += os.log[i].op == WRITE && os.log[i].address == DS1 + 0x600;
        avb_writes += os.log[i].op == WRITE && os.log[i].address == DS0 + 0x400;
    }
    assert_int_equal(sdhi0_writes, 1);
    assert_int_equal(avb_writes, 1);
    assert_int_equal(*reg(DS1 + 0x600), 0x11);
    assert_int_equal(*reg(DS0 + 0x400), 0x21);
}

static void flush_that_was_pending_at_suspend_is_asked_for_again(void **state)
{
    (void)state;
    *reg(MM + 0x040) = 0x20000007;
    assert_int_equal(cycle(&nap_driver_ipmmu_v9), 0);
    assert_int_equal(os.log[os.n_log - 1].value, 0x20000007);
}

static void oldest_master_is_restored_last(void **state)
{
    (void)state;
    assert_int_equal(run(drv->suspend, drv->n_suspend), 0);
    power_cut();
    assert_int_equal(drv->resume[0].each(&ds1), 0);
    assert_int_equal(os.log[3].address, DS1 + 0x610); /* sdhi1, added second */
    assert_int_equal(os.log[5].address, DS1 + 0x600);
}

static void write_to_all_units_reports_the_line_that_asked_for_it(void **state)
{
    const char *end;

    (void)state;
    assert_int_equal(cycle(&nap_driver_ipmmu_v9), 0); /* ends with IMCTR of root */
    end = strrchr(os.file, '/');
    assert_non_null(end);
    assert_string_equal(end, "/backup.c");
}

#define on_blank(test)  cmocka_unit_test_setup(test, blank)
#define on_probed(test) cmocka_unit_test_setup(test, probed)
#define on_small(test)  cmocka_unit_test_setup(test, small)

int main(void)
{
    const struct CMUnitTest tests[] = {
        on_blank(registry_lists_the_recommended_variant_first),
        on_blank(every_phase_has_a_unique_name_and_its_function),
        on_blank(root_probe_clears_secgrp_and_contexts_and_sets_s2pte),
        on_blank(cache_probe_clears_secgrp_only),
        on_blank(device_of_no_known_model_is_enodev),
        on_blank(gen4_root_probe_uses_16_banks_and_its_own_controls),
        on_blank(gen4_ports_are_in_two_windows),
        on_blank(gen4_has_fifteen_contexts_for_guests),
        on_blank(cache_cannot_probe_before_its_root),
        on_probed(root_probed_first_is_last_in_the_list),
        on_blank(instance_without_power_is_left_alone),
        on_probed(master_needs_a_cache_and_ports_that_exist),
        on_blank(every_failed_allocation_is_enomem_and_nothing_else),
        on_probed(first_attach_sets_context_then_cache_then_port),
        on_probed(second_device_of_a_cache_writes_its_port_only),
        on_probed(second_cache_joins_the_context_of_the_guest),
        on_probed(second_guest_gets_context_2),
        on_probed(table_size_follows_the_guest),
        on_probed(seven_guests_have_devices_and_no_eighth),
        on_probed(port_of_another_context_is_refused_and_the_rest_undone),
        on_probed(port_enable_ors_what_the_port_held),
        on_probed(attach_twice_is_nothing_and_to_another_guest_is_refused),
        on_probed(attach_without_probe_or_init_is_enodev),
        on_probed(last_detach_flushes_the_cache_context_and_polls_nothing),
        on_probed(port_shared_by_two_devices_goes_off_with_the_second),
        on_probed(cache_that_left_is_no_longer_flushed),
        on_probed(guest_keeps_its_context_until_it_is_destroyed),
        on_probed(first_attach_that_fails_gives_the_context_back),
        on_probed(guest_without_device_is_destroyed_without_access),
        on_probed(domain_init_takes_tables_that_exist_and_reports_what_fails),
        on_probed(unmap_flushes_newest_cache_first_root_last_and_polls_root),
        on_probed(waiting_unmap_polls_root_then_caches),
        on_probed(flush_of_root_is_polled_100_times_with_99_delays),
        on_probed(stuck_flush_of_a_cache_is_reported_by_those_who_wait_for_it),
        on_probed(map_flushes_only_what_was_mapped),
        on_probed(guest_without_device_has_nothing_to_flush),
        on_probed(table_errors_are_returned_without_a_flush),
        on_probed(handler_reads_the_address_before_it_clears_the_status),
        on_probed(each_fault_flag_counts),
        on_probed(caches_have_no_interrupt),
        on_blank(interrupt_before_any_probe_is_ignored),
        on_small(suspend_reads_ports_then_contexts_in_every_variant_after_xen),
        on_small(v9_restores_the_cache_before_the_root),
        on_small(v10_restores_the_root_before_the_cache),
        on_small(two_pass_restores_the_root_first_wherever_it_is_listed),
        on_small(two_pass_sync_waits_between_the_passes_and_flushes_ports),
        on_small(linux_form_saves_nothing_and_writes_all_again_root_first),
        on_small(linux_form_polls_at_once),
        on_small(bsp_4_14_saves_eight_registers_of_a_context),
        on_small(loader_fences_every_stage_and_flushes_before_it_enables),
        on_small(recommended_live_turns_nothing_off_that_is_in_use),
        on_small(recommended_live_builds_what_was_lost_as_recommended_does),
        on_small(recommended_live_keeps_a_root_that_kept_its_power),
        on_small(recommended_hold_stops_masters_first_and_lets_them_go_last),
        on_probed(recommended_leaves_to_resume_what_guests_ask_for_while_asleep),
        on_small(recommended_writes_while_asleep_to_what_is_as_it_was),
        on_small(v9_writes_at_once_what_guests_ask_for_while_asleep),
        on_probed(a_cache_that_is_off_is_not_touched_and_catches_up),
        on_small(a_cache_comes_back_in_the_order_of_recommended),
        on_small(the_root_does_not_go_off_and_what_was_never_on_is_left_alone),
        on_small(recommended_makes_all_units_quiet_first_and_reads_no_control),
        on_small(recommended_restores_controls_whole_from_the_record),
        on_small(recommended_then_sets_contexts_waits_and_turns_ports_on),
        on_small(resume_that_cannot_finish_its_flush_leaves_ports_off),
        on_probed(each_cache_restores_its_own_ports_only),
        on_small(flush_that_was_pending_at_suspend_is_asked_for_again),
        on_probed(oldest_master_is_restored_last),
        on_small(write_to_all_units_reports_the_line_that_asked_for_it),
    };

    return cmocka_run_group_tests_name("ipmmu drivers", tests, NULL, NULL);
}
