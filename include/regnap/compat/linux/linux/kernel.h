/* SPDX-License-Identifier: MIT */
/* What everything uses. */
#ifndef NAP_COMPAT_LINUX_KERNEL_H
#define NAP_COMPAT_LINUX_KERNEL_H

#include <linux/bits.h>
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/kconfig.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/types.h>

#define ARRAY_SIZE(a)                                                                          \
    (sizeof(a) / sizeof((a)[0]) + sizeof(struct { int : -!!__same_type((a), &(a)[0]); }))

#define upper_32_bits(n) ((u32)((u64)(n) >> 32))
#define lower_32_bits(n) ((u32)(n))

#define U8_MAX  ((u8)0xff)
#define U16_MAX ((u16)0xffff)
#define U32_MAX ((u32)0xffffffff)
#define U64_MAX ((u64)0xffffffffffffffff)
#define S32_MAX ((s32)0x7fffffff)
#undef INT_MAX
#undef UINT_MAX
#undef LONG_MAX
#undef ULONG_MAX
#define INT_MAX   __INT_MAX__
#define UINT_MAX  (INT_MAX * 2U + 1)
#define LONG_MAX  __LONG_MAX__
#define ULONG_MAX (LONG_MAX * 2UL + 1)

/* Warns where nothing may sleep: with a spinlock held, with interrupts off, in a handler. */
void regnap_might_sleep(const char *what, const char *file, int line);
#define might_sleep() regnap_might_sleep("might_sleep()", __FILE__, __LINE__)

/* With the extensions of %p that printk() has. */
__printf(3, 4) int regnap_snprintf(char *out, size_t bytes, const char *format, ...);
int regnap_vsnprintf(char *out, size_t bytes, const char *format, __builtin_va_list args);
#define snprintf  regnap_snprintf
#define vsnprintf regnap_vsnprintf
/* As snprintf(), but the length of what fits. */
__printf(3, 4) int scnprintf(char *out, size_t bytes, const char *format, ...);
/* 0, -EINVAL or -ERANGE; one newline at the end is ignored. */
int __must_check kstrtoull(const char *text, unsigned int base, unsigned long long *out);
int __must_check kstrtouint(const char *text, unsigned int base, unsigned int *out);

#endif
