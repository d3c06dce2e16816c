/* SPDX-License-Identifier: MIT */
/* What the fuzz targets share: the contract that every loader keeps whatever it is fed. A
 * breach of it ends the process, and libFuzzer and replay.c both name the input. */
#ifndef FUZZ_H
#define FUZZ_H

#include <regnap/error.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUZZ_FILE "input" /* the name of the input, for messages */

/* The target: feeds one input to one loader and does with the result what users do. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static inline void fuzz_fail(const char *what, const char *text)
{
    (void)fprintf(stderr, "contract broken: %s: %s\n", what, text);
    abort();
}

static inline void fuzz_require(bool holds, const char *what)
{
    if (!holds)
        fuzz_fail(what, "");
}

static inline bool fuzz_same(struct nap_hash128 a, struct nap_hash128 b)
{
    return a.low == b.low && a.high == b.high;
}

/* One line of text that a report can print. */
static inline void fuzz_check_line(const char *text, size_t room)
{
    fuzz_require(memchr(text, '\0', room) != NULL, "the text ends within its room");
    fuzz_require(*text != '\0', "the text says something");
    for (const char *c = text; *c; c++)
        if (iscntrl((unsigned char)*c))
            fuzz_fail("no control characters", text);
}

/* What every failing call leaves behind. */
static inline void fuzz_check_error(enum nap_err err, const struct nap_error *error)
{
    fuzz_require(err < 0, "failures are negative");
    fuzz_require(error->code == err, "code and return value are the same");
    fuzz_check_line(error->text, sizeof(error->text));
}

/* The place in front of the message: "input:LINE: ", a line that the input has. */
static inline void fuzz_check_place(const char *text, const uint8_t *data, size_t bytes)
{
    unsigned long line, last = 2; /* an end of file may lie behind the last line */
    char *end;

    for (size_t i = 0; i < bytes; i++)
        last += data[i] == '\n' || data[i] == '\r';
    if (strncmp(text, FUZZ_FILE ":", sizeof(FUZZ_FILE)) != 0)
        fuzz_fail("the file stands in front", text);
    line = strtoul(text + sizeof(FUZZ_FILE), &end, 10);
    if (line < 1 || line > last || strncmp(end, ": ", 2) != 0 || end[2] == '\0')
        fuzz_fail("the line follows, then the message", text);
}

/* A loader of text refused its input. */
static inline void fuzz_check_refusal(enum nap_err err, const struct nap_error *error,
                                      const void *out, const uint8_t *data, size_t bytes)
{
    fuzz_require(!out, "*out is NULL on failure");
    fuzz_check_error(err, error);
    fuzz_check_place(error->text, data, bytes);
}

#endif
