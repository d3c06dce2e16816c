/* SPDX-License-Identifier: MIT */
/* The bus: physical addresses to device registers and RAM, and the accesses of the CPU that
 * runs the logic under test. */
#ifndef REGNAP_BUS_H
#define REGNAP_BUS_H

#include <regnap/model.h>
#include <regnap/types.h>

struct nap_machine;

/* Where in the driver's source an access stands. @file may be NULL. */
struct nap_source {
    const char *file;
    int line;
    const char *via; /* "in F, called by G": functions, innermost first; NULL if not known */
};

/* @size_bytes is 1, 2, 4 or 8. A device that is off reads as ones and loses writes; so does an
 * address where nothing is, or another size. In the window of a device that is on, an access
 * that no register takes reads 0 and is lost. */
NAP_EXPORT uint64_t nap_bus_read(struct nap_machine *m, nap_addr address, unsigned size_bytes,
                                 struct nap_source source);
NAP_EXPORT void nap_bus_write(struct nap_machine *m, nap_addr address, unsigned size_bytes,
                              uint64_t value, struct nap_source source);
/* System registers of the CPU that runs (nap_cpu()), by NAP_SYSREG: MRS and MSR. They are
 * synchronous, and order and land nothing that was posted to devices: that takes a DSB. What no
 * device of this CPU has, what cannot be read or written, and what the block says that it traps
 * is UNDEFINED: the driver call ends; outside of one, reads are ones and writes are lost. */
NAP_EXPORT uint64_t nap_bus_sysreg_read(struct nap_machine *m, unsigned number,
                                        struct nap_source source);
NAP_EXPORT void nap_bus_sysreg_write(struct nap_machine *m, unsigned number, uint64_t value,
                                     struct nap_source source);
/* A barrier of the CPU; @name is a literal, as "DSB SY" or "DMB ISHST". Where kind `post` is
 * varied, it lands or orders what the CPU has posted (docs/memory-order.md). */
NAP_EXPORT void nap_bus_barrier(struct nap_machine *m, const char *name,
                                struct nap_source source);

/* The device whose window holds @address is mapped so from now on, the whole of it; before the
 * first call it is nGnRE. Without a device there, nothing. */
NAP_EXPORT void nap_bus_map(struct nap_machine *m, nap_addr address, enum nap_mapping mapping);

/* What is not settled about the bus of any machine. Settable as the switches of models are. */
enum nap_bus_switch {
    NAP_BUS_EARLY_ACK,   /* whether DSB waits for the device itself */
    NAP_BUS_DMB_DEVICES, /* whether DMB orders writes to different devices */
    NAP_BUS_SWITCHES
};
/* NULL beyond the last. */
NAP_EXPORT const struct nap_switch *nap_bus_switch(unsigned index);

/* Simulated RAM. Reads of pages never written give zeros. False, with nothing read or written,
 * where there is no RAM, and for writes to more pages than a machine holds (16 MiB in use). */
NAP_EXPORT bool nap_mem_read(const struct nap_machine *m, nap_addr address, void *out,
                             size_t bytes);
NAP_EXPORT bool nap_mem_write(struct nap_machine *m, nap_addr address, const void *data,
                              size_t bytes);

#endif
