/* SPDX-License-Identifier: MIT */
/* Private to lib/scenario/: after resume the machine is compared with its twin, which never
 * slept (design 4.6). */
#ifndef NAP_TWIN_H
#define NAP_TWIN_H

#include "runner.h"

/* Suspend entry: the machine as it is now, and what must come back of it. @next_op is the first
 * operation that comes after. */
void nap_twin_keep(struct nap_runner *r, uint32_t next_op);
/* What the twin will show is not what it was: a call has been made. */
void nap_twin_look_ahead(struct nap_runner *r);
/* At the end of a run, or in passing, where no device is asleep. */
void nap_equivalence_check(struct nap_runner *r);
/* Resume failed on sound hardware: nothing to compare, the machine is not back. */
void nap_equivalence_failed(struct nap_runner *r, int result);
void nap_twin_free(struct nap_twin *twin);

#endif
