/* SPDX-License-Identifier: MIT */
/* A digest over values in canonical form: integers as 64 bits, little-endian; text as its
 * length and its bytes. No host address or padding enters, so every build and machine agrees.
 */
#ifndef NAP_CORE_CANON_H
#define NAP_CORE_CANON_H

#include <regnap/types.h>
#include <string.h>
#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

struct nap_canon {
    XXH3_state_t state;
};

static inline void nap_canon_u64(struct nap_canon *c, uint64_t value)
{
    unsigned char bytes[8];

    for (unsigned i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(value >> (8 * i));
    (void)XXH3_128bits_update(&c->state, bytes, sizeof(bytes));
}

static inline void nap_canon_bytes(struct nap_canon *c, const void *data, size_t bytes)
{
    nap_canon_u64(c, bytes);
    (void)XXH3_128bits_update(&c->state, data, bytes);
}

static inline void nap_canon_text(struct nap_canon *c, const char *text)
{
    nap_canon_bytes(c, text, strlen(text));
}

/* @kind names what is digested and the version of its form. */
static inline void nap_canon_begin(struct nap_canon *c, const char *kind)
{
    (void)XXH3_128bits_reset(&c->state);
    nap_canon_text(c, kind);
}

static inline struct nap_hash128 nap_canon_end(const struct nap_canon *c)
{
    XXH128_hash_t hash = XXH3_128bits_digest(&c->state);

    return (struct nap_hash128){hash.low64, hash.high64};
}

#endif
