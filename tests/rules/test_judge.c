/* SPDX-License-Identifier: MIT */
/* lib/rules/judge.c and findings.c: which rule sees which step, what counts as the same
 * finding, limits, and that asking only what may have changed gives what asking everything
 * gives. */
#include "judged.h"

/* --- findings --- */

static const struct nap_rule rule_a = {.id = "a"}, rule_b = {.id = "b"};

static struct nap_finding at(const struct nap_rule *rule, unsigned device, const char *file,
                             int line)
{
    return (struct nap_finding){.rule = rule, .device = device, .source = {file, line, NULL}};
}

static void the_same_rule_device_and_line_is_one_finding(void **state)
{
    struct nap_findings f = {0};
    char same[] = "x.c";
    struct nap_finding x = at(&rule_a, 1, "x.c", 5), again = at(&rule_a, 1, same, 5);

    (void)state;
    strcpy(x.message, "first");
    strcpy(again.message, "second");
    nap_findings_violation(&f, &x);
    nap_findings_violation(&f, &again);
    assert_int_equal(f.n_violations, 1);
    assert_int_equal(f.violations[0].count, 2);
    assert_string_equal(f.violations[0].message, "first");
    nap_findings_free(&f);
}

static void another_rule_device_file_or_line_is_another_finding(void **state)
{
    const struct nap_finding list[] = {
        at(&rule_a, 1, "x.c", 5), at(&rule_b, 1, "x.c", 5), at(&rule_a, 2, "x.c", 5),
        at(&rule_a, 1, "y.c", 5), at(&rule_a, 1, "x.c", 6), at(&rule_a, 1, NULL, 5),
    };
    struct nap_findings f = {0};

    (void)state;
    for (unsigned i = 0; i < 6; i++)
        nap_findings_violation(&f, &list[i]);
    assert_int_equal(f.n_violations, 6);
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(f.violations[i].count, 1);
    nap_findings_free(&f);
}

static void findings_without_a_line_are_one_per_rule_and_device(void **state)
{
    struct nap_findings f = {0};
    struct nap_finding x = at(&rule_a, 1, NULL, 0);

    (void)state;
    nap_findings_violation(&f, &x);
    nap_findings_violation(&f, &x);
    assert_int_equal(f.n_violations, 1);
    nap_findings_free(&f);
}

static void notes_and_violations_are_counted_apart(void **state)
{
    struct nap_findings f = {0};
    struct nap_finding x = at(&rule_a, 1, "x.c", 5);

    (void)state;
    nap_findings_note(&f, &x);
    nap_findings_violation(&f, &x);
    nap_findings_note(&f, &x);
    assert_int_equal(f.n_violations, 1);
    assert_int_equal(f.violations[0].count, 1);
    assert_int_equal(f.n_notes, 1);
    assert_int_equal(f.notes[0].count, 2);
    nap_findings_free(&f);
}

static void lists_of_findings_grow(void **state)
{
    struct nap_findings f = {0};

    (void)state;
    for (int i = 0; i < 100; i++) {
        struct nap_finding x = at(&rule_a, 1, "x.c", i);
        struct nap_obligation o = {.port = (unsigned)i};
        nap_findings_violation(&f, &x);
        nap_findings_obligation(&f, &o);
    }
    assert_int_equal(f.n_violations, 100);
    assert_int_equal(f.violations[99].source.line, 99);
    assert_int_equal(f.n_obligations, 100);
    assert_int_equal(f.obligations[99].port, 99);
    nap_findings_clear(&f);
    assert_int_equal(f.n_violations + f.n_obligations, 0);
    nap_findings_free(&f);
}

/* --- the engine --- */

static void rules_are_found_by_their_id(void **state)
{
    struct judged *j = *state;
    static const char *const ids[] = {"unpowered-access",
                                      "register-protocol",
                                      "no-progress",
                                      "silent-failure",
                                      "ipmmu-root-before-utlb",
                                      "ipmmu-cache-context-before-utlb",
                                      "ipmmu-controls-before-utlb",
                                      "ipmmu-flush-before-utlb",
                                      "ipmmu-power-up-bypass",
                                      "dma-isolation",
                                      "dma-freshness",
                                      "dma-service",
                                      "use-of-unwritten",
                                      "state-equivalence"};

    for (unsigned i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        const struct nap_rule *rule = nap_judge_rule(j->judge, ids[i]);
        assert_non_null(rule);
        assert_true(rule->classes[0] == 'O' && rule->source[0] && rule->about[0]);
    }
    assert_int_equal(j->judge->n_rules, 27);
    assert_null(nap_judge_rule(j->judge, "no-such-rule"));
}

static void a_judge_that_looks_away_sees_nothing(void **state)
{
    struct judged *j = *state;

    go_to_sleep(j);
    j->judge->off = true;
    enable_port(j);
    wake_up(j);
    assert_int_equal(broken(j, NULL), 0);
    j->judge->off = false;
    rig_write(&j->r, DS1, IMUCTR(PORT), 0);
    assert_int_equal(broken(j, "dma-isolation"), 2); /* avb's as well, overlooked so far */
}

static void a_rule_that_is_off_judges_no_step_and_the_others_do(void **state)
{
    struct judged *j = *state;

    nap_judge_turn_off(j->judge, "ipmmu-root-before-utlb");
    nap_judge_turn_off(j->judge, "no-such-rule");
    assert_false(nap_judge_judges(j->judge, "ipmmu-root-before-utlb"));
    assert_true(nap_judge_judges(j->judge, "ipmmu-cache-context-before-utlb"));
    go_to_sleep(j);
    enable_port(j);
    assert_int_equal(broken(j, "ipmmu-root-before-utlb"), 0);
    assert_int_equal(broken(j, "ipmmu-cache-context-before-utlb"), 1);
}

/* dma-isolation has no check of its own: the engine judges. */
static void an_outcome_rule_that_is_off_is_not_reported(void **state)
{
    struct judged *j = *state;

    nap_judge_turn_off(j->judge, "dma-isolation");
    go_to_sleep(j);
    enable_port(j);
    wake_up(j);
    rig_write(&j->r, DS1, IMUCTR(PORT), 0);
    assert_int_equal(broken(j, "dma-isolation"), 0);
}

static void obligations_stay_whatever_judges(void **state)
{
    struct judged *j = *state;

    nap_judge_turn_off(j->judge, "ipmmu-power-up-bypass");
    nap_judge_turn_off(j->judge, "dma-isolation");
    go_to_sleep(j);
    nap_judge_end(j->judge);
    assert_int_equal(j->findings.n_obligations, 2); /* of sdhi0 and of avb */
}

static void after_its_judge_a_machine_runs_on(void **state)
{
    struct judged *j = *state;

    nap_judge_destroy(j->judge);
    j->judge = NULL;
    go_to_sleep(j);
    enable_port(j);
    assert_int_equal(broken(j, NULL), 0);
}

static void expect_create(struct judged *j, const unsigned *masters, unsigned n,
                          unsigned n_addresses, enum nap_err expected, const char *says)
{
    nap_addr addresses[NAP_JUDGE_ADDRESSES + 1] = {0};
    struct nap_error error;
    struct nap_judge *judge;
    enum nap_err err = nap_judge_create(j->r.m, masters, n, addresses, n_addresses,
                                        &j->findings, &judge, &error);

    assert_int_equal(err, expected);
    if (err) {
        assert_null(judge);
        assert_non_null(strstr(error.text, says));
    } else {
        nap_judge_destroy(judge);
    }
}

static void limits_are_errors_that_say_so(void **state)
{
    struct judged *j = *state;
    unsigned masters[NAP_JUDGE_GROUPS + 1];

    for (unsigned i = 0; i <= NAP_JUDGE_GROUPS; i++)
        masters[i] = j->sdhi0;
    nap_judge_destroy(j->judge);
    j->judge = NULL;
    rig_again(&j->r, &(struct rig_options){.n_switches = 0});
    expect_create(j, masters, 1, NAP_JUDGE_ADDRESSES + 1, NAP_ERR_NOSPACE,
                  "more than 452 probed addresses");
    expect_create(j, masters, NAP_JUDGE_GROUPS + 1, 1, NAP_ERR_NOSPACE,
                  "more than 192 judged ports");
    expect_create(j, masters, NAP_JUDGE_GROUPS, NAP_JUDGE_ADDRESSES, NAP_OK, NULL);
}

static void more_rules_than_fit_are_an_error(void **state)
{
    struct judged *j = *state;
    static struct nap_rule rules[NAP_RULES_MAX];
    struct nap_block block = nap_ipmmu_block;

    nap_judge_destroy(j->judge);
    j->judge = NULL;
    rig_again(&j->r, &(struct rig_options){.n_switches = 0});
    block.rules = rules;
    block.n_rules = NAP_RULES_MAX;
    for (unsigned k = 0; k < j->r.m->n_kinds; k++)
        j->r.m->kinds[k].block = &block;
    expect_create(j, &j->sdhi0, 1, 1, NAP_ERR_NOSPACE, "more than 63 rules");
}

/* A rule of a block may watch any step, with or without a register. */
static unsigned seen_work;

static void see_work(const struct nap_machine *m, const struct nap_event *e,
                     struct nap_report *report)
{
    (void)m;
    (void)report;
    seen_work += e->kind == NAP_STEP_WORK;
}

static void a_rule_of_a_block_sees_the_kinds_of_step_it_asks_for(void **state)
{
    struct judged *j = *state;
    static const struct nap_rule rule = {.id = "see-work",
                                         .classes = "O12",
                                         .family = NAP_RULE_CONDUCT,
                                         .on = NAP_STEP_BIT(NAP_STEP_WORK),
                                         .check = see_work};
    struct nap_block block = nap_ipmmu_block;

    nap_judge_destroy(j->judge);
    rig_again(&j->r, &(struct rig_options){.n_switches = 0});
    block.rules = &rule;
    block.n_rules = 1;
    for (unsigned k = 0; k < j->r.m->n_kinds; k++)
        j->r.m->kinds[k].block = &block;
    judged_watch(j);
    seen_work = 0;
    rig_write(&j->r, MM, IMCTR(1), FLUSH);
    assert_int_equal(seen_work, 1);
}

static void see_write(const struct nap_machine *m, const struct nap_event *e,
                      struct nap_report *report)
{
    (void)m;
    (void)report;
    seen_work += e->kind == NAP_STEP_WRITE;
}

/* Root and cache as two models of one family: each write is judged, and judged once. */
static void blocks_that_share_a_table_of_rules_are_all_watched(void **state)
{
    struct judged *j = *state;
    static const struct nap_rule rule = {.id = "see-write",
                                         .classes = "O12",
                                         .family = NAP_RULE_CONDUCT,
                                         .on = NAP_STEP_BIT(NAP_STEP_WRITE),
                                         .reg = "IMCTR",
                                         .check = see_write};
    struct nap_block blocks[2] = {nap_ipmmu_block, nap_ipmmu_block};

    nap_judge_destroy(j->judge);
    rig_again(&j->r, &(struct rig_options){.n_switches = 0});
    assert_int_equal(j->r.m->n_kinds, 2);
    for (unsigned k = 0; k < 2; k++) {
        blocks[k].rules = &rule;
        blocks[k].n_rules = 1;
        j->r.m->kinds[k].block = &blocks[k];
    }
    judged_watch(j);
    seen_work = 0;
    rig_write(&j->r, MM, IMCTR(1), FLUSH);
    assert_int_equal(seen_work, 1);
    rig_write(&j->r, DS1, IMCTR(1), FLUSH);
    assert_int_equal(seen_work, 2);
    rig_write(&j->r, DS1, IMUASID(1), 0);
    assert_int_equal(seen_work, 2);
}

/* More of them than a word of 32 bits holds. */
static void the_last_of_many_rules_is_watched_as_the_first(void **state)
{
    struct judged *j = *state;
    static struct nap_rule rules[40];
    struct nap_block block = nap_ipmmu_block;

    for (unsigned i = 0; i < 40; i++)
        rules[i] = (struct nap_rule){.id = i == 39 ? "last" : "another",
                                     .classes = "O12",
                                     .family = NAP_RULE_CONDUCT,
                                     .on = NAP_STEP_BIT(NAP_STEP_WRITE),
                                     .reg = "IMCTR",
                                     .check = i == 39 ? see_write : NULL};
    nap_judge_destroy(j->judge);
    rig_again(&j->r, &(struct rig_options){.n_switches = 0});
    block.rules = rules;
    block.n_rules = 40;
    for (unsigned k = 0; k < j->r.m->n_kinds; k++)
        j->r.m->kinds[k].block = &block;
    judged_watch(j);
    seen_work = 0;
    rig_write(&j->r, MM, IMCTR(1), FLUSH);
    assert_int_equal(seen_work, 1);
    nap_judge_turn_off(j->judge, "last");
    rig_write(&j->r, MM, IMCTR(1), FLUSH);
    assert_int_equal(seen_work, 1);
    assert_false(nap_judge_judges(j->judge, "last"));
    assert_true(nap_judge_judges(j->judge, "another"));
}

/* Sixteen addresses, each with a footprint of its own. */
static void many_addresses_fit_what_a_probe_depends_on(void **state)
{
    struct judged *j = *state;
    nap_addr addresses[NAP_JUDGE_ADDRESSES];

    nap_judge_destroy(j->judge);
    rig_again(&j->r, &(struct rig_options){.n_switches = 0});
    for (unsigned i = 0; i < NAP_JUDGE_ADDRESSES; i++)
        addresses[i] = IOVA + 0x1000 * i;
    assert_int_equal(nap_judge_create(j->r.m, &j->sdhi0, 1, addresses, NAP_JUDGE_ADDRESSES,
                                      &j->findings, &j->judge, NULL),
                     NAP_OK);
    judged_start(j);
    rig_dma(&j->r, j->r.ds1, PORT, IOVA);
    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    nap_findings_clear(&j->findings);
    rig_write(&j->r, MM, IMTTBCR(1), 0);
    assert_int_equal(broken(j, NULL), 0); /* faults, and hits that are right */
    truth_moves(j, PA_2, RW);
    assert_int_equal(broken(j, "dma-freshness"), 1);
}

/* --- incremental answers --- */

static uint32_t random_below(uint64_t *seed, uint32_t n)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return (uint32_t)((*seed * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % n;
}

#define FRESH_TABLE UINT64_C(0x7f000000) /* RAM that nothing else writes */

static void random_step(struct judged *j, uint64_t *seed)
{
    static const nap_addr units[] = {MM, DS0, DS1};
    static const uint32_t offsets[] = {IMCTR(1),     IMCTR(1),    IMCTR(2),     IMTTBCR(1),
                                       IMTTLBR0(1),  IMTTUBR0(1), IMSCTLR,      IMSAUXCTLR,
                                       IMUCTR(PORT), IMUCTR(16),  IMUCTR(PORT), IMUASID(PORT)};
    static const uint32_t values[] = {0,     1,    0x11,      0x13,        0x21,       7,
                                      S2PTE, 0x11, XEN_IMCTR, XEN_IMTTBCR, 0x70000000, 0x11};
    struct rig *r = &j->r;

    switch (random_below(seed, 18)) {
    case 16: /* a table whose pages come into use by writes, if they do */
        rig_base(r, 1, random_below(seed, 2) ? j->table[1] : FRESH_TABLE);
        break;
    case 17:
        rig_put(r,
                FRESH_TABLE + random_below(seed, 3) * 0x1000 +
                    (random_below(seed, 2) ? (IOVA >> 30) * 8 : (IOVA >> 21 & 511) * 8),
                random_below(seed, 2) ? (FRESH_TABLE + 0x1000) | S2_TABLE : PA | S2_RW | 1);
        break;
    case 0:
        nap_masters_set_mode(r->m, NAP_ALL_MASTERS, random_below(seed, 2));
        break;
    case 1:
        rig_map(r, j->table[1], IOVA, PA + random_below(seed, 2) * 0x200000, BLOCK, S2_RW,
                S2_TABLE);
        break;
    case 2:
        truth_moves(j, PA + random_below(seed, 2) * 0x200000, RW);
        break;
    case 3:
    case 4:
        nap_dma(r->m, r->ds1, PORT, random_below(seed, 2) ? IOVA : IOVA_RO, NAP_READ);
        break;
    case 5:
        if (random_below(seed, 4) == 0)
            rig_power_cycle(r);
        break;
    case 6:
        (void)rig_read(r, units[random_below(seed, 3)], IMCTR(1));
        break;
    case 7:
        restore(j, 0);
        enable_port(j);
        break;
    default:
        rig_write(r, units[random_below(seed, 3)], offsets[random_below(seed, 12)],
                  values[random_below(seed, 12)]);
        break;
    }
}

static uint32_t choose_randomly(void *context, const struct nap_choice *choice)
{
    return random_below(context, choice->fault);
}

static void incremental_answers_are_those_of_asking_everything(void **state)
{
    struct judged *j = *state;
    unsigned violations = 0;

    for (uint64_t run = 0; run < 1000; run++) {
        uint64_t seed = run * UINT64_C(0x9e3779b97f4a7c15) + 1, choices = seed + 1;
        if (run % 50 == 0)
            judged_again(j, &(struct rig_options){.policy = run % 100 ? NAP_POLICY_LAZY
                                                                      : NAP_POLICY_EAGER,
                                                  .profile = NAP_PROFILE_HOSTILE});
        nap_set_chooser(j->r.m, choose_randomly, &choices, run % 3 ? RETAIN | LATENCY : 0);
        j->judge->check_incremental = true;
        j->r.m->observed = UINT32_MAX; /* compares after every step */
        for (unsigned i = 0; i < 30; i++)
            random_step(j, &seed);
        violations += j->findings.n_violations;
        nap_findings_clear(&j->findings);
        assert_false(j->judge->mismatch);
    }
    assert_true(violations > 1000); /* the runs are not tame */
}

/* What stands behind the answer of sdhi0 alone. */
static bool asks_again(struct judged *j, nap_addr address, uint64_t value)
{
    struct nap_machine *m = j->r.m;
    bool any;

    nap_watch_none(m);
    assert_true(nap_mem_write(m, address, &value, sizeof value));
    any = m->any_marked;
    nap_watch_none(m);
    return any;
}

static void a_write_of_ram_asks_again_what_has_walked_the_page(void **state)
{
    struct judged *j = *state;
    nap_addr level_2;

    rig_write(&j->r, MM, IMCTR(1), XEN_IMCTR);
    rig_write(&j->r, MM, IMCTR(2), XEN_IMCTR);
    level_2 = rig_get(&j->r, j->table[1] + (IOVA >> 30) * 8) & UINT64_C(0xfffffff000);
    assert_true(asks_again(j, level_2 + 8, 1));
    assert_true(asks_again(j, j->table[2] + 8, 1));
    assert_false(asks_again(j, FRESH_TABLE, 1));
    assert_false(asks_again(j, PA, 1));
    rig_base(&j->r, 1, FRESH_TABLE + 0x4000);
    assert_true(asks_again(j, FRESH_TABLE + 0x4ff8, 1));
}

/* The check is worth something: a change behind the engine's back is seen. */
static void an_incremental_answer_that_is_out_of_date_is_noticed(void **state)
{
    struct judged *j = *state;

    j->judge->check_incremental = true;
    j->r.m->observed = UINT32_MAX;
    j->r.m->devices[j->r.ds1].regs[IPMMU_SLOT_IMUCTR + PORT] = 0;
    (void)rig_read(&j->r, MM, IMCTR(1));
    assert_true(j->judge->mismatch);
}

/* What has been reported is part of the state: a search may not take a state that has yet to
 * report for one that has reported. */
static void what_was_reported_is_decision_state(void **state)
{
    struct judged *j = *state;
    struct nap_hash128 silent, reported;
    unsigned mark = nap_mark(j->r.m);

    rig_write(&j->r, DS1, IMUCTR(PORT), 0);
    silent = nap_state_key(j->r.m);
    nap_rewind(j->r.m, mark);
    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_LIVE);
    rig_write(&j->r, DS1, IMUCTR(PORT), 0);
    nap_masters_set_mode(j->r.m, NAP_ALL_MASTERS, NAP_MASTER_HELD);
    reported = nap_state_key(j->r.m);
    nap_unmark(j->r.m);
    assert_memory_not_equal(&silent, &reported, sizeof silent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_rule_device_and_line_is_one_finding),
        cmocka_unit_test(another_rule_device_file_or_line_is_another_finding),
        cmocka_unit_test(findings_without_a_line_are_one_per_rule_and_device),
        cmocka_unit_test(notes_and_violations_are_counted_apart),
        cmocka_unit_test(lists_of_findings_grow),
        judged_test(rules_are_found_by_their_id),
        judged_test(a_judge_that_looks_away_sees_nothing),
        judged_test(a_rule_that_is_off_judges_no_step_and_the_others_do),
        judged_test(an_outcome_rule_that_is_off_is_not_reported),
        judged_test(obligations_stay_whatever_judges),
        judged_test(after_its_judge_a_machine_runs_on),
        judged_test(limits_are_errors_that_say_so),
        judged_test(more_rules_than_fit_are_an_error),
        judged_test(a_rule_of_a_block_sees_the_kinds_of_step_it_asks_for),
        judged_test(blocks_that_share_a_table_of_rules_are_all_watched),
        judged_test(the_last_of_many_rules_is_watched_as_the_first),
        judged_test(many_addresses_fit_what_a_probe_depends_on),
        judged_test(a_write_of_ram_asks_again_what_has_walked_the_page),
        judged_test(incremental_answers_are_those_of_asking_everything),
        judged_test(an_incremental_answer_that_is_out_of_date_is_noticed),
        judged_test(what_was_reported_is_decision_state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
