/* SPDX-License-Identifier: MIT */
/* Files in and out. What is written appears whole or not at all. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INPUT_BYTES_MAX ((size_t)64 << 20)

/* nap_fail() makes one line of valid UTF-8 of whatever a user typed. */
int complain(const char *format, ...)
{
    struct nap_error clean;
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    nap_fail(&clean, NAP_ERR_ARG, "%s", text);
    (void)fflush(stdout);
    fprintf(stderr, "regnap: %s\n", clean.text);
    return EXIT_INPUT;
}

int complain_error(enum nap_err err, const struct nap_error *error)
{
    complain("%s", error->text[0] ? error->text : nap_strerror(err));
    return err == NAP_ERR_INTERNAL ? EXIT_OURS : EXIT_INPUT;
}

void *need(size_t n, size_t bytes)
{
    void *p = calloc(n ? n : 1, bytes);

    if (!p)
        exit(complain("no memory"));
    return p;
}

char *need_text(const char *text)
{
    size_t bytes = strlen(text) + 1;

    return memcpy(need(bytes, 1), text, bytes);
}

/* --- reading --- */

static int read_all(FILE *file, const char *path, char **text, size_t *bytes)
{
    size_t room = 0;

    *text = NULL;
    *bytes = 0;
    for (;;) {
        if (*bytes == room) {
            char *more;
            room = room ? room * 2 : 65536;
            more = room <= 2 * INPUT_BYTES_MAX ? realloc(*text, room) : NULL;
            if (!more)
                return complain("%s: no memory for %zu bytes", path, room);
            *text = more;
        }
        *bytes += fread(*text + *bytes, 1, room - *bytes, file);
        if (*bytes > INPUT_BYTES_MAX)
            return complain("%s: found more than %zu bytes, expected fewer", path,
                            INPUT_BYTES_MAX);
        if (feof(file))
            return EXIT_CLEAN;
        if (ferror(file))
            return complain("%s: %s", path, strerror(errno));
    }
}

int file_read(const char *path, char **text, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    int status;

    if (!file)
        return complain("%s: %s", path, strerror(errno));
    status = read_all(file, path, text, bytes);
    (void)fclose(file);
    if (status)
        free(*text);
    return status;
}

static void trim(char *line)
{
    size_t start = strspn(line, " \t"), length;

    memmove(line, line + start, strlen(line + start) + 1);
    length = strlen(line);
    while (length && strchr(" \t\r\n", line[length - 1]))
        line[--length] = 0;
}

bool source_line(const char *file, int line, char *out, size_t bytes)
{
    FILE *f = file && line > 0 ? fopen(file, "r") : NULL;
    char *text = NULL;
    size_t room = 0;
    bool found = false;

    if (!f)
        return false;
    for (int at = 1; !found && getline(&text, &room, f) > 0; at++)
        found = at == line;
    if (found) {
        struct nap_error clean;
        trim(text);
        nap_fail(&clean, NAP_OK, "%s", text);
        snprintf(out, bytes, "%s", clean.text);
    }
    free(text);
    (void)fclose(f);
    return found && out[0];
}

/* --- writing --- */

static int temporary_open(struct output *out)
{
    size_t bytes = strlen(out->path) + sizeof ".XXXXXX";
    mode_t mask;
    int fd;

    out->temporary = need(bytes, 1);
    snprintf(out->temporary, bytes, "%s.XXXXXX", out->path);
    fd = mkstemp(out->temporary);
    if (fd < 0) {
        free(out->temporary);
        out->temporary = NULL;
        return complain("%s: cannot be written: %s", out->path, strerror(errno));
    }
    mask = umask(0);
    (void)umask(mask);
    (void)fchmod(fd, 0666 & ~mask);
    out->file = fdopen(fd, "wb");
    return out->file ? EXIT_CLEAN : complain("%s: %s", out->path, strerror(errno));
}

static int in_place_open(struct output *out)
{
    out->file = fopen(out->path, "wb");
    return out->file ? EXIT_CLEAN
                     : complain("%s: cannot be written: %s", out->path, strerror(errno));
}

int output_open(const char *path, struct output *out)
{
    struct stat st;

    *out = (struct output){.path = need_text(path)};
    if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return in_place_open(out);
    return temporary_open(out);
}

int output_close(struct output *out, bool keep)
{
    int status = EXIT_CLEAN;

    if (out->file) {
        bool bad = ferror(out->file) != 0;
        bad |= fclose(out->file) != 0;
        if (bad && keep)
            status = complain("%s: cannot be written: %s", out->path, strerror(errno));
    }
    if (out->temporary && keep && !status && rename(out->temporary, out->path) != 0)
        status = complain("%s: %s", out->path, strerror(errno));
    if (out->temporary && (!keep || status))
        unlink(out->temporary);
    free(out->temporary);
    free(out->path);
    *out = (struct output){0};
    return status;
}

/* --- counterexamples --- */

static void fill_switches(const struct job *job, const struct nap_run_result *result,
                          struct nap_counterexample *c)
{
    const unsigned max = sizeof c->switches / sizeof c->switches[0];

    for (unsigned i = 0; i < result->n_switches && c->n_switches < max; i++, c->n_switches++) {
        snprintf(c->switches[c->n_switches].id, sizeof c->switches[0].id, "%s",
                 result->switches[i].id);
        snprintf(c->switches[c->n_switches].value, sizeof c->switches[0].value, "%s",
                 result->switches[i].value);
    }
    for (unsigned i = 0; i < job->n_switches && c->n_switches < max; i++) {
        const struct nap_switch *sw = switch_of(job->soc, job->switches[i].id);
        bool there = false;
        for (unsigned k = 0; k < c->n_switches; k++)
            there |= strcmp(c->switches[k].id, sw->id) == 0;
        if (there)
            continue;
        snprintf(c->switches[c->n_switches].id, sizeof c->switches[0].id, "%s", sw->id);
        snprintf(c->switches[c->n_switches++].value, sizeof c->switches[0].value, "%s",
                 sw->values[job->switches[i].value]);
    }
}

static void fill_rules(const struct nap_run_config *config, struct nap_counterexample *c)
{
    for (unsigned i = 0; i < config->n_rules_off && i < NAP_COUNTEREXAMPLE_RULES_MAX; i++)
        snprintf(c->rules_off[c->n_rules_off++], sizeof c->rules_off[0], "%s",
                 config->rules_off[i]);
}

static void fill_finding(const struct job *job, const struct nap_finding *f,
                         struct nap_counterexample *c)
{
    snprintf(c->rule, sizeof c->rule, "%s", f->rule->id);
    if (f->device < job->soc->n_devices)
        snprintf(c->device, sizeof c->device, "%s", job->soc->devices[f->device].name);
    register_text(job->soc, f->device, f->slot, c->reg, sizeof c->reg);
    snprintf(c->file, sizeof c->file, "%s", f->source.file ? f->source.file : "");
    snprintf(c->message, sizeof c->message, "%.*s", (int)sizeof c->message - 1, f->message);
    c->line = f->source.file ? f->source.line : 0;
}

void counterexample_fill(const struct job *job, const struct nap_run_result *result,
                         const struct nap_finding *finding,
                         const struct nap_choice_list *choices, struct nap_counterexample *c)
{
    const struct nap_run_config *config = &job->config;

    memset(c, 0, sizeof *c);
    snprintf(c->scenario, sizeof c->scenario, "%s", job->scenario->name);
    snprintf(c->variant, sizeof c->variant, "%s", config->variant);
    snprintf(c->soc, sizeof c->soc, "%s", job->soc->name);
    snprintf(c->masters, sizeof c->masters, "%s", config->masters_live ? "live" : "held");
    snprintf(c->policy, sizeof c->policy, "%s",
             config->policy == NAP_POLICY_LAZY ? "lazy" : "eager");
    snprintf(c->profile, sizeof c->profile, "%s",
             config->profile == NAP_PROFILE_HOSTILE ? "hostile" : "zero");
    snprintf(c->probe_order, sizeof c->probe_order, "%s",
             probe_order_text(job->scenario->probe_order));
    c->n_parameters = job->scenario->n_parameters;
    memcpy(c->parameters, job->scenario->parameters, sizeof c->parameters);
    c->n_beside = job->scenario->n_beside;
    for (unsigned i = 0; i < c->n_beside; i++) {
        snprintf(c->beside[i].key, sizeof c->beside[i].key, "%s",
                 job->scenario->beside[i].name);
        snprintf(c->beside[i].value, sizeof c->beside[i].value, "%s",
                 job->scenario->beside[i].variant);
    }
    c->strict_protocol = config->strict_protocol;
    c->faults = config->faults;
    c->vary = config->vary;
    c->scenario_digest = job->scenario->digest;
    c->model_digest = config->model_digest;
    c->driver_digest = config->driver_digest;
    c->run_digest = result->digest;
    c->choices = *choices; /* borrowed */
    fill_rules(config, c);
    fill_switches(job, result, c);
    fill_finding(job, finding, c);
}

static int make_directory(const char *path)
{
    char part[1024];
    struct stat st;
    size_t length = strlen(path);

    if (length >= sizeof part)
        return complain("--out: found a name of %zu bytes, expected under %zu", length,
                        sizeof part);
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != 0)
            continue;
        snprintf(part, sizeof part, "%.*s", (int)i, path);
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return complain("%s: cannot be made: %s", part, strerror(errno));
    }
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return complain("%s: is no directory, expected one for counterexamples", path);
    return EXIT_CLEAN;
}

static bool has_bytes(const char *path, const char *text, size_t bytes)
{
    FILE *file = fopen(path, "rb");
    bool same = file != NULL;

    for (size_t i = 0; same && i < bytes; i++)
        same = getc(file) == (unsigned char)text[i];
    same = same && getc(file) == EOF;
    if (file)
        (void)fclose(file);
    return same;
}

/* link() never replaces what somebody else put there meanwhile; some file systems have none. */
static bool give_name(const char *from, const char *to)
{
    if (link(from, to) == 0)
        return true;
    if (errno == EEXIST || access(to, F_OK) == 0) {
        errno = EEXIST;
        return false;
    }
    return rename(from, to) == 0;
}

/* Under the first free name. */
static int place(const struct output *out, const char *text, char *name, size_t bytes)
{
    char stem[1200];

    snprintf(stem, sizeof stem, "%s", name);
    for (unsigned k = 1; k < 1000; k++) {
        if (k == 1)
            snprintf(name, bytes, "%s.json", stem);
        else
            snprintf(name, bytes, "%s-%u.json", stem, k);
        if (give_name(out->temporary, name))
            return EXIT_CLEAN;
        if (errno != EEXIST)
            return complain("%s: cannot be written: %s", name, strerror(errno));
        if (has_bytes(name, text, strlen(text)))
            return EXIT_CLEAN;
    }
    return complain("%s.json: found 999 files of that name, expected a free one", stem);
}

static int write_text(const char *text, char *name, size_t bytes)
{
    struct output out = {.path = need_text(name)};
    int status = temporary_open(&out);

    if (!status && (fputs(text, out.file) == EOF || fflush(out.file) != 0))
        status = complain("%s: cannot be written: %s", name, strerror(errno));
    if (!status && out.temporary)
        status = place(&out, text, name, bytes);
    (void)output_close(&out, false);
    return status;
}

int counterexample_write(const char *directory, const struct nap_counterexample *c, char *name,
                         size_t bytes)
{
    char digest[33];
    char *text = nap_counterexample_text(c);
    int status;

    if (!text)
        return complain("no memory for a counterexample");
    status = make_directory(directory);
    nap_hash_text(c->run_digest, digest);
    snprintf(name, bytes, "%s/%s-%s-%.8s", directory, c->rule,
             c->device[0] ? c->device : "machine", digest);
    if (!status)
        status = write_text(text, name, bytes);
    free(text);
    return status;
}
