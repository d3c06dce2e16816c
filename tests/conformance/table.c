/* SPDX-License-Identifier: MIT */
/* The table of explained differences, read from the Markdown that people read. */
#include "conformance.h"

#include <ctype.h>

/* Copies the next cell of a row without its blanks; NULL if there is none. */
static const char *cell(const char *at, char *out, unsigned line)
{
    const char *end = strchr(at, '|');
    size_t n;

    if (!end)
        return NULL;
    while (at < end && isspace((unsigned char)*at))
        at++;
    n = (size_t)(end - at);
    while (n > 0 && isspace((unsigned char)at[n - 1]))
        n--;
    if (n >= CELL_MAX)
        give_up("docs/conformance.md:%u: a cell of %zu bytes, at most %d", line, n,
                CELL_MAX - 1);
    memcpy(out, at, n);
    out[n] = '\0';
    return end + 1;
}

/* Rows have four cells; headings of columns and rules between them are none. */
static bool row_of(const char *text, unsigned line, struct difference *d)
{
    char *cells[] = {d->vector, d->place, d->theirs, d->ours};
    const char *at = text + 1;

    for (unsigned i = 0; i < 4; i++) {
        at = cell(at, cells[i], line);
        if (!at)
            give_up("docs/conformance.md:%u: a row with %u cells, expected 4", line, i);
    }
    if (strcspn(at, "\n") != 0)
        give_up("docs/conformance.md:%u: a row with more than 4 cells", line);
    d->line = line;
    return strcmp(d->vector, "vector") != 0 && strspn(d->vector, "-:") == 0;
}

static void add(struct table *t, const struct difference *d)
{
    if (!d->sectioned)
        give_up("docs/conformance.md:%u: no section stands in the heading above", d->line);
    if (table_find(t, d->vector, d->place, d->theirs, d->ours))
        give_up("docs/conformance.md:%u: the same row twice", d->line);
    t->rows = realloc(t->rows, (t->n + 1) * sizeof *t->rows);
    if (!t->rows)
        give_up("out of memory");
    t->rows[t->n++] = *d;
}

void table_read(struct table *t, const char *path)
{
    FILE *file = fopen(path, "r");
    char text[1024];
    bool sectioned = false;

    if (!file)
        give_up("%s: cannot be read", path);
    for (unsigned line = 1; fgets(text, sizeof text, file); line++) {
        struct difference d = {.sectioned = sectioned};
        if (text[0] == '#')
            sectioned = strchr(text, '[') && strchr(text, ']');
        d.sectioned = sectioned;
        if (text[0] == '|' && row_of(text, line, &d))
            add(t, &d);
    }
    (void)fclose(file);
}

struct difference *table_find(struct table *t, const char *vector, const char *place,
                              const char *theirs, const char *ours)
{
    for (unsigned i = 0; i < t->n; i++) {
        struct difference *d = &t->rows[i];
        if (strcmp(d->vector, vector) == 0 && strcmp(d->place, place) == 0 &&
            strcmp(d->theirs, theirs) == 0 && strcmp(d->ours, ours) == 0)
            return d;
    }
    return NULL;
}
