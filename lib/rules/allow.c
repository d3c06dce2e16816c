/* SPDX-License-Identifier: MIT */
/* Allow files: reading them, and which entry covers a violation. */
#include "judge.h"

#include "../core/printable.h"

#include <regnap/allow.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES_MAX 480u

/* --- reading --- */

struct reader {
    const struct nap_block *const *blocks;
    struct nap_allow_list *list;
    struct nap_allow *entry; /* being read: the next of the list, or if it is full: */
    struct nap_allow spare;
    struct nap_error *error;
};

#define REFUSE(r, code, ...)                                                                   \
    nap_fail_at((r)->error, (code), (r)->list->file, (r)->entry->line, __VA_ARGS__)

static const char *trimmed(char *text)
{
    size_t length;

    text += strspn(text, " \t");
    length = strlen(text);
    while (length && strchr(" \t\r", text[length - 1]))
        text[--length] = 0;
    return text;
}

/* Cuts @rest at its first comma; NULL if there is none. */
static const char *next_part(char **rest)
{
    char *part = *rest, *comma = strchr(part, ',');

    if (!comma)
        return NULL;
    *comma = 0;
    *rest = comma + 1;
    return trimmed(part);
}

static enum nap_err read_source(struct reader *r, const char *colon)
{
    struct nap_allow *a = r->entry;
    const char *what = colon + 1;
    char *end;
    long line;

    if (colon == a->place)
        return REFUSE(r, NAP_ERR_PARSE, "found '%s', expected a file before the ':'", a->place);
    snprintf(a->file, sizeof a->file, "%.*s", (int)(colon - a->place), a->place);
    if (*what >= '0' && *what <= '9') {
        line = strtol(what, &end, 10);
        if (*end || line < 1 || line > INT_MAX)
            return REFUSE(r, NAP_ERR_PARSE, "found '%s', expected a line from 1 to %d", what,
                          INT_MAX);
        a->kind = NAP_ALLOW_LINE;
        a->source_line = (int)line;
        return NAP_OK;
    }
    if (!*what || strlen(what) >= sizeof a->function || strpbrk(what, " \t()/"))
        return REFUSE(r, NAP_ERR_PARSE, "found '%s', expected FILE:LINE or FILE:FUNCTION",
                      a->place);
    a->kind = NAP_ALLOW_FUNCTION;
    snprintf(a->function, sizeof a->function, "%s", what);
    return NAP_OK;
}

/* The longest array of that name in any model; 0 if no model has the register. */
static uint32_t register_count(const struct reader *r, const char *name)
{
    uint32_t count = 0;

    for (unsigned i = 0; r->blocks[i]; i++) {
        int reg = nap_model_reg(r->blocks[i]->model, name);
        if (reg >= 0 && r->blocks[i]->model->regs[reg].count > count)
            count = r->blocks[i]->model->regs[reg].count;
    }
    return count;
}

/* "[3]", "[*]" or nothing. */
static enum nap_err read_index(struct reader *r, const char *text, uint32_t count)
{
    struct nap_allow *a = r->entry;
    unsigned long index;
    char *end;

    a->index = UINT32_MAX;
    if (!*text || strcmp(text, "[*]") == 0)
        return NAP_OK;
    index = strtoul(text + 1, &end, 10);
    if (text[1] < '0' || text[1] > '9' || strcmp(end, "]") != 0 || index >= count)
        return REFUSE(r, NAP_ERR_PARSE,
                      "found '%s', expected an index from [0] to [%u], or [*]", text,
                      count - 1);
    a->index = (uint32_t)index;
    return NAP_OK;
}

/* Device names may have dots, register names have none. */
static enum nap_err read_register(struct reader *r)
{
    struct nap_allow *a = r->entry;
    size_t length = strcspn(a->place, "[");
    char name[sizeof a->place];
    char *dot, *reg = name;
    uint32_t count;

    snprintf(name, sizeof name, "%.*s", (int)length, a->place);
    dot = strrchr(name, '.');
    if (dot) {
        *dot = 0;
        reg = dot + 1;
    }
    if ((dot && !*name) || strlen(name) >= NAP_NAME_MAX || strlen(reg) >= NAP_NAME_MAX)
        return REFUSE(r, NAP_ERR_PARSE, "found '%s', expected DEVICE.REGISTER", a->place);
    if (dot)
        snprintf(a->device, sizeof a->device, "%s", name);
    if (dot && strcmp(a->place + (reg - name), "*") == 0) {
        a->kind = NAP_ALLOW_DEVICE;
        return NAP_OK;
    }
    count = register_count(r, reg);
    if (count == 0)
        return REFUSE(r, NAP_ERR_UNKNOWN,
                      "found register '%s', expected one that a model has, as IMUCTR, or "
                      "DEVICE.*, FILE:LINE, FILE:FUNCTION, or *",
                      reg);
    a->kind = NAP_ALLOW_REGISTER;
    snprintf(a->reg, sizeof a->reg, "%s", reg);
    return read_index(r, a->place + length, count);
}

static enum nap_err read_place(struct reader *r)
{
    const char *colon = strrchr(r->entry->place, ':');

    if (strcmp(r->entry->place, "*") == 0) {
        r->entry->kind = NAP_ALLOW_ANYWHERE;
        return NAP_OK;
    }
    return colon ? read_source(r, colon) : read_register(r);
}

/* The second of two entries for one place would never be used. */
static enum nap_err check_new(struct reader *r)
{
    const struct nap_allow *a = r->entry;

    for (const struct nap_allow *b = r->list->entries; b < a; b++)
        if (a->rule == b->rule && strcmp(a->place, b->place) == 0)
            return REFUSE(r, NAP_ERR_PARSE, "found %s at %s again, expected it only in line %u",
                          a->rule->id, a->place, b->line);
    return NAP_OK;
}

static enum nap_err read_entry(struct reader *r, char *line)
{
    char *rest = line;
    const char *rule = next_part(&rest), *place = rule ? next_part(&rest) : NULL;
    const char *reason = place ? trimmed(rest) : "";
    struct nap_allow *a = r->entry;
    enum nap_err err;

    if (!place)
        return REFUSE(r, NAP_ERR_PARSE, "found '%s', expected RULE, PLACE, REASON",
                      trimmed(line));
    a->rule = nap_rule_find(r->blocks, rule);
    if (!a->rule)
        return REFUSE(r, NAP_ERR_UNKNOWN,
                      "found rule '%s', expected one of `regnap list rules`", rule);
    if (!*place || strlen(place) >= sizeof a->place)
        return REFUSE(r, NAP_ERR_PARSE, "found a place of %zu bytes, expected 1 to %zu",
                      strlen(place), sizeof a->place - 1);
    if (!*reason || strlen(reason) >= sizeof a->reason)
        return REFUSE(r, NAP_ERR_PARSE,
                      "found a reason of %zu bytes, expected 1 to %zu: say why %s is allowed",
                      strlen(reason), sizeof a->reason - 1, rule);
    snprintf(a->place, sizeof a->place, "%s", place);
    snprintf(a->reason, sizeof a->reason, "%s", reason);
    err = read_place(r);
    return err ? err : check_new(r);
}

/* One line without its end. Text that cannot be shown is refused. */
static enum nap_err read_line(struct reader *r, const char *text, size_t bytes, unsigned number)
{
    char line[LINE_BYTES_MAX + 1], clean[LINE_BYTES_MAX + 1];
    enum nap_err err;

    r->entry = r->list->n < NAP_ALLOW_MAX ? &r->list->entries[r->list->n] : &r->spare;
    r->entry->line = number;
    if (bytes > LINE_BYTES_MAX)
        return REFUSE(r, NAP_ERR_PARSE, "found a line of %zu bytes, expected at most %u", bytes,
                      LINE_BYTES_MAX);
    memcpy(line, text, bytes);
    line[bytes] = 0;
    for (size_t i = 0; i < bytes; i++)
        if (line[i] == '\t' || (line[i] == '\r' && i + 1 == bytes))
            line[i] = ' ';
    memcpy(clean, line, bytes + 1);
    nap_make_printable(clean);
    if (strlen(line) != bytes || memcmp(clean, line, bytes) != 0)
        return REFUSE(r, NAP_ERR_PARSE, "found what is no text, expected RULE, PLACE, REASON");
    if (*trimmed(line) == 0 || *trimmed(line) == '#')
        return NAP_OK;
    if (r->entry == &r->spare)
        return REFUSE(r, NAP_ERR_NOSPACE, "found more than %d entries", NAP_ALLOW_MAX);
    err = read_entry(r, line);
    r->list->n += !err;
    return err;
}

enum nap_err nap_allow_load(const char *text, size_t bytes, const char *file,
                            const struct nap_block *const *blocks, struct nap_allow_list **out,
                            struct nap_error *error)
{
    struct reader r = {.blocks = blocks, .list = calloc(1, sizeof *r.list), .error = error};
    const char *at = text, *end = text + bytes;
    enum nap_err err = NAP_OK;

    *out = NULL;
    if (!r.list)
        return nap_fail(error, NAP_ERR_NOMEM, "no memory for %s", file);
    snprintf(r.list->file, sizeof r.list->file, "%s", file);
    for (unsigned line = 1; at < end && !err; line++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((newline ? newline : end) - at);
        err = read_line(&r, at, length, line);
        at += length + 1;
    }
    if (err)
        free(r.list);
    else
        *out = r.list;
    return err;
}

/* --- matching --- */

/* "backup.c" is the end of "drivers/ipmmu/backup.c", and not of "drivers/my-backup.c". */
static bool same_file(const char *path, const char *wanted)
{
    size_t length = strlen(path), n = strlen(wanted);

    return length >= n && strcmp(path + length - n, wanted) == 0 &&
           (length == n || path[length - n - 1] == '/');
}

/* @via is "in NAME, called by ...": the line stands in NAME. */
static bool stands_in(const char *via, const char *function)
{
    size_t n = strlen(function);

    return via && strncmp(via, "in ", 3) == 0 && strncmp(via + 3, function, n) == 0 &&
           (via[3 + n] == 0 || via[3 + n] == ',');
}

static bool at_source(const struct nap_allow *a, const struct nap_source *source)
{
    if (!source->file || !same_file(source->file, a->file))
        return false;
    return a->kind == NAP_ALLOW_LINE ? source->line == a->source_line
                                     : stands_in(source->via, a->function);
}

static bool at_register(const struct nap_allow *a, const struct nap_machine *m, unsigned device,
                        unsigned slot)
{
    const struct nap_slot *s;

    if (device >= m->n_devices ||
        (*a->device && strcmp(nap_device_name(m, device), a->device) != 0))
        return false;
    if (a->kind == NAP_ALLOW_DEVICE)
        return true;
    if (slot == NAP_NO_SLOT)
        return false;
    s = &m->devices[device].kind->slots[slot];
    return strcmp(nap_device_model(m, device)->regs[s->reg].name, a->reg) == 0 &&
           (a->index == UINT32_MAX || a->index == s->index);
}

static bool covers(const struct nap_allow *a, const struct nap_machine *m,
                   const struct nap_finding *f)
{
    if (a->rule != f->rule)
        return false;
    switch (a->kind) {
    case NAP_ALLOW_ANYWHERE:
        return true;
    case NAP_ALLOW_LINE:
    case NAP_ALLOW_FUNCTION:
        return at_source(a, &f->source);
    case NAP_ALLOW_REGISTER:
    case NAP_ALLOW_DEVICE:
        return at_register(a, m, f->device, f->slot);
    }
    return false;
}

int nap_allow_find(const struct nap_allow_list *list, const struct nap_machine *m,
                   const struct nap_finding *finding)
{
    for (unsigned i = 0; list && i < list->n; i++)
        if (covers(&list->entries[i], m, finding))
            return (int)i;
    return -1;
}
