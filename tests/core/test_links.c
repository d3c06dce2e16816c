/* SPDX-License-Identifier: MIT */
/* Registers that depend on others, on the size of an access, or on the CPU: aliases, guards,
 * parts and banks, from YAML to what the bus shows (lib/core/model_links.c, kind.c, regfile.c).
 */
#include "user_device.h"

/* --- set and clear views of one register, as interrupt controllers have them --- */

#define ENABLES                                                                                \
    USER_HEAD USER_REG("ISENABLER", "0x100", "    count: 2\n    stride: 4\n",                  \
                       USER_FIELD("name: SET, bits: \"31:0\", access: w1s"))                   \
        USER_VIEW("ICENABLER", "0x180",                                                        \
                  "    count: 2\n    stride: 4\n    alias-of: ISENABLER\n",                    \
                  USER_FIELD("name: CLEAR, bits: \"31:0\", access: w1c"))

enum { ISENABLER, ICENABLER = 2 };

static void an_alias_sets_and_clears_the_bits_of_the_other(void **state)
{
    struct user_device u;

    (void)state;
    (void)user_open(&u, ENABLES);
    user_write(&u, 0x104, 4, 0xf0);
    user_write(&u, 0x104, 4, 0x0f);
    user_write(&u, 0x184, 4, 0x3c);
    assert_int_equal(user_read(&u, 0x104, 4), 0xc3);
    assert_int_equal(user_read(&u, 0x184, 4), 0xc3);
    assert_int_equal(user_read(&u, 0x100, 4), 0); /* the other element */
    user_close(&u);
}

static void an_alias_is_what_it_shows_to_rules_and_probes(void **state)
{
    struct nap_footprint f = {0};
    struct user_device u;
    uint64_t golden = 0;

    (void)state;
    (void)user_open(&u, ENABLES);
    user_write(&u, 0x180, 4, 0);
    user_write(&u, 0x100, 4, 5);
    assert_int_equal(nap_reg_get(u.m, 0, ICENABLER), 5);
    assert_int_equal(nap_reg_marks(u.m, 0, ICENABLER), NAP_MARK_WRITTEN | NAP_MARK_EVER);
    assert_int_equal(nap_probe_reg(u.m, 0, ICENABLER, &f), 5);
    assert_int_equal(f.list[0].slot, ISENABLER);
    nap_golden_take(u.m);
    assert_true(nap_golden(u.m, 0, ICENABLER, &golden));
    assert_int_equal(golden, 5);
    user_close(&u);
}

static void a_write_through_an_alias_names_the_alias(void **state)
{
    struct user_device u;
    struct recorder r;
    char name[64];

    (void)state;
    record(user_open(&u, ENABLES), &r);
    user_write(&u, 0x100, 4, 6);
    user_write(&u, 0x180, 4, 2);
    assert_int_equal(r.list[1].was, 6);
    assert_int_equal(r.list[1].now, 4);
    nap_register_name(u.m, 0, r.list[1].slot, name, sizeof name);
    assert_string_equal(name, "dev.ICENABLER[0]");
    user_close(&u);
}

static struct {
    unsigned index;
    uint64_t was, now;
} effect;

static void keep_effect(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                        uint64_t now)
{
    (void)m;
    (void)device;
    effect.index = index;
    effect.was = was;
    effect.now = now;
}

static void a_change_through_an_alias_has_the_effect_of_the_register(void **state)
{
    nap_on_write *const on_write[] = {keep_effect, NULL};
    struct user_device u = {0};

    (void)state;
    user_model(&u, ENABLES);
    u.block.on_write = on_write;
    user_machine(&u, "");
    user_write(&u, 0x104, 4, 0xff);
    user_write(&u, 0x184, 4, 0x0f);
    assert_int_equal(effect.index, 1);
    assert_int_equal(effect.was, 0xff);
    assert_int_equal(effect.now, 0xf0);
    user_close(&u);
}

/* --- guards --- */

#define GUARDED(effect)                                                                        \
    USER_HEAD USER_REG("BASE", "0x0",                                                          \
                       "    reset: 0x10\n    access-sizes: [1, 4]\n"                           \
                       "    guard: {register: CR0, field: EN, value: 0, else: " effect "}\n",  \
                       USER_FIELD("name: ADDR, bits: \"31:4\"")                                \
                           USER_FIELD("name: R, bits: \"3:0\", access: rsvdz"))                \
        USER_REG("CR0", "0x20", "", USER_FIELD("name: EN, bits: 3"))

#define LOST_GUARDED                                                                           \
    USER_HEAD "  - name: BASE\n    about: a\n    source: s\n    offset: 0\n"                   \
              "    retention: unknown\n    hostile: 0\n    reset: 0x10\n"                      \
              "    guard: {register: CR0, field: EN, value: 0, else: unknown}\n"               \
              "    fields:\n" USER_FIELD("name: ADDR, bits: \"31:4\"")                         \
                  USER_REG("CR0", "0x20", "", USER_FIELD("name: EN, bits: 3"))

static void while_its_guard_holds_a_write_is_like_any(void **state)
{
    struct user_device u;
    struct recorder r;

    (void)state;
    record(user_open(&u, GUARDED("ignored")), &r);
    user_write(&u, 0x0, 4, 0x120);
    assert_int_equal(user_read(&u, 0x0, 4), 0x120);
    assert_int_equal(r.list[0].guard, 0);
    assert_int_equal(r.list[0].rules, 0);
    user_close(&u);
}

static void a_write_against_its_guard_is_ignored_where_the_model_says_so(void **state)
{
    struct user_device u;
    struct recorder r;

    (void)state;
    record(user_open(&u, GUARDED("ignored")), &r);
    user_write(&u, 0x20, 4, 8);
    user_write(&u, 0x0, 4, 0x120);
    assert_int_equal(user_read(&u, 0x0, 4), 0x10);
    assert_int_equal(nap_reg_marks(u.m, 0, 0), 0);
    assert_int_equal(r.list[1].kind, NAP_STEP_WRITE);
    assert_int_equal(r.list[1].guard, 1);
    assert_int_equal(r.list[1].rules, NAP_PROTOCOL_BROKEN);
    user_write(&u, 0x20, 4, 0);
    user_write(&u, 0x0, 4, 0x130);
    assert_int_equal(user_read(&u, 0x0, 4), 0x130);
    user_close(&u);
}

static void a_write_against_its_guard_may_take_effect_all_the_same(void **state)
{
    struct user_device u;
    struct recorder r;

    (void)state;
    record(user_open(&u, GUARDED("taken")), &r);
    user_write(&u, 0x20, 4, 8);
    user_write(&u, 0x0, 4, 0x120);
    assert_int_equal(user_read(&u, 0x0, 4), 0x120);
    assert_int_equal(r.list[1].rules, NAP_PROTOCOL_BROKEN);
    user_close(&u);
}

/* The reset value, zeros, ones of the defined bits, what was written. */
static void a_write_against_its_guard_may_leave_the_content_unknown(void **state)
{
    static const uint64_t expected[] = {0x10, 0, 0xfffffff0, 0x120};

    (void)state;
    for (uint32_t value = 0; value < 4; value++) {
        struct script s = {.answers = {value}};
        struct user_device u;

        choose_by(user_open(&u, GUARDED("unknown")), &s, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
        user_write(&u, 0x20, 4, 8);
        user_write(&u, 0x0, 4, 0x120);
        assert_int_equal(s.n_asked, 0);
        assert_int_equal(user_read(&u, 0x0, 4), expected[value]);
        assert_int_equal(s.asked[0].n, 4);
        user_close(&u);
    }
}

static const struct {
    unsigned offset, size_bytes;
    uint64_t value, old_and_written;
} refused_writes[] = {{0x0, 4, 0x120, 0x120}, {0x2, 1, 0x77, 0x11773340}};

/* The same, with the content it had: a write of a part leaves the rest of that. */
static void what_a_refused_write_leaves_may_be_the_old_content(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused_writes); i++) {
        uint64_t expected[] = {0x10, 0, 0xfffffff0, 0x11223340,
                               refused_writes[i].old_and_written};
        for (uint32_t value = 0; value < COUNT_OF(expected); value++) {
            struct script s = {.answers = {value}};
            struct user_device u;

            choose_by(user_open(&u, GUARDED("unknown")), &s, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
            user_write(&u, 0x0, 4, 0x11223340);
            user_write(&u, 0x20, 4, 8);
            user_write(&u, refused_writes[i].offset, refused_writes[i].size_bytes,
                       refused_writes[i].value);
            assert_int_equal(user_read(&u, 0x0, 4), expected[value]);
            assert_int_equal(s.asked[0].n, COUNT_OF(expected));
            user_close(&u);
        }
    }
}

/* A second one leaves what the first found, what was written last, and what power left. */
static void a_refused_write_keeps_what_a_power_cut_left_as_likely(void **state)
{
    static const uint64_t expected[] = {0x10, 0, 0xfffffff0, 0x11223340, 0x340};

    (void)state;
    for (uint32_t value = 0; value < 5; value++) {
        struct script s = {.answers = {value}};
        struct user_device u;

        choose_by(user_open(&u, LOST_GUARDED), &s, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
        user_write(&u, 0x0, 4, 0x11223340);
        nap_power_off(u.m, 1);
        nap_power_on(u.m, 1);
        user_write(&u, 0x20, 4, 8);
        user_write(&u, 0x0, 4, 0x120);
        user_write(&u, 0x0, 4, 0x340);
        assert_int_equal(user_read(&u, 0x0, 4), expected[value]);
        assert_int_equal(s.asked[0].n, 5);
        user_close(&u);
    }
}

/* Likely content lies in the arena like all state, here in a block that nothing else touches.
 */
static void a_refused_write_is_undone_by_a_rewind(void **state)
{
    struct nap_hash128 before;
    struct user_device u;
    struct script s = {.n_asked = 0};
    unsigned mark;

    (void)state;
    choose_by(user_open(&u, USER_HEAD USER_REG(
                                "TABLE", "0",
                                "    count: 200\n    stride: 4\n    guard: {register: LOCK, "
                                "field: L, value: 0, else: unknown}\n",
                                USER_FIELD("name: V, bits: \"31:0\""))
                                USER_REG("LOCK", "0x800", "    count: 200\n    stride: 4\n",
                                         USER_FIELD("name: L, bits: 0"))),
              &s, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    user_write(&u, 4 * 100, 4, 0x55);
    user_write(&u, 0x800 + 4 * 100, 4, 1);
    before = nap_state_key(u.m);
    mark = nap_mark(u.m);
    user_write(&u, 4 * 100, 4, 0x77);
    assert_int_equal(u.m->devices[0].lost[100], 0x55);
    assert_int_equal(nap_reg_get(u.m, 0, 100), 0x77);
    nap_rewind(u.m, mark);
    nap_unmark(u.m);
    assert_int_equal(u.m->devices[0].lost[100], 0);
    assert_int_equal(nap_reg_get(u.m, 0, 100), 0x55);
    assert_hash_equal(nap_state_key_full(u.m), before);
    user_close(&u);
}

/* --- content that a power cut leaves unknown --- */

#define UNKNOWN_REG(name, offset, facts, fields)                                               \
    "  - name: " name "\n    about: a\n    source: s\n    offset: " offset                     \
    "\n    retention: unknown\n    hostile: 0\n" facts "    fields:\n" fields

static void forget_all(struct user_device *u, const char *text, struct script *s)
{
    choose_by(user_open(u, text), s, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    nap_power_off(u->m, 1);
    nap_power_on(u->m, 1);
    assert_int_equal(s->n_asked, 0);
}

/* The view shows but half of the bits: the others outlive the write, so somebody must choose.
 */
static void a_write_through_an_alias_settles_what_the_alias_does_not_show(void **state)
{
    static const uint64_t expected[] = {0, 0xffffff00};

    (void)state;
    for (uint32_t value = 0; value < 2; value++) {
        struct script s = {.answers = {value}};
        struct user_device u;

        forget_all(
            &u,
            USER_HEAD UNKNOWN_REG("ENABLE", "0", "", USER_FIELD("name: V, bits: \"31:0\""))
                USER_VIEW("DISABLE", "4", "    alias-of: ENABLE\n",
                          USER_FIELD("name: V, bits: \"7:0\", access: w1c")),
            &s);
        user_write(&u, 4, 4, 0xff);
        assert_int_equal(s.n_asked, 1);
        assert_int_equal(user_read(&u, 0, 4), expected[value]);
        assert_int_equal(s.n_asked, 1);
        user_close(&u);
    }
}

/* All of the register is written: nothing of the unknown content is left to choose. */
static void a_write_of_the_whole_register_settles_nothing(void **state)
{
    struct script s = {.answers = {1}};
    struct user_device u;

    (void)state;
    forget_all(&u, USER_HEAD UNKNOWN_REG("R", "0", "", USER_FIELD("name: V, bits: \"31:0\"")),
               &s);
    user_write(&u, 0, 4, 0xff);
    assert_int_equal(user_read(&u, 0, 4), 0xff);
    assert_int_equal(s.n_asked, 0);
    user_close(&u);
}

/* Hardware looks at the guard: its content is chosen once, and decides. */
static void a_guard_of_unknown_content_becomes_definite(void **state)
{
    static const uint64_t expected[] = {7, 0}; /* LOCK comes back as 0; as 1 */

    (void)state;
    for (uint32_t value = 0; value < 2; value++) {
        struct script s = {.answers = {value}};
        struct user_device u;

        forget_all(&u,
                   USER_HEAD USER_REG(
                       "DATA", "0",
                       "    guard: {register: LOCK, field: L, value: 0, else: ignored}\n",
                       USER_FIELD("name: V, bits: \"31:0\""))
                       UNKNOWN_REG("LOCK", "4", "", USER_FIELD("name: L, bits: 0")),
                   &s);
        user_write(&u, 0, 4, 7);
        assert_int_equal(s.n_asked, 1);
        assert_int_equal(user_read(&u, 0, 4), expected[value]);
        assert_int_equal(user_read(&u, 4, 4), value);
        assert_int_equal(s.n_asked, 1);
        user_close(&u);
    }
}

static void both_of_two_guards_must_hold(void **state)
{
    static const struct {
        uint64_t cr0, ack;
        unsigned guard;
    } cases[] = {{0, 0, 0}, {1, 0, 1}, {0, 1, 2}, {1, 1, 1}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct user_device u;
        struct recorder r;

        record(user_open(&u, USER_HEAD USER_REG(
                                 "BASE", "0",
                                 "    guard:\n"
                                 "      - {register: CR0, field: EN, value: 0, else: ignored}\n"
                                 "      - {register: ACK, field: EN, value: 0, else: taken}\n",
                                 USER_FIELD("name: ADDR, bits: \"31:0\""))
                                 USER_REG("CR0", "4", "", USER_FIELD("name: EN, bits: 0"))
                                     USER_REG("ACK", "8", "",
                                              USER_FIELD("name: EN, bits: 0, access: ro"))),
               &r);
        nap_reg_set(u.m, 0, 1, cases[i].cr0);
        nap_reg_set(u.m, 0, 2, cases[i].ack);
        user_write(&u, 0, 4, 7);
        assert_int_equal(r.list[0].guard, cases[i].guard);
        assert_int_equal(user_read(&u, 0, 4), cases[i].guard == 1 ? 0 : 7);
        user_close(&u);
    }
}

static void an_element_is_guarded_by_that_of_its_index(void **state)
{
    struct user_device u;

    (void)state;
    (void)user_open(&u, USER_HEAD USER_REG(
                            "TABLE", "0",
                            "    count: 2\n    stride: 4\n"
                            "    guard: {register: LOCK, field: L, value: 0, else: ignored}\n",
                            USER_FIELD("name: V, bits: \"31:0\""))
                            USER_REG("LOCK", "16", "    count: 2\n    stride: 4\n",
                                     USER_FIELD("name: L, bits: 0")));
    user_write(&u, 16 + 4, 4, 1);
    user_write(&u, 0, 4, 7);
    user_write(&u, 4, 4, 7);
    assert_int_equal(user_read(&u, 0, 4), 7);
    assert_int_equal(user_read(&u, 4, 4), 0);
    user_close(&u);
}

/* Hardware that looks at unfinished work decides whether it is done. */
static void a_guard_on_work_waits_for_nobody(void **state)
{
    struct user_device u;
    struct recorder r;

    (void)state;
    (void)user_open(
        &u, USER_HEAD USER_REG(
                "DATA", "0", "    guard: {register: CMD, field: GO, value: 0, else: ignored}\n",
                USER_FIELD("name: V, bits: \"31:0\""))
                USER_REG("CMD", "4", "", USER_FIELD("name: GO, bits: 0, access: self_clear")));
    nap_set_policy(u.m, NAP_POLICY_LAZY);
    user_write(&u, 4, 4, 1);
    record(u.m, &r);
    user_write(&u, 0, 4, 7);
    assert_int_equal(r.list[0].guard, 1);
    nap_work_finish_all(u.m);
    user_write(&u, 0, 4, 7);
    assert_int_equal(user_read(&u, 0, 4), 7);
    user_close(&u);
}

/* Whether work is done is decided when hardware looks at it, before the write. */
static void a_guard_on_work_decides_whether_it_is_done(void **state)
{
    static const unsigned guard[] = {0, 1}; /* done before; late */

    (void)state;
    for (uint32_t answer = 0; answer < 2; answer++) {
        struct script s = {.answers = {answer}};
        struct user_device u;
        struct recorder r;

        (void)user_open(
            &u,
            USER_HEAD USER_REG("DATA", "0",
                               "    guard: {register: CMD, field: GO, value: 0, else: "
                               "ignored}\n",
                               USER_FIELD("name: V, bits: \"31:0\""))
                USER_REG("CMD", "4", "", USER_FIELD("name: GO, bits: 0, access: self_clear")));
        choose_by(u.m, &s, NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY));
        user_write(&u, 4, 4, 1);
        assert_int_equal(s.n_asked, 0);
        record(u.m, &r);
        user_write(&u, 0, 4, 7);
        assert_int_equal(s.n_asked, 1);
        assert_int_equal(r.list[r.n - 1].kind, NAP_STEP_WRITE);
        assert_int_equal(r.list[r.n - 1].guard, guard[answer]);
        user_close(&u);
    }
}

/* --- parts of a register --- */

#define HALVES                                                                                 \
    USER_HEAD USER_REG("BASE", "8", "    width: 64\n    access-sizes: [4, 8]\n",               \
                       USER_FIELD("name: A, bits: \"63:4\"")                                   \
                           USER_FIELD("name: C, bits: \"3:0\", access: w1c"))
#define BYTES                                                                                  \
    USER_HEAD USER_REG(                                                                        \
        "IPRIORITYR", "0x10", "    count: 2\n    stride: 4\n    access-sizes: [1, 4]\n",       \
        USER_FIELD("name: P3, bits: \"31:24\"") USER_FIELD("name: P2, bits: \"23:16\"")        \
            USER_FIELD("name: P1, bits: \"15:8\"") USER_FIELD("name: P0, bits: \"7:0\""))

#define PAIRS                                                                                  \
    USER_HEAD USER_REG("R", "0", "    access-sizes: [1, 2]\n",                                 \
                       USER_FIELD("name: V, bits: \"31:0\""))

static void halves_of_a_register_are_written_and_read_alone(void **state)
{
    struct user_device u;

    (void)state;
    (void)user_open(&u, HALVES);
    nap_reg_set(u.m, 0, 0, 0x0f);
    user_write(&u, 12, 4, 0x11223344);
    assert_int_equal(user_read(&u, 8, 8), UINT64_C(0x112233440000000f));
    user_write(&u, 8, 4, 0x55667783);
    assert_int_equal(user_read(&u, 8, 8), UINT64_C(0x112233445566778c));
    assert_int_equal(user_read(&u, 8, 4), 0x5566778c);
    assert_int_equal(user_read(&u, 12, 4), 0x11223344);
    user_write(&u, 8, 8, 0);
    assert_int_equal(user_read(&u, 8, 8), 0xc);
    user_close(&u);
}

static void bytes_of_a_register_are_written_and_read_alone(void **state)
{
    struct user_device u;
    struct recorder r;

    (void)state;
    record(user_open(&u, BYTES), &r);
    user_write(&u, 0x14, 4, 0x04030201);
    user_write(&u, 0x16, 1, 0xa0);
    assert_int_equal(user_read(&u, 0x14, 4), 0x04a00201);
    assert_int_equal(user_read(&u, 0x16, 1), 0xa0);
    assert_int_equal(user_read(&u, 0x17, 1), 0x04);
    assert_int_equal(r.list[1].size_bytes, 1);
    assert_int_equal(r.list[1].written, 0x00a00000);
    assert_int_equal(r.list[1].index, 1);
    user_close(&u);
}

static uint64_t stored_lanes, stored_written;

static uint64_t keep_lanes(struct nap_machine *m, unsigned device, unsigned slot,
                           uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)m;
    (void)device;
    (void)slot;
    stored_written = written;
    stored_lanes = lanes;
    return now;
}

static void a_block_can_tell_0_written_from_not_written(void **state)
{
    static const struct {
        unsigned offset, size_bytes;
        uint64_t value, written, lanes;
    } cases[] = {
        {0x16, 1, 0, 0, 0xff0000},
        {0x17, 1, 0xab, 0xab000000, 0xff000000},
        {0x14, 4, 0xab, 0xab, UINT32_MAX},
    };
    nap_on_store *const on_store[] = {keep_lanes};
    struct user_device u = {0};

    (void)state;
    user_model(&u, BYTES);
    u.block.on_store = on_store;
    user_machine(&u, "");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        user_write(&u, cases[i].offset, cases[i].size_bytes, cases[i].value);
        assert_int_equal(stored_written, cases[i].written);
        assert_int_equal(stored_lanes & UINT32_MAX, cases[i].lanes);
    }
    user_close(&u);
}

static void parts_that_the_model_does_not_allow_are_bad_accesses(void **state)
{
    static const struct {
        const char *text;
        unsigned offset, size_bytes;
    } cases[] = {
        {BYTES, 0x10, 2}, {BYTES, 0x12, 2}, {BYTES, 0x11, 4}, {BYTES, 0x10, 8},
        {BYTES, 0x18, 1}, {HALVES, 8, 2},   {HALVES, 9, 1},   {HALVES, 12, 8},
        {HALVES, 16, 4},  {PAIRS, 1, 2},    {PAIRS, 0, 3},    {PAIRS, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct user_device u;
        struct recorder r;

        record(user_open(&u, cases[i].text), &r);
        user_write(&u, cases[i].offset, cases[i].size_bytes, 1);
        (void)user_read(&u, cases[i].offset, cases[i].size_bytes);
        assert_int_equal(r.n, 2);
        assert_int_equal(r.list[0].kind, NAP_STEP_BAD_ACCESS);
        assert_int_equal(r.list[1].kind, NAP_STEP_BAD_ACCESS);
        user_close(&u);
    }
}

static void a_read_of_a_part_clears_only_what_it_shows(void **state)
{
    struct user_device u;

    (void)state;
    (void)user_open(&u, USER_HEAD USER_REG("R", "0",
                                           "    reset: 0x1234\n    access-sizes: [1, 4]\n",
                                           USER_FIELD("name: V, bits: \"15:0\", access: rc")));
    assert_int_equal(user_read(&u, 1, 1), 0x12);
    assert_int_equal(nap_reg_get(u.m, 0, 0), 0x34);
    user_close(&u);
}

/* A window that ends within a word has no register there, and an access is told. */
static void the_rest_of_a_window_takes_nothing(void **state)
{
    struct user_device u;
    struct recorder r;

    (void)state;
    record(user_open(&u, "model: user\ntitle: t\nsource: s\nvariants: [one]\nwindow: 6\n"
                         "registers:\n" USER_REG("R", "0", "",
                                                 USER_FIELD("name: V, bits: \"31:0\""))),
           &r);
    (void)user_read(&u, 4, 4);
    (void)user_read(&u, 8, 4);
    assert_int_equal(r.list[0].kind, NAP_STEP_BAD_ACCESS);
    assert_int_equal(r.list[1].kind, NAP_STEP_BAD_ACCESS);
    user_close(&u);
}

/* --- banks --- */

#define BANKED                                                                                 \
    USER_HEAD USER_REG("SHARED", "0", "", USER_FIELD("name: V, bits: \"31:0\""))               \
        USER_REG("MASK", "4", "    count: 2\n    stride: 4\n    banked: true\n    reset: 1\n", \
                 USER_FIELD("name: V, bits: \"31:0\", access: w1s"))                           \
            USER_VIEW("UNMASK", "16", "    count: 2\n    stride: 4\n    alias-of: MASK\n",     \
                      USER_FIELD("name: V, bits: \"31:0\", access: w1c"))

static struct nap_machine *open_banked(struct user_device *u)
{
    memset(u, 0, sizeof *u);
    user_model(u, BANKED);
    user_machine(u, "cpus: 3\n");
    return u->m;
}

static void each_cpu_has_its_own_banked_register(void **state)
{
    struct user_device u;

    (void)state;
    (void)open_banked(&u);
    user_write(&u, 0, 4, 5);
    nap_cpu_set(u.m, 1);
    user_write(&u, 8, 4, 0xf0);
    nap_cpu_set(u.m, 2);
    assert_int_equal(user_read(&u, 8, 4), 1);
    assert_int_equal(user_read(&u, 0, 4), 5);
    user_write(&u, 20, 4, 1);
    assert_int_equal(user_read(&u, 8, 4), 0);
    nap_cpu_set(u.m, 1);
    assert_int_equal(user_read(&u, 8, 4), 0xf1);
    assert_int_equal(user_read(&u, 4, 4), 1);
    nap_cpu_set(u.m, 0);
    assert_int_equal(user_read(&u, 8, 4), 1);
    user_close(&u);
}

static void a_bank_has_slot_and_name_of_its_own(void **state)
{
    struct user_device u;
    struct recorder r;
    unsigned slot, index, cpu;
    char name[64];

    (void)state;
    record(open_banked(&u), &r);
    nap_cpu_set(u.m, 1);
    user_write(&u, 8, 4, 2);
    slot = nap_bank_slot(u.m, 0, 2, 1);
    assert_int_equal(r.list[0].slot, slot);
    assert_int_equal(r.list[0].index, 1);
    nap_register_name(u.m, 0, slot, name, sizeof name);
    assert_string_equal(name, "dev.MASK[1]@cpu1");
    assert_ptr_equal(nap_model_slot(u.model, slot, &index, &cpu), &u.model->regs[1]);
    assert_int_equal(index, 1);
    assert_int_equal(cpu, 1);
    assert_int_equal(nap_bank_slot(u.m, 0, 0, 2), 0); /* not banked */
    user_close(&u);
}

/* The first words are a CPU's own, the others everybody's. */
static void of_an_array_the_first_elements_may_be_banked(void **state)
{
    static const char model[] = USER_HEAD USER_REG(
        "SET", "0", "    count: 4\n    stride: 4\n    banked: 2\n    reset: 1\n",
        USER_FIELD("name: V, bits: \"31:0\", access: w1s"));
    struct user_device u = {0};
    unsigned index, cpu;
    char name[64];

    (void)state;
    user_model(&u, model);
    user_machine(&u, "cpus: 3\n");
    nap_cpu_set(u.m, 2);
    for (unsigned word = 0; word < 4; word++)
        user_write(&u, 4 * word, 4, 0x10u << word);
    nap_cpu_set(u.m, 1);
    assert_int_equal(user_read(&u, 0, 4), 1);
    assert_int_equal(user_read(&u, 4, 4), 1);
    assert_int_equal(user_read(&u, 8, 4), 0x41);
    assert_int_equal(user_read(&u, 12, 4), 0x81);
    assert_int_equal(nap_bank_slot(u.m, 0, 2, 2), 2);
    assert_int_equal(nap_reg_get(u.m, 0, nap_bank_slot(u.m, 0, 1, 2)), 0x21);
    nap_register_name(u.m, 0, nap_bank_slot(u.m, 0, 1, 2), name, sizeof name);
    assert_string_equal(name, "dev.SET[1]@cpu2");
    assert_ptr_equal(nap_model_slot(u.model, nap_bank_slot(u.m, 0, 0, 1), &index, &cpu),
                     &u.model->regs[0]);
    assert_int_equal(index, 0);
    assert_int_equal(cpu, 1);
    user_close(&u);
}

/* Nobody has written it, and it is there all the same. */
static void a_reset_value_is_known_whatever_the_register_holds(void **state)
{
    struct user_device u;

    (void)state;
    (void)open_banked(&u);
    user_write(&u, 4, 4, 0xf0);
    assert_int_equal(nap_reg_reset(u.m, 0, 1), 1);
    assert_int_equal(nap_reg_reset(u.m, 0, 0), 0);
    assert_int_equal(nap_reg_reset(u.m, 0, 4), 1); /* of the register behind the alias */
    user_close(&u);
}

/* Somebody else's event lands it: in the bank of the processor that issued it. */
static void a_posted_write_lands_in_the_bank_of_its_processor(void **state)
{
    static struct script s;
    struct user_device u;

    (void)state;
    choose_by(open_banked(&u), &s, NAP_CHOICE_BIT(NAP_CHOOSE_POST));
    nap_cpu_set(u.m, 1);
    user_write(&u, 8, 4, 0xf0);
    assert_int_equal(u.m->st->n_posts, 1);
    nap_cpu_set(u.m, 2);
    nap_post_land_all(u.m);
    assert_int_equal(nap_reg_get(u.m, 0, nap_bank_slot(u.m, 0, 2, 1)), 0xf1);
    assert_int_equal(nap_reg_get(u.m, 0, nap_bank_slot(u.m, 0, 2, 2)), 1);
    assert_int_equal(u.m->st->cpu, 2);
    user_close(&u);
}

static void a_power_cut_and_golden_values_reach_every_bank(void **state)
{
    struct user_device u;
    uint64_t golden = 0;
    unsigned slot;

    (void)state;
    (void)open_banked(&u);
    nap_cpu_set(u.m, 2);
    user_write(&u, 4, 4, 6);
    slot = nap_bank_slot(u.m, 0, 1, 2);
    nap_golden_take(u.m);
    nap_power_off(u.m, 1);
    nap_power_on(u.m, 1);
    assert_int_equal(nap_reg_get(u.m, 0, slot), 1);
    assert_true(nap_golden(u.m, 0, slot, &golden));
    assert_int_equal(golden, 7);
    assert_false(nap_golden(u.m, 0, 1, &golden));
    user_close(&u);
}

static void the_cpu_is_part_of_the_state(void **state)
{
    struct user_device u;
    struct nap_hash128 before, after;
    unsigned mark;

    (void)state;
    (void)open_banked(&u);
    before = nap_state_key(u.m);
    mark = nap_mark(u.m);
    nap_cpu_set(u.m, 1);
    after = nap_state_key(u.m);
    assert_false(before.low == after.low && before.high == after.high);
    nap_rewind(u.m, mark);
    assert_int_equal(nap_cpu(u.m), 0);
    nap_unmark(u.m);
    user_close(&u);
}

/* --- effects of a read --- */

static uint64_t count_down(struct nap_machine *m, unsigned device, unsigned index,
                           uint64_t value)
{
    (void)index;
    nap_reg_set(m, device, 0, value - 1);
    return value | 0x100;
}

static void a_block_decides_what_a_drivers_read_shows(void **state)
{
    nap_on_read *const on_read[] = {count_down};
    struct user_device u = {0};
    struct recorder r;

    (void)state;
    user_model(&u, USER_HEAD USER_REG("R", "0", "    reset: 9\n",
                                      USER_FIELD("name: V, bits: \"31:0\", access: ro")));
    u.block.on_read = on_read;
    user_machine(&u, "");
    record(u.m, &r);
    assert_int_equal(user_read(&u, 0, 4), 0x109);
    assert_int_equal(nap_reg_get(u.m, 0, 0), 8);
    assert_int_equal(nap_probe_reg(u.m, 0, 0, NULL), 8);
    assert_int_equal(user_read(&u, 0, 4), 0x108);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.list[0].now, 0x109);
    user_close(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alias_sets_and_clears_the_bits_of_the_other),
        cmocka_unit_test(an_alias_is_what_it_shows_to_rules_and_probes),
        cmocka_unit_test(a_write_through_an_alias_names_the_alias),
        cmocka_unit_test(a_change_through_an_alias_has_the_effect_of_the_register),
        cmocka_unit_test(while_its_guard_holds_a_write_is_like_any),
        cmocka_unit_test(a_write_against_its_guard_is_ignored_where_the_model_says_so),
        cmocka_unit_test(a_write_against_its_guard_may_take_effect_all_the_same),
        cmocka_unit_test(a_write_against_its_guard_may_leave_the_content_unknown),
        cmocka_unit_test(what_a_refused_write_leaves_may_be_the_old_content),
        cmocka_unit_test(a_refused_write_keeps_what_a_power_cut_left_as_likely),
        cmocka_unit_test(a_refused_write_is_undone_by_a_rewind),
        cmocka_unit_test(a_write_through_an_alias_settles_what_the_alias_does_not_show),
        cmocka_unit_test(a_write_of_the_whole_register_settles_nothing),
        cmocka_unit_test(a_guard_of_unknown_content_becomes_definite),
        cmocka_unit_test(both_of_two_guards_must_hold),
        cmocka_unit_test(an_element_is_guarded_by_that_of_its_index),
        cmocka_unit_test(a_guard_on_work_waits_for_nobody),
        cmocka_unit_test(a_guard_on_work_decides_whether_it_is_done),
        cmocka_unit_test(halves_of_a_register_are_written_and_read_alone),
        cmocka_unit_test(bytes_of_a_register_are_written_and_read_alone),
        cmocka_unit_test(a_block_can_tell_0_written_from_not_written),
        cmocka_unit_test(parts_that_the_model_does_not_allow_are_bad_accesses),
        cmocka_unit_test(a_read_of_a_part_clears_only_what_it_shows),
        cmocka_unit_test(the_rest_of_a_window_takes_nothing),
        cmocka_unit_test(each_cpu_has_its_own_banked_register),
        cmocka_unit_test(a_bank_has_slot_and_name_of_its_own),
        cmocka_unit_test(of_an_array_the_first_elements_may_be_banked),
        cmocka_unit_test(a_reset_value_is_known_whatever_the_register_holds),
        cmocka_unit_test(a_posted_write_lands_in_the_bank_of_its_processor),
        cmocka_unit_test(a_power_cut_and_golden_values_reach_every_bank),
        cmocka_unit_test(the_cpu_is_part_of_the_state),
        cmocka_unit_test(a_block_decides_what_a_drivers_read_shows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
