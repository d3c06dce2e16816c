/* SPDX-License-Identifier: MIT */
/* lib/rules/protocol.c and judge.c on a model of a user's own: what software must not write. */
#include "../core/user_device.h"

#include "rules/findings.h"
#include "rules/judge.h"

struct judged {
    struct user_device u;
    struct nap_judge *judge;
    struct nap_findings findings;
};

static void watch(struct judged *j)
{
    const nap_addr none = 0;
    const unsigned nobody = 0;

    assert_int_equal(
        nap_judge_create(j->u.m, &nobody, 0, &none, 0, &j->findings, &j->judge, NULL), NAP_OK);
}

static void open_judged(struct judged *j, const char *text)
{
    memset(j, 0, sizeof *j);
    (void)user_open(&j->u, text);
    watch(j);
}

static void close_judged(struct judged *j)
{
    nap_judge_destroy(j->judge);
    nap_findings_free(&j->findings);
    user_close(&j->u);
}

#define LOCKED(effect)                                                                         \
    USER_HEAD USER_REG("BASE", "0x0",                                                          \
                       "    reset: 0x10\n"                                                     \
                       "    guard: {register: LOCK, field: KEY, value: 3, else: " effect       \
                       "}\n",                                                                  \
                       USER_FIELD("name: ADDR, bits: \"31:4\"")                                \
                           USER_FIELD("name: Z, bits: \"3:2\", access: rsvdz"))                \
        USER_REG("LOCK", "0x20", "", USER_FIELD("name: KEY, bits: \"5:4\""))

static void a_write_against_a_guard_names_the_guard(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {LOCKED("ignored"), "write of 0x120 while LOCK.KEY is not 3: the write is ignored"},
        {LOCKED("taken"),
         "write of 0x120 while LOCK.KEY is not 3: the write takes effect, which software must "
         "not rely on"},
        {LOCKED("unknown"),
         "write of 0x120 while LOCK.KEY is not 3: the content is unknown from now on"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct judged j;

        open_judged(&j, cases[i].text);
        user_write(&j.u, 0, 4, 0x120);
        assert_int_equal(j.findings.n_violations, 1);
        assert_int_equal(j.findings.violations[0].count, 1); /* the bits exist */
        assert_string_equal(j.findings.violations[0].rule->id, "register-protocol");
        assert_string_equal(j.findings.violations[0].message, cases[i].message);
        assert_int_equal(j.findings.violations[0].slot, 0);
        close_judged(&j);
    }
}

static void a_write_that_its_guard_allows_is_quiet(void **state)
{
    struct judged j;

    (void)state;
    open_judged(&j, LOCKED("ignored"));
    user_write(&j.u, 0x20, 4, 0x30);
    user_write(&j.u, 0, 4, 0x120);
    assert_int_equal(user_read(&j.u, 0, 4), 0x120);
    user_write(&j.u, 0x20, 4, 0);
    assert_int_equal(user_read(&j.u, 0, 4), 0x120); /* reading needs no key */
    assert_int_equal(j.findings.n_violations, 0);
    close_judged(&j);
}

static void ones_to_reserved_bits_fire_and_zeros_are_quiet(void **state)
{
    struct judged j;

    (void)state;
    open_judged(&j, LOCKED("taken"));
    user_write(&j.u, 0x20, 4, 0x30);
    user_write(&j.u, 0, 4, 0x120);
    assert_int_equal(j.findings.n_violations, 0);
    user_write(&j.u, 0, 4, 0x128);
    assert_int_equal(j.findings.n_violations, 1);
    assert_string_equal(j.findings.violations[0].message,
                        "write of 0x128 to reserved bits (0x8), which must be written as 0");
    close_judged(&j);
}

static void bits_without_a_field_are_told_apart_from_reserved_ones(void **state)
{
    struct judged j;

    (void)state;
    open_judged(&j, LOCKED("taken"));
    user_write(&j.u, 0x20, 4, 0x31);
    assert_string_equal(j.findings.violations[0].message,
                        "write of 0x31 to bits that do not exist here (0x1): this unit "
                        "implements 0x30");
    close_judged(&j);
}

/* --- rules of a block see the bits, whichever register was written --- */

static unsigned n_seen;

static void count(const struct nap_machine *m, const struct nap_event *e,
                  struct nap_report *report)
{
    (void)m;
    (void)e;
    (void)report;
    n_seen++;
}

static void a_rule_sees_writes_through_aliases_and_of_every_cpu(void **state)
{
    const struct nap_rule rule = {
        .id = "watch", .on = NAP_STEP_BIT(NAP_STEP_WRITE), .reg = "SET", .check = count};
    struct judged j = {0};

    (void)state;
    n_seen = 0;
    user_model(&j.u, USER_HEAD USER_REG("SET", "0", "    banked: true\n",
                                        USER_FIELD("name: V, bits: \"31:0\", access: w1s"))
                         USER_VIEW("CLEAR", "4", "    alias-of: SET\n",
                                   USER_FIELD("name: V, bits: \"31:0\", access: w1c"))
                             USER_REG("OTHER", "8", "", USER_FIELD("name: V, bits: \"31:0\"")));
    j.u.block.rules = &rule;
    j.u.block.n_rules = 1;
    user_machine(&j.u, "cpus: 2\n");
    watch(&j);
    user_write(&j.u, 0, 4, 1);
    user_write(&j.u, 4, 4, 1);
    nap_cpu_set(j.u.m, 1);
    user_write(&j.u, 0, 4, 1);
    user_write(&j.u, 4, 4, 1);
    user_write(&j.u, 8, 4, 1);
    assert_int_equal(n_seen, 4);
    close_judged(&j);
}

/* Two models beside each other: A and B in each. */
#define TWO_REGS                                                                               \
    USER_REG("A", "0x0", "", USER_FIELD("name: V, bits: \"31:0\""))                            \
    USER_REG("B", "0x8", "",                                                                   \
             USER_FIELD("name: V, bits: \"30:0\"")                                             \
                 USER_FIELD("name: GO, bits: 31, access: self_clear"))

static struct judged *watched_by(struct judged *j, const struct nap_rule *rules, unsigned n)
{
    memset(j, 0, sizeof *j);
    n_seen = 0;
    user_model(&j->u, USER_HEAD TWO_REGS);
    j->u.block.rules = rules;
    j->u.block.n_rules = n;
    user_machine(&j->u, "");
    watch(j);
    return j;
}

static void a_rule_without_a_register_sees_the_writes_of_all(void **state)
{
    const struct nap_rule rule = {
        .id = "watch", .on = NAP_STEP_BIT(NAP_STEP_WRITE), .check = count};
    struct judged j;

    (void)state;
    watched_by(&j, &rule, 1);
    user_write(&j.u, 0, 4, 1);
    user_write(&j.u, 8, 4, 2);
    assert_int_equal(n_seen, 2);
    user_read(&j.u, 8, 4);
    assert_int_equal(n_seen, 2);
    nap_judge_turn_off(j.judge, "watch");
    user_write(&j.u, 0, 4, 2);
    assert_int_equal(n_seen, 2);
    close_judged(&j);
}

static void a_rule_about_bits_sees_only_writes_that_leave_one_set(void **state)
{
    const struct nap_rule rules[] = {
        {.id = "low",
         .on = NAP_STEP_BIT(NAP_STEP_WRITE) | NAP_STEP_BIT(NAP_STEP_READ),
         .reg = "A",
         .leaves = 0x3,
         .check = count},
        {.id = "high",
         .on = NAP_STEP_BIT(NAP_STEP_WRITE),
         .reg = "A",
         .leaves = 0x8,
         .check = count},
    };
    struct judged j;

    (void)state;
    watched_by(&j, rules, 2);
    user_write(&j.u, 0, 4, 0);
    user_write(&j.u, 0, 4, 0xfc);
    assert_int_equal(n_seen, 1); /* by "high" */
    user_write(&j.u, 0, 4, 0x2);
    assert_int_equal(n_seen, 2); /* by "low" */
    user_write(&j.u, 0, 4, 0);
    assert_int_equal(n_seen, 2);
    user_read(&j.u, 0, 4);
    assert_int_equal(n_seen, 3); /* what is said of writes is not said of reads */
    close_judged(&j);
}

static void a_rule_on_reads_of_a_register_sees_no_others(void **state)
{
    const struct nap_rule rule = {
        .id = "watch", .on = NAP_STEP_BIT(NAP_STEP_READ), .reg = "A", .check = count};
    struct judged j;

    (void)state;
    watched_by(&j, &rule, 1);
    user_read(&j.u, 8, 4);
    user_write(&j.u, 0, 4, 1);
    user_write(&j.u, 0x100, 4, 1); /* no register: nothing that A has to do with */
    assert_int_equal(n_seen, 0);
    user_read(&j.u, 0, 4);
    assert_int_equal(n_seen, 1);
    close_judged(&j);
}

static void a_rule_on_bad_accesses_sees_no_writes(void **state)
{
    const struct nap_rule rule = {
        .id = "watch", .on = NAP_STEP_BIT(NAP_STEP_BAD_ACCESS), .check = count};
    struct judged j;

    (void)state;
    watched_by(&j, &rule, 1);
    user_write(&j.u, 0x100, 4, 1);
    assert_int_equal(n_seen, 1);
    nap_judge_destroy(j.judge);
    nap_findings_free(&j.findings);
    user_close(&j.u);
    memset(&j, 0, sizeof j);
    user_model(&j.u, LOCKED("ignored"));
    j.u.block.rules = &rule;
    j.u.block.n_rules = 1;
    user_machine(&j.u, "");
    watch(&j);
    user_write(&j.u, 0, 4, 0x128);
    assert_int_equal(n_seen, 1);
    assert_int_equal(j.findings.n_violations, 1); /* register-protocol has seen it */
    close_judged(&j);
}

/* --- a device of another block is not the rule's --- */

static void reads_and_work_of_other_blocks_are_not_seen(void **state)
{
    static const char board[] =
        "soc: b\ntitle: t\nsource: s\ndomains:\n  - {name: d}\ndevices:\n"
        "  - {name: x, model: user, variant: one, base: 0x10000000, size: 0x1000, domain: d}\n"
        "  - {name: y, model: other, variant: one, base: 0x10001000, size: 0x1000, domain: "
        "d}\n";
    const struct nap_rule rule = {.id = "watch",
                                  .on = NAP_STEP_BIT(NAP_STEP_READ) |
                                        NAP_STEP_BIT(NAP_STEP_WORK) |
                                        NAP_STEP_BIT(NAP_STEP_BAD_ACCESS),
                                  .check = count};
    struct judged j = {0};
    struct nap_model *model;
    struct nap_block other = {.abi = NAP_BLOCK_ABI};
    const struct nap_block *const blocks[] = {&j.u.block, &other, NULL};
    struct nap_machine_config config = {.blocks = blocks};
    static const char text[] =
        "model: other\ntitle: t\nsource: s\nvariants: [one]\nwindow: 0x1000\n"
        "registers:\n" TWO_REGS;

    (void)state;
    n_seen = 0;
    user_model(&j.u, USER_HEAD TWO_REGS);
    assert_int_equal(nap_model_load(text, strlen(text), "o.yaml", &model, NULL), NAP_OK);
    other.model = model;
    j.u.block.rules = &rule;
    j.u.block.n_rules = 1;
    assert_int_equal(nap_soc_load(board, strlen(board), "b.yaml", &j.u.soc, NULL), NAP_OK);
    config.soc = j.u.soc;
    assert_int_equal(nap_machine_create(&config, &j.u.m, NULL), NAP_OK);
    watch(&j);
    user_read(&j.u, 0x1000, 4);
    user_read(&j.u, 0x1100, 4);
    user_write(&j.u, 0x1008, 4, 0x80000000);
    user_read(&j.u, 0x1008, 4);
    assert_int_equal(n_seen, 0);
    user_read(&j.u, 0, 4);
    assert_int_equal(n_seen, 1);
    user_read(&j.u, 0x100, 4);
    assert_int_equal(n_seen, 2);
    user_write(&j.u, 8, 4, 0x80000000); /* done at once: work, no read */
    assert_int_equal(n_seen, 3);
    close_judged(&j);
    nap_model_free(model);
}

/* --- tables that could not judge --- */

static void refused_rules(const struct nap_block *const *blocks, enum nap_err err,
                          const char *message)
{
    struct nap_error error = {0};

    assert_int_equal(nap_rules_check(blocks, &error), err);
    assert_string_equal(error.text, message);
}

static void a_rule_that_could_never_judge_is_refused(void **state)
{
    const struct nap_rule misspelt = {
        .id = "typo", .on = NAP_STEP_BIT(NAP_STEP_WRITE), .reg = "AA", .check = count};
    const struct nap_rule taken = {.id = "dma-isolation", .about = "mine", .check = count};
    const struct nap_rule twice[] = {{.id = "same", .about = "a", .reg = "B"},
                                     {.id = "same", .about = "b"}};
    struct user_device u = {0};
    const struct nap_block *const blocks[] = {&u.block, NULL};

    (void)state;
    user_model(&u, USER_HEAD TWO_REGS);
    u.block.n_rules = 1;
    u.block.rules = &misspelt;
    refused_rules(blocks, NAP_ERR_UNKNOWN,
                  "rule 'typo' of the block of model user watches register 'AA', expected one "
                  "that the model has");
    u.block.rules = &taken;
    assert_int_equal(nap_rules_check(blocks, NULL), NAP_ERR_ARG);
    u.block.rules = twice;
    assert_int_equal(nap_rules_check(blocks, NULL), NAP_OK);
    u.block.n_rules = 2;
    refused_rules(blocks, NAP_ERR_ARG,
                  "there are two rules 'same' (\"a\" and \"b\"), expected each id once");
    nap_model_free(u.model);
}

/* --- allow lists --- */

static void an_allowed_element_is_so_for_every_cpu(void **state)
{
    static const char text[] = "register-protocol, dev.K[1], because\n";
    struct user_device u = {0};
    const struct nap_block *const blocks[] = {&u.block, NULL};
    struct nap_finding f = {.port = UINT32_MAX};
    struct nap_allow_list *list;
    unsigned slot;

    (void)state;
    user_model(&u, USER_HEAD USER_REG("A", "0x0", "", USER_FIELD("name: V, bits: \"31:0\""))
                       USER_REG("K", "0x10", "    count: 2\n    stride: 4\n    banked: true\n",
                                USER_FIELD("name: V, bits: \"31:0\"")));
    user_machine(&u, "cpus: 2\n");
    assert_int_equal(nap_allow_load(text, strlen(text), "a", blocks, &list, NULL), NAP_OK);
    f.rule = nap_rule_find(blocks, "register-protocol");
    slot = u.model->regs[1].first_slot + 1;
    for (unsigned cpu = 0; cpu < 2; cpu++) {
        f.slot = nap_bank_slot(u.m, 0, slot, cpu);
        assert_int_equal(nap_allow_find(list, u.m, &f), 0);
        f.slot = nap_bank_slot(u.m, 0, slot - 1, cpu);
        assert_int_equal(nap_allow_find(list, u.m, &f), -1);
    }
    free(list);
    user_close(&u);
}

/* --- an answer that depends on more registers than a footprint holds --- */

#define MANY (NAP_FOOTPRINT_MAX + 16)

/* Only the last register decides. */
static void probe_many(const struct nap_machine *m, const struct nap_transaction *t,
                       struct nap_outcomes *out, struct nap_footprint *footprint)
{
    uint64_t last = 0;

    for (unsigned slot = 0; slot < MANY; slot++)
        last = nap_probe_reg(m, t->device, slot, footprint);
    out->list[out->n++] = (struct nap_outcome){
        .kind = last ? NAP_OUTCOME_BYPASS : NAP_OUTCOME_FAULT, .pa = t->iova, .why = "test"};
}

static struct nap_outcome dma_never(struct nap_machine *m, const struct nap_transaction *t)
{
    (void)m;
    (void)t;
    return (struct nap_outcome){.kind = NAP_OUTCOME_FAULT};
}

static void a_probe_beyond_its_footprint_is_asked_after_any_change(void **state)
{
    _Static_assert(MANY == 80, "the model has as many");
    const nap_addr address = 0x1000;
    const unsigned master = 0;
    struct judged j = {0};

    (void)state;
    user_model(&j.u, USER_HEAD USER_REG("R", "0", "    count: 80\n    stride: 4\n",
                                        USER_FIELD("name: V, bits: \"31:0\"")));
    j.u.block.n_ports = 1;
    j.u.block.probe = probe_many;
    j.u.block.dma = dma_never;
    user_machine(&j.u,
                 "masters:\n  - {name: q, domain: d, ports: [{device: dev, first: 0}]}\n");
    assert_int_equal(
        nap_judge_create(j.u.m, &master, 1, &address, 1, &j.findings, &j.judge, NULL), NAP_OK);
    nap_masters_set_mode(j.u.m, 1, NAP_MASTER_LIVE);
    nap_ledger_attach(j.u.m, 0, 0, false);
    nap_ledger_attach(j.u.m, 0, 0, true);
    user_write(&j.u, 0, 4, 1);
    assert_int_equal(j.findings.n_violations, 0);
    user_write(&j.u, 4 * (MANY - 1), 4, 1);
    assert_int_equal(j.findings.n_violations, 1);
    assert_string_equal(j.findings.violations[0].rule->id, "dma-isolation");
    close_judged(&j);
}

/* The last page that it reads decides. */
static void probe_pages(const struct nap_machine *m, const struct nap_transaction *t,
                        struct nap_outcomes *out, struct nap_footprint *footprint)
{
    uint64_t last = 0;

    for (unsigned i = 0; i <= NAP_FOOTPRINT_PAGES_MAX; i++)
        assert_true(nap_probe_mem(m, 0x80000000 + 0x1000 * i, &last, sizeof last, footprint));
    out->list[out->n++] = (struct nap_outcome){
        .kind = last ? NAP_OUTCOME_BYPASS : NAP_OUTCOME_FAULT, .pa = t->iova, .why = "test"};
}

static void a_probe_beyond_its_pages_is_asked_after_any_write_of_ram(void **state)
{
    nap_addr last = 0x80000000 + 0x1000 * NAP_FOOTPRINT_PAGES_MAX;
    const nap_addr address = 0x1000;
    const unsigned master = 0;
    struct judged j = {0};

    (void)state;
    user_model(&j.u, USER_HEAD USER_REG("R", "0", "", USER_FIELD("name: V, bits: \"31:0\"")));
    j.u.block.n_ports = 1;
    j.u.block.probe = probe_pages;
    j.u.block.dma = dma_never;
    user_machine(&j.u,
                 "ram: [{base: 0x80000000, size: 0x1000000}]\n"
                 "masters:\n  - {name: q, domain: d, ports: [{device: dev, first: 0}]}\n");
    assert_int_equal(
        nap_judge_create(j.u.m, &master, 1, &address, 1, &j.findings, &j.judge, NULL), NAP_OK);
    nap_masters_set_mode(j.u.m, 1, NAP_MASTER_LIVE);
    nap_ledger_attach(j.u.m, 0, 0, false);
    nap_ledger_attach(j.u.m, 0, 0, true);
    user_write(&j.u, 0, 4, 1); /* no register decides: a step at which marked ones are judged */
    nap_bus_write(j.u.m, last - 8, 4, 1, HERE);
    user_write(&j.u, 0, 4, 2);
    assert_int_equal(j.findings.n_violations, 0);
    nap_bus_write(j.u.m, last, 4, 1, HERE);
    user_write(&j.u, 0, 4, 3);
    assert_int_equal(j.findings.n_violations, 1);
    assert_string_equal(j.findings.violations[0].rule->id, "dma-isolation");
    close_judged(&j);
}

/* --- ports that the device treats alike --- */

static unsigned n_probes;

#define SLOT_OUT 3u /* after SELECT[3] */

/* SELECT sends a port's traffic out, where OUT lets it pass. */
static void probe_selected(const struct nap_machine *m, const struct nap_transaction *t,
                           struct nap_outcomes *out, struct nap_footprint *footprint)
{
    bool passes = nap_probe_reg(m, t->device, t->port, footprint) != 0 &&
                  nap_probe_reg(m, t->device, SLOT_OUT, footprint) != 0;

    n_probes++;
    out->list[out->n++] = (struct nap_outcome){
        .kind = passes ? NAP_OUTCOME_BYPASS : NAP_OUTCOME_FAULT, .pa = t->iova, .why = "test"};
}

static bool by_select(const struct nap_machine *m, unsigned device, unsigned port,
                      uint64_t *treatment, struct nap_footprint *footprint)
{
    *treatment = nap_probe_reg(m, device, port, footprint);
    return true;
}

/* Three ports whose SELECT is 1, and OUT is 0. */
static void open_alike(struct judged *j)
{
    const nap_addr address = 0x1000;
    const unsigned master = 0;

    memset(j, 0, sizeof *j);
    user_model(&j->u, USER_HEAD USER_REG("SELECT", "0", "    count: 3\n    stride: 4\n",
                                         USER_FIELD("name: V, bits: \"31:0\""))
                          USER_REG("OUT", "0x10", "", USER_FIELD("name: V, bits: \"31:0\"")));
    j->u.block.n_ports = 3;
    j->u.block.probe = probe_selected;
    j->u.block.dma = dma_never;
    j->u.block.treatment = by_select;
    user_machine(&j->u, "masters:\n  - {name: q, domain: d, ports: [{device: dev, first: 0, "
                        "count: 3}]}\n");
    assert_int_equal(
        nap_judge_create(j->u.m, &master, 1, &address, 1, &j->findings, &j->judge, NULL),
        NAP_OK);
    nap_masters_set_mode(j->u.m, 1, NAP_MASTER_LIVE);
    nap_ledger_attach(j->u.m, 0, 0, false);
    nap_ledger_attach(j->u.m, 0, 0, true);
    n_probes = 0;
    for (unsigned port = 0; port < 3; port++)
        user_write(&j->u, 4 * port, 4, 1);
}

static void ports_that_are_treated_alike_are_asked_once(void **state)
{
    struct judged j;

    (void)state;
    open_alike(&j);
    assert_int_equal(n_probes, 1);
    user_write(&j.u, 4, 4, 0); /* as all were at first */
    assert_int_equal(n_probes, 1);
    close_judged(&j);
}

static void what_changes_one_answer_changes_it_for_all_ports_that_have_it(void **state)
{
    struct judged j;

    (void)state;
    open_alike(&j);
    user_write(&j.u, 4, 4, 0);
    user_write(&j.u, 0x10, 4, 1);
    assert_int_equal(j.judge->state[0].wrong, NAP_WRONG_BYPASS);
    assert_int_equal(j.judge->state[1].wrong, NAP_RIGHT);
    assert_int_equal(j.judge->state[2].wrong, NAP_WRONG_BYPASS);
    user_write(&j.u, 4, 4, 1);
    assert_int_equal(j.judge->state[1].wrong, NAP_WRONG_BYPASS);
    user_write(&j.u, 0, 4, 0);
    assert_int_equal(j.judge->state[0].wrong, NAP_RIGHT);
    user_write(&j.u, 0x10, 4, 0);
    for (unsigned group = 0; group < 3; group++)
        assert_int_equal(j.judge->state[group].wrong, NAP_RIGHT);
    close_judged(&j);
}

static void an_answer_is_known_again_in_the_state_in_which_it_was(void **state)
{
    struct judged j;
    unsigned mark;

    (void)state;
    open_alike(&j);
    mark = nap_mark(j.u.m);
    user_write(&j.u, 0x10, 4, 1);
    assert_int_equal(j.judge->state[2].wrong, NAP_WRONG_BYPASS);
    nap_rewind(j.u.m, mark);
    n_probes = 0;
    user_write(&j.u, 8, 4, 0);
    user_write(&j.u, 8, 4, 1);
    assert_int_equal(n_probes, 0);
    assert_int_equal(j.judge->state[2].wrong, NAP_RIGHT);
    user_write(&j.u, 0x10, 4, 1);
    assert_int_equal(j.judge->state[2].wrong, NAP_WRONG_BYPASS);
    nap_unmark(j.u.m);
    close_judged(&j);
}

static void a_port_of_its_own_is_asked_for_itself(void **state)
{
    struct judged j;

    (void)state;
    open_alike(&j);
    nap_ledger_attach(j.u.m, 0, 1, false); /* both domains may be right meanwhile */
    n_probes = 0;
    user_write(&j.u, 0, 4, 2);
    user_write(&j.u, 4, 4, 2);
    assert_int_equal(n_probes, 2);
    user_write(&j.u, 0x10, 4, 1);
    for (unsigned group = 0; group < 3; group++)
        assert_int_equal(j.judge->state[group].wrong, NAP_WRONG_BYPASS);
    close_judged(&j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_write_against_a_guard_names_the_guard),
        cmocka_unit_test(a_write_that_its_guard_allows_is_quiet),
        cmocka_unit_test(ones_to_reserved_bits_fire_and_zeros_are_quiet),
        cmocka_unit_test(bits_without_a_field_are_told_apart_from_reserved_ones),
        cmocka_unit_test(a_rule_sees_writes_through_aliases_and_of_every_cpu),
        cmocka_unit_test(a_rule_without_a_register_sees_the_writes_of_all),
        cmocka_unit_test(a_rule_about_bits_sees_only_writes_that_leave_one_set),
        cmocka_unit_test(a_rule_on_reads_of_a_register_sees_no_others),
        cmocka_unit_test(a_rule_on_bad_accesses_sees_no_writes),
        cmocka_unit_test(reads_and_work_of_other_blocks_are_not_seen),
        cmocka_unit_test(a_rule_that_could_never_judge_is_refused),
        cmocka_unit_test(an_allowed_element_is_so_for_every_cpu),
        cmocka_unit_test(a_probe_beyond_its_footprint_is_asked_after_any_change),
        cmocka_unit_test(a_probe_beyond_its_pages_is_asked_after_any_write_of_ram),
        cmocka_unit_test(ports_that_are_treated_alike_are_asked_once),
        cmocka_unit_test(what_changes_one_answer_changes_it_for_all_ports_that_have_it),
        cmocka_unit_test(an_answer_is_known_again_in_the_state_in_which_it_was),
        cmocka_unit_test(a_port_of_its_own_is_asked_for_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
