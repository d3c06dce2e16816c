/* SPDX-License-Identifier: MIT */
/* How a caller learns what was wrong with a call or an input file. The library never prints:
 * a failing function returns a negative enum nap_err and fills a struct nap_error whose text
 * names the place (file and line, register, step) with what was found and what was expected. */
#ifndef REGNAP_ERROR_H
#define REGNAP_ERROR_H

#include <regnap/types.h>

enum nap_err {
    NAP_OK = 0,
    NAP_ERR_ARG = -1,     /* an argument makes no sense */
    NAP_ERR_PARSE = -2,   /* an input file is malformed */
    NAP_ERR_UNKNOWN = -3, /* a name that nothing has */
    NAP_ERR_RANGE = -4,   /* a value outside its limits */
    NAP_ERR_NOSPACE = -5, /* a fixed capacity is reached */
    NAP_ERR_NOMEM = -6,   /* the host gave no memory */
    NAP_ERR_IO = -7,      /* a file cannot be read or written */
    NAP_ERR_STATE = -8,   /* the call does not fit the state of its object */
    NAP_ERR_INTERNAL = -9 /* our own fault */
};

struct nap_error {
    enum nap_err code;
    char text[512]; /* one line, no trailing newline */
};

/* What the code means, as a short lower-case phrase. Never NULL. */
NAP_EXPORT const char *nap_strerror(enum nap_err code);

/* Fills @error (may be NULL) and returns @code, so that a caller can `return nap_fail(...)`. */
NAP_EXPORT enum nap_err nap_fail(struct nap_error *error, enum nap_err code, const char *format,
                                 ...) NAP_PRINTF(3, 4);

/* The same, with "file:line: " in front. */
NAP_EXPORT enum nap_err nap_fail_at(struct nap_error *error, enum nap_err code,
                                    const char *file, unsigned line, const char *format, ...)
    NAP_PRINTF(5, 6);

#endif
