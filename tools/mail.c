/* SPDX-License-Identifier: MIT */
/* --summary-mail: an answer that can be pasted into a reply on a mailing list. Plain ASCII, no
 * tabs, no line over 72 columns. */
#include "cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* --- lines --- */

/* A character outside ASCII becomes one '?', whatever its bytes. */
static void make_ascii(char *text)
{
    char *to = text;

    for (const char *from = text; *from; from++) {
        unsigned char c = (unsigned char)*from;
        if (c >= 0x20 && c < 0x7f)
            *to++ = (char)c;
        else if (c < 0x80)
            *to++ = ' ';
        else if (c >= 0xc0)
            *to++ = '?';
    }
    *to = 0;
}

/* A word that fits no line is cut. */
static void wrapped(unsigned indent, const char *text)
{
    size_t room = MAIL_COLUMNS - indent;

    for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
        size_t length = strlen(text), cut = length;
        if (length > room)
            for (cut = room; cut > 0 && text[cut] != ' ';)
                cut--;
        if (cut == 0)
            cut = room;
        printf("%*s%.*s\n", (int)indent, "", (int)cut, text);
        text += cut;
    }
}

void mail_say(unsigned indent, const char *format, ...)
{
    char text[32768];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    make_ascii(text);
    wrapped(indent, text);
}

/* --- the command, as anybody can give it --- */

/* Where files lie on this machine is nobody's business. */
static const char *without_folders(const char *word)
{
    const char *value = strncmp(word, "--", 2) == 0 ? strchr(word, '=') : NULL;
    const char *path = value ? value + 1 : word;
    const char *slash = strrchr(path, '/');

    return slash && (*path == '/' || strncmp(path, "..", 2) == 0) ? slash + 1 : path;
}

static bool is_plain(const char *word)
{
    return *word &&
           strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                        "-_=,./:[]*+@%") == strlen(word) &&
           !strpbrk(word, "*[");
}

static void word_text(const char *word, char *out, size_t bytes)
{
    const char *shown = without_folders(word);
    const char *value = strncmp(word, "--", 2) == 0 ? strchr(word, '=') : NULL;
    size_t at = 0;

    if (value)
        append(out, bytes, &at, "%.*s", (int)(value + 1 - word), word);
    append(out, bytes, &at,
           is_plain(shown)       ? "%s"
           : strchr(shown, '\'') ? "\"%s\""
                                 : "'%s'",
           shown);
}

/* Options that say where an answer goes and not what it is about: how many words to leave out.
 */
static unsigned left_out(const char *word)
{
    static const char *const with_value[] = {"--out", "--trace"};

    if (strcmp(word, "--summary-mail") == 0)
        return 1;
    for (unsigned i = 0; i < sizeof with_value / sizeof with_value[0]; i++) {
        size_t length = strlen(with_value[i]);
        if (strncmp(word, with_value[i], length) == 0 && word[length] == '=')
            return 1;
        if (strcmp(word, with_value[i]) == 0)
            return 2;
    }
    return 0;
}

/* Broken lines can be pasted into a shell. */
static void say_word(const char *word, size_t *column)
{
    char text[512];
    size_t length;

    word_text(word, text, sizeof text);
    make_ascii(text);
    length = strlen(text);
    if (*column + 1 + length > MAIL_COLUMNS - 2) {
        printf(" \\\n     ");
        *column = 5;
    }
    printf(" %.*s", (int)(MAIL_COLUMNS - 8), text);
    *column += 1 + length;
}

static void say_command(const struct options *o)
{
    const char *const args[] = {o->arg, o->extra, o->third};
    size_t column = 2 + strlen("regnap") + 1 + strlen(o->words[0]);

    printf("  regnap %s", o->words[0]);
    for (unsigned i = 0; i < 3 && args[i]; i++)
        say_word(args[i], &column);
    for (unsigned i = 1; i < o->n_words; i++) {
        unsigned skip = left_out(o->words[i]);
        if (skip)
            i += skip - 1;
        else
            say_word(o->words[i], &column);
    }
    printf("\n");
}

/* --- what was run --- */

static void switches_text(const struct job *job, char *out, size_t bytes)
{
    size_t at = 0;

    out[0] = 0;
    for (unsigned i = 0; i < job->n_switches; i++) {
        const struct nap_switch *sw = switch_of(job->soc, job->switches[i].id);
        append(out, bytes, &at, "%s%s=%s", at ? ", " : "; switches ", sw->id,
               sw->values[job->switches[i].value]);
    }
}

void mail_head(const struct options *o, const struct job *job)
{
    char models[33], driver[33];

    nap_hash_text(job->config.model_digest, models);
    nap_hash_text(job->config.driver_digest, driver);
    mail_say(0, "regnap %s on machine %s (models %.8s, driver %.8s):", REGNAP_VERSION,
             job->soc->name, models, driver);
    printf("\n");
    say_command(o);
    printf("\n");
}

void mail_bounds(const struct job *job, const struct nap_run_config *c, uint64_t budget)
{
    char vary[128], switches[600], rules[64 * (OPTION_RULES_MAX + 1)], number[32];

    vary_text(c->vary, vary, sizeof vary);
    switches_text(job, switches, sizeof switches);
    mail_say(0,
             "Bounds: masters %s, probe order %s, varied %s, hardware %s, profile %s, faults "
             "%u%s.",
             c->masters_live ? "live" : "held", probe_order_text(job->scenario->probe_order),
             vary,
             c->random_policy               ? "random"
             : c->policy == NAP_POLICY_LAZY ? "lazy"
                                            : "eager",
             c->profile == NAP_PROFILE_HOSTILE ? "hostile" : "zero", c->faults, switches);
    for (uint32_t i = 0; i < job->scenario->n_beside; i++)
        mail_say(0, "Beside it: driver %s, variant %s.", job->scenario->beside[i].name,
                 job->scenario->beside[i].variant);
    if (c->vary && budget != UINT64_MAX && budget)
        mail_say(0, "Budget: %s executions.", text_number(budget, number));
    if (!all_rules(c)) {
        rules_text(c, rules, sizeof rules);
        mail_say(0, "Not all rules judge; %s.", rules);
    }
}

/* --- violations --- */

static bool same_source(const struct nap_source *a, const struct nap_source *b)
{
    if (!a->file || !b->file)
        return a->file == b->file;
    return a->line == b->line && strcmp(a->file, b->file) == 0;
}

/* The name of the register without its index, or "". */
static const char *reg_text(const struct job *job, const struct nap_finding *f,
                            char out[NAP_NAME_MAX])
{
    register_text(job->soc, f->device, f->slot, out, NAP_NAME_MAX);
    out[strcspn(out, "[")] = 0;
    return out;
}

static bool told_together(const struct job *job, const struct nap_finding *a,
                          const struct nap_finding *b)
{
    char x[NAP_NAME_MAX], y[NAP_NAME_MAX];

    return a->rule == b->rule && same_source(&a->source, &b->source) &&
           strcmp(reg_text(job, a, x), reg_text(job, b, y)) == 0;
}

static void say_place(const struct job *job, const struct mail_violation *list, unsigned n,
                      unsigned first)
{
    const struct nap_finding *f = list[first].finding;
    char units[300] = "", reg[NAP_NAME_MAX], place[300] = "";
    size_t at = 0;

    reg_text(job, f, reg);
    for (unsigned i = first; i < n; i++)
        if (told_together(job, f, list[i].finding))
            append(units, sizeof units, &at, "%s%s", at ? ", " : "",
                   device_text(job->soc, list[i].finding->device));
    if (f->source.file)
        snprintf(place, sizeof place, "at %s:%d, ", f->source.file, f->source.line);
    mail_say(5, "%s%s%s%s%s%s", place, reg, reg[0] ? " of " : "", units,
             f->source.via ? ", " : "", f->source.via ? f->source.via : "");
}

static void say_story(const struct nap_choice_list *choices,
                      const struct nap_choice_list *before)
{
    char line[400];

    if (before && same_story(choices, before)) {
        mail_say(5, "Story: as above.");
        return;
    }
    if (choices->n == 0) {
        mail_say(5, "Story: nothing unusual happens.");
        return;
    }
    mail_say(5, "Story:");
    for (unsigned i = 0; i < choices->n; i++) {
        text_choice(&choices->list[i], line, sizeof line);
        mail_say(7, "- %s", line);
    }
}

/* Each rule at each line once, with the units it came up on and the first one's story. */
void mail_violations(const struct job *job, const struct mail_violation *list, unsigned n)
{
    const struct nap_choice_list *before = NULL;
    unsigned number = 0;

    for (unsigned i = 0; i < n; i++) {
        bool told = false;
        for (unsigned k = 0; k < i; k++)
            told |= told_together(job, list[k].finding, list[i].finding);
        if (told)
            continue;
        printf("\n%3u. ", ++number);
        printf("%.*s\n", MAIL_COLUMNS - 5, list[i].finding->rule->id);
        mail_say(5, "%s", list[i].finding->message);
        say_place(job, list, n, i);
        say_story(list[i].choices, before);
        before = list[i].choices;
    }
}

/* --- what remains --- */

void mail_obligations(const struct job *job, const struct nap_findings *f)
{
    char masters[600] = "";
    nap_step longest = 0;
    size_t at = 0;

    for (unsigned i = 0; i < f->n_obligations; i++) {
        const struct nap_obligation *o = &f->obligations[i];
        bool known = false;
        for (unsigned k = 0; k < i; k++)
            known |= f->obligations[k].master == o->master;
        if (!known)
            append(masters, sizeof masters, &at, "%s%s", at ? ", " : "",
                   job->soc->masters[o->master].name);
        longest = o->to - o->from > longest ? o->to - o->from : longest;
    }
    if (f->n_obligations)
        mail_say(0, "Obligations: the platform keeps %s from sending, for up to %llu steps.",
                 masters, (unsigned long long)longest);
    else
        mail_say(0, "Obligations: none.");
}

void mail_unmodelled(const char *list)
{
    if (*list)
        mail_say(0, "Not modelled, but used, so not judged: %s.", list);
    else
        mail_say(0, "Not modelled: nothing that these runs used.");
}
