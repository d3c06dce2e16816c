/* SPDX-License-Identifier: MIT */
/* Verdicts for a person at a terminal: what broke first, details after. */
#include "cli.h"

#include <regnap/block.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* --- lines --- */

void text_wrapped(unsigned indent, const char *text)
{
    size_t room = COLUMNS - indent;

    for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
        size_t length = strlen(text), cut = length;
        if (length > room) {
            for (cut = room; cut > 0 && text[cut] != ' ';)
                cut--;
            if (cut == 0)
                cut = strcspn(text, " ");
        }
        printf("%*s%.*s\n", (int)indent, "", (int)cut, text);
        text += cut;
    }
}

void text_beside(const struct nap_scenario *scenario, uint32_t vary)
{
    for (uint32_t i = 0; i < scenario->n_beside; i++) {
        const struct nap_scenario_driver *d = &scenario->beside[i];
        bool in_turn =
            d->resumes == NAP_DRIVER_ANY && (vary & NAP_CHOICE_BIT(NAP_CHOOSE_ORDER));

        printf("  beside it: %s %s%s\n", d->name, d->variant,
               in_turn ? ", calls of resume in any order" : "");
    }
}

void text_rules(const struct nap_run_config *config)
{
    char line[64 * (OPTION_RULES_MAX + 1)];

    if (all_rules(config))
        return;
    rules_text(config, line, sizeof line);
    text_wrapped(2, line);
}

const char *text_number(uint64_t number, char out[32])
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, number);
    char *to = out;

    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            *to++ = ' ';
        *to++ = digits[i];
    }
    *to = 0;
    return out;
}

const char *text_plural(uint64_t number)
{
    return number == 1 ? "" : "s";
}

/* "ports 0-15, 32"; the list is sorted. */
static void ports_text(const unsigned *ports, unsigned n, char *out, size_t bytes)
{
    size_t at = 0;

    append(out, bytes, &at, n == 1 ? "port " : "ports ");
    for (unsigned i = 0; i < n;) {
        unsigned last = i;
        while (last + 1 < n && ports[last + 1] <= ports[last] + 1)
            last++;
        append(out, bytes, &at, "%s%u", i ? ", " : "", ports[i]);
        if (ports[last] != ports[i])
            append(out, bytes, &at, "-%u", ports[last]);
        i = last + 1;
    }
}

static int compare_port(const void *a, const void *b)
{
    unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

    return (x > y) - (x < y);
}

/* "dmac1 (ds1 ports 0-15)" */
static void master_text(const struct nap_soc *soc, unsigned master, unsigned device,
                        unsigned *ports, unsigned n, char *out, size_t bytes)
{
    char list[256];
    unsigned distinct = 0;

    qsort(ports, n, sizeof *ports, compare_port);
    for (unsigned i = 0; i < n; i++)
        if (i == 0 || ports[i] != ports[distinct - 1])
            ports[distinct++] = ports[i];
    ports_text(ports, distinct, list, sizeof list);
    snprintf(out, bytes, "%s (%s %s)", soc->masters[master].name, device_text(soc, device),
             list);
}

/* --- what DMA would have met --- */

static bool same_outcome(const struct nap_finding_probe *a, const struct nap_finding_probe *b)
{
    const char *x = a->outcome.why ? a->outcome.why : "";
    const char *y = b->outcome.why ? b->outcome.why : "";

    return a->device == b->device && a->outcome.kind == b->outcome.kind && strcmp(x, y) == 0;
}

/* One address of a master stands for all with which it fares the same. */
static bool stands_for_all(const struct moment *m, unsigned index)
{
    for (unsigned i = 0; i < index; i++)
        if (m->probes[i].master == m->probes[index].master &&
            same_outcome(&m->probes[i], &m->probes[index]))
            return false;
    return true;
}

static bool same_answer(const struct nap_finding_probe *a, const struct nap_finding_probe *b)
{
    return same_outcome(a, b) && a->iova == b->iova && a->outcome.pa == b->outcome.pa &&
           a->expect_pa == b->expect_pa;
}

static void answer_text(const struct nap_finding_probe *p, char *out, size_t bytes)
{
    size_t at = 0;

    switch (p->outcome.kind) {
    case NAP_OUTCOME_TRANSLATED:
        append(out, bytes, &at, "reaches 0x%" PRIx64, p->outcome.pa);
        break;
    case NAP_OUTCOME_BYPASS:
        append(out, bytes, &at, "leaves untranslated, reaches 0x%" PRIx64, p->outcome.pa);
        break;
    case NAP_OUTCOME_FAULT:
    case NAP_OUTCOME_STALL:
    case NAP_OUTCOME_BUS_ERROR:
    case NAP_OUTCOME_UNDETERMINED:
        append(out, bytes, &at, "%s", nap_outcome_name(p->outcome.kind));
        break;
    }
    if (p->outcome.why && *p->outcome.why)
        append(out, bytes, &at, " (%s)", p->outcome.why);
    if (p->expect_mapped)
        append(out, bytes, &at, "; expected 0x%" PRIx64, p->expect_pa);
    else
        append(out, bytes, &at, "; expected no translation");
}

static void add_master(const struct job *job, const struct moment *moment, unsigned first,
                       char *out, size_t bytes, size_t *at)
{
    const struct nap_finding_probe *p = &moment->probes[first];
    unsigned ports[MOMENT_PROBES_MAX], n = 0;
    char who[400];

    for (unsigned i = first; i < moment->n; i++)
        if (moment->probes[i].master == p->master && same_outcome(p, &moment->probes[i]))
            ports[n++] = moment->probes[i].port;
    master_text(job->soc, p->master, p->device, ports, n, who, sizeof who);
    append(out, bytes, at, "%s%s", *at ? ", " : "", who);
}

/* All masters that fare as the one of probe @first, unless an earlier line told them. */
static void print_answer(const struct job *job, const struct moment *moment, unsigned first)
{
    const struct nap_finding_probe *p = &moment->probes[first];
    char answer[300], line[1400];
    size_t at = 0;

    for (unsigned i = 0; i < first; i++)
        if (stands_for_all(moment, i) && same_answer(&moment->probes[i], p))
            return;
    for (unsigned i = first; i < moment->n; i++)
        if (stands_for_all(moment, i) && same_answer(p, &moment->probes[i]))
            add_master(job, moment, i, line, sizeof line, &at);
    answer_text(p, answer, sizeof answer);
    append(line, sizeof line, &at, " to 0x%" PRIx64 ": %s", p->iova, answer);
    text_wrapped(4, line);
}

static int print_moment(const struct job *job, const struct nap_finding *f,
                        const struct nap_choice_list *choices)
{
    struct moment *moment = need(1, sizeof *moment);
    int status = moment_collect(job, choices, f, moment);

    if (!status && moment->n)
        printf("  right after that, DMA would have met:\n");
    for (unsigned i = 0; !status && i < moment->n; i++)
        if (stands_for_all(moment, i))
            print_answer(job, moment, i);
    free(moment);
    return status;
}

/* --- violations --- */

static bool in_list(const struct nap_dependence *d, const char *id)
{
    for (unsigned i = 0; i < d->n_depends_on; i++)
        if (strcmp(d->depends_on[i], id) == 0)
            return true;
    return false;
}

static void values_text(const struct nap_dependence *d, const char *id, char *out, size_t bytes)
{
    size_t at = 0;

    out[0] = 0;
    for (unsigned i = 0; i < d->n_holds_under; i++)
        if (strcmp(d->holds_under[i].id, id) == 0)
            append(out, bytes, &at, "%s%s", at ? " or " : "", d->holds_under[i].value);
}

/* The one that follows @id in the alphabet, or NULL. */
static const char *next_switch(const struct nap_run_result *r, const char *id)
{
    const char *best = NULL;

    for (unsigned i = 0; i < r->n_switches; i++)
        if (strcmp(r->switches[i].id, id) > 0 && (!best || strcmp(r->switches[i].id, best) < 0))
            best = r->switches[i].id;
    return best;
}

/* Switches with one value decide nothing, and of what software is no other has been tried. */
static void print_dependence(const struct job *job, const struct nap_run_result *r,
                             const struct nap_dependence *d)
{
    char line[900], any[400] = "", values[200];
    size_t at = 0, at_any = 0;

    for (const char *id = next_switch(r, ""); id; id = next_switch(r, id)) {
        const struct nap_switch *sw = switch_of(job->soc, id);
        if (in_list(d, id)) {
            values_text(d, id, values, sizeof values);
            append(line, sizeof line, &at, "%s%s (holds with %s)", at ? ", " : "depends on ",
                   id, values);
        } else if (sw && sw->n_values > 1 && sw->basis != NAP_BASIS_SOFTWARE) {
            append(any, sizeof any, &at_any, "%s%s", at_any ? ", " : "", id);
        }
    }
    if (at_any)
        append(line, sizeof line, &at, "%sholds under every value of %s", at ? "; " : "", any);
    if (at)
        text_wrapped(2, line);
}

static void print_value(const struct job *job, const struct nap_finding *f)
{
    char place[NAP_NAME_MAX * 2], fields[256] = "";
    unsigned index = 0;
    const struct nap_model *model = model_of(job->soc, f->device);
    const struct nap_reg *reg =
        f->slot == NAP_NO_SLOT ? NULL : register_of(model, f->slot, &index);

    place_text(job->soc, f->device, f->slot, place, sizeof place);
    printf("  %s", place);
    if (reg) {
        nap_fields_text(model, (unsigned)(reg - model->regs), variant_of(job->soc, f->device),
                        f->value, false, fields, sizeof fields);
        printf(" = 0x%" PRIx64 "%s%s%s", f->value, fields[0] ? " (" : "", fields,
               fields[0] ? ")" : "");
    }
    if (f->issued == f->effect)
        printf(", step %" PRIu64, f->effect);
    else if (f->rule->on == NAP_STEP_BIT(NAP_STEP_MASTER)) /* it has had no effect yet */
        printf(", written at step %" PRIu64 ", on its way at step %" PRIu64, f->issued,
               f->effect);
    else
        printf(", issued at step %" PRIu64 ", in effect at step %" PRIu64, f->issued,
               f->effect);
    printf("%s\n", reg || f->source.file || f->rule->on == NAP_STEP_BIT(NAP_STEP_PANIC)
                       ? ""
                       : ": power, masters, mappings or the end of resume");
}

static void print_source(const struct nap_source *source)
{
    char line[COLUMNS];

    if (!source->file)
        return;
    printf("  %s:%d\n", source->file, source->line);
    if (source->via)
        text_wrapped(2, source->via);
    if (source_line(source->file, source->line, line, sizeof line - 8))
        printf("      %s\n", line);
}

static bool same_place(const struct nap_finding *a, const struct nap_finding *b)
{
    return a->device == b->device && a->slot == b->slot && a->effect == b->effect;
}

static bool same_holding(const struct nap_dependence *a, const struct nap_dependence *b)
{
    bool same = a->n_depends_on == b->n_depends_on && a->n_holds_under == b->n_holds_under;

    for (unsigned i = 0; same && i < a->n_depends_on; i++)
        same = strcmp(a->depends_on[i], b->depends_on[i]) == 0;
    for (unsigned i = 0; same && i < a->n_holds_under; i++)
        same = strcmp(a->holds_under[i].id, b->holds_under[i].id) == 0 &&
               strcmp(a->holds_under[i].value, b->holds_under[i].value) == 0;
    return same;
}

static void print_rule(const struct nap_finding *f)
{
    printf("%s [%s]", f->rule->id, f->rule->classes);
    if (f->count > 1)
        printf(", %u times on this unit%s; the first:", f->count,
               f->source.file ? " and line" : "");
    printf("\n");
    text_wrapped(2, f->message);
}

/* Once, if all rules broken at this place stand and fall with the same switches. */
static void print_dependences(const struct job *job, const struct nap_run_result *r,
                              unsigned index)
{
    const struct nap_finding *f = r->findings.violations;

    if (!r->dependence)
        return;
    print_dependence(job, r, &r->dependence[index]);
    for (unsigned i = 0; i < r->findings.n_violations; i++) {
        if (i == index || !same_place(&f[i], &f[index]) ||
            same_holding(&r->dependence[i], &r->dependence[index]))
            continue;
        printf("  but %s\n", f[i].rule->id);
        print_dependence(job, r, &r->dependence[i]);
    }
}

int text_violation(const struct job *job, const struct nap_run_result *r, unsigned index,
                   const struct nap_choice_list *choices)
{
    const struct nap_finding *f = r->findings.violations;
    int status;

    print_rule(&f[index]);
    for (unsigned i = 0; i < r->findings.n_violations; i++)
        if (i != index && same_place(&f[i], &f[index]))
            print_rule(&f[i]);
    print_value(job, &f[index]);
    print_source(&f[index].source);
    status = print_moment(job, &f[index], choices);
    print_dependences(job, r, index);
    return status;
}

static bool same_kind_of_register(const struct nap_soc *soc, const struct nap_finding *a,
                                  const struct nap_finding *b)
{
    unsigned index;

    if (a->slot == NAP_NO_SLOT || b->slot == NAP_NO_SLOT)
        return a->slot == b->slot;
    return register_of(model_of(soc, a->device), a->slot, &index) ==
           register_of(model_of(soc, b->device), b->slot, &index);
}

/* Whether an earlier violation of its rule is about the same register, or about none as well.
 */
static bool register_told(const struct job *job, const struct nap_finding *f, unsigned index)
{
    for (unsigned i = 0; i < index; i++)
        if (f[i].rule == f[index].rule && same_kind_of_register(job->soc, &f[i], &f[index]))
            return true;
    return false;
}

int text_violation_too(const struct job *job, const struct nap_run_result *r, unsigned index,
                       const struct nap_choice_list *choices)
{
    const struct nap_finding *f = r->findings.violations;
    char place[NAP_NAME_MAX * 2];
    unsigned rules = 0;

    for (unsigned i = 0; i < r->findings.n_violations; i++)
        rules += same_place(&f[i], &f[index]);
    place_text(job->soc, f[index].device, f[index].slot, place, sizeof place);
    printf("the same at %s, step %" PRIu64, place, f[index].effect);
    if (f[index].source.file)
        printf(", %s:%d", f[index].source.file, f[index].source.line);
    if (f[index].count > 1)
        printf(", %u times", f[index].count);
    printf("\n");
    if (rules > 1)
        printf("  %s and %u more of these rules\n", f[index].rule->id, rules - 1);
    else
        printf("  %s\n", f[index].rule->id);
    if (!register_told(job, f, index))
        text_wrapped(2, f[index].message);
    return print_moment(job, &f[index], choices);
}

bool text_told(const struct nap_run_result *r, unsigned shown, const struct nap_rule *rule)
{
    const struct nap_finding *f = r->findings.violations;

    for (unsigned i = 0; i < r->findings.n_violations; i++)
        if (f[i].rule == rule && same_place(&f[i], &f[shown]))
            return true;
    return false;
}

void text_violation_short(const struct job *job, const struct nap_finding *f, uint64_t count)
{
    char place[NAP_NAME_MAX * 2], number[32];

    place_text(job->soc, f->device, f->slot, place, sizeof place);
    printf("  %-31s %-15s", f->rule->id, place);
    if (f->source.file)
        printf(" %s:%d", f->source.file, f->source.line);
    if (count > 1)
        printf("  (%s times)", text_number(count, number));
    printf("\n");
}

/* --- the story --- */

static const char *times_text(uint32_t nth, char out[32])
{
    static const char *const endings[] = {"th", "st", "nd", "rd"};
    uint32_t n = nth + 1;
    bool plain = n % 10 > 3 || (n % 100 > 10 && n % 100 < 14);

    snprintf(out, 32, ", %" PRIu32 "%s time", n, endings[plain ? 0 : n % 10]);
    return nth ? out : "";
}

void text_choice(const struct nap_keyed_choice *c, char *out, size_t bytes)
{
    const char *means = c->means[0] ? c->means : "not the plainest outcome";
    char times[32];
    size_t at = 0;

    if (c->kind == NAP_CHOOSE_ORDER) {
        append(out, bytes, &at, "walk '%s', turn %" PRIu32 ": %s", c->label, c->nth + 1, means);
        return;
    }
    if (c->instance[0])
        append(out, bytes, &at, "%s%s: %s", c->instance, times_text(c->nth, times), c->label);
    else
        append(out, bytes, &at, "%s%s", c->label, times_text(c->nth, times));
    if (!strstr(c->label, means))
        append(out, bytes, &at, ": %s", means);
}

void text_replay(const struct job *job, const char *counterexample)
{
    printf("replay: regnap replay %s", counterexample);
    if (job->driver_file)
        printf(" --driver %s", job->driver_file);
    if (job->scenario_file)
        printf(" --scenario %s", job->scenario_file);
    if (job->soc_file)
        printf(" --soc %s", job->soc_file);
    for (unsigned i = 0; i < job->n_model_files; i++)
        printf(" --model %s", job->model_files[i]);
    for (unsigned i = 0; i < job->n_block_files; i++)
        printf(" --block %s", job->block_files[i]);
    printf("\n");
}

void text_story(const struct nap_choice_list *choices)
{
    char line[400];

    if (choices->n == 0) {
        printf("  nothing unusual: every choice takes its plainest outcome\n");
        return;
    }
    for (unsigned i = 0; i < choices->n; i++) {
        text_choice(&choices->list[i], line, sizeof line);
        printf("  %2u. %s\n", i + 1, line);
    }
}

/* --- obligations, notes --- */

static bool same_line(const struct nap_source *a, const struct nap_source *b)
{
    if (!a->file || !b->file)
        return a->file == b->file;
    return a->line == b->line && strcmp(a->file, b->file) == 0;
}

static bool same_register(const struct nap_soc *soc, unsigned device_a, unsigned slot_a,
                          unsigned device_b, unsigned slot_b)
{
    unsigned index;

    if (device_a != device_b || slot_a == NAP_NO_SLOT || slot_b == NAP_NO_SLOT)
        return device_a == device_b && slot_a == slot_b;
    return register_of(model_of(soc, device_a), slot_a, &index) ==
           register_of(model_of(soc, device_b), slot_b, &index);
}

static bool same_obligation(const struct nap_soc *soc, const struct nap_obligation *a,
                            const struct nap_obligation *b)
{
    return a->master == b->master && a->device == b->device && a->outcome == b->outcome &&
           a->power_up == b->power_up && a->open == b->open &&
           same_line(&a->opened, &b->opened) && same_line(&a->closed, &b->closed) &&
           same_register(soc, a->opened_device, a->opened_slot, b->opened_device,
                         b->opened_slot) &&
           same_register(soc, a->closed_device, a->closed_slot, b->closed_device,
                         b->closed_slot);
}

static void print_obligation(const struct job *job, const struct nap_findings *f,
                             unsigned first)
{
    const struct nap_obligation *o = &f->obligations[first];
    unsigned ports[1024], n = 0;
    nap_step from = o->from, to = o->to;
    char who[400], text[256];

    for (unsigned i = first; i < f->n_obligations && n < 1024; i++) {
        const struct nap_obligation *p = &f->obligations[i];
        if (!same_obligation(job->soc, o, p))
            continue;
        ports[n++] = p->port;
        from = p->from < from ? p->from : from;
        to = p->to > to ? p->to : to;
    }
    master_text(job->soc, o->master, o->device, ports, n, who, sizeof who);
    opened_text(job->soc, o, text, sizeof text);
    printf("  %-26s %s, steps %" PRIu64 " to %" PRIu64 ", from %s\n", who,
           nap_outcome_name(o->outcome), from, to, text);
    closed_text(job->soc, o, text, sizeof text);
    printf("  %-26s   %s%s\n", "", o->open ? "never closed" : "until ", o->open ? "" : text);
}

void text_obligations(const struct job *job, const struct nap_findings *f)
{
    if (!f->n_obligations)
        return;
    printf("obligations on the platform: it must keep these masters from sending meanwhile\n");
    for (unsigned i = 0; i < f->n_obligations; i++) {
        bool told = false;
        for (unsigned k = 0; k < i; k++)
            told |= same_obligation(job->soc, &f->obligations[k], &f->obligations[i]);
        if (!told)
            print_obligation(job, f, i);
    }
}

static const char *often_text(unsigned n, char out[32])
{
    snprintf(out, 32, "%u times", n);
    return n == 1 ? "once" : out;
}

static bool same_note(const struct nap_finding *a, const struct nap_finding *b)
{
    return a->rule == b->rule && same_line(&a->source, &b->source);
}

static void print_note(const struct job *job, const struct nap_findings *f, unsigned first)
{
    const struct nap_finding *note = &f->notes[first];
    char place[NAP_NAME_MAX * 2], units[300], line[900], head[1000], often[32];
    unsigned count = 0;
    size_t at = 0;

    for (unsigned i = first; i < f->n_notes; i++) {
        if (!same_note(note, &f->notes[i]))
            continue;
        count += f->notes[i].count;
        append(units, sizeof units, &at, "%s%s", at ? ", " : "",
               device_text(job->soc, f->notes[i].device));
    }
    place_text(job->soc, note->device, note->slot, place, sizeof place);
    snprintf(line, sizeof line, "%s: %s", place, note->message);
    at = 0;
    append(head, sizeof head, &at, "%s", note->rule->id);
    if (note->source.file)
        append(head, sizeof head, &at, " at %s:%d", note->source.file, note->source.line);
    append(head, sizeof head, &at, ", %s on %s%s:", often_text(count, often), units,
           count > 1 ? "; the first" : "");
    text_wrapped(2, head);
    text_wrapped(4, line);
}

void text_notes(const struct job *job, const struct nap_findings *f)
{
    if (!f->n_notes)
        return;
    printf("notes: not wrong in this machine\n");
    for (unsigned i = 0; i < f->n_notes; i++) {
        bool told = false;
        for (unsigned k = 0; k < i; k++)
            told |= same_note(&f->notes[k], &f->notes[i]);
        if (!told)
            print_note(job, f, i);
    }
}

void text_unmodelled(const struct nap_run_result *r)
{
    char often[32];

    if (!r->n_unmodelled)
        return;
    printf("not modelled, but used: what follows from it is not judged\n");
    for (unsigned i = 0; i < r->n_unmodelled; i++)
        printf("  %s, %s\n", r->unmodelled[i].what, often_text(r->unmodelled[i].count, often));
    if (r->unmodelled_unlisted)
        printf("  and more that is not listed, %s\n",
               often_text(r->unmodelled_unlisted, often));
}
