/* SPDX-License-Identifier: MIT */
/* From a path, as `choices[2].kind`, to a line: jansson keeps no line numbers of values. */
#include "json_read.h"

#include <stdlib.h>
#include <string.h>

/* A place in JSON text that jansson has accepted. */
struct cursor {
    const char *at, *end;
    unsigned line;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static char peek(const struct cursor *c)
{
    if (c->at < c->end)
        return *c->at;
    return '\0';
}

/* To the next character that means something. */
static char next(struct cursor *c, bool skip_this)
{
    c->at += skip_this && c->at < c->end;
    for (; is_space(peek(c)); c->at++)
        c->line += *c->at == '\n';
    return peek(c);
}

static void skip_string(struct cursor *c)
{
    for (c->at++; c->at < c->end && *c->at != '"'; c->at++)
        c->at += *c->at == '\\' && c->at + 1 < c->end;
    (void)next(c, true);
}

/* To what follows the value: ',', ']', '}' or the end. */
static void skip_value(struct cursor *c)
{
    unsigned depth = 0;

    while (c->at < c->end) {
        char now = *c->at;

        if (depth == 0 && (now == ',' || now == ']' || now == '}'))
            return;
        if (now == '"') {
            skip_string(c);
            continue;
        }
        depth += now == '[' || now == '{';
        depth -= now == ']' || now == '}';
        (void)next(c, true);
    }
}

/* From '{' to the value of the key that @path starts with; a key with escapes is not found. */
static bool enter_member(struct cursor *c, const char *path, size_t length)
{
    for (char now = next(c, true); now == '"'; now = next(c, true)) {
        const char *key = c->at + 1;
        bool found = (size_t)(c->end - key) > length && memcmp(key, path, length) == 0 &&
                     key[length] == '"';

        skip_string(c);
        (void)next(c, true);
        if (found)
            return true;
        skip_value(c);
        if (peek(c) != ',')
            return false;
    }
    return false;
}

/* From '[' to element @index. */
static bool enter_element(struct cursor *c, unsigned long index)
{
    (void)next(c, true);
    for (; index > 0; index--) {
        skip_value(c);
        if (peek(c) != ',')
            return false;
        (void)next(c, true);
    }
    return true;
}

/* One step along @path, which loses it. */
static bool enter(struct cursor *c, const char **path)
{
    size_t length;
    char *after;

    if (**path == '[' && peek(c) == '[') {
        unsigned long index = strtoul(*path + 1, &after, 10);

        *path = after + (*after == ']');
        return enter_element(c, index);
    }
    *path += **path == '.';
    length = strcspn(*path, ".[");
    *path += length;
    return peek(c) == '{' && enter_member(c, *path - length, length);
}

/* Line of the value at @path, or of the last value on the way to it that is there. */
unsigned nap_json_line(const char *text, size_t bytes, const char *path)
{
    struct cursor c = {text, text + bytes, 1};
    unsigned line;

    (void)next(&c, false);
    line = c.line;
    while (*path != '\0' && enter(&c, &path))
        line = c.line;
    return line;
}
