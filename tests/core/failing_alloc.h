/* SPDX-License-Identifier: MIT */
/* Lets a test fail one allocation of the code under test. Include in one file of a test, link
 * with -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup and with static libyaml. */
#ifndef TEST_FAILING_ALLOC_H
#define TEST_FAILING_ALLOC_H

#include <stddef.h>

static unsigned long alloc_until_failure; /* 1: the next one fails; 0: none does */

static int alloc_fails(void)
{
    return alloc_until_failure > 0 && --alloc_until_failure == 0;
}

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *old, size_t bytes);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *old, size_t bytes);
char *__wrap_strdup(const char *text);

void *__wrap_malloc(size_t bytes)
{
    return alloc_fails() ? NULL : __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    return alloc_fails() ? NULL : __real_calloc(count, bytes);
}

void *__wrap_realloc(void *old, size_t bytes)
{
    return alloc_fails() ? NULL : __real_realloc(old, bytes);
}

char *__wrap_strdup(const char *text)
{
    return alloc_fails() ? NULL : __real_strdup(text);
}

#endif
