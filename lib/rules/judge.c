/* SPDX-License-Identifier: MIT */
/* The rule engine: conduct rules at the steps they watch, outcome rules at the probes that a
 * step may have changed. */
#include "judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RULE(number) (UINT64_C(1) << (number))

/* --- findings of conduct rules --- */

static void collect_probes(const struct nap_judge *j, unsigned device, unsigned port,
                           struct nap_finding *f)
{
    struct nap_outcomes outcomes;
    struct nap_truth truth;

    for (unsigned a = 0; a < j->n_addresses; a++) {
        nap_truth_of(j->m, device, port, j->addresses[a], &truth);
        if (!truth.judged)
            return;
        nap_probe(j->m, device, port, j->addresses[a], &outcomes, NULL);
        for (unsigned i = 0; i < outcomes.n && f->n_probes < NAP_FINDING_PROBES_MAX; i++)
            f->probes[f->n_probes++] = (struct nap_finding_probe){
                .master = truth.master,
                .device = device,
                .port = port,
                .iova = j->addresses[a],
                .outcome = outcomes.list[i],
                .expect_mapped = truth.allowed[0].mapped,
                .expect_pa = truth.allowed[0].pa,
            };
    }
}

static void fill(const struct nap_report *r, unsigned device, unsigned slot, unsigned port,
                 const char *format, va_list args, struct nap_finding *f)
{
    const struct nap_machine *m = r->judge->m;

    memset(f, 0, sizeof *f);
    f->rule = r->rule;
    f->device = device;
    f->slot = slot;
    f->port = port;
    f->issued = r->event->issued;
    f->effect = r->event->step;
    f->source = r->event->source;
    if (device != UINT32_MAX && slot != NAP_NO_SLOT)
        f->value = nap_reg_get(m, device, slot);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): every caller has begun the list */
    vsnprintf(f->message, sizeof f->message, format, args);
    if (device != UINT32_MAX && port != UINT32_MAX)
        collect_probes(r->judge, device, port, f);
}

static unsigned rule_index(const struct nap_judge *j, const struct nap_rule *rule)
{
    unsigned i = 0;

    while (j->rules[i] != rule)
        i++;
    return i;
}

void nap_judge_violation(struct nap_judge *j, const struct nap_finding *f)
{
    int entry;

    if (j->rules_off & RULE(rule_index(j, f->rule)))
        return;
    entry = nap_allow_find(j->allow, j->m, f);
    if (entry < 0)
        nap_findings_violation(j->findings, f);
    else
        nap_findings_allowed(j->findings, (unsigned)entry, f);
}

void nap_violation(struct nap_report *report, unsigned device, unsigned slot, unsigned port,
                   const char *format, ...)
{
    struct nap_finding f;
    va_list args;

    va_start(args, format);
    fill(report, device, slot, port, format, args, &f);
    va_end(args);
    nap_judge_violation(report->judge, &f);
}

void nap_note(struct nap_report *report, unsigned device, unsigned slot, unsigned port,
              const char *format, ...)
{
    struct nap_finding f;
    va_list args;

    va_start(args, format);
    fill(report, device, slot, port, format, args, &f);
    va_end(args);
    if (report->judge->strict)
        nap_judge_violation(report->judge, &f);
    else
        nap_findings_note(report->judge->findings, &f);
}

/* --- outcome rules --- */

const struct nap_rule *nap_judge_rule(const struct nap_judge *j, const char *id)
{
    for (unsigned i = 0; i < j->n_rules; i++)
        if (strcmp(j->rules[i]->id, id) == 0)
            return j->rules[i];
    return NULL;
}

/* A block may name its own window between power-on and restore. */
static const struct nap_rule *power_up_rule(const struct nap_judge *j, unsigned device)
{
    const struct nap_block *block = j->m->devices[device].kind->block;

    for (unsigned i = 0; i < block->n_rules; i++)
        if (block->rules[i].family == NAP_RULE_OUTCOME)
            return &block->rules[i];
    return nap_judge_rule(j, "dma-isolation");
}

static const struct nap_rule *outcome_rule(const struct nap_judge *j, unsigned group)
{
    const struct nap_group_state *s = &j->state[group];

    if (s->wrong == NAP_WRONG_UNWRITTEN)
        return nap_judge_rule(j, "use-of-unwritten");
    if (s->wrong == NAP_WRONG_STALE)
        return nap_judge_rule(j, "dma-freshness");
    if (s->power_up && j->m->st->asleep)
        return power_up_rule(j, j->groups[group].device);
    return nap_judge_rule(j, "dma-isolation");
}

/* The step that made the outcome wrong, while the master was held. */
static void blame_opener(struct nap_finding *f, const struct nap_group_evidence *ev)
{
    if (ev->opened_slot == NAP_NO_SLOT)
        return;
    f->device = ev->opened_device;
    f->slot = ev->opened_slot;
    f->issued = f->effect = ev->opened_step;
    f->source = (struct nap_source){ev->opened_file, ev->opened_line, ev->opened_via};
}

static void live_violation(struct nap_judge *j, unsigned group, const struct nap_rule *rule,
                           const struct nap_event *event)
{
    const struct nap_group *g = &j->groups[group];
    const struct nap_group_evidence *ev = &j->evidence[group];
    struct nap_finding f = {
        .rule = rule,
        .device = g->device,
        .slot = event->device == UINT32_MAX ? NAP_NO_SLOT : event->slot,
        .port = g->port,
        .issued = event->issued,
        .effect = event->step,
        .source = event->source,
        .n_probes = 1,
        .probes = {ev->probe},
    };

    if (f.slot == NAP_NO_SLOT && !j->state[group].power_up)
        blame_opener(&f, ev); /* letting the master go only brought it to light */
    else if (f.slot != NAP_NO_SLOT)
        f.device = event->device;
    if (f.slot != NAP_NO_SLOT)
        f.value = nap_reg_get(j->m, f.device, f.slot);
    snprintf(f.message, sizeof f.message,
             "live master %s at %s port %u: access to 0x%llx ends in %s (%s), expected %s",
             j->m->soc->masters[g->master].name, nap_device_name(j->m, g->device), g->port,
             (unsigned long long)ev->probe.iova, nap_outcome_name(ev->probe.outcome.kind),
             ev->probe.outcome.why,
             ev->probe.expect_mapped ? "the domain's mapping" : "no translation");
    nap_judge_violation(j, &f);
}

static void close_obligation(struct nap_judge *j, unsigned group, const struct nap_event *event)
{
    const struct nap_group *g = &j->groups[group];
    struct nap_group_evidence *ev = &j->evidence[group];
    struct nap_obligation o = {
        .master = g->master,
        .device = g->device,
        .port = g->port,
        .outcome = (enum nap_outcome_kind)ev->outcome,
        .from = ev->from,
        .to = event ? event->step : j->m->ev->counters.steps,
        .power_up = j->state[group].power_up,
        .opened_device = ev->opened_device,
        .opened_slot = ev->opened_slot,
        .opened = {ev->opened_file, ev->opened_line, ev->opened_via},
        .closed_device = event ? event->device : UINT32_MAX,
        .closed_slot = event ? event->slot : NAP_NO_SLOT,
        .closed = event ? event->source : (struct nap_source){NULL, 0, NULL},
        .open = event == NULL,
    };

    if (ev->from == 0)
        return;
    nap_findings_obligation(j->findings, &o);
    nap_touched(j->m, ev, sizeof *ev);
    ev->from = 0;
}

static void open_obligation(struct nap_judge *j, unsigned group, const struct nap_event *event)
{
    struct nap_group_evidence *ev = &j->evidence[group];

    nap_touched(j->m, ev, sizeof *ev);
    ev->from = event->step;
    ev->outcome = (uint32_t)ev->probe.outcome.kind;
    ev->opened_step = event->step;
    ev->opened_device = event->device;
    ev->opened_slot = event->slot;
    ev->opened_file = event->source.file;
    ev->opened_via = event->source.via;
    ev->opened_line = event->source.line;
}

/* A changed answer begins a new episode; its cause is power if power has just come back. */
static void new_episode(struct nap_judge *j, unsigned group, enum nap_wrong wrong,
                        const struct nap_event *event)
{
    struct nap_group_state *s = &j->state[group];

    close_obligation(j, group, event);
    nap_touched(j->m, s, sizeof *s);
    s->wrong = (uint8_t)wrong;
    s->power_up = wrong != NAP_RIGHT && event->kind == NAP_STEP_POWER;
    s->reported = 0;
    nap_touched(j->m, &j->evidence[group], sizeof j->evidence[group]);
    j->evidence[group].opened_slot = NAP_NO_SLOT;
}

static void set_probe(struct nap_judge *j, unsigned group,
                      const struct nap_finding_probe *probe)
{
    struct nap_group_evidence *ev = &j->evidence[group];

    nap_touched(j->m, ev, sizeof *ev);
    ev->probe = *probe;
}

/* The same episode may break another rule later: what is a window of the platform while asleep
 * is the driver's fault once resume has returned. */
static void report_once(struct nap_judge *j, unsigned group, const struct nap_event *event)
{
    struct nap_group_state *s = &j->state[group];
    const struct nap_rule *rule = outcome_rule(j, group);
    uint8_t reported = (uint8_t)(rule_index(j, rule) + 1);

    if (s->reported == reported)
        return;
    nap_touched(j->m, s, sizeof *s);
    s->reported = reported;
    live_violation(j, group, rule, event);
}

/* What the group's wrong answer means while the master sends, or does not. */
static void weigh(struct nap_judge *j, unsigned group, const struct nap_event *event)
{
    if (!nap_master_live(j->m, j->groups[group].master)) {
        if (j->evidence[group].from == 0)
            open_obligation(j, group, event);
        return;
    }
    close_obligation(j, group, event);
    report_once(j, group, event);
}

static void judge_group(struct nap_judge *j, unsigned group, const struct nap_event *event)
{
    struct nap_finding_probe first = {0};
    enum nap_wrong wrong = nap_answer_judge(j, group, &first);

    if (wrong != j->state[group].wrong)
        new_episode(j, group, wrong, event);
    if (wrong == NAP_RIGHT)
        return;
    set_probe(j, group, &first);
    weigh(j, group, event);
}

/* Who may send has changed, or resume has returned: no answer is another, but what a wrong one
 * means may be. */
static uint64_t to_weigh(const struct nap_judge *j, unsigned word,
                         const struct nap_event *event)
{
    uint64_t groups = 0;

    if (event->kind != NAP_STEP_MASTER)
        return 0;
    for (unsigned g = word * 64; g < j->n_groups && g < (word + 1) * 64; g++)
        groups |= (uint64_t)(j->state[g].wrong != NAP_RIGHT) << g % 64;
    return groups;
}

static void judge_marked(struct nap_judge *j, const struct nap_event *event)
{
    struct nap_machine *m = j->m;

    nap_answers_mark(j);
    m->any_marked = false;
    for (unsigned w = 0; w < m->watch_words; w++) {
        uint64_t marked = m->marked[w], bits = marked | to_weigh(j, w, event);
        m->marked[w] = 0;
        for (; bits; bits &= bits - 1) {
            unsigned bit = (unsigned)__builtin_ctzll(bits), group = w * 64 + bit;
            if (group >= j->n_groups)
                break;
            if (marked >> bit & 1)
                judge_group(j, group, event);
            else
                weigh(j, group, event);
        }
    }
}

static void check_incremental(struct nap_judge *j)
{
    struct nap_finding_probe first;

    for (unsigned g = 0; g < j->n_groups; g++)
        if (nap_group_judge(j, g, NULL, &first) != j->state[g].wrong)
            j->mismatch = true;
}

/* --- the observer --- */

/* Rules of the machine, and those of the block whose device and register the step is about. A
 * step of no device is for every rule that names no register. */
static uint64_t rules_for(const struct nap_judge *j, const struct nap_event *event)
{
    const struct nap_kind *kind;

    if (event->device == UINT32_MAX)
        return ~j->of_register;
    kind = j->m->devices[event->device].kind;
    if (event->slot == NAP_NO_SLOT)
        return j->of_machine | (j->of_kind[kind - j->m->kinds] & ~j->of_register);
    return j->of_machine | kind->slots[event->slot].rules;
}

/* Writes bring the rules that watch their register with them. */
static uint64_t rules_for_write(const struct nap_judge *j, const struct nap_event *event)
{
    uint64_t rules = event->rules & ~NAP_PROTOCOL_BROKEN;

    if (event->rules & NAP_PROTOCOL_BROKEN)
        rules |= j->of_machine & j->by_step[NAP_STEP_BAD_ACCESS];
    return rules & j->by_step[NAP_STEP_WRITE];
}

static bool looks_at(const struct nap_rule *rule, const struct nap_event *event)
{
    return event->kind != NAP_STEP_WRITE || rule->leaves == 0 || (event->now & rule->leaves);
}

static void conduct(struct nap_judge *j, const struct nap_event *event)
{
    uint64_t rules = j->by_step[event->kind];

    if (j->m->by_firmware || !rules)
        return;
    rules &= event->kind == NAP_STEP_WRITE ? rules_for_write(j, event) : rules_for(j, event);
    for (; rules; rules &= rules - 1) {
        const struct nap_rule *rule = j->rules[__builtin_ctzll(rules)];
        struct nap_report report = {j, rule, event};
        if (looks_at(rule, event))
            rule->check(j->m, event, &report);
    }
}

/* What happens while nobody looks is made up for by asking again. */
static void look_away(struct nap_judge *j, const struct nap_event *event)
{
    for (unsigned w = 0; w < j->m->watch_words; w++) {
        uint64_t groups = to_weigh(j, w, event);
        j->m->marked[w] |= groups;
        j->m->any_marked |= groups != 0;
    }
}

static void observe(void *context, struct nap_machine *m, const struct nap_event *event)
{
    struct nap_judge *j = context;

    if (j->off) {
        look_away(j, event);
        return;
    }
    conduct(j, event);
    if (m->any_marked || event->kind == NAP_STEP_MASTER)
        judge_marked(j, event);
    if (j->check_incremental)
        check_incremental(j);
}

/* --- set-up --- */

static enum nap_err add_rules(struct nap_judge *j, const struct nap_rule *rules, unsigned n,
                              struct nap_error *error)
{
    for (unsigned i = 0; i < n; i++) {
        if (j->n_rules == NAP_RULES_MAX)
            return nap_fail(error, NAP_ERR_NOSPACE, "more than %d rules", NAP_RULES_MAX);
        for (unsigned k = 0; rules[i].check && k < NAP_STEP_KINDS; k++)
            if (rules[i].on & NAP_STEP_BIT(k))
                j->by_step[k] |= RULE(j->n_rules);
        j->rules[j->n_rules++] = &rules[i];
    }
    return NAP_OK;
}

/* Number of the first of these rules; what it would be if they are not there yet. */
static unsigned find_rules(const struct nap_judge *j, const struct nap_rule *rules)
{
    unsigned i = 0;

    while (i < j->n_rules && j->rules[i] != rules)
        i++;
    return i;
}

/* Ties a rule to the registers of that kind of device that it watches. A write through an alias
 * is one of the register that holds the bits. */
static void watch_registers(struct nap_judge *j, struct nap_kind *kind,
                            const struct nap_rule *rule, unsigned number)
{
    int reg = rule->reg ? nap_model_reg(kind->block->model, rule->reg) : -1;

    j->of_kind[kind - j->m->kinds] |= RULE(number);
    if (rule->reg)
        j->of_register |= RULE(number);
    for (unsigned s = 0; rule->check && s < kind->n_slots; s++) {
        struct nap_slot *slot = &kind->slots[s];
        if (rule->reg && slot->reg != reg && kind->slots[slot->home].reg != reg)
            continue;
        slot->rules |= RULE(number);
        if (rule->leaves)
            slot->rules_leaving |= RULE(number);
        slot->leaves |= rule->leaves;
    }
}

/* Blocks of one family share a table of rules: it counts once. */
static enum nap_err add_kind_rules(struct nap_judge *j, struct nap_kind *kind,
                                   struct nap_error *error)
{
    const struct nap_block *block = kind->block;
    unsigned first = find_rules(j, block->rules);
    enum nap_err err = NAP_OK;

    if (first == j->n_rules)
        err = add_rules(j, block->rules, block->n_rules, error);
    for (unsigned i = 0; i < block->n_rules && !err; i++)
        watch_registers(j, kind, &block->rules[i], first + i);
    return err;
}

static enum nap_err add_groups(struct nap_judge *j, unsigned master, struct nap_error *error)
{
    const struct nap_soc_master *s = &j->m->soc->masters[master];

    for (uint32_t p = 0; p < s->n_ports; p++) {
        for (uint32_t i = 0; i < s->ports[p].count; i++) {
            if (j->n_groups == NAP_JUDGE_GROUPS)
                return nap_fail(error, NAP_ERR_NOSPACE, "more than %d judged ports",
                                NAP_JUDGE_GROUPS);
            j->groups[j->n_groups++] = (struct nap_group){
                .master = master,
                .device = s->ports[p].device,
                .port = s->ports[p].first + i,
            };
        }
    }
    return NAP_OK;
}

static enum nap_err add_watches(struct nap_judge *j, struct nap_error *error)
{
    struct nap_machine *m = j->m;

    m->watch_words = (j->n_groups + 63) / 64 * 2 + 1; /* see answers.c */
    m->marked = calloc(m->watch_words + 1, sizeof *m->marked);
    m->page_tag = calloc(NAP_WATCH_TABLE, sizeof *m->page_tag);
    m->page_watch =
        calloc((NAP_WATCH_TABLE + 1) * (size_t)m->watch_words + 1, sizeof *m->page_watch);
    for (unsigned i = 0; i < m->n_devices; i++) {
        size_t rows = m->devices[i].kind->n_slots + 1u;
        m->devices[i].watch = calloc(rows * m->watch_words + 1, sizeof *m->marked);
        if (!m->devices[i].watch)
            return nap_fail(error, NAP_ERR_NOMEM, "no memory for probes");
    }
    j->state = nap_arena_alloc(m, NAP_REGION_STATE, sizeof *j->state * (j->n_groups + 1));
    j->evidence =
        nap_arena_alloc(m, NAP_REGION_EVIDENCE, sizeof *j->evidence * (j->n_groups + 1));
    j->known = nap_arena_alloc(m, NAP_REGION_EVIDENCE, sizeof *j->known);
    if (!m->marked || !m->page_tag || !m->page_watch || !j->state || !j->evidence || !j->known)
        return nap_fail(error, NAP_ERR_NOMEM, "no memory for probes");
    return NAP_OK;
}

static enum nap_err set_up(struct nap_judge *j, const unsigned *masters, unsigned n_masters,
                           const nap_addr *addresses, unsigned n_addresses,
                           struct nap_error *error)
{
    unsigned n;
    enum nap_err err = add_rules(j, nap_protocol_rules, nap_n_protocol_rules, error);

    j->of_machine = RULE(j->n_rules) - 1;
    for (unsigned k = 0; k < j->m->n_kinds && !err; k++)
        err = add_kind_rules(j, &j->m->kinds[k], error);
    n = j->n_rules;
    if (!err)
        err = add_rules(j, nap_outcome_rules, nap_n_outcome_rules, error);
    j->of_machine |= (RULE(j->n_rules) - 1) & ~(RULE(n) - 1);
    for (unsigned i = 0; i < n_masters && !err; i++)
        err = add_groups(j, masters[i], error);
    if (!err && n_addresses > NAP_JUDGE_ADDRESSES)
        err = nap_fail(error, NAP_ERR_NOSPACE, "more than %d probed addresses",
                       NAP_JUDGE_ADDRESSES);
    if (err)
        return err;
    if (n_addresses)
        memcpy(j->addresses, addresses, n_addresses * sizeof *addresses);
    j->n_addresses = n_addresses;
    return add_watches(j, error);
}

enum nap_err nap_judge_create(struct nap_machine *m, const unsigned *masters,
                              unsigned n_masters, const nap_addr *addresses,
                              unsigned n_addresses, struct nap_findings *findings,
                              struct nap_judge **out, struct nap_error *error)
{
    struct nap_judge *j = calloc(1, sizeof *j);
    enum nap_err err;

    *out = NULL;
    if (!j)
        return nap_fail(error, NAP_ERR_NOMEM, "no memory for rules");
    j->m = m;
    j->findings = findings;
    err = set_up(j, masters, n_masters, addresses, n_addresses, error);
    if (err) {
        nap_judge_destroy(j);
        return err;
    }
    m->observer = observe;
    m->observer_context = j;
    m->observed = NAP_STEP_BIT(NAP_STEP_MASTER);
    for (unsigned k = 0; k < NAP_STEP_KINDS; k++)
        if (k != NAP_STEP_WRITE && j->by_step[k]) /* writes show which rules watch them */
            m->observed |= NAP_STEP_BIT(k);
    *out = j;
    return NAP_OK;
}

static void watch_no_more(struct nap_judge *j, uint64_t rule)
{
    for (unsigned k = 0; k < NAP_STEP_KINDS; k++)
        j->by_step[k] &= ~rule;
    for (unsigned k = 0; k < j->m->n_kinds; k++)
        for (unsigned s = 0; s < j->m->kinds[k].n_slots; s++)
            j->m->kinds[k].slots[s].rules &= ~rule;
}

void nap_judge_turn_off(struct nap_judge *j, const char *id)
{
    const struct nap_rule *rule = nap_judge_rule(j, id);

    if (!rule)
        return;
    j->rules_off |= RULE(rule_index(j, rule));
    watch_no_more(j, RULE(rule_index(j, rule)));
}

bool nap_judge_judges(const struct nap_judge *j, const char *id)
{
    const struct nap_rule *rule = nap_judge_rule(j, id);

    return rule && !(j->rules_off & RULE(rule_index(j, rule)));
}

void nap_judge_destroy(struct nap_judge *j)
{
    if (!j)
        return;
    if (j->m->observer_context == j)
        j->m->observer = NULL;
    free(j);
}

void nap_judge_end(struct nap_judge *j)
{
    for (unsigned g = 0; g < j->n_groups; g++)
        close_obligation(j, g, NULL);
}
