/* SPDX-License-Identifier: MIT */
#ifndef REGNAP_XEN_SIZES_H
#define REGNAP_XEN_SIZES_H

#define SZ_4K  0x00001000
#define SZ_8K  0x00002000
#define SZ_16K 0x00004000
#define SZ_64K 0x00010000
#define SZ_1M  0x00100000
#define SZ_2M  0x00200000
#define SZ_1G  0x40000000

#endif
