/* SPDX-License-Identifier: MIT */
/* Xen numbers its errors as Linux does, and so does the C library on Linux. */
#ifndef REGNAP_XEN_ERRNO_H
#define REGNAP_XEN_ERRNO_H

#include <errno.h>

#endif
