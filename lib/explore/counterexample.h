/* SPDX-License-Identifier: MIT */
/* Private to lib/explore/: what reading and writing of counterexample files agree on. */
#ifndef NAP_EXPLORE_COUNTEREXAMPLE_H
#define NAP_EXPLORE_COUNTEREXAMPLE_H

#include <regnap/run.h>

#define NAP_COUNTEREXAMPLE_SCHEMA "regnap-1"
#define NAP_COUNTEREXAMPLE_TYPE   "counterexample"

#endif
