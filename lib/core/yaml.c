/* SPDX-License-Identifier: MIT */
/* Reads YAML events one by one into a compact tree. Every limit is checked as its event
 * arrives, so hostile input costs no more than the part read until then. */
#include "core/yaml_tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define SHOWN 48 /* bytes of a found text that a message repeats */

struct key {
    const char *text;
    nap_node node;
};

/* What only reading needs. Nodes wait in @pending until their list or map ends. */
struct reader {
    struct nap_yaml *y;
    struct nap_error *error;
    yaml_parser_t parser;
    size_t n_pending;
    size_t room_nodes, room_children, room_text, room_pending, room_keys;
    nap_node *pending;
    struct key *keys;
    unsigned depth, n_documents;
    struct {
        nap_node node;
        size_t first; /* in pending */
    } open[NAP_YAML_DEPTH_MAX];
};

static enum nap_err no_memory(struct reader *r)
{
    return nap_fail(r->error, NAP_ERR_NOMEM, "no memory to read %s", r->y->file);
}

static enum nap_err refuse(struct reader *r, size_t line, const char *found,
                           const char *expected)
{
    return nap_fail_at(r->error, NAP_ERR_PARSE, r->y->file, (unsigned)line,
                       "found %s, expected %s", found, expected);
}

/* @old grown so that @need elements fit; NULL without memory, and @old still stands. */
static void *grown(void *old, size_t *room, size_t need, size_t element_bytes)
{
    size_t now = *room ? *room : 64;
    void *p;

    if (old && need <= *room)
        return old;
    while (now < need)
        now *= 2;
    p = realloc(old, now * element_bytes);
    if (p)
        *room = now;
    return p;
}

static enum nap_err add_node(struct reader *r, enum nap_yaml_kind kind, size_t line,
                             nap_node *out)
{
    struct nap_yaml_node *nodes =
        grown(r->y->nodes, &r->room_nodes, r->y->n_nodes + 1, sizeof(*nodes));
    nap_node *pending = grown(r->pending, &r->room_pending, r->n_pending + 1, sizeof(*pending));

    if (nodes)
        r->y->nodes = nodes;
    if (pending)
        r->pending = pending;
    if (!nodes || !pending)
        return no_memory(r);
    *out = (nap_node)r->y->n_nodes;
    nodes[r->y->n_nodes++] =
        (struct nap_yaml_node){.line = (uint32_t)line, .kind = (uint16_t)kind};
    if (kind != KIND_NONE)
        pending[r->n_pending++] = *out;
    return NAP_OK;
}

static bool next_is_key(const struct reader *r)
{
    if (r->depth == 0 || r->y->nodes[r->open[r->depth - 1].node].kind != KIND_MAP)
        return false;
    return (r->n_pending - r->open[r->depth - 1].first) % 2 == 0;
}

static enum nap_err check_node(struct reader *r, size_t line, const yaml_char_t *anchor,
                               const yaml_char_t *tag)
{
    char limit[64];

    if (anchor)
        return refuse(r, line, "an anchor", "no anchors or aliases");
    if (tag)
        return refuse(r, line, "a tag", "no tags");
    (void)snprintf(limit, sizeof(limit), "at most %u", NAP_YAML_NODES_MAX);
    if (r->y->n_nodes > NAP_YAML_NODES_MAX)
        return refuse(r, line, "too many nodes", limit);
    return NAP_OK;
}

static enum nap_err add_scalar(struct reader *r, size_t line, const yaml_event_t *event)
{
    const char *value = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    enum nap_err err = check_node(r, line, event->data.scalar.anchor, event->data.scalar.tag);
    nap_node n;
    char *text;

    if (err)
        return err;
    for (size_t i = 0; i < length; i++)
        if (((unsigned char)value[i] < 0x20 && value[i] != '\n' && value[i] != '\t') ||
            value[i] == 0x7f)
            return refuse(r, line, "an escaped control character", "text");
    text = grown(r->y->text, &r->room_text, r->y->n_text + length + 1, 1);
    if (!text)
        return no_memory(r);
    r->y->text = text;
    err = add_node(r, KIND_SCALAR, line, &n);
    if (err)
        return err;
    memcpy(text + r->y->n_text, value, length);
    text[r->y->n_text + length] = '\0';
    r->y->nodes[n].first = (uint32_t)r->y->n_text;
    r->y->nodes[n].count = (uint32_t)length;
    r->y->n_text += length + 1;
    return NAP_OK;
}

static enum nap_err open_collection(struct reader *r, enum nap_yaml_kind kind, size_t line,
                                    const yaml_char_t *anchor, const yaml_char_t *tag)
{
    enum nap_err err = check_node(r, line, anchor, tag);
    nap_node n;
    char text[64];

    if (err)
        return err;
    if (next_is_key(r))
        return refuse(r, line, kind == KIND_MAP ? "a map as a key" : "a list as a key",
                      "a name");
    if (r->depth == NAP_YAML_DEPTH_MAX) {
        (void)snprintf(text, sizeof(text), "at most %u", NAP_YAML_DEPTH_MAX);
        return refuse(r, line, "deeper nesting", text);
    }
    err = add_node(r, kind, line, &n);
    if (err)
        return err;
    r->open[r->depth].node = n;
    r->open[r->depth].first = r->n_pending;
    r->depth++;
    return NAP_OK;
}

/* By text; equal texts in the order of the file. */
static int compare_keys(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    int order = strcmp(x->text, y->text);

    return order ? order : (x->node > y->node) - (x->node < y->node);
}

static enum nap_err check_duplicates(struct reader *r, const nap_node *pairs, size_t n)
{
    struct key *keys = grown(r->keys, &r->room_keys, n, sizeof(*keys));
    const struct key *worst = NULL;
    char found[SHOWN + 32];

    if (!keys)
        return no_memory(r);
    r->keys = keys;
    for (size_t i = 0; i < n; i++)
        keys[i] = (struct key){nap_yaml_text(r->y, pairs[2 * i]), pairs[2 * i]};
    qsort(keys, n, sizeof(*keys), compare_keys);
    for (size_t i = 1; i < n; i++)
        if (strcmp(keys[i - 1].text, keys[i].text) == 0 &&
            (!worst || keys[i].node < worst->node))
            worst = &keys[i];
    if (!worst)
        return NAP_OK;
    (void)snprintf(found, sizeof(found), "key '%.*s' twice", SHOWN, worst->text);
    return refuse(r, r->y->nodes[worst->node].line, found, "each key once");
}

static enum nap_err close_collection(struct reader *r)
{
    struct nap_yaml_node *node = &r->y->nodes[r->open[--r->depth].node];
    size_t first = r->open[r->depth].first, n = r->n_pending - first;
    nap_node *children =
        grown(r->y->children, &r->room_children, r->y->n_children + n, sizeof(*children));

    if (!children)
        return no_memory(r);
    r->y->children = children;
    if (n > 0)
        memcpy(children + r->y->n_children, r->pending + first, n * sizeof(*children));
    node->first = (uint32_t)r->y->n_children;
    node->count = (uint32_t)(node->kind == KIND_MAP ? n / 2 : n);
    r->y->n_children += n;
    r->n_pending = first;
    if (node->kind != KIND_MAP)
        return NAP_OK;
    return check_duplicates(r, children + node->first, node->count);
}

static enum nap_err take_event(struct reader *r, const yaml_event_t *event)
{
    size_t line = event->start_mark.line + 1;

    switch (event->type) {
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return NAP_OK;
    case YAML_DOCUMENT_START_EVENT:
        return r->n_documents++ ? refuse(r, line, "a second document", "one document") : NAP_OK;
    case YAML_ALIAS_EVENT:
        return refuse(r, line, "an alias", "no anchors or aliases");
    case YAML_SCALAR_EVENT:
        return add_scalar(r, line, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_collection(r, KIND_LIST, line, event->data.sequence_start.anchor,
                               event->data.sequence_start.tag);
    case YAML_MAPPING_START_EVENT:
        return open_collection(r, KIND_MAP, line, event->data.mapping_start.anchor,
                               event->data.mapping_start.tag);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_collection(r);
    }
    return NAP_OK;
}

static enum nap_err syntax_error(struct reader *r, const char *text)
{
    const yaml_parser_t *p = &r->parser;
    size_t line = p->problem_mark.line + 1;
    char found[160];

    if (p->error == YAML_MEMORY_ERROR)
        return no_memory(r);
    if (p->error == YAML_READER_ERROR) {
        line = 1;
        for (size_t i = 0; i < p->problem_offset; i++)
            line += text[i] == '\n';
        return refuse(r, line, "bytes that are not UTF-8", "UTF-8 text");
    }
    (void)snprintf(found, sizeof(found), "bad syntax (%s%s%s)", p->context ? p->context : "",
                   p->context ? ": " : "", p->problem ? p->problem : "unknown");
    return refuse(r, line, found, "well-formed YAML");
}

static enum nap_err read_events(struct reader *r, const char *text)
{
    enum nap_err err = NAP_OK;
    bool end = false;
    yaml_event_t event;

    while (!err && !end) {
        if (!yaml_parser_parse(&r->parser, &event))
            return syntax_error(r, text);
        err = take_event(r, &event);
        end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    return err;
}

/* Directives are refused here, before libyaml keeps each one and compares it with all others.
 */
static enum nap_err check_bytes(struct reader *r, const char *text, size_t bytes)
{
    size_t line = 1;
    char found[64];

    for (size_t i = 0; i < bytes; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c == '%' && (i == 0 || text[i - 1] == '\n'))
            return refuse(r, line, "a directive", "no '%' at the start of a line");
        if (c == '\n')
            line++;
        if (c == '\n' || c == '\t' || (c >= 0x20 && c != 0x7f) ||
            (c == '\r' && i + 1 < bytes && text[i + 1] == '\n'))
            continue;
        (void)snprintf(found, sizeof(found), "byte 0x%02x", c);
        return refuse(r, line, found, "text");
    }
    return NAP_OK;
}

static enum nap_err read_document(struct reader *r, const char *text, size_t bytes)
{
    const unsigned char empty = 0;
    enum nap_err err;
    nap_node none;
    char found[64], expected[64];

    (void)snprintf(found, sizeof(found), "%zu bytes", bytes);
    (void)snprintf(expected, sizeof(expected), "at most %u", NAP_YAML_BYTES_MAX);
    if (bytes > NAP_YAML_BYTES_MAX)
        return refuse(r, 1, found, expected);
    err = check_bytes(r, text, bytes);
    if (!err)
        err = add_node(r, KIND_NONE, 1, &none);
    if (err)
        return err;
    if (!yaml_parser_initialize(&r->parser))
        return no_memory(r);
    yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r->parser, bytes ? (const unsigned char *)text : &empty,
                                 bytes);
    err = read_events(r, text);
    yaml_parser_delete(&r->parser);
    if (err)
        return err;
    r->y->root = r->n_pending ? r->pending[0] : 0;
    if (nap_yaml_is_scalar(r->y, r->y->root) && r->y->nodes[r->y->root].count == 0)
        r->y->root = 0;
    return r->y->root ? NAP_OK : refuse(r, 1, "nothing", "a YAML document");
}

static struct nap_yaml *create(const char *file)
{
    struct nap_yaml *y = calloc(1, sizeof(*y));
    size_t bytes = strlen(file) + 1;

    if (!y)
        return NULL;
    y->file = malloc(bytes);
    if (!y->file) {
        free(y);
        return NULL;
    }
    memcpy(y->file, file, bytes);
    return y;
}

enum nap_err nap_yaml_parse(const char *text, size_t bytes, const char *file,
                            struct nap_yaml **out, struct nap_error *error)
{
    struct reader r = {.error = error};
    enum nap_err err;

    *out = NULL;
    r.y = create(file);
    if (!r.y)
        return nap_fail(error, NAP_ERR_NOMEM, "no memory to read %s", file);
    err = read_document(&r, text, bytes);
    free(r.pending);
    free(r.keys);
    if (err)
        nap_yaml_free(r.y);
    else
        *out = r.y;
    return err;
}

void nap_yaml_free(struct nap_yaml *y)
{
    if (!y)
        return;
    free(y->file);
    free(y->graft_file);
    free(y->text);
    free(y->nodes);
    free(y->children);
    free(y);
}

nap_node nap_yaml_root(const struct nap_yaml *y)
{
    return y->root;
}

const char *nap_yaml_file(const struct nap_yaml *y)
{
    return y->file;
}

unsigned nap_yaml_line(const struct nap_yaml *y, nap_node n)
{
    return y->nodes[n].line;
}

bool nap_yaml_is_map(const struct nap_yaml *y, nap_node n)
{
    return y->nodes[n].kind == KIND_MAP;
}

bool nap_yaml_is_list(const struct nap_yaml *y, nap_node n)
{
    return y->nodes[n].kind == KIND_LIST;
}

bool nap_yaml_is_scalar(const struct nap_yaml *y, nap_node n)
{
    return y->nodes[n].kind == KIND_SCALAR;
}

unsigned nap_yaml_count(const struct nap_yaml *y, nap_node n)
{
    return y->nodes[n].kind == KIND_SCALAR ? 0 : y->nodes[n].count;
}

nap_node nap_yaml_item(const struct nap_yaml *y, nap_node list, unsigned i)
{
    if (!nap_yaml_is_list(y, list) || i >= y->nodes[list].count)
        return 0;
    return y->children[y->nodes[list].first + i];
}

nap_node nap_yaml_key(const struct nap_yaml *y, nap_node map, unsigned i)
{
    if (!nap_yaml_is_map(y, map) || i >= y->nodes[map].count)
        return 0;
    return y->children[y->nodes[map].first + 2 * i];
}

nap_node nap_yaml_value(const struct nap_yaml *y, nap_node map, unsigned i)
{
    if (!nap_yaml_is_map(y, map) || i >= y->nodes[map].count)
        return 0;
    return y->children[y->nodes[map].first + 2 * i + 1];
}

nap_node nap_yaml_find(const struct nap_yaml *y, nap_node map, const char *key)
{
    for (unsigned i = 0; nap_yaml_key(y, map, i); i++)
        if (strcmp(nap_yaml_text(y, nap_yaml_key(y, map, i)), key) == 0)
            return nap_yaml_value(y, map, i);
    return 0;
}

const char *nap_yaml_text(const struct nap_yaml *y, nap_node n)
{
    return nap_yaml_is_scalar(y, n) ? y->text + y->nodes[n].first : "";
}

enum nap_err nap_yaml_fail(const struct nap_yaml *y, nap_node n, struct nap_error *error,
                           const char *format, ...)
{
    char text[sizeof(error->text)];
    va_list args;

    va_start(args, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): clang 14 overlooks va_start */
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (!y->nodes[n].grafted)
        return nap_fail_at(error, NAP_ERR_PARSE, y->file, nap_yaml_line(y, n), "%s", text);
    /* The other file is right by itself: what is wrong is how this one changes it. */
    return nap_fail_at(error, NAP_ERR_PARSE, y->file, y->graft_line,
                       "with %s:%u, which it extends: %s", y->graft_file, nap_yaml_line(y, n),
                       text);
}

/* The node as a message names it. */
struct shown {
    char text[SHOWN + 8];
};

static struct shown show(const struct nap_yaml *y, nap_node n)
{
    static const char *const kinds[] = {"nothing", "nothing", "a list", "a map"};
    struct shown s;

    if (nap_yaml_is_scalar(y, n) && y->nodes[n].count > 0)
        (void)snprintf(s.text, sizeof(s.text), "'%.*s'", SHOWN, nap_yaml_text(y, n));
    else
        (void)snprintf(s.text, sizeof(s.text), "%s", kinds[y->nodes[n].kind]);
    return s;
}

/* "a, b, c" of a NULL-terminated list. */
static void join(const char *const *names, char *out, size_t bytes)
{
    size_t at = 0;

    out[0] = '\0';
    for (; *names && at < bytes; names++) {
        int n = snprintf(out + at, bytes - at, "%s%s", at ? ", " : "", *names);

        at += n > 0 ? (size_t)n : 0;
    }
}

static bool listed(const char *const *names, const char *name, unsigned *index)
{
    for (unsigned i = 0; names[i]; i++) {
        *index = i;
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

enum nap_err nap_yaml_check_map(const struct nap_yaml *y, nap_node n, const char *what,
                                const char *const *allowed, struct nap_error *error)
{
    char list[300];
    unsigned index;

    if (!nap_yaml_is_map(y, n))
        return nap_yaml_fail(y, n, error, "found %s as %s, expected a map", show(y, n).text,
                             what);
    for (unsigned i = 0; i < nap_yaml_count(y, n); i++) {
        nap_node key = nap_yaml_key(y, n, i);

        if (listed(allowed, nap_yaml_text(y, key), &index))
            continue;
        join(allowed, list, sizeof(list));
        return nap_yaml_fail(y, key, error, "unknown key '%.*s' in %s, expected one of: %s",
                             SHOWN, nap_yaml_text(y, key), what, list);
    }
    return NAP_OK;
}

enum nap_err nap_yaml_check_list(const struct nap_yaml *y, nap_node n, const char *what,
                                 struct nap_error *error)
{
    if (nap_yaml_is_list(y, n))
        return NAP_OK;
    return nap_yaml_fail(y, n, error, "found %s as %s, expected a list", show(y, n).text, what);
}

enum nap_err nap_yaml_need(const struct nap_yaml *y, nap_node map, const char *what,
                           const char *key, nap_node *out, struct nap_error *error)
{
    *out = nap_yaml_find(y, map, key);
    if (*out)
        return NAP_OK;
    return nap_yaml_fail(y, map, error, "found no '%s' in %s, expected this key", key, what);
}

enum nap_err nap_yaml_line_text(const struct nap_yaml *y, nap_node n, const char *what,
                                size_t limit, const char **out, struct nap_error *error)
{
    *out = nap_yaml_text(y, n);
    if (!nap_yaml_is_scalar(y, n) || **out == '\0')
        return nap_yaml_fail(y, n, error, "found %s as %s, expected text", show(y, n).text,
                             what);
    if (y->nodes[n].count >= limit)
        return nap_yaml_fail(y, n, error, "found %u bytes as %s, expected at most %zu",
                             (unsigned)y->nodes[n].count, what, limit - 1);
    if (strpbrk(*out, "\n\t"))
        return nap_yaml_fail(
            y, n, error, "found a line break or tab in %s, expected one line of text", what);
    return NAP_OK;
}

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool nap_is_name(const char *text)
{
    const char *c = text;

    while (is_alnum(*c) || (c > text && *c != '\0' && strchr("_-.", *c)))
        c++;
    return c > text && *c == '\0' && c - text < NAP_NAME_MAX;
}

enum nap_err nap_yaml_name(const struct nap_yaml *y, nap_node n, const char *what,
                           const char **out, struct nap_error *error)
{
    enum nap_err err = nap_yaml_line_text(y, n, what, NAP_NAME_MAX, out, error);

    if (err || nap_is_name(*out))
        return err;
    return nap_yaml_fail(y, n, error,
                         "found %s as %s, expected a name of letters, digits, '_', '-', '.'",
                         show(y, n).text, what);
}

enum nap_err nap_yaml_get_text(const struct nap_yaml *y, nap_node map, const char *key,
                               char *out, size_t bytes, struct nap_error *error)
{
    const char *text;
    nap_node n;
    enum nap_err err = nap_yaml_need(y, map, "this map", key, &n, error);

    if (!err)
        err = nap_yaml_line_text(y, n, key, bytes, &text, error);
    if (!err)
        memcpy(out, text, strlen(text) + 1);
    return err;
}

enum nap_err nap_yaml_get_u64(const struct nap_yaml *y, nap_node map, const char *key,
                              uint64_t min, uint64_t max, uint64_t *out,
                              struct nap_error *error)
{
    nap_node n;
    enum nap_err err = nap_yaml_need(y, map, "this map", key, &n, error);

    return err ? err : nap_yaml_u64(y, n, key, min, max, out, error);
}

static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return (unsigned)(c - 'A') + 10;
    return 99;
}

enum number { NUMBER_GOOD, NUMBER_BAD, NUMBER_TOO_BIG };

/* A leading zero is bad: some readers take 010 for 8, some for 10. */
static enum number read_number(const char *text, uint64_t *out)
{
    bool hex = text[0] == '0' && text[1] == 'x';
    unsigned base = hex ? 16 : 10;
    const char *first = text + (hex ? 2 : 0);
    enum number result = NUMBER_GOOD;

    *out = 0;
    if (*first == '\0' || (!hex && first[0] == '0' && first[1] != '\0'))
        return NUMBER_BAD;
    for (const char *c = first; *c != '\0'; c++) {
        unsigned digit = digit_value(*c);

        if (*c == '_' && c > first && c[-1] != '_' && c[1] != '\0')
            continue;
        if (digit >= base)
            return NUMBER_BAD;
        if (*out > (UINT64_MAX - digit) / base)
            result = NUMBER_TOO_BIG;
        *out = *out * base + digit;
    }
    return result;
}

enum nap_err nap_yaml_u64(const struct nap_yaml *y, nap_node n, const char *what, uint64_t min,
                          uint64_t max, uint64_t *out, struct nap_error *error)
{
    enum number result = read_number(nap_yaml_text(y, n), out);

    if (result == NUMBER_BAD)
        return nap_yaml_fail(y, n, error,
                             "found %s as %s, expected a number, decimal or 0x hexadecimal",
                             show(y, n).text, what);
    if (result == NUMBER_TOO_BIG || *out < min || *out > max)
        return nap_yaml_fail(y, n, error, "found %s as %s, expected 0x%llx to 0x%llx",
                             show(y, n).text, what, (unsigned long long)min,
                             (unsigned long long)max);
    return NAP_OK;
}

enum nap_err nap_yaml_enum(const struct nap_yaml *y, nap_node n, const char *what,
                           const char *const *names, unsigned *out, struct nap_error *error)
{
    char list[300];

    if (nap_yaml_is_scalar(y, n) && listed(names, nap_yaml_text(y, n), out))
        return NAP_OK;
    join(names, list, sizeof(list));
    return nap_yaml_fail(y, n, error, "found %s as %s, expected one of: %s", show(y, n).text,
                         what, list);
}
