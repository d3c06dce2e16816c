/* SPDX-License-Identifier: MIT */
#ifndef REGNAP_XEN_INTTYPES_H
#define REGNAP_XEN_INTTYPES_H

#include <xen/types.h>

#endif
