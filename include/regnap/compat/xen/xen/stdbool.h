/* SPDX-License-Identifier: MIT */
#ifndef REGNAP_XEN_STDBOOL_H
#define REGNAP_XEN_STDBOOL_H

#include <stdbool.h>

#endif
