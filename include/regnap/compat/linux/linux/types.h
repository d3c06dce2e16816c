/* SPDX-License-Identifier: MIT */
/* Scalars by width, addresses, and the smallest shared structures. */
#ifndef NAP_COMPAT_LINUX_TYPES_H
#define NAP_COMPAT_LINUX_TYPES_H

#include <linux/compiler.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef signed char s8;
typedef unsigned char u8;
typedef short s16;
typedef unsigned short u16;
typedef int s32;
typedef unsigned int u32;
typedef long long s64;
typedef unsigned long long u64;

typedef s8 __s8;
typedef u8 __u8;
typedef s16 __s16;
typedef u16 __u16;
typedef s32 __s32;
typedef u32 __u32;
typedef s64 __s64;
typedef u64 __u64;

typedef u16 __le16;
typedef u32 __le32;
typedef u64 __le64;
typedef u16 __be16;
typedef u32 __be32;
typedef u64 __be64;

typedef unsigned int uint;
typedef unsigned long ulong;
typedef long ssize_t;

typedef u64 phys_addr_t;
typedef u64 dma_addr_t;
typedef phys_addr_t resource_size_t;
typedef unsigned int gfp_t;
typedef u32 phandle;

#define BITS_PER_BYTE              8
#define BITS_PER_LONG              64
#define BITS_PER_TYPE(type)        (sizeof(type) * BITS_PER_BYTE)
#define BITS_TO_LONGS(nr)          (((nr) + BITS_PER_LONG - 1) / BITS_PER_LONG)
#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]

typedef struct {
    int counter;
} atomic_t;

typedef struct {
    s64 counter;
} atomic64_t;

struct list_head {
    struct list_head *next, *prev;
};

#endif
