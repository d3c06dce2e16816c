/* SPDX-License-Identifier: MIT */
/* lib/core/sysreg.c: system registers of CPUs, and the models that have them. */
#include "user_device.h"

/* What a variant called memory has at addresses, and one called cpu as system registers. */
#define SYS_MODEL                                                                              \
    "model: sys\ntitle: t\nsource: s\nvariants: [memory, cpu]\nwindow: 0x1000\nregisters:\n"   \
    "  - name: WORD\n    about: a\n    source: s\n    offset: 0\n    where: memory\n"          \
    "    retention: reset\n    fields:\n" USER_FIELD("name: V, bits: \"31:0\"")                \
        SYSREG("ICC_PMR_EL1", "S3_0_C4_C6_0", "", USER_FIELD("name: Priority, bits: \"7:0\"")) \
            SYSREG("ICC_AP0R", "S3_0_C12_C8_4", "    count: 4\n",                              \
                   USER_FIELD("name: P, bits: \"31:0\""))                                      \
                SYSREG("ICC_IAR1_EL1", "S3_0_C12_C12_0", "    access: ro\n    reset: 1023\n",  \
                       USER_FIELD("name: INTID, bits: \"23:0\""))                              \
                    SYSREG("ICC_EOIR1_EL1", "S3_0_C12_C12_1", "    access: wo\n",              \
                           USER_FIELD("name: INTID, bits: \"23:0\""))
#define SYSREG(name, number, facts, fields)                                                    \
    "  - name: " name "\n    about: a\n    source: s\n    sysreg: " number                     \
    "\n    where: cpu\n    retention: reset\n" facts "    fields:\n" fields

#define PMR     NAP_SYSREG(3, 0, 4, 6, 0)
#define AP0R(n) (NAP_SYSREG(3, 0, 12, 8, 4) + (n))
#define IAR1    NAP_SYSREG(3, 0, 12, 12, 0)
#define EOIR1   NAP_SYSREG(3, 0, 12, 12, 1)

#define SYS_DEVICE(name, cpu)                                                                  \
    "  - {name: " name ", model: sys, variant: cpu, cpu: " cpu ", domain: d" cpu "}\n"
#define SYS_MACHINE                                                                            \
    "soc: board\ntitle: t\nsource: s\ndomains: [{name: d0}, {name: d1}]\n"                     \
    "cpus:\n  - {name: a, domain: d0, affinity: 0}\n"                                          \
    "  - {name: b, domain: d1, affinity: 0x100}\ndevices:\n"                                   \
    "  - {name: memory, model: sys, variant: memory, base: 0x10000000, size: 0x1000, "         \
    "domain: d0}\n" SYS_DEVICE("icc0", "0") SYS_DEVICE("icc1", "1")

enum { MEMORY, ICC0, ICC1 };

/* @effects: of writes, by register of the model; or NULL. */
static void sys_open_with(struct user_device *u, nap_on_write *const *effects)
{
    const struct nap_block *const blocks[] = {&u->block, NULL};
    struct nap_error error = {0};

    memset(u, 0, sizeof *u);
    user_model(u, SYS_MODEL);
    u->block.on_write = effects;
    if (nap_soc_load(SYS_MACHINE, strlen(SYS_MACHINE), "board.yaml", &u->soc, &error) ||
        nap_machine_create(&(struct nap_machine_config){.soc = u->soc, .blocks = blocks}, &u->m,
                           &error))
        fail_msg("%s", error.text);
}

static void sys_open(struct user_device *u)
{
    sys_open_with(u, NULL);
}

static void each_cpu_has_system_registers_of_its_own(void **state)
{
    struct user_device u;

    (void)state;
    sys_open(&u);
    nap_bus_sysreg_write(u.m, PMR, 0x80, HERE);
    nap_cpu_set(u.m, 1);
    assert_int_equal(nap_bus_sysreg_read(u.m, PMR, HERE), 0);
    nap_bus_sysreg_write(u.m, PMR, 0xf0, HERE);
    nap_cpu_set(u.m, 0);
    assert_int_equal(nap_bus_sysreg_read(u.m, PMR, HERE), 0x80);
    assert_int_equal(nap_device_cpu(u.m, ICC1), 1);
    assert_int_equal(nap_device_cpu(u.m, MEMORY), NAP_SOC_NONE);
    user_close(&u);
}

/* ICC_AP0R<n>_EL1 has op2 4 + n. Arm DDI 0487. */
static void elements_have_numbers_in_a_row(void **state)
{
    struct user_device u;
    struct recorder r;
    char number[24];

    (void)state;
    sys_open(&u);
    record(u.m, &r);
    for (unsigned i = 0; i < 4; i++)
        nap_bus_sysreg_write(u.m, AP0R(i), 10 + i, HERE);
    nap_sysreg_text(AP0R(3), number, sizeof number);
    assert_string_equal(number, "S3_0_C12_C8_7");
    assert_int_equal(r.list[3].index, 3);
    assert_int_equal(nap_bus_sysreg_read(u.m, NAP_SYSREG(3, 0, 12, 8, 7), HERE), 13);
    user_close(&u);
}

/* Neither address nor window: the bus decodes nothing. */
static void addresses_do_not_meet_system_registers(void **state)
{
    struct user_device u;

    (void)state;
    sys_open(&u);
    nap_bus_write(u.m, 8 * (nap_addr)PMR, 8, 0x80, HERE);
    nap_bus_write(u.m, USER_BASE, 4, 0x1234, HERE);
    assert_int_equal(nap_bus_sysreg_read(u.m, PMR, HERE), 0);
    assert_int_equal(nap_bus_read(u.m, USER_BASE, 4, HERE), 0x1234);
    user_close(&u);
}

static bool traps_on_write(const struct nap_machine *m, unsigned device, unsigned slot,
                           bool is_write)
{
    (void)slot;
    return is_write && device == ICC1 && nap_cpu(m) == 1;
}

static void what_no_instruction_reaches_is_undefined(void **state)
{
    static const struct {
        unsigned cpu, number;
        bool is_write;
        const char *text;
    } table[] = {
        {0, NAP_SYSREG(3, 0, 12, 12, 7), false,
         "    1 bad-access read of S3_0_C12_C12_7: UNDEFINED"},
        {0, 0x10000, false, "    1 bad-access read of 0x10000: UNDEFINED"},
        {0, IAR1, true,
         "    1 bad-access write to icc0.ICC_IAR1_EL1 (S3_0_C12_C12_0): UNDEFINED"},
        {0, EOIR1, false,
         "    1 bad-access read of icc0.ICC_EOIR1_EL1 (S3_0_C12_C12_1): UNDEFINED"},
        {1, PMR, true,
         "    1 bad-access write to icc1.ICC_PMR_EL1 (S3_0_C4_C6_0): UNDEFINED, cpu1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct user_device u;
        struct recorder r;

        sys_open(&u);
        u.block.undefined = traps_on_write;
        nap_cpu_set(u.m, table[i].cpu);
        record(u.m, &r);
        if (table[i].is_write)
            nap_bus_sysreg_write(u.m, table[i].number, 0x55, NOWHERE);
        else
            assert_int_equal(nap_bus_sysreg_read(u.m, table[i].number, NOWHERE), UINT64_MAX);
        assert_int_equal(r.n, 1);
        assert_string_equal(r.text[0], table[i].text);
        assert_int_equal(nap_reg_get(u.m, ICC1, 1), 0);
        user_close(&u);
    }
}

static int read_nowhere(void *context)
{
    (void)context;
    (void)nap_sysreg_read(NAP_SYSREG(3, 6, 15, 15, 7));
    return 0;
}

static void an_undefined_access_ends_the_driver_call(void **state)
{
    struct user_device u;
    struct recorder r;

    (void)state;
    sys_open(&u);
    record(u.m, &r);
    assert_int_equal(nap_seam_call(u.m, "resume", read_nowhere, NULL), NAP_SEAM_STUCK);
    assert_int_equal(r.list[1].kind, NAP_STEP_BAD_ACCESS);
    assert_string_equal(r.list[1].label, NAP_LABEL_UNDEFINED);
    assert_int_equal(r.list[2].kind, NAP_STEP_PANIC);
    assert_string_equal(r.list[2].label, "an access to a system register was UNDEFINED");
    user_close(&u);
}

static void a_cpu_without_power_has_none(void **state)
{
    struct user_device u;
    struct recorder r;
    char text[160];

    (void)state;
    sys_open(&u);
    assert_true(nap_cpu_on(u.m, 1));
    nap_power_off(u.m, 2);
    assert_false(nap_cpu_on(u.m, 1));
    assert_true(nap_cpu_on(u.m, 0));
    nap_cpu_set(u.m, 1);
    record(u.m, &r);
    assert_int_equal(nap_bus_sysreg_read(u.m, PMR, NOWHERE), UINT64_MAX);
    assert_int_equal(r.list[0].kind, NAP_STEP_UNPOWERED);
    assert_int_equal(r.list[0].address, PMR);
    nap_event_text(u.m, &r.list[0], text, sizeof text);
    assert_non_null(strstr(text, "read of icc1.ICC_PMR_EL1 (S3_0_C4_C6_0)"));
    user_close(&u);
}

/* Arm DDI 0487, "Ordering of memory accesses and system registers": only a DSB orders them. */
static void a_system_register_does_not_land_what_was_posted(void **state)
{
    struct script s = {.answers = {1}};
    struct user_device u;

    (void)state;
    sys_open(&u);
    choose_by(u.m, &s, NAP_CHOICE_BIT(NAP_CHOOSE_POST));
    nap_bus_write(u.m, USER_BASE, 4, 0x1234, HERE);
    nap_bus_sysreg_write(u.m, PMR, 0x80, HERE);
    assert_int_equal(s.n_asked, 1);
    assert_int_equal(nap_reg_get(u.m, MEMORY, 0), 0);
    assert_int_equal(nap_bus_sysreg_read(u.m, PMR, HERE), 0x80);
    nap_bus_barrier(u.m, "DSB SY", HERE);
    assert_int_equal(nap_reg_get(u.m, MEMORY, 0), 0x1234);
    user_close(&u);
}

/* --- whose accesses they are --- */

static void an_access_is_secure_if_its_cpu_says_so(void **state)
{
    struct user_device u;
    struct recorder r;

    (void)state;
    sys_open(&u);
    assert_false(nap_secure(u.m));
    record(u.m, &r);
    nap_secure_set(u.m, true);
    nap_bus_write(u.m, USER_BASE, 4, 1, NOWHERE);
    assert_true(r.list[0].secure);
    assert_string_equal(r.text[0], "    1 write      memory.WORD 0x0 -> 0x1 (V=1), secure");
    nap_secure_set(u.m, false);
    nap_bus_write(u.m, USER_BASE, 4, 2, NOWHERE);
    assert_false(r.list[1].secure);
    user_close(&u);
}

static bool landed_secure;

static void note_security(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                          uint64_t now)
{
    (void)device;
    (void)index;
    (void)was;
    (void)now;
    landed_secure = nap_secure(m);
}

static void a_posted_write_lands_in_the_state_that_issued_it(void **state)
{
    struct script s = {.answers = {1}};
    nap_on_write *effects[5] = {note_security};
    struct user_device u;

    (void)state;
    sys_open_with(&u, effects);
    choose_by(u.m, &s, NAP_CHOICE_BIT(NAP_CHOOSE_POST));
    nap_secure_set(u.m, true);
    nap_bus_write(u.m, USER_BASE, 4, 1, HERE);
    nap_secure_set(u.m, false);
    nap_bus_barrier(u.m, "DSB SY", HERE);
    assert_true(landed_secure);
    assert_false(nap_secure(u.m));
    user_close(&u);
}

/* --- descriptions --- */

static void cpus_have_domains_and_affinities(void **state)
{
    struct user_device u;

    (void)state;
    sys_open(&u);
    assert_int_equal(nap_cpu_count(u.m), 2);
    assert_int_equal(nap_cpu_domain(u.m, 1), 1);
    assert_int_equal(nap_cpu_affinity(u.m, 1), 0x100);
    assert_int_equal(nap_cpu_at(u.m, 0x100), 1);
    assert_int_equal(nap_cpu_at(u.m, 1), -1);
    assert_false(nap_model_is_sysreg(u.model, 0));
    assert_true(nap_model_is_sysreg(u.model, 1));
    user_close(&u);
}

static void a_device_has_a_window_or_a_cpu_as_its_registers_do(void **state)
{
    static const struct {
        const char *variant, *place, *message;
    } table[] = {
        {"cpu", "base: 0x10000000, size: 0x1000",
         "board: device d has a window, expected a CPU: its registers are system registers"},
        {"memory", "cpu: 0",
         "board: device d has a CPU and no window, expected a window: its registers have "
         "addresses"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct user_device u = {0};
        const struct nap_block *const blocks[] = {&u.block, NULL};
        struct nap_error error = {0};
        char text[512];

        user_model(&u, SYS_MODEL);
        snprintf(text, sizeof text,
                 "soc: board\ntitle: t\nsource: s\ndomains: [{name: p}]\ndevices:\n"
                 "  - {name: d, model: sys, variant: %s, %s, domain: p}\n",
                 table[i].variant, table[i].place);
        assert_int_equal(nap_soc_load(text, strlen(text), "board.yaml", &u.soc, &error),
                         NAP_OK);
        assert_int_equal(
            nap_machine_create(&(struct nap_machine_config){.soc = u.soc, .blocks = blocks},
                               &u.m, &error),
            NAP_ERR_RANGE);
        assert_string_equal(error.text, table[i].message);
        user_close(&u);
    }
}

static void a_system_register_of_a_cpu_is_in_one_device(void **state)
{
    static const char text[] =
        "soc: board\ntitle: t\nsource: s\ndomains: [{name: d0}]\ndevices:\n" SYS_DEVICE(
            "icc0", "0") SYS_DEVICE("again", "0");
    struct user_device u = {0};
    const struct nap_block *const blocks[] = {&u.block, NULL};
    struct nap_error error = {0};

    (void)state;
    user_model(&u, SYS_MODEL);
    if (nap_soc_load(text, strlen(text), "board.yaml", &u.soc, &error))
        fail_msg("%s", error.text);
    assert_int_equal(
        nap_machine_create(&(struct nap_machine_config){.soc = u.soc, .blocks = blocks}, &u.m,
                           &error),
        NAP_ERR_RANGE);
    assert_string_equal(error.text, "board: devices icc0 and again of CPU 0 both have system "
                                    "register S3_0_C4_C6_0, expected it in one");
    user_close(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_cpu_has_system_registers_of_its_own),
        cmocka_unit_test(elements_have_numbers_in_a_row),
        cmocka_unit_test(addresses_do_not_meet_system_registers),
        cmocka_unit_test(what_no_instruction_reaches_is_undefined),
        cmocka_unit_test(an_undefined_access_ends_the_driver_call),
        cmocka_unit_test(a_cpu_without_power_has_none),
        cmocka_unit_test(a_system_register_does_not_land_what_was_posted),
        cmocka_unit_test(an_access_is_secure_if_its_cpu_says_so),
        cmocka_unit_test(a_posted_write_lands_in_the_state_that_issued_it),
        cmocka_unit_test(cpus_have_domains_and_affinities),
        cmocka_unit_test(a_device_has_a_window_or_a_cpu_as_its_registers_do),
        cmocka_unit_test(a_system_register_of_a_cpu_is_in_one_device),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
