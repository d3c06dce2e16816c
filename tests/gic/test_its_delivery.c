/* SPDX-License-Identifier: MIT */
/* The machine gicv3-its: an LPI on its whole way, from a message of a device to the end of its
 * handler, through sleep and loss of power. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <regnap/block.h>
#include <regnap/builtin.h>
#include <regnap/bus.h>

#include "gic/its.h"
#include "gic/lpi.h"

#define GICD UINT64_C(0x2f000000)
#define ITS  UINT64_C(0x2f020000)
#define GICR UINT64_C(0x2f100000) /* and 0x20000 on, the second one */
#define RAM  UINT64_C(0x80000000)

#define QUEUE       (RAM + 0x10000)
#define DEVICES     (RAM + 0x20000)
#define COLLECTIONS (RAM + 0x30000)
#define CONFIG      (RAM + 0x40000)
#define PENDING     (RAM + 0x50000) /* and 0x10000 on, that of the second CPU */
#define ITT         (RAM + 0x80000)

#define VALID UINT64_C(0x8000000000000000)

#define ICC_PMR_EL1     NAP_SYSREG(3u, 0u, 4u, 6u, 0u)
#define ICC_SRE_EL2     NAP_SYSREG(3u, 4u, 12u, 9u, 5u)
#define ICC_SRE_EL1     NAP_SYSREG(3u, 0u, 12u, 12u, 5u)
#define ICC_IGRPEN1_EL1 NAP_SYSREG(3u, 0u, 12u, 12u, 7u)
#define ICC_IAR1_EL1    NAP_SYSREG(3u, 0u, 12u, 12u, 0u)
#define ICC_EOIR1_EL1   NAP_SYSREG(3u, 0u, 12u, 12u, 1u)
#define ICC_RPR_EL1     NAP_SYSREG(3u, 0u, 12u, 11u, 3u)

#define SLEEP          0x1u /* of GICR_WAKER */
#define PROCESSORSLEEP 0x2u
#define CHILDRENASLEEP 0x4u
#define QUIESCENT      0x80000000u

struct board {
    struct nap_machine *m;
    struct nap_soc *soc;
    unsigned its;
    uint32_t next; /* offset of the next command */
};

#define HERE               ((struct nap_source){__FILE__, __LINE__, NULL})
#define wr(b, at, value)   nap_bus_write((b)->m, (at), 4, (value), HERE)
#define wr64(b, at, value) nap_bus_write((b)->m, (at), 8, (value), HERE)
#define rd(b, at)          ((uint32_t)nap_bus_read((b)->m, (at), 4, HERE))
#define msr(b, reg, value) nap_bus_sysreg_write((b)->m, (reg), (value), HERE)
#define mrs(b, reg)        nap_bus_sysreg_read((b)->m, (reg), HERE)

static nap_addr gicr(unsigned cpu)
{
    return GICR + UINT64_C(0x20000) * cpu;
}

static int board_setup(void **state)
{
    static struct board b;
    struct nap_machine_config config = {.blocks = nap_builtin_blocks()};

    memset(&b, 0, sizeof b);
    assert_int_equal(nap_builtin_soc("gicv3-its", &b.soc, NULL), NAP_OK);
    config.soc = b.soc;
    assert_int_equal(nap_machine_create(&config, &b.m, NULL), NAP_OK);
    b.its = (unsigned)nap_device_find(b.m, "its0");
    *state = &b;
    return 0;
}

static int board_teardown(void **state)
{
    struct board *b = *state;

    nap_machine_destroy(b->m);
    nap_soc_free(b->soc);
    return 0;
}

static void command(struct board *b, uint64_t dw0, uint64_t dw1, uint64_t dw2)
{
    uint64_t dw[4] = {dw0, dw1, dw2, 0};

    assert_true(nap_mem_write(b->m, QUEUE + b->next, dw, sizeof dw));
    b->next += 32;
    wr64(b, ITS + 0x88, b->next);
    assert_int_equal(rd(b, ITS + 0x90), b->next);
}

static void cpu_up(struct board *b, unsigned cpu)
{
    nap_cpu_set(b->m, cpu);
    wr(b, gicr(cpu) + 0x14, 0);
    while (rd(b, gicr(cpu) + 0x14) & CHILDRENASLEEP)
        ;
    msr(b, ICC_SRE_EL2, 0xf);
    msr(b, ICC_SRE_EL1, 0x7);
    msr(b, ICC_PMR_EL1, 0xf0);
    msr(b, ICC_IGRPEN1_EL1, 1);
    nap_cpu_set(b->m, 0);
}

static void lpis_up(struct board *b, unsigned cpu)
{
    wr64(b, gicr(cpu) + 0x70, CONFIG | 13);
    wr64(b, gicr(cpu) + 0x78, PENDING + UINT64_C(0x10000) * cpu);
    wr(b, gicr(cpu), 1);
}

static void its_up(struct board *b)
{
    wr64(b, ITS + 0x80, VALID | QUEUE);
    wr64(b, ITS + 0x88, 0);
    wr64(b, ITS + 0x100, VALID | DEVICES);
    wr64(b, ITS + 0x108, VALID | COLLECTIONS);
    wr(b, ITS, 1);
    b->next = 0;
    command(b, 0x09, 0, VALID); /* MAPC 0 to CPU 0 */
}

/* Device 5 sends event 0 as LPI 8192 to CPU 0, event 1 as LPI 8193 to CPU 1. */
static void up(struct board *b)
{
    uint64_t enabled = 0xa3a3;

    assert_true(nap_mem_write(b->m, CONFIG, &enabled, sizeof enabled));
    wr(b, GICD, 0x52); /* DS, ARE, EnableGrp1 */
    for (unsigned cpu = 0; cpu < 2; cpu++) {
        cpu_up(b, cpu);
        lpis_up(b, cpu);
    }
    its_up(b);
    command(b, 0x09, 0, VALID | 1 << 16 | 1);
    command(b, 0x08 | UINT64_C(5) << 32, 4, VALID | ITT);
    command(b, 0x0a | UINT64_C(5) << 32, UINT64_C(8192) << 32, 0);
    command(b, 0x0a | UINT64_C(5) << 32, UINT64_C(8193) << 32 | 1, 1);
}

static void message(struct board *b, uint32_t event)
{
    assert_true(nap_its_block.msi(b->m, b->its, 5, 0x10040, event));
}

static void an_lpi_reaches_the_cpu_of_its_collection(void **state)
{
    struct board *b = *state;

    up(b);
    message(b, 1);
    assert_int_equal(nap_signals(b->m, 0), 0);
    assert_int_equal(nap_signals(b->m, 1), NAP_SIGNAL_IRQ);
    nap_cpu_set(b->m, 1);
    assert_int_equal(mrs(b, ICC_IAR1_EL1), 8193);
    assert_int_equal(nap_signals(b->m, 1), 0);
    assert_int_equal(mrs(b, ICC_RPR_EL1), 0xa0);
    message(b, 1); /* it may be pending again, and is not shown before the priority drops */
    assert_int_equal(mrs(b, ICC_IAR1_EL1), 1023);
    msr(b, ICC_EOIR1_EL1, 8193);
    assert_int_equal(mrs(b, ICC_RPR_EL1), 0xff);
    assert_int_equal(nap_signals(b->m, 1), NAP_SIGNAL_IRQ);
    assert_int_equal(mrs(b, ICC_IAR1_EL1), 8193);
    msr(b, ICC_EOIR1_EL1, 8193);
    assert_int_equal(mrs(b, ICC_IAR1_EL1), 1023);
}

static void a_masked_lpi_is_shown_once_inv_has_made_it_known(void **state)
{
    struct board *b = *state;
    uint8_t masked = 0xa2, enabled = 0xa3;

    up(b);
    assert_true(nap_mem_write(b->m, CONFIG, &masked, 1));
    message(b, 0);
    assert_int_equal(nap_signals(b->m, 0), 0);
    assert_true(nap_mem_write(b->m, CONFIG, &enabled, 1));
    assert_int_equal(nap_signals(b->m, 0), 0);
    command(b, 0x0c | UINT64_C(5) << 32, 0, 0); /* INV */
    assert_int_equal(nap_signals(b->m, 0), NAP_SIGNAL_IRQ);
}

static void an_lpi_wakes_a_cpu_that_sleeps(void **state)
{
    struct board *b = *state;

    up(b);
    nap_cpu_set(b->m, 1);
    msr(b, ICC_IGRPEN1_EL1, 0);
    wr(b, gicr(1) + 0x14, PROCESSORSLEEP);
    assert_int_equal(rd(b, gicr(1) + 0x14), PROCESSORSLEEP | CHILDRENASLEEP);
    nap_cpu_set(b->m, 0);
    message(b, 1);
    assert_int_equal(nap_signals(b->m, 1), NAP_SIGNAL_WAKE);
    cpu_up(b, 1);
    nap_cpu_set(b->m, 1);
    assert_int_equal(mrs(b, ICC_IAR1_EL1), 8193);
}

static void sleep_of_a_cpu(struct board *b, unsigned cpu)
{
    nap_cpu_set(b->m, cpu);
    msr(b, ICC_IGRPEN1_EL1, 0);
    wr(b, gicr(cpu) + 0x14, PROCESSORSLEEP);
    while (!(rd(b, gicr(cpu) + 0x14) & CHILDRENASLEEP))
        ;
    nap_cpu_set(b->m, 0);
}

/* With the vendor's sequence, that of the GIC-600, or without. */
static void sleep(struct board *b, bool flush)
{
    wr(b, ITS, 0);
    while (!(rd(b, ITS) & QUIESCENT))
        ;
    sleep_of_a_cpu(b, 1);
    sleep_of_a_cpu(b, 0);
    if (flush) {
        wr(b, gicr(0) + 0x14, PROCESSORSLEEP | SLEEP);
        while (!(rd(b, gicr(0) + 0x14) & QUIESCENT))
            ;
    }
    nap_power_off(b->m, UINT32_MAX);
    nap_power_on(b->m, UINT32_MAX);
}

static void wake(struct board *b)
{
    wr(b, GICD, 0x52);
    cpu_up(b, 0);
    lpis_up(b, 0);
    its_up(b);
    cpu_up(b, 1);
    lpis_up(b, 1);
}

static void a_pending_lpi_outlives_power_with_the_vendors_sequence(void **state)
{
    struct board *b = *state;

    up(b);
    msr(b, ICC_PMR_EL1, 0);
    message(b, 0);
    sleep(b, true);
    wake(b);
    assert_int_equal(nap_signals(b->m, 0), NAP_SIGNAL_IRQ);
    assert_int_equal(mrs(b, ICC_IAR1_EL1), 8192);
    msr(b, ICC_EOIR1_EL1, 8192);
    message(b, 1); /* mappings are there as well */
    assert_int_equal(nap_signals(b->m, 1), NAP_SIGNAL_IRQ);
}

static void a_pending_lpi_is_lost_without_it(void **state)
{
    struct board *b = *state;

    up(b);
    msr(b, ICC_PMR_EL1, 0);
    message(b, 0);
    sleep(b, false);
    wake(b);
    assert_int_equal(nap_signals(b->m, 0), 0);
    message(b, 0);
    assert_int_equal(nap_signals(b->m, 0), NAP_SIGNAL_IRQ);
}

/* --- steps of an interrupt's life --- */

struct life {
    char text[512]; /* "WHAT INTID DEVICE; " of each step */
};

static void tell(void *context, const struct nap_machine *m, const struct nap_event *e)
{
    struct life *life = context;
    size_t at = strlen(life->text);

    if (e->kind == NAP_STEP_INTERRUPT)
        (void)snprintf(life->text + at, sizeof life->text - at, "%s %u %s; ", e->label,
                       e->index, nap_device_name(m, e->device));
}

static void the_life_of_an_lpi_is_told_step_by_step(void **state)
{
    struct life life = {{0}};
    struct board *b = *state;

    up(b);
    nap_set_trace(b->m, tell, &life);
    message(b, 0);
    assert_non_null(strstr(life.text, "raised 8192 its0; latched 8192 gicr0; "));
    assert_non_null(strstr(life.text, "forwarded 8192"));
    assert_int_equal(mrs(b, ICC_IAR1_EL1), 8192);
    assert_non_null(strstr(life.text, "acknowledged 8192"));
    msr(b, ICC_EOIR1_EL1, 8192);
    assert_non_null(strstr(life.text, "dropped priority 8192"));
}

static void what_becomes_of_an_lpi_otherwise_is_told_too(void **state)
{
    struct life life = {{0}};
    struct board *b = *state;

    up(b);
    nap_set_trace(b->m, tell, &life);
    message(b, 7); /* EventID 7 is not mapped */
    assert_string_equal(life.text, "message dropped 7 its0; ");
    message(b, 0);
    life.text[0] = '\0';
    command(b, 0x01 | UINT64_C(5) << 32, 0, 1); /* MOVI to collection 1 */
    assert_non_null(strstr(life.text, "moved 8192 gicr1; "));
    life.text[0] = '\0';
    command(b, 0x04 | UINT64_C(5) << 32, 0, 0); /* CLEAR */
    assert_non_null(strstr(life.text, "cleared 8192 gicr1; "));
    message(b, 0);
    life.text[0] = '\0';
    nap_power_off(b->m, 1u << b->soc->devices[nap_device_find(b->m, "gicr1")].domain);
    assert_non_null(strstr(life.text, "lost 8192 gicr1; "));
}

/* A device of the machine with that line; its message goes over the bus. */
static void a_message_over_the_bus_has_the_line_of_its_sender(void **state)
{
    struct board *b = *state;
    unsigned sender = (unsigned)nap_device_find(b->m, "gicr1"); /* of line 1 */

    up(b);
    command(b, 0x08 | UINT64_C(1) << 32, 4, VALID | (ITT + 0x1000));
    command(b, 0x0a | UINT64_C(1) << 32, UINT64_C(8200) << 32 | 3, 0);
    assert_true(nap_msi_send(b->m, sender, ITS + 0x10040, 3));
    assert_true(gic_lpi_pending(b->m, (unsigned)nap_device_find(b->m, "gicr0"), 8200));
    nap_power_off(b->m, 1u << b->soc->devices[b->its].domain);
    assert_false(nap_msi_send(b->m, sender, ITS + 0x10040, 3));
}

#define BOARD_TEST(f) cmocka_unit_test_setup_teardown(f, board_setup, board_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOARD_TEST(an_lpi_reaches_the_cpu_of_its_collection),
        BOARD_TEST(a_masked_lpi_is_shown_once_inv_has_made_it_known),
        BOARD_TEST(an_lpi_wakes_a_cpu_that_sleeps),
        BOARD_TEST(a_pending_lpi_outlives_power_with_the_vendors_sequence),
        BOARD_TEST(a_pending_lpi_is_lost_without_it),
        BOARD_TEST(the_life_of_an_lpi_is_told_step_by_step),
        BOARD_TEST(what_becomes_of_an_lpi_otherwise_is_told_too),
        BOARD_TEST(a_message_over_the_bus_has_the_line_of_its_sender),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
