/* SPDX-License-Identifier: MIT */
/* Scalar types with a meaning that every other header uses. */
#ifndef REGNAP_TYPES_H
#define REGNAP_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t nap_addr; /* physical or input address, in bytes */
typedef uint64_t nap_step; /* serial number of a state change, from 1; 0 is "none" */

enum nap_rw { NAP_READ, NAP_WRITE };

/* How software has mapped a device: whether a bridge on the way may acknowledge its writes. */
enum nap_mapping {
    NAP_MAPPING_NGNRE,  /* yes: what operating systems map devices with */
    NAP_MAPPING_NGNRNE, /* no: a write is acknowledged by the device itself */
};

/* 128-bit value: state keys (internal) and digests (portable). */
struct nap_hash128 {
    uint64_t low;
    uint64_t high;
};

#define NAP_NAME_MAX 64 /* bytes of a name with its terminator */

#ifdef __GNUC__
#define NAP_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define NAP_EXPORT              __attribute__((visibility("default")))
#else
#define NAP_PRINTF(text, first)
#define NAP_EXPORT
#endif

#endif
