/* SPDX-License-Identifier: MIT */
/* Private to the CPU interface of a GICv3: what its parts ask of each other. */
#ifndef NAP_GIC_CPUIF3_H
#define NAP_GIC_CPUIF3_H

#include "gic3.h"

/* Registers of active priorities that there are in each group. */
unsigned gic3_apr_words(const struct nap_machine *m, unsigned icc);

/* --- ich3.c: state for a hypervisor; nothing here is shown to a guest --- */

nap_on_read ich3_misr_read, ich3_eisr_read, ich3_elrsr_read;
nap_on_write ich3_written;

#endif
