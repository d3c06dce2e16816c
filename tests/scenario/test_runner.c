/* SPDX-License-Identifier: MIT */
/* lib/scenario/runner.c and equivalence.c: each operation with a driver that only takes notes,
 * on a machine of one root and two caches; then what needs real registers, on the H3. */
#include <regnap/block.h>

#include "rig.h"

#include <errno.h>

/* --- a machine and a driver that takes notes ------------------------------------------------
 */

/* Masters of both caches; `wide` has ports behind both, `bare` none. */
static const char toy_soc[] =
    "soc: toy\ntitle: t\nsource: s\n"
    "domains:\n"
    "  - {name: always}\n"
    "  - {name: sleepy, parent: always}\n"
    "devices:\n"
    "  - {name: mm, model: ipmmu-vmsa, variant: root, base: 0x3000, size: 0x1000, domain: "
    "always, irq: 1}\n"
    "  - {name: a, model: ipmmu-vmsa, variant: cache, base: 0x1000, size: 0x1000, domain: "
    "always, upstream: mm, line: 0}\n"
    "  - {name: b, model: ipmmu-vmsa, variant: cache, base: 0x2000, size: 0x1000, domain: "
    "sleepy, upstream: mm, line: 1}\n"
    "masters:\n"
    "  - {name: m1, domain: always, ports: [{device: a, first: 0}]}\n"
    "  - {name: m2, domain: sleepy, ports: [{device: b, first: 1, count: 2}]}\n"
    "  - {name: wide, domain: always, ports: [{device: a, first: 4}, {device: b, first: 4}]}\n"
    "ram:\n"
    "  - {base: 0x40000000, size: 0x10000000}\n";

static char notes[4096];
static const char *refuses; /* driver call that fails */
static int refuses_with;

static int say(const char *call, const char *what)
{
    size_t at = strlen(notes);

    (void)snprintf(notes + at, sizeof notes - at, "%s%s%s%s", at ? " " : "", call,
                   *what ? ":" : "", what);
    return refuses && strcmp(call, refuses) == 0 ? refuses_with : 0;
}

static int toy_probe(struct nap_device *device)
{
    if (strcmp(device->name, "mm") == 0)
        assert_ptr_equal(device->root, device);
    else
        assert_string_equal(device->root->name, "mm");
    nap_list_add_head(device);
    return say("probe", device->name);
}

static int toy_add_master(struct nap_master *master)
{
    char text[256];

    (void)snprintf(text, sizeof text, "%s@%s[%u", master->name, master->device->name,
                   (unsigned)master->ids[0]);
    for (uint32_t i = 1; i < master->n_ids; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), ",%u",
                       (unsigned)master->ids[i]);
    (void)snprintf(text + strlen(text), sizeof text - strlen(text), "]");
    return say("add", text);
}

static int toy_domain_init(struct nap_domain *domain)
{
    char text[256];

    (void)snprintf(text, sizeof text, "%s/%u", domain->name, domain->ipa_bits);
    return say("init", text);
}

static int toy_attach(struct nap_domain *domain, struct nap_master *master)
{
    assert_null(master->domain);
    (void)domain;
    return say("attach", master->name);
}

static int toy_detach(struct nap_domain *domain, struct nap_master *master)
{
    assert_ptr_equal(master->domain, domain);
    return say("detach", master->name);
}

static int toy_map(struct nap_domain *domain, nap_addr iova, nap_addr pa, uint64_t size_bytes,
                   unsigned prot)
{
    char text[256];

    (void)snprintf(text, sizeof text, "%s+%llx>%llx/%llx,%u", domain->name,
                   (unsigned long long)iova, (unsigned long long)pa,
                   (unsigned long long)size_bytes, prot);
    return say("map", text);
}

static int toy_unmap(struct nap_domain *domain, nap_addr iova, uint64_t size_bytes)
{
    char text[256];

    (void)snprintf(text, sizeof text, "%s-%llx/%llx", domain->name, (unsigned long long)iova,
                   (unsigned long long)size_bytes);
    return say("unmap", text);
}

static int toy_save(struct nap_device *device)
{
    return say("save", device->name);
}

static int toy_restore(struct nap_device *device)
{
    return say("restore", device->name);
}

static int toy_settle(void)
{
    return say("settle", "");
}

static bool toy_is_cache(const struct nap_device *device)
{
    return device->root != device;
}

static bool toy_none(const struct nap_device *device)
{
    (void)device;
    return false;
}

static const struct nap_phase toy_suspend[] = {
    {.name = "save", .kind = NAP_PHASE_WALK, .each = toy_save},
    {.name = "settle", .kind = NAP_PHASE_STEP, .step = toy_settle},
};

static const struct nap_phase toy_resume[] = {
    {.name = "none", .kind = NAP_PHASE_WALK, .filter = toy_none, .each = toy_restore},
    {.name = "restore",
     .kind = NAP_PHASE_WALK,
     .direction = NAP_BACKWARD,
     .filter = toy_is_cache,
     .each = toy_restore},
};

#define TOY_CALLS_BUT_PROBE                                                                    \
    .abi = NAP_DRIVER_ABI, .name = "toy", .add_master = toy_add_master,                        \
    .domain_init = toy_domain_init, .attach = toy_attach, .detach = toy_detach,                \
    .map = toy_map, .unmap = toy_unmap
#define TOY_CALLS TOY_CALLS_BUT_PROBE, .probe = toy_probe

static const struct nap_driver toy_driver = {
    TOY_CALLS, .suspend = toy_suspend, .n_suspend = 2, .resume = toy_resume, .n_resume = 2,
};

static const struct nap_driver bare_driver = {TOY_CALLS};

static int toy_block(struct nap_master *master)
{
    return say(master->sensitive ? "block-sensitive" : "block", master->name);
}

static int toy_bypass(struct nap_master *master)
{
    return say(master->autonomous ? "bypass-autonomous" : "bypass", master->name);
}

static int toy_fill(struct nap_device *device, unsigned n)
{
    char text[64];

    (void)snprintf(text, sizeof text, "%.32s*%u", device->name, n);
    return say("fill", text);
}

static int toy_query(struct nap_device *device)
{
    return say("query", device->name);
}

static int toy_page_response(struct nap_device *device, uint32_t sid, uint32_t tag, int code)
{
    char text[64];

    (void)snprintf(text, sizeof text, "%.16s,%u,%u,%d", device->name, (unsigned)sid,
                   (unsigned)tag, code);
    return say("response", text);
}

static int toy_remove(struct nap_device *device)
{
    return say("remove", device->name);
}

static const struct nap_driver wide_driver = {
    TOY_CALLS,           .block = toy_block, .bypass = toy_bypass,
    .fill = toy_fill,    .query = toy_query, .page_response = toy_page_response,
    .remove = toy_remove};

/* One domain with one page for m1 and m2; operations from @kinds, on lines 11, 12, ... */
static void toy_open(struct rig *r, const enum nap_op_kind *kinds, unsigned n)
{
    struct nap_error error = {0};
    struct nap_scenario *s = calloc(1, sizeof *s);

    memset(r, 0, sizeof *r);
    assert_non_null(s);
    r->scenario = s;
    if (nap_soc_load(toy_soc, strlen(toy_soc), "toy-soc.yaml", &r->soc, &error))
        fail_msg("%s", error.text);
    (void)strcpy(s->file, "toy.yaml");
    s->n_domains = 1;
    (void)strcpy(s->domains[0].name, "g");
    s->domains[0].n_masters = 2;
    (void)strcpy(s->domains[0].masters[0], "m1");
    (void)strcpy(s->domains[0].masters[1], "m2");
    s->domains[0].n_mappings = 1;
    s->domains[0].mappings[0] = (struct nap_scenario_mapping){0x1000, 0x40001000, 0x1000, 1};
    s->n_ops = n;
    for (unsigned i = 0; i < n; i++) {
        s->ops[i] = (struct nap_scenario_op){.kind = kinds[i], .line = 11 + i};
        if (kinds[i] == NAP_OP_MAP || kinds[i] == NAP_OP_UNMAP)
            s->ops[i].mapping = (struct nap_scenario_mapping){0x5000, 0x40005000, 0x2000, 3};
    }
    r->config.scenario = s;
    r->config.soc = r->soc;
    r->config.driver = &toy_driver;
    r->config.blocks = nap_builtin_blocks();
    notes[0] = 0;
    refuses = NULL;
}

/* --- what the trace shows -------------------------------------------------------------------
 */

static char steps[4096];

static void add_step(const char *format, unsigned long long value, const char *text)
{
    size_t at = strlen(steps);

    (void)snprintf(steps + at, sizeof steps - at, format, text ? text : "", value);
}

/* Power edges and masters, as "on 3;", "held;". */
static void note_step(void *context, const struct nap_machine *m, const struct nap_event *e)
{
    (void)context;
    (void)m;
    if (e->kind == NAP_STEP_POWER)
        add_step("%s %llx;", e->now, e->label);
    else if (e->kind == NAP_STEP_MASTER && strncmp(e->label, "ground", 6) != 0)
        add_step("%s;", 0, e->label);
    else if (e->kind == NAP_STEP_CALL && strcmp(e->label, "irq") == 0)
        add_step("irq%s;", 0, NULL);
    else if (e->kind == NAP_STEP_LOG && strstr(e->label, "fault: status"))
        add_step("logged%s;", 0, NULL);
}

static void run_noting_steps(struct rig *r, struct nap_run_result *result)
{
    steps[0] = 0;
    r->config.trace = note_step;
    rig_run(r, NULL, result);
}

/* --- operations ------------------------------------------------------------------------------
 */

static void each_operation_calls_the_driver_in_its_order(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_ATTACH, NAP_OP_MAP,
                                             NAP_OP_DMA,   NAP_OP_UNMAP,  NAP_OP_DETACH};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    toy_open(&r, kinds, COUNT_OF(kinds));
    rig_run(&r, NULL, &result);
    assert_string_equal(notes, "probe:mm probe:a probe:b "
                               "init:g/40 map:g+1000>40001000/1000,1 "
                               "add:m1@a[0] attach:m1 add:m2@b[1,2] attach:m2 "
                               "map:g+5000>40005000/2000,3 unmap:g-5000/2000 "
                               "detach:m1 detach:m2");
    nap_run_result_free(&result);
    rig_close(&r);
}

static void each_further_call_reaches_the_driver_with_what_it_names(void **state)
{
    static const enum nap_op_kind kinds[] = {
        NAP_OP_PROBE, NAP_OP_ATTACH, NAP_OP_BLOCK,         NAP_OP_BYPASS, NAP_OP_ATTACH,
        NAP_OP_FILL,  NAP_OP_QUERY,  NAP_OP_PAGE_RESPONSE, NAP_OP_DETACH, NAP_OP_REMOVE};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    toy_open(&r, kinds, COUNT_OF(kinds));
    r.config.driver = &wide_driver;
    r.scenario->domains[0].sensitive = true;
    r.scenario->n_autonomous = 1;
    (void)strcpy(r.scenario->autonomous[0], "m2");
    (void)strcpy(r.scenario->ops[2].master, "m1");
    (void)strcpy(r.scenario->ops[3].master, "m2");
    r.scenario->n_fills = 1;
    r.scenario->fills[0] = 7;
    (void)strcpy(r.scenario->ops[5].device, "mm");
    (void)strcpy(r.scenario->ops[6].device, "a");
    (void)strcpy(r.scenario->ops[7].master, "m2");
    r.scenario->ops[7].tag = 5;
    r.scenario->ops[7].code = 2;
    (void)strcpy(r.scenario->ops[9].device, "b");
    rig_run(&r, NULL, &result);
    assert_non_null(strstr(notes, "attach:m1 add:m2@b[1,2] attach:m2 block-sensitive:m1 "
                                  "bypass-autonomous:m2 attach:m1 attach:m2 fill:mm*7 query:a "
                                  "response:b,1,5,2 detach:m1 detach:m2 remove:b"));
    nap_run_result_free(&result);
    rig_close(&r);
}

static void the_search_tries_each_number_of_commands(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_FILL};
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    toy_open(&r, kinds, COUNT_OF(kinds));
    r.config.driver = &wide_driver;
    r.config.vary = NAP_CHOICE_BIT(NAP_CHOOSE_QUEUE_FILL);
    r.scenario->n_fills = 3;
    memcpy(r.scenario->fills, (const uint32_t[]){0, 1, 7}, 3 * sizeof(uint32_t));
    (void)strcpy(r.scenario->ops[1].device, "mm");
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, UINT64_MAX, &result);
    assert_true(result.exhausted);
    assert_non_null(strstr(notes, "fill:mm*0"));
    assert_non_null(strstr(notes, "fill:mm*1"));
    assert_non_null(strstr(notes, "fill:mm*7"));
    nap_explore_result_free(&result);
    rig_close(&r);
}

static void a_call_that_the_driver_does_not_have_is_an_error_of_its_line(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_QUERY};
    struct nap_error error = {0};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    toy_open(&r, kinds, COUNT_OF(kinds));
    (void)strcpy(r.scenario->ops[1].device, "mm");
    assert_int_equal(nap_run(&r.config, NULL, &result, &error), NAP_ERR_ARG);
    assert_string_equal(error.text,
                        "toy.yaml:12: driver toy has no query, expected one that has");
    nap_run_result_free(&result);
    r.config.driver = &wide_driver;
    (void)strcpy(r.scenario->ops[1].device, "zz");
    assert_int_equal(nap_run(&r.config, NULL, &result, &error), NAP_ERR_UNKNOWN);
    assert_string_equal(error.text,
                        "toy.yaml:12: device 'zz' is not on machine toy, or disabled");
    nap_run_result_free(&result);
    rig_close(&r);
}

/* m1 has one port and m2 two; one page mapped, later a second mapping. */
static void dma_reads_every_mapping_by_every_port(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_ATTACH, NAP_OP_MAP,
                                             NAP_OP_DMA};
    struct nap_run_result with, without;
    struct rig r;

    (void)state;
    toy_open(&r, kinds, 3);
    rig_run(&r, NULL, &without);
    r.scenario->n_ops = 4;
    rig_run(&r, NULL, &with);
    assert_int_equal(with.counters.steps - without.counters.steps, 3 * 2);
    nap_run_result_free(&with);
    nap_run_result_free(&without);
    rig_close(&r);
}

/* Insertion at the head: b, a, mm from the head; the filter leaves the caches. */
static void suspend_and_resume_walk_the_list_in_their_directions(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_SUSPEND, NAP_OP_RESUME};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    toy_open(&r, kinds, COUNT_OF(kinds));
    rig_run(&r, NULL, &result);
    assert_string_equal(notes, "probe:mm probe:a probe:b save:b save:a save:mm settle "
                               "restore:a restore:b");
    assert_int_equal(result.suspend_result, 0);
    assert_int_equal(result.resume_result, 0);
    nap_run_result_free(&result);
    rig_close(&r);
}

static void a_driver_without_phases_sleeps_and_wakes(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_SUSPEND, NAP_OP_RESUME};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    toy_open(&r, kinds, COUNT_OF(kinds));
    r.config.driver = &bare_driver;
    run_noting_steps(&r, &result);
    assert_string_equal(notes, "probe:mm probe:a probe:b");
    assert_string_equal(steps, "released;held;suspend begins;resume has returned;released;");
    nap_run_result_free(&result);
    rig_close(&r);
}

static void power_cycle_takes_all_domains_or_the_named_ones(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_SUSPEND, NAP_OP_POWER_CYCLE,
                                             NAP_OP_RESUME};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    toy_open(&r, kinds, COUNT_OF(kinds));
    r.config.driver = &bare_driver;
    run_noting_steps(&r, &result);
    assert_non_null(strstr(steps, "power off 0;power on 3;"));
    nap_run_result_free(&result);
    r.scenario->ops[2].n_power = 1;
    (void)strcpy(r.scenario->ops[2].power[0], "sleepy");
    run_noting_steps(&r, &result);
    assert_non_null(strstr(steps, "power off 1;power on 3;"));
    nap_run_result_free(&result);
    rig_close(&r);
}

static void power_off_and_power_on_are_the_two_halves_of_a_cycle(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_SUSPEND, NAP_OP_POWER_OFF,
                                             NAP_OP_POWER_ON, NAP_OP_RESUME};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    toy_open(&r, kinds, COUNT_OF(kinds));
    r.config.driver = &bare_driver;
    run_noting_steps(&r, &result);
    assert_non_null(strstr(steps, "suspend begins;power off 0;power on 3;resume"));
    nap_run_result_free(&result);
    r.scenario->ops[3].n_power = 1;
    (void)strcpy(r.scenario->ops[3].power[0], "always"); /* what lies below stays off */
    run_noting_steps(&r, &result);
    assert_non_null(strstr(steps, "suspend begins;power off 0;power on 1;resume"));
    nap_run_result_free(&result);
    r.scenario->ops[3].n_power = 0;
    r.scenario->ops[2].n_power = 1;
    (void)strcpy(r.scenario->ops[2].power[0], "sleepy");
    run_noting_steps(&r, &result);
    assert_non_null(strstr(steps, "suspend begins;power off 1;power on 3;resume"));
    nap_run_result_free(&result);
    rig_close(&r);
}

/* A driver whose domains have no tables before a master is attached. */
static void a_driver_that_maps_when_attached_is_attached_first(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_ATTACH};
    static const struct nap_driver driver = {TOY_CALLS, .maps_when_attached = true};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    toy_open(&r, kinds, COUNT_OF(kinds));
    r.config.driver = &driver;
    rig_run(&r, NULL, &result);
    assert_string_equal(notes, "probe:mm probe:a probe:b init:g/40 "
                               "add:m1@a[0] attach:m1 add:m2@b[1,2] attach:m2 "
                               "map:g+1000>40001000/1000,1");
    nap_run_result_free(&result);
    rig_close(&r);
}

/* Every access of a domain, or one. */
static void dma_may_be_one_access_by_every_port(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_ATTACH, NAP_OP_DMA};
    struct nap_run_result with, without;
    struct rig r;

    (void)state;
    toy_open(&r, kinds, 2);
    rig_run(&r, NULL, &without);
    r.scenario->n_ops = 3;
    r.scenario->ops[2] = (struct nap_scenario_op){
        .kind = NAP_OP_DMA, .line = 13, .mapping = {.iova = 0x9000, .prot = NAP_PROT_WRITE}};
    rig_run(&r, NULL, &with);
    assert_int_equal(with.counters.steps - without.counters.steps, 3);
    nap_run_result_free(&with);
    nap_run_result_free(&without);
    rig_close(&r);
}

/* --- failures in a call ----------------------------------------------------------------------
 */

static int allocate(void)
{
    return nap_fails("kmalloc") ? -ENOMEM : 0;
}

static int allocate_or_go_on(void)
{
    (void)nap_fails("kmalloc");
    return 0;
}

static int give_up(void)
{
    return -EIO;
}

/* A resume of @phases whose first allocation fails. */
static void resume_without_memory(const struct nap_phase *phases, uint32_t n,
                                  struct nap_run_result *result)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_SUSPEND, NAP_OP_RESUME};
    struct nap_keyed_choice fails = {
        .kind = NAP_CHOOSE_FAIL, .label = "kmalloc", .n = 2, .value = 1};
    struct nap_choice_list list = {.list = &fails, .n = 1};
    struct nap_driver driver = bare_driver;
    struct rig r;

    toy_open(&r, kinds, COUNT_OF(kinds));
    driver.resume = phases;
    driver.n_resume = n;
    r.config.driver = &driver;
    r.config.faults = 1;
    r.config.vary = NAP_CHOICE_BIT(NAP_CHOOSE_FAIL);
    rig_run(&r, &list, result);
    assert_int_equal(result->choices_unplaced, 0);
    rig_close(&r);
}

static void an_error_where_something_failed_is_a_right_answer(void **state)
{
    static const struct nap_phase phases[] = {
        {.name = "allocate", .kind = NAP_PHASE_STEP, .step = allocate}};
    struct nap_run_result result;

    (void)state;
    resume_without_memory(phases, 1, &result);
    assert_int_equal(result.resume_result, -ENOMEM);
    assert_int_equal(result.findings.n_violations, 0);
    nap_run_result_free(&result);
}

/* The call that met the failure got over it; the next has no reason to fail. */
static void an_error_in_a_later_call_is_a_violation(void **state)
{
    static const struct nap_phase phases[] = {
        {.name = "allocate", .kind = NAP_PHASE_STEP, .step = allocate_or_go_on},
        {.name = "give up", .kind = NAP_PHASE_STEP, .step = give_up}};
    struct nap_run_result result;

    (void)state;
    resume_without_memory(phases, 2, &result);
    assert_int_equal(result.resume_result, -EIO);
    assert_true(has_rule(result.findings.violations, result.findings.n_violations,
                         "state-equivalence"));
    nap_run_result_free(&result);
}

/* --- registers that firmware writes ----------------------------------------------------------
 */

/* A run whose fourth operation, on line 14, writes @value to a register. */
static void firmware_open(struct rig *r, const char *device, const char *reg, uint32_t index,
                          uint64_t value)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_SUSPEND, NAP_OP_POWER_CYCLE,
                                             NAP_OP_WRITE, NAP_OP_RESUME};

    toy_open(r, kinds, COUNT_OF(kinds));
    r->config.driver = &bare_driver;
    (void)strcpy(r->scenario->ops[3].device, device);
    (void)strcpy(r->scenario->ops[3].reg, reg);
    r->scenario->ops[3].index = index;
    r->scenario->ops[3].value = value;
}

static struct nap_event firmware_write;
static unsigned firmware_writes;

static void note_write(void *context, const struct nap_machine *m, const struct nap_event *e)
{
    (void)context;
    if (e->kind != NAP_STEP_WRITE)
        return;
    assert_true(nap_domain_on(m, 1));
    firmware_write = *e;
    firmware_writes++;
}

static void firmware_writes_a_register_with_the_line_of_the_scenario(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    firmware_open(&r, "b", "IMUCTR", 3, 0x31);
    firmware_writes = 0;
    r.config.trace = note_write;
    rig_run(&r, NULL, &result);
    assert_int_equal(firmware_writes, 1);
    assert_int_equal(firmware_write.device, 2);
    assert_int_equal(firmware_write.index, 3);
    assert_int_equal(firmware_write.now, 0x31);
    assert_string_equal(firmware_write.source.file, "toy.yaml");
    assert_int_equal(firmware_write.source.line, 14);
    nap_run_result_free(&result);
    rig_close(&r);
}

static void a_write_that_no_register_takes_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *device, *reg;
        uint32_t index;
        uint64_t value;
        enum nap_err err;
        const char *message;
    } table[] = {
        {"z", "IMUCTR", 0, 0, NAP_ERR_UNKNOWN, "toy.yaml:14: device 'z' is not on machine toy"},
        {"b", "IMUCTL", 0, 0, NAP_ERR_UNKNOWN,
         "toy.yaml:14: device b has no register 'IMUCTL'"},
        {"b", "IMTTBCR", 0, 0, NAP_ERR_UNKNOWN,
         "toy.yaml:14: device b has no register 'IMTTBCR'"}, /* only the root has */
        {"b", "IMUCTR", 48, 0, NAP_ERR_RANGE,
         "toy.yaml:14: found index 48 of IMUCTR, expected less than 48"},
        {"b", "IMUCTR", 0, UINT64_C(0x100000000), NAP_ERR_RANGE,
         "toy.yaml:14: found value 0x100000000 of IMUCTR, expected 32 bits"},
    };
    struct rig r;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct nap_run_result result;
        struct nap_error error = {0};
        firmware_open(&r, table[i].device, table[i].reg, table[i].index, table[i].value);
        assert_int_equal(nap_run(&r.config, NULL, &result, &error), table[i].err);
        assert_string_equal(error.text, table[i].message);
        nap_run_result_free(&result);
        rig_close(&r);
    }
}

/* --- probes that wait ------------------------------------------------------------------------
 */

/* Device that each device waits for, by name; how often they were asked. */
static const char *waits_for[3][2];
static unsigned asked;

static bool was_probed(const char *name)
{
    const struct nap_device *d = nap_list_first();

    while (d && strcmp(d->name, name) != 0)
        d = nap_list_next(d);
    return d != NULL;
}

static int patient_probe(struct nap_device *device)
{
    asked++;
    for (unsigned i = 0; i < COUNT_OF(waits_for); i++)
        if (waits_for[i][0] && strcmp(waits_for[i][0], device->name) == 0 &&
            !was_probed(waits_for[i][1])) {
            (void)say("wait", device->name);
            return NAP_EPROBE_DEFER;
        }
    return toy_probe(device);
}

static const struct nap_driver patient_driver = {TOY_CALLS_BUT_PROBE, .probe = patient_probe};

static void open_patient(struct rig *r)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_ATTACH};

    toy_open(r, kinds, COUNT_OF(kinds));
    r->config.driver = &patient_driver;
    memset(waits_for, 0, sizeof waits_for);
    asked = 0;
}

static void wait_for(unsigned i, const char *who, const char *whom)
{
    waits_for[i][0] = who;
    waits_for[i][1] = whom;
}

static void a_deferred_probe_comes_again_after_the_others(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_patient(&r);
    wait_for(0, "mm", "a");
    wait_for(1, "a", "b");
    rig_run(&r, NULL, &result);
    assert_memory_equal(notes, "wait:mm wait:a probe:b wait:mm probe:a probe:mm init:g/40",
                        strlen("wait:mm wait:a probe:b wait:mm probe:a probe:mm init:g/40"));
    nap_run_result_free(&result);
    rig_close(&r);
}

/* Two wait for each other: -517 goes to the scenario. */
static void probes_that_only_wait_for_each_other_are_refused(void **state)
{
    struct nap_run_result result;
    struct nap_error error = {0};
    struct rig r;

    (void)state;
    open_patient(&r);
    wait_for(0, "a", "b");
    wait_for(1, "b", "a");
    assert_int_equal(nap_run(&r.config, NULL, &result, &error), NAP_ERR_STATE);
    assert_string_equal(error.text,
                        "toy.yaml:11: the driver refused probe of b with -517, expected 0");
    assert_string_equal(notes, "probe:mm wait:a wait:b wait:a wait:b");
    nap_run_result_free(&result);
    rig_close(&r);
}

static void another_error_of_a_probe_ends_it_at_once(void **state)
{
    struct nap_run_result result;
    struct nap_error error = {0};
    struct rig r;

    (void)state;
    open_patient(&r);
    wait_for(0, "mm", "a");
    refuses = "probe";
    refuses_with = -19;
    assert_int_equal(nap_run(&r.config, NULL, &result, &error), NAP_ERR_STATE);
    assert_string_equal(
        error.text, "toy.yaml:11: the driver refused probe of a with -19 (ENODEV), expected 0");
    assert_string_equal(notes, "wait:mm probe:a");
    assert_int_equal(asked, 2);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* --- masters that not every machine has ------------------------------------------------------
 */

static void the_first_master_that_is_there_serves(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_ATTACH, NAP_OP_DETACH};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    toy_open(&r, kinds, COUNT_OF(kinds));
    (void)strcpy(r.scenario->domains[0].masters[0], "m9");
    (void)strcpy(r.scenario->domains[0].masters[1], "m1");
    (void)strcpy(r.scenario->domains[0].masters[2], "m2");
    r.scenario->domains[0].n_masters = 3;
    r.scenario->domains[0].alternatives = 0x6;
    rig_run(&r, NULL, &result);
    assert_non_null(strstr(notes, "add:m1@a[0] attach:m1 detach:m1"));
    assert_null(strstr(notes, "m2"));
    nap_run_result_free(&result);
    rig_close(&r);
}

static void nobody_serves_where_that_is_allowed(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_ATTACH};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    toy_open(&r, kinds, COUNT_OF(kinds));
    (void)strcpy(r.scenario->domains[0].masters[0], "m8");
    (void)strcpy(r.scenario->domains[0].masters[1], "m9");
    (void)strcpy(r.scenario->domains[0].masters[2], "m2");
    r.scenario->domains[0].n_masters = 3;
    r.scenario->domains[0].alternatives = 0x2;
    r.scenario->domains[0].optional = 0x1;
    rig_run(&r, NULL, &result);
    assert_non_null(strstr(notes, "add:m2@b[1,2] attach:m2"));
    nap_run_result_free(&result);
    rig_close(&r);
}

/* --- what a device tree disables -------------------------------------------------------------
 */

static void a_disabled_device_is_not_probed(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_SUSPEND, NAP_OP_RESUME};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    toy_open(&r, kinds, COUNT_OF(kinds));
    r.soc->devices[1].node.disabled = true;
    rig_run(&r, NULL, &result);
    assert_string_equal(notes, "probe:mm probe:b save:b save:mm settle restore:b");
    nap_run_result_free(&result);
    rig_close(&r);
}

/* --- refusals --------------------------------------------------------------------------------
 */

static void an_operation_that_the_driver_refuses_is_named_with_its_line(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_ATTACH, NAP_OP_MAP,
                                             NAP_OP_UNMAP, NAP_OP_DETACH};
    static const struct {
        const char *call;
        unsigned line;
        const char *last; /* note */
    } table[] = {
        {"probe", 11, "probe:mm"},
        {"init", 12, "init:g/40"},
        {"map", 12, "map:g+1000>40001000/1000,1"},
        {"add", 12, "add:m1@a[0]"},
        {"attach", 12, "attach:m1"},
        {"unmap", 14, "unmap:g-5000/2000"},
        {"detach", 15, "detach:m1"},
    };
    struct nap_run_result result;
    struct nap_error error = {0};
    char message[160];
    struct rig r;

    (void)state;
    for (unsigned i = 0; i < COUNT_OF(table); i++) {
        toy_open(&r, kinds, COUNT_OF(kinds));
        refuses = table[i].call;
        refuses_with = -5;
        assert_int_equal(nap_run(&r.config, NULL, &result, &error), NAP_ERR_STATE);
        (void)snprintf(message, sizeof message,
                       "toy.yaml:%u: the driver refused %s with -5 (EIO), expected 0",
                       table[i].line, i == 0 ? "probe of mm" : "this operation");
        assert_string_equal(error.text, message);
        assert_string_equal(notes + strlen(notes) - strlen(table[i].last), table[i].last);
        nap_run_result_free(&result);
        rig_close(&r);
    }
}

static void a_search_meets_the_same_refusal(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE};
    struct nap_explore_config config = {.budget = 10};
    struct nap_explore_result result;
    struct nap_error error = {0};
    struct rig r;

    (void)state;
    toy_open(&r, kinds, 1);
    refuses = "probe";
    refuses_with = -19;
    config.run = r.config;
    assert_int_equal(nap_explore(&config, &result, &error), NAP_ERR_STATE);
    assert_string_equal(
        error.text,
        "toy.yaml:11: the driver refused probe of mm with -19 (ENODEV), expected 0");
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* The system stays up: masters go on, and nothing after it happens. */
static void a_failed_suspend_is_named_with_its_line(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_SUSPEND, NAP_OP_POWER_CYCLE,
                                             NAP_OP_RESUME};
    static const char *const calls[] = {"save", "settle"};
    struct nap_run_result result;
    struct nap_error error = {0};
    struct rig r;

    (void)state;
    for (unsigned i = 0; i < COUNT_OF(calls); i++) {
        toy_open(&r, kinds, COUNT_OF(kinds));
        refuses = calls[i];
        refuses_with = -EIO;
        assert_int_equal(nap_run(&r.config, NULL, &result, &error), NAP_ERR_STATE);
        assert_string_equal(
            error.text,
            "toy.yaml:12: the driver refused this operation with -5 (EIO), expected 0");
        assert_int_equal(result.suspend_result, -EIO);
        assert_int_equal(result.findings.n_violations, 0);
        assert_null(strstr(notes, "restore"));
        nap_run_result_free(&result);
        rig_close(&r);
    }
}

/* -EBUSY and -EAGAIN: this is not the time. Nothing of the sleep happens, and the run goes on.
 */
static void a_driver_that_is_busy_keeps_the_system_awake(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE,  NAP_OP_SUSPEND, NAP_OP_POWER_CYCLE,
                                             NAP_OP_RESUME, NAP_OP_SUSPEND, NAP_OP_RESUME};
    static const int results[] = {-EBUSY, -EAGAIN};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    for (unsigned i = 0; i < COUNT_OF(results); i++) {
        toy_open(&r, kinds, COUNT_OF(kinds));
        refuses = "save";
        refuses_with = results[i];
        run_noting_steps(&r, &result);
        assert_int_equal(result.suspend_result, results[i]);
        assert_int_equal(result.findings.n_violations, 0);
        assert_string_equal(steps, "released;held;suspend begins;suspend has failed;released;"
                                   "held;suspend begins;suspend has failed;released;");
        rig_close(&r);
    }
}

/* include/regnap/driver.h, unwinds_suspend. */
static void a_failed_suspend_that_would_be_unwound_is_told_as_unmodelled(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_SUSPEND, NAP_OP_RESUME};
    struct nap_driver unwinding = toy_driver;
    struct nap_run_result result;
    struct nap_error error = {0};
    struct rig r;

    (void)state;
    unwinding.unwinds_suspend = true;
    for (unsigned refused = 0; refused < 2; refused++) {
        toy_open(&r, kinds, COUNT_OF(kinds));
        r.config.driver = &unwinding;
        refuses = refused ? "settle" : NULL;
        refuses_with = -EBUSY;
        assert_int_equal(nap_run(&r.config, NULL, &result, &error),
                         refused ? NAP_ERR_STATE : NAP_OK);
        assert_int_equal(result.n_unmodelled, refused);
        if (refused)
            assert_string_equal(result.unmodelled[0].what,
                                "machine resume of what slept before a suspend failed");
        assert_true((strstr(notes, "restore") != NULL) == !refused);
        nap_run_result_free(&result);
        rig_close(&r);
    }
}

static void a_failed_resume_of_sound_hardware_is_a_violation(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_SUSPEND, NAP_OP_RESUME,
                                             NAP_OP_ATTACH};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    toy_open(&r, kinds, COUNT_OF(kinds));
    refuses = "restore";
    refuses_with = -ETIMEDOUT;
    run_noting_steps(&r, &result);
    assert_int_equal(result.suspend_result, 0);
    assert_int_equal(result.resume_result, -ETIMEDOUT);
    assert_int_equal(result.findings.n_violations, 1);
    assert_string_equal(result.findings.violations[0].rule->id, "state-equivalence");
    assert_non_null(strstr(result.findings.violations[0].message, "resume returned -110"));
    assert_string_equal(steps, "released;held;suspend begins;"); /* the masters stay held */
    assert_null(strstr(notes, "attach"));
    nap_run_result_free(&result);
    rig_close(&r);
}

/* --- set-up that cannot be -------------------------------------------------------------------
 */

static void assert_not_built(struct rig *r, enum nap_err err, const char *message)
{
    struct nap_run_result result;
    struct nap_error error = {0};

    assert_int_equal(nap_run(&r->config, NULL, &result, &error), err);
    assert_string_equal(error.text, message);
    nap_run_result_free(&result);
    rig_close(r);
}

static void a_master_that_is_not_there_is_named(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE};
    struct rig r;

    (void)state;
    toy_open(&r, kinds, 1);
    (void)strcpy(r.scenario->domains[0].masters[1], "m9");
    r.scenario->domains[0].line = 7;
    assert_not_built(&r, NAP_ERR_UNKNOWN,
                     "toy.yaml:7: master 'm9' is not on machine toy, expected one of: m1, m2, "
                     "wide");
}

static void a_master_behind_two_devices_is_refused(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE};
    struct rig r;

    (void)state;
    toy_open(&r, kinds, 1);
    (void)strcpy(r.scenario->domains[0].masters[1], "wide");
    assert_not_built(&r, NAP_ERR_NOSPACE,
                     "master wide: ports behind one device and at most 64 expected");
}

static void a_master_without_ports_is_refused(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE};
    struct rig r;

    (void)state;
    toy_open(&r, kinds, 1);
    r.soc->masters[1].n_ports = 0;
    r.scenario->domains[0].line = 7;
    assert_not_built(&r, NAP_ERR_ARG, "toy.yaml:7: master 'm2' has no port behind an IOMMU");
}

static void a_disabled_master_is_refused_with_its_line(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE};
    struct rig r;

    (void)state;
    toy_open(&r, kinds, 1);
    r.scenario->domains[0].line = 7;
    r.soc->masters[1].node.disabled = true;
    (void)strcpy(r.soc->masters[1].node.path, "/soc/m2@0");
    assert_not_built(&r, NAP_ERR_ARG,
                     "toy.yaml:7: master 'm2' is disabled in the device tree (/soc/m2@0), "
                     "expected one that software uses");
}

static void a_power_domain_that_is_not_there_is_named_with_its_line(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_SUSPEND, NAP_OP_POWER_CYCLE};
    struct rig r;

    (void)state;
    toy_open(&r, kinds, COUNT_OF(kinds));
    r.scenario->ops[2].n_power = 1;
    (void)strcpy(r.scenario->ops[2].power[0], "a4");
    assert_not_built(&r, NAP_ERR_UNKNOWN,
                     "toy.yaml:13: power domain 'a4' is not on machine toy");
}

static void a_slot_in_use_is_an_error_of_a_search_as_well(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE};
    struct nap_explore_config config = {.budget = 1};
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    toy_open(&r, kinds, 1);
    r.config.machine_slot = NAP_MACHINE_SLOTS;
    config.run = r.config;
    assert_int_equal(nap_explore(&config, &result, NULL), NAP_ERR_RANGE);
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* --- firmware's writes, parameters, failures, time -------------------------------------------
 */

static void open_write(struct rig *r, const char *device, const char *reg)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_SUSPEND, NAP_OP_POWER_OFF,
                                             NAP_OP_WRITE};

    toy_open(r, kinds, COUNT_OF(kinds));
    r->config.driver = &bare_driver;
    r->scenario->ops[2].n_power = 1;
    (void)strcpy(r->scenario->ops[2].power[0], "sleepy");
    (void)strcpy(r->scenario->ops[3].device, device);
    (void)strcpy(r->scenario->ops[3].reg, reg);
}

static void a_write_of_firmware_to_a_device_that_is_off_is_refused(void **state)
{
    struct rig r;

    (void)state;
    open_write(&r, "b", "IMSCTLR");
    assert_not_built(&r, NAP_ERR_STATE,
                     "toy.yaml:14: device b is off here, so firmware's write would be lost");
}

static void a_write_of_firmware_to_a_device_that_is_on_is_taken(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_write(&r, "a", "IMSCTLR");
    rig_run(&r, NULL, &result);
    assert_int_equal(result.findings.n_violations, 0);
    assert_int_equal(result.counters.accesses, 1);
    nap_run_result_free(&result);
    rig_close(&r);
}

static int ask_for_depth(struct nap_device *device)
{
    const char *depth = nap_parameter("depth");

    assert_non_null(depth);
    assert_string_equal(depth, "7");
    assert_null(nap_parameter("width"));
    return toy_probe(device);
}

static void a_parameter_that_nobody_asks_for_is_told(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE};
    static const struct nap_driver driver = {TOY_CALLS_BUT_PROBE, .probe = ask_for_depth};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    toy_open(&r, kinds, COUNT_OF(kinds));
    assert_int_equal(nap_scenario_set(r.scenario, "driver.depht", "8", NULL), NAP_OK);
    assert_int_equal(nap_scenario_set(r.scenario, "driver.depth", "7", NULL), NAP_OK);
    r.config.driver = &driver;
    rig_run(&r, NULL, &result);
    assert_int_equal(result.n_unasked, 1);
    assert_string_equal(result.unasked[0], "depht");
    nap_run_result_free(&result);
    rig_close(&r);
}

/* Explores resume with @suspend before it, under one failure. */
static bool unwinds;

static void explore_failures(struct rig *r, int (*suspend)(void), int (*resume)(void),
                             struct nap_explore_result *result)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_SUSPEND, NAP_OP_RESUME};
    struct nap_phase phases[] = {{.name = "down", .kind = NAP_PHASE_STEP, .step = suspend},
                                 {.name = "up", .kind = NAP_PHASE_STEP, .step = resume}};
    struct nap_driver driver = bare_driver;

    toy_open(r, kinds, COUNT_OF(kinds));
    driver.unwinds_suspend = unwinds;
    driver.suspend = &phases[0];
    driver.n_suspend = 1;
    driver.resume = &phases[1];
    driver.n_resume = 1;
    r->config.driver = &driver;
    r->config.vary = NAP_CHOICE_BIT(NAP_CHOOSE_FAIL);
    r->config.faults = 1;
    rig_explore(r, NAP_STRATEGY_EXHAUSTIVE, UINT64_MAX, result);
    assert_true(result->exhausted);
}

static int succeed(void)
{
    return 0;
}

/* Three things may fail, and each failure is passed on. */
static int pass_failures_on(void)
{
    return nap_fails("first") || nap_fails("second") || nap_fails("third") ? -ENOMEM : 0;
}

static void failures_that_are_passed_on_are_explored_to_proof(void **state)
{
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    explore_failures(&r, succeed, pass_failures_on, &result);
    assert_true(result.executions >= 4); /* none, or one of three */
    assert_int_equal(result.n_violations, 0);
    nap_explore_result_free(&result);
    rig_close(&r);
}

static void a_proof_tells_what_it_leans_on_that_is_not_modelled(void **state)
{
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        unwinds = i == 1;
        explore_failures(&r, pass_failures_on, succeed, &result);
        unwinds = false;
        assert_int_equal(result.n_violations, 0);
        assert_int_equal(result.n_unmodelled, i);
        if (i == 1)
            assert_string_equal(result.unmodelled[0],
                                "machine resume of what slept before a suspend failed");
        nap_explore_result_free(&result);
        rig_close(&r);
    }
}

static int overlook_the_second(void)
{
    if (nap_fails("first") || nap_fails("third"))
        return -ENOMEM;
    if (nap_fails("second"))
        nap_write32(0x1000 + 0xffc, 1); /* no register of a */
    return 0;
}

static void one_failure_that_goes_wrong_is_found(void **state)
{
    const struct nap_explored_violation *v;
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    explore_failures(&r, succeed, overlook_the_second, &result);
    assert_int_equal(result.n_violations, 1);
    v = explored(&result, "register-protocol");
    assert_int_equal(v->choices.n, 1);
    assert_int_equal(v->choices.list[0].kind, NAP_CHOOSE_FAIL);
    assert_string_equal(v->choices.list[0].label, "second");
    nap_explore_result_free(&result);
    rig_close(&r);
}

static int remember_a_failure(void)
{
    if (nap_fails("only"))
        nap_set_driver_data(nap_alloc(16));
    return 0;
}

static int fail_for_what_was(void)
{
    return nap_driver_data() ? -EIO : 0;
}

/* A failure excuses an error of its own call only. */
static void an_error_in_a_later_call_than_the_failure_is_a_violation(void **state)
{
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    explore_failures(&r, remember_a_failure, fail_for_what_was, &result);
    assert_int_equal(result.n_violations, 1);
    assert_non_null(
        strstr(explored(&result, "state-equivalence")->finding.message, "resume returned -5"));
    nap_explore_result_free(&result);
    rig_close(&r);
}

static int sleep_below_a_minute(void)
{
    for (unsigned i = 0; i < 59; i++)
        nap_udelay(1000000);
    return 0;
}

static int sleep_above_a_minute(void)
{
    for (unsigned i = 0; i < 61; i++)
        nap_udelay(1000000);
    return 0;
}

static void run_sleeping(struct rig *r, int (*step)(void), struct nap_run_result *result)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_SUSPEND, NAP_OP_RESUME};
    const struct nap_phase phases[] = {{.name = "one", .kind = NAP_PHASE_STEP, .step = step},
                                       {.name = "two", .kind = NAP_PHASE_STEP, .step = step}};
    struct nap_driver driver = bare_driver;

    toy_open(r, kinds, COUNT_OF(kinds));
    driver.resume = phases;
    driver.n_resume = COUNT_OF(phases);
    r->config.driver = &driver;
    rig_run(r, NULL, result);
}

static void a_call_that_only_lets_time_pass_is_ended(void **state)
{
    static const char *const rules[] = {"driver-panic"};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    run_sleeping(&r, sleep_above_a_minute, &result);
    assert_violates_exactly(&result.findings, rules, COUNT_OF(rules));
    assert_non_null(strstr(result.findings.violations[0].message, "minute of simulated time"));
    nap_run_result_free(&result);
    rig_close(&r);
}

/* Two calls of 59 s each: the limit is that of one call. */
static void calls_may_take_long_together(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    run_sleeping(&r, sleep_below_a_minute, &result);
    assert_violates_exactly(&result.findings, NULL, 0);
    assert_int_equal(result.resume_result, 0);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* Sixteen addresses are probed at each port: mappings of 8 and 8 pages, and one more. */
/* --- orders --- */

/* Counts devices in driver RAM, so that it goes back with the machine. */
struct order {
    uint32_t saved_first, restored, resumed_first;
};

static struct order *order_of(void)
{
    if (!nap_driver_data())
        nap_set_driver_data(nap_alloc(sizeof(struct order)));
    return nap_driver_data();
}

static int order_save(struct nap_device *device)
{
    struct order *o = order_of();

    if (!o->saved_first)
        o->saved_first = device->index + 1;
    return 0;
}

/* An access that no register takes breaks `register-protocol`, on one line. */
static void misbehave(const struct nap_device *device)
{
    nap_write32(device->regs + 0xffc, 1);
}

static int order_must_match(struct nap_device *device)
{
    struct order *o = order_of();

    if (o->restored++ == 0 && o->saved_first != device->index + 1)
        misbehave(device);
    return 0;
}

/* Breaks where cache a comes back before cache b. */
static int a_before_b(struct nap_device *device)
{
    struct order *o = order_of();

    if (!o->resumed_first && device->root != device)
        o->resumed_first = device->index + 1;
    if (device->index == 2 && o->resumed_first == 2)
        misbehave(device);
    return 0;
}

static int nothing(struct nap_device *device)
{
    (void)device;
    return 0;
}

static const struct nap_phase order_suspend[] = {
    {.name = "save", .kind = NAP_PHASE_WALK, .each = order_save},
};
static const struct nap_phase match_resume[] = {
    {.name = "restore", .kind = NAP_PHASE_WALK, .each = order_must_match},
};
static const struct nap_phase a_before_b_resume[] = {
    {.name = "restore", .kind = NAP_PHASE_WALK, .each = a_before_b},
    {.name = "after", .kind = NAP_PHASE_WALK, .each = nothing},
};
static const struct nap_driver match_driver = {
    TOY_CALLS, .suspend = order_suspend, .n_suspend = 1, .resume = match_resume, .n_resume = 1};
static const struct nap_driver a_before_b_driver = {TOY_CALLS, .suspend = order_suspend,
                                                    .n_suspend = 1, .resume = a_before_b_resume,
                                                    .n_resume = 2};

static void explore_orders(struct rig *r, const struct nap_driver *driver,
                           struct nap_explore_result *result)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_SUSPEND, NAP_OP_RESUME};

    toy_open(r, kinds, COUNT_OF(kinds));
    r->config.driver = driver;
    r->config.vary = VARY_ORDER;
    r->scenario->probe_order = NAP_PROBE_ORDER_ANY;
    rig_explore(r, NAP_STRATEGY_EXHAUSTIVE, UINT64_MAX, result);
    assert_true(result->exhausted);
    assert_string_equal(result->orders_covered, "6"); /* 3! */
    assert_int_equal(result->units, 3);
}

static void what_breaks_only_where_walks_differ_says_so(void **state)
{
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    explore_orders(&r, &match_driver, &result);
    assert_true(explored(&result, "register-protocol")->needs_different_orders);
    assert_int_equal(explored(&result, "register-protocol")->choices.n, 1);
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* The walk that matters is not the last one. */
static void what_breaks_in_one_order_of_the_list_does_not(void **state)
{
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    explore_orders(&r, &a_before_b_driver, &result);
    assert_true(explored(&result, "register-protocol")->choices.n > 0);
    assert_false(explored(&result, "register-protocol")->needs_different_orders);
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* Root first: mm, then two caches in either order. */
static void a_root_before_its_caches_leaves_two_orders(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_SUSPEND, NAP_OP_RESUME};
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    toy_open(&r, kinds, COUNT_OF(kinds));
    r.config.driver = &match_driver;
    r.config.vary = VARY_ORDER;
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, UINT64_MAX, &result);
    assert_string_equal(result.orders_covered, "2");
    nap_explore_result_free(&result);
    rig_close(&r);
}

static void assert_orders_without(unsigned device, enum nap_probe_order order,
                                  const char *covered)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_PROBE, NAP_OP_SUSPEND, NAP_OP_RESUME};
    struct nap_explore_result result;
    struct rig r;

    toy_open(&r, kinds, COUNT_OF(kinds));
    r.scenario->n_domains = 0;
    r.soc->devices[device].node.disabled = true;
    r.config.driver = &match_driver;
    r.config.vary = VARY_ORDER;
    r.scenario->probe_order = order;
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, UINT64_MAX, &result);
    assert_true(result.exhausted);
    assert_string_equal(result.orders_covered, covered);
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* Without a cache: two devices, the root first; without the root: two caches in any order. */
static void orders_are_counted_of_registered_devices_only(void **state)
{
    (void)state;
    assert_orders_without(1, NAP_PROBE_ORDER_ROOT_FIRST, "1");
    assert_orders_without(1, NAP_PROBE_ORDER_ANY, "2");
    assert_orders_without(0, NAP_PROBE_ORDER_ROOT_FIRST, "2");
}

/* --- real registers --- */

/* An H3 run whose first operations are those of ipmmu-resume up to the attach of guest 1. */
static void h3_open(struct rig *r, const enum nap_op_kind *kinds, unsigned n)
{
    rig_open(r, "recommended");
    r->scenario->n_ops = 2 + n;
    for (unsigned i = 0; i < n; i++) {
        struct nap_scenario_op *op = &r->scenario->ops[2 + i];
        *op = (struct nap_scenario_op){.kind = kinds[i], .line = 101 + i};
        if (kinds[i] == NAP_OP_MAP || kinds[i] == NAP_OP_UNMAP)
            op->mapping = (struct nap_scenario_mapping){0x70000000, 0x58300000, 0x1000, 3};
    }
}

/* Guest 1 may only write its second mapping, so reading it faults: seventeen ports, one level.
 */
static void an_interrupt_line_that_is_high_reaches_the_driver(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_DMA};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    h3_open(&r, kinds, COUNT_OF(kinds));
    r.scenario->domains[0].mappings[1].prot = 2;
    run_noting_steps(&r, &result);
    assert_non_null(strstr(steps, "irq;logged;"));
    assert_int_equal(result.findings.n_violations, 0);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* --- interrupt-storm --- */

/* A run in which guest 1 reads what it may only write, so that the root's line goes high. */
static void h3_open_faulting(struct rig *r, struct nap_driver *driver, unsigned n_dma)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_DMA, NAP_OP_DMA};

    assert_true(n_dma <= COUNT_OF(kinds));
    h3_open(r, kinds, n_dma);
    r->scenario->domains[0].mappings[1].prot = NAP_PROT_WRITE;
    *driver = *rig_driver("recommended");
    r->config.driver = driver;
}

static void irq_that_looks_away(struct nap_device *device)
{
    (void)device;
}

static void a_line_that_its_handler_leaves_high_is_a_storm(void **state)
{
    static const char *const rules[] = {"interrupt-storm"};
    const struct nap_finding *f;
    struct nap_run_result result;
    struct nap_driver driver;
    struct rig r;

    (void)state;
    h3_open_faulting(&r, &driver, 2);
    driver.irq = irq_that_looks_away;
    rig_run(&r, NULL, &result);
    assert_violates_exactly(&result.findings, rules, COUNT_OF(rules));
    f = &result.findings.violations[0];
    assert_int_equal(f->device, 0); /* mm */
    assert_int_equal(f->count, 3);  /* the run goes on, and each time is one */
    assert_non_null(strstr(f->message, "the interrupt line of mm is still high"));
    nap_run_result_free(&result);
    rig_close(&r);
}

static unsigned irq_calls;

/* Takes the cause away in every second call. */
static void irq_that_needs_two_calls(struct nap_device *device)
{
    if (++irq_calls % 2 == 0)
        rig_driver("recommended")->irq(device);
}

static void a_handler_may_need_more_than_one_call(void **state)
{
    struct nap_run_result result;
    struct nap_driver driver;
    struct rig r;

    (void)state;
    h3_open_faulting(&r, &driver, 1);
    driver.irq = irq_that_needs_two_calls;
    irq_calls = 0;
    rig_run(&r, NULL, &result);
    assert_int_equal(irq_calls, 2);
    assert_violates_exactly(&result.findings, NULL, 0);
    nap_run_result_free(&result);
    rig_close(&r);
}

static void a_driver_without_a_handler_has_no_storm(void **state)
{
    struct nap_run_result result;
    struct nap_driver driver;
    struct rig r;

    (void)state;
    h3_open_faulting(&r, &driver, 1);
    driver.irq = NULL;
    rig_run(&r, NULL, &result);
    assert_violates_exactly(&result.findings, NULL, 0);
    nap_run_result_free(&result);
    rig_close(&r);
}

static void irq_that_panics(struct nap_device *device)
{
    (void)device;
    nap_panic("in a handler", "toy.c", 7);
}

static void a_handler_that_panics_is_no_storm(void **state)
{
    static const char *const rules[] = {"driver-panic"};
    struct nap_run_result result;
    struct nap_driver driver;
    struct rig r;

    (void)state;
    h3_open_faulting(&r, &driver, 1);
    driver.irq = irq_that_panics;
    rig_run(&r, NULL, &result);
    assert_violates_exactly(&result.findings, rules, COUNT_OF(rules));
    assert_int_equal(result.findings.violations[0].count, 1);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* --- dma-after-detach --- */

static int detach_nothing(struct nap_domain *domain, struct nap_master *master)
{
    (void)domain;
    (void)master;
    return 0;
}

/* Guest 1 has sdhi0 with port 32 of ds1 and dmac1 with sixteen ports there. */
static void a_port_left_on_by_detach_still_translates(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_DETACH};
    static const char *const rules[] = {"dma-after-detach"};
    const struct nap_finding *f;
    struct nap_driver driver = *rig_driver("recommended");
    struct nap_run_result result;
    struct rig r;

    (void)state;
    h3_open(&r, kinds, COUNT_OF(kinds));
    driver.detach = detach_nothing;
    r.config.driver = &driver;
    rig_run(&r, NULL, &result);
    assert_violates_exactly(&result.findings, rules, COUNT_OF(rules));
    f = &result.findings.violations[0];
    assert_int_equal(f->port, 32);
    assert_int_equal(f->count, 17);
    assert_non_null(strstr(f->message, "detach of sdhi0 has returned, and ds1 port 32 still "
                                       "reaches 0x58000000 by 0x50000000"));
    nap_run_result_free(&result);
    rig_close(&r);
}

/* Leaves the last port of dmac1 as it was: the sixteenth, behind ds1. */
static int detach_all_but_the_last(struct nap_domain *domain, struct nap_master *master)
{
    nap_addr last = master->device->regs + 0x300 + 16 * 15; /* IMUCTR[15] */
    uint32_t was = nap_read32(last);
    int result = rig_driver("recommended")->detach(domain, master);

    if (strcmp(master->name, "dmac1") == 0)
        nap_write32(last, was);
    return result;
}

static void one_port_left_on_by_detach_is_enough(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_DETACH};
    static const char *const rules[] = {"dma-after-detach"};
    struct nap_driver driver = *rig_driver("recommended");
    struct nap_run_result result;
    struct rig r;

    (void)state;
    h3_open(&r, kinds, COUNT_OF(kinds));
    (void)strcpy(r.scenario->domains[0].masters[0], "dmac1"); /* the context stays for sdhi0 */
    (void)strcpy(r.scenario->domains[0].masters[1], "sdhi0");
    r.scenario->domains[0].n_masters = 2;
    r.scenario->domains[0].alternatives = 0;
    driver.detach = detach_all_but_the_last;
    r.config.driver = &driver;
    rig_run(&r, NULL, &result);
    assert_violates_exactly(&result.findings, rules, COUNT_OF(rules));
    assert_int_equal(result.findings.violations[0].port, 15);
    assert_int_equal(result.findings.violations[0].count, 1);
    nap_run_result_free(&result);
    rig_close(&r);
}

static void a_port_that_detach_turns_off_is_quiet(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_DMA, NAP_OP_DETACH};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    h3_open(&r, kinds, COUNT_OF(kinds));
    rig_run(&r, NULL, &result);
    assert_violates_exactly(&result.findings, NULL, 0);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* Empties the guest's tables and leaves ports and TLBs as they are. */
static int detach_tables_only(struct nap_domain *domain, struct nap_master *master)
{
    (void)master;
    (void)nap_p2m_unmap(domain, 0x50000000, 0x200000);
    (void)nap_p2m_unmap(domain, 0x50201000, 0x1000);
    return 0;
}

static void a_port_that_faults_after_detach_is_quiet_unless_a_tlb_answers(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_DMA, NAP_OP_DETACH};
    static const char *const rules[] = {"dma-after-detach"};
    struct nap_driver driver = *rig_driver("recommended");
    struct nap_run_result result;
    struct rig r;

    (void)state;
    driver.detach = detach_tables_only;
    h3_open(&r, kinds + 1, 1); /* TLBs are empty */
    r.config.driver = &driver;
    rig_run(&r, NULL, &result);
    assert_violates_exactly(&result.findings, NULL, 0);
    nap_run_result_free(&result);
    rig_close(&r);
    h3_open(&r, kinds, COUNT_OF(kinds));
    r.config.driver = &driver;
    rig_run(&r, NULL, &result);
    assert_violates_exactly(&result.findings, rules, COUNT_OF(rules));
    nap_run_result_free(&result);
    rig_close(&r);
}

/* The comparison with the twin detaches as well, in both. */
static void what_the_comparison_detaches_is_not_judged(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_SUSPEND, NAP_OP_POWER_CYCLE, NAP_OP_RESUME,
                                             NAP_OP_DMA};
    struct nap_driver driver = *rig_driver("recommended");
    struct nap_run_result result;
    struct rig r;

    (void)state;
    h3_open(&r, kinds, COUNT_OF(kinds));
    driver.detach = detach_nothing;
    r.config.driver = &driver;
    rig_run(&r, NULL, &result);
    assert_violates_exactly(&result.findings, NULL, 0);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* --- what firmware writes --- */

/* Bit 29 does not exist in a cache's IMCTR: a violation of register-protocol, were it the
 * driver's. */
static void what_firmware_writes_is_not_blamed_on_the_driver(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_SUSPEND, NAP_OP_POWER_CYCLE, NAP_OP_WRITE,
                                             NAP_OP_RESUME};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    h3_open(&r, kinds, COUNT_OF(kinds));
    (void)strcpy(r.scenario->ops[4].device, "ds1");
    (void)strcpy(r.scenario->ops[4].reg, "IMCTR");
    r.scenario->ops[4].index = 1;
    r.scenario->ops[4].value = 0x20000000;
    rig_run(&r, NULL, &result);
    assert_violates_exactly(&result.findings, NULL, 0);
    assert_int_equal(result.resume_result, 0);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* Not "what held before suspend": the twin learns of what was called since. */
static void an_unmap_while_asleep_is_no_difference(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_MAP,   NAP_OP_DMA,         NAP_OP_SUSPEND,
                                             NAP_OP_UNMAP, NAP_OP_POWER_CYCLE, NAP_OP_RESUME,
                                             NAP_OP_DMA};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    h3_open(&r, kinds, COUNT_OF(kinds));
    rig_run(&r, NULL, &result);
    assert_violates_exactly(&result.findings, NULL, 0);
    nap_run_result_free(&result);
    rig_close(&r);
}

static void a_map_after_resume_is_no_difference(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_SUSPEND, NAP_OP_POWER_CYCLE, NAP_OP_RESUME,
                                             NAP_OP_MAP, NAP_OP_DMA};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    h3_open(&r, kinds, COUNT_OF(kinds));
    rig_run(&r, NULL, &result);
    assert_violates_exactly(&result.findings, NULL, 0);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* A driver that brings nothing back. */
static void a_machine_that_was_not_restored_differs_from_its_twin(void **state)
{
    struct nap_driver lazy = *rig_driver("recommended");
    struct nap_run_result result;
    bool named = false;
    struct rig r;

    (void)state;
    rig_open(&r, "recommended");
    lazy.n_resume = 0;
    r.config.driver = &lazy;
    rig_run(&r, NULL, &result);
    for (unsigned i = 0; i < result.findings.n_violations; i++) {
        const struct nap_finding *f = &result.findings.violations[i];
        named |= strcmp(f->rule->id, "state-equivalence") == 0 && f->slot != NAP_NO_SLOT &&
                 strstr(f->message, "at suspend entry") &&
                 strstr(f->message, "differs from a machine that did not sleep");
    }
    assert_true(named);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* With no other loss than the interrupt's enable, only lines differ: no port to name. */
static int forget_inten(void)
{
    nap_addr mm = 0xe67b0000;

    nap_write32(mm + 0x40, nap_read32(mm + 0x40) & ~4u);
    nap_write32(mm + 0x80, nap_read32(mm + 0x80) & ~4u);
    return 0;
}

static void a_difference_in_interrupts_alone_is_seen(void **state)
{
    struct nap_phase resume[8];
    struct nap_driver forgetful = *rig_driver("recommended");
    struct nap_run_result result;
    struct rig r;

    (void)state;
    rig_open(&r, "recommended");
    memcpy(resume, forgetful.resume, forgetful.n_resume * sizeof *resume);
    resume[forgetful.n_resume++] =
        (struct nap_phase){.name = "forget", .kind = NAP_PHASE_STEP, .step = forget_inten};
    forgetful.resume = resume;
    r.config.driver = &forgetful;
    rig_run(&r, NULL, &result);
    assert_true(has_rule(result.findings.violations, result.findings.n_violations,
                         "state-equivalence"));
    assert_non_null(strstr(result.findings.violations[0].message, "interrupt lines"));
    nap_run_result_free(&result);
    rig_close(&r);
}

/* DISCACHE need only behave alike; to a driver that gives up where it is set, it does not. */
static int set_discache(void)
{
    nap_write32(0xe7740500, 0xe0000000);
    return 0;
}

static int unmap_without_discache(struct nap_domain *domain, nap_addr iova, uint64_t size_bytes)
{
    if (nap_read32(0xe7740500) != 0)
        return -EIO;
    return rig_driver("recommended")->unmap(domain, iova, size_bytes);
}

static void bits_that_must_behave_alike_are_blamed_where_they_do_not(void **state)
{
    struct nap_phase resume[8];
    struct nap_driver picky = *rig_driver("recommended");
    struct nap_run_result result;
    struct rig r;

    (void)state;
    rig_open(&r, "recommended");
    memcpy(resume, picky.resume, picky.n_resume * sizeof *resume);
    resume[picky.n_resume++] =
        (struct nap_phase){.name = "set", .kind = NAP_PHASE_STEP, .step = set_discache};
    picky.resume = resume;
    picky.unmap = unmap_without_discache;
    r.config.driver = &picky;
    rig_run(&r, NULL, &result);
    assert_int_equal(result.findings.n_violations, 1);
    assert_non_null(strstr(result.findings.violations[0].message, "ds1.IMSCTLR is 0xe0000000"));
    assert_non_null(strstr(result.findings.violations[0].message, "unmap by"));
    nap_run_result_free(&result);
    rig_close(&r);
}

/* The enable is lost in the first of two sleeps; the second begins without it and cannot miss
 * it. */
static void a_loss_in_the_first_of_two_sleeps_is_seen(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_ATTACH,      NAP_OP_DMA,    NAP_OP_SUSPEND,
                                             NAP_OP_POWER_CYCLE, NAP_OP_RESUME, NAP_OP_SUSPEND,
                                             NAP_OP_POWER_CYCLE, NAP_OP_RESUME};
    struct nap_phase resume[8];
    struct nap_driver forgetful = *rig_driver("recommended");
    struct nap_run_result result;
    struct rig r;

    (void)state;
    h3_open(&r, kinds, COUNT_OF(kinds));
    r.scenario->ops[2].domain = 1;
    r.scenario->ops[3].domain = 1;
    rig_run(&r, NULL, &result);
    assert_int_equal(result.findings.n_violations, 0);
    nap_run_result_free(&result);
    memcpy(resume, forgetful.resume, forgetful.n_resume * sizeof *resume);
    resume[forgetful.n_resume++] =
        (struct nap_phase){.name = "forget", .kind = NAP_PHASE_STEP, .step = forget_inten};
    forgetful.resume = resume;
    r.config.driver = &forgetful;
    rig_run(&r, NULL, &result);
    assert_true(has_rule(result.findings.violations, result.findings.n_violations,
                         "state-equivalence"));
    nap_run_result_free(&result);
    rig_close(&r);
}

static void a_scenario_that_ends_asleep_is_not_compared(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_SUSPEND, NAP_OP_POWER_CYCLE};
    struct nap_run_result result;
    struct rig r;

    (void)state;
    h3_open(&r, kinds, COUNT_OF(kinds));
    rig_run(&r, NULL, &result);
    assert_int_equal(result.findings.n_violations, 0);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* A flush at attach never ends: the twin would keep that fault, and the slept machine lose it.
 */
static void after_a_fault_before_sleep_there_is_no_twin_to_be_like(void **state)
{
    struct nap_explore_result result;
    struct nap_error error = {0};
    struct rig r;

    (void)state;
    rig_open(&r, "recommended");
    r.config.vary = NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY);
    r.config.faults = 1;
    assert_int_equal(nap_explore(&(struct nap_explore_config){.run = r.config, .budget = 10000},
                                 &result, &error),
                     NAP_OK);
    assert_true(result.exhausted);
    assert_int_equal(result.n_violations, 0);
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* IMUCTR of a port that no master uses, in a cache that no guest has: written before suspend,
 * and not brought back by v10, which knows masters only. */
static int probe_and_park(struct nap_device *device)
{
    int result = rig_driver("recommended")->probe(device);

    if (strcmp(device->name, "pv0") == 0)
        nap_write32(device->regs + 0x300, 0x70); /* TTSEL 7, MMUEN 0 */
    return result;
}

static void a_register_that_differs_without_harm_is_a_note(void **state)
{
    struct nap_driver driver = *rig_driver("v10");
    struct nap_run_result result;
    const struct nap_finding *note;
    struct rig r;

    (void)state;
    rig_open(&r, "v10");
    driver.probe = probe_and_park;
    r.config.driver = &driver;
    rig_run(&r, NULL, &result);
    assert_int_equal(result.findings.n_violations, 0);
    assert_int_equal(result.findings.n_notes, 1);
    note = &result.findings.notes[0];
    assert_string_equal(note->rule->id, "state-equivalence");
    assert_string_equal(note->message,
                        "pv0.IMUCTR[0] is 0x0 after resume and was 0x70 at suspend entry; it "
                        "behaves like a machine that did not sleep");
    nap_run_result_free(&result);
    rig_close(&r);
}

/* Unmap fails where both IMSCTLR of ds0 (device 1) and of pv0 (device 6) kept ones: at the
 * first end states pv0 is a register that nothing needs, and later it is not. */
static int unmap_with_a_trap(struct nap_domain *domain, nap_addr iova, uint64_t size_bytes)
{
    if ((nap_read32(0xe6740500) & 0xe0000000) && (nap_read32(0xfd800500) & 0xe0000000))
        return -EIO;
    return rig_driver("two-pass-sync")->unmap(domain, iova, size_bytes);
}

static void a_register_that_matters_in_few_end_states_is_not_missed(void **state)
{
    struct nap_driver trap = *rig_driver("two-pass-sync");
    const struct nap_explored_violation *v;
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    rig_open(&r, "two-pass-sync");
    trap.unmap = unmap_with_a_trap;
    r.config.driver = &trap;
    r.config.vary = VARY_RETAIN;
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, 2000, &result);
    v = explored(&result, "state-equivalence");
    assert_int_equal(v->choices.n, 2);
    for (unsigned i = 0; i < 2; i++)
        assert_true(strcmp(v->choices.list[i].instance, "ds0.IMSCTLR") == 0 ||
                    strcmp(v->choices.list[i].instance, "pv0.IMSCTLR") == 0);
    nap_explore_result_free(&result);
    rig_close(&r);
}

/* The watchdog ends a wait for what never comes; the run is over and says which register. */
static int wait_forever(void)
{
    while (nap_read32(0xe67b0500) != 1)
        continue;
    return 0;
}

static void a_driver_that_waits_forever_is_stopped(void **state)
{
    static const struct nap_phase stuck[] = {
        {.name = "wait", .kind = NAP_PHASE_STEP, .step = wait_forever},
    };
    static const char *const rules[] = {"no-progress"};
    struct nap_driver driver = *rig_driver("recommended");
    struct nap_run_result result;
    struct rig r;

    (void)state;
    rig_open(&r, "recommended");
    driver.resume = stuck;
    driver.n_resume = 1;
    r.config.driver = &driver;
    rig_run(&r, NULL, &result);
    assert_violates_exactly(&result.findings, rules, COUNT_OF(rules));
    assert_true(result.resume_result != 0);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* Hardware that never ends a flush: the driver must say so, and a scenario cannot go on. */
static void an_error_under_a_fault_is_a_right_answer(void **state)
{
    static const enum nap_op_kind kinds[] = {NAP_OP_MAP, NAP_OP_UNMAP, NAP_OP_SUSPEND,
                                             NAP_OP_POWER_CYCLE, NAP_OP_RESUME};
    struct nap_explore_result result;
    struct rig r;

    (void)state;
    h3_open(&r, kinds, COUNT_OF(kinds));
    r.config.vary = VARY_LATENCY;
    r.config.faults = 1;
    rig_explore(&r, NAP_STRATEGY_EXHAUSTIVE, 2000, &result);
    assert_int_equal(result.n_violations, 0);
    assert_true(result.executions > 4);
    nap_explore_result_free(&result);
    rig_close(&r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_operation_calls_the_driver_in_its_order),
        cmocka_unit_test(each_further_call_reaches_the_driver_with_what_it_names),
        cmocka_unit_test(the_search_tries_each_number_of_commands),
        cmocka_unit_test(a_call_that_the_driver_does_not_have_is_an_error_of_its_line),
        cmocka_unit_test(dma_reads_every_mapping_by_every_port),
        cmocka_unit_test(suspend_and_resume_walk_the_list_in_their_directions),
        cmocka_unit_test(a_driver_without_phases_sleeps_and_wakes),
        cmocka_unit_test(power_cycle_takes_all_domains_or_the_named_ones),
        cmocka_unit_test(power_off_and_power_on_are_the_two_halves_of_a_cycle),
        cmocka_unit_test(a_driver_that_maps_when_attached_is_attached_first),
        cmocka_unit_test(dma_may_be_one_access_by_every_port),
        cmocka_unit_test(an_error_where_something_failed_is_a_right_answer),
        cmocka_unit_test(an_error_in_a_later_call_is_a_violation),
        cmocka_unit_test(firmware_writes_a_register_with_the_line_of_the_scenario),
        cmocka_unit_test(a_write_that_no_register_takes_is_refused_with_its_line),
        cmocka_unit_test(a_deferred_probe_comes_again_after_the_others),
        cmocka_unit_test(probes_that_only_wait_for_each_other_are_refused),
        cmocka_unit_test(another_error_of_a_probe_ends_it_at_once),
        cmocka_unit_test(the_first_master_that_is_there_serves),
        cmocka_unit_test(nobody_serves_where_that_is_allowed),
        cmocka_unit_test(a_disabled_device_is_not_probed),
        cmocka_unit_test(an_operation_that_the_driver_refuses_is_named_with_its_line),
        cmocka_unit_test(a_search_meets_the_same_refusal),
        cmocka_unit_test(a_failed_suspend_is_named_with_its_line),
        cmocka_unit_test(a_driver_that_is_busy_keeps_the_system_awake),
        cmocka_unit_test(a_failed_suspend_that_would_be_unwound_is_told_as_unmodelled),
        cmocka_unit_test(a_failed_resume_of_sound_hardware_is_a_violation),
        cmocka_unit_test(a_master_that_is_not_there_is_named),
        cmocka_unit_test(a_master_behind_two_devices_is_refused),
        cmocka_unit_test(a_master_without_ports_is_refused),
        cmocka_unit_test(a_disabled_master_is_refused_with_its_line),
        cmocka_unit_test(a_power_domain_that_is_not_there_is_named_with_its_line),
        cmocka_unit_test(a_slot_in_use_is_an_error_of_a_search_as_well),
        cmocka_unit_test(a_write_of_firmware_to_a_device_that_is_off_is_refused),
        cmocka_unit_test(a_write_of_firmware_to_a_device_that_is_on_is_taken),
        cmocka_unit_test(a_parameter_that_nobody_asks_for_is_told),
        cmocka_unit_test(failures_that_are_passed_on_are_explored_to_proof),
        cmocka_unit_test(a_proof_tells_what_it_leans_on_that_is_not_modelled),
        cmocka_unit_test(one_failure_that_goes_wrong_is_found),
        cmocka_unit_test(an_error_in_a_later_call_than_the_failure_is_a_violation),
        cmocka_unit_test(a_call_that_only_lets_time_pass_is_ended),
        cmocka_unit_test(calls_may_take_long_together),
        cmocka_unit_test(what_breaks_only_where_walks_differ_says_so),
        cmocka_unit_test(what_breaks_in_one_order_of_the_list_does_not),
        cmocka_unit_test(a_root_before_its_caches_leaves_two_orders),
        cmocka_unit_test(orders_are_counted_of_registered_devices_only),
        cmocka_unit_test(an_interrupt_line_that_is_high_reaches_the_driver),
        cmocka_unit_test(a_line_that_its_handler_leaves_high_is_a_storm),
        cmocka_unit_test(a_handler_may_need_more_than_one_call),
        cmocka_unit_test(a_driver_without_a_handler_has_no_storm),
        cmocka_unit_test(a_handler_that_panics_is_no_storm),
        cmocka_unit_test(a_port_left_on_by_detach_still_translates),
        cmocka_unit_test(one_port_left_on_by_detach_is_enough),
        cmocka_unit_test(a_port_that_detach_turns_off_is_quiet),
        cmocka_unit_test(a_port_that_faults_after_detach_is_quiet_unless_a_tlb_answers),
        cmocka_unit_test(what_the_comparison_detaches_is_not_judged),
        cmocka_unit_test(what_firmware_writes_is_not_blamed_on_the_driver),
        cmocka_unit_test(an_unmap_while_asleep_is_no_difference),
        cmocka_unit_test(a_map_after_resume_is_no_difference),
        cmocka_unit_test(a_machine_that_was_not_restored_differs_from_its_twin),
        cmocka_unit_test(a_difference_in_interrupts_alone_is_seen),
        cmocka_unit_test(bits_that_must_behave_alike_are_blamed_where_they_do_not),
        cmocka_unit_test(a_loss_in_the_first_of_two_sleeps_is_seen),
        cmocka_unit_test(a_scenario_that_ends_asleep_is_not_compared),
        cmocka_unit_test(after_a_fault_before_sleep_there_is_no_twin_to_be_like),
        cmocka_unit_test(a_register_that_differs_without_harm_is_a_note),
        cmocka_unit_test(a_register_that_matters_in_few_end_states_is_not_missed),
        cmocka_unit_test(a_driver_that_waits_forever_is_stopped),
        cmocka_unit_test(an_error_under_a_fault_is_a_right_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
