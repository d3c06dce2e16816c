/* SPDX-License-Identifier: MIT */
/* A comparison as a review comment: what it means first, in lines that fit a mail. */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

#define ORDERS_TOLD   6u /* of a window */
#define ACCESSES_TOLD 10u

static void source_text(const struct nap_source *s, char *out, size_t bytes)
{
    if (s->file)
        snprintf(out, bytes, "%s:%d", s->file, s->line);
    else
        snprintf(out, bytes, "an unknown line");
}

/* --- violations --- */

static const char *reg_text(const struct side *s, const struct nap_finding *f, char *out,
                            size_t bytes)
{
    register_text(s->job.soc, f->device, f->slot, out, bytes);
    out[strcspn(out, "[")] = 0;
    return out;
}

static bool told_together(const struct side *s, const struct nap_finding *x,
                          const struct nap_finding *y)
{
    char a[NAP_NAME_MAX], b[NAP_NAME_MAX];

    return x->rule == y->rule && x->source.line == y->source.line &&
           strcmp(reg_text(s, x, a, sizeof a), reg_text(s, y, b, sizeof b)) == 0 &&
           (x->source.file == y->source.file ||
            (x->source.file && y->source.file && strcmp(x->source.file, y->source.file) == 0));
}

/* "IMUCTR of ds0, ds1, hc, at drivers/ipmmu/backup.c:24" */
static void where_text(const struct side *s, unsigned first, char *out, size_t bytes)
{
    const struct nap_explored_violation *v = s->explored.violations;
    char reg[NAP_NAME_MAX], source[300];
    size_t at = 0;

    reg_text(s, &v[first].finding, reg, sizeof reg);
    append(out, bytes, &at, "%s%s", reg, reg[0] ? " of " : "");
    for (unsigned i = first, n = 0; i < s->explored.n_violations; i++)
        if (s->fates[i] == s->fates[first] &&
            told_together(s, &v[first].finding, &v[i].finding))
            append(out, bytes, &at, "%s%s", n++ ? ", " : "",
                   device_text(s->job.soc, v[i].finding.device));
    source_text(&v[first].finding.source, source, sizeof source);
    if (v[first].finding.source.file)
        append(out, bytes, &at, ", at %s", source);
}

/* What has to happen for it, if it is anything unusual. */
static void say_story(const struct nap_choice_list *choices)
{
    char text[2000], line[400];
    size_t at = 0;

    for (unsigned i = 0; i < choices->n; i++) {
        text_choice(&choices->list[i], line, sizeof line);
        append(text, sizeof text, &at, "%s%s", at ? "; " : "when ", line);
    }
    if (at)
        mail_say(4, "%s", text);
}

/* Whether an earlier one of @order told what that at @at is. */
static bool told_before(const struct side *s, const unsigned *order, unsigned at)
{
    const struct nap_explored_violation *v = s->explored.violations;

    for (unsigned k = 0; k < at; k++)
        if (s->fates[order[k]] == s->fates[order[at]] &&
            told_together(s, &v[order[k]].finding, &v[order[at]].finding))
            return true;
    return false;
}

/* Where A has what has moved to @of_b. */
static void say_origin(const struct diff *d, unsigned of_b)
{
    char where[800];

    where_text(&d->a, d->moved_from[of_b], where, sizeof where);
    mail_say(4, "with %s: %s", d->a.name, where);
}

static void say_violation(const struct diff *d, const struct side *s, unsigned first)
{
    const struct nap_explored_violation *v = &s->explored.violations[first];
    char where[800];

    where_text(s, first, where, sizeof where);
    mail_say(2, "%s, %s", v->finding.rule->id, where);
    if (s->fates[first] == FATE_BOTH || s->fates[first] == FATE_TRIED)
        return;
    if (s->fates[first] == FATE_MOVED)
        say_origin(d, first);
    mail_say(4, "%s", v->finding.message);
    say_story(&v->choices);
    if (s->names)
        mail_say(4, "regnap replay %s", s->names[first]);
}

static void say_violations(const struct diff *d, const struct side *s, enum fate fate)
{
    unsigned *order = need(s->explored.n_violations, sizeof *order);

    explore_order(&s->explored, order);
    for (unsigned i = 0; i < s->explored.n_violations; i++)
        if (s->fates[order[i]] == fate && !told_before(s, order, i))
            say_violation(d, s, order[i]);
    free(order);
}

static void all_violations(const struct diff *d)
{
    unsigned gone = side_count(&d->a, FATE_ALONE), new = side_count(&d->b, FATE_ALONE);
    unsigned both = side_count(&d->b, FATE_BOTH), tried = side_count(&d->a, FATE_TRIED);
    unsigned moved = side_count(&d->b, FATE_MOVED);

    if (new) {
        mail_say(0, "new with %s: %u", d->b.name, new);
        say_violations(d, &d->b, FATE_ALONE);
    }
    if (moved) {
        mail_say(0, "moved with %s, the same in such a story but at another register: %u",
                 d->b.name, moved);
        say_violations(d, &d->b, FATE_MOVED);
    }
    if (gone) {
        mail_say(0, "gone with %s%s: %u", d->b.name,
                 d->b.explored.exhausted ? "" : ", as far as was searched", gone);
        say_violations(d, &d->a, FATE_ALONE);
    }
    if (both) {
        mail_say(0, "in both: %u", both);
        say_violations(d, &d->b, FATE_BOTH);
    }
    if (tried) {
        mail_say(0, "in both, found with %s and shown by %s in the same run: %u", d->a.name,
                 d->b.name, tried);
        say_violations(d, &d->a, FATE_TRIED);
    }
    if (new + moved + gone + both + tried == 0)
        mail_say(0, "violations: none in either");
    else if (new == 0)
        mail_say(0, "new with %s: none", d->b.name);
}

/* --- order --- */

/* The registers of one group among the set, which loses them. */
static void group_set_text(const struct diff *d, enum window window, uint64_t *set, char *out,
                           size_t bytes, size_t *at)
{
    const struct nap_soc *soc = d->a.job.soc;
    const struct write_class *c = d->classes[window];
    unsigned group = c[__builtin_ctzll(*set)].group, n = 0;
    char name[NAP_NAME_MAX];

    for (unsigned i = 0; i < d->n_classes[window]; i++) {
        if (!(*set >> i & 1) || c[i].group != group)
            continue;
        append(out, bytes, at, "%s%s%s", n++ ? ", " : "", reg_name(soc, group, c[i].reg),
               c[i].value == ZERO ? "=0" : "");
        *set &= ~(UINT64_C(1) << i);
    }
    append(out, bytes, at, " of %s", group_text(soc, group, name));
}

void classes_text(const struct diff *d, enum window window, uint64_t set, char *out,
                  size_t bytes)
{
    size_t at = 0;

    out[0] = 0;
    while (set) {
        if (at)
            append(out, bytes, &at, " and ");
        group_set_text(d, window, &set, out, bytes, &at);
    }
}

/* What A does where B writes the one, then the other. */
static const char *order_words(enum order order)
{
    static const char *const words[] = {"before them", "after them", "before them unit by unit",
                                        "after them unit by unit", "in no order with them"};

    return words[order];
}

static const char *order_verb(enum order order)
{
    static const char *const words[] = {"before", "after", "unit by unit before",
                                        "unit by unit after", "in no order with"};

    return words[order];
}

static void say_order(const struct diff *d, const struct order_change *c)
{
    char first[600], then[600], x[300], y[300], lines[620] = "";

    classes_text(d, c->window, c->first, first, sizeof first);
    classes_text(d, c->window, c->then, then, sizeof then);
    source_text(&c->first_source, x, sizeof x);
    source_text(&c->then_source, y, sizeof y);
    if (c->b == ORDER_BEFORE)
        snprintf(lines, sizeof lines, " (%s, then %s)", x, y);
    mail_say(2, "%s writes %s %s %s; %s %s%s", d->b.name, first, order_verb(c->b), then,
             d->a.name, order_words(c->a), lines);
}

static bool all_orders(const struct diff *d)
{
    for (unsigned w = WINDOW_SUSPEND, told = 0; w < WINDOWS; w++, told = 0) {
        unsigned more = 0;
        for (unsigned i = 0; i < d->n_orders; i++) {
            if (d->orders[i].window != (enum window)w)
                continue;
            if (told++ == 0)
                mail_say(0, "order of writes %s", window_names[w]);
            if (told <= ORDERS_TOLD)
                say_order(d, &d->orders[i]);
            else
                more++;
        }
        if (more)
            mail_say(2, "and %u more; --json tells all", more);
    }
    if (d->classes_cut)
        mail_say(0,
                 "order of writes is compared for %d registers at most, and not for all here",
                 CLASSES_MAX);
    return d->n_orders || d->classes_cut;
}

/* --- accesses and barriers --- */

static void say_access(const struct diff *d, const struct access_change *c, const char *does)
{
    const struct nap_soc *soc = d->a.job.soc;
    const struct side *who = c->change == REMOVED ? &d->a : &d->b;
    char group[NAP_NAME_MAX], source[300], places[40] = "", place[NAP_NAME_MAX * 2];

    source_text(c->change == REMOVED ? &c->a_source : &c->b_source, source, sizeof source);
    if (c->places > 1)
        snprintf(places, sizeof places, ", %u places", c->places);
    if (c->change != CHANGED) {
        mail_say(2, "only %s %s %s of %s %s (%s%s)%s%s", who->name, does,
                 reg_name(soc, c->group, c->reg), group_text(soc, c->group, group),
                 window_names[c->window], source, places, c->a[0] || c->b[0] ? ": " : "",
                 c->change == REMOVED ? c->a : c->b);
        return;
    }
    access_place(d, c, place, sizeof place);
    mail_say(2, "other values for %s of %s %s (%s%s), as for %s",
             reg_name(soc, c->group, c->reg), group_text(soc, c->group, group),
             window_names[c->window], source, places, place);
    mail_say(4, "%s: %s", d->a.name, c->a);
    mail_say(4, "%s: %s", d->b.name, c->b);
}

static unsigned all_accesses(const struct diff *d, const struct access_changes *list,
                             const char *what, const char *does)
{
    for (unsigned i = 0; i < list->n; i++) {
        if (i == 0)
            mail_say(0, "%s", what);
        if (i < ACCESSES_TOLD)
            say_access(d, &list->list[i], does);
    }
    if (list->n > ACCESSES_TOLD)
        mail_say(2, "and %u more; --json tells all", list->n - ACCESSES_TOLD);
    return list->n;
}

static unsigned all_barriers(const struct diff *d)
{
    char source[300];

    for (unsigned i = 0; i < d->n_barriers; i++) {
        const struct barrier_change *c = &d->barriers[i];
        source_text(&c->source, source, sizeof source);
        if (i == 0)
            mail_say(0, "barriers");
        mail_say(2, "%s %s: %u with %s, %u with %s (first %s)", c->barrier,
                 window_names[c->window], c->a, d->a.name, c->b, d->b.name, source);
    }
    return d->n_barriers;
}

/* Only what differs is told; what does not is one line. */
static void all_deeds(const struct diff *d)
{
    char same[200] = "";
    size_t at = 0;

    if (!all_orders(d))
        append(same, sizeof same, &at, "order of writes");
    if (!all_accesses(d, &d->writes, "writes", "writes"))
        append(same, sizeof same, &at, "%swrites", at ? ", " : "");
    if (!all_accesses(d, &d->waits, "waits", "waits for"))
        append(same, sizeof same, &at, "%swaits", at ? ", " : "");
    if (!all_accesses(d, &d->reads, "reads", "reads"))
        append(same, sizeof same, &at, "%sreads", at ? ", " : "");
    if (!all_barriers(d))
        append(same, sizeof same, &at, "%sbarriers", at ? ", " : "");
    if (at)
        mail_say(0, "the same in both: %s", same);
}

/* --- obligations --- */

static void duty_text(const char *name, const struct duty *duty, const struct duty *before,
                      char *out, size_t bytes)
{
    bool same = before && before->there && before->outcome == duty->outcome;

    if (!duty->there)
        snprintf(out, bytes, "none with %s", name);
    else if (same)
        snprintf(out, bytes, "%u with %s", duty->accesses, name);
    else
        snprintf(out, bytes, "%s for %u accesses with %s", nap_outcome_name(duty->outcome),
                 duty->accesses, name);
}

static void say_duty(const struct diff *d, const struct duty_change *c)
{
    const struct nap_soc *soc = d->a.job.soc;
    char a[300], b[300];

    duty_text(d->a.name, &c->a, NULL, a, sizeof a);
    duty_text(d->b.name, &c->b, &c->a, b, sizeof b);
    mail_say(2, "%s behind %s: %s, %s", soc->masters[c->master].name,
             device_text(soc, c->device), a, b);
    if (strcmp(c->a.until, c->b.until) == 0)
        return;
    if (c->a.there)
        mail_say(4, "%s until %s", d->a.name, c->a.until);
    if (c->b.there)
        mail_say(4, "%s until %s", d->b.name, c->b.until);
}

static void all_duties(const struct diff *d)
{
    if (d->n_duties == 0) {
        mail_say(0, "obligations on the platform: %s",
                 d->n_same_duties ? "the same" : "none in either");
        return;
    }
    mail_say(0, "obligations on the platform, which must keep masters from sending meanwhile");
    for (unsigned i = 0; i < d->n_duties; i++)
        say_duty(d, &d->duties[i]);
    if (d->n_same_duties)
        mail_say(2, "and %u that are the same", d->n_same_duties);
}

/* --- the whole --- */

static void say_verdict(const struct side *s)
{
    char sentence[800];

    explore_sentence(&s->job, &s->config, &s->explored, sentence, sizeof sentence);
    mail_say(2, "%s: %s", s->name, sentence);
}

int diff_text(const struct diff *d)
{
    const struct job *job = &d->a.job;
    char vary[128], rules[64 * (OPTION_RULES_MAX + 1)];

    vary_text(d->a.config.run.vary, vary, sizeof vary);
    mail_say(0, "%s against %s: %s on %s, masters %s, varied: %s", d->b.name, d->a.name,
             job->scenario->name, job->soc->name, job->config.masters_live ? "live" : "held",
             vary);
    if (!all_rules(&job->config)) {
        rules_text(&job->config, rules, sizeof rules);
        mail_say(2, "%s", rules);
    }
    say_verdict(&d->a);
    say_verdict(&d->b);
    printf("\n");
    all_violations(d);
    printf("\n");
    all_deeds(d);
    printf("\n");
    all_duties(d);
    text_allowed(&d->b.job, MAIL_COLUMNS, &d->b.explored.notes);
    return EXIT_CLEAN;
}

int diff_mail(const struct options *o, const struct diff *d)
{
    int status;

    mail_head(o, &d->b.job);
    status = diff_text(d);
    printf("\n");
    mail_bounds(&d->b.job, &d->b.config.run, d->b.config.budget);
    mail_explored_unmodelled(&d->b.explored);
    return status;
}
