/* SPDX-License-Identifier: MIT */
/* Log and warnings. What goes into the trace must not depend on where the host has put things,
 * so %p and its extensions are worked out here; the C library formats the rest. Source:
 * Documentation/core-api/printk-formats.rst. */
#include <libfdt.h>
#include <stdio.h>

#include "runtime.h" /* after them: names of the kernel are macros */

#include <stdarg.h>

/* Here they are those of the C library. */
#undef snprintf
#undef vsnprintf

struct text {
    char *out;
    size_t room, at; /* @at counts on where there is no room */
};

/* Where the C library may go on writing. */
static char *rest(const struct text *t)
{
    return t->at < t->room ? t->out + t->at : NULL;
}

static size_t rest_bytes(const struct text *t)
{
    return t->at < t->room ? t->room - t->at : 0;
}

static void put(struct text *t, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++, t->at++)
        if (t->at + 1 < t->room)
            t->out[t->at] = s[i];
}

static void put_string(struct text *t, const char *s)
{
    put(t, s, strlen(s));
}

__printf(2, 3) static void put_format(struct text *t, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    t->at += (size_t)vsnprintf(rest(t), rest_bytes(t), format, args);
    va_end(args);
}

/* --- what %p can be followed by --- */

static void put_address(struct text *t, const void *p, const char **f)
{
    *f += **f == 'p' || **f == 'd';
    put_format(t, "0x%0*llx", (int)sizeof(phys_addr_t) * 2, *(const phys_addr_t *)p);
}

static void put_resource(struct text *t, const struct resource *res)
{
    put_format(t, "[%s 0x%08llx-0x%08llx]", res->flags & IORESOURCE_MEM ? "mem" : "io ",
               res->start, res->end);
}

static void put_node(struct text *t, const struct device_node *np, const char **f)
{
    char path[256] = "";

    *f += **f == 'F';
    if (**f == 'n') {
        ++*f;
        put_string(t, np->name);
        return;
    }
    *f += **f == 'f';
    (void)fdt_get_path(regnap_tree(), np->offset, path, sizeof path);
    put_string(t, path);
}

static void put_error(struct text *t, const void *p)
{
    static const struct {
        int error;
        const char *name;
    } names[] = {
        {-EINVAL, "-EINVAL"},       {-ENOMEM, "-ENOMEM"},
        {-ENODEV, "-ENODEV"},       {-ENXIO, "-ENXIO"},
        {-EBUSY, "-EBUSY"},         {-EIO, "-EIO"},
        {-ENOENT, "-ENOENT"},       {-EPROBE_DEFER, "-EPROBE_DEFER"},
        {-ETIMEDOUT, "-ETIMEDOUT"}, {-EEXIST, "-EEXIST"},
        {-ENOSPC, "-ENOSPC"},       {-EOPNOTSUPP, "-EOPNOTSUPP"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (PTR_ERR(p) == names[i].error) {
            put_string(t, names[i].name);
            return;
        }
    put_format(t, "%ld", PTR_ERR(p));
}

/* Objects of a driver lie in the machine's memory and registers where the machine has them:
 * addresses that are the same in every run. Those of code, constants and the stack are not. */
static void put_plain(struct text *t, const void *p)
{
    if (ZERO_OR_NULL_PTR(p) || IS_ERR(p) || nap_virt_to_phys(p) ||
        regnap_is_register((unsigned long)p))
        put_format(t, "%016lx", (unsigned long)p);
    else
        put_string(t, "(pointer)");
}

/* Returns where the format goes on. */
static const char *put_pointer(struct text *t, const char *f, const void *p)
{
    if (*f && strchr("aRrO", *f) && (ZERO_OR_NULL_PTR(p) || IS_ERR(p))) {
        put_string(t, p ? "(efault)" : "(null)");
        return f + 1 + (*f == 'O' && f[1] == 'F');
    }
    switch (*f) {
    case 'a':
        f++;
        put_address(t, p, &f);
        return f;
    case 'R':
    case 'r':
        put_resource(t, p);
        return f + 1;
    case 'O':
        f++;
        put_node(t, p, &f);
        return f;
    case 'e':
        if (!IS_ERR(p))
            break;
        put_error(t, p);
        return f + 1;
    case 's':
    case 'S':
    case 'B':
        put_string(t, "(symbol)");
        return f + 1;
    case 'x':
    case 'K':
        break;
    default:
        put_plain(t, p);
        return f;
    }
    put_plain(t, p);
    return f + 1;
}

/* --- everything else --- */

/* One conversion, with the width and precision that came as arguments written out. */
struct conversion {
    char spec[48];
    size_t at;
};

static void keep(struct conversion *c, char letter)
{
    if (c->at + 1 < sizeof c->spec)
        c->spec[c->at++] = letter;
    c->spec[c->at] = 0;
}

static const char *keep_layout(struct conversion *c, const char *f, va_list *args)
{
    for (; *f && strchr("-+ #0123456789.*", *f); f++) {
        char number[12];

        if (*f != '*') {
            keep(c, *f);
            continue;
        }
        snprintf(number, sizeof number, "%d", va_arg(*args, int));
        for (const char *digit = number; *digit; digit++)
            keep(c, *digit);
    }
    return f;
}

/* How wide the argument is: as many l as the format has, of which z, t and j are one. */
static const char *skip_length(const char *f, int *longs)
{
    for (*longs = 0; *f && strchr("hlzjtqL", *f); f++)
        *longs += *f == 'h' ? -1 : 1;
    return f;
}

/* The formats below are put together from the driver's, which the compiler has checked. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static void put_words(struct text *t, struct conversion *c, const char *s)
{
    keep(c, 's');
    t->at += (size_t)snprintf(rest(t), rest_bytes(t), c->spec, s ? s : "(null)");
}

static void put_letter(struct text *t, struct conversion *c, int letter)
{
    keep(c, 'c');
    t->at += (size_t)snprintf(rest(t), rest_bytes(t), c->spec, letter);
}

static void put_signed(struct text *t, struct conversion *c, int longs, va_list *args)
{
    long long value = longs > 0 ? va_arg(*args, long) : va_arg(*args, int);

    value = longs == -1 ? (short)value : longs == -2 ? (signed char)value : value;
    keep(c, 'l');
    keep(c, 'l');
    keep(c, 'd');
    t->at += (size_t)snprintf(rest(t), rest_bytes(t), c->spec, value);
}

static void put_unsigned(struct text *t, struct conversion *c, char letter, int longs,
                         va_list *args)
{
    unsigned long long value =
        longs > 0 ? va_arg(*args, unsigned long) : va_arg(*args, unsigned int);

    value = longs == -1 ? (u16)value : longs == -2 ? (u8)value : value;
    keep(c, 'l');
    keep(c, 'l');
    keep(c, letter);
    t->at += (size_t)snprintf(rest(t), rest_bytes(t), c->spec, value);
}

#pragma GCC diagnostic pop

/* @f stands behind the percent sign. */
static const char *put_conversion(struct text *t, const char *f, va_list *args)
{
    struct conversion c = {.spec = "%", .at = 1};
    int longs;
    char letter = '%';

    f = skip_length(keep_layout(&c, f, args), &longs);
    if (*f)
        letter = *f++;
    if (letter == 'p')
        return put_pointer(t, f, va_arg(*args, const void *));
    if (letter == 's')
        put_words(t, &c, va_arg(*args, const char *));
    else if (letter == 'c')
        put_letter(t, &c, va_arg(*args, int));
    else if (letter == 'd' || letter == 'i')
        put_signed(t, &c, longs, args);
    else if (strchr("uoxX", letter))
        put_unsigned(t, &c, letter, longs, args);
    else
        put(t, &letter, 1);
    return f;
}

static void put_text(struct text *t, const char *format, va_list *args)
{
    while (*format) {
        size_t plain = strcspn(format, "%");

        put(t, format, plain);
        format += plain;
        if (*format)
            format = put_conversion(t, format + 1, args);
    }
}

int regnap_vsnprintf(char *out, size_t bytes, const char *format, va_list args)
{
    struct text t = {out, bytes, 0};
    va_list again;

    va_copy(again, args);
    put_text(&t, format, &again);
    va_end(again);
    if (bytes)
        out[t.at < bytes ? t.at : bytes - 1] = 0;
    return (int)t.at;
}

int regnap_snprintf(char *out, size_t bytes, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = regnap_vsnprintf(out, bytes, format, args);
    va_end(args);
    return n;
}

int scnprintf(char *out, size_t bytes, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = regnap_vsnprintf(out, bytes, format, args);
    va_end(args);
    if (bytes == 0)
        return 0;
    return n < (int)bytes ? n : (int)bytes - 1;
}

/* --- the log --- */

/* Levels stand in front of the text, as "<3>". */
static const char *without_level(const char *format)
{
    return format[0] == '<' && format[1] >= '0' && format[1] <= '7' && format[2] == '>'
               ? format + 3
               : format;
}

int printk(const char *format, ...)
{
    char text[256]; /* the trace keeps no more */
    va_list args;
    int n;

    va_start(args, format);
    n = regnap_vsnprintf(text, sizeof text, without_level(format), args);
    va_end(args);
    nap_log("%s", text);
    return n;
}

const char *dev_driver_string(const struct device *dev)
{
    if (dev->driver)
        return dev->driver->name;
    return dev->bus ? dev->bus->name : "";
}

static void log_for(const struct device *dev, const char *text)
{
    if (dev)
        nap_log("%s %s: %s", dev_driver_string(dev), dev_name(dev), text);
    else
        nap_log("no device: %s", text);
}

void _dev_printk(const char *level, const struct device *dev, const char *format, ...)
{
    char text[256];
    va_list args;

    (void)level;
    va_start(args, format);
    regnap_vsnprintf(text, sizeof text, format, args);
    va_end(args);
    log_for(dev, text);
}

int dev_err_probe(const struct device *dev, int error, const char *format, ...)
{
    char text[200];
    va_list args;

    if (error == -EPROBE_DEFER)
        return error;
    va_start(args, format);
    regnap_vsnprintf(text, sizeof text, format, args);
    va_end(args);
    _dev_printk(KERN_ERR, dev, "failed (%pe): %s", ERR_PTR(error), text);
    return error;
}

void regnap_warn(const char *file, int line, const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    regnap_vsnprintf(text, sizeof text, format, args);
    va_end(args);
    nap_warn(text, file, line);
}
