/* SPDX-License-Identifier: MIT */
/* Error texts. Every text that leaves here is one line of valid UTF-8, whatever the input file
 * or its name held, so that a report can print it and JSON can carry it. */
#include "printable.h"

#include <regnap/error.h>

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FILE_NAME_SHOWN 160 /* bytes of a file name; a longer one loses its front */

const char *nap_strerror(enum nap_err code)
{
    switch (code) {
    case NAP_OK:
        return "success";
    case NAP_ERR_ARG:
        return "invalid argument";
    case NAP_ERR_PARSE:
        return "malformed input";
    case NAP_ERR_UNKNOWN:
        return "unknown name";
    case NAP_ERR_RANGE:
        return "value out of range";
    case NAP_ERR_NOSPACE:
        return "capacity reached";
    case NAP_ERR_NOMEM:
        return "out of memory";
    case NAP_ERR_IO:
        return "input or output failed";
    case NAP_ERR_STATE:
        return "not possible in this state";
    case NAP_ERR_INTERNAL:
        return "internal error";
    }
    return "unknown error";
}

static_assert(sizeof(((struct nap_error *)0)->text) <= NAP_PRINTABLE_MAX, "an error text fits");

/* Bytes of the printable UTF-8 character at @s, or 0. Control characters, C1 controls, overlong
 * forms and surrogates count as unprintable. */
static size_t printable_bytes(const unsigned char *s)
{
    unsigned lead = s[0], next = lead < 0x80 ? 0 : s[1];
    size_t bytes = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

    if (lead < 0x80)
        return lead >= 0x20 && lead != 0x7f;
    if (lead < 0xc2 || lead > 0xf4 || (lead == 0xc2 && next < 0xa0) ||
        (lead == 0xe0 && next < 0xa0) || (lead == 0xed && next > 0x9f) ||
        (lead == 0xf0 && next < 0x90) || (lead == 0xf4 && next > 0x8f))
        return 0;
    for (size_t i = 1; i < bytes; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    return bytes;
}

void nap_make_printable(char *text)
{
    unsigned char buffer[NAP_PRINTABLE_MAX + 4] = {0};
    size_t length = strlen(text), step;

    assert(length < NAP_PRINTABLE_MAX);
    memcpy(buffer, text, length + 1); /* zeros follow, so a cut character is seen as such */
    for (size_t i = 0; i < length; i += step) {
        step = printable_bytes(buffer + i);
        if (step == 0) {
            text[i] = '?';
            step = 1;
        }
    }
}

enum nap_err nap_fail(struct nap_error *error, enum nap_err code, const char *format, ...)
{
    va_list args;

    if (!error)
        return code;
    error->code = code;
    va_start(args, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): clang 14 overlooks va_start */
    (void)vsnprintf(error->text, sizeof(error->text), format, args);
    va_end(args);
    nap_make_printable(error->text);
    return code;
}

enum nap_err nap_fail_at(struct nap_error *error, enum nap_err code, const char *file,
                         unsigned line, const char *format, ...)
{
    size_t length = strlen(file);
    const char *dots = length > FILE_NAME_SHOWN ? "..." : "";
    va_list args;
    int at;

    if (!error)
        return code;
    error->code = code;
    if (length > FILE_NAME_SHOWN)
        file += length - FILE_NAME_SHOWN;
    at = snprintf(error->text, sizeof(error->text), "%s%s:%u: ", dots, file, line);
    va_start(args, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): clang 14 overlooks va_start */
    (void)vsnprintf(error->text + at, sizeof(error->text) - (size_t)at, format, args);
    va_end(args);
    nap_make_printable(error->text);
    return code;
}
