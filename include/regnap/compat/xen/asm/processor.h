/* SPDX-License-Identifier: MIT */
#ifndef REGNAP_XEN_ASM_PROCESSOR_H
#define REGNAP_XEN_ASM_PROCESSOR_H

/* A hint to the CPU; it orders nothing and takes no simulated time. */
#define cpu_relax() __asm__ __volatile__("" : : : "memory")

#endif
