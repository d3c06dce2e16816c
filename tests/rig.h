/* SPDX-License-Identifier: MIT */
/* What tests of whole machines share: the built-in R-Car H3; a small hand-made machine whose
 * one model has every access type, width and retention class; a recorder of steps; and a
 * chooser that answers from a script. */
#ifndef TEST_RIG_H
#define TEST_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <regnap/builtin.h>

#include "core/core.h"
#include "os/os.h"
#include "seam/seam.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define NOWHERE         ((struct nap_source){NULL, 0, NULL})
#define HERE            ((struct nap_source){__FILE__, __LINE__, NULL})

/* --- the model `odd` ------------------------------------------------------------------------
 */

enum {
    ODD_BYTE,  /* 8 bits at 0x01, all rw, reset 0x5e */
    ODD_HALF,  /* 16 bits at 0x02, all rw */
    ODD_WORD,  /* 32 bits at 0x04, rw [15:0], reserved above; reset 0x1234 */
    ODD_LONG,  /* 64 bits at 0x08, all rw */
    ODD_MIX,   /* rw [7:0]; ro [15:8], reset 0xa5; w0c [19:16]; self-clearing A [24], B [25] */
    ODD_KEEP,  /* retained: rw [7:0], self-clearing [8] */
    ODD_LOST,  /* unknown: rw [7:0], reset 0x11, hostile pseudo-random in [7:0] */
    ODD_ARRAY, /* unknown: 0x20, 0x28, 0x40: rw [7:0], hostile 0x5a; only in variant full */
    ODD_PART,  /* unknown: rw [7:0], ro [15:8], w0c [23:16], self-clearing [24]; hostile ones */
    ODD_NAME,  /* rw [7:0], a register of which only the name is known: unmodelled */
    ODD_REGS
};

enum { ODD_FULL, ODD_PLAIN };

/* Slots: ARRAY has three. */
enum {
    SLOT_BYTE,
    SLOT_HALF,
    SLOT_WORD,
    SLOT_LONG,
    SLOT_MIX,
    SLOT_KEEP,
    SLOT_LOST,
    SLOT_ARRAY,
    SLOT_PART = SLOT_ARRAY + 3,
    SLOT_NAME,
    ODD_SLOTS
};

#define MIX_A      UINT64_C(0x01000000)
#define MIX_B      UINT64_C(0x02000000)
#define KEEP_START UINT64_C(0x100)
#define PART_START UINT64_C(0x01000000)

#define ODD_BOTH 3u
#define FIELD(n, l, w, a)                                                                      \
    {                                                                                          \
        n, "", "", (UINT64_MAX >> (64 - (w))) << (l), ODD_BOTH, l, w, a, 0, 0, 0,              \
        {                                                                                      \
            0                                                                                  \
        }                                                                                      \
    }
#define MASKS(value)                                                                           \
    {                                                                                          \
        value, value                                                                           \
    }

static const struct nap_field odd_byte_fields[] = {FIELD("VALUE", 0, 8, NAP_ACCESS_RW)};
static const struct nap_field odd_half_fields[] = {FIELD("VALUE", 0, 16, NAP_ACCESS_RW)};
static const struct nap_field odd_long_fields[] = {FIELD("VALUE", 0, 64, NAP_ACCESS_RW)};
static const struct nap_field odd_mix_fields[] = {
    FIELD("B", 25, 1, NAP_ACCESS_SELF_CLEAR), FIELD("A", 24, 1, NAP_ACCESS_SELF_CLEAR),
    FIELD("FLAGS", 16, 4, NAP_ACCESS_W0C), FIELD("ID", 8, 8, NAP_ACCESS_RO),
    FIELD("VALUE", 0, 8, NAP_ACCESS_RW)};
static const struct nap_field odd_keep_fields[] = {FIELD("START", 8, 1, NAP_ACCESS_SELF_CLEAR),
                                                   FIELD("VALUE", 0, 8, NAP_ACCESS_RW)};
static const struct nap_field odd_part_fields[] = {
    FIELD("START", 24, 1, NAP_ACCESS_SELF_CLEAR), FIELD("FLAGS", 16, 8, NAP_ACCESS_W0C),
    FIELD("ID", 8, 8, NAP_ACCESS_RO), FIELD("VALUE", 0, 8, NAP_ACCESS_RW)};

#define ODD_FIELDS(array)                                                                      \
    .fields = (array), .n_fields = COUNT_OF(array), .about = "", .source = ""
#define ODD_AT(slot, at)                                                                       \
    .count = 1, .first_slot = (slot), .n_windows = 1, .windows = {{0, 1, at, 4}},              \
    .variants = ODD_BOTH

static const struct nap_reg odd_regs[ODD_REGS] = {
    [ODD_BYTE] = {.name = "BYTE",
                  ODD_FIELDS(odd_byte_fields),
                  ODD_AT(SLOT_BYTE, 0x01),
                  .width_bits = 8,
                  .reset = 0x5e,
                  .defined = MASKS(0xff),
                  .writable = MASKS(0xff)},
    [ODD_HALF] = {.name = "HALF",
                  ODD_FIELDS(odd_half_fields),
                  ODD_AT(SLOT_HALF, 0x02),
                  .width_bits = 16,
                  .defined = MASKS(0xffff),
                  .writable = MASKS(0xffff)},
    [ODD_WORD] = {.name = "WORD",
                  ODD_FIELDS(odd_half_fields),
                  ODD_AT(SLOT_WORD, 0x04),
                  .width_bits = 32,
                  .reset = 0x1234,
                  .defined = MASKS(0xffff),
                  .writable = MASKS(0xffff)},
    [ODD_LONG] = {.name = "LONG",
                  ODD_FIELDS(odd_long_fields),
                  ODD_AT(SLOT_LONG, 0x08),
                  .width_bits = 64,
                  .defined = MASKS(UINT64_MAX),
                  .writable = MASKS(UINT64_MAX)},
    [ODD_MIX] = {.name = "MIX",
                 ODD_FIELDS(odd_mix_fields),
                 ODD_AT(SLOT_MIX, 0x10),
                 .width_bits = 32,
                 .reset = 0xa500,
                 .defined = MASKS(0x030fffff),
                 .writable = MASKS(0x030f00ff),
                 .w0c = MASKS(0x000f0000),
                 .self_clear = MASKS(MIX_A | MIX_B)},
    [ODD_KEEP] = {.name = "KEEP",
                  ODD_FIELDS(odd_keep_fields),
                  ODD_AT(SLOT_KEEP, 0x18),
                  .width_bits = 32,
                  .retention = NAP_RETENTION_RETAINED,
                  .defined = MASKS(0x1ff),
                  .writable = MASKS(0x1ff),
                  .self_clear = MASKS(KEEP_START)},
    [ODD_LOST] = {.name = "LOST",
                  ODD_FIELDS(odd_byte_fields),
                  ODD_AT(SLOT_LOST, 0x1c),
                  .width_bits = 32,
                  .retention = NAP_RETENTION_UNKNOWN,
                  .reset = 0x11,
                  .hostile_random = 1,
                  .hostile_mask = 0xff,
                  .defined = MASKS(0xff),
                  .writable = MASKS(0xff)},
    [ODD_ARRAY] = {.name = "ARRAY",
                   ODD_FIELDS(odd_byte_fields),
                   .count = 3,
                   .first_slot = SLOT_ARRAY,
                   .n_windows = 2,
                   .windows = {{0, 2, 0x20, 8}, {2, 1, 0x40, 8}},
                   .variants = 1u << ODD_FULL,
                   .width_bits = 32,
                   .retention = NAP_RETENTION_UNKNOWN,
                   .hostile = 0x5a,
                   .defined = {0xff},
                   .writable = {0xff}},
    [ODD_PART] = {.name = "PART",
                  ODD_FIELDS(odd_part_fields),
                  ODD_AT(SLOT_PART, 0x44),
                  .width_bits = 32,
                  .retention = NAP_RETENTION_UNKNOWN,
                  .hostile = 0x00ffffff,
                  .defined = MASKS(0x01ffffff),
                  .writable = MASKS(0x01ff00ff),
                  .w0c = MASKS(0x00ff0000),
                  .self_clear = MASKS(PART_START)},
    [ODD_NAME] = {.name = "NAME",
                  ODD_FIELDS(odd_byte_fields),
                  ODD_AT(SLOT_NAME, 0x48),
                  .width_bits = 32,
                  .unmodelled = 1,
                  .defined = MASKS(0xff),
                  .writable = MASKS(0xff)},
};

static const struct nap_switch odd_switches[] = {
    {"S1", "", NAP_BASIS_UNKNOWN, 3, {"a", "b", "c"}, 0, 0, 0, 0},
    {"S2", "", NAP_BASIS_ARGUED, 1, {"only"}, 0, 0, 0, 0},
};

static const struct nap_model odd_model = {.name = "odd",
                                           .title = "",
                                           .source = "",
                                           .n_variants = 2,
                                           .variants = {"full", "plain"},
                                           .window_bytes = 0x100,
                                           .n_slots = ODD_SLOTS,
                                           .n_regs = ODD_REGS,
                                           .regs = odd_regs,
                                           .n_switches = 2,
                                           .switches = odd_switches};

/* What the block notes down, in its hidden state. */
struct odd_state {
    uint64_t written_was, written_now; /* arguments of the last MIX write */
    uint64_t done_mask;                /* of the last work done */
    uint32_t n_written, n_done, n_off, n_on;
};

static struct odd_state *odd_open(struct nap_machine *m, unsigned device)
{
    struct odd_state *s = nap_block_state_mut(m, device);

    nap_touch(m, s, sizeof *s);
    return s;
}

static void odd_mix_written(struct nap_machine *m, unsigned device, unsigned index,
                            uint64_t was, uint64_t now)
{
    struct odd_state *s = odd_open(m, device);

    (void)index;
    s->written_was = was;
    s->written_now = now;
    s->n_written++;
}

/* A write of WORD lets everybody notice the work of MIX, as enabling a port does. */
static void odd_word_written(struct nap_machine *m, unsigned device, unsigned index,
                             uint64_t was, uint64_t now)
{
    (void)index;
    (void)was;
    (void)now;
    nap_work_notice(m, device, SLOT_MIX, MIX_A);
}

static nap_on_write *const odd_on_write[ODD_REGS] = {
    [ODD_MIX] = odd_mix_written, [ODD_WORD] = odd_word_written};

static void odd_off(struct nap_machine *m, unsigned device)
{
    odd_open(m, device)->n_off++;
}

static void odd_on(struct nap_machine *m, unsigned device)
{
    odd_open(m, device)->n_on++;
}

static void odd_done(struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask)
{
    struct odd_state *s = odd_open(m, device);

    (void)slot;
    s->n_done++;
    s->done_mask = mask;
}

static void odd_probe(const struct nap_machine *m, const struct nap_transaction *t,
                      struct nap_outcomes *out, struct nap_footprint *footprint)
{
    out->list[out->n++] =
        (struct nap_outcome){.kind = NAP_OUTCOME_TRANSLATED,
                             .context = t->port,
                             .pa = t->iova + nap_probe_reg(m, t->device, SLOT_LONG, footprint)};
    nap_probe_hidden(t->device, footprint);
}

static struct nap_outcome odd_dma(struct nap_machine *m, const struct nap_transaction *t)
{
    struct nap_outcomes out = {.n = 0};

    odd_probe(m, t, &out, NULL);
    return out.list[0];
}

#define ODD_PORTS 10u

static const struct nap_block odd_block = {.abi = NAP_BLOCK_ABI,
                                           .model = &odd_model,
                                           .state_bytes = sizeof(struct odd_state),
                                           .on_write = odd_on_write,
                                           .power_off = odd_off,
                                           .power_on = odd_on,
                                           .work_done = odd_done,
                                           .n_ports = ODD_PORTS,
                                           .probe = odd_probe,
                                           .dma = odd_dma};

static const struct nap_block *const odd_blocks[] = {&odd_block, NULL};

/* --- the machine `odd`: root > mid > leaf, and apart -----------------------------------------
 */

enum { DOMAIN_ROOT, DOMAIN_MID, DOMAIN_LEAF, DOMAIN_APART };
#define BIT(domain) (1u << (domain))

enum { DEV_A, DEV_B, DEV_C }; /* full in mid, full in leaf, plain in apart */

#define BASE_A   UINT64_C(0x10000000)
#define BASE_B   UINT64_C(0x10001000)
#define BASE_C   UINT64_C(0x20000000)
#define RAM_BASE UINT64_C(0x80000000)
#define RAM_SIZE UINT64_C(0x04000000)
#define RAM_HIGH UINT64_C(0x100000000)

#define NO_NODE                                                                                \
    {                                                                                          \
        .disabled = false                                                                      \
    }

#define NO_RESETS                                                                              \
    "", 0, 0,                                                                                  \
    {                                                                                          \
        {                                                                                      \
            .line = 0                                                                          \
        }                                                                                      \
    }

static const struct nap_soc odd_soc = {
    .name = "odd-board",
    .n_domains = 4,
    .domains = {{"root", NAP_SOC_NONE}, {"mid", 0}, {"leaf", 1}, {"apart", NAP_SOC_NONE}},
    .n_devices = 3,
    .devices = {{"a", "odd", "full", BASE_A, 0x1000, DOMAIN_MID, NAP_SOC_NONE, 3, NAP_SOC_NONE,
                 NO_NODE, NO_RESETS, 0, 0},
                {"b", "odd", "full", BASE_B, 0x1000, DOMAIN_LEAF, DEV_A, 7, NAP_SOC_NONE,
                 NO_NODE, NO_RESETS, 0, 0},
                {"c", "odd", "plain", BASE_C, 0x2000, DOMAIN_APART, DEV_A, 0, NAP_SOC_NONE,
                 NO_NODE, NO_RESETS, 0, 0}},
    .n_masters = 3,
    .masters = {{"m0", DOMAIN_MID, 1, {{DEV_A, 0, 4}}, NO_NODE, false},
                {"m1", DOMAIN_LEAF, 2, {{DEV_B, 0, 1}, {DEV_A, 8, 2}}, NO_NODE, false},
                {"m2", DOMAIN_APART, 1, {{DEV_C, 5, 1}}, NO_NODE, false}},
    .n_ram = 2,
    .ram = {{RAM_BASE, RAM_SIZE}, {RAM_HIGH, 0x2000}},
};

static const nap_addr odd_base[] = {BASE_A, BASE_B, BASE_C};

/* Address of a register element of the odd machine. */
static inline nap_addr at(unsigned device, unsigned reg, unsigned index)
{
    return odd_base[device] + nap_reg_offset(&odd_regs[reg], index);
}

static inline struct nap_machine *odd_machine_as(const struct nap_machine_config *config)
{
    struct nap_machine_config c = *config;
    struct nap_machine *m;
    struct nap_error error = {0};

    if (!c.soc)
        c.soc = &odd_soc;
    if (!c.blocks)
        c.blocks = odd_blocks;
    if (nap_machine_create(&c, &m, &error))
        fail_msg("%s", error.text);
    return m;
}

static inline struct nap_machine *odd_machine(void)
{
    return odd_machine_as(&(struct nap_machine_config){.slot = 0});
}

/* --- the built-in machine -------------------------------------------------------------------
 */

static inline struct nap_soc *h3_soc(void)
{
    struct nap_error error = {0};
    struct nap_soc *soc;

    if (nap_builtin_soc("rcar-h3", &soc, &error))
        fail_msg("%s", error.text);
    return soc;
}

static inline struct nap_machine *h3_machine(const struct nap_soc *soc, unsigned slot)
{
    struct nap_machine_config config = {
        .soc = soc, .blocks = nap_builtin_blocks(), .slot = slot};

    return odd_machine_as(&config);
}

/* --- accesses -------------------------------------------------------------------------------
 */

static inline uint64_t rd(struct nap_machine *m, nap_addr address)
{
    return nap_bus_read(m, address, 4, NOWHERE);
}

static inline void wr(struct nap_machine *m, nap_addr address, uint64_t value)
{
    nap_bus_write(m, address, 4, value, NOWHERE);
}

static inline void off_and_on(struct nap_machine *m, uint32_t domains)
{
    nap_power_off(m, domains);
    nap_power_on(m, domains);
}

/* --- a recorder of steps --------------------------------------------------------------------
 */

#define STEPS_MAX 64

struct recorder {
    unsigned n; /* all; the first STEPS_MAX are kept */
    struct nap_event list[STEPS_MAX];
    char text[STEPS_MAX][256];
};

static void record_step(void *context, const struct nap_machine *m,
                        const struct nap_event *event)
{
    struct recorder *r = context;

    if (r->n < STEPS_MAX) {
        r->list[r->n] = *event;
        nap_event_text(m, event, r->text[r->n], sizeof r->text[0]);
    }
    r->n++;
}

static inline void record(struct nap_machine *m, struct recorder *r)
{
    r->n = 0;
    nap_set_trace(m, record_step, r);
}

/* Before a recorder goes out of scope while its machine lives on. */
static inline void stop_recording(struct nap_machine *m)
{
    nap_set_trace(m, NULL, NULL);
}

/* --- a chooser that answers from a script, then 0 -------------------------------------------
 */

#define ASKED_MAX 64

struct script {
    uint32_t answers[16];
    unsigned n_asked;
    struct nap_choice asked[ASKED_MAX];
};

static uint32_t answer(void *context, const struct nap_choice *choice)
{
    struct script *s = context;
    unsigned i = s->n_asked++;

    if (i < ASKED_MAX)
        s->asked[i] = *choice;
    return i < COUNT_OF(s->answers) ? s->answers[i] : 0;
}

static inline void choose_by(struct nap_machine *m, struct script *s, uint32_t varied)
{
    nap_set_chooser(m, answer, s, varied);
}

/* --- repeatable numbers ---------------------------------------------------------------------
 */

/* splitmix64, public domain, Sebastiano Vigna. */
static inline uint64_t next_random(uint64_t *seed)
{
    uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static inline void assert_hash_equal(struct nap_hash128 a, struct nap_hash128 b)
{
    assert_int_equal(a.low, b.low);
    assert_int_equal(a.high, b.high);
}

static inline bool hash_equal(struct nap_hash128 a, struct nap_hash128 b)
{
    return a.low == b.low && a.high == b.high;
}

/* --- set-up ---------------------------------------------------------------------------------
 */

/* CMocka fixtures: *state is an odd machine in slot 0. */
static inline int odd_setup(void **state)
{
    *state = odd_machine();
    return 0;
}

static inline int machine_teardown(void **state)
{
    nap_machine_destroy(*state);
    return 0;
}

#define ODD_TEST(name) cmocka_unit_test_setup_teardown(name, odd_setup, machine_teardown)

#endif
