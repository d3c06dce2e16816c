/* SPDX-License-Identifier: MIT */
#ifndef NAP_COMPAT_LINUX_ASM_PROCESSOR_H
#define NAP_COMPAT_LINUX_ASM_PROCESSOR_H

#include <linux/compiler.h>

/* Waits pass through reads of registers, which are steps. */
#define cpu_relax() barrier()

#endif
