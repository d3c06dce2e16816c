/* SPDX-License-Identifier: MIT */
/* Memory and text. */
#ifndef NAP_COMPAT_LINUX_STRING_H
#define NAP_COMPAT_LINUX_STRING_H

#include <linux/types.h>

#include <string.h>

#include <linux/slab.h>

static inline bool strstarts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Copies what fits, always terminated; the length, or -E2BIG if it was cut. */
ssize_t strscpy(char *dest, const char *src, size_t count);
/* Index of the entry equal to @string, or -EINVAL. */
int match_string(const char *const *array, size_t n, const char *string);
bool sysfs_streq(const char *a, const char *b);

#endif
