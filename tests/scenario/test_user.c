/* SPDX-License-Identifier: MIT */
/* lib/scenario/equivalence.c on a model of a user's own: what `restore:` asks of a register
 * after resume. The device sits on no bus master's way, so nothing goes another way:
 * differences are notes. */
#include "../core/user_device.h"

#include <regnap/run.h>

/* EQ, BEH, REL, NONE and ID hold 8 bits each; a power cut takes all. */
#define MODEL                                                                                  \
    USER_HEAD USER_REG("EQ", "0", "", USER_FIELD("name: V, bits: \"7:0\"")) USER_REG(          \
        "BEH", "4", "    restore: behaviour\n", USER_FIELD("name: V, bits: \"7:0\""))          \
        USER_REG("REL", "8", "",                                                               \
                 USER_FIELD("name: V, bits: \"7:0\", restore: relation, relation: at-least"))  \
            USER_REG("NONE", "12", "    restore: none\n",                                      \
                     USER_FIELD("name: V, bits: \"7:0\""))                                     \
                USER_REG("ID", "16", "    reset: 0x42\n",                                      \
                         USER_FIELD("name: V, bits: \"7:0\", access: ro"))

static bool at_least(const struct nap_machine *m, unsigned device, unsigned slot,
                     uint64_t golden, uint64_t now)
{
    assert_int_equal(device, 0);
    assert_int_equal(slot, 2);
    assert_non_null(m);
    return now >= golden;
}

static const struct nap_relation relations[] = {{"at-least", at_least}};

/* --- a driver that writes every register before and what the test wants after --- */

static struct {
    uint64_t eq, beh, rel, none;
} wanted;

static int probe(struct nap_device *device)
{
    (void)device;
    for (unsigned i = 0; i < 4; i++)
        nap_seam_write(USER_BASE + 4 * i, 4, 5, "d.c", 1);
    return 0;
}

static int restore(void)
{
    nap_seam_write(USER_BASE, 4, wanted.eq, "d.c", 2);
    nap_seam_write(USER_BASE + 4, 4, wanted.beh, "d.c", 3);
    nap_seam_write(USER_BASE + 8, 4, wanted.rel, "d.c", 4);
    nap_seam_write(USER_BASE + 12, 4, wanted.none, "d.c", 5);
    return 0;
}

static const char *const compatible[] = {"user", NULL};
static const struct nap_phase resume[] = {
    {.name = "restore", .kind = NAP_PHASE_STEP, .step = restore}};
static const struct nap_driver driver = {.abi = NAP_DRIVER_ABI,
                                         .name = "user",
                                         .compatible = compatible,
                                         .probe = probe,
                                         .resume = resume,
                                         .n_resume = 1};

static void sleep_and_wake(struct user_device *u, struct nap_run_result *result)
{
    static const char text[] = "scenario: sleep\ntitle: t\ndriver: user\nsocs: [board]\n"
                               "vary: []\ndomains: []\n"
                               "operations: [probe, suspend, power-cycle, resume]\n";
    const struct nap_block *const blocks[] = {&u->block, NULL};
    struct nap_run_config config = {.soc = u->soc, .driver = &driver, .blocks = blocks};
    struct nap_scenario *scenario;
    struct nap_error error = {0};

    if (nap_scenario_load(text, strlen(text), "s.yaml", &scenario, &error))
        fail_msg("%s", error.text);
    config.scenario = scenario;
    if (nap_run(&config, NULL, result, &error))
        fail_msg("%s", error.text);
    nap_scenario_free(scenario);
}

static void open_user(struct user_device *u)
{
    memset(u, 0, sizeof *u);
    user_model(u, MODEL);
    u->block.relations = relations;
    u->block.n_relations = 1;
    user_machine(u, "");
    nap_machine_destroy(u->m); /* nap_run() makes its own in this slot */
    u->m = NULL;
    wanted.eq = wanted.beh = wanted.rel = wanted.none = 5;
}

static void close_run(struct user_device *u, struct nap_run_result *result)
{
    nap_run_result_free(result);
    user_close(u);
}

static void a_register_that_must_be_equal_is_told(void **state)
{
    struct nap_run_result result;
    struct user_device u;

    (void)state;
    open_user(&u);
    wanted.eq = 4;
    sleep_and_wake(&u, &result);
    assert_int_equal(result.findings.n_violations, 0);
    assert_int_equal(result.findings.n_notes, 1);
    assert_string_equal(result.findings.notes[0].message,
                        "dev.EQ is 0x4 after resume and was 0x5 at suspend entry; it behaves "
                        "like a machine that did not sleep");
    close_run(&u, &result);
}

static void what_need_only_behave_or_not_even_that_is_quiet(void **state)
{
    struct nap_run_result result;
    struct user_device u;

    (void)state;
    open_user(&u);
    wanted.beh = wanted.none = 0;
    sleep_and_wake(&u, &result);
    assert_int_equal(result.findings.n_violations, 0);
    assert_int_equal(result.findings.n_notes, 0);
    close_run(&u, &result);
}

static void a_relation_that_holds_is_quiet(void **state)
{
    struct nap_run_result result;
    struct user_device u;

    (void)state;
    open_user(&u);
    wanted.rel = 9;
    sleep_and_wake(&u, &result);
    assert_int_equal(result.findings.n_notes, 0);
    close_run(&u, &result);
}

static void a_relation_that_does_not_hold_is_told_by_name(void **state)
{
    struct nap_run_result result;
    struct user_device u;

    (void)state;
    open_user(&u);
    wanted.rel = 4;
    sleep_and_wake(&u, &result);
    assert_int_equal(result.findings.n_notes, 1);
    assert_string_equal(result.findings.notes[0].message,
                        "dev.REL is 0x4 after resume and was 0x5 at suspend entry, against "
                        "relation at-least; it behaves like a machine that did not sleep");
    close_run(&u, &result);
}

static void a_block_without_a_relation_that_its_model_names_is_refused(void **state)
{
    const struct nap_block *blocks[] = {NULL, NULL};
    struct nap_machine_config config = {.blocks = blocks};
    struct nap_error error = {0};
    struct user_device u;

    (void)state;
    open_user(&u);
    u.block.n_relations = 0;
    blocks[0] = &u.block;
    config.soc = u.soc;
    assert_int_equal(nap_machine_create(&config, &u.m, &error), NAP_ERR_UNKNOWN);
    assert_string_equal(error.text, "the block of model user has no relation 'at-least', which "
                                    "field V of register REL names");
    user_close(&u);
}

static void a_driver_without_calls_for_domains_is_refused_where_there_are_some(void **state)
{
    struct nap_scenario *s = calloc(1, sizeof *s);
    struct nap_run_config config = {.scenario = s, .driver = &driver};
    struct nap_run_result result;
    struct nap_error error = {0};
    struct user_device u;

    (void)state;
    assert_non_null(s);
    open_user(&u);
    config.soc = u.soc;
    (void)strcpy(s->file, "s.yaml");
    (void)strcpy(s->name, "guests");
    s->n_domains = 1;
    assert_int_equal(nap_run(&config, NULL, &result, &error), NAP_ERR_ARG);
    assert_string_equal(error.text, "s.yaml: scenario guests has domains, and driver user "
                                    "attaches no master, expected domains: []");
    nap_scenario_free(s);
    user_close(&u);
}

/* --- a block of registers alone --- */

static void registers_alone_run_and_say_what_is_not_modelled(void **state)
{
    struct nap_run_result result;
    struct user_device u;

    (void)state;
    open_user(&u);
    u.block = nap_block_of_model(u.model);
    wanted.rel = 4; /* nobody knows the relation */
    sleep_and_wake(&u, &result);
    assert_int_equal(result.findings.n_violations, 0);
    assert_int_equal(result.findings.n_notes, 0);
    assert_int_equal(result.n_unmodelled, 1); /* NONE is hardware's own */
    assert_string_equal(result.unmodelled[0].what, "dev NONE");
    assert_int_equal(result.unmodelled[0].count, 2);
    close_run(&u, &result);
}

static void of_registers_alone_what_hardware_changes_is_not_modelled(void **state)
{
    static const struct {
        const char *access, *restore;
        unsigned unmodelled;
    } cases[] = {
        {"rw", "equal", 0},  {"rw", "none", 1},         {"ro", "equal", 0}, {"ro", "none", 1},
        {"w1c", "equal", 1}, {"w0c", "equal", 1},       {"rc", "equal", 1}, {"w1s", "equal", 0},
        {"wo", "equal", 0},  {"self_clear", "none", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct user_device u = {0};
        char text[1024];

        snprintf(text, sizeof text,
                 USER_HEAD USER_REG("R", "0", "",
                                    USER_FIELD("name: F, bits: 0, access: %s, restore: %s")),
                 cases[i].access, cases[i].restore);
        user_model(&u, text);
        u.block = nap_block_of_model(u.model);
        user_machine(&u, "");
        (void)user_read(&u, 0, 4);
        assert_int_equal(u.m->n_unmodelled, cases[i].unmodelled);
        user_close(&u);
    }
}

static void self_clearing_bits_of_registers_alone_finish_by_policy(void **state)
{
    struct user_device u = {0};

    (void)state;
    user_model(&u, USER_HEAD USER_REG("R", "0", "",
                                      USER_FIELD("name: F, bits: 0, access: self_clear")));
    u.block = nap_block_of_model(u.model);
    user_machine(&u, "");
    user_write(&u, 0, 4, 1);
    assert_int_equal(user_read(&u, 0, 4), 0);
    nap_set_policy(u.m, NAP_POLICY_LAZY);
    user_write(&u, 0, 4, 1);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(user_read(&u, 0, 4), 1);
    assert_int_equal(user_read(&u, 0, 4), 0);
    user_close(&u);
}

/* --- a block's rules --- */

static void a_rule_that_could_never_judge_stops_a_run(void **state)
{
    static const struct nap_rule rule = {.id = "typo", .reg = "EQQ"};
    static const char text[] = "scenario: sleep\ntitle: t\ndriver: user\nsocs: [board]\n"
                               "vary: []\ndomains: []\noperations: [probe]\n";
    struct nap_run_config config = {.driver = &driver};
    struct nap_run_result result;
    struct nap_scenario *scenario;
    struct nap_error error = {0};
    struct user_device u;
    const struct nap_block *const blocks[] = {&u.block, NULL};

    (void)state;
    open_user(&u);
    u.block.rules = &rule;
    u.block.n_rules = 1;
    assert_int_equal(nap_scenario_load(text, strlen(text), "s.yaml", &scenario, NULL), NAP_OK);
    config.soc = u.soc;
    config.blocks = blocks;
    config.scenario = scenario;
    assert_int_equal(nap_run(&config, NULL, &result, &error), NAP_ERR_UNKNOWN);
    assert_string_equal(error.text, "rule 'typo' of the block of model user watches register "
                                    "'EQQ', expected one that the model has");
    nap_scenario_free(scenario);
    user_close(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_register_that_must_be_equal_is_told),
        cmocka_unit_test(what_need_only_behave_or_not_even_that_is_quiet),
        cmocka_unit_test(a_relation_that_holds_is_quiet),
        cmocka_unit_test(a_relation_that_does_not_hold_is_told_by_name),
        cmocka_unit_test(a_block_without_a_relation_that_its_model_names_is_refused),
        cmocka_unit_test(a_driver_without_calls_for_domains_is_refused_where_there_are_some),
        cmocka_unit_test(registers_alone_run_and_say_what_is_not_modelled),
        cmocka_unit_test(of_registers_alone_what_hardware_changes_is_not_modelled),
        cmocka_unit_test(self_clearing_bits_of_registers_alone_finish_by_policy),
        cmocka_unit_test(a_rule_that_could_never_judge_stops_a_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
