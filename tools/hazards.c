/* SPDX-License-Identifier: MIT */
/* regnap hazards: the catalogue of known bugs, and whether the rules still tell each from its
 * repair. */
#include "json.h"

#include <regnap/hazard.h>

#include <inttypes.h>
#include <stdlib.h>

struct tally {
    unsigned total, caught, missed, not_covered, controls, false_alarms;
};

/* --- which --- */

struct chosen {
    struct nap_hazard **list;
    unsigned n;
};

/* One that is named twice is taken once. */
static int add_builtin(struct chosen *c, const char *name)
{
    struct nap_error error = {0};
    enum nap_err err;

    for (unsigned i = 0; i < c->n; i++)
        if (strcmp(c->list[i]->id, name) == 0)
            return EXIT_CLEAN;
    err = nap_builtin_hazard(name, &c->list[c->n], &error);
    if (err)
        return complain_error(err, &error);
    c->n++;
    return EXIT_CLEAN;
}

/* Its scenario, variants and switches are there, whether it is to run or not. */
static enum nap_err check_forms(const struct nap_hazard *h, struct nap_error *error)
{
    struct nap_hazard_form *form = NULL;
    enum nap_err err = NAP_OK;

    for (int fixed = h->quiet; fixed <= 1 && !err && !h->not_covered[0]; fixed++) {
        err = nap_hazard_form(h, fixed, &form, error);
        nap_hazard_form_free(form);
    }
    return err;
}

static int add_file(struct chosen *c, const char *path)
{
    struct nap_error error = {0};
    enum nap_err err;
    size_t bytes;
    char *text;
    int status = file_read(path, &text, &bytes);

    if (status)
        return status;
    err = nap_hazard_load(text, bytes, path, &c->list[c->n], &error);
    free(text);
    if (!err) {
        c->n++;
        err = check_forms(c->list[c->n - 1], &error);
    }
    if (err)
        return complain_error(err, &error);
    return EXIT_CLEAN;
}

static unsigned builtin_count(void)
{
    unsigned n = 0;

    while (nap_builtin_hazard_name(n))
        n++;
    return n;
}

/* Those named, that of a file, or all. */
static int choose(const struct options *o, struct chosen *c)
{
    int status = EXIT_CLEAN;

    /* NOLINTNEXTLINE(bugprone-sizeof-expression): it is a list of pointers */
    c->list = need(o->n_ids + 1 + builtin_count(), sizeof *c->list);
    for (unsigned i = 0; i < o->n_ids && !status; i++)
        status = add_builtin(c, o->ids[i]);
    if (!status && o->hazard_file)
        status = add_file(c, o->hazard_file);
    for (unsigned i = 0; !o->n_ids && !o->hazard_file && i < builtin_count() && !status; i++)
        status = add_builtin(c, nap_builtin_hazard_name(i));
    return status;
}

static void release(struct chosen *c)
{
    for (unsigned i = 0; i < c->n; i++)
        nap_hazard_free(c->list[i]);
    free(c->list);
}

/* --- an entry --- */

static json_t *seen_in_json(const struct nap_hazard *h)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < h->n_seen_in; i++)
        json_array_append_new(list, json_string(h->seen_in[i]));
    return list;
}

static json_t *also_json(const struct nap_hazard *h)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < h->n_also; i++)
        add(list, json_string(h->also[i]));
    return list;
}

static json_t *set_json(const struct nap_hazard *h)
{
    json_t *o = json_object();

    for (uint32_t i = 0; i < h->n_set; i++)
        put(o, h->set[i].key, json_string(h->set[i].value));
    return o;
}

static json_t *switches_of(const struct nap_hazard *h)
{
    json_t *o = json_object();

    for (uint32_t i = 0; i < h->n_switches; i++)
        put(o, h->switches[i].id, json_string(h->switches[i].value));
    return o;
}

/* How it runs. */
static void put_run(json_t *o, const struct nap_hazard *h)
{
    put(o, "vary", vary_json(h->vary));
    put(o, "faults", number(h->faults));
    put(o, "budget", number(h->budget));
    put(o, "masters", json_string(h->masters_live ? "live" : "held"));
    put(o, "policy", json_string(h->policy == NAP_POLICY_LAZY ? "lazy" : "eager"));
    put(o, "profile", json_string(h->profile == NAP_PROFILE_HOSTILE ? "hostile" : "zero"));
    put(o, "set", set_json(h));
    put(o, "switches", switches_of(h));
}

static void put_no_run(json_t *o)
{
    static const char *const keys[] = {"vary",   "faults",  "budget", "masters",
                                       "policy", "profile", "set",    "switches"};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        put(o, keys[i], json_null());
}

int json_hazard(const struct nap_hazard *h)
{
    json_t *o = part("catalogue");

    put(o, "id", json_string(h->id));
    put(o, "block", json_string(h->block));
    put(o, "title", json_string(h->title));
    put(o, "source", json_string(h->source));
    put(o, "mechanism", json_string(h->mechanism));
    put(o, "trigger", json_string(h->trigger));
    put(o, "consequence", json_string(h->consequence));
    put(o, "class", classes_json(h->classes));
    put(o, "rule", text(h->rule));
    put(o, "also", also_json(h));
    put(o, "shown_by", h->rule[0] ? json_string(nap_hazard_shown_name(h->shown)) : json_null());
    put(o, "scenario", text(h->scenario));
    put(o, "buggy", text(h->buggy));
    put(o, "seen_in", seen_in_json(h));
    put(o, "fixed", text(h->fixed));
    if (h->not_covered[0])
        put_no_run(o);
    else
        put_run(o, h);
    put(o, "not_covered", text(h->not_covered));
    return print(o);
}

static void print_text(const char *what, const char *line)
{
    printf("  %s\n", what);
    text_wrapped(4, line);
}

static void print_run(const struct nap_hazard *h)
{
    char vary[128];

    vary_text(h->vary, vary, sizeof vary);
    printf("  runs %s", h->scenario);
    if (h->buggy[0])
        printf(", buggy %s", h->buggy);
    printf(", %s %s, varied: %s", h->quiet ? "sound" : "fixed", h->fixed, vary);
    if (h->faults)
        printf(", faults: %u", h->faults);
    printf("%s\n", h->masters_live ? ", masters live" : "");
    if (!h->rule[0])
        return;
    printf("  caught by %s", h->rule);
    for (uint32_t i = 0; i < h->n_also; i++)
        printf("%s%s", i ? ", " : "; may break too: ", h->also[i]);
    for (uint32_t i = 0; i < h->n_seen_in; i++)
        printf("%s%s", i ? ", " : "\n  seen in ", h->seen_in[i]);
    printf("\n  what it leads to is shown by the %s\n", nap_hazard_shown_name(h->shown));
}

static void print_entry(const struct nap_hazard *h)
{
    printf("%s%s%s%s\n  %s\n", h->id, h->classes[0] ? " [" : "", h->classes,
           h->classes[0] ? "]" : "", h->title);
    print_text("source", h->source);
    print_text("mechanism", h->mechanism);
    print_text("trigger", h->trigger);
    print_text("consequence", h->consequence);
    if (h->not_covered[0])
        print_text("not covered", h->not_covered);
    else
        print_run(h);
    printf("\n");
}

static void print_title(const struct nap_hazard *h)
{
    const char *title = h->title, *id = h->id;

    for (size_t cut; *title; title += cut, title += strspn(title, " "), id = "") {
        cut = strlen(title);
        if (cut > COLUMNS - 39)
            for (cut = COLUMNS - 39; cut > 1 && title[cut] != ' ';)
                cut--;
        printf("%-38s %.*s\n", id, (int)cut, title);
    }
}

static int show(const struct options *o, const struct chosen *c)
{
    bool full = o->n_ids || o->hazard_file;
    int status = EXIT_CLEAN;

    for (unsigned i = 0; i < c->n && !status; i++) {
        if (o->json)
            status = json_hazard(c->list[i]);
        else if (full)
            print_entry(c->list[i]);
        else
            print_title(c->list[i]);
    }
    return status;
}

/* --- running --- */

static void count(struct tally *t, const struct nap_hazard_result *r)
{
    t->total += r->status != NAP_HAZARD_QUIET;
    t->controls += r->status == NAP_HAZARD_QUIET;
    t->caught += r->status == NAP_HAZARD_CAUGHT;
    t->missed += r->status == NAP_HAZARD_MISSED;
    t->not_covered += r->status == NAP_HAZARD_NOT_COVERED;
    t->false_alarms += r->status != NAP_HAZARD_NOT_COVERED && !r->fixed_clean;
}

/* Each rule once, in the order of violations. */
static json_t *violated_json(const struct nap_explore_result *r)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < r->n_violations; i++) {
        bool told = false;
        for (unsigned k = 0; k < i; k++)
            told |= r->violations[k].finding.rule == r->violations[i].finding.rule;
        if (!told)
            add(list, json_string(r->violations[i].finding.rule->id));
    }
    return list;
}

static json_t *fixed_json(const struct nap_hazard_result *r)
{
    if (r->status == NAP_HAZARD_NOT_COVERED)
        return json_null();
    return json_string(r->fixed_clean ? "clean" : "violation");
}

/* How far the search over the fixed form went. */
static void put_fixed_search(json_t *o, const struct nap_hazard_result *r)
{
    bool ran = r->status != NAP_HAZARD_NOT_COVERED;

    put(o, "fixed_executions", ran ? number(r->fixed_executions) : json_null());
    put(o, "fixed_exhausted", ran ? json_boolean(r->fixed_exhausted) : json_null());
}

/* The rule whose story shows the harm; "" if none does. */
static const char *shown_in(const struct nap_hazard_result *r)
{
    return r->shown_in == UINT32_MAX ? "" : r->buggy.violations[r->shown_in].finding.rule->id;
}

static int json_result(const struct nap_hazard *h, const struct nap_hazard_result *r,
                       const char *counterexample)
{
    json_t *o = part("hazard");

    put(o, "id", json_string(h->id));
    put(o, "block", json_string(h->block));
    put(o, "status", json_string(nap_hazard_status_name(r->status)));
    put(o, "rule", text(h->rule));
    put(o, "also", also_json(h));
    put(o, "violated", violated_json(&r->buggy));
    put(o, "shown_in", text(shown_in(r)));
    put(o, "buggy", text(h->buggy));
    put(o, "seen_in", seen_in_json(h));
    put(o, "fixed_variant", text(h->fixed));
    put(o, "fixed", fixed_json(r));
    put_fixed_search(o, r);
    put(o, "reason", text(r->reason));
    if (counterexample[0])
        put(o, "counterexample", json_string(counterexample));
    return print(o);
}

/* "proved clean" is said where all runs have been tried, of the kinds that the entry varies. */
static void print_proof(const struct nap_hazard *h)
{
    const char *between = " over ";

    printf("proved clean");
    for (int k = 0; k < NAP_CHOOSE_KINDS; k++) {
        if (!(h->vary & NAP_CHOICE_BIT(k)))
            continue;
        printf("%s%s", between, nap_choice_kind_name((enum nap_choice_kind)k));
        between = ", ";
    }
    printf("%s\n", h->vary ? "" : " in its one run");
}

static void print_fixed(const struct nap_hazard *h, const struct nap_hazard_result *r)
{
    if (!r->fixed_clean)
        printf("violation\n");
    else if (r->fixed_exhausted)
        print_proof(h);
    else
        printf("clean in %" PRIu64 " execution%s\n", r->fixed_executions,
               text_plural(r->fixed_executions));
}

static void print_result(const struct nap_hazard *h, const struct nap_hazard_result *r)
{
    const char *status = nap_hazard_status_name(r->status);

    if (r->status == NAP_HAZARD_NOT_COVERED)
        printf("%-38s %s\n", h->id, status);
    else if (h->quiet)
        printf("%-38s %-11s %-33s ", h->id, status, "");
    else
        printf("%-38s %-11s %-33s fixed ", h->id, status, h->rule);
    if (r->status != NAP_HAZARD_NOT_COVERED)
        print_fixed(h, r);
    for (uint32_t i = 0; r->status == NAP_HAZARD_CAUGHT && i < h->n_seen_in; i++)
        printf("    caught in %s as well\n", h->seen_in[i]);
    if (r->shown_in != r->caught && r->shown_in != UINT32_MAX)
        printf("    harm in the story of %s\n", shown_in(r));
    text_wrapped(4, r->reason);
}

/* What the command's other parts need to know of the buggy form. */
static void job_of(const struct nap_hazard_form *form, struct job *job)
{
    memset(job, 0, sizeof *job);
    job->scenario = form->scenario;
    job->soc = form->soc;
    job->driver = form->driver;
    job->config = form->config.run;
    job->n_switches = form->config.run.n_switches;
    memcpy(job->switches, form->switches, sizeof form->switches);
    job->config.switches = job->switches;
}

static int print_story(const struct nap_hazard_result *r, unsigned index,
                       const char *counterexample)
{
    const struct nap_explored_violation *v = &r->buggy.violations[index];
    struct job job;
    int status;

    job_of(r->form, &job);
    printf("\n");
    status = text_violation(&job, &v->result, explore_index(v), &v->choices);
    printf("the shortest story, %u of %u choices:\n", v->choices.n, v->choices_asked);
    text_story(&v->choices);
    if (counterexample[0])
        text_replay(&job, counterexample);
    printf("\n");
    return status;
}

/* That of the rule, and where it does not show the harm, the one that does. */
static int print_stories(const struct nap_hazard_result *r, const char *counterexample)
{
    int status = print_story(r, r->caught, counterexample);

    if (status || r->shown_in == UINT32_MAX || r->shown_in == r->caught)
        return status;
    printf("what it leads to, in another story:\n");
    return print_story(r, r->shown_in, "");
}

static int write_story(const struct options *o, const struct nap_hazard_result *r, char *name,
                       size_t bytes)
{
    const struct nap_explored_violation *v = &r->buggy.violations[r->caught];
    struct nap_counterexample c;
    struct job job;

    job_of(r->form, &job);
    counterexample_fill(&job, &v->result, &v->finding, &v->choices, &c);
    return counterexample_write(o->out, &c, name, bytes);
}

static int tell(const struct options *o, const struct nap_hazard *h,
                const struct nap_hazard_result *r)
{
    bool found = r->form && r->caught != UINT32_MAX;
    char name[1400] = "";
    int status = EXIT_CLEAN;

    if (found && o->out)
        status = write_story(o, r, name, sizeof name);
    if (status)
        return status;
    if (o->json)
        return json_result(h, r, name);
    print_result(h, r);
    return found && (o->n_ids || o->hazard_file) ? print_stories(r, name) : EXIT_CLEAN;
}

static int run_one(const struct options *o, const struct nap_hazard *h, struct tally *tally)
{
    struct nap_hazard_result result;
    struct nap_error error = {0};
    enum nap_err err = nap_hazard_run(h, &result, &error);
    int status;

    if (err) {
        complain("hazard %s:", h->id);
        status = complain_error(err, &error);
    } else {
        count(tally, &result);
        status = tell(o, h, &result);
    }
    nap_hazard_result_free(&result);
    return status;
}

static int summary(const struct options *o, const struct tally *t)
{
    if (o->json) {
        json_t *s = part("summary");
        put(s, "total", number(t->total));
        put(s, "caught", number(t->caught));
        put(s, "missed", number(t->missed));
        put(s, "not_covered", number(t->not_covered));
        put(s, "false_alarms", number(t->false_alarms));
        put(s, "controls", number(t->controls));
        return print(s);
    }
    printf("%u hazard%s: %u caught, %u missed, %u not covered; %u false alarm%s", t->total,
           text_plural(t->total), t->caught, t->missed, t->not_covered, t->false_alarms,
           text_plural(t->false_alarms));
    if (t->controls)
        printf("; %u control%s", t->controls, text_plural(t->controls));
    printf("\n");
    return EXIT_CLEAN;
}

static int run(const struct options *o, const struct chosen *c)
{
    struct tally tally = {0};
    int status = EXIT_CLEAN;

    for (unsigned i = 0; i < c->n && !status; i++)
        status = run_one(o, c->list[i], &tally);
    if (!status)
        status = summary(o, &tally);
    if (status)
        return status;
    return tally.missed || tally.false_alarms ? EXIT_VIOLATION : EXIT_CLEAN;
}

int command_hazards(const struct options *o)
{
    struct chosen chosen = {NULL, 0};
    int status = choose(o, &chosen);

    if (!status && o->out && !o->run)
        status = complain("--out: found it without --run, expected both");
    if (!status)
        status = o->run ? run(o, &chosen) : show(o, &chosen);
    release(&chosen);
    return status;
}
