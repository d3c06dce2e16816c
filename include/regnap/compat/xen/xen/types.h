/* SPDX-License-Identifier: MIT */
/* Scalar types. Physical addresses are 64 bits wide, as on Arm with 40-bit tables. */
#ifndef REGNAP_XEN_TYPES_H
#define REGNAP_XEN_TYPES_H

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/compiler.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef bool bool_t;

typedef uint32_t __be32;
typedef uint64_t __be64;
typedef uint32_t __le32;
typedef uint64_t __le64;

typedef uint64_t paddr_t;
typedef uint64_t vaddr_t;

#define PRIpaddr "016" PRIx64
#define PRIvaddr "016" PRIx64

#define INVALID_PADDR (~(paddr_t)0)

#define BITS_PER_BYTE  8
#define BITS_PER_LONG  64
#define BYTES_PER_LONG 8

#define BITS_TO_LONGS(bits) (((bits) + BITS_PER_LONG - 1) / BITS_PER_LONG)

#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]

#endif
