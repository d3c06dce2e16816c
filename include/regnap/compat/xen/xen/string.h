/* SPDX-License-Identifier: MIT */
/* Those of the C library that keep no state. */
#ifndef REGNAP_XEN_STRING_H
#define REGNAP_XEN_STRING_H

#include <string.h>
#include <strings.h>

#endif
