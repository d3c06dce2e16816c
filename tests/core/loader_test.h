/* SPDX-License-Identifier: MIT */
/* What the tests of the loaders share: files of the source tree, and tables of bad input. */
#ifndef TEST_LOADER_TEST_H
#define TEST_LOADER_TEST_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

/* A text and the whole message that refuses it. */
struct bad_input {
    const char *text;
    const char *message;
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* The file at @path below the source tree; the caller frees it. */
static inline char *source_file(const char *path, size_t *bytes)
{
    char name[1024];
    char *text = malloc(1u << 20);
    FILE *file;

    assert_non_null(text);
    (void)snprintf(name, sizeof(name), "%s/%s", REGNAP_SOURCE_DIR, path);
    file = fopen(name, "rb");
    assert_non_null(file);
    *bytes = fread(text, 1, 1u << 20, file);
    assert_int_equal(fclose(file), 0);
    assert_true(*bytes < 1u << 20);
    return text;
}

#endif
