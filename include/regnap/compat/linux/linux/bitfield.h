/* SPDX-License-Identifier: MIT */
/* Fields given by a constant mask. */
#ifndef NAP_COMPAT_LINUX_BITFIELD_H
#define NAP_COMPAT_LINUX_BITFIELD_H

#include <linux/bits.h>

#define FIELD_MAX(mask)         ((__typeof__(mask))((mask) >> __builtin_ctzll(mask)))
#define FIELD_PREP(mask, value) (((__typeof__(mask))(value) << __builtin_ctzll(mask)) & (mask))
#define FIELD_GET(mask, reg)    ((__typeof__(mask))(((reg) & (mask)) >> __builtin_ctzll(mask)))
#define FIELD_FIT(mask, value)                                                                 \
    (!(((__typeof__(mask))(value) << __builtin_ctzll(mask)) & ~(mask)))

#endif
