/* SPDX-License-Identifier: MIT */
/* lib/scenario/clients.c: clients that call the driver when they like, awake and asleep. */
#include "rig.h"

#include <errno.h>
#include <stdarg.h>

#define VARY_API NAP_CHOICE_BIT(NAP_CHOOSE_API)

/* Line 14 is the first operation. */
#define HEAD                                                                                   \
    "scenario: t\ntitle: t\ndriver: d\nsocs: [rcar-h3]\nvariants: [recommended]\nvary: []\n"   \
    "domains:\n"                                                                               \
    "  - name: disk\n    masters: [sdhi0]\n    mappings:\n"                                    \
    "      - {iova: 0x51000000, pa: 0x59000000, size: 0x2000, access: rw}\n"                   \
    "  - {name: net, masters: [avb], mappings: []}\n"                                          \
    "operations:\n"
#define ATTACHED "  - probe\n  - attach: disk\n  - attach: net\n"
#define SLEEP    HEAD ATTACHED "  - suspend\n  - power-cycle\n  - resume\n"
#define UNMAP    "{unmap: {domain: disk, iova: 0x51001000, size: 0x1000}}"
#define MAP      "{map: {domain: net, iova: 0x1000, pa: 0x58000000, size: 0x1000, access: r}}"

static void open_text(struct rig *r, const char *text)
{
    struct nap_error error = {0};

    memset(r, 0, sizeof *r);
    if (nap_scenario_load(text, strlen(text), "c.yaml", &r->scenario, &error))
        fail_msg("%s", error.text);
    assert_int_equal(nap_builtin_soc("rcar-h3", &r->soc, NULL), NAP_OK);
    r->config.scenario = r->scenario;
    r->config.soc = r->soc;
    r->config.driver = rig_driver("recommended");
    r->config.variant = "recommended";
    r->config.blocks = nap_builtin_blocks();
}

/* --- a driver that takes notes: two phases of one step each --- */

static char notes[1024];
static bool asleep;
static int asleep_answer; /* of query() */

static int say(const char *what)
{
    size_t at = strlen(notes);

    (void)snprintf(notes + at, sizeof notes - at, "%s ", what);
    return 0;
}

static int d_probe(struct nap_device *device)
{
    (void)device;
    return 0;
}

static int d_attach(struct nap_domain *domain, struct nap_master *master)
{
    (void)master;
    (void)domain;
    return 0;
}

static int d_map(struct nap_domain *domain, nap_addr iova, nap_addr pa, uint64_t size_bytes,
                 unsigned prot)
{
    (void)domain;
    (void)iova;
    (void)pa;
    (void)size_bytes;
    (void)prot;
    return say("map");
}

static int d_unmap(struct nap_domain *domain, nap_addr iova, uint64_t size_bytes)
{
    (void)domain;
    (void)iova;
    (void)size_bytes;
    return say("unmap");
}

static int d_query(struct nap_device *device)
{
    (void)device;
    if (asleep && asleep_answer) {
        say("refused");
        return asleep_answer;
    }
    return say("query");
}

static int d_save(void)
{
    return say("save");
}

static int d_down(void)
{
    asleep = true;
    return say("down");
}

static int d_up(void)
{
    asleep = false;
    return say("up");
}

static int d_restore(void)
{
    return say("restore");
}

static const struct nap_phase suspend[] = {
    {.name = "save", .kind = NAP_PHASE_STEP, .step = d_save},
    {.name = "down", .kind = NAP_PHASE_STEP, .step = d_down},
};

static const struct nap_phase resume[] = {
    {.name = "up", .kind = NAP_PHASE_STEP, .step = d_up},
    {.name = "restore", .kind = NAP_PHASE_STEP, .step = d_restore},
};

static const struct nap_driver driver = {
    .abi = NAP_DRIVER_ABI,
    .name = "d",
    .probe = d_probe,
    .attach = d_attach,
    .detach = d_attach,
    .map = d_map,
    .unmap = d_unmap,
    .query = d_query,
    .suspend = suspend,
    .n_suspend = 2,
    .resume = resume,
    .n_resume = 2,
};

/* Whether the calls of suspend and resume, and the query of a client, come in this order, where
 * the choices are these. */
static void assert_calls(const char *text, const struct nap_driver *d, uint32_t vary,
                         struct nap_keyed_choice *choices, uint32_t n, const char *expected)
{
    const struct nap_choice_list list = {.list = choices, .n = n};
    struct nap_run_result result;
    struct nap_error error = {0};
    struct rig r;

    open_text(&r, text);
    r.config.driver = d;
    r.config.vary = vary;
    r.config.rules_off = (const char *const[]){"state-equivalence"};
    r.config.n_rules_off = 1;
    asleep = false;
    asleep_answer = 0;
    notes[0] = 0;
    if (nap_run(&r.config, &list, &result, &error))
        fail_msg("%s", error.text);
    assert_string_equal(notes, expected);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* One client whose one call is a query, at the quiet point number @nth; UINT32_MAX: nowhere. */
static void query_at(uint32_t nth, enum nap_err expected, struct nap_error *error)
{
    struct nap_keyed_choice choice = {
        .kind = NAP_CHOOSE_API, .label = "a client calls", .nth = nth, .n = 2, .value = 1};
    const struct nap_choice_list list = {.list = &choice, .n = 1};
    struct nap_run_result result;
    struct rig r;

    open_text(&r, SLEEP "clients:\n  - {name: user, ops: [{query: mm}]}\n");
    r.config.driver = &driver;
    r.config.vary = VARY_API;
    /* The twin's suite calls the driver, too. */
    r.config.rules_off = (const char *const[]){"state-equivalence"};
    r.config.n_rules_off = 1;
    asleep = false;
    notes[0] = 0;
    assert_int_equal(nap_run(&r.config, nth == UINT32_MAX ? NULL : &list, &result, error),
                     expected);
    if (!expected && nth != UINT32_MAX) {
        assert_int_equal(result.choices.n, 1);
        assert_string_equal(result.choices.list[0].means, "user: query");
    }
    nap_run_result_free(&result);
    rig_close(&r);
}

static void a_client_may_call_at_every_quiet_point_from_suspend_to_the_end(void **state)
{
    static const char *const expected[] = {
        "map query save down up restore ", /* before suspend begins */
        "map query save down up restore ", /* once it has begun */
        "map save query down up restore ", /* between its phases */
        "map save down query up restore ", /* asleep, power still on */
        "map save down query up restore ", /* power is back */
        "map save down up query restore ", /* between the phases of resume */
        "map save down up restore query ", /* what is left at the end: no choice */
    };
    struct nap_error error = {0};

    (void)state;
    asleep_answer = 0;
    for (uint32_t i = 0; i < COUNT_OF(expected); i++) {
        query_at(i + 1 < COUNT_OF(expected) ? i : UINT32_MAX, NAP_OK, &error);
        assert_string_equal(notes, expected[i]);
    }
}

#define QUERY "clients:\n  - {name: user, ops: [{query: mm}]}\n"
#define A_CLIENT_CALLS(number)                                                                 \
    {                                                                                          \
        .kind = NAP_CHOOSE_API, .label = "a client calls", .nth = (number), .n = 2, .value = 1 \
    }

static void nobody_calls_before_firmware_has_run(void **state)
{
    static const char text[] =
        HEAD ATTACHED "  - suspend\n  - power-off\n  - power-on\n"
                      "  - write: {device: mm, register: IMCTR, value: 0}\n  - resume\n" QUERY;
    /* 0 to 2 before and within suspend, 3 before power-off; none before power-on and write. */
    struct nap_keyed_choice choice = A_CLIENT_CALLS(4), before = A_CLIENT_CALLS(3);

    (void)state;
    assert_calls(text, &driver, VARY_API, &before, 1, "map save down query up restore ");
    assert_calls(text, &driver, VARY_API, &choice, 1, "map save down query up restore ");
}

static void nobody_calls_where_a_phase_has_interrupts_off(void **state)
{
    static const char *const expected[] = {
        "map query save down up restore ", /* before suspend begins */
        "map query save down up restore ", /* once it has begun */
        "map save down query up restore ", /* asleep; not between save and down */
        "map save down query up restore ", /* power is back */
        "map save down up query restore ", /* between the phases of resume */
    };
    static struct nap_phase late[2];
    struct nap_driver d = driver;

    (void)state;
    memcpy(late, suspend, sizeof late);
    late[1].irqs_off = true;
    d.suspend = late;
    for (uint32_t i = 0; i < COUNT_OF(expected); i++) {
        struct nap_keyed_choice choice = A_CLIENT_CALLS(i);
        assert_calls(SLEEP QUERY, &d, VARY_API, &choice, 1, expected[i]);
    }
}

static void nobody_calls_between_a_loss_and_the_first_phase_of_resume(void **state)
{
    /* 0 and 1 before save, 2 before down, where all power goes. */
    struct nap_keyed_choice choices[] = {{.kind = NAP_CHOOSE_LOSS,
                                          .label = "power gone between calls",
                                          .nth = 1,
                                          .n = 2,
                                          .value = 1},
                                         A_CLIENT_CALLS(3)};

    (void)state;
    assert_calls(SLEEP QUERY, &driver, VARY_API | NAP_CHOICE_BIT(NAP_CHOOSE_LOSS), choices, 2,
                 "map save up query restore ");
}

static void a_call_that_is_refused_asleep_waits_for_the_end_of_resume(void **state)
{
    struct nap_error error = {0};

    (void)state;
    asleep_answer = -EBUSY;
    query_at(3, NAP_OK, &error);
    assert_string_equal(notes, "map save down refused up restore query ");
    asleep_answer = -EAGAIN;
    query_at(4, NAP_OK, &error);
    assert_string_equal(notes, "map save down refused up restore query ");
}

static int d_init(struct nap_domain *domain)
{
    (void)domain;
    return say("init");
}

static int d_add(struct nap_master *master)
{
    (void)master;
    return say("add");
}

static int d_attach_awake(struct nap_domain *domain, struct nap_master *master)
{
    (void)domain;
    (void)master;
    if (asleep)
        say("refused");
    else
        say("attach");
    return asleep ? -EAGAIN : 0;
}

/* Nothing twice, and nothing left out: one domain of two masters. */
static void an_attach_that_is_refused_half_way_goes_on_where_it_stood(void **state)
{
    static const char text[] =
        "scenario: t\ntitle: t\ndriver: d\nsocs: [rcar-h3]\nvariants: [recommended]\n"
        "vary: []\ndomains:\n  - name: a\n    masters: [sdhi0, sdhi1]\n    mappings:\n"
        "      - {iova: 0x10000000, pa: 0x58000000, size: 0x2000, access: rw}\n"
        "operations: [probe, suspend, power-cycle, resume]\n"
        "clients: [{name: c, ops: [{attach: a}]}]\n";
    struct nap_keyed_choice choice = A_CLIENT_CALLS(3);
    struct nap_driver d = driver;

    (void)state;
    d.domain_init = d_init;
    d.add_master = d_add;
    d.attach = d_attach_awake;
    d.maps_when_attached = true;
    assert_calls(text, &d, VARY_API, &choice, 1,
                 "save down init add refused up restore attach add attach map ");
    d.maps_when_attached = false;
    assert_calls(text, &d, VARY_API, &choice, 1,
                 "save down init map add refused up restore attach add attach ");
}

static int d_map_leaking(struct nap_domain *domain, nap_addr iova, nap_addr pa,
                         uint64_t size_bytes, unsigned prot)
{
    if (asleep && nap_alloc(16))
        return -EBUSY;
    return d_map(domain, iova, pa, size_bytes, prot);
}

/* There a refusal is an answer even where nothing can fail. */
static void a_call_that_is_refused_asleep_leaves_nothing_behind(void **state)
{
    struct nap_keyed_choice choice = A_CLIENT_CALLS(3);
    const struct nap_choice_list list = {.list = &choice, .n = 1};
    struct nap_driver d = driver;
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_text(&r, SLEEP "clients:\n  - {name: user, ops: [" MAP "]}\n");
    d.map = d_map_leaking;
    r.config.driver = &d;
    r.config.vary = VARY_API;
    r.config.rules_off = (const char *const[]){"state-equivalence"};
    r.config.n_rules_off = 1;
    asleep = false;
    rig_run(&r, &list, &result);
    assert_true(has_rule(result.findings.violations, result.findings.n_violations, "api-undo"));
    nap_run_result_free(&result);
    rig_close(&r);
}

static void a_call_that_fails_asleep_for_no_reason_is_an_error_of_its_line(void **state)
{
    struct nap_error error = {0};

    (void)state;
    asleep_answer = -EIO;
    query_at(3, NAP_ERR_STATE, &error);
    assert_string_equal(error.text,
                        "c.yaml:21: the driver refused this operation with -5 (EIO), "
                        "expected 0");
}

/* --- the twin makes the calls as well --- */

static void recommended_is_clean_whenever_two_guests_map_and_unmap(void **state)
{
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    open_text(&r, SLEEP "clients:\n  - {name: one, ops: [" UNMAP "]}\n"
                        "  - {name: two, ops: [" MAP ", {dma: net}]}\n");
    r.config.vary = VARY_API;
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, UINT64_MAX, &result);
    assert_true(result.exhausted);
    for (unsigned i = 0; i < result.n_violations; i++)
        fail_msg("%s", result.violations[i].finding.message);
    nap_explore_result_free(&result);
    rig_close(&r);
}

static struct nap_driver forgetful;

static int forgets(struct nap_domain *domain, nap_addr iova, uint64_t size_bytes)
{
    (void)domain;
    (void)iova;
    (void)size_bytes;
    return 0;
}

static void an_unmap_that_does_nothing_is_found_where_a_client_makes_it(void **state)
{
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    open_text(&r, SLEEP "clients:\n  - {name: one, ops: [" UNMAP "]}\n");
    forgetful = *r.config.driver;
    forgetful.unmap = forgets;
    r.config.driver = &forgetful;
    r.config.vary = VARY_API;
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, UINT64_MAX, &result);
    assert_true(result.n_violations > 0);
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* --- the most that a scenario can name --- */

static void append(char *text, size_t bytes, const char *format, ...)
{
    size_t at = strlen(text);
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text + at, bytes - at, format, args);
    va_end(args);
}

static void append_map(char *text, size_t bytes, unsigned domain, unsigned iova)
{
    append(text, bytes,
           "map: {domain: d%u, iova: 0x%x, pa: 0x58000000, size: 0x2000, access: r}", domain,
           iova);
}

/* As many domains, mappings, operations and calls as there may be, both ends of each another
 * address: 16 * 8 * 2 + 46 * 2 + 4 * 8 * 2. */
static void both_ends_of_all_that_a_scenario_can_map_are_asked_about(void **state)
{
    static char text[65536];
    struct nap_run_result result;
    struct nap_error error = {0};
    struct rig r;

    (void)state;
    (void)strcpy(text, "scenario: t\ntitle: t\ndriver: d\nsocs: [rcar-h3]\n"
                       "variants: [recommended]\nvary: []\ndomains:\n");
    for (unsigned d = 0; d < NAP_SCENARIO_DOMAINS_MAX; d++) {
        append(text, sizeof text, "  - name: d%u\n    masters: [[m%u, none]]\n    mappings:\n",
               d, d);
        for (unsigned i = 0; i < NAP_SCENARIO_MAPPINGS_MAX; i++)
            append(text, sizeof text,
                   "      - {iova: 0x%x, pa: 0x59000000, size: 0x2000, access: r}\n",
                   0x10000000 + (d * 8 + i) * 0x100000);
    }
    append(text, sizeof text, "operations:\n  - probe\n");
    for (unsigned d = 0; d < NAP_SCENARIO_DOMAINS_MAX; d++)
        append(text, sizeof text, "  - attach: d%u\n", d);
    for (unsigned i = 0; i < NAP_SCENARIO_OPS_MAX - NAP_SCENARIO_DOMAINS_MAX - 3; i++) {
        append(text, sizeof text, "  - ");
        append_map(text, sizeof text, 4 + i % 12, 0x40000000 + i * 0x100000);
        append(text, sizeof text, "\n");
    }
    append(text, sizeof text, "  - suspend\n  - resume\nclients:\n");
    for (unsigned c = 0; c < NAP_SCENARIO_CLIENTS_MAX; c++) {
        append(text, sizeof text, "  - name: c%u\n    ops:\n", c);
        for (unsigned i = 0; i < NAP_SCENARIO_CALLS_MAX; i++) {
            append(text, sizeof text, "      - ");
            append_map(text, sizeof text, c, 0x60000000 + (c * 8 + i) * 0x100000);
            append(text, sizeof text, "\n");
        }
    }
    open_text(&r, text);
    r.config.driver = &driver;
    notes[0] = 0;
    if (nap_run(&r.config, NULL, &result, &error) && error.text[0] == 0)
        fail_msg("an error without a word");
    nap_run_result_free(&result);
    rig_close(&r);
}

/* --- the loader --- */

static void bad_clients_are_refused(void **state)
{
    static const struct {
        const char *text, *error;
    } table[] = {
        {HEAD ATTACHED "clients: [{name: a, ops: [{query: mm}]}]\n",
         "c.yaml:17: found clients in a scenario that never sleeps, expected suspend or the "
         "like among the operations"},
        {SLEEP "clients: []\n", "c.yaml:20: found 0 clients, expected 1 to 4"},
        {SLEEP "clients: [{name: a, ops: []}]\n", "c.yaml:20: found 0 ops, expected 1 to 8"},
        {SLEEP "clients: [{name: a, does: []}]\n",
         "c.yaml:20: unknown key 'does' in a client, expected one of: name, ops"},
        {SLEEP "clients: [{name: a, ops: [suspend]}]\n",
         "c.yaml:20: found suspend as a call of client a, expected what a guest or user space "
         "calls"},
        {SLEEP
         "clients:\n  - {name: a, ops: [{query: mm}]}\n  - {name: a, ops: [{query: mm}]}\n",
         "c.yaml:22: found client a twice, expected each once"},
        {SLEEP "clients:\n  - {name: a, ops: [" UNMAP
               "]}\n  - {name: b, ops: [{detach: disk}]}\n",
         "c.yaml:22: found detach of domain disk by b, which line 21 changes for a, expected "
         "one alone to change it from the first sleep on"},
        {HEAD ATTACHED "  - suspend\n  - detach: disk\n  - resume\n"
                       "clients:\n  - {name: a, ops: [" UNMAP "]}\n",
         "c.yaml:21: found unmap of domain disk by a, which line 18 changes for the "
         "operations, "
         "expected one alone to change it from the first sleep on"},
        {SLEEP "clients:\n  - {name: a, ops: [" UNMAP ", " UNMAP "]}\n",
         "c.yaml:21: found unmap of 0x1000 bytes at iova 0x51001000 in domain disk, expected a "
         "part of one of its mappings"},
    };

    (void)state;
    for (unsigned i = 0; i < COUNT_OF(table); i++) {
        struct nap_error error = {0};
        struct nap_scenario *s;

        assert_int_not_equal(
            nap_scenario_load(table[i].text, strlen(table[i].text), "c.yaml", &s, &error),
            NAP_OK);
        assert_string_equal(error.text, table[i].error);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_may_call_at_every_quiet_point_from_suspend_to_the_end),
        cmocka_unit_test(nobody_calls_before_firmware_has_run),
        cmocka_unit_test(nobody_calls_where_a_phase_has_interrupts_off),
        cmocka_unit_test(nobody_calls_between_a_loss_and_the_first_phase_of_resume),
        cmocka_unit_test(a_call_that_is_refused_asleep_waits_for_the_end_of_resume),
        cmocka_unit_test(an_attach_that_is_refused_half_way_goes_on_where_it_stood),
        cmocka_unit_test(a_call_that_is_refused_asleep_leaves_nothing_behind),
        cmocka_unit_test(a_call_that_fails_asleep_for_no_reason_is_an_error_of_its_line),
        cmocka_unit_test(recommended_is_clean_whenever_two_guests_map_and_unmap),
        cmocka_unit_test(an_unmap_that_does_nothing_is_found_where_a_client_makes_it),
        cmocka_unit_test(both_ends_of_all_that_a_scenario_can_map_are_asked_about),
        cmocka_unit_test(bad_clients_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
