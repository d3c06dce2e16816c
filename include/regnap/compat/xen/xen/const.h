/* SPDX-License-Identifier: MIT */
#ifndef REGNAP_XEN_CONST_H
#define REGNAP_XEN_CONST_H

#define BIT(position, suffix) (1##suffix << (position))

#define GENMASK(high, low)     (((~0UL) << (low)) & (~0UL >> (63 - (high))))
#define GENMASK_ULL(high, low) (((~0ULL) << (low)) & (~0ULL >> (63 - (high))))

#endif
