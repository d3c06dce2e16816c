/* SPDX-License-Identifier: MIT */
/* printk(): the conversions of C without floating point, and Xen's for domains and PCI
 * addresses. What goes into the trace must not depend on where the host has put things, so
 * symbols and other extensions of %p are shown as written. */
#include "runtime.h"

#include <stdarg.h>
#include <stdio.h>

struct text {
    char line[256]; /* the trace keeps no more */
    size_t at;
    va_list args;
};

static void put(struct text *t, const char *s, size_t n)
{
    size_t room = sizeof t->line - 1 - t->at;

    if (n > room)
        n = room;
    memcpy(t->line + t->at, s, n);
    t->at += n;
    t->line[t->at] = 0;
}

static void put_string(struct text *t, const char *s)
{
    put(t, s, strlen(s));
}

/* One conversion with its flags, width and precision, rebuilt for the C library. */
struct conversion {
    char spec[48];
    size_t at;
    int longs; /* -2 hh, -1 h, 0, 1 l, 2 ll, 3 z and t, 4 j */
};

static void keep(struct conversion *c, char letter)
{
    if (c->at + 1 < sizeof c->spec)
        c->spec[c->at++] = letter;
    c->spec[c->at] = 0;
}

static const char *parse_layout(struct text *t, struct conversion *c, const char *f)
{
    for (; *f && strchr("-+ #0123456789.*", *f); f++) {
        char number[12];

        if (*f != '*') {
            keep(c, *f);
            continue;
        }
        snprintf(number, sizeof number, "%d", va_arg(t->args, int));
        for (const char *p = number; *p; p++)
            keep(c, *p);
    }
    return f;
}

static const char *parse_length(struct conversion *c, const char *f)
{
    for (;; f++) {
        if (*f == 'h')
            c->longs--;
        else if (*f == 'l')
            c->longs++;
        else if (*f == 'z' || *f == 't')
            c->longs = 3;
        else if (*f == 'j')
            c->longs = 4;
        else
            return f;
    }
}

/* Every integer is widened to 64 bits, which the value of a narrower type survives. */
static long long signed_arg(struct text *t, const struct conversion *c)
{
    if (c->longs == -2)
        return (signed char)va_arg(t->args, int);
    if (c->longs == -1)
        return (short)va_arg(t->args, int);
    if (c->longs == 0)
        return va_arg(t->args, int);
    if (c->longs == 2)
        return va_arg(t->args, long long);
    return va_arg(t->args, long); /* as wide as what z, t and j stand for */
}

static unsigned long long unsigned_arg(struct text *t, const struct conversion *c)
{
    if (c->longs == -2)
        return (unsigned char)va_arg(t->args, unsigned int);
    if (c->longs == -1)
        return (unsigned short)va_arg(t->args, unsigned int);
    if (c->longs == 0)
        return va_arg(t->args, unsigned int);
    if (c->longs == 2)
        return va_arg(t->args, unsigned long long);
    return va_arg(t->args, unsigned long);
}

/* The formats below are put together from the driver's, which the compiler has checked. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static void put_integer(struct text *t, struct conversion *c, char letter)
{
    char out[128];

    if (letter == 'c') {
        keep(c, 'c');
        snprintf(out, sizeof out, c->spec, va_arg(t->args, int));
    } else if (letter == 'd' || letter == 'i') {
        keep(c, 'l');
        keep(c, 'l');
        keep(c, 'd');
        snprintf(out, sizeof out, c->spec, signed_arg(t, c));
    } else {
        keep(c, 'l');
        keep(c, 'l');
        keep(c, letter);
        snprintf(out, sizeof out, c->spec, unsigned_arg(t, c));
    }
    put_string(t, out);
}

static void put_words(struct text *t, struct conversion *c)
{
    const char *s = va_arg(t->args, const char *);
    char out[256];

    keep(c, 's');
    snprintf(out, sizeof out, c->spec, s ? s : "<NULL>");
    put_string(t, out);
}

#pragma GCC diagnostic pop

static void put_domain(struct text *t, const struct domain *d)
{
    char out[16];

    if (!d)
        put_string(t, "NULL");
    else if (d->domain_id == DOMID_IO)
        put_string(t, "d[IO]");
    else if (d->domain_id == DOMID_XEN)
        put_string(t, "d[XEN]");
    else {
        snprintf(out, sizeof out, "d%u", d->domain_id);
        put_string(t, out);
    }
}

/* Objects of a driver lie in the machine's memory, at addresses that are the same in every run;
 * code and constants do not. */
static void put_pointer(struct text *t)
{
    const void *p = va_arg(t->args, const void *);
    char out[24];

    if (p && nap_virt_to_phys(p) == 0) {
        put_string(t, "<pointer>");
        return;
    }
    snprintf(out, sizeof out, "%016" PRIxPTR, (uintptr_t)p);
    put_string(t, out);
}

/* Returns where the format goes on. */
static const char *put_extended(struct text *t, const char *f)
{
    char out[8];

    if (*f == 'd') {
        put_domain(t, va_arg(t->args, const struct domain *));
        return f + 1;
    }
    if (*f && strchr("bhpsSv", *f)) {
        (void)va_arg(t->args, const void *);
        snprintf(out, sizeof out, "<%%p%c>", *f);
        put_string(t, out);
        return f + 1;
    }
    put_pointer(t);
    return f;
}

/* @f stands behind the percent sign. */
static const char *put_conversion(struct text *t, const char *f)
{
    struct conversion c = {.spec = "%", .at = 1};

    f = parse_length(&c, parse_layout(t, &c, f));
    if (*f && strchr("cdiuoxX", *f)) {
        put_integer(t, &c, *f);
    } else if (*f == 's') {
        put_words(t, &c);
    } else if (*f == 'p') {
        return put_extended(t, f + 1);
    } else if (*f) {
        put(t, f, 1); /* a percent sign, or what nobody knows */
    }
    return *f ? f + 1 : f;
}

/* Level marks stand at the start: "<0>", "<G><0>". */
static const char *skip_marks(const char *f)
{
    while (f[0] == '<' && f[1] && strchr("0123G", f[1]) && f[2] == '>')
        f += 3;
    return f;
}

static void format_text(struct text *t, const char *f)
{
    f = skip_marks(f);
    while (*f) {
        size_t plain = strcspn(f, "%");

        put(t, f, plain);
        f += plain;
        if (*f)
            f = put_conversion(t, f + 1);
    }
}

/* A line of its own for each line of @text. */
static void log_lines(const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");

        if (length > 0)
            nap_log("(XEN) %.*s", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

void printk(const char *format, ...)
{
    struct text t = {.line = ""};

    va_start(t.args, format);
    format_text(&t, format);
    va_end(t.args);
    log_lines(t.line);
}

void nap_xen_panic(const char *file, int line, const char *format, ...)
{
    struct text t = {.line = ""};

    va_start(t.args, format);
    format_text(&t, format);
    va_end(t.args);
    log_lines(t.line);
    nap_panic("panic()", file, line);
}
