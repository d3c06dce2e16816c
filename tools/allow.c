/* SPDX-License-Identifier: MIT */
/* Suppressions: --allow FILE, and what was left out of the verdict because of it. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

int allow_open(const struct options *o, struct job *job)
{
    struct nap_error error = {0};
    enum nap_err err;
    size_t bytes;
    char *text;
    int status;

    if (!o->allow)
        return EXIT_CLEAN;
    status = file_read(o->allow, &text, &bytes);
    if (status)
        return status;
    err = nap_allow_load(text, bytes, o->allow, job->config.blocks, &job->allow, &error);
    free(text);
    job->config.allow = job->allow;
    return err ? complain_error(err, &error) : EXIT_CLEAN;
}

uint64_t allow_count(const struct nap_findings *f, unsigned entry)
{
    uint64_t count = 0;

    for (unsigned i = 0; i < f->n_allowed; i++)
        if (entry == UINT32_MAX || f->allowed[i].entry == entry)
            count += f->allowed[i].finding.count;
    return count;
}

/* ", but for 3 violations that allow.txt allows" */
void allow_heading(const struct job *job, const struct nap_findings *f, char *out, size_t bytes)
{
    uint64_t count = allow_count(f, UINT32_MAX);
    char number[32];

    out[0] = 0;
    if (count)
        snprintf(out, bytes, ", but for %s violation%s that %s allows",
                 text_number(count, number), text_plural(count), job->allow->file);
}

/* Why an entry that should have been used may not have been. */
static const char *no_use(const struct job *job, const struct nap_allow *a)
{
    if (a->kind == NAP_ALLOW_FUNCTION && !job->object)
        return " (built-in logic tells lines, no functions)";
    if (a->kind == NAP_ALLOW_FUNCTION && !nap_driver_has_lines(job->object))
        return " (the object has no debug information)";
    for (unsigned i = 0; *a->device && i < job->soc->n_devices; i++)
        if (strcmp(job->soc->devices[i].name, a->device) == 0)
            return "";
    return *a->device ? " (no such device on this machine)" : "";
}

static void say(unsigned columns, unsigned indent, const char *line)
{
    if (columns == MAIL_COLUMNS)
        mail_say(indent, "%s", line);
    else
        text_wrapped(indent, line);
}

static void print_covered(const struct job *job, unsigned columns, const struct nap_finding *f)
{
    char place[NAP_NAME_MAX * 2], source[300] = "", line[600], number[32];

    if (columns == COLUMNS) {
        text_violation_short(job, f, f->count);
        return;
    }
    place_text(job->soc, f->device, f->slot, place, sizeof place);
    if (f->source.file)
        snprintf(source, sizeof source, " at %s:%d", f->source.file, f->source.line);
    snprintf(line, sizeof line, "%s, %s%s, %s times", f->rule->id, place, source,
             text_number(f->count, number));
    say(columns, 2, line);
}

static void print_used(const struct job *job, unsigned columns, const struct nap_findings *f,
                       unsigned entry)
{
    const struct nap_allow *a = &job->allow->entries[entry];
    char line[1000], number[32];

    snprintf(line, sizeof line, "%s allowed by %s:%u: %s",
             text_number(allow_count(f, entry), number), job->allow->file, a->line, a->reason);
    say(columns, 0, line);
    for (unsigned i = 0; i < f->n_allowed; i++)
        if (f->allowed[i].entry == entry)
            print_covered(job, columns, &f->allowed[i].finding);
}

static void print_unused(const struct job *job, unsigned columns, const struct nap_allow *a)
{
    char line[700];

    snprintf(line, sizeof line, "unused: %s:%u: %s at %s%s", job->allow->file, a->line,
             a->rule->id, a->place, no_use(job, a));
    say(columns, 0, line);
}

void text_allowed(const struct job *job, unsigned columns, const struct nap_findings *f)
{
    if (!job->allow)
        return;
    printf("\n");
    for (unsigned i = 0; i < job->allow->n; i++)
        if (allow_count(f, i))
            print_used(job, columns, f, i);
    for (unsigned i = 0; i < job->allow->n; i++)
        if (!allow_count(f, i))
            print_unused(job, columns, &job->allow->entries[i]);
}
